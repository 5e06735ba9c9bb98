"""The compiled right-hand side against its plain twin: 1e-12 of each vector, on random states without zeros."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from trajectory import aero, atmosphere, constants, frames, gravity, leg, wind
from trajectory.leg import Environment, Leg

spec = importlib.util.spec_from_file_location("twin", Path(__file__).with_name("twin.py"))
twin = importlib.util.module_from_spec(spec)
spec.loader.exec_module(twin)

COUNT = 21  # two blocks of lanes and a part
TIME = 4321.987
FIELD = gravity.read_field(gravity.SHIPPED / "egm2008-36.gfc")
ZONAL = gravity.ZONAL
AIR = atmosphere.us76()
SERIES = gravity.altitude_series(constants.EQUATORIAL_RADIUS, constants.FLATTENING)
EXPONENTIAL = atmosphere.exponential(1.2, 7123.0)


def harmonics(degree, order):
    return {"mu": FIELD.mu, "field_radius": FIELD.radius, "degree": degree, "order": order, "harmonics": FIELD}


def blowing():
    heights = np.linspace(0.0, 120e3, 41)
    return wind.table(heights, 33.3 * np.sin(heights / 2.1e4) + 3.7, 21.7 * np.cos(heights / 1.7e4), "test")


def along_a_track():
    heights = atmosphere.knots(0.0, 6e5)
    waves = 0.1 * np.random.default_rng(5).normal(size=(1, 6)) * np.sin(heights / 9e4 + 0.3)[:, None]
    p, q = np.array([0.36, 0.48, 0.8]), np.array([-0.8, 0.6, 0.0])
    log_density, sound = np.log(1.2) - heights / 7.3e3, 340.0 - 1e-4 * heights
    return atmosphere.table(heights, log_density, sound, "test", harmonics=waves, plane=(p, q))


def table_of_coefficients():
    return aero.tabulate(lambda m, h: (1.3 + 0.2 * np.tanh(m - 3) + 1e-7 * h, 0.35 - 0.1 * np.tanh(m - 5) - 2e-7 * h))


SUN_MOON = frames.sun_moon_table(frames.orientation("2023-03-28T10:51:00Z"), -3600.0, 90000.0)
CASES = {
    "point mass": (Leg("a"), {}),
    "zonal": (Leg("a"), {"zonal": ZONAL}),
    "harmonics 8x8": (Leg("a"), harmonics(8, 8)),
    "harmonics 36x36": (Leg("a"), harmonics(36, 36)),
    "harmonics 20x7": (Leg("a"), harmonics(20, 7)),
    "harmonics cut in the air": (Leg("a", in_air=True), harmonics(20, 20) | {"air": AIR}),
    "Sun and Moon": (Leg("a"), {"zonal": ZONAL, "bodies": SUN_MOON}),
    "drag": (Leg("a"), {"zonal": ZONAL, "air": AIR}),
    "lift": (Leg("a", lift=True), {"zonal": ZONAL, "air": AIR}),
    "lift in wind": (Leg("a", lift=True), {"zonal": ZONAL, "air": AIR, "wind": blowing()}),
    "air along a track": (Leg("a", lift=True), {"zonal": ZONAL, "air": along_a_track()}),
    "tabulated coefficients": (Leg("a", lift=True, aero=table_of_coefficients()), {"air": EXPONENTIAL}),
    "parachute": (Leg("a", parachute=True), {"air": AIR, "wind": blowing()}),
    "thrust, inertial": (Leg("a", thrust=True, attitude="inertial"), {"zonal": ZONAL}),
    "thrust, lvlh": (Leg("a", thrust=True, attitude="lvlh"), {"zonal": ZONAL}),
    "thrust, velocity": (Leg("a", thrust=True, attitude="velocity"), {"zonal": ZONAL, "air": AIR}),
}


def states(seed, low, high):
    """(COUNT, 10) states between two altitudes, and their row values (COUNT, 22), none of them zero."""
    rng = np.random.default_rng(seed)
    y = rng.uniform(1.0, 2.0, (COUNT, 10))
    place = rng.normal(size=(COUNT, 3))
    place /= np.linalg.norm(place, axis=1, keepdims=True)
    y[:, :3] = place * (6.37e6 + rng.uniform(low, high, (COUNT, 1)))
    y[:, 3:6] = rng.normal(size=(COUNT, 3)) * 4000.0
    y[:, 6] = rng.uniform(2000.0, 7000.0, COUNT)
    values = {
        "cd": rng.uniform(1.0, 2.0, COUNT), "cl": rng.uniform(0.2, 0.5, COUNT), "area": rng.uniform(2.0, 5.0, COUNT),
        "density_factor": rng.uniform(0.8, 1.2, COUNT), "wind_factor": rng.uniform(0.5, 1.5, COUNT),
        "bank": rng.uniform(-3.0, 3.0, COUNT), "bank_rate": rng.uniform(-0.2, 0.2, COUNT),
        "thrust": rng.uniform(1000.0, 4000.0, COUNT), "thrust_rate": rng.uniform(10.0, 50.0, COUNT),
        "exhaust_speed": rng.uniform(2500.0, 3300.0, COUNT), "heat_factor": rng.uniform(1e-4, 2e-4, COUNT),
        "drag_area_from": rng.uniform(1.0, 20.0, COUNT), "drag_area_to": rng.uniform(30.0, 900.0, COUNT),
        "fill_time": rng.uniform(5.0, 9.0, COUNT),
    }  # fmt: skip
    aim = rng.normal(size=(COUNT, 3))
    for i, axis in enumerate("xyz"):
        values[f"direction_{axis}"] = (aim / np.linalg.norm(aim, axis=1, keepdims=True))[:, i]
    rows = np.zeros((COUNT, len(leg.ROW)))
    for name, value in values.items():
        rows[:, leg.ROW.index(name)] = value
    rows[:, leg.ROW.index("start")] = TIME - rng.uniform(1.0, 6.0, COUNT)
    return y, rows


@pytest.mark.parametrize("name", CASES)
def test_right_hand_side(name):
    on, changes = CASES[name]
    world = Environment(**changes)
    harmonic = FIELD if world.degree else None
    low, high = (2.0e4, 1.2e5) if world.air is not None else (1.5e5, 9e5)
    y, rows = states(len(name), low, high)
    t = np.full(COUNT, TIME)
    ours = leg.feel(on, world, y, t, rows)
    for i in range(COUNT):
        row = dict(zip(leg.ROW, rows[i], strict=True))
        theirs = twin.feel(on, world, harmonic, y[i], TIME, row, SERIES)
        for vector in ("sensed", "acceleration"):
            compiled = np.array([ours[f"{vector}_{axis}"][i] for axis in "xyz"])
            size = np.linalg.norm(theirs[vector])
            assert np.linalg.norm(compiled - theirs[vector]) <= 1e-12 * size, (vector, i)
        if world.air is not None:
            assert abs(ours["altitude"][i] - theirs["altitude"]) < 2e-8
            assert abs(ours["altitude"][i] - theirs["exact_altitude"]) < 1e-6  # what the series promises
            assert theirs["tilt"] < 2e-12  # rad: of the vertical that the wind is laid on
            for scalar in ("density", "speed", "dynamic_pressure", "mach", "heat_flux", "drag_coefficient", "lift_coefficient"):
                assert ours[scalar][i] == pytest.approx(theirs[scalar], rel=1e-12), scalar


def test_a_changed_constant_is_seen():
    """One per cent of J2, of the lift or of the wind moves the comparison beyond its tolerance by far."""
    on, changes = CASES["lift in wind"]
    y, rows = states(3, 2e4, 1.2e5)
    world = Environment(**changes)
    ours = leg.feel(on, world, y, np.full(COUNT, TIME), rows)["acceleration_x"][0]
    row = dict(zip(leg.ROW, rows[0], strict=True))
    for name in ("cl", "wind_factor", "density_factor", "bank"):
        other = twin.feel(on, world, None, y[0], TIME, row | {name: 1.01 * row[name]}, SERIES)["acceleration"][0]
        assert abs(other / ours - 1.0) > 1e-9, name


@pytest.mark.parametrize("attitude", ["inertial", "lvlh", "velocity"])
def test_mass_flow(attitude):
    """Thrust that grows burns the integral of thrust over exhaust speed."""
    on = Leg("a", thrust=True, attitude=attitude, aim=(0.6, 0.0, 0.8), duration=20.0,
             row={"thrust": 500.0, "thrust_rate": 30.0, "exhaust_speed": 3000.0})  # fmt: skip
    y, _ = states(9, 2e5, 5e5)
    end = leg.fly_leg(on, Environment(), y, np.zeros(COUNT)).y
    assert end[:, 6] == pytest.approx(y[:, 6] - (500.0 * 20.0 + 15.0 * 400.0) / 3000.0, rel=1e-13)
