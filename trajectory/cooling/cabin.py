"""Cabin air: moisture and what is felt of it, carbon dioxide, oxygen. Temperatures in C where named so, pressures in Pa.

The psychrometrics are psychrolib's: its saturation pressure, in a table that `data/make_moist_air.py` wrote, and its equations
of the wet bulb and the humidity ratio. One bar of moist air at 0 to 60 C; outside that `within` refuses. Surfaces and dew
points may be colder, down to -40 C: below 0.01 C the pressure is that over ice, as psychrolib's is.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.polynomial import Polynomial
from scipy.interpolate import CubicSpline

TABLE = Path(__file__).resolve().parents[1] / "data" / "cooling" / "moist-air.csv"
PRESSURE = 101325.0  # Pa
VAPOUR_GAS = 461.5  # J/(kg K), water vapour
AIR_GAS = 287.05  # J/(kg K)
AIR_HEAT = 1005.0  # J/(kg K)
LEWIS = 0.865  # Lewis number of water vapour in air, 25 C
EVAPORATION = 2.43e6  # J/kg, water at 30 C (ASHRAE Fundamentals 2017, chapter 1)
WATER_TO_AIR = 0.621945  # ratio of molar masses, psychrolib
RANGE = (0.0, 60.0)  # C
TRIPLE = 0.01  # C
DEGREE = 6  # of the polynomial through the logarithms over water, which it meets to 1e-7


def within(t_c) -> None:
    """ValueError where a temperature, C, is outside the range of this module."""
    low, high = float(np.min(t_c)), float(np.max(t_c))
    if not (low >= RANGE[0] and high <= RANGE[1]):
        raise ValueError(
            f"moist air at {low:.1f} to {high:.1f} C: the correlations hold from {RANGE[0]:g} to {RANGE[1]:g} C"
        )


@lru_cache(maxsize=1)
def table():
    """Over water the coefficients, over ice a spline, of ln Pa in C; splines of the dew point in ln Pa, over ice and water."""
    t, y = np.loadtxt(TABLE, delimiter=",", skiprows=3).T
    ice = t <= TRIPLE
    water = Polynomial.fit(t[~ice], y[~ice], DEGREE).convert().coef
    back = CubicSpline(y[ice], t[ice]), CubicSpline(y[~ice], t[~ice])
    return tuple(float(c) for c in water), CubicSpline(t[ice], y[ice]), back


def saturation_pressure(t_c):
    """Pa, over water, or below 0.01 C over ice. psychrolib's to 2e-7 from -40 to 60 C; beyond, as at the ends of that."""
    water, ice, _ = table()
    t = np.minimum(t_c, RANGE[1])
    out = t * water[-1]
    for c in water[-2:0:-1]:
        out += c
        out *= t
    out += water[0]
    if np.min(t) <= TRIPLE:
        out = np.where(t <= TRIPLE, ice(np.clip(t, ice.x[0], ice.x[-1])), out)
    return np.exp(out)


def dew_point(vapour_pressure):
    """C, the inverse of `saturation_pressure`: of frost below 0.01 C."""
    ice, water = table()[2]
    y = np.clip(np.log(np.maximum(vapour_pressure, 1e-3)), ice.x[0], water.x[-1])
    return np.where(y <= ice.x[-1], ice(np.minimum(y, ice.x[-1])), water(np.maximum(y, water.x[0])))


def humidity_ratio(vapour_pressure, pressure=PRESSURE):
    """kg of water a kg of dry air. ASHRAE Fundamentals 2017, chapter 1, eq. (20)."""
    return WATER_TO_AIR * vapour_pressure / (pressure - vapour_pressure)


def vapour_density(vapour_pressure, t_c):
    """kg/m3, ideal gas."""
    return vapour_pressure / (VAPOUR_GAS * (t_c + 273.15))


# of the psychrometer: kJ/kg to vaporize at 0 C, its fall and the heat capacity of the water or ice, kJ/(kg K)
OVER_WATER, OVER_ICE = (2501.0, 2.326, 4.186), (2830.0, 0.24, 2.1)


def wet_bulb(t_c, vapour_pressure, pressure=PRESSURE):
    """C, thermodynamic wet bulb, of ice below 0 C: ASHRAE Fundamentals 2017, chapter 1, eqs. (33) and (35)."""
    t_c, vapour_pressure = np.asarray(t_c, float), np.asarray(vapour_pressure, float)
    ratio = humidity_ratio(vapour_pressure, pressure)
    wet = psychrometer(t_c, ratio, t_c + 0.0 * ratio, OVER_WATER, pressure)
    frozen = wet < 0.0
    if np.any(frozen):
        wet = np.where(frozen, np.minimum(psychrometer(t_c, ratio, np.minimum(wet, 0.0), OVER_ICE, pressure), 0.0), wet)
    return wet


def psychrometer(t_c, ratio, wet, over, pressure):
    """C at which air that is saturated adiabatically has been cooled, by Newton's method from `wet`."""
    heat, falls, capacity = over
    for _ in range(7):
        e = saturation_pressure(wet)
        full = humidity_ratio(e, pressure)
        slope = full * 17.625 * 243.04 / (wet + 243.04) ** 2 * pressure / (pressure - e)  # near enough to find the root by
        below = heat + 1.86 * t_c - capacity * wet
        found = ((heat - falls * wet) * full - 1.006 * (t_c - wet)) / below
        rise = ((heat - falls * wet) * slope - falls * full + 1.006 + capacity * found) / below
        wet = wet - (found - ratio) / rise
    return wet


def wet_bulb_stull(t_c, relative_humidity):
    """C, from C and per cent. Stull 2011, J. Applied Meteorology and Climatology 50, 2267, eq. (1); 5 to 99 %, -20 to 50 C."""
    t, rh = t_c, relative_humidity
    return (t * np.arctan(0.151977 * (rh + 8.313659) ** 0.5) + np.arctan(t + rh) - np.arctan(rh - 1.676331)
            + 0.00391838 * rh**1.5 * np.arctan(0.023101 * rh) - 4.686035)  # fmt: skip


def wbgt(t_c, wet_c):
    """C indoors, walls as warm as the air: 0.7 of the wet and 0.3 of the globe temperature. ISO 7243:2017, eq. (2)."""
    return 0.7 * wet_c + 0.3 * t_c


def vapour_flow(conductance):
    """m3/s of air that a surface with a convective conductance, W/K, dries or wets: Lewis's analogy (ASHRAE Fundamentals
    2017, chapter 6, eq. (30))."""
    return conductance / (1.2 * AIR_HEAT * LEWIS ** (2.0 / 3.0))


# --- what the crew breathes, and the scrubber (NASA CR-1981, 1972, table of the Shuttle study: 132 W, 40.0 g/h, 33.5 g/h)

CARBON_DIOXIDE_PER_J = 40.0e-3 / 3600.0 / 132.0  # kg/J of metabolism
OXYGEN_PER_J = 33.5e-3 / 3600.0 / 132.0  # kg/J
SCRUBBER_HEAT = 2.038e6  # J/kg of CO2, lithium hydroxide: 876 Btu/lb
SCRUBBER_WATER = 0.409  # kg of water a kg of CO2: its stoichiometry
CARBON_DIOXIDE_GAS, OXYGEN_GAS = 188.92, 259.84  # J/(kg K)
