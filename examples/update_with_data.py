"""Updating with new data: it is 18 December 2022, and three temperatures of the leaking MS-22 have been published.

What they say of the uncertain values of its cabin, as data frames. Needs emcee (`pip install 'trajectory[cooling]'`).
"""

import tempfile
from pathlib import Path

import pandas as pd

import trajectory as tj
from trajectory.cooling import update

published = pd.read_csv(update.SHIPPED / "ms22-temperatures.csv", comment="#")
known = published[published["time"] < "2022-12-18"]
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "measured.csv"  # columns: time, quantity, value, sigma; source and grade where there are any
    known.to_csv(file, index=False)
    found = update.update(tj.load("ms22-leak"), file, seed=1).to_dict()


def span(row):
    return f"{row['p50']:.4g} ({row['p5']:.4g} to {row['p95']:.4g})"


data = pd.DataFrame(found["data"])
data["before"], data["after"] = data["before"].map(span), data["after"].map(span)
print(data[["time_utc", "quantity", "measured", "sigma", "before", "after", "grade"]].to_string(index=False))

values = pd.DataFrame(found["values"]).query("updated").copy()
values["before"], values["after"] = values["before"].map(span), values["after"].map(span)
print(values[["name", "before", "after"]].to_string(index=False))
print(f"{len(found['values']) - len(values)} values move nothing that was measured and keep their prior")
