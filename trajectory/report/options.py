"""Options side by side: their footprints on one map."""

import numpy as np

from trajectory.report.footprints import COLOURS
from trajectory.report.maps import outlined, towns
from trajectory.report.style import INK, QUIET, SEA, styled
from trajectory.report.track import flat

MOST_POINTS = 4000  # of each option that are drawn


def footprints(comparison):
    """A Figure: points and 99.7 % ellipse of each option, true in distance from their middle."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with styled():
        figure = Figure(figsize=(10, 8.4))
        FigureCanvasAgg(figure)
        axis = figure.add_axes((0.07, 0.07, 0.89, 0.84))
        held = [o for o in comparison.options if o.found is not None]
        if not held:
            axis.set_axis_off()
            figure.text(0.07, 0.5, "no option comes down", color=QUIET)
            return figure
        middle = tuple(np.degrees(np.mean([o.found.center[::-1] for o in held], axis=0)))

        def at(lon, lat):
            return flat(np.asarray(lon, float), np.asarray(lat, float), middle)

        half = 5.0
        for k, o in enumerate(comparison.options):
            if o.found is None:
                continue
            data = o.ensemble.columns
            down = np.flatnonzero(np.isfinite(data["latitude_deg"]))
            some = down[:: max(1, -(-len(down) // MOST_POINTS))]
            x, y = at(data["longitude_deg"][some], data["latitude_deg"][some])
            half = max(half, np.abs(x).max(), np.abs(y).max())
            colour = COLOURS[k % len(COLOURS)]
            axis.scatter(x, y, s=3, color=colour, alpha=0.3, linewidths=0, zorder=4)
            lat, lon = np.degrees(o.found.ellipse()).T
            axis.plot(*at(lon, lat), color=colour, linewidth=1.5, zorder=6, label=f"{k + 1}  {o.name}")
            if o.found.target is not None:
                axis.plot(*at(*np.degrees(o.found.target[::-1])), marker="+", markersize=12, color=INK, zorder=7)
        half *= 1.1
        axis.set(xlim=(-half, half), ylim=(-half, half), facecolor=SEA, aspect="equal")
        axis.set_xlabel("km toward east")
        axis.set_ylabel("km toward north")
        outlined(axis, at, near=middle)
        for name, lat, lon in towns():
            px, py = (float(np.ravel(a)[0]) for a in at(lon, lat))
            if abs(px) < 0.97 * half and abs(py) < 0.97 * half:
                axis.plot(px, py, marker="s", markersize=3.2, color=INK, zorder=7)
                axis.annotate(name, (px, py), xytext=(4, 3), textcoords="offset points", fontsize=7, color=INK, zorder=7)
        axis.legend(loc="upper right", fontsize=8)
        figure.text(0.07, 0.945, f"Where the options come down: {comparison.samples:,} flights each, 99.7 % ellipses",
                    fontsize=12, color=INK)  # fmt: skip
        figure.text(0.98, 0.012, "outlines: Natural Earth", fontsize=6.5, color=QUIET, ha="right")
    return figure
