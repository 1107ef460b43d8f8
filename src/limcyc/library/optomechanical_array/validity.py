"""Whether the light can make the cells oscillate: without that, no order says nothing about noise or coupling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from limcyc.library.optomechanical_array.model import PARAMETERS

__all__ = ["growth_rate", "oscillation_notes"]

_DETUNINGS: Final = np.linspace(0.05, 1.5, 59)
"""Blue detunings, in units of omega_m, at which a drive may make a cell oscillate."""


def growth_rate(**values: float) -> float:
    """Largest growth rate of small classical oscillations around the displaced state at rest, in units of omega_m.

    With n = |alpha|^2 from n [kappa^2/4 + (detuning + 2 g0 Re beta)^2] = laser^2, beta = g0 n/(omega_m - hop_b - i gamma_m/2), the
    smallest root, the amplitudes of a mode that hops with hop_b c obey

        d alpha/dt = (i detuning + 2 i g0 Re beta_0 - kappa/2) alpha + i g0 alpha_0 (beta + beta^*)
        d beta/dt  = (-i omega_m + i hop_b c - gamma_m/2) beta + i g0 (alpha_0^* alpha + alpha_0 alpha^*)

    and the largest real part of the eigenvalues at c = -1, 0 and 1 is taken; hopping of photons is left out. Noise can sustain
    oscillations where small ones decay, as it does in an isolated cell at g0 = kappa and detuning 0.55 omega_m.

    values
        parameters of :data:`~limcyc.library.optomechanical_array.model.PARAMETERS`

    >>> from limcyc.library.optomechanical_array.validity import growth_rate
    >>> growth_rate(detuning=0.9) > 0, growth_rate(detuning=0.9, laser=0.01) < 0
    (True, True)
    """
    v = {
        parameter.name: values.get(parameter.name, float(np.real(parameter.default or 0.0))) for parameter in PARAMETERS
    }
    kappa, g0, gamma = v["kappa"], v["g0"], v["gamma_m"]
    shift = 2 * g0**2 * (1 / (v["omega_m"] - v["hop_b"] - 0.5j * gamma)).real
    roots = np.roots([shift**2, 2 * shift * v["detuning"], v["detuning"] ** 2 + kappa**2 / 4, -(v["laser"] ** 2)])
    photons = float(min(root.real for root in roots if abs(root.imag) < 1e-9 * (1 + abs(root)) and root.real >= 0))
    turning = 1j * (v["detuning"] + shift * photons) - kappa / 2
    alpha = 1j * v["laser"] / turning
    push, back = 1j * g0 * alpha, 1j * g0 * alpha.conjugate()
    moving = -1j * (v["omega_m"] - v["hop_b"] * np.array([-1.0, 0.0, 1.0])) - gamma / 2
    matrix = np.zeros((3, 4, 4), dtype=complex)
    matrix[:, 0, 0], matrix[:, 1, 1], matrix[:, 2, 2], matrix[:, 3, 3] = (
        turning,
        np.conj(turning),
        moving,
        moving.conj(),
    )
    matrix[:, 0, 2:], matrix[:, 1, 2:] = push, push.conjugate()
    matrix[:, 2, :2], matrix[:, 3, :2] = (back, push), (push.conjugate(), back.conjugate())
    return float(np.linalg.eigvals(matrix).real.max())


def oscillation_notes(values: Mapping[str, float]) -> tuple[str, ...]:
    """What is to be said where cells do not oscillate by themselves: for a detuning <= 0, or a drive too weak for any detuning."""
    detuning = values.get("detuning", 0.55)
    if detuning <= 0:
        return (
            f"detuning {detuning:g} <= 0: cells are damped by the light and do not oscillate by themselves; that there is no order is "
            "trivial",
        )
    unit = float(values.get("omega_m", 1.0))
    best = -np.inf
    # From the asked one on: a drive that is strong enough is mostly seen at once.
    for d in unit * _DETUNINGS[np.argsort(np.abs(unit * _DETUNINGS - detuning))]:
        best = max(best, growth_rate(**{**values, "detuning": float(d)}))
        if best > 0:
            return ()
    return (
        f"the drive laser = {values.get('laser', 0.33):g} is too weak: small oscillations of a cell decay at every detuning, at "
        f"{-best:.3g} or faster, so that cells do not oscillate by themselves; that there is no order is trivial. Raise `laser`",
    )
