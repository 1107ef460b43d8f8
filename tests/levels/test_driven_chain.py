"""A driven chain of spins and oscillators: the kinetic equations of a published closure, derived with ``keep`` and ``moments``.

Oscillators keep all their own moments, neighbouring spins their pair coherences; everything else factorises. On product
states every factorisation is exact, so that each right-hand side must be Tr(A drho/dt) of the whole master equation.
"""

import numpy as np
import pytest
import sympy
from scipy.linalg import expm

import limcyc as lc
from limcyc.algebra.matrices import Basis, matrix

SPINS, MODES = [lc.Spin(f"s{j}") for j in (1, 2, 3)], {1: lc.Mode("b1"), 3: lc.Mode("b3")}
RATES = {name: lc.Parameter(name, minimum=0) for name in ("G", "g", "ns", "nm")}


def chain():
    energy, jumps = 0, []
    for j, s in enumerate(SPINS, 1):
        energy = energy + lc.Parameter(f"D_{j}") / 2 * s.z
        jumps += [lc.Jump(s.minus, RATES["G"] * (1 + RATES["ns"])), lc.Jump(s.plus, RATES["G"] * RATES["ns"])]
    for j, b in MODES.items():
        energy = (
            energy + lc.Parameter(f"om_{j}") * b.number - lc.Parameter(f"lam_{j}") * SPINS[j - 1].z * (b.dag + b.lower)
        )
        jumps += [lc.Jump(b.lower, RATES["g"] * (1 + RATES["nm"])), lc.Jump(b.dag, RATES["g"] * RATES["nm"])]
    for j in (1, 2):
        drive = lc.Parameter(f"J_{j}") * sympy.cos(lc.Parameter(f"Om_{j}") * lc.TIME + lc.Parameter(f"phi_{j}"))
        energy = energy + drive * SPINS[j - 1].x * SPINS[j].x
    return lc.OpenSystem(energy, jumps, name="driven chain")


def keep(block):
    owners = {part.degree for part in block}
    if len(owners) == 1:
        return True
    if len(block) > 2 or any(isinstance(part.degree, lc.Mode) for part in block):
        return False
    first, second = sorted(int(part.degree.name[1:]) for part in block)
    return second == first + 1 and all(part.factor[0] != part.factor[1] for part in block)


@pytest.fixture(scope="module")
def level():
    seeds = [s.minus for s in SPINS] + [m for b in MODES.values() for m in (b.lower, b.dag**2 * b.lower**2)]
    return lc.Cumulants(chain(), order=4, moments=seeds, keep=keep, phase_invariant=False)


def test_the_moments_are_those_of_the_closure(level):
    own = {"b1", "b1^2", "b1^+ b1", "b1^+ b1^2", "b1^+2 b1^2", "b3", "b3^2", "b3^+ b3", "b3^+ b3^2", "b3^+2 b3^2"}
    spins = {f"s-_s{j}" for j in (1, 2, 3)} | {f"|1><1|_s{j}" for j in (1, 2, 3)}
    pairs = {"s-_s1 s-_s2", "s-_s1 s+_s2", "s-_s2 s-_s3", "s-_s2 s+_s3"}
    assert set(level.labels) == own | spins | pairs


