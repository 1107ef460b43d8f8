"""Linear generators, solvers and eigenvalues: arrays only."""

import numpy as np
import pytest
from scipy import linalg

from limcyc.errors import LimcycError
from limcyc.numerics.eigen import eigenvalues_near
from limcyc.numerics.generators import LinearGenerator, Triplets
from limcyc.numerics.linear import METHODS, SingularError, make_plan


def random_generator(size=40, terms=3, kind=float, width=4, seed=1):
    random = np.random.default_rng(seed)
    triplets = []
    for _ in range(terms):
        rows = random.integers(0, size, 6 * size)
        columns = np.clip(rows + random.integers(-width, width + 1, rows.size), 0, size - 1)
        data = random.standard_normal(rows.size)
        if kind is complex:
            data = data + 1j * random.standard_normal(rows.size)
        triplets.append(Triplets(rows, columns, data))
    return LinearGenerator(size, triplets), triplets


def dense(size, triplets, coefficients):
    total = np.zeros((size, size), dtype=complex)
    for weight, part in zip(coefficients, triplets, strict=True):
        np.add.at(total, (part.rows, part.columns), weight * part.data)
    return total


def test_a_generator_is_linear_in_its_coefficients():
    generator, triplets = random_generator()
    for coefficients in ([1.0, 2.0, -0.5], [0.0, 0.0, 0.0], [1j, 1.0, 0.0]):
        matrix = generator.matrix(generator.fill(np.array(coefficients)))
        assert np.allclose(matrix.toarray(), dense(40, triplets, coefficients))
        assert matrix.nnz == generator.nonzeros


def test_one_term_can_be_replaced():
    generator, triplets = random_generator()
    triplets[1] = Triplets(triplets[1].rows, triplets[1].columns, 3 * triplets[1].data)
    generator.replace(1, triplets[1].data)
    assert np.allclose(generator.matrix(generator.fill(np.ones(3))).toarray(), dense(40, triplets, np.ones(3)))


def test_rows_and_diagonal_are_found():
    generator, _ = random_generator()
    data = generator.fill(np.ones(3))
    full = generator.matrix(data).toarray()
    assert np.allclose(data[generator.diagonal], np.diag(full))
    assert np.allclose(sorted(data[generator.row_slots(7)]), sorted(full[7][generator.columns[generator.row_slots(7)]]))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", [float, complex])
@pytest.mark.parametrize("right_kind", [float, complex])
def test_every_solver_solves(method, kind, right_kind):
    generator, _ = random_generator(kind=kind)
    data = generator.fill(np.array([1.0, 0.3, 0.2]))
    data[generator.diagonal] += 30
    right = np.random.default_rng(2).standard_normal(40).astype(right_kind)
    if right_kind is complex:
        right += 1j * right[::-1]
    factorization = make_plan(generator, method).factor(data)
    full = generator.matrix(data).toarray()
    assert np.allclose(full @ factorization.solve(right), right, atol=1e-10)
    assert np.allclose(full.T @ factorization.solve(right, transposed=True), right, atol=1e-10)


def test_the_band_is_found_behind_a_permutation():
    size = 300
    order = np.random.default_rng(0).permutation(size)
    ones = np.ones(size - 1)
    generator = LinearGenerator(size, [Triplets(order[1:], order[:-1], ones), Triplets(order[:-1], order[1:], ones)])
    plan = make_plan(generator)
    assert plan.method == "banded" and plan.bandwidth == (1, 1)


def test_a_wide_pattern_goes_to_sparse_lu():
    random = np.random.default_rng(0)
    rows, columns = random.integers(0, 600, (2, 6000))
    assert make_plan(LinearGenerator(600, [Triplets(rows, columns, np.ones(6000))])).method == "sparse"


@pytest.mark.parametrize("method", ["banded", "sparse"])
def test_singular_matrices_are_refused(method):
    empty = LinearGenerator(5, [Triplets(np.arange(4), np.arange(4), np.ones(4))])
    with pytest.raises(SingularError):
        make_plan(empty, method).factor(empty.fill(np.ones(1)))


def test_unknown_solver():
    with pytest.raises(LimcycError, match=r"unknown linear solver 'magic'.*banded, sparse, krylov"):
        make_plan(random_generator()[0], "magic")


@pytest.mark.parametrize("size", [60, 400])
@pytest.mark.parametrize("shift", [0.1, 0.3 + 0.5j])
def test_eigenvalues_nearest_to_a_point(size, shift):
    generator, _ = random_generator(size=size, seed=3)
    data = generator.fill(np.ones(3))
    values, vectors = eigenvalues_near(generator, make_plan(generator), data, shift, 5)
    full = generator.matrix(data).toarray()
    every = linalg.eigvals(full)
    nearest = np.sort(abs(every - shift))[:5]
    assert np.allclose(np.sort(abs(values - shift)), nearest, atol=1e-8)
    assert np.allclose(full @ vectors, vectors * values, atol=1e-7)
