"""Peak deceleration of a ballistic entry: Allen & Eggers, NACA TR-1381 (1958), integrated numerically by the source.

A straight path through exponential air, no gravity. Gravity is off and the Earth is a sphere of 1e12 m. The vehicle falls
straight down and the air blows against it, so that its path through the air has the published angle: over the ground it
hardly moves, and the ground stays flat to 1e-6. Altitudes are rounded to 0.2 mm at such a radius, so the peak is
read from polynomials through 3200 states around it. Tolerances: 1e-6 of the deceleration, 0.01 m/s, 0.1 m.

The ratios that the paper is known for stand beside them, without the source's integration: the heat flux of a stagnation point,
which goes with the root of the density and the cube of the speed, is greatest at exp(-1/6) of the speed of entry, the
deceleration at exp(-1/2).
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial import Polynomial

from trajectory import atmosphere, leg, wind
from trajectory.checks import truth
from trajectory.leg import Environment, Leg, fly_leg

CASE = "allen-eggers"
SOURCE = "Allen & Eggers, NACA TR-1381 (1958)"
RADIUS = 1e12  # m
ABOVE = 20.0  # scale heights above the peak, where the flight starts


def rows() -> list[truth.Figure]:
    figures = []
    for row in truth.table("allen_eggers/allen_eggers_1958_numerical.csv"):
        speed, angle, beta, rho0, scale = (float(row[k]) for k in (
            "V_entry_m_s", "gamma_down_deg", "beta_kg_m2", "rho0_kg_m3", "scale_height_m"))  # fmt: skip
        a, v, h = peak(speed, np.radians(angle), beta, rho0, scale, float(row["h_at_peak_m"]))
        case = f"{speed:.0f} m/s, {angle:.0f} deg, {beta:.0f} kg/m2"
        published = float(row["a_peak_m_s2"])
        figures += [
            truth.Figure(f"{case}: deceleration", a, published, 1e-6 * published, "m/s2"),
            truth.Figure(f"{case}: speed at the peak", v, float(row["V_at_peak_m_s"]), 0.01, "m/s"),
            truth.Figure(f"{case}: altitude of the peak", h, float(row["h_at_peak_m"]), 0.1, "m"),
        ]
    return figures + ratios()


def ratios(speed=7000.0, beta=100.0, scale=7200.0, rho0=1.225) -> list[truth.Figure]:
    """Speed at the greatest heat flux and at the greatest deceleration over that of entry, falling straight down."""
    world = Environment(mu=0.0, equatorial_radius=RADIUS, flattening=0.0, rotation=0.0, air=atmosphere.exponential(rho0, scale))
    y = np.zeros((1, 10))
    y[0, 0], y[0, 3], y[0, 6] = RADIUS + 250e3, -speed, beta
    fall = Leg("fall", row={"cd": 1.0, "area": 1.0, "heat_factor": 1e-4}, tolerance=1e-10, first_step=0.1, duration=45.0)
    found = fly_leg(fall, world, y, np.zeros(1))
    load, heat = (float(-found.peaks[0, k, 5]) / speed for k in (0, 1))
    source = "Allen & Eggers, NACA TR-1381 (1958): exp(-1/2), exp(-1/6)"
    return [truth.Figure("speed at the greatest deceleration over that of entry", load, float(np.exp(-0.5)), 1e-3, "1", source),
            truth.Figure("speed at the greatest heat flux over that of entry", heat, float(np.exp(-1 / 6)), 1e-3, "1", source)]


def peak(speed, angle, beta, rho0, scale, height):
    """(deceleration, speed, altitude) of the greatest deceleration on our own flight."""
    blows = wind.constant(-speed * np.cos(angle), 0.0)
    world = Environment(mu=0.0, equatorial_radius=RADIUS, flattening=0.0, rotation=0.0,
                        air=atmosphere.exponential(rho0, scale), wind=blows)  # fmt: skip
    y = np.zeros((1, 10))
    y[0, 0] = RADIUS + height + ABOVE * scale
    y[0, 3] = -speed * np.sin(angle)
    y[0, 6] = beta
    time = 1.6 * ABOVE * scale / (speed * np.sin(angle))
    entry = Leg("entry", row={"cd": 1.0, "area": 1.0}, tolerance=1e-9, first_step=0.1, duration=time)
    pace = scale / (speed * np.exp(-0.5) * np.sin(angle))  # s, through a scale height at the peak
    found = fly_leg(entry, world, y, np.zeros(1), history_step=pace / 4000.0)
    kept = found.history[0, : int(found.history_count[0])]
    kept = kept[np.abs(kept[:, 0] - found.peaks[0, 0, 1]) < 0.4 * pace]
    felt = leg.feel(entry, world, kept[:, 1:], kept[:, 0], found.rows)
    x = (kept[:, 0] - kept[0, 0]) / pace
    load = Polynomial.fit(x, np.sqrt(sum(felt[f"sensed_{axis}"] ** 2 for axis in "xyz")), 9)
    at = min((r.real for r in load.deriv().roots() if abs(r.imag) < 1e-9), key=lambda r: abs(r - 0.4))
    fitted = (Polynomial.fit(x, felt[name], 9)(at) for name in ("speed", "altitude"))
    return float(load(at)), *map(float, fitted)
