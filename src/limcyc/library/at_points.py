"""Published systems as levels of a sweep: their steady-state numbers, or any of their named quantities, at many points."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Final

from limcyc import library
from limcyc.errors import LimcycError, UnknownNameError
from limcyc.library.steady import Steady, choose, read_values

__all__ = ["QUANTITIES_LEVEL", "Quantities", "SystemLevel", "system_level"]

QUANTITIES_LEVEL: Final = "quantities"
"""Name under which the quantities of a system are asked for like a level."""


class SystemLevel:
    """``steady(level, method, ...)`` of a published system as a level of :func:`limcyc.sweep`; measures are names of values.

    system
        dashed name, see ``limcyc systems``
    level, method
        of the system; its first ones if None

    Raises :class:`limcyc.errors.UnknownNameError` for names that do not exist.

    >>> import limcyc as lc
    >>> from limcyc.library.at_points import SystemLevel
    >>> laser = SystemLevel("two-ion-phonon-laser", "formula", "eq15")
    >>> found = lc.sweep(laser, {"g_c": [0.5, 0.7]}, {"I": "I_ss"}, {"gamma_h": 1.5, "gamma_c": 3.0})
    >>> found["I"].values.round(4)
    array([3.9375, 1.7334])
    """

    def __init__(self, system: str, level: str | None = None, method: str | None = None) -> None:
        module = library.load(system)
        self.name, self.method = choose(module.LEVELS, level, method, module.NAME)
        self.system = _described(module)
        self._name = system

    def steady_state(self, **values: Any) -> Steady:
        """The steady-state numbers at one point."""
        module = library.load(self._name)
        found: Steady = module.steady(level=self.name, method=self.method, **values)
        return found

    def measurable(self, points: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        """Names of the values and of numbers in the certificate (errors), from the first point with an answer; empty if none has."""
        for point in points:
            try:
                found = self.steady_state(**point)
            except LimcycError:
                continue
            numbers = (name for name, value in found.certificate.items() if isinstance(value, int | float))
            return (*found.values, *numbers)
        return ()

    def __repr__(self) -> str:
        return f"SystemLevel({self._name!r}, {self.name!r}, {self.method!r})"


class Quantities:
    """Named quantities of a published system (thresholds, linewidths, ...) as a level of :func:`limcyc.sweep`.

    system
        dashed name, see ``limcyc systems``
    wanted
        names of quantities that each return one number

    >>> import limcyc as lc
    >>> from limcyc.library.at_points import Quantities
    >>> formula = Quantities("two-ion-phonon-laser", ["g2_eq28"])
    >>> found = lc.sweep(formula, {"g_c": [0.5]}, {"g2": "g2_eq28"}, {"gamma_h": 0.15, "gamma_c": 3.0, "g_h": 1.0})
    >>> round(float(found["g2"][0]), 3)
    1.102
    """

    def __init__(self, system: str, wanted: Collection[str]) -> None:
        module = library.load(system)
        for name in wanted:
            if name not in module.QUANTITIES:
                raise UnknownNameError(f"quantity of {system}", name, module.QUANTITIES)
        self.name, self.wanted = QUANTITIES_LEVEL, tuple(wanted)
        self.system = _described(module)
        self._name = system

    def steady_state(self, **values: Any) -> dict[str, Any]:
        """The quantities at one point."""
        table = library.load(self._name).QUANTITIES
        return {name: table[name](**values) for name in self.wanted}

    def measurable(self, points: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
        """Names of the values."""
        return self.wanted

    def __repr__(self) -> str:
        return f"Quantities({self._name!r}, {list(self.wanted)})"


def system_level(
    system: str, level: str | None, method: str | None, measures: Collection[str]
) -> SystemLevel | Quantities:
    """The level of a published system, or its quantities for the level ``"quantities"``."""
    if level == QUANTITIES_LEVEL:
        return Quantities(system, measures)
    return SystemLevel(system, level, method)


def _described(module: Any) -> SimpleNamespace:
    parameters: dict[str, Any] = {parameter.name: parameter for parameter in module.PARAMETERS}
    settings = {name: _Setting(name, allowed, module.NAME) for name, allowed in module.SETTINGS.items()}
    return SimpleNamespace(name=module.NAME, parameters=parameters | settings)


class _Setting:
    """A setting of a system, which is checked like a parameter."""

    unit = ""

    def __init__(self, name: str, allowed: Any, system: str) -> None:
        self.name, self.allowed, self.system = name, allowed, system

    def check(self, value: Any) -> Any:
        """Refuse a word that the system does not know."""
        read_values({self.name: value}, (), {self.name: self.allowed}, self.system)
        return value
