"""The block `cooling` of summary.json: a scenario's section and the events of its flight -> what became of the cabin."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trajectory import dispersion, frames
from trajectory.cooling import assembly, cabin, equipment, fluids, impact, leak, limits
from trajectory.cooling.assembly import drawn, environment_of, model_of, refused, timeline_of
from trajectory.cooling.model import ZERO, Model, Timeline, run

HORIZON = 12 * 3600.0  # s that a ship which stays in orbit is followed, for the margins
CREW_RANGE = 39.0  # C of the core that the two-node model is meant for
BAND = (5, 50, 95)
CREWS = (3.0, 2.0, 1.0, 0.0)


@dataclass(frozen=True, eq=False)
class Cooled:
    """block: of summary.json. t (n_time,); histories (n, n_time) by quantity: nominal (n = 1) and many (n samples, or none).
    line: the timeline; limits: rows of limits.limits_of; published: what is known of this cabin, beside ours."""

    block: dict
    t: np.ndarray
    nominal: dict
    many: dict
    line: Timeline
    limits: tuple
    published: tuple = ()

    def band(self, key: str):
        """(3, n_time) 5, 50 and 95 % of the samples; None where there are none."""
        if key not in self.many or not len(self.many[key]):
            return None
        return np.percentile(self.many[key], BAND, axis=0)


def of(scenario, case, events: list[dict], seed: int = 0, exposed=None) -> Cooled:
    """Follow the cabin of a flight, its dispersion, and how long it would hold in orbit. Raises ScenarioError."""
    section, when = scenario.cooling, {}
    for e in events:
        when.setdefault(e["name"], e["elapsed_s"])
    model = model_of(section)
    shield = None if exposed is None or "heat_shield" not in exposed.series else exposed.series["heat_shield"]
    shield = None if shield is None else (shield.t, shield.back)
    line = timeline_of(scenario, case, when, HORIZON, shield)
    columns = table(scenario, section.samples, seed)
    columns = {k: np.concatenate([[np.nan], x]) for k, x in columns.items()}
    nominal_first(scenario, columns)
    n = section.samples + 1
    now, t = followed(scenario, model, line, section, columns, n)
    stay = stays = None
    crewed = section.crew.number > 0
    if "touchdown" in when and crewed:
        down = [e for e in when if when[e] > when.get("undocking", line.start) + 1.0]
        away = {k: x for k, x in line.events.items() if k not in down}
        every = max(1, round(HORIZON / section.step.si / assembly.KEEP_AT_MOST))
        away = replace(line, end=line.start + HORIZON, events=away, keep_every=every)
        more = {k: np.concatenate([x, np.full(len(CREWS), x[0])]) for k, x in columns.items()}
        more["cooling.crew.number"] = np.concatenate([np.full(n, float(section.crew.number)), CREWS])
        stay, stays = followed(scenario, model, away, section, more, n + len(CREWS), strict=False)
    now["dew_point"] = cabin.dew_point(now["vapour_pressure"])
    now["wbgt"] = cabin.wbgt(now["cabin"], now["wet_bulb"])
    rows = limits.limits_of(section, model)
    block = {"peak": peaks(now, crewed), "limits": judged(case, line, rows, t, now, stays, stay, n),
             "crew": section.crew.number, "loop": section.loop, "begins_utc": str(frames.utc(case.epoch, line.start)),
             "ends_utc": str(frames.utc(case.epoch, line.end)), "samples": section.samples,
             "energy_imbalance": float(f"{now['imbalance'][0]:.1e}")}  # fmt: skip
    last = {k: now[k][0, -1] for k in ("cabin", "wet_bulb", "relative_humidity", "condensate", "dew_point", "wbgt")}
    block["final"] = {"cabin_temperature_c": rounded(last["cabin"]), "wet_bulb_c": rounded(last["wet_bulb"]),
                      "relative_humidity": rounded(last["relative_humidity"]), "condensate_kg": rounded(last["condensate"]),
                      "dew_point_c": rounded(last["dew_point"]), "wbgt_c": rounded(last["wbgt"]),
                      "oxygen_pa": rounded(now["oxygen"][0, -1], 1),
                      "carbon_dioxide_pa": rounded(now["carbon_dioxide"][0, -1], 1)}  # fmt: skip
    quantities = [k for k in now if k in QUANTITIES or k.startswith("unit.")]
    if not crewed:
        quantities = [k for k in quantities if k not in ("core", "stored")]
    many = {k: now[k][1:] for k in quantities} if section.samples else {}
    if many:
        shown = {key for _, _, _, key in rows} | {"relative_humidity"}
        tops = {k: np.nanmax(x, axis=1) for k, x in many.items() if k in shown and np.isfinite(x).any()}
        block["percentiles"] = {k: dict(zip(("p5", "p50", "p95"), map(rounded, np.percentile(x, BAND)), strict=True))
                                for k, x in tops.items()}  # fmt: skip
        # where the nominal cabin lies among its draws: 0.5 in their middle
        block["nominal_at"] = {k: rounded(np.mean(x < np.nanmax(now[k][0])), 3) for k, x in tops.items()}
    if section.unit:
        descends = "touchdown" in when
        block["equipment"] = {k: failing(k, u, t, now, columns, descends) for k, u in section.unit.items()}
    if section.loop == "leaking":
        block["leak"] = leaked(section, case, t, now, when.get(section.leak.begins, line.start))
    if section.impact is not None:
        block["impact"] = impact.account(section.impact)
    if section.surface:
        block["environment"] = environment_of(case, line)
    if stay is not None:
        block["margins"] = table_of_crews(rows, stays, stay, line.start, n)
        if section.decision is not None:
            block["decision"] = decided(scenario, case, when, rows, stays, stay, line, n)
    block["notes"] = notes_of(now, crewed)
    known = known_of(scenario, case, t, now)
    if known:
        block["published"] = [{"quantity": r["quantity"], "time_utc": r["time_utc"], "published": rounded(r["value"]),
                               "ours": None if np.isnan(r["ours"]) else rounded(r["ours"]), "used": r["truth"].used,
                               "source": r["truth"].source} for r in known]  # fmt: skip
    return Cooled(block, t, {k: now[k][:1] for k in quantities}, many, line, tuple(rows), tuple(known))


def known_of(scenario, case, t, now: dict) -> list[dict]:
    """What the scenario's own `expected` holds of the cabin, in the units of `limits.seen`, beside the nominal cabin."""
    out = []
    for truth in () if scenario.expected is None else scenario.expected.cooling:
        at = frames.elapsed_seconds(truth.time.iso, case.orientation)
        history = now[truth.quantity][0]
        ours = float(np.interp(at, t, history)) if t[0] <= at <= t[-1] else np.nan
        warm = truth.quantity in ("cabin", "wet_bulb", "core", "instruments")
        out.append({"truth": truth, "quantity": truth.quantity, "time_utc": str(frames.utc(case.epoch, at)), "at": at,
                    "value": truth.value.si - (ZERO if warm else 0.0), "within": truth.within.si, "ours": ours})  # fmt: skip
    return out


