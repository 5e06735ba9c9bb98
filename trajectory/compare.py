"""Options side by side: the same draws for all, metrics with their intervals, limits, and how the footprints lie."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from trajectory import (
    availability,
    batch,
    ensemble,
    footprint,
    geodesy,
    metrics,
    paired,
    result,
    sensitivity,
    targeting,
    verdict,
)
from trajectory.defects import ScenarioError
from trajectory.density import Region
from trajectory.guidance import track_azimuth
from trajectory.metrics import METRICS
from trajectory.status import FlightError

SAMPLES = 2000
REGION = 0.95  # containment of the regions whose overlap is told
REGIONS = (0.5, REGION, 0.997)  # that are drawn
AT_ONCE = 2  # options that are flown beside each other
MATCHED = 600  # flights of each that are matched for the distance of the clouds

@dataclass(frozen=True, eq=False)
class Option:
    """One way home: its nominal flight, its ensemble, its metrics and limits."""

    name: str
    flight: result.Flight
    ensemble: ensemble.Ensemble
    found: footprint.Footprint | None
    metrics: dict[str, dict]  # name -> value, low, high
    limits: tuple[dict, ...]
    outcomes: dict[str, dict]  # probability of each outcome and branch, with interval
    rows: dict[str, np.ndarray]  # metric -> (n,) what each flight gives to it
    resampled: dict[str, np.ndarray]  # metric -> (paired.RESAMPLES,) of the resamples that all options share
    regions: tuple  # of REGIONS: density.Region or None, in the plane about the footprint's centre
    shares: dict[str, float]  # stage -> part of the variance of the landing point, to first order; empty where not known
    available: dict | None = None  # of availability.of


@dataclass(frozen=True, eq=False)
class Comparison:
    """Options in the order in which they were named, and every pair of them."""

    options: tuple[Option, ...]
    pairs: tuple[dict, ...]
    samples: int
    seed: int
    left_out: tuple[dict, ...] = ()  # name and reason of what could not be compared
    weights: dict[str, float] | None = None  # the user's own, of metrics

    @property
    def trade(self) -> list[dict]:
        """For each option: by which it is dominated, and in what these are better."""
        return paired.dominated(self.options, self.pairs)

    def to_dict(self) -> dict:
        """What `trajectory compare --json` prints."""
        return {
            "schema": 1, "samples": self.samples, "seed": self.seed,
            "options": [{"scenario": o.name, "scenario_sha256": o.flight.scenario.sha256, "outcome": o.flight.outcome,
                         "available": o.available, "grades": o.flight.scenario.grades(), "fit": verdict.of(o),
                         "statements": verdict.statements(i, self.options, self.pairs),
                         "metrics": o.metrics, "limits": list(o.limits), "outcomes": o.outcomes, "shares": o.shares}
                        for i, o in enumerate(self.options)],
            "pairs": list(self.pairs), "dominated": self.trade, "left_out": list(self.left_out),
            "weighed": None if not self.weights else {"weights": self.weights,
                                                      "scores": paired.weighed(self.options, self.weights)},
        }  # fmt: skip

    def to_dataframe(self):
        """pandas.DataFrame: metrics down, options across (their position and name), values."""
        import pandas as pd

        columns = {(i, o.name): {k: m["value"] for k, m in o.metrics.items()} for i, o in enumerate(self.options)}
        return pd.DataFrame(columns).reindex(list(METRICS)).dropna(how="all")

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from trajectory.report import notebook

        return notebook.comparison(self)

    def plot(self):
        """A matplotlib Figure: the footprints on one map."""
        from trajectory.report import options

        return options.footprints(self.content())

    def content(self) -> dict:
        """All that the page shows, as plain data with the drawn points thinned: what `report.json` holds."""
        from trajectory.report import contents

        return contents.of(self)

    def to_html(self) -> str:
        """One page, nothing to fetch."""
        from trajectory.report import page

        return page.compared(self.content())


def compare(scenarios, samples: int = SAMPLES, seed: int = 0, workers: int | None = None, progress=None,
            weights: dict[str, float] | None = None, calendar=availability.SHIPPED) -> Comparison:  # fmt: skip
    """Fly each scenario and its dispersion with the same draws, and set them side by side.

    What two scenarios have both uncertain is drawn from the same stream: the difference between them is theirs.
    weights: of metrics (metrics.METRICS), where a sum of them is wanted; none is made without.
    calendar: of the station, a name or a file, that says when each option is first possible and for whom; None: the scenarios.
    Raises ScenarioError, FlightError for a scenario that cannot be flown; ValueError for weights of what is no metric.
    """
    found = options_of(scenarios, samples, seed, workers, availability.ways(calendar), progress)
    for one in found:
        if isinstance(one, Exception):
            raise one
    return together(found, samples, seed, weights=weights)


def options_of(scenarios, samples: int, seed: int = 0, workers: int | None = None, ways: dict | None = None,
               progress=None) -> list:  # fmt: skip
    """An Option of each scenario, in their order; the ScenarioError or FlightError in place of one that cannot be flown.

    AT_ONCE are flown beside each other, in threads: the kernel runs without the interpreter's lock. Who is flown beside whom
    changes no bit. What several aim alike is aimed once; one of each is begun first, so that no one waits for another's.
    """
    scenarios = list(scenarios)

    def work(i: int):
        try:
            return option(scenarios[i], samples, seed, workers, ways)
        except (ScenarioError, FlightError) as problem:
            return problem

    seen: dict[str, int] = {}
    repeats = [seen.setdefault(targeting.same_aim(s), i) != i for i, s in enumerate(scenarios)]
    out: list = [None] * len(scenarios)
    pool = ThreadPoolExecutor(AT_ONCE if workers is None or workers > 1 else 1, thread_name_prefix="option")
    try:
        begun = [(i, pool.submit(work, i)) for i in sorted(range(len(scenarios)), key=lambda i: (repeats[i], i))]
        for done, (i, future) in enumerate(begun, 1):
            out[i] = batch.heard(future)
            if progress is not None:
                progress(done, len(scenarios))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return out


def together(options, samples: int, seed: int, left_out=(), weights: dict[str, float] | None = None) -> Comparison:
    """Options that have been flown, and every pair of them. One that shares no metric with any other is left out, named."""
    for name, weight in (weights or {}).items():
        if name not in METRICS or not 0.0 < weight < np.inf:
            raise ValueError(f"weight {name}={weight:g}: allowed are numbers above 0 of {', '.join(METRICS)}")
    kept, left_out = [], list(left_out)
    for i, o in enumerate(options):
        alone = len(options) > 1 and not any(common(o, other) for j, other in enumerate(options) if j != i)
        if alone:
            left_out.append({"scenario": o.name, "reason": "it has no metric in common with any other option"})
        else:
            kept.append(o)
    pairs = [pair(i, j, kept[i], kept[j]) for i, j in combinations(range(len(kept)), 2)]
    return Comparison(tuple(kept), tuple(pairs), samples, seed, tuple(left_out), weights)


def common(a: Option, b: Option) -> list[str]:
    """Metrics that both have, beyond whether they land."""
    return [k for k in metrics.COMMON if k in a.metrics and k in b.metrics]


def option(scenario, samples: int, seed: int = 0, workers: int | None = None, ways: dict | None = None) -> Option:
    """Fly one way home and its dispersion. ways: of availability.ways."""
    plan = ensemble.plan(scenario, samples, seed)
    scenario = plan.scenario
    flight = result.flight_of(scenario, plan.variants[0].case, plan.aim)
    many = ensemble.Ensemble(plan, ensemble.joined(dict(ensemble.chunks_flown(plan, range(plan.chunks), workers))))
    down = np.isfinite(many.columns["latitude_deg"])
    found = many.footprint() if down.sum() >= 3 else None
    rows = metrics.rows_of(flight, many)
    drawn = paired.weights(len(down), seed)
    resampled = {k: paired.quantiles(x, METRICS[k].quantile, drawn) for k, x in rows.items() if k not in metrics.SHARES}
    axes = None if found is None else paired.ellipses(found, drawn)
    if axes is not None:
        resampled |= {"semi_major_m": axes[:, 0], "semi_minor_m": axes[:, 1]}
    regions = () if found is None else found.regions(REGIONS)
    available = availability.of(scenario, ways or {})
    numbers = metrics.metrics(flight, rows, found, axes, available)
    return Option(scenario.name, flight, many, found, numbers, metrics.limits(flight, many, rows), metrics.outcomes(many), rows,
                  resampled, regions, shares(plan), available)  # fmt: skip


def shares(plan) -> dict[str, float]:
    if plan.design.given is not None or not plan.design.parameters:
        return {}
    try:
        return sensitivity.of_plan(plan, ()).shares()
    except ValueError:
        return {}


# --- two footprints


def pair(i: int, j: int, a: Option, b: Option) -> dict:
    """How the footprint of b lies to that of a: shift along and across a's track, overlap, distance of the clouds."""
    out = {"a": i, "b": j, "jaccard": None, "wasserstein_m": None, "shift_along_m": None, "shift_across_m": None,
           "a_in_b": None, "b_in_a": None, "area_a_m2": None, "area_b_m2": None,
           "differences": paired.difference(a, b)}  # fmt: skip
    if a.found is None or b.found is None:
        return out
    points = [plane(a.found.center, o.ensemble) for o in (a, b)]
    (na, ea), (nb, eb) = points
    held = [o.regions[REGIONS.index(REGION)] for o in (a, b)]
    azimuth = track_azimuth(a.ensemble.plan.variants[0].case, a.found.center[0])
    north, east = nb.mean() - na.mean(), eb.mean() - ea.mean()
    c, s = np.cos(azimuth), np.sin(azimuth)
    shift = (float(north * c + east * s), float(east * c - north * s))
    out |= dict(zip(("shift_along_m", "shift_across_m"), shift, strict=True))
    out["wasserstein_m"] = matched(points)
    if all(region is not None for region in held):
        one, other = shape(held[0]), shape(held[1], b.found, a.found)
        out |= {"jaccard": overlap(one, other), "area_a_m2": held[0].area, "area_b_m2": held[1].area}
        out |= {"a_in_b": part_in(other, ea, na), "b_in_a": part_in(one, eb, nb)}
    return out


