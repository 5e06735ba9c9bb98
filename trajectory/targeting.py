"""Aiming: the ignition, speed change, bank and reversal that bring the nominal flight down at its site."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

import numpy as np

from trajectory import frames, geodesy, guidance, reach
from trajectory.case import (
    Case,
    Commands,
    OrbitTable,
    begin_epoch,
    build,
    orientation_of,
    refuse_old,
    refused,
)
from trajectory.entry import LAW, LIMITS
from trajectory.flight import fly
from trajectory.scenario import leaves

REVOLUTION = 5560.0  # s
SCAN_STEP = 60.0  # s, of ignition: 460 km along the track
REVERSAL = (200.0, 7600.0)  # m/s of apparent velocity in which a reversal can be asked for
FIRST_REVERSAL = 2700.0
TURNING = ("bank", "automatic", "range")  # modes of a bank with one reversal
HIT = 50.0  # m: nearer is a hit
LAW_COPES = 1e3  # m along the track that a flight computer's reference may end from the site


@dataclass(frozen=True)
class Aim:
    """What aiming found: the case to fly and how far its nominal flight lands from the site."""

    case: Case
    commands: Commands
    miss_along: float  # m, of the landing point beyond the site along the track
    miss_across: float  # m, to the right of the track
    solved: tuple[str, ...]
    reason: str | None  # why it missed, where it did

    def to_dict(self) -> dict:
        c = self.commands
        found = {}
        if "ignition" in self.solved:
            found["ignition_utc"] = self.case.epoch
        if "delta_v" in self.solved:
            found["delta_v_m_s"] = float(c.delta_v)
        if "bank" in self.solved:
            found["bank_deg"] = float(np.degrees(c.bank))
        if "reversal" in self.solved:
            found["reversal_m_s"] = float(c.reversal)
            found["first_bank"] = "right" if c.side > 0 else "left"
        along, across = (round(m, 3) if np.isfinite(m) else None for m in (self.miss_along, self.miss_across))
        return {"solved": found, "miss_along_m": along, "miss_across_m": across, "reason": self.reason}


def unknowns(scenario) -> tuple[str, ...]:
    """What the scenario leaves to be found."""
    found = []
    d, g = scenario.deorbit, scenario.guidance
    if d is not None:
        if d.solve != "ignition":
            found.append(d.solve)
        elif d.ignition == "solve":
            found.append("ignition")
    if g.mode in TURNING and g.reversal == "solve":
        found.append("reversal")
    return tuple(found)


def miss(case: Case) -> np.ndarray:
    """(n_run, 2) of the rows' ends from the site: along the track, and across it to the right, m. NaN if none landed."""
    flown = fly(case, marks=False)
    down = np.isin(flown.outcome, ("landed", "impacted", "stopped")) & np.isfinite(flown.y[:, 0])
    out = np.full((len(flown.t), 2), np.nan)
    if not down.any():
        return out
    latitude, longitude, _ = frames.geodetic(flown.y[down, :3], flown.t[down], case.orientation)
    azimuth = guidance.track_azimuth(case, case.target[0])
    along, across = geodesy.downrange_crossrange(latitude, longitude, *case.target, azimuth)
    out[down] = np.stack([along, across], axis=1)
    return out


def aim(scenario) -> Aim:
    """Find what the scenario leaves open so that its nominal flight lands on the site.

    Ignition is first looked for over a revolution around `near`, then with the reversal (both first sides) by least
    squares; the better is kept and flown at the millisecond. A site out of reach leaves a miss and its reason.
    """
    solve = unknowns(scenario)
    epoch = begin_epoch(scenario)
    if scenario.site is None:
        commands = planned(scenario, epoch, Commands(as_planned=True))
        return Aim(build(scenario, epoch, commands), commands, np.nan, np.nan, (), "no site is named" if solve else None)
    commands = Commands(as_planned=True)
    if solve:
        epoch, commands = searched(scenario, epoch, solve)
    commands, solve = fitting(scenario, epoch, commands, solve)
    commands = planned(scenario, epoch, commands)
    case = build(scenario, epoch, commands)
    if not solve:
        return Aim(case, commands, np.nan, np.nan, (), None)
    along, across = miss(case)[0]
    reason = None
    if not np.hypot(along, across) < 200.0:
        reason = why(scenario, solve, along, across)
        if "ignition" not in solve and scenario.guidance.mode in TURNING:
            reason += f"; {reach.reachable(scenario, epoch, commands).sentence()}"
        if scenario.guidance.failure is not None:
            reason = f"aimed as planned, and guidance fails on the way: {reason}"
    return Aim(case, commands, float(along), float(across), solve, reason)


