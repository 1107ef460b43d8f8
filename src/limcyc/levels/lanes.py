"""Parameters as lanes: many parameter points side by side in one integration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from limcyc.algebra.matrices import scalar_function
from limcyc.errors import ParameterError
from limcyc.system import OpenSystem

__all__ = ["Lanes"]


@dataclass(frozen=True)
class Lanes:
    """Checked values of all parameters at L points.

    values
        name -> number, or array of shape (L,) for those that differ
    count
        L; 1 without arrays
    dimension
        name of the dimension in results: that of the only array, else ``"lane"``; None without arrays
    """

    values: Mapping[str, Any]
    count: int
    dimension: str | None

    @classmethod
    def of(cls, system: OpenSystem, parameters: Mapping[str, Any]) -> Lanes:
        """Check the parameters of a model, arrays of shape (L,) included.

        Raises :class:`limcyc.errors.ParameterError` as :meth:`limcyc.OpenSystem.values`, and for arrays of different
        lengths.

        >>> import limcyc as lc
        >>> a, kappa = lc.Mode("a"), lc.Parameter("kappa", minimum=0)
        >>> lanes = Lanes.of(lc.OpenSystem(a.number, [lc.Jump(a.lower, kappa)]), {"kappa": [1.0, 2.0]})
        >>> lanes.count, lanes.dimension
        (2, 'kappa')
        """
        arrays = {name: np.asarray(value) for name, value in parameters.items() if np.ndim(value) > 0}
        for name, array in arrays.items():
            if array.ndim != 1 or array.size == 0:
                raise ParameterError(f"parameter {name} must be a number or an array (L,), got shape {array.shape}")
        sizes = {array.size for array in arrays.values()}
        if len(sizes) > 1:
            shown = ", ".join(f"{name} ({array.size})" for name, array in arrays.items())
            raise ParameterError(f"arrays of parameters must have one length; got {shown}")
        first = {name: array[0] for name, array in arrays.items()}
        values: dict[str, Any] = system.values(dict(parameters) | first)
        if not arrays:
            return cls(values, 1, None)
        known = system.parameters
        for name, array in arrays.items():
            values[name] = np.array([known[name].check(value) for value in array])
        _check_rates(system, values)
        return cls(values, sizes.pop(), next(iter(arrays)) if len(arrays) == 1 else "lane")

    def at(self, lane: int) -> dict[str, Any]:
        """The parameters of one lane."""
        return {name: value[lane].item() if np.ndim(value) else value for name, value in self.values.items()}

    @property
    def coordinates(self) -> dict[str, Any]:
        """Coordinates of the lanes for a labelled result."""
        if self.dimension is None:
            return {}
        return {name: (self.dimension, value) for name, value in self.values.items() if np.ndim(value)}

    @property
    def fixed(self) -> dict[str, Any]:
        """The parameters that all lanes share."""
        return {name: value for name, value in self.values.items() if not np.ndim(value)}


def _check_rates(system: OpenSystem, values: Mapping[str, Any]) -> None:
    for jump in {jump.rate: jump for jump in system.jumps}.values():
        if not any(np.ndim(values[symbol.name]) for symbol in jump.rate.free_symbols):
            continue
        rates = scalar_function((jump.rate,))(values)[0]
        wrong = np.flatnonzero((rates.imag != 0) | ~(rates.real >= 0) | ~np.isfinite(rates.real))
        if wrong.size:
            at = {
                s.name: np.ravel(values[s.name])[wrong[0]] if np.ndim(values[s.name]) else values[s.name]
                for s in jump.rate.free_symbols
            }
            shown = ", ".join(f"{name} = {value:g}" for name, value in sorted(at.items()))
            raise ParameterError(
                f"the rate {jump.rate} of the jump {jump.operator!r} of {system.name!r} must be real, finite and not "
                f"negative; at {shown} it is {rates[wrong[0]]:g}"
            )
