"""Fokker-Planck densities: closed laws, moments that close, order of convergence, two discretisations against each other."""

import mpmath
import numpy as np
import pytest

from limcyc.errors import (
    ConvergenceError,
    CutoffError,
    ParameterError,
    RunawayError,
    SeveralSteadyStatesError,
    UnsupportedError,
)
from limcyc.numerics.fokker_planck import radial_density
from limcyc.numerics.fokker_planck_cells import cartesian_cells, polar_cells
from limcyc.numerics.fokker_planck_common import bernoulli
from limcyc.numerics.fokker_planck_harmonics import PolarHarmonics
from limcyc.numerics.fokker_planck_mean_field import critical_coupling, self_consistent_state
from limcyc.numerics.fokker_planck_relaxation import radial_relaxation

# A maser with unsaturated noise: mu = -loss/2 + gain S/(1 + N/n_sat), D constant.
LOSS, GAIN, N_SAT, RELAXATION = 0.031415926535897934, 0.9869604401089358, 126.6514795529222, 500.0
NOISE = LOSS * 11 / 4 + GAIN / 2


def maser(inversion, noise=NOISE):
    return (lambda n: -LOSS / 2 + GAIN * inversion / (1 + n / N_SAT)), (lambda n: noise + 0 * n)


def truncated_gamma_mean(inversion, noise=NOISE):
    """n_sat (Gamma(k + 1, b)/(b Gamma(k, b)) - 1), a Gamma law in 1 + N/n_sat cut at 1."""
    k, b = mpmath.mpf(RELAXATION * inversion / (4 * noise) + 1), mpmath.mpf(LOSS * N_SAT / (2 * noise))
    return float(N_SAT * (mpmath.gammainc(k + 1, b) / (b * mpmath.gammainc(k, b)) - 1))


def spinning(x, y, rate=2.0):
    return -x - rate * y, rate * x - y


def widening(x, y):
    return 0.5 + 0.05 * (x * x + y * y)


# <r^2> of the drift -r with D = 1/2 + r^2/20: -2 R + 4 <D> = 0, and 2 <r D'> more in the kinetic ordering.
SQUARES = {"ito": 2 / 1.8, "kinetic": 2 / 1.6}


