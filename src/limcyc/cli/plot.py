"""``limcyc plot``: the usual picture of a store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from limcyc.cli.messages import reporting

__all__ = ["plot"]


def plot(
    store: Annotated[Path, typer.Argument(help="A store of `limcyc sweep`, or a netCDF file that it wrote.")],
    variable: Annotated[str | None, typer.Option(help="The measure; the first one by default.")] = None,
    out: Annotated[Path | None, typer.Option(help="File of the picture; STORE.png by default.")] = None,
    at: Annotated[
        list[str] | None, typer.Option("--at", metavar="NAME=VALUE", help="Value of an axis beyond two.")
    ] = None,
    scale: Annotated[str, typer.Option(help="Of the values: linear, log or diverging.")] = "linear",
) -> None:
    """Draw a sweep: a curve for one axis, a map for two, points for a random design; also one that is not finished."""
    with reporting():
        from limcyc import plotting
        from limcyc.cli.models import picture_file
        from limcyc.cli.values import pairs

        dataset = _loaded(store)
        chosen = pairs("--at", at or ())
        if "point" in dataset["status"].dims and "scale" in next(iter(dataset.coords.values())).attrs:
            from limcyc.sweeps import on_grid

            dataset = on_grid(dataset, 200)
        figure, ax = plotting.new_figure("single")
        plotting.sweep_picture(dataset, ax, variable=variable, at=chosen, scale=scale)
        target = out or store.with_suffix(".png")
        picture_file(figure, target)
        typer.echo(dataset.attrs.get("summary", ""))
        typer.echo(f"wrote {target}")


def _loaded(path: Path):  # type: ignore[no-untyped-def]
    from limcyc.errors import ParameterError
    from limcyc.sweeps import load

    if not path.is_file():
        return load(path)
    import xarray

    try:
        with xarray.open_dataset(path, engine="h5netcdf") as file:
            dataset = file.load()
    except (OSError, ValueError) as problem:
        raise ParameterError(f"{str(path)!r} is neither a store nor a netCDF file: {problem}") from None
    if "status" not in dataset:
        raise ParameterError(f"{str(path)!r} is no result of a sweep: it has no variable status")
    return dataset
