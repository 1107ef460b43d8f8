"""Ensembles: the symmetric algebra against the same operators written out member by member."""

import itertools
import pickle

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import limcyc as lc
from limcyc.algebra.ensembles import write_out

SPIN, MODE = lc.Spin("s"), lc.Mode("a")
N = lc.Parameter("N", unit="", minimum=1)
A = lc.Ensemble("A", SPIN, size=N)
B = lc.Ensemble("B", lc.Levels("ion", ("0", "1", "2")), size=N)
ION = B.cell[0]
CELL = lc.Ensemble("C", (MODE, SPIN), size=N)

LETTERS = {
    A: [SPIN.plus, SPIN.minus, SPIN.z, SPIN.ground, 2 + SPIN.excited],
    B: [ION.transition("1", "0"), ION.transition("2", "1"), ION.projector("0"), ION.projector("2")],
    CELL: [MODE.lower, MODE.dag, MODE.dag * SPIN.minus, MODE.number + SPIN.z],
}


@st.composite
def symmetric_operator(draw, ensemble):
    count = draw(st.integers(1, 2))
    return ensemble.distinct(*(draw(st.sampled_from(LETTERS[ensemble])) for _ in range(count)))


def written(operator, members=3):
    return write_out(operator.substitute({N: members}), dict.fromkeys(LETTERS, members))


@given(data=st.data(), ensemble=st.sampled_from([A, B, CELL]))
@settings(max_examples=40, deadline=None)
def test_products_and_conjugates_are_those_of_the_members(data, ensemble):
    left, right = data.draw(symmetric_operator(ensemble)), data.draw(symmetric_operator(ensemble))
    assert written(left * right) == written(left) * written(right)
    assert written(left.dag) == written(left).dag


@pytest.mark.parametrize("members", [1, 2, 3])
def test_sums_of_few_members(members):
    # Beyond the number of members the falling factorial and the written-out sum are both zero.
    operator = A.distinct(SPIN.plus, SPIN.minus, SPIN.z)
    every = A.sum(SPIN.plus) * A.sum(SPIN.minus)
    assert (written(operator, members) == 0) == (members < 3)
    assert written(every, members) == written(A.sum(SPIN.plus), members) * written(A.sum(SPIN.minus), members)


def test_a_number_of_members_that_is_an_integer_drops_impossible_terms():
    two = lc.Ensemble("T", SPIN, size=2)
    assert two.distinct(SPIN.plus, SPIN.plus, SPIN.plus) == 0
    assert two.sum(SPIN.plus) ** 3 == 0
    assert two.mean(1 * SPIN.ground + SPIN.excited) == 1


@pytest.mark.parametrize("members", [2, 3])
def test_heisenberg_equations_of_members(members):
    g, kappa, w, v = lc.parameters("g kappa w v", positive=True)
    light = lc.Mode("light")
    model = lc.OpenSystem(
        g * lc.hermitian(light.dag * A.sum(SPIN.minus)) + v / N * A.distinct(SPIN.plus, SPIN.minus),
        [
            lc.Jump(light.lower, rate=kappa),
            lc.Jump(SPIN.plus, rate=w, each=A),
            lc.Jump(A.sum(SPIN.minus) + light.lower / N, rate=kappa),
            lc.Jump(SPIN.z + 2 * SPIN.minus, rate=w, each=A),
        ],
    )
    explicit = model.explicit({A: members})
    for operator in (
        A.sum(SPIN.z),
        light.dag * A.sum(SPIN.minus),
        A.distinct(SPIN.plus, SPIN.minus),
        light.number * A.distinct(SPIN.plus, SPIN.z),
    ):
        image = written(model.adjoint(operator), members)
        assert image == explicit.adjoint(written(operator, members))


def test_charges_of_an_ensemble_model_are_those_of_its_members():
    g, w = lc.parameters("g w", positive=True)
    light = lc.Mode("light")
    model = lc.OpenSystem(
        g * lc.hermitian(light.dag * A.sum(SPIN.minus)), [lc.Jump(light.lower), lc.Jump(SPIN.plus, rate=w, each=A)]
    )
    assert str(model.symmetries) == "U(1): s_A + n_light"
    assert model.symmetries.shift(A.distinct(SPIN.plus, SPIN.plus)) in {(2,), (-2,)}
    assert len(model.explicit({A: 2}).symmetries.weak) == 1


def test_collective_and_individual_decay_differ_as_they_should():
    # Two inverted atoms: the first photon of D[J-] leaves at rate 2, the pair state then decays at 2 as well.
    collective = lc.OpenSystem(0 * A.sum(SPIN.z), [lc.Jump(A.sum(SPIN.minus))])
    single = lc.OpenSystem(0 * A.sum(SPIN.z), [lc.Jump(SPIN.minus, each=A)])
    times = np.linspace(0, 2, 5)
    for model, law in (
        (collective, lambda t: 2 * np.exp(-2 * t) * (1 + t)),
        (single, lambda t: 2 * np.exp(-t)),
    ):
        explicit = model.explicit({A: 2})
        excited = sum(degree.excited for degree in explicit.degrees)
        run = lc.Exact(explicit).evolve(
            times, observables={"excited": excited}, initial=dict.fromkeys(explicit.degrees, "1")
        )
        np.testing.assert_allclose(run["excited"], law(times), atol=1e-8)


