"""Cabin air: moisture and what is felt of it, carbon dioxide, oxygen. Temperatures in C where named so, pressures in Pa.

One bar of moist air at 0 to 60 C; outside that the functions refuse (`within`), as the correlations are not meant for it.
"""

from __future__ import annotations

import numpy as np

PRESSURE = 101325.0  # Pa
VAPOUR_GAS = 461.5  # J/(kg K), water vapour
AIR_GAS = 287.05  # J/(kg K)
AIR_HEAT = 1005.0  # J/(kg K)
LEWIS = 0.865  # Lewis number of water vapour in air, 25 C
EVAPORATION = 2.43e6  # J/kg, water at 30 C (ASHRAE Fundamentals 2017, chapter 1)
RANGE = (0.0, 60.0)  # C


def within(t_c) -> None:
    """ValueError where a temperature, C, is outside the range of this module."""
    low, high = float(np.min(t_c)), float(np.max(t_c))
    if not (low >= RANGE[0] and high <= RANGE[1]):
        raise ValueError(
            f"moist air at {low:.1f} to {high:.1f} C: the correlations hold from {RANGE[0]:g} to {RANGE[1]:g} C"
        )


def saturation_pressure(t_c):
    """Pa over water. Alduchov & Eskridge 1996, J. Applied Meteorology 35, 601, eq. (21); -40 to 50 C to 0.4 %."""
    return 610.94 * np.exp(17.625 * t_c / (t_c + 243.04))


def dew_point(vapour_pressure):
    """C, the inverse of `saturation_pressure`."""
    g = np.log(np.maximum(vapour_pressure, 1e-3) / 610.94)
    return 243.04 * g / (17.625 - g)


def humidity_ratio(vapour_pressure, pressure=PRESSURE):
    """kg of water a kg of dry air. ASHRAE Fundamentals 2017, chapter 1, eq. (20)."""
    return 0.62198 * vapour_pressure / (pressure - vapour_pressure)


def vapour_density(vapour_pressure, t_c):
    """kg/m3, ideal gas."""
    return vapour_pressure / (VAPOUR_GAS * (t_c + 273.15))


def wet_bulb(t_c, vapour_pressure, pressure=PRESSURE):
    """C, thermodynamic wet bulb: ASHRAE Fundamentals 2017, chapter 1, eq. (33), solved by Newton's method from the dry bulb."""
    t_c = np.asarray(t_c, float)
    ratio = humidity_ratio(np.asarray(vapour_pressure, float), pressure)
    wet = t_c + 0.0 * ratio
    for _ in range(7):
        e = saturation_pressure(wet)
        full = humidity_ratio(e, pressure)
        slope = full * 17.625 * 243.04 / (wet + 243.04) ** 2 * pressure / (pressure - e)
        below = 2501.0 + 1.86 * t_c - 4.186 * wet
        found = ((2501.0 - 2.326 * wet) * full - 1.006 * (t_c - wet)) / below
        rise = ((2501.0 - 2.326 * wet) * slope - 2.326 * full + 1.006 + 4.186 * found) / below
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
