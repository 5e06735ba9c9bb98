"""What n samples can say, and the circles and ellipses of a normal cloud, against tables of exact mathematics.

Whole numbers must be met exactly; others to half of the last digit printed. The cloud that is flown through the footprint
is one of exact normal scores (a rank-1 lattice), so that only the sums' own error is left: 0.5 % for 20000 points.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtri

from trajectory import confidence, footprint, geodesy
from trajectory.checks import truth

CASE = "statistics"
SOURCE = "exact binomial and bivariate-normal mathematics"
WILKS = "Wilks 1941, Annals of Mathematical Statistics 12, 91"
HANSON_BEARD = "Hanson & Beard 2010, NASA/TP-2010-216447"
GOLDEN, POINTS = 2.0 / (1.0 + 5.0**0.5), 20_000
ALONG, ACROSS, TURNED = 4000.0, 2000.0, 1.1  # m, m, rad


def rows() -> list[truth.Figure]:
    held = truth.setup("statistics/tables.json")
    return [*acceptance(held), *ranks(held), *normal(held), *cloud(held)]


def acceptance(held):
    for sides, name in ((1, "wilks_one_sided"), (2, "wilks_two_sided")):
        for key, counts in held[name].items():
            if key != "p":
                for p, n in zip(held[name]["p"], counts, strict=True):
                    level = int(key[1:]) / 100
                    words = f"samples to bound {p} with {level}, sides {sides}"
                    yield truth.Figure(words, confidence.wilks(p, level, sides), n, 0.0, "1", WILKS)
    table = held["hanson_beard"]
    for p, counts in table["samples"].items():
        for k, n in zip(table["failures"], counts, strict=True):
            found = confidence.hanson_beard(k, float(p), table["risk"])
            yield truth.Figure(f"samples for {p} with {k} failures at a risk of 0.1", found, n, 0.0, "1", HANSON_BEARD)


def ranks(held):
    for row in held["order_statistic_ranks"]:
        found = confidence.order_statistic_ranks(row["samples"], row["quantile"])
        for side, value, published in zip(("lower", "upper"), found, row["ranks"], strict=True):
            words = f"{side} rank that brackets {row['quantile']} of {row['samples']}"
            yield truth.Figure(words, value, published, 0.0, "1", "binomial distribution")


def normal(held):
    source = "bivariate normal distribution"
    for k, p in held["probability_within"].items():
        yield truth.Figure(f"share within {k} sigma", confidence.probability_within(float(k)), p, 0.5e-5, "1", source)
    for p, k in held["k_for_probability"].items():
        yield truth.Figure(f"sigma that hold {p}", confidence.k_for_probability(float(p)), k, 0.5e-4, "1", source)
    table = held["cep_ratio"]
    for ratio, radii in table["radius"].items():
        for p, published in zip(table["probability"], radii, strict=True):
            found = confidence.cep_ratio(float(ratio), p)
            yield truth.Figure(f"radius for {p}, ratio of sigma {ratio}", found, published, 0.5e-5, "1", source)


def cloud(held):
    """An even cloud of standard deviations 4 and 2 km across the antimeridian, through the footprint."""
    found = footprint.footprint(*landings(), containment=0.99)
    source = "bivariate normal distribution, 20000 points"
    radii = dict(zip(held["cep_ratio"]["probability"], held["cep_ratio"]["radius"]["0.5"], strict=True))
    for p, name in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99")):
        exact = ALONG * radii[p]
        yield truth.Figure(f"radius that holds {p} of a cloud", found.radii[name].value, exact, 0.005 * exact, "m", source)
    k = held["k_for_probability"]["0.99"]
    for name, value, exact in (("major", found.semi_major, k * ALONG), ("minor", found.semi_minor, k * ACROSS)):
        yield truth.Figure(f"semi-{name} axis of the 0.99 ellipse of a cloud", value, exact, 0.005 * exact, "m", source)
    yield truth.Figure("azimuth of that ellipse", np.degrees(found.azimuth), np.degrees(TURNED), 0.2, "deg", source)
    yield truth.Figure("share of the cloud in that ellipse", found.inside.value, 0.99, 0.001, "1", source)


def landings(middle=(0.9, np.pi)):
    """Latitudes and longitudes of the cloud about a point (rad)."""
    i = np.arange(POINTS) + 0.5
    along, across = ALONG * ndtri(i / POINTS), ACROSS * ndtri((i * GOLDEN) % 1.0)
    c, s = np.cos(TURNED), np.sin(TURNED)
    return geodesy.from_plane(*middle, along * c - across * s, along * s + across * c)
