"""Exchanges, renamed levels and antiunitary symmetries: known cases, and what they force to vanish."""

import numpy as np
import pytest
import sympy

import limcyc as lc
from limcyc.errors import OperatorError, ParameterError
from limcyc.symmetry.phases import solve_turns, turns_of

a, b, c = lc.Mode("a"), lc.Mode("b"), lc.Mode("c")
g, v, w = lc.Parameter("g"), lc.Parameter("v"), lc.Parameter("w")


def van_der_pol(*modes):
    return [jump for m in modes for jump in (lc.Jump(m.dag, 1.0), lc.Jump(m.lower**2, 2.0))]


def reactive():
    return lc.OpenSystem(g * lc.hermitian(a.dag * b.lower) + w * (a.number - b.number), van_der_pol(a, b))


def dissipative():
    return lc.OpenSystem(
        w * (a.number - b.number), [*van_der_pol(a, b), lc.Jump(a.lower - b.lower, lc.Parameter("k", minimum=0))]
    )


def test_identical_reactive_pair_locks_at_two_opposite_phases():
    symmetries = reactive().symmetries
    assert symmetries.exchanges == ()  # the detuning tells the modes apart
    assert repr(symmetries.antiunitary) == "(antiunitary: a -> b, b -> -a,)"
    assert symmetries.vanishing_harmonics(a, b, 5) == (1, 3, 5)
    verdict = symmetries.vanishing(a.dag * b.lower)
    assert verdict and repr(verdict) == "<a^+ b> = 0 by antiunitary: a -> b, b -> -a"
    assert not symmetries.vanishing((a.dag * b.lower) ** 2).reasons
    assert symmetries.vanishing(a.number - b.number) and not symmetries.vanishing(a.number)


def test_unlike_members_or_a_shared_bath_leave_the_first_harmonic():
    unlike = lc.OpenSystem(g * lc.hermitian(a.dag * b.lower), [*van_der_pol(a, b), lc.Jump(a.lower, 0.5)])
    for system in (unlike, dissipative()):
        assert system.symmetries.vanishing_harmonics(a, b) == ()


def test_members_are_alike_where_parameters_coincide():
    system = lc.OpenSystem(v * a.number + w * b.number + g * lc.hermitian(a.dag * b.lower), van_der_pol(a, b))
    assert system.symmetries.exchanges == ()
    assert system.symmetries_at(v=1.0, w=1.1, g=0.3).exchanges == ()
    alike = system.symmetries_at(v=1.1, w=1.1, g=0.3)
    assert repr(alike.exchanges) == "(a -> b, b -> a,)"
    assert repr(alike.vanishing(a.number - b.number)) == "<a^+ a - b^+ b> = 0 by a -> b, b -> a"
    # Opposite frequencies are enough for the antiunitary one.
    assert system.symmetries_at(v=-1.1, w=1.1, g=0.3).vanishing_harmonics(a, b) == (1, 3)


def test_charges_at_given_values_drop_what_is_zero():
    driven = lc.OpenSystem(g * a.x, [lc.Jump(a.lower)])
    assert driven.symmetries.weak == ()
    assert [str(charge) for charge in driven.symmetries_at(g=0.0).weak] == ["U(1): n_a"]


def test_dissipative_pair_with_detuning_and_without():
    assert repr(dissipative().symmetries.antiunitary) == "(antiunitary: a -> b, b -> a,)"
    at_zero = dissipative().symmetries_at(w=0.0, k=1.0)
    verdict = at_zero.vanishing(a.dag * b.lower)
    assert not verdict and verdict.imaginary and not verdict.real
    assert repr(verdict).startswith("the imaginary part of <a^+ b> = 0 by ")


def test_exchange_with_a_phase():
    # The hopping phase i makes a -> b, b -> -a the exchange.
    turned = lc.OpenSystem(g * lc.hermitian(sympy.I * a.dag * b.lower), van_der_pol(a, b))
    (one,) = turned.symmetries.exchanges
    assert one.image(a.lower) * one.image(b.dag) == -b.lower * a.dag


