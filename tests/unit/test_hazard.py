"""The people below: where the bodies fall, the areas, the messages and the rules."""

import json

import numpy as np
import pytest

import trajectory as tj
from trajectory import cli, confidence, geodesy, hazard, land, result
from trajectory.report import areas_below, export


@pytest.fixture(scope="module")
def ms22():
    return tj.hazard(tj.load("ms22-uncrewed"), samples=300, population=2.0)


@pytest.fixture(scope="module")
def flown():
    """The nominal flight, its parts followed."""
    return result.fly(tj.load("ms22-uncrewed").replace(separation__follow_parts=True))


def test_every_body_falls(ms22):
    assert [b.name for b in ms22.bodies] == ["orbital_module", "instrument_module", "heat_shield", "descent_module"]
    assert all(np.isfinite(b.latitude).sum() == 300 for b in ms22.bodies)


def test_the_nominal_fall_lies_among_the_dispersed(ms22, flown):
    """result.fly follows the parts of the nominal flight without a push: inside the area, near the middle."""
    assert len(flown.parts) == 2
    for part in flown.parts:
        b = ms22.body(part["name"])
        place = np.radians([part["latitude_deg"], part["longitude_deg"]])
        apart = geodesy.distance(np.nanmedian(b.latitude), np.nanmedian(b.longitude), *place)
        assert apart < 40e3
        assert inside(b.polygon, *place)


def inside(polygon, latitude, longitude):
    import shapely

    return shapely.Polygon(polygon[:, ::-1]).contains(shapely.Point(longitude, latitude))


def test_modules_fall_short_and_the_shield_under_the_canopy(ms22):
    site = ms22.scenario.site

    def away(b):
        return float(np.nanmedian(geodesy.distance(b.latitude, b.longitude, site.latitude.si, site.longitude.si)))

    assert 300e3 < away(ms22.body("instrument_module")) < away(ms22.body("orbital_module")) < 1000e3
    assert away(ms22.body("heat_shield")) < 30e3


def test_terminal_speed_of_the_shield(ms22):
    """m g = CD A rho V^2 / 2 near the ground (rho 1.19 kg/m3 at 300 m): the median draw has the nominal drag."""
    b = ms22.body("heat_shield")
    assert np.nanmedian(b.speed) == pytest.approx(np.sqrt(2 * b.mass * 9.81 / (1.17 * b.area * 1.19)), rel=0.08)


def test_areas_hold_what_they_state(ms22):
    """Polygons are convex; falls of another seed lie inside as often as stated, within what the counts allow."""
    other = tj.hazard(tj.load("ms22-uncrewed"), samples=600, seed=7)
    for b in ms22.bodies:
        ring = np.vstack([b.polygon, b.polygon[:2]])
        way = np.diff(ring, axis=0)
        turn = way[:-1, 0] * way[1:, 1] - way[:-1, 1] * way[1:, 0]
        assert (turn > 0).all() or (turn < 0).all()
        own = other.body(b.name)
        k = sum(inside(b.polygon, p, q) for p, q in zip(own.latitude, own.longitude, strict=True))
        assert confidence.share(k, 600).high > b.containment - 0.01


def test_too_few_falls_state_less():
    drawn = np.random.default_rng(3)
    latitude, longitude = 0.8 + 1e-4 * drawn.normal(size=(2, 60))
    corners, held, part = hazard.area_of(latitude, longitude, 0.99)
    assert held == pytest.approx(confidence.share(60, 60).low) and held < 0.99 and part == 1.0
    corners, held, part = hazard.area_of(*(0.8 + 1e-4 * drawn.normal(size=(2, 5000))), 0.9)
    assert held == 0.9 and 0.9 <= part < 0.93 and len(corners) > 5


def test_casualty_area_and_expectation(ms22):
    """NASA-STD-8719.14: (0.6 + sqrt(A))^2; 4.0, 5.8 and 3.80 m2."""
    areas = [(0.6 + np.sqrt(a)) ** 2 for a in (4.0, 5.8, 3.8)]
    assert ms22.casualty_area == pytest.approx(sum(areas))
    assert ms22.expectation == pytest.approx(sum(areas) * 2e-6) and ms22.most_population == pytest.approx(100 / sum(areas))
    rules = ms22.rules()
    assert rules[0]["holds"] is None and "lower bound" in rules[0]["why"]
    assert rules[1]["holds"] is False and rules[1]["why"] == "on land"
    crowded = tj.hazard(tj.load("ms22-uncrewed"), samples=20, population=50)
    assert crowded.rules()[0]["holds"] is False


def test_distance_to_land():
    """The oceanic pole of inaccessibility, 48.88 S 123.39 W, is 2688 km from any land."""
    ocean = np.radians([[-48.9, -123.4], [-48.9, -123.3], [-48.8, -123.35]])
    assert land.distance(ocean) == pytest.approx(2688e3, rel=0.03)
    assert land.distance(np.radians([[47.0, 69.0], [47.0, 70.0], [48.0, 69.5]])) == 0.0


def test_parts_pushed_aside_do_not_come_near_again(ms22):
    near = ms22.body("instrument_module").recontact
    assert set(near) == set(hazard.DIRECTIONS) and min(near.values()) > 10
    assert ms22.body("orbital_module").recontact["back"] > 10 > ms22.body("orbital_module").recontact["forward"]


def test_messages_are_read_by_a_standard_reader(ms22, tmp_path):
    from ccsds_ndm.ndm_io import NdmIo

    for b in ms22.bodies:
        path = tmp_path / f"{b.name}.rdm"
        areas_below.write_rdm(ms22, b, path)
        message = NdmIo().from_path(path)
        found = message.body.segment.data.ground_impact_parameters
        assert type(message).__name__ == "Rdm" and message.body.segment.metadata.object_name == b.name.upper()
        assert found.nominal_impact_lat.value == pytest.approx(np.degrees(np.nanmedian(b.latitude)), abs=1e-5)
        assert found.impact_1_confidence.value == pytest.approx(100 * b.containment, abs=0.01)
        assert found.impact_window_start < found.nominal_impact_epoch < found.impact_window_end


def test_the_orbit_message_is_read_by_a_standard_reader(flown, tmp_path):
    from ccsds_ndm.ndm_io import NdmIo

    export.write_oem(flown, tmp_path / "orbit.oem")
    message = NdmIo().from_path(tmp_path / "orbit.oem")
    assert type(message).__name__ == "Oem" and len(message.body.segment) >= 4


def test_the_command(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["hazard", "tma11-ballistic", "--samples", "40", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == 1 and len(answer["bodies"]) == 4 and not list(tmp_path.iterdir())
    assert cli.main(["hazard", "tma11-ballistic", "--samples", "40"]) == 0
    assert "casualty area" in capsys.readouterr().out
    folder = tmp_path / "tma11-ballistic-hazard"
    assert {p.name for p in folder.iterdir()} >= {"summary.json", "hazard.geojson", "hazard.png", "heat-shield.rdm"}
    shapes = json.loads((folder / "hazard.geojson").read_text())["features"]
    assert sum(f["geometry"]["type"] == "Polygon" for f in shapes) == 4


def test_a_vehicle_that_leaves_nothing(capsys):
    found = tj.hazard(tj.load("crew4-dragon"), samples=40)
    assert [b.name for b in found.bodies] == ["descent_module"] and found.casualty_area == 0
    assert cli.main(["hazard", "ms11-nominal", "--population", "-1"]) == 2
    assert "allowed" in capsys.readouterr().err
