"""The level of kicked rotors: quantum trajectories, density matrix and classical map of one open system.

Between kicks the flight is diagonal in the momentum, kicks are diagonal in the angle, and a static force moves all momenta by the
same amount: n + beta with d beta/dt = force. The window of momenta moves with the state.

Trajectories: Dalibard, Castin, Molmer, Phys. Rev. Lett. 68, 580 (1992).
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.errors import CutoffError, ParameterError
from limcyc.levels.kicked_density import evolve_density
from limcyc.levels.kicked_map import KickedMap
from limcyc.levels.kicked_tables import KickedProblem, check_kicked
from limcyc.progress import track
from limcyc.results import Source, provenance
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import xarray

__all__ = ["KickedRotor", "Packet"]

_TOGETHER: Final = 8
"""Trajectories of one task: their Fourier transforms are made together."""

_EDGE: Final = 1e-6


@dataclass(frozen=True)
class Packet:
    """A Gaussian packet: amplitudes proportional to exp(-(n - momentum)^2/(4 spread^2) - i n angle).

    momentum
        mean momentum, any real number
    angle
        mean angle
    spread
        standard deviation of the momentum, > 0; that of the angle is 1/(2 spread) where this is small

    >>> Packet(10.0, spread=2.0).amplitudes(6, 9).round(3).tolist()
    [(0.166+0j), (0.257+0j), (0.352+0j), (0.424+0j), (0.452+0j), (0.424+0j), (0.352+0j), (0.257+0j), (0.166+0j)]
    """

    momentum: float
    angle: float = 0.0
    spread: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite([self.momentum, self.angle]).all() and 0 < self.spread < np.inf):
            raise ParameterError(f"a packet needs finite numbers and a spread > 0, got {self}")

    def amplitudes(self, lowest: int, size: int) -> np.ndarray:
        """(size,) normalised amplitudes of the momenta lowest ... lowest + size - 1."""
        n = lowest + np.arange(size)
        found = np.exp(
            -((n - self.momentum) ** 2) / (4 * self.spread**2) - 1j * self.angle * (n - round(self.momentum))
        )
        return found / np.linalg.norm(found)


class KickedRotor:
    """A rotor that is kicked, damped and pushed.

    system
        an open system of one :class:`limcyc.Rotor`: between the kicks H is a polynomial in the momentum and each jump is
        e^{isx} F(n) with one s; the kicks depend on the angle; static forces are allowed
    window
        number of momenta that are kept around the state; None: a power of two, 24 times the largest momentum transfer
        of a kick and at least 128
    edge
        largest weight in the outermost eighth of the window that is accepted

    Raises :class:`limcyc.errors.UnsupportedError` for other systems.

    >>> import sympy, limcyc as lc
    >>> x = lc.Rotor("x")
    >>> damping = [
    ...     lc.Jump(x.wave(-1) * x.function(lambda n: sympy.sqrt(sympy.Max(n, 0))), 0.5),
    ...     lc.Jump(x.wave(1) * x.function(lambda n: sympy.sqrt(sympy.Max(-n, 0))), 0.5),
    ... ]
    >>> top = lc.OpenSystem(x.number**2 / 4, damping, kicks=[lc.Kick(x.cos)], forces=[lc.Force(x, 2)], name="top")
    >>> run = lc.KickedRotor(top).evolve(50, lc.Packet(4.0), trajectories=8, rng=1)
    >>> bool(abs(run.average.mean() - 4.0) < 1.0)
    True
    """

    name = "kicked-rotor"

    def __init__(self, system: OpenSystem, *, window: int | None = None, edge: float = _EDGE) -> None:
        self.rotor = check_kicked(system)
        self.system = system
        self.asked_window = window
        if not 0 < edge <= 1:
            raise ParameterError(f"`edge` is a weight at the edge of the momentum window, in (0, 1], but is {edge!r}")
        self.edge = float(edge)

    def problem(self, **parameters: Any) -> KickedProblem:
        """The model as numbers at one parameter point."""
        return KickedProblem.of(self.system, self.system.values(parameters))

    def classical_map(self, **parameters: Any) -> KickedMap:
        """The classical limit: kick, then friction and force; see :class:`~limcyc.levels.kicked_map.KickedMap`."""
        return KickedMap.of(self.problem(**parameters), self.system.name)

    def evolve(
        self,
        periods: int,
        initial: Packet | int,
        *,
        trajectories: int = 10,
        rng: Any = None,
        workers: int = 1,
        progress: bool = False,
        **parameters: Any,
    ) -> xarray.Dataset:
        """Quantum trajectories over a number of periods, each a kick and the flight after it.

        periods
            how many, >= 1
        initial
            a :class:`Packet`, or an integer momentum
        trajectories
            how many, independent of each other
        rng
            seed, generator or SeedSequence; every trajectory has a child of its own, so that it does not depend on how many
            others there are, nor on ``workers``
        workers
            threads

        Returns a Dataset over ``run`` and ``period``: ``average``, the mean of <n> over the period that follows each kick (in the
        co-moving momentum n + beta), and ``momentum``, <n> at its end, just before the next kick; ``jumps`` in the period.
        Attributes: ``window``, ``edge_weight``. The jump times are found to 1e-12 in the logarithm of the norm, between jumps the
        average is integrated with fourth order; otherwise exact up to the window.

        Raises :class:`limcyc.errors.CutoffError` when more than ``edge`` comes to the edge of the window.
        """
        from limcyc.levels.kicked_runs import run_task

        values = self.system.values(parameters)
        problem = KickedProblem.of(self.system, values)
        size = problem.window(self.asked_window, self.system.name)
        count, total = _positive("periods", periods), _positive("trajectories", trajectories)
        offset, start = _start(initial, size, self.system.name)
        children = np.random.default_rng(rng).spawn(total)
        tasks = [range(low, min(low + _TOGETHER, total)) for low in range(0, total, _TOGETHER)]

        def work(chosen: Sequence[int]) -> Any:
            return run_task(problem, start, offset, [children[k] for k in chosen], count)

        with ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
            shown = track(pool.map(work, tasks), "trajectories", len(tasks), progress=progress)
            parts = list(shown)
        average, momentum, jumps, edges = (np.concatenate([part[k] for part in parts]) for k in range(4))
        self._check_edge(float(edges.max()), size)
        attrs = provenance(Source(self.system, self.name, values)) | {
            "window": size, "edge_weight": float(edges.max()), "trajectories": total, "jumps": int(jumps.sum()),
            "period": problem.period,
        }  # fmt: skip
        return _dataset({"average": average, "momentum": momentum, "jumps": jumps.astype(np.int64)}, attrs)

    def density(
        self, periods: int, initial: Packet | int, *, steps: int = 10, extrapolate: bool = True, **parameters: Any
    ) -> xarray.Dataset:
        """The same averages from the density matrix, for small windows: the check of the trajectories.

        steps
            least number of time steps in a period (Strang splitting, second order)
        extrapolate
            also with half the steps, and extrapolated to order four; ``average_error`` is then the difference of both

        Returns a Dataset over ``period`` with ``average``, ``momentum`` and, if extrapolated, ``average_error``; attributes
        ``window``, ``edge_weight``, ``trace``. Time and memory grow as the square of the window.

        Raises :class:`limcyc.errors.CutoffError` as :meth:`evolve`.
        """
        values = self.system.values(parameters)
        problem = KickedProblem.of(self.system, values)
        size = problem.window(self.asked_window, self.system.name)
        count, fine = _positive("periods", periods), _positive("steps", steps)
        offset, start = _start(initial, size, self.system.name)
        coarse = evolve_density(problem, start, offset, count, fine)
        data, used = {"average": coarse.average, "momentum": coarse.momentum}, coarse
        if extrapolate:
            used = evolve_density(problem, start, offset, count, fine, 2)
            for name, first, second in (
                ("average", coarse.average, used.average), ("momentum", coarse.momentum, used.momentum)
            ):  # fmt: skip
                data[name] = (4 * second - first) / 3
            data["average_error"] = np.abs(data["average"] - used.average)
        self._check_edge(used.edge, size)
        attrs = provenance(Source(self.system, self.name, values)) | {
            "window": size, "edge_weight": used.edge, "trace": used.trace, "period": problem.period, "steps": fine,
        }  # fmt: skip
        return _dataset(data, attrs)

    def _check_edge(self, weight: float, size: int) -> None:
        if weight > self.edge:
            raise CutoffError(
                f"kicked rotor {self.system.name!r}: the outermost eighth of {size} momenta holds up to {weight:.1e} of the weight "
                f"(accepted: {self.edge:.0e}); enlarge the momentum window with KickedRotor(system, window={2 * size})"
            )

    def __repr__(self) -> str:
        return f"KickedRotor({self.system.name!r})"


def _positive(name: str, value: Any) -> int:
    if isinstance(value, bool) or int(value) != value or value < 1:
        raise ParameterError(f"`{name}` must be an integer >= 1, but is {value!r}")
    return int(value)


def _start(initial: Any, size: int, name: str) -> tuple[int, np.ndarray]:
    """Lowest momentum of the window and amplitudes."""
    if isinstance(initial, int | np.integer) and not isinstance(initial, bool):
        lowest = int(initial) - size // 2
        amplitudes = np.zeros(size, dtype=complex)
        amplitudes[size // 2] = 1.0
        return lowest, amplitudes
    if not isinstance(initial, Packet):
        raise ParameterError(f"kicked rotor {name!r} starts from a Packet or an integer momentum, got {initial!r}")
    if 16 * initial.spread > size:
        raise CutoffError(
            f"kicked rotor {name!r}: a packet of spread {initial.spread:.4g} does not fit a window of {size} momenta; enlarge the "
            f"momentum window with window={1 << int(np.ceil(np.log2(16 * initial.spread)))}"
        )
    lowest = round(initial.momentum) - size // 2
    return lowest, initial.amplitudes(lowest, size)


def _dataset(data: dict[str, np.ndarray], attrs: dict[str, Any]) -> xarray.Dataset:
    import xarray

    about = {
        "average": "mean momentum over a period", "momentum": "mean momentum before the kick", "jumps": "jumps in a period",
        "average_error": "change by extrapolation",
    }  # fmt: skip
    first = next(iter(data.values()))
    dims = ("run", "period") if first.ndim == 2 else ("period",)
    variables = {name: (dims, value, {"long_name": about[name], "units": ""}) for name, value in data.items()}
    return xarray.Dataset(variables, {"period": np.arange(1, first.shape[-1] + 1)}, attrs=attrs)
