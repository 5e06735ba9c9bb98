"""Values as a person writes them, with unit, source and grade, and what they are in SI.

A value is written ``"128 m/s"``, a bare number where it has no unit, or a table with ``value``, ``source``,
``grade``, ``distribution`` and ``note``. A time is ISO 8601 with ``Z``. The types below check dimension and
range while the scenario is read. astropy parses the units; it is imported when the first unit is read.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import lru_cache
from typing import Annotated, Any

from pydantic_core import PydanticCustomError, core_schema

from trajectory.catalogue import nearest

# dimension: (SI unit, unit in which its limits are written, example)
DIMENSIONS = {
    "length": ("m", "m", "99.7 km"),
    "speed": ("m / s", "m/s", "128 m/s"),
    "acceleration": ("m / s2", "m/s2", "9.8 m/s2"),
    "mass": ("kg", "kg", "2900 kg"),
    "duration": ("s", "s", "281 s"),
    "angle": ("rad", "deg", "51.64 deg"),
    "angular rate": ("rad / s", "deg/s", "12.5 deg/s"),
    "angular acceleration": ("rad / s2", "deg/s2", "5.73 deg/s2"),
    "rotation rate": ("rad / s", "rad/s", "7.292115e-5 rad/s"),
    "area": ("m2", "m2", "3.8 m2"),
    "force": ("N", "N", "2950 N"),
    "density": ("kg / m3", "kg/m3", "1.225 kg/m3"),
    "temperature": ("K", "K", "293 K"),
    "pressure": ("Pa", "Pa", "16.6 kPa"),
    "heat flux": ("W / m2", "W/m2", "76 W/cm2"),
    "heat load": ("J / m2", "J/m2", "159 MJ/m2"),
    "areal density": ("kg / m2", "kg/m2", "575 kg/m2"),
    "gravitational parameter": ("m3 / s2", "m3/s2", "3.986004418e14 m3/s2"),
    "moment of inertia": ("kg m2", "kg m2", "1900 kg m2"),
    "frequency": ("Hz", "Hz", "121.75 MHz"),
    "power": ("W", "W", "120 W"),
    "conductance": ("W / K", "W/K", "60 W/K"),
    "heat capacity": ("J / K", "J/K", "0.85 MJ/K"),
    "volume": ("m3", "m3", "4 m3"),
    "volume flow": ("m3 / s", "m3/s", "150 L/min"),
    "thermal resistance": ("K / W", "K/W", "0.1 K/W"),
    "ratio": ("", "", "0.26"),
}
CELSIUS, FREEZING = "degC", 273.15  # temperatures, not differences, may be written so
GRADES = ("stated", "derived", "assumed")
FIRST_YEAR, LAST_YEAR = 1957, 2100
NUMBER = r"[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
WRITTEN = re.compile(rf"\s*({NUMBER})\s*(\D.*?)?\s*", re.ASCII)
TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?Z", re.ASCII)
VALUE_KEYS = ("value", "source", "grade", "distribution", "note")
# type of a distribution: (needed parameters, further ones)
DISTRIBUTIONS = {
    "normal": ((), ("mean", "sigma", "sigma_fraction")),
    "truncated_normal": (("low", "high"), ("mean", "sigma", "sigma_fraction")),
    "uniform": (("low", "high"), ()),
    "triangular": (("low", "high"), ("mode",)),
    "lognormal": (("sigma",), ("median",)),
    "discrete": (("values",), ("weights",)),
    "empirical": (("values",), ()),
}


class Default(str):
    """Text of a value that no file gave: it takes no source from its section."""


class Unsourced(str):
    """Text of a value written in another file than the source of its section."""


class UnsourcedNumber(float):
    """As `Unsourced`, for a bare number."""


class Chosen(str):
    """A word in place of a value, such as "solve", with the distribution about what is found."""

    distribution: dict | None = None
    source: str | None = None
    grade: str = "assumed"


@dataclass(frozen=True)
class Value:
    """A number with its unit, source and grade. `si` is in SI units (radians); `text` is as written."""

    si: float
    text: str
    unit: str
    source: str | None = None
    grade: str = "assumed"
    distribution: dict | None = field(default=None, hash=False)
    note: str | None = None

    def __float__(self) -> float:
        return self.si


@dataclass(frozen=True)
class Instant:
    """A time, UTC. `iso` is normalized: ``2019-06-25T01:55:03.000000Z``."""

    iso: str
    text: str
    source: str | None = None
    grade: str = "assumed"
    distribution: dict | None = field(default=None, hash=False)
    note: str | None = None
    unit: str = "UTC"

    def __str__(self) -> str:
        return self.iso


def refuse(message: str, **context):
    """Raise the error that a schema type raises: one plain sentence about what is allowed."""
    # braces are doubled: the text may hold a user's own
    raise PydanticCustomError("refused", message.replace("{", "{{").replace("}", "}}"), context or None)


def _a(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


@lru_cache(maxsize=4096)
def unit_factor(unit: str, dimension: str) -> float:
    """Factor from `unit` to SI; ValueError with a sentence if the unit is unknown or of another dimension."""
    import astropy.units as u

    si, limit, example = DIMENSIONS[dimension]
    due = f'{_a(dimension)} is due, such as "{example}"'
    if len(unit) > 40 or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_ /*^().+-]*", unit, re.ASCII):
        raise ValueError(f"{unit[:40]!r} is no unit; {due}")
    try:
        with u.imperial.enable():
            parsed = u.Unit(unit)
    except Exception:  # the parser has several ways to fail
        raise ValueError(f"unknown unit {unit!r}; {due}") from None
    try:
        if not isinstance(parsed, u.UnitBase) or not parsed.is_equivalent(u.Unit(si)):
            raise ValueError(f"{unit!r} is not a unit of {dimension}; {due}")
        return float(parsed.to(u.Unit(si)))
    except (TypeError, OverflowError):
        raise ValueError(f"{unit!r} is not a unit of {dimension}; {due}") from None


@dataclass(frozen=True)
class Quantity:
    """Schema type of a `Value`: dimension and range; limits in the unit that `DIMENSIONS` names for them.

    `above` is a limit that the value may not reach. `words` may stand in place of a value.
    """

    dimension: str
    low: float = -math.inf
    high: float = math.inf
    above: float = -math.inf
    below: float = math.inf
    words: tuple[str, ...] = ()
    difference: bool = False  # of temperatures

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.with_info_plain_validator_function(lambda raw, info: self.read(raw, _given(info)))

    @property
    def unit(self) -> str:
        return DIMENSIONS[self.dimension][1]

    @property
    def allowed(self) -> str:
        """The range in words, for messages and for the reference."""
        low = f"above {self.above:g}" if self.above > -math.inf else f"from {self.low:g}"
        high = f"below {self.below:g}" if self.below < math.inf else f"to {self.high:g}"
        low, high = low if low != "from -inf" else "", high if high != "to inf" else ""
        return " ".join(part for part in (low, high, self.unit if low or high else "") if part)

    def read(self, raw: Any, section: dict):
        """A `Value` of what is written, or one of `words`; raises the error that pydantic collects."""
        if isinstance(raw, str) and raw in self.words:
            return str(raw)
        raw, source, grade, distribution, note = _taken_apart(raw, section)
        if isinstance(raw, str) and raw in self.words:
            return chosen(raw, source, grade, self, distribution)
        si, text, unit = self._number(raw)
        if distribution is not None:
            distribution = self._distribution(distribution)
        return Value(si, text, unit, source, grade, distribution, note)

    def _number(self, raw) -> tuple[float, str, str]:
        _, _, example = DIMENSIONS[self.dimension]
        words = f" or one of: {', '.join(self.words)}" if self.words else ""
        if self.dimension == "ratio":
            if isinstance(raw, bool) or not isinstance(raw, (int, float)):
                refuse(f"a bare number is due, such as {example}{words}")
            try:
                number, factor, text, unit = float(raw), 1.0, repr(raw), "1"
            except OverflowError:
                refuse("the number is too large")
        else:
            due = f'{_a(self.dimension)} with its unit is due, such as "{example}"{words}'
            if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
                refuse(due)
            if not isinstance(raw, str):
                refuse(f"a bare number without unit; {due}")
            match = WRITTEN.fullmatch(raw) if len(raw) <= 100 else None
            if match is None:
                near = nearest(raw, self.words) if self.words else ""
                refuse(f"not a number with a unit; {due}{near}")
            if match[2] is None:
                refuse(f"the unit is missing; {due}")
            number, text, unit = float(match[1].replace("_", "")), str(raw).strip(), match[2]
            try:
                celsius = self.dimension == "temperature" and unit == CELSIUS
                factor = 1.0 if celsius else unit_factor(unit, self.dimension)
            except ValueError as error:
                refuse(str(error))
            if celsius and self.difference:
                refuse('a difference of temperatures is due, such as "2 K"')
        si = number * factor + (FREEZING if self.dimension == "temperature" and unit == CELSIUS else 0.0)
        if not math.isfinite(si):
            refuse("a finite number is due")
        limit_factor = 1.0 if not self.unit else unit_factor(self.unit, self.dimension)
        shown = si / limit_factor
        slack = 1e-12 * abs(shown)  # 90 deg in radians and back
        if (
            shown < self.low - slack
            or shown > self.high + slack
            or shown <= self.above
            or shown >= self.below
        ):
            refuse(f"out of range: allowed is {self.allowed}")
        return si, text, unit

    def _distribution(self, raw) -> dict:
        """A distribution with its parameters in SI; those that carry this quantity's unit are Values."""
        kinds = ", ".join(DISTRIBUTIONS)
        if not isinstance(raw, dict):
            refuse(f"a distribution is a table with type = one of {kinds}")
        kind = raw.get("type")
        if not isinstance(kind, str) or kind not in DISTRIBUTIONS:
            refuse(
                f"distribution: type {kind!r} is not known; allowed: {kinds}{nearest(kind, DISTRIBUTIONS)}"
            )
        needed, further = DISTRIBUTIONS[kind]
        for key in raw:
            if key not in ("type", *needed, *further):
                refuse(f"distribution: unknown key {key!r} of {kind}; allowed: {', '.join(needed + further)}")
        for key in needed:
            if key not in raw:
                refuse(f"distribution: {kind} needs {key}")
        if "sigma" in further and ("sigma" in raw) == ("sigma_fraction" in raw):
            refuse(f"distribution: {kind} needs either sigma or sigma_fraction")
        anywhere, spread = Quantity(self.dimension), Quantity(self.dimension, low=0, difference=True)
        bare, section = Quantity("ratio", low=0), {}
        parsed = {"type": kind}
        for key, item in raw.items():
            if key == "type":
                continue
            if key in ("values", "weights"):
                if not isinstance(item, list) or not item:
                    refuse(f"distribution: {key} is a list")
                parsed[key] = tuple((bare if key == "weights" else anywhere).read(x, section) for x in item)
            elif key == "sigma_fraction" or (key == "sigma" and kind == "lognormal"):
                parsed[key] = bare.read(item, section)
            else:
                parsed[key] = (spread if key == "sigma" else anywhere).read(item, section)
        if "low" in parsed and not parsed["low"].si < parsed["high"].si:
            refuse("distribution: low must be less than high")
        if "weights" in parsed and (
            len(parsed["weights"]) != len(parsed["values"]) or not sum(w.si for w in parsed["weights"]) > 0
        ):
            refuse("distribution: one weight for each of values, not all of them 0")
        return parsed


