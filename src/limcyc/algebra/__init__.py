"""Operator algebra: degrees of freedom, canonical operator polynomials, parameters, matrices."""

from limcyc.algebra.degrees import Degree
from limcyc.algebra.ensembles import Ensemble
from limcyc.algebra.levels import Levels, Spin
from limcyc.algebra.modes import NUMBER, Mode
from limcyc.algebra.operators import IDENTITY, Operator, anticommutator, as_operator, commutator, hermitian, total
from limcyc.algebra.parameters import TIME, Parameter, parameters
from limcyc.algebra.rotors import MOMENTUM, Rotor

__all__ = [
    "IDENTITY",
    "MOMENTUM",
    "NUMBER",
    "TIME",
    "Degree",
    "Ensemble",
    "Levels",
    "Mode",
    "Operator",
    "Parameter",
    "Rotor",
    "Spin",
    "anticommutator",
    "as_operator",
    "commutator",
    "hermitian",
    "parameters",
    "total",
]
