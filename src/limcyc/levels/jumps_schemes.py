"""How the evolution between jumps is integrated: the schemes, their coefficients, and the memory they need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError, UnsupportedError
from limcyc.levels.jumps_tables import Problem

__all__ = ["METHODS", "Method", "Scheme"]

Method = Literal["taylor", "dopri5", "dop853", "rk4"]
METHODS: Final[tuple[str, ...]] = get_args(Method)
"""taylor: the exponential series, for models that do not depend on time; dopri5, dop853: Runge-Kutta of order 5 (Dormand and
Prince) and 8 (Hairer, Norsett, Wanner); rk4: the classical one, with a fixed step."""

_ORDER: Final = 16
_LARGEST_STEP: Final = 20.0
"""A fixed step times the fastest rate beyond which no scheme here is stable."""


@dataclass(frozen=True)
class Scheme:
    """A scheme with its tolerances.

    method, order
        order of the series; of the pair otherwise
    rotating
        whether the free evolution, the diagonal of the effective Hamiltonian, is turned out; the series measures energies
        from their mean instead
    step
        fixed step; None for error control
    tolerance
        error of one step in units of the norm of the state
    jump_tolerance
        relative error of the squared norm at which a jump happens: at most so far in units of the waiting time
    """

    method: str
    order: int
    rotating: bool
    step: float | None
    tolerance: float
    jump_tolerance: float

    @classmethod
    def of(
        cls, method: str | None, order: int | None, rotating: bool, step: float | None, tolerance: float,
        jump_tolerance: float | None, time_dependent: bool, name: str,
    ) -> Scheme:  # fmt: skip
        """Choose and check."""
        chosen = method or ("dopri5" if time_dependent else "taylor")
        if chosen not in METHODS:
            raise UnknownNameError("method of quantum trajectories", chosen, METHODS)
        if chosen == "taylor" and time_dependent:
            raise UnsupportedError(
                f"quantum trajectories of {name!r}: the Hamiltonian depends on time, for which the series is not made; use method='dopri5'"
            )
        if not 0 < tolerance < 1e-1:
            raise ParameterError(f"`tolerance` is the error of a step, in (0, 0.1), but is {tolerance!r}")
        resolved = tolerance if jump_tolerance is None else jump_tolerance
        if not 0 < resolved < 1:
            raise ParameterError(f"`jump_tolerance` must be in (0, 1), but is {jump_tolerance!r}")
        if chosen == "rk4" and step is None:
            raise ParameterError("method 'rk4' has no error control; give step=..., or use 'dopri5'")
        if step is not None and not step > 0:
            raise ParameterError(f"`step` must be > 0, but is {step!r}")
        if order is not None and (chosen != "taylor" or not 2 <= order <= 60):
            raise ParameterError(
                f"`order` is that of the series (method 'taylor'), 2 ... 60; got {order!r} for {chosen!r}"
            )
        own = {"taylor": order or _ORDER, "dopri5": 5, "dop853": 8, "rk4": 4}[chosen]
        return cls(chosen, own, rotating, step, tolerance, resolved)

    def check_step(self, problem: Problem, name: str) -> None:
        """Refuse a fixed step that cannot be stable."""
        fastest = problem.fastest
        limit = _LARGEST_STEP if self.method == "taylor" else 2.8
        if self.step is not None and self.step * fastest > limit:
            raise ParameterError(
                f"quantum trajectories of {name!r}: the fixed step {self.step:.3g} times the fastest rate {fastest:.3g} is "
                f"{self.step * fastest:.3g}, which {self.method} does not integrate; take a step below {limit / fastest:.2g}, or error control"
            )

    def for_kernel(self, problem: Problem) -> tuple[Any, ...]:
        """(method, order, rotating, adaptive, tolerance, jump tolerance, width, exponent, tableau)."""
        from limcyc.numerics.trajectory_kernels import RUNGE_KUTTA, TAYLOR

        kind = TAYLOR if self.method == "taylor" else RUNGE_KUTTA
        width = self.step if self.step is not None else 0.3 / max(problem.fastest, 1e-12)
        exponent = 1.0 / (self.order + 1 if kind == TAYLOR else self.order)
        return (
            kind, self.order, self.rotating, self.step is None, self.tolerance, self.jump_tolerance, float(width), exponent,
            _tableau(self.method),
        )  # fmt: skip

    def buffers(self, problem: Problem) -> tuple[Any, ...]:
        """Memory of one worker."""
        size, stages = problem.basis.size, _tableau(self.method)[1].size
        series = self.method == "taylor"
        turning = size if self.rotating and not series else 1

        def cache() -> tuple[np.ndarray, ...]:
            # NaN: no step has this width yet.
            return (
                np.full(1, np.nan), np.zeros((stages + 1, 2, turning)), np.zeros((stages + 1, 2, turning)),
                np.zeros(1 + 2 * problem.frequencies.size),
            )  # fmt: skip

        slopes = np.zeros((self.order + 1 if series else stages, 2, size))
        inner = np.zeros((1 if series else stages, 2, 1 if series else size))
        states = (np.zeros((2, size)) for _ in range(4))
        scales = np.zeros(1 + 2 * problem.frequencies.size)
        return (slopes, inner, cache(), cache(), *states, np.zeros(max(1, problem.jumps)), scales)


def _tableau(method: str) -> tuple[np.ndarray, ...]:
    """a (s, s), b, c, errors (rows, s), and for each stage the first one at the same time."""
    from scipy.integrate import DOP853, RK45

    if method == "dopri5":
        a = np.zeros((7, 7))
        a[:6, :5], a[6, :6] = RK45.A, RK45.B
        b, c, errors = np.append(RK45.B, 0.0), np.append(RK45.C, 1.0), RK45.E[None]
    elif method == "dop853":
        a, b, c = DOP853.A[:12, :12], DOP853.B, DOP853.C[:12]
        errors = np.stack([DOP853.E5[:12], DOP853.E3[:12]])
    else:
        a = np.zeros((4, 4))
        a[1, 0], a[2, 1], a[3, 2] = 0.5, 0.5, 1.0
        b, c, errors = np.array([1, 2, 2, 1]) / 6, np.array([0, 0.5, 0.5, 1]), np.zeros((1, 4))
    first = np.array([int(np.flatnonzero(c == value)[0]) for value in c], dtype=np.int64)
    return tuple(np.ascontiguousarray(part) for part in (a, b, c, errors, first))
