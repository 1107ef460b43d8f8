"""Secular first-order response: the closed formula, the exact response as its limits, refusals."""

import numpy as np
import pytest

import limcyc as lc
from limcyc.errors import OperatorError, ParameterError, UnsupportedError
from limcyc.levels.secular_response import secular_response
from limcyc.library.kerr_van_der_pol import first_order
from limcyc.library.kerr_van_der_pol.model import MODE, drive_operator
from limcyc.library.kerr_van_der_pol.undriven import undriven_solver

AT = {"gain": 1.0, "two_phonon_loss": 7.0}


@pytest.mark.parametrize(("detuning", "kerr"), [(50.0, 50.0), (150.0, 50.0), (20.0, -3.0), (0.0, 0.0)])
def test_as_the_closed_formula(detuning, kerr):
    """The formula drops the couplings also where kerr = 0 makes all frequencies equal."""
    values = {"detuning": detuning, "kerr": kerr, **AT}
    found = secular_response(undriven_solver(), drive_operator(), threshold=None, **values).mean(MODE.lower)
    assert found == pytest.approx(complex(first_order.secular_response(detuning, kerr, **AT)), abs=1e-10)


def test_all_couplings_give_the_exact_response():
    values = {"detuning": 0.4, "kerr": 0.7, **AT}
    exact = undriven_solver().linear_response(drive_operator(), **values)
    within = secular_response(undriven_solver(), drive_operator(), threshold=np.inf, **values)
    assert within.mean(MODE.lower) == pytest.approx(exact.mean(MODE.lower), abs=1e-12)
    # All transitions of a harmonic oscillator have one frequency: nothing may be dropped.
    harmonic = {"detuning": 0.4, "kerr": 0.0, **AT}
    kept = secular_response(undriven_solver(), drive_operator(), **harmonic).mean(MODE.lower)
    assert kept == pytest.approx(
        undriven_solver().linear_response(drive_operator(), **harmonic).mean(MODE.lower), abs=1e-12
    )


def test_error_falls_with_the_distance_of_the_lines():
    errors = []
    kerrs = np.array([50.0, 200.0, 800.0])
    for kerr in kerrs:
        values = {"detuning": kerr, "kerr": kerr, **AT}
        one = secular_response(undriven_solver(), drive_operator(), **values).mean(MODE.lower)
        errors.append(abs(one - undriven_solver().linear_response(drive_operator(), **values).mean(MODE.lower)))
    assert np.polyfit(np.log(kerrs), np.log(errors), 1)[0] == pytest.approx(-1, abs=0.1)


def test_two_modes_respond_each_on_its_own():
    a, b = lc.Mode("a"), lc.Mode("b")
    own = [lc.Jump(op, rate) for m, rate in ((a, 1.0), (b, 0.6)) for op in (m.dag, m.lower**2)]
    exact = lc.Exact(lc.OpenSystem(20 * a.number**2 + 30 * b.number**2, own))
    cutoffs = {a: 8, b: 8}
    found = secular_response(exact, b.x, cutoffs, closed=True)
    alone = lc.Exact(lc.OpenSystem(30 * b.number**2, own[2:]))
    assert found.mean(b.lower) == pytest.approx(
        secular_response(alone, b.x, {b: 8}, closed=True).mean(b.lower), abs=1e-12
    )
    assert abs(found.mean(a.lower)) < 1e-14


def test_refusals():
    a, s = lc.Mode("a"), lc.Spin("s")
    hopping = lc.Exact(lc.OpenSystem(lc.hermitian(a.dag * s.minus), [lc.Jump(a.lower), lc.Jump(s.plus)]))
    with pytest.raises(UnsupportedError, match=r"moves quanta.*Exact\.linear_response"):
        secular_response(hopping, a.x)
    with pytest.raises(OperatorError, match="Hermitian"):
        secular_response(undriven_solver(), MODE.lower, detuning=0.0, kerr=1.0, **AT)
    with pytest.raises(ParameterError, match="threshold"):
        secular_response(undriven_solver(), drive_operator(), threshold=-1.0, detuning=0.0, kerr=1.0, **AT)
