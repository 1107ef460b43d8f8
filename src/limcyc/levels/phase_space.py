"""Drift and diffusion of a bosonic model in phase space, derived from its Heisenberg equations.

    dW/dt = - sum_i d_i (A_i W) + sum_ij d_i d_j (D_ij W) - (third order, dropped)

in the real variables (Re alpha, Im alpha) of every mode. In the Ito sense the same density belongs to

    dx_i = A_i dt + noise,   <dx_i dx_j> = 2 D_ij dt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Final, Literal

import numpy as np

from limcyc.algebra import Degree, Mode
from limcyc.algebra import phase_space as symbols
from limcyc.algebra.phase_space import Ordering, Symbol
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.levels.drift_tables import DriftTables, evaluate_table
from limcyc.levels.equations import Equations, Variable
from limcyc.levels.lanes import Lanes
from limcyc.numerics.fields import PolynomialField
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
    idle
        further modes, which no term of the model contains: without drift and noise in symmetric ordering

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
        self,
        system: OpenSystem,
        ordering: Ordering = "symmetric",
        expansion: Expansion = "second-order",
        idle: Iterable[Degree] = (),
    ) -> None:
        if expansion not in EXPANSIONS:
            raise ParameterError(f"`expansion` must be one of {', '.join(EXPANSIONS)}, but is {expansion!r}")
        system.refuse_kicks("phase space")
        degrees = sorted({*system.degrees, *idle}, key=lambda degree: degree.name)
        others = [degree.name for degree in degrees if not isinstance(degree, Mode)]
        if others:
            raise UnsupportedError(
                f"phase space of {system.name!r}: {', '.join(others)} is no bosonic mode. Eliminate fast levels with "
                "AdiabaticElimination, write ensembles out with explicit(), or use Cumulants"
            )
        self.system, self.ordering, self.expansion = system, ordering, expansion
        self.modes: tuple[Mode, ...] = tuple(d for d in degrees if isinstance(d, Mode))

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
    def tables(self) -> DriftTables:
        """Drift and diffusion in real variables, as index tables."""
        variables = tuple(Variable(mode.name, mode.latex(_LOWER), real=False) for mode in self.modes)
        diffusion = {
            (k, m, conjugated): self.diffusion_symbol(first, second, conjugated)
            for k, first in enumerate(self.modes)
            for m, second in enumerate(self.modes[: k + 1])
            for conjugated in (False, True)
        }
        return DriftTables(self.system, variables, len(self.modes), self.drift_symbols, diffusion)

    @property
    def drift(self) -> Equations:
        """The drift as equations of the amplitudes, with LaTeX and field."""
        return self.tables.equations

    def diffusion_symbol(self, first: Mode, second: Mode, conjugated: bool) -> Symbol:
        """D of alpha_first and alpha_second (or its conjugate)."""
        left, right = (first, False), (second, conjugated)
        if self.expansion == "leading":
            both = {first, second}
            jumps = [(j.operator, j.rate) for j in self.system.jumps if both.issubset(j.operator.degrees)]
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

    @property
    def entries(self) -> tuple[tuple[int, int], ...]:
        """Positions (i, j), i >= j, of the entries of the diffusion matrix that are not identically 0."""
        return self.tables.entries

    @property
    def additive(self) -> bool:
        """Whether the diffusion is the same everywhere in phase space and at all times."""
        return self.tables.additive

    @property
    def fields(self) -> tuple[PolynomialField, PolynomialField]:
        """Index tables of the drift, and of the :attr:`entries` of the diffusion; both on the same coefficients."""
        return self.tables.fields

    def lanes(self, parameters: Mapping[str, Any]) -> Lanes:
        """Checked parameters, arrays (L,) among them as lanes."""
        return Lanes.of(self.system, parameters)

    def numbers(self, lanes: Lanes, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Coefficients (P, count) and frequencies (H, count) of both fields."""
        return self.tables.numbers(lanes, count)

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

    def __repr__(self) -> str:
        return f"PhaseSpace({self.system.name!r}, {self.ordering}, {self.expansion})"


_LOWER: Final = next(iter(Mode("a").lower.terms))[0][1]
"""The factor of an annihilation operator, which lends its LaTeX to the amplitude."""
