"""What a scenario file holds about its own truth: the table `expected`, figure by figure."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, create_model, model_validator

from trajectory.section import Epoch, Section, Text
from trajectory.units import By, Fraction, Instant, Latitude, Longitude, Quantity, Time, Value, refuse

EVENTS = (
    "undocking", "deorbit_ignition", "deorbit_cutoff", "module_separation", "entry_interface",
    "guidance_start", "blackout_start", "blackout_end", "peak_heating", "peak_load", "chute_command",
    "pilot_deploy", "drogue_deploy", "main_deploy", "reserve_deploy", "heat_shield_jettison", "soft_landing",
    "touchdown", "parts_impact",
)  # fmt: skip
OUTCOMES = ("landed", "in_orbit", "skipped_out", "limit_broken", "impacted", "stopped")

_ANGLE = Quantity("angle", low=-360, high=360)
_SPEED = Quantity("speed", low=-1e5, high=1e5)
_PRESSURE = Quantity("pressure", low=0, high=1e10)
_ACCELERATION = Quantity("acceleration", low=0, high=1e6)
FIGURES: dict[str, Quantity | Time] = {
    "time": Time(),
    "elapsed": Quantity("duration", low=-1e9, high=1e9),
    "altitude": Quantity("length", low=-1000, high=1e9),
    "latitude": Quantity("angle", low=-90, high=90),
    "longitude": Quantity("angle", low=-180, high=360),
    "speed": _SPEED,
    "inertial_speed": _SPEED,
    "flight_path_angle": _ANGLE,
    "inertial_flight_path_angle": _ANGLE,
    "azimuth": _ANGLE,
    "mass": Quantity("mass", above=0, high=1e7),
    "load_factor": Quantity("ratio", low=0, high=1e4),
    "dynamic_pressure": _PRESSURE,
    "heat_flux": Quantity("heat flux", low=0, high=1e12),
    "heat_load": Quantity("heat load", low=0, high=1e15),
    "deceleration": _ACCELERATION,
    "drag_deceleration": _ACCELERATION,
    "stagnation_pressure": _PRESSURE,
    "vertical_speed": _SPEED,
    "horizontal_speed": _SPEED,
    "distance": Quantity("length", low=0, high=1e8),
}
EVENT_FIELDS = (
    "elapsed", "time", "altitude", "latitude", "longitude", "speed", "inertial_speed", "flight_path_angle",
    "inertial_flight_path_angle", "azimuth", "mass", "load_factor",
)  # fmt: skip
TOUCHDOWN_FIELDS = (*EVENT_FIELDS, "vertical_speed", "horizontal_speed")
PEAK_FIELDS = (
    "load_factor", "heat_flux", "dynamic_pressure", "heat_load", "deceleration", "drag_deceleration",
    "stagnation_pressure",
)  # fmt: skip


class Truth(Section):
    """A published figure: the flight must come within `within` (or that fraction) of `value`."""

    source: Text
    value: Any
    within: Any = None
    within_fraction: Fraction | None = None
    known_miss: Any = None

    @model_validator(mode="after")
    def _one(self):
        if (self.within is None) == (self.within_fraction is None):
            refuse("either within or within_fraction is due, and not both")
        return self


class KnownMiss(Section):
    """A miss that is understood: its reason, its size (ours minus theirs) and how near to that it stays."""

    reason: Text
    miss: Any
    within: Any


def _truth(field: str) -> type[Truth]:
    figure = FIGURES[field]
    apart = "duration" if isinstance(figure, Time) else figure.dimension
    kind = Annotated[Instant, figure] if isinstance(figure, Time) else Annotated[Value, figure]
    tolerance = Annotated[Value, Quantity(apart, above=0, high=1e15)]
    miss = create_model(
        f"KnownMiss_{field}", __base__=KnownMiss, __module__=__name__,
        miss=(Annotated[Value, Quantity(apart, low=-1e15, high=1e15)], ...), within=(tolerance, ...),
    )  # fmt: skip
    fields = {"value": (kind, ...), "within": (tolerance | None, None), "known_miss": (miss | None, None)}
    if field == "distance":
        fields["from_"] = (tuple[Latitude, Longitude], Field(alias="from"))
    globals()[miss.__name__] = miss
    return create_model(f"Truth_{field}", __base__=Truth, __module__=__name__, **fields)


TRUTHS = {field: _truth(field) for field in FIGURES}
globals().update({model.__name__: model for model in TRUTHS.values()})  # a pickle looks for them here
ExpectedEvent = create_model(
    "ExpectedEvent", __base__=Section, __module__=__name__, __doc__="What is published about an event.",
    **{field: (TRUTHS[field] | None, None) for field in EVENT_FIELDS},
)  # fmt: skip


CABIN = ("cabin", "wet_bulb", "core", "instruments", "coolant_left", "coolant_pressure", "relative_humidity")
CABIN_VALUE = By("quantity", tuple((k, Quantity("temperature", low=3, high=1500)) for k in CABIN[:4]) + (
    ("coolant_left", Quantity("ratio", low=0, high=1)), ("coolant_pressure", Quantity("pressure", low=0, high=1e7)),
    ("relative_humidity", Quantity("ratio", low=0, high=2)),
))  # fmt: skip
CABIN_WITHIN = By("quantity", tuple((k, Quantity("temperature", above=0, high=100, difference=True)) for k in CABIN[:4]) + (
    ("coolant_left", Quantity("ratio", above=0, high=1)), ("coolant_pressure", Quantity("pressure", above=0, high=1e7)),
    ("relative_humidity", Quantity("ratio", above=0, high=2)),
))  # fmt: skip


class CabinTruth(Section):
    """A published state of the cabin at a time. used: whether the values of the section were set by it, it is a check, or it
    is disputed: shown, held against nothing."""

    quantity: Literal[CABIN]
    time: Epoch
    value: Annotated[Value, CABIN_VALUE]
    within: Annotated[Value, CABIN_WITHIN]
    used: Literal["calibration", "check", "disputed"]
    source: Text


_Published = create_model(
    "_Published", __base__=Section, __module__=__name__,
    outcome=(Literal[OUTCOMES] | None, None),
    **{f"touchdown_{field}": (TRUTHS[field] | None, None) for field in TOUCHDOWN_FIELDS},
    touchdown_distance=(TRUTHS["distance"] | None, None),
    **{f"peak_{field}": (TRUTHS[field] | None, None) for field in PEAK_FIELDS},
    **{event: (ExpectedEvent | None, None) for event in EVENTS},
    cooling=(tuple[CabinTruth, ...], ()),
)  # fmt: skip


class Expected(_Published):
    """What is published about this flight. Its tables are named after events, of the scenario's own too."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, ExpectedEvent]

    def items(self):
        """(dotted key, Truth) of every figure, such as ("module_separation.elapsed", ...)."""
        for key, entry in [
            *((k, getattr(self, k)) for k in type(self).model_fields),
            *self.__pydantic_extra__.items(),
        ]:
            if isinstance(entry, Truth):
                yield key, entry
            elif isinstance(entry, ExpectedEvent):
                for field in EVENT_FIELDS:
                    if getattr(entry, field) is not None:
                        yield f"{key}.{field}", getattr(entry, field)
