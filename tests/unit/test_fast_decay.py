"""The limit of fast decay: known channels, the order of convergence, the quantum limit of coupled oscillators, refusals."""

import numpy as np
import pytest
import sympy
from scipy import linalg

import limcyc as lc
from limcyc.algebra.matrices import Basis, matrix
from limcyc.errors import OperatorError, ParameterError, UnknownNameError
from limcyc.frames import fast_decay_limit
from limcyc.library.van_der_pol_network.model import (
    COUPLING,
    DETUNING,
    KAPPA1,
    OSCILLATORS,
    SPINS,
    model,
    quantum_limit,
)

a, b = lc.Mode("a"), lc.Mode("b")
gain, fast, slow, drive = lc.parameters("gain fast slow drive", positive=True)


def as_table(system):
    return {(jump.operator, sympy.expand(jump.rate)) for jump in system.jumps}


def test_pair_of_oscillators_becomes_the_pair_of_spins():
    """1 -> 2 at rate 4 kappa1 is followed at once by 2 -> 0; everything else stays."""
    limit = quantum_limit()
    one, two = SPINS
    assert limit.hamiltonian == DETUNING / 2 * (one.excited - two.excited)
    own = {(s.plus, 2 * KAPPA1) for s in SPINS} | {(s.minus, 4 * KAPPA1) for s in SPINS}
    assert as_table(limit) == own | {(one.minus - two.minus, 2 * COUPLING)}
    assert "kappa2" not in limit.parameters


def test_reactive_pair_has_no_locking_in_the_limit():
    limit = fast_decay_limit(model("reactive"), "kappa2", dict.fromkeys(OSCILLATORS, (0, 1)))
    one, two = lc.Spin("a1"), lc.Spin("a2")
    assert limit.symmetries.vanishing(one.plus * two.minus)
    assert lc.Exact(limit).steady_state(coupling=3.0, detuning=0.7).mean(one.plus * two.minus) == 0


@pytest.mark.parametrize("kind", ["dissipative", "reactive"])
def test_error_falls_as_one_over_the_rate(kind):
    values = {"kappa1": 1.0, "coupling": 4.0, "detuning": 0.8}
    limit = fast_decay_limit(model(kind), "kappa2", dict.fromkeys(OSCILLATORS, (0, 1)))
    expected = lc.Exact(limit).steady_state(**values).density_matrix()
    rates = np.array([400.0, 1600.0, 6400.0])
    errors = []
    for rate in rates:
        state = lc.Exact(model(kind)).steady_state(dict.fromkeys(OSCILLATORS, 4), closed=True, kappa2=rate, **values)
        found = state.density_matrix().reshape((4,) * 4)[:2, :2, :2, :2].reshape(4, 4)
        errors.append(abs(found - expected).max())
    slope = np.polyfit(np.log(rates), np.log(errors), 1)[0]
    assert slope == pytest.approx(-1, abs=0.05)


def test_coherence_of_a_return_from_two_levels():
    """a^+2 lifts a superposition of 0 and 1 to 2 and 3; two-phonon loss returns it with sqrt 12/4 of its coherence."""
    system = lc.OpenSystem(0 * a.number, [lc.Jump(a.dag**2, gain), lc.Jump(a.lower**2, fast), lc.Jump(a.lower, slow)])
    limit = fast_decay_limit(system, "fast", {a: (0, 1)})
    s = lc.Spin("a")
    # |0> -> sqrt 2 |2>, |1> -> sqrt 6 |3>; populations do not change, the coherence is lost with gain (2 + 6)/2 - gain sqrt 12 sqrt 12/4.
    assert (limit.adjoint(s.excited) + slow * s.excited) == 0
    rate = -limit.adjoint(s.minus).terms[((s, ("0", "1")),)]
    assert sympy.simplify(rate - (4 * gain - 3 * gain + slow / 2)) == 0


def test_transients_converge_as_well():
    system = lc.OpenSystem(drive * a.x, [lc.Jump(a.dag**2, gain), lc.Jump(a.lower**2, fast), lc.Jump(a.lower, slow)])
    limit = fast_decay_limit(system, "fast", {a: (0, 1)})
    s, time = lc.Spin("a"), 1.3
    values = {"drive": 0.6, "gain": 0.3, "slow": 0.5}
    expected = final_state(limit, Basis((s,), (2,)), values, time)
    errors = []
    for rate in (400.0, 1600.0, 6400.0):
        found = final_state(system, Basis((a,), (6,)), values | {"fast": rate}, time)
        errors.append(abs(found[:2, :2] - expected).max())
    assert errors[0] < 0.03
    assert np.polyfit(np.log([400.0, 1600.0, 6400.0]), np.log(errors), 1)[0] == pytest.approx(-1, abs=0.05)


