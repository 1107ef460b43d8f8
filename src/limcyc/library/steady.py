"""What every published system answers to ``steady(level, method, **values)``, and how it reads the values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from limcyc.algebra import Parameter
from limcyc.errors import ParameterError, UnknownNameError
from limcyc.library.settings import Setting

__all__ = ["Steady", "choose", "read_values"]


@dataclass(frozen=True)
class Steady:
    """Steady-state numbers of a published system.

    values
        quantity -> number
    certificate
        what is known about the error: residual, discarded weight, ... for a solution; validity for a
        formula
    parameters
        the parameters and settings that were used, defaults included
    notes
        remarks that belong to the numbers
    """

    values: dict[str, float]
    certificate: dict[str, Any]
    parameters: dict[str, Any]
    notes: tuple[str, ...] = ()


def choose(levels: Mapping[str, Sequence[str]], level: str | None, method: str | None, system: str) -> tuple[str, str]:
    """The level and method that were asked for; the first level, and the first method of it, if none was.

    levels
        level -> methods
    level, method
        what was asked for
    system
        name of the system, for the message

    Returns (level, method).  Raises UnknownNameError for one that the system does not offer.

    >>> from limcyc.library.steady import choose
    >>> choose({"exact": ("sectors", "bare-frame")}, "exact", None, "laser")
    ('exact', 'sectors')
    """
    if level is None:
        level = next(iter(levels))
    if level not in levels:
        raise UnknownNameError(f"level of {system}", level, levels)
    if method is None:
        return level, levels[level][0]
    if method not in levels[level]:
        raise UnknownNameError(f"method of the level {level}", method, levels[level])
    return level, method


def read_values(
    values: Mapping[str, Any], parameters: Sequence[Parameter], settings: Mapping[str, Any], system: str
) -> tuple[dict[str, float], dict[str, Any]]:
    """Numbers for all parameters, checked against their ranges, and the settings that were given.

    values
        what the caller gave, by name
    parameters
        the parameters of the system; what is not given takes its default
    settings
        setting -> tuple of allowed words, a :class:`~limcyc.library.settings.Setting` for a number, or anything else
        for a setting that the system reads itself
    system
        name of the system, for messages

    Returns (parameters by name, settings by name); a numeric setting that is None counts as not given.

    Raises UnknownNameError for a name or word that does not exist, ParameterError for a value out of
    range, a setting that is no number, or a missing parameter.

    >>> import limcyc as lc
    >>> from limcyc.library.settings import count
    >>> from limcyc.library.steady import read_values
    >>> gamma = lc.Parameter("gamma", minimum=0.0, exclusive=True, default=1.0)
    >>> read_values({"order": 3}, (gamma,), {"order": ("1", "3")}, "laser")
    ({'gamma': 1.0}, {'order': '3'})
    >>> read_values({"n_fock": 2.5}, (gamma,), {"n_fock": count("Fock states", 2)}, "laser")
    Traceback (most recent call last):
    limcyc.errors.ParameterError: n_fock must be an integer of at least 2, but is 2.5; it is a setting of laser: Fock states
    """
    known = [parameter.name for parameter in parameters]
    for name in values:
        if name not in known and name not in settings:
            raise UnknownNameError(f"parameter of {system}", name, [*known, *settings])
    numbers = {}
    for parameter in parameters:
        value = values.get(parameter.name, parameter.default)
        if value is None:
            raise ParameterError(f"{system} needs a value for {parameter.name}")
        numbers[parameter.name] = float(parameter.check(value).real)
    words: dict[str, Any] = {}
    for name, allowed in settings.items():
        if name not in values or (values[name] is None and isinstance(allowed, Setting)):
            continue
        words[name] = values[name]
        if isinstance(allowed, tuple):
            words[name] = str(values[name])
            if words[name] not in allowed:
                raise UnknownNameError(f"value of {name}", words[name], allowed)
        elif isinstance(allowed, Setting):
            words[name] = allowed.check(name, values[name], system)
    return numbers, words
