"""Spectra by resolvent and slow eigenvalues of the exact level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.algebra import Mode, Operator, as_operator
from limcyc.errors import ConvergenceError, OperatorError, ParameterError, SymmetryError
from limcyc.levels.correlations import applied
from limcyc.levels.propagation import laplace_transform
from limcyc.levels.sectors import Sector
from limcyc.numerics.eigen import eigenvalues_near
from limcyc.results import Scalar, State, expectation_row, labelled

if TYPE_CHECKING:
    import xarray

    from limcyc.levels.exact import Exact

__all__ = ["converged_slow_modes", "slowest_rate", "spectrum"]

_AGREEMENT = 1e-6
"""Relative change of the slowest rate between two cutoffs that still counts as converged."""

_GROWTH = (1.0, 1.25, 1.5, 1.75)
"""Cutoffs tried, in units of what the steady state needs."""


def spectrum(exact: Exact, state: State, mode: Mode, frequencies: Any) -> xarray.DataArray:
    """See :meth:`limcyc.Exact.spectrum`."""
    omega = np.atleast_1d(np.asarray(frequencies, dtype=float))
    if omega.ndim != 1 or not np.all(np.isfinite(omega)):
        raise ParameterError(f"frequencies must be a one-dimensional array of finite numbers, got shape {omega.shape}")
    ((charges, start),) = applied(exact, state, mode.lower).items()
    sector = exact.sector(state.cutoffs, charges)
    coherent = 0.0
    singular = charges == exact.system.symmetries.zero
    if singular:
        amplitude = complex(state.mean(mode.lower))
        coherent = abs(amplitude) ** 2
        start = start - amplitude * state.elements
        # The stationary state is projected out of the start; a shift far below every rate keeps omega = 0 regular.
        scale = abs(sector.fill(state.parameters)).max()
        omega_solved = np.where(omega == 0, 1e-12 * scale, omega)
    else:
        omega_solved = omega
    row = expectation_row(mode.dag, state.basis, sector.pairs.kets, sector.pairs.bras, state.parameters)
    data = sector.fill(state.parameters)
    stationary = state.elements if singular else None
    half = laplace_transform(sector, sector.plan, data, row, start, omega_solved, stationary)
    result = labelled(2 * half.real, {"omega": (omega, "rate")}, f"S(omega) of {mode.name}", "1/rate", state)
    result.attrs["coherent_number"] = coherent
    return result


def converged_slow_modes(
    exact: Exact,
    of: Any,
    count: int,
    cutoffs: Mapping[Mode, int] | None,
    near: complex | None,
    closed: bool,
    parameters: Mapping[str, Any],
) -> np.ndarray:
    """See :meth:`limcyc.Exact.slow_modes`."""
    operator = as_operator(of)
    if operator is None:
        raise OperatorError(f"slow_modes() needs an operator that names the sector, got {of!r}")
    return _converged(exact, operator, count, cutoffs, near, closed, parameters)[0]


def slowest_rate(
    exact: Exact, operator: Operator, cutoffs: Mapping[Mode, int] | None, closed: bool, parameters: Mapping[str, Any]
) -> Scalar:
    """-Re of the slowest nonzero eigenvalue in the sector of an operator, checked against a larger cutoff."""
    stationary = list(operator.terms) == [()]
    if not stationary and not any(
        value
        for value, charge in zip(exact.charge_of(operator), exact.system.symmetries.weak, strict=True)
        if charge.modulus == 0
    ):
        raise SymmetryError(
            f"the phase of {operator!r} in {exact.system.name!r} is not free ({exact.system.symmetries!r}): a phase-locked "
            "mode has no linewidth of this kind; use spectrum(...)"
        )
    values, change, sizes, dominance = _converged(exact, operator, 4, cutoffs, None, closed, parameters)
    rates = -values.real
    slowest = rates[1] if stationary else rates[0]
    certificate = {"cutoffs": sizes, "change_with_cutoff": change, "eigenvalues": values.tolist()}
    if dominance is not None:
        certificate["dominance"] = dominance
    return Scalar(float(slowest), certificate)


def _converged(
    exact: Exact,
    operator: Operator,
    count: int,
    cutoffs: Mapping[Mode, int] | None,
    near: complex | None,
    closed: bool,
    parameters: Mapping[str, Any],
) -> tuple[np.ndarray, float, dict[str, int], float | None]:
    state = exact.steady_state(cutoffs, closed=closed, **parameters)
    charges = exact.charge_of(operator)
    stationary = charges == exact.system.symmetries.zero
    # No more Fock states than the steady state needs: rounding in a strongly non-normal generator grows with the cutoff.
    first = state.cutoffs if cutoffs is not None else exact.needed_cutoffs(state)
    found: list[np.ndarray] = []
    change, dominance = 0.0, None
    sizes = first
    for factor in _GROWTH:
        sizes = {mode: int(np.ceil(factor * size)) for mode, size in first.items()}
        sector = exact.sector(sizes, charges)
        data = sector.fill(state.parameters)
        shift = _shift(exact, state, operator, near, stationary, data)
        values, vectors = eigenvalues_near(sector.generator, sector.plan, data, shift, min(count + 4, sector.size - 2))
        order = np.argsort(-values.real)
        values, vectors = values[order], vectors[:, order]
        found.append(values[:count])
        if dominance is None and not stationary:
            dominance = _weight(exact, state, operator, sector, data, values[0], vectors[:, 0], sizes)
        if closed or not exact.modes:
            break
        if len(found) > 1:
            one, two = (values[1 if stationary else 0] for values in found[-2:])
            change = float(abs(one - two) / max(abs(two), 1e-300))
            if change <= _AGREEMENT:
                break
    named = {mode.name: size for mode, size in sizes.items()}
    if change > _AGREEMENT:
        history = ", ".join(f"{values[1 if stationary else 0]:.6g}" for values in found)
        raise ConvergenceError(
            f"slowest eigenvalue of {exact.system.name!r} in the sector of {operator!r}: {history} with cutoffs growing up "
            f"to {named} (last change {change:.1e}, allowed {_AGREEMENT:.0e}). The eigenvalue belongs to a non-normal "
            "continuum and is not a linewidth; use g1(...) by propagation"
        )
    return found[-1], change, named, dominance


def _shift(
    exact: Exact, state: State, operator: Operator, near: complex | None, stationary: bool, data: np.ndarray
) -> complex:
    """A point near the slow eigenvalues at which the generator is regular."""
    if near is not None:
        return complex(near)
    scale = float(abs(data).max())
    if stationary:
        return 1e-4 * scale
    # Initial rate of the regression Tr[A^+ exp(L t) A rho]: its imaginary part is the frequency of the line.
    ((charges, start),) = applied(exact, state, operator).items()
    sector = exact.sector(state.cutoffs, charges)
    row = expectation_row(operator.dag, state.basis, sector.pairs.kets, sector.pairs.bras, state.parameters)
    rate = (row @ (sector.generator.matrix(sector.fill(state.parameters)) @ start)) / (row @ start)
    return complex(0.0, rate.imag) if abs(rate.imag) > 1e-9 * scale else 0j


def _weight(
    exact: Exact,
    state: State,
    operator: Operator,
    sector: Sector,
    data: np.ndarray,
    value: complex,
    right: np.ndarray,
    sizes: Mapping[Mode, int],
) -> float:
    """Share of one eigenmode in Tr[A^+ exp(L t) A rho] at t = 0: (row . r)(l . start)/(l . r)/(row . start)."""
    fitting = exact.steady_state(sizes, closed=state.closed, **state.parameters)
    start = next(iter(applied(exact, fitting, operator).values()))
    row = expectation_row(operator.dag, sector.basis, sector.pairs.kets, sector.pairs.bras, state.parameters)
    shifted = data.astype(complex)
    shifted[sector.generator.diagonal] -= value + 1e-10 * abs(data).max()
    factorization = sector.plan.factor(shifted)
    left = np.ones(sector.size, dtype=complex)
    for _ in range(3):
        left = factorization.solve(left / np.linalg.norm(left), transposed=True)
    return float(abs((row @ right) * (left @ start) / ((left @ right) * (row @ start))))
