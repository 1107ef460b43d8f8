"""Average momentum of the rotator at each level of description."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from limcyc.library.kicked_rotator import formulas
from limcyc.library.kicked_rotator.classical import rotation
from limcyc.library.kicked_rotator.model import NAME, PARAMETERS, SETTINGS, START
from limcyc.library.kicked_rotator.trajectories import density_rotation, rotation_runs
from limcyc.library.kicked_rotator.validity import checked
from limcyc.library.steady import Steady, choose, read_values

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {
    "trajectories": ("packet",),
    "density": ("packet",),
    "classical": ("map",),
    "formula": ("locked-orbit",),
}
"""Levels of description and their methods; the first of each is the default."""


def steady(level: str = "trajectories", method: str | None = None, **values: Any) -> Steady:
    """Average momentum P/2 pi after a transient.

    level, method
        "trajectories": quantum jumps from the minimal packet; "density": density matrix, for hbar of 0.3 and more; "classical":
        the map; "formula": the orbit locked to the kicks
    values
        kick, contraction, force or ratio, hbar, and the settings

    Returns :class:`~limcyc.library.steady.Steady` with ``rotation`` = P/2 pi and ``momentum_before_kick``, in units of 2 pi.

    Raises CutoffError, ParameterError and UnknownNameError.

    >>> from limcyc.library.kicked_rotator import steady
    >>> round(steady("classical", contraction=0.25, ratio=1.1, periods=2000).values["rotation"], 4)
    1.0
    """
    chosen, _ = choose(LEVELS, level, method, NAME)
    given, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    if "ratio" in settings and "force" not in values:
        given.pop("force")
    point = checked(given | {name: float(settings[name]) for name in ("ratio",) if name in settings})
    used: dict[str, Any] = point | settings
    start = (float(settings.get("angle", START[0])), float(settings.get("momentum", START[1])))
    counts: dict[str, Any] = {name: int(settings[name]) for name in ("periods", "discard") if name in settings}
    numbers: dict[str, Any] = dict(point)
    unit = 2 * np.pi
    if chosen == "formula":
        m = int(settings.get("numerator", 1))
        orbit = formulas.locked_orbit(point["contraction"], point["force"], point["kick"], m)
        low, high = formulas.step_range(point["contraction"], point["kick"], m)
        found = {"rotation": float(m), "momentum_before_kick": orbit.momentum / unit, "angle": orbit.angle}
        return Steady(found | {"lower_ratio": low, "upper_ratio": high}, {"multiplier": orbit.multiplier}, used)
    if chosen == "classical":
        motion = rotation(start=start, **counts, **numbers)
        found = {"rotation": float(motion.rotation), "momentum_before_kick": float(motion.momentum) / unit}
        return Steady(
            found, {"periods": counts.get("periods", 20000)}, used, ("Steps are bistable: the start decides.",)
        )
    if chosen == "density":
        size = {"window": int(settings["window"])} if "window" in settings else {}
        value, change = density_rotation(start=start, **({"periods": 40, "discard": 20} | counts), **size, **numbers)
        before = formulas.momentum_before_kick(unit * value, point["contraction"], point["force"]) / unit
        return Steady({"rotation": value, "momentum_before_kick": before}, {"rotation_change": change}, used)
    sampling: dict[str, Any] = {
        name: int(settings[name]) for name in ("trajectories", "seed", "window") if name in settings
    }
    runs = rotation_runs(start=start, **counts, **sampling, **numbers)
    return Steady(
        {
            "rotation": runs.rotation,
            "momentum_before_kick": float(runs.before.mean()),
            "jumps_per_period": runs.jumps_per_period,
        },
        {"rotation_error": runs.error, "edge_weight": runs.attrs["edge_weight"], "window": runs.attrs["window"]},
        used,
        ("Steps are bistable: the start decides.",),
    )
