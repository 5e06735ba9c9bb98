"""Deorbit burns that go wrong: cut off early, lit late, weak, askew, on the small thrusters, after a push by a leak.

Every fault is a variation of one scenario, aimed as if nothing would happen: the same ignition, the same plan in the flight
computer. What the ship may do about it is flown beside doing nothing, and says on whose word it rests.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import numpy as np

from trajectory import batch, constants, frames, geodesy, land, targeting
from trajectory import leg as legs_
from trajectory.case import build, refused
from trajectory.cooling import leak
from trajectory.decay import decay
from trajectory.flight import fly
from trajectory.leg import Leg
from trajectory.phases import orbit_row

NOTHING = "nothing"
EXTENDED = "held on to its speed change"
EXTENDED_SOURCE = "wikisum.wiki, Soyuz 33: the autopilot went on with a weak burn (1979)"
TAKEN_OVER = "small thrusters finish it"
TAKEN_OVER_SOURCE = "assumed: eight aft thrusters are the reserve (russianspaceweb.com, KDU of Soyuz MS); no rule was found"
NO_RULE = "assumed: what crew and computer would do was not found"
SHARES = (0.99, 0.96, 0.925, 0.85, 0.78, 0.71, 0.64)  # of the burn, at which it is cut off
LATE = (1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0)  # s
THRUSTS = (0.97, 0.9, 0.8, 0.5)
PITCHES, YAWS = (-20.0, -5.0, -2.0, 2.0, 5.0, 20.0), (5.0, 20.0, 45.0)  # deg
BACKWARD = 180.0  # deg: the burn is flown with the engine the wrong way round
LEAKING_FOR = 3 * 3600.0  # s, by when a hole as assumed for MS-22 has emptied its loop
BURNING = ("burn", "steady_burn", "backup_burn")  # legs of the deorbit burn
LANDED = ("landed", "impacted", "stopped")


@dataclass(frozen=True)
class Fault:
    """One burn that goes wrong. changes: keys of the scenario, as for Scenario.replace; late: s; push: (forward, orbit
    normal, up), m/s."""

    name: str
    kind: str
    response: str = NOTHING
    source: str = NO_RULE
    changes: tuple[tuple[str, str], ...] = ()
    late: float = 0.0
    push: tuple[float, float, float] | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of it. Times UTC, metres, degrees, seconds; None where it does not apply."""

    fault: str
    kind: str
    response: str
    source: str
    outcome: str  # landed, in_orbit, skipped_out ...
    burn_s: float | None
    delta_v_m_s: float | None
    entry_later_s: float | None  # at the entry interface, against the flight as planned
    flight_path_angle_deg: float | None  # there, of the relative velocity
    landing_utc: str | None
    landing_latitude_deg: float | None
    landing_longitude_deg: float | None
    miss_along_m: float | None  # beyond the landing point of the flight as planned
    miss_across_m: float | None  # to its right
    on_land: bool | None
    peak_load_factor_g: float | None
    perigee_m: float | None  # of the orbit that is left, where the ship stays in it
    apogee_m: float | None
    decay_utc: str | None  # when it comes down by itself
    decay_from_utc: str | None
    decay_to_utc: str | None  # None with decay_from_utc given: later than is looked


@dataclass(frozen=True, eq=False)
class Burns:
    """The faults of a scenario, in their order; the first row is the flight as planned."""

    scenario: object
    ignition_utc: str
    rows: tuple[Outcome, ...]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self):
        return iter(self.rows)

    def __getitem__(self, i):
        return self.rows[i]

    def row(self, fault: str) -> Outcome:
        """The row of a fault by its name. KeyError if there is none."""
        for row in self.rows:
            if row.fault == fault:
                return row
        raise KeyError(f"no fault {fault!r}; there are {', '.join(r.fault for r in self.rows)}")

    def to_dict(self) -> dict:
        """What `trajectory burns --json` prints."""
        about = {"schema": 1, "scenario": self.scenario.name, "scenario_sha256": self.scenario.sha256}
        return about | {"ignition_utc": self.ignition_utc, "faults": [asdict(row) for row in self.rows]}

    def to_dataframe(self):
        """pandas.DataFrame, a row for each fault."""
        import pandas as pd

        return pd.DataFrame([asdict(row) for row in self.rows])

    def plot(self):
        """A matplotlib Figure: where the burns lead."""
        from trajectory.report import burns

        return burns.picture(self)


