"""NRLMSIS 2.0 and 2.1: reference output of the U.S. Naval Research Laboratory (Emmert et al. 2021, 2022)."""

import csv
from pathlib import Path

import numpy as np
import pytest

from trajectory import atmosphere

FOLDER = Path(atmosphere.__file__).parent / "data/truth/nrlmsis"
COLUMNS = {"N2": 1, "O2": 2, "O": 3, "He": 4, "H": 5, "Ar": 6, "N": 7, "anomalous_O": 8, "NO": 9}
MISSING = 1e-36


def rows(version):
    text = (FOLDER / f"nrl_msis{version}_reference_rows.csv").read_text().splitlines()
    return list(csv.DictReader(line for line in text if not line.startswith("#")))


@pytest.mark.parametrize("version", ["2.0", "2.1"])
def test_reference_rows(version):
    """The rows have four figures: 6e-4 in density and species, 5e-5 in temperature."""
    worst_density = worst_temperature = 0.0
    for row in rows(version):
        day, seconds = int(row["iyd"]), float(row["sec"])
        utc = np.datetime64(f"{1900 + day // 1000}-01-01", "ms") + np.timedelta64(day % 1000 - 1, "D")
        ours = atmosphere.msis_species(
            np.radians(float(row["glat"])),
            np.radians(float(row["glong"])),
            1e3 * float(row["alt"]),
            utc + np.timedelta64(int(seconds * 1e3), "ms"),
            float(row["f107"]),
            float(row["f107a"]),
            float(row["Ap"]),
            version=float(version),
        )
        pairs = [(ours[0], 1e3 * float(row["rho"]))]
        pairs += [
            (ours[column], 1e6 * float(row[name]))
            for name, column in COLUMNS.items()
            if row.get(name) and float(row[name]) > MISSING
        ]
        worst_density = max(worst_density, *(abs(a / b - 1.0) for a, b in pairs))
        worst_temperature = max(worst_temperature, abs(ours[10] / float(row["T"]) - 1.0))
    print(f"{version}: densities {worst_density:.1e} of 6e-4, temperature {worst_temperature:.1e} of 5e-5")
    assert worst_density < 6e-4
    assert worst_temperature < 5e-5
