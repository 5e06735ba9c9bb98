"""Which input did it: one number at a time, stage by stage, all at once by variance, and the ellipse of the linear theory."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trajectory import ensemble, geodesy
from trajectory.confidence import k_for_probability
from trajectory.guidance import track_azimuth


@dataclass(frozen=True, eq=False)
class OneByOne:
    """Flights with one uncertain number moved by one standard deviation (score of 1), the others at their medians."""

    names: tuple[str, ...]
    stages: tuple[str, ...]
    along: np.ndarray  # (n, 2) m along the track from the flight at the medians, of score -1 and +1
    across: np.ndarray  # (n, 2) m to the right
    others: dict[str, np.ndarray]  # column of a result -> (n, 2) departures
    azimuth: float  # rad, of the track
    center: tuple[float, float]  # rad, latitude and longitude of the flight at the medians

    @property
    def covariance(self) -> np.ndarray:
        """(2, 2) of the landing point along and across, m2, to first order: half the difference is one standard deviation."""
        slope = np.stack([np.diff(self.along), np.diff(self.across)])[:, :, 0] / 2.0
        return slope @ slope.T

    @property
    def shift(self) -> tuple[float, float]:
        """Mean of the landing point along and across from that of the medians, m, to second order."""
        return float(self.along.sum() / 2.0), float(self.across.sum() / 2.0)

    def ellipse(self, containment: float = 0.997) -> dict:
        """Half axes (m) and azimuth of the longer one (deg) of the ellipse that holds a landing with this probability."""
        value, vector = np.linalg.eigh(self.covariance)
        k = k_for_probability(containment)
        turn = self.azimuth + np.arctan2(vector[1, 1], vector[0, 1])
        return {"containment": containment, "semi_major_m": float(k * np.sqrt(value[1])),
                "semi_minor_m": float(k * np.sqrt(max(value[0], 0.0))), "azimuth_deg": float(np.degrees(turn) % 180.0),
                "center": [float(x) for x in np.degrees(self.center)],
                "along_sigma_m": float(np.sqrt(self.covariance[0, 0])),
                "across_sigma_m": float(np.sqrt(self.covariance[1, 1]))}  # fmt: skip

    def shares(self) -> dict[str, float]:
        """Part of each stage in the variance of the landing point (along and across together), to first order."""
        part = (np.diff(self.along)[:, 0] ** 2 + np.diff(self.across)[:, 0] ** 2) / 4.0
        whole = float(part.sum())
        found = {s: float(part[[i for i, x in enumerate(self.stages) if x == s]].sum()) for s in dict.fromkeys(self.stages)}
        return {s: x / whole if whole else 0.0 for s, x in sorted(found.items(), key=lambda item: -item[1])}

    def to_dataframe(self):
        """pandas.DataFrame, the largest first: what each number does to the landing point and to the load."""
        import pandas as pd

        size = np.hypot(np.diff(self.along)[:, 0], np.diff(self.across)[:, 0]) / 2.0
        table = pd.DataFrame({
            "stage": self.stages, "along_minus_m": self.along[:, 0], "along_plus_m": self.along[:, 1],
            "across_minus_m": self.across[:, 0], "across_plus_m": self.across[:, 1], "sigma_m": size,
            **{f"{k}_{sign}": x[:, i] for k, x in self.others.items() for i, sign in enumerate(("minus", "plus"))},
        }, index=list(self.names))  # fmt: skip
        return table.sort_values("sigma_m", ascending=False)


def one_by_one(scenario, columns=("load_factor_g",)) -> OneByOne:
    """Move each uncertain number of a scenario by one standard deviation either way: 2 n + 1 flights (sigma points).

    The covariance that follows is that of the linear theory: what the flight is to first order in independent normal
    scores (Gelb 1974, section 6.1, by central differences). Branches are left out: the flight as planned.
    Raises ValueError where nothing is uncertain, or the flight at the medians does not come down.
    """
    return of_plan(ensemble.plan(scenario.replace(branch=[]) if scenario.branch else scenario, 1), columns)


def linear(many: ensemble.Ensemble) -> dict | None:
    """The ellipse by linear theory for an ensemble; None where its flights are the user's own, or do not come down."""
    if many.plan.design.given is not None or not many.plan.design.parameters:
        return None
    try:
        return of_plan(many.plan, ()).ellipse()
    except ValueError:
        return None


