"""Trim of the Soyuz from its tables, Newtonian panels and free-molecular flow, against independent code and closed forms.

Trimmed values: 0.1 deg and 0.006 of C_D and C_L: the figures are printed to 0.1 deg and, at Mach 28, to two places.
Panels: half a unit of the last place. Closed forms: 0.1 %, the panels' own error. Panels against the tables: 10 % of drag and
lift, 0.70 to 0.75 of the offset that trims; this is the error that a vehicle without tables has. Apollo: tunnels at Mach 9
against flow computations at higher speed, 5 %; its trim, with the mass centre of another flight, 1.5 deg and 10 %.
"""

from __future__ import annotations

import numpy as np

from trajectory import aero, aero_tables, airframe, catalogue, newtonian
from trajectory.checks import truth

CASE = "aerodynamics"
SOURCE = "Kutomanov 2015, GanimedDeorbitation, trimmed by independent code"
LENGTH, STATION, OFFSET = 2.145, 0.385, 0.0874  # m, 1, m
# Mach number, height (km): angle (deg), C_D, C_L
TRIMMED = {
    (28, 100): (40.9, 1.54, 0.20), (27, 80): (24.7, 1.282, 0.345), (25, 70): (20.5, 1.319, 0.349),
    (20, 60): (20.0, 1.326, 0.348), (10, 43): (21.4, 1.285, 0.346), (6, 35): (21.7, 1.277, 0.340),
    (4, 30): (22.6, 1.248, 0.336), (2, 22): (23.1, 1.331, 0.346), (1.7, 20): (23.2, 1.344, 0.347),
    (1.1, 15): (23.0, 1.201, 0.458), (0.8, 12): (17.5, 1.030, 0.366), (0.6, 10): (16.8, 0.949, 0.384),
}  # fmt: skip
# offset (mm): L/D at Mach 20, 60 km
OFFSETS = {70: 0.207, 75: 0.224, 79: 0.237, 85: 0.255, 90: 0.270, 95: 0.284, 100: 0.297, 105: 0.310}
# angle (deg): C_A, C_N, -C_m about the shield, offset that trims (mm)
PANELS = {
    0: (1.588, 0.0, 0.0, 0), 10: (1.544, 0.044, 0.041, 33), 15: (1.489, 0.073, 0.062, 49), 20: (1.413, 0.111, 0.086, 65),
    25: (1.318, 0.157, 0.110, 81), 30: (1.208, 0.211, 0.136, 97),
}  # fmt: skip
STAGNATION = 1.84  # of those panels
SOYUZ = newtonian.Capsule(2.2, 2.235, 0.05, np.radians(7.0), LENGTH, round_top=True)
PITOT = {2.0: 5.640, 5.0: 32.65, 10.0: 129.2}  # Mach number: pitot over static pressure, NACA Report 1135, table II
MOSS = "Moss, Glass & Greene 2006, AIAA 2006-3577"


def rows() -> list[truth.Figure]:
    return [*soyuz(), *panels(), *closed_forms(), *apollo()]


def soyuz() -> list[truth.Figure]:
    trim, found = tabulated(OFFSET), []
    for (mach, km), (angle, drag, lift) in TRIMMED.items():
        at, place = trim(mach, 1e3 * km), f"at Mach {mach}, {km} km"
        found.append(truth.Figure(f"trim angle {place}", float(np.degrees(at.angle)), angle, 0.1, "deg"))
        found.append(truth.Figure(f"drag coefficient {place}", float(at.drag), drag, 0.006, "1"))
        found.append(truth.Figure(f"lift coefficient {place}", float(at.lift), lift, 0.006, "1"))
    for offset, ratio in OFFSETS.items():
        at = tabulated(1e-3 * offset)(20.0, 60e3)
        found.append(truth.Figure(f"L/D with an offset of {offset} mm", float(at.lift / at.drag), ratio, 0.001, "1"))
    return found


def tabulated(offset: float):
    """The trim of the Soyuz by its tables: function(mach, height), for an offset in m."""
    tables = aero_tables.trimmed(catalogue.shipped() / "vehicles" / "soyuz-aerodynamics.toml")
    return aero.trim_of(tables, offset, STATION, LENGTH)


