"""Steady-state numbers of the phonon maser at each level of description."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Final

from limcyc.errors import ParameterError, ValidityWarning
from limcyc.library.levitated_phonon_maser import (
    elimination,
    exact,
    fokker_planck,
    formulas,
    langevin,
    maxwell_bloch,
    validity,
)
from limcyc.library.levitated_phonon_maser.model import MODE, NAME, PARAMETERS, SETTINGS, SPIN
from limcyc.library.steady import Steady, choose, read_values

__all__ = ["LEVELS", "read", "steady"]

LEVELS: Final = {
    "exact": ("sectors",),
    "fokker-planck": ("saturated", "unsaturated", "derived"),
    "langevin": ("saturated", "unsaturated"),
    "mean-field": ("maxwell-bloch",),
    "formula": ("lasing", "linear"),
}
"""Levels of description and their methods; the first of each is the default."""

_MODEL: Final = ("gamma_m", "gamma_1", "gamma_2", "g", "S0", "delta", "nbar")


def read(values: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
    """Numbers of all parameters, with Q and eta put into gamma_m and g, and the other settings.

    Raises ParameterError for both ways to say one thing, numbers out of range, or gamma_2 < gamma_1/2.
    """
    for name, other in (("Q", "gamma_m"), ("eta", "g")):
        if name in values and other in values:
            raise ParameterError(f"both {name} and {other} were given; {NAME} takes one of them")
    numbers, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    if "Q" in settings:
        numbers["gamma_m"] = numbers["omega_m"] / settings.pop("Q")
    if "eta" in settings:
        numbers["g"] = settings.pop("eta") * numbers["omega_m"]
    validity.check_numbers(numbers)
    return numbers, settings


def steady(level: str = "exact", method: str | None = None, **values: Any) -> Steady:
    """Steady state of the maser in the rotating-wave model.

    level, method
        "exact": ``sectors``; "fokker-planck": ``saturated`` or ``unsaturated`` (printed) closed forms, or ``derived`` from the spin's
        Liouvillian by adiabatic elimination; "langevin": trajectories of the closed forms; "mean-field": ``maxwell-bloch``;
        "formula": ``lasing`` (rates, threshold, n_las) or ``linear`` (below threshold only)
    values
        omega_m, gamma_m (or Q), gamma_1, gamma_2, g (or eta), S0, delta, nbar, and ``n_fock``, ``ordering``; ``runs`` and ``seed`` of
        trajectories

    Returns :class:`~limcyc.library.steady.Steady`.  Warns with ValidityWarning where the model itself is not valid, which is
    the case at the printed parameters; the messages are in the notes, too.

    Raises ParameterError for numbers without a meaning, for reduced levels of a slow spin, and for ``linear`` above threshold.

    >>> import warnings
    >>> from limcyc.library.levitated_phonon_maser import steady
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     result = steady(S0=0.2)
    >>> round(result.values["n"], 5), round(result.values["sigma_z"], 7)
    (1469.89994, 0.0159152)
    """
    chosen, how = choose(LEVELS, level, method, NAME)
    numbers, settings = read(values)
    at: dict[str, Any] = {name: numbers[name] for name in _MODEL}
    if chosen != "exact":
        validity.check_reduced(at["gamma_1"], at["gamma_2"], at["gamma_m"])
    notes = _notes(numbers, reduced=chosen != "exact")
    if chosen == "mean-field" or (chosen == "formula" and how != "linear"):
        notes += _lasing_number(numbers)[1]
    if chosen == "exact":
        found, certificate = _exact(at, settings)
    elif chosen == "fokker-planck":
        found, certificate = _fokker_planck(how, at, settings)
    elif chosen == "langevin":
        found, certificate = _langevin(how, at, settings)
    elif chosen == "mean-field":
        state = maxwell_bloch.lasing_state(**at)
        found = {"n_las": state.phonons, "sigma_z": state.inversion, "shift": state.frequency}
        certificate = {"residual": state.residual, "noise": "none"}
    else:
        found, certificate = _formula(how, numbers)
    return Steady(found, certificate, numbers | settings, notes)


def _notes(v: dict[str, float], reduced: bool) -> tuple[str, ...]:
    edge = float(formulas.threshold(v["g"], v["delta"], v["gamma_2"], v["gamma_m"]))
    notes = (
        *validity.rotating_wave_notes(v["g"], v["gamma_2"], v["delta"], v["omega_m"]),
        *validity.secular_notes(v["gamma_1"], v["gamma_2"], v["delta"], v["omega_m"]),
        *validity.threshold_notes(edge),
    )
    if reduced:
        notes += validity.elimination_notes(v["g"], v["gamma_1"], v["gamma_2"])
    if v["S0"] > edge:
        number = v["gamma_1"] * v["S0"] / (2 * v["gamma_m"]) - float(
            formulas.saturation_number(v["g"], v["delta"], v["gamma_1"], v["gamma_2"])
        )
        notes += validity.visibility_notes(number, v["nbar"])
    return notes


def _exact(at: dict[str, Any], settings: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
    n_fock = settings.get("n_fock")
    state = exact.steady_state(None if n_fock is None else int(n_fock), **at)
    found = {
        "n": state.number(MODE),
        "g2": state.g2(MODE),
        "variance": exact.phonon_variance(state),
        "sigma_z": float(state.mean(SPIN.z).real),
        "wigner_origin": exact.wigner_origin(state),
    }
    # The smallest eigenvalue would cost more than the solution and is left out.
    certificate = {
        "residual": state.residual,
        "discarded_weight": state.discarded_weight,
        "n_fock": state.cutoffs[MODE],
    }
    return found, certificate


def _fokker_planck(
    noise: str, at: dict[str, Any], settings: Mapping[str, Any]
) -> tuple[dict[str, float], dict[str, Any]]:
    ordering = settings.get("ordering", "wigner")
    if noise == "derived":
        return _derived(at, ordering)
    law = fokker_planck.radial_law(noise, **at)
    found = {"n": law.phonons(ordering), "N": law.mean, "g2": law.g2(ordering), "variance": law.phonon_variance()}
    return found, {"change_with_panels": law.change, "tail": law.tail, "ordering": ordering, "noise": noise}


def _derived(at: dict[str, Any], ordering: str) -> tuple[dict[str, float], dict[str, Any]]:
    if ordering != "wigner":
        raise ParameterError(
            f"the density that is derived from the model is symmetrically ordered; ordering={ordering!r} was asked for, which the closed "
            "forms have: leave it out, or take method='saturated'"
        )
    mode = elimination.eliminated_mode(**at)
    density = mode.density()
    moments = mode.statistics(density)
    found = {
        "n": moments.number, "N": density.moment(1), "g2": moments.g2, "variance": moments.variance,
        "shift": float(mode.frequency_pull(density.moment(1))),
    }  # fmt: skip
    certificate = {
        "tail": density.boundary, "separation": mode.validity.separation, "coupling": mode.validity.coupling, "ordering": ordering,
        "noise": "derived",
    }  # fmt: skip
    return found, certificate


def _langevin(noise: str, at: dict[str, Any], settings: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, Any]]:
    ordering, runs = settings.get("ordering", "wigner"), int(settings.get("runs", 100))
    found = langevin.stationary_moments(noise, runs=runs, ordering=ordering, rng=int(settings.get("seed", 0)), **at)
    values = {"n": found.number, "g2": found.g2, "variance": found.variance}
    errors = {"n_error": found.number_error, "g2_error": found.g2_error, "variance_error": found.variance_error}
    return values, errors | {"samples": found.samples, "runs": found.batches, "ordering": ordering, "noise": noise}


def _lasing_number(v: dict[str, float]) -> tuple[float, tuple[str, ...]]:
    return formulas.lasing_number(v["g"], v["S0"], v["delta"], v["gamma_1"], v["gamma_2"], v["gamma_m"])


def _formula(how: str, v: dict[str, float]) -> tuple[dict[str, float], dict[str, Any]]:
    spin = (v["g"], v["S0"], v["delta"], v["gamma_2"])
    if how == "linear":
        return {"n": formulas.linear_steady_number(*spin, v["gamma_m"], v["nbar"])}, {"valid": "n << n_sat"}
    taken, given = formulas.maser_rates(*spin)
    with warnings.catch_warnings():
        # Said in the notes already.
        warnings.simplefilter("ignore", ValidityWarning)
        number, _ = _lasing_number(v)
    found = {
        "n_las": number,
        "n_sat": float(formulas.saturation_number(v["g"], v["delta"], v["gamma_1"], v["gamma_2"])),
        "S_th": float(formulas.threshold(v["g"], v["delta"], v["gamma_2"], v["gamma_m"])),
        "S_th_counter_rotating": float(
            formulas.threshold_counter_rotating(v["g"], v["delta"], v["gamma_2"], v["gamma_m"], v["omega_m"])
        ),
        "gamma_minus": taken,
        "gamma_plus": given,
        "gamma_opt": taken - given,
        "shift": float(formulas.frequency_shift(*spin)) if number == 0 else float(
            formulas.pulling(v["delta"], v["gamma_2"], v["gamma_m"])
        ),
    }  # fmt: skip
    return found, {"form": "closed", "approximation": "mean field, rotating wave"}
