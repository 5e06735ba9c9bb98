"""Conduction and recession of a heat shield against closed forms, and the books of its energy.

Semi-infinite solid: 0.1 % of the rise at the front, what 120 cells and steps of 0.25 s leave; steady recession too.
Energy: 1e-10, rounding.
"""

from __future__ import annotations

import numpy as np

from trajectory import heat_shield, material
from trajectory.checks import truth
from trajectory.material import Material

CASE = "heat-shield"
SOURCE = "Carslaw & Jaeger 1959, section 2.9, eq. (8)"
DEPTHS = {0.0: 216.4, 5e-3: 113.95, 10e-3: 52.31, 20e-3: 6.93}  # m: K, worked by hand
STEADY = 2e6  # W/m2


def rows() -> list[truth.Figure]:
    solid = Material("solid", 1700.0, 0.4, 0.4 / (1700.0 * 1.961e-7))
    found = respond(solid, 0.1, 1e4, 300.0, 120, 0.25)
    depth, temperature = np.append(0.0, found.depth), np.append(found.surface[-1], found.temperature)
    rise = np.interp(list(DEPTHS), depth, temperature) - 293.0
    figures = [
        truth.Figure(f"rise at {1e3 * depth:g} mm after 300 s", float(ours), theirs, 0.2164, "K")
        for (depth, theirs), ours in zip(DEPTHS.items(), rise, strict=True)
    ]
    figures.append(truth.Figure("heat that conduction loses", abs(found.imbalance), 0.0, 1e-10, "1", "conservation of energy"))
    ablator = material.known()["asbestos-textolite"]
    found = respond(ablator, 0.2, STEADY, 400.0, 120, 0.5)
    rate = float(np.polyfit(found.t[-200:], found.recession[-200:], 1)[0])
    closed = heat_shield.steady_recession(STEADY, ablator, 293.0)
    figures.append(truth.Figure("steady recession", 1e6 * rate, 1e6 * closed, 1e3 * closed, "um/s", "Landau 1950, eq. (14)"))
    figures.append(truth.Figure("heat that ablation loses", abs(found.imbalance), 0.0, 1e-10, "1", "conservation of energy"))
    return figures


def respond(solid: Material, thickness: float, flux: float, until: float, cells: int, step: float) -> heat_shield.Response:
    """One layer under a constant net flux."""
    t = np.array([0.0, until])
    heat = heat_shield.Heat(t, np.full(2, flux), np.zeros(2), np.full(2, np.inf))
    return heat_shield.respond((heat_shield.Layer(solid, thickness),), heat, 293.0, cells, step, radiates=False)
