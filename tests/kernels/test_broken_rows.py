"""Flights that cannot be flown, among others: each has its own outcome, and no other changes by a bit, on whatever lane."""

import concurrent.futures as futures
from dataclasses import replace

import numpy as np
import pytest

from trajectory import atmosphere, flight, gravity, leg
from trajectory.case import build
from trajectory.leg import Environment, Leg, Stop
from trajectory.scenario import load
from trajectory.status import KERNEL

N = 16
COLUMN = {name: i for i, name in enumerate(leg.STATE)}
SECONDS = 60.0  # that any of this may take


def in_time(work, *args, **more):
    """work(...), or a failure where it hangs."""
    pool = futures.ThreadPoolExecutor(1)
    try:
        return pool.submit(work, *args, **more).result(SECONDS)
    finally:
        pool.shutdown(wait=False)


# --- one leg

AIR = atmosphere.us76(bottom=20e3, top=400e3)  # it does not reach the ground
WORLD = Environment(zonal=gravity.ZONAL, air=AIR)


def starts():
    """(N, 10) states at 100 km, going down, each another."""
    k = np.arange(N)
    y = np.zeros((N, 10))
    y[:, 0] = 6378137.0 + 100e3 + 100.0 * k
    y[:, 3], y[:, 4], y[:, 5] = -150.0 - k, 6000.0, 4500.0
    y[:, 6] = 2900.0 + k
    return y


def down(**row):
    values = {"cd": np.full(N, 1.3), "cl": 0.3, "area": 3.8, "bank": 0.7, "heat_factor": 1e-4} | row
    return Leg("down", lift=True, row=values, duration=1000.0, stops=(Stop("altitude", 25e3, -1),),
               watches=(Stop("sensed_acceleration", 20.0, 1),))  # fmt: skip


def broken_state(**changes):
    """A way of breaking row i: those of its state."""

    def broken(i, y, on):
        y = y.copy()
        for name, value in changes.items():
            y[i, COLUMN[name]] = value
        return y, on

    return broken


def scaled(columns, factor):
    def broken(i, y, on):
        y = y.copy()
        y[i, columns] *= factor
        return y, on

    return broken


def broken_value(name, value):
    """A way of breaking row i: a value of its own."""

    def broken(i, y, on):
        own = np.array(np.broadcast_to(on.row.get(name, leg.RESTING.get(name, 0.0)), (N,)), dtype=float)
        own[i] = value
        return y, leg.variant(on, **{name: own})

    return broken


def below_the_table(i, y, on):
    """No stop above the bottom of the table: row i runs out of it."""
    lowest = np.full(N, 25e3)
    lowest[i] = 1e3
    return y, replace(on, stops=(replace(on.stops[0], value=lowest),))


WAYS = {
    **{f"{name} {value}": (broken_state(**{name: value}), "bad_start")
       for name in leg.STATE for value in (np.nan, np.inf, -np.inf)},
    "mass 0": (broken_state(mass=0.0), "bad_start"),
    "mass negative": (broken_state(mass=-2900.0), "bad_start"),
    "at the centre": (broken_state(x=0.0, y=0.0, z=0.0), "bad_start"),
    "nothing but zeros": (broken_state(**dict.fromkeys(leg.STATE, 0.0)), "bad_start"),
    **{f"{name} {value}": (broken_value(name, value), "bad_start")
       for name in ("cd", "cl", "area", "bank", "density_factor", "heat_factor", "wind_factor", "drag_area_to")
       for value in (np.nan, np.inf)},
    "density below none": (broken_value("density_factor", -1.0), "bad_start"),
    "under the table": (scaled(slice(0, 3), 6.39e6 / 6478137.0), "below_air"),
    "under the ground": (scaled(slice(0, 3), 0.9), "below_air"),
    "runs out of the table": (below_the_table, "below_air"),
    "too fast for a number": (scaled(slice(3, 6), 1e160), ("bad_start", "step_collapsed", "not_finite")),
    "area without end": (broken_value("area", 1e300), ("bad_start", "step_collapsed")),
}  # fmt: skip


def fly(y, on, world=WORLD):
    with np.errstate(all="ignore"):
        return in_time(leg.fly_leg, on, world, y, np.zeros(len(y)), history_step=20.0)


@pytest.fixture(scope="module")
def good():
    return fly(starts(), down())


def bits(result, rows):
    """All that a leg gives of these rows; of the history what was written."""
    history = [result.history[i, : result.history_count[i]].tobytes() for i in rows]
    names = ("y", "t", "ended", "residual", "watched", "peaks", "history_count", "steps", "in_vain", "start")
    return [getattr(result, name)[rows].tobytes() for name in names] + history


def outcome(result, i):
    return KERNEL.get(int(result.ended[i]), "stop")


def test_all_are_flown(good):
    assert (good.ended == 0).all() and np.isfinite(good.y).all() and np.isfinite(good.watched).all()


