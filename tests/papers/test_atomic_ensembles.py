"""Two atomic ensembles: every level against reference numbers and independent routes.

The numbers of tests/reference/atomic_ensembles.json were computed independently of this library.
"""

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import sympy
from scipy import integrate

from limcyc.claims import check
from limcyc.errors import (
    ConvergenceError,
    ParameterError,
    SeveralSteadyStatesError,
    UnknownNameError,
    UnsupportedError,
    ValidityWarning,
)
from limcyc.library import atomic_ensembles as clocks
from limcyc.library.atomic_ensembles import boundaries, cumulants, exact, polynomial, spectrum, thermodynamic
from limcyc.library.atomic_ensembles.model import ATOM, A, B

pytestmark = pytest.mark.paper

REFERENCES = json.loads((Path(__file__).parents[1] / "reference" / "atomic_ensembles.json").read_text())
POINTS = [(100, 0.5, 0.2), (500, 0.5, 0.55), (1e6, 0.5, 0.2), (1e6, 0.5, 0.55), (1e6, 0.5, 1.2), (1e4, 1.2, 0.5)]


def at_point(n, w, d):
    return {"n_atoms": n, "delta": d * n, "pump": w * n, "gamma_c": 1.0}


def reference_point(entry):
    p = entry["params"]
    return at_point(p["N"], p["w_over_Ngc"], p.get("delta_over_Ngc", 0.0))


def entries(quantity, largest=None):
    """Reference entries of a quantity; fails if there is none, so that no test runs empty."""
    found = [
        e for e in REFERENCES if e["quantity"].startswith(quantity) and (largest is None or e["params"]["N"] <= largest)
    ]
    assert found, quantity
    return [pytest.param(entry, id=f"{quantity}-{k}") for k, entry in enumerate(found)]


# Claims and reference numbers


@pytest.mark.parametrize("claim", clocks.CLAIMS, ids=lambda claim: claim.name)
def test_claim(claim):
    outcome = check(claim, clocks.QUANTITIES, clocks.LEVELS)
    assert outcome.pending == (claim.needs_level == "symmetric-ensembles")
    assert outcome.passed or outcome.pending, (outcome.got, claim.expectation(), outcome.error)


def test_claims_are_distinct_and_name_known_quantities():
    assert len({claim.name for claim in clocks.CLAIMS}) == len(clocks.CLAIMS)
    assert {claim.quantity for claim in clocks.CLAIMS if claim.needs_level is None} <= set(clocks.QUANTITIES)


@pytest.mark.parametrize("entry", entries("cumulant s"))
def test_inversion_by_the_polynomial(entry):
    assert polynomial.stable_root(**reference_point(entry)).s == pytest.approx(entry["value"], abs=1e-9)


@pytest.mark.parametrize("entry", entries("Gamma/gamma_c"))
def test_width(entry):
    at = reference_point(entry)
    if "critical" in entry["quantity"]:
        got = boundaries.width_at_critical_detuning(at["n_atoms"], at["pump"], 1.0)
    else:
        got = clocks.steady(**at).values["gamma_full"]
    assert got == pytest.approx(entry["value"], abs=10 * entry["uncertainty"])


@pytest.mark.parametrize("entry", entries("Delta/(N gamma_c)"))
def test_splitting(entry):
    at = reference_point(entry)
    got = clocks.steady(**at).values["delta_full"] / at["n_atoms"]
    assert got == pytest.approx(entry["value"], abs=1e-8)
    assert (got == 0.0) == (entry["value"] == 0.0)


@pytest.mark.parametrize("entry", entries("critical delta"))
def test_critical_detuning(entry):
    n, w = entry["params"]["N"], entry["params"]["w_over_Ngc"]
    assert boundaries.critical_detuning(n, w * n, 1.0) / n == pytest.approx(entry["value"], abs=1e-8)


