"""Radau's method of 15th order against Kepler, and against the pair of eighth order at a tolerance far tighter."""

from dataclasses import replace

import numpy as np
import pytest

from trajectory import atmosphere, constants, gravity
from trajectory.leg import Computer, Environment, Leg, Stop, fly_leg

MU, RADIUS = constants.GRAVITATIONAL_PARAMETER, constants.EQUATORIAL_RADIUS
DAY = 86400.0
ROW = {"cd": 2.2, "area": 10.0}


def world(degree: int) -> Environment:
    """Zonal terms for 0, else harmonics; with air."""
    air = atmosphere.us76()
    if degree == 0:
        return Environment(zonal=gravity.ZONAL, air=air)
    field = gravity.read_field(gravity.SHIPPED / "egm2008-36.gfc")
    return Environment(mu=field.mu, field_radius=field.radius, degree=degree, order=degree, harmonics=field, air=air)


def ellipses(perigee: float, apogee: float, n: int = 12) -> np.ndarray:
    """(n, 10) states at perigee, each in a plane of its own."""
    tilt, turn = np.linspace(0.2, 1.5, n), np.linspace(0.0, 5.0, n)
    r = RADIUS + perigee
    v = np.sqrt(MU * (2 / r - 2 / (2 * RADIUS + perigee + apogee)))
    y = np.zeros((n, 10))
    y[:, 0], y[:, 1] = r * np.cos(turn), r * np.sin(turn)
    y[:, 3], y[:, 4] = -v * np.sin(turn) * np.cos(tilt), v * np.cos(turn) * np.cos(tilt)
    y[:, 5], y[:, 6] = v * np.sin(tilt), 7000.0
    return y


def flown(world_, y, tolerance, method="radau", **more):
    leg = Leg("orbit", row=ROW, tolerance=tolerance, method=method, **{"duration": DAY, **more})
    return fly_leg(leg, world_, y, np.zeros(len(y)), peaks=False)


@pytest.mark.parametrize("apogee", [201e3, 2000e3, 35786e3])
def test_an_ellipse_closes(apogee):
    """After a period of two bodies a flight is where it began (Kepler's third law)."""
    y = ellipses(200e3, apogee)
    period = 2 * np.pi * np.sqrt((RADIUS + (200e3 + apogee) / 2) ** 3 / MU)
    end = fly_leg(Leg("orbit", duration=period, tolerance=1e-10, method="radau"), Environment(zonal=()), y, np.zeros(len(y)))
    assert np.linalg.norm(end.y[:, :3] - y[:, :3], axis=1).max() < 1e-3  # m
    assert np.linalg.norm(end.y[:, 3:6] - y[:, 3:6], axis=1).max() < 1e-6


@pytest.mark.parametrize(("degree", "perigee", "apogee", "within"), [
    (0, 420e3, 425e3, 0.01), (0, 300e3, 2000e3, 0.1), (0, 250e3, 35786e3, 0.02), (8, 420e3, 425e3, 0.01),
    (20, 420e3, 425e3, 0.01), (20, 300e3, 2000e3, 0.1),
])  # fmt: skip
def test_a_day_in_orbit(degree, perigee, apogee, within):
    """At the tolerance of coasts within centimetres, at a hundred times that within metres. Where the perigee dips into the air
    the table's third derivatives jump, and what it is compared with is itself known to 6 cm."""
    there, y = world(degree), ellipses(perigee, apogee)
    true = flown(there, y, 1e-13, "dop853").y[:, :3]
    away = [np.linalg.norm(flown(there, y, tolerance).y[:, :3] - true, axis=1).max() for tolerance in (1e-6, 1e-8, 1e-10)]
    assert away[2] < within and away[1] < 100 * within and away[0] < 500.0


def test_what_is_read_between_the_steps_lies_on_the_orbit():
    """Steps are a sixth of a revolution, the history is read every minute."""
    there, y = world(8), ellipses(420e3, 425e3, 3)
    leg = Leg("orbit", row=ROW, duration=20000.0, tolerance=1e-10, method="radau")
    found = fly_leg(leg, there, y, np.zeros(3), history_step=60.0)
    fine = replace(leg, method="dop853", tolerance=1e-13, longest_step=60.0)
    true = fly_leg(fine, there, y, np.zeros(3), history_step=60.0)
    assert found.steps.max() < 60
    away = found.history[:, :334] - true.history[:, :334]
    assert (found.history_count == true.history_count).all() and np.abs(away[:, :, 0]).max() < 1e-9
    assert np.linalg.norm(away[:, :, 1:4], axis=2).max() < 0.01
    assert np.linalg.norm(away[:, :, 4:7], axis=2).max() < 1e-4
    assert np.abs(away[:, :, 7:]).max() < 1e-6 * np.abs(true.history[:, :334, 7:]).max()


def test_what_is_watched_on_the_way():
    there, y = world(0), ellipses(300e3, 900e3, 5)
    watches = (Stop("altitude", 600e3, +1), Stop("altitude_rate", 0.0, -1))
    leg = Leg("orbit", row=ROW, duration=6000.0, tolerance=1e-10, method="radau", watches=watches)
    found = fly_leg(leg, there, y, np.zeros(5))
    true = fly_leg(replace(leg, method="dop853", tolerance=1e-13, longest_step=20.0), there, y, np.zeros(5))
    assert np.isfinite(true.watched).all()
    assert np.abs(found.watched[:, :, 0] - true.watched[:, :, 0]).max() < 1e-3  # s
    assert np.linalg.norm(found.watched[:, 0, 1:4] - true.watched[:, 0, 1:4], axis=1).max() < 1.0


def test_into_the_air():
    """A coast that goes on until the drag is a tenth of gravity: steps shorten by themselves."""
    there, y = world(0), ellipses(30e3, 420e3, 6)
    y[:, 3:6] *= -1
    back = fly_leg(Leg("up", duration=2600.0, tolerance=1e-13), Environment(zonal=()), y, np.zeros(6)).y
    back[:, 3:6] *= -1
    down = {"stops": (Stop("altitude", 75e3, -1),)}
    found, true = flown(there, back, 1e-10, **down), flown(there, back, 1e-13, "dop853", **down)
    assert (found.ended == 0).all() and (true.ended == 0).all()
    assert np.linalg.norm(found.y[:, :3] - true.y[:, :3], axis=1).max() < 0.1
    assert np.abs(found.y[:, 7] / true.y[:, 7] - 1).max() < 1e-6  # what the drag has taken


def test_a_broken_neighbour_changes_no_bit():
    there, y = world(0), ellipses(420e3, 425e3)
    alone = flown(there, y, 1e-9)
    broken = np.repeat(y, 2, axis=0)
    broken[1::4, 2], broken[3::4, 6] = np.nan, 0.0
    found = flown(there, broken, 1e-9)
    assert found.failed()[1::2].all() and not found.failed()[::2].any()
    assert found.y[::2].tobytes() == alone.y.tobytes()


@pytest.mark.parametrize("more", [
    {"thrust": True, "aim": (1.0, 0.0, 0.0), "row": {"thrust": 1.0}}, {"quasi_steady": True, "parachute": True},
    {"computer": Computer("spin", cycle=1.0, acceleration=0.1)},
])  # fmt: skip
def test_what_it_is_not_for_is_refused(more):
    leg = Leg("orbit", method="radau", duration=10.0, **more)
    with pytest.raises(ValueError, match=r"leg orbit: method radau is for legs without thrust"):
        fly_leg(leg, Environment(), ellipses(420e3, 425e3), np.zeros(12))
