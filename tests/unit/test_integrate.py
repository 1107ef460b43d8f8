"""Integration: orders of convergence, closed solutions, SciPy, lanes, stops, events."""

import numpy as np
import pytest

from limcyc.errors import ConvergenceError, ParameterError
from limcyc.numerics.fields import FunctionField, PolynomialField, Term
from limcyc.numerics.integrate import Periodic, Stationary, integrate

ROTATION = PolynomialField.of(2, [Term(0, 1.0, (1,)), Term(1, -1.0, (0,))])
DRIVEN = PolynomialField.of(1, [Term(0, -1.0, (0,)), Term(0, 1.0, (), 0, 1)], harmonics=1)
VAN_DER_POL = PolynomialField.of(
    2, [Term(0, 1.0, (1,)), Term(1, 1.0, (1,), 1), Term(1, -1.0, (0, 0, 1), 1), Term(1, -1.0, (0,))]
)


def test_fixed_step_is_of_fourth_order():
    bound, errors, steps = ROTATION.bind([1.0]), [], [0.2, 0.1, 0.05]
    for step in steps:
        final = integrate(bound, [1.0, 0.0], [0.0, 6.0], method="rk4", step=step).final[:, 0]
        errors.append(np.linalg.norm(final - [np.cos(6), -np.sin(6)]))
    slope = np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert abs(slope - 4) < 0.2


@pytest.mark.parametrize(("method", "order"), [("dopri5", 5), ("dop853", 8)])
def test_adaptive_methods_have_their_order(method, order):
    """With the step held by largest_step the error falls with the declared order."""
    bound, errors, steps = ROTATION.bind([1.0]), [], [0.5, 0.4, 0.32]
    for step in steps:
        run = integrate(bound, [1.0, 0.0], [0.0, 8.0], method=method, rtol=1e3, atol=1e3, largest_step=step)
        errors.append(np.linalg.norm(run.final[:, 0] - [np.cos(8), -np.sin(8)]))
    slope = np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert abs(slope - order) < 0.2, errors


@pytest.mark.parametrize(("method", "order"), [("dopri5", 4), ("dop853", 7)])
def test_samples_between_steps_have_the_order_of_the_interpolant(method, order):
    bound, errors = ROTATION.bind([1.0]), []
    steps = [1.0, 0.7, 0.5]
    for step in steps:
        times = np.concatenate([[0.0], np.linspace(0.03, 7.0, 400)])
        run = integrate(bound, [1.0, 0.0], times, method=method, rtol=1e3, atol=1e3, largest_step=step)
        errors.append(np.abs(run.states[0, :, 0] - np.cos(times)).max())
    assert np.polyfit(np.log(steps), np.log(errors), 1)[0] > order - 0.2


@pytest.mark.parametrize("method", ["dopri5", "dop853", "radau", "bdf", "lsoda"])
def test_methods_agree_with_the_closed_solution_of_a_driven_decay(method):
    times = np.linspace(0, 9, 40)
    run = integrate(DRIVEN.bind([1.0], [1.3]), [0.4], times, method=method, rtol=1e-9, atol=1e-11)
    w = 1.3
    exact = (np.cos(w * times) + w * np.sin(w * times)) / (1 + w**2) + (0.4 - 1 / (1 + w**2)) * np.exp(-times)
    np.testing.assert_allclose(run.states[0, :, 0], exact, atol=2e-7)


