"""Numbers of the pair at each level of description."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from limcyc.library.optomechanical_pair.classical import classical_phases, langevin_runs
from limcyc.library.optomechanical_pair.model import CAVITIES, MECHANICS, NAME, PARAMETERS, SETTINGS
from limcyc.library.optomechanical_pair.quantities import exact_cell, exact_pair
from limcyc.library.optomechanical_pair.trajectories import phase_runs
from limcyc.library.optomechanical_pair.validity import notes
from limcyc.library.steady import Steady, choose, read_values

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {
    "jumps": ("vacuum",),
    "exact": ("pair", "cell"),
    "langevin": ("truncated-wigner",),
    "classical": ("orbit",),
}
"""Levels of description and their methods; the first of each is the default."""


def steady(level: str = "jumps", method: str | None = None, **values: Any) -> Steady:
    """Relative phase and occupations of the pair.

    level, method
        "jumps": quantum trajectories from the vacuum; "exact": density matrix of the ``pair`` (tiny truncations only) or of one
        ``cell``; "langevin": truncated Wigner; "classical": without noise
    values
        the parameters in units of omega_m, and the settings ``photons``, ``phonons``, ``time``, ``trajectories``, ``seed``

    Returns :class:`~limcyc.library.steady.Steady`.

    Raises CutoffError, ParameterError and UnknownNameError.

    >>> from limcyc.library.optomechanical_pair import steady
    >>> round(steady("exact", photons=2, phonons=4, hopping=0.3).values["coherence"], 5)
    0.35804
    """
    chosen, how = choose(LEVELS, level, method, NAME)
    numbers, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    size: dict[str, Any] = {name: int(settings[name]) for name in ("photons", "phonons") if name in settings}
    sampling = {name: settings[name] for name in ("time", "trajectories", "seed") if name in settings}
    used: dict[str, Any] = numbers | settings
    point: dict[str, Any] = dict(numbers)
    remarks = notes(numbers)
    if chosen == "exact":
        single = how == "cell"
        one = {name: number for name, number in numbers.items() if not (single and name == "hopping")}
        tiny = {"photons": 4, "phonons": 20} if single else {"photons": 2, "phonons": 4}
        state = (exact_cell if single else exact_pair)(**(tiny | size), **one)
        found = {"phonons": state.number(MECHANICS[0]), "photons": state.number(CAVITIES[0])}
        if not single:
            found["coherence"] = complex(state.mean(MECHANICS[0].dag * MECHANICS[1].lower)).real
        return Steady(found, state.certificate.as_dict(), used, remarks)
    if chosen == "classical":
        orbit = classical_phases(**point)
        return Steady(
            {"largest_phase": float(np.abs(orbit.phase).max()), "smallest_phase": float(np.abs(orbit.phase).min()),
             "amplitude": float(orbit.amplitude.mean())},
            {"spread": float(orbit.spread.max())}, used, remarks,
        )  # fmt: skip
    if chosen == "langevin":
        noisy = langevin_runs(**sampling, **point)
        cos, cos2 = noisy.mean_cos(1), noisy.mean_cos(2)
        return Steady(
            {"cos_phi": float(cos.mean), "cos_2phi": float(cos2.mean), "phonons": noisy.phonons},
            {"cos_phi_error": float(cos.standard_error), "cos_2phi_error": float(cos2.standard_error)}, used, remarks,
        )  # fmt: skip
    runs = phase_runs(**sampling, **size, **point)
    names = {"cos_phi": "cos", "cos_2phi": "cos2", "phonons": "phonons", "photons": "photons", "coherence": "coherence"}
    estimates = {name: runs.mean(key) for name, key in names.items()}
    certificate = {f"{name}_error": float(found.standard_error) for name, found in estimates.items()}
    certificate |= {"edge_population": runs.attrs["edge_population"], "undefined_samples": runs.undefined}
    return Steady({name: float(np.real(found.mean)) for name, found in estimates.items()}, certificate, used, remarks)
