"""Abelian weak symmetries: known cases."""

import numpy as np
import pytest

import limcyc as lc
from limcyc.symmetry import find_symmetries

a, b, c = lc.Mode("a"), lc.Mode("b"), lc.Mode("c")
h, s = lc.Spin("h"), lc.Spin("s")
ion = lc.Levels("ion", ("g", "h", "c"))
loss = [lc.Jump(a)]

CASES = {
    "red sideband": (lc.hermitian(a.dag * h.minus), [lc.Jump(a), lc.Jump(h.minus)], ["U(1): n_a + h"]),
    "blue sideband": (lc.hermitian(a.dag * h.plus), [lc.Jump(h.minus)], ["U(1): n_a - h"]),
    "second sideband": (lc.hermitian(a.dag**2 * h.minus), loss, ["U(1): n_a + 2 h"]),
    "two-phonon drive": (lc.hermitian(a**2), loss, ["Z_2: n_a mod 2"]),
    "three-phonon drive": (lc.hermitian(a**3), loss, ["Z_3: n_a mod 3"]),
    "Rabi coupling": (a.x * h.x, [*loss, lc.Jump(h.minus)], ["Z_2: n_a + h mod 2"]),
    "driven": (a.x, loss, []),
    "displaced jump": (0 * a.number, [lc.Jump(a + 1)], []),
    "squeezed jump": (0 * a.number, [lc.Jump(a + 0.5 * a.dag)], ["Z_2: n_a mod 2"]),
    "three-level laser": (
        lc.hermitian(a.dag * ion.transition("h", "g") + a.dag * ion.transition("g", "c")),
        [lc.Jump(ion.transition("g", "h")), lc.Jump(ion.transition("g", "c"))],
        ["U(1): n_a - h_ion + c_ion"],
    ),
}


@pytest.mark.parametrize("case", CASES, ids=list(CASES))
def test_known_symmetries(case):
    hamiltonian, jumps, expected = CASES[case]
    found = find_symmetries(lc.OpenSystem(hamiltonian, jumps))
    assert [str(charge) for charge in found.weak] == expected
    assert found.strong == ()


def test_three_wave_mixing_has_two_charges():
    mixing = lc.OpenSystem(lc.hermitian(a.dag * b.dag * c), [lc.Jump(a), lc.Jump(b), lc.Jump(c)])
    charges = mixing.symmetries.weak
    assert [charge.group for charge in charges] == ["U(1)", "U(1)"]
    for charge in charges:
        assert charge.of(np.array([1, 1, -1])) == 0
    assert np.linalg.matrix_rank(np.array([charge.weights for charge in charges])) == 2


def test_independent_parts_have_independent_charges():
    two = lc.OpenSystem(a.number + lc.hermitian(b.dag * s.minus), [lc.Jump(a), lc.Jump(b), lc.Jump(s.plus)])
    assert sorted(str(charge) for charge in two.symmetries.weak) == ["U(1): n_a", "U(1): n_b + s"]


def test_strong_parity_of_two_phonon_loss():
    symmetries = lc.OpenSystem(0 * a.number, [lc.Jump(a**2)]).symmetries
    assert str(symmetries) == "U(1): n_a\nstrong Z_2: n_a mod 2"
    assert lc.OpenSystem(0 * a.number, [lc.Jump(a**2), lc.Jump(a)]).symmetries.strong == ()


def test_jumps_of_rate_zero_do_not_count():
    system = lc.OpenSystem(lc.hermitian(a.dag * h.minus), [*loss, lc.Jump(h.plus), lc.Jump(a + h.plus, rate=0)])
    assert [str(charge) for charge in system.symmetries.weak] == ["U(1): n_a + h"]
    with_it = lc.Exact(system).steady_state({a: 12}, closed=True).mean(a.number)
    without = lc.OpenSystem(system.hamiltonian, system.jumps[:2])
    assert with_it == pytest.approx(lc.Exact(without).steady_state({a: 12}, closed=True).mean(a.number), rel=1e-12)


def test_charges_of_operators():
    symmetries = lc.OpenSystem(*CASES["blue sideband"][:2]).symmetries
    assert symmetries.shift(a.lower) == (-1,) and symmetries.shift(a.dag * h.plus) == (0,)
    assert symmetries.shift(a.x) is None
    assert symmetries.negative((2,)) == (-2,) and symmetries.zero == (0,)
    parity = lc.OpenSystem(*CASES["two-phonon drive"][:2]).symmetries
    assert parity.shift(a.x) == (1,) and parity.negative((1,)) == (1,)


def test_printing():
    assert repr(lc.OpenSystem(a.x, loss).symmetries) == "Symmetries(no abelian weak symmetry)"


def test_eliminating_relations_first_finds_the_same_group():
    """Many quantum numbers take the short way; on small random relations both ways agree."""
    import numpy as np

    from limcyc.symmetry import charges as symmetry

    rng, names = np.random.default_rng(0), tuple("abcdefgh")
    for _ in range(60):
        rows = rng.integers(-2, 3, size=(rng.integers(1, 7), 8))
        rows[rng.random(rows.shape) < 0.6] = 0
        if not rows.any():
            continue
        slow, fast = symmetry._charges(rows.tolist(), names), symmetry._charges_of_many(rows, names)
        assert sorted(charge.modulus for charge in slow) == sorted(charge.modulus for charge in fast)
        for charge in fast:
            changes = rows @ np.array(charge.weights)
            assert not np.any(changes % charge.modulus if charge.modulus else changes)
        free = [charge.weights for charge in slow if not charge.modulus]
        both = free + [charge.weights for charge in fast if not charge.modulus]
        assert np.linalg.matrix_rank(both) == len(free) if both else True


def test_a_ring_of_fifty_modes_has_one_charge():
    import networkx as nx

    a = lc.Mode("a")
    cell = lc.OpenSystem(0 * a.number, [lc.Jump(a.dag), lc.Jump(a.lower**2)])
    ring = lc.Network(nx.cycle_graph(50), cell, lambda i, j, _: lc.hermitian(i(a).dag * j(a)))
    (charge,) = ring.system.symmetries.weak
    assert charge.modulus == 0 and set(charge.weights) == {1}
