"""Elemental spin-chain laser: derived prefactors and signs, balance of phonons, full model by a second method, local drive."""

import numpy as np
import pytest
import sympy

import limcyc as lc
from limcyc.algebra.matrices import matrix
from limcyc.errors import CutoffWarning, ParameterError, UnknownNameError, ValidityWarning
from limcyc.frames import sideband
from limcyc.library import spin_chain_phonon_laser as laser
from limcyc.library.spin_chain_phonon_laser import effective, full, local_drive, validity
from limcyc.library.spin_chain_phonon_laser.model import chain, mode, spin

pytestmark = pytest.mark.paper

b, s1, s2 = mode(1), spin(1), spin(2)
P = chain(2, (1,)).parameters
STRENGTH = P["J_1"] * P["lam_1"] / P["om_1"]


def on_resonance(operator, case):
    """With equal splittings, no drive phase and the drive on resonance."""
    values = {
        P["D_1"]: 2,
        P["D_2"]: 2,
        P["om_1"]: 5 if case == "I" else 8,
        P["Om_1"]: 9 if case == "I" else 4,
        P["phi_1"]: 0,
    }
    return operator.substitute(values)


def test_bare_case_one_is_pair_creation_with_emission():
    found = on_resonance(effective.bare("I").hamiltonian, "I")
    assert found == on_resonance(-STRENGTH * lc.hermitian(s1.plus * s2.plus * b.dag), "I")


def test_bare_case_two_in_the_frame_of_the_paper():
    found = on_resonance(effective.bare("II").hamiltonian, "II")
    pair = s1.plus * s2.plus
    assert found == on_resonance(P["J_1"] / 2 * lc.hermitian(pair) + STRENGTH * lc.hermitian(pair * b.dag), "II")


@pytest.mark.parametrize("case, sidebands", [("I", (1,)), ("II", (0, -1))])
def test_dressed_models_hold_the_exact_sidebands(case, sidebands):
    kick = -2 * P["lam_1"] / P["om_1"]
    pair = sum((s1.plus * s2.plus * sideband(b, kick, k) for k in sidebands), 0 * s1.plus)
    wanted = on_resonance(P["J_1"] / 2 * lc.hermitian(pair), case)
    difference = on_resonance(effective.dressed(case).hamiltonian, case) - wanted
    assert all(sympy.simplify(c) == 0 for c in difference.terms.values())
    # 9 sidebands for each of the two jumps of spin 1; b and b^+ split into c and sz; two jumps of spin 2.
    assert len(effective.dressed(case).jumps) == 2 * 9 + 4 + 2


def test_dropped_terms_are_small_and_named():
    report = effective.reduction("I")
    assert report.largest < 0.02
    assert any(one.where == "H" and abs(one.frequency) == pytest.approx(5) for one in report.dropped)


def test_full_model_in_small_against_qutip():
    import qutip

    values = effective.elemental_values("fig2", lam_1=0.8, g=0.05, G=0.2, J=0.3)
    size, periods = 5, np.array([0, 1, 4])
    with pytest.warns(CutoffWarning, match="raise it"):  # QuTiP gets the same truncation
        found = full.full_level().evolve(
            2 * np.pi / 9 * periods,
            {"n": b.number, "z": s1.z},
            {b: lc.Thermal(0.1)},
            {b: size},
            accuracy=1e-4,
            **values,
        )
    system = chain(2, (1,))
    basis = full.full_level()._generator({b: size}, system.symmetries.zero, system.values(values)).sector.basis

    def quantum(operator):
        return qutip.Qobj(matrix(operator, basis, values | {"t": 0.0}).toarray())

    still = quantum(system.hamiltonian.substitute({P["J_1"]: 0}))
    drive = [quantum(s1.x * s2.x), lambda t: 0.3 * np.cos(9.0 * t)]
    rates = [float(jump.rate.subs({p: values[p.name] for p in jump.rate.free_symbols})) for jump in system.jumps]
    jumps = [np.sqrt(r) * quantum(jump.operator) for r, jump in zip(rates, system.jumps, strict=True)]
    weights = (0.1 / 1.1) ** np.arange(size)
    rho = qutip.Qobj(np.kron(np.diag(weights / weights.sum()), np.diag([1.0, 0, 0, 0])))
    options = {"atol": 1e-8, "rtol": 1e-7, "nsteps": 100_000}
    wanted = qutip.mesolve(
        [still, drive], rho, found["time"].values, jumps, e_ops=[quantum(b.number), quantum(s1.z)], options=options
    )
    assert found["n"].values == pytest.approx(wanted.expect[0], abs=1e-4)
    assert found["z"].values == pytest.approx(wanted.expect[1], abs=1e-4)


