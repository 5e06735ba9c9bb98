"""Air and wind tables: departures from the models, smoothness, files, signs."""

import numpy as np
import pytest

from trajectory import atmosphere, frames, wind

UTC = np.datetime64("2023-03-28T11:00", "ms")
INDICES = (165.0, 160.0, 12.0)


def test_exponential_and_constant():
    heights = np.linspace(0.0, 9e5, 5000)
    ours, _ = atmosphere.evaluate(atmosphere.exponential(1.225, 7200.0), heights[heights < 4e5])
    assert np.abs(ours / (1.225 * np.exp(-heights[heights < 4e5] / 7200.0)) - 1.0).max() < 1e-6
    ours, _ = atmosphere.evaluate(atmosphere.constant(1.4e-12), heights)
    np.testing.assert_allclose(ours, 1.4e-12, rtol=1e-12)


def test_vacuum_above_the_top():
    air = atmosphere.us76(top=2e5)
    density, _ = atmosphere.evaluate(air, np.array([2e5, 2.0001e5]))
    assert density[0] > 0.0 and density[1] == 0.0


def test_polynomial():
    coefficients = [-12.0, -14.0, 3.0, 0.5, -1.0]
    heights = np.linspace(8e3, 4.3e5, 999)
    s = heights / (heights + 120e3)
    x = (2.0 * s - 0.0625 - 0.78) / (0.78 - 0.0625)
    ours, _ = atmosphere.evaluate(atmosphere.polynomial(coefficients, 120e3, 0.0625, 0.78), heights)
    theirs = np.exp(np.polynomial.polynomial.polyval(x, coefficients))
    assert np.abs(ours / theirs - 1.0).max() < 1e-9


def test_piecewise_exponential():
    layers = [
        (0.0, 1.225, 7249.0),
        (25e3, 3.899e-2, 6349.0),
        (600e3, 1.454e-13, 71835.0),
        (700e3, 3.614e-14, 88667.0),
    ]
    air = atmosphere.piecewise_exponential(layers)
    heights = np.linspace(610e3, 690e3, 500)
    ours, _ = atmosphere.evaluate(air, heights)
    assert np.abs(ours / (1.454e-13 * np.exp(-(heights - 600e3) / 71835.0)) - 1.0).max() < 1e-6


@pytest.mark.parametrize("air", [atmosphere.us76(), atmosphere.exponential(1.2, 8e3)])
def test_smooth_to_the_second_derivative(air):
    for coefficients in (air.log_density, air.sound_speed):
        left, right = coefficients[:-1], coefficients[1:]
        scale = np.abs(coefficients).max(axis=0)
        assert np.abs(left.sum(axis=1) - right[:, 0]).max() < 1e-12 * scale[0]
        assert np.abs(left @ [0, 1, 2, 3] - right[:, 1]).max() < 1e-11 * scale[0]
        assert np.abs(left @ [0, 0, 2, 6] - 2 * right[:, 2]).max() < 1e-10 * scale[0]


def deorbit_track(node, start):
    """A made-up flight from 440 km to the ground, 100 km off its plane at the end."""
    sweep = np.radians(205.0)
    angle = np.linspace(start, start + sweep, 300)
    way = (angle - start) / sweep
    cosine, sine = np.cos(np.radians(51.64)), np.sin(np.radians(51.64))
    p = np.array([np.cos(node), np.sin(node), 0.0])
    q = np.array([-np.sin(node) * cosine, np.cos(node) * cosine, sine])
    position = 6.79e6 * (np.cos(angle)[:, None] * p + np.sin(angle)[:, None] * q)
    position = position + (1e5 * way**20)[:, None] * np.cross(p, q)
    altitude = np.interp(way, [0.0, 0.65, 0.9, 1.0], [440e3, 110e3, 50e3, 0.0])
    return position, (angle - start) / 1.13e-3, altitude


@pytest.mark.parametrize("node", [0.3, 2.0, 4.0, 5.5])
@pytest.mark.parametrize("start", [0.5, 2.0, 3.5, 5.0])
def test_msis_along_a_track(node, start):
    """The table that the kernel uses is within 1 % of direct calls along a deorbit from 440 km."""
    earth = frames.orientation("2023-03-28T10:50:00Z")
    position, elapsed, altitude = deorbit_track(node, start)
    latitude, longitude, utc, plane = frames.track_circle(position, elapsed, earth)
    air = atmosphere.nrlmsis(latitude, longitude, utc, *INDICES, plane=plane)
    place = frames.geodetic(position, elapsed, earth)[:2]
    stamps = np.array([text[:-1] for text in frames.utc(earth.epoch, elapsed)], dtype="datetime64[ms]")
    direct, _ = atmosphere.msis(*place, altitude, stamps, *INDICES)
    angle = np.arctan2(position @ air.track_q, position @ air.track_p)
    departure = np.abs(atmosphere.evaluate(air, altitude, angle)[0] / direct - 1.0)
    print(f"largest departure {departure.max():.1e}")
    assert departure.max() < 0.01
    assert air.packed.shape == (600, 72) and air.packed.flags.c_contiguous


