"""Results: states with their certificate, and labelled curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from limcyc._version import __version__
from limcyc.algebra import Mode, Operator, as_operator
from limcyc.algebra.degrees import Degree
from limcyc.algebra.matrices import Basis, matrix
from limcyc.errors import OperatorError
from limcyc.measures import phase_space, phonons
from limcyc.measures.sensing import eigenbasis, quantum_fisher_information
from limcyc.system import OpenSystem

if TYPE_CHECKING:
    import qutip
    import xarray

__all__ = ["Certificate", "Scalar", "Source", "State", "expectation_row", "labelled", "provenance"]

_KEPT_ROWS = 32
"""Observables whose row vectors are remembered for each sector."""


@dataclass(frozen=True)
class Certificate:
    """What is known about the error of a result.

    residual
        norm of L rho for the normalised state, in units of the rates
    discarded_weight
        population estimated beyond the Fock cutoffs (largest over modes), extrapolated from the tail; nan for a closed
        cutoff
    trace
        trace before normalisation differs from 1 only by rounding; after it, this is 1 up to rounding
    smallest_eigenvalue
        of the density matrix; negative values of the size of the residual are rounding
    cutoffs
        Fock states kept in each mode
    closed
        True when the caller declared the cutoff to be part of the model
    drift_at_infinity
        d<n>/dt at very large phonon number, per mode, in units of the rates; negative: the state is normalisable;
        empty when it could not be derived
    method, unknowns
        linear solver and size of the linear system
    """

    residual: float
    discarded_weight: float
    trace: float
    smallest_eigenvalue: float
    cutoffs: Mapping[str, int]
    closed: bool
    drift_at_infinity: Mapping[str, float]
    method: str
    unknowns: int

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        cutoffs = ", ".join(f"{name} < {size}" for name, size in self.cutoffs.items())
        return (
            f"residual {self.residual:.1e}, discarded weight {self.discarded_weight:.1e}, smallest eigenvalue "
            f"{self.smallest_eigenvalue:.1e}, Fock numbers {cutoffs}{' (closed)' if self.closed else ''}, "
            f"{self.method} solve of {self.unknowns} unknowns"
        )


@dataclass(frozen=True)
class State:
    """A density matrix, stored as the matrix elements of the charge sectors that it occupies.

    Made by the levels. ``derivative`` marks a traceless derivative of a state, for which populations may be negative.
    """

    system: OpenSystem
    basis: Basis
    kets: np.ndarray
    bras: np.ndarray
    elements: np.ndarray
    parameters: Mapping[str, Any]
    level: str
    _certificate: Certificate
    derivative: bool = False
    _reduced: dict[Any, np.ndarray] = field(default_factory=dict, repr=False, compare=False)
    _rows: dict[Any, tuple[np.ndarray, bool]] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def certificate(self) -> Certificate:
        """Truncation, residual and positivity of this result."""
        return replace(self._certificate, smallest_eigenvalue=self._smallest_eigenvalue())

    @property
    def residual(self) -> float:
        """Norm of L rho, in units of the rates (part of the certificate, without diagonalising the state)."""
        return self._certificate.residual

    @property
    def closed(self) -> bool:
        """Whether the cutoff was declared to be part of the model."""
        return self._certificate.closed

    @property
    def discarded_weight(self) -> float:
        """Population estimated beyond the cutoffs (part of the certificate, without diagonalising the state)."""
        return self._certificate.discarded_weight

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """Sparse density matrix on the product basis, shape (M, M)."""
        size = self.basis.size
        return sparse.coo_array((self.elements, (self.kets, self.bras)), shape=(size, size)).tocsr()

    @property
    def cutoffs(self) -> dict[Any, int]:
        """Fock states kept in each mode."""
        parts = zip(self.basis.degrees, self.basis.dimensions, strict=True)
        return {degree: size for degree, size in parts if isinstance(degree, Mode)}

    def density_matrix(self) -> np.ndarray:
        """Dense density matrix on the product basis, shape (M, M)."""
        return self.matrix.toarray()

    def mean(self, operator: Any) -> float | complex:
        """Expectation value <A> = Tr(A rho); real for Hermitian operators.

        Raises :class:`limcyc.errors.OperatorError` for operators of foreign degrees of freedom.
        """
        wanted = as_operator(operator)
        if wanted is None:
            raise OperatorError(f"mean() needs an operator, got {operator!r}")
        row, is_hermitian = self._row(wanted)
        total = complex(row @ self.elements)
        return total.real if is_hermitian else total

    def _row(self, operator: Operator) -> tuple[np.ndarray, bool]:
        """Row vector of an observable and whether it is Hermitian; a sweep makes them once for all its points."""
        names = sorted(symbol.name for symbol in operator.free_symbols)
        key = (operator, tuple(self.parameters.get(name) for name in names))
        if key not in self._rows:
            if len(self._rows) >= _KEPT_ROWS:
                self._rows.clear()
            row = expectation_row(operator, self.basis, self.kets, self.bras, self.parameters)
            self._rows[key] = row, operator.is_hermitian
        return self._rows[key]

    def variance(self, operator: Any) -> float:
        """<A^2> - <A>^2 of a Hermitian operator."""
        a = as_operator(operator)
        if a is None or not a.is_hermitian:
            raise OperatorError(f"variance() needs a Hermitian operator, got {operator!r}")
        mean = self.mean(a)
        return float(np.real(self.mean((a - mean) * (a - mean))))

    def _position(self, degree: Degree) -> int:
        if degree not in self.basis.degrees:
            known = ", ".join(repr(d) for d in self.basis.degrees)
            raise OperatorError(f"{degree!r} is not part of {self.system.name!r}; its parts are {known}")
        return self.basis.degrees.index(degree)

    def populations(self, degree: Degree) -> np.ndarray:
        """Populations of the basis states of one degree of freedom, shape (dimension,)."""
        position = self._position(degree)
        diagonal = self.kets == self.bras
        local = self.basis.local_index(position)[self.kets[diagonal]]
        return np.bincount(local, self.elements[diagonal].real, minlength=self.basis.dimensions[position])

    def fock_distribution(self, mode: Mode, as_array: bool = False) -> Any:
        """p(n) of a mode as a DataArray over ``n``, or as a plain array of shape (N,)."""
        p = self.populations(mode)
        if as_array:
            return p
        return labelled(p, {"n": (np.arange(p.size), "")}, f"p(n) of {mode.name}", "", self)

    def number(self, mode: Mode) -> float:
        """Mean occupation <a^+ a>."""
        return phonons.mean_number(self.populations(mode))

    def fano(self, mode: Mode) -> float:
        """Fano factor, see :func:`limcyc.measures.phonons.fano_factor`."""
        return phonons.fano_factor(self.populations(mode))

    def g2(self, mode: Mode) -> float:
        """g2(0) = <n(n-1)>/<n>^2."""
        return phonons.g2_zero_delay(self.populations(mode))

    def reduced(self, degree: Degree) -> np.ndarray:
        """Reduced density matrix of one degree of freedom, shape (dimension, dimension)."""
        if degree not in self._reduced:
            position = self._position(degree)
            local, stride = self.basis.local_index(position), self.basis.strides[position]
            rest = np.arange(self.basis.size) - local * stride
            same = rest[self.kets] == rest[self.bras]
            size = self.basis.dimensions[position]
            result = np.zeros((size, size), dtype=complex)
            np.add.at(result, (local[self.kets[same]], local[self.bras[same]]), self.elements[same])
            self._reduced[degree] = result
        return self._reduced[degree]

    def wigner(self, mode: Mode, x: Any, p: Any) -> xarray.DataArray:
        """Wigner function of a mode, see :func:`limcyc.measures.phase_space.wigner`."""
        return phase_space.wigner(self.reduced(mode), x, p)

    def husimi(self, mode: Mode, x: Any, p: Any) -> xarray.DataArray:
        """Husimi function of a mode, see :func:`limcyc.measures.phase_space.husimi`."""
        return phase_space.husimi(self.reduced(mode), x, p)

    def quadrature_variances(self, mode: Mode) -> tuple[float, float]:
        """Variances of x and p; 1/2 each for the vacuum."""
        covariance = phase_space.quadrature_covariance(self.reduced(mode))
        return float(covariance[0, 0]), float(covariance[1, 1])

    def purity(self) -> float:
        """Tr rho^2."""
        return float(np.sum(abs(self.elements) ** 2))

    def fisher_information(self, derivative: State, reduced_to: Degree | None = None) -> float:
        """Quantum Fisher information of this state for the parameter whose derivative is given."""
        if reduced_to is None:
            return quantum_fisher_information(self.matrix, derivative.matrix)
        return quantum_fisher_information(self.reduced(reduced_to), derivative.reduced(reduced_to))

    def to_qutip(self) -> qutip.Qobj:
        """The state as a QuTiP density matrix; factors in the order of ``basis.degrees``.

        The level order of spins is "0", "1"; QuTiP's ``sigmap()`` has the opposite order.
        """
        import qutip

        dimensions = list(self.basis.dimensions)
        return qutip.Qobj(sparse.csr_matrix(self.matrix), dims=[dimensions, dimensions])

    def _smallest_eigenvalue(self) -> float:
        """Blocks of the connected basis states are diagonalised one width at a time."""
        if self.derivative:
            return float("nan")
        return float(eigenbasis(self.matrix)[0].min())

    def __repr__(self) -> str:
        numbers = ", ".join(
            f"<n_{degree.name}> = {self.number(degree):.6g}"
            for degree in self.basis.degrees
            if isinstance(degree, Mode)
        )
        values = ", ".join(f"{k}={v:g}" if isinstance(v, float) else f"{k}={v}" for k, v in self.parameters.items())
        kind = "derivative of a state" if self.derivative else "steady state"
        return (
            f"<State ({kind}) of {self.system.name!r}, level {self.level}, {values}\n  {numbers}\n  {self.certificate}>"
        )


@dataclass(frozen=True)
class Source:
    """Where labelled numbers come from: system, level and parameters."""

    system: OpenSystem
    level: str
    parameters: Mapping[str, Any]


class Scalar(float):
    """A number that carries its certificate (a mapping of error measures) and unit."""

    certificate: Mapping[str, Any]
    unit: str

    def __new__(cls, value: float, certificate: Mapping[str, Any], unit: str = "rate") -> Scalar:
        """Make a float and attach the certificate."""
        scalar = super().__new__(cls, value)
        scalar.certificate, scalar.unit = dict(certificate), unit
        return scalar


def labelled(values: Any, axes: Mapping[str, tuple[Any, str]], name: str, unit: str, source: Any) -> xarray.DataArray:
    """A DataArray with units and provenance.

    axes
        dimension name -> (coordinate values, unit), in order
    source
        anything with ``system``, ``level`` and ``parameters``
    """
    import xarray

    array = xarray.DataArray(
        values, dims=tuple(axes), coords={key: np.asarray(value) for key, (value, _) in axes.items()}, name=name
    )
    array.attrs = {"long_name": name, "units": unit, **provenance(source)}
    for key, (_, axis_unit) in axes.items():
        array[key].attrs = {"units": axis_unit}
    return array


def provenance(source: Any) -> dict[str, Any]:
    """System, level, parameters and version as attributes of a labelled result."""
    values = ", ".join(f"{name}={value}" for name, value in source.parameters.items())
    return {"system": source.system.name, "level": source.level, "parameters": values, "limcyc_version": __version__}


def expectation_row(operator: Operator, basis: Basis, kets: np.ndarray, bras: np.ndarray, values: Any) -> np.ndarray:
    """Row vector r with <A> = r . rho for matrix elements rho_kl: r_kl = <l| A |k>."""
    return np.asarray(matrix(operator, basis, values)[bras, kets]).ravel()
