"""Points of a plane -> the smallest regions that hold a share of them, by a kernel density estimate.

Points that fall in clusters apart (guided and ballistic landings) are taken apart first: each cluster has its own grid and a
bandwidth from its own spread. Within one the kernel adapts: wider where points are few.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CLUSTERED = 10_000  # points, the first ones, by which clusters are told apart
FEWEST = 10  # points of a cluster; fewer are single points, which no region is drawn about
LONGEST = 20  # edges of a tree that are tried for a gap
ALONE = 4.0  # spreads of a cluster that a single point is away from it
CELLS = 1024  # of a grid along one axis, at most
PER_BANDWIDTH = 3.0  # cells
MARGIN = 4.0  # bandwidths between the outermost point and the rim of the grid
NARROWEST, WIDEST, CLASSES = 0.5, 8.0, 9  # of the adaptive bandwidth, over the pilot's; in steps of sqrt(2)


@dataclass(frozen=True, eq=False)
class Region:
    """Where the density is highest, and a share of the points lies: polygons with holes, (east, north) in m."""

    containment: float
    polygons: tuple[tuple[np.ndarray, ...], ...]  # of each: outer ring, counterclockwise, then holes; closed, (k, 2)
    area: float  # m2


@dataclass(frozen=True, eq=False)
class _Grid:
    """The density of one cluster on a grid along its principal axes."""

    density: np.ndarray  # (nx, ny), 1/m2, as a share of all points
    origin: np.ndarray  # (2,) of the centre of cell 0, 0, in standard deviations
    step: np.ndarray  # (2,) of the cells, in standard deviations
    back: np.ndarray  # (2, 2) from standard deviations to m
    middle: np.ndarray  # (2,) m
    at: np.ndarray  # (m,) density at the points of the cluster, between cells linear, as the contours are

    def contour(self, level: float):
        """[[ring (k, 2), ...], ...] of what lies above the level, m."""
        from contourpy import FillType, contour_generator

        x, y = (self.origin[i] + self.step[i] * np.arange(self.density.shape[i]) for i in (0, 1))
        made = contour_generator(x, y, self.density.T, fill_type=FillType.OuterOffset)
        for points, cuts in zip(*made.filled(level, np.inf), strict=True):
            if len(points) >= 4:
                rings = np.split(points @ self.back.T + self.middle, cuts[1:-1].astype(int))
                yield tuple(ring for ring in rings if len(ring) >= 4)


def highest_density(points: np.ndarray, containments=(0.5, 0.95, 0.997)) -> tuple[Region | None, ...]:
    """Highest-density regions of points (n, 2), m; None where the points are too few or too scattered to draw one.

    Level of the density: that which a share `containment` of the points themselves exceeds (Hyndman 1996, American
    Statistician 50, 120), so the regions hold their share whatever the bandwidth.
    """
    label = clusters(points)
    grids = [_estimate(points[label == k], len(points)) for k in range(label.max() + 1)]
    grids = [g for g in grids if g is not None]
    at = np.sort(np.concatenate([g.at for g in grids]))[::-1] if grids else np.zeros(0)
    out = []
    for share in containments:
        inside = int(np.ceil(share * len(points)))
        if len(points) * (1.0 - share) < 1.0 or inside > len(at) or at[inside - 1] <= 0.0:
            out.append(None)
            continue
        polygons = tuple(rings for grid in grids for rings in grid.contour(at[inside - 1]))
        out.append(Region(float(share), polygons, float(sum(area(ring) for rings in polygons for ring in rings))))
    return tuple(out)


def area(ring: np.ndarray) -> float:
    """Of a closed ring (k, 2), m2; negative if it runs clockwise."""
    x, y = (ring - ring[0]).T
    return 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


# --- clusters


def clusters(points: np.ndarray) -> np.ndarray:
    """(n,) the cluster of each point, 0, 1, ... from the largest to the smallest; -1 for single points far from all.

    The tree that joins the points by the shortest edges (single linkage) is cut at an edge longer than the spread of what
    lies on either side of it: there is a gap, wider than both clusters' standard deviation along their longer axis.
    """
    from scipy.spatial import QhullError, cKDTree

    n = len(points)
    label = np.zeros(n, dtype=int)
    some = points[:CLUSTERED]
    if n < 2 * FEWEST:
        return label
    try:
        edges, length = _tree(some)
    except QhullError:  # all on a line or in a point
        return label
    found = _split(some, np.arange(len(some)), edges, length)
    parts = sorted((p for p in found if len(p) >= FEWEST), key=len, reverse=True)
    of_some = np.full(len(some), -1)
    for k, part in enumerate(parts):
        of_some[part] = k
    label[: len(some)] = of_some
    if n > len(some):
        label[len(some) :] = of_some[cKDTree(some).query(points[len(some) :])[1]] if of_some.any() else 0
    return label


def _tree(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(edges (n-1, 2), their lengths) of the shortest tree; it is a part of the Delaunay triangulation."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial import Delaunay

    made = Delaunay(points)
    corners = made.simplices
    pairs = np.unique(np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1), axis=0)
    if len(made.coplanar):  # repeated points hang on their neighbour
        pairs = np.concatenate([pairs, made.coplanar[:, [0, 2]]])
    apart = points[pairs[:, 0]] - points[pairs[:, 1]]
    length = np.maximum(np.sqrt(np.sum(apart**2, axis=1)), 1e-9)  # a zero would be no edge
    kept = minimum_spanning_tree(coo_array((length, pairs.T), shape=(len(points),) * 2).tocsr()).tocoo()
    return np.stack([kept.row, kept.col], axis=1), kept.data


def _split(points, mine, edges, length) -> list[np.ndarray]:
    """Parts of the points `mine`, joined by `edges`, as lists of their numbers."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    order = np.argsort(-length, kind="stable")
    for e in order[:LONGEST]:
        keep = np.arange(len(length)) != e
        joined = coo_array((np.ones(keep.sum()), edges[keep].T), shape=(len(points),) * 2)
        side = connected_components(joined, directed=False)[1]
        left = side == side[edges[e, 0]]
        here = np.zeros(len(points), dtype=bool)
        here[mine] = True
        parts = [np.flatnonzero(here & left), np.flatnonzero(here & ~left)]
        few, many = sorted(parts, key=len)
        single = len(few) < FEWEST
        if len(many) < FEWEST or length[e] <= (ALONE if single else 1.0) * _spread(points[many]):
            continue
        if not single and length[e] <= _spread(points[few]):
            continue
        out = []
        for part in parts:
            inside = np.isin(edges[:, 0], part) & keep
            out += _split(points, part, edges[inside], length[inside]) if inside.any() else [part]
        return out
    return [mine]


