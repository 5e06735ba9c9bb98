"""Importance sampling in the few directions that a rare region depends on, in independent standard normal scores.

After the failure-informed dimension reduction of Uribe, Papaioannou, Marzouk & Straub (2021), SIAM/ASA J. Uncertainty
Quantification 9, 818: a likelihood ratio of many scores degenerates, so it shall be one of few. The directions are those of the
slopes of the value at some points of a pilot, one score at a time, each as far as its median and by 1 at least, so that a
switch is met too (their matrix H, of unit slopes). Within them the proposal is a mixture of normal densities of the scores' own
width about points of the region (Ang, Ang & Tang 1992, J. Engineering Mechanics 118, 1146), which two rounds of sampling move
to where it is (cross entropy, as Uribe et al.; population Monte Carlo: Cappe et al. 2004, J. Computational and
Graphical Statistics 13, 907), of a wide one that looks for what the pilot has not met, and of the scores' own, so that no
likelihood ratio is above 1/OWN (Hesterberg 1995, Technometrics 37, 185). Across the directions all scores stay as they are.

As E_q[w^2 1_F] = P E[w | F], points of the pilot tell whether the directions are enough: a part of the region that is not
reached has points there whose likelihood ratios would move the estimate if they were drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trajectory.subset import Draws, Values

OWN, WIDE = 0.1, 0.1  # shares of the scores' own density and of the wide one in the proposal
REACH = 0.7  # width of the wide one over the distance of the region
MOST = 10  # directions
FIRST, MORE, ROUNDS = (20, 4), 4, 3  # points at which slopes are taken: of the first and of the last level, then where amiss
ENERGY, LITTLE = 0.98, 0.9  # of the squares of the unit slopes, that is to lie in the directions; in MOST of them at least
MOVES = 0.1  # a point moves the estimate if it were a tenth of it
MISSED = 0.02  # share of points of the region that may
NEAREST = 0.1  # quantile of the distance of points of the region, that is taken for that of a part not met
LOST = 0.2  # share beyond which it is not worth the flights
MOVED = 2  # rounds that move the mixture, of a fourth of the samples each
TRIES = 2  # samples that are drawn, together, where the first do not stand up
CENTERS, STEPS = 50, 20  # of the mixture, and steps of its fit
KEPT = 0.2  # of the mixture about the points of the pilot
HEAVY = 0.05  # of all weights, the most that one point has in the fit


@dataclass(frozen=True, eq=False)
class Proposal:
    """A density of the scores, that differs from the standard normal one in a few directions."""

    directions: np.ndarray  # (dimensions, k), orthonormal
    centers: np.ndarray  # (m, k), of the normal densities
    masses: np.ndarray  # (m,) their shares of the mixture, which sum to 1
    width: float  # standard deviation of the wide density along each direction

    def ratio(self, scores: np.ndarray) -> np.ndarray:
        """(n,) likelihood ratio: standard normal density over this one, of scores (n, dimensions)."""
        here = scores @ self.directions
        near = np.exp(here @ self.centers.T - 0.5 * np.sum(self.centers**2, axis=1)) @ self.masses
        far = np.exp(0.5 * np.sum(here**2, axis=1) * (1.0 - self.width**-2)) / self.width ** here.shape[1]
        return 1.0 / (OWN + WIDE * far + (1.0 - OWN - WIDE) * near)

    def draw(self, n: int, draws: Draws) -> np.ndarray:
        """(n, dimensions): each density of the mixture its share of them, as evenly as whole numbers allow."""
        scores = draws.normal(n, len(self.directions))
        wide, own = int(WIDE * n), int(OWN * n)
        near = n - wide - own
        which = evenly(self.masses, near, draws)
        scores[:near] += self.centers[which] @ self.directions.T
        some = scores[near : near + wide]
        some += (self.width - 1.0) * (some @ self.directions) @ self.directions.T
        return scores


@dataclass(frozen=True, eq=False)
class Estimate:
    """What importance sampling found, or why it did not."""

    probability: float
    variation: float  # coefficient of variation, of the weighted sample
    largest: float  # share of the estimate that one flight makes
    flights: int
    directions: int
    refused: str  # why it is not to be used; empty: it is


def estimate(values: Values, limit: float, pilot, samples: int, draw: Draws) -> Estimate:
    """Probability that values exceed a limit, after a pilot (subset.Run) that has reached it."""
    inside = pilot.found > limit
    points, found = pilot.scores[inside], pilot.found[inside]
    start, flights = informed(values, points, found, pilot, samples, draw)
    if start is None:
        return Estimate(0.0, np.inf, 1.0, flights, 0, f"more than {MOST} directions matter")
    made, seen, k = start, [], start.directions.shape[1]
    for _ in range(MOVED):
        seen.append(weighed(values, limit, made, samples // 4, draw))
        flights += samples // 4
        made = moved(start, seen, draw)
    amiss = float(np.mean(made.ratio(points) > heavy(pilot, samples)))
    if amiss > LOST:
        return Estimate(0.0, np.inf, 1.0, flights, k, unreached(amiss))
    weights = np.zeros(0)
    for _ in range(TRIES):
        seen.append(weighed(values, limit, made, samples, draw))
        flights += samples
        weights = np.concatenate([weights, seen[-1][1]])
        answer = judged(weights, made.ratio(points), flights, k)
        if not answer.refused:
            break
        made = moved(start, seen, draw)
    return answer


def judged(weights: np.ndarray, ratios: np.ndarray, flights: int, k: int) -> Estimate:
    """The estimate of weights (n,) of draws, judged by them and by likelihood ratios (m,) of points of the region."""
    n, total = len(weights), float(weights.sum())
    if total <= 0.0:
        return Estimate(0.0, np.inf, 1.0, flights, k, "no flight of it came beyond the limit")
    probability, largest = total / n, float(weights.max() / total)
    variation = float(weights.std() / probability / np.sqrt(n))
    amiss, refused = float(np.mean(ratios > MOVES * n * probability)), ""
    if amiss > MISSED:
        refused = unreached(amiss)
    elif largest > MOVES:
        refused = f"one flight makes {largest:.0%} of its estimate"
    return Estimate(probability, variation, largest, flights, k, refused)


def unreached(amiss: float) -> str:
    return f"{amiss:.0%} of the points of the region lie where it does not reach"


def informed(values: Values, points, found, pilot, samples: int, draw: Draws):
    """(Proposal, flights), of as many directions as points (m, dimensions) of the region need; None: too many."""
    floor = pilot.levels[-1]
    early = slopes(values, *some(*pilot.first, FIRST[0]), -np.inf)[: min(FIRST[0], len(pilot.first[1]))]
    late = slopes(values, *some(points, found, FIRST[1]), floor)
    for round_ in range(ROUNDS):
        # both levels count alike: the first knows all parts of the region, the last those that are left
        matrix = np.concatenate([early / np.sqrt(2 * len(early)), late / np.sqrt(2 * len(late))])
        energy, vectors = np.linalg.svd(matrix, full_matrices=False)[1:]
        part, most = np.cumsum(energy**2) / max(np.sum(energy**2), 1e-300), min(MOST, len(energy))
        flights = (len(early) + len(late) // 2) * points.shape[1]
        if part[most - 1] < LITTLE:
            return None, flights
        for k in range(min(1 + int(np.searchsorted(part, ENERGY)), most), most + 1):
            here = vectors[:k].T
            amiss = about(here, points @ here).ratio(points) > heavy(pilot, samples)
            if amiss.mean() <= MISSED:
                break
        last = round_ + 1 == ROUNDS
        if amiss.mean() <= (LOST if last else MISSED):
            return begun(here, points @ here, np.concatenate([early, late]) @ here, draw), flights
        if not last:
            late = np.concatenate([late, slopes(values, *some(points[amiss], found[amiss], MORE), floor)])
    return None, flights


def heavy(pilot, samples: int) -> float:
    """Likelihood ratio of a draw that would move the estimate, whose probability may well be above the pilot's."""
    return MOVES * samples * pilot.probability * float(np.exp(2.0 * np.sqrt(np.log1p(pilot.variation**2))))


