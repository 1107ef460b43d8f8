"""limcyc: self-sustained quantum oscillators. Write the physics once, choose the level of theory."""

from limcyc import errors, frames
from limcyc._version import __version__
from limcyc.algebra import (
    TIME,
    Ensemble,
    Levels,
    Mode,
    Operator,
    Parameter,
    Spin,
    anticommutator,
    commutator,
    hermitian,
    parameters,
)
from limcyc.composition import Network
from limcyc.levels import (
    AdiabaticElimination,
    Cumulants,
    Exact,
    Floquet,
    FockDiagonal,
    Gaussian,
    Jumps,
    MomentumRing,
    ProductState,
    Thermal,
    Wigner,
    compare_orders,
)
from limcyc.sweeps import sweep
from limcyc.system import Jump, OpenSystem

__all__ = [
    "TIME",
    "AdiabaticElimination",
    "Cumulants",
    "Ensemble",
    "Exact",
    "Floquet",
    "FockDiagonal",
    "Gaussian",
    "Jump",
    "Jumps",
    "Levels",
    "Mode",
    "MomentumRing",
    "Network",
    "OpenSystem",
    "Operator",
    "Parameter",
    "ProductState",
    "Spin",
    "Thermal",
    "Wigner",
    "__version__",
    "anticommutator",
    "commutator",
    "compare_orders",
    "errors",
    "frames",
    "hermitian",
    "parameters",
    "sweep",
]
