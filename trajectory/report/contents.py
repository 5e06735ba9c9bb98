"""What the page of a comparison shows, as plain data: tables whole, points and histories thinned to what can be seen."""

import numpy as np

from trajectory.metrics import HELICOPTER_SPEED, METRICS, begins
from trajectory.report.export import json_text
from trajectory.report.footprints import around_of
from trajectory.report.style import WAYS
from trajectory.report.track import unflat
from trajectory.result import states_of

POINTS = 2000  # landings of each option that are drawn
STATES = 260  # of a history over the whole flight, and as many again from the entry interface on
SERIES = {  # chart: column of the history, factor, unit
    "altitude": ("altitude", 1e-3, "km"), "load": ("load_factor", 1.0, "g"),
    "heat flux": ("heat_flux", 1e-4, "W/cm²"),
}  # fmt: skip
CABIN = {"cabin": "cabin", "core": "core", "wet bulb": "wet_bulb"}
MARKS = ("undocking", "deorbit_ignition", "entry_interface", "chute_command", "touchdown")


def of(comparison) -> dict:
    """The content of a Comparison."""
    import trajectory
    from trajectory.leg import kernel_name

    whole = comparison.to_dict()
    options = [one(o, held, k) for k, (o, held) in enumerate(zip(comparison.options, whole["options"], strict=True))]
    return whole | {
        "kind": "comparison", "version": trajectory.__version__, "kernel": kernel_name(), "options": options,
        "about": {k: m._asdict() for k, m in METRICS.items()}, "helicopter_m_s": HELICOPTER_SPEED,
    }  # fmt: skip


def one(option, held: dict, k: int) -> dict:
    """An option: what `compare --json` says of it, and what is drawn."""
    flight, found = option.flight, option.found
    scenario = flight.scenario
    around = around_of(option.ensemble)
    begin = begins(flight)
    out = held | {
        "title": scenario.title or option.name, "summary": scenario.summary or "", "colour": WAYS[k % len(WAYS)],
        "epoch": str(flight.case.epoch), "touchdown": flight.touchdown,
        "marks": {e["name"]: round(e["elapsed_s"], 3) for e in reversed(flight.events) if e["name"] in MARKS},
        "track": track(flight), "cabin": cabin(flight), "landings": landings(option), "ellipse": None, "regions": [],
        "site": around.site if around.zone or around.bases else None, "target": None, "zone": None,
        "bases": {n: degrees(at) for n, at in around.bases.items()}, "assumptions": assumptions(scenario),
        "figures": figures(flight),
    }  # fmt: skip
    if begin is not None:
        out["marks"]["undocking"] = round(begin, 3)
    if found is not None:
        out["ellipse"] = [degrees(p) for p in found.ellipse()]
        for region in option.regions:
            if region is not None:
                rings = [[ring_of(found, ring) for ring in rings] for rings in region.polygons]
                out["regions"].append({"containment": region.containment, "polygons": rings})
        if found.target is not None:
            out["target"] = degrees(found.target)
    if around.zone is not None:
        (latitude, longitude), radius = around.zone
        turn = np.linspace(0.0, 2.0 * np.pi, 73)
        centre = (np.degrees(longitude), np.degrees(latitude))
        x, y = unflat(radius / 1e3 * np.sin(turn), radius / 1e3 * np.cos(turn), centre)
        out["zone"] = {"radius_m": radius, "ring": np.round(np.stack([x, y], axis=1), 4).tolist()}
    elif scenario.site is not None and scenario.site.zone_outline and found is not None and found.target is not None:
        corners = scenario.site.corners()
        out["zone"] = {"radius_m": None, "ring": [degrees(p) for p in (*corners, corners[0])]}
    return out


def degrees(point) -> list[float]:
    """Longitude and latitude, degrees, of latitude and longitude, rad."""
    latitude, longitude = np.degrees(point)
    return [round(float((longitude + 180.0) % 360.0 - 180.0), 4), round(float(latitude), 4)]


