"""Where the flights came down: against closed forms, over the antimeridian, at a pole, in two clusters."""

import json

import numpy as np
import pytest

from trajectory import compare, confidence, density, footprint, frames
from trajectory.report import areas


def cloud(center, sigma_north, sigma_east, n, seed=0):
    rng = np.random.default_rng(seed)
    north, east = sigma_north * rng.standard_normal(n), sigma_east * rng.standard_normal(n)
    return frames.from_plane(*np.radians(center), north, east)


@pytest.mark.parametrize("center", [(47.3, 69.6), (10.0, 180.0), (89.95, 30.0), (-90.0, 0.0)])
def test_the_ellipse_and_radii_of_a_normal_cloud_are_those_of_its_law(center):
    n = 20_000
    latitude, longitude = cloud(center, 20e3, 10e3, n)
    found = footprint.footprint(latitude, longitude, target=tuple(np.radians(center)), containment=0.997)
    k = np.sqrt(-2.0 * np.log(1 - 0.997))
    assert found.semi_major == pytest.approx(20e3 * k, rel=0.02)
    assert found.semi_minor == pytest.approx(10e3 * k, rel=0.02)
    for name, ratio in (("p50", 0.87042), ("p95", 2.03586), ("p99", 2.63257)):  # exact for sigmas of 2 to 1
        value, low, high, _ = found.radii[name]
        assert low < value < high
        assert value == pytest.approx(20e3 * ratio, rel=0.04)
    off = frames.distance(*found.center, *np.radians(center))
    assert off < 5 * 20e3 / np.sqrt(n)
    json.dumps(found.to_dict(), allow_nan=False)


def test_the_interval_of_a_radius_covers_it_as_often_as_it_says():
    truth, hits = 20e3 * 0.87042, 0
    for seed in range(300):
        latitude, longitude = cloud((47.3, 69.6), 20e3, 10e3, 200, seed)
        _, low, high, _ = footprint.footprint(latitude, longitude, target=tuple(np.radians((47.3, 69.6)))).radii["p50"]
        hits += low < truth < high
    assert 0.92 < hits / 300 < 0.995  # order statistics of 200 hold 95 to 96 %


def test_the_ellipse_of_few_points_holds_a_further_one_as_often_as_it_says():
    held, tries, rng = 0, 4000, np.random.default_rng(3)
    for _ in range(tries):
        x = rng.standard_normal((13, 2)) * 1e3
        latitude, longitude = frames.from_plane(*np.radians((47.3, 69.6)), x[:12, 0], x[:12, 1])
        f = footprint.footprint(latitude, longitude, containment=0.9)
        lat, lon = frames.from_plane(*np.radians((47.3, 69.6)), *x[12])
        n, e = frames.plane_about(*f.center, lat, lon)
        c, s = np.cos(f.azimuth), np.sin(f.azimuth)
        held += ((n * c + e * s) / f.semi_major) ** 2 + ((e * c - n * s) / f.semi_minor) ** 2 < 1
    assert held / tries == pytest.approx(0.9, abs=0.02)


def test_ranks_of_order_statistics_are_those_of_the_exact_tables():
    for n, q, ranks in ((1000, 0.99, (983, 997)), (10_000, 0.9973, (9962, 9984)), (10_000, 0.99865, (9979, 9994)),
                        (5000, 0.9973, (4979, 4994))):  # fmt: skip
        assert footprint.order_statistic_ranks(n, q) == ranks
    assert footprint.radius(np.arange(50.0), 0.99)[2] is None  # too few for that tail


def test_regions_of_two_far_clusters_hold_what_they_say_and_nothing_between():
    rng = np.random.default_rng(5)
    x = np.concatenate([rng.normal(0, 5e3, 9000), rng.normal(-420e3, 30e3, 1000)])
    y = np.concatenate([rng.normal(0, 3e3, 9000), rng.normal(30e3, 8e3, 1000)])
    points = np.stack([x, y], axis=1)
    half, most, whole = density.highest_density(points)
    assert (whole.containment, half.containment) == (0.997, 0.5)
    assert len(half.polygons) == 1 and len(whole.polygons) >= 2
    for region in (half, most):
        shape = compare.shape(region)
        assert compare.part_in(shape, x, y) == pytest.approx(region.containment, abs=0.02)
        assert compare.part_in(shape, np.linspace(-300e3, -60e3, 50), np.zeros(50)) == 0.0
        assert shape.area == pytest.approx(region.area, rel=1e-6)
    # the region of a normal law is its ellipse
    area = np.pi * 5e3 * 3e3 * -2.0 * np.log(1 - 0.5 / 0.9)
    assert half.area == pytest.approx(area, rel=0.1)


def test_rings_are_cut_at_the_antimeridian(tmp_path):
    latitude, longitude = cloud((60.0, 180.0), 20e3, 40e3, 3000)
    found = footprint.footprint(latitude, longitude)
    areas.write_geojson(found, tmp_path / "f.geojson")
    content = json.loads((tmp_path / "f.geojson").read_text())
    seen = 0
    for feature in content["features"]:
        if feature["geometry"]["type"] == "MultiPolygon":
            for polygon in feature["geometry"]["coordinates"]:
                ring = np.array(polygon[0])
                seen += 1
                assert np.abs(ring[:, 0]).max() <= 180.0 and np.ptp(ring[:, 0]) < 10.0 and np.array_equal(ring[0], ring[-1])
                assert np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1]) > 0
    assert seen >= 4


def test_wilson_interval_and_points_that_did_not_land():
    found = confidence.share(0, 100, method="wilson")
    assert found.low == 0.0 and found.high == pytest.approx(0.037, abs=0.001)
    assert confidence.share(0, 100).high == pytest.approx(0.0362, abs=1e-4)  # Clopper-Pearson
    latitude, longitude = cloud((47.3, 69.6), 1e3, 1e3, 10)
    latitude[3] = np.nan
    assert footprint.footprint(latitude, longitude).to_dict()["points"] == 9
    with pytest.raises(ValueError, match="three or more"):
        footprint.footprint(latitude[2:5], longitude[2:5])