def test_every_lane_has_its_own_step_and_does_not_disturb_the_others():
    stiffness = np.array([0.1, 8.0, 1.0])
    bound = VAN_DER_POL.bind(np.stack([np.ones(3), stiffness]))
    times = np.linspace(0, 15, 31)
    together = integrate(bound, [2.0, 0.0], times, rtol=1e-10, atol=1e-12)
    assert together.accepted[1] > 1.5 * together.accepted[0]
    for lane in range(3):
        alone = integrate(bound.lane(lane), [2.0, 0.0], times, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(alone.states[..., 0], together.states[..., lane], atol=1e-9)
        reference = integrate(bound.lane(lane), [2.0, 0.0], times, method="radau", rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(alone.states, reference.states, atol=2e-6)


def test_more_lanes_than_a_block():
    rates = np.linspace(0.5, 2.0, 150)
    decay = PolynomialField.of(1, [Term(0, -1.0, (0,))]).bind(rates[None, :])
    run = integrate(decay, [1.0], [0.0, 1.0, 2.0])
    np.testing.assert_allclose(run.states[0, 1], np.exp(-rates), atol=1e-8)
    np.testing.assert_allclose(run.final[0], np.exp(-2 * rates), atol=1e-8)


def test_a_lane_that_blows_up_is_marked_and_the_others_go_on():
    explode = PolynomialField.of(1, [Term(0, 1.0, (0, 0))]).bind(np.array([[1.0, -1.0]]))
    run = integrate(explode, [1.0], [0.0, 0.5, 3.0])
    assert run.failed.tolist() == [True, False]
    assert np.isnan(run.states[0, 2, 0]) and run.states[0, 2, 1] == pytest.approx(1 / 4)
    assert run.states[0, 1, 0] == pytest.approx(2.0)
    with pytest.raises(ConvergenceError, match=r"all 1 lane\(s\).*radau"):
        integrate(explode.lane(0), [1.0], [0.0, 3.0])


def test_stationary_lanes_stop_early():
    rates = np.array([[5.0, 0.01]])
    decay = PolynomialField.of(1, [Term(0, -1.0, (0,))]).bind(rates)
    run = integrate(decay, [1.0], np.linspace(0, 100, 1001), stop=Stationary(1e-8))
    assert run.stopped_at[0] < 30 and np.isnan(run.stopped_at[1])
    assert np.isnan(run.states[0, -1, 0]) and run.states[0, -1, 1] == pytest.approx(np.exp(-1), abs=1e-7)
    assert run.final[0, 0] == pytest.approx(0, abs=1e-8)


def test_periodic_lanes_stop():
    period = 2 * np.pi / 1.3
    times = np.arange(0, 40 * period, period / 16)
    run = integrate(DRIVEN.bind([1.0], [1.3]), [5.0], times, stop=Periodic(period, 1e-6))
    assert 10 < run.stopped_at[0] < 30 * period
    with pytest.raises(ParameterError, match="cannot show a period"):
        integrate(DRIVEN.bind([1.0], [1.3]), [5.0], np.linspace(0, 100, 1000), stop=Periodic(period))


def test_events_and_dense_output():
    run = integrate(
        ROTATION.bind([1.0]), [1.0, 0.0], [0.0, 10.0], rtol=1e-10, atol=1e-12, events=[lambda t, x: x[0]], dense=True
    )
    np.testing.assert_allclose(run.events[0][0], np.pi * np.array([0.5, 1.5, 2.5]), atol=1e-8)
    np.testing.assert_allclose(run(3.3), [np.cos(3.3), -np.sin(3.3)], atol=1e-7)
    with pytest.raises(ParameterError, match="dense=True"):
        integrate(ROTATION.bind([1.0]), [1.0, 0.0], [0.0, 1.0])(0.5)


def test_function_fields_run_with_every_kind_of_method():
    pendulum = FunctionField(2, lambda t, x, p: np.stack([x[1], -np.sin(x[0])]))
    reference = integrate(pendulum, [1.0, 0.0], [0.0, 5.0], rtol=1e-11, atol=1e-13).final
    for method, options in (("rk4", {"step": 0.005}), ("radau", {"rtol": 1e-9, "atol": 1e-11})):
        np.testing.assert_allclose(
            integrate(pendulum, [1.0, 0.0], [0.0, 5.0], method=method, **options).final, reference, atol=1e-7
        )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"times": [1.0, 0.0]}, "`times` must be finite and increasing"),
        ({"start": [1.0]}, r"`start` must have shape \(2,\) or \(2, 1\)"),
        ({"method": "euler"}, "`method` must be one of dop853"),
        ({"method": "rk4"}, "`step` belongs to"),
        ({"step": 0.1}, "`step` belongs to"),
        ({"method": "rk4", "step": -0.1}, "`step` must be > 0"),
        ({"rtol": 0.0}, "`rtol` and `atol` must be > 0"),
        ({"dense": True, "stop": Stationary()}, "does not go together"),
    ],
)
def test_messages(options, words):
    arguments = {"start": [1.0, 0.0], "times": [0.0, 1.0]} | options
    with pytest.raises(ParameterError, match=words):
        integrate(ROTATION.bind([1.0]), arguments.pop("start"), arguments.pop("times"), **arguments)
