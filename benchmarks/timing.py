"""Timing of many codes on one problem: interleaved rounds, because a machine's clock drifts; medians of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter

ROUNDS = 5


@dataclass(frozen=True, eq=False)
class Entrant:
    """One code, method and tolerance on a problem. `fly` flies `flights` flights once; `error` gives the largest error (m)."""

    code: str
    method: str
    fly: Callable[[], object]
    flights: int
    error: Callable[[], float] | None = None
    tolerance: float | None = None
    density: str | None = None
    width: int = 1
    threads: int = 1
    rounds: int = ROUNDS
    note: str = ""
    floor: bool = False  # what the ratios are relative to


def row(problem: str, code: str, method: str, note: str, **values) -> dict:
    """A row of the output; what is not given is null."""
    names = ("tolerance", "density", "width", "threads", "flights_per_s", "ratio_to_floor", "error_max_m", "flights")
    return {"problem": problem, "code": code, "method": method, **{n: values.get(n) for n in names}, "note": note}


def measure(problem: str, entrants: list[Entrant], say=lambda text: None) -> list[dict]:
    """Rows of all entrants. The first call of each is not timed: it compiles, fills tables, and its answer is checked.

    An entrant that fails is a row with its reason.
    """
    errors: dict[int, float | None] = {}
    notes = {i: entrant.note for i, entrant in enumerate(entrants)}
    times: dict[int, list[float | None]] = {}
    for i, entrant in enumerate(entrants):
        say(f"{problem}: {entrant.code} {entrant.method}, first call")
        try:
            begun = perf_counter()
            errors[i] = None if entrant.error is None else float(entrant.error())
            first = perf_counter() - begun
            if entrant.error is None:
                entrant.fly()
            elif first > 1.0 and entrant.code not in ("scipy", "boinor", "numpy-batch"):
                notes[i] = "; ".join(filter(None, (notes[i], f"first call {first:.1f} s, not counted")))
            times[i] = []
        except Exception as problem_met:  # a peer's own trouble is a note, never the end of the run
            notes[i] = f"failed: {type(problem_met).__name__}: {problem_met}"[:200]
    for number in range(max((e.rounds for e in entrants), default=0)):
        say(f"{problem}: round {number + 1}")
        for i, entrant in enumerate(entrants):
            if i in times and number < entrant.rounds:
                begun = perf_counter()
                try:
                    entrant.fly()
                except Exception as problem_met:
                    del times[i]
                    notes[i] = f"failed: {type(problem_met).__name__}: {problem_met}"[:200]
                    continue
                times[i].append(perf_counter() - begun)
    base = next((i for i, e in enumerate(entrants) if e.floor and i in times), None)
    rows = []
    for i, e in enumerate(entrants):
        speeds = [e.flights / t for t in times.get(i, [])]
        ratio = None
        if base is not None and speeds:
            floors = [entrants[base].flights / t for t in times[base]]
            ratio = median(a / b for a, b in zip(speeds, floors, strict=False))
        error = errors.get(i)
        rows.append(row(
            problem, e.code, e.method, notes[i], tolerance=e.tolerance, density=e.density, width=e.width, threads=e.threads,
            flights_per_s=median(speeds) if speeds else None, ratio_to_floor=ratio,
            error_max_m=error if error is not None and error == error else None, flights=e.flights,
        ))  # fmt: skip
    return rows


def absent(problem: str, code: str, method: str, reason: Exception | str) -> dict:
    """The row of a code that is not here."""
    text = reason if isinstance(reason, str) else f"{type(reason).__name__}: {reason}"
    return row(problem, code, method, f"not run: {text}"[:200])


def gather(problem: str, makers: dict[tuple[str, str], Callable[[], list[Entrant]]]) -> tuple[list[Entrant], list[dict]]:
    """(entrants, rows of the codes that are not here) of functions that make them."""
    entrants, missing = [], []
    for (code, method), make in makers.items():
        try:
            entrants += make()
        except Exception as reason:
            missing.append(absent(problem, code, method, reason))
    return entrants, missing
