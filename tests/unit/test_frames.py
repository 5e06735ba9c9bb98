"""Frames: round trips, signs, epochs, Sun and Moon."""

import warnings

import numpy as np
import pytest

from trajectory import frames, geodesy

EARTH = frames.orientation("2023-03-28T09:57:00Z")
PERFECT = frames.aligned("2023-03-28T09:57:00Z")
RANDOM = np.random.default_rng(7)
POSITION = np.array([4.1e6, -3.2e6, 4.3e6]) + RANDOM.normal(size=(50, 3)) * 3e5
VELOCITY = np.array([2.5e3, 6.9e3, 1.1e3]) + RANDOM.normal(size=(50, 3)) * 1e2
ELAPSED = np.linspace(-3000.0, 9000.0, 50)


@pytest.mark.parametrize("frame", frames.FRAMES)
def test_there_and_back(frame):
    there = frames.state_from_case(POSITION[3], VELOCITY[3], frame, 1234.5, EARTH)
    position, velocity = frames.state_to_case(*there, frame, frames.utc(EARTH.epoch, 1234.5), EARTH)
    np.testing.assert_allclose(position, POSITION[3], rtol=0, atol=1e-5)
    np.testing.assert_allclose(velocity, VELOCITY[3], rtol=0, atol=1e-8)


@pytest.mark.parametrize("frame", frames.FRAMES)
def test_arrays_equal_single_states(frame):
    position, velocity = frames.state_from_case(POSITION, VELOCITY, frame, ELAPSED, EARTH)
    one = frames.state_from_case(POSITION[17], VELOCITY[17], frame, ELAPSED[17], EARTH)
    np.testing.assert_allclose(position[17], one[0], rtol=1e-15, atol=1e-8)
    np.testing.assert_allclose(velocity[17], one[1], rtol=1e-15, atol=1e-11)


def test_against_astropy():
    """TEME, ITRS and GCRS of astropy's coordinates, which uses the same IERS tables: 1 cm, 1e-4 m/s."""
    coordinates = pytest.importorskip("astropy.coordinates")
    from astropy import units
    from astropy.time import Time

    later = frames.utc(EARTH.epoch, 4000.0)
    time = Time(later[:-1], scale="utc")
    motion = coordinates.CartesianDifferential(VELOCITY[0] * units.m / units.s)
    state = coordinates.CartesianRepresentation(POSITION[0] * units.m, differentials=motion)
    teme = coordinates.TEME(state, obstime=time)
    case = frames.state_to_case(POSITION[0], VELOCITY[0], "TEME", later, EARTH)
    for name in ("GCRS", "ITRS"):
        theirs = teme.transform_to(getattr(coordinates, name)(obstime=time))
        position, velocity = frames.state_from_case(*case, name, 4000.0, EARTH)
        assert np.linalg.norm(theirs.cartesian.xyz.to_value("m") - position) < 0.01
        assert np.linalg.norm(theirs.velocity.d_xyz.to_value("m/s") - velocity) < 1e-4


def test_the_kernels_earth_follows_the_real_one():
    """A constant turn about a fixed pole: 0.2 m at the surface after two hours."""
    ground = frames.from_geodetic(0.83, 1.2, 0.0, 7200.0, EARTH)
    fixed, _ = frames.state_from_case(ground, np.zeros(3), "ITRS", 7200.0, EARTH)
    kernel, _ = frames.state_from_case(
        frames.from_geodetic(0.83, 1.2, 0.0, 0.0, EARTH), np.zeros(3), "ITRS", 0.0, EARTH
    )
    assert np.linalg.norm(fixed - kernel) < 0.2


@pytest.mark.parametrize("flattening", [0.0, 1.0 / 298.257223563, 0.01])
def test_geodetic_round_trip(flattening):
    earth = frames.aligned("2023-03-28T09:57:00Z", flattening=flattening)
    latitude, longitude, altitude = np.radians(-51.6), np.radians(170.0), np.array([-400.0, 0.0, 4.2e5])
    position = frames.from_geodetic(latitude, longitude, altitude, 55.0, earth)
    back = frames.geodetic(position, 55.0, earth)
    np.testing.assert_allclose(back[0], latitude, rtol=1e-11)  # one iteration of Fukushima (2006)
    np.testing.assert_allclose(back[1], longitude, rtol=1e-13)
    np.testing.assert_allclose(back[2], altitude, rtol=0, atol=2e-9 * 1e3)


def test_the_earth_turns_eastward():
    position = np.array([7e6, 0.0, 0.0])
    assert frames.geodetic(position, 100.0, PERFECT)[1] == pytest.approx(-100.0 * PERFECT.rotation_rate)
    at_rest = np.cross([0.0, 0.0, PERFECT.rotation_rate], position)
    assert np.linalg.norm(frames.relative_velocity(position, at_rest, PERFECT)) == 0.0


def test_horizon_axes():
    east, north, up = frames.local_horizon(np.array([7e6, 0.0, 0.0]), 0.0, PERFECT)
    np.testing.assert_allclose([east, north, up], [[0, 1, 0], [0, 0, 1], [1, 0, 0]], atol=1e-15)
    _, _, geodetic = frames.local_horizon(POSITION, ELAPSED, EARTH)
    _, _, geocentric = frames.local_horizon(POSITION, ELAPSED, EARTH, "geocentric")
    tilt = np.degrees(np.arccos(np.sum(geodetic * geocentric, axis=-1)))
    assert 0.05 < tilt.max() < 0.21


