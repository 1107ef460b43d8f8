"""Every number of the two-ion laser by name, as a function of keyword parameters.

This table is what claims and figures are written against.  All functions take the parameters and
settings of the system as keywords, with their defaults, and return a float or a list of floats; some
have a keyword of their own (``times``, ``phonons``, ``loss_rate``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from limcyc.library import sensing, squeezing
from limcyc.library.steady import read_values
from limcyc.library.two_ion_phonon_laser import adiabatic, exact, features, formulas
from limcyc.library.two_ion_phonon_laser.fixed_points import (
    fixed_points_as_printed,
    linear_noise_fano,
    stable_intensity,
)
from limcyc.library.two_ion_phonon_laser.model import (
    COOLING_ION,
    HEATING_ION,
    INITIAL,
    MODE,
    NAME,
    PARAMETERS,
    SETTINGS,
    bare_frame_model,
    model,
    signal,
    signal_generator,
)
from limcyc.library.two_ion_phonon_laser.phases import PHASES, derived_rates, phase
from limcyc.library.two_ion_phonon_laser.steady import bare_values
from limcyc.results import State

__all__ = ["QUANTITIES"]

_RATES: Final = ("g_h", "g_c", "gamma_h", "gamma_c")
_MODEL: Final = (*_RATES, "eta_h", "eta_c")

Quantity = Callable[..., Any]


def _read(values: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
    numbers, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    return numbers, {"lamb_dicke": "1", "n_fock": "auto"} | settings


def _rates(values: Mapping[str, Any]) -> dict[str, float]:
    numbers, _ = _read(values)
    return {name: numbers[name] for name in _RATES}


def _state(values: Mapping[str, Any]) -> State:
    numbers, settings = _read(values)
    return exact.steady_state(**{name: numbers[name] for name in _MODEL}, **settings)


def _cutoffs(values: Mapping[str, Any]) -> dict[Any, int] | None:
    size = _read(values)[1]["n_fock"]
    return None if size == "auto" else {MODE: int(size)}


def _of_state(measure: Callable[[State], float]) -> Quantity:
    """A quantity that needs the exact steady state only."""
    return lambda **values: float(measure(_state(values)))


def _of_rates(formula: Callable[..., Any]) -> Quantity:
    """A closed formula of the four rates."""
    return lambda **values: float(formula(**_rates(values)))


def _of_model(formula: Callable[..., Any]) -> Quantity:
    """A mean-field number that depends on the Lamb-Dicke parameters, too."""

    def quantity(**values: Any) -> float:
        numbers, settings = _read(values)
        chosen = {name: numbers[name] for name in _MODEL}
        return float(formula(**chosen, lamb_dicke=settings["lamb_dicke"]))

    return quantity


def _of_bare_mode(name: str) -> Quantity:
    """A value of the bare mode by the Bogoliubov map."""

    def quantity(**values: Any) -> float:
        numbers, _ = _read(values)
        p = exact.phonon_distribution(_state(values))
        return bare_values(p, numbers["r"], numbers["beta"], numbers["phi"])[name]

    return quantity


def _of_angles(function: Callable[..., Any]) -> Quantity:
    """A function of squeezing strength, squeezing angle and phase of the signal."""

    def quantity(**values: Any) -> float:
        numbers, _ = _read(values)
        return float(function(numbers["r"], numbers["beta"], numbers["phi"]))

    return quantity


# Exact steady state


def _charge_imbalance(**values: Any) -> float:
    state, rates = _state(values), _rates(values)
    heating, cooling = state.mean(HEATING_ION.excited), state.mean(COOLING_ION.excited)
    return float(np.real(rates["gamma_h"] * heating - rates["gamma_c"] * cooling))


def _tail_ratio(phonons: Sequence[int], **values: Any) -> list[float]:
    p = exact.phonon_distribution(_state(values))
    return [float(p[n + 1] / p[n]) for n in phonons]


def _weak_coupling_slope(**values: Any) -> float:
    rates = _rates(values)
    by_decay = float(derived_rates(**rates).kappa_c) / rates["gamma_c"]
    return (2.0 - _state(values).g2(MODE)) / by_decay


def _bare_frame(measure: Callable[[State], float]) -> Quantity:
    def quantity(**values: Any) -> float:
        numbers, settings = _read(values)
        chosen = {name: numbers[name] for name in (*_RATES, "r", "beta")}
        return float(measure(exact.bare_frame_state(**chosen, n_fock=settings["n_fock"])))

    return quantity


# Symmetries


def _charge_weights(**_: Any) -> list[float]:
    """Weights of (n_a, s_c, s_h) in the conserved charge, with that of n_a made positive."""
    (charge,) = model().symmetries.weak
    weights = dict(zip(charge.names, charge.weights, strict=True))
    ordered = [weights[d.quantum_numbers[0]] for d in (MODE, COOLING_ION, HEATING_ION)]
    return [float(weight * ordered[0]) for weight in ordered]


def _jump_charges(**_: Any) -> list[float]:
    """Change of the charge by the jumps of the heating and of the cooling ion."""
    symmetries = model().symmetries
    sign = symmetries.shift(MODE.dag)[0]
    return [float(sign * symmetries.shift(ion.minus)[0]) for ion in (HEATING_ION, COOLING_ION)]


def _bare_frame_modulus(**_: Any) -> float:
    (charge,) = bare_frame_model().symmetries.weak
    return float(charge.modulus)


def _charges_with_signal(**_: Any) -> float:
    return float(len(model().with_terms(signal()).symmetries.weak))


def _unknowns_per_fock_state(n_fock: int, **values: Any) -> float:
    """Matrix elements in the charge-0 sector per Fock state."""
    level = exact.solver("1")
    sector = level.sector({MODE: int(n_fock)}, level.system.symmetries.zero)
    return sector.pairs.kets.size / int(n_fock)


# Mean field and phases


def _phase_index(**values: Any) -> float:
    return float(PHASES.index(phase(**_rates(values))))


def _final_intensity(time: float = 200.0, amplitude: float = 0.1, **values: Any) -> float:
    from limcyc.library.two_ion_phonon_laser.mean_field import final_intensity

    numbers, settings = _read(values)
    chosen = {name: numbers[name] for name in _MODEL}
    return final_intensity(time, amplitude, **chosen, lamb_dicke=settings["lamb_dicke"])


def _intensity_as_printed(**values: Any) -> float:
    numbers, _ = _read(values)
    return fixed_points_as_printed(**{name: numbers[name] for name in _MODEL})[0]


# Dynamics


def _transient(times: Sequence[float], **values: Any) -> list[float]:
    numbers, settings = _read(values)
    order = exact.effective_order(settings["lamb_dicke"], numbers["eta_h"], numbers["eta_c"])
    chosen = {name: numbers[name] for name in (_RATES if order == "1" else _MODEL)}
    curve = exact.solver(order).evolve(
        [0.0, *times], {"n": MODE.number}, initial=INITIAL, cutoffs=_cutoffs(values), **chosen
    )
    return [float(value) for value in curve["n"].values[1:]]


def _coherence(times: Sequence[float], **values: Any) -> list[float]:
    curve = exact.solver("1").g1(MODE, list(times), cutoffs=_cutoffs(values), **_rates(values))
    return [float(value) for value in curve.values.real]


def _phase_decay_rate(**values: Any) -> float:
    return float(exact.solver("1").phase_decay_rate(MODE, _cutoffs(values), **_rates(values)))


def _intensity_relaxation_rate(**values: Any) -> float:
    return float(exact.solver("1").intensity_relaxation_rate(_cutoffs(values), **_rates(values)))


# Sensing


def _fisher(reduced_to: Any) -> Quantity:
    """Exact Fisher information about |eps|, with the enhancement by squeezing."""

    def quantity(**values: Any) -> float:
        numbers, _ = _read(values)
        unsqueezed = exact.solver("1").quantum_fisher_information(
            signal_generator(), reduced_to, _cutoffs(values), **_rates(values)
        )
        return float(unsqueezed) * float(
            squeezing.enhancement(numbers["r"], numbers["beta"], numbers["phi"])
        )

    return quantity


def _fisher_bare_frame(**values: Any) -> float:
    """The same without the Bogoliubov map: linear response in the Fock basis of the bare mode."""
    numbers, settings = _read(values)
    chosen = {name: numbers[name] for name in (*_RATES, "r", "beta")}
    state = exact.bare_frame_state(**chosen, n_fock=settings["n_fock"])
    size = {MODE: state.certificate.cutoffs[MODE.name]}
    perturbation = signal_generator(numbers["phi"])
    return float(exact.bare_frame_solver().quantum_fisher_information(perturbation, None, size, **chosen))


def _fisher_loss(g_h: float, gamma_h: float, loss_rate: float) -> float:
    return float(
        exact.loss_solver().quantum_fisher_information(
            signal_generator(), g_h=g_h, gamma_h=gamma_h, loss_rate=loss_rate
        )
    )


def _n_loss(g_h: float, gamma_h: float, loss_rate: float) -> float:
    return exact.loss_state(g_h, gamma_h, loss_rate).number(MODE)


def _fisher_ratio(g_h: float, gamma_h: float, loss_rate: float) -> float:
    estimate = sensing.fisher_information_estimate(_n_loss(g_h, gamma_h, loss_rate), g_h, gamma_h)
    return _fisher_loss(g_h, gamma_h, loss_rate) / float(estimate)


def _fisher_below_threshold_ratio(g_h: float, gamma_h: float, loss_rate: float) -> float:
    closed = sensing.fisher_information_below_threshold(g_h, gamma_h, loss_rate)
    return _fisher_loss(g_h, gamma_h, loss_rate) / float(closed)


def _force(signal_rate: float, frequency: float, mass: float = sensing.CALCIUM_40_MASS) -> float:
    """Force in yN behind a signal amplitude in 1/s on an oscillator of the given angular frequency."""
    return 1e24 * float(sensing.force_from_signal(signal_rate, mass, frequency))


# Wigner function


def _ring(values: Mapping[str, Any]) -> tuple[float, float]:
    """Radius and height of the largest ring of the Wigner function of the laser's own mode."""
    from scipy import optimize

    p = exact.phonon_distribution(_state(values))
    radii = np.linspace(0.0, 1.5 * math.sqrt(2.0 * p.size), 600)
    k = int(np.argmax(squeezing.radial_wigner(p, radii)))
    bounds = (radii[max(k - 1, 0)], radii[min(k + 1, radii.size - 1)])
    found = optimize.minimize_scalar(
        lambda rho: -float(squeezing.radial_wigner(p, rho)),
        bounds=bounds,
        method="bounded",
        options={"xatol": 1e-9},
    )
    return float(found.x), -float(found.fun)


