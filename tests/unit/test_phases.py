"""What a scenario can ask of a flight: burns, separations, canopies, stops. Each flies from start to end."""

import numpy as np
import pandas as pd
import pytest

import trajectory as tj
from trajectory import case, result
from trajectory.scenario import load

MS11 = {"guidance.reversal": "2000 m/s", "guidance.first_side": "right", "atmosphere.model": "us76"}


def fly(name="ms11-bank-schedule", **changes):
    keys = {k.replace("__", "."): v for k, v in changes.items()}
    return tj.fly(load(name, (MS11 if name == "ms11-bank-schedule" else {}) | keys))


@pytest.fixture(scope="module")
def nominal():
    return fly()


def elapsed(flight, name):
    return flight.event(name)["elapsed_s"]


def test_the_nominal_flight_passes_every_event_in_order(nominal):
    names = [e["name"] for e in nominal.events]
    due = ["undocking", "deorbit_ignition", "deorbit_cutoff", "module_separation", "entry_interface", "guidance_start",
           "chute_command", "pilot_deploy", "drogue_deploy", "main_deploy", "heat_shield_jettison", "soft_landing",
           "touchdown"]  # fmt: skip
    assert [n for n in names if n in due] == due
    assert nominal.outcome == "landed"
    assert abs(nominal.touchdown["vertical_speed_m_s"]) < 2.6  # the greatest that RSC Energia gives


def test_every_stop_is_met_to_a_micrometre(nominal):
    for leg in nominal.summary()["legs"]:
        if leg["ended_by"] == "altitude":
            assert abs(leg["residual"]) < 1e-3, leg


def test_a_short_burn_stays_in_orbit():
    flight = fly(deorbit__delta_v="20 m/s")
    assert flight.outcome == "in_orbit" and flight.touchdown is None


def test_a_steep_return_from_far_away_skips_out():
    flight = fly(
        "apollo-4-entry", start__flight_path_angle="-5.5 deg", guidance__mode="bank", guidance__bank="0 deg",
        stop__after="3000 s",
    )  # fmt: skip
    assert flight.outcome == "skipped_out"


def test_impulse_and_finite_burn_part_by_the_burns_length():
    flight = fly(deorbit__kind="impulse")
    assert flight.outcome == "landed"
    assert elapsed(flight, "deorbit_cutoff") == 0.0


def test_a_burn_held_level_is_late_by_the_published_figure(nominal):
    """soyuz: kept against the velocity the plan's separation comes 56 s late, held inertially within 3 s."""
    late = elapsed(fly(deorbit__attitude="lvlh"), "module_separation") - elapsed(nominal, "module_separation")
    assert 45 < late < 65


def test_a_table_of_zero_pitch_is_level_flight():
    level = fly(deorbit__attitude="lvlh")
    tabled = fly(deorbit__attitude="table", deorbit__attitude_table=[["0 s", "0 deg", "0 deg"], ["300 s", "0 deg", "0 deg"]])
    assert elapsed(tabled, "entry_interface") == pytest.approx(elapsed(level, "entry_interface"), abs=1e-3)


def test_cut_off_by_time_and_by_velocity_agree(nominal):
    burn = elapsed(nominal, "deorbit_cutoff")
    timed = fly(deorbit__cutoff="time", deorbit__duration=f"{burn} s")
    assert elapsed(timed, "entry_interface") == pytest.approx(elapsed(nominal, "entry_interface"), abs=0.05)


def test_cut_off_by_perigee_reaches_that_perigee():
    flight = fly(deorbit__cutoff="perigee", deorbit__perigee="60 km")
    leg = next(x for x in flight.summary()["legs"] if x["name"] == "burn")
    assert leg["ended_by"] == "perigee_altitude" and abs(leg["residual"]) < 1e-2


def test_the_second_engine_takes_over_and_spends_the_rest():
    """128 m/s on the eight aft thrusters alone last 12.5 to 13 min; after 100 s of the main engine, about 8 min more."""
    flight = fly(deorbit__engine_fails_after="100 s", stop__event="deorbit_cutoff")
    m0, m1 = (flight.event(n)["mass_kg"] for n in ("deorbit_ignition", "deorbit_cutoff"))
    mid = flight.event("engine_failure")["mass_kg"]
    spent = 9.80665 * (302 * np.log(m0 / mid) + 285 * np.log(mid / m1))
    assert spent == pytest.approx(128.0, abs=1e-6)
    assert 7 * 60 < elapsed(flight, "deorbit_cutoff") - 100 < 9 * 60


def test_a_start_transient_lengthens_the_burn_by_half_of_it(nominal):
    flight = fly(vehicle__engine__main__start_transient="3 s")
    assert elapsed(flight, "deorbit_cutoff") - elapsed(nominal, "deorbit_cutoff") == pytest.approx(1.5, abs=1e-3)


def test_late_separation_flies_on():
    flight = fly(separation__altitude="95 km")
    assert flight.event("module_separation")["altitude_m"] == pytest.approx(95e3, abs=0.06)  # polar motion tilts the ellipsoid
    assert elapsed(flight, "entry_interface") < elapsed(flight, "module_separation")
    assert flight.outcome == "landed"


def test_parts_left_behind_reach_the_ground():
    flight = fly(separation__follow_parts=True)
    names = {p["name"] for p in flight.parts}
    assert names == {"orbital_module", "instrument_module"}
    assert all(np.isfinite(p["latitude_deg"]) for p in flight.parts)


def test_rolling_falls_short_of_lifting(nominal):
    flight = fly(guidance__mode="ballistic", guidance__roll_rate="12.5 deg/s")
    averaged = fly(guidance__mode="ballistic")
    assert flight.peak["load_factor_g"] > 7.5 > nominal.peak["load_factor_g"]
    assert flight.touchdown["target_distance_m"] == pytest.approx(averaged.touchdown["target_distance_m"], rel=0.05)


