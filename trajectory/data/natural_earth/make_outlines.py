"""Makes outlines.npz from countries-50m.json of world-atlas (Natural Earth 1:50m as TopoJSON). Needs shapely.

    python make_outlines.py countries-50m.json

outlines.npz holds, in hundredths of a degree (int16; longitude, latitude): `land`, the rings of all land,
holes included, one after another, and `land_starts`, where each begins; `borders`, the lines between two
countries, and `borders_starts`. Lines that cross the antimeridian go on beyond 180. All are simplified to
0.02 deg (Douglas-Peucker).
"""

import json
import sys
from pathlib import Path

import numpy as np
from shapely.geometry import LineString

TOLERANCE = 0.02  # deg
SMALLEST = 0.02  # deg2: smaller islands are left out


def arcs_of(topology):
    """Every arc of a quantised TopoJSON file in degrees: delta decoded, scaled, simplified."""
    scale, translate = np.array(topology["transform"]["scale"]), np.array(topology["transform"]["translate"])
    for arc in topology["arcs"]:
        yield np.array(LineString(np.cumsum(arc, axis=0) * scale + translate).simplify(TOLERANCE).coords)


def polygons(item):
    """Lists of rings, each a list of arc numbers."""
    if item["type"] == "GeometryCollection":
        return [rings for part in item["geometries"] for rings in polygons(part)]
    if item["type"] == "Polygon":
        return [item["arcs"]]
    return item["arcs"] if item["type"] == "MultiPolygon" else []


def ring_of(numbers, arcs):
    parts = [arcs[n] if n >= 0 else arcs[~n][::-1] for n in numbers]
    ring = whole(np.vstack([parts[0]] + [p[1:] for p in parts[1:]]))
    if abs(ring[-1, 0] - ring[0, 0]) > 180:  # around the south pole: closed there
        ring = np.vstack([ring, [ring[-1, 0], -90], [ring[0, 0], -90], ring[0]])
    return ring


def whole(line):
    """A line whose longitudes do not jump at the antimeridian but go on beyond 180."""
    return np.column_stack([np.unwrap(line[:, 0], period=360), line[:, 1]])


def area(ring):
    x, y = ring.T
    return abs(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2


def packed(lines):
    points = np.round(100 * np.vstack(lines)).astype(np.int16)
    starts = np.cumsum([0] + [len(line) for line in lines[:-1]]).astype(np.int32)
    return points, starts


def main(source):
    topology = json.loads(Path(source).read_text())
    arcs = list(arcs_of(topology))
    land = [ring_of(ring, arcs) for rings in polygons(topology["objects"]["land"]) for ring in rings]
    land = [ring for ring in land if len(ring) > 3 and area(ring) > SMALLEST]
    uses = {}
    for n, country in enumerate(topology["objects"]["countries"]["geometries"]):
        for rings in polygons(country):
            for number in (a for ring in rings for a in ring):
                uses.setdefault(number if number >= 0 else ~number, set()).add(n)
    borders = [whole(arcs[number]) for number, countries in sorted(uses.items()) if len(countries) > 1]
    land, land_starts = packed(land)
    borders, border_starts = packed(borders)
    np.savez_compressed(
        Path(__file__).with_name("outlines.npz"),
        land=land,
        land_starts=land_starts,
        borders=borders,
        borders_starts=border_starts,
    )


if __name__ == "__main__":
    main(sys.argv[1])
