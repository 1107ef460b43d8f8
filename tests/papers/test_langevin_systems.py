"""Classical noise in three systems: lattices of optomechanical cells, van der Pol networks, the mode of the phonon maser."""

import warnings

import numpy as np
import pytest
from scipy.integrate import simpson

import limcyc as lc
from limcyc.claims import check
from limcyc.errors import ConvergenceError, ParameterError, UnknownNameError, UnsupportedError, ValidityWarning
from limcyc.library import levitated_phonon_maser as maser
from limcyc.library import optomechanical_array as array
from limcyc.library import van_der_pol_network as network
from limcyc.library.levitated_phonon_maser import fokker_planck
from limcyc.library.levitated_phonon_maser import langevin as maser_langevin
from limcyc.library.optomechanical_array import langevin as lattices
from limcyc.library.optomechanical_array.model import CAVITY, MECHANICS, cell
from limcyc.library.optomechanical_array.on_graph import array_on
from limcyc.library.van_der_pol_network import langevin as networks
from limcyc.library.van_der_pol_network import threshold
from limcyc.library.van_der_pol_network.formulas import classical_amplitude
from limcyc.library.van_der_pol_network.model import OSCILLATOR
from limcyc.numerics.rotational_langevin import rotational_process, rotational_trajectories

pytestmark = pytest.mark.paper

WEAK = {"detuning": 0.55, "g0": 0.075, "laser": 1.32}
"""g0 = kappa/4."""


@pytest.mark.parametrize(
    ("system", "claim"),
    [(m, c) for m in (array, maser) for c in m.CLAIMS if c.needs_level and c.quick],
    ids=lambda x: getattr(x, "name", ""),
)
def test_claim(system, claim):
    outcome = check(claim, system.QUANTITIES, system.LEVELS)
    assert outcome.passed, f"got {outcome.got}, expected {claim.expectation()} ({outcome.error})"


def test_all_claims_of_trajectories_have_a_quantity():
    for system in (array, network, maser):
        assert all(c.quantity in system.QUANTITIES for c in system.CLAIMS)
    assert len([c for c in array.CLAIMS if c.needs_level]) == 16


# The optomechanical array


@pytest.mark.parametrize("kind", lattices.LATTICES)
def test_drift_of_a_lattice_is_equation_5(kind):
    """The derivative at a random state, by the printed equation written out; the symmetric force differs by g0/2."""
    rng = np.random.default_rng(1)
    size = 3
    level = lattices.lattice(kind, size)
    n = level.sites
    alpha, beta = (rng.normal(size=n) + 1j * rng.normal(size=n) for _ in range(2))
    v = {"omega_m": 1.0, "kappa": 0.3, "g0": 0.2, "laser": 0.4, "gamma_m": 0.074, "detuning": 0.55, "hop_b": 0.25}
    if kind == "global":
        neighbours, z = np.ones((n, n)) - np.eye(n), n
    else:
        import networkx as nx

        graph = lattices.torus(kind, size)
        neighbours, z = nx.to_numpy_array(graph), {"ring": 2, "square": 4, "triangular": 6, "cubic": 6}[kind]
        assert (neighbours.sum(axis=0) == z).all()
    force = (
        (-1j * v["omega_m"] - v["gamma_m"] / 2) * beta
        + 1j * v["g0"] * abs(alpha) ** 2
        + 1j * v["hop_b"] / z * neighbours @ beta
    )
    light = (1j * v["detuning"] + 2j * v["g0"] * beta.real - v["kappa"] / 2) * alpha - 1j * v["laser"]
    h = 1e-5
    for which, shift in (("printed", 0.0), ("symmetric", -0.5j * v["g0"])):
        run = lattices.lattice(kind, size, which).classical(
            [0.0, h], {CAVITY: alpha, MECHANICS: beta}, tolerance=1e-12, **v
        )
        np.testing.assert_allclose((run.a.values[-1] - alpha) / h, light, atol=1e-3)
        np.testing.assert_allclose((run.b.values[-1] - beta) / h, force + shift, atol=1e-3)


