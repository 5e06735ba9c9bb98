"""The station's calendar: the gap in its seats as published, who sits where, what each way home leaves behind."""

import json

import numpy as np
import pytest

import trajectory as tj
from trajectory import calendar, catalogue, cli
from trajectory.defects import ScenarioError


@pytest.fixture(scope="module")
def iss():
    return tj.calendar()


def test_seven_aboard_and_four_seats_until_ms23_came(iss):
    """From the leak to the docking of MS-23, to the second; then until the liners were moved seats, but not theirs."""
    first, second = iss.gaps()
    assert (first["from_utc"], first["until_utc"]) == ("2022-12-15T00:45:00Z", "2023-02-26T00:58:00Z")
    assert first["aboard"] == 7 and first["healthy_seats"] == 4 and first["who"] == ["Prokopyev", "Petelin", "Rubio"]
    assert second["healthy_seats"] == 7 and second["until_utc"] == "2023-03-02T00:00:00Z"


@pytest.mark.parametrize(
    ("date", "aboard", "seated", "rubio"),
    [
        ("2022-12-14", 7, 7, ("soyuz-ms-22", "seat")),
        ("2022-12-25", 7, 4, ("soyuz-ms-22", "emergency place")),
        ("2023-01-20", 7, 4, ("crew-5-dragon", "emergency place")),
        ("2023-03-05", 11, 11, ("soyuz-ms-23", "seat")),
        ("2023-04-06T09:00:00Z", 7, 7, ("soyuz-ms-23", "seat")),  # moving from Poisk to Prichal with its crew
        ("2023-09-20", 10, 10, ("soyuz-ms-23", "seat")),
    ],
)
def test_who_could_leave_and_in_what(iss, date, aboard, seated, rubio):
    day = iss.on(date)
    assert day.aboard == aboard and len(day.of("seat")) == seated and day.places["Rubio"] == rubio


def test_ports(iss):
    assert "Poisk" in iss.on("2023-03-05").occupied_ports and "Poisk" not in iss.on("2023-04-10").occupied_ports


def test_what_a_way_home_leaves_behind(iss):
    ways = {o["scenario"]: o for o in iss.options()}
    assert ways["ms22-healthy"]["until_utc"] == "2022-12-15T00:45:00Z"
    assert ways["ms22-crew3-degraded"]["covered_from_utc"] == "2022-12-15T00:45:00Z"  # the four of Crew-5 have their Dragon
    two = ways["ms22-crew2-degraded"]
    assert two["covered_from_utc"] is None and two["at_first_left_without_a_seat"] == ["Rubio"]
    empty = ways["ms22-uncrewed"]
    assert empty["at_first_left_without_a_seat"] == ["Prokopyev", "Petelin", "Rubio"]
    assert empty["covered_from_utc"] == "2023-03-02T00:00:00Z"
    assert set(ways) <= set(catalogue.known()), "each is a scenario that can be flown"


def test_options_of_scenarios_agree_with_the_calendar(iss):
    """A scenario's own dates, and the first and last at which its ship could take those it takes, are the same days."""
    for o in iss.options():
        own = tj.load(o["scenario"]).option
        begin = max(np.datetime64(own.from_.iso[:10]), np.datetime64(iss.file.from_.iso[:10]))
        if o["scenario"] in ("ms22-uncrewed", "ms23-nominal"):  # theirs begin when MS-23 docked, the liners followed
            assert abs(np.datetime64("2023-02-26") - begin) < np.timedelta64(1, "D")
        elif not o["scenario"].startswith("ms22-crew2"):
            assert abs(np.datetime64(o["from_utc"][:10]) - begin) <= np.timedelta64(1, "D"), o["scenario"]


def test_days_aboard(iss):
    soyuz = next(s for s in iss.stays() if "Rubio" in s["names"])
    assert soyuz["days"] == pytest.approx(371, abs=0.7) and soyuz["planned_days"] == pytest.approx(188, abs=1.5)


def test_a_row_for_each_day(iss):
    table = iss.to_dataframe()
    assert len(table) == 304 and table.loc["2023-01-01", "with_seat"] == 4 and table.loc["2023-01-01", "healthy_seats"] == 4
    assert (table["without"] == "").all()


def test_every_date_says_where_it_is_from(iss):
    """Stated with a source, or assumed and marked as recalled."""
    dates = [d for key, d in calendar.instants(iss.file) if key not in ("from_", "until")]
    assert len(dates) > 40 and all(d.source for d in dates)
    assert all("unconfirmed" in d.source for d in dates if d.grade == "assumed")


def test_the_command(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["calendar", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == 1 and len(answer["days"]) == 304 and not list(tmp_path.iterdir())
    assert cli.main(["calendar", "--on", "2023-01-20"]) == 0
    assert "emergency place" in capsys.readouterr().out
    assert cli.main(["calendar", "--out", "c.png"]) == 0 and (tmp_path / "c.png").stat().st_size > 30_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--on", "2024-01-01"], "covers 2022-12-01 to 2023-10-01"),
        (["--on", "soon"], "a date is due"),
        (["iss-2022"], "nearest: iss-2022-2023"),
    ],
)
def test_what_cannot_be_asked_is_named(words, said, capsys):
    assert cli.main(["calendar", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('to = ["Rubio"]', 'to = ["Rubyo"]'), "assigned to Rubyo, who is in no crew; nearest: Rubio"),
        (('spacecraft = "soyuz-ms-23"', 'spacecraft = "soyuz-ms-32"'), "no spacecraft soyuz-ms-32; nearest: soyuz-ms-2"),
        (("places = 3", "seats = 3"), "unknown key"),
        (('value = "2023-03-28T09:57:27Z"', 'value = "2021-03-28T09:57:27Z"'), "must be later than from"),
    ],
)
def test_a_file_that_does_not_hold_together_is_named(tmp_path, change, said):
    text = (catalogue.shipped() / "calendars" / "iss-2022-2023.toml").read_text()
    assert change[0] in text
    file = tmp_path / "own.toml"
    file.write_text(text.replace(*change))
    with pytest.raises(ScenarioError, match="own.toml") as caught:
        tj.calendar(file)
    assert said in str(caught.value)
