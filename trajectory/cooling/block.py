"""The block `cooling` of summary.json: a scenario's section and the events of its flight -> model, timeline, what
became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trajectory import frames
from trajectory.cooling import cabin, draws, environment, equipment, leak, strain
from trajectory.cooling.model import ZERO, Crew, Duct, Link, Load, Model, Node, Timeline, run
from trajectory.defects import Defect, ScenarioError

HORIZON = 12 * 3600.0  # s that a flight which stays in orbit is followed, for the margins
SPACE = "space"
CREW_RANGE = 39.0  # C of the core that the two-node model is meant for


@dataclass(frozen=True, eq=False)
class Cooled:
    """block of summary.json; nominal and band: histories of `model.run`, of the flight and of its samples; events shown."""

    block: dict
    nominal: dict
    band: dict
    events: dict
    limits: tuple


def si(value):
    return None if value is None else value.si


def model_of(section) -> Model:
    """The model that a section declares. What a surface gives off goes to a node of its own, `space`."""
    nodes = {k: Node(x.start.si, si(x.heat_capacity) or 0.0, x.held, until=x.until) for k, x in section.node.items()}
    links, loads = {}, {}
    for name, x in section.link.items():
        kind = "conduction" if x.conductance is not None else "radiation" if x.radiating_area is not None else "flow"
        strength = (x.conductance or x.radiating_area or x.flow).si
        links[name] = Link(*x.between, strength, kind, x.through == "loop", x.condenses != "no", x.condenses == "drains",
                           si(x.set_point), x.band.si, x.begins, x.ends)  # fmt: skip
    for name, x in section.load.items():
        loads[name] = Load(x.node, x.power.si, x.begins, x.ends)
    for name, x in section.surface.items():
        nodes[SPACE] = Node(3.0, held=True)
        links[f"{name}_to_space"] = Link(x.node, SPACE, x.area.si * x.emissivity.si, "radiation")
        loads[f"{name}_light"] = Load(x.node, x.area.si, ends="module_separation", series=f"surface.{name}")
    ducts = {k: Duct(x.flow.si, x.temperature.si, x.humidity.si, x.begins, x.ends) for k, x in section.duct.items()}
    held = section.crew
    crew = Crew(held.number, held.metabolic_rate.si, held.mass.si, held.area.si, held.clothing.si, held.air_speed.si,
                si(held.suit_flow))  # fmt: skip
    hole = section.leak
    if hole is not None:
        hole = leak.Leak(*(getattr(hole, k).si for k in ("diameter", "coefficient", "volume", "pressure", "gas_volume",
                         "accumulator", "dissolved_gas")), back_pressure=hole.back_pressure.si)  # fmt: skip
    return Model(nodes, links, loads, ducts, crew, instruments="instruments" if "instruments" in nodes else None,
                 volume=section.volume.si, humidity=section.humidity.si, scrubber_flow=section.scrubber_flow.si,
                 scrubber_factor=section.scrubber_factor.si, loop=section.loop, leak=hole,
                 leak_begins=None if section.leak is None else section.leak.begins)  # fmt: skip


SAME = {"conductance": "strength", "radiating_area": "strength"}


def samples_of(section, n: int, seed: int) -> dict:
    """Draws (n,) of every value of the section that has a distribution, by its name in the model."""
    out = {}
    for group in ("node", "link", "load", "duct"):
        for name, item in getattr(section, group).items():
            for key in type(item).model_fields:
                value = getattr(item, key)
                if getattr(value, "distribution", None):
                    mine = SAME.get(key, "strength" if group == "link" and key == "flow" else key)
                    out[f"{group}.{name}.{mine}"] = draws.quantile(
                        value, draws.uniform(seed, f"cooling.{group}.{name}.{key}", n))  # fmt: skip
    for group in ("crew", "leak", None):
        item = section if group is None else getattr(section, group)
        for key in type(item).model_fields if item is not None else ():
            value = getattr(item, key)
            if getattr(value, "distribution", None):
                at = key if group is None else f"{group}.{key}"
                out[at] = draws.quantile(value, draws.uniform(seed, f"cooling.{at}", n))
    return out


def timeline_of(scenario, case, events: dict, model: Model) -> Timeline:
    """The flight's events as the cabin meets them, and the light on its surfaces."""
    section = scenario.cooling
    for key in ("begins", "ends"):
        name = getattr(section, key)
        if name not in events:
            raise refused(scenario, key, f"the flight has no event {name!r}; it has {', '.join(events)}")
    for group in ("link", "load", "duct", "node"):
        for name, item in getattr(section, group).items():
            for key in ("begins", "ends", "until"):
                wanted = getattr(item, key, None)
                if wanted is not None and wanted not in EVENTS and wanted not in events:
                    raise refused(
                        scenario,
                        f"{group}.{name}.{key}",
                        f"the flight has no event {wanted!r}; it has {', '.join(events)}",
                    )
    start, end = events[section.begins], events[section.ends] + section.waits.si
    if not end > start:
        raise refused(scenario, "ends", f"{section.ends} is not after {section.begins}")
    series = {}
    t = np.arange(start, max(end, start + HORIZON) + 61.0, 60.0)
    if section.surface:
        out, along, radius = environment.orbit(case.start[0, :3], case.start[0, 3:6], t - case.start_time[0])
        sun = frames.sun_moon_position(0.5 * (start + end), case.orientation)[0]
        sun = sun / np.linalg.norm(sun)
        for name, x in section.surface.items():
            series[f"surface.{name}"] = (t, environment.absorbed(out, along, radius, sun, x.absorptivity.si, x.emissivity.si,
                                                                 x.shape, x.axis))  # fmt: skip
    steps = max(1, round((end - start) / section.step.si / 400))
    return Timeline(start, end, dict(events), series, section.step.si, steps)


