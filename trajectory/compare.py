"""Options side by side: the same draws for all, metrics with their intervals, limits, and how the footprints lie."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from trajectory import ensemble, footprint, frames, result
from trajectory.confidence import share
from trajectory.density import Region, highest_density
from trajectory.guidance import track_azimuth

SAMPLES = 2000
REGION = 0.95  # containment of the regions whose overlap is told
MATCHED = 600  # flights of each that are matched for the distance of the clouds
# metric: (column of a result, quantile, unit, meaning); None: the mean of what is 0 or 1
METRICS = {
    "landed": (None, None, "1", "probability to land"),
    "in_zone": (None, None, "1", "probability to land in the zone"),
    "cep_m": ("target_distance_m", 0.5, "m", "half of the flights land nearer to the site"),
    "computer_failed": (None, None, "1", "probability that a computer fails in the heat before the landing"),
    "radius_p99_m": ("target_distance_m", 0.99, "m", "99 % of the flights land nearer to the site"),
    "peak_load_factor_g": ("load_factor_g", 0.5, "1", "greatest load factor, median"),
    "peak_load_factor_p99_g": ("load_factor_g", 0.99, "1", "greatest load factor, 99 %"),
    "peak_heat_flux_w_m2": ("heat_flux_w_m2", 0.5, "W/m2", "greatest heat flux, median"),
    "heat_load_j_m2": ("heat_load_j_m2", 0.5, "J/m2", "heat load, median"),
    "touchdown_drift_p95_m_s": ("horizontal_speed_m_s", 0.95, "m/s", "speed over the ground at touchdown, 95 %"),
}
SINGLE = {
    "free_flight_s": ("s", "from undocking, or from ignition, to the end of the flight"),
    "semi_major_m": ("m", "longer half axis of the 99.7 % ellipse"),
    "semi_minor_m": ("m", "shorter half axis of the 99.7 % ellipse"),
    "load_margin_g": ("1", "nominal flight: margin of the crew against the tolerance of loads"),
    "bond_line_margin_k": ("K", "nominal flight: margin of the heat shield's bond line"),
    "cabin_temperature_c": ("degC", "hottest cabin"),
    "wet_bulb_c": ("degC", "greatest wet bulb of the cabin"),
    "core_temperature_c": ("degC", "hottest core of a crew member"),
}
COOLING = ("cabin_temperature_c", "wet_bulb_c", "core_temperature_c")


@dataclass(frozen=True, eq=False)
class Option:
    """One way home: its nominal flight, its ensemble, its metrics and limits."""

    name: str
    flight: result.Flight
    ensemble: ensemble.Ensemble
    found: footprint.Footprint | None
    metrics: dict[str, dict]  # name -> value, low, high
    limits: tuple[dict, ...]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Options in the order in which they were named, and every pair of them."""

    options: tuple[Option, ...]
    pairs: tuple[dict, ...]
    samples: int
    seed: int

    def to_dict(self) -> dict:
        """What `trajectory compare --json` prints."""
        return {
            "schema": 1, "samples": self.samples, "seed": self.seed,
            "options": [{"scenario": o.name, "scenario_sha256": o.flight.scenario.sha256, "outcome": o.flight.outcome,
                         "grades": o.flight.scenario.grades(), "metrics": o.metrics, "limits": list(o.limits)}
                        for o in self.options],
            "pairs": list(self.pairs),
        }  # fmt: skip

    def to_dataframe(self):
        """pandas.DataFrame: metrics down, options across (their position and name), values."""
        import pandas as pd

        columns = {(i, o.name): {k: m["value"] for k, m in o.metrics.items()} for i, o in enumerate(self.options)}
        return pd.DataFrame(columns).reindex([*METRICS, *SINGLE]).dropna(how="all")

    def plot(self):
        """A matplotlib Figure: the footprints on one map."""
        from trajectory.report import options

        return options.footprints(self)

    def to_html(self) -> str:
        """One page, nothing to fetch."""
        from trajectory.report import page

        return page.compared(self)


def compare(scenarios, samples: int = SAMPLES, seed: int = 0, workers: int | None = None, progress=None) -> Comparison:
    """Fly each scenario and its dispersion with the same draws, and set them side by side.

    What two scenarios have both uncertain is drawn from the same stream: the difference between them is theirs.
    Raises ScenarioError, FlightError for a scenario that cannot be flown.
    """
    options = []
    for i, scenario in enumerate(scenarios):
        options.append(option(scenario, samples, seed, workers))
        if progress is not None:
            progress(i + 1, len(scenarios))
    return together(options, samples, seed)


def together(options, samples: int, seed: int) -> Comparison:
    """Options that have been flown, and every pair of them."""
    pairs = [pair(i, j, options[i], options[j]) for i, j in combinations(range(len(options)), 2)]
    return Comparison(tuple(options), tuple(pairs), samples, seed)


def option(scenario, samples: int, seed: int = 0, workers: int | None = None) -> Option:
    """Fly one way home and its dispersion."""
    plan = ensemble.plan(scenario, samples, seed)
    scenario = plan.scenario
    flight = result.flight_of(scenario, plan.variants[0].case, plan.aim)
    many = ensemble.Ensemble(plan, ensemble.joined(dict(ensemble.chunks_flown(plan, range(plan.chunks), workers))))
    down = np.isfinite(many.columns["latitude_deg"])
    found = many.footprint() if down.sum() >= 3 else None
    return Option(scenario.name, flight, many, found, metrics(flight, many, found), limits(flight, many))


