"""Identities that any right flight keeps: conserved quantities, symmetries, secular rates, the order of the integrator."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trajectory import atmosphere, constants, frames, gravity, leg, wind
from trajectory.checks import flying, kepler, p1
from trajectory.leg import Environment, Leg, Stop, fly_leg

spec = importlib.util.spec_from_file_location("twin", Path(__file__).parents[1] / "kernels/twin.py")
twin = importlib.util.module_from_spec(spec)
spec.loader.exec_module(twin)

MU, RADIUS = constants.GRAVITATIONAL_PARAMETER, constants.EQUATORIAL_RADIUS
LOW = kepler.ORBITS["low orbit"]
ROUND = {"equatorial_radius": RADIUS, "flattening": 0.0, "rotation": 0.0}
ENTRY = {"cd": 1.3, "cl": 0.35, "area": 3.8}


def low_orbit():
    return flying.start(*kepler.state(LOW, 0.0))


# --- what is conserved


def test_energy_in_a_zonal_field():
    """Energy with the potential of J2...J6, over a day: 1e-13 of it, the rounding of 500 steps."""
    zonal = gravity.ZONAL
    y = flying.states_at([0.0, 21600.0, 86400.0], kepler.COAST, Environment(zonal=zonal), low_orbit())

    def energy(state):
        r, sine = np.linalg.norm(state[:3]), state[2] / np.linalg.norm(state[:3])
        series = 1.0 - sum(j * (RADIUS / r) ** n * twin.legendre.Legendre.basis(n)(sine) for n, j in enumerate(zonal, 2))
        return 0.5 * state[3:6] @ state[3:6] - MU / r * series

    e = [energy(state) for state in y]
    assert e[1] == pytest.approx(e[0], rel=1e-13) and e[2] == pytest.approx(e[0], rel=1e-13)
    turning = np.cross(y[:, :3], y[:, 3:6])[:, 2]  # about the axis of the field
    assert turning[2] == pytest.approx(turning[0], rel=1e-13)


@pytest.mark.parametrize("degree", [8, 20])
def test_jacobi_constant_in_a_turning_field(degree):
    """Energy less the Earth's rate times the momentum about its axis (Montenbruck & Gill 2000, section 3.2)."""
    field = gravity.read_field(gravity.SHIPPED / "egm2008-36.gfc")
    world = Environment(mu=field.mu, field_radius=field.radius, degree=degree, order=degree, harmonics=field)
    times = np.array([0.0, 21600.0, 86400.0])
    y = flying.states_at(times, kepler.COAST, world, low_orbit())

    def jacobi(state, t):
        fixed = twin.turn(world.rotation * t, state[:3])
        turning = world.rotation * np.cross(state[:3], state[3:6])[2]
        return 0.5 * state[3:6] @ state[3:6] - twin.harmonic_potential(fixed, field, degree, degree) - turning

    c = [jacobi(state, t) for state, t in zip(y, times, strict=True)]
    print([x / c[0] - 1 for x in c])
    assert c[1] == pytest.approx(c[0], rel=1e-12) and c[2] == pytest.approx(c[0], rel=1e-12)


def test_energy_is_not_conserved_there():
    """The Jacobi constant is no idle test: energy alone moves by more than 1e-8 in the turning field."""
    field = gravity.read_field(gravity.SHIPPED / "egm2008-36.gfc")
    world = Environment(mu=field.mu, field_radius=field.radius, degree=8, order=8, harmonics=field)
    y = flying.states_at([0.0, 21600.0], kepler.COAST, world, low_orbit())
    energy = [
        0.5 * s[3:6] @ s[3:6] - twin.harmonic_potential(twin.turn(world.rotation * t, s[:3]), field, 8, 8)
        for s, t in zip(y, (0.0, 21600.0), strict=True)
    ]
    assert abs(energy[1] / energy[0] - 1.0) > 1e-8


