"""Floquet exponents: decay rates and quasi-energies of the slow motions of a periodic master equation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import TIME, Operator, as_operator
from limcyc.errors import OperatorError, ParameterError, SymmetryError
from limcyc.levels.floquet_balance import Balance, EigenFrame, StaticPart
from limcyc.levels.floquet_states import PeriodicState
from limcyc.results import Source, provenance

if TYPE_CHECKING:
    import xarray

    from limcyc.levels.floquet import Floquet

__all__ = ["charge_of", "exponents", "frequency_of", "relaxation", "sector_operator", "slowest"]

_TOLERANCE = 1e-7

_STATIONARY = 1e-6
"""Relative distance up to which an exponent counts as a multiple of i Omega."""


def sector_operator(of: Any, verb: str) -> Operator:
    """The operator that names a sector."""
    operator = as_operator(of)
    if operator is None:
        raise OperatorError(f"{verb} needs an operator that names the sector, got {of!r}")
    return operator


def charge_of(level: Floquet, operator: Operator) -> tuple[int, ...]:
    """Charge of an operator, or :class:`limcyc.errors.SymmetryError` when its monomials disagree."""
    charges = level.system.symmetries.shift(operator) if operator.terms else level.system.symmetries.zero
    if charges is None:
        raise SymmetryError(f"{operator!r} mixes charges of {level.system.symmetries!r}; ask for its parts one by one")
    return charges


def exponents(
    level: Floquet, state: PeriodicState, operator: Operator, count: int, near: complex | None, points: int | None
) -> np.ndarray:
    """Floquet exponents nearest to a number in the sector of an operator, by decreasing real part."""
    from scipy.sparse.linalg import LinearOperator, eigs

    charges = charge_of(level, operator)
    target = frequency_of(state, operator) if near is None else complex(near)
    generator = level._generator(level._sizes(state), charges, state.parameters)
    static = StaticPart(EigenFrame(generator, -target.imag), target)
    balance = Balance(static, state.points + 2 if points is None else points)
    shape = (balance.points, generator.size)

    def inverse(vector: np.ndarray) -> np.ndarray:
        return balance.solve(vector.reshape(shape), 0.1 * _TOLERANCE)[0].ravel()

    size = generator.size * balance.points
    rng = np.random.default_rng(0)
    begin = np.zeros(shape, dtype=complex)
    begin[:, static.chosen] = rng.standard_normal(static.chosen.size)
    found = eigs(
        LinearOperator((size, size), matvec=inverse, dtype=complex),
        k=min(count, size - 2),
        ncv=min(max(2 * count + 4, 12), size - 1),
        v0=begin.ravel(),
        which="LM",
        tol=_TOLERANCE,
        return_eigenvectors=False,
    )
    values = target - 1 / found
    return values[np.argsort(-values.real)]


def slowest(
    level: Floquet, state: PeriodicState, operator: Operator, near: complex | None
) -> tuple[complex, np.ndarray]:
    """The slowest exponent in the sector of an operator that is not a copy i k Omega of the steady state's own, and all found."""
    found = exponents(level, state, operator, 4, near, None)
    decaying = found
    if charge_of(level, operator) == level.system.symmetries.zero:
        turns = found.imag * state.period / (2 * np.pi)
        copies = (abs(found.real) < _STATIONARY * abs(found.real).max()) & (abs(turns - np.round(turns)) < _STATIONARY)
        decaying = found[~copies]
    return complex(decaying[0]), found


def relaxation(
    level: Floquet, of: Any, count: int, cutoffs: Mapping[Any, int] | None, near: complex | None, parameters: Any
) -> xarray.Dataset:
    """See :meth:`limcyc.Floquet.relaxation`."""
    import xarray

    operator = sector_operator(of, "relaxation()")
    state = level.steady_state(cutoffs, **parameters)
    target = frequency_of(state, operator) if near is None else complex(near)
    values = exponents(level, state, operator, count, target, state.points + 2)
    finer = exponents(level, state, operator, count, target, state.points + 6)
    # The order of close exponents may differ: each is compared with the nearest one on more points.
    change = abs(finer[:, None] - values[None, :]).min(axis=1)
    frequency = 2 * np.pi / state.period
    turns = finer.imag / frequency
    axis = {"mode": np.arange(finer.size)}
    data = {
        "rate": ("mode", -finer.real, {"units": "rate", "long_name": "decay rate, -Re(exponent)"}),
        "quasi_energy": (
            "mode",
            frequency * (turns - np.ceil(turns - 0.5)),
            {"units": "rate", "long_name": "Im(exponent) within half a drive frequency of 0"},
        ),
        "frequency": ("mode", finer.imag, {"units": "rate", "long_name": "Im(exponent), of the branch asked for"}),
        "change": ("mode", change, {"units": "rate", "long_name": "change when points in time were added"}),
    }
    attributes = provenance(Source(level.system, level.name, state.parameters)) | {
        "sector": repr(operator),
        "drive_frequency": frequency,
        "points": state.points + 6,
    }
    return xarray.Dataset(data, coords=axis, attrs=attributes)


def frequency_of(state: PeriodicState, operator: Operator) -> complex:
    """A number near the exponent that A rho(t) starts with, off the real axis by its mean rotation."""
    if list(operator.terms) == [()]:
        return complex(1e-4 * float(abs(StaticPart(state.frame).rates.real).mean()))
    adjoint = state.system.adjoint(operator)
    if TIME in adjoint.free_symbols:
        raise ParameterError("give near=..., the frequency of the operator; it cannot be read off here")
    number, rate = (
        np.mean([state.at(t).mean(operator.dag * part) for t in state.period * np.arange(9) / 9])
        for part in (operator, adjoint)
    )
    # d<A^+(t) A>/dt turns like A^+; the exponents of A rho are the conjugates of those of A.
    return 1j * float(np.imag(np.conj(rate / number)))