@pytest.mark.parametrize("horizon", frames.HORIZONS)
@pytest.mark.parametrize("relative", [True, False])
def test_angles_round_trip(horizon, relative):
    angles = frames.velocity_angles(POSITION, VELOCITY, ELAPSED, EARTH, horizon, relative)
    back = frames.velocity_from_angles(POSITION, *angles, ELAPSED, EARTH, horizon, relative)
    np.testing.assert_allclose(back, VELOCITY, rtol=0, atol=1e-8)


def test_azimuth_is_clockwise_from_north():
    position = frames.from_geodetic(0.8, 0.3, 1e5, 0.0, PERFECT)
    east, north, up = frames.local_horizon(position, 0.0, PERFECT)
    _, angle, azimuth = frames.velocity_angles(position, north + east - up, 0.0, PERFECT, relative=False)
    assert np.degrees(azimuth) == pytest.approx(45.0)
    assert np.degrees(angle) == pytest.approx(-np.degrees(np.arctan(1 / np.sqrt(2))))


def test_downrange_and_crossrange():
    start = np.radians(40.0), np.radians(60.0)
    along = geodesy.downrange_crossrange(np.radians(40.5), np.radians(60.0), *start, 0.0)
    assert along[0] == pytest.approx(geodesy.distance(*start, np.radians(40.5), np.radians(60.0)), abs=1e-3)
    assert along[1] == pytest.approx(0.0, abs=1e-3)
    right = geodesy.downrange_crossrange(np.radians(40.5), np.radians(60.1), *start, 0.0)
    assert right[1] > 8e3
    # to the right of a geodesic and back: the definition, by geodesics
    from pyproj import Geod

    ellipsoid = Geod(ellps="WGS84")
    foot = ellipsoid.fwd(60.0, 40.0, 75.0, 1.5e6)
    point = ellipsoid.fwd(foot[0], foot[1], foot[2] + 180.0 + 90.0, 2.0e5)
    both = geodesy.downrange_crossrange(np.radians(point[1]), np.radians(point[0]), *start, np.radians(75.0))
    np.testing.assert_allclose(both, [1.5e6, 2.0e5], rtol=0, atol=0.01)


def test_sun_and_moon_table():
    """Chebyshev series against direct evaluation: far below 1 km."""
    table = frames.sun_moon_table(EARTH, -4000.0, 3.0 * 86400.0)
    assert table[0].shape == (7, 2, 3, 12)
    elapsed = np.linspace(-4000.0, 3.0 * 86400.0, 777)
    error = np.abs(frames.evaluate_sun_moon(*table, elapsed) - frames.sun_moon_position(elapsed, EARTH))
    assert error[:, 0].max() < 1.0
    assert error[:, 1].max() < 1.0


def test_sun_stands_where_it_should():
    """At the June solstice, noon on the tropic: overhead; near equinox the equation of time is -5 min."""
    earth = frames.orientation("2023-06-21T12:00:00Z")
    noon = frames.apparent_solar_time(0.0, 0.0, earth)
    assert noon == pytest.approx(12.0, abs=0.05)
    assert np.degrees(frames.sun_elevation(np.radians(23.44), 0.0, 0.0, earth)) > 89.0
    spring = frames.orientation("2023-03-28T12:00:00Z")
    assert 60.0 * (frames.apparent_solar_time(0.0, 0.0, spring) - 12.0) == pytest.approx(-5.2, abs=0.3)


def test_utc_text():
    assert frames.utc("2023-03-28T09:57:00Z", 0.0) == "2023-03-28T09:57:00.000Z"
    assert frames.utc("2023-03-28T23:59:59.9996", [0.0, -1.0]).tolist() == [
        "2023-03-29T00:00:00.000Z",
        "2023-03-28T23:59:59.000Z",
    ]
    leap = frames.utc("2016-12-31T23:59:00Z", [59.0, 60.5, 61.5]).tolist()
    assert leap == ["2016-12-31T23:59:59.000Z", "2016-12-31T23:59:60.500Z", "2017-01-01T00:00:00.500Z"]


def test_bad_words_are_named():
    with pytest.raises(ValueError, match="not a UTC date"):
        frames.orientation("2023-13-28T09:57:00Z")
    with pytest.raises(ValueError, match="unknown frame 'J2001'; allowed: GCRS"):
        frames.state_to_case(POSITION[0], VELOCITY[0], "J2001", "2023-03-28T09:57:00Z", EARTH)
    with pytest.raises(ValueError, match="real Earth"):
        frames.state_from_case(POSITION[0], VELOCITY[0], "TEME", 0.0, PERFECT)


def test_a_far_date_warns_and_names_the_last_covered_one():
    with pytest.warns(
        frames.EarthOrientationWarning, match=r"2090-01-01T00:00:00Z.*last covered date 20\d\d"
    ):
        frames.orientation("2090-01-01T00:00:00Z")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frames.orientation("2019-06-25T01:55:03Z")


def test_track_circle_follows_the_flight():
    angle = np.linspace(0.0, np.radians(200.0), 300)
    position = 6.7e6 * np.stack([np.cos(angle), 0.62 * np.sin(angle), 0.78 * np.sin(angle)], axis=-1)
    elapsed = angle / 1.13e-3
    latitude, longitude, utc, (p, q) = frames.track_circle(position, elapsed, EARTH)
    assert latitude.shape == longitude.shape == utc.shape == (64,)
    there = np.mod(np.arctan2(position @ q, position @ p), 2.0 * np.pi)
    direct = frames.geodetic(position, elapsed, EARTH)[0]
    grid = np.append(2.0 * np.pi * np.arange(64) / 64, 2.0 * np.pi)
    assert np.abs(np.interp(there, grid, np.append(latitude, latitude[0])) - direct).max() < 0.01
