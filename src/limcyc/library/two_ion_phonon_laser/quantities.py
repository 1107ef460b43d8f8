"""Every number of the two-ion laser by name, as a function of keyword parameters.

This table is what claims and figures are written against.  All functions take the parameters and
settings of the system as keywords, with their defaults, and return a float or a list of floats; some
have a keyword of their own (``times``, ``phonons``, ``loss_rate``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from limcyc.library import sensing, squeezing
from limcyc.library.lamb_dicke import effective_order
from limcyc.library.two_ion_phonon_laser import adiabatic, exact, extensions, features, formulas
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
    bare_frame_model,
    model,
    signal,
)
from limcyc.library.two_ion_phonon_laser.phases import PHASES, derived_rates, phase
from limcyc.library.two_ion_phonon_laser.reading import MODEL, RATES, cutoffs, rates_of, read, state_of
from limcyc.results import State

__all__ = ["QUANTITIES"]

Quantity = Callable[..., Any]


def _of_state(measure: Callable[[State], Any]) -> Quantity:
    """A quantity that needs the exact steady state only."""
    return lambda **values: float(np.real(measure(state_of(values))))


def _of_rates(formula: Callable[..., Any]) -> Quantity:
    """A closed formula of the four rates."""
    return lambda **values: float(formula(**rates_of(values)))


def _of_model(formula: Callable[..., Any]) -> Quantity:
    """A mean-field number that depends on the Lamb-Dicke parameters, too."""

    def quantity(**values: Any) -> float:
        numbers, settings = read(values)
        chosen = {name: numbers[name] for name in MODEL}
        return float(formula(**chosen, lamb_dicke=settings["lamb_dicke"]))

    return quantity


def _of_bare_mode(name: str) -> Quantity:
    """A value of the bare mode by the Bogoliubov map."""

    def quantity(**values: Any) -> float:
        numbers, _ = read(values)
        p = exact.phonon_distribution(state_of(values))
        return squeezing.bare_values(p, numbers["r"], numbers["beta"], numbers["phi"])[name]

    return quantity


def _of_angles(function: Callable[..., Any]) -> Quantity:
    """A function of squeezing strength, squeezing angle and phase of the signal."""

    def quantity(**values: Any) -> float:
        numbers, _ = read(values)
        return float(function(numbers["r"], numbers["beta"], numbers["phi"]))

    return quantity


# Exact steady state


def _charge_imbalance(**values: Any) -> float:
    state, rates = state_of(values), rates_of(values)
    heating, cooling = state.mean(HEATING_ION.excited), state.mean(COOLING_ION.excited)
    return float(np.real(rates["gamma_h"] * heating - rates["gamma_c"] * cooling))


def _tail_ratio(phonons: Sequence[int], **values: Any) -> list[float]:
    p = exact.phonon_distribution(state_of(values))
    return [float(p[n + 1] / p[n]) for n in phonons]


def _weak_coupling_slope(**values: Any) -> float:
    rates = rates_of(values)
    by_decay = float(derived_rates(**rates).kappa_c) / rates["gamma_c"]
    return (2.0 - state_of(values).g2(MODE)) / by_decay


def _bare_frame(measure: Callable[[State], float]) -> Quantity:
    def quantity(**values: Any) -> float:
        numbers, settings = read(values)
        chosen = {name: numbers[name] for name in (*RATES, "r", "beta")}
        return float(measure(exact.bare_frame_state(**chosen, n_fock=settings["n_fock"])))

    return quantity


def _bare_frame_mismatch(**values: Any) -> float:
    """Largest deviation of n, g2 and Var x of the bare mode between the two routes to them."""
    return max(
        abs(QUANTITIES[f"{name}_bare_frame"](**values) / QUANTITIES[mapped](**values) - 1.0)
        for name, mapped in (("n", "n_bare"), ("g2", "g2_bare"), ("var_x", "var_x"))
    )


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
    return float(PHASES.index(phase(**rates_of(values))))


def _final_intensity(time: float = 200.0, amplitude: float = 0.1, **values: Any) -> float:
    from limcyc.library.two_ion_phonon_laser.mean_field import final_intensity

    numbers, settings = read(values)
    chosen = {name: numbers[name] for name in MODEL}
    return final_intensity(time, amplitude, **chosen, lamb_dicke=settings["lamb_dicke"])


def _intensity_as_printed(**values: Any) -> float:
    numbers, _ = read(values)
    return fixed_points_as_printed(**{name: numbers[name] for name in MODEL})[0]


# Dynamics


def _transient(times: Sequence[float], **values: Any) -> list[float]:
    numbers, settings = read(values)
    order = effective_order(settings["lamb_dicke"], numbers["eta_h"], numbers["eta_c"])
    chosen = {name: numbers[name] for name in (RATES if order == "1" else MODEL)}
    curve = exact.solver(order).evolve(
        [0.0, *times], {"n": MODE.number}, initial=INITIAL, cutoffs=cutoffs(values), **chosen
    )
    return [float(value) for value in curve["n"].values[1:]]


def _coherence(times: Sequence[float], **values: Any) -> list[float]:
    curve = exact.solver("1").g1(MODE, list(times), cutoffs=cutoffs(values), **rates_of(values))
    return [float(value) for value in curve.values.real]


def _phase_decay_rate(**values: Any) -> float:
    return float(exact.solver("1").phase_decay_rate(MODE, cutoffs(values), **rates_of(values)))


def _intensity_relaxation_rate(**values: Any) -> float:
    return float(exact.solver("1").intensity_relaxation_rate(cutoffs(values), **rates_of(values)))


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
    rates = rates_of(values)
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
        "bare_frame_mismatch": _bare_frame_mismatch,
        "ring_radius": extensions.ring_radius,
        "ring_height": extensions.ring_height,
        "ring_crossings": extensions.ring_crossings,
        "wigner_minimum": extensions.wigner_minimum,
        "wigner_norm": extensions.wigner_norm,
        # sensing
        "W": _of_angles(squeezing.enhancement),
        "W_as_printed": _of_angles(squeezing.enhancement_as_printed),
        "W_squared_as_printed": _of_angles(squeezing.fisher_enhancement_as_printed),
        "qfi_full": extensions.fisher(None),
        "qfi_motion": extensions.fisher(MODE),
        "qfi_bare_frame": extensions.fisher_bare_frame,
        "qfi_bare_frame_ratio": extensions.fisher_bare_frame_ratio,
        "qfi_loss": extensions.fisher_loss,
        "n_loss": extensions.n_loss,
        "qfi_ratio": extensions.fisher_ratio,
        "qfi_below_threshold_ratio": extensions.fisher_below_threshold_ratio,
        "n_fokker_planck": sensing.fokker_planck_mean,
        "n_fokker_planck_as_printed": sensing.fokker_planck_mean_as_printed,
        "drive_couplings": lambda r: [float(g) for g in squeezing.bichromatic_couplings(1.0, r)],
        "heating_factor": lambda r: float(squeezing.ground_state_heating_factor(r)),
        "heating_factor_as_printed": lambda r: float(squeezing.ground_state_heating_factor_as_printed(r)),
        "largest_squeezing": squeezing.largest_squeezing,
        "force": extensions.force,
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
