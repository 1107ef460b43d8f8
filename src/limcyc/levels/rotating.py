"""The frame in which a model with U(1) symmetries does not rotate, so that explicit steps need not resolve its frequencies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import sympy

from limcyc.algebra import Mode, total
from limcyc.algebra import phase_space as symbols
from limcyc.frames import rotating_frame
from limcyc.levels.lanes import Lanes
from limcyc.system import OpenSystem

__all__ = ["Frame", "co_rotating"]


@dataclass(frozen=True)
class Frame:
    """A model in a rotating frame, alpha = exp(-i w t) alpha_rotating.

    system
        the model there: the same with - sum_i w_i n_i
    frequencies
        w of each mode, expressions in the parameters
    """

    system: OpenSystem
    frequencies: tuple[sympy.Expr, ...]

    def values(self, lanes: Lanes) -> np.ndarray:
        """Frequencies as numbers, (modes, 1) or (modes, lanes)."""
        from limcyc.algebra.matrices import scalar_function

        if not self.frequencies:
            return np.zeros((0, 1))
        numbers = scalar_function(self.frequencies)(lanes.values)
        return np.stack([np.broadcast_to(np.real(v), (lanes.count,)) for v in numbers])


def co_rotating(system: OpenSystem) -> Frame:
    """The frame that takes out as many bare rotations as the weak U(1) symmetries allow, the model staying autonomous.

    Each symmetry turns its modes at integer multiples of one frequency: that of the first mode with a charge that no earlier
    symmetry has dealt with.

    >>> import limcyc as lc
    >>> a = lc.Mode("a")
    >>> co_rotating(lc.OpenSystem(50 * a.number, [lc.Jump(a.dag)])).frequencies
    (50,)
    """
    modes = [degree for degree in system.degrees if isinstance(degree, Mode)]
    position = {f"n_{mode.name}": index for index, mode in enumerate(modes)}
    frequencies: list[sympy.Expr] = [sympy.S.Zero] * len(modes)
    bare = [_frequency(system, mode) for mode in modes]
    done: set[int] = set()
    for charge in system.symmetries.weak:
        if charge.modulus:
            continue
        weights = {position[n]: q for n, q in zip(charge.names, charge.weights, strict=True) if q and n in position}
        free = [index for index in sorted(weights) if index not in done]
        if not free:
            continue
        unit = (bare[free[0]] - frequencies[free[0]]) / weights[free[0]]
        for index, q in weights.items():
            frequencies[index] = sympy.expand(frequencies[index] + q * unit)
        done.add(free[0])
    if all(w == 0 for w in frequencies):
        return Frame(system, tuple(frequencies))
    generator = total(w * mode.number for w, mode in zip(frequencies, modes, strict=True))
    turned = rotating_frame(system, generator)
    return Frame(
        OpenSystem(turned.hamiltonian, turned.jumps, name=system.name, source=system.source), tuple(frequencies)
    )


def _frequency(system: OpenSystem, mode: Mode) -> sympy.Expr:
    """The bare frequency: minus the imaginary part of the linear drift."""
    linear = symbols.drift(system.adjoint, (mode, False)).terms.get(((mode.name, 0, 1),), sympy.S.Zero)
    return sympy.expand(-(linear - sympy.conjugate(linear)) / (2 * sympy.I))
