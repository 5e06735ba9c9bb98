"""The days of an opportunity search as a picture: ground tracks, zones and windows on the globe, and the windows in time."""

import numpy as np

from trajectory import frames
from trajectory.report.labels import Labels
from trajectory.report.maps import outlined, towns
from trajectory.report.numbers import counted
from trajectory.report.style import BLUE, FAINT, GREEN, INK, ORANGE, QUIET, RED, SEA, styled
from trajectory.report.track import flat, pieces
from trajectory.windows import ANYWHERE, SLEEP, WAKE

DAY = 86400.0
BEFORE, AFTER = 900.0, 300.0  # s around the pass of a zone that are drawn of its ground track


def picture(found):
    """A Figure: the first day's ground track on a chart of the world, all passes with a window on a map around the zones, and
    the windows of all days in a strip of time with the night at the zone and the sleep of the crew."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with styled():
        figure = Figure(figsize=(13, 8.6))
        FigureCanvasAgg(figure)
        rows = max(1, int(np.ceil(found.days)))
        strip = 0.06 + 0.03 * min(rows, 7)
        bottom = 0.06 + strip + 0.07
        world = figure.add_axes((0.045, bottom, 0.49, 0.885 - bottom))
        around = figure.add_axes((0.565, bottom, 0.40, 0.885 - bottom))
        time = figure.add_axes((0.085, 0.06, 0.88, strip))
        _world(found, figure, world)
        _around(found, figure, around)
        _strip(found, time)
        name = found.scenario.title or found.scenario.name
        figure.text(0.045, 0.958, f"{name}: when the deorbit burn can start", fontsize=14, fontweight="bold", va="center")
        said = f"{counted(len(found), 'window')} in {counted(found.days, 'day')}"
        said += f" from {found.begin_utc[:16].replace('T', ' ')} UTC"
        said += f"; {len(found.out_of_reach)} passes out of reach" if found.out_of_reach else ""
        said += f"; without coordinates: {', '.join(n for n, _ in found.missing)}" if found.missing else ""
        figure.text(0.045, 0.928, said, fontsize=9, color=QUIET, va="center")
        figure.text(0.98, 0.012, "outlines: Natural Earth", fontsize=6.5, color=QUIET, ha="right")
    return figure


def _elapsed(found, utc: str) -> float:
    return float((np.datetime64(utc[:-1], "ms") - np.datetime64(found.begin_utc[:-1], "ms")) / np.timedelta64(1000, "ms"))


def _world(found, figure, axis) -> None:
    axis.set(xlim=(-180, 180), ylim=(-78, 84), facecolor=SEA)
    outlined(axis, lambda x, y: (x, y))
    track = found.track
    day = track.t <= min(DAY, found.days * DAY)
    rows = np.degrees(np.column_stack([track.longitude[day], track.latitude[day]]))
    for line in pieces(rows):
        axis.plot(*line.T, color=QUIET, linewidth=0.6, zorder=3)
    labels = Labels(figure, axis, [])
    first = [w for w in found.windows if _elapsed(found, w.ignition_utc) <= DAY]
    for w in sorted(first, key=lambda w: w.ignition_utc):
        lit = _elapsed(found, w.ignition_utc)
        span = np.arange(lit, lit + 3200.0, 20.0)
        r, _ = track.states(span)
        latitude, longitude, _ = frames.geodetic(r, span, track.orientation)
        past = np.argmin(
            np.hypot(
                latitude - np.radians(w.landing_latitude_deg),
                (longitude - np.radians(w.landing_longitude_deg)) * np.cos(latitude),
            )
        )
        rows = np.degrees(np.column_stack([longitude, latitude]))[: past + 1]
        for line in pieces(rows):
            axis.plot(*line.T, color=RED, linewidth=1.3, zorder=4)
        axis.plot(*rows[0], "o", color=RED, markersize=5, markeredgecolor="white", markeredgewidth=0.7, zorder=6)
        labels.add(*rows[0], w.ignition_utc[11:16], fontsize=7.5, color=RED)
        axis.plot(
            w.landing_longitude_deg,
            w.landing_latitude_deg,
            "o",
            color=ORANGE if w.daylight else BLUE,
            markersize=5,
            markeredgecolor="white",
            markeredgewidth=0.7,
            zorder=7,
        )
    for zone in found.zones:
        axis.plot(np.degrees(zone.longitude.si), np.degrees(zone.latitude.si), "+", color=GREEN, markersize=8, zorder=6)
    axis.set_title("the first day: ground track, ignitions (red) and where they lead", fontsize=9, color=INK, loc="left")
    axis.set_xticks(range(-180, 181, 60), ["180°", "120° W", "60° W", "0°", "60° E", "120° E", "180°"])
    axis.set_yticks(range(-60, 61, 30), ["60° S", "30° S", "0°", "30° N", "60° N"])


def _around(found, figure, axis) -> None:
    """The zones, and the ground tracks of the passes that have a window, true in distance."""
    if not found.zones:
        axis.set_axis_off()
        axis.text(0.5, 0.5, "no zone has coordinates", ha="center", color=QUIET, transform=axis.transAxes)
        return
    places = np.degrees([[z.longitude.si, z.latitude.si] for z in found.zones])
    middle = (float(np.mean(places[:, 0])), float(np.mean(places[:, 1])))

    def at(lon, lat):
        return flat(np.asarray(lon, float), np.asarray(lat, float), middle)

    x, y = at(*places.T)
    half = max(500.0, 1.35 * max(np.abs(x).max(), np.abs(y).max()))
    axis.set(xlim=(-half, half), ylim=(-half, half), facecolor=SEA, xticks=[], yticks=[], aspect="equal")
    outlined(axis, at, near=middle)
    from matplotlib.patches import Circle

    lines, track = [], found.track
    for w in (w for w in found.windows if w.site in {z.name for z in found.zones}):
        lit = _elapsed(found, w.ignition_utc)
        span = np.arange(lit + 600.0, lit + 3600.0, 5.0)
        r, _ = track.states(span)
        latitude, longitude, _ = frames.geodetic(r, span, track.orientation)
        px, py = at(np.degrees(longitude), np.degrees(latitude))
        near = np.hypot(px, py) < 1.6 * half
        colour = ORANGE if w.daylight else BLUE
        axis.plot(px[near], py[near], color=colour, linewidth=0.9, alpha=0.8, zorder=4)
        lines.append(np.column_stack([px[near], py[near]]))
        axis.plot(*at(w.landing_longitude_deg, w.landing_latitude_deg), "o", color=colour, markersize=4, zorder=7)
    labels = Labels(figure, axis, [line for line in lines if len(line) > 1])
    with_window = {w.site for w in found.windows}
    for zone, px, py in zip(found.zones, x, y, strict=True):
        radius = 5.0 if zone.zone_radius is None else zone.zone_radius.si / 1e3
        axis.add_patch(Circle((px, py), radius, facecolor=GREEN, alpha=0.18, edgecolor=GREEN, linewidth=0.8, zorder=3))
        if zone.name in with_window:
            labels.add(px, py, zone.name, fontsize=7.5, color=GREEN)
    for name, latitude, longitude in towns():
        px, py = (float(v) for v in at(longitude, latitude))
        if max(abs(px), abs(py)) < half:
            axis.plot(px, py, "s", color=INK, markersize=2.8, zorder=6)
            labels.add(px, py, name, fontsize=7, color=INK)
    step = next(s for s in (50, 100, 200, 500, 1000, 2000) if half / s < 5)
    axis.plot([-0.94 * half, -0.94 * half + step], [-0.93 * half] * 2, color=INK, linewidth=2, zorder=6)
    axis.text(-0.94 * half + step / 2, -0.91 * half, f"{step} km", ha="center", fontsize=8, zorder=6)
    axis.set_title(
        "zones and the passes that have a window: by day (orange), by night (blue)", fontsize=9, color=INK, loc="left"
    )


def _strip(found, axis) -> None:
    """A row for each day: windows, the night at the first zone, the sleep of the crew."""
    first = np.datetime64(found.begin_utc[:10])
    last = np.datetime64(found.begin_utc[:-1], "ms") + np.timedelta64(int(found.days * DAY * 1000), "ms")
    rows = int((last.astype("datetime64[D]") - first) / np.timedelta64(1, "D")) + 1
    axis.set(xlim=(0, 24), ylim=(rows - 0.5, -0.5))
    axis.grid(False)
    start = _elapsed(found, f"{first}T00:00:00.000Z")
    place = found.zones[0] if found.zones else None
    for row in range(rows):
        axis.barh(row, WAKE, height=0.8, color=FAINT, alpha=0.45, zorder=1)
        axis.barh(row, 24 - SLEEP, left=SLEEP, height=0.8, color=FAINT, alpha=0.45, zorder=1)
        if place is not None:
            t = start + row * DAY + np.arange(0.0, DAY, 600.0)
            up = frames.sun_elevation(
                np.full(t.shape, place.latitude.si), np.full(t.shape, place.longitude.si), t, found.track.orientation
            ) > np.radians(-0.833)
            hours = (t - start - row * DAY) / 3600.0
            axis.fill_between(
                hours, row - 0.48, row - 0.40, where=~up, step="post", color=INK, alpha=0.55, linewidth=0, zorder=2
            )
    for w in found.windows:
        at = _elapsed(found, w.ignition_utc) - start
        row, hour = int(at // DAY), at % DAY / 3600.0
        length = (_elapsed(found, w.landing_utc) - start - at) / 3600.0
        colour = ORANGE if w.daylight else BLUE
        if w.ignition_until_utc is not None:
            until = (_elapsed(found, w.ignition_until_utc) - start - row * DAY) / 3600.0
            axis.plot(
                [hour, max(until, hour + 0.03)], [row - 0.37] * 2, color=RED, linewidth=2.5, solid_capstyle="butt", zorder=4
            )
            continue
        axis.barh(row - 0.12, length, left=hour, height=0.36, color=colour, zorder=4)
        axis.text(hour, row + 0.12, w.site.removeprefix("kazakhstan-"), fontsize=6.5, va="top", color=INK, zorder=5)
    begin = -start / 3600.0
    axis.plot([begin, begin], [-0.45, 0.45], color=GREEN, linewidth=1.4, zorder=5)
    axis.text(
        begin,
        -0.1,
        "undocking " if found.scenario.undocking is not None else "epoch ",
        fontsize=6.5,
        color=GREEN,
        va="center",
        ha="right" if begin > 2 else "left",
        zorder=5,
    )
    axis.set_yticks(range(rows), [str(first + np.timedelta64(row, "D"))[5:] for row in range(rows)])
    axis.set_xticks(range(0, 25, 3), [f"{h:02d}:00" for h in range(0, 25, 3)])
    at_zone = f"; black: night at {place.name}" if place is not None else ""
    land = "; red: ignitions for any land or water" if any(w.site in ANYWHERE for w in found) else ""
    axis.set_title(
        f"from ignition to landing, UTC; grey: the crew's usual night{at_zone}{land}", fontsize=9, color=INK, loc="left"
    )
