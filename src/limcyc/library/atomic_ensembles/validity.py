"""What the numbers of two atomic ensembles must fulfil: integers, a bad cavity, enough atoms for cumulants."""

from __future__ import annotations

import warnings
from typing import Final

from limcyc.errors import ParameterError, SeveralSteadyStatesError, ValidityWarning

__all__ = ["FEW_ATOMS", "bad_cavity_note", "check_atoms", "check_pump", "few_atoms_note"]

FEW_ATOMS: Final = 10
"""Below this many atoms per ensemble second-order cumulants are off at the percent level."""

_SEPARATION: Final = 10.0


def check_atoms(n_atoms: float) -> int:
    """The number of atoms per ensemble as an integer.

    n_atoms
        an integer >= 1

    Raises ParameterError otherwise.

    >>> from limcyc.library.atomic_ensembles.validity import check_atoms
    >>> check_atoms(100.0)
    100
    """
    if not (n_atoms >= 1 and n_atoms == int(n_atoms)):
        raise ParameterError(f"n_atoms, the number of atoms per ensemble, must be an integer >= 1, got {n_atoms:g}")
    return int(n_atoms)


def check_pump(pump: float) -> None:
    """Refuse atoms without a pump, whose steady state is not unique.

    pump
        pump of each atom

    Raises SeveralSteadyStatesError for 0: the only decay is then the collective one, which leaves all states of an
    ensemble without a dipole alone.
    """
    if pump == 0.0:
        raise SeveralSteadyStatesError(
            "the steady state at pump = 0 is not unique: collective decay alone keeps every dark state of the atoms; set "
            "pump > 0, or follow the decay of a given state in time"
        )


def few_atoms_note(n_atoms: float) -> tuple[str, ...]:
    """Warn about cumulants of few atoms; the message is returned, too.

    n_atoms
        atoms per ensemble
    """
    if n_atoms >= FEW_ATOMS:
        return ()
    return _warned(
        f"second-order cumulants of n_atoms = {n_atoms:g} per ensemble are off at the percent level or more; below "
        f"{FEW_ATOMS} atoms compare with level='exact'"
    )


def bad_cavity_note(kappa: float, n_atoms: float, delta: float, pump: float, gamma_c: float) -> tuple[str, ...]:
    """Warn when the cavity is not much faster than the atoms; the message is returned, too.

    kappa
        decay of the cavity
    n_atoms, delta, pump, gamma_c
        parameters of the model
    """
    rates = {"n_atoms gamma_c": n_atoms * gamma_c, "pump": pump, "|delta|": abs(delta)}
    name, fastest = max(rates.items(), key=lambda item: item[1])
    if kappa >= _SEPARATION * fastest:
        return ()
    return _warned(
        f"bad-cavity elimination not valid: kappa = {kappa:g} must be much larger than {name} = {fastest:g} (at least "
        f"{_SEPARATION:g} times); use level='cumulants', method='cavity'"
    )


def _warned(message: str) -> tuple[str, ...]:
    warnings.warn(message, ValidityWarning, stacklevel=4)
    return (message,)
