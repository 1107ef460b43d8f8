"""First-order response of a steady state: L rho_1 = source, solved sector by sector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from limcyc.levels.stationary import traceless_response
from limcyc.results import State

if TYPE_CHECKING:
    from limcyc.levels.exact import Exact

__all__ = ["respond"]


def respond(exact: Exact, state: State, sources: Mapping[tuple[int, ...], np.ndarray]) -> State:
    """The traceless solution of L rho_1 = source as a derivative of the steady state.

    sources
        charges of a sector -> matrix elements of the source on its pairs
    """
    zero = exact.system.symmetries.zero
    kets, bras = [np.zeros(0, dtype=int)], [np.zeros(0, dtype=int)]
    elements = [np.zeros(0, dtype=complex)]
    residual, unknowns, method = 0.0, 0, ""
    for charges, source in sources.items():
        sector = exact.sector(state.cutoffs, charges)
        data = sector.fill(state.parameters)
        steady, pin = None, None
        if charges == zero:
            # The pairs of the state are those of its sector, in the same order.
            steady = state.elements
            pin = int(sector.diagonal[np.argmax(abs(steady[sector.diagonal]))])
        solution, error = traceless_response(sector, sector.plan, data, source.astype(complex), steady, pin)
        kets.append(sector.pairs.kets)
        bras.append(sector.pairs.bras)
        elements.append(solution)
        residual, unknowns, method = max(residual, error), max(unknowns, sector.size), sector.plan.method
    certificate = replace(state._certificate, residual=residual, trace=0.0, method=method, unknowns=unknowns)
    return replace(
        state,
        kets=np.concatenate(kets),
        bras=np.concatenate(bras),
        elements=np.concatenate(elements),
        derivative=True,
        _certificate=certificate,
        # Fresh memories: those of the state belong to other matrix elements.
        _reduced={},
        _rows={},
    )
