"""Quantum trajectories: closed waiting-time laws, the exact level within honest errors, orders, continuation, workers, refusals."""

import numpy as np
import pytest
import sympy
from scipy import stats

import limcyc as lc
from limcyc.algebra.matrices import Basis, matrix
from limcyc.errors import CutoffError, ParameterError, UnknownNameError, UnsupportedError, ValidityWarning
from limcyc.levels.jumps import Jumps
from limcyc.levels.jumps_dataset import merged
from limcyc.levels.jumps_gatherers import RunAverages, RunHistogram
from limcyc.levels.jumps_state import Start, Trajectories
from limcyc.levels.jumps_tables import Problem, diagonals, segments, square

a, b, s = lc.Mode("a"), lc.Mode("b"), lc.Spin("s")
omega, gamma, kappa, gain, g = lc.parameters("omega gamma kappa gain g", minimum=0)
ATOM = lc.OpenSystem(omega / 2 * s.x, [lc.Jump(s.minus, gamma, name="decay")], name="driven atom")
LASER = lc.OpenSystem(
    g * (a.dag * s.minus + a.lower * s.plus) + 0.2 * (a.lower + a.dag),
    [lc.Jump(a.lower, kappa, name="loss"), lc.Jump(s.plus, gain, name="pump"), lc.Jump(s.minus, gamma, name="decay")],
    name="one-atom laser",
)
AT = {"g": 0.7, "kappa": 0.5, "gain": 0.9, "gamma": 0.1}


def dense(found, size):
    total = np.zeros((size, size), dtype=complex)
    for shift, vector in found.items():
        for k in np.flatnonzero(vector):
            total[k + shift, k] += vector[k]
    return total


def test_diagonals_and_segments_are_the_matrix():
    """A block of 1024 is crossed, so that cuts and repeated values are exercised; the product L^+L is that of the truncated L."""
    basis = Basis((a, b, s), (9, 70, 2))
    operator = a.dag * b.lower**2 + 2j * s.plus * b.lower + a.number * s.excited + 0.3 * (s.minus * a.dag)
    found = diagonals(operator, basis, {})
    np.testing.assert_allclose(dense(found, basis.size), matrix(operator, basis).toarray(), atol=1e-13)
    table = segments([[found]], basis)
    assert table.edges.size > 2
    from limcyc.numerics import trajectory_kernels as kernels

    rng = np.random.default_rng(1)
    x, out = rng.normal(size=(2, basis.size)), np.zeros((2, basis.size))
    kernels.apply(0, table.first, table.table, np.ones(1), x, out)
    wanted = matrix(operator, basis) @ (x[0] + 1j * x[1])
    np.testing.assert_allclose(out[0] + 1j * out[1], wanted, atol=1e-12)
    up = matrix(b.dag, basis).toarray()
    np.testing.assert_allclose(dense(square(diagonals(b.dag, basis, {})), basis.size), up.conj().T @ up, atol=1e-12)


def no_jump_error(method, step, rotating=True, order=None):
    """Error of the normalised state without jumps at t = 1 against the matrix exponential."""
    from scipy.linalg import expm

    basis = Basis((a, s), (6, 2))
    model = LASER.with_terms(1.5 * a.number)
    level = Jumps(model, {a: 6}, edge=1.0)
    values = AT | {"gain": 0.0, "gamma": 0.0, "kappa": 0.2}
    jumps = [(j.operator, j.rate) for j in model.jumps]
    problem = Problem.of(model.hamiltonian, jumps, [], basis, values)
    h = matrix(model.hamiltonian, basis, values).toarray() - 1j * np.diag(problem.decay)
    start = Start.of(model, basis, {a: 0.8, s: "1"}).draw(np.random.default_rng(0))
    wanted = expm(-1j * h) @ (start[0] + 1j * start[1])
    wanted /= np.linalg.norm(wanted)
    seen = []

    def look(psi):
        seen.append(psi[:, -1])
        return np.zeros(psi.shape[1])

    for seed in range(50):
        seen.clear()
        run = level.evolve(
            [0.0, 1.0], {a: 0.8, s: "1"}, {"look": look}, trajectories=1, rng=seed, method=method, order=order, step=step,
            rotating=rotating, **values,
        )  # fmt: skip
        if run.attrs["jumps"] == 0:
            return np.linalg.norm(seen[0] * np.vdot(seen[0], wanted) / abs(np.vdot(seen[0], wanted)) - wanted)
    raise AssertionError("every trajectory jumped")