def burns(scenario) -> Burns:
    """Fly every fault of the deorbit burn of a scenario: cut short, late, weak, askew, on the backup engine, leaking.

    Each row tells where it lands, or that it stays in orbit and between when and when it decays; what each fault rests on
    stands in its source. A table: len, iteration, `row(name)`, `to_dataframe`, `to_dict`, `plot`. Degrees, metres, seconds,
    UTC.

    Raises ScenarioError where there is no finite burn cut off by its speed, FlightError where nothing can be aimed.
    """
    d = scenario.deorbit
    if scenario.vehicle is None or d is None or d.kind != "finite" or d.cutoff != "delta_v":
        raise refused(scenario, "deorbit", "", "faults need a finite burn that is cut off by its delta_v")
    aimed = targeting.aimed(scenario)
    listed = faults(scenario, aimed)
    planned = flight_of(scenario, aimed, Fault("as planned", "none", source="the scenario"), None)
    parts = batch.in_chunks(lambda rows, _: flight_of(scenario, aimed, listed[rows.start], planned), len(listed), chunk=1)
    return Burns(scenario, aimed.case.epoch, tuple(decayed(scenario, aimed.case, [planned, *parts])))


def decayed(scenario, case, flown) -> list[Outcome]:
    """The outcomes, those that stay in orbit with the time at which they come down by themselves."""
    up = [k for k, row in enumerate(flown) if row[4] is not None]
    rows = [outcome for outcome, *_ in flown]
    if not up or scenario.vehicle.orbit is None:
        return rows
    states, t = np.array([flown[k][4].y for k in up]), np.array([flown[k][4].t for k in up])
    for k, since, found in zip(up, t, decay(scenario, case, states, t), strict=True):
        after = (found.nominal, found.soonest, found.latest)
        when = [None if s is None else str(frames.utc(case.epoch, float(since) + s)) for s in after]
        named = dict(zip(("decay_utc", "decay_from_utc", "decay_to_utc"), when, strict=True))
        rows[k] = replace(rows[k], perigee_m=found.perigee, apogee_m=found.apogee, **named)
    return rows


