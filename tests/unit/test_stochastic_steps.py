"""Two kernels for the same step: passes over rows, and tables of any kind; and both against the formula in NumPy."""

import numpy as np
import pytest

from limcyc.numerics.edge_noise import EdgeNoise
from limcyc.numerics.fields import PolynomialField, Term
from limcyc.numerics.normal_stream import NormalStreams
from limcyc.numerics.stochastic_steps import _EulerSteps, _TableSteps, steps_of
from limcyc.numerics.stochastic_tables import Coupling, Noise, StochasticField

SITES, STEP = 70, 0.01
GRID = np.arange(SITES).reshape(7, 10)


def torus(open_ends=False):
    neighbours = np.stack([np.roll(GRID, s, axis).ravel() for s in (1, -1) for axis in (0, 1)])
    if open_ends:
        neighbours[0, :10] = -1
    return neighbours[None]


def coupling(kinds, neighbours):
    kinds = np.array(kinds, dtype=np.int64)
    return Coupling(kinds, np.arange(kinds.size) % 2, np.zeros(kinds.size, dtype=np.int64), neighbours, SITES)


def field(size, variables, rows, rng, *, degree=3, positive=False, harmonics=0):
    """Random polynomials with many terms of every degree; positive ones are sums of squares."""
    terms = []
    for row in range(rows):
        if positive:
            terms.append(Term(row, 0.5))
            terms += [Term(row, 0.1 * rng.random(), (i, i)) for i in range(variables)]
            continue
        for d in range(degree + 1):
            for _ in range(6):
                chosen = tuple(int(f) for f in rng.integers(0, size, d))
                wave = int(rng.integers(0, 1 + 2 * harmonics))
                terms.append(Term(row, float(rng.normal()) / 3 ** (d + 1), chosen, int(rng.integers(0, 2)), wave))
    return PolynomialField.of(size, terms, coefficients=2, harmonics=harmonics)


def problem(kind, rng):
    n, kinds = 2, {"torus": [0, 0], "ends": [0, 1], "all": [2, 2], "alone": []}[kind.split()[0]]
    neighbours = torus(kind.startswith("ends")) if "alone" not in kind else np.zeros((1, 0, SITES), dtype=np.int64)
    size = n + len(kinds)
    drift = field(size, n, n, rng, harmonics=1 if "driven" in kind else 0)
    additive = "multiplicative" not in kind
    received = (1,) if "edges" in kind else ()
    if additive:
        table = PolynomialField.of(
            size, [Term(0, 0.3), Term(1, 0.2, (), 1)] + [Term(2, 1.0)] * len(received), coefficients=2
        )
    else:
        table = field(size, n, 2, rng, positive=True)
    edges = None
    if received:
        edges = EdgeNoise(np.stack([GRID.ravel(), np.roll(GRID, -1, 1).ravel()]), rng.normal(size=(2, 2, 1)), received)
    return StochasticField(
        drift, Noise(table, ((0, 0), (1, 1)), n, additive, received), n, coupling(kinds, neighbours), edges
    )


CASES = [
    "torus", "torus multiplicative", "ends", "all", "all multiplicative", "alone driven", "torus driven multiplicative", "torus edges",
]  # fmt: skip


@pytest.mark.parametrize("runs", [1, 3])
@pytest.mark.parametrize("kind", CASES)
def test_passes_agree_with_tables(kind, runs):
    rng = np.random.default_rng(3)
    task = problem(kind, rng)
    c, w, lanes = np.array([[1.0], [0.7]]), np.array([[1.3]]) if "driven" in kind else np.zeros((0, 1)), runs * SITES
    fast = steps_of(task, c, w, lanes, "euler")
    assert isinstance(fast, _EulerSteps)
    slow = _TableSteps(task, c, w, lanes, "euler")
    noise = fast.noise(NormalStreams(rng.spawn(runs)), 9)
    first = 0.3 * rng.standard_normal((2, lanes))
    one, other = first.copy(), first.copy()
    assert fast.advance(one, noise, 0.2, STEP) == slow.advance(other, noise, 0.2, STEP) == 0.0
    assert np.abs(one - first).max() > 0.01
    np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-13)
    # With numbers for each lane there are other loops again.
    wide = _TableSteps(task, np.repeat(c, lanes, axis=1), np.repeat(w, lanes, axis=1), lanes, "euler")
    third = first.copy()
    wide.advance(third, noise, 0.2, STEP)
    np.testing.assert_allclose(one, third, rtol=1e-11, atol=1e-13)


