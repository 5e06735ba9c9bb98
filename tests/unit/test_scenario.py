"""Reading scenarios: values, units, sources and grades; extends, overrides, variants."""

import math
import pickle

import pytest

from trajectory import catalogue
from trajectory.scenario import ScenarioError, describe, load, schema_reference

ORBIT = """
schema = 1
name = "mine"
[start]
type = "cartesian"
source = "a book"
epoch = "2024-01-01T00:00:00Z"
frame = "GCRS"
position = ["7000 km", "0 km", "0 km"]
velocity = ["0 m/s", "7.5 km/s", "0 m/s"]
"""


def written(folder, text, name="mine.toml"):
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_a_value_is_si_and_keeps_its_words():
    scenario = load("ms11-nominal")
    delta_v = scenario.deorbit.delta_v
    assert (delta_v.si, delta_v.text, delta_v.unit, delta_v.grade) == (128.0, "128 m/s", "m/s", "stated")
    assert "MS-11" in delta_v.source and delta_v.distribution["sigma"].si == 0.5
    assert scenario.guidance.bank.si == pytest.approx(math.radians(60), rel=1e-15)
    assert scenario.entry_interface.si == pytest.approx(99700, rel=1e-15)
    assert scenario.deorbit.ignition.iso == "2019-06-25T01:55:03.000000Z"
    assert scenario.vehicle.engine["main"].specific_impulse.si == 302
    assert scenario.vehicle.parachute.main.drag_area.si == 710
    assert scenario.vehicle.descent.aerodynamics.file.name == "soyuz-aerodynamics.toml"


@pytest.mark.parametrize("name", catalogue.known())
def test_every_shipped_scenario_loads_and_says_where_its_values_are_from(name):
    scenario = load(name)
    assert scenario.name == name and scenario.summary
    assert sum(scenario.grades().values()) == len(list(scenario.values()))
    unsourced = [key for key, value in scenario.values() if value.grade != "assumed" and not value.source]
    assert unsourced == []
    assert list(scenario.expected.items()) or scenario.expected.cooling, "a shipped scenario is a check case"
    assert len(describe(scenario)) > len(list(scenario.values()))


def test_the_section_gives_its_source_and_defaults_are_assumed(tmp_path):
    scenario = load(written(tmp_path, ORBIT))
    assert scenario.start.position[0].source == "a book" and scenario.start.position[0].grade == "stated"
    assert scenario.stop.revolutions.grade == "assumed" and scenario.stop.revolutions.si == 2


def test_a_child_does_not_take_over_the_parents_source_or_expectations(tmp_path):
    written(tmp_path, ORBIT + '[expected]\ntouchdown_speed = {value="1 m/s", within="1 m/s", source="x"}\n')
    text = 'schema = 1\nname = "child"\nextends = "mine"\n[start]\nepoch = "2025-01-01T00:00:00Z"\n'
    child = load(written(tmp_path, text, "child.toml"))
    assert child.start.epoch.iso.startswith("2025") and child.start.epoch.source is None
    assert child.start.position[0].source == "a book"
    assert child.expected is None and child.name == "child"


def test_another_type_replaces_the_table(tmp_path):
    written(tmp_path, ORBIT)
    text = """schema = 1
name = "child"
extends = "mine"
[start]
type = "elements"
epoch = "2024-01-01T00:00:00Z"
semi_major_axis = "7000 km"
eccentricity = 0.001
inclination = "51.6 deg"
raan = "0 deg"
argument_of_latitude = "0 deg"
"""
    assert load(written(tmp_path, text, "child.toml")).start.eccentricity.si == 0.001


def test_own_files_are_looked_up_beside_the_scenario_first(tmp_path):
    (tmp_path / "vehicles").mkdir()
    written(tmp_path / "vehicles", '[descent]\nmass = "2 t"\narea = "3 m2"\n[descent.aerodynamics]\n'
            'model = "constant"\ndrag_coefficient = 1\n', "soyuz-ms.toml")  # fmt: skip
    scenario = load(written(tmp_path, ORBIT.replace("[start]", 'vehicle = "soyuz-ms"\n[start]')))
    assert scenario.vehicle.descent.mass.si == 2000


def test_a_copy_in_any_folder_is_the_same_scenario(tmp_path):
    for name in ("ms22-uncrewed", "p1-reference"):
        copy = written(tmp_path, catalogue.find(name).read_text(encoding="utf-8"), f"{name}-copy.toml")
        assert load(copy).sha256 == load(name).sha256


def test_overrides(tmp_path):
    scenario = load(
        "ms11-nominal", ["deorbit.delta_v=127 m/s", 'vehicle.descent.mass="2700 kg"', "guidance.mode=none"]
    )
    delta_v = scenario.deorbit.delta_v
    assert (delta_v.si, delta_v.source, delta_v.grade) == (127.0, "given on the command line", "assumed")
    assert delta_v.distribution["sigma"].si == 0.5
    assert scenario.vehicle.descent.mass.si == 2700 and scenario.vehicle.descent.area.si == 3.8
    assert scenario.guidance.mode == "none"
    assert load(
        "ms11-nominal", {"deorbit.ignition": "solve", "deorbit.near": "2019-06-25T02:00:00Z"}
    ).deorbit.near
    assert scenario.sha256 != load("ms11-nominal").sha256
    assert load("p1-reference", {"start.position.0": "2530328.5 m"}).start.position[0].si == 2530328.5


