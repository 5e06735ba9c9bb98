"""The cabin without, or with, its cooling: what it is made of, and `run`, which follows any number of such cabins in time.

A cabin is a thermal network (`network`) with moist air (`cabin`), a crew (`strain`) and a coolant loop whose flow is a
factor from 1 to 0. `run` is a function of its arguments alone, without a loop over the samples.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from math import ceil

import numpy as np

from trajectory.cooling import cabin, leak, network, strain

ZERO = 273.15
ROWS = 2048  # cabins that are followed together: their vectors stay in the processor's cache


@dataclass(frozen=True)
class Node:
    """heat_capacity J/K, 0 where nothing is stored. held: its temperature is given, as `start` K or as a series of
    the timeline."""

    start: float
    heat_capacity: float = 0.0
    held: bool = False
    series: str | None = None
    until: str | None = None  # the event with which it leaves the ship


@dataclass(frozen=True)
class Link:
    """strength: W/K, or m2 for radiation. loop: in proportion to the coolant's flow. wet: moisture settles on the node at b."""

    a: str
    b: str
    strength: float
    kind: str = "conduction"  # conduction, radiation, flow
    loop: bool = False
    wet: bool = False
    drained: bool = False  # what settles is led away, and does not dry again
    set_point: float | None = None  # K of node a below which a valve closes, over `band` K
    band: float = 4.0
    begins: str | None = None
    ends: str | None = None


@dataclass(frozen=True)
class Load:
    """Heat, W, that a node is given between two events. series: times a series of the timeline (W/m2 on an area)."""

    node: str
    power: float
    begins: str | None = None
    ends: str | None = None
    series: str | None = None


@dataclass(frozen=True)
class Duct:
    """Air exchanged with another place, m3/s, of a temperature K and a relative humidity."""

    flow: float
    temperature: float
    humidity: float
    begins: str | None = None
    ends: str | None = None


@dataclass(frozen=True)
class Crew:
    number: int = 0
    metabolic_rate: float = 120.0  # W a head
    mass: float = 75.0  # kg
    area: float = 1.9  # m2
    clothing: float = 1.0  # clo
    air_speed: float = 0.2  # m/s
    suit_flow: float | None = None  # m3/s


@dataclass(frozen=True)
class Model:
    """All of it, SI. `air`, `instruments`: names of the nodes that are those."""

    nodes: dict[str, Node]
    links: dict[str, Link]
    loads: dict[str, Load] = field(default_factory=dict)
    ducts: dict[str, Duct] = field(default_factory=dict)
    crew: Crew = Crew()
    air: str = "air"
    instruments: str | None = None
    volume: float = 4.0  # m3
    humidity: float = 0.5  # at the start
    scrubber_flow: float = 7e-3  # m3/s cleaned of carbon dioxide
    scrubber_factor: float = 1.0  # on its heat and water
    oxygen_supply: float = 1.0  # of what is used
    loop: str = "healthy"  # healthy, lost, leaking
    leak: leak.Leak | None = None
    leak_begins: str | None = None


@dataclass(frozen=True, eq=False)
class Timeline:
    """When: s since the epoch of the case. events: name -> s, a number or one for each sample. series: name ->
    (times, values)."""

    start: float
    end: float
    events: dict = field(default_factory=dict)
    series: dict = field(default_factory=dict)
    step: float = 60.0
    keep_every: int = 2  # steps


KEPT = ("vapour_pressure", "relative_humidity", "carbon_dioxide", "oxygen", "condensate", "core", "skin", "stored",
        "coolant_flow", "coolant_pressure", "coolant_left", "thrust")  # fmt: skip


def run(model: Model, timeline: Timeline, samples: dict | None = None, threads: int | None = None) -> dict:
    """Follow the cabins. samples: name of a value ("node.structure.heat_capacity", "crew.metabolic_rate") -> (n,).

    Returns `t` (n_time,) s; a history (n, n_time) for each node ("node.air", K) and each of KEPT, C for core and skin, Pa,
    kg; `imbalance` (n,), energy that went astray over that moved. ValueError for samples of unequal length, unknown
    names, and air outside the range of `cabin`.
    """
    samples = {k: np.atleast_1d(np.asarray(v, float)) for k, v in (samples or {}).items()}
    lengths = {len(v) for v in samples.values()}
    if len(lengths) > 1:
        raise ValueError(f"samples of unequal length: {sorted(lengths)}")
    n = lengths.pop() if lengths else 1
    known = names(model)
    for name in samples:
        if name not in known:
            raise ValueError(f"no value {name!r} in the model; there are {', '.join(sorted(known))}")
    pieces = [slice(k, min(k + ROWS, n)) for k in range(0, n, ROWS)]

    def part(rows):
        own = {k: v[rows] for k, v in samples.items()}
        at = {k: v[rows] if np.ndim(v) else v for k, v in timeline.events.items()}
        return _Cabins(model, timeline, own, at, rows.stop - rows.start).follow()

    if len(pieces) == 1:
        return part(pieces[0])
    with ThreadPoolExecutor(threads or 2) as pool:
        found = list(pool.map(part, pieces))
    return {k: found[0][k] if k == "t" else np.concatenate([f[k] for f in found]) for k in found[0]}


