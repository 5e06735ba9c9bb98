"""A malformed scenario is refused in plain sentences, all defects together, whatever it is."""

import copy
import json
import math
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from trajectory import catalogue
from trajectory.scenario import ScenarioError, load

# 3 x 800 malformed scenarios and 400 more; the files differ in form: extends and a TLE, elements, a Cartesian
# state, inline tables
SETTINGS = settings(
    max_examples=800, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
FILES = ("ms11-nominal", "ms22-uncrewed", "tma11-ballistic", "p1-reference", "apollo-4-entry")
TEXTS = {name: catalogue.find(name).read_text(encoding="utf-8") for name in FILES}
TREES = {name: catalogue.tomllib.loads(text) for name, text in TEXTS.items()}
FREE = ("name", "title", "summary", "description", "note", "source", "reason")


def toml(item) -> str:
    """A tree as inline TOML."""
    if isinstance(item, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in item.items()) + "}"
    if isinstance(item, list):
        return "[" + ", ".join(toml(v) for v in item) + "]"
    if isinstance(item, float) and not math.isfinite(item):
        return str(item)
    return json.dumps(item) if not isinstance(item, int) or isinstance(item, bool) else str(item)


def document(tree: dict) -> str:
    return "\n".join(f"{json.dumps(k)} = {toml(v)}" for k, v in tree.items())


def paths(item, at=()):
    """Key paths of all entries."""
    for key, sub in (
        item.items() if isinstance(item, dict) else enumerate(item) if isinstance(item, list) else ()
    ):
        yield (*at, key)
        yield from paths(sub, (*at, key))


def place(tree, path):
    for part in path[:-1]:
        tree = tree[part]
    return tree


PATHS = {name: list(paths(tree)) for name, tree in TREES.items()}
NAMED = {name: [p for p in ps if isinstance(p[-1], str)] for name, ps in PATHS.items()}
VALUES = {name: [p for p in ps if not any(part in FREE for part in p)] for name, ps in PATHS.items()}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("bad") / "mutant.toml"


def refusal(file, text) -> ScenarioError:
    if isinstance(text, bytes):
        file.write_bytes(text)
    else:
        file.write_text(text, encoding="utf-8")
    os.utime(file, ns=(0, refusal.count))  # a new stamp, however coarse the clock of the file system
    refusal.count += 1_000_000_000
    with pytest.raises(ScenarioError) as caught:
        load(file)
    said = str(caught.value)
    assert file.name in said and caught.value.defects and len(said.splitlines()) == len(caught.value.defects)
    return caught.value


refusal.count = 0


@SETTINGS
@given(st.data())
def test_a_misspelt_key_is_refused(file, data):
    name = data.draw(st.sampled_from(FILES))
    path = data.draw(st.sampled_from(NAMED[name]))
    tree = copy.deepcopy(TREES[name])
    table = place(tree, path)
    table[f"{path[-1]}_x"] = table.pop(path[-1])
    refusal(file, document(tree))


IMPOSSIBLE = (
    "-1e30 parsec", [[]], math.nan, math.inf, "\0", {}, {"value": [[]]}, "5 furlong a day",
    "{x}", {"x": 1},
)  # fmt: skip


@SETTINGS
@given(st.data())
def test_an_impossible_value_is_refused(file, data):
    name = data.draw(st.sampled_from(FILES))
    path = data.draw(st.sampled_from(VALUES[name]))
    wrong = data.draw(st.sampled_from(IMPOSSIBLE))
    tree = copy.deepcopy(TREES[name])
    old = place(tree, path)[path[-1]]
    if wrong == {} and (path == ("vehicle",) or isinstance(old, dict) and "value" not in old):
        wrong = 5  # an empty section may be a right one: it leaves all to what the file extends
    place(tree, path)[path[-1]] = wrong
    refusal(file, document(tree))


@SETTINGS
@given(st.data())
def test_damaged_text_is_read_or_refused_but_never_breaks(file, data):
    text = TEXTS[data.draw(st.sampled_from(FILES))]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = min(len(text), start + data.draw(st.integers(0, 12)))
        text = text[:start] + data.draw(st.text(max_size=6)) + text[end:]
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    os.utime(file, ns=(0, refusal.count))
    refusal.count += 1_000_000_000
    try:
        load(file)
    except ScenarioError as error:
        assert file.name in str(error)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(SETTINGS, max_examples=400)
@given(st.data())
def test_any_value_anywhere_is_read_or_refused(file, data):
    name = data.draw(st.sampled_from(FILES))
    path = data.draw(st.sampled_from(PATHS[name]))
    tree = copy.deepcopy(TREES[name])
    place(tree, path)[path[-1]] = data.draw(JSON)
    file.write_bytes(document(tree).replace("null", '"null"').encode("utf-8", "surrogatepass"))
    os.utime(file, ns=(0, refusal.count))
    refusal.count += 1_000_000_000
    try:
        load(file)
    except ScenarioError as error:
        assert file.name in str(error)


GOOD = TEXTS["ms11-nominal"]
SPOILT = {  # what is done to the file: (old, new, words of the message)
    "misspelt key": ("delta_v =", "delta_vee =", ["deorbit.delta_vee", "nearest: delta_v"]),
    "wrong dimension": ('"128 m/s"', '"128 kg"', ["deorbit.delta_v", "128 kg", "speed", "128 m/s"]),
    "missing unit": ('"128 m/s"', '"128"', ["deorbit.delta_v", "unit is missing"]),
    "bare number": ('"128 m/s"', "128", ["deorbit.delta_v", "bare number"]),
    "unknown unit": ('"128 m/s"', '"128 mps"', ["deorbit.delta_v", "unknown unit 'mps'"]),
    "unit on a ratio": ("value = 68,", 'value = "68 kg",', ["atmosphere.f107", "bare number is due"]),
    "negative": ('"128 m/s"', '"-128 m/s"', ["deorbit.delta_v", "out of range", "from 0"]),
    "nan": ("value = 68,", "value = nan,", ["atmosphere.f107", "finite"]),
    "checksum": ('9994"', '9993"', ["start.lines", "checksum is 3", "adds up to 4"]),
    "short line": ('15.51216338176304"', '15.5121633817630"', ["start.lines", "68 characters"]),
    "year": ("2019-06-25T01", "2419-06-25T01", ["deorbit.ignition", "1957 to 2100"]),
    "local time": ("01:55:03Z", "01:55:03", ["deorbit.ignition", "with Z"]),
    "no such day": ("2019-06-25T01", "2019-06-31T01", ["deorbit.ignition", "no such time"]),
    "word": ('"inertial"', '"inertail"', ["deorbit.attitude", "inertial, lvlh", "nearest: inertial"]),
    "grade": (
        'grade = "stated", distribution',
        'grade = "states", distribution',
        ["grade 'states'", "stated"],
    ),
    "engine": ('engine = "main"', 'engine = "man"', ["deorbit.engine", "main, dpo", "nearest: main"]),
    "vehicle": ('"soyuz-ms"', '"soyus-ms"', ["vehicle", "soyus-ms", "nearest: soyuz-ms"]),
    "site": ('"zhezkazgan"', '"zhezkasgan"', ["site", "nearest: zhezkazgan"]),
    "event": ("[expected.plasma_exit]", "[expected.plasma_exist]", ["plasma_exist", "nearest: plasma_exit"]),
    "schema": ("schema = 1", "schema = 2", ["schema", "1"]),
    "syntax": ("schema = 1", "schema = ", ["valid TOML", "line 1"]),
    "distribution": ('sigma = "0.5 m/s"', 'sigma = "0.5 kg"', ["deorbit.delta_v", "speed"]),
    "type": ('type = "tle"', 'type = "tel"', ["start.type", "nearest: tle"]),
}


@pytest.mark.parametrize("what", SPOILT)
def test_the_sentence_says_what_to_do(file, what):
    old, new, words = SPOILT[what]
    assert old in GOOD
    said = str(refusal(file, GOOD.replace(old, new, 1)))
    assert [word for word in words if word not in said] == [], said


def test_all_defects_come_together(file):
    text = GOOD
    for old, new, _ in (
        SPOILT[k] for k in ("wrong dimension", "checksum", "word", "vehicle", "event", "nan")
    ):
        text = text.replace(old, new, 1)
    assert len(refusal(file, text).defects) == 6


ELEMENTS = """schema = 1
name = "x"
[start]
type = "elements"
epoch = "2024-01-01T00:00:00Z"
semi_major_axis = "{a}"
eccentricity = {e}
inclination = "51 deg"
raan = "0 deg"
argument_of_latitude = "0 deg"
"""


@pytest.mark.parametrize(
    "a, e, word",
    [
        ("6500 km", 0.1, "below ground"),
        ("7000 km", 1, "below 1"),
        ("7000 km", -0.1, "from 0"),
        ("0 m", 0, "above 0"),
    ],
)
def test_impossible_orbits(file, a, e, word):
    assert word in str(refusal(file, ELEMENTS.format(a=a, e=e)))


@pytest.mark.parametrize(
    "key, value, word",
    [("vehicle.descent.mass", "-1 kg", "above 0"), ("vehicle.engine.main.specific_impulse", "0 s", "above 0"),
     ("vehicle.descent.area", "0 m2", "above 0"), ("site.latitude", "91 deg", "-90 to 90"),
     ("atmosphere.density_factor", "-1", "from 0"), ("vehicle.engin.main.thrust", "1 N", "nearest: engine"),
     ("start.lines.7", "x", "no index"), ("", "1", "dotted key"), ("deorbit", "5", "table"),
     ("vehicle.descent.aerodynamics.file", "nowhere.toml", "no such file")],
)  # fmt: skip
def test_impossible_overrides(key, value, word):
    with pytest.raises(ScenarioError) as caught:
        load("ms11-nominal", {key: value})
    assert word in str(caught.value) and "ms11-nominal.toml" in str(caught.value)


def test_a_defect_of_the_vehicle_names_its_file(tmp_path):
    (tmp_path / "ship.toml").write_text('extends = "soyuz-ms"\n[descent]\nmass = "-5 kg"\n')
    (tmp_path / "mine.toml").write_text(GOOD.replace('"soyuz-ms"', '"ship"'))
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "mine.toml")
    (defect,) = caught.value.defects
    assert (
        defect.file.endswith("ship.toml")
        and defect.key == "vehicle.descent.mass"
        and defect.value == '"-5 kg"'
    )
    assert "mine.toml" in str(caught.value)


