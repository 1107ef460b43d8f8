"""Random small open systems: the solution by sectors equals the one without any symmetry."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import linalg

import limcyc as lc
from limcyc.algebra.matrices import Basis, matrix
from limcyc.errors import SeveralSteadyStatesError
from limcyc.levels.sectors import Pairs, Sector, generator_entries

pytestmark = pytest.mark.properties

a, h = lc.Mode("a"), lc.Spin("h")
ion = lc.Levels("ion", ("g", "h", "c"))
CUTOFF = 4

SPIN_PIECES = [a * h.minus, a * h.plus, a**2 * h.plus, a * h.z, h.plus, a * a, a.lower, a.number * h.minus]
ION_PIECES = [
    a.dag * ion.transition("h", "g"),
    a.dag * ion.transition("g", "c"),
    a * ion.transition("h", "c"),
    ion.transition("h", "c"),
    a**2 * ion.transition("g", "h"),
    a.number * ion.projector("h"),
]
WEIGHTS = st.sampled_from([0.3, 0.7, 1.0, 0.5j, 0.4 - 0.6j])


def piece(of):
    return st.tuples(st.sampled_from(of), WEIGHTS).map(lambda pair: pair[0] * pair[1])


@st.composite
def systems(draw):
    pieces, extra = draw(st.sampled_from([(SPIN_PIECES, h.minus), (ION_PIECES, ion.transition("g", "h"))]))
    hamiltonian = lc.hermitian(sum(draw(st.lists(piece(pieces), min_size=1, max_size=2)), 0 * a)) + 0.2 * a.number
    jumps = [
        lc.Jump(p, rate=draw(st.sampled_from([0.2, 1.0])))
        for p in draw(st.lists(piece(pieces), min_size=0, max_size=2))
    ]
    if draw(st.booleans()):
        one, two = draw(piece(pieces)), draw(piece(pieces))
        jumps.append(lc.Jump(one + two, rate=0.5))
    return lc.OpenSystem(hamiltonian, [*jumps, lc.Jump(extra, rate=0.6), lc.Jump(a, rate=0.3)])


def dense_generator(system):
    """Row-stacked Liouvillian of the truncated operators, with no use of symmetry."""
    basis = Basis.of(system.degrees, {a: CUTOFF})
    unit = np.eye(basis.size)
    energy = matrix(system.hamiltonian, basis).toarray()
    total = -1j * (np.kron(energy, unit) - np.kron(unit, energy.T))
    for jump in system.jumps:
        ell = matrix(jump.operator, basis).toarray() * float(jump.rate) ** 0.5
        lost = ell.conj().T @ ell
        total += np.kron(ell, ell.conj()) - (np.kron(lost, unit) + np.kron(unit, lost.T)) / 2
    return basis, total


@settings(max_examples=40)
@given(systems())
def test_steady_state_equals_the_unreduced_one(system):
    basis, generator = dense_generator(system)
    null = linalg.null_space(generator, rcond=1e-9)
    if null.shape[1] > 1:
        with pytest.raises(SeveralSteadyStatesError):
            lc.Exact(system).steady_state({a: CUTOFF}, closed=True)
        return
    expected = null[:, 0].reshape(basis.size, basis.size)
    state = lc.Exact(system).steady_state({a: CUTOFF}, closed=True)
    ours = state.density_matrix()
    assert np.allclose(ours, expected / np.trace(expected), atol=1e-9)
    assert np.allclose(ours, ours.conj().T, atol=1e-12) and np.trace(ours).real == pytest.approx(1, abs=1e-12)
    assert state.certificate.smallest_eigenvalue > -1e-10


@settings(max_examples=25)
@given(systems(), st.integers(0, 3))
def test_evolution_equals_the_unreduced_one(system, seed):
    basis, generator = dense_generator(system)
    random = np.random.default_rng(seed)
    root = random.standard_normal((basis.size,) * 2) + 1j * random.standard_normal((basis.size,) * 2)
    start = root @ root.conj().T
    start /= np.trace(start)
    observables = {
        "n": a.number,
        "a": a.lower,
        "mixed": a.x * system.degrees[1].transition(*system.degrees[1].names[:2]),
    }
    with pytest.warns(lc.errors.CutoffWarning):
        curves = lc.Exact(system).evolve([0.0, 0.4, 1.0], observables, initial=start, cutoffs={a: CUTOFF})
    for index, time in enumerate((0.0, 0.4, 1.0)):
        rho = (linalg.expm(generator * time) @ start.ravel()).reshape(basis.size, basis.size)
        for name, operator in observables.items():
            wanted = np.trace(matrix(operator, basis).toarray() @ rho)
            assert curves[name].values[index] == pytest.approx(wanted, abs=1e-9)


@settings(max_examples=25)
@given(systems())
def test_the_sectors_divide_the_space_and_nothing_leaves_them(system):
    basis, generator = dense_generator(system)
    charges = system.symmetries.weak
    numbers = basis.quantum_numbers()
    of_pair = [
        tuple(int(charge.of(numbers[i] - numbers[j])) for charge in charges)
        for i in range(basis.size)
        for j in range(basis.size)
    ]
    size = 0
    for sector, dimension in Counter(of_pair).items():
        pairs = Pairs.of(system, basis, sector)
        assert pairs.kets.size == dimension
        size += dimension
        for entry in generator_entries(system, basis, pairs):
            assert np.all((entry.rows >= 0) & (entry.rows < dimension))
        built = Sector(system, basis, sector)
        block = built.generator.matrix(built.fill({})).toarray()
        index = pairs.kets * basis.size + pairs.bras
        assert np.allclose(block, generator[np.ix_(index, index)], atol=1e-12)
        rest = np.setdiff1d(np.arange(basis.size**2), index)
        assert not np.any(abs(generator[np.ix_(rest, index)]) > 1e-12)
    assert size == basis.size**2


@settings(max_examples=20)
@given(systems())
def test_linear_response_equals_a_finite_difference(system):
    _, generator = dense_generator(system)
    assume(linalg.null_space(generator, rcond=1e-9).shape[1] == 1)
    step, probe = 1e-5, a.x + 0.5 * a.number
    response = lc.Exact(system).linear_response(probe, {a: CUTOFF}, closed=True)
    plus, minus = (
        lc.Exact(system.with_terms(sign * step * probe)).steady_state({a: CUTOFF}, closed=True).density_matrix()
        for sign in (1, -1)
    )
    assert np.allclose(response.density_matrix(), (plus - minus) / (2 * step), atol=1e-5, rtol=1e-4)
