"""The kernel behind poliastro's Orbit.propagate."""

import numpy as np
import pytest
from astropy import units as u
from astropy.time import Time

import trajectory as tj
from trajectory import orbit


@pytest.fixture(scope="module")
def station():
    state = orbit.OrbitState(
        np.array([-4283387.4, -4451426.8, -2967617.9]),
        np.array([4948.07, -957.34, -5721.17]),
        "GCRS",
        "2023-01-01T00:00:00Z",
    )
    return orbit.to_orbit(state)


def test_two_body_equals_kepler_to_a_millimetre_over_a_day(station):
    """Against the library's own closed-form propagator (Farnocchia)."""
    day = 1 * u.day
    kepler = station.propagate(day)
    ours = station.propagate(day, method=tj.KernelPropagator())
    assert np.linalg.norm((ours.r - kepler.r).to_value(u.m)) < 1e-3


def test_forward_and_back_returns(station):
    method = tj.KernelPropagator(station.epoch, degree=8)
    there = station.propagate(6 * u.h, method=method)
    back = there.propagate(-6 * u.h, method=tj.KernelPropagator(there.epoch, degree=8))
    # the pole is held at its place of each start: 6 h of precession and nutation move it by 0.05 arcsec
    assert np.linalg.norm((back.r - station.r).to_value(u.m)) < 0.2


def test_ephem_is_sampled_by_the_kernel(station):
    strategy = orbit.library("twobody.sampling").EpochsArray(
        Time(station.epoch + np.linspace(0, 3600, 7) * u.s), method=tj.KernelPropagator(zonal=4)
    )
    ephem = station.to_ephem(strategy)
    position, _ = ephem.rv()
    last = station.propagate(3600 * u.s, method=tj.KernelPropagator(zonal=4))
    assert np.linalg.norm((position[-1] - last.r).to_value(u.m)) < 1e-3


def test_j2_turns_the_node_at_the_textbook_rate(station):
    """Secular rate -1.5 n J2 (R/p)^2 cos i (Vallado 2013, eq. 9-41) of the mean elements, to 0.3 % over a day."""
    from trajectory import constants

    times = np.linspace(0, 86400, 401) * u.s
    state = station.state if hasattr(station, "state") else station._state  # boinor, poliastro
    r, v = (x.value for x in tj.KernelPropagator(zonal=2).propagate_many(state, times))
    h = np.cross(r, v)
    node = np.unwrap(np.arctan2(h[:, 0], -h[:, 1]))
    rate = np.polyfit(times.value, node, 1)[0]
    p = np.mean(np.sum(h * h, axis=1)) / constants.GRAVITATIONAL_PARAMETER
    inclination = np.arccos(np.mean(h[:, 2] / np.linalg.norm(h, axis=1)))
    along = np.sum(r * np.c_[np.cos(node), np.sin(node), 0 * node], axis=1)
    angle = np.unwrap(np.arctan2(r[:, 2] / np.sin(inclination), along))
    n = np.polyfit(times.value, np.unwrap(angle), 1)[0]
    expected = -1.5 * n * constants.J2 * (constants.EQUATORIAL_RADIUS / p) ** 2 * np.cos(inclination)
    assert rate == pytest.approx(expected, rel=3e-3)


@pytest.mark.parametrize(
    "wrong",
    [{"zonal": 7}, {"degree": 4}, {"sun": True}, {"zonal": 2, "degree": 4, "epoch": "2023-01-01T00:00:00Z"}],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError):
        tj.KernelPropagator(**wrong)
