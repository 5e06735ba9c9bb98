"""The station's calendar: which ships are docked when, who has a seat in what, and what each way home leaves behind.

From files of their own (`scenarios/calendars/`), each entry with its source and grade. A seat is a place in a healthy ship with
one's own liner; an emergency place is one in a damaged ship, or without a seat. A day is looked at as it begins, 00:00 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from trajectory import catalogue
from trajectory.defects import Defect, ScenarioError
from trajectory.scenario import load_alone
from trajectory.section import Described, Epoch, Flag, Name, Section, Text, whole
from trajectory.units import Instant, refuse

SEAT, EMERGENCY, NONE = "seat", "emergency place", "none"
DAY = np.timedelta64(1, "D")


class Span(Section):
    """From when until when; open where `until` is not given."""

    from_: Epoch = Field(alias="from")
    until: Epoch | None = None

    @model_validator(mode="after")
    def _in_order(self):
        if self.until is not None and at(self.until) <= at(self.from_):
            refuse(f"until ({self.until.text}) must be later than from ({self.from_.text})")
        return self

    def holds(self, when: np.datetime64) -> bool:
        return at(self.from_) <= when and (self.until is None or when < at(self.until))


class Stay(Span):
    """Docked."""

    port: Text | None = None


class Assigned(Span):
    """Whose liners lie in the ship. emergency: a place without a seat."""

    to: tuple[Text, ...] = Field(min_length=1)
    emergency: Flag = False


class Spacecraft(Section):
    """A ship. places: seats that it has. damaged: from when it is a lifeboat and no more."""

    name: Name
    kind: Text
    places: whole(0, 10) = 0
    damaged: Epoch | None = None
    damage: Text | None = None
    stay: tuple[Stay, ...] = Field(min_length=1)
    assigned: tuple[Assigned, ...] = ()

    def docked(self, when) -> Stay | None:
        """The stay that holds; while the ship moves from port to port, its crew in it, the one before, without a port."""
        held = next((s for s in self.stay if s.holds(when)), None)
        before = [s for s in self.stay if at(s.from_) <= when]
        if held is None and before and any(at(s.from_) > when for s in self.stay):
            held = before[-1].model_copy(update={"port": None})
        return held

    def healthy(self, when) -> bool:
        return self.damaged is None or bool(when < at(self.damaged))


class Crew(Span):
    """People aboard. planned_until: when they were to go."""

    names: tuple[Text, ...] = Field(min_length=1)
    planned_until: Epoch | None = None


class Launch(Section):
    """A launch that was ready, held, moved or flown."""

    name: Text
    planned: Epoch | None = None
    flown: Epoch | None = None


class WayHome(Section):
    """A way home: a scenario, the ship it takes and in which state, who goes, and what it does to rotation and cargo."""

    scenario: Name
    spacecraft: Name
    takes: tuple[Text, ...] = ()
    ship: Literal["healthy", "damaged", "any"] = "any"
    rotation: Text
    cargo: Text


class CalendarFile(Described):
    """A calendar of the station."""

    from_: Epoch = Field(alias="from")
    until: Epoch
    spacecraft: tuple[Spacecraft, ...] = Field(min_length=1)
    crew: tuple[Crew, ...] = Field(min_length=1)
    launch: tuple[Launch, ...] = ()
    option: tuple[WayHome, ...] = ()

    @model_validator(mode="after")
    def _whole(self):
        if at(self.until) <= at(self.from_):
            refuse("until must be later than from")
        ships, people = {s.name for s in self.spacecraft}, {n for c in self.crew for n in c.names}
        if len(ships) < len(self.spacecraft):
            refuse("spacecraft: a name stands twice")
        for name in (n for s in self.spacecraft for a in s.assigned for n in a.to):
            if name not in people:
                refuse(f"assigned to {name}, who is in no crew{catalogue.nearest(name, people)}")
        for o in self.option:
            if o.spacecraft not in ships:
                refuse(f"option {o.scenario}: no spacecraft {o.spacecraft}{catalogue.nearest(o.spacecraft, ships)}")
            for name in o.takes:
                if name not in people:
                    refuse(f"option {o.scenario} takes {name}, who is in no crew{catalogue.nearest(name, people)}")
        return self


def at(instant: Instant) -> np.datetime64:
    return np.datetime64(instant.iso[:19], "s")


@dataclass(frozen=True)
class Day:
    """The station at an instant. places: name -> (ship, what it is: seat, emergency place, none)."""

    when: str
    docked: tuple[tuple[str, str | None, bool], ...]  # ship, port, healthy
    places: dict
    healthy_seats: int  # places of healthy ships that carry people, taken or not
    occupied_ports: tuple[str, ...]

    @property
    def aboard(self) -> int:
        return len(self.places)

    def of(self, kind: str) -> tuple[str, ...]:
        """Names of those who have that kind of place, or none."""
        return tuple(name for name, (_, what) in self.places.items() if what == kind)

    def to_dict(self) -> dict:
        return {
            "time_utc": self.when,
            "aboard": self.aboard,
            "healthy_seats": self.healthy_seats,
            "with_seat": len(self.of(SEAT)),
            "emergency_only": list(self.of(EMERGENCY)),
            "without": list(self.of(NONE)),
            "places": {name: {"spacecraft": ship, "place": what} for name, (ship, what) in self.places.items()},
            "docked": [{"spacecraft": name, "port": port, "healthy": fit} for name, port, fit in self.docked],
        }


@dataclass(frozen=True, eq=False)
class Calendar:
    """A calendar that can be asked: `on(date)`, `days()`, `gaps()`, `options()`, `to_dataframe()`, `plot()`. Times are UTC."""

    file: CalendarFile

    @property
    def name(self) -> str:
        return self.file.name

    def on(self, when) -> Day:
        """The station at a date or time (ISO, UTC). ScenarioError outside the calendar."""
        try:
            moment = np.datetime64(str(when).removesuffix("Z"), "s")
        except ValueError:
            raise self.refused(str(when), "a date is due, such as 2023-01-18 or 2023-01-18T12:00:00Z") from None
        if np.isnat(moment) or not at(self.file.from_) <= moment <= at(self.file.until):
            covered = f"{self.file.from_.iso[:10]} to {self.file.until.iso[:10]}"
            raise self.refused(str(when), f"outside this calendar, which covers {covered}")
        docked = [(s, stay) for s in self.file.spacecraft if (stay := s.docked(moment)) is not None]
        people = [name for crew in self.file.crew if crew.holds(moment) for name in crew.names]
        places = dict.fromkeys(people, (None, NONE))
        for ship, _ in docked:
            for a in (a for a in ship.assigned if a.holds(moment)):
                what = SEAT if ship.healthy(moment) and not a.emergency else EMERGENCY
                for name in (n for n in a.to if n in places):
                    if RANK[what] > RANK[places[name][1]]:
                        places[name] = (ship.name, what)
        seats = sum(ship.places for ship, _ in docked if ship.healthy(moment))
        ships = tuple((s.name, stay.port, s.healthy(moment)) for s, stay in docked)
        return Day(f"{moment}Z", ships, places, seats, tuple(sorted(stay.port for _, stay in docked if stay.port)))

    def refused(self, value: str, message: str) -> ScenarioError:
        return ScenarioError(self.name, [Defect(self.name, "on", f'"{value}"', message)])

    def days(self) -> list[Day]:
        """Every day, as it begins."""
        first, last = at(self.file.from_).astype("datetime64[D]"), at(self.file.until).astype("datetime64[D]")
        return [self.on(d) for d in np.arange(first, last)]

    def changes(self) -> list[np.datetime64]:
        """When anything changes, within the calendar, its ends included."""
        spans = [x for s in self.file.spacecraft for x in (*s.stay, *s.assigned)] + list(self.file.crew)
        times = {at(x) for span in spans for x in (span.from_, span.until) if x is not None}
        times |= {at(s.damaged) for s in self.file.spacecraft if s.damaged is not None}
        low, high = at(self.file.from_), at(self.file.until)
        return sorted({low, high} | {t for t in times if low < t < high})

    def gaps(self) -> list[dict]:
        """Stretches, to the second, in which someone has no seat: from, until, who, and how many seats healthy ships have."""
        out: list[dict] = []
        times = self.changes()
        for a, b in zip(times, times[1:], strict=False):
            day = self.on(a)
            lacking = [*day.of(EMERGENCY), *day.of(NONE)]
            if not lacking:
                continue
            one = {"from_utc": f"{a}Z", "until_utc": f"{b}Z", "who": lacking, "aboard": day.aboard,
                   "healthy_seats": day.healthy_seats}  # fmt: skip
            if out and out[-1]["until_utc"] == one["from_utc"] and {k: out[-1][k] for k in SAME} == {k: one[k] for k in SAME}:
                out[-1]["until_utc"] = one["until_utc"]
            else:
                out.append(one)
        return out

    def options(self) -> list[dict]:
        """Each way home: from when until when its ship could take those it takes, the first time at which no one who stays is
        left without a seat by it, and what it does to rotation and cargo."""
        return [self.option(o) for o in self.file.option]

    def option(self, o: WayHome) -> dict:
        ship = next(s for s in self.file.spacecraft if s.name == o.spacecraft)
        times = self.changes()
        possible, covered, last, left = None, None, None, {}
        for a, b in zip(times, times[1:], strict=False):
            day = self.on(a)
            state = "healthy" if ship.healthy(a) else "damaged"
            fits = ship.docked(a) is not None and o.ship in ("any", state)
            if not fits or any(day.places.get(name, (None, NONE))[0] != o.spacecraft for name in o.takes):
                continue
            without = [n for n, (s, what) in day.places.items() if n not in o.takes and (s == o.spacecraft or what != SEAT)]
            if possible is None:
                possible, left = a, {"at_first_left_without_a_seat": without}
            if covered is None and not without:
                covered = a
            last = b
        first, until, seated_from = (None if t is None else f"{t}Z" for t in (possible, last, covered))
        return {
            "scenario": o.scenario, "spacecraft": o.spacecraft, "takes": list(o.takes), "from_utc": first, "until_utc": until,
            "covered_from_utc": seated_from, **left, "rotation": o.rotation, "cargo": o.cargo, "source": o.source,
            "grade": o.grade or "assumed",
        }  # fmt: skip

    def stays(self) -> list[dict]:
        """Days of each crew aboard, planned and as they were."""
        out = []
        for c in self.file.crew:
            long = [None if end is None else float((at(end) - at(c.from_)) / np.timedelta64(86400, "s"))
                    for end in (c.until, c.planned_until)]  # fmt: skip
            out.append({"names": list(c.names), "days": long[0], "planned_days": long[1]})
        return out

    def grades(self) -> dict[str, int]:
        """How many dates are stated, derived, assumed."""
        count = {"stated": 0, "derived": 0, "assumed": 0}
        for _, instant in instants(self.file):
            count[instant.grade] += 1
        return count

    def to_dict(self) -> dict:
        """What `trajectory calendar --json` prints."""
        return {
            "schema": 1, "calendar": self.name, "from_utc": self.file.from_.iso, "until_utc": self.file.until.iso,
            "grades": self.grades(), "gaps": self.gaps(), "options": self.options(), "stays": self.stays(),
            "launches": [{"name": x.name, "planned_utc": None if x.planned is None else x.planned.iso,
                          "flown_utc": None if x.flown is None else x.flown.iso, "note": x.note} for x in self.file.launch],
            "days": [day.to_dict() for day in self.days()],
        }  # fmt: skip

    def to_dataframe(self):
        """pandas.DataFrame: a row for each day: aboard, healthy seats, who has a seat, who has only an emergency place."""
        import pandas as pd

        rows = [
            {"date": day.when[:10], "aboard": day.aboard, "healthy_seats": day.healthy_seats, "with_seat": len(day.of(SEAT)),
             "emergency_only": ", ".join(day.of(EMERGENCY)), "without": ", ".join(day.of(NONE)),
             "docked": ", ".join(name for name, _, _ in day.docked)} for day in self.days()
        ]  # fmt: skip
        table = pd.DataFrame(rows)
        table["date"] = pd.to_datetime(table["date"], utc=True)
        return table.set_index("date")

    def plot(self):
        """A matplotlib Figure: ships, seats and the gap between those aboard and their seats."""
        from trajectory.report import gantt

        return gantt.picture(self)


RANK = {NONE: 0, EMERGENCY: 1, SEAT: 2}
SAME = ("who", "aboard", "healthy_seats")


def instants(item, key: str = ""):
    """(key, Instant) of every date in a section."""
    if isinstance(item, Instant):
        yield key, item
    elif isinstance(item, Section):
        for name in type(item).model_fields:
            yield from instants(getattr(item, name), f"{key}.{name}".lstrip("."))
    elif isinstance(item, tuple):
        for i, sub in enumerate(item):
            yield from instants(sub, f"{key}[{i}]")


SHIPPED = "iss-2022-2023"


def calendar(name_or_path=SHIPPED) -> Calendar:
    """The calendar of a station: which ships are docked when, and who has a seat in what.

    name_or_path: of the catalogue, or a TOML file (docs/calendar.md says how one is written); the shipped one goes from
    December 2022 to September 2023, from published dates, each with its grade. Times are UTC. Raises ScenarioError with every
    defect of its file.
    """
    return Calendar(load_alone(name_or_path, "calendar", CalendarFile))
