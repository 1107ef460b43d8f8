"""Changes of frame: each turns an open system into an equivalent one, Hamiltonian and jumps together.

:func:`rotating_frame`, :func:`interaction_picture`, :func:`displaced`, :func:`bogoliubov` are exact;
:func:`polaron` and :func:`drive_frame` are exact up to the number of sidebands kept. :func:`secular` and
:func:`high_frequency` then make a system with constant coefficients and say what they left out.  :func:`fast_decay_limit`
keeps the few levels of a mode that a fast loss leaves alone.
"""

from limcyc.frames.displacement import bogoliubov, displaced, sideband
from limcyc.frames.driven import drive_frame
from limcyc.frames.fast_decay import fast_decay_limit
from limcyc.frames.harmonics import harmonics
from limcyc.frames.high_frequency import high_frequency
from limcyc.frames.polaron import polaron, polaron_image
from limcyc.frames.resonances import Resonance, resonances
from limcyc.frames.rotating import interaction_picture, rotating_frame
from limcyc.frames.secular import Dropped, Secular, secular

__all__ = [
    "Dropped",
    "Resonance",
    "Secular",
    "bogoliubov",
    "displaced",
    "drive_frame",
    "fast_decay_limit",
    "harmonics",
    "high_frequency",
    "interaction_picture",
    "polaron",
    "polaron_image",
    "resonances",
    "rotating_frame",
    "secular",
    "sideband",
]
