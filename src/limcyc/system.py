"""The open system: a Hamiltonian and Lindblad jumps. The only thing a user types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from limcyc.algebra import Degree, Operator, Parameter, anticommutator, as_operator, commutator
from limcyc.algebra.matrices import scalar_function
from limcyc.errors import OperatorError, ParameterError, UnknownNameError

__all__ = ["Jump", "OpenSystem"]


@dataclass(frozen=True)
class Jump:
    """Dissipator rate * (L rho L^+ - (L^+L rho + rho L^+L)/2).

    operator
        the jump operator L
    rate
        nonnegative number or expression in parameters; the population decay rate for L = |0><1|
    name
        shown in tables and jump records

    >>> import limcyc as lc
    >>> Jump(lc.Spin("h").minus, rate=lc.Parameter("gamma", minimum=0))
    Jump(s-_h, rate=gamma)
    """

    operator: Operator
    rate: Any = sympy.S.One
    name: str = ""

    def __post_init__(self) -> None:
        operator = as_operator(self.operator)
        if operator is None:
            raise OperatorError(f"a jump needs an operator, got {self.operator!r}")
        rate = sympy.sympify(self.rate)
        if rate.is_negative or rate.is_real is False:
            raise ParameterError(f"the rate of a jump must be real and not negative, got {rate}")
        object.__setattr__(self, "operator", operator)
        object.__setattr__(self, "rate", rate)

    def __repr__(self) -> str:
        return f"Jump({self.operator!r}, rate={self.rate})"


@dataclass(frozen=True, repr=False)
class OpenSystem:
    """d rho/dt = -i [H, rho] + sum_k rate_k D[L_k] rho, with hbar = 1.

    hamiltonian
        Hermitian operator; use :func:`limcyc.hermitian` to add the conjugate
    jumps
        the Lindblad jumps
    name
        shown in results and messages
    source
        citation of the model

    Raises :class:`limcyc.errors.OperatorError` when the Hamiltonian is not Hermitian, and
    :class:`limcyc.errors.ParameterError` when two parameters share a name.

    >>> import limcyc as lc
    >>> a, kappa = lc.Mode("a"), lc.Parameter("kappa", minimum=0)
    >>> cavity = OpenSystem(0.5 * a.number, [Jump(a.lower, rate=kappa)], name="damped mode")
    >>> cavity.adjoint(a.lower)
    -(kappa/2 + 0.5*I) a
    """

    hamiltonian: Operator
    jumps: tuple[Jump, ...] = ()
    name: str = "open system"
    source: str = ""
    _by_name: Mapping[str, Parameter] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        hamiltonian = as_operator(self.hamiltonian)
        if hamiltonian is None:
            raise OperatorError(f"the Hamiltonian must be an operator, got {self.hamiltonian!r}")
        object.__setattr__(self, "hamiltonian", hamiltonian)
        object.__setattr__(self, "jumps", tuple(j if isinstance(j, Jump) else Jump(j) for j in self.jumps))
        excess = hamiltonian - hamiltonian.dag
        if excess != 0:
            raise OperatorError(
                f"the Hamiltonian of {self.name!r} is not Hermitian: H - H^+ = {excess!r}; add the conjugate with "
                "limcyc.hermitian(...), and declare real parameters as such"
            )
        object.__setattr__(self, "_by_name", _collect_parameters(self._symbols(), self.name))
        _ = self.degrees

    def _symbols(self) -> set[sympy.Symbol]:
        symbols = set(self.hamiltonian.free_symbols)
        for jump in self.jumps:
            symbols |= jump.operator.free_symbols | jump.rate.free_symbols
        return symbols

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters by name."""
        return dict(self._by_name)

    @cached_property
    def degrees(self) -> tuple[Degree, ...]:
        """The degrees of freedom, sorted by name."""
        found = {d for operator in (self.hamiltonian, *(j.operator for j in self.jumps)) for d in operator.degrees}
        names = [degree.name for degree in found]
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise OperatorError(f"different degrees of freedom of {self.name!r} share the name(s) {repeated}")
        return tuple(sorted(found, key=lambda degree: degree.name))

    def values(self, given: Mapping[str, Any]) -> dict[str, float | complex]:
        """Numbers for all parameters: given ones checked, others from their defaults.

        Raises :class:`limcyc.errors.UnknownNameError` for a name that the model does not have, and
        :class:`limcyc.errors.ParameterError` for a value out of range, a missing one, or one that makes the rate of a
        jump negative or complex.
        """
        for name in given:
            if name not in self._by_name:
                raise UnknownNameError(f"parameter of {self.name!r}", name, sorted(self._by_name))
        missing = [n for n, p in self._by_name.items() if n not in given and p.default is None]
        if missing:
            raise ParameterError(f"{self.name!r} needs a value for {', '.join(sorted(missing))}")
        values = {name: p.check(given.get(name, p.default)) for name, p in self._by_name.items()}
        self._check_rates(values)
        return values

    def _check_rates(self, values: Mapping[str, float | complex]) -> None:
        if not self.jumps:
            return
        with np.errstate(all="ignore"):
            rates = scalar_function(tuple(jump.rate for jump in self.jumps))(values)
        for jump, rate in zip(self.jumps, rates, strict=True):
            if not (rate.imag == 0 and 0 <= rate.real < float("inf")):
                shown = rate.real if rate.imag == 0 else rate
                used = ", ".join(
                    f"{symbol.name} = {values[symbol.name]:g}" for symbol in sorted(jump.rate.free_symbols, key=str)
                )
                raise ParameterError(
                    f"the rate {jump.rate} of the jump {jump.operator!r} of {self.name!r} must be real, finite and not "
                    f"negative; at {used} it is {shown:g}"
                )

    def adjoint(self, operator: Any) -> Operator:
        """Heisenberg-picture generator: i [H, A] + sum_k rate_k (L^+ A L - {L^+L, A}/2)."""
        a = as_operator(operator)
        if a is None:
            raise OperatorError(f"expected an operator, got {operator!r}")
        result = sympy.I * commutator(self.hamiltonian, a)
        for jump in self.jumps:
            ell = jump.operator
            result = result + jump.rate * (ell.dag * a * ell - anticommutator(ell.dag * ell, a) / 2)
        return result

    def with_terms(self, hamiltonian: Any = 0, jumps: Iterable[Jump] = (), name: str | None = None) -> OpenSystem:
        """The same system with a term added to the Hamiltonian and with further jumps."""
        return OpenSystem(
            self.hamiltonian + hamiltonian, (*self.jumps, *jumps), name=name or self.name, source=self.source
        )

    @cached_property
    def symmetries(self) -> Any:
        """All abelian weak symmetries and the strong ones among them; see :mod:`limcyc.symmetry`."""
        from limcyc.symmetry import find_symmetries  # symmetry builds on this module

        return find_symmetries(self)

    def __repr__(self) -> str:
        lines = [f"OpenSystem {self.name!r}", f"  H = {self.hamiltonian!r}"]
        lines += [f"  L = {jump.operator!r}  (rate {jump.rate})" for jump in self.jumps]
        lines += [f"  {p.name} [{p.unit}] {p.range}  {p.meaning}".rstrip() for p in self._by_name.values()]
        return "\n".join(lines)

    @property
    def latex(self) -> str:
        """Master equation as LaTeX, without delimiters."""
        rows = [rf"H &= {self.hamiltonian.latex}"]
        for number, jump in enumerate(self.jumps, 1):
            rate = "" if jump.rate == 1 else rf",\quad \text{{rate }} {sympy.latex(jump.rate)}"
            rows.append(rf"L_{{{jump.name or number}}} &= {jump.operator.latex}{rate}")
        return r"\begin{aligned}" + r"\\ ".join(rows) + r"\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><td><code>{p.name}</code></td><td>{p.unit}</td><td>{p.meaning}</td><td>{p.range}</td>"
            f"<td>{'' if p.default is None else p.default}</td></tr>"
            for p in self._by_name.values()
        )
        head = "<tr><th>parameter</th><th>unit</th><th>meaning</th><th>range</th><th>default</th></tr>"
        symmetries = "<br>".join(str(self.symmetries).splitlines())
        return f"<b>{self.name}</b><p>{self._repr_latex_()}</p><p>{symmetries}</p><table>{head}{cells}</table>"


def _collect_parameters(symbols: set[sympy.Symbol], system: str) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    for symbol in sorted(symbols, key=str):
        if not isinstance(symbol, Parameter):
            symbol = Parameter(symbol.name, real=bool(symbol.is_real), minimum=0 if symbol.is_nonnegative else None)
        if symbol.name in found:
            raise ParameterError(f"two different parameters of {system!r} are called {symbol.name!r}")
        found[symbol.name] = symbol
    return found
