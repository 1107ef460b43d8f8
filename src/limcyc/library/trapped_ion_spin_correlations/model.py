"""Two trapped-ion phonon lasers whose phonons hop: one ion, and the pair.

Hush, Li, Genway, Lesanovsky, Armour, Phys. Rev. A 91, 061401(R) (2015).  In the frame of the trap, with q = a + a^+,

    H = sum_j rabi_j (s_j^+ F_j + h.c.) + hopping (a_1^+ a_2 + h.c.) + (detuning/2)(Q_1 - Q_2),  Q_j = a_j^+a_j - |1><1|_j
    <n+1|F|n> = exp(-eta^2/2) L_n^1(eta^2)/sqrt(n+1)
    jumps: a_j at the rate phonon_loss_j; exp(i eta_j z q_j) s_j^- at the rate spin_decay W(z) dz, -1 <= z <= 1

A rate multiplies D[L] rho = L rho L^+ - (L^+L rho + rho L^+L)/2.  In another reading of the source, where D[L] is 2 L rho L^+ - ...
and the prefactors are gamma/2 and Gamma, the loss of phonons has the rate 2 Gamma: put phonon_loss = 2 Gamma then.

Reconstructed: H with the drive at a node of a standing wave on the first blue sideband, the dipole pattern
W(z) = (3/8)(1 + z^2), and the reading of the rates.  As eta -> 0, F -> a^+: the factor eta of sin(eta q) is part of ``rabi``.

The recoil is integrated over z by Gauss-Legendre quadrature with 7 nodes.  Its matrix elements are

    <n+k| exp(i x q) |n> = (i x)^k exp(-x^2/2) sqrt(n!/(n+k)!) L_n^k(x^2),  x = eta z.

secular
    a change k of the phonon number turns as exp(i k omega t) in this frame, so that only the terms with equal k on both sides
    survive: one jump for each k and node.  As the part for -z is (-1)^k times that for z, opposite nodes are one jump: 4 jumps
    for k = 0, 3 for every other k, exactly the same map as with 7.  Q_j stays a charge.
full
    nothing is left out.  For z and -z together, D[exp(i x q) s] + D[exp(-i x q) s] = 2 D[cos(x q) s] + 2 D[sin(x q) s]: jumps
    with even and with odd k, of which parities, not charges, survive.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import numpy as np
import sympy

from limcyc.algebra import Mode, Operator, Parameter, Spin, hermitian
from limcyc.errors import ParameterError, UnknownNameError
from limcyc.library.settings import amount, count
from limcyc.system import Jump, OpenSystem

__all__ = [
    "MODES",
    "NAME",
    "NODES",
    "PARAMETERS",
    "RECOILS",
    "SETTINGS",
    "SOURCE",
    "SPINS",
    "TITLE",
    "charge",
    "dipole_pattern",
    "model",
    "one_ion",
    "recoil_nodes",
    "sideband",
]

NAME: Final = "trapped-ion-spin-correlations"
TITLE: Final = "Spin correlations of two synchronized trapped-ion phonon lasers"
SOURCE: Final = "Phys. Rev. A 91, 061401(R) (2015)"

MODES: Final = (Mode("a1"), Mode("a2"))
SPINS: Final = (Spin("s1"), Spin("s2"))

RABI: Final = Parameter("rabi", unit="gamma", meaning="sideband Rabi frequency, eta included", default=0.4, minimum=0.0)
SPIN_DECAY: Final = Parameter(
    "spin_decay", unit="gamma", meaning="spontaneous emission", default=1.0, minimum=0.0, exclusive=True
)
PHONON_LOSS: Final = Parameter(
    "phonon_loss", unit="gamma", meaning="phonon damping", default=0.1, minimum=0.0, exclusive=True
)
LAMB_DICKE: Final = Parameter("lamb_dicke", unit="", meaning="Lamb-Dicke parameter eta", default=0.7, minimum=0.0)
HOPPING: Final = Parameter("hopping", unit="gamma", meaning="phonon hopping", default=0.03)
DETUNING: Final = Parameter("detuning", unit="gamma", meaning="difference of the trap frequencies", default=0.0)

PARAMETERS: Final = (RABI, SPIN_DECAY, PHONON_LOSS, LAMB_DICKE, HOPPING, DETUNING)
"""Parameters; rabi, phonon_loss and lamb_dicke are those of ion 1, and of ion 2 unless it has its own."""

RECOILS: Final = ("secular", "full")
SETTINGS: Final = {
    "n_fock": count("Fock states of each ion, part of the model", 3),
    "recoil": RECOILS,
    "rabi_2": amount("of ion 2, if different", 0),
    "phonon_loss_2": amount("of ion 2, if different", 0, exclusive=True),
    "lamb_dicke_2": amount("of ion 2, if different", 0),
}
"""Truncation, recoil, and ion 2."""

NODES: Final = 7
"""Nodes of the quadrature over the direction of the emission."""


def dipole_pattern(z: Any) -> Any:
    """W(z) = (3/8)(1 + z^2), normalised on [-1, 1]."""
    return 3 / 8 * (1 + z**2)


def recoil_nodes(count: int = NODES) -> tuple[tuple[float, float], ...]:
    """(z, weight) with z >= 0 of the Gauss-Legendre quadrature of W(z) dz; opposite nodes are taken together.

    count
        nodes on [-1, 1]; exact for polynomials in z up to degree 2 count - 3

    The weights add up to 1.

    >>> from limcyc.library.trapped_ion_spin_correlations.model import recoil_nodes
    >>> round(sum(w for _, w in recoil_nodes()), 12), round(sum(w * z**2 for z, w in recoil_nodes()), 12)
    (1.0, 0.4)
    """
    if count < 2:
        raise ParameterError(f"the quadrature over the emission needs at least 2 nodes, got {count}")
    z, weight = np.polynomial.legendre.leggauss(int(count))
    weight = weight * dipole_pattern(z)
    kept = []
    for node, share in zip(z, weight, strict=True):
        if node > 1e-12:
            kept.append((float(node), float(2 * share)))
        elif abs(node) <= 1e-12:
            kept.append((0.0, float(share)))
    return tuple(sorted(kept))


def charge(index: int) -> Operator:
    """Q_j = a_j^+ a_j - |1><1|_j of ion j = 0 or 1."""
    return MODES[index].number - SPINS[index].excited


def sideband(mode: Mode, eta: Any) -> Operator:
    """F = a^+ exp(-eta^2/2) L_n^1(eta^2)/(n+1), which raises the phonon number by one."""
    square = sympy.sympify(eta) ** 2
    return mode.dag * mode.function(lambda n: sympy.exp(-square / 2) * sympy.assoc_laguerre(n, 1, square) / (n + 1))


def _kick(mode: Mode, x: sympy.Expr, change: int) -> Operator:
    """The part of exp(i x q) that changes the phonon number by ``change``, without its factor i^|change|."""
    k = abs(change)

    def function(n: sympy.Expr) -> sympy.Expr:
        falling = sympy.gamma(n + 1) / sympy.gamma(n + k + 1)
        return x**k * sympy.exp(-(x**2) / 2) * sympy.assoc_laguerre(n, k, x**2) * falling

    factor = mode.function(function)
    return mode.dag**k * factor if change > 0 else factor * mode.lower**k


def _recoil(mode: Mode, spin: Spin, eta: Parameter, kind: str, largest: int, nodes: int) -> Iterator[Jump]:
    for z, weight in recoil_nodes(nodes):
        if z == 0.0:
            yield Jump(spin.minus, rate=weight * SPIN_DECAY, name=f"emission {spin.name}")
            continue
        x = eta * z
        changes = range(-largest, largest + 1)
        if kind == "secular":
            for change in changes:
                yield Jump(_kick(mode, x, change) * spin.minus, rate=weight * SPIN_DECAY, name=f"emission {spin.name}")
            continue
        for parity in (0, 1):
            terms = [(-1) ** (abs(change) // 2) * _kick(mode, x, change) for change in changes if change % 2 == parity]
            kick = sum(terms[1:], terms[0])
            yield Jump(kick * spin.minus, rate=weight * SPIN_DECAY, name=f"emission {spin.name}")


def _ion(index: int, recoil: str, largest: int, nodes: int) -> tuple[Operator, tuple[Jump, ...]]:
    mode, spin = MODES[index], SPINS[index]
    suffix = f"_{index + 1}"
    rabi, eta, loss = (
        Parameter(p.name + suffix, unit=p.unit, minimum=0.0, meaning=f"{p.meaning}, ion {index + 1}")
        for p in (RABI, LAMB_DICKE, PHONON_LOSS)
    )
    energy: Operator = rabi * hermitian(spin.plus * sideband(mode, eta))
    return energy, (
        Jump(mode.lower, rate=loss, name=f"loss {mode.name}"),
        *_recoil(mode, spin, eta, recoil, largest, nodes),
    )


@cache
def one_ion(recoil: str = "secular", n_fock: int = 22, nodes: int = NODES) -> OpenSystem:
    """One ion, parameters ``rabi_1``, ``lamb_dicke_1``, ``phonon_loss_1``, ``spin_decay``.

    recoil
        "secular" or "full"
    n_fock
        Fock states: changes of the phonon number up to n_fock - 1 are kept
    nodes
        of the quadrature over the emission

    >>> from limcyc.library.trapped_ion_spin_correlations.model import one_ion
    >>> print(one_ion("secular", 3).symmetries)
    U(1): n_a1 - s1
    >>> print(one_ion("full", 3).symmetries)
    Z_2: n_a1 + s1 mod 2
    """
    _check(recoil, n_fock)
    energy, jumps = _ion(0, recoil, n_fock - 1, nodes)
    return OpenSystem(energy, jumps, name=f"ion with {recoil} recoil", source=SOURCE)


@cache
def model(recoil: str = "secular", n_fock: int = 8, nodes: int = NODES) -> OpenSystem:
    """The pair; arguments as for :func:`one_ion`.

    >>> from limcyc.library.trapped_ion_spin_correlations.model import model
    >>> print(model("secular", 3).symmetries)
    U(1): n_a1 + n_a2 - s1 - s2
    """
    _check(recoil, n_fock)
    one, two = (_ion(index, recoil, n_fock - 1, nodes) for index in (0, 1))
    energy = (
        one[0] + two[0] + HOPPING * hermitian(MODES[0].dag * MODES[1].lower) + DETUNING / 2 * (charge(0) - charge(1))
    )
    return OpenSystem(energy, (*one[1], *two[1]), name=f"two ions with {recoil} recoil", source=SOURCE)


def _check(recoil: str, n_fock: int) -> None:
    if recoil not in RECOILS:
        raise UnknownNameError("recoil", recoil, RECOILS)
    if n_fock < 3:
        raise ParameterError(f"an ion needs at least 3 Fock states, got n_fock = {n_fock}")
