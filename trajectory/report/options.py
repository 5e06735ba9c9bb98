"""Options side by side: their footprints on one map."""

import numpy as np

from trajectory.report.maps import outlined, towns
from trajectory.report.style import INK, QUIET, SEA, styled
from trajectory.report.track import flat


def footprints(content: dict):
    """A Figure: points and 99.7 % ellipse of each option, true in distance from their middle."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with styled():
        figure = Figure(figsize=(10, 8.4))
        FigureCanvasAgg(figure)
        axis = figure.add_axes((0.07, 0.07, 0.89, 0.84))
        held = [o for o in content["options"] if o["ellipse"]]
        if not held:
            axis.set_axis_off()
            figure.text(0.07, 0.5, "no option comes down", color=QUIET)
            return figure
        where = np.radians([np.mean(o["ellipse"], axis=0) for o in held])  # the middle of unit vectors: no edge in longitude
        middle = np.mean([np.cos(where[:, 1]) * np.cos(where[:, 0]), np.cos(where[:, 1]) * np.sin(where[:, 0]),
                          np.sin(where[:, 1])], axis=1)  # fmt: skip
        middle = np.degrees([np.arctan2(middle[1], middle[0]), np.arctan2(middle[2], np.hypot(middle[0], middle[1]))])

        def at(lon, lat):
            return flat(np.asarray(lon, float), np.asarray(lat, float), tuple(middle))

        half = 5.0
        for k, o in enumerate(content["options"]):
            if not o["ellipse"]:
                continue
            x, y = at(o["landings"]["lon"], o["landings"]["lat"])
            half = max(half, np.abs(x).max(), np.abs(y).max())
            axis.scatter(x, y, s=3, color=o["colour"], alpha=0.3, linewidths=0, zorder=4)
            lon, lat = np.array(o["ellipse"]).T
            axis.plot(*at(lon, lat), color=o["colour"], linewidth=1.5, zorder=6, label=f"{k + 1}  {o['scenario']}")
            if o["target"] is not None:
                axis.plot(*at(*o["target"]), marker="+", markersize=12, color=INK, zorder=7)
        half *= 1.1
        axis.set(xlim=(-half, half), ylim=(-half, half), facecolor=SEA, aspect="equal")
        axis.set_xlabel("km toward east")
        axis.set_ylabel("km toward north")
        outlined(axis, at, near=tuple(middle))
        for name, lat, lon in towns():
            px, py = (float(np.ravel(a)[0]) for a in at(lon, lat))
            if abs(px) < 0.97 * half and abs(py) < 0.97 * half:
                axis.plot(px, py, marker="s", markersize=3.2, color=INK, zorder=7)
                axis.annotate(name, (px, py), xytext=(4, 3), textcoords="offset points", fontsize=7, color=INK, zorder=7)
        axis.legend(loc="upper right", fontsize=8)
        figure.text(0.07, 0.945, f"Where the options come down: {content['samples']:,} flights each, 99.7 % ellipses",
                    fontsize=12, color=INK)  # fmt: skip
        figure.text(0.98, 0.012, "outlines: Natural Earth", fontsize=6.5, color=QUIET, ha="right")
    return figure
