"""A closed outline on the ground, by its corners: whether it crosses itself, and what lies in it.

Angles in rad; sides are straight in longitude and latitude. Longitudes are taken on the turn of the first corner: an outline is
narrower than half a turn and holds no pole.
"""

from __future__ import annotations

import numpy as np


def unwound(longitude, first: float):
    """Longitudes within half a turn of the first."""
    return first + (np.asarray(longitude, float) - first + np.pi) % (2.0 * np.pi) - np.pi


def crossing(corners) -> tuple[float, float] | None:
    """Where two sides of an outline (n, 2) of latitude and longitude meet that are no neighbours; None where none do."""
    at = np.asarray(corners, float)
    x, y = unwound(at[:, 1], at[0, 1]), at[:, 0]
    n = len(at)
    for i in range(n):
        for j in range(i + 2, n - (i == 0)):
            a, b, c, d = ((x[k % n], y[k % n]) for k in (i, i + 1, j, j + 1))
            turn = (b[0] - a[0]) * (d[1] - c[1]) - (b[1] - a[1]) * (d[0] - c[0])
            if turn == 0.0:
                continue
            s = ((c[0] - a[0]) * (d[1] - c[1]) - (c[1] - a[1]) * (d[0] - c[0])) / turn
            t = ((c[0] - a[0]) * (b[1] - a[1]) - (c[1] - a[1]) * (b[0] - a[0])) / turn
            if 0.0 <= s <= 1.0 and 0.0 <= t <= 1.0:
                return float(a[1] + s * (b[1] - a[1])), float(a[0] + s * (b[0] - a[0]))
    return None


def defect(corners) -> str | None:
    """What is wrong with an outline, in a sentence; None if nothing."""
    if len(corners) < 3:
        return f"an outline of {len(corners)} corners; three or more are due, each [latitude, longitude]"
    met = crossing(corners)
    if met is None:
        return None
    latitude, longitude = np.degrees(met)
    return (f"the outline crosses itself at {latitude:.3f} deg, {longitude:.3f} deg: give its corners in the order in which "
            "they lie around it")  # fmt: skip


def inside(corners, latitude, longitude) -> np.ndarray:
    """(n,) whether points lie in an outline: by the sides that a line to the east crosses, odd or even. False for NaN."""
    at = np.asarray(corners, float)
    x, y = unwound(at[:, 1], at[0, 1]), at[:, 0]
    px, py = unwound(longitude, at[0, 1]), np.asarray(latitude, float)
    odd = np.zeros(np.shape(py), dtype=bool)
    for x1, y1, x2, y2 in zip(x, y, np.roll(x, -1), np.roll(y, -1), strict=True):
        if y1 != y2:
            over = (y1 > py) != (y2 > py)
            odd ^= over & (px < x1 + (py - y1) / (y2 - y1) * (x2 - x1))
    return odd
