"""Measured temperatures and pressures -> the uncertain values of a cabin, updated. The only importer of emcee.

Bayes: the prior is what the scenario says of its values, the likelihood normal about the model. The affine-invariant sampler
of Goodman & Weare (2010) as emcee has it (Foreman-Mackey et al. 2013) starts from prior draws resampled by their likelihood.
Values that move nothing that was measured keep their prior. What belongs to the ship and not to the day, its heat capacities
and links, is written for the next ensemble: `cooling.posterior` of a scenario names the table.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from trajectory import dispersion, frames
from trajectory.cooling import limits
from trajectory.cooling.assembly import drawn
from trajectory.cooling.coupling import cabins_of
from trajectory.cooling.model import ZERO, run
from trajectory.defects import Defect, ScenarioError
from trajectory.units import Quantity

SHIPPED = Path(__file__).resolve().parent.parent / "data" / "cooling"
STEP = 1800.0  # s, of docked days; 0.1 K from steps of 300 s
FIRST, WALKERS, STEPS, LAST = 4000, 200, 60, 30  # prior draws; walkers, steps of each, and how many of them are kept
FELT = 4.0  # a value is updated whose rank correlation with something measured is as many deviations from nothing
KELVIN = ("cabin", "wet_bulb", "instruments", "core")
UNITS = {"coolant_pressure": "pressure", "coolant_left": "ratio", "relative_humidity": "ratio"}
CARRIED = ("heat_capacity", "conductance", "radiating_area", "flow")


@dataclass(frozen=True, eq=False)
class Data:
    """What was measured: when (s after the epoch), what, SI value and deviation, and who says so."""

    time: np.ndarray
    quantity: tuple[str, ...]
    value: np.ndarray
    sigma: np.ndarray
    source: tuple[str, ...]
    grade: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Update:
    """Before and after. names: of the values, all that are uncertain; before, after: (n, names) SI; seen_before, seen_after:
    (n, data) what the model makes of each measurement."""

    data: Data
    names: tuple[str, ...]
    felt: tuple[str, ...]
    before: np.ndarray
    after: np.ndarray
    seen_before: np.ndarray
    seen_after: np.ndarray
    acceptance: float
    effective: float  # of the prior draws, by their likelihood
    epoch: str

    def to_dict(self) -> dict:
        rows = []
        for i, key in enumerate(self.data.quantity):
            zero = ZERO if key in KELVIN else 0.0
            rows.append({"time_utc": str(frames.utc(self.epoch, self.data.time[i])), "quantity": key,
                         "unit": "degC" if zero else "1" if UNITS.get(key) == "ratio" else "Pa",
                         "measured": rounded(self.data.value[i] - zero), "sigma": rounded(self.data.sigma[i]),
                         "before": three(self.seen_before[:, i] - zero), "after": three(self.seen_after[:, i] - zero),
                         "grade": self.data.grade[i], "source": self.data.source[i]})  # fmt: skip
        values = [{"name": n, "updated": n in self.felt, "before": three(self.before[:, i]), "after": three(self.after[:, i])}
                  for i, n in enumerate(self.names)]  # fmt: skip
        return {"schema": 1, "data": rows, "values": values, "draws": len(self.after), "acceptance": rounded(self.acceptance),
                "effective_prior_draws": rounded(self.effective)}  # fmt: skip

    def write(self, path) -> None:
        """The table for `cooling.posterior`: what belongs to the ship. A column a value, a row a draw."""
        keep = [i for i, n in enumerate(self.names) if n.rsplit(".", 1)[-1] in CARRIED and n.split(".")[1] in ("node", "link")]
        with open(path, "w", newline="", encoding="utf-8") as file:
            file.write("# draws of a cabin's values after an update by measurements, SI; name it as cooling.posterior\n")
            out = csv.writer(file, lineterminator="\n")
            out.writerow([self.names[i] for i in keep])
            out.writerows([f"{x:.8g}" for x in row] for row in self.after[:, keep])


def read(scenario, path, orientation) -> Data:
    """Measurements of a CSV file: time, quantity, value, sigma, and source and grade where they are given. A name without a
    folder may be a table that is shipped. Raises ScenarioError with each defect."""
    file = Path(path)
    if not file.is_file() and (SHIPPED / f"{path}.csv").is_file():
        file = SHIPPED / f"{path}.csv"
    found: list[Defect] = []

    def wrong(line, key, value, words):
        found.append(Defect(f"{path}:{line}" if line else str(path), key, value, words))

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        wrong(0, "", "", f"cannot be read: {getattr(problem, 'strerror', None) or 'not UTF-8 text'}; shipped are "
              + ", ".join(sorted(p.stem for p in SHIPPED.glob("*-temperatures.csv"))))  # fmt: skip
        raise ScenarioError(path, found) from None
    lines = [(n, x) for n, x in enumerate(text.splitlines(), 1) if x.strip() and not x.startswith("#")]
    heads = next(csv.reader([lines[0][1]])) if lines else []
    missing = [k for k in ("time", "quantity", "value", "sigma") if k not in heads]
    if missing or len(lines) < 2:
        wrong(0, "", "", f"columns time, quantity, value, sigma and a row are due; missing: {', '.join(missing) or 'rows'}")
        raise ScenarioError(path, found)
    known = [*KELVIN, *UNITS]
    rows = []
    for (n, _), row in zip(lines[1:], csv.DictReader(x for _, x in lines), strict=True):
        key = row["quantity"]
        if key not in known:
            from trajectory.catalogue import nearest

            wrong(n, "quantity", key, f"is not followed; allowed: {', '.join(known)}{nearest(str(key), known)}")
            continue
        dimension = "temperature" if key in KELVIN else UNITS[key]
        try:
            at = frames.elapsed_seconds(str(row["time"]), orientation)
        except (ValueError, TypeError):
            wrong(n, "time", row["time"], "a date and time in UTC is due, such as 2022-12-16T12:00:00Z")
            continue
        pair = []
        apart = dimension == "temperature"
        for name, kind in (("value", Quantity(dimension, low=-1e9, high=1e9)),
                           ("sigma", Quantity(dimension, above=0, high=1e9, difference=apart))):  # fmt: skip
            try:
                pair.append(kind.read(number(row[name]) if dimension == "ratio" else row[name], {}).si)
            except ValueError as problem:
                wrong(n, name, row[name], str(problem))
        if len(pair) == 2:
            rows.append((at, key, *pair, row.get("source") or "", row.get("grade") or "assumed"))
    if found:
        raise ScenarioError(path, found)
    at, keys, values, sigmas, sources, grades = zip(*rows, strict=True)
    return Data(np.array(at), keys, np.array(values), np.array(sigmas), sources, grades)


def number(text):
    try:
        return float(text)
    except (TypeError, ValueError):
        return text


def update(scenario, path, seed: int = 0, progress=None) -> Update:
    """Update a scenario's cabin by the measurements of a file. Raises ScenarioError, and ImportError without emcee."""
    import emcee

    from trajectory import targeting

    if scenario.cooling is None:
        raise ScenarioError(
            scenario.file, [Defect(str(scenario.file), "cooling", "", "is missing: there is no cabin to update")]
        )
    case = targeting.aimed(scenario).case
    data = read(scenario, path, case.orientation)
    cabins = cabins_of(scenario, case)
    line = replace(cabins.line, step=max(cabins.line.step, STEP) if cabins.section.crew.number == 0 else cabins.line.step,
                   keep_every=1)  # fmt: skip
    for at in data.time:
        if not line.start <= at <= line.end:
            when = frames.utc(case.epoch, float(at))
            raise ScenarioError(path, [Defect(str(path), "time", str(when), "is not within the time that the scenario follows, "
                                f"{frames.utc(case.epoch, line.start)} to {frames.utc(case.epoch, line.end)}")])  # fmt: skip
    steps = np.ceil((data.time.max() - line.start) / line.step) + 1.0  # nothing later than the last measurement is looked at
    line = replace(line, end=float(min(line.end, line.start + steps * line.step)))
    whole = dispersion.design(scenario, FIRST, seed)
    mine = tuple(p for p in whole.parameters if p.name.startswith("cooling.") and not p.name.endswith(".threshold"))
    names = tuple(p.name for p in mine)
    design = replace(whole, parameters=mine, correlated=None)

    def seen(scores):
        """(n, data) at standard normal scores (n, names)."""
        columns = design.at(scores)
        keep = [*limits.needed(cabins.section, cabins.model), *limits.LOOKED_AT]
        found = run(cabins.model, line, drawn(cabins.section, columns, len(scores)), keep=keep, strict=False)
        held = limits.seen(found, cabins.model, cabins.section, columns) | {k: found[k] for k in UNITS}
        out = np.empty((len(scores), len(data.time)))
        for i, (at, key) in enumerate(zip(data.time, data.quantity, strict=True)):
            k = np.clip(np.searchsorted(found["t"], at), 1, len(found["t"]) - 1)
            part = (at - found["t"][k - 1]) / (found["t"][k] - found["t"][k - 1])
            out[:, i] = (1 - part) * held[key][:, k - 1] + part * held[key][:, k] + (ZERO if key in KELVIN else 0.0)
        return out

    def likelihood(found):
        misses = (found - data.value) / data.sigma
        return np.where(np.isfinite(misses).all(axis=1), -0.5 * np.nansum(misses**2, axis=1), -np.inf)

    from scipy.special import ndtri
    from scipy.stats import rankdata

    prior = np.stack([ndtri(dispersion.stream(seed, name, 0, FIRST)) for name in names], axis=1)
    first = seen(prior)
    good = np.isfinite(first).all(axis=1)
    ranks = np.apply_along_axis(rankdata, 0, np.concatenate([prior, first], axis=1)[good])
    felt = np.abs(np.corrcoef(ranks, rowvar=False)[: len(names), len(names) :]).max(axis=1) > FELT / np.sqrt(len(ranks))
    which = np.flatnonzero(felt)
    if not len(which):
        raise ScenarioError(path, [Defect(str(path), "", "", "nothing that is uncertain moves what was measured")])
    weight = np.exp(likelihood(first) - likelihood(first).max())
    pick = np.random.Generator(np.random.Philox(key=seed))
    walkers = max(WALKERS, 2 * len(which) + 2)
    start = prior[pick.choice(FIRST, walkers, p=weight / weight.sum())][:, which]
    start = start + 0.05 * pick.standard_normal(start.shape)

    def posterior(z):
        scores = np.zeros((len(z), len(names)))
        scores[:, which] = z
        return likelihood(seen(scores)) - 0.5 * np.sum(z**2, axis=1)

    sampler = emcee.EnsembleSampler(walkers, len(which), posterior, vectorize=True)
    sampler.random_state = np.random.RandomState(seed).get_state()
    for k, _ in enumerate(sampler.sample(start, iterations=STEPS, skip_initial_state_check=True)):
        if progress is not None:
            progress(k + 1, STEPS)
    kept = sampler.get_chain(discard=STEPS - LAST, thin=LAST // 10, flat=True)
    scores = np.stack([ndtri(dispersion.stream(seed, f"{name}/after", 0, len(kept))) for name in names], axis=1)
    scores[:, which] = kept
    before, after = (np.stack(list(design.at(z).values()), axis=1) for z in (prior, scores))
    effective = float(weight.sum() ** 2 / np.sum(weight**2))
    accepted = float(np.mean(sampler.acceptance_fraction))
    updated = tuple(n for n, yes in zip(names, felt, strict=True) if yes)
    return Update(data, names, updated, before, after, first[good], seen(scores), accepted, effective, case.epoch)


def three(x) -> dict:
    return dict(zip(("p5", "p50", "p95"), (rounded(v) for v in np.nanpercentile(x, (5, 50, 95))), strict=True))


def rounded(value) -> float:
    return float(f"{float(value):.5g}")
