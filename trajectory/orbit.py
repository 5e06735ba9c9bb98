"""Orbits as others write them -> position, velocity, epoch.

The only importer of poliastro/boinor, sgp4, ccsds_ndm, each by the functions that need it. Element sets and
OMM go through SGP4 (WGS 72 constants); OPM and OEM are read in KVN or XML (CCSDS 502.0-B-3). Results are
in m and m/s in a frame that `trajectory.frames` knows, at a UTC epoch.
"""

import re
from dataclasses import dataclass

import numpy as np

from trajectory import constants, frames

CCSDS_FRAMES = {
    "GCRF": "GCRS",
    "ICRF": "GCRS",
    "EME2000": "EME2000",
    "J2000": "EME2000",
    "TEME": "TEME",
    "ITRF": "ITRS",
    "ITRS": "ITRS",
    "WGS84": "ITRS",
}
OMM_ELEMENTS = (
    "ARG_OF_PERICENTER",
    "ECCENTRICITY",
    "INCLINATION",
    "MEAN_ANOMALY",
    "MEAN_MOTION",
    "RA_OF_ASC_NODE",
)
CCSDS_TIME_SYSTEMS = ("UTC", "TAI", "TT", "TDB", "GPS")
TLE_FIELDS = {  # line, columns counted from 0: the numbers that every set must have
    "epoch": (0, 18, 32),
    "inclination": (1, 8, 16),
    "right ascension of the node": (1, 17, 25),
    "eccentricity": (1, 26, 33),
    "argument of perigee": (1, 34, 42),
    "mean anomaly": (1, 43, 51),
    "mean motion": (1, 52, 63),
}


@dataclass(frozen=True)
class OrbitState:
    """Position (3,) in m and velocity (3,) in m/s in a named frame at a UTC epoch."""

    position: np.ndarray
    velocity: np.ndarray
    frame: str  # one of frames.FRAMES
    epoch_iso: str  # UTC, ISO 8601 with Z
    mass: float | None = None  # kg
    source: str = ""

    def in_frame(self, frame):
        """The same state in another of frames.FRAMES (inertial velocity, but relative in ITRS)."""
        earth = frames.orientation(self.epoch_iso)
        case = frames.state_to_case(self.position, self.velocity, self.frame, self.epoch_iso, earth)
        position, velocity = frames.state_from_case(*case, frame, 0.0, earth)
        return OrbitState(position, velocity, frame, self.epoch_iso, self.mass, self.source)


def _iso(time):
    return time.utc.isot + "Z"


# --- mean elements: SGP4 --------------------------------------------------------------------------


def from_tle(lines, at_iso=None, verify_checksum=True):
    """Two lines of an element set -> OrbitState in TEME at `at_iso` (UTC), or at the set's epoch.

    SGP4 after Vallado, Crawford, Hujsak & Kelso (2006), AIAA 2006-6753. ValueError if the lines are no
    element set, if a checksum fails, or with SGP4's own sentence if it cannot reach the time.
    """
    from sgp4.api import WGS72, Satrec

    lines = _tle_lines(lines, verify_checksum)
    return _sgp4_state(Satrec.twoline2rv(*lines, WGS72), at_iso, f"TLE of object {lines[0][2:7].strip()}")


def tle_states(lines, start_iso, seconds):
    """Positions and velocities (n, 3) in TEME of an element set at `seconds` (n,) after a UTC date.

    As from_tle, for many times at once. ValueError with SGP4's own sentence if it cannot reach one of them.
    """
    from astropy.time import TimeDelta
    from sgp4.api import SGP4_ERRORS, WGS72, Satrec

    lines = _tle_lines(lines, True)
    times = (frames.parse_epoch(start_iso) + TimeDelta(np.asarray(seconds, dtype=float), format="sec")).utc
    errors, position, velocity = Satrec.twoline2rv(*lines, WGS72).sgp4_array(times.jd1, times.jd2)
    if errors.any():
        k = int(np.flatnonzero(errors)[0])
        raise ValueError(f"SGP4 cannot reach {_iso(times[k])} from this element set: {SGP4_ERRORS[int(errors[k])]}")
    return 1e3 * position, 1e3 * velocity


