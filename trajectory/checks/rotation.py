"""Rotation: a free body against Jacobi's functions, a tumbling brick against simulations of NASA's Engineering Safety Center.

Free body: 1e-9, what an integration at 1e-12 leaves in some ten turns. NESC cases 02 and 03: the truth is the median of five
NASA simulations, of which single ones lie 0.003 deg/s from it: 0.0002 deg/s, 0.001 deg; 0.002 deg/s where the air damps.
"""

from __future__ import annotations

import numpy as np

from trajectory import frames, leg, rotation
from trajectory.checks import nesc, truth

CASE = "rotation"
SOURCE = "Landau & Lifshitz 1976, section 37"
FREE = ((1.0, 2.0, 3.5), ((0.3, 0.2, 1.0), (1.0, 0.2, 0.3), (-0.3, 0.5, 1.0), (-1.0, -0.4, 0.1)), 60.0)  # kg m2, rad/s, s
SLUG_FT2 = 14.593903 * nesc.FOOT**2  # kg m2
BRICK = {
    "inertia": (0.001894220, 0.006211019, 0.007194665),  # slug ft2
    "mass": 0.155404754 * 14.593903,  # kg
    "area": 0.22222 * nesc.FOOT**2,  # m2
    "lengths": (nesc.FOOT / 3, 2 * nesc.FOOT / 3, nesc.FOOT / 3),  # m: of roll, pitch, yaw
}
RATES = np.radians([10.0, 20.0, 30.0])
TIMES = (10.0, 20.0, 30.0)


def rows() -> list[truth.Figure]:
    return [*free(), *brick("02"), *brick("03")]


def free() -> list[truth.Figure]:
    """The greatest distance of the rates from those in closed form, and of the angular momentum from its start."""
    moments, rates, until = FREE
    found = []
    for omega in rates:
        flown = rotation.fly(rotation.Craft(1.0, np.diag(moments)), nowhere, np.zeros(6), np.array([1.0, 0.0, 0.0, 0.0]),
                             np.array(omega), 0.0, until, tolerance=1e-12)  # fmt: skip
        exact = rotation.torque_free(moments, omega, flown.t)
        off = np.abs(flown.rates - exact).max()
        pairs = zip(flown.attitude, flown.rates, strict=True)
        held = np.array([rotation.matrix(q) @ (np.array(moments) * w) for q, w in pairs])
        words = ", ".join(f"{w:g}" for w in omega)
        found.append(truth.Figure(f"free body from {words} rad/s: rates", float(off), 0.0, 1e-9, "rad/s"))
        lost = float(np.abs(held - held[0]).max())
        found.append(truth.Figure(f"free body from {words} rad/s: angular momentum", lost, 0.0, 1e-9, "kg m2/s",
                                  "conservation of angular momentum"))  # fmt: skip
    return found


def nowhere(t, r, v):
    return np.zeros(3), np.array([1.0, 0.0, 0.0]), 0.0, 0.0, 1e6


def brick(case: str) -> list[truth.Figure]:
    """A brick dropped from 30 000 ft, tumbling; in case 03 the air damps it."""
    orientation, world = nesc.earth("06", truth.setup("nesc/nasa_nesc_setup.json"))
    damping = (-1.0, -1.0, -1.0) if case == "03" else (0.0, 0.0, 0.0)
    craft = rotation.Craft(BRICK["mass"], SLUG_FT2 * np.diag(BRICK["inertia"]), area=BRICK["area"], damping=damping,
                           damping_lengths=BRICK["lengths"])  # fmt: skip
    r = frames.from_geodetic(0.0, 0.0, 30000.0 * nesc.FOOT, 0.0, orientation)
    v = np.cross([0.0, 0.0, world.rotation], r)
    level = np.array([[0.0, 0.0, -1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])  # north, east, down as columns
    flown = rotation.fly(craft, leg.surroundings(world), np.concatenate([r, v]), rotation.quaternion(level), RATES, 0.0, 30.0,
                         step=5.0, tolerance=1e-11)  # fmt: skip
    data = truth.table("nesc/nasa_nesc_consensus_cases_02_03.csv")
    medians = {(row["quantity"], float(row["t_s"])): float(row["median"]) for row in data if row["case"] == case}
    found = []
    for time in TIMES:
        i = int(np.argmin(abs(flown.t - time)))
        ours = dict(zip(("Roll", "Pitch", "Yaw"), np.degrees(flown.rates[i]), strict=True))
        angles = euler(flown.attitude[i], flown.position[i], flown.t[i], orientation)
        for axis in ours:
            words, source = f"case {case}, {axis.lower()}", nesc.SOURCE
            median = medians[f"bodyAngularRateWrtEi_deg_s_{axis}", time]
            wide = 0.0002 if case == "02" else 0.002
            found.append(truth.Figure(f"{words} rate at {time:g} s", float(ours[axis]), median, wide, "deg/s", source))
            if case == "02":
                median = medians[f"eulerAngle_deg_{axis}", time]
                off = (angles[axis] - median + 180.0) % 360.0 - 180.0
                found.append(truth.Figure(f"{words} angle at {time:g} s", median + off, median, 0.001, "deg", source))
    return found


def euler(attitude, position, t: float, orientation) -> dict[str, float]:
    """Yaw, pitch and roll, deg, of body axes from north, east and down."""
    east, north, up = (x[0] for x in frames.local_horizon(position[None, :], np.array([t]), orientation))
    m = np.stack([north, east, -up]) @ rotation.matrix(attitude)
    return {
        "Yaw": float(np.degrees(np.arctan2(m[1, 0], m[0, 0]))), "Pitch": float(np.degrees(-np.arcsin(m[2, 0]))),
        "Roll": float(np.degrees(np.arctan2(m[2, 1], m[2, 2]))),
    }  # fmt: skip
