"""Problem guided: MS-11 from the entry interface to the command to open, dispersed, under each law at its own cycle."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial

import numpy as np

from benchmarks import machine
from benchmarks.timing import Entrant, gather, measure

NAME = "guided"
TITLE = "guided: from the entry interface to the command to open, under a flight computer"
SCENARIO = "ms11-nominal"
LAWS = {"automatic": "1 s", "range": "1 s", "apollo": "1 s", "predictor": "5 s"}
FLIGHTS = {"predictor": 400}
MOST = 2000


def rows(say, rounds: int = 5) -> list[dict]:
    entrants, missing = gather(NAME, {("trajectory", law): partial(ours, law, rounds) for law in LAWS})
    return measure(NAME, entrants, say) + missing


def ours(law: str, rounds: int) -> list[Entrant]:
    n = FLIGHTS.get(law, MOST)
    return [Entrant("trajectory", law, partial(fly, law, n), n, width=machine.lanes(), rounds=rounds,
                    note=f"cycle {LAWS[law]}, density, drag and start disturbed")]  # fmt: skip


@lru_cache(maxsize=8)
def entry(law: str, n: int):
    """(world, legs laid out for the kernel, states, times) at the entry interface."""
    import trajectory as tj
    from trajectory import flight, targeting
    from trajectory.leg import prepare

    case = targeting.aim(tj.load(SCENARIO, {"guidance.mode": law, "guidance.cycle": LAWS[law]})).case
    begun = flight.fly_many(case, keep=(), events=("entry_interface",), threads=1).events["entry_interface"][0]
    z = np.random.default_rng(1).standard_normal((n, 3))
    y = np.tile(begun[1:], (n, 1))
    y[:, 6], y[:, 7] = next(leg.set_mass for leg in case.legs if leg.set_mass is not None), 0.0
    y[:, 3:6] *= 1 + 1e-4 * z[:, :1]
    own = {"density_factor": np.exp(0.1 * z[:, 1]), "cd": 1 + 0.05 * z[:, 2]}
    legs = [replace(leg, row=leg.row | own) for leg in case.legs if leg.name in ("entry_flight", "guided")]
    return case.world, [(leg, prepare(leg, case.world, roll=leg.turns)) for leg in legs], y, np.full(n, begun[0])


def fly(law: str, n: int):
    """The calls that are measured."""
    from trajectory.leg import fly_leg

    world, legs, y, t = entry(law, n)
    memory = None
    for leg, ready in legs:
        found = fly_leg(leg, world, y, t, memory=memory, ready=ready, peaks=False)
        y, t, memory = found.y, found.t, found.memory
    if found.failed().any():
        raise ValueError(f"{found.failed().sum()} of {n} flights failed")
    return found
