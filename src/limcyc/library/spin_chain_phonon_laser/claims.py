"""What the models of the spin chain must reproduce: the array here, the elemental laser from a module of its own."""

from __future__ import annotations

from typing import Any, Final

from limcyc.claims import Claim
from limcyc.library.claim_forms import COMPUTED, claim
from limcyc.library.spin_chain_phonon_laser.elemental_claims import ELEMENTAL_CLAIMS

__all__ = ["CLAIMS"]

_FIG2: Final = {"om": 5.0, "lam": 0.4, "G": 0.02, "g": 8e-4, "ns": 0.01}
_SAMPLES: Final = (
    (640, (1.513, 2.838, 2.711, 2.504, 1.930, 3.629), (1.128, 1.069, 1.072, 1.078, 1.101, 1.054), 0.98192, True),
    (3200, (9.519, 12.316, 9.628, 9.004, 5.523, 11.134), (1.021, 1.016, 1.021, 1.022, 1.036, 1.018), 0.96136, False),
    (
        12800,
        (12.146, 13.120, 8.894, 8.399, 5.406, 11.345),
        (1.0164, 1.0152, 1.0224, 1.0237, 1.0367, 1.0176),
        0.95957,
        False,
    ),
)


def _array() -> list[Claim]:
    found = []
    for periods, numbers, statistics, order, quick in _SAMPLES:
        at = {"preset": "fig3", "periods": periods}
        figure: dict[str, Any] = {"quick": quick, "figure": "fig3"}
        found += [
            claim(
                f"array after {periods} periods: phonons",
                "phonons",
                at,
                numbers,
                5e-3,
                COMPUTED,
                relative=True,
                **figure,
            ),
            claim(f"array after {periods} periods: g2", "g2", at, statistics, 1e-3, COMPUTED, **figure),
            claim(f"array after {periods} periods: r_K", "order", at, order, 5e-4, COMPUTED, **figure),
        ]
    return found


CLAIMS: Final[tuple[Claim, ...]] = (
    claim("Case I: mean-field threshold", "threshold", _FIG2, 0.03606, 1e-5, COMPUTED),
    claim("Case I: mean-field phonons at J = 0.08", "mean_field_phonons", {"J": 0.08, **_FIG2}, 9.96, 5e-3, COMPUTED),
    claim("Case II: dark amplitude", "dark_amplitude", {"om": 1.0, "lam": 1.0}, 0.35867, 1e-5, COMPUTED),
    *_array(),
    claim("array after 12800 periods: phases in degrees", "phases", {"preset": "fig3", "periods": 12800},
          (155.18, 174.67, -172.34, -156.28, -162.05, -164.96), 0.3, COMPUTED, quick=False, figure="fig3"),
    claim("array, polaron closure, after 12800 periods: phonons", "phonons",
          {"preset": "fig3", "periods": 12800, "closure": "polaron"}, (12.007, 13.590, 9.248, 5.824, 3.942, 7.372), 5e-3,
          COMPUTED, relative=True, quick=False, figure="fig3"),
    claim("array, polaron closure, after 12800 periods: r_K", "order",
          {"preset": "fig3", "periods": 12800, "closure": "polaron"}, 0.95922, 5e-4, COMPUTED, quick=False, figure="fig3"),
    claim("array, polaron closure, after 12800 periods: phases in degrees", "phases",
          {"preset": "fig3", "periods": 12800, "closure": "polaron"}, (177.73, -170.13, -163.99, -139.67, -140.75, -142.87), 0.3,
          COMPUTED, quick=False, figure="fig3"),
    claim("array from displaced starts: r_K at the start", "control_order", {"name": "distinct starts", "periods": 0}, 0.5438,
          1e-4, COMPUTED, figure="fig3"),
    claim("array from displaced starts: r_K after 320 periods", "control_order", {"name": "distinct starts", "periods": 320},
          0.3425, 5e-4, COMPUTED, figure="fig3"),
    claim("array from displaced starts: r_K after 640 periods", "control_order", {"name": "distinct starts", "periods": 640},
          0.9297, 5e-4, COMPUTED, figure="fig3"),
    claim("array with equal frequencies: r_K", "control_order", {"name": "equal frequencies", "periods": 12800}, 0.99500, 5e-4,
          COMPUTED, quick=False, figure="fig3"),
    claim("array with winding drive phases: no order after 640 periods", "control_order",
          {"name": "winding drive", "periods": 640}, 0.2, 0.0, COMPUTED, figure="fig3", relation="less"),
    claim("array with winding drive phases: no order after 12800 periods", "control_order",
          {"name": "winding drive", "periods": 12800}, 0.3, 0.0, COMPUTED, quick=False, figure="fig3", relation="less"),
    claim("free part of the phonons: n - |b|^2 is thermal", "excess_error", {"preset": "fig3", "periods": 640}, 0.0, 1e-6,
          COMPUTED),
    claim("unequal frequencies after 14400 periods: phonons", "phonons", {"preset": "figS2", "periods": 14400},
          (25.633, 33.566, 33.903, 32.310, 13.842), 0.02, COMPUTED, relative=True, quick=False, figure="figS2"),
    claim("unequal frequencies after 28800 periods: phonons", "phonons", {"preset": "figS2", "periods": 28800},
          (25.916, 33.487, 33.701, 30.846, 26.733), 0.02, COMPUTED, relative=True, quick=False, figure="figS2"),
    claim("two pair-driven spins, exact and closed", "inversions", {"sites": 2}, (-0.139910,) * 4, 1e-5, COMPUTED),
    claim("three pair-driven spins, exact and closed", "inversions", {"sites": 3},
          (-0.437746, 0.104900, -0.437746, -0.392085, 0.196222, -0.392085), 1e-5, COMPUTED),
    claim("elemental laser, printed closure: no lasing", "phonons", {"preset": "fig2", "periods": 18000}, (0.1062,), 1e-3,
          COMPUTED, quick=False),
    claim("elemental laser, polaron closure", "phonons", {"preset": "fig2", "periods": 18000, "closure": "polaron"}, (9.226,),
          0.02, COMPUTED, quick=False),
    claim("elemental laser, printed closure, drive moved: lasing is back", "phonons",
          {"preset": "fig2", "periods": 18000, "Om": 9.1255}, (3.40,), 0.05, COMPUTED, quick=False),
    claim("Case II, printed closure: amplitude", "amplitude", {"preset": "figS1", "periods": 8000}, (-1.961, 1.210), 0.01,
          COMPUTED, quick=False),
    claim("Case II, polaron closure: amplitude", "amplitude", {"preset": "figS1", "periods": 8000, "closure": "polaron"},
          (-2.388, 0.029), 0.01, COMPUTED, quick=False),
    *ELEMENTAL_CLAIMS,
)  # fmt: skip
"""All claims: formulas, kinetic equations of the array, elemental laser."""
