"""Every shipped scenario flies, and is held against its own [expected] table: a wrong constant is a red test."""

import json
import re
from pathlib import Path

import pytest

from trajectory import catalogue, result, verify
from trajectory.status import FAILED

NAMES = catalogue.known()
PAGE = Path(__file__).resolve().parents[2] / "docs" / "validation.md"


@pytest.fixture(scope="module", params=NAMES)
def flight(request, flights):
    return flights(request.param)


def test_it_comes_out_as_expected(flight):
    """Each figure within its tolerance; a known miss where it is stated to be."""
    expected = flight.scenario.expected
    assert expected is not None, "a shipped scenario says what it is to be held against"
    assert expected.outcome in (None, flight.outcome)
    rows = [verify.compare(flight.scenario.name, figure, "") for figure in verify.figures_of(expected, flight)]
    assert rows
    wrong = [r for r in rows if r["verdict"] == "fail" and r["known_miss"] is None]
    assert not wrong, "; ".join(f"{r['quantity']}: {r['value']} against {r['truth']} {r['unit']}" for r in wrong)
    assert all(r["source"] for r in rows), "each published figure names its source"


def test_its_events_and_legs_are_sound(flight):
    """In order of time; every leg ended on its stop, to a micrometre or its like."""
    assert flight.outcome not in FAILED
    times = [e["elapsed_s"] for e in flight.events]
    assert times == sorted(times) and len(times) >= 2
    summary = result.summary(flight)
    assert all(abs(leg["residual"]) < 1e-4 for leg in summary["flight"]["legs"])
    json.dumps(summary, allow_nan=False)


def test_it_lands_on_the_ground(flight):
    """Within 10 cm of the terrain: the tilt of the ellipsoid by polar motion is left out of the flight (0001)."""
    if flight.touchdown is None:
        pytest.skip(f"{flight.scenario.name} is not flown to the ground")
    assert flight.touchdown["altitude_m"] == pytest.approx(flight.case.terrain, abs=0.1)
    softly = flight.scenario.vehicle.soft_landing is not None
    assert (-3.0 if softly else -9.0) < flight.touchdown["vertical_speed_m_s"] < -0.5
    assert flight.touchdown["horizontal_speed_m_s"] < 0.1, "no wind is flown"


def test_it_says_where_its_numbers_are_from(flight):
    """Every value has a grade, and not everything is assumed."""
    grades = flight.scenario.grades()
    assert sum(grades.values()) > 10 and grades["stated"] + grades["derived"] > 5


def test_the_validation_page_says_when_it_landed(flight):
    """To a second, so that the page is written anew when a number moves. Beginning with a left or a right bank both reach
    the site, half a second apart."""
    if flight.touchdown is None or not flight.scenario.name.startswith(("ms", "tma")):
        pytest.skip("no landing of it in the page")
    landed = seconds(flight.touchdown["time_utc"][11:-1])
    if flight.scenario.name == "ms11-nominal":
        landed = flight.touchdown["elapsed_s"]
        written = [float(x) for x in re.findall(r"^\| landing, actual .*\| ([\d.]+) \| [^|]*\|$", PAGE.read_text(), re.M)]
    else:
        written = [seconds(x) for x in re.findall(r"\d\d:\d\d:\d\d\.\d", PAGE.read_text())]
    assert min(abs(landed - w) for w in written) < 1.0


def seconds(clock):
    hours, minutes, rest = clock.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(rest)
