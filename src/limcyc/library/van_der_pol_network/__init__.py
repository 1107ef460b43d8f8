"""Quantum van der Pol oscillators with reactive and dissipative coupling.

Lee and Sadeghpour (2013), Lee, Chan and Wang (2014).  :func:`model` is a pair; ``pairs`` solves it exactly, ``formulas`` has
the quantum limit in closed form, ``mean_field`` the rotating states and thresholds of all-to-all networks.

Not reproduced: that the quantum transition of the reactive network happens at much lower coupling than the classical one.
Beyond kappa2 = 0.0517 kappa1 reactive coupling synchronizes no network at any strength.  Reconstructed: the factor 2 of the
rates, the dissipative coupling, the detuning, the closed threshold of the dissipative network.
"""

from limcyc.library.van_der_pol_network.claims import CLAIMS
from limcyc.library.van_der_pol_network.model import NAME, PARAMETERS, SETTINGS, SOURCE, TITLE, model
from limcyc.library.van_der_pol_network.quantities import QUANTITIES
from limcyc.library.van_der_pol_network.steady import LEVELS, steady

__all__ = ["CLAIMS", "LEVELS", "NAME", "PARAMETERS", "QUANTITIES", "SETTINGS", "SOURCE", "TITLE", "model", "steady"]
