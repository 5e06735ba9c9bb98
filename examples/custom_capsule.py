"""A capsule of one's own: its outline is all that is known. How far must its mass centre lie off the axis for a soft entry?

The vehicle is `own-capsule.toml`, the flight `own-capsule-entry.toml`, both beside this file.
"""

from pathlib import Path

import trajectory as tj

entry = tj.load(Path(__file__).with_name("own-capsule-entry.toml"))

print("offset mm  lift/drag  peak load g  at km  heat flux W/cm2  heat load MJ/m2  km flown")
for offset in (0, 40, 80, 120):
    flight = tj.fly(entry.replace(vehicle__descent__aerodynamics__offset=f"{offset} mm"))
    history = flight.history  # xarray.Dataset along time
    worst = history.isel(time=int(history["load_factor"].argmax("time")))
    ratio = float(worst["lift_coefficient"] / worst["drag_coefficient"])
    flown = float((history["speed"] * history["elapsed_s"].diff("time")).sum())
    print(f"{offset:9d}  {ratio:9.3f}  {flight.peak['load_factor_g']:11.2f}  {float(worst['altitude']) / 1e3:5.1f}"
          f"  {flight.peak['heat_flux_w_m2'] / 1e4:15.1f}  {flight.heat_load_j_m2 / 1e6:15.1f}  {flown / 1e3:8.0f}")
print("note:", flight.notes[0])
