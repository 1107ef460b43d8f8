"""Steady-state numbers of the three-level ensembles at every level of description."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError, UnsupportedError
from limcyc.library.steady import Steady, choose, read_values
from limcyc.library.three_level_ensembles import finite, formulas
from limcyc.library.three_level_ensembles.model import GROUP_A, NAME, PARAMETERS, SETTINGS

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {
    "product-state": ("rotating-state", "integration"),
    "formula": ("critical-coupling", "equal-rates"),
    "exact": ("explicit",),
    "cumulants": ("second-order",),
}
"""Levels of description and their methods; the first method of each is the default."""

_COUNTED: Final = ("exact", "cumulants")
_GROUP: Final = ("gamma_p", "gamma_m", "K", "V")


def steady(level: str = "product-state", method: str | None = None, **values: Any) -> Steady:
    """Steady-state numbers of one group, or of two.

    level, method
        "product-state", the limit of many oscillators: ``rotating-state`` by Newton's method, ``integration`` in time with
        the window of :mod:`dynamics`.
        "formula": ``critical-coupling`` of one group with its onset frequency, ``equal-rates``.
        "exact": one group of N = 2 ... 4 oscillators written out.
        "cumulants": one group of N oscillators, pairs only; wrong above V_c, which is warned about.
    values
        parameters, and the setting ``groups`` ("1" or "2"; "2" when delta or V_AB is given)

    Returns :class:`~limcyc.library.steady.Steady`. Raises ParameterError for values out of range, UnsupportedError for two
    groups of a finite number, ConvergenceError for two groups without constant phases (use ``integration``).

    Source: Phys. Rev. Lett. 131, 190402.

    >>> from limcyc.library.three_level_ensembles import steady
    >>> result = steady(gamma_p=0.5, gamma_m=1.0, K=0.0, V=1.0)
    >>> round(result.values["amplitude"], 8), round(result.values["frequency"], 8)
    (0.13944727, -0.34413896)
    """
    level, method = choose(LEVELS, level, method, NAME)
    if "N" in values and level in _COUNTED:
        finite.check_number(values["N"])
    if "N" in values and level not in _COUNTED:
        raise ParameterError(
            f"N = {values['N']} was given to the level {level}, which is the limit of many oscillators; leave N out, or use "
            "the levels exact or cumulants"
        )
    wanted = tuple(p for p in PARAMETERS if p.name != "N" or level in _COUNTED)
    numbers, settings = read_values(values, wanted, SETTINGS, NAME)
    groups = settings.get("groups", "2" if "delta" in values or "V_AB" in values else "1")
    if groups == "2" and level != "product-state":
        raise UnsupportedError(
            f"two groups were asked for at the level {level}, which has one group only; set groups=1, or use product-state"
        )
    if groups == "1":
        numbers = {name: value for name, value in numbers.items() if name in (*_GROUP, "N")}
    chosen = {"product-state": _product_state, "formula": _formula, "exact": _exact, "cumulants": _cumulants}[level]
    found, certificate, notes = chosen(method, groups, numbers)
    return Steady(found, certificate, {**numbers, "groups": groups}, notes)


_Answer = tuple[dict[str, float], dict[str, Any], tuple[str, ...]]


def _product_state(method: str, groups: str, numbers: Mapping[str, float]) -> _Answer:
    from limcyc.library.three_level_ensembles.states import one_group, two_groups

    if method == "integration":
        return _integrated(groups, numbers)
    if groups == "1":
        state = one_group(**numbers)
        found = {"amplitude": state.amplitude, "frequency": state.frequency}
        found |= {f"p_{k}": float(state.matrix[k, k].real) for k in range(3)}
        found |= {"coherence_20": float(abs(state.matrix[2, 0])), "V_c": formulas.critical_coupling(*_rates(numbers))}
        certificate = {"residual": state.residual, "growth_rate": state.growth}
        return found, certificate, _remarks(state.amplitude, found["V_c"])
    pair = two_groups(**numbers)
    found = {
        "amplitude_A": pair.amplitudes[0],
        "amplitude_B": pair.amplitudes[1],
        "frequency": pair.frequency,
        "phase_difference": pair.phase_difference,
    }
    certificate = {"residual": pair.residual, "growth_rate": pair.growth}
    return found, certificate, _remarks(max(pair.amplitudes), None)


def _remarks(amplitude: float, threshold: float | None) -> tuple[str, ...]:
    if amplitude > 0.0:
        return ()
    notes: tuple[str, ...] = (
        "Unsynchronised: the state |1><1| is stable; frequencies are those of its slowest coherence.",
    )
    if threshold == float("inf"):
        notes += (f"The critical coupling is infinite, {formulas.BLOCKADE}.",)
    return notes


def _integrated(groups: str, numbers: Mapping[str, float]) -> _Answer:
    from limcyc.library.three_level_ensembles.dynamics import TRANSIENT, WINDOW, groups_in_time, locking_of
    from limcyc.measures.synchronization import resolution, spectral_frequency, time_average

    certificate: dict[str, Any] = {"transient": TRANSIENT, "window": WINDOW, "resolution": resolution(WINDOW)}
    if groups == "1":
        times = np.concatenate([[0.0], np.arange(TRANSIENT, TRANSIENT + WINDOW, 0.25)])
        signal = groups_in_time("1", times, numbers)[0, 1:, 0]
        average = time_average(abs(signal), times[1:])
        found = {"amplitude": average.value, "frequency": spectral_frequency(signal, times[1:])}
        return found, certificate | {"drift": average.drift}, ()
    state = locking_of(**numbers)
    found = {
        "amplitude_A": float(state.amplitudes[0]),
        "amplitude_B": float(state.amplitudes[1]),
        "frequency_difference": float(state.spectral_difference),
        "winding_difference": float(state.winding_difference),
        "phase_span": float(state.phase_span),
    }
    return found, certificate, (f"The groups are {state.regime}.",)


def _rates(numbers: Mapping[str, float]) -> tuple[float, float, float]:
    return numbers["gamma_p"], numbers["gamma_m"], numbers["K"]


def _formula(method: str, groups: str, numbers: Mapping[str, float]) -> _Answer:
    p, m, K = _rates(numbers)
    if method == "critical-coupling":
        threshold = formulas.critical_coupling(p, m, K)
        found = {"V_c": threshold, "V_c_negative": formulas.critical_coupling(p, m, K, attractive=True)}
        if np.isfinite(threshold):
            return (
                found | {"onset_frequency": formulas.onset_frequency(p, m, K)},
                {"validity": "exact for N -> inf"},
                (),
            )
        return found, {"validity": "exact for N -> inf"}, (f"The critical coupling is infinite, {formulas.BLOCKADE}.",)
    if p != m:
        raise ParameterError(
            f"the closed solution needs equal rates, got gamma_p = {p:g} and gamma_m = {m:g}; use the level product-state"
        )
    solution = formulas.equal_rates(p, K, numbers["V"])
    found = {"amplitude": solution.amplitude, "frequency": solution.frequency, "p_0": solution.population}
    low, high = formulas.blockade_window(p, numbers["V"])
    note = (
        f"The blockade is lifted for {low:.6g} < -K < {high:.6g}."
        if low == low
        else "No K lifts the blockade at this V."
    )
    return found, {"validity": "exact for N -> inf"}, (note,)


def _exact(method: str, groups: str, numbers: Mapping[str, float]) -> _Answer:
    N = finite.check_number(numbers["N"])
    values = {name: numbers[name] for name in _GROUP}
    state = finite.steady_state(N, **values)
    populations = state.populations(GROUP_A.member(1)[0])
    found = {f"p_{k}": float(populations[k]) for k in range(3)}
    found |= {
        "pair_coherence": finite.pair_coherence(N, **values),
        "coherence_decay": finite.coherence_decay(N, **values),
    }
    return found, state.certificate.as_dict(), ()


def _cumulants(method: str, groups: str, numbers: Mapping[str, float]) -> _Answer:
    from limcyc.library.three_level_ensembles.pairs import pair_state

    state = pair_state(**{name: numbers[name] for name in (*_GROUP, "N")})
    return dict(state.values), dict(state.certificate), state.notes