def test_phases_around_a_ring_must_close():
    def ring(sign):
        bonds = [(a, b, 1), (b, c, 1), (c, a, sign)]
        return lc.OpenSystem(
            sum((g * lc.hermitian(s * x.dag * y.lower) for x, y, s in bonds), 0 * a), van_der_pol(a, b, c)
        )

    # An odd ring is frustrated: no phases turn H into -H, for either sign of the last bond.
    for sign in (1, -1):
        assert ring(sign).symmetries.antiunitary == ()
        assert len(ring(sign).symmetries.exchanges) == 2
    # A flux of a quarter turn is turned around by conjugation and by reflection: together H -> -H.
    quarter = ring(sympy.I).symmetries.antiunitary
    assert len(quarter) == 1


def test_generators_of_a_ring_and_of_a_complete_graph():
    modes = [lc.Mode(f"m{k}") for k in range(6)]
    ring = sum((lc.hermitian(x.dag * y.lower) for x, y in zip(modes, modes[1:] + modes[:1], strict=True)), 0 * modes[0])
    system = lc.OpenSystem(g * ring, van_der_pol(*modes))
    assert orbit_size(system, modes) == 12  # rotations and reflections
    assert system.symmetries.antiunitary  # an even ring: every other mode changes its sign
    complete = sum((lc.hermitian(x.dag * y.lower) for i, x in enumerate(modes[:4]) for y in modes[:i]), 0 * modes[0])
    assert orbit_size(lc.OpenSystem(g * complete, van_der_pol(*modes[:4])), modes[:4]) == 24


def orbit_size(system, modes):
    """Order of the permutation group that the exchanges generate."""
    moves = [[one.degrees.index(image[0]) for image in one.images] for one in system.symmetries.exchanges]
    known, new = {tuple(range(len(modes)))}, [tuple(range(len(modes)))]
    while new:
        here = new.pop()
        for move in moves:
            there = tuple(move[k] for k in here)
            if there not in known:
                known.add(there)
                new.append(there)
    return len(known)


def test_renamed_levels_of_a_boundary_driven_chain():
    one, two = lc.Spin("p"), lc.Spin("q")
    flip_flop = lc.hermitian(one.plus * two.minus)
    chain = lc.OpenSystem(g * flip_flop, [lc.Jump(one.plus, 0.7), lc.Jump(two.minus, 0.7)])
    (found,) = chain.symmetries.exchanges
    assert found.image(one.plus * one.minus) == two.ground
    # Particle and hole change places: half filling, without solving anything.
    assert chain.symmetries.vanishing(one.excited + two.excited - 1)
    state = lc.Exact(chain).steady_state(g=0.4)
    assert state.mean(one.excited + two.excited) == pytest.approx(1, abs=1e-12)
    assert state.mean(one.excited) > 0.6
    assert lc.OpenSystem(g * flip_flop, [lc.Jump(one.plus, 0.7), lc.Jump(two.minus, 0.8)]).symmetries.exchanges == ()


def test_dephasing_is_the_same_for_both_names_of_the_levels():
    s = lc.Spin("s")
    up_down = [lc.Jump(s.plus, 1.0), lc.Jump(s.minus, 1.0)]
    for dephasing in (s.z, s.excited, s.ground):
        balanced = lc.OpenSystem(g * s.x, [*up_down, lc.Jump(dephasing, 0.3)])
        assert balanced.symmetries.vanishing(s.z)
    assert not lc.OpenSystem(g * s.x, [*up_down, lc.Jump(s.minus, 0.1)]).symmetries.vanishing(s.z)


def test_jumps_may_be_mixed_and_shifted():
    # D[a + b] + D[a - b] = 2 D[a] + 2 D[b], and D[a + 1] is D[a] with a drive.
    mixed = lc.OpenSystem(0 * a.number, [lc.Jump(a + b), lc.Jump(a - b), lc.Jump(a.dag, 0.5), lc.Jump(b.dag, 0.5)])
    assert len(mixed.symmetries.exchanges) == 1
    shifted = lc.OpenSystem((a.lower - a.dag) / (2 * sympy.I) + w * a.number, [lc.Jump(a - 1)])
    plain = lc.OpenSystem(w * a.number, [lc.Jump(a.lower)])
    shifted_form, plain_form = shifted.symmetries._forms[0].entries, plain.symmetries._forms[0].entries
    assert {key: entry.number for key, entry in shifted_form.items() if key[0] == "H"}.keys() >= plain_form.keys() - {
        key for key in plain_form if key[0] == "jump"
    }


