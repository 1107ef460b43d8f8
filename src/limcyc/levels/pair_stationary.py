"""Steady state of two weakly coupled bodies: the generators of the bodies precondition a Krylov solve of the pair.

The generator of a pair is L = L1 x 1 + 1 x L2 + V.  Each body's generator falls into blocks, on which L1 x 1 + 1 x L2 acts on
a matrix X as A X + X B^T: a Sylvester equation, solved with the Schur forms of the small A and B.  With P this solve, on
traceless X, and x0 the product of the bodies' steady states,

    (1 + P V) y = -P V x0,      rho = x0 + y,

is solved by GMRES.  Neither L nor a factorization of it is ever formed: the memory grows with the number of matrix elements
times the restart length, against a fill-in that grows like its square.  The solve needs few iterations as long as V is weak
against the decay rates of the bodies, and any V is allowed: the residual of the whole L certifies the answer.  Where the bodies
are identical at the given parameters the solve runs on the half of the matrix elements that exchange leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from scipy import sparse

from limcyc.algebra import Degree, Mode
from limcyc.errors import (
    ConvergenceError,
    CutoffError,
    SeveralSteadyStatesError,
    UnsupportedError,
)
from limcyc.levels.pair_blocks import Body, Layout, assemble, split_pair
from limcyc.levels.pair_exchange import Exchange, permutation
from limcyc.levels.truncation import checked_cutoffs, discarded_weight
from limcyc.results import Certificate, State
from limcyc.system import OpenSystem

__all__ = ["PairStationary"]

_EXPLICIT_LIMIT: Final = 1e-6
"""Largest discarded weight of an open cutoff."""

_ROUNDS: Final = 6
"""GMRES runs, each on the residual of the last one."""


class PairStationary:
    """Steady states of a pair of weakly coupled bodies.

    system
        model of both; constant coefficients
    one, two
        the degrees of freedom of the bodies, e.g. ``(a1, s1)`` and ``(a2, s2)``

    Built once; sets of matrix elements are kept for the last cutoffs, so that a sweep only refills numbers.

    >>> import limcyc as lc
    >>> a, b, g = lc.Mode("a"), lc.Mode("b"), lc.Parameter("g")
    >>> baths = [lc.Jump(m.lower, r) for m, r in ((a, 1.5), (b, 3.0))] + [lc.Jump(a.dag, 0.5)]
    >>> pair = lc.OpenSystem(g * lc.hermitian(a.dag * b.lower), baths)
    >>> state = PairStationary(pair, [a], [b]).steady_state({a: 40, b: 40}, g=0.1)
    >>> round(state.number(a), 6)  # 0.495066 from the equations of the second moments
    0.495066
    """

    name = "exact"

    def __init__(self, system: OpenSystem, one: Sequence[Degree], two: Sequence[Degree]) -> None:
        system.refuse_kicks("the stationary pair")
        if system.time_dependent or system.ensembles:
            raise UnsupportedError(
                f"{system.name!r} must have constant coefficients and no ensembles for a pair of bodies"
            )
        self.system = system
        self.one, self.two, self.coupling = split_pair(system, one, two)
        self._layouts: dict[Any, Layout] = {}
        self._places: dict[Any, np.ndarray | None] = {}

    def steady_state(
        self,
        cutoffs: Mapping[Any, int],
        *,
        closed: bool = False,
        tolerance: float = 1e-12,
        restart: int = 60,
        iterations: int = 600,
        **parameters: Any,
    ) -> State:
        """The steady state with trace 1.

        cutoffs
            Fock states of each mode, e.g. ``{a1: 10, a2: 10}``
        closed
            the cutoff belongs to the model; no tail is examined
        tolerance
            residual |L rho|, in units of the largest element of the bodies' generators, at which the solve ends
        restart, iterations
            length of the Krylov space, and the most iterations
        parameters
            values of the system's parameters

        Returns a State, with ``iterations`` of the solve in ``certificate.method``.

        Raises ConvergenceError when the residual stays above 100 times the tolerance (coupling too strong, or several steady
        states), CutoffError for an open cutoff that is too small, SeveralSteadyStatesError when one body alone has no unique
        steady state, ParameterError for missing or invalid parameters.
        """
        values = self.system.values(parameters)
        modes = tuple(degree for degree in self.system.degrees if isinstance(degree, Mode))
        sizes = checked_cutoffs(self.system.name, modes, cutoffs) or {}
        key = tuple(sizes.values())
        if key not in self._layouts:
            self._layouts = {key: Layout(self.system, self.one, self.two, self.coupling, sizes)}
            self._places = {key: permutation(self._layouts[key])}
        layout = self._layouts[key]
        solver = _Solver(layout, values, self._places[key])
        x, residual, count = solver.solve(tolerance, restart, iterations)
        elements = np.empty_like(x)
        elements[layout.order] = x
        populations = elements[layout.pairs.diagonal].real
        certificate = Certificate(
            residual=residual,
            discarded_weight=float("nan"),
            trace=float(populations.sum()),
            smallest_eigenvalue=float("nan"),
            cutoffs={mode.name: size for mode, size in sizes.items()},
            closed=closed,
            drift_at_infinity={},
            method=f"pair GMRES ({count} iterations){'' if solver.exchange is None else ' with exchange'}",
            unknowns=x.size if solver.exchange is None else solver.exchange.kept.size,
        )
        state = State(
            self.system, layout.basis, layout.pairs.kets, layout.pairs.bras, elements, values, self.name, certificate
        )
        if not closed and sizes:
            weight = max(discarded_weight(state.populations(mode)) for mode in sizes)
            object.__setattr__(certificate, "discarded_weight", weight)
            if weight > _EXPLICIT_LIMIT:
                raise CutoffError(
                    f"steady state of {self.system.name!r}: about {weight:.1e} of the population lies beyond the cutoffs "
                    f"{certificate.cutoffs} (allowed {_EXPLICIT_LIMIT:.0e}); raise them, or declare them part of the model with "
                    "closed=True"
                )
        return state


@dataclass
class _Numbers:
    """Blocks of one body's generator at one point, their Schur forms, and its steady state."""

    body: Body
    generator: sparse.csr_array
    transposed: bool
    twin: _Numbers | None = None
    """The other body, not transposed, if both have the same generator."""

    def __post_init__(self) -> None:
        self._schur: dict[tuple[int, bool], tuple[np.ndarray, np.ndarray]] = {}
        self._blocks: dict[int, np.ndarray] = {}

    def block(self, label: int) -> np.ndarray:
        """The generator on one block, dense."""
        if label not in self._blocks:
            members = self.body.members[label]
            self._blocks[label] = self.generator[members][:, members].toarray()
        return self._blocks[label]

    @cached_property
    def steady(self) -> np.ndarray:
        """Steady state of the body alone, on the block of the populations."""
        matrix = self.block(self.body.populated).copy()
        row = int(np.flatnonzero(self.body.trace)[0])
        matrix[row] = self.body.trace
        right = np.zeros(len(matrix))
        right[row] = 1
        try:
            with np.errstate(all="ignore"):
                state = np.linalg.solve(matrix, right)
            unique = bool(np.all(np.isfinite(state)) and abs(state[self.body.trace > 0]).max() < 1e3)
        except np.linalg.LinAlgError:
            unique = False
        if not unique:
            raise SeveralSteadyStatesError(
                f"{self.body.system.name!r} has no unique steady state at these parameters; without it the pair cannot be solved "
                "from its bodies, use Exact"
            )
        return np.asarray(state)

    @cached_property
    def deflated(self) -> np.ndarray:
        """The block of the populations with the eigenvalue 0 moved to minus a typical rate; the same on traceless vectors."""
        block = self.block(self.body.populated)
        return block - float(abs(block.diagonal()).mean()) * np.outer(self.steady, self.body.trace)

    def schur(self, label: int, deflated: bool) -> tuple[np.ndarray, np.ndarray]:
        """T, U with (transposed) block = U T U^+."""
        from scipy.linalg import schur

        if (label, deflated) not in self._schur and self.twin is not None:
            # A = U T U^+ gives A^T = (U^* J)(J T^T J)(U^* J)^+, upper triangular again, with J the reversal of the order.
            t, u = self.twin.schur(label, deflated)
            self._schur[label, deflated] = t.T[::-1, ::-1], u.conj()[:, ::-1]
        if (label, deflated) not in self._schur:
            matrix = self.deflated if deflated else self.block(label)
            self._schur[label, deflated] = schur(matrix.T if self.transposed else matrix, output="complex")
        return self._schur[label, deflated]


