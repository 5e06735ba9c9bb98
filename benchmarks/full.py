"""Problem full: a whole unguided flight, dispersed: orbit, finite burn, gravity 20x20, coefficients by Mach number, wind,
parachutes and all events. Error: touchdown against the same flights at tolerances a hundred times tighter."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial

import numpy as np

from benchmarks import machine
from benchmarks.timing import Entrant, gather, measure

NAME = "full"
TITLE = "full: orbit, finite burn, gravity 20x20, Mach tables, wind, parachutes"
SCENARIO = "ms22-uncrewed"
OVERRIDES = ("guidance.mode=bank", "gravity.model=harmonics", "gravity.degree=20", "wind.model=climatology")
FLIGHTS, CASES = 2000, 200
LOOSER = (1.0, 10.0, 100.0, 1000.0)  # times the tolerances that the scenario flies with
TIGHTER = 0.01


def rows(say, rounds: int = 5) -> list[dict]:
    entrants, missing = gather(NAME, {("trajectory", "all legs"): lambda: ours(rounds)})
    return measure(NAME, entrants, say) + missing


def ours(rounds: int) -> list[Entrant]:
    out = []
    for factor in LOOSER:
        for threads in (1, 2) if factor in (1.0, 100.0) else (1,):
            case = at_tolerances(dispersed(FLIGHTS), factor)
            tolerances = sorted({leg.tolerance for leg in case.legs})
            out.append(Entrant(
                "trajectory", "all legs", partial(fly, case, threads), FLIGHTS, partial(worst, factor),
                tolerance=tolerances[-1], width=machine.lanes(), threads=threads, rounds=rounds,
                note=f"{tolerances[0]:g} in orbit, {tolerances[-1]:g} in the air; error of {CASES} flights",
            ))  # fmt: skip
    return out


def fly(case, threads: int = 1):
    """The one call that is measured."""
    from trajectory import flight

    if hasattr(flight, "fly_many"):
        return flight.fly_many(case, threads=threads)
    if threads == 1:
        return flight.fly(case, marks=False)
    raise RuntimeError("no call for threads")


@lru_cache(maxsize=1)
def solved():
    """(scenario, its case as aimed)."""
    import trajectory as tj
    from trajectory import targeting

    scenario = tj.load(SCENARIO, OVERRIDES)
    return scenario, targeting.aim(scenario).case


@lru_cache(maxsize=4)
def dispersed(n: int, seed: int = 1):
    """The case with n rows: density, speed change, drag and lift, wind."""
    case = solved()[1]
    z = np.random.default_rng(seed).standard_normal((n, 4))
    density, slip, drag, wind = np.exp(0.1 * z[:, 0]), 0.5 * z[:, 1], 1 + 0.05 * z[:, 2], 1 + 0.3 * z[:, 3]
    legs = []
    for leg in case.legs:
        row = dict(leg.row) | {"wind_factor": wind}
        factors = {"density_factor": density, "cd": drag, "cl": drag}
        row |= {k: row[k] * f for k, f in factors.items() if k in row}
        stops = tuple(
            replace(s, value=s.value * np.exp(-slip / leg.row["exhaust_speed"])) if s.quantity == "mass" else s
            for s in leg.stops
        )  # fmt: skip
        legs.append(replace(leg, row=row, stops=stops))
    start, time = np.repeat(case.start[:1], n, axis=0), np.repeat(case.start_time[:1], n)
    return replace(case, start=start, start_time=time, legs=tuple(legs))


def at_tolerances(case, factor: float):
    return replace(case, legs=tuple(replace(leg, tolerance=float(f"{leg.tolerance * factor:.6g}")) for leg in case.legs))


@lru_cache(maxsize=4)
def touchdowns(factor: float):
    from trajectory import frames

    case = at_tolerances(dispersed(CASES), factor)
    found = fly(case)
    if not np.all(np.asarray(found.outcome) == "landed"):
        raise ValueError(f"{np.count_nonzero(np.asarray(found.outcome) != 'landed')} of {CASES} flights have not landed")
    return frames.geodetic(found.y[:, :3], found.t, case.orientation)[:2]


def worst(factor: float) -> float:
    from trajectory import geodesy

    return float(np.max(geodesy.distance(*touchdowns(factor), *touchdowns(TIGHTER))))