def test_the_static_displacement_follows_the_force():
    """<b> = g0 <|alpha|^2 - s>/(omega_m - hop_b - i gamma_m/2), s = 0 as printed and 1/2 in the model; exact for the averages."""
    at = {"detuning": 0.55, "hop_b": 0.1}
    means = {}
    for force, s in (("printed", 0.0), ("symmetric", 0.5)):
        level = lattices.lattice("square", 8, force)
        times = np.linspace(0.0, 300.0, 301)
        averages = level.averages(
            times, 100.0, {"b": MECHANICS.lower, "light": lambda alpha: (abs(alpha[0]) ** 2).mean(axis=-1)}, 4, **at
        )
        level.langevin(
            times, trajectories=4, step=0.2, scheme="rk4", rng=3, gatherers=[averages], compare_steps=False, **at
        )
        b, light = averages.values.mean(axis=(1, 2))
        assert b == pytest.approx(0.3 * (light.real - s) / (1.0 - 0.1 - 0.037j), abs=0.02)
        means[force] = b.real
    # 0.5 g0/0.9 directly, and more because the light follows.
    assert 0.5 * 0.3 / 0.9 < means["printed"] - means["symmetric"] < 0.35


def test_an_isolated_cell_against_the_exact_state():
    """At g0 = kappa truncated Wigner holds 2.8 phonons where the exact cell has 1.64: qualitative only, as documented."""
    found = lattices.lattice_order(
        "square", 8, [1], runs=2, transient=100.0, average=200.0, step=0.2, detuning=0.55, hop_b=0.0
    )
    assert found.square - 0.5 == pytest.approx(2.8, abs=0.25)
    assert abs(found.at(1)[0]) < 5 * found.at(1)[1] + 0.02
    # With few quanta and a weak coupling it is right: a cooled cell, compared with the master equation.
    at = {"detuning": -0.9, "g0": 0.05, "laser": 0.1}
    exact = lc.Exact(cell()).steady_state(cutoffs={CAVITY: 3, MECHANICS: 6}, closed=True, **at)
    with pytest.warns(ValidityWarning, match="is trivial"):
        cold = lattices.lattice_order(
            "square", 8, [1], force="symmetric", runs=4, transient=100.0, average=200.0, step=0.2, hop_b=0.0, **at
        )
    assert cold.square - 0.5 == pytest.approx(exact.number(MECHANICS), abs=5 * cold.square_error)


def test_order_above_and_none_below_and_the_same_at_half_the_step():
    short = {"transient": 200.0, "average": 100.0, "runs": 2}
    above = lattices.lattice_order("square", 12, step=0.2, hop_b=0.1, **short, **WEAK)
    below = lattices.lattice_order("square", 12, step=0.2, hop_b=0.03, **short, **WEAK)
    assert above.order > 0.9 and above.at(5)[0] > 0.8
    assert below.order < 0.2 and abs(below.at(5)[0]) < 0.1
    assert above.square > 5 * below.square
    long = short | {"transient": 400.0}
    everywhere = lattices.lattice_order("global", 12, [1, 5], step=0.2, hop_b=0.1, **long, **WEAK)
    # All pairs are alike, and C = r^2 up to 1/N.
    assert everywhere.at(1)[0] == pytest.approx(everywhere.order**2, abs=0.01)
    assert everywhere.at(5)[0] > above.at(5)[0]
    fine = lattices.lattice_order("global", 12, [1, 5], step=0.1, hop_b=0.1, rng=5, **long, **WEAK)
    spread = np.hypot(fine.square_error, everywhere.square_error)
    assert fine.square == pytest.approx(everywhere.square, abs=5 * spread + 0.3)
    assert fine.order == pytest.approx(everywhere.order, abs=0.005)


