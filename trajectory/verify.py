"""`trajectory verify`: every shipped scenario and check case against its published truth.

A row is a dict {case, quantity, value, truth, tolerance, unit, source, verdict, known_miss}: numbers in the unit given,
value None where the flight never came to it. Times are seconds after the published instant.
"""

from __future__ import annotations

import warnings
from importlib import import_module

import numpy as np

from trajectory import catalogue, checks, constants
from trajectory.checks.truth import Figure, KnownMiss

G0 = constants.STANDARD_GRAVITY
ZERO = 273.15  # K
WARM = ("cabin", "wet_bulb", "core", "instruments")  # quantities of the cabin in degC
# field of an event or peak: (key of ours, unit of ours, SI units per unit of ours)
ANGLE, SPEED = ("deg", np.pi / 180), ("m/s", 1.0)
FIELDS = {
    "elapsed": ("elapsed_s", "s", 1.0), "altitude": ("altitude_m", "m", 1.0), "latitude": ("latitude_deg", *ANGLE),
    "longitude": ("longitude_deg", *ANGLE), "speed": ("speed_m_s", *SPEED),
    "inertial_speed": ("inertial_speed_m_s", *SPEED), "flight_path_angle": ("flight_path_angle_deg", *ANGLE),
    "inertial_flight_path_angle": ("inertial_flight_path_angle_deg", *ANGLE), "azimuth": ("azimuth_deg", *ANGLE),
    "mass": ("mass_kg", "kg", 1.0), "load_factor": ("load_factor_g", "1", 1.0),
    "vertical_speed": ("vertical_speed_m_s", *SPEED), "horizontal_speed": ("horizontal_speed_m_s", *SPEED),
}  # fmt: skip
PEAKS = {
    "load_factor": "1", "heat_flux": "W/m2", "dynamic_pressure": "Pa", "heat_load": "J/m2", "deceleration": "m/s2",
    "drag_deceleration": "m/s2", "stagnation_pressure": "Pa",
}  # fmt: skip


class UnknownCase(ValueError):
    """No scenario and no check case of that name."""


def run(names=None, progress=None) -> list[dict]:
    """Rows of all cases, or of those named: a dict each, with case, quantity, value, truth,
    tolerance, unit, source, verdict (pass or fail) and known_miss. progress(case, number, of how many) is called before each.

    Raises UnknownCase, naming the nearest.
    """
    known = cases()
    for name in names or ():
        if name not in known:
            raise UnknownCase(f"there is no case named {name!r}{catalogue.nearest(name, known)}; known: {', '.join(known)}")
    chosen = list(dict.fromkeys(names)) if names else list(known)
    rows = []
    for number, name in enumerate(chosen, 1):
        if progress is not None:
            progress(name, number, len(chosen))
        source, figures = known[name]()
        rows += [compare(name, f, source) for f in figures]
    return rows


def exit_status(rows: list[dict]) -> int:
    """1 if something fails without being a known miss, else 0."""
    return int(any(r["verdict"] == "fail" and r["known_miss"] is None for r in rows))


def cases() -> dict:
    """Name -> function that gives (source, figures): the shipped scenarios with `expected`, then the check cases."""
    from trajectory.scenario import load

    found = {}
    for name in catalogue.known():
        scenario = load(name)
        if scenario.expected is not None:
            found[name] = lambda scenario=scenario: ("", flown(scenario))
    for module in checks.MODULES:
        check = import_module(f"trajectory.checks.{module}")
        found[check.CASE] = lambda check=check: (check.SOURCE, tried(check))
    return found


def rows_of(check) -> list[dict]:
    """Rows of one module of trajectory.checks."""
    return [compare(check.CASE, f, check.SOURCE) for f in check.rows()]


def tried(check) -> list[Figure]:
    """The figures of a check case; one failed figure where it could not be computed."""
    try:
        return check.rows()
    except (ArithmeticError, LookupError, RuntimeError, ValueError) as problem:
        return [Figure(f"could not be computed: {problem}", np.nan, 0.0, 0.0, "1")]


def compare(case: str, figure: Figure, source: str) -> dict:
    """One row. A known miss is a fail that stays where it is stated to be; elsewhere it is a plain fail."""
    miss = figure.value - figure.truth
    good = bool(abs(miss) <= figure.tolerance)  # False for NaN
    quantity, known = figure.quantity, figure.known_miss
    words = None
    if known is not None:
        stands = not good and abs(miss - known.miss) <= known.within
        if stands:
            words = f"{known.reason}; ours minus theirs {known.miss:g} {figure.unit}, to within {known.within:g}"
        elif good:
            quantity += f" (known miss of {known.miss:g} {figure.unit} has vanished: strike it out)"
        else:
            quantity += f" (known miss of {known.miss:g} {figure.unit} has moved to {miss:g})"
        good = False
    return {
        "case": case, "quantity": quantity, "value": number(figure.value), "truth": number(figure.truth),
        "tolerance": number(figure.tolerance), "unit": figure.unit, "source": figure.source or source,
        "verdict": "pass" if good else "fail", "known_miss": words,
    }  # fmt: skip


def number(value):
    """A plain float; None if it is not finite."""
    return float(value) if np.isfinite(value) else None


# --- scenarios