def ring_of(found, ring) -> list:
    east, north = ring[:: max(1, len(ring) // 120)].T if len(ring) > 240 else ring.T
    latitude, longitude = np.degrees(found.geodetic(north, east))
    return np.round(np.stack([(longitude + 180.0) % 360.0 - 180.0, latitude], axis=1), 4).tolist()


def landings(option) -> dict:
    """Every so many-th landing: place, miss, load, row."""
    data = option.ensemble.columns
    down = np.flatnonzero(np.isfinite(data["latitude_deg"]))
    some = down[:: max(1, -(-len(down) // POINTS))]

    def numbers(name, factor, digits):
        x = data[name][some] * factor
        return np.round(x, digits).tolist() if np.isfinite(x).all() else None

    return {"of": len(down), "row": some.tolist(), "lon": numbers("longitude_deg", 1.0, 4),
            "lat": numbers("latitude_deg", 1.0, 4), "miss_km": numbers("target_distance_m", 1e-3, 1),
            "load_g": numbers("load_factor_g", 1.0, 2)}  # fmt: skip


def track(flight) -> dict:
    """The nominal flight, thinned: dense in the air, with its peaks."""
    t, _, history = states_of(flight)
    unique = np.append(True, np.diff(t) > 0)
    t, history = t[unique], {name: x[unique] for name, x in history.items()}
    wanted = [np.linspace(t[0], t[-1], STATES)]
    entry = next((e["elapsed_s"] for e in flight.events if e["name"] == "entry_interface"), None)
    if entry is not None:
        wanted.append(np.linspace(entry, t[-1], STATES))
    rows = np.searchsorted(t, np.concatenate(wanted)).clip(0, len(t) - 1)
    peaks = [int(np.nanargmax(history[c])) for c in ("load_factor", "heat_flux")]
    rows = np.unique(np.concatenate([rows, peaks]))
    out = {"t": np.round(t[rows], 1).tolist()}
    columns = (("lon", "longitude", 1.0, 4), ("lat", "latitude", 1.0, 4), ("speed", "speed", 1.0, 0),
               *((name, column, factor, 3) for name, (column, factor, _) in SERIES.items()))  # fmt: skip
    for name, column, factor, digits in columns:
        out[name] = np.round(np.nan_to_num(history[column][rows]) * factor, digits).tolist()
    return out


def cabin(flight) -> dict | None:
    """Temperatures of the cabin and the crew in the nominal flight, degC."""
    cooled = flight.cooled
    if cooled is None:
        return None
    t = cooled.t
    entry = next((e["elapsed_s"] for e in flight.events if e["name"] == "entry_interface"), t[-1])
    wanted = np.concatenate([np.linspace(t[0], t[-1], STATES), np.linspace(min(entry, t[-1]), t[-1], STATES)])
    rows = np.unique(np.searchsorted(t, wanted).clip(0, len(t) - 1))
    out = {"t": np.round(cooled.t[rows], 1).tolist()}
    for name, key in CABIN.items():
        if key in cooled.nominal and np.isfinite(cooled.nominal[key][0][rows]).all():
            out[name] = np.round(cooled.nominal[key][0][rows], 3).tolist()
    return out


def assumptions(scenario) -> list[list]:
    """[key, value, source, grade, how it is spread] of everything that has a grade, the uncertain and assumed first."""
    from trajectory.scenario import describe

    order = {"assumed": 0, "derived": 1, "stated": 2}
    rows = [[r.key, r.text, r.source or "", r.grade, (r.distribution or {}).get("type", "")]
            for r in describe(scenario) if r.grade]  # fmt: skip
    return sorted(rows, key=lambda r: (not r[4], order.get(r[3], 3), r[0]))


def figures(flight) -> list[dict]:
    """What `[expected]` holds of the flight itself, and whether its nominal flight comes to it (verify.compare)."""
    from trajectory import verify

    scenario = flight.scenario
    if scenario.expected is None:
        return []
    held = [verify.figure_of(key, truth, flight, "") for key, truth in scenario.expected.items()]
    return [verify.compare(scenario.name, figure, scenario.expected.source or "") for figure in held]


def text_of(content: dict) -> str:
    """As `report.json` holds it, on one line."""
    import json

    return json.dumps(json.loads(json_text(content)), separators=(",", ":"), ensure_ascii=False) + "\n"


def read(path) -> dict | None:
    """The content of a `report.json`; None where that is none."""
    import json

    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return held if isinstance(held, dict) and held.get("kind") == "comparison" and held.get("schema") == 1 else None