def _ring_crossings(**values: Any) -> list[float]:
    """Where the crest of the squeezed ring crosses the x and p axes of the bare mode, for beta = 0."""
    radius, r = _ring(values)[0], _read(values)[0]["r"]
    return [radius * math.exp(-r), radius * math.exp(r)]


def _wigner_minimum(radius: float = 6.0, **values: Any) -> float:
    p = exact.phonon_distribution(_state(values))
    return float(squeezing.radial_wigner(p, np.linspace(0.0, radius, 601)).min())


def _wigner_norm(radius: float = 10.0, **values: Any) -> float:
    p = exact.phonon_distribution(_state(values))
    rho, step = np.linspace(0.0, radius, 4001, retstep=True)
    integrand = 2.0 * math.pi * rho * squeezing.radial_wigner(p, rho)
    return float(step * (integrand.sum() - integrand[0] / 2 - integrand[-1] / 2))


# Statements about the grid


def _grid_mean_error(**_: Any) -> float:
    return max(abs(point.intensity / point.n - 1.0) for point in _grid(t=0.1, n=3.0))


def _grid(t: float, n: float) -> list[features.GridPoint]:
    return [point for point in features.grid() if point.t <= t and point.n > n]


def _grid_good(strong: bool) -> Quantity:
    """Number of grid points with Eq. 28 within 0.02; ``strong``: those with x >= 7, t <= 0.05, <n> > 2."""

    def quantity(**_: Any) -> float:
        points = [point for point in features.grid() if abs(point.g2_eq28 - point.g2) <= 0.02]
        if strong:
            points = [point for point in points if point.x >= 7.0 and point.t <= 0.05 and point.n > 2.0]
        return float(len(points))

    return quantity


