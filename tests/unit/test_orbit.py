"""Orbits: element sets, CCSDS messages, Keplerian elements, poliastro's objects."""

import numpy as np
import pytest

from trajectory import orbit

ISS = (
    "1 25544U 98067A   19176.07912270  .00000546  00000-0  17254-4 0  9990",
    "2 25544  51.6438 318.4462 0008004  88.9180  12.2826 15.51234040176542",
)
OPM = """CCSDS_OPM_VERS = 2.0
CREATION_DATE = 2023-03-28T00:00:00
ORIGINATOR = TEST
OBJECT_NAME = ISS
OBJECT_ID = 1998-067-A
CENTER_NAME = EARTH
REF_FRAME = ITRF-97
TIME_SYSTEM = TAI
EPOCH = 2023-087T00:00:37.5
X = 6503.514
Y = 1239.647
Z = -717.490
X_DOT = -0.873160
Y_DOT = 8.740420
Z_DOT = -4.191076
MASS = 7150.0
SOLAR_RAD_AREA = 10.0
SOLAR_RAD_COEFF = 1.3
DRAG_AREA = 10.0
DRAG_COEFF = 2.3
"""
OMM = """CCSDS_OMM_VERS = 2.0
CREATION_DATE = 2019-06-25T16:00:00
ORIGINATOR = TEST
OBJECT_NAME = ISS
OBJECT_ID = 1998-067A
CENTER_NAME = EARTH
REF_FRAME = TEME
TIME_SYSTEM = UTC
MEAN_ELEMENT_THEORY = SGP/SGP4
EPOCH = 2019-06-25T01:53:56.201280
MEAN_MOTION = 15.51234040
ECCENTRICITY = 0.0008004
INCLINATION = 51.6438
RA_OF_ASC_NODE = 318.4462
ARG_OF_PERICENTER = 88.9180
MEAN_ANOMALY = 12.2826
EPHEMERIS_TYPE = 0
CLASSIFICATION_TYPE = U
NORAD_CAT_ID = 25544
ELEMENT_SET_NO = 999
REV_AT_EPOCH = 17654
BSTAR = 0.000017254
MEAN_MOTION_DOT = 0.00000546
MEAN_MOTION_DDOT = 0.0
"""
OEM_HEAD = """CCSDS_OEM_VERS = 2.0
CREATION_DATE = 2023-03-28T00:00:00
ORIGINATOR = TEST
META_START
OBJECT_NAME = ISS
OBJECT_ID = 1998-067-A
CENTER_NAME = EARTH
REF_FRAME = EME2000
TIME_SYSTEM = UTC
START_TIME = 2023-03-28T00:00:00
STOP_TIME = 2023-03-28T01:00:00
INTERPOLATION = {method}
INTERPOLATION_DEGREE = {degree}
META_STOP
"""
RATE = 2.0 * np.pi / 5560.0


def write(folder, name, text):
    path = folder / name
    path.write_text(text)
    return path


def circle(seconds):
    """Position (km) and velocity (km/s) on a circle."""
    angle = RATE * np.asarray(seconds)
    position = 6790.0 * np.array([np.cos(angle), 0.6 * np.sin(angle), 0.8 * np.sin(angle)])
    velocity = 6790.0 * RATE * np.array([-np.sin(angle), 0.6 * np.cos(angle), 0.8 * np.cos(angle)])
    return position, velocity


def test_tle():
    state = orbit.from_tle(ISS)
    assert state.frame == "TEME" and state.epoch_iso.startswith("2019-06-25T01:53:56.20")
    assert 6.7e6 < np.linalg.norm(state.position) < 6.8e6
    named = orbit.from_tle("ISS (ZARYA)\n" + "\n".join(ISS), "2019-06-25T01:55:03Z")
    assert named.epoch_iso.startswith("2019-06-25T01:55:03.000")
    assert np.linalg.norm(named.position - state.position) == pytest.approx(66.8 * 7665.0, rel=1e-2)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (ISS[:1], "two lines, 1 given"),
        ((ISS[0][:-1] + "1", ISS[1]), "checksum 1, its columns add up to 0"),
        ((ISS[0].replace("19176", "19l76"), ISS[1]), "epoch is '19l76"),
        ((ISS[1], ISS[0]), "TLE line 1 is"),
        ((ISS[0], ISS[1].replace("25544", "25545").replace("6542", "6543")), "two objects"),
        ((ISS[0][:60], ISS[1]), "69 columns"),
    ],
)
def test_bad_tle(lines, words):
    with pytest.raises(ValueError, match=words):
        orbit.from_tle(lines, verify_checksum="add up" in words)


def test_omm_equals_tle(tmp_path):
    ours = orbit.from_omm(write(tmp_path, "iss.omm", OMM))
    theirs = orbit.from_tle(ISS)
    np.testing.assert_allclose(ours.position, theirs.position, rtol=0, atol=0.02)


def test_opm(tmp_path):
    state = orbit.from_opm(write(tmp_path, "iss.opm", OPM))
    assert (state.frame, state.mass) == ("ITRS", 7150.0)
    assert state.epoch_iso.startswith("2023-03-28T00:00:00.500")
    np.testing.assert_allclose(state.position, [6503514.0, 1239647.0, -717490.0])
    np.testing.assert_allclose(state.velocity, [-873.16, 8740.42, -4191.076])