def refused(scenario, key: str, words: str) -> ScenarioError:
    return ScenarioError(scenario.file, [Defect(str(scenario.file), f"cooling.{key}", "", words)])


EVENTS = (
    "undocking",
    "deorbit_ignition",
    "deorbit_cutoff",
    "module_separation",
    "entry_interface",
    "main_deploy",
    "touchdown",
)


def limits_of(section, model: Model) -> list[tuple[str, float, str, str]]:
    """(name, limit, unit, quantity of `seen`)."""
    out = [("cabin_temperature_27", 27.0, "degC", "cabin"), ("cabin_temperature_40", 40.0, "degC", "cabin")]
    if model.crew.number:
        out += [("wet_bulb_30_5", 30.5, "degC", "wet_bulb"), ("heat_storage_4_7", strain.STORAGE_LIMIT / 1e3,
        "kJ/kg", "stored"),
                ("core_temperature_38", 38.0, "degC", "core"), ("core_temperature_38_5", 38.5, "degC", "core"),
                ("carbon_dioxide_3_mmhg", 400.0, "Pa", "carbon_dioxide")]  # fmt: skip
    if model.instruments:
        out.append(("instrument_temperature_40", 40.0, "degC", "instruments"))
    out += [(f"{name}_warning", unit.fails[0].si - ZERO, "degC", f"unit.{name}") for name, unit in section.unit.items()]
    return out


def seen(found: dict, model: Model, section) -> dict:
    """Histories (n, n_time) in the units of `limits_of`."""
    air = found[f"node.{model.air}"] - ZERO
    out = {"cabin": air, "wet_bulb": cabin.wet_bulb(air, found["vapour_pressure"]), "core": found["core"],
           "stored": found["stored"] / 1e3, "carbon_dioxide": found["carbon_dioxide"]}  # fmt: skip
    if model.instruments:
        out["instruments"] = found[f"node.{model.instruments}"] - ZERO
    for name, unit in section.unit.items():
        out[f"unit.{name}"] = (
            equipment.temperature(found[f"node.{unit.node}"], unit.power.si, unit.resistance.si) - ZERO
        )
    return out


def first_above(t, values, limit: float):
    """(n,) s at which each row of values (n, n_time) first passes a limit, straight between its values; inf where it
    does not."""
    over = np.nan_to_num(values, nan=-np.inf) > limit
    k = np.argmax(over, axis=1)
    rows = np.arange(len(values))
    before = np.maximum(k - 1, 0)
    low, high = values[rows, before], values[rows, k]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(k > 0, (limit - low) / (high - low), 0.0)
    return np.where(over.any(axis=1), t[before] + part * (t[k] - t[before]), np.inf)