def test_nodal_rate_of_j2():
    """-1.5 n J2 (R/p)^2 cos i (Vallado 2013, eq. 9-41) with mean elements. First order in J2: 0.2 %."""
    times = np.arange(0.0, 15 * 5560.0, 20.0)
    y = flying.states_at(times, kepler.COAST, Environment(zonal=(constants.J2,)), low_orbit())
    r, v = y[:, :3], y[:, 3:6]
    h = np.cross(r, v)
    node = np.unwrap(np.arctan2(h[:, 0], -h[:, 1]))
    size = np.linalg.norm(h, axis=1)
    p = np.mean(size**2 / MU)
    cosine = np.mean(h[:, 2] / size)
    a = np.mean(1.0 / (2.0 / np.linalg.norm(r, axis=1) - np.sum(v * v, axis=1) / MU))
    rate = np.polyfit(times, node, 1)[0]
    expected = -1.5 * np.sqrt(MU / a**3) * constants.J2 * (RADIUS / p) ** 2 * cosine
    print(f"{rate:.6e} against {expected:.6e} rad/s")
    assert rate == pytest.approx(expected, rel=2e-3)


# --- symmetries of the entry


def equatorial_entry(bank, **world):
    """Flown from 120 km over a round Earth that does not turn, along the equator, to 10.7 km."""
    y = np.zeros((1, 10))
    y[0, 0], y[0, 6] = RADIUS + 120e3, 2900.0
    y[0, 3], y[0, 4] = -7800.0 * np.sin(np.radians(1.5)), 7800.0 * np.cos(np.radians(1.5))
    down = Leg("entry", lift=True, row=ENTRY | {"bank": bank}, stops=(Stop("altitude", 10.7e3, -1),), tolerance=1e-12,
               duration=1e4)  # fmt: skip
    return fly_leg(down, Environment(**ROUND, air=atmosphere.us76(), **world), y, np.zeros(1))


def test_left_and_right_bank_mirror_each_other():
    """Bit for bit in the equatorial plane, but for the sign; positive bank goes right, which is south on the way east."""
    right, left = equatorial_entry(np.radians(60.0)), equatorial_entry(np.radians(-60.0))
    mirror = np.array([1, 1, -1, 1, 1, -1, 1, 1, 1, 1])
    assert right.t[0] == left.t[0]
    assert (right.y[0] == left.y[0] * mirror).all()
    assert right.y[0, 2] < -50e3


def test_no_lift_no_crossrange():
    """A ballistic path over an Earth that does not turn stays in its plane."""
    y = flying.start(*kepler.state(LOW, 0.0), mass=2900.0)
    y[0, 3:6] *= 0.97
    normal = np.cross(y[0, :3], y[0, 3:6])
    normal /= np.linalg.norm(normal)
    down = Leg("entry", row=ENTRY, stops=(Stop("altitude", 10.7e3, -1),), tolerance=1e-12, duration=1e5)
    end = fly_leg(down, Environment(**ROUND, air=atmosphere.us76()), y, np.zeros(1)).y[0]
    assert abs(end[:3] @ normal) < 1e-6  # m


def test_turning_air_drags_along():
    """The same path over the turning Earth is carried east: the air takes it along."""
    still, turning = equatorial_entry(0.0), None
    moving = {**ROUND, "rotation": constants.ROTATION_RATE}
    y = still.start
    down = Leg("entry", lift=True, row=ENTRY, stops=(Stop("altitude", 10.7e3, -1),), tolerance=1e-12, duration=1e4)
    turning = fly_leg(down, Environment(**moving, air=atmosphere.us76()), y, np.zeros(1))
    speed = np.linalg.norm(turning.y[0, 3:6] - np.cross([0, 0, constants.ROTATION_RATE], turning.y[0, :3]))
    assert speed == pytest.approx(np.linalg.norm(still.y[0, 3:6]), rel=0.01)


# --- under the canopy


def canopy(quasi_steady, world, air_speed=7.0):
    """Position, time and speed at 400 m under 900 m2 of drag area, from a settled descent at 5 km."""
    orientation = frames.aligned("2024-01-01T00:00:00")
    r = frames.from_geodetic(np.radians(47.3), np.radians(69.6), 5000.0, 0.0, orientation)
    up = frames.local_horizon(r, 0.0, orientation)[2]
    v = np.cross([0.0, 0.0, world.rotation], r) - air_speed * up
    row = {"cd": 0.0, "area": 3.8, "drag_area_from": 900.0, "drag_area_to": 900.0}
    settle = Leg("settle", row=row, parachute=True, duration=20.0, tolerance=1e-12, first_step=0.01)
    settled = fly_leg(settle, world, flying.start(r, v, 2900.0), np.zeros(1))
    sink = Leg("sink", row=row, parachute=True, quasi_steady=quasi_steady, stops=(Stop("altitude", 400.0, -1),),
               duration=1e4, first_step=0.1, tolerance=1e-10, longest_step=200.0)  # fmt: skip
    found = fly_leg(sink, world, settled.y, settled.t)
    return found