def test_msis_at_one_place():
    air = atmosphere.nrlmsis(0.83, 1.2, UTC, *INDICES)
    heights = np.linspace(0.0, 6e5, 700)
    direct, _ = atmosphere.msis(0.83, 1.2, heights, UTC, *INDICES)
    assert np.abs(atmosphere.evaluate(air, heights)[0] / direct - 1.0).max() < 1e-3


def test_air_file(tmp_path):
    heights = np.linspace(0.0, 1.2e5, 61)
    density = 1.2 * np.exp(-heights / 7000.0)
    rows = "\n".join(f"{h:.1f},{d:.9e},250" for h, d in zip(heights, density, strict=True))
    path = tmp_path / "air.csv"
    path.write_text("# mine\naltitude_m,density,temperature\n" + rows)
    ours, sound = atmosphere.evaluate(atmosphere.from_file(path), np.array([12345.0, 87654.0]))
    np.testing.assert_allclose(ours, 1.2 * np.exp(-np.array([12345.0, 87654.0]) / 7000.0), rtol=1e-7)
    np.testing.assert_allclose(sound, np.sqrt(1.4 * 8314.32 / 28.9644 * 250.0))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("altitude_m,rho\n0,1", "line 1: columns are altitude_m, rho"),
        ("altitude_m,density\n0,1\n0,1", "line 3: altitude_m is 0 after 0"),
        ("altitude_m,density\n0,1\n90000,1", "line 3: altitude_m is 90000"),
        ("altitude_m,density\n0,1\n1000,-1", "line 3: density is -1"),
        ("altitude_m,density\n0,1\n1000,x", "line 3: density is 'x'"),
        ("altitude_m,density\n0,1\n1000,nan", "line 3: density is 'nan'"),
        ("altitude_m,density\n0,1\n1000", "line 3: 1 values"),
        ("altitude_m,density\n0,1\n9e9,1", "line 3: altitude_m"),
        ("altitude_m,density\n0,1\n1000,0.9", "2 rows"),
    ],
)
def test_bad_air_file(tmp_path, text, words):
    path = tmp_path / "air.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=words) as caught:
        atmosphere.from_file(path)
    assert "air.csv" in str(caught.value)
    with pytest.raises(ValueError, match="No such file"):
        atmosphere.from_file(tmp_path / "none.csv")


def test_wind_tables(tmp_path):
    heights = np.linspace(-1e3, 1.3e5, 400)
    assert not np.any(wind.evaluate(wind.calm(), heights))
    east, north = wind.evaluate(wind.constant(7.0, -3.0), heights)
    np.testing.assert_allclose(east, 7.0)
    np.testing.assert_allclose(north, -3.0)
    path = tmp_path / "wind.csv"
    path.write_text("altitude_m,east_m_s,north_m_s\n0,0,0\n1000,5,1\n5000,20,2\n12000,30,-4\n")
    profile = wind.from_file(path)
    at_rows = wind.evaluate(profile, np.array([0.0, 1000.0, 5000.0, 12000.0, 5e4]))
    np.testing.assert_allclose(at_rows[0], [0, 5, 20, 30, 30], atol=0.02)
    np.testing.assert_allclose(at_rows[1], [0, 1, 2, -4, -4], atol=0.02)
    assert profile.packed.shape[1] == 8
    path.write_text("altitude_m,east_m_s,north_m_s\n0,0,0\n1000,500,1\n")
    with pytest.raises(ValueError, match="line 3: east_m_s is 500"):
        wind.from_file(path)


def test_a_balloon_drifts_downwind():
    """A wind toward east carries to the east, one toward north to the north."""
    earth = frames.aligned("2023-03-28T11:00:00Z")
    start = frames.from_geodetic(0.83, 1.2, 5000.0, 0.0, earth)
    east_axis, north_axis, _ = frames.local_horizon(start, 0.0, earth)
    for speeds in ((10.0, 0.0), (0.0, 10.0)):
        east, north = wind.evaluate(wind.constant(*speeds), 5000.0)
        air = np.cross([0.0, 0.0, earth.rotation_rate], start) + east * east_axis + north * north_axis
        latitude, longitude, _ = frames.geodetic(start + 10.0 * air, 10.0, earth)
        drift = 6.37e6 * np.array([(longitude - 1.2) * np.cos(0.83), latitude - 0.83])
        np.testing.assert_allclose(drift, 10.0 * np.array(speeds), atol=1.0)


@pytest.mark.parametrize("latitude", [48.0, -48.0])
def test_climatology(latitude):
    """Westerlies of both hemispheres at the tropopause, calm at the ground, none above 115 km."""
    profile = wind.climatology(np.radians(latitude), np.radians(68.0), UTC, *INDICES)
    east, north = wind.evaluate(profile, np.array([0.0, 10e3, 119e3]))
    assert 8.0 < east[1] < 40.0 and abs(north[1]) < 10.0
    assert abs(east[0]) < 1e-6 and abs(east[2]) < 0.1
    with pytest.raises(ValueError, match="allowed: 15 to 75"):
        wind.climatology(0.0, 1.2, UTC, *INDICES)
