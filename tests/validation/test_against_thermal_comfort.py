"""The crew against pythermalcomfort, moist air against psychrolib: codes that are not ours."""

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


@pytest.mark.parametrize("t", [5.0, 15.0, 30.0, 45.0, 59.0])
@pytest.mark.parametrize("rh", [0.2, 0.6, 0.95])
def test_moist_air(psychro, t, rh):
    """Magnus' formula and its wet bulb, dew point and humidity, to 0.1 K and 0.4 %, its authors' claim."""
    e = rh * cabin.saturation_pressure(t)
    assert cabin.saturation_pressure(t) == pytest.approx(psychro.GetSatVapPres(t), rel=4e-3)
    dew = psychro.GetTDewPointFromRelHum(t, rh)
    if dew > 0.5:  # below freezing theirs are of ice
        assert cabin.dew_point(e) == pytest.approx(dew, abs=0.12)
    wet = psychro.GetTWetBulbFromRelHum(t, rh, cabin.PRESSURE)
    if wet > 0.5:
        assert cabin.wet_bulb(t, e) == pytest.approx(wet, abs=0.1)
    assert cabin.humidity_ratio(e) == pytest.approx(psychro.GetHumRatioFromRelHum(t, rh, cabin.PRESSURE), rel=1e-2)


def test_beyond_its_range_moist_air_is_refused():
    for t in (-1.0, 61.0, np.nan):
        with pytest.raises(ValueError, match="hold from 0 to 60 C"):
            cabin.within(np.array([20.0, t]))
