"""This toolkit's own entrants: one leg flown on one core or on several."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import lru_cache

import numpy as np

from benchmarks import p1_inputs as p1
from trajectory import atmosphere
from trajectory.leg import Environment, Leg, Stop, fly_leg

CODE = "trajectory"
METHODS = ("dop853", "dp54")
COAST_PART = 1 / 40  # of the tolerance in the air, above 120 km, where an error grows on the way down


def methods() -> tuple[str, ...]:
    """Integrators that a leg can ask for; the first is the default."""
    if "method" not in {f.name for f in fields(Leg)}:
        return METHODS[:1]
    return METHODS


def with_method(leg: Leg, method: str) -> Leg:
    return leg if method == METHODS[0] else replace(leg, method=method)


def fly_rows(leg: Leg, world: Environment, y: np.ndarray, t: np.ndarray, threads: int = 1):
    """Final states and times of rows that fly a leg. One thread: one call from this one. More: slices of the rows on a pool."""

    def work(rows, cancel):
        found = fly_leg(part_of(leg, rows, len(t)), world, y[rows], t[rows], peaks=False, **cancel)
        return found.y, found.t

    if threads == 1:
        return work(slice(None), {})
    parts = in_slices(work, len(t), threads)
    return tuple(np.concatenate(x) for x in zip(*parts, strict=True))


def in_slices(work, n: int, threads: int) -> list:
    """work(rows, cancel) of slices of n rows on a pool, in order; `cancel` is what to hand on to fly_leg, as keywords."""
    from trajectory import batch

    chunk = max(1, min(2500, -(-n // threads)))
    return list(batch.in_chunks(lambda rows, cancel: work(rows, {"cancel": cancel}), n, chunk=chunk, threads=threads))


def part_of(leg: Leg, rows: slice, n: int) -> Leg:
    """The leg with its row values of these rows."""
    own = {k: v[rows] if isinstance(v, np.ndarray) and v.shape == (n,) else v for k, v in leg.row.items()}
    return replace(leg, row=own)


@lru_cache(maxsize=1)
def entry_world() -> Environment:
    half, lower, upper, coefficients = p1.density_polynomial()
    return Environment(zonal=(p1.J2,), air=atmosphere.polynomial(coefficients, half, lower, upper))


def entry_leg(inputs: p1.Inputs, tolerance: float, method: str = METHODS[0]) -> Leg:
    row = {
        "cd": inputs.cd, "cl": inputs.cd * p1.LIFT_TO_DRAG, "area": p1.AREA, "density_factor": inputs.density_factor,
        "bank": inputs.bank, "heat_factor": p1.HEAT,
    }  # fmt: skip
    leg = Leg("entry", lift=True, row=row, stops=(Stop("altitude", p1.END, -1),), tolerance=tolerance, duration=1e5)
    return with_method(leg, method)


def fly_entry(inputs: p1.Inputs, tolerance: float, threads: int = 1, method: str = METHODS[0],
              coast: float | None = None) -> p1.Ends:  # fmt: skip
    """P1, smooth density: one leg at one tolerance, or above 120 km at another."""
    y = np.zeros((len(inputs), 10))
    y[:, :6] = p1.starts(inputs)
    y[:, 6] = p1.MASS
    leg = replace(entry_leg(inputs, tolerance, method), coast_tolerance=coast)
    states, times = fly_rows(leg, entry_world(), y, np.zeros(len(inputs)), threads)
    return p1.Ends(times, states[:, :3])


def occupancy(inputs: p1.Inputs, tolerance: float) -> float | None:
    """Share of the lanes' steps that carried a flight, where the kernel reports it."""
    y = np.zeros((len(inputs), 10))
    y[:, :6] = p1.starts(inputs)
    y[:, 6] = p1.MASS
    found = fly_leg(entry_leg(inputs, tolerance), entry_world(), y, np.zeros(len(inputs)))
    value = getattr(found, "occupancy", None)
    return None if value is None else float(value)
