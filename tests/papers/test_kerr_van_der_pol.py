"""Kerr van der Pol oscillator: claims, QuTiP, closed forms, the derived semiclassical equations, convergence and messages."""

import math
import warnings

import numpy as np
import pytest
import sympy

from limcyc import figures
from limcyc.claims import check
from limcyc.errors import (
    ConvergenceError,
    CutoffWarning,
    ParameterError,
    UnknownNameError,
    UnsupportedError,
    ValidityWarning,
)
from limcyc.levels.phase_space import PhaseSpace
from limcyc.levels.polar_form import polar_form
from limcyc.library import kerr_van_der_pol as kerr
from limcyc.library.kerr_van_der_pol import exact, first_order, semiclassical, undriven
from limcyc.library.kerr_van_der_pol.claims import NEGATIVE, RESONANT
from limcyc.library.kerr_van_der_pol.model import MODE, model
from limcyc.measures.phase_states import phase_moment, phase_state_distribution

pytestmark = pytest.mark.paper

PLAIN = {"detuning": 0.0, "kerr": 0.0, "drive": 2.25, "gain": 1.0, "two_phonon_loss": 5.0}
SMALL = {"detuning": 1.3, "kerr": 2.0, "drive": 0.8, "gain": 1.0, "two_phonon_loss": 3.0}
FREE = ("detuning", "kerr", "gain", "two_phonon_loss")


def free(at):
    return {name: at[name] for name in FREE}


def qutip_model(n, detuning, kerr, drive, gain, two_phonon_loss):
    import qutip

    a = qutip.destroy(n)
    number = a.dag() * a
    hamiltonian = -detuning * number + kerr * number * number + 1j * drive * (a - a.dag())
    return a, hamiltonian, [np.sqrt(gain) * a.dag(), np.sqrt(two_phonon_loss) * a * a]


# Claims


@pytest.mark.parametrize("claim", kerr.CLAIMS, ids=lambda claim: claim.name)
def test_claim(claim):
    outcome = check(claim, kerr.QUANTITIES, kerr.LEVELS)
    assert outcome.passed, f"got {outcome.got}, expected {claim.expectation()} ({outcome.error})"


def test_claims_are_distinct_and_name_known_quantities():
    assert len({claim.name for claim in kerr.CLAIMS}) == len(kerr.CLAIMS)
    assert {claim.quantity for claim in kerr.CLAIMS} <= set(kerr.QUANTITIES)
    assert {claim.figure for claim in kerr.CLAIMS} == {None, "fig2", "fig3", "fig4"}


# The master equation


@pytest.mark.parametrize("at", [SMALL, {**RESONANT, "detuning": 47.0}, NEGATIVE])
def test_steady_state_is_that_of_qutip(at):
    import qutip

    a, hamiltonian, jumps = qutip_model(14, **at)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rho = qutip.steadystate(hamiltonian, jumps)
    mine = exact.steady_state(14, **at)
    assert np.abs(mine.density_matrix() - rho.full()).max() < 1e-11
    assert exact.locking(mine) == pytest.approx(
        abs(qutip.expect(a, rho)) / math.sqrt(qutip.expect(a.dag() * a, rho)), abs=1e-11
    )


