"""Landing points -> where, and how surely: on the ellipsoid, in the azimuthal equidistant plane about their mean."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from trajectory import constants, density, geodesy, outline
from trajectory.confidence import (
    CONFIDENCE,
    Share,
    order_statistic_ranks,
    prediction_factor,
    samples_for_quantile,
    share,
    wilks,
)

QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p997": 0.997}
REGIONS = (0.5, 0.95, 0.997)


class Radius(NamedTuple):
    """A quantile of distances: the sample's, and the order statistics that bracket the true one; None where n is too small."""

    value: float
    low: float | None
    high: float | None
    needed: int  # samples from which on there are both


@dataclass(frozen=True, eq=False)
class Footprint:
    """Of n landing points. Angles in rad, lengths in m; north and east in the plane about the centre.

    The plane is the azimuthal equidistant one on the ellipsoid. The ellipse is that of a further landing, of a normal
    distribution in two dimensions with mean and covariance estimated (Hotelling's T2: Chew 1966); radii are order statistics,
    with distribution-free intervals. docs/models.md, Footprint.
    """

    center: tuple[float, float]  # where the mean of the plane about it is its origin
    containment: float
    semi_major: float  # of the ellipse that a further landing lies in with probability `containment`, if they are normal
    semi_minor: float
    azimuth: float  # of the longer axis, from north, clockwise, 0 to pi
    covariance: np.ndarray  # (2, 2) of (north, east)
    north: np.ndarray  # (n,) of the points
    east: np.ndarray
    radii: dict[str, Radius]  # of QUANTILES
    about: str  # what the radii are about: target or center
    target: tuple[float, float] | None
    miss: np.ndarray  # (n,) from what the radii are about
    along: tuple[float, float] | None  # mean and standard deviation of the miss along the track, and across to the right
    across: tuple[float, float] | None
    along_across: np.ndarray | None  # (2, 2) covariance of these
    scaled: Radius | None  # of the ellipse's shape: its semi-major axis so that `containment` of the points lie in it
    inside: Share  # of the points that do lie in the ellipse
    rows: np.ndarray  # (n,) places of the points in the arrays given
    flights: int  # length of the arrays given
    track: float | None = None  # azimuth of the track
    groups: np.ndarray | None = None  # (n,) label of each point
    parts: dict[int, Footprint | None] = field(default_factory=dict)  # by label; None where too few to say
    ellipsoid: tuple[float, float] = (constants.EQUATORIAL_RADIUS, constants.FLATTENING)

    @property
    def points(self) -> int:
        return len(self.north)

    @property
    def farthest(self) -> int:
        """Row of the landing farthest from what the radii are about."""
        return int(self.rows[np.argmax(self.miss)])

    @property
    def largest_holds(self) -> float:
        """Share of all landings that lie within the largest miss, at CONFIDENCE, whatever the distribution (Wilks 1941)."""
        return float((1.0 - CONFIDENCE) ** (1.0 / self.points))

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from trajectory.report import notebook

        return notebook.footprint(self)

    def geodetic(self, north, east) -> tuple[np.ndarray, np.ndarray]:
        """Latitude and longitude of points of the plane."""
        return geodesy.from_plane(*self.center, north, east, *self.ellipsoid)

    def plane(self, latitude, longitude) -> tuple[np.ndarray, np.ndarray]:
        """North and east of points, as those of the footprint."""
        return geodesy.plane_about(*self.center, latitude, longitude, *self.ellipsoid)

    def ellipse(self, count: int = 180) -> np.ndarray:
        """(count + 1, 2) latitude and longitude along the ellipse, counterclockwise, closed."""
        t = -np.linspace(0.0, 2.0 * np.pi, count + 1)
        a, b, c, s = self.semi_major * np.cos(t), self.semi_minor * np.sin(t), np.cos(self.azimuth), np.sin(self.azimuth)
        ring = np.stack(self.geodetic(a * c - b * s, a * s + b * c), axis=1)
        ring[-1] = ring[0]
        return ring

    def regions(self, containments=REGIONS) -> tuple[density.Region | None, ...]:
        """Highest-density regions, in (east, north) of the plane."""
        return density.highest_density(np.stack([self.east, self.north], axis=1), containments)

    def within(self, point, radius: float, confidence: float = CONFIDENCE, method: str = "clopper-pearson") -> Share:
        """Probability that a flight lands within a distance of a point (rad). Flights that did not land are outside."""
        away = geodesy.distance(*point, *self.geodetic(self.north, self.east), *self.ellipsoid)
        return share(int(np.count_nonzero(away <= radius)), self.flights, confidence, method)

    def within_polygon(self, outer, holes=(), confidence: float = CONFIDENCE, method: str = "clopper-pearson") -> Share:
        """Probability that a flight lands in a polygon: rings (k, 2) of latitude and longitude (rad), edges straight in these.

        A ring may cross the antimeridian or go round a pole (outline.py). ValueError where it crosses itself.
        """
        wrong = outline.defect(outer, holes)
        if wrong is not None:
            raise ValueError(f"no polygon: {wrong}")
        place = self.geodetic(self.north, self.east)
        held = int(np.count_nonzero(outline.inside(outline.polygon(outer, holes), *place)))
        return share(held, self.flights, confidence, method)

    def to_bases(self, bases: dict[str, tuple[float, float]]) -> dict[str, np.ndarray]:
        """{name: (n,) distance of the landings, m} from bases (rad)."""
        place = self.geodetic(self.north, self.east)
        return {name: geodesy.distance(*at, *place, *self.ellipsoid) for name, at in bases.items()}

    def recovery(self, bases, speed: float, delay: float = 0.0) -> dict[str, float]:
        """Time until the crews of the nearest base arrive, s, at a speed over the ground (m/s) and after a delay (s)."""
        time = delay + np.min(list(self.to_bases(bases).values()), axis=0) / speed
        return {"mean_s": float(time.mean()), "p95_s": float(np.quantile(time, 0.95)), "largest_s": float(time.max())}

    def settled(self, quantile: str = "p99", within: float = 0.05) -> bool:
        """Whether the interval of a radius is no wider than a share of its value, to either side: enough has been flown."""
        value, low, high, _ = self.radii[quantile]
        return low is not None and high is not None and max(high - value, value - low) <= within * value

    def to_dict(self) -> dict:
        """As summary.json holds it."""
        root = float(np.sqrt(self.points))
        t = float(stdtrit(self.points - 1, 0.5 + CONFIDENCE / 2.0))

        def mean(value: float, sigma: float) -> list[float]:
            return [value - t * sigma / root, value + t * sigma / root]

        out = {
            "points": self.points, "not_landed": self.flights - self.points, "center": _degrees(self.center),
            "containment": self.containment, "semi_major_m": self.semi_major, "semi_minor_m": self.semi_minor,
            "azimuth_deg": float(np.degrees(self.azimuth)), "cep_m": self.radii["p50"].value,
            "radius_p99_m": self.radii["p99"].value, "radius_about": self.about,
            "target": None if self.target is None else _degrees(self.target), "miss_mean_m": float(self.miss.mean()),
            "miss_mean_interval_m": mean(float(self.miss.mean()), float(self.miss.std(ddof=1))), "confidence": CONFIDENCE,
            "radii_m": {name: r._asdict() for name, r in self.radii.items()},
            "miss_largest_m": float(self.miss.max()), "miss_largest_row": self.farthest,
            "miss_largest_holds": self.largest_holds,
            "ellipse": {
                "factor": prediction_factor(self.points, self.containment), "inside": self.inside._asdict(),
                "semi_major_distribution_free_m": None if self.scaled is None else self.scaled._asdict(),
                "samples_one_sided": wilks(self.containment), "samples_two_sided": wilks(self.containment, sides=2),
            },
            "sigma_north_m": float(np.sqrt(self.covariance[0, 0])), "sigma_east_m": float(np.sqrt(self.covariance[1, 1])),
        }  # fmt: skip
        for name, pair in (("along", self.along), ("across", self.across)):
            if pair is not None:
                out[f"miss_{name}_mean_m"], out[f"miss_{name}_sigma_m"] = pair
                out[f"miss_{name}_mean_interval_m"] = mean(*pair)
        if self.along_across is not None:
            out["covariance_along_across_m2"] = [[float(x) for x in row] for row in self.along_across]
            out["track_azimuth_deg"] = float(np.degrees(self.track) % 360.0)
        if self.groups is not None:
            out["groups"] = [{"label": k, "points": int(np.count_nonzero(self.groups == k)), **_short(part)}
                             for k, part in self.parts.items()]  # fmt: skip
        return out