@pytest.mark.parametrize("entry", entries("exact", largest=3))
def test_exact_numbers(entry):
    at = reference_point(entry)
    s, p, re_c, im_c = clocks.QUANTITIES["exact_moments"](**at)
    got = {
        "exact <sigma_z>": s,
        "exact <s+A1 s-A2>": p,
        "exact Re<s+A1 s-B1>": re_c,
        "exact Im<s+A1 s-B1>": im_c,
        "exact 2*|Re lambda_0| of charge-1 sector": clocks.QUANTITIES["exact_gamma"](**at),
    }
    assert got[entry["quantity"]] == pytest.approx(entry["value"], abs=entry["uncertainty"])


# The equations


@pytest.mark.parametrize("point", POINTS)
def test_roots_are_stationary_and_all_there(point):
    at = at_point(*point)
    found = polynomial.roots(**at)
    for root in found:
        assert np.abs(polynomial.drift(root, **at)).max() < 1e-9 * at["n_atoms"]
    # Sign changes of the polynomial, away from the roots, count the roots of odd order.
    values = polynomial.steady_polynomial(**at)
    between = (-1.0, *(root.s for root in found), 1.0)
    middles = [(low + high) / 2 for low, high in itertools.pairwise(between)]
    signs = np.sign(values(np.array(middles)))
    assert np.all(signs[:-1] == -signs[1:])


def test_polynomial_is_what_sympy_eliminates():
    n, delta, pump, gamma, s, p, x, y = sympy.symbols("n delta pump gamma s p x y", real=True)
    ds, dp, dx, dy = polynomial.drift(polynomial.Moments(s, p, _Symbolic(x, y)), n, delta, pump, gamma)
    solution = sympy.solve([dp, dx, dy], [p, x, y], dict=True)[0]
    numerator = sympy.Poly(sympy.numer(sympy.together(ds.subs(solution))), s)
    assert numerator.degree() == 4
    values = {n: 500, delta: 275, pump: 250, gamma: 1}
    symbolic = [float(c.subs(values)) for c in reversed(numerator.all_coeffs())]
    ours = polynomial.steady_polynomial(500, 275.0, 250.0, 1.0).coef
    np.testing.assert_allclose(ours / ours[-1], np.array(symbolic) / symbolic[-1], rtol=1e-9)


class _Symbolic:
    """Just enough of a complex number made of two symbols."""

    def __init__(self, real, imag):
        self.real, self.imag = real, imag

    def __add__(self, other):
        return _Symbolic(self.real + getattr(other, "real", other), self.imag + getattr(other, "imag", 0))

    __radd__ = __add__

    def __mul__(self, other):
        a, b = (other.real, other.imag) if isinstance(other, _Symbolic) else sympy.sympify(other).as_real_imag()
        return _Symbolic(self.real * a - self.imag * b, self.real * b + self.imag * a)

    __rmul__ = __mul__


@pytest.mark.parametrize("point", [(100, 0.5, 0.2), (100, 0.5, 0.6), (30, 1.5, 0.3)])
def test_steady_state_is_where_the_equations_end(point):
    at = at_point(*point)

    def rate(_, y):
        return polynomial.drift(polynomial.Moments(y[0], y[1], complex(y[2], y[3])), **at)

    # From unexcited atoms: the moments of a state without correlations.
    end = integrate.solve_ivp(rate, (0.0, 5.0), [-1.0, 0.0, 0.0, 0.0], method="Radau", rtol=1e-9, atol=1e-11).y[:, -1]
    state = cumulants.steady_state(**at)
    found = [float(value) for value in (state.s, state.p, state.c.real, state.c.imag)]
    assert found == pytest.approx(list(end), abs=1e-7)


