"""The numbers that the claims name, each a function of parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np

from limcyc.library.spin_chain_phonon_laser import formulas, kinetic

__all__ = ["QUANTITIES"]


@lru_cache(maxsize=16)
def _run(**values: Any) -> kinetic.KineticRun:
    bond = values.pop("Om", None)
    changes = {} if bond is None else {"Om_1": bond}
    return kinetic.run(values.pop("preset"), int(values.pop("periods")), **values, **changes)


def _displaced(periods: float) -> float:
    """r_K from displaced starts of different phases."""
    start = {j: np.exp(2j * np.pi * 0.38 * (j - 1)) for j in (1, 3, 4, 6, 8, 9)}
    return float(kinetic.run("fig3", [0] if periods == 0 else int(periods), start=start).order[-1])


QUANTITIES: Final[dict[str, Callable[..., Any]]] = {
    "phonons": lambda **at: _run(**at).numbers[:, -1].tolist(),
    "g2": lambda **at: _run(**at).g2[:, -1].tolist(),
    "order": lambda **at: float(_run(**at).order[-1]),
    "phases": lambda **at: _run(**at).phases[:, -1].tolist(),
    "amplitude": lambda **at: [float(_run(**at).amplitudes[0, -1].real), float(_run(**at).amplitudes[0, -1].imag)],
    "order_from_displaced": _displaced,
    "threshold": formulas.mean_field_threshold,
    "mean_field_phonons": formulas.mean_field_phonons,
    "dark_amplitude": formulas.dark_amplitude,
}
"""Quantity -> function of keyword parameters."""
