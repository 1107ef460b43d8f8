"""``limcyc spectrum``: the spectrum of a part of a published system."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limcyc._version import __version__
from limcyc.cli.messages import reporting
from limcyc.cli.options import Csv, Json, Order, Plot, System, Values
from limcyc.cli.render import print_json, short

if TYPE_CHECKING:
    import xarray

    from limcyc.algebra import Degree
    from limcyc.system import OpenSystem

__all__ = ["spectrum"]

_LEVELS = ("exact", "floquet", "cumulants")


def spectrum(
    system: System,
    level: Annotated[
        str | None,
        typer.Option(help="exact, floquet or cumulants; the first of them that the model allows by default."),
    ] = None,
    order: Order = 2,
    mode: Annotated[
        str | None, typer.Option(help="Mode, for cumulants also a spin or an ensemble; the first mode by default.")
    ] = None,
    low: Annotated[str, typer.Option("--from", help="Lowest angular frequency, in the frame of the model.")] = "-2",
    high: Annotated[str, typer.Option("--to", help="Highest angular frequency.")] = "2",
    points: Annotated[int, typer.Option(help="Frequencies.")] = 401,
    values: Values = None,
    plot: Plot = None,
    csv: Csv = None,
    as_json: Json = False,
) -> None:
    """Compute S(omega) of a mode in the steady state: its maximum, its width, and the number under it.

    Exactly by default: from the generator, or from that of a period where the model depends on time. Cumulants, by quantum
    regression, also reach spins and large ensembles.
    """
    with reporting(as_json=as_json):
        import numpy as np

        from limcyc import library
        from limcyc.cli.models import named, part_of, table_file
        from limcyc.cli.values import number
        from limcyc.errors import ParameterError, UnknownNameError

        module = library.load(system)
        if level is not None and level not in _LEVELS:
            raise UnknownNameError("level with a spectrum", level, _LEVELS)
        if order < 2:
            raise ParameterError(f"--order of a spectrum must be >= 2, got {order}: the mean field has no fluctuations")
        edges = number(low), number(high)
        if not edges[0] < edges[1] or points < 3:
            raise ParameterError(
                f"--from must be below --to and --points >= 3, got {edges[0]:g}, {edges[1]:g}, {points}"
            )
        model = module.model()
        chosen = level or _first(model)
        _check(chosen, model, module.NAME)
        part = part_of(mode, model, chosen)
        given: Any = named(values or (), model, module.NAME)
        frequencies = np.linspace(*edges, points)
        found = _found(model, chosen, order, part, frequencies, given)
        heights = found.values
        facts = {
            "maximum": float(heights.max()),
            "at": float(frequencies[heights.argmax()]),
            "width_at_half_maximum": _width(frequencies, heights),
            "number_in_range": float(np.trapezoid(heights, frequencies) / (2 * np.pi)),
            "coherent_number": float(found.attrs.get("coherent_number", 0.0)),
        }
        if csv is not None:
            table_file(found.to_dataset(name="S"), "omega", ["S"], csv)
        if plot is not None:
            _draw(frequencies, heights, part.name, chosen, plot)
        if as_json:
            told = {"system": module.NAME, "level": chosen, "mode": part.name}
            print_json({**told, **facts, "omega": frequencies, "S": heights, "version": __version__})
            return
        typer.echo(f"{module.NAME}, {chosen}, {part.name}; {found.attrs.get('parameters', '')}")
        for name, value in facts.items():
            typer.echo(f"{name.replace('_', ' ')}: {short(value, 8)}")


def _first(model: OpenSystem) -> str:
    """The level that is exact for a model, or the one that takes ensembles."""
    if model.ensembles:
        return "cumulants"
    return "floquet" if model.time_dependent else "exact"


def _check(level: str, model: OpenSystem, name: str) -> None:
    """Refuse a level that does not fit the model, in words of the command."""
    from limcyc.errors import UnsupportedError

    reason = None
    if model.ensembles and level != "cumulants":
        reason = ("has ensembles of identical members", "cumulants")
    elif level != "floquet" and model.time_dependent:
        reason = ("depends on time", "floquet")
    elif level == "floquet" and not model.time_dependent:
        reason = ("does not depend on time", "exact")
    if reason is not None:
        raise UnsupportedError(f"--level {level}: the model of {name} {reason[0]}; take --level {reason[1]}")


def _found(model: OpenSystem, level: str, order: int, part: Degree, frequencies: Any, given: Any) -> xarray.DataArray:
    """S(omega) over ``omega``, with the number in coherent lines as attribute ``coherent_number``."""
    from limcyc.cli.models import lowering
    from limcyc.levels import Cumulants, Exact, Floquet

    found: xarray.DataArray
    if level == "cumulants":
        cumulants, operator = Cumulants(model, order=order), lowering(part)
        state = cumulants.steady_state(**given)
        found = cumulants.regression(operator, state).spectrum(operator.dag, frequencies)
        found = found.rename({"frequency": "omega"})
        found.attrs["coherent_number"] = abs(state.mean(operator)) ** 2
        return found
    solver: Any = Exact(model) if level == "exact" else Floquet(model)
    found = solver.spectrum(part, frequencies, **given)
    return found


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


def _draw(frequencies, heights, part: str, level: str, path: Path) -> None:  # type: ignore[no-untyped-def]
    from limcyc import plotting
    from limcyc.cli.models import picture_file

    figure, ax = plotting.new_figure("single")
    with plotting.style():
        # The Floquet level is exact for models that depend on time.
        ax.plot(frequencies, heights, **plotting.level_style("cumulants" if level == "cumulants" else "exact"))
        ax.set(
            xlabel=r"$\omega$ (rate)",
            ylabel=rf"$S_{{\mathrm{{{part.replace('_', ' ')}}}}}(\omega)$ (1/rate)",
            xlim=(frequencies[0], frequencies[-1]),
        )
        ax.set_ylim(bottom=min(0.0, float(heights.min())))
    picture_file(figure, path)
