"""A holed coolant loop: liquid driven out by a gas-charged accumulator, then by its own vapour pressure, then vapour.

SI throughout. Sharp orifices have a discharge coefficient of 0.60 to 0.65, short tubes 0.8 (Idelchik 1986, section 4).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trajectory.cooling import fluids
from trajectory.cooling.fluids import isooctane

GAS = 8.314462618  # J/(mol K)
STANDARD_GRAVITY = 9.80665
FULL_FLOW, NO_FLOW = 0.9, 0.8  # of the liquid: below these the pump draws vapour, and the flow fades (assumed)
PARTS = 6  # of a step of the cabin


# --- single laws


def orifice(coefficient, area, density, pressure, outside=0.0):
    """kg/s of liquid through a hole: C_d A sqrt(2 rho (p - p_d)); p_d is 0 for a cold jet, the vapour pressure where
    it flashes."""
    return coefficient * area * np.sqrt(2.0 * density * np.maximum(pressure - outside, 0.0))


def choked_vapour(coefficient, area, pressure, t, gamma=1.05, molar_mass=0.114231):
    """kg/s of vapour into a vacuum, choked (Shapiro 1953, eq. (4.17))."""
    critical = (2.0 / (gamma + 1.0)) ** ((gamma + 1.0) / (2.0 * (gamma - 1.0)))
    return coefficient * area * pressure * np.sqrt(gamma / (GAS / molar_mass * t)) * critical


def emptying_time(out, coefficient, area, density, pressure, gas_volume):
    """s until a volume `out` has left, driven by gas that stays as warm as it is, into a vacuum: closed form."""
    return (2.0 / 3.0) * ((gas_volume + out) ** 1.5 - gas_volume**1.5) / (
        coefficient * area * np.sqrt(2.0 * pressure * gas_volume / density))  # fmt: skip


def evaporated(begin, end, fluid=isooctane) -> float:
    """Fraction that evaporates to cool the rest from `begin` to `end` K: 1 - exp(-integral of c_p/h_fg dT)."""
    from scipy.integrate import trapezoid  # NumPy's has another name before 2.0

    t = np.linspace(end, begin, 400)
    held = fluid(t)
    return float(1.0 - np.exp(-trapezoid(held["specific_heat"] / held["evaporation"], t)))


def pipe(bore, flow, t, fluid=isooctane) -> dict:
    """Speed m/s, Reynolds number, friction factor (Blasius 1913, smooth, 4e3 to 1e5), loss Pa/m of a pipe with `flow` kg/s."""
    held = fluid(t)
    speed = flow / (held["density"] * np.pi / 4.0 * bore * bore)
    reynolds = held["density"] * speed * bore / held["viscosity"]
    factor = 0.316 * reynolds**-0.25
    return {
        "speed": speed,
        "reynolds": reynolds,
        "friction": factor,
        "loss": factor / bore * held["density"] * speed**2 / 2.0,
    }


def suction_head(pressure, vapour_pressure, density, speed=0.0):
    """m that a pump has before its liquid boils: NPSH available (Karassik, Pump Handbook, section 2.1)."""
    return (pressure - vapour_pressure) / (density * STANDARD_GRAVITY) + speed**2 / (2.0 * STANDARD_GRAVITY)


# --- the leak in time


@dataclass(frozen=True)
class Leak:
    """What leaks. node: of the network, the coolant whose temperature it has."""

    diameter: float  # m
    coefficient: float = 0.65
    volume: float = 0.044  # m3 of liquid
    pressure: float = 304e3  # Pa
    gas_volume: float = 8e-3  # m3 in the accumulator at that pressure
    accumulator: float = 8e-3  # m3 that it can give
    dissolved_gas: float = 5e3  # Pa over the vapour pressure, when the accumulator is empty
    polytropic: float = 1.0
    back_pressure: float = 0.0  # of the vapour pressure at the hole: 0 a cold jet, 1 choked by flashing
    needed_head: float = 1.0  # m that the pump needs
    node: str = "coolant"
    fluid: str = "isooctane"


@dataclass(frozen=True, eq=False)
class Loop:
    """State of the loop in each cabin. out: m3 gone; left: fraction of the liquid."""

    values: dict
    out: np.ndarray
    pressure: np.ndarray
    left: np.ndarray
    flow: np.ndarray  # of the pump, 1 to 0
    thrust: np.ndarray  # N
    impulse: np.ndarray  # N s so far
    fluid: fluids.Fluid


def begin(hole: Leak, n: int, samples: dict) -> Loop:
    full = np.ones(n)
    values = {k: samples.get(k, x) * full for k, x in vars(hole).items() if isinstance(x, float)}
    return Loop(values, 0.0 * full, values["pressure"] * full, full, full, 0.0 * full, 0.0 * full, fluids.named(hole.fluid))


def driving_pressure(v: dict, out, vapour_pressure):
    """Pa with a volume gone: the gas expands until the accumulator has given all, then vapour and dissolved gas drive."""
    gas = v["pressure"] * (v["gas_volume"] / (v["gas_volume"] + out)) ** v["polytropic"]
    tail = vapour_pressure + v["dissolved_gas"]
    pressure = np.where(out < v["accumulator"], np.maximum(gas, tail), tail)
    return np.where(out < v["volume"], pressure, 0.0)


def step(loop: Loop, seconds, t) -> Loop:
    """A while later, the coolant at t K. Midpoint rule in parts of the step; what is empty stays so. ValueError for a coolant
    outside the range of its properties, as long as there is some."""
    v, running = loop.values, np.asarray(seconds) > 0.0
    if not np.any((loop.left > 0.0) & running):
        return replace(loop, thrust=0.0 * loop.thrust) if np.any(running) else loop
    held = loop.fluid.at(np.where(loop.left > 0.0, t, loop.fluid.temperature[0]))
    area, back = np.pi / 4.0 * v["diameter"] ** 2, v["back_pressure"] * held["vapour_pressure"]

    def rate(out):
        pressure = driving_pressure(v, out, held["vapour_pressure"])
        return orifice(v["coefficient"], area, held["density"], pressure, back) / held["density"]

    out, part, impulse = loop.out, seconds / PARTS, loop.impulse
    for _ in range(PARTS):
        half = np.minimum(out + 0.5 * part * rate(out), v["volume"] * (1.0 - 1e-9))  # as long as there is some
        then = np.minimum(out + part * rate(half), v["volume"])
        # momentum of what left, at the speed of a jet without loss but that of the orifice's contraction
        speed = np.sqrt(2.0 * np.maximum(driving_pressure(v, half, held["vapour_pressure"]) - back, 0.0) / held["density"])
        impulse = impulse + (then - out) * held["density"] * speed
        out = then
    pressure = driving_pressure(v, out, held["vapour_pressure"])
    left = 1.0 - out / v["volume"]
    mass = orifice(v["coefficient"], area, held["density"], pressure, back)
    thrust = np.where(running, mass * np.sqrt(2.0 * np.maximum(pressure - back, 0.0) / held["density"]), 0.0)
    head = suction_head(pressure, held["vapour_pressure"], held["density"])
    flow = np.clip((left - NO_FLOW) / (FULL_FLOW - NO_FLOW), 0.0, 1.0) * np.clip(head / v["needed_head"], 0.0, 1.0)
    return replace(loop, out=out, pressure=pressure, left=left, flow=flow, thrust=thrust, impulse=impulse)
