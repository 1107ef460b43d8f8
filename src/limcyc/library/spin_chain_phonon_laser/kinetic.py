"""Kinetic equations of the array: a cumulant closure, derived from the chain.

Oscillators keep all their own moments up to <b^+ b^+ b b>, neighbouring spins their coherences <s+ s+> and <s- s+>;
everything else factorises.  In this closure an oscillator feels only a classical force: n - |b|^2 relaxes as a free
thermal oscillator, and g2 -> 1 for growing |b|^2 is built in, no evidence of lasing.

Factorising <s X> = <s><X> adds 4 lam^2 |z|/om to the spin frequency, where the exact shift is a constant: as printed, the
elemental laser does not lase on resonance.  The ``polaron`` closure replaces X_j by X_j - 2 (lam_j/om_j) z_j in the
equations of spins and pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import sympy

from limcyc.algebra import Mode
from limcyc.errors import ParameterError, UnknownNameError
from limcyc.levels import Cumulants, Thermal
from limcyc.levels.equations import Equations, Product
from limcyc.levels.moments import Constituent, constituents
from limcyc.library.spin_chain_phonon_laser.model import Preset, chain, mode, preset, spin
from limcyc.measures.synchronization import kuramoto_order_parameter
from limcyc.numerics.integrate import integrate

__all__ = ["KineticRun", "equations", "keep", "level", "run"]


def keep(block: tuple[Constituent, ...]) -> bool:
    """Which joint cumulants the closure keeps: those within one oscillator, and coherences of neighbouring spins."""
    owners = {part.degree for part in block}
    if len(owners) == 1:
        return True
    if len(block) > 2 or any(isinstance(part.degree, Mode) for part in block):
        return False
    first, second = sorted(int(part.degree.name[1:]) for part in block)
    return second == first + 1 and all(part.factor[0] != part.factor[1] for part in block)


@lru_cache(maxsize=8)
def level(sites: int, active: tuple[int, ...]) -> Cumulants:
    """The closure of a chain, derived once."""
    seeds = [spin(j).minus for j in range(1, sites + 1)]
    seeds += [m for j in active for m in (mode(j).lower, mode(j).dag ** 2 * mode(j).lower ** 2)]
    return Cumulants(chain(sites, active), order=4, moments=seeds, keep=keep, phase_invariant=False)


@lru_cache(maxsize=8)
def equations(sites: int, active: tuple[int, ...], closure: str = "printed") -> Equations:
    """The equations of motion, printed or with the polaron correction."""
    derived = level(sites, active)
    if closure == "printed":
        return derived.equations
    if closure != "polaron":
        raise UnknownNameError("closure", closure, ("printed", "polaron"))
    known = derived.system.parameters
    added: dict[int, dict[Product, Any]] = {}
    for index, monomial in enumerate(derived.moments):
        parts = constituents(monomial)
        if any(isinstance(part.degree, Mode) for part in parts):
            continue
        for part in parts:
            site = int(part.degree.name[1:])
            if part.factor[0] == part.factor[1] or site not in active:
                continue
            # sz = 2 |1><1| - 1; a lowering operator turns with -i times the spin's frequency, a raising one with +i.
            sign = -1 if part.factor == ("0", "1") else 1
            shift = sign * sympy.I * 4 * known[f"lam_{site}"] ** 2 / known[f"om_{site}"]
            population = derived.equations.index(f"|1><1|_s{site}")
            terms = added.setdefault(index, {})
            for product, value in ((((population, False), (index, False)), 2 * shift), (((index, False),), -shift)):
                key = tuple(sorted(product))
                terms[key] = terms.get(key, 0) + value
    return derived.equations.with_terms(added)


@dataclass(frozen=True)
class KineticRun:
    """Samples at multiples of the drive period.

    times
        (T,)
    sites
        those with an oscillator
    amplitudes, numbers, quartic
        <b_j> complex, <b_j^+ b_j> and <b_j^+ b_j^+ b_j b_j>, (sites, T)
    """

    times: np.ndarray
    sites: tuple[int, ...]
    amplitudes: np.ndarray
    numbers: np.ndarray
    quartic: np.ndarray

    @property
    def g2(self) -> np.ndarray:
        """<b^+ b^+ b b>/<b^+ b>^2, (sites, T)."""
        if np.any(self.numbers <= 0):
            raise ParameterError("g2 was asked for at a time without phonons; it is defined for n > 0.")
        return self.quartic / self.numbers**2

    @property
    def order(self) -> np.ndarray:
        """Kuramoto's r_K = |(1/M) sum_j exp(i phi_j)| over the oscillators, (T,); nan while an amplitude is 0."""
        order = np.abs(kuramoto_order_parameter(np.angle(self.amplitudes).T))
        return np.where(np.all(self.amplitudes != 0, axis=0), order, np.nan)

    @property
    def phases(self) -> np.ndarray:
        """arg <b_j> in degrees, (sites, T)."""
        return np.degrees(np.angle(self.amplitudes))


def run(
    name: str = "fig3",
    periods: Sequence[int] | int = 640,
    closure: str = "printed",
    start: Mapping[int, complex] | None = None,
    tolerance: float = 1e-8,
    **changes: Any,
) -> KineticRun:
    """Integrate the array and sample it at multiples of the drive period.

    name
        preset
    periods
        numbers of drive periods (of the first bond) at which samples are wanted, increasing, or the last one
    closure
        "printed" or "polaron"
    start
        site -> displacement of its oscillator; all are thermal with 0.1 quanta, all spins down
    tolerance
        of a step; amplitudes drift by about 1e-3 over 3000 periods at 1e-6
    changes
        parameters other than the preset's, e.g. ``phi`` = drive phases of the bonds, ``Om_1``, ``G``

    Returns a :class:`KineticRun`. Sampling at other times aliases the static displacement lam/om into a drift.
    """
    chosen: Preset = preset(name)
    sites = len(chosen.couplings)
    values = chosen.values(**changes)
    wanted = np.atleast_1d(np.asarray(periods))
    if wanted.size == 0 or wanted[0] < 0 or np.any(np.diff(wanted) <= 0):
        raise ParameterError(f"`periods` must be increasing numbers >= 0, but is {periods!r}.")
    derived, system = level(sites, chosen.active), equations(sites, chosen.active, closure)
    displaced = dict(start or {})
    unknown = sorted(set(displaced) - set(chosen.active))
    if unknown:
        raise ParameterError(
            f"`start` names site(s) {unknown} without an oscillator; the active sites are {chosen.active}."
        )
    initial = derived.start({mode(j): Thermal(0.1, displaced.get(j, 0.0)) for j in chosen.active})
    numbers = system.system.values(values)
    times = wanted * 2 * np.pi / values["Om_1"]
    from_zero = times[0] == 0
    grid = times if from_zero else np.concatenate([[0.0], times])
    found = integrate(system.bind(numbers), system.pack(initial), grid, rtol=tolerance, atol=1e-2 * tolerance)
    z = system.unpack(found.states[:, :, 0] if from_zero else found.states[:, 1:, 0])
    rows = {
        label: [system.index(label.format(j=j)) for j in chosen.active]
        for label in ("b{j}", "b{j}^+ b{j}", "b{j}^+2 b{j}^2")
    }
    return KineticRun(
        times, chosen.active, z[rows["b{j}"]], z[rows["b{j}^+ b{j}"]].real, z[rows["b{j}^+2 b{j}^2"]].real
    )
