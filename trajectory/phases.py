"""The table of legs of a scenario: coast, burn, entry, canopies, touchdown. A new phase is a row here, no code elsewhere.

Legs stand in the order in which they may be flown; each stop names the leg, or the outcome, that follows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trajectory import constants
from trajectory.leg import Leg, Stop

G0 = constants.STANDARD_GRAVITY
COAST_TOLERANCE, ENTRY_TOLERANCE = 1e-11, 1e-10
ORBIT_STEP, ENTRY_STEP, CANOPY_STEP = 20.0, 1.0, 2.0  # s, of the history
SETTLING = (
    20.0  # s of the full equation after a change under a canopy, 50 time constants; then the balanced speed
)
LONG = 60 * 86400.0  # s: no flight lasts longer


def legs_of(scenario, body, commands):
    """(legs, mass at the start) of a scenario."""
    watches = own_watches(scenario)
    phase, deorbit = scenario.start.phase, scenario.deorbit
    legs: list[Leg] = []
    if phase == "orbit":
        mass = orbit_mass(scenario, body)
        if deorbit is not None:
            legs += burns(scenario, commands, mass)
        legs += coasts(scenario, body, commands)
        terrain = 0.0 if scenario.site is None else scenario.site.terrain.si
        ground = Stop("altitude", terrain, -1, "touchdown", "impacted")
        legs = [replace(leg, stops=(*leg.stops, ground)) for leg in legs]
    else:
        mass = body.mass
    if phase != "parachute":
        legs += entry(scenario, body, commands)
    legs += canopies(scenario, body, first=phase == "parachute")
    legs = [with_numerics(scenario, leg, watches) for leg in legs]
    return asked_to_stop(scenario, tuple(legs)), mass


def orbit_mass(scenario, body) -> float:
    if scenario.deorbit is not None and scenario.deorbit.mass is not None:
        return scenario.deorbit.mass.si
    return body.mass if scenario.vehicle.orbit is None else scenario.vehicle.orbit.mass.si


def orbit_row(scenario, body) -> dict:
    """Row values of the whole vehicle, tumbling or not: drag alone."""
    row = {"density_factor": scenario.atmosphere.density_factor.si}
    o = scenario.vehicle.orbit
    if o is not None and o.area is not None:
        row |= {"area": o.area.si, "cd": 2.2 if o.drag_coefficient is None else o.drag_coefficient.si}
    elif o is None:
        row |= {"area": body.area, "cd": body.cd}
    return row


def body_row(scenario, body) -> dict:
    return {
        "area": body.area, "cd": body.cd, "cl": body.cl, "heat_factor": body.heat_factor,
        "density_factor": scenario.atmosphere.density_factor.si,
    }  # fmt: skip


# --- the deorbit burn


def burns(scenario, commands, mass) -> list[Leg]:
    """Coast to ignition, then the burn: start-up, steady thrust, and a second engine that takes over."""
    d = scenario.deorbit
    row = {"density_factor": scenario.atmosphere.density_factor.si}
    delta_v = (
        commands.delta_v if commands.delta_v is not None else (None if d.delta_v is None else d.delta_v.si)
    )
    aim = retrograde(d.pitch.si, d.yaw.si)
    legs = [
        Leg(
            "approach", row=row, until=commands.offset, then="burn", event="deorbit_ignition", first_step=10.0
        )
    ]
    if d.kind == "impulse":
        attitude = "lvlh" if d.attitude == "lvlh" else "velocity"
        return [*legs, Leg("burn", row=row, attitude=attitude, aim=aim, impulse=delta_v, duration=0.0, then="coast",
                           event="deorbit_cutoff")]  # fmt: skip
    engine = scenario.vehicle.engine[d.engine]
    final, limit = cut_off(d, engine, mass, delta_v)
    common = {"thrust": True, "attitude": "lvlh" if d.attitude == "table" else d.attitude, "aim": aim}
    done = {"then": "coast", "event": "deorbit_cutoff"}
    ramp = engine.start_transient.si
    exhaust = engine.specific_impulse.si * G0
    ends = (Stop("mass", final, -1, **done), *perigee_stop(d, done))
    if ramp > 0:
        start_row = row | {"thrust": 0.0, "thrust_rate": engine.thrust.si / ramp, "exhaust_speed": exhaust}
        legs.append(Leg("burn", row=start_row, stops=ends, duration=ramp, then="steady_burn", **common))
    fails = d.engine_fails_after
    runs_out = {"then": "coast", "event": "deorbit_cutoff"}
    if fails is not None:
        limit = min(limit, fails.si)
        runs_out = {"then": "backup_burn", "event": "engine_failure"} if d.backup_engine else runs_out
    legs.append(Leg("steady_burn" if ramp > 0 else "burn", row=row | {"thrust": engine.thrust.si, "exhaust_speed": exhaust},
                    stops=ends, duration=max(limit - ramp, 0.0), keeps_direction=ramp > 0, **runs_out, **common))  # fmt: skip
    if fails is not None and d.backup_engine:
        other = scenario.vehicle.engine[d.backup_engine]
        left_mass = mass - engine.thrust.si / exhaust * max(
            fails.si - ramp / 2, fails.si**2 / (2 * ramp) if ramp else 0.0
        )
        second = other.specific_impulse.si * G0
        remaining = delta_v - exhaust * np.log(mass / left_mass) if delta_v is not None else np.inf
        goal = left_mass * np.exp(-np.maximum(remaining, 0.0) / second)
        if other.propellant is not None:
            goal = np.maximum(goal, left_mass - other.propellant.si)
        legs.append(Leg("backup_burn", row=row | {"thrust": other.thrust.si, "exhaust_speed": second}, keeps_direction=True,
                        stops=(Stop("mass", goal, -1, **done), *perigee_stop(d, done)), duration=86400.0,
                        **done, **common))  # fmt: skip
    if d.attitude != "table":
        return legs
    begins = {"burn": 0.0, "steady_burn": ramp, "backup_burn": 0.0 if fails is None else fails.si}
    return [
        piece
        for leg in legs
        for piece in by_table(leg, d.attitude_table, commands.offset, begins.get(leg.name))
    ]


PIECE = 5.0  # s for which a tabulated attitude is held


def by_table(leg: Leg, table, ignition, begin) -> list[Leg]:
    """A burn's leg, `begin` s after ignition, cut into pieces of `PIECE` s, each at the pitch and yaw (from straight
    back along the local horizontal) that the table has at its middle; straight between its rows, held outside."""
    if not leg.thrust:
        return [leg]
    rows = np.array([[x.si for x in row] for row in table])
    end = begin + leg.duration
    edges = np.arange(begin, max(min(rows[-1, 0], end), begin + PIECE), PIECE)
    pieces = []
    for i, edge in enumerate(edges):
        pitch, yaw = (np.interp(edge + PIECE / 2, rows[:, 0], rows[:, c]) for c in (1, 2))
        last = i + 1 == len(edges)
        pieces.append(
            replace(
                leg,
                name=leg.name if i == 0 else f"{leg.name}_{i}",
                aim=retrograde(pitch, yaw),
                until=ignition + (end if last else min(edge + PIECE, end)),
                duration=None,
                then=leg.then if last else f"{leg.name}_{i + 1}",
                event=leg.event if last else None,
            )
        )
    return pieces


def retrograde(pitch: float, yaw: float) -> tuple:
    """(forward, orbit normal, up) of a thrust against the motion, pitched up and yawed toward the orbit normal."""
    return (-np.cos(pitch) * np.cos(yaw), np.sin(yaw), np.sin(pitch) * np.cos(yaw))


def cut_off(d, engine, mass, delta_v):
    """(mass at cut-off, longest burn in s): by velocity (Tsiolkovsky 1903), time, perigee or empty tanks."""
    exhaust = engine.specific_impulse.si * G0
    empty = mass - engine.propellant.si if engine.propellant is not None else 0.05 * mass
    limit = 86400.0
    final = empty
    if d.cutoff == "delta_v":
        final = np.maximum(mass * np.exp(-np.asarray(delta_v) / exhaust), empty)
    elif d.cutoff == "time":
        limit = d.duration.si
    return final, limit


def perigee_stop(d, done):
    return (Stop("perigee_altitude", d.perigee.si, -1, **done),) if d.cutoff == "perigee" else ()


# --- coast and separation


def coasts(scenario, body, commands) -> list[Leg]:
    """From cut-off to the entry interface; the modules part on the way, before or after it."""
    interface = scenario.entry_interface.si
    allowed = allowed_time(scenario)
    whole = orbit_row(scenario, body)
    enter = Stop("altitude", interface, -1, "entry_interface", "entry", at_once=True)
    part = scenario.separation
    set_down = {"set_mass": body.mass, "reset_apparent_velocity": True}
    lifting = {
        "aero": body.table,
        "lift": body.cl != 0.0 or body.table is not None,
        "row": body_row(scenario, body),
    }
    if not start_stop(scenario.guidance, ""):  # guided from the moment the modules part
        lifting["row"] |= {"bank": first_bank(scenario, commands)}
    lost = {"duration": allowed, "then": "in_orbit"}
    if part is None:
        return [Leg("coast", row=whole, stops=(enter,), first_step=10.0, **lost),
                Leg("entry", duration=0.0, then="entry_flight", **set_down, **lifting)]  # fmt: skip
    late = part.altitude is not None and part.altitude.si <= interface
    separate = {"event": "module_separation"}
    if late:
        return [
            Leg("coast", row=whole, stops=(enter,), first_step=10.0, **lost),
            Leg("entry", row=whole | {"heat_factor": body.heat_factor}, in_air=True, feels_entry=True,
                stops=(Stop("altitude", part.altitude.si, -1, then="separated", at_once=True, **separate),
                       Stop("altitude", interface, +1, None, "skipped_out")), duration=allowed, then="in_orbit"),
            Leg("separated", duration=0.0, then="entry_flight", **set_down, **lifting),
        ]  # fmt: skip
    falling = Leg("falling", stops=(enter,), first_step=5.0, **set_down, **lifting, **lost)
    if part.after is not None:
        at = commands.offset + part.after.si
        coast = Leg("coast", row=whole, stops=(enter,), until=at, then="falling", first_step=10.0, **separate)
    else:
        below = Stop("altitude", part.altitude.si, -1, then="falling", at_once=True, **separate)
        coast = Leg("coast", row=whole, stops=(below,), first_step=10.0, **lost)
    return [
        coast,
        falling,
        Leg("entry", duration=0.0, then="entry_flight", row=lifting["row"], set_mass=body.mass),
    ]


def allowed_time(scenario) -> float:
    """Two revolutions of a low orbit, or as many as `stop` says."""
    if scenario.stop.after is not None and scenario.deorbit is None:
        return LONG
    return scenario.stop.revolutions.si * 5560.0


# --- entry


def entry(scenario, body, commands) -> list[Leg]:
    """From the entry interface to the command to open the canopy, or to the ground where there is none."""
    g = scenario.guidance
    row = body_row(scenario, body)
    ends = (*command_stop(scenario), Stop("altitude", scenario.entry_interface.si, +1, None, "skipped_out"))
    common = {
        "aero": body.table,
        "in_air": True,
        "feels_entry": True,
        "first_step": 1.0,
        "duration": LONG,
        "then": "in_orbit",
    }
    lifts = {"lift": body.cl != 0.0 or body.table is not None}
    flat = {"row": row, **common, **lifts}
    if g.mode == "none":
        return [Leg("entry_flight", stops=ends, row=row, **common)]
    begin = start_stop(g, "guided")
    if not begin:
        first: list[Leg] = [Leg("entry_flight", duration=0.0, then="guided", row=row)]
    else:
        first = [Leg("entry_flight", stops=(*ends, *begin), **flat)]
    if g.mode == "ballistic":
        if g.roll_rate is None:  # turns fast enough for the lift to cancel
            return [*first, Leg("guided", stops=ends, row=row, **common)]
        return [*first, Leg("guided", stops=ends, row=row | {"bank_rate": g.roll_rate.si}, **common, **lifts)]
    if g.mode == "schedule":
        return [*first, *scheduled(g, ends, row, common, lifts)]
    bank = first_bank(scenario, commands)
    reversal = commands.reversal if g.reversal == "solve" or commands.reversal is not None else \
        None if g.reversal is None else g.reversal.si  # fmt: skip
    rate = None if g.roll_rate is None else g.roll_rate.si
    size = np.abs(bank)
    legs = first
    if rate is not None:
        legs.append(Leg("guided", row=row | {"bank_rate": np.sign(bank) * rate}, stops=ends,
                        **common | lifts | {"duration": size / rate, "then": "banked"}))  # fmt: skip
    turn = (
        () if reversal is None else (Stop("apparent_velocity", reversal, +1, "bank_reversal", "reversing", at_once=True),)
    )
    legs.append(
        Leg(
            "guided" if rate is None else "banked",
            row=row | {"bank": bank},
            stops=(*ends, *turn),
            **common,
            **lifts,
        )
    )
    if reversal is not None:
        if rate is not None:
            legs.append(Leg("reversing", row=row | {"bank": bank, "bank_rate": -np.sign(bank) * rate}, stops=ends,
                            **common | lifts | {"duration": 2 * size / rate, "then": "reversed"}))  # fmt: skip
        legs.append(
            Leg(
                "reversing" if rate is None else "reversed",
                row=row | {"bank": -bank},
                stops=ends,
                **common,
                **lifts,
            )
        )
    return legs


def first_bank(scenario, commands):
    """Bank angle with which guidance begins; 0 where it commands none."""
    g = scenario.guidance
    if g.mode != "bank":
        return 0.0
    side = commands.side if g.first_side == "solve" else {"right": 1.0, "left": -1.0}[g.first_side]
    return side * (commands.bank if commands.bank is not None else g.bank.si)


def command_stop(scenario):
    """What ends the entry: the barometric command, or the ground."""
    p, site = scenario.vehicle.parachute, scenario.site
    if p is None:
        return (Stop("altitude", 0.0 if site is None else site.terrain.si, -1, "touchdown", "impacted", at_once=True),)
    own = scenario.parachute.command_altitude if scenario.parachute is not None else None
    return (Stop("altitude", (own or p.command_altitude).si, -1, "chute_command", "command", at_once=True),)


def start_stop(g, then):
    if g.start_altitude is not None:
        return (Stop("altitude", g.start_altitude.si, -1, "guidance_start", then, at_once=True),)
    if g.start_apparent_velocity is not None:
        return (Stop("apparent_velocity", g.start_apparent_velocity.si, +1, "guidance_start", then, at_once=True),)
    return ()


def scheduled(g, ends, row, common, lifts) -> list[Leg]:
    """A leg for each interval of the schedule. By time (s since the case epoch) the bank runs straight from row to row;
    by altitude, speed or apparent velocity it is held from each row to the next. Before the first row it is that of the
    first, after the last that of the last."""
    rows = [(x.si, bank.si) for x, bank in g.schedule]
    by_time = g.schedule_by == "time"
    names = ["guided", *(f"guided_{i}" for i in range(1, len(rows) + by_time))]
    legs = []
    if by_time:
        legs.append(held_until(names[0], names[1], rows[0], row, ends, common, lifts))
        names = names[1:]
    for i, (x, bank) in enumerate(rows):
        own, timed, stops = row | {"bank": bank}, dict(common), list(ends)
        if i + 1 < len(rows):
            ahead, after = rows[i + 1]
            if by_time:
                slope = (after - bank) / (ahead - x)
                own |= {"bank": lambda y, t, x=x, bank=bank, slope=slope: bank + slope * (t - x), "bank_rate": slope}
                timed |= {"duration": None, "until": ahead, "then": names[i + 1]}
            else:
                stops.append(Stop(g.schedule_by, ahead, 1 if ahead > x else -1, None, names[i + 1], at_once=True))
        legs.append(Leg(names[i], row=own, stops=tuple(stops), **timed, **lifts))
    return legs


def held_until(name, then, first, row, ends, common, lifts) -> Leg:
    """The first row's bank, until its time."""
    x, bank = first
    return Leg(name, row=row | {"bank": bank}, stops=ends, **common | lifts | {"duration": None, "until": x, "then": then})