def test_jacobian_is_the_derivative_of_the_drift():
    at = at_point(500, 0.5, 0.55)
    moments = polynomial.Moments(0.3, 0.1, 0.05 + 0.02j)
    found = polynomial.jacobian(moments, **at)
    for column, step in enumerate(np.eye(4) * 1e-6):
        high, low = (
            polynomial.drift(
                polynomial.Moments(
                    moments.s + sign * step[0],
                    moments.p + sign * step[1],
                    moments.c + sign * complex(step[2], step[3]),
                ),
                **at,
            )
            for sign in (1, -1)
        )
        np.testing.assert_allclose((high - low) / 2e-6, found[:, column], rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("point", [(10, 0.5, 0.2), (10, 0.3, 0.9), (50, 1.2, 0.4)])
def test_ensembles_are_mirror_images(point):
    at = at_point(*point)
    forward, backward = cumulants.steady_state(**at), cumulants.steady_state(**(at | {"delta": -at["delta"]}))
    assert float(backward.s) == pytest.approx(float(forward.s), abs=1e-12)
    assert complex(backward.c) == pytest.approx(complex(np.conj(forward.c)), abs=1e-12)


def test_derived_equations_are_the_published_ones_term_by_term():
    n, delta, pump, gamma = (clocks.model().parameters[name] for name in ("n_atoms", "delta", "pump", "gamma_c"))
    s, p, x, y = sympy.symbols("s p x y", real=True)
    ds, dp, dx, dy = polynomial.drift(polynomial.Moments(s, p, _Symbolic(x, y)), n, delta, pump, gamma)
    values = {"|1><1|_A1": (1 + s) / 2, "s-_A1 s+_A2": p, "s-_A1 s+_B1": x - sympy.I * y}
    rates = {"|1><1|_A1": ds / 2, "s-_A1 s+_A2": dp, "s-_A1 s+_B1": dx - sympy.I * dy}
    values |= {name.replace("A", "B"): values[name] for name in ("|1><1|_A1", "s-_A1 s+_A2")}
    rates |= {name.replace("A", "B"): rates[name] for name in ("|1><1|_A1", "s-_A1 s+_A2")}
    equations = cumulants.level().equations
    assert {variable.label for variable in equations.variables} == set(values)
    at = [values[variable.label] for variable in equations.variables]
    for variable, derivative in zip(equations.variables, equations.derivatives, strict=True):
        total = sum(
            coefficient * sympy.Mul(*(sympy.conjugate(at[i]) if conjugated else at[i] for i, conjugated in product))
            for product, coefficient in derivative.items()
        )
        assert sympy.expand(total - rates[variable.label]) == 0, variable.label


@pytest.mark.parametrize("point", POINTS)
def test_all_roots_are_found_by_the_level(point):
    at = at_point(*point)
    level = cumulants.level()
    states = level.fixed_points(**at)
    inversion = [2 * state.mean(A.sum(ATOM.excited)) / at["n_atoms"] - 1 for state in states]
    mirrored = [2 * state.mean(B.sum(ATOM.excited)) / at["n_atoms"] - 1 for state in states]
    for root in polynomial.roots(**at):
        assert min(abs(s - root.s) for s in inversion) < 1e-9
    # One of them is stable and physical; it is its own mirror image.
    stable = [k for k, state in enumerate(states) if state.stable and state.physical]
    assert len(stable) == 1
    assert inversion[stable[0]] == pytest.approx(mirrored[stable[0]], abs=1e-11)


def test_lanes_are_the_points_one_by_one():
    n, d = np.array([[20.0], [1e4]]), np.array([0.1, 0.45, 0.9])
    together = cumulants.steady_states(n, d * n, 0.5 * n, 1.0)
    assert together.s.shape == (2, 3) and together.moments.shape == (5, 2, 3)
    for row, column in np.ndindex(2, 3):
        at = at_point(float(n[row, 0]), 0.5, float(d[column]))
        assert float(together.s[row, column]) == pytest.approx(float(cumulants.steady_state(**at).s), abs=1e-12)
        assert float(together.s[row, column]) == pytest.approx(polynomial.stable_root(**at).s, abs=1e-11)


@pytest.mark.parametrize(("n", "w", "d"), [(6, 0.02, 0.0), (20, 0.04, 0.03), (3, 0.5, 0.7)])
def test_few_weakly_pumped_atoms_are_searched_for_all_roots(n, w, d):
    at = at_point(n, w, d)
    assert float(cumulants.steady_state(**at).s) == pytest.approx(polynomial.stable_root(**at).s, abs=1e-10)


# The line


@pytest.mark.parametrize("point", POINTS)
def test_line_is_the_slowest_eigenvalue(point):
    at = at_point(*point)
    s = polynomial.stable_root(**at).s
    slow = max(np.linalg.eigvals(spectrum.regression_matrix(s, **at)), key=lambda value: value.real)
    emitted = spectrum.line(s, **at)
    assert -2 * slow.real == pytest.approx(float(emitted.gamma_full), abs=1e-9 * at["n_atoms"])
    assert 2 * abs(slow.imag) == pytest.approx(float(emitted.delta_full), abs=1e-6 * at["n_atoms"])


def test_locked_exactly_up_to_the_critical_detuning():
    n, pump = 500, 250.0
    edge = boundaries.critical_detuning(n, pump, 1.0)
    split = [clocks.steady(n_atoms=n, pump=pump, delta=edge * f).values["delta_full"] for f in (0.999, 1.001)]
    assert split[0] == 0.0 < split[1]
    assert boundaries.critical_pump(n, edge, 1.0) == pytest.approx(pump, rel=1e-9)


def test_width_at_the_edge_grows_with_the_atoms():
    widths = [boundaries.width_at_critical_detuning(n, n / 2, 1.0) for n in (100, 1000, 10_000)]
    assert widths[0] * 2 < widths[1] and widths[1] * 2 < widths[2]


# Many atoms, few atoms, the cavity


@pytest.mark.parametrize(("w", "d"), [(0.5, 0.2), (0.5, 0.55), (0.5, 1.2), (1.2, 0.5), (1.9, 0.2), (0.8, 0.95)])
def test_limit_of_many_atoms_is_approached_as_one_over_n(w, d):
    limit = float(thermodynamic.inversion(w, d))
    few, many = (abs(cumulants.steady_state(**at_point(n, w, d)).s - limit) for n in (1e5, 1e6))
    assert many < 2e-4
    assert few / many == pytest.approx(10.0, rel=0.15)


def test_phases():
    w, d = np.array([0.5, 0.5, 1.5, 1.5, 2.5]), np.array([0.4, 0.6, 0.8, 0.9, 0.1])
    assert [thermodynamic.PHASES[k] for k in thermodynamic.phase(w, d)] == [
        "locked", "unlocked", "locked", "normal", "normal"
    ]  # fmt: skip


def test_inversion_of_the_limit_is_continuous_at_its_boundaries():
    for d in (0.2, 0.7):
        edge = float(thermodynamic.upper_boundary(d))
        assert float(thermodynamic.inversion(edge, d)) == pytest.approx(1.0, abs=1e-12)
        assert float(thermodynamic.inversion(d, d)) == pytest.approx(d, abs=1e-12)


def test_exact_against_qutip():
    qutip = pytest.importorskip("qutip")
    at = {"delta": 1.3, "pump": 1.7, "gamma_c": 0.8}
    lower = [qutip.tensor([qutip.sigmam() if k == j else qutip.qeye(2) for k in range(4)]) for j in range(4)]
    excited = [low.dag() * low for low in lower]
    hamiltonian = at["delta"] / 2 * (excited[0] + excited[1] - excited[2] - excited[3])
    jumps = [np.sqrt(at["gamma_c"]) * sum(lower), *(np.sqrt(at["pump"]) * low.dag() for low in lower)]
    state = qutip.steadystate(hamiltonian, jumps)
    s, p, re_c, im_c = clocks.QUANTITIES["exact_moments"](n_atoms=2, **at)
    assert s == pytest.approx(2 * qutip.expect(excited[0], state) - 1, abs=1e-10)
    assert p == pytest.approx(qutip.expect(lower[0].dag() * lower[1], state).real, abs=1e-10)
    assert re_c + 1j * im_c == pytest.approx(qutip.expect(lower[0].dag() * lower[2], state), abs=1e-10)


def test_cavity_tends_to_the_eliminated_one_as_one_over_kappa():
    at = {"n_atoms": 1, "delta": 1.5, "pump": 2.0, "gamma_c": 1.0}
    reduced = clocks.QUANTITIES["exact_s"](**at)
    errors = [exact.cavity_inversion(kappa=kappa, **at) - reduced for kappa in (400.0, 800.0)]
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.03)