def final_state(system, basis, values, time):
    """Ground state after a time, by the exponential of the whole generator."""
    unit = np.eye(basis.size)
    energy = matrix(system.hamiltonian, basis, values).toarray()
    total = -1j * (np.kron(energy, unit) - np.kron(unit, energy.T))
    for jump in system.jumps:
        ell = matrix(jump.operator, basis, values).toarray()
        lost = ell.conj().T @ ell
        rate = float(jump.rate.subs({symbol: values[symbol.name] for symbol in jump.rate.free_symbols}))
        total += rate * (np.kron(ell, ell.conj()) - (np.kron(lost, unit) + np.kron(unit, lost.T)) / 2)
    start = np.zeros(basis.size**2)
    start[0] = 1
    return (linalg.expm(total * time) @ start).reshape(basis.size, basis.size)


def test_three_phonon_loss_keeps_three_levels():
    system = lc.OpenSystem(0 * a.number, [lc.Jump(a.dag, gain), lc.Jump(a.lower**3, fast)])
    limit = fast_decay_limit(system, "fast", {a: (0, 1, 2)})
    q = lc.Levels("a", ("0", "1", "2"))
    assert limit.degrees == (q,)
    # The ring 0 -> 1 -> 2 -> 3 = 0 with rates 1, 2, 3.
    p = lc.Exact(limit).steady_state(gain=1.0).populations(q)
    assert p == pytest.approx(np.array([6, 3, 2]) / 11)
    assert lc.Exact(system).steady_state(gain=1.0, fast=1e7).populations(a)[:3] == pytest.approx(p, abs=1e-6)


def test_a_jump_shared_with_another_mode_stays_shared():
    system = lc.OpenSystem(drive * b.x, [lc.Jump(a - b, slow), lc.Jump(a.dag, gain), lc.Jump(a.lower**2, 2 * fast)])
    limit = fast_decay_limit(system, fast, {a: (0, 1)})
    assert (lc.Spin("a").minus - b, slow) in as_table(limit)
    assert [d.name for d in limit.degrees] == ["a", "b"]


def two_photon(*jumps, energy=0 * a.number):
    return lc.OpenSystem(energy, [lc.Jump(a.dag, gain), lc.Jump(a.lower**2, fast), *jumps])


def test_refusals():
    keep = {a: (0, 1)}
    with pytest.raises(UnknownNameError, match="speed"):
        fast_decay_limit(two_photon(), "speed", keep)
    with pytest.raises(OperatorError, match="empties the level 2"):
        fast_decay_limit(two_photon(), "fast", {a: (0, 1, 2)})
    with pytest.raises(OperatorError, match="not proportional to fast"):
        fast_decay_limit(two_photon(lc.Jump(a.lower, fast + 1)), "fast", keep)
    with pytest.raises(OperatorError, match="single product"):
        fast_decay_limit(two_photon(lc.Jump(a.lower**2 + a.lower**3, fast)), "fast", keep)
    with pytest.raises(OperatorError, match="rates of the fast jumps only"):
        fast_decay_limit(two_photon(energy=fast * a.number), "fast", keep)
    # a^+ a^2 leads from 2 to 1, but 3-phonon loss alone leaves 2 as it is.
    with pytest.raises(OperatorError, match="nothing empties the level 2"):
        only = lc.OpenSystem(0 * a.number, [lc.Jump(a.dag, gain), lc.Jump(a.lower**3, fast)])
        fast_decay_limit(only, "fast", keep)
    with pytest.raises(OperatorError, match="fast jumps that lower"):
        fast_decay_limit(two_photon(lc.Jump(a.dag**2 * a.lower**2, fast)), "fast", keep)
    with pytest.raises(ParameterError, match="two or more different Fock numbers"):
        fast_decay_limit(two_photon(), "fast", {a: (1,)})
    with pytest.raises(ParameterError, match="has 2 levels, but 3"):
        fast_decay_limit(two_photon(), "fast", {a: (0, 1, 2)}, {a: lc.Spin("s")})
    with pytest.raises(ParameterError, match="keeps levels of modes"):
        fast_decay_limit(two_photon(), "fast", {b: (0, 1)})


def test_mutual_information_of_the_limit():
    """I of the pair of spins is that of the oscillators for kappa2 to infinity, and S_c is 3/5 without coupling."""
    from limcyc.library.mutual_information_sync import states
    from limcyc.measures.entanglement import mutual_information

    one, two = SPINS
    expected = []
    for coupling, detuning in ((2.0, 0.0), (2.0, 3.0), (10.0, 0.0)):
        state = lc.Exact(quantum_limit()).steady_state(coupling=coupling, detuning=detuning)
        expected.append(mutual_information(state.density_matrix().reshape((2,) * 4)))
        errors = []
        for kappa2 in (1e3, 1e4):
            full = states.oscillators(n_fock=4, kappa2=kappa2, coupling=coupling, detuning=detuning)
            errors.append(abs(states.mutual_information(full) - expected[-1]))
        assert errors[1] < 2e-3 and errors[0] / errors[1] == pytest.approx(10, rel=0.15)
    assert expected[1] < expected[0] < expected[2]
    free = lc.Exact(quantum_limit()).steady_state(coupling=0.0)
    assert 1 / (free.mean(one.excited) + free.mean(two.excited) + 1) == pytest.approx(0.6)
