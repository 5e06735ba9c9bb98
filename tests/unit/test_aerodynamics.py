"""Trim from tables and panels, its stability, files that make no sense, figures of a vehicle that disagree."""

import numpy as np
import pytest

from trajectory import aero_tables, airframe, case, catalogue, newtonian, trim
from trajectory.cli import BAD_INPUT, GOOD, main
from trajectory.defects import ScenarioError
from trajectory.scenario import load, load_vehicle

VEHICLES = catalogue.shipped() / "vehicles"
HEAD = "mach,angle_of_attack [deg],axial,normal,moment"
ENTRY = {"vehicle": "apollo-cm"}


def plate(moment=-0.5, machs=(0.5, 5.0)):
    """A body whose C_A is cos^2, C_N zero and C_m falls with the angle, so that sin(2 alpha)/2 m = offset cos^2 alpha."""
    angles = np.radians(np.arange(0.0, 91.0, 1.0))
    values = np.array([np.cos(angles) ** 2, 0 * angles, moment * np.sin(angles) * np.cos(angles)])
    grid = aero_tables.Grid("mach", np.array(machs), angles, np.repeat(values[:, None], len(machs), axis=1))
    return aero_tables.of("plate", grid, None, 2.0)


@pytest.mark.parametrize("offset", [0.02, 0.1, 0.3])
def test_trim_and_stiffness_of_a_body_in_closed_form(offset):
    """tan alpha = 2 y; dC_m/dalpha there is -(cos 2 alpha)/2 - y sin 2 alpha = -1/2."""
    found = trim.trim(plate(), 0.4, offset, 3.0, 20e3)
    alpha = np.arctan(2 * offset / 2.0)
    assert found.angle == pytest.approx(alpha, abs=2e-4)
    assert found.stiffness == pytest.approx(-0.5, rel=0.01)
    assert found.drag == pytest.approx(np.cos(alpha) ** 3, rel=1e-3)
    assert found.lift == pytest.approx(np.cos(alpha) ** 2 * np.sin(alpha), rel=2e-3)


def test_no_trim_names_the_mach_number():
    with pytest.raises(trim.NoTrim, match=r"plate: no stable trim at Mach 0\.7.*allowed: a station and offset"):
        trim.trim(plate(moment=+0.5), 0.4, 0.1, np.array([3.0, 0.7]), 20e3)


def test_a_symmetric_body_flies_straight():
    body = newtonian.body_of(newtonian.Capsule(2.2, 2.235, 0.05, 0.12, 2.145), 2.2, 3.8)
    found = trim.trim(body, 0.3, 0.0, [5.0, 25.0], [30e3, 60e3])
    assert found.angle == pytest.approx(0.0, abs=1e-9) and np.all(found.lift == pytest.approx(0.0, abs=1e-9))
    assert np.all(found.stiffness < 0.0)


def test_of_two_trims_the_stable_one():
    """A moment that rises and then falls through zero: the rise is passed over."""
    angles = np.radians(np.arange(0.0, 61.0, 5.0))
    moment = 0.1 * np.sin(6 * angles - 0.5)
    values = np.array([1 + 0 * angles, 0 * angles, moment])
    grid = aero_tables.Grid("mach", np.array([1.0, 9.0]), angles, np.repeat(values[:, None], 2, 1))
    found = trim.trim(aero_tables.of("wave", grid, None, 1.0), 0.0, 0.0, 4.0, 0.0)
    assert np.degrees(found.angle) == pytest.approx((180 / np.pi * 0.5 + 180) / 6, abs=0.5) and found.stiffness < 0.0


def test_stiffness_follows_the_moment():
    """The stiffness from how the angle moves with the offset is that of the moment, for panels that have both."""
    capsule = newtonian.Capsule(2.2, 2.235, 0.05, np.radians(7), 2.145, round_top=True)
    body = newtonian.body_of(capsule, 2.145, 3.8)
    here, low, high = (trim.trim(body, 0.385, y, 20.0, 50e3) for y in (0.06, 0.059, 0.061))
    assert here.stiffness == pytest.approx(-here.axial / (high.angle - low.angle) * 0.002 / 2.145, rel=0.03)


def test_where_thin_air_has_no_trim_the_attitude_is_held():
    orion = load_vehicle("orion").descent
    heights = np.array([60e3, 90e3, 100e3, 120e3])
    found = airframe.trim_of(orion)(np.full(4, 25.0), heights)
    assert not found.held[:2].any() and found.held[2:].all()
    assert found.angle[2] == found.angle[3] > found.angle[1] and np.isfinite(found.drag).all()


