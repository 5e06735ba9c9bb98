"""What differs between two scenarios, and what each difference does."""

import json

import pytest

import trajectory as tj
from trajectory import changes, cli

ORBIT = ('lines = ["1 25544U 98067A   19174.05036204  .00001525  00000-0  33398-4 0  9995", '
         '"2 25544  51.6442 332.2030 0008185  74.7737  30.3832 15.51219884176168"]')  # fmt: skip
NEWER = f"""
schema = 1
name = "newer"
extends = "ms11-bank-schedule"
[start]
{ORBIT}
[atmosphere]
density_factor = 1.05
[vehicle.descent]
mass = {{ value = "2950 kg", source = "weighed again" }}
"""


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    """MS-11 with its commands fixed, and the same with a newer orbit, denser air and a heavier module."""
    file = tmp_path_factory.mktemp("changes") / "newer.toml"
    file.write_text(NEWER)
    fixed = {"guidance.reversal": "2700 m/s", "guidance.first_side": "right", "atmosphere.model": "us76"}
    return tj.load("ms11-bank-schedule", fixed), tj.load(str(file), fixed)


@pytest.fixture(scope="module")
def found(pair):
    return changes.changes(*pair)


def test_every_input_that_differs_is_named(found):
    assert {i.key for i in found.inputs} == {"start", "atmosphere", "vehicle"}
    mass = next(i for i in found.inputs if i.key == "vehicle")
    assert mass.problem is None and set(mass.part) == set(found.whole)


def test_an_effect_is_that_of_the_flight(pair, found):
    """Changed alone, an input does what a flight with it does; the parts and what they leave make the whole."""
    before, after = pair
    plain, dense = tj.fly(before), tj.fly(before.replace(atmosphere__density_factor=1.05))
    air = next(i for i in found.inputs if i.key == "atmosphere")
    assert air.first["landing_s"] == pytest.approx(dense.touchdown["elapsed_s"] - plain.touchdown["elapsed_s"], abs=1e-3)
    assert air.first["load_factor_g"] == pytest.approx(dense.peak["load_factor_g"] - plain.peak["load_factor_g"], abs=1e-6)
    flown = tj.fly(after)
    assert found.whole["landing_s"] == pytest.approx(flown.touchdown["elapsed_s"] - plain.touchdown["elapsed_s"], abs=1e-3)
    for k, whole in found.whole.items():
        assert sum(i.part[k] for i in found.inputs) + found.together()[k] == pytest.approx(whole, abs=1e-9)


def test_a_scenario_against_itself_changes_nothing(pair):
    same = changes.changes(pair[0], pair[0], samples=50)
    assert same.inputs == () and set(same.whole.values()) == {0.0} and "radius_p99_m" in same.whole


def test_an_input_that_cannot_be_taken_alone_says_so(tmp_path):
    """The second has an engine that the first has not: its name alone makes no flight."""
    text = ('schema = 1\nname = "other"\nextends = "ms11-bank-schedule"\n[deorbit]\nengine = "small"\n'
            '[vehicle.engine.small]\nthrust = "1500 N"\nspecific_impulse = "290 s"\n')  # fmt: skip
    (tmp_path / "other.toml").write_text(text)
    found = changes.changes(tj.load("ms11-bank-schedule"), tj.load(str(tmp_path / "other.toml")))
    alone = next(i for i in found.inputs if i.key == "deorbit.engine")
    assert "small" in alone.problem and alone.part == {}
    assert found.whole["landing_s"] != 0.0


def test_what_has_nothing_to_do_with_each_other_is_said_input_by_input():
    """A ground program's flight and a problem without guidance: no input that cannot be flown alone ends the rest."""
    found = tj.changes(tj.load("ms11-bank-schedule"), tj.load("p1-reference"))
    problems = {i.key: i.problem for i in found.inputs if i.problem}
    assert "real Earth" in problems["earth.orientation"] and found.whole["load_factor_g"]
    assert any(i.problem is None for i in found.inputs)


def test_the_command(tmp_path, capsys):
    (tmp_path / "newer.toml").write_text('schema = 1\nname = "newer"\nextends = "ms11-bank-schedule"\n[atmosphere]\nap = 40\n')
    assert cli.main(["changes", "ms11-bank-schedule", str(tmp_path / "newer.toml"), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [i["key"] for i in answer["inputs"]] == ["atmosphere"] and answer["after"] == "newer"
    assert cli.main(["changes", "ms11-bank-schedule", str(tmp_path / "newer.toml")]) == 0
    assert "atmosphere" in capsys.readouterr().out