def about(directions, points) -> Proposal:
    """A proposal about all of points (m, k)."""
    width = max(REACH * float(np.sqrt(np.mean(np.sum(points**2, axis=1)))), 1.0)
    return Proposal(directions, points, np.full(len(points), 1.0 / len(points)), width)


def begun(directions, points, slope, draw: Draws) -> Proposal:
    """A proposal about points (m, k) of the region, and as far along slopes (n, k): a pilot may lose a part on the way."""
    centers, masses = mixture(points, np.ones(len(points)), draw)
    ahead = slope * float(np.quantile(np.linalg.norm(points, axis=1), NEAREST))
    return replace(about(directions, points), centers=np.concatenate([centers, ahead]),
                   masses=np.concatenate([0.5 * masses, np.full(len(ahead), 0.5 / len(ahead))]))  # fmt: skip


def some(points, found, n: int):
    """n of the points and of their values, from everywhere along them: neighbours are of one chain."""
    which = np.linspace(0, len(points) - 1, min(n, len(points))).astype(int)
    return points[which], found[which]


def slopes(values: Values, points: np.ndarray, found: np.ndarray, floor: float) -> np.ndarray:
    """(2 n, dimensions) unit slopes of the values at points (n, dimensions), each score moved towards its median.

    The second n are of values cut off at a floor: a switch that changes the value by far hides what else there is.
    """
    n, dimensions = points.shape
    step = np.where(points < 0.0, 1.0, -1.0) * np.maximum(np.abs(points), 1.0)
    there = points[:, None, :] + step[:, :, None] * np.eye(dimensions)
    values_there = values(there.reshape(-1, dimensions)).reshape(n, dimensions)
    top = np.max(np.where(np.isfinite(values_there), values_there, -np.inf), axis=1)  # in place of a flight without a number
    top = np.where(np.isfinite(found), np.maximum(top, found), top)[:, None]
    change = np.minimum(values_there, top) - np.minimum(found[:, None], top)
    cut = np.maximum(np.minimum(values_there, top), floor) - np.maximum(np.minimum(found[:, None], top), floor)
    slope = np.concatenate([change / step, cut / step])
    size = np.linalg.norm(slope, axis=1, keepdims=True)
    return np.divide(slope, size, out=np.zeros_like(slope), where=np.isfinite(size) & (size > 0.0))


