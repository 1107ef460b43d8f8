"""Mean-field equations of the single-ion laser (Eqs. 49-54), derived from the model by factorisation.

Nothing is typed a second time: the equations follow from the same Hamiltonian and jumps as the exact
solution.  With the ion eliminated they become the rate theory of
:mod:`limcyc.library.single_ion_phonon_laser.adiabatic`.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from limcyc.levels import Cumulants
from limcyc.library.mean_field_runs import MeanFieldRuns
from limcyc.library.single_ion_phonon_laser.model import MODE, model

__all__ = ["RUNS", "evolve", "final_intensity", "mean_field", "settled_intensity"]


@cache
def mean_field(lamb_dicke: str = "1") -> Cumulants:
    """The mean-field level of the model, built once; its ``equations`` are Eqs. 49-54.

    lamb_dicke
        "1" or "3"

    Returns the level.  Good for many phonons; it knows no spontaneous emission into the mode, so an
    amplitude of 0 stays 0, and it is poor at a few phonons.

    Raises UnsupportedError for all orders, whose coupling does not factorise.

    Source: arXiv:2604.18295, Eqs. 49-54.

    >>> from limcyc.library.single_ion_phonon_laser.mean_field import evolve, mean_field
    >>> mean_field().labels
    ('a', '|g><h|_ion', '|g><c|_ion', '|h><c|_ion', '|h><h|_ion', '|c><c|_ion')
    >>> round(float(evolve([0.0, 400.0], g_h=0.5, g_c=0.5, gamma_h=1.0, gamma_c=4.0)["n_a"][-1]), 5)
    4.0
    """
    return Cumulants(model(lamb_dicke), order=1)


RUNS: Final = MeanFieldRuns(mean_field, MODE)
"""Transients of these equations; see :class:`limcyc.library.mean_field_runs.MeanFieldRuns`."""

evolve = RUNS.evolve
final_intensity = RUNS.final_intensity
settled_intensity = RUNS.settled_intensity
