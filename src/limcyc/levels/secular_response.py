"""First-order response to a weak drive in the secular approximation, beside the exact one of ``Exact.linear_response``.

Both solve L rho_1 = i [V, rho_0] in the charge sectors of V.  In the secular approximation a coherence rho_kl responds as if
the dissipation coupled it only to coherences that turn with the same frequency w_k - w_l; where there are none,

    rho_1,kl = (i [V, rho_0])_kl / L_kl,kl.

It is good when different frequencies lie further apart than their lines are wide.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from limcyc.algebra import Operator, as_operator
from limcyc.errors import OperatorError, ParameterError, UnsupportedError
from limcyc.levels.correlations import commutator_source
from limcyc.results import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from limcyc.levels.exact import Exact

__all__ = ["secular_response"]


def secular_response(
    exact: Exact,
    perturbation: Operator,
    cutoffs: Mapping[Any, int] | None = None,
    *,
    closed: bool = False,
    threshold: float | None = 0.0,
    **parameters: Any,
) -> State:
    """d rho/d eps at eps = 0 for H -> H + eps V, with the couplings of coherences of different frequencies dropped.

    exact
        level of the undriven system; its H must be a function of occupation numbers, so that the resonances are those of product
        states
    perturbation
        Hermitian operator V that changes a weak charge of the undriven system
    cutoffs, closed
        as in :meth:`limcyc.Exact.steady_state`
    threshold
        couplings of coherences whose frequencies differ by up to this are kept, in units of the rates; infinity gives the exact
        response, None drops even those of equal frequency

    Returns the traceless derivative as a State; ``mean(A)`` of it is the susceptibility of <A>.  Fails where lines of
    different frequency overlap; with None also for a harmonic oscillator, whose lines all do.

    Raises :class:`limcyc.errors.OperatorError` for a perturbation that is not Hermitian or conserves the charges,
    :class:`limcyc.errors.UnsupportedError` for a Hamiltonian that is not diagonal, and as the steady state.

    >>> import limcyc as lc
    >>> from limcyc.levels.secular_response import secular_response
    >>> a, kerr = lc.Mode("a"), lc.Parameter("kerr")
    >>> own = [lc.Jump(a.dag, 1.0), lc.Jump(a.lower**2, 7.0)]
    >>> oscillator = lc.Exact(lc.OpenSystem(kerr * (a.number**2 - a.number), own))
    >>> drive = lc.hermitian(1j * a.lower)
    >>> [
    ...     "%.4f" % abs(f(drive, kerr=50.0).mean(a.lower))
    ...     for f in (lambda *v, **k: secular_response(oscillator, *v, **k), oscillator.linear_response)
    ... ]
    ['0.1608', '0.1610']
    """
    v = as_operator(perturbation)
    if v is None or not v.is_hermitian:
        raise OperatorError(f"secular_response() needs a Hermitian perturbation, got {perturbation!r}")
    if threshold is not None and not threshold >= 0:
        raise ParameterError(f"the threshold must be a frequency >= 0 or None, got {threshold!r}")
    for monomial in exact.system.hamiltonian.terms:
        if any(any(degree.shift(factor)) for degree, factor in monomial):
            raise UnsupportedError(
                f"secular_response() of {exact.system.name!r}: the Hamiltonian moves quanta, and its eigenstates are no product "
                "states; use Exact.linear_response, which needs no approximation"
            )
    state = exact.steady_state(cutoffs, closed=closed, **parameters)
    sources = commutator_source(exact, state, v)
    kets, bras, elements, error = [], [], [], 0.0
    for charges, source in sources.items():
        if not np.any(source):
            continue
        if charges == exact.system.symmetries.zero:
            raise OperatorError(
                f"secular_response(): {v!r} conserves the charges of {exact.system.name!r} ({exact.system.symmetries!r}); use "
                "Exact.linear_response"
            )
        sector = exact.sector(state.cutoffs, charges)
        generator = sector.generator.matrix(sector.fill(state.parameters)).tocoo()
        diagonal = generator.tocsr().diagonal()
        frequency = diagonal.imag
        near = generator.row == generator.col
        if threshold is not None:
            rounding = 1e-12 * float(abs(generator.data).max(initial=0.0))
            near |= abs(frequency[generator.row] - frequency[generator.col]) <= threshold + rounding
        entries = (generator.data[near], (generator.row[near], generator.col[near]))
        reduced = sparse.coo_array(entries, shape=generator.shape).tocsc()
        solution = splu(reduced).solve(source.astype(complex))
        error = max(error, float(np.linalg.norm(reduced @ solution - source) / np.linalg.norm(source)))
        kets.append(sector.pairs.kets)
        bras.append(sector.pairs.bras)
        elements.append(solution)
    method = "secular" if threshold is None else f"secular within {threshold:g}"
    certificate = replace(
        state._certificate, residual=error, trace=0.0, method=method, unknowns=sum(part.size for part in elements)
    )
    return replace(
        state,
        kets=np.concatenate([*kets, np.zeros(0, dtype=int)]),
        bras=np.concatenate([*bras, np.zeros(0, dtype=int)]),
        elements=np.concatenate([*elements, np.zeros(0, dtype=complex)]),
        derivative=True,
        _certificate=certificate,
        _reduced={},
        _rows={},
    )
