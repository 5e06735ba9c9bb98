"""Uncertain values of the section `cooling`: draws of a parameter by its name and the seed alone, row i its i-th."""

from __future__ import annotations

import hashlib

import numpy as np


def uniform(seed: int, name: str, n: int) -> np.ndarray:
    """(n,) numbers between 0 and 1, a stream of their own for each (seed, name)."""
    key = int.from_bytes(hashlib.sha256(f"{seed}:{name}".encode()).digest()[:16], "little")
    return np.random.Generator(np.random.PCG64(key)).random(n)


def quantile(value, u) -> np.ndarray:
    """SI of a units.Value with a distribution at probabilities u."""
    from scipy import stats

    held = value.distribution
    get = {k: (tuple(x.si for x in v) if isinstance(v, tuple) else v.si) for k, v in held.items() if k != "type"}
    kind, middle = held["type"], get.get("mean", value.si)
    sigma = get.get("sigma", get.get("sigma_fraction", 0.0) * abs(middle))
    if kind == "uniform":
        return get["low"] + u * (get["high"] - get["low"])
    if kind == "triangular":
        wide = get["high"] - get["low"]
        return stats.triang.ppf(u, (get.get("mode", value.si) - get["low"]) / wide, get["low"], wide)
    if kind == "normal":
        return stats.norm.ppf(u, middle, sigma)
    if kind == "truncated_normal":
        return stats.truncnorm.ppf(u, (get["low"] - middle) / sigma, (get["high"] - middle) / sigma, middle, sigma)
    if kind == "lognormal":
        return get.get("median", value.si) * np.exp(get["sigma"] * stats.norm.ppf(u))
    weights = np.array(get.get("weights", np.ones(len(get["values"]))), float)
    return np.array(get["values"])[np.searchsorted(np.cumsum(weights) / weights.sum(), u, side="right")]