def footprint(
    latitude,
    longitude,
    *,
    target=None,
    azimuth: float | None = None,
    containment: float = 0.9973,
    equatorial_radius: float = constants.EQUATORIAL_RADIUS,
    flattening: float = constants.FLATTENING,
    groups=None,
) -> Footprint:
    """The footprint of landing points.

    latitude, longitude: (n,) geodetic, rad; NaN did not land. target: (latitude, longitude), rad. azimuth: rad, of the track
    at the target, or at the centre. containment: of the ellipse, by the normal distribution whose mean and covariance are
    those of the points (confidence.prediction_factor). groups: (n,) labels, each of which has a footprint of its own too.
    Raises ValueError for fewer than three points.
    """
    latitude, longitude = (np.asarray(a, float) for a in (latitude, longitude))
    if latitude.ndim != 1 or latitude.shape != longitude.shape:
        raise ValueError(f"latitudes {latitude.shape} and longitudes {longitude.shape}: two columns of one length are due")
    if not 0.0 < containment < 1.0:
        raise ValueError(f"containment {containment}: a share above 0 and below 1")
    rows = np.flatnonzero(np.isfinite(latitude) & np.isfinite(longitude))
    n = len(rows)
    if n < 3:
        raise ValueError(f"{n} landing points; a footprint needs three or more")
    lat, lon = latitude[rows], longitude[rows]
    ellipsoid = (equatorial_radius, flattening)
    center, north, east = _centered(lat, lon, ellipsoid)
    covariance = _covariance(north, east)
    minor, major, axis = _axes(covariance)
    factor = prediction_factor(n, containment)
    about, miss = "center", np.hypot(north, east)
    from_n, from_e = north, east
    if target is not None:
        target = (float(target[0]), float(target[1]))
        about = "target"
        from_n, from_e = geodesy.plane_about(*target, lat, lon, *ellipsoid)
        miss = np.hypot(from_n, from_e)
    along = across = both = None
    if azimuth is not None:
        c, s = np.cos(azimuth), np.sin(azimuth)
        ahead, right = from_n * c + from_e * s, from_e * c - from_n * s
        along, across = ((float(a.mean()), float(a.std(ddof=1))) for a in (ahead, right))
        both = _covariance(ahead, right)
    reach = _reach(north, east, minor, major, axis)
    labels, parts = None, {}
    if groups is not None:
        labels = np.asarray(groups)[rows]
        make = partial(footprint, target=target, azimuth=azimuth, containment=containment, equatorial_radius=equatorial_radius,
                       flattening=flattening)  # fmt: skip
        for k in np.unique(labels):
            mine = labels == k
            parts[int(k)] = make(lat[mine], lon[mine]) if mine.sum() >= 3 else None
    ordered = np.sort(miss)
    return Footprint(
        center=center, containment=containment, semi_major=factor * major, semi_minor=factor * minor, azimuth=axis,
        covariance=covariance, north=north, east=east, about=about, target=target, miss=miss, along=along, across=across,
        along_across=both, radii={name: radius(ordered, q) for name, q in QUANTILES.items()},
        scaled=None if reach is None else radius(major * np.sort(reach), containment),
        inside=share(n if reach is None else int(np.count_nonzero(reach <= factor)), n),
        rows=rows, flights=len(latitude), track=azimuth, groups=labels, parts=parts, ellipsoid=ellipsoid,
    )  # fmt: skip


