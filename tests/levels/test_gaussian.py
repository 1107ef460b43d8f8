"""Gaussian level: exact where it must be, linear theory elsewhere, stationary and periodic covariances, rings, refusals."""

import networkx as nx
import numpy as np
import pytest
import sympy
from scipy import linalg

import limcyc as lc
from limcyc.errors import ConvergenceError, ParameterError, UnsupportedError
from limcyc.levels.gaussian import Gaussian
from limcyc.levels.gaussian_ring import MomentumRing
from limcyc.levels.gaussian_runs import smallest_eigenvalues
from limcyc.measures.gaussian_matrices import check_physical

a, b = lc.Mode("a"), lc.Mode("b")
KAPPA = lc.Parameter("kappa", minimum=0)
NBAR = lc.Parameter("nbar", minimum=0)
CHI, G = lc.parameters("chi g")

PAIR = lc.OpenSystem(
    0.8 * a.number + 1.1 * b.number + lc.hermitian(G * a.dag * b.lower) + lc.hermitian(CHI / 2 * a.dag**2),
    [
        lc.Jump(a.lower, KAPPA),
        lc.Jump(b.lower, KAPPA * (NBAR + 1)),
        lc.Jump(b.dag, KAPPA * NBAR),
        lc.Jump(a.lower + 0.5j * b.lower, 0.3),
    ],
    name="two damped modes with squeezing",
)
AT = {"kappa": 1.0, "nbar": 0.2, "chi": 0.15, "g": 0.3}

GAIN, LOSS = lc.Parameter("gain", minimum=0), lc.Parameter("loss", minimum=0)
VAN_DER_POL = lc.OpenSystem(0.7 * a.number, [lc.Jump(a.dag, 2 * GAIN), lc.Jump(a.lower**2, 2 * LOSS)], name="vdp")


def quadratures(*modes):
    return [operator for mode in modes for operator in (mode.x, mode.p)]


# -- exactness for quadratic models ----------------------------------------------------------------------------------


def exact_covariance(mean):
    operators = quadratures(a, b)
    first = [mean(r) for r in operators]
    return np.array(
        [
            [mean((r * s + s * r) / 2) - first[i] * first[j] for j, s in enumerate(operators)]
            for i, r in enumerate(operators)
        ]
    ).real


def test_quadratic_model_agrees_with_the_exact_level():
    found = Gaussian(PAIR).steady_state(**AT)
    state = lc.Exact(PAIR).steady_state({a: 9, b: 9}, tolerance=1e-4, **AT)
    np.testing.assert_allclose(found.covariance, exact_covariance(state.mean), atol=1e-4)
    assert found.residual < 1e-13 and found.eigenvalues[0].real < 0
    late = Gaussian(PAIR).evolve([60.0], **AT)["covariance"][0]
    np.testing.assert_allclose(late, found.covariance, atol=1e-8)


def test_quadratic_model_agrees_with_qutip_in_time():
    import qutip

    size = 13
    d = {a: qutip.tensor(qutip.destroy(size), qutip.qeye(size)), b: qutip.tensor(qutip.qeye(size), qutip.destroy(size))}
    h = 0.8 * d[a].dag() * d[a] + 1.1 * d[b].dag() * d[b] + AT["g"] * (d[a].dag() * d[b] + d[b].dag() * d[a])
    h += AT["chi"] / 2 * (d[a].dag() ** 2 + d[a] ** 2)
    jumps = [d[a], np.sqrt(1.2) * d[b], np.sqrt(0.2) * d[b].dag(), np.sqrt(0.3) * (d[a] + 0.5j * d[b])]
    start = qutip.tensor(qutip.coherent(size, 0.7), qutip.coherent(size, -0.4j))
    q = [(d[m] + d[m].dag()) / np.sqrt(2) if part == "x" else -1j * (d[m] - d[m].dag()) / np.sqrt(2)
         for m in (a, b) for part in "xp"]  # fmt: skip
    pairs = [(i, j) for i in range(4) for j in range(i + 1)]
    wanted = [*q, *((q[i] * q[j] + q[j] * q[i]) / 2 for i, j in pairs)]
    times = [0.0, 0.7, 1.5]
    values = np.array(qutip.mesolve(h, start, times, jumps, e_ops=wanted, options={"rtol": 1e-9, "atol": 1e-11}).expect)
    run = Gaussian(PAIR).evolve(times, {a: 0.7, b: -0.4j}, **AT)
    fixed = Gaussian(PAIR).evolve(times, {a: 0.7, b: -0.4j}, step=0.005, **AT)
    means = np.sqrt(0.5) * (values[[0, 2]] + 1j * values[[1, 3]]).T
    np.testing.assert_allclose(run["means"], means, atol=1e-5)
    for row, (i, j) in enumerate(pairs):
        expected = values[4 + row] - values[i] * values[j]
        np.testing.assert_allclose(run["covariance"][:, i, j], expected, atol=1e-5)
        np.testing.assert_allclose(fixed["covariance"][:, i, j], expected, atol=1e-5)


