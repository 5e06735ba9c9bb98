"""The sample table flown: in chunks, on the threads of this machine or the workers of a Dask cluster, stored as they are done.

A chunk is a function of the plan and of its rows alone: who flies it, when and beside what changes no bit of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from trajectory import batch, constants, dispersion, flight, frames, geodesy, spread, targeting
from trajectory.cooling import coupling
from trajectory.leg import NEVER
from trajectory.status import OUTCOMES

CHUNK = 1000  # rows of a chunk: the unit of work and of the store
DOWN = ("landed", "impacted", "stopped")  # outcomes with a place on the ground
RETRIES = 10  # of a chunk whose worker died
PERCENTILES = {"p5": 5.0, "p50": 50.0, "p95": 95.0, "p99": 99.0}
# name: (unit, meaning) of the columns of a result
COLUMNS = {
    "outcome": ("1", "place of the outcome in the list of outcomes"),
    "branch": ("1", "place of the branch in the list of branches; 0: as planned"),
    "time_s": ("s", "end of the flight after the epoch"),
    "latitude_deg": ("degrees_north", "geodetic latitude of the end of the flight"),
    "longitude_deg": ("degrees_east", "longitude of the end of the flight"),
    "vertical_speed_m_s": ("m/s", "rate of climb at the end of the flight"),
    "horizontal_speed_m_s": ("m/s", "speed over the ground at the end of the flight"),
    "load_factor_g": ("1", "greatest load factor of the entry"),
    "heat_flux_w_m2": ("W/m2", "greatest heat flux of the entry at the stagnation point"),
    "dynamic_pressure_pa": ("Pa", "greatest dynamic pressure of the entry"),
    "heat_load_j_m2": ("J/m2", "heat load at the stagnation point"),
    "target_distance_m": ("m", "distance of the end of the flight from the site"),
    "chute_latitude_deg": ("degrees_north", "geodetic latitude at the command to open the canopy"),
    "chute_longitude_deg": ("degrees_east", "longitude at the command to open the canopy"),
    "chute_distance_m": ("m", "distance from the site at the command to open the canopy"),
    "jet_propellant_kg": ("kg", "propellant that the jets of the descent used"),
    **coupling.COLUMNS,
}
WHOLE = ("outcome", "branch")  # columns of small whole numbers
DISTRIBUTED = tuple(c for c in COLUMNS if c not in WHOLE and "itude" not in c)


@dataclass(frozen=True, eq=False)
class Plan:
    """All that the flights of an ensemble are a function of."""

    scenario: object
    design: dispersion.Design
    variants: tuple[spread.Nominal, ...]  # as planned, then the branches
    allowed: dict[str, tuple[float, float]]  # of the columns of a user's own table, SI
    aim: dict | None = None  # what aiming found for the nominal flight
    chunk: int = CHUNK
    cabins: coupling.Cabins | None = None
    fallen: tuple[tuple[int, int], ...] = ()  # (variant, its place without the computer that failed in the heat)

    @property
    def chunks(self) -> int:
        return -(-self.design.samples // self.chunk)

    def rows(self, k: int) -> slice:
        return slice(k * self.chunk, min((k + 1) * self.chunk, self.design.samples))

    def fly(self, k: int, cancel: np.ndarray = NEVER) -> dict[str, np.ndarray]:
        """Chunk k: {column: (n,)} of COLUMNS."""
        rows = self.rows(k)
        return self.flown(self.design.columns(rows), rows.stop - rows.start, cancel)

    def flown(self, columns: dict[str, np.ndarray], n: int, cancel: np.ndarray = NEVER) -> dict[str, np.ndarray]:
        """The flights of n rows of a sample table: {column: (n,)} of COLUMNS."""
        out = {c: np.full(n, np.nan) for c in COLUMNS}
        out |= {c: np.zeros(n, dtype=np.int8) for c in WHOLE}
        which = branches(self.variants, columns, n)
        bad = self.refused(columns, n)
        after = None
        if self.cabins is not None and not cancel[0]:
            good = np.flatnonzero(~bad)
            if len(good):
                seen = self.cabins.follow({k: x[good] for k, x in columns.items()}, len(good))
                for name, x in seen.items():
                    out[name][good] = x
            which, after = self.falls_back(which, out["computer_failed_s"])
        out["branch"][:], out["outcome"][bad] = which, flight.NAMES.index("bad_start")
        for some, case in self.cases(columns, which, ~bad, after):
            if cancel[0]:
                break
            for name, x in flown(case, cancel).items():
                out[name][some] = x
        return out

    def cases(self, columns, which, wanted, after=None) -> Iterator:
        """(rows (k,), their case) of the rows wanted (n,) of a sample table, variant by variant, which (n,) says which each
        flies; one by one where what they draw cannot be flown together. after: of falls_back."""
        for i, variant in enumerate(self.variants):
            mine = np.flatnonzero((which == i) & wanted)
            alone = spread.apart(variant, columns)
            for some in np.split(mine, len(mine)) if alone and len(mine) else [mine]:
                if len(some):
                    own = {name: x[some] for name, x in columns.items()}
                    if after is not None and i in dict(self.fallen).values():
                        own["guidance.failure.after"] = after[some]
                    yield some, spread.case_of(variant, own, len(some))

    def falls_back(self, which, failed):
        """(variant of each row, (n,) s after which its computer is gone), by when the computers fail in the heat."""
        after = self.cabins.falls_back_after(np.where(np.isfinite(failed), failed, np.inf))
        out = which.copy()
        for i, twin in self.fallen:
            out[(which == i) & (after < coupling.NEVER)] = twin
        return out, after

    def refused(self, columns, n: int) -> np.ndarray:
        """(n,) rows of numbers that are none, or out of the range of their key."""
        bad = np.zeros(n, dtype=bool)
        for name, x in columns.items():
            low, high = self.allowed.get(name, (-np.inf, np.inf))
            bad |= ~np.isfinite(x) | (x < low) | (x > high)
        return bad

    def case(self, i: int):
        """(scenario, case) of row i alone."""
        columns = self.design.columns(slice(i, i + 1))
        if self.refused(columns, 1)[0]:
            raise ValueError(f"row {i} holds a number that cannot be flown")
        which, own = branches(self.variants, columns, 1), dict(columns)
        if self.cabins is not None:
            which, after = self.falls_back(which, self.cabins.follow(columns, 1)["computer_failed_s"])
            if which[0] in dict(self.fallen).values():
                own["guidance.failure.after"] = after
        variant = self.variants[which[0]]
        case = replace(spread.case_of(variant, own, 1), undocking=variant.case.undocking)
        return spread.drawn(variant.scenario, columns, 0), case

    def ladder(self, until: Until | None) -> Iterator[Plan]:
        """The plan itself; or, where a statistic is to be known, that of a chunk, of twice as many, ... and itself."""
        n = self.chunk
        while until is not None and n < self.design.samples:
            yield replace(self, design=replace(self.design, samples=n))
            n *= 2
        yield self


@dataclass(frozen=True)
class Until:
    """When there are enough flights: the radius that holds a share of the landings is known to a part of itself."""

    radius: str  # of footprint.QUANTILES
    within: float  # half the 95 % interval over the value

    def known(self, many: Ensemble) -> float | None:
        """To which part of itself the radius is known; None where so few flights set no bounds."""
        if np.isfinite(many.columns["latitude_deg"]).sum() < 3:
            return None
        found = many.footprint().radii[self.radius]
        return None if None in (found.low, found.high) else 0.5 * (found.high - found.low) / found.value

    def reached(self, many: Ensemble) -> bool:
        part = self.known(many)
        return part is not None and part <= self.within


def until(text: str) -> Until:
    """Of words such as "p99=5%". Raises ValueError that says what is allowed."""
    from trajectory.footprint import QUANTILES

    name, _, part = text.partition("=")
    try:
        within = float(part.removesuffix("%")) / (100.0 if part.endswith("%") else 1.0)
    except ValueError:
        within = 0.0
    if name not in QUANTILES or not 0.0 < within < 1.0:
        raise ValueError(f"{text!r}; allowed: one of {', '.join(QUANTILES)}, = and a part of it, such as p99=5%")
    return Until(name, within)


def branches(variants, columns, n: int) -> np.ndarray:
    """(n,) which variant each row flies: by its draw, the branches first, the flight as planned with what they leave."""
    out = np.zeros(n, dtype=np.int8)
    draw, below = columns.get("branch"), 0.0
    if draw is None:
        return out
    for i, variant in enumerate(variants[1:], start=1):
        out[(draw >= below) & (draw < below + variant.probability)] = i
        below += variant.probability
    return out


def flown(case, cancel) -> dict[str, np.ndarray]:
    """Fly a case and see where its rows came down."""
    events = ("chute_command",) if "chute_command" in flight.events_of(case) else ()
    landed = flight.fly_rows(case, case.ready, flight.KEPT, events, cancel)
    n = len(landed.code)
    out = {c: np.full(n, np.nan) for c in COLUMNS if c not in WHOLE and c not in coupling.COLUMNS}
    out["outcome"] = landed.code
    g0 = constants.STANDARD_GRAVITY
    out["time_s"] = landed.t
    out["load_factor_g"] = landed.peaks[:, 0, 0] / g0
    out["heat_flux_w_m2"], out["dynamic_pressure_pa"] = landed.peaks[:, 1, 0], landed.peaks[:, 2, 0]
    out["heat_load_j_m2"], out["jet_propellant_kg"] = landed.y[:, 8], landed.jets
    down = np.flatnonzero(np.isin(landed.outcome, DOWN))
    if len(down):
        r, v, t = landed.y[down, :3], landed.y[down, 3:6], landed.t[down]
        up = frames.local_horizon(r, t, case.orientation)[2]
        relative = frames.relative_velocity(r, v, case.orientation)
        climb = np.sum(relative * up, axis=1)
        out["vertical_speed_m_s"][down] = climb
        out["horizontal_speed_m_s"][down] = np.sqrt(np.sum((relative - climb[:, None] * up) ** 2, axis=1))
        place(out, "", "target_distance_m", down, r, t, case)
    for seen in landed.events.values():
        there = np.flatnonzero(np.isfinite(seen[:, 0]) & ~flight.FAILURES[landed.code])
        if len(there):
            place(out, "chute_", "chute_distance_m", there, seen[there, 1:4], seen[there, 0], case)
    return out


def place(out, prefix: str, distance: str, rows, r, t, case) -> None:
    latitude, longitude, _ = frames.geodetic(r, t, case.orientation)
    out[f"{prefix}latitude_deg"][rows] = np.degrees(latitude)
    out[f"{prefix}longitude_deg"][rows] = (np.degrees(longitude) + 180.0) % 360.0 - 180.0
    if case.target is not None:
        out[distance][rows] = geodesy.distance(*case.target, latitude, longitude)


def plan(scenario, samples, seed: int = 0, sampling: str | None = None, left_out=()) -> Plan:
    """What is flown for `samples`: a number of draws, or a pandas.DataFrame or file of the user's own flights.


    Raises ScenarioError for what cannot be drawn, aimed or flown.
    """
    from trajectory.result import settled

    given, allowed = None, {}
    scenario = settled(scenario)
    if isinstance(samples, int):
        design = dispersion.design(scenario, samples, seed, sampling)
    else:
        from trajectory import own_samples

        given, allowed = own_samples.read(scenario, samples)
        n = len(next(iter(given.values())))
        design = replace(dispersion.design(scenario, n, seed, sampling), given=given)
    if left_out:
        design = replace(design, left_out=frozenset(left_out))
    names = [p.name for p in design.parameters if p.name not in design.left_out] if given is None else list(given)
    aimed = targeting.aimed(scenario)
    earliest = 0.0 if given is None or "deorbit.ignition" not in given else float(np.nanmin(given["deorbit.ignition"]))
    first = spread.nominal(scenario, aimed, names, ignition=min(earliest, 0.0))
    variants = [first]
    for name, probability, changes in leaves_of(scenario.branch):
        changed = scenario.replace(branch=[], **changes) if changes else scenario
        variants.append(spread.variant(first, changed, name, probability))
    cabins, fallen = coupling.cabins_of(scenario, aimed.case), []
    for i, one in enumerate(tuple(variants)) if cabins is not None else ():
        lost = coupling.without_computer(one.scenario)
        if lost is not None:
            name = f"computer_fails_{lost[1]}" if i == 0 else f"{one.name}/computer_fails_{lost[1]}"
            fallen.append((i, len(variants)))
            variants.append(spread.variant(first, lost[0], name, 0.0))
    return Plan(scenario, design, tuple(variants), allowed, aim=aimed.to_dict() if aimed.solved else None, cabins=cabins,
                fallen=tuple(fallen))  # fmt: skip


def leaves_of(tree, above: str = "", probability: float = 1.0, changes: dict | None = None):
    """(name, probability, changes) of every end of a tree of branches; what inner branches leave is the branch itself."""
    for branch in tree:
        name = f"{above}{branch.name}"
        own = {**(changes or {}), **{k.replace(".", "__"): v for k, v in branch.set.items()}}
        whole = probability * branch.probability.si
        yield from leaves_of(branch.branch, f"{name}/", whole, own)
        rest = 1.0 - sum(b.probability.si for b in branch.branch)
        if rest > 1e-12:
            yield name, whole * rest, own


# --- who flies the chunks


def chunks_flown(plan: Plan, wanted, workers: int | None = None, scheduler: str | None = None) -> Iterator:
    """(k, columns) of the chunks asked for, as they are done."""
    wanted = list(wanted)
    if scheduler is not None:
        yield from _on_cluster(plan, wanted, workers, scheduler)
        return

    def work(one: slice, cancel: np.ndarray):
        return [(wanted[i], plan.fly(wanted[i], cancel)) for i in range(one.start, one.stop)]

    with closing(batch.in_chunks(work, len(wanted), chunk=1, threads=workers)) as done:
        for some in done:
            yield from some


def _on_cluster(plan: Plan, wanted, workers, scheduler: str) -> Iterator:
    """On a Dask cluster: `scheduler` is its address, or "local" for processes of this machine."""
    try:
        from dask.distributed import Client, LocalCluster, as_completed
    except ImportError:
        raise ClusterError("--scheduler needs Dask: install trajectory[dask]") from None
    local = LocalCluster(n_workers=workers or batch.cores(), threads_per_worker=1, dashboard_address=":0") \
        if scheduler == "local" else None  # fmt: skip
    try:
        client = Client(local or scheduler, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TimeoutError) as problem:
        raise ClusterError(f"no Dask scheduler answers at {scheduler}: {problem}") from None
    try:
        there = client.scatter(plan, broadcast=True, hash=False)
        futures = {client.submit(_fly, there, k, pure=False, retries=RETRIES): k for k in wanted}
        for future in as_completed(list(futures), loop=client.loop):
            yield futures.pop(future), future.result()
            future.release()
    finally:
        client.close()
        if local is not None:
            local.close()


def _fly(plan: Plan, k: int) -> dict[str, np.ndarray]:
    return plan.fly(k)


class ClusterError(RuntimeError):
    """A Dask cluster that cannot be had."""


# --- what came out


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Many flights of a scenario: their results, and the plan by which each can be flown again.

    columns: name -> (n,) of COLUMNS, one entry a flight, NaN where a flight has none; the unit stands in the name, times
    count from the case epoch. Row i is the i-th draw of the seed, whoever flew it. A notebook shows the table of the
    terminal.
    """

    plan: Plan
    columns: dict[str, np.ndarray]  # of COLUMNS, (n,)

    @property
    def scenario(self):
        return self.plan.scenario

    @property
    def outcome(self) -> np.ndarray:
        return np.array(flight.NAMES)[self.columns["outcome"]]

    @cached_property
    def data(self):
        """xarray.Dataset along `sample` (n,): the columns of a result, with unit and meaning in their attributes."""
        return dataset(self.plan, self.columns, slice(0, len(self.columns["outcome"])))

    def inputs(self):
        """xarray.Dataset along `sample` (n,): what was drawn, a variable for each dotted key, in SI and radians."""
        import xarray as xr

        n = len(self.columns["outcome"])
        drawn = self.plan.design.columns(slice(0, n))
        return xr.Dataset({k: ("sample", x) for k, x in drawn.items()}, coords={"sample": np.arange(n)})

    def fly(self, i: int):
        """Row i again, alone, in full detail: a Flight. Raises IndexError, ValueError for a row of no numbers."""
        from trajectory import result

        if not 0 <= i < len(self.columns["outcome"]):
            raise IndexError(f"there is no flight {i}; there are 0 to {len(self.columns['outcome']) - 1}")
        return result.flight_of(*self.plan.case(i))

    def footprint(self, containment: float = 0.997):
        """Where the flights came down (footprint.Footprint). Raises ValueError where fewer than three did."""
        from trajectory import footprint

        latitude, longitude = (np.radians(self.columns[c]) for c in ("latitude_deg", "longitude_deg"))
        case = self.plan.variants[0].case
        azimuth = None
        if case.target is not None:
            from trajectory.guidance import track_azimuth

            azimuth = track_azimuth(case, case.target[0])
        groups = self.columns["branch"] if len(self.plan.variants) > 1 else None
        return footprint.footprint(latitude, longitude, target=case.target, azimuth=azimuth, containment=containment,
                                   groups=groups)  # fmt: skip

    def inside(self) -> np.ndarray | None:
        """(n,) whether each flight ends in the site's zone; None where it has none."""
        site = self.scenario.site
        if site is None:
            return None
        latitude, longitude = (np.radians(self.columns[c]) for c in ("latitude_deg", "longitude_deg"))
        return site.holds(latitude, longitude, self.columns["target_distance_m"])

    def in_zone(self) -> dict | None:
        """Probability of coming down within the site's zone, of all flights with a physical answer, and its 95 % interval."""
        from trajectory.confidence import share

        inside, site = self.inside(), self.scenario.site
        if inside is None:
            return None
        answered = ~flight.FAILURES[self.columns["outcome"]]
        n, k = int(answered.sum()), int(np.sum(inside[answered]))
        found = share(k, n)._asdict() if n else {"value": None, "low": 0.0, "high": 1.0}
        radius = None if site.zone_outline or site.zone_radius is None else site.zone_radius.si
        return {"radius_m": radius, "probability": found["value"], "low": found["low"], "high": found["high"]}

    def worst(self, metric: str = "target_distance_m", count: int = 10) -> list[int]:
        """The flights in which a metric of COLUMNS is greatest, the worst first; each can be flown again (fly)."""
        if metric not in DISTRIBUTED:
            raise ValueError(f"no metric {metric!r}; there are {', '.join(DISTRIBUTED)}")
        x = np.where(np.isfinite(self.columns[metric]), self.columns[metric], -np.inf)
        return [int(i) for i in np.argsort(-x, kind="stable")[:count] if np.isfinite(x[i])]

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from trajectory.report import notebook

        return notebook.ensemble(self)

    def summary(self) -> dict:
        """The block `ensemble` of summary.json."""
        code = self.columns["outcome"]
        counts = np.bincount(code, minlength=len(OUTCOMES))
        out = {
            "samples": len(code), "failed": int(flight.FAILURES[code].sum()), "sampling": self.plan.design.sampling,
            "uncertain": len(self.plan.design.parameters if self.plan.design.given is None else self.plan.design.given),
            "outcomes": {name: int(k) for name, k in zip(flight.NAMES, counts, strict=True) if k},
        }  # fmt: skip
        if len(self.plan.variants) > 1:
            flew = np.bincount(self.columns["branch"], minlength=len(self.plan.variants))
            lost = dict(self.plan.fallen).values()  # a computer that fails by its own heat is not drawn as a branch
            out["branches"] = [{"name": v.name, "probability": None if i in lost else v.probability, "samples": int(k)}
                               for i, (v, k) in enumerate(zip(self.plan.variants, flew, strict=True))]  # fmt: skip
        down = np.isfinite(self.columns["latitude_deg"])
        out["footprint"] = self.footprint().to_dict() if down.sum() >= 3 else None
        out["zone"] = self.in_zone()
        out["percentiles"] = {}
        for name in DISTRIBUTED:
            x = self.columns[name]
            x = x[np.isfinite(x)]
            if len(x):
                out["percentiles"][name] = {p: float(np.percentile(x, q)) for p, q in PERCENTILES.items()}
        return out


