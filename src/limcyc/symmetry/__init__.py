"""Symmetries of an open system: abelian charges, exchanges and relabellings, and antiunitary symmetries.

:func:`find_symmetries` finds the charges at once; the discrete symmetries are searched for when they are asked for.
"""

from limcyc.symmetry.charges import Charge, Symmetries, find_symmetries
from limcyc.symmetry.discrete import DiscreteSymmetry
from limcyc.symmetry.vanishing import Vanishing

__all__ = ["Charge", "DiscreteSymmetry", "Symmetries", "Vanishing", "find_symmetries"]
