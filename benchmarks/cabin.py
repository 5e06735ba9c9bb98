"""Problem cabin: ten thousand cabins with their crews, followed for twelve hours at steps of a minute."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np

from benchmarks.timing import Entrant, gather, measure

NAME = "cabin"
TITLE = "cabin: 12 h of a cabin of three without cooling, its values drawn"
SCENARIO = "ms22-crew3-degraded"
CABINS = 10_000
HOURS = 12.0
FINE = 5.0  # s, the step that the error is measured against


def rows(say, rounds: int = 5) -> list[dict]:
    entrants, missing = gather(NAME, {("trajectory", "cabin"): partial(ours, rounds)})
    return measure(NAME, entrants, say) + missing


def ours(rounds: int) -> list[Entrant]:
    apart = error()
    return [Entrant("trajectory", "60 s", partial(follow, CABINS, 60.0), CABINS, width=1, rounds=rounds,
                    note=f"against steps of {FINE:g} s: air {apart[0]:.3f} K, core {apart[1]:.3f} K at most")]  # fmt: skip


@lru_cache(maxsize=2)
def given(n: int):
    """(model, samples) of the scenario, its light on the radiator left out: the loop is lost."""
    from dataclasses import replace

    import trajectory as tj
    from trajectory.cooling.assembly import drawn, model_of
    from trajectory.cooling.block import table

    scenario = tj.load(SCENARIO)
    model = model_of(scenario.cooling)
    loads = {k: x for k, x in model.loads.items() if x.series is None}
    nodes = {k: replace(x, series=None) for k, x in model.nodes.items()}
    return replace(model, loads=loads, nodes=nodes), drawn(scenario.cooling, table(scenario, n, 1), n)


def follow(n: int, step: float, keep=("node.air", "core", "stored", "vapour_pressure")):
    """The call that is measured."""
    from trajectory.cooling import Timeline, run

    model, samples = given(n)
    samples = {k: x for k, x in samples.items() if k.split(".")[0] != "load" or k.split(".")[1] in model.loads}
    return run(model, Timeline(0.0, HOURS * 3600.0, step=step, keep_every=max(1, round(120.0 / step))), samples, keep=keep,
               strict=False)  # fmt: skip


def error(n: int = 200) -> tuple[float, float]:
    """Greatest difference of air and core, K, from steps of FINE, over cabins and time; cores to 39 C, the model's range."""
    coarse, fine = follow(n, 60.0), follow(n, FINE)
    meant = fine["core"] <= 39.0
    return (float(np.nanmax(np.abs(coarse["node.air"] - fine["node.air"]))),
            float(np.nanmax(np.abs(coarse["core"] - fine["core"])[meant])))  # fmt: skip
