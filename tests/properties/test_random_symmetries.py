"""Random small systems: what is found commutes with the generator, what is forbidden is zero, and nothing is overlooked."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg

import limcyc as lc
from limcyc.algebra.matrices import Basis, matrix

pytestmark = pytest.mark.properties

a, b = lc.Mode("a"), lc.Mode("b")
p, q = lc.Spin("p"), lc.Spin("q")
NUMBERS = st.sampled_from([0.4, -0.4, 0.4j, 0.7])
RATES = st.sampled_from([0.5, 0.5, 0.9])


def generator(system, basis):
    """Row-stacked Liouvillian of the truncated operators."""
    unit = np.eye(basis.size)
    energy = matrix(system.hamiltonian, basis).toarray()
    total = -1j * (np.kron(energy, unit) - np.kron(unit, energy.T))
    for jump in system.jumps:
        ell = matrix(jump.operator, basis).toarray() * float(jump.rate) ** 0.5
        lost = ell.conj().T @ ell
        total += np.kron(ell, ell.conj()) - (np.kron(lost, unit) + np.kron(unit, lost.T)) / 2
    return total


def invariance(total, unitary, antiunitary):
    """Norm of T L - L T on density matrices, with T rho = U rho U^+ or U rho^* U^+."""
    whole = np.kron(unitary, unitary.conj())
    moved = whole @ (total.conj() if antiunitary else total)
    return float(abs(moved - total @ whole).max())


def unitary_of(symmetry, basis):
    target, phase = symmetry.of_basis(basis)
    result = np.zeros((basis.size,) * 2, dtype=complex)
    result[target, np.arange(basis.size)] = phase
    return result


@st.composite
def systems(draw):
    """Pairs that are often symmetric: the same kinds of terms for both members, with numbers from a short list."""
    one, two = draw(st.sampled_from([(a, b), (p, q)]))
    lower = [one.minus, two.minus] if one is p else [one.lower, two.lower]
    number = [op.dag * op for op in lower]
    energy = draw(NUMBERS).real * number[0] + draw(NUMBERS).real * number[1]
    energy = energy + lc.hermitian(draw(NUMBERS) * lower[0].dag * lower[1])
    if draw(st.booleans()):
        energy = energy + lc.hermitian(draw(NUMBERS) * lower[0]) + lc.hermitian(draw(NUMBERS) * lower[1])
    if draw(st.booleans()):
        energy = energy + lc.hermitian(draw(NUMBERS) * lower[0] * lower[1])
    jumps = [lc.Jump(op, draw(RATES)) for op in lower] + [lc.Jump(op.dag, draw(RATES) / 2) for op in lower]
    if draw(st.booleans()):
        jumps.append(lc.Jump(lower[0] + draw(NUMBERS) * lower[1], draw(RATES)))
    return lc.OpenSystem(energy, jumps)


def monomials(system):
    one, two = system.degrees
    lower = [one.minus, two.minus] if one is p else [one.lower, two.lower]
    pieces = [op for x in lower for op in (x, x.dag, x.dag * x)]
    return [*pieces, *(x * y for x, y in itertools.product(pieces[:3], pieces[3:]))]


@settings(max_examples=60, deadline=None)
@given(systems())
def test_found_symmetries_commute_and_forbidden_means_vanish(system):
    basis = Basis.of(system.degrees, {a: 3, b: 3})
    total = generator(system, basis)
    symmetries = system.symmetries
    for one in (*symmetries.exchanges, *symmetries.antiunitary):
        assert invariance(total, unitary_of(one, basis), one.antiunitary) < 1e-12
    null = linalg.null_space(total, rcond=1e-9)
    if null.shape[1] > 1:
        return
    rho = null[:, 0].reshape(basis.size, basis.size)
    rho = rho / np.trace(rho)
    for operator in monomials(system):
        verdict = symmetries.vanishing(operator)
        mean = complex(np.trace(matrix(operator, basis).toarray() @ rho))
        if verdict.real:
            assert abs(mean.real) < 1e-10
        if verdict.imaginary:
            assert abs(mean.imag) < 1e-10


def brute_force(total, basis, antiunitary):
    """All symmetries that permute two spins, rename their levels, and have phases that are multiples of a quarter turn."""
    identity = np.arange(4)
    swap = np.array([0, 2, 1, 3])
    found = []
    for places, renamed in itertools.product((identity, swap), itertools.product((0, 1), repeat=2)):
        flip = 2 * renamed[0] + renamed[1]
        target = places ^ flip
        for one, two in itertools.product(range(4), repeat=2):
            phase = 1j ** (np.array([0, two, one, one + two]))
            unitary = np.zeros((4, 4), dtype=complex)
            unitary[target, np.arange(4)] = phase
            if invariance(total, unitary, antiunitary) < 1e-12:
                found.append((tuple(target), unitary))
    return found


@settings(max_examples=60, deadline=None)
@given(systems().filter(lambda system: p in system.degrees))
def test_nothing_is_overlooked_for_two_spins(system):
    basis = Basis.of(system.degrees, {})
    total = generator(system, basis)
    symmetries = system.symmetries
    permutations = {target for target, _ in brute_force(total, basis, antiunitary=False)}
    ours = {tuple(range(4))}
    moves = [tuple(one.of_basis(basis)[0].tolist()) for one in symmetries.exchanges]
    while True:
        more = ours | {tuple(move[k] for k in known) for known in ours for move in moves}
        if more == ours:
            break
        ours = more
    assert permutations <= ours
    if brute_force(total, basis, antiunitary=True):
        assert symmetries.antiunitary


def test_the_check_itself_sees_a_broken_symmetry():
    """The same hopping pair with and without a small asymmetry."""
    basis = Basis.of((a, b), {a: 3, b: 3})

    def pair(extra):
        jumps = [lc.Jump(a.lower, 0.5 + extra), lc.Jump(b.lower, 0.5), lc.Jump(a.dag, 0.1), lc.Jump(b.dag, 0.1)]
        return lc.OpenSystem(0.4 * lc.hermitian(a.dag * b.lower), jumps)

    (swap,) = pair(0.0).symmetries.exchanges
    unitary = unitary_of(swap, basis)
    assert invariance(generator(pair(0.0), basis), unitary, False) < 1e-12
    assert invariance(generator(pair(1e-3), basis), unitary, False) > 1e-4
    assert pair(1e-3).symmetries.exchanges == ()
