"""Adiabatic elimination: closed formulas of the two-level maser, exact solutions, the ion lasers, refusals."""

from contextlib import nullcontext

import numpy as np
import pytest

import limcyc as lc
from limcyc.errors import (
    OperatorError,
    ParameterError,
    RunawayError,
    SeveralSteadyStatesError,
    SymmetryError,
    UnsupportedError,
    ValidityWarning,
)
from limcyc.levels.adiabatic_elimination import AdiabaticElimination
from limcyc.library.single_ion_phonon_laser import adiabatic as single_ion
from limcyc.library.single_ion_phonon_laser.model import model as single_ion_model
from limcyc.library.two_ion_phonon_laser import adiabatic as two_ion
from limcyc.library.two_ion_phonon_laser.model import model as two_ion_model

a, s = lc.Mode("a"), lc.Spin("s")
g, up, down, dephasing, damping, nbar = lc.parameters("g up down dephasing damping nbar", minimum=0)
splitting, frequency = lc.Parameter("splitting"), lc.Parameter("frequency", default=0.0)

FIELD, GAMMA_1, GAMMA_2 = 100 * np.pi, 500.0, 1000.0  # trap frequency and relaxation rates of a spin, 1/s
LOSS, COUPLING = FIELD / 1e4, 0.1 * FIELD
NUMBERS = np.array([0.0, 1e-3, 1.0, 40.0, 126.0, 1500.0, 1e5])


def maser(transverse=False):
    bath = [lc.Jump(a, damping * (nbar + 1)), lc.Jump(a.dag, damping * nbar)]
    spin = [lc.Jump(s.minus, down), lc.Jump(s.plus, up), lc.Jump(s.z, dephasing / 2)]
    coupling = (a + a.dag) * (s.plus + s.minus) if transverse else lc.hermitian(a.dag * s.minus)
    return lc.OpenSystem(frequency * a.number + splitting / 2 * s.z + g * coupling, bath + spin, name="spin maser")


def values(inversion, detuning=0.0, coupling=COUPLING, occupation=5.0, at=0.0):
    return {
        "g": coupling,
        "splitting": at + detuning,
        "frequency": at,
        "up": GAMMA_1 * (1 + inversion) / 2,
        "down": GAMMA_1 * (1 - inversion) / 2,
        "dephasing": GAMMA_2 - GAMMA_1 / 2,
        "damping": LOSS,
        "nbar": occupation,
    }


def lorentzian(x):
    return GAMMA_2 / (GAMMA_2**2 + x**2)


@pytest.fixture(scope="module")
def level():
    return AdiabaticElimination(maser())


@pytest.fixture(scope="module")
def operating(level):
    """The reference operating point."""
    return level.at(**values(0.2))


