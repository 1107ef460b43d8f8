"""Averages of correlated series with their standard errors, by the method of batch means."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError, ValidityWarning

__all__ = ["BATCHES", "BatchMeans", "autocorrelation_time", "batch_means"]

BATCHES: Final = 32
"""Batches of a series unless told otherwise: their scatter knows the standard error to 13 percent."""

_WINDOW: Final = 5.0
_LONG: Final = 5.0
"""A batch must be this many times longer than the sum of the correlations: its variance is then right to about 10 percent."""


@dataclass(frozen=True)
class BatchMeans:
    """An average over a series, each entry a number or an array of shape (...).

    mean
        of the samples in the batches
    standard_error
        standard deviation of the means of the batches, divided by the root of their number; for complex series that of the
        distance in the plane
    autocorrelation_time
        estimate of 1 + 2 sum_s rho(s), in samples: 1 for independent samples; so many samples are worth one
    batches, length
        number of batches, and samples in each; up to batches - 1 samples at the beginning are left out
    """

    mean: Any
    standard_error: Any
    autocorrelation_time: Any
    batches: int
    length: int


def batch_means(series: Any, batches: int = BATCHES) -> BatchMeans:
    """Mean of a stationary series, and the standard error that allows for its correlations.

    series
        real or complex, samples at equal distances along the last axis, shape (..., T)
    batches
        number of batches, 2 ... T. Their means count as independent: each must be much longer than the correlations. For
        independent runs that are joined into one series, the number of runs or a multiple of it.

    Returns :class:`BatchMeans`.

    Warns with :class:`limcyc.errors.ValidityWarning` when the batches are too short for the correlations that are seen, so
    that the standard error is too small. Correlations longer than the whole series cannot be seen.

    Raises :class:`limcyc.errors.ParameterError` for values that are not finite and a number of batches that does not fit.

    >>> batch_means([1.0, 3.0, 1.0, 3.0, 2.0, 2.0], batches=3).mean
    2.0
    """
    values = np.asarray(series)
    if values.ndim == 0 or values.dtype.kind not in "fiubc":
        raise ParameterError(
            f"a series of numbers along the last axis is needed, got {values.dtype} of shape {values.shape}"
        )
    samples = values.shape[-1]
    if int(batches) != batches or not 2 <= batches <= samples:
        raise ParameterError(
            f"{samples} samples cannot be divided into {batches} batches: choose 2 ... {samples}, or run longer"
        )
    if not np.isfinite(values).all():
        raise ParameterError(
            f"{np.count_nonzero(~np.isfinite(values))} of {values.size} samples are not finite: the run has failed before"
        )
    length = samples // batches
    kept = values[..., samples - length * batches :]
    means = kept.reshape(*values.shape[:-1], batches, length).mean(axis=-1)
    mean = means.mean(axis=-1)
    error = np.sqrt((np.abs(means - mean[..., None]) ** 2).sum(axis=-1) / (batches * (batches - 1)))
    time, window = _autocorrelation_time(kept)
    # Two standard deviations of the estimate below it; only the part beyond 1 is correlation.
    seen = np.mean(time / (1 + 2 * np.sqrt(2 * (2 * window + 1) / kept.shape[-1])) - 1)
    if seen > length / _LONG:
        warnings.warn(
            f"batches of {length} samples are short against an autocorrelation time of about {np.mean(time):.3g} samples: the "
            f"standard error is too small. Use fewer than {batches} batches, or a longer series",
            ValidityWarning,
            stacklevel=2,
        )
    return BatchMeans(_plain(mean), _plain(error), _plain(time), int(batches), int(length))


def autocorrelation_time(series: Any) -> Any:
    """Integrated autocorrelation time 1 + 2 sum_s rho(s) in samples, summed up to a window of 2.5 times itself.

    series
        real or complex, shape (..., T)

    Returns shape (...); 1 for independent samples and for a constant. Its relative standard error is about
    sqrt(2 (2 w + 1)/T) with the window w.

    Source: Sokal, in Functional Integration, NATO ASI B 361, 131 (1997), section 3.

    >>> autocorrelation_time(np.ones(100))
    1.0
    """
    return _plain(_autocorrelation_time(np.asarray(series))[0])


def _autocorrelation_time(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    from scipy import fft

    samples = values.shape[-1]
    centred = values - values.mean(axis=-1, keepdims=True)
    # Twice the length: no correlation of the end with the beginning.
    power = np.abs(fft.fft(centred, fft.next_fast_len(2 * samples), axis=-1)) ** 2
    covariance = fft.ifft(power, axis=-1).real[..., :samples]
    variance = covariance[..., :1]
    scale = np.abs(values).max(axis=-1, keepdims=True) ** 2 * samples
    varies = variance > 1e-28 * scale
    correlation = np.where(varies, covariance / np.where(varies, variance, 1.0), 0.0)
    sums = np.maximum(1 + 2 * np.cumsum(correlation[..., 1:], axis=-1), 0.0)
    sums = np.concatenate([np.ones_like(variance), sums], axis=-1)
    lags = np.arange(samples)
    wide = lags >= 0.5 * _WINDOW * sums
    window = np.where(wide.any(axis=-1), np.argmax(wide, axis=-1), samples - 1)
    return np.take_along_axis(sums, window[..., None], axis=-1)[..., 0], window


def _plain(value: Any) -> Any:
    if np.ndim(value):
        return value
    return complex(value) if np.iscomplexobj(value) else float(value)
