"""Pictures and files of a footprint: the map with points, ellipse and regions; distributions; GeoJSON and KML."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

import numpy as np

from trajectory import frames, regions
from trajectory.report.maps import _outlines, towns
from trajectory.report.plots import save
from trajectory.report.style import BLUE, GREEN, INK, QUIET, RED, SEA, styled
from trajectory.report.track import flat

CONTAINMENTS = (0.5, 0.95, 0.997)
SHOWN = (
    ("target_distance_m", 1e-3, "distance from the site, km"),
    ("load_factor_g", 1.0, "peak load factor"),
    ("heat_flux_w_m2", 1e-4, "peak heat flux, W/cm²"),
    ("horizontal_speed_m_s", 1.0, "drift at touchdown, m/s"),
)
COLOURS = (BLUE, RED, GREEN, "#8a5fb0", "#b07a2f", "#2f9fa8", "#a83f7a", "#6d6d6d")
MOST_POINTS = 20_000  # that are drawn


def fill(folder, ensemble) -> None:
    """Every file of a footprint, into a folder."""
    found = ensemble.footprint()
    held = regions.highest(found.east, found.north, CONTAINMENTS)
    save(picture(ensemble, found, held), folder / "footprint.png")
    save(distributions(ensemble), folder / "distributions.png")
    rings = outlines(found, held)
    (folder / "footprint.geojson").write_text(json.dumps(geojson(ensemble, found, rings)) + "\n", encoding="utf-8")
    (folder / "footprint.kml").write_text(kml(ensemble, rings), encoding="utf-8")
    table(ensemble, folder / "landings.csv")


def ellipse(found, points: int = 180) -> tuple[np.ndarray, np.ndarray]:
    """North and east of the confidence ellipse, m, closed."""
    a = np.linspace(0.0, 2.0 * np.pi, points + 1)
    u, v = found.semi_major * np.cos(a), found.semi_minor * np.sin(a)
    c, s = np.cos(found.azimuth), np.sin(found.azimuth)
    return u * c - v * s, u * s + v * c


def outlines(found, held) -> list[tuple[str, float, list]]:
    """(kind, containment, rings of (longitude, latitude) in degrees, closed, anticlockwise)."""

    def on_earth(north, east):
        latitude, longitude = (np.degrees(a) for a in frames.from_plane(*found.center, north, east))
        longitude = np.degrees(found.center[1]) + (longitude - np.degrees(found.center[1]) + 180.0) % 360.0 - 180.0
        ring = np.stack([longitude, latitude], axis=1)
        ring[-1] = ring[0]
        area = np.sum(ring[:-1, 0] * ring[1:, 1] - ring[1:, 0] * ring[:-1, 1])
        return ring if area > 0 else ring[::-1]

    out = [("ellipse", found.containment, [on_earth(*ellipse(found))])]
    for region in held:
        out.append(("region", region.containment, [on_earth(r[:, 1], r[:, 0]) for r in region.rings]))
    return out


def picture(ensemble, found, held):
    """A Figure: the landing points, the ellipse, the regions, the site, its zone and the country, true in distance."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    data, variants = ensemble.columns, ensemble.plan.variants
    down = np.isfinite(data["latitude_deg"])
    with styled():
        figure = Figure(figsize=(10, 9))
        FigureCanvasAgg(figure)
        axis = figure.add_axes((0.06, 0.06, 0.90, 0.82))
        middle = tuple(np.degrees(found.center[::-1]))

        def at(lon, lat):
            return flat(np.asarray(lon, float), np.asarray(lat, float), middle)

        x, y = at(data["longitude_deg"][down], data["latitude_deg"][down])
        spots = [(x, y)]
        if found.target is not None:
            spots.append(tuple(np.atleast_1d(a) for a in at(*np.degrees(found.target[::-1]))))
        half = 1.15 * max(max(np.abs(a).max(), np.abs(b).max()) for a, b in spots)
        half = max(half, 1.2 * found.semi_major / 1e3, 5.0)
        axis.set(xlim=(-half, half), ylim=(-half, half), facecolor=SEA, aspect="equal")
        axis.set_xlabel("km toward east of the centre")
        axis.set_ylabel("km toward north")
        _outlines(axis, at, near=middle)
        every = max(1, -(-int(down.sum()) // MOST_POINTS))
        for k, variant in enumerate(variants):
            mine = np.flatnonzero(data["branch"][down] == k)[::every]
            if len(mine):
                named = variant.name.replace("_", " ") if len(variants) > 1 else "landings"
                axis.scatter(x[mine], y[mine], s=3, color=COLOURS[k % len(COLOURS)], alpha=0.35, linewidths=0, zorder=4,
                             label=f"{named}: {int((data['branch'][down] == k).sum()):,}")  # fmt: skip
        for kind, containment, rings in outlines(found, held):
            for i, ring in enumerate(rings):
                xs, ys = at(ring[:, 0], ring[:, 1])
                solid = kind == "ellipse"
                axis.plot(xs, ys, color=INK if solid else RED, linewidth=1.4 if solid else 0.9,
                          linestyle="-" if solid else "--", zorder=6,
                          label=f"{100 * containment:.4g} % {kind}" if i == 0 else None)  # fmt: skip
        if found.target is not None:
            tx, ty = (float(np.ravel(a)[0]) for a in at(*np.degrees(found.target[::-1])))
            axis.plot(tx, ty, marker="+", markersize=13, markeredgewidth=1.8, color=INK, zorder=8)
            site = ensemble.scenario.site
            if site.zone_radius is not None:
                a, r = np.linspace(0, 2 * np.pi, 181), site.zone_radius.si / 1e3
                axis.plot(tx + r * np.cos(a), ty + r * np.sin(a), color=QUIET, linewidth=1.0, linestyle=":", zorder=6,
                          label=f"zone, {r:.0f} km")  # fmt: skip
        for name, lat, lon in towns():
            px, py = (float(np.ravel(a)[0]) for a in at(lon, lat))
            if abs(px) < 0.97 * half and abs(py) < 0.97 * half:
                axis.plot(px, py, marker="s", markersize=3.2, color=INK, zorder=7)
                axis.annotate(name, (px, py), xytext=(4, 3), textcoords="offset points", fontsize=7, color=INK, zorder=7)
        axis.legend(loc="upper right", fontsize=8, markerscale=3)
        title = ensemble.scenario.title or ensemble.scenario.name
        n = len(down)
        figure.text(0.06, 0.955, f"{title}: where {int(down.sum()):,} of {n:,} flights come down", fontsize=13, color=INK)
        half_, most = (found.radii[q][0] / 1e3 for q in ("p50", "p99"))
        about = f"half within {half_:.1f} km, 99 % within {most:.1f} km of the {found.about}"
        figure.text(0.06, 0.925, about + f"; seed {ensemble.plan.design.seed}", fontsize=9, color=QUIET)
        figure.text(0.98, 0.012, "outlines: Natural Earth", fontsize=6.5, color=QUIET, ha="right")
    return figure


def distributions(ensemble):
    """A Figure: histograms of miss, load, heat flux and drift, with median and 99 %."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with styled():
        figure = Figure(figsize=(10, 6.6))
        FigureCanvasAgg(figure)
        for k, (name, factor, title) in enumerate(SHOWN):
            axis = figure.add_subplot(2, 2, k + 1)
            x = ensemble.columns[name]
            x = x[np.isfinite(x)] * factor
            if not len(x):
                axis.set_axis_off()
                continue
            axis.hist(x, bins=min(60, max(8, int(np.sqrt(len(x))))), color=BLUE, alpha=0.75)
            for q, colour in ((50, INK), (99, RED)):
                at = float(np.percentile(x, q))
                axis.axvline(at, color=colour, linewidth=1.1)
                axis.annotate(f" {q} %: {at:.3g}", (at, 0.94 if q == 50 else 0.84), xycoords=("data", "axes fraction"),
                              fontsize=8, color=colour)  # fmt: skip
            axis.set_xlabel(title)
            axis.set_ylabel("flights")
        figure.suptitle(f"{ensemble.scenario.title or ensemble.scenario.name}: {len(ensemble.columns['outcome']):,} flights",
                        x=0.06, ha="left", fontsize=12, color=INK)  # fmt: skip
        figure.tight_layout(rect=(0, 0, 1, 0.97))
    return figure


def cut(ring: np.ndarray) -> list[np.ndarray]:
    """A ring as polygons that stay within -180...180 degrees (RFC 7946, section 3.1.9)."""
    parts = []
    for shift in (-360.0, 0.0, 360.0):
        moved = ring + [shift, 0.0]
        for side, sign in ((-180.0, 1.0), (180.0, -1.0)):
            moved = clipped(moved, side, sign)
        if len(moved) > 3:
            parts.append(moved)
    return parts


def clipped(ring: np.ndarray, at: float, sign: float) -> np.ndarray:
    """The part of a closed ring with sign (longitude - at) >= 0 (Sutherland & Hodgman 1974)."""
    out = []
    for a, b in zip(ring[:-1], ring[1:], strict=True):
        inside_a, inside_b = sign * (a[0] - at) >= 0, sign * (b[0] - at) >= 0
        if inside_a:
            out.append(a)
        if inside_a != inside_b:
            share = (at - a[0]) / (b[0] - a[0])
            out.append(np.array([at, a[1] + share * (b[1] - a[1])]))
    return np.array([*out, out[0]]) if len(out) > 2 else np.empty((0, 2))


def geojson(ensemble, found, rings) -> dict:
    """A FeatureCollection (RFC 7946): centre, target, ellipse and regions."""

    def point(name, at):
        place = [round(float(np.degrees(at[1])), 7), round(float(np.degrees(at[0])), 7)]
        return {"type": "Feature", "properties": {"name": name}, "geometry": {"type": "Point", "coordinates": place}}

    features = [point("center", found.center)]
    if found.target is not None:
        features.append(point("target", found.target))
    for kind, containment, parts in rings:
        polygons = [[np.round(p, 7).tolist()] for ring in parts for p in cut(ring)]
        features.append({"type": "Feature", "properties": {"name": kind, "containment": containment},
                         "geometry": {"type": "MultiPolygon", "coordinates": polygons}})  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def kml(ensemble, rings) -> str:
    """The same as a KML document."""
    parts = []
    for kind, containment, held in rings:
        polygons = "".join(
            "<Polygon><outerBoundaryIs><LinearRing><coordinates>"
            + " ".join(f"{lon:.7f},{lat:.7f},0" for lon, lat in p)
            + "</coordinates></LinearRing></outerBoundaryIs></Polygon>"
            for ring in held
            for p in cut(ring)
        )
        name = f"<name>{kind} {100 * containment:.4g} %</name>"
        parts.append(f"<Placemark>{name}<MultiGeometry>{polygons}</MultiGeometry></Placemark>")
    name = escape(ensemble.scenario.title or ensemble.scenario.name)
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
            f"<name>{name}</name>{''.join(parts)}</Document></kml>\n")  # fmt: skip


def table(ensemble, path) -> None:
    """The landings as CSV: sample, outcome, branch, place, time, loads."""
    columns = ensemble.columns
    names = [c for c in columns if c not in ("outcome", "branch")]
    outcome, branch = ensemble.outcome, [v.name for v in ensemble.plan.variants]
    with open(path, "w", encoding="utf-8") as file:
        file.write("sample,outcome,branch," + ",".join(names) + "\n")
        held = [columns[c] for c in names]
        for i in range(len(outcome)):
            numbers = ",".join("" if np.isnan(x[i]) else f"{x[i]:.9g}" for x in held)
            file.write(f"{i},{outcome[i]},{branch[columns['branch'][i]]},{numbers}\n")
