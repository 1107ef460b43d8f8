"""Changes of frame: unitary equivalence on truncations, sidebands, closed forms, what is dropped, messages."""

import numpy as np
import pytest
import sympy
from scipy.linalg import expm

import limcyc as lc
from limcyc.algebra.matrices import Basis, matrix
from limcyc.errors import OperatorError, ParameterError, UnknownNameError, UnsupportedError
from limcyc.frames import (
    bogoliubov,
    displaced,
    drive_frame,
    harmonics,
    high_frequency,
    interaction_picture,
    polaron,
    polaron_image,
    resonances,
    rotating_frame,
    secular,
    sideband,
)

W, G, OM, LAM, J, NU, X = lc.parameters("w g om lam J nu x", positive=True)
b, s1, s2 = lc.Mode("b"), lc.Spin("s1"), lc.Spin("s2")
VALUES = {"w": 2.0, "g": 0.3, "om": 5.0, "lam": 0.4, "J": 0.2, "nu": 3.0}
DRIVEN = lc.OpenSystem(
    W / 2 * (s1.z + s2.z) + OM * b.number - LAM * s1.z * (b + b.dag) + J * sympy.cos(NU * lc.TIME) * s1.x * s2.x,
    [lc.Jump(s1.minus, G), lc.Jump(b.lower, G)],
)


def dense(operator, basis, t=0.0):
    return matrix(operator, basis, VALUES | {"t": t, "x": 1.3}).toarray()


@pytest.mark.parametrize("t", [0.0, 0.37, 1.9])
def test_rotating_frame_is_the_unitary_transformation(t):
    basis = Basis.of(DRIVEN.degrees, {b: 7})
    generator = W / 2 * s1.z + 0.3 * s2.excited + (OM - 1) * b.number
    turned = rotating_frame(DRIVEN, generator)
    u = expm(1j * t * dense(generator, basis))
    shift = dense(generator, basis)
    found, wanted = dense(turned.hamiltonian, basis, t), u @ dense(DRIVEN.hamiltonian, basis, t) @ u.conj().T - shift
    constant = np.trace(found - wanted).real / basis.size
    assert np.allclose(found, wanted + constant * np.eye(basis.size), atol=1e-12)
    # Jumps that turn as a whole keep their form.
    assert [jump.operator for jump in turned.jumps] == [jump.operator for jump in DRIVEN.jumps]


def test_a_jump_of_two_frequencies_becomes_two_jumps():
    mixed = lc.OpenSystem(W / 2 * s1.z + OM * b.number, [lc.Jump(s1.minus + b.lower, G)])
    split = secular(interaction_picture(mixed), 0.5, {"w": 2.0, "om": 5.0, "g": 0.3})
    assert {jump.operator for jump in split.system.jumps} == {s1.minus, b.lower}
    assert all(jump.rate == G for jump in split.system.jumps)
    assert split.dropped[0].where.startswith("jump") and abs(split.dropped[0].frequency) == pytest.approx(3.0)
    # Within the threshold the interference stays, and with it the time dependence.
    together = secular(interaction_picture(mixed), 4.0, {"w": 2.0, "om": 5.0, "g": 0.3})
    assert len(together.system.jumps) == 1 and together.system.time_dependent


@pytest.mark.parametrize("change", [-3, -1, 0, 2])
def test_sideband_is_a_part_of_the_displacement_operator(change):
    wide = 80
    lower = np.diag(np.sqrt(np.arange(1, wide)), 1)
    exact = expm(-0.47 * (lower.T - lower))[:12, :12]
    found = matrix(sideband(b, sympy.Float(-0.47), change), Basis.of((b,), {b: 12})).toarray()
    n = np.arange(12)
    wanted = np.where(n[:, None] - n[None, :] == change, exact, 0)
    assert np.allclose(found, wanted, atol=1e-13)


def test_polaron_frame_is_the_unitary_transformation():
    wide = Basis.of(DRIVEN.degrees, {b: 30})
    narrow = np.flatnonzero(wide.local_index(wide.degrees.index(b)) < 8)
    inside = np.ix_(narrow, narrow)
    u = expm(dense(-LAM / OM * s1.z * (b.dag - b), wide))
    dressed = polaron(DRIVEN, b, s1.z, LAM / OM, sidebands=7)
    t = 0.4
    wanted = u @ dense(DRIVEN.hamiltonian, wide, t) @ u.conj().T
    found = dense(dressed.hamiltonian, wide, t)
    difference = (found - wanted)[inside]
    # The constants -w and -lam^2/om are left out of H.
    assert np.allclose(difference, (2.0 + SHIFT) * np.eye(narrow.size), atol=1e-6)
    for before, after in zip(DRIVEN.jumps, dressed.jumps, strict=True):
        wanted = u @ dense(before.operator, wide) @ u.conj().T
        assert np.allclose(dense(after.operator, wide)[inside], wanted[inside], atol=1e-6)


