"""The plan of a guided descent: what its flight computer holds the flight against, and by how much it answers.

The reference is the scenario's own nominal flight with the planned bank; the gains are found by flying around it, with the
kernel that flies the descent. So they belong to this vehicle, this air and this entry, not to a table made for another.

The scheme of the clock law (times of passing every 200 m/s of apparent velocity, one reversal) is that of Soyuz as
Kutomanov 2015 gives it; the gains on board are not published. The range law has the form of Apollo's final phase
(Morth 1966, MIT R-532): range to go predicted from drag and rate of climb around a reference.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trajectory import frames, geodesy
from trajectory import leg as legs_
from trajectory.case import Case
from trajectory.flight import fly, fly_many

COLUMNS = (
    "at", "time", "speed_there", "reach", "by_ahead", "by_later", "to_go", "drag", "rise", "by_drag", "by_rise", "beyond",
)  # fmt: skip
GUIDED = "guided"  # the leg that a plan is for
INTERVAL = 200.0  # m/s of apparent velocity between the nodes of the clock (Kutomanov 2015)
FIRST = 25.6  # m/s, where the clock starts
SLOWEST = 304.8  # m/s, 1000 ft/s, where Apollo ends its steering by range
UNIFORM = 100.0  # m/s between the nodes of the range law
AROUND = 0.15  # of cos(bank), to either side, for the reach
LEAST_REACH = 4e3  # m, for the last seconds, in which no bank moves the end
ROUNDS = 2  # of flights guided by the gains found so far
FLIGHTS = 128  # disturbed flights of which the gains are the least squares
# what disturbs them: standard deviations
DENSITY, DRAG, LIFT = 0.10, 0.05, 0.05
ALONG, RADIAL = 0.5, 0.5  # m/s, of a start in orbit
ENTRY_SPEED, ENTRY_ANGLE = 0.5e-3, 1e-3  # of a start at the entry: part of the speed, rad


@dataclass(frozen=True, eq=False)
class Plan:
    """What a flight computer is loaded with, and how well it foresees the flights it was made from."""

    law: str  # "clock" or "range"
    clock: float  # s since the epoch of the planned ignition
    profile: np.ndarray  # (nodes, len(COLUMNS)), SI; times in s after the ignition that is planned
    spread: np.ndarray  # (nodes,) m, standard deviation of the miss of the disturbed flights without guidance ...
    left: np.ndarray  # (nodes,) ... and of what the law does not foresee of it at each node


def plan(case: Case, law: str, clock: float = 0.0) -> Plan | None:
    """The plan of a case whose guided leg flies the planned bank (no profile yet). clock: s since the epoch of the planned
    ignition. None where the nominal flight never comes to be guided, or ends at once."""
    i = next((k for k, leg in enumerate(case.legs) if leg.name == GUIDED), None)
    if i is None:
        return None
    flown = fly(case, history=True)
    stretch = next((s for s in flown.stretches if s[0].name == GUIDED), None)
    if stretch is None or stretch[1].failed()[0]:
        return None
    leg, result, _ = stretch
    leg = replace(leg, row=dict(zip(legs_.ROW, result.rows[0], strict=True)), watches=())
    by_speed = case.legs[i].computer.by_speed
    path = Path.of(case, result, 0, by_speed)
    if law == "clock":
        wanted = np.arange(INTERVAL, path.w[-1], INTERVAL)
        if path.w[0] < FIRST * 1.001:
            wanted = np.append(path.w[0], wanted)
        wanted = wanted[wanted >= path.w[0]]
    elif by_speed:
        wanted = np.arange(max(SLOWEST, path.x[-1]), path.x.max() + UNIFORM, UNIFORM)
    else:
        wanted = np.arange(np.ceil(path.w[0] / UNIFORM) * UNIFORM, path.w[-1], UNIFORM)
    if len(wanted) < 2:
        return None
    end = Ending.of(case, result)
    profile = np.zeros((len(wanted), len(COLUMNS)))
    reference = path.at(wanted)
    profile[:, 0] = wanted
    profile[:, 1] = reference["t"] - clock
    for name, k in (("speed", 2), ("to_go", 6), ("drag", 7), ("rise", 8)):
        profile[:, k] = reference[name]
    profile[:, 3] = np.maximum(reach(case, leg, result, path, wanted, end), LEAST_REACH)
    spread, left = gains(case, i, leg, law, profile, end, clock)
    profile[:, 11] = beyond_target(case, flown)
    return Plan(law, clock, profile, spread, left)


def track_azimuth(case: Case, latitude: float) -> float:
    """Azimuth of the ground track of the start's orbit where it passes a latitude (rad), as that of the site (cos i = sin A
    cos phi). A latitude is passed on the way north and on the way south: of the two, where the orbit comes nearer to the
    target; without one, as the start goes."""
    r, v = case.start[0, :3], case.start[0, 3:6]
    h = np.cross(r, v)
    h /= np.linalg.norm(h)
    ratio = np.clip(h[2] / max(np.cos(latitude), 1e-6), -1.0, 1.0)
    angle = np.arcsin(ratio)
    if case.target is None:
        return float(angle if v[2] > 0 else np.pi - angle)
    return float(angle if northward(case, h, latitude) else np.pi - angle)


def northward(case: Case, normal: np.ndarray, latitude: float) -> bool:
    """Whether the orbit, within the revolution ahead, passes the target's longitude more nearly on its way north."""
    r, v = case.start[0, :3], case.start[0, 3:6]
    node = np.cross([0.0, 0.0, 1.0], normal)
    node /= max(np.linalg.norm(node), 1e-12)
    ahead = np.cross(normal, node)
    begun = np.arctan2(r @ ahead, r @ node)
    up = np.arcsin(np.clip(np.sin(latitude) / max(abs(ahead[2]), 1e-12), -1.0, 1.0))
    rate = np.linalg.norm(np.cross(r, v)) / (r @ r)
    away = []
    for place in (up, np.pi - up):
        on = (place - begun) % (2.0 * np.pi)
        x, y, _ = np.cos(place) * node + np.sin(place) * ahead
        east = np.arctan2(y, x) - case.orientation.rotation_rate * (float(case.start_time[0]) + on / rate)
        away.append(abs((east - case.target[1] + np.pi) % (2.0 * np.pi) - np.pi))
    return bool(away[0] <= away[1])