# --- canopies and touchdown


def canopies(scenario, body, first: bool) -> list[Leg]:
    """From the command to the ground: each canopy waits, fills (reefed first), and carries; the shield drops."""
    p = scenario.vehicle.parachute
    if p is None:
        return []
    fails = "none" if scenario.parachute is None else scenario.parachute.fails
    site = scenario.site
    terrain = 0.0 if site is None else site.terrain.si
    row = body_row(scenario, body) | {"cl": 0.0, "heat_factor": 0.0}
    common = {"aero": body.table, "parachute": True, "in_air": True, "first_step": 0.1, "tolerance": ENTRY_TOLERANCE,
              "history_step": CANOPY_STEP}  # fmt: skip
    ground = Stop("altitude", terrain, -1, "touchdown", "impacted", at_once=True)
    area, legs, name = 0.0, [], "command" if not first else "entry_flight"
    set_mass = body.mass if first else None
    for kind, stage in p.canopies(fails):
        held = row | {"drag_area_from": area, "drag_area_to": area}
        opens = {"event": f"{kind}_deploy", "then": f"{kind}_filling"}
        if stage.altitude is not None:
            legs.append(Leg(name, row=held, stops=(ground, Stop("altitude", stage.altitude.si, -1, **opens, at_once=True)),
                            duration=LONG, then="in_orbit", set_mass=set_mass, **common))  # fmt: skip
        else:
            legs.append(
                Leg(
                    name,
                    row=held,
                    stops=(ground,),
                    duration=stage.delay.si,
                    set_mass=set_mass,
                    **opens,
                    **common,
                )
            )
        set_mass = None
        full = stage.drag_area.si
        fill = max(0.0 if stage.fill_time is None else stage.fill_time.si, 1e-3)
        if stage.reefed_fraction is not None:
            part = stage.reefed_fraction.si * full
            legs += [
                Leg(f"{kind}_filling", row=row | {"drag_area_from": area, "drag_area_to": part, "fill_time": fill},
                    stops=(ground,), duration=fill, then=f"{kind}_reefed", **common),
                Leg(f"{kind}_reefed", row=row | {"drag_area_from": part, "drag_area_to": part}, stops=(ground,),
                    duration=stage.reefed_time.si, then=f"{kind}_disreefing", event=f"{kind}_disreef", **common),
                Leg(f"{kind}_disreefing", row=row | {"drag_area_from": part, "drag_area_to": full, "fill_time": fill},
                    stops=(ground,), duration=fill, then=f"{kind}_open", **common),
            ]  # fmt: skip
        else:
            legs.append(Leg(f"{kind}_filling", row=row | {"drag_area_from": area, "drag_area_to": full, "fill_time": fill},
                            stops=(ground,), duration=fill, then=f"{kind}_open", **common))  # fmt: skip
        area, name = full, f"{kind}_open"
    return [
        *legs,
        *descent(scenario, row | {"drag_area_from": area, "drag_area_to": area}, common, terrain, name),
    ]