class TestRadial:
    @pytest.mark.parametrize("inversion", [-0.1, 0.0, 0.05, 0.2])
    def test_truncated_gamma_law(self, inversion):
        found = radial_density(*maser(inversion))
        assert found.moment(1) == pytest.approx(truncated_gamma_mean(inversion), rel=1e-10)
        assert found.mean(np.ones_like) == pytest.approx(1, abs=1e-13)

    @pytest.mark.paper
    @pytest.mark.parametrize(
        ("inversion", "number"), [(-0.1, 5.4374), (0.0, 36.9159), (0.05, 308.2557), (0.2, 1501.8139)]
    )
    def test_reference_means(self, inversion, number):
        assert radial_density(*maser(inversion)).moment(1) == pytest.approx(number, abs=6e-5)

    @pytest.mark.parametrize(("ordering", "extra"), [("kinetic", 0), ("ito", 1)])
    def test_orderings_of_a_linear_diffusion(self, ordering, extra):
        """mu = -m, D = 1 + N: the density is (1 + N)^-(m + extra), of mean 1/(m + extra - 2)."""
        found = radial_density(lambda n: -20 + 0 * n, lambda n: 1 + n, ordering=ordering, scale=0.01)
        assert found.moment(1) == pytest.approx(1 / (18 + extra), rel=1e-10)

    def test_no_overflow_at_room_temperature(self):
        noise = LOSS * (2 * 1.2502e11 + 1) / 4 + GAIN / 2
        found = radial_density(*maser(0.2, noise))
        assert found.moment(1) == pytest.approx(truncated_gamma_mean(0.2, noise), rel=1e-10)
        assert found.variance == pytest.approx(found.moment(1) ** 2, rel=1e-6)

    def test_narrow_ring_at_large_number(self):
        """A ring at 1e11 of relative width 1e-6: a Gaussian of the variance D/|mu'|."""
        found = radial_density(lambda n: 1 - n / 1e11, lambda n: 0.1 + 0 * n)
        assert found.moment(1) == pytest.approx(1e11, rel=1e-9)
        assert found.variance == pytest.approx(0.1 * 1e11, rel=1e-6)

    def test_two_rings_with_a_deep_barrier(self):
        """The weights on both sides of a barrier of 200 e-folds: double-well exponent, by quadrature with mpmath."""
        depth = 2000.0

        def slope(n):
            return -depth * (n - 0.3) * (n - 1.0) * (n - 1.7)

        found = radial_density(slope, lambda n: 1 + 0 * n, upper=2.5)
        exponent = np.polynomial.Polynomial.fromroots([0.3, 1.0, 1.7]).integ() * -depth
        weights = [
            mpmath.quad(lambda n: mpmath.exp(exponent(float(n)) - exponent(0.3)), p)
            for p in ([0, 0.3, 1], [1, 1.7, 2.5])
        ]
        expected = float(weights[1] / (weights[0] + weights[1]))
        assert found.mean(lambda n: 1.0 * (n > 1)) == pytest.approx(expected, rel=1e-8)

    def test_samples_agree_with_callables(self):
        n = np.linspace(0, 4000, 801)
        drift, noise = maser(0.2)
        sampled = radial_density(drift(n), noise(n), number=n)
        assert sampled.moment(1) == pytest.approx(radial_density(drift, noise).moment(1), rel=1e-6)

    def test_refusals(self):
        with pytest.raises(ParameterError, match=r"diffusion must be positive.*N in \[2\."):
            radial_density(lambda n: -1 + 0 * n, lambda n: 2 - n, upper=3.0)
        with pytest.raises(RunawayError, match=r"no stationary state can be normalised"):
            radial_density(lambda n: 0.1 + 0 * n, lambda n: 1 + 0 * n)
        with pytest.raises(CutoffError, match=r"up to N = 3, .*extend the profiles"):
            radial_density(lambda n: -1 + 0 * n, lambda n: 1 + 0 * n, upper=3.0)
        with pytest.raises(ParameterError, match="at least 4 increasing"):
            radial_density(np.ones(4), np.ones(4))
        with pytest.raises(ParameterError, match="all callables or all sampled"):
            radial_density(np.ones(4), lambda n: n, number=np.arange(4.0))
        with pytest.raises(ParameterError, match="belongs to sampled profiles"):
            radial_density(lambda n: n, lambda n: n, number=np.arange(4.0))
        with pytest.raises(ParameterError, match=r'`ordering` must be "ito" or "kinetic", but is \'hanggi\''):
            radial_density(lambda n: n, lambda n: n, ordering="hanggi")
        with pytest.raises(ParameterError, match=r"shape \(5,\) like `number`, but has shape \(4,\)"):
            radial_density(np.ones(4), np.ones(4), number=np.arange(5.0))