def test_layers_of_a_cube_and_seeds():
    options = {"transient": 5.0, "average": 5.0, "runs": 2, "hop_b": 0.1}
    one, two = (lattices.lattice_order("cubic", 4, rng=3, **options) for _ in range(2))
    assert (one.correlation == two.correlation).all() and one.correlation[0] == pytest.approx(1.0)
    assert one.sites == 64


def test_onset():
    options = {"transient": 200.0, "average": 100.0, "runs": 2, "step": 0.2, **WEAK}
    found = lattices.onset((0.03, 0.12), "square", 12, 5, 0.3, halvings=2, **options)
    assert found.hops.size == 4
    low, high = (found.hops[found.correlation < 0.3].max(), found.hops[found.correlation > 0.3].min())
    assert low <= found.hop_b <= high and found.error >= (high - low) / 2
    with pytest.raises(ConvergenceError, match=r"not above the bound 0\.3: extend the bracket upwards"):
        lattices.onset((0.0, 0.02), "square", 12, 5, 0.3, halvings=1, **options)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("square", 15, [5]), {}, "even length, but it is 15"),
        (("square", 28, [14]), {}, r"C\(14\) was asked for on a periodic lattice of length 28.*take a length of 30"),
        (("square", 12), {"runs": 1}, "scatter of independent runs, but 1"),
        (("square", 12), {"average": 0.0}, "average > 0"),
        (("square", 2), {}, "length >= 3"),
        (("square", 12), {"kappa": 0.0}, "kappa"),
        (("square", 12), {"gamma_m": -1.0}, "gamma_m"),
    ],
)
def test_lattice_refusals(arguments, options, message):
    with pytest.raises(ParameterError, match=message):
        lattices.lattice_order(*arguments, **options)


def test_an_array_on_any_graph():
    """Equation 5 with the neighbours of the graph, hopping over z of both modes; z < 1 is refused."""
    import networkx as nx

    rng = np.random.default_rng(2)
    v = {
        "omega_m": 1.0,
        "kappa": 0.3,
        "g0": 0.2,
        "laser": 0.4,
        "gamma_m": 0.074,
        "detuning": 0.55,
        "hop_b": 0.25,
        "hop_a": 0.1,
    }
    cases = ((nx.random_regular_graph(3, 8, seed=1), None, 3.0), (nx.star_graph(5), 5 / 3, 5 / 3))
    for graph, given, z in cases:
        n = len(graph)
        alpha, beta = (rng.normal(size=n) + 1j * rng.normal(size=n) for _ in range(2))
        hop = nx.to_numpy_array(graph, nodelist=list(graph.nodes())) / z
        slope = (
            (-1j - v["gamma_m"] / 2) * beta + 1j * v["g0"] * abs(alpha) ** 2 + 1j * v["hop_b"] * hop @ beta,
            (1j * v["detuning"] + 2j * v["g0"] * beta.real - v["kappa"] / 2) * alpha
            - 1j * v["laser"]
            + 1j * v["hop_a"] * hop @ alpha,
        )
        run = array_on(graph, given).classical([0.0, 1e-5], {CAVITY: alpha, MECHANICS: beta}, tolerance=1e-12, **v)
        np.testing.assert_allclose((run.b.values[-1] - beta) / 1e-5, slope[0], atol=1e-3)
        np.testing.assert_allclose((run.a.values[-1] - alpha) / 1e-5, slope[1], atol=1e-3)
    with pytest.raises(ParameterError, match=r"number of neighbours z must be >= 1, but is 0: .*isolated; use cell"):
        array_on(nx.empty_graph(4))
    with pytest.raises(ParameterError, match=r"z must be >= 1, but is 0\.5"):
        array_on(nx.cycle_graph(4), 0.5)
    with pytest.raises(ParameterError, match="nodes of this graph have between 1 and 5"):
        array_on(nx.star_graph(5))
    with pytest.raises(UnknownNameError, match="force"):
        array_on(nx.cycle_graph(4), force="half")