def beyond_target(case: Case, flown) -> float:
    """m along the track that a flight ends beyond the site; 0 where there is none, or no landing."""
    if case.target is None or str(flown.outcome[0]) not in ("landed", "impacted"):
        return 0.0
    latitude, longitude, _ = frames.geodetic(flown.y[:, :3], flown.t, case.orientation)
    azimuth = track_azimuth(case, case.target[0])
    return float(geodesy.downrange_crossrange(latitude, longitude, *case.target, azimuth)[0][0])


@dataclass(frozen=True, eq=False)
class Ending:
    """Where the nominal guided leg ends, and the azimuth of its track there."""

    latitude: float
    longitude: float
    azimuth: float

    @classmethod
    def of(cls, case: Case, result) -> Ending:
        latitude, longitude, _ = frames.geodetic(result.y[:1, :3], result.t[:1], case.orientation)
        *_, azimuth = frames.velocity_angles(result.y[:1, :3], result.y[:1, 3:6], result.t[:1], case.orientation)
        return cls(float(latitude[0]), float(longitude[0]), float(azimuth[0]))

    def beyond(self, case: Case, y: np.ndarray, t: np.ndarray) -> np.ndarray:
        """(n,) m that these ends lie beyond it along the track; NaN for a flight without an end."""
        out = np.full(len(t), np.nan)
        good = np.isfinite(y[:, 0])
        if good.any():
            latitude, longitude, _ = frames.geodetic(y[good, :3], t[good], case.orientation)
            out[good] = geodesy.downrange_crossrange(latitude, longitude, self.latitude, self.longitude, self.azimuth)[0]
        return out


@dataclass(frozen=True, eq=False)
class Path:
    """One flight along its cycles."""

    w: np.ndarray  # (n,) m/s of apparent velocity
    t: np.ndarray  # (n,) s since the epoch
    y: np.ndarray  # (n, 10)
    memory: np.ndarray  # (n, 14)
    x: np.ndarray  # (n,) what the profile runs along: w, or the speed
    seen: dict  # to_go (m), drag (m/s2, its ln along w), rise (m/s), speed (m/s), each (n,)

    @classmethod
    def of(cls, case: Case, result, row: int, by_speed: bool = False) -> Path:
        log = result.log[row, : int(result.log_count[row])]
        t, y, memory = log[:, 0], log[:, 1:11], log[:, 11:]
        fresh = np.append(True, np.diff(y[:, 7]) > 1e-9)
        seen = seen_by(case, result.rows[row], y[fresh], t[fresh])
        if not by_speed:
            seen["drag"] = np.log(np.maximum(seen["drag"], 1e-6))
        return cls(y[fresh, 7], t[fresh], y[fresh], memory[fresh], seen["speed"] if by_speed else y[fresh, 7], seen)

    @property
    def falls(self) -> np.ndarray:
        """(n,) x, rising or falling throughout: over a rise of the speed, as it enters, its greatest value holds."""
        return self.x if self.x[-1] > self.x[0] else np.minimum.accumulate(self.x)

    def at(self, x: np.ndarray) -> dict:
        """What it was at these values of x."""
        order = slice(None) if self.x[-1] > self.x[0] else slice(None, None, -1)
        along = self.falls[order]
        return {"t": np.interp(x, along, self.t[order]), **{k: np.interp(x, along, v[order]) for k, v in self.seen.items()}}

    def reached(self, x: np.ndarray) -> np.ndarray:
        """Index of the first cycle at or beyond each value of x; len(t) where there is none."""
        rises = self.x[-1] > self.x[0]
        return np.searchsorted(self.x, x) if rises else np.searchsorted(-self.falls, -x)


