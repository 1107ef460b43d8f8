"""Squeezed lasing: the Bogoliubov mode and what a measurement of the bare mode sees.

Both sidebands on every transition turn the laser of the mode a into a laser of
A = S a S^dag = cosh(r) a + e^{i beta} sinh(r) a^dag,  S = exp[(xi* a^2 - xi a^dag^2)/2],
xi = r e^{i beta} (arXiv:2604.18295, Eqs. 32-39; the star on the first xi is missing in print).
The state in the number basis of A is the unsqueezed solution for every set of parameters, so
squeezing costs nothing beyond the algebra below.  Quadratures: x = (a + a^dag)/sqrt(2),
p = (a - a^dag)/(i sqrt(2)).
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from limcyc.errors import ParameterError, ValidityWarning

__all__ = [
    "BareMode",
    "bare_mode",
    "bare_values",
    "bichromatic_couplings",
    "bogoliubov_quadratures",
    "check_lamb_dicke_regime",
    "check_squeezing",
    "enhancement",
    "enhancement_as_printed",
    "fisher_enhancement_as_printed",
    "ground_state_heating_factor",
    "ground_state_heating_factor_as_printed",
    "largest_squeezing",
    "radial_wigner",
    "signal_amplitude",
    "squeezed_wigner",
]


@dataclass(frozen=True)
class BareMode:
    """Moments of the bare mode a in a state that is U(1) symmetric in the Bogoliubov mode A.

    n
        mean phonon number <a^dag a>
    anomalous
        <a a>, complex
    g2
        <a^dag a^dag a a>/<a^dag a>^2; nan if the second moment of A was not given
    var_x, var_p, cov_xp
        quadrature variances and symmetrised covariance; vacuum 1/2, 1/2, 0
    """

    n: float
    anomalous: complex
    g2: float
    var_x: float
    var_p: float
    cov_xp: float

    def variance(self, angle: float) -> float:
        """Variance of the rotated quadrature x cos(angle) + p sin(angle), angle in rad."""
        c, s = math.cos(angle), math.sin(angle)
        return self.var_x * c * c + self.var_p * s * s + 2.0 * self.cov_xp * c * s


def check_squeezing(r: float, beta: float = 0.0) -> None:
    """Refuse squeezing parameters that are not finite or r < 0.

    >>> from limcyc.library.squeezing import check_squeezing
    >>> check_squeezing(0.8)
    """
    if not (math.isfinite(r) and r >= 0.0):
        raise ParameterError(
            f"`r` must be finite and >= 0, but is {r}. The sign of the squeezing is in beta: "
            "beta = pi squeezes the other quadrature."
        )
    if not math.isfinite(beta):
        raise ParameterError(f"`beta` must be a finite angle in rad, but is {beta}.")


def bare_mode(n: float, second_moment: float | None = None, *, r: float, beta: float = 0.0) -> BareMode:
    """Moments of the bare mode from those of the Bogoliubov mode in which the laser runs.

    With c = cosh r, s = sinh r, n_A = <A^dag A>, m_A = <A^dag A^dag A A>, and <A> = <A A> = 0:

        <a^dag a> = cosh(2r) n_A + s^2
        <a a> = -e^{i beta} sinh(2r) (n_A + 1/2)
        Var x, Var p = (cosh(2r) -+ cos(beta) sinh(2r)) (n_A + 1/2)
        cov(x,p) = -sin(beta) sinh(2r) (n_A + 1/2)
        <a^dag a^dag a a> = c^4 m_A + c^2 s^2 (4 m_A + 8 n_A + 1) + s^4 (m_A + 4 n_A + 2)

    For beta = 0, Var x = e^{-2r}(n_A + 1/2) and Var p = e^{2r}(n_A + 1/2).

    n
        <A^dag A>, >= 0
    second_moment
        <A^dag A^dag A A>, >= 0; without it g2 is nan
    r, beta
        squeezing strength, >= 0, and angle (rad)

    Returns :class:`BareMode`.  Exact for every state that is diagonal in the number basis of A.

    Raises ParameterError for negative moments or r < 0.

    Source: arXiv:2604.18295, Eqs. 32-39 and Fig. 7; the moments are derived here.

    >>> from limcyc.library.squeezing import bare_mode
    >>> vacuum = bare_mode(0.0, 0.0, r=0.5)
    >>> round(vacuum.var_x, 6), round(vacuum.var_p, 6), round(vacuum.g2, 6)
    (0.18394, 1.359141, 6.682694)
    """
    check_squeezing(r, beta)
    if n < 0.0 or (second_moment is not None and second_moment < 0.0):
        raise ParameterError(
            f"The moments of the Bogoliubov mode must be >= 0, but <A^dag A> = {n} and "
            f"<A^dag A^dag A A> = {second_moment}."
        )
    c2, s2 = math.cosh(r) ** 2, math.sinh(r) ** 2
    spread = n + 0.5
    anomalous = -math.sinh(2 * r) * spread * complex(math.cos(beta), math.sin(beta))
    bare = math.cosh(2 * r) * n + s2
    g2 = math.nan
    if second_moment is not None and bare > 0.0:
        m = second_moment
        fourth = c2 * c2 * m + c2 * s2 * (4 * m + 8 * n + 1) + s2 * s2 * (m + 4 * n + 2)
        g2 = fourth / bare**2
    return BareMode(
        n=bare,
        anomalous=anomalous,
        g2=g2,
        var_x=math.cosh(2 * r) * spread + anomalous.real,
        var_p=math.cosh(2 * r) * spread - anomalous.real,
        cov_xp=anomalous.imag,
    )


def bogoliubov_quadratures(
    x: ArrayLike, p: ArrayLike, *, r: float, beta: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Quadratures X, P of the Bogoliubov mode at the phase-space point x, p of the bare mode.

        X = (cosh r + cos(beta) sinh r) x + sin(beta) sinh r p
        P = sin(beta) sinh r x + (cosh r - cos(beta) sinh r) p

    For beta = 0: X = e^r x, P = e^{-r} p.  The map preserves area.

    x, p
        dimensionless quadratures, broadcast together
    r, beta
        squeezing strength, >= 0, and angle (rad)

    Returns X, P, each of the broadcast shape.

    >>> from limcyc.library.squeezing import bogoliubov_quadratures
    >>> X, P = bogoliubov_quadratures(1.27, 0.0, r=0.8)
    >>> round(float(X), 2), float(P)
    (2.83, 0.0)
    """
    check_squeezing(r, beta)
    x, p = np.asarray(x, dtype=float), np.asarray(p, dtype=float)
    c, s = math.cosh(r), math.sinh(r)
    mixed = s * math.sin(beta)
    return (
        (c + s * math.cos(beta)) * x + mixed * p,
        mixed * x + (c - s * math.cos(beta)) * p,
    )


