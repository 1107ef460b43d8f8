"""QuTiP both ways."""

import numpy as np
import pytest
import qutip

import limcyc as lc
from limcyc.errors import OperatorError, ParameterError, UnknownNameError
from limcyc.interop.qutip import from_qutip, to_qutip

a, b, h = lc.Mode("a"), lc.Mode("b"), lc.Spin("h")
ion = lc.Levels("ion", ("g", "e", "r"))
g, gamma = lc.parameters("g gamma", positive=True)


def largest(operator):
    return max((abs(complex(coefficient)) for coefficient in operator.terms.values()), default=0.0)


def test_matrices_carry_dimensions_and_rates():
    system = lc.OpenSystem(g * a.number * h.z, [lc.Jump(h.minus, gamma), lc.Jump(a * h.plus, 4 * gamma)])
    hamiltonian, collapse = to_qutip(system, {"a": 3}, g=2.0, gamma=0.25)
    assert hamiltonian.dims == [[3, 2], [3, 2]] and hamiltonian.isherm
    assert np.allclose(hamiltonian.full(), np.kron(np.diag([0, 1, 2]), np.diag([-2, 2])))
    ground, excited = qutip.basis(2, 0), qutip.basis(2, 1)
    assert collapse[0] == 0.5 * qutip.tensor(qutip.qeye(3), ground * excited.dag())
    assert collapse[1] == qutip.tensor(qutip.destroy(3), excited * ground.dag())


def test_normal_order_keeps_the_edge_right():
    hamiltonian, _ = to_qutip(lc.OpenSystem(a * a.dag), {a: 4})
    assert np.allclose(np.diag(hamiltonian.full()), [1, 2, 3, 4])


def test_round_trip():
    energy = (
        lc.hermitian((1 + 2j) * a.dag * h.plus * b + 0.3 * a.dag**2 * a * ion.transition("g", "r"))
        + a.number**2 * b.number
        + 0.7 * h.ground
        - 0.2 * ion.projector("g") * b.x
    )
    system = lc.OpenSystem(
        energy, [lc.Jump(a * h.minus + 0.1 * b.x, 0.5), lc.Jump(a.dag * ion.transition("e", "g"), 0.25)]
    )
    hamiltonian, collapse = to_qutip(system, {a: 7, b: 6})
    back = from_qutip(hamiltonian, collapse, system.degrees, name="back")
    assert back.name == "back" and back.degrees == system.degrees
    assert largest(back.hamiltonian - energy) < 1e-12
    for jump, original in zip(back.jumps, system.jumps, strict=True):
        assert jump.rate == 1
        assert largest(jump.operator - float(original.rate) ** 0.5 * original.operator) < 1e-12
    again = to_qutip(back, {a: 7, b: 6})
    assert np.allclose(again[0].full(), hamiltonian.full(), atol=1e-12)


def test_another_order_of_the_factors():
    """The tensor order is that of the argument, not the alphabetical one."""
    size = 5
    minus = qutip.basis(2, 0) * qutip.basis(2, 1).dag()
    coupling = qutip.tensor(minus, qutip.create(size))
    system = from_qutip(coupling + coupling.dag(), [qutip.tensor(qutip.qeye(2), qutip.destroy(size))], [h, a])
    assert system.hamiltonian == 1.0 * lc.hermitian(a.dag * h.minus)
    assert largest(system.jumps[0].operator - a.lower) < 1e-14


def test_edges_of_truncated_products_are_recognised():
    low = qutip.destroy(12)
    assert largest(from_qutip(low * low.dag(), [], [a]).hamiltonian - (a.number + 1)) < 1e-12
    x = qutip.position(16)
    assert largest(from_qutip(x**4, [], [a]).hamiltonian - a.x**4) < 1e-10
    two = qutip.tensor(qutip.destroy(8), qutip.destroy(8))
    assert largest(from_qutip(two * two.dag(), [], [a, b]).hamiltonian - (a.number + 1) * (b.number + 1)) < 1e-12


def test_spin_basis_of_qutip_is_the_other_way_round():
    """sigmap() has its one in row 0, column 1; here this is |0><1|, the lowering operator."""
    assert from_qutip(qutip.sigmaz(), [qutip.sigmap()], [h]).jumps[0].operator == 1.0 * h.minus
    up_first = lc.Levels("h", ("excited", "ground"))
    system = from_qutip(qutip.sigmaz(), [qutip.sigmam()], [up_first])
    assert largest(system.jumps[0].operator - up_first.transition("ground", "excited")) < 1e-14
    assert lc.Exact(system).steady_state().mean(up_first.projector("ground")) == pytest.approx(1)


def test_an_imported_model_has_the_same_steady_state():
    size = 12
    low = qutip.destroy(size)
    hamiltonian = 0.3 * low.dag() * low + 0.2 * (low + low.dag()) + 0.1 * (low**2 + low.dag() ** 2)
    collapse = [low, 0.4 * low.dag()]
    state = lc.Exact(from_qutip(hamiltonian, collapse, [a])).steady_state()
    wanted = qutip.steadystate(*to_qutip(from_qutip(hamiltonian, collapse, [a]), {a: 25}))
    assert state.mean(a.number) == pytest.approx(qutip.expect(qutip.num(25), wanted), rel=1e-5)


@pytest.mark.parametrize(
    "operator",
    [qutip.displace(10, 0.3), qutip.projection(10, 0, 0), (1j * np.pi * qutip.num(10)).expm(), qutip.num(10).sqrtm()],
    ids=["displacement", "projector", "parity", "root of the number"],
)
def test_no_polynomial(operator):
    with pytest.raises(OperatorError, match=r"collapse operator 0 is no polynomial of low degree.*Mode.function"):
        from_qutip(0 * qutip.num(10), [operator], [a])


def test_too_few_states_to_tell():
    low = qutip.destroy(4)
    with pytest.raises(OperatorError, match="more Fock states"):
        from_qutip((low.dag() * low) ** 4, [], [a])


def test_factors_that_do_not_fit():
    low = qutip.destroy(5)
    for degrees, text in [
        ([a, h], "give one for each tensor factor"),
        ([h], "has 2 states, its tensor factor has 5"),
        ([lc.parameters("g")[0]], "a Mode, a Spin or Levels"),
    ]:
        with pytest.raises(OperatorError, match=text):
            from_qutip(low.dag() * low, [], degrees)
    with pytest.raises(OperatorError, match="name of its own"):
        from_qutip(qutip.tensor(low, low), [], [a, a])
    with pytest.raises(OperatorError, match="constant QuTiP operator"):
        from_qutip(qutip.QobjEvo(low.dag() * low), [], [a])
    with pytest.raises(OperatorError, match="superoperators are not supported"):
        from_qutip(low.dag() * low, [qutip.liouvillian(low.dag() * low)], [a])
    with pytest.raises(OperatorError, match="not Hermitian"):
        from_qutip(low, [], [a])


def test_questions_of_to_qutip():
    system = lc.OpenSystem(g * a.number, [lc.Jump(a, gamma - g)], name="cavity")
    with pytest.raises(ParameterError, match="has no cutoff"):
        to_qutip(system, g=1.0, gamma=2.0)
    with pytest.raises(UnknownNameError, match="mode of 'cavity' 'b'"):
        to_qutip(system, {b: 5}, g=1.0, gamma=2.0)
    with pytest.raises(ParameterError, match="at least 2, got 1"):
        to_qutip(system, {a: 1}, g=1.0, gamma=2.0)
    with pytest.raises(ParameterError, match="not negative"):
        to_qutip(system, {a: 5}, g=2.0, gamma=1.0)
