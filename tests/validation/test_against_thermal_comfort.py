"""The crew against pythermalcomfort, moist air against psychrolib: codes that are not ours."""

import subprocess
import sys
from importlib.metadata import version

import numpy as np
import pytest

from trajectory.cooling import cabin, strain

ISO = {"posture": "sitting", "drink": 0, "acclimatized": 0, "limit_inputs": False}


@pytest.fixture(scope="module")
def comfort():
    return pytest.importorskip("pythermalcomfort.models")


@pytest.fixture(scope="module")
def psychro():
    library = pytest.importorskip("psychrolib")
    library.SetUnitSystem(library.SI)
    return library


def followed(t, rh, minutes, met=1.2, clo=1.0):
    """Core, skin of the oracle's body after so many minutes."""
    person = strain.Person(strain.Body(met * 58.2 * 1.8258, 70.0, 1.8258, clo, 0.2))
    state, cores = strain.rested(1, met * 58.2), []
    for _ in range(minutes):
        state, _, _ = person.step(state, t, rh / 100.0 * strain.skin_pressure(t) * strain.TORR)
        cores.append(state.core[0])
    return state, np.array(cores)


@pytest.mark.parametrize(("t", "rh"), [(22.0, 40.0), (28.0, 60.0), (33.0, 80.0), (36.0, 60.0), (38.0, 90.0), (40.0, 80.0)])
def test_two_nodes(comfort, t, rh):
    if tuple(map(int, version("pythermalcomfort").split(".")[:2])) < (4, 8):
        pytest.skip("before 4.8 its sweat jumps where the skin is as wet as it can be (its issue 489)")
    found = comfort.two_nodes_gagge(tdb=t, tr=t, v=0.2, rh=rh, met=1.2, clo=1.0)
    state, _ = followed(t, rh, 59)  # the oracle counts from 1 to 60
    assert state.core[0] == pytest.approx(float(found.t_core), abs=0.03)
    assert state.skin[0] == pytest.approx(float(found.t_skin), abs=0.05)
    assert state.blood[0] == pytest.approx(float(found.m_bl), rel=0.02)


@pytest.mark.parametrize(
    ("t", "rh", "core", "limit"),
    [(30, 60, 37.1, None), (35, 80, None, 64), (38, 80, None, 41), (40, 80, None, 35), (40, 50, None, 69)],
)
def test_iso_7933_as_published(comfort, t, rh, core, limit):
    """Check values of the standard's model for a seated body, 1.3 met, 1 clo, that does not drink."""
    found = comfort.phs(tdb=t, tr=t, v=0.2, rh=rh, met=1.3, clo=1.0, duration=210, **ISO)
    if core is not None:
        assert float(found.t_re) == pytest.approx(core, abs=0.05) and float(found.d_lim_t_re) >= 210
    else:
        assert float(found.d_lim_t_re) == limit


def test_iso_7933_example(comfort):
    found = comfort.phs(tdb=40, tr=40, v=0.3, rh=33.85, met=2.5, clo=0.5, posture="standing", duration=480)
    assert float(found.t_re) == pytest.approx(37.5, abs=0.05)


@pytest.mark.parametrize(("t", "rh"), [(35.0, 80.0), (38.0, 80.0), (40.0, 80.0), (40.0, 50.0)])
def test_time_to_38_beside_iso_7933(comfort, t, rh):
    """Two models of a person, one of the core and one of the rectum, agree on when it becomes too much within a factor of 2.3;
    the standard is the earlier in saturated air."""
    found = comfort.phs(tdb=t, tr=t, v=0.2, rh=rh, met=1.3, clo=1.0, duration=480, **ISO)
    _, cores = followed(t, rh, 480, met=1.3)
    ours = 1 + int(np.argmax(cores > 38.0)) if (cores > 38.0).any() else 480
    assert 1 / 2.3 < ours / float(found.d_lim_t_re) < 2.3


@pytest.mark.parametrize("t", [0.3, 5.0, 15.0, 30.0, 45.0, 60.0])
@pytest.mark.parametrize("rh", [0.05, 0.2, 0.6, 0.95])
def test_moist_air(psychro, t, rh):
    """psychrolib's, frost included. Its own search for the wet bulb ends at 0.001 K."""
    e = rh * psychro.GetSatVapPres(t)
    assert cabin.saturation_pressure(t) == pytest.approx(psychro.GetSatVapPres(t), rel=1e-6)
    assert cabin.dew_point(e) == pytest.approx(psychro.GetTDewPointFromRelHum(t, rh), abs=1e-3)
    assert cabin.wet_bulb(t, e) == pytest.approx(psychro.GetTWetBulbFromRelHum(t, rh, cabin.PRESSURE), abs=2e-3)
    assert cabin.humidity_ratio(e) == pytest.approx(psychro.GetHumRatioFromRelHum(t, rh, cabin.PRESSURE), rel=1e-6)


def test_surfaces_may_be_colder(psychro):
    t = np.arange(-39.7, 1.0, 0.9)
    theirs = [psychro.GetSatVapPres(float(x)) for x in t]
    np.testing.assert_allclose(cabin.saturation_pressure(t), theirs, rtol=1e-6)
    np.testing.assert_allclose(cabin.dew_point(np.array(theirs)), t, atol=1e-3)


def test_the_table_is_what_the_library_says(psychro):
    """The script that wrote it, run again with the library that is installed."""
    script = cabin.TABLE.parents[1] / "make_moist_air.py"
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    made, held = (np.array([line.split(",") for line in text.splitlines()[3:]], float)
                  for text in (done.stdout, cabin.TABLE.read_text()))  # fmt: skip
    np.testing.assert_allclose(held, made, rtol=1e-13)


def test_beyond_its_range_moist_air_is_refused():
    for t in (-1.0, 61.0, np.nan):
        with pytest.raises(ValueError, match="hold from 0 to 60 C"):
            cabin.within(np.array([20.0, t]))