def of_plan(made, columns=("load_factor_g",)) -> OneByOne:
    """`one_by_one` of an ensemble's plan, its flight as planned: no computer that the cabin's heat takes from it."""
    made = replace(made, variants=made.variants[:1], fallen=())
    parameters = made.design.parameters
    n = len(parameters)
    if not n:
        raise ValueError(f"{made.scenario.name}: nothing in it is uncertain; give values a distribution, or name a file of "
                         "them as `dispersion`")  # fmt: skip
    scores = np.zeros((2 * n + 1, n))
    scores[1 : n + 1] -= np.eye(n)
    scores[n + 1 :] += np.eye(n)
    found = made.flown(made.design.at(scores), len(scores))
    case = made.variants[0].case
    latitude, longitude = np.radians(found["latitude_deg"]), np.radians(found["longitude_deg"])
    if not np.isfinite(latitude[0]):
        raise ValueError(f"{made.scenario.name}: the flight at the medians of what is uncertain does not come down")
    about = (latitude[0], longitude[0])
    azimuth = track_azimuth(case, about[0])
    north, east = geodesy.plane_about(*about, latitude, longitude)
    along = north * np.cos(azimuth) + east * np.sin(azimuth)
    across = east * np.cos(azimuth) - north * np.sin(azimuth)

    def pairs(x):
        return np.stack([x[1 : n + 1], x[n + 1 :]], axis=1) - x[0]

    return OneByOne(tuple(p.name for p in parameters), tuple(p.stage for p in parameters), pairs(along), pairs(across),
                    {c: pairs(found[c]) for c in columns}, float(azimuth), about)  # fmt: skip


@dataclass(frozen=True, eq=False)
class ByVariance:
    """Shares of each stage of the flight in the variance of a metric (Sobol indices), and half the 95 % interval of each."""

    metric: str
    stages: tuple[str, ...]
    first: np.ndarray  # (k,) of the stage alone
    first_half: np.ndarray
    total: np.ndarray  # (k,) with all that it does together with others
    total_half: np.ndarray
    flights: int
    lost: int  # flights without a number for the metric, for which the median stands

    def to_dataframe(self):
        """pandas.DataFrame, the largest first."""
        import pandas as pd

        columns = {k: getattr(self, k) for k in ("first", "first_half", "total", "total_half")}
        return pd.DataFrame(columns, index=list(self.stages)).sort_values("total", ascending=False)


def by_variance(scenario, metric: str = "target_distance_m", samples: int = 512, seed: int = 0) -> ByVariance:
    """Global sensitivity by stages of the flight: Sobol' 2001, sampled and analysed by SALib (Saltelli et al. 2010).

    samples: a power of two; samples (stages + 2) flights are flown. Correlated numbers are drawn as the scenario has it, and
    belong to their stage. Raises ValueError for an unknown metric, or where one flight in a hundred has no number for it.
    """
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as design
    from scipy.special import ndtri

    if metric not in ensemble.DISTRIBUTED:
        raise ValueError(f"no metric {metric!r}; there are {', '.join(ensemble.DISTRIBUTED)}")
    made = ensemble.plan(scenario, 1, seed)
    parameters = made.design.parameters
    stages = tuple(dict.fromkeys(p.stage for p in parameters))
    problem = {"num_vars": len(parameters), "names": [p.name for p in parameters], "groups": [p.stage for p in parameters],
               "bounds": [[0.0, 1.0]] * len(parameters)}  # fmt: skip
    drawn = design.sample(problem, samples, calc_second_order=False, seed=seed).clip(1e-12, 1.0 - 1e-12)
    columns = made.design.at(ndtri(drawn))
    if "branch" in columns:
        columns["branch"] = drawn[:, [p.name for p in parameters].index("branch")]
    found = made.flown(columns, len(drawn))[metric]
    lost = ~np.isfinite(found)
    if lost.mean() > 0.01:
        raise ValueError(f"{scenario.name}: {int(lost.sum())} of {len(lost)} flights have no {metric}; it has no variance to "
                         "share")  # fmt: skip
    found[lost] = np.median(found[~lost])
    result = analysis.analyze(problem, found, calc_second_order=False, seed=seed)
    return ByVariance(metric, stages, *(np.asarray(result[k]) for k in ("S1", "S1_conf", "ST", "ST_conf")), len(drawn),
                      int(lost.sum()))  # fmt: skip