def descent(scenario, row, common, terrain, name) -> list[Leg]:
    """Under the last canopy: settle by the full equation, then sink at the balanced speed; drop the shield on the way."""
    vehicle = scenario.vehicle
    soft, shield = vehicle.soft_landing, vehicle.heat_shield
    height = terrain if soft is None else terrain + soft.height.si
    land = Stop(
        "altitude",
        height,
        -1,
        "touchdown" if soft is None else "soft_landing",
        "landed" if soft is None else "braking",
    )
    airless = scenario.atmosphere.model == "none" or scenario.atmosphere.density_factor.si == 0.0
    sink = common | {"quasi_steady": not airless, "first_step": 5.0, "longest_step": 200.0}
    settle = common | {"duration": SETTLING}
    legs = []
    if shield is not None:
        drop = Stop("altitude", shield.jettison_altitude.si, -1, "heat_shield_jettison", "shield_off", at_once=True)
        legs = [
            Leg(name, row=row, stops=(drop, land), then="sinking_with_shield", **settle),
            Leg("sinking_with_shield", row=row, stops=(drop, land), duration=LONG, then="in_orbit", **sink),
        ]
        name = "shield_off"
    shed = 0.0 if shield is None else shield.mass.si
    legs += [
        Leg(name, row=row, stops=(land,), then="sinking", shed=shed, **settle),
        Leg("sinking", row=row, stops=(land,), duration=LONG, then="in_orbit", **sink),
    ]
    if soft is not None:
        slow = soft.touchdown_speed.si

        def push(y, t):
            """Constant thrust that spends the height on the excess of speed, the canopy helping on the way."""
            r, v = y[:, :3], y[:, 3:6]
            up = r / np.linalg.norm(r, axis=1, keepdims=True)
            rate = np.maximum(-np.sum(v * up, axis=1), slow + 1e-3)
            brake = (rate**2 - slow**2) / (2 * soft.height.si)
            canopy = G0 * 0.5 * (1 + (slow / rate) ** 2)
            return y[:, 6] * np.maximum(brake + G0 - canopy, 0.0)

        ground = Stop("altitude", terrain, -1, "touchdown", "landed")
        last = common | {"history_step": 0.05, "first_step": 0.01}
        legs += [
            Leg("braking", row=row | {"thrust": push, "exhaust_speed": 1e9}, thrust=True, attitude="lvlh", aim=(0, 0, 1),
                stops=(ground,), duration=2 * soft.height.si / max(slow, 0.5), then="dropping", **last),
            Leg("dropping", row=row, stops=(ground,), duration=60.0, then="landed", event="touchdown", **last),
        ]  # fmt: skip
    return legs


