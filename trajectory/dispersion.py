"""Uncertain inputs -> the sample table: which numbers of a scenario vary, how, and the draw of each for each flight.

Row i of a parameter is the i-th draw of a stream that belongs to (seed, name of the parameter) alone: it depends on no
other parameter, on no number of samples and on no chunk. Streams are counted, not run (Philox 4x64, Salmon et al. 2011),
so that any rows can be drawn at any time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri

from trajectory import departure, weather
from trajectory.defects import Defect, ScenarioError
from trajectory.units import Chosen, Instant, Value

STRATA = 1000  # rows of one Latin hypercube; the next rows are the next hypercube
SOBOL_DIMENSIONS, SOBOL_BITS = 256, 30
AXES = ("radial", "along_track", "cross_track", "radial_velocity", "along_track_velocity", "cross_track_velocity")


@dataclass(frozen=True, eq=False)
class Parameter:
    """One uncertain number: a column of the sample table, in SI."""

    name: str  # dotted key of the scenario, or of what is drawn beside it, such as density.1
    center: float  # the nominal value; 0 for what is a departure
    distribution: dict | None  # of the scenario, in SI; None: standard normal
    stage: str  # of the flight: orbit, burn, air, vehicle, guidance, parachute, branch

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """Value at probability u, SI."""
        if self.name == "branch":
            return u
        return ndtri(u) if self.distribution is None else quantile(self.distribution, self.center, u)


@dataclass(frozen=True, eq=False)
class Design:
    """The sample table of a scenario, drawn when it is asked for."""

    parameters: tuple[Parameter, ...]
    samples: int
    seed: int = 0
    sampling: str = "random"
    correlated: tuple[tuple[str, ...], np.ndarray] | None = None  # names, lower Cholesky factor of their correlation
    given: dict[str, np.ndarray] | None = None  # the user's own table in place of draws, SI
    left_out: frozenset[str] = field(default=frozenset())  # names held at their nominal values

    def columns(self, rows: slice) -> dict[str, np.ndarray]:
        """{name: values of these rows}, SI."""
        if self.given is not None:
            return {name: x[rows] for name, x in self.given.items()}
        first, last = rows.start, rows.stop
        drawn = [p for p in self.parameters if p.name not in self.left_out]
        u = {p.name: self.uniform(p.name, first, last) for p in drawn}
        if self.correlated is not None:
            names, factor = self.correlated
            z = [ndtri(self.uniform(name, first, last)) for name in names]
            for i, name in enumerate(names):
                if name in u:
                    u[name] = ndtr(sum(factor[i, j] * z[j] for j in range(i + 1)))
        return {p.name: p.quantile(u[p.name]) for p in drawn}

    def at(self, scores: np.ndarray) -> dict[str, np.ndarray]:
        """{name: values} at standard normal scores (n, len(parameters)): 0 is the median of each. SI."""
        z = np.array(scores, dtype=float)
        if self.correlated is not None:
            names, factor = self.correlated
            place = [[p.name for p in self.parameters].index(name) for name in names]
            z[:, place] = sum(z[:, [place[j]]] * factor[:, j] for j in range(len(names)))
        return {p.name: p.quantile(ndtr(z[:, i])) for i, p in enumerate(self.parameters)}

    def uniform(self, name: str, first: int, last: int) -> np.ndarray:
        """Draws first ... last - 1 of a parameter's stream, in 0...1 without the ends."""
        if self.sampling == "random":
            return stream(self.seed, name, first, last)
        if self.sampling == "latin-hypercube":
            parts = []
            for block in range(first // STRATA, -(-last // STRATA)):
                order = np.argsort(stream(self.seed, f"{name}/order/{block}", 0, STRATA), kind="stable")
                low, high = max(first, block * STRATA), min(last, (block + 1) * STRATA)
                within = stream(self.seed, name, low, high)
                parts.append((order[low - block * STRATA : high - block * STRATA] + within) / STRATA)
            return np.concatenate(parts)
        dimension = sobol_dimensions(tuple(sorted(p.name for p in self.parameters)))[name]
        return scrambled(sobol(dimension, first, last), self.seed, name)


# --- streams


def stream(seed: int, name: str, first: int, last: int) -> np.ndarray:
    """Uniform draws first ... last - 1 of the stream of (seed, name): 53 bits, in the middle of their interval."""
    key = int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:16], "little")
    bits = np.random.Philox(key=key)
    bits.advance(first // 4)  # a count makes four numbers
    skip = first % 4
    raw = bits.random_raw(skip + last - first)[skip:]
    return ((raw >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53


def sobol_dimensions(names: tuple[str, ...]) -> dict[str, int]:
    """A dimension of the sequence for each name, by its hash; where two meet, the later in the alphabet moves on."""
    if len(names) > SOBOL_DIMENSIONS:
        raise ValueError(f"{len(names)} uncertain numbers; a Sobol sequence is good for {SOBOL_DIMENSIONS}")
    taken: dict[int, str] = {}
    for name in names:
        k = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "little") % SOBOL_DIMENSIONS
        while k in taken:
            k = (k + 1) % SOBOL_DIMENSIONS
        taken[k] = name
    return {name: k for k, name in taken.items()}


@lru_cache(maxsize=4)
def directions(bits: int) -> np.ndarray:
    """(bits, SOBOL_DIMENSIONS) direction numbers, of the points 2^k: their Gray codes have a bit more than that of 2^(k-1)."""
    from scipy.stats import qmc

    engine = qmc.Sobol(SOBOL_DIMENSIONS, scramble=False, bits=SOBOL_BITS)
    engine.fast_forward(1)
    v, at = [], 1
    for k in range(bits):
        engine.fast_forward(2**k - at)
        point = np.round(engine.random(1)[0] * 2**SOBOL_BITS).astype(np.uint64)
        at = 2**k + 1
        v.append(point ^ v[-1] if v else point)
    return np.array(v)


def sobol(dimension: int, first: int, last: int) -> np.ndarray:
    """Points first ... last - 1 of one dimension of the Sobol sequence (Joe & Kuo 2008), as integers of SOBOL_BITS bits."""
    i = np.arange(first, last, dtype=np.uint64)
    gray = i ^ (i >> np.uint64(1))
    v = directions(max(int(last - 1).bit_length(), 1))[:, dimension]
    out = np.zeros(len(i), dtype=np.uint64)
    for k, number in enumerate(v):
        out ^= np.where((gray >> np.uint64(k)) & np.uint64(1), number, np.uint64(0))
    return out


def scrambled(points: np.ndarray, seed: int, name: str) -> np.ndarray:
    """Linear matrix scramble and digital shift of a stream's own (Matousek 1998), in 0...1 without the ends."""
    n = SOBOL_BITS
    draws = stream(seed, f"{name}/scramble", 0, n + 1)
    out = np.zeros(len(points), dtype=np.uint64)
    for k in range(n):  # bit k from the top mixes the bits above it with itself
        above = (int(draws[k] * 2**k) << 1 | 1) << (n - 1 - k)
        parity = points & np.uint64(above)
        for shift in (16, 8, 4, 2, 1):
            parity ^= parity >> np.uint64(shift)
        out |= (parity & np.uint64(1)) << np.uint64(n - 1 - k)
    out ^= np.uint64(int(draws[n] * 2**n))
    return (out.astype(float) + 0.5) * 2.0**-n


# --- distributions


def quantile(d: dict, center: float, u: np.ndarray) -> np.ndarray:
    """Value at probability u of a distribution as units.Quantity reads it; `center` where it names no middle."""
    kind = d["type"]
    if kind in ("normal", "truncated_normal"):
        mean, sigma = middle(d, center)
        if kind == "truncated_normal":
            low, high = (ndtr((d[k].si - mean) / sigma) for k in ("low", "high"))
            u = low + u * (high - low)
        return mean + sigma * ndtri(u)
    if kind == "uniform":
        return d["low"].si + u * (d["high"].si - d["low"].si)
    if kind == "triangular":
        low, high = d["low"].si, d["high"].si
        mode = d["mode"].si if "mode" in d else center
        part = (mode - low) / (high - low)
        rise = low + np.sqrt(u * (high - low) * (mode - low))
        return np.where(u < part, rise, high - np.sqrt((1 - u) * (high - low) * (high - mode)))
    if kind == "lognormal":
        return (d["median"].si if "median" in d else center) * np.exp(d["sigma"].si * ndtri(u))
    values = np.array([v.si for v in d["values"]])
    if kind == "empirical":
        return np.quantile(values, u)
    weights = np.array([w.si for w in d["weights"]]) if "weights" in d else np.ones(len(values))
    return values[np.searchsorted(np.cumsum(weights) / weights.sum(), u).clip(max=len(values) - 1)]


def middle(d: dict, center: float) -> tuple[float, float]:
    """(mean, sigma) of a normal or truncated normal distribution."""
    mean = d["mean"].si if "mean" in d else center
    return mean, d["sigma"].si if "sigma" in d else d["sigma_fraction"].si * abs(mean)


# --- what is uncertain in a scenario


def fields(scenario) -> dict[str, departure.Field]:
    """The random fields of a scenario: density, wind.east, wind.north."""
    spread, found = scenario.dispersion, {}
    if spread is None:
        return found

    def made(rows, section):
        common = 0.0 if section.common is None else section.common.si
        height = section.correlation_height.si
        return departure.field([r[0].si for r in rows], [r[1].si for r in rows], height, common)

    if spread.density is not None:
        found["density"] = made(spread.density.sigma, spread.density)
    if spread.wind is not None:
        found["wind.east"] = made(spread.wind.sigma, spread.wind)
        found["wind.north"] = made(spread.wind.north or spread.wind.sigma, spread.wind)
    bundle = forecast(scenario)
    if bundle is not None:  # below its top the weather has a covariance of its own
        left = np.sqrt(1.0 - bundle.part(departure.heights()) ** 2)
        for name in found if bundle.log_density is not None else ("wind.east", "wind.north"):
            if name in found:
                found[name] = replace(found[name], modes=left[:, None] * found[name].modes, common=left * found[name].common)
    return found


def forecast(scenario) -> weather.Bundle | None:
    """The weather of a scenario where it has members that differ."""
    bundle = None if scenario.weather is None else weather.of(scenario.weather)
    return bundle if bundle is not None and len(bundle.modes) else None


def parameters(scenario) -> tuple[Parameter, ...]:
    """Every uncertain number of a scenario. Raises ScenarioError for a distribution that cannot be drawn from."""
    found, defects = [], []
    from trajectory.scenario import leaves

    for key, leaf in leaves(scenario):
        d = getattr(leaf, "distribution", None)
        if d is None or not isinstance(leaf, (Value, Instant, Chosen)):
            continue
        center = leaf.si if isinstance(leaf, Value) else 0.0
        problem = wrong(d, center)
        if problem:
            defects.append(Defect(str(scenario.file), key, d["type"], f"distribution: {problem}"))
        found.append(Parameter(key, center, d, stage(key)))
    spread = scenario.dispersion
    if spread is not None and spread.orbit is not None:
        for axis in AXES:
            sigma = getattr(spread.orbit, axis)
            if sigma is not None:
                zero = {"type": "normal", "mean": Value(0.0, "0", "1"), "sigma": sigma}
                found.append(Parameter(f"orbit.{axis}", 0.0, zero, "orbit"))
    for name, one in fields(scenario).items():
        found += [Parameter(f"{name}.{k}", 0.0, None, "air") for k in range(one.count)]
    bundle = forecast(scenario)
    found += [Parameter(f"weather.{k}", 0.0, None, "air") for k in range(0 if bundle is None else len(bundle.modes))]
    for region in () if spread is None else spread.aerodynamics:
        for what in ("drag", "lift"):
            if getattr(region, what) is not None:
                found.append(Parameter(f"aerodynamics.{region.region}.{what}", 0.0, None, "vehicle"))
    if scenario.cooling is not None:
        found = of_cabin(scenario.cooling, found)
    if scenario.branch:
        found.append(Parameter("branch", 0.0, None, "branch"))
    if defects:
        raise ScenarioError(scenario.file, defects)
    return tuple(found)


def of_cabin(section, found: list) -> list:
    """The parameters with the thresholds at which the cabin's units fail; a table of updated draws in place of its own."""
    for name, unit in section.unit.items():
        low, high = unit.fails
        even = {"type": "uniform", "low": low, "high": high}
        found.append(Parameter(f"cooling.unit.{name}.threshold", high.si, even, "cabin"))
    if section.posterior is None:
        return found
    from trajectory.cooling import assembly

    covered = assembly.posterior(str(section.posterior))
    whole = {"type": "uniform", "low": Value(0.0, "0", "1"), "high": Value(1.0, "1", "1")}
    return [*(p for p in found if p.name not in covered), Parameter("cooling.posterior", 0.0, whole, "cabin")]


def wrong(d: dict, center: float) -> str | None:
    """What is wrong with a distribution beyond its grammar, in a sentence."""
    if d["type"] in ("normal", "truncated_normal"):
        mean, sigma = middle(d, center)
        if d["type"] == "truncated_normal":
            if not sigma > 0:
                return "sigma must be above 0"
            if ndtr((d["high"].si - mean) / sigma) - ndtr((d["low"].si - mean) / sigma) < 1e-9:
                return "the range from low to high holds nothing of it"
    if d["type"] == "triangular" and not d["low"].si <= (d["mode"].si if "mode" in d else center) <= d["high"].si:
        return "the mode must lie between low and high"
    if d["type"] == "lognormal" and not (d["median"].si if "median" in d else center) > 0:
        return "the median must be above 0"
    return None


def stage(key: str) -> str:
    """Stage of the flight to which a key belongs, for the table of shares."""
    for start, name in (("start", "orbit"), ("deorbit", "burn"), ("vehicle.engine", "burn"), ("vehicle.orbit", "burn"),
                        ("atmosphere", "air"), ("wind", "air"), ("guidance", "guidance"), ("vehicle.parachute", "parachute"),
                        ("parachute", "parachute"), ("vehicle.soft", "parachute"), ("cooling", "cabin")):  # fmt: skip
        if key.startswith(start):
            return name
    return "vehicle"


def design(scenario, samples: int, seed: int = 0, sampling: str | None = None) -> Design:
    """The sample table of a scenario. Raises ScenarioError for correlations that cannot be."""
    found = parameters(scenario)
    spread = scenario.dispersion
    sampling = sampling or ("random" if spread is None else spread.sampling)
    pairs = () if spread is None else spread.correlation
    return Design(found, samples, seed, sampling, correlation(scenario, found, pairs))


def correlation(scenario, found, pairs):
    """(names, Cholesky factor) of the normal scores that are correlated, or None."""
    if not pairs:
        return None
    known, file = [p.name for p in found], str(scenario.file)
    names = tuple(dict.fromkeys(name for pair in pairs for name in pair.between))
    unknown = [name for name in names if name not in known or name == "branch"]
    if unknown:
        from trajectory.catalogue import nearest

        said = "no uncertain number of this scenario"
        raise ScenarioError(
            scenario.file, [Defect(file, "dispersion.correlation", n, said + nearest(n, known)) for n in unknown]
        )
    matrix = np.eye(len(names))
    for pair in pairs:
        i, j = (names.index(name) for name in pair.between)
        if i == j:
            raise ScenarioError(scenario.file, [Defect(file, "dispersion.correlation", names[i], "a number and itself")])
        matrix[i, j] = matrix[j, i] = pair.coefficient.si
    try:
        return names, np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        least = np.linalg.eigvalsh(matrix)[0]
        message = f"the correlations contradict each other: their matrix is not positive (least eigenvalue {least:.3g})"
        raise ScenarioError(scenario.file, [Defect(file, "dispersion.correlation", ", ".join(names), message)]) from None
