"""Published of Soyuz: an automatic descent comes down within 28 km of its aim with a probability of 0.9997.

10,000 flights of ours, from ignition to the command to open; one in ten thousand outside would be allowed by the figure.
The errors drawn are those named in docs/validation.md. The wind under the canopy is not among them.
"""

from dataclasses import replace

import numpy as np

from trajectory import flight, frames, geodesy, targeting
from trajectory.case import build
from trajectory.scenario import load

FLIGHTS = 10_000


def dispersed(scenario, aimed, n, seed=5):
    z = np.random.default_rng(seed).standard_normal((7, n))
    commands = replace(aimed.commands, offset=0.5 * z[0], delta_v=scenario.deorbit.delta_v.si + 0.5 * z[1])
    case = build(scenario, aimed.case.epoch, commands, aimed.case.world)

    def own(leg):
        row = dict(leg.row)
        if leg.in_air:
            row["density_factor"] = np.exp(0.10 * z[2])
            row["cd"] = row.get("cd", 1.0) * (1 + 0.05 * z[3])
            row["cl"] = row.get("cl", 0.0) * (1 + 0.05 * z[3]) * (1 + 0.05 * z[4])
        if leg.name == "guided":
            row |= {"along_error": 3000.0 * z[5], "across_error": 1000.0 * z[6]}
        return replace(leg, row=row)

    return replace(case, legs=tuple(own(leg) for leg in case.legs))


def misses(scenario, n):
    """(n,) m from the nominal point of the command to open."""
    aimed = targeting.aimed(scenario)
    nominal = next(m for m in flight.fly(aimed.case).marks[0] if m.name == "chute_command")
    found = flight.fly_many(dispersed(scenario, aimed, n), keep=(), events=("chute_command",)).events["chute_command"]
    assert np.isfinite(found[:, 0]).all()
    at = [frames.geodetic(y, t, aimed.case.orientation)[:2] for y, t in
          ((nominal.y[None, :3], np.array([nominal.t])), (found[:, 1:4], found[:, 0]))]  # fmt: skip
    return geodesy.distance(np.full(n, at[0][0][0]), np.full(n, at[0][1][0]), *at[1])


def test_automatic_descents_hold_28_km():
    miss = misses(load("ms11-nominal"), FLIGHTS)
    print(f"miss, km: {np.percentile(miss / 1e3, [50, 95, 99, 99.7, 99.97, 100]).round(1)}")
    assert np.count_nonzero(miss > 28e3) == 0


def test_the_predictor_with_satellite_navigation_holds_2_km():
    scenario = load("ms11-nominal", {"guidance.mode": "predictor", "guidance.cycle": "4 s"})
    aimed = targeting.aimed(scenario)
    case = dispersed(scenario, aimed, 1000)
    errors = ("along_error", "across_error")
    legs = [replace(leg, row={k: v for k, v in leg.row.items() if k not in errors}) for leg in case.legs]
    found = flight.fly_many(replace(case, legs=tuple(legs)), keep=(), events=("chute_command",)).events["chute_command"]
    latitude, longitude, _ = frames.geodetic(found[:, 1:4], found[:, 0], case.orientation)
    miss = geodesy.distance(np.full(1000, case.target[0]), np.full(1000, case.target[1]), latitude, longitude)
    print(f"miss, km: {np.percentile(miss / 1e3, [50, 95, 99, 100]).round(2)}")
    assert np.mean(miss < 2e3) >= 0.99
