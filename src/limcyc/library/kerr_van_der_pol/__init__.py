"""Driven van der Pol oscillator with Kerr anharmonicity (Phys. Rev. Lett. 117, 073601, 2016).

:func:`model` is the oscillator in the frame of the tone.  :func:`steady` gives its locking at every level: exact, to first
order in the tone (exactly and by the printed secular formula), semiclassically with two expansions, and populations without
the tone.  :func:`locking_curve`, :func:`extremum`, :func:`spectrum`, :func:`entrainment` and :func:`negativity` are exact.

Corrected against the print: the dissipator, whose printed form does not keep the trace.  NOT REPRODUCED: that the printed
first-order formula (Eq. 8) describes the resonances at the drive of Fig. 2.  It has their places but not their size: on the
first one it gives S = 0.538 in place of 0.0919, where the tone saturates the transition and splits the resonance into a
doublet.  Reconstructed, because the print is not known: the rates of Eq. 8 and the semiclassical equation (Eq. 3).
"""

from limcyc.library.kerr_van_der_pol.claims import CLAIMS
from limcyc.library.kerr_van_der_pol.exact import (
    convergence,
    entrainment,
    extremum,
    locking,
    locking_curve,
    negativity,
    spectrum,
    steady_state,
)
from limcyc.library.kerr_van_der_pol.model import NAME, PARAMETERS, SETTINGS, SOURCE, TITLE, model, undriven_model
from limcyc.library.kerr_van_der_pol.quantities import QUANTITIES
from limcyc.library.kerr_van_der_pol.semiclassical import semiclassical_state
from limcyc.library.kerr_van_der_pol.steady import LEVELS, steady

__all__ = [
    "CLAIMS",
    "LEVELS",
    "NAME",
    "PARAMETERS",
    "QUANTITIES",
    "SETTINGS",
    "SOURCE",
    "TITLE",
    "convergence",
    "entrainment",
    "extremum",
    "locking",
    "locking_curve",
    "model",
    "negativity",
    "semiclassical_state",
    "spectrum",
    "steady",
    "steady_state",
    "undriven_model",
]
