"""Moments and densities from samples, and the honesty of their standard errors."""

import math

import numpy as np
import pytest
import xarray

from limcyc.errors import ParameterError, UnknownNameError, ValidityWarning
from limcyc.measures import phase_space as ps

RNG = np.random.default_rng


def thermal(rng, shape, nbar, order="symmetric"):
    """Samples of the density of a thermal state that belongs to an order of operators."""
    power = nbar + {"symmetric": 0.5, "normal": 0.0, "antinormal": 1.0}[order]
    return np.sqrt(power / 2) * (rng.normal(size=shape) + 1j * rng.normal(size=shape))


def autoregressive(rng, shape, rho):
    """Stationary series of variance 1 with correlations rho^s."""
    from scipy import signal

    noise = rng.normal(size=shape) * math.sqrt(1 - rho**2)
    noise[..., 0] /= math.sqrt(1 - rho**2)
    return signal.lfilter([1.0], [1.0, -rho], noise, axis=-1)


def spread(found, true, error):
    """Standard deviation of the deviations in units of their stated errors: 1 if those are right."""
    return float(np.std((np.asarray(found) - true) / np.asarray(error)))


# Batch means


def test_errors_of_a_correlated_series_are_right_and_naive_ones_are_not():
    rho, series = 0.9, autoregressive(RNG(1), (400, 8000), 0.9)
    found = ps.batch_means(series)
    # Student's distribution with 31 degrees of freedom, scatter of the spread 1/sqrt(800).
    assert spread(found.mean, 0.0, found.standard_error) == pytest.approx(1.03, abs=0.12)
    naive = series.std(axis=-1) / math.sqrt(series.shape[-1])
    assert spread(found.mean, 0.0, naive) > 3.5
    time = (1 + rho) / (1 - rho)
    assert np.mean(found.autocorrelation_time) == pytest.approx(time, rel=0.03)
    assert np.mean(found.standard_error**2) == pytest.approx(time / 8000, rel=0.1)


def test_errors_of_independent_samples():
    values = RNG(2).normal(size=(300, 640)) + 3.0
    found = ps.batch_means(values)
    assert (found.batches, found.length) == (32, 20)
    assert spread(found.mean, 3.0, found.standard_error) == pytest.approx(1.03, abs=0.13)
    assert np.mean(found.autocorrelation_time) == pytest.approx(1.0, abs=0.03)
    np.testing.assert_allclose(found.mean, values.mean(axis=-1))
    # Every sample a batch: the textbook error.
    single = ps.batch_means(values[0], 640)
    assert single.standard_error == pytest.approx(values[0].std(ddof=1) / math.sqrt(640))
    # What does not fill the batches is left out at the beginning.
    assert ps.batch_means([100.0, 1.0, 2.0, 3.0, 4.0], 2).mean == 2.5
    assert ps.autocorrelation_time(values[0]) == pytest.approx(1.0, abs=0.5)


def test_error_of_a_complex_mean_is_its_distance_in_the_plane():
    rng = RNG(3)
    values = rng.normal(size=(400, 640)) + 2j * rng.normal(size=(400, 640))
    found = ps.batch_means(values)
    assert np.mean(np.abs(found.mean) ** 2) == pytest.approx(np.mean(found.standard_error**2), rel=0.15)
    assert np.mean(found.standard_error**2) == pytest.approx(5 / 640, rel=0.05)
    assert isinstance(ps.batch_means(values[0]).mean, complex)


def test_short_batches_are_reported():
    series = autoregressive(RNG(4), 3200, 0.98)
    with pytest.warns(ValidityWarning, match=r"batches of 100 samples are short .* Use fewer than 32 batches"):
        found = ps.batch_means(series)
    # as they should be: the error is indeed too small
    many = autoregressive(RNG(5), (200, 3200), 0.98)
    with pytest.warns(ValidityWarning, match="standard error is too small"):
        found = ps.batch_means(many)
    assert spread(found.mean, 0.0, found.standard_error) > 1.2
    # Fewer batches help, and a drift is seen, too.
    ps.batch_means(many[:, :], 4)
    with pytest.warns(ValidityWarning, match="short against an autocorrelation time"):
        ps.batch_means(np.linspace(0.0, 1.0, 1000))


@pytest.mark.parametrize(
    ("series", "batches", "message"),
    [
        (np.ones(10), 32, "10 samples cannot be divided into 32 batches"),
        (np.ones(10), 1, r"choose 2 \.\.\. 10"),
        ([1.0, np.nan, 2.0], 2, "1 of 3 samples are not finite"),
        (3.0, 2, r"a series of numbers along the last axis is needed, got float64 of shape \(\)"),
    ],
)
def test_invalid_series(series, batches, message):
    with pytest.raises(ParameterError, match=message):
        ps.batch_means(series, batches)


