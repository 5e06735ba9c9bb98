"""What a vehicle file may hold: masses, engines, aerodynamics, parachutes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from trajectory import material
from trajectory.catalogue import nearest
from trajectory.section import Described, File, Key, Name, Section, needs, whole
from trajectory.units import (
    Altitude,
    Angle,
    AngularAcceleration,
    Area,
    ArealDensity,
    Default,
    Duration,
    Force,
    Fraction,
    Mass,
    OneOrMany,
    PositiveLength,
    PositiveRatio,
    Quantity,
    RollRate,
    Speed,
    Temperature,
    Value,
    refuse,
)


class OrbitBody(Section):
    """The whole vehicle before separation."""

    mass: Mass
    area: Area | None = None
    drag_coefficient: PositiveRatio | None = None


class Engine(Section):
    """An engine, or a set of thrusters that fire together. The start transient is a straight ramp of the thrust."""

    thrust: Force
    specific_impulse: Annotated[Value, Quantity("duration", above=0, high=1e5)]
    start_transient: Duration = Default("0 s")
    propellant: Mass | None = None


class Rarefied(Section):
    """Increments of axial, normal and moment in thin air, a CSV file against Knudsen number or altitude."""

    file: File


class Aerodynamics(Section):
    """Coefficients of the descending vehicle. tables: axial and normal force and moment; newtonian: panels of its shape; both
    are trimmed by the mass centre (offset from the axis; station, its distance from the nose over length). axial-normal: force
    and trim, as tabulated for the Soyuz. accommodation: of molecules at the wall, in thin air.
    """

    model: Literal["constant", "table", "file", "axial-normal", "tables", "newtonian"]
    drag_coefficient: Annotated[Value | tuple, OneOrMany(Quantity("ratio", above=0, high=100))] | None = None
    lift_to_drag: Annotated[Value | tuple, OneOrMany(Quantity("ratio", low=-10, high=10))] | None = None
    mach: tuple[Annotated[Value, Quantity("ratio", low=0, high=100)], ...] | None = None
    file: File | None = None
    offset: Annotated[Value, Quantity("length", low=0, high=100)] | None = None
    station: Annotated[Value, Quantity("ratio", low=0, high=1)] | None = None
    length: PositiveLength | None = None
    drag_factor: PositiveRatio = Default("1")
    lift_to_drag_factor: Annotated[Value, Quantity("ratio", low=-10, high=10)] = Default("1")
    rarefied: Rarefied | None = None
    accommodation: Annotated[Value, Quantity("ratio", low=0, high=1)] | None = None

    @model_validator(mode="after")
    def _whole(self):
        keys = {
            "table": ("mach", "drag_coefficient", "lift_to_drag"),
            "file": ("file",),
            "axial-normal": ("file", "offset", "station", "length"),
            "tables": ("file", "offset", "station", "length"),
            "newtonian": ("offset", "station", "length"),
        }
        needs(self, f'model = "{self.model}"', *keys.get(self.model, ()))
        for key, model in (("rarefied", "tables"), ("accommodation", "newtonian")):
            if getattr(self, key) is not None and self.model != model:
                refuse(f'{key} belongs to model = "{model}"')
        columns = (self.mach, self.drag_coefficient, self.lift_to_drag)
        if self.model == "table":
            if not all(isinstance(c, tuple) for c in columns) or len({len(c) for c in columns}) != 1:
                refuse("mach, drag_coefficient and lift_to_drag are lists of one length")
            mach = [m.si for m in self.mach]
            if len(mach) < 2 or any(b <= a for a, b in zip(mach, mach[1:], strict=False)):
                refuse("mach: two numbers or more are due, rising")
        elif any(isinstance(c, tuple) for c in columns):
            refuse('lists belong to model = "table"')
        return self


class Attitude(Section):
    """Roll control of the descending vehicle: jets that turn the bank. Above high_load they turn it faster by high_factor."""

    roll_acceleration: AngularAcceleration
    rate_limit: RollRate
    dead_band: Annotated[Value, Quantity("angle", above=0, high=90)]
    high_load: PositiveRatio | None = None
    high_factor: PositiveRatio | None = None
    thrust: Force | None = None
    specific_impulse: Annotated[Value, Quantity("duration", above=0, high=1e5)] | None = None
    propellant: Mass | None = None

    @model_validator(mode="after")
    def _whole(self):
        if (self.high_load is None) != (self.high_factor is None):
            refuse("high_load and high_factor go together")
        if (self.thrust is None) != (self.specific_impulse is None):
            refuse("thrust and specific_impulse go together")
        if self.propellant is not None:
            needs(self, "propellant", "thrust", "specific_impulse")
        return self


class Shape(Section):
    """The outline of the capsule: a sphere in front, a cone of front_angle if there is one, a rounded corner, a back cone and a
    flat or round top. Angles are half angles, from the axis.
    """

    diameter: PositiveLength
    shield_radius: PositiveLength
    corner_radius: PositiveLength
    back_angle: Annotated[Value, Quantity("angle", low=0, below=90)]
    length: PositiveLength
    front_angle: Annotated[Value, Quantity("angle", above=0, below=90)] | None = None
    top: Literal["flat", "round"] = "flat"


class Inertia(Section):
    """Moments of inertia about the mass centre: roll about the axis of the capsule, pitch and yaw across it; roll_yaw: product
    of inertia in the plane of the mass centre's offset. pitch_damping: C_mq, on the rate times length over twice the speed.
    """

    roll: Annotated[Value, Quantity("moment of inertia", above=0, high=1e9)]
    pitch: Annotated[Value, Quantity("moment of inertia", above=0, high=1e9)]
    yaw: Annotated[Value, Quantity("moment of inertia", above=0, high=1e9)]
    roll_yaw: Annotated[Value, Quantity("moment of inertia", low=-1e9, high=1e9)] | None = None
    pitch_damping: Annotated[Value, Quantity("ratio", low=-100, high=100)] | None = None

    @model_validator(mode="after")
    def _possible(self):
        moments = sorted(x.si for x in (self.roll, self.pitch, self.yaw))
        if moments[0] + moments[1] < moments[2]:
            refuse("no moment of inertia can be greater than the sum of the other two")
        if self.roll_yaw is not None and self.roll_yaw.si**2 >= self.roll.si * self.yaw.si:
            refuse("roll_yaw: its square must be less than roll times yaw")
        return self


AGREE = 0.02  # of m, C_D, A and the ballistic coefficient where all are given: what rounding leaves


class Descent(Section):
    """The vehicle from separation on. ballistic_coefficient beside mass, area and drag_coefficient must agree with them."""

    mass: Mass
    area: Area | None = None
    ballistic_coefficient: ArealDensity | None = None
    nose_radius: PositiveLength | None = None
    attitude: Attitude | None = None
    shape: Shape | None = None
    inertia: Inertia | None = None
    aerodynamics: Aerodynamics

    @model_validator(mode="after")
    def _whole(self):
        beta, drag, model = self.ballistic_coefficient, self.aerodynamics.drag_coefficient, self.aerodynamics.model
        if self.area is None and beta is None:
            refuse("either area or ballistic_coefficient is due")
        if model != "constant" and self.area is None:
            refuse('ballistic_coefficient without area goes with aerodynamics of model = "constant"')
        if model == "newtonian" and self.shape is None:
            refuse('aerodynamics of model = "newtonian" needs shape')
        if model == "constant":
            if drag is not None and self.area is None:
                refuse("aerodynamics.drag_coefficient needs area")
            if drag is None and beta is None:
                refuse("aerodynamics: drag_coefficient is due (or ballistic_coefficient in place of area)")
            if drag is not None and beta is not None:
                found = self.mass.si / (drag.si * self.area.si)
                if abs(found / beta.si - 1.0) > AGREE:
                    refuse(
                        f"ballistic_coefficient is {beta.text}, but mass, drag_coefficient and area make {found:.4g} kg/m2; "
                        f"allowed: within {100 * AGREE:g} %"
                    )
        return self


class Part(Section):
    """A part left behind at separation. separation_speed: with which it is pushed off."""

    name: Key
    mass: Mass
    area: Area
    drag_coefficient: PositiveRatio
    separation_speed: Speed | None = None


class Canopy(Section):
    """A canopy: opens some time after the stage before it (or the command), or at an altitude."""

    delay: Duration | None = None
    altitude: Altitude | None = None
    drag_area: Area
    reefed_fraction: Fraction | None = None
    reefed_time: Duration | None = None
    fill_time: Duration | None = None

    @model_validator(mode="after")
    def _one(self):
        if (self.delay is None) == (self.altitude is None):
            refuse("either delay or altitude is due, and not both")
        if (self.reefed_fraction is None) != (self.reefed_time is None):
            refuse("reefed_fraction and reefed_time go together")
        return self


class Parachute(Section):
    """Canopies in the order in which they open; the reserve only where one of the others fails."""

    command_altitude: Altitude
    pilot: Canopy | None = None
    drogue: Canopy | None = None
    main: Canopy
    reserve: Canopy | None = None

    def canopies(self, fails: str = "none") -> list[tuple[str, Canopy]]:
        """(name, canopy) of those that open when the one named `fails` does not."""
        names = ["pilot", "drogue", "main"]
        if fails != "none":
            names = [*names[: names.index(fails)], "reserve"]
        return [(name, canopy) for name in names if (canopy := getattr(self, name)) is not None]


def _material(name: str) -> str:
    if name not in material.known():
        refuse(f"no such material; allowed: {', '.join(material.known())}{nearest(name, material.known())}")
    return name


class ShieldLayer(Section):
    """A layer of the heat shield; its properties are those of the material in `data/materials.toml`."""

    material: Annotated[Name, AfterValidator(_material)]
    thickness: PositiveLength


class HeatShield(Section):
    """The heat shield: when it goes and what it weighs, and its layers from the front. bond_limit: where the first ends."""

    jettison_altitude: Altitude | None = None
    mass: Mass | None = None
    layers: tuple[ShieldLayer, ...] = ()
    bond_limit: Temperature | None = None
    start_temperature: Temperature = Default("293 K")

    @model_validator(mode="after")
    def _whole(self):
        if (self.jettison_altitude is None) != (self.mass is None):
            refuse("jettison_altitude and mass go together")
        if self.jettison_altitude is None and not self.layers:
            refuse("either jettison_altitude and mass, or layers, are due")
        for layer in self.layers[1:]:
            if material.known()[layer.material].ablates:
                refuse(f"{layer.material} ablates, and only the first of layers may")
        return self


class Seat(Section):
    """The crew's seats: the angle from the drag to the axis back to chest, toward the lift; the heads lie on its side."""

    angle: Angle


class SoftLanding(Section):
    """Engines that fire just above ground."""

    height: PositiveLength
    touchdown_speed: Speed


class Vehicle(Described):
    """A vehicle: a file of its own in `vehicles/`, or a table of the scenario."""

    schema_version: whole(1, 1) | None = Field(None, alias="schema")
    name: Name | None = None
    zones: tuple[Name, ...] = ()
    orbit: OrbitBody | None = None
    engine: dict[Key, Engine] = {}
    descent: Descent
    parts: tuple[Part, ...] = ()
    parachute: Parachute | None = None
    heat_shield: HeatShield | None = None
    seat: Seat | None = None
    soft_landing: SoftLanding | None = None