def parts_of(scenario) -> tuple[tuple[str, Leg], ...]:
    """(name, leg) of each module that is left behind, flown to its own impact."""
    if scenario.separation is None or not scenario.separation.follow_parts:
        return ()
    terrain = 0.0 if scenario.site is None else scenario.site.terrain.si
    factor = scenario.atmosphere.density_factor.si
    return tuple(
        (part.name, Leg(part.name, row={"area": part.area.si, "cd": part.drag_coefficient.si, "density_factor": factor},
                        set_mass=part.mass.si, in_air=True, tolerance=ENTRY_TOLERANCE, duration=LONG, then="in_orbit",
                        stops=(Stop("altitude", terrain, -1, "parts_impact", "impacted"),)))
        for part in scenario.vehicle.parts
    )  # fmt: skip


# --- what holds for all legs


def own_watches(scenario) -> tuple[Stop, ...]:
    """The scenario's own events, watched on every leg; those by time are in timed_of."""
    sign = {"falling": -1, "rising": 1, "either": 0}
    found = []
    for e in scenario.event:
        quantity, value = e.quantity, e.value.si
        if quantity == "load_factor":
            quantity, value = "sensed_acceleration", value * G0
        if quantity != "time":
            found.append(Stop(quantity, value, sign[e.direction], e.name))
    return tuple(found)


