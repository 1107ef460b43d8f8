"""Second-order cumulants of one group: pairs of oscillators only, and why this is not enough above the threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from limcyc.levels.cumulants import Cumulants
from limcyc.library.three_level_ensembles.model import GROUP_A, OSCILLATOR, S_MINUS, S_PLUS, single_group

__all__ = ["PairState", "pair_state"]


@dataclass(frozen=True)
class PairState:
    """What pairs say about one group.

    values
        p_0, p_1, p_2, pair_coherence <S^+_1 S^-_2>, coherence_decay (slowest rate of <S^+> by regression) and scaled_decay,
        N times it
    certificate
        residual of the equations and their largest growth rate
    notes
        remarks
    """

    values: Mapping[str, float]
    certificate: Mapping[str, Any]
    notes: tuple[str, ...]


@cache
def _level() -> Cumulants:
    return Cumulants(single_group(), 2)


def pair_state(**values: float) -> PairState:
    """Steady state of a group whose phase is unknown, from one- and two-member moments.

    values
        gamma_p, gamma_m, K, V and N >= 2

    Above the threshold a :class:`limcyc.errors.ValidityWarning` is issued: three members share phases as in
    <|0><2|_i S^+_j S^+_k>, which survives for N -> infinity, so that pairs alone do not converge to the mean field
    (<S^+_1 S^-_2> = 0.02669 at N = 1e5 against 0.01945 for gamma_p = 0.5, gamma_m = V = 1), and the decay rate of the
    coherence is about half the right one. At small N even signs fail: -0.0045 against 0.0026 at N = 6.

    >>> import warnings
    >>> from limcyc.library.three_level_ensembles.pairs import pair_state
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     pairs = pair_state(gamma_p=0.5, gamma_m=1.0, K=0.0, V=1.0, N=100)
    >>> round(pairs.values["pair_coherence"], 9)
    0.022835588
    """
    level = _level()
    state = level.steady_state({GROUP_A: "1"}, **values)
    N = values["N"]
    found = {f"p_{k}": state.mean(GROUP_A.mean(OSCILLATOR.projector(str(k)))) for k in range(3)}
    found["pair_coherence"] = state.mean(GROUP_A.distinct(S_PLUS, S_MINUS)) / (N * (N - 1))
    rate = float(-level.regression(GROUP_A.sum(S_MINUS), state).eigenvalues.real.max())
    found |= {"coherence_decay": rate, "scaled_decay": N * rate}
    certificate = {"residual": state.residual, "growth_rate": float(state.eigenvalues[0].real)}
    note = "Pairs of oscillators only: above the threshold correlations of three members are missing for any N."
    return PairState(found, certificate, (note,))
