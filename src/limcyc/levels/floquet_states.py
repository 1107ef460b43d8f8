"""The periodic state of a driven system: at every moment of the period, and averaged over it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import TIME, Mode, as_operator
from limcyc.errors import OperatorError
from limcyc.levels.floquet_balance import EigenFrame
from limcyc.results import Certificate, State, expectation_row, labelled
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import xarray

__all__ = ["PeriodicState", "averaged"]


@dataclass(frozen=True)
class PeriodicState:
    """A density matrix rho(t) with rho(t + period) = rho(t).

    Made by :class:`limcyc.levels.floquet.Floquet`. ``average`` and ``at(t)`` are ordinary states; :meth:`mean`,
    :meth:`number`, :meth:`g2` and :meth:`populations` refer to the average over one period.
    """

    system: OpenSystem
    frame: EigenFrame = field(repr=False)
    motion: np.ndarray = field(repr=False)
    parameters: Mapping[str, Any]
    level: str
    _certificate: Certificate
    points_change: float = float("nan")

    @property
    def period(self) -> float:
        """2 pi / Omega."""
        return self.frame.generator.period

    @property
    def points(self) -> int:
        """Points in time within one period that resolve the motion in the frame of the solver."""
        return int(self.motion.shape[0])

    @property
    def residual(self) -> float:
        """Norm of d rho/dt - L(t) rho between the points, root mean square over the period, in units of the rates."""
        return self._certificate.residual

    @property
    def discarded_weight(self) -> float:
        """Population estimated beyond the cutoffs."""
        return self._certificate.discarded_weight

    @cached_property
    def certificate(self) -> Certificate:
        """Truncation, residual and positivity of the state at t = 0."""
        return self.stroboscopic.certificate

    @cached_property
    def _spectrum(self) -> np.ndarray:
        return np.fft.fft(self.motion, axis=0) / self.points

    def _state(self, elements: np.ndarray) -> State:
        sector = self.frame.generator.sector
        return State(
            self.system,
            sector.basis,
            sector.kets,
            sector.bras,
            elements,
            self.parameters,
            self.level,
            self._certificate,
        )

    def at(self, time: float) -> State:
        """The state at a time; t = 0 is the phase at which coefficients are written."""
        orders = np.fft.fftfreq(self.points, 1.0 / self.points)
        inner = np.exp(1j * orders * self.frame.generator.frequency * time) @ self._spectrum
        return self._state(_turned(self.frame, inner, self.frame.ket_basis(time), self.frame.bra_basis(time)))

    @cached_property
    def stroboscopic(self) -> State:
        """The state at t = 0, period, 2 period, ..."""
        return self.at(0.0)

    @cached_property
    def average(self) -> State:
        """The state averaged over one period."""
        return self._state(averaged(self.frame, self.motion))

    def mean(self, operator: Any) -> float | complex:
        """Expectation value averaged over one period; the operator has constant coefficients."""
        a = as_operator(operator)
        if a is None or TIME in a.free_symbols:
            raise OperatorError(
                f"mean() needs an operator with constant coefficients, got {operator!r}; see curve(...)"
            )
        return self.average.mean(a)

    def number(self, mode: Mode) -> float:
        """<b^+ b> averaged over one period."""
        return self.average.number(mode)

    def g2(self, mode: Mode) -> float:
        """g2(0) of the averaged state."""
        return self.average.g2(mode)

    def populations(self, degree: Any) -> np.ndarray:
        """Populations averaged over one period."""
        return self.average.populations(degree)

    def curve(self, operator: Any, times: Any) -> xarray.DataArray:
        """<A>(t) at the given times, over ``time``."""
        a = as_operator(operator)
        if a is None or TIME in a.free_symbols:
            raise OperatorError(f"curve() needs an operator with constant coefficients, got {operator!r}")
        grid = np.atleast_1d(np.asarray(times, dtype=float))
        sector = self.frame.generator.sector
        row = expectation_row(a, sector.basis, sector.kets, sector.bras, self.parameters)
        values = np.array([row @ self.at(t).elements for t in grid])
        return labelled(values.real if a.is_hermitian else values, {"time": (grid, "1/rate")}, repr(a), "", self)

    def __repr__(self) -> str:
        numbers = ", ".join(f"<n_{d.name}> = {self.number(d):.6g}" for d in self.system.degrees if isinstance(d, Mode))
        return (
            f"<PeriodicState of {self.system.name!r}, period {self.period:.6g}, {numbers}\n  residual {self.residual:.1e}, "
            f"{self.points} points in time, {self._certificate.unknowns} unknowns>"
        )


def averaged(frame: EigenFrame, motion: np.ndarray) -> np.ndarray:
    """Average over one period, in the laboratory, of a motion in a frame, shape (points, elements) -> (elements,)."""
    points = motion.shape[0]
    spectrum = np.fft.fft(motion, axis=0) / points
    order = frame.pair_labels
    known = abs(order) <= points // 2
    inner = np.where(known, spectrum[np.where(known, order, 0), np.arange(order.size)], 0)
    return _turned(frame, inner, frame.vectors, frame.vectors)


def _turned(frame: EigenFrame, inner: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    result = np.empty_like(inner)
    for block in frame.generator.sector.blocks:
        one, two = left[np.ix_(block.kets, block.kets)], right[np.ix_(block.bras, block.bras)]
        block.view(result)[...] = one @ block.view(inner) @ two.conj().T
    return result