def timed_of(scenario) -> tuple[tuple[str, float], ...]:
    """The scenario's own events that are times; they end no leg."""
    return tuple((e.name, e.value.si) for e in scenario.event if e.quantity == "time")


def with_numerics(scenario, leg: Leg, watches) -> Leg:
    n = scenario.numerics
    given = n.entry_tolerance if leg.in_air else n.coast_tolerance
    step = n.output_step.si if n.output_step is not None else leg.history_step if leg.parachute else \
        ENTRY_STEP if leg.in_air else ORBIT_STEP  # fmt: skip
    usual = ENTRY_TOLERANCE if leg.in_air else COAST_TOLERANCE
    return replace(
        leg,
        tolerance=usual if given is None else given.si,
        history_step=step,
        watches=(*leg.watches, *watches),
    )


def asked_to_stop(scenario, legs: tuple[Leg, ...]) -> tuple[Leg, ...]:
    """What `stop` asks for: an altitude, a time, or an event ends the flight."""
    stop, out = scenario.stop, []
    times = dict(timed_of(scenario))
    for leg in legs:
        stops, watches = leg.stops, leg.watches
        if stop.event is not None:
            asked = [replace(w, then="stopped") for w in watches if w.event == stop.event]
            watches = tuple(w for w in watches if w.event != stop.event)
            stops = (*(replace(s, then="stopped") if s.event == stop.event else s for s in stops), *asked)
            if leg.event == stop.event:
                leg = replace(leg, then="stopped")
        if stop.altitude is not None:
            stops = (*stops, Stop("altitude", stop.altitude.si, -1, None, "stopped"))
        end = times.get(stop.event) if stop.after is None else stop.after.si
        if end is not None:
            leg = replace(leg, stop_time=end)
        out.append(replace(leg, stops=stops, watches=watches))
    return tuple(out)
