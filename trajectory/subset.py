"""Subset sampling: a rare event as a chain of events that are not rare, in independent standard normal scores.

Au & Beck (2001), Probabilistic Engineering Mechanics 16: the samples that go farthest seed Markov chains within the region
they have reached, until enough of them lie in the region asked about; P is the product of the conditional probabilities. A
chain moves by adaptive conditional sampling (Papaioannou, Betz, Zwirglmaier & Straub 2015, ibid. 41, algorithm 3): the
next scores are normal about a part of the present ones, so that only the region refuses a step; each score by as much of its
own as the seeds show it to be free, all by a factor that keeps the share of steps that are taken near 0.44. The coefficient of
variation is the upper of the two of Au & Beck: with the correlation within the chains, and the levels as if wholly correlated.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from trajectory import dispersion

PART = 0.1  # of the samples that go on to the next level
MOST_LEVELS = 12
WIDTH = 0.6  # of the first proposals, over the spread of the seeds
TAKEN = 0.44  # share of the steps of a chain that is aimed at
GROUP = 10  # chains, after each of which the width is adapted
LEAST = int(2 / PART)  # samples of a level

Values = Callable[[np.ndarray], np.ndarray]  # scores (n, dimensions) -> (n,)


@dataclass(frozen=True, eq=False)
class Run:
    """What subset sampling found."""

    probability: float
    variation: float  # coefficient of variation of it, at most
    flights: int
    levels: tuple[float, ...]  # thresholds on the way to the limit
    reached: bool  # False: the limit lies beyond MOST_LEVELS; the probability is an upper bound
    scores: np.ndarray  # (samples, dimensions) of the last level
    found: np.ndarray  # (samples,) their values
    first: tuple[np.ndarray, np.ndarray]  # scores and values of those that went on from the first level, which are independent


class Draws:
    """Draws one after another, of one stream."""

    def __init__(self, seed: int, name: str = "tails"):
        self.seed, self.name, self.at = seed, name, 0

    def next(self, n: int) -> np.ndarray:
        """(n,) uniform in 0...1."""
        self.at += n
        return dispersion.stream(self.seed, self.name, self.at - n, self.at)

    def normal(self, n: int, dimensions: int) -> np.ndarray:
        """(n, dimensions) standard normal."""
        return ndtri(self.next(n * dimensions)).reshape(n, dimensions)


def run(values: Values, dimensions: int, limit: float, samples: int, draw: Draws) -> Run:
    """Probability that values exceed a limit, with `samples` flights of each level."""
    chains = int(PART * samples)
    if chains < 2:
        raise ValueError(f"{samples} samples of a level; {LEAST} or more are due")
    length = samples // chains
    scores = draw.normal(samples, dimensions)
    found = values(scores)
    flights, probability, variation, levels = samples, 1.0, 0.0, []
    far = np.argsort(-found, kind="stable")[:chains]
    first = scores[far], found[far]
    for level in range(MOST_LEVELS):
        order = np.argsort(-found, kind="stable")
        threshold = found[order[chains - 1]]
        inside = found > limit
        if threshold >= limit or level + 1 == MOST_LEVELS:
            share = float(inside.mean())
            variation += spread(inside, share, chains if level else samples, length if level else 1)
            reached = bool(threshold >= limit or share > 0.0)
            return Run(probability * share, variation, flights, tuple(levels), reached, scores, found, first)
        variation += spread(found >= threshold, PART, chains if level else samples, length if level else 1)
        probability *= chains / samples
        levels.append(float(threshold))
        seeds = order[:chains]
        scores, found, flown = moved(values, scores[seeds], found[seeds], threshold, length, draw)
        flights += flown
    raise AssertionError("not reached")


def moved(values: Values, scores, found, threshold: float, length: int, draw: Draws):
    """(scores, values, flights): Markov chains of `length` from seeds whose values reach a threshold, chain by chain."""
    mixed = np.argsort(draw.next(len(found)), kind="stable")  # in any order: the groups shall be alike
    free = np.minimum(np.std(scores, axis=0), 1.0)
    parts, width, flights = [], WIDTH, 0
    for g, group in enumerate(np.array_split(mixed, max(len(mixed) // GROUP, 1))):
        step = np.minimum(width * free, 1.0)
        current, now, taken = scores[group], found[group], 0
        chain, chain_found = [current], [now]
        for _ in range(length - 1):
            trial = np.sqrt(1.0 - step**2) * current + step * draw.normal(*current.shape)
            there = values(trial)
            moves = there >= threshold
            current, now = np.where(moves[:, None], trial, current), np.where(moves, there, now)
            chain.append(current)
            chain_found.append(now)
            taken += int(moves.sum())
            flights += len(group)
        if length > 1:
            width *= np.exp((taken / (len(group) * (length - 1)) - TAKEN) / np.sqrt(g + 1.0))
        parts.append((np.stack(chain, axis=1).reshape(-1, scores.shape[1]), np.stack(chain_found, axis=1).reshape(-1)))
    return *(np.concatenate(x) for x in zip(*parts, strict=True)), flights


def spread(inside: np.ndarray, share: float, chains: int, length: int) -> float:
    """Coefficient of variation of a level's share (Au & Beck 2001, equations 25 to 29)."""
    n = chains * length
    if share <= 0.0 or share >= 1.0:
        return 1.0 if share <= 0.0 else 0.0
    i = inside[:n].astype(float).reshape(chains, length)
    variance, extra = share * (1.0 - share), 0.0
    for k in range(1, length):
        correlation = float(np.mean(i[:, :-k] * i[:, k:]) - share**2) / variance
        extra += 2.0 * (1.0 - k / length) * correlation
    return float(np.sqrt((1.0 - share) / (share * n) * (1.0 + max(extra, 0.0))))
