"""Two ensembles of three-level limit-cycle oscillators with reactive coupling.

Nadolny and Bruder, Phys. Rev. Lett. 131, 190402 (2023). Levels |0>, |1>, |2> with S^z = |2><2| - |0><0| and
S^+ = sqrt2 (|2><1| + |1><0|); every oscillator is pumped and damped into |1>, the quantum limit cycle:

    H = sum_i (delta/2) (S^z_Ai - S^z_Bi) + K (|2><2|_Ai + |2><2|_Bi)
      + (V/N) sum_s sum_{i<j} (S^+_si S^-_sj + h.c.) + (V_AB/N) sum_ij (S^+_Ai S^-_Bj + h.c.)
    jumps |1><0| with rate gamma_p and |1><2| with rate gamma_m on every oscillator

The h.c. belongs to both sums. N oscillators in each of the two groups; frame rotating with the mean frequency, in which
<S^+> of an isolated oscillator of group A goes as exp(+i delta t/2).
"""

from __future__ import annotations

from functools import cache
from typing import Final

import sympy

from limcyc.algebra import Ensemble, Levels, Operator, Parameter, hermitian
from limcyc.system import Jump, OpenSystem

__all__ = [
    "GROUP_A",
    "GROUP_B",
    "NAME",
    "OSCILLATOR",
    "PARAMETERS",
    "SETTINGS",
    "SOURCE",
    "S_MINUS",
    "S_PLUS",
    "S_Z",
    "TITLE",
    "driven_oscillator",
    "model",
    "single_group",
]

NAME: Final = "three-level-ensembles"
TITLE: Final = "Two ensembles of three-level limit-cycle oscillators"
SOURCE: Final = "Phys. Rev. Lett. 131, 190402 (2023)"

OSCILLATOR: Final = Levels("osc", ("0", "1", "2"))
"""One oscillator; |1> is where pump and decay lead."""
S_PLUS: Final[Operator] = sympy.sqrt(2) * (OSCILLATOR.transition("2", "1") + OSCILLATOR.transition("1", "0"))
S_MINUS: Final[Operator] = S_PLUS.dag
S_Z: Final[Operator] = OSCILLATOR.projector("2") - OSCILLATOR.projector("0")

GAMMA_P: Final = Parameter(
    "gamma_p", meaning="pump rate |0> -> |1> (gamma_+)", default=0.5, minimum=0.0, exclusive=True
)
GAMMA_M: Final = Parameter(
    "gamma_m", meaning="decay rate |2> -> |1> (gamma_-)", default=1.0, minimum=0.0, exclusive=True
)
K: Final = Parameter("K", meaning="level asymmetry (E2 - E1) - (E1 - E0)", default=0.0)
DELTA: Final = Parameter("delta", meaning="detuning of group A minus group B", default=0.0)
V: Final = Parameter("V", meaning="coupling within a group", default=1.0)
V_AB: Final = Parameter("V_AB", meaning="coupling between the groups", default=0.0)
N: Final = Parameter("N", unit="", meaning="oscillators per group", default=2, minimum=2)
EPS: Final = Parameter("eps", meaning="amplitude of a resonant drive of one oscillator", default=0.05)

GROUP_A: Final = Ensemble("A", OSCILLATOR, size=N)
GROUP_B: Final = Ensemble("B", OSCILLATOR, size=N)

PARAMETERS: Final = (GAMMA_P, GAMMA_M, K, DELTA, V, V_AB, N)
"""All parameters; the product state is the limit of large N and takes no N."""

SETTINGS: Final = {"groups": ("1", "2")}
"""One group of identical oscillators, or two detuned ones."""


def _group(group: Ensemble, detuning: sympy.Expr) -> tuple[Operator, tuple[Jump, Jump]]:
    energy = group.sum(detuning * S_Z + K * OSCILLATOR.projector("2"))
    # The sum over ordered pairs counts S+_i S-_j and its conjugate once each.
    exchange = V / group.size * group.distinct(S_PLUS, S_MINUS)
    pump = Jump(OSCILLATOR.transition("1", "0"), rate=GAMMA_P, name=f"pump_{group.name}", each=group)
    decay = Jump(OSCILLATOR.transition("1", "2"), rate=GAMMA_M, name=f"decay_{group.name}", each=group)
    return energy + exchange, (pump, decay)


@cache
def model(groups: str = "2") -> OpenSystem:
    """The open system of two groups, or of one.

    groups
        "2" or "1", see :func:`single_group`

    Returns an OpenSystem with the parameters gamma_p, gamma_m, K, V, N and, for two groups, delta and V_AB.

    Source: Phys. Rev. Lett. 131, 190402, Eq. 1.

    >>> from limcyc.library.three_level_ensembles.model import model
    >>> sorted(model().parameters)
    ['K', 'N', 'V', 'V_AB', 'delta', 'gamma_m', 'gamma_p']
    """
    if str(groups) == "1":
        return single_group()
    energy_a, jumps_a = _group(GROUP_A, DELTA / 2)
    energy_b, jumps_b = _group(GROUP_B, -DELTA / 2)
    between = V_AB / N * hermitian(GROUP_A.sum(S_PLUS) * GROUP_B.sum(S_MINUS))
    return OpenSystem(energy_a + energy_b + between, (*jumps_a, *jumps_b), name="three-level ensembles", source=SOURCE)


@cache
def single_group(size: int | None = None) -> OpenSystem:
    """One group of identical oscillators, in the frame of its own frequency.

    size
        number of oscillators; None leaves it open as the parameter N

    Returns an OpenSystem with the parameters gamma_p, gamma_m, K, V and, if it is open, N.

    Source: Phys. Rev. Lett. 131, 190402, Eq. 1 with V_AB = 0.

    >>> from limcyc.library.three_level_ensembles.model import GROUP_A, single_group
    >>> [degree.name for degree in single_group().explicit({GROUP_A: 2}).degrees]
    ['A_1', 'A_2']
    """
    group = GROUP_A if size is None else Ensemble("A", OSCILLATOR, size=size)
    energy, jumps = _group(group, sympy.S.Zero)
    return OpenSystem(energy, jumps, name="three-level ensemble", source=SOURCE)


@cache
def driven_oscillator() -> OpenSystem:
    """One oscillator with a resonant drive, H = K |2><2| + eps (S^+ + S^-): what one member feels of its group.

    The phase of the drive is 0; the mean field of a group enters as +V <S^-> S^+, so that eps > 0 is its counterpart.

    Returns an OpenSystem with the parameters gamma_p, gamma_m, K and eps.

    >>> from limcyc.library.three_level_ensembles.model import driven_oscillator
    >>> sorted(driven_oscillator().parameters)
    ['K', 'eps', 'gamma_m', 'gamma_p']
    """
    jumps = (
        Jump(OSCILLATOR.transition("1", "0"), rate=GAMMA_P, name="pump"),
        Jump(OSCILLATOR.transition("1", "2"), rate=GAMMA_M, name="decay"),
    )
    energy = K * OSCILLATOR.projector("2") + EPS * (S_PLUS + S_MINUS)
    return OpenSystem(energy, jumps, name="driven three-level oscillator", source=SOURCE)
