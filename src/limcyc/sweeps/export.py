"""Results for other programs: netCDF-4 and CSV."""

from __future__ import annotations

import csv
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from limcyc.errors import StoreError

if TYPE_CHECKING:
    import xarray

__all__ = ["to_csv", "to_netcdf"]


def to_netcdf(dataset: xarray.Dataset, path: Path | str) -> Path:
    """Write the Dataset of a sweep as netCDF-4; complex variables become NAME_re and NAME_im.

    path
        the file; it is replaced if it exists, and only when the new one is complete

    Returns the path. Raises :class:`limcyc.errors.StoreError` if it cannot be written.
    """
    with _complete(Path(path)) as draft:
        _real(dataset).to_netcdf(draft, engine="h5netcdf")
    return Path(path)


def to_csv(dataset: xarray.Dataset, path: Path | str) -> Path:
    """Write the Dataset of a sweep as a table: one row for each point, with units in the header and words for the status.

    Measures that are lists have one column for each number. Returns the path. Raises :class:`limcyc.errors.StoreError` if it
    cannot be written.
    """
    flat = _real(dataset)
    flags = dict(zip(np.atleast_1d(flat["status"].attrs["flag_values"]).tolist(), _meanings(flat), strict=True))
    dims = flat["status"].dims
    shape = flat["status"].shape
    columns: list[tuple[str, np.ndarray]] = []
    for name, variable in {**flat.coords, **flat.data_vars}.items():
        where = [dim for dim in dims if dim in variable.dims]
        extra = [dim for dim in variable.dims if dim not in dims]
        if extra and not where:
            continue
        missing = [dim for dim in dims if dim not in variable.dims]
        full = variable.expand_dims({dim: flat.sizes[dim] for dim in missing}).transpose(*dims, *extra)
        array = full.values.reshape(int(np.prod(shape)), -1)
        label = _header(str(name), variable)
        if name == "status":
            array = np.vectorize(flags.get, otypes=[object])(array)
        for k in range(array.shape[1]):
            tail = f" at {extra[0]} = {flat[extra[0]].values[k]}" if extra else ""
            columns.append((label + tail, array[:, k]))
    with _complete(Path(path)) as draft, draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([label for label, _ in columns])
        writer.writerows(zip(*(values.tolist() for _, values in columns), strict=True))
    return Path(path)


def _meanings(dataset: xarray.Dataset) -> list[str]:
    return [word.strip() for word in dataset["status"].attrs["flag_meanings"].split(",")]


def _header(name: str, variable: Any) -> str:
    unit = variable.attrs.get("units", "")
    return f"{name} ({unit})" if unit else name


def _real(dataset: xarray.Dataset) -> xarray.Dataset:
    result = dataset.copy()
    for name in list(result.data_vars):
        variable = result[name]
        if variable.dtype.kind == "c":
            for suffix, part in (("re", variable.real), ("im", variable.imag)):
                result[f"{name}_{suffix}"] = part.assign_attrs(variable.attrs)
            result = result.drop_vars([name])
        elif variable.dtype.kind == "O":
            result[name] = variable.astype(str).assign_attrs(variable.attrs)
    return result


@contextmanager
def _complete(path: Path) -> Iterator[Path]:
    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield draft
        os.replace(draft, path)
    except OSError as problem:
        in_file = isinstance(problem, FileExistsError | NotADirectoryError)
        reason = "its folder is a file" if in_file else (problem.strerror or str(problem)).lower()
        raise StoreError(f"{str(path)!r} cannot be written: {reason}; give another place") from None
    finally:
        with suppress(OSError):
            draft.unlink()
