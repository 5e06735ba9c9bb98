"""U.S. Standard Atmosphere 1976 at its printed altitudes, as the kernel's table gives it.

Below 86 km the layers define the air to 4-6 figures: 5e-5. Above, the table prints 4 figures: 0.1 %. The kernel's spline
rounds the corners between layers: 0.1 % of density within 1 km of one, as everywhere above 86 km.
"""

from __future__ import annotations

import numpy as np

from trajectory import atmosphere, standard_atmosphere
from trajectory.checks import truth

CASE = "us76"
SOURCE = "U.S. Standard Atmosphere, 1976, NOAA-S/T 76-1562"


def rows() -> list[truth.Figure]:
    data = truth.table("us76/noaa_us_standard_atmosphere_1976.csv")
    height = np.array([1e3 * float(r["z_km"]) for r in data])
    table, _ = atmosphere.evaluate(atmosphere.us76(), height)
    density, temperature, sound = standard_atmosphere.us76(height)
    pressure = density * sound**2 / 1.4
    figures = []
    for i, row in enumerate(data):
        place = f"at {row['z_km']} km"
        fraction = 5e-5 if height[i] < 86e3 else 1e-3
        rho = float(row["density_kg_m3"])
        figures.append(truth.Figure(f"density {place}", float(density[i]), rho, fraction * rho, "kg/m3"))
        figures.append(truth.Figure(f"density of the table {place}", float(table[i]), rho, 1e-3 * rho, "kg/m3"))
        if row["temperature_K"]:
            figures.append(truth.Figure(f"temperature {place}", float(temperature[i]), float(row["temperature_K"]), 0.01, "K"))
        if row["pressure_Pa"]:
            p = float(row["pressure_Pa"])
            figures.append(truth.Figure(f"pressure {place}", float(pressure[i]), p, 5e-5 * p, "Pa"))
    return figures
