"""Operators: canonical form, products, conjugates, printing."""

import pickle

import numpy as np
import pytest
import sympy

import limcyc as lc
from limcyc.algebra.matrices import Basis, matrix
from limcyc.errors import OperatorError, UnknownNameError

a, b, h = lc.Mode("a"), lc.Mode("b"), lc.Spin("h")
ion = lc.Levels("ion", ("g", "h", "c"))
g, k = lc.parameters("g k", positive=True)


def test_bosonic_commutators():
    assert lc.commutator(a, a.dag) == 1
    assert lc.commutator(a, a.dag**3) == 3 * a.dag**2
    assert lc.commutator(a.number, a) == -a.lower
    assert lc.commutator(a.x, a.p) == sympy.I
    assert lc.commutator(a, b.dag) == 0
    assert lc.anticommutator(a, a.dag) == 2 * a.number + 1


def test_spin_and_level_products():
    assert lc.commutator(h.plus, h.minus) == h.z
    assert h.x * h.y == sympy.I * h.z
    assert h.x**2 == h.y**2 == h.z**2 == 1
    assert h.plus**2 == 0
    assert h.ground + h.excited == 1
    assert ion.transition("h", "g") * ion.transition("g", "c") == ion.transition("h", "c")
    assert ion.transition("h", "g") * ion.transition("h", "c") == 0
    assert sum((ion.projector(level) for level in ion.names), 0 * a) == 1


def test_equal_operators_are_equal_data():
    one, two = a * a.dag * h.x, h.x + h.x * a.number
    assert one == two and hash(one) == hash(two) and list(one.terms) == list(two.terms)
    assert one != two + 1
    assert {one: "kept"}[two] == "kept"
    assert (g * a - a * g).terms == {}
    assert (0.0 * a).terms == {}


def test_a_mode_stands_for_its_lowering_operator():
    assert a + 0 == a.lower
    assert 2 * a == a.lower + a.lower
    assert a**2 == a.lower * a.lower
    assert -a + a == 0
    assert np.float64(2.0) * a == 2.0 * a.lower


def test_operators_are_immutable():
    with pytest.raises(AttributeError, match="immutable"):
        a.number.terms = {}


@pytest.mark.parametrize(
    "operator",
    [
        a * a.dag**2 * h.plus,
        sympy.I * g * a.dag * ion.transition("h", "g"),
        (1 + 2j) * a.dag**2 * b * h.y,
        a.dag * a.function(lambda n: sympy.exp(-n / 3)),
    ],
)
def test_conjugate(operator):
    assert operator.dag.dag == operator
    assert (operator * a.number).dag == a.number * operator.dag
    assert lc.hermitian(operator).is_hermitian
    assert not operator.is_hermitian


@pytest.mark.parametrize(
    "original", [a.dag**2 * a * h.plus * g, a.function(lambda n: 1 / (n + g)), a, h, ion, g, ion.projector("g")]
)
def test_pickle(original):
    copy = pickle.loads(pickle.dumps(original))
    assert copy == original and hash(copy) == hash(original)


def test_functions_of_the_number():
    assert a.function(lambda n: n**2) == a.number**2
    assert a.function(lambda n: 3) == 3
    f = a.function(lambda n: sympy.sqrt(n + 1))
    assert f * f == a.number + 1
    shifted = a.function(lambda n: sympy.sqrt(n + 2))
    assert a * f == shifted * a
    assert f * a.dag == a.dag * shifted
    assert lc.commutator(f, a.number) == 0
    assert f.is_hermitian


def test_sidebands_of_an_ion_beyond_the_lamb_dicke_limit():
    """<n+1| exp(i eta (a + a^+)) |n> = i eta exp(-eta^2/2) L_n^1(eta^2)/sqrt(n+1) (textbook; Wineland et al. 1998)."""
    from scipy.linalg import expm

    eta = lc.Parameter("eta", unit="", minimum=0)
    sideband = (
        eta * sympy.exp(-(eta**2) / 2) * a.dag * a.function(lambda n: sympy.assoc_laguerre(n, 1, eta**2) / (n + 1))
    )
    size, value = 40, 0.6
    low = np.diag(np.sqrt(np.arange(1, 200)), 1)
    exact = expm(1j * value * (low + low.T))[:size, :size]
    ours = matrix(sideband, Basis((a,), (size,)), {"eta": value}).toarray()
    assert np.allclose(np.diag(1j * ours, -1), np.diag(exact, -1), atol=1e-12)


def test_matrix_of_a_product_basis_has_the_last_factor_running_fastest():
    basis = Basis((a, h), (3, 2))
    ours = matrix(a.dag * h.minus + 2j * h.z, basis).toarray()
    low, minus, z = np.diag(np.sqrt([1.0, 2.0]), 1), np.array([[0, 1], [0, 0]]), np.diag([-1, 1])
    assert np.allclose(ours, np.kron(low.T, minus) + 2j * np.kron(np.eye(3), z))


def test_matrix_wants_a_number_for_every_parameter():
    with pytest.raises(lc.errors.ParameterError, match=r"'g' has no value.*g="):
        matrix(g * a, Basis((a,), (3,)))
    with pytest.raises(OperatorError, match="not part of this model"):
        matrix(b.lower, Basis((a,), (3,)))


@pytest.mark.parametrize(
    ("operator", "text"),
    [
        (0 * a, "0"),
        (lc.hermitian(g * a), "g a + g a^+"),
        (a - 1, "-1 + a"),
        (a - (g + 1), "-(g + 1) + a"),
        (-(g + 1) * a, "-(g + 1) a"),
        (0.5 * a.number, "0.5 a^+ a"),
        (-sympy.I * g * h.plus, "-I*g s+_h"),
        (a.dag**2 * a * ion.transition("h", "g"), "a^+2 a |h><g|_ion"),
    ],
)
def test_text(operator, text):
    assert repr(operator) == text


def test_latex():
    assert (g * a.dag**2 * a * h.minus).latex == r"g a^{\dagger 2} a \sigma_-^{h}"
    assert (a - (g + 1)).latex == r"-\left(g + 1\right) + a" or (a - (g + 1)).latex == r"-(g + 1) + a"
    assert ion.transition("h", "c").latex == r"|h\rangle\langle c|_{ion}"
    assert a.lower._repr_latex_() == r"$\displaystyle a$"


def test_names_must_not_clash():
    with pytest.raises(OperatorError, match="both called 'a'"):
        _ = a * lc.Spin("a").plus
    with pytest.raises(OperatorError, match="needs a name"):
        lc.Mode("")


def test_levels_are_named_not_numbered():
    with pytest.raises(OperatorError, match="named by text"):
        lc.Levels("ion", (0, 1, 2))
    with pytest.raises(OperatorError, match="named, not numbered"):
        ion.transition(1, 0)
    with pytest.raises(UnknownNameError, match=r"level of 'ion' 'e'.*g, h, c"):
        ion.projector("e")
    with pytest.raises(OperatorError, match="two different level names"):
        lc.Levels("ion", ("g", "g"))
    with pytest.raises(OperatorError, match="fixed"):
        lc.Spin("h", ("g", "e"))


def test_meaningless_arithmetic_is_refused():
    with pytest.raises(OperatorError, match="division"):
        _ = a / a.dag
    with pytest.raises(OperatorError, match="powers 0, 1, 2"):
        _ = a ** (-1)
    with pytest.raises(OperatorError, match="expected an operator"):
        lc.commutator(a, "b")
    with pytest.raises(TypeError):
        _ = a + "b"