def cavity_error(n, kappa):
    at = at_point(n, 0.5, 0.3)
    return cumulants.cavity_inversion(kappa=kappa * n, **at) - float(cumulants.steady_state(**at).s)


def test_cumulants_with_the_cavity_settle_as_one_over_kappa():
    errors = [cavity_error(200, kappa) for kappa in (250.0, 500.0, 1000.0)]
    assert (errors[0] - errors[1]) / (errors[1] - errors[2]) == pytest.approx(2.0, rel=0.02)


def test_closing_before_the_elimination_costs_one_over_n():
    # Eliminating first keeps the products of an atom with itself, which a closure of <a^+ a s_z> does not see.
    few, many = (2 * cavity_error(n, 2e4) - cavity_error(n, 1e4) for n in (200, 2000))
    assert few < 0 and few / many == pytest.approx(10.0, rel=0.01)


# Messages


AT = {"n_atoms": 100, "delta": 20.0, "pump": 50.0, "gamma_c": 1.0}


@pytest.mark.parametrize(
    ("values", "error", "text"),
    [
        ({"pump": -1.0}, ParameterError, "pump must be >= 0, got -1"),
        ({"gamma_c": 0.0}, ParameterError, "gamma_c must be > 0, got 0"),
        ({"gamma_c": -2.0}, ParameterError, "gamma_c must be > 0, got -2"),
        ({"n_atoms": 2.5}, ParameterError, "n_atoms.*must be an integer >= 1, got 2.5"),
        ({"n_atoms": 0}, ParameterError, "n_atoms must be >= 1, got 0"),
        ({"pump": 0.0}, SeveralSteadyStatesError, "pump = 0 is not unique.*dark state"),
        ({"pump": 0.0, "level": "formula"}, SeveralSteadyStatesError, "pump = 0 is not unique"),
        ({"level": "exact"}, UnsupportedError, "stops at n_atoms = 3.*level='cumulants'"),
        ({"level": "exakt"}, UnknownNameError, "did you mean 'exact'"),
        ({"gama_c": 1.0}, UnknownNameError, "did you mean 'gamma_c'"),
        ({"level": "formula", "method": "thermodynamic-limit", "pump": 0.0}, ParameterError, "needs a pump"),
    ],
)
def test_refusals(values, error, text):
    with pytest.raises(error, match=text):
        clocks.steady(**(AT | values))


