"""What a scenario may say of its uncertainty beside the distributions of its values: the section [dispersion]."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from trajectory.section import Described, Key, Name, Section, Text, whole
from trajectory.units import Altitude, PositiveLength, Quantity, Speed, Value, refuse

Sigma = Annotated[Value, Quantity("ratio", low=0, high=3)]
DottedKey = Annotated[str, Field(strict=True, pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)+$", max_length=120)]


def _table_of_distribution(raw: Any) -> dict:
    if not isinstance(raw, dict):
        refuse('a table is due, such as { type = "normal", sigma = "0.5 m/s" }')
    return raw


class DispersedValue(Section):
    """A value of the scenario, by its dotted key, and its distribution; `value` where the scenario does not give one."""

    key: DottedKey
    distribution: Annotated[dict, BeforeValidator(_table_of_distribution)]
    value: str | float | None = None


class OrbitSpread(Section):
    """Standard deviations of the start state along radius, track and orbit normal (RTN), where the flight begins."""

    radial: Annotated[Value, Quantity("length", low=0, high=1e7)] | None = None
    along_track: Annotated[Value, Quantity("length", low=0, high=1e7)] | None = None
    cross_track: Annotated[Value, Quantity("length", low=0, high=1e7)] | None = None
    radial_velocity: Speed | None = None
    along_track_velocity: Speed | None = None
    cross_track_velocity: Speed | None = None


class DensitySpread(Section):
    """Relative departure of the density from its model, a normal random field over the height.

    sigma: rows of height and standard deviation, straight between them, held outside. correlation_height: the height over
    which the correlation falls to exp(-1/2); `common` is the part of the variance that is one factor at all heights.
    """

    sigma: tuple[tuple[Altitude, Sigma], ...] = Field(min_length=1)
    correlation_height: PositiveLength
    common: Annotated[Value, Quantity("ratio", low=0, high=1)] | None = None

    @model_validator(mode="after")
    def _rising(self):
        rising(self.sigma)
        return self


class WindSpread(Section):
    """Departure of the wind from its model, a normal random field over the height, the same toward east and toward north
    unless `north` is given. Rows of height and standard deviation."""

    sigma: tuple[tuple[Altitude, Speed], ...] = Field(min_length=1)
    north: tuple[tuple[Altitude, Speed], ...] | None = None
    correlation_height: PositiveLength
    common: Annotated[Value, Quantity("ratio", low=0, high=1)] | None = None

    @model_validator(mode="after")
    def _rising(self):
        rising(self.sigma)
        if self.north is not None:
            rising(self.north)
        return self


class RegionSpread(Section):
    """Relative standard deviation of a coefficient in one region of the flight: below Mach 0.8, to 1.5, to 6, above."""

    region: Literal["subsonic", "transonic", "supersonic", "hypersonic"]
    drag: Sigma | None = None
    lift: Sigma | None = None


class Correlation(Section):
    """Correlation of two normal draws; `between` holds two names of the sample table."""

    between: tuple[Text, Text]
    coefficient: Annotated[Value, Quantity("ratio", above=-1, below=1)]


class Branch(Section):
    """A way in which the flight may go on: keys of the scenario that are then otherwise, and how probable it is.

    Branches of one scenario exclude each other; what their probabilities leave is the flight as planned. A branch may
    hold branches of its own: their probabilities are those within it.
    """

    name: Key
    probability: Annotated[Value, Quantity("ratio", low=0, high=1)]
    set: dict[str, Any] = {}
    branch: tuple[Branch, ...] = ()

    @model_validator(mode="after")
    def _whole(self):
        whole_of(self.branch)
        return self


class Dispersion(Described):
    """What is uncertain of a flight: a file of its own in `dispersions/`, or a table of the scenario."""

    schema_version: whole(1, 1) | None = Field(None, alias="schema")
    name: Name | None = None
    summary: Text | None = None
    sampling: Literal["random", "latin-hypercube", "sobol"] = "random"
    value: tuple[DispersedValue, ...] = ()
    orbit: OrbitSpread | None = None
    density: DensitySpread | None = None
    wind: WindSpread | None = None
    aerodynamics: tuple[RegionSpread, ...] = ()
    correlation: tuple[Correlation, ...] = ()

    @model_validator(mode="after")
    def _once(self):
        if not (self.value or self.orbit or self.density or self.wind or self.aerodynamics or self.correlation):
            refuse("says nothing: value, orbit, density, wind, aerodynamics or correlation is due")
        for names, what in (
            ([v.key for v in self.value], "value"),
            ([a.region for a in self.aerodynamics], "aerodynamics"),
        ):
            if twice := {n for n in names if names.count(n) > 1}:
                refuse(f"{what}: {', '.join(sorted(twice))} stands twice")
        return self


def rising(rows) -> None:
    heights = [row[0].si for row in rows]
    if any(b <= a for a, b in zip(heights, heights[1:], strict=False)):
        refuse("the heights must rise from row to row")


def whole_of(branches) -> None:
    """Refuse branches whose probabilities exceed 1, or that share a name."""
    names = [b.name for b in branches]
    if twice := {n for n in names if names.count(n) > 1}:
        refuse(f"the branch {', '.join(sorted(twice))} stands twice")
    total = sum(b.probability.si for b in branches)
    if total > 1 + 1e-12:
        refuse(f"the probabilities of the branches sum to {total:.6g}; at most 1 is allowed")