def weighed(values: Values, limit: float, made: Proposal, n: int, draw: Draws):
    """(scores, weights): n draws of a proposal, and their likelihood ratios where they exceed the limit, else 0."""
    scores = made.draw(n, draw)
    return scores, np.where(values(scores) > limit, made.ratio(scores), 0.0)


def mixture(points: np.ndarray, weights: np.ndarray, draw: Draws):
    """(centers, masses) of normal densities of width 1, the likeliest for weighted points (n, k): by expectation-maximization
    (Dempster, Laird & Rubin 1977) from some of the points, which is the least cross entropy of such a mixture. Where the points
    lie closer together than the width, the centers run together."""
    kept = weights > 0.0
    points, weights = points[kept], np.minimum(weights[kept], HEAVY * weights.sum())
    centers, masses = points[evenly(weights / weights.sum(), CENTERS, draw)], np.full(CENTERS, 1.0 / CENTERS)
    for _ in range(STEPS):
        power = points @ centers.T - 0.5 * np.sum(centers**2, axis=1)
        part = np.exp(power - power.max(axis=1, keepdims=True)) * masses
        part *= (weights / part.sum(axis=1))[:, None]
        masses = part.sum(axis=0)
        centers = np.where(masses[:, None] > 0.0, part.T @ points / np.maximum(masses, 1e-300)[:, None], centers)
        masses = masses / masses.sum()
    return centers, masses


def evenly(masses: np.ndarray, n: int, draw: Draws) -> np.ndarray:
    """(n,) places in masses that sum to 1, each as often as its mass says."""
    return np.minimum(np.searchsorted(np.cumsum(masses), (np.arange(n) + draw.next(1)[0]) / n), len(masses) - 1)


def moved(start: Proposal, seen, draw: Draws) -> Proposal:
    """The proposal about draws [(scores, weights), ...] and, for a part, where it was to start with."""
    scores, weights = (np.concatenate(x) for x in zip(*seen, strict=True))
    if weights.sum() <= 0.0:
        return start
    centers, masses = mixture(scores @ start.directions, weights, draw)
    return replace(start, centers=np.concatenate([centers, start.centers]),
                   masses=np.concatenate([(1.0 - KEPT) * masses, KEPT * start.masses]))  # fmt: skip
