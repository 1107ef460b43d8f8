"""One family of errors and warnings.

Every message says what was asked, what is wrong with the actual value, and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "ConvergenceError",
    "CutoffError",
    "CutoffWarning",
    "LimcycError",
    "LimcycWarning",
    "OperatorError",
    "ParameterError",
    "RunawayError",
    "SeveralSteadyStatesError",
    "StoreError",
    "StoreWarning",
    "SymmetryError",
    "UnknownNameError",
    "UnsupportedError",
    "ValidityWarning",
]


class LimcycError(ValueError):
    """Base of all errors that limcyc raises on purpose."""


class OperatorError(LimcycError):
    """An operator expression that has no meaning, e.g. a product of a spin with its own namesake mode."""


class ParameterError(LimcycError):
    """A parameter is missing, unknown or outside its valid range."""


class UnknownNameError(ParameterError):
    """A name that does not exist; the nearest valid one is offered.

    >>> print(UnknownNameError("parameter", "gama_h", ["g_h", "gamma_h"]))
    unknown parameter 'gama_h'; did you mean 'gamma_h'? Valid: g_h, gamma_h
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        nearest = difflib.get_close_matches(name, self.known, n=1, cutoff=0.4)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else "."
        super().__init__(f"unknown {kind} {name!r}{hint} Valid: {', '.join(self.known) or 'none'}")


class SymmetryError(LimcycError):
    """A question that the symmetry of the model does not allow, e.g. the linewidth of a phase-locked mode."""


class SeveralSteadyStatesError(LimcycError):
    """The steady state is not unique: a strong symmetry or disconnected sectors."""


class RunawayError(LimcycError):
    """No normalisable steady state: a mode gains energy without bound."""


class CutoffError(LimcycError):
    """The Fock cutoff is too small for the answer asked for, or the largest allowed one is not enough."""


class ConvergenceError(LimcycError):
    """An answer that does not settle, with the cutoff or with the iterations, and is therefore not given."""


class UnsupportedError(LimcycError):
    """A level of description that cannot do what was asked; the message names one that can."""


class StoreError(LimcycError):
    """A store of results that cannot be written, is damaged, or belongs to another job."""


class LimcycWarning(UserWarning):
    """Base of all warnings that limcyc issues on purpose."""


class ValidityWarning(LimcycWarning):
    """A formula or expansion is used outside the range where it is known to hold."""


class StoreWarning(LimcycWarning):
    """Something in a store of results had to be given up and is computed again."""


class CutoffWarning(LimcycWarning):
    """A result depends on the Fock cutoff more than the tolerance allows, and was asked for all the same."""
