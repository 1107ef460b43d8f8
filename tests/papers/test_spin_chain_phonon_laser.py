"""Spin-chain phonon laser: the printed kinetic equations term by term, claims, identities, the drive-phase control, messages."""

import numpy as np
import pytest

import limcyc as lc
from limcyc.claims import check
from limcyc.errors import ParameterError, UnknownNameError
from limcyc.library import spin_chain_phonon_laser as laser
from limcyc.library.spin_chain_phonon_laser import formulas, kinetic
from limcyc.library.spin_chain_phonon_laser.model import chain

pytestmark = pytest.mark.paper


@pytest.mark.parametrize("claim", [c for c in laser.CLAIMS if c.quick and not c.needs_level], ids=lambda c: c.name)
def test_claim(claim):
    outcome = check(claim, laser.QUANTITIES)
    assert outcome.passed, f"got {outcome.got}, expected {claim.expectation()} ({outcome.error})"


def test_names_are_unique_and_quantities_known():
    assert len({c.name for c in laser.CLAIMS}) == len(laser.CLAIMS)
    assert all(c.needs_level or c.quantity in laser.QUANTITIES for c in laser.CLAIMS)


def printed(z, parameters, t):
    """Eq. S15 with thermal terms and unequal splittings, written by hand for 3 sites with oscillators on 1 and 3."""
    p = parameters
    gt, conj = p["G"] * (1 + 2 * p["ns"]), np.conj
    s = {j: conj(z[f"s-_s{j}"]) for j in (1, 2, 3)} | {0: 0, 4: 0}
    sz = {j: 2 * z[f"|1><1|_s{j}"].real - 1 for j in (1, 2, 3)} | {0: 0, 4: 0}
    pair = {(1, 2): conj(z["s-_s1 s-_s2"]), (2, 3): conj(z["s-_s2 s-_s3"])}
    flip = {(1, 2): z["s-_s1 s+_s2"], (2, 3): z["s-_s2 s+_s3"]}
    A = {j: pair.get((j, j + 1), 0) for j in range(4)}
    B = {j: flip.get((j, j + 1), 0) for j in range(4)}
    jc = {j: p[f"J_{j}"] * np.cos(p[f"Om_{j}"] * t + p[f"phi_{j}"]) for j in (1, 2)} | {0: 0, 3: 0}
    lam = {j: p.get(f"lam_{j}", 0) for j in (1, 2, 3)}
    x = {j: 2 * z[f"b{j}"].real if f"b{j}" in z else 0 for j in (1, 2, 3)}
    d = {j: p[f"D_{j}"] for j in (1, 2, 3)}
    out = {}
    for j in (1, 2, 3):
        ds = (1j * (d[j] - 2 * lam[j] * x[j]) - gt / 2) * s[j] - 1j * sz[j] * (
            jc[j - 1] * 2 * np.real(s[j - 1]) + jc[j] * 2 * np.real(s[j + 1])
        )
        out[f"s-_s{j}"] = conj(ds)
        before = conj(B[j - 1]) + conj(A[j - 1]) - A[j - 1] - B[j - 1]
        after = B[j] + conj(A[j]) - A[j] - conj(B[j])
        dz = 2j * jc[j - 1] * before + 2j * jc[j] * after - gt * sz[j] - p["G"]
        out[f"|1><1|_s{j}"] = dz / 2
    for j in (1, 2):
        left, right = (
            jc[j - 1] * 2 * np.real(s[j - 1]) * sz[j] * s[j + 1],
            jc[j + 1] * sz[j + 1] * 2 * np.real(s[j + 2] if j == 1 else 0),
        )
        da = 1j * (d[j] + d[j + 1] - 2 * lam[j] * x[j] - 2 * lam[j + 1] * x[j + 1]) * A[j] - 1j * left
        da += -0.5j * jc[j] * (sz[j] + sz[j + 1]) - 1j * s[j] * right - gt * A[j]
        db = 1j * (d[j + 1] - d[j] + 2 * lam[j] * x[j] - 2 * lam[j + 1] * x[j + 1]) * B[j] + 1j * left
        db += -0.5j * jc[j] * (sz[j + 1] - sz[j]) - 1j * conj(s[j]) * right - gt * B[j]
        out[f"s-_s{j} s-_s{j + 1}"], out[f"s-_s{j} s+_s{j + 1}"] = conj(da), db
    for j in (1, 3):
        b, n, b2, c = z[f"b{j}"], z[f"b{j}^+ b{j}"].real, z[f"b{j}^2"], z[f"b{j}^+ b{j}^2"]
        q, f, g, nm, w = z[f"b{j}^+2 b{j}^2"].real, 1j * lam[j] * sz[j], p["g"], p["nm"], p[f"om_{j}"]
        out[f"b{j}"] = -(1j * w + g / 2) * b + f
        out[f"b{j}^+ b{j}"] = f * (conj(b) - b) - g * (n - nm)
        out[f"b{j}^2"] = -(2j * w + g) * b2 + 2 * f * b
        out[f"b{j}^+ b{j}^2"] = -(1j * w + 1.5 * g) * c - f * (b2 - 2 * n) + 2 * g * nm * b
        out[f"b{j}^+2 b{j}^2"] = -2 * f * (c - conj(c)) - 2 * g * q + 4 * g * nm * n
    return out


