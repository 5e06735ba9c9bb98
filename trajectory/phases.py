"""The table of legs of a scenario: burn, coast, entry, canopies, touchdown. A new phase is a row, no code elsewhere.

Legs stand in the order in which they may be flown; each stop names the leg, or the outcome, that follows.
"""

from __future__ import annotations

from dataclasses import replace

from trajectory import constants
from trajectory.burn import ORBIT_METHOD, burns, retrograde
from trajectory.canopy import canopies
from trajectory.entry import (
    AIR_METHOD,
    ENTRY_TOLERANCE,
    LONG,
    body_row,
    entry,
    first_bank,
    lifting,
    start_stop,
    terrain_of,
)
from trajectory.leg import Leg, Stop

G0 = constants.STANDARD_GRAVITY
COAST_TOLERANCE = 1e-10
ORBIT_STEP, ENTRY_STEP = 20.0, 1.0  # s, of the history


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
        ground = Stop("altitude", terrain_of(scenario), -1, "touchdown", "impacted")
        legs = [replace(leg, stops=(*leg.stops, ground)) for leg in legs]
    else:
        mass = body.mass
    if phase != "parachute":
        legs += entry(scenario, body, commands)
    if phase == "entry":
        seen = Stop("altitude", scenario.entry_interface.si, -1, "entry_interface")
        legs = [replace(leg, watches=(*leg.watches, seen)) for leg in legs]
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


# --- coast and separation


def coasts(scenario, body, commands) -> list[Leg]:
    """From cut-off to the entry interface; the modules part on the way, before or after it."""
    interface = scenario.entry_interface.si
    allowed = allowed_time(scenario)
    whole = orbit_row(scenario, body)
    enter = Stop("altitude", interface, -1, "entry_interface", "entry", at_once=True)
    part = scenario.separation
    set_down = {"set_mass": body.mass, "reset_apparent_velocity": True}
    if part is not None and part.impulse is not None:
        away = retrograde(part.pitch.si, part.yaw.si)
        set_down |= {"impulse": -part.impulse.si, "aim": (away[0], -away[1], -away[2]), "attitude": "velocity"}
    flown = {
        "aero": body.table,
        "lift": lifting(body),
        "row": body_row(scenario, body),
    }
    if not start_stop(scenario.guidance, ""):  # guided from the moment the modules part
        flown["row"] |= {"bank": first_bank(scenario, commands)}
    lost = {"duration": allowed, "then": "in_orbit"}
    if part is None:
        return [Leg("coast", row=whole, stops=(enter,), method=ORBIT_METHOD, **lost),
                Leg("entry", in_air=True, duration=0.0, then="entry_flight", **set_down, **flown)]  # fmt: skip
    late = part.altitude is not None and part.altitude.si <= interface
    separate = {"event": "module_separation"}
    if late:
        return [
            Leg("coast", row=whole, stops=(enter,), method=ORBIT_METHOD, **lost),
            Leg("entry", row=whole | {"heat_factor": body.heat_factor}, in_air=True, feels_entry=True,
                method=AIR_METHOD, tolerance=ENTRY_TOLERANCE,
                stops=(Stop("altitude", part.altitude.si, -1, then="separated", at_once=True, **separate),
                       Stop("altitude", interface, +1, None, "skipped_out")), duration=allowed, then="in_orbit"),
            Leg("separated", duration=0.0, then="entry_flight", **set_down, **flown),
        ]  # fmt: skip
    falling = Leg("falling", stops=(enter,), **set_down, **flown, **lost)
    if part.after is not None:
        at = commands.offset + part.after.si
        coast = Leg("coast", row=whole, stops=(enter,), until=at, then="falling", method=ORBIT_METHOD, **separate)
    else:
        below = Stop("altitude", part.altitude.si, -1, then="falling", at_once=True, **separate)
        coast = Leg("coast", row=whole, stops=(below,), method=ORBIT_METHOD, **lost)
    return [
        coast,
        falling,
        Leg("entry", in_air=True, duration=0.0, then="entry_flight", row=flown["row"], set_mass=body.mass),
    ]


def allowed_time(scenario) -> float:
    """Two revolutions of a low orbit, or as many as `stop` says."""
    if scenario.stop.after is not None and scenario.deorbit is None:
        return LONG
    return scenario.stop.revolutions.si * 5560.0


def parts_of(scenario) -> tuple[tuple[str, Leg], ...]:
    """(name, leg) of each module that is left behind, flown to its own impact."""
    if scenario.separation is None or not scenario.separation.follow_parts:
        return ()
    terrain = terrain_of(scenario)
    factor = scenario.atmosphere.density_factor.si
    return tuple(
        (part.name, Leg(part.name, row={"area": part.area.si, "cd": part.drag_coefficient.si, "density_factor": factor},
                        set_mass=part.mass.si, in_air=True, method=AIR_METHOD, tolerance=ENTRY_TOLERANCE,
                        duration=LONG, then="in_orbit",
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
    usual = leg.tolerance if leg.in_air else COAST_TOLERANCE
    return replace(
        leg,
        tolerance=usual if given is None else given.si,
        history_step=step,
        watches=(*leg.watches, *watches),
        method="dop853" if watches and leg.method == ORBIT_METHOD else leg.method,  # events are seen from step to step
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
