"""Correlation of phases at a distance, on a ring or a square lattice with periodic boundary."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError, ValidityWarning
from limcyc.measures.batch_means import batch_means

if TYPE_CHECKING:
    import xarray

__all__ = ["LATTICES", "STATIC", "phase_correlation"]

LATTICES: Final = ("ring", "square")
"""Sites along the last axis, or along the last two."""

STATIC: Final = ("uniform", "site", "none")
"""Static displacement that is subtracted: average over everything, average at each site, or nothing."""


def phase_correlation(
    amplitudes: Any,
    distances: int | Iterable[int] | None = None,
    *,
    lattice: str = "ring",
    static: str | complex = "uniform",
    batches: int = 1,
    axis: int | None = None,
) -> xarray.DataArray:
    """C(d) = <e^{i phi_j} e^{-i phi_(j+d)}>, averaged over sites j, both directions, times and runs; C(0) = 1.

    amplitudes
        complex beta of the sites, shape (runs, times, L) on a ring or (runs, times, L, L) on a square lattice
    distances
        d along an axis, integers in 0 ... L/2, where the sites begin to come nearer again; all if not given
    lattice
        of :data:`LATTICES`
    static
        what is subtracted before the phase is taken: "uniform" the average over runs, times and sites, for equal sites;
        "site" the average over runs and times at each site; "none"; or a number. A static displacement that is left in
        looks like order: phases about a displaced centre are correlated at any distance. An average over a window of length
        T leaves about 1/(frequency x T) of an ordered oscillation.
    batches
        parts into which each run is divided for the standard error. 1: the runs alone count as independent, which is safe
        whatever the correlations in time, and needs several runs.
    axis
        of the square lattice, 0 or 1; both if not given

    Returns a real DataArray over ``distance`` with a coordinate ``standard_error``: the real part, since both directions are
    averaged. Attributes: ``groups`` = runs x batches, whose scatter makes the error, which is itself known to a fraction
    1/sqrt(2 groups - 2); ``static_real`` and ``static_imaginary``, the displacement that was subtracted (of "site": its
    average over sites).

    Raises :class:`limcyc.errors.ParameterError` for distances beyond L/2, a site without amplitude, values that are not
    finite, and fewer than two groups. Warns with :class:`limcyc.errors.ValidityWarning` when batches are too short for the
    correlations in time that are seen, so that the standard error is too small.

    Source: arXiv:1208.0327, Fig. 4.

    >>> phases = np.random.default_rng(1).uniform(-np.pi, np.pi, (4, 50, 30))
    >>> found = phase_correlation(np.exp(1j * phases), [0, 14], static="none")
    >>> found.values[0].item(), bool(abs(found.values[1]) < 5 * found.standard_error[1])
    (1.0, True)
    """
    values, length = _lattice(amplitudes, lattice, axis)
    chosen = _distances(distances, length)
    if int(batches) != batches or batches < 1:
        raise ParameterError(f"each run is divided into an integer number of batches >= 1, got {batches!r}")
    runs, times = values.shape[:2]
    groups = runs * int(batches)
    if groups < 2 or batches > times:
        raise ParameterError(
            f"a standard error needs at least two groups of samples, but {runs} run(s) of {times} time(s) were to be divided "
            f"into {batches} batch(es) each; give several runs, or batches = 2 ... {times}"
        )
    moving, displacement = _without_static(values, static)
    series = _correlations(moving, lattice, axis)[..., chosen]
    size = times // batches
    means = series[:, times - size * batches :].reshape(groups, size, chosen.size).mean(axis=1)
    if batches > 1:
        _check_batches(series, int(batches))
    return _labelled(means, chosen, lattice, displacement, static)


def _lattice(amplitudes: Any, lattice: str, axis: int | None) -> tuple[np.ndarray, int]:
    if lattice not in LATTICES:
        raise UnknownNameError("lattice", lattice, LATTICES)
    values = np.asarray(amplitudes)
    square = lattice == "square"
    wanted = "(runs, times, L, L)" if square else "(runs, times, L)"
    if not np.iscomplexobj(values) or values.ndim != 3 + square or (square and values.shape[-1] != values.shape[-2]):
        raise ParameterError(
            f"phases on a {lattice} lattice are those of complex amplitudes of shape {wanted}, got {values.dtype} of shape "
            f"{values.shape}"
        )
    if axis not in (None, 0, 1) or (axis is not None and not square):
        raise ParameterError(
            f"an axis is 0 or 1 of a square lattice, or None for both; got {axis!r} on a {lattice} lattice"
        )
    if not np.isfinite(values).all():
        raise ParameterError(
            f"{np.count_nonzero(~np.isfinite(values))} of {values.size} amplitudes are not finite: the run has failed before"
        )
    return values, values.shape[-1]


def _distances(distances: int | Iterable[int] | None, length: int) -> np.ndarray:
    if distances is None:
        return np.arange(length // 2 + 1)
    chosen = np.atleast_1d(np.asarray(list(distances) if isinstance(distances, Iterable) else distances))
    for d in chosen.tolist():
        if d == length / 2 and length % 2:
            raise ParameterError(
                f"the distance L/2 = {d:g} does not exist on a lattice of odd length L = {length}; use an even L, or d = "
                f"{length // 2}"
            )
        if int(d) != d or not 0 <= d <= length / 2:
            raise ParameterError(
                f"distances on a periodic lattice of length L = {length} are integers 0 ... {length // 2}, got {d:g}: beyond "
                "L/2 the sites come nearer again. Use a longer lattice"
            )
    return chosen.astype(int)


def _without_static(values: np.ndarray, static: str | complex) -> tuple[np.ndarray, complex]:
    if isinstance(static, str):
        if static not in STATIC:
            raise UnknownNameError("static displacement", static, STATIC)
        over = {"uniform": None, "site": (0, 1)}
        centre = values.mean(axis=over[static]) if static in over else np.zeros(())
    else:
        centre = np.asarray(static)
    moving = values - centre
    if (moving == 0).any():
        raise ParameterError(
            f"{np.count_nonzero(moving == 0)} amplitudes are exactly 0 after the static displacement is subtracted, and have "
            "no phase; leave out the start, or seed it"
        )
    return moving, complex(np.mean(centre))


def _correlations(moving: np.ndarray, lattice: str, axis: int | None) -> np.ndarray:
    """C(d) of each run and time, shape (runs, times, L): by the convolution theorem, for all distances at once."""
    from scipy import fft

    phasors = moving / np.abs(moving)
    length = phasors.shape[-1]
    if lattice == "ring":
        power = np.abs(fft.fft(phasors, axis=-1)) ** 2
    else:
        # Along one axis, the average over the lines of the other.
        along = [np.mean(np.abs(fft.fft(phasors, axis=2 + k)) ** 2, axis=3 - k) for k in (0, 1) if axis in (None, k)]
        power = np.mean(along, axis=0)
    return fft.ifft(power, axis=-1).real / length


def _check_batches(series: np.ndarray, batches: int) -> None:
    varying = series.std(axis=(0, 1)) > 1e-12
    if not varying.any():
        return
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", ValidityWarning)
        batch_means(np.moveaxis(series[:, :, varying], 1, -1), batches)
    for warning in found:
        warnings.warn(str(warning.message), ValidityWarning, stacklevel=3)


def _labelled(
    means: np.ndarray, distances: np.ndarray, lattice: str, displacement: complex, static: str | complex
) -> xarray.DataArray:
    import xarray

    error = means.std(axis=0, ddof=1) / np.sqrt(len(means))
    result = xarray.DataArray(
        means.mean(axis=0),
        dims="distance",
        coords={"distance": distances, "standard_error": ("distance", error)},
        name="phase correlation",
    )
    result.attrs = {
        "long_name": "phase correlation",
        "units": "",
        "lattice": lattice,
        "groups": len(means),
        "static_real": displacement.real,
        "static_imaginary": displacement.imag,
        "static_from": static if isinstance(static, str) else "given",
    }
    result.distance.attrs = {"long_name": "distance", "units": "sites"}
    result.standard_error.attrs = {"long_name": "standard error of the phase correlation", "units": ""}
    return result