def test_unstable_quadratic_model_is_followed_all_the_same():
    amplifier = lc.OpenSystem(lc.hermitian(0.5j * CHI * a.dag**2), name="amplifier")
    run = Gaussian(amplifier).evolve([0.0, 5.0, 10.0], chi=1.0)
    grown = run["covariance"][:, 0, 0].values
    np.testing.assert_allclose(grown, 0.5 * np.exp(2 * np.array([0.0, 5.0, 10.0])), rtol=1e-7)
    assert float(run["growth"]) == pytest.approx(2.0, rel=1e-6)


# -- tables ----------------------------------------------------------------------------------------------------------


def test_drift_matrix_is_the_derivative_of_the_drift_and_noise_that_of_the_phase_space():
    level = Gaussian(VAN_DER_POL)
    at = {"gain": 1.0, "loss": 0.2}
    z = 0.9 - 1.3j
    numbers = level.numbers(at)
    field = level.tables.field(numbers)
    x = np.array([z.real, z.imag])
    steps = 1e-6 * np.eye(2)
    numeric = np.array(
        [(field.rate(0, (x + s)[:, None]) - field.rate(0, (x - s)[:, None]))[:, 0] / 2e-6 for s in steps]
    )
    np.testing.assert_allclose(level.drift_matrix([z], **at), numeric.T, atol=1e-8)
    # kappa1 + 4 kappa2 |alpha|^2 with the rates 2 kappa.
    np.testing.assert_allclose(level.noise_matrix([z], **at), (1.0 + 0.8 * abs(z) ** 2) * np.eye(2), atol=1e-12)


def test_order_of_quadratures_follows_nodes_not_names():
    cell = lc.OpenSystem(0 * a.number, [lc.Jump(a.lower, KAPPA)])
    network = lc.Network(nx.cycle_graph(11), cell, lambda i, j, _: G * lc.hermitian(i(a).dag * j(a)))
    level = Gaussian(network)
    assert level.quadratures[:6] == ("x a_0", "p a_0", "x a_1", "p a_1", "x a_2", "p a_2")
    start = {f"a_{k}": 0.1 * k for k in range(11)}
    run = level.evolve([0.0, 0.3], start, kappa=0.5, g=0.7)
    hopping = -0.25 * np.eye(11) - 0.7j * nx.to_numpy_array(nx.cycle_graph(11))
    expected = linalg.expm(0.3 * hopping) @ (0.1 * np.arange(11))
    np.testing.assert_allclose(run["means"][-1], expected, atol=1e-8)


def test_fixed_step_has_order_four_and_reports_its_error():
    level, at = Gaussian(VAN_DER_POL), {"gain": 1.0, "loss": 0.2}
    exact = level.evolve([0.0, 2.0], {a: 3.0}, rtol=1e-12, atol=1e-12, **at)
    errors = []
    for step in (0.01, 0.005, 0.0025):
        run = level.evolve([0.0, 2.0], {a: 3.0}, step=step, compare=True, **at)
        errors.append(float(np.abs(run["covariance"] - exact["covariance"]).max()))
        relative = errors[-1] / float(np.abs(exact["covariance"]).max())
        assert run.attrs["step_error_covariance"] == pytest.approx(relative, rel=0.15)
    assert np.log2(np.array(errors[:-1]) / errors[1:]) == pytest.approx(4.0, abs=0.3)


