"""Every number of the three-level ensembles by name, as a function of keyword parameters: what claims are written against."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from limcyc.library.three_level_ensembles import boundaries, drive, dynamics, finite, formulas, linear, states
from limcyc.library.three_level_ensembles.model import GROUP_A

__all__ = ["QUANTITIES"]

Quantity = Callable[..., Any]


# One point serves several claims.
_one_group = lru_cache(maxsize=64)(states.one_group)
_two_groups = lru_cache(maxsize=64)(states.two_groups)
_locking = lru_cache(maxsize=16)(dynamics.locking_of)
_line = lru_cache(maxsize=16)(lambda V_AB, **values: boundaries.constant_phase_line([V_AB], **values))
_unlocking = lru_cache(maxsize=16)(
    lambda criterion, V_AB, **values: float(
        boundaries.unlocking_line([V_AB], criterion=criterion, transient=600.0, window=1500.0, **values)[0]
    )
)
_exact = lru_cache(maxsize=16)(finite.steady_state)


def _population(level: int) -> Quantity:
    return lambda **values: float(_one_group(**values).matrix[level, level].real)


def _imbalance(**values: float) -> float:
    matrix = _one_group(**values).matrix
    return float(values["gamma_p"] * matrix[0, 0].real - values["gamma_m"] * matrix[2, 2].real)


def _amplitude_run(*, seed: float = 0.2, **values: float) -> float:
    times = np.array([0.0, 400.0 / max(values["gamma_p"], values["gamma_m"])])
    return float(abs(dynamics.groups_in_time("1", times, values, seed=seed)[0, -1, 0]))


def _amplitude_ratio(*, V: float, V_2: float, **values: float) -> float:
    return _one_group(**values, V=V_2).amplitude / _one_group(**values, V=V).amplitude


def _growth(**values: float) -> float:
    return linear.growth_rate("2" if "V_AB" in values else "1", values)


def _equal_rates_deviation(*, gamma: float, K: float, V: float) -> float:
    """Largest deviation of the derived equations from the closed solution."""
    solution = formulas.equal_rates(gamma, K, V)
    state = _one_group(gamma_p=gamma, gamma_m=gamma, K=K, V=V)
    matrix = state.matrix
    return max(
        abs(state.amplitude - solution.amplitude),
        abs(state.frequency - solution.frequency),
        abs(matrix[0, 0] - solution.population),
        abs(matrix[2, 2] - solution.population),
        abs(abs(matrix[2, 0]) - solution.population),
    )


def _phase_distribution(**values: float) -> list[float]:
    return [float(s) for s in formulas.phase_distribution(drive.driven_state(**values), np.array([0.0, np.pi]))]


def _spectral_peaks(**values: float) -> list[float]:
    from limcyc.measures.synchronization import spectral_frequency

    arrays = values | {"delta": np.array([values["delta"]])}
    ((_, times, series),) = dynamics.pair_in_time(arrays)
    first, second = (float(spectral_frequency(signal[0], times)) for signal in series)
    return [first - second, first]


def _regime(**values: float) -> float:
    from limcyc.measures.synchronization import REGIMES

    return float(REGIMES.index(_locking(**values).regime))


def _transient(*, N: float, time: float, **values: float) -> list[float]:
    value = finite.transient(finite.check_number(N), [0.0, time], **values)[-1]
    return [float(abs(value)), float(np.angle(value))]


def _diffusion(**values: float) -> float:
    from limcyc.library.three_level_ensembles.lifetime import diffusion

    return diffusion(**values)


def _pair(name: str) -> Quantity:
    def quantity(**values: float) -> float:
        import warnings

        from limcyc.errors import ValidityWarning
        from limcyc.library.three_level_ensembles.pairs import pair_state

        with warnings.catch_warnings():
            # That pairs are not enough here is what these claims are about.
            warnings.simplefilter("ignore", ValidityWarning)
            return pair_state(**values).values[name]

    return quantity


QUANTITIES: Final[Mapping[str, Quantity]] = MappingProxyType(
    {
        "V_c": lambda **values: formulas.critical_coupling(**values),
        "V_c_linear": linear.critical_coupling,
        "onset_frequency": lambda **values: formulas.onset_frequency(**values),
        "growth_rate": _growth,
        "coherence_decay": lambda **values: -_growth(**values),
        "amplitude": lambda **values: _one_group(**values).amplitude,
        "frequency": lambda **values: _one_group(**values).frequency,
        "p_0": _population(0),
        "coherence_20": lambda **values: float(abs(_one_group(**values).matrix[2, 0])),
        "charge_imbalance": _imbalance,
        "amplitude_run": _amplitude_run,
        "amplitude_ratio": _amplitude_ratio,
        "equal_rates_square": lambda **values: formulas.equal_rates(**values).amplitude ** 2,
        "equal_rates_deviation": _equal_rates_deviation,
        "phase_distribution": _phase_distribution,
        "preferred_phase": lambda **values: formulas.phase_of_maximum(drive.driven_state(**values)),
        "amplitude_A": lambda **values: _two_groups(**values).amplitudes[0],
        "amplitude_B": lambda **values: _two_groups(**values).amplitudes[1],
        "common_frequency": lambda **values: _two_groups(**values).frequency,
        "phase_difference": lambda **values: _two_groups(**values).phase_difference,
        "spectral_peaks": _spectral_peaks,
        "mean_amplitudes": lambda **values: [float(a) for a in _locking(**values).amplitudes],
        "regime": _regime,
        "delta_constant": lambda **values: float(_line(**values).delta[0]),
        "constant_ends_by_hopf": lambda **values: float(_line(**values).hopf[0]),
        "delta_unlocking": lambda **values: _unlocking("slips", **values),
        "delta_peaks": lambda **values: _unlocking("peaks", **values),
        "delta_window": lambda **values: list(linear.delta_window(**values)),
        "phase_at_edge": lambda **values: (
            linear.onset("2", values | {"delta": linear.delta_window(**values)[0]}).phase_difference
        ),
        "exact_p_0": lambda **values: float(_exact(**values).populations(GROUP_A.member(1)[0])[0]),
        "exact_pair": finite.pair_coherence,
        "exact_coherence_decay": finite.coherence_decay,
        "exact_transient": _transient,
        "diffusion": _diffusion,
        "cumulant_pair": _pair("pair_coherence"),
        "cumulant_rate": _pair("scaled_decay"),
    }
)
"""Name -> function of keyword parameters; rates in one unit."""
