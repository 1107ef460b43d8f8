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

__all__ = ["initial_of", "mode_of", "named", "table_file"]


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


def mode_of(name: str | None, model: OpenSystem) -> Any:
    """A mode of the model by name; its first one if None."""
    from limcyc.algebra import Mode

    modes = {degree.name: degree for degree in model.degrees if isinstance(degree, Mode)}
    if not modes:
        raise ParameterError(f"the model of {model.name!r} has no mode")
    if name is not None and name not in modes:
        raise UnknownNameError("mode", name, modes)
    return modes[name] if name is not None else next(iter(modes.values()))


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
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(columns)
            writer.writerows(zip(*(values.tolist() for values in columns.values()), strict=True))
    except OSError as problem:
        raise ParameterError(f"the table {str(path)!r} cannot be written: {problem.strerror}") from None