def test_time_dependent_drive_agrees_with_a_rotating_frame():
    drive, kerr = lc.parameters("drive kerr")
    wave = lc.OpenSystem(
        kerr * a.dag**2 * a.lower**2 + drive * lc.hermitian(sympy.exp(-2 * sympy.I * lc.TIME) * a.dag),
        [lc.Jump(a.lower, KAPPA)],
    )
    static = lc.OpenSystem(
        -2 * a.number + kerr * a.dag**2 * a.lower**2 + drive * (a + a.dag), [lc.Jump(a.lower, KAPPA)]
    )
    at = {"drive": 1.0, "kerr": 0.1, "kappa": 0.8}
    times = np.linspace(0.0, 3.0, 4)
    driven = Gaussian(wave).evolve(times, {a: 0.5}, **at)
    rest = Gaussian(static).evolve(times, {a: 0.5}, **at)
    np.testing.assert_allclose(driven["means"][:, 0] * np.exp(2j * times), rest["means"][:, 0], atol=1e-7)
    for t, moved, still in zip(times, driven["covariance"].values, rest["covariance"].values, strict=True):
        c, s = np.cos(2 * t), np.sin(2 * t)
        turn = np.array([[c, -s], [s, c]])
        np.testing.assert_allclose(turn @ moved @ turn.T, still, atol=1e-7)


def test_parameter_arrays_are_lanes():
    run = Gaussian(PAIR).evolve([0.0, 1.0], **(AT | {"nbar": [0.0, 0.2]}))
    assert run["covariance"].dims == ("nbar", "time", "quadrature", "quadrature_2")
    alone = Gaussian(PAIR).evolve([0.0, 1.0], **AT)
    np.testing.assert_allclose(run["covariance"].sel(nbar=0.2), alone["covariance"], atol=1e-12)
    assert alone.attrs["level"] == "gaussian" and alone.attrs["system"] == PAIR.name
    assert float(alone["physicality"].min()) > -1e-9


# -- stationary and periodic -----------------------------------------------------------------------------------------


def test_limit_cycle_of_the_van_der_pol_oscillator_has_the_closed_covariance():
    """Radial variance 3/4 and phase variance growing as 3 kappa1/(2 r^2), rotating at 0.7."""
    at = {"gain": 1.0, "loss": 0.02}
    r2 = at["gain"] / (2 * at["loss"])
    level = Gaussian(VAN_DER_POL)
    found = level.steady_state({a: 4.0}, project_neutral=True, **at)
    assert abs(found.means[0]) ** 2 == pytest.approx(r2, rel=1e-9)
    assert abs(found.frequencies[0]) == pytest.approx(0.7, rel=1e-9)
    assert found.phase_variance_rate == pytest.approx([1.5 * at["gain"] / r2], rel=1e-9)
    assert np.sort(np.linalg.eigvalsh(found.covariance)) == pytest.approx([0.0, 0.75], abs=1e-9)
    cycle = level.periodic({a: 4.9}, 2 * np.pi / 0.7, project_neutral=True, samples=8, **at)
    assert cycle.period == pytest.approx(2 * np.pi / 0.7, rel=1e-8)
    assert cycle.phase_variance_rate == pytest.approx(1.5 * at["gain"] / r2, rel=1e-7)
    assert cycle.closure < 1e-8
    for c, z in zip(cycle.covariance, cycle.means[:, 0], strict=True):
        radial = np.array([z.real, z.imag]) / abs(z)
        assert radial @ c @ radial == pytest.approx(0.75, abs=1e-7)
        assert np.linalg.eigvalsh(c)[0] == pytest.approx(0.0, abs=1e-7)


def test_periodic_projection_agrees_with_a_long_run():
    """A cycle without symmetry: the long run, projected at its end, and the growth of its phase variance."""
    x2 = a.dag**2 + a.lower**2
    model = lc.OpenSystem(1.0 * a.number + 0.25 * x2, [lc.Jump(a.dag, 2 * GAIN), lc.Jump(a.lower**2, 2 * LOSS)])
    level, at = Gaussian(model), {"gain": 0.2, "loss": 0.002}
    guess = level.evolve([0.0, 60.0], {a: 5.0}, check=False, **at)["means"][-1].values[0]
    cycle = level.periodic({a: guess}, 2 * np.pi / np.sqrt(0.75), project_neutral=True, samples=32, **at)
    turns = 12
    long = level.evolve(cycle.period * np.arange(turns + 1), {a: cycle.means[0, 0]}, check=False, **at)[
        "covariance"
    ].values
    field = level.tables.field(level.numbers(at))
    v = field.rate(0, np.array([[cycle.means[0, 0].real], [cycle.means[0, 0].imag]]))[:, 0] * np.sqrt(2)
    # What is left of C after the projection has no component that w reads: w C = 0 fixes w for two quadratures.
    values, vectors = np.linalg.eigh(cycle.covariance[0])
    assert values[0] == pytest.approx(0.0, abs=1e-7 * values[1])
    w = vectors[:, 0] / (vectors[:, 0] @ v)
    keep = np.eye(2) - np.outer(v, w)
    np.testing.assert_allclose(keep @ long[-1] @ keep.T, cycle.covariance[0], rtol=1e-5, atol=1e-6)
    grown = (w @ (long[-1] - long[-2]) @ w) / cycle.period * (2 * np.pi / cycle.period) ** 2
    assert cycle.phase_variance_rate == pytest.approx(grown, rel=1e-5)


