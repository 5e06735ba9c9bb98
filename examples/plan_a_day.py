"""Planning a day: when could the burn of MS-22 be lit, where does each ignition lead, and who had a seat that day?"""

import pandas as pd

import trajectory as tj

windows = tj.opportunities(tj.load("ms22-uncrewed"), days=1, order="daylight,soonest")
table = windows.to_dataframe()  # pandas.DataFrame, a row for each window; times are timestamps
table["in daylight"] = table["daylight"].map({True: "yes", False: "no"})
table["reach used, %"] = (100 * table["reach_used"]).round()
table["light left"] = pd.to_timedelta(table["daylight_left_s"], unit="s").dt.floor("min")

print(f"{len(windows)} windows within a day of {windows.begin_utc[:16]}")
print(table[["ignition_utc", "site", "reach used, %", "landing_utc", "in daylight", "light left"]].to_string(index=False))
for out in windows.out_of_reach:
    print(f"out of reach: {out['site']} on revolution {out['revolution']}, {abs(out['miss_across_m']) / 1e3:.0f} km away")

seats = tj.calendar().to_dataframe()  # a row for each day of the station, December 2022 to September 2023
day = seats.loc[windows.begin_utc[:10]]
print(f"that day: {day['aboard']} aboard, {day['with_seat']} with a seat; docked: {day['docked']}")
short = seats[seats["with_seat"] < seats["aboard"]]
first, last = short.index[0], short.index[-1]
print(f"days on which someone had no seat of a healthy ship: {len(short)}, {first:%Y-%m-%d} to {last:%Y-%m-%d}")
