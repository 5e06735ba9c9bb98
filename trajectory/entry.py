"""Legs of the entry: from the entry interface to the command to open the canopy, under the bank that is commanded."""

from __future__ import annotations

import numpy as np

from trajectory import constants
from trajectory.leg import Computer, Leg, Stop

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


def lifting(body) -> bool:
    return body.table is not None or bool(np.any(np.not_equal(body.cl, 0.0)))


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
    lifts = {"lift": lifting(body)}
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
    if g.mode in LAW:
        return [*first, *computed(scenario, body, commands, ends, row, common, lifts)]
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


LAW = {"automatic": "clock", "range": "range", "apollo": "range", "predictor": "predictor"}
CYCLE = {"clock": 1.0, "range": 1.0, "predictor": 5.0}  # s, of the flight computer
LIMITS = (-0.17, 0.966)  # of the cosine of the bank: 100 to 15 deg
CORRIDOR, CORRIDOR_FLOOR = 0.0105, 0.0003  # rad of cross-range at the speed of a circular orbit, and at rest
CIRCULAR = 7854.0  # m/s
ROLL = np.radians(5.0)  # rad/s2, assumed of a vehicle that does not say


def computed(scenario, body, commands, ends, row, common, lifts) -> list[Leg]:
    """The leg that a flight computer flies, and those that follow where it or its jets fail."""
    g, law = scenario.guidance, LAW[scenario.guidance.mode]
    jets = roll_control(scenario.vehicle.descent.attitude)
    size = commands.bank if commands.bank is not None else g.bank.si
    reversal = commands.reversal if commands.reversal is not None else \
        None if g.reversal in (None, "solve", "corridor") else g.reversal.si  # fmt: skip
    side = commands.side if g.first_side == "solve" else {"right": 1.0, "left": -1.0}[g.first_side]
    made = commands.plan
    late = 0.0 if g.navigation is None or g.navigation.clock is None else g.navigation.clock.si
    own = row | {
        "reference_cosine": np.cos(size), "side": side, "reversal": 1e9 if reversal is None else reversal,
        "clock": (commands.offset if made is None else made.clock) + late, "jet_propellant": jets.pop("propellant"),
        "planned_density": row["density_factor"], "planned_cd": row["cd"], "planned_cl": row["cl"],
        **errors(g.navigation), **plane(),
    }  # fmt: skip
    if scenario.site is not None:
        own |= dict(zip(("goal_x", "goal_y", "goal_z"), goal(scenario), strict=True))
    corridor = {}
    if g.reversal == "corridor" or g.mode in ("apollo", "predictor"):
        radius = constants.EQUATORIAL_RADIUS
        corridor = {"corridor": CORRIDOR * radius / CIRCULAR**2, "corridor_floor": CORRIDOR_FLOOR * radius}
    computer = Computer(
        law, CYCLE[law] if g.cycle is None else g.cycle.si, profile=None if made is None else made.profile,
        by_speed=g.mode == "apollo", gain=1.0 if g.gain is None else g.gain.si, least_cosine=LIMITS[0], most_cosine=LIMITS[1],
        end_altitude=command_stop(scenario)[0].value, **constraints(g), **corridor, **jets,
    )  # fmt: skip
    turned = () if reversal is None else (Stop("apparent_velocity", reversal, +1, "bank_reversal"),)
    flies = {"held_plane": True, **common, **lifts}
    failure = None if commands.as_planned else g.failure
    if failure is None:
        return [Leg("guided", row=own, computer=computer, stops=ends, watches=turned, **flies)]
    fails, after, event = [], {}, "guidance_failure"
    if failure.jets_after is not None:
        own["jets_fail_at"] = lambda y, t, after=failure.jets_after.si: t + after
    if failure.apparent_velocity is not None:
        fails.append(Stop("apparent_velocity", failure.apparent_velocity.si, +1, event, "fallen_back", at_once=True))
    if failure.load_factor is not None:
        limit = failure.load_factor.si * constants.STANDARD_GRAVITY
        fails.append(Stop("sensed_acceleration", limit, +1, event, "fallen_back", at_once=True))
    if failure.after is not None:
        after = {"duration": failure.after.si, "then": "fallen_back", "event": event}
    rate = FALLBACK_RATE if g.roll_rate is None else g.roll_rate.si
    backup = Computer("spin", computer.cycle, **jets)
    spin = own | {"bank_rate": rate if failure.to == "ballistic" else 0.0}
    return [
        Leg("guided", row=own, computer=computer, stops=(*ends, *fails), watches=turned, **flies | after),
        Leg("fallen_back", row=spin, computer=backup, stops=ends, **flies),
    ]


FALLBACK_RATE = np.radians(12.5)  # rad/s, usually given for Soyuz; not published


def constraints(g) -> dict:
    """What a predictor keeps to."""
    out = {}
    if g.most_load_factor is not None:
        out["most_load"] = g.most_load_factor.si * constants.STANDARD_GRAVITY
    if g.most_heat_flux is not None:
        out["most_heat_flux"] = g.most_heat_flux.si
    return out


def roll_control(attitude) -> dict:
    """The jets of a vehicle as a Computer takes them, and their propellant (kg)."""
    if attitude is None:
        return {"acceleration": ROLL, "propellant": 1e9}
    dead = attitude.dead_band.si
    jets = {"acceleration": attitude.roll_acceleration.si, "dead_band": dead, "full_band": 1.5 * dead,
            "full_band_high": 2.0 * dead, "error_limit": 2.0 * attitude.rate_limit.si, "propellant": 1e9}  # fmt: skip
    if attitude.high_load is not None:
        jets |= {"high_load": attitude.high_load.si * constants.STANDARD_GRAVITY, "high_factor": attitude.high_factor.si}
    if attitude.thrust is not None:
        jets["jet_flow"] = attitude.thrust.si / (attitude.specific_impulse.si * constants.STANDARD_GRAVITY)
    if attitude.propellant is not None:
        jets["propellant"] = attitude.propellant.si
    return jets


ERRORS = {
    "accelerometer_scale": "accelerometer_scale", "accelerometer_bias": "accelerometer_bias", "along": "along_error",
    "along_drift": "along_drift", "across": "across_error", "across_drift": "across_drift", "rise": "rise_error",
    "drag": "drag_error", "bank": "bank_error", "latency": "latency",
}  # fmt: skip


def errors(navigation) -> dict:
    """Row values of the errors that a scenario gives its navigation."""
    if navigation is None:
        return {}
    return {row: value.si for key, row in ERRORS.items() if (value := getattr(navigation, key)) is not None}


def plane() -> dict:
    """Row values of the normal of the orbit where the leg begins: bank is measured from the plane across it (on Soyuz the
    normal stored at separation; coasting, and with the lift up, it stays the same to 1e-4 rad)."""

    def component(i):
        def of(y, t):
            normal = np.cross(y[:, :3], y[:, 3:6])
            return normal[:, i] / np.linalg.norm(normal, axis=1)

        return of

    return {f"normal_{axis}": component(i) for i, axis in enumerate("xyz")}


def goal(scenario) -> tuple[float, float, float]:
    """Normal of the ellipsoid at the site, Earth-fixed."""
    latitude, longitude = scenario.site.latitude.si, scenario.site.longitude.si
    return (np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude))


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
