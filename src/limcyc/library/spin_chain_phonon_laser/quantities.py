"""The numbers that the claims name, each a function of parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np

from limcyc.library.spin_chain_phonon_laser import bonds, controls, formulas, kinetic
from limcyc.library.spin_chain_phonon_laser.model import preset

__all__ = ["QUANTITIES"]


@lru_cache(maxsize=16)
def _run(**values: Any) -> kinetic.KineticRun:
    bond = values.pop("Om", None)
    changes = {} if bond is None else {"Om_1": bond}
    return kinetic.run(values.pop("preset"), int(values.pop("periods")), **values, **changes)


def _excess_error(**at: Any) -> float:
    """Largest deviation of n - |b|^2 from a free thermal oscillator that starts with 0.1 quanta."""
    found = _run(**at)
    rates = preset(at["preset"]).rates
    thermal = formulas.thermal_number(found.times, 0.1, rates["g"], rates["nm"])
    return float(np.max(np.abs(found.numbers - np.abs(found.amplitudes) ** 2 - thermal)))


QUANTITIES: Final[dict[str, Callable[..., Any]]] = {
    "phonons": lambda **at: _run(**at).numbers[:, -1].tolist(),
    "g2": lambda **at: _run(**at).g2[:, -1].tolist(),
    "order": lambda **at: float(_run(**at).order[-1]),
    "phases": lambda **at: _run(**at).phases[:, -1].tolist(),
    "amplitude": lambda **at: [float(_run(**at).amplitudes[0, -1].real), float(_run(**at).amplitudes[0, -1].imag)],
    "control_order": lambda name, periods: float(controls.control(name, int(periods)).order[-1]),
    "excess_error": _excess_error,
    "inversions": lambda sites: [*bonds.exact_inversions(int(sites)), *bonds.closed_inversions(int(sites))],
    "threshold": formulas.mean_field_threshold,
    "mean_field_phonons": formulas.mean_field_phonons,
    "dark_amplitude": formulas.dark_amplitude,
}
"""Quantity -> function of keyword parameters."""
