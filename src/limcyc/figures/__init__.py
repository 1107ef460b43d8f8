"""The figures of the published systems by name, e.g. ``two-ion-phonon-laser.fig3``.

The figures of a system live in the module or package of the same name as the system's, here, which
lists them as ``FIGURES``.  A system without one has no figures yet.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from limcyc import library
from limcyc.errors import ParameterError, UnknownNameError
from limcyc.figures.base import Figure

__all__ = ["Figure", "every", "of_system", "select"]


def of_system(system: str) -> tuple[Figure, ...]:
    """The figures of one system, in the order in which the source shows them.

    system
        dashed name of the system

    Returns figures; none if the system has no figures yet.

    Raises UnknownNameError if there is no such system.
    """
    if system not in library.SYSTEMS:
        raise UnknownNameError("system", system, library.SYSTEMS)
    module = f"{__name__}.{system.replace('-', '_')}"
    return tuple(import_module(module).FIGURES) if find_spec(module) else ()


def every() -> tuple[Figure, ...]:
    """All figures of all systems."""
    return tuple(figure for system in library.SYSTEMS for figure in of_system(system))


def select(name: str) -> tuple[Figure, ...]:
    """The figures that a name stands for: one figure, or all of a system.

    name
        ``SYSTEM.figN`` or the name of a system

    Returns figures.

    Raises UnknownNameError, with the nearest name, if nothing is called so, and ParameterError
    for a system without figures.
    """
    system = name.partition(".")[0]
    candidates = of_system(system) if system in library.SYSTEMS else every()
    if not candidates:
        raise ParameterError(f"the figure {name!r} was asked for, but there are none yet; see `limcyc figures`")
    if name in library.SYSTEMS:
        return candidates
    for figure in candidates:
        if figure.name == name:
            return (figure,)
    raise UnknownNameError("figure", name, [figure.name for figure in candidates])
