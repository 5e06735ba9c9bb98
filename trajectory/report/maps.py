"""Where the flight went: its ground track on a map, and the country around the landing."""

import csv
from functools import lru_cache
from importlib.resources import files

import numpy as np

from trajectory.report.labels import Labels
from trajectory.report.plots import head
from trajectory.report.style import (
    BLUE,
    BORDER,
    COAST,
    FAINT,
    GREEN,
    INK,
    LAND,
    QUIET,
    RED,
    SEA,
    label,
    styled,
)
from trajectory.report.track import RADIUS, flat, pieces, unflat, unwrapped

ABROAD = 600.0  # km, half the side of the map around the landing
OVERVIEW = (
    "deorbit_ignition",
    "deorbit_cutoff",
    "module_separation",
    "entry_interface",
    "guidance_start",
    "touchdown",
    "parts_impact",
)
DETAIL = (
    "entry_interface",
    "guidance_start",
    "bank_reversal",
    "peak_heating",
    "peak_load",
    "chute_command",
    "touchdown",
    "parts_impact",
)
DATA = files("trajectory") / "data" / "natural_earth"


@lru_cache(maxsize=1)
def outlines() -> dict[str, list[np.ndarray]]:
    """`land`: rings; `coasts`: those without the way over the pole; `borders`: lines. Natural Earth 1:50m.

    Each line is (n, 2), degrees: longitude, latitude.
    """
    with (DATA / "outlines.npz").open("rb") as file, np.load(file) as held:
        lines = {
            name: np.split(held[name] / 100.0, held[f"{name}_starts"][1:]) for name in ("land", "borders")
        }
    coasts = []
    for ring in lines["land"]:
        pole = ring[:, 1] < -89.9
        cut = np.flatnonzero(pole[:-1] | pole[1:]) + 1
        coasts += [part for part in np.split(ring, cut) if len(part) > 1]
    return lines | {"coasts": coasts}