@pytest.mark.physics
class TestClosedFormulas:
    @pytest.mark.parametrize("detuning", [0.0, 500.0, -1000.0])
    @pytest.mark.parametrize("inversion", [-0.5, 0.2])
    def test_linear_rates(self, level, inversion, detuning):
        """Gamma_-+ = 2 g^2 p_dn,up L(delta), shift + g^2 S0 delta/(gamma_2^2 + delta^2)."""
        rates = level.rates(**values(inversion, detuning))
        strength = 2 * COUPLING**2 * lorentzian(detuning)
        assert rates.absorption == pytest.approx(strength * (1 - inversion) / 2, rel=1e-12)
        assert rates.emission == pytest.approx(strength * (1 + inversion) / 2, rel=1e-12)
        assert rates.shift == pytest.approx(COUPLING**2 * inversion * detuning / (GAMMA_2**2 + detuning**2), abs=1e-13)
        assert (rates.loss, rates.gain) == pytest.approx((6 * LOSS, 5 * LOSS))
        assert rates.growth == pytest.approx(-(LOSS - strength * inversion) / 2)

    def test_lamb_shift_and_damping_against_the_master_equation(self, level):
        """The eigenvalue of <a> that belongs to the mode, at weak coupling and small occupation."""
        at = values(-0.5, 500.0, coupling=3.1416, occupation=0.0)
        rates = level.rates(**at)
        decay = lc.Exact(maser()).slow_modes(a.dag, 1, **at)
        assert complex(np.asarray(decay).ravel()[0]) == pytest.approx(rates.growth - 1j * rates.shift, rel=2e-4)

    @pytest.mark.parametrize("detuning", [0.0, 700.0])
    def test_saturated_drift_and_pull(self, detuning):
        """mu = -gamma_m/2 + G S0/(1 + N/n_sat), n_sat = gamma_1/(4 G), G = g^2 L(delta)."""
        mode = AdiabaticElimination(maser(), self_consistent=False).at(**values(0.2, detuning))
        strength = COUPLING**2 * lorentzian(detuning)
        saturated = 0.2 * strength / (1 + NUMBERS * 4 * strength / GAMMA_1)
        assert mode.drift(NUMBERS) == pytest.approx(saturated - LOSS / 2, rel=1e-11)
        assert mode.frequency_pull(NUMBERS) == pytest.approx(saturated * detuning / GAMMA_2, rel=1e-11, abs=1e-13)

    def test_drift_joins_the_linear_rates(self, level):
        mode = level.at(**values(0.1, 300.0))
        bare = AdiabaticElimination(maser(), self_consistent=False).at(**values(0.1, 300.0))
        assert float(bare.drift(0.0)) == pytest.approx(mode.rates.growth, rel=1e-11)
        assert float(bare.frequency_pull(0.0)) == pytest.approx(mode.rates.shift, rel=1e-11)
        # At its own frequency the mode is nearer to the spin by the shift, 3e-5 of the detuning.
        assert 1e-6 < float(mode.drift(0.0)) / mode.rates.growth - 1 < 1e-4
        assert 2 * float(mode.diffusion_radial(0.0) + mode.diffusion_phase(0.0)) == pytest.approx(
            mode.rates.absorption + mode.rates.emission + mode.rates.loss + mode.rates.gain, rel=1e-4
        )

    def test_noise_on_resonance(self, operating):
        """D_phi is not saturated; D_r = bath + (G/2x) [1 - S0^2 (1 + gamma_1/gamma_2)(x - 1)/x^2]."""
        strength = COUPLING**2 / GAMMA_2
        x = 1 + NUMBERS * 4 * strength / GAMMA_1
        bath = LOSS * 11 / 4
        radial = bath + strength / (2 * x) * (1 - 0.04 * (1 + GAMMA_1 / GAMMA_2) * (x - 1) / x**2)
        assert operating.diffusion_radial(NUMBERS) == pytest.approx(radial, rel=1e-11)
        assert operating.diffusion_phase(NUMBERS) == pytest.approx(np.full(7, bath + strength / 2), rel=1e-11)
        assert operating.response(NUMBERS).diffusion_cross == pytest.approx(np.zeros(7), abs=1e-12)

    @pytest.mark.parametrize("detuning", [500.0, -1000.0])
    def test_noise_off_resonance_from_the_bloch_matrix(self, detuning):
        """D_r = (g^2/4) S_yy, S = (-B)^-1 C + transpose, C = 1 - s s^T, field along x."""
        mode = AdiabaticElimination(maser(), self_consistent=False).at(**values(0.2, detuning))
        for n in (0.5, 100.0, 3000.0):
            field = 2 * COUPLING * np.sqrt(n)
            bloch = np.array([[-GAMMA_2, -detuning, 0], [detuning, -GAMMA_2, -field], [0, field, -GAMMA_1]])
            still = -np.linalg.solve(bloch, [0, 0, GAMMA_1 * 0.2])
            half = np.linalg.solve(-bloch, np.eye(3) - np.outer(still, still))
            spectrum = (COUPLING**2 / 4) * (half + half.T) + np.eye(3) * LOSS * 11 / 4
            assert float(mode.diffusion_radial(n)) == pytest.approx(spectrum[1, 1], rel=1e-11)
            assert float(mode.diffusion_phase(n)) == pytest.approx(spectrum[0, 0], rel=1e-11)

    def test_frame_does_not_matter(self):
        """In the laboratory frame with the trap frequency, or in the frame that turns with it."""
        level = AdiabaticElimination(maser())
        turning, resting = level.at(**values(0.2, 300.0, at=FIELD)), level.at(**values(0.2, 300.0))
        for name in ("drift", "frequency_pull", "diffusion_radial", "diffusion_phase", "drift_correction"):
            assert getattr(turning, name)(NUMBERS) == pytest.approx(
                getattr(resting, name)(NUMBERS), rel=1e-9, abs=1e-12
            )

    def test_frequency_of_the_stationary_mode(self, level):
        """Pulled by delta (gamma_m/2)/(gamma_2 + gamma_m/2) towards the spin."""
        mode = level.at(**values(0.2, 1000.0))
        pull = 1000 * (LOSS / 2) / (GAMMA_2 + LOSS / 2)
        assert float(mode.frequency_pull(mode.stationary_number())) == pytest.approx(pull, rel=1e-9)

    def test_stationary_number(self, level, operating):
        n_sat = GAMMA_1 * GAMMA_2 / (4 * COUPLING**2)
        assert n_sat == pytest.approx(126.6514795529222)
        assert operating.stationary_number() == pytest.approx(GAMMA_1 * 0.2 / (2 * LOSS) - n_sat, rel=1e-9)
        assert level.at(**values(0.01)).stationary_number() == 0

    def test_counter_rotating_terms(self):
        """Gamma_- = 2 g^2 [p_dn L(delta) + p_up L(w_s + w_m)]; fraction L(w_s + w_m)/L(delta) of the damping."""
        level = AdiabaticElimination(maser(transverse=True))
        at = values(-0.9, coupling=4.0, occupation=0.0, at=FIELD)
        rates = level.rates(**at)
        near, far = 32 * lorentzian(0), 32 * lorentzian(2 * FIELD)
        assert rates.absorption == pytest.approx(0.95 * near + 0.05 * far, rel=1e-12)
        assert rates.emission == pytest.approx(0.05 * near + 0.95 * far, rel=1e-12)
        assert rates.number == pytest.approx(0.59144, abs=2e-4)  # of the whole Liouvillian: 0.59144
        assert level.validity(**at).counter_rotating == pytest.approx(far / near, rel=1e-9)
        assert far / near == pytest.approx(0.717, abs=5e-4)
        with pytest.raises(SymmetryError, match=r"static in no frame.*\(a \+ a\^\+\) X.*rates\(\) only"):
            level.at(**at)

    def test_longitudinal_coupling(self):
        """g_z (a + a^+) s_z adds 2 g_z^2 (1 - S0^2) gamma_1/(gamma_1^2 + w_m^2) to both rates, and a static force."""
        at = values(-0.9, coupling=4.0, at=FIELD)
        plain = AdiabaticElimination(maser(transverse=True)).rates(**at)
        both = AdiabaticElimination(maser(transverse=True).with_terms(3 * (a + a.dag) * s.z)).rates(**at)
        extra = 18 * (1 - 0.81) * GAMMA_1 / (GAMMA_1**2 + FIELD**2)
        assert both.absorption - plain.absorption == pytest.approx(extra, rel=1e-9)
        assert both.emission - plain.emission == pytest.approx(extra, rel=1e-9)
        assert both.static_force == pytest.approx(3 * -0.9)
        assert plain.static_force == 0


