"""A capsule of one's own: its outline is all that is known. How far must its mass centre lie off the axis for a soft entry?

The vehicle is `own-capsule.toml`, the flight `own-capsule-entry.toml`, both beside this file.
"""

from pathlib import Path

import trajectory as tj

entry = tj.load(Path(__file__).with_name("own-capsule-entry.toml"))

print("offset mm  lift/drag  attack deg  peak load g  heat flux W/cm2  heat load MJ/m2")
for offset in (0, 40, 80, 120):
    scenario = entry.replace(vehicle__descent__aerodynamics__offset=f"{offset} mm")
    flight = tj.fly(scenario)
    print(flight.outcome, flight.peak, list(flight.history))
