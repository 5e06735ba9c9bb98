"""Opportunities: every ignition within some days whose nominal flight comes down in a zone, and the passes that do not reach.

The orbit is laid out once; a pass is where its ground track is nearest to a zone. An ignition is that time less the way from
ignition to landing, which a few flights tell. Then all passes fly together, with the reversal of the bank at each of TURNS
places to both sides, until they land abreast of their zone (Newton's rule on the time of ignition): how far left and right
these land is the reach, and where the distance across changes its sign lies the answer. That is flown to the end in the air
of its own day and place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trajectory import batch, frames, geodesy, passes, soonest
from trajectory.case import TOO_OLD, Commands, build, orientation_of, refused, start_epoch
from trajectory.flight import fly, fly_many
from trajectory.orbit import tle_count
from trajectory.passes import GROUND_SPEED, Track
from trajectory.targeting import FIRST_REVERSAL, REVERSAL, TURNING
from trajectory.windows import (
    LANDED,
    SLEEP,
    SUN_RIM,
    WAKE,
    Window,
    Windows,
    criteria,
    ground_speed,
    light,
    ranked,
)
from trajectory.zones import Zone, places

MOST_DAYS = 30.0
OLD = 7.0  # days from the epoch of an element set: warned of; beyond case.TOO_OLD refused
MOST_ACROSS = 600e3  # m: passes farther away are not tried; capsules of L/D 0.3 reach 100 to 250 km to a side
TURNS = 9  # places of the reversal for each side
ROUNDS = 3  # of flying all passes abreast of their zones
FINAL_ROUNDS = 8
HIT = 200.0  # m
UNSTEERED = 10e3  # m across in which a vehicle that cannot choose counts as landed, where the zone has no radius
PILOTS = 8  # flights around the first revolution that tell the way from ignition to landing


def opportunities(
    scenario, days: float = 3.0, site: str | None = None, order: str | None = None, anywhere: bool = False
) -> Windows:
    """Every window for the deorbit burn of a scenario within some days after undocking, else after its epoch.

    site: a zone of the vehicle, a file of zones, or a site, by name or path; None: all zones of the vehicle, or the scenario's
    site. order: criteria with commas (windows.CRITERIA). anywhere: "as soon as possible": any land, or water, in the first
    four revolutions too. Windows is a table: len, iteration, to_dataframe, to_dict, plot.

    Raises ScenarioError: no vehicle, burn or zone, a zone without coordinates, an element set too old for these days.
    """
    wanted = criteria(order, scenario)
    if not 0.0 < days <= MOST_DAYS:
        raise refused(scenario, "--days", days, f"allowed: above 0, up to {MOST_DAYS:g}")
    d = scenario.deorbit
    if scenario.vehicle is None or d is None or d.delta_v is None and d.cutoff == "delta_v":
        raise refused(scenario, "deorbit", "", "opportunities need a vehicle and a deorbit burn with its delta_v")
    where = places(scenario, site)
    begin = str(d.near if d.ignition == "solve" else d.ignition) if scenario.undocking is None else str(scenario.undocking.at)
    begin, notes = not_before_start(scenario, begin)
    notes += aged(scenario, begin, days)
    orientation = orientation_of(scenario, begin)
    track = passes.track(scenario, orientation, 0.0, days * 86400.0 + 12000.0)
    search = Search(steerable(scenario), begin, days * 86400.0, track, scenario.guidance.mode)
    if search.lead is None:
        notes.append("no flight with this burn comes down within a revolution")
    found, beyond = search.windows(where.zones)
    if anywhere:
        found += soonest.stretches(search, where.surface)
    counted = "NORAD" if scenario.start.type == "tle" else "the beginning"
    return Windows(
        scenario,
        ranked(found, wanted),
        tuple(beyond),
        where.missing,
        where.zones,
        str(frames.utc(begin, 0.0)),
        float(days),
        wanted,
        str(frames.utc(start_epoch(scenario), 0.0)),
        counted,
        track,
        tuple(notes),
    )


def not_before_start(scenario, begin: str) -> tuple[str, list[str]]:
    """The beginning of the span; a start at its own epoch cannot be left earlier."""
    if scenario.start.type in ("tle", "omm", "oem"):
        return begin, []
    start = start_epoch(scenario)
    if np.datetime64(start[:-1]) <= np.datetime64(begin[:-1]):
        return begin, []
    return start, [f"the orbit given starts at {frames.utc(start, 0.0)}: the span begins there"]


def aged(scenario, begin: str, days: float) -> list[str]:
    """A note where the orbit is old for these days; ScenarioError where it is too old."""
    if scenario.start.type not in ("tle", "omm"):
        return []
    epoch = np.datetime64(start_epoch(scenario)[:-1])
    ages = (np.datetime64(begin[:-1]) - epoch) / np.timedelta64(1, "D") + np.array([0.0, days])
    worst = ages[np.argmax(np.abs(ages))]
    said = f"the element set is of {str(epoch)[:19]}Z, {abs(worst):.1f} days {'before' if worst > 0 else 'after'} the"
    said += f" {'last' if worst > 0 else 'first'} of the days asked for"
    if abs(worst) > TOO_OLD:
        raise refused(
            scenario,
            "start.lines",
            "",
            f"{said}; more than {TOO_OLD:g} days say nothing of where the station is: give "
            "an element set of those days, or fewer days",
        )
    return (
        [f"{said}: its error grows by some 1 to 3 km a day along the track, and by every boost of the station"]
        if abs(worst) > OLD
        else []
    )


def steerable(scenario):
    """The scenario with a reversal that can be chosen, where its vehicle is steered in a way that aiming cannot plan."""
    if scenario.guidance.mode in ("predictor", "apollo"):
        return scenario.replace(guidance__mode="automatic", guidance__reversal="solve")
    return scenario


@dataclass(frozen=True)
class Tried:
    """Passes of zones, each with the time of ignition that a nominal way would have: (n,) each."""

    zone: np.ndarray  # which of the zones
    nearest: np.ndarray  # s, when the ground track is nearest
    across: np.ndarray  # m
    azimuth: np.ndarray  # rad
    node: np.ndarray  # which ascending node was the last before


class Search:
    """One search: its scenario, its span, the orbit, and the cases that fly."""

    def __init__(self, scenario, begin: str, span: float, track: Track, mode: str):
        self.scenario, self.begin, self.span, self.track = scenario, begin, span, track
        g = scenario.guidance
        self.steers = g.mode in TURNING
        limits = g.reversal_limits
        self.limits = REVERSAL if limits is None else tuple(x.si for x in limits)
        both = g.first_side == "solve" or mode != g.mode
        self.sides = (1.0, -1.0) if both else (-1.0 if g.first_side == "left" else 1.0,)
        self.world = build(scenario, begin, Commands(as_planned=True), states_of=track.states).world
        self.lead = self.way()
        first = passes.count(track, np.zeros(1), None)[0]
        self.number_at = None
        if scenario.start.type == "tle" and len(track.node_time):
            node = frames.utc(track.orientation.epoch, track.node_time[0])
            self.number_at = np.array(tle_count(scenario.start.lines, node))
        self.first = first

    def commands(self, offset, turn=None, side=None) -> Commands:
        if not self.steers:
            return Commands(as_planned=True, offset=offset)
        return Commands(as_planned=True, offset=offset, reversal=turn, side=side)

    def landings(self, commands: Commands):
        """(time, latitude, longitude), each (n,), of flights from the orbit; NaN where they do not come down."""
        case = build(self.scenario, self.begin, commands, self.world, self.track.states)
        flown = fly_many(case, keep=("state", "time"))
        down = np.isin(flown.outcome, LANDED) & np.isfinite(flown.t)
        latitude, longitude = np.full((2, len(down)), np.nan)
        if down.any():
            latitude[down], longitude[down], _ = frames.geodetic(flown.y[down, :3], flown.t[down], case.orientation)
        return np.where(down, flown.t, np.nan), latitude, longitude

    def way(self) -> float | None:
        """s from ignition until the orbit that was left is abreast of where the flight lands. None: no flight comes down."""
        offset = np.linspace(0.0, 5000.0, PILOTS)
        turn = np.full(PILOTS, np.clip(FIRST_REVERSAL, *self.limits))
        _, latitude, longitude = self.landings(self.commands(offset, turn, np.ones(PILOTS)))
        down = np.flatnonzero(np.isfinite(latitude))
        ways = []
        for k in down:
            t, _, _ = passes.closest(self.track, latitude[k], longitude[k])
            ahead = t[(t > offset[k]) & (t < offset[k] + 5500.0)]
            ways += list(ahead[:1] - offset[k])
        return float(np.median(ways)) if ways else None

    def windows(self, zones) -> tuple[list[Window], list[dict]]:
        """Windows of the zones, and the passes out of reach."""
        tried = self.tried(zones)
        if not len(tried.zone):
            return [], []
        answers = self.abreast(tried, zones)
        parts = batch.in_chunks(lambda rows, _: self.finished(answers[rows.start], zones), len(answers), chunk=1)
        found, beyond = [], []
        for answer, window in zip(answers, parts, strict=True):
            if window is None:
                beyond.append(self.told(answer, zones))
            else:
                found.append(window)
        return found, beyond

    def tried(self, zones) -> Tried:
        """The passes of each zone that lie in the span, and, for a zone with its own crossings, are among those."""
        rows = []
        for i, zone in enumerate(zones if self.lead is not None else ()):
            t, across, azimuth = passes.closest(self.track, zone.latitude.si, zone.longitude.si)
            node = self.track.node_before(t)
            ignition = t - self.lead
            kept = (np.abs(across) < MOST_ACROSS) & (ignition >= 0.0) & (ignition <= self.span)
            if zone.crossing:
                at = np.where(node >= 0, self.track.node_longitude[np.maximum(node, 0)], np.nan)
                inside = [(at - west.si) % (2 * np.pi) <= (east.si - west.si) for west, east in zone.crossing]
                kept &= np.any(inside, axis=0)
            rows += [(i, *row) for row in zip(t[kept], across[kept], azimuth[kept], node[kept], strict=True)]
        columns = np.array(rows, dtype=float).reshape(-1, 5).T
        return Tried(columns[0].astype(int), *columns[1:4], columns[4].astype(int))

    def abreast(self, tried: Tried, zones) -> list[dict]:
        """Fly every pass with every reversal until it lands abreast of its zone; for each what lies where."""
        n = len(tried.zone)
        turns = np.linspace(*self.limits, TURNS) if self.steers else np.array([FIRST_REVERSAL])
        sides = np.array(self.sides if self.steers else (1.0,))
        side, turn = (x.ravel() for x in np.meshgrid(sides, turns, indexing="ij"))
        m = len(turn)
        offset = np.repeat(tried.nearest - self.lead, m)
        place = np.array([[z.latitude.si, z.longitude.si] for z in zones])[np.repeat(tried.zone, m)]
        for _ in range(ROUNDS):
            flown = np.maximum(offset, 0.0)
            _, latitude, longitude = self.landings(self.commands(flown, np.tile(turn, n), np.tile(side, n)))
            along, across = geodesy.downrange_crossrange(latitude, longitude, *place.T, np.repeat(tried.azimuth, m))
            offset = np.where(np.isfinite(along), offset - along / GROUND_SPEED, offset)
        shape = (n, len(sides), len(turns))
        across, offset = across.reshape(shape), offset.reshape(shape)
        return [self.crossing(tried, i, sides, turns, across[i], offset[i]) for i in range(n)]

    def crossing(self, tried, i, sides, turns, across, offset) -> dict:
        """One pass: its reach, and the reversal and time with which the distance across the zone vanishes, if any."""
        out = {
            "zone": tried.zone[i],
            "nearest": tried.nearest[i],
            "across": tried.across[i],
            "azimuth": tried.azimuth[i],
            "node": tried.node[i],
            "left": None,
            "right": None,
            "turn": None,
            "side": 1.0,
            "slope": None,
            "later": 0.0,
            "offset": offset.ravel()[0],
        }
        if not self.steers:
            return out
        reach = across - tried.across[i]
        out |= {"left": float(-np.nanmin(reach)), "right": float(np.nanmax(reach))} if np.isfinite(reach).any() else {}
        for s, side in enumerate(sides):
            a, t = across[s], offset[s]
            roots = np.flatnonzero(np.sign(a[:-1]) * np.sign(a[1:]) <= 0)  # NaN: none
            if len(roots):
                k = min(roots, key=lambda k: abs(turns[k] - FIRST_REVERSAL))
                share = a[k] / (a[k] - a[k + 1])
                width = turns[k + 1] - turns[k]
                return out | {
                    "side": side,
                    "turn": turns[k] + share * width,
                    "offset": t[k] + share * (t[k + 1] - t[k]),
                    "slope": (a[k + 1] - a[k]) / width,
                    "later": (t[k + 1] - t[k]) / width,
                }
        return out

    def finished(self, answer: dict, zones) -> Window | None:
        """The window of a pass, flown in its own air; None where the zone is out of reach."""
        if self.steers and answer["turn"] is None:
            return None
        zone: Zone = zones[answer["zone"]]
        epoch = str(frames.utc(self.track.orientation.epoch, float(answer["offset"])))
        scenario = self.scenario.model_copy(update={"site": zone})
        offset, turn, world = 0.0, answer["turn"], None
        for _ in range(FINAL_ROUNDS):
            try:
                case = build(scenario, epoch, self.commands(offset, turn, answer["side"]), world)
            except ValueError:
                return None
            world, flown = case.world, fly(case, marks=False)
            if flown.outcome[0] not in LANDED:
                return None
            latitude, longitude, _ = frames.geodetic(flown.y[:, :3], flown.t, case.orientation)
            along, across = (
                float(x[0])
                for x in geodesy.downrange_crossrange(
                    latitude, longitude, zone.latitude.si, zone.longitude.si, answer["azimuth"]
                )
            )
            miss = np.hypot(along, across) if self.steers else abs(along)
            if miss < HIT / 10:
                break
            change = 0.0
            if self.steers:
                change = np.clip(turn - across / answer["slope"], *self.limits) - turn
                turn += change
            offset += answer["later"] * change - along / GROUND_SPEED
        radius = UNSTEERED if zone.zone_radius is None else zone.zone_radius.si
        if miss > HIT if self.steers else np.hypot(along, across) > radius:
            return None
        answer |= {"turn": turn, "miss": float(np.hypot(along, across))}
        return self.window(answer, zone.name or "site", zone, case, flown, offset)

    def window(self, answer: dict, name: str, zone: Zone | None, case, flown, offset: float) -> Window | None:
        """What is told of a flight that comes down where it should."""
        ignition = frames.elapsed_seconds(frames.utc(case.epoch, offset), self.track.orientation)
        if not -1e-3 <= ignition <= self.span:
            return None
        state, t = flown.y[0], float(flown.t[0])
        latitude, longitude, _ = (float(x) for x in frames.geodetic(state[:3], t, case.orientation))
        landing = str(frames.utc(case.epoch, t))
        sun, left = light(latitude, longitude, t, case.orientation)
        hour = (np.datetime64(landing[:-1]) - np.datetime64(landing[:10])) / np.timedelta64(1, "h")
        undocking = self.scenario.undocking
        free = t - offset if undocking is None else float(ignition) + t - offset
        need, reach = -answer["across"], answer["right"] if answer["across"] < 0 else answer["left"]
        wind, limit = None, None if zone is None or zone.most_wind is None else zone.most_wind.si
        if self.scenario.wind.model != "calm" or self.scenario.weather is not None:
            wind = ground_speed(state, t, case.orientation)
        node = answer["node"]
        return Window(
            ignition_utc=str(frames.utc(case.epoch, offset)),
            site=name,
            revolution=int(passes.count(self.track, np.array([ignition]), self.number_at)[0]),
            equator_crossing_deg=float(np.degrees(self.track.node_longitude[node])) if node >= 0 else None,
            northward=bool(np.cos(answer["azimuth"]) > 0),
            miss_across_m=float(answer["across"]),
            reach_left_m=answer["left"],
            reach_right_m=answer["right"],
            reach_used=float(abs(need) / reach) if reach else None,
            landing_miss_m=answer["miss"],
            first_bank=None if answer["turn"] is None else "right" if answer["side"] > 0 else "left",
            reversal_m_s=None if answer["turn"] is None else float(answer["turn"]),
            landing_utc=landing,
            landing_latitude_deg=float(np.degrees(latitude)),
            landing_longitude_deg=float(np.degrees(longitude)),
            wait_s=float(ignition),
            free_flight_s=float(free),
            peak_load_factor_g=float(flown.peaks[0, 0, 0] / 9.80665),
            daylight=bool(sun > SUN_RIM),
            sun_elevation_deg=float(np.degrees(sun)),
            daylight_left_s=left,
            crew_day_h=float((hour - WAKE) % 24.0),
            crew_awake=bool(WAKE <= hour < SLEEP),
            wind_m_s=wind,
            wind_limit_m_s=limit,
            wind_ok=None if wind is None or limit is None else bool(wind <= limit),
        )

    def told(self, answer: dict, zones) -> dict:
        """A pass at which a zone is out of reach, in a few words."""
        km = None if answer["left"] is None else answer["right"] if answer["across"] < 0 else answer["left"]
        at = self.track.node_longitude[answer["node"]] if answer["node"] >= 0 else np.nan
        return {
            "site": zones[answer["zone"]].name,
            "passes_utc": str(frames.utc(self.track.orientation.epoch, answer["nearest"])),
            "revolution": int(passes.count(self.track, np.array([answer["nearest"] - self.lead]), self.number_at)[0]),
            "equator_crossing_deg": float(np.degrees(at)),
            "miss_across_m": float(answer["across"]),
            "reach_m": km,
        }
