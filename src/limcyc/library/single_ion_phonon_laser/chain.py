"""Exact steady state of the single-ion phonon laser: a birth-death chain of quantum jumps.

Every jump leaves the ion in its ground level.  Until the next jump the state stays in the span of
|g,n>, |h,n+1> and |c,n-1>, so the whole laser is a chain of visits to |g,n>, each of which ends in
|g,n+1> (decay of h) or |g,n-1> (decay of c).  The mean times of one visit are rational functions
of the two couplings; nothing is approximated, at any order in the Lamb-Dicke parameter.  This
solution is not in arXiv:2604.18295, which has the case gamma_h = gamma_c only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limcyc.errors import CutoffError, ParameterError, RunawayError
from limcyc.library.birth_death import distribution_from_log_ratios, phonon_moments
from limcyc.library.lamb_dicke import effective_order, third_order_cutoff
from limcyc.library.single_ion_phonon_laser.phases import (
    check_level,
    check_steady_state,
    check_values,
    tail_ratio,
)
from limcyc.library.single_ion_phonon_laser.visits import Visit, climb, couplings, visit

__all__ = ["Chain", "checked_size", "steady_chain", "tail_bound"]

Floats = NDArray[np.float64]

# Longest chains that are tried: minutes of computing, and a tail ratio closer to 1 than any
# experiment can set.  At all orders each Laguerre polynomial costs n operations.
_LONGEST = {"1": 2**21, "3": 2**17, "all": 2**14}

_CONFINED = 1e-6
"""Population of the least likely state in front of a further region of gain up to which the state below
counts as long-lived."""

_ALLOWED = 1e-10
"""Share of the last level in <n^2> that is accepted when the caller gives the number of Fock states."""


@dataclass(frozen=True)
class Chain:
    """Steady state of the chain; everything stationary follows from it.

    phonons
        phonon distribution p(n), shape (N,), sum 1
    jump_rates
        s(n), rate of jumps that arrive in |g,n>, shape (N,), unit rate
    blocks
        density matrix as a direct sum over the charge n - |h><h| + |c><c| = n, complex, shape
        (N, 3, 3), basis |g,n>, |h,n+1>, |c,n-1>
    certificate
        cutoff, ratio and weight of the tail, violation of gamma_h P_h = gamma_c P_c
    """

    phonons: Floats
    jump_rates: Floats
    blocks: NDArray[np.complex128]
    certificate: dict[str, float | int | str | bool]

    def population(self, level: str) -> float:
        """Occupation of one level of the ion, ``"g"``, ``"h"`` or ``"c"``.

        P_g = sum X_g s, P_h = sum X_h s, P_c = sum X_c s; they add up to 1 and
        gamma_h P_h = gamma_c P_c.

        Raises UnknownNameError for any other name; the numbers 1 and 2 are refused, because the
        paper uses them both ways round.

        >>> from limcyc.library.single_ion_phonon_laser.chain import steady_chain
        >>> round(steady_chain(1.0, 1.0, 1.5, 3.0).population("h"), 10)
        0.3085910637
        """
        index = check_level(level)
        return float(self.blocks[:, index, index].real.sum())

    def purity(self) -> float:
        """Tr rho^2 of ion and motion together."""
        return float(np.sum(np.abs(self.blocks) ** 2))

    def values(self) -> dict[str, float]:
        """All stationary numbers by name.

        n, g2, fano, variance (phonon statistics), p0 = p(0), P_ground, P_heat, P_cool (occupations
        of g, h, c), jump_rate (of all jumps), purity.  For the vacuum g2 and fano are nan.

        >>> from limcyc.library.single_ion_phonon_laser.chain import steady_chain
        >>> values = steady_chain(1.0, 1.0, 1.5, 3.0).values()
        >>> round(values["n"], 10), round(values["g2"], 10), round(values["jump_rate"], 10)
        (3.9832474295, 1.2255096438, 0.9257731912)
        """
        moments = phonon_moments(self.phonons)
        return {
            "n": moments.n,
            "g2": moments.g2,
            "fano": moments.fano,
            "variance": moments.variance,
            "p0": float(self.phonons[0]),
            "P_ground": self.population("g"),
            "P_heat": self.population("h"),
            "P_cool": self.population("c"),
            "jump_rate": float(self.jump_rates.sum()),
            "purity": self.purity(),
        }


def steady_chain(
    g_h: float,
    g_c: float,
    gamma_h: float,
    gamma_c: float,
    *,
    eta_h: float = 0.0,
    eta_c: float = 0.0,
    lamb_dicke: str | int = "1",
    n_fock: int | str = "auto",
    closed: bool = False,
    tolerance: float = 1e-15,
) -> Chain:
    """Exact steady state of the single-ion phonon laser.

    The rates s(n) of jumps into |g,n> obey s(n)/s(n-1) = P_h(n-1)/P_c(n), and
    p(n) = X_g(n) s(n) + X_h(n-1) s(n-1) + X_c(n+1) s(n+1).

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0 (g_h = 0 gives the vacuum)
    eta_h, eta_c, lamb_dicke
        Lamb-Dicke parameters, >= 0, and order, "1", "3" or "all"
    n_fock
        number of Fock states, >= 3, or "auto": found from a rigorous bound on the tail (first order),
        floor(2/eta_max^2) + 1 (third order), or found from the computed weight of the upper half of a
        longer chain (all orders).  To all orders the chain ends in front of the first further region of
        gain, if it reaches one; the certificate then says metastable and has the mean escape time.
    closed
        the cutoff is part of the model: the blue sideband ends at n_fock - 1 and the weight there is
        not judged.  The result is then that of the truncated Liouvillian, also where the unbounded
        model runs away.
    tolerance
        largest relative share of the discarded levels in <n^2>

    Returns :class:`Chain`; the cost is O(N).  No approximation but the end of the chain.

    Raises CutoffError if the tail does not fit, RunawayError if the state does not stay below a further
    region of gain, and as
    :func:`limcyc.library.single_ion_phonon_laser.phases.check_steady_state`.

    Source: derived here; Eqs. 58, 59, 137, 139 of arXiv:2604.18295 are its case gamma_h = gamma_c.

    >>> from limcyc.library.single_ion_phonon_laser.chain import steady_chain
    >>> laser = steady_chain(1.0, 1.0, 0.5, 3.0)
    >>> round(laser.values()["n"], 10), laser.certificate["discarded_weight"] < 1e-14
    (1.3374816659, True)
    """
    order = effective_order(lamb_dicke, eta_h, eta_c)
    size = checked_size(n_fock)
    check_values(g_h, g_c, gamma_h, gamma_c, eta_h, eta_c)
    if not closed:
        check_steady_state(g_h, g_c, gamma_h, gamma_c, eta_h, eta_c, order)
    if g_h == 0.0:
        return _vacuum(size or 3)
    model = {"g_h": g_h, "g_c": g_c, "eta_h": eta_h, "eta_c": eta_c, "lamb_dicke": order}
    if order == "3":
        end = third_order_cutoff(eta_h, eta_c) or 3
        if size is None and end <= _LONGEST["3"]:
            size = max(3, end)
        # A shorter Fock space cuts through a finite coupling and is judged like any other.
        closed = closed or (size is not None and size >= end)
    if size is None:
        return _open(model, gamma_h, gamma_c, tolerance)
    chain = _closed(model, gamma_h, gamma_c, size, closed)
    share = float(chain.certificate["discarded_weight"])
    if not closed and share > _ALLOWED:
        raise CutoffError(
            f"The steady state was asked for with {size} Fock states, but the last one carries "
            f"{chain.phonons[-1]:.1e} of the population, a share {share:.1e} of <n^2> (allowed "
            f'{_ALLOWED:.0e}). Raise n_fock or use n_fock="auto".'
        )
    return chain


def checked_size(n_fock: int | str) -> int | None:
    """Number of Fock states as an integer >= 3, None for "auto".

    Raises ParameterError for anything else.

    >>> from limcyc.library.single_ion_phonon_laser.chain import checked_size
    >>> checked_size("80"), checked_size("auto")
    (80, None)
    """
    if n_fock == "auto":
        return None
    # Text of a number comes from the command line.
    text = str(n_fock)
    if isinstance(n_fock, bool) or not text.isdigit() or int(text) < 3:
        raise ParameterError(f'n_fock must be an integer of at least 3, or "auto", but is {n_fock!r}.')
    return int(text)


def tail_bound(n: ArrayLike, g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> tuple[Floats, Floats]:
    """Bounds on the chain of first order beyond the phonon number n.

    For all m >= n >= 1: s(m)/s(m-1) <= q max(1, c (4 S + b^2 (a+b))/(4 c S + a^2 (a+b))) D(n)/D(n-1),
    with q the ratio of the tail, S = S(n-1) and c = S(n)/S(n-1), because the ratio is monotonic in S and
    grows with c, and c falls.  The mean time of a visit to m-1 is at most 2/min(a,b) plus the decreasing
    terms of X_g at n-1.  S, D, a, b as in :func:`limcyc.library.single_ion_phonon_laser.visits.visit`.

    n
        phonon numbers, >= 1
    g_h, g_c, gamma_h, gamma_c
        rates, > 0

    Returns (ratio, duration), each of the shape of n; both decrease with n, and ratio tends to q.

    >>> from limcyc.library.single_ion_phonon_laser.chain import tail_bound
    >>> ratio, duration = tail_bound([10, 10**9], 1.0, 1.0, 1.5, 3.0)
    >>> [round(float(r), 3) for r in ratio]
    [0.641, 0.5]
    """
    n, a, b = np.asarray(n, dtype=float), gamma_h, gamma_c

    def escape(m):
        return g_h**2 * b * (m + 1.0) + g_c**2 * a * m

    def width(m):
        return 4.0 * (g_h**2 * a * (m + 1.0) + g_c**2 * b * m) + a * b * (a + b)

    rise = escape(n) / escape(n - 1.0)
    start = rise * (4.0 * escape(n - 1.0) + b * b * (a + b)) / (4.0 * escape(n) + a * a * (a + b))
    growth = np.maximum(start, 1.0) * width(n) / width(n - 1.0)
    falling = a * a + a * b + b * b + a * a * b * b * (a + b) / (4.0 * escape(n - 1.0))
    ratio = tail_ratio(g_h, g_c, gamma_h, gamma_c) * growth
    return ratio, 2.0 / min(a, b) + falling / width(n - 1.0)


def _vacuum(states: int) -> Chain:
    phonons = np.zeros(states)
    phonons[0] = 1.0
    blocks = np.zeros((states, 3, 3), dtype=complex)
    blocks[0, 0, 0] = 1.0
    certificate: dict[str, float | int | str | bool] = {"method": "vacuum", "n_fock": states, "closed": False}
    return Chain(phonons, np.zeros(states), blocks, certificate | {"discarded_weight": 0.0, "charge_imbalance": 0.0})


def _visits(model: dict, gamma_h: float, gamma_c: float, states: int, closed: bool):
    """Visits to n = 0 ... states-1 and the weights of the jumps into them, up to a factor."""
    heating, cooling = couplings(np.arange(states), **model)
    if closed:
        heating[-1] = 0.0
    visits = visit(heating, cooling, gamma_h, gamma_c)
    if not np.all(visits.down[1:] > 0.0):
        where = int(np.flatnonzero(visits.down[1:] == 0.0)[0]) + 1
        raise ParameterError(
            f"the red sideband vanishes at n = {where}: phonon numbers below are never reached "
            "again. Choose eta_c with 2/eta_c^2 outside the Fock space, or all orders."
        )
    with np.errstate(divide="ignore"):
        log_ratio = np.log(visits.up[:-1]) - np.log(visits.down[1:])
    return visits, distribution_from_log_ratios(log_ratio)


def _assemble(visits: Visit, arrivals: Floats, gamma_h: float, gamma_c: float, certificate: dict) -> Chain:
    """Normalise the chain and collect populations, coherences and p(n)."""
    rates = arrivals / float(visits.duration @ arrivals)
    blocks = np.zeros((rates.size, 3, 3), dtype=complex)
    for i, times in enumerate((visits.ground, visits.heat, visits.cool)):
        blocks[:, i, i] = times * rates
    for i, j, coherence in (
        (0, 1, 1j * visits.ground_heat),
        (0, 2, 1j * visits.ground_cool),
        (1, 2, visits.heat_cool),
    ):
        blocks[:, i, j] = coherence * rates
        blocks[:, j, i] = np.conj(blocks[:, i, j])
    phonons = visits.ground * rates
    phonons[1:] += (visits.heat * rates)[:-1]
    phonons[:-1] += (visits.cool * rates)[1:]
    # The last upward visit of an open chain ends beyond the array; its weight is below the tolerance.
    phonons /= phonons.sum()
    up, down = gamma_h * blocks[:, 1, 1].real.sum(), gamma_c * blocks[:, 2, 2].real.sum()
    certificate["charge_imbalance"] = float(up - down)
    return Chain(phonons, rates, blocks, certificate)


def _closed(model: dict, gamma_h: float, gamma_c: float, states: int, closed: bool) -> Chain:
    """The truncated chain, equal to the truncated Liouvillian."""
    visits, arrivals = _visits(model, gamma_h, gamma_c, states, True)
    chain = _assemble(visits, arrivals, gamma_h, gamma_c, {})
    squares = np.arange(states) ** 2 * chain.phonons
    chain.certificate.update(
        method="birth-death chain",
        n_fock=states,
        closed=closed,
        discarded_weight=float(squares[-1] / squares.sum()),
    )
    return chain


def _open(model: dict, gamma_h: float, gamma_c: float, tolerance: float) -> Chain:
    """The unbounded chain, cut where the rest does not matter, or behind its first region."""
    order = model["lamb_dicke"]
    states = 128
    while states <= _LONGEST[order]:
        visits, arrivals = _visits(model, gamma_h, gamma_c, states, False)
        if order == "1":
            rest = _rest_bounded(visits, arrivals, model, gamma_h, gamma_c)
        else:
            barrier = _barrier(visits)
            if barrier is not None:
                return _first_region(model, gamma_h, gamma_c, barrier, states)
            rest = _rest_computed(visits, arrivals)
        enough = np.flatnonzero(rest <= tolerance)
        if enough.size:
            keep = max(3, int(enough[0]))
            certificate = {
                "method": "birth-death chain",
                "n_fock": keep,
                "closed": False,
                "discarded_weight": float(rest[keep]),
                "levels_examined": states,
            }
            return _assemble(_cut(visits, keep), arrivals[:keep], gamma_h, gamma_c, certificate)
        states *= 2
    if order == "1":
        q = tail_ratio(model["g_h"], model["g_c"], gamma_h, gamma_c)
        reason = f"Its tail falls by {q:.8g} per phonon: move away from the line of stability."
    else:
        reason = "The heating exceeds the cooling up to there: lower g_h or raise g_c, or fix n_fock."
    raise CutoffError(f"The steady state was asked for, but it does not fit {_LONGEST[order]} Fock states. {reason}")


def _barrier(visits: Visit) -> int | None:
    """First state n at which the chain, having fallen before, climbs again; None if it never does."""
    climbs = visits.up[:-1] > visits.down[1:]
    if climbs.all():
        return None
    first_fall = int(np.argmin(climbs))
    again = np.flatnonzero(climbs[first_fall:])
    return first_fall + int(again[0]) if again.size else None


def _first_region(model: dict, gamma_h: float, gamma_c: float, barrier: int, examined: int) -> Chain:
    """The chain up to the least likely state in front of a further region of gain."""
    chain = _closed(model, gamma_h, gamma_c, max(3, barrier + 1), True)
    edge = float(chain.phonons[-1])
    if edge > _CONFINED:
        raise RunawayError(
            "The steady state was asked for beyond first order in the Lamb-Dicke parameters, where the "
            f"heating exceeds the cooling again above {barrier} phonons, and the state does not stay below "
            f"that ({edge:.1e} of the population is there): there is no long-lived state below. Reduce "
            "g_h^2/gamma_h or eta_c, or compute a transient."
        )
    # Mean time until the barrier is reached; the chain below it relaxes much faster.
    visits = visit(*couplings(np.arange(barrier + 1), **model), gamma_h, gamma_c)
    chain.certificate.update(
        closed=False, levels_examined=examined, metastable=True, escape_time=float(climb(visits).sum())
    )
    return chain


def _rest_bounded(visits: Visit, arrivals: Floats, model: dict, gamma_h: float, gamma_c: float) -> Floats:
    """Upper bound on the share of the levels >= n in <n^2> + <n>, for n = 0 ... N-1.

    They are fed by the visits to n-1+k, k = 0, 1, ..., which reach up to n+k phonons.
    """
    n = np.arange(arrivals.size, dtype=float)
    ratio, duration = tail_bound(np.maximum(n, 1.0), model["g_h"], model["g_c"], gamma_h, gamma_c)
    gap = np.where(ratio < 1.0, 1.0 - ratio, np.nan)
    # sum_{k>=0} (n+k)^2 ratio^k
    moment = n**2 / gap + 2.0 * n * ratio / gap**2 + ratio * (1.0 + ratio) / gap**3
    rest = np.concatenate(([np.nan], arrivals[:-1])) * duration * moment
    known = float((visits.duration * (n**2 + n)) @ arrivals)
    return np.where(np.isnan(rest), np.inf, rest / known)


def _rest_computed(visits: Visit, arrivals: Floats) -> Floats:
    """Share of the levels >= n in <n^2> + <n>, judged by the chain up to 2n only."""
    n = np.arange(arrivals.size, dtype=float)
    weight = visits.duration * (n + 1.0) ** 2 * arrivals
    share = np.cumsum(weight[::-1])[::-1] / weight.sum()
    # A region of gain above could start right behind the last level looked at: keep half of it.
    share[arrivals.size // 2 :] = np.inf
    return share


def _cut(visits: Visit, states: int) -> Visit:
    return Visit(*(getattr(visits, name)[:states] for name in visits.__dataclass_fields__))
