"""``limcyc spectrum``: the spectrum of a mode of a published system."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from limcyc._version import __version__
from limcyc.cli.messages import reporting
from limcyc.cli.render import print_json, short

__all__ = ["spectrum"]


def spectrum(
    system: Annotated[str, typer.Argument(help="Name of the system, see `limcyc systems`.")],
    mode: Annotated[str | None, typer.Option(help="Mode; the first one by default.")] = None,
    low: Annotated[str, typer.Option("--from", help="Lowest angular frequency, in the frame of the model.")] = "-2",
    high: Annotated[str, typer.Option("--to", help="Highest angular frequency.")] = "2",
    points: Annotated[int, typer.Option(help="Frequencies.")] = 401,
    values: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Value of a parameter.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Write a picture.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write a table.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compute S(omega) of a mode in the steady state, exactly: its maximum, its width, and the number under it."""
    with reporting(as_json=as_json):
        import numpy as np

        from limcyc import library
        from limcyc.cli.models import mode_of, named, table_file
        from limcyc.cli.values import number
        from limcyc.errors import ParameterError
        from limcyc.levels import Exact

        module = library.load(system)
        edges = number(low), number(high)
        if not edges[0] < edges[1] or points < 3:
            raise ParameterError(
                f"--from must be below --to and --points >= 3, got {edges[0]:g}, {edges[1]:g}, {points}"
            )
        model = module.model()
        given: Any = named(values or (), model, module.NAME)
        chosen = mode_of(mode, model)
        frequencies = np.linspace(*edges, points)
        found = Exact(model).spectrum(chosen, frequencies, **given)
        heights = found.values
        facts = {
            "maximum": float(heights.max()),
            "at": float(frequencies[heights.argmax()]),
            "width_at_half_maximum": _width(frequencies, heights),
            "number_in_range": float(np.trapezoid(heights, frequencies) / (2 * np.pi)),
            "coherent_number": float(found.attrs.get("coherent_number", 0.0)),
        }
        curve = found.to_dataset(name="S")
        if csv is not None:
            table_file(curve, "omega", ["S"], csv)
        if plot is not None:
            _draw(frequencies, heights, chosen.name, plot)
        if as_json:
            curves = {"omega": frequencies, "S": heights}
            print_json({"system": module.NAME, "mode": chosen.name, **facts, **curves, "version": __version__})
            return
        typer.echo(f"{module.NAME}, mode {chosen.name}; {found.attrs.get('parameters', '')}")
        for name, value in facts.items():
            typer.echo(f"{name.replace('_', ' ')}: {short(value, 8)}")


def _width(frequencies, heights):  # type: ignore[no-untyped-def]
    """Full width at half maximum of the highest line; None where the range does not hold it."""
    import numpy as np

    top, half = int(heights.argmax()), heights.max() / 2
    above = np.flatnonzero(heights < half)
    left, right = above[above < top], above[above > top]
    if not left.size or not right.size:
        return None
    ends = []
    for inner, outer in ((left[-1] + 1, left[-1]), (right[0] - 1, right[0])):
        part = (heights[inner] - half) / (heights[inner] - heights[outer])
        ends.append(frequencies[inner] + part * (frequencies[outer] - frequencies[inner]))
    return float(ends[1] - ends[0])


def _draw(frequencies, heights, mode: str, path: Path) -> None:  # type: ignore[no-untyped-def]
    from limcyc import plotting
    from limcyc.errors import ParameterError

    figure, ax = plotting.new_figure("single")
    with plotting.style():
        ax.plot(frequencies, heights, **plotting.level_style("exact"))
        ax.set(
            xlabel=r"$\omega$ (rate)",
            ylabel=rf"$S_{{{mode}}}(\omega)$ (1/rate)",
            xlim=(frequencies[0], frequencies[-1]),
        )
        ax.set_ylim(bottom=0.0)
    try:
        plotting.save(figure, path)
    except (OSError, ValueError) as problem:
        raise ParameterError(f"the picture {str(path)!r} cannot be written: {problem}") from None