def dataset(plan: Plan, columns, rows: slice):
    """xarray.Dataset of some rows."""
    import xarray as xr

    variables = {k: ("sample", columns[k], {"units": unit, "long_name": meaning}) for k, (unit, meaning) in COLUMNS.items()}
    variables["outcome"][2]["flag_values"] = np.arange(len(flight.NAMES), dtype=np.int8)
    variables["outcome"][2]["flag_meanings"] = " ".join(flight.NAMES)
    variables["branch"][2]["flag_meanings"] = " ".join(v.name for v in plan.variants)
    return xr.Dataset(variables, coords={"sample": np.arange(rows.start, rows.stop)},
                      attrs={"Conventions": "CF-1.11", "title": plan.scenario.title or plan.scenario.name})  # fmt: skip


def disperse(
    scenario,
    samples,
    seed: int = 0,
    workers: int | None = None,
    *,
    scheduler: str | None = None,
    sampling: str | None = None,
    left_out=(),
    until: Until | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Ensemble:
    """Fly a scenario many times, each with its own draw of what is uncertain, in memory.

    Parameters
    ----------
    scenario : of tj.load
    samples : how many flights; or a pandas.DataFrame, or a CSV or Parquet file, whose columns are dotted keys with units
        in the header (``deorbit.delta_v [m/s]``) and whose rows are the flights to fly
    seed : of the streams; the answer is a function of (scenario, seed, samples)
    workers : threads (or processes of a local cluster); all cores if None. It changes no bit of the answer.
    scheduler : address of a Dask scheduler, or "local"
    sampling : "random", "latin-hypercube" or "sobol", in place of the scenario's own
    left_out : names of uncertain numbers to hold at their nominal values
    until : of ensemble.until("p99=5%"): fly no more than it takes to know that radius to 5 % (half its 95 % interval), in steps
        that double, `samples` at most
    progress : called with (rows done, rows) after each chunk

    Raises
    ------
    ScenarioError : for a scenario or a table that cannot be flown
    """
    made = plan(scenario, samples, seed, sampling, left_out)
    kept: dict[int, dict] = {}
    done = 0
    for step in made.ladder(until):
        with closing(chunks_flown(step, (k for k in range(step.chunks) if k not in kept), workers, scheduler)) as results:
            for k, columns in results:
                kept[k] = columns
                done += len(columns["outcome"])
                if progress is not None:
                    progress(done, made.design.samples)
        many = Ensemble(step, joined(kept))
        if until is not None and until.reached(many):
            break
    return many


def joined(kept: dict[int, dict]) -> dict[str, np.ndarray]:
    """Chunks, in order, as whole columns."""
    return {c: np.concatenate([kept[k][c] for k in sorted(kept)]) for c in COLUMNS}

