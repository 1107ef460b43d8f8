"""What commands need from the model of a published system: its parameters, parts and starts by name."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limcyc.cli.values import pairs
from limcyc.errors import ParameterError, UnknownNameError

if TYPE_CHECKING:
    import xarray

    from limcyc.algebra import Degree
    from limcyc.system import OpenSystem

__all__ = ["initial_of", "lowering", "named", "part_of", "picture_file", "table_file"]


def named(texts: Iterable[str], model: OpenSystem, system: str) -> dict[str, float]:
    """Values of parameters of the model, given as NAME=VALUE."""
    from limcyc.cli.values import number

    found = {}
    for name, value in pairs("--set", texts, numbers=False).items():
        if name not in model.parameters:
            raise UnknownNameError(f"parameter of the model of {system}", name, sorted(model.parameters))
        found[name] = number(value)
    return found


def initial_of(texts: Iterable[str], model: OpenSystem, level: str) -> dict[Degree, Any] | None:
    """Start of a run: numbers of phonons and names of levels; amplitudes of modes in mean field."""
    from limcyc.algebra import Mode
    from limcyc.cli.values import number

    by_name = {degree.name: degree for degree in model.degrees}
    found: dict[Degree, Any] = {}
    for name, value in pairs("--start", texts, numbers=False).items():
        if name not in by_name:
            raise UnknownNameError("part of the model at --start", name, by_name)
        degree = by_name[name]
        if not isinstance(degree, Mode):
            found[degree] = value
            continue
        amount = number(value)
        if level == "exact" and (amount < 0 or amount != int(amount)):
            raise ParameterError(f"--start {name}={value}: a number of phonons is an integer >= 0 at the exact level")
        found[degree] = int(amount) if level == "exact" else amount
    if not found and level == "mean-field":
        return {degree: 0.1 for degree in model.degrees if isinstance(degree, Mode)} or None
    return found or None


def part_of(name: str | None, model: OpenSystem, level: str) -> Any:
    """What the spectrum of a level is of: a mode, for cumulants also a spin or an ensemble of spins; the first if None."""
    from limcyc.algebra import Mode

    modes = {degree.name: degree for degree in model.degrees if isinstance(degree, Mode)}
    others = {degree.name: degree for degree in model.degrees if _lowers(degree)}
    parts = modes | others if level == "cumulants" else modes
    if name in others and name not in parts:
        raise ParameterError(
            f"--mode {name} is no mode: the {level} level has spectra of modes ({', '.join(modes) or 'none here'}); take "
            "--level cumulants for spins and ensembles"
        )
    if not parts:
        raise ParameterError(
            f"the model of {model.name!r} has no mode, of which the {level} level could give a spectrum"
            + ("; take --level cumulants for its spins and ensembles" if others and level != "cumulants" else "")
        )
    if name is not None and name not in parts:
        raise UnknownNameError("part of the model at --mode", name, parts)
    return parts[name] if name is not None else next(iter(parts.values()))


def _lowers(degree: Degree) -> bool:
    from limcyc.algebra import Ensemble, Spin

    return isinstance(degree, Spin) or (
        isinstance(degree, Ensemble) and len(degree.cell) == 1 and isinstance(degree.cell[0], Spin)
    )


def lowering(degree: Any) -> Any:
    """a of a mode, s- of a spin, the collective sum of s- of an ensemble."""
    from limcyc.algebra import Ensemble, Mode

    if isinstance(degree, Mode):
        return degree.lower
    cell: Any = degree.cell[0] if isinstance(degree, Ensemble) else degree
    return degree.sum(cell.minus) if isinstance(degree, Ensemble) else cell.minus


def picture_file(figure: Any, path: Path) -> None:
    """Write a picture, into a folder that is made if there is none."""
    from limcyc import plotting

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        plotting.save(figure, path)
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise ParameterError(
            f"the picture {str(path)!r} cannot be written: {reason}; give another place or name"
        ) from None


def table_file(found: xarray.Dataset, along: str, names: Sequence[str], path: Path) -> None:
    """Write curves as a table; complex ones take two columns."""
    columns: dict[str, Any] = {along: found[along].values}
    for name in names:
        values = found[name].values
        if values.dtype.kind == "c":
            columns |= {f"Re {name}": values.real, f"Im {name}": values.imag}
        else:
            columns[name] = values
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(zip(*(values.tolist() for values in columns.values()), strict=True))
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise ParameterError(f"the table {str(path)!r} cannot be written: {reason}; give another place") from None