def test_lattice_names():
    with pytest.raises(UnknownNameError, match="honeycomb"):
        lattices.lattice_order("honeycomb", 12)
    with pytest.raises(UnknownNameError, match="force"):
        lattices.lattice("square", 12, "half")
    with pytest.raises(ParameterError, match="0 < bound < 1"):
        lattices.onset((0.1, 0.05))


# Van der Pol networks


def test_a_network_without_noise_and_coupling_to_its_mean():
    """The coherent state of all is a rotation at V with r = sqrt(kappa1/(2 kappa2) + 1)."""
    level = networks._network(4)
    at = {"kappa1": 1.0, "kappa2": 0.02, "coupling": 0.8}
    run = level.classical([0.0, 30.0], {OSCILLATOR: 3.0}, **at)
    wanted = classical_amplitude(0.02) * np.exp(-1j * 0.8 * 3 / 4 * 30.0)
    start = level.classical([0.0, 30.0], {OSCILLATOR: 3.0}, tolerance=1e-10, **at).a.values[-1]
    np.testing.assert_allclose(np.abs(start), classical_amplitude(0.02), rtol=1e-6)
    np.testing.assert_allclose(start, wanted, rtol=1e-5)
    np.testing.assert_allclose(run.a.values[-1], start, rtol=1e-5)


def test_network_noise_is_the_derived_one():
    """<dx dx> = [kappa1/2 + kappa2 (2 |alpha|^2 - 1)] dt in each quadrature."""
    level = networks._network(3)
    kappa2, alpha = 0.03, 1.4 + 0.7j
    diffusion = level.space.cell.diffusion_matrix([alpha.real, alpha.imag], kappa1=1.0, kappa2=kappa2)
    wanted = (0.5 + kappa2 * (2 * abs(alpha) ** 2 - 1)) / 2
    np.testing.assert_allclose(diffusion, wanted * np.eye(2), atol=1e-12)


def test_order_of_a_network_against_infinitely_many_oscillators():
    """Well above threshold the order of a finite network is that of the mean-field Fokker-Planck equation."""
    limit = networks.limit_state(6.5, 0.03, cells=40)
    found = networks.network_order(limit.coupling, 0.03, size=1000, duration=60.0, average=40.0, rng=2)
    assert found.mean == pytest.approx(limit.order, abs=5 * found.error + 0.02)
    assert found.error < 0.05


def test_no_order_without_a_start_and_decay_below_threshold():
    asleep = networks.network_order(1.2, 0.02, size=1000, duration=40.0, average=20.0, start=0.0, rng=1)
    assert asleep.mean < 5 * np.sqrt(classical_amplitude(0.02) ** 2 / 1000)
    decayed = networks.network_order(0.7, 0.02, size=1000, duration=60.0, average=20.0, rng=1)
    assert decayed.final < 0.5


def test_the_law_of_the_fold_is_fitted_within_its_error():
    """Times with a known divergence and a scatter of 4 %: the deviation over the error is of order one."""
    v = np.linspace(0.9, 0.97, 7)
    found = [
        threshold.fit_fold(v, 9 / np.sqrt(1 - v) * (1 + 0.04 * np.random.default_rng(seed).normal(size=v.size)))
        for seed in range(40)
    ]
    deviations = np.array([(fit.coupling - 1.0) / fit.error for fit in found])
    assert 0.7 < np.sqrt(np.mean(deviations**2)) < 1.7 and abs(deviations.mean()) < 0.5
    exact = threshold.fit_fold(v, 4 + 9 / np.sqrt(1 - v), offset=4.0)
    assert (exact.coupling, exact.scale) == pytest.approx((1.0, 9.0), rel=1e-9)
    with pytest.raises(ParameterError, match="four couplings at least, but there are 3"):
        threshold.fit_fold(v[:3], v[:3])
    with pytest.raises(ParameterError, match=r"offset 5 must be shorter than all decay times, of which one is 4\.03"):
        threshold.fit_fold(v, 5.0 - v, offset=5.0)
    with pytest.raises(ConvergenceError, match="do not diverge above them"):
        threshold.fit_fold(v, 5.0 - v)


