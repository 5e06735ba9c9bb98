"""What changed between two scenarios, and what each change does: new data on orbit, wind or cabin, held against the old.

Every input that differs is changed alone from the first scenario (first in), and taken back alone from the second (last in).
Where effects only add up, both are the same; their mean is the part that is ascribed to the input, and what the parts leave of
the whole is told as what the inputs do together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trajectory import ensemble, geodesy, result
from trajectory.defects import ScenarioError
from trajectory.reach import NoLift
from trajectory.scenario import again
from trajectory.status import FlightError

WORDS = ("schema", "name", "title", "summary", "description", "note", "source", "grade", "extends", "expected", "option")
# sections that are one input each
WHOLE = ("start", "site", "weather", "wind", "atmosphere", "gravity", "dispersion", "branch", "event", "vehicle")
# name: (unit, factor to the unit shown, meaning)
EFFECTS = {
    "ignition_s": ("s", 1.0, "ignition"),
    "landing_s": ("s", 1.0, "landing"),
    "along_m": ("km", 1e-3, "landing, along"),
    "across_m": ("km", 1e-3, "and to the right"),
    "load_factor_g": ("g", 1.0, "peak load"),
    "heat_load_j_m2": ("MJ/m²", 1e-6, "heat load"),
    "cabin_temperature_c": ("K", 1.0, "hottest cabin"),
    "core_temperature_c": ("K", 1.0, "hottest core"),
    "instrument_temperature_c": ("K", 1.0, "instruments"),
    "semi_major_m": ("km", 1e-3, "99.7 % ellipse"),
    "radius_p99_m": ("km", 1e-3, "99 % within"),
}


@dataclass(frozen=True)
class Input:
    """One input that differs: its key, its value in either scenario, and what it does to each of EFFECTS."""

    key: str
    before: str
    after: str
    first: dict[str, float]  # changed alone in the first scenario
    last: dict[str, float]  # the only one taken back in the second
    problem: str | None = None  # why it could not be flown alone

    @property
    def part(self) -> dict[str, float]:
        """The mean of both: what is ascribed to it."""
        return {k: 0.5 * (self.first[k] + self.last[k]) for k in self.first if k in self.last}


@dataclass(frozen=True)
class Changes:
    """Two scenarios: what differs, and what that does."""

    before: str
    after: str
    inputs: tuple[Input, ...]
    whole: dict[str, float]  # the second less the first
    samples: int

    def together(self) -> dict[str, float]:
        """What the parts of the inputs leave of the whole."""
        return {k: x - sum(i.part.get(k, 0.0) for i in self.inputs) for k, x in self.whole.items()}

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from trajectory.report import notebook

        return notebook.changes(self)

    def to_dict(self) -> dict:
        """What `trajectory changes --json` prints."""
        rows = [{"key": i.key, "before": i.before, "after": i.after, "part": i.part, "first": i.first, "last": i.last,
                 "problem": i.problem} for i in self.inputs]  # fmt: skip
        return {"schema": 1, "before": self.before, "after": self.after, "samples": self.samples, "whole": self.whole,
                "inputs": rows, "together": self.together()}  # fmt: skip


def changes(before, after, samples: int = 0, seed: int = 0) -> Changes:
    """What differs between two scenarios and its effect on the nominal flight and, with samples, on the footprint.

    before, after: of tj.load. samples: flights of each variant for the ellipse and the 99 % radius; 0 leaves both out.
    Effects are those of EFFECTS, in SI (s, m, g, J/m2, K); along and across count from the first landing along its track at
    the entry.

    Raises ScenarioError, FlightError where one of the two cannot be flown.
    """
    keys = differing(before, after)
    frame: dict = {}
    one, two = measured(before, samples, seed, frame), measured(after, samples, seed, frame)
    inputs = []
    for key in keys:
        first, last, problem = {}, {}, None
        try:
            first = less(measured(mixed(before, after, [key]), samples, seed, frame), one)
            last = less(two, measured(mixed(after, before, [key]), samples, seed, frame))
        except (ScenarioError, FlightError, NoLift) as reason:
            problem = str(reason)
        inputs.append(Input(key, written(before, key), written(after, key), first, last, problem))
    return Changes(before.name, after.name, tuple(inputs), less(two, one), samples)


def differing(before, after) -> list[str]:
    """Dotted keys of the inputs that differ: leaves, and sections of WHOLE as one."""
    one, two = flat(before.tree), flat(after.tree)
    keys = [k for k in dict.fromkeys([*one, *two]) if one.get(k) != two.get(k)]
    return list(dict.fromkeys(k.split(".")[0] if k.split(".")[0] in WHOLE else k for k in keys))


def flat(tree: dict, at: str = "") -> dict:
    """{dotted key: value as written} of what a flight depends on."""
    out = {}
    for key, item in tree.items():
        if key in WORDS:
            continue
        name = f"{at}.{key}".lstrip(".")
        if isinstance(item, dict) and "value" in item:
            out[name] = str({k: v for k, v in item.items() if k in ("value", "distribution")})
        elif isinstance(item, dict):
            out |= flat(item, name)
        else:
            out[name] = str(item)
    return out


def taken(tree: dict, key: str):
    """What stands at a dotted key of merged tables; None where nothing does."""
    item = tree
    for part in key.split("."):
        if not isinstance(item, dict) or part not in item:
            return None
        item = item[part]
    return item


def mixed(base, other, keys):
    """A scenario with some keys as in another; raises ScenarioError where that is none."""
    tree, source = base.tree, other.tree
    for key in keys:
        *above, last = key.split(".")
        at = tree
        for part in above:
            at = at.setdefault(part, {})
        item = taken(source, key)
        if item is None:
            at.pop(last, None)
        else:
            at[last] = item
    return again(tree, base.file)


def written(scenario, key: str) -> str:
    """A value in words."""
    item = taken(scenario.tree, key)
    if item is None:
        return "-"
    if isinstance(item, dict) and "value" in item:
        return str(item["value"])
    if isinstance(item, dict):
        for short in ("name", "file", "model", "type"):
            if short in item:
                return str(item[short])
        return f"{len(item)} values"
    if isinstance(item, list):
        return ", ".join(map(str, item)) if all(isinstance(x, (str, int, float)) for x in item) else f"a list of {len(item)}"
    return str(item)


def measured(scenario, samples: int, seed: int, frame: dict) -> dict[str, float]:
    """EFFECTS of one scenario. frame: filled by the first: the point and the track from which the landings are measured."""
    plan = ensemble.plan(scenario, max(samples, 1), seed)
    flight = result.flight_of(scenario, plan.variants[0].case, plan.aim)
    out = {"load_factor_g": flight.peak["load_factor_g"], "heat_load_j_m2": flight.summary()["heat_load_j_m2"]}
    epoch = np.datetime64(flight.case.epoch.rstrip("Z"), "ms")
    seen = {e["name"]: e for e in flight.events}
    for name, event in (("ignition_s", "deorbit_ignition"), ("landing_s", "touchdown")):
        if event in seen:
            out[name] = float((epoch - np.datetime64(0, "ms")) / np.timedelta64(1, "ms")) / 1e3 + seen[event]["elapsed_s"]
    if flight.touchdown is not None:
        there = tuple(np.radians([flight.touchdown["latitude_deg"], flight.touchdown["longitude_deg"]]))
        track = np.radians(seen["entry_interface"]["azimuth_deg"]) if "entry_interface" in seen else 0.0
        about, track = frame.setdefault("about", there), frame.setdefault("track", track)
        north, east = (float(x) for x in geodesy.plane_about(*about, *there))
        out["along_m"] = north * np.cos(track) + east * np.sin(track)
        out["across_m"] = east * np.cos(track) - north * np.sin(track)
    if flight.cooled is not None:
        out |= {k: v for k, v in flight.cooled.block["peak"].items() if k in EFFECTS and v is not None}
    if samples:
        many = ensemble.Ensemble(plan, ensemble.joined(dict(ensemble.chunks_flown(plan, range(plan.chunks)))))
        if np.isfinite(many.columns["latitude_deg"]).sum() >= 3:
            found = many.footprint()
            out |= {"semi_major_m": found.semi_major, "radius_p99_m": found.radii["p99"].value}
    return {k: float(v) for k, v in out.items() if v is not None}


def less(a: dict[str, float], b: dict[str, float]) -> dict[str, float]:
    return {k: a[k] - b[k] for k in a if k in b}
