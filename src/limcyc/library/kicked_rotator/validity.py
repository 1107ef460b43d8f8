"""What the kicked rotator cannot be asked, and when an error bar is not one."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Final

from limcyc.errors import ParameterError, ValidityWarning
from limcyc.library.kicked_rotator.model import PARAMETERS, SETTINGS, friction

__all__ = ["FEWEST_BLOCKS", "checked", "warn_few_blocks"]

FEWEST_BLOCKS: Final = 10
"""Independent stretches of trajectories below which their scatter is no good error bar."""

_RATIO: Final = SETTINGS["ratio"]
_DEFAULTS = {parameter.name: complex(parameter.default or 0.0).real for parameter in PARAMETERS}


def checked(values: Mapping[str, Any]) -> dict[str, float]:
    """All parameters as numbers; ``ratio`` gives the force in units of 2 pi g^2.

    Raises ParameterError for a contraction outside (0, 1), hbar <= 0, and for ``force`` together with ``ratio``.

    >>> from limcyc.library.kicked_rotator.validity import checked
    >>> round(checked({"ratio": 1.0})["force"], 6)
    1.80756
    """
    from math import pi

    given = dict(values)
    ratio = given.pop("ratio", None)
    if ratio is not None and "force" in given:
        raise ParameterError(f"give the force either as force = {given['force']} or as ratio = {ratio}, not both")
    known = _DEFAULTS | given
    numbers = {parameter.name: complex(parameter.check(known.pop(parameter.name))).real for parameter in PARAMETERS}
    if known:
        raise ParameterError(
            f"the kicked rotator has no parameter {', '.join(sorted(known))}; there are {', '.join(_DEFAULTS)} and ratio"
        )
    if ratio is not None:
        numbers["force"] = (
            2 * pi * friction(numbers["contraction"]) * _RATIO.check("ratio", ratio, "the kicked rotator")
        )
    return numbers


def warn_few_blocks(blocks: int, length: int) -> None:
    """Warn of an error bar from a handful of stretches of ``length`` periods."""
    if blocks < FEWEST_BLOCKS:
        warnings.warn(
            f"{blocks} independent stretches of trajectories do not give a reliable error bar (stretches of {length} periods, by friction "
            f"and correlations); use more trajectories or periods, at least {FEWEST_BLOCKS} stretches in all",
            ValidityWarning,
            stacklevel=3,
        )
