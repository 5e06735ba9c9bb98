"""Problem p1: an entry from orbit, dispersed. Speed over P2's flights, error over the 200 reference cases."""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks import floor, machine
from benchmarks import p1_inputs as p1
from benchmarks.timing import Entrant, gather, measure

NAME = "p1"
TITLE = "P1: one entry from orbit, dispersed"
TOLERANCES = (1e-7, 3e-8, 1e-8, 5e-9, 1e-9)
THREADED = (1e-8, 1e-9)
TWO_TOLERANCES = (5e-7, 2e-7)  # in the air; COAST_PART of it above
THREADS = 2
ONE_STEP = 2.5  # s, of the plain Runge-Kutta: the longest below 1 m at the end


def rows(say, rounds: int = 7, flights: int = p1.SAMPLES) -> list[dict]:
    entrants, missing = gather(NAME, {
        ("floor", "DP5(4), scalar C"): lambda: floors(flights, rounds),
        ("trajectory", "DOP853"): lambda: ours(flights, rounds),
        ("numba", "DP5(4)"): lambda: numba(flights, rounds),
        ("heyoka", "Taylor, batch"): lambda: heyoka(flights, rounds),
        ("numpy-batch", "RK4"): lambda: numpy_batch(min(flights, 4000)),
        ("scipy", "RK45, DOP853"): scipy,
    })  # fmt: skip
    return measure(NAME, entrants, say) + missing


def entrant(code, method, fly, density, flights, cases=200, **more) -> Entrant:
    """`fly` maps Inputs to Ends."""
    speed = p1.dispersed().part(slice(0, flights))
    known = p1.reference(density)[0].part(slice(0, cases))
    if cases < 200:
        more["note"] = "; ".join(filter(None, (more.get("note"), f"error of {cases} cases")))
    return Entrant(code, method, partial(fly, speed), flights, lambda: worst(fly(known), density), density=density, **more)


def worst(ends: p1.Ends, density: str) -> float:
    """Largest distance, m; an error where a flight has no end."""
    away = p1.distances(ends, density)
    if not np.isfinite(away).all():
        raise ValueError(f"{np.count_nonzero(~np.isfinite(away))} of {len(away)} flights have no end at {p1.END:g} m")
    return float(away.max())


def floors(flights: int, rounds: int) -> list[Entrant]:
    floor.library()
    return [entrant("floor", "DP5(4), scalar C", floor.fly, "table", flights, tolerance=5e-9, rounds=rounds, floor=True)]


def ours(flights: int, rounds: int) -> list[Entrant]:
    from benchmarks import ours

    out = []
    lanes = machine.lanes()
    for method in ours.methods():
        for tolerance in TOLERANCES:
            for threads in (1, THREADS) if tolerance in THREADED else (1,):
                note = ""
                if threads == 1:
                    share = ours.occupancy(p1.dispersed().part(slice(0, min(flights, 2000))), tolerance)
                    note = "" if share is None else f"lanes occupied {share:.1%}"
                elif machine.cores() < threads:
                    note = f"{machine.cores()} core"
                fly = partial(ours.fly_entry, tolerance=tolerance, threads=threads, method=method)
                out.append(entrant(ours.CODE, method.upper(), fly, "smooth", flights, tolerance=tolerance, width=lanes,
                                   threads=threads, rounds=rounds, note=note))  # fmt: skip
    for tolerance in TWO_TOLERANCES:
        coast = ours.COAST_PART * tolerance
        for threads in (1, THREADS):
            fly = partial(ours.fly_entry, tolerance=tolerance, threads=threads, coast=coast)
            out.append(entrant(ours.CODE, "DOP853, two tolerances", fly, "smooth", flights, tolerance=tolerance, width=lanes,
                               threads=threads, rounds=rounds, note=f"coast at {coast:g}"))  # fmt: skip
    return out


def numba(flights: int, rounds: int) -> list[Entrant]:
    from benchmarks.peers import numba_entry

    return [entrant("numba", "DP5(4), hand-written", numba_entry.fly, "table", flights, tolerance=5e-9, rounds=rounds)]


def heyoka(flights: int, rounds: int) -> list[Entrant]:
    from benchmarks.peers import heyoka_entry

    return [
        entrant("heyoka", "Taylor, batch", partial(heyoka_entry.fly, tolerance=tolerance, lanes=lanes), "smooth", flights,
                tolerance=tolerance, width=lanes, rounds=rounds)
        for lanes in heyoka_entry.widths() for tolerance in (1e-7, 1e-9)
    ]  # fmt: skip


def numpy_batch(flights: int) -> list[Entrant]:
    from benchmarks.peers import array_entry as array

    tuned = f"steps {array.COAST_STEP:g} s, {array.ENTRY_STEP:g} s below {array.ENTRY_ALTITUDE / 1e3:g} km"
    plain = partial(array.fly_runge_kutta, coast_step=ONE_STEP, entry_step=ONE_STEP)
    return [entrant("numpy-batch", "RK4", array.fly_runge_kutta, "table", flights, width=flights, rounds=5, note=tuned),
            entrant("numpy-batch", "RK4", plain, "table", flights, width=flights, rounds=3,
                    note=f"steps of {ONE_STEP:g} s throughout")]  # fmt: skip


def scipy() -> list[Entrant]:
    from benchmarks.peers import array_entry as array

    return [
        entrant("scipy", f"{method}, Python right-hand side", partial(array.fly_scipy, method=method, density=density,
                tolerance=tolerance), density, 20, cases=20, tolerance=tolerance, rounds=3)
        for method, density, tolerance in (("RK45", "table", 5e-9), ("DOP853", "smooth", 1e-8))
    ]  # fmt: skip
