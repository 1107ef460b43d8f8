"""The phase-space level: derived drift and diffusion, strong orders, ensembles against the exact level, lattices, refusals."""

import networkx as nx
import numpy as np
import pytest

import limcyc as lc
from limcyc.algebra.matrices import Basis, matrix
from limcyc.algebra.phase_space import (
    diffusion,
    drift,
    leading_diffusion,
    ordered_product,
    symbol,
    third_order,
    triples,
)
from limcyc.errors import ParameterError, RunawayError, UnsupportedError, ValidityWarning
from limcyc.levels.lattice_space import LatticeSpace
from limcyc.levels.phase_space import PhaseSpace
from limcyc.levels.sampling import FockDiagonal, samplers
from limcyc.numerics.stochastic import Gatherer, simulate

a, b = lc.Mode("a"), lc.Mode("b")
GAIN, LOSS, PAIR, V, KERR, DETUNING, DRIVE = (
    lc.Parameter(n, minimum=0.0) if n in ("gain", "loss", "pair") else lc.Parameter(n)
    for n in ("gain", "loss", "pair", "V", "kerr", "detuning", "drive")
)
OSCILLATOR = lc.OpenSystem(0 * a.number, [lc.Jump(a.dag, GAIN), lc.Jump(a.lower**2, PAIR)], name="oscillator")
KERR_OSCILLATOR = lc.OpenSystem(
    -DETUNING * a.number + KERR * a.number**2 + 1j * DRIVE * (a.lower - a.dag),
    [lc.Jump(a.dag, GAIN), lc.Jump(a.lower**2, PAIR)],
)


def coherent(alpha, size):
    n = np.arange(size)
    from scipy.special import gammaln

    return np.exp(-(abs(alpha) ** 2) / 2 - gammaln(n + 1) / 2) * np.power(complex(alpha), n)


@pytest.mark.parametrize("ordering", ["normal", "symmetric", "antinormal"])
def test_symbols_average_to_expectation_values(ordering):
    """Over the quasiprobability of a thermal displaced state, sampled with weights by Gauss-Hermite quadrature."""
    excess = {"normal": 0.0, "symmetric": 0.5, "antinormal": 1.0}[ordering]
    number, centre = 0.7, 0.4 - 0.3j
    nodes, weights = np.polynomial.hermite.hermgauss(12)
    scale = np.sqrt(number + excess)
    alpha = centre + scale * (nodes[:, None] + 1j * nodes[None, :])
    w = weights[:, None] * weights[None, :] / np.pi
    for operator in (a.number, a.dag**2 * a.lower**3, a.number**3, a.lower * a.dag * a.lower, a.x**4):
        total = sum(
            complex(c) * np.prod([alpha.conj() ** p * alpha**q for _, p, q in powers] or [1.0 + 0 * alpha], axis=0)
            for powers, c in symbol(operator, ordering).terms.items()
        )
        moment = sum(
            complex(c) * (lc.Thermal(number, centre).moment(m[0][1].created, m[0][1].annihilated) if m else 1)
            for m, c in operator.terms.items()
        )
        assert (w * total).sum() == pytest.approx(moment, rel=1e-10)
        back = symbol(ordered_product([(a, True), (a, False), (a, False)], ordering), ordering)
        assert back.terms == {(("a", 1, 2),): 1}