@pytest.mark.parametrize("blows", [False, True])
def test_balanced_speed_against_the_full_equation(blows):
    """Twelve minutes under the canopy, in calm and in sheared wind: 1 m and 0.01 s."""
    heights = np.linspace(0.0, 12e3, 41)
    speeds = wind.table(heights, 5.0 + 20.0 * heights / 12e3, -3.0 + 4.0 * np.sin(heights / 3e3), "sheared")
    world = Environment(zonal=(constants.J2,), air=atmosphere.us76(), wind=speeds if blows else None)
    full, quick = canopy(False, world), canopy(True, world)
    away = np.linalg.norm(full.y[0, :3] - quick.y[0, :3])
    print(f"{away:.3f} m, {quick.t[0] - full.t[0]:+.4f} s in {full.t[0]:.0f} s; steps {full.steps[0]} and {quick.steps[0]}")
    assert away < 1.0
    assert abs(quick.t[0] - full.t[0]) < 0.01
    assert np.linalg.norm(full.y[0, 3:6] - quick.y[0, 3:6]) < 0.01
    assert quick.steps[0] < 0.1 * full.steps[0]


def test_drift_goes_downwind():
    """A wind toward the north-east of 10 m/s carries the canopy that way, as far as it blows, within 2 %."""
    heights = np.linspace(0.0, 12e3, 5)
    blowing = wind.table(heights, np.full(5, 8.0), np.full(5, 6.0), "steady")
    world = Environment(zonal=(constants.J2,), air=atmosphere.us76())
    orientation = frames.aligned("2024-01-01T00:00:00")
    calm, windy = canopy(True, world), canopy(True, replace(world, wind=blowing))
    place = [frames.geodetic(f.y[0, :3], f.t[0], orientation) for f in (calm, windy)]
    north = (place[1][0] - place[0][0]) * 6.37e6
    east = (place[1][1] - place[0][1]) * 6.38e6 * np.cos(place[0][0])
    assert east == pytest.approx(8.0 * windy.t[0], rel=0.02)
    assert north == pytest.approx(6.0 * windy.t[0], rel=0.02)


# --- the integrator


def fixed_steps(step: float) -> float:
    """Distance from Kepler's orbit after six hours at a constant step (a loose tolerance that never rejects)."""
    coast = Leg("coast", tolerance=1.0, first_step=step, longest_step=step)
    y = flying.states_at([21600.0], coast, Environment(), low_orbit())[0]
    return float(np.linalg.norm(y[:3] - kepler.state(LOW, 21600.0)[0]))


@pytest.mark.parametrize("step", [300.0, 240.0, 200.0])
def test_order_of_the_integrator(step):
    """Halving the step divides the error by 2^8 in the limit (Dormand & Prince 8(5,3)). Above 300 s higher orders still
    count, below 90 s rounding does."""
    errors = fixed_steps(step), fixed_steps(step / 2)
    order = np.log2(errors[0] / errors[1])
    print(f"{step} s: errors {errors}, order {order:.2f}")
    assert 7.5 < order < 8.5


def test_error_follows_the_tolerance():
    """P1 by tolerance: each hundredth leaves at most a tenth of the error; at 1e-9 below 1 m."""
    data = p1.truth.table("p1/p1_reference_polynomial.csv")[:16]
    exact = p1.flown(data, 1e-13).y[:, :3]
    errors = [np.linalg.norm(p1.flown(data, t).y[:, :3] - exact, axis=1).max() for t in (1e-7, 1e-9, 1e-11)]
    print(errors)
    assert errors[1] < 0.1 * errors[0] and errors[2] < 0.1 * errors[1]
    assert errors[1] < 1.0


def test_neighbours_do_not_matter():
    """A flight alone and among others: the same bits."""
    data = p1.truth.table("p1/p1_reference_polynomial.csv")[:19]
    together = p1.flown(data)
    for i in (0, 7, 18):
        alone = p1.flown(data[i : i + 1])
        assert (alone.y[0] == together.y[i]).all() and alone.t[0] == together.t[i]
    assert leg.kernel_name()
