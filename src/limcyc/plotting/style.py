"""One look for all pictures: sizes, text, and a fixed colour for every level of description."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from limcyc.errors import ParameterError, UnknownNameError

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "LEVEL_STYLES",
    "WIDTHS",
    "axes_for",
    "axis_label",
    "level_style",
    "new_figure",
    "panel_letter",
    "pi_ticks",
    "save",
    "style",
]

WIDTHS: Final = {"single": 86.0, "double": 178.0}
"""Width of a picture in millimetres: one or two columns of a journal."""

_MILLIMETRES_PER_INCH: Final = 25.4
_DOTS_PER_INCH: Final = 200

# Colour-blind safe, and different in line style too, so that a grey print can be read.
LEVEL_STYLES: Final[dict[str, dict[str, Any]]] = {
    "exact": {"color": "black", "linestyle": "-"},
    "mean-field": {"color": "#0072B2", "linestyle": "-."},
    "cumulants": {"color": "#009E73", "linestyle": (0, (5, 1, 1, 1, 1, 1))},
    "langevin": {"color": "#E69F00", "linestyle": (0, (4, 1.5))},
    "formula": {"color": "0.5", "linestyle": "--"},
}
"""How a line of each level of description is drawn, everywhere."""

_SETTINGS: Final[dict[str, Any]] = {
    "figure.constrained_layout.use": True,
    "figure.dpi": _DOTS_PER_INCH,
    "savefig.dpi": _DOTS_PER_INCH,
    "savefig.bbox": None,
    "font.family": "sans-serif",
    "font.size": 8.0,
    "axes.titlesize": 8.5,
    "axes.labelsize": 8.5,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "figure.titlesize": 9.0,
    "mathtext.fontset": "dejavusans",
    "axes.linewidth": 0.6,
    "axes.titlelocation": "left",
    "lines.linewidth": 1.2,
    "lines.markersize": 3.5,
    "patch.linewidth": 0.6,
    "hatch.linewidth": 0.5,
    "hatch.color": "0.45",
    "xtick.direction": "in",
    "ytick.direction": "in",
    "xtick.top": True,
    "ytick.right": True,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "legend.frameon": True,
    "legend.framealpha": 0.9,
    "legend.edgecolor": "none",
    "legend.handlelength": 2.4,
    "image.cmap": "viridis",
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
}


@contextmanager
def style() -> Iterator[None]:
    """The look of limcyc inside the ``with`` block; the settings outside it are left alone.

    >>> import matplotlib
    >>> from limcyc.plotting import style
    >>> before = matplotlib.rcParams["font.size"]
    >>> with style():
    ...     inside = matplotlib.rcParams["font.size"]
    >>> inside, matplotlib.rcParams["font.size"] == before
    (8.0, True)
    """
    import matplotlib

    with matplotlib.rc_context(_SETTINGS):
        yield


def new_figure(
    width: str = "single", height: float | None = None, rows: int = 1, columns: int = 1, **options: Any
) -> tuple[Figure, Any]:
    """An empty picture of journal width, and its axes.

    width
        ``"single"`` (86 mm) or ``"double"`` (178 mm)
    height
        in mm; a panel is 3/4 as high as wide if None
    rows, columns
        how many panels
    options
        passed to ``Figure.subplots``, e.g. ``sharex=True``

    Returns the figure and what ``subplots`` returns: one axes, or an array (rows, columns) of them.
    The figure is not registered with pyplot: it opens no window and needs no closing.

    Raises UnknownNameError for another width.
    """
    from matplotlib.figure import Figure

    if width not in WIDTHS:
        raise UnknownNameError("width", width, WIDTHS)
    across = WIDTHS[width]
    high = 0.75 * across / columns * rows if height is None else height
    with style():
        size = (across / _MILLIMETRES_PER_INCH, high / _MILLIMETRES_PER_INCH)
        figure = Figure(figsize=size, layout="constrained")
        return figure, figure.subplots(rows, columns, **options)


def axes_for(ax: Axes | None) -> Axes:
    """``ax``, or new axes of a pyplot figure of one column if it is None."""
    if ax is not None:
        return ax
    from matplotlib import pyplot

    size = (WIDTHS["single"] / _MILLIMETRES_PER_INCH, 0.75 * WIDTHS["single"] / _MILLIMETRES_PER_INCH)
    return pyplot.figure(figsize=size, layout="constrained").subplots()


def save(figure: Figure, path: Path | str) -> Path:
    """Write a picture at exactly its size: PNG with 200 dots per inch, or a vector format.

    figure
        the picture
    path
        where to; the suffix says which format

    Returns the path.
    """
    target = Path(path)
    with style():
        figure.savefig(target, dpi=_DOTS_PER_INCH)
    return target


def level_style(level: str) -> dict[str, Any]:
    """Colour and line style of a level of description, as keyword arguments of ``plot``.

    level
        ``exact``, ``mean-field``, ``cumulants``, ``langevin`` or ``formula`` (a printed formula)

    Raises UnknownNameError for another one.

    >>> from limcyc.plotting import level_style
    >>> level_style("exact")["color"]
    'black'
    """
    if level not in LEVEL_STYLES:
        raise UnknownNameError("level", level, LEVEL_STYLES)
    return dict(LEVEL_STYLES[level])


def axis_label(variable: xarray.DataArray) -> str:
    """Symbol (or name) and unit of a variable, from its attributes ``symbol``, ``long_name``, ``units``.

    A unit that is absent, empty or ``"1"`` is left out.
    """
    name = variable.attrs.get("symbol") or variable.attrs.get("long_name") or str(variable.name or "")
    unit = variable.attrs.get("units") or ""
    return f"{name} ({unit})" if unit not in ("", "1") else str(name)


def panel_letter(ax: Axes, letter: str, text: str = "") -> Axes:
    """Write ``(a) text`` over the upper left corner of a panel, and return the axes."""
    import matplotlib

    with style():
        # A title remembers the place, but not the size, that its axes were made with.
        size = matplotlib.rcParams["axes.titlesize"]
        ax.set_title(f"({letter}) {text}".rstrip(), loc="left", fontsize=size)
    return ax


def pi_ticks(ax: Axes, axis: str = "x", *, step: float = 0.5) -> Axes:
    """Ticks at multiples of ``step`` pi with their names, for a phase on an axis.

    ax
        the axes
    axis
        ``"x"`` or ``"y"``
    step
        distance of ticks in units of pi, > 0

    Returns the axes.
    """
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    if not step > 0.0:
        raise ParameterError(f"Argument `step` must be > 0, but is {step}.")
    chosen = {"x": ax.xaxis, "y": ax.yaxis}[axis]
    chosen.set_major_locator(MultipleLocator(step * math.pi))
    chosen.set_major_formatter(FuncFormatter(lambda value, _: _in_pi(value / math.pi)))
    return ax


def _in_pi(multiple: float) -> str:
    from fractions import Fraction

    ratio = Fraction(multiple).limit_denominator(24)
    if ratio == 0:
        return "0"
    sign = "-" if ratio < 0 else ""
    top = r"\pi" if abs(ratio.numerator) == 1 else rf"{abs(ratio.numerator)}\pi"
    return f"${sign}{top}$" if ratio.denominator == 1 else f"${sign}{top}/{ratio.denominator}$"