def test_kerr_oscillator_has_the_printed_fokker_planck_equation():
    """Loerch et al. (2016): drift and diffusion of the truncated Wigner and Husimi functions."""
    adjoint, alpha, star = KERR_OSCILLATOR.adjoint, (a, False), (a, True)
    values = {GAIN: 1.0, PAIR: 0.3, DETUNING: 0.2, KERR: 0.7, DRIVE: 0.4}
    z = 0.8 - 0.5j

    def at(symbol_, z=z):
        return sum(
            complex(c.subs(values)) * np.prod([np.conj(z) ** p * z**q for _, p, q in powers] or [1.0])
            for powers, c in symbol_.terms.items()
        )

    n = abs(z) ** 2
    wanted = (0.5 - 0.3 * (n - 1) + 0.2j - 0.7j * (2 * n - 1)) * z - 0.4
    assert at(drift(adjoint, alpha)) == pytest.approx(wanted)
    assert 2 * at(diffusion(adjoint, alpha, star)) == pytest.approx(0.5 + 0.3 * (2 * n - 1))
    assert diffusion(adjoint, alpha, alpha).terms == {}
    jumps = [(j.operator, j.rate) for j in KERR_OSCILLATOR.jumps]
    assert 2 * at(leading_diffusion(jumps, alpha, star)) == pytest.approx(0.5 + 2 * 0.3 * n)
    # Husimi: the gain adds no noise, the Kerr term mixes the quadratures.
    assert at(diffusion(adjoint, alpha, star, "antinormal")) == pytest.approx(2 * 0.3 * (n - 1))
    assert at(diffusion(adjoint, alpha, alpha, "antinormal")) == pytest.approx((0.7j + 0.15) * z**2)


def test_the_expansion_to_third_order_is_the_master_equation():
    """d<f>/dt from A, D and T equals the exact derivative for cubic f, in a random state, for all orderings."""
    system = lc.OpenSystem(
        KERR * a.number**2 + lc.hermitian(0.3j * a.dag**2 * b.lower + 0.2 * b.lower),
        [
            lc.Jump(a.dag, GAIN),
            lc.Jump(a.lower**2, PAIR),
            lc.Jump(a.lower - 0.5j * b.lower, LOSS),
            lc.Jump(b.dag * a.lower, 0.3),
        ],
    )
    values = {KERR: 0.4, GAIN: 0.5, PAIR: 0.2, LOSS: 0.7}
    rng = np.random.default_rng(3)
    basis = Basis.of((a, b), {a: 9, b: 9})
    # Support far below the truncation, so that products of operators are exact.
    low = np.zeros((81, 81), dtype=complex)
    keep = [i * 9 + j for i in range(3) for j in range(3)]
    root = rng.normal(size=(9, 9)) + 1j * rng.normal(size=(9, 9))
    low[np.ix_(keep, keep)] = root @ root.conj().T
    rho = low / np.trace(low)
    dense = lambda op: matrix(op.substitute(values), basis).toarray()  # noqa: E731
    h = dense(system.hamiltonian)
    change = -1j * (h @ rho - rho @ h)
    for jump in system.jumps:
        ell = dense(jump.operator)
        rate = float(jump.rate.subs(values))
        change += rate * (ell @ rho @ ell.conj().T - (ell.conj().T @ ell @ rho + rho @ ell.conj().T @ ell) / 2)
    for ordering in ("symmetric", "antinormal"):

        def mean(symbol_, ordering=ordering):
            total = 0
            for powers, c in symbol_.terms.items():
                amplitudes = [
                    ((a if n == "a" else b), star)
                    for n, p, q in powers
                    for star, k in ((True, p), (False, q))
                    for _ in range(k)
                ]
                total += complex(c.subs(values)) * np.trace(dense(ordered_product(amplitudes, ordering)) @ rho)
            return total

        for triple in triples((a, b))[:12]:
            z = [lc.algebra.phase_space.Symbol.of(each) for each in triple]
            exact = np.trace(dense(ordered_product(triple, ordering)) @ change)
            total = 6 * mean(third_order(system.adjoint, triple, ordering))
            for k in range(3):
                i, j = (m for m in range(3) if m != k)
                total += mean(z[i] * z[j] * drift(system.adjoint, triple[k], ordering))
                total += 2 * mean(z[k] * diffusion(system.adjoint, triple[i], triple[j], ordering))
            assert total == pytest.approx(exact, abs=1e-10)


def test_leading_diffusion_is_never_negative():
    rng = np.random.default_rng(5)
    system = lc.OpenSystem(
        0 * a.number,
        [lc.Jump(a.lower**2 + 0.4 * b.dag, PAIR), lc.Jump(a.dag * b.lower, GAIN), lc.Jump(a.x + 1j * b.p, 0.3)],
    )
    space = PhaseSpace(system, expansion="leading")
    for _ in range(20):
        d = space.diffusion_matrix(3 * rng.normal(size=4), pair=0.6, gain=0.9)
        assert np.linalg.eigvalsh(d)[0] > -1e-12