def plane(center, many: ensemble.Ensemble):
    """North and east of the landings in the plane about a point, m."""
    latitude, longitude = (np.radians(many.columns[c]) for c in ("latitude_deg", "longitude_deg"))
    down = np.isfinite(latitude)
    return geodesy.plane_about(*center, latitude[down], longitude[down])


def shape(region: Region, of=None, seen_from=None):
    """A region of the plane about one footprint as a shapely geometry of the plane about another."""
    import shapely

    def moved(ring):
        if of is None or of.center == seen_from.center:
            return ring
        return np.stack(seen_from.plane(*of.geodetic(ring[:, 1], ring[:, 0]))[::-1], axis=1)

    polygons = [[moved(ring) for ring in rings] for rings in region.polygons]
    return shapely.make_valid(shapely.MultiPolygon([(rings[0], rings[1:]) for rings in polygons]))


def overlap(one, other) -> float:
    """Area that both shapes hold over that which either does (Jaccard 1901)."""
    either = one.union(other).area
    return float(one.intersection(other).area / either) if either else 0.0


def part_in(one, x, y) -> float:
    """The part of points (n,) that lies in a shape."""
    import shapely

    return float(np.mean(shapely.contains_xy(one, x, y)))


def matched(points) -> float:
    """Wasserstein-1 distance of two clouds, m: the least mean way from the points of one to those of the other, each used
    once (Villani 2009, chapter 6), of the first MATCHED of each."""
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    n = min(MATCHED, *(len(north) for north, _ in points))
    a, b = (np.stack([north[:n], east[:n]], axis=1) for north, east in points)
    ways = cdist(a, b)
    return float(ways[linear_sum_assignment(ways)].mean())
