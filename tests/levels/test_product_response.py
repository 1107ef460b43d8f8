"""Linear response of product states with a spread of frequencies: against closed conditions and explicit groups."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import cauchy, norm, uniform

import limcyc as lc
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.levels.product_response import FrequencySpread, response_determinant, static_state, threshold
from limcyc.library.van_der_pol_network import mean_field

s = lc.Spin("s")
N, PUMP, LOSS, COLLECTIVE, DELTA = (
    lc.Parameter(name, minimum=0.0) for name in ("N", "pump", "loss", "collective", "delta")
)
AT = {"pump": 1.0, "loss": 0.2}
WIDTH = (AT["pump"] + AT["loss"]) / 2
INVERSION = (AT["pump"] - AT["loss"]) / (AT["pump"] + AT["loss"])


def own(group):
    return lc.Jump(s.plus, rate=PUMP, each=group), lc.Jump(s.minus, rate=LOSS, each=group)


@pytest.fixture(scope="module")
def superradiant():
    """Pumped spins that decay together: <s-> grows with collective * inversion/2 - (pump + loss)/2."""
    group = lc.Ensemble("E", s, size=N)
    return lc.ProductState(
        lc.OpenSystem(0 * group.sum(s.z), [*own(group), lc.Jump(group.sum(s.minus), rate=COLLECTIVE / N)])
    )


def closed(distribution):
    """collective at which 1 = (collective inversion/2) int g(d)/(width + i d): the incoherent state loses stability."""
    nodes = (np.arange(4000) + 0.5) / 4000
    response = np.mean(1 / (WIDTH + 1j * distribution.ppf(nodes)))  # midpoints of the quantiles
    return 2 / (INVERSION * response.real)


@pytest.mark.parametrize(
    "distribution", [norm(scale=0.4), uniform(-0.5, 1.0), cauchy(scale=0.3)], ids=lambda d: d.dist.name
)
def test_threshold_of_pumped_spins_with_spread_frequencies(superradiant, distribution):
    spread = FrequencySpread.of(distribution)
    found = threshold(superradiant, "collective", 1.8, 0.0, spread=spread, **AT)
    assert found.parameter == pytest.approx(closed(distribution), rel=2e-3)
    assert found.frequency == pytest.approx(0.0, abs=1e-6)
    bare = threshold(superradiant, "collective", 1.8, 0.0, **AT)
    assert bare.parameter == pytest.approx(2 * WIDTH / INVERSION, rel=1e-7)


def test_a_lorentzian_spread_is_a_damping_of_the_coherences(superradiant):
    s_half = 0.3
    found = threshold(superradiant, "collective", 1.8, 0.0, spread=FrequencySpread.of(cauchy(scale=s_half), 60), **AT)
    assert found.parameter == pytest.approx(2 * (WIDTH + s_half) / INVERSION, rel=1e-6)


def test_two_frequencies_are_two_explicit_groups(superradiant):
    """The sign of the shift matters here: unequal shares make the motion at threshold turn."""
    shifts, weights = np.array([0.35, -0.2]), np.array([0.25, 0.75])
    found = threshold(superradiant, "collective", 1.8, 0.05, spread=FrequencySpread(shifts, weights), **AT)
    groups = [lc.Ensemble(name, s, size=weight * N) for name, weight in zip("AB", weights, strict=True)]
    energy = sum(shift * group.sum(s.excited) for shift, group in zip(shifts, groups, strict=True))
    jumps = [jump for group in groups for jump in own(group)]
    collective = sum(group.sum(s.minus) for group in groups)
    level = lc.ProductState(lc.OpenSystem(energy, [*jumps, lc.Jump(collective, rate=COLLECTIVE / N)]))

    def leading(strength):
        at = AT | {"collective": strength, "N": 1e9}
        x = static_state(level, level.start(None), at)
        turned = np.abs(level.generators[0]).sum(axis=1) > 0
        jacobian = level.bind(level.lanes(at)).jacobian(0.0, x[:, None])[:, :, 0]
        values = np.linalg.eigvals(jacobian[np.ix_(turned, turned)])
        return values[np.argsort(-values.real)][:2]

    strength = brentq(lambda c: leading(c)[0].real, 0.5 * found.parameter, 1.5 * found.parameter, xtol=1e-10)
    assert found.parameter == pytest.approx(strength, rel=1e-6)
    assert abs(found.frequency) == pytest.approx(abs(leading(strength)[0].imag), rel=1e-5)
    assert abs(found.frequency) > 0.02
    one = threshold(superradiant, "collective", 1.8, 0.3, spread=FrequencySpread(np.array([0.3]), np.ones(1)), **AT)
    assert one.frequency == pytest.approx(0.3, abs=1e-7)  # H = 0.3 |1><1|: <s-> turns as exp(-0.3 i t)


def test_dissipative_network_with_lorentzian_disorder():
    """Quadrature of the distribution against the closed shift of the growth rate, for oscillators."""
    wanted = mean_field.critical_coupling_dissipative(10.0, disorder_halfwidth=0.2, n_fock=8)
    level, _ = mean_field._pair(8)
    at = {"kappa1": 1.0, "kappa2": 10.0, "detuning": 0.0}
    spread = FrequencySpread.of(cauchy(scale=0.2), 300)
    x = static_state(level, level.start(None), at | {"coupling": wanted})
    here = response_determinant(level, x, 0.0, at | {"coupling": wanted}, spread)
    without = response_determinant(level, x, 0.0, at | {"coupling": wanted})
    assert abs(here) < 1e-6 and abs(without) > 1e-3


def test_refusals(superradiant):
    with pytest.raises(ParameterError, match="sum 1"):
        FrequencySpread(np.array([0.1, 0.2]), np.array([0.5, 0.2]))
    two = lc.OpenSystem(0 * s.z, [lc.Jump(s.minus), lc.Jump(lc.Spin("u").minus)])
    level, spread = lc.ProductState(two), FrequencySpread(np.zeros(1), np.ones(1))
    with pytest.raises(UnsupportedError, match="has 2"):
        response_determinant(level, static_state(level, level.start(None), {}), 0.1, {}, spread)
    at = AT | {"collective": 4.0, "N": 1e9}
    ordered = superradiant.start({next(iter(superradiant.cells)).ensemble: np.array([[0.5, 0.3], [0.3, 0.5]])})
    with pytest.raises(UnsupportedError, match="breaks the U"):
        response_determinant(superradiant, ordered, 0.1, at, spread)
