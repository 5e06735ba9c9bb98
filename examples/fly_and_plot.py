"""Fly MS-11 home and draw altitude, speed, load and heat flux: python fly_and_plot.py [picture.png]"""

import sys

import trajectory as tj

flight = tj.fly(tj.load("ms11-nominal"))

print(f"{flight.scenario.title}: {flight.outcome}")
for event in flight.events:
    print(f"  {event['time_utc']}  {event['altitude_m'] / 1e3:8.2f} km  {event['speed_m_s']:8.1f} m/s  {event['name']}")
print(f"greatest load {flight.peak['load_factor_g']:.2f} g, heat flux {flight.peak['heat_flux_w_m2'] / 1e4:.0f} W/cm2")

picture = sys.argv[1] if len(sys.argv) > 1 else "ms11.png"
flight.plot().savefig(picture, dpi=120)
print(f"drawn in {picture}")
