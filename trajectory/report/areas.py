"""A footprint as files that other programs read: GeoJSON and KML. Areas are cut at the antimeridian.

Both are functions of the footprint alone: the same footprint gives the same bytes.
"""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from trajectory import outline
from trajectory.report.export import KML, child, feature, json_text, placemark

MOST_POINTS = 2000  # landings that are drawn singly, the first ones
COLOURS = {"ellipse": "ff005ed5", "region": "ff739e00", "zone": "ff739e00"}  # KML: alpha, blue, green, red


def cut(rings) -> list[list[list[list[float]]]]:
    """Polygons of [[longitude, latitude], ...] in degrees, no part of which crosses the antimeridian, as of outline.cut.

    rings: outer, then holes; each (k, 2) latitude and longitude (rad).
    """
    outer, *holes = rings
    return [[_rounded(ring) for ring in part] for part in outline.cut(outer, holes)]


def _rounded(ring: np.ndarray) -> list[list[float]]:
    return [[round(float(x), 7), round(float(y), 7)] for x, y in ring]


def circle(found, centre, radius: float) -> np.ndarray:
    """(73, 2) latitude and longitude round a point (rad) at a distance (m), counterclockwise."""
    from trajectory import geodesy

    t = -np.linspace(0.0, 2.0 * np.pi, 73)
    ring = np.stack(geodesy.from_plane(*centre, radius * np.cos(t), radius * np.sin(t), *found.ellipsoid), axis=1)
    ring[-1] = ring[0]
    return ring


def areas(found, zone=None):
    """(kind, name, properties, polygons as of `cut`) of zone (point, radius), regions and ellipse."""
    if zone is not None:
        yield "zone", "landing zone", {"radius_m": zone[1]}, cut([circle(found, *zone)])
    for region in reversed(found.regions()):
        if region is not None:
            polygons = []
            for rings in region.polygons:
                polygons += cut([np.stack(found.geodetic(ring[:, 1], ring[:, 0]), axis=1) for ring in rings])
            about = {"containment": region.containment, "area_km2": region.area / 1e6}
            yield "region", f"{100 * region.containment:g} % of landings", about, polygons
    if found.semi_minor > 0.0:
        about = {
            "containment": found.containment,
            "semi_major_m": found.semi_major,
            "semi_minor_m": found.semi_minor,
            "azimuth_deg": float(np.degrees(found.azimuth)),
        }
        yield "ellipse", f"{100 * found.containment:g} % ellipse", about, cut([found.ellipse()])


def places(found, site: str = "target", bases=None, names=None):
    """(kind, name, properties, [longitude, latitude]) of centre, target, bases and landings."""
    yield "center", "centre of the landings", {}, _degrees(found.center)
    if found.target is not None:
        yield "target", site, {}, _degrees(found.target)
    for name, place in (bases or {}).items():
        yield "base", name, {}, _degrees(place)
    latitude, longitude = found.geodetic(found.north[:MOST_POINTS], found.east[:MOST_POINTS])
    for i, place in enumerate(zip(latitude, longitude, strict=True)):
        about = {"row": int(found.rows[i]), "miss_m": round(float(found.miss[i]), 1)}
        if found.groups is not None:
            k = int(found.groups[i])
            about["branch"] = names[k] if names else k
        yield "landing", f"flight {found.rows[i]}", about, _degrees(place)


def _degrees(place) -> list[float]:
    return _rounded(np.degrees([place])[:, ::-1])[0]


def write_geojson(found, path, **about) -> None:
    """A FeatureCollection (RFC 7946): regions, ellipse, zone, then points. about: zone; site, bases, names of the branches."""
    zone = about.pop("zone", None)
    features = []
    for kind, name, properties, polygons in areas(found, zone):
        shape = {"type": "MultiPolygon", "coordinates": polygons}
        if len(polygons) == 1:
            shape = {"type": "Polygon", "coordinates": polygons[0]}
        features.append(feature(shape, {"kind": kind, "name": name, **properties}))
    for kind, name, properties, where in places(found, **about):
        features.append(feature({"type": "Point", "coordinates": where}, {"kind": kind, "name": name, **properties}))
    Path(path).write_text(json_text({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def write_kml(found, path, title: str, **about) -> None:
    """KML 2.2: the same areas and points, clamped to the ground; the landings in a folder of their own, hidden at first."""
    zone = about.pop("zone", None)
    root = ElementTree.Element("kml", xmlns=KML)
    document = child(root, "Document")
    child(document, "name", f"{title}: where it lands")
    for kind, colour in COLOURS.items():
        style = child(document, "Style", id=kind)
        line = child(style, "LineStyle")
        child(line, "color", colour)
        child(line, "width", "2")
        child(child(style, "PolyStyle"), "color", "30" + colour[2:])
    for kind, name, _, polygons in areas(found, zone):
        mark = child(document, "Placemark")
        child(mark, "name", name)
        child(mark, "styleUrl", f"#{kind}")
        group = child(mark, "MultiGeometry")
        for rings in polygons:
            shape = child(group, "Polygon")
            child(shape, "tessellate", "1")
            for i, ring in enumerate(rings):
                held = child(child(shape, "innerBoundaryIs" if i else "outerBoundaryIs"), "LinearRing")
                child(held, "coordinates", " ".join(f"{x:.7f},{y:.7f}" for x, y in ring))
    landings = ElementTree.Element("Folder")
    child(landings, "name", "landings")
    child(landings, "visibility", "0")
    for kind, name, _, where in places(found, **about):
        placemark(landings if kind == "landing" else document, name, (*where, 0.0), "clampToGround")
    document.append(landings)
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