@dataclass(frozen=True)
class By:
    """Schema type of a `Value` whose dimension is named by another key of its section."""

    key: str
    quantities: tuple[tuple[str, Quantity], ...]

    def __get_pydantic_core_schema__(self, source, handler):
        def read(raw, info):
            word = _given(info).get(self.key)
            quantity = dict(self.quantities).get(word)
            if quantity is None:
                refuse(f"its unit follows from {self.key}, which is missing or not known")
            return quantity.read(raw, _given(info))

        return core_schema.with_info_plain_validator_function(read)


@dataclass(frozen=True)
class OneOrMany:
    """Schema type of a `Value`, or of a tuple of them where a list is written."""

    quantity: Quantity

    def __get_pydantic_core_schema__(self, source, handler):
        def read(raw, info):
            if isinstance(raw, list):
                return tuple(self.quantity.read(item, _given(info)) for item in raw)
            return self.quantity.read(raw, _given(info))

        return core_schema.with_info_plain_validator_function(read)


@dataclass(frozen=True)
class Time:
    """Schema type of an `Instant`; `words` may stand in its place."""

    words: tuple[str, ...] = ()

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.with_info_plain_validator_function(lambda raw, info: self.read(raw, _given(info)))

    def read(self, raw, section: dict):
        if isinstance(raw, str) and raw in self.words:
            return str(raw)
        raw, source, grade, distribution, note = _taken_apart(raw, section)
        if isinstance(raw, str) and raw in self.words:
            return chosen(raw, source, grade, Quantity("duration"), distribution)
        words = f" or one of: {', '.join(self.words)}" if self.words else ""
        due = f'a time is due, ISO 8601 in UTC with Z, such as "2019-06-25T01:55:03Z"{words}'
        if isinstance(raw, datetime) and raw.tzinfo is not None:
            try:
                raw = raw.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
            except OverflowError:
                refuse(f"{due}; years {FIRST_YEAR} to {LAST_YEAR}")
        match = TIME.fullmatch(raw) if isinstance(raw, str) else None
        if match is None:
            refuse(due)
        year, month, day, hour, minute, second = (int(x or 0) for x in match.groups()[:6])
        if not FIRST_YEAR <= year <= LAST_YEAR:
            refuse(f"the epoch is out of range: allowed are the years {FIRST_YEAR} to {LAST_YEAR}")
        try:
            moment = datetime(year, month, day, hour, minute, second)
        except ValueError as error:
            refuse(f"no such time ({error}); {due}")
        fraction = (match[7] or ".")[1:].ljust(6, "0")[:6]
        if distribution is not None:
            distribution = Quantity("duration")._distribution(distribution)
        return Instant(f"{moment.isoformat()}.{fraction}Z", str(raw), source, grade, distribution, note)