# inversion: exact number and g2, and those of the kinetic ordering without the drift correction
EXACT = {
    -0.1: (4.57330, 2.00110, 4.569, 2.0003),
    0.0: (27.49370, 1.828903, 27.4936, 1.828897),
    0.05: (276.25657, 1.077478, 276.25825, 1.077475),
    0.2: (1469.89994, 1.0052186, 1469.90805, 1.0052183),
}


@pytest.mark.paper
class TestAgainstExactNumbers:
    @pytest.mark.parametrize("inversion", EXACT)
    def test_number_and_g2(self, level, inversion):
        number, g2, kinetic_number, kinetic_g2 = EXACT[inversion]
        mode = level.at(**values(inversion))
        kinetic = mode.statistics(mode.density(correction=False))
        assert (kinetic.number, kinetic.g2) == pytest.approx((kinetic_number, kinetic_g2), rel=7e-5)
        found = mode.statistics()
        # Second order in g: the error is that of the elimination, g^2/gamma^2 per phonon.
        assert found.number == pytest.approx(number, abs=max(2e-4, 2e-3 * (inversion < 0)))
        assert found.g2 == pytest.approx(g2, abs=1e-5 if inversion >= 0 else 1e-3)

    def test_drift_correction_comes_closer_than_the_kinetic_ordering(self, level):
        threshold = LOSS * GAMMA_2 / (2 * COUPLING**2)
        mode = level.at(**values(threshold))
        found, kinetic = mode.statistics(), mode.statistics(mode.density(correction=False))
        assert abs(found.number - 57.29135) < 3e-5
        assert abs(kinetic.number - 57.29135) > 1e-3
        assert abs(found.g2 - 1.582987) < 0.3 * abs(kinetic.g2 - 1.582987)

    def test_off_resonance(self, level):
        mode = level.at(**values(0.2, 1000.0))
        found = mode.statistics()
        assert found.number == pytest.approx(1343.24647, abs=3e-5)
        assert found.g2 == pytest.approx(1.0063172, abs=3e-7)
        assert mode.coherence_decay() == pytest.approx(2.496552e-4, rel=2e-4)

    def test_coherence_decay_on_resonance(self, operating):
        assert operating.coherence_decay() == pytest.approx(1.9835037e-4, rel=5e-5)

    def test_relaxation_near_and_far_above_threshold(self, level, operating):
        """Decay of the field and slowest rate of the intensity against the exact solution, also where no phase exists yet."""
        field, amplitude = operating.relaxation(1, 1), operating.relaxation(0, 2)
        assert field.rates[0] == pytest.approx(1.9835037e-4, rel=2e-5)
        assert amplitude.rates == pytest.approx([0, 0.0289187], abs=1e-6)
        assert level.at(**values(0.05)).relaxation(1, 1).rates[0] == pytest.approx(1.152059e-3, rel=3e-5)
        assert operating.coherence_decay() == pytest.approx(field.rates[0], rel=1e-4)

    def test_relaxation_off_resonance(self, level):
        """Rate and pulled frequency: three terms of the angular motion, each of which is seen here."""
        at = values(0.05, -700.0)
        mode = level.at(**at)
        found = mode.relaxation(1, 1, cells=100).eigenvalues[0]
        (exact,) = lc.Exact(maser()).slow_modes(a.dag, 1, {a: 900}, closed=True, **at)
        assert found == pytest.approx(exact, rel=3e-6)
        response = mode.response(np.array([100.0, 101.0]))
        assert abs(response.frequency_correction[0]) > 1e-5 * abs(found)
        assert abs(np.diff(response.diffusion_odd)[0]) > 1e-2 * abs(found)


