"""Where the two clocks lock: the edge of |delta| = N gamma_c s, found as a root, and the width of the line there."""

from __future__ import annotations

from limcyc.errors import ParameterError
from limcyc.library.atomic_ensembles.cumulants import steady_state
from limcyc.library.atomic_ensembles.spectrum import line
from limcyc.library.atomic_ensembles.validity import check_atoms

__all__ = ["critical_detuning", "critical_pump", "width_at_critical_detuning"]


def critical_detuning(n_atoms: float, pump: float, gamma_c: float) -> float:
    """Detuning up to which the two ensembles emit one line: the root of N gamma_c s(delta) = delta.

    n_atoms, pump, gamma_c
        parameters of the model

    Returns delta > 0, from the stationary second-order cumulants.  For many atoms it tends to the pump, but slowly: for
    pump = N gamma_c/2 it is 0.358, 0.408 and 0.4916 N gamma_c at N = 100, 500 and 1e6.

    Raises ParameterError when the atoms are not inverted at resonance, so that there is nothing to lock.

    >>> from limcyc.library.atomic_ensembles.boundaries import critical_detuning
    >>> round(critical_detuning(100, 50.0, 1.0) / 100, 6)
    0.357881
    """
    from scipy import optimize

    n = check_atoms(n_atoms)
    unit = n * gamma_c

    def excess(ratio: float) -> float:
        return float(steady_state(n, ratio * unit, pump, gamma_c).s) - ratio

    if excess(0.0) <= 0.0:
        raise ParameterError(
            f"no critical detuning at n_atoms = {n}, pump = {pump:g}, gamma_c = {gamma_c:g}: without detuning the inversion is "
            f"{excess(0.0):.4g}, and only inverted atoms (pump > gamma_c) lock"
        )
    return float(optimize.brentq(excess, 0.0, 1.0, xtol=1e-13, rtol=1e-13)) * unit


def critical_pump(n_atoms: float, delta: float, gamma_c: float) -> float:
    """Pump from which on the two ensembles emit one line: the smallest root of N gamma_c s(pump) = |delta|.

    n_atoms, delta, gamma_c
        parameters of the model

    Returns the pump, from the stationary second-order cumulants; for many atoms it tends to |delta|.

    Raises ParameterError for |delta| >= N gamma_c, which no inversion can lock, for delta = 0, which any pump locks, and when so few atoms do not lock below
    the pump N gamma_c.

    >>> from limcyc.library.atomic_ensembles.boundaries import critical_pump
    >>> round(critical_pump(10_000, 5000.0, 1.0) / 10_000, 4)
    0.5407
    """
    from scipy import optimize

    n = check_atoms(n_atoms)
    unit = n * gamma_c
    wanted = abs(delta) / unit

    def excess(ratio: float) -> float:
        return float(steady_state(n, delta, ratio * unit, gamma_c).s) - wanted

    if not 0.0 < wanted < 1.0 or excess(1.0) <= 0.0:
        raise ParameterError(
            f"no critical pump at n_atoms = {n}, delta = {delta:g}, gamma_c = {gamma_c:g}: locking needs an inversion of "
            f"|delta|/(N gamma_c) = {wanted:.4g}, which is not reached"
        )
    return float(optimize.brentq(excess, 1e-3 * wanted, 1.0, xtol=1e-12, rtol=1e-12)) * unit


def width_at_critical_detuning(n_atoms: float, pump: float, gamma_c: float) -> float:
    """Gamma at :func:`critical_detuning`, the largest width between one line and two.

    n_atoms, pump, gamma_c
        parameters of the model

    Returns the full width in units of the rates.  It grows without bound with N.

    >>> from limcyc.library.atomic_ensembles.boundaries import width_at_critical_detuning
    >>> round(width_at_critical_detuning(10_000, 5000.0, 1.0), 2)
    374.73
    """
    delta = critical_detuning(n_atoms, pump, gamma_c)
    s = steady_state(n_atoms, delta, pump, gamma_c).s
    return float(line(s, n_atoms, delta, pump, gamma_c).gamma_full)
