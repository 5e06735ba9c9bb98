"""Updating with new data: published temperatures of the leaking MS-22 narrow down what is not known of its cabin.

Needs emcee (`pip install 'trajectory[cooling]'`).
"""

import pandas as pd

import trajectory as tj
from trajectory.cooling import update

found = update.update(tj.load("ms22-leak"), "ms22-temperatures", seed=1).to_dict()


def span(row):
    return f"{row['p50']:.4g} ({row['p5']:.4g} to {row['p95']:.4g})"


data = pd.DataFrame(found["data"])
data["before"], data["after"] = data["before"].map(span), data["after"].map(span)
print(data[["time_utc", "quantity", "measured", "sigma", "before", "after", "grade"]].to_string(index=False))

values = pd.DataFrame([row for row in found["values"] if row["updated"]])
values["before"], values["after"] = values["before"].map(span), values["after"].map(span)
print(values[["name", "before", "after"]].to_string(index=False))
print(f"{len(found['values']) - len(values)} values move nothing that was measured and keep their prior")
