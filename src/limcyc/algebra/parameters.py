"""Parameters: SymPy symbols that know their unit, meaning, default and valid range."""

from __future__ import annotations

from typing import Any, Final

import sympy

from limcyc.errors import ParameterError

__all__ = ["TIME", "Parameter", "parameters"]

TIME = sympy.Symbol("t", real=True)
"""The time in coefficients that depend on it, e.g. ``J * sympy.cos(Omega * limcyc.TIME)``."""

_DESCRIPTION: Final = ("unit", "meaning", "default", "minimum", "maximum", "exclusive", "exclusive_maximum")


class Parameter(sympy.Symbol):
    """A named number of a model, given late.

    A parameter is a SymPy symbol, so that ``sqrt(kappa) * a`` or ``g * exp(1j * phi)`` are written as on paper.

    name
        the name under which values are given, e.g. ``steady_state(g_h=1.0)``
    unit
        text, e.g. ``"rate"`` (angular frequency), ``"rad"`` or ``""`` for a pure number
    meaning
        one line for tables and help
    default
        value used when none is given; ``None`` makes the parameter mandatory
    minimum, maximum
        valid range; with ``exclusive=True`` the minimum itself is not allowed, with ``exclusive_maximum=True`` the maximum
    real
        ``False`` allows complex values

    >>> g = Parameter("g", unit="rate", meaning="coupling", minimum=0, exclusive=True)
    >>> g.is_positive, g.check(0.5)
    (True, 0.5)
    """

    unit: str
    meaning: str
    default: complex | None
    minimum: float | None
    maximum: float | None
    exclusive: bool
    exclusive_maximum: bool

    def __new__(
        cls,
        name: str,
        *,
        unit: str = "rate",
        meaning: str = "",
        default: complex | None = None,
        minimum: float | None = None,
        maximum: float | None = None,
        exclusive: bool = False,
        exclusive_maximum: bool = False,
        real: bool = True,
    ) -> Parameter:
        """Make the symbol; the assumptions (real, nonnegative, positive) follow from the range."""
        if not name.isidentifier():
            raise ParameterError(f"parameter name {name!r} is not usable as a keyword; use letters, digits and _")
        assumptions: dict[str, bool] = {}
        if real:
            assumptions["real"] = True
            if minimum is not None and minimum >= 0:
                assumptions["positive" if exclusive or minimum > 0 else "nonnegative"] = True
        symbol = sympy.Symbol.__xnew__(cls, name, **assumptions)
        symbol.unit, symbol.meaning, symbol.default = unit, meaning, default
        symbol.minimum, symbol.maximum, symbol.exclusive = minimum, maximum, exclusive
        symbol.exclusive_maximum = exclusive_maximum
        return symbol

    def _hashable_content(self) -> tuple[Any, ...]:
        # The description is part of the identity: SymPy caches expressions by equality, and a cached product must
        # not hand the g_h of one model to another.
        return (
            *super()._hashable_content(),
            str(tuple(getattr(self, key) for key in _DESCRIPTION)),
        )

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """Pickle support: rebuild from the description."""
        description = {key: getattr(self, key) for key in _DESCRIPTION}
        return (self.name,), description | {"real": bool(self.is_real)}

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle support: the slots of ``sympy.Symbol`` do not carry the description."""
        return _rebuild, self.__getnewargs_ex__()

    @property
    def range(self) -> str:
        """The valid range as text, e.g. ``> 0``."""
        sign = ">" if self.exclusive else ">="
        parts = [] if self.minimum is None else [f"{sign} {self.minimum:g}"]
        if self.maximum is not None:
            parts.append(f"{'<' if self.exclusive_maximum else '<='} {self.maximum:g}")
        return " and ".join(parts) or ("real" if self.is_real else "complex")

    def check(self, value: Any) -> float | complex:
        """Return ``value`` as a number, or raise :class:`ParameterError` when it is out of range."""
        try:
            number = complex(value)
        except (TypeError, ValueError):
            raise ParameterError(f"parameter {self.name} must be a number, got {value!r}") from None
        if number != number or abs(number) == float("inf"):
            raise ParameterError(f"parameter {self.name} must be finite, got {value!r}")
        if not self.is_real:
            return number
        if number.imag:
            raise ParameterError(f"parameter {self.name} must be real, got {value!r}")
        real = number.real
        low = self.minimum is not None and (real < self.minimum or (self.exclusive and real == self.minimum))
        high = self.maximum is not None and (real > self.maximum or (self.exclusive_maximum and real == self.maximum))
        if low or high:
            raise ParameterError(f"parameter {self.name} must be {self.range}, got {real:g}")
        return real


def _rebuild(arguments: tuple[str], description: dict[str, Any]) -> Parameter:
    return Parameter(*arguments, **description)


def parameters(names: str, **description: Any) -> tuple[Parameter, ...]:
    """Several parameters that share a description.

    ``positive=True`` is short for ``minimum=0, exclusive=True``.

    >>> g, kappa = parameters("g kappa", positive=True)
    >>> kappa.range
    '> 0'
    """
    if description.pop("positive", False):
        description |= {"minimum": 0.0, "exclusive": True}
    return tuple(Parameter(name, **description) for name in names.replace(",", " ").split())
