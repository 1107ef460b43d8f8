"""The mean-field level: first moments of every degree of freedom, products factorised between them.

The equations are derived from the model: d<A>/dt = <L^+ A> with the normal-ordered Heisenberg generator, then
<A_1 A_2 ...> -> <A_1><A_2>... for different degrees of freedom, and <a^+^p a^q> -> <a>*^p <a>^q for modes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy

from limcyc.algebra import Levels, Mode, Operator
from limcyc.algebra.degrees import Degree, Factor
from limcyc.algebra.matrices import scalar_function
from limcyc.algebra.modes import ModeFactor
from limcyc.errors import ConvergenceError, ParameterError, UnsupportedError
from limcyc.levels.propagation import checked_times
from limcyc.results import Source, labelled, provenance
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import xarray

__all__ = ["MeanField"]

Moment = tuple[Degree, Factor]


class MeanField:
    """Factorised equations of motion of first moments.

    Exact for large amplitudes and weak correlations between the degrees of freedom; it has no spontaneous emission
    into the mode, so a field of zero stays zero, and it is poor at a few phonons.

    system
        the open system; functions of number operators are not supported (use the exact level)

    >>> import limcyc as lc
    >>> a, kappa = lc.Mode("a"), lc.Parameter("kappa", minimum=0)
    >>> damped = lc.MeanField(lc.OpenSystem(0 * a.number, [lc.Jump(a.lower, rate=kappa)]))
    >>> float(abs(damped.evolve([0.0, 2.0], initial={"a": 1.0}, kappa=1.0)["a"][-1]).round(6))
    0.367879
    """

    name = "mean-field"

    def __init__(self, system: OpenSystem) -> None:
        self.system = system
        self.moments: tuple[Moment, ...] = tuple(m for degree in system.degrees for m in _moments(degree))
        self._position = {moment: index for index, moment in enumerate(self.moments)}
        derivatives = [system.adjoint(_as_operator(moment)) for moment in self.moments]
        width = 1 + max((self._order(m) for d in derivatives for m in d.terms), default=0)
        equations, coefficients, factors = [], [], []
        for index, derivative in enumerate(derivatives):
            for monomial, coefficient in derivative.terms.items():
                slots = [slot for degree, factor in monomial for slot in self._slots(degree, factor)]
                factors.append(slots + [0] * (width - len(slots)))
                equations.append(index)
                coefficients.append(coefficient)
        self._derivatives = derivatives
        self._equations = np.array(equations, dtype=np.int64)
        self._factors = np.array(factors, dtype=np.int64).reshape(len(factors), width)
        self._coefficients = tuple(coefficients)

    def _order(self, monomial: tuple[Moment, ...]) -> int:
        return sum(len(self._slots(degree, factor)) for degree, factor in monomial)

    def _slots(self, degree: Degree, factor: Factor) -> list[int]:
        """Positions in the vector (1, moments, conjugate moments) whose product is the factorised factor."""
        size = len(self.moments)
        if isinstance(factor, ModeFactor):
            if factor.function is not None:
                raise UnsupportedError(
                    f"mean field of {self.system.name!r}: functions of the number of mode {degree.name} do not factorise; "
                    "use the exact level, or a polynomial expansion of the coupling"
                )
            alpha = 1 + self._position[degree, ModeFactor(0, 1)]
            return [alpha + size] * factor.created + [alpha] * factor.annihilated
        if (degree, factor) in self._position:
            return [1 + self._position[degree, factor]]
        return [1 + size + self._position[degree, (factor[1], factor[0])]]

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Names of the moments: mode names, and ``name.ij`` for <|i><j|>."""
        return tuple(d.name if isinstance(d, Mode) else f"{d.name}.{f[0]}{f[1]}" for d, f in self.moments)

    def rate_of_change(self, moments: np.ndarray, **parameters: Any) -> np.ndarray:
        """d<A>/dt for moments of shape (K,), in the order of :attr:`labels`."""
        return self._right_hand_side(scalar_function(self._coefficients)(self.system.values(parameters)))(0.0, moments)

    def _right_hand_side(self, coefficients: np.ndarray) -> Any:
        size = len(self.moments)

        def derivative(_: float, moments: np.ndarray) -> np.ndarray:
            extended = np.concatenate([[1.0], moments, moments.conj()])
            products = coefficients * extended[self._factors].prod(axis=1)
            result = np.zeros(size, dtype=complex)
            np.add.at(result, self._equations, products)
            return result

        return derivative

    def evolve(
        self, times: Any, initial: Mapping[Any, complex] | None = None, tolerance: float = 1e-10, **parameters: Any
    ) -> xarray.Dataset:
        """Moments along the factorised equations.

        times
            increasing array, shape (T,)
        initial
            mode -> amplitude <a>, level system or spin -> level name; what is not named starts empty or in its first
            level. An amplitude of exactly 0 is a fixed point.
        tolerance
            relative tolerance of the integrator (DOP853)

        Returns a Dataset over ``time``: complex moments by label, and ``n_<mode>`` = |<a>|^2.
        """
        from scipy.integrate import solve_ivp  # slow to import, and the exact level does not need it

        values = self.system.values(parameters)
        grid = checked_times(times)
        start = self._initial(initial or {})
        function = self._right_hand_side(scalar_function(self._coefficients)(values))
        distinct, position = np.unique(grid, return_inverse=True)
        solution = solve_ivp(
            function,
            (0.0, grid[-1] or 1e-300),
            start,
            method="DOP853",
            t_eval=distinct,
            rtol=tolerance,
            atol=1e-3 * tolerance,
        )
        if not solution.success:
            raise ConvergenceError(
                f"mean field of {self.system.name!r} stopped at t = {solution.t[-1:]}: {solution.message}"
            )
        import xarray

        moments = solution.y[:, position]
        source = Source(self.system, self.name, values)
        curves = {
            n: labelled(c, {"time": (grid, "1/rate")}, n, "", source) for n, c in zip(self.labels, moments, strict=True)
        }
        for degree in self.system.degrees:
            if isinstance(degree, Mode):
                amplitude = moments[self._position[degree, ModeFactor(0, 1)]]
                name = f"n_{degree.name}"
                curves[name] = labelled(abs(amplitude) ** 2, {"time": (grid, "1/rate")}, name, "", source)
        return xarray.Dataset(curves, attrs=provenance(source))

    def _initial(self, initial: Mapping[Any, Any]) -> np.ndarray:
        by_name = {degree.name: degree for degree in self.system.degrees}
        moments = np.zeros(len(self.moments), dtype=complex)
        for key, value in initial.items():
            name = key if isinstance(key, str) else getattr(key, "name", str(key))
            if name not in by_name:
                raise ParameterError(f"initial state names {key!r}; the parts of the model are {sorted(by_name)}")
            degree = by_name[name]
            if isinstance(degree, Mode):
                moments[self._position[degree, ModeFactor(0, 1)]] = complex(value)
            elif (degree, (value, value)) in self._position:
                moments[self._position[degree, (value, value)]] = 1
            else:
                degree.state_index(value, degree.dimension or 0)
        return moments

    @property
    def equations(self) -> str:
        """The factorised equations as LaTeX, one line for each moment."""
        lines = []
        for moment, derivative in zip(self.moments, self._derivatives, strict=True):
            left = rf"\frac{{d}}{{dt}}\langle {_as_operator(moment).latex} \rangle"
            terms = []
            for monomial, coefficient in derivative.terms.items():
                factors = " ".join(
                    rf"\langle {Operator({((d, part),): sympy.S.One}).latex} \rangle"
                    for d, f in monomial
                    for part in _split(f)
                )
                terms.append(rf"\left({sympy.latex(coefficient)}\right) {factors}")
            lines.append(rf"{left} &= {' + '.join(terms) or '0'}")
        return r"\begin{aligned}" + r"\\ ".join(lines) + r"\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.equations}$"

    def __repr__(self) -> str:
        return f"MeanField({self.system.name!r}, moments {', '.join(self.labels)})"


def _moments(degree: Degree) -> list[Moment]:
    if isinstance(degree, Mode):
        return [(degree, ModeFactor(0, 1))]
    if isinstance(degree, Levels):
        names = degree.names
        coherences = [(names[i], names[j]) for i in range(len(names)) for j in range(i + 1, len(names))]
        return [(degree, factor) for factor in [*coherences, *((name, name) for name in names[1:])]]
    raise UnsupportedError(f"mean field does not know how to factorise {degree!r}")


def _split(factor: Factor) -> list[Factor]:
    if isinstance(factor, ModeFactor):
        return [ModeFactor(1, 0)] * factor.created + [ModeFactor(0, 1)] * factor.annihilated
    return [factor]


def _as_operator(moment: Moment) -> Operator:
    return Operator({(moment,): sympy.S.One})
