"""The labelled result of a sweep: answers in the order of the tasks become arrays over the axes."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Mapping
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc._version import __version__
from limcyc.sweeps.design import Axis, Design, serpentine
from limcyc.sweeps.measures import Measure
from limcyc.sweeps.outcomes import STATUS, Answers
from limcyc.sweeps.questions import CERTIFICATE, Question
from limcyc.sweeps.run import summary

if TYPE_CHECKING:
    import xarray

__all__ = ["assemble", "assemble_points", "attributes", "described", "described_measures"]

_UNITS: Final = {"residual": "rate", "discarded_weight": ""}
_LIBRARIES: Final = ("numpy", "scipy", "numba", "qutip")


def described(question: Question, design: Design) -> dict[str, Any]:
    """Axes and measures as plain data, from which a store alone can be read; see :func:`assemble`."""
    known = question.known

    def unit(name: str) -> str:
        return getattr(known[name], "unit", "") if name in known else ""

    return {
        "axes": [
            {
                "dimension": axis.dimension,
                "description": axis.description,
                "values": {
                    name: {"values": _plain(values), "unit": unit(name), "long_name": _title(known, name)}
                    for name, values in axis.values.items()
                },
            }
            for axis in design.axes
        ],
        "measures": described_measures(question),
        "provenance": attributes(question),
    }


def described_measures(question: Question) -> list[dict[str, Any]]:
    """The measures as plain data."""
    return [
        {
            "name": name,
            "unit": measure.unit,
            "long_name": measure.long_name or name,
            "complex": measure.is_complex,
            "along": None if measure.along is None else [measure.along[0], _plain(np.asarray(measure.along[1]))],
        }
        for name, measure in question.measures.items()
    ]


def _title(known: Mapping[str, Any], name: str) -> str:
    return getattr(known.get(name), "title", "") or name


def _plain(values: np.ndarray) -> Any:
    if values.dtype.kind == "c":
        return {"real": values.real.tolist(), "imag": values.imag.tolist()}
    return values.tolist()


def _array(values: Any) -> np.ndarray:
    if isinstance(values, Mapping):
        return np.asarray(values["real"]) + 1j * np.asarray(values["imag"])
    return np.asarray(values)


def attributes(question: Question) -> dict[str, Any]:
    """Where the numbers come from: system, level, options, versions."""
    fixed = ", ".join(f"{name}={value}" for name, value in question.fixed.items())
    found: dict[str, Any] = {
        "system": question.level.system.name,
        "level": question.level.name,
        "parameters": fixed,
        "limcyc_version": __version__,
        "verb": question.verb,
        "options": ", ".join(f"{name}={value!r}" for name, value in question.options.items()),
        "versions": ", ".join(_versions()),
    }
    if question.seed is not None:
        found["rng"] = question.seed
    return found


def _versions() -> Iterable[str]:
    yield f"python {platform.python_version()}"
    for name in _LIBRARIES:
        yield f"{name} {metadata.version(name)}"


def assemble(description: Mapping[str, Any], answers: Answers) -> xarray.Dataset:
    """The Dataset over the axes, from :func:`described` and the answers in the order of the tasks."""
    import xarray

    axes = [Axis(a["dimension"], {n: _array(v["values"]) for n, v in a["values"].items()}) for a in description["axes"]]
    shape = tuple(axis.size for axis in axes)
    dims = tuple(axis.dimension for axis in axes)
    grid = np.argsort(serpentine(shape))

    def over_axes(columns: np.ndarray) -> np.ndarray:
        return np.asarray(columns[grid].reshape(*shape, *columns.shape[1:]))

    coordinates: dict[str, Any] = {}
    for axis, told in zip(axes, description["axes"], strict=True):
        for name, values in axis.values.items():
            facts = told["values"][name]
            attrs = {"units": facts["unit"], "long_name": facts["long_name"]}
            if told["description"]:
                attrs["design"] = told["description"]
            coordinates[name] = (axis.dimension, values, attrs)
    data = _variables(description, answers, dims, over_axes, coordinates)
    return xarray.Dataset(data, coordinates, attrs={**description["provenance"], "summary": summary(answers)})


def _variables(
    description: Mapping[str, Any],
    answers: Answers,
    dims: tuple[str, ...],
    arranged: Callable[[np.ndarray], np.ndarray],
    coordinates: dict[str, Any],
) -> dict[str, Any]:
    """Measures, certificate, status and message of all points; coordinates of lists are added to ``coordinates``."""
    data: dict[str, Any] = {}
    first = 0
    for told in description["measures"]:
        along = None if told["along"] is None else (told["along"][0], _array(told["along"][1]))
        measure = Measure(abs, told["unit"], told["long_name"], told["complex"], along)
        numbers = measure.unpack(answers.values[:, first : first + measure.width])
        first += measure.width
        extra = () if along is None else (along[0],)
        if along is not None:
            coordinates[along[0]] = along
        attrs = {"units": told["unit"], "long_name": told["long_name"]}
        data[told["name"]] = ((*dims, *extra), arranged(numbers), attrs)
    for name, column in zip(CERTIFICATE, answers.values[:, first:].T, strict=True):
        data[name] = (dims, arranged(column), {"units": _UNITS[name], "long_name": name.replace("_", " ")})
    flags = {"flag_values": list(STATUS.values()), "flag_meanings": ", ".join(STATUS)}
    data["status"] = (dims, arranged(np.asarray(answers.status)).astype(np.int8), flags)
    messages = np.array(answers.messages, dtype=object)
    data["message"] = (dims, arranged(messages), {"long_name": "why a point has no value, or a remark"})
    return data


def assemble_points(description: Mapping[str, Any], answers: Answers) -> xarray.Dataset:
    """The Dataset over ``point`` of a refinement, whose first columns are the coordinates; points not reached are left out."""
    import xarray

    kept = answers.status != STATUS["not computed"]
    names = description["axes"]
    part = Answers(
        answers.values[kept][:, len(names) :],
        answers.status[kept],
        [text for text, keep in zip(answers.messages, kept, strict=True) if keep],
    )
    coordinates: dict[str, Any] = {}
    for told, column in zip(names, answers.values[kept].T, strict=False):
        attrs = {key: told[key] for key in ("units", "long_name", "scale")}
        coordinates[told["name"]] = ("point", column, attrs)
    data = _variables(description, part, ("point",), lambda columns: columns, coordinates)
    return xarray.Dataset(data, coordinates, attrs={**description["provenance"], "summary": summary(part)})