class Last(Gatherer):
    """The final states."""

    def __init__(self):
        self.x = None

    def start(self, runs):
        return Last()

    def take(self, index, time, x):
        self.x = x.copy()

    def merge(self, other):
        self.x = other.x if self.x is None else np.concatenate([self.x, other.x], axis=1)


def strong_errors(level, scheme, steps, values, start):
    """Root mean square difference of runs with step h and 2 h on the same paths: falls as h^order."""
    c, w = level.space.tables.numbers(level.space.lanes(values), 1)
    found = []
    for step in steps:
        fine, coarse = Last(), Last()
        generators = np.random.default_rng(7).spawn(400)
        simulate(
            level._problem,
            c,
            w,
            lambda g: start.copy(),
            np.array([0.0, 1.0]),
            step,
            generators,
            [fine],
            scheme=scheme,
            coarse=[coarse],
        )
        found.append(np.sqrt(np.mean((fine.x[:, : coarse.x.shape[1]] - coarse.x) ** 2)))
    return np.polyfit(np.log(steps), np.log(found), 1)[0]


@pytest.mark.parametrize(
    ("system", "values", "scheme", "order"),
    [
        ("kerr", {"gain": 0.2, "loss": 1.0, "kerr": 0.05}, "euler", 1.0),
        ("kerr", {"gain": 0.2, "loss": 1.0, "kerr": 0.05}, "heun", 1.0),
        ("kerr", {"gain": 0.2, "loss": 1.0, "kerr": 0.05}, "rk4", 1.0),
        ("pair", {"gain": 1.0, "pair": 0.2}, "euler", 0.5),
        ("pair", {"gain": 1.0, "pair": 0.2}, "heun", 0.5),
    ],
)
def test_strong_order(system, values, scheme, order):
    """Additive noise: 1 for Euler, at least 1 for the others; multiplicative noise: 1/2, in the Ito sense."""
    if system == "kerr":
        model = lc.OpenSystem(
            KERR * a.number**2 + 0.3 * (a.lower + a.dag), [lc.Jump(a.dag, GAIN), lc.Jump(a.lower, LOSS)]
        )
    else:
        model = OSCILLATOR
    slope = strong_errors(
        lc.Wigner(model), scheme, np.array([1 / 16, 1 / 32, 1 / 64, 1 / 128]), values, np.array([[1.5], [0.5]])
    )
    assert slope > order - 0.2
    if order == 0.5:
        assert slope < 0.85


def test_ensembles_agree_with_the_exact_level_within_their_errors():
    """Several seeds: the deviation in units of the standard error is a normal variate; underestimated errors would show."""
    values = {"gain": 1.0, "pair": 0.02}
    exact = lc.Exact(OSCILLATOR).steady_state(**values)
    level, deviations = lc.Wigner(OSCILLATOR), []
    for seed in range(6):
        run = level.langevin(
            [0.0, 12.0], {a: 5.0}, {"n": a.number, "nn": a.dag**2 * a.lower**2}, trajectories=800, step=0.02, rng=seed,
            compare_steps=False, **values,
        )  # fmt: skip
        deviations.append((run.n.values[-1] - exact.number(a)) / run.n_error.values[-1])
    assert np.sqrt(np.mean(np.square(deviations))) < 2.0
    assert np.std(deviations) > 0.3


def test_quadratic_models_are_exact():
    """Damped mode with a squeezing drive: Gaussian, so that the Wigner ensemble has no error but sampling."""
    system = lc.OpenSystem(
        0.2 * lc.hermitian(a.lower**2) + 0.5 * a.number, [lc.Jump(a.lower, LOSS), lc.Jump(a.dag, GAIN)]
    )
    values = {"loss": 1.0, "gain": 0.3}
    exact = lc.Exact(system).steady_state(**values)
    run = lc.Wigner(system).langevin(
        [0.0, 15.0], observables={"n": a.number, "aa": a.lower**2}, trajectories=4000, step=0.02, rng=3, **values
    )
    assert run.n.values[-1] == pytest.approx(exact.number(a), abs=4 * run.n_error.values[-1])
    wanted = complex(exact.mean(a.lower**2))
    assert abs(run.aa.values[-1] - wanted) < 5 * abs(run.aa_error.values[-1])
    assert run.attrs["step_error"] < 2


