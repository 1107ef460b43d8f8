"""Closed formulas of the single-ion phonon laser, each with where it holds (``VALIDITY``).

Mean field (:mod:`.adiabatic`), equal decay rates (:mod:`.equal_decay`, exact) and nearly equal
decay rates (:mod:`.nearly_equal_decay`).  Corrections of printed formulas carry the equation's
number; what is printed is kept under names that end in ``as_printed``.  The exact chain of jumps
(:mod:`.chain`) is as cheap as any of them and holds everywhere.
"""

from __future__ import annotations

from limcyc.library.single_ion_phonon_laser.adiabatic import (
    barrier_intensity,
    intensity_drift,
    intensity_drift_eq67,
    intensity_eq55,
    intensity_eq63,
    lasing_intensity,
    stable_intensity,
)
from limcyc.library.single_ion_phonon_laser.equal_decay import (
    COHERENT_COUPLING_RATIO,
    distribution_eq57_as_printed,
    distribution_eq137,
    distribution_eq137_as_printed,
    g2_eq59,
    g2_eq60,
    g2_eq61,
    g2_eq62,
    mean_eq139,
    rates_eq56_as_printed,
    rates_eq136,
    vacuum_eq58,
    vacuum_eq138_as_printed,
)
from limcyc.library.single_ion_phonon_laser.nearly_equal_decay import (
    distribution_eq133,
    moments_eq133,
)
from limcyc.library.single_ion_phonon_laser.validity import VALIDITY

__all__ = [
    "COHERENT_COUPLING_RATIO",
    "VALIDITY",
    "barrier_intensity",
    "distribution_eq57_as_printed",
    "distribution_eq133",
    "distribution_eq137",
    "distribution_eq137_as_printed",
    "g2_eq59",
    "g2_eq60",
    "g2_eq61",
    "g2_eq62",
    "intensity_drift",
    "intensity_drift_eq67",
    "intensity_eq55",
    "intensity_eq63",
    "lasing_intensity",
    "mean_eq139",
    "moments_eq133",
    "rates_eq56_as_printed",
    "rates_eq136",
    "stable_intensity",
    "vacuum_eq58",
    "vacuum_eq138_as_printed",
]