def test_driven_cycle_has_no_free_phase():
    drive, kerr = lc.parameters("drive kerr")
    wave = lc.OpenSystem(
        kerr * a.dag**2 * a.lower**2 + 2 * drive * sympy.cos(2 * lc.TIME) * (a + a.dag), [lc.Jump(a.lower, KAPPA)]
    )
    level, at = Gaussian(wave), {"drive": 1.0, "kerr": 0.05, "kappa": 0.8}
    start = level.evolve([0.0, 20 * np.pi], **at)["means"][-1].values[0]
    cycle = level.periodic({a: start}, np.pi, samples=8, **at)
    late = level.evolve([20 * np.pi], **at)["covariance"][-1]
    np.testing.assert_allclose(cycle.covariance[0], late, atol=1e-6)
    assert cycle.phase_variance_rate == 0.0
    assert min(check_physical(c) for c in cycle.covariance) >= 0


# -- rings -----------------------------------------------------------------------------------------------------------

HOP, SHARED = lc.Parameter("hop"), lc.Parameter("shared", minimum=0)


def ring(sites, reach=1):
    cell = lc.OpenSystem(
        0.4 * a.dag**2 * a.lower**2 + lc.hermitian(0.3 * a.dag * b.lower) + 1.2 * b.number,
        [lc.Jump(a.lower, KAPPA), lc.Jump(b.lower, 0.4), lc.Jump(a.dag, 0.1)],
    )
    return lc.Network(
        nx.circulant_graph(sites, range(1, reach + 1)),
        cell,
        lambda i, j, _: HOP * lc.hermitian(i(a).dag * j(a)),
        lambda i, j, _: [lc.Jump(i(b) - j(b), SHARED)],
    )


@pytest.mark.parametrize(("sites", "reach"), [(6, 1), (7, 2), (4, 2), (3, 1)])
def test_momenta_give_the_full_ring(sites, reach):
    network, at = ring(sites, reach), {"kappa": 0.3, "hop": 0.5, "shared": 0.2}
    start = {a: 1.1 + 0.2j, b: lc.Thermal(0.5, 0.3j)}
    full = Gaussian(network).evolve(
        [0.0, 1.3], {f"{mode.name}_{k}": value for mode, value in start.items() for k in range(sites)}, **at
    )
    reduced = MomentumRing(network).evolve([0.0, 1.3], start, step=0.01, compare=True, **at)
    assert reduced.attrs["step_error_covariance"] < 1e-6
    np.testing.assert_allclose(
        full["means"][-1].values.reshape(sites, 2), np.tile(reduced["means"][-1], (sites, 1)), atol=1e-7
    )
    site = np.arange(sites)
    phases = np.exp(1j * np.multiply.outer(site[:, None] - site, MomentumRing(network).momenta)) / sites
    real = np.einsum("jlk,kab->jalb", phases, reduced["blocks"][-1].values).reshape(4 * sites, 4 * sites)
    assert np.abs(real.imag).max() < 1e-12
    np.testing.assert_allclose(real.real, full["covariance"][-1], atol=1e-6)


