"""Random models: the cells of a product state change exactly as the whole master equation changes the product."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import limcyc as lc
from limcyc.algebra.matrices import Basis, matrix
from limcyc.errors import UnsupportedError

pytestmark = pytest.mark.properties

a, h, g = lc.Mode("a"), lc.Spin("h"), lc.Spin("g")
ion = lc.Levels("ion", ("l", "m", "u"))
CUTOFF = 3
N = lc.Parameter("N", minimum=1)

LOCAL = {
    a: [a.lower, a.x, a.number],
    h: [h.minus, h.z, h.x],
    g: [g.plus, g.y, g.excited],
    ion: [ion.transition("l", "u"), ion.projector("m"), ion.transition("m", "l")],
}
WEIGHTS = st.sampled_from([0.3, -0.7, 1.0, 0.5j, 0.4 - 0.6j])
RATES = st.sampled_from([0.2, 0.9])
GROUPINGS = [None, [(h, g)], [(a, h)], [(ion, g), (a,)]]


def operator(draw, degree):
    return draw(st.sampled_from(LOCAL[degree]))


@st.composite
def systems(draw):
    """Up to four small parts with products in the Hamiltonian, jumps that are sums, and jumps that are products."""
    degrees = draw(st.sampled_from([(a, h), (h, g, ion), (a, h, g), (h, ion), (a, h, g, ion)]))
    subsets = st.lists(st.sampled_from(degrees), min_size=2, max_size=3, unique=True)
    energy = 0 * operator(draw, degrees[0])
    for _ in range(draw(st.integers(1, 3))):
        energy = energy + draw(WEIGHTS) * math.prod(operator(draw, d) for d in draw(subsets))
    jumps = [lc.Jump(operator(draw, d), rate=draw(RATES)) for d in degrees]
    if draw(st.booleans()):
        total = sum((draw(WEIGHTS) * operator(draw, d) for d in draw(subsets)), draw(st.sampled_from([0.0, 0.3j])))
        jumps.append(lc.Jump(total, rate=draw(RATES)))
    if draw(st.booleans()):
        # Lowering factors: the rate <B^+ B> of another order of B needs the level beyond the truncation.
        factors = [{a: a.lower, h: h.minus, g: g.plus, ion: ion.transition("l", "u")}[d] for d in draw(subsets)]
        jumps.append(lc.Jump(draw(WEIGHTS) * math.prod(factors), rate=draw(RATES)))
    return lc.OpenSystem(lc.hermitian(energy), jumps)


def random_density(rng, size):
    root = rng.normal(size=(size, size)) + 1j * rng.normal(size=(size, size))
    rho = root @ root.conj().T
    return rho / np.trace(rho).real


def whole_derivative(system, rho, basis):
    """L(rho) from the matrices of the whole model, with no use of cells."""
    energy = matrix(system.hamiltonian, basis).toarray()
    out = -1j * (energy @ rho - rho @ energy)
    for jump in system.jumps:
        ell = matrix(jump.operator, basis).toarray() * float(jump.rate) ** 0.5
        lost = ell.conj().T @ ell
        out += ell @ rho @ ell.conj().T - (lost @ rho + rho @ lost) / 2
    return out


def reduced(rho, dimensions, kept):
    """Partial trace over all factors but those in ``kept``, which keep their order."""
    count = len(dimensions)
    bras = [count + k if k in kept else k for k in range(count)]
    out = [*kept, *(count + k for k in kept)]
    size = math.prod(dimensions[k] for k in kept)
    return np.einsum(rho.reshape(*dimensions, *dimensions), [*range(count), *bras], out).reshape(size, size)


def product_of(matrices, cells, basis):
    """The product of the cells' states as a matrix in the order of the whole basis."""
    flat = [d for cell in cells for d in cell]
    dims = [basis.dimensions[basis.degrees.index(d)] for d in flat]
    rho = np.ones((1, 1))
    for part in matrices:
        rho = np.kron(rho, part)
    order = [flat.index(d) for d in basis.degrees]
    axes = [*order, *(len(flat) + k for k in order)]
    return rho.reshape(*dims, *dims).transpose(axes).reshape(basis.size, basis.size)


@settings(max_examples=40, deadline=None)
@given(systems(), st.sampled_from(GROUPINGS), st.integers(0, 1000))
def test_cells_change_as_the_whole_product_does(system, groups, seed):
    present = [group for group in groups or [] if all(d in system.degrees for d in group)]
    cutoffs = {d: CUTOFF for d in system.degrees if d == a}
    try:
        level = lc.ProductState(system, cells=present, cutoffs=cutoffs)
    except UnsupportedError as error:
        assert "neither a sum" in str(error)
        assume(False)
    rng = np.random.default_rng(seed)
    matrices = [random_density(rng, basis.size) for basis in level.layout.bases]
    x = level.layout.pack(matrices)
    change = level.bind({}).rate(0.0, x[:, None])[:, 0]
    basis = Basis.of(system.degrees, cutoffs)
    rho = product_of(matrices, [b.degrees for b in level.layout.bases], basis)
    full = whole_derivative(system, rho, basis)
    for index, part in enumerate(level.layout.bases):
        kept = [basis.degrees.index(d) for d in part.degrees]
        ours = level.layout.unpack(change, index)
        np.testing.assert_allclose(ours, reduced(full, basis.dimensions, kept), atol=1e-12)
        assert abs(np.trace(ours)) < 1e-13 and np.allclose(ours, ours.conj().T)


