"""How far does MS-11 land from its site if the burn ends a little early or late, and nobody corrects?

A bank held, no guidance. The nominal flight is aimed once; the others fly the same commands with another speed change.
"""

import trajectory as tj

nominal = tj.fly(tj.load("ms11-bank-schedule"))
solved = nominal.aim["solved"]
fixed = nominal.scenario.replace(
    guidance__reversal=f"{solved['reversal_m_s']} m/s",
    guidance__first_side=solved["first_bank"],
)

print("delta-v m/s  burn s  landing UTC    from the site km  load g")
for delta_v in (127.0, 127.5, 128.0, 128.5, 129.0):
    flight = tj.fly(fixed.replace(deorbit__delta_v=f"{delta_v} m/s"))
    down = flight.touchdown
    burn = flight.event("deorbit_cutoff")["elapsed_s"]
    print(
        f"{delta_v:11.1f}  {burn:6.1f}  {down['time_utc'][11:23]}  {down['target_distance_m'] / 1e3:16.1f}"
        f"  {flight.peak['load_factor_g']:6.2f}"
    )
