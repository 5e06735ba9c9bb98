"""Legs of the entry: from the entry interface to the command to open the canopy, under the bank that is commanded."""

from __future__ import annotations

import numpy as np

from trajectory.leg import Leg, Stop

# in the air the fifth-order pair is the faster one: the third derivatives of the tables jump (docs/performance.md)
AIR_METHOD = "dp54"
ENTRY_TOLERANCE = 5e-9
LONG = 60 * 86400.0  # s: no flight lasts longer


def terrain_of(scenario) -> float:
    """Height of the ground at the site, m over the ellipsoid; 0 without a site."""
    return 0.0 if scenario.site is None else scenario.site.terrain.si


def body_row(scenario, body) -> dict:
    """Row values of the descending vehicle."""
    return {
        "area": body.area, "cd": body.cd, "cl": body.cl, "heat_factor": body.heat_factor,
        "density_factor": scenario.atmosphere.density_factor.si,
    }  # fmt: skip


def entry(scenario, body, commands) -> list[Leg]:
    """From the entry interface to the command to open the canopy, or to the ground where there is none."""
    g = scenario.guidance
    row = body_row(scenario, body)
    ends = (*command_stop(scenario), Stop("altitude", scenario.entry_interface.si, +1, None, "skipped_out"))
    common = {
        "aero": body.table,
        "in_air": True,
        "method": AIR_METHOD,
        "tolerance": ENTRY_TOLERANCE,
        "feels_entry": True,
        "duration": LONG,
        "then": "in_orbit",
    }
    lifts = {"lift": body.cl != 0.0 or body.table is not None}
    flat = {"row": row, **common, **lifts}
    if g.mode == "none":
        return [Leg("entry_flight", stops=ends, row=row, **common)]
    begin = start_stop(g, "guided")
    if not begin:
        first: list[Leg] = [Leg("entry_flight", in_air=True, duration=0.0, then="guided", row=row)]
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
    p = scenario.vehicle.parachute
    if p is None:
        return (Stop("altitude", terrain_of(scenario), -1, "touchdown", "impacted", at_once=True),)
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