def test_threshold_of_a_network_against_infinitely_many_oscillators():
    """1.0488: the limit by the Fokker-Planck equation, grids of the radius extrapolated."""
    found = threshold.network_threshold(0.02, (1.0, 1.1), size=1000, duration=100.0, halvings=1, runs=3, rng=3)
    # A finite network adds a shift of order N^(-2/3).
    assert found.coupling == pytest.approx(1.0488, abs=2 * found.error + 0.3 * 1000 ** (-2 / 3))
    assert 0 < found.statistical_error <= found.error < 0.04
    assert found.error == pytest.approx(np.hypot(found.statistical_error, found.extrapolation_error))
    assert found.times.shape == (found.couplings.size, 3) and (np.diff(found.times.mean(axis=1)) > 0).sum() >= 4
    with pytest.raises(ConvergenceError, match=r"survives at the coupling 2\.2, the lower end.*lower it"):
        threshold.network_threshold(0.03, (2.2, 2.4), halvings=1, size=300, duration=40.0)
    with pytest.raises(ParameterError, match="points >= 5 couplings and runs >= 2, got 4 and 1"):
        threshold.network_threshold(0.03, (1.0, 2.0), points=4, runs=1)


def test_the_network_is_a_level_of_the_system():
    at = {"kappa2": 0.03, "coupling": 2.4, "size": 300, "duration": 30.0, "runs": 2}
    found = network.steady("langevin", **at)
    wanted = networks.network_order(2.4, 0.03, size=300, duration=30.0, average=15.0, runs=2, rng=0)
    assert found.values == {"order": wanted.mean, "phonons": wanted.phonons}
    assert found.certificate["order_error"] == wanted.error and "lingers" in found.notes[0]
    fallen = network.steady("langevin", **(at | {"coupling": 0.8, "duration": 60.0}))
    assert "order fell during the average" in fallen.notes[-1]
    with pytest.raises(ParameterError, match="dissipative network with detuning 0 was asked for"):
        network.steady("langevin", kind="dissipative", **at)
    with pytest.raises(ParameterError, match=r"reactive network with detuning 0\.1 was asked for"):
        network.steady("langevin", detuning=0.1, **at)
    with pytest.raises(UnsupportedError, match="negative at small amplitude"):
        network.steady("langevin", **(at | {"kappa2": 1.0}))


@pytest.mark.parametrize("call", [lambda k: networks.network_order(1.0, k), lambda k: networks.limit_state(1.0, k)])
def test_networks_refuse_negative_diffusion(call):
    with pytest.raises(UnsupportedError, match="negative at small amplitude unless kappa2 < kappa1/2"):
        call(0.5)


# The mode of the phonon maser


@pytest.mark.parametrize(
    ("inversion", "noise"), [(-0.1, "saturated"), (0.0159, "saturated"), (0.2, "saturated"), (0.0, "unsaturated")]
)
def test_samples_have_the_moments_of_their_law(inversion, noise):
    law = fokker_planck.radial_law(noise, S0=inversion)
    found = maser_langevin.stationary_moments(noise, runs=150, relaxations=40.0, S0=inversion, rng=5)
    assert found.number == pytest.approx(law.phonons(), abs=4 * found.number_error)
    assert found.g2 == pytest.approx(law.g2(), abs=4 * found.g2_error)
    assert found.variance == pytest.approx(law.phonon_variance(), abs=4 * found.variance_error)
    assert found.number_error < 0.03 * found.number


def test_detuned_samples_against_the_exact_solution():
    """n = 1343.246 and g2 = 1.0063172 at delta = gamma_2."""
    found = maser_langevin.stationary_moments(runs=150, relaxations=40.0, S0=0.2, delta=1000.0, rng=3)
    assert found.number == pytest.approx(1343.246, abs=4 * found.number_error)
    assert found.g2 == pytest.approx(1.0063172, abs=4 * found.g2_error)