SHIPPED = [name for name in catalogue.known("vehicle") if name != "soyuz-aerodynamics"]  # a file of tables beside them


@pytest.mark.parametrize("name", SHIPPED)
def test_every_vehicle_agrees_with_itself_and_is_stable(name):
    report = airframe.report(load_vehicle(name).descent, name)
    assert all(check.agrees for check in report.checks)
    assert all(point.stable in (True, None) for point in report.points)
    assert ("25 to 30 %" in "".join(report.notes)) == (report.model == "newtonian")
    table = airframe.table(load_vehicle(name).descent)
    assert table is None or np.isfinite(table.coefficients).all()


def test_the_table_of_the_kernel_is_the_trim():
    """Below 80 km the spline and the trim part by less than 0.5 % of the drag."""
    from scipy.interpolate import BSpline

    descent = load_vehicle("apollo-cm").descent
    table, at = airframe.table(descent), airframe.trim_of(descent)
    mach, height = np.meshgrid(np.linspace(0.7, 27, 30), np.linspace(1e3, 79e3, 30), indexing="ij")
    n, m = (k - 3 for k in table.coefficients.shape[:2])
    rows = BSpline(np.arange(-3, n + 4), table.coefficients, 3)(n * height[0] / (height[0] + table.height_scale))
    ours = BSpline(np.arange(-3, m + 4), np.moveaxis(rows, 1, 0), 3)(m * mach[:, 0] / (mach[:, 0] + table.mach_scale))
    found = at(mach, height)
    assert np.abs(ours[..., 0] / found.drag - 1).max() < 0.005
    assert np.abs((ours[..., 1] - found.lift) / found.drag).max() < 0.005


# --- files


def rows(machs=(0.5, 2.0, 6.0), angles=(0, 10, 20, 30)):
    return [f"{m},{a},1.3,{0.005 * a:g},{-0.004 * a:g}" for m in machs for a in angles]


def flown(tmp_path, text, name="tables.csv", thin=None, **more):
    """The apollo-4-entry with a vehicle of these tables, built but not flown."""
    (tmp_path / name).write_text(text)
    a = {"model": "tables", "file": str(tmp_path / name), "length": "3.9 m", "station": 0.29, "offset": "0.1 m", **more}
    if thin is not None:
        (tmp_path / "thin.csv").write_text(thin)
        a["rarefied"] = {"file": str(tmp_path / "thin.csv")}
    descent = {"mass": "5000 kg", "area": "12 m2", "aerodynamics": a}
    return case.build(load("apollo-4-entry").replace(vehicle={"extends": "apollo-cm"}).replace(vehicle__descent=descent))


def table(lines):
    return "\n".join(["# a comment", HEAD, *lines]) + "\n"


