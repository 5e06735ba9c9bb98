"""How each statistic of an ensemble settles as flights are added, with the interval that so many flights allow."""

from __future__ import annotations

import numpy as np

from trajectory import footprint
from trajectory.report.style import BLUE, QUIET, styled

STEPS = 40  # numbers of flights at which a statistic is read
# (column, quantile or None for the mean, label, factor to the unit shown)
SHOWN = (
    ("target_distance_m", None, "mean distance from the target, km", 1e-3),
    ("target_distance_m", 0.5, "half within, km", 1e-3),
    ("target_distance_m", 0.99, "99 % within, km", 1e-3),
    ("target_distance_m", 0.997, "99.7 % within, km", 1e-3),
    ("load_factor_g", 0.5, "greatest load, median, g", 1.0),
    ("load_factor_g", 0.99, "greatest load, 99 %, g", 1.0),
)


def curve(x: np.ndarray, q: float | None, at) -> np.ndarray:
    """(len(at), 3) of value and the ends of its 95 % interval, NaN where n is too small, from the first n of x (finite)."""
    out = np.full((len(at), 3), np.nan)
    for i, n in enumerate(at):
        if q is None:
            half = 1.959964 * x[:n].std(ddof=1) / np.sqrt(n)
            out[i] = x[:n].mean() + half * np.array([0.0, -1.0, 1.0])
        else:
            found = footprint.radius(np.sort(x[:n]), q)
            out[i] = [np.nan if v is None else v for v in found[:3]]
    return out


def figure(ensemble, title: str):
    """A Figure: each statistic against the number of flights."""
    from matplotlib.figure import Figure

    with styled():
        figure = Figure(figsize=(11, 6.4))
        space = {"left": 0.06, "right": 0.985, "bottom": 0.08, "top": 0.86, "wspace": 0.22, "hspace": 0.38}
        grid = figure.subplots(2, 3, gridspec_kw=space)
        for axis, (column, q, label, factor) in zip(grid.flat, SHOWN, strict=True):
            x = ensemble.columns[column]
            x = x[np.isfinite(x)] * factor
            if len(x) < 10:
                axis.set_visible(False)
                continue
            at = np.unique(np.geomspace(10, len(x), STEPS).astype(int))
            value, low, high = curve(x, q, at).T
            axis.fill_between(at, low, high, color=BLUE, alpha=0.2, linewidth=0)
            axis.plot(at, value, color=BLUE, linewidth=1.3)
            axis.set(xscale="log", xlim=(10, len(x)), title=label)
            axis.title.set_fontsize(9)
            if axis in grid[1]:
                axis.set_xlabel("flights")
        figure.text(0.06, 0.955, f"{title}: what more flights would change", fontsize=14, fontweight="bold", va="center")
        figure.text(0.06, 0.917, "shaded: 95 % interval, where so many flights give one", fontsize=9, color=QUIET, va="center")
    return figure
