"""``limcyc evolve``: a transient of a published system."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from limcyc._version import __version__
from limcyc.cli.messages import reporting
from limcyc.cli.options import Csv, Json, Order, Plot, System, Values
from limcyc.cli.render import print_json, print_table, short

if TYPE_CHECKING:
    import xarray

__all__ = ["evolve"]

_LEVELS = ("exact", "mean-field", "cumulants")


def evolve(
    system: System,
    time: Annotated[str, typer.Option(help="Duration, in units of 1/rate.")] = "20",
    points: Annotated[int, typer.Option(help="Points in time.")] = 21,
    level: Annotated[str, typer.Option(help="exact, mean-field or cumulants.")] = "exact",
    order: Order = 2,
    start: Annotated[
        list[str] | None,
        typer.Option(
            "--start", metavar="NAME=VALUE", help="Phonons or level of a part; amplitude of a mode in mean field."
        ),
    ] = None,
    values: Values = None,
    plot: Plot = None,
    csv: Csv = None,
    as_json: Json = False,
) -> None:
    """Follow a system in time, from its lowest state unless told otherwise.

    Without --start the mean field, which cannot leave an empty mode, starts with amplitudes of 0.1.
    """
    with reporting(as_json=as_json):
        import numpy as np

        from limcyc import library
        from limcyc.cli.models import initial_of, named, table_file
        from limcyc.cli.values import number
        from limcyc.errors import ParameterError, UnknownNameError

        module = library.load(system)
        if level not in _LEVELS:
            raise UnknownNameError("level to evolve at", level, _LEVELS)
        duration = number(time)
        if duration <= 0 or points < 2:
            raise ParameterError(f"--time must be > 0 and --points >= 2, got {duration:g} and {points}")
        model = module.model()
        given = named(values or (), model, module.NAME)
        times = np.linspace(0.0, duration, points)
        found = _run(model, level, order, times, initial_of(start or (), model, level), given)
        found = found.rename({name: str(name).replace("/", " per ") for name in found.data_vars})
        names = [str(name) for name in found.data_vars if found[name].dims == ("time",)]
        if csv is not None:
            table_file(found, "time", names, csv)
        if plot is not None:
            _draw(found, names, level, plot)
        if as_json:
            curves = {name: found[name].values for name in names}
            print_json({"system": module.NAME, "level": level, "time": times, "values": curves, "version": __version__})
            return
        title = f"{module.NAME}, {level}; {found.attrs.get('parameters', '')}"
        rows = [[short(float(t), 6), *(short(found[name].values[k], 6) for name in names)] for k, t in enumerate(times)]
        print_table(("time", *names), rows, title=title)


def _run(model: Any, level: str, order: int, times: Any, initial: Any, given: Any) -> xarray.Dataset:
    from limcyc.levels import Cumulants, Exact

    found: xarray.Dataset
    if level == "exact":
        found = Exact(model).evolve(times, None, initial, **given)
    elif level == "mean-field":
        found = Cumulants(model, order=1).evolve(times, initial, **given)
    else:
        found = Cumulants(model, order=order).evolve(times, initial, **given)
    return found


def _draw(found: xarray.Dataset, names: list[str], level: str, path: Path) -> None:
    import numpy as np

    from limcyc import plotting
    from limcyc.cli.models import picture_file

    numbers = [name for name in names if name.startswith("n") and found[name].dtype.kind == "f"] or names[:1]
    figure, axes = plotting.new_figure("single", rows=len(numbers), columns=1, squeeze=False)
    with plotting.style():
        for ax, name in zip(axes[:, 0], numbers, strict=True):
            ax.plot(found["time"], np.real(found[name]), **plotting.level_style(level))
            ax.set(xlabel="time (1/rate)", ylabel=name, xlim=(0.0, float(found["time"][-1])))
    picture_file(figure, path)
