"""What a figure is: computed data, a picture of it, and the printed claims it decides."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limcyc._version import __version__
from limcyc.claims import Claim, Outcome, judge
from limcyc.plain import plain

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["Figure", "Made", "make"]


@dataclass(frozen=True)
class Figure:
    """One figure of a source, recomputed.

    name
        ``SYSTEM.figN``, e.g. ``"two-ion-phonon-laser.fig3"``; also the name of its files
    title
        what it shows, a few words
    caption
        what is plotted, parameters, method, and which printed claim it confirms, corrects or does
        not reproduce
    compute
        ``compute(quick=...) -> xarray.Dataset``: all numbers of the figure; a coarse grid if quick
    plot
        ``plot(dataset) -> matplotlib.figure.Figure``: draws, and computes nothing
    claims
        ``claims(dataset) -> (Claim, number) pairs``: what the data says about the printed claims;
        the number is None for a claim that waits for a level
    """

    name: str
    title: str
    caption: str
    compute: Callable[..., xarray.Dataset]
    plot: Callable[[xarray.Dataset], matplotlib.figure.Figure]
    claims: Callable[[xarray.Dataset], Iterable[tuple[Claim, Any]]]


@dataclass(frozen=True)
class Made:
    """A figure that was computed, drawn and written.

    name, title, caption, quick
        as asked for
    paths
        the files: picture, data, claims
    outcomes
        the claims with what came out
    seconds
        time of computing the data
    """

    name: str
    title: str
    caption: str
    quick: bool
    paths: tuple[Path, ...]
    outcomes: tuple[Outcome, ...]
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON, the contents of NAME.json."""
        return {
            "figure": self.name,
            "title": self.title,
            "caption": self.caption,
            "quick": self.quick,
            "version": __version__,
            "seconds": round(self.seconds, 3),
            "files": [path.name for path in self.paths],
            "claims": [outcome.as_dict() for outcome in self.outcomes],
        }


def make(figure: Figure, directory: Path | str, *, quick: bool = False, vector: bool = False) -> Made:
    """Compute a figure, draw it and write NAME.png, NAME.nc and NAME.json.

    figure
        the figure
    directory
        where the files go; made if missing
    quick
        a coarse grid; claims that are not quick are left out
    vector
        write NAME.pdf, too

    Returns :class:`Made`.  The data is written as soon as it is there, before anything is drawn.
    """
    from limcyc.plotting.style import save, style

    folder = Path(directory)
    folder.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    dataset = figure.compute(quick=quick)
    seconds = time.perf_counter() - start
    data_path = folder / f"{figure.name}.nc"
    _writable(dataset, figure, quick).to_netcdf(data_path, engine="h5netcdf")
    outcomes = tuple(judge(claim, got) for claim, got in figure.claims(dataset) if claim.quick or not quick)
    suffixes = (".png", ".pdf") if vector else (".png",)
    pictures = tuple(folder / f"{figure.name}{suffix}" for suffix in suffixes)
    with style():
        drawing = figure.plot(dataset)
        for path in pictures:
            save(drawing, path)
    claims_path = folder / f"{figure.name}.json"
    made = Made(
        figure.name,
        figure.title,
        figure.caption,
        quick,
        (*pictures, data_path, claims_path),
        outcomes,
        seconds,
    )
    claims_path.write_text(json.dumps(plain(made.as_dict()), indent=2) + "\n")
    return made


def _writable(dataset: xarray.Dataset, figure: Figure, quick: bool) -> xarray.Dataset:
    # NetCDF attributes are numbers and texts only: anything else is kept as JSON text.
    copy = dataset.copy(deep=False)
    parts: list[Any] = [copy, *copy.variables.values()]
    for part in parts:
        part.attrs = {key: _attribute(value) for key, value in part.attrs.items()}
    copy.attrs |= {
        "figure": figure.name,
        "title": figure.title,
        "caption": figure.caption,
        "quick": int(quick),
        "limcyc_version": __version__,
    }
    return copy


def _attribute(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, list | tuple) and value and all(isinstance(item, int | float) for item in value):
        return list(value)
    if value is None or isinstance(value, Mapping | list | tuple | set):
        return json.dumps(plain(value))
    return value
