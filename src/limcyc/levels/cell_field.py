"""The nonlinear master equations of all cells as one polynomial vector field.

Variables are the real parameters of every cell's density matrix: populations, and real and imaginary parts of the
elements above the diagonal, so that Hermiticity cannot be lost. The means through which the cells see each other, and the
drives made of them, are auxiliaries of the field; with them a coupling costs as much as a coherent drive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from limcyc.algebra import Mode, Operator
from limcyc.algebra.degrees import Degree
from limcyc.algebra.matrices import Basis, matrix, scalar_function
from limcyc.errors import ParameterError, UnsupportedError
from limcyc.levels.cells import Cell, Drive, Mean
from limcyc.levels.coefficients import Coefficients
from limcyc.levels.sectors import Pairs, generator_entries, number_factors, realified
from limcyc.numerics.fields import PolynomialField

__all__ = ["CellField"]


class CellField:
    """Variables, generator and means of the cells of a product state on truncated bases.

    cells, drives, means
        from :func:`limcyc.levels.cells.driven_cells`
    cutoffs
        Fock states kept for each mode of a cell
    """

    def __init__(
        self, cells: Sequence[Cell], drives: Sequence[Drive], means: Sequence[Mean], cutoffs: Mapping[Degree, int]
    ) -> None:
        self.cells, self.drives, self.means = tuple(cells), tuple(drives), tuple(means)
        self.bases = tuple(Basis.of(cell.degrees, cutoffs) for cell in cells)
        self.offsets = np.concatenate([[0], np.cumsum([basis.size**2 for basis in self.bases])])
        self.size = int(self.offsets[-1])
        self.coefficients = Coefficients()

    def pairs(self, cell: int) -> Pairs:
        """All matrix elements of one cell."""
        size = self.bases[cell].size
        kets, bras = np.divmod(np.arange(size**2), size)
        return Pairs(size, kets, bras)

    @cached_property
    def field(self) -> PolynomialField:
        """Index tables of the whole product state, means as auxiliaries."""
        blocks = _Blocks()
        means, drives = self.mean_slots, self.drive_slots
        padding = self.size + len(means) + len(drives)
        one = self.coefficients.split(sympy.S.One)[0][1]
        for symbol, slot in means.items():
            used, values = self._mean_rows[symbol]
            blocks.add(slot, values, one, 0, used[:, None])
        for symbol, slot in drives.items():
            for powers, rest in _polynomial(self._drive_parts[symbol], means):
                for weight, coefficient, harmonic in self.coefficients.split(rest):
                    blocks.add(slot, weight.real, coefficient, harmonic, np.array([powers]))
        for index, cell in enumerate(self.cells):
            pairs, start = self.pairs(index), int(self.offsets[index])
            entries, _, _ = realified(generator_entries(cell.system, self.bases[index], pairs), pairs)
            for entry in entries:
                amplitude = entry.amplitude * self._numbers(entry, cell)
                for powers, rest in _polynomial(entry.coefficient, drives):
                    factors = np.empty((entry.rows.size, len(powers) + 1), dtype=np.int64)
                    factors[:, :-1], factors[:, -1] = powers, entry.columns + start
                    for weight, coefficient, harmonic in self.coefficients.split(rest):
                        blocks.add(entry.rows + start, amplitude * weight.real, coefficient, harmonic, factors)
        return PolynomialField(
            size=self.size,
            auxiliaries=len(means) + len(drives),
            **blocks.tables(padding),
            coefficients=self.coefficients.count,
            harmonics=self.coefficients.harmonics,
        )

    @cached_property
    def mean_slots(self) -> dict[sympy.Expr, int]:
        """Position of the two parts of every mean among variables and auxiliaries."""
        parts = [part for mean in self.means for part in (mean.real, mean.imaginary) if part != 0]
        return {part: self.size + k for k, part in enumerate(parts)}

    @cached_property
    def drive_slots(self) -> dict[sympy.Expr, int]:
        """Position of the two parts of every drive."""
        first = self.size + len(self.mean_slots)
        parts = [part for drive in self.drives for part in (drive.real, drive.imaginary) if part != 0]
        return {part: first + k for k, part in enumerate(parts)}

    @cached_property
    def _mean_rows(self) -> dict[sympy.Expr, tuple[np.ndarray, np.ndarray]]:
        """Positions and weights of the variables in every part of a mean."""
        rows = {}
        for mean in self.means:
            start, row = self._own_row(mean.cell, Operator({mean.monomial: sympy.S.One}), None)
            parts = [(mean.real, row.real)] + ([(mean.imaginary, row.imag)] if mean.imaginary != 0 else [])
            for symbol, part in parts:
                used = np.flatnonzero(part)
                rows[symbol] = (start + used, part[used])
        return rows

    @cached_property
    def _drive_parts(self) -> dict[sympy.Expr, sympy.Expr]:
        parts = {}
        for drive in self.drives:
            real, imaginary = sympy.expand(drive.value).as_real_imag()
            parts[drive.real] = sympy.expand(real)
            if drive.imaginary != 0:
                parts[drive.imaginary] = sympy.expand(imaginary)
        return parts

    def _numbers(self, entry: Any, cell: Cell) -> Any:
        if not entry.functions:
            return 1.0
        free = {s for function, _ in entry.functions for s in Operator({(): function}).free_symbols}
        names = sorted(s.name for s in free if s.name in cell.system.parameters)
        if names:
            raise UnsupportedError(
                f"product states of {cell.system.name!r}: a function of a number operator depends on the parameter(s) "
                f"{', '.join(names)}; give them numbers in the model, since the field is built once for all values"
            )
        return number_factors(entry.functions, {})

    # -- states ------------------------------------------------------------------------------------------------------

    def row(self, cell: int, operator: Operator, values: Mapping[str, Any] | None = None) -> np.ndarray:
        """Complex row r with <operator> = r . x for the real variables of all cells, shape (size,)."""
        start, own = self._own_row(cell, operator, values)
        row = np.zeros(self.size, dtype=complex)
        row[start : start + own.size] = own
        return row

    def _own_row(self, cell: int, operator: Operator, values: Mapping[str, Any] | None) -> tuple[int, np.ndarray]:
        """First variable of the cell, and the row on the cell's own variables."""
        try:
            elements = matrix(operator, self.bases[cell], values).tocoo()
        except ParameterError as error:
            raise UnsupportedError(
                f"product states: the operator {operator!r} of cell {self.cells[cell].name!r} needs the value of a parameter "
                f"inside a function of a number operator ({error}); give it a number in the model"
            ) from error
        pairs = self.pairs(cell)
        real, imaginary = self._parts(cell)
        at = pairs.find(elements.col, elements.row)  # <A> = sum A_lk rho_kl
        start = int(self.offsets[cell])
        row = np.zeros(self.bases[cell].size ** 2, dtype=complex)
        np.add.at(row, real[at], elements.data)
        off = imaginary[at] >= 0
        sign = np.sign(pairs.bras[at] - pairs.kets[at])
        np.add.at(row, imaginary[at][off], (1j * sign * elements.data)[off])
        return start, row

    def _parts(self, cell: int) -> tuple[np.ndarray, np.ndarray]:
        if cell not in self._part_cache:
            _, real, imaginary = realified([], self.pairs(cell))
            self._part_cache[cell] = (real, imaginary)
        return self._part_cache[cell]

    @cached_property
    def _part_cache(self) -> dict[int, tuple[np.ndarray, np.ndarray]]:
        return {}

    def pack(self, matrices: Sequence[np.ndarray]) -> np.ndarray:
        """Real variables (size,) of the density matrices of all cells."""
        x = np.zeros(self.size)
        for cell, rho in enumerate(matrices):
            real, imaginary = self._parts(cell)
            pairs, start = self.pairs(cell), int(self.offsets[cell])
            upper = pairs.kets <= pairs.bras
            elements = np.asarray(rho)[pairs.kets, pairs.bras]
            x[start + real[upper]] = elements.real[upper]
            off = pairs.kets < pairs.bras
            x[start + imaginary[off]] = elements.imag[off]
        return x

    def unpack(self, x: np.ndarray, cell: int) -> np.ndarray:
        """Density matrix of one cell, shape (d, d, ...) for variables of shape (size, ...)."""
        real, imaginary = self._parts(cell)
        pairs, start = self.pairs(cell), int(self.offsets[cell])
        size = self.bases[cell].size
        rho = x[start + real].astype(complex)
        off = imaginary >= 0
        sign = np.sign(pairs.bras - pairs.kets)[off].reshape(-1, *([1] * (x.ndim - 1)))
        rho[off] += 1j * sign * x[start + imaginary[off]]
        return rho.reshape(size, size, *x.shape[1:])

    def functional(self, row: np.ndarray, cell: int) -> np.ndarray:
        """The Hermitian matrix Z with Tr(Z rho) = row . x for the variables of one cell."""
        real, imaginary = self._parts(cell)
        pairs, start, size = self.pairs(cell), int(self.offsets[cell]), self.bases[cell].size
        z = np.zeros((size, size), dtype=complex)
        upper, off = pairs.kets == pairs.bras, pairs.kets < pairs.bras
        z[pairs.kets[upper], pairs.bras[upper]] = row[start + real[upper]]
        # row . x = r Re rho_kl + s Im rho_kl and Tr(Z rho) has 2 Re(Z_lk rho_kl): Z_lk = (r - i s)/2.
        half = (row[start + real[off]] - 1j * row[start + imaginary[off]]) / 2
        z[pairs.bras[off], pairs.kets[off]] = half
        z[pairs.kets[off], pairs.bras[off]] = half.conj()
        return z

    def jumps(self, cell: int, field: Any, x: np.ndarray, values: Mapping[str, Any]) -> list[tuple[np.ndarray, float]]:
        """Matrices and rates of the jumps of one cell, drives included."""
        auxiliary = field.auxiliaries(0.0, x[:, None])[:, 0]
        first = self.size
        numbers = dict(values) | {
            str(symbol): float(auxiliary[slot - first]) for symbol, slot in self.drive_slots.items()
        }
        found = []
        for jump in self.cells[cell].system.jumps:
            rate = float(scalar_function((jump.rate,))(numbers)[0].real)
            found.append((matrix(jump.operator, self.bases[cell], numbers).toarray(), rate))
        return found

    @cached_property
    def traces(self) -> np.ndarray:
        """Rows of the traces of all cells, conserved: shape (cells, size)."""
        rows = np.zeros((len(self.cells), self.size))
        for cell in range(len(self.cells)):
            rows[cell, self.offsets[cell] + self._parts(cell)[0][self.pairs(cell).diagonal]] = 1
        return rows

    def edge_rows(self) -> dict[str, np.ndarray]:
        """For every mode of every cell the row of the population of its last Fock level."""
        rows = {}
        for cell, basis in enumerate(self.bases):
            for position, degree in enumerate(basis.degrees):
                if isinstance(degree, Mode):
                    last = basis.local_index(position) == basis.dimensions[position] - 1
                    row = np.zeros(self.size)
                    diagonal = self._parts(cell)[0][self.pairs(cell).diagonal]
                    row[self.offsets[cell] + diagonal[last]] = 1
                    rows[f"{degree.name} of {self.cells[cell].name}"] = row
        return rows

    def rotation(self, charges: Sequence[np.ndarray]) -> Any:
        """Sparse generator G of rho_c -> -i [Q_c, rho_c] on the real variables, for diagonal charges Q_c of each cell."""
        from scipy import sparse

        rows, columns, data = [], [], []
        for cell, charge in enumerate(charges):
            real, imaginary = self._parts(cell)
            pairs, start = self.pairs(cell), int(self.offsets[cell])
            off = pairs.kets < pairs.bras
            rate = (charge[pairs.kets] - charge[pairs.bras])[off].astype(float)
            re, im = start + real[off], start + imaginary[off]
            rows += [re, im]
            columns += [im, re]
            data += [rate, -rate]  # d/dt rho_kl = -i q rho_kl
        return sparse.csc_array(
            (np.concatenate(data), (np.concatenate(rows), np.concatenate(columns))), shape=(self.size, self.size)
        )


