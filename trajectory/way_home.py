"""A flight as a way home among others: when it was to be had, for how many, and what was published about it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from trajectory.section import Epoch, Key, Name, Section, Text, needs, whole
from trajectory.units import Duration, Quantity, Value, refuse

# What a way home is fit for, the least first.
REFUSED, EMERGENCY, REGULAR = FITNESS = ("refused", "emergency", "regular")


class Statement(Section):
    """Something that was published about this way home: `title` who, `on` when, `summary` what, in words of one's own;
    `compare` sets the model beside it.

    Of one kind. decision: taken for a `regular` return, kept for an `emergency` alone, or `refused` for a regular return.
    lower: metrics that are lower here than in the scenario `than`. limit: a limit of the cabin that is reached `after` a time
    of free flight, to `within`. Without a kind it is shown, and held against nothing. used: whether values of the scenario
    were set by it."""

    title: Text
    on: Epoch
    summary: Text
    decision: Literal["regular", "emergency", "refused"] | None = None
    lower: tuple[Key, ...] = ()
    than: Name | None = None
    limit: Key | None = None
    after: Duration | None = None
    within: Annotated[Value, Quantity("duration", above=0, high=1e7)] | None = None
    used: Literal["calibration", "check"] = "check"

    @model_validator(mode="after")
    def _one_kind(self):
        if sum((self.decision is not None, bool(self.lower), self.limit is not None)) > 1:
            refuse("one of decision, lower and limit, not several")
        if self.lower:
            needs(self, "lower", "than")
        if self.limit is not None:
            needs(self, "limit", "after", "within")
        return self


class Option(Section):
    """The flight as a way home among others: from when until when it was to be had, and for how many. `source` says whence."""

    from_: Epoch | None = Field(None, alias="from")
    until: Epoch | None = None
    seats: whole(0, 7) | None = None
    statement: tuple[Statement, ...] = ()

    @model_validator(mode="after")
    def _in_order(self):
        if self.from_ is not None and self.until is not None and str(self.until) <= str(self.from_):
            refuse("until must be later than from")
        return self
