"""The cabin without, or with, its cooling: what it is made of, and `run`, which follows any number of such cabins in time.

A cabin is a thermal network (`network`) with moist air (`cabin`), a crew (`strain`) and a coolant loop whose flow is a
factor from 1 to 0. `run` is a function of its arguments alone, without a loop over the samples.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

import numpy as np

from trajectory.cooling import leak

ZERO = 273.15
ROWS = 5000  # cabins that are followed together: their vectors stay in the processor's cache


@dataclass(frozen=True)
class Node:
    """heat_capacity J/K, 0 where nothing is stored. held: its temperature is given, as `start` K or as a series of
    the timeline."""

    start: float
    heat_capacity: float = 0.0
    held: bool = False
    series: str | None = None
    until: str | None = None  # the event with which it leaves the ship


@dataclass(frozen=True)
class Link:
    """strength: W/K, or m2 for radiation. loop: in proportion to the coolant's flow. wet: moisture settles on the node at b."""

    a: str
    b: str
    strength: float
    kind: str = "conduction"  # conduction, radiation, flow
    loop: bool = False
    wet: bool = False
    drained: bool = False  # what settles is led away, and does not dry again
    set_point: float | None = None  # K of node a below which a valve closes, over `band` K
    band: float = 4.0
    begins: str | None = None
    ends: str | None = None


@dataclass(frozen=True)
class Load:
    """Heat, W, that a node is given between two events. series: times a series of the timeline (W/m2 on an area)."""

    node: str
    power: float
    begins: str | None = None
    ends: str | None = None
    series: str | None = None


@dataclass(frozen=True)
class Duct:
    """Air exchanged with another place, m3/s, of a temperature K, a relative humidity and Pa of carbon dioxide."""

    flow: float
    temperature: float
    humidity: float
    begins: str | None = None
    ends: str | None = None
    carbon_dioxide: float = 40.0


@dataclass(frozen=True)
class Crew:
    number: float = 0.0
    metabolic_rate: float = 120.0  # W a head
    mass: float = 75.0  # kg
    area: float = 1.9  # m2
    clothing: float = 1.0  # clo
    air_speed: float = 0.2  # m/s
    suit_flow: float | None = None  # m3/s


@dataclass(frozen=True)
class Model:
    """All of it, SI. `air`, `instruments`: names of the nodes that are those."""

    nodes: dict[str, Node]
    links: dict[str, Link]
    loads: dict[str, Load] = field(default_factory=dict)
    ducts: dict[str, Duct] = field(default_factory=dict)
    crew: Crew = Crew()
    air: str = "air"
    instruments: str | None = None
    volume: float = 4.0  # m3
    humidity: float = 0.5  # at the start
    carbon_dioxide: float = 0.0  # Pa at the start
    scrubber_flow: float = 7e-3  # m3/s cleaned of carbon dioxide
    scrubber_factor: float = 1.0  # on its heat and water
    oxygen_supply: float = 1.0  # of what is used
    scrubber_begins: str | None = None
    scrubber_ends: str | None = None
    loop: str = "healthy"  # healthy, lost, leaking
    leak: leak.Leak | None = None
    leak_begins: str | None = None


@dataclass(frozen=True, eq=False)
class Timeline:
    """When: s since the epoch of the case. events: name -> s, a number or one for each sample. series: name ->
    (times, values)."""

    start: float
    end: float
    events: dict = field(default_factory=dict)
    series: dict = field(default_factory=dict)
    step: float = 60.0
    keep_every: int = 2  # steps

    def steps(self) -> tuple[int, list[int]]:
        """(how many, those after which the state is kept; the first is the start)."""
        count = max(1, ceil((self.end - self.start) / self.step - 1e-9))
        return count, [*range(0, count, self.keep_every), count]


KEPT = ("vapour_pressure", "relative_humidity", "carbon_dioxide", "oxygen", "condensate", "core", "skin", "stored",
        "coolant_flow", "coolant_pressure", "coolant_left", "thrust", "impulse")  # fmt: skip


def run(model: Model, timeline: Timeline, samples: dict | None = None, keep=None, strict: bool = True) -> dict:
    """Follow the cabins. samples: name of a value ("node.structure.heat_capacity", "crew.metabolic_rate") -> (n,).

    Returns `t` (n_time,) s; a history (n, n_time) for each node ("node.air", K) and each of KEPT, C for core and skin, Pa,
    kg, or of those named in `keep` alone; `imbalance` (n,), energy that went astray over that moved; `outside` (n,), whether
    the air left the range of `cabin`: NaN from there on, or a ValueError if strict. A row gives the same in any company.
    ValueError for samples of unequal length and unknown names, and for a coolant outside the range of its properties.
    """
    from trajectory.cooling.follow import Cabins

    samples = {k: np.atleast_1d(np.asarray(v, float)) for k, v in (samples or {}).items()}
    lengths = {len(v) for v in samples.values()} | {len(v) for v in timeline.events.values() if np.ndim(v)}
    if len(lengths) > 1:
        raise ValueError(f"samples of unequal length: {sorted(lengths)}")
    n = lengths.pop() if lengths else 1
    known = names(model)
    for name in samples:
        if name not in known:
            raise ValueError(f"no value {name!r} in the model; there are {', '.join(sorted(known))}")
    histories = [*(f"node.{k}" for k in model.nodes), *KEPT]
    for name in keep or ():
        if name not in histories:
            raise ValueError(f"no history {name!r}; there are {', '.join(histories)}")
    count, kept_at = timeline.steps()
    out = {k: np.empty((len(kept_at), n)) for k in (histories if keep is None else keep)}
    out["imbalance"], out["outside"] = np.empty((1, n)), np.zeros((1, n))
    for first in range(0, n, ROWS):
        rows = slice(first, min(first + ROWS, n))
        own = {k: v[rows] for k, v in samples.items()}
        at = {k: v[rows] if np.ndim(v) else float(v) for k, v in timeline.events.items()}
        into = {k: x[:, rows] for k, x in out.items()}
        Cabins(model, timeline, own, at, rows.stop - rows.start, into).follow(count, kept_at, strict)
    found = {k: x.T for k, x in out.items()}
    found |= {"imbalance": found["imbalance"][:, 0], "outside": found["outside"][:, 0] > 0.0}
    dt = (timeline.end - timeline.start) / count
    return {"t": timeline.start + dt * np.array(kept_at, float)} | found


def names(model: Model) -> set[str]:
    """Of all values that samples may hold."""
    out = {"volume", "humidity", "carbon_dioxide", "scrubber_flow", "scrubber_factor"}
    for group in ("nodes", "links", "loads", "ducts"):
        for name, item in getattr(model, group).items():
            out |= {f"{group[:-1]}.{name}.{k}" for k, v in vars(item).items() if isinstance(v, float)}
    for group in ("crew", "leak"):
        item = getattr(model, group)
        out |= {f"{group}.{k}" for k, v in vars(item).items() if isinstance(v, float)} if item is not None else set()
    return out
