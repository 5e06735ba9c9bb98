"""The people below: bodies and hazard areas on a map, as GeoJSON, and as CCSDS Re-entry Data Messages."""

import numpy as np

from trajectory import frames, geodesy
from trajectory.report.export import feature, json_text
from trajectory.report.labels import Labels
from trajectory.report.maps import outlined, towns
from trajectory.report.style import BLUE, GREEN, INK, ORANGE, QUIET, RED, SEA, styled
from trajectory.report.track import flat

COLOURS = (BLUE, ORANGE, GREEN, RED, "#CC79A7", QUIET)


def picture(found):
    """A Figure: the falls of each body and its area, true in distance from their middle."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with styled():
        figure = Figure(figsize=(11, 8.4))
        FigureCanvasAgg(figure)
        axis = figure.add_axes((0.04, 0.05, 0.92, 0.83))
        bodies = [b for b in found.bodies if np.isfinite(b.latitude).any()]
        if not bodies:
            axis.set_axis_off()
            figure.text(0.05, 0.5, "no body comes down", color=QUIET)
            return figure
        places = np.degrees([[np.nanmedian(b.longitude), np.nanmedian(b.latitude)] for b in bodies])
        middle = tuple(places.mean(axis=0))

        def at(lon, lat):
            return flat(np.degrees(lon), np.degrees(lat), middle)

        half, drawn = 30.0, []
        for k, b in enumerate(bodies):
            down = np.isfinite(b.latitude)
            x, y = at(b.longitude[down], b.latitude[down])
            half = max(half, np.abs(x).max(), np.abs(y).max())
            colour = COLOURS[k % len(COLOURS)]
            axis.scatter(x, y, s=4, color=colour, alpha=0.35, linewidths=0, zorder=4)
            if len(b.polygon):
                px, py = at(b.polygon[:, 1], b.polygon[:, 0])
                axis.fill(px, py, facecolor=colour, alpha=0.12, zorder=3)
                axis.plot(np.append(px, px[0]), np.append(py, py[0]), color=colour, linewidth=1.2, zorder=5)
            drawn.append((b, x, y, colour))
        half *= 1.12
        axis.set(xlim=(-half, half), ylim=(-0.75 * half, 0.75 * half), facecolor=SEA, xticks=[], yticks=[], aspect="equal")
        outlined(axis, lambda lon, lat: flat(lon, lat, middle), near=middle)
        labels = Labels(figure, axis, [])
        for b, x, y, colour in drawn:
            text = f"{b.name.replace('_', ' ')}, {100 * b.containment:.3g} %"
            labels.add(float(np.median(x)), float(np.median(y)), text, fontsize=8.5, color=colour)
        for name, latitude, longitude in towns():
            px, py = (float(np.ravel(v)[0]) for v in flat(longitude, latitude, middle))
            if abs(px) < half and abs(py) < 0.75 * half:
                axis.plot(px, py, "s", color=INK, markersize=3, zorder=6)
                labels.add(px, py, name, fontsize=7.5, color=INK)
        step = next(s for s in (5, 10, 20, 50, 100, 200, 500, 1000, 2000) if half / s < 5)
        axis.plot([-0.94 * half, -0.94 * half + step], [-0.69 * half] * 2, color=INK, linewidth=2, zorder=6)
        axis.text(-0.94 * half + step / 2, -0.675 * half, f"{step} km", ha="center", fontsize=8, zorder=6)
        name = found.scenario.title or found.scenario.name
        figure.text(0.04, 0.945, f"{name}: where everything comes down", fontsize=14, fontweight="bold")
        said = f"{found.samples} flights; convex areas, what they hold; casualty area {found.casualty_area:.1f} m2 or more"
        figure.text(0.04, 0.912, said, fontsize=9, color=QUIET)
        figure.text(0.98, 0.012, "outlines: Natural Earth", fontsize=6.5, color=QUIET, ha="right")
    return figure


def fill(folder, found) -> None:
    """Every file of a hazard analysis into an empty folder."""
    from trajectory.report import plots

    (folder / "summary.json").write_text(json_text(found.to_dict()), encoding="utf-8")
    write_geojson(found, folder / "hazard.geojson")
    plots.save(found.plot(), folder / "hazard.png")
    for body in found.bodies:
        if np.isfinite(body.latitude).any():
            write_rdm(found, body, folder / f"{body.name.replace('_', '-')}.rdm")


def write_geojson(found, path) -> None:
    """A FeatureCollection (RFC 7946): the area of each body, counter-clockwise, and its middle."""
    features = []
    for b in found.bodies:
        about = {k: v for k, v in b.to_dict().items() if k not in ("polygon", "median")}
        if len(b.polygon):
            ring = np.degrees(b.polygon[:, ::-1]).round(6).tolist()
            features.append(feature({"type": "Polygon", "coordinates": [[*ring, ring[0]]]}, {"kind": "area", **about}))
        if np.isfinite(b.latitude).any():
            where = [round(float(np.degrees(np.nanmedian(x))), 6) for x in (b.longitude, b.latitude)]
            features.append(feature({"type": "Point", "coordinates": where}, {"kind": "body", "name": b.name}))
    path.write_text(json_text({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def write_rdm(found, body, path) -> None:
    """CCSDS 508.1-B-1 Re-entry Data Message (KVN) of one body: re-entry, impact, and the ends of its area along the track.

    The creation date is the epoch of the case: the same analysis gives the same file.
    """
    case, down = found.case, np.isfinite(body.latitude)
    epoch = str(frames.utc(case.epoch, 0.0)).removesuffix("Z")
    times = np.quantile(body.time[down], [0.5, 0.005, 0.995])
    middle, first, last = (str(frames.utc(case.epoch, float(t))).removesuffix("Z") for t in times)
    latitude, longitude = (float(np.median(x[down])) for x in (body.latitude, body.longitude))
    site = f"{_name(found.scenario.name)}_{_name(body.name)}"
    lines = [
        "CCSDS_RDM_VERS = 1.0",
        "COMMENT The creation date is the epoch of the case.",
        f"CREATION_DATE = {epoch}",
        "ORIGINATOR = TRAJECTORY",
        f"MESSAGE_ID = {site}",
        f"COMMENT {body.name.replace('_', ' ')}, falls as one piece; {int(down.sum())} simulated falls",
        f"OBJECT_NAME = {_name(body.name)}",
        "INTERNATIONAL_DESIGNATOR = UNKNOWN",
        "CONTROLLED_REENTRY = YES",
        "CENTER_NAME = EARTH",
        "TIME_SYSTEM = UTC",
        f"EPOCH_TZERO = {epoch}",
        "IMPACT_UNCERTAINTY_METHOD = STOCHASTIC",
        f"ORBIT_LIFETIME = {max(float(times[0]), 0.0) / 86400.0:.6f} [d]",
        f"REENTRY_ALTITUDE = {case.entry_interface / 1e3:.3f} [km]",
        f"PROBABILITY_OF_IMPACT = {down.mean():.4f}",
        f"NOMINAL_IMPACT_EPOCH = {middle}",
        f"IMPACT_WINDOW_START = {first}",
        f"IMPACT_WINDOW_END = {last}",
        "IMPACT_REF_FRAME = EFG",
        f"NOMINAL_IMPACT_LON = {np.degrees(longitude):.6f} [deg]",
        f"NOMINAL_IMPACT_LAT = {np.degrees(latitude):.6f} [deg]",
        f"NOMINAL_IMPACT_ALT = {case.terrain:.1f} [m]",
    ]
    if len(body.polygon):
        lines += _ends(body, latitude, longitude)
    lines.append(f"WET_MASS = {body.mass:.1f} [kg]")
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def _ends(body, latitude: float, longitude: float) -> list[str]:
    """The area as the message has it: two ends along its longer way, and half its width."""
    points = np.stack(geodesy.plane_about(latitude, longitude, body.polygon[:, 0], body.polygon[:, 1]), axis=1)
    centre = points.mean(axis=0)
    _, _, axes = np.linalg.svd(points - centre)
    along, across = (points - centre) @ axes.T[:, 0], (points - centre) @ axes.T[:, 1]
    out = [f"IMPACT_1_CONFIDENCE = {100 * body.containment:.2f} [%]"]
    for word, end in (("START", along.min()), ("STOP", along.max())):
        lat, lon = (float(np.degrees(x)) for x in geodesy.from_plane(latitude, longitude, *(centre + end * axes[0])))
        out += [f"IMPACT_1_{word}_LON = {lon:.6f} [deg]", f"IMPACT_1_{word}_LAT = {lat:.6f} [deg]"]
    return [*out, f"IMPACT_1_CROSS_TRACK = {np.abs(across).max() / 1e3:.3f} [km]"]


def _name(text: str) -> str:
    return text.upper().replace("-", "_")
