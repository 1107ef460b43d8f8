"""Two coupled spins of which one is driven (supplement S3): sidebands of the drive times sidebands of the oscillator.

    H = D/2 (sz_1 + sz_2) + om b^+ b - lam sz_1 (b^+ + b) + J sx_1 sx_2 + (nu x/2) cos(nu t) sz_2

In the frame of the drive the pair and flip-flop terms get the weights J_m(x); x = 2.404826, the first zero of J_0, switches
the bare exchange off. A term with the k-th sideband of the oscillator is resonant at nu = -(D_1 + D_2 + k om)/m (pairs)
and nu = -k om/m (flip-flop).
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any, Final

import sympy

from limcyc.algebra import TIME, Parameter
from limcyc.frames import Resonance, Secular, drive_frame, interaction_picture, polaron, resonances, secular
from limcyc.levels import Exact
from limcyc.levels.floquet import Floquet
from limcyc.levels.floquet_states import PeriodicState
from limcyc.library.spin_chain_phonon_laser.model import chain, mode, spin
from limcyc.results import State
from limcyc.system import OpenSystem

__all__ = ["VALUES", "driven_pair", "local_effective", "local_full", "local_reduction", "local_resonances"]

VALUES: Final[dict[str, Any]] = {
    "D_1": 2.0,
    "D_2": 2.0,
    "om_1": 8.0,
    "lam_1": 0.4,
    "J": 0.12,
    "G": 0.08,
    "g": 1e-3,
    "ns": 0.01,
    "nm": 0.1,
    "x": 2.404825557695773,
}
"""Numbers of Fig. S3."""


@cache
def driven_pair() -> OpenSystem:
    """The locally driven pair with parameters D_1, D_2, om_1, lam_1, J, nu, x, G, g, ns, nm."""
    undriven = chain(2, (1,))
    p = undriven.parameters
    still = undriven.hamiltonian.substitute({p["J_1"]: 0})
    coupling = Parameter("J", unit="omega", meaning="exchange of the spins")
    nu = Parameter("nu", unit="omega", meaning="frequency of the local drive", minimum=0.0, exclusive=True)
    depth = Parameter("x", unit="", meaning="2 eps0/nu, depth of the local drive", minimum=0.0, exclusive=True)
    drive = nu * depth / 2 * sympy.cos(nu * TIME) * spin(2).z
    hamiltonian = still + coupling * spin(1).x * spin(2).x + drive
    return OpenSystem(hamiltonian, undriven.jumps, name="locally driven pair", source=undriven.source)


@cache
def _in_frame(sidebands: int, harmonics: int) -> OpenSystem:
    system = driven_pair()
    p = system.parameters
    still = polaron(system, mode(1), spin(1).z, p["lam_1"] / p["om_1"], sidebands)
    return interaction_picture(drive_frame(still, harmonics))


@cache
def local_reduction(nu: float, sidebands: int = 3, harmonics: int = 14) -> Secular:
    """The resonant terms at a drive frequency, and what is dropped.

    >>> from limcyc.library.spin_chain_phonon_laser.local_drive import local_reduction
    >>> "J*" in repr(local_reduction(12.0, 1, 2).system.hamiltonian)
    True
    """
    return secular(_in_frame(sidebands, harmonics), 0.1, VALUES | {"nu": nu}, occupation=6)


@lru_cache(maxsize=8)
def local_effective(nu: float, cutoff: int = 30, sidebands: int = 3, harmonics: int = 14) -> State:
    """Steady state of the resonant terms with dressed jumps."""
    system = local_reduction(nu, sidebands, harmonics).system
    values = {name: value for name, value in (VALUES | {"nu": nu}).items() if name in system.parameters}
    return Exact(system).steady_state({mode(1): cutoff}, closed=True, **values)


@lru_cache(maxsize=8)
def local_full(nu: float, cutoff: int = 36) -> PeriodicState:
    """Periodic steady state of the full model.

    It is solved in the frame of the drive, which leaves the oscillator as it is; 14 harmonics are exact to 1e-10 there.
    """
    return _local_level().steady_state({mode(1): cutoff}, closed=True, accuracy=1e-3, **VALUES, nu=nu)


@cache
def _local_level() -> Floquet:
    return Floquet(drive_frame(driven_pair(), 14))


def local_resonances(between: tuple[float, float] = (1.5, 14.0), smallest: float = 0.002) -> list[Resonance]:
    """Drive frequencies that make a term static, with the term; up to the first sideband, where the gain is."""
    return resonances(_in_frame(1, 4), "nu", VALUES, between, smallest, occupation=1)
