"""What changed: a longer burn, held askew, in denser air. Which of them moves the landing of MS-11, and by how much?

The plan is kept: the flight is aimed once, then its commands are fixed, and nobody corrects.
"""

import pandas as pd

import trajectory as tj

plan = tj.load("ms11-bank-schedule")
solved = tj.fly(plan).aim["solved"]
before = plan.replace(guidance__reversal=f"{solved['reversal_m_s']} m/s", guidance__first_side=solved["first_bank"])
after = before.replace(deorbit__delta_v="128.3 m/s", deorbit__pitch="0.2 deg", atmosphere__density_factor=1.05)
found = tj.changes(before, after)

table = pd.DataFrame({i.key: {"before": i.before, "after": i.after, **i.part} for i in found.inputs}).T
table.loc["together"], table.loc["whole"] = pd.Series(found.together()), pd.Series(found.whole)
shown = table[["before", "after"]].fillna("")
shown["landing, s"] = table["landing_s"].astype(float).round(1)
shown["along, km"] = (table["along_m"].astype(float) / 1e3).round(1)
shown["peak load, g"] = table["load_factor_g"].astype(float).round(3)
print(shown.to_string())