def test_reserve_canopy_sinks_faster_and_sooner(nominal):
    flight = fly(parachute__fails="main")
    assert flight.outcome == "landed" and "reserve_deploy" in [e["name"] for e in flight.events]
    assert elapsed(flight, "touchdown") < elapsed(nominal, "touchdown")


def test_without_a_drogue_the_reserve_opens_the_flight_still_ends():
    assert fly(parachute__fails="drogue").outcome == "landed"


@pytest.mark.parametrize(("east", "north"), [("10 m/s", "0 m/s"), ("0 m/s", "10 m/s")])
def test_drift_goes_downwind(nominal, east, north):
    """Under the canopy 10 m/s carry the module 8 to 9 km, the way the wind blows."""
    flight = fly(wind__model="constant", wind__east=east, wind__north=north)
    moved = [
        111.2 * (flight.touchdown["latitude_deg"] - nominal.touchdown["latitude_deg"]),
        75.2 * (flight.touchdown["longitude_deg"] - nominal.touchdown["longitude_deg"]),
    ]
    along, across = moved[::-1] if east.startswith("10") else moved
    assert 5 < along < 14 and abs(across) < 4
    assert flight.touchdown["horizontal_speed_m_s"] == pytest.approx(10, abs=0.5)


def test_stops_by_altitude_time_and_event():
    assert fly(stop__altitude="20 km").flown.outcome[0] == "stopped"
    timed = fly(stop__after="1000 s")
    assert timed.outcome == "stopped" and timed.flown.t[0] == 1000.0
    event = fly(stop__event="drogue_deploy")
    assert event.outcome == "stopped" and event.events[-1]["name"] == "drogue_deploy"


def test_a_flight_may_start_under_the_parachute():
    changes = {
        "start.type": "geodetic", "start.epoch": "2019-06-25T02:33:37Z", "start.latitude": "47 deg",
        "start.longitude": "69 deg", "start.altitude": "10.8 km", "start.speed": "220 m/s",
        "start.flight_path_angle": "-62 deg", "start.azimuth": "50 deg", "start.phase": "parachute",
    }  # fmt: skip
    base = load("ms11-nominal", MS11)
    tree = {k: v for k, v in base._tree.items() if k not in ("start", "deorbit", "undocking", "separation", "expected")}
    tree["start"] = {k.partition(".")[2]: v for k, v in changes.items()}
    from trajectory import scenario

    flight = tj.fly(scenario._build(tree, dict(base._origins), base.file))
    assert flight.outcome == "landed" and flight.event("main_deploy")["elapsed_s"] > 0
    assert flight.aim is None or "bank_deg" not in flight.aim["solved"]  # no bank is flown, so none is found


def test_dispersed_rows_each_fly_as_alone():
    """Rows of a batch, each with its own ignition and reversal, equal the same flights one by one, to the last bit."""
    s = load("ms11-nominal", MS11)
    offsets, reversals = np.array([0.0, 3.0, -2.0]), np.array([1800.0, 2000.0, 2300.0])
    from trajectory import flight as flights

    epoch = case.begin_epoch(s)
    world = case.build(s, epoch).world
    many = flights.fly(case.build(s, epoch, case.Commands(offset=offsets, reversal=reversals), world))
    for i in range(3):
        one = flights.fly(case.build(s, epoch, case.Commands(offset=float(offsets[i]), reversal=float(reversals[i])), world))
        np.testing.assert_array_equal(one.y[0], many.y[i])


def test_history_is_whole_and_in_order(nominal):
    history = nominal.history
    assert np.all(np.diff(history["elapsed_s"].values) > 0)
    assert all("units" in v.attrs for v in history.data_vars.values())
    assert float(history["altitude"][-1]) == pytest.approx(nominal.touchdown["altitude_m"], abs=1e-3)
    assert np.isfinite(history["load_factor"].values).all()


def test_the_peak_is_no_less_than_the_history(nominal):
    entry = nominal.history.where(nominal.history["elapsed_s"] < elapsed(nominal, "chute_command"), drop=True)
    greatest = float(entry["load_factor"].where(entry["altitude"] < 99e3).max())
    assert nominal.peak["load_factor_g"] == pytest.approx(greatest, rel=1e-3)
    assert nominal.peak["load_factor_g"] >= greatest * (1 - 1e-9)


def test_the_same_flight_twice_is_the_same(nominal):
    assert result.summary(fly())["flight"] == result.summary(nominal)["flight"]



def test_the_push_of_the_separation():
    """Forward it lengthens the flight, backward it shortens it by as much; drawn, each flight has its own."""
    flown = [fly(), fly(separation__impulse="1 m/s"), fly(separation__impulse="-1 m/s")]
    speed = [f.event("entry_interface")["inertial_speed_m_s"] for f in flown]
    assert 0.9 < speed[1] - speed[0] < 1.1 and 0.9 < speed[0] - speed[2] < 1.1
    there = [f.touchdown["longitude_deg"] for f in flown]
    assert there[1] > there[0] > there[2] and there[1] - there[0] == pytest.approx(there[0] - there[2], rel=0.1)
    table = pd.DataFrame({"separation.impulse [m/s]": [1.0, 0.0, -1.0]})
    drawn = tj.disperse(load("ms11-bank-schedule", MS11 | {"separation.impulse": "0 m/s"}), table)
    for i, f in enumerate((flown[1], flown[0], flown[2])):
        assert drawn.columns["longitude_deg"][i] == pytest.approx(f.touchdown["longitude_deg"], abs=1e-6)
