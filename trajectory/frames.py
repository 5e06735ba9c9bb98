"""Frames, epochs and Earth orientation: where a vector is, and which way is up.

The only user of astropy's time scales and Earth-orientation tables, and of erfa. Lengths in m, speeds in
m/s, angles in rad, times in SI seconds since the case epoch (`elapsed`). Vectors have shape (..., 3).

Frames
    case    the axes of the Earth-fixed TIRS at the case epoch, frozen: inertial, z along the celestial
            intermediate pole, x toward the terrestrial intermediate origin. The kernel's frame. At `elapsed`
            seconds the Earth-fixed axes are Rz(rotation_rate * elapsed) of it.
    GCRS    geocentric celestial reference system (IAU 2000)
    EME2000 mean equator and equinox of J2000: GCRS turned by the IAU 2000 frame bias
    TEME    true equator, mean equinox of date, the frame of SGP4 (Vallado et al. 2006, AIAA 2006-6753)
    ITRS    international terrestrial reference system; velocities are relative to the turning Earth
    earth-fixed-at-epoch   the case frame by another name: inertial, aligned with the Earth at the epoch

Chain (IERS Conventions 2010, chapter 5, CIO based): ITRS = W(xp, yp, s') R3(ERA) C(X, Y, s) GCRS.
Within one case the Earth turns at a constant rate about a fixed pole. The pole of date moves 2.7e-7 rad per
day against it (0.08 m at the surface in an hour).
"""

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import astropy_iers_data
import erfa
import numpy as np
from astropy.time import Time, TimeDelta
from astropy.utils import iers

from trajectory import constants

FRAMES = ("GCRS", "EME2000", "TEME", "ITRS", "earth-fixed-at-epoch")
HORIZONS = ("geodetic", "geocentric")
ARCSEC = np.pi / 648000.0  # rad
J2000 = 2451545.0  # Julian date


class EarthOrientationWarning(UserWarning):
    """A date lies outside the Earth-orientation data that the package carries."""


def configure_astropy():
    """Keep astropy from reaching for the network; old Earth-orientation data are used and warned about."""
    iers.conf.auto_download = False
    iers.conf.auto_max_age = None
    iers.conf.iers_degraded_accuracy = "warn"


configure_astropy()


@contextmanager
def _quiet():
    """Without erfa's remarks on far dates: earth_orientation warns about those in plain words."""
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):
        warnings.simplefilter("ignore", erfa.ErfaWarning)
        yield


@dataclass(frozen=True)
class EarthOrientation:
    """Earth-orientation parameters at one instant, as the IERS publishes them.

    They are carried to neighbouring instants with the length of day: UT1 runs slow by `length_of_day_excess`
    per day, the pole stays.
    """

    ut1_minus_utc: float  # s
    length_of_day_excess: float  # s per day
    polar_x: float  # rad
    polar_y: float  # rad
    celestial_dx: float  # rad, correction to the IAU 2006/2000A pole
    celestial_dy: float  # rad


@dataclass(frozen=True)
class Orientation:
    """How the Earth is turned at the case epoch, and its ellipsoid."""

    epoch: Time  # UTC
    rotation_rate: float  # rad/s
    from_gcrs: np.ndarray  # (3, 3), r_case = from_gcrs @ r_gcrs
    polar_motion: np.ndarray  # (3, 3), r_itrs = polar_motion @ r_tirs
    equatorial_radius: float = constants.EQUATORIAL_RADIUS  # m
    flattening: float = constants.FLATTENING  # 1
    parameters: EarthOrientation | None = None  # None: an aligned Earth, not the real one


# --- epochs ---------------------------------------------------------------------------------------


def parse_epoch(epoch_iso):
    """ISO 8601 UTC text (a trailing Z is allowed) -> astropy Time in UTC. ValueError if it is not a date."""
    if isinstance(epoch_iso, Time):
        return epoch_iso.utc
    text = str(epoch_iso).strip().removesuffix("Z").replace(" ", "T")
    try:
        with _quiet():
            return Time(text, format="isot", scale="utc", precision=9)
    except ValueError:
        raise ValueError(f"{epoch_iso!r} is not a UTC date such as 2023-03-28T09:57:00Z") from None


def elapsed_seconds(time_iso, orientation):
    """SI seconds from the case epoch to a UTC date."""
    with _quiet():
        return float((parse_epoch(time_iso) - orientation.epoch).to_value("s"))