@pytest.mark.parametrize(
    ("method", "order", "steps", "wanted"),
    [
        ("taylor", 4, (0.1, 0.05), 4),
        ("rk4", None, (0.1, 0.05), 4),
        ("dopri5", None, (0.2, 0.1), 5),
        ("dop853", None, (0.39, 0.195), 8),
    ],
)
@pytest.mark.parametrize("rotating", [True, False])
def test_order_of_the_schemes(method, order, steps, wanted, rotating):
    coarse, fine = (no_jump_error(method, step, rotating, order) for step in steps)
    assert np.log2(coarse / fine) == pytest.approx(wanted, abs=0.7)
    assert fine < 1e-3


@pytest.mark.parametrize("method", ["taylor", "dopri5", "dop853"])
def test_error_control_keeps_its_tolerance(method):
    assert no_jump_error(method, None) < 1e-5


def test_decay_of_a_fock_state_by_order_statistics():
    """From |n>: the k-th jump leaves n - k; waiting times are exponential with rates kappa (n - k)."""
    level = Jumps(lc.OpenSystem(0.4 * a.number, [lc.Jump(a.lower, kappa)]), {a: 7}, edge=1.0)
    run = level.evolve(
        [0.0, 60.0],
        {a: lc.FockDiagonal([0] * 6 + [1.0])},
        {"n": a.number},
        trajectories=1500,
        rng=4,
        records=8,
        kappa=0.7,
    )
    times = run["jump_time"].values[:, :6]
    assert run.attrs["jumps"] == 6 * 1500 and np.isnan(run["jump_time"].values[:, 6:]).all()
    waits = np.diff(np.concatenate([np.zeros((1500, 1)), times], axis=1), axis=1)
    for k in range(6):
        assert stats.kstest(waits[:, k], stats.expon(scale=1 / (0.7 * (6 - k))).cdf).pvalue > 1e-3


def test_waiting_times_of_the_driven_atom():
    """Photon antibunching: w(t) = gamma Omega^2 exp(-gamma t/2) sin^2(lambda t/2)/lambda^2, lambda^2 = Omega^2 - gamma^2/4."""
    rabi, decay = 2.0, 1.0
    run = Jumps(ATOM).evolve(
        [0.0, 60.0], None, {"e": s.excited}, trajectories=120, rng=5, records=80, omega=rabi, gamma=decay
    )
    waits = np.diff(run["jump_time"].values, axis=1)
    waits = waits[np.isfinite(waits)]
    rate = np.sqrt(rabi**2 - decay**2 / 4)
    t = np.linspace(0, 40, 20001)
    density = decay * rabi**2 / rate**2 * np.exp(-decay * t / 2) * np.sin(rate * t / 2) ** 2
    law = np.concatenate([[0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(t))])
    assert law[-1] == pytest.approx(1, abs=1e-5)
    assert stats.kstest(waits, lambda x: np.interp(x, t, law)).pvalue > 1e-3
    # The count has the mean gamma <excited> t and is less than Poissonian.
    counts = np.isfinite(run["jump_time"].values).sum(axis=1)
    assert counts.mean() == pytest.approx(60 * decay * rabi**2 / (decay**2 + 2 * rabi**2), rel=0.05)
    assert counts.var() < 0.8 * counts.mean()


def test_jump_times_do_not_depend_on_scheme_step_and_samples():
    """The same random numbers give the same jumps to the tolerance, whatever is integrated how and looked at when."""
    first = {"trajectories": 3, "rng": 2, "records": 60, "tolerance": 1e-9, **AT}
    level = Jumps(LASER, {a: 12}, edge=1.0)
    wanted = level.evolve([0.0, 15.0], None, {"n": a.number}, **first)
    finer = level.evolve(np.linspace(0, 15.0, 301), None, {"n": a.number}, **first)
    np.testing.assert_array_equal(wanted["jump_time"], finer["jump_time"])
    other = level.evolve([0.0, 15.0], None, {"n": a.number}, method="dop853", **first)
    np.testing.assert_allclose(other["jump_time"], wanted["jump_time"], atol=1e-6)
    np.testing.assert_array_equal(other["jump_channel"], wanted["jump_channel"])
    rough = level.evolve([0.0, 15.0], None, {"n": a.number}, **first | {"jump_tolerance": 1e-2})
    change = np.nanmax(np.abs(rough["jump_time"].values[:, 0] - wanted["jump_time"].values[:, 0]))
    assert change < 1e-1


