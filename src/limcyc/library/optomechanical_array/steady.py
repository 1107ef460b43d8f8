"""Numbers of the array at each level of description."""

from __future__ import annotations

from typing import Any, Final

from limcyc.errors import UnknownNameError
from limcyc.library.optomechanical_array import gutzwiller, langevin, validity
from limcyc.library.optomechanical_array.model import CAVITY, CELLS, MECHANICS, NAME, PARAMETERS, SETTINGS
from limcyc.library.steady import Steady, choose, read_values

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {"product-state": ("static", "window"), "langevin": ("square", "ring", "triangular", "cubic", "global")}
"""Levels of description and their methods; the first of each is the default."""


def steady(level: str = "product-state", method: str | None = None, **values: Any) -> Steady:
    """Order and occupations of the array in quantum mean field, or of a lattice with classical noise.

    level, method
        "product-state": ``static``, the state with static means, stable or not; ``window``, the run from a coherent state
        averaged over t = 260 ... 290. "langevin": the lattice, truncated Wigner, averaged over t = 400 ... 800
    values
        the parameters, in units of omega_m; ``photons``, ``phonons``, the Fock states of a cell (5 and 15); for the lattice
        ``size`` (12, 8 if cubic), ``force``, ``runs`` (4) and ``seed``

    Returns :class:`~limcyc.library.steady.Steady`.  Above threshold nothing is steady: the window says what it is.

    Raises CutoffError, ParameterError and UnknownNameError.

    Source: arXiv:1208.0327.

    >>> from limcyc.library.optomechanical_array import steady
    >>> result = steady(method="static", hop_b=0.0, photons=4, phonons=9, detuning=0.9)
    >>> sorted(result.values)
    ['phonons', 'photons', 'static_displacement']
    """
    which, chosen = choose(LEVELS, level, method, NAME)
    read, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    if which == "langevin":
        return _lattice(chosen, dict(read), settings)
    numbers: dict[str, Any] = dict(read)
    size: dict[str, Any] = {name: int(settings[name]) for name in ("photons", "phonons") if name in settings}
    notes = list(validity.oscillation_notes(numbers))
    if chosen == "window":
        found = gutzwiller.window(**size, **numbers)
        notes.append("An average over t = 260 ... 290; near threshold the order still grows or decays there.")
        return Steady(
            {
                "order": found.order,
                "phonons": found.phonons,
                "photons": found.photons,
                "photon_swing": found.photon_swing,
            },
            {"edge_population": found.edge_population},
            numbers,
            tuple(notes),
        )
    if chosen != "static":
        raise UnknownNameError("method", str(chosen), LEVELS[level])
    product = gutzwiller.level(size.get("photons", 5), size.get("phonons", 13))
    x = gutzwiller.static(**size, **numbers)
    known = product.lanes(numbers).values
    return Steady(
        {
            "phonons": float(product.mean(CELLS.mean(MECHANICS.number), x, known)),
            "photons": float(product.mean(CELLS.mean(CAVITY.number), x, known)),
            "static_displacement": abs(complex(product.mean(CELLS.mean(MECHANICS.lower), x, known))),
        },
        {"displacement_error": gutzwiller.displacement_error(**size, **numbers)},
        numbers,
        tuple(notes),
    )


def _lattice(kind: str, numbers: dict[str, Any], settings: dict[str, Any]) -> Steady:
    size = int(settings.get("size", 8 if kind == "cubic" else 12))
    found = langevin.lattice_order(
        kind, size, force=settings.get("force", "printed"), runs=int(settings.get("runs", 4)), step=0.2, rng=int(settings.get("seed", 0)), **numbers
    )  # fmt: skip
    farthest = int(found.distances[-1])
    return Steady(
        {
            "order": found.order,
            "correlation_1": found.correlation[1],
            f"correlation_{farthest}": found.correlation[-1],
            "phonons": found.square - 0.5,
        },
        {
            "order_error": found.order_error,
            "correlation_1_error": found.correlation_error[1],
            f"correlation_{farthest}_error": found.correlation_error[-1],
            "phonons_error": found.square_error,
            "runs": found.runs,
            "sites": found.sites,
        },
        numbers | settings,
        (
            *validity.oscillation_notes(numbers),
            "An average over t = 400 ... 800 after a start in the vacuum; close to the onset the order still grows.",
        ),
    )
