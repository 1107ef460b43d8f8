"""Phase diffusion of a large but finite group: the coherence of N oscillators lives N/D."""

from __future__ import annotations

from limcyc.errors import ParameterError
from limcyc.library.three_level_ensembles.mean_field import level, seeded

__all__ = ["diffusion"]


def diffusion(**values: float) -> float:
    """D of the decay rate D/N of the coherence of one group of N oscillators, N |<S^+>|^2 >> 1.

    D = (1/2) sum_k gamma_k Tr( rho [Z, L_k]^+ [Z, L_k] ) with the rotating state rho and the Hermitian left zero mode Z of
    the mean field for changes that keep the trace, Tr(Z (-i)[S^z, rho]) = 1: how far each jump turns the common phase. A
    reconstruction.

    values
        gamma_p, gamma_m, K, V, above the critical coupling

    Returns D in the unit of the rates. Raises :class:`limcyc.errors.ParameterError` without synchronization.

    >>> from limcyc.library.three_level_ensembles.lifetime import diffusion
    >>> round(diffusion(gamma_p=0.5, gamma_m=1.0, K=0.0, V=1.0), 6)
    7.434611
    """
    state = level("1").steady_state(seeded("1"), **values)
    if not state.frequencies.size:
        raise ParameterError(
            f"the lifetime of the coherence was asked for at V = {values['V']:g}, where the group is not synchronised; there "
            "the coherence decays at a rate that does not depend on N, see growth_rate"
        )
    return state.phase_diffusion()