def test_averages_agree_with_the_exact_level_and_errors_are_not_too_small():
    """Many independent estimates: (estimate - exact)/error has mean 0 and spread 1 within a chi-square band."""
    exact = lc.Exact(LASER)
    times = np.array([0.5, 1.5, 3.0, 6.0])
    wanted = {
        name: exact.evolve(times, {name: op}, {a: 0, s: "0"}, cutoffs={a: 16}, **AT)[name].values
        for name, op in (("n", a.number), ("e", s.excited))
    }
    level = Jumps(LASER, {a: 16})
    scores = []
    for seed in range(24):
        run = level.evolve(
            np.concatenate([[0.0], times]),
            None,
            {"n": a.number, "e": s.excited},
            trajectories=48,
            rng=seed,
            tolerance=1e-5,
            **AT,
        )
        for name in wanted:
            scores.append((run[name].values[1:] - wanted[name]) / run[f"{name}_error"].values[1:])
    scores = np.array(scores)
    # 24 seeds at the last and at the first time are independent; all 192 are nearly so.
    assert abs(scores.mean()) < 0.3
    assert 0.8 < scores.std() < 1.25


def test_agreement_with_qutip():
    qutip = pytest.importorskip("qutip")
    size, times = 8, np.linspace(0, 8, 9)
    one = qutip.tensor(qutip.destroy(size), qutip.qeye(2))
    minus = qutip.tensor(qutip.qeye(size), qutip.basis(2, 0) * qutip.basis(2, 1).dag())
    h = 0.7 * (one.dag() * minus + one * minus.dag()) + 0.2 * (one + one.dag())
    jumps = [np.sqrt(0.5) * one, np.sqrt(0.9) * minus.dag(), np.sqrt(0.1) * minus]
    start = qutip.tensor(qutip.basis(size, 0), qutip.basis(2, 0))
    theirs = qutip.mesolve(h, start, times, jumps, e_ops=[one.dag() * one]).expect[0]
    run = Jumps(LASER, {a: size}, edge=1.0).evolve(
        times, None, {"n": a.number}, trajectories=600, rng=8, workers=2, **AT
    )
    assert np.all(np.abs(run.n - theirs)[1:] < 4 * run.n_error[1:])
    options = {"progress_bar": "", "map": "serial", "keep_runs_results": True}
    sampled = qutip.mcsolve(h, start, times, jumps, e_ops=[one.dag() * one], ntraj=100, seeds=1, options=options)
    both = np.hypot(run.n_error.values[1:], sampled.std_expect[0][1:] / 10)
    assert np.all(np.abs(run.n.values - sampled.average_expect[0])[1:] < 4 * both)


def test_the_same_result_for_any_number_of_workers():
    level = Jumps(LASER, {a: 10}, edge=1.0)
    times = np.linspace(0, 4, 5)
    runs = [level.evolve(times, None, trajectories=50, rng=9, workers=w, keep=50, **AT) for w in (1, 3)]
    for name in runs[0].data_vars:
        np.testing.assert_array_equal(runs[0][name], runs[1][name])
    few = level.evolve(times, None, trajectories=5, rng=9, keep=5, **AT)
    np.testing.assert_array_equal(few["n_a_runs"], runs[0]["n_a_runs"][:5])
    for w in (1, 3):
        with pytest.warns(ValidityWarning, match=r"after 48 of them the standard error of n is .*ask for more"):
            level.evolve(times, None, {"n": a.number}, trajectories=48, target=1e-4, rng=9, workers=w, **AT)
    stopped = [
        level.evolve(times, None, {"n": a.number}, trajectories=2000, target=0.1, rng=9, workers=w, **AT)
        for w in (1, 3)
    ]
    assert 32 <= stopped[0].attrs["trajectories"] == stopped[1].attrs["trajectories"] < 2000
    assert float(stopped[0].n_error.max()) <= 0.1


