"""Small probabilities: how often a metric exceeds a limit that few flights ever meet.

A pilot of subset sampling reaches the limit. Where the region beyond depends on a few directions of the uncertain numbers,
importance sampling within them gives the probability and its scatter (`importance.py`); where it does not, or where its answer
does not stand up to the pilot, subset sampling does, with the pilot's flights and twice as many again (`subset.py`).
`Tail.method` says which.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from trajectory import ensemble, importance, units
from trajectory import subset as chains
from trajectory.catalogue import nearest

BELOW = 3.0  # standard deviations by which importance sampling may say less than the pilot
WORST = 0.3  # coefficient of variation beyond which importance sampling is not trusted
LEAST = 2 * chains.LEAST  # samples
# unit of a metric: its dimension
DIMENSION = {"m": "length", "m/s": "speed", "s": "duration", "1": "ratio", "Pa": "pressure", "W/m2": "heat flux",
             "J/m2": "heat load", "degC": "temperature"}  # fmt: skip


class NoTail(ValueError):
    """A probability that cannot be asked for: metric, limit or samples."""


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
        return float(self.probability * np.exp(-half)), float(min(self.probability * np.exp(half), 1.0))

    @property
    def plain(self) -> float:
        """Flights that plain sampling takes for the same coefficient of variation; infinite where nothing scatters."""
        if self.variation <= 0.0 or self.probability <= 0.0:
            return np.inf
        return (1.0 - self.probability) / (self.probability * self.variation**2)

    def to_dict(self) -> dict:
        """Keys of `trajectory tail --json`; an infinite number of flights is null."""
        low, high = self.interval()
        return {"probability": self.probability, "low": low, "high": high, "variation": self.variation, "method": self.method,
                "directions": self.directions, "reached": self.reached, "flights": self.flights,
                "plain_flights": self.plain if np.isfinite(self.plain) else None, "note": self.note}  # fmt: skip

    def sentences(self) -> str:
        """For the terminal."""
        low, high = self.interval()
        if not self.reached:
            return f"probability below {self.probability:.2g}: {self.flights:,} flights did not come so far"
        how = {"importance": f"importance sampling in {self.directions} direction{'s' * (self.directions > 1)}",
               "subset": "subset sampling", "plain": "plain sampling"}[self.method]  # fmt: skip
        lines = [f"probability {self.probability:.3g}, 95 % interval {low:.2g} to {high:.2g}",
                 f"{self.flights:,} flights, {how}"]  # fmt: skip
        if self.method != "plain" and np.isfinite(self.plain):
            lines[1] += f"; plain sampling takes {self.plain:,.0f} for the same scatter"
        return "\n".join(lines + [self.note] * bool(self.note))


def exceeds(scenario, metric: str, limit: float, samples: int = 1000, seed: int = 0) -> Tail:
    """Probability that `metric` (of ensemble.DISTRIBUTED, such as "target_distance_m") is above `limit` in its unit.

    samples: as of `estimate`. Flights without a number for the metric count as beyond.
    """
    known(metric)
    made = ensemble.plan(scenario, 1, seed)
    if not made.design.parameters:
        raise NoTail(f"{scenario.name}: nothing in it is uncertain")
    some = False

    def values(scores: np.ndarray) -> np.ndarray:
        nonlocal some
        found = made.flown(made.design.at(scores), len(scores))[metric]
        some = some or bool(np.isfinite(found).any())
        if not some:
            raise NoTail(f"{scenario.name}: none of {len(found)} flights has a number for {metric}")
        return np.where(np.isfinite(found), found, np.inf)

    return estimate(values, len(made.design.parameters), limit, samples, seed)


def known(metric: str) -> None:
    """NoTail where there is no such metric."""
    if metric not in ensemble.DISTRIBUTED:
        near = nearest(metric, ensemble.DISTRIBUTED)
        raise NoTail(f"no metric {metric!r}{near}; allowed: {', '.join(ensemble.DISTRIBUTED)}")


def limit_of(metric: str, text: str) -> float:
    """A limit as a person writes it ("28 km"), in the unit of the metric; NoTail with what is allowed."""
    from pydantic_core import PydanticCustomError

    known(metric)
    unit = ensemble.COLUMNS[metric][0]
    raw: str | float = text
    if unit not in DIMENSION:  # of no dimension that a scenario has
        number, _, given = text.strip().partition(" ")
        if given.strip() != unit:
            raise NoTail(f'{text!r} is no limit of {metric}: a number of {unit} is due, such as "3 {unit}"')
        raw = number
    try:
        if DIMENSION.get(unit, "ratio") == "ratio":
            raw = float(raw)
        found = units.Quantity(DIMENSION.get(unit, "ratio")).read(raw, {}).si
    except PydanticCustomError as problem:
        raise NoTail(f"{text!r} is no limit of {metric}: {problem}") from None
    except ValueError:
        raise NoTail(f"{text!r} is no limit of {metric}: a bare number is due, such as 5.5") from None
    return found - (units.FREEZING if unit == "degC" else 0.0)


def estimate(values: chains.Values, dimensions: int, limit: float, samples: int = 1000, seed: int = 0) -> Tail:
    """Probability that values(scores (n, dimensions)) -> (n,) exceed a limit, the scores being independent standard normal.

    samples: a level of the pilot is half as many, importance sampling draws three times as many in all.
    """
    if samples < LEAST:
        raise NoTail(f"{samples} samples; {LEAST} or more are due")
    draw = chains.Draws(seed)
    pilot = chains.run(values, dimensions, limit, samples // 2, draw)
    if not pilot.levels:  # no tail
        more = values(draw.normal(samples - samples // 2, dimensions)) > limit
        share = (float(np.sum(pilot.found > limit)) + float(more.sum())) / samples
        scatter = float(np.sqrt((1.0 - share) / (share * samples)))
        return Tail(share, scatter, samples, (), True, "plain")
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
    """Why the answer of importance sampling is not to be trusted beside the pilot's; empty: it is.

    A weighted sample of which no flight makes much may have missed a part of the region, but cannot have made one up: only
    an answer far below the pilot's is suspect.
    """
    if found.variation > WORST:
        return f"its coefficient of variation is {found.variation:.2f}"
    scatter = np.sqrt(np.log1p(found.variation**2) + np.log1p(pilot.variation**2))
    if np.log(pilot.probability / found.probability) > BELOW * scatter:
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