def seen_by(case: Case, row: np.ndarray, y: np.ndarray, t: np.ndarray) -> dict:
    """What navigation without errors tells of states (n, 10): range to go, drag, rate of climb, speed."""
    leg = next(leg for leg in case.legs if leg.name == GUIDED)
    felt = legs_.feel(leg, case.world, y, t, row)
    up = frames.local_horizon(y[:, :3], t, case.orientation)[2]
    moves = frames.relative_velocity(y[:, :3], y[:, 3:6], case.orientation)
    rise = np.sum(moves * up, axis=-1)
    forward = moves - rise[:, None] * up
    forward /= np.maximum(np.linalg.norm(forward, axis=-1, keepdims=True), 1e-3)
    turned = case.orientation.rotation_rate * t
    x, y0, z = (row[legs_.ROW.index(f"goal_{axis}")] for axis in "xyz")
    goal = np.stack([np.cos(turned) * x - np.sin(turned) * y0, np.sin(turned) * x + np.cos(turned) * y0,
                     np.full_like(turned, z)], axis=-1)  # fmt: skip
    angle = np.arctan2(np.sum(goal * forward, axis=-1), np.sum(goal * up, axis=-1))
    load = np.sqrt(sum(felt[f"sensed_{axis}"] ** 2 for axis in "xyz"))
    share = felt["drag_coefficient"] / np.hypot(felt["drag_coefficient"], felt["lift_coefficient"])
    return {
        "to_go": case.orientation.equatorial_radius * angle, "drag": load * share,
        "rise": rise, "speed": np.linalg.norm(moves, axis=-1),
    }  # fmt: skip


def reach(case: Case, leg: legs_.Leg, result, path: Path, wanted: np.ndarray, end: Ending) -> np.ndarray:
    """(nodes,) m of range for a unit of cos(bank), from flights that change their bank at each node."""
    reference = leg.row["reference_cosine"]
    k = np.minimum(path.reached(wanted), len(path.w) - 1)
    cosines = np.clip(np.stack([reference - AROUND, reference + AROUND]), -0.99, 0.99)
    size = np.repeat(np.arccos(cosines), len(k))
    memory = np.tile(path.memory[k], (2, 1))
    for name in ("size", "pending"):
        memory[:, legs_.MEMORY.index(name)] = size
    found = legs_.fly_leg(leg, case.world, np.tile(path.y[k], (2, 1)), np.tile(path.t[k], 2), memory=memory, peaks=False)
    beyond = end.beyond(case, found.y, found.t).reshape(2, -1)
    return np.nan_to_num((beyond[1] - beyond[0]) / (cosines[1] - cosines[0]), nan=LEAST_REACH)


