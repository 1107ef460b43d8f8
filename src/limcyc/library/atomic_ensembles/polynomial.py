"""The steady second-order cumulants as the roots of one polynomial: an independent route to all of them.

With q = (N-1) p + N Re c the stationary equations of the mirror-symmetric moments are

    2 gamma_c q = pump (1-s) - gamma_c (1+s)
    (pump + gamma_c + gamma_c s) p = gamma_c s (1+s)/2 + gamma_c s q
    (pump + gamma_c - gamma_c (N-1) s - i delta) c = gamma_c s (1+s)/2 + gamma_c (N-1) s p

The first two give q and p as functions of s, the third gives Re c, and the definition of q is left: a polynomial
of degree 4 in s.  No root is lost and none is spurious as long as delta is not 0; for delta = 0 one common factor
appears.  This file is the check of the equations that are derived from the model; they only take their first guess from it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import ArrayLike, NDArray

from limcyc.errors import ConvergenceError
from limcyc.library.atomic_ensembles.validity import check_pump

__all__ = ["Moments", "correlations_at", "drift", "jacobian", "roots", "stable_root", "steady_polynomial"]


class Moments(NamedTuple):
    """Moments of the mirror-symmetric state.

    s
        inversion <s_z>
    p
        <s+_A1 s-_A2>, two atoms of one ensemble
    c
        <s+_A s-_B>, one atom of each, complex
    """

    s: float
    p: float
    c: complex


def drift(moments: Moments, n_atoms: float, delta: float, pump: float, gamma_c: float) -> NDArray[np.float64]:
    """Right-hand side of the equations of s, p, Re c, Im c, shape (4,).

        ds/dt = pump (1-s) - gamma_c (1+s) - 2 gamma_c ((N-1) p + N Re c)
        dp/dt = -(pump+gamma_c) p + gamma_c (s+s^2)/2 + gamma_c s ((N-2) p + N Re c)
        dc/dt = (i delta - pump - gamma_c) c + gamma_c (s+s^2)/2 + gamma_c s (N-1)(c + p)

    moments
        the moments
    n_atoms, delta, pump, gamma_c
        parameters of the model
    """
    s, p, c = moments
    n = n_atoms
    ds = pump * (1 - s) - gamma_c * (1 + s) - 2 * gamma_c * ((n - 1) * p + n * c.real)
    pair = gamma_c * s * (1 + s) / 2
    dp = -(pump + gamma_c) * p + pair + gamma_c * s * ((n - 2) * p + n * c.real)
    dc = (1j * delta - pump - gamma_c) * c + pair + gamma_c * s * (n - 1) * (c + p)
    return np.array([ds, dp, dc.real, dc.imag])


def jacobian(moments: Moments, n_atoms: float, delta: float, pump: float, gamma_c: float) -> NDArray[np.float64]:
    """Derivative of :func:`drift` by (s, p, Re c, Im c), shape (4, 4)."""
    s, p, c = moments
    n, rate = n_atoms, pump + gamma_c
    own = gamma_c * (n - 1) * s
    pair = gamma_c * (1 + 2 * s) / 2
    return np.array(
        [
            [-rate, -2 * gamma_c * (n - 1), -2 * gamma_c * n, 0.0],
            [pair + gamma_c * ((n - 2) * p + n * c.real), -rate + gamma_c * (n - 2) * s, gamma_c * n * s, 0.0],
            [pair + gamma_c * (n - 1) * (c.real + p), own, own - rate, -delta],
            [gamma_c * (n - 1) * c.imag, 0.0, delta, own - rate],
        ]
    )


def steady_polynomial(n_atoms: float, delta: float, pump: float, gamma_c: float) -> Polynomial:
    """The polynomial of degree 4 whose roots are the stationary inversions.

    n_atoms, delta, pump, gamma_c
        parameters of the model

    Returns the Polynomial in s, in units where the largest of the rates is 1.

    >>> from limcyc.library.atomic_ensembles.polynomial import steady_polynomial
    >>> steady_polynomial(100, 20.0, 50.0, 1.0).degree()
    4
    """
    n = n_atoms
    unit = max(n * gamma_c, pump, abs(delta))
    delta, pump, gamma_c = delta / unit, pump / unit, gamma_c / unit
    s = Polynomial([0.0, 1.0])
    q = (pump * (1 - s) - gamma_c * (1 + s)) / (2 * gamma_c)
    below_p = pump + gamma_c + gamma_c * s
    above_p = gamma_c * s * (1 + s) / 2 + gamma_c * s * q
    detuned = pump + gamma_c - gamma_c * (n - 1) * s
    above_c = gamma_c * s * (1 + s) / 2 * below_p + gamma_c * (n - 1) * s * above_p
    return (q * below_p - (n - 1) * above_p) * (detuned**2 + delta**2) - n * above_c * detuned


def roots(n_atoms: float, delta: float, pump: float, gamma_c: float) -> tuple[Moments, ...]:
    """All stationary states with an inversion in [-1, 1], in increasing order.

    n_atoms, delta, pump, gamma_c
        parameters of the model

    Returns the moments, each polished by Newton's method in all four variables (a root next to a pole of c
    loses half its digits in the polynomial alone).

    Raises SeveralSteadyStatesError without a pump.

    >>> from limcyc.library.atomic_ensembles.polynomial import roots
    >>> [round(root.s, 6) for root in roots(100, 20.0, 50.0, 1.0)]
    [0.284965, 0.519686]
    """
    at = (n_atoms, delta, pump, gamma_c)
    check_pump(pump)
    found: list[Moments] = []
    for root in np.asarray(steady_polynomial(*at).roots(), dtype=complex):
        if abs(root.imag) > 1e-5 or not -1 - 1e-9 <= root.real <= 1 + 1e-9:
            continue
        moments = _polished(_moments(float(root.real), *at), *at)
        if moments is not None and not any(abs(moments.s - other.s) < 1e-10 for other in found):
            found.append(moments)
    return tuple(sorted(found))


def stable_root(n_atoms: float, delta: float, pump: float, gamma_c: float) -> Moments:
    """The stationary state that is stable within the mirror-symmetric moments.

    n_atoms, delta, pump, gamma_c
        parameters of the model

    Raises ConvergenceError, with the roots, unless there is exactly one.

    >>> from limcyc.library.atomic_ensembles.polynomial import stable_root
    >>> round(stable_root(100, 20.0, 50.0, 1.0).s, 12)
    0.284964517715
    """
    at = (n_atoms, delta, pump, gamma_c)
    every = roots(*at)
    stable = [root for root in every if np.linalg.eigvals(jacobian(root, *at)).real.max() < 0]
    if len(stable) != 1:
        listed = ", ".join(f"s = {root.s:.8g}" for root in every)
        raise ConvergenceError(
            f"{len(stable)} of the stationary states of the second-order cumulants are stable at n_atoms = {n_atoms:g}, "
            f"delta = {delta:g}, pump = {pump:g}, gamma_c = {gamma_c:g}; expected one. All roots: {listed or 'none'}"
        )
    return stable[0]


def correlations_at(
    s: ArrayLike, n_atoms: ArrayLike, delta: ArrayLike, pump: ArrayLike, gamma_c: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """p and c that the stationary equations of both give at an inversion, whether or not that is stationary itself.

    s
        inversion
    n_atoms, delta, pump, gamma_c
        parameters of the model; all arguments broadcast

    Returns (p, c); c is not finite where delta = 0 and the gain N gamma_c s balances the losses.
    """
    s, n, delta, pump, gamma_c = (np.asarray(v, dtype=float) for v in (s, n_atoms, delta, pump, gamma_c))
    q = (pump * (1 - s) - gamma_c * (1 + s)) / (2 * gamma_c)
    pair = gamma_c * s * (1 + s) / 2
    p = (pair + gamma_c * s * q) / (pump + gamma_c + gamma_c * s)
    detuned = pump + gamma_c - gamma_c * (n - 1) * s
    with np.errstate(divide="ignore", invalid="ignore"):
        c = (pair + gamma_c * (n - 1) * s * p) / (detuned - 1j * delta)
    return p, c


def _moments(s: float, n: float, delta: float, pump: float, gamma_c: float) -> Moments:
    q = (pump * (1 - s) - gamma_c * (1 + s)) / (2 * gamma_c)
    pair = gamma_c * s * (1 + s) / 2
    p = (pair + gamma_c * s * q) / (pump + gamma_c + gamma_c * s)
    detuned = pump + gamma_c - gamma_c * (n - 1) * s
    real = (q - (n - 1) * p) / n
    imaginary = (pair + gamma_c * (n - 1) * s * p) * delta / (detuned**2 + delta**2) if delta else 0.0
    return Moments(s, p, complex(real, imaginary))


def _polished(moments: Moments, *at: float) -> Moments | None:
    for _ in range(30):
        try:
            step = np.linalg.solve(jacobian(moments, *at), drift(moments, *at))
        except np.linalg.LinAlgError:
            return None
        s, p = moments.s - step[0], moments.p - step[1]
        moments = Moments(float(s), float(p), complex(moments.c.real - step[2], moments.c.imag - step[3]))
        if np.abs(step).max() < 1e-14 * (1.0 + abs(s)):
            return moments
    return moments if np.abs(step).max() < 1e-11 else None