def chosen(word: str, source, grade: str, quantity: Quantity, distribution) -> Chosen:
    """A word with what stands beside it."""
    out = Chosen(word)
    out.source, out.grade = source, grade
    out.distribution = None if distribution is None else quantity._distribution(distribution)
    return out


def _given(info) -> dict:
    """The keys of the section that are read already; empty outside a section."""
    try:
        return info.data or {}
    except AttributeError:
        return {}


def _taken_apart(raw, section: dict):
    """(what is written, source, grade, distribution, note) of a value or of a table that holds one."""
    source, grade, distribution, note = None, None, None, None
    if isinstance(raw, dict):
        for key in raw:
            if key not in VALUE_KEYS:
                refuse(f"unknown key {key!r}; a value has {', '.join(VALUE_KEYS)}{nearest(key, VALUE_KEYS)}")
        if "value" not in raw:
            refuse(f"a table without value; a value has {', '.join(VALUE_KEYS)}")
        source, grade = raw.get("source"), raw.get("grade")
        distribution, note, raw = raw.get("distribution"), raw.get("note"), raw["value"]
        for key, text in (("source", source), ("note", note)):
            if text is not None and (not isinstance(text, str) or not text.strip()):
                refuse(f"{key} is a text")
        if grade is not None and (not isinstance(grade, str) or grade not in GRADES):
            refuse(f"grade {grade!r} is not known; allowed: {', '.join(GRADES)}{nearest(grade, GRADES)}")
    if isinstance(raw, Default):
        text = str(raw)
        return (float(text) if re.fullmatch(NUMBER, text) else text), "default", "assumed", None, None
    if source is None and not isinstance(raw, (Unsourced, UnsourcedNumber)):
        source, grade = section.get("source"), grade or section.get("grade")
    return raw, source, grade or ("stated" if source else "assumed"), distribution, note