def tle_count(lines, at_iso):
    """Revolutions of an element set as NORAD counts them, from the ascending node, at a UTC date: the count of the set,
    carried on with its mean motion."""
    lines = _tle_lines(lines, True)
    first, second = lines
    year = int(first[18:20])
    begin = np.datetime64(f"{(1900 if year > 56 else 2000) + year}-01-01", "us")
    epoch = begin + np.timedelta64(int((float(first[20:32]) - 1.0) * 86400e6), "us")
    days = (np.datetime64(str(at_iso).removesuffix("Z"), "us") - epoch) / np.timedelta64(86400000000, "us")
    from_node = (float(second[34:42]) + float(second[43:51])) % 360.0 / 360.0
    return int(second[63:68] or 0) + from_node + float(second[52:63]) * days


def _tle_lines(lines, verify_checksum):
    from sgp4.io import compute_checksum

    if isinstance(lines, str):
        lines = lines.splitlines()
    lines = [str(line).rstrip() for line in lines if str(line).strip()]
    if len(lines) == 3:  # the first is a name
        lines = lines[1:]
    if len(lines) != 2:
        raise ValueError(f"an element set has two lines, {len(lines)} given")
    for number, line in enumerate(lines, 1):
        if not line.isascii() or len(line) < 68 or not line.startswith(f"{number} "):
            raise ValueError(f"TLE line {number} is {line!r}; allowed: 69 columns that start with {number}")
        if verify_checksum and not line[68:69].isdigit():
            raise ValueError(f"TLE line {number} has no checksum in column 69: {line!r}")
        if verify_checksum and int(line[68]) != compute_checksum(line):
            raise ValueError(
                f"TLE line {number} has checksum {line[68]}, its columns add up to {compute_checksum(line)}: "
                f"a column was changed: {line!r}"
            )
    if lines[0][2:7] != lines[1][2:7]:
        raise ValueError(f"TLE lines are of two objects: {lines[0][2:7]!r} and {lines[1][2:7]!r}")
    for name, (line, start, stop) in TLE_FIELDS.items():
        text = lines[line][start:stop].strip()
        if not re.fullmatch(r"-?\d*\.?\d+", text):
            raise ValueError(
                f"TLE line {line + 1}, columns {start + 1}-{stop}: {name} is {text!r}; allowed: a number"
            )
    return lines


def from_omm(path, at_iso=None):
    """An orbit mean-elements message (KVN or XML file) -> OrbitState in TEME at `at_iso`, or at its epoch."""
    from sgp4 import omm
    from sgp4.api import Satrec

    segment = _read_message(path, "OMM").body.segment
    elements, tle, metadata = segment.data.mean_elements, segment.data.tle_parameters, segment.metadata
    if str(metadata.mean_element_theory).upper() not in ("SGP4", "SGP", "SGP/SGP4", "SDP4"):
        raise ValueError(
            f"{path}: MEAN_ELEMENT_THEORY is {metadata.mean_element_theory!r}; allowed: SGP4, SGP/SGP4"
        )
    if tle is None:
        raise ValueError(f"{path}: BSTAR, MEAN_MOTION_DOT and MEAN_MOTION_DDOT are missing; SGP4 needs them")
    fields = {
        "CLASSIFICATION_TYPE": tle.classification_type or "U",
        "OBJECT_ID": metadata.object_id,
        "EPHEMERIS_TYPE": tle.ephemeris_type or 0,
        "ELEMENT_SET_NO": tle.element_set_no or 0,
        "REV_AT_EPOCH": tle.rev_at_epoch or 0,
        "NORAD_CAT_ID": tle.norad_cat_id or 0,
        "EPOCH": _ccsds_time(path, "EPOCH", elements.epoch, metadata.time_system).utc.isot[:26],
    }
    for key in OMM_ELEMENTS:
        fields[key] = _number(path, key, getattr(elements, key.lower()))
    for key in ("BSTAR", "MEAN_MOTION_DOT", "MEAN_MOTION_DDOT"):
        fields[key] = _number(path, key, getattr(tle, key.lower()))
    satellite = Satrec()
    omm.initialize(satellite, fields)
    return _sgp4_state(satellite, at_iso, f"{path}: OMM of {metadata.object_name}")


