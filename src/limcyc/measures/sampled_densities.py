"""Phase-space densities of one mode from samples of its Wigner density: histograms and sums of kernels."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.errors import ParameterError, ValidityWarning
from limcyc.measures.batch_means import BATCHES
from limcyc.measures.sampled_moments import amplitudes

if TYPE_CHECKING:
    import xarray

__all__ = ["husimi_from_samples", "labelled_field", "phase_distribution", "radial_histogram", "wigner_histogram"]

_OUTSIDE: Final = 0.01
_CHUNK: Final = 8192


def wigner_histogram(
    samples: Any, x: Any, p: Any, *, bandwidth: float | None = None, batches: int = BATCHES
) -> xarray.DataArray:
    """Wigner function W(x, p) from samples of a Wigner density: their histogram, without smoothing.

    samples
        complex, any shape, all taken together; correlated ones in the order of the last axis
    x, p
        evenly spaced centres of the bins, shapes (X,) and (P,)
    bandwidth
        None, or the standard deviation in x and p of a Gaussian that every sample is replaced by. It is stated in the result,
        whose variances it raises by its square.
    batches
        parts of the samples from whose scatter the standard error is found

    Returns a DataArray with dimensions (p, x) as :func:`limcyc.measures.phase_space.wigner`, with a coordinate ``standard_error``; a bin that was not
    hit has the error 0, which says nothing. Attributes: ``samples``, ``outside`` (the fraction beyond the grid, for which
    the integral falls short of 1), ``bandwidth``, ``batches``.

    Warns with :class:`limcyc.errors.ValidityWarning` when more than 1 percent of the samples lie outside, and when the
    bandwidth reaches 1/sqrt 2, where the result is a Husimi function or smoother.

    >>> rng = np.random.default_rng(1)
    >>> vacuum = (rng.normal(size=200000) + 1j * rng.normal(size=200000)) / 2
    >>> grid = np.linspace(-4, 4, 21)
    >>> peak = wigner_histogram(vacuum, grid, grid).sel(x=0, p=0)  # 1/pi, less the curvature within a bin
    >>> bool(abs(peak - 0.3145) < 4 * peak.standard_error)
    True
    """
    if bandwidth is not None:
        if not 0 < bandwidth < np.inf:
            raise ParameterError(f"a bandwidth is positive, or None for a histogram; got {bandwidth!r}")
        if bandwidth >= np.sqrt(0.5):
            warnings.warn(
                f"a bandwidth of {bandwidth:g} >= 1/sqrt 2 smooths the Wigner function to a Husimi function or beyond; use a "
                "smaller one, or husimi_from_samples",
                ValidityWarning,
                stacklevel=2,
            )
        smoothed = _kernel_density(samples, x, p, float(bandwidth), batches)
        name = f"Wigner function, smoothed by a Gaussian of standard deviation {bandwidth:g}"
        return _sampled_field(*smoothed, x, p, name, float(bandwidth), batches)
    alpha = _flat(samples, batches)
    columns, rows = _bins(np.sqrt(2) * alpha.real, x, "x"), _bins(np.sqrt(2) * alpha.imag, p, "p")
    inside = (columns >= 0) & (rows >= 0)
    cells = np.where(inside, rows * np.size(x) + columns, -1)
    area = (np.ptp(x) / (np.size(x) - 1)) * (np.ptp(p) / (np.size(p) - 1))
    density, error = _densities(cells, np.size(x) * np.size(p), area, batches)
    shape = (np.size(p), np.size(x))
    outside = 1 - float(inside.mean())
    found = (density.reshape(shape), error.reshape(shape), outside, alpha.size)
    return _sampled_field(*found, x, p, "Wigner function", 0.0, batches)


def husimi_from_samples(samples: Any, x: Any, p: Any, *, batches: int = BATCHES) -> xarray.DataArray:
    """Husimi function Q(x, p) from samples of a Wigner density: each is replaced by exp(-r^2)/pi, a coherent state.

    The convolution raises both variances by 1/2 and the mean of (x^2 + p^2)/2 by 1/2: the result is not the Wigner function.
    Without bins, hence without their error.

    samples, batches
        as for :func:`wigner_histogram`
    x, p
        grids of the quadratures, shapes (X,) and (P,)

    Returns a DataArray with dimensions (p, x) as :func:`limcyc.measures.phase_space.husimi`, attributes and coordinate as :func:`wigner_histogram`.

    Source: M. Hatifi, Autonomous phonon maser in levitated spin-mechanics, Eq. B134, which calls the result a Wigner function.

    >>> grid = np.array([-1.0, 0.0, 1.0])
    >>> one = husimi_from_samples(np.zeros(64, dtype=complex), grid, grid)
    >>> round(one.sel(x=0, p=0).item() * np.pi, 12)
    1.0
    """
    found = _kernel_density(samples, x, p, np.sqrt(0.5), batches)
    return _sampled_field(*found, x, p, "Husimi function", float(np.sqrt(0.5)), batches)


def radial_histogram(samples: Any, edges: Any, *, per_area: bool = False, batches: int = BATCHES) -> xarray.DataArray:
    """Distribution of the distance r = sqrt(x^2 + p^2) = sqrt 2 abs(alpha) from the origin of phase space.

    samples, batches
        as for :func:`wigner_histogram`
    edges
        of the bins in r, >= 0 and increasing, shape (K + 1,)
    per_area
        False: P(r) with integral dr P = 1, which vanishes at r = 0. True: P(r)/(2 pi r), the average over all directions of
        the phase-space density.

    Returns a DataArray over ``r``, the middles of the bins, with a coordinate ``standard_error``.

    >>> radial_histogram(np.full(40, 1.0 + 0j), [0.0, 1.0, 2.0]).values.tolist()
    [0.0, 1.0]
    """
    limits = np.asarray(edges, dtype=float)
    if limits.ndim != 1 or limits.size < 2 or limits[0] < 0 or not (np.diff(limits) > 0).all():
        raise ParameterError(f"edges of bins in r are at least two numbers >= 0 that increase, got {edges!r}")
    alpha = _flat(samples, batches)
    radius = np.sqrt(2) * np.abs(alpha)
    # The last bin holds its upper edge.
    cells = np.searchsorted(limits, radius, side="right") - 1
    cells = np.where(radius == limits[-1], limits.size - 2, cells)
    cells = np.where(cells >= limits.size - 1, -1, cells)
    widths = np.pi * np.diff(limits**2) if per_area else np.diff(limits)
    density, error = _densities(cells, limits.size - 1, widths, batches)
    name, unit = ("phase-space density", "1/(x p)") if per_area else ("distribution of the radius", "1/r")
    middles = 0.5 * (limits[1:] + limits[:-1])
    result = _curve(density, error, "r", middles, name, unit, "")
    return _state_samples(result, 1 - float((cells >= 0).mean()), alpha.size, batches)


def phase_distribution(
    samples: Any, bins: int = 64, *, centre: complex = 0.0, batches: int = BATCHES
) -> xarray.DataArray:
    """Distribution of the phase arg(alpha - centre), P(phi) with integral dphi P = 1.

    samples, batches
        as for :func:`wigner_histogram`
    bins
        number of bins in -pi ... pi
    centre
        amplitude about which the phase is counted, e.g. a static displacement

    Returns a DataArray over ``phi``, the middles of the bins in rad, with a coordinate ``standard_error``.

    >>> phase_distribution(np.array([1.0, 1j, -1.0, -1j]), 2, batches=2).round(6).values.tolist()
    [0.159155, 0.159155]
    """
    if int(bins) != bins or bins < 1:
        raise ParameterError(f"a number of bins is an integer >= 1, got {bins!r}")
    shifted = _flat(samples, batches) - centre
    if (shifted == 0).any():
        raise ParameterError(
            "a sample lies exactly at the centre and has no phase; leave it out, or choose another centre"
        )
    cells = np.floor((np.angle(shifted) + np.pi) / (2 * np.pi) * bins).astype(int) % bins
    density, error = _densities(cells, int(bins), 2 * np.pi / bins, batches)
    middles = -np.pi + 2 * np.pi * (np.arange(bins) + 0.5) / bins
    result = _curve(density, error, "phi", middles, "distribution of the phase", "1/rad", "rad")
    return _state_samples(result, 0.0, shifted.size, batches)


# Building stones


def labelled_field(values: np.ndarray, x: Any, p: Any, name: str) -> xarray.DataArray:
    """Values over (p, x) with units and convention."""
    import xarray

    field = xarray.DataArray(values, dims=("p", "x"), coords={"x": np.asarray(x), "p": np.asarray(p)}, name=name)
    field.attrs = {"long_name": name, "units": "1/(x p)", "convention": "x = (a + a^+)/sqrt 2, integral dx dp = 1"}
    for axis in ("x", "p"):
        field[axis].attrs = {"long_name": f"quadrature {axis}", "units": ""}
    return field


def _flat(samples: Any, batches: int) -> np.ndarray:
    alpha = amplitudes(samples).ravel()
    if int(batches) != batches or not 2 <= batches <= alpha.size:
        raise ParameterError(
            f"{alpha.size} samples cannot be divided into {batches} batches: choose 2 ... {alpha.size}"
        )
    return alpha


def _bins(values: np.ndarray, centres: Any, axis: str) -> np.ndarray:
    """Number of the bin of each value, -1 outside."""
    grid = np.asarray(centres, dtype=float)
    steps = np.diff(grid)
    if grid.ndim != 1 or grid.size < 2 or not (steps > 0).all() or np.ptp(steps) > 1e-6 * steps.mean():
        raise ParameterError(f"the bins of a histogram need evenly spaced increasing centres {axis}, got {centres!r}")
    number = np.floor((values - grid[0]) / steps.mean() + 0.5)
    return np.where((number >= 0) & (number < grid.size), number, -1).astype(int)


def _densities(cells: np.ndarray, count: int, widths: Any, batches: int) -> tuple[np.ndarray, np.ndarray]:
    """Density in each cell, and its standard error from contiguous batches; cells of -1 are outside."""
    batch = np.arange(cells.size) * batches // cells.size
    inside = cells >= 0
    hits = np.bincount(batch[inside] * count + cells[inside], minlength=batches * count).reshape(batches, count)
    parts = hits / np.bincount(batch, minlength=batches)[:, None] / widths
    return hits.sum(axis=0) / cells.size / widths, parts.std(axis=0, ddof=1) / np.sqrt(batches)


def _kernel_density(
    samples: Any, x: Any, p: Any, width: float, batches: int
) -> tuple[np.ndarray, np.ndarray, float, int]:
    """Sum of Gaussians of standard deviation ``width``, its standard error, the fraction outside and the samples."""
    alpha = _flat(samples, batches)
    grids = [np.asarray(grid, dtype=float) for grid in (x, p)]
    if any(grid.ndim != 1 or grid.size < 2 for grid in grids):
        raise ParameterError("grids of the quadratures are one-dimensional, with at least two points")
    values = np.sqrt(2) * np.stack([alpha.real, alpha.imag])
    total = np.zeros((batches, grids[1].size, grids[0].size))
    for batch, members in enumerate(np.array_split(np.arange(alpha.size), batches)):
        for start in range(0, members.size, _CHUNK):
            chunk = members[start : start + _CHUNK]
            # The kernel factorises: a matrix product does the sum over samples.
            row, column = (
                np.exp(-0.5 * ((grid[:, None] - value[chunk]) / width) ** 2)
                for grid, value in zip(grids, values, strict=True)
            )
            total[batch] += column @ row.T
        total[batch] /= 2 * np.pi * width**2 * members.size
    sizes = np.array([part.size for part in np.array_split(np.arange(alpha.size), batches)])
    density = np.tensordot(sizes / alpha.size, total, axes=1)
    inside = np.logical_and.reduce(
        [(value >= grid.min()) & (value <= grid.max()) for grid, value in zip(grids, values, strict=True)]
    )
    return density, total.std(axis=0, ddof=1) / np.sqrt(batches), 1 - float(inside.mean()), alpha.size


def _sampled_field(
    values: np.ndarray,
    error: np.ndarray,
    outside: float,
    samples: int,
    x: Any,
    p: Any,
    name: str,
    bandwidth: float,
    batches: int,
) -> xarray.DataArray:
    field = labelled_field(values, x, p, name).assign_coords(standard_error=(("p", "x"), error))
    field.standard_error.attrs = {"long_name": f"standard error of the {name}", "units": "1/(x p)"}
    field.attrs["bandwidth"] = bandwidth
    return _state_samples(field, outside, samples, batches)


def _curve(
    values: np.ndarray, error: np.ndarray, axis: str, grid: np.ndarray, name: str, unit: str, axis_unit: str
) -> xarray.DataArray:
    import xarray

    curve = xarray.DataArray(values, dims=axis, coords={axis: grid, "standard_error": (axis, error)}, name=name)
    curve.attrs = {"long_name": name, "units": unit, "convention": "x = (a + a^+)/sqrt 2, r^2 = x^2 + p^2"}
    curve[axis].attrs = {"long_name": {"r": "radius", "phi": "phase"}[axis], "units": axis_unit}
    curve.standard_error.attrs = {"long_name": f"standard error of the {name}", "units": unit}
    return curve


def _state_samples(array: xarray.DataArray, outside: float, samples: int, batches: int) -> xarray.DataArray:
    array.attrs |= {"samples": samples, "outside": outside, "batches": int(batches)}
    if outside > _OUTSIDE:
        warnings.warn(
            f"{100 * outside:.3g} percent of the samples lie outside the grid of the {array.attrs['long_name']}; widen it",
            ValidityWarning,
            stacklevel=3,
        )
    return array