def searched(scenario, epoch: str, solve: tuple[str, ...]) -> tuple[str, Commands]:
    """(epoch, commands) of what the scenario leaves open, as planned; the epoch is the ignition, where that is open."""
    refuse_old(scenario, epoch)
    base = Commands(as_planned=True)
    if "reversal" in solve:
        base = replace(base, reversal=FIRST_REVERSAL)
    table = None
    if "ignition" in solve:
        if scenario.start.type in ("tle", "omm", "oem"):
            half = REVOLUTION / 2 + 400.0
            table = OrbitTable(scenario, orientation_of(scenario, epoch), -half, half)
        base = replace(base, offset=scan(scenario, epoch, base, table))
    sides = (1.0, -1.0) if scenario.guidance.first_side == "solve" and scenario.guidance.mode in TURNING else \
        (-1.0 if scenario.guidance.first_side == "left" else 1.0,)  # fmt: skip
    world = build(scenario, epoch, base).world
    found = [refine(scenario, epoch, replace(base, side=side), solve, world, table) for side in sides]
    best = min(found, key=lambda one: max(one[1], HIT))  # where both sides hit, the first: right
    commands = best[0]
    if "ignition" in solve:
        epoch = str(frames.utc(epoch, float(commands.offset)))
        commands = replace(commands, offset=0.0)
    return epoch, commands


def fitting(scenario, epoch: str, commands: Commands, solve: tuple[str, ...]) -> tuple[Commands, tuple[str, ...]]:
    """Where ignition and speed change are given and their flight ends away from the site: the planned bank that brings the
    reference of the flight computer there, and what has been found then. The law steers around a reference that ends at the
    site; on one that ends elsewhere its gains do not hold, because it would be late on purpose and not by a disturbance."""
    law = LAW.get(scenario.guidance.mode)
    if law not in ("clock", "range") or not {"ignition", "delta_v", "bank"}.isdisjoint(solve):
        return commands, solve
    case = build(scenario, epoch, commands)
    if not any(leg.name == guidance.GUIDED for leg in case.legs):  # it starts under the canopy: no bank is flown
        return commands, solve
    away = miss(case)[0, 0]
    if not np.isfinite(away) or abs(away) < LAW_COPES:
        return commands, solve
    solve = ("bank", *solve)
    return refine(scenario, epoch, commands, solve, case.world, None, across="reversal" in solve)[0], solve


NOT_AIMED = ("extends", "name", "title", "summary", "description", "note", "source", "grade", "undocking", "cooling", "crew",
             "option", "expected")  # sections and words that aiming does not look at


def same_aim(scenario) -> str:
    """Equal for scenarios that are aimed alike: everything that they hold but for NOT_AIMED, files by their bytes."""
    held = [(k, getattr(scenario, k)) for k in sorted(type(scenario).model_fields) if k not in NOT_AIMED]
    files = [leaf for _, leaf in leaves(scenario) if isinstance(leaf, Path) and leaf.is_file()]
    return repr(held) + "".join(hashlib.sha256(file.read_bytes()).hexdigest() for file in files)


def as_found(scenario, found: Aim) -> Aim:
    """The aim of a scenario by that of another of the same `same_aim`."""
    return replace(found, case=build(scenario, found.case.epoch, found.commands))


class Aims:
    """What aiming found, by `same_aim`: looked for once, by whichever thread asks first; the others wait for it. The last
    `most` are held."""

    def __init__(self, most: int = 64):
        self.most = most
        self._held: dict[str, Future] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._held)

    def of(self, scenario) -> Aim:
        """The aim of a scenario, as `aim` finds it. Raises what `aim` does."""
        mine = Future()
        with self._lock:
            held = self._held.setdefault(same_aim(scenario), mine)
            while len(self._held) > self.most:
                del self._held[next(iter(self._held))]
        if held is not mine:
            found = held.result()
            return aim(scenario) if found is None else as_found(scenario, found)  # its own message where it cannot be aimed
        found = None
        try:
            found = aim(scenario)
        finally:
            held.set_result(found)
        return found


FOUND = Aims()  # of this process: a flight, its dispersion and its comparison are aimed once


def aimed(scenario) -> Aim:
    """The aim of a scenario, looked for once in this process. Raises what `aim` does."""
    return FOUND.of(scenario)


def planned(scenario, epoch: str, commands: Commands) -> Commands:
    """The commands with what the flight computer is loaded with, where there is one."""
    law = LAW.get(scenario.guidance.mode)
    if law in (None, "predictor"):
        return replace(commands, as_planned=False)
    if scenario.guidance.start_altitude is None and scenario.guidance.start_apparent_velocity is None:
        raise refused(scenario, "guidance.mode", scenario.guidance.mode, "this guidance needs to know when it begins: give "
                      "guidance.start_altitude or guidance.start_apparent_velocity")  # fmt: skip
    plan = guidance.plan(build(scenario, epoch, commands), law, float(commands.offset))
    return replace(commands, plan=plan, as_planned=False)