@pytest.mark.physics
class TestOutsideTheReferencePoint:
    def test_room_temperature(self, level):
        """A bath of 1.25e11 phonons: the spin cannot matter, and nothing overflows."""
        found = level.at(**values(0.2, occupation=1.2502e11)).statistics()
        assert found.number == pytest.approx(1.2502e11, rel=1e-7)
        assert found.g2 == pytest.approx(2, abs=1e-6)

    def test_a_mode_without_coupling_is_thermal(self, level):
        mode = level.at(**values(0.2, coupling=0.0))
        assert mode.statistics().number == pytest.approx(5, rel=1e-9)
        assert mode.relaxation(1, 1).rates[0] == pytest.approx(LOSS / 2, rel=1e-6)
        assert mode.relaxation(0, 2).rates[1] == pytest.approx(LOSS, rel=1e-5)

    def test_strong_coupling_is_a_rough_guide_with_a_warning(self, level):
        """g = 0.2 of the relaxation rate: exact numbers 4.8476305 and 1.2563529."""
        at = {"g": 3.0, "splitting": 0.0, "up": 16.0, "down": 4.0, "dephasing": 5.0, "damping": 0.5, "nbar": 0.1}
        with pytest.warns(ValidityWarning, match=r"the coupling is 0\.2 of the relaxation rate 15"):
            found = level.at(**at).statistics()
        assert found.number == pytest.approx(4.8476305, rel=1e-3)
        assert found.g2 == pytest.approx(1.2563529, rel=5e-3)

    def test_many_amplitudes_at_once(self, operating):
        """Any shape, batches included: the same numbers as one by one."""
        many = np.linspace(0, 3000, 40_000).reshape(2, -1)
        found = operating.response(many)
        assert found.drift.shape == many.shape
        for k in (0, 1, 777, 19_999):
            alone = operating.response(many[1, k])
            for name in ("drift", "diffusion_radial", "diffusion_phase", "drift_correction"):
                assert float(getattr(alone, name)) == pytest.approx(getattr(found, name)[1, k], rel=1e-12)