def faults(scenario, aimed) -> list[Fault]:
    """What may go wrong with this burn."""
    d = scenario.deorbit
    engine = scenario.vehicle.engine[d.engine]
    length = burn_length(scenario, engine)
    soyuz = "dpo" in scenario.vehicle.engine  # whose loop may leak, and whose computer is known to hold a weak burn on
    small = d.backup_engine or ("dpo" if soyuz and d.engine != "dpo" else None)
    taken = {"response": TAKEN_OVER, "source": TAKEN_OVER_SOURCE}
    out = []
    for share in SHARES:
        name = f"cut off after {share * length:.0f} s of {length:.0f}"
        cut = (("deorbit__cutoff", "time"), ("deorbit__duration", f"{share * length} s"))
        out.append(Fault(name, "early cut-off", changes=cut))
        if small is not None:
            after = (("deorbit__engine_fails_after", f"{share * length} s"), ("deorbit__backup_engine", small))
            out.append(Fault(name, "early cut-off", changes=after, **taken))
    out += [Fault(f"lit {late:g} s late", "late ignition", late=late) for late in LATE]
    key = f"vehicle__engine__{d.engine}__thrust"
    for share in THRUSTS:
        weak = (key, f"{share * engine.thrust.si} N")
        timed = (weak, ("deorbit__cutoff", "time"), ("deorbit__duration", f"{length} s"))
        out.append(Fault(f"thrust {100 * share:.0f} %", "low thrust", EXTENDED, EXTENDED_SOURCE if soyuz else NO_RULE, (weak,)))
        out.append(Fault(f"thrust {100 * share:.0f} %", "low thrust", "cut off by the clock", NO_RULE, timed))
    if d.attitude != "table":
        askew = [(f"pitched {p:+g} deg", (("deorbit__pitch", f"{np.degrees(d.pitch.si) + p} deg"),)) for p in PITCHES]
        askew += [(f"yawed {y:g} deg", (("deorbit__yaw", f"{np.degrees(d.yaw.si) + y} deg"),)) for y in YAWS]
        askew.append(("turned the wrong way round", (("deorbit__yaw", f"{BACKWARD} deg"),)))
        out += [Fault(name, "wrong attitude", changes=changes) for name, changes in askew]
    if small is not None:
        dead = (("deorbit__engine_fails_after", "0.5 s"), ("deorbit__backup_engine", small))
        level = (*dead, ("deorbit__attitude", "lvlh"))
        out.append(Fault("main engine dead", "engine", changes=(("deorbit__cutoff", "time"), ("deorbit__duration", "0.5 s"))))
        out.append(Fault("main engine dead, thrust held inertially", "engine", changes=dead, **taken))
        out.append(Fault("main engine dead, thrust held level", "engine", changes=level, **taken))
    return out + leaks(scenario) if soyuz else out


def leaks(scenario) -> list[Fault]:
    """A push by what leaves the loop, in each direction."""
    push = leaked(scenario)
    axes = (("back", (-1, 0, 0)), ("forward", (1, 0, 0)), ("aside", (0, 1, 0)), ("up", (0, 0, 1)))
    return [Fault(f"leak pushes {word}, {push:.2f} m/s", "leak thrust", source=LEAK_SOURCE, push=tuple(push * x for x in axis))
            for word, axis in axes]  # fmt: skip


LEAK_SOURCE = "the hole assumed for MS-22, 0.8 mm, its whole loop in one direction after undocking: the worst that it can do"


def burn_length(scenario, engine) -> float:
    """s of the burn as planned (Tsiolkovsky 1903), its start-up added."""
    from trajectory.case import descent_body
    from trajectory.phases import orbit_mass

    exhaust = engine.specific_impulse.si * constants.STANDARD_GRAVITY
    mass = orbit_mass(scenario, descent_body(scenario))
    burnt = mass * (1.0 - np.exp(-scenario.deorbit.delta_v.si / exhaust))
    return float(burnt * exhaust / engine.thrust.si + engine.start_transient.si / 2.0)


def leaked(scenario) -> float:
    """m/s that a hole as in MS-22 gives the ship, emptying its loop into one direction."""
    hole = leak.begin(leak.Leak(0.8e-3), 1, {})
    for _ in range(int(LEAKING_FOR / 60.0)):
        hole = leak.step(hole, 60.0, np.array([293.0]))
    mass = scenario.vehicle.orbit.mass.si if scenario.deorbit.mass is None else scenario.deorbit.mass.si
    return float(hole.impulse[0] / mass)