def radial_wigner(distribution: ArrayLike, radius: ArrayLike) -> NDArray[np.float64]:
    """Wigner function of a state that is diagonal in the Fock basis, at a distance from the origin.

    W(rho) = (1/pi) sum_n p(n) (-1)^n L_n(2 rho^2) exp(-rho^2),  rho^2 = x^2 + p^2,
    normalised to 1 over dx dp.  W(0) = (1/pi) sum_n (-1)^n p(n).

    distribution
        shape (N,), phonon distribution p(n)
    radius
        rho >= 0, any shape

    Returns an array of the shape of radius.  Exact; the recurrence is stable for all n.

    Raises ParameterError if the distribution is not one-dimensional.

    >>> import math
    >>> from limcyc.library.squeezing import radial_wigner
    >>> bool(abs(radial_wigner([1.0], 0.0) - 1 / math.pi) < 1e-15)
    True
    >>> bool(abs(radial_wigner([0.0, 1.0], 0.0) + 1 / math.pi) < 1e-15)
    True
    """
    weights = np.asarray(distribution, dtype=float)
    if weights.ndim != 1:
        raise ParameterError(f"Argument `distribution` must have shape (N,), but has shape {weights.shape}.")
    rho = np.asarray(radius, dtype=float)
    z = 2.0 * rho**2
    # Laguerre functions l_n = exp(-z/2) L_n(z) stay bounded by 1 in their three-term recurrence.
    previous, current = np.zeros_like(z), np.exp(-z / 2)
    total = weights[0] * current
    for n in range(1, weights.size):
        previous, current = current, ((2 * n - 1 - z) * current - (n - 1) * previous) / n
        total = total + (-1) ** n * weights[n] * current
    return total / math.pi