# Moments


@pytest.mark.physics
@pytest.mark.parametrize("order", ["symmetric", "normal", "antinormal"])
@pytest.mark.parametrize(("nbar", "beta"), [(1.5, 0.0), (0.4, 2.0 - 1.0j)])
def test_moments_of_displaced_thermal_states_in_every_order(order, nbar, beta):
    alpha = beta + thermal(RNG(6), (300, 4000), nbar, order)
    found = ps.sampled_moments(alpha, ordering=order)
    power = abs(beta) ** 2
    number, pairs = nbar + power, power**2 + 4 * power * nbar + 2 * nbar**2
    true = {
        "number": number,
        "pairs": pairs,
        "g2": pairs / number**2,
        "variance": pairs + number - number**2,
    }
    for name, value in true.items():
        estimates, errors = getattr(found, name), getattr(found, f"{name}_error")
        assert np.mean(estimates) == pytest.approx(value, abs=5 * np.mean(errors) / math.sqrt(300))
        assert spread(estimates, value, errors) == pytest.approx(1.03, abs=0.15)
    assert abs(np.mean(found.amplitude) - beta) < 5 * np.mean(found.amplitude_error) / math.sqrt(300)
    assert (found.samples, found.batches, found.ordering) == (4000, 32, order)


@pytest.mark.physics
def test_samples_are_no_counts():
    # Thermal, nbar = 5: naive g2 = (2 nbar^2 + nbar)/(nbar + 1/2)^2 = 1.818, and 0 for the vacuum.
    naive = ps.sampled_moments(thermal(RNG(7), 400000, 5.0), ordering="as-sampled")
    assert naive.g2 == pytest.approx(55 / 5.5**2, abs=5 * naive.g2_error)
    assert naive.number == pytest.approx(5.5, abs=5 * naive.number_error)
    right = ps.sampled_moments(thermal(RNG(7), 400000, 5.0))
    assert right.g2 == pytest.approx(2.0, abs=5 * right.g2_error) and right.g2_error < 0.02
    assert abs(naive.g2 - 2.0) > 10 * naive.g2_error
    vacuum = ps.sampled_moments(thermal(RNG(8), 400000, 0.0), ordering="as-sampled")
    assert vacuum.g2 == pytest.approx(0.0, abs=5 * vacuum.g2_error) and vacuum.g2_error < 0.05


def test_vacuum_and_wrong_ordering():
    vacuum = thermal(RNG(9), 20000, 0.0)
    with pytest.warns(ValidityWarning, match=r"<a\^\+ a> = .* is not known to be positive .*g2 means nothing"):
        found = ps.sampled_moments(vacuum)
    assert abs(found.number) < 5 * found.number_error
    with pytest.raises(ParameterError, match=r"in antinormal order give the number <a\^\+ a> = -0\.\d+ < 0"):
        ps.sampled_moments(vacuum, ordering="antinormal")
    with pytest.raises(UnknownNameError, match="ordering of samples 'wigner'"):
        ps.sampled_moments(vacuum, ordering="wigner")
    with pytest.raises(ParameterError, match="samples are complex amplitudes"):
        ps.sampled_moments(vacuum.real)
    with pytest.raises(ParameterError, match="1 of 20000 samples are not finite"):
        ps.sampled_moments(np.where(np.arange(20000) == 5, np.nan, vacuum))


def test_correlated_samples_have_larger_errors():
    rng = RNG(10)
    alpha = (autoregressive(rng, (200, 8000), 0.9) + 1j * autoregressive(rng, (200, 8000), 0.9)) * np.sqrt(1.5)
    found = ps.sampled_moments(alpha)  # <N> = 3: nbar = 2.5
    # Fourth powers are skew: a low estimate has a small error. On average over series the errors are right.
    assert np.std(found.g2) == pytest.approx(np.sqrt(np.mean(found.g2_error**2)), rel=0.15)
    shuffled = ps.sampled_moments(rng.permuted(alpha, axis=-1))
    assert np.std(found.g2) > 1.7 * np.sqrt(np.mean(shuffled.g2_error**2))
    assert isinstance(ps.sampled_moments(alpha[0]).g2, float)


# Densities


def bin_averages(grid, mean, variance):
    from scipy import stats

    step = grid[1] - grid[0]
    edges = np.concatenate([grid - step / 2, [grid[-1] + step / 2]])
    return np.diff(stats.norm.cdf(edges, mean, math.sqrt(variance))) / step