class TestCells:
    def test_bernoulli(self):
        x = np.array([-800.0, -30.0, -1e-9, 0.0, 1e-9, 30.0, 800.0])
        assert bernoulli(x) == pytest.approx([800, 30, 1, 1, 1, 30 * np.exp(-30), 0], rel=1e-8, abs=1e-290)
        assert bernoulli(x) - bernoulli(-x) == pytest.approx(-x, abs=1e-12)
        assert (bernoulli(x) >= 0).all()

    @pytest.mark.parametrize("ordering", ["ito", "kinetic"])
    @pytest.mark.parametrize("strength", [0.1, 1.0, 1e4])
    def test_conservative_and_positive(self, ordering, strength):
        """At any ratio of drift to diffusion, on both grids, with a diffusion that differs along the axes."""
        rng = np.random.default_rng(1)
        values = rng.standard_normal((2, 7, 6)) * strength
        noise = rng.uniform(0.1, 2, (2, 7, 6))
        grids = [
            cartesian_cells(np.linspace(-1, 2, 8), np.linspace(0, 1, 7), values, noise, ordering=ordering),
            polar_cells(np.linspace(0, 2, 8), 6, values, noise, ordering=ordering),
        ]
        for grid in grids:
            dense = grid.matrix.toarray()
            assert abs(dense.sum(axis=0)).max() < 1e-12 * abs(dense).max()
            assert (dense - np.diag(np.diag(dense)) >= 0).all()
            if strength <= 1:
                state = grid.steady_state(tolerance=1.0)
                assert state.probability.sum() == pytest.approx(1)
                assert state.negativity < 1e-12

    def test_two_basins_without_a_way_between_them(self):
        edges = np.linspace(-2, 2, 41)
        grid = cartesian_cells(edges, edges, lambda x, y: (50 * (x - x**3), -y), lambda x, y: 1e-3 + 0 * x)
        with pytest.raises(SeveralSteadyStatesError, match=r"one (basin|of them)"):
            grid.steady_state()

    def test_positive_under_a_strong_drift(self):
        """A spiral into a point, a million times stronger than the noise: cells stay positive, all collect in the middle."""
        edges = np.linspace(-1, 1, 22)
        state = cartesian_cells(edges, edges, spinning, lambda x, y: 1e-6 + 0 * x).steady_state()
        assert state.negativity < 1e-15
        assert state.probability[8:13, 8:13].sum() > 0.9

    @pytest.mark.physics
    @pytest.mark.parametrize("ordering", ["ito", "kinetic"])
    def test_second_order_on_the_rectangle(self, ordering):
        errors = []
        for cells in (32, 64, 128):
            edges = np.linspace(-9, 9, cells + 1)
            state = cartesian_cells(edges, edges, spinning, widening, ordering=ordering).steady_state(tolerance=1e-4)
            errors.append(abs(state.mean(lambda x, y: x * x + y * y) - SQUARES[ordering]))
        assert np.log2(np.array(errors[:-1]) / errors[1:]) == pytest.approx([2, 2], abs=0.2)

    @pytest.mark.physics
    @pytest.mark.parametrize("ordering", ["ito", "kinetic"])
    def test_second_order_on_the_disc(self, ordering):
        errors = []
        for cells in (25, 50, 100):
            disc = polar_cells(
                np.linspace(0, 9, cells + 1),
                6,
                lambda r, p: (-r, 2 * r),
                lambda r, p: 0.5 + 0.05 * r**2,
                ordering=ordering,
            )
            errors.append(abs(disc.steady_state(1e-4).mean(lambda x, y: x * x + y * y) - SQUARES[ordering]))
        assert np.log2(np.array(errors[:-1]) / errors[1:]) == pytest.approx([2, 2], abs=0.2)

    @pytest.mark.physics
    def test_anisotropic_polar_noise_in_both_orderings(self):
        """Radial and phase noise differ: the curvature force of the Ito form, against the quadrature."""
        radial, phase = (lambda r: 0.3 + 0.1 * r**2), (lambda r: 0.3 + 0.4 * r**2)
        for ordering in ("ito", "kinetic"):
            closed = radial_density(
                lambda n: 1 - 2 * n,
                lambda n: radial(np.sqrt(2 * n)),
                diffusion_phase=lambda n: phase(np.sqrt(2 * n)),
                ordering=ordering,
                scale=0.1,
            )
            disc = polar_cells(
                np.linspace(0, 5, 301),
                3,
                lambda r, p: (r - r**3, 0 * r),
                lambda r, p: (radial(r), phase(r)),
                ordering=ordering,
            )
            found = disc.steady_state().mean(lambda x, y: (x * x + y * y) / 2)
            assert found == pytest.approx(closed.moment(1), rel=3e-4)
        assert radial_density(lambda n: 1 - 2 * n, lambda n: radial(np.sqrt(2 * n)), ordering="ito", scale=0.1).moment(
            1
        ) != pytest.approx(closed.moment(1), rel=1e-2)

    def test_correlated_gaussian_from_anisotropic_noise(self):
        """Rotation mixes D_xx and D_yy; covariance from the Lyapunov equation."""
        from scipy.linalg import solve_continuous_lyapunov

        drift = np.array([[-1.0, -0.8], [0.8, -1.0]])
        expected = solve_continuous_lyapunov(drift, -2 * np.diag([1.0, 0.2]))
        edges = np.linspace(-6, 6, 121)
        grid = cartesian_cells(
            edges, edges, lambda x, y: (-x - 0.8 * y, 0.8 * x - y), lambda x, y: (1 + 0 * x, 0.2 + 0 * x, 0 * x)
        )
        state = grid.steady_state()
        for value, function in ((expected[0, 0], lambda x, y: x * x), (expected[0, 1], lambda x, y: x * y)):
            assert state.mean(function) == pytest.approx(value, abs=3e-3)

    @pytest.mark.physics
    def test_slow_modes_of_a_spiral(self):
        """Ornstein-Uhlenbeck with rotation w: eigenvalues -(j + k) + i w (j - k)."""
        edges = np.linspace(-5, 5, 101)
        grid = cartesian_cells(edges, edges, lambda x, y: spinning(x, y, 0.5), lambda x, y: 0.5 + 0 * x)
        values, modes = grid.slow_modes(4)
        assert abs(values[0]) < 1e-9
        assert sorted(values[1:3].imag) == pytest.approx([-0.5, 0.5], abs=0.005)
        assert values[1:3].real == pytest.approx([-1, -1], abs=0.02)
        assert values[3] == pytest.approx(-2, abs=0.03)
        assert modes.shape == (4, 100, 100)

    def test_samples_agree_with_callables(self):
        edges = np.linspace(-5, 5, 81)
        called = cartesian_cells(edges, edges, spinning, lambda x, y: 0.5 + 0 * x)
        sampled = cartesian_cells(edges, edges, np.stack(spinning(called.x, called.y)), 0.5 + 0 * called.x)
        assert abs(called.matrix - sampled.matrix).max() < 1e-10

    def test_refusals(self):
        edges = np.linspace(-1, 1, 11)
        with pytest.raises(CutoffError, match=r"outer edge of the grid hold .* choose a larger grid"):
            cartesian_cells(edges, edges, spinning, lambda x, y: 0.5 + 0 * x).steady_state()
        with pytest.raises(ParameterError, match=r"D_xx must be positive.*x in \[-0\.9, -0\.1\], y in \[-0\.9, 0\.9\]"):
            cartesian_cells(edges, edges, spinning, lambda x, y: x)
        with pytest.raises(UnsupportedError, match=r"mixed component reaches 0\.1; use the coordinates"):
            cartesian_cells(edges, edges, spinning, lambda x, y: (1 + 0 * x, 1 + 0 * x, 0.1 + 0 * x))
        with pytest.raises(ParameterError, match=r"`drift` must have shape \(2, 10, 10\), but has shape \(10, 10\)"):
            cartesian_cells(edges, edges, np.ones((10, 10)), lambda x, y: 1 + 0 * x)
        with pytest.raises(ParameterError, match="`x_edges` must hold at least 3 increasing"):
            cartesian_cells(edges[::-1], edges, spinning, lambda x, y: 1 + 0 * x)
        with pytest.raises(ParameterError, match="at least 3 angles"):
            polar_cells(np.linspace(0, 1, 4), 2, lambda r, p: (r, r), lambda r, p: 1 + 0 * r)


