"""Two-body motion against Kepler's equation, solved to the last bit: a day of a low, a transfer and an entry-like orbit.

Both sides are exact up to rounding; 1 mm after a day is the agreed measure, 5 revolutions of rounding reach 1e-5 m.

And the fall after a burn, by energy and angular momentum alone: from a circle of 432.7 km (the plan of MS-11), 128 m/s slower,
to 99.7 km over a sphere of 6371 km.
"""

from __future__ import annotations

import numpy as np

from trajectory import constants
from trajectory.checks import flying, truth
from trajectory.leg import Environment, Leg, Stop, fly_leg

CASE = "two-body"
SOURCE = "Kepler's equation (Vallado 2013, section 2.2)"
MU = constants.GRAVITATIONAL_PARAMETER
ORBITS = {  # semi-major axis m, eccentricity, inclination, node, perigee, true anomaly deg
    "low orbit": (6.79e6, 1e-3, 51.64, 100.0, 40.0, 200.0),
    "transfer orbit": (24.4e6, 0.73, 27.0, 310.0, 178.0, 12.0),
    "polar orbit": (7.2e6, 0.02, 97.4, 15.0, 71.0, 333.0),
}
COAST = Leg("coast", tolerance=1e-14, first_step=10.0)


def state(elements, t: float) -> tuple[np.ndarray, np.ndarray]:
    """Position and velocity (3,), t s after the elements' epoch."""
    a, e, *angles = elements
    i, node, w, nu = np.radians(angles)
    anomaly = 2 * np.arctan2(np.sqrt(1 - e) * np.sin(nu / 2), np.sqrt(1 + e) * np.cos(nu / 2))
    n = np.sqrt(MU / a**3)
    mean = anomaly - e * np.sin(anomaly) + n * t
    x = mean + e * np.sin(mean)
    for _ in range(50):
        x = x - (x - e * np.sin(x) - mean) / (1 - e * np.cos(x))
    p = a * np.array([np.cos(x) - e, np.sqrt(1 - e * e) * np.sin(x)])
    v = n * a / (1 - e * np.cos(x)) * np.array([-np.sin(x), np.sqrt(1 - e * e) * np.cos(x)])
    cos, sin = np.cos, np.sin
    to_space = np.array([
        [cos(node) * cos(w) - sin(node) * sin(w) * cos(i), -cos(node) * sin(w) - sin(node) * cos(w) * cos(i)],
        [sin(node) * cos(w) + cos(node) * sin(w) * cos(i), -sin(node) * sin(w) + cos(node) * cos(w) * cos(i)],
        [sin(w) * sin(i), cos(w) * sin(i)],
    ])  # fmt: skip
    return to_space @ p, to_space @ v


def rows() -> list[truth.Figure]:
    world = Environment(mu=MU)
    figures = []
    for name, elements in ORBITS.items():
        ours = flying.states_at([86400.0], COAST, world, flying.start(*state(elements, 0.0)))[0]
        r, v = state(elements, 86400.0)
        figures.append(truth.Figure(f"{name}: distance after a day", float(np.linalg.norm(ours[:3] - r)), 0.0, 1e-3, "m"))
        figures.append(truth.Figure(f"{name}: velocity after a day", float(np.linalg.norm(ours[3:6] - v)), 0.0, 1e-6, "m/s"))
    return figures + fallen(world)


def fallen(world: Environment, radius=6371e3, high=432.7e3, low=99.7e3, slower=128.0) -> list[truth.Figure]:
    """Speed and flight-path angle at the end of the fall: 7916.6 m/s and -1.618 deg."""
    top, bottom = radius + high, radius + low
    speed = np.sqrt(MU / top) - slower
    end = np.sqrt(speed**2 + 2.0 * MU * (1.0 / bottom - 1.0 / top))
    angle = -np.degrees(np.arccos(top * speed / (bottom * end)))
    sphere = Environment(mu=MU, equatorial_radius=radius, flattening=0.0, rotation=0.0)
    fall = Leg("fall", tolerance=1e-13, duration=5000.0, stops=(Stop("altitude", low, -1),))
    y = fly_leg(fall, sphere, flying.start((top, 0.0, 0.0), (0.0, speed, 0.0)), np.zeros(1)).y[0]
    v = float(np.linalg.norm(y[3:6]))
    climb = float(np.degrees(np.arcsin(y[:3] @ y[3:6] / (np.linalg.norm(y[:3]) * v))))
    return [truth.Figure("after a burn of 128 m/s: speed at 99.7 km", v, float(end), 1e-6, "m/s"),
            truth.Figure("after a burn of 128 m/s: flight-path angle there", climb, float(angle), 1e-9, "deg")]  # fmt: skip