def _sgp4_state(satellite, at_iso, source):
    from astropy.time import Time
    from sgp4.api import SGP4_ERRORS

    epoch = Time(satellite.jdsatepoch, satellite.jdsatepochF, format="jd", scale="utc", precision=9)
    epoch.format = "isot"
    time = epoch if at_iso is None else frames.parse_epoch(at_iso)
    error, position, velocity = satellite.sgp4(time.jd1, time.jd2)
    if error:
        raise ValueError(f"{source}: SGP4 cannot reach {_iso(time)} from {_iso(epoch)}: {SGP4_ERRORS[error]}")
    return OrbitState(1e3 * np.array(position), 1e3 * np.array(velocity), "TEME", _iso(time), None, source)


# --- CCSDS messages -------------------------------------------------------------------------------


def from_opm(path):
    """An orbit parameter message (KVN or XML file) -> OrbitState in the message's frame at its epoch."""
    segment = _read_message(path, "OPM").body.segment
    vector, spacecraft = segment.data.state_vector, segment.data.spacecraft_parameters
    mass = getattr(spacecraft, "mass", None)
    position, velocity = _vectors(path, vector)
    return OrbitState(
        position,
        velocity,
        _frame(path, segment.metadata),
        _iso(_ccsds_time(path, "EPOCH", vector.epoch, segment.metadata.time_system)),
        None if mass is None else _number(path, "MASS", mass),
        f"{path}: OPM of {segment.metadata.object_name}",
    )


def from_oem(path, at_iso=None):
    """An orbit ephemeris message (KVN or XML file) -> OrbitState at `at_iso`, or at its first useable time.

    Interpolated as the file says (LAGRANGE, HERMITE, LINEAR and a degree; Hermite of degree 7 if it says
    nothing). ValueError if no segment covers the time.
    """
    spans = []
    for segment in _read_message(path, "OEM").body.segment:
        metadata = segment.metadata
        start = metadata.useable_start_time or metadata.start_time
        stop = metadata.useable_stop_time or metadata.stop_time
        start, stop = (
            _ccsds_time(path, key, text, metadata.time_system)
            for key, text in (("USEABLE_START_TIME", start), ("USEABLE_STOP_TIME", stop))
        )
        time = start if at_iso is None else frames.parse_epoch(at_iso)
        if -1e-3 <= (time - start).to_value("s") and (time - stop).to_value("s") <= 1e-3:  # dates are given to 1 ms
            return _interpolate_segment(path, segment, time)
        spans.append(f"{_iso(start)} to {_iso(stop)}")
    raise ValueError(f"{path}: no segment covers {at_iso}; covered: {'; '.join(spans)}")