def test_directed_ring_needs_complex_blocks():
    cell = lc.OpenSystem(0 * a.number, [lc.Jump(a.lower, KAPPA)])
    arcs = nx.DiGraph([(k, (k + 1) % 6) for k in range(6)])
    network = lc.Network(
        arcs, cell, lambda i, j, _: lc.hermitian(1j * HOP * i(a).dag * j(a)) + lc.hermitian(0.2 * i(a) * j(a))
    )
    at = {"kappa": 1.0, "hop": 0.4}
    reduced = MomentumRing(network).evolve([0.8], step=0.01, **at)["blocks"][0].values
    full = Gaussian(network).evolve([0.8], **at)["covariance"][0].values.reshape(6, 2, 6, 2)
    momenta = np.exp(-2j * np.pi * np.multiply.outer(np.arange(6), np.arange(6)) / 6)
    np.testing.assert_allclose(reduced, np.einsum("kr,rab->kab", momenta, full.transpose(0, 2, 1, 3)[:, 0]), atol=1e-8)


# -- refusals --------------------------------------------------------------------------------------------------------


def test_refusals_of_unstable_orbits():
    level, at = Gaussian(VAN_DER_POL), {"gain": 1.0, "loss": 0.2}
    with pytest.raises(
        UnsupportedError, match="no stable limit cycle; Gaussian theory does not apply: the trace of the cov"
    ):
        level.evolve(np.linspace(0.0, 5.0, 21), {a: 1e-6}, **at)
    followed = level.evolve(np.linspace(0.0, 5.0, 21), {a: 1e-6}, check=False, **at)
    assert float(followed["growth"]) == pytest.approx(2.0, rel=0.05)
    with pytest.raises(UnsupportedError, match="fixed point that deviations leave at the rate 1"):
        level.steady_state(**at)
    with pytest.raises(UnsupportedError, match=r"rotating state of 'vdp' has a free phase.*project_neutral=True"):
        level.steady_state({a: 1.0}, **at)
    with pytest.raises(UnsupportedError, match="limit cycle of 'vdp' has a free phase"):
        level.periodic({a: 1.5}, 2 * np.pi / 0.7, **at)
    with pytest.raises(UnsupportedError, match="became infinite"):
        Gaussian(lc.OpenSystem(0.5 * a.number, [lc.Jump(a.dag**2, GAIN)])).evolve(
            [0.0, 50.0], {a: 2.0}, step=0.01, gain=1.0
        )


def test_refusals_of_starts_and_networks():
    level = Gaussian(VAN_DER_POL)
    at = {"gain": 1.0, "loss": 0.2}
    with pytest.raises(ParameterError, match="not the covariance matrix of a quantum state"):
        level.evolve([1.0], {a: 1.0}, np.diag([0.1, 0.1]), **at)
    with pytest.raises(ParameterError, match=r"must have shape \(2, 2\)"):
        level.evolve([1.0], {a: 1.0}, np.eye(4), **at)
    with pytest.raises(ParameterError, match="`step` must be > 0"):
        level.evolve([1.0], {a: 1.0}, step=-0.1, **at)
    with pytest.raises(ParameterError, match="one parameter point"):
        level.steady_state({a: 1.0}, gain=[1.0, 2.0], loss=0.2)
    with pytest.raises(ParameterError, match="must name each of a once"):
        Gaussian(VAN_DER_POL, [b])
    with pytest.raises(ConvergenceError, match="is no quantum state's"):
        smallest_eigenvalues(np.array([np.eye(2) * 0.3]), "a run")
    spin = lc.OpenSystem(lc.Spin("s").z)
    with pytest.raises(UnsupportedError, match="is no bosonic mode"):
        Gaussian(spin)
    path = lc.Network(nx.path_graph(4), lc.OpenSystem(0 * a.number, [lc.Jump(a.lower, KAPPA)]))
    with pytest.raises(ParameterError, match="momenta need a ring"):
        MomentumRing(path)
    one_way = lc.Network(
        nx.cycle_graph(5), path.cell, lambda i, j, _: lc.hermitian(1j * i(a).dag * j(a)), name="one way"
    )
    with pytest.raises(UnsupportedError, match="not the same all along the ring"):
        MomentumRing(one_way)
    single = lc.Network(nx.cycle_graph(5), lc.OpenSystem(HOP * a.number), individual=["hop"])
    with pytest.raises(ParameterError, match="individual parameters hop"):
        MomentumRing(single)
    with pytest.raises(ParameterError, match="initial state names 'c'"):
        MomentumRing(ring(6)).evolve([1.0], {"c": 1.0}, step=0.1, kappa=1.0, hop=0.1, shared=0.0)