def radius(ordered: np.ndarray, q: float) -> Radius:
    """The q-quantile of ordered distances and the order statistics that hold it at CONFIDENCE; of few, not below the lower."""
    low, high = (float(ordered[r - 1]) if 1 <= r <= len(ordered) else None for r in order_statistic_ranks(len(ordered), q))
    value = _quantile(ordered, q)
    return Radius(value if low is None else max(value, low), low, high, samples_for_quantile(q))


def _quantile(ordered: np.ndarray, q: float) -> float:
    """Between the neighbours in order, linear: definition 7 of Hyndman & Fan 1996, American Statistician 50, 361."""
    at = q * (len(ordered) - 1)
    k = int(at)
    return float(ordered[k] + (at - k) * (ordered[min(k + 1, len(ordered) - 1)] - ordered[k]))


def _centered(lat, lon, ellipsoid):
    """(center, north, east): the point about which the plane's mean is zero, and the points in that plane.

    From the mean of the points' normals on, a step to the mean of the plane at a time (a gradient step to the
    Frechet mean: Karcher 1977, Communications on Pure and Applied Mathematics 30, 509), until it is below a millimetre.
    """
    mean = np.array([np.mean(np.cos(lat) * np.cos(lon)), np.mean(np.cos(lat) * np.sin(lon)), np.mean(np.sin(lat))])
    center = (float(np.arctan2(mean[2], np.hypot(mean[0], mean[1]))), float(np.arctan2(mean[1], mean[0])))
    for _ in range(20):
        north, east = geodesy.plane_about(*center, lat, lon, *ellipsoid)
        step = float(north.mean()), float(east.mean())
        if np.hypot(*step) < 1e-3:
            break
        center = tuple(float(a) for a in geodesy.from_plane(*center, *step, *ellipsoid))
    return center, north, east


