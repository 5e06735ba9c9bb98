"""Flies the legs of one case, for any number of rows: hands each row from leg to leg until it has an outcome."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from trajectory import batch
from trajectory import leg as legs_
from trajectory.case import Case
from trajectory.leg import Leg, LegResult
from trajectory.status import FAILED, KERNEL, OUTCOMES

PEAKS = ("sensed_acceleration", "heat_flux", "dynamic_pressure")
NAMES = tuple(OUTCOMES)  # an outcome's code is its place here
STOPPED = NAMES.index("stopped")
FAILURES = np.array([name in FAILED for name in NAMES])
STATUSES = [KERNEL[status] for status in sorted(KERNEL)]  # counted from the end by the kernel's negative statuses
OVER = {name: -1 - code for code, name in enumerate(NAMES)}  # where a row is whose flight is over: no leg's place
KEPT = ("time", "state", "peaks", "jets")
PROPELLANT = legs_.MEMORY.index("propellant")


@dataclass(frozen=True, eq=False)
class Mark:
    """An event of one row: its name, time, state, and the leg (with its row values) on which it fell."""

    name: str
    t: float
    y: np.ndarray  # (10,)
    leg: Leg
    row: np.ndarray


@dataclass(frozen=True, eq=False)
class Sighting:
    """An event of some rows, all on one leg."""

    name: str
    rows: np.ndarray  # (k,) which of the case
    t: np.ndarray  # (k,)
    y: np.ndarray  # (k, 10)
    leg: Leg
    values: np.ndarray  # (k, N_ROW)


@dataclass(frozen=True, eq=False)
class Flown:
    """What became of the rows of a case."""

    case: Case
    code: np.ndarray  # (n_run,) of int8, into NAMES
    y: np.ndarray  # (n_run, 10) final states
    t: np.ndarray  # (n_run,)
    residual: np.ndarray  # (n_run,)
    peaks: np.ndarray  # (n_run, 3, 12) of the entry: value, time, state
    sightings: tuple[Sighting, ...]  # of the events asked for, in the order in which each row met them
    stretches: tuple  # (leg, LegResult, rows) in the order flown
    parts: tuple  # (name, LegResult) of what the first row leaves behind
    jets: np.ndarray  # (n_run,) kg of propellant that the jets of the descent used; NaN where no computer flew

    @cached_property
    def outcome(self) -> np.ndarray:
        """(n_run,) names of the outcomes."""
        return np.array(NAMES)[self.code]

    @cached_property
    def marks(self) -> tuple[list[Mark], ...]:
        """The events of each row."""
        found: tuple[list[Mark], ...] = tuple([] for _ in self.code)
        for s in self.sightings:
            for k, row in enumerate(s.rows):
                found[row].append(Mark(s.name, s.t[k], s.y[k], s.leg, s.values[k]))
        return found


@dataclass(frozen=True, eq=False)
class Landed:
    """What is kept of many flights. A row without a physical answer holds NaN; None stands for what was not asked for."""

    code: np.ndarray  # (n_run,) of int8, into NAMES
    t: np.ndarray | None  # (n_run,) time of the end
    y: np.ndarray | None  # (n_run, 10) state at the end
    peaks: np.ndarray | None  # (n_run, 3, 2) of the entry, in the order of PEAKS: value and time
    jets: np.ndarray | None  # (n_run,) kg of propellant that the jets of the descent used; NaN where no computer flew
    events: dict[str, np.ndarray]  # name -> (n_run, 11) time and state where it came first; NaN where it did not

    @property
    def outcome(self) -> np.ndarray:
        """(n_run,) names of the outcomes."""
        return np.array(NAMES)[self.code]

    def counts(self) -> dict[str, int]:
        """How many rows had each outcome that any had."""
        return {NAMES[c]: int(k) for c, k in enumerate(np.bincount(self.code, minlength=len(NAMES))) if k}


def fly(case: Case, history: bool = False, marks: bool = True) -> Flown:
    """Fly a case. `history` keeps states along the way; `marks` the events."""
    return _through(case, None if history else case.ready, events_of(case) if marks else frozenset(), marks)


def fly_many(
    case: Case,
    *,
    keep: Collection[str] = KEPT,
    events: Collection[str] = (),
    chunk: int | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Landed:
    """Fly a case of many rows on all cores (or so many threads), keeping the outcomes and what is asked for alone.

    keep: of KEPT; events: names of events_of(case). The answer is the same, to the last bit, for any chunk, number of
    threads and order of rows. progress(done, n): called after each chunk; it may raise to end the work, as Ctrl-C does.
    ValueError for what cannot be kept.
    """
    n = len(case.start)
    whole = _room(n, keep, events)
    done = 0
    with closing(fly_chunks(case, keep=keep, events=events, chunk=chunk, threads=threads, progress=progress)) as parts:
        for part in parts:
            rows = slice(done, done + len(part.code))
            for into, found in zip(_arrays(whole), _arrays(part), strict=True):
                into[rows] = found
            done = rows.stop
    return whole


def fly_chunks(
    case: Case,
    *,
    keep: Collection[str] = KEPT,
    events: Collection[str] = (),
    chunk: int | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Iterator[Landed]:
    """fly_many chunk by chunk, in the order of the rows, for whoever stores them as they come (batch.in_chunks)."""
    for kind, asked, known in (("result", keep, KEPT), ("event", events, sorted(events_of(case)))):
        for name in asked:
            if name not in known:
                raise ValueError(f"no {kind} {name!r} of a flight of {case.name} to keep; there are {', '.join(known)}")
    ready = case.ready

    def work(rows: slice, cancel: np.ndarray) -> Landed:
        return fly_rows(case.rows(rows), ready, keep, events, cancel)

    return batch.in_chunks(work, len(case.start), chunk=chunk, threads=threads, progress=progress)


def fly_rows(case: Case, ready, keep: Collection[str], events: Collection[str], cancel=legs_.NEVER) -> Landed:
    """Fly all rows of a case in this thread. ready: of the case."""
    return _kept(_through(case, ready, frozenset(events), False, "peaks" in keep, cancel), keep, events)


def events_of(case: Case) -> frozenset[str]:
    """Names of the events that a flight of the case may meet."""
    names = {s.event for leg in case.legs for s in (*leg.stops, *leg.watches)}
    return frozenset((names | {leg.event for leg in case.legs} | {name for name, _ in case.timed}) - {None})


def _through(case, ready, wanted, whole, peaks=True, cancel=legs_.NEVER) -> Flown:
    """Fly all rows through all legs. ready: the legs laid out for the kernel, or None to keep histories. wanted: events to
    note. whole: keep each leg's result, and follow the parts. Another thread's cancel leaves a Flown without meaning."""
    n = len(case.start)
    y, t = case.start.copy(), case.start_time.copy()
    place = {name: i for i, name in enumerate(dict.fromkeys(leg.name for leg in case.legs))}
    at = np.zeros(n, dtype=np.int64)  # place of the leg to fly, or of OVER
    residual, held, jets = np.zeros(n), np.full((n, 3), np.nan), np.full(n, np.nan)
    memory = np.zeros((n, len(legs_.MEMORY)))  # of the flight computers
    greatest = np.zeros((n, 3, 12))
    noted = Notes(wanted, n)
    stretches, parts = [], ()
    for i, leg in enumerate(case.legs):
        rows = np.flatnonzero(at == place[leg.name])
        if not len(rows):
            continue
        if cancel[0]:
            break
        own = leg if len(rows) == n else legs_.pick(leg, rows, n)
        step = own.history_step if ready is None else 0.0
        feels = peaks and (whole or own.feels_entry)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):  # a row that cannot be flown gets its status
            aim = None
            if own.thrust and own.attitude == "inertial":
                if not own.keeps_direction:
                    held[rows] = legs_.direction("inertial", own.aim, y[rows])
                aim = held[rows]
            result = legs_.fly_leg(own, case.world, y[rows], t[rows], history_step=step, aim=aim, peaks=feels,
                                   ready=None if ready is None else ready[i], cancel=cancel, memory=memory[rows])  # fmt: skip
        if whole:
            stretches.append((own, result, rows))
        if wanted:
            noted.watched(own, result, rows)
            noted.timed(case, own, result, rows, t[rows], aim, memory[rows], cancel)
        if own.feels_entry and feels:
            better = result.peaks[:, :, 0] > greatest[rows, :, 0]
            greatest[rows] = np.where(better[:, :, None], result.peaks, greatest[rows])
        memory[rows] = result.memory
        if own.computer.law != "none":
            jets[rows] = result.memory[:, PROPELLANT]
        y[rows], t[rows], residual[rows] = result.y, result.t, result.residual
        then = _exits(own, place)[result.ended]
        over = np.zeros(len(rows), dtype=bool)
        if own.stop_time is not None:
            over = (result.ended == -1) & (result.t >= own.stop_time)
            then[over] = OVER["stopped"]
        at[rows] = then
        if wanted:
            noted.ended(own, result, rows, over)
        if whole and case.parts and leg.name == "falling":
            begun = result.rows[:1, legs_.ROW.index("start")]
            parts = tuple((name, legs_.fly_leg(part, case.world, result.start[:1], begun, history_step=0.0 if ready else 10.0))
                          for name, part in case.parts)  # fmt: skip
    code = np.where(at < 0, -1 - at, STOPPED).astype(np.int8)
    return Flown(case, code, y, t, residual, greatest, tuple(noted.sightings), tuple(stretches), parts, jets)


def _exits(leg: Leg, place: dict[str, int]) -> np.ndarray:
    """What follows a leg, by what ended it: its stops, then the statuses of the kernel, counted from the end. The place of
    the next leg, or of OVER; beyond all places where nothing is said."""
    thens = [*(s.then for s in leg.stops), *STATUSES[:-1], leg.then]
    return np.array([OVER[then] if then in OVER else place.get(then, len(place)) for then in thens])


class Notes:
    """Events as they are met in one flight of some rows: the first of those that are watched, all that end a leg."""

    def __init__(self, wanted: frozenset[str], n: int):
        self.sightings: list[Sighting] = []
        self.met = {name: np.zeros(n, dtype=bool) for name in wanted}

    def add(self, name, k, t, y, leg, result, rows):
        """k: which of the leg's rows; t, y: of these."""
        self.met[name][rows[k]] = True
        self.sightings.append(Sighting(name, rows[k], t, y, leg, result.rows[k]))

    def watched(self, leg: Leg, result: LegResult, rows: np.ndarray) -> None:
        for j, watch in enumerate(leg.watches):
            if watch.event in self.met:
                seen = result.watched[:, j]
                k = np.flatnonzero(np.isfinite(seen[:, 0]) & ~self.met[watch.event][rows])
                if len(k):
                    self.add(watch.event, k, seen[k, 0], seen[k, 1:], leg, result, rows)

    def timed(self, case: Case, leg: Leg, result: LegResult, rows: np.ndarray, begun: np.ndarray, aim,
              memory: np.ndarray, cancel) -> None:  # fmt: skip
        """Events that are times: the leg is flown again from its start to that time."""
        for name, when in case.timed:
            if name not in self.met:
                continue
            inside = (begun < when) & (when <= result.t) | (begun == when)
            k = np.flatnonzero(inside & ~self.met[name][rows])
            if not len(k):
                continue
            again = replace(leg, row=dict(zip(legs_.ROW, result.rows[k].T, strict=True)), until=when, stops=(), watches=(),
                            duration=None, set_mass=None, shed=0.0, impulse=None, reset_apparent_velocity=False)  # fmt: skip
            held = None if aim is None else aim[k]
            there = legs_.fly_leg(again, case.world, result.start[k], begun[k], aim=held, peaks=False, cancel=cancel,
                                  memory=memory[k])  # fmt: skip
            self.add(name, k, np.full(len(k), when), there.y, leg, result, rows)

    def ended(self, leg: Leg, result: LegResult, rows: np.ndarray, over: np.ndarray) -> None:
        """Events of what ended the leg; none for rows whose flight is over by its time."""
        names = [*(s.event for s in leg.stops), *(None for _ in STATUSES[:-1]), leg.event]
        for status in dict.fromkeys(result.ended[~over].tolist()):
            if names[status] in self.met:
                k = np.flatnonzero((result.ended == status) & ~over)
                self.add(names[status], k, result.t[k], result.y[k], leg, result, rows)


