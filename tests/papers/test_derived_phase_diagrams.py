"""Phase diagrams of the ion lasers from derived equations alone, against the closed formulas of the paper."""

import numpy as np
import pytest

from limcyc.errors import ParameterError
from limcyc.library.single_ion_phonon_laser import mean_field as single
from limcyc.library.single_ion_phonon_laser.adiabatic import intensity_eq55
from limcyc.library.single_ion_phonon_laser.phases import phase as single_phase
from limcyc.library.two_ion_phonon_laser import mean_field as two
from limcyc.library.two_ion_phonon_laser.adiabatic import lasing_intensity
from limcyc.library.two_ion_phonon_laser.phases import phase as two_phase

POINTS = [
    {"g_h": 1.0, "g_c": 0.5, "gamma_h": 1.5, "gamma_c": 3.0},
    {"g_h": 0.6, "g_c": 0.3, "gamma_h": 2.0, "gamma_c": 4.0},
    {"g_h": 0.3, "g_c": 0.8, "gamma_h": 1.0, "gamma_c": 2.0},
    {"g_h": 1.0, "g_c": 0.5, "gamma_h": 4.0, "gamma_c": 2.0},
    {"g_h": 0.4, "g_c": 0.5, "gamma_h": 3.0, "gamma_c": 1.2},
    {"g_h": 0.25, "g_c": 0.25, "gamma_h": 4.0, "gamma_c": 1.0},
]


@pytest.mark.parametrize(("system", "name"), [(two, "two"), (single, "single")])
@pytest.mark.parametrize(("g_c", "gamma_h", "gamma_c"), [(0.5, 1.5, 3.0), (0.7, 2.0, 1.1)])
def test_threshold_line(system, name, g_c, gamma_h, gamma_c):
    """kappa_h = kappa_c: g_h = g_c sqrt(gamma_h/gamma_c)."""
    found = system.RUNS.threshold("g_h", (0.01, 3.0), g_c=g_c, gamma_h=gamma_h, gamma_c=gamma_c)
    assert found == pytest.approx(g_c * np.sqrt(gamma_h / gamma_c), rel=1e-9)


@pytest.mark.parametrize("at", POINTS)
def test_two_ion_phases_and_intensities(at):
    assert two.RUNS.phase(**at) == two_phase(**at)
    intensity = [n for n, stable in two.RUNS.branches(**at) if stable and n > 0]
    if two_phase(**at) == "lasing":
        assert intensity == [pytest.approx(float(lasing_intensity(**at)), rel=1e-9)]
    else:
        assert not intensity


@pytest.mark.parametrize("at", POINTS)
def test_single_ion_phases_and_intensities(at):
    assert single.RUNS.phase(**at) == single_phase(**at)
    states = [(n, stable) for n, stable in single.RUNS.branches(**at) if n > 1e-9]
    if single_phase(**at) in ("lasing", "unstable dark"):
        wanted = (pytest.approx(float(intensity_eq55(**at)), rel=1e-9), single_phase(**at) == "lasing")
        assert states == [wanted]
    else:
        assert not states


def test_no_threshold_is_said():
    with pytest.raises(ParameterError, match="keeps its stability"):
        two.RUNS.threshold("g_h", (0.01, 0.02), g_c=1.0, gamma_h=1.0, gamma_c=1.0)
