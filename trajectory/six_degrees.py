"""The rotation that a scenario switches on: its flight with six degrees of freedom, beside that with three."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from trajectory import airframe, case, exposure, frames, geodesy, leg, rotation
from trajectory.constants import STANDARD_GRAVITY
from trajectory.flight import Flown

MACHS = np.array([0.2, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0, 15.0, 20.0, 25.0, 28.0, 35.0])
HEIGHTS = 1e3 * np.array([0, 30, 50, 60, 70, 75, 80, 85, 90, 95, 100, 105, 110, 120, 130, 150, 200.0])
DENSE = 60e3  # m
SETTLED = np.radians(10.0)  # from the trim: closer than that the attitude is called settled
LONGEST = 1800.0  # s after the end of the flight with three degrees


@dataclass(frozen=True, eq=False)
class SixDegrees:
    """The flight with rotation, and what of it goes into the summary."""

    turned: rotation.Turned
    block: dict
    notes: tuple[str, ...]


def of(scenario, flown: Flown) -> SixDegrees | None:
    """The flight of a scenario with its rotation; None where it asks for none. ScenarioError where it cannot be flown."""
    asked = scenario.rotation
    if asked is None:
        return None
    descent = scenario.vehicle.descent
    try:
        coefficients, notes = all_round(descent)
    except ValueError as problem:
        raise case.refused(scenario, "vehicle.descent.aerodynamics", descent.aerodynamics.model, str(problem)) from None
    began, state, factor = begin(scenario, flown)
    here = leg.surroundings(flown.case.world, density_factor=factor)
    craft = craft_of(descent, state[6], coefficients)
    _, through, _, mach, _ = here(began, state[:3], state[3:6])
    flow = -through / np.linalg.norm(through)
    lift = lift_of(flown)
    side = state[:3] if lift is None else lift(began)[0]
    alpha = trim_angle(descent, mach) if asked.angle_of_attack is None else asked.angle_of_attack.si
    rates = np.array([asked.roll_rate.si, asked.pitch_rate.si, asked.yaw_rate.si])
    jets = None
    if asked.jets != "none":
        jets = rotation.Jets(descent.attitude.roll_acceleration.si, lift if asked.jets == "follow" else None)
    floor = last_altitude(scenario, flown)
    ends = None if floor is None else (lambda height: height - floor)
    until = float(flown.t[0]) + (LONGEST if floor is not None else 0.0)
    turned = rotation.fly(craft, here, state[:6], rotation.facing(flow, side, alpha), rates, began, until, jets, ends)
    return SixDegrees(turned, compared(scenario, flown, turned, descent), (*notes,))


def craft_of(descent, mass: float, coefficients) -> rotation.Craft:
    i, a, length = descent.inertia, descent.aerodynamics, reference_length(descent)
    cross = 0.0 if i.roll_yaw is None else i.roll_yaw.si
    inertia = np.array([[i.roll.si, 0.0, -cross], [0.0, i.pitch.si, 0.0], [-cross, 0.0, i.yaw.si]])
    area = np.pi / 4 * descent.shape.diameter.si**2 if descent.area is None else descent.area.si
    centre = (0.0, 0.0, 0.0) if a.station is None else (a.station.si * length, 0.0, -a.offset.si)
    damp = 0.0 if i.pitch_damping is None else i.pitch_damping.si
    return rotation.Craft(mass, inertia, area, length, centre, coefficients, (0.0, damp, damp))


def reference_length(descent) -> float:
    a = descent.aerodynamics
    return descent.shape.diameter.si if a.length is None else a.length.si


def all_round(descent):
    """(function(mach, height, alpha) -> C_A, C_N, C_m, notes) from 0 to 180 deg. ValueError where they are not known so far."""
    body = airframe.body_of(descent)
    if body is None:
        raise ValueError("rotation needs coefficients at every angle: a shape, or tables with the moment")
    if body.angles[0] > 1e-9 or body.angles[-1] < np.pi - 1e-9:
        raise ValueError(f"rotation needs tables from 0 to 180 deg; these end at {np.degrees(body.angles[-1]):g} deg")
    grid = np.array(body.coefficients(MACHS[:, None], HEIGHTS[None, :]))
    notes = []
    if descent.aerodynamics.model == "axial-normal":
        anchor(grid, body.angles, descent)
        notes.append("rotation: Newtonian panels, corrected to the tables of force and trim at the trim angle")
    elif descent.aerodynamics.model != "tables":
        notes.append("rotation: Newtonian panels, whose trim is 25 to 30 % off")
    # cubic in the angle, which swings to and fro; linear in Mach number and height. Axes: angle, Mach, height, power, which
    cubic = np.ascontiguousarray(np.moveaxis(CubicSpline(body.angles, grid, axis=-1).c, (1, 3, 4), (0, 1, 2)))
    machs, heights, angles = (list(x) for x in (MACHS, HEIGHTS, body.angles))

    def coefficients(mach: float, height: float, alpha: float):
        (i, x), (j, y), (k, _) = (_cell(nodes, at) for nodes, at in ((machs, mach), (heights, height), (angles, alpha)))
        box, z = cubic[k, i : i + 2, j : j + 2], alpha - angles[k]
        four = ((box[:, :, 0] * z + box[:, :, 1]) * z + box[:, :, 2]) * z + box[:, :, 3]
        line = four[:, 0] * (1 - y) + four[:, 1] * y
        return line[0] * (1 - x) + line[1] * x

    return coefficients, notes


def anchor(grid, angles, descent) -> None:
    """Correct panels so that at the tabulated trim angle they have its forces and no moment about the mass centre.

    What is added goes with cos^2(alpha/2), for C_N and C_m with sin alpha too: nothing with the hatch ahead, nothing across on
    the axis.
    """
    a = descent.aerodynamics
    trim = airframe.trim_of(descent)(MACHS[:, None], HEIGHTS[None, :])
    back, across = np.cos(angles / 2) ** 2, np.sin(angles) * np.cos(angles / 2) ** 2
    for i in range(len(MACHS)):
        for j in range(len(HEIGHTS)):
            angle, axial, normal = trim.angle[i, j], trim.axial[i, j], trim.normal[i, j]
            due = (axial, normal, -(a.station.si * normal + a.offset.si / a.length.si * axial))
            for c, (value, weight) in enumerate(zip(due, (back, across, across), strict=True)):
                row = grid[c, i, j]
                row += (value - np.interp(angle, angles, row)) * weight / np.interp(angle, angles, weight)


def _cell(nodes: list, at: float) -> tuple[int, float]:
    k = min(max(bisect_right(nodes, at) - 1, 0), len(nodes) - 2)
    return k, min(max((at - nodes[k]) / (nodes[k + 1] - nodes[k]), 0.0), 1.0)


def trim_angle(descent, mach: float) -> float:
    """rad, in dense air: what an attitude control holds that waits for it."""
    at = airframe.trim_of(descent)
    return 0.0 if at is None else float(at(mach, DENSE).angle)


# --- the flight with three degrees


def kept(flown: Flown, lifting: bool = False):
    """Times, states, sensed acceleration and whether there is lift, of the history of a flight of one row."""
    times, states, felt = [], [], []
    for on, found, _ in flown.stretches:
        if lifting and not on.lift:
            continue
        h = found.history[0, : int(found.history_count[0])]
        if len(h):
            rows = np.repeat(found.rows[:1], len(h), axis=0)
            if lifting and on.computer.law != "none":  # the bank that was flown, not that of the leg's row
                named = dict(zip(leg.ROW, found.rows[0], strict=True))
                rows[:, leg.ROW.index("bank")] = np.radians(leg.banks(on, found, named, h[:, 0])[0])
                rows[:, leg.ROW.index("bank_rate")] = 0.0
            sensed = leg.feel(on, flown.case.world, h[:, 1:], h[:, 0], rows)
            times.append(h[:, 0])
            states.append(h[:, 1:])
            felt.append(np.stack([sensed[f"sensed_{x}"] for x in "xyz"], axis=1))
    if not times:
        return np.zeros(0), np.zeros((0, 10)), np.zeros((0, 3))
    t = np.concatenate(times)
    fresh = np.append(True, np.diff(t) > 1e-6)
    return t[fresh], np.vstack(states)[fresh], np.vstack(felt)[fresh]


def lift_of(flown: Flown):
    """function(t) -> (direction of the lift, case frame; how fast it turns about the flight, rad/s); None without lift."""
    t, y, sensed = kept(flown, lifting=True)
    if len(t) < 3:
        return None
    forward = frames.relative_velocity(y[:, :3], y[:, 3:6], flown.case.orientation)
    forward /= np.linalg.norm(forward, axis=1, keepdims=True)
    side = sensed - np.sum(sensed * forward, axis=1, keepdims=True) * forward
    size = np.linalg.norm(side, axis=1)
    good = size > 1e-9
    if good.sum() < 3:
        return None
    t, forward, side = t[good], forward[good], side[good] / size[good, None]
    turning = np.sum(forward * np.cross(side, np.gradient(side, t, axis=0)), axis=1)

    path, pace = CubicSpline(t, side), CubicSpline(t, turning)

    def at(time: float):
        direction = path(min(max(time, t[0]), t[-1]))
        return direction / np.linalg.norm(direction), float(pace(time)) if t[0] <= time <= t[-1] else 0.0

    return at


def crossing(flown: Flown, altitude: float) -> float | None:
    """s, when the flight last falls through an altitude; None if it does not."""
    t, y, _ = kept(flown)
    height = frames.geodetic(y[:, :3], t, flown.case.orientation)[2]
    below = np.flatnonzero((height[:-1] >= altitude) & (height[1:] < altitude))
    if not len(below):
        return None
    k = below[-1]
    when = float(np.interp(altitude, height[[k + 1, k]], t[[k + 1, k]]))
    for _ in range(3):  # Newton, on states flown again
        state = exposure.state_at(flown, when)[1]
        now = float(frames.geodetic(state[None, :3], np.array([when]), flown.case.orientation)[2][0])
        when -= (now - altitude) / ((height[k + 1] - height[k]) / (t[k + 1] - t[k]))
    return when


def begin(scenario, flown: Flown):
    """(time, state, factor on the density) where the rotation begins: an altitude, else the entry interface, else the start."""
    asked, marks = scenario.rotation, {m.name: m for m in flown.marks[0]}
    when = float(flown.case.start_time[0])
    if asked.altitude is not None:
        when = crossing(flown, asked.altitude.si)
        if when is None:
            raise case.refused(scenario, "rotation.altitude", asked.altitude.text, "the flight does not fall through it")
    elif "entry_interface" in marks:
        when = float(marks["entry_interface"].t)
    t, state, _, row = exposure.state_at(flown, when)
    return t, state, float(row[leg.ROW.index("density_factor")])


def last_altitude(scenario, flown: Flown) -> float | None:
    """Where the flight with rotation ends: as asked, else at the command to open the parachute."""
    if scenario.rotation.until is not None:
        return scenario.rotation.until.si
    for mark in flown.marks[0]:
        if mark.name == "chute_command":
            return float(frames.geodetic(mark.y[None, :3], np.array([mark.t]), flown.case.orientation)[2][0])
    return None


def compared(scenario, flown: Flown, turned: rotation.Turned, descent) -> dict:
    """What the rotation did, and the flight with three degrees at the same altitude, or time where no altitude ends it."""
    orientation = flown.case.orientation
    load = np.linalg.norm(turned.load, axis=1) / STANDARD_GRAVITY
    at = airframe.trim_of(descent)
    due = np.zeros(len(turned.t)) if at is None else at(np.maximum(turned.mach, 0.3), turned.altitude).angle
    away, behind = np.abs(turned.alpha - due) > SETTLED, turned.alpha > np.pi / 2
    peak = int(np.argmax(load))
    latitude, longitude, _ = (float(x[0]) for x in frames.geodetic(turned.position[-1:], turned.t[-1:], orientation))
    block = {
        "began_elapsed_s": _rounded(turned.t[0]), "began_altitude_m": _rounded(turned.altitude[0], 1),
        "ended_elapsed_s": _rounded(turned.t[-1]), "ended_altitude_m": _rounded(turned.altitude[-1], 1),
        "latitude_deg": _rounded(np.degrees(latitude)), "longitude_deg": _rounded(np.degrees(longitude)),
        "peak_load_factor_g": _rounded(load[peak]), "peak_load_elapsed_s": _rounded(turned.t[peak]),
        "peak_load_altitude_m": _rounded(turned.altitude[peak], 1),
        "peak_load_across_g": _rounded(np.hypot(turned.load[:, 1], turned.load[:, 2]).max() / STANDARD_GRAVITY),
        "greatest_angle_of_attack_deg": _rounded(np.degrees(turned.alpha.max()), 3),
        "greatest_rate_deg_s": _rounded(np.degrees(np.linalg.norm(turned.rates, axis=1).max()), 3),
        "shield_ahead_elapsed_s": _since(turned.t, behind), "settled_elapsed_s": _since(turned.t, away),
        "jets_deg_s": _rounded(np.degrees(turned.jet_work[-1]), 3),
    }  # fmt: skip
    by_height = last_altitude(scenario, flown) is not None
    when = crossing(flown, float(turned.altitude[-1]) + 0.01) if by_height else min(float(turned.t[-1]), float(flown.t[0]))
    if when is not None:
        state = exposure.state_at(flown, when)[1]
        there = [float(x[0]) for x in frames.geodetic(state[None, :3], np.array([when]), orientation)[:2]]
        block["three_degrees"] = {
            "elapsed_s": _rounded(when), "latitude_deg": _rounded(np.degrees(there[0])),
            "longitude_deg": _rounded(np.degrees(there[1])),
            "peak_load_factor_g": _rounded(flown.peaks[0, 0, 0] / STANDARD_GRAVITY),
            "distance_m": _rounded(float(geodesy.distance(latitude, longitude, *there)), 1),
        }  # fmt: skip
    return block


def _since(t, bad) -> float | None:
    """When it was last so; None if it is so to the end."""
    if bad[-1]:
        return None
    return _rounded(t[0] if not bad.any() else t[np.flatnonzero(bad)[-1] + 1])


def _rounded(value, digits: int = 6) -> float:
    return round(float(value), digits)
