"""Wigner and Husimi functions of one mode. QuTiP does the transform; the conventions are fixed here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray

__all__ = ["husimi", "quadrature_covariance", "wigner"]


def wigner(reduced: np.ndarray, x: Any, p: Any) -> xarray.DataArray:
    """Wigner function W(x, p) with integral dx dp = 1; the vacuum is exp(-x^2 - p^2) / pi.

    reduced
        density matrix of the mode in the Fock basis, shape (N, N)
    x, p
        grids of the quadratures x = (a + a^+)/sqrt 2 and p = (a - a^+)/(i sqrt 2), shapes (X,) and (P,)

    Returns a DataArray with dimensions (p, x).
    """
    import qutip

    values = qutip.wigner(qutip.Qobj(reduced), np.asarray(x), np.asarray(p), g=np.sqrt(2))
    return _field(values, x, p, "Wigner function")


def husimi(reduced: np.ndarray, x: Any, p: Any) -> xarray.DataArray:
    """Husimi function Q(x, p) = <alpha| rho |alpha> / (2 pi), alpha = (x + i p)/sqrt 2, integral dx dp = 1.

    Arguments as for :func:`wigner`. Returns a DataArray with dimensions (p, x).
    """
    import qutip

    # QuTiP normalises to g^2/2 dx dp; with g = sqrt 2 this is dx dp.
    values = qutip.qfunc(qutip.Qobj(reduced), np.asarray(x), np.asarray(p), g=np.sqrt(2))
    return _field(values, x, p, "Husimi function")


def quadrature_covariance(reduced: np.ndarray) -> np.ndarray:
    """Symmetric covariance matrix of (x, p), shape (2, 2); the vacuum has 1/2 on the diagonal.

    reduced
        density matrix of the mode in the Fock basis, shape (N, N)
    """
    n = np.arange(len(reduced))
    root = np.sqrt(n[1:])
    lowered = np.sum(root * np.diagonal(reduced, -1))
    twice = np.sum(np.sqrt(n[2:] * (n[2:] - 1.0)) * np.diagonal(reduced, -2))
    number = np.sum(n * np.diagonal(reduced).real)
    mean = np.sqrt(2) * np.array([lowered.real, lowered.imag])
    second = np.array([[number + 0.5 + twice.real, twice.imag], [twice.imag, number + 0.5 - twice.real]])
    return second - np.outer(mean, mean)


def _field(values: np.ndarray, x: Any, p: Any, name: str) -> xarray.DataArray:
    import xarray

    field = xarray.DataArray(values, dims=("p", "x"), coords={"x": np.asarray(x), "p": np.asarray(p)}, name=name)
    field.attrs = {"long_name": name, "units": "1/(x p)", "convention": "x = (a + a^+)/sqrt 2, integral dx dp = 1"}
    for axis in ("x", "p"):
        field[axis].attrs = {"long_name": f"quadrature {axis}", "units": ""}
    return field
