"""The open system: validation, parameters, Heisenberg equations, printing."""

import pickle

import pytest
import sympy

import limcyc as lc
from limcyc.errors import OperatorError, ParameterError, UnknownNameError

a, h = lc.Mode("a"), lc.Spin("h")
g, gamma = lc.parameters("g gamma", positive=True)
kappa = lc.Parameter("kappa", minimum=0, default=0.1)
maser = lc.OpenSystem(
    lc.hermitian(g * a.dag * h.minus), [lc.Jump(h.plus, rate=gamma), lc.Jump(a, rate=kappa)], name="maser"
)


def test_parts_and_parameters():
    assert maser.degrees == (a, h)
    assert sorted(maser.parameters) == ["g", "gamma", "kappa"]
    assert maser.values({"g": 1, "gamma": 2}) == {"g": 1.0, "gamma": 2.0, "kappa": 0.1}


def test_wrong_parameters():
    with pytest.raises(ParameterError, match="'maser' needs a value for g, gamma"):
        maser.values({})
    with pytest.raises(UnknownNameError, match=r"parameter of 'maser' 'gama'; did you mean 'gamma'\?"):
        maser.values({"g": 1.0, "gama": 1.0})
    with pytest.raises(ParameterError, match="gamma must be > 0"):
        maser.values({"g": 1.0, "gamma": 0.0})


def test_two_parameters_of_one_name():
    with pytest.raises(ParameterError, match="two different parameters of 'x' are called 'g'"):
        lc.OpenSystem(g * a.number, [lc.Jump(a, rate=lc.Parameter("g", default=2.0))], name="x")


def test_plain_symbols_become_parameters():
    plain = sympy.Symbol("w", nonnegative=True)
    assert lc.OpenSystem(plain * a.number).parameters["w"].range == ">= 0"


def test_the_hamiltonian_must_be_hermitian():
    with pytest.raises(OperatorError, match=r"not Hermitian.*limcyc.hermitian"):
        lc.OpenSystem(g * a.dag * h.minus)
    with pytest.raises(OperatorError, match="must be an operator"):
        lc.OpenSystem("a")
    with pytest.raises(OperatorError, match="needs an operator"):
        lc.Jump(None)


def test_degrees_of_one_name():
    with pytest.raises(OperatorError, match=r"share the name\(s\) \['a'\]"):
        lc.OpenSystem(a.number, [lc.Jump(lc.Spin("a").minus)])


@pytest.mark.parametrize("rate", [-1, -gamma, 1j])
def test_rates_that_can_never_be_valid(rate):
    with pytest.raises(ParameterError, match="real and not negative"):
        lc.Jump(a, rate=rate)


def test_rates_are_checked_with_their_numbers():
    pumped = lc.OpenSystem(0 * a.number, [lc.Jump(a, gamma - g), lc.Jump(a.dag, g)], name="pumped")
    assert pumped.values({"gamma": 2.0, "g": 1.0}) == {"gamma": 2.0, "g": 1.0}
    with pytest.raises(
        ParameterError, match=r"rate -g \+ gamma of the jump a of 'pumped'.*at g = 2, gamma = 1 it is -1"
    ):
        pumped.values({"gamma": 1.0, "g": 2.0})
    with pytest.raises(ParameterError, match="not negative"):
        lc.Cumulants(pumped, order=1).evolve([0.0, 1.0], gamma=1.0, g=2.0)
    complex_rate = lc.OpenSystem(0 * a.number, [lc.Jump(a, lc.Parameter("z", real=False))])
    with pytest.raises(ParameterError, match=r"must be real.*it is 1\+1j"):
        complex_rate.values({"z": 1 + 1j})
    with pytest.raises(ParameterError, match="finite"):
        lc.OpenSystem(0 * a.number, [lc.Jump(a, 1 / kappa)]).values({"kappa": 0.0})


def test_heisenberg_equation_of_the_field():
    assert maser.adjoint(a.lower) == -kappa / 2 * a - sympy.I * g * h.minus
    assert maser.adjoint(1) == 0
    assert maser.adjoint(a.number).is_hermitian
    with pytest.raises(OperatorError, match="expected an operator"):
        maser.adjoint("a")


def test_with_terms():
    driven = maser.with_terms(0.1 * a.x, [lc.Jump(h.z, rate=0.2)], name="driven")
    assert driven.hamiltonian == maser.hamiltonian + 0.1 * a.x and len(driven.jumps) == 3 and driven.name == "driven"
    assert maser.with_terms().name == "maser"


def test_printing():
    text = repr(maser)
    assert "OpenSystem 'maser'" in text and "(rate gamma)" in text and "kappa [rate] >= 0" in text
    assert r"\sigma_-^{h}" in maser.latex and r"\text{rate } \gamma" in maser.latex
    assert "<table>" in maser._repr_html_() and "U(1): n_a + h" in maser._repr_html_()


def test_pickle():
    copy = pickle.loads(pickle.dumps(maser))
    assert copy == maser and copy.parameters == maser.parameters
    assert repr(copy.symmetries) == repr(maser.symmetries)
