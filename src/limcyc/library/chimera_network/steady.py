"""Numbers of the ring: the synchronized state, and what fluctuations make of a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from limcyc.library.chimera_network.classical import COUPLINGS, free_radius
from limcyc.library.chimera_network.formulas import synchronized_eigenvalues
from limcyc.library.chimera_network.gaussian import TIME, pattern_noise, synchronized_spectrum
from limcyc.library.chimera_network.model import NAME, PARAMETERS, REACH, SETTINGS, SITES
from limcyc.library.chimera_network.validity import check_ring
from limcyc.library.steady import Steady, choose, read_values

__all__ = ["LEVELS", "steady"]

LEVELS: Final = {
    "gaussian": ("chimera", "sync", "desync", "wave"),
    "mean-field": ("synchronized",),
    "formula": ("synchronized",),
}
"""Levels of description and their methods; the first of each is the default."""


def steady(level: str = "gaussian", method: str | None = None, **values: Any) -> Steady:
    """Numbers of the ring.

    level, method
        "gaussian": fluctuations a short time after a snapshot, ``chimera``, ``sync``, ``desync`` or ``wave``: they are not
        stationary, but grow from coherent states. "mean-field": the ``synchronized`` state with the spectrum of the derived
        Jacobian; "formula": the same in closed form
    values
        kappa1, kappa2, coupling (by default the one printed for the snapshot), and ``n_sites``, ``reach``, ``time``

    Returns :class:`~limcyc.library.steady.Steady`.  Variances are in units in which the vacuum has 1/2; ``anisotropy`` is the
    ratio of the variances of a site, and says nothing about squeezing.

    Raises ParameterError and UnknownNameError for values and names; warns with ValidityWarning where Gaussian theory or
    phases lose their meaning.

    Source: arXiv:1505.02639.

    >>> from limcyc.library.chimera_network import steady
    >>> result = steady("formula", coupling=1.6)
    >>> round(result.values["slowest_rate"], 6), round(result.values["radius"], 4)
    (0.104942, 1.5811)
    """
    chosen, how = choose(LEVELS, level, method, NAME)
    if "coupling" not in values:
        values = {"coupling": COUPLINGS[how if chosen == "gaussian" else "sync"]} | values
    numbers, settings = read_values(values, PARAMETERS, SETTINGS, NAME)
    n_sites, reach = settings.get("n_sites", SITES), settings.get("reach", REACH)
    check_ring(n_sites, reach)
    size = {"n_sites": int(n_sites), "reach": int(reach)}
    if chosen == "gaussian":
        time = float(settings.get("time", TIME))
        return _pattern(how, numbers, size, time)
    if chosen == "formula":
        found = np.array(
            [
                value
                for q in range(size["n_sites"])
                for value in synchronized_eigenvalues(q, numbers["coupling"], **size, kappa1=numbers["kappa1"])
            ]
        )
    else:
        found = synchronized_spectrum(n_sites=size["n_sites"], reach=size["reach"], **dict[str, Any](numbers))
    # One eigenvalue is 0: the common phase.
    rates = np.sort(-found.real)
    radius = free_radius(numbers["kappa1"], numbers["kappa2"])
    answer = {"radius": radius, "frequency": numbers["coupling"], "slowest_rate": float(rates[1])}
    certificate = {"neutral_rate": float(rates[0]), "eigenvalues": int(found.size)}
    return Steady(answer, certificate, {**numbers, **size})


def _pattern(how: str, numbers: Mapping[str, float], size: Mapping[str, int], time: float) -> Steady:
    noise = pattern_noise(how, time=time, n_sites=size["n_sites"], reach=size["reach"], **numbers)
    average, ellipses = noise.spatial_average(), noise.ellipses
    found = {
        "order": noise.order,
        "smallest_variance": float(ellipses.smaller.min()),
        "largest_variance": float(ellipses.larger.max()),
        "smallest_variance_in_vacuum_units": float(ellipses.vacuum_units.min()),
        "mean_anisotropy": float(ellipses.anisotropy.mean()),
        "average_mean": float(average.mean()),
        "average_std": float(average.std()),
    }
    if size["n_sites"] > 20:
        found["information_renyi2"] = noise.information("renyi-2")
        found["information_von_neumann"] = noise.information("von-neumann")
    certificate = {"smallest_eigenvalue": noise.smallest_eigenvalue, "time": time}
    return Steady(found, certificate, {**numbers, **size, "time": time}, noise.notes)
