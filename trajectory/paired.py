"""Differences of two options flown with the same draws: flight i of one beside flight i of the other."""

from __future__ import annotations

import numpy as np

from trajectory.confidence import prediction_factor, share
from trajectory.metrics import GIVEN, METRICS, SHARES

RESAMPLES = 400  # of the flights; good to a tenth of the interval's width


def weights(n: int, seed: int) -> np.ndarray:
    """(RESAMPLES, n) how often each row is drawn, with replacement: the bootstrap of Efron 1979, Annals of Statistics 7, 1.

    The same for all options of a comparison, so that what they have in common leaves their difference.
    """
    stream = np.random.Generator(np.random.Philox(key=seed))
    return np.stack([np.bincount(stream.integers(0, n, n), minlength=n) for _ in range(RESAMPLES)]).astype(np.int32)


def quantiles(x: np.ndarray, q: float, drawn: np.ndarray) -> np.ndarray:
    """(RESAMPLES,) q-quantile of x (n,) in each resample; NaN in x stands for a flight that gives nothing."""
    order = np.argsort(x, kind="stable")[: np.isfinite(x).sum()]
    ordered = x[order]
    upto = np.cumsum(drawn[:, order], axis=1)
    at = q * np.maximum(upto[:, -1] - 1, 0)
    k = np.floor(at)
    one, two = (np.minimum((upto <= rank[:, None]).sum(axis=1), len(order) - 1) for rank in (k, k + 1))
    return ordered[one] + (at - k) * (ordered[two] - ordered[one])


def ellipses(found, drawn: np.ndarray) -> np.ndarray:
    """(RESAMPLES, 2) longer and shorter half axis of a footprint's ellipse in each resample, m."""
    w = drawn[:, found.rows].astype(float)
    n = w.sum(axis=1)
    north, east = found.north, found.east
    first = w @ np.stack([north, east], axis=1) / n[:, None]
    second = w @ np.stack([north * north, north * east, east * east], axis=1) / n[:, None]
    nn, ne, ee = (second[:, i] - first[:, a] * first[:, b] for i, (a, b) in enumerate(((0, 0), (0, 1), (1, 1))))
    middle, half = (nn + ee) / 2.0, np.hypot((nn - ee) / 2.0, ne)
    bessel = n / np.maximum(n - 1.0, 1.0)
    size = np.sqrt(np.stack([middle + half, np.maximum(middle - half, 0.0)], axis=1) * bessel[:, None])
    return prediction_factor(found.points, found.containment) * size


def share_difference(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """95 % interval of mean(b) - mean(a) of paired 0 and 1 (n,): Newcombe 1998, Statistics in Medicine 17, 2635, method 10."""
    n, p, q = len(a), float(a.mean()), float(b.mean())
    both, only_a, only_b = (float(x.sum()) for x in (a * b, a * (1 - b), (1 - a) * b))
    neither = n - both - only_a - only_b
    product = both * neither - only_a * only_b
    product = max(product - n / 2.0, 0.0) if product > 0.0 else product  # corrected for continuity
    spread = np.sqrt((both + only_a) * (only_b + neither) * (both + only_b) * (only_a + neither))
    phi = product / spread if spread > 0.0 else 0.0
    one, two = (share(int(x.sum()), n, method="wilson") for x in (a, b))
    down_b, up_b, down_a, up_a = q - two.low, two.high - q, p - one.low, one.high - p

    def way(x, y):
        return np.sqrt(max(x * x - 2 * phi * x * y + y * y, 0.0))

    return q - p - way(down_b, up_a), q - p + way(up_b, down_a)


def same_flights(a, b) -> bool:
    """Whether every column of the two ensembles is the same, to the bit."""
    one, two = a.ensemble.columns, b.ensemble.columns
    return all(np.array_equal(one[k], two[k], equal_nan=one[k].dtype.kind == "f") for k in one)


def difference(a, b) -> dict[str, dict]:
    """metric -> value of b less that of a, its 95 % interval, and whether that leaves out 0 (None: not known)."""
    out, same = {}, same_flights(a, b)
    for name in METRICS:
        if name not in a.metrics or name not in b.metrics:
            continue
        value = b.metrics[name]["value"] - a.metrics[name]["value"]
        low = high = significant = None
        if same and value == 0.0:
            low = high = 0.0
            significant = False
        elif name in SHARES and len(a.rows[name]) == len(b.rows[name]):
            x, y = a.rows[name], b.rows[name]
            known = np.isfinite(x) & np.isfinite(y)
            low, high = share_difference(x[known], y[known]) if known.any() else (None, None)
        elif name in a.resampled and name in b.resampled and np.shape(a.resampled[name]) == np.shape(b.resampled[name]):
            sure = all(o.metrics[name][end] is not None for o in (a, b) for end in ("low", "high"))
            if sure:
                low, high = map(float, np.percentile(b.resampled[name] - a.resampled[name], (2.5, 97.5)))
        if significant is None and low is not None:
            significant = bool(low > 0.0 or high < 0.0)
        out[name] = {"value": value, "low": low, "high": high, "significant": significant}
    return out


# --- the trade


def broken(option) -> frozenset[str]:
    """Limits that the nominal flight breaks."""
    return frozenset(x["name"] for x in option.limits if not x["holds"])


def sides(differs: dict) -> tuple[list[str], list[str]]:
    """(metrics in which the second is surely better, in which it is surely worse). What is given: by its values."""
    better, worse = [], []
    for name, d in differs.items():
        wish = METRICS[name].better
        sure = d["value"] != 0.0 if name in GIVEN else d["significant"]
        if wish and sure:
            (better if wish * d["value"] > 0 else worse).append(name)
    return better, worse


def dominated(options, pairs) -> list[dict]:
    """For each option, by which others it is dominated: they break no limit that it holds, are surely worse in no metric that
    both have, surely better in one at least, and lack none of its metrics (Pareto)."""
    found = [{"option": i, "by": [], "better_in": []} for i in range(len(options))]
    for pair in pairs:
        for i, j in ((pair["a"], pair["b"]), (pair["b"], pair["a"])):
            a, b = options[i], options[j]
            differs = pair["differences"]
            if i > j:
                differs = {k: d | {"value": -d["value"]} for k, d in differs.items()}
            better, worse = sides(differs)
            if better and not worse and broken(b) <= broken(a) and set(a.metrics) <= set(b.metrics):
                found[i]["by"].append(j)
                found[i]["better_in"].append(better)
    return found


def weighed(options, given: dict[str, float]) -> list[float | None]:
    """By the user's weights: sum of weight x (value - best)/(worst - best); 0 is best in all, None lacks a metric."""
    total = [0.0 if all(k in o.metrics for k in given) else None for o in options]
    for name, weight in given.items():
        values = {i: -METRICS[name].better * o.metrics[name]["value"] for i, o in enumerate(options) if total[i] is not None}
        if not values:
            continue
        least, most = min(values.values()), max(values.values())
        for i, value in values.items():
            total[i] += weight * ((value - least) / (most - least) if most > least else 0.0)
    return total

