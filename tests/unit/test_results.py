"""States: expectation values, phase space, reductions, certificates."""

import pickle

import numpy as np
import pytest
import qutip

import limcyc as lc
from limcyc.errors import OperatorError
from limcyc.measures import phase_space, phonons
from limcyc.measures.sensing import eigenbasis, quantum_fisher_information
from limcyc.results import Scalar

a, b, h, c = lc.Mode("a"), lc.Mode("b"), lc.Spin("h"), lc.Spin("c")
kappa, nbar = lc.parameters("kappa nbar", minimum=0)
thermal = lc.OpenSystem(a.number, [lc.Jump(a, kappa * (nbar + 1)), lc.Jump(a.dag, kappa * nbar)], name="thermal")
laser = lc.OpenSystem(
    lc.hermitian(1.0 * a.dag * h.plus + 0.8 * a.dag * c.minus),
    [lc.Jump(h.minus, 0.8), lc.Jump(c.minus, 2.5)],
    name="laser",
)
GRID = np.linspace(-9, 9, 151)
AREA = (GRID[1] - GRID[0]) ** 2


@pytest.fixture(scope="module")
def vacuum():
    return lc.Exact(thermal).steady_state(kappa=1.0, nbar=0.0)


@pytest.fixture(scope="module")
def warm():
    return lc.Exact(thermal).steady_state(kappa=1.0, nbar=0.4)


@pytest.fixture(scope="module")
def lasing():
    return lc.Exact(laser).steady_state()


@pytest.fixture(scope="module")
def displaced():
    """alpha = -2i (0.3 + 0.1i), with squeezing: a state without any symmetry."""
    pump = lc.hermitian((0.3 + 0.1j) * a.dag + (0.1 + 0.05j) * a.dag**2)
    return lc.Exact(lc.OpenSystem(pump, [lc.Jump(a)])).steady_state()


def test_wigner_function_of_the_vacuum(vacuum):
    field = vacuum.wigner(a, GRID, GRID)
    x, p = np.meshgrid(GRID, GRID)
    assert field.dims == ("p", "x")
    assert np.allclose(field, np.exp(-(x**2) - p**2) / np.pi, atol=1e-10)


def test_phase_space_functions_are_normalised(warm, displaced):
    for state in (warm, displaced):
        for field in (state.wigner(a, GRID, GRID), state.husimi(a, GRID, GRID)):
            assert float(field.sum()) * AREA == pytest.approx(1, abs=1e-8)


def test_phase_space_functions_sit_where_the_state_is(displaced):
    for field in (displaced.wigner(a, GRID, GRID), displaced.husimi(a, GRID, GRID)):
        assert float((field * field.x).sum()) * AREA == pytest.approx(displaced.mean(a.x), abs=1e-7)
        assert float((field * field.p).sum()) * AREA == pytest.approx(displaced.mean(a.p), abs=1e-7)
    wigner = displaced.wigner(a, GRID, GRID)
    second = float((wigner * wigner.x**2).sum()) * AREA
    assert second - displaced.mean(a.x) ** 2 == pytest.approx(displaced.variance(a.x), abs=1e-6)


def test_husimi_function_of_a_thermal_state(warm):
    x, p = np.meshgrid(GRID, GRID)
    expected = np.exp(-(x**2 + p**2) / 2 / 1.4) / (2 * np.pi * 1.4)
    assert np.allclose(warm.husimi(a, GRID, GRID), expected, atol=1e-10)


def test_quadrature_covariance(displaced, vacuum):
    covariance = phase_space.quadrature_covariance(displaced.reduced(a))
    cross = displaced.mean(a.x * a.p + a.p * a.x) / 2 - displaced.mean(a.x) * displaced.mean(a.p)
    expected = [[displaced.variance(a.x), cross], [cross, displaced.variance(a.p)]]
    assert np.allclose(covariance, expected, atol=1e-9) and abs(cross) > 0.01
    assert displaced.quadrature_variances(a) == pytest.approx((expected[0][0], expected[1][1]), abs=1e-9)
    assert vacuum.quadrature_variances(a) == pytest.approx((0.5, 0.5))


def test_purity_and_positivity(vacuum, warm, lasing):
    assert vacuum.purity() == pytest.approx(1)
    assert warm.purity() == pytest.approx(1 / (2 * 0.4 + 1), rel=1e-9)
    dense = lasing.density_matrix()
    assert lasing.purity() == pytest.approx(np.trace(dense @ dense).real, rel=1e-12)
    assert lasing.certificate.smallest_eigenvalue == pytest.approx(np.linalg.eigvalsh(dense).min(), abs=1e-14)


