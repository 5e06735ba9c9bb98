"""Flies the legs of one case, for any number of rows: hands each row from leg to leg until it has an outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trajectory import leg as legs_
from trajectory.case import Case
from trajectory.leg import Leg, LegResult
from trajectory.status import FAILED, KERNEL, OUTCOMES

PEAKS = ("sensed_acceleration", "heat_flux", "dynamic_pressure")


@dataclass(frozen=True, eq=False)
class Mark:
    """An event of one row: its name, time, state, and the leg (with its row values) on which it fell."""

    name: str
    t: float
    y: np.ndarray  # (10,)
    leg: Leg
    row: np.ndarray


@dataclass(frozen=True, eq=False)
class Flown:
    """What became of the rows of a case."""

    case: Case
    outcome: np.ndarray  # (n_run,) of str
    y: np.ndarray  # (n_run, 10) final states
    t: np.ndarray  # (n_run,)
    residual: np.ndarray  # (n_run,)
    peaks: np.ndarray  # (n_run, 3, 12) of the entry: value, time, state
    marks: tuple[list[Mark], ...]  # of each row, where asked for
    stretches: tuple  # (leg, LegResult, rows) in the order flown
    parts: tuple  # (name, LegResult)


def fly(case: Case, history: bool = False, marks: bool = True) -> Flown:
    """Fly a case. `history` keeps states along the way; `marks` the events."""
    n = len(case.start)
    y, t = case.start.copy(), case.start_time.copy()
    at = np.array([case.legs[0].name] * n, dtype=object)
    outcome = np.array([""] * n, dtype=object)
    residual, held = np.zeros(n), np.full((n, 3), np.nan)
    peaks = np.zeros((n, 3, 12))
    found: tuple[list[Mark], ...] = tuple([] for _ in range(n))
    stretches, parts = [], []
    for leg in case.legs:
        rows = np.flatnonzero((at == leg.name) & (outcome == ""))
        if not len(rows):
            continue
        own = pick(leg, rows, n)
        aim = None
        if own.thrust and own.attitude == "inertial":
            if not own.keeps_direction:
                held[rows] = legs_.direction("inertial", own.aim, y[rows])
            aim = held[rows]
        result = legs_.fly_leg(
            own, case.world, y[rows], t[rows], history_step=own.history_step if history else 0.0, aim=aim
        )
        stretches.append((own, result, rows))
        if marks and result.watched.shape[1]:
            note_watched(own, result, rows, found)
        if marks:
            note_timed(case, own, result, rows, t[rows], found, aim)
        if leg.feels_entry:
            better = result.peaks[:, :, 0] > peaks[rows, :, 0]
            peaks[rows] = np.where(better[:, :, None], result.peaks, peaks[rows])
        y[rows], t[rows], residual[rows] = result.y, result.t, result.residual
        for k, row in enumerate(rows):
            then, event = what_next(own, int(result.ended[k]), result.t[k])
            if event is not None and marks:
                found[row].append(Mark(event, result.t[k], result.y[k], own, result.rows[k]))
            if then in OUTCOMES:
                outcome[row] = then
            else:
                at[row] = then
        if case.parts and leg.name == "falling":
            begun = result.rows[:1, legs_.ROW.index("start")]
            parts = [(name, legs_.fly_leg(part, case.world, result.start[:1], begun, history_step=10.0 if history else 0.0))
                     for name, part in case.parts]  # fmt: skip
    outcome[outcome == ""] = "stopped"
    return Flown(case, outcome, y, t, residual, peaks, found, tuple(stretches), tuple(parts))


def pick(leg: Leg, rows: np.ndarray, n: int) -> Leg:
    """The leg with the numbers of these rows alone."""

    def own(value):
        return value[rows] if isinstance(value, np.ndarray) and value.shape == (n,) and n > 1 else value

    if n == 1:
        return leg
    stops = tuple(replace(s, value=own(s.value)) for s in leg.stops)
    watches = tuple(replace(s, value=own(s.value)) for s in leg.watches)
    return replace(
        leg, row={k: own(v) for k, v in leg.row.items()}, stops=stops, watches=watches, duration=own(leg.duration),
        until=own(leg.until),
        set_mass=own(leg.set_mass), shed=own(leg.shed), impulse=own(leg.impulse),
    )  # fmt: skip


def what_next(leg: Leg, ended: int, t: float):
    """(next leg or outcome, event) after a leg."""
    if ended >= 0:
        return leg.stops[ended].then, leg.stops[ended].event
    word = KERNEL[ended]
    if word in FAILED:
        return word, None
    if leg.stop_time is not None and t >= leg.stop_time:
        return "stopped", None
    return leg.then, leg.event


def note_watched(leg: Leg, result: LegResult, rows: np.ndarray, found) -> None:
    for j, watch in enumerate(leg.watches):
        for k, row in enumerate(rows):
            seen = result.watched[k, j]
            if np.isfinite(seen[0]) and not any(m.name == watch.event for m in found[row]):
                found[row].append(Mark(watch.event, seen[0], seen[1:], leg, result.rows[k]))


def note_timed(case: Case, leg: Leg, result: LegResult, rows: np.ndarray, begun: np.ndarray, found, aim) -> None:
    """Events that are times: the leg is flown again from its start to that time."""
    again = replace(leg, stops=(), watches=(), duration=None, set_mass=None, shed=0.0, impulse=None,
                    reset_apparent_velocity=False)  # fmt: skip
    for name, at in case.timed:
        inside = (begun < at) & (at <= result.t) | (begun == at)
        for k in np.flatnonzero(inside):
            if any(m.name == name for m in found[rows[k]]):
                continue
            one = replace(again, row=dict(zip(legs_.ROW, result.rows[k], strict=True)), until=at)
            held = None if aim is None else aim[k : k + 1]
            there = legs_.fly_leg(one, case.world, result.start[k : k + 1], begun[k : k + 1], aim=held)
            found[rows[k]].append(Mark(name, at, there.y[0], leg, result.rows[k]))