def van_der_pol(detuning, kerr, two_phonon_loss, cells=200, top=3.0, highest=14):
    """The semiclassical driven oscillator: complex amplitude, diffusion d_alpha d_alpha* D = Laplacian/4."""
    return PolarHarmonics(
        np.linspace(0, top, cells + 1),
        lambda r: (0.5 - two_phonon_loss * r**2) * r,
        lambda r: detuning - 2 * kerr * r**2,
        lambda r: (0.5 + 2 * two_phonon_loss * r**2) / 4,
        highest=highest,
    )


def locking(state, shift=0.0):
    return abs(state.amplitude) / np.sqrt(state.mean(lambda r: r**2) - shift)


class TestHarmonics:
    @pytest.mark.paper
    @pytest.mark.parametrize(("detuning", "expected"), [(0, 0.0979), (50, 0.0780), (100, 0.0488)])
    def test_locking_of_a_kerr_oscillator(self, detuning, expected):
        assert locking(van_der_pol(detuning, 50, 7).steady_state(-2.25)) == pytest.approx(expected, abs=1e-4)

    @pytest.mark.paper
    def test_truncated_wigner_locking(self):
        ring = PolarHarmonics(
            np.linspace(0, 7, 201),
            lambda r: (0.5 - 0.1 * (r**2 - 1)) * r,
            lambda r: 0 * r,
            lambda r: (0.5 + 0.1 * (2 * r**2 - 1)) / 4,
        )
        state = ring.steady_state(-0.5)
        assert locking(state, 0.5) == pytest.approx(0.8348, abs=5e-5)
        assert state.amplitude.real < 0 and abs(state.amplitude.imag) < 1e-10

    @pytest.mark.physics
    def test_radial_variance_of_a_large_cycle(self):
        """3/8 for a large limit cycle, and the quadrature of the same density."""
        size = 400.0
        found = radial_density(
            # N = |alpha|^2; the plane (x, y) = sqrt 2 alpha has twice the diffusion constant
            lambda n: 0.5 - n / size,
            lambda n: (0.5 + 2 * n / size) / 2,
            ordering="ito",
        )
        radius = found.mean(np.sqrt(found.number))
        assert found.mean((np.sqrt(found.number) - radius) ** 2) == pytest.approx(3 / 8, abs=0.01)
        ring = van_der_pol(0, 0, 1 / size, 400, 22.0, 1).steady_state()
        assert ring.mean(lambda r: r**2) == pytest.approx(found.moment(1), rel=1e-5)

    @pytest.mark.physics
    def test_second_order_in_the_radius(self):
        """A damped particle under a force: <alpha> = force/(1 - 2 i), <r^2> = |<alpha>|^2 + 1."""
        errors = []
        for cells in (40, 80, 160):
            disc = PolarHarmonics(
                np.linspace(0, 7, cells + 1), lambda r: -r, lambda r: 2 + 0 * r, lambda r: 0.5 + 0 * r
            )
            state = disc.steady_state(2 - 1j)
            mean = (2 - 1j) / (1 - 2j)
            errors.append([abs(state.amplitude - mean), abs(state.mean(lambda r: r**2) - abs(mean) ** 2 - 1)])
        assert np.log2(np.array(errors[:-1]) / errors[1:]) == pytest.approx(2, abs=0.25)

    @pytest.mark.physics
    def test_agrees_with_cells_of_the_angle(self):
        harmonics = van_der_pol(1.0, 0.5, 0.5, 100, 5.0).steady_state(-0.8)
        disc = polar_cells(
            np.linspace(0, 5, 101),
            160,
            lambda r, p: ((0.5 - 0.5 * r**2) * r - 0.8 * np.cos(p), (1 - r**2) * r + 0.8 * np.sin(p)),
            lambda r, p: (0.5 + r**2) / 4,
        ).steady_state()
        assert disc.mean(lambda x, y: x + 1j * y) == pytest.approx(harmonics.amplitude, abs=1e-3)
        angles = (np.arange(160) + 0.5) * 2 * np.pi / 160
        assert abs(disc.density - harmonics.density(angles)).max() < 3e-3 * disc.density.max()
        assert harmonics.mean(np.ones_like) == pytest.approx(1, abs=1e-12)
        assert disc.mean(lambda x, y: (x + 1j * y) ** 2) == pytest.approx(
            harmonics.mean(lambda r: r**2, turns=2), abs=2e-3
        )
        assert harmonics.mean(lambda r: r, turns=-1) == pytest.approx(np.conj(harmonics.amplitude))

    @pytest.mark.physics
    @pytest.mark.parametrize("ordering", ["ito", "kinetic"])
    def test_phase_noise_of_its_own(self, ordering):
        """Anisotropic noise under a force, in both orderings, against cells of the angle."""
        radial, phase = (lambda r: 0.3 + 0.1 * r**2), (lambda r: 0.3 + 0.3 * r**2)
        edges = np.linspace(0, 5, 101)
        rings = PolarHarmonics(
            edges, lambda r: r - r**3, lambda r: 0.5 * r, radial, phase, highest=12, ordering=ordering
        ).steady_state(0.6)
        disc = polar_cells(
            edges,
            120,
            lambda r, p: (r - r**3 + 0.6 * np.cos(p), 0.5 * r**2 - 0.6 * np.sin(p)),
            lambda r, p: (radial(r), phase(r)),
            ordering=ordering,
        ).steady_state()
        assert disc.mean(lambda x, y: x + 1j * y) == pytest.approx(rings.amplitude, abs=1e-3)
        assert disc.mean(lambda x, y: x**2 + y**2) == pytest.approx(rings.mean(lambda r: r**2), rel=1e-3)

    @pytest.mark.physics
    def test_slow_modes_and_rotating_frame(self):
        disc = PolarHarmonics(np.linspace(0, 6, 121), lambda r: -r, lambda r: 0 * r, lambda r: 0.5 + 0 * r, highest=3)
        values = disc.slow_modes(4, frequency=0.5)
        assert abs(values[0]) < 1e-8
        assert values[1:3].real == pytest.approx([-1, -1], abs=5e-3)
        assert sorted(values[1:3].imag) == pytest.approx([-0.5, 0.5], abs=1e-6)

    def test_refusals(self):
        with pytest.raises(CutoffError, match=r"outermost cell at r = .*extend r_edges"):
            van_der_pol(0, 0, 7, 50, 0.8).steady_state()
        with pytest.raises(ConvergenceError, match=r"harmonics of size .* at m = 2 .*raise `highest`"):
            van_der_pol(0, 0, 0.1, 100, 8.0, 2).steady_state(-2.0)
        with pytest.raises(ParameterError, match=r"diffusion must be positive.*r in \[0\.\d+, 0\.\d+\]"):
            PolarHarmonics(np.linspace(0, 3, 31), lambda r: -r, lambda r: r, lambda r: r**2 - 0.5)
        with pytest.raises(ParameterError, match="increase from 0"):
            PolarHarmonics(np.linspace(1, 3, 31), lambda r: -r, lambda r: r, lambda r: 1 + 0 * r)
        with pytest.raises(ParameterError, match="`highest` must be an integer >= 1, but is 0"):
            PolarHarmonics(np.linspace(0, 3, 31), lambda r: -r, lambda r: r, lambda r: 1 + 0 * r, highest=0)


