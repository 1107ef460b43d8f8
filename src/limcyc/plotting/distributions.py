"""Distributions over phonon numbers, as bars, against reference distributions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.errors import UnknownNameError
from limcyc.plotting.style import axes_for, axis_label, style

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

__all__ = ["distribution_bars"]


def distribution_bars(
    dataset: xarray.Dataset,
    ax: Axes | None = None,
    *,
    variable: str,
    poisson: bool = False,
    label: str | None = None,
    cut: float = 1e-4,
) -> Axes:
    """Bars of a distribution p(n), and the Poisson distribution of the same mean over them.

    dataset
        holds ``variable`` with one dimension, whose coordinate is the number n
    ax
        where to draw; a new figure if None
    variable
        name of the distribution
    poisson
        whether to draw the Poisson distribution with the mean of ``variable``
    label
        name of the bars in the legend
    cut
        the axis ends where p(n) stays below this part of its maximum

    Returns the axes.

    Raises UnknownNameError if the dataset has no such variable.
    """
    if variable not in dataset:
        raise UnknownNameError("variable", variable, map(str, dataset.data_vars))
    field = dataset[variable]
    dimension = str(field.dims[0])
    n = np.asarray(field[dimension].values, dtype=float)
    p = np.asarray(field.values, dtype=float)
    with style():
        axes = axes_for(ax)
        axes.bar(n, p, width=0.8, color="0.6", edgecolor="0.2", linewidth=0.3, label=label)
        top = p.max()
        if poisson:
            reference = _poisson(n, float(n @ p / p.sum()))
            marker = "o" if np.count_nonzero(p >= cut * p.max()) < 60 else None
            axes.plot(n, reference, marker=marker, color="#009E73", linewidth=0.8, label="Poisson")
            top = max(top, reference.max())
        axes.set_xlim(-0.8, n[np.flatnonzero(p >= cut * p.max())[-1]] + 0.8)
        axes.set_ylim(0.0, 1.3 * top)
        name = axis_label(field[dimension])
        axes.set_xlabel("$n$" if name == dimension else name)
        axes.set_ylabel(axis_label(field))
        if label is not None or poisson:
            axes.legend()
    return axes


def _poisson(n: NDArray[Any], mean: float) -> NDArray[Any]:
    from scipy.special import gammaln, xlogy

    return np.exp(xlogy(n, mean) - mean - gammaln(n + 1.0))
