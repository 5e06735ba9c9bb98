"""What a flight's entry exposed nose, shield, radio and crew to: the blocks `heating`, `heat_shield`, `blackout` and `crew`.

Everything is worked out from the states that a single flight keeps; nothing here acts back on the flight.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trajectory import blackout, crew, heat_shield, heating, leg, material
from trajectory.constants import STANDARD_GRAVITY
from trajectory.defects import Defect, ScenarioError
from trajectory.flight import Flown

COARSE = 60  # states that the electrons are worked out at, before the ends of a blackout are looked at closer


@dataclass(frozen=True, eq=False)
class Entry:
    """The states kept between the separation of the modules and the canopies, (n,) each, SI; load in g."""

    t: np.ndarray
    density: np.ndarray
    speed: np.ndarray
    mach: np.ndarray
    load: np.ndarray
    lift_over_drag: np.ndarray
    roll_rate: float  # rad/s, the fastest
    end: float  # s, when the shield goes, or the flight ends


@dataclass(frozen=True, eq=False)
class Exposure:
    """The blocks of summary.json that the scenario gives rise to, in order, and what stands behind them."""

    blocks: dict
    notes: tuple[str, ...]
    marks: tuple[tuple[str, float], ...]  # (event, s)
    series: dict  # of plots: name -> arrays


NOTHING = Exposure({}, (), (), {})


def entry_of(flown: Flown, row: int = 0) -> Entry | None:
    """The entry of one row of a flight that kept its history; None where it had none."""
    pieces, roll = [], 0.0
    for on, found, rows in flown.stretches:
        k = int(np.searchsorted(rows, row))
        if k == len(rows) or rows[k] != row:
            continue
        own = found.rows[k]
        heated_leg = on.feels_entry or own[leg.ROW.index("heat_factor")] > 0.0
        if not heated_leg or on.parachute:
            continue
        kept = found.history[k, : int(found.history_count[k])]
        t, y = np.append(kept[:, 0], found.t[k]), np.vstack([kept[:, 1:], found.y[k]])
        felt = leg.feel(on, flown.case.world, y, t, own)
        load = np.sqrt(sum(felt[f"sensed_{a}"] ** 2 for a in "xyz")) / STANDARD_GRAVITY
        lift = felt["lift_coefficient"] * on.lift
        ratio = np.divide(lift, felt["drag_coefficient"], out=np.zeros_like(lift), where=felt["drag_coefficient"] > 0)
        pieces.append(np.column_stack([t, felt["density"], felt["speed"], felt["mach"], load, ratio]))
        if on.lift:
            roll = max(roll, abs(float(own[leg.ROW.index("bank_rate")])))
    if not pieces:
        return None
    rows = np.vstack(pieces)
    rows = rows[np.append(True, np.diff(np.maximum.accumulate(rows[:, 0])) > 1e-6)]
    if len(rows) < 5:
        return None
    shed = [m.t for m in flown.marks[row] if m.name == "heat_shield_jettison"]
    return Entry(*rows.T, roll_rate=roll, end=float(shed[0] if shed else flown.t[row]))


def of(scenario, flown: Flown) -> Exposure:
    """Everything that the scenario asks for. Raises ScenarioError for a shield that cannot be."""
    entry = entry_of(flown)
    radius = scenario.vehicle.descent.nose_radius if scenario.vehicle is not None else None
    if entry is None:
        return NOTHING
    blocks, notes, marks, series = {}, [], [], {}
    if radius is not None:
        blocks["heating"], heat = heated(scenario, entry, radius.si)
        notes += blocks["heating"]["notes"]
        if scenario.heating.model != "sutton-graves":
            marks.append(("peak_heating", blocks["heating"]["peak_elapsed_s"]))
        shield = scenario.vehicle.heat_shield
        if shield is not None and shield.layers:
            blocks["heat_shield"], series["heat_shield"] = shielded(scenario, shield, entry, heat)
    if scenario.blackout is not None:
        blocks["blackout"], silence = silent(scenario, entry, radius.si)
        marks += silence
        notes += blocks["blackout"]["notes"]
    if scenario.vehicle is not None and scenario.vehicle.seat is not None:
        blocks["crew"], series["crew"] = carried(scenario, entry)
    return Exposure(blocks, tuple(notes), tuple(marks), series)


def shield_of(scenario, flown: Flown) -> heat_shield.Response | None:
    """The heat shield alone; None where it has no layers or met no air."""
    vehicle = scenario.vehicle
    entry = entry_of(flown)
    if entry is None or vehicle is None or vehicle.descent.nose_radius is None:
        return None
    if vehicle.heat_shield is None or not vehicle.heat_shield.layers:
        return None
    return shielded(scenario, vehicle.heat_shield, entry, arriving(scenario, entry))[1]


# --- heat


def arriving(scenario, entry: Entry) -> heat_shield.Heat:
    """The heat at the cold wall of the stagnation point."""
    chosen = scenario.heating
    at = (entry.density, entry.speed, scenario.vehicle.descent.nose_radius.si)
    recovery = 0.5 * entry.speed**2 + heat_shield.AIR_HEAT * blackout.COLD
    return heat_shield.Heat(entry.t, heating.convective(chosen.model, *at), heating.radiative(chosen.radiation, *at), recovery)


def heated(scenario, entry: Entry, radius: float):
    """(block `heating`, heat_shield.Heat at the cold wall)."""
    chosen, heat = scenario.heating, arriving(scenario, entry)
    at, hot, glow = (entry.density, entry.speed, radius), heat.convective, heat.radiative
    greatest, when = heating.peak(hot, entry.t)
    brightest, _ = heating.peak(glow, entry.t)
    together, _ = heating.peak(hot + glow, entry.t)
    emissivity = chosen.emissivity.si
    block = {
        "model": chosen.model, "radiation": chosen.radiation, "nose_radius_m": radius,
        "peak_convective_w_m2": rounded(greatest), "peak_elapsed_s": rounded(when),
        "convective_load_j_m2": rounded(heating.load(hot, entry.t)[-1]), "peak_radiative_w_m2": rounded(brightest),
        "radiative_load_j_m2": rounded(heating.load(glow, entry.t)[-1]), "peak_total_w_m2": rounded(together),
        "emissivity": emissivity, "wall_temperature_k": rounded(heating.wall_temperature(together, emissivity)),
    }  # fmt: skip
    if chosen.angles:
        block["distribution"] = [over_cap(a.si, hot, entry, emissivity) for a in chosen.angles]
    block["notes"] = heating.outside(chosen.model, hot, *at) + heating.outside(chosen.radiation, glow, *at)
    return block, heat


def over_cap(angle: float, flux, entry: Entry, emissivity: float) -> dict:
    """Convective heat at an angle, rad, from the stagnation point."""
    here = flux * heating.sphere(angle, np.maximum(np.nan_to_num(entry.mach, nan=10.0), 2.0))
    greatest, _ = heating.peak(here, entry.t)
    return {"angle_deg": rounded(np.degrees(angle)), "peak_convective_w_m2": rounded(greatest),
            "convective_load_j_m2": rounded(heating.load(here, entry.t)[-1]),
            "wall_temperature_k": rounded(heating.wall_temperature(greatest, emissivity))}  # fmt: skip


def layers_of(scenario) -> tuple[tuple[heat_shield.Layer, ...], tuple[heat_shield.Layer, ...] | None]:
    """(the layers of the vehicle's shield as the scenario thins them, those at its hole or None). Raises ScenarioError."""
    mine = scenario.shield
    layers = tuple(heat_shield.Layer(material.known()[x.material], x.thickness.si) for x in scenario.vehicle.heat_shield.layers)
    try:
        if mine is not None and (mine.thickness is not None or mine.thinned_by is not None):
            given = None if mine.thickness is None else mine.thickness.si
            layers = heat_shield.thinned(layers, given, 0.0 if mine.thinned_by is None else mine.thinned_by.si)
        return layers, None if mine is None or mine.hole is None else heat_shield.bare(layers)
    except ValueError as problem:
        raise ScenarioError(scenario.file, [Defect(str(scenario.file), "shield", "", str(problem))]) from None


def bond_margin(limit: float, found: heat_shield.Response) -> float:
    """K that the bond line stays below its limit, K."""
    return rounded(limit - np.max(found.bond))


def shielded(scenario, shield, entry: Entry, heat: heat_shield.Heat):
    """(block `heat_shield`, heat_shield.Response) until the shield goes, or the flight ends; no heat after the entry."""
    layers, cut = layers_of(scenario)
    first = shield.layers[0].thickness.si
    held = until(heat, entry.end)
    start = shield.start_temperature.si
    found = heat_shield.respond(layers, held, start=start)
    limit = None if shield.bond_limit is None else shield.bond_limit.si
    block = {
        "layers": [{"material": x.material.name, "thickness_m": rounded(x.thickness, 9)} for x in layers],
        "thickness_as_built_m": rounded(first, 9), "recession_m": rounded(found.recession[-1], 9),
        "remaining_m": rounded(layers[0].thickness - found.recession[-1], 9),
        "peak_surface_k": rounded(np.max(found.surface)), "bond_at_end_k": rounded(found.bond[-1]),
        "peak_bond_k": rounded(np.max(found.bond)), "peak_back_k": rounded(np.max(found.back)),
        "bond_limit_k": limit, "bond_margin_k": None if limit is None else bond_margin(limit, found),
        "burnt_through_elapsed_s": found.burnt_through, "ends_elapsed_s": rounded(found.t[-1]),
        "energy_imbalance": float(f"{found.imbalance:.1e}"),
    }  # fmt: skip
    if limit is not None and np.max(found.bond) > limit:
        block["bond_limit_elapsed_s"] = rounded(found.t[int(np.argmax(found.bond > limit))])
    if cut is not None:
        block["hole"] = holed(cut, held, start, scenario.shield.hole.si)
    return block, found


def holed(layers, heat, start: float, diameter: float) -> dict:
    """The bare spot: the structure under the flux of the unbroken nose, with no heat lost sideways."""
    found = heat_shield.respond(layers, heat, start=start, cells=20)
    point = layers[0].material.melting_point
    melts = found.surface > point
    wide = 2.0 * np.sqrt(layers[0].material.diffusivity * (heat.t[-1] - heat.t[0]))
    out = {
        "diameter_m": diameter, "structure": layers[0].material.name, "peak_structure_k": rounded(np.max(found.surface)),
        "melting_point_k": point, "melts_elapsed_s": rounded(found.t[int(np.argmax(melts))]) if melts.any() else None,
        "model": "flux of the unbroken nose on the bare structure, nothing lost sideways: too hot for a hole narrower than "
                 f"some {2 * wide:.2g} m; the flow in a cavity is not modelled",
    }  # fmt: skip
    if melts.any():
        out["peak_structure_k"] = point  # what lies beyond is not this model's
    return out


def until(heat: heat_shield.Heat, end: float) -> heat_shield.Heat:
    """The heat carried on with nothing arriving, up to a time."""
    if end <= heat.t[-1] + 1e-3:
        return heat
    t = np.append(heat.t, [heat.t[-1] + 1e-3, end])
    more = [np.append(x, [0.0, 0.0]) for x in (heat.convective, heat.radiative)]
    return heat_shield.Heat(t, *more, np.append(heat.recovery, [heat.recovery[-1]] * 2))


# --- radio and crew


def silent(scenario, entry: Entry, radius: float):
    """(block `blackout`, its events). The longest one where there are several."""
    frequency = scenario.blackout.frequency.si
    which = np.unique(np.linspace(0, len(entry.t) - 1, min(COARSE, len(entry.t))).astype(int))
    electrons = blackout.stagnation(entry.density[which], entry.speed[which])[0]
    over = blackout.excess(entry.density[which], electrons, frequency, radius)
    rough = blackout.spans(entry.t[which], over)
    block = {
        "frequency_hz": frequency, "critical_density_1_m3": float(f"{blackout.critical_density(frequency):.6e}"),
        "peak_electrons_1_m3": float(f"{electrons.max():.4e}"), "duration_s": 0.0, "notes": [],
    }  # fmt: skip
    if entry.speed.max() > blackout.HIGHEST:
        block["notes"].append("faster than 9 km/s: ionised atoms are not counted, the electrons are too few")
    if not rough:
        return block, []
    start, end = max(rough, key=lambda span: span[1] - span[0])
    ends = close(entry, (start, end), entry.t[which], frequency, radius)
    block["duration_s"] = rounded(ends[1] - ends[0], 3)
    marks = [("blackout_start", ends[0]), ("blackout_end", ends[1])]
    if start <= entry.t[0]:
        marks = marks[1:]
        block["notes"].append("the entry begins with the wave cut off already")
    return block, marks


def close(entry: Entry, ends, t, frequency: float, radius: float) -> list[float]:
    """The ends of a blackout, by the electrons at a few times between the two states that each lies between."""
    places = [int(np.clip(np.searchsorted(t, at), 1, len(t) - 1)) for at in ends]
    fine = np.concatenate([np.linspace(t[k - 1], t[k], 9) for k in places])
    density = np.exp(np.interp(fine, entry.t, np.log(np.maximum(entry.density, 1e-30))))
    electrons = blackout.stagnation(density, np.interp(fine, entry.t, entry.speed))[0]
    over = blackout.excess(density, electrons, frequency, radius)
    out = []
    for n, at in enumerate(ends):
        part = slice(9 * n, 9 * n + 9)
        edges = [x for span in blackout.spans(fine[part], over[part]) for x in span if fine[part][0] < x < fine[part][-1]]
        out.append(float(edges[0]) if edges else float(at))
    return out


def tolerance(scenario) -> tuple[tuple[tuple[float, float], ...], str]:
    """(rows (s, g) of the load that the crew tolerates, their source)."""
    given = scenario.crew
    if given.limit is None:
        return crew.DECONDITIONED, crew.SOURCE
    return tuple((row[0].si, row[1].si) for row in given.limit), given.source or "the scenario"


def load_margin(scenario, entry: Entry) -> dict[str, float]:
    """crew.margin of the load from chest to back. The entry alone: the jerks of canopies and landing are not sustained."""
    x, _, _ = crew.along_axes(entry.load, entry.lift_over_drag, scenario.vehicle.seat.angle.si)
    return {key: rounded(value, 4) for key, value in crew.margin(entry.t, x, tolerance(scenario)[0]).items()}


def carried(scenario, entry: Entry):
    """(block `crew`, what its picture shows)."""
    limit, source = tolerance(scenario)
    x, y, z = crew.along_axes(entry.load, entry.lift_over_drag, scenario.vehicle.seat.angle.si)
    least = load_margin(scenario, entry)
    levels = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0)
    held = crew.longest_above(entry.t, x, levels)
    block = {
        "peak_eyeballs_in_g": rounded(x.max()), "peak_head_foot_g": rounded(z[np.argmax(np.abs(z))]),
        "peak_lateral_g": rounded(np.abs(y).max()),
        "longest_above_s": {f"{level:g}_g": rounded(s, 3) for level, s in zip(levels, held, strict=True)},
        "limit": source, **least, "within": least["margin_g"] >= 0.0,
        "roll_rate_deg_s": rounded(np.degrees(entry.roll_rate)),
    }  # fmt: skip
    return block, {"t": entry.t, "load": x, "limit": np.array(limit)}


def state_at(flown: Flown, when: float):
    """(time, state (10,), leg, its row values) of a flight of one row: its leg is flown again from its start to that time."""
    for on, found, _ in flown.stretches:
        begun = float(found.rows[0, leg.ROW.index("start")])
        if begun <= when <= float(found.t[0]):
            again = replace(on, row=dict(zip(leg.ROW, found.rows[:1].T, strict=True)), until=when, stops=(), watches=(),
                            duration=None, set_mass=None, shed=0.0, impulse=None, reset_apparent_velocity=False)  # fmt: skip
            there = leg.fly_leg(again, flown.case.world, found.start[:1], np.array([begun]), peaks=False)
            return when, there.y[0], on, found.rows[0]
    raise LookupError(f"the flight does not last to {when} s")


def rounded(value, digits: int = 6) -> float:
    value = round(float(value), digits)
    return 0.0 if value == 0 else value
