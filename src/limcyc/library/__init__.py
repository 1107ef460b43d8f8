"""Published systems by name: each is one package with its model, formulas and claims.

A system is loaded when it is asked for, so that listing one never costs the imports of another.
Every system offers NAME, TITLE, SOURCE, PARAMETERS, SETTINGS, LEVELS, QUANTITIES, CLAIMS and the
functions ``model(...)`` and ``steady(level, method, **values)``.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Final

from limcyc.errors import UnknownNameError

__all__ = ["SYSTEMS", "load"]

_MODULES: Final = {
    "atomic-ensembles": "limcyc.library.atomic_ensembles",
    "chimera-network": "limcyc.library.chimera_network",
    "cv-synchronization-measures": "limcyc.library.cv_synchronization_measures",
    "kerr-van-der-pol": "limcyc.library.kerr_van_der_pol",
    "kicked-rotator": "limcyc.library.kicked_rotator",
    "levitated-phonon-maser": "limcyc.library.levitated_phonon_maser",
    "mutual-information-sync": "limcyc.library.mutual_information_sync",
    "optomechanical-array": "limcyc.library.optomechanical_array",
    "optomechanical-pair": "limcyc.library.optomechanical_pair",
    "single-ion-phonon-laser": "limcyc.library.single_ion_phonon_laser",
    "spin-chain-phonon-laser": "limcyc.library.spin_chain_phonon_laser",
    "three-level-ensembles": "limcyc.library.three_level_ensembles",
    "trapped-ion-spin-correlations": "limcyc.library.trapped_ion_spin_correlations",
    "two-ion-phonon-laser": "limcyc.library.two_ion_phonon_laser",
    "van-der-pol-network": "limcyc.library.van_der_pol_network",
}

SYSTEMS: Final = tuple(_MODULES)


def load(name: str) -> ModuleType:
    """The package of a published system.

    name
        dashed name, one of ``SYSTEMS``, e.g. ``"two-ion-phonon-laser"``

    Returns the module.

    Raises UnknownNameError, with the nearest name, if there is no such system.

    >>> from limcyc import library
    >>> library.load("two-ion-phonon-laser").NAME
    'two-ion-phonon-laser'
    """
    if name not in _MODULES:
        raise UnknownNameError("system", name, SYSTEMS)
    return import_module(_MODULES[name])