def test_results_do_not_depend_on_workers_nor_on_the_other_runs():
    values = {"gain": 1.0, "pair": 0.1}
    level = lc.Wigner(OSCILLATOR)
    runs = [
        level.langevin(
            [0.0, 0.5, 1.0],
            trajectories=700,
            rng=11,
            workers=workers,
            keep=700,
            compare_steps=False,
            step=0.05,
            **values,
        )
        for workers in (1, 3)
    ]
    assert (runs[0].alpha_a.values == runs[1].alpha_a.values).all() and (runs[0].n_a.values == runs[1].n_a.values).all()
    fewer = level.langevin([0.0, 0.5, 1.0], trajectories=5, rng=11, keep=5, compare_steps=False, step=0.05, **values)
    assert (fewer.alpha_a.values == runs[0].alpha_a.values[:, :5]).all()


def test_a_rotating_model_is_integrated_in_its_frame():
    omega = lc.Parameter("omega")
    system = lc.OpenSystem(omega * a.number, OSCILLATOR.jumps)
    level = lc.Wigner(system)
    assert level.frame.frequencies == (omega,)
    values = {"gain": 1.0, "pair": 0.05}
    slow = lc.Wigner(OSCILLATOR).langevin(
        [0.0, 1.0], {a: 3.0}, trajectories=50, rng=1, step=0.02, keep=50, compare_steps=False, **values
    )
    fast = level.langevin(
        [0.0, 1.0], {a: 3.0}, trajectories=50, rng=1, step=0.02, keep=50, compare_steps=False, omega=50.0, **values
    )
    np.testing.assert_allclose(fast.alpha_a.values[-1], np.exp(-50j) * slow.alpha_a.values[-1], atol=1e-12)
    driven = lc.Wigner(system.__class__(system.hamiltonian + 0.1 * a.x, system.jumps))
    with pytest.raises(ParameterError, match="add energy"):
        driven.langevin([0.0, 1.0], scheme="euler", step=0.02, rng=1, omega=50.0, **values)


def test_networks_from_one_cell_and_one_edge_equal_the_whole_model():
    for graph in (nx.cycle_graph(5), nx.path_graph(4), nx.grid_2d_graph(3, 3, periodic=True)):
        network = lc.Network(
            graph,
            KERR_OSCILLATOR,
            lambda i, j, _: V * lc.hermitian((1 + 0.5j) * i(a).dag * j(a)),
            individual=["detuning"],
        )
        detuning = np.linspace(-0.3, 0.4, graph.number_of_nodes())
        shared = {"gain": 1.0, "pair": 0.3, "kerr": 0.1, "drive": 0.2, "V": 0.4}
        start = np.exp(1j * np.arange(graph.number_of_nodes()) ** 2)
        whole = lc.Wigner(network.system).classical(
            [0.0, 0.7, 1.5],
            dict(zip([c.degrees[a] for c in network.copies], start, strict=True)),
            **network.values(detuning=detuning),
            **shared,
        )
        lattice = lc.Wigner(network).classical([0.0, 0.7, 1.5], {a: start}, detuning=detuning, **shared)
        wanted = np.stack([whole[f"a_{k}"].values for k in range(start.size)], axis=1)
        np.testing.assert_allclose(lattice.a.values, wanted, atol=1e-7)
        space = LatticeSpace(network)
        assert len(space.tables.variables) <= 3 and space.sites == start.size


