"""Outlines on the ground: across the antimeridian, round a pole, crossing themselves."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from trajectory import land, outline

SQUARE = np.radians([[47.0, 179.0], [48.0, 179.0], [48.0, -179.0], [47.0, -179.0]])
CAP = np.radians([[80.0, 0.0], [70.0, 90.0], [80.0, 180.0], [70.0, -90.0]])  # round the north pole
RIBBON = np.radians([[0.0, 0.0], [0.0, 100.0], [0.0, -160.0], [1.0, -160.0], [1.0, 100.0], [1.0, 0.0]])  # 200 deg wide


def holds(ring, *places, holes=()):
    return outline.inside(outline.polygon(ring, holes), *np.radians(places).T).tolist()


def test_what_lies_in_an_outline_over_the_turn_of_the_longitude():
    places = [(47.5, 180.0), (47.5, -179.5), (47.5, 180.5), (46.9, 180.0), (47.5, 178.9), (np.nan, 180.0), (47.5, np.nan)]
    assert holds(SQUARE, *places) == [True, True, True, False, False, False, False]
    assert outline.defect(SQUARE) is None


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_an_outline_round_a_pole_holds_the_pole_and_its_sides_are_straight_in_latitude_and_longitude(side):
    ring = CAP * (side, 1.0)
    assert outline.defect(ring) is None
    places = [(90.0, 12.0), (89.0, -100.0), (75.1, 45.0), (74.9, 45.0), (75.1, -45.0), (74.9, -45.0), (70.1, -90.0), (0.0, 0.0)]
    assert holds(ring, *((side * y, x) for y, x in places)) == [True, True, True, False, True, False, True, False]
    assert holds(ring, (-side * 90.0, 0.0), (-side * 80.0, 0.0)) == [False, False]


def test_an_outline_wider_than_half_the_earth():
    assert outline.defect(RIBBON) is None
    assert holds(RIBBON, (0.5, 50.0), (0.5, 179.0), (0.5, -161.0), (0.5, -159.0)) == [True, True, True, False]


def test_a_hole_may_lie_on_the_other_turn():
    hole = np.radians([[47.4, 179.9], [47.6, 179.9], [47.6, -179.9], [47.4, -179.9]])
    turned = hole + (0.0, 4.0 * np.pi)
    for ring in (hole, turned):
        assert outline.defect(SQUARE, [ring]) is None
        assert holds(SQUARE, (47.5, 180.0), (47.5, 179.5), (47.5, -179.5), holes=[ring]) == [False, True, True]
    assert "hole lies outside shell" in outline.defect(SQUARE, [hole + (0.1, 0.0)])


@given(st.floats(-np.pi, np.pi), st.lists(st.tuples(st.floats(-0.5, 0.5), st.floats(-1.0, 1.0)), min_size=1, max_size=20))
def test_to_turn_the_earth_changes_nothing(turn, places):
    """Of a ring and points that are turned together, wherever they come to lie, the same points are inside."""
    ring = np.array([(0.4, -0.9), (0.1, 0.0), (0.4, 0.9), (-0.4, 0.6), (-0.3, -0.5)])
    latitude, longitude = np.array(places).T
    away = np.min([shapely.LineString(np.vstack([ring, ring[:1]])).distance(shapely.Point(p)) for p in places])
    if away < 1e-9:
        return  # on an edge rounding decides
    turned = outline.inside(outline.polygon(ring + (0.0, turn)), latitude, (longitude + turn + np.pi) % (2 * np.pi) - np.pi)
    assert turned.tolist() == outline.inside(outline.polygon(ring), latitude, longitude).tolist()


@pytest.mark.parametrize(
    ("ring", "words"),
    [
        ([[47, 179], [48, -179], [48, 179], [47, -179]], "crosses itself at 47.500 deg, -180.000 deg"),
        ([[80, 0], [70, 120], [72, 60], [80, 180], [70, -90]], "crosses itself at"),
        ([[0, 0], [0, 2], [2, 2], [0, 1]], "crosses itself at 0.000 deg, 1.000 deg"),  # touches its own side
        ([[47, 69], [47, 70]], "2 corners; three or more"),
        ([[47, 69], [48, 70], [49, 71]], "encloses nothing"),
        ([[47, 69], [47, 69], [47, 69], [47, 69]], "encloses nothing"),
        ([[47, 69], [48, 70], [47, 69]], "encloses nothing"),
        ([[80, 0], [80, 120], [80, -120], [81, 0], [81, 120], [81, -120]], "more than once"),
    ],
)
def test_what_is_no_outline_is_said(ring, words):
    assert words in outline.defect(np.radians(ring))


def test_a_ring_may_be_closed_or_not():
    closed = np.vstack([SQUARE, SQUARE[:1]])
    assert outline.defect(closed) is None
    assert shapely.equals(outline.polygon(closed), outline.polygon(SQUARE))


def test_parts_lie_to_both_sides_of_the_antimeridian():
    parts = outline.cut(SQUARE)
    sides = sorted((rings[0][:, 0].min(), rings[0][:, 0].max()) for rings in parts)
    assert sides == [pytest.approx((-180, -179)), pytest.approx((179, 180))]
    cap = outline.cut(CAP)
    area = sum(shapely.Polygon(rings[0]).area for rings in cap)
    assert area == pytest.approx(360.0 * 15.0)  # deg2: from 75 deg, its mean, to the pole


def test_an_area_across_the_antimeridian_sees_the_land_of_both_sides():
    """St Lawrence Island lies at 63.4 N from 171.8 W on; from there to 179.9 E that parallel is sea."""

    def strip(west, east):
        return np.radians([[63.4, west], [63.4, east], [63.5, east], [63.5, west]])

    assert land.distance(strip(179.9, -170.0)) == land.distance(strip(179.9, 190.0)) == 0.0
    assert 0.0 < land.distance(strip(179.9, -172.0)) < 20e3 < land.distance(strip(179.9, -175.0))
