"""Footprints: the closed form of normal clouds, coverage of every interval, poles, antimeridian, clusters, files."""

import json
from dataclasses import fields
from xml.etree import ElementTree

import numpy as np
import pytest
import shapely

from trajectory import confidence, density, geodesy
from trajectory.checks import statistics
from trajectory.footprint import footprint
from trajectory.report import areas, footprints, plots

PLACES = {"steppe": (0.826, 1.214), "antimeridian": (0.3, np.pi), "pole": (np.pi / 2, 0.7), "south": (-np.pi / 2 + 1e-4, -2.0)}


def cloud(n, seed=0, middle=(0.826, 1.214), sigma=(5000.0, 2000.0), azimuth=1.0, offset=(0.0, 0.0)):
    """Latitudes, longitudes of a normal cloud about an offset (along, across) of a point, turned by an azimuth."""
    along, across = np.random.default_rng(seed).normal(size=(2, n)) * np.array(sigma)[:, None] + np.array(offset)[:, None]
    c, s = np.cos(azimuth), np.sin(azimuth)
    return geodesy.from_plane(*middle, along * c - across * s, along * s + across * c)


@pytest.mark.parametrize("place", PLACES)
def test_a_cloud_is_the_same_anywhere_on_the_ellipsoid(place):
    found = footprint(*cloud(4000, middle=PLACES[place]), containment=0.99)
    here = footprint(*cloud(4000), containment=0.99)
    assert found.semi_major == pytest.approx(here.semi_major, rel=1e-5)
    assert found.semi_minor == pytest.approx(here.semi_minor, rel=1e-5)
    assert found.radii["p99"].value == pytest.approx(here.radii["p99"].value, rel=1e-5)
    assert geodesy.distance(*found.center, *PLACES[place]) < 5 * 5000 / np.sqrt(4000)
    assert abs(found.north.mean()) < 1e-3 and abs(found.east.mean()) < 1e-3
    assert found.within(PLACES[place], 5000).count == pytest.approx(here.within(PLACES["steppe"], 5000).count, abs=2)


def test_the_ellipse_and_radii_match_the_closed_form_within_their_intervals():
    middle, n = (0.826, 1.214), 20_000
    found = footprint(*cloud(n), target=middle, azimuth=1.0, containment=0.95)
    k = confidence.k_for_probability(0.95)
    for value, sigma in ((found.semi_major, 5000.0), (found.semi_minor, 2000.0)):
        assert value == pytest.approx(k * sigma, rel=3 / np.sqrt(2 * n))
    assert np.degrees(found.azimuth) == pytest.approx(np.degrees(1.0), abs=1.0)
    for name, q in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99)):
        exact = 5000.0 * confidence.cep_ratio(0.4, q)
        assert found.radii[name].low <= exact <= found.radii[name].high
    assert found.along[1] == pytest.approx(5000.0, rel=0.02) and found.across[1] == pytest.approx(2000.0, rel=0.02)
    assert found.inside.low <= 0.95 <= found.inside.high
    assert found.scaled.low <= k * 5000.0 <= found.scaled.high


def test_the_intervals_cover_as_often_as_they_say():
    """400 clouds of 300 landings; a share of 0.95 counted 400 times has a deviation of 1.1 %: three of them are allowed."""
    middle, runs, n = (0.826, 1.214), 400, 300
    exact = {"p50": 5000.0 * confidence.cep_ratio(0.4, 0.5), "p90": 5000.0 * confidence.cep_ratio(0.4, 0.9)}
    many = np.stack(geodesy.plane_about(*middle, *cloud(20_000, seed=9999)))
    hits = dict.fromkeys([*exact, "mean", "share", "free", "prediction"], 0)
    expected = {name: confidence.rank_coverage(n, q, *confidence.order_statistic_ranks(n, q))
                for name, q in (("p50", 0.5), ("p90", 0.9))}  # fmt: skip
    p_zone = circle_share(4000.0, 5000.0, 2000.0)
    for seed in range(runs):
        latitude, longitude = cloud(n + 1, seed=seed)
        found = footprint(latitude[:-1], longitude[:-1], target=middle, azimuth=1.0, containment=0.9)
        for name, radius in exact.items():
            hits[name] += found.radii[name].low <= radius <= found.radii[name].high
        low, high = found.to_dict()["miss_along_mean_interval_m"]
        hits["mean"] += low <= 0.0 <= high
        held = found.within(middle, 4000.0)
        hits["share"] += held.low <= p_zone <= held.high
        centre = np.array(geodesy.plane_about(*middle, *found.center))
        away = many - centre[:, None]
        reach = np.sqrt(np.sum(away * np.linalg.solve(found.covariance, away), axis=0))
        major = found.semi_major / confidence.prediction_factor(n, 0.9)
        low, high = (np.mean(reach * major <= bound) for bound in (found.scaled.low, found.scaled.high))
        hits["free"] += low <= 0.9 <= high
        turned = np.array(found.plane(latitude[-1:], longitude[-1:]))[:, 0]
        hits["prediction"] += turned @ np.linalg.solve(found.covariance, turned) <= confidence.prediction_factor(n, 0.9) ** 2
    for name, share in {**expected, "mean": 0.95, "prediction": 0.90}.items():
        assert hits[name] / runs == pytest.approx(share, abs=3 * np.sqrt(share * (1 - share) / runs)), (name, hits)
    assert hits["share"] / runs >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / runs)
    assert hits["free"] / runs >= 0.90  # the shape is of the same points, which fit it better than others would: some 1/n
    print(hits)