def test_a_cavity_that_is_not_bad_warns():
    with pytest.warns(ValidityWarning, match="bad-cavity elimination not valid: kappa = 500 must be much larger than"):
        result = clocks.steady(**AT, kappa=500.0)
    assert any("bad-cavity elimination not valid" in note for note in result.notes)
    assert not clocks.steady(**AT, kappa=1e4).notes


def test_few_atoms_warn():
    with pytest.warns(ValidityWarning, match="n_atoms = 6 per ensemble are off at the percent level"):
        clocks.steady(n_atoms=6, delta=1.2, pump=3.0)


def test_no_stable_root_lists_the_roots(monkeypatch):
    unstable = polynomial.Moments(0.5, 0.0, 0j)
    monkeypatch.setattr(polynomial, "roots", lambda *at: (unstable,))
    monkeypatch.setattr(polynomial, "jacobian", lambda *at: np.eye(4))
    with pytest.raises(ConvergenceError, match=r"0 of the stationary states.*All roots: s = 0.5"):
        polynomial.stable_root(**AT)


def test_edges_that_do_not_exist_are_refused():
    with pytest.raises(ParameterError, match=r"no critical detuning.*only inverted atoms"):
        boundaries.critical_detuning(100, 0.5, 1.0)
    for delta in (150.0, 0.0):
        with pytest.raises(ParameterError, match="no critical pump"):
            boundaries.critical_pump(100, delta, 1.0)
