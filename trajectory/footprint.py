"""Landing points -> where, and how surely: on the ellipsoid, in the plane of azimuth and distance about the centre."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trajectory import frames

QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p997": 0.997}
CONFIDENCE = 0.95


@dataclass(frozen=True, eq=False)
class Footprint:
    """Of n landing points. Angles in rad, lengths in m; north and east in the plane about the centre."""

    center: tuple[float, float]
    containment: float
    semi_major: float
    semi_minor: float
    azimuth: float  # of the longer axis, from north, clockwise, 0 to pi
    covariance: np.ndarray  # (2, 2) of (north, east)
    north: np.ndarray  # (n,) of the points
    east: np.ndarray
    radii: dict[str, tuple]  # quantile -> (value, low, high): None where n is too small
    about: str  # what the radii are about: target or center
    target: tuple[float, float] | None
    miss: np.ndarray  # (n,) from what the radii are about
    along: tuple[float, float] | None  # mean and standard deviation of the miss along the track, and across to the right
    across: tuple[float, float] | None

    def to_dict(self) -> dict:
        """As summary.json holds it."""
        degrees = [float(np.degrees(a)) for a in self.center]
        out = {
            "points": len(self.north), "center": degrees, "containment": self.containment,
            "semi_major_m": self.semi_major, "semi_minor_m": self.semi_minor, "azimuth_deg": float(np.degrees(self.azimuth)),
            "cep_m": self.radii["p50"][0], "radius_p99_m": self.radii["p99"][0], "radius_about": self.about,
            "target": None if self.target is None else [float(np.degrees(a)) for a in self.target],
            "miss_mean_m": float(np.mean(self.miss)),
            "radii_m": {k: dict(zip(("value", "low", "high"), r, strict=True)) for k, r in self.radii.items()},
            "confidence": CONFIDENCE,
        }  # fmt: skip
        for name, pair in (("along", self.along), ("across", self.across)):
            if pair is not None:
                out[f"miss_{name}_mean_m"], out[f"miss_{name}_sigma_m"] = pair
        return out


def footprint(latitude, longitude, *, target=None, azimuth=None, containment: float = 0.997, groups=None) -> Footprint:
    """The footprint of landing points.

    latitude, longitude: (n,) geodetic, rad; NaN did not land. target: (latitude, longitude), rad. azimuth: rad, of the track
    at the target. containment: of the ellipse, by the normal distribution whose mean and covariance are those of n points: a
    further point lies in it with this probability (Hotelling 1931; Chew 1966, equation 3).
    Raises ValueError for fewer than three points.
    """
    from scipy.special import fdtri

    latitude, longitude = (np.asarray(a, float) for a in (latitude, longitude))
    down = np.isfinite(latitude) & np.isfinite(longitude)
    n = int(down.sum())
    if n < 3:
        raise ValueError(f"{n} landing points; a footprint needs three or more")
    lat, lon = latitude[down], longitude[down]
    mean = np.array([np.mean(np.cos(lat) * np.cos(lon)), np.mean(np.cos(lat) * np.sin(lon)), np.mean(np.sin(lat))])
    center = (float(np.arctan2(mean[2], np.hypot(*mean[:2]))), float(np.arctan2(mean[1], mean[0])))
    for _ in range(4):  # to where the mean of the plane is its origin
        north, east = frames.plane_about(*center, lat, lon)
        center = tuple(float(a) for a in frames.from_plane(*center, north.mean(), east.mean()))
    north, east = frames.plane_about(*center, lat, lon)
    north, east = north - north.mean(), east - east.mean()
    covariance = np.array([[np.mean(north**2), np.mean(north * east)], [np.mean(north * east), np.mean(east**2)]]) * n / (n - 1)
    value, vector = np.linalg.eigh(covariance)
    factor = np.sqrt(2.0 * (n * n - 1) / (n * (n - 2)) * fdtri(2, n - 2, containment))
    minor, major = factor * np.sqrt(np.maximum(value, 0.0))
    about, miss, along, across = "center", np.hypot(north, east), None, None
    if target is not None:
        about = "target"
        from_n, from_e = frames.plane_about(*target, lat, lon)
        miss = np.hypot(from_n, from_e)
        if azimuth is not None:
            c, s = np.cos(azimuth), np.sin(azimuth)
            long_, right = from_n * c + from_e * s, from_e * c - from_n * s
            along, across = ((float(a.mean()), float(a.std(ddof=1))) for a in (long_, right))
    ordered = np.sort(miss)
    return Footprint(
        center=center, containment=containment,
        semi_major=float(major), semi_minor=float(minor), azimuth=float(np.arctan2(vector[1, 1], vector[0, 1]) % np.pi),
        covariance=covariance, north=north, east=east, about=about, target=target, miss=miss, along=along, across=across,
        radii={name: radius(ordered, q) for name, q in QUANTILES.items()},
    )  # fmt: skip


def radius(ordered: np.ndarray, q: float) -> tuple:
    """(value, low, high): the q-quantile of ordered distances and the order statistics that hold it at CONFIDENCE."""
    low, high = order_statistic_ranks(len(ordered), q)
    at = [float(ordered[r - 1]) if 1 <= r <= len(ordered) else None for r in (low, high)]
    return float(np.quantile(ordered, q)), *at


def order_statistic_ranks(n: int, q: float, confidence: float = CONFIDENCE) -> tuple[int, int]:
    """Ranks, from 1, of the order statistics that hold the q-quantile of a continuous distribution (David & Nagaraja 2003,
    section 7.1); 0 or n + 1 where n is too small for that side."""
    from scipy.stats import binom

    tail = (1.0 - confidence) / 2.0
    return int(binom.ppf(tail, n, q)), int(binom.ppf(1.0 - tail, n, q)) + 1