def of(scenario, case, events: list[dict], seed: int = 0) -> Cooled:
    """Follow the cabin of a flight, its dispersion, and how long it would hold in orbit. Raises ScenarioError."""
    section, when = scenario.cooling, {}
    for e in events:
        when.setdefault(e["name"], e["elapsed_s"])
    model = model_of(section)
    line = timeline_of(scenario, case, when, model)
    try:
        nominal = run(model, line)
        spread = run(model, line, samples_of(section, section.samples, seed)) if section.samples else None
    except ValueError as problem:
        raise refused(scenario, "node.air", str(problem)) from None
    down = [e for e in when if when[e] > when.get("undocking", line.start) + 1.0]
    stay = None
    if "touchdown" in when:
        away = {k: x for k, x in line.events.items() if k not in down}
        try:
            stay = seen(longer := run(model, replace(line, end=line.start + HORIZON, events=away)), model, section)
        except ValueError:
            stay = None  # too hot for the correlations before the horizon: no margins are given
    now, many = seen(nominal, model, section), None if spread is None else seen(spread, model, section)
    length, limits = line.end - line.start, []
    for name, limit, unit, key in limits_of(section, model):
        at = float(first_above(nominal["t"], now[key], limit)[0])
        chance = float(np.isfinite(first_above(nominal["t"], now[key] if many is None else many[key], limit)).mean())
        row = {
            "name": name,
            "limit": limit,
            "unit": unit,
            "reached_utc": str(frames.utc(case.epoch, at)) if np.isfinite(at) else None,
        }
        if stay is not None:
            held = float(first_above(longer["t"], stay[key], limit)[0]) - line.start
            row |= {"margin_s": round(min(held, HORIZON) - length, 1), "beyond_horizon": not np.isfinite(held)}
        else:
            row |= {
                "margin_s": round(at - line.end, 1) if np.isfinite(at) else None,
                "beyond_horizon": not np.isfinite(at),
            }
        limits.append(row | {"probability": chance})
    block = {"peak": peaks(now, model), "limits": limits, "crew": section.crew.number, "loop": section.loop,
             "begins_utc": str(frames.utc(case.epoch, line.start)), "ends_utc": str(frames.utc(case.epoch, line.end)),
             "samples": section.samples if many is not None else 0, "energy_imbalance":
             float(f"{nominal['imbalance'][0]:.1e}")}  # fmt: skip
    block["final"] = {"cabin_temperature_c": rounded(now["cabin"][0, -1]), "wet_bulb_c": rounded(now["wet_bulb"][0, -1]),
                      "relative_humidity": rounded(nominal["relative_humidity"][0, -1]),
                      "condensate_kg": rounded(nominal["condensate"][0, -1])}  # fmt: skip
    if many is not None:
        block["percentiles"] = {k: dict(zip(("p5", "p50", "p95"), (rounded(x) for x in np.percentile(v, (5, 50,
        95))), strict=True))
                                for k, v in ((k, np.nanmax(x, axis=1)) for k, x in many.items()) if model.crew.number
                                or k not in
                                ("core", "stored")}  # fmt: skip
    if section.unit:
        block["equipment"] = {name: failing(name, unit, now, many, seed) for name, unit in section.unit.items()}
    if section.loop == "leaking":
        block["leak"] = leaked(case, line, nominal, when.get(section.leak.begins, line.start))
    block["notes"] = notes_of(now, model)
    return Cooled(block, {"t": nominal["t"], **now, "coolant_pressure": nominal["coolant_pressure"],
                          "coolant_left": nominal["coolant_left"]}, {} if many is None else many, when,
                          tuple(limits))  # fmt: skip


def failing(name: str, unit, now: dict, many: dict | None, seed: int) -> dict:
    """A unit's hottest, and the share of the samples in which it passes its own threshold."""
    low, high = (x.si for x in unit.fails)
    hottest = float(np.nanmax(now[f"unit.{name}"]))
    out = {
        "peak_temperature_c": rounded(hottest),
        "failure_probability": rounded(equipment.failure_probability(hottest + ZERO, low, high)),
    }
    if many is not None:
        peak = np.nanmax(many[f"unit.{name}"], axis=1) + ZERO
        drawn = equipment.threshold(draws.uniform(seed, f"cooling.unit.{name}.fails", len(peak)), low, high)
        out["failed_samples"] = rounded(float((peak > drawn).mean()))
    return out


def leaked(case, line: Timeline, nominal: dict, begun: float) -> dict:
    """When the flow stops and the liquid is gone, and the greatest push of the jet."""

    def utc(over):
        return str(frames.utc(case.epoch, nominal["t"][int(np.argmax(over))])) if over.any() else None

    return {"begins_utc": str(frames.utc(case.epoch, begun)), "flow_lost_utc": utc(nominal["coolant_flow"][0] < 0.5),
            "empty_utc": utc(nominal["coolant_left"][0] < 0.01), "peak_thrust_n":
            rounded(nominal["thrust"][0].max())}  # fmt: skip


def peaks(now: dict, model: Model) -> dict:
    hottest = {k: rounded(np.nanmax(v[0])) for k, v in now.items()}
    return {"cabin_temperature_c": hottest["cabin"], "wet_bulb_c": hottest["wet_bulb"],
            "core_temperature_c": hottest["core"] if model.crew.number else None,
            "instrument_temperature_c": hottest.get("instruments")}  # fmt: skip


def notes_of(now: dict, model: Model) -> list[str]:
    out = []
    if model.crew.number and np.nanmax(now["core"]) > CREW_RANGE:
        out.append(
            f"the crew's core passes {CREW_RANGE:g} C, beyond which the two-node model is not meant: "
            "read the time, not the value"
        )
    return out


def rounded(value, digits: int = 4) -> float:
    return round(float(value), digits) + 0.0
