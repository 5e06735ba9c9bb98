"""Legs of the deorbit burn: start-up, steady thrust, cut-off, and a second engine that takes over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trajectory import constants
from trajectory.leg import Leg, Stop

G0 = constants.STANDARD_GRAVITY
ORBIT_METHOD = "radau"  # long steps where only gravity and thin air act (docs/decisions/0009)


def burns(scenario, commands, mass) -> list[Leg]:
    """Coast to ignition, then the burn: start-up, steady thrust, and a second engine that takes over."""
    d = scenario.deorbit
    row = {"density_factor": scenario.atmosphere.density_factor.si}
    delta_v = (
        commands.delta_v if commands.delta_v is not None else (None if d.delta_v is None else d.delta_v.si)
    )
    aim = retrograde(d.pitch.si, d.yaw.si)
    legs = [
        Leg("approach", row=row, until=commands.offset, then="burn", event="deorbit_ignition", method=ORBIT_METHOD)
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
        limit = np.minimum(limit, fails.si)
        runs_out = {"then": "backup_burn", "event": "engine_failure"} if d.backup_engine else runs_out
    legs.append(Leg("steady_burn" if ramp > 0 else "burn", row=row | {"thrust": engine.thrust.si, "exhaust_speed": exhaust},
                    stops=ends, duration=np.maximum(limit - ramp, 0.0), keeps_direction=ramp > 0,
                    **runs_out, **common))  # fmt: skip
    if fails is not None and d.backup_engine:
        other = scenario.vehicle.engine[d.backup_engine]
        left_mass = mass - engine.thrust.si / exhaust * np.maximum(
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


def retrograde(pitch, yaw) -> tuple:
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
