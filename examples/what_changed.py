"""What changed: a newer element set, a longer burn, a denser air. Which of them moved the landing, and by how much?"""

import pandas as pd

import trajectory as tj

before = tj.load("ms11-bank-schedule")
after = before.replace(deorbit__delta_v="128.3 m/s", atmosphere__density_factor=1.05, deorbit__pitch="0.2 deg")
found = tj.changes(before, after)

rows = {i.key: {"before": i.before, "after": i.after, **i.part} for i in found.inputs}
rows["together"], rows["whole"] = found.together(), found.whole
table = pd.DataFrame(rows).T
shown = table[["before", "after"]].fillna("")
shown["landing, s"] = table["landing_s"].astype(float).round(1)
shown["along, km"] = (table["along_m"].astype(float) / 1e3).round(1)
shown["peak load, g"] = table["load_factor_g"].astype(float).round(3)
print(shown.to_string())