def test_right_hand_sides_on_random_product_states(level):
    system, rng, t = level.system, np.random.default_rng(7), 0.37
    values = {name: float(rng.uniform(0.2, 1.0)) for name in system.parameters}
    cutoff = 9
    basis = Basis.of(system.degrees, dict.fromkeys(MODES.values(), cutoff))
    states = {}
    for degree in system.degrees:
        if isinstance(degree, lc.Mode):
            states[degree] = lc.Thermal(0.02, 0.15 * np.exp(2j * np.pi * rng.random()))
        else:
            m = rng.normal(size=(2, 2)) + 1j * rng.normal(size=(2, 2))
            states[degree] = m @ m.conj().T / np.trace(m @ m.conj().T)
    rho = np.ones((1, 1))
    for degree in system.degrees:
        rho = np.kron(rho, _displaced(states[degree], cutoff) if isinstance(degree, lc.Mode) else states[degree])
    numbers = values | {"t": t}
    dense = lambda operator: matrix(operator, basis, numbers).toarray()  # noqa: E731
    energy = dense(system.hamiltonian)
    change = -1j * (energy @ rho - rho @ energy)
    for jump in system.jumps:
        ell = dense(jump.operator)
        rate = float(jump.rate.subs({s: values[s.name] for s in jump.rate.free_symbols}))
        change += rate * (ell @ rho @ ell.conj().T - (ell.conj().T @ ell @ rho + rho @ ell.conj().T @ ell) / 2)
    got = level.rate_of_change(level.start(states), t, **values)
    for moment, label, value in zip(level.moments, level.labels, got, strict=True):
        wanted = np.trace(dense(lc.Operator({moment: 1})) @ change)
        assert value == pytest.approx(wanted, abs=2e-7), label


def _displaced(state, cutoff):
    size = 40
    n = np.arange(size)
    a = np.diag(np.sqrt(n[1:]), 1)
    d = expm(state.amplitude * a.T - np.conj(state.amplitude) * a)
    rho = d @ np.diag((state.number / (1 + state.number)) ** n / (1 + state.number)) @ d.conj().T
    return rho[:cutoff, :cutoff]


def test_oscillators_see_a_classical_force_only(level):
    """n - |b|^2 relaxes as a free thermal oscillator: g2 -> 1 is built into this closure."""
    at = {name: 0.3 for name in level.system.parameters} | {"om_1": 2.0, "om_3": 2.1, "D_1": 1.0, "D_2": 0.9, "D_3": 1.1, "Om_1": 2.0,
          "Om_2": 2.0, "g": 0.2, "nm": 0.4}  # fmt: skip
    times = np.linspace(0, 12, 7)
    run = level.evolve(times, {"b1": lc.Thermal(0.1), "b3": lc.Thermal(0.1, 0.3), "s2": "1"}, tolerance=1e-11, **at)
    thermal = 0.4 + (0.1 - 0.4) * np.exp(-0.2 * times)
    for j in (1, 3):
        b, n = run[f"b{j}"].values, run[f"b{j}^+ b{j}"].values
        np.testing.assert_allclose(n - abs(b) ** 2, thermal, atol=1e-6)
        quartic = run[f"b{j}^+2 b{j}^2"].values
        np.testing.assert_allclose(quartic, abs(b) ** 4 + 4 * abs(b) ** 2 * thermal + 2 * thermal**2, atol=1e-5)


def test_interaction_picture_of_the_oscillators(level):
    """Rotating the moments at their bare frequencies changes their phases only."""
    equations = level.equations
    turned = equations.rotating(
        {equations.index(f"b{j}"): lc.Parameter(f"om_{j}") for j in (1, 3)}
        | {equations.index(f"b{j}^2"): 2 * lc.Parameter(f"om_{j}") for j in (1, 3)}
        | {equations.index(f"b{j}^+ b{j}^2"): lc.Parameter(f"om_{j}") for j in (1, 3)}
    )
    from limcyc.numerics.integrate import integrate

    values = {name: 0.3 for name in level.system.parameters} | {"om_1": 2.0, "om_3": 2.5}
    z = level.start({"b1": 0.4, "b3": 0.2j, "s1": [0.6, 0.8]})
    plain = equations.unpack(integrate(equations.bind(values), equations.pack(z), [0.0, 4.0], rtol=1e-10).final)[:, 0]
    other = turned.unpack(integrate(turned.bind(values), turned.pack(z), [0.0, 4.0], rtol=1e-10).final)[:, 0]
    for j, w in ((1, 2.0), (3, 2.5)):
        other[equations.index(f"b{j}")] *= np.exp(-1j * w * 4)
        other[equations.index(f"b{j}^2")] *= np.exp(-2j * w * 4)
        other[equations.index(f"b{j}^+ b{j}^2")] *= np.exp(-1j * w * 4)
    np.testing.assert_allclose(other, plain, atol=1e-7)