SHIFT = 0.4**2 / 5.0


def test_polaron_frame_to_first_order():
    flip = polaron_image(s1.plus, b, s1.z, LAM / OM, order=1)
    assert flip == s1.plus - 2 * LAM / OM * s1.plus * (b.dag - b)


def test_displaced_frame_removes_a_drive():
    size, wd = lc.parameters("A wd", positive=True)
    push = sympy.exp(sympy.I * wd * lc.TIME) * b.lower
    driven = lc.OpenSystem(W * b.number - size * (W - wd) * lc.hermitian(push), [lc.Jump(b.lower + s1.minus, G)])
    moved = displaced(driven, b, size * sympy.exp(-sympy.I * wd * lc.TIME))
    # What is left is the push that the constant in the jump turns into.
    constant = size * sympy.exp(-sympy.I * wd * lc.TIME)
    left = sympy.I * G / 2 * (sympy.conjugate(constant) * (b.lower + s1.minus) - constant * (b.dag + s1.plus))
    assert moved.hamiltonian == W * b.number + left
    assert moved.jumps[0].operator == b.lower + s1.minus
    kept = displaced(driven, b, size * sympy.exp(-sympy.I * wd * lc.TIME), move_constants=False)
    assert kept.hamiltonian == W * b.number and kept.jumps[0].operator == b.lower + s1.minus + constant


def test_displaced_frame_gives_the_same_physics():
    E, kappa = lc.parameters("E kappa", positive=True)
    kerr = lc.OpenSystem(W * b.dag**2 * b**2 + E * (b + b.dag), [lc.Jump(b.lower, kappa), lc.Jump(b**2, G)])
    values = {"w": 0.3, "E": 0.7, "kappa": 1.0, "g": 0.2}
    moved = displaced(kerr, b, sympy.Rational(1, 2) - sympy.I / 3)
    here = lc.Exact(kerr).steady_state({b: 30}, **values)
    there = lc.Exact(moved).steady_state({b: 30}, **values)
    assert there.mean(b.lower) + 0.5 - 1j / 3 == pytest.approx(here.mean(b.lower), abs=1e-9)


def test_squeezed_frame_diagonalises_a_parametric_oscillator():
    parametric = lc.OpenSystem(b.number + (b**2 + b.dag**2) / 4)
    squeezed = bogoliubov(parametric, b, -sympy.log(3) / 4)
    assert dict(squeezed.hamiltonian.terms) == {next(iter(b.number.terms)): sympy.sqrt(3) / 2}


@pytest.mark.parametrize("t", [0.2, 1.1])
def test_frame_of_a_local_drive(t):
    drive = NU * X / 2 * sympy.cos(NU * lc.TIME) * s2.z
    pair = lc.OpenSystem(W / 2 * (s1.z + s2.z) + J * s1.x * s2.x + drive, [lc.Jump(s2.minus, G)])
    basis = Basis.of(pair.degrees, {})
    found = dense(drive_frame(pair, 14).hamiltonian, basis, t)
    # U = exp(i (x/2) sin(nu t) sz) up to a phase.
    u = expm(0.5j * 1.3 * np.sin(VALUES["nu"] * t) * dense(s2.z, basis))
    wanted = u @ dense(pair.hamiltonian - drive, basis, t) @ u.conj().T
    shift = np.trace(found - wanted).real / 4
    assert np.allclose(found, wanted + shift * np.eye(4), atol=1e-11)


def test_bloch_siegert_shift_and_its_order():
    shaken = lc.OpenSystem(W / 2 * s1.z + 2 * G * sympy.cos(NU * lc.TIME) * s1.x)
    turned = rotating_frame(shaken, NU / 2 * s1.z)
    assert set(harmonics(turned.hamiltonian)) == {sympy.S.Zero, 2 * NU, -2 * NU}
    shift = high_frequency(turned).hamiltonian - high_frequency(turned, 0).hamiltonian
    assert shift.terms[next(iter(s1.excited.terms))] == G**2 / NU

    basis = Basis.of((s1,), {})

    def quasi_energy(nu):
        values = {"w": nu + 0.1, "g": 0.3, "nu": nu}
        parts = {
            int(w / NU): matrix(part, basis, values).toarray() for w, part in harmonics(turned.hamiltonian).items()
        }
        period, steps = np.pi / nu, 2000
        total = np.eye(2, dtype=complex)
        for index in range(steps):
            phase = 2 * np.pi * (index + 0.5) / steps / 2
            h = sum(part * np.exp(1j * order * phase) for order, part in parts.items())
            energies, vectors = np.linalg.eigh(h)
            total = (vectors * np.exp(-1j * energies * period / steps)) @ vectors.conj().T @ total
        exact = np.ptp(np.angle(np.linalg.eigvals(total))) / period
        found = []
        for order in (0, 1, 2):
            energies = np.linalg.eigvalsh(matrix(high_frequency(turned, order).hamiltonian, basis, values).toarray())
            found.append(abs(np.ptp(energies) - exact))
        return np.array(found)

    slow, fast = quasi_energy(8.0), quasi_energy(16.0)
    ratios = slow / fast
    assert ratios[0] == pytest.approx(2, rel=0.3) and ratios[1] == pytest.approx(4, rel=0.3) and ratios[2] > 7


