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


@pytest.mark.parametrize(("quantity", "value", "direction", "within"), [
    ("altitude", 60e3, -1, 1e-6), ("altitude", 11e3, -1, 1e-6), ("apparent_velocity", 1500.0, +1, 1e-6),
    ("mass", 2890.0, -1, 1e-9),
])  # fmt: skip
@pytest.mark.parametrize("method", ["dop853", "dp54"])
def test_a_stop_is_met_where_the_flight_passes_it(quantity, value, direction, within, method):
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
        assert np.linalg.norm(timed.y[0, :3] - met.y[i, :3]) < 2e-3  # m, by the tolerance; a tenth of a step is 500 m
        assert np.linalg.norm(timed.y[0, 3:6] - met.y[i, 3:6]) < 1e-4