def test_samples_of_a_hot_mode():
    """10^7 thermal phonons and no spin: <N> = nbar + 1/2, g2 = 2, whatever the size of the table."""
    found = maser_langevin.stationary_moments(runs=200, relaxations=40.0, g=1e-3, nbar=1e7, rng=2)
    assert found.number == pytest.approx(1e7, abs=4 * found.number_error)
    assert found.g2 == pytest.approx(2.0, abs=4 * found.g2_error)


def test_the_phase_of_the_ring_diffuses_as_exactly():
    """<alpha(t)> of runs from one phase falls at the rate of the exact line, 1.98e-4 1/s; here with a stronger noise to see it."""
    at = {"S0": 0.2, "nbar": 50.0}
    rate = fokker_planck.radial_law("saturated", **at).ring_decay_rate()
    times = np.array([0.0, 200.0, 1000.0])
    run = maser_langevin.trajectories(times, runs=1500, step=0.3, start=38.0, rng=4, **at)
    turned = run.amplitudes[:, 2] * run.amplitudes[:, 1].conj()
    seen = turned.real.mean() / np.abs(turned).mean()
    error = turned.real.std() / np.abs(turned).mean() / np.sqrt(turned.size)
    assert seen == pytest.approx(np.exp(-rate * 800.0), abs=4 * error + 0.01)


@pytest.mark.parametrize("delta", [1000.0, -500.0])
def test_a_detuned_spin_pulls_the_frequency_and_widens_the_line_as_exactly(delta):
    """-Im and Re of the exact eigenvalue of <a>: the mean turn of the phases of runs, and the growth of their variance."""
    at = {"S0": 0.2, "delta": delta}
    rate, pull = maser.exact.line(**at)
    times = np.concatenate([[0.0], np.arange(150.0, 1151.0, 20.0)])
    run = maser_langevin.trajectories(times, runs=3000, step=0.25, start=36.0, rng=1, **at)
    phases = np.unwrap(np.angle(run.amplitudes[:, 1:]), axis=1)
    turn = (phases[:, -1] - phases[:, 0]) / (times[-1] - times[1])
    error = turn.std(ddof=1) / np.sqrt(turn.size)
    assert error < 2e-3 * abs(pull)
    assert -turn.mean() == pytest.approx(pull, abs=4 * error)
    # From the seventh time on the amplitude, which relaxes in 35 s, has forgotten the first.
    early, late = ((phases[:, k] - phases[:, 0]).var(ddof=1) for k in (7, -1))
    slope = (late - early) / (times[-1] - times[8]) / 2
    assert slope == pytest.approx(rate, rel=4 * np.sqrt(2 / turn.size) * late / (late - early))
    # Without the pull the phase would diffuse at D_phi/(2 N) only, which is 0.81 of the rate at delta = gamma_2.
    number = fokker_planck.radial_law("saturated", **at).mean
    across = maser_langevin.spin_noise(number, **(_defaults() | at)).azimuthal / (2 * number)
    assert across < 0.96 * rate
    if delta == 1000.0:
        assert slope > (across + rate) / 2


def _defaults():
    values = maser.model().values({})
    return {name: float(values[name]) for name in ("gamma_m", "nbar", "g", "gamma_1", "gamma_2")}