def test_a_table_is_flown(tmp_path):
    built = flown(tmp_path, table(rows()))
    assert built.legs


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r[4:8] + r[:4] + r[8:], "line 7: mach is 0.5 after 2; allowed: rising"),
        (lambda r: r[:1] + [r[2], r[1]] + r[3:], "line 5: angle_of_attack [deg] is 10 after 20; allowed: rising"),
        (lambda r: r[:4], "line 3: too short: 1 values of mach; allowed: 2 or more"),
        (lambda r: [x for x in r if ",20," not in x and ",10," not in x], "line 4: too short: 2 values of angle"),
        (lambda r: r[:5] + r[6:], "line 8: a gap: angle_of_attack [deg] is 20 at mach 2; allowed: 10"),
        (lambda r: r[:-1], "line 13: a gap: mach 6 ends at angle_of_attack [deg] 20; allowed: 4 angles, to 30"),
        (lambda r: [x.replace("2.0,10,1.3", "2.0,10,") for x in r], "line 8: axial is ''; allowed: a finite number"),
        (lambda r: [x.replace("2.0,10,1.3", "2.0,10,nan") for x in r], "line 8: axial is 'nan'; allowed: a finite number"),
        (lambda r: [x.replace("2.0,10,1.3", "2.0,10,1300") for x in r], "line 8: axial is 1300; allowed: -100 to 100"),
        (lambda r: [x.replace(",30,", ",70,") for x in r], "line 6: a gap: angle_of_attack [deg] is 70 after 20; allowed: 30"),
        (lambda r: [x.replace(",30,", ",190,") for x in r], "line 6: angle_of_attack [deg] is 190; allowed: 0 to 180"),
        (lambda r: ["0.5,0,1.3"] + r[1:], "line 3: 3 values; allowed: 5"),
        (lambda r: [], "too short: 0 values of mach"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(tmp_path, change, message):
    with pytest.raises(ScenarioError) as caught:
        flown(tmp_path, table(change(rows())))
    said = str(caught.value)
    assert message in said and "tables.csv" in said and "vehicle.descent.aerodynamics" in said
    assert len(said.splitlines()) == 1


def test_other_bad_files(tmp_path):
    with pytest.raises(ScenarioError, match="line 2: columns are mach, alpha.*allowed: mach, angle_of_attack"):
        flown(tmp_path, "# \nmach,alpha,axial,normal,moment\n1,2,3,4,5\n")
    thin = "\n".join([HEAD.replace("mach", "knudsen"), *(f"{k},{a},0,0,0" for k in (0.1, 1) for a in (0, 5, 10))])
    with pytest.raises(ScenarioError, match="increments from 0 to 10 deg; allowed: at least from 0 to 30"):
        flown(tmp_path, table(rows()), thin=thin)
    with pytest.raises(ScenarioError, match="line 4: knudsen is 0.01 after 0.1; allowed: rising"):
        flown(tmp_path, table(rows()), thin=thin.replace("\n1,", "\n0.01,").replace("0.1,10,0,0,0\n", ""))
    with pytest.raises(ScenarioError, match="no stable trim at Mach 0.5"):
        flown(tmp_path, table(rows()), station=0.99)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("mach = [0.6, 0.8, 1.1", "mach = [0.6, 1.8, 1.1", "line 21: slow.mach is 1.1 after 1.8; allowed: rising"),
        ("[1.05, 1.13, 1.34, 1.49, 1.42, 1.44]", "[1.05, 1.13]", "line 26: a gap: slow.axial[2] has 2 entries; allowed: 6"),
        ("[14.85, 15.52,", "[14.85, nan,", "line 61: slow_trim.angle_of_attack_deg[1][3][1] is nan; allowed: a number"),
        ("height_km = [90.0, 100.0, 110.0, 120.0, 130.0]", "height_km = [90.0]", "line 129: too short: 1 values of rarefied"),
        ("moment_a = 0.005228", "", "fast.moment_a is missing"),
        ("[rarefied]", "[thin]", "no section rarefied"),
    ],
)
def test_a_bad_file_of_trims_is_refused_with_its_line(tmp_path, old, new, message):
    text = (VEHICLES / "soyuz-aerodynamics.toml").read_text()
    assert old in text
    (tmp_path / "bad.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(ValueError) as caught:
        aero_tables.trimmed(tmp_path / "bad.toml")
    assert message in str(caught.value) and "bad.toml" in str(caught.value)


def test_a_toml_table_is_that_of_its_csv(tmp_path):
    """The same numbers in both forms give the same body, thin air too."""
    angles, machs, knudsen = [0.0, 10.0, 20.0, 30.0], [0.5, 2.0, 6.0], [0.01, 1.0]
    held = {f: [[c(a) for _ in machs] for a in angles] for f, c in
            (("axial", lambda a: 1.3), ("normal", lambda a: 0.005 * a), ("moment", lambda a: -0.004 * a))}  # fmt: skip
    extra = {f: [[k * 0.1 for k in range(2)] for a in angles] for f in ("axial", "normal", "moment")}
    lines = ["[dense]", f"mach = {machs}", f"angle_of_attack_deg = {angles}", *(f"{f} = {v}" for f, v in held.items())]
    lines += ["[rarefied]", f"knudsen = {knudsen}", f"angle_of_attack_deg = {angles}"]
    lines += [f"{f} = {v}" for f, v in extra.items()]
    (tmp_path / "t.toml").write_text("\n".join(lines))
    (tmp_path / "t.csv").write_text(table(rows()))
    thin = [f"{k},{a:g},{0.1 * i:g},{0.1 * i:g},{0.1 * i:g}" for i, k in enumerate(knudsen) for a in angles]
    (tmp_path / "thin.csv").write_text("\n".join([HEAD.replace("mach", "knudsen"), *thin]))
    a = aero_tables.body(tmp_path / "t.toml", None, 3.9)
    b = aero_tables.body(tmp_path / "t.csv", tmp_path / "thin.csv", 3.9)
    for height in (30e3, 95e3, 130e3):
        for x, y in zip(a.coefficients(3.0, height), b.coefficients(3.0, height), strict=True):
            assert x == pytest.approx(y, abs=1e-12)
    assert a.coefficients(3.0, 130e3)[0] == pytest.approx(1.4)
    assert a.coefficients(3.0, 60e3)[0] == pytest.approx(1.3)


def test_drag_against_mach_in_a_file_is_checked_too(tmp_path):
    (tmp_path / "cd.csv").write_text("mach,drag_coefficient,lift_to_drag\n0.5,1.0,0.3\n2,1.3,0.3\n1,1.2,0.3\n")
    with pytest.raises(ValueError, match="line 4: mach is 1 after 2; allowed: rising"):
        aero_tables.columns(tmp_path / "cd.csv")
    (tmp_path / "cd.csv").write_text("mach,drag_coefficient,lift_to_drag\n0.5,1.0,0.3\n2,0,0.3\n")
    with pytest.raises(ValueError, match="line 3: drag_coefficient is 0"):
        aero_tables.columns(tmp_path / "cd.csv")
    (tmp_path / "cd.csv").write_text("mach,drag_coefficient,lift_to_drag\n0.5,1.0,0.3\n2,1.4,0.3\n")
    descent = {"mass": "5000 kg", "area": "12 m2", "aerodynamics": {"model": "file", "file": str(tmp_path / "cd.csv")}}
    scenario = load("apollo-4-entry").replace(vehicle={"extends": "apollo-cm"}).replace(vehicle__descent=descent)
    assert case.descent_body(scenario).table is not None
    assert airframe.points(scenario.vehicle.descent)[0].drag == pytest.approx(1.0, abs=0.05)


# --- mass, drag, area, ballistic coefficient


def test_a_ballistic_coefficient_that_disagrees_is_refused():
    scenario = load("apollo-4-entry")
    beta = 5424.6 / (1.2891 * 12.0171)
    kept = scenario.replace(vehicle__descent__ballistic_coefficient=f"{beta:.1f} kg/m2")
    assert all(check.agrees for check in airframe.checks(kept.vehicle.descent))
    with pytest.raises(ScenarioError, match=r"is 400 kg/m2, but .* make 350\.2 kg/m2; allowed: within 2 %"):
        scenario.replace(vehicle__descent__ballistic_coefficient="400 kg/m2")


def test_an_area_that_disagrees_with_the_diameter_is_said():
    wrong = load("apollo-4-entry").replace(vehicle__descent__area="13 m2")
    assert any("area from the diameter is 12.02 m2, against 13: differs" in note for note in case.build(wrong).notes)


def test_newtonian_flights_say_how_good_they_are():
    built = case.build(load("apollo-4-entry").replace(vehicle="orion"))
    assert any("25 to 30 % too small" in note for note in built.notes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"length": "0.1 m"}, "length 0.1 m; allowed"),
        ({"corner_radius": "3 m"}, "corner radius 3 m; allowed"),
        ({"shield_radius": "1.5 m"}, "a shield of radius 1.5 m on a diameter of 5.02 m; allowed"),
        ({"front_angle": "60 deg"}, "leaves no cone; allowed: less than"),
    ],
)
def test_an_impossible_shape_is_refused(change, message):
    scenario = load("apollo-4-entry").replace(vehicle="orion")
    for key, value in change.items():
        scenario = scenario.replace(**{f"vehicle__descent__shape__{key}": value})
    with pytest.raises(ScenarioError, match=message):
        case.build(scenario)


def test_an_impossible_shape_of_a_vehicle_that_needs_none_is_refused_too():
    with pytest.raises(ScenarioError, match="vehicle.descent.shape: length 0.01 m; allowed"):
        case.build(load("stardust-entry").replace(vehicle__descent__shape__length="0.01 m"))


# --- the command line


def test_show_gives_the_trim(capsys):
    assert main(["show", "ms11-nominal"]) == GOOD
    said = capsys.readouterr().out
    assert "aerodynamics: axial-normal" in said and "stable" in said and "agrees" in said
    assert main(["show", "orion"]) == GOOD
    assert "25 to 30 % too small" in " ".join(capsys.readouterr().out.split())


def test_show_refuses_a_vehicle_that_cannot_be_trimmed(capsys):
    assert main(["show", "ms11-nominal", "--set", "vehicle.descent.aerodynamics.file=nowhere.toml"]) == BAD_INPUT
    assert main(["show", "apollo-4-entry", "--set", "vehicle=apollo-cm", "--set",
                 "vehicle.descent.aerodynamics.station=0.99"]) == BAD_INPUT  # fmt: skip
    assert "no stable trim at Mach" in capsys.readouterr().err
