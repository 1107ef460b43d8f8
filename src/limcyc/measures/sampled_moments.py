"""Moments of a mode from samples of its Wigner, Husimi or Glauber P density."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from limcyc.errors import ParameterError, UnknownNameError, ValidityWarning
from limcyc.measures.batch_means import BATCHES, batch_means

__all__ = ["SAMPLE_ORDERINGS", "SampledMoments", "amplitudes", "sampled_moments"]

SAMPLE_ORDERINGS: Final = ("symmetric", "normal", "antinormal", "as-sampled")
"""Order of the operators whose moments samples give; "as-sampled" takes abs(alpha)^2 for the number itself."""


@dataclass(frozen=True)
class SampledMoments:
    """Moments of a mode, estimated from samples; each entry a number or an array of shape (...).

    number, pairs, g2
        <a^+ a>, <a^+ a^+ a a> and their ratio pairs/number^2
    variance
        <n^2> - <n>^2 of n = a^+ a
    amplitude
        <a>
    number_error, pairs_error, g2_error, variance_error, amplitude_error
        standard errors, by batch means; those of g2 and variance to first order in the errors of the moments
    ordering
        of :data:`SAMPLE_ORDERINGS`
    samples, batches
        samples of each entry, and the batches the errors rest on
    """

    number: Any
    pairs: Any
    g2: Any
    variance: Any
    amplitude: Any
    number_error: Any
    pairs_error: Any
    g2_error: Any
    variance_error: Any
    amplitude_error: Any
    ordering: str
    samples: int
    batches: int


def sampled_moments(samples: Any, *, ordering: str = "symmetric", batches: int = BATCHES) -> SampledMoments:
    """Normally ordered moments <a^+ a> and <a^+ a^+ a a>, g2 and the variance of the number, from samples of an amplitude.

    With N = abs(alpha)^2 and averages over the samples, for the density that they are drawn from:

        "symmetric"    Wigner      <a^+ a> = <N> - 1/2    <a^+ a^+ a a> = <N^2> - 2 <N> + 1/2
        "normal"       Glauber P   <a^+ a> = <N>          <a^+ a^+ a a> = <N^2>
        "antinormal"   Husimi      <a^+ a> = <N> - 1      <a^+ a^+ a a> = <N^2> - 4 <N> + 2
        "as-sampled"   none        <a^+ a> = <N>          <a^+ a^+ a a> = <N^2> - <N>

    The last one puts N where the number belongs, as if samples were counts. It is wrong for every density, by 1/2 in the
    number of Wigner samples and with g2 = 0 for their vacuum, and exists to redo published numbers.

    samples
        complex, the samples of a stationary state along the last axis, shape (..., T)
    ordering
        of :data:`SAMPLE_ORDERINGS`
    batches
        see :func:`limcyc.measures.batch_means.batch_means`

    Returns :class:`SampledMoments`. The bias of g2, a ratio of averages, is of second order in the errors.

    Raises :class:`limcyc.errors.ParameterError` when the number comes out negative by more than five standard errors: the
    ordering is not that of the samples then. Warns with :class:`limcyc.errors.ValidityWarning` when the number is not
    known to be positive, so that g2 means nothing (nan for a number <= 0), and for batches that are too short.

    >>> rng = np.random.default_rng(1)
    >>> vacuum = (rng.normal(size=20000) + 1j * rng.normal(size=20000)) / 2  # x, p of variance 1/2
    >>> coherent = sampled_moments(3.0 + vacuum)
    >>> bool(abs(coherent.number - 9.0) < 4 * coherent.number_error < 0.1)
    True
    """
    if ordering not in SAMPLE_ORDERINGS:
        raise UnknownNameError("ordering of samples", ordering, SAMPLE_ORDERINGS)
    alpha = amplitudes(samples)
    # With s = 1/2, 0, 1: number N - s, pairs N^2 - 4 s N + 2 s^2.
    power = np.abs(alpha) ** 2
    if ordering == "as-sampled":
        number, pairs = power, power**2 - power
    else:
        shift = {"symmetric": 0.5, "normal": 0.0, "antinormal": 1.0}[ordering]
        number, pairs = power - shift, power**2 - 4 * shift * power + 2 * shift**2
    n, quads, amplitude = batch_means(number, batches), batch_means(pairs, batches), batch_means(alpha, batches)
    mean, error = np.asarray(n.mean), np.asarray(n.standard_error)
    if (mean < -5 * error - 1e-12).any():
        worst = float(mean[mean < -5 * error - 1e-12].min())
        raise ParameterError(
            f"samples in {ordering} order give the number <a^+ a> = {worst:.4g} < 0: they are not drawn from such a density. "
            "Choose another ordering, or check that alpha = (x + i p)/sqrt 2"
        )
    if ordering != "as-sampled" and (mean < 5 * error).any():
        warnings.warn(
            f"<a^+ a> = {float(mean.min()):.3g} is not known to be positive (standard error "
            f"{float(error[mean < 5 * error].max()):.2g}): g2 means nothing there; take more samples",
            ValidityWarning,
            stacklevel=2,
        )
    safe = np.where(mean > 0, mean, np.nan)
    g2 = quads.mean / safe**2
    # First order: d g2 = d pairs / n^2 - 2 pairs d n / n^3, d variance = d pairs + (1 - 2 n) d n.
    ratio = np.where(mean > 0, mean, 1.0)[..., None]
    with warnings.catch_warnings():
        # Short batches have been reported once.
        warnings.simplefilter("ignore", ValidityWarning)
        g2_error = batch_means(pairs / ratio**2 - 2 * np.asarray(quads.mean)[..., None] * number / ratio**3, batches)
        variance_error = batch_means(pairs + (1 - 2 * mean[..., None]) * number, batches)
    return SampledMoments(
        n.mean,
        quads.mean,
        _plain(g2),
        _plain(quads.mean + mean - mean**2),
        amplitude.mean,
        n.standard_error,
        quads.standard_error,
        _plain(np.where(mean > 0, g2_error.standard_error, np.nan)),
        variance_error.standard_error,
        amplitude.standard_error,
        ordering,
        alpha.shape[-1],
        int(batches),
    )


def amplitudes(samples: Any) -> np.ndarray:
    """The argument as finite complex amplitudes with an axis of samples; others are refused."""
    alpha = np.asarray(samples)
    if not np.iscomplexobj(alpha) or alpha.ndim == 0:
        raise ParameterError(
            f"samples are complex amplitudes alpha = (x + i p)/sqrt 2, shape (..., T), got {alpha.dtype} of shape {alpha.shape}"
        )
    if not np.isfinite(alpha).all():
        raise ParameterError(f"{np.count_nonzero(~np.isfinite(alpha))} of {alpha.size} samples are not finite")
    return alpha


def _plain(value: Any) -> Any:
    return float(value) if np.ndim(value) == 0 else value
