"""A calendar of the station as a picture: which ship was docked when, and how many of those aboard had a seat."""

import numpy as np

from trajectory.calendar import EMERGENCY, NONE, SEAT, at
from trajectory.report.style import BLUE, FAINT, GREEN, INK, ORANGE, QUIET, RED, styled

COLOURS = {"soyuz": BLUE, "dragon": GREEN, "progress": QUIET}


def picture(found):
    """A Figure: a bar for each ship, hatched where it is damaged; below, people aboard and their seats, the gap shaded; ticks
    for launches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.dates import DateFormatter, MonthLocator
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

    file = found.file
    low, high = at(file.from_), at(file.until)
    ships = file.spacecraft
    with styled():
        figure = Figure(figsize=(12, 3.9 + 0.42 * len(ships)))
        FigureCanvasAgg(figure)
        tall = figure.get_figheight()
        bars = figure.add_axes((0.12, 2.75 / tall, 0.86, 1 - 3.75 / tall))
        count = figure.add_axes((0.12, 0.65 / tall, 0.86, 1.75 / tall), sharex=bars)
        for y, ship in enumerate(ships):
            colour = COLOURS.get(ship.kind, INK)
            for stay in ship.stay:
                a, b = max(at(stay.from_), low), min(high if stay.until is None else at(stay.until), high)
                if b <= a:
                    continue
                hurt = b if ship.damaged is None else np.clip(at(ship.damaged), a, b)
                bars.barh(y, hurt - a, left=a, height=0.55, color=colour, alpha=0.85, zorder=3)
                if hurt < b:
                    bars.barh(y, b - hurt, left=hurt, height=0.55, facecolor="white", edgecolor=ORANGE, hatch="////", zorder=3)
                if stay.port:
                    bars.text(a, y - 0.31, f" {stay.port}", fontsize=6.5, color=QUIET, va="bottom", zorder=5)
            for a in ship.assigned:
                start, end = max(at(a.from_), low), min(high if a.until is None else at(a.until), high)
                if end > start:
                    said = f"for {len(a.to)}{', emergency' if a.emergency else ''}"
                    bars.text(
                        start + (end - start) / 2,
                        y + (0.37 if a.emergency else 0.0),
                        said,
                        fontsize=7,
                        ha="center",
                        va="center",
                        color=ORANGE if a.emergency else INK,
                        zorder=6,
                        clip_on=True,
                        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.8},
                    )
        bars.set(ylim=(len(ships) - 0.4, -0.6), xlim=(low, high))
        bars.set_yticks(range(len(ships)), [s.name for s in ships], fontsize=8)
        bars.tick_params(labelbottom=False)
        bars.grid(axis="y", linewidth=0)
        level = -0.62
        for launch in file.launch:
            for when, mark, word in ((launch.planned, "v", "planned"), (launch.flown, "^", "flown")):
                if when is not None and low < at(when) < high:
                    bars.plot(
                        at(when), level, mark, color=RED if word == "planned" else INK, markersize=5, clip_on=False, zorder=7
                    )
        _counts(found, count, low, high)
        count.xaxis.set_major_locator(MonthLocator())
        count.xaxis.set_major_formatter(DateFormatter("%b %Y"))
        count.get_xticklabels()[-1].set_horizontalalignment("right")  # it would pass the edge of the picture
        handles = [Patch(color=c, label=k) for k, c in COLOURS.items()]
        handles.append(Patch(facecolor="white", edgecolor=ORANGE, hatch="////", label="damaged"))
        bars.legend(handles=handles, loc="lower right", fontsize=7, ncol=4, bbox_to_anchor=(1.0, 1.02))
        figure.text(
            0.02, 1 - 0.3 / tall, file.title or "Who could leave the station, and in what", fontsize=13, fontweight="bold"
        )
        grades = ", ".join(f"{n} {word}" for word, n in found.grades().items() if n)
        figure.text(0.02, 1 - 0.55 / tall, f"{file.summary}; dates: {grades}", fontsize=8.5, color=QUIET)
        figure.text(
            0.12, 1 - 0.93 / tall, "triangles: launches flown (black, up) and planned (red, down)", fontsize=7, color=QUIET
        )
    return figure


def _counts(found, axis, low, high) -> None:
    """People, seats, and the gap."""
    times = found.changes()
    days = [found.on(t) for t in times[:-1]]
    days.append(days[-1])
    aboard = np.array([d.aboard for d in days])
    seated = np.array([len(d.of(SEAT)) for d in days])
    places = seated + np.array([len(d.of(EMERGENCY)) for d in days])
    lacking = np.array([len(d.of(NONE)) for d in days])
    t = np.array(times)
    axis.fill_between(t, 0, seated, step="post", color=BLUE, alpha=0.18, linewidth=0)
    axis.fill_between(t, seated, places, step="post", color=ORANGE, alpha=0.45, linewidth=0)
    axis.fill_between(t, places, places + lacking, step="post", color=RED, alpha=0.6, linewidth=0)
    axis.step(t, aboard, where="post", color=INK, linewidth=1.6, label="aboard")
    axis.step(t, seated, where="post", color=BLUE, linewidth=1.2, label="with a seat in a healthy ship")
    axis.set(ylim=(0, aboard.max() + 1.5), xlim=(low, high))
    axis.set_ylabel("people")
    for gap in found.gaps():
        a, b = (np.datetime64(gap[k][:-1]) for k in ("from_utc", "until_utc"))
        if b - a > np.timedelta64(7, "D"):
            text = f"{len(gap['who'])} of {gap['aboard']}\nwithout a seat"
            axis.text(
                a + (b - a) / 2, gap["aboard"] - len(gap["who"]) / 2, text, fontsize=7, ha="center", va="center", color=INK
            )
    from matplotlib.patches import Patch

    handles, names = axis.get_legend_handles_labels()
    handles += [Patch(color=ORANGE, alpha=0.45), Patch(color=RED, alpha=0.6)]
    axis.legend(
        handles,
        [*names, "an emergency place alone", "no place"],
        fontsize=7,
        loc="lower right",
        ncol=4,
        facecolor="white",
        framealpha=0.9,
        edgecolor=FAINT,
    )