def test_noise_of_the_detuned_spin_is_that_of_its_master_equation():
    """Correlations of the force of a driven two-level system integrated over time, by the exact level."""
    at = _defaults() | {"delta": 700.0, "S0": 0.3}
    size = 900.0
    s = lc.Spin("s")
    g, up = at["g"], at["gamma_1"] / 2
    spin = lc.OpenSystem(
        at["delta"] * s.excited + g * np.sqrt(size) * (s.plus + s.minus),
        [
            lc.Jump(s.plus, up * (1 + at["S0"])),
            lc.Jump(s.minus, up * (1 - at["S0"])),
            lc.Jump(s.z, (at["gamma_2"] - at["gamma_1"] / 2) / 2),
        ],
    )
    x, y = s.plus + s.minus, 1j * (s.minus - s.plus)
    times = np.linspace(0.0, 0.018, 401)
    level = lc.Exact(spin)

    def integral(later, earlier):
        """Symmetrised correlation, its means taken off: half of <{later(t), earlier(0)}>, the real part."""
        state = level.steady_state()
        both = level.correlation(later, earlier, times).values.real
        return simpson(both - (state.mean(later) * state.mean(earlier)).real, x=times)

    found = maser_langevin.spin_noise(size, **at)
    thermal = at["gamma_m"] * (2 * at["nbar"] + 1) / 4
    assert found.radial - thermal == pytest.approx(g**2 / 2 * integral(y, y), rel=1e-3)
    assert found.azimuthal - thermal == pytest.approx(g**2 / 2 * integral(x, x), rel=1e-3)
    assert found.cross + found.antisymmetric == pytest.approx(g**2 / 2 * integral(x, y), rel=1e-3)
    assert found.cross - found.antisymmetric == pytest.approx(g**2 / 2 * integral(y, x), rel=1e-3)


def test_start_of_the_maser():
    """n(10 s) = 102.396 and n(40 s) = 778.811 of the exact transient, from the thermal start."""
    run = maser.trajectories([0.0, 10.0, 40.0], runs=2000, S0=0.2, rng=3)
    size, error = run.mean_size()
    np.testing.assert_allclose(size - 0.5, [5.0, 102.396, 778.811], atol=4 * error.max())
    assert (np.abs(size - 0.5 - [5.0, 102.396, 778.811]) < 4.5 * error + 0.01).all()


def test_orderings_and_densities_of_samples():
    run = maser.trajectories(np.concatenate([[0.0], np.arange(200.0, 800.0, 20.0)]), runs=200, g=0.0, nbar=2.0, rng=6)
    right, printed = run.moments(200.0), run.moments(200.0, "paper")
    assert right.number == pytest.approx(2.0, abs=4 * right.number_error)
    assert printed.number == pytest.approx(right.number + 0.5, abs=1e-9)
    x = np.linspace(-9.0, 9.0, 61)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        wigner, husimi = run.wigner(x, x, 200.0), run.husimi(x, x, 200.0)
    # Thermal peaks 1/(2 pi (nbar + 1/2)) and 1/(2 pi (nbar + 1)).
    middle = {"x": slice(-0.5, 0.5), "p": slice(-0.5, 0.5)}
    assert float(wigner.sel(middle).mean()) == pytest.approx(1 / (2 * np.pi * 2.5), rel=0.15)
    assert float(husimi.sel(x=0.0, p=0.0, method="nearest")) == pytest.approx(1 / (2 * np.pi * 3.0), rel=0.1)
    with pytest.raises(UnknownNameError, match="ordering"):
        run.moments(200.0, "normal")
    with pytest.raises(ParameterError, match="the runs end at 780 s"):
        run.samples(900.0)