QUANTITIES = ("cabin", "wet_bulb", "core", "stored", "carbon_dioxide", "oxygen", "relative_humidity", "instruments",
              "dew_point", "wbgt", "coolant_pressure", "coolant_left", "coolant_flow", "thrust")  # fmt: skip


def table(scenario, n: int, seed: int) -> dict:
    """The first n rows of the cabin's part of the scenario's sample table: the same that its flights are drawn from."""
    if not n:
        return {}
    try:
        whole = dispersion.design(scenario, n, seed)
    except ValueError as problem:
        raise refused(scenario, "posterior", str(problem)) from None
    others = frozenset(p.name for p in whole.parameters if not p.name.startswith("cooling."))
    return replace(whole, left_out=others).columns(slice(0, n))


def nominal_first(scenario, columns: dict) -> None:
    """Fill row 0 of the columns with what the scenario says, or the median of updated draws, in place."""
    from trajectory.spread import has, value_at

    for key, x in columns.items():
        if has(scenario, key):
            x[0] = value_at(scenario, key).si
        elif key != "cooling.posterior":  # a threshold: where failure is certain
            x[0] = scenario.cooling.unit[key.split(".")[2]].fails[1].si


def followed(scenario, model: Model, line: Timeline, section, columns: dict, n: int, strict: bool = True):
    """(histories of `limits.seen` and more, times) of n cabins, the first the nominal one; ScenarioError where that leaves
    the range of the correlations."""
    samples = drawn(section, columns, n)
    try:
        found = run(model, line, samples, keep=[*limits.needed(section, model), *limits.LOOKED_AT], strict=False)
    except ValueError as problem:
        raise refused(scenario, "leak.fluid", str(problem)) from None
    if strict and found["outside"][0]:
        raise refused(scenario, "node.air", "moist air beyond 0 to 60 C, for which its correlations are meant: "
                      "less heat, or a shorter time, is due")  # fmt: skip
    out = limits.seen(found, model, section, columns)
    return {**found, **out}, found["t"]


