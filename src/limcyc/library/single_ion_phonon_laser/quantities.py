"""Every number of the single-ion laser by name, as a function of keyword parameters.

This table is what claims and figures are written against.  All functions take the parameters and
settings of the system as keywords, with their defaults, and return a float or a list of floats; some
have a keyword of their own (``times``, ``phonons``, ``target``), and those of the exact steady state
accept ``method``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from limcyc.library import squeezing
from limcyc.library.lamb_dicke import effective_order
from limcyc.library.single_ion_phonon_laser import adiabatic, exact, features, formulas
from limcyc.library.single_ion_phonon_laser.chain import steady_chain
from limcyc.library.single_ion_phonon_laser.escape import climb_times, escape_time
from limcyc.library.single_ion_phonon_laser.model import (
    INITIAL,
    ION,
    MODE,
    NAME,
    PARAMETERS,
    SETTINGS,
    bare_frame_model,
    model,
    signal,
    signal_generator,
)
from limcyc.library.single_ion_phonon_laser.phases import (
    PHASES,
    check_steady_state,
    derived_rates,
    phase,
)
from limcyc.library.single_ion_phonon_laser.steady import steady
from limcyc.library.steady import read_values

__all__ = ["QUANTITIES"]

_RATES: Final = ("g_h", "g_c", "gamma_h", "gamma_c")
_MODEL: Final = (*_RATES, "eta_h", "eta_c")

Quantity = Callable[..., Any]


def _read(values: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
    numbers, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    return numbers, {"lamb_dicke": "1", "n_fock": "auto"} | settings


def _rates(values: Mapping[str, Any]) -> dict[str, Any]:
    numbers, _ = _read(values)
    return {name: numbers[name] for name in _RATES}


def _chosen(values: Mapping[str, Any]) -> dict[str, Any]:
    numbers, settings = _read(values)
    return {name: numbers[name] for name in _MODEL} | {"lamb_dicke": settings["lamb_dicke"]}


def _cutoffs(values: Mapping[str, Any]) -> dict[Any, int] | None:
    size = _read(values)[1]["n_fock"]
    return None if size == "auto" else {MODE: int(size)}


def _of_steady(name: str) -> Quantity:
    """A value of the exact steady state."""

    def quantity(method: str | None = None, **values: Any) -> float:
        return steady("exact", method, **values).values[name]

    return quantity


def _of_bare_mode(name: str) -> Quantity:
    """A value of the bare mode, also without squeezing."""
    return lambda **values: _of_steady(name)(**({"r": 0.0} | values))


def _of_formula(method: str, name: str) -> Quantity:
    """A value of one method of the formula level."""
    return lambda **values: steady("formula", method, **values).values[name]


def _of_rates(formula: Callable[..., Any]) -> Quantity:
    """A closed formula of the four rates."""
    return lambda **values: float(formula(**_rates(values)))


# Exact steady state


def _charge_imbalance(method: str | None = None, **values: Any) -> float:
    return float(steady("exact", method, **values).certificate["charge_imbalance"])


def _largest_difference(**values: Any) -> float:
    """Largest deviation of p(n) between the chain of jumps and the charge-0 sector."""
    chosen = _chosen(values) | {"n_fock": _read(values)[1]["n_fock"]}
    chain = steady_chain(**chosen).phonons
    sector = exact.phonon_distribution(exact.steady_state(**chosen))
    size = max(chain.size, sector.size)
    padded = [np.pad(p, (0, size - p.size)) for p in (chain, sector)]
    return float(np.max(np.abs(padded[0] - padded[1])))


def _tail_ratio(phonons: Sequence[int], **values: Any) -> list[float]:
    rates = _rates(values)
    check_steady_state(**rates)
    # Long enough that the closed end of the chain is out of sight.
    p = steady_chain(**rates, n_fock=2 * max(phonons) + 50, closed=True).phonons
    return [float(p[n + 1] / p[n]) for n in phonons]


def _level_population(ion_level: str, **values: Any) -> float:
    return steady_chain(**_chosen(values)).population(ion_level)


def _small_signal_gain(**values: Any) -> float:
    """Rate of the first phonon from |g,0> over kappa_h."""
    rates = _rates(values)
    return 1.0 / float(climb_times(1, **rates)[0]) / float(derived_rates(**rates).kappa_h)


# Symmetries


def _charge_weights(**_: Any) -> list[float]:
    """Weights of (n_a, |c><c|, |h><h|) in the conserved charge, with that of n_a made positive."""
    charge = next(c for c in model().symmetries.weak if c.modulus == 0)
    weights = dict(zip(charge.names, charge.weights, strict=True))
    ordered = [weights[name] for name in (MODE.quantum_numbers[0], "c_ion", "h_ion")]
    return [float(weight * ordered[0]) for weight in ordered]


def _jump_charges(**_: Any) -> list[float]:
    """Change of the charge by the decays of h and of c."""
    symmetries = model().symmetries
    sign = symmetries.shift(MODE.dag)[0]
    return [float(sign * symmetries.shift(ION.transition("g", level))[0]) for level in ("h", "c")]


def _bare_frame_modulus(**_: Any) -> float:
    (charge,) = bare_frame_model().symmetries.weak
    return float(charge.modulus)


def _charges_with_signal(**_: Any) -> float:
    return float(len(model().with_terms(signal()).symmetries.weak))


def _unknowns_per_fock_state(n_fock: int, **_: Any) -> float:
    """Matrix elements in the charge-0 sector per Fock state."""
    level = exact.solver("1")
    sector = level.sector({MODE: int(n_fock)}, level.system.symmetries.zero)
    return sector.pairs.kets.size / int(n_fock)


# Mean field and phases


def _final_intensity(time: float = 400.0, amplitude: float = 0.1, **values: Any) -> float:
    from limcyc.library.single_ion_phonon_laser.mean_field import final_intensity

    return final_intensity(time, amplitude, **_chosen(values))


# Dynamics


def _transient(times: Sequence[float], **values: Any) -> list[float]:
    numbers, settings = _read(values)
    order = effective_order(settings["lamb_dicke"], numbers["eta_h"], numbers["eta_c"])
    chosen = {name: numbers[name] for name in (_RATES if order == "1" else _MODEL)}
    curve = exact.solver(order).evolve(
        [0.0, *times], {"n": MODE.number}, initial=INITIAL, cutoffs=_cutoffs(values), **chosen
    )
    return [float(value) for value in curve["n"].values[1:]]


def _coherence(times: Sequence[float], **values: Any) -> list[float]:
    rates = _rates(values)
    check_steady_state(**rates)
    curve = exact.solver("1").g1(MODE, list(times), cutoffs=_cutoffs(values), **rates)
    return [float(value) for value in curve.values.real]


def _of_slow_modes(verb: str) -> Quantity:
    """A rate that the slowest eigenvalue of a sector gives."""

    def quantity(**values: Any) -> float:
        rates = _rates(values)
        check_steady_state(**rates)
        solver = exact.solver("1")
        if verb == "intensity_relaxation_rate":
            return float(solver.intensity_relaxation_rate(_cutoffs(values), **rates))
        return float(getattr(solver, verb)(MODE, _cutoffs(values), **rates))

    return quantity


# Sensing


def _fisher(reduced_to: Any) -> Quantity:
    """Exact Fisher information about |eps|, with the enhancement by squeezing."""

    def quantity(**values: Any) -> float:
        numbers, _ = _read(values)
        check_steady_state(**_rates(values))
        unsqueezed = exact.solver("1").quantum_fisher_information(
            signal_generator(), reduced_to, _cutoffs(values), **_rates(values)
        )
        return float(unsqueezed) * float(squeezing.enhancement(numbers["r"], numbers["beta"], numbers["phi"]))

    return quantity


def _fisher_bare_frame_ratio(**values: Any) -> float:
    """Fisher information with squeezing over that without, solved in the bare frame: W."""
    numbers, settings = _read(values)
    chosen: dict[str, Any] = {name: numbers[name] for name in (*_RATES, "r", "beta")}
    state = exact.bare_frame_state(**chosen, n_fock=settings["n_fock"])
    size = {MODE: state.certificate.cutoffs[MODE.name]}
    perturbation = signal_generator(numbers["phi"])
    squeezed = exact.bare_frame_solver().quantum_fisher_information(perturbation, None, size, **chosen)
    return float(squeezed) / QUANTITIES["qfi_full"](**_rates(values))


# Squeezing and the Wigner function


def _bare_frame_mismatch(**values: Any) -> float:
    """Largest relative deviation of n, Var x and Var p of the bare mode between the two routes to them."""
    bare, mapped = steady("exact", "bare-frame", **values), steady("exact", **values)
    return max(abs(bare.values[name] / mapped.values[name] - 1.0) for name in ("n_bare", "var_x", "var_p"))


def _ring(values: Mapping[str, Any]) -> tuple[float, float]:
    return features.wigner_ring(steady_chain(**_chosen(values)).phonons)


def _ring_crossings(**values: Any) -> list[float]:
    """Where the crest of the squeezed ring crosses the x and p axes of the bare mode, for beta = 0."""
    radius, r = _ring(values)[0], _read(values)[0]["r"]
    return [radius * math.exp(-r), radius * math.exp(r)]


# Closed formulas


def _norm(function: Callable[..., Any]) -> Quantity:
    """Sum of a distribution over 400 phonon numbers."""
    return lambda **values: float(np.sum(function(np.arange(400), **_rates(values))))


def _birth_rate(function: Callable[..., Any]) -> Quantity:
    """Birth rate at n = 0 of a kinetic equation, over kappa_h."""

    def quantity(**values: Any) -> float:
        rates = _rates(values)
        return float(function(0, **rates)[0]) / float(derived_rates(**rates).kappa_h)

    return quantity


# Statements about many points


def _grid(measure: Callable[[np.ndarray], float]) -> Quantity:
    return lambda **_: float(measure(features.coherence_on_grid()))


def _rise(t: float, near: float, far: float) -> float:
    """<n> at R = near/t over that at R = far/t."""
    chains = [steady_chain(**features.rates_at(t, part / t)).values()["n"] for part in (near, far)]
    return chains[0] / chains[1]


# The other laser


def _two_ion_intensity(**values: Any) -> float:
    from limcyc.library.two_ion_phonon_laser.adiabatic import lasing_intensity

    return float(lasing_intensity(**_rates(values)))


def _two_ion_phase_index(**values: Any) -> float:
    from limcyc.library.two_ion_phonon_laser import phases

    return float(phases.PHASES.index(phases.phase(**_rates(values))))


QUANTITIES: Final[Mapping[str, Quantity]] = MappingProxyType(
    {
        # exact steady state
        "n": _of_steady("n"),
        "g2": _of_steady("g2"),
        "fano": _of_steady("fano"),
        "variance": _of_steady("variance"),
        "p0": _of_steady("p0"),
        "P_ground": _of_steady("P_ground"),
        "P_heat": _of_steady("P_heat"),
        "P_cool": _of_steady("P_cool"),
        "level_population": _level_population,
        "jump_rate": _of_steady("jump_rate"),
        "purity": _of_steady("purity"),
        "charge_imbalance": _charge_imbalance,
        "chain_against_sector": _largest_difference,
        "tail_ratio": _tail_ratio,
        "tail_limit": lambda **values: float(derived_rates(**_rates(values)).tail_ratio),
        "small_signal_gain": _small_signal_gain,
        "escape_time": lambda target, **values: escape_time(int(target), **_chosen(values)),
        # symmetries
        "charge_weights": _charge_weights,
        "jump_charges": _jump_charges,
        "bare_frame_modulus": _bare_frame_modulus,
        "charges_with_signal": _charges_with_signal,
        "unknowns_per_fock_state": _unknowns_per_fock_state,
        # mean field and phases
        "phase_index": lambda **values: float(PHASES.index(phase(**_rates(values)))),
        "I_ss": _of_rates(adiabatic.lasing_intensity),
        "I_eq55": _of_rates(adiabatic.intensity_eq55),
        "I_barrier": _of_rates(adiabatic.barrier_intensity),
        "I_eq63": _of_formula("eq63", "I_ss"),
        "I_mean_field": lambda **values: adiabatic.stable_intensity(**_chosen(values)),
        "I_final": _final_intensity,
        "I_drift": lambda intensity, **v: float(adiabatic.intensity_drift(intensity, **_chosen(v))),
        "I_drift_eq67": lambda intensity, **v: float(adiabatic.intensity_drift_eq67(intensity, **_rates(v))),
        # equal and nearly equal decay rates
        "n_eq139": _of_formula("eq59", "n"),
        "g2_eq59": _of_formula("eq59", "g2"),
        "p0_eq58": _of_formula("eq59", "p0"),
        "p0_eq138_as_printed": _of_rates(formulas.vacuum_eq138_as_printed),
        "g2_eq60": _of_formula("eq60", "g2"),
        "g2_eq61": _of_formula("eq61", "g2"),
        "g2_eq62": _of_formula("eq62", "g2"),
        "coherent_coupling_ratio": lambda: formulas.COHERENT_COUPLING_RATIO,
        "norm_eq137": _norm(formulas.distribution_eq137),
        "norm_eq137_as_printed": _norm(formulas.distribution_eq137_as_printed),
        "norm_eq57_as_printed": _norm(formulas.distribution_eq57_as_printed),
        "birth_rate_eq136": _birth_rate(formulas.rates_eq136),
        "birth_rate_eq56_as_printed": _birth_rate(formulas.rates_eq56_as_printed),
        "n_eq133": _of_formula("eq133", "n"),
        "g2_eq133": _of_formula("eq133", "g2"),
        # dynamics
        "n_t": _transient,
        "g1_tau": _coherence,
        "phase_decay_rate": _of_slow_modes("phase_decay_rate"),
        "linewidth": _of_slow_modes("linewidth"),
        "intensity_relaxation_rate": _of_slow_modes("intensity_relaxation_rate"),
        # squeezing
        "n_bare": _of_bare_mode("n_bare"),
        "g2_bare": _of_bare_mode("g2_bare"),
        "var_x": _of_bare_mode("var_x"),
        "var_p": _of_bare_mode("var_p"),
        "cov_xp": _of_bare_mode("cov_xp"),
        "wigner_origin": _of_bare_mode("wigner_origin"),
        "bare_frame_mismatch": _bare_frame_mismatch,
        "ring_radius": lambda **values: _ring(values)[0],
        "ring_height": lambda **values: _ring(values)[1],
        "ring_crossings": _ring_crossings,
        # sensing
        "W": _of_bare_mode("W"),
        "qfi_full": _fisher(None),
        "qfi_motion": _fisher(MODE),
        "qfi_bare_frame_ratio": _fisher_bare_frame_ratio,
        # many points
        "kink": lambda **values: features.kink(*(_rates(values)[name] for name in ("g_h", "gamma_h", "gamma_c"))),
        "rise_towards_stability": _rise,
        "grid_size": _grid(lambda g2: float(g2.size)),
        "grid_coherent_share": _grid(lambda g2: float(np.mean(np.abs(g2 - 1.0) < 0.05))),
        "grid_lowest_g2": _grid(np.min),
        "grid_highest_g2": _grid(np.max),
        # comparison with two ions
        "two_ion_I_ss": _two_ion_intensity,
        "two_ion_phase_index": _two_ion_phase_index,
    }
)
"""Functions of keyword parameters by name."""
