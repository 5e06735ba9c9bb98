"""Adding an aerodynamic table of one's own: a data frame becomes a CSV file, the file a vehicle, and that flies.

Here the table is the wind tunnels' of Apollo, and beside it the same with 5 % more axial force above Mach 3, as if another
tunnel had said so.
"""

import tempfile
from pathlib import Path

import pandas as pd

import trajectory as tj
from trajectory.catalogue import shipped

tunnel = pd.read_csv(shipped() / "vehicles" / "apollo-aerodynamics.csv", comment="#")
print(f"{len(tunnel)} rows: {', '.join(tunnel.columns)}")
other = tunnel.copy()
other.loc[other["mach"] > 3, "axial"] *= 1.05

base = tj.load("apollo-4-entry").replace(vehicle="apollo-cm")
with tempfile.TemporaryDirectory() as folder:
    for name, table in (("as published", tunnel), ("5 % more axial", other)):
        file = Path(folder) / "table.csv"
        table.to_csv(file, index=False)
        scenario = base.replace(vehicle__descent__aerodynamics__file=str(file))
        flight = tj.fly(scenario)
        end = flight.events[-1]
        print(f"{name:15s} peak load {flight.peak['load_factor_g']:.2f} g, heat load {flight.heat_load_j_m2 / 1e6:.0f} MJ/m2, "
              f"at {end['altitude_m'] / 1e3:.1f} km after {end['elapsed_s']:.0f} s: "
              f"{end['latitude_deg']:.3f} {end['longitude_deg']:.3f}")  # fmt: skip