def test_rotation():
    """In the laboratory frame the same runs turn; Euler's method is refused, and without the refusal would heat."""
    slow = {"gamma_m": 0.5, "gamma_1": 50.0, "gamma_2": 60.0, "g": 3.0, "S0": 0.6, "nbar": 1.0, "omega_m": 5.0}
    with pytest.raises(ParameterError, match="integrate in the rotating frame"):
        maser.trajectories([0.0, 1.0], frame="laboratory", scheme="euler", step=0.01, **slow)
    with pytest.raises(ParameterError, match="Heun's method gains energy; integrate in the rotating frame"):
        maser.trajectories([0.0, 1.0], frame="laboratory", step=0.05, **slow)
    plain, turning = (
        maser.trajectories([0.0, 4.0], frame=frame, step=0.004, runs=1000, rng=1, **slow)
        for frame in ("rotating", "laboratory")
    )
    a, b = plain.mean_size(), turning.mean_size()
    assert a[0][1] == pytest.approx(b[0][1], abs=4 * np.hypot(a[1][1], b[1][1]))
    # A coherent start: the means differ by exp(-i omega t).
    plain, turning = (
        maser.trajectories([0.0, 0.4], frame=frame, step=0.004, runs=1000, start=4.0, rng=1, **slow)
        .amplitudes[:, 1]
        .mean()
        for frame in ("rotating", "laboratory")
    )
    assert turning == pytest.approx(plain * np.exp(-2j), abs=0.15)
    heated = rotational_process(
        lambda n: -0.25 + 0 * n, lambda n: 0.5 + 0 * n, lambda n: 0.5 + 0 * n, 400.0, 1.0, lambda n: 5.0 + 0 * n
    )
    runs = rotational_trajectories(
        heated, np.zeros(400, complex), [0.0, 20.0], 0.01, np.random.default_rng(1).spawn(400), "euler"
    )
    assert (np.abs(runs[:, 1]) ** 2).mean() > 1.5 * 2.0


def test_order_of_the_schemes():
    """Mean of N of a process with nearly no noise against the logistic solution: first order for Euler, second for Heun."""
    tiny = 1e-12
    ring = rotational_process(
        lambda n: 0.5 * (1 - n / 50), lambda n: tiny + 0 * n, lambda n: tiny + 0 * n, 200.0, 2000.0, points=20001
    )
    exact = 50 / (1 + 49 * np.exp(-5.0))
    for scheme, order in (("euler", 1), ("heun", 2)):
        errors = [
            abs(abs(rotational_trajectories(ring, np.ones(1, complex), [0.0, 5.0], h, np.random.default_rng(1).spawn(1), scheme)[0, 1]) ** 2
                - exact)
            for h in (0.1, 0.05)
        ]  # fmt: skip
        assert np.log2(errors[0] / errors[1]) == pytest.approx(order, abs=0.15)


def test_runs_do_not_depend_on_each_other():
    many = maser.trajectories([0.0, 3.0, 7.0], runs=300, S0=0.2, rng=9)
    few = maser.trajectories([0.0, 3.0, 7.0], runs=3, S0=0.2, rng=9)
    assert (many.amplitudes[:3] == few.amplitudes).all()


def test_rotational_refusals():
    def flat(value):
        return lambda n: value + 0 * n

    with pytest.raises(ParameterError, match=r"noise must be positive, but is -0\.1 at N = 20"):
        rotational_process(flat(-1.0), lambda n: 0.1 - 0.01 * n, flat(0.1), 20.0, 5.0)
    with pytest.raises(ParameterError, match="agree at the origin"):
        rotational_process(flat(-1.0), flat(0.2), flat(0.1), 20.0, 5.0)
    growing = rotational_process(flat(1.0), flat(0.1), flat(0.1), 20.0, 5.0)
    with pytest.raises(ConvergenceError, match="end at N = 20"):
        rotational_trajectories(growing, np.ones(2, complex), [0.0, 10.0], 0.01, np.random.default_rng(1).spawn(2))
    with pytest.raises(ParameterError, match="one amplitude for each of 2 runs"):
        rotational_trajectories(growing, np.ones(3, complex), [0.0, 1.0], 0.01, np.random.default_rng(1).spawn(2))
    for options, message in (({"step": 0.0}, "step"), ({"runs": 1}, "independent runs, but 1")):
        with pytest.raises(ParameterError, match=message):
            maser.trajectories([0.0, 1.0], **options)
    with pytest.raises(UnknownNameError, match="noise"):
        maser.trajectories([0.0, 1.0], "white")
    with pytest.raises(UnknownNameError, match="frame"):
        maser.trajectories([0.0, 1.0], frame="dressed")