def test_extends_in_a_circle(tmp_path):
    for name, parent in (("a", "b"), ("b", "c"), ("c", "a")):
        (tmp_path / f"{name}.toml").write_text(f'schema = 1\nname = "{name}"\nextends = "{parent}"\n')
    with pytest.raises(ScenarioError, match="a.toml -> b.toml -> c.toml -> a.toml"):
        load(tmp_path / "a.toml")


@pytest.mark.parametrize(
    "content, word",
    [(b"", "empty"), (b"\n", "empty"), (b"\0", "TOML"), (b"\xff\xfe", "UTF-8"),
     (b"x = " + b"[" * 3000, "TOML"),
     (b"x = " + b"9" * 6000, "TOML"), (b"a.b = 1\na = 2", "TOML"), (b"# only words", "start")],
)  # fmt: skip
def test_what_is_no_scenario_at_all(file, content, word):
    assert word in str(refusal(file, content))


def test_files_that_cannot_be_read(tmp_path):
    for name in (tmp_path, tmp_path / "none.toml", tmp_path / "none", "ms22-uncrewd", "", "x" * 9000, "a\0b"):
        with pytest.raises(ScenarioError):
            load(name)
    (tmp_path / "x.toml").write_text('schema = 1\nname = "x"\n[start]\ntype = "oem"\nfile = "orbit.oem"\n')
    with pytest.raises(ScenarioError, match="orbit.oem"):
        load(tmp_path / "x.toml")


