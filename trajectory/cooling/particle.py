"""From a particle to the hole it makes, and back; how often such particles come.

The equations of impact stand in the units of their authors: cm, g/cm3, km/s, ksi, Brinell hardness. Christiansen et al. 2009,
Handbook for Designing MMOD Protection, NASA/TM-2009-214785, unless said otherwise. Tested below 8 km/s, used to 15.
"""

from __future__ import annotations

import numpy as np

SOUND_ALUMINIUM = 5.1  # km/s
DETACHED_SPALL, ATTACHED_SPALL, PERFORATION = 2.2, 3.0, 1.8  # wall over penetration depth, eq. (4-4) to (4-6)
YEAR = 3.15576e7  # s


def penetration(diameter, density, speed, wall_density=2.7, hardness=95.0, angle=0.0, sound=SOUND_ALUMINIUM):
    """cm deep into a wall without end. Cour-Palais, eq. (4-1), (4-2): exponent 1/2 of the density ratio below 1.5,
    2/3 above."""
    ratio = density / wall_density
    power = np.where(np.asarray(ratio) < 1.5, 0.5, 2.0 / 3.0)
    return (
        5.24
        * diameter ** (19.0 / 18.0)
        * hardness**-0.25
        * ratio**power
        * (speed * np.cos(angle) / sound) ** (2.0 / 3.0)
    )


def critical_diameter(thickness, density, speed, wall_density=2.7, hardness=95.0, angle=0.0, sound=SOUND_ALUMINIUM):
    """cm of the particle that just perforates a wall: `penetration` turned round."""
    unit = penetration(1.0, density, speed, wall_density, hardness, angle, sound)
    return (thickness / (PERFORATION * unit)) ** (18.0 / 19.0)


def whipple(rear, bumper, spacing, strength, density, bumper_density, speed, angle=0.0):
    """cm of the particle that just defeats two walls, no-overlap of 3 and 7 km/s. Christiansen 1993, Int. J. Impact Engineering
    14, 145 (NNO). strength ksi, rear/bumper/spacing cm; angles above 65 deg count as 65."""
    c = np.cos(np.minimum(angle, np.radians(65.0)))
    slow = ((rear * np.sqrt(strength / 40.0) + bumper) / (0.6 * c ** (5.0 / 3.0) * np.sqrt(density))) ** (18.0 / 19.0)
    fast = (3.918 * rear ** (2.0 / 3.0) * density ** (-1.0 / 3.0) * bumper_density ** (-1.0 / 9.0)
            * spacing ** (1.0 / 3.0) * (strength / 70.0) ** (1.0 / 3.0))  # fmt: skip
    low, high = 3.0 / c, 7.0 / c
    at_low, at_high = slow * low ** (-12.0 / 19.0), fast * 7.0 ** (-2.0 / 3.0)
    part = np.clip((speed - low) / (high - low), 0.0, 1.0)
    between = at_low + part * (at_high - at_low)
    return np.where(
        speed <= low,
        slow * speed ** (-12.0 / 19.0),
        np.where(speed >= high, fast * (speed * c) ** (-2.0 / 3.0), between),
    )


def thin_hole(diameter, thickness, speed):
    """Hole in a thin sheet, in the unit of `diameter`. Maiden & McMillan 1964, AIAA J. 2, 1992; 2 to 8 km/s, sheet thinner than
    the particle: NaN outside."""
    ratio = thickness / diameter
    valid = (ratio <= 1.0) & (np.asarray(speed) >= 2.0) & (np.asarray(speed) <= 8.0)
    return np.where(valid, diameter * (0.45 * speed * ratio ** (2.0 / 3.0) + 0.90), np.nan)


def hole(diameter, density, thickness, speed, wall_density=2.7, hardness=95.0, angle=0.0):
    """(least, most) of the hole, cm. Nothing where the wall holds. Thin sheets: Maiden & McMillan, both the same.
    Thicker ones, by
    no published law: between nothing at the ballistic limit and the width of the crater, twice its depth (assumed bridge)."""
    depth = penetration(diameter, density, speed, wall_density, hardness, angle)
    thin = thin_hole(diameter, thickness, speed)
    through = thickness <= PERFORATION * depth
    least = np.where(np.isfinite(thin), thin, 0.0)
    most = np.where(np.isfinite(thin), thin, 2.0 * depth)
    return np.where(through, least, 0.0), np.where(through, most, 0.0)


def crater_particle(width, density, speed, wall_density=2.7, hardness=95.0):
    """cm of the particle whose crater, twice its depth, is so wide: the least that makes such a hole in a thick wall."""
    unit = penetration(1.0, density, speed, wall_density, hardness)
    return (0.5 * width / unit) ** (18.0 / 19.0)


def grun(mass):
    """Meteoroids of at least `mass` g, 1/(m2 yr), at 1 au without the Earth. Gruen et al. 1985, Icarus 62, 244;
    1e-18 to 1 g."""
    m = np.asarray(mass, float)
    first = (2.2e3 * m**0.306 + 15.0) ** -4.38
    second = 1.3e-9 * (m + 1e11 * m**2 + 1e27 * m**4) ** -0.36
    third = 1.3e-16 * (m + 1e6 * m**2) ** -0.85
    return YEAR * (first + second + third)


def near_earth(altitude, speed=17.0):
    """What the Earth does to that flux: its shadow and its pull. ECSS-E-ST-10-04C (2008), section 10. m, km/s at infinity."""
    radius, top = 6371e3, 100e3
    away = np.arcsin((radius + top) / (radius + altitude))
    escape = 2.0 * 3.986004418e14 / (radius + altitude) / 1e6
    return 0.5 * (1.0 + np.cos(away)) * (1.0 + escape / speed**2)


def chance(flux, area, years):
    """Of at least one hit: Poisson. flux 1/(m2 yr), area m2."""
    return -np.expm1(-flux * area * years)
