"""The section `cooling` of a scenario: its nodes, links, loads, ducts, loop and crew, by name. A file of its own in `cooling/`,
or a table of the scenario."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from trajectory.cooling import fluids, network
from trajectory.section import File, Flag, Key, Name, Section, Text, needs, whole
from trajectory.units import (
    Area,
    Default,
    Density,
    Duration,
    Mass,
    PositiveLength,
    Pressure,
    Quantity,
    Value,
    refuse,
)

Temperature = Annotated[Value, Quantity("temperature", low=3, high=1500)]
Span = Annotated[Value, Quantity("temperature", above=0, high=100, difference=True)]
Conductance = Annotated[Value, Quantity("conductance", low=0, high=1e6)]
HeatCapacity = Annotated[Value, Quantity("heat capacity", low=0, high=1e9)]
Power = Annotated[Value, Quantity("power", low=-1e6, high=1e6)]
Flow = Annotated[Value, Quantity("volume flow", low=0, high=10)]
Volume = Annotated[Value, Quantity("volume", above=0, high=1e4)]
Share = Annotated[Value, Quantity("ratio", low=0, high=1)]
Room = Annotated[Value, Quantity("temperature", low=273.15, high=333.15)]  # what moist air is computed for


class CoolingNode(Section):
    """A part of one temperature. Without heat_capacity it stores nothing; held, it keeps its temperature. until: the event
    with which it leaves the ship. follows: held at what the flight gives, the back of its heat shield."""

    start: Temperature
    heat_capacity: HeatCapacity | None = None
    held: Flag = False
    until: Key | None = None
    follows: Literal["heat_shield"] | None = None


class CoolingLink(Section):
    """Heat between two nodes: by conductance, by radiation of an area (times emissivity and view), or carried by a
    flow from the
    first into the second. through = "loop": as far as the coolant flows. A valve closes below set_point of the first node."""

    between: tuple[Key, Key]
    conductance: Conductance | None = None
    radiating_area: Area | None = None
    flow: Conductance | None = None
    through: Literal["always", "loop"] = "always"
    condenses: Literal["no", "wets", "drains"] = "no"
    set_point: Temperature | None = None
    band: Span = Default("4 K")
    begins: Key | None = None
    ends: Key | None = None

    @model_validator(mode="after")
    def _one(self):
        if sum(x is not None for x in (self.conductance, self.radiating_area, self.flow)) != 1:
            refuse("one of conductance, radiating_area, flow is due")
        return self


class CoolingLoad(Section):
    """Heat that a node is given between two events, such as what an instrument takes."""

    node: Key
    power: Power
    begins: Key | None = None
    ends: Key | None = None


class CoolingDuct(Section):
    """Air exchanged with another place."""

    flow: Flow
    temperature: Room
    humidity: Share
    carbon_dioxide: Pressure = Default("40 Pa")
    begins: Key | None = None
    ends: Key | None = None


class CoolingSurface(Section):
    """A surface that the Sun, the Earth's reflected light and its own glow fall on, along the orbit. A node of its
    own radiates."""

    node: Key
    area: Area
    absorptivity: Share
    emissivity: Share
    shape: Literal["sphere", "cylinder"] = "cylinder"
    axis: Literal["velocity", "sun", "nadir", "normal"] = "sun"
    begins: Key | None = None
    ends: Key | None = None


class CoolingCrew(Section):
    """Those aboard: each of them works, breathes and sweats as said here. suit_flow: of cabin air through an
    impermeable suit."""

    number: whole(0, 12)
    metabolic_rate: Power = Default("120 W")
    mass: Mass = Default("75 kg")
    area: Area = Default("1.9 m2")
    clothing: Annotated[Value, Quantity("ratio", low=0, high=3)] = Default("1")
    air_speed: Annotated[Value, Quantity("speed", low=0, high=5)] = Default("0.2 m/s")
    suit_flow: Flow | None = None


class CoolingLeak(Section):
    """The hole, and the loop behind it. arm: of the jet about the mass centre of the body that it pushes, of that mass.
    fluid: isooctane, or one that CoolProp knows by that name, such as "Isohexane" or "INCOMP::PMS1"."""

    begins: Key | None = None
    diameter: PositiveLength
    coefficient: Annotated[Value, Quantity("ratio", above=0, high=1)] = Default("0.65")
    volume: Volume
    pressure: Pressure
    gas_volume: Volume
    accumulator: Volume
    dissolved_gas: Pressure = Default("5 kPa")
    back_pressure: Share = Default("0")
    pump_head: PositiveLength = Default("1 m")
    arm: PositiveLength | None = None
    body_mass: Mass | None = None
    fluid: Text = "isooctane"


class CoolingUnit(Section):
    """A computer or a battery: warmer than its node by its power through a resistance. fails: where that begins, and
    is sure. means: what the descent becomes without it; manual: the crew flies the planned
    bank by hand."""

    node: Key
    power: Power
    resistance: Annotated[Value, Quantity("thermal resistance", low=0, high=10)]
    fails: tuple[Temperature, Temperature]
    means: Literal["nothing", "ballistic", "manual"] = "nothing"

    @model_validator(mode="after")
    def _rising(self):
        if not self.fails[0].si < self.fails[1].si:
            refuse("fails: two temperatures are due, rising")
        return self


class CoolingImpact(Section):
    """What may have made the hole: walls that are tried, speeds and densities of meteoroid and debris, and how much of
    the ship could be hit for how long."""

    hole: PositiveLength
    walls: tuple[PositiveLength, ...]
    exposed_area: Area
    exposed: Duration
    meteoroid_density: Density = Default("1000 kg/m3")
    meteoroid_speed: Annotated[Value, Quantity("speed", above=0, high=72e3)] = Default("17 km/s")
    debris_density: Density = Default("2800 kg/m3")
    debris_speed: Annotated[Value, Quantity("speed", above=0, high=16e3)] = Default("10 km/s")


class CoolingDecision(Section):
    """Profiles of free flight, longest first, and the limits that may not be passed before the landing. confidence: share
    of the samples in which none is. flies = "chosen": the undocking is set so that the longest profile which holds so surely
    is flown, or the shortest where none does."""

    profile: dict[Key, Duration]
    limits: tuple[Key, ...] = ("heat_storage_4_7", "core_temperature_38_5")
    confidence: Share = Default("0.95")
    flies: Literal["as_written", "chosen"] = "as_written"


class Cooling(Section):
    """Cabin, crew and their cooling. begins, ends: events of the flight, or `start`; waits: how long the crew sits
    in the landed ship. posterior: draws of its values that measurements have updated, a table of `trajectory update`."""

    schema_version: whole(1, 1) | None = Field(None, alias="schema")
    name: Name | None = None
    summary: Text | None = None
    loop: Literal["healthy", "lost", "leaking"] = "healthy"
    begins: Key = "undocking"
    ends: Key = "touchdown"
    waits: Duration = Default("0 s")
    step: Annotated[Value, Quantity("duration", above=0, high=600)] = Default("60 s")
    volume: Volume
    humidity: Share
    scrubber_flow: Flow = Default("7e-3 m3/s")
    scrubber_factor: Annotated[Value, Quantity("ratio", low=0, high=2)] = Default("1")
    scrubber_begins: Key | None = None
    scrubber_ends: Key | None = None
    posterior: File | None = None
    samples: whole(0, 100000) = 1000
    crew: CoolingCrew
    node: dict[Key, CoolingNode]
    link: dict[Key, CoolingLink]
    load: dict[Key, CoolingLoad] = {}
    duct: dict[Key, CoolingDuct] = {}
    surface: dict[Key, CoolingSurface] = {}
    unit: dict[Key, CoolingUnit] = {}
    leak: CoolingLeak | None = None
    impact: CoolingImpact | None = None
    decision: CoolingDecision | None = None

    @model_validator(mode="after")
    def _sound(self):
        nodes = {k: (x.held, x.heat_capacity is not None and x.heat_capacity.si > 0.0) for k, x in self.node.items()}
        found = network.defects(nodes, {k: x.between for k, x in self.link.items()})
        for name, x in self.node.items():
            if x.follows is not None and not x.held:
                found.append((f"node.{name}", "follows something: held = true is due"))
        for kind in ("load", "surface", "unit"):
            for name, item in getattr(self, kind).items():
                if item.node not in self.node:
                    found.append(
                        (f"{kind}.{name}.node", f"there is no node {item.node!r}; allowed: {', '.join(self.node)}")
                    )
        if "air" not in self.node:
            found.append(("node.air", "is missing: the cabin's air is the node of this name"))
        if found:
            refuse("; ".join(f"{key} {words}" for key, words in found))
        if self.loop == "leaking":
            needs(self, 'loop = "leaking"', "leak")
            if "coolant" not in self.node:
                refuse("node.coolant is missing: what leaks is the node of this name")
            try:
                fluids.named(self.leak.fluid).within(self.node["coolant"].start.si)
            except ValueError as problem:
                refuse(f"leak.fluid: {problem}")
        return self