@pytest.mark.parametrize("way", WAYS)
def test_a_broken_row_has_its_outcome_and_harms_no_other(good, way):
    """Whichever of the rows it is, so on each lane of each vector."""
    break_row, wanted = WAYS[way]
    for i in range(N):
        out = fly(*break_row(i, starts(), down()))
        assert outcome(out, i) in ((wanted,) if isinstance(wanted, str) else wanted)
        assert np.isnan(out.y[i]).all()
        others = np.delete(np.arange(N), i)
        assert bits(out, others) == bits(good, others), f"row {i} broken"


def test_a_row_at_rest_falls_like_any_other(good):
    """No velocity is no defect: it falls."""
    y = starts()
    y[3, 3:6] = 0.0
    out = fly(y, down())
    assert out.ended[3] == 0 and np.isfinite(out.y[3]).all()
    others = np.delete(np.arange(N), 3)
    assert bits(out, others) == bits(good, others)


def test_a_leg_of_broken_rows_alone_ends(good):
    y = starts()
    y[:, 6] = np.nan
    out = fly(y, down())
    assert {outcome(out, i) for i in range(N)} == {"bad_start"} and out.vector_steps == 0


def test_every_other_row_broken_each_in_another_way(good):
    """Many at once, as lanes are refilled: 7 rounds of the 16 rows, half of them broken."""
    draw = np.random.default_rng(2)
    ways = list(WAYS.values())
    y, on = np.tile(starts(), (7, 1)), down(cd=np.full(7 * N, 1.3))
    broken = {}
    for i in sorted(draw.choice(7 * N, 56, replace=False)):
        name = list(leg.STATE)[draw.integers(7)]
        value = (np.nan, np.inf, -np.inf)[draw.integers(3)]
        y[i, COLUMN[name]] = value
        broken[i] = "bad_start"
    assert len(ways) > 40 and len(broken) == 56
    out = fly(y, on)
    assert all(outcome(out, i) == what for i, what in broken.items())
    for i in np.setdiff1d(np.arange(7 * N), list(broken)):
        assert bits(out, [i]) == bits(good, [i % N]), f"row {i}"


def test_a_tolerance_that_cannot_be_met_ends():
    out = fly(starts(), replace(down(), tolerance=1e-30, duration=10.0))
    assert {outcome(out, i) for i in range(N)} <= {"step_collapsed", "too_many_steps"} and np.isnan(out.y).all()


# --- whole flights


@pytest.fixture(scope="module")
def case():
    """MS-11 from orbit to the ground, N rows."""
    one = build(load("ms11-nominal", {"guidance.reversal": "2000 m/s", "guidance.first_side": "right",
                                      "atmosphere.model": "us76"}))  # fmt: skip
    draw = np.random.default_rng(3)
    y = np.repeat(one.start, N, axis=0)
    y[:, :3] += draw.normal(0, 100.0, (N, 3))
    legs = tuple(leg.variant(on, density_factor=draw.normal(1, 0.05, N)) for on in one.legs)
    return replace(one, start=y, start_time=np.repeat(one.start_time, N), legs=legs)


@pytest.fixture(scope="module")
def landed(case):
    return in_time(flight.fly_many, case, threads=1)


FLIGHTS = {
    "state": (broken_state(vy=np.nan), "bad_start"), "mass": (broken_state(mass=0.0), "bad_start"),
    "centre": (broken_state(x=0.0, y=0.0, z=0.0), "bad_start"), "ground": (scaled(slice(0, 3), 0.9), "below_air"),
    "density": (broken_value("density_factor", np.nan), "bad_start"), "still": (scaled(slice(3, 6), 0.0), None),
    "inside out": (broken_value("density_factor", -1.0), "bad_start"),
}  # fmt: skip


def break_flight(case, i, break_row):
    y, legs = case.start, []
    for on in case.legs:
        y, own = break_row(i, case.start, on)
        legs.append(own)
    return replace(case, start=y, legs=tuple(legs))


@pytest.mark.parametrize("way", FLIGHTS)
def test_a_broken_flight_has_its_outcome_and_harms_no_other(case, landed, way):
    break_row, wanted = FLIGHTS[way]
    assert landed.counts() == {"landed": N}
    for i in range(N):
        out = in_time(flight.fly_many, break_flight(case, i, break_row), threads=1)
        others = np.delete(np.arange(N), i)
        assert out.y[others].tobytes() == landed.y[others].tobytes()
        assert out.t[others].tobytes() == landed.t[others].tobytes()
        assert out.peaks[others].tobytes() == landed.peaks[others].tobytes()
        if wanted is None:
            assert out.outcome[i] in flight.NAMES and out.outcome[i] != "landed" or np.isfinite(out.y[i]).all()
        else:
            assert out.outcome[i] == wanted and np.isnan(out.y[i]).all()
