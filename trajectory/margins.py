"""Margins of crew and heat shield in the dispersed flights: what asks for a flight's whole entry, of the first of them.

Row i of the sample table is flown again with its history, and its margin is that of `Ensemble.fly(i)`. The first FLIGHTS rows
alone: they are draws like any others, the same for all options of a comparison, and their order statistics have intervals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from trajectory import exposure, flight, heat_shield, spread

FLIGHTS = 200  # know the median to the 43rd and 57th percentile, and the 5th percentile to the 2nd and 9th
TOGETHER = 50  # histories that are held at a time
SPARE = 1000.0  # s beyond its end that a flight's history has room for: no leg is ever cut short by it


def entries(many) -> Iterator[tuple[int, object, exposure.Entry]]:
    """(row, its scenario, its entry) of those of the first FLIGHTS rows of an ensemble that met the air."""
    plan, n = many.plan, min(FLIGHTS, len(many.columns["outcome"]))
    columns, seen = plan.design.columns(slice(0, n)), {name: x[:n] for name, x in many.columns.items()}
    after = None if plan.cabins is None else plan.falls_back(seen["branch"], seen["computer_failed_s"])[1]
    for rows, case in plan.cases(columns, seen["branch"], ~flight.FAILURES[seen["outcome"]], after):
        case = replace(case, legs=tuple(kept(leg, seen["time_s"][rows] + SPARE) for leg in case.legs))
        for first in range(0, len(rows), TOGETHER):
            some = slice(first, first + TOGETHER)
            flown = flight.fly(case.rows(some), history=True)
            for k, row in enumerate(rows[some]):
                entry = exposure.entry_of(flown, k)
                if entry is not None:
                    variant = plan.variants[seen["branch"][row]]
                    yield int(row), spread.drawn(variant.scenario, columns, int(row)), entry


def kept(leg, until: np.ndarray):
    """The leg of flights that keep the history of their entry, with room for it up to a time (n,), s after the epoch."""
    if leg.parachute:
        return replace(leg, history_step=0.0)
    return replace(leg, until=until) if leg.until is None else leg


def rows_of(many) -> dict[str, np.ndarray]:
    """metric -> (n,) of metrics.FIRST: what `run` of that very flight tells, NaN where it tells nothing and beyond the first
    FLIGHTS rows. Left out where no flight has it. Raises ScenarioError for a shield that cannot be."""
    vehicle = many.scenario.vehicle
    seated = vehicle is not None and vehicle.seat is not None
    shield = None if vehicle is None else vehicle.heat_shield
    covered = shield is not None and shield.bond_limit is not None and bool(shield.layers)
    load, bond = np.full((2, len(many.columns["outcome"])), np.nan)
    alike: dict[tuple, list] = {}  # flights whose shields differ in nothing but their heat
    for row, scenario, entry in entries(many) if seated or covered else ():
        if seated:
            load[row] = exposure.load_margin(scenario, entry)["margin_g"]
        if covered:
            shield = scenario.vehicle.heat_shield
            key = exposure.layers_of(scenario)[0], shield.start_temperature.si, shield.bond_limit.si
            alike.setdefault(key, []).append((row, exposure.until(exposure.arriving(scenario, entry), entry.end)))
    for (layers, start, limit), held in alike.items():
        rows, heats = zip(*held, strict=True)
        bond[list(rows)] = [exposure.bond_margin(limit, x) for x in heat_shield.respond_all(layers, heats, start)]
    found = {"load_margin_g": load, "load_margin_p5_g": load, "bond_line_margin_k": bond, "bond_line_margin_p5_k": bond}
    return {name: x for name, x in found.items() if np.isfinite(x).any()}
