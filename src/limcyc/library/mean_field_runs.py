"""Mean-field transients of the ion lasers: the derived equations, run from a small amplitude until they come to rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from limcyc.algebra import Mode
from limcyc.errors import ConvergenceError, ParameterError
from limcyc.levels import Cumulants
from limcyc.library.lamb_dicke import effective_order
from limcyc.numerics.continuation import crossings

if TYPE_CHECKING:
    import xarray

__all__ = ["MeanFieldRuns"]

# Above this a run has left every fixed point of first order.
_RUNAWAY = 1e6


@dataclass(frozen=True)
class MeanFieldRuns:
    """Runs of the mean-field equations of one laser.

    level
        order of the Lamb-Dicke expansion ("1" or "3") -> the mean-field level
    mode
        the mode that lases

    >>> from limcyc.library.two_ion_phonon_laser.mean_field import RUNS
    >>> round(RUNS.settled_intensity(g_h=1.0, g_c=0.5, gamma_h=1.5, gamma_c=3.0)[0], 6)
    3.9375
    """

    level: Callable[[str], Cumulants]
    mode: Mode

    def evolve(
        self,
        times: Sequence[float],
        amplitude: complex = 0.1,
        *,
        g_h: float,
        g_c: float,
        gamma_h: float,
        gamma_c: float,
        eta_h: float = 0.0,
        eta_c: float = 0.0,
        lamb_dicke: str = "1",
    ) -> xarray.Dataset:
        """Mean-field transient from a small amplitude and the ions in their lowest levels.

        times
            increasing, shape (T,), in units of 1/rate
        amplitude
            <a> at time 0; 0 is a fixed point
        g_h, g_c, gamma_h, gamma_c, eta_h, eta_c
            couplings, >= 0, decay rates, > 0, and Lamb-Dicke parameters, >= 0
        lamb_dicke
            "1" or "3"

        Returns a Dataset over ``time`` with the complex moments and ``n_a`` = |<a>|^2.

        Raises UnsupportedError for all orders, ParameterError for values out of range.

        """
        order = effective_order(lamb_dicke, eta_h, eta_c)
        values: dict[str, Any] = {"g_h": g_h, "g_c": g_c, "gamma_h": gamma_h, "gamma_c": gamma_c}
        if order != "1":
            values |= {"eta_h": eta_h, "eta_c": eta_c}
        return self.level(order).evolve(times, {self.mode: amplitude}, **values)

    def final_intensity(self, time: float = 200.0, amplitude: complex = 0.1, **values: float | str) -> float:
        """Intensity |<a>|^2 at the end of a mean-field run.

        time
            duration, > 0, in units of 1/rate
        amplitude
            <a> at time 0
        values
            as in :meth:`evolve`

        Returns the intensity.

        Raises ParameterError for a duration <= 0, and as :meth:`evolve`.

        """
        if not time > 0.0:
            raise ParameterError(f"`time` must be > 0, but is {time}.")
        return float(self.evolve([0.0, time], amplitude, **values)["n_a"][-1])  # type: ignore[arg-type]

    def settled_intensity(
        self, amplitude: complex = 0.1, *, precision: float = 1e-7, **values: float | str
    ) -> tuple[float, float]:
        """Intensity at which a mean-field run comes to rest, and the time when it had.

        The duration is doubled, from 200 on, until the intensity changes by less than ``precision`` times
        (1e-6 + intensity) over the second half.

        amplitude
            <a> at time 0
        precision
            relative change that counts as rest
        values
            as in :meth:`evolve`

        Returns (intensity, time).

        Raises ConvergenceError if it is still moving after 4e5 or grows beyond 1e6, and as :meth:`evolve`.

        """
        time = 200.0
        while time < 4e5:
            curve = self.evolve([0.0, time / 2, time], amplitude, **values)["n_a"]  # type: ignore[arg-type]
            middle, end = float(curve[1]), float(curve[2])
            if abs(end - middle) <= precision * (1e-6 + end):
                return end, time
            if end > _RUNAWAY:
                break
            time *= 2.0
        raise ConvergenceError(
            f"The mean-field intensity is still moving after t = {time:.4g}: from {middle:.6g} to {end:.6g} "
            "over the second half. Near threshold it slows down without limit; use the method `fixed-points`."
        )

    def threshold(self, parameter: str, bounds: tuple[float, float], lamb_dicke: str = "1", **values: float) -> float:
        """Value of one parameter at which the dark state of the derived equations loses its stability.

        parameter, bounds
            its name, and the interval to look in
        values
            the other parameters

        Returns the zero of the largest growth rate. Nothing of the closed formulas enters, so that these can be compared.

        Raises ParameterError if the growth rate does not change its sign between the bounds.
        """
        level = self.level(lamb_dicke)
        dark = level.start(None)
        found = crossings(lambda p: float(level.stability(dark, **{parameter: p}, **values)[0].real), bounds)
        if found.size == 0:
            raise ParameterError(
                f"The dark state keeps its stability for {parameter} between {bounds[0]:g} and {bounds[1]:g}: no threshold there."
            )
        return float(found[0])

    def branches(self, lamb_dicke: str = "1", starts: int = 40, **values: float) -> tuple[tuple[float, bool], ...]:
        """Intensities of all stationary states of the derived equations with their stability, smallest first.

        starts
            number of random starts of Newton's method

        Returns (intensity, stable) pairs: the dark state, and the lasing state or the barrier where there is one.
        """
        found = self.level(lamb_dicke).fixed_points(starts, **values)
        return tuple(sorted((float(s.mean(self.mode.number)), s.stable) for s in found if s.physical))

    def phase(self, lamb_dicke: str = "1", starts: int = 40, **values: float) -> str:
        """Phase by the stability of the derived equations: "dark", "lasing", "heating" or "unstable dark".

        "unstable dark" is a stable dark state behind a barrier, an unstable state beyond which the intensity runs away.
        """
        states = self.branches(lamb_dicke, starts, **values)
        dark_is_stable = states[0][1]
        lasing = any(stable for intensity, stable in states if intensity > 1e-9)
        barrier = any(not stable for intensity, stable in states if intensity > 1e-9)
        if dark_is_stable:
            return "unstable dark" if barrier else "dark"
        return "lasing" if lasing else "heating"