@lru_cache(maxsize=1)
def towns() -> list[tuple[str, float, float]]:
    """(name, latitude, longitude), degrees."""
    text = (DATA / "towns.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return [(row["name"], float(row["latitude"]), float(row["longitude"])) for row in rows]


def ground_track(flight):
    """A Figure: the ground track from ignition to the end on a plain chart; for a landing also the
    last part of it on a map true in distance from the landing, with borders, towns, target and events."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with styled():
        figure = Figure(figsize=(13, 6.9))
        FigureCanvasAgg(figure)  # measures text
        if flight.touchdown is None:
            world = figure.add_axes((0.045, 0.065, 0.935, 0.83))
        else:
            world = figure.add_axes((0.045, 0.065, 0.465, 0.83))
            around = figure.add_axes((0.54, 0.065, 0.425, 0.83))
            _around(flight, figure, around)
        _world(flight, figure, world)
        head(figure, flight)
        figure.text(0.98, 0.012, "outlines: Natural Earth", fontsize=6.5, color=QUIET, ha="right")
    return figure


def reachable(scenario, case, found):
    """A Figure: the reachable set on a map true in distance from its middle; points by their load, hull, site, ballistic."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with styled():
        figure = Figure(figsize=(10, 8.2))
        FigureCanvasAgg(figure)
        axis = figure.add_axes((0.05, 0.06, 0.80, 0.83))
        middle = (float(np.median(found.longitude)), float(np.median(found.latitude)))

        def at(lon, lat):
            return flat(np.asarray(lon, float), np.asarray(lat, float), middle)

        x, y = at(found.longitude, found.latitude)
        half = 1.15 * max(np.abs(x).max(), np.abs(y).max())
        axis.set(xlim=(-half, half), ylim=(-half, half), facecolor=SEA, xticks=[], yticks=[], aspect="equal")
        outlined(axis, at, near=middle)
        ring = np.append(found.outline, found.outline[:1])
        axis.fill(x[ring], y[ring], facecolor=GREEN, alpha=0.12, zorder=3)
        axis.plot(x[ring], y[ring], color=GREEN, linewidth=1.2, zorder=4)
        points = axis.scatter(x, y, c=found.load, s=7, cmap="viridis", zorder=5, linewidths=0)
        labels = Labels(figure, axis, [])
        if case.target is not None:
            px, py = at(*np.degrees(case.target)[::-1])
            axis.plot(px, py, "+", color=RED, markersize=13, markeredgewidth=2, zorder=8)
            labels.add(float(px), float(py), "target", fontsize=9, color=RED)
        if found.ballistic is not None:
            px, py = at(found.ballistic[1], found.ballistic[0])
            axis.plot(px, py, "v", color=BLUE, markersize=8, markeredgecolor="white", zorder=8)
            labels.add(float(px), float(py), "ballistic", fontsize=9, color=BLUE)
        for name, latitude, longitude in towns():
            px, py = (float(v) for v in at(longitude, latitude))
            if abs(px) < half and abs(py) < half:
                axis.plot(px, py, "s", color=INK, markersize=3.2, zorder=6)
                labels.add(px, py, name, fontsize=8, color=INK)
        bar = figure.colorbar(points, cax=figure.add_axes((0.88, 0.12, 0.022, 0.7)))
        bar.set_label("greatest load, g")
        step = next(s for s in (50, 100, 200, 500, 1000) if half / s < 5)
        axis.plot([-0.94 * half, -0.94 * half + step], [-0.93 * half] * 2, color=INK, linewidth=2, zorder=6)
        axis.text(-0.94 * half + step / 2, -0.91 * half, f"{step} km", ha="center", fontsize=8, zorder=6)
        figure.text(0.05, 0.945, f"{scenario.title or scenario.name}: where it can come down", fontsize=14, fontweight="bold")
        figure.text(0.05, 0.915, f"ignition {case.epoch}; bank held from 10 to 175 deg, one reversal", fontsize=9, color=QUIET)
        figure.text(0.98, 0.012, "outlines: Natural Earth", fontsize=6.5, color=QUIET, ha="right")
    return figure


# --- the chart of the whole track


def _world(flight, figure, axis) -> None:
    history = flight.history
    longitude, latitude = unwrapped(history["longitude"].values), history["latitude"].values
    box = axis.get_position()
    shape = box.width * figure.get_figwidth() / (box.height * figure.get_figheight())
    west, east, south, north = _view(longitude, latitude, shape)
    axis.set(xlim=(west, east), ylim=(south, north), facecolor=SEA)
    turns = [360.0 * n for n in range(-3, 4) if -360 + 360 * n < east and 360 + 360 * n > west]
    for turn in turns:
        outlined(axis, lambda x, y, turn=turn: (x + turn, y))
    if east - west >= 360:
        rows = np.column_stack([history["longitude"].values, latitude])
        lines = pieces(rows)
    else:
        lines = [np.column_stack([longitude, latitude])]
    for line in lines:
        axis.plot(line[:, 0], line[:, 1], color=RED, linewidth=1.6, zorder=4, solid_capstyle="round")

    def at(lon, lat):
        return (lon - west) % 360 + west, lat

    labels = Labels(figure, axis, [np.column_stack([np.array(at(x[:, 0], x[:, 1])).T]) for x in lines])
    if flight.touchdown is None:
        _events(flight, axis, labels, at, (*OVERVIEW, "peak_load", "peak_heating"))
        x, y = at(longitude[-1], latitude[-1])
        axis.plot(x, y, "o", color=RED, markersize=7, markeredgecolor="white", markeredgewidth=0.8, zorder=8)
        labels.add(x, y, flight.outcome.replace("_", " "), fontsize=9, color=RED, fontweight="bold")
    else:
        _events(flight, axis, labels, at, OVERVIEW)
    _target(flight, axis, labels, at, named=flight.touchdown is None)
    step = next(s for s in (5, 10, 15, 30, 45, 60) if (east - west) / s <= 8)
    _degrees(axis.xaxis, step, "EW")
    _degrees(axis.yaxis, step, "NS")


def _view(longitude, latitude, shape: float):
    """West, east, south, north of a chart of that shape (width over height) that holds the track."""
    width, height = np.ptp(longitude) + 24.0, np.ptp(latitude) + 16.0
    if width > 300.0:
        return -180.0, 180.0, -90.0, 90.0
    width, height = max(width, height * shape), max(height, width / shape)
    if height > 180.0 or width > 360.0:
        return -180.0, 180.0, -90.0, 90.0
    x = (longitude.min() + longitude.max()) / 2
    y = np.clip((latitude.min() + latitude.max()) / 2, height / 2 - 90.0, 90.0 - height / 2)
    return x - width / 2, x + width / 2, y - height / 2, y + height / 2


def _degrees(axis, step: float, sides: str) -> None:
    from matplotlib.ticker import FuncFormatter, MultipleLocator

    def text(value, _):
        value = (value + 180) % 360 - 180 if sides == "EW" else value
        side = "" if value == 0 or abs(value) == 180 else sides[0] if value > 0 else sides[1]
        return f"{abs(value):g}° {side}".strip()

    axis.set_major_locator(MultipleLocator(step))
    axis.set_major_formatter(FuncFormatter(text))


# --- the map around the landing


def _around(flight, figure, axis) -> None:
    down = flight.touchdown
    landing = (down["longitude_deg"], down["latitude_deg"])
    box = axis.get_position()
    tall = ABROAD * box.height * figure.get_figheight() / (box.width * figure.get_figwidth())
    axis.set(xlim=(-ABROAD, ABROAD), ylim=(-tall, tall), facecolor=SEA, xticks=[], yticks=[])
    for side in ("top", "right"):
        axis.spines[side].set_visible(True)

    def at(lon, lat):
        return flat(lon, lat, landing)

    outlined(axis, at, near=landing)
    _graticule(axis, landing, tall)
    history = flight.history
    track = np.column_stack(at(history["longitude"].values, history["latitude"].values))
    near = np.hypot(*track.T) < 3 * ABROAD
    track = track[near]
    axis.plot(*track.T, color=RED, linewidth=1.8, zorder=4, solid_capstyle="round")
    labels = Labels(figure, axis, [track])
    _zone(flight, axis, labels, at)
    _target(flight, axis, labels, at)
    _events(flight, axis, labels, at, DETAIL)
    for name, latitude, longitude in towns():
        x, y = at(longitude, latitude)
        if abs(x) < ABROAD and abs(y) < tall:
            axis.plot(x, y, "s", color=INK, markersize=3.2, zorder=5)
            labels.add(x, y, name, fontsize=8, color=INK)
    _scale(axis, tall)


def _graticule(axis, landing, tall: float) -> None:
    """Meridians and parallels every 5 degrees, named where they leave the map."""
    lon, lat = unflat(
        np.array([-1, 1, -1, 1, 0, 0]) * ABROAD, np.array([-1, -1, 1, 1, -1, 1]) * tall, landing
    )
    step = 5.0
    frame = {"color": FAINT, "linewidth": 0.6, "zorder": 2}
    for value in np.arange(np.floor(lon.min() / step), np.ceil(lon.max() / step) + 1) * step:
        y = np.linspace(max(lat.min() - 5, -89.0), min(lat.max() + 5, 89.0), 200)
        px, py = flat(np.full_like(y, value), y, landing)
        axis.plot(px, py, **frame)
        x = np.interp(-tall, py, px)
        if abs(x) < 0.97 * ABROAD:
            axis.text(x, -tall - 0.018 * tall, _named(value, "EW"), ha="center", va="top", fontsize=8)
    for value in np.arange(np.floor(lat.min() / step), np.ceil(lat.max() / step) + 1) * step:
        if abs(value) >= 90:
            continue
        x = np.linspace(lon.min() - 5, lon.max() + 5, 200)
        px, py = flat(x, np.full_like(x, value), landing)
        axis.plot(px, py, **frame)
        y = np.interp(ABROAD, px, py)
        if abs(y) < 0.97 * tall:
            axis.text(1.012 * ABROAD, y, _named(value, "NS"), ha="left", va="center", fontsize=8)


def _named(value: float, sides: str) -> str:
    value = (value + 180) % 360 - 180 if sides == "EW" else value
    return f"{abs(value):g}°" + (f" {sides[0] if value > 0 else sides[1]}" if value else "")


def _zone(flight, axis, labels, at) -> None:
    """The landing zone, where the site file gives its radius."""
    from matplotlib.patches import Circle

    site = flight.scenario.site
    radius = getattr(site, "zone_radius", None)
    if radius is None:
        return
    x, y = at(np.degrees(site.longitude.si), np.degrees(site.latitude.si))
    axis.add_patch(Circle((x, y), radius.si / 1e3, facecolor=GREEN, alpha=0.15, edgecolor="none", zorder=3))
    axis.add_patch(Circle((x, y), radius.si / 1e3, fill=False, edgecolor=GREEN, linewidth=0.8, zorder=3))
    labels.keep_off(x, y, radius.si / 1e3)


def _scale(axis, tall: float) -> None:
    x, y = -0.94 * ABROAD, -0.93 * tall
    axis.plot([x, x + 200], [y, y], color=INK, linewidth=2, solid_capstyle="butt", zorder=6)
    axis.text(x + 100, y + 0.02 * tall, "200 km", ha="center", va="bottom", fontsize=8, zorder=6)


# --- what both draw


def outlined(axis, project, near=None) -> None:
    """Land, coasts and borders; near a (longitude, latitude): without what lies wholly 30 degrees off."""
    from matplotlib.collections import LineCollection
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    held = {}
    for name, lines in outlines().items():
        flatter = [np.column_stack(project(line[:, 0], line[:, 1])) for line in lines]
        if near is not None:
            flatter = [line for line in flatter if np.hypot(*line.T).min() < np.radians(30) * RADIUS]
        held[name] = flatter
    if held["land"]:
        whole = Path.make_compound_path(*(Path(ring, closed=False) for ring in held["land"]))
        axis.add_patch(PathPatch(whole, facecolor=LAND, edgecolor="none", zorder=1))
    axis.add_collection(LineCollection(held["coasts"], colors=COAST, linewidths=0.6, zorder=2), autolim=False)
    axis.add_collection(
        LineCollection(held["borders"], colors=BORDER, linewidths=0.6, zorder=2), autolim=False
    )


def _events(flight, axis, labels, at, names) -> None:
    for e in sorted(flight.events, key=lambda e: e["name"] != "touchdown"):  # it has the first choice of room
        if e["name"] not in names or e["elapsed_s"] < flight.history["elapsed_s"].values[0] - 1e-3:
            continue
        x, y = at(e["longitude_deg"], e["latitude_deg"])
        last = e["name"] == "touchdown"
        axis.plot(
            x,
            y,
            "o",
            color=RED,
            markersize=7 if last else 5,
            markeredgecolor="white",
            markeredgewidth=0.8,
            zorder=8 if last else 6,
        )
        labels.add(
            x,
            y,
            label(e["name"]),
            fontsize=9 if last else 8,
            color=RED if last else INK,
            fontweight="bold" if last else "normal",
        )
    for part in flight.parts:
        x, y = at(part["longitude_deg"], part["latitude_deg"])
        axis.plot(x, y, "v", color=BLUE, markersize=5, markeredgecolor="white", markeredgewidth=0.6, zorder=6)
        labels.add(x, y, label(part["name"]), fontsize=8, color=BLUE)


def _target(flight, axis, labels, at, named: bool = True) -> None:
    if flight.case.target is None:
        return
    latitude, longitude = np.degrees(flight.case.target)
    x, y = at(longitude, latitude)
    axis.plot(x, y, "+", color=GREEN, markersize=11, markeredgewidth=1.8, zorder=7)
    if named:
        labels.add(x, y, "target", fontsize=8, color=GREEN)