def circle_share(radius, major, minor):
    """Probability of a circle about the mean, by the inverse of cep_ratio."""
    low, high = 1e-6, 1 - 1e-9
    for _ in range(60):
        p = (low + high) / 2
        low, high = (p, high) if major * confidence.cep_ratio(minor / major, p) < radius else (low, p)
    return low


def test_few_points_predict_as_often_as_they_say():
    """Of 8 points the known-covariance ellipse of 0.9 holds a further one far less often; the finite-sample factor does."""
    r, runs = np.random.default_rng(7), 4000
    x = r.normal(size=(runs, 9, 2))
    past, further = x[:, :8], x[:, 8]
    away = further - past.mean(axis=1)
    covariance = np.einsum("rij,rik->rjk", past - past.mean(axis=1, keepdims=True), past - past.mean(axis=1, keepdims=True)) / 7
    reach = np.einsum("ri,ri->r", away, np.linalg.solve(covariance, away[:, :, None])[:, :, 0])
    assert np.mean(reach <= confidence.prediction_factor(8, 0.9) ** 2) == pytest.approx(0.9, abs=0.015)
    assert np.mean(reach <= confidence.k_for_probability(0.9) ** 2) < 0.8


def test_too_few_for_a_tail_is_said():
    found = footprint(*cloud(300))
    r = found.radii["p99"]
    assert r.low is not None and r.high is None and r.needed == 368
    assert footprint(*cloud(368)).radii["p99"].high is not None and footprint(*cloud(367)).radii["p99"].high is None
    assert not found.settled("p99", 10.0) and footprint(*cloud(20_000)).settled("p99", 0.05)
    assert found.regions((0.5, 0.997))[1] is None


def test_wilks_holds_what_it_says():
    """The largest of 59 exceeds the 95 % point in 95 % of the cases."""
    u = np.random.default_rng(1).uniform(size=(4000, confidence.wilks(0.95, 0.95)))
    assert np.mean(u.max(axis=1) >= 0.95) == pytest.approx(0.95, abs=0.011)
    assert footprint(*cloud(59)).largest_holds == pytest.approx(0.95, abs=1e-3)


def test_two_clusters_keep_their_own_regions():
    guided, ballistic = cloud(9000, 1), cloud(1000, 2, offset=(-400e3, 0.0), sigma=(12000.0, 5000.0))
    place = np.hstack([guided, ballistic])
    found = footprint(*place, groups=np.repeat([0, 1], [9000, 1000]))
    points = np.stack([found.east, found.north], axis=1)
    assert np.bincount(density.clusters(points)).tolist() == [9000, 1000]
    half, most, nearly = found.regions()
    exact = -2 * np.pi * 5000 * 2000 * np.log(1 - 0.5 / 0.9)  # of the denser cluster: the half of all is 0.556 of it
    assert half.area == pytest.approx(exact, rel=0.1)
    assert len(half.polygons) == 1 and len(most.polygons) == 2 and len(nearly.polygons) == 2
    for region in (half, most, nearly):
        shape = shapely.unary_union([shapely.Polygon(rings[0], rings[1:]) for rings in region.polygons])
        assert shapely.contains_xy(shape, *points.T).mean() == pytest.approx(region.containment, abs=0.002)
        assert shape.area == pytest.approx(region.area, rel=1e-9)
    for k, alone in ((0, guided), (1, ballistic)):
        assert found.parts[k].semi_major == pytest.approx(footprint(*alone).semi_major, rel=1e-9)
    assert found.semi_major > 5 * found.parts[1].semi_major  # one ellipse about two clusters says little


def test_the_regions_of_a_normal_cloud_have_the_area_of_its_ellipses():
    found = footprint(*cloud(20_000))
    for region in found.regions((0.5, 0.9, 0.99)):
        exact = np.pi * 5000 * 2000 * confidence.k_for_probability(region.containment) ** 2
        assert region.area == pytest.approx(exact, rel=0.06), region.containment


def test_what_has_no_extent_has_no_regions_and_no_nan():
    for latitude, longitude in ((np.full(50, 0.8), np.full(50, 1.2)), (np.full(50, 0.0), np.linspace(0.1, 0.101, 50))):
        found = footprint(latitude, longitude)
        assert found.regions() == (None, None, None) and found.scaled is None and found.semi_minor < 1e-3
        json.dumps(found.to_dict(), allow_nan=False)


