"""Burns that go wrong: how far from its place each lands, and what stays in orbit."""

import numpy as np

from trajectory.report.style import BLUE, FAINT, GREEN, INK, ORANGE, QUIET, RED, styled

COLOURS = {
    "none": INK,
    "early cut-off": RED,
    "late ignition": ORANGE,
    "low thrust": BLUE,
    "wrong attitude": GREEN,
    "engine": "#CC79A7",
    "leak thrust": QUIET,
}
STRAIGHT = 50.0  # km about the aim within which the axis is straight; beyond it is logarithmic


def picture(found):
    """A Figure: a row for each fault, its landing along the track beyond that of the flight as planned; in words what stays."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rows = found.rows
    with styled():
        figure = Figure(figsize=(11, 1.3 + 0.19 * len(rows)))
        FigureCanvasAgg(figure)
        tall = figure.get_figheight()
        axis = figure.add_axes((0.36, 0.55 / tall, 0.62, 1 - 1.25 / tall))
        axis.set_xscale("symlog", linthresh=STRAIGHT, linscale=1.0)
        axis.set(xlim=(-1500, 12000), ylim=(len(rows) - 0.4, -0.6))
        axis.axvspan(-28, 28, color=GREEN, alpha=0.12, linewidth=0)
        for y, r in enumerate(rows):
            colour = COLOURS.get(r.kind, INK)
            if r.miss_along_m is not None or r.kind == "none":
                x = 0.0 if r.miss_along_m is None else r.miss_along_m / 1e3
                axis.plot([0, x], [y, y], color=colour, linewidth=0.8, alpha=0.6)
                axis.plot(
                    x,
                    y,
                    "o" if r.on_land else "s",
                    color=colour,
                    markersize=5,
                    markerfacecolor=colour if r.on_land else "white",
                )
                load = "" if r.peak_load_factor_g is None else f"{r.peak_load_factor_g:.1f} g"
                axis.annotate(
                    load,
                    (x, y),
                    xytext=(7 if x >= 0 else -7, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=6.5,
                    ha="left" if x >= 0 else "right",
                    color=QUIET,
                )
            else:
                axis.text(3, y, _stays(r), fontsize=7, va="center", color=colour)
        names = [r.fault + (f": {r.response}" if r.response != "nothing" else "") for r in rows]
        axis.set_yticks(np.arange(len(rows)), names, fontsize=7)
        ticks = {
            -1000: "1000 km short",
            -300: "300",
            -100: "100",
            0: "0",
            100: "100",
            300: "300",
            1000: "1000",
            3000: "3000 km long",
        }
        axis.set_xticks(list(ticks), list(ticks.values()), fontsize=7)
        axis.grid(axis="y", color=FAINT, linewidth=0.4)
        name = found.scenario.title or found.scenario.name
        figure.text(0.02, 1 - 0.3 / tall, f"{name}: burns that go wrong", fontsize=13, fontweight="bold", va="center")
        said = f"ignition planned {found.ignition_utc[:19]}Z; landing along the track, greatest load; green: 28 km;"
        figure.text(0.02, 1 - 0.55 / tall, f"{said} hollow squares: in the sea", fontsize=8.5, color=QUIET, va="center")
    return figure


def _stays(row) -> str:
    if row.perigee_m is None:
        return row.outcome.replace("_", " ")
    text = f"in orbit, {row.perigee_m / 1e3:.0f} x {row.apogee_m / 1e3:.0f} km"
    if row.decay_utc is None:
        return text + (
            "; stays for more than 60 days" if row.decay_from_utc is None else f"; down after {row.decay_from_utc[:10]}"
        )
    until = "60 days" if row.decay_to_utc is None else row.decay_to_utc[5:16].replace("T", " ")
    return f"{text}; down {row.decay_from_utc[5:16].replace('T', ' ')} to {until}"