def squeezed_wigner(
    distribution: ArrayLike, x: ArrayLike, p: ArrayLike, *, r: float, beta: float = 0.0
) -> NDArray[np.float64]:
    """Wigner function of the bare mode of a squeezed laser, W(x,p) = W_0(X(x,p), P(x,p)).

    W_0 is the Wigner function of the unsqueezed laser and X, P are the Bogoliubov quadratures; for
    beta = 0 it is W_0(e^r x, e^{-r} p).

    distribution
        shape (N,), distribution of the number A^dag A of the Bogoliubov mode
    x, p
        dimensionless quadratures of the bare mode, broadcast together
    r, beta
        squeezing strength, >= 0, and angle (rad)

    Returns an array of the broadcast shape, with integral 1 over dx dp.  Exact for a state with the
    U(1) symmetry of A; needs no Fock space of the bare mode.

    Source: arXiv:2604.18295, Fig. 7.

    >>> from limcyc.library.squeezing import squeezed_wigner
    >>> bool(squeezed_wigner([1.0], 1.0, 0.0, r=0.5) < squeezed_wigner([1.0], 0.0, 1.0, r=0.5))
    True
    """
    big_x, big_p = bogoliubov_quadratures(x, p, r=r, beta=beta)
    return radial_wigner(distribution, np.hypot(big_x, big_p))


def bichromatic_couplings(g: ArrayLike, r: float) -> tuple[NDArray, NDArray]:
    """The two drives of one transition that make its sideband act on the squeezed mode.

    The sideband that the laser needs is driven with g cosh r, the opposite one with g sinh r (and
    the phase e^{-i beta}): g_BSB = g_h cosh r, g_RSB = g_h sinh r on the heating transition, and
    with the roles exchanged on the cooling transition (Eqs. 32-35).

    g
        coupling of the unsqueezed sideband (rate), any shape
    r
        squeezing strength, >= 0

    Returns (g cosh r, g sinh r) in the unit of g.

    Source: arXiv:2604.18295, Eqs. 32-37.

    >>> from limcyc.library.squeezing import bichromatic_couplings
    >>> [round(float(value), 3) for value in bichromatic_couplings(1.0, 1.45)]
    [2.249, 2.014]
    """
    check_squeezing(r)
    g = np.asarray(g, dtype=float)
    return g * math.cosh(r), g * math.sinh(r)


def signal_amplitude(signal: complex, *, r: float, beta: float = 0.0) -> complex:
    """Amplitude with which a signal on the bare mode acts on the Bogoliubov mode.

    eps* a + eps a^dag = delta* A + delta A^dag with
    delta = cosh(r) eps - e^{i beta} sinh(r) eps*  (Eq. 154).

    signal
        complex amplitude eps (rate)
    r, beta
        squeezing strength, >= 0, and angle (rad)

    Returns delta in the unit of eps.

    Source: arXiv:2604.18295, Eq. 154.

    >>> import math
    >>> from limcyc.library.squeezing import signal_amplitude
    >>> round(abs(signal_amplitude(1j, r=0.3)), 6) == round(math.exp(0.3), 6)
    True
    """
    check_squeezing(r, beta)
    phase = complex(math.cos(beta), math.sin(beta))
    return math.cosh(r) * signal - phase * math.sinh(r) * complex(signal).conjugate()


