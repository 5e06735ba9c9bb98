"""Outlines on the ground, by their corners: whether one is an outline, what lies in it, and its parts on the map.

A ring is (k, 2) of latitude and longitude, rad; its last corner may repeat the first. Sides are straight in these two, and take
the shorter way round in longitude: a ring may cross the antimeridian. One that goes round the Earth holds the pole that its
corners are nearer to. Geometry by shapely (GEOS), in degrees, longitude first, without jumps.
"""

from __future__ import annotations

import re

import numpy as np

FULL = 360.0  # deg, a turn


def polygon(outer, holes=()):
    """The shapely polygon of a ring less its holes, valid or not (`defect`); its middle within half a turn of Greenwich."""
    import shapely

    outer, holes = _opened(outer), [_opened(hole) for hole in holes]
    outer[:, 0] -= FULL * np.round(outer[:, 0].mean() / FULL)
    for hole in holes:
        hole[:, 0] -= FULL * np.round((hole[:, 0].mean() - outer[:, 0].mean()) / FULL)
    return shapely.Polygon(outer, holes)


def _opened(ring) -> np.ndarray:
    """(m, 2) longitude and latitude of a ring, deg, closed: no jumps in longitude, and over the pole where it goes round it."""
    ring = np.degrees(np.asarray(ring, float))[:, ::-1]
    if np.abs((ring[-1] - ring[0] + FULL / 2) % FULL - FULL / 2).max() < 1e-9:
        ring = ring[:-1]  # closed; it is closed again below, without a rounding between both ends
    x = np.unwrap(np.append(ring[:, 0], ring[0, 0]), period=FULL)
    turn, ring = x[-1] - x[0], np.column_stack([x[:-1], ring[:, 1]])
    if abs(turn) > FULL / 2:
        pole = np.copysign(90.0, ring[:, 1].mean())
        ring = np.vstack([ring, [x[-1], ring[0, 1]], [x[-1], pole], [x[0], pole]])
    return np.vstack([ring, ring[:1]])


def defect(outer, holes=()) -> str | None:
    """What is wrong with a ring, or with its holes, in a sentence; None if nothing."""
    import shapely

    if len(outer) < 3:
        return f"an outline of {len(outer)} corners; three or more are due, each [latitude, longitude]"
    shape = polygon(outer, holes)
    if np.ptp(np.asarray(shape.exterior.coords)[:, 0]) > FULL + 1e-9:
        return "the outline goes round the Earth more than once: give its corners in the order in which they lie around it"
    if shape.convex_hull.area <= 1e-12 * shape.length**2:
        return "the outline encloses nothing: its corners lie on one line; three or more that do not are due"
    if shape.is_valid:
        return None
    what, x, y = re.fullmatch(r"(.*)\[(\S+) (\S+)\]", shapely.is_valid_reason(shape)).groups()
    at = f"at {float(y):.3f} deg, {(float(x) + 180.0) % FULL - 180.0:.3f} deg"
    if "elf-intersection" not in what:
        return f"the outline is none: {what[0].lower()}{what[1:]} {at}"
    return f"the outline crosses itself {at}: give its corners in the order in which they lie around it"


def inside(shape, latitude, longitude) -> np.ndarray:
    """(...,) whether points (rad) lie in a polygon, or on its edge. False for NaN."""
    import shapely

    west = shape.bounds[0]
    shapely.prepare(shape)
    return shapely.intersects_xy(shape, west + (np.degrees(longitude) - west) % FULL, np.degrees(latitude))


def cut(outer, holes=()) -> list[list[np.ndarray]]:
    """The parts of a polygon to both sides of the antimeridian: of each its rings, outer first, (k, 2) longitude from -180 to
    180 and latitude, deg, closed. Outer rings run counterclockwise, holes clockwise (RFC 7946, sections 3.1.6 and 3.1.9).
    """
    import shapely

    whole = polygon(outer, holes)
    if not whole.is_valid:
        whole = shapely.make_valid(whole)
    out = []
    for turn in (-FULL, 0.0, FULL):
        part = shapely.intersection(whole, shapely.box(turn - 180.0, -90.0, turn + 180.0, 90.0))
        for piece in getattr(part, "geoms", [part]):
            if piece.geom_type == "Polygon" and piece.area > 0.0:
                piece = shapely.geometry.polygon.orient(piece)
                out.append([np.array(r.coords) - (turn, 0.0) for r in (piece.exterior, *piece.interiors)])
    return out
