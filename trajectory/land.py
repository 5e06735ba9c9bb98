"""Where land is: the outlines of Natural Earth (1:50m) that the maps draw."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import numpy as np


@lru_cache(maxsize=1)
def shape():
    """The land as one shapely geometry in degrees of longitude and latitude."""
    import shapely

    with (files("trajectory") / "data" / "natural_earth" / "outlines.npz").open("rb") as file, np.load(file) as held:
        rings = np.split(held["land"] / 100.0, held["land_starts"][1:])
    whole = shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in rings if len(ring) > 3])
    shapely.prepare(whole)
    return whole


def is_land(latitude, longitude) -> np.ndarray:
    """(...,) whether points (rad) lie on land."""
    import shapely

    east = (np.degrees(longitude) + 180.0) % 360.0 - 180.0
    return shapely.contains_xy(shape(), east, np.degrees(latitude))


def all_around(latitude, longitude, radius: float, land: bool = True, points: int = 12) -> np.ndarray:
    """(n,) whether points (rad), and a circle of `radius` m about each, are all land (or all water)."""
    angle = np.linspace(0.0, 2 * np.pi, points, endpoint=False)
    r = radius / 6371e3
    lat = np.asarray(latitude)[:, None] + r * np.cos(angle)
    lon = np.asarray(longitude)[:, None] + r * np.sin(angle) / np.maximum(np.cos(latitude), 0.05)[:, None]
    around = is_land(lat, lon) == land
    return around.all(axis=1) & (is_land(latitude, longitude) == land)


def distance(corners: np.ndarray) -> float:
    """m from a convex area to the nearest land; 0 where it touches any. corners (m, 2): latitude, longitude, rad. By points
    along its edge and what is nearest to them in degrees, which may be too far by some parts in a hundred."""
    import shapely

    from trajectory import geodesy, outline

    area = outline.polygon(corners)
    turned = [shapely.transform(area, lambda at, turn=turn: at + (turn, 0.0)) for turn in (-360.0, 0.0, 360.0)]
    if any(a.intersects(shape()) for a in turned):
        return 0.0
    edges = [shapely.get_coordinates(shapely.segmentize(a.exterior, 0.1)) for a in turned]
    edge = np.concatenate([e for e in edges if np.any(np.abs(e[:, 0]) <= 180.0)])
    nearest = np.array([shapely.get_coordinates(shapely.shortest_line(p, shape()))[1] for p in shapely.points(edge)])
    return float(np.min(geodesy.distance(*np.radians(edge[:, ::-1]).T, *np.radians(nearest[:, ::-1]).T)))