def test_an_ensemble_is_its_members_written_out():
    N = lc.Parameter("N", minimum=2)
    group = lc.Ensemble("g", a, size=N)
    system = lc.OpenSystem(
        V / N * group.distinct(a.dag, a.lower),
        [lc.Jump(a.dag, GAIN, each=group), lc.Jump(a.lower**2, PAIR, each=group)],
    )
    level = lc.Wigner(system, size=4)
    start = np.array([1.0, 0.5j, -0.7, 0.2 + 0.1j])
    orbit = level.classical([0.0, 1.0], {a: start}, gain=1.0, pair=0.2, V=0.9)
    explicit = system.explicit({group: 4})
    modes = [d for d in explicit.degrees]
    whole = lc.Wigner(explicit).classical([0.0, 1.0], dict(zip(modes, start, strict=True)), gain=1.0, pair=0.2, V=0.9)
    np.testing.assert_allclose(orbit.a.values[-1], [whole[m.name].values[-1] for m in modes], atol=1e-8)
    with pytest.raises(ParameterError, match="number of members"):
        lc.Wigner(system)


def test_a_lattice_of_thermal_cells_thermalises():
    """Coupled linear cells in equal baths: <n> = gain/(loss - gain) everywhere, whatever the hopping."""
    cell = lc.OpenSystem(0 * a.number, [lc.Jump(a.lower, LOSS), lc.Jump(a.dag, GAIN)])
    network = lc.Network(nx.cycle_graph(30), cell, lambda i, j, _: -V * lc.hermitian(i(a).dag * j(a)))
    run = lc.Wigner(network).langevin([0.0, 8.0], trajectories=100, rng=5, step=0.05, loss=1.0, gain=0.4, V=0.7)
    assert run.n_a.values[-1] == pytest.approx(2 / 3, abs=4 * run.n_a_error.values[-1])


def test_gatherers():
    values, times = {"gain": 1.0, "pair": 0.05}, np.linspace(0, 30, 121)
    level = lc.Wigner(OSCILLATOR)
    averages = level.averages(times, 15.0, {"n": a.number}, stretches=5, **values)
    histogram = level.histogram(lambda alpha: np.abs(alpha[0]) ** 2, np.linspace(0, 40, 41), since=15.0, **values)
    correlation = level.correlation(a, 5, since=15.0, **values)
    level.langevin(
        times,
        {a: 3.0},
        trajectories=200,
        rng=2,
        step=0.05,
        gatherers=[averages, histogram, correlation],
        compare_steps=False,
        **values,
    )
    mean = averages.values[0].real
    assert mean.shape == (200, 5)
    error = mean.mean(axis=1).std(ddof=1) / np.sqrt(200)
    exact = lc.Exact(OSCILLATOR).steady_state(**values).number(a)
    assert mean.mean() == pytest.approx(exact, abs=5 * error + 0.05)
    centres = (histogram.edges[1:] + histogram.edges[:-1]) / 2
    assert (histogram.density * centres).sum() == pytest.approx(exact + 0.5, abs=0.3)
    assert correlation.mean[0].real == pytest.approx(exact + 0.5, abs=0.3)
    assert abs(correlation.mean[4]) < correlation.mean[0].real


@pytest.mark.parametrize(
    ("state", "number"),
    [(1.5, 2.25), (lc.Thermal(2.0, 1.0), 3.0), (FockDiagonal(np.array([0.6, 0.25, 0.1, 0.05])), 0.6)],
    ids=str,
)
@pytest.mark.parametrize("ordering", ["symmetric", "antinormal"])
def test_starts_have_the_moments_of_their_state(state, number, ordering):
    (sampler,) = samplers((a,), {a: state}, ordering)
    alpha = sampler.draw(np.random.default_rng(4), 200_000)
    excess = {"symmetric": 0.5, "antinormal": 1.0}[ordering]
    squares = np.abs(alpha) ** 2
    assert squares.mean() - excess == pytest.approx(number, abs=5 * squares.std() / np.sqrt(squares.size))