@pytest.mark.physics
class TestIonLasers:
    """Emitters with several levels, and two emitters, against the closed rate theory and the master equation."""

    def test_two_ions_follow_the_saturable_rates(self):
        mode = AdiabaticElimination(two_ion_model()).at(g_h=1.0, g_c=1.2, gamma_h=40.0, gamma_c=80.0)
        expected = two_ion.saturable_rate(NUMBERS, 1.0, 40.0) - two_ion.saturable_rate(NUMBERS, 1.2, 80.0)
        assert mode.drift(NUMBERS) == pytest.approx(expected, rel=1e-11)
        assert mode.stationary_number() == pytest.approx(
            float(two_ion.lasing_intensity(1.0, 1.2, 40.0, 80.0)), rel=1e-9
        )
        assert mode.frequency_pull(NUMBERS) == pytest.approx(np.zeros(7), abs=1e-12)

    def test_one_ion_with_three_levels(self):
        mode = AdiabaticElimination(single_ion_model()).at(g_h=1.0, g_c=1.2, gamma_h=40.0, gamma_c=80.0)
        assert mode.stationary_number() == pytest.approx(
            float(single_ion.lasing_intensity(1.0, 1.2, 40.0, 80.0)), rel=1e-9
        )
        assert mode.rates.growth == pytest.approx(2 * (1 / 40 - 1.44 / 80))

    @pytest.mark.parametrize("model", [two_ion_model, single_ion_model])
    def test_statistics_of_the_master_equation(self, model):
        at = {"g_h": 1.0, "g_c": 1.0, "gamma_h": 30.0, "gamma_c": 100.0}
        mode = AdiabaticElimination(model()).at(**at)
        found, exact = mode.statistics(), lc.Exact(model()).steady_state(**at)
        assert found.number == pytest.approx(exact.number(a), rel=1e-6)
        assert found.g2 == pytest.approx(exact.g2(a), abs=1e-5)
        # The finite memory of the emitters changes fluctuations in the order of the slow over the fast rates.
        assert found.variance == pytest.approx(exact.variance(a.number), rel=1 / mode.validity.separation)
        # Here the ordering alone is not enough: the density of the emitters moves with the amplitude.
        kinetic = mode.statistics(mode.density(correction=False))
        assert abs(kinetic.number - exact.number(a)) > 0.1

    def test_error_falls_with_the_square_of_the_coupling(self):
        """Faster ions at the same ratios: the error of the number per <n> falls faster than 1/gamma."""
        errors = []
        for scale in (10.0, 20.0, 40.0):
            at = {"g_h": 1.0, "g_c": 1.2, "gamma_h": scale, "gamma_c": 2 * scale}
            level = AdiabaticElimination(two_ion_model())
            with pytest.warns(ValidityWarning) if scale < 30 else nullcontext():
                found = level.at(**at).statistics()
            errors.append(abs(found.number / lc.Exact(two_ion_model()).steady_state(**at).number(a) - 1))
        assert np.log2(np.array(errors[:-1]) / errors[1:]).min() > 1.5
        assert errors[-1] < 1e-5


