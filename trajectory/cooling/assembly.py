"""The section `cooling` of a scenario and the events of its flight -> the model, its timeline, the values of its samples."""

from __future__ import annotations

import csv
from functools import lru_cache

import numpy as np

from trajectory import frames
from trajectory.cooling import environment, leak
from trajectory.cooling.model import ZERO, Crew, Duct, Link, Load, Model, Node, Timeline
from trajectory.defects import Defect, ScenarioError

SPACE = "space"
SHIELD = "heat_shield"
KEEP_AT_MOST = 400  # states of a history
EVENTS = (
    "undocking", "deorbit_ignition", "deorbit_cutoff", "module_separation", "entry_interface", "heat_shield_jettison",
    "main_deploy", "touchdown",
)  # fmt: skip


def si(value):
    return None if value is None else value.si


def refused(scenario, key: str, words: str) -> ScenarioError:
    return ScenarioError(scenario.file, [Defect(str(scenario.file), f"cooling.{key}", "", words)])


def model_of(section) -> Model:
    """The model that a section declares. What a surface gives off goes to a node of its own, `space`."""
    nodes = {k: Node(x.start.si, si(x.heat_capacity) or 0.0, x.held, x.follows, x.until) for k, x in section.node.items()}
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
        gone = section.node[x.node].until
        area, light, glow = x.area.si, x.absorptivity.si, x.emissivity.si
        links[f"{name}_to_space"] = Link(x.node, SPACE, area * glow, "radiation", begins=x.begins, ends=x.ends)
        for what, share in (("light", light), ("glow", glow)):
            loads[f"{name}_{what}"] = Load(x.node, area * share, x.begins, x.ends or gone, series=f"{name}.{what}")
    ducts = {k: Duct(x.flow.si, x.temperature.si, x.humidity.si, x.begins, x.ends, x.carbon_dioxide.si)
             for k, x in section.duct.items()}  # fmt: skip
    held = section.crew
    crew = Crew(float(held.number), held.metabolic_rate.si, held.mass.si, held.area.si, held.clothing.si, held.air_speed.si,
                si(held.suit_flow))  # fmt: skip
    hole = section.leak
    if hole is not None:
        hole = leak.Leak(*(getattr(hole, k).si for k in ("diameter", "coefficient", "volume", "pressure", "gas_volume",
                         "accumulator", "dissolved_gas")), back_pressure=hole.back_pressure.si,
                         needed_head=hole.pump_head.si, fluid=hole.fluid)  # fmt: skip
    return Model(nodes, links, loads, ducts, crew, instruments="instruments" if "instruments" in nodes else None,
                 volume=section.volume.si, humidity=section.humidity.si, scrubber_flow=section.scrubber_flow.si,
                 scrubber_factor=section.scrubber_factor.si, loop=section.loop, leak=hole,
                 leak_begins=None if section.leak is None else section.leak.begins,
                 scrubber_begins=section.scrubber_begins, scrubber_ends=section.scrubber_ends)  # fmt: skip


# --- samples


def drawn(section, columns: dict, n: int) -> dict:
    """Values of the model for n samples: columns of a sample table, dotted keys `cooling...` of the scenario, SI."""
    own = {k[len("cooling.") :]: x for k, x in columns.items() if k.startswith("cooling.")}
    if section.posterior is not None:
        own |= picked(section, own.pop("posterior", np.full(n, np.nan)))
    out: dict[str, np.ndarray] = {}
    for key, x in own.items():
        group, *rest = key.split(".")
        if group in ("node", "load", "duct", "crew"):
            out[key] = x
        elif group == "leak":
            out["leak.needed_head" if rest == ["pump_head"] else key] = x
        elif group == "link":
            out[f"link.{rest[0]}.{'strength' if rest[1] in ('conductance', 'radiating_area', 'flow') else rest[1]}"] = x
        elif key in ("volume", "humidity", "scrubber_flow", "scrubber_factor"):
            out[key] = x
    for name, x in section.surface.items():
        area, light, glow = (own.get(f"surface.{name}.{k}", getattr(x, k).si) for k in ("area", "absorptivity", "emissivity"))
        for key, product in ((f"load.{name}_light.power", area * light), (f"load.{name}_glow.power", area * glow),
                             (f"link.{name}_to_space.strength", area * glow)):  # fmt: skip
            if np.ndim(product):
                out[key] = product
    return out


def picked(section, u) -> dict:
    """Rows of the table of updated draws, by numbers between 0 and 1; the medians where there is none (NaN)."""
    table = posterior(str(section.posterior))
    rows = len(next(iter(table.values())))
    u = np.asarray(u, float)
    at = np.minimum((np.nan_to_num(u) * rows).astype(int), rows - 1)
    return {k[len("cooling.") :]: np.where(np.isnan(u), np.median(x), x[at]) for k, x in table.items()}


