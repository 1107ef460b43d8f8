"""One-call diagrams: phase diagrams, locking tongues, threshold curves and bifurcation diagrams of published systems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from limcyc import library
from limcyc.errors import UnknownNameError, UnsupportedError

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

__all__ = ["KINDS", "Diagram", "available", "diagram"]

KINDS: Final = ("phase-diagram", "locking-tongue", "threshold", "bifurcation")
"""What is drawn: phases over two parameters; where an oscillator follows a drive or a partner; where the oscillation sets in;
stable and unstable states over one parameter."""

_MODULES: Final = tuple(
    f"limcyc.figures.diagrams_{name}" for name in ("phases", "lines", "tongues", "optomechanics", "chains")
)


@dataclass(frozen=True)
class Diagram:
    """A diagram of one system.

    system, kind
        dashed name, and one of :data:`KINDS`
    title
        what it shows, with the parameters that are fixed
    compute
        ``compute(quick=...) -> xarray.Dataset``
    plot
        ``plot(dataset) -> matplotlib.figure.Figure``: draws, and computes nothing
    """

    system: str
    kind: str
    title: str
    compute: Callable[..., xarray.Dataset]
    plot: Callable[[xarray.Dataset], matplotlib.figure.Figure]


def available() -> tuple[Diagram, ...]:
    """All diagrams, in the order of systems and kinds."""
    found = [entry for module in _MODULES for entry in import_module(module).DIAGRAMS]
    return tuple(sorted(found, key=lambda entry: (entry.system, KINDS.index(entry.kind))))


def diagram(
    system: str, kind: str | None = None, *, quick: bool = False
) -> tuple[xarray.Dataset, matplotlib.figure.Figure]:
    """Compute and draw the usual diagram of a published system.

    system
        dashed name
    kind
        one of :data:`KINDS`; the first one that the system has if None
    quick
        a coarse grid

    Returns the data and the picture. Raises :class:`limcyc.errors.UnknownNameError` for unknown names, and
    :class:`limcyc.errors.UnsupportedError` for a system that has no such diagram; the message lists those that it has.

    >>> from limcyc.figures.diagrams import diagram
    >>> data, picture = diagram("levitated-phonon-maser", "threshold", quick=True)
    >>> float(data["threshold"].min().round(4))
    0.0159
    """
    if system not in library.SYSTEMS:
        raise UnknownNameError("system", system, library.SYSTEMS)
    if kind is not None and kind not in KINDS:
        raise UnknownNameError("kind of diagram", kind, KINDS)
    own = [entry for entry in available() if entry.system == system]
    fitting = [entry for entry in own if kind in (None, entry.kind)]
    if not fitting:
        systems = sorted({entry.system for entry in available() if kind in (None, entry.kind)})
        has = f"it has {', '.join(entry.kind for entry in own)}" if own else "it has no diagram"
        raise UnsupportedError(
            f"a {kind or 'diagram'} of {system} was asked for, but {has}. Systems with one: {', '.join(systems)}"
        )
    chosen = fitting[0]
    data = chosen.compute(quick=quick)
    data.attrs |= {"system": system, "diagram": chosen.kind, "title": chosen.title}
    return data, chosen.plot(data)


def labelled(dataset: xarray.Dataset, **names: Any) -> xarray.Dataset:
    """The dataset with symbols (and units, after a ``|``) on its variables: ``labelled(data, t=r"$t$|rate")``."""
    for name, text in names.items():
        # Bars inside mathematics belong to the symbol.
        head, _, tail = text.rpartition("|")
        symbol, unit = (head, tail) if head and "$" not in tail else (text, "")
        dataset[name].attrs |= {"symbol": symbol, "long_name": symbol, "units": unit}
    return dataset
