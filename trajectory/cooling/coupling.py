"""The cabins of many flights: followed before the flights are flown, so that a computer that fails changes its own flight.

Row i of the sample table has its cabin, its thresholds and its flight. The events of the timeline are those of the nominal
flight: rows part from it by seconds, which the cabin does not feel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trajectory import exposure, flight
from trajectory.cooling import limits
from trajectory.cooling.assembly import drawn, model_of, timeline_of
from trajectory.cooling.model import ZERO, Model, Timeline, run

# name: (unit, meaning) of what an ensemble keeps of its cabins
COLUMNS = {
    "cabin_temperature_c": ("degC", "hottest cabin"),
    "wet_bulb_c": ("degC", "greatest wet bulb of the cabin"),
    "core_temperature_c": ("degC", "hottest core of a crew member"),
    "heat_storage_kj_kg": ("kJ/kg", "most heat stored in a crew member"),
    "instrument_temperature_c": ("degC", "hottest instrument compartment"),
    "cabin_limit_s": ("s", "first of the limits that decide is passed, after the epoch"),
    "computer_failed_s": ("s", "a computer on which the descent rests fails, after the epoch"),
}
FROM = {"cabin_temperature_c": "cabin", "wet_bulb_c": "wet_bulb", "core_temperature_c": "core", "heat_storage_kj_kg": "stored",
        "instrument_temperature_c": "instruments"}  # fmt: skip
NEVER = 1e9  # s


@dataclass(frozen=True, eq=False)
class Cabins:
    """What the cabins of an ensemble are a function of, beside their rows of the sample table."""

    section: object
    model: Model
    line: Timeline
    guided_from: float  # s, where the flight computer takes over; inf where none does
    guided_until: float

    def follow(self, columns: dict, n: int) -> dict:
        """{column: (n,)} of COLUMNS; NaN where there is no such thing."""
        section, out = self.section, {name: np.full(n, np.nan) for name in COLUMNS}
        keep = [*limits.needed(section, self.model), "vapour_pressure", "carbon_dioxide", "core", "stored"]
        found = run(self.model, self.line, drawn(section, columns, n), keep=keep, strict=False)
        seen = limits.seen(found, self.model, section, columns)
        seen = {k: np.broadcast_to(x, (n, x.shape[1])) for k, x in seen.items()}  # where nothing of the cabin varies
        crewed = section.crew.number > 0
        for name, key in FROM.items():
            if key in seen and (crewed or key not in ("core", "stored")):
                out[name][:] = np.nanmax(seen[key], axis=1)
        known = {name: (limit, key) for name, limit, _, key in limits.limits_of(section, self.model)}
        if section.decision is not None:
            first = [
                limits.first_above(found["t"], seen[known[k][1]], known[k][0]) for k in section.decision.limits if k in known
            ]
            if first:
                at = np.min(first, axis=0)
                out["cabin_limit_s"][:] = np.where(np.isfinite(at), at, np.nan)
        failed = np.full(n, np.inf)
        for name, unit in section.unit.items():
            if unit.means != "nothing":
                at = columns.get(f"cooling.unit.{name}.threshold", np.full(n, unit.fails[1].si)) - ZERO
                failed = np.minimum(failed, limits.first_above(found["t"], seen[f"unit.{name}"], at))
        out["computer_failed_s"][:] = np.where(np.isfinite(failed), failed, np.nan)
        return out

    @property
    def nominal_holds(self) -> bool:
        """Whether every computer outlasts the nominal flight: cooler than where its failure is certain."""
        return bool(np.isnan(self.follow({}, 1)["computer_failed_s"][0]))

    def falls_back_after(self, failed: np.ndarray) -> np.ndarray:
        """(n,) s of the guided descent after which the computer is gone; NEVER where it lasts."""
        in_time = failed < self.guided_until
        begins = self.guided_from if np.isfinite(self.guided_from) else 0.0  # no computer: the time is not asked for
        return np.where(in_time, np.maximum(np.where(in_time, failed, 0.0) - begins, 0.0), NEVER)


def cabins_of(scenario, case) -> Cabins | None:
    """Those of a scenario, on the timeline of its nominal flight; None where it has none. Raises ScenarioError."""
    section = scenario.cooling
    if section is None:
        return None
    flown = flight.fly(case, history=any(x.follows for x in section.node.values()))
    when: dict[str, float] = {}
    for mark in flown.marks[0]:
        when.setdefault(mark.name, float(mark.t))
    if case.undocking is not None:
        when["undocking"] = float(case.undocking[1])
    when.setdefault("start", float(case.start_time[0]))
    when.setdefault("end", float(flown.t[0]))
    shield = None
    if any(x.follows for x in section.node.values()):
        shield = exposure.shield_of(scenario, flown)
        shield = None if shield is None else (shield.t, shield.back)
    model = model_of(section)
    line = timeline_of(scenario, case, when, shield=shield)
    begins = next((s[1].rows[0] for s in flown.stretches if s[0].computer.law != "none"), None)
    start = np.inf
    if begins is not None:
        from trajectory import leg

        start = float(begins[leg.ROW.index("start")])
    return Cabins(section, model, line, start, when.get("chute_command", when["end"]))


def without_computer(scenario):
    """(scenario in which the computer is gone after a time yet to be said, how) for the rows in which it fails; None where
    nothing rests on it."""
    means = {u.means for u in scenario.cooling.unit.values()} - {"nothing"} if scenario.cooling is not None else set()
    if not means or scenario.guidance.mode in ("none", "ballistic"):
        return None
    how = "ballistic" if "ballistic" in means else "manual"
    from trajectory.schema import COMPUTED

    computed = scenario.guidance.mode in COMPUTED
    if how == "manual":  # the planned bank and its reversal, by hand: no one corrects the range
        if not computed:
            return None
        lost = {"guidance__mode": "bank", "guidance__failure": None}
    elif computed:
        lost = {"guidance__failure": {"after": "0 s", "to": "ballistic"}}
    else:
        lost = {"guidance__mode": "ballistic"}
    return scenario.replace(branch=[], **lost), how


__all__ = ["COLUMNS", "Cabins", "cabins_of", "without_computer"]
