"""The open system: a Hamiltonian and Lindblad jumps. The only thing a user types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from limcyc.algebra import TIME, Degree, Ensemble, Operator, Parameter, Rotor, as_operator
from limcyc.algebra.ensembles import write_out
from limcyc.algebra.heisenberg import AdjointGenerator
from limcyc.algebra.matrices import scalar_function
from limcyc.errors import OperatorError, ParameterError, UnknownNameError, UnsupportedError

__all__ = ["Force", "Jump", "Kick", "OpenSystem"]


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


@dataclass(frozen=True)
class Kick:
    """A term ``generator`` sum_m delta(t - m period) of the Hamiltonian: U = exp(-i generator) at t = 0, period, 2 period, ...

    generator
        Hermitian operator without a unit; it may depend on parameters, not on time
    period
        time between kicks, > 0: a number or an expression in parameters

    >>> import limcyc as lc
    >>> lc.Kick(3 * lc.Rotor("x").cos)
    Kick(3/2 e^{-ix} + 3/2 e^{ix}, period=1)
    """

    generator: Operator
    period: Any = sympy.S.One

    def __post_init__(self) -> None:
        generator = as_operator(self.generator)
        if generator is None:
            raise OperatorError(f"a kick needs an operator, got {self.generator!r}")
        excess = generator - generator.dag
        if excess != 0:
            raise OperatorError(
                f"the generator of a kick must be Hermitian: G - G^+ = {excess!r}; add the conjugate with limcyc.hermitian(...)"
            )
        period = sympy.sympify(self.period)
        if period.is_positive is False or period.is_real is False:
            raise ParameterError(f"the period of a kick must be positive, got {period}")
        if period.has(TIME) or TIME in generator.free_symbols:
            raise ParameterError(f"the kick {generator!r} depends on time; its strength and period must be constant")
        object.__setattr__(self, "generator", generator)
        object.__setattr__(self, "period", period)

    def __repr__(self) -> str:
        return f"Kick({self.generator!r}, period={self.period})"


@dataclass(frozen=True)
class Force:
    """A static force on a rotor: the term -strength x of the Hamiltonian, so that the momentum grows at the rate ``strength``.

    It is no operator of the angle, which is periodic. In the gauge in which everything stays periodic the momentum n is
    replaced by n + beta in all operators of the model, with d beta/dt = strength; n stays an integer.

    rotor
        the rotor that is pushed
    strength
        real number or expression in parameters, in momenta per time

    >>> import limcyc as lc
    >>> lc.Force(lc.Rotor("x"), 0.5)
    Force(Rotor('x'), 0.500000000000000)
    """

    rotor: Rotor
    strength: Any

    def __post_init__(self) -> None:
        if not isinstance(self.rotor, Rotor):
            raise OperatorError(f"a static force acts on a Rotor, got {self.rotor!r}; write other forces as operators")
        strength = sympy.sympify(self.strength)
        if strength.is_real is False or strength.has(TIME):
            raise ParameterError(f"a static force must be real and constant in time, got {strength}")
        object.__setattr__(self, "strength", strength)

    def __repr__(self) -> str:
        return f"Force({self.rotor!r}, {self.strength})"


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
    kicks, forces
        instantaneous unitaries that repeat, and static forces on rotors; :class:`limcyc.KickedRotor` treats them, all other
        levels refuse a system that has some

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
    kicks: tuple[Kick, ...] = ()
    forces: tuple[Force, ...] = ()
    _by_name: Mapping[str, Parameter] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        hamiltonian = as_operator(self.hamiltonian)
        if hamiltonian is None:
            raise OperatorError(f"the Hamiltonian must be an operator, got {self.hamiltonian!r}")
        object.__setattr__(self, "hamiltonian", hamiltonian)
        object.__setattr__(self, "jumps", tuple(j if isinstance(j, Jump) else Jump(j) for j in self.jumps))
        object.__setattr__(self, "kicks", tuple(k if isinstance(k, Kick) else Kick(k) for k in self.kicks))
        object.__setattr__(self, "forces", tuple(self.forces))
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
        for kick in self.kicks:
            symbols |= kick.generator.free_symbols | kick.period.free_symbols
        for force in self.forces:
            symbols |= force.strength.free_symbols
        for ensemble in self.ensembles:
            symbols |= ensemble.size.free_symbols
        return symbols - {TIME}

    def refuse_kicks(self, asked: str) -> None:
        """Raise UnsupportedError if the system has kicks or static forces, which ``asked`` would leave out.

        >>> import limcyc as lc
        >>> x = lc.Rotor("x")
        >>> lc.OpenSystem(x.number**2, kicks=[lc.Kick(x.cos)], name="top").refuse_kicks("the exact level")
        Traceback (most recent call last):
            ...
        limcyc.errors.UnsupportedError: the exact level of 'top' would leave out its 1 kick(s) and 0 static force(s); use KickedRotor, or build the system without them
        """
        if self.kicks or self.forces:
            raise UnsupportedError(
                f"{asked} of {self.name!r} would leave out its {len(self.kicks)} kick(s) and {len(self.forces)} static force(s); use "
                "KickedRotor, or build the system without them"
            )

    def refuse_rotors(self, asked: str) -> None:
        """Raise UnsupportedError if the system has rotors, whose momentum window ``asked`` would not watch; see also refuse_kicks."""
        self.refuse_kicks(asked)
        rotors = [degree.name for degree in self.degrees if isinstance(degree, Rotor)]
        if rotors:
            raise UnsupportedError(
                f"{asked} of {self.name!r} would not watch the momentum window of rotor {', '.join(rotors)}; use KickedRotor, or Exact "
                "with Rotor(name, window=(lowest, highest))"
            )

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
        operators = (self.hamiltonian, *(j.summed for j in self.jumps), *(k.generator for k in self.kicks))
        found = {d for operator in operators for d in operator.degrees} | {force.rotor for force in self.forces}
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
        self.refuse_kicks("the generator")
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
        self.refuse_kicks("explicit()")
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
        return replace(
            self, hamiltonian=self.hamiltonian + hamiltonian, jumps=(*self.jumps, *jumps), name=name or self.name
        )

    @cached_property
    def symmetries(self) -> Any:
        """All abelian weak symmetries and the strong ones among them; see :mod:`limcyc.symmetry`."""
        from limcyc.symmetry import find_symmetries  # symmetry builds on this module

        if not self.kicks:
            return find_symmetries(self)
        # A kick has to respect a symmetry as the Hamiltonian does; symbols, so that no term cancels.
        kicks = sum((sympy.Dummy(real=True) * kick.generator for kick in self.kicks), Operator({}))
        return find_symmetries(OpenSystem(self.hamiltonian + kicks, self.jumps, name=self.name, forces=self.forces))

    def symmetries_at(self, **parameters: Any) -> Any:
        """The symmetries at given values of the parameters: more than in general where rates vanish or members coincide.

        parameters
            values of all parameters without a default

        Returns a :class:`limcyc.symmetry.Symmetries`.  Raises ParameterError and UnknownNameError as :meth:`values`.

        >>> import limcyc as lc
        >>> a, b, w = lc.Mode("a"), lc.Mode("b"), lc.Parameter("w")
        >>> pair = lc.OpenSystem(w * a.number + lc.hermitian(a.dag * b.lower), [lc.Jump(a.lower), lc.Jump(b.lower)])
        >>> pair.symmetries.exchanges, pair.symmetries_at(w=0.0).exchanges
        ((), (a -> b, b -> a,))
        """
        from limcyc.symmetry import find_symmetries  # symmetry builds on this module

        self.refuse_kicks("symmetries_at()")
        return find_symmetries(self._at(self.values(parameters)), self.degrees)

    def _at(self, values: Mapping[str, Any]) -> OpenSystem:
        """The system with numbers for coefficients and rates; in functions of number operators equal parameters become one."""
        numbers = {symbol: values[symbol.name] for symbol in sorted(self._symbols(), key=str)}
        first: dict[Any, sympy.Symbol] = {}
        merged = {symbol: first.setdefault(value, symbol) for symbol, value in numbers.items()}
        rates = [jump.rate.subs(numbers) for jump in self.jumps]
        jumps = [
            Jump(jump.operator.evaluated(numbers, merged), rate, jump.name, jump.each)
            for jump, rate in zip(self.jumps, rates, strict=True)
            if rate != 0
        ]
        return OpenSystem(self.hamiltonian.evaluated(numbers, merged), tuple(jumps), name=self.name, source=self.source)

    def __repr__(self) -> str:
        lines = [f"OpenSystem {self.name!r}", f"  H = {self.hamiltonian!r}"]
        lines += [f"  L = {jump.operator!r}  (rate {jump.rate}{_whose(jump)})" for jump in self.jumps]
        lines += [f"  kick {kick.generator!r}  (every {kick.period})" for kick in self.kicks]
        lines += [f"  force {force.strength} on {force.rotor.name}" for force in self.forces]
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
        for kick in self.kicks:
            rows.append(
                rf"U &= \exp\left[-i \left({kick.generator.latex}\right)\right],\quad \text{{every }} {sympy.latex(kick.period)}"
            )
        for force in self.forces:
            rows.append(rf"\dot{{\beta}}_{{{force.rotor.name}}} &= {sympy.latex(force.strength)}")
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
