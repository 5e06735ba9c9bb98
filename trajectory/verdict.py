"""What a way home is fit for by the model, and where that is not what was published about it.

By the limits that decide, each with the probability that a dispersed flight breaks it:

    regular    the nominal flight breaks none, lands in its zone, and each is broken no oftener than 1 - confidence
    emergency  the nominal flight breaks none of crew and landing, and each is broken less often than not
    refused    else

What decides: that it lands; of crew and cabin what `cooling.decision.limits` names, and the load, where a crew is aboard; for a
regular return the landing zone. The confidence is that of `cooling.decision`, or 0.95. Nothing else is looked at: no seat, no
suit, no rule of an agency.
"""

from __future__ import annotations

from trajectory import metrics
from trajectory.metrics import METRICS
from trajectory.way_home import EMERGENCY, REFUSED, REGULAR

CONFIDENCE = 0.95
HALF = 0.5
WARM = ("cabin", "wet_bulb", "core", "instruments")
NAMES = {"cabin": "cabin temperature", "wet_bulb": "wet bulb", "core": "core temperature",
         "instruments": "instrument compartment"}  # fmt: skip


def crewed(option) -> bool:
    """Whether anyone is aboard, by the cabin, else by the seats of `[option]`; as good as, where neither says."""
    scenario = option.flight.scenario
    if scenario.cooling is not None:
        return scenario.cooling.crew.number > 0
    return scenario.option is None or scenario.option.seats != 0


def deciding(option) -> list[dict]:
    """The limits that decide, and the landing as one of them: name, holds, probability (of breaking), regular (alone)."""
    section = option.flight.scenario.cooling
    wanted = {"landing_zone"}
    if crewed(option):
        wanted.add("crew_load")
        if section is not None and section.decision is not None:
            wanted |= set(section.decision.limits)
    landed = option.metrics["landed"]["value"]
    out = [{"name": "landing", "holds": option.flight.outcome == "landed", "probability": 1.0 - landed, "regular": False}]
    for x in option.limits:
        if x["name"] in wanted:
            out.append(x | {"regular": x["name"] == "landing_zone"})
    return out


def of(option) -> dict:
    """fit (regular, emergency, refused), confidence, decided_by (the limits that decide), against (those that stand against a
    regular return)."""
    section = option.flight.scenario.cooling
    confidence = CONFIDENCE if section is None or section.decision is None else section.decision.confidence.si
    rows = deciding(option)

    def stands(x, share: float) -> bool:
        return x["holds"] and (x["probability"] is None or x["probability"] <= share + 1e-12)

    against = [x for x in rows if not stands(x, 1.0 - confidence)]
    fit = REGULAR
    if against:
        fit = EMERGENCY if all(x["regular"] or stands(x, HALF) for x in rows) else REFUSED
    return {"fit": fit, "confidence": confidence, "decided_by": rows, "against": against}


def sentence(found: dict) -> str:
    """What the model says, in words."""
    if not found["against"]:
        many = [metrics.limit_words(x) for x in found["decided_by"][1:]]
        held = "; held: " + ", ".join(many) if many else "; no limit of crew or cabin is looked at"
        return f"fit for a regular return: it lands{held}"
    words = {EMERGENCY: "fit for an emergency alone", REFUSED: "not fit"}[found["fit"]]
    return f"{words}: " + "; ".join(broken(x) for x in found["against"])


def broken(x: dict) -> str:
    name = metrics.limit_words(x)
    share = "" if x["probability"] is None else f"{100 * x['probability']:.3g} % of the flights"
    if x["holds"]:
        return f"{name} broken in {share}"
    return f"{name} broken in the nominal flight" + (f" and in {share}" if share else "")


# --- beside what was published


