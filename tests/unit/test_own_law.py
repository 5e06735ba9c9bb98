"""A guidance law of one's own: it is asked once a cycle, and what it asks for is flown."""

import numpy as np
import pytest

import trajectory as tj
from trajectory import geodesy, own_law


def test_a_law_that_does_what_the_scenario_does_flies_as_it_does():
    """The scenario's own bank, as the law would have it: 60 deg, one reversal."""
    scenario = tj.load("ms11-bank-schedule")
    plain = tj.fly(scenario)
    reversal = plain.aim["solved"]["reversal_m_s"]
    side = 1.0 if plain.aim["solved"]["first_bank"] == "right" else -1.0
    asked = []

    def law(seen):
        asked.append(seen)
        return side * np.radians(60.0) * (1.0 if seen.apparent_velocity < reversal else -1.0)

    flight = own_law.fly(scenario, law, cycle=1.0)
    assert flight.outcome == "landed"
    assert flight.event("guidance_start")["elapsed_s"] == pytest.approx(plain.event("guidance_start")["elapsed_s"], abs=1e-6)
    # it turns from the start of its next cycle on, at the same rate: a second or so later than the stop of the leg
    for key, within in (("latitude_deg", 0.12), ("longitude_deg", 0.25)):
        assert flight.touchdown[key] == pytest.approx(plain.touchdown[key], abs=within)
    steps = np.diff([s.time for s in asked])
    assert steps == pytest.approx(np.ones(len(steps)), abs=1e-6)
    assert max(abs(s.bank) for s in asked) == pytest.approx(np.radians(60.0), abs=1e-6)
    turning = np.abs(np.diff([s.bank for s in asked]))
    assert turning.max() <= scenario.vehicle.descent.attitude.rate_limit.si + 1e-9
    assert asked[-1].distance < asked[0].distance


def test_lift_up_flies_farther_than_lift_down_and_history_shows_the_bank():
    scenario = tj.load("ms11-bank-schedule")
    up, down = (own_law.fly(scenario, lambda seen, bank=bank: bank, cycle=5.0) for bank in (0.0, np.pi))
    track = np.radians([[f.event("chute_command")[k] for k in ("latitude_deg", "longitude_deg")] for f in (up, down)])
    start = up.event("guidance_start")
    begin = np.radians([start["latitude_deg"], start["longitude_deg"]])
    far, near = (geodesy.distance(*begin, *end) for end in track)
    assert far > near + 200e3
    assert up.peak["load_factor_g"] < down.peak["load_factor_g"]
    assert np.nanmax(np.abs(down.history["bank"].values)) == pytest.approx(180.0, abs=1.0)


@pytest.mark.parametrize("law, cycle, says", [(lambda s: np.nan, 1.0, "bank of nan"), (lambda s: 0.0, 0.0, "above 0")])
def test_a_law_that_cannot_be_flown_is_refused(law, cycle, says):
    with pytest.raises(ValueError, match=says):
        own_law.fly(tj.load("ms11-bank-schedule"), law, cycle)


def test_a_flight_without_lift_has_nothing_for_a_law_to_decide():
    with pytest.raises(ValueError, match="no guided entry"):
        own_law.fly(tj.load("stardust-entry"), lambda seen: 0.0)
