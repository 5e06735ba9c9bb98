"""Steps: aimed at the stop they would pass, wary of air that is not felt yet, at a tolerance of their own in a coast; and what
is read from a last step that ended beyond its stop and was taken back."""

from dataclasses import replace

import numpy as np
import pytest

from trajectory import atmosphere
from trajectory.leg import Environment, Leg, Stop, feel, fly_leg

WORLD = Environment(zonal=(1.08262668e-3,), air=atmosphere.us76())
ROW = {"cd": 1.3, "cl": 0.34, "area": 3.8, "bank": 1.0, "heat_factor": 1e-4}
TO_GROUND = Leg("entry", lift=True, row=ROW, stops=(Stop("altitude", 11e3, -1),), duration=6000.0)


def after_the_burn(n: int = 20) -> np.ndarray:
    """(n, 10) states at 420 km, 118 to 138 m/s short of a circular orbit."""
    y = np.zeros((n, 10))
    y[:, 0] = 6378137.0 + 420e3
    y[:, 4] = np.cos(0.9) * (7657.0 - np.linspace(118.0, 138.0, n))
    y[:, 5] = np.tan(0.9) * y[:, 4]
    y[:, 6] = 2900.0
    return y


def flown(leg: Leg, y=None, **how):
    y = after_the_burn() if y is None else y
    return fly_leg(leg, WORLD, y, np.zeros(len(y)), **how)


@pytest.mark.parametrize("method", ["dop853", "dp54"])
def test_a_coast_is_not_cut_short_in_vain(method):
    """Its last step is made to end on the stop before it is taken."""
    leg = Leg("coast", stops=(Stop("altitude", 150e3, -1),), duration=6000.0, first_step=10.0, tolerance=1e-10, method=method)
    found = flown(leg)
    assert (found.ended == 0).all() and np.abs(found.residual).max() < 1e-5
    assert (found.in_vain == 0).all()


@pytest.mark.parametrize("later", [0.01, 0.1, 1.0])
@pytest.mark.parametrize("method", ["dop853", "dp54", "radau"])
def test_a_stop_just_before_the_end_of_time_keeps_its_own_time(method, later):
    """The last step, cut to the end of its time, passes the stop and is taken back to it."""
    leg = Leg("coast", stops=(Stop("altitude", 150e3, -1),), duration=6000.0, tolerance=1e-10, method=method)
    free = flown(leg)
    found = flown(replace(leg, duration=free.t + later))
    assert (found.ended == 0).all()
    assert np.abs(found.t - free.t).max() < 1e-4
    assert np.linalg.norm(found.y[:, :3] - free.y[:, :3], axis=1).max() < 0.5


def test_a_burn_ends_at_its_mass_without_a_step_in_vain():
    leg = Leg("burn", row={"thrust": 2950.0, "exhaust_speed": 2960.0}, thrust=True, aim=(-1.0, 0.0, 0.0), attitude="lvlh",
              stops=(Stop("mass", 2700.0, -1),), duration=1000.0, tolerance=1e-10)  # fmt: skip
    found = flown(leg)
    assert (found.ended == 0).all() and np.abs(found.residual).max() < 1e-9
    assert (found.in_vain == 0).all()
    assert np.abs(found.t - 200.0 * 2960.0 / 2950.0).max() < 1e-6


def test_a_coast_may_have_a_tolerance_of_its_own():
    """An error of the coast is magnified on the way down, one of the entry is not: with a tighter coast the landing is nearly
    as good as with all of it tighter, for fewer steps."""
    true = flown(replace(TO_GROUND, tolerance=1e-13)).y[:, :3]
    worst, steps = {}, {}
    for name, tolerance, coast in (("both", 5e-7, 1.25e-8), ("loose", 5e-7, None), ("tight", 1.25e-8, None)):
        found = flown(replace(TO_GROUND, tolerance=tolerance, coast_tolerance=coast))
        worst[name] = np.linalg.norm(found.y[:, :3] - true, axis=1).max()
        steps[name] = found.steps.mean()
    assert worst["both"] < min(worst["loose"] / 3, 3 * worst["tight"]), worst
    assert steps["loose"] < steps["both"] < steps["tight"], steps


def test_a_coast_with_the_same_tolerance_is_the_same_flight():
    one = flown(replace(TO_GROUND, tolerance=1e-9)).y
    two = flown(replace(TO_GROUND, tolerance=1e-9, coast_tolerance=1e-9)).y
    assert one.tobytes() == two.tobytes()


def test_no_step_dives_into_air_that_is_not_felt_yet():
    """Drag grows tenfold in 15 km, and no error of the steps above tells of it: hardly one is taken in vain."""
    found = flown(replace(TO_GROUND, tolerance=1e-7, stops=(Stop("altitude", 80e3, -1),)))
    assert (found.ended == 0).all()
    assert found.in_vain.mean() <= 1.0, found.in_vain


@pytest.mark.parametrize(("altitude", "method"), [
    (150e3, "dop853"), (150e3, "dp54"), (150e3, "radau"), (60e3, "dop853"), (60e3, "dp54"), (14e3, "dop853"), (14e3, "dp54"),
])  # fmt: skip
def test_what_is_read_from_a_last_step_that_was_taken_back(altitude, method):
    """History and watched states in the last step are those of a flight that ends at that time."""
    leg = replace(TO_GROUND, stops=(Stop("altitude", altitude, -1),), watches=(Stop("altitude", altitude + 20.0, -1),),
                  tolerance=1e-10, method=method)  # fmt: skip
    y = after_the_burn(6)
    found = flown(leg, y, history_step=0.4)
    for i in range(6):
        last = found.history[i, : found.history_count[i]][-12:]
        assert found.t[i] - last[-1, 0] < 0.4
        for time, state in [(row[0], row[1:]) for row in last] + [(found.watched[i, 0, 0], found.watched[i, 0, 1:])]:
            there = flown(replace(leg, stops=(), watches=(), duration=float(time)), y[i : i + 1]).y[0]
            assert np.linalg.norm(state[:3] - there[:3]) < 5e-3, (i, time)
            assert np.linalg.norm(state[3:6] - there[3:6]) < 1e-3, (i, time)


@pytest.mark.parametrize("method", ["dop853", "dp54", "radau"])
def test_a_load_that_still_rises_at_the_stop_is_greatest_there(method):
    leg = replace(TO_GROUND, stops=(Stop("altitude", 65e3, -1),), tolerance=1e-9, method=method)
    found = flown(leg)
    felt = feel(leg, WORLD, found.y, found.t, found.rows)
    sensed = np.linalg.norm([felt[f"sensed_{axis}"] for axis in "xyz"], axis=0)
    assert np.abs(found.peaks[:, 0, 0] / sensed - 1).max() < 1e-5
    assert np.abs(found.peaks[:, 0, 1] - found.t).max() < 1e-9
