"""Cabins on their way: one step after another, a vector of all cabins in each place (`model.run` calls this)."""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from trajectory.cooling import cabin, leak, network, strain
from trajectory.cooling.model import ZERO

AIR_AT_START = 21200.0  # Pa of oxygen
AIR_DENSITY = 1.2  # kg/m3 of what a duct carries


def nothing(x) -> bool:
    """Whether it is the number 0, not a vector."""
    return isinstance(x, float) and x == 0.0


def times(x, part):
    """x itself where part is the number 1."""
    return x if isinstance(part, float) and part == 1.0 else x * part


class Cabins:
    """n cabins of a model. `into`: arrays (n_time, n) of what is kept, by name, and `imbalance` (1, n)."""

    def __init__(self, model, timeline, samples: dict, events: dict, n: int, into: dict):
        self.model, self.timeline, self.samples, self.events, self.n, self.into = model, timeline, samples, events, n, into
        self.place = {name: i for i, name in enumerate(model.nodes)}
        self.full = np.ones(n)
        self.on = None
        self.uneven = any(np.ndim(x) for x in events.values())
        self.borders = [] if self.uneven else sorted(events.values())

    def value(self, name: str, default):
        return self.samples.get(name, default)

    def follow(self, count: int, kept_at: list[int], strict: bool) -> None:
        self.begin((self.timeline.end - self.timeline.start) / count)
        self.keep(0, self.timeline.start)
        j, left = 1, np.full(self.n, len(kept_at))  # the first history at which the air is outside its range
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # of cabins that have left it
            for k in range(count):
                now = self.timeline.start + k * self.dt
                self.step(now)
                if k + 1 == kept_at[j]:
                    air_c = self.t[self.air] - ZERO
                    if strict:
                        cabin.within(air_c)
                    inside = (air_c >= cabin.RANGE[0]) & (air_c <= cabin.RANGE[1])
                    left = np.minimum(left, np.where(inside, len(kept_at), j))
                    self.keep(j, now + self.dt)
                    j += 1
        gone = np.arange(len(kept_at))[:, None] >= left
        if gone.any():
            for key, x in self.into.items():
                if key not in ("imbalance", "outside"):
                    x[gone] = np.nan
        self.into["outside"][0] = left < len(kept_at)
        stored = sum(
            c * (x - y) for c, x, y, held in zip(self.capacity, self.t, self.first, self.held, strict=True) if not held
        )
        self.into["imbalance"][0] = np.abs(stored - self.came) / np.maximum(self.moved, 1e-30)

    def begin(self, dt: float) -> None:
        model, v, full = self.model, self.value, self.full
        self.dt, self.air = dt, self.place[model.air]
        self.t = [v(f"node.{k}.start", x.start) * full for k, x in model.nodes.items()]
        self.first, self.held = list(self.t), [x.held for x in model.nodes.values()]
        self.capacity = [v(f"node.{k}.heat_capacity", x.heat_capacity) for k, x in model.nodes.items()]
        self.volume = v("volume", model.volume)
        air_c = self.t[self.air] - ZERO
        e = v("humidity", model.humidity) * cabin.saturation_pressure(air_c)
        self.vapour = cabin.vapour_density(e, air_c) * self.volume
        self.gas = v("carbon_dioxide", model.carbon_dioxide) / (cabin.CARBON_DIOXIDE_GAS * self.t[self.air]) * self.volume
        self.oxygen = AIR_AT_START / (cabin.OXYGEN_GAS * self.t[self.air]) * self.volume
        body = strain.Body(**{k: v(f"crew.{k}", getattr(model.crew, k)) for k in
                              ("metabolic_rate", "mass", "area", "clothing", "air_speed", "suit_flow")})  # fmt: skip
        self.number = v("crew.number", model.crew.number)
        self.manned = bool(np.any(np.asarray(self.number) > 0.0))
        self.person, self.head = strain.Person(body), strain.rested(self.n, body.metabolic_rate / body.area)
        self.parts = max(1, round(dt / strain.MINUTE))
        self.water = {k: 0.0 * full for k, x in model.links.items() if x.wet and not x.drained}
        self.led_away = 0.0 * full
        self.loop = None
        if model.loop == "leaking":
            self.loop = leak.begin(model.leak, self.n, {k[5:]: x for k, x in self.samples.items() if k.startswith("leak.")})
        self.flow = 0.0 if model.loop == "lost" else 1.0
        self.came = self.moved = 0.0 * full
        # links, then ducts: air from places held at their temperatures
        ends = [(self.place[x.a], self.place[x.b], x.kind) for x in model.links.values()]
        ends += [(len(self.t) + i, self.air, "flow") for i in range(len(model.ducts))]
        self.places = [v(f"duct.{k}.temperature", x.temperature) * full for k, x in model.ducts.items()]
        self.network = network.Network(
            self.capacity + [0.0] * len(self.places), self.held + [True] * len(self.places), ends, dt
        )
        self.base = {k: v(f"link.{k}.strength", x.strength) for k, x in model.links.items()}
        self.blows = {k: v(f"duct.{k}.flow", x.flow) for k, x in model.ducts.items()}
        self.outside = {}
        for (k, x), there in zip(model.ducts.items(), self.places, strict=True):
            e = v(f"duct.{k}.humidity", x.humidity) * cabin.saturation_pressure(there - ZERO)
            gas = v(f"duct.{k}.carbon_dioxide", x.carbon_dioxide) / (cabin.CARBON_DIOXIDE_GAS * there)
            oxygen = AIR_AT_START / (cabin.OXYGEN_GAS * there)
            self.outside[k] = (cabin.vapour_density(e, there - ZERO), gas, oxygen)
        self.free = [i for i, held in enumerate(self.held) if not held]
        self.still = [0.0] * len(self.places)

    # --- what is on

    def switch(self, now: float) -> None:
        """Set what is on in the step from now; nothing changes between two events."""
        if self.on is not None and not self.uneven:
            j = bisect_right(self.borders, now - self.dt - 1e-6)
            if j == len(self.borders) or self.borders[j] >= now + self.dt:
                return
        model, nodes = self.model, self.model.nodes
        on = {"scrubber": self.active(model.scrubber_begins, model.scrubber_ends, now)}
        for name, x in (*model.loads.items(), *model.ducts.items()):
            on[name, "load" if name in model.loads and x is model.loads[name] else "duct"] = self.active(x.begins, x.ends, now)
        for name, x in model.links.items():
            part = self.active(x.begins, x.ends, now)
            for end in (nodes[x.a].until, nodes[x.b].until):
                if end:
                    part = part * self.active(None, end, now)
            on[name, "link"] = part
        self.on = on
        self.scaled = {k: None if nothing(on[k, "link"]) else times(self.base[k], on[k, "link"]) for k in model.links}
        self.blown = {k: None if nothing(on[k, "duct"]) else times(self.blows[k], on[k, "duct"]) for k in model.ducts}
        self.steady, self.varied = [0.0] * len(self.t), []
        for name, x in model.loads.items():
            part = on[name, "load"]
            if nothing(part):
                continue
            power, i = times(self.value(f"load.{name}.power", x.power), part), self.place[x.node]
            if x.series is None:
                self.steady[i] = self.steady[i] + power
            else:
                self.varied.append((i, x.series, power))

    def active(self, begins, ends, t: float):
        """Fraction of the step from t during which something lasts; an event that never comes does not begin or end it."""
        low = self.events.get(begins, np.inf) if begins else -np.inf
        high = self.events.get(ends, np.inf) if ends else np.inf
        if np.ndim(low) or np.ndim(high):
            return np.clip((np.minimum(t + self.dt, high) - np.maximum(t, low)) / self.dt, 0.0, 1.0)
        return min(max((min(t + self.dt, high) - max(t, low)) / self.dt, 0.0), 1.0)

    # --- one step

    def step(self, now: float) -> None:
        model, dt = self.model, self.dt
        self.switch(now)
        self.follow_series(now + dt)
        heat = list(self.steady)
        for i, series, power in self.varied:
            heat[i] = heat[i] + power * self.series(series, now + 0.5 * dt)
        if self.loop is not None:
            self.leaks(now)
        strength = [self.strength(k, x) for k, x in model.links.items()]
        dry_by = wet_by = gas_by = oxygen_by = 0.0  # m3/s, kg/s: what ducts take out of the air, and what they let in
        for name in model.ducts:
            q = self.blown[name]
            if q is None:
                strength.append(None)
                continue
            vapour, gas, oxygen = self.outside[name]
            dry_by, wet_by = dry_by + q, wet_by + q * vapour
            gas_by, oxygen_by = gas_by + q * gas, oxygen_by + q * oxygen
            strength.append(q * (AIR_DENSITY * cabin.AIR_HEAT))
        made = self.breathe(heat, dry_by, gas_by, oxygen_by) if self.manned or not nothing(dry_by) else 0.0
        self.moisten(strength, heat, made, dry_by, wet_by)
        found, gained = self.network.advance(self.t + self.places, heat + self.still, strength)
        self.t = found[: len(self.t)]
        given = gained
        for i in self.free:
            if not nothing(heat[i]):
                given = given + heat[i]
        given = given * dt
        self.came = self.came + given
        self.moved = self.moved + np.abs(given)

    def follow_series(self, t: float) -> None:
        for name, x in self.model.nodes.items():
            if x.series is not None:
                self.t[self.place[name]] = self.series(x.series, t) * self.full

    def series(self, name: str, t: float) -> float:
        at, values = self.timeline.series[name]
        return float(np.interp(t, at, values))

    def leaks(self, now: float) -> None:
        begun = self.active(self.model.leak_begins, None, now)
        self.loop = leak.step(self.loop, self.dt * begun, self.t[self.place[self.model.leak.node]])
        self.flow = self.loop.flow

    def breathe(self, heat: list, blown, gas_by, oxygen_by):
        """The crew's strain, heat and moisture, oxygen, carbon dioxide and its scrubber: kg/s of water made. blown, gas_by,
        oxygen_by: m3/s of air that ducts exchange, kg/s of either that they bring."""
        model, dt, body = self.model, self.dt, self.person.body
        air_c = self.t[self.air] - ZERO
        pressure = self.vapour / self.volume * (cabin.VAPOUR_GAS * self.t[self.air])
        number, dry, wet = self.number, 0.0, 0.0
        if self.manned:
            for _ in range(self.parts):
                self.head, d, w = self.person.step(self.head, air_c, pressure, dt / self.parts)
                dry, wet = dry + d, wet + w
        burnt = number * body.metabolic_rate
        used = (cabin.OXYGEN_PER_J * (1.0 - model.oxygen_supply)) * burnt
        self.oxygen = (self.oxygen + dt * (oxygen_by - used)) / (1.0 + (dt / self.volume) * blown)
        cleaned = self.value("scrubber_flow", model.scrubber_flow) * self.on["scrubber"]
        came = self.gas + dt * (cabin.CARBON_DIOXIDE_PER_J * burnt + gas_by)
        self.gas = came / (1.0 + (dt / self.volume) * (cleaned + blown))
        caught = cleaned * self.gas / self.volume * self.value("scrubber_factor", model.scrubber_factor)
        heat[self.air] = heat[self.air] + number / self.parts * dry + caught * cabin.SCRUBBER_HEAT
        return number / self.parts * wet + caught * cabin.SCRUBBER_WATER

    def strength(self, name: str, x):
        """Of a link in this step; None where it does nothing."""
        found = self.scaled[name]
        if found is None or x.loop and nothing(self.flow):
            return None
        if x.loop and self.loop is not None:
            found = found * self.flow
        if x.set_point is not None:
            wide = self.value(f"link.{name}.band", x.band)
            over = (self.t[self.place[x.a]] - self.value(f"link.{name}.set_point", x.set_point)) / wide + 0.5
            found = found * np.minimum(np.maximum(over, 0.0), 1.0)
        return found

    def moisten(self, strength, heat, made, dry_by, wet_by) -> None:
        """Water vapour a step later: made, condensed on cold surfaces and dried from them, led away, carried by ducts."""
        dt, volume, surfaces = self.dt, self.volume, []
        for (name, x), s in zip(self.model.links.items(), strength, strict=False):
            if not x.wet or s is None:
                continue
            b = self.place[x.b]
            cold = self.t[b] - ZERO
            full_there = cabin.vapour_density(cabin.saturation_pressure(cold), cold)
            settles = self.vapour > full_there * volume
            if not x.drained:
                settles = settles | (self.water[name] > 0.0)
            q = cabin.vapour_flow(s) * settles
            surfaces.append((name, b, q, full_there, x.drained))
            dry_by = dry_by + q
            wet_by = wet_by + q * full_there
        later = (self.vapour + dt * (made + wet_by)) / (1.0 + (dt / volume) * dry_by)
        for name, b, q, full_there, drained in surfaces:
            settled = dt * q * (later / volume - full_there)
            wets = np.maximum(settled, 0.0 if drained else -self.water[name])  # no more dries than is there
            later = later + (settled - wets)
            heat[b] = heat[b] + wets * (cabin.EVAPORATION / dt)
            if drained:
                self.led_away = self.led_away + wets
            else:
                self.water[name] = self.water[name] + wets
        self.vapour = later

    # --- what is kept

    def keep(self, j: int, now: float) -> None:
        into, air, full = self.into, self.t[self.air], self.full
        for i, (name, x) in enumerate(self.model.nodes.items()):
            if f"node.{name}" in into:
                gone = x.until is not None and now > np.asarray(self.events.get(x.until, np.inf)) + 1e-6
                into[f"node.{name}"][j] = np.where(gone, np.nan, self.t[i]) if x.until else self.t[i]
        loop, head, nothing = self.loop, self.head, np.nan * full
        here = self.vapour / self.volume * cabin.VAPOUR_GAS * air
        values = {
            "vapour_pressure": lambda: here, "relative_humidity": lambda: here / cabin.saturation_pressure(air - ZERO),
            "carbon_dioxide": lambda: self.gas / self.volume * cabin.CARBON_DIOXIDE_GAS * air,
            "oxygen": lambda: self.oxygen / self.volume * cabin.OXYGEN_GAS * air,
            "condensate": lambda: sum(self.water.values(), self.led_away),
            "core": lambda: head.core, "skin": lambda: head.skin, "stored": lambda: head.stored,
            "coolant_flow": lambda: self.flow, "coolant_pressure": lambda: nothing if loop is None else loop.pressure,
            "coolant_left": lambda: nothing if loop is None else loop.left,
            "thrust": lambda: 0.0 if loop is None else loop.thrust, "impulse": lambda: 0.0 if loop is None else loop.impulse,
        }  # fmt: skip
        for key, make in values.items():
            if key in into:
                into[key][j] = make()
