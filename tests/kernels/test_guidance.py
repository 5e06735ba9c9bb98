"""The flight computer and the roll jets in the kernel."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from trajectory import flight, leg, targeting
from trajectory.result import flight_of
from trajectory.scenario import load


@pytest.fixture(scope="module")
def aimed():
    return targeting.aimed(load("ms11-nominal"))


@pytest.fixture(scope="module")
def flown(flights):
    return flights("ms11-nominal")


@lru_cache
def aimed_in(mode):
    """The case of MS-11 in a mode, as aimed."""
    overrides = {"guidance.mode": mode, "guidance.cycle": "4 s" if mode == "predictor" else "1 s"}
    return targeting.aimed(load("ms11-nominal", overrides)).case


def guided(flown):
    return next(s for s in flown.stretches if s[0].name == "guided")


def rows_of(case, n=24, seed=3):
    """The case with n disturbed rows."""
    z = np.random.default_rng(seed).standard_normal((3, n))

    def own(one):
        row = dict(one.row)
        if one.in_air:
            row |= {"density_factor": np.exp(0.1 * z[0]), "cd": row.get("cd", 1.0) * (1 + 0.05 * z[1])}
        if one.name == "guided":
            row |= {"latency": 0.3 * np.abs(z[2]), "along_error": 500.0 * z[2]}
        return replace(one, row=row)

    return replace(case, start=np.tile(case.start, (n, 1)), start_time=np.repeat(case.start_time, n),
                   legs=tuple(own(one) for one in case.legs))  # fmt: skip


def test_with_nothing_to_correct_the_bank_stays_as_planned(flown):
    _, found, _ = guided(flown.flown)
    size = found.log[0, : int(found.log_count[0]), 1 + len(leg.STATE) + leg.MEMORY.index("size")]
    assert np.degrees(size) == pytest.approx(60.0, abs=0.1)
    assert flown.touchdown["target_distance_m"] < 500.0


def test_cycles_are_as_long_as_asked(flown):
    on, found, _ = guided(flown.flown)
    t = found.log[0, : int(found.log_count[0]), 0]
    assert np.diff(t) == pytest.approx(on.computer.cycle, abs=1e-9)


def test_the_bank_flown_follows_that_commanded_at_the_rate_of_the_jets(flown):
    history = flown.history.where(np.isfinite(flown.history["bank_command"]), drop=True)
    bank, command = history["bank"].values, history["bank_command"].values
    settled = np.abs(np.diff(command, prepend=command[0])) < 1e-9
    late = history["elapsed_s"].values > history["elapsed_s"].values[0] + 30.0
    reversal = flown.event("bank_reversal")["elapsed_s"]
    away = np.abs(history["elapsed_s"].values - reversal - 10.0) > 15.0
    assert np.abs(bank - command)[settled & late & away].max() < 4.5  # the dead band
    rate = np.gradient(bank, history["elapsed_s"].values)
    assert 11.0 < np.abs(rate).max() < 13.5


@pytest.mark.parametrize("mode", ["automatic", "range", "apollo", "predictor"])
def test_a_guided_flight_does_not_depend_on_its_neighbours(mode):
    case = rows_of(aimed_in(mode))
    whole = flight.fly_many(case, chunk=24, threads=1)
    mixed = np.random.default_rng(1).permutation(24)
    again = flight.fly_many(case.rows(mixed), chunk=5, threads=2)
    assert np.array_equal(whole.y[mixed], again.y) and np.array_equal(whole.t[mixed], again.t)
    alone = flight.fly_many(case.rows(np.array([7])), threads=1)
    assert np.array_equal(whole.y[7:8], alone.y)
    assert set(whole.outcome) == {"landed"}


@pytest.mark.parametrize("mode", ["automatic", "range", "apollo", "predictor"])
def test_guidance_takes_away_most_of_the_miss(mode):
    open_loop, closed = rows_of(aimed_in("bank"), 64), rows_of(aimed_in(mode), 64)
    far, near = (np.hypot(*targeting.miss(case).T) for case in (open_loop, closed))
    assert np.median(near) < 0.2 * np.median(far)
    assert near.max() < 28e3


def test_the_sign_of_the_bank(aimed):
    """Banked to the right throughout it comes down to the right of where it comes down banked to the left."""
    one = replace(aimed.commands, reversal=1e6, plan=None)
    across = []
    for side in (1.0, -1.0):
        from trajectory.case import build

        case = build(load("ms11-nominal"), aimed.case.epoch, replace(one, side=side))
        across.append(targeting.miss(case)[0, 1])
    assert across[0] > 30e3 and across[1] < -30e3


def test_without_jets_the_bank_drifts_on():
    scenario = load("ms11-nominal", {"guidance.failure.jets_after": "100 s"})
    found = flight_of(scenario, targeting.aimed(scenario).case)
    lost = found.event("jets_lost")["elapsed_s"]
    assert lost == pytest.approx(found.event("guidance_start")["elapsed_s"] + 100.0, abs=1.0)
    bank = found.history["bank"].sel(time=found.history["elapsed_s"] > lost + 1.0).dropna("time").values
    assert np.ptp(np.diff(np.unwrap(np.radians(bank[:60])))) < np.radians(0.2)  # a steady rate
    assert found.touchdown["target_distance_m"] > 20e3


def test_empty_jets_are_lost():
    scenario = load("ms11-nominal", {"vehicle.descent.attitude.propellant": "0.3 kg"})
    found = flight_of(scenario, targeting.aimed(scenario).case)
    assert "jets_lost" in {e["name"] for e in found.events}
    assert found.summary()["guidance"]["jet_propellant_kg"] == pytest.approx(0.3, abs=0.05)


def test_fail_over_to_a_ballistic_descent():
    scenario = load("ms11-nominal", {"guidance.failure.after": "1 s"})
    found = flight_of(scenario, targeting.aimed(scenario).case)
    short = found.touchdown["target_distance_m"]
    assert 340e3 < short < 460e3 and 7.5 < found.peak["load_factor_g"] < 9.2  # published: 340 to 460 km, 8 to 9 g
    after = found.event("guidance_failure")["elapsed_s"] + 20.0
    inside = (found.history["elapsed_s"] > after) & (found.history["elapsed_s"] < after + 100.0)
    rate = np.diff(np.unwrap(np.radians(found.history["bank"].sel(time=inside).values)))
    assert np.degrees(rate) == pytest.approx(12.5, abs=0.05)


def test_the_predictor_keeps_to_its_load():
    free, kept = ({"guidance.mode": "predictor", "guidance.cycle": "2 s"}, {"guidance.most_load_factor": "3.7"})
    loads = []
    for overrides in (free, free | kept):
        scenario = load("ms11-nominal", overrides)
        loads.append(flight_of(scenario, targeting.aimed(scenario).case).peak["load_factor_g"])
    assert loads[0] > 3.9 and loads[1] < 3.8


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"guidance.mode": "automatik"}, "automatic"),
        ({"guidance.cycle": "1 ms"}, "guidance.cycle"),
        ({"guidance.mode": "bank", "guidance.failure.after": "3 s"}, "failure belongs to a mode that is computed"),
        ({"guidance.reversal": "corridor"}, "corridor"),
        ({"vehicle.descent.attitude.propellant": "-1 kg"}, "propellant"),
    ],
)
def test_bad_input(overrides, message):
    from trajectory.defects import ScenarioError

    with pytest.raises(ScenarioError, match=message):
        load("ms11-nominal", overrides)