class TestRefusals:
    def test_warnings_with_numbers(self, level):
        with pytest.warns(ValidityWarning, match=r"'spin maser': the coupling is 0\.157 of the relaxation rate 500"):
            level.at(**values(0.2, coupling=0.25 * FIELD))
        with pytest.warns(ValidityWarning, match=r"relax at 500, only .* times faster than the mode"):
            level.at(**(values(0.2) | {"damping": 150.0}))

    @pytest.mark.parametrize(
        ("system", "message"),
        [
            (
                lc.OpenSystem(lc.hermitian(a.dag**2 * s.minus), [lc.Jump(s.minus)]),
                r"the term a s\+_s.*|the term .* is not linear",
            ),
            (
                lc.OpenSystem(a.number**2 + lc.hermitian(a.dag * s.minus), [lc.Jump(s.minus)]),
                r"the term a\^\+2 a\^2 is not linear",
            ),
            (lc.OpenSystem(a.number * s.z, [lc.Jump(s.minus)]), r"is not linear in a"),
            (lc.OpenSystem(a.number + s.z, [lc.Jump(s.minus)]), "no term couples the mode"),
            (lc.OpenSystem(a.number, [lc.Jump(a)]), "nothing couples to the mode"),
            (
                lc.OpenSystem(lc.hermitian(a.dag * s.minus), [lc.Jump(a * s.plus)]),
                r"the jump a s\+_s is neither linear",
            ),
            (lc.OpenSystem(lc.hermitian(a.dag * s.minus) + lc.TIME * s.z, [lc.Jump(s.minus)]), "depends on time"),
            (
                lc.OpenSystem(lc.hermitian(a.dag * lc.Ensemble("A", s, size=3).sum(s.minus)), [lc.Jump(a)]),
                r"A is an ensemble; write its members out",
            ),
        ],
    )
    def test_models_of_another_form(self, system, message):
        with pytest.raises(UnsupportedError, match=message):
            AdiabaticElimination(system)

    def test_choice_of_the_mode(self):
        b = lc.Mode("b")
        two = lc.OpenSystem(lc.hermitian(a.dag * b.lower + a.dag * s.minus), [lc.Jump(s.minus)])
        with pytest.raises(OperatorError, match="it has 2 modes, say which"):
            AdiabaticElimination(two)
        with pytest.raises(UnsupportedError, match="the fast degree b has no finite dimension"):
            AdiabaticElimination(two, a)
        with pytest.raises(OperatorError, match="is not a mode of"):
            AdiabaticElimination(maser(), b)

    def test_a_force_breaks_the_frame(self):
        driven = AdiabaticElimination(maser().with_terms(0.1 * (a + a.dag)))
        assert driven.rates(**values(0.1)).static_force == pytest.approx(0.1)
        with pytest.raises(SymmetryError, match="no weak U"):
            driven.at(**values(0.1))

    def test_fast_degrees_that_do_not_relax(self):
        idle = lc.OpenSystem(lc.hermitian(a.dag * s.minus), [lc.Jump(a), lc.Jump(s.z)])
        with pytest.raises(SeveralSteadyStatesError, match="no unique steady state"):
            AdiabaticElimination(idle).rates()

    def test_questions_without_an_answer(self, level, operating):
        with pytest.raises(ParameterError, match=r"must be >= 0, got values down to -1"):
            operating.drift([-1.0, 2.0])
        with pytest.raises(RunawayError, match=r"amplitude grows at .*Only saturation"):
            _ = operating.rates.number
        with pytest.raises(UnsupportedError, match="the phase is not defined"):
            level.at(**values(0.0)).coherence_decay()
        assert level.at(**values(0.0)).rates.number == pytest.approx(36.4, abs=0.1)
