"""Highest-density regions of points in a plane: the smallest areas that hold a part of them, in as many pieces as it takes.

The points fall into clusters (a guided and a ballistic footprint lie hundreds of kilometres apart); each has a kernel
density of its own, with the bandwidth of its own spread (Scott 1992, section 6.3), on a grid of its own. A region is the set
of cells above the density at which the cells hold the part asked for (Hyndman 1996).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

CELLS = 160  # of a cluster's grid, along each side
COARSE = 60  # cells of the grid on which clusters are told apart
MARGIN = 4.0  # bandwidths around the points


@dataclass(frozen=True, eq=False)
class Region:
    """A part of the points, the rings (k, 2) that hold it and its area."""

    containment: float
    rings: tuple[np.ndarray, ...]  # closed; a ring within a ring is a hole
    area: float

    @cached_property
    def shape(self):
        """As a shapely geometry of the plane."""
        import shapely

        whole = shapely.Polygon()
        for ring in self.rings:
            whole = whole.symmetric_difference(shapely.make_valid(shapely.Polygon(ring)))
        return whole

    def part_of(self, x, y) -> float:
        """The part of points (n,) that lies in it."""
        import shapely

        return float(np.mean(shapely.contains_xy(self.shape, x, y)))


@dataclass(frozen=True, eq=False)
class Density:
    """Cell masses of one cluster."""

    x: np.ndarray  # (CELLS,) of the middles
    y: np.ndarray
    mass: np.ndarray  # (CELLS, CELLS) along y, then x; its sum is the cluster's part of all points


def clusters(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """(n,) label of each point: cells of a coarse grid that touch, within a cell's width, belong together."""
    from scipy.ndimage import binary_dilation, label

    def cells(a):
        width = np.ptp(a)
        return np.zeros(len(a), int) if width == 0 else np.minimum(((a - a.min()) / width * COARSE).astype(int), COARSE - 1)

    i, j = cells(y), cells(x)
    held = np.zeros((COARSE, COARSE), bool)
    held[i, j] = True
    labels, _ = label(binary_dilation(held, np.ones((3, 3)), iterations=3), np.ones((3, 3)))
    return labels[i, j]


def density(x: np.ndarray, y: np.ndarray, part: float) -> Density:
    """Kernel density of one cluster, of `part` of all points."""
    from scipy.ndimage import gaussian_filter

    n = len(x)
    narrow = n ** (-1.0 / 6.0)
    sides, middles, counts = [], [], []
    for a in (x, y):
        low, high = np.percentile(a, (16, 84))
        width = max(min(a.std(), 0.5 * (high - low)) if high > low else a.std(), 1.0) * narrow
        edges = np.linspace(a.min() - MARGIN * width, a.max() + MARGIN * width, CELLS + 1)
        sides.append(edges)
        middles.append(0.5 * (edges[1:] + edges[:-1]))
        counts.append(width / (edges[1] - edges[0]))
    held, _, _ = np.histogram2d(y, x, bins=(sides[1], sides[0]))
    mass = gaussian_filter(held, (counts[1], counts[0]), mode="constant", truncate=MARGIN)
    return Density(middles[0], middles[1], mass * (part / max(mass.sum(), 1e-300)))


def highest(x: np.ndarray, y: np.ndarray, containments) -> tuple[Region, ...]:
    """The regions of points (n,) in a plane that hold each of the containments, the largest first."""
    from contourpy import contour_generator

    x, y = np.asarray(x, float), np.asarray(y, float)
    which = clusters(x, y)
    grids = [density(x[which == k], y[which == k], float(np.mean(which == k))) for k in np.unique(which)]
    areas = [(g.x[1] - g.x[0]) * (g.y[1] - g.y[0]) for g in grids]
    every = np.concatenate([(g.mass / a).ravel() for g, a in zip(grids, areas, strict=True)])
    mass = np.concatenate([g.mass.ravel() for g in grids])
    size = np.concatenate([np.full(g.mass.size, a) for g, a in zip(grids, areas, strict=True)])
    order = np.argsort(-every, kind="stable")
    held = np.cumsum(mass[order])
    out = []
    for containment in sorted(containments, reverse=True):
        k = min(int(np.searchsorted(held, containment)), len(order) - 1)
        level, rings = every[order[k]], []
        for g, a in zip(grids, areas, strict=True):
            padded = np.pad(g.mass / a, 1)
            xs, ys = (np.concatenate([[c[0] - (c[1] - c[0])], c, [c[-1] + (c[1] - c[0])]]) for c in (g.x, g.y))
            rings += [line for line in contour_generator(xs, ys, padded).lines(level) if len(line) > 3]
        out.append(Region(containment, tuple(rings), float(size[order[: k + 1]].sum())))
    return tuple(out)


def wilson(k: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of a probability of which k of n were seen (Wilson 1927)."""
    from scipy.special import ndtri

    z = float(ndtri(0.5 + confidence / 2.0))
    p, z2 = k / n, z * z / n
    half = z * np.sqrt(p * (1.0 - p) / n + z2 / (4.0 * n))
    return max((p + z2 / 2.0 - half) / (1.0 + z2), 0.0), min((p + z2 / 2.0 + half) / (1.0 + z2), 1.0)