@lru_cache(maxsize=4)
def posterior(path: str) -> dict:
    """Columns of the table that `trajectory update` wrote: dotted key -> draws, SI. ValueError for another table."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(line for line in file if not line.startswith("#")))
    keys = [head.partition(" [")[0] for head in rows[0]] if rows else []
    if len(rows) < 2 or not all(k.startswith("cooling.") for k in keys):
        raise ValueError(f"{path} is no table of updated draws: columns named cooling... are due, and a row or more")
    try:
        values = np.array(rows[1:], float)
    except ValueError:
        raise ValueError(f"{path}: a cell is no number") from None
    if not np.all(np.isfinite(values)):
        raise ValueError(f"{path}: a cell is no finite number")
    return {k: values[:, i] for i, k in enumerate(keys)}


# --- the timeline


def timeline_of(scenario, case, events: dict, horizon: float = 0.0, shield=None) -> Timeline:
    """The flight's events (name -> s) as the cabin meets them, and the light on its surfaces, for `horizon` s at least.

    shield: (times, temperatures K) of the back of the heat shield, where the flight has one."""
    section = scenario.cooling
    for key in ("begins", "ends"):
        name = getattr(section, key)
        if name not in events:
            raise refused(scenario, key, f"the flight has no event {name!r}; it has {', '.join(events)}")
    named = [(f"{group}.{name}.{key}", getattr(item, key, None)) for group in ("link", "load", "duct", "node", "surface")
             for name, item in getattr(section, group).items() for key in ("begins", "ends", "until")]  # fmt: skip
    named += [("scrubber_begins", section.scrubber_begins), ("scrubber_ends", section.scrubber_ends)]
    if section.leak is not None:
        named.append(("leak.begins", section.leak.begins))
    for key, wanted in named:
        if wanted is not None and wanted not in EVENTS and wanted not in events:
            raise refused(scenario, key, f"the flight has no event {wanted!r}; it has {', '.join(events)}")
    start, end = events[section.begins], events[section.ends] + section.waits.si
    if not end > start:
        raise refused(scenario, "ends", f"{section.ends} is not after {section.begins}")
    series = {SHIELD: shield} if shield is not None else {}
    for name, node in section.node.items():
        if node.follows is not None and shield is None and "entry_interface" not in events:
            series[SHIELD] = (np.array([start, end]), np.full(2, node.start.si))  # nothing heats it
        elif node.follows is not None and shield is None:
            raise refused(scenario, f"node.{name}.follows", "the vehicle has no layers of a heat_shield, or no entry")
    if section.surface:
        t, sky = sky_of(case, start, max(end, start + horizon))
        for name, x in section.surface.items():
            light, glow = environment.falling(*sky[:5], x.shape, x.axis)
            series |= {f"{name}.light": (t, light), f"{name}.glow": (t, glow)}
    keep = max(1, round((end - start) / section.step.si / KEEP_AT_MOST))
    return Timeline(start, end, dict(events), series, section.step.si, keep)


def sky_of(case, start: float, end: float):
    """(times, (outward, along, normal, radius, sun)) of the orbit that the flight begins in."""
    t = np.arange(start, end + 61.0, 60.0 if end - start < 2e5 else 120.0)
    way = environment.orbit(case.start[0, :3], case.start[0, 3:6], t - case.start_time[0])
    days = np.arange(start, end + 86401.0, 86400.0)
    sun = frames.sun_moon_position(days, case.orientation)[:, 0]
    sun = np.stack([np.interp(t, days, x) for x in sun.T], axis=1)
    return t, (*way, sun / np.linalg.norm(sun, axis=1, keepdims=True))


def environment_of(case, line: Timeline) -> dict:
    """The angle of the Sun to the orbit, and the share of the time in the Earth's shadow until the end, or the entry."""
    last = min([line.end, *(line.events[k] for k in ("deorbit_ignition", "entry_interface") if k in line.events)])
    t, (outward, along, _, radius, sun) = sky_of(case, line.start, max(last, line.start + 5600.0))
    beta = [environment.beta_angle(outward[k], along[k], sun[k]) for k in (0, -1)]
    dark = 1.0 - float(np.mean(environment.lit(outward, radius, sun)))
    return {"beta_deg": [round(float(np.degrees(b)), 2) for b in beta], "eclipse_share": round(dark, 4),
            "altitude_m": round(radius - environment.EQUATORIAL_RADIUS, 0)}  # fmt: skip


__all__ = ["ZERO", "drawn", "environment_of", "model_of", "posterior", "refused", "timeline_of"]
