"""Pictures: functions that take a dataset and axes, and return the axes.

Matplotlib is imported when something is drawn, not before.
"""

from limcyc.plotting.curves import curves
from limcyc.plotting.diagrams import boundary, phase_map
from limcyc.plotting.distributions import distribution_bars
from limcyc.plotting.style import level_style, new_figure, panel_letter, pi_ticks, save, style
from limcyc.plotting.sweeps import sweep_picture
from limcyc.plotting.wigner import wigner

__all__ = [
    "boundary",
    "curves",
    "distribution_bars",
    "level_style",
    "new_figure",
    "panel_letter",
    "phase_map",
    "pi_ticks",
    "save",
    "style",
    "sweep_picture",
    "wigner",
]
