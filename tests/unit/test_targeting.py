"""Aiming: what is left open is found, and what cannot be reached is said."""

import pytest

from trajectory import targeting
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


def test_a_site_out_of_reach_says_by_how_much():
    scenario = load("ms22-uncrewed", {"site.latitude": "47.33 deg", "site.longitude": "40 deg"})
    found = targeting.aim(scenario)
    assert abs(found.miss_across) > 100e3
    assert "out of reach" in found.reason and "km" in found.reason
