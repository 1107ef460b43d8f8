"""Measures of Gaussian states: closed forms, density matrices on a truncation, minimisation over measurements."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import linalg, optimize

from limcyc.errors import ParameterError, UnknownNameError
from limcyc.measures import gaussian_states as gs

VACUUM = np.eye(2) / 2


def squeezed_pair(r, first=0.0, second=0.0):
    """Two-mode squeezed thermal state."""
    (
        a,
        b,
    ) = first + 0.5, second + 0.5
    c, s = np.cosh(r), np.sinh(r)
    symplectic = np.block([[c * np.eye(2), s * np.diag([1.0, -1.0])], [s * np.diag([1.0, -1.0]), c * np.eye(2)]])
    return symplectic @ np.diag([a, a, b, b]) @ symplectic.T


def passive(rng, modes):
    """Random beam splitters and phase shifts."""
    unitary = linalg.qr(rng.normal(size=(modes, modes)) + 1j * rng.normal(size=(modes, modes)))[0]
    matrix = np.zeros((2 * modes, 2 * modes))
    matrix[0::2, 0::2] = matrix[1::2, 1::2] = unitary.real
    matrix[0::2, 1::2], matrix[1::2, 0::2] = -unitary.imag, unitary.imag
    return matrix


def random_symplectic(rng, modes, squeezing=0.8):
    r = rng.uniform(-squeezing, squeezing, modes)
    return passive(rng, modes) @ np.diag(np.exp(np.stack([r, -r], 1).ravel())) @ passive(rng, modes)


def random_state(rng, modes, hot=1.0, squeezing=0.8):
    noise = np.sort(0.5 + hot * rng.exponential(size=modes))
    s = random_symplectic(rng, modes, squeezing)
    return s @ np.diag(np.repeat(noise, 2)) @ s.T, noise


def thermal_entropy(nbar):
    return (nbar + 1) * math.log(nbar + 1) - nbar * math.log(nbar)


# Closed forms


@pytest.mark.physics
def test_two_mode_squeezed_vacuum():
    state = squeezed_pair(0.5)
    entropy = thermal_entropy(math.sinh(0.5) ** 2)
    assert entropy == pytest.approx(0.6594529591680167, abs=1e-12)
    for measured in (0, 1):
        assert gs.gaussian_discord(state, measured=measured) == pytest.approx(entropy, abs=1e-9)
    assert gs.logarithmic_negativity(state, 0) == pytest.approx(1.0, abs=1e-12)
    assert gs.mutual_information(state, 0) == pytest.approx(2 * entropy, abs=1e-12)
    assert gs.mutual_information(state, 0, kind="renyi-2") == pytest.approx(2 * math.log(math.cosh(1.0)), abs=1e-12)
    assert gs.von_neumann_entropy(gs.reduced_covariance(state, 0)) == pytest.approx(entropy, abs=1e-12)
    assert gs.purity(state) == pytest.approx(1.0, abs=1e-12)
    assert gs.check_physical(state) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.physics
@pytest.mark.parametrize("nbar", [1e-9, 0.3, 5.0, 1e11])
def test_thermal_state(nbar):
    state = (nbar + 0.5) * np.eye(2)
    # Both terms of the textbook form are huge at large nbar; their difference is 1 + ln nbar + 1/(2 nbar).
    expected = thermal_entropy(nbar) if nbar < 1e6 else 1 + math.log(nbar)
    assert gs.von_neumann_entropy(state) == pytest.approx(expected, rel=1e-7 if nbar < 1e-6 else 1e-12)
    assert gs.renyi2_entropy(state) == pytest.approx(math.log1p(2 * nbar), rel=1e-6)
    assert gs.purity(state) == pytest.approx(1 / (2 * nbar + 1), rel=1e-12)
    product = linalg.block_diag(state, 2 * state)
    assert gs.mutual_information(product, 0) == pytest.approx(0.0, abs=1e-12)
    assert gs.gaussian_discord(product, measured=0) == pytest.approx(0.0, abs=1e-12)
    assert gs.logarithmic_negativity(product, 0) == 0.0


@pytest.mark.physics
def test_threshold_of_entanglement_of_a_squeezed_thermal_pair():
    # nu~ = (nbar + 1/2) exp(-2r): separable up to exp(2r) = 2 nbar + 1, but never without discord.
    for nbar, r in ((1.0, 0.5), (1.0, 0.6), (0.2, 0.1), (0.2, 0.3)):
        state = squeezed_pair(r, nbar, nbar)
        assert gs.logarithmic_negativity(state, 1) == pytest.approx(max(0.0, 2 * r - math.log(2 * nbar + 1)), abs=1e-12)
        assert gs.gaussian_discord(state, measured=0) > 1e-3


@pytest.mark.physics
def test_pure_states_have_equal_entropies_on_both_sides_and_known_negativity():
    rng = np.random.default_rng(2)
    for _ in range(20):
        s = random_symplectic(rng, 3)
        state = s @ s.T / 2
        left, right = gs.reduced_covariance(state, 1), gs.reduced_covariance(state, (0, 2))
        for entropy in (gs.von_neumann_entropy, gs.renyi2_entropy):
            assert entropy(left) == pytest.approx(entropy(right), abs=1e-6)
        assert gs.von_neumann_entropy(state) < 1e-6
        # Local operations turn it into a two-mode squeezed vacuum with cosh 2r = 2 nu.
        noise = gs.symplectic_eigenvalues(left)[0]
        assert gs.logarithmic_negativity(state, 1) == pytest.approx(math.acosh(2 * noise), abs=1e-6)
        assert gs.logarithmic_negativity(state, (0, 2)) == pytest.approx(math.acosh(2 * noise), abs=1e-6)


@settings(max_examples=40)
@given(seed=st.integers(0, 2**31), modes=st.integers(1, 4))
def test_symplectic_eigenvalues_are_those_the_state_was_made_of(seed, modes):
    state, noise = random_state(np.random.default_rng(seed), modes)
    np.testing.assert_allclose(gs.symplectic_eigenvalues(state), noise, rtol=1e-9)
    assert gs.von_neumann_entropy(state) == pytest.approx(sum(thermal_entropy(v - 0.5) for v in noise), rel=1e-8)
    assert gs.purity(state) == pytest.approx(np.prod(0.5 / noise), rel=1e-9)
    assert gs.renyi2_entropy(state) == pytest.approx(np.log(2 * noise).sum(), rel=1e-9)
    # |eigenvalues of i Omega C|, the definition.
    direct = np.sort(np.abs(np.linalg.eigvals(1j * gs.symplectic_form(modes) @ state)))[::2]
    np.testing.assert_allclose(gs.symplectic_eigenvalues(state), direct, rtol=1e-9)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**31))
def test_correlations_do_not_change_under_local_operations(seed):
    rng = np.random.default_rng(seed)
    state, _ = random_state(rng, 3)
    local = linalg.block_diag(random_symplectic(rng, 2), random_symplectic(rng, 1))
    turned = local @ state @ local.T
    for measure in (gs.mutual_information, gs.logarithmic_negativity):
        assert measure(turned, (0, 1)) == pytest.approx(measure(state, (0, 1)), abs=1e-8)
        assert measure(state, (0, 1), 2) == pytest.approx(measure(state, 2), abs=1e-10)
    assert gs.mutual_information(turned, 2, kind="renyi-2") == pytest.approx(
        gs.mutual_information(state, 2, kind="renyi-2"), abs=1e-8
    )
    # A beam splitter between the groups does change them, and leaves the whole as mixed as before.
    mixed = passive(rng, 3)
    mixed = mixed @ state @ mixed.T
    assert gs.von_neumann_entropy(mixed) == pytest.approx(gs.von_neumann_entropy(state), abs=1e-8)
    assert abs(gs.mutual_information(mixed, 2) - gs.mutual_information(state, 2)) > 1e-6
    # Less is known of a part than of the whole.
    assert gs.mutual_information(state, 0, 2) <= gs.mutual_information(state, (0, 1), 2) + 1e-12


# Density matrices


@pytest.mark.physics
@pytest.mark.parametrize(("r", "first", "second"), [(0.3, 0.15, 0.05), (0.1, 0.2, 0.2)])
def test_against_density_matrices(r, first, second):
    import qutip

    size = 16
    a, b = qutip.tensor(qutip.destroy(size), qutip.qeye(size)), qutip.tensor(qutip.qeye(size), qutip.destroy(size))
    thermal = qutip.tensor(qutip.thermal_dm(size, first, "analytic"), qutip.thermal_dm(size, second, "analytic"))
    squeeze = (r * (a.dag() * b.dag() - a * b)).expm()
    rho = squeeze * thermal * squeeze.dag()
    quadratures = [f for c in (a, b) for f in ((c + c.dag()) / np.sqrt(2), -1j * (c - c.dag()) / np.sqrt(2))]
    covariance = [[qutip.expect(x * y + y * x, rho) / 2 for y in quadratures] for x in quadratures]
    state = squeezed_pair(r, first, second)
    np.testing.assert_allclose(covariance, state, atol=1e-6)
    entropies = [qutip.entropy_vn(part) for part in (rho.ptrace(0), rho.ptrace(1), rho)]
    assert gs.von_neumann_entropy(state) == pytest.approx(entropies[2], abs=1e-6)
    assert gs.mutual_information(state, 0) == pytest.approx(entropies[0] + entropies[1] - entropies[2], abs=1e-6)
    assert gs.purity(state) == pytest.approx((rho * rho).tr().real, abs=1e-6)
    transposed = qutip.partial_transpose(rho, [0, 1]).full()
    negativity = math.log(np.abs(np.linalg.eigvalsh(transposed)).sum())
    assert gs.logarithmic_negativity(state, 0) == pytest.approx(max(0.0, negativity), abs=1e-6)


# Discord


def best_measurement(state, measured):
    """Smallest determinant of the other mode over all pure Gaussian measurements, by search."""
    other = 1 - measured
    blocks = state.reshape(2, 2, 2, 2)
    a, b, c = blocks[other, :, other], blocks[measured, :, measured], blocks[other, :, measured]

    def determinant(parameters):
        # Squeezing by more than exp(14) is homodyne detection to six digits, and beyond double precision.
        angle, log = parameters[0], np.clip(parameters[1], -14.0, 14.0)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        probe = turn @ np.diag([math.exp(log), math.exp(-log)]) @ turn.T / 2
        return np.linalg.det(a - c @ np.linalg.solve(b + probe, c.T))

    starts = [(angle, log) for angle in np.linspace(0, np.pi, 7)[:-1] for log in (0.0, 2.0, 8.0)]
    found = [
        optimize.minimize(determinant, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-14}).fun
        for start in sorted(starts, key=determinant)[:4]
    ]
    return min(found)


def conditional(state, measured):
    """The published formula in invariants, and its branch."""
    sigma = 2 * state
    other = 1 - measured
    blocks = sigma.reshape(2, 2, 2, 2)
    a, b = np.linalg.det(blocks[other, :, other]), np.linalg.det(blocks[measured, :, measured])
    g, d = np.linalg.det(blocks[other, :, measured]), np.linalg.det(sigma)
    if (d - a * b) ** 2 <= (1 + b) * g**2 * (a + d):
        root = math.sqrt(g**2 + (b - 1) * (d - a))
        return (2 * g**2 + (b - 1) * (d - a) + 2 * abs(g) * root) / (b - 1) ** 2, "finite"
    root = math.sqrt(g**4 + (d - a * b) ** 2 - 2 * g**2 * (a * b + d))
    return (a * b - g**2 + d - root) / (2 * b), "homodyne"


@pytest.mark.physics
def test_discord_against_the_published_formula_and_a_search_over_measurements():
    rng = np.random.default_rng(5)
    branches = set()
    for index in range(24):
        state, noise = random_state(rng, 2, hot=0.7, squeezing=0.2 if index % 2 else 1.0)
        for measured in (0, 1):
            determinant, branch = conditional(state, measured)
            branches.add(branch)
            marginal = gs.von_neumann_entropy(gs.reduced_covariance(state, measured))
            whole = sum(thermal_entropy(v - 0.5) for v in noise)
            expected = marginal - whole + thermal_entropy(math.sqrt(determinant) / 2 - 0.5)
            found = gs.gaussian_discord(state, measured=measured)
            assert found == pytest.approx(expected, abs=1e-8)
            if index < 8:
                searched = best_measurement(state, measured)
                assert 1 - 1e-8 < 4 * searched / determinant < 1 + 1e-5
            # Not more than the mutual information, and not negative.
            assert 0 <= found <= gs.mutual_information(state, 0) + 1e-12
    assert branches == {"finite", "homodyne"}


@pytest.mark.physics
def test_discord_where_the_published_formula_divides_by_zero():
    # The measured mode nearly pure: a weak beam splitter on vacuum and a hot mode.
    for angle in (1e-2, 1e-4, 1e-6):
        c, s = math.cos(angle), math.sin(angle)
        turn = np.kron(np.array([[c, s], [-s, c]]), np.eye(2))
        state = turn @ np.diag([2.0, 2.0, 0.5, 0.5]) @ turn.T
        # Heterodyne detection of the weak mode, to which 1.5 s^2 of the noise has leaked.
        a, b, cross = 2.0 * c**2 + 0.5 * s**2, 2.0 * s**2 + 0.5 * c**2, 1.5 * s * c
        left = a - cross**2 / (b + 0.5)
        entropies = [thermal_entropy(v - 0.5) for v in (1.5 * s**2 + 0.5, 2.0, left)]
        discord = entropies[0] - entropies[1] + entropies[2]
        assert gs.gaussian_discord(state, measured=1) == pytest.approx(discord, rel=2e-2, abs=1e-14)
    assert gs.gaussian_discord(np.diag([2.0, 2.0, 0.5, 0.5]), measured=1) == pytest.approx(0.0, abs=1e-14)


# One mode, and patterns


def test_noise_ellipse():
    for angle in (0.0, 0.4, -1.2, math.pi / 2):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        ellipse = gs.noise_ellipse(linalg.block_diag(VACUUM, turn @ np.diag([0.2, 1.9]) @ turn.T), 1)
        assert (ellipse.smaller, ellipse.larger) == (pytest.approx(0.2), pytest.approx(1.9))
        assert ellipse.angle == pytest.approx(angle)
        assert ellipse.anisotropy == pytest.approx(9.5) and ellipse.vacuum_units == pytest.approx(0.4)
        assert ellipse.squeezed
    round_one = gs.noise_ellipse(VACUUM)
    assert round_one.anisotropy == pytest.approx(1.0) and not round_one.squeezed
    # Anisotropic, and not squeezed.
    assert not gs.noise_ellipse(np.diag([0.75, 2.0])).squeezed


CHIMERA = (
    ("chimera", 1.2, (0.640051, 2.095090), (8.8906e-4, 3.63161e-3), (0.00687929, 0.00733838), 0.00473462),
    ("sync", 1.6, (0.748772, 1.898454), (0.0163546, 0.0), (0.02211296, 0.02356227), 0.01744827),
    ("desync", 0.8, (0.713510, 2.001495), (-8.0568e-5, 3.03417e-3), (0.00291733, 0.00310740), -0.00568997),
)


@pytest.mark.paper
@pytest.mark.parametrize(("pattern", "coupling", "ellipse", "average", "information", "first"), CHIMERA)
def test_ring_of_van_der_pol_oscillators(pattern, coupling, ellipse, average, information, first):
    """Fifty oscillators, fluctuations around the mean field for a time 0.5: arXiv:1505.02639."""
    sites, reach, loss = 50, 10, 0.2
    site = np.arange(1, sites + 1)
    scattered = 2 * np.pi * np.modf(0.6180339887498949 * site)[0]
    phases = {
        "chimera": np.where(site <= 20, 0.4 * np.sin(np.pi * site / 20), scattered),
        "sync": 0.0 * site,
        "desync": scattered,
    }[pattern]
    distance = np.abs(site[:, None] - site)
    near = np.minimum(distance, sites - distance)
    hopping = coupling / (2 * reach) * ((near > 0) & (near <= reach))

    def slope(alpha, covariance):
        power = np.abs(alpha) ** 2
        field = alpha * (1 - 2 * loss * power) - 1j * hopping @ alpha
        # d a' = u d a + v d a^+, in quadratures.
        u, v = np.diag(1 - 4 * loss * power) - 1j * hopping, np.diag(-2 * loss * alpha**2)
        drift = np.zeros((2 * sites, 2 * sites))
        drift[0::2, 0::2], drift[0::2, 1::2] = (u + v).real, (v - u).imag
        drift[1::2, 0::2], drift[1::2, 1::2] = (u + v).imag, (u - v).real
        noise = np.diag(np.repeat(1 + 4 * loss * power, 2))
        return field, drift @ covariance + covariance @ drift.T + noise

    alpha, covariance, step = np.sqrt(2.5) * np.exp(1j * phases), np.eye(2 * sites) / 2, 0.005
    for _ in range(100):
        k1 = slope(alpha, covariance)
        k2 = slope(alpha + step / 2 * k1[0], covariance + step / 2 * k1[1])
        k3 = slope(alpha + step / 2 * k2[0], covariance + step / 2 * k2[1])
        k4 = slope(alpha + step * k3[0], covariance + step * k3[1])
        alpha = alpha + step / 6 * (k1[0] + 2 * k2[0] + 2 * k3[0] + k4[0])
        covariance = covariance + step / 6 * (k1[1] + 2 * k2[1] + 2 * k3[1] + k4[1])

    assert covariance[0, 2] == pytest.approx(first, abs=1e-6)
    ellipses = [gs.noise_ellipse(covariance, mode) for mode in range(sites)]
    assert min(e.smaller for e in ellipses) == pytest.approx(ellipse[0], abs=2e-6)
    assert max(e.larger for e in ellipses) == pytest.approx(ellipse[1], abs=2e-6)
    assert not any(e.squeezed for e in ellipses)
    delta = gs.weighted_spatial_average(covariance, reach)
    assert delta.mean() == pytest.approx(average[0], rel=1e-4)
    assert delta.std() == pytest.approx(average[1], rel=1e-4, abs=1e-9)
    assert gs.mutual_information(covariance, range(20), kind="renyi-2") == pytest.approx(information[0], rel=1e-4)
    assert gs.mutual_information(covariance, range(20)) == pytest.approx(information[1], rel=1e-4)


def test_weighted_spatial_average_by_its_definition():
    rng = np.random.default_rng(3)
    state, _ = random_state(rng, 7)
    blocks = state.reshape(7, 2, 7, 2)
    for reach in (1, 3):
        neighbours = [[(site + k) % 7 for k in range(-reach, reach + 1) if k] for site in range(7)]
        for choice, value in (
            ("qq", lambda i, j: blocks[i, 0, j, 0]),
            ("pp", lambda i, j: blocks[i, 1, j, 1]),
            ("abs", lambda i, j: np.linalg.norm(blocks[i, :, j]) / math.sqrt(2)),
        ):
            expected = [np.mean([value(i, j) for j in neighbours[i]]) for i in range(7)]
            np.testing.assert_allclose(gs.weighted_spatial_average(state, reach, choice=choice), expected, atol=1e-14)
    # Local frames do not matter to "abs", and do to "qq".
    local = linalg.block_diag(*[passive(rng, 1) for _ in range(7)])
    turned = local @ state @ local.T
    invariant = gs.weighted_spatial_average(turned, 2, choice="abs")
    np.testing.assert_allclose(invariant, gs.weighted_spatial_average(state, 2, choice="abs"), atol=1e-12)
    assert np.abs(gs.weighted_spatial_average(turned, 2) - gs.weighted_spatial_average(state, 2)).max() > 1e-2


def test_order_of_quadratures_and_parts():
    state, _ = random_state(np.random.default_rng(4), 3)
    state = 0.5 * (state + state.T)
    grouped = gs.reorder_quadratures(state, source="qpqp", target="qqpp")
    np.testing.assert_array_equal(grouped[:3, :3], state[0::2, 0::2])
    np.testing.assert_array_equal(grouped[:3, 3:], state[0::2, 1::2])
    np.testing.assert_array_equal(gs.reorder_quadratures(grouped, source="qqpp"), state)
    np.testing.assert_array_equal(gs.reorder_quadratures(state, source="qpqp"), state)
    swapped = gs.reduced_covariance(state, (2, 0))
    np.testing.assert_array_equal(swapped[:2, 2:], state[4:, :2])


def test_leading_axes():
    rng = np.random.default_rng(6)
    states = np.array([[random_state(rng, 2)[0] for _ in range(3)] for _ in range(2)])
    for measure in (
        gs.check_physical,
        gs.symplectic_eigenvalues,
        gs.purity,
        gs.von_neumann_entropy,
        gs.renyi2_entropy,
        lambda c: gs.mutual_information(c, 0),
        lambda c: gs.mutual_information(c, 0, kind="renyi-2"),
        lambda c: gs.gaussian_discord(c, measured=1),
        lambda c: gs.logarithmic_negativity(c, 1),
        lambda c: gs.noise_ellipse(c, 1).smaller,
        lambda c: gs.noise_ellipse(c, 1).angle,
    ):
        together = measure(states)
        assert together.shape[:2] == (2, 3)
        for i, j in np.ndindex(2, 3):
            np.testing.assert_allclose(together[i, j], measure(states[i, j]), atol=1e-12)


# Invalid input


@settings(max_examples=40)
@given(seed=st.integers(0, 2**31), shrink=st.floats(0.5, 0.999))
def test_too_little_noise_is_found_whatever_the_frame(seed, shrink):
    rng = np.random.default_rng(seed)
    s = random_symplectic(rng, 2)
    noise = np.array([0.5 * shrink, 3.0])
    with pytest.raises(ParameterError, match=r"not the covariance matrix of a quantum state: .* eigenvalue -"):
        gs.check_physical(s @ np.diag(np.repeat(noise, 2)) @ s.T)


def test_refusal_of_what_is_no_state_names_eigenvalue_mode_and_place():
    bad = np.diag([0.5, 0.5, 0.3, 0.5, 1.0, 1.0])
    # Smallest eigenvalue of ((0.3, i/2), (-i/2, 0.5)).
    eigenvalue = 0.4 - math.sqrt(0.01 + 0.25)
    with pytest.raises(ParameterError, match=rf"eigenvalue {eigenvalue:.6g} < 0, mostly on mode 1 \(weight 1\)"):
        gs.check_physical(bad)
    with pytest.raises(ParameterError, match=r"< 0 at index \(2,\), mostly on mode 1"):
        gs.von_neumann_entropy(np.stack([np.eye(6), np.eye(6), bad]))
    with pytest.raises(ParameterError, match="mostly on mode 0"):
        gs.gaussian_discord(0.3 * np.eye(4), measured=0)
    # A looser tolerance accepts what integration errors did.
    almost = (0.5 - 1e-6) * np.eye(2)
    with pytest.raises(ParameterError):
        gs.check_physical(almost)
    assert gs.check_physical(almost, tolerance=1e-4) == pytest.approx(-1e-6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gs.purity(np.eye(3)), r"shape \(\.\.\., 2M, 2M\), got \(3, 3\)"),
        (lambda: gs.purity(np.ones(4)), r"got \(4,\)"),
        (lambda: gs.purity(np.eye(2) * 1j), "is real, got values of type complex128"),
        (lambda: gs.purity(np.array([[1.0, np.nan], [0, 1.0]])), "finite numbers is needed, 1 of 4 are not"),
        (lambda: gs.purity(np.array([[1.0, 0.1], [0, 1.0]])), "symmetric, but C and its transpose differ by 0.1"),
        (lambda: gs.mutual_information(np.eye(4), (0, 1)), "holds all 2 modes; nothing is left"),
        (lambda: gs.mutual_information(np.eye(4), (0, 1), 1), "mode 1 is in both"),
        (lambda: gs.mutual_information(np.eye(4), 2), r"mode 2 does not exist: modes are numbered 0 \.\.\. 1"),
        (lambda: gs.mutual_information(np.eye(4), -1), "mode -1 does not exist"),
        (lambda: gs.logarithmic_negativity(np.eye(4), ()), "no modes were named"),
        (lambda: gs.logarithmic_negativity(np.eye(4), (0, 0)), "named twice"),
        (lambda: gs.reduced_covariance(np.eye(4), 0.5), "named by their numbers"),
        (lambda: gs.gaussian_discord(np.eye(6), measured=0), "for two modes, got a covariance matrix of 3"),
        (lambda: gs.weighted_spatial_average(np.eye(8), 2), "1 <= d < 2, got d = 2"),
        (lambda: gs.weighted_spatial_average(np.eye(8), 0), "got d = 0"),
    ],
)
def test_invalid_input(call, message):
    with pytest.raises(ParameterError, match=message):
        call()


def test_unknown_names():
    with pytest.raises(UnknownNameError, match="did you mean 'renyi-2'"):
        gs.mutual_information(np.eye(4), 0, kind="renyi2")
    with pytest.raises(UnknownNameError, match="choice of covariances 'qp'"):
        gs.weighted_spatial_average(np.eye(8), 1, choice="qp")
    with pytest.raises(UnknownNameError, match="order of quadratures"):
        gs.reorder_quadratures(np.eye(4), source="pqpq")