def test_xml_equals_kvn(tmp_path):
    from ccsds_ndm.ndm_io import NDMFileFormats, NdmIo

    kvn = write(tmp_path, "iss.opm", OPM)
    NdmIo().to_file(NdmIo().from_path(kvn), NDMFileFormats.XML, tmp_path / "iss.xml")
    np.testing.assert_array_equal(orbit.from_opm(tmp_path / "iss.xml").position, orbit.from_opm(kvn).position)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("X = 6503.514\n", ""), "X is None"),
        (("EARTH", "MARS"), "CENTER_NAME is 'MARS'"),
        (("ITRF-97", "MARSIAU"), "REF_FRAME"),
        (("2023-087", "2023-987"), "EPOCH is"),
        (("TAI", "MJD"), "iss.opm"),
        (("X = 6503.514", "X = far"), "iss.opm"),
        (("OPM", "XYZ"), "iss.opm"),
    ],
)
def test_bad_opm(tmp_path, change, words):
    with pytest.raises(ValueError, match=words):
        orbit.from_opm(write(tmp_path, "iss.opm", OPM.replace(*change)))


def test_missing_file_and_wrong_kind(tmp_path):
    with pytest.raises(ValueError, match="No such file"):
        orbit.from_oem(tmp_path / "none.oem")
    with pytest.raises(ValueError, match="expected an OEM"):
        orbit.from_oem(write(tmp_path, "iss.opm", OPM))


@pytest.mark.parametrize(
    ("method", "degree", "tolerance"), [("HERMITE", 7, 0.05), ("LAGRANGE", 9, 0.05), ("LINEAR", 1, 4e4)]
)
def test_oem_interpolation(tmp_path, method, degree, tolerance):
    rows = ""
    for second in range(0, 3601, 240):
        position, velocity = circle(second)
        stamp = f"2023-03-28T{second // 3600:02d}:{second // 60 % 60:02d}:00.000"
        rows += stamp + "".join(f" {v:.9f}" for v in (*position, *velocity)) + "\n"
    path = write(tmp_path, "iss.oem", OEM_HEAD.format(method=method, degree=degree) + rows)
    state = orbit.from_oem(path, "2023-03-28T00:33:20Z")
    position, velocity = circle(2000.0)
    assert np.abs(state.position - 1e3 * position).max() < tolerance
    assert np.abs(state.velocity - 1e3 * velocity).max() < tolerance / 100.0
    assert orbit.from_oem(path).epoch_iso.startswith("2023-03-28T00:00:00.000")
    with pytest.raises(ValueError, match="no segment covers"):
        orbit.from_oem(path, "2023-03-28T02:00:00Z")


@pytest.mark.parametrize("kind", ["true", "mean"])
def test_elements_equal_poliastro(kind):
    state = orbit.from_elements(2.6e7, 0.7, 0.9, 1.0, 2.0, 3.0, "2020-01-01T00:00:00Z", anomaly_kind=kind)
    elements, angles = orbit.library("core.elements"), orbit.library("core.angles")
    anomaly = angles.E_to_nu(angles.M_to_E(3.0, 0.7), 0.7) if kind == "mean" else 3.0
    theirs = elements.coe2rv(3.986004418e14, 2.6e7 * 0.51, 0.7, 0.9, 1.0, 2.0, anomaly)
    np.testing.assert_allclose(state.position, theirs[0], rtol=0, atol=1e-6)
    np.testing.assert_allclose(state.velocity, theirs[1], rtol=0, atol=1e-9)


def test_impossible_elements():
    with pytest.raises(ValueError, match="no orbit"):
        orbit.from_elements(7e6, 1.2, 0.9, 1.0, 2.0, 3.0, "2020-01-01T00:00:00Z")
    with pytest.raises(ValueError, match="anomaly_kind"):
        orbit.from_elements(7e6, 0.2, 0.9, 1.0, 2.0, 3.0, "2020-01-01T00:00:00Z", anomaly_kind="eccentric")


def test_poliastro_round_trip():
    state = orbit.from_elements(6.798e6, 0.001, 0.9, 1.0, 2.0, 3.0, "2020-01-01T00:00:00Z")
    back = orbit.from_orbit(orbit.to_orbit(state))
    np.testing.assert_allclose(back.position, state.position, rtol=0, atol=1e-6)
    assert back.epoch_iso[:23] == state.epoch_iso[:23]
    tle = orbit.from_tle(ISS)
    there = orbit.from_orbit(orbit.to_orbit(tle)).in_frame("TEME")
    np.testing.assert_allclose(there.position, tle.position, rtol=0, atol=1e-3)


def test_ephem():
    position, velocity = (1e3 * np.array(v).T for v in circle([0.0, 60.0, 120.0]))
    ephem = orbit.to_ephem(position, velocity, "2023-03-28T00:00:00Z", [0.0, 60.0, 120.0])
    np.testing.assert_allclose(ephem.rv()[0].to_value("m"), position, rtol=0, atol=1e-5)
