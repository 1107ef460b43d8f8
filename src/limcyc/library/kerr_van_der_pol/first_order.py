"""Locking to first order in the drive: the printed secular formula, and the exact linear response.

The tone drives the coherences c_m = rho_{m+1,m} of neighbouring levels.  To first order in the drive

    secular   c_m = drive sqrt(m + 1) (p_m - p_{m+1})/lambda_m,
              lambda_m = i (detuning - (2 m + 1) kerr) - [gain (m + 3/2) + two_phonon_loss m^2]
    exact     the same with the couplings gain sqrt((m + 1) m) of c_{m-1} and
              two_phonon_loss sqrt((m + 3)(m + 2)(m + 2)(m + 1)) of c_{m+2} to c_m

and S = |sum_m sqrt(m + 1) c_m|/sqrt(<n>).  The secular formula is the printed Eq. 8; its lambda_m is a reconstruction (the
printed one is not known): the diagonal of the sector of charge one.  It needs |kerr| >> its rates, and is off by a factor 2
without kerr.  The exact response is that of the model in its sectors of charge 0 and 1.

NOT REPRODUCED: that Eq. 8 describes the resonances at drive = 2.25 gain.  Their positions, yes; their size, no: at detuning =
kerr = 50, two_phonon_loss = 7 the drive saturates the lowest transition (p_0 = 0.491, p_1 = 0.451) and S = 0.0919, while
Eq. 8 gives 0.538.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from limcyc.library.kerr_van_der_pol.model import MODE, drive_operator
from limcyc.library.kerr_van_der_pol.undriven import populations, undriven_solver
from limcyc.library.kerr_van_der_pol.validity import check_numbers
from limcyc.measures.locking_measure import locking_measure

__all__ = ["exact_response", "exact_slope", "secular_rates", "secular_response", "secular_slope"]


def secular_rates(m: Any, detuning: Any, kerr: float, gain: float, two_phonon_loss: float) -> np.ndarray:
    """lambda_m: what the coherence between the levels m and m + 1 turns and decays with; arrays broadcast.

    >>> from limcyc.library.kerr_van_der_pol.first_order import secular_rates
    >>> complex(secular_rates(1, 100.0, 50.0, 1.0, 7.0))
    (-9.5-50j)
    """
    level = np.asarray(m)
    return 1j * (detuning - (2 * level + 1) * kerr) - (gain * (level + 1.5) + two_phonon_loss * level**2)


def secular_response(detuning: Any, kerr: float, gain: float, two_phonon_loss: float) -> np.ndarray:
    """d<a>/d drive at drive = 0 by the secular formula, complex, of the shape of ``detuning``.

    Source: Eq. 8, with reconstructed lambda_m.

    >>> from limcyc.library.kerr_van_der_pol.first_order import secular_response
    >>> round(abs(complex(secular_response(50.0, 50.0, 1.0, 7.0))), 6)
    0.160761
    """
    check_numbers({"gain": gain, "two_phonon_loss": two_phonon_loss})
    p = populations(gain / two_phonon_loss)
    m = np.arange(p.size - 1)
    place = np.asarray(detuning, dtype=float)[..., None]
    return ((p[:-1] - p[1:]) * (m + 1) / secular_rates(m, place, kerr, gain, two_phonon_loss)).sum(axis=-1)


def secular_slope(detuning: Any, kerr: float, gain: float, two_phonon_loss: float) -> Any:
    """dS/d drive at drive = 0 by the secular formula.

    >>> from limcyc.library.kerr_van_der_pol.first_order import secular_slope
    >>> round(secular_slope(50.0, 50.0, 1.0, 7.0), 8)
    0.23925278
    """
    p = populations(gain / two_phonon_loss)
    number = float(p @ np.arange(p.size))
    return locking_measure(secular_response(detuning, kerr, gain, two_phonon_loss), number)


def exact_response(n_fock: int | None = None, **values: Any) -> complex:
    """d<a>/d drive at drive = 0, from the linear response of the model in its sector of charge one.

    n_fock
        Fock states; found and certified if not given
    values
        detuning, kerr, gain, two_phonon_loss

    >>> from limcyc.library.kerr_van_der_pol.first_order import exact_response
    >>> round(abs(exact_response(detuning=50.0, kerr=50.0, gain=1.0, two_phonon_loss=7.0)), 6)
    0.161003
    """
    check_numbers(values)
    cutoffs = None if n_fock is None else {MODE: int(n_fock)}
    return complex(undriven_solver().linear_response(drive_operator(), cutoffs, **values).mean(MODE.lower))


def exact_slope(n_fock: int | None = None, **values: Any) -> float:
    """dS/d drive at drive = 0, exact.

    >>> from limcyc.library.kerr_van_der_pol.first_order import exact_slope
    >>> round(exact_slope(detuning=50.0, kerr=50.0, gain=1.0, two_phonon_loss=7.0), 8)
    0.23961294
    """
    p = populations(values["gain"] / values["two_phonon_loss"])
    return locking_measure(exact_response(n_fock, **values), float(p @ np.arange(p.size)))
