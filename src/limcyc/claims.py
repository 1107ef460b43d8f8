"""Claims as data: a number that a source states, where it is stated, and how well it must come out.

One list of claims per published system feeds the tests, the tables of the figures and the command
``limcyc check``.  A claim knows nothing of how its quantity is computed: it names it, and the
system's table of quantities supplies the function.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from limcyc.errors import ParameterError, UnknownNameError

__all__ = ["RELATIONS", "Claim", "Outcome", "check", "judge"]

RELATIONS: Final = ("equal", "less", "greater", "between", "raises")


@dataclass(frozen=True)
class Claim:
    """A statement about one number, with the point, the tolerance and the origin that belong to it.

    name
        what is claimed, in words: the line a reader sees
    quantity
        name of the function that computes it, a key of the system's ``QUANTITIES``
    at
        parameter values and settings of the point, e.g. ``{"g_h": 1.0, "lamb_dicke": "all"}``
    expected
        the number, a tuple of numbers (compared one by one, or (low, high) for ``between``);
        for ``raises`` the name of the error class, or None for any error of limcyc
    tolerance
        largest allowed deviation, >= 0; in units of |expected| if ``relative``
    relative
        whether the tolerance is relative; a relative tolerance of an expected 0 is refused
    origin
        where the number comes from, e.g. ``"arXiv:2604.18295, Eq. 15"``
    figure
        the figure that shows it, e.g. ``"fig3"``
    quick
        whether it is cheap enough for the quick set
    relation
        ``equal``, ``less``, ``greater``, ``between`` (tolerance widens the interval) or ``raises``
    needs_level
        the level of description it waits for; pending until the system offers that level

    Raises ParameterError if relation, tolerance and expected value do not fit together.

    >>> from limcyc.claims import Claim, check
    >>> claim = Claim("a half", "ratio", {"p": 1.0, "q": 2.0}, 0.5, 1e-12, False, "arithmetic")
    >>> check(claim, {"ratio": lambda p, q: p / q}).passed
    True
    """

    name: str
    quantity: str
    at: Mapping[str, float | str]
    expected: Any
    tolerance: float
    relative: bool
    origin: str
    figure: str | None = None
    quick: bool = True
    relation: str = "equal"
    needs_level: str | None = None

    def __post_init__(self) -> None:
        problem = self._problem()
        if problem:
            raise ParameterError(f"The claim `{self.name}` is not well formed: {problem}")

    def _problem(self) -> str:
        if self.relation not in RELATIONS:
            return f"relation is {self.relation!r}, but must be one of {', '.join(RELATIONS)}."
        if not self.tolerance >= 0.0:
            return f"tolerance must be >= 0, but is {self.tolerance}."
        if self.relation == "raises":
            if self.expected is not None and not isinstance(self.expected, str):
                return f"for `raises`, expected is an error's name or None, not {self.expected!r}."
            return ""
        if self.expected is None or isinstance(self.expected, str):
            return f"expected must be a number or a tuple of numbers, but is {self.expected!r}."
        if self.relation == "between" and not (isinstance(self.expected, tuple) and len(self.expected) == 2):
            return f"for `between`, expected must be (low, high), but is {self.expected!r}."
        if self.relation in ("less", "greater") and isinstance(self.expected, tuple):
            return f"for `{self.relation}`, expected must be one number, but is {self.expected!r}."
        if self.relative and 0.0 in _as_list(self.expected):
            return "a relative tolerance of an expected 0 allows nothing; make it absolute."
        return ""

    def expectation(self) -> str:
        """The right-hand side in one line, e.g. ``3.9375 +- 1e-05`` or ``> 2``."""
        if self.relation == "raises":
            return f"raises {self.expected or 'an error'}"
        width = f" +- {self.tolerance:.2g}{' rel.' if self.relative else ''}"
        if self.tolerance == 0.0:
            width = ""
        if self.relation == "between":
            return f"{self.expected[0]:.8g} ... {self.expected[1]:.8g}{width}"
        sign = {"equal": "", "less": "< ", "greater": "> "}[self.relation]
        return sign + ", ".join(f"{value:.8g}" for value in _as_list(self.expected)) + width


@dataclass(frozen=True)
class Outcome:
    """What came out of checking one claim.

    claim
        the claim
    got
        the computed number or list of numbers; for ``raises`` the name of the error; None if
        nothing was computed
    passed
        whether the claim holds; False while pending
    seconds
        time the computation took
    pending
        whether the claim waits for a level of description that is not there yet
    error
        why nothing could be compared, else None
    """

    claim: Claim
    got: Any
    passed: bool
    seconds: float = 0.0
    pending: bool = False
    error: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON: the claim's fields, then ``got``, ``pass``, ``pending``, ``error``."""
        claim = self.claim
        return {
            "name": claim.name,
            "quantity": claim.quantity,
            "at": dict(claim.at),
            "relation": claim.relation,
            "expected": claim.expected,
            "got": self.got,
            "tolerance": claim.tolerance,
            "relative": claim.relative,
            "origin": claim.origin,
            "figure": claim.figure,
            "pass": self.passed,
            "pending": self.pending,
            "error": self.error,
            "seconds": round(self.seconds, 4),
        }