def test_resonant_drive_has_one_quadrature():
    s = lc.Spin("s")
    resonant = lc.OpenSystem(g * s.x, [lc.Jump(s.minus)])
    assert resonant.symmetries.vanishing(s.x) and not resonant.symmetries.vanishing(s.y)
    assert not lc.OpenSystem(g * s.x + w * s.z, [lc.Jump(s.minus)]).symmetries.vanishing(s.x)


def test_a_complex_parameter_is_not_taken_for_a_real_one():
    s = lc.Spin("s")
    (z,) = lc.parameters("z", real=False)
    driven = lc.OpenSystem(lc.hermitian(z * s.plus), [lc.Jump(s.minus)])
    assert driven.symmetries.antiunitary == ()
    assert driven.symmetries_at(z=0.3 + 0.4j).antiunitary != ()


def test_cutoffs_of_exchanged_modes_must_agree():
    from limcyc.algebra.matrices import Basis

    (one,) = reactive().symmetries_at(g=0.1, w=0.0).exchanges
    with pytest.raises(ParameterError, match="give both the same cutoff"):
        one.of_basis(Basis((a, b), (3, 4)))


def test_messages_of_vanishing():
    with pytest.raises(OperatorError, match=r"acts on c; the degrees of freedom are a, b"):
        reactive().symmetries.vanishing(c.lower)
    with pytest.raises(OperatorError, match="needs an operator"):
        reactive().symmetries.vanishing("a")
    with pytest.raises(ParameterError, match="highest harmonic"):
        reactive().symmetries.vanishing_harmonics(a, b, 0)


def test_angles_modulo_one_turn():
    assert turns_of(-1.0) == sympy.Rational(1, 2) and turns_of(np.exp(0.3j)) == pytest.approx(0.3 / (2 * np.pi))
    # 2 x + 3 y = 1/2 and x - y = 0: 5 x = 1/2.
    x, y = solve_turns([((2, 3), 0.5), ((1, -1), 0.0)], 2)
    assert (2 * x + 3 * y) % 1 == pytest.approx(0.5) and (x - y) % 1 == pytest.approx(0)
    assert solve_turns([((2, 2), 0.5), ((1, 1), 0.0)], 2) is None


def test_ensembles_change_places_as_a_whole():
    atom, pump, detuning = lc.Spin("atom"), lc.Parameter("pump", minimum=0), lc.Parameter("detuning")
    one, two = (lc.Ensemble(name, atom, size=lc.Parameter("N", minimum=1)) for name in "AB")
    collective = [lc.Jump(one.sum(atom.minus) + two.sum(atom.minus), 1.0)]
    each = [lc.Jump(atom.plus, pump, each=group) for group in (one, two)]
    clock = lc.OpenSystem(detuning * (one.sum(atom.z) - two.sum(atom.z)), [*collective, *each])
    verdict = clock.symmetries.vanishing(one.sum(atom.z) - two.sum(atom.z))
    assert verdict and verdict.reasons == ("antiunitary: A -> B, B -> A",)
    assert len(clock.symmetries_at(detuning=0.0, pump=1.0, N=2.0).exchanges) == 1
    # A few members written out, without any of this.
    state = lc.Exact(clock.explicit({one: 2, two: 2})).steady_state(detuning=0.7, pump=1.3)
    first, *_, last = (state.mean(spin.z) for spin in state.basis.degrees)
    assert first == pytest.approx(last, abs=1e-12)
    unequal = lc.OpenSystem(clock.hamiltonian, [*clock.jumps, lc.Jump(atom.minus, 0.2, each=two)])
    assert not unequal.symmetries.vanishing(one.sum(atom.z) - two.sum(atom.z))
