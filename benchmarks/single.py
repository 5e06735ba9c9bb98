"""Problem single: one flight from Python, after warm-up."""

from __future__ import annotations

from benchmarks import full, machine
from benchmarks.timing import Entrant, gather, measure

NAME = "single"
TITLE = "single: one flight from Python"


def rows(say, rounds: int = 15) -> list[dict]:
    entrants, missing = gather(NAME, {("trajectory", "one flight"): lambda: ours(rounds)})
    found = measure(NAME, entrants, say)
    for row in found:
        if row["flights_per_s"]:
            row["note"] = f"{1e3 / row['flights_per_s']:.3g} ms; {row['note']}"
    return found + missing


def ours(rounds: int) -> list[Entrant]:
    import trajectory as tj
    from trajectory import flight, result, targeting

    plain, entry = tj.load(full.SCENARIO, full.OVERRIDES[:1]), tj.load("p1-reference")
    def afresh(scenario):
        targeting.FOUND = targeting.Aims()  # nothing of before
        return tj.fly(scenario)

    case, short = targeting.aim(plain).case, targeting.aim(entry).case
    heavy = full.solved()[1]
    made = {
        "flight.fly, p1-reference": (lambda: flight.fly(short), "an impulse and an entry"),
        f"flight.fly, {full.SCENARIO}": (lambda: flight.fly(case), "whole flight to touchdown, as shipped"),
        f"flight.fly, {full.SCENARIO} 20x20": (lambda: flight.fly(heavy), "gravity 20x20 and wind"),
        f"flight_of, {full.SCENARIO}": (lambda: result.flight_of(plain, case), "with events and the history kept"),
        "tj.fly, p1-reference": (lambda: afresh(entry), "scenario to flight, nothing to be found"),
        f"tj.fly, {full.SCENARIO}": (lambda: afresh(plain), "scenario to flight, ignition and reversal found"),
    }
    return [
        Entrant("trajectory", name, fly, 1, width=machine.lanes(), rounds=3 if name == f"tj.fly, {full.SCENARIO}" else rounds,
                note=note)
        for name, (fly, note) in made.items()
    ]  # fmt: skip