def judge(claim: Claim, got: Any, *, seconds: float = 0.0) -> Outcome:
    """Compare a number that is already there with the claim.

    claim
        the claim
    got
        a number, or a sequence of numbers as long as ``claim.expected``; None leaves a claim with
        a ``needs_level`` pending
    seconds
        time its computation took, for the record

    Returns an :class:`Outcome`.  A value that is not a number never passes.

    >>> from limcyc.claims import Claim, judge
    >>> low = Claim("small", "n", {}, 2.0, 0.0, False, "arithmetic", relation="less")
    >>> judge(low, 1.5).passed, judge(low, float("nan")).passed
    (True, False)
    """
    if got is None and claim.needs_level is not None:
        return _waiting(claim)
    try:
        values = _as_list(got)
    except (TypeError, ValueError):
        message = f"the quantity `{claim.quantity}` gave {got!r}, which is not a number"
        return Outcome(claim, None, False, seconds, error=message)
    plain = values if _has_length(got) else values[0]
    if claim.relation == "raises":
        expected = claim.expected or "an error"
        message = f"{expected} was expected, but a value was returned"
        return Outcome(claim, plain, False, seconds, error=message)
    wanted = _as_list(claim.expected)
    if claim.relation == "equal" and len(values) != len(wanted):
        message = f"{len(wanted)} numbers were expected, but {len(values)} came out"
        return Outcome(claim, plain, False, seconds, error=message)
    if claim.relation == "equal":
        passed = all(abs(value - goal) <= _allowance(claim, goal) for value, goal in zip(values, wanted, strict=True))
    elif claim.relation == "less":
        passed = all(value < wanted[0] + _allowance(claim, wanted[0]) for value in values)
    elif claim.relation == "greater":
        passed = all(value > wanted[0] - _allowance(claim, wanted[0]) for value in values)
    else:
        low, high = wanted
        low, high = low - _allowance(claim, low), high + _allowance(claim, high)
        passed = all(low <= value <= high for value in values)
    return Outcome(claim, plain, bool(passed and values), seconds)


def check(
    claim: Claim,
    quantities: Mapping[str, Callable[..., Any]],
    levels: Collection[str] | None = None,
) -> Outcome:
    """Compute the quantity of a claim and compare.

    claim
        the claim
    quantities
        functions of keyword parameters, by name; ``quantities[claim.quantity](**claim.at)``
    levels
        names of the levels of description that the system offers.  A claim with a ``needs_level``
        outside them is pending.  None: it is pending if its quantity is missing.

    Returns an :class:`Outcome`.  An error of the computation fails the claim (or fulfils it, for
    ``raises``) and is reported there, so that one failure never hides the claims after it.

    >>> from limcyc.claims import Claim, check
    >>> later = Claim("spread", "sigma", {}, 1.0, 0.1, False, "table", needs_level="langevin")
    >>> outcome = check(later, {}, levels=("exact",))
    >>> outcome.pending, outcome.passed
    (True, False)
    """
    function = quantities.get(claim.quantity)
    if claim.needs_level is not None:
        waiting = function is None if levels is None else claim.needs_level not in levels
        if waiting:
            return _waiting(claim)
    if function is None:
        error = UnknownNameError("quantity", claim.quantity, quantities)
        return Outcome(claim, None, False, error=_described(error))
    start = time.perf_counter()
    try:
        got = function(**claim.at)
    # Whatever goes wrong belongs to this claim alone: the ones after it are still checked.
    except Exception as error:
        seconds = time.perf_counter() - start
        if claim.relation == "raises":
            return _judge_error(claim, error, seconds)
        return Outcome(claim, None, False, seconds, error=_described(error))
    return judge(claim, got, seconds=time.perf_counter() - start)


def _waiting(claim: Claim) -> Outcome:
    reason = f"waits for the level `{claim.needs_level}`"
    return Outcome(claim, None, False, pending=True, error=reason)


def _judge_error(claim: Claim, error: Exception, seconds: float) -> Outcome:
    # An error of limcyc says that the question was refused; any other one is a defect.
    names = [cls.__name__ for cls in type(error).__mro__]
    passed = (claim.expected or "LimcycError") in names
    return Outcome(claim, names[0], passed, seconds, error=None if passed else _described(error))


def _described(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _allowance(claim: Claim, goal: float) -> float:
    return claim.tolerance * abs(goal) if claim.relative else claim.tolerance


def _has_length(value: Any) -> bool:
    # Zero-dimensional arrays have __len__ but no length.
    return hasattr(value, "__len__") and getattr(value, "ndim", 1) > 0


def _as_list(value: Any) -> list[float]:
    items = list(value) if _has_length(value) else [value]
    numbers = [float(item) for item in items]
    return [math.nan if math.isnan(number) else number for number in numbers]
