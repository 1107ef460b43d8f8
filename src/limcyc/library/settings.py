"""Settings of published systems that are numbers: how many, how large, from where to where."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from limcyc.errors import ParameterError

__all__ = ["Setting", "amount", "count", "seed"]


@dataclass(frozen=True)
class Setting:
    """A number that a system reads besides its parameters.

    meaning
        one line for tables, without the range
    integer
        whether it must be one
    minimum
        smallest value; with ``exclusive`` itself not allowed
    exclusive
        whether the minimum is outside the range
    words
        words that are allowed instead of a number
    """

    meaning: str
    integer: bool = False
    minimum: float | None = None
    exclusive: bool = False
    words: tuple[str, ...] = ()

    @property
    def range(self) -> str:
        """What it must be, e.g. ``an integer of at least 2, or "auto"``."""
        kind = "an integer" if self.integer else "a finite number"
        if self.minimum is not None:
            kind += f" {'greater than' if self.exclusive else 'of at least'} {self.minimum:g}"
        return kind + "".join(f', or "{word}"' for word in self.words)

    def check(self, name: str, value: Any, system: str) -> Any:
        """The number, an int or a float, or the word; texts of numbers are read.

        Raises ParameterError for anything else.

        >>> from limcyc.library.settings import count
        >>> count("Fock states", 2).check("n_fock", "40", "laser")
        40
        >>> count("Fock states", 2).check("n_fock", 2.5, "laser")
        Traceback (most recent call last):
        limcyc.errors.ParameterError: n_fock must be an integer of at least 2, but is 2.5; it is a setting of laser: Fock states
        """
        if isinstance(value, str) and value in self.words:
            return value
        number = self._number(value)
        if number is None or not self._inside(number):
            raise ParameterError(
                f"{name} must be {self.range}, but is {value!r}; it is a setting of {system}: {self.meaning}"
            )
        return number

    def _number(self, value: Any) -> int | float | None:
        if isinstance(value, bool):
            return None
        try:
            # Not through a float: seeds have many digits.
            number = int(value) if isinstance(value, str) or hasattr(value, "__index__") else float(value)
        except (TypeError, ValueError, OverflowError):
            try:
                number = float(value)
            except (TypeError, ValueError, OverflowError):
                return None
        if not math.isfinite(number):
            return None
        if not self.integer:
            return float(number)
        return int(number) if number == int(number) else None

    def _inside(self, number: float) -> bool:
        return self.minimum is None or (number > self.minimum if self.exclusive else number >= self.minimum)

    def __str__(self) -> str:
        """Meaning and range, for tables."""
        plain = self.minimum is None and not self.integer and not self.words
        return self.meaning if plain else f"{self.meaning}; {self.range}"


def count(meaning: str, minimum: int | None = None, *words: str) -> Setting:
    """An integer, or one of the words.

    >>> print(count("Fock states", 3, "auto"))
    Fock states; an integer of at least 3, or "auto"
    """
    return Setting(meaning, integer=True, minimum=minimum, words=words)


def amount(meaning: str, minimum: float | None = None, *, exclusive: bool = False) -> Setting:
    """A finite number.

    >>> print(amount("length of a run", 0, exclusive=True))
    length of a run; a finite number greater than 0
    """
    return Setting(meaning, minimum=minimum, exclusive=exclusive)


def seed(meaning: str) -> Setting:
    """What random numbers start from: an integer >= 0."""
    return Setting(meaning, integer=True, minimum=0)