@pytest.mark.parametrize("method", ["taylor", "dopri5"])
def test_continuation_is_the_uninterrupted_run(tmp_path, method):
    level = Jumps(LASER, {a: 10}, edge=1.0)
    times = np.linspace(0, 12, 25)
    options = {"keep": 4, "method": method, **AT}
    whole = level.evolve(times, level.start(None, 4, rng=3), {"n": a.number}, **options)
    state = level.start(None, 4, rng=3)
    first = level.evolve(times[:8], state, {"n": a.number}, **options)
    state = Trajectories.load(state.save(tmp_path / "state"))
    second = level.evolve(times[8:], state, {"n": a.number}, **options)
    joined = np.concatenate([first["n_runs"], second["n_runs"]], axis=1)
    np.testing.assert_array_equal(joined, whole["n_runs"])
    assert first.attrs["jumps"] + second.attrs["jumps"] == whole.attrs["jumps"]
    with pytest.raises(ParameterError, match=r"stand at t = 12; the first of `times` is earlier, 3"):
        level.evolve([3.0, 4.0], state, **AT)
    with pytest.raises(
        ParameterError, match=r"belong to 'one-atom laser: a 10, s 2', not to 'one-atom laser: a 11, s 2'"
    ):
        Jumps(LASER, {a: 11}).evolve([13.0], state, **AT)


def test_merged_runs_are_one_run():
    level = Jumps(ATOM)
    times = np.array([0.0, 1.0, 6.0, 8.0])
    whole = level.evolve(
        times, None, {"e": s.excited, "m": s.minus}, trajectories=60, rng=1, keep=60, omega=1.0, gamma=0.5
    )
    parts = [level.evolve(times, None, {"e": s.excited, "m": s.minus}, trajectories=n, rng=k, keep=n, omega=1.0, gamma=0.5)
             for k, n in ((2, 20), (3, 40))]  # fmt: skip
    together = merged(*parts)
    values = np.concatenate([part["e_runs"].values for part in parts])
    np.testing.assert_allclose(together.e, values.mean(axis=0), atol=1e-14)
    scatter = values.std(axis=0, ddof=1) / np.sqrt(60)
    np.testing.assert_allclose(together.e_error[2:], scatter[2:], atol=1e-14)
    # At t = 1 a few have jumped: the errors of rare events are merged like the others.
    rare = np.hypot(parts[0].e_error[1] * 20, parts[1].e_error[1] * 40) / 60
    assert rare == pytest.approx(float(together.e_error[1]), rel=0.2) and rare > 2 * scatter[1]
    assert together.attrs["trajectories"] == 60
    np.testing.assert_allclose(whole.e, whole["e_runs"].mean("run"), atol=1e-14)


def test_merged_runs_must_be_alike_and_independent(tmp_path):
    level, times = Jumps(LASER, {a: 8}, edge=1.0), [0.0, 4.0]

    def run(level=level, initial=None, times=times, rng=1, number=3, name="n", **other):
        return level.evolve(times, initial, {name: a.number}, trajectories=number, rng=rng, **AT | other)

    first = run()
    for words, other in (
        ("different cutoffs .*: a 8, s 2 and one-atom laser: a 9, s 2", run(Jumps(LASER, {a: 9}, edge=1.0), rng=2)),
        ("different initial states", run(initial={s: "1"}, rng=2)),
        ("different initial states", run(initial={a: 0.1}, rng=2)),
        ("different initial states", run(initial={a: lc.Thermal(0.1)}, rng=2)),
        ("different parameters", run(kappa=0.4, rng=2)),
        ("different times", run(times=[0.0, 3.0], rng=2)),
        ("different observables .*: n and m", run(name="m", rng=2)),
        ("same random numbers .* another seed", run()),
        ("same random numbers", run(number=20)),
        ("same random numbers", run(initial=level.start(None, 3, rng=1))),
        ("same random numbers", merged(run(rng=2), run(rng=1))),
    ):
        with pytest.raises(ParameterError, match=words):
            merged(first, other)
    with pytest.raises(ParameterError, match="at least one run, got none"):
        merged()
    generator = np.random.default_rng(1)
    # The ground state said in three ways, and trajectories that were saved.
    vacuum = np.zeros(16, dtype=complex)
    vacuum[np.argmax(np.abs(Start.of(LASER, level.basis, None).draw(generator)[0]))] = 1j
    state = level.start({a: 0}, 3, rng=3)
    state = Trajectories.load(state.save(tmp_path / "state"))
    parts = [run(rng=generator), run(rng=generator), run(rng=2, initial={a: 0, s: "0"}), run(initial=state)]
    assert merged(*parts).attrs["trajectories"] == 12
    with pytest.raises(ParameterError, match="different initial states"):
        merged(first, run(initial=vacuum, rng=2))