def test_another_schema_is_refused_with_what_this_version_reads(tmp_path):
    (tmp_path / "x.toml").write_text('schema = 2\nname = "x"\nextends = "ms11-nominal"\n')
    with pytest.raises(ScenarioError, match="this version reads files of schema 1 alone"):
        load(tmp_path / "x.toml")


@pytest.mark.parametrize("ignition", ["2020-06-25T01:55:03Z", "2090-06-25T01:55:03Z", "2018-06-25T01:55:03Z"])
def test_a_burn_far_from_its_element_set_is_refused(ignition):
    from trajectory import case

    with pytest.raises(ScenarioError, match="days (after|before) the element set .* give an element set of those days"):
        case.build(load("ms11-bank-schedule").replace(deorbit__ignition=ignition))


@pytest.mark.parametrize(("file", "key"), [
    ("vehicles/soyuz-ms-uncrewed", "descent.mass"), ("sites/arkalyk", "latitude"), ("zones/dragon", "missing[0].name"),
    ("atmospheres/p1", "model"), ("cooling/soyuz-ms", "volume"), ("calendars/iss-2022-2023", "crew[0].names"),
])  # fmt: skip
def test_a_file_of_any_kind_is_shown_as_what_it_is(file, key, capsys):
    from trajectory import catalogue, cli

    assert cli.main(["show", str(catalogue.shipped() / f"{file}.toml")]) == 0
    assert key.split("[")[0] in capsys.readouterr().out