def utc(epoch_iso, elapsed):
    """UTC dates of instants `elapsed` (...,) s after an epoch, as ISO text with three decimals and Z.

    Calendar arithmetic; astropy only when a leap second falls inside the span.
    """
    epoch, elapsed = parse_epoch(epoch_iso), np.asarray(elapsed, dtype=float)
    finite = elapsed[np.isfinite(elapsed)]
    if finite.size and _leap_second_inside(epoch, finite.min(), finite.max()):
        filled = np.where(np.isfinite(elapsed), elapsed, 0.0)
        text = (epoch + TimeDelta(filled, format="sec")).utc.copy()
        text.precision = 3
        text = np.asarray(text.isot, dtype="U23")
    else:
        start = epoch.to_value("datetime64").astype("datetime64[us]")
        microseconds = np.floor(np.where(np.isfinite(elapsed), elapsed, 0.0) * 1e6 + 500.5)
        stamps = (start + microseconds.astype("timedelta64[us]")).astype("datetime64[ms]")
        text = np.datetime_as_string(stamps, unit="ms")
    text = np.where(np.isfinite(elapsed), np.char.add(text, "Z"), "")
    return str(text) if text.ndim == 0 else text


def _leap_second_inside(epoch, start_s, stop_s):
    """Whether TAI - UTC steps within a day of the span from `start_s` to `stop_s` after the epoch."""
    table = erfa.leap_seconds.get()
    steps = erfa.cal2jd(table["year"], table["month"], 1)[1]
    day = constants.SECONDS_PER_DAY
    return bool(np.any((steps > epoch.mjd + start_s / day - 1.0) & (steps < epoch.mjd + stop_s / day + 1.0)))


# --- how the Earth is turned ----------------------------------------------------------------------


def earth_orientation(epoch_iso):
    """Earth-orientation parameters of a UTC date from the IERS tables shipped with astropy-iers-data.

    Bulletin A with its predictions, about a year ahead. Outside the tables the nearest values serve and an
    EarthOrientationWarning says so.
    """
    epoch = parse_epoch(epoch_iso)
    with _quiet():
        text = epoch.isot[:19] + "Z"
    table = _iers_table()
    first, last = float(table["MJD"][0].value), float(table["MJD"][-1].value)
    mjd = min(max(epoch.mjd, first), last - 0.001)
    if epoch.mjd != mjd:
        edge = Time(last if epoch.mjd > last else first, format="mjd", scale="utc").isot[:10]
        side = "last" if epoch.mjd > last else "first"
        warnings.warn(
            f"{text} lies outside the Earth-orientation data ({side} covered date {edge}): values of that "
            f"date are used, and a landing point may shift by up to 465 m per second of error in UT1. "
            f"A newer astropy-iers-data extends the data.",
            EarthOrientationWarning,
            stacklevel=2,
        )
    at = (2400000.5, mjd)
    before = max(mjd - 0.5, first)
    after = min(before + 1.0, last - 0.001)
    ut1_minus_utc = table.ut1_utc(*at).to_value("s")
    change = (table.ut1_utc(2400000.5, after) - table.ut1_utc(2400000.5, before)).to_value("s")
    change -= np.round(change)  # a leap second is a step of UTC, not of the Earth
    polar_x, polar_y = (angle.to_value("rad") for angle in table.pm_xy(*at))
    celestial_dx, celestial_dy = (angle.to_value("rad") for angle in table.dcip_xy(*at))
    values = ut1_minus_utc, -change / (after - before), polar_x, polar_y, celestial_dx, celestial_dy
    return EarthOrientation(*map(float, values))


@lru_cache(maxsize=1)
def _iers_table():
    return iers.IERS_A.open(astropy_iers_data.IERS_A_FILE)


def orientation(
    epoch_iso,
    parameters=None,
    equatorial_radius=constants.EQUATORIAL_RADIUS,
    flattening=constants.FLATTENING,
):
    """Orientation of the real Earth at a UTC epoch: IAU 2006/2000A, CIO based.

    `parameters` (EarthOrientation) replaces the shipped tables.
    """
    epoch = parse_epoch(epoch_iso)
    parameters = parameters or earth_orientation(epoch)
    slow_down = 1.0 - parameters.length_of_day_excess / constants.SECONDS_PER_DAY
    return Orientation(
        epoch=epoch,
        rotation_rate=constants.EARTH_ROTATION_ANGLE_RATE * slow_down,
        from_gcrs=_frozen(_gcrs_to_tirs(epoch, epoch, parameters)),
        polar_motion=_frozen(_polar_motion(epoch, parameters)),
        equatorial_radius=equatorial_radius,
        flattening=flattening,
        parameters=parameters,
    )


