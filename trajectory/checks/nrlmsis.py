"""NRLMSIS 2.1 against the reference output of the U.S. Naval Research Laboratory: 150 rows from 0.2 to 250 km.

The rows have four figures: 6e-4 of densities, 5e-5 of the temperature. The largest departures are given.
"""

from __future__ import annotations

import numpy as np

from trajectory import atmosphere
from trajectory.checks import truth

CASE = "nrlmsis"
SOURCE = "NRL reference output of NRLMSIS 2.1 (Emmert et al. 2022)"
SPECIES = {"N2": 1, "O2": 2, "O": 3, "He": 4, "H": 5, "Ar": 6, "N": 7, "anomalous_O": 8, "NO": 9}
MISSING = 1e-36  # printed where the model has no such species


def rows() -> list[truth.Figure]:
    data = truth.table("nrlmsis/nrl_msis2.1_reference_rows.csv")
    ours = np.array([modelled(r) for r in data])
    density = ours[:, 0] / np.array([1e3 * float(r["rho"]) for r in data])
    temperature = ours[:, 10] / np.array([float(r["T"]) for r in data])
    figures = [worst("density", density, 6e-4), worst("temperature", temperature, 5e-5)]
    for name, column in SPECIES.items():
        theirs = np.array([1e6 * float(r[name]) for r in data])
        given = theirs > 1e6 * MISSING
        figures.append(worst(f"number density of {name.replace('_', ' ')}", ours[given, column] / theirs[given], 6e-4))
    return figures


def worst(name: str, ratio, tolerance: float) -> truth.Figure:
    at = int(np.argmax(np.abs(ratio - 1.0)))
    return truth.Figure(f"{name}, ours over theirs, farthest of {len(ratio)} rows", float(ratio[at]), 1.0, tolerance, "1")


def modelled(row) -> np.ndarray:
    """(11,) outputs of the model at a reference row."""
    day = int(row["iyd"])
    utc = np.datetime64(f"{1900 + day // 1000}-01-01", "ms") + np.timedelta64(day % 1000 - 1, "D")
    utc = utc + np.timedelta64(int(float(row["sec"]) * 1e3), "ms")
    latitude, longitude = np.radians([float(row["glat"]), float(row["glong"])])
    return atmosphere.msis_species(
        latitude, longitude, 1e3 * float(row["alt"]), utc, float(row["f107"]), float(row["f107a"]), float(row["Ap"])
    )
