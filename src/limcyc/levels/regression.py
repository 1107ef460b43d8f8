"""Two-time correlations of moments by quantum regression.

In <A_i(t + tau) B(t)> the operator B of the earlier time is a spectator: it is one more constituent of every moment, and
the same expansion closes the equations. They are linear, with the moments of the state as coefficients.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import factorial
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy
from scipy import linalg

from limcyc.algebra import Operator, as_operator
from limcyc.algebra.matrices import scalar_function
from limcyc.algebra.operators import Monomial
from limcyc.errors import OperatorError, SymmetryError, UnsupportedError
from limcyc.levels.moments import Constituent, constituents, monomial_of, multiplicity, partitions
from limcyc.levels.propagation import checked_times
from limcyc.results import Source, labelled

if TYPE_CHECKING:
    import xarray

    from limcyc.levels.cumulants import Cumulants
    from limcyc.levels.moment_states import MomentState

__all__ = ["Regression"]


class Regression:
    """d/dtau C_i = sum_j M_ij C_j for C_i(tau) = <A_i(t + tau) B(t)> - <A_i><B> in a steady state.

    level, state
        the cumulants and the steady state
    operator
        B, of one definite charge

    The A_i are the moments that B couples to, of at most order - 1 constituents (one, at order 1). ``matrix`` is M,
    ``eigenvalues`` are its eigenvalues: decay rates and frequencies of the correlations; ``monomials`` the A_i.
    """

    def __init__(self, level: Cumulants, operator: Operator, state: MomentState) -> None:
        if state.frequencies.size:
            raise UnsupportedError(
                "regression around a rotating state is not offered; use phase-invariant moments (phase_invariant=True)"
            )
        if level.system.symmetries.shift(operator) is None:
            raise SymmetryError(f"{operator!r} mixes charges of the weak symmetries; take its parts one by one")
        self.level, self.operator, self.state = level, operator, state
        self._known: dict[Monomial, dict[Monomial, complex]] = {}
        self.monomials, self.matrix = self._linear_equations()
        self.eigenvalues = np.linalg.eigvals(self.matrix)

    def _linear_equations(self) -> tuple[tuple[Monomial, ...], np.ndarray]:
        index: dict[Monomial, int] = {}
        queue: list[Monomial] = []
        entries: dict[tuple[int, int], complex] = {}

        def position(monomial: Monomial) -> int:
            if monomial not in index:
                index[monomial] = len(index)
                queue.append(monomial)
            return index[monomial]

        for seed in self.operator.dag.terms:
            for monomial in self._expanded(constituents(seed)):
                position(monomial)
        for monomial in queue:  # grows while it is walked through
            row = index[monomial]
            image = self.level.system.adjoint(Operator({monomial: sympy.S.One}))
            for term, coefficient in image.terms.items():
                if term:
                    ratio = sympy.cancel(coefficient * multiplicity(term) / multiplicity(monomial))
                    number = complex(scalar_function((ratio,))(self.state.parameters)[0])
                    for target, weight in self._expanded(constituents(term)).items():
                        key = (row, position(target))
                        entries[key] = entries.get(key, 0.0) + number * weight
        matrix = np.zeros((len(queue), len(queue)), dtype=complex)
        for (row, column), value in entries.items():
            matrix[row, column] = value
        return tuple(queue), matrix

    def _expanded(self, parts: Sequence[Constituent]) -> dict[Monomial, complex]:
        """<T B> - <T><B> as a linear form in those of kept operators, T given by its constituents."""
        monomial = monomial_of(tuple(parts))
        if monomial in self._known:
            return self._known[monomial]
        closure, count = self.level.closure, len(parts)
        if count == 1 or (count < self.level.order and closure.is_kept(tuple(parts))):
            self._known[monomial] = {monomial: 1.0}
            return self._known[monomial]
        result: dict[Monomial, complex] = {}
        for partition in partitions(count + 1):
            with_b = next(block for block in partition if count in block)
            if len(partition) == 1 or len(with_b) == 1:
                continue  # the vanishing joint cumulant itself; and <B> alone, which belongs to <T><B>
            weight: complex = (-1) ** len(partition) * factorial(len(partition) - 1)
            for block in partition:
                if count not in block:
                    weight *= self._mean(monomial_of(tuple(parts[k] for k in block)))
            if weight != 0:
                for target, value in self._expanded([parts[k] for k in with_b if k != count]).items():
                    result[target] = result.get(target, 0.0) + weight * value
        self._known[monomial] = {target: value for target, value in result.items() if value != 0}
        return self._known[monomial]

    def _mean(self, monomial: Monomial) -> complex:
        total: complex = 0.0
        for product, weight in self.level.closure.closed(monomial).items():
            value: complex = weight
            for name, conjugated in product:
                moment = complex(self.state.moments[self.level.position(name)])
                value *= moment.conjugate() if conjugated else moment
            total += value
        return total

    def _form(self, left: Any) -> np.ndarray:
        """Row l with <left B> - <left><B> = l . C."""
        what = as_operator(left)
        if what is None:
            raise OperatorError(f"expected an operator, got {left!r}")
        row = np.zeros(len(self.monomials), dtype=complex)
        for monomial, coefficient in what.terms.items():
            if not monomial:
                continue
            number = complex(scalar_function((coefficient * multiplicity(monomial),))(self.state.parameters)[0])
            for target, weight in self._expanded(constituents(monomial)).items():
                if target not in self.monomials:
                    raise OperatorError(
                        f"{left!r} is not coupled to {self.operator!r}: by the symmetries, or because nothing in the model connects "
                        "them, their correlation is zero"
                    )
                row[self.monomials.index(target)] += number * weight
        return row

    @property
    def initial(self) -> np.ndarray:
        """C_i(0) = <A_i B> - <A_i><B>, shape (K,)."""
        level, state = self.level, self.state
        result = np.empty(len(self.monomials), dtype=complex)
        mean_b = state.mean(self.operator)
        for row, monomial in enumerate(self.monomials):
            a = Operator({monomial: sympy.S.One})
            size = complex(scalar_function((multiplicity(monomial),))(state.parameters)[0])
            together = complex(level.mean(a * self.operator, state.moments, state.parameters).item())
            alone = complex(level.mean(a, state.moments, state.parameters).item())
            result[row] = (together - alone * mean_b) / size
        return result

    def correlation(self, left: Any, times: Any) -> xarray.DataArray:
        """<left(t + tau) B(t)> - <left><B> over ``tau``; see :meth:`limcyc.Cumulants.correlation`."""
        grid, row, start = checked_times(times), self._form(left), self.initial
        values = np.array([row @ linalg.expm(self.matrix * tau) @ start for tau in grid])
        return labelled(values, {"tau": (grid, "1/rate")}, "correlation", "", self._source())

    def spectrum(self, left: Any, frequencies: Any) -> xarray.DataArray:
        """2 Re of the half-sided transform of the correlation; see :meth:`limcyc.Cumulants.spectrum`."""
        grid, row, start = np.atleast_1d(np.asarray(frequencies, dtype=float)), self._form(left), self.initial
        identity = np.eye(len(start))
        values = [2 * (row @ np.linalg.solve(1j * w * identity - self.matrix, start)).real for w in grid]
        return labelled(np.array(values), {"frequency": (grid, "rate")}, "spectrum", "1/rate", self._source())

    def _source(self) -> Source:
        return Source(self.level.system, self.level.name, self.state.parameters)