def test_spectrum_is_that_of_qutip():
    import qutip

    a, hamiltonian, jumps = qutip_model(9, **SMALL)
    omega = np.array([-9.0, -2.3, -0.7, 0.4, 1.9, 6.0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = qutip.spectrum(hamiltonian, -omega, jumps, a.dag(), a, solver="solve")
        mine = exact.spectrum(omega, 9, **SMALL)
    assert np.abs(mine.values - theirs).max() < 1e-7


def test_printed_dissipator_with_an_anticommutator_is_the_standard_one():
    n = 12
    a = np.diag(np.sqrt(np.arange(1, n)), 1)
    number = a.T @ a
    at = {**RESONANT, "detuning": 47.0}
    rho = exact.steady_state(n, **at).density_matrix()
    energy = -at["detuning"] * number + at["kerr"] * number @ number + 1j * at["drive"] * (a - a.T)

    def printed(x, sign=1):
        return 2 * x @ rho @ x.T - (x.T @ x @ rho + sign * rho @ x.T @ x)

    change = -1j * (energy @ rho - rho @ energy)
    change = change + at["gain"] / 2 * printed(a.T) + at["two_phonon_loss"] / 2 * printed(a @ a)
    assert np.abs(change).max() < 1e-10
    # With the printed sign the trace is not kept.
    assert abs(np.trace(printed(a @ a, -1))) > 0.01


def test_spectrum_integrates_to_the_incoherent_number():
    omega = np.linspace(-400, 400, 6001)
    line = exact.spectrum(omega, 12, **SMALL)
    state = exact.steady_state(12, **SMALL)
    tail = 2 * (line.values[-1] * 400 + line.values[0] * 400) / 2
    total = (np.trapezoid(line.values, omega) + tail) / (2 * math.pi)
    assert total + line.attrs["coherent_number"] == pytest.approx(state.number(MODE), rel=2e-4)
    assert line.attrs["coherent_number"] == pytest.approx(abs(complex(state.mean(MODE.lower))) ** 2, rel=1e-12)


def test_highest_line_is_the_highest_of_a_dense_scan():
    at = {"detuning": 170.0, "kerr": 50.0, "drive": 10.0, "gain": 1.0, "two_phonon_loss": 1.0}
    line = exact.entrainment(14, **at)
    omega = np.linspace(-170, 210, 761)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CutoffWarning)
        dense = exact.spectrum(omega, 12, **at)
    assert abs(float(omega[np.argmax(dense.values)]) - line.frequency) < 0.5
    assert dense.values.max() <= line.height * (1 + 1e-6)


def test_linewidth_of_an_undriven_line():
    # For a weak tone the highest line of the m = 0 transition has the secular frequency.
    at = {"detuning": 20.0, "kerr": 100.0, "drive": 1e-3, "gain": 1.0, "two_phonon_loss": 2.0}
    line = exact.entrainment(**at)
    assert line.frequency == pytest.approx(20.0 - 100.0, abs=0.2)
    assert line.coherent_number < 1e-8


@pytest.mark.parametrize("at", [{**RESONANT, "detuning": 47.0}, {**RESONANT, "detuning": 150.0}, PLAIN])
def test_twelve_states_are_enough_for_populations_and_phase(at):
    found = exact.convergence(12, **at)
    assert found.populations < 1e-11
    assert found.phase < 1e-10
    assert found.locking < 1e-10


def test_convergence_is_seen_in_the_phase():
    errors = [exact.convergence(n, **NEGATIVE) for n in (12, 14, 16)]
    assert [e.phase for e in errors] == sorted((e.phase for e in errors), reverse=True)
    assert errors[-1].phase < 1e-12
    assert errors[0].phase > 1e-11


def test_phase_distribution_points_to_pi():
    state = exact.steady_state(**PLAIN)
    phi = np.linspace(0, 2 * math.pi, 361)
    for kind in ("phase-states", "husimi"):
        p = phase_state_distribution(state.reduced(MODE), phi, kind)
        assert float(phi[np.argmax(p.values)]) == pytest.approx(math.pi, abs=1e-9)
    narrow, wide = (abs(phase_moment(state.reduced(MODE), 1, kind)) for kind in ("phase-states", "husimi"))
    assert wide < narrow < 1


def test_curve_of_many_detunings_is_that_of_single_points():
    places = np.array([[47.0, 80.0], [100.0, 250.0]])
    curve = exact.locking_curve(places, **RESONANT)
    assert curve.shape == (2, 2)
    assert curve[1, 1] == pytest.approx(kerr.steady(detuning=250.0).values["S"], abs=1e-13)


# Without the tone, and to first order


@pytest.mark.parametrize("r", [0.05, 1 / 7, 1.0, 10.0])
def test_populations_balance_gain_and_loss(r):
    p = undriven.populations(r, 60)
    n = np.arange(40)
    assert np.abs(r * p[n] - (n + 2) * p[n + 2] - n * p[n + 1]).max() < 1e-15
    assert p.sum() == pytest.approx(1.0, abs=1e-14)
    assert p @ np.arange(60) == pytest.approx(undriven.closed_number(r), abs=1e-13)


def test_large_limit_cycle_has_the_classical_number():
    # <n> = r + 1/2 + ... far from the quantum limit, where upward recursion would fail.
    p = undriven.populations(2000.0)
    mean = p @ np.arange(p.size)
    assert mean == pytest.approx(2000.0 / 2 + 1 / 2, rel=2e-3)
    assert p @ (np.arange(p.size) - mean) ** 2 / mean == pytest.approx(1.5, rel=2e-3)


def response_by_hand(n, detuning, kerr, gain, two_phonon_loss):
    """c_m from the equations of the coherences, written out."""
    p = undriven.populations(gain / two_phonon_loss, n)
    m = np.arange(n - 1)
    matrix = np.diag(first_order.secular_rates(m, detuning, kerr, gain, two_phonon_loss)).astype(complex)
    for k in range(1, n - 1):
        matrix[k, k - 1] = gain * math.sqrt((k + 1) * k)
    for k in range(n - 3):
        matrix[k, k + 2] = two_phonon_loss * math.sqrt((k + 3) * (k + 2) * (k + 2) * (k + 1))
    c = np.linalg.solve(matrix, np.sqrt(m + 1) * (p[:-1] - p[1:]))
    return complex(np.sqrt(m + 1) @ c)


@pytest.mark.parametrize("at", [free(SMALL), free(NEGATIVE), {**free(PLAIN), "two_phonon_loss": 0.4}])
def test_linear_response_is_that_of_the_written_equations(at):
    assert first_order.exact_response(**at) == pytest.approx(response_by_hand(40, **at), abs=1e-11)


def test_secular_rates_are_the_diagonal_of_the_sector_of_charge_one():
    solver = undriven.undriven_solver()
    at = free(SMALL)
    sector = solver.sector({MODE: 9}, solver.charge_of(MODE.lower))
    diagonal = sector.generator.matrix(sector.fill(at)).diagonal()
    level = np.minimum(sector.pairs.kets, sector.pairs.bras)
    rates = first_order.secular_rates(level, **at)
    below = level < 7  # the truncated gain and its last level differ
    charge_of_coherence = sector.pairs.kets - sector.pairs.bras
    expected = np.where(charge_of_coherence == 1, rates, rates.conj())
    assert np.abs(diagonal - expected)[below].max() < 1e-12


def test_first_order_is_the_limit_of_the_exact_locking():
    at = free({**RESONANT, "detuning": 50.0})
    slope = first_order.exact_slope(**at)
    errors = [abs(exact.locking(exact.steady_state(drive=e, **at)) / e - slope) for e in (0.04, 0.02)]
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.05)