def _grid_error(name: str) -> Quantity:
    return lambda **_: features.largest(name, 0.1, 3.0)


def _kink(**values: Any) -> float:
    rates = _rates(values)
    return features.kink(rates["g_h"], rates["gamma_h"], rates["gamma_c"])


QUANTITIES: Final[Mapping[str, Quantity]] = MappingProxyType(
    {
        # exact steady state
        "n": _of_state(lambda state: state.number(MODE)),
        "g2": _of_state(lambda state: state.g2(MODE)),
        "fano": _of_state(lambda state: state.fano(MODE)),
        "variance": _of_state(lambda state: state.variance(MODE.number)),
        "p0": _of_state(lambda state: exact.phonon_distribution(state)[0]),
        "P_exc_h": _of_state(lambda state: state.mean(HEATING_ION.excited)),
        "P_exc_c": _of_state(lambda state: state.mean(COOLING_ION.excited)),
        "purity": _of_state(lambda state: state.purity()),
        "residual": _of_state(lambda state: state.certificate.residual),
        "charge_imbalance": _charge_imbalance,
        "tail_ratio": _tail_ratio,
        "weak_coupling_slope": _weak_coupling_slope,
        "kink": _kink,
        # symmetries
        "charge_weights": _charge_weights,
        "jump_charges": _jump_charges,
        "bare_frame_modulus": _bare_frame_modulus,
        "charges_with_signal": _charges_with_signal,
        "unknowns_per_fock_state": _unknowns_per_fock_state,
        # mean field
        "phase_index": _phase_index,
        "I_ss": _of_rates(adiabatic.lasing_intensity),
        "I_barrier": _of_rates(adiabatic.barrier_intensity),
        "I_mean_field": _of_model(stable_intensity),
        "I_mean_field_as_printed": _intensity_as_printed,
        "I_final": _final_intensity,
        "fano_linear_noise": _of_model(linear_noise_fano),
        # closed formulas
        "g2_eq28": _of_rates(formulas.g2_eq28),
        "g2_eq28_product": _of_rates(formulas.g2_eq28_product),
        "g2_eq29": _of_rates(formulas.g2_eq29),
        "g2_eq107": _of_rates(lambda **rates: formulas.moments_eq107(**rates).g2),
        "n_eq107": _of_rates(lambda **rates: formulas.moments_eq107(**rates).n),
        "g2_eq111": _of_rates(formulas.g2_eq111),
        "g2_eq118": _of_rates(formulas.g2_eq118),
        "g2_independent": _of_rates(lambda **rates: formulas.moments_independent_rates(**rates).g2),
        "n_independent": _of_rates(lambda **rates: formulas.moments_independent_rates(**rates).n),
        "g2_weak_coupling": _of_rates(formulas.g2_weak_coupling),
        # dynamics
        "n_t": _transient,
        "g1_tau": _coherence,
        "phase_decay_rate": _phase_decay_rate,
        "intensity_relaxation_rate": _intensity_relaxation_rate,
        # squeezing
        "n_bare": _of_bare_mode("n_bare"),
        "g2_bare": _of_bare_mode("g2_bare"),
        "var_x": _of_bare_mode("var_x"),
        "var_p": _of_bare_mode("var_p"),
        "cov_xp": _of_bare_mode("cov_xp"),
        "wigner_origin": _of_bare_mode("wigner_origin"),
        "n_bare_frame": _bare_frame(lambda state: state.number(MODE)),
        "g2_bare_frame": _bare_frame(lambda state: state.g2(MODE)),
        "var_x_bare_frame": _bare_frame(lambda state: state.quadrature_variances(MODE)[0]),
        "ring_radius": lambda **values: _ring(values)[0],
        "ring_height": lambda **values: _ring(values)[1],
        "ring_crossings": _ring_crossings,
        "wigner_minimum": _wigner_minimum,
        "wigner_norm": _wigner_norm,
        # sensing
        "W": _of_angles(squeezing.enhancement),
        "W_as_printed": _of_angles(squeezing.enhancement_as_printed),
        "W_squared_as_printed": _of_angles(squeezing.fisher_enhancement_as_printed),
        "qfi_full": _fisher(None),
        "qfi_motion": _fisher(MODE),
        "qfi_bare_frame": _fisher_bare_frame,
        "qfi_loss": _fisher_loss,
        "n_loss": _n_loss,
        "qfi_ratio": _fisher_ratio,
        "qfi_below_threshold_ratio": _fisher_below_threshold_ratio,
        "n_fokker_planck": sensing.fokker_planck_mean,
        "n_fokker_planck_as_printed": sensing.fokker_planck_mean_as_printed,
        "drive_couplings": lambda r: [float(g) for g in squeezing.bichromatic_couplings(1.0, r)],
        "heating_factor": lambda r: float(squeezing.ground_state_heating_factor(r)),
        "heating_factor_as_printed": lambda r: float(squeezing.ground_state_heating_factor_as_printed(r)),
        "largest_squeezing": squeezing.largest_squeezing,
        "force": _force,
        # many points
        "grid_size": lambda **_: float(len(features.GRID)),
        "grid_eq28_good": _grid_good(strong=False),
        "grid_eq28_good_strong": _grid_good(strong=True),
        "grid_eq28_error": _grid_error("g2_eq28"),
        "grid_eq107_error": _grid_error("g2_eq107"),
        "grid_independent_error": _grid_error("g2_independent"),
        "grid_eq15_error": _grid_mean_error,
        "grid_coherence": lambda **_: max(abs(point.g2 - 1.0) for point in _grid(t=0.1, n=2.0)),
        "weak_coupling_deviation": lambda **_: features.weak_coupling_deviation(),
    }
)
"""Name -> function of keyword parameters."""