MEMBER = {
    "h": (h, [h.minus, h.plus, h.x, h.z]),
    "ion": (ion, [ion.transition("l", "u"), ion.transition("m", "l"), ion.projector("u")]),
}


@st.composite
def ensembles(draw):
    """Three members (and a mode): distinct products, individual, collective and mixed jumps."""
    cell, pieces = MEMBER[draw(st.sampled_from(sorted(MEMBER)))]
    group = lc.Ensemble("E", cell, size=draw(st.sampled_from([3, N])))
    pick = lambda: draw(st.sampled_from(pieces))  # noqa: E731
    energy = draw(WEIGHTS) * group.distinct(pick(), pick()) / group.size + draw(WEIGHTS) * group.sum(pick())
    if draw(st.booleans()):
        energy = energy + draw(WEIGHTS) * group.distinct(pick(), pick(), pick()) / group.size**2
    jumps = [lc.Jump(pick(), rate=draw(RATES), each=group)]
    mode = draw(st.booleans())
    if mode:
        energy = energy + draw(WEIGHTS) * a.dag * group.sum(pick()) + 0.2 * a.number
        jumps.append(lc.Jump(a.lower, rate=0.4))
    if draw(st.booleans()):
        collective = draw(WEIGHTS) * group.sum(pick()) + (draw(WEIGHTS) * a.lower if mode else 0)
        jumps.append(lc.Jump(collective, rate=draw(RATES)))
    return group, lc.OpenSystem(lc.hermitian(energy), jumps)


@settings(max_examples=30, deadline=None)
@given(ensembles(), st.integers(0, 1000))
def test_a_member_changes_as_it_does_among_three_written_out(case, seed):
    """finite_size keeps (N - 1)/N and the individual part of collective jumps, for a number as for a symbol N = 3."""
    group, system = case
    symbolic = bool(group.size.free_symbols)
    modes = [d for d in system.degrees if d == a]
    cutoffs = dict.fromkeys(modes, CUTOFF)
    level = lc.ProductState(system, cutoffs=cutoffs, finite_size=symbolic)
    rng = np.random.default_rng(seed)
    matrices = [random_density(rng, basis.size) for basis in level.layout.bases]
    x = level.layout.pack(matrices)
    change = level.bind({"N": 3} if symbolic else {}).rate(0.0, x[:, None])[:, 0]
    explicit = system.explicit({group: 3})
    basis = Basis.of(explicit.degrees, cutoffs)
    (member,) = [k for k, cell in enumerate(level.cells) if cell.ensemble is not None]
    copies = [k for k, d in enumerate(basis.degrees) if d != a]
    assert len(copies) == 3
    rho = np.ones((1, 1))
    for degree in basis.degrees:
        rho = np.kron(rho, matrices[member] if degree != a else matrices[1 - member])
    full = whole_derivative(explicit, rho, basis)
    for k in copies:
        np.testing.assert_allclose(
            level.layout.unpack(change, member), reduced(full, basis.dimensions, [k]), atol=1e-12
        )
    for k in set(range(len(basis.degrees))) - set(copies):
        np.testing.assert_allclose(
            level.layout.unpack(change, 1 - member), reduced(full, basis.dimensions, [k]), atol=1e-12
        )


@settings(max_examples=15, deadline=None)
@given(systems(), st.integers(0, 1000))
def test_the_exact_jacobian_is_the_derivative_of_the_rate(system, seed):
    """Dense and sparse Jacobian, the latter through the means, against complex-free central differences."""
    cutoffs = {d: CUTOFF for d in system.degrees if d == a}
    try:
        level = lc.ProductState(system, cutoffs=cutoffs)
    except UnsupportedError:
        assume(False)
    field, rng = level.bind({}), np.random.default_rng(seed)
    x = level.layout.pack([random_density(rng, basis.size) for basis in level.layout.bases])
    direction = rng.normal(size=x.size)
    step = 1e-5
    ahead, back = (field.rate(0.0, (x + s * step * direction)[:, None])[:, 0] for s in (1, -1))
    numeric = (ahead - back) / (2 * step)
    np.testing.assert_allclose(field.jacobian(0.0, x[:, None])[:, :, 0] @ direction, numeric, atol=1e-7)
    np.testing.assert_allclose(field.sparse_jacobian(0.0, x) @ direction, numeric, atol=1e-7)


@settings(max_examples=15, deadline=None)
@given(systems(), st.integers(0, 1000))
def test_positivity_and_trace_survive_the_evolution(system, seed):
    cutoffs = {d: CUTOFF for d in system.degrees if d == a}
    try:
        level = lc.ProductState(system, cutoffs=cutoffs, edge=1.0)
    except UnsupportedError:
        assume(False)
    rng = np.random.default_rng(seed)
    x = level.layout.pack([random_density(rng, basis.size) for basis in level.layout.bases])
    run = level.evolve([0.0, 0.5, 2.0], x)
    assert run.attrs["trace_error"] < 1e-12 and run.attrs["smallest_eigenvalue"] > -1e-9