@pytest.mark.physics
def test_wigner_histogram_of_a_displaced_squeezed_state():
    rng = RNG(11)
    x, p = rng.normal(1.0, 0.4, 300000), rng.normal(-0.5, 0.9, 300000)
    grid_x, grid_p = np.linspace(-1.5, 3.5, 41), np.linspace(-5.0, 4.0, 37)
    field = ps.wigner_histogram((x + 1j * p) / np.sqrt(2), grid_x, grid_p)
    assert field.dims == ("p", "x") and field.attrs["bandwidth"] == 0.0 and field.attrs["samples"] == 300000
    assert field.attrs["units"] and field.standard_error.attrs["units"] == field.attrs["units"]
    exact = np.outer(bin_averages(grid_p, -0.5, 0.81), bin_averages(grid_x, 1.0, 0.16))
    error = field.standard_error.values
    hit = exact * 300000 * 0.125 * 0.25 > 20
    pulls = (field.values - exact)[hit] / error[hit]
    # 31 degrees of freedom; the bins are as good as independent.
    assert hit.sum() > 200
    assert pulls.std() == pytest.approx(1.03, abs=0.15) and abs(pulls.mean()) < 0.2
    total = float(field.sum()) * 0.125 * 0.25
    assert total == pytest.approx(1 - field.attrs["outside"], abs=1e-12)


@pytest.mark.physics
def test_histogram_is_the_wigner_function_and_the_sum_of_coherent_states_is_the_husimi_function():
    import qutip

    nbar, samples = 1.0, thermal(RNG(12), 300000, 1.0)
    rho = qutip.thermal_dm(60, nbar, "analytic").full()
    grid = np.linspace(-6.0, 6.0, 61)
    histogram, husimi = ps.wigner_histogram(samples, grid, grid), ps.husimi_from_samples(samples, grid, grid)
    centre = {"x": 0.0, "p": 0.0}
    for found, exact, peak in (
        (histogram, ps.wigner(rho, grid, grid), 1 / (2 * np.pi * (nbar + 0.5))),
        (husimi, ps.husimi(rho, grid, grid), 1 / (2 * np.pi * (nbar + 1.0))),
    ):
        assert exact.sel(centre, method="nearest").item() == pytest.approx(peak, rel=1e-6)
        inner = np.abs(grid) < 2.5
        pulls = ((found - exact) / found.standard_error).values[np.ix_(inner, inner)]
        assert np.abs(pulls).max() < 6 and np.sqrt(np.mean(pulls**2)) < 1.6
    # They are not the same function.
    difference = (histogram - husimi).sel(centre, method="nearest")
    assert difference.item() > 5 * histogram.standard_error.sel(centre, method="nearest").item()
    assert husimi.attrs["bandwidth"] == pytest.approx(math.sqrt(0.5))


@pytest.mark.physics
def test_kernels_raise_variances_by_their_square():
    samples = thermal(RNG(13), 20000, 0.5)
    grid = np.linspace(-8.0, 8.0, 129)
    x = np.sqrt(2) * samples.real
    for bandwidth in (0.2, 0.5):
        field = ps.wigner_histogram(samples, grid, grid, bandwidth=bandwidth)
        marginal = field.sum("p") * (grid[1] - grid[0])
        assert float((marginal * (grid[1] - grid[0])).sum()) == pytest.approx(1.0, abs=1e-6)
        variance = float((marginal * field.x**2).sum() * (grid[1] - grid[0]))
        assert variance == pytest.approx(np.mean(x**2) + bandwidth**2, abs=1e-6)
        assert field.attrs["bandwidth"] == bandwidth and f"{bandwidth:g}" in field.attrs["long_name"]
    field = ps.husimi_from_samples(samples, grid, grid)
    energy = float((field * (field.x**2 + field.p**2) / 2).sum()) * (grid[1] - grid[0]) ** 2
    assert energy == pytest.approx(np.mean(np.abs(samples) ** 2) + 0.5, abs=1e-6)


