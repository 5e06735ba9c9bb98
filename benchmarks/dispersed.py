"""Problem dispersed: guided flights of MS-22, ignition to the ground, all that is uncertain drawn; RocketPy for scale."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np

from benchmarks import machine
from benchmarks.timing import Entrant, gather, measure

NAME = "dispersed"
TITLE = "dispersed: a Monte Carlo of guided flights, ignition to touchdown"
SCENARIO = "ms22-uncrewed"
FLIGHTS = 10_000
ROCKETS = 2


def rows(say, rounds: int = 3) -> list[dict]:
    entrants, missing = gather(NAME, {("trajectory", "ensemble"): partial(ours, rounds), ("rocketpy", "Flight"): rockets})
    return measure(NAME, entrants, say) + missing


@lru_cache(maxsize=1)
def plan():
    """Aimed, and ready to be drawn from: what is not measured."""
    import trajectory as tj
    from trajectory import ensemble

    return ensemble.plan(tj.load(SCENARIO), FLIGHTS, 1)


def ours(rounds: int) -> list[Entrant]:
    plan()
    return [Entrant("trajectory", "ensemble, drawn, flown, footprint", partial(fly, threads), FLIGHTS, width=machine.lanes(),
                    threads=threads, rounds=rounds, note=f"{len(plan().design.parameters)} uncertain numbers")
            for threads in (1, 2)]  # fmt: skip


def fly(threads: int) -> dict:
    """The call that is measured: the block `ensemble` of the summary."""
    from trajectory import ensemble

    kept = dict(ensemble.chunks_flown(plan(), range(plan().chunks), threads))
    many = ensemble.Ensemble(plan(), ensemble.joined(kept))
    if not np.isfinite(many.columns["latitude_deg"]).any():
        raise ValueError("no flight came down")
    return many.summary()


def rockets() -> list[Entrant]:
    import rocketpy  # noqa: F401

    from benchmarks.peers import rocketpy_flight

    return [Entrant("rocketpy", "Flight, one after another", partial(rocketpy_flight.fly, ROCKETS), ROCKETS, rounds=3,
                    note="another vehicle: 150 s of a sounding rocket; for scale")]  # fmt: skip