class TestMeanField:
    @pytest.mark.paper
    def test_threshold_of_the_reactive_network(self):
        """Langevin network of many van der Pol oscillators at kappa2 = 0.02: V_c = 1.055 within 1e-2."""
        kappa2 = 0.02
        size = np.sqrt(1 / (2 * kappa2) + 1)
        member = PolarHarmonics(
            np.linspace(0, 9.5, 49),
            lambda r: (1 + 2 * kappa2 - 2 * kappa2 * r**2) * r,
            lambda r: 0 * r,
            lambda r: (0.5 + kappa2 * (2 * r**2 - 1)) / 2,
            highest=17,
        )

        def state(force):
            return self_consistent_state(
                lambda e, w: member.steady_state(e, w).amplitude,
                force,
                (force / size, 1.25 * force / size),
                -1j,
                samples=3,
                tolerance=1e-4,
            )

        threshold = critical_coupling(state, (4.0, 4.5), samples=3, tolerance=0.05)
        assert threshold.coupling == pytest.approx(1.055, abs=1e-2)
        assert threshold.order == pytest.approx(threshold.force / threshold.coupling)
        # A first-order transition: the order is far from zero, below that without noise.
        assert 3 < threshold.order < size

    def test_without_noise(self):
        """d alpha/dt = (1 - |alpha|^2 + i W) alpha - i f rests at alpha = 1 for f = W, hence V = 1 r with r = 1."""

        def mean(e, w):
            roots = np.roots([1.0, -2.0, 1 + w**2, -(abs(e) ** 2)])  # of |alpha|^2
            number = max(roots[abs(roots.imag) < 1e-9].real)
            return e / -(1 - number + 1j * w)

        found = self_consistent_state(mean, 1.7, (1.0, 2.5), -1j)
        assert (found.order, found.frequency, found.coupling) == pytest.approx((1, 1.7, 1.7))

    def test_refusals(self):
        with pytest.raises(ParameterError, match="`force` must be > 0, but is 0"):
            self_consistent_state(lambda e, w: e, 0.0, (0, 1))
        with pytest.raises(ConvergenceError, match="nowhere real and positive between"):
            self_consistent_state(lambda e, w: e * 1j, 1.0, (0, 1))
        with pytest.raises(ConvergenceError, match=r"no minimum inside the forces 1 \.\.\. 2"):
            critical_coupling(lambda f: self_consistent_state(lambda e, w: e + 1j * w, f, (-1, 1)), (1.0, 2.0))


