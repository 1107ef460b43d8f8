"""Populations without the tone: closed form, recurrence, and the charge-zero sector of the model.

Gain +1 and loss -2 balance across every bond n | n + 1 of the ladder,

    gain p_n = two_phonon_loss [(n + 2) p_{n+2} + n p_{n+1}],

which is stable downwards.  With r = gain/two_phonon_loss and the rising factorial (r)_n it is solved by

    p_n = r^n/(r)_n  1F1(1 + n; r + n; r) / 1F1(1; r; 2 r),      <n> = 1F1(2; r + 1; 2 r)/1F1(1; r; 2 r).

r -> 0 leaves p_0 = 2/3 and p_1 = 1/3.  The Kerr term and the detuning do not matter here.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError
from limcyc.levels import Exact
from limcyc.library.kerr_van_der_pol.model import MODE, undriven_model

__all__ = ["closed_number", "closed_population", "populations", "sector_populations", "undriven_solver"]

_TAIL: Final = 1e-18
_LARGEST: Final = 1e5


@cache
def undriven_solver() -> Exact:
    """The exact level of the model without the tone, built once."""
    return Exact(undriven_model())


def closed_population(n: int, r: float) -> float:
    """p_n in closed form.

    n
        quantum number, >= 0
    r
        gain/two_phonon_loss, > 0

    >>> from limcyc.library.kerr_van_der_pol.undriven import closed_population
    >>> round(closed_population(1, 1.0), 12), round(closed_population(0, 1e-9), 8)
    (0.367879441171, 0.66666667)
    """
    import mpmath

    ratio = _checked(r)
    if int(n) != n or n < 0:
        raise ParameterError(f"a number of quanta is an integer >= 0, got {n!r}")
    with mpmath.workdps(30):
        x = mpmath.mpf(ratio)
        top = mpmath.power(x, n) / mpmath.rf(x, n) * mpmath.hyp1f1(1 + n, x + n, x)
        return float(top / mpmath.hyp1f1(1, x, 2 * x))


def closed_number(r: float) -> float:
    """<n> in closed form.

    >>> from limcyc.library.kerr_van_der_pol.undriven import closed_number
    >>> closed_number(1.0), round(closed_number(1e-9), 8)
    (1.0, 0.33333333)
    """
    import mpmath

    with mpmath.workdps(30):
        x = mpmath.mpf(_checked(r))
        return float(mpmath.hyp1f1(2, x + 1, 2 * x) / mpmath.hyp1f1(1, x, 2 * x))


def populations(r: float, n_fock: int | None = None) -> np.ndarray:
    """p_n by the recurrence, downwards from where p_n is below 1e-18.

    r
        gain/two_phonon_loss, in 0 < r <= 1e5
    n_fock
        how many are returned; as many as exceed 1e-18 if not given

    Returns an array of shape (n_fock,) that sums to 1 less what lies beyond.

    >>> from limcyc.library.kerr_van_der_pol.undriven import populations
    >>> populations(0.2, 3).round(8).tolist()
    [0.57373093, 0.3634587, 0.05737309]
    """
    ratio = _checked(r)
    if ratio > _LARGEST:
        raise ParameterError(
            f"the recurrence covers r <= {_LARGEST:g}, got {ratio:g}; the oscillator is classical there"
        )
    # The distribution has the mean r and the variance 3 r/2 at large r, and falls faster than exponentially.
    top = int(ratio + 16 * math.sqrt(1.5 * ratio + 1) + 40)
    p = np.zeros(top + 3)
    p[top] = 1.0
    for n in range(top - 1, -1, -1):
        p[n] = ((n + 2) * p[n + 2] + n * p[n + 1]) / ratio
        if p[n] > 1e250:
            p[n:] /= 1e250
    p /= p.sum()
    if n_fock is None:
        return p[: int(np.flatnonzero(p > _TAIL)[-1]) + 1]
    size = max(0, int(n_fock) - p.size)
    return np.concatenate([p, np.zeros(size)])[: int(n_fock)]


def sector_populations(n_fock: int | None = None, **values: Any) -> np.ndarray:
    """p_n from the sector of charge zero of the model, without the recurrence.

    n_fock
        Fock states; found and certified if not given
    values
        detuning, kerr, gain, two_phonon_loss

    >>> from limcyc.library.kerr_van_der_pol.undriven import sector_populations
    >>> sector_populations(kerr=0.0, detuning=0.0, gain=1.0, two_phonon_loss=5.0)[:2].round(8).tolist()
    [0.57373093, 0.3634587]
    """
    cutoffs = None if n_fock is None else {MODE: int(n_fock)}
    return undriven_solver().steady_state(cutoffs, **values).populations(MODE)


def _checked(r: float) -> float:
    value = float(r)
    if not 0 < value < math.inf:
        raise ParameterError(f"r = gain/two_phonon_loss must be a finite number > 0, got {r!r}")
    return value