def aligned(
    epoch_iso,
    rotation_rate=constants.ROTATION_RATE,
    equatorial_radius=constants.EQUATORIAL_RADIUS,
    flattening=constants.FLATTENING,
):
    """Orientation of an Earth whose axes coincide with GCRS at the epoch and which turns about z.

    For reference problems that define their Earth so; TEME and EME2000 have no meaning with it.
    """
    return Orientation(
        epoch=parse_epoch(epoch_iso),
        rotation_rate=rotation_rate,
        from_gcrs=_frozen(np.eye(3)),
        polar_motion=_frozen(np.eye(3)),
        equatorial_radius=equatorial_radius,
        flattening=flattening,
    )


def _frozen(array):
    array = np.array(array, dtype=float)
    array.flags.writeable = False
    return array


def _two_part(time):
    return time.jd1, time.jd2


def _ut1(time, epoch, parameters):
    """UT1 Julian date, in two parts, of `time`, from the parameters at `epoch`."""
    with _quiet():
        leap_seconds = (Time(epoch.jd1, epoch.jd2, format="jd", scale="tai") - epoch.tai).to_value("s")
        days = (time - epoch).to_value("day")
        ut1_minus_tai = parameters.ut1_minus_utc + leap_seconds - parameters.length_of_day_excess * days
        return erfa.taiut1(*_two_part(time.tai), ut1_minus_tai)


def _gcrs_to_tirs(time, epoch, parameters):
    """(..., 3, 3) GCRS -> TIRS at `time` (IERS Conventions 2010, eq. 5.1 without polar motion)."""
    with _quiet():
        pole_x, pole_y, locator = erfa.xys06a(*_two_part(time.tt))
        pole = erfa.c2ixys(pole_x + parameters.celestial_dx, pole_y + parameters.celestial_dy, locator)
    return erfa.rz(erfa.era00(*_ut1(time, epoch, parameters)), pole)


def _polar_motion(time, parameters):
    return erfa.pom00(parameters.polar_x, parameters.polar_y, erfa.sp00(*_two_part(time.tt)))


def _instant(elapsed, orientation):
    with _quiet():
        return orientation.epoch + TimeDelta(np.asarray(elapsed, dtype=float), format="sec")


def _case_to_tirs(elapsed, orientation):
    """(..., 3, 3) case frame -> TIRS at `elapsed`, with precession and nutation of date."""
    if orientation.parameters is None:
        return _spin(elapsed, orientation)
    tirs = _gcrs_to_tirs(_instant(elapsed, orientation), orientation.epoch, orientation.parameters)
    return tirs @ orientation.from_gcrs.T


def _spin(elapsed, orientation):
    """(..., 3, 3) case frame -> Earth-fixed frame as the kernel turns it: Rz(rotation_rate * elapsed)."""
    angle = np.asarray(elapsed, dtype=float) * orientation.rotation_rate
    return erfa.rz(angle, np.broadcast_to(np.eye(3), angle.shape + (3, 3)))


# --- states between frames ------------------------------------------------------------------------


def state_to_case(position, velocity, frame, time_iso, orientation):
    """A state in a named frame at a UTC date -> (position, velocity) in the case frame, at that same date.

    position, velocity: (..., 3). frame: one of FRAMES; for "ITRS" the velocity is relative to the
    turning Earth, for the others inertial. ValueError for an unknown frame.
    """
    elapsed = elapsed_seconds(time_iso, orientation) if frame in ("TEME", "ITRS") else 0.0
    return states_to_case(position, velocity, frame, elapsed, orientation)


