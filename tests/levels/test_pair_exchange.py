"""Identical bodies: half of the matrix elements, the same steady state, and no symmetry where there is none."""

import numpy as np
import pytest

import limcyc as lc
from limcyc.levels.pair_stationary import PairStationary
from limcyc.library.van_der_pol_network import pairs
from limcyc.library.van_der_pol_network.model import OSCILLATORS
from limcyc.library.van_der_pol_network.model import model as oscillators

A, B = OSCILLATORS
S, T = lc.Spin("s1"), lc.Spin("s2")


def lasers():
    """Two lasers of a mode and a spin, each with rates of its own."""
    pump, loss, g = lc.parameters("pump loss g", positive=True)
    extra, hopping = lc.Parameter("extra", minimum=0), lc.Parameter("hopping")
    energy = (
        g * lc.hermitian(A.dag * S.minus) + g * lc.hermitian(B.dag * T.minus) + hopping * lc.hermitian(A.dag * B.lower)
    )
    jumps = [lc.Jump(s.plus, pump) for s in (S, T)] + [lc.Jump(A.lower, loss), lc.Jump(B.lower, loss + extra)]
    return lc.OpenSystem(energy, jumps)


@pytest.mark.parametrize(("kind", "coupling"), [("dissipative", 2.0), ("reactive", 1.0)])
def test_same_state_as_sparse_lu_from_half_of_the_elements(kind, coupling):
    values = {"kappa2": 1.0, "coupling": coupling}
    expected = pairs.pair_state(kind, 8, **values)
    found = PairStationary(oscillators(kind), [A], [B]).steady_state({A: 8, B: 8}, closed=True, **values)
    assert "with exchange" in found.certificate.method
    assert found.certificate.unknowns == (found.elements.size + 8) / 2
    assert abs(found.matrix - expected.matrix).max() < 1e-13


def test_bodies_of_a_mode_and_a_spin():
    values = {"pump": 1.0, "loss": 0.4, "g": 0.7, "hopping": 0.2}
    pair = PairStationary(lasers(), [A, S], [B, T])
    alike = pair.steady_state({A: 5, B: 5}, closed=True, extra=0.0, **values)
    expected = lc.Exact(lasers()).steady_state({A: 5, B: 5}, closed=True, extra=0.0, **values)
    assert "with exchange" in alike.certificate.method
    assert abs(alike.matrix - expected.matrix).max() < 1e-13


@pytest.mark.parametrize("difference", [{"extra": 1e-6}, {"cutoff": 6}])
def test_bodies_that_differ_a_little_are_not_exchanged(difference):
    values = {"pump": 1.0, "loss": 0.4, "g": 0.7, "hopping": 0.2, "extra": difference.get("extra", 0.0)}
    cutoffs = {A: 5, B: difference.get("cutoff", 5)}
    found = PairStationary(lasers(), [A, S], [B, T]).steady_state(cutoffs, closed=True, **values)
    expected = lc.Exact(lasers()).steady_state(cutoffs, closed=True, **values)
    assert "exchange" not in found.certificate.method
    assert abs(found.matrix - expected.matrix).max() < 1e-13
    assert found.number(A) != pytest.approx(found.number(B), abs=1e-8)


def test_a_detuning_or_a_coupling_with_a_direction_is_seen():
    detuned = PairStationary(oscillators("reactive"), [A], [B]).steady_state(
        {A: 6, B: 6}, closed=True, kappa2=2.0, detuning=0.1
    )
    assert "exchange" not in detuned.certificate.method
    own = [lc.Jump(op, 1.0) for m in (A, B) for op in (m.dag, m.lower**2)]
    one_way = lc.OpenSystem(0.3 * lc.hermitian(1j * A.dag * B.lower), [*own, lc.Jump(A.lower + B.lower, 0.3)])
    found = PairStationary(one_way, [A], [B]).steady_state({A: 6, B: 6}, closed=True)
    expected = lc.Exact(one_way).steady_state({A: 6, B: 6}, closed=True)
    assert "exchange" not in found.certificate.method and not np.isclose(found.number(A), found.number(B))
    assert abs(found.matrix - expected.matrix).max() < 1e-12
