"""The numbers that the claims name, each a function of parameters."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import numpy as np

from limcyc.library.spin_chain_phonon_laser import bonds, controls, effective, formulas, full, kinetic, local_drive
from limcyc.library.spin_chain_phonon_laser.model import mode, preset, spin
from limcyc.results import State

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


@lru_cache(maxsize=16)
def _effective(case: str, model: str, cutoff: int | None = None, **changes: float) -> State:
    return effective.effective_state(case, model, cutoff, **changes)


def _amplitude(state: State, operator: Any) -> list[float]:
    value = complex(state.mean(operator))
    return [value.real, value.imag]


def _full_polaron(preset: str = "fig2", **changes: float) -> tuple[Any, Any]:
    state = full.full_state(preset, **changes)
    return state, full.polaron_mode(effective.elemental_values(preset))


def _polaron_number(**at: Any) -> float:
    state, c = _full_polaron(**at)
    return float(np.real(state.mean(c.dag * c)))


def _polaron_amplitude(**at: Any) -> list[float]:
    state, c = _full_polaron(**at)
    return _amplitude(state.stroboscopic, c)


def _balance_error(model: str, **changes: float) -> float:
    """Relative error of the exact phonon balance of Case I, n = nm + G (1 + (1 + 2 ns) <sz>)/2g + recoil."""
    state = _effective("I", model, **changes)
    p = effective.elemental_values("fig2", **changes)
    z = float(np.real(state.mean(spin(1).z)))
    expected = p["nm"] + p["G"] * (1 + (1 + 2 * p["ns"]) * z) / (2 * p["g"])
    if model == "dressed":
        rate = p["G"] * ((1 + p["ns"]) * (1 + z) / 2 + p["ns"] * (1 - z) / 2)
        expected += 4 * (p["lam_1"] / p["om_1"]) ** 2 * rate / p["g"]
    return abs(state.number(mode(1)) / expected - 1)


def _beyond(case: str = "I", cutoff: int = 40, **changes: float) -> float:
    """Mean phonons of the full model less those of the dressed one, the latter with the drive-induced shift of Case I."""
    preset_name = "fig2" if case == "I" else "figS1"
    state = full.full_state(preset_name, cutoff, **changes)
    p = effective.elemental_values(preset_name, **changes)
    detuning = {"Om": p["Om_1"]}
    if case == "I":
        pair = p["D_1"] + p["D_2"]
        detuning["Om"] += p["J_1"] ** 2 / 2 * (1 / (p["Om_1"] - pair) - 1 / (p["Om_1"] + pair))
    dressed = _effective(case, "dressed", None if case == "I" else cutoff, **(changes | detuning))
    return state.number(mode(1)) - dressed.number(mode(1))


def _linewidth(case: str, model: str, **changes: float) -> float:
    level = effective.effective_level(case, model)
    return float(level.linewidth(mode(1), **effective.effective_values(case, model, **changes)))


def _wigner(radius: float) -> float:
    state = _effective("I", "dressed")
    return float(state.wigner(mode(1), np.array([radius]), np.array([0.0])).values.ravel()[0])


def _ring() -> tuple[float, float]:
    """Largest value of the Wigner function and its radius."""
    radii = np.arange(3.8, 4.8, 0.01)
    curve = _effective("I", "dressed").wigner(mode(1), radii, np.array([0.0])).values.ravel()
    return float(curve.max()), float(radii[int(curve.argmax())])


@lru_cache(maxsize=8)
def _transient(preset: str, periods: int, cutoff: int = 34, **changes: float) -> dict[str, Any]:
    return full.transient(preset, (periods,), cutoff, **changes)


@lru_cache(maxsize=8)
def _effective_transient(model: str, time: float) -> float:
    return float(effective.effective_transient(model, [time])["n"][0])


def _resonance_drives(smallest: float, **_: Any) -> list[float]:
    """Drive frequencies of the local drive at which a pair is created resonantly."""
    pairs = [r for r in local_drive.local_resonances((1.9, 14.0), smallest) if "s+_s1 s+_s2" in repr(r.term)]
    return sorted({round(r.drive, 6) for r in pairs})


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
    "phonons_effective": lambda **at: _effective(**at).number(mode(1)),
    "g2_effective": lambda **at: _effective(**at).g2(mode(1)),
    "inversion_effective": lambda **at: float(np.real(_effective(**at).mean(spin(1).z))),
    "amplitude_effective": lambda **at: _amplitude(_effective(**at), mode(1).lower),
    "linewidth_effective": _linewidth,
    "balance_error": _balance_error,
    "wigner": _wigner,
    "wigner_ring": lambda: _ring()[0],
    "wigner_radius": lambda: _ring()[1],
    "phonons_full": lambda preset="fig2", **at: full.full_state(preset, **at).stroboscopic.number(mode(1)),
    "g2_full": lambda preset="fig2", **at: full.full_state(preset, **at).stroboscopic.g2(mode(1)),
    "inversion_full": lambda preset="fig2", **at: float(np.real(full.full_state(preset, **at).mean(spin(1).z))),
    "phonons_average": lambda preset="fig2", **at: full.full_state(preset, **at).number(mode(1)),
    "phonons_polaron": _polaron_number,
    "phonons_beyond": _beyond,
    "amplitude_polaron": _polaron_amplitude,
    "phase_decay_full": full.phase_decay,
    "phonons_transient": lambda **at: float(_transient(**at)["n"][0]),
    "g2_transient": lambda **at: float(_transient(**at)["g2"][0]),
    "phonons_effective_transient": _effective_transient,
    "phonons_local": lambda nu, model, cutoff: (
        local_drive.local_full(nu, cutoff) if model == "full" else local_drive.local_effective(nu, cutoff)
    ).number(mode(1)),
    "g2_local": lambda nu, model, cutoff: (
        local_drive.local_full(nu, cutoff) if model == "full" else local_drive.local_effective(nu, cutoff)
    ).g2(mode(1)),
    "local_drives": _resonance_drives,
}
"""Quantity -> function of keyword parameters."""