def scan(scenario, epoch: str, base: Commands, table) -> float:
    """The ignition, every minute of a revolution around the epoch, whose flight lands nearest."""
    offsets = np.arange(-REVOLUTION / 2, REVOLUTION / 2, SCAN_STEP)
    if table is None:  # a start at its own epoch: nothing can be lit before it
        offsets = offsets - offsets[0]
    n = len(offsets)
    side = np.where(np.arange(2 * n) < n, 1.0, -1.0)
    case = build(scenario, epoch, replace(base, offset=np.tile(offsets, 2), side=side), states_of=table)
    distance = np.hypot(*miss(case).T)
    if not np.isfinite(distance).any():
        return 0.0
    return float(np.tile(offsets, 2)[np.nanargmin(distance)])


def refine(scenario, epoch: str, start: Commands, solve, world, table, across: bool = True):
    """(commands, distance) by least squares in scaled unknowns, one side of the first bank. across: of the miss across the
    track too, not of that along it alone."""
    from scipy.optimize import least_squares

    scales = {"ignition": 10.0, "delta_v": 1.0, "bank": 0.05, "reversal": 400.0}
    d = scenario.deorbit
    first = {
        "ignition": start.offset, "reversal": start.reversal,
        "delta_v": None if d is None or d.delta_v is None else d.delta_v.si,
        "bank": None if scenario.guidance.bank is None else scenario.guidance.bank.si,
    }  # fmt: skip
    given = scenario.guidance.reversal_limits
    reversals = REVERSAL if given is None else tuple(limit.si for limit in given)
    least, most = (0.0, np.pi) if scenario.guidance.mode not in LAW else np.arccos(LIMITS[::-1])  # what it may command
    low = {"ignition": first["ignition"] - 400.0, "delta_v": 1.0, "bank": least, "reversal": reversals[0]}
    high = {"ignition": first["ignition"] + 400.0, "delta_v": 2000.0, "bank": most, "reversal": reversals[1]}
    x0 = np.array([first[k] / scales[k] for k in solve])
    bounds = [[side[k] / scales[k] for k in solve] for side in (low, high)]

    def commands(x):
        named = dict(zip(solve, x, strict=True))
        return replace(start, **{
            {"ignition": "offset"}.get(k, k): (v * scales[k]) for k, v in named.items()
        })  # fmt: skip

    def residual(x):
        """(2, k) misses in km of the columns of x, all flown together."""
        x = np.atleast_2d(x.T).T
        found = miss(build(scenario, epoch, commands(x), world, table)) * [1e-3, 1e-3 * across]
        return np.where(np.isfinite(found), found, 1e4).T

    def jacobian(x):
        step = 1e-3
        around = np.repeat(x[:, None], 2 * len(x), axis=1)
        for i in range(len(x)):
            around[i, 2 * i] += step
            around[i, 2 * i + 1] -= step
        f = residual(around)
        return (f[:, 0::2] - f[:, 1::2]) / (2 * step)

    best = None
    for reversal in (0.0, 1500.0, -1500.0):  # the reversal's effect folds over; try from both ends
        begin = x0.copy()
        if "reversal" in solve:
            begin[solve.index("reversal")] += reversal / scales["reversal"]
        elif reversal:
            continue
        found = least_squares(lambda x: residual(x)[:, 0], np.clip(begin, *bounds), jac=jacobian, bounds=bounds,
                              xtol=1e-12, ftol=1e-12, max_nfev=40)  # fmt: skip
        distance = float(np.hypot(*found.fun)) * 1e3
        if best is None or distance < best[1]:
            one = commands(found.x)
            best = (replace(one, **{k: float(v) for k in ("offset", "reversal", "bank", "delta_v")
                                    if (v := getattr(one, k)) is not None}), distance)  # fmt: skip
        if best[1] < HIT:
            break
    return best


def why(scenario, solve, along, across) -> str:
    if not np.isfinite(along):
        return "no flight from this start came down"
    far = f"{abs(along) / 1e3:.1f} km {'long' if along > 0 else 'short'}"
    far += f", {abs(across) / 1e3:.1f} km {'right' if across > 0 else 'left'}"
    if len(solve) < 2:
        return f"with {solve[0]} alone to be found the nearest is {far}"
    held = "any bank that may be commanded" if "bank" in solve else "a bank of this size"
    return f"out of reach with {held} on this revolution: nearest is {far} of the site"