def states_to_case(position, velocity, frame, elapsed, orientation):
    """States (..., 3) in a named frame at `elapsed` (...,) s -> (position, velocity) in the case frame, as state_to_case."""
    position, velocity = np.asarray(position, dtype=float), np.asarray(velocity, dtype=float)
    _known(frame, FRAMES, "frame")
    if frame == "ITRS":
        position, velocity = position @ orientation.polar_motion, velocity @ orientation.polar_motion
        velocity = velocity + np.cross([0.0, 0.0, orientation.rotation_rate], position)
    to_case = np.swapaxes(_case_to_frame(frame, elapsed, orientation), -1, -2)
    return _turn(to_case, position), _turn(to_case, velocity)


def state_from_case(position, velocity, frame, elapsed, orientation):
    """Case-frame states (..., 3) at `elapsed` (...,) s -> (position, velocity) in a named frame."""
    position, velocity = np.asarray(position, dtype=float), np.asarray(velocity, dtype=float)
    _known(frame, FRAMES, "frame")
    matrix = _case_to_frame(frame, elapsed, orientation)
    position, velocity = _turn(matrix, position), _turn(matrix, velocity)
    if frame == "ITRS":
        velocity = velocity - np.cross([0.0, 0.0, orientation.rotation_rate], position)
        position, velocity = position @ orientation.polar_motion.T, velocity @ orientation.polar_motion.T
    return position, velocity


def _case_to_frame(frame, elapsed, orientation):
    """Rotation (..., 3, 3) from the case frame; to TIRS, not ITRS, for "ITRS"."""
    if frame == "earth-fixed-at-epoch":
        return np.eye(3)
    if frame == "GCRS":
        return orientation.from_gcrs.T
    if frame == "ITRS":
        return _case_to_tirs(elapsed, orientation)
    if orientation.parameters is None:
        raise ValueError(
            f"frame {frame!r} needs the real Earth; an aligned one knows GCRS, ITRS and earth-fixed-at-epoch"
        )
    if frame == "EME2000":
        bias, _, _ = erfa.bp00(J2000, 0.0)
        return bias @ orientation.from_gcrs.T
    # TEME: turned by the sidereal time of 1982 it is the pseudo Earth-fixed frame, taken as TIRS
    # (Vallado et al. 2006, AIAA 2006-6753, appendix C, eq. C-1 with polar motion left to ITRS)
    ut1 = _ut1(_instant(elapsed, orientation), orientation.epoch, orientation.parameters)
    sidereal = erfa.gmst82(*ut1)
    to_teme = np.swapaxes(erfa.rz(sidereal, np.broadcast_to(np.eye(3), np.shape(sidereal) + (3, 3))), -1, -2)
    return to_teme @ _case_to_tirs(elapsed, orientation)


def _turn(matrix, vector):
    return np.einsum("...ij,...j->...i", matrix, vector)


def _known(word, words, what):
    if word not in words:
        raise ValueError(f"unknown {what} {word!r}; allowed: {', '.join(words)}")


# --- the ellipsoid and the local horizon ----------------------------------------------------------


def geodetic(position, elapsed, orientation):
    """Case-frame positions (..., 3) at `elapsed` (...,) -> geodetic latitude, longitude (rad), altitude (m).

    Fukushima (2006), by erfa.gc2gde. Longitude in (-pi, pi].
    """
    fixed = _turn(_spin(elapsed, orientation), np.asarray(position, dtype=float)) @ orientation.polar_motion.T
    longitude, latitude, altitude = erfa.gc2gde(orientation.equatorial_radius, orientation.flattening, fixed)
    return latitude, longitude, altitude


def from_geodetic(latitude, longitude, altitude, elapsed, orientation):
    """Geodetic latitude, longitude (rad) and altitude (m), each (...,) -> case-frame position (..., 3)."""
    fixed = erfa.gd2gce(orientation.equatorial_radius, orientation.flattening, longitude, latitude, altitude)
    spin = np.swapaxes(_spin(elapsed, orientation), -1, -2)
    return _turn(spin, fixed @ orientation.polar_motion)


def local_horizon(position, elapsed, orientation, horizon="geodetic"):
    """Unit vectors east, north, up (each (..., 3), case frame) at case-frame positions (..., 3).

    horizon "geodetic": up is normal to the ellipsoid; "geocentric": up is along the radius.
    At a pole, east is undefined and NaN results.
    """
    _known(horizon, HORIZONS, "horizon")
    position = np.asarray(position, dtype=float)
    spin = np.swapaxes(_spin(elapsed, orientation), -1, -2)
    pole = _turn(spin, orientation.polar_motion.T @ [0.0, 0.0, 1.0])
    if horizon == "geocentric":
        up = position / np.linalg.norm(position, axis=-1, keepdims=True)
    else:
        latitude, longitude, _ = geodetic(position, elapsed, orientation)
        up = _turn(spin, erfa.s2c(longitude, latitude) @ orientation.polar_motion)
    east = np.cross(pole, up)
    with np.errstate(invalid="ignore"):
        east = east / np.linalg.norm(east, axis=-1, keepdims=True)
    return east, np.cross(up, east), up


