"""Settings of every test, those in docstrings included."""

import os

from hypothesis import settings

# No window is opened, whatever the machine; set before Matplotlib is imported by anything.
os.environ["MPLBACKEND"] = "Agg"

# The same random models in every run, so that a failure can be repeated; no deadline, because the first
# example of a model pays for symbolic work that later ones find in a cache.
settings.register_profile("limcyc", derandomize=True, deadline=None)
settings.load_profile("limcyc")
