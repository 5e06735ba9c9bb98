"""Problem precision: the work-precision diagram of P1, smooth density: error at the end against flights per second."""

from __future__ import annotations

from functools import partial

from benchmarks import machine
from benchmarks import p1_inputs as inputs
from benchmarks.p1 import entrant
from benchmarks.timing import Entrant, gather, measure

NAME = "precision"
TITLE = "Work and precision: P1, smooth density, one core"
TOLERANCES = tuple(10.0**-n for n in range(4, 13))


def rows(say, rounds: int = 5) -> list[dict]:
    entrants, missing = gather(NAME, {
        ("trajectory", "in the kernel"): lambda: ours(rounds), ("heyoka", "Taylor, batch"): lambda: heyoka(rounds),
        ("scipy", "DOP853"): scipy,
    })  # fmt: skip
    return measure(NAME, entrants, say) + missing


def ours(rounds: int) -> list[Entrant]:
    from benchmarks import ours

    fly = {method.upper(): partial(ours.fly_entry, method=method) for method in ours.methods()}
    fly["DOP853, two tolerances"] = lambda flights, tolerance: ours.fly_entry(
        flights, tolerance, coast=ours.COAST_PART * tolerance)  # fmt: skip
    return [
        entrant("trajectory", name, partial(call, tolerance=tolerance), "smooth", inputs.SAMPLES, tolerance=tolerance,
                width=machine.lanes(), rounds=rounds)
        for name, call in fly.items() for tolerance in TOLERANCES
    ]  # fmt: skip


def heyoka(rounds: int) -> list[Entrant]:
    from benchmarks.peers import heyoka_entry

    return [
        entrant("heyoka", "Taylor, batch", partial(heyoka_entry.fly, tolerance=tolerance), "smooth", 4000,
                tolerance=tolerance, width=heyoka_entry.width(), rounds=rounds)
        for tolerance in TOLERANCES
    ]  # fmt: skip


def scipy() -> list[Entrant]:
    from benchmarks.peers import array_entry as array

    return [
        entrant("scipy", "DOP853, Python right-hand side", partial(array.fly_scipy, method="DOP853", density="smooth",
                tolerance=tolerance), "smooth", 10, cases=50, tolerance=tolerance, rounds=3)
        for tolerance in TOLERANCES
    ]  # fmt: skip
