"""Operator algebra: degrees of freedom, canonical operator polynomials, parameters, matrices."""

from limcyc.algebra.degrees import Degree
from limcyc.algebra.levels import Levels, Spin
from limcyc.algebra.modes import NUMBER, Mode
from limcyc.algebra.operators import IDENTITY, Operator, anticommutator, as_operator, commutator, hermitian
from limcyc.algebra.parameters import Parameter, parameters

__all__ = [
    "IDENTITY",
    "NUMBER",
    "Degree",
    "Levels",
    "Mode",
    "Operator",
    "Parameter",
    "Spin",
    "anticommutator",
    "as_operator",
    "commutator",
    "hermitian",
    "parameters",
]