def _spread(points: np.ndarray) -> float:
    """Of most of them: the median distance from the median over 0.6745. Of a normal cloud, its larger standard deviation if
    it is long and thin, up to 1.75 of it if it is round."""
    away = points - np.median(points, axis=0)
    return float(np.median(np.sqrt(np.sum(away**2, axis=1)))) / 0.6745


# --- the density of one cluster


def _estimate(points: np.ndarray, total: int) -> _Grid | None:
    """Kernel density of a cluster, as a share of `total` points; None if it has no extent.

    Normal kernel, pilot bandwidth n^(-1/6) standard deviations (the normal reference rule in the plane: Silverman 1986,
    section 4.3.2, of the covariance of most points), then times (density at the point / geometric mean)^(-1/2)
    (Abramson 1982, Annals of Statistics 10, 1217; Silverman 1986, section 5.3). Counted into cells, smoothed by classes.
    """
    from scipy.ndimage import map_coordinates

    n = len(points)
    if n < FEWEST:
        return None
    middle, back = _standard(points)
    if back is None:
        return None
    scaled = (points - middle) @ np.linalg.inv(back).T
    pilot = n ** (-1.0 / 6.0)
    low, high = scaled.min(axis=0) - MARGIN * WIDEST / 2 * pilot, scaled.max(axis=0) + MARGIN * WIDEST / 2 * pilot
    step = np.maximum(pilot / PER_BANDWIDTH, (high - low) / (CELLS - 1))
    shape = np.ceil((high - low) / step).astype(int) + 1
    cell = np.rint((scaled - low) / step).astype(int)
    flat = cell[:, 0] * shape[1] + cell[:, 1]
    count = np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape).astype(float)
    used = np.flatnonzero(count)
    first = np.maximum(_smoothed(count, pilot / step).ravel()[used], 1e-300)
    weight = count.ravel()[used]
    mean = np.exp(np.sum(weight * np.log(first)) / n)
    scale = np.clip(np.sqrt(mean / first), NARROWEST, WIDEST)
    kind = np.rint(2.0 * np.log2(scale / NARROWEST)).astype(int)
    density = np.zeros(shape)
    for k in range(CLASSES):
        part = np.zeros(count.size)
        part[used[kind == k]] = weight[kind == k]
        if part.any():
            density += _smoothed(part.reshape(shape), NARROWEST * 2.0 ** (k / 2) * pilot / step)
    density /= total * step[0] * step[1] * abs(back[0, 0] * back[1, 1] - back[0, 1] * back[1, 0])
    density[[0, -1]] = density[:, [0, -1]] = 0.0  # regions close within the grid
    return _Grid(density, low, step, back, middle, map_coordinates(density, ((scaled - low) / step).T, order=1))


def _smoothed(count: np.ndarray, sigma) -> np.ndarray:
    from scipy.ndimage import gaussian_filter

    return gaussian_filter(count, sigma, mode="constant", truncate=4.0)


def _standard(points: np.ndarray):
    """(middle, matrix from standard deviations to m) of most points; matrix None where they have no extent.

    The half of the points nearest the middle by its own covariance, found again five times (the concentration step of
    Rousseeuw & Van Driessen 1999, Technometrics 41, 212). Of a normal cloud it has 0.307 of the covariance.
    """
    middle = np.median(points, axis=0)
    root = _root(points - middle)
    if root is None:
        return middle, None
    half = (len(points) + 1) // 2
    whole, scale = root, 1.0
    for _ in range(5):
        inner = np.sum(((points - middle) @ np.linalg.inv(root).T) ** 2, axis=1)
        near = points[np.argpartition(inner, half - 1)[:half]]
        middle = near.mean(axis=0)
        next_root = _root(near - middle)
        if next_root is None:
            break
        root, scale = next_root, 1.0 / np.sqrt(1.0 - np.log(2.0))
    root = root * scale
    wide = abs(root[0, 0] * root[1, 1]) > abs(whole[0, 0] * whole[1, 1])
    return middle, whole if wide else root


def _root(away: np.ndarray) -> np.ndarray | None:
    """Lower Cholesky factor of the mean square of (n, 2)."""
    xx, xy, yy = np.mean(away[:, 0] ** 2), np.mean(away[:, 0] * away[:, 1]), np.mean(away[:, 1] ** 2)
    if not xx * yy - xy * xy > 1e-12 * (xx + yy) ** 2 or not xx > 0.0:
        return None
    a = np.sqrt(xx)
    return np.array([[a, 0.0], [xy / a, np.sqrt(yy - xy * xy / xx)]])