def thermal(cutoff=8):
    return Jumps(lc.OpenSystem(0 * a.number, [lc.Jump(a.lower, 1.01), lc.Jump(a.dag, 0.01)]), {a: cutoff})


def test_a_target_is_not_reached_before_anything_happened():
    """Thermal excitation from the vacuum, <n> = 0.01 (1 - exp(-t)): the first 32 trajectories usually show none."""
    wanted = 0.01 * (1 - np.exp(-1.0))
    for seed in range(3):
        with pytest.warns(
            ValidityWarning, match=r"after 1600 of them .* cannot show may be 0.0044 \(\d+ of them have jumped\)"
        ):
            run = thermal().evolve([0, 1.0], None, {"n": a.number}, trajectories=1600, rng=seed, target=2e-4)
        assert run.attrs["target_reached"] == 0 and 0 < run.attrs["jumped"] < 40
        run = thermal().evolve([0, 1.0], None, {"n": a.number}, trajectories=10**5, rng=seed, target=2e-3)
        assert run.attrs["target_reached"] == 1 and run.attrs["trajectories"] >= 7 / 2e-3
        assert abs(float(run.n[-1]) - wanted) < 4 * float(run.n_error[-1]) <= 8e-3
    # Many jumps that change nothing are no scatter either.
    noisy = Jumps(lc.OpenSystem(0 * s.z, [lc.Jump(s.z, 3.0), lc.Jump(s.plus, 1e-3)]))
    run = noisy.evolve([0.0, 5.0], None, {"e": s.excited}, trajectories=10**4, rng=1, target=1e-2)
    assert run.attrs["target_reached"] == 1 and run.attrs["trajectories"] >= 100
    # Of a function that was always 0 the size is not known.
    with pytest.warns(ValidityWarning, match="cannot show may be inf"):
        thermal().evolve([0, 0.1], None, {"f": lambda psi: np.abs(psi[1]) ** 2}, trajectories=48, rng=2, target=1.0)


def test_dynamics_without_jumps_reach_a_target_at_once():
    drive = lc.OpenSystem(omega * s.x, [lc.Jump(s.minus, gamma)])
    options = {"trajectories": 1000, "target": 1e-9, "rng": 1}
    run = Jumps(drive).evolve([0.0, 200.0], None, {"e": s.excited}, omega=1.0, gamma=0.0, **options)
    assert run.attrs["trajectories"] == 32 and run.attrs["target_reached"] == 1 and float(run.e_error.max()) < 1e-9
    run = Jumps(drive).evolve([0.0, 200.0], None, {"e": s.excited}, omega=0.0, gamma=1.0, **options)
    assert run.attrs["trajectories"] == 32 and run.attrs["target_reached"] == 1 and run.attrs["jumped"] == 0


def test_errors_before_many_have_jumped():
    """Spontaneous decay: at times at which fewer than ten of 64 have jumped the errors still cover the truth."""
    level = Jumps(lc.OpenSystem(0 * s.z, [lc.Jump(s.minus, 1.0)]))
    times = np.array([0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 1.0])
    runs = [level.evolve(times, {s: "1"}, {"e": s.excited}, trajectories=64, rng=seed) for seed in range(40)]
    errors = np.array([run.e_error.values for run in runs])
    assert not errors[:, 0].any()
    scores = (np.array([run.e.values for run in runs]) - np.exp(-times))[:, 1:] / errors[:, 1:]
    spread = np.sqrt((scores**2).mean(axis=0))
    assert np.all(spread < 1.5) and np.all(spread[3:] > 0.6)
    # In quadrature over the seeds they are not much too large either.
    wanted = np.sqrt(np.exp(-times) * (1 - np.exp(-times)) / 64)
    assert np.all(np.sqrt((errors[:, 3:] ** 2).mean(axis=0)) < 2.5 * wanted[3:])


def test_a_warning_where_nothing_jumped():
    with pytest.warns(
        ValidityWarning, match=r"0 of 20 have jumped by t = 0.5, though each had the chance 0.005.*Ask for more"
    ):
        thermal().evolve([0, 0.5], None, {"n": a.number}, trajectories=20, rng=1)


