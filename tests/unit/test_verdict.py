"""What an option is fit for, what was published of it, when it is to be had: January 2023 as the model sees it."""

from types import SimpleNamespace

import numpy as np
import pytest

import trajectory as tj
from trajectory import availability, catalogue, compare, metrics, scenario, verdict
from trajectory.defects import ScenarioError


@pytest.fixture(scope="module")
def decided():
    """Three and two aboard on the full profile, and the ship without crew as it was flown."""
    names = ("ms22-crew3-degraded", "ms22-crew2-degraded", "ms22-uncrewed")
    found = compare.options_of([tj.load(name) for name in names], 24, 0, ways=availability.ways())
    return compare.together(found, 24, 0)


@pytest.fixture(scope="module")
def told(decided):
    return {o["scenario"]: o for o in decided.to_dict()["options"]}


def test_three_on_the_full_profile_are_refused_as_they_were(told):
    option = told["ms22-crew3-degraded"]
    assert option["fit"]["fit"] == "refused"
    assert {"heat_storage_4_7", "core_temperature_38_5"} <= {x["name"] for x in option["fit"]["against"] if not x["holds"]}
    decision, hot = option["statements"]
    assert decision["agrees"] and "core temperature 38.5 degC broken in the nominal flight" in decision["model"]
    assert hot["kind"] == "limit" and hot["agrees"] and hot["used"] == "calibration"


def test_two_are_cooler_than_three_and_yet_the_model_disagrees_about_the_emergency(told):
    decision, cooler = told["ms22-crew2-degraded"]["statements"]
    assert cooler["agrees"] and "hottest cabin" in cooler["model"]
    assert decision["decision"] == "emergency" and decision["agrees"] is False


def test_the_ship_without_crew_is_accepted_as_it_was_and_50_degrees_are_not_believed(told):
    option = told["ms22-uncrewed"]
    assert option["fit"]["fit"] == "regular" and not option["fit"]["against"]
    *decisions, hot = option["statements"]
    assert all(x["agrees"] for x in decisions) and len(decisions) == 2
    assert hot["used"] == "disputed" and hot["agrees"] is False and "50" in hot["says"]


def test_where_nothing_but_the_landing_is_looked_at_no_word_is_said_of_a_decision():
    """A fifth aboard the Dragon, without a seat: the model knows no seats, so it does not disagree."""
    found = compare.options_of([tj.load("crew5-plus-one")], 10, 0, ways=availability.ways())
    option = compare.together(found, 10, 0).to_dict()["options"][0]
    (decision,) = option["statements"]
    assert option["fit"]["fit"] == "regular" and "no limit of crew or cabin is looked at" in decision["model"]
    assert decision["decision"] == "emergency" and decision["agrees"] is None
    assert not option["available"]["differs"]


def test_what_the_burn_leaves_is_the_tsiolkovsky_of_the_nominal_flight(decided):
    for option in decided.options:
        mass = {e["name"]: e["mass_kg"] for e in option.flight.events if e["name"].startswith("deorbit")}
        tank = option.flight.scenario.vehicle.engine["main"].propellant.si
        left = tank - (mass["deorbit_ignition"] - mass["deorbit_cutoff"])
        found = option.metrics["deorbit_propellant_margin_kg"]
        assert found["low"] <= found["value"] <= found["high"] and found["value"] == pytest.approx(left, abs=1.0)


def test_dates_are_the_calendars_and_where_the_scenario_differs_it_is_said(told):
    three, two, none = (told[k]["available"] for k in ("ms22-crew3-degraded", "ms22-crew2-degraded", "ms22-uncrewed"))
    assert three["by"] == "calendar" and three["first_utc"] == "2022-12-15T00:45:00Z" and three["seats"] == 3
    assert any("until 2023-01-17" in x for x in three["differs"])
    assert any("2023-01-17 00:00 by the scenario" in x for x in two["differs"])
    assert "Rubio without a seat" in availability.without_a_seat(two)
    assert availability.without_a_seat(none).endswith("until 2023-03-02")


def test_without_a_calendar_the_scenario_says_and_before_it_begins_it_is_not_contradicted():
    dragon = tj.load("crew5-dragon")
    alone = availability.of(dragon, {})
    assert alone["by"] == "scenario" and alone["differs"] == []
    both = availability.of(dragon, availability.ways())
    assert both["by"] == "calendar" and both["first_utc"] == "2022-10-06T00:00:00Z" and both["differs"] == []
    assert availability.of(tj.load("ms11-nominal"), availability.ways()) is None