def enhancement(r: ArrayLike, beta: ArrayLike = 0.0, phi: ArrayLike = 0.0) -> NDArray[np.float64]:
    """Factor W by which squeezing changes the Fisher information about the signal amplitude.

    W = cosh(2r) - sinh(2r) cos(beta - 2 phi) = |delta|^2/|eps|^2, with delta of
    :func:`signal_amplitude`.  Between e^{-2r} (beta = 2 phi) and e^{2r} (beta - 2 phi = pi).  Exact
    for every set of laser parameters: squeezing is a unitary map, and the laser has no preferred
    phase.  The standard deviation improves by sqrt(W) only.

    r, beta, phi
        squeezing strength, its angle and the phase of the signal (rad), broadcast together

    Returns W, dimensionless, of the broadcast shape.

    Source: corrects W and the power of W in arXiv:2604.18295, Eqs. 41 and 156; for those see
    :func:`enhancement_as_printed`.

    >>> import math
    >>> from limcyc.library.squeezing import enhancement
    >>> round(float(enhancement(1.45, math.pi)), 2)
    18.17
    """
    r, angle = np.asarray(r, dtype=float), np.asarray(beta) - 2 * np.asarray(phi)
    return np.cosh(2 * r) - np.sinh(2 * r) * np.cos(angle)


def enhancement_as_printed(r: ArrayLike, beta: ArrayLike = 0.0, phi: ArrayLike = 0.0) -> NDArray[np.float64]:
    """The printed W' = cosh(2r) - cosh(r) sinh(r) cos(beta - 2 phi); wrong, for comparison.

    A factor 2 in front of cosh(r) sinh(r) is lost.  Use :func:`enhancement`.

    r, beta, phi
        as in :func:`enhancement`

    Returns W' of the broadcast shape.

    Source: arXiv:2604.18295, Eq. 41 and the text below Eq. 156, as printed.

    >>> from limcyc.library.squeezing import enhancement_as_printed
    >>> round(float(enhancement_as_printed(0.3)), 4)
    0.8671
    """
    r, angle = np.asarray(r, dtype=float), np.asarray(beta) - 2 * np.asarray(phi)
    return np.cosh(2 * r) - np.cosh(r) * np.sinh(r) * np.cos(angle)


def fisher_enhancement_as_printed(r: ArrayLike, beta: ArrayLike = 0.0, phi: ArrayLike = 0.0) -> NDArray[np.float64]:
    """The printed factor W'^2 of the Fisher information; wrong in W' and in the power.

    At beta - 2 phi = pi/2 it is cosh(2r)^2, the "factor 80" of the paper at r = 1.45, which no
    squeezing of that strength reaches.  Use :func:`enhancement`.

    r, beta, phi
        as in :func:`enhancement`

    Returns W'^2 of the broadcast shape.

    Source: arXiv:2604.18295, Eqs. 41 and 156, as printed.

    >>> import math
    >>> from limcyc.library.squeezing import fisher_enhancement_as_printed
    >>> round(float(fisher_enhancement_as_printed(1.45, math.pi / 2)), 1)
    83.1
    """
    return enhancement_as_printed(r, beta, phi) ** 2


def ground_state_heating_factor(r: ArrayLike) -> NDArray[np.float64]:
    """Growth rate of the squeezed phonon number in the squeezed ground state, over that of r = 0.

    For symmetric heating (jumps sqrt(G) a and sqrt(G) a^dag), d<A^dag A>/dt = G cosh(2r) in the
    vacuum of A, against G without squeezing.

    r
        squeezing strength, >= 0, any shape

    Returns cosh(2r).

    Source: corrects the text of arXiv:2604.18295, section II.4.2, unless another definition of the
    rate is meant there.

    >>> from limcyc.library.squeezing import ground_state_heating_factor
    >>> round(float(ground_state_heating_factor(1.45)), 2)
    9.11
    """
    return np.cosh(2 * np.asarray(r, dtype=float))


