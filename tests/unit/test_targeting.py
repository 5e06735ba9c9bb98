"""Aiming: what is left open is found, and what cannot be reached is said."""

from dataclasses import replace

import numpy as np
import pytest

from trajectory import guidance, opportunities, targeting
from trajectory.scenario import load


def test_ignition_and_reversal_bring_the_flight_to_its_site():
    found = targeting.aim(load("ms22-uncrewed"))
    assert found.solved == ("ignition", "reversal")
    assert abs(found.miss_along) < 50 and abs(found.miss_across) < 50 and found.reason is None


@pytest.mark.parametrize("unknown", ["delta_v", "bank"])
def test_the_same_solver_finds_speed_change_or_bank(unknown):
    scenario = load("ms11-nominal", {"deorbit.solve": unknown})
    found = targeting.aim(scenario)
    assert found.solved == (unknown, "reversal")
    assert abs(found.miss_along) < 50 and abs(found.miss_across) < 50


@pytest.mark.parametrize(("mode", "reversal", "within"), [("automatic", "solve", 200.0), ("apollo", "corridor", 2000.0)])
def test_a_burn_that_does_not_fit_is_flown_with_the_bank_that_does(mode, reversal, within):
    """Ignition and speed change given, the planned bank ends 97 km beyond the site: the reference of the flight computer takes
    the bank that ends there, and the law steers around it."""
    burn = {"deorbit.ignition": "2023-03-28T10:51:10Z", "deorbit.delta_v": "127 m/s"}
    found = targeting.aim(load("ms22-uncrewed", burn | {"guidance.mode": mode, "guidance.reversal": reversal}))
    assert found.solved[0] == "bank" and 62.0 < np.degrees(found.commands.bank) < 72.0
    assert np.hypot(found.miss_along, found.miss_across) < within


def test_a_burn_that_fits_is_flown_with_the_planned_bank():
    assert targeting.aim(load("ms11-nominal")).solved == ("reversal",)


def test_a_site_out_of_reach_says_by_how_much():
    scenario = load("ms22-uncrewed", {"site.latitude": "47.33 deg", "site.longitude": "40 deg"})
    found = targeting.aim(scenario)
    assert abs(found.miss_across) > 100e3
    assert "out of reach" in found.reason and "km" in found.reason


@pytest.mark.parametrize(("near", "northward"), [("2023-03-28T11:00:00Z", True), ("2023-03-30T14:10:00Z", False)])
def test_the_track_at_the_site_is_that_of_the_pass(near, northward):
    """Of two passes of one latitude the one that lands there: north-eastward on the 28th, south-eastward two days on. On both
    the ignition is that of the opportunity, which takes its azimuth from the orbit."""
    scenario = load("ms22-uncrewed").replace(deorbit__near=near)
    found = targeting.aim(scenario)
    azimuth = np.degrees(guidance.track_azimuth(found.case, found.case.target[0]))
    assert (60 < azimuth < 72) if northward else (108 < azimuth < 120)
    assert abs(found.miss_along) < 50 and abs(found.miss_across) < 50
    windows = opportunities.opportunities(scenario, 2.4, "zhezkazgan")
    apart = [abs(np.datetime64(w.ignition_utc[:-1]) - np.datetime64(found.case.epoch[:-1])) for w in windows]
    assert min(apart) < np.timedelta64(1500, "ms")


@pytest.mark.parametrize("name", ["ms11-nominal", "ms22-uncrewed"])
def test_the_plan_of_the_computer_is_as_exact_as_the_flight(name):
    """The same ignition and reversal, flown and planned anew at tolerances far tighter: the landing moves by less than 1 m."""
    found = targeting.aim(load(name))
    tight = load(name, ("numerics.coast_tolerance=1e-12", "numerics.entry_tolerance=1e-11"))
    commands = replace(targeting.aim(tight).commands, offset=found.commands.offset, reversal=found.commands.reversal)
    again = targeting.build(tight, found.case.epoch, commands)
    assert np.hypot(*(targeting.miss(again) - targeting.miss(found.case))[0]) < 1.0