def test_a_variant_is_a_new_validated_scenario():
    scenario = load("ms11-nominal")
    variant = scenario.replace(
        deorbit__delta_v="120 m/s", guidance={"mode": "ballistic"}, vehicle="soyuz-ms-uncrewed"
    )
    assert variant.deorbit.delta_v.si == 120 and variant.vehicle.descent.mass.si == 2856
    assert scenario.deorbit.delta_v.si == 128 and scenario.guidance.mode == "automatic"
    assert scenario.replace().sha256 == scenario.sha256
    again = scenario.replace(deorbit__delta_v=scenario.deorbit.delta_v)
    assert again.deorbit.delta_v.source == scenario.deorbit.delta_v.source
    with pytest.raises(ScenarioError, match="delta_v"):
        scenario.replace(deorbit__delta_v="120 kg")
    with pytest.raises(ValueError, match="frozen"):
        scenario.name = "other"


def test_a_scenario_can_be_pickled():
    scenario = load("ms22-uncrewed")
    again = pickle.loads(pickle.dumps(scenario))
    assert again.sha256 == scenario.sha256 and again.deorbit == scenario.deorbit


def test_expected_figures_are_listed_by_key():
    figures = dict(load("ms11-nominal").expected.items())
    assert figures["module_separation.elapsed"].value.si == 1646
    assert figures["deorbit_ignition.altitude"].known_miss.miss.si == 2400
    assert figures["touchdown_distance"].from_[0].si == pytest.approx(math.radians(47.41575))
    assert figures["touchdown_time"].within.si == 60 and figures["touchdown_time"].value.iso.endswith(
        "47:42.400000Z"
    )
    assert figures["plasma_exit.elapsed"].value.si == 2193


def test_the_reference_names_every_section():
    text = schema_reference()
    for section in ("[deorbit]", "[guidance]", "[vehicle.parachute.pilot]", "[expected]", "[event]"):
        assert section in text
    assert "bank" in text and "must be given" in text


def _interpolated(x, nodes, rows):
    """Linear between nodes, held beyond; rows are numbers or lists."""
    k = min(max(sum(n <= x for n in nodes) - 1, 0), len(nodes) - 2)
    s = min(max((x - nodes[k]) / (nodes[k + 1] - nodes[k]), 0.0), 1.0)
    if isinstance(rows[0], list):
        return [a + s * (b - a) for a, b in zip(rows[k], rows[k + 1], strict=True)]
    return rows[k] + s * (rows[k + 1] - rows[k])


@pytest.mark.parametrize(  # trim, CD and CL by hand from the source's tables: offset 87.4 mm, station 0.385
    "mach, height, alpha, drag, lift",
    [(20, 60, 20.0, 1.326, 0.348), (25, 70, 20.5, 1.319, 0.349), (10, 43, 21.4, 1.285, 0.346),
     (6, 35, 21.7, 1.277, 0.340), (4, 30, 22.6, 1.248, 0.336), (1.7, 20, 23.2, 1.344, 0.347),
     (1.1, 15, 23.0, 1.201, 0.458), (0.6, 10, 16.8, 0.949, 0.384)],
)  # fmt: skip
def test_the_soyuz_tables_give_the_trim_of_the_descent_module(mach, height, alpha, drag, lift):
    data = catalogue.tomllib.loads((catalogue.shipped() / "vehicles/soyuz-aerodynamics.toml").read_text())
    station, offset = 0.385, 0.0874 / 2.145
    if mach <= 6:
        slow, trim = data["slow"], data["slow_trim"]
        tables = [list(zip(*t, strict=True)) for t in trim["angle_of_attack_deg"]]  # [station][mach][offset]
        order = sorted(range(5), key=lambda k: trim["offset_over_length"][k])
        offsets = [trim["offset_over_length"][k] for k in order]
        at = [[_interpolated(offset, offsets, [t[m][k] for k in order]) for m in range(6)] for t in tables]
        angle = _interpolated(mach, slow["mach"], _interpolated(station, trim["station"], at))
        axial, normal = (
            _interpolated(mach, slow["mach"], _interpolated(angle, slow["angle_of_attack_deg"], slow[key]))
            for key in ("axial", "normal")
        )
    else:
        fast, nodes = data["fast"], [6.0, *data["fast"]["mach"]]
        t, n, m, t1, n1, m1 = (
            _interpolated(
                mach, nodes, [0.0, *(_interpolated(height, fast["height_km"], row) for row in fast[k])]
            )
            for k in ("axial", "normal", "moment", "axial_slope", "normal_slope", "moment_slope")
        )
        y = -offset
        slope = 0.005228 - 0.00967 * station + m1 + y * (-0.0155 + t1)
        a = -(0.1036 - 0.14 * station + m + y * (1.33 + t)) / slope
        angle, axial, normal = 20 + a, 1.33 - 0.0155 * a + t + t1 * a, 0.14 + 0.009 * a + n + n1 * a
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    assert angle == pytest.approx(alpha, abs=0.11)
    assert axial * c + normal * s == pytest.approx(drag, abs=0.005)
    assert axial * s - normal * c == pytest.approx(lift, abs=0.005)