def test_refusals():
    level = lc.Wigner(OSCILLATOR)
    with pytest.raises(UnsupportedError, match=r"not positive for \|alpha\|\^2 below 0\.08"):
        level.langevin([0.0, 1.0], rng=1, gain=1.0, pair=0.6)
    lc.Wigner(OSCILLATOR, expansion="leading").langevin(
        [0.0, 0.1], rng=1, trajectories=2, gain=1.0, pair=0.6, compare_steps=False
    )
    with pytest.raises(UnsupportedError, match="cannot be sampled"):
        level.langevin([0.0, 1.0], {a: FockDiagonal(np.array([0.0, 1.0]))}, rng=1, gain=1.0, pair=0.1)
    with pytest.raises(UnsupportedError, match="no bosonic mode"):
        lc.Wigner(lc.OpenSystem(lc.Spin("s").z, []))
    with pytest.raises(UnsupportedError, match="no polynomial"):
        PhaseSpace(lc.OpenSystem(a.function(lambda n: 1 / (1 + n)), [])).drift  # noqa: B018
    with pytest.raises(UnsupportedError, match="one parameter point"):
        level.langevin([0.0, 1.0], rng=1, gain=np.array([1.0, 2.0]), pair=0.1)
    with pytest.raises(ParameterError, match="`times`"):
        level.langevin([1.0], rng=1, gain=1.0, pair=0.1)
    with pytest.raises(ParameterError, match="acts on b"):
        level.langevin([0.0, 1.0], observables={"n": b.number}, rng=1, gain=1.0, pair=0.1)
    with pytest.raises(ParameterError, match="`scheme`"):
        level.langevin([0.0, 1.0], scheme="magic", rng=1, gain=1.0, pair=0.1)
    cubic = lc.Network(nx.path_graph(3), OSCILLATOR, lambda i, j, _: lc.hermitian(i(a).dag * j(a) ** 2))
    with pytest.raises(UnsupportedError, match="linear in them"):
        lc.Wigner(cubic)
    weighted = nx.path_graph(3)
    weighted.edges[0, 1]["weight"] = 2.0
    with pytest.raises(UnsupportedError, match="different data"):
        lc.Wigner(lc.Network(weighted, OSCILLATOR, lambda i, j, e: lc.hermitian(i(a).dag * j(a))))


def test_a_step_that_is_too_large_is_reported():
    with pytest.warns(ValidityWarning, match="doubling the time step"):
        lc.Wigner(OSCILLATOR).langevin(
            [0.0, 10.0], {a: 3.0}, trajectories=4000, step=0.5, scheme="euler", rng=1, gain=1.0, pair=0.05
        )


def test_density_of_one_mode_agrees_with_the_exact_level_and_with_trajectories():
    """Free and driven van der Pol oscillator: at 25 quanta truncated Wigner is good to a percent or so."""
    free = lc.Wigner(OSCILLATOR).density(gain=1.0, pair=0.02)
    exact = lc.Exact(OSCILLATOR).steady_state(gain=1.0, pair=0.02)
    assert free.mean(a.number) == pytest.approx(exact.number(a), rel=2e-3)
    assert free.mean(a.dag**2 * a.lower**2) / free.mean(a.number) ** 2 == pytest.approx(exact.g2(a), rel=2e-3)
    assert float(free.radial().integrate("r")) == pytest.approx(1.0, abs=1e-3)
    values = {"gain": 1.0, "pair": 0.05, "kerr": 0.02, "detuning": 0.4, "drive": 0.6}
    driven = lc.Wigner(KERR_OSCILLATOR).density(**values)
    state = lc.Exact(KERR_OSCILLATOR).steady_state(cutoffs={a: 45}, closed=True, **values)
    assert driven.mean(a.number) == pytest.approx(state.number(a), rel=1e-2)
    assert abs(driven.mean(a.lower) - complex(state.mean(a.lower))) < 2e-2 * abs(complex(state.mean(a.lower)))
    assert float(driven.phase().integrate("phi")) == pytest.approx(1.0, abs=1e-6)
    run = lc.Wigner(KERR_OSCILLATOR).langevin(
        [0.0, 25.0],
        {a: 3.0},
        {"n": a.number, "a": a.lower},
        trajectories=2000,
        step=0.02,
        rng=8,
        compare_steps=False,
        **values,
    )
    assert run.n.values[-1] == pytest.approx(driven.mean(a.number), abs=4 * run.n_error.values[-1])
    assert abs(run.a.values[-1] - driven.mean(a.lower)) < 4 * abs(run.a_error.values[-1])


