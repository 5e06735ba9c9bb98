"""Where a leg ends on a stop the last bit of the way is a Taylor series: it is where an unbroken flight is at that time."""

from dataclasses import replace

import numpy as np
import pytest

from trajectory import atmosphere
from trajectory.leg import Environment, Leg, Stop, fly_leg

WORLD = Environment(zonal=(1.08262668e-3,), air=atmosphere.us76())


def starts(n: int) -> np.ndarray:
    """(n, 10) states of 2900 kg that fall into the air at 120 km, each a little steeper than the one before."""
    y = np.zeros((n, 10))
    y[:, 0] = 6378137.0 + 120e3
    y[:, 3], y[:, 4] = -130.0 - np.arange(n), 7700.0
    y[:, 6] = 2900.0
    return y


@pytest.mark.parametrize(("quantity", "value", "direction", "within", "away"), [
    ("altitude", 60e3, -1, 1e-6, 1e-4), ("altitude", 14e3, -1, 1e-6, 1e-4), ("apparent_velocity", 3500.0, +1, 1e-6, 1e-4),
    ("mass", 2890.0, -1, 1e-9, 1e-4),
    # where the temperature has a kink, at 11 and 51 km, the last step is not as smooth as the series about its end
    ("altitude", 11e3, -1, 1e-6, 1e-2), ("apparent_velocity", 1500.0, +1, 1e-6, 1e-2),
])  # fmt: skip
@pytest.mark.parametrize("method", ["dop853", "dp54", "radau"])
def test_a_stop_is_met_where_the_flight_passes_it(quantity, value, direction, within, away, method):
    if method == "radau" and quantity == "mass":
        pytest.skip("radau is for legs without thrust")
    row = {"cd": 1.3, "cl": 0.34, "area": 3.8, "bank": 1.0}
    thrust = {"thrust": 500.0, "exhaust_speed": 2960.0}
    leg = Leg("entry", lift=True, row=row | (thrust if quantity == "mass" else {}), thrust=quantity == "mass",
              aim=(-1.0, 0.0, 0.0), attitude="lvlh", stops=(Stop(quantity, value, direction),), duration=2000.0,
              method=method, tolerance=1e-10)  # fmt: skip
    y, t = starts(20), np.zeros(20)
    met = fly_leg(leg, WORLD, y, t, peaks=False)
    assert (met.ended == 0).all() and np.abs(met.residual).max() < within
    for i in range(20):
        timed = fly_leg(replace(leg, stops=(), duration=float(met.t[i])), WORLD, y[i : i + 1], t[:1], peaks=False)
        assert np.linalg.norm(timed.y[0, :3] - met.y[i, :3]) < away  # m; a tenth of a step is 500 m
        assert np.linalg.norm(timed.y[0, 3:6] - met.y[i, 3:6]) < away


def ellipse(perigee: float, apogee: float, anomaly) -> np.ndarray:
    """(n, 10) states on a Keplerian ellipse of these heights over the equator, m, at true anomalies (n,), rad."""
    a, b = 6378137.0 + perigee, 6378137.0 + apogee
    e, p = (b - a) / (a + b), 2 * a * b / (a + b)
    r, v = p / (1 + e * np.cos(anomaly)), np.sqrt(3.986004418e14 / p)
    y = np.zeros((len(anomaly), 10))
    y[:, 0], y[:, 1] = r * np.cos(anomaly), r * np.sin(anomaly)
    y[:, 3], y[:, 4], y[:, 6] = -v * np.sin(anomaly), v * (e + np.cos(anomaly)), 7000.0
    return y


@pytest.mark.parametrize("method", ["dop853", "dp54", "radau"])
@pytest.mark.parametrize("tolerance", [1e-10, 1e-8])
@pytest.mark.parametrize("depth", [20.0, 100.0, 1e3, 5e3])
def test_a_dip_below_a_stop_between_two_steps_is_seen(method, tolerance, depth):
    """Perigee is below the stop by `depth`; steps of up to 15 minutes pass it. Two bodies: time and place are Kepler's."""
    stop = 100e3
    y = ellipse(stop - depth, 420e3, np.radians(np.linspace(185.0, 340.0, 16)))
    leg = Leg("orbit", stops=(Stop("altitude", stop, -1),), duration=6000.0, tolerance=tolerance, method=method)
    met = fly_leg(leg, Environment(zonal=()), y, np.zeros(16), peaks=False)
    assert (met.ended == 0).all()
    # altitude on the equator is r - a: the anomaly where r is that of the stop
    a, b, r = 6378137.0 + stop - depth, 6378137.0 + 420e3, 6378137.0 + stop
    e, p = (b - a) / (a + b), 2 * a * b / (a + b)
    expected = -np.arccos((p / r - 1) / e)
    place = np.arctan2(met.y[:, 1], met.y[:, 0])
    # a flight that grazes the stop at 20 m sinks at 3 m/s there: a millimetre of height is 3 m of way
    assert np.abs(met.residual).max() < 0.01
    assert np.abs(place - expected).max() * r < (5.0 if tolerance < 1e-9 else 1e3)


def test_a_flight_that_only_comes_near_a_stop_flies_on():
    y = ellipse(100e3 + 20.0, 420e3, np.radians(np.linspace(185.0, 340.0, 16)))
    for method in ("dop853", "dp54", "radau"):
        leg = Leg("orbit", stops=(Stop("altitude", 100e3, -1),), duration=6000.0, tolerance=1e-10, method=method)
        assert (fly_leg(leg, Environment(zonal=()), y, np.zeros(16), peaks=False).ended == -1).all()
