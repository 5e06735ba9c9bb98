"""A sphere dropped from 30 000 ft against the NASA Engineering and Safety Center's simulations, cases 01 and 04 to 08.

The truth is the median of six NASA simulations, which differ among themselves by more than we may: 0.05 ft,
0.005 ft/s, 1e-5 ft/s2. Density and Mach number: 1e-4 of the value, the spread of their atmospheres. The start is at
rest in the turning air.
"""

from __future__ import annotations

import numpy as np

from trajectory import atmosphere, frames, leg, wind
from trajectory.checks import flying, truth
from trajectory.leg import Environment, Leg

CASE = "nesc-falling-sphere"
SOURCE = "NASA NESC, NASA/TM-2015-218675"
FOOT = 0.3048  # m
SLUG_PER_FT3 = 14.593903 / FOOT**3  # kg/m3
TOLERANCES = {  # quantity: (unit, SI per unit, tolerance)
    "altitudeMsl_ft": ("ft", 0.05), "feVelocity_ft_s_X": ("ft/s", 0.005), "feVelocity_ft_s_Y": ("ft/s", 0.005),
    "feVelocity_ft_s_Z": ("ft/s", 0.005), "localGravity_ft_s2": ("ft/s2", 1e-5),
    "airDensity_slug_ft3": ("slug/ft3", 1.5e-7), "mach": ("1", 1e-4),
}  # fmt: skip
WORDS = {
    "altitudeMsl_ft": "altitude", "feVelocity_ft_s_X": "speed to the north", "feVelocity_ft_s_Y": "speed to the east",
    "feVelocity_ft_s_Z": "speed down", "localGravity_ft_s2": "gravitation", "airDensity_slug_ft3": "density", "mach": "Mach",
}  # fmt: skip
EPOCH = "2015-01-01T00:00:00"


def rows() -> list[truth.Figure]:
    setup = truth.setup("nesc/nasa_nesc_setup.json")
    data = truth.table("nesc/nasa_nesc_consensus_cases_01_04-08.csv")
    return [figure for case in ("01", "04", "05", "06", "07", "08") for figure in dropped(case, setup, data)]


def earth(case: str, setup: dict):
    """(orientation, Environment) of a case."""
    given = setup["earth"]
    round_ = case in ("04", "05")
    radius = given["round (04, 05)"]["radius_m"] if round_ else 6378137.0
    flattening = 0.0 if round_ else given["ellipsoid (01, 06, 07, 08)"]["f"]
    rotation = 0.0 if case == "04" else given["rotation_rad_s"]
    speeds = {"07": (20.0, 20.0), "08": (-20.0, 70.0)}.get(case)  # ft/s to the east at 0 and 30 000 ft
    blows = None
    if speeds is not None:
        heights = np.linspace(0.0, 30000.0 * FOOT, 7)
        east = np.linspace(*speeds, 7) * FOOT
        blows = wind.table(heights, east, np.zeros(7), f"case {case}")
    world = Environment(
        mu=given["mu_m3_s2"], field_radius=6378137.0, zonal=() if round_ else (given["J2"],),
        equatorial_radius=radius, flattening=flattening, rotation=rotation, air=atmosphere.us76(), wind=blows,
    )  # fmt: skip
    return frames.aligned(EPOCH, rotation, radius, flattening), world


def dropped(case: str, setup: dict, data) -> list[truth.Figure]:
    orientation, world = earth(case, setup)
    body = setup["vehicle"]
    row = {"cd": 0.0 if case == "01" else body["CD"], "area": body["reference_area_m2"]}
    fall = Leg("fall", row=row, tolerance=1e-12, first_step=0.01)
    r = frames.from_geodetic(0.0, 0.0, 30000.0 * FOOT, 0.0, orientation)
    v = np.cross([0.0, 0.0, world.rotation], r)
    times = np.array([10.0, 20.0, 30.0])
    y = flying.states_at(times, fall, world, flying.start(r, v, body["mass_kg"]))
    felt = leg.feel(fall, world, y, times, leg.row_values(fall, y, times))
    east, north, up = frames.local_horizon(y[:, :3], times, orientation)
    relative = frames.relative_velocity(y[:, :3], y[:, 3:6], orientation)
    pull = np.stack([felt[f"acceleration_{a}"] - felt[f"sensed_{a}"] for a in "xyz"], axis=1)
    ours = {
        "altitudeMsl_ft": felt["altitude"] / FOOT,
        "feVelocity_ft_s_X": np.sum(relative * north, axis=1) / FOOT,
        "feVelocity_ft_s_Y": np.sum(relative * east, axis=1) / FOOT,
        "feVelocity_ft_s_Z": -np.sum(relative * up, axis=1) / FOOT,
        "localGravity_ft_s2": np.linalg.norm(pull, axis=1) / FOOT,
        "airDensity_slug_ft3": felt["density"] / SLUG_PER_FT3,
        "mach": felt["mach"],
    }
    medians = {(r["quantity"], float(r["t_s"])): float(r["median"]) for r in data if r["case"] == case}
    return [
        truth.Figure(f"case {case}, {WORDS[q]} at {t:.0f} s", float(ours[q][i]), medians[q, t], tolerance, unit)
        for q, (unit, tolerance) in TOLERANCES.items()
        for i, t in enumerate(times)
    ]