def test_stark_shift_of_a_pair_drive():
    pair = lc.OpenSystem(W / 2 * (s1.z + s2.z) + J * sympy.cos(NU * lc.TIME) * s1.x * s2.x)
    effective = high_frequency(interaction_picture(pair)).hamiltonian
    one = matrix(effective, Basis.of((s1, s2), {}), {"w": 2.0, "nu": 9.0, "J": 0.08}).toarray().real
    # The pair transition moves by -(J^2/2)(1/(nu - 2w) - 1/(nu + 2w)).
    assert one[3, 3] - one[0, 0] == pytest.approx(-(0.08**2) / 2 * (1 / 5 - 1 / 13), rel=1e-12)


def test_rotating_wave_approximation_reports_what_it_drops():
    report = secular(interaction_picture(DRIVEN), 0.5, VALUES, occupation=4)
    sizes = {(one.where, round(one.frequency, 9)) for one in report.dropped}
    assert ("H", 5.0) in sizes and ("H", 1.0) in sizes and ("H", -7.0) in sizes
    coupling = max(one.size for one in report.dropped if abs(one.frequency) == 5)
    # -lam sz b^+ at 4 quanta; sz = 2 |1><1| - 1 in two terms, the larger one counts 2 lam sqrt(5).
    assert coupling == pytest.approx(2 * 0.4 * np.sqrt(5))
    assert report.largest == pytest.approx(coupling / 5)
    assert report.system.hamiltonian == 0


def test_resonances_of_two_driven_spins():
    found = resonances(polaron(DRIVEN, b, s1.z, LAM / OM, 1), "nu", VALUES, (0.5, 20.0))
    drives = sorted({round(one.drive, 9) for one in found})
    # Pairs at 4, 4 +- 5; flip-flops at 5.
    assert drives == [1.0, 4.0, 5.0, 9.0]
    strongest = max(found, key=lambda one: one.size)
    assert strongest.drive == pytest.approx(4.0) and strongest.size == pytest.approx(0.1, rel=0.05)


def test_messages():
    ensemble = lc.Ensemble("A", lc.Spin("c"), size=lc.Parameter("N", minimum=1))
    crowd = lc.OpenSystem(ensemble.sum(lc.Spin("c").z))
    with pytest.raises(UnsupportedError, match="change the frame of the cell"):
        rotating_frame(crowd, b.number)
    with pytest.raises(OperatorError, match="sum of number operators of modes and projectors"):
        rotating_frame(DRIVEN, b.number**2)
    with pytest.raises(OperatorError, match="constant coefficients"):
        rotating_frame(DRIVEN, lc.TIME * b.number)
    with pytest.raises(OperatorError, match="declare the parameters in it as real"):
        sideband(b, lc.Parameter("z", real=False), 1)
    with pytest.raises(ParameterError, match="integer change"):
        sideband(b, 0.1, 0.5)
    with pytest.raises(OperatorError, match="contains a mode"):
        polaron(DRIVEN, b, b.number, 0.1)
    with pytest.raises(ParameterError, match="number of sidebands"):
        polaron(DRIVEN, b, s1.z, 0.1, -1)
    with pytest.raises(OperatorError, match="no number operator or projector with an oscillating coefficient"):
        drive_frame(DRIVEN)
    with pytest.raises(ParameterError, match="threshold frequency > 0"):
        secular(DRIVEN, 0.0, VALUES)
    with pytest.raises(ParameterError, match="orders 0, 1 and 2"):
        high_frequency(DRIVEN, 3)
    with pytest.raises(UnknownNameError, match="unknown parameter of 'open system' 'mu'"):
        resonances(DRIVEN, "mu", VALUES)
    with pytest.raises(OperatorError, match="not a sum of cos, sin"):
        harmonics(lc.TIME**2 * b.lower)
    moving = lc.OpenSystem(b.number, [lc.Jump(sympy.cos(lc.TIME) * b.lower)])
    with pytest.raises(UnsupportedError, match="apply secular"):
        high_frequency(moving)
