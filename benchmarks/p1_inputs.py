"""What P1 and P2 are: the start, the vehicle, the air, the dispersed inputs and the reference answers.

P1 is one entry from a circular orbit through 420 km, after an impulse against the motion, down to 10.7 km. P2 is its
Monte Carlo. Point mass and J2, an Earth that turns about z, constant coefficients and bank. The density comes twice:
`table` (its logarithm linear between nodes of 1 km) and `smooth` (its logarithm a polynomial); two problems, two answers.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
MU, RADIUS, J2, RATE = 3.986004418e14, 6378137.0, 1.08262668e-3, 7.292115e-5
FLATTENING = 1.0 / 298.257223563
MASS, AREA, NOSE, LIFT_TO_DRAG = 2900.0, 3.8, 2.2, 0.26
HEAT = 1.7415e-4 / np.sqrt(NOSE)  # Sutton & Graves 1971, SI
END = 10.7e3  # m, geodetic
SPEED = 7905.0  # m/s: what the tolerance of a velocity is relative to, as RADIUS for a position
SAMPLES = 10_000


@dataclass(frozen=True, eq=False)
class Inputs:
    """Dispersed inputs, each (n,)."""

    density_factor: np.ndarray
    cd: np.ndarray
    delta_v: np.ndarray  # m/s
    bank: np.ndarray  # rad

    def __len__(self) -> int:
        return len(self.cd)

    def part(self, rows: slice) -> Inputs:
        return Inputs(self.density_factor[rows], self.cd[rows], self.delta_v[rows], self.bank[rows])


@dataclass(frozen=True, eq=False)
class Ends:
    """Where flights ended: time (n,) in s, position (n, 3) in m, inertial."""

    time: np.ndarray
    position: np.ndarray


def start() -> np.ndarray:
    """(6,) m, m/s before the impulse: circular, inclination 51.64, node 100, argument of latitude 200 deg."""
    r = RADIUS + 420e3
    v = np.sqrt(MU / r)
    i, node, u = np.radians([51.64, 100.0, 200.0])
    p = np.array([np.cos(node), np.sin(node), 0.0])
    q = np.array([-np.sin(node) * np.cos(i), np.cos(node) * np.cos(i), np.sin(i)])
    return np.concatenate([r * (np.cos(u) * p + np.sin(u) * q), v * (-np.sin(u) * p + np.cos(u) * q)])


def starts(inputs: Inputs) -> np.ndarray:
    """(n, 6) after the impulse."""
    y = np.tile(start(), (len(inputs), 1))
    y[:, 3:] *= (1.0 - inputs.delta_v / np.linalg.norm(y[0, 3:]))[:, None]
    return y


def dispersed(n: int = SAMPLES, seed: int = 1) -> Inputs:
    """P2: independent normal draws."""
    z = np.random.default_rng(seed).standard_normal((n, 4))
    return Inputs(np.exp(0.10 * z[:, 0]), 1.3 * (1 + 0.05 * z[:, 1]), 128 + 0.8 * z[:, 2], np.radians(60 + 5 * z[:, 3]))


@lru_cache(maxsize=1)
def density_table() -> tuple[float, float, np.ndarray]:
    """(lowest node m, spacing m, ln of kg/m3 at the nodes)."""
    rows = np.loadtxt(HERE / "data" / "p1_density_table.csv", delimiter=",", skiprows=1)
    spacing = 1e3 * (rows[1, 0] - rows[0, 0])
    assert np.allclose(np.diff(rows[:, 0]) * 1e3, spacing)
    return 1e3 * rows[0, 0], spacing, np.ascontiguousarray(rows[:, 1])


@lru_cache(maxsize=1)
def density_polynomial() -> tuple[float, float, float, np.ndarray]:
    """(half height m, lower, upper, coefficients): ln rho = sum c x^i, x = (2 s - lower - upper)/(upper - lower),
    s = h/(h + half height)."""
    from trajectory import catalogue

    air = catalogue.tomllib.loads((catalogue.shipped() / "atmospheres/p1.toml").read_text())
    return 1e3 * float(air["half_height"].split()[0]), *air["variable_range"], np.array(air["coefficients"])


@lru_cache(maxsize=2)
def reference(density: str) -> tuple[Inputs, np.ndarray]:
    """(inputs, latitude and longitude in rad (200, 2)) of the reference cases."""
    if density == "table":
        text = (HERE / "data" / "p1_reference_table.csv").read_text()
    else:
        from trajectory.checks import truth

        text = truth.text("p1/p1_reference_polynomial.csv")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    column = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    inputs = Inputs(column["density_factor"], column["cd"], column["delta_v_m_s"], np.radians(column["bank_deg"]))
    return inputs, np.radians(np.stack([column["latitude_deg"], column["longitude_deg"]], axis=1))


def distances(ends: Ends, density: str) -> np.ndarray:
    """(n,) m from the first n reference points over the ground; NaN where a flight has no end, or one off the altitude."""
    latitude, longitude, altitude = geodetic(ends.position, ends.time)
    truth = reference(density)[1][: len(ends.time)]
    e2 = FLATTENING * (2 - FLATTENING)
    w = np.sqrt(1 - e2 * np.sin(latitude) ** 2)
    north = (latitude - truth[:, 0]) * RADIUS * (1 - e2) / w**3
    east = np.angle(np.exp(1j * (longitude - truth[:, 1]))) * RADIUS / w * np.cos(latitude)
    return np.where(np.abs(altitude - END) < 0.1, np.hypot(north, east), np.nan)


def geodetic(position: np.ndarray, time: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Latitude, longitude (rad), altitude (m) of inertial positions (n, 3); Bowring 1985 (Survey Review 28, 202), twice."""
    x, y, z = position.T
    p, b = np.hypot(x, y), RADIUS * (1 - FLATTENING)
    e2 = FLATTENING * (2 - FLATTENING)
    beta = np.arctan2(z * RADIUS, p * b)
    for _ in range(3):
        latitude = np.arctan2(z + e2 / (1 - e2) * b * np.sin(beta) ** 3, p - e2 * RADIUS * np.cos(beta) ** 3)
        beta = np.arctan2((1 - FLATTENING) * np.sin(latitude), np.cos(latitude))
    altitude = p * np.cos(latitude) + z * np.sin(latitude) - RADIUS * np.sqrt(1 - e2 * np.sin(latitude) ** 2)
    return latitude, np.arctan2(y, x) - RATE * time, altitude
