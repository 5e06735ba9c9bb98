"""Derivatives of the Shuttle at the start of Betts's maximum-crossrange entry, from the kernel's forces.

The same equations: 1e-8 of each figure, or of the term that it is the small difference of. They pin the signs: a negative
bank turns a path to the east northward. The book's heating polynomial in the angle of attack is a model that is not
offered here, so its heat flux is not compared.
"""

from __future__ import annotations

import numpy as np

from trajectory import atmosphere, leg
from trajectory.checks import truth
from trajectory.leg import Environment, Leg

CASE = "shuttle-derivatives"
SOURCE = "J. T. Betts, Practical Methods for Optimal Control, Shuttle re-entry"
FOOT, SLUG = 0.3048, 14.593902937206364  # m, kg
POUND = SLUG * FOOT  # N
ANGLE_OF_ATTACK, BANK = 17.4, -75.0  # deg, of the published check

WORDS = {
    "dh_ft_s": "rate of altitude", "dlon_rad_s": "rate of longitude", "dv_ft_s2": "rate of speed",
    "dgamma_rad_s": "rate of flight-path angle", "dazimuth_rad_s": "rate of azimuth", "drag_lbf": "drag",
    "lift_lbf": "lift", "mass_slug": "mass",
}  # fmt: skip


def rows() -> list[truth.Figure]:
    given = truth.setup("entry/betts_shuttle_crossrange.json")
    c, start, published = given["constants"], given["start"], given["derivative_check"]
    radius = c["Re_ft"] * FOOT
    world = Environment(mu=c["mu_ft3_s2"] * FOOT**3, equatorial_radius=radius, flattening=0.0, rotation=0.0,
                        air=atmosphere.exponential(0.002378 * SLUG / FOOT**3, 23800.0 * FOOT))  # fmt: skip
    mass = c["weight_lbf"] / c["g0_ft_s2"] * SLUG
    a = ANGLE_OF_ATTACK
    glide = Leg("entry", lift=True, row={
        "cl": -0.20704 + 0.029244 * a, "cd": 0.07854 - 0.0061592 * a + 0.000621408 * a**2, "area": c["S_ft2"] * FOOT**2,
        "bank": np.radians(BANK),
    })  # fmt: skip
    speed, path = start["v_ft_s"] * FOOT, np.radians(start["gamma_deg"])
    r = radius + start["h_ft"] * FOOT
    y = np.zeros((1, 10))  # over the equator: x up, y east, z north
    y[0, 0] = r
    y[0, 3], y[0, 4] = speed * np.sin(path), speed * np.cos(path)
    y[0, 6] = mass
    felt = leg.feel(glide, world, y, np.zeros(1), leg.row_values(glide, y, np.zeros(1)))
    up, east, north = (float(felt[f"acceleration_{axis}"][0]) for axis in "xyz")
    level = speed * np.cos(path)
    slow = up * np.sin(path) + east * np.cos(path)
    # of the local vertical and east, which turn with level/r
    tilt = ((up + level**2 / r) - np.sin(path) * slow) / level
    ours = {
        "dh_ft_s": (y[0, 3] / FOOT, "ft/s"), "dlon_rad_s": (level / r, "rad/s"), "dv_ft_s2": (slow / FOOT, "ft/s2"),
        "dgamma_rad_s": (tilt, "rad/s"), "dazimuth_rad_s": (-north / level, "rad/s"),
        "drag_lbf": (mass * -sensed(felt, (np.sin(path), np.cos(path), 0.0)) / POUND, "lbf"),
        "lift_lbf": (mass * across(felt, (np.sin(path), np.cos(path), 0.0)) / POUND, "lbf"),
        "mass_slug": (mass / SLUG, "slug"),
    }  # fmt: skip
    terms = {"dgamma_rad_s": level / r}
    figures = []
    for name, (value, unit) in ours.items():
        size = abs(terms.get(name, published[name]))
        figures.append(truth.Figure(WORDS[name], float(value), published[name], 1e-8 * size, unit))
    return figures


def sensed(felt, along) -> float:
    return sum(float(felt[f"sensed_{axis}"][0]) * along[i] for i, axis in enumerate("xyz"))


def across(felt, along) -> float:
    whole = sum(float(felt[f"sensed_{axis}"][0]) ** 2 for axis in "xyz")
    return float(np.sqrt(whole - sensed(felt, along) ** 2))
