"""Heat that an entry brings to a blunt nose: convective and radiative flux, over the cap, and what the wall makes of it.

All at a laminar, fully catalytic, cold wall in air; SI in and out, floats or arrays that broadcast. A function gives its
value outside its range too; `outside` says in words which ranges were left.
"""

from __future__ import annotations

import numpy as np

STEFAN_BOLTZMANN = 5.670374419e-8  # W/(m2 K4), CODATA 2018
SUTTON_GRAVES_AIR = 1.7415e-4  # kg^0.5/m, Sutton & Graves 1971 (NASA TR R-376) for air, in the form with the cube of the speed
CONVECTION = ("sutton-graves", "brandis-johnston")
RADIATION = ("none", "tauber-sutton")

# Tauber & Sutton 1991 (J. Spacecraft 28, 40), table for air: speed, m/s, against f
SPEED_FUNCTION = np.array([
    [9000, 1.5], [9250, 4.3], [9500, 9.7], [9750, 19.5], [10000, 35.0], [10250, 55.0], [10500, 81.0], [10750, 115.0],
    [11000, 151.0], [11500, 238.0], [12000, 359.0], [12500, 495.0], [13000, 660.0], [13500, 850.0], [14000, 1065.0],
    [14500, 1313.0], [15000, 1550.0], [15500, 1780.0], [16000, 2040.0],
])  # fmt: skip


def sutton_graves(density, speed, nose_radius):
    """Convective flux at the stagnation point, W/m2. Sutton & Graves 1971, NASA TR R-376.

    Density kg/m3 and speed m/s of the air ahead, nose radius m. Fitted to equilibrium flows of 2.3 to 116 MJ/kg; here with the
    hypersonic pressure and enthalpy put in, which makes it a cube of the speed.
    """
    return SUTTON_GRAVES_AIR * np.sqrt(np.maximum(density, 0.0) / nose_radius) * speed**3


def brandis_johnston(density, speed, nose_radius):
    """Convective flux at the stagnation point, W/m2. Brandis & Johnston 2014, AIAA 2014-2374, for Earth.

    Two fits that meet at 9.5 km/s within 4 %; 3 to 17 km/s, density 1e-5 to 5e-3 kg/m3, nose radius 0.2 to 10 m.
    """
    density, speed = np.maximum(density, 0.0), np.asarray(speed, float)
    slow = 7.455e-9 * density**0.4705 * speed**3.089
    fast = 1.270e-6 * density**0.4678 * speed**2.524
    return 1e4 * nose_radius**-0.52 * np.where(speed < 9500.0, slow, fast)


def tauber_sutton(density, speed, nose_radius):
    """Radiative flux at the stagnation point, W/m2. Tauber & Sutton 1991, J. Spacecraft and Rockets 28(1), 40-42.

    10 to 16 km/s, density 6.66e-5 to 6.31e-4 kg/m3, nose radius 0.3 to 3 m; nothing below 9 km/s, where its table ends.
    """
    density, speed = np.maximum(density, 1e-30), np.asarray(speed, float)
    largest = 1.0 if nose_radius < 1.0 else 0.6 if nose_radius < 2.0 else 0.5
    power = np.minimum(1.072e6 * np.maximum(speed, 1.0) ** -1.88 * density**-0.325, largest)
    f = np.interp(speed, *SPEED_FUNCTION.T, left=0.0)
    return 1e4 * 4.736e4 * nose_radius**power * density**1.22 * f


def convective(model: str, density, speed, nose_radius):
    """Flux of the model named, of CONVECTION, W/m2."""
    return {"sutton-graves": sutton_graves, "brandis-johnston": brandis_johnston}[model](density, speed, nose_radius)


def radiative(model: str, density, speed, nose_radius):
    """Flux of the model named, of RADIATION, W/m2."""
    return np.zeros(np.broadcast(density, speed).shape) if model == "none" else tauber_sutton(density, speed, nose_radius)


def sphere(angle, mach=np.inf):
    """Convective flux over that of the stagnation point, on a sphere at an angle (rad) from it. Lees 1956, Jet Propulsion
    26, 259-269: laminar, cold wall, Newtonian pressure, ratio of specific heats 1.4.

    Up to the shoulder of a cap; the flow round a corner, which raises the flux just ahead of it, is not in it.
    """
    angle = np.maximum(np.abs(np.asarray(angle, float)), 1e-3)  # below it the ratio is 1 to seven figures
    least = 1.0 / (1.4 * np.asarray(mach, float) ** 2)
    around = (1.0 - least) * (angle**2 - 0.5 * angle * np.sin(4 * angle) + (1 - np.cos(4 * angle)) / 8)
    around = around + 4 * least * (angle**2 - angle * np.sin(2 * angle) + (1 - np.cos(2 * angle)) / 2)
    return 2 * angle * np.sin(angle) * ((1 - least) * np.cos(angle) ** 2 + least) / np.sqrt(around)


def wall_temperature(flux, emissivity: float, surroundings: float = 0.0):
    """Temperature, K, of a wall that radiates away all of the flux, W/m2 (Stefan-Boltzmann), to surroundings in K."""
    return (np.maximum(flux, 0.0) / (emissivity * STEFAN_BOLTZMANN) + surroundings**4) ** 0.25


def load(flux, t):
    """Time integral of a flux (n,) W/m2 at times (n,) s, J/m2, up to each time: cubic through the values."""
    from scipy.interpolate import PchipInterpolator

    return PchipInterpolator(t, flux).antiderivative()(t)


def peak(flux, t) -> tuple[float, float]:
    """(greatest flux, its time): of the parabola through the greatest value and its neighbours."""
    i = int(np.argmax(flux))
    if i in (0, len(t) - 1):
        return float(flux[i]), float(t[i])
    x = np.asarray(t[i - 1 : i + 2]) - t[i]
    bend = np.polyfit(x, flux[i - 1 : i + 2], 2)
    if bend[0] >= 0.0:
        return float(flux[i]), float(t[i])
    at = float(np.clip(-bend[1] / (2 * bend[0]), x[0], x[2]))
    return max(float(np.polyval(bend, at)), float(flux[i])), float(t[i] + at)


RANGES = {  # speed m/s, density kg/m3, nose radius m
    "brandis-johnston": ((3000.0, 17000.0), (1e-5, 5e-3), (0.2, 10.0)),
    "tauber-sutton": ((10000.0, 16000.0), (6.66e-5, 6.31e-4), (0.3, 3.0)),
}


def outside(model: str, flux, density, speed, nose_radius: float) -> list[str]:
    """Sentences on the ranges of a model that were left while its flux was above a tenth of its greatest."""
    if model not in RANGES or not np.any(flux > 0.0):
        return []
    hot = np.asarray(flux) > 0.1 * np.max(flux)
    out = []
    for name, unit, values, (low, high) in zip(
        ("speed", "density", "nose radius"), ("m/s", "kg/m3", "m"),
        (np.asarray(speed)[hot], np.asarray(density)[hot], np.array([nose_radius])), RANGES[model], strict=True,
    ):  # fmt: skip
        if values.min() < low or values.max() > high:
            seen = f"{values.min():.3g} to {values.max():.3g}" if len(values) > 1 else f"{values[0]:.3g}"
            out.append(f"{model} is outside its range: {name} {seen} {unit}, valid {low:.3g} to {high:.3g}")
    return out