class _Solver:
    """One parameter point."""

    def __init__(self, layout: Layout, values: Mapping[str, Any], places: np.ndarray | None = None) -> None:
        from scipy.linalg import lapack

        self.layout = layout
        self.trsyl = lapack.ztrsyl
        one, two = layout.bodies
        self.one = _Numbers(one, assemble(one.entries, one.size**2, values), transposed=False)
        self.two = _Numbers(two, assemble(two.entries, two.size**2, values), transposed=True)
        self.v = layout.interaction(values)
        self.scale = max(float(abs(n.generator.data).max(initial=0.0)) for n in (self.one, self.two))
        self.exchange = Exchange.of(places, self.one.generator, self.two.generator, self.v)
        if self.exchange is not None:
            self.two.twin = self.one

    def product(self) -> np.ndarray:
        """The steady states of the bodies side by side."""
        x = np.zeros(self.layout.order.size, dtype=complex)
        for alpha, beta, where, _ in self.layout.groups:
            if self._populated(alpha, beta):
                x[where] = np.outer(self.one.steady, self.two.steady).ravel()
        return x

    def _populated(self, alpha: int, beta: int) -> bool:
        return alpha == self.one.body.populated and beta == self.two.body.populated

    def apply(self, x: np.ndarray) -> np.ndarray:
        """L x."""
        result = self.v @ x
        for alpha, beta, where, shape in self.layout.groups:
            block = x[where].reshape(shape)
            result[where] += (self.one.block(alpha) @ block + block @ self.two.block(beta).T).ravel()
        return np.asarray(result)

    def precondition(self, b: np.ndarray) -> np.ndarray:
        """The traceless solution of (L1 x 1 + 1 x L2) x = b for a traceless b; for identical bodies only on the kept elements."""
        x = np.empty_like(b)
        for alpha, beta, where, shape in self.layout.groups:
            if self.exchange is not None and alpha > beta:
                continue  # the mirror image of (beta, alpha), which comes earlier in the order
            right = b[where].reshape(shape)
            if not right.any():
                x[where] = 0
            elif self._populated(alpha, beta):
                x[where] = self._populations(right).ravel()
            else:
                x[where] = self._sylvester(right, alpha, beta, False).ravel()
        return x

    def _populations(self, right: np.ndarray) -> np.ndarray:
        """As sums over one body do not see the other one, both are split off; the rest never meets the eigenvalue 0."""
        t1, t2 = self.one.body.trace, self.two.body.trace
        r1, r2 = self.one.steady, self.two.steady
        right = right - (t1 @ right @ t2) * np.outer(r1, r2)
        of_two, of_one = t1 @ right, right @ t2
        connected = right - np.outer(r1, of_two) - np.outer(of_one, r2)
        solved = self._sylvester(connected, self.one.body.populated, self.two.body.populated, True)
        two = np.linalg.solve(self.two.deflated, of_two)
        one = np.linalg.solve(self.one.deflated, of_one)
        return np.asarray(solved + np.outer(r1, two) + np.outer(one, r2))

    def _sylvester(self, right: np.ndarray, alpha: int, beta: int, deflated: bool) -> np.ndarray:
        t, u = self.one.schur(alpha, deflated)
        s, w = self.two.schur(beta, deflated)
        x, scale, _ = self.trsyl(t, s, u.conj().T @ right @ w)
        return np.asarray(u @ (x / scale) @ w.conj().T)

    def solve(self, tolerance: float, restart: int, iterations: int) -> tuple[np.ndarray, float, int]:
        """rho on the sorted matrix elements, |L rho|, and the number of iterations."""
        from scipy.sparse.linalg import LinearOperator, gmres

        x = self.product()
        exchange = self.exchange
        kept: Any
        source: Any
        if exchange is None:
            kept, source, v = slice(None), slice(None), self.v
        else:
            kept, source, v = exchange.kept, exchange.source, exchange.restricted(self.v)

        def step_of(y: np.ndarray) -> np.ndarray:
            return y + self.precondition((v @ y)[source])[kept]

        size = x[kept].size
        operator = LinearOperator((size, size), matvec=step_of, dtype=complex)
        count = 0

        def counted(_: Any) -> None:
            nonlocal count
            count += 1

        error = self.apply(x)
        residual = float(np.linalg.norm(error))
        best = x, residual
        for _ in range(_ROUNDS):
            if residual <= tolerance * self.scale or count >= iterations:
                break
            right = -self.precondition(error)[kept]
            outer = max(1, -(-(iterations - count) // restart))
            step, _ = gmres(
                operator, right, rtol=1e-8, restart=restart, maxiter=outer, callback=counted, callback_type="pr_norm"
            )
            x = x + step[source]
            error = self.apply(x)
            previous, residual = residual, float(np.linalg.norm(error))
            if residual < best[1]:
                best = x, residual
            if residual > 0.5 * previous:
                break
        x, residual = best
        if residual > 100 * tolerance * self.scale:
            raise ConvergenceError(
                f"the pair {self.layout.name!r}: residual {residual:.1e} after {count} iterations (wanted "
                f"{tolerance * self.scale:.1e}); the coupling may be too strong for a solve from the bodies, or the steady state "
                "not unique; raise `iterations` and `restart`, or use Exact"
            )
        return x, residual, count
