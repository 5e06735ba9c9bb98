"""What an entry asks of its crew: the load along the axes of the body, how long it lasts, and what is tolerated.

Axes of the load as felt: x eyeballs in (chest to back), y lateral, z head to foot (blood to the feet), in g of 9.80665 m/s2.
"""

from __future__ import annotations

import numpy as np

# s against g: sustained load, eyeballs in, of a crew that comes from weeks of weightlessness. NASA-STD-3001 volume 2, revision
# F, table 6.5-1, read through a public study that quotes it row by row; between its rows straight in logarithms, level beyond
DECONDITIONED = ((0.5, 14.0), (10.0, 10.0), (30.0, 8.0), (50.0, 6.3), (90.0, 5.0), (120.0, 4.3), (150.0, 4.0))
SOURCE = "NASA-STD-3001 volume 2, revision F, table 6.5-1: eyeballs in, deconditioned crew"
LEVELS = 400  # that the history is cut at


def along_axes(load, lift_over_drag, seat: float):
    """(x, y, z) of the load (n,) g in the crew's axes; y is 0: lift lies in the plane of symmetry, and so does the seat.

    lift_over_drag (n,); seat: rad, from the direction of the drag to the crew's chest axis, turned toward the lift, on the
    side of which the head lies.
    """
    direction = np.arctan(np.nan_to_num(np.asarray(lift_over_drag, float)))
    off = direction - seat
    return load * np.cos(off), np.zeros_like(load), load * np.sin(off)


def longest_above(t, load, levels) -> np.ndarray:
    """(n_level,) s: the longest unbroken time that a load (n,) at times (n,) is above each level; linear between its values."""
    t, load, out = np.asarray(t, float), np.asarray(load, float), np.zeros(len(levels))
    over = load - np.asarray(levels, float)[:, None]
    edge = np.zeros((len(levels), len(t) + 2), dtype=bool)
    edge[:, 1:-1] = over > 0.0
    level, j = np.nonzero(edge[:, 1:] != edge[:, :-1])  # the load passes the level before state j: up and down in turn
    inner = np.flatnonzero((j > 0) & (j < len(t)))
    at, k, i = t[np.minimum(j, len(t) - 1)], level[inner], j[inner]
    at[inner] = t[i - 1] + (t[i] - t[i - 1]) * over[k, i - 1] / (over[k, i - 1] - over[k, i])
    np.maximum.at(out, level[::2], at[1::2] - at[::2])
    return out


def tolerated(duration, limit=DECONDITIONED) -> np.ndarray:
    """g that a limit of rows (s, g) allows for a duration, s."""
    times, levels = np.log(np.array(limit).T)
    return np.exp(np.interp(np.log(np.maximum(duration, 1e-3)), times, levels))


def margin(t, load, limit=DECONDITIONED) -> dict:
    """How far a load (n,) g stays from a limit: least of g allowed less g held, over all levels, and where.

    Keys margin_g, level_g, duration_s, allowed_g. Shorter loads than the first row of the limit do not count.
    """
    levels = np.linspace(0.0, max(float(np.max(load)), 1e-6), LEVELS + 1)[1:-1]
    held = longest_above(t, load, levels)
    counts = held >= limit[0][0]
    if not counts.any():
        return {"margin_g": float(limit[0][1]), "level_g": 0.0, "duration_s": 0.0, "allowed_g": float(limit[0][1])}
    allowed = tolerated(held, limit)
    spare = np.where(counts, allowed - levels, np.inf)
    k = int(np.argmin(spare))
    return {"margin_g": float(spare[k]), "level_g": float(levels[k]), "duration_s": float(held[k]),
            "allowed_g": float(allowed[k])}  # fmt: skip
