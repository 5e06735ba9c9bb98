"""Which input did it: one number at a time, stage by stage, and the ellipse of the linear theory beside the Monte Carlo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trajectory import ensemble, frames
from trajectory.guidance import track_azimuth


@dataclass(frozen=True, eq=False)
class OneByOne:
    """Flights with one uncertain number moved by one standard deviation (score of 1), the others at their medians."""

    names: tuple[str, ...]
    stages: tuple[str, ...]
    along: np.ndarray  # (n, 2) m along the track from the flight at the medians, of score -1 and +1
    across: np.ndarray  # (n, 2) m to the right
    others: dict[str, np.ndarray]  # column of a result -> (n, 2) departures

    @property
    def covariance(self) -> np.ndarray:
        """(2, 2) of the landing point along and across, m2, to first order: half the difference is one standard deviation."""
        slope = np.stack([np.diff(self.along), np.diff(self.across)])[:, :, 0] / 2.0
        return slope @ slope.T

    @property
    def shift(self) -> tuple[float, float]:
        """Mean of the landing point along and across from that of the medians, m, to second order."""
        return float(self.along.sum() / 2.0), float(self.across.sum() / 2.0)

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
    """Move each uncertain number of a scenario by one standard deviation either way.

    The covariance that follows is that of the linear theory: what the flight is to first order in independent normal
    scores (Gelb 1974, section 6.1, by central differences). Branches are left out: the flight as planned.
    Raises ValueError where the flight at the medians does not come down.
    """
    made = ensemble.plan(scenario.replace(branch=[]) if scenario.branch else scenario, 1)
    parameters = made.design.parameters
    n = len(parameters)
    scores = np.zeros((2 * n + 1, n))
    scores[1 : n + 1] -= np.eye(n)
    scores[n + 1 :] += np.eye(n)
    found = made.flown(made.design.at(scores), len(scores))
    case = made.variants[0].case
    latitude, longitude = np.radians(found["latitude_deg"]), np.radians(found["longitude_deg"])
    if not np.isfinite(latitude[0]):
        raise ValueError(f"the flight {scenario.name} at the medians of what is uncertain does not come down")
    about = (latitude[0], longitude[0])
    azimuth = track_azimuth(case, about[0])
    north, east = frames.plane_about(*about, latitude, longitude)
    along = north * np.cos(azimuth) + east * np.sin(azimuth)
    across = east * np.cos(azimuth) - north * np.sin(azimuth)

    def pairs(x):
        return np.stack([x[1 : n + 1], x[n + 1 :]], axis=1) - x[0]

    return OneByOne(tuple(p.name for p in parameters), tuple(p.stage for p in parameters), pairs(along), pairs(across),
                    {c: pairs(found[c]) for c in columns})  # fmt: skip
