"""The application: its subcommands and its entry point.

Exit codes: 0 all well, 1 a claim failed, 2 the request could not be answered.
"""

from __future__ import annotations

from typing import Annotated

import typer

from limcyc._version import __version__
from limcyc.cli.check import check
from limcyc.cli.diagram import diagram
from limcyc.cli.evolve import evolve
from limcyc.cli.figure import figure
from limcyc.cli.figures import figures
from limcyc.cli.info import info
from limcyc.cli.plot import plot
from limcyc.cli.show import show
from limcyc.cli.spectrum import spectrum
from limcyc.cli.steady import steady
from limcyc.cli.sweep import sweep
from limcyc.cli.systems import systems

__all__ = ["app", "app_main"]

# Plain usage messages: one line that says what is wrong, without a frame around it, and no time
# spent on importing the means to draw one.
app = typer.Typer(
    name="limcyc",
    help="Self-sustained quantum oscillators: phonon lasers and masers, and their synchronization.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"limcyc {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    pass


for _command in (systems, show, steady, evolve, spectrum, sweep, plot, diagram, figures, figure, check, info):
    app.command()(_command)


def app_main() -> None:
    """Run the command line of this process: what the console script ``limcyc`` calls."""
    app(prog_name="limcyc")
