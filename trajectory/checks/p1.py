"""The speed problem P1: 200 dispersed entries from a circular orbit through smooth air.

Reference: eighth order at a tolerance of 1e-13, itself good to about 0.2 m at most. End point 1 m, time 2 ms (0.4 m at the
end speed), heat load 1e-6. Its peaks were read at the ends of its steps and lie up to 0.43 % (heat flux) and 0.19 %
(drag) below the true ones, which our interpolant meets: 0.5 %.
"""

from __future__ import annotations

import numpy as np

from trajectory import atmosphere, catalogue, constants, frames, geodesy
from trajectory.checks import truth
from trajectory.leg import Environment, Leg, Stop, fly_leg

CASE = "p1"
SOURCE = "problem P1, polynomial density: eighth order at 1e-13"
MASS, AREA, NOSE, LIFT_TO_DRAG = 2900.0, 3.8, 2.2, 0.26
HEAT = 1.7415e-4  # kg^0.5/m, Sutton & Graves 1971
J2 = 1.08262668e-3
END = 10.7e3  # m
EPOCH = "2024-01-01T00:00:00"


def start() -> tuple[np.ndarray, np.ndarray]:
    """Circular, 420 km above the equatorial radius, inclination 51.64, node 100, argument of latitude 200 deg."""
    r = constants.EQUATORIAL_RADIUS + 420e3
    v = np.sqrt(constants.GRAVITATIONAL_PARAMETER / r)
    i, node, u = np.radians([51.64, 100.0, 200.0])
    p = np.array([np.cos(node), np.sin(node), 0.0])
    q = np.array([-np.sin(node) * np.cos(i), np.cos(node) * np.cos(i), np.sin(i)])
    return r * (np.cos(u) * p + np.sin(u) * q), v * (-np.sin(u) * p + np.cos(u) * q)


def world() -> Environment:
    air = catalogue.tomllib.loads((catalogue.shipped() / "atmospheres/p1.toml").read_text())
    half = 1e3 * float(air["half_height"].split()[0])
    return Environment(zonal=(J2,), air=atmosphere.polynomial(air["coefficients"], half, *air["variable_range"]))


def flown(data, tolerance: float = 1e-12):
    """LegResult of all rows of the reference."""
    factor, cd, delta_v, bank = (np.array([float(row[k]) for row in data]) for k in (
        "density_factor", "cd", "delta_v_m_s", "bank_deg"))  # fmt: skip
    r, v = start()
    y = np.zeros((len(data), 10))
    y[:, :3] = r
    y[:, 3:6] = v[None, :] * (1.0 - delta_v / np.linalg.norm(v))[:, None]
    y[:, 6] = MASS
    row = {"cd": cd, "cl": cd * LIFT_TO_DRAG, "area": AREA, "density_factor": factor, "bank": np.radians(bank),
           "heat_factor": HEAT / np.sqrt(NOSE)}  # fmt: skip
    leg = Leg("entry", lift=True, row=row, stops=(Stop("altitude", END, -1),), tolerance=tolerance, duration=1e5)
    return fly_leg(leg, world(), y, np.zeros(len(data)))


def rows() -> list[truth.Figure]:
    data = truth.table("p1/p1_reference_polynomial.csv")
    found = flown(data)
    theirs = {k: np.array([float(row[k]) for row in data]) for k in data[0]}
    latitude, longitude, altitude = frames.geodetic(found.y[:, :3], found.t, frames.aligned(EPOCH))
    away = geodesy.distance(latitude, longitude, np.radians(theirs["latitude_deg"]), np.radians(theirs["longitude_deg"]))
    drag = found.peaks[:, 0, 0] / np.hypot(1.0, LIFT_TO_DRAG)
    return [
        largest("distance of the end points", away, 1.0, "m"),
        largest("altitude of the end points", altitude - END, 1e-3, "m"),
        largest("time", found.t - theirs["time_s"], 2e-3, "s"),
        largest("heat load, fraction", found.y[:, 8] / theirs["heat_load_j_m2"] - 1.0, 1e-6, "1"),
        largest("peak heat flux, fraction", found.peaks[:, 1, 0] / theirs["peak_heat_flux_w_m2"] - 1.0, 5e-3, "1"),
        largest("peak drag, fraction", drag / theirs["peak_drag_deceleration_m_s2"] - 1.0, 5e-3, "1"),
    ]


def largest(what: str, miss, tolerance: float, unit: str) -> truth.Figure:
    at = int(np.argmax(np.abs(miss)))
    return truth.Figure(f"{what}: largest of {len(miss)} cases", float(miss[at]), 0.0, tolerance, unit)
