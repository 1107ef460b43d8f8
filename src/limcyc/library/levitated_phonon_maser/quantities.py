"""Every number of the phonon maser by name, as a function of keyword parameters.

The parameters are those of the system with their defaults, Q and eta included; some have a keyword of their own (``t``,
``noise``, ``ordering``).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from limcyc.errors import ValidityWarning
from limcyc.library.levitated_phonon_maser import (
    elimination,
    exact,
    fokker_planck,
    formulas,
    langevin,
    maxwell_bloch,
    physical_units,
)
from limcyc.library.levitated_phonon_maser.model import MODE, SPIN
from limcyc.library.levitated_phonon_maser.steady import read
from limcyc.measures.sampled_moments import SampledMoments
from limcyc.results import State

__all__ = ["QUANTITIES"]

_MODEL: Final = ("gamma_m", "gamma_1", "gamma_2", "g", "S0", "delta", "nbar")

Quantity = Callable[..., Any]


def _numbers(values: dict[str, Any]) -> dict[str, float]:
    return read(values)[0]


def _at(values: dict[str, Any]) -> dict[str, Any]:
    numbers = _numbers(values)
    return {name: numbers[name] for name in _MODEL}


@lru_cache(maxsize=16)
def _state(**at: Any) -> State:
    return exact.steady_state(**at)


def _of_state(measure: Callable[[State], float]) -> Quantity:
    return lambda **values: float(measure(_state(**_at(values))))


@lru_cache(maxsize=16)
def _line(**at: Any) -> tuple[float, float]:
    return exact.line(**at)


@lru_cache(maxsize=16)
def _law(noise: str, **at: float) -> fokker_planck.RadialLaw:
    return fokker_planck.radial_law(noise, **at)


def _of_law(measure: Callable[[fokker_planck.RadialLaw, str], float]) -> Quantity:
    def quantity(noise: str = "saturated", ordering: str = "wigner", **values: Any) -> float:
        return float(measure(_law(noise, **_at(values)), ordering))

    return quantity


@lru_cache(maxsize=8)
def _moments(noise: str, ordering: str, runs: int, **at: float) -> SampledMoments:
    return langevin.stationary_moments(noise, ordering=ordering, runs=runs, **at)


def _of_samples(name: str) -> Quantity:
    def quantity(noise: str = "saturated", ordering: str = "wigner", runs: int = 150, **values: Any) -> float:
        return float(getattr(_moments(noise, ordering, int(runs), **_at(values)), name))

    return quantity


def _of_formula(formula: Callable[..., Any], *names: str) -> Quantity:
    """A closed formula of parameters in the order of its arguments."""

    def quantity(**values: Any) -> float:
        numbers = _numbers(values)
        return float(formula(*(numbers[name] for name in names)))

    return quantity


def _lasing_number(**values: Any) -> float:
    numbers = _numbers(values)
    with warnings.catch_warnings():
        # A table may cross the threshold; 0 is the number that belongs there.
        warnings.simplefilter("ignore", ValidityWarning)
        return formulas.lasing_number(
            *(numbers[name] for name in ("g", "S0", "delta", "gamma_1", "gamma_2", "gamma_m"))
        )[0]


def _linear_gain(g: float, gamma_2: float) -> float:
    return 2 * g**2 / gamma_2


def _counter_rotating_number(**values: Any) -> float:
    """Linear phonon number with the counter-rotating terms."""
    v = _numbers(values)
    taken, given = formulas.counter_rotating_rates(v["g"], v["S0"], v["delta"], v["gamma_2"], v["omega_m"])
    return float((v["gamma_m"] * v["nbar"] + given) / (v["gamma_m"] + taken - given))


def _transverse_number(n_fock: int = 30, **values: Any) -> float:
    v = _numbers(values)
    return exact.dressed_state(int(n_fock), **v).number(MODE)


def _phonons_at(t: float, **values: Any) -> float:
    return float(exact.transient([t], **_at(values)).phonons[0])


def _phase_noise(**values: Any) -> float:
    v = _at(values)
    return fokker_planck.constant_noise(**{name: v[name] for name in ("gamma_m", "nbar", "g", "delta", "gamma_2")})


def _cold(name: str) -> Quantity:
    def quantity(gamma_cool: float, nbar_cool: float = 0.0, **values: Any) -> float:
        v = _numbers(values)
        found = formulas.cold_damping(gamma_cool, v["gamma_m"], v["nbar"], v["g"], v["gamma_2"], v["delta"], nbar_cool)
        return float(getattr(found, name))

    return quantity


def _laboratory(name: str) -> Quantity:
    return lambda **values: float(getattr(physical_units.levitated(**values), name))


def _temperature(name: str) -> Quantity:
    def quantity(**values: Any) -> float:
        v = _numbers(values)
        return float(getattr(physical_units.visibility(**v), name))

    return quantity


def _damping_ratio(**values: Any) -> float:
    v = _numbers(values)
    return float(formulas.optical_damping(v["g"], v["S0"], v["delta"], v["gamma_2"]) / v["gamma_m"])


def _amplitude_rate_formula(**values: Any) -> float:
    """gamma_m (1 - S_th/S0), above threshold."""
    v = _numbers(values)
    return v["gamma_m"] * (1 - formulas.threshold(v["g"], v["delta"], v["gamma_2"], v["gamma_m"]) / v["S0"])


def _half_width(**values: Any) -> float:
    """Detuning in units of gamma_2 at which the optical damping is half of that on resonance."""
    from scipy.optimize import brentq

    top = _damping_ratio(**values)
    gamma_2 = _numbers(values)["gamma_2"]
    return float(brentq(lambda d: _damping_ratio(**(values | {"delta": d * gamma_2})) / top - 0.5, 0.0, 20.0))


def _excess(noise: str = "saturated", **values: Any) -> float:
    """<N> of a law above n_las."""
    return _law(noise, **_at(values)).mean - _lasing_number(**values)


def _excess_ratio(noise: str = "saturated", **values: Any) -> float:
    """That excess over 2 D_W/gamma_m."""
    return _excess(noise, **values) * _numbers(values)["gamma_m"] / (2 * _phase_noise(**values))


def _thickness(noise: str, **values: Any) -> float:
    """Standard deviation of the radius r = sqrt(2 N) in a law."""
    law = _law(noise, **_at(values))
    weight, radius = law.weights * np.exp(law.log_density), np.sqrt(2 * law.N)
    return math.sqrt(float(weight @ (radius - weight @ radius) ** 2))


def _radial_peak(**values: Any) -> float:
    """Radius at which P(r) = r P(N = r^2/2) of the law with saturated noise is largest."""
    from scipy.optimize import minimize_scalar

    law, guess = _law("saturated", **_at(values)), math.sqrt(2 * _lasing_number(**values))
    found = minimize_scalar(
        lambda r: -float(law.radial_density(r)),
        bounds=(0.8 * guess, 1.2 * guess),
        method="bounded",
        options={"xatol": 1e-4},
    )
    return float(found.x)


def _ito_number(**values: Any) -> float:
    """Phonon number of the saturated law with flux_i = mu_i P - d_j (D_ij P), over the exact one.

    In the plane D is D_r along the radius and D_W across it, so that P is that of the kinetic ordering times
    exp(integral (D_W/D_r - 1) dN/(2 N))/D_r.
    """
    from scipy.integrate import cumulative_trapezoid

    law = _law("saturated", **_at(values))
    turned = cumulative_trapezoid((law.phase_noise / law.radial_noise - 1) / (2 * law.N), law.N, initial=0.0)
    weight = law.weights * np.exp(law.log_density + turned) / law.radial_noise
    return (float(weight @ law.N) / float(weight.sum()) - 0.5) / _of_state(lambda s: s.number(MODE))(**values)


def _phase_rate_over_linear(**values: Any) -> float:
    """Exact decay rate of <a> over that of the linear master equation, (gamma_m + Gamma_opt)/2."""
    v = _numbers(values)
    effective = v["gamma_m"] + float(formulas.optical_damping(v["g"], v["S0"], v["delta"], v["gamma_2"]))
    return 2 * _line(**_at(values))[0] / effective


def _longitudinal(g_z: float, n_fock: int = 12, **values: Any) -> float:
    """Heating by the longitudinal coupling alone, from the full model, over the closed rate."""
    v = _numbers({"g": 0.0, "nbar": 0.0} | values)
    state = exact.dressed_state(int(n_fock), **(v | {"g_z": g_z}))
    # The mean force displaces the mode; the heating is what is left.
    heated = state.number(MODE) - abs(complex(state.mean(MODE.lower))) ** 2
    return float(v["gamma_m"] * heated / formulas.longitudinal_rate(g_z, v["S0"], v["gamma_1"], v["omega_m"]))


def _ring_radius_exact(**values: Any) -> float:
    """Radius at which the Wigner density of the exact state, as a function of r, is largest."""
    from scipy.optimize import minimize_scalar

    from limcyc.library.levitated_phonon_maser.phase_space import ring_wigner

    p = _state(**_at(values)).populations(MODE)
    guess = math.sqrt(2 * float(p @ np.arange(p.size)))
    found = minimize_scalar(
        lambda r: -float(ring_wigner(p, r)),
        bounds=(0.8 * guess, 1.2 * guess),
        method="bounded",
        options={"xatol": 1e-4},
    )
    return float(found.x)


QUANTITIES: Final[Mapping[str, Quantity]] = MappingProxyType(
    {
        # Closed formulas
        "g": lambda **values: _numbers(values)["g"],
        "S_th": _of_formula(formulas.threshold, "g", "delta", "gamma_2", "gamma_m"),
        "S_th_counter_rotating": _of_formula(
            formulas.threshold_counter_rotating, "g", "delta", "gamma_2", "gamma_m", "omega_m"
        ),
        "gain_left": lambda **values: QUANTITIES["S_th"](**values) / QUANTITIES["S_th_counter_rotating"](**values),
        "linear_gain": _of_formula(_linear_gain, "g", "gamma_2"),
        "gain_ratio": _of_formula(lambda g, s, m: _linear_gain(g, s) / m, "g", "gamma_2", "gamma_m"),
        "n_sat": _of_formula(formulas.saturation_number, "g", "delta", "gamma_1", "gamma_2"),
        "n_las": _lasing_number,
        "n_linear": _of_formula(formulas.linear_steady_number, "g", "S0", "delta", "gamma_2", "gamma_m", "nbar"),
        "n_per_inversion": _of_formula(lambda one, m: one / (2 * m), "gamma_1", "gamma_m"),
        "ring_radius": lambda **values: math.sqrt(2 * _lasing_number(**values)),
        "damping_ratio": _damping_ratio,
        "damping_half_width": _half_width,
        "frequency_shift": _of_formula(formulas.frequency_shift, "g", "S0", "delta", "gamma_2"),
        "pulling": _of_formula(formulas.pulling, "delta", "gamma_2", "gamma_m"),
        "amplitude_rate_formula": _amplitude_rate_formula,
        "n_counter_rotating": _counter_rotating_number,
        "cooled_nbar": _cold("nbar"),
        "cooled_threshold": _cold("threshold"),
        # Laboratory
        "mass": _laboratory("mass"),
        "z_zpf": _laboratory("z_zpf"),
        "g_0": _laboratory("g_0"),
        "laboratory_g": _laboratory("g"),
        "laboratory_g_z": _laboratory("g_z"),
        "laboratory_gamma_m": _laboratory("gamma_m"),
        "laboratory_nbar": _laboratory("nbar"),
        "detuning_shift": _laboratory("detuning_shift"),
        "nbar_thermal": lambda temperature, frequency: physical_units.thermal_number(
            temperature, 2 * math.pi * frequency
        ),
        "visible_temperature": _temperature("temperature"),
        "visible_temperature_leading": _temperature("leading_temperature"),
        # Mean field
        "mean_field_n": lambda **values: maxwell_bloch.lasing_state(**_at(values)).phonons,
        "mean_field_shift": lambda **values: maxwell_bloch.lasing_state(**_at(values)).frequency,
        # Fokker-Planck
        "D_W": _phase_noise,
        "fp_N": _of_law(lambda law, _: law.mean),
        "fp_n": _of_law(lambda law, ordering: law.phonons(ordering)),
        "fp_g2": _of_law(lambda law, ordering: law.g2(ordering)),
        "fp_variance_N": _of_law(lambda law, _: law.variance),
        "fp_ring_rate": _of_law(lambda law, _: law.ring_decay_rate()),
        "fp_phase_rate": _of_law(lambda law, _: law.phase_decay_rate()),
        "ring_rate_of_mean": lambda **values: (
            _phase_noise(**values) / (2 * _of_state(lambda s: s.number(MODE))(**values))
        ),
        "ring_rate_over_exact": lambda **values: (
            _law("saturated", **_at(values)).ring_decay_rate() / _line(**_at(values))[0]
        ),
        "fp_excess": _excess,
        "fp_excess_ratio": _excess_ratio,
        "fp_radial_peak": _radial_peak,
        "fp_n_over_exact": lambda **values: (
            _law("saturated", **_at(values)).phonons() / _of_state(lambda s: s.number(MODE))(**values)
        ),
        "fp_variance_over_exact": lambda **values: (
            _law("saturated", **_at(values)).phonon_variance() / _of_state(exact.phonon_variance)(**values)
        ),
        "ito_n_over_exact": _ito_number,
        "printed_variance_ratio": lambda **values: (
            _law("unsaturated", **_at(values)).variance / _of_state(exact.phonon_variance)(**values)
        ),
        "printed_g2_ratio": lambda **values: (
            (_law("unsaturated", **_at(values)).g2("paper") - 1) / (_of_state(lambda s: s.g2(MODE))(**values) - 1)
        ),
        "ring_thickness_ratio": lambda **values: (
            _thickness("unsaturated", **values) / _thickness("saturated", **values)
        ),
        "printed_N": lambda **values: fokker_planck.printed_moments(**_at(values))[0],
        # Adiabatic elimination
        "eliminated_n": lambda **values: elimination.eliminated_statistics(**_at(values)).number,
        "eliminated_g2": lambda **values: elimination.eliminated_statistics(**_at(values)).g2,
        "eliminated_phase_rate": lambda **values: -elimination.eliminated_relaxation(1, **_at(values)).real,
        "eliminated_shift": lambda **values: -elimination.eliminated_relaxation(1, **_at(values)).imag,
        "eliminated_amplitude_rate": lambda **values: -elimination.eliminated_relaxation(0, **_at(values)).real,
        # Langevin
        "langevin_N": lambda **values: _of_samples("number")(
            **({"noise": "unsaturated", "ordering": "paper"} | values)
        ),
        "langevin_n": _of_samples("number"),
        "langevin_g2": _of_samples("g2"),
        "langevin_variance": _of_samples("variance"),
        # Exact
        "n": _of_state(lambda state: state.number(MODE)),
        "g2": _of_state(lambda state: state.g2(MODE)),
        "variance": _of_state(exact.phonon_variance),
        "sigma_z": _of_state(lambda state: float(np.real(state.mean(SPIN.z)))),
        "wigner_origin": _of_state(exact.wigner_origin),
        "husimi_origin": _of_state(exact.husimi_origin),
        "phase_rate": lambda **values: _line(**_at(values))[0],
        "phase_rate_over_linear": _phase_rate_over_linear,
        "excess": lambda **values: _of_state(lambda s: s.number(MODE))(**values) - _lasing_number(**values),
        "shift": lambda **values: _line(**_at(values))[1],
        "amplitude_rate": lambda **values: exact.amplitude_rate(**_at(values)),
        "n_at": _phonons_at,
        "exact_ring_radius": _ring_radius_exact,
        "n_transverse": _transverse_number,
        "longitudinal_over_formula": _longitudinal,
    }
)
"""Quantity -> function of keyword parameters."""