def test_relaxation_of_the_density_is_that_of_the_master_equation():
    """Eigenvalues of a van der Pol oscillator of 25 quanta with Kerr shift, free and driven; exact ones of quadratic models."""
    values = {"gain": 1.0, "pair": 0.02, "kerr": 0.01, "detuning": 0.4}
    undriven = lc.OpenSystem(
        -DETUNING * a.number + KERR * a.number**2, [lc.Jump(a.dag, GAIN), lc.Jump(a.lower**2, PAIR)]
    )
    free, level = lc.Wigner(undriven).density(**values), lc.Exact(undriven)
    for turns, charge in ((1, a.dag), (2, a.dag**2)):
        found = free.relaxation(turns, 1)
        (exact,) = level.slow_modes(charge, 1, {a: 60}, found.eigenvalues[0].imag * 1j, closed=True, **values)
        assert found.eigenvalues[0] == pytest.approx(exact, rel=1e-2)
        assert found.rates[0] == pytest.approx(-exact.real, rel=1e-2)
        assert found.errors[0] < 1e-4
    driven = lc.Wigner(KERR_OSCILLATOR).density(drive=0.4, **(values | {"pair": 0.05}))
    found = driven.relaxation(0, 3, cells=100)
    exact = lc.Exact(KERR_OSCILLATOR).slow_modes(1, 3, {a: 30}, closed=True, drive=0.4, **(values | {"pair": 0.05}))
    assert found.rates == pytest.approx(-exact.real, rel=0.05, abs=1e-9)
    linear = lc.OpenSystem(0.2 * a.number + DRIVE * a.x, [lc.Jump(a.lower, LOSS), lc.Jump(a.dag, GAIN)])
    found = lc.Wigner(linear).density(loss=1.1, gain=0.3, drive=0.5).relaxation(0, 3)
    assert found.rates == pytest.approx([0, 0.4, 0.4], abs=1e-6)
    assert np.sort(found.eigenvalues.imag) == pytest.approx([-0.2, 0, 0.2], abs=1e-6)
    with pytest.raises(UnsupportedError, match="force mixes all harmonics"):
        driven.relaxation(1)


SQUEEZE = lc.Parameter("squeeze")


def squeezed(*jumps):
    return lc.OpenSystem(
        0.1 * a.number + lc.hermitian(0.5j * SQUEEZE * a.dag**2), [lc.Jump(a.lower, LOSS), lc.Jump(a.dag, GAIN), *jumps]
    )


def test_density_of_a_squeezed_mode_is_the_gaussian_one():
    """Covariances of the stationary Lyapunov equation, eigenvalues of the drift, and a tilted anisotropic bath."""
    values = {"loss": 1.3, "gain": 0.3, "squeeze": 0.3}
    found = lc.Wigner(squeezed()).density(cells=100, **values)
    still = lc.Gaussian(squeezed()).steady_state(**values)
    c = still.covariance
    assert found.mean(a.number) == pytest.approx((c[0, 0] + c[1, 1] - 1) / 2, abs=1e-4)
    assert found.mean(a.lower**2) == pytest.approx((c[0, 0] - c[1, 1]) / 2 + 1j * c[0, 1], abs=1e-4)
    assert found.error(a.number) < 3e-3
    assert found.relaxation(0, 2).rates == pytest.approx([0, -still.eigenvalues.real.max()], abs=1e-4)
    assert float(found.map().integrate(("u", "v"))) == pytest.approx(1, abs=1e-3)
    bath = np.cosh(0.6) * a.lower + np.sinh(0.6) * np.exp(0.9j) * a.dag
    tilted = lc.OpenSystem(0.2 * a.number, [lc.Jump(bath, 1.0)])
    found, c = lc.Wigner(tilted).density(cells=100), lc.Gaussian(tilted).steady_state().covariance
    assert found.angle != 0
    phase, radial = found.phase(), found.radial()
    u = np.stack([np.cos(phase.phi), np.sin(phase.phi)])
    closed = 1 / (2 * np.pi * np.sqrt(np.linalg.det(c)) * np.einsum("ik,ij,jk->k", u, np.linalg.inv(c), u))
    errors = [abs(p - closed).max() for p in (phase, lc.Wigner(tilted).density(cells=50).phase().values)]
    assert errors[0] < 2e-3 * closed.max()
    assert errors[1] / errors[0] == pytest.approx(4, rel=0.1)
    assert float(radial.integrate("r")) == pytest.approx(1, abs=2e-3)
    assert float((radial.r**2 * radial).integrate("r")) == pytest.approx((c[0, 0] + c[1, 1]) / 2, rel=1e-3)
    assert found.mean(a.lower**2) == pytest.approx((c[0, 0] - c[1, 1]) / 2 + 1j * c[0, 1], abs=2e-4)