def relative_velocity(position, velocity, orientation):
    """Velocity relative to the turning Earth, in case-frame axes (..., 3)."""
    return np.asarray(velocity) - np.cross([0.0, 0.0, orientation.rotation_rate], np.asarray(position))


def velocity_angles(position, velocity, elapsed, orientation, horizon="geodetic", relative=True):
    """Speed (m/s), flight-path angle and azimuth (rad) of case-frame states.

    Of the velocity relative to the turning Earth, or, with relative=False, of the inertial one. The angle is
    from the local horizon, up positive; azimuth from north, clockwise, in [0, 2 pi).
    """
    east, north, up = local_horizon(position, elapsed, orientation, horizon)
    velocity = relative_velocity(position, velocity, orientation) if relative else np.asarray(velocity)
    eastward, northward, upward = (np.sum(velocity * axis, axis=-1) for axis in (east, north, up))
    level = np.hypot(eastward, northward)
    azimuth = np.mod(np.arctan2(eastward, northward), 2.0 * np.pi)
    return np.hypot(level, upward), np.arctan2(upward, level), azimuth


def velocity_from_angles(
    position, speed, flight_path_angle, azimuth, elapsed, orientation, horizon="geodetic", relative=True
):
    """Case-frame inertial velocity (..., 3) from speed and angles: the inverse of velocity_angles."""
    east, north, up = local_horizon(position, elapsed, orientation, horizon)
    speed, angle, azimuth = (np.asarray(v)[..., None] for v in (speed, flight_path_angle, azimuth))
    level = np.sin(azimuth) * east + np.cos(azimuth) * north
    velocity = speed * (np.cos(angle) * level + np.sin(angle) * up)
    if relative:
        velocity = velocity + np.cross([0.0, 0.0, orientation.rotation_rate], np.asarray(position))
    return velocity


# --- Sun and Moon ---------------------------------------------------------------------------------

CHEBYSHEV_ORDER = 12  # coefficients per component
CHEBYSHEV_INTERVAL = 43200.0  # s


def sun_moon_position(elapsed, orientation):
    """Geocentric geometric positions (..., 2, 3) in m, case frame, of Sun and Moon at `elapsed` (...,) s.

    Sun: VSOP2000 abridged, erfa.epv00 (to about 5e-8 rad); Moon: Meeus (1998) after ELP 2000-82,
    erfa.moon98 (about 10 arcsec, 10 km).
    """
    time = _instant(elapsed, orientation)
    with _quiet():
        heliocentric_earth, _ = erfa.epv00(*_two_part(time.tdb))
        moon = erfa.moon98(*_two_part(time.tt))
    both = np.stack([-heliocentric_earth["p"], moon["p"]], axis=-2) * constants.ASTRONOMICAL_UNIT
    return _turn(orientation.from_gcrs, both)


def sun_moon_table(orientation, start, stop):
    """Chebyshev coefficients of Sun and Moon from `start` to `stop` (s since the epoch), for the kernel.

    Returns (table, origin, interval): table (n_interval, 2 bodies, 3 components, 12 coefficients) in m, case
    frame; interval i covers origin + i * interval onward, with the argument
    x = 2 * ((elapsed - origin) / interval - i) - 1.
    """
    count = max(1, int(np.ceil((stop - start) / CHEBYSHEV_INTERVAL)))
    nodes = np.cos(np.pi * (np.arange(CHEBYSHEV_ORDER) + 0.5) / CHEBYSHEV_ORDER)
    instants = start + CHEBYSHEV_INTERVAL * (np.arange(count)[:, None] + 0.5 * (nodes + 1.0))
    values = sun_moon_position(instants, orientation)  # (count, node, body, component)
    to_coefficients = np.linalg.inv(np.polynomial.chebyshev.chebvander(nodes, CHEBYSHEV_ORDER - 1))
    table = np.einsum("kn,inbc->ibck", to_coefficients, values)
    return np.ascontiguousarray(table), float(start), CHEBYSHEV_INTERVAL