def judged(case, line: Timeline, rows, t, now: dict, stay_t, stay, n: int) -> list[dict]:
    """The limits: when the nominal cabin passes each, how long it would have held, and the share of samples that pass."""
    out = []
    for name, limit, unit, key in rows:
        at = limits.first_above(t, now[key], limit)
        row = {"name": name, "limit": limit, "unit": unit,
               "reached_utc": str(frames.utc(case.epoch, float(at[0]))) if np.isfinite(at[0]) else None}  # fmt: skip
        if stay is not None:
            held = limits.first_above(stay_t, stay[key][:n], limit) - line.start
            margin = np.minimum(held, HORIZON) - (line.end - line.start)
            row |= {"margin_s": rounded(margin[0], 1), "beyond_horizon": not np.isfinite(held[0])}
            if n > 1:
                row["margin_p5_s"] = rounded(np.percentile(margin[1:], 5.0), 1)
        else:
            row |= {"margin_s": rounded(at[0] - line.end, 1) if np.isfinite(at[0]) else None,
                    "beyond_horizon": not np.isfinite(at[0])}  # fmt: skip
        chance = float(np.isfinite(at[1:]).mean()) if n > 1 else float(np.isfinite(at[0]))
        out.append(row | {"holds": not np.isfinite(at[0]), "probability": chance})
    return out


def table_of_crews(rows, t, stay: dict, start: float, n: int) -> list[dict]:
    """Time from undocking to each limit with three, two, one and none aboard, were the ship to stay in orbit; null: none."""
    out = []
    for i, crew in enumerate(CREWS):
        held = {}
        for name, limit, _, key in rows:
            if crew == 0.0 and key in ("core", "stored", "wet_bulb", "carbon_dioxide"):
                continue
            at = float(limits.first_above(t, stay[key][n + i : n + i + 1], limit)[0]) - start
            held[name] = rounded(at, 1) if np.isfinite(at) else None
        out.append({"crew": int(crew), "time_to_s": held})
    return out


def decided(scenario, case, when: dict, rows, t, stay: dict, line: Timeline, n: int) -> dict:
    known = {name: (limit, key) for name, limit, _, key in rows}
    for name in scenario.cooling.decision.limits:
        if name not in known:
            raise refused(scenario, "decision.limits", f"there is no limit {name!r}; there are {', '.join(known)}")
    descends = when["touchdown"] - when["deorbit_ignition"] if "deorbit_ignition" in when else None
    first = {k: x[:n] for k, x in stay.items() if isinstance(x, np.ndarray) and x.ndim == 2}
    out = limits.decision(scenario.cooling, t, first, known, line.start, descends)
    if descends is not None:
        after = out.pop("latest_ignition_after_s")
        out["latest_ignition_utc"] = str(frames.utc(case.epoch, line.start + after)) if after > 0.0 else None
        out["latest_landing_utc"] = str(frames.utc(case.epoch, line.start + after + descends)) if after > 0.0 else None
    return out


