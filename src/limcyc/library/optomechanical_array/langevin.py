"""The array as a lattice of noisy classical oscillators: truncated Wigner, Eq. 5 of arXiv:1208.0327.

    d beta_j/dt  = (-i omega_m - gamma_m/2) beta_j + i g0 |alpha_j|^2 + i (hop_b/z) sum_k beta_k + sqrt(gamma_m/2) xi
    d alpha_j/dt = [i detuning + i g0 (beta_j + beta_j^*) - kappa/2] alpha_j - i laser + sqrt(kappa/2) xi'

They are derived from the model, one cell and one bond.  Symmetric ordering has |alpha|^2 - 1/2 in the force; the printed
equation drops the 1/2, which shifts <beta> by about g0/(2 omega_m).  ``force="printed"`` adds -(g0/2) (b + b^+) to the energy
of a cell and follows the print, ``force="symmetric"`` is the model.

Order is that of the phases of beta about the static displacement; about the origin phases are correlated at any distance
without order.  On lattices of one or two dimensions the correlation decays for ever: an onset is that at a stated distance.
Only qualitative at g0 = kappa, where a cell holds few phonons: there |beta|^2 - 1/2 of an isolated cell is 70 % too large.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.errors import ConvergenceError, ParameterError, UnknownNameError, ValidityWarning
from limcyc.levels import Wigner
from limcyc.library.optomechanical_array.model import CELLS, MECHANICS, model
from limcyc.library.optomechanical_array.on_graph import FORCES, array_on, force_term
from limcyc.library.optomechanical_array.validity import oscillation_notes
from limcyc.measures.phase_correlations import phase_correlation
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import networkx

__all__ = ["COORDINATION", "FORCES", "LATTICES", "LatticeOrder", "Onset", "lattice", "lattice_order", "onset", "torus"]

LATTICES: Final = ("square", "ring", "triangular", "cubic", "global")
COORDINATION: Final = {"ring": 2, "square": 4, "triangular": 6, "cubic": 6}
"""Neighbours of a site."""

_DIMENSION: Final = {"ring": 1, "square": 2, "triangular": 2, "cubic": 3, "global": 1}


@dataclass(frozen=True)
class LatticeOrder:
    """Phase order of a lattice, averaged over a window of time; standard errors from the scatter of the runs.

    distances, correlation, correlation_error
        (D,) d along an axis and C(d); of a global coupling the distance is a label only
    order, order_error
        mean of |(1/N) sum_j exp(i phi_j)|; about 0.9/sqrt(N) without order
    square, square_error
        <|beta|^2> in symmetric ordering: phonons + 1/2
    static
        displacement that was subtracted
    sites, runs
        sizes
    """

    distances: np.ndarray
    correlation: np.ndarray
    correlation_error: np.ndarray
    order: float
    order_error: float
    square: float
    square_error: float
    static: complex
    sites: int
    runs: int

    def at(self, distance: int) -> tuple[float, float]:
        """C at one of the distances, and its standard error."""
        index = int(np.flatnonzero(self.distances == distance)[0])
        return float(self.correlation[index]), float(self.correlation_error[index])


@dataclass(frozen=True)
class Onset:
    """Where C at a distance passes a bound.

    hop_b, error
        the hopping, and its uncertainty: half the last bracket and the errors of C there, added in squares
    hops, correlation, correlation_error
        all points that were tried, (T,), in the order of the hopping
    """

    hop_b: float
    error: float
    hops: np.ndarray
    correlation: np.ndarray
    correlation_error: np.ndarray


def torus(kind: str, size: int) -> networkx.Graph:
    """The periodic lattice: a ring of ``size`` sites, a square or triangular one of size^2, a cubic one of size^3.

    Sites are numbered with the last axis fastest.  The triangular lattice is the square one with one diagonal in each cell.

    >>> from limcyc.library.optomechanical_array.langevin import torus
    >>> [sorted({d for _, d in torus(kind, 4).degree()}) for kind in ("ring", "square", "triangular", "cubic")]
    [[2], [4], [6], [6]]
    """
    import networkx

    if kind not in COORDINATION:
        raise UnknownNameError("lattice", kind, tuple(COORDINATION))
    if int(size) != size or size < 3:
        raise ParameterError(f"a periodic {kind} lattice needs a length >= 3, an integer, got {size!r}")
    graph = networkx.grid_graph((size,) * _DIMENSION[kind], periodic=True)
    if kind == "triangular":
        graph.add_edges_from(((i, j), ((i + 1) % size, (j - 1) % size)) for i in range(size) for j in range(size))
    ordered = networkx.Graph()
    ordered.add_nodes_from(sorted(graph.nodes()))
    ordered.add_edges_from(graph.edges())
    return ordered


@lru_cache(maxsize=8)
def lattice(kind: str = "square", size: int = 30, force: str = "printed") -> Wigner:
    """The phase-space level of the array on a periodic lattice, or with global coupling of size^2 cells.

    kind
        of :data:`LATTICES`
    size
        length L >= 3
    force
        "printed", g0 |alpha|^2 as in Eq. 5, or "symmetric", g0 (|alpha|^2 - 1/2) as the model has it

    >>> from limcyc.library.optomechanical_array.langevin import lattice
    >>> print(lattice("square", 4).drift)
    da/dt = (-I*laser) + (I*detuning - kappa/2) a + (I*g0) a b + (I*g0) a b* + (I*hop_a/4) sum a [0]
    db/dt = (I*g0) a a* + (-gamma_m/2 - I*omega_m) b + (I*hop_b/4) sum b [0]
    """
    if kind not in LATTICES:
        raise UnknownNameError("lattice", kind, LATTICES)
    push = force_term(force)
    if kind == "global":
        whole = model()
        system = OpenSystem(whole.hamiltonian + CELLS.sum(push), whole.jumps, name=whole.name, source=whole.source)
        return Wigner(system, size=int(size) ** 2)
    return array_on(torus(kind, size), force=force, name=f"{kind} optomechanical array")


def lattice_order(
    kind: str = "square",
    size: int = 30,
    distances: Any = None,
    *,
    force: str = "printed",
    transient: float = 400.0,
    average: float = 400.0,
    runs: int = 4,
    step: float = 0.1,
    rng: Any = 0,
    workers: int = 1,
    **values: Any,
) -> LatticeOrder:
    """Phase order of a lattice from runs that start in the vacuum.

    kind, size, force
        as in :func:`lattice`
    distances
        d < L/2 at which C is given; 0, 1, ... below L/2 if not given
    transient, average
        times before and during the average, in 1/omega_m.  Close to the onset order still grows after 400
    runs
        independent runs >= 2, whose scatter gives the errors
    step
        of Runge-Kutta steps of order 4 between halves of the noise
    rng
        seed or generator
    values
        parameters of the array

    Returns :class:`LatticeOrder`.

    Raises :class:`limcyc.errors.ParameterError` for an odd length, distances of L/2 or more, whose sites are neighbours of
    their own images, a single run, and parameters without a meaning.  Warns with :class:`limcyc.errors.ValidityWarning` where
    cells do not oscillate by themselves: for a detuning <= 0 or a drive that is too weak.

    Source: arXiv:1208.0327, Eq. 5 and Fig. 4.

    >>> from limcyc.library.optomechanical_array.langevin import lattice_order
    >>> found = lattice_order("ring", 8, [1], transient=2.0, average=2.0, runs=2, hop_b=0.1)
    >>> found.sites, found.correlation.shape
    (8, (1,))
    """
    level = lattice(kind, size, force)
    chosen = _distances(kind, size, distances)
    if runs < 2:
        raise ParameterError(f"errors come from the scatter of independent runs, but {runs} was asked for; take 4")
    if not (transient >= 0 and average > 0):
        raise ParameterError(
            f"the transient must be >= 0 and the average > 0, but they are {transient:g} and {average:g}"
        )
    for note in oscillation_notes(values):
        warnings.warn(note, ValidityWarning, stacklevel=2)
    samples = max(2, round(average))
    window = np.linspace(transient, transient + average, samples)
    # The first time is the start; the transient passes without a sample.
    times = np.concatenate([[0.0], window]) if transient > 0 else window
    run = level.langevin(
        times, observables={}, trajectories=runs, step=step, scheme="rk4", rng=rng, workers=workers, keep=runs,
        compare_steps=False, **values,
    )  # fmt: skip
    beta = run[f"alpha_{MECHANICS.name}"].values[-samples:].transpose(1, 0, 2)
    return _measured(beta, kind, size, chosen)


def _distances(kind: str, size: int, distances: Any) -> np.ndarray:
    if kind != "global" and size % 2:
        raise ParameterError(f"phase correlations need a lattice of even length, but it is {size}; take {size + 1}")
    longest = size**2 if kind == "global" else size
    chosen = np.arange((size + 1) // 2) if distances is None else np.atleast_1d(np.asarray(distances, dtype=int))
    if chosen.size and (chosen.min() < 0 or 2 * chosen.max() >= longest):
        raise ParameterError(
            f"C({int(chosen.max())}) was asked for on a periodic lattice of length {longest}, where distances must be below "
            f"{longest / 2:g}; take a length of {2 * int(chosen.max()) + 2} or more"
        )
    return chosen


def _measured(beta: np.ndarray, kind: str, size: int, distances: np.ndarray) -> LatticeOrder:
    """From amplitudes (runs, times, sites)."""
    runs, _, sites = beta.shape
    plane = _DIMENSION[kind] > 1
    # Layers of a cube count as further samples of a square lattice: along two of its axes.
    shaped = beta.reshape(runs, -1, size, size) if plane else beta
    found = phase_correlation(shaped, distances, lattice="square" if plane else "ring")
    static = complex(found.attrs["static_real"], found.attrs["static_imaginary"])
    moving = beta - static
    order = np.abs((moving / np.abs(moving)).mean(axis=2)).mean(axis=1)
    square = (np.abs(beta) ** 2).mean(axis=(1, 2))
    root = np.sqrt(runs)
    return LatticeOrder(
        distances, found.values, found.standard_error.values, float(order.mean()), float(order.std(ddof=1) / root),
        float(square.mean()), float(square.std(ddof=1) / root), static, sites, runs,
    )  # fmt: skip


def onset(
    hops: tuple[float, float],
    kind: str = "square",
    size: int = 30,
    distance: int = 14,
    bound: float = 0.1,
    *,
    halvings: int = 4,
    rng: Any = 0,
    **options: Any,
) -> Onset:
    """The hopping at which C(distance) passes a bound, by halving a bracket and a straight line through the last one.

    hops
        (below, above), both >= 0
    bound
        0 < bound < 1.  Well above the scatter of short runs, 0.002 to 0.01: the printed 0.01 is not
    halvings
        >= 1; each costs one call of :func:`lattice_order`
    options
        of :func:`lattice_order`, and parameters of the array

    Returns :class:`Onset`.  It depends on the bound and on the distance, since nothing is sharp in a finite lattice.

    Raises :class:`limcyc.errors.ConvergenceError` when C does not pass the bound within the bracket by two standard errors.
    """
    if not 0 < bound < 1 or halvings < 1 or not 0 <= hops[0] < hops[1]:
        raise ParameterError(
            f"an onset needs 0 < bound < 1, halvings >= 1 and an increasing bracket, got {bound:g}, {halvings} and {hops}"
        )
    children = np.random.default_rng(rng).spawn(halvings + 2)
    tried: dict[float, tuple[float, float]] = {}

    def correlation(hop: float) -> float:
        found = lattice_order(kind, size, [distance], rng=children[len(tried)], hop_b=hop, **options)
        tried[hop] = found.at(distance)
        return tried[hop][0]

    low, high = map(float, hops)
    for hop, sign in ((low, -1), (high, 1)):
        if sign * (correlation(hop) - bound) < 2 * tried[hop][1]:
            value, error = tried[hop]
            raise ConvergenceError(
                f"C({distance}) of the {kind} lattice is {value:.3g} +- {error:.2g} at hop_b = {hop:g}, which is not {'above' if sign > 0 else 'below'} "
                f"the bound {bound:g}: {'extend the bracket upwards, or there is no order' if sign > 0 else 'lower the bracket or raise the bound'}"
            )
    for _ in range(halvings):
        middle = (low + high) / 2
        if correlation(middle) > bound:
            high = middle
        else:
            low = middle
    (below, error_below), (above, error_above) = tried[low], tried[high]
    share = (bound - below) / (above - below)
    spread = np.hypot((1 - share) * error_below, share * error_above) / (above - below) * (high - low)
    hops_tried = np.array(sorted(tried))
    values = np.array([tried[float(hop)] for hop in hops_tried])
    return Onset(
        low + share * (high - low), float(np.hypot(spread, (high - low) / 2)), hops_tried, values[:, 0], values[:, 1]
    )
