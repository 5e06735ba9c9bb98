"""Lines on a globe: cut at the antimeridian, unwrapped, or made flat around a point."""

import numpy as np

RADIUS = 6371.0088  # km, mean radius of the Earth (IUGG); good to 0.3 % here


def pieces(rows: np.ndarray) -> list[np.ndarray]:
    """Rows (n, m) that begin with longitude and latitude, degrees, in pieces that end at the antimeridian.

    Each crossing is a point on both sides, at +-180, the rest of its row linear (RFC 7946, section 3.1.9).
    """
    out, rest = [], rows
    for k in np.flatnonzero(np.abs(np.diff(rows[:, 0])) > 180)[::-1]:
        a, b = rows[k], rows[k + 1].copy()
        side = np.copysign(180.0, a[0])
        b[0] += 2 * side
        share = (side - a[0]) / (b[0] - a[0]) if b[0] != a[0] else 0.0
        before, after = a + share * (b - a), a + share * (b - a)
        before[0], after[0] = side, -side
        out.append(np.vstack([after, rest[k + 1 :]]))
        rest = np.vstack([rest[: k + 1], before])
    return [rest, *out[::-1]]


def unwrapped(longitude: np.ndarray) -> np.ndarray:
    """Longitudes, degrees, without jumps."""
    return np.unwrap(longitude, period=360.0)


def flat(longitude, latitude, centre) -> tuple[np.ndarray, np.ndarray]:
    """East and north of `centre` (longitude, latitude), km: azimuthal equidistant on a sphere (Snyder 1987,
    USGS Professional Paper 1395, eqs. 22-4, 22-5, 25-2, 5-3). Degrees in; distances from the centre are true.
    """
    lon, lat = np.radians(np.asarray(longitude) - centre[0]), np.radians(latitude)
    lat0 = np.radians(centre[1])
    cosine = np.sin(lat0) * np.sin(lat) + np.cos(lat0) * np.cos(lat) * np.cos(lon)
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    scale = RADIUS / np.sinc(angle / np.pi)  # angle / sin(angle), 1 at the centre
    scale = np.where(angle > 3.14, 0.0, scale)
    east = scale * np.cos(lat) * np.sin(lon)
    north = scale * (np.cos(lat0) * np.sin(lat) - np.sin(lat0) * np.cos(lat) * np.cos(lon))
    return east, north


def unflat(east, north, centre) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude, degrees, of a point of `flat` (Snyder 1987, eqs. 20-14, 20-15)."""
    angle = np.hypot(east, north) / RADIUS
    lat0 = np.radians(centre[1])
    ratio = np.sinc(angle / np.pi) / RADIUS  # sin(angle) / distance
    latitude = np.arcsin(np.clip(np.cos(angle) * np.sin(lat0) + north * ratio * np.cos(lat0), -1.0, 1.0))
    longitude = np.arctan2(east * ratio, np.cos(lat0) * np.cos(angle) - north * np.sin(lat0) * ratio)
    return centre[0] + np.degrees(longitude), np.degrees(latitude)
