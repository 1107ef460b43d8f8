"""Phase-space symbols as index tables: drift and diffusion of real variables, on one set of coefficients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy

from limcyc.algebra.phase_space import Symbol
from limcyc.levels.equations import Equations, Product, Variable
from limcyc.levels.lanes import Lanes
from limcyc.numerics.fields import PolynomialField, Term
from limcyc.system import OpenSystem

__all__ = ["DriftTables", "evaluate_table"]

Polynomial = dict[tuple[tuple[int, ...], int, int], complex]
"""(factors, coefficient, harmonic) -> number."""


@dataclass(frozen=True)
class DriftTables:
    """Drift A of amplitudes and diffusion D between them, in real variables.

    system
        the model whose parameters are the coefficients
    variables
        amplitudes first; then what a site receives from others, which has no drift of its own
    amplitudes
        number of amplitudes
    drift
        a symbol for each amplitude; the names in it are labels of the variables
    diffusion
        (k, m, conjugated) -> D of alpha_k and alpha_m (or its conjugate), k >= m
    received
        real variables that also get noise from edges; the table of the diffusion then ends with a row of the constant 1
    """

    system: OpenSystem
    variables: tuple[Variable, ...]
    amplitudes: int
    drift: tuple[Symbol, ...]
    diffusion: Mapping[tuple[int, int, bool], Symbol]
    received: tuple[int, ...] = ()

    @cached_property
    def equations(self) -> Equations:
        """The drift, with LaTeX and field."""
        own = tuple(self._products(symbol) for symbol in self.drift)
        return Equations(self.system, self.variables, (*own, *({},) * (len(self.variables) - len(own))), averages=False)

    @cached_property
    def _entries(self) -> dict[tuple[int, int], dict[tuple[tuple[int, ...], int, int], float]]:
        found: dict[tuple[int, int], dict[tuple[tuple[int, ...], int, int], float]] = {}

        def add(i: int, j: int, polynomial: Polynomial, part: str, factor: float) -> None:
            entry = found.setdefault((max(i, j), min(i, j)), {})
            for key, value in polynomial.items():
                entry[key] = entry.get(key, 0.0) + factor * (value.real if part == "re" else value.imag)

        for (k, m, conjugated), symbol in self.diffusion.items():
            polynomial = self._real(symbol)
            # u = (alpha + alpha^*)/2, v = (alpha - alpha^*)/2i.
            add(2 * k, 2 * m, polynomial, "re", 0.5)
            add(2 * k + 1, 2 * m + 1, polynomial, "re", 0.5 if conjugated else -0.5)
            add(2 * k + 1, 2 * m, polynomial, "im", 0.5)
            if k != m:
                add(2 * k, 2 * m + 1, polynomial, "im", -0.5 if conjugated else 0.5)
        clean = {ij: {key: w for key, w in entry.items() if w != 0} for ij, entry in found.items()}
        return {ij: entry for ij, entry in sorted(clean.items()) if entry}

    @property
    def entries(self) -> tuple[tuple[int, int], ...]:
        """Positions (i, j), i >= j, of the entries of the diffusion matrix that are not identically 0."""
        return tuple(self._entries)

    @property
    def additive(self) -> bool:
        """Whether no entry of the diffusion depends on a variable or on time."""
        return all(not factors and h == 0 for entry in self._entries.values() for factors, _, h in entry)

    @cached_property
    def fields(self) -> tuple[PolynomialField, PolynomialField]:
        """Index tables of the drift and of the :attr:`entries` of the diffusion."""
        terms = [
            Term(row, weight, factors, c, h)
            for row, entry in enumerate(self._entries.values())
            for (factors, c, h), weight in entry.items()
        ]
        if self.received:
            terms += [Term(len(self._entries), 1.0, (), c, h) for _, c, h in self.equations.coefficients.split(1)]
        drift = self.equations.field  # made after the entries, so that its table counts their coefficients
        size = max(self.equations.size, len(self._entries) + bool(self.received))
        noise = PolynomialField.of(size, terms, coefficients=drift.coefficients, harmonics=drift.harmonics)
        return drift, noise

    def numbers(self, lanes: Lanes, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (P, count) and frequencies (H, count) of both tables."""
        drift, _ = self.fields
        table = self.equations.coefficients
        c = table.values(lanes.values)
        c = c if c.shape[0] else np.zeros((1, 1))
        spread = np.broadcast_to(c, (c.shape[0], count)) if c.shape[1] == 1 else c
        return drift.lanes_of(spread, table.frequencies(lanes.values))

    def _products(self, symbol: Symbol) -> dict[Product, sympy.Expr]:
        position = {variable.label: index for index, variable in enumerate(self.variables)}
        found: dict[Product, sympy.Expr] = {}
        for powers, coefficient in symbol.terms.items():
            factors = [
                (position[n], star) for n, p, q in powers for star, k in ((False, q), (True, p)) for _ in range(k)
            ]
            found[tuple(sorted(factors))] = coefficient
        return found

    def _real(self, symbol: Symbol) -> Polynomial:
        """A symbol as a complex polynomial of the real variables."""
        found: Polynomial = {}
        for product, coefficient in self._products(symbol).items():
            for number, c, h in self.equations.coefficients.split(coefficient):
                for factors, unit in self.equations.real_monomials(product).items():
                    key = (factors, c, h)
                    found[key] = found.get(key, 0) + number * unit
        return found


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
    kernels.evaluate(*field.tables, field.size, extended, c, h, out, np.empty((2, lanes)), lanes)
    return out[:rows]
