"""Langevin trajectories of the maser's mode with the spin eliminated: samples of its Wigner density.

    dz = (mu z + W p) dt + noise,   dp = (mu p - W z) dt + noise,   N = (z^2 + p^2)/2
    mu(N) = -gamma_m/2 + G S0/(1 + N/n_sat),   W(N) = W_frame + (delta/gamma_2) G S0/(1 + N/n_sat)

``saturated`` (default)
    the noise of the driven spin: D_r(N) along the radius, D_phi(N) across it and, at delta != 0, a part that both share,
    outside the derivative as in :func:`~limcyc.library.levitated_phonon_maser.fokker_planck.radial_law`; at delta = 0 D_phi is D_W
``unsaturated``
    the printed constant D_W in both directions

Drift and noise are rational in N, so that they are tabulated.  In the frame that turns at omega_m W_frame = 0 and steps of 0.1 s
will do; with the rotation kept an Euler step gains energy at the rate W^2 dt, and is refused unless it is very short.

A detuned spin pulls the frequency by as much as its gain: on the ring W = delta gamma_m/(2 gamma_2), whatever N is there.
Fluctuations of N make the phase diffuse faster, by the factor 1 + (delta/gamma_2)^2 in all.  The spin follows the mode at once: W
lacks the correction of relative order gamma_m/(2 gamma_2).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError, ValidityWarning
from limcyc.library.levitated_phonon_maser.fokker_planck import NOISES, ORDERINGS, radial_law
from limcyc.library.levitated_phonon_maser.formulas import frequency_shift, lorentzian, saturation_number
from limcyc.library.levitated_phonon_maser.model import OMEGA_M, model
from limcyc.library.levitated_phonon_maser.noise import constant_noise, resonant_noise, spin_noise
from limcyc.library.levitated_phonon_maser.validity import check_numbers, check_reduced, check_step
from limcyc.measures.sampled_moments import SampledMoments, sampled_moments
from limcyc.numerics.rotational_langevin import RotationalProcess, rotational_process, rotational_trajectories

if TYPE_CHECKING:
    import xarray

__all__ = ["FRAMES", "Trajectories", "process", "stationary_moments", "trajectories"]

FRAMES: Final = ("rotating", "laboratory")

Table = Callable[[np.ndarray], np.ndarray]
"""N -> drift or noise."""

_SAMPLE_ORDERING: Final = dict(zip(ORDERINGS, ("symmetric", "as-sampled"), strict=True))


@dataclass(frozen=True)
class Trajectories:
    """Samples alpha = (z + i p)/sqrt 2 of independent runs.

    times
        (T,) in s; the first is that of the start
    amplitudes
        complex (runs, T)
    noise
        "saturated" or "unsaturated"
    step
        s
    """

    times: np.ndarray
    amplitudes: np.ndarray
    noise: str
    step: float

    def samples(self, since: float) -> np.ndarray:
        """All samples from a time on, run after run, shape (runs x times,)."""
        chosen = self.times >= since
        if not chosen.any():
            raise ParameterError(
                f"samples since t = {since:g} s were asked for, but the runs end at {self.times[-1]:g} s"
            )
        return np.asarray(self.amplitudes[:, chosen]).ravel()

    def moments(self, since: float, ordering: str = "wigner") -> SampledMoments:
        """Phonon number, g2 and variance with errors from as many batches as runs.

        ordering
            "wigner": <a^+ a> = <N> - 1/2 and so on; "paper": N itself taken for the phonon number, to redo published numbers
        """
        if ordering not in ORDERINGS:
            raise UnknownNameError("ordering", ordering, ORDERINGS)
        with warnings.catch_warnings():
            # A batch is a run, independent of the others however long its correlations.
            warnings.filterwarnings("ignore", message="batches of", category=ValidityWarning)
            return sampled_moments(
                self.samples(since), ordering=_SAMPLE_ORDERING[ordering], batches=self.amplitudes.shape[0]
            )

    def mean_size(self) -> tuple[np.ndarray, np.ndarray]:
        """<N> over the runs at each time, and its standard error, (T,) each."""
        size = np.abs(self.amplitudes) ** 2
        return size.mean(axis=0), size.std(axis=0, ddof=1) / math.sqrt(size.shape[0])

    def wigner(self, x: Any, p: Any, since: float) -> xarray.DataArray:
        """Wigner density as a histogram over evenly spaced centres, without smoothing; see :func:`~limcyc.measures.sampled_densities.wigner_histogram`."""
        from limcyc.measures.sampled_densities import wigner_histogram

        return wigner_histogram(self.samples(since), x, p, batches=self.amplitudes.shape[0])

    def husimi(self, x: Any, p: Any, since: float) -> xarray.DataArray:
        """Husimi function, the samples convolved with a coherent state: Eq. B134, which the source calls the Wigner function."""
        from limcyc.measures.sampled_densities import husimi_from_samples

        return husimi_from_samples(self.samples(since), x, p, batches=self.amplitudes.shape[0])


def process(noise: str = "saturated", rotation: float = 0.0, **values: Any) -> RotationalProcess:
    """Drift and noise of the mode as tables, up to where the stationary law has no weight left, or four times as far.

    noise
        "saturated" or "unsaturated"
    rotation
        W_frame, angular frequency of the mode without the spin in the frame of the integration
    values
        gamma_m, gamma_1, gamma_2, g, S0, delta, nbar
    """
    if noise not in NOISES:
        raise UnknownNameError("noise", noise, NOISES)
    check_numbers(values)
    v = {name: float(np.real(value)) for name, value in model().values(values).items()}
    check_reduced(v["gamma_1"], v["gamma_2"], v["gamma_m"])
    saturation = float(saturation_number(v["g"], v["delta"], v["gamma_1"], v["gamma_2"]))
    gain = v["g"] ** 2 * lorentzian(v["delta"], v["gamma_2"])
    constant = constant_noise(**{name: v[name] for name in ("gamma_m", "nbar", "g", "delta", "gamma_2")})

    shift = float(frequency_shift(v["g"], v["S0"], v["delta"], v["gamma_2"]))
    at_resonance = {k: value for k, value in v.items() if k != "delta"}
    radial: Table = lambda n: np.full(n.shape, constant)  # noqa: E731
    azimuthal, cross, antisymmetric = radial, None, None
    if noise == "saturated" and v["delta"] == 0:
        radial = lambda n: resonant_noise(n, **at_resonance)  # noqa: E731
    elif noise == "saturated":
        parts = ("radial", "azimuthal", "cross", "antisymmetric")
        radial, azimuthal, cross, antisymmetric = (lambda n, part=p: getattr(spin_noise(n, **v), part) for p in parts)

    largest = 4 * max(float(radial_law(noise, **values).N[-1]), 40 * (v["nbar"] + 0.5))
    scale = saturation if math.isfinite(saturation) and saturation > 0 else largest
    return rotational_process(
        lambda n: -v["gamma_m"] / 2 + gain * v["S0"] / (1 + n / saturation),
        radial,
        azimuthal,
        largest,
        min(scale, largest),
        (lambda n: rotation + shift / (1 + n / saturation)) if rotation or shift else None,
        cross,
        antisymmetric,
    )


def trajectories(
    times: Any,
    noise: str = "saturated",
    *,
    runs: int = 60,
    step: float = 0.1,
    frame: str = "rotating",
    scheme: str = "heun",
    start: complex | None = None,
    rng: Any = 0,
    **values: Any,
) -> Trajectories:
    """Independent runs of the mode.

    times
        (T,) increasing, in s
    noise
        "saturated" or "unsaturated"
    runs
        >= 2
    step
        s; much shorter than 2/(G S0)
    frame
        "rotating", W_frame = 0, or "laboratory", W_frame = omega_m
    scheme
        "heun", of second order in the drift, or "euler"
    start
        alpha at the first time; by default thermal with nbar phonons, each run another
    rng
        seed or generator; every run has a child of its own
    values
        gamma_m, gamma_1, gamma_2, g, S0, delta, nbar, and omega_m in the laboratory frame

    Returns :class:`Trajectories`.

    Raises :class:`limcyc.errors.ParameterError` for Euler steps with a rotation that are longer than 0.1 gamma_m/omega_m^2,
    Heun steps with omega_m step > 0.1, a single run, and as ``radial_law``.

    Source: Eqs. 16-20.

    >>> from limcyc.library.levitated_phonon_maser.langevin import trajectories
    >>> run = trajectories([0.0, 40.0], runs=200, S0=0.2)
    >>> number, error = run.mean_size()
    >>> bool(abs(number[1] - 779) < 5 * error[1])
    True
    """
    if frame not in FRAMES:
        raise UnknownNameError("frame", frame, FRAMES)
    if runs < 2:
        raise ParameterError(f"errors come from the scatter of independent runs, but {runs} was asked for")
    if not step > 0:
        raise ParameterError(f"`step` must be > 0, but is {step}")
    omega = float(values.pop("omega_m", OMEGA_M.default))
    frame_rotation = omega if frame == "laboratory" else 0.0
    numbers = {name: float(np.real(value)) for name, value in model().values(values).items()}
    # The spin pulls the empty mode farthest.
    pull = {name: numbers[name] for name in ("g", "S0", "delta", "gamma_2")}
    rotation = max(abs(frame_rotation), abs(frame_rotation + float(frequency_shift(**pull))))
    if scheme == "euler":
        check_step(step, numbers["gamma_m"], rotation)
    elif rotation * step > 0.1 or (rotation * step) ** 4 / (8 * step) > 0.1 * numbers["gamma_m"]:
        # Heun's factor of the energy is 1 + (W dt)^4/4 in one step.
        limit = min(0.1 / rotation, (0.8 * numbers["gamma_m"]) ** (1 / 3) / rotation ** (4 / 3))
        raise ParameterError(
            f"a step of {step:g} s with a rotation at {rotation:g} was asked for, by which Heun's method gains energy; integrate in the "
            f"rotating frame, or take a step below {limit:.2g} s"
        )
    tables = process(noise, frame_rotation, **values)
    children = np.random.default_rng(rng).spawn(runs)
    if start is None:
        spread = math.sqrt((numbers["nbar"] + 0.5) / 2)
        first = np.array([spread * complex(*child.standard_normal(2)) for child in children])
    else:
        first = np.full(runs, complex(start))
    grid = np.asarray(times, dtype=float)
    found = rotational_trajectories(tables, first, grid, step, children, scheme)  # type: ignore[arg-type]
    return Trajectories(grid, found, noise, float(step))


def stationary_moments(
    noise: str = "saturated",
    *,
    runs: int = 100,
    relaxations: float = 80.0,
    ordering: str = "wigner",
    rng: Any = 0,
    **values: Any,
) -> SampledMoments:
    """Moments of the stationary state from runs whose times follow from the relaxation of the amplitude.

    noise, runs, rng, values
        as for :func:`trajectories`; frame rotating
    relaxations
        length of the average, after a transient of 14, in units of the slowest relaxation of N > 0
    ordering
        "wigner" or "paper"

    The relaxation time is 1.5 Var N/<2 N D_r>, what the noise takes to cross the law, below, at and above threshold.  Steps are a
    twentieth of the fastest time of the drift, samples four in a relaxation.

    >>> from limcyc.library.levitated_phonon_maser.langevin import stationary_moments
    >>> found = stationary_moments(runs=50, relaxations=20.0, S0=0.2)
    >>> bool(abs(found.number - 1469.9) < 5 * found.number_error)
    True
    """
    if ordering not in ORDERINGS:
        raise UnknownNameError("ordering", ordering, ORDERINGS)
    law = radial_law(noise, **values)
    v = {name: float(np.real(value)) for name, value in model().values(values).items()}
    gain = v["g"] ** 2 * lorentzian(v["delta"], v["gamma_2"])
    # Spread of N over its diffusion: what the noise needs to cross the law, which holds below, at and above threshold.
    diffusion = float((law.weights * np.exp(law.log_density)) @ (2 * law.N * law.radial_noise))
    slowest = 1.5 * law.variance / diffusion
    fastest = v["gamma_m"] / 2 + gain * abs(v["S0"])
    times = np.concatenate([[0.0], np.arange(14.0 * slowest, (14.0 + relaxations) * slowest, slowest / 4)])
    run = trajectories(times, noise, runs=runs, step=min(0.05 / fastest, slowest / 8), rng=rng, **values)
    return run.moments(times[1], ordering)
