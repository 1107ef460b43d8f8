"""Complex polynomial equations of motion with symbolic coefficients, and their way to numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from limcyc.algebra import TIME
from limcyc.errors import ParameterError
from limcyc.levels.coefficients import Coefficients
from limcyc.levels.lanes import Lanes
from limcyc.numerics.fields import PolynomialField, Term, VectorField
from limcyc.system import OpenSystem

__all__ = ["Equations", "Product", "Variable"]

Product = tuple[tuple[int, bool], ...]
"""Sorted factors (index of a variable, whether conjugated)."""


@dataclass(frozen=True)
class Variable:
    """One moment as a variable.

    label
        plain text, e.g. ``a^+ a``
    latex
        with the angle brackets
    real
        whether the moment is its own conjugate
    """

    label: str
    latex: str
    real: bool


@dataclass(frozen=True)
class Equations:
    """d z_i / dt = sum over products of variables and conjugates, coefficients in the parameters and in time.

    system
        the model that they were derived from; its parameters are checked when numbers are filled in
    variables
        the moments, in order
    derivatives
        for each variable, product -> coefficient
    averages
        whether the variables are moments, printed in angle brackets, or amplitudes

    >>> import limcyc as lc
    >>> a, kappa = lc.Mode("a"), lc.Parameter("kappa", minimum=0)
    >>> equations = lc.Cumulants(lc.OpenSystem(0 * a.number, [lc.Jump(a.lower, rate=kappa)]), order=1).equations
    >>> print(equations)
    d<a>/dt = (-kappa/2) <a>
    """

    system: OpenSystem
    variables: tuple[Variable, ...]
    derivatives: tuple[Mapping[Product, sympy.Expr], ...] = field(repr=False)
    averages: bool = True

    def __len__(self) -> int:
        return len(self.variables)

    @cached_property
    def positions(self) -> tuple[tuple[int, int], ...]:
        """Position of real and imaginary part of each variable in the vector of real variables; -1 for none."""
        result, next_free = [], 0
        for variable in self.variables:
            result.append((next_free, -1 if variable.real else next_free + 1))
            next_free += 1 if variable.real else 2
        return tuple(result)

    @property
    def size(self) -> int:
        """Number of real variables."""
        return sum(1 if variable.real else 2 for variable in self.variables)

    @cached_property
    def coefficients(self) -> Coefficients:
        """The table that turns parameters into the numbers of :attr:`field`."""
        return Coefficients()

    @cached_property
    def field(self) -> PolynomialField:
        """Index tables on the real and imaginary parts."""
        weights: dict[tuple[int, tuple[int, ...], int, int], float] = {}
        for index, derivative in enumerate(self.derivatives):
            real_row, imaginary_row = self.positions[index]
            for product, coefficient in derivative.items():
                monomials = self.real_monomials(product)
                for number, c, h in self.coefficients.split(coefficient):
                    for factors, unit in monomials.items():
                        value = number * unit
                        for row, part in ((real_row, value.real), (imaginary_row, value.imag)):
                            if row >= 0 and part != 0:
                                key = (row, factors, c, h)
                                weights[key] = weights.get(key, 0.0) + part
        terms = [Term(row, w, factors, c, h) for (row, factors, c, h), w in weights.items() if w != 0]
        return PolynomialField.of(
            self.size,
            terms,
            coefficients=max(1, self.coefficients.count),
            harmonics=self.coefficients.harmonics,
            names=tuple(variable.label for variable in self.variables),
        )

    def real_monomials(self, product: Product) -> dict[tuple[int, ...], complex]:
        """A product of variables and conjugates as a polynomial of the real variables: factors -> number."""
        result: dict[tuple[int, ...], complex] = {(): 1.0}
        for index, conjugated in product:
            real, imaginary = self.positions[index]
            options = [(real, 1.0 + 0j)]
            if imaginary >= 0:
                options.append((imaginary, -1j if conjugated else 1j))
            new: dict[tuple[int, ...], complex] = {}
            for factors, unit in result.items():
                for position, more in options:
                    key = tuple(sorted((*factors, position)))
                    new[key] = new.get(key, 0) + unit * more
            result = new
        return result

    def bind(self, parameters: Mapping[str, Any] | Lanes) -> VectorField:
        """The vector field with numbers; arrays (L,) among the parameters become lanes.

        Raises :class:`limcyc.errors.ParameterError` for missing, unknown or invalid values.
        """
        lanes = parameters if isinstance(parameters, Lanes) else Lanes.of(self.system, parameters)
        table = self.field
        numbers = self.coefficients.values(lanes.values)
        if numbers.shape[0] == 0:
            numbers = np.zeros((1, 1))
        frequencies = self.coefficients.frequencies(lanes.values)
        numbers = np.broadcast_to(numbers, (numbers.shape[0], lanes.count)) if lanes.count > 1 else numbers
        return table.bind(numbers, frequencies)

    def pack(self, moments: np.ndarray) -> np.ndarray:
        """Real variables (n, ...) from complex moments (K, ...)."""
        z = np.asarray(moments, dtype=complex)
        x = np.empty((self.size, *z.shape[1:]))
        for value, (real, imaginary) in zip(z, self.positions, strict=True):
            x[real] = value.real
            if imaginary >= 0:
                x[imaginary] = value.imag
        return x

    def unpack(self, x: np.ndarray) -> np.ndarray:
        """Complex moments (K, ...) from real variables (n, ...)."""
        z = np.empty((len(self.variables), *x.shape[1:]), dtype=complex)
        for row, (real, imaginary) in enumerate(self.positions):
            z[row] = x[real] if imaginary < 0 else x[real] + 1j * x[imaginary]
        return z

    def index(self, label: str) -> int:
        """Position of the variable with this label."""
        for position, variable in enumerate(self.variables):
            if variable.label == label:
                return position
        raise ParameterError(f"no moment is called {label!r}; there are {', '.join(v.label for v in self.variables)}")

    def with_terms(self, terms: Mapping[int, Mapping[Product, Any]]) -> Equations:
        """The equations with terms added, for published closures that correct a derived one.

        terms
            index of a variable -> product -> coefficient to be added
        """
        derivatives = [dict(derivative) for derivative in self.derivatives]
        for index, added in terms.items():
            for product, coefficient in added.items():
                key = tuple(sorted(product))
                value = sympy.expand(derivatives[index].get(key, sympy.S.Zero) + sympy.sympify(coefficient))
                if value == 0:
                    derivatives[index].pop(key, None)
                else:
                    derivatives[index][key] = value
        return replace(self, derivatives=tuple(derivatives))

    def rotating(self, frequencies: Mapping[int, Any]) -> Equations:
        """The equations in an interaction picture: z_i = exp(-i w_i t) u_i, written for u.

        frequencies
            index of a variable -> real expression w_i in the parameters; the others stay

        A fast rotation of a moment at its bare frequency is taken out, so that a fixed step resolves what is left.
        """
        w = {index: sympy.sympify(value) for index, value in frequencies.items()}
        derivatives = []
        for index, derivative in enumerate(self.derivatives):
            own = w.get(index, sympy.S.Zero)
            new: dict[Product, sympy.Expr] = {}
            for product, coefficient in derivative.items():
                total = own
                for factor, conjugated in product:
                    total += w.get(factor, sympy.S.Zero) * (1 if conjugated else -1)
                total = sympy.expand(total)
                phase = sympy.S.One if total == 0 else sympy.exp(sympy.I * total * TIME)
                new[product] = new.get(product, sympy.S.Zero) + coefficient * phase
            if own != 0:
                key = ((index, False),)
                value = sympy.expand(new.get(key, sympy.S.Zero) + sympy.I * own)
                new[key] = value
                if value == 0:
                    del new[key]
            derivatives.append(new)
        return replace(self, derivatives=tuple(derivatives))

    # -- views -------------------------------------------------------------------------------------------------------

    @property
    def latex(self) -> str:
        """LaTeX, one line for each moment, without delimiters."""
        rows = []
        for variable, derivative in zip(self.variables, self.derivatives, strict=True):
            terms = [
                _latex_term(coefficient, [self._latex(factor) for factor in product])
                for product, coefficient in derivative.items()
            ]
            rows.append(rf"\frac{{d}}{{dt}}{variable.latex} &= {_joined(terms)}")
        return r"\begin{aligned}" + r"\\ ".join(rows) + r"\end{aligned}"

    def _latex(self, factor: tuple[int, bool]) -> str:
        index, conjugated = factor
        return self.variables[index].latex + ("^{*}" if conjugated else "")

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def __str__(self) -> str:
        lines = []
        opening, closing = ("<", ">") if self.averages else ("", "")
        for variable, derivative in zip(self.variables, self.derivatives, strict=True):
            if not derivative and not self.averages:
                continue  # sums over neighbours, which follow from the others
            terms = []
            for product, coefficient in derivative.items():
                factors = [f"{opening}{self.variables[i].label}{closing}" + ("*" if c else "") for i, c in product]
                terms.append(" ".join([f"({sympy.sstr(coefficient)})", *factors]))
            lines.append(f"d{opening}{variable.label}{closing}/dt = {' + '.join(terms) or '0'}")
        return "\n".join(lines)

    def python_source(self, name: str = "derivative") -> str:
        """A Python function ``derivative(t, z, parameters)`` as text that needs nothing but NumPy.

        name
            of the function

        Returns the text; ``z`` is the complex array of the moments in the order of :attr:`variables`.
        """
        from sympy.printing.numpy import NumPyPrinter

        printer = NumPyPrinter({"fully_qualified_modules": False})
        symbols = sorted(
            {s for d in self.derivatives for c in d.values() for s in c.free_symbols if s != TIME}, key=str
        )
        lines = [
            "import numpy",
            "from numpy import cos, exp, sin, sqrt, conj, pi  # noqa: F401",
            "",
            "",
            f"def {name}(t, z, parameters):",
            f'    """{self.system.name}: time derivative of {len(self)} moments."""',
        ]
        lines += [f"    {symbol.name} = parameters[{symbol.name!r}]" for symbol in symbols]
        lines += [f"    # z[{i}] = <{variable.label}>" for i, variable in enumerate(self.variables)]
        lines += ["    dz = numpy.zeros(len(z), dtype=complex)"]
        for index, derivative in enumerate(self.derivatives):
            for product, coefficient in derivative.items():
                factors = [f"conj(z[{i}])" if c else f"z[{i}]" for i, c in product]
                text = printer.doprint(coefficient).replace("numpy.", "")
                lines.append(f"    dz[{index}] += {' * '.join([f'({text})', *factors])}")
        return "\n".join([*lines, "    return dz", ""])


def _latex_term(coefficient: sympy.Expr, factors: Iterable[str]) -> str:
    text = " ".join(factors)
    if coefficient == 1 and text:
        return text
    if coefficient == -1 and text:
        return f"- {text}"
    shown = sympy.latex(coefficient, full_prec=False)
    return rf"\left({shown}\right) {text}" if coefficient.is_Add else f"{shown} {text}"


def _joined(terms: list[str]) -> str:
    text = ""
    for term in terms:
        text += f" {term}" if term.startswith("-") or not text else f" + {term}"
    return text.strip() or "0"