def test_first_order_amplitude_has_the_phase_of_the_exact_one():
    at = {**RESONANT, "detuning": 70.0, "drive": 0.01}
    one = kerr.steady("first-order", **at).values
    assert one["phase"] == pytest.approx(kerr.steady(**at).values["phase"], abs=1e-4)
    assert one["amplitude"] == pytest.approx(kerr.steady(**at).values["amplitude"], rel=1e-4)


# Semiclassical equations


def test_derived_equations_are_the_written_ones():
    n = sympy.Symbol("N")
    truncated, leading = semiclassical.form("truncated-wigner"), semiclassical.form("leading")

    found = {symbol.name: symbol for c in (*truncated.motion, truncated.force) for symbol in c.free_symbols}
    d, k, e, g, loss = (found[name] for name in ("detuning", "kerr", "drive", "gain", "two_phonon_loss"))

    def polynomial(coefficients):
        return sum(c * n**power for power, c in enumerate(coefficients))

    motion = g / 2 - loss * (n - 1) + sympy.I * d - sympy.I * k * (2 * n - 1)
    assert sympy.expand(polynomial(truncated.motion) - motion) == 0
    # A noise D d_alpha d_alpha^* is D/4 for each quadrature Re alpha, Im alpha.
    assert sympy.expand(4 * polynomial(truncated.diffusion) - (g / 2 + loss * (2 * n - 1))) == 0
    motion = g / 2 - loss * n + sympy.I * (d - 2 * k * n)
    assert sympy.expand(polynomial(leading.motion) - motion) == 0
    assert sympy.expand(4 * polynomial(leading.diffusion) - (g / 2 + 2 * loss * n)) == 0
    for form in (truncated, leading):
        assert sympy.simplify(form.force + e) == 0


