"""Writes the saturation pressure of water as psychrolib has it, as a table that `trajectory/cooling/cabin.py` interpolates.

psychrolib: Meyer & Thevenard (2019), J. Open Source Software 4, 1137; after ASHRAE Fundamentals 2017, chapter 1, eq. (5)
over ice, eq. (6) over water. Its two formulas meet at the triple point, 0.01 C: a row on each side of it.
Run: python trajectory/data/make_moist_air.py > trajectory/data/cooling/moist-air.csv
"""

import math
from importlib.metadata import version

import psychrolib

LOW, HIGH, TRIPLE, JUST_ABOVE = -40, 60, 0.01, 0.0101  # C

psychrolib.SetUnitSystem(psychrolib.SI)
library = f"psychrolib {version('psychrolib')}, GetSatVapPres, SI"
print(f"# ln of the saturation pressure of water, Pa: {library}; over ice to {TRIPLE} C,")
print(f"# over water above. {LOW} to {HIGH} C (the library itself: -100 to 200 C). Made by data/make_moist_air.py.")
print("temperature_c,ln_pressure")
for t in [*range(LOW, 1), TRIPLE, JUST_ABOVE, *range(1, HIGH + 1)]:
    print(f"{t},{math.log(psychrolib.GetSatVapPres(t))!r}")
