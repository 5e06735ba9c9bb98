"""Zonal gravity against Orekit 12.2 (Dormand-Prince 8(5,3)), run by the kshana project: 24 h of a low and a transfer orbit.

Inertial axes along the axis of the field: the case frame as it is. Tolerance: Orekit's own integration error,
0.14 m (LEO) and 0.45 m (GTO) against exact Kepler, hence 0.3 m and 1 m.
"""

from __future__ import annotations

import numpy as np

from trajectory.checks import flying, truth
from trajectory.leg import Environment, Leg

CASE = "orekit-zonal"
SOURCE = "Orekit 12.2 NumericalPropagator, run by the kshana project"
MU, RADIUS = 3.986004418e14, 6378137.0
ZONAL = {"T1": (), "T2": (1.08262668e-3,), "T3": (1.08262668e-3, -2.5327e-6, -1.6196e-6, -2.2730e-7, 5.4068e-7)}
WORDS = {"T1": "point mass", "T2": "J2", "T3": "J2 to J6"}
TOLERANCE = {"LEO": 0.3, "GTO": 1.0}  # m
COAST = Leg("coast", tolerance=1e-14, first_step=10.0)


def rows() -> list[truth.Figure]:
    data = truth.table("orekit_zonal/orekit12_zonal_states.csv")
    figures = []
    for tier, zonal in ZONAL.items():
        world = Environment(mu=MU, field_radius=RADIUS, zonal=zonal)
        for orbit, tolerance in TOLERANCE.items():
            own = [r for r in data if (r["tier"], r["orbit"]) == (tier, orbit)]
            t = np.array([float(r["t_s"]) for r in own])
            r = np.array([[float(x[k]) for k in ("x_m", "y_m", "z_m")] for x in own])
            v = np.array([[float(x[k]) for k in ("vx_m_s", "vy_m_s", "vz_m_s")] for x in own])
            ours = flying.states_at(t[1:], COAST, world, flying.start(r[0], v[0]))
            away = np.linalg.norm(ours[:, :3] - r[1:], axis=1)
            for hour in (1, 6, 12, 24):
                figures.append(truth.Figure(f"{orbit}, {WORDS[tier]}: distance after {hour} h", float(away[hour - 1]), 0.0,
                                            tolerance, "m"))  # fmt: skip
    return figures
