"""Entrainment curves and tongues by every level that can, against closed formulas and against each other; refusals."""

import numpy as np
import pytest

import limcyc as lc
from limcyc.errors import ParameterError, UnknownNameError, UnsupportedError
from limcyc.levels.observed_frequency import observed_frequency
from limcyc.levels.pair_stationary import PairStationary
from limcyc.levels.synchronization_maps import arnold_tongue, entrainment_curve
from limcyc.library.kerr_van_der_pol import exact as kerr
from limcyc.library.kerr_van_der_pol.model import MODE
from limcyc.library.kerr_van_der_pol.model import model as driven_kerr
from limcyc.library.van_der_pol_network.model import OSCILLATORS, SPINS, model, quantum_limit

a, w, f = lc.Mode("a"), lc.Parameter("w"), lc.Parameter("f")
ONE, TWO = OSCILLATORS


def van_der_pol(loss=0.02):
    """Classical limit cycle |a|^2 = 1/(2 loss), phase equation dphi/dt = -w - f/(sqrt 2 |a|) cos(phi)."""
    return lc.OpenSystem(w * a.number + f * a.x, [lc.Jump(a.dag, 1.0), lc.Jump(a.lower**2, loss)])


@pytest.mark.parametrize(
    "values",
    [
        {"detuning": 1.0, "kerr": 0.0, "drive": 0.5, "two_phonon_loss": 3.0},
        {"detuning": 40.0, "kerr": 50.0, "drive": 2.25, "two_phonon_loss": 1.0},
    ],
)
def test_highest_line_as_the_library_finds_it(values):
    found = observed_frequency(lc.Exact(driven_kerr()), MODE, cutoffs={MODE: 14}, closed=True, gain=1.0, **values)
    # Its spectrum is that of a^+, with the opposite sign of frequencies.
    assert -found == pytest.approx(kerr.entrainment(14, gain=1.0, **values).frequency, abs=2e-5)


def test_line_of_a_damped_oscillator_in_a_tone():
    damped = lc.OpenSystem(w * a.number + f * a.x, [lc.Jump(a.lower, 2.0), lc.Jump(a.dag, 0.4)])
    curve = entrainment_curve(lc.Exact(damped), a, ("w", [-1.3, 0.4]), f=0.5, cutoffs={a: 14})
    assert curve.values == pytest.approx([-1.3, 0.4], abs=1e-6)  # linear: not entrained at all
    assert curve.dims == ("w",) and curve.attrs["reference"] == "the frame of the model"
    second = entrainment_curve(lc.Cumulants(damped, order=2), a, ("w", [-1.3, 0.4]), f=0.5)
    assert second.values == pytest.approx(curve.values, abs=1e-6)
    grid = np.linspace(-3, 3, 101)
    assert observed_frequency(lc.Exact(damped), a, frequencies=grid, cutoffs={a: 14}, w=0.4, f=0.5) == pytest.approx(
        0.4, abs=1e-6
    )


ADLER = {"f": 0.5, "times": np.linspace(0, 900, 9001), "transient": 200.0, "initial": {a: 5.0}}


@pytest.mark.parametrize(
    "level", [lambda s: lc.Wigner(s), lambda s: lc.Cumulants(s, order=1)], ids=["wigner", "cumulants"]
)
def test_adler_curve(level):
    """Locked for |w| < w_c = f/(sqrt 2 |a|), and sqrt(w^2 - w_c^2) beyond."""
    edge = 0.5 / np.sqrt(2) / 5.0
    places = np.array([-3.0, -1.5, -0.5, 0.8, 2.0]) * edge
    curve = entrainment_curve(level(van_der_pol()), a, ("w", places), **ADLER)
    expected = np.sign(places) * np.sqrt(np.maximum(places**2 - edge**2, 0.0))
    assert curve.values == pytest.approx(expected, abs=0.02 * edge + 2 * np.pi / 700 * 0.2)
    assert abs(curve.values[2]) < 1e-6 and abs(curve.values[3]) < 1e-6