def test_periodic_state_is_invariant_under_the_time_steps():
    state = full.full_state("fig2", 20, J=0.02, Om=9.01)
    values = effective.elemental_values("fig2", J=0.02, Om=9.01)
    later = full.full_level().evolve([40 * state.period], {"n": b.number}, state.stroboscopic, **values)
    assert later["n"].values[0] == pytest.approx(state.stroboscopic.number(b), rel=2e-5)
    assert state.residual < 1e-4


def test_local_drive_resonances_follow_the_sideband_rule():
    found = local_drive.local_resonances()
    pairs = {round(r.drive, 6) for r in found if "s+_s1 s+_s2" in repr(r.term)}
    assert {2.0, 4.0, 6.0, 12.0} <= pairs
    for one in found:
        assert any(abs(one.drive * m - energy) < 1e-9 for m in range(1, 5) for energy in (4.0, 12.0, 8.0))
    first = next(r for r in found if r.drive == 12.0)
    # 2 (J lam/om) J_1 with the Debye-Waller factor, for one quantum created beside one: sqrt(2) L.
    bare = 2 * 0.12 * 0.4 / 8 * 0.519147
    assert first.size == pytest.approx(bare * np.sqrt(2), rel=0.01)


def test_unknown_names():
    with pytest.raises(UnknownNameError, match="case of the elemental laser"):
        effective.dressed("III")
    with pytest.raises(UnknownNameError, match="effective model"):
        effective.effective_level("I", "naked")


def test_steady_offers_the_full_and_the_effective_models():
    dressed = laser.steady("exact", J=0.04).values
    bare = laser.steady("exact", "bare", J=0.04).values
    assert bare["n_1"] == pytest.approx(3.688090, abs=1e-5)
    assert dressed["n_1"] == pytest.approx(3.2, abs=0.1)
    detuned = laser.steady("floquet", J=0.02, Om=9.01, cutoff=20)
    assert detuned.parameters["Om_1"] == 9.01
    assert detuned.values["n_1"] == pytest.approx(full.full_state("fig2", 20, J=0.02, Om=9.01).number(b))
    assert detuned.certificate["case"] == "I" and not detuned.notes


def test_steady_refuses_numbers_of_another_level():
    with pytest.raises(ParameterError, match="periods"):
        laser.steady("exact", periods=3)
    with pytest.raises(ParameterError, match="`J` has no meaning"):
        laser.steady(J=0.1)
    with pytest.raises(ParameterError, match="two spins"):
        laser.steady("floquet", preset="fig3")
    with pytest.raises(ParameterError, match="integer of at least 2"):
        laser.steady("exact", cutoff=1)
    with pytest.raises(ParameterError, match="G"):
        laser.steady("exact", G=-1.0)


@pytest.mark.parametrize(
    "case, model, changes, words",
    [
        ("I", "dressed", {"Om": 8.5}, "no sideband is resonant within G = 0.02: the nearest, k = 1"),
        ("I", "dressed", {"lam_1": 1.2}, "lam/om = 0.24 exceeds"),
        ("I", "full", {"J": 1.0}, "J = 1 exceeds"),
        ("I", "dressed", {"om_1": 4.0, "Om": 4.0}, "sidebands -2, 0; the effective model keeps only its own"),
        ("II", "bare", {}, "method='dressed'"),
        ("II", "full", {"Om": 4.001}, "locked amplitude is strongly reduced"),
    ],
)
def test_doubtful_numbers_are_named(case, model, changes, words):
    values = effective.elemental_values("fig2" if case == "I" else "figS1", **changes)
    with pytest.warns(ValidityWarning) as caught:
        notes = validity.elemental_notes(case, values, model)
    assert any(words in note for note in notes)
    assert [str(one.message) for one in caught] == list(notes)


def test_no_remark_on_the_presets():
    for case, preset in (("I", "fig2"), ("II", "figS1")):
        assert validity.elemental_notes(case, effective.elemental_values(preset), "full") == ()
    assert validity.tail_note(1e-9) == ()
    with pytest.warns(ValidityWarning, match="raise `cutoff`"):
        validity.tail_note(1e-3)