def test_rows_that_did_not_land_are_counted_and_refused_where_too_many():
    latitude, longitude = cloud(100)
    latitude[[3, 50]] = np.nan
    found = footprint(latitude, longitude, target=(0.826, 1.214))
    block = found.to_dict()
    assert block["points"] == 98 and block["not_landed"] == 2
    assert found.within((0.826, 1.214), 1e6).value == pytest.approx(0.98)
    assert block["miss_largest_row"] == int(np.nanargmax(geodesy.distance(0.826, 1.214, latitude, longitude)))
    with pytest.raises(ValueError, match="three or more"):
        footprint([0.1, np.nan, 0.2], [0.1, 0.2, np.nan])
    with pytest.raises(ValueError, match="containment"):
        footprint(latitude, longitude, containment=1.0)


def test_the_summary_is_plain_and_repeats():
    arguments = {"target": (0.826, 1.214), "azimuth": 1.0, "groups": np.arange(500) % 3}
    one, two = (json.dumps(footprint(*cloud(500), **arguments).to_dict(), allow_nan=False) for _ in range(2))
    assert one == two
    keys = "center containment semi_major_m semi_minor_m azimuth_deg cep_m radius_p99_m radius_about target miss_mean_m".split()
    block = json.loads(one)
    assert set(keys) <= set(block) and block["radius_about"] == "target" and len(block["groups"]) == 3
    assert footprint(*cloud(500)).to_dict()["radius_about"] == "center"


def test_a_polygon_across_the_antimeridian_and_bases():
    found = footprint(*cloud(2000, middle=(0.3, np.pi)))
    west, east = np.pi - 0.02, -np.pi + 0.02
    box = [(0.28, west), (0.28, east), (0.32, east), (0.32, west)]
    assert found.within_polygon(box).value == 1.0
    hole = [(0.29, np.pi - 0.01), (0.29, -np.pi + 0.01), (0.31, -np.pi + 0.01), (0.31, np.pi - 0.01)]
    assert found.within_polygon(box, [hole]).count == 0
    half = [(0.28, west), (0.28, np.pi), (0.32, np.pi), (0.32, west)]
    held = found.within_polygon(half)
    assert held.low <= 0.5 <= held.high
    with pytest.raises(ValueError, match="polygon"):
        found.within_polygon([box[0], box[2], box[1], box[3]])
    time = found.recovery({"far": (0.5, np.pi), "near": (0.31, np.pi)}, speed=60.0, delay=600.0)
    assert time["mean_s"] == pytest.approx(600 + 0.01 * 6.34e6 / 60, rel=0.05) and time["p95_s"] < time["largest_s"]


@pytest.mark.parametrize("place", PLACES)
def test_files_hold_areas_that_do_not_cross_the_antimeridian(tmp_path, place):
    found = footprint(*cloud(3000, middle=PLACES[place]), target=PLACES[place])
    zone = (PLACES[place], 28e3)
    areas.write_geojson(found, tmp_path / "f.geojson", zone=zone, bases={"a": (0.5, 1.0)})
    areas.write_kml(found, tmp_path / "f.kml", "a flight", zone=zone, bases={"a": (0.5, 1.0)})
    features = json.loads((tmp_path / "f.geojson").read_text())["features"]
    drawn = [f for f in features if f["geometry"]["type"].endswith("Polygon")]
    assert [f["properties"]["kind"] for f in drawn] == ["zone", "region", "region", "region", "ellipse"]
    for f in drawn:
        shape = shapely.geometry.shape(f["geometry"])
        for polygon in getattr(shape, "geoms", [shape]):
            assert polygon.is_valid and polygon.exterior.is_ccw and all(not h.is_ccw for h in polygon.interiors)
            x = np.array(polygon.exterior.coords)[:, 0]
            assert x.min() >= -180 and x.max() <= 180 and (np.ptp(x) < 10 or "pole" in place or "south" in place)
    if place == "antimeridian":
        assert drawn[0]["geometry"]["type"] == "MultiPolygon"
    if place == "pole":
        assert shapely.geometry.shape(drawn[0]["geometry"]).area == pytest.approx(360 * np.degrees(28e3 / 6.4e6), rel=0.01)
    root = ElementTree.parse(tmp_path / "f.kml").getroot()
    assert len(root.findall(".//{*}Polygon")) >= 5 and len(root.findall(".//{*}Point")) > 2000


def test_the_map_and_the_distributions_are_drawn_the_same_twice(tmp_path):
    place = np.hstack([cloud(900, 1), cloud(100, 2, offset=(-300e3, 0.0))])
    found = footprint(*place, target=(0.826, 1.214), azimuth=1.0, groups=np.repeat([0, 1], [900, 100]))
    around = footprints.Around("a flight", "site", ((0.826, 1.214), 28e3), {"base": (0.84, 1.2)}, ("as planned", "ballistic"))
    columns = {"load_factor_g": found.miss / 1e4, "target_distance_m": found.miss}
    for name in ("1.png", "2.png"):
        plots.save(footprints.footprint_map(found, around), tmp_path / f"m{name}")
        plots.save(footprints.distributions(columns, "a flight"), tmp_path / f"d{name}")
    for kind in "md":
        assert (tmp_path / f"{kind}1.png").read_bytes() == (tmp_path / f"{kind}2.png").read_bytes()


def test_a_footprint_is_frozen():
    found = footprint(*statistics.landings())
    with pytest.raises(AttributeError):
        setattr(found, fields(found)[0].name, None)