class TestRelaxation:
    @pytest.mark.physics
    @pytest.mark.parametrize("turns", [0, 1, 2, -3])
    def test_spectrum_of_a_damped_rotation(self, turns):
        """Ornstein-Uhlenbeck: -k (2 j + |m|) + i m w, in both orderings; the error falls with the square of the cells."""
        damping, turn, noise = 0.7, 3.1, 1.9
        expected = np.array([-damping * (2 * j + abs(turns)) + 1j * turns * turn for j in range(4)])
        arguments = (0, 14.0, lambda r: -damping * r, lambda r: turn + 0 * r, lambda r: noise + 0 * r)
        for ordering in ("kinetic", "ito"):
            found = radial_relaxation(*arguments, turns=turns, count=4, ordering=ordering)
            assert found.eigenvalues == pytest.approx(expected, abs=1e-5)
            assert (abs(found.eigenvalues - expected) <= found.errors + 1e-12).all()
        coarse = radial_relaxation(*arguments, turns=turns, count=4, cells=100)
        assert coarse.errors[1:] / found.errors[1:] == pytest.approx([4, 4, 4], rel=0.03)

    @pytest.mark.physics
    def test_sheared_ring_agrees_with_a_plane(self):
        """A ring whose frequency and noise depend on the radius: cells of the plane, both orderings."""

        def drift(x, y):
            square = x * x + y * y
            return x - square * x - (0.3 + 0.2 * square) * y, y - square * y + (0.3 + 0.2 * square) * x

        def noise(r):
            return 0.1 + 0.05 * r**2

        edges = np.linspace(-3, 3, 121)
        for ordering in ("kinetic", "ito"):
            plane = cartesian_cells(edges, edges, drift, lambda x, y: noise(np.hypot(x, y)), ordering=ordering)
            found, _ = plane.slow_modes(3)
            ring = radial_relaxation(
                0, 3.5, lambda r: r - r**3, lambda r: 0.3 + 0.2 * r**2, noise, turns=1, count=1, ordering=ordering
            )
            assert found[np.argmax(found.imag)] == pytest.approx(ring.eigenvalues[0], rel=5e-3)

    @pytest.mark.physics
    def test_mixed_noise_of_a_narrow_ring(self):
        """Linearised: the phase diffuses with [D_phi - 2 h D_x + h^2 D_r]/R^2, h R dw/dr over the rate of return."""
        size, rate, shear, (radial, across, mixed) = 200.0, 1.0, 0.01, (1.0, 0.7, 0.4)
        constant = [lambda r, value=value: value + 0 * r for value in (radial, across, mixed)]
        found = radial_relaxation(
            size - 9, size + 9, lambda r: -rate * (r - size), lambda r: shear * (r - size), *constant, turns=1, count=1
        )
        factor = size * shear / rate
        expected = (across + 2 * factor * mixed + factor**2 * radial) / size**2
        assert found.rates[0] == pytest.approx(expected, rel=1e-3)
        without = radial_relaxation(
            size - 9, size + 9, lambda r: -rate * (r - size), lambda r: shear * (r - size), *constant[:2], turns=1
        )
        assert without.rates[0] == pytest.approx((across + factor**2 * radial) / size**2, rel=1e-3)

    def test_refusals(self):
        def one(r):
            return 1 + 0 * r

        with pytest.raises(ParameterError, match="0 <= inner < outer, got 2 and 1"):
            radial_relaxation(2, 1, one, one, one)
        with pytest.raises(ParameterError, match="between 1 and as many eigenvalues"):
            radial_relaxation(0, 1, one, one, one, cells=10, count=11)
        with pytest.raises(ParameterError, match="kinetic ordering only"):
            radial_relaxation(0, 1, one, one, one, one, one, ordering="ito")
        with pytest.raises(ParameterError, match=r"diffusion must be positive.*r in \["):
            radial_relaxation(0, 1, one, one, lambda r: 0.5 - r)
        with pytest.raises(ParameterError, match="not finite"):
            radial_relaxation(0, 1, one, lambda r: np.inf + r, one, turns=1)
