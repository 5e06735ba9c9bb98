"""Legs under the canopies, from the command to the touchdown."""

from __future__ import annotations

import numpy as np

from trajectory import constants
from trajectory.entry import AIR_METHOD, LONG, body_row, terrain_of
from trajectory.leg import Leg, Stop

G0 = constants.STANDARD_GRAVITY
SINKING_TOLERANCE = 5e-10  # minutes of drift with the wind
CANOPY_TOLERANCE = 1e-7  # steps are held short by stability, not by accuracy
CANOPY_STEP = 2.0  # s, of the history
SETTLING = 20.0  # s of the full equation after a change under a canopy, 50 time constants; then the balanced speed


def canopies(scenario, body, first: bool) -> list[Leg]:
    """From the command to the ground: each canopy waits, fills (reefed first), and carries; the shield drops."""
    p = scenario.vehicle.parachute
    if p is None:
        return []
    fails = "none" if scenario.parachute is None else scenario.parachute.fails
    terrain = terrain_of(scenario)
    row = body_row(scenario, body) | {"cl": 0.0, "heat_factor": 0.0}
    common = {"aero": body.table, "parachute": True, "in_air": True, "first_step": 0.1, "tolerance": CANOPY_TOLERANCE,
              "method": AIR_METHOD, "history_step": CANOPY_STEP}  # fmt: skip
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
        fill = np.maximum(0.0 if stage.fill_time is None else stage.fill_time.si, 1e-3)
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
    if shield is not None and shield.jettison_altitude is None:  # a shield that stays
        shield = None
    height = terrain if soft is None else terrain + soft.height.si
    land = Stop(
        "altitude",
        height,
        -1,
        "touchdown" if soft is None else "soft_landing",
        "landed" if soft is None else "braking",
    )
    airless = scenario.atmosphere.model == "none" or np.all(np.equal(scenario.atmosphere.density_factor.si, 0.0))
    sink = common | {"quasi_steady": not airless, "first_step": 5.0, "longest_step": 200.0, "tolerance": SINKING_TOLERANCE}
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
        # a thrust that would lift it again some hundredths of a second after touchdown: no step may leap over that
        last = common | {"history_step": 0.05, "first_step": 0.01, "longest_step": 0.02}
        legs += [
            Leg("braking", row=row | {"thrust": push, "exhaust_speed": 1e9}, thrust=True, attitude="lvlh", aim=(0, 0, 1),
                stops=(ground,), duration=2 * soft.height.si / max(slow, 0.5), then="dropping", **last),
            Leg("dropping", row=row, stops=(ground,), duration=60.0, then="landed", event="touchdown",
                **last | {"longest_step": 1.0}),
        ]  # fmt: skip
    return legs
