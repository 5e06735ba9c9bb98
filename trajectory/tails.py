"""Small probabilities: how often a metric exceeds a limit that few flights ever meet.

A pilot of subset sampling reaches the limit. Where the region beyond depends on a few directions of the uncertain numbers, importance
sampling within them gives the probability and its scatter (`importance.py`); where it does not, or where its answer does not
stand up to the pilot, subset sampling does, with the pilot's flights and as many again (`subset.py`). `Tail.method` says which.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from trajectory import ensemble, importance
from trajectory import subset as chains

APART = 3.0  # standard deviations between the answers of importance sampling and of the pilot, beyond which the one is not trusted
WORST = 0.3  # coefficient of variation beyond which importance sampling is not trusted
LEAST = 2 * chains.LEAST  # samples


@dataclass(frozen=True)
class Tail:
    """Probability that a metric exceeds a limit."""

    probability: float
    variation: float  # coefficient of variation of it; of subset sampling at most
    flights: int  # that were flown
    levels: tuple[float, ...]  # thresholds on the way to the limit
    reached: bool  # False: the limit lies beyond chains.MOST_LEVELS; the probability is an upper bound
    method: str = "subset"  # or "importance", or "plain"
    directions: int = 0  # of importance sampling
    note: str = ""  # why not importance sampling

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Of the probability, log-normal about it."""
        half = float(ndtri(0.5 + confidence / 2.0)) * np.sqrt(np.log1p(self.variation**2))
        return self.probability * np.exp(-half), min(self.probability * np.exp(half), 1.0)

    @property
    def plain(self) -> float:
        """Flights that plain sampling takes for the same coefficient of variation; infinite where nothing scatters."""
        if self.variation <= 0.0 or self.probability <= 0.0:
            return np.inf
        return (1.0 - self.probability) / (self.probability * self.variation**2)


def exceeds(scenario, metric: str, limit: float, samples: int = 1000, seed: int = 0) -> Tail:
    """Probability that `metric` (of ensemble.COLUMNS, such as "target_distance_m") is above `limit` in its unit.

    samples: as of `estimate`. Flights without a number for the metric count as beyond.
    """
    if metric not in ensemble.COLUMNS or metric in ensemble.WHOLE:
        raise ValueError(f"no metric {metric!r}; there are {', '.join(ensemble.DISTRIBUTED)}")
    made = ensemble.plan(scenario, 1, seed)

    def values(scores: np.ndarray) -> np.ndarray:
        found = made.flown(made.design.at(scores), len(scores))[metric]
        return np.where(np.isfinite(found), found, np.inf)

    return estimate(values, len(made.design.parameters), limit, samples, seed)


def estimate(values: chains.Values, dimensions: int, limit: float, samples: int = 1000, seed: int = 0) -> Tail:
    """Probability that values(scores (n, dimensions)) -> (n,) exceed a limit, the scores being independent standard normal.

    samples: a level of the pilot is half as many, importance sampling draws three times as many in all.
    """
    if samples < LEAST:
        raise ValueError(f"{samples} samples; {LEAST} or more are due")
    draw = chains.Draws(seed)
    pilot = chains.run(values, dimensions, limit, samples // 2, draw)
    if not pilot.levels:  # no tail
        more = values(draw.normal(samples - samples // 2, dimensions)) > limit
        share = (float(np.sum(pilot.found > limit)) + float(more.sum())) / samples
        return Tail(share, chains.spread(more, share, samples, 1), samples, (), True, "plain")
    if not pilot.reached:
        return tail(pilot)
    found = importance.estimate(values, limit, pilot, 2 * samples, draw)
    flights = pilot.flights + found.flights
    refused = found.refused or disagreement(found, pilot)
    if not refused:
        return Tail(found.probability, found.variation, flights, pilot.levels, True, "importance", found.directions)
    again = chains.run(values, dimensions, limit, samples, draw)
    return together(pilot, again, flights + again.flights, f"importance sampling is not used: {refused}")


def disagreement(found: importance.Estimate, pilot: chains.Run) -> str:
    """Why the answer of importance sampling is not to be trusted beside the pilot's; empty: it is."""
    if found.variation > WORST:
        return f"its coefficient of variation is {found.variation:.2f}"
    scatter = np.sqrt(np.log1p(found.variation**2) + np.log1p(pilot.variation**2))
    if abs(np.log(found.probability / pilot.probability)) > APART * scatter:
        return f"it says {found.probability:.2g} where its pilot says {pilot.probability:.2g}"
    return ""


def together(pilot: chains.Run, again: chains.Run, flights: int, note: str) -> Tail:
    """Two runs of subset sampling, by the samples of their levels."""
    a = len(pilot.found) / (len(pilot.found) + len(again.found))
    probability = a * pilot.probability + (1.0 - a) * again.probability
    deviation = np.hypot(a * pilot.probability * pilot.variation, (1.0 - a) * again.probability * again.variation)
    return Tail(probability, float(deviation / probability), flights, again.levels, again.reached, note=note)


def subset(values: chains.Values, dimensions: int, limit: float, samples: int = 1000, seed: int = 0) -> Tail:
    """As `estimate`, by subset sampling alone, with `samples` flights of each level."""
    return tail(chains.run(values, dimensions, limit, samples, chains.Draws(seed)))


def tail(found: chains.Run, note: str = "") -> Tail:
    """Of a run of subset sampling."""
    return Tail(found.probability, found.variation, found.flights, found.levels, found.reached, note=note)
