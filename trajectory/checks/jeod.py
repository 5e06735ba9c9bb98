"""Eight hours of low orbit against NASA's JEOD (SIM_dyncomp), the orbital check cases of NASA/TM-2015-218675.

Tolerances: point mass 1 mm and constant-density drag 1 cm, the same equations. 8x8 field: 0.3 m with GGM05S (C20 zero-tide,
as GGM02C there) and the Earth orientation of IAU 2006 against their IAU 1976/80; 4 m with EGM2008, whose tide-free C20
differs by 4.2e-9.
"""

from __future__ import annotations

import numpy as np

from trajectory import atmosphere, frames, gravity
from trajectory.checks import flying, truth
from trajectory.leg import Environment, Leg

CASE = "jeod"
SOURCE = "NASA JEOD, SIM_dyncomp; NASA/TM-2015-218675"
COAST = Leg("coast", tolerance=1e-14, first_step=10.0)
FIELDS = {"ggm05s-36": 0.3, "egm2008-36": 4.0}  # m


def published(run: str):
    """Times and states (n, 6) of a run."""
    own = [r for r in truth.table("jeod/nasa_jeod_orbit_states.csv") if r["run"] == run]
    keys = ("x_m", "y_m", "z_m", "vx_mps", "vy_mps", "vz_mps")
    return np.array([float(r["t_s"]) for r in own]), np.array([[float(r[k]) for k in keys] for r in own])


def given(setup: dict, which: str):
    start = setup["start"][which]
    return np.array(start["position_m"]), np.array(start["velocity_m_s"])


def rows() -> list[truth.Figure]:
    setup = truth.setup("jeod/nasa_jeod_setup.json")
    return [*point_mass(setup), *drag(setup), *harmonics(setup)]


def compared(what: str, t, ours, theirs, tolerance: float) -> list[truth.Figure]:
    away = np.linalg.norm(ours[:, :3] - theirs[:, :3], axis=1)
    slip = np.linalg.norm(ours[:, 3:6] - theirs[:, 3:], axis=1)
    out = []
    for i, at in enumerate(t):
        if at > 0:
            out.append(truth.Figure(f"{what}: distance at {at:.0f} s", float(away[i]), 0.0, tolerance, "m"))
            out.append(truth.Figure(f"{what}: velocity at {at:.0f} s", float(slip[i]), 0.0, tolerance * 1.2e-3, "m/s"))
    return out


def point_mass(setup):
    t, theirs = published("RUN_2")
    world = Environment(mu=setup["gravity"]["mu_m3_s2"])
    ours = flying.states_at(t, COAST, world, flying.start(*given(setup, "circular")))
    return compared("RUN_2, point mass", t, ours, theirs, 1e-3)


def drag(setup):
    """The air turns about the J2000 z axis, the case's own z: an Earth aligned with it."""
    t, theirs = published("RUN_6A")
    world = Environment(mu=setup["gravity"]["mu_m3_s2"], rotation=7.292115e-5, air=atmosphere.constant(1.4e-12))
    leg = Leg("coast", row={"cd": 0.02, "area": 1.0}, tolerance=1e-14, first_step=10.0)
    ours = flying.states_at(t, leg, world, flying.start(*given(setup, "elliptic"), mass=1.0))
    return compared("RUN_6A, constant-density drag", t, ours, theirs, 1e-2)


def harmonics(setup):
    t, theirs = published("RUN_3B")
    epoch = setup["epoch_utc"]
    ut1_minus_utc = setup["UT1_minus_TAI_s"] + setup["TAI_minus_UTC_s"]
    orientation = frames.orientation(epoch, frames.EarthOrientation(ut1_minus_utc, 0.0, 0.0, 0.0, 0.0, 0.0))
    r, v = frames.state_to_case(*given(setup, "circular"), "EME2000", epoch, orientation)
    out = []
    for name, tolerance in FIELDS.items():
        held = gravity.read_field(gravity.SHIPPED / f"{name}.gfc")
        world = Environment(mu=held.mu, field_radius=held.radius, degree=8, order=8, harmonics=held,
                            rotation=orientation.rotation_rate)  # fmt: skip
        ours = flying.states_at(t, COAST, world, flying.start(r, v))
        position, velocity = frames.state_from_case(ours[:, :3], ours[:, 3:6], "EME2000", t, orientation)
        out += compared(f"RUN_3B, 8x8 of {held.name}", t, np.hstack([position, velocity]), theirs, tolerance)
    return out
