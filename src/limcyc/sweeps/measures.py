"""What is kept of the result at a point: means of operators, named values, functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from limcyc.algebra import Operator, as_operator
from limcyc.errors import ParameterError, UnknownNameError

__all__ = ["RESERVED", "Measure", "measures_of"]

RESERVED: Final = ("status", "message", "residual", "discarded_weight")
"""Variables of every result beside the measures."""


@dataclass(frozen=True)
class Measure:
    """One quantity of a sweep.

    what
        an operator, whose mean is taken; a function of the result; or the name of a value, for results that have names
        (systems of the library, functions that return a mapping)
    unit
        text, e.g. ``"rate"``; empty for a pure number
    long_name
        shown on axes; the name of the measure by default
    complex
        whether the number is complex; None: real, but for operators that are not Hermitian
    along
        (dimension, coordinate values (D,)) of a measure that is a list of D numbers, e.g. a distribution

    >>> import limcyc as lc
    >>> from limcyc.sweeps import Measure
    >>> a = lc.Mode("a")
    >>> Measure(a.lower).is_complex, Measure(a.number, long_name="phonons").width
    (True, 1)
    """

    what: Any
    unit: str = ""
    long_name: str = ""
    complex: bool | None = None
    along: tuple[str, Any] | None = None

    @property
    def operator(self) -> Operator | None:
        """The operator, if it is one."""
        return None if isinstance(self.what, str) or callable(self.what) else as_operator(self.what)

    @property
    def is_complex(self) -> bool:
        """Whether two columns are kept for each number."""
        if self.complex is not None:
            return self.complex
        operator = self.operator
        return operator is not None and not operator.is_hermitian

    @property
    def length(self) -> int:
        """Numbers at one point."""
        return 1 if self.along is None else int(np.size(self.along[1]))

    @property
    def width(self) -> int:
        """Columns at one point."""
        return self.length * (2 if self.is_complex else 1)

    def read(self, name: str, result: Any) -> np.ndarray:
        """The columns of a result, shape (width,).

        Raises :class:`limcyc.errors.ParameterError` when it is not what was announced, and
        :class:`limcyc.errors.UnknownNameError` for a value that the result does not have.
        """
        return self._columns(name, self._evaluate(name, result))

    def _evaluate(self, name: str, result: Any) -> Any:
        if isinstance(self.what, str):
            values = result if isinstance(result, Mapping) else getattr(result, "values", None)
            if not isinstance(values, Mapping) and not hasattr(result, "data_vars"):
                raise ParameterError(f"measure {name!r} asks for the value {self.what!r}, but the result has no names")
            known = values if isinstance(values, Mapping) else result
            certificate = getattr(result, "certificate", None)
            if self.what not in known and isinstance(certificate, Mapping) and self.what in certificate:
                # Standard errors and the like of systems of the library.
                return certificate[self.what]
            if self.what not in known:
                raise UnknownNameError(f"value asked for by measure {name!r}", self.what, map(str, known))
            return known[self.what]
        operator = self.operator
        return self.what(result) if operator is None else result.mean(operator)

    def _columns(self, name: str, found: Any) -> np.ndarray:
        if found is None:
            raise ParameterError(
                f"measure {name!r} returned None instead of a number; does its function lack a `return`?"
            )
        try:
            array = np.asarray(found, dtype=complex).ravel()
        except (TypeError, ValueError):
            raise ParameterError(f"measure {name!r} must return a number, got {found!r}") from None
        if array.size != self.length:
            raise ParameterError(
                f"measure {name!r} returned {array.size} numbers, but {self.length} announced; give a list its "
                "dimension with Measure(..., along=(name, coordinates))"
            )
        if self.is_complex:
            return np.concatenate([array.real, array.imag])
        # What rounding leaves of a real mean is no imaginary part.
        if (abs(array.imag) > 1e-9 * (1e-9 + abs(array.real))).any():
            raise ParameterError(
                f"measure {name!r} returned the complex number {array[0]:g}; keep a real part of it, or say "
                "Measure(..., complex=True)"
            )
        return array.real

    def unpack(self, columns: np.ndarray) -> np.ndarray:
        """Numbers from columns (..., width): shape (...) or (..., length)."""
        if self.is_complex:
            half = self.length
            columns = columns[..., :half] + 1j * columns[..., half:]
        return columns if self.along is not None else columns[..., 0]


def measures_of(given: Mapping[str, Any] | None, function: Callable[..., Any] | None = None) -> dict[str, Measure]:
    """Read what a user gives: name -> operator, function, name of a value, or :class:`Measure`.

    Raises :class:`limcyc.errors.ParameterError` for none, for anything else, and for reserved names.
    """
    if not given:
        raise ParameterError('sweep() needs something to measure, e.g. measure={"n": a.number}')
    found = {}
    for name, what in given.items():
        measure = what if isinstance(what, Measure) else Measure(what)
        if not (isinstance(measure.what, str) or callable(measure.what) or measure.operator is not None):
            raise ParameterError(
                f"measure {name!r} must be an operator or a function of the state, or the name of a value, got {what!r}"
            )
        if name in RESERVED:
            raise ParameterError(f"the name {name!r} of a measure is taken by the certificate of the points; rename it")
        found[name] = measure
    return found