def test_leading_order_does_not_depend_on_the_expansion():
    leading, other = semiclassical.form("leading"), semiclassical.form("truncated-wigner").leading()
    assert (leading.motion, leading.diffusion) == (other.motion, other.diffusion)
    # In the other orderings the Kerr term itself makes noise, which is not circular.
    for ordering in ("antinormal", "normal"):
        with pytest.raises(UnsupportedError, match="diffusion of alpha alpha"):
            polar_form(PhaseSpace(model(), ordering))


def test_truncated_wigner_approaches_the_exact_state():
    at = {"detuning": 0.2, "kerr": 0.02, "drive": 0.3, "gain": 1.0}
    errors = []
    for loss in (0.2, 0.1, 0.05):
        reference = exact.locking(exact.steady_state(two_phonon_loss=loss, **at))
        errors.append(
            abs(
                semiclassical.semiclassical_state("truncated-wigner", two_phonon_loss=loss, **at).locking / reference
                - 1
            )
        )
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 0.02


def test_cells_converge_with_second_order():
    at = {**RESONANT, "detuning": 50.0}
    found = [semiclassical.semiclassical_state(cells=cells, **at).locking for cells in (75, 150, 300)]
    assert (found[0] - found[1]) / (found[1] - found[2]) == pytest.approx(4.0, rel=0.1)


def test_radial_density_is_that_of_the_harmonics():
    at = {**PLAIN, "drive": 0.0}
    state = semiclassical.semiclassical_state(cells=300, **at)
    numbers = semiclassical.form().numbers(**at)
    r = np.linspace(0, float(state.density.radius[-1]), 4001)[1:]
    density = numbers.radial_density(r)
    assert np.trapezoid(density * r**2, r) == pytest.approx(state.square, rel=2e-4)
    assert state.locking < 1e-12
    mean = state.density.mean(lambda x: x)
    variance = state.square - mean**2
    assert variance == pytest.approx(semiclassical.radial_variance(gain=1.0, two_phonon_loss=5.0), rel=1e-3)


def test_classical_locking_without_kerr_is_even_and_falls_with_the_detuning():
    found = [
        semiclassical.semiclassical_state(**{**PLAIN, "detuning": place}).locking for place in (-3.0, 0.0, 3.0, 8.0)
    ]
    assert found[0] == pytest.approx(found[2], rel=1e-10)
    assert found[1] > found[2] > found[3]


def test_negative_noise_is_refused_with_its_region():
    at = {**PLAIN, "two_phonon_loss": 2.0}
    # |alpha|^2 < (1 - gain/(2 loss))/2
    with pytest.raises(
        ParameterError, match=r"negative diffusion at small amplitude.*\|alpha\|\^2 below 0\.375.*leading"
    ):
        semiclassical.semiclassical_state("truncated-wigner", **at)
    assert semiclassical.form("truncated-wigner").numbers(**at).negative_region() == pytest.approx((0.0, 0.375))
    assert semiclassical.form("truncated-wigner").numbers(**{**at, "two_phonon_loss": 0.5}).negative_region() is None
    assert semiclassical.form("leading").numbers(**at).negative_region() is None
    assert kerr.steady("semiclassical", "truncated-wigner", **{**PLAIN, "two_phonon_loss": 0.5}).values["S"] > 0.5
    with pytest.raises(ParameterError, match="diffusion reaches -"):
        semiclassical.form("truncated-wigner").numbers(**at).radial_density(np.linspace(0.1, 2, 20))


# Levels, settings and messages


def test_levels_agree_where_they_must():
    weak = {**PLAIN, "drive": 0.0}
    number = exact.steady_state(**weak).number(MODE)
    for method in kerr.LEVELS["undriven"]:
        assert kerr.steady("undriven", method, **weak).values["n"] == pytest.approx(number, abs=1e-11)
    assert kerr.steady(r=0.2, kerr=0.0, detuning=0.0).values["S"] == pytest.approx(
        kerr.steady(**PLAIN).values["S"], abs=1e-13
    )