def test_reduced_states_equal_partial_traces(lasing):
    whole = lasing.to_qutip()
    assert whole.dims[0] == list(lasing.basis.dimensions)
    for position, part in enumerate(lasing.basis.degrees):
        assert np.allclose(lasing.reduced(part), whole.ptrace(position).full(), atol=1e-14)
    assert np.allclose(lasing.populations(h), np.diag(lasing.reduced(h)).real)
    assert lasing.populations(h)[1] == pytest.approx(lasing.mean(h.excited))


def test_phonon_statistics(warm, lasing):
    assert (
        warm.number(a) == pytest.approx(0.4) and warm.g2(a) == pytest.approx(2) and warm.fano(a) == pytest.approx(1.4)
    )
    p = lasing.fock_distribution(a, as_array=True)
    assert lasing.number(a) == pytest.approx(lasing.mean(a.number), rel=1e-12)
    assert lasing.g2(a) == pytest.approx(lasing.mean(a.dag**2 * a**2) / lasing.mean(a.number) ** 2, rel=1e-10)
    assert lasing.variance(a.number) == pytest.approx(phonons.number_variance(p), rel=1e-9)
    labelled = lasing.fock_distribution(a)
    assert labelled.dims == ("n",) and np.array_equal(labelled, p) and labelled.attrs["system"] == "laser"


def test_statistics_of_the_vacuum_are_not_numbers(vacuum):
    assert np.isnan(vacuum.g2(a)) and np.isnan(vacuum.fano(a))


def test_means(lasing, warm):
    assert lasing.mean(1) == pytest.approx(1)
    assert isinstance(lasing.mean(a.number), float)
    assert isinstance(lasing.mean(a.dag * h.plus), complex)
    assert lasing.mean(a.dag * c.minus) == pytest.approx(np.conj(lasing.mean(a * c.plus)))
    assert lasing.mean(a) == 0
    assert warm.mean(kappa * nbar) == pytest.approx(0.4)
    with pytest.raises(OperatorError, match="not part of this model"):
        lasing.mean(b.number)
    with pytest.raises(OperatorError, match="needs an operator"):
        lasing.mean("a")
    with pytest.raises(OperatorError, match="Hermitian operator"):
        lasing.variance(a)
    with pytest.raises(OperatorError, match=r"Mode\('b'\) is not part of 'laser'; its parts are"):
        lasing.reduced(b)


def test_printing(lasing, warm):
    assert "steady state" in repr(warm) and "'thermal'" in repr(warm) and "nbar=0.4" in repr(warm)
    assert "residual" in str(lasing.certificate) and "a < " in str(lasing.certificate)
    assert set(lasing.certificate.as_dict()) >= {"residual", "discarded_weight", "cutoffs", "method"}


def test_states_can_be_pickled(lasing):
    copy = pickle.loads(pickle.dumps(lasing))
    assert copy.mean(a.number) == lasing.mean(a.number) and copy.certificate == lasing.certificate


def test_scalars_are_numbers_with_a_certificate():
    value = Scalar(2.0, {"cutoffs": {"a": 3}})
    assert value == 2.0 and value + 1 == 3.0 and value.certificate["cutoffs"] == {"a": 3} and value.unit == "rate"


def test_fisher_information_of_a_pure_state_is_four_times_the_variance():
    random = np.random.default_rng(0)
    psi = random.standard_normal(6) + 1j * random.standard_normal(6)
    psi /= np.linalg.norm(psi)
    generator = random.standard_normal((6, 6))
    generator = generator + generator.T
    rho = np.outer(psi, psi.conj())
    slope = -1j * (generator @ rho - rho @ generator)
    mean = psi.conj() @ generator @ psi
    variance = (psi.conj() @ generator @ generator @ psi - mean**2).real
    assert quantum_fisher_information(rho, slope) == pytest.approx(4 * variance, rel=1e-10)


def test_blocks_of_a_sparse_matrix_are_diagonalised_one_by_one():
    from scipy import sparse

    random = np.random.default_rng(1)
    block = random.standard_normal((3, 3)) + 1j * random.standard_normal((3, 3))
    whole = sparse.block_diag([block + block.conj().T, np.eye(1), 2 * np.eye(2), 1j * (block - block.conj().T)])
    order = random.permutation(9)
    shuffled = sparse.csr_array(whole.toarray()[np.ix_(order, order)])
    values, vectors = eigenbasis(shuffled)
    assert np.allclose(np.sort(values), np.linalg.eigvalsh(whole.toarray()))
    assert np.allclose((shuffled @ vectors).toarray(), vectors.toarray() * values, atol=1e-12)


def test_wigner_function_of_a_one_phonon_state_is_negative():
    field = phase_space.wigner(qutip.fock_dm(5, 1).full(), [0.0], [0.0])
    assert field.item() == pytest.approx(-1 / np.pi)