def test_recorded_jumps_carry_their_names_when_a_channel_vanishes():
    """Coefficient zero, or an operator that is zero on the truncated space: the other names stay where they belong."""
    one = lc.OpenSystem(
        0.5 * s.x, [lc.Jump(sympy.sqrt(gain) * s.plus, 1, name="pump"), lc.Jump(s.minus, 1.0, name="decay")]
    )
    run = Jumps(one).evolve([0, 20.0], None, {"e": s.excited}, trajectories=3, rng=1, records=20, gain=0.0)
    assert run.attrs["jump_names"] == ["decay"] and set(run["jump_channel"].values.ravel()) <= {-1, 0}
    three = lc.OpenSystem(0.3 * a.x, [lc.Jump(a.lower**3, 1.0, name="three"), lc.Jump(a.lower, 1.0, name="one")])
    run = Jumps(three, {a: 3}, edge=1.0).evolve([0, 20.0], trajectories=3, rng=1, records=20)
    assert run.attrs["jump_names"] == ["one"]
    run = Jumps(three, {a: 4}, edge=1.0).evolve([0, 20.0], trajectories=3, rng=1, records=20)
    assert run.attrs["jump_names"] == ["three", "one"]


def test_time_averages_histogram_and_mixed_starts():
    level = Jumps(lc.OpenSystem(0 * s.z, [lc.Jump(s.minus, gamma), lc.Jump(s.plus, gain)]))
    averages, counts = (
        level.averages(since=5.0, stretches=10),
        level.histogram(lambda v: v["e"].real, [-0.5, 0.5, 1.5], since=5.0),
    )
    level.evolve(
        np.arange(0, 205, 1.0), {s: np.diag([0.25, 0.75])}, {"e": s.excited}, trajectories=20, rng=2,
        gatherers=[averages, counts], gamma=0.6, gain=0.2,
    )  # fmt: skip
    found = averages.estimate("e")
    assert found.mean == pytest.approx(0.25, abs=4 * found.standard_error) and 0.003 < found.standard_error < 0.03
    assert counts.density[1] == pytest.approx(found.mean, abs=1e-12)
    start = level.evolve(
        [0.0], {s: np.diag([0.25, 0.75])}, {"e": s.excited}, trajectories=800, rng=2, gamma=0.6, gain=0.2
    )
    assert float(start.e[0]) == pytest.approx(0.75, abs=4 * float(start.e_error[0]))


def test_periodic_drive_against_qutip():
    qutip = pytest.importorskip("qutip")
    system = lc.OpenSystem(omega * sympy.cos(3 * lc.TIME) * s.x + 0.5 * s.z, [lc.Jump(s.minus, gamma)])
    times = np.linspace(0, 6, 7)
    run = Jumps(system).evolve(times, None, {"e": s.excited}, trajectories=800, rng=3, omega=1.5, gamma=0.3)
    e = qutip.basis(2, 1)
    x = qutip.basis(2, 0) * e.dag() + e * qutip.basis(2, 0).dag()
    z = 2 * e * e.dag() - 1
    h = qutip.QobjEvo([0.5 * z, [1.5 * x, lambda t: np.cos(3 * t)]])
    theirs = qutip.mesolve(
        h, qutip.basis(2, 0), times, [np.sqrt(0.3) * qutip.basis(2, 0) * e.dag()], e_ops=[e * e.dag()]
    ).expect[0]
    assert np.all(np.abs(run.e - theirs)[1:] < 4 * run.e_error[1:])
    with pytest.raises(
        UnsupportedError, match="depends on time, for which the series is not made; use method='dopri5'"
    ):
        Jumps(system).evolve([0, 1], method="taylor", omega=1.5, gamma=0.3)


def since(time, stretches):
    found = Jumps(ATOM).averages(time, stretches)
    Jumps(ATOM).evolve(
        np.arange(5.0), None, {"e": s.excited}, trajectories=2, rng=1, gatherers=[found], omega=2, gamma=2
    )
    return found