def panels() -> list[truth.Figure]:
    angles = np.radians(list(PANELS))
    shape = newtonian.panels(newtonian.outline(SOYUZ))
    axial, normal, moment = STAGNATION * newtonian.integrate(shape, angles, newtonian.newtonian, LENGTH, 3.80)
    found, source = [], "panels of the same shape by independent code"
    for i, (angle, (ca, cn, cm, offset)) in enumerate(PANELS.items()):
        place = f"of panels at {angle} deg"
        found.append(truth.Figure(f"axial force {place}", float(axial[i]), ca, 0.0015, "1", source))
        found.append(truth.Figure(f"normal force {place}", float(normal[i]), cn, 0.0006, "1", source))
        found.append(truth.Figure(f"moment {place}", float(moment[i]), -cm, 0.0006, "1", source))
        trims = -1e3 * LENGTH * (moment[i] + STATION * normal[i]) / axial[i]
        found.append(truth.Figure(f"offset that trims, {place}", float(trims), offset, 0.6, "mm", source))
    at = tabulated(OFFSET)(20.0, 60e3)
    ca, cn, cm = (np.interp(at.angle, angles, c) for c in (axial, normal, moment))
    drag, lift = ca * np.cos(at.angle) + cn * np.sin(at.angle), ca * np.sin(at.angle) - cn * np.cos(at.angle)
    share = -LENGTH * (cm + STATION * cn) / ca / OFFSET
    found.append(truth.Figure("drag of panels at the trim of Mach 20", float(drag), float(at.drag), 0.1 * float(at.drag), "1"))
    found.append(truth.Figure("lift of panels at the trim of Mach 20", float(lift), float(at.lift), 0.1 * float(at.lift), "1"))
    found.append(truth.Figure("offset that trims panels, over that of the tables", float(share), 0.725, 0.025, "1"))
    return found


def closed_forms() -> list[truth.Figure]:
    phi = np.linspace(0.0, np.pi, 401)
    ball = newtonian.panels(np.stack([1.0 - np.cos(phi), np.sin(phi)], axis=1))
    found = [
        truth.Figure(f"stagnation pressure at Mach {mach:g}", float(newtonian.stagnation_pressure(mach)),
                     2.0 / (1.4 * mach**2) * (pitot - 1.0), 1e-3, "1", "NACA Report 1135, table II")
        for mach, pitot in PITOT.items()
    ]  # fmt: skip
    axial = newtonian.integrate(ball, [0.0], newtonian.newtonian, 1.0, np.pi)[0, 0]
    found.append(truth.Figure("Newtonian drag of a sphere over C_p,max", float(axial), 0.5, 5e-4, "1", "closed form"))
    for ratio in (1.0, 5.0, 20.0):
        thin = newtonian.integrate(ball, [0.3], lambda sine, s=ratio: newtonian.free_molecular(sine, s), 1.0, np.pi)[:, 0]
        exact, drag = newtonian.sphere_drag(ratio), float(thin[0] * np.cos(0.3) + thin[1] * np.sin(0.3))
        words, source = f"free-molecular drag of a sphere, speed ratio {ratio:g}", "Schaaf & Chambre 1961, closed form"
        found.append(truth.Figure(words, drag, exact, 1e-3 * exact, "1", source))
    found.append(truth.Figure("bridge at Kn 0.1", float(newtonian.bridge(0.1)), 0.5, 1e-12, "1", "Wilmoth et al. 1999"))
    return found


def apollo() -> list[truth.Figure]:
    from trajectory.scenario import load_vehicle

    descent = load_vehicle("apollo-cm").descent
    body, trim = airframe.body_of(descent), airframe.trim_of(descent)(25.0, 60e3)
    angle, ratio = float(np.degrees(trim.angle)), float(trim.lift / trim.drag)
    axial, normal, moment = (float(np.interp(np.radians(25.0), body.angles, c)) for c in body.dense(np.array(9.0)))
    cos, sin = np.cos(np.radians(25.0)), np.sin(np.radians(25.0))
    drag, lift = axial * cos + normal * sin, axial * sin - normal * cos
    return [
        truth.Figure("Apollo at 25 deg, drag of tunnels at Mach 9", drag, 1.217, 0.05 * 1.217, "1", MOSS),
        truth.Figure("Apollo at 25 deg, lift of tunnels at Mach 9", lift, 0.453, 0.05 * 0.453, "1", MOSS),
        truth.Figure("Apollo at 25 deg, moment of tunnels at Mach 9", moment, -0.085, 0.05 * 0.085, "1", MOSS),
        truth.Figure("trim angle of Apollo at Mach 25", angle, 24.4, 1.5, "deg", "NASA TM X-58091, Apollo 4"),
        truth.Figure("drag of Apollo at Mach 25", float(trim.drag), 1.2891, 0.12891, "1", "NASA TN D-6725, table I"),
        truth.Figure("L/D of Apollo at Mach 25", ratio, 0.368, 0.0368, "1", "NASA TN D-5399, Apollo 4"),
    ]
