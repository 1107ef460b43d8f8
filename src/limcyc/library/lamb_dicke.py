"""Sideband couplings beyond the Lamb-Dicke limit, shared by the trapped-ion phonon lasers.

A blue or red sideband moves the ion between phonon numbers n and n+1 with the matrix element
g sqrt(n+1) F(n).  F is 1 to first order in the Lamb-Dicke parameter eta, a parabola to third order
(arXiv:2604.18295, Eq. 30) and a Laguerre polynomial to all orders (Eqs. 145-146).  The coupling g
contains the Debye-Waller factor, g = eta Omega exp(-eta^2/2).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy  # its parts load at first use
import sympy
from numpy.typing import ArrayLike, NDArray

from limcyc.errors import ParameterError, UnknownNameError, ValidityWarning

__all__ = [
    "LAMB_DICKE_ORDERS",
    "check_eta",
    "check_order",
    "check_third_order",
    "effective_order",
    "mean_field_factor",
    "sideband_coupling",
    "sideband_factor",
    "sideband_function",
    "third_order_cutoff",
    "third_order_limit",
    "vanishing_coupling",
]

LAMB_DICKE_ORDERS: tuple[str, ...] = ("1", "3", "all")
"""The three truncations of the sideband coupling: first order, third order, no truncation."""

# The first zero of the all-orders coupling approaches this over eta^2: a quarter of the squared
# first zero of the Bessel function J1, the limit of L_n^(1)(eta^2) for small eta.
# First zero of the Bessel function J_1 (3.8317...), squared and divided by 4.
_FIRST_ZERO = 3.8317059702075125**2 / 4


def check_order(order: str | int) -> str:
    """The order of the Lamb-Dicke expansion as one of "1", "3", "all".

    Raises UnknownNameError for any other value.

    >>> from limcyc.library.lamb_dicke import check_order
    >>> check_order(3)
    '3'
    """
    name = str(order)
    if name not in LAMB_DICKE_ORDERS:
        raise UnknownNameError("Lamb-Dicke order", name, LAMB_DICKE_ORDERS)
    return name


def effective_order(lamb_dicke: str | int, eta_h: float, eta_c: float) -> str:
    """The order that has to be solved: the first one if both Lamb-Dicke parameters vanish.

    >>> from limcyc.library.lamb_dicke import effective_order
    >>> effective_order("all", 0.0, 0.0), effective_order(3, 0.3, 0.0)
    ('1', '3')
    """
    return check_order(lamb_dicke) if max(eta_h, eta_c) > 0.0 else "1"


def check_eta(**eta: ArrayLike) -> None:
    """Refuse Lamb-Dicke parameters that are negative or not finite.

    eta
        Lamb-Dicke parameters by name, dimensionless, each >= 0, scalar or array

    Raises ParameterError that names the parameter and the value.

    >>> from limcyc.library.lamb_dicke import check_eta
    >>> check_eta(eta_h=-0.1)
    Traceback (most recent call last):
        ...
    limcyc.errors.ParameterError: `eta_h` must be finite and >= 0, but is -0.1.
    """
    for name, value in eta.items():
        values = np.asarray(value, dtype=float)
        wrong = ~(np.isfinite(values) & (values >= 0.0))
        if wrong.any():
            raise ParameterError(f"`{name}` must be finite and >= 0, but is {float(values[wrong].flat[0]):.6g}.")


def sideband_coupling(eta: float, rabi_frequency: float) -> float:
    """Coupling g of a motional sideband, g = eta Omega exp(-eta^2/2).

    eta
        Lamb-Dicke parameter, >= 0
    rabi_frequency
        carrier Rabi frequency Omega (rate)

    Returns g in the unit of the Rabi frequency.

    >>> from limcyc.library.lamb_dicke import sideband_coupling
    >>> round(sideband_coupling(0.1, 100.0), 6)
    9.950125
    """
    check_eta(eta=eta)
    return eta * rabi_frequency * math.exp(-(eta**2) / 2)


def sideband_function(order: str | int, eta: Any) -> Callable[[Any], Any]:
    """The factor F(n) of the sideband coupling as a symbolic function of the number operator.

    The sideband operator is g adag F(n): F = 1 to first order, 1 - eta^2 n/2 to third order
    (Eq. 30) and L_n^(1)(eta^2)/(n+1) to all orders (Eqs. 145-146).

    order
        "1", "3" or "all"
    eta
        Lamb-Dicke parameter: a number or a SymPy symbol

    Returns a function that takes a SymPy expression for n, for ``Mode.function``.

    Raises UnknownNameError for an unknown order.

    Source: arXiv:2604.18295, Eqs. 30, 145, 146.

    >>> import sympy
    >>> from limcyc.library.lamb_dicke import sideband_function
    >>> n, eta = sympy.symbols("n eta")
    >>> sideband_function("3", eta)(n)
    -eta**2*n/2 + 1
    >>> sympy.simplify(sideband_function("all", eta)(1))
    1 - eta**2/2
    """
    order = check_order(order)
    if order == "1":
        return lambda n: sympy.Integer(1)
    if order == "3":
        return lambda n: 1 - sympy.sympify(eta) ** 2 * n / 2
    return lambda n: sympy.assoc_laguerre(n, 1, sympy.sympify(eta) ** 2) / (n + 1)


def sideband_factor(order: str | int, eta: float, n: ArrayLike) -> NDArray[np.float64]:
    """The factor F(n) of the sideband matrix element <n+1|B|n> = g sqrt(n+1) F(n), as numbers.

    order
        "1", "3" or "all"
    eta
        Lamb-Dicke parameter, >= 0
    n
        lower phonon number, >= 0, any shape

    Returns an array of the shape of n.  The third order is meaningful only for n < 2/eta^2, see
    :func:`third_order_limit`.

    Raises UnknownNameError for an unknown order and ParameterError for eta < 0.

    Source: arXiv:2604.18295, Eqs. 30, 145, 146.

    >>> from limcyc.library.lamb_dicke import sideband_factor
    >>> sideband_factor("3", 0.5, [0, 4, 8]).tolist()
    [1.0, 0.5, 0.0]
    """
    order = check_order(order)
    check_eta(eta=eta)
    n = np.asarray(n, dtype=float)
    if order == "1":
        return np.ones_like(n)
    if order == "3":
        return 1.0 - eta**2 * n / 2
    return np.asarray(scipy.special.eval_genlaguerre(n, 1, eta**2) / (n + 1.0))


def mean_field_factor(order: str | int, eta: ArrayLike, intensity: ArrayLike) -> NDArray:
    """The factor F(I) of the sideband coupling of a coherent amplitude with I = |<a>|^2.

    The expectation value of the normally ordered sideband operator in a coherent state is
    g <a>* F(I) with F = 1, 1 - eta^2 I/2, or J1(2 eta sqrt(I))/(eta sqrt(I)) for first, third and
    all orders.  The last one is the classical limit of the Laguerre polynomial.

    order
        "1", "3" or "all"
    eta, intensity
        Lamb-Dicke parameter and mean-field phonon number, each >= 0, broadcast together

    Returns an array of the broadcast shape.

    Raises UnknownNameError for an unknown order and ParameterError for eta < 0.

    >>> from limcyc.library.lamb_dicke import mean_field_factor
    >>> float(mean_field_factor("3", 0.25, 16.0))
    0.5
    >>> round(float(mean_field_factor("all", 0.25, 16.0)), 6)
    0.576725
    """
    order = check_order(order)
    check_eta(eta=eta)
    eta, intensity = np.broadcast_arrays(np.asarray(eta, dtype=float), np.asarray(intensity, dtype=float))
    if order == "1":
        return np.ones(eta.shape)
    if order == "3":
        return 1.0 - eta**2 * intensity / 2
    argument = eta * np.sqrt(intensity)
    safe = np.where(argument > 1e-8, argument, 1.0)
    return np.where(argument > 1e-8, scipy.special.j1(2 * safe) / safe, 1.0)


def third_order_limit(*eta: float) -> float:
    """Phonon number 2/eta^2 at which the third-order sideband coupling vanishes.

    Beyond it the truncated coupling grows again, with the wrong sign: a spurious second lasing
    region that has nothing to do with the ion.

    eta
        Lamb-Dicke parameters, >= 0; the largest one counts

    Returns 2/max(eta)^2, infinite if all vanish.

    >>> from limcyc.library.lamb_dicke import third_order_limit
    >>> third_order_limit(0.25, 0.05)
    32.0
    """
    check_eta(**{f"eta[{i}]": value for i, value in enumerate(eta)})
    largest = max(eta, default=0.0)
    return 2.0 / largest**2 if largest > 0.0 else math.inf


def third_order_cutoff(*eta: float) -> int | None:
    """Number of Fock states for which the third-order expansion has a meaning.

    floor(2/max(eta)^2) + 1 states, n = 0 ... floor(2/eta^2).  The cutoff is part of the model: if
    2/eta^2 is an integer the coupling out of the last state is exactly zero.

    eta
        Lamb-Dicke parameters, >= 0; the largest one counts

    Returns the number of states (at least 2), or None if all eta vanish and no cutoff is implied.

    >>> from limcyc.library.lamb_dicke import third_order_cutoff
    >>> third_order_cutoff(0.25, 0.05), third_order_cutoff(0.3, 0.0), third_order_cutoff(0.1)
    (33, 23, 201)
    """
    limit = third_order_limit(*eta)
    if math.isinf(limit):
        return None
    # 2/0.1^2 is 199.99999999999997 in floating point and means 200.
    return max(2, math.floor(limit * (1.0 + 1e-12)) + 1)


def vanishing_coupling(eta: float) -> float:
    """Phonon number near which the all-orders sideband coupling first vanishes, 3.67/eta^2.

    From L_n^(1)(eta^2) ~ J1(2 eta sqrt(n)), good for eta < 0.5.  Beyond it further regions of gain
    may exist, in which the laser can be metastable.

    eta
        Lamb-Dicke parameter, >= 0

    Returns the phonon number, infinite for eta = 0.

    >>> from limcyc.library.lamb_dicke import vanishing_coupling
    >>> round(vanishing_coupling(0.25), 1)
    58.7
    """
    check_eta(eta=eta)
    return _FIRST_ZERO / eta**2 if eta > 0.0 else math.inf


def check_third_order(mean: float, n_fock: int | None, *eta: float) -> tuple[str, ...]:
    """Warn when a third-order result leaves the range of the expansion.

    It does when the Fock space reaches beyond 2/eta^2, or when the mean phonon number is within a
    fifth of it: the state then sits at the zero of the truncated coupling.

    mean
        mean phonon number of the result
    n_fock
        number of Fock states that was used, or None
    eta
        Lamb-Dicke parameters; the largest one counts

    Returns the messages that were also issued as ValidityWarning.

    >>> from limcyc.library.lamb_dicke import check_third_order
    >>> check_third_order(14.2, 33, 0.25, 0.05)
    ()
    """
    limit = third_order_limit(*eta)
    allowed = third_order_cutoff(*eta)
    messages = []
    advice = 'Outside the validity of the third-order expansion: use all orders, lamb_dicke="all".'
    if allowed is not None and n_fock is not None and n_fock > allowed:
        messages.append(
            f"{n_fock} Fock states reach beyond 2/eta^2 = {limit:.6g}, where the third-order "
            f"coupling grows again; at most {allowed} are meaningful. {advice}"
        )
    if mean > 0.8 * limit:
        messages.append(
            f"The mean phonon number {mean:.6g} is close to 2/eta^2 = {limit:.6g}, where the "
            f"third-order coupling vanishes. {advice}"
        )
    for message in messages:
        warnings.warn(message, ValidityWarning, stacklevel=3)
    return tuple(messages)
