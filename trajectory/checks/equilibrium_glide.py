"""A lifting glide in which lift, gravity and the centrifugal force balance: Eggers, Allen & Neice, NACA TR-1382 (1958).

A round Earth that does not turn, exponential air, constant L/D of 1 to 3, no bank. The source takes the path to be level; here
the part of gravity along it is kept to its first order, from the same balance, which lengthens path and time by 1.2 %. What is
left out is of second order in the slope, and the change of gravity with height: together 1.2 % at L/D 1, so 1.5 % are allowed.
The flights start on the glide itself, with the slope that keeps them on it, and are read between two speeds.
"""

from __future__ import annotations

import numpy as np

from trajectory import atmosphere
from trajectory.checks import truth
from trajectory.leg import Environment, Leg, Stop, fly_leg

CASE = "equilibrium-glide"
SOURCE = "Eggers, Allen & Neice, NACA TR-1382 (1958)"
MU, RADIUS, DENSITY, SCALE = 3.986004418e14, 6371e3, 1.225, 7200.0  # m3/s2, m, kg/m3, m
LOADING = 1500.0  # kg/m2 of lift: mass over area and CL
FAST, FIRST, LAST = 7200.0, 6800.0, 3000.0  # m/s: at the start, and between which the glide is read
WITHIN = 0.015


def rows() -> list[truth.Figure]:
    figures = []
    for ratio in (1.0, 2.0, 3.0):
        distance, time, height = between(ratio)
        r = RADIUS + 0.5 * (glide_height(FIRST) + glide_height(LAST))
        one, two = FIRST / np.sqrt(MU / r), LAST / np.sqrt(MU / r)  # over the circular speed
        path = ratio * (along(r, one) - along(r, two))
        lasts = ratio * np.sqrt(r**3 / MU) * (during(r, one) - during(r, two))
        case = f"L/D {ratio:g}"
        figures += [
            truth.Figure(f"{case}: path from {FIRST:.0f} to {LAST:.0f} m/s", distance, path, WITHIN * path, "m"),
            truth.Figure(f"{case}: its duration", time, lasts, WITHIN * lasts, "s"),
            truth.Figure(f"{case}: altitude at {LAST:.0f} m/s", height, glide_height(LAST), WITHIN * SCALE * 5, "m"),
        ]
    return figures


def along(r: float, x: float) -> float:
    """Path to a speed x of the circular one, over L/D: the integral of V dV/(g (1 - u)) (1 + 2 H/(r u (1 - u))), u = x^2."""
    u = x * x
    return -0.5 * r * np.log(1 - u) + SCALE * (np.log(u / (1 - u)) + 1 / (1 - u))


def during(r: float, x: float) -> float:
    """Time likewise, over L/D and the root of r^3/mu."""
    level = np.arctanh(x)
    return level + 2 * SCALE / r * (-1 / x + 0.5 * x / (1 - x * x) + 1.5 * level)


def glide_height(speed: float) -> float:
    """Where the lift of the exponential air carries what the centrifugal force leaves of the weight, m."""
    r, height = RADIUS, 0.0
    for _ in range(5):
        density = 2.0 * LOADING * (MU / r**2 - speed**2 / r) / speed**2
        height = SCALE * np.log(DENSITY / density)
        r = RADIUS + height
    return height


def between(ratio: float) -> tuple[float, float, float]:
    """(path over the ground at flight altitude m, time s, altitude at the end m) of our own flight between the two speeds."""
    world = Environment(mu=MU, equatorial_radius=RADIUS, flattening=0.0, rotation=0.0,
                        air=atmosphere.exponential(DENSITY, SCALE))  # fmt: skip
    height = glide_height(FAST)
    r = RADIUS + height
    drag = (MU / r**2 - FAST**2 / r) / ratio
    step = 1.0  # m/s, over which the glide descends
    slope = (height - glide_height(FAST - step)) / (FAST * step / drag)
    y = np.zeros((1, 10))
    y[0, :7] = r, 0.0, 0.0, -FAST * np.sin(slope), FAST * np.cos(slope), 0.0, LOADING
    glide = Leg("glide", lift=True, row={"cl": 1.0, "cd": 1.0 / ratio, "area": 1.0}, tolerance=1e-10, duration=1e4,
                watches=(Stop("speed", FIRST, -1),), stops=(Stop("speed", LAST, -1),))  # fmt: skip
    found = fly_leg(glide, world, y, np.zeros(1))
    begun = found.watched[0, 0]
    at = [np.arctan2(*state[[1, 0]]) for state in (begun[1:], found.y[0])]
    radius = np.linalg.norm(found.y[0, :3])
    middle = 0.5 * (radius + np.linalg.norm(begun[1:4]))
    return float((at[1] - at[0]) * middle), float(found.t[0] - begun[0]), float(radius - RADIUS)
