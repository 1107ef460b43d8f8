"""Levels of description: each turns an open system into a numerical problem and offers the verbs."""

from limcyc.levels.adiabatic_elimination import AdiabaticElimination
from limcyc.levels.cumulants import Cumulants
from limcyc.levels.exact import Exact
from limcyc.levels.floquet import Floquet
from limcyc.levels.gaussian import Gaussian
from limcyc.levels.gaussian_ring import MomentumRing
from limcyc.levels.initial import Thermal
from limcyc.levels.jumps import Jumps
from limcyc.levels.kicked_rotor import KickedRotor, Packet
from limcyc.levels.orders import compare_orders
from limcyc.levels.product_state import ProductState
from limcyc.levels.sampling import FockDiagonal
from limcyc.levels.scans import scan
from limcyc.levels.synchronization_maps import arnold_tongue, entrainment_curve
from limcyc.levels.wigner import Wigner

__all__ = [
    "AdiabaticElimination",
    "Cumulants",
    "Exact",
    "Floquet",
    "FockDiagonal",
    "Gaussian",
    "Jumps",
    "KickedRotor",
    "MomentumRing",
    "Packet",
    "ProductState",
    "Thermal",
    "Wigner",
    "arnold_tongue",
    "compare_orders",
    "entrainment_curve",
    "scan",
]