def gains(case: Case, i: int, leg: legs_.Leg, law: str, profile: np.ndarray, end: Ending,
          clock: float) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Fill the gains of a profile by least squares over disturbed flights: at each node, where the flight would end with the
    planned bank from there on, against what the law sees of it by then. First on flights with the planned bank alone, then
    on flights that the law so far has guided, because these are what it will see. Returns Plan.spread and Plan.left."""
    disturbed = disturb(case)
    event = next(s.event for before in case.legs[:i] for s in before.stops if s.then == GUIDED)
    begun = fly_many(disturbed, keep=(), events=(event,), threads=1).events[event]
    good = np.isfinite(begun[:, 0])
    own = {k: v[good] for k, v in disturbed.legs[i].row.items() if k in DISTURBED and isinstance(v, np.ndarray)}
    steady = replace(leg, row=leg.row | own)
    columns = (4, 5) if law == "clock" else (4, 9, 10)
    features, ends = [], []
    computer = case.legs[i].computer
    for turn in range(1 + ROUNDS):
        flies = steady if turn == 0 else replace(steady, computer=replace(computer, profile=profile))
        flown = legs_.fly_leg(flies, case.world, begun[good, 1:], begun[good, 0], history_step=1e6, peaks=False)
        paths = [Path.of(case, flown, row, computer.by_speed) for row in range(good.sum())]
        features.append(seen_at_nodes(paths, law, profile, clock))
        if turn == 0:
            open_ends = end.beyond(case, flown.y, flown.t)
            ends.append(np.repeat(open_ends[:, None], len(profile), axis=1))
        else:
            ends.append(on_from(case, steady, paths, profile[:, 0], end))
        x, z = np.concatenate(features), np.concatenate(ends)
        left = np.zeros(len(profile))
        for node in range(len(profile)):
            use = np.isfinite(x[:, node]).all(axis=1) & np.isfinite(z[:, node])
            if use.sum() < 4 * x.shape[2]:
                continue
            scale = np.maximum(np.std(x[use, node], axis=0), 1e-9)
            found = np.linalg.lstsq(x[use, node] / scale, z[use, node], rcond=1e-6)[0] / scale
            profile[node, columns] = found
            left[node] = np.std(z[use, node] - x[use, node] @ found)
    return np.full(len(profile), np.nanstd(open_ends)), left


def seen_at_nodes(paths: list[Path], law: str, profile: np.ndarray, clock: float) -> np.ndarray:
    """(flights, nodes, features) of what a law works with, as it would see it: NaN beyond the end of a flight."""
    names = ("to_go", "drag", "rise")
    seen = np.full((len(paths), len(profile), 4), np.nan)
    for row, path in enumerate(paths):
        low, high = np.sort(path.x[[0, -1]])
        inside = (profile[:, 0] >= low - 0.1) & (profile[:, 0] <= high + UNIFORM * (path.x[0] > path.x[-1]))
        there = path.at(profile[inside, 0])
        seen[row, inside] = np.stack([there["t"] - clock - profile[inside, 1], *(there[n] for n in names)], axis=-1)
    if law == "range":
        return np.stack([profile[:, 6] - seen[:, :, 1], seen[:, :, 2] - profile[:, 7], seen[:, :, 3] - profile[:, 8]], -1)
    late = seen[:, :, 0]
    change = np.diff(late, axis=1, prepend=late[:, :1])
    speed = 0.5 * (profile[:, 2] + np.append(profile[:1, 2], profile[:-1, 2]))
    ahead = profile[0, 2] * late[:, :1] + np.cumsum(speed * change, axis=1)
    return np.stack([ahead, change], axis=-1)


def on_from(case: Case, leg: legs_.Leg, paths: list[Path], nodes: np.ndarray, end: Ending) -> np.ndarray:
    """(flights, nodes) m beyond the end, of flights that go on from each node with the planned bank; NaN where none is."""
    out = np.full((len(paths), len(nodes)), np.nan)
    k = np.array([path.reached(nodes) for path in paths])
    row, node = np.nonzero(k < np.array([len(path.w) for path in paths])[:, None])
    at = k[row, node]
    pairs = list(zip(row, at, strict=True))
    y, t, memory = (np.stack([getattr(paths[r], name)[c] for r, c in pairs]) for name in ("y", "t", "memory"))
    size = np.arccos(leg.row["reference_cosine"])
    for name in ("size", "pending"):
        memory[:, legs_.MEMORY.index(name)] = size
    flown = legs_.fly_leg(legs_.pick(leg, row, len(paths)), case.world, y, t, memory=memory, peaks=False)
    out[row, node] = end.beyond(case, flown.y, flown.t)
    return out


DISTURBED = ("density_factor", "cd", "cl")


def disturb(case: Case) -> Case:
    """FLIGHTS rows of a case of one row: its start, its air and its coefficients disturbed, the same each time."""
    from scipy.stats import norm, qmc

    z = norm.ppf(qmc.Sobol(5, scramble=False).random(2 * FLIGHTS)[1 : FLIGHTS + 1])
    y = np.tile(case.start, (FLIGHTS, 1))
    v = y[:, 3:6]
    radial = y[:, :3] / np.linalg.norm(y[:, :3], axis=1, keepdims=True)
    speed = np.linalg.norm(v, axis=1, keepdims=True)
    in_orbit = case.legs[0].name not in ("entry_flight", GUIDED)
    along, up = (ALONG, RADIAL) if in_orbit else (ENTRY_SPEED * speed, ENTRY_ANGLE * speed)
    y[:, 3:6] = v + z[:, 3:4] * along * v / speed + z[:, 4:5] * up * radial
    factors = np.exp(np.stack([DENSITY * z[:, 0], DRAG * z[:, 1], LIFT * z[:, 2]]))

    def rows(leg):
        row = dict(leg.row)
        for name, factor in zip(DISTURBED, factors, strict=True):
            if leg.in_air and not callable(row.get(name)):
                row[name] = row.get(name, legs_.RESTING.get(name, 0.0)) * factor
        return replace(leg, row=row)

    return replace(case, start=y, start_time=np.repeat(case.start_time, FLIGHTS), legs=tuple(rows(leg) for leg in case.legs))
