"""Apollo 4, 1967-11-09: pull-out of our flight, and the standard's density and our heating along the flight as measured.

A real flight. Density: 12 %, what U.S. Standard 1976 may be off on one day. Heating: 20 %, the spread of Sutton-Graves with
the 3.05 m sphere that NASA TM X-58091 gives for this attitude. Pull-out: 1 km and 4 s, the reading of the lift history.
Rows to 182 s: later the flight is stiff in the lift.
"""

from __future__ import annotations

import numpy as np

from trajectory import atmosphere, constants, leg
from trajectory.checks import truth
from trajectory.leg import Environment, Leg

CASE = "apollo-4"
SOURCE = "NASA TM X-58091, table I"
LAST = 182.0  # s


def rows() -> list[truth.Figure]:
    return [*along_the_flight(), *pull_out()]


def along_the_flight() -> list[truth.Figure]:
    """The air and heat flux that the kernel gives at the altitudes, speeds and densities of the flight."""
    data = truth.table("entry/nasa_apollo4_flight_tmx58091.csv")
    data = [r for r in data if r["density_kg_m3"] and float(r["t_s"]) <= LAST]
    nose = truth.setup("entry/nasa_apollo4_setup.json")["heating"]["effective_nose_radius_m"]
    world = Environment(rotation=0.0, air=atmosphere.us76())
    y = np.zeros((len(data), 10))
    y[:, 0] = constants.EQUATORIAL_RADIUS + 1e3 * np.array([float(r["altitude_km"]) for r in data])
    y[:, 4] = [float(r["speed_relative_m_s"]) for r in data]
    y[:, 6] = 1.0
    density = np.array([float(r["density_kg_m3"]) for r in data])
    fly = Leg("entry")
    t = np.zeros(len(data))
    standard = leg.feel(fly, world, y, t, leg.row_values(fly, y, t))["density"]
    hot = Leg("entry", row={"density_factor": density / standard, "heat_factor": sutton_graves(nose)})
    flux = leg.feel(hot, world, y, t, leg.row_values(hot, y, t))["heat_flux"]
    figures = []
    for i, row in enumerate(data):
        at = f"at {row['t_s']} s, {row['altitude_km']} km"
        figures.append(truth.Figure(f"U.S. Standard 1976 over flight density {at}", float(standard[i] / density[i]), 1.0,
                                    0.12, "1"))  # fmt: skip
        figures.append(truth.Figure(f"flight over our heat flux {at}", float(row["q_convective_W_m2"]) / float(flux[i]), 1.0,
                                    0.20, "1"))  # fmt: skip
    return figures


def sutton_graves(nose_radius: float) -> float:
    from trajectory.case import SUTTON_GRAVES_EARTH

    return SUTTON_GRAVES_EARTH / np.sqrt(nose_radius)


def pull_out() -> list[truth.Figure]:
    """Lowest point of the shipped scenario's flight before it rises."""
    from trajectory import result, targeting
    from trajectory.scenario import load

    scenario = load("apollo-4-entry")
    history = result.flight_of(scenario, targeting.aimed(scenario).case).history
    altitude, t = history["altitude"].values, history["elapsed_s"].values
    at = int(np.flatnonzero((altitude[1:-1] < altitude[:-2]) & (altitude[1:-1] <= altitude[2:]))[0]) + 1
    bend = np.polyfit(t[at - 1 : at + 2] - t[at], altitude[at - 1 : at + 2], 2)
    slip = -bend[1] / (2 * bend[0])
    return [
        truth.Figure("altitude of the pull-out", float(np.polyval(bend, slip)), 55604.0, 1000.0, "m"),
        truth.Figure("time of the pull-out", float(t[at] + slip), 80.0, 4.0, "s"),
    ]