def failing(name: str, unit, t, now: dict, columns: dict, descends: bool) -> dict:
    """A unit's hottest, how likely that ends it, and the share of the samples in which it passes its own threshold."""
    low, high = (x.si for x in unit.fails)
    hottest = float(np.nanmax(now[f"unit.{name}"][0]))
    out = {"peak_temperature_c": rounded(hottest), "failure_probability":
           rounded(equipment.failure_probability(hottest + ZERO, low, high))}  # fmt: skip
    drawn_at = columns.get(f"cooling.unit.{name}.threshold")
    if drawn_at is not None and len(drawn_at) > 1:
        at = limits.first_above(t, now[f"unit.{name}"][1:], drawn_at[1:] - ZERO)
        out["failed_samples"] = rounded(np.isfinite(at).mean())
    return out | {"means": unit.means if descends else "nothing"}


def leaked(section, case, t, now: dict, begun: float) -> dict:
    """When the flow stops and the liquid is gone; the push of the jet, and what it does to the body it pushes."""

    def utc(over):
        return str(frames.utc(case.epoch, float(t[int(np.argmax(over))]))) if over.any() else None

    hole, left = section.leak, now["coolant_left"][0]
    impulse, fluid = float(now["impulse"][0, -1]), fluids.named(hole.fluid).at(section.node["coolant"].start.si)
    back = hole.back_pressure.si * fluid["vapour_pressure"]
    area = np.pi / 4.0 * hole.diameter.si**2
    first = leak.orifice(hole.coefficient.si, area, fluid["density"], hole.pressure.si, back)
    push = float(first * np.sqrt(2.0 * (hole.pressure.si - back) / fluid["density"]))
    out = {"begins_utc": str(frames.utc(case.epoch, begun)), "fluid": hole.fluid,
           "flow_lost_utc": utc(now["coolant_flow"][0] < 0.5), "nearly_empty_utc": utc(left < 0.1), "empty_utc":
           utc(left < 0.01), "left": rounded(left[-1]), "first_flow_kg_s": rounded(first, 6), "peak_thrust_n": rounded(push),
           "impulse_n_s": rounded(impulse, 1)}  # fmt: skip
    if hole.arm is not None:
        out |= {"peak_torque_n_m": rounded(push * hole.arm.si), "angular_impulse_n_m_s":
                rounded(impulse * hole.arm.si, 1)}  # fmt: skip
    if hole.body_mass is not None:
        speed, radius = impulse / hole.body_mass.si, float(np.linalg.norm(case.start[0, :3]))
        around = np.linalg.norm(case.start[0, 3:6])
        # at most: all of it along the track (Vallado 2013, eq. (9-12) of a circle)
        out |= {"delta_v_m_s": rounded(speed, 5), "semi_major_axis_at_most_m": rounded(2.0 * radius * speed / around, 1)}
    return out


def peaks(now: dict, crewed: bool) -> dict:
    hottest = {k: rounded(np.nanmax(now[k][0])) for k in ("cabin", "wet_bulb", "core", "instruments") if k in now}
    return {"cabin_temperature_c": hottest["cabin"], "wet_bulb_c": hottest["wet_bulb"],
            "core_temperature_c": hottest["core"] if crewed else None,
            "instrument_temperature_c": hottest.get("instruments")}  # fmt: skip


def notes_of(now: dict, crewed: bool) -> list[str]:
    out = []
    if crewed and np.nanmax(now["core"][0]) > CREW_RANGE:
        out.append(f"the crew's core passes {CREW_RANGE:g} C, beyond which the two-node model is not meant: "
                   "read the time, not the value")  # fmt: skip
    beyond = int(now["outside"][1:].sum())
    if beyond:
        out.append(f"{beyond} of the samples leave 0 to 60 C, for which moist air is modelled: they count as hot from there on")
    return out


def rounded(value, digits: int = 4) -> float:
    return round(float(value), digits) + 0.0
