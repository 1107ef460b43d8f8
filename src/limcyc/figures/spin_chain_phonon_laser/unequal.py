"""Fig. S2: five oscillators of different frequencies, each amplified by its own bonds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from limcyc import plotting
from limcyc.figures.base import Figure
from limcyc.figures.spin_chain_phonon_laser.array import SITE_COLOURS
from limcyc.library.spin_chain_phonon_laser.claims import CLAIMS
from limcyc.library.spin_chain_phonon_laser.kinetic import run
from limcyc.library.spin_chain_phonon_laser.model import NAME, preset

if TYPE_CHECKING:
    import matplotlib.figure
    import xarray

    from limcyc.claims import Claim

__all__ = ["FIGS2"]

_COMMON: Final = 9
"""Drive periods of the first bond in the common period 2 pi of all drives."""

_SEEDS: Final = (0.0, 2 * np.pi / 3, 4 * np.pi / 3)
"""Phases of the small displacements that the seeded runs start from."""


def _compute(*, quick: bool = False) -> xarray.Dataset:
    import xarray

    periods = _COMMON * np.arange(0, 161 if quick else 3201, 16)
    found = run("figS2", periods.tolist())
    seeded_periods = periods[periods <= _COMMON * (80 if quick else 480)]
    seeds = [
        run(
            "figS2",
            seeded_periods.tolist(),
            start={j: complex(0.05 * np.exp(1j * angle)) for j in preset("figS2").active},
        )
        for angle in _SEEDS
    ]
    data = xarray.Dataset(
        {
            "phonons": (("site", "period"), found.numbers),
            "g2": (("site", "period"), found.g2),
            "seeded_phase": (("seed", "site", "seeded_period"), [each.phases for each in seeds]),
            "time": ("period", found.times),
        },
        coords={
            "site": list(found.sites),
            "period": periods,
            "seed": list(_SEEDS),
            "seeded_period": seeded_periods,
        },
        attrs={"quick": int(quick), "seeded_until": float(seeds[0].times[-1])},
    )
    data["time"].attrs = {"units": "1/omega", "symbol": r"$\omega t$"}
    data["seeded_phase"].attrs = {"units": "deg"}
    return data


def _draw(data: xarray.Dataset) -> matplotlib.figure.Figure:
    figure, (numbers, statistics, phases) = plotting.new_figure("double", 62.0, columns=3)
    time = data["time"].values / 1e3
    frequencies = preset("figS2").frequencies
    for row, site in enumerate(data["site"].values):
        colour = SITE_COLOURS[row]
        numbers.plot(time, data["phonons"][row], color=colour, label=f"{site}: {frequencies[site - 1]:g}")
        statistics.plot(time, data["g2"][row], color=colour)
        phases.plot(np.degrees(data["seed"]), data["seeded_phase"][:, row, -1], "o-", color=colour, linewidth=0.7)
    numbers.set(ylabel=r"$\langle b_j^\dagger b_j\rangle$", ylim=(0, None))
    numbers.legend(title=r"site: $\omega_j/\omega$", loc="lower right", fontsize=7)
    statistics.set(ylabel=r"$g^{(2)}_j(0)$", ylim=(0.95, 2.05))
    statistics.axhline(1.0, color="0.6", linewidth=0.6)
    for ax in (numbers, statistics):
        ax.set(xlabel=r"$\omega t / 10^3$", xlim=(0, time[-1]))
    phases.set(xlabel="phase of the seed (degrees)", ylabel=r"$\phi_j$ (degrees)", ylim=(-190, 190))
    phases.set(xticks=[0, 120, 240], yticks=[-180, -90, 0, 90, 180])
    plotting.panel_letter(numbers, "a")
    plotting.panel_letter(statistics, "b")
    plotting.panel_letter(phases, "c", rf"$\omega t = {data.attrs['seeded_until']:.0f}$")
    return figure


def _claims(data: xarray.Dataset) -> Iterator[tuple[Claim, Any]]:
    for claim in CLAIMS:
        if claim.figure == "figS2" and float(claim.at["periods"]) <= float(data["period"][-1]):
            yield claim, data["phonons"].sel(period=claim.at["periods"]).values.tolist()


FIGS2: Final = Figure(
    f"{NAME}.figS2",
    "Five oscillators, five frequencies",
    "Oscillators at omega = 5, 7, 9, 12, 16 on the odd sites of ten driven spins (Case I on every bond), zero temperature, "
    "thermal start with 0.1 quanta, sampled at the common period 2 pi: (a) phonons, (b) g2, (c) phases at the end of runs that "
    "start from displacements of 0.05 with three different phases. Kinetic equations as printed; lambda = 0.4, J = 0.3, "
    "Gamma = 0.08, gamma = 1e-3. Confirms that each oscillator is amplified by its own bonds; the slow modulation remains, and "
    "site 9 switches on late. g2 -> 1 is built into the closure. The printed diffusion of phases cannot be seen in it: every "
    "oscillator has the definite phase that its seed gives it.",
    _compute,
    _draw,
    _claims,
)
