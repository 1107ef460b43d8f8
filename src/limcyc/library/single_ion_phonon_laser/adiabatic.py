"""Mean-field intensity of the single-ion phonon laser, with the ion eliminated adiabatically.

The motion is a coherent amplitude of intensity I = |<a>|^2 and the ion follows it.  Good for many
phonons only: at (g_h, g_c, gamma_h, gamma_c) = (1, 1, 1.5, 3) the intensity is 1.125, the exact
mean 3.983.
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial import Polynomial
from numpy.typing import ArrayLike, NDArray
from scipy import optimize

from limcyc.errors import ParameterError, RunawayError
from limcyc.library.lamb_dicke import (
    check_eta,
    check_order,
    mean_field_factor,
    third_order_limit,
    vanishing_coupling,
)
from limcyc.library.single_ion_phonon_laser.phases import (
    check_normalisable,
    derived_rates,
    phase_map,
)

__all__ = [
    "barrier_intensity",
    "intensity_drift",
    "intensity_drift_eq67",
    "intensity_eq55",
    "intensity_eq63",
    "lasing_intensity",
    "stable_intensity",
]


def intensity_eq55(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> NDArray[np.float64]:
    """The bare expression of Eq. 55, whatever its sign and stability.

    I = (gamma_c + gamma_h)(kappa_h - kappa_c)
        / [4 (g_c^2/gamma_h - g_h^2/gamma_c)(kappa_h + kappa_c)],  kappa = g^2/gamma

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, broadcast together

    Returns the nonzero stationary intensity: stable in the lasing phase, a barrier in the unstable
    dark phase, negative and meaningless in the dark and the heating phase, infinite on the line of
    stability.  :func:`lasing_intensity` and :func:`barrier_intensity` check the phase.

    Raises ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Eq. 55.

    >>> from limcyc.library.single_ion_phonon_laser.adiabatic import intensity_eq55
    >>> float(intensity_eq55(0.5, 0.5, 1.0, 4.0))
    4.0
    """
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    both = np.asarray(gamma_c, dtype=float) + np.asarray(gamma_h, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return both * (rates.kappa_h - rates.kappa_c) / _saturation(g_h, g_c, gamma_h, gamma_c)


def _saturation(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike) -> NDArray[np.float64]:
    """Denominator of Eq. 55, 4 (g_c^2/gamma_h - g_h^2/gamma_c)(kappa_h + kappa_c)."""
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    nonlinear = np.square(g_c) / np.asarray(gamma_h) - np.square(g_h) / np.asarray(gamma_c)
    return 4.0 * nonlinear * (rates.kappa_h + rates.kappa_c)


def lasing_intensity(
    g_h: ArrayLike,
    g_c: ArrayLike,
    gamma_h: ArrayLike,
    gamma_c: ArrayLike,
    *,
    outside: str = "raise",
) -> NDArray[np.float64]:
    """Mean-field phonon number of the lasing phase, I_ss of Eq. 55.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, broadcast together
    outside
        what to do outside the lasing phase and its threshold: "raise", or "nan" to mask grid points

    Returns I_ss of the broadcast shape, 0 at threshold; see :func:`intensity_eq55` for the formula.
    Within 6 % of the exact mean for <n> > 10 and gamma_h = 0.05 gamma_c; far too low for few phonons
    and close to the line of stability.  The exact mean is smooth at threshold.

    Raises ParameterError that names the phase in the dark phase, RunawayError in the heating and
    unstable dark phases, ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Eq. 55.

    >>> from limcyc.library.single_ion_phonon_laser.adiabatic import lasing_intensity
    >>> float(lasing_intensity(1.0, 1.0, 1.5, 3.0))
    1.125
    """
    if outside not in ("raise", "nan"):
        raise ParameterError(f'Argument `outside` must be "raise" or "nan", but is {outside!r}.')
    phases = phase_map(g_h, g_c, gamma_h, gamma_c)
    valid = (phases == "lasing") | (phases == "threshold")
    if outside == "raise" and not valid.all():
        _refuse(g_h, g_c, gamma_h, gamma_c, valid)
    intensity = intensity_eq55(g_h, g_c, gamma_h, gamma_c)
    return np.where(valid, np.where(phases == "threshold", 0.0, intensity), np.nan)


def _refuse(g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike, valid: NDArray) -> None:
    grids = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in (g_h, g_c, gamma_h, gamma_c)))
    point = [float(grid[~valid].flat[0]) for grid in grids]
    name = check_normalisable(*point)
    raise ParameterError(
        "The lasing intensity (Eq. 55) was asked for at (g_h, g_c, gamma_h, gamma_c) = "
        f"({', '.join(f'{value:.6g}' for value in point)}), which is in the {name} phase: the only "
        "mean-field steady state is I = 0. Raise g_h^2/gamma_h above g_c^2/gamma_c, or use the exact "
        "level for the small phonon number that is left."
    )


def barrier_intensity(g_h: float, g_c: float, gamma_h: float, gamma_c: float) -> float:
    """Intensity of the unstable fixed point in the unstable dark phase (Eq. 55).

    Below it the mean field returns to the dark state, above it runs away.  The escape time grows
    exponentially with it, see :func:`limcyc.library.single_ion_phonon_laser.escape.escape_time`.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0

    Returns the intensity.

    Raises ParameterError in every other phase.

    Source: arXiv:2604.18295, Eq. 55 and section IV.1.

    >>> from limcyc.library.single_ion_phonon_laser.adiabatic import barrier_intensity
    >>> barrier_intensity(0.25, 0.25, 4.0, 1.0)
    16.0
    """
    name = str(phase_map(g_h, g_c, gamma_h, gamma_c))
    if name != "unstable dark":
        raise ParameterError(
            f"The barrier was asked for in the phase `{name}`; only the unstable dark phase, "
            "gamma_c/gamma_h < g_h^2/g_c^2 < gamma_h/gamma_c, has one."
        )
    return float(intensity_eq55(g_h, g_c, gamma_h, gamma_c))


def intensity_drift(
    intensity: ArrayLike,
    g_h: ArrayLike,
    g_c: ArrayLike,
    gamma_h: ArrayLike,
    gamma_c: ArrayLike,
    eta_h: ArrayLike = 0.0,
    eta_c: ArrayLike = 0.0,
    lamb_dicke: str = "1",
) -> NDArray[np.float64]:
    """Mean-field rate of change of the intensity, the complete rate equation.

    With a = gamma_h, b = gamma_c and g_h, g_c multiplied by the Lamb-Dicke factors F(I)::

        dI/dt = 4 I {a b (a+b)(g_h^2 b - g_c^2 a)
                     + 4 I [g_h^2 g_c^2 (a^2 - b^2) + a b (g_h^4 - g_c^4)]} / Den
        Den   = 32 I^2 [g_c^4 a + g_c^2 g_h^2 (a+b) + g_h^4 b]
                + 4 I [g_c^2 a (b^2 + 2 a b + 2 a^2) + g_h^2 b (2 b^2 + 2 a b + a^2)]
                + a^2 b^2 (a+b)

    intensity
        I = |<a>|^2 >= 0
    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0
    eta_h, eta_c, lamb_dicke
        Lamb-Dicke parameters, >= 0, and order, "1", "3" or "all"

    Returns dI/dt in the unit of the rates; arguments are broadcast together.  It is
    (gamma_h X_h - gamma_c X_c)/(X_g + X_h + X_c) of one visit of the exact chain with n -> I, so it
    assumes an ion that is fast compared with the intensity.

    Raises ParameterError for a rate <= 0 or eta < 0, UnknownNameError for an unknown order.

    Source: derived here; its sign is that of arXiv:2604.18295, Eq. 67, which lacks the denominator.

    >>> from limcyc.library.single_ion_phonon_laser.adiabatic import intensity_drift
    >>> intensity_drift([0.0, 2.0, 4.0, 8.0], 0.5, 0.5, 1.0, 4.0).round(6).tolist()
    [0.0, 0.111111, 0.0, -0.166667]
    """
    derived_rates(g_h, g_c, gamma_h, gamma_c)
    i = np.asarray(intensity, dtype=float)
    a, b = np.asarray(gamma_h, dtype=float), np.asarray(gamma_c, dtype=float)
    h = np.square(g_h) * mean_field_factor(lamb_dicke, eta_h, i) ** 2
    c = np.square(g_c) * mean_field_factor(lamb_dicke, eta_c, i) ** 2
    quadratic = h * c * (a * a - b * b) + a * b * (h * h - c * c)
    numerator = 4.0 * i * (a * b * (a + b) * (h * b - c * a) + 4.0 * i * quadratic)
    linear = c * a * (b * b + 2 * a * b + 2 * a * a) + h * b * (2 * b * b + 2 * a * b + a * a)
    squares = c * c * a + c * h * (a + b) + h * h * b
    return numerator / (32.0 * i**2 * squares + 4.0 * i * linear + a * a * b * b * (a + b))


def intensity_drift_eq67(
    intensity: ArrayLike, g_h: ArrayLike, g_c: ArrayLike, gamma_h: ArrayLike, gamma_c: ArrayLike
) -> NDArray[np.float64]:
    """The numerator of dI/dt, which alone decides its sign (Eq. 67).

    gamma_h^2 gamma_c^2 [8 I^2 (kappa_h + kappa_c)(g_h^2/gamma_c - g_c^2/gamma_h)
                         + 2 I (gamma_h + gamma_c)(kappa_h - kappa_c)];
    dI/dt is twice this over the denominator of :func:`intensity_drift`.

    intensity
        I = |<a>|^2 >= 0
    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0

    Returns the numerator; arguments are broadcast together.  No rate: right in sign and roots only.

    Raises ParameterError for a rate <= 0.

    Source: arXiv:2604.18295, Eq. 67.

    >>> from limcyc.library.single_ion_phonon_laser.adiabatic import intensity_drift_eq67
    >>> intensity_drift_eq67([2.0, 4.0, 8.0], 0.5, 0.5, 1.0, 4.0).tolist()
    [30.0, 0.0, -240.0]
    """
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    i = np.asarray(intensity, dtype=float)
    a, b = np.asarray(gamma_h, dtype=float), np.asarray(gamma_c, dtype=float)
    linear = (a + b) * (rates.kappa_h - rates.kappa_c)
    return a**2 * b**2 * (2.0 * i * linear - 2.0 * i**2 * _saturation(g_h, g_c, gamma_h, gamma_c))


def intensity_eq63(
    g_h: ArrayLike,
    g_c: ArrayLike,
    gamma_h: ArrayLike,
    gamma_c: ArrayLike,
    eta_h: ArrayLike,
    eta_c: ArrayLike,
) -> NDArray[np.float64]:
    """The bare expression of Eq. 63: third Lamb-Dicke order, linearised in eta^2.

    I = (gamma_c + gamma_h)(kappa_h - kappa_c)
        / [4 (g_c^2/gamma_h - g_h^2/gamma_c)(kappa_h + kappa_c)
           + (gamma_c + gamma_h)(kappa_h eta_h^2 - kappa_c eta_c^2)]

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0, broadcast together
    eta_h, eta_c
        Lamb-Dicke parameters, >= 0

    Returns the expression; a stable intensity only where it is positive above threshold.  The terms
    eta^2 I^2 are dropped, hence too low unless eta_h^2 I << 1: 5.47 at (0.2, 0.2, 0.5, 4),
    eta_h = 0.3, against 7.94 for the full root and 8.36 exact.  Prefer :func:`stable_intensity`.

    Raises ParameterError for a rate <= 0 or eta < 0.

    Source: arXiv:2604.18295, Eq. 63.

    >>> from limcyc.library.single_ion_phonon_laser.adiabatic import intensity_eq63
    >>> round(float(intensity_eq63(0.2, 0.2, 0.5, 4.0, 0.3, 0.0)), 6)
    5.46875
    """
    check_eta(eta_h=eta_h, eta_c=eta_c)
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    both = np.asarray(gamma_c, dtype=float) + np.asarray(gamma_h, dtype=float)
    bend = both * (rates.kappa_h * np.square(eta_h) - rates.kappa_c * np.square(eta_c))
    with np.errstate(divide="ignore", invalid="ignore"):
        return both * (rates.kappa_h - rates.kappa_c) / (_saturation(g_h, g_c, gamma_h, gamma_c) + bend)


def stable_intensity(
    g_h: float,
    g_c: float,
    gamma_h: float,
    gamma_c: float,
    eta_h: float = 0.0,
    eta_c: float = 0.0,
    lamb_dicke: str = "1",
) -> float:
    """Intensity that the mean field reaches from a small amplitude: the lowest stable fixed point.

    0 at and below threshold; above it the smallest root I at which the bracket of Eq. 67 with
    g -> g F(I) turns from gain to loss::

        4 I (kappa_h F_h^2 + kappa_c F_c^2)(g_h^2 F_h^2/gamma_c - g_c^2 F_c^2/gamma_h)
        + (gamma_h + gamma_c)(kappa_h F_h^2 - kappa_c F_c^2) = 0

    with F = 1, 1 - eta^2 I/2 or J1(2 eta sqrt(I))/(eta sqrt(I)) for first, third and all orders.  To
    third order it is a polynomial of degree 5, whose roots are all found.

    g_h, g_c, gamma_h, gamma_c
        couplings and decay rates, > 0
    eta_h, eta_c
        Lamb-Dicke parameters, >= 0
    lamb_dicke
        "1", "3" or "all"

    Returns the intensity.  To first order it is Eq. 55.  At higher orders it may exist where the
    first order runs away, because the heating coupling vanishes near 2/eta_h^2 (third order) or
    3.67/eta_h^2 (all orders).

    Raises RunawayError if no fixed point is stable below that number, ParameterError for a rate <= 0
    or eta < 0, UnknownNameError for an unknown order.

    Source: arXiv:2604.18295, Eqs. 55 and 67; Eq. 63 is the linearisation in eta^2.

    >>> from limcyc.library.single_ion_phonon_laser.adiabatic import stable_intensity
    >>> round(stable_intensity(0.2, 0.2, 0.5, 4.0, 0.3, 0.0, "3"), 6)
    7.939189
    """
    check_eta(eta_h=eta_h, eta_c=eta_c)
    order = check_order(lamb_dicke)
    if order != "1" and max(eta_h, eta_c) == 0.0:
        order = "1"
    rates = derived_rates(g_h, g_c, gamma_h, gamma_c)
    # Below threshold and on it (within rounding) a small amplitude decays.
    if float(rates.coupling_ratio / rates.t) <= 1.0 + 1e-12:
        return 0.0
    if order == "1":
        check_normalisable(g_h, g_c, gamma_h, gamma_c)
        return float(intensity_eq55(g_h, g_c, gamma_h, gamma_c))
    if order == "3":
        limit = third_order_limit(eta_h, eta_c)
        roots = _falling_roots(g_h, g_c, gamma_h, gamma_c, eta_h, eta_c)
        found = [root for root in roots if root < limit]
    else:
        limit = min(vanishing_coupling(eta_h), vanishing_coupling(eta_c))
        found = _first_crossing(limit, (g_h, g_c, gamma_h, gamma_c, eta_h, eta_c))
    if not found:
        raise RunawayError(
            "The mean-field intensity was asked for where no fixed point below n = "
            f"{limit:.6g} is stable (g_h^2/g_c^2 = {float(rates.coupling_ratio):.6g}, gamma_c/gamma_h = "
            f"{gamma_c / gamma_h:.6g}): the amplitude runs away. Choose g_h^2/g_c^2 < gamma_c/gamma_h."
        )
    return min(found)


def _falling_roots(g_h: float, g_c: float, gamma_h: float, gamma_c: float, eta_h: float, eta_c: float) -> list[float]:
    """Positive roots of the third-order bracket at which it falls, to rounding."""
    square_h = g_h**2 * Polynomial([1.0, -(eta_h**2) / 2.0]) ** 2
    square_c = g_c**2 * Polynomial([1.0, -(eta_c**2) / 2.0]) ** 2
    heating, cooling = square_h / gamma_h, square_c / gamma_c
    nonlinear = (heating + cooling) * (square_h / gamma_c - square_c / gamma_h)
    bracket = 4.0 * Polynomial([0.0, 1.0]) * nonlinear + (gamma_h + gamma_c) * (heating - cooling)
    slope, found = bracket.deriv(), []
    for root in bracket.trim().roots().tolist():
        level = complex(root).real
        if abs(complex(root).imag) > 1e-9 * max(1.0, abs(root)) or level <= 0.0 or float(slope(level)) >= 0.0:
            continue
        # The companion matrix leaves a rounding error that one Newton step removes.
        found.append(level - float(bracket(level) / slope(level)))
    return found


def _first_crossing(limit: float, parameters: tuple[float, ...]) -> list[float]:
    def drift(level):
        return intensity_drift(level, *parameters, lamb_dicke="all")

    grid = np.linspace(0.0, limit, 4001)[1:]
    values = drift(grid)
    turns = np.flatnonzero((values[:-1] > 0.0) & (values[1:] <= 0.0))
    if not turns.size:
        return []
    return [float(optimize.brentq(drift, grid[turns[0]], grid[turns[0] + 1], xtol=1e-13))]