def test_bistable_density_switches_as_the_master_equation():
    """A parametric oscillator: two states pi apart; <n>, <a^2>, and the rate at which parity of the amplitude is forgotten."""
    model = squeezed(lc.Jump(a.lower**2, PAIR))
    values = {"loss": 0.8, "gain": 0.1, "squeeze": 0.5, "pair": 0.04}
    found, level = lc.Wigner(model).density(cells=140, **values), lc.Exact(model)
    state = level.steady_state({a: 60}, closed=True, **values)
    assert found.mean(a.number) == pytest.approx(state.number(a), rel=1e-2)
    assert found.mean(a.lower**2) == pytest.approx(complex(state.mean(a.lower**2)), rel=1e-2)
    (switching,) = level.slow_modes(a.lower, 1, {a: 60}, closed=True, **values)
    assert found.relaxation(0, 2).rates[1] == pytest.approx(-switching.real, rel=0.06)
    with pytest.raises(UnsupportedError, match="without circular symmetry all harmonics"):
        found.relaxation(1)
    with pytest.raises(ParameterError, match="operator of mode a"):
        found.mean(b.number)
    with pytest.raises(UnsupportedError, match=r"not positive, for \|alpha\|\^2 between .*expansion='leading'"):
        lc.Wigner(model).density(**(values | {"pair": 2.0}))
    with pytest.raises(RunawayError, match="no rectangle up to"):
        lc.Wigner(squeezed()).density(loss=0.4, gain=0.1, squeeze=0.9)
    with pytest.raises(ParameterError, match="even and >= 20"):
        lc.Wigner(model).density(cells=31, **values)


def test_husimi_density_of_a_quadratic_model_is_exact():
    """A thermal mode under a force: the density in antinormal ordering gives the same expectation values."""
    system = lc.OpenSystem(DRIVE * a.x, [lc.Jump(a.lower, LOSS), lc.Jump(a.dag, GAIN)])
    values = {"loss": 1.5, "gain": 0.5, "drive": 0.4}
    exact = lc.Exact(system).steady_state(**values)
    for ordering in ("symmetric", "antinormal"):
        density = lc.Wigner(system, ordering=ordering).density(cells=400, **values)
        assert density.mean(a.number) == pytest.approx(exact.number(a), rel=2e-4)
        assert abs(density.mean(a.lower) - complex(exact.mean(a.lower))) < 2e-4


def test_densities_refuse_what_they_cannot_do():
    with pytest.raises(UnsupportedError, match="negative diffusion"):
        lc.Wigner(OSCILLATOR).density(gain=1.0, pair=0.6)
    lc.Wigner(OSCILLATOR, expansion="leading").density(gain=1.0, pair=0.6)
    with pytest.raises(UnsupportedError, match="not one"):
        lc.Wigner(lc.OpenSystem(a.number + b.number, [lc.Jump(a.lower), lc.Jump(b.lower)])).density()
    with pytest.raises(UnsupportedError, match="a lattice has no density"):
        lc.Wigner(lc.Network(nx.path_graph(2), OSCILLATOR, lambda i, j, _: V * lc.hermitian(i(a).dag * j(a)))).density()
