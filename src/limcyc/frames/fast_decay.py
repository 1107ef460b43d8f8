"""Fast decay into few levels of a mode: the model on these levels alone, to zeroth order in 1/rate.

Fast jumps F_k, with rates proportional to one parameter that goes to infinity, empty all levels of a mode but the kept ones.
What they make of a state at once is a channel,

    Phi = lim_{t -> infinity} exp(t sum_k rate_k D[F_k]),      Phi(X) = sum_j K_j X K_j^+.

Between two slow events the state is in the kept levels, with projector P, and first-order perturbation theory in the slow part
gives

    H -> P H P,        jump L with rate r -> jumps K_j L P with the same rate.

A slow jump that leaves the kept levels comes back at once as the jumps K_j L P; the Hamiltonian cannot leave at all, since an
amplitude outside decays before it grows (its effect is of order |H|^2/rate).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sympy

from limcyc.algebra import NUMBER, Degree, Levels, Mode, Operator, Spin, total
from limcyc.algebra.modes import ModeFactor
from limcyc.errors import OperatorError, ParameterError, UnknownNameError
from limcyc.frames.rotating import check_plain
from limcyc.system import Jump, OpenSystem

__all__ = ["fast_decay_limit"]

_MOST_STATES: Final = 40
"""Fock states that slow and fast jumps may visit."""


def fast_decay_limit(
    system: OpenSystem,
    rate: str | sympy.Symbol,
    keep: Mapping[Mode, Sequence[int]],
    into: Mapping[Mode, Levels] | None = None,
) -> OpenSystem:
    """The system for rate -> infinity of fast jumps, with modes replaced by the few levels that the jumps leave alone.

    rate
        a parameter; the fast jumps are those with a rate proportional to it
    keep
        mode -> Fock numbers that none of the fast jumps touches, at least two, e.g. ``{a: (0, 1)}`` for two-phonon loss
    into
        mode -> the spin or the level system that takes its place, with as many levels in the same order; default: a spin of
        the mode's name for (0, 1), else a level system with the numbers as names of the levels

    Returns an :class:`limcyc.OpenSystem` without the parameter.  Jumps to one final level carry their numbers in the rate.
    Exact for rate -> infinity at fixed other parameters; corrections are of order (other rates)/rate.

    Raises :class:`limcyc.errors.UnknownNameError` for a name that is no parameter, :class:`limcyc.errors.OperatorError` when
    the fast jumps touch a kept level, leave another one alone, act on several degrees of freedom or are no single monomials,
    or when the Hamiltonian or another rate depends on the parameter, and :class:`limcyc.errors.ParameterError` for kept
    levels that are none.

    >>> import limcyc as lc
    >>> from limcyc.frames import fast_decay_limit
    >>> a, gain, loss = lc.Mode("a"), *lc.parameters("gain loss", positive=True)
    >>> oscillator = lc.OpenSystem(0 * a.number, [lc.Jump(a.dag, gain), lc.Jump(a.lower**2, loss)])
    >>> fast_decay_limit(oscillator, "loss", {a: (0, 1)}).jumps  # 1 -> 2 -> 0 with 2 gain
    (Jump(s+_a, rate=gain), Jump(s-_a, rate=2*gain))

    Source of the limit for two coupled oscillators: Phys. Rev. E 89, 022913.
    """
    check_plain(system, "fast_decay_limit()")
    symbol = _symbol(system, rate)
    reductions = [
        _Reduction(mode, _checked_levels(system, mode, levels), (into or {}).get(mode)) for mode, levels in keep.items()
    ]
    slow: list[Jump] = []
    for jump in system.jumps:
        share = sympy.cancel(jump.rate / symbol)
        if symbol not in jump.rate.free_symbols:
            slow.append(jump)
        elif symbol in share.free_symbols:
            raise OperatorError(
                f"fast_decay_limit(): the rate {jump.rate} of the jump {jump.operator!r} is not proportional to {symbol}"
            )
        else:
            _owner(jump, reductions).add_fast(jump.operator, share)
    operators = (system.hamiltonian, *(jump.operator for jump in system.jumps))
    if any(symbol in operator.free_symbols for operator in operators):
        raise OperatorError(
            f"fast_decay_limit(): {symbol} may occur in the rates of the fast jumps only, not in an operator"
        )
    hamiltonian, jumps = system.hamiltonian, slow
    for reduction in reductions:
        hamiltonian = reduction.kept_part(hamiltonian)
        jumps = [after for jump in jumps for after in reduction.after(jump)]
    hamiltonian = Operator({m: c for m, c in hamiltonian.terms.items() if m})
    name = f"{system.name}, {symbol} to infinity"
    return OpenSystem(hamiltonian, tuple(_simplified(jump) for jump in jumps), name=name, source=system.source)


def _symbol(system: OpenSystem, rate: str | sympy.Symbol) -> sympy.Symbol:
    name = rate if isinstance(rate, str) else rate.name
    if name not in system.parameters:
        raise UnknownNameError(f"parameter of {system.name!r}", name, sorted(system.parameters))
    symbols = set().union(*(jump.rate.free_symbols for jump in system.jumps), system.hamiltonian.free_symbols)
    return next((symbol for symbol in symbols if symbol.name == name), system.parameters[name])


def _checked_levels(system: OpenSystem, mode: Any, levels: Sequence[int]) -> tuple[int, ...]:
    if not isinstance(mode, Mode) or mode not in system.degrees:
        raise ParameterError(
            f"fast_decay_limit() keeps levels of modes of {system.name!r}, got {mode!r}; its degrees of freedom are "
            f"{', '.join(degree.name for degree in system.degrees)}"
        )
    numbers = tuple(levels)
    if len(numbers) < 2 or len(set(numbers)) != len(numbers) or any(int(n) != n or n < 0 for n in numbers):
        raise ParameterError(
            f"the kept levels of {mode.name} must be two or more different Fock numbers, got {levels!r}"
        )
    return tuple(int(n) for n in numbers)


def _owner(jump: Jump, reductions: Sequence[_Reduction]) -> _Reduction:
    for reduction in reductions:
        if jump.operator.degrees == (reduction.mode,) and len(jump.operator.terms) == 1:
            return reduction
    raise OperatorError(
        f"fast_decay_limit(): the fast jump {jump.operator!r} must be a single product of operators of one of the modes in "
        f"`keep` ({', '.join(reduction.mode.name for reduction in reductions)})"
    )


def _simplified(jump: Jump) -> Jump:
    """|number|^2 of a jump with one term moves into the rate."""
    if len(jump.operator.terms) != 1:
        return jump
    ((monomial, coefficient),) = jump.operator.terms.items()
    size = sympy.simplify(coefficient * sympy.conjugate(coefficient))
    return Jump(Operator({monomial: sympy.S.One}), sympy.expand(jump.rate * size), jump.name)


@dataclass
class _Reduction:
    """One mode, its kept levels, and the channel of its fast jumps."""

    mode: Mode
    levels: tuple[int, ...]
    target: Levels | None = None

    def __post_init__(self) -> None:
        self.fast: list[tuple[ModeFactor, sympy.Expr]] = []
        if self.target is None:
            default = self.levels == (0, 1)
            names = tuple(str(n) for n in self.levels)
            self.target = Spin(self.mode.name) if default else Levels(self.mode.name, names)
        if len(self.target.names) != len(self.levels):
            raise ParameterError(
                f"{self.target!r} has {len(self.target.names)} levels, but {len(self.levels)} of {self.mode.name} are kept"
            )
        self._images: dict[tuple[int, int], dict[tuple[int, int], sympy.Expr]] = {}

    def add_fast(self, operator: Operator, share: sympy.Expr) -> None:
        """A fast jump; it must not touch the kept levels."""
        ((monomial, coefficient),) = operator.terms.items()
        factor = monomial[0][1]
        share = share * coefficient * sympy.conjugate(coefficient)
        for level in self.levels:
            if _step(factor, level) is not None:
                raise OperatorError(
                    f"fast_decay_limit(): the fast jump {operator!r} empties the level {level} of {self.mode.name}, which is to be "
                    "kept; keep only levels on which the fast jumps give zero"
                )
        self.fast.append((factor, share))

    def _rate_out(self, level: int) -> sympy.Expr:
        steps = ((share, _step(factor, level)) for factor, share in self.fast)
        return sympy.Add(*(share * step[1] ** 2 for share, step in steps if step is not None))

    def image(self, ket: int, bra: int) -> dict[tuple[int, int], sympy.Expr]:
        """Phi(|ket><bra|) on the kept levels, from rate_out Phi(X) = sum_k rate_k Phi(F_k X F_k^+)."""
        if (ket, bra) in self._images:
            return self._images[ket, bra]
        if max(ket, bra) > _MOST_STATES:
            raise OperatorError(
                f"fast_decay_limit(): the jumps of {self.mode.name} lead through more than {_MOST_STATES} Fock states"
            )
        result: dict[tuple[int, int], sympy.Expr] = {}
        rate = (self._rate_out(ket) + self._rate_out(bra)) / 2
        if rate == 0:
            lost = [level for level in (ket, bra) if level not in self.levels]
            if lost:
                raise OperatorError(
                    f"fast_decay_limit(): nothing empties the level {lost[0]} of {self.mode.name}, which slow jumps reach; keep it "
                    f"as well, next to {self.levels}"
                )
            result = {(ket, bra): sympy.S.One}
        for factor, share in self.fast:
            left, right = _step(factor, ket), _step(factor, bra)
            if left is None or right is None:
                continue
            if left[0] >= ket or right[0] >= bra:
                raise OperatorError(f"fast_decay_limit() needs fast jumps that lower {self.mode.name}")
            for place, weight in self.image(left[0], right[0]).items():
                gained = share * left[1] * right[1] * weight / rate
                result[place] = sympy.simplify(result.get(place, sympy.S.Zero) + gained)
        self._images[ket, bra] = result
        return result

    def kept_part(self, operator: Operator) -> Operator:
        """P A P."""
        return self._mapped(operator, {level: {level: sympy.S.One} for level in self.levels})

    def after(self, jump: Jump) -> list[Jump]:
        """The jumps K_j L P."""
        reached = {end[0] for m in jump.operator.terms for n in self.levels if (end := self._element(m, n)) is not None}
        outside = sorted(reached - set(self.levels))
        found = [Jump(self.kept_part(jump.operator), jump.rate, jump.name)]
        for number, channel in enumerate(self._kraus(outside), 1):
            name = f"{jump.name}, returned {number}" if jump.name else ""
            found.append(Jump(self._mapped(jump.operator, channel), jump.rate, name))
        return [one for one in found if one.operator != 0]

    def _kraus(self, outside: Sequence[int]) -> list[dict[int, dict[int, sympy.Expr]]]:
        """Kraus operators of Phi on the levels outside, source -> {kept level: amplitude}.

        The Choi matrix C[(r, n), (s, m)] = <r| Phi(|n><m|) |s> is factorized by an exact Cholesky decomposition without pivots:
        C = sum_j k_j k_j^+.  It is positive, so that a vanishing pivot has a vanishing column.
        """
        choi: dict[tuple[tuple[int, int], tuple[int, int]], sympy.Expr] = {}
        for n in outside:
            for m in outside:
                for (r, s), weight in self.image(n, m).items():
                    choi[(r, n), (s, m)] = weight
        places = sorted({place for pair in choi for place in pair})
        channels = []
        for pivot in places:
            size = sympy.simplify(choi.get((pivot, pivot), sympy.S.Zero))
            if size == 0:
                continue
            column = {p: choi[p, pivot] / sympy.sqrt(size) for p in places if choi.get((p, pivot), 0) != 0}
            for p, x in column.items():
                for q, y in column.items():
                    choi[p, q] = sympy.simplify(choi.get((p, q), sympy.S.Zero) - x * y)
            channel: dict[int, dict[int, sympy.Expr]] = {}
            for (r, n), amplitude in column.items():
                channel.setdefault(n, {})[r] = amplitude
            channels.append(channel)
        return channels

    def _mapped(self, operator: Operator, channel: Mapping[int, Mapping[int, sympy.Expr]]) -> Operator:
        """K A P on the new levels, K as source -> {kept level: amplitude}."""
        assert self.target is not None
        names = dict(zip(self.levels, self.target.names, strict=True))
        parts: list[Operator] = []
        for monomial, coefficient in operator.terms.items():
            rest: dict[Degree, Any] = {degree: factor for degree, factor in monomial if degree != self.mode}
            others = Operator({tuple(rest.items()): coefficient})
            for level in self.levels:
                end = self._element(monomial, level)
                for kept, amplitude in channel.get(end[0], {}).items() if end is not None else ():
                    assert end is not None
                    step = self.target.transition(names[kept], names[level])
                    parts.append(others * (sympy.expand(amplitude * end[1]) * step))
        return total(parts)

    def _element(self, monomial: Any, level: int) -> tuple[int, sympy.Expr] | None:
        """Level and amplitude that a monomial leads to; the level itself for monomials of other degrees of freedom."""
        factors = dict(monomial)
        return _step(factors[self.mode], level) if self.mode in factors else (level, sympy.S.One)


def _step(factor: ModeFactor, level: int) -> tuple[int, sympy.Expr] | None:
    """F |n> = amplitude |m>, or None where it vanishes."""
    between = level - factor.annihilated
    if between < 0:
        return None
    end = between + factor.created
    amplitude = sympy.sqrt(sympy.ff(level, factor.annihilated) * sympy.ff(end, factor.created))
    if factor.function is not None:
        amplitude = amplitude * factor.function.subs(NUMBER, between)
    amplitude = sympy.simplify(amplitude)
    return None if amplitude == 0 else (end, amplitude)
