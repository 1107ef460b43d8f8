"""Kicks and forces as parts of an open system, and that no level leaves them out."""

import networkx
import pytest
import sympy

import limcyc as lc
from limcyc import frames
from limcyc.errors import OperatorError, ParameterError, UnsupportedError
from limcyc.interop.qutip import to_qutip

X, A, S = lc.Rotor("x"), lc.Mode("a"), lc.Spin("s")
K, T = lc.parameters("K T", positive=True)
KICKED = lc.OpenSystem(A.number, [lc.Jump(A.lower)], kicks=[lc.Kick(A.x)], name="kicked mode")
WITH_SPIN = lc.OpenSystem(
    A.number + S.excited, [lc.Jump(A.lower), lc.Jump(S.minus)], kicks=[lc.Kick(A.x)], name="kicked pair"
)
TOP = lc.OpenSystem(X.number**2, kicks=[lc.Kick(K * X.cos, T)], forces=[lc.Force(X, K)], name="kicked top")

LEVELS = {
    "Exact": lambda s: lc.Exact(s),
    "Jumps": lambda s: lc.Jumps(s, {A: 4}),
    "Cumulants": lambda s: lc.Cumulants(s, order=1).equations,
    "Wigner": lambda s: lc.Wigner(s),
    "Gaussian": lambda s: lc.Gaussian(s),
    "Floquet": lambda s: lc.Floquet(s),
    "ProductState": lambda s: lc.ProductState(s, cutoffs={A: 4}),
    "Network": lambda s: lc.Network(networkx.cycle_graph(3), s),
    "adjoint": lambda s: s.adjoint(A.lower),
    "explicit": lambda s: s.explicit({}),
    "to_qutip": lambda s: to_qutip(s, {A: 4}),
    "rotating_frame": lambda s: frames.rotating_frame(s, A.number),
    "interaction_picture": lambda s: frames.interaction_picture(s),
    "displaced": lambda s: frames.displaced(s, A, 1.0),
    "bogoliubov": lambda s: frames.bogoliubov(s, A, 0.1),
    "high_frequency": lambda s: frames.high_frequency(s),
    "secular": lambda s: frames.secular(s, 1.0, {}),
    "drive_frame": lambda s: frames.drive_frame(s),
    "resonances": lambda s: frames.resonances(s, "w", {}),
}


@pytest.mark.parametrize("name", LEVELS)
def test_nothing_leaves_kicks_out(name):
    with pytest.raises(
        UnsupportedError, match=r"would leave out its 1 kick\(s\) and 0 static force\(s\); use KickedRotor"
    ):
        LEVELS[name](KICKED)


def test_elimination_refuses_kicks():
    with pytest.raises(UnsupportedError, match="would leave out its 1 kick"):
        lc.AdiabaticElimination(WITH_SPIN, A)


@pytest.mark.parametrize("name", ["Jumps", "Floquet", "ProductState"])
def test_levels_that_do_not_watch_a_window_refuse_rotors(name):
    free = lc.OpenSystem(lc.Rotor("x", (-2, 2)).number, [lc.Jump(A.lower)])
    with pytest.raises(UnsupportedError, match="would not watch the momentum window of rotor x"):
        LEVELS[name](free)


def test_a_force_alone_is_refused_too():
    with pytest.raises(UnsupportedError, match=r"0 kick\(s\) and 1 static force"):
        lc.Exact(lc.OpenSystem(X.number**2, forces=[lc.Force(X, 1.0)]))


def test_parts_belong_to_the_model():
    assert sorted(TOP.parameters) == ["K", "T"] and TOP.degrees == (X,)
    assert lc.OpenSystem(0 * X.number, forces=[lc.Force(X, 1.0)]).degrees == (X,)
    more = TOP.with_terms(3 * X.number, [lc.Jump(X.number)])
    assert more.kicks == TOP.kicks and more.forces == TOP.forces and len(more.jumps) == 1
    assert "kick" in repr(TOP) and "force K on x" in repr(TOP)
    assert r"\exp\left[-i" in TOP.latex and r"\dot{\beta}_{x}" in TOP.latex and "K" in TOP._repr_html_()


def test_kicks_count_for_symmetries():
    damped = lc.OpenSystem(X.number**2, [lc.Jump(X.number)])
    assert "U(1): n_x" in str(damped.symmetries)
    third = lc.OpenSystem(X.number**2, [lc.Jump(X.number)], kicks=[lc.Kick(lc.hermitian(X.wave(3)))])
    assert "Z_3" in str(third.symmetries) and "U(1)" not in str(third.symmetries)
    # A potential that a kick would cancel if it were added as it stands.
    cancelled = lc.OpenSystem(-X.cos, kicks=[lc.Kick(X.cos)])
    assert str(cancelled.symmetries) == "no abelian weak symmetry"


@pytest.mark.parametrize(
    ("attempt", "error", "words"),
    [
        (lambda: lc.Kick(X.wave(1)), OperatorError, "must be Hermitian"),
        (lambda: lc.Kick("x"), OperatorError, "a kick needs an operator"),
        (lambda: lc.Kick(X.cos, 0), ParameterError, "period of a kick must be positive"),
        (lambda: lc.Kick(X.cos, -1.5), ParameterError, "period of a kick must be positive"),
        (lambda: lc.Kick(sympy.cos(lc.TIME) * X.cos), ParameterError, "depends on time"),
        (lambda: lc.Force(A, 1.0), OperatorError, "acts on a Rotor"),
        (lambda: lc.Force(X, sympy.I), ParameterError, "real and constant in time"),
    ],
)
def test_refusals(attempt, error, words):
    with pytest.raises(error, match=words):
        attempt()
