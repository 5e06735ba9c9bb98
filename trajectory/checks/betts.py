"""Derivatives of the Shuttle at the start of Betts's maximum-crossrange entry, from the kernel's forces.

The same equations: 1e-8 of each figure, or of the term that it is the small difference of. They pin the signs: a negative
bank turns a path to the east northward. The book's heating polynomial in the angle of attack is a model that is not
offered here, so its heat flux is not compared.

The greatest crossrange of its optimum bounds whatever is flown. A bank that falls off linearly, at a constant angle of
attack, comes to within the 0.1 deg that are allowed; nothing may exceed it.
"""

from __future__ import annotations

import numpy as np

from trajectory import atmosphere, leg
from trajectory.checks import truth
from trajectory.leg import Environment, Leg, Stop, fly_leg

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
    found, most = greatest_crossrange(given), given["published_optimum"]["crossrange_deg"]
    bound = truth.Figure("greatest crossrange of 2750 linear banks", found, most, 0.1, "deg")
    return [*derivatives(given), bound]


def world_of(constants: dict) -> Environment:
    return Environment(mu=constants["mu_ft3_s2"] * FOOT**3, equatorial_radius=constants["Re_ft"] * FOOT, flattening=0.0,
                       rotation=0.0, air=atmosphere.exponential(0.002378 * SLUG / FOOT**3, 23800.0 * FOOT))  # fmt: skip


def gliding(constants: dict, angle: float, bank, **more) -> Leg:
    """A glide at an angle of attack in deg and a bank in rad."""
    row = {"cl": -0.20704 + 0.029244 * angle, "cd": 0.07854 - 0.0061592 * angle + 0.000621408 * angle**2,
           "area": constants["S_ft2"] * FOOT**2, "bank": bank, **more.pop("row", {})}  # fmt: skip
    return Leg("entry", lift=True, row=row, **more)


def begun(given: dict, n: int = 1) -> np.ndarray:
    """(n, 10) states at the start: over the equator, x up, y east, z north."""
    constants, start = given["constants"], given["start"]
    speed, path = start["v_ft_s"] * FOOT, np.radians(start["gamma_deg"])
    y = np.zeros((n, 10))
    y[:, 0] = (constants["Re_ft"] + start["h_ft"]) * FOOT
    y[:, 3], y[:, 4] = speed * np.sin(path), speed * np.cos(path)
    y[:, 6] = constants["weight_lbf"] / constants["g0_ft_s2"] * SLUG
    return y


def greatest_crossrange(given: dict) -> float:
    """Northernmost end, deg, at the published height or speed, of banks that fall linearly to nothing over 1000 to 3100 s."""
    end, constants = given["end"], given["constants"]
    grid = np.meshgrid(np.radians(np.arange(-90.0, -40.0, 2.0)), np.arange(1000.0, 3200.0, 100.0))
    bank, lasts = (axis.ravel() for axis in grid)
    stops = (Stop("altitude", end["h_ft"] * FOOT, -1), Stop("speed", end["v_ft_s"] * FOOT, -1))
    best = 0.0
    for angle in (16.8, 17.0, 17.2, 17.4, 17.6):
        leg = gliding(constants, angle, bank, row={"bank_rate": -bank / lasts}, stops=stops, duration=4000.0, tolerance=1e-8)
        y = fly_leg(leg, world_of(constants), begun(given, len(bank)), np.zeros(len(bank))).y
        best = max(best, float(np.degrees(np.arcsin(y[:, 2] / np.linalg.norm(y[:, :3], axis=1))).max()))
    return best


def derivatives(given: dict) -> list[truth.Figure]:
    c, start, published = given["constants"], given["start"], given["derivative_check"]
    world, glide, y = world_of(c), gliding(c, ANGLE_OF_ATTACK, np.radians(BANK)), begun(given)
    mass, r = y[0, 6], y[0, 0]
    speed, path = start["v_ft_s"] * FOOT, np.radians(start["gamma_deg"])
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