def _value(dimension, **limits):
    return Annotated[Value, Quantity(dimension, **limits)]


Length = _value("length", low=-1e10, high=1e10)
PositiveLength = _value("length", above=0, high=1e10)
Altitude = _value("length", low=-1000, high=1e9)
Terrain = _value("length", low=-500, high=9000)
Speed = _value("speed", low=0, high=1e5)
SignedSpeed = _value("speed", low=-1e5, high=1e5)
Acceleration = _value("acceleration", low=0, high=1e6)
Mass = _value("mass", above=0, high=1e7)
Duration = _value("duration", low=0, high=1e9)
SignedDuration = _value("duration", low=-1e9, high=1e9)
Angle = _value("angle", low=-360, high=360)
Latitude = _value("angle", low=-90, high=90)
Longitude = _value("angle", low=-180, high=360)
FlightPathAngle = _value("angle", low=-90, high=90)
Inclination = _value("angle", low=0, high=180)
RollRate = _value("angular rate", above=0, high=360)
AngularAcceleration = _value("angular acceleration", above=0, high=1e4)
RotationRate = _value("rotation rate", low=-1, high=1)
Area = _value("area", above=0, high=1e6)
Force = _value("force", above=0, high=1e8)
Density = _value("density", low=0, high=1e4)
Pressure = _value("pressure", low=0, high=1e10)
Temperature = _value("temperature", above=0, high=1e5)
Frequency = _value("frequency", above=0, high=1e15)
HeatFlux = _value("heat flux", low=0, high=1e12)
HeatLoad = _value("heat load", low=0, high=1e15)
ArealDensity = _value("areal density", above=0, high=1e7)
GravitationalParameter = _value("gravitational parameter", above=0, high=1e22)
Ratio = _value("ratio")
PositiveRatio = _value("ratio", above=0, high=1e9)
Fraction = _value("ratio", above=0, high=1)