def flight_of(scenario, aimed, fault: Fault, planned):
    """(Outcome, latitude, longitude, time of the entry, the event of the cut-off where the ship stays up, the azimuth of
    the way from entry to landing) of one fault;
    planned: the same of the flight as planned."""
    own = scenario.replace(**dict(fault.changes)) if fault.changes else scenario
    commands = replace(aimed.commands, offset=fault.late)
    case = build(own, aimed.case.epoch, commands)
    if fault.push is not None:
        case = replace(case, start=case.start + pushed(own, case, fault.push))
    flown = fly(case)
    outcome = str(flown.outcome[0])
    marks = {m.name: m for m in flown.marks[0]}
    lit, cut, entry = (marks.get(name) for name in ("deorbit_ignition", "deorbit_cutoff", "entry_interface"))
    found = dict.fromkeys(Outcome.__dataclass_fields__)
    found |= {"fault": fault.name, "kind": fault.kind, "response": fault.response, "source": fault.source, "outcome": outcome}
    if lit is not None and cut is not None:
        found["burn_s"] = float(cut.t - lit.t)
        found["delta_v_m_s"] = speed_change(flown)
    if entry is not None:
        _, angle, _ = frames.velocity_angles(entry.y[:3], entry.y[3:6], entry.t, case.orientation)
        found["flight_path_angle_deg"] = float(np.degrees(angle))
        found["entry_later_s"] = float(entry.t) - (float(entry.t) if planned is None else planned[3])
    latitude = longitude = np.nan
    state, t = flown.y[0], float(flown.t[0])
    if outcome in LANDED:
        latitude, longitude, _ = (float(x) for x in frames.geodetic(state[:3], t, case.orientation))
        found |= {
            "landing_utc": str(frames.utc(case.epoch, t)),
            "landing_latitude_deg": float(np.degrees(latitude)),
            "landing_longitude_deg": float(np.degrees(longitude)),
            "on_land": bool(land.is_land(latitude, longitude)),
            "peak_load_factor_g": float(flown.peaks[0, 0, 0] / constants.STANDARD_GRAVITY),
        }
        if planned is not None:
            azimuth = planned[5]
            miss = geodesy.downrange_crossrange(latitude, longitude, planned[1], planned[2], azimuth)
            found |= dict(zip(("miss_along_m", "miss_across_m"), map(float, miss), strict=True))
    left = cut if outcome == "in_orbit" else None
    along = np.nan
    if entry is not None and np.isfinite(latitude):  # the way from the entry to the landing, as it arrives
        begun = frames.geodetic(entry.y[:3], entry.t, case.orientation)[:2]
        north, east = geodesy.plane_about(latitude, longitude, *begun)
        along = float(np.arctan2(-east, -north))
    return Outcome(**found), latitude, longitude, np.nan if entry is None else float(entry.t), left, along


def speed_change(flown) -> float:
    """m/s that the thrust gave, from the mass that each engine burnt."""
    total = 0.0
    for leg, result, _ in flown.stretches:
        if leg.name.startswith(BURNING):
            exhaust = float(result.rows[0, legs_.ROW.index("exhaust_speed")])
            total += exhaust * np.log(float(result.start[0, 6] / result.y[0, 6]))
    return float(total)


def pushed(scenario, case, push) -> np.ndarray:
    """(1, 10): what a push after undocking (else a revolution before ignition) changes of the state at ignition."""
    before = 5560.0 if case.undocking is None else float(case.start_time[0] - case.undocking[1])
    before = min(before, 86400.0)
    state = case.start[:1].copy()
    back = state.copy()
    back[:, 3:6] *= -1.0  # flown backward in time as forward with the velocity turned: without drag the same path
    row = orbit_row(scenario, None) | {"area": 0.0}
    leg = Leg("coast", row=row, duration=before, then="in_orbit", tolerance=1e-11)
    calm = replace(case.world, rotation=-case.world.rotation)
    there = legs_.fly_leg(leg, calm, back, np.zeros(1), peaks=False).y
    there[:, 3:6] *= -1.0
    r, v = there[0, :3], there[0, 3:6]
    normal = np.cross(r, v) / np.linalg.norm(np.cross(r, v))
    up = r / np.linalg.norm(r)
    turned = there.copy()
    turned[0, 3:6] += push[0] * np.cross(normal, up) + push[1] * normal + push[2] * up
    ends = [legs_.fly_leg(leg, case.world, y, np.zeros(1), peaks=False).y for y in (there, turned)]
    change = ends[1] - ends[0]
    change[:, 6:] = 0.0
    return change