def test_noise_rounds_the_plateau():
    """Phase slips, by the closed formula of a noisy phase in a tilted washboard."""
    w_c = 0.5 / np.sqrt(2) / 5.0
    places = np.array([0.8, 1.5]) * w_c
    times = np.linspace(0, 400, 2001)
    noisy = entrainment_curve(
        lc.Wigner(van_der_pol()),
        a,
        ("w", places),
        trajectories=250,
        rng=1,
        **ADLER | {"times": times, "transient": 40.0},
    )
    for place, found in zip(places, noisy.values, strict=True):
        # d_alpha d_alpha* (D W) with D = gain/2 + loss (2 |alpha|^2 - 1) spreads the phase with D/(4 |alpha|^2).
        expected = mean_speed(place, w_c, diffusion=(0.5 + 0.02 * (2 * 25 - 1)) / 25 / 4)
        assert found == pytest.approx(expected, abs=0.04 * w_c)


def mean_speed(w, w_c, diffusion):
    """Mean velocity of dphi = (w - w_c sin phi) dt + sqrt(2 D) dW from the stationary current of its Fokker-Planck equation."""
    count = 201
    k = np.arange(-(count // 2), count // 2 + 1)
    generator = np.diag(-1j * k * w - diffusion * k**2).astype(complex)
    generator += np.diag(0.5 * w_c * k[1:], -1) - np.diag(0.5 * w_c * k[:-1], 1)
    middle = count // 2
    generator[middle] = 0
    generator[middle, middle] = 1
    p = np.linalg.solve(generator, (k == 0).astype(complex))  # p_k = <exp(-i k phi)>
    return w - w_c * (p[middle - 1] - p[middle + 1]).imag / 2


def test_rotating_state_of_a_product():
    """The common frequency of three-level oscillators, by winding and by Newton's method."""
    v, osc = lc.Parameter("v"), lc.Levels("osc", ("0", "1", "2"))
    raising = osc.transition("1", "0") + osc.transition("2", "1")
    group = lc.Ensemble("G", osc, size=lc.Parameter("N", minimum=1))
    jumps = [lc.Jump(osc.transition("1", source), rate, each=group) for source, rate in (("0", 0.5), ("2", 1.0))]
    level = lc.ProductState(lc.OpenSystem(v / group.size * group.distinct(raising, raising.dag), jumps))
    initial, what = {group: [0.2, 1.0, 0.2]}, group.mean(raising.dag)
    curve = entrainment_curve(
        level, what, ("v", [2.0, 3.0]), N=100.0, initial=initial, times=np.linspace(0, 300, 3001), transient=150.0
    )
    for value, found in zip([2.0, 3.0], curve.values, strict=True):
        # Charge q turns as exp(i q w t); the observed amplitude has the charge of a lowering operator.
        (turning,) = level.steady_state(initial, v=value, N=100.0).frequencies
        assert abs(turning) > 0.1 and abs(found) == pytest.approx(abs(turning), rel=1e-4)


def test_difference_of_two_oscillators_and_their_lock():
    options = {"kappa1": 1.0, "kappa2": 0.02, "initial": {ONE: 4.0, TWO: 4.0}}
    options |= {"times": np.linspace(0, 300, 3001), "transient": 60.0}
    curve = entrainment_curve(
        lc.Wigner(model("dissipative")), ONE, ("detuning", [0.2, 0.9]), reference=TWO, coupling=0.2, **options
    )
    # Phases: d(phi)/dt = detuning - 2 coupling sin(phi), locked below 2 coupling = 0.4.
    assert abs(curve.values[0]) < 1e-6
    assert curve.values[1] == pytest.approx(np.sqrt(0.9**2 - 0.4**2), abs=0.03)
    assert curve.attrs["reference"] == "a2"


def test_classical_tongue_by_frequencies():
    options = {
        "kappa1": 1.0,
        "kappa2": 0.02,
        "initial": {ONE: 4.0, TWO: 4.0},
        "times": np.linspace(0, 300, 3001),
        "transient": 60.0,
    }
    tongue = arnold_tongue(
        lc.Wigner(model("dissipative")), ("detuning", [0.2, 0.6]), ("coupling", [0.05, 0.15, 0.25, 0.35]), "frequency", 0.02,
        refine=False, **options,
    )  # fmt: skip
    assert tongue.inside.values.tolist() == [[False, False], [True, False], [True, False], [True, True]]
    assert tongue.border.values == pytest.approx([0.1, 0.3], abs=0.05)
    assert tongue.measure.dims == ("coupling", "detuning")


def entanglement(state):
    """Concurrence of an X state over 2, without the lower bound 0."""
    one, two = SPINS
    both = state.mean(one.excited * two.excited)
    neither = state.mean(one.ground * two.ground)
    return abs(state.mean(one.plus * two.minus)) - np.sqrt(both * neither)


def test_entanglement_tongue_has_the_closed_border():
    tongue = arnold_tongue(
        lc.Exact(quantum_limit()), ("detuning", [0.0, 5.0, 60.0]), ("coupling", [1.0, 8.0, 20.0]), entanglement, 0.0
    )
    # 4 V^3 - 24 V^2 - 84 V - 72 = Delta^2 (V + 2)
    assert tongue.border.values[:2] == pytest.approx([8.66371181, 9.28760269], abs=1e-7)
    assert np.isnan(tongue.border.values[2])
    linear = arnold_tongue(
        lc.Exact(quantum_limit()), ("detuning", [0.0]), ("coupling", [8.6, 8.7]), entanglement, 0.0, refine=False
    )
    assert linear.border.item() == pytest.approx(8.66371181, abs=1e-3)


def test_levels_agree_on_a_locked_oscillator():
    at = {"detuning": ("w", [0.0, 0.1]), "coupling": ("f", [0.05, 0.3, 0.6])}
    options = {"measure": "locking", "threshold": 0.7, "refine": False}
    by_density = arnold_tongue(lc.Wigner(van_der_pol(0.1)), **at, **options)
    by_exact = arnold_tongue(lc.Exact(van_der_pol(0.1)), **at, **options)
    assert by_density.measure.values == pytest.approx(by_exact.measure.values, abs=0.03)
    assert (np.diff(by_exact.measure.values[:, 0]) > 0).all()
    assert (by_exact.measure.values[:, 0] >= by_exact.measure.values[:, 1] - 1e-12).all()


def test_coherence_of_a_pair_by_exact_and_by_bodies():
    at = {"detuning": ("detuning", [0.0, 2.0]), "coupling": ("coupling", [0.5, 2.0])}
    options = {"cutoffs": dict.fromkeys(OSCILLATORS, 7), "closed": True, "kappa1": 1.0, "kappa2": 2.0}
    one = arnold_tongue(lc.Exact(model()), **at, measure="coherence", threshold=0.3, **options)
    two = arnold_tongue(PairStationary(model(), [ONE], [TWO]), **at, measure="coherence", threshold=0.3, **options)
    assert one.border.values == pytest.approx(two.border.values, abs=1e-8)
    # The Schwarz inequality bounds it, and a detuning weakens it.
    assert (one.measure.values < 1).all() and (one.measure.values[:, 0] > one.measure.values[:, 1]).all()


def test_refusals():
    exact, tone = lc.Exact(van_der_pol()), {"w": 0.0, "f": 0.1}
    with pytest.raises(UnsupportedError, match="Exact gives a frequency by spectrum, not by winding"):
        observed_frequency(exact, a, by="winding", **tone)
    with pytest.raises(UnsupportedError, match="ProductState or Wigner, got FloquetLike"):
        observed_frequency(type("FloquetLike", (), {})(), a)
    with pytest.raises(UnsupportedError, match="frequency of a mode"):
        observed_frequency(exact, a.lower, **tone)
    with pytest.raises(UnknownNameError, match="reading a frequency"):
        observed_frequency(exact, a, by="ear", **tone)
    with pytest.raises(ParameterError, match="needs evenly spaced times"):
        observed_frequency(lc.Wigner(van_der_pol()), a, **tone)
    with pytest.raises(ParameterError, match="has no phase"):
        observed_frequency(lc.Wigner(van_der_pol()), a, times=np.linspace(0, 10, 101), w=0.1, f=0.0)
    with pytest.raises(UnknownNameError, match="parameter of"):
        entrainment_curve(exact, a, ("speed", [0.0, 1.0]))
    with pytest.raises(ParameterError, match="increasing values"):
        entrainment_curve(exact, a, ("w", [1.0, 0.0]), f=0.1)
    with pytest.raises(ParameterError, match="two parameters"):
        arnold_tongue(exact, ("w", [0.0]), ("w", [0.0]))
    with pytest.raises(UnknownNameError, match="measure of a tongue"):
        arnold_tongue(exact, ("w", [0.0]), ("f", [0.1]), "beauty")
    with pytest.raises(ParameterError, match="needs 2 mode"):
        arnold_tongue(exact, ("w", [0.0]), ("f", [0.1]), "coherence")
    with pytest.raises(UnsupportedError, match="steady states of Exact"):
        jumps = lc.Jumps(van_der_pol(), {a: 8})
        arnold_tongue(jumps, ("w", [0.0]), ("f", [0.1]))