def _covariance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    x, y = x - x.mean(), y - y.mean()
    n, xy = len(x) - 1, float(np.sum(x * y))
    return np.array([[float(np.sum(x * x)), xy], [xy, float(np.sum(y * y))]]) / n


def _axes(covariance: np.ndarray) -> tuple[float, float, float]:
    """(smaller, larger standard deviation, azimuth of the larger, 0 to pi) of a covariance of (north, east)."""
    (nn, ne), (_, ee) = covariance
    half, apart = 0.5 * (nn + ee), float(np.hypot(0.5 * (nn - ee), ne))
    larger = half + apart
    smaller = max((nn * ee - ne * ne) / larger, 0.0) if larger > 0.0 else 0.0
    return float(np.sqrt(smaller)), float(np.sqrt(larger)), float(0.5 * np.arctan2(2.0 * ne, nn - ee) % np.pi)


def _reach(north, east, minor: float, major: float, azimuth: float) -> np.ndarray | None:
    """(n,) standard deviations at which each point lies; None where they lie on a line."""
    if not minor > 1e-9 * major:
        return None
    north, east, c, s = north - north.mean(), east - east.mean(), np.cos(azimuth), np.sin(azimuth)
    return np.hypot((north * c + east * s) / major, (east * c - north * s) / minor)


def _degrees(place) -> list[float]:
    return [float(np.degrees(a)) for a in place]


def _short(part: Footprint | None) -> dict:
    keys = ("center", "semi_major_m", "semi_minor_m", "azimuth_deg", "cep_m", "radius_p99_m", "miss_mean_m")
    whole = {} if part is None else part.to_dict()
    return {k: whole.get(k) for k in keys}