def counted(time):
    found = Jumps(ATOM).histogram(lambda v: np.full(v["e"].shape, np.nan), [0, 1], time)
    Jumps(ATOM).evolve(
        np.arange(5.0), None, {"e": s.excited}, trajectories=2, rng=1, gatherers=[found], omega=2, gamma=2
    )
    return found


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: Jumps(LASER), ParameterError, r"none for mode\(s\) a"),
        (lambda: Jumps(LASER, {"c": 3}), ParameterError, "cutoff given for .c.; the modes of .* are"),
        (lambda: Jumps(LASER, {a: 5}, edge=2.0), ParameterError, r"in \(0, 1\], but is 2.0"),
        (lambda: Jumps(LASER, {a: 3}).evolve([0, 9.0], **AT), CutoffError, "last of 3 Fock levels of mode a holds .* raise its cutoff"),
        (lambda: Jumps(LASER, {a: 5}).evolve([1.0, 0.0], **AT), ParameterError, "must be increasing"),
        (lambda: Jumps(ATOM).evolve([0, 1], method="euler", omega=1, gamma=1), UnknownNameError, "unknown method"),
        (lambda: Jumps(ATOM).evolve([0, 1], method="rk4", omega=1, gamma=1), ParameterError, "no error control; give step"),
        (lambda: Jumps(ATOM).evolve([0, 1], method="rk4", step=9.0, omega=1, gamma=1), ParameterError, "take a step below"),
        (lambda: Jumps(ATOM).evolve([0, 1], tolerance=0.5, omega=1, gamma=1), ParameterError, r"in \(0, 0.1\), but is 0.5"),
        (lambda: Jumps(ATOM).evolve([0, 1], trajectories=0, omega=1, gamma=1), ParameterError, "`trajectories` must be a whole number >= 1, but is 0"),
        (lambda: Jumps(ATOM).evolve([0, 1], target={"x": 1.0}, omega=1, gamma=1), ParameterError, "`target` names 'x'"),
        (lambda: Jumps(ATOM).evolve([0, 1], observables={"x": 3.0j}, omega=1, gamma="x"), ParameterError, "gamma must be a number"),
        (lambda: Jumps(ATOM).evolve([0, 1], trajectories=2.5, omega=1, gamma=1), ParameterError, "whole number >= 1, but is 2.5"),
        (lambda: Jumps(ATOM).start(trajectories=2.5), ParameterError, "`trajectories` must be a whole number >= 1, but is 2.5"),
        (lambda: Jumps(ATOM).evolve([0, 1], records=-1, omega=1, gamma=1), ParameterError, "`records` must be a whole number >= 0, but is -1"),
        (lambda: Jumps(ATOM).evolve([0, 1], keep=-1, omega=1, gamma=1), ParameterError, "`keep` must be a whole number >= 0, but is -1"),
        (lambda: Jumps(ATOM).evolve([0, 1], keep="all", omega=1, gamma=1), ParameterError, "`keep` must be .* but is 'all'"),
        (lambda: Jumps(ATOM).evolve([0, 1], workers=0, omega=1, gamma=1), ParameterError, "`workers` must be a whole number >= 1"),
        (lambda: Jumps(ATOM).evolve([0, 1], rng="x", omega=1, gamma=1), ParameterError, "`rng` must be a seed .* but is 'x'"),
        (lambda: Jumps(ATOM).evolve([0, 1], rng=-1, omega=1, gamma=1), ParameterError, "`rng` must be a seed .* but is -1"),
        (lambda: Jumps(ATOM).evolve([0, 1], None, [s.z], omega=1, gamma=1), ParameterError, "a mapping name -> operator .* but is a list"),
        (lambda: since(99.0, 1), ParameterError, "1 stretches of time averages from t = 99 on .* but 0 of `times`, which end at 4"),
        (lambda: since(2.0, 4), ParameterError, "4 stretches .* as many samples, but 3 of .*ask for fewer stretches"),
        (lambda: since(np.nan, 4), ParameterError, "`since` is the first time that counts, a number, but is nan"),
        (lambda: Jumps(ATOM).averages(stretches=0), ParameterError, "`stretches` must be a whole number >= 1, but is 0"),
        (lambda: counted(99.0), ParameterError, "a histogram from t = 99 on has no samples: `times` end at 4"),
        (lambda: counted(0.0).density, ParameterError, "10 samples were taken, none with a finite value"),
        (lambda: counted(0.0).error, ParameterError, "no density"),
        (lambda: Jumps(LASER, {a: 4}).start({a: 3.0}), CutoffError, "beyond 4 Fock states; raise the cutoff"),
        (lambda: Jumps(LASER, {a: 4}).start(np.zeros(8)), ParameterError, "vector of 8 amplitudes, not all zero"),
    ],
)  # fmt: skip
def test_refusals(attempt, error, words):
    with pytest.raises(error, match=words):
        attempt()


