"""The family of errors: what was asked, what is wrong, what to do."""

import inspect

import pytest

import limcyc as lc
from limcyc import errors


@pytest.mark.parametrize("name", errors.__all__)
def test_one_family(name):
    kind = getattr(errors, name)
    base = errors.LimcycWarning if name.endswith("Warning") else errors.LimcycError
    assert issubclass(kind, base) and inspect.getdoc(kind)


def test_errors_can_be_caught_as_value_errors_and_warnings_as_user_warnings():
    assert issubclass(errors.LimcycError, ValueError) and issubclass(errors.LimcycWarning, UserWarning)
    assert issubclass(errors.UnknownNameError, errors.ParameterError)


def test_unknown_names_offer_the_nearest():
    error = errors.UnknownNameError("parameter", "gama_h", ["g_h", "gamma_h"])
    assert str(error) == "unknown parameter 'gama_h'; did you mean 'gamma_h'? Valid: g_h, gamma_h"
    assert (error.kind, error.name, error.known) == ("parameter", "gama_h", ("g_h", "gamma_h"))
    assert "did you mean" not in str(errors.UnknownNameError("parameter", "zzz", ["g_h"]))
    assert str(errors.UnknownNameError("mode", "a", [])).endswith("Valid: none")


def test_messages_name_system_value_and_way_out():
    """One message of each kind, with the three things that it must say."""
    a, h = lc.Mode("a"), lc.Spin("h")
    gain, kappa = lc.parameters("gain kappa", minimum=0)
    model = lc.OpenSystem(0 * a.number, [lc.Jump(a.dag, gain), lc.Jump(a, kappa)], name="amplifier")
    exact = lc.Exact(model)
    questions = {
        errors.RunawayError: (lambda: exact.steady_state(gain=2.0, kappa=1.0), ["'amplifier'", "d<n>/dt", "evolve("]),
        errors.CutoffError: (
            lambda: exact.steady_state({a: 5}, gain=0.5, kappa=1.0),
            ["'amplifier'", "{'a': 5}", "raise the cutoff"],
        ),
        errors.ParameterError: (lambda: exact.steady_state(gain=-2.0, kappa=1.0), ["gain", ">= 0", "-2"]),
        errors.UnknownNameError: (
            lambda: exact.steady_state(gian=2.0, kappa=1.0),
            ["'amplifier'", "'gian'", "did you mean 'gain'"],
        ),
        errors.SeveralSteadyStatesError: (
            lambda: lc.Exact(lc.OpenSystem(h.z, [lc.Jump(h.z)], name="dephasing")).steady_state(),
            ["'dephasing'", "at least 2", "evolve("],
        ),
        errors.SymmetryError: (
            lambda: lc.Exact(model.with_terms(a.x)).linewidth(a, gain=0.0, kappa=1.0),
            ["'amplifier'", "not free", "spectrum("],
        ),
        errors.OperatorError: (
            lambda: lc.OpenSystem(a.lower, name="wrong"),
            ["'wrong'", "H - H^+", "limcyc.hermitian"],
        ),
        errors.UnsupportedError: (
            lambda: lc.Cumulants(
                lc.OpenSystem(a.function(lambda n: 1 / (n + 1)), [lc.Jump(a)], name="nonlinear"), order=1
            ),
            ["'nonlinear'", "do not factorise", "exact level"],
        ),
    }
    for kind, (question, words) in questions.items():
        with pytest.raises(kind) as caught:
            question()
        for word in words:
            assert word in str(caught.value), (kind, word)
