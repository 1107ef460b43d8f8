"""Parameter sweeps: many points, any executor, a store that survives anything.

:func:`sweep` asks a level the same question at every point; :func:`load` reads a store; designs beyond grids are made with
:func:`zipped` and :func:`random`.
"""

from limcyc.sweeps.dask_executor import Dask
from limcyc.sweeps.design import Random, Zipped, random, zipped
from limcyc.sweeps.executors import Executor, Processes, Serial
from limcyc.sweeps.export import to_csv, to_netcdf
from limcyc.sweeps.gridding import on_grid
from limcyc.sweeps.measures import Measure
from limcyc.sweeps.outcomes import STATUS
from limcyc.sweeps.questions import Function
from limcyc.sweeps.refinement import refine
from limcyc.sweeps.sweep import Job, load, sweep

__all__ = [
    "STATUS",
    "Dask",
    "Executor",
    "Function",
    "Job",
    "Measure",
    "Processes",
    "Random",
    "Serial",
    "Zipped",
    "load",
    "on_grid",
    "random",
    "refine",
    "sweep",
    "to_csv",
    "to_netcdf",
    "zipped",
]