def flown(scenario) -> list[Figure]:
    """Every figure that a scenario's own `expected` holds."""
    from trajectory import result, targeting
    from trajectory.defects import ScenarioError
    from trajectory.status import FlightError

    expected = scenario.expected
    flight, problem = None, ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            aim = targeting.aimed(scenario)
            flight = result.flight_of(scenario, aim.case, aim.to_dict())
    except (ScenarioError, FlightError, ArithmeticError, LookupError, ValueError) as failure:
        problem = f" (not flown: {str(failure).splitlines()[0]})"
    return figures_of(expected, flight, problem)


def figures_of(expected, flight, problem: str = "") -> list[Figure]:
    """Every figure that is expected of a flight; flight None and the problem where it could not be flown."""
    figures = []
    if expected.outcome is not None:
        seen = "" if flight is None or flight.outcome == expected.outcome else f", not {flight.outcome}"
        agrees = float(flight is not None and not seen)
        figures.append(Figure(f"outcome {expected.outcome}{seen}{problem}", agrees, 1.0, 0.0, "1",
                              expected.source or "the scenario"))  # fmt: skip
    for key, truth in expected.items():
        figures.append(figure_of(key, truth, flight, problem))
    return figures + [of_cabin(truth, flight, problem) for truth in expected.cooling if truth.used != "disputed"]


def of_cabin(truth, flight, problem: str) -> Figure:
    """What the cabin's history is at the time of a published figure."""
    row = None
    if flight is not None and flight.cooled is not None:
        row = next((r for r in flight.cooled.published if r["truth"] is truth), None)
    unit, published = truth.value.unit, truth.value.si
    if truth.quantity in WARM:
        unit, published = "degC", truth.value.si - ZERO
    value = np.nan if row is None else row["ours"]
    words = f"{truth.quantity} at {truth.time.text} ({truth.used}){problem}"
    return Figure(words, value, published, truth.within.si, unit, truth.source)


def figure_of(key: str, truth, flight, problem: str) -> Figure:
    """What the flight makes of one published figure."""
    place, field = split(key)
    if field == "time":
        unit, scale, published = "s", 1.0, 0.0
        value = seconds_after(flight, place, truth.value.iso)
        words = f"{key} after {truth.value.text}"
    else:
        unit, scale, value = looked_up(flight, place, field, truth)
        published = truth.value.si / scale
        words = key
    if field in ("longitude", "azimuth"):
        value = published + (value - published + 180.0) % 360.0 - 180.0
    tolerance = truth.within.si / scale if truth.within is not None else truth.within_fraction.si * abs(published)
    known = truth.known_miss
    if known is not None:
        known = KnownMiss(known.reason, known.miss.si / scale, known.within.si / scale)
    return Figure(words + problem, value, published, tolerance, unit, truth.source, known)


def split(key: str) -> tuple[str, str]:
    """(event, "peak" or "touchdown", and the field) of a key of `expected`."""
    if "." in key:
        place, field = key.split(".")
        return place, field
    place, field = key.split("_", 1)
    return place, field


def looked_up(flight, place: str, field: str, truth):
    """(unit, SI per unit, value in it); NaN where the flight never came to it."""
    if field == "distance":
        return "m", 1.0, distance(flight, truth.from_)
    if place == "peak" and field in PEAKS:
        return PEAKS[field], 1.0, np.nan if flight is None else peak(flight, field)
    name, unit, scale = FIELDS[field]
    if flight is None:
        return unit, scale, np.nan
    event = event_of(flight, place)
    if event is None:
        return unit, scale, np.nan
    if name not in event:
        event = flight.touchdown or {}
    return unit, scale, event.get(name, np.nan)


def event_of(flight, name: str) -> dict | None:
    """The first event of that name; None if it did not happen."""
    return next((e for e in flight.events if e["name"] == name), None)


def seconds_after(flight, place: str, iso: str) -> float:
    from trajectory import frames

    event = None if flight is None else event_of(flight, place)
    return np.nan if event is None else event["elapsed_s"] - frames.elapsed_seconds(iso, flight.case.orientation)


def distance(flight, point) -> float:
    """Of the touchdown from a point, m."""
    from trajectory import geodesy

    event = None if flight is None else event_of(flight, "touchdown")
    if event is None:
        return np.nan
    return float(geodesy.distance(*(x.si for x in point), *np.radians([event["latitude_deg"], event["longitude_deg"]])))


def peak(flight, field: str) -> float:
    load = flight.peak["load_factor_g"]
    return {
        "load_factor": lambda: load,
        "deceleration": lambda: load * G0,
        "drag_deceleration": lambda: load * G0 * drag_share(flight),
        "heat_flux": lambda: flight.peak["heat_flux_w_m2"],
        "heat_load": lambda: flight.heat_load_j_m2,
        "dynamic_pressure": lambda: flight.peak["dynamic_pressure_pa"],
        "stagnation_pressure": lambda: 2.0 * flight.peak["dynamic_pressure_pa"],  # of hypersonic flow: density, speed squared
    }[field]()


def drag_share(flight) -> float:
    """Drag over the whole aerodynamic force at the peak of the load."""
    history = flight.history
    at = int(np.nanargmax(history["load_factor"].where(history["elapsed_s"] <= chute(flight), 0.0).values))
    drag, lift = float(history["drag_coefficient"][at]), float(history["lift_coefficient"][at])
    return drag / np.hypot(drag, lift)


def chute(flight) -> float:
    event = event_of(flight, "chute_command")
    return np.inf if event is None else event["elapsed_s"]
