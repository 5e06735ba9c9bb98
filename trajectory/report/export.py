"""A flight as files that other programs read: NetCDF, CSV, GeoJSON, KML and CCSDS OEM.

Every file is a function of the flight alone: no clock, no machine, so the same flight gives the same bytes.
"""

import csv
import json
import math
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from trajectory.constants import STANDARD_GRAVITY
from trajectory.report.track import pieces

OEM_BREAKS = ("deorbit_ignition", "deorbit_cutoff", "module_separation", "entry_interface", "chute_command")
KML = "http://www.opengis.net/kml/2.2"


def json_text(item) -> str:
    """JSON as every file of a run has it; what is not finite is null."""
    return json.dumps(_finite(item), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(item):
    if isinstance(item, dict):
        return {key: _finite(value) for key, value in item.items()}
    if isinstance(item, (list, tuple)):
        return [_finite(value) for value in item]
    if isinstance(item, np.generic):
        item = item.item()
    return None if isinstance(item, float) and not math.isfinite(item) else item


def write_history(flight, path) -> None:
    """The history as NetCDF-4 with CF-1.11 trajectory attributes. OSError if it cannot be written."""
    history = flight.history
    for name, variable in history.data_vars.items():
        if "units" not in variable.attrs:
            raise ValueError(f"history variable {name!r} has no units")
    since = str(history["time"].values[0].astype("datetime64[ms]")).replace("T", " ")
    encoding = {name: {"_FillValue": None} for name in history.variables if history[name].dtype.kind == "f"}
    encoding["time"] = {"units": f"milliseconds since {since}", "calendar": "standard", "dtype": "int64"}
    try:
        history.to_netcdf(path, engine="netcdf4", encoding=encoding)
    except RuntimeError as problem:  # how the NetCDF library says that the disk is full
        raise OSError(f"{Path(path).name}: {problem}") from None


def write_events(flight, path) -> None:
    """One row an event, the keys of summary.json as header."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        rows = csv.DictWriter(
            file, list(flight.events[0]) if flight.events else ["name"], lineterminator="\n"
        )
        rows.writeheader()
        rows.writerows(flight.events)


def write_rotation(flight, path) -> None:
    """The flight with six degrees of freedom, a row for each quarter of a second."""
    turned = flight.rotation.turned
    names = ["elapsed_s", "altitude_m", "mach", "angle_of_attack_deg"]
    names += [f"{axis}_rate_deg_s" for axis in ("roll", "pitch", "yaw")] + [f"load_{axis}_g" for axis in "xyz"]
    table = np.column_stack([turned.t, turned.altitude, turned.mach, np.degrees(turned.alpha), np.degrees(turned.rates),
                             turned.load / STANDARD_GRAVITY])  # fmt: skip
    np.savetxt(path, table, "%.6f", delimiter=",", header=",".join(names), comments="")


def _target(flight):
    """(name, latitude, longitude) of the site, in degrees, or None."""
    site = flight.scenario.site
    if flight.case.target is None:
        return None
    latitude, longitude = (round(math.degrees(x), 9) for x in flight.case.target)
    return (site.name if site is not None else "target"), latitude, longitude


def _track(flight) -> list[list[list[float]]]:
    """Pieces of [longitude, latitude, altitude], degrees and m, cut at the antimeridian."""
    h = flight.history
    rows = np.column_stack([h[name].values for name in ("longitude", "latitude", "altitude")])
    places = (6, 6, 1)

    def point(row):
        return [round(float(x), n) for x, n in zip(row, places, strict=True)]

    return [[point(row) for row in piece] for piece in pieces(rows)]


def write_track_geojson(flight, path) -> None:
    """A FeatureCollection (RFC 7946): the track, cut at the antimeridian; points for events and target."""
    track = _track(flight)
    shape = {"type": "LineString", "coordinates": track[0]}
    if len(track) > 1:
        shape = {"type": "MultiLineString", "coordinates": track}
    about = {
        "kind": "track",
        "name": _title(flight),
        "scenario": flight.scenario.name,
        "outcome": flight.outcome,
    }
    features = [feature(shape, about)]
    for e in flight.events:
        where = [e["longitude_deg"], e["latitude_deg"], e["altitude_m"]]
        kind = "touchdown" if e["name"] == "touchdown" else "event"
        features.append(feature({"type": "Point", "coordinates": where}, {"kind": kind, **e}))
    for part in flight.parts:
        where = [part["longitude_deg"], part["latitude_deg"]]
        features.append(feature({"type": "Point", "coordinates": where}, {"kind": "part", **part}))
    if (target := _target(flight)) is not None:
        name, latitude, longitude = target
        shape = {"type": "Point", "coordinates": [longitude, latitude]}
        features.append(feature(shape, {"kind": "target", "name": name}))
    Path(path).write_text(json_text({"type": "FeatureCollection", "features": features}), encoding="utf-8")


def feature(geometry: dict, properties: dict) -> dict:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def write_track_kml(flight, path) -> None:
    """KML 2.2: the track at its absolute altitude, a placemark an event, the target."""
    root = ElementTree.Element("kml", xmlns=KML)
    document = child(root, "Document")
    child(document, "name", _title(flight))
    child(document, "description", "Altitudes are over the WGS84 ellipsoid.")
    style = child(document, "Style", id="track")
    line = child(style, "LineStyle")
    child(line, "color", "ff005ed5")
    child(line, "width", "3")
    for n, piece in enumerate(_track(flight)):
        mark = child(document, "Placemark")
        child(mark, "name", "track" if n == 0 else f"track, continued {n}")
        child(mark, "styleUrl", "#track")
        line = child(mark, "LineString")
        child(line, "altitudeMode", "absolute")
        child(line, "coordinates", " ".join(_place(*point) for point in piece))
    events = child(document, "Folder")
    child(events, "name", "events")
    for e in flight.events:
        text = (
            f"{e['time_utc']}, altitude {e['altitude_m'] / 1e3:.1f} km, speed {e['speed_m_s']:.0f} m/s, "
            f"load {e['load_factor_g']:.2f} g"
        )
        where = (e["longitude_deg"], e["latitude_deg"], e["altitude_m"])
        placemark(events, e["name"].replace("_", " "), where, "absolute", text, e["time_utc"])
    if (target := _target(flight)) is not None:
        name, latitude, longitude = target
        placemark(document, f"target: {name}", (longitude, latitude, 0.0), "clampToGround")
    ElementTree.indent(root)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _place(longitude: float, latitude: float, altitude: float) -> str:
    return f"{longitude:.6f},{latitude:.6f},{altitude:.1f}"


def child(parent, tag: str, text: str | None = None, **attributes):
    child = ElementTree.SubElement(parent, tag, attributes)
    child.text = text
    return child


def placemark(parent, name: str, where, mode: str, text: str | None = None, time: str | None = None) -> None:
    mark = child(parent, "Placemark")
    child(mark, "name", name)
    if text is not None:
        child(mark, "description", text)
    if time is not None:
        child(child(mark, "TimeStamp"), "when", time)
    point = child(mark, "Point")
    child(point, "altitudeMode", mode)
    child(point, "coordinates", _place(*where))


def write_oem(flight, path) -> None:
    """CCSDS OEM 2.0 (KVN): states in GCRF, UTC, km and km/s; a new segment where thrust, mass or drag jump.

    The creation date is the epoch of the case: a file made from the same flight is the same file.
    """
    from astropy.time import TimeDelta

    from trajectory import frames

    h = flight.history
    elapsed = np.round(h["elapsed_s"].values, 6)
    states = np.hstack([h["position"].values, h["velocity"].values]) / 1e3
    fresh = np.append(True, np.diff(elapsed) > 0)
    elapsed, states = elapsed[fresh], states[fresh]
    epoch = frames.parse_epoch(flight.case.epoch)
    stamps = (epoch + TimeDelta(elapsed, format="sec")).utc
    stamps.format, stamps.precision = "isot", 6
    stamps = stamps.value
    lines = [
        "CCSDS_OEM_VERS = 2.0",
        f"COMMENT {_ascii(_title(flight))}; outcome: {flight.outcome}",
        "COMMENT The creation date is the epoch of the case.",
        f"CREATION_DATE = {flight.case.epoch.removesuffix('Z')}",
        "ORIGINATOR = TRAJECTORY",
    ]
    for name, first, last in _segments(flight, elapsed):
        lines += [
            "",
            "META_START",
            f"COMMENT {name}",
            f"OBJECT_NAME = {_ascii(_title(flight))}",
            f"OBJECT_ID = {_ascii(flight.scenario.name)}",
            "CENTER_NAME = EARTH",
            "REF_FRAME = GCRF",
            "TIME_SYSTEM = UTC",
            f"START_TIME = {stamps[first]}",
            f"STOP_TIME = {stamps[last]}",
            "INTERPOLATION = HERMITE",
            "INTERPOLATION_DEGREE = 3",
            "META_STOP",
        ]
        for k in range(first, last + 1):
            r, v = states[k, :3], states[k, 3:]
            lines.append(" ".join([stamps[k]] + [f"{x:.7f}" for x in r] + [f"{x:.10f}" for x in v]))
    Path(path).write_text("\n".join(lines) + "\n", encoding="ascii")


def _segments(flight, elapsed):
    """(what it spans, first row, last row); neighbours share the state between them."""
    cuts = [(0, "start")]
    for e in flight.events:
        if e["name"] in OEM_BREAKS:
            at = int(np.argmin(np.abs(elapsed - e["elapsed_s"])))
            if at == cuts[-1][0]:
                cuts[-1] = (at, e["name"])
            elif cuts[-1][0] < at < len(elapsed) - 1:
                cuts.append((at, e["name"]))
    cuts.append((len(elapsed) - 1, "end"))
    return [(f"{a[1]} to {b[1]}", a[0], b[0]) for a, b in zip(cuts, cuts[1:], strict=False)]


def _title(flight) -> str:
    return flight.scenario.title or flight.scenario.name


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()
