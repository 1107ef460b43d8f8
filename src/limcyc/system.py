"""The open system: a Hamiltonian and Lindblad jumps. The only thing a user types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from limcyc.algebra import TIME, Degree, Ensemble, Operator, Parameter, as_operator
from limcyc.algebra.ensembles import write_out
from limcyc.algebra.heisenberg import AdjointGenerator
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
    each
        an ensemble: every member has this jump, with the operator written on the ensemble's cell. A collective jump of
        all members is ``Jump(A.sum(L))`` instead.

    >>> import limcyc as lc
    >>> Jump(lc.Spin("h").minus, rate=lc.Parameter("gamma", minimum=0))
    Jump(s-_h, rate=gamma)
    """

    operator: Operator
    rate: Any = sympy.S.One
    name: str = ""
    each: Ensemble | None = None

    def __post_init__(self) -> None:
        operator = as_operator(self.operator)
        if operator is None:
            raise OperatorError(f"a jump needs an operator, got {self.operator!r}")
        rate = sympy.sympify(self.rate)
        if rate.is_negative or rate.is_real is False:
            raise ParameterError(f"the rate of a jump must be real and not negative, got {rate}")
        if rate.has(TIME):
            raise ParameterError(f"the rate {rate} of the jump {operator!r} depends on time; only operators may")
        if self.each is not None:
            self.each.sum(operator)
        object.__setattr__(self, "operator", operator)
        object.__setattr__(self, "rate", rate)

    @property
    def summed(self) -> Operator:
        """The operator, summed over the members when each of them jumps: what it does to the charges of the model."""
        return self.operator if self.each is None else self.each.sum(self.operator)

    def __repr__(self) -> str:
        each = "" if self.each is None else f", each={self.each.name}"
        return f"Jump({self.operator!r}, rate={self.rate}{each})"


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
        for ensemble in self.ensembles:
            symbols |= ensemble.size.free_symbols
        return symbols - {TIME}

    @property
    def time_dependent(self) -> bool:
        """Whether a coefficient contains :data:`limcyc.TIME`."""
        operators = (self.hamiltonian, *(jump.operator for jump in self.jumps))
        return any(TIME in operator.free_symbols for operator in operators)

    @property
    def ensembles(self) -> tuple[Ensemble, ...]:
        """The ensembles of identical members, sorted by name."""
        return tuple(degree for degree in self.degrees if isinstance(degree, Ensemble))

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters by name."""
        return dict(self._by_name)

    @cached_property
    def degrees(self) -> tuple[Degree, ...]:
        """The degrees of freedom, sorted by name."""
        found = {d for operator in (self.hamiltonian, *(j.summed for j in self.jumps)) for d in operator.degrees}
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
        distinct = {jump.rate: jump for jump in self.jumps}
        with np.errstate(all="ignore"):
            rates = scalar_function(tuple(distinct))(values)
        for jump, rate in zip(distinct.values(), rates, strict=True):
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
        return self._adjoint(a)

    @cached_property
    def _adjoint(self) -> AdjointGenerator:
        return AdjointGenerator(self.hamiltonian, [(jump.operator, jump.rate, jump.each) for jump in self.jumps])

    def explicit(self, sizes: Mapping[Ensemble, int]) -> OpenSystem:
        """The same model with every ensemble written out as ordinary members, for the exact level and checks.

        sizes
            ensemble -> number of members, e.g. ``{A: 3}``; a size that is a parameter is replaced by that number

        Raises :class:`limcyc.errors.ParameterError` when an ensemble is left out or two of them, sharing one size, are
        given different ones.

        >>> import limcyc as lc
        >>> atoms = lc.Ensemble("A", lc.Spin("s"), size=lc.Parameter("N", minimum=1))
        >>> clock = OpenSystem(0 * atoms.sum(lc.Spin("s").z), [Jump(lc.Spin("s").minus, each=atoms)])
        >>> [degree.name for degree in clock.explicit({atoms: 2}).degrees]
        ['A_1', 'A_2']
        """
        numbers: dict[sympy.Symbol, int] = {}
        for ensemble in self.ensembles:
            size = sizes.get(ensemble)
            if size is None or int(size) != size or size < 1:
                raise ParameterError(
                    f"explicit() of {self.name!r} needs the number of members of ensemble {ensemble.name!r}, an integer "
                    f">= 1, got {size!r}"
                )
            if ensemble.size.is_Symbol and numbers.setdefault(ensemble.size, size) != size:
                raise ParameterError(
                    f"ensembles of {self.name!r} share the size {ensemble.size}, but were given {numbers[ensemble.size]} "
                    f"and {size}"
                )
        for ensemble in self.ensembles:
            if ensemble.size.subs(numbers) != sizes[ensemble]:
                raise ParameterError(
                    f"ensemble {ensemble.name!r} has {ensemble.size.subs(numbers)} members, got {sizes[ensemble]}"
                )
        jumps = []
        for jump in self.jumps:
            operator, rate = jump.operator.substitute(numbers), jump.rate.subs(numbers)
            if jump.each is None:
                jumps.append(Jump(write_out(operator, sizes), rate, jump.name))
                continue
            for index in range(1, sizes[jump.each] + 1):
                names = dict(zip(jump.each.cell, jump.each.member(index), strict=True))
                jumps.append(Jump(operator.relabel(names), rate, f"{jump.name}_{index}" if jump.name else ""))
        hamiltonian = write_out(self.hamiltonian.substitute(numbers), sizes)
        return OpenSystem(hamiltonian, tuple(jumps), name=self.name, source=self.source)

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
        lines += [f"  L = {jump.operator!r}  (rate {jump.rate}{_whose(jump)})" for jump in self.jumps]
        lines += [f"  {p.name} [{p.unit}] {p.range}  {p.meaning}".rstrip() for p in self._by_name.values()]
        return "\n".join(lines)

    @property
    def latex(self) -> str:
        """Master equation as LaTeX, without delimiters."""
        rows = [rf"H &= {self.hamiltonian.latex}"]
        for number, jump in enumerate(self.jumps, 1):
            rate = "" if jump.rate == 1 else rf",\quad \text{{rate }} {sympy.latex(jump.rate)}"
            each = "" if jump.each is None else rf",\quad \text{{each of }} {jump.each.name}"
            rows.append(rf"L_{{{jump.name or number}}} &= {jump.operator.latex}{rate}{each}")
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


def _whose(jump: Jump) -> str:
    return "" if jump.each is None else f", each of {jump.each.name}"


def _collect_parameters(symbols: set[sympy.Symbol], system: str) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    for symbol in sorted(symbols, key=str):
        if not isinstance(symbol, Parameter):
            symbol = Parameter(symbol.name, real=bool(symbol.is_real), minimum=0 if symbol.is_nonnegative else None)
        if symbol.name in found:
            raise ParameterError(f"two different parameters of {system!r} are called {symbol.name!r}")
        found[symbol.name] = symbol
    return found
