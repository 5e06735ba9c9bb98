"""What options are compared by: numbers of a flight and its ensemble, each with the interval of its estimate, and limits."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from trajectory import flight as flights
from trajectory import footprint, margins
from trajectory.confidence import share
from trajectory.constants import STANDARD_GRAVITY

# Cruise of a Mi-8 helicopter as usually given, 225 km/h; recalled, not confirmed: assumed. From the nearest base, at once.
HELICOPTER_SPEED = 62.5  # m/s
MORE, LESS, EITHER = 1, -1, 0


class Metric(NamedTuple):
    """One line of the table."""

    unit: str  # SI, or degC, degrees of a difference K
    meaning: str
    better: int = LESS
    quantile: float | None = None  # of the flights; None: a share of them, or given


METRICS = {
    "available_s": Metric("date", "first to be had"),
    "seats": Metric("1", "seats", MORE),
    "free_flight_s": Metric("s", "free flight, from undocking (or ignition) to the end, median", LESS, 0.5),
    "landed": Metric("1", "probability to land", MORE),
    "in_zone": Metric("1", "probability to land in the zone", MORE),
    "cep_m": Metric("m", "half of the flights land nearer to the site (CEP)", LESS, 0.5),
    "radius_p99_m": Metric("m", "99 % of the flights land nearer to the site", LESS, 0.99),
    "semi_major_m": Metric("m", "longer half axis of the 99.7 % ellipse"),
    "semi_minor_m": Metric("m", "shorter half axis of the 99.7 % ellipse"),
    "recovery_s": Metric("s", "helicopter from the nearest base, 95 %", LESS, 0.95),
    "peak_load_factor_g": Metric("1", "greatest load factor, median", LESS, 0.5),
    "peak_load_factor_p99_g": Metric("1", "greatest load factor, 99 %", LESS, 0.99),
    "load_margin_g": Metric("1", "margin of the crew against the tolerance of loads, median", MORE, 0.5),
    "load_margin_p5_g": Metric("1", "margin of the crew against the tolerance of loads, 95 % have more", MORE, 0.05),
    "peak_heat_flux_w_m2": Metric("W/m2", "greatest heat flux, median", LESS, 0.5),
    "heat_load_j_m2": Metric("J/m2", "heat load, median", LESS, 0.5),
    "bond_line_margin_k": Metric("K", "margin of the heat shield's bond line, median", MORE, 0.5),
    "bond_line_margin_p5_k": Metric("K", "margin of the heat shield's bond line, 95 % have more", MORE, 0.05),
    "touchdown_sink_m_s": Metric("m/s", "rate of sinking at touchdown, median", LESS, 0.5),
    "touchdown_sink_p95_m_s": Metric("m/s", "rate of sinking at touchdown, 95 %", LESS, 0.95),
    "touchdown_drift_p95_m_s": Metric("m/s", "speed over the ground at touchdown, 95 %", LESS, 0.95),
    "cabin_temperature_c": Metric("degC", "hottest cabin, median", LESS, 0.5),
    "cabin_temperature_p95_c": Metric("degC", "hottest cabin, 95 %", LESS, 0.95),
    "wet_bulb_c": Metric("degC", "greatest wet bulb of the cabin, median", LESS, 0.5),
    "core_temperature_c": Metric("degC", "hottest core of a crew member, median", LESS, 0.5),
    "core_temperature_p95_c": Metric("degC", "hottest core of a crew member, 95 %", LESS, 0.95),
    "computer_failed": Metric("1", "probability that a computer fails in the heat before the landing"),
    "deorbit_propellant_margin_kg": Metric("kg", "propellant left after the deorbit burn, median", MORE, 0.5),
    "jet_propellant_margin_kg": Metric("kg", "propellant of the descent's jets left, median", MORE, 0.5),
}
FIRST = ("load_margin_g", "load_margin_p5_g", "bond_line_margin_k", "bond_line_margin_p5_k")  # of margins.FLIGHTS alone
SHARES = ("landed", "in_zone", "computer_failed")
GIVEN = ("available_s", "seats")  # of the scenario, not of its flights
COMMON = tuple(k for k in METRICS if k not in (*GIVEN, "landed"))  # of these, two options need one to be compared by
COLUMN = {
    "cep_m": "target_distance_m", "radius_p99_m": "target_distance_m", "peak_load_factor_g": "load_factor_g",
    "peak_load_factor_p99_g": "load_factor_g", "peak_heat_flux_w_m2": "heat_flux_w_m2", "heat_load_j_m2": "heat_load_j_m2",
    "touchdown_drift_p95_m_s": "horizontal_speed_m_s", "cabin_temperature_c": "cabin_temperature_c",
    "cabin_temperature_p95_c": "cabin_temperature_c", "wet_bulb_c": "wet_bulb_c",
    "core_temperature_c": "core_temperature_c", "core_temperature_p95_c": "core_temperature_c",
}  # fmt: skip


def rows_of(flight, many) -> dict[str, np.ndarray]:
    """metric -> (n,) what each flight gives to it, NaN where it gives nothing; 0 or 1 for a share."""
    columns, out = many.columns, {}
    answered = ~flights.FAILURES[columns["outcome"]]
    down = np.isfinite(columns["latitude_deg"])
    out["landed"] = (many.outcome == "landed").astype(float)
    site = many.scenario.site
    inside = many.inside()
    if inside is not None and down.any():
        out["in_zone"] = np.where(answered, inside.astype(float), np.nan)
    if many.plan.cabins is not None and many.plan.fallen:
        out["computer_failed"] = np.isfinite(columns["computer_failed_s"]).astype(float)
    out |= {name: columns[column] for name, column in COLUMN.items() if np.isfinite(columns[column]).any()}
    first = begins(flight)
    if first is not None and down.any():
        out["free_flight_s"] = np.where(down, columns["time_s"] - first, np.nan)
    if down.any():
        out["touchdown_sink_m_s"] = out["touchdown_sink_p95_m_s"] = -columns["vertical_speed_m_s"]
    for name, left in (("deorbit", propellant_left(many)), ("jet", jets_left(many))):
        if left is not None:
            out[f"{name}_propellant_margin_kg"] = np.where(answered, left, np.nan)
    out |= margins.rows_of(many)
    if site is not None and site.base and down.any():
        from trajectory import geodesy

        places = (np.radians(columns[c]) for c in ("latitude_deg", "longitude_deg"))
        latitude, longitude = places
        away = [geodesy.distance(b.latitude.si, b.longitude.si, latitude[down], longitude[down]) for b in site.base]
        out["recovery_s"] = np.full(len(down), np.nan)
        out["recovery_s"][down] = np.min(away, axis=0) / HELICOPTER_SPEED
    return out


def propellant_left(many) -> np.ndarray | None:
    """(n,) kg that the deorbit burn of each flight leaves of what the tank holds at ignition: what burns is m (1 - exp(-dv/v))
    (Tsiolkovsky 1903). NaN in a branch whose burn is another; None where tank or speed change are not known."""
    scenario = many.scenario
    deorbit, vehicle = scenario.deorbit, scenario.vehicle
    if deorbit is None or vehicle is None or deorbit.kind != "finite" or deorbit.cutoff != "delta_v":
        return None
    engine = vehicle.engine.get(deorbit.engine)
    if engine is None or engine.propellant is None or deorbit.engine_fails_after is not None:
        return None
    n = len(many.columns["outcome"])
    drawn = many.plan.design.columns(slice(0, n))

    def of(key, value):
        return drawn.get(key, value.si)

    name = f"vehicle.engine.{deorbit.engine}"
    mass = of("vehicle.orbit.mass", vehicle.orbit.mass) if deorbit.mass is None else of("deorbit.mass", deorbit.mass)
    exhaust = of(f"{name}.specific_impulse", engine.specific_impulse) * STANDARD_GRAVITY
    left = of(f"{name}.propellant", engine.propellant) + mass * np.expm1(-of("deorbit.delta_v", deorbit.delta_v) / exhaust)
    same = [v.scenario.deorbit == deorbit and v.scenario.vehicle.engine == vehicle.engine for v in many.plan.variants]
    return np.where(np.array(same)[many.columns["branch"]], np.broadcast_to(left, (n,)), np.nan)


def jets_left(many) -> np.ndarray | None:
    """(n,) kg that the roll jets leave of what they may burn in the descent. NaN where no computer flew, or in a branch whose
    jets are others; None where their propellant is not known."""

    def jets_of(scenario):
        return None if scenario.vehicle is None else scenario.vehicle.descent.attitude

    jets = jets_of(many.scenario)
    if jets is None or jets.propellant is None:
        return None
    n = len(many.columns["outcome"])
    held = many.plan.design.columns(slice(0, n)).get("vehicle.descent.attitude.propellant", jets.propellant.si)
    same = np.array([jets_of(v.scenario) == jets for v in many.plan.variants])[many.columns["branch"]]
    left = np.where(same, held - many.columns["jet_propellant_kg"], np.nan)
    return left if np.isfinite(left).any() else None


def begins(flight) -> float | None:
    """Undocking, else ignition, s after the epoch; also an undocking before the first state of the flight."""
    held = flight.scenario.undocking
    if held is not None and held.at is not None:
        return seconds(held.at) - seconds(flight.case.epoch)
    names = ("undocking", "deorbit_ignition")
    return next((e["elapsed_s"] for e in flight.events if e["name"] in names), None)


def metrics(flight, rows: dict[str, np.ndarray], found, axes: np.ndarray | None, available: dict | None) -> dict[str, dict]:
    """name -> value with the ends of its 95 % interval, None where an end is not known, and the flights that it is of. Left
    out: what does not apply.

    rows: of rows_of; found: the footprint; axes: (B, 2) half axes of its ellipse in resamples of the flights, m.
    available: of availability.of.
    """
    out = {}
    if available is not None and available["first_utc"] is not None:
        out["available_s"] = fixed(seconds(available["first_utc"]))
    if available is not None and available["seats"] is not None:
        out["seats"] = fixed(float(available["seats"]))
    for name, x in rows.items():
        x = x[np.isfinite(x)]
        if name in SHARES:
            out[name] = proportion(int(x.sum()), len(x)) if len(x) else None
        elif len(x):
            value, low, high, _ = footprint.radius(np.sort(x), METRICS[name].quantile)
            out[name] = {"value": value, "low": low, "high": high, "flights": len(x)}
    if found is not None:
        for i, name in enumerate(("semi_major_m", "semi_minor_m")):
            low, high = (None, None) if axes is None else map(float, np.percentile(axes[:, i], (2.5, 97.5)))
            out[name] = {"value": float(getattr(found, name[:-2])), "low": low, "high": high, "flights": found.points}
    return {k: out[k] for k in METRICS if out.get(k) is not None}


def fixed(value) -> dict:
    """A number without an interval."""
    return {"value": value, "low": None, "high": None, "flights": None}


def seconds(instant) -> float:
    """Since 2000-01-01 UTC, by the calendar."""
    text = str(instant).rstrip("Z")
    return float((np.datetime64(text, "ms") - np.datetime64("2000-01-01", "ms")) / np.timedelta64(1, "s"))


def proportion(k: int, n: int) -> dict:
    found = share(k, n)
    return {"value": found.value, "low": found.low, "high": found.high, "flights": n}


def outcomes(many) -> dict[str, dict]:
    """Probability of each outcome that occurred, and of each branch that was flown, with intervals."""
    n = len(many.columns["outcome"])
    names, counts = np.unique(many.outcome, return_counts=True)
    out = {str(name): proportion(int(k), n) for name, k in zip(names, counts, strict=True)}
    if len(many.plan.variants) > 1:
        flew = np.bincount(many.columns["branch"], minlength=len(many.plan.variants))
        out |= {f"branch {v.name or 'as planned'}": proportion(int(k), n)
                for v, k in zip(many.plan.variants, flew, strict=True)}  # fmt: skip
    return out


def limits(flight, many, rows: dict[str, np.ndarray]) -> tuple[dict, ...]:
    """Limits that hold or not for the nominal flight, and the probability that a flight breaks each: name, limit and unit (None
    where it is no number), holds, probability with the ends of its 95 % interval (low, high), flights that it is of.

    rows: of rows_of. The probability of the cabin's own limits is that of the cabin's samples.
    """
    out, blocks = [], flight.exposure.blocks

    def row(name, holds, broken: int, of: int, limit=None, unit=None):
        """broken: by so many of so many flights."""
        chance = proportion(broken, of) if of else fixed(None)
        out.append({"name": name, "limit": limit, "unit": unit, "holds": bool(holds),
                    "probability": chance.pop("value"), **chance})  # fmt: skip

    def negative(name):
        x = rows.get(name, np.empty(0))
        return int(np.sum(x < 0.0)), int(np.isfinite(x).sum())

    zone = many.in_zone()
    if zone is not None and zone["probability"] is not None:
        down, inside = flight.touchdown, False
        if down is not None:
            place = np.radians([[down["latitude_deg"]], [down["longitude_deg"]]])
            inside = many.scenario.site.holds(*place, np.array([down.get("target_distance_m", np.inf)]))[0]
        outside = ~many.inside()[~flights.FAILURES[many.columns["outcome"]]]
        row("landing_zone", inside, int(outside.sum()), len(outside), zone["radius_m"], "m")
    margin = blocks.get("crew", {}).get("margin_g")
    if margin is not None:
        row("crew_load", margin >= 0, *negative("load_margin_g"))
    shield = blocks.get("heat_shield", {})
    if shield.get("bond_margin_k") is not None:
        row("bond_line", shield["bond_margin_k"] >= 0, *negative("bond_line_margin_k"), shield["bond_limit_k"], "K")
    if many.plan.cabins is not None and many.plan.fallen:
        failed = rows["computer_failed"]
        row("computer", many.plan.cabins.nominal_holds, int(failed.sum()), len(failed))
    cabin = {"limits": (), "samples": 0} if flight.cooled is None else flight.cooled.block
    for x in cabin["limits"]:
        passed = round(x["probability"] * cabin["samples"])
        row(x["name"], x["reached_utc"] is None, passed, cabin["samples"], x["limit"], x["unit"])
    return tuple(out)


WORDS = {"crew_load": "load that a crew tolerates", "bond_line": "heat shield's bond line", "computer": "computer in the heat"}


def limit_words(x: dict) -> str:
    """A limit as a person reads it, such as "core temperature 38.5 degC": of name, limit and unit."""
    name, limit = x["name"], x.get("limit")
    if name == "landing_zone" and limit is not None:
        return f"landing zone of {limit / 1e3:g} km"
    words = WORDS.get(name) or re.sub(r"(_\d+)+(_[a-z]+)?$", "", name).replace("_", " ")
    return words if limit is None else f"{words} {limit:g} {x['unit']}"