def names(model: Model) -> set[str]:
    """Of all values that samples may hold."""
    out = {"volume", "humidity", "scrubber_flow", "scrubber_factor"}
    for group in ("nodes", "links", "loads", "ducts"):
        for name, item in getattr(model, group).items():
            out |= {f"{group[:-1]}.{name}.{k}" for k, v in vars(item).items() if isinstance(v, float)}
    for group in ("crew", "leak"):
        item = getattr(model, group)
        out |= {f"{group}.{k}" for k, v in vars(item).items() if isinstance(v, float)} if item is not None else set()
    return out


class _Cabins:
    """Some cabins on their way. Vectors of all cabins, a list of them for the nodes."""

    def __init__(self, model: Model, timeline: Timeline, samples: dict, events: dict, n: int):
        self.model, self.timeline, self.samples, self.events, self.n = model, timeline, samples, events, n
        self.order = list(model.nodes)
        self.place = {name: i for i, name in enumerate(self.order)}

    def value(self, name: str, default):
        return self.samples.get(name, default)

    def active(self, begins, ends, t: float, dt: float):
        """Fraction of the step from t during which something lasts; an event that never comes does not begin or end it."""
        low = self.events.get(begins, np.inf) if begins else -np.inf
        high = self.events.get(ends, np.inf) if ends else np.inf
        return np.clip((np.minimum(t + dt, high) - np.maximum(t, low)) / dt, 0.0, 1.0)

    def series(self, name: str, t: float) -> float:
        at, values = self.timeline.series[name]
        return float(np.interp(t, at, values))

    def follow(self) -> dict:
        model, line, v = self.model, self.timeline, self.value
        n, full, air = self.n, np.ones(self.n), self.place[self.model.air]
        count = max(1, ceil((line.end - line.start) / line.step))
        dt = (line.end - line.start) / count
        t = [v(f"node.{k}.start", x.start) * full for k, x in model.nodes.items()]
        held = [x.held for x in model.nodes.values()]
        capacity = [v(f"node.{k}.heat_capacity", x.heat_capacity) for k, x in model.nodes.items()]
        volume = v("volume", model.volume) * full
        e = v("humidity", model.humidity) * cabin.saturation_pressure(t[air] - ZERO)
        vapour = cabin.vapour_density(e, t[air] - ZERO) * volume
        gas, oxygen = 0.0 * full, 21200.0 / (cabin.OXYGEN_GAS * t[air]) * volume
        crew = model.crew
        body = strain.Body(**{k: v(f"crew.{k}", getattr(crew, k)) for k in
                              ("metabolic_rate", "mass", "area", "clothing", "air_speed", "suit_flow")})  # fmt: skip
        head = strain.rested(n, body.metabolic_rate / body.area)
        water = {k: 0.0 * full for k, x in model.links.items() if x.wet}
        led_away = 0.0 * full
        loop = None
        if model.loop == "leaking":
            loop = leak.begin(model.leak, n, {k[5:]: x for k, x in self.samples.items() if k.startswith("leak.")})
        flow = {"healthy": 1.0, "lost": 0.0, "leaking": 1.0}[model.loop]
        came = stored = moved = 0.0 * full
        kept: dict[str, list] = {"t": [], **{f"node.{k}": [] for k in self.order}, **{k: [] for k in KEPT}}

        def keep(now):
            gone = [self.active(None, x.until, now - 1e-6, 1e-6) if x.until else 1.0 for x in model.nodes.values()]
            kept["t"].append(now)
            for i, name in enumerate(self.order):
                kept[f"node.{name}"].append(np.where(np.asarray(gone[i]) > 0.0, t[i], np.nan) * full)
            here = vapour / volume * cabin.VAPOUR_GAS * t[air]
            values = {
                "vapour_pressure": here, "relative_humidity": here / cabin.saturation_pressure(t[air] - ZERO),
                "carbon_dioxide": gas / volume * cabin.CARBON_DIOXIDE_GAS * t[air],
                "oxygen": oxygen / volume * cabin.OXYGEN_GAS * t[air], "condensate": sum(water.values(), led_away),
                "core": head.core, "skin": head.skin, "stored": head.stored, "coolant_flow": flow * full,
                "coolant_pressure": full * np.nan if loop is None else loop.pressure,
                "coolant_left": full * np.nan if loop is None else loop.left, "thrust": 0.0 * full if loop is None
                else loop.thrust,
            }  # fmt: skip
            for key, item in values.items():
                kept[key].append(item)

        keep(line.start)
        for k in range(count):
            now = line.start + k * dt
            air_c = t[air] - ZERO
            pressure = vapour / volume * cabin.VAPOUR_GAS * t[air]
            heat = [0.0 * full for _ in t]
            for name, x in model.nodes.items():
                if x.series is not None:
                    t[self.place[name]] = self.series(x.series, now + dt) * full
            for name, x in model.loads.items():
                on = v(f"load.{name}.power", x.power) * self.active(x.begins, x.ends, now, dt)
                if x.series is not None:
                    on = on * self.series(x.series, now + 0.5 * dt)
                heat[self.place[x.node]] = heat[self.place[x.node]] + on
            if loop is not None:
                begun = self.active(model.leak_begins, None, now, dt)
                coolant = t[self.place[model.leak.node]] if model.leak.node in self.place else ZERO + 20.0
                loop = leak.step(loop, dt * begun, coolant)
                flow = loop.flow

            made = 0.0
            if crew.number:
                head, dry, breath = strain.step(head, body, air_c, pressure, seconds=dt)
                heat[air] = heat[air] + crew.number * dry
                made = made + crew.number * breath
                burnt = crew.number * body.metabolic_rate * cabin.CARBON_DIOXIDE_PER_J
                oxygen = oxygen - dt * crew.number * body.metabolic_rate * cabin.OXYGEN_PER_J * (
                    1.0 - model.oxygen_supply
                )
                through = v("scrubber_flow", model.scrubber_flow) / volume
                after = (gas + dt * burnt) / (1.0 + dt * through)
                caught = (gas + dt * burnt - after) / dt * v("scrubber_factor", model.scrubber_factor)
                gas = after
                heat[air] = heat[air] + caught * cabin.SCRUBBER_HEAT
                made = made + caught * cabin.SCRUBBER_WATER

            blown, places = [], []  # air from elsewhere: links from places held at their temperatures
            dry_by, wet_by = 0.0, 0.0  # m3/s, kg/s: what takes moisture out, and what lets it back
            for name, x in model.ducts.items():
                q = v(f"duct.{name}.flow", x.flow) * self.active(x.begins, x.ends, now, dt)
                there = v(f"duct.{name}.temperature", x.temperature)
                outside = x.humidity * cabin.saturation_pressure(there - ZERO)
                dry_by = dry_by + q
                wet_by = wet_by + q * cabin.vapour_density(outside, there - ZERO)
                blown.append((len(t) + len(blown), air, "flow", q * 1.2 * cabin.AIR_HEAT))
                places.append(there * full)
            links, surfaces = [], []
            for name, x in model.links.items():
                a, b = self.place[x.a], self.place[x.b]
                strength = v(f"link.{name}.strength", x.strength)
                if x.begins or x.ends or model.nodes[x.a].until or model.nodes[x.b].until:
                    last = [z for z in (x.ends, model.nodes[x.a].until, model.nodes[x.b].until) if z]
                    lasting = self.active(x.begins, None, now, dt)
                    for z in last:
                        lasting = lasting * self.active(None, z, now, dt)
                    strength = strength * lasting
                if x.loop:
                    strength = strength * flow
                if x.set_point is not None:
                    wide = v(f"link.{name}.band", x.band)
                    strength = strength * np.clip(
                        (t[a] - v(f"link.{name}.set_point", x.set_point)) / wide + 0.5, 0.0, 1.0
                    )
                if x.wet:
                    cold = t[b] - ZERO
                    full_there = cabin.vapour_density(cabin.saturation_pressure(cold), cold)
                    q = cabin.vapour_flow(strength)
                    settles = (vapour / volume > full_there) | (water[name] > 0.0)
                    surfaces.append((name, b, np.where(settles, q, 0.0), full_there, x.drained))
                    dry_by = dry_by + surfaces[-1][2]
                    wet_by = wet_by + surfaces[-1][2] * full_there
                links.append((a, b, x.kind, strength))
            later = (vapour + dt * (made + wet_by)) / (1.0 + dt * dry_by / volume)
            back = 0.0
            for name, b, q, full_there, drained in surfaces:
                settled = dt * q * (later / volume - full_there)
                kept_back = np.maximum(settled, -water[name])  # no more dries than is there
                back = back + (settled - kept_back)
                heat[b] = heat[b] + kept_back / dt * cabin.EVAPORATION
                if drained:
                    led_away = led_away + np.maximum(kept_back, 0.0)
                else:
                    water[name] = water[name] + kept_back
            vapour = later + back

            before = t
            more = len(places)
            found, brought = network.advance(t + places, held + [True] * more, capacity + [0.0] * more,
                                             heat + [0.0] * more, links + blown, dt)  # fmt: skip
            t = found[: len(t)]
            free = [i for i in range(len(t)) if not held[i]]
            stored = stored + sum(capacity[i] * (t[i] - before[i]) for i in free)
            given = sum(heat[i] for i in free) * dt + sum(brought)
            came = came + given
            moved = moved + sum(np.abs(heat[i]) for i in free) * dt + sum(np.abs(b) for b in brought)
            cabin.within(t[air] - ZERO)
            if (k + 1) % line.keep_every == 0 or k + 1 == count:
                keep(now + dt)
        out = {"t": np.array(kept.pop("t"))}
        out |= {k: np.stack(x, axis=1) for k, x in kept.items()}
        out["imbalance"] = np.abs(stored - came) / np.maximum(moved, 1e-30) * full
        return out