class _Blocks:
    """Terms of a field collected block by block."""

    def __init__(self) -> None:
        self._parts: list[tuple[Any, ...]] = []

    def add(self, output: Any, weight: Any, coefficient: int, harmonic: int, factors: np.ndarray) -> None:
        count = len(factors)
        self._parts.append(
            (
                np.broadcast_to(output, count),
                np.broadcast_to(weight, count),
                np.full(count, coefficient),
                np.full(count, harmonic),
                factors,
            )
        )

    def tables(self, padding: int) -> dict[str, Any]:
        width = max(part[4].shape[1] for part in self._parts)
        padded = [
            np.pad(part[4], ((0, 0), (0, width - part[4].shape[1])), constant_values=padding) for part in self._parts
        ]
        names = ("output", "weight", "coefficient", "harmonic")
        columns = {name: np.concatenate([part[k] for part in self._parts]) for k, name in enumerate(names)}
        return columns | {"factors": np.concatenate(padded)}


def _polynomial(coefficient: sympy.Expr, position: Mapping[sympy.Expr, int]) -> list[tuple[list[int], sympy.Expr]]:
    """A coefficient as a polynomial in some symbols: (their positions, rest) for every term."""
    present = sorted((symbol for symbol in coefficient.free_symbols if symbol in position), key=lambda s: position[s])
    if not present:
        return [([], coefficient)]
    result = []
    for powers, rest in sympy.Poly(sympy.expand(coefficient), *present).terms():
        slots = [position[symbol] for symbol, power in zip(present, powers, strict=True) for _ in range(power)]
        result.append((slots, rest))
    return result