def _room(n: int, keep: Collection[str], events: Collection[str]) -> Landed:
    """Arrays for the results of n rows, nothing in them yet."""
    return Landed(
        code=np.zeros(n, dtype=np.int8),
        t=np.full(n, np.nan) if "time" in keep else None,
        y=np.full((n, len(legs_.STATE)), np.nan) if "state" in keep else None,
        peaks=np.full((n, 3, 2), np.nan) if "peaks" in keep else None,
        jets=np.full(n, np.nan) if "jets" in keep else None,
        events={name: np.full((n, len(legs_.STATE) + 1), np.nan) for name in events},
    )


def _arrays(landed: Landed) -> list[np.ndarray]:
    return [a for a in (landed.code, landed.t, landed.y, landed.peaks, landed.jets, *landed.events.values()) if a is not None]


def _kept(flown: Flown, keep: Collection[str], events: Collection[str]) -> Landed:
    """What is asked for of a flight of some rows."""
    out = _room(len(flown.code), keep, events)
    good = ~FAILURES[flown.code]
    out.code[:] = flown.code
    for into, found in ((out.t, flown.t), (out.y, flown.y), (out.peaks, flown.peaks[:, :, :2]), (out.jets, flown.jets)):
        if into is not None:
            into[good] = found[good]
    for s in flown.sightings:
        into = out.events[s.name]
        fresh = np.isnan(into[s.rows, 0])
        into[s.rows[fresh], 0] = s.t[fresh]
        into[s.rows[fresh], 1:] = s.y[fresh]
    return out
