"""Along the ground: distances, directions and planes between places on the ellipsoid.

The only user of pyproj (Karney 2013, Journal of Geodesy 87, 43). Geodetic latitudes; angles in rad, lengths in m,
arrays (...,).
"""

from functools import lru_cache

import numpy as np

from trajectory import constants


@lru_cache(maxsize=8)
def _geodesic(equatorial_radius, flattening):
    from pyproj import Geod

    return Geod(a=equatorial_radius, f=flattening)


def _between(latitude_1, longitude_1, latitude_2, longitude_2, equatorial_radius, flattening):
    """Azimuth (rad) at the first and length (m) of the geodesic between points (rad), each (...,)."""
    points = np.broadcast_arrays(longitude_1, latitude_1, longitude_2, latitude_2)
    geodesic = _geodesic(equatorial_radius, flattening)
    azimuth, _, length = geodesic.inv(*(np.array(p, dtype=float) for p in points), radians=True)
    return azimuth, length


def distance(
    latitude_1,
    longitude_1,
    latitude_2,
    longitude_2,
    equatorial_radius=constants.EQUATORIAL_RADIUS,
    flattening=constants.FLATTENING,
):
    """Length (m) of the geodesic between geodetic points (rad), each (...,). Karney (2013)."""
    return _between(latitude_1, longitude_1, latitude_2, longitude_2, equatorial_radius, flattening)[1]


def plane_about(
    latitude_0,
    longitude_0,
    latitude,
    longitude,
    equatorial_radius=constants.EQUATORIAL_RADIUS,
    flattening=constants.FLATTENING,
):
    """North and east (m) of points (rad, (...,)) in the azimuthal equidistant plane about point 0. Karney (2013)."""
    azimuth, length = _between(latitude_0, longitude_0, latitude, longitude, equatorial_radius, flattening)
    return length * np.cos(azimuth), length * np.sin(azimuth)


def from_plane(
    latitude_0,
    longitude_0,
    north,
    east,
    equatorial_radius=constants.EQUATORIAL_RADIUS,
    flattening=constants.FLATTENING,
):
    """Latitude and longitude (rad, -pi to pi) of points of the plane about point 0; the inverse of plane_about."""
    geodesic = _geodesic(equatorial_radius, flattening)
    north, east = np.broadcast_arrays(np.asarray(north, float), np.asarray(east, float))
    start = [np.full(north.shape, x) for x in (longitude_0, latitude_0)]
    longitude, latitude, _ = geodesic.fwd(*start, np.arctan2(east, north), np.hypot(north, east), radians=True)
    return latitude, (longitude + np.pi) % (2 * np.pi) - np.pi


def downrange_crossrange(
    latitude,
    longitude,
    latitude_0,
    longitude_0,
    azimuth_0,
    equatorial_radius=constants.EQUATORIAL_RADIUS,
    flattening=constants.FLATTENING,
):
    """Downrange and crossrange (m) of points (rad, (...,)) from the geodesic leaving point 0 at azimuth 0.

    Downrange is measured along that geodesic to the foot of the perpendicular, crossrange along the
    perpendicular, positive to the right. On the ellipsoid, to 1 mm, by correcting the foot with the spherical
    right triangle (Napier) until it stays.
    """
    geodesic = _geodesic(equatorial_radius, flattening)
    latitude, longitude, latitude_0, longitude_0, azimuth_0 = (
        np.array(v, dtype=float)
        for v in np.broadcast_arrays(latitude, longitude, latitude_0, longitude_0, azimuth_0)
    )
    downrange = np.zeros(latitude.shape)
    crossrange = np.zeros(latitude.shape)
    for _ in range(10):
        foot_longitude, foot_latitude, back = geodesic.fwd(
            longitude_0, latitude_0, azimuth_0, downrange, radians=True
        )
        to_point, _, length = geodesic.inv(foot_longitude, foot_latitude, longitude, latitude, radians=True)
        turn = np.asarray(to_point) - (np.asarray(back) + np.pi)
        angle = np.asarray(length) / equatorial_radius
        ahead = equatorial_radius * np.arctan2(np.sin(angle) * np.cos(turn), np.cos(angle))
        downrange, crossrange = downrange + ahead, np.asarray(length) * np.sin(turn)
        if np.all(np.abs(ahead[np.isfinite(ahead)]) < 1e-4):
            break
    return downrange, crossrange