def _interpolate_segment(path, segment, time):
    from scipy.interpolate import KroghInterpolator

    metadata, vectors = segment.metadata, segment.data.state_vector
    method = (metadata.interpolation or "HERMITE").upper()
    degree = int(metadata.interpolation_degree or 7)
    if method not in ("LAGRANGE", "HERMITE", "LINEAR") or not 1 <= degree <= 31:
        raise ValueError(
            f"{path}: INTERPOLATION is {method} of degree {degree}; "
            f"allowed: LAGRANGE, HERMITE, LINEAR of degree 1 to 31"
        )
    stamps = [_ccsds_time(path, "EPOCH", vector.epoch, metadata.time_system) for vector in vectors]
    seconds = np.array([(stamp - time).to_value("s") for stamp in stamps])
    if np.any(np.diff(seconds) <= 0.0):
        raise ValueError(f"{path}: the epochs of the state vectors do not increase")
    needed = {"LINEAR": 2, "LAGRANGE": degree + 1, "HERMITE": (degree + 1) // 2}[method]
    count = min(needed, len(seconds))
    first = int(np.clip(np.searchsorted(seconds, 0.0) - count // 2, 0, len(seconds) - count))
    chosen = slice(first, first + count)
    states = [_vectors(path, vector) for vector in vectors[chosen]]
    position, velocity = (np.array(part) for part in zip(*states, strict=True))
    if method == "HERMITE":
        nodes = np.repeat(seconds[chosen], 2)
        values = np.stack([position, velocity], axis=1).reshape(-1, 3)
        position, velocity = KroghInterpolator(nodes, values).derivatives(0.0, 2)
    else:
        position = KroghInterpolator(seconds[chosen], position)(0.0)
        velocity = KroghInterpolator(seconds[chosen], velocity)(0.0)
    source = f"{path}: OEM of {metadata.object_name}"
    return OrbitState(position, velocity, _frame(path, metadata), _iso(time), None, source)


def _read_message(path, kind):
    """The message as an object tree. ValueError naming the file if it is none, or of another kind."""
    from ccsds_ndm.ndm_io import NdmIo

    try:
        message = NdmIo().from_path(path)
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror or error}") from None
    except Exception as error:  # the reader's exceptions are of many kinds
        raise ValueError(f"{path}: not a readable {kind} (KVN or XML): {error}") from None
    if not type(message).__name__.upper().startswith(kind):
        raise ValueError(f"{path}: holds {type(message).__name__}; expected an {kind}")
    return message


def _number(path, key, quantity):
    """The value of a CCSDS quantity. ValueError if it is missing or not finite."""
    value = getattr(quantity, "value", quantity)
    if value is None or not np.isfinite(float(value)):
        raise ValueError(f"{path}: {key} is {value}; allowed: a finite number")
    return float(value)


def _vectors(path, vector):
    """Position (m) and velocity (m/s) of a CCSDS state vector, which is in km."""
    keys = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
    values = [1e3 * _number(path, key, getattr(vector, key.lower())) for key in keys]
    return np.array(values[:3]), np.array(values[3:])


def _frame(path, metadata):
    if str(metadata.center_name).upper() != "EARTH":
        raise ValueError(f"{path}: CENTER_NAME is {metadata.center_name!r}; allowed: EARTH")
    name = str(metadata.ref_frame).upper()
    name = "ITRF" if re.fullmatch(r"ITRF[-_]?\d+", name) else name
    if name not in CCSDS_FRAMES:
        raise ValueError(f"{path}: REF_FRAME is {metadata.ref_frame!r}; allowed: {', '.join(CCSDS_FRAMES)}")
    return CCSDS_FRAMES[name]


def _ccsds_time(path, key, text, time_system):
    """A CCSDS date (calendar or day of year) in its time system -> astropy Time, UTC."""
    from astropy.time import Time, TimeDelta

    system = str(time_system).upper()
    if system not in CCSDS_TIME_SYSTEMS:
        raise ValueError(f"{path}: TIME_SYSTEM is {time_system!r}; allowed: {', '.join(CCSDS_TIME_SYSTEMS)}")
    text = str(text).strip().removesuffix("Z")
    of_year = re.fullmatch(r"(\d{4})-(\d{3})T(.+)", text)
    scale = "tai" if system == "GPS" else system.lower()
    try:
        if of_year:
            time = Time(":".join(of_year.groups()), format="yday", scale=scale, precision=9)
        else:
            time = Time(text, format="isot", scale=scale, precision=9)
    except ValueError:
        raise ValueError(f"{path}: {key} is {text!r}; allowed: a date such as 2023-03-28T09:57:00") from None
    if system == "GPS":
        time = time + TimeDelta(19.0, format="sec")
    time = time.utc
    time.format = "isot"
    return time


# --- Keplerian elements and poliastro's objects ---------------------------------------------------


def _orbit_library():
    """boinor, or poliastro where boinor is not installed: the same library under two names."""
    try:
        import boinor as library
    except ImportError:
        import poliastro as library
    return library.__name__


def library(name):
    from importlib import import_module

    return import_module(f"{_orbit_library()}.{name}")


def from_elements(
    semi_major_axis,
    eccentricity,
    inclination,
    node,
    argument_of_perigee,
    anomaly,
    epoch_iso,
    frame="GCRS",
    anomaly_kind="true",
    gravitational_parameter=constants.GRAVITATIONAL_PARAMETER,
    source="",
):
    """Osculating Keplerian elements (m, rad) -> OrbitState in an inertial frame.

    node: right ascension of the ascending node; anomaly_kind: "true" or "mean" (ellipses only).
    """
    if anomaly_kind not in ("true", "mean"):
        raise ValueError(f"anomaly_kind is {anomaly_kind!r}; allowed: true, mean")
    if frame == "ITRS" or frame not in frames.FRAMES:
        raise ValueError(f"elements in frame {frame!r}; allowed: GCRS, EME2000, TEME, earth-fixed-at-epoch")
    if eccentricity < 0.0 or semi_major_axis * (1.0 - eccentricity) <= 0.0:
        raise ValueError(
            f"eccentricity {eccentricity} with semi_major_axis {semi_major_axis} m is no orbit; allowed: "
            f"0 to 1 with a positive, above 1 with a negative semi-major axis"
        )
    if anomaly_kind == "mean":
        anomaly = _true_anomaly(anomaly, eccentricity)
    parameter = semi_major_axis * (1.0 - eccentricity**2)
    radius = parameter / (1.0 + eccentricity * np.cos(anomaly))
    speed = np.sqrt(gravitational_parameter / parameter)
    in_plane_position = radius * np.array([np.cos(anomaly), np.sin(anomaly)])
    in_plane_velocity = speed * np.array([-np.sin(anomaly), eccentricity + np.cos(anomaly)])
    to_perigee, ahead = _perifocal_axes(inclination, node, argument_of_perigee)
    position, velocity = (np.array([to_perigee, ahead]).T @ v for v in (in_plane_position, in_plane_velocity))
    epoch_iso = _iso(frames.parse_epoch(epoch_iso))
    return OrbitState(position, velocity, frame, epoch_iso, None, source)


def _perifocal_axes(inclination, node, argument_of_perigee):
    """Unit vectors toward perigee and 90 degrees ahead of it (Vallado, eq. 2-99, first two columns)."""
    ascending = np.array([np.cos(node), np.sin(node), 0.0])
    level = np.array([-np.sin(node), np.cos(node), 0.0])
    across = np.cos(inclination) * level + np.sin(inclination) * np.array([0.0, 0.0, 1.0])
    cosine, sine = np.cos(argument_of_perigee), np.sin(argument_of_perigee)
    return cosine * ascending + sine * across, -sine * ascending + cosine * across


def _true_anomaly(mean_anomaly, eccentricity):
    """Kepler's equation M = E - e sin E by Newton's method, then E to the true anomaly. Ellipses only."""
    if eccentricity >= 1.0:
        raise ValueError(f"a mean anomaly needs an ellipse; eccentricity is {eccentricity}")
    mean = np.mod(mean_anomaly + np.pi, 2.0 * np.pi) - np.pi
    eccentric = mean if eccentricity < 0.8 else np.copysign(np.pi, mean)
    for _ in range(50):
        residual = mean - eccentric + eccentricity * np.sin(eccentric)
        step = residual / (1.0 - eccentricity * np.cos(eccentric))
        eccentric += step
        if abs(step) < 1e-15:
            break
    half = np.sqrt((1.0 + eccentricity) / (1.0 - eccentricity)) * np.tan(0.5 * eccentric)
    return 2.0 * np.arctan(half)


def to_orbit(state):
    """OrbitState -> poliastro/boinor Orbit about the Earth, in GCRS."""
    from astropy import units

    state = state.in_frame("GCRS")
    return library("twobody").Orbit.from_vectors(
        library("bodies").Earth,
        state.position * units.m,
        state.velocity * units.m / units.s,
        epoch=frames.parse_epoch(state.epoch_iso),
    )


def from_orbit(orbit, source="poliastro Orbit"):
    """poliastro/boinor Orbit about the Earth -> OrbitState in GCRS."""
    if orbit.attractor.name != "Earth":
        raise ValueError(f"the orbit is about {orbit.attractor.name}; allowed: Earth")
    position, velocity = orbit.rv()
    epoch = orbit.epoch.utc.copy(format="isot")
    epoch.precision = 9
    return OrbitState(position.to_value("m"), velocity.to_value("m/s"), "GCRS", _iso(epoch), None, source)


def to_ephem(position, velocity, epoch_iso, elapsed):
    """GCRS states (n, 3) in m and m/s at `elapsed` (n,) s after a UTC epoch -> poliastro/boinor Ephem."""
    from astropy import units
    from astropy.coordinates import CartesianDifferential, CartesianRepresentation
    from astropy.time import TimeDelta

    motion = CartesianDifferential(np.asarray(velocity).T * units.m / units.s)
    path = CartesianRepresentation(np.asarray(position).T * units.m, differentials=motion)
    epochs = (frames.parse_epoch(epoch_iso) + TimeDelta(np.asarray(elapsed, dtype=float), format="sec")).tdb
    plane = library("frames").Planes.EARTH_EQUATOR
    return library("ephem").Ephem(path, epochs, plane)