def test_a_flight_whose_computer_failed_in_the_heat_has_the_margins_of_that_flight(decided):
    """A branch of the plan, with the time of its own cabin: the row says what the flight alone says."""
    option = decided.options[0]
    fallen = np.flatnonzero(option.ensemble.columns["branch"] > 0)
    assert len(fallen) > 0
    alone = option.ensemble.fly(int(fallen[0])).summary()
    assert option.rows["load_margin_g"][fallen[0]] == alone["crew"]["margin_g"] < 0.6
    assert option.rows["bond_line_margin_k"][fallen[0]] == alone["heat_shield"]["bond_margin_k"]


# --- the rule by itself


def made(limits, crew=3, seats=3, landed=1.0, outcome="landed"):
    decision = SimpleNamespace(limits=("core",), confidence=SimpleNamespace(si=0.95))
    cooling = SimpleNamespace(crew=SimpleNamespace(number=crew), decision=decision)
    held = SimpleNamespace(cooling=cooling, option=SimpleNamespace(seats=seats))
    rows = [{"name": k, "limit": None, "unit": None, "holds": h, "probability": p} for k, h, p in limits]
    return SimpleNamespace(flight=SimpleNamespace(scenario=held, outcome=outcome), limits=rows,
                           metrics={"landed": {"value": landed}})  # fmt: skip


@pytest.mark.parametrize(("option", "fit"), [
    (made([("core", True, 0.05)]), "regular"),
    (made([("core", True, 0.06)]), "emergency"),
    (made([("core", True, 0.51)]), "refused"),
    (made([("core", False, 0.4)]), "refused"),
    (made([("core", False, 1.0)], crew=0), "regular"),  # no one to be hot
    (made([("other", False, 1.0)]), "regular"),  # decides nothing
    (made([("landing_zone", False, 1.0)]), "emergency"),
    (made([("crew_load", False, None)]), "refused"),
    (made([("crew_load", True, 0.06)]), "emergency"),
    (made([], landed=0.9), "emergency"),
    (made([], landed=0.4, outcome="in_orbit"), "refused"),
])  # fmt: skip
def test_the_rule(option, fit):
    found = verdict.of(option)
    assert found["fit"] == fit and (fit == "regular") == (not found["against"])
    assert verdict.sentence(found)


def test_a_statement_is_of_one_kind():
    text = {"title": "x", "on": "2023-01-11T00:00:00Z", "summary": "y", "decision": "regular", "lower": ["cep_m"], "than": "z"}
    with pytest.raises(ScenarioError, match="one of decision, lower and limit"):
        tj.load("ms22-uncrewed").replace(option={"statement": [text]})
    with pytest.raises(ScenarioError, match="than"):
        alone = {k: v for k, v in text.items() if k not in ("decision", "than")}
        tj.load("ms22-uncrewed").replace(option={"statement": [alone]})


def test_every_statement_that_is_shipped_has_date_source_and_grade():
    count = 0
    for name in catalogue.known():
        option = tj.load(name).option
        for one in () if option is None else option.statement:
            assert one.source and one.grade and (not one.lower or set(one.lower) <= set(metrics.METRICS))
            assert one.than is None or one.than in catalogue.known()
            count += 1
    assert count > 10


@pytest.mark.parametrize(("name", "limit", "unit", "words"), [
    ("core_temperature_38_5", 38.5, "degC", "core temperature 38.5 degC"),
    ("carbon_dioxide_3_mmhg", 400.0, "Pa", "carbon dioxide 400 Pa"),
    ("heat_storage_4_7", 4.7, "kJ/kg", "heat storage 4.7 kJ/kg"),
    ("computer_warning", 40.0, "degC", "computer warning 40 degC"),
    ("landing_zone", 28000.0, "m", "landing zone of 28 km"),
    ("landing_zone", None, "m", "landing zone"),
])  # fmt: skip
def test_limits_are_said_with_their_numbers_and_units(name, limit, unit, words):
    assert metrics.limit_words({"name": name, "limit": limit, "unit": unit}) == words


# --- zones with an outline


def test_an_outline_that_crosses_itself_is_refused_and_said_where(tmp_path):
    text = 'schema = 1\nname = "x"\nextends = "ms11-bank-schedule"\n[site]\nzone_outline = [%s]\n'
    corners = ['["47 deg", "69 deg"]', '["48 deg", "70 deg"]', '["47 deg", "70 deg"]', '["48 deg", "69 deg"]']
    file = tmp_path / "x.toml"
    file.write_text(text % ", ".join(corners))
    with pytest.raises(ScenarioError, match=r"site.zone_outline.*crosses itself at 47.500 deg, 69.500 deg"):
        scenario.load(str(file))
    file.write_text(text % ", ".join(corners[:2]))
    with pytest.raises(ScenarioError, match="2 corners"):
        scenario.load(str(file))
    file.write_text(text % ", ".join(corners[k] for k in (0, 2, 1, 3)))
    site = scenario.load(str(file)).site
    assert site.holds(*np.radians([[47.4, 46.0], [69.5, 69.5]]), np.array([0.0, 0.0])).tolist() == [True, False]