def test_identity_and_printing():
    assert A.sum(1) == N
    assert A.distinct(SPIN.ground, SPIN.excited) == (N - 1) * A.sum(SPIN.excited) - A.distinct(
        SPIN.excited, SPIN.excited
    )
    assert "i\\neq j" in A.distinct(SPIN.plus, SPIN.minus).latex
    assert repr(A) == "Ensemble('A', Spin('s'), size=N)"
    model = lc.OpenSystem(A.sum(SPIN.z), [lc.Jump(SPIN.minus, each=A, name="decay")])
    assert "each of A" in repr(model)
    assert r"\text{each of }" in model.latex
    assert repr(model.jumps[0]).endswith("each=A)")
    assert pickle.loads(pickle.dumps(A)) == A


def test_cells_of_several_degrees_are_named_apart():
    model = lc.OpenSystem(CELL.sum(MODE.dag * MODE.lower), [lc.Jump(SPIN.minus, each=CELL)])
    assert [d.name for d in model.explicit({CELL: 2}).degrees] == ["a_C_1", "a_C_2", "s_C_1", "s_C_2"]


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda: lc.Ensemble("A", SPIN, size=0), "integer number of members >= 1"),
        (lambda: lc.Ensemble("A", SPIN, size=2.5), "integer number of members >= 1"),
        (lambda: lc.Ensemble("A", (), size=2), "need degrees of freedom"),
        (lambda: lc.Ensemble("A", A, size=2), "need degrees of freedom"),
        (lambda: A.sum(MODE.lower), "acts on a, but its members consist of s"),
        (lambda: A.sum("x"), "expected an operator of one member"),
        (lambda: lc.Jump(MODE.lower, each=A), "acts on a, but its members consist of s"),
        (lambda: lc.OpenSystem(A.sum(SPIN.z)).explicit({}), "number of members of ensemble 'A'"),
        (lambda: lc.OpenSystem(A.sum(SPIN.z)).explicit({A: 0}), "integer >= 1, got 0"),
        (
            lambda: lc.OpenSystem(A.sum(SPIN.z) + B.sum(ION.projector("1"))).explicit({A: 2, B: 3}),
            "share the size N",
        ),
        (lambda: lc.Exact(lc.OpenSystem(A.sum(SPIN.z))), r"system.explicit\(\{A: 3\}\)"),
        (lambda: A.action((), 3), "no basis of its own"),
        (lambda: A.state_index("0", 3), "no basis of its own"),
    ],
)
def test_messages(attempt, words):
    with pytest.raises(lc.errors.LimcycError, match=words):
        attempt()


def test_a_fixed_size_is_not_overruled():
    three = lc.Ensemble("T", SPIN, size=3)
    model = lc.OpenSystem(three.sum(SPIN.z))
    with pytest.raises(lc.errors.ParameterError, match="has 3 members, got 2"):
        model.explicit({three: 2})
    assert len(model.explicit({three: 3}).degrees) == 3


def test_the_size_is_a_parameter_of_the_model():
    model = lc.OpenSystem(A.sum(SPIN.z), [lc.Jump(SPIN.minus, each=A)])
    assert set(model.parameters) == {"N"}
    with pytest.raises(lc.errors.ParameterError, match="N must be >= 1"):
        model.values({"N": 0})


def test_sizes_may_be_expressions():
    half = lc.Ensemble("H", SPIN, size=N / 2)
    model = lc.OpenSystem(A.sum(SPIN.z) + half.sum(SPIN.z))
    assert len(model.explicit({A: 4, half: 2}).degrees) == 6
    with pytest.raises(lc.errors.ParameterError, match="has 2 members, got 3"):
        model.explicit({A: 4, half: 3})


def test_partial_matchings_are_complete():
    # J+^p J-^q of N two-level members in the fully excited state: falling factorials.
    for p, members in itertools.product((1, 2, 3), (3, 4)):
        operator = A.sum(SPIN.plus) ** p * A.sum(SPIN.minus) ** p
        on_excited = sum(
            coefficient.subs(N, members) * A.factor_moment(monomial[0][1]).subs(N, members)
            for monomial, coefficient in operator.terms.items()
            if all(dict(m).get(SPIN) == ("1", "1") for m in monomial[0][1])
        )
        collective = sympy.Integer(1)
        for k in range(p):
            collective *= (k + 1) * (members - k)  # <J_z = N/2| J+^p J-^p |J_z = N/2>
        assert on_excited == collective
