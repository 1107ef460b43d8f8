"""Kicked rotors: trajectories against unitary evolution, closed formulas, the density matrix; the density matrix against QuTiP."""

import numpy as np
import pytest
import sympy

import limcyc as lc
from limcyc.errors import CutoffError, ParameterError, UnsupportedError
from limcyc.levels.kicked_density import evolve_density

X = lc.Rotor("x")
HBAR, KICK, G2, FORCE = (
    lc.Parameter(name, default=value) for name, value in (("hbar", 0.5), ("kick", 0.8), ("g2", 0.29), ("force", 1.9))
)


def damping(power=1, rate=G2):
    """Towards zero momentum with the rate |n|^power."""
    return tuple(
        lc.Jump(X.wave(-s) * X.function(lambda n, s=s: sympy.sqrt(sympy.Max(s * n, 0)) ** power), rate) for s in (1, -1)
    )


MODEL = lc.OpenSystem(
    HBAR / 2 * X.number**2, damping(), kicks=[lc.Kick(KICK / HBAR * X.cos)], forces=[lc.Force(X, FORCE / HBAR)],
    name="test rotor",
)  # fmt: skip
START = lc.Packet(4.3, 0.7, 1.2)


def momenta(problem, start, periods, size=256):
    """Means before the kicks without damping, from the wave function with continuous momenta n + beta."""
    n = np.arange(size) - size // 2
    x = 2 * np.pi * np.arange(size) / size
    psi, beta, found = start.amplitudes(-size // 2, size), 0.0, []
    for _ in range(periods):
        psi = np.fft.fft(np.fft.ifft(psi) * np.exp(-1j * problem.potential(x)))
        after = beta + problem.slope * problem.period
        # int (n + beta)^2 dt over the flight
        squares = (problem.period * ((n + beta) ** 2 + (n + beta) * (n + after) + (n + after) ** 2)) / 3
        psi = psi * np.exp(-1j * problem.energy[2] * squares)
        beta = after
        found.append(float((np.abs(psi) ** 2) @ (n + beta)))
    return np.array(found)


@pytest.mark.parametrize("force", [0.0, 1.9, -3.1])
def test_without_damping_it_is_the_unitary_evolution(force):
    """Kick, phases and the gauge of the force; also a second harmonic in the kick and another period."""
    model = lc.OpenSystem(
        HBAR / 2 * X.number**2, kicks=[lc.Kick(1.6 * X.cos, 0.9), lc.Kick(0.4 * (X.wave(2) + X.wave(-2)), 0.9)],
        forces=[lc.Force(X, FORCE / HBAR)],
    )  # fmt: skip
    level = lc.KickedRotor(model, window=256)
    run = level.evolve(6, START, trajectories=1, rng=0, force=force)
    wanted = momenta(level.problem(force=force), START, 6)
    assert run.momentum[0].values == pytest.approx(wanted, abs=1e-9)
    # Without damping the momentum grows linearly in the flight.
    assert run.average[0].values == pytest.approx(wanted - force / 0.5 * 0.9 / 2, abs=1e-9)


def test_linear_death():
    """From |n> with rate n: the number of jumps is binomial, and the mean momentum decays."""
    level = lc.KickedRotor(lc.OpenSystem(X.number**2 / 4, damping(rate=0.5)))
    run = level.evolve(3, 12, trajectories=2000, rng=4)
    p = 1 - np.exp(-0.5)
    jumps = run.jumps.values[:, 0]
    assert jumps.mean() == pytest.approx(12 * p, abs=4 * np.sqrt(12 * p * (1 - p) / 2000))
    assert jumps.var() == pytest.approx(12 * p * (1 - p), rel=0.15)
    # A number state stays one: the momentum is the count of jumps.
    assert run.momentum.values == pytest.approx(12 - np.cumsum(run.jumps.values, axis=1))
    exact = 12 * p / 0.5
    assert run.average.values[:, 0].mean() == pytest.approx(
        exact, abs=4 * run.average.values[:, 0].std() / np.sqrt(2000)
    )


@pytest.mark.parametrize(
    ("power", "force", "start"), [(1, 1.9, START), (2, 1.9, START), (1, -0.9, lc.Packet(2.0, 0.7, 1.2))]
)
def test_trajectories_are_the_density_matrix(power, force, start):
    """Means after each period, with kicks, force and damping; power 2: rates that are not linear in the momentum; a force that
    drives momenta through zero, where the rates have a kink and the channels change."""
    model = lc.OpenSystem(
        MODEL.hamiltonian, damping(power, G2 / 3 ** (power - 1)), kicks=MODEL.kicks, forces=MODEL.forces, name="twins"
    )
    level = lc.KickedRotor(model, window=64)
    run = level.evolve(6, start, trajectories=1200, rng=9, workers=2, force=force)
    twin = level.density(6, start, steps=12, force=force)
    assert twin.attrs["trace"] == pytest.approx(1, abs=1e-12)
    for name in ("average", "momentum"):
        error = run[name].std("run", ddof=1).values / np.sqrt(1200)
        assert np.all(np.abs(run[name].mean("run").values - twin[name].values) < 4 * error + 1e-6), name
        assert np.all(error < 0.1)


def test_density_matrix_is_that_of_qutip():
    """Two periods without a force: QuTiP's master equation on matrices written here, with unitary kicks in between."""
    import qutip
    from scipy.integrate import simpson

    size, low = 23, -11
    n = np.arange(low, low + size)
    number = qutip.Qobj(np.diag(n.astype(float)))
    down = qutip.Qobj(np.diag(np.sqrt(np.maximum(n[1:], 0.0)), 1))
    up = qutip.Qobj(np.diag(np.sqrt(np.maximum(-n[:-1], 0.0)), -1))
    cosine = qutip.Qobj((np.diag(np.ones(size - 1), 1) + np.diag(np.ones(size - 1), -1)) / 2)
    kick = (-0.8j * cosine).expm()
    psi = qutip.basis(size, 1 - low)
    rho, means, averages = psi * psi.dag(), [], []
    times = np.linspace(0, 1, 21)
    for _ in range(2):
        rho = kick * rho * kick.dag()
        found = qutip.mesolve(
            0.25 * number**2, rho, times, [np.sqrt(0.29) * down, np.sqrt(0.29) * up], e_ops=[number],
            options={"rtol": 1e-8, "atol": 1e-10, "store_final_state": True, "nsteps": 100000},
        )  # fmt: skip
        rho = found.final_state
        means.append(found.expect[0][-1])
        averages.append(simpson(found.expect[0], x=times))
    ours = lc.KickedRotor(MODEL, window=64).density(2, 1, steps=20, force=0.0, kick=0.4)
    assert ours.momentum.values == pytest.approx(means, abs=2e-6)
    assert ours.average.values == pytest.approx(averages, abs=2e-6)
    # |<n>| of the second period differs from that of a single decay: the kicks matter.
    assert abs(means[1] - means[0] * np.exp(-0.29)) > 1e-3


def test_momentum_balance_and_order_of_the_density_matrix():
    """<p> obeys d<p>/dt = force - g^2 <p> exactly whatever the gauge does; the splitting is of second order."""
    level, g2, slope = lc.KickedRotor(MODEL, window=64), 0.29, 1.9 / 0.5
    fine = level.density(4, START, steps=24)
    before = fine.momentum.values
    # int <n> dt = (force T + after the kick - before the next)/g^2, and after the kick the flight is exponential.
    after = (before - slope / g2) * np.exp(g2) + slope / g2
    assert fine.average.values * g2 == pytest.approx(slope + after - before, abs=2e-6)
    reference = level.density(2, START, steps=64).average.values[-1]
    problem, lowest = level.problem(), round(START.momentum) - 32
    start = START.amplitudes(lowest, 64)
    errors = [abs(evolve_density(problem, start, lowest, 2, 16, refine).average[-1] - reference) for refine in (1, 2)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.2)


def test_one_trajectory_does_not_depend_on_the_others_or_on_workers():
    level = lc.KickedRotor(MODEL)
    many = level.evolve(5, START, trajectories=20, rng=3, workers=2)
    assert np.array_equal(many.average.values, level.evolve(5, START, trajectories=20, rng=3).average.values)
    assert np.array_equal(many.average.values[:3], level.evolve(5, START, trajectories=3, rng=3).average.values)
    assert not np.array_equal(many.average.values, level.evolve(5, START, trajectories=20, rng=4).average.values)


def test_window_does_not_matter_and_moves_with_the_state():
    one, two = (lc.KickedRotor(MODEL, window=size).evolve(4, START, trajectories=4, rng=3) for size in (64, 256))
    assert one.average.values == pytest.approx(two.average.values, abs=1e-6)
    # A strong force without damping: the momentum leaves any fixed window.
    pushed = lc.OpenSystem(X.number**2 / 4, forces=[lc.Force(X, 50.0)], kicks=[lc.Kick(0.5 * X.cos)])
    run = lc.KickedRotor(pushed, window=128).evolve(20, START, trajectories=1)
    assert float(run.momentum[0, -1]) == pytest.approx(1004.3, abs=10) and run.attrs["edge_weight"] < 1e-12


def test_classical_map_solves_its_equations():
    """Against an integration of dq/dt = drive - damping q, dx/dt = q/inertia, also where the damping is nearly zero."""
    from scipy.integrate import solve_ivp

    for g2 in (0.29, 1e-5, 0.0):
        found = lc.KickedRotor(MODEL).classical_map(g2=g2).step(0.4, 3.0)
        start = [0.4, 3.0 + 1.6 * np.sin(0.4)]
        path = solve_ivp(lambda t, y, g=g2: [0.5 * y[1], 3.8 - g * y[1]], (0, 1), start, rtol=1e-12, atol=1e-12)
        assert np.array(found) == pytest.approx(path.y[:, -1], abs=1e-9)
    with pytest.raises(ParameterError, match="periods >= 1"):
        lc.KickedRotor(MODEL).classical_map().orbit(0.0, 1.0, 0)


def kicked(hamiltonian=None, jumps=(), **more):
    return lc.KickedRotor(lc.OpenSystem(X.number if hamiltonian is None else hamiltonian, jumps, name="odd", **more))


A = lc.Mode("a")


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda: kicked(A.number), "treats one Rotor; 'odd' consists of Mode"),
        (lambda: kicked(X.number + A.number), "treats one Rotor"),
        (lambda: kicked(X.number + X.cos), "potentials of the angle belong into kicks"),
        (lambda: kicked(X.number**5), "degree <= 4"),
        (lambda: kicked(sympy.cos(lc.TIME) * X.number), "depends on time between the kicks"),
        (lambda: kicked(kicks=[lc.Kick(X.number)]), "must depend on the angle alone"),
        (lambda: kicked(jumps=[lc.Jump(X.cos)]), "shifts the momentum by several amounts"),
        (lambda: kicked(jumps=[lc.Jump(X.number)]).problem(), "sign or phase of the jump n_x depends"),
        (lambda: kicked(jumps=[lc.Jump(X.function(sympy.exp))]).problem(), "must be a polynomial of degree <= 3"),
        (lambda: kicked(jumps=[lc.Jump(X.number**2)]).problem(), "must be a polynomial of degree <= 3"),
        (lambda: kicked(jumps=[lc.Jump(X.function(sympy.Heaviside))]).problem(), "only continuous rates"),
        (
            lambda: kicked(jumps=[lc.Jump(X.function(lambda n: sympy.Abs(n**2 - 2)))]).problem(),
            "not linear in the momentum",
        ),
        (lambda: kicked(kicks=[lc.Kick(X.cos), lc.Kick(X.sin, 2)]).problem(), "the periods 1, 2; all must be equal"),
        (lambda: kicked(X.number**3).classical_map(), "H must be quadratic"),
        (lambda: kicked(jumps=damping(2, 1)).classical_map(), "no linear friction"),
    ],
)
def test_models_that_are_refused(attempt, words):
    with pytest.raises(UnsupportedError, match=words):
        attempt()


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: lc.KickedRotor(MODEL, window=16).evolve(2, 3), CutoffError, "outermost eighth of 16 momenta holds"),
        (
            lambda: lc.KickedRotor(MODEL, window=16).density(2, 3),
            CutoffError,
            r"enlarge the momentum window with .*window=32",
        ),
        (
            lambda: lc.KickedRotor(MODEL, window=64).problem(kick=10.0).window(64, "m"),
            ParameterError,
            "do not resolve a kick",
        ),
        (lambda: lc.KickedRotor(MODEL, window=8).evolve(1, 3), ParameterError, "a number of momenta >= 16"),
        (lambda: lc.KickedRotor(MODEL, edge=0.0), ParameterError, "weight at the edge"),
        (lambda: lc.KickedRotor(MODEL).evolve(0, 3), ParameterError, "`periods` must be an integer >= 1"),
        (lambda: lc.KickedRotor(MODEL).evolve(1, 3, trajectories=0), ParameterError, "`trajectories` must be"),
        (lambda: lc.KickedRotor(MODEL).evolve(1, "up"), ParameterError, "a Packet or an integer momentum"),
        (lambda: lc.KickedRotor(MODEL).evolve(1, lc.Packet(0.0, spread=50.0)), CutoffError, "window=1024"),
        (lambda: lc.Packet(0.0, spread=0.0), ParameterError, "a spread > 0"),
    ],
)
def test_refusals(attempt, error, words):
    with pytest.raises(error, match=words):
        attempt()