def test_derived_equations_are_the_printed_ones():
    level, rng = kinetic.level(3, (1, 3)), np.random.default_rng(4)
    for _ in range(4):
        values = {name: float(rng.uniform(0.1, 1.5)) for name in level.system.parameters}
        moments = rng.normal(size=len(level.moments)) + 1j * rng.normal(size=len(level.moments))
        moments = np.where([v.real for v in level.equations.variables], moments.real, moments)
        t = float(rng.uniform(0, 5))
        wanted = printed(dict(zip(level.labels, moments, strict=True)), values, t)
        got = dict(zip(level.labels, level.rate_of_change(moments, t, **values), strict=True))
        assert set(got) == set(wanted)
        for label in got:
            assert got[label] == pytest.approx(wanted[label], abs=1e-12), label


def test_polaron_closure_shifts_the_oscillator_that_the_spins_see():
    """X_j -> X_j - 2 (lam_j/om_j) z_j in the equations of spins and pairs, nowhere else."""
    level, rng = kinetic.level(3, (1, 3)), np.random.default_rng(5)
    values = {name: float(rng.uniform(0.1, 1.5)) for name in level.system.parameters}
    moments = rng.normal(size=len(level.moments)) + 1j * rng.normal(size=len(level.moments))
    moments = np.where([v.real for v in level.equations.variables], moments.real, moments)
    corrected = kinetic.equations(3, (1, 3), "polaron")
    got = corrected.unpack(corrected.bind(values).rate(0.3, corrected.pack(moments)[:, None]))[:, 0]
    z = dict(zip(level.labels, moments, strict=True))
    moved = dict(z)
    for j in (1, 3):
        moved[f"b{j}"] = z[f"b{j}"] - values[f"lam_{j}"] / values[f"om_{j}"] * (2 * z[f"|1><1|_s{j}"] - 1)
    plain, shifted = printed(z, values, 0.3), printed(moved, values, 0.3)
    for label, value in zip(level.labels, got, strict=True):
        spins_only = "s-" in label
        assert value == pytest.approx((shifted if spins_only else plain)[label], abs=1e-12), label


def test_oscillators_are_displaced_thermal_whatever_happens():
    run = kinetic.run("fig3", [160, 320], tolerance=1e-10)
    thermal = formulas.thermal_number(run.times, 0.1, 1e-3, 0.1)
    np.testing.assert_allclose(
        run.numbers - np.abs(run.amplitudes) ** 2, np.broadcast_to(thermal, run.numbers.shape), atol=1e-6
    )
    np.testing.assert_allclose(run.g2, formulas.g2_of_displaced_thermal(run.amplitudes, thermal), atol=1e-6)


def test_phases_follow_the_drive():
    """Turning the phase of one oscillator's bonds turns its phase twice as far: injection locking, no mutual one."""
    turned = kinetic.run("figS1", 600, "polaron", phi=(0.4,))
    plain = kinetic.run("figS1", 600, "polaron")
    # Both carry the ringing of the switch-on; the force at 2 Om follows the drive.
    force = np.angle(np.exp(1j * np.radians(turned.phases[0, -1] - plain.phases[0, -1])))
    assert abs(abs(force) - 0.8) < 0.25


def test_closure_of_three_spins_without_oscillators():
    """Resonant pair drive in the rotating-wave approximation: exact against closure."""
    J, G, ns = 0.2, 0.08, 0.01
    spins = [lc.Spin(f"s{j}") for j in (1, 2, 3)]
    energy = J / 2 * sum(lc.hermitian(spins[j].plus * spins[j + 1].plus) for j in (0, 1))
    jumps = [lc.Jump(op, rate) for s in spins for op, rate in ((s.minus, G * (1 + ns)), (s.plus, G * ns))]
    system = lc.OpenSystem(energy, jumps, name="pair-driven spins")
    exact = lc.Exact(system).steady_state()
    np.testing.assert_allclose([exact.mean(s.z) for s in spins], [-0.437746, 0.104900, -0.437746], atol=1e-6)
    closed = lc.Cumulants(system, order=2, moments=[s.z for s in spins], keep=kinetic.keep, phase_invariant=False)
    state = closed.steady_state()
    np.testing.assert_allclose([state.mean(s.z) for s in spins], [-0.392085, 0.196222, -0.392085], atol=1e-6)


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: chain(1, ()), ParameterError, "at least 2 spins"),
        (lambda: chain(2, (3,)), ParameterError, "on its sites"),
        (lambda: kinetic.run("fig9"), UnknownNameError, "preset"),
        (lambda: kinetic.run("fig2", 1, closure="exact"), UnknownNameError, "closure"),
        (lambda: kinetic.run("fig2", 1, G=-0.1), ParameterError, "G must be >= 0"),
        (lambda: kinetic.run("fig2", 1, nm=-0.1), ParameterError, "nm must be >= 0"),
        (lambda: kinetic.run("fig2", 1, Om_1=0.0), ParameterError, "Om_1 must be > 0"),
        (lambda: kinetic.run("fig2", [3, 2]), ParameterError, "`periods` must be increasing"),
        (lambda: kinetic.run("fig2", 1, phi=(0.0, 0.0)), ParameterError, "each of the 1 bonds"),
        (lambda: kinetic.run("fig2", 1, start={2: 1.0}), ParameterError, "without an oscillator"),
        (lambda: formulas.mean_field_threshold(0.0, 0.4, 0.1, 0.1, 0.0), ParameterError, "`om` must be > 0"),
        (lambda: formulas.dark_amplitude(5.0, 0.0), ParameterError, "has no oscillator"),
        (lambda: lc.Exact(laser.model("fig2")), lc.errors.UnsupportedError, "depend on time"),
    ],
)
def test_refusals(attempt, error, words):
    with pytest.raises(error, match=words):
        attempt()


def test_spurious_detuning_is_said():
    notes = laser.steady(periods=2).notes
    assert any("polaron" in note for note in notes)
    assert not any("polaron" in note for note in laser.steady(periods=2, closure="polaron").notes)