def test_one_step_is_the_formula():
    rng = np.random.default_rng(5)
    drift = PolynomialField.of(4, [
        Term(0, -0.5, (0,)), Term(0, 2.0, (3,)), Term(0, -0.3, (0, 0, 1)), Term(0, 0.7),
        Term(1, -0.2, (1,)), Term(1, 1.5, (2,), 1),
    ], coefficients=2)  # fmt: skip
    noise = Noise(PolynomialField.of(4, [Term(0, 0.4), Term(0, 0.2, (1, 1)), Term(1, 0.9, (), 1)], coefficients=2),
                  ((0, 0), (1, 1)), 2, False)  # fmt: skip
    task = StochasticField(drift, noise, 2, coupling([0, 2], torus()))
    steps = steps_of(task, np.array([[1.0], [0.6]]), np.zeros((0, 1)), SITES, "euler")
    xi, x = rng.standard_normal((1, 2, SITES)), rng.standard_normal((2, SITES))
    q, p = x
    near = sum(np.roll(q.reshape(7, 10), s, axis) for s in (1, -1) for axis in (0, 1)).ravel()
    moved_q = q + STEP * (-0.5 * q + 2 * (p.sum() - p) - 0.3 * q * q * p + 0.7)
    moved_q += np.sqrt(2 * STEP * (0.4 + 0.2 * p * p)) * xi[0, 0]
    moved_p = p + STEP * (-0.2 * p + 0.9 * near) + np.sqrt(2 * STEP * 0.54) * xi[0, 1]
    assert isinstance(steps, _EulerSteps)
    steps.advance(x, xi, 0.0, STEP)
    np.testing.assert_allclose(x, [moved_q, moved_p], rtol=1e-12)


@pytest.mark.parametrize("runs", [1, 2])
def test_a_negative_diffusion_is_reported(runs):
    drift = PolynomialField.of(2, [Term(0, -1.0, (0,))])
    table = PolynomialField.of(2, [Term(0, 0.3, (0,)), Term(1, 1.0)])
    task = StochasticField(
        drift, Noise(table, ((0, 0), (1, 1)), 2, False), 2, coupling([], np.zeros((1, 0, SITES), dtype=np.int64))
    )
    x = np.ones((2, runs * SITES))
    x[0, 40] = -2.0
    lowest = []
    for kind in (steps_of, _TableSteps):
        steps = kind(task, np.ones((1, 1)), np.zeros((0, 1)), runs * SITES, "euler")
        noise = np.zeros((1, 2, runs * SITES))
        lowest.append(steps.advance(x.copy(), noise, 0.0, STEP))
    assert lowest == pytest.approx([-0.6, -0.6], rel=1e-12)


def test_terms_of_higher_degree_go_by_tables():
    drift = PolynomialField.of(2, [Term(0, -1.0, (0, 0, 0, 1)), Term(1, -1.0, (1,))])
    table = PolynomialField.of(2, [Term(0, 0.3), Term(1, 1.0)])
    task = StochasticField(
        drift, Noise(table, ((0, 0), (1, 1)), 2, True), 2, coupling([], np.zeros((1, 0, SITES), dtype=np.int64))
    )
    assert isinstance(steps_of(task, np.ones((1, 1)), np.zeros((0, 1)), SITES, "euler"), _TableSteps)


@pytest.mark.parametrize("runs", [1, 3])
@pytest.mark.parametrize("kind", ["torus", "all multiplicative", "torus edges"])
def test_drawing_on_the_way_gives_the_same_path(kind, runs, monkeypatch):
    from limcyc.numerics import stochastic_steps

    rng = np.random.default_rng(8)
    task = problem(kind, rng)
    c, w, first = np.array([[1.0], [0.7]]), np.zeros((0, 1)), 0.3 * rng.standard_normal((2, runs * SITES))
    generators = [np.random.default_rng(k) for k in range(runs)]
    steps = steps_of(task, c, w, runs * SITES, "euler")
    noise = steps.noise(NormalStreams(generators), 37)
    expected = first.copy()
    steps.advance(expected, noise, 0.0, STEP)
    for bytes_at_once in (1, 5000, 1 << 20):
        monkeypatch.setattr(stochastic_steps, "_NEAR_BYTES", bytes_at_once)
        monkeypatch.setattr(stochastic_steps, "_NOISE_BYTES", bytes_at_once)
        monkeypatch.setattr(stochastic_steps, "_UNINTERRUPTED", 20 * bytes_at_once)
        found = first.copy()
        steps = steps_of(task, c, w, runs * SITES, "euler")
        steps.march(NormalStreams([np.random.default_rng(k) for k in range(runs)]), 37, found, 0.0, STEP)
        np.testing.assert_array_equal(found, expected)
