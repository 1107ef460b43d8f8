"""QuTiP models both ways: matrices on a truncated basis to QuTiP, operator polynomials back from matrices.

The two libraries order the states of a spin differently. In QuTiP ``basis(2, 0)`` is the upper state, so that ``sigmap()``
is the matrix with a one in row 0, column 1. Here level "0" of a :class:`limcyc.Spin` is the ground state and has
index 0: the same matrix is ``minus``. Matrices are exchanged as they are; to read a QuTiP model that uses ``sigmap()``,
name its levels in QuTiP's order, e.g. ``limcyc.Levels("ion", ("excited", "ground"))``.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from limcyc.algebra import Degree, Levels, Mode, Operator
from limcyc.algebra.matrices import Basis, matrix, scalar_function
from limcyc.errors import OperatorError, ParameterError, UnknownNameError
from limcyc.system import Jump, OpenSystem

if TYPE_CHECKING:
    import qutip

__all__ = ["from_qutip", "to_qutip"]

_HIGHEST_POWER = 8
"""Largest power of the number operator that is looked for in a matrix."""

_EDGE_ROWS = 6
"""Fock states below the cutoff whose matrix elements may differ from the polynomial."""

_CHECKED = 2
"""Matrix elements beyond those that fix the polynomial that must confirm it."""

_AGREEMENT = 1e-9
"""Largest difference between matrix and polynomial, relative to the largest element of the diagonal."""

_ROUNDING = 1e-13
"""Coefficients below this fraction of the largest one are rounding errors of the differences."""


def to_qutip(
    system: OpenSystem, cutoffs: Mapping[Any, int] | None = None, **parameters: Any
) -> tuple[qutip.Qobj, list[qutip.Qobj]]:
    """Hamiltonian and collapse operators as QuTiP objects: sqrt(rate_k) L_k, so that ``mesolve(H, rho, t, c_ops)`` works.

    system
        the model
    cutoffs
        Fock states kept in each mode, e.g. ``{a: 20}`` or ``{"a": 20}``
    parameters
        values of the system's parameters

    Returns (H, c_ops); the tensor factors are those of ``system.degrees``, sorted by name, and the levels keep their
    order (a spin starts with its ground state, unlike in QuTiP). Operators are normal-ordered before they become matrices,
    so that a a^+ = a^+a + 1 holds up to the cutoff. Raises :class:`limcyc.errors.ParameterError` for a missing cutoff
    and for missing, unknown or invalid parameters.

    >>> import limcyc as lc
    >>> a, kappa = lc.Mode("a"), lc.Parameter("kappa", minimum=0)
    >>> hamiltonian, collapse = to_qutip(lc.OpenSystem(a.number, [lc.Jump(a.lower, rate=kappa)]), {a: 3}, kappa=4.0)
    >>> collapse[0].full().real.round(6)
    array([[0.      , 2.      , 0.      ],
           [0.      , 0.      , 2.828427],
           [0.      , 0.      , 0.      ]])
    """
    import qutip

    system.refuse_kicks("the export to QuTiP")
    values = system.values(parameters)
    basis = Basis.of(system.degrees, _sizes(system, cutoffs or {}))
    dims = [list(basis.dimensions)] * 2

    def made(operator: Operator, weight: float = 1.0) -> qutip.Qobj:
        return qutip.Qobj(sparse.csr_matrix(weight * matrix(operator, basis, values)), dims=dims)

    rates = scalar_function(tuple(jump.rate for jump in system.jumps))(values).real
    collapse = [made(jump.operator, math.sqrt(rate)) for jump, rate in zip(system.jumps, rates, strict=True)]
    return made(system.hamiltonian), collapse


def _sizes(system: OpenSystem, cutoffs: Mapping[Any, int]) -> dict[Degree, int]:
    modes: dict[str, Degree] = {degree.name: degree for degree in system.degrees if isinstance(degree, Mode)}
    sizes: dict[Degree, int] = {}
    for key, size in cutoffs.items():
        name = key if isinstance(key, str) else getattr(key, "name", str(key))
        if name not in modes:
            raise UnknownNameError(f"mode of {system.name!r}", name, sorted(modes))
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 2:
            raise ParameterError(f"cutoff of mode {name} must be an integer of at least 2, got {size!r}")
        sizes[modes[name]] = int(size)
    return sizes


def from_qutip(
    hamiltonian: qutip.Qobj,
    collapse_operators: Sequence[qutip.Qobj],
    degrees: Sequence[Degree],
    name: str = "imported from QuTiP",
) -> OpenSystem:
    """The model behind QuTiP matrices, as operator polynomials without a cutoff.

    Every matrix is written as a sum of |i><j| for level systems and normal-ordered a^+^p a^q for modes. On the diagonal k
    of a mode, M[n + k, n] = sqrt((n + k)!/n!) sum_q c_q n(n-1)...(n-q+1), and the forward differences of the left side
    at n = 0 give the c_q.

    hamiltonian
        constant Hermitian operator
    collapse_operators
        constant operators, the rates inside; they become jumps of rate 1
    degrees
        mode, spin or level system of each tensor factor, in the order of QuTiP's tensor product
    name
        name of the model

    The last few Fock states are allowed to differ from the polynomial: a product such as ``a * a.dag()`` of truncated
    matrices is wrong there, and the model is the one without a cutoff. Raises :class:`limcyc.errors.OperatorError` when the
    tensor factors do not fit, when an operator depends on time, and when a matrix is no polynomial of low degree (a
    displacement, a parity, a projector on a Fock state): write such a term with ``Mode.function``, or increase the
    dimension of the mode.

    >>> import limcyc as lc
    >>> import qutip
    >>> low = qutip.destroy(8)
    >>> from_qutip(0.5 * low * low.dag(), [0.2 * low], [lc.Mode("a")]).hamiltonian
    0.5 + 0.5 a^+ a
    """
    names = [degree.name for degree in degrees]
    if len(set(names)) != len(names):
        raise OperatorError(f"every tensor factor needs a name of its own, got {names}")
    energy = _polynomial(hamiltonian, degrees, "the Hamiltonian")
    if hamiltonian.isherm:
        energy = (energy + energy.dag) / 2
    jumps = [Jump(_polynomial(c, degrees, f"collapse operator {k}")) for k, c in enumerate(collapse_operators)]
    return OpenSystem(energy, tuple(jumps), name=name)


def _polynomial(given: Any, degrees: Sequence[Degree], what: str) -> Operator:
    dimensions = _dimensions(given, degrees, what)
    elements = np.asarray(given.full()).reshape(dimensions * 2)
    modes = [position for position, degree in enumerate(degrees) if isinstance(degree, Mode)]
    others = [position for position, degree in enumerate(degrees) if not isinstance(degree, Mode)]
    total = Operator({})
    for kets in itertools.product(*(range(dimensions[position]) for position in others)):
        for bras in itertools.product(*(range(dimensions[position]) for position in others)):
            index: list[Any] = [slice(None)] * (2 * len(degrees))
            transition = Operator({(): 1})
            for position, ket, bra in zip(others, kets, bras, strict=True):
                index[position], index[len(degrees) + position] = ket, bra
                system = degrees[position]
                assert isinstance(system, Levels)
                transition = transition * system.transition(system.names[ket], system.names[bra])
            block = elements[tuple(index)]
            if np.any(block):
                scale = float(abs(elements).max())
                total = total + transition * _ladders(block, [degrees[position] for position in modes], scale, what)
    return total


def _dimensions(given: Any, degrees: Sequence[Degree], what: str) -> tuple[int, ...]:
    if getattr(given, "type", None) != "oper" or not hasattr(given, "full"):
        raise OperatorError(
            f"{what} must be a constant QuTiP operator (a Qobj of type 'oper'), got {type(given).__name__} of type "
            f"{getattr(given, 'type', None)!r}; time-dependent terms and superoperators are not supported"
        )
    factors = given.dims[0]
    if given.dims[0] != given.dims[1] or len(factors) != len(degrees):
        raise OperatorError(
            f"{what} has tensor dimensions {given.dims}, but the degrees of freedom given are "
            f"{', '.join(repr(degree) for degree in degrees)}; give one for each tensor factor, in the same order"
        )
    for size, degree in zip(factors, degrees, strict=True):
        if not isinstance(degree, Mode | Levels):
            raise OperatorError(f"tensor factors are a Mode, a Spin or Levels, got {degree!r}")
        if degree.dimension not in (None, size):
            raise OperatorError(
                f"{what}: {degree!r} has {degree.dimension} states, its tensor factor has {size}; check the order {factors}"
            )
    return tuple(factors)


def _ladders(block: np.ndarray, modes: Sequence[Degree], scale: float, what: str) -> Operator:
    """Normal-ordered polynomial of matrix elements of shape (N_1, ..., N_m, N_1, ..., N_m)."""
    sizes = block.shape[: len(modes)]
    total = Operator({})
    for shifts in itertools.product(*(range(1 - size, size) for size in sizes)):
        # n is the smaller of the two Fock numbers that the diagonal connects.
        grids = np.meshgrid(*(np.arange(size - abs(k)) for size, k in zip(sizes, shifts, strict=True)), indexing="ij")
        kets = tuple(n + max(k, 0) for n, k in zip(grids, shifts, strict=True))
        bras = tuple(n + max(-k, 0) for n, k in zip(grids, shifts, strict=True))
        values = block[kets + bras]
        if not np.any(abs(values) > 1e-14 * scale):
            continue
        for n, k in zip(grids, shifts, strict=True):
            for step in range(1, abs(k) + 1):
                values = values / np.sqrt(n + step)
        coefficients = _falling_coefficients(values)
        if coefficients is None:
            names = ", ".join(f"{mode.name}: {k:+d}" for mode, k in zip(modes, shifts, strict=True))
            raise OperatorError(
                f"{what} is no polynomial of low degree in the ladder operators: the diagonal with changes of the Fock "
                f"numbers {{{names}}} follows none up to power {_HIGHEST_POWER} of the number, also without the last "
                f"{_EDGE_ROWS} Fock states of {sizes}. Give matrices with more Fock states, or write this term with "
                "Mode.function"
            )
        for powers in np.argwhere(coefficients):
            term = Operator({(): _tidy(coefficients[tuple(powers)])})
            for mode, k, q in zip(modes, shifts, powers, strict=True):
                assert isinstance(mode, Mode)
                term = term * mode.dag ** int(q + max(k, 0)) * mode.lower ** int(q + max(-k, 0))
            total = total + term
    return total


def _falling_coefficients(values: np.ndarray) -> np.ndarray | None:
    """c with values[n] = sum_q c_q n!/(n-q)! (a product over axes), or None; the last entries may differ."""
    if values.ndim == 0:
        return values.reshape(())
    for edge in range(_EDGE_ROWS + 1):
        inner = tuple(size - edge for size in values.shape)
        for degree in range(_HIGHEST_POWER + 1):
            if degree + 1 + _CHECKED > min(inner):
                break
            checked = values[tuple(slice(size) for size in inner)]
            coefficients = checked[(slice(degree + 1),) * values.ndim]
            rebuilt: np.ndarray
            for axis in range(values.ndim):
                coefficients = _along(_differences(degree), coefficients, axis)
            coefficients = np.where(abs(coefficients) > _ROUNDING * abs(coefficients).max(), coefficients, 0)
            rebuilt = coefficients
            for axis, size in enumerate(inner):
                rebuilt = _along(_falling(size, degree), rebuilt, axis)
            if np.all(abs(rebuilt - checked) <= _AGREEMENT * abs(checked).max()):
                return coefficients
    return None


def _along(table: np.ndarray, values: np.ndarray, axis: int) -> np.ndarray:
    return np.moveaxis(np.tensordot(table, values, axes=(1, axis)), 0, axis)


def _differences(degree: int) -> np.ndarray:
    """Forward differences at 0 over q!: row q gives c_q from the values at n = 0, ..., degree."""
    table = np.zeros((degree + 1, degree + 1))
    for q in range(degree + 1):
        for n in range(q + 1):
            table[q, n] = (-1) ** (q - n) * math.comb(q, n) / math.factorial(q)
    return table


def _falling(size: int, degree: int) -> np.ndarray:
    """n!/(n-q)! for n = 0, ..., size - 1 and q = 0, ..., degree."""
    n = np.arange(size, dtype=float)
    return np.stack([np.prod([n - k for k in range(q)], axis=0) * np.ones(size) for q in range(degree + 1)], axis=1)


def _tidy(value: complex) -> complex | float:
    """A coefficient without the imaginary part that rounding left."""
    value = complex(value)
    real, imaginary = (0.0 if abs(part) < _ROUNDING * abs(value) else part for part in (value.real, value.imag))
    return complex(real, imaginary) if imaginary else real
