"""What n samples can say: ranks that bracket a quantile, how many flights a tail needs, intervals of a probability.

All of it holds for any continuous distribution but the circles and ellipses at the end, which are those of a bivariate normal.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import bdtr, betaincinv, ndtri

CONFIDENCE = 0.95
MOST_SAMPLES = 1 << 40  # beyond it nobody flies


class Share(NamedTuple):
    """A probability estimated by counting: value, and the interval that holds the truth with the confidence asked for."""

    value: float
    low: float
    high: float
    count: int
    samples: int


def hanson_beard(failures: int, probability: float, risk: float = 0.1) -> int:
    """Samples of which `failures` may miss a limit, and yet P(within it) >= `probability` is accepted at that consumer's risk.

    The smallest N with BinomialCDF(failures; N, 1 - probability) <= risk: Hanson & Beard 2010, NASA/TP-2010-216447.
    """
    if failures < 0 or not 0.0 < probability < 1.0 or not 0.0 < risk < 1.0:
        raise ValueError(f"failures {failures}, probability {probability}, risk {risk}: 0 or more, and two shares below 1")

    def accepted(n: int) -> bool:
        return n > failures and bool(bdtr(failures, n, 1.0 - probability) <= risk)

    high = failures + 1
    while not accepted(high):
        high *= 2
        if high > MOST_SAMPLES:
            raise ValueError(f"more than {MOST_SAMPLES} samples are needed for {probability}")
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if accepted(middle) else (middle, high)
    return high


def wilks(probability: float, confidence: float = CONFIDENCE, sides: int = 1) -> int:
    """Samples whose largest (sides=1), or smallest and largest (sides=2), bound that share of any continuous distribution.

    Smallest N with 1 - p^N >= C, or 1 - p^N - N (1-p) p^(N-1) >= C: Wilks 1941, Annals of Mathematical Statistics 12, 91.
    Both are acceptance tests without and with one failure.
    """
    if sides not in (1, 2):
        raise ValueError(f"sides {sides}: 1 or 2")
    return hanson_beard(sides - 1, probability, 1.0 - confidence)


def order_statistic_ranks(n: int, q: float, confidence: float = CONFIDENCE) -> tuple[int, int]:
    """Ranks, from 1, of the order statistics that bracket the q-quantile: (BinomialPPF(a; n, q), BinomialPPF(1 - a; n, q) + 1).

    a = (1 - confidence)/2. David & Nagaraja 2003, Order Statistics, section 7.1. Rank 0, or n + 1: n is too small for a bound
    on that side. They hold the quantile with `rank_coverage`, a little above the confidence.
    """
    tail = (1.0 - confidence) / 2.0
    return _binomial_quantile(tail, n, q), _binomial_quantile(1.0 - tail, n, q) + 1


def rank_coverage(n: int, q: float, low: int, high: int) -> float:
    """Probability that the low-th and high-th of n ordered samples bracket the q-quantile."""
    below = float(bdtr(high - 1, n, q)) if high <= n else 1.0
    return below - (float(bdtr(low - 1, n, q)) if low >= 1 else 0.0)


def samples_for_quantile(q: float, confidence: float = CONFIDENCE) -> int:
    """Samples from which on the q-quantile (and not only its lower bound) lies between two order statistics."""
    return wilks(max(q, 1.0 - q), 0.5 + confidence / 2.0)


def _binomial_quantile(tail: float, n: int, q: float) -> int:
    """Smallest k with BinomialCDF(k; n, q) >= tail."""
    low, high = -1, n
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if bdtr(middle, n, q) >= tail else (middle, high)
    return high


def share(count: int, samples: int, confidence: float = CONFIDENCE, method: str = "clopper-pearson") -> Share:
    """count of samples, with its interval.

    "clopper-pearson" (Clopper & Pearson 1934, Biometrika 26, 404) never covers less than the confidence; "wilson"
    (Wilson 1927, J. American Statistical Association 22, 209) covers it on the average.
    """
    if not 0 <= count <= samples or samples < 1:
        raise ValueError(f"{count} of {samples} samples")
    tail = (1.0 - confidence) / 2.0
    if method == "clopper-pearson":
        low = float(betaincinv(count, samples - count + 1, tail)) if count else 0.0
        high = float(betaincinv(count + 1, samples - count, 1.0 - tail)) if count < samples else 1.0
    elif method == "wilson":
        z2, p = float(ndtri(tail)) ** 2, count / samples
        middle, half = p + z2 / (2 * samples), np.sqrt(z2 * (p * (1 - p) / samples + z2 / (4 * samples**2)))
        low, high = (float(x / (1 + z2 / samples)) for x in (middle - half, middle + half))
        low, high = (0.0 if count == 0 else low), (1.0 if count == samples else high)
    else:
        raise ValueError(f"method {method!r}: clopper-pearson or wilson")
    return Share(count / samples, low, high, int(count), int(samples))


# --- of a bivariate normal


def probability_within(k: float) -> float:
    """Probability of the ellipse of k standard deviations: 39.3, 86.5, 98.9 % for 1, 2, 3."""
    return float(-np.expm1(-0.5 * k * k))


def k_for_probability(probability: float) -> float:
    """Standard deviations of the ellipse that holds a probability, mean and covariance being known."""
    if not 0.0 <= probability < 1.0:
        raise ValueError(f"probability {probability}: from 0 to below 1")
    return float(np.sqrt(-2.0 * np.log1p(-probability)))


def prediction_factor(n: int, containment: float) -> float:
    """Standard deviations of the ellipse about the mean of n points, by their covariance, that a further point lies in.

    k^2 = 2 (n^2 - 1)/(n (n - 2)) F(containment; 2, n - 2): Hotelling 1931, Annals of Mathematical Statistics 2, 360, as the
    prediction region of Chew 1966, J. American Statistical Association 61, 605. With two degrees above, F has the closed form
    (n - 2)/2 ((1 - P)^(-2/(n - 2)) - 1). n > 2; it goes to k_for_probability.
    """
    if n < 3:
        raise ValueError(f"{n} points; three or more are due")
    return float(np.sqrt((n * n - 1.0) / n * np.expm1(-2.0 / (n - 2.0) * np.log1p(-containment))))


def cep_ratio(ratio: float, probability: float = 0.5) -> float:
    """Radius of the circle about the mean that holds a probability, over the larger standard deviation.

    ratio: smaller over larger standard deviation, 0 to 1. Along the ellipse x = k cos t, y = ratio k sin t the density is that
    of k alone, so 1 - P is the mean over t of exp(-r^2 / (2 (cos^2 t + ratio^2 sin^2 t))) (the distribution of
    Hoyt 1947, Proceedings IRE 35, 486); a smooth periodic function, which the trapezium rule sums to rounding.
    """
    if not 0.0 <= ratio <= 1.0 or not 0.0 < probability < 1.0:
        raise ValueError(f"ratio {ratio}, probability {probability}: shares of 1")
    t = (np.arange(2048) + 0.5) * (np.pi / 4096)
    spread = 2.0 * (np.cos(t) ** 2 + (ratio * np.sin(t)) ** 2)
    low, high = 0.0, k_for_probability(probability)
    for _ in range(60):
        r = 0.5 * (low + high)
        low, high = (r, high) if 1.0 - np.exp(-r * r / spread).mean() < probability else (low, r)
    return 0.5 * (low + high)