def ground_state_heating_factor_as_printed(r: ArrayLike) -> NDArray[np.float64]:
    """The printed heating factor cosh(2r)/2, half of :func:`ground_state_heating_factor`.

    Source: arXiv:2604.18295, section II.4.2, as printed.

    >>> from limcyc.library.squeezing import ground_state_heating_factor_as_printed
    >>> round(float(ground_state_heating_factor_as_printed(1.45)), 2)
    4.56
    """
    return np.cosh(2 * np.asarray(r, dtype=float)) / 2


def largest_squeezing(eta: float, limit: float = 0.5) -> float:
    """Squeezing at which eta sqrt(cosh 2r), the spread of the squeezed ground state, hits a limit.

    eta
        Lamb-Dicke parameter, 0 < eta <= limit
    limit
        where the Lamb-Dicke regime is taken to end, dimensionless

    Returns r = arccosh((limit/eta)^2)/2.  The paper quotes r = 2.9 at eta = 0.05, which corresponds
    to a limit of 0.64; the default limit gives 2.65.

    Raises ParameterError if eta is not in (0, limit].

    >>> from limcyc.library.squeezing import largest_squeezing
    >>> round(largest_squeezing(0.05), 3)
    2.649
    """
    if not 0.0 < eta <= limit:
        raise ParameterError(f"`eta` must be in (0, {limit}], but is {eta}.")
    return math.acosh((limit / eta) ** 2) / 2


def check_lamb_dicke_regime(r: float, *eta: float) -> tuple[str, ...]:
    """Warn when squeezing leaves the Lamb-Dicke regime, eta sqrt(cosh 2r) > 0.5.

    The squeezed model is of first order in eta; a squeezed ground state with that spread no longer
    is.

    r
        squeezing strength, >= 0
    eta
        Lamb-Dicke parameters; the largest one counts

    Returns the message in a tuple, also issued as ValidityWarning, or an empty tuple.

    >>> from limcyc.library.squeezing import check_lamb_dicke_regime
    >>> check_lamb_dicke_regime(1.45, 0.05)
    ()
    """
    check_squeezing(r)
    spread = max(eta, default=0.0) * math.sqrt(math.cosh(2 * r))
    if r == 0.0 or spread <= 0.5:
        return ()
    message = (
        f"eta sqrt(cosh 2r) = {spread:.3g} exceeds 0.5 at r = {r:.6g}: the squeezed ground state "
        "leaves the Lamb-Dicke regime, while the squeezed model is of first order in eta. Reduce r "
        "or eta."
    )
    warnings.warn(message, ValidityWarning, stacklevel=3)
    return (message,)


def bare_values(p: ArrayLike, r: float, beta: float, phi: float) -> dict[str, float]:
    """Values of the bare mode of a squeezed laser from the distribution of its own mode.

    p
        shape (N,), distribution of A^+ A
    r, beta, phi
        squeezing strength and angle, and phase of a signal (rad)

    Returns n_bare, g2_bare, var_x, var_p, cov_xp, wigner_origin, and the enhancement W of the Fisher
    information.

    >>> from limcyc.library.squeezing import bare_values
    >>> round(bare_values([1.0], 0.5, 0.0, 0.0)["var_x"], 6)
    0.18394
    """
    weights = np.asarray(p, dtype=float)
    n = np.arange(weights.size)
    bare = bare_mode(float(n @ weights), float((n * (n - 1.0)) @ weights), r=r, beta=beta)
    return {
        "n_bare": bare.n,
        "g2_bare": bare.g2,
        "var_x": bare.var_x,
        "var_p": bare.var_p,
        "cov_xp": bare.cov_xp,
        "wigner_origin": float(radial_wigner(weights, 0.0)),
        "W": float(enhancement(r, beta, phi)),
    }
