"""From when a way home is to be had, and for how many: by the station's calendar, and by the scenario's own `[option]`."""

from __future__ import annotations

from trajectory import calendar as station

SHIPPED = station.SHIPPED


def ways(calendar=SHIPPED) -> dict[str, dict]:
    """scenario name -> what a calendar says of it (calendar.Calendar.option), with the calendar's name and its first instant.
    calendar: a name, a file, a Calendar, or None for no calendar. Raises ScenarioError."""
    if calendar is None:
        return {}
    held = calendar if isinstance(calendar, station.Calendar) else station.calendar(calendar)
    begins = f"{station.at(held.file.from_)}Z"
    grades = {f"{station.at(instant)}Z": instant.grade for _, instant in station.instants(held.file)}
    return {row["scenario"]: row | {"calendar": held.name, "calendar_begins_utc": begins,
                                    "from_grade": grades.get(row["from_utc"]), "until_grade": grades.get(row["until_utc"])}
            for row in held.options()}  # fmt: skip


def of(scenario, known: dict[str, dict]) -> dict | None:
    """first_utc, until_utc and seats of an option, `by` calendar or scenario; what each of the two says; and in `differs`, a
    sentence each, where they do not say the same. None where neither says anything.

    A day before the calendar begins is not contradicted by it.
    """
    own, way = of_scenario(scenario), known.get(scenario.name)
    if way is not None and way["from_utc"] is None:
        way = None  # never, in the span of that calendar
    if own is None and way is None:
        return None
    out = {"by": "scenario" if way is None else "calendar", "scenario": own, "calendar": way, "differs": []}
    if way is None:
        return out | {"first_utc": own["from"], "until_utc": own["until"], "seats": own["seats"],
                      "first_grade": own["from_grade"], "until_grade": own["until_grade"]}  # fmt: skip
    first, until, seats = way["from_utc"], way["until_utc"], len(way["takes"])
    grade = way["from_grade"]
    if own is not None:
        before = first == way["calendar_begins_utc"] and own["from"] is not None and own["from"] < first
        if before:
            first, grade = own["from"], own["from_grade"]
        for word, mine, theirs in (("from", own["from"], first), ("until", own["until"], until)):
            if mine is not None and theirs is not None and mine[:16] != theirs[:16]:
                out["differs"].append(f"{word} {theirs[:16].replace('T', ' ')} by the calendar, {mine[:16].replace('T', ' ')} "
                                      "by the scenario")  # fmt: skip
        if own["seats"] is not None and own["seats"] != seats:
            out["differs"].append(f"{seats} seats by the calendar, {own['seats']} by the scenario")
    return out | {"first_utc": first, "until_utc": until, "seats": seats, "first_grade": grade,
                  "until_grade": way["until_grade"]}  # fmt: skip


def of_scenario(scenario) -> dict | None:
    """What `[option]` says: from when until when, for how many, and whence that is known."""
    held = scenario.option
    if held is None or (held.from_ is None and held.until is None and held.seats is None):
        return None
    out = {"seats": held.seats, "source": held.source}
    for name, instant in (("from", held.from_), ("until", held.until)):
        out[name] = None if instant is None else f"{instant.iso[:19]}Z"
        out[f"{name}_grade"] = None if instant is None else instant.grade
        out[f"{name}_source"] = None if instant is None else instant.source
    return out


def without_a_seat(available: dict) -> str:
    """Who would be left without a seat, and until when; empty where no one is."""
    way = available["calendar"]
    if way is None or not way["at_first_left_without_a_seat"]:
        return ""
    names, then = way["at_first_left_without_a_seat"], way["covered_from_utc"]
    return f"leaves {', '.join(names)} without a seat" + ("" if then is None else f" until {then[:10]}")