def test_ensembles_are_written_out_first():
    atoms = lc.Ensemble("A", s, size=2)
    system = lc.OpenSystem(0 * atoms.sum(s.z), [lc.Jump(atoms.sum(s.minus), gamma)])
    with pytest.raises(UnsupportedError, match=r"write A out with system.explicit"):
        Jumps(system)
    run = Jumps(system.explicit({atoms: 2})).evolve([0.0, 0.5], {"A_1": "1", "A_2": "1"}, {"e": lc.Spin("A_1").excited},
                                                   trajectories=1500, rng=1, gamma=1.0)  # fmt: skip
    # Superradiant pair from the top: <n> = 2 exp(-2 t) (1 + t).
    assert 2 * float(run.e[-1]) == pytest.approx(2 * np.exp(-1.0) * 1.5, abs=8 * float(run.e_error[-1]))


def flips(rate, runs, samples, spacing, rng):
    """A stationary telegraph signal of values 0 and 1."""
    changed = rng.random((runs, samples)) < (1 - np.exp(-2 * rate * spacing)) / 2
    return ((np.cumsum(changed, axis=1) + (rng.random((runs, 1)) < 0.5)) % 2).astype(float)


def gathered(gatherer, series):
    times = np.arange(float(series.shape[1]))
    found = gatherer.start(series.shape[0], times)
    found.take(0, times, {"e": series})
    return found


@pytest.mark.parametrize(("runs", "limit"), [(16, 1.35), (8, 1.5), (4, 1.9)])
@pytest.mark.parametrize("rate", [0.01, 1.0])
def test_time_averages_in_stretches_have_honest_errors(runs, limit, rate):
    """Stretches that remember each other are not independent, and what outlasts a run is seen only between runs.

    The spread of the scores is that of Student's distribution: 1.07, 1.18 and 1.7 for 15, 7 and 3 degrees of freedom.
    """
    stretches = (1, 2, 3, 4, 8, 16, 64) if runs >= 8 else (2, 4, 8, 16, 64)
    scores, errors = [], []
    for seed in range(150):
        series = flips(rate, runs, 384, 0.5, np.random.default_rng(seed))
        found = [gathered(RunAverages(stretches=n), series).estimate("e") for n in stretches]
        assert [each.mean for each in found] == pytest.approx([series.mean()] * len(found))
        scores.append([(each.mean - 0.5) / each.standard_error for each in found])
        errors.append([each.standard_error for each in found])
        if runs >= 8:
            whole = series.mean(axis=1).std(ddof=1) / np.sqrt(runs)
            assert all(each.standard_error >= whole * (1 - 1e-9) for each in found)
    spread = np.sqrt(np.mean(np.square(scores), axis=0))
    assert np.all(spread > 0.75) and np.all(spread < limit)
    assert np.max(np.mean(errors, axis=0)) < 1.35 * np.min(np.mean(errors, axis=0))


def test_frozen_runs_are_worth_one_value_each():
    """The population never changes within a run: more stretches do not make the error smaller."""
    found = gathered(RunAverages(stretches=4), np.repeat([[0.0], [1.0]] * 4, 40, axis=1)).estimate("e")
    assert found.standard_error == pytest.approx(0.5 / np.sqrt(7)) and (found.batches, found.length) == (8, 40)


def test_error_of_a_histogram_counts_what_fell_outside():
    edges = [0.5, 1.5]
    found = [
        gathered(RunHistogram(lambda v: v["e"], edges), flips(1.0, 16, 200, 0.5, np.random.default_rng(seed)))
        for seed in range(60)
    ]
    scatter = np.std([each.density[0] for each in found], ddof=1)
    assert np.mean([each.error[0] for each in found]) == pytest.approx(scatter, rel=0.3)
    whole = gathered(RunHistogram(lambda v: v["e"], [-0.5, *edges]), flips(1.0, 16, 200, 0.5, np.random.default_rng(0)))
    assert found[0].outside + found[0].runs.sum() == 16 * 200 and whole.outside == 0
    assert found[0].error[0] == pytest.approx(whole.error[1], rel=1e-12)
    # Undefined samples change the weight of a run, in the density and in the error: runs without any say nothing.
    series = flips(1.0, 16, 200, 0.5, np.random.default_rng(0))
    gaps = np.concatenate([series, np.full((16, 200), np.nan)])
    padded = gathered(RunHistogram(lambda v: v["e"], edges), gaps)
    assert padded.undefined == 16 * 200 and padded.density[0] == pytest.approx(found[0].density[0])
    assert padded.error[0] == pytest.approx(found[0].error[0], rel=0.05)