def statements(i: int, options, pairs) -> list[dict]:
    """What was published about option i, in order of time, each with what the model says and whether it agrees (None: it
    cannot be told): by, date_utc, says, source, grade, kind, used, model, agrees."""
    option, out = options[i], []
    held = option.flight.scenario.option
    for one in () if held is None else held.statement:
        row = {"by": one.title, "date_utc": one.on.iso[:10], "says": one.summary, "source": one.source,
               "grade": one.grade or "assumed", "kind": None, "used": one.used, "model": "", "agrees": None}  # fmt: skip
        if one.decision is not None:
            found = of(option)
            agrees = found["fit"] == one.decision or (one.decision == REFUSED and found["fit"] != REGULAR)
            if len(found["decided_by"]) == 1 and found["fit"] == REGULAR:
                agrees = None  # nothing but the landing is looked at: no word on what decided it
            row |= {"kind": "decision", "decision": one.decision, "model": sentence(found), "agrees": agrees}
        elif one.lower:
            row |= {"kind": "lower", "than": one.than} | lower(one, i, options, pairs)
        elif one.limit is not None:
            row |= {"kind": "limit"} | reached(one, option)
        out.append(row)
    return sorted(out + temperatures(option), key=lambda row: row["date_utc"])


def lower(one, i: int, options, pairs) -> dict:
    """Whether the metrics named are surely lower here than in the other option, by the differences of the same draws."""
    other = next((j for j, o in enumerate(options) if o.name == one.than), None)
    if other is None:
        return {"model": f"{one.than} is not among the options", "agrees": None}
    differs = next(p["differences"] for p in pairs if {p["a"], p["b"]} == {i, other})
    sign, said, sure = (1.0 if i > other else -1.0), [], []
    for name in one.lower:
        d = differs.get(name)
        if d is None or d["significant"] is None:
            return {"model": f"{name} is not known of both", "agrees": None}
        change = sign * d["value"]
        unit = METRICS[name].unit.replace("degC", "K")
        mark = "" if d["significant"] else ", not significant"
        said.append(f"{METRICS[name].meaning} {change:+.2g} {unit}{mark}".replace("-", "\N{MINUS SIGN}"))
        sure.append(d["significant"] and change < 0.0)
    return {"model": f"against option {other + 1}: " + "; ".join(said), "agrees": all(sure)}


def reached(one, option) -> dict:
    """When a cabin that stays in orbit with this crew reaches a limit."""
    cooled, section = option.flight.cooled, option.flight.scenario.cooling
    rows = [] if cooled is None else cooled.block.get("margins", [])
    row = next((r for r in rows if r["crew"] == section.crew.number), None)
    if row is None or one.limit not in row["time_to_s"]:
        return {"model": "no cabin of that kind is followed", "agrees": None}
    at = row["time_to_s"][one.limit]
    words = next((metrics.limit_words(x) for x in cooled.block["limits"] if x["name"] == one.limit), one.limit)
    if at is None:
        return {"model": f"{words} is not reached in the time followed", "agrees": False}
    return {"model": f"{words} is reached after {at / 3600:.1f} h", "agrees": abs(at - one.after.si) <= one.within.si}


def temperatures(option) -> list[dict]:
    """The published states of the cabin of `expected.cooling`, beside the nominal cabin at that time."""
    cooled, out = option.flight.cooled, []
    for row in () if cooled is None else cooled.published:
        truth, ours = row["truth"], row["ours"]
        unit = "°C" if row["quantity"] in WARM else truth.value.unit
        name = NAMES.get(row["quantity"], row["quantity"].replace("_", " "))
        known = ours == ours
        disputed = " (disputed)" if truth.used == "disputed" else ""
        model = f"{ours:.1f} {unit} in the nominal flight" if known else "not followed then"
        column = {"cabin": "cabin_temperature_p95_c", "core": "core_temperature_p95_c"}.get(row["quantity"])
        if known and column in option.metrics:
            model += f"; hottest of the flight below {option.metrics[column]['value']:.1f} {unit} in 95 % of the flights"
        out.append({
            "by": "", "date_utc": row["time_utc"][:10], "kind": "temperature", "used": truth.used,
            "says": f"{name} {row['value']:.0f} {unit}{disputed}", "source": truth.source, "grade": "stated", "model": model,
            "agrees": abs(ours - row["value"]) <= row["within"] if known else None,
        })  # fmt: skip
    return out
