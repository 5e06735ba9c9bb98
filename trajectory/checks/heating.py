"""Heat flux at the nose: the correlations worked by hand, and each against the others.

1 %: the figures are rounded to four places, their constants to three or four. Between correlations 25 %: the spread of
the fits, of which none is a measurement.
"""

from __future__ import annotations

import numpy as np

from trajectory import heating
from trajectory.checks import truth

CASE = "heating"
SOURCE = "the published equations, worked by hand"
POINTS = {"slow": (2e-4, 7000.0, 2.2), "fast": (2.9e-4, 11100.0, 0.23)}  # kg/m3, m/s, m
BY_HAND = {  # W/cm2
    "slow": {"sutton-graves": 56.95, "brandis-johnston": 67.85, "tauber-sutton": 0.0},
    "fast": {"sutton-graves": 845.7, "brandis-johnston": 980.0, "tauber-sutton": 221.9},
}
SOURCES = {
    "sutton-graves": "Sutton & Graves 1971, NASA TR R-376, worked by hand",
    "brandis-johnston": "Brandis & Johnston 2014, AIAA 2014-2374, worked by hand",
    "tauber-sutton": "Tauber & Sutton 1991, J. Spacecraft and Rockets 28, 40, worked by hand",
}


def rows() -> list[truth.Figure]:
    figures = []
    for place, at in POINTS.items():
        for model, published in BY_HAND[place].items():
            flux = heating.radiative if model == "tauber-sutton" else heating.convective
            value = float(flux(model, *at)) / 1e4
            figures.append(truth.Figure(f"{model} at {at[1]:.0f} m/s", value, published, max(0.01 * published, 1e-9), "W/cm2",
                                        SOURCES[model]))  # fmt: skip
        oracle = detra_kemp_riddell(*at) / 1e4
        for model in heating.CONVECTION:
            value = float(heating.convective(model, *at)) / 1e4
            figures.append(truth.Figure(f"{model} at {at[1]:.0f} m/s beside another correlation", value, oracle, 0.25 * oracle,
                                        "W/cm2", "Detra, Kemp & Riddell 1957"))  # fmt: skip
    wall = float(heating.wall_temperature(50e4, 0.85))
    figures.append(truth.Figure("wall in radiative equilibrium at 50 W/cm2", wall, 1795.0, 17.95, "K", "Stefan-Boltzmann"))
    stagnation = fay_riddell(4.203e-3, 1.492e-4, 2.185e-2, 5.653e-5, 961.8, 2.48e7, 1.6e6) / 1e4
    figures.append(truth.Figure("Fay-Riddell by its own equation", stagnation, 57.13, 0.5713, "W/cm2",
                                "Fay & Riddell 1958, eq. (63), worked by hand"))  # fmt: skip
    slow = float(heating.sutton_graves(*POINTS["slow"])) / 1e4
    figures.append(truth.Figure("sutton-graves at 7000 m/s beside Fay-Riddell", slow, stagnation, 0.05 * stagnation, "W/cm2",
                                "Fay & Riddell 1958, the same flow: 5 %"))  # fmt: skip
    return figures


def detra_kemp_riddell(density: float, speed: float, nose_radius: float) -> float:
    """Cold wall, W/m2. Detra, Kemp & Riddell 1957, Jet Propulsion 27, 1256."""
    return 1.103e8 / np.sqrt(nose_radius) * np.sqrt(density / 1.225) * (speed / 7950.0) ** 3.15


def chapman(density: float, speed: float, nose_radius: float) -> float:
    """W/m2. Chapman 1958, NACA TN 4276, in the form with the cube of the speed."""
    return 1.63e-4 * np.sqrt(density / nose_radius) * speed**3


def fay_riddell(density, viscosity, wall_density, wall_viscosity, gradient, enthalpy, wall_enthalpy) -> float:
    """W/m2, Prandtl number 0.71, Lewis number 1. Fay & Riddell 1958, J. Aeronautical Sciences 25, 73, eq. (63).

    Edge density kg/m3 and viscosity Pa s, those at the wall, velocity gradient 1/s, enthalpies J/kg.
    """
    edge, wall = density * viscosity, wall_density * wall_viscosity
    return 0.763 * 0.71**-0.6 * edge**0.4 * wall**0.1 * np.sqrt(gradient) * (enthalpy - wall_enthalpy)