@pytest.mark.physics
def test_radial_histogram():
    samples = thermal(RNG(14), 200000, 2.0)
    edges = np.linspace(0.0, 9.0, 31)
    found = ps.radial_histogram(samples, edges)
    # r^2/2 = abs(alpha)^2 is exponential with the mean nbar + 1/2.
    exact = -np.diff(np.exp(-(edges**2) / 5.0)) / np.diff(edges)
    hit = exact * 0.3 * 200000 > 30
    pulls = ((found - exact) / found.standard_error).values[hit]
    assert pulls.std() == pytest.approx(1.0, abs=0.35) and np.abs(pulls).max() < 5
    density = ps.radial_histogram(samples, edges, per_area=True)
    np.testing.assert_allclose(density * np.pi * np.diff(edges**2), found * np.diff(edges))
    assert float(density[0]) == pytest.approx(1 / (5 * np.pi), abs=5 * float(density.standard_error[0]))
    assert found.r.attrs["long_name"] == "radius" and found.attrs["units"] == "1/r"


@pytest.mark.physics
def test_phase_distribution():
    rng = RNG(15)
    samples = 4.0 + 3.0 * np.exp(1j * rng.vonmises(0.5, 2.0, 200000))
    found = ps.phase_distribution(samples, 40, centre=4.0)
    assert float(found.sum()) * 2 * np.pi / 40 == pytest.approx(1.0)
    fine = np.exp(2 * np.cos(found.phi.values - 0.5)) / (2 * np.pi * np.i0(2.0))
    assert np.abs((found - fine) / found.standard_error).max() < 6
    assert float(found.phi[np.argmax(found.values)]) == pytest.approx(0.5, abs=0.2)
    assert found.phi.attrs["units"] == "rad"
    # Without its centre the phase does not go round.
    assert float(ps.phase_distribution(samples, 40).sel(phi=3.0, method="nearest")) == 0.0


def test_errors_of_correlated_samples_in_a_histogram():
    rng = RNG(16)
    series = (autoregressive(rng, (150, 4000), 0.9) + 1j * autoregressive(rng, (150, 4000), 0.9)) / 2
    edges = [0.0, 0.5, 1.0]
    exact = -np.diff(np.exp(-np.square(edges))) / 0.5
    with pytest.warns(ValidityWarning, match="percent of the samples lie outside the grid"):
        found = [ps.radial_histogram(one, edges, batches=20) for one in series]
    estimates, errors = np.array([one.values for one in found]), np.array([one.standard_error.values for one in found])
    assert spread(estimates[:, 1], exact[1], errors[:, 1]) == pytest.approx(1.05, abs=0.2)


def test_shapes_and_outside():
    samples = thermal(RNG(17), (4, 500), 1.0)
    grid = np.linspace(-6, 6, 25)
    together = ps.wigner_histogram(samples, grid, grid)
    xarray.testing.assert_identical(together, ps.wigner_histogram(samples.ravel(), grid, grid))
    with pytest.warns(ValidityWarning, match=r"percent of the samples lie outside the grid of the Wigner function"):
        narrow = ps.wigner_histogram(samples, grid[10:15], grid)
    assert narrow.attrs["outside"] > 0.1
    # A sample on a centre is in that bin.
    one = ps.wigner_histogram(np.full(40, (1.0 + 0.5j) / np.sqrt(2)), grid, grid)
    assert float(one.sel(x=1.0, p=0.5)) == pytest.approx(4.0)
    with pytest.warns(ValidityWarning, match="to a Husimi function or beyond"):
        ps.wigner_histogram(samples, grid, grid, bandwidth=0.8)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: ps.wigner_histogram(s, [0.0, 1.0, 3.0], [0.0, 1.0]), "evenly spaced increasing centres x"),
        (lambda s: ps.wigner_histogram(s, [0.0, 1.0], [1.0, 0.0]), "evenly spaced increasing centres p"),
        (lambda s: ps.wigner_histogram(s, [0.0, 1.0], [0.0, 1.0], bandwidth=0.0), "a bandwidth is positive"),
        (lambda s: ps.wigner_histogram(s[:10], [0.0, 1.0], [0.0, 1.0]), "10 samples cannot be divided into 32 batches"),
        (lambda s: ps.husimi_from_samples(s, 0.0, [0.0, 1.0]), "grids of the quadratures are one-dimensional"),
        (lambda s: ps.husimi_from_samples(s.real, [0.0, 1.0], [0.0, 1.0]), "samples are complex amplitudes"),
        (lambda s: ps.radial_histogram(s, [-1.0, 1.0]), "edges of bins in r"),
        (lambda s: ps.radial_histogram(s, [1.0, 1.0]), "edges of bins in r"),
        (lambda s: ps.phase_distribution(s, 0), "a number of bins is an integer >= 1, got 0"),
        (lambda s: ps.phase_distribution(s, centre=s[3]), "exactly at the centre"),
    ],
)
def test_invalid_input(call, message):
    with pytest.raises(ParameterError, match=message):
        call(thermal(RNG(18), 100, 1.0))