def evaluate_sun_moon(table, origin, interval, elapsed):
    """Positions (..., 2, 3) in m from a sun_moon_table at `elapsed` (...,) s."""
    place = (np.asarray(elapsed, dtype=float) - origin) / interval
    index = np.clip(np.floor(place).astype(int), 0, len(table) - 1)
    polynomials = np.polynomial.chebyshev.chebvander(2.0 * (place - index) - 1.0, table.shape[-1] - 1)
    return np.einsum("...bck,...k->...bc", table[index], polynomials)


def sun_elevation(latitude, longitude, elapsed, orientation):
    """Elevation (rad) of the Sun's centre above the geodetic horizon, without refraction. Arrays (...,)."""
    place = from_geodetic(latitude, longitude, 0.0, elapsed, orientation)
    _, _, up = local_horizon(place, elapsed, orientation)
    sun = sun_moon_position(elapsed, orientation)[..., 0, :]
    return np.arcsin(np.clip(np.sum(up * sun, axis=-1) / np.linalg.norm(sun, axis=-1), -1.0, 1.0))


def apparent_solar_time(longitude, elapsed, orientation):
    """Apparent local solar time (h, 0 to 24) at a longitude (rad): 12 when the Sun crosses the meridian."""
    sun = sun_moon_position(elapsed, orientation)[..., 0, :]
    _, sun_longitude, _ = geodetic(sun, elapsed, orientation)
    return np.mod(12.0 + (np.asarray(longitude) - sun_longitude) * 12.0 / np.pi, 24.0)


# --- around a track -------------------------------------------------------------------------------


def track_circle(position, elapsed, orientation, count=64):
    """The circle of places that a flight passes over, closed smoothly, for an atmosphere along the track.

    position (n, 3) case frame and elapsed (n,) of a flight that goes forward; of one longer than 0.85 of a
    revolution the last 0.85 count. Returns latitude, longitude (rad), utc (datetime64), each (count,) at the
    angles 2 pi i / count in the plane of the track, and its unit vectors (p, q): angle = atan2(r.q, r.p).
    Where the flight does not pass, time and offset from the plane lead back smoothly to its start.
    """
    unit = np.asarray(position, dtype=float)
    unit = unit / np.linalg.norm(unit, axis=-1, keepdims=True)
    normal = np.sum(np.cross(unit[:-1], unit[1:]), axis=0)
    normal /= np.linalg.norm(normal)
    ahead = np.cross(normal, unit[-1])
    ahead /= np.linalg.norm(ahead)
    start = np.cross(ahead, normal)
    angle = np.unwrap(np.arctan2(unit @ ahead, unit @ start))
    angle, keep = angle - angle[-1], angle - angle[-1] > -0.85 * 2.0 * np.pi  # the flight ends at 0
    angle, elapsed, offset = angle[keep], np.asarray(elapsed, dtype=float)[keep], (unit @ normal)[keep]
    grid = 2.0 * np.pi * np.arange(count) / count
    place = grid - 2.0 * np.pi  # -2 pi ... 0, of which the flight covers angle[0] ... 0
    way = np.clip((place + 2.0 * np.pi) / (angle[0] + 2.0 * np.pi), 0.0, 1.0)
    blend = way * way * way * (10.0 - way * (15.0 - 6.0 * way))  # 0 at the end of the flight, 1 at its start
    passed = place >= angle[0]
    times = np.where(
        passed, np.interp(place, angle, elapsed), elapsed[-1] + blend * (elapsed[0] - elapsed[-1])
    )
    offsets = np.where(passed, np.interp(place, angle, offset), offset[-1] + blend * (offset[0] - offset[-1]))
    around = np.cos(grid)[:, None] * start + np.sin(grid)[:, None] * ahead + offsets[:, None] * normal
    around *= 1.02 * orientation.equatorial_radius / np.linalg.norm(around, axis=-1, keepdims=True)
    latitude, longitude, _ = geodetic(around, times, orientation)
    stamps = np.array([text[:-1] for text in utc(orientation.epoch, times)], dtype="datetime64[ms]")
    return latitude, longitude, stamps, (start, ahead)