def test_secular_formula_warns_outside_its_range():
    at = {"detuning": 30.0, "drive": 0.1, "two_phonon_loss": 7.0}
    with pytest.warns(ValidityWarning, match=r"secular formula outside validity.*= 25\.5, got 20"):
        result = kerr.steady("first-order", "secular", kerr=20.0, **at)
    assert any("outside validity" in note for note in result.notes)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert kerr.steady("first-order", "secular", kerr=-26.0, **at).notes == ()
    with pytest.warns(ValidityWarning, match="drive beyond first order.*0.53"):
        kerr.steady("first-order", "secular", detuning=50.0)
    with pytest.warns(ValidityWarning, match="drive beyond first order"):
        kerr.steady("first-order", "exact", detuning=50.0)


def test_small_cutoff_warns():
    with pytest.warns(CutoffWarning, match="cutoff too small: the last of 5 Fock states"):
        result = kerr.steady(n_fock=5, **NEGATIVE)
    assert "cutoff too small" in result.notes[0]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert kerr.steady(n_fock=16, **NEGATIVE).notes == ()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"gain": 0.0}, "no limit cycle: gain = 0"),
        ({"gain": -1.0}, "no limit cycle: gain = -1"),
        ({"two_phonon_loss": 0.0}, "unbounded growth: two_phonon_loss = 0"),
        ({"two_phonon_loss": -2.0}, "unbounded growth"),
        ({"r": 0.0}, "r must be a finite number greater than 0"),
        ({"r": 1.0, "two_phonon_loss": 1.0}, "both r and two_phonon_loss"),
        ({"drive": -0.1}, "drive must be >= 0"),
        ({"kerr": float("nan")}, "kerr must be a finite number"),
        ({"detuning": float("inf")}, "detuning must be a finite number"),
        ({"n_fock": 2}, "n_fock must be an integer of at least 3"),
        ({"n_fock": 12.5}, "n_fock must be an integer of at least 3"),
        ({"kerr": "large"}, "kerr"),
        ({"gain": None}, "gain"),
    ],
)
def test_invalid_values(values, message):
    with pytest.raises(ParameterError, match=message):
        kerr.steady(**values)


def test_other_invalid_questions():
    with pytest.raises(UnknownNameError, match="two_phonon_loss"):
        kerr.steady(two_phonon_los=1.0)
    with pytest.raises(UnknownNameError, match="level"):
        kerr.steady("exakt")
    with pytest.raises(UnknownNameError, match="method"):
        semiclassical.form("husimi")
    with pytest.raises(ParameterError, match="cells must be an integer of at least 20"):
        kerr.steady("semiclassical", cells=10)
    with pytest.raises(ParameterError, match="cells must be an integer of at least 20"):
        kerr.steady("semiclassical", cells=50.5)
    with pytest.raises(ParameterError, match="kind of an extremum"):
        exact.extremum(0.0, 1.0, "saddle", **RESONANT)
    with pytest.raises(ParameterError, match="end of the range"):
        exact.extremum(60.0, 70.0, "minimum", **RESONANT)
    with pytest.raises(ParameterError, match="integer >= 0"):
        undriven.closed_population(-1, 1.0)
    with pytest.raises(ParameterError, match="covers r <="):
        undriven.populations(1e6)
    with pytest.raises(ParameterError, match="no limit cycle"):
        exact.steady_state(**{**PLAIN, "gain": 0.0})
    with pytest.raises(ParameterError, match="finite number > 0"):
        undriven.closed_number(float("nan"))


def test_sharp_phase_is_refused():
    at = {"detuning": 0.0, "kerr": 0.0, "drive": 40.0, "gain": 1.0, "two_phonon_loss": 0.01}
    with pytest.raises(ConvergenceError, match="48 harmonics"):
        semiclassical.semiclassical_state(cells=200, **at)
    with pytest.raises(ParameterError, match=r"cells .* too few for the radius .* at least 1\d\d"):
        semiclassical.semiclassical_state(cells=40, **at)


# Figures


@pytest.mark.parametrize("figure", figures.of_system(kerr.NAME), ids=lambda figure: figure.name)
def test_figure(figure, drawn, failed_claims):
    found = figure.compute(quick=True)
    assert failed_claims(figure, found) == []
    assert len(drawn(figure, found)) >= 3
