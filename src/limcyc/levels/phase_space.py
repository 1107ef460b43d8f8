"""Drift and diffusion of a bosonic model in phase space, derived from its Heisenberg equations.

    dW/dt = - sum_i d_i (A_i W) + sum_ij d_i d_j (D_ij W) - (third order, dropped)

in the real variables (Re alpha, Im alpha) of every mode. In the Ito sense the same density belongs to

    dx_i = A_i dt + noise,   <dx_i dx_j> = 2 D_ij dt.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np
import sympy

from limcyc.algebra import Mode
from limcyc.algebra import phase_space as symbols
from limcyc.algebra.phase_space import Ordering, Symbol
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.levels.equations import Equations, Product, Variable
from limcyc.levels.lanes import Lanes
from limcyc.numerics.fields import PolynomialField, Term
from limcyc.system import OpenSystem

__all__ = ["EXPANSIONS", "Expansion", "PhaseSpace"]

Expansion = Literal["second-order", "leading"]
EXPANSIONS: Final = ("second-order", "leading")
"""All terms up to second derivatives of the quasiprobability, or only the leading ones for large amplitudes."""


class PhaseSpace:
    """The Fokker-Planck coefficients of a model, for Langevin equations, grids and Gaussian fluctuations.

    system
        bosonic modes only, polynomial in their operators
    ordering
        "symmetric" (Wigner), "antinormal" (Husimi) or "normal" (Glauber P); what averages over the density mean
    expansion
        "second-order": drift and diffusion are exact, third and higher derivatives are dropped and listed in
        :attr:`dropped`. "leading": operators replaced by numbers (normal-ordered drift, jumps linearised), whose diffusion
        is never negative; corrections of relative order 1/|alpha|^2 are left out.

    Raises :class:`limcyc.errors.UnsupportedError` for spins, ensembles and functions of numbers.

    >>> import limcyc as lc
    >>> a, kappa = lc.Mode("a"), lc.Parameter("kappa", minimum=0)
    >>> space = PhaseSpace(lc.OpenSystem(0 * a.number, [lc.Jump(a.lower, rate=kappa)]))
    >>> print(space.drift)
    da/dt = (-kappa/2) a
    >>> space.additive, space.diffusion_matrix([0.0, 0.0], kappa=0.4).ravel().tolist()
    (True, [0.05, 0.0, 0.0, 0.05])
    """

    def __init__(
        self, system: OpenSystem, ordering: Ordering = "symmetric", expansion: Expansion = "second-order"
    ) -> None:
        if expansion not in EXPANSIONS:
            raise ParameterError(f"`expansion` must be one of {', '.join(EXPANSIONS)}, but is {expansion!r}")
        others = [degree.name for degree in system.degrees if not isinstance(degree, Mode)]
        if others:
            raise UnsupportedError(
                f"phase space of {system.name!r}: {', '.join(others)} is no bosonic mode. Eliminate fast levels with "
                "AdiabaticElimination, write ensembles out with explicit(), or use Cumulants"
            )
        self.system, self.ordering, self.expansion = system, ordering, expansion
        self.modes: tuple[Mode, ...] = tuple(d for d in system.degrees if isinstance(d, Mode))

    @property
    def size(self) -> int:
        """Number of real variables: Re and Im of every amplitude."""
        return 2 * len(self.modes)

    @cached_property
    def drift_symbols(self) -> tuple[Symbol, ...]:
        """A of each amplitude alpha."""
        ordering: Ordering = "normal" if self.expansion == "leading" else self.ordering
        return tuple(symbols.drift(self.system.adjoint, (mode, False), ordering) for mode in self.modes)

    @cached_property
    def drift(self) -> Equations:
        """The drift as equations of the amplitudes, with LaTeX and field."""
        variables = tuple(Variable(mode.name, mode.latex(_LOWER), real=False) for mode in self.modes)
        derivatives = tuple(self._products(symbol) for symbol in self.drift_symbols)
        return Equations(self.system, variables, derivatives, averages=False)

    def diffusion_symbol(self, first: Mode, second: Mode, conjugated: bool) -> Symbol:
        """D of alpha_first and alpha_second (or its conjugate)."""
        left, right = (first, False), (second, conjugated)
        if self.expansion == "leading":
            jumps = [(jump.operator, jump.rate) for jump in self.system.jumps]
            return symbols.leading_diffusion(jumps, left, right)
        return symbols.diffusion(self.system.adjoint, left, right, self.ordering)

    @cached_property
    def dropped(self) -> dict[str, Symbol]:
        """Coefficients of third derivatives that the expansion drops, by the variables of the derivatives; empty if exact."""
        found = {}
        for triple in symbols.triples(self.modes):
            coefficient = symbols.third_order(self.system.adjoint, triple, self.ordering)
            if coefficient.terms:
                found[" ".join(f"{mode.name}{'*' if star else ''}" for mode, star in triple)] = coefficient
        return found

    # -- numbers -----------------------------------------------------------------------------------------------------

    @cached_property
    def _entries(self) -> dict[tuple[int, int], dict[tuple[tuple[int, ...], int, int], float]]:
        """Entries (i >= j) of the real diffusion matrix: (factors, coefficient, harmonic) -> weight."""
        found: dict[tuple[int, int], dict[tuple[tuple[int, ...], int, int], float]] = {}

        def add(i: int, j: int, polynomial: Mapping[Any, complex], part: str, factor: float) -> None:
            entry = found.setdefault((max(i, j), min(i, j)), {})
            for key, value in polynomial.items():
                entry[key] = entry.get(key, 0.0) + factor * (value.real if part == "re" else value.imag)

        for k, first in enumerate(self.modes):
            for m, second in enumerate(self.modes[: k + 1]):
                plain = self._real(self.diffusion_symbol(first, second, False))
                mixed = self._real(self.diffusion_symbol(first, second, True))
                # u = (alpha + alpha^*)/2, v = (alpha - alpha^*)/2i.
                add(2 * k, 2 * m, plain, "re", 0.5)
                add(2 * k, 2 * m, mixed, "re", 0.5)
                add(2 * k + 1, 2 * m + 1, plain, "re", -0.5)
                add(2 * k + 1, 2 * m + 1, mixed, "re", 0.5)
                add(2 * k + 1, 2 * m, plain, "im", 0.5)
                add(2 * k + 1, 2 * m, mixed, "im", 0.5)
                if k != m:
                    add(2 * k, 2 * m + 1, plain, "im", 0.5)
                    add(2 * k, 2 * m + 1, mixed, "im", -0.5)
        clean = {ij: {key: w for key, w in entry.items() if w != 0} for ij, entry in found.items()}
        return {ij: entry for ij, entry in sorted(clean.items()) if entry}

    @property
    def entries(self) -> tuple[tuple[int, int], ...]:
        """Positions (i, j), i >= j, of the entries of the diffusion matrix that are not identically 0."""
        return tuple(self._entries)

    @property
    def additive(self) -> bool:
        """Whether the diffusion is the same everywhere in phase space (it may depend on time)."""
        return all(not factors for entry in self._entries.values() for factors, _, _ in entry)

    @cached_property
    def fields(self) -> tuple[PolynomialField, PolynomialField]:
        """Index tables of the drift, and of the :attr:`entries` of the diffusion; both on the same coefficients."""
        terms = [
            Term(row, weight, factors, c, h)
            for row, entry in enumerate(self._entries.values())
            for (factors, c, h), weight in entry.items()
        ]
        drift = self.drift.field  # made after the entries, so that its table counts their coefficients
        size = max(self.size, len(self._entries))
        noise = PolynomialField.of(size, terms, coefficients=drift.coefficients, harmonics=drift.harmonics)
        return drift, noise

    def lanes(self, parameters: Mapping[str, Any]) -> Lanes:
        """Checked parameters, arrays (L,) among them as lanes."""
        return Lanes.of(self.system, parameters)

    def numbers(self, lanes: Lanes, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (P, count) and frequencies (H, count) of both fields."""
        drift, _ = self.fields
        table = self.drift.coefficients
        c = table.values(lanes.values)
        c = c if c.shape[0] else np.zeros((1, 1))
        spread = np.broadcast_to(c, (c.shape[0], count)) if c.shape[1] == 1 else c
        return drift.lanes_of(spread, table.frequencies(lanes.values))

    def diffusion_matrix(self, x: Any, t: float = 0.0, **parameters: Any) -> np.ndarray:
        """D at points x (n,) or (n, L): shape (n, n) or (n, n, L)."""
        point = np.asarray(x, dtype=float)
        columns = point.reshape(self.size, -1)
        c, w = self.numbers(self.lanes(parameters), columns.shape[1])
        values = evaluate_table(self.fields[1], len(self.entries), columns, c, w, t)
        matrix = np.zeros((self.size, self.size, columns.shape[1]))
        for (i, j), value in zip(self.entries, values, strict=True):
            matrix[i, j] = matrix[j, i] = value
        return matrix.reshape(self.size, self.size, *point.shape[1:])

    def _products(self, symbol: Symbol) -> dict[Product, sympy.Expr]:
        position = {mode.name: index for index, mode in enumerate(self.modes)}
        found: dict[Product, sympy.Expr] = {}
        for powers, coefficient in symbol.terms.items():
            factors = [
                (position[n], star) for n, p, q in powers for star, k in ((False, q), (True, p)) for _ in range(k)
            ]
            found[tuple(sorted(factors))] = coefficient
        return found

    def _real(self, symbol: Symbol) -> dict[tuple[tuple[int, ...], int, int], complex]:
        """A symbol as a complex polynomial of the real variables."""
        found: dict[tuple[tuple[int, ...], int, int], complex] = {}
        for product, coefficient in self._products(symbol).items():
            for number, c, h in self.drift.coefficients.split(coefficient):
                for factors, unit in self.drift.real_monomials(product).items():
                    key = (factors, c, h)
                    found[key] = found.get(key, 0) + number * unit
        return found

    def __repr__(self) -> str:
        return f"PhaseSpace({self.system.name!r}, {self.ordering}, {self.expansion})"


def evaluate_table(
    field: PolynomialField, rows: int, x: np.ndarray, c: np.ndarray, w: np.ndarray, t: float
) -> np.ndarray:
    """The first rows of a table of polynomials at points x (n, L): shape (rows, L)."""
    from limcyc.numerics import kernels  # compiled code is loaded when the first field is evaluated

    lanes = x.shape[1]
    h = np.empty((1 + 2 * field.harmonics, lanes))
    kernels.harmonics(np.full(lanes, float(t)), w, h)
    extended = np.zeros((field.size + 1, lanes))
    extended[: x.shape[0]] = x
    extended[-1] = 1.0
    out = np.empty((field.size, lanes))
    kernels.evaluate(*field.tables, field.size, extended, c, h, out, np.empty(lanes), lanes)
    return out[:rows]


_LOWER: Final = next(iter(Mode("a").lower.terms))[0][1]
"""The factor of an annihilation operator, which lends its LaTeX to the amplitude."""
