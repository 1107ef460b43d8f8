"""Phonon statistics from a Fock distribution p(n)."""

from __future__ import annotations

import numpy as np

__all__ = ["fano_factor", "g2_zero_delay", "mean_number", "number_variance"]


def mean_number(p: np.ndarray) -> float:
    """Mean occupation <n> = sum_n n p(n).

    p
        populations p(n) along the last axis, shape (..., N)

    >>> mean_number(np.array([0.5, 0.25, 0.25]))
    0.75
    """
    return _plain(np.asarray(p) @ np.arange(np.shape(p)[-1]))


def number_variance(p: np.ndarray) -> float:
    """Variance <n^2> - <n>^2 of the occupation, from p(n) of shape (..., N).

    >>> number_variance(np.array([0.5, 0.0, 0.5]))
    1.0
    """
    n = np.arange(np.shape(p)[-1])
    mean = np.asarray(p) @ n
    # Centred sum: <n^2> - <n>^2 loses digits for narrow distributions at large n.
    return _plain(np.sum(np.asarray(p) * (n - np.expand_dims(mean, -1)) ** 2, axis=-1))


def fano_factor(p: np.ndarray) -> float:
    """Fano factor F = (<n^2> - <n>^2) / <n>; 1 for a Poisson distribution, below 1 sub-Poissonian.

    Returns nan for the vacuum.
    """
    mean = mean_number(p)
    with np.errstate(invalid="ignore", divide="ignore"):
        return _plain(np.divide(number_variance(p), mean))


def g2_zero_delay(p: np.ndarray) -> float:
    """g2(0) = <a^+a^+aa> / <a^+a>^2 = <n(n-1)> / <n>^2, from p(n) of shape (..., N); nan for the vacuum.

    >>> g2_zero_delay(np.array([0.0, 1.0]))  # one phonon
    0.0
    """
    n = np.arange(np.shape(p)[-1])
    with np.errstate(invalid="ignore", divide="ignore"):
        return _plain(np.divide(np.asarray(p) @ (n * (n - 1.0)), np.square(mean_number(p))))


def _plain(value: np.ndarray | float) -> float:
    return float(value) if np.ndim(value) == 0 else value  # type: ignore[return-value]
