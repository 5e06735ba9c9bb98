"""What P3 is: 1,000 orbits for 24 h under two gravity fields, with drag.

Semi-major axis a + 420 +- 10 km, e < 0.001, inclination 51.64 deg, the other angles uniform, seed 1; C_D A/m 0.01 m2/kg;
density exponential in the geodetic altitude, turning with the Earth. Fields: `zonal`, J2 to J4, and `8x8`, EGM2008 as shipped.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from trajectory import constants, gravity

RADIUS, FLATTENING, RATE = constants.EQUATORIAL_RADIUS, constants.FLATTENING, constants.ROTATION_RATE
DAY = 86400.0  # s
ORBITS, KEPT = 1000, 100
DRAG = 0.01  # m2/kg, C_D A/m
SCALE_HEIGHT = 58.515e3  # m, and the density at 400 km: Vallado 2013, table 8-4
GROUND_DENSITY = 3.725e-12 * np.exp(400e3 / SCALE_HEIGHT)  # kg/m3, of the exponential drawn down to 0 m
FIELDS = ("zonal", "8x8")
DEGREE = 8
REFERENCE = Path(__file__).parent / "data" / "orbit_reference.npz"


@dataclass(frozen=True, eq=False)
class Field:
    mu: float  # m3/s2
    radius: float  # m
    cosine: np.ndarray  # (degree + 1, degree + 1) fully normalised
    sine: np.ndarray


@lru_cache(maxsize=2)
def field(name: str) -> Field:
    if name == "8x8":
        held = gravity.read_field(gravity.SHIPPED / "egm2008-36.gfc")
        return Field(held.mu, held.radius, held.cosine[: DEGREE + 1, : DEGREE + 1], held.sine[: DEGREE + 1, : DEGREE + 1])
    cosine = np.zeros((5, 5))
    cosine[0, 0] = 1.0
    for n, j in zip((2, 3, 4), (constants.J2, constants.J3, constants.J4), strict=True):
        cosine[n, 0] = -j / np.sqrt(2 * n + 1)
    return Field(constants.GRAVITATIONAL_PARAMETER, RADIUS, cosine, np.zeros((5, 5)))


@lru_cache(maxsize=1)
def starts() -> np.ndarray:
    """(1000, 6) m, m/s, inertial, aligned with the Earth-fixed frame at the start."""
    random = np.random.default_rng(1)
    a = RADIUS + random.uniform(410e3, 430e3, ORBITS)
    e = random.uniform(0.0, 0.001, ORBITS)
    node, perigee, anomaly = random.uniform(0.0, 2 * np.pi, (3, ORBITS))
    i = np.radians(51.64)
    mu = constants.GRAVITATIONAL_PARAMETER
    u, p = perigee + anomaly, a * (1 - e * e)
    one = np.stack([np.cos(node), np.sin(node), 0 * node], axis=1)
    two = np.stack([-np.sin(node) * np.cos(i), np.cos(node) * np.cos(i), np.sin(i) + 0 * node], axis=1)

    def along(x, y):
        return x[:, None] * one + y[:, None] * two

    r = p / (1 + e * np.cos(anomaly))
    v = np.sqrt(mu / p)
    position = along(r * np.cos(u), r * np.sin(u))
    velocity = along(-v * (np.sin(u) + e * np.sin(perigee)), v * (np.cos(u) + e * np.cos(perigee)))
    return np.hstack([position, velocity])


def reference(name: str) -> np.ndarray:
    """(100, 6) states of the first orbits after a day, by make_orbit_reference.py."""
    with np.load(REFERENCE) as kept:
        return kept[name]


def worst(states: np.ndarray, name: str) -> float:
    """Largest distance in m from the reference of states (n, 3 or more) of the first n orbits."""
    n = min(len(states), KEPT)
    return float(np.linalg.norm(states[:n, :3] - reference(name)[:n, :3], axis=1).max())
