"""What a cabin must not pass, when it does, and what that leaves: margins, the profile that can be flown, the last ignition."""

from __future__ import annotations

import numpy as np

from trajectory.cooling import cabin, equipment, strain
from trajectory.cooling.model import ZERO

# histories that are looked at
LOOKED_AT = ("vapour_pressure", "carbon_dioxide", "oxygen", "core", "stored", "relative_humidity", "condensate",
             "coolant_flow", "coolant_pressure", "coolant_left", "thrust", "impulse")  # fmt: skip


def limits_of(section, model) -> list[tuple[str, float, str, str]]:
    """(name, limit, unit, quantity of `seen`). 18 to 27 C and 25 to 75 % are the cabin of NASA-STD-3001 outside entry."""
    out = [("cabin_temperature_27", 27.0, "degC", "cabin"), ("cabin_temperature_40", 40.0, "degC", "cabin")]
    if section.crew.number or model.crew.number:
        out += [("wet_bulb_30_5", 30.5, "degC", "wet_bulb"),
                ("heat_storage_4_7", strain.STORAGE_LIMIT / 1e3, "kJ/kg", "stored"),
                ("core_temperature_38", 38.0, "degC", "core"), ("core_temperature_38_5", 38.5, "degC", "core"),
                ("carbon_dioxide_3_mmhg", 400.0, "Pa", "carbon_dioxide")]  # fmt: skip
    if model.instruments:
        out.append(("instrument_temperature_40", 40.0, "degC", "instruments"))
    return out + [(f"{name}_warning", u.fails[0].si - ZERO, "degC", f"unit.{name}") for name, u in section.unit.items()]


def needed(section, model) -> list[str]:
    """Names of the histories that `seen` looks at."""
    nodes = {model.air, *(u.node for u in section.unit.values()), *((model.instruments,) if model.instruments else ())}
    return [f"node.{k}" for k in model.nodes if k in nodes]


def seen(found: dict, model, section, columns: dict | None = None) -> dict:
    """Histories (n, n_time) in the units of `limits_of`. columns: of the sample table, where a unit's own values vary."""
    columns = columns or {}
    air = found[f"node.{model.air}"] - ZERO
    out = {"cabin": air, "wet_bulb": cabin.wet_bulb(air, found["vapour_pressure"]), "core": found["core"],
           "stored": found["stored"] / 1e3, "carbon_dioxide": found["carbon_dioxide"]}  # fmt: skip
    if model.instruments:
        out["instruments"] = found[f"node.{model.instruments}"] - ZERO
    for name, unit in section.unit.items():
        power, resistance = (columns.get(f"cooling.unit.{name}.{k}", getattr(unit, k).si) for k in ("power", "resistance"))
        over = np.reshape(resistance * power, (-1, 1))
        out[f"unit.{name}"] = equipment.temperature(found[f"node.{unit.node}"], over, 1.0) - ZERO
    return out


def first_above(t, values, limit):
    """(n,) s at which each row of values (n, n_time) first passes a limit (one, or one a row), straight between its values;
    inf where it does not."""
    limit = np.broadcast_to(np.asarray(limit, float), len(values))
    over = np.nan_to_num(values, nan=-np.inf) > limit[:, None]
    k = np.argmax(over, axis=1)
    rows = np.arange(len(values))
    before = np.maximum(k - 1, 0)
    low, high = values[rows, before], values[rows, k]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where((k > 0) & np.isfinite(low), (limit - low) / (high - low), 0.0)
    return np.where(over.any(axis=1), t[before] + part * (t[k] - t[before]), np.inf)


def decision(section, t, stay: dict, rows: dict, start: float, descends: float | None) -> dict:
    """What the free flight may be: `stay` holds the histories of cabins that do not descend, the first the nominal one.

    rows: limit name -> (limit, quantity). descends: s from ignition to the landing, for the last ignition."""
    chosen, held = section.decision, {}
    for name in chosen.limits:
        limit, key = rows[name]
        held[name] = first_above(t, stay[key], limit) - start
    least = np.min(list(held.values()), axis=0)
    sure = float(np.quantile(least[1:], 1.0 - chosen.confidence.si, method="lower")) if len(least) > 1 else float(least[0])
    horizon = float(t[-1] - start)
    profiles, pick, pick_sure = [], None, None
    for name, length in chosen.profile.items():
        share = float(np.mean(least[1:] > length.si)) if len(least) > 1 else float(least[0] > length.si)
        profiles.append({"name": name, "free_flight_s": length.si, "holds": bool(least[0] > length.si), "probability": share})
        if pick is None and least[0] > length.si:
            pick = name
        if pick_sure is None and share >= chosen.confidence.si:
            pick_sure = name
    decides = min(held, key=lambda k: held[k][0])
    out = {
        "limits": list(chosen.limits), "confidence": chosen.confidence.si,
        "free_flight_nominal_s": round(min(float(least[0]), horizon), 1),
        "decided_by": decides if np.isfinite(least[0]) else None,
        "free_flight_sure_s": round(min(sure, horizon), 1), "beyond_horizon": not np.isfinite(least[0]),
        "profiles": profiles, "profile_nominal": pick, "profile": pick_sure,
    }  # fmt: skip
    if descends is not None:
        out["latest_ignition_after_s"] = round(min(sure, horizon) - descends, 1)  # after the undocking
    return out
