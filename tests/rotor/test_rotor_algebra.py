"""Rotors in the algebra: canonical form against matrices, functions of the momentum, windows, refusals."""

import pickle

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import limcyc as lc
from limcyc.algebra.matrices import Basis, matrix
from limcyc.errors import CutoffError, OperatorError
from limcyc.interop.qutip import to_qutip

X = lc.Rotor("x")
WIDE = lc.Rotor("x", (-30, 30))


def dense(operator, **values):
    return matrix(operator.relabel({X: WIDE}), Basis((WIDE,), (61,)), values).toarray()


def root(sign):
    return X.function(lambda n: sympy.sqrt(sympy.Max(sign * n, 0)))


PIECES = st.sampled_from(
    [X.number, X.cos, X.sin, X.wave(2), X.wave(-1) * root(1), X.wave(1) * root(-1), X.number**2 + 1, 2j * X.wave(-3)]
)


@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES, min_size=2, max_size=4))
def test_products_are_those_of_matrices(parts):
    """Away from the edge of a wide window; the product and its conjugate."""
    product, wanted = parts[0], dense(parts[0])
    for part in parts[1:]:
        product, wanted = product * part, wanted @ dense(part)
    inner = slice(14, -14)
    scale = np.abs(wanted[inner, inner]).max() + 1
    assert dense(product)[inner, inner] == pytest.approx(wanted[inner, inner], abs=1e-12 * scale)
    assert dense(product.dag)[inner, inner] == pytest.approx(wanted.conj().T[inner, inner], abs=1e-12 * scale)


def test_canonical_forms():
    assert lc.commutator(X.number, X.shift_up) == X.shift_up
    assert lc.commutator(X.momentum, X.sin) == -sympy.I * X.cos
    assert X.cos**2 + X.sin**2 == 1
    assert X.wave(2) * X.wave(-2) == 1 and X.wave(0) == 1
    down = X.wave(-1) * root(1)
    assert down.dag * down == X.function(lambda n: sympy.Max(n, 0))
    assert (root(1).dag * root(1) - root(-1).dag * root(-1)).is_hermitian
    assert X.function(lambda n: (n + 1) ** 2) == X.number**2 + 2 * X.number + 1
    assert repr(X.wave(-2) * X.number**3) == "e^{-2ix} n_x^3" and (X.wave(1) * root(1)).latex.startswith("e^{ix}")


def test_functions_may_hold_parameters_also_one_called_n():
    n = lc.Parameter("n")
    shifted = X.function(lambda m: sympy.Abs(m - 3) * n)
    assert np.diag(dense(shifted, n=2.0)) == pytest.approx(2 * np.abs(np.arange(-30, 31) - 3))


def test_rotor_and_mode_together():
    a = lc.Mode("a")
    coupled = lc.hermitian(X.shift_up * a.lower)
    model = lc.OpenSystem(X.number**2 + coupled, [lc.Jump(a.lower)])
    assert str(model.symmetries) == "U(1): n_a + n_x"
    assert pickle.loads(pickle.dumps(model)).hamiltonian == model.hamiltonian


def test_exact_level_and_qutip_on_a_window():
    """A damped rotor in a potential: steady state and transient, limcyc against QuTiP on the same matrices."""
    import qutip

    x = lc.Rotor("x", (-8, 8))
    move = {X: x}
    jumps = [lc.Jump((X.wave(-s) * root(s)).relabel(move), 0.5) for s in (1, -1)]
    model = lc.OpenSystem(x.number**2 / 4 + 0.3 * x.cos, jumps)
    hamiltonian, collapse = to_qutip(model)
    number = qutip.Qobj(np.diag(np.arange(-8.0, 9.0)))
    steady = qutip.steadystate(hamiltonian, collapse)
    assert lc.Exact(model).steady_state().mean(x.number**2) == pytest.approx(qutip.expect(number**2, steady), abs=1e-10)
    run = lc.Exact(model).evolve([0.0, 1.0, 3.0], {"n": x.number}, {x: 2})
    options = {"rtol": 1e-10, "atol": 1e-12}
    theirs = qutip.mesolve(hamiltonian, qutip.basis(17, 10), [0.0, 1.0, 3.0], collapse, e_ops=[number], options=options)
    assert run.n.values == pytest.approx(theirs.expect[0], abs=1e-8)


def test_a_window_that_is_full_is_refused():
    x = lc.Rotor("x", (-3, 3))
    model = lc.OpenSystem(x.cos, [lc.Jump(x.number, 0.1)])
    with pytest.raises(CutoffError, match=r"window \(-3, 3\) of rotor x hold up to .* enlarge the momentum window"):
        lc.Exact(model).steady_state()
    with pytest.raises(CutoffError, match="enlarge the momentum window"):
        lc.Exact(model).evolve([0.0, 5.0], {"n": x.number})


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (lambda: lc.Rotor("x", (3, 3)), "two integers"),
        (lambda: lc.Rotor("x", (0.5, 3)), "two integers"),
        (lambda: lc.Rotor("x", 5), "two integers"),
        (lambda: X.wave(0.5), "periodic for integer k only"),
        (lambda: lc.Rotor("x", (-2, 2)).state_index(3, 5), "its momentum, an integer in -2..2"),
        (
            lambda: lc.Rotor("x", (-2, 2)).number + lc.Rotor("x").number * lc.Rotor("x", (-2, 2)).number,
            "both called 'x'",
        ),
    ],
)
def test_refusals(attempt, words):
    with pytest.raises(OperatorError, match=words):
        attempt()


def test_order_of_terms_does_not_depend_on_what_was_made_before():
    a = lc.Mode("a")
    made = [repr(X.number * X.shift_up), repr(a.dag + a.number)]
    assert made[0] == "e^{ix} + e^{ix} n_x"
    assert next(iter(X.shift_up.terms))[0][1] != next(iter(a.dag.terms))[0][1]


def test_parameters_inside_functions_are_replaced_for_the_symmetries_of_a_point():
    s = lc.Parameter("s")
    model = lc.OpenSystem(X.function(lambda n: sympy.Abs(n - s)) + s * X.cos, [lc.Jump(X.number)])
    assert "U(1)" not in str(model.symmetries) and "U(1): n_x" in str(model.symmetries_at(s=0.0))