def metrics(flight, many: ensemble.Ensemble, found) -> dict[str, dict]:
    """name -> value with the ends of its 95 % interval; None where an end is not known. Left out: what does not apply."""
    out = {}
    outcome = many.outcome
    out["landed"] = proportion(int(np.sum(outcome == "landed")), len(outcome))
    zone = many.in_zone()
    if many.plan.cabins is not None and many.plan.fallen:
        out["computer_failed"] = proportion(int(np.isfinite(many.columns["computer_failed_s"]).sum()), len(outcome))
    if zone is not None and zone["probability"] is not None:
        out["in_zone"] = {"value": zone["probability"], "low": zone["low"], "high": zone["high"]}
    for name, (column, q, _, _) in METRICS.items():
        x = np.sort(many.columns[column][np.isfinite(many.columns[column])]) if column else ()
        if len(x):
            out[name] = dict(zip(("value", "low", "high"), footprint.radius(x, q)[:3], strict=True))

    def single(name, value, low=None, high=None):
        if value is not None:
            out[name] = {"value": float(value), "low": low, "high": high}

    first = next((e for e in flight.events if e["name"] in ("undocking", "deorbit_ignition")), None)
    if first is not None and flight.touchdown is not None:
        single("free_flight_s", flight.touchdown["elapsed_s"] - first["elapsed_s"])
    if found is not None:
        single("semi_major_m", found.semi_major)
        single("semi_minor_m", found.semi_minor)
    blocks = flight.exposure.blocks
    single("load_margin_g", blocks.get("crew", {}).get("margin_g"))
    single("bond_line_margin_k", blocks.get("heat_shield", {}).get("bond_margin_k"))
    if flight.cooled is not None:
        block = flight.cooled.block
        for name in COOLING:
            x = many.columns[name][np.isfinite(many.columns[name])]  # the range of the draws, not of the estimate
            low, high = map(float, np.percentile(x, (5.0, 95.0))) if len(x) else (None, None)
            single(name, block["peak"].get(name), low, high)
    return out


def proportion(k: int, n: int) -> dict:
    found = share(k, n)
    return {"value": found.value, "low": found.low, "high": found.high}


def limits(flight, many) -> tuple[dict, ...]:
    """Limits that hold or not for the nominal flight, and the probability that each is broken."""
    out = []
    zone = many.in_zone()
    if zone is not None and zone["probability"] is not None:
        inside = flight.touchdown is not None and flight.touchdown.get("target_distance_m", np.inf) <= zone["radius_m"]
        out.append({"name": "landing_zone", "holds": bool(inside), "probability": 1.0 - zone["probability"]})
    margin = flight.exposure.blocks.get("crew", {}).get("margin_g")
    if margin is not None:
        out.append({"name": "crew_load", "holds": bool(margin >= 0), "probability": None})
    if many.plan.cabins is not None and many.plan.fallen:
        fails = float(np.isfinite(many.columns["computer_failed_s"]).mean())
        out.append({"name": "computer", "holds": many.plan.cabins.nominal_holds, "probability": fails})
    if flight.cooled is not None:
        out += [{"name": x["name"], "holds": x["reached_utc"] is None, "probability": x["probability"]}
                for x in flight.cooled.block["limits"]]  # fmt: skip
    return tuple(out)


# --- two footprints


def pair(i: int, j: int, a: Option, b: Option) -> dict:
    """How the footprint of b lies to that of a: shift along and across a's track, overlap, distance of the clouds."""
    out = {"a": i, "b": j, "jaccard": None, "wasserstein_m": None, "shift_along_m": None, "shift_across_m": None,
           "a_in_b": None, "b_in_a": None, "area_a_m2": None, "area_b_m2": None}  # fmt: skip
    if a.found is None or b.found is None:
        return out
    points = [plane(a.found.center, o.ensemble) for o in (a, b)]
    (na, ea), (nb, eb) = points
    held = [highest_density(np.stack([east, north], axis=1), (REGION,))[0] for north, east in points]
    azimuth = track_azimuth(a.ensemble.plan.variants[0].case, a.found.center[0])
    north, east = nb.mean() - na.mean(), eb.mean() - ea.mean()
    c, s = np.cos(azimuth), np.sin(azimuth)
    shift = (float(north * c + east * s), float(east * c - north * s))
    out |= dict(zip(("shift_along_m", "shift_across_m"), shift, strict=True))
    out["wasserstein_m"] = matched(points)
    if all(region is not None for region in held):
        one, other = (shape(region) for region in held)
        out |= {"jaccard": overlap(one, other), "area_a_m2": held[0].area, "area_b_m2": held[1].area}
        out |= {"a_in_b": part_in(other, ea, na), "b_in_a": part_in(one, eb, nb)}
    return out


def plane(center, many: ensemble.Ensemble):
    """North and east of the landings in the plane about a point, m."""
    latitude, longitude = (np.radians(many.columns[c]) for c in ("latitude_deg", "longitude_deg"))
    down = np.isfinite(latitude)
    return frames.plane_about(*center, latitude[down], longitude[down])


def shape(region: Region):
    """A region as a shapely geometry of the plane."""
    import shapely

    return shapely.make_valid(shapely.MultiPolygon([(rings[0], list(rings[1:])) for rings in region.polygons]))


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
