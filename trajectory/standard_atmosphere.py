"""U.S. Standard Atmosphere 1976 (NOAA-S/T 76-1562), as defined, from -5 to 1000 km geometric altitude.

Below 86 km: seven layers, linear in geopotential altitude, in hydrostatic equilibrium (section 1.2). From 86
km: the diffusive equilibrium of N2, O, O2, Ar, He and H, integrated species by species (section 1.3, eqs.
31-42, tables 5-8). Altitudes z are geometric, in km inside this file.
"""

from functools import lru_cache

import numpy as np

from trajectory import constants

BOTTOM, TOP = -5.0e3, 1.0e6  # m, geometric
# --- below 86 km: base geopotential altitude (km), gradient (K/km); table 4
LAYER_BASE = np.array([0.0, 11.0, 20.0, 32.0, 47.0, 51.0, 71.0])
LAYER_GRADIENT = np.array([-6.5, 0.0, 1.0, 2.8, 0.0, -2.8, -2.0])
# ratio of molar mass to its sea-level value from 80 to 86 km geometric in steps of 0.5 km; table 8
MASS_RATIO = np.array(
    [1.0, 0.999996, 0.999989, 0.999971, 0.999941, 0.999909, 0.999870]
    + [0.999829, 0.999786, 0.999741, 0.999694, 0.999641, 0.999579]
)
# --- above 86 km: number density at 86 km (1/m3), molar mass (kg/kmol), thermal diffusion (1), a (1/m s), b
# (1)
SPECIES = {  # tables 3, 6, 9
    "N2": (1.129794e20, 28.0134, 0.0, None, None),
    "O": (8.6e16, 15.9994, 0.0, 6.986e20, 0.750),
    "O2": (3.030898e19, 31.9988, 0.0, 4.863e20, 0.750),
    "Ar": (1.351400e18, 39.948, 0.0, 4.487e20, 0.870),
    "He": (7.581730e14, 4.0026, -0.40, 1.700e21, 0.691),
    "H": (8.0e10, 1.00797, -0.25, 3.305e21, 0.500),  # number density at 500 km
}
# flow of species, eq. 37: Q (1/km3), U (km), W (1/km3); q, u, w; table 7
FLOW = {
    "O": (-5.809644e-4, 56.90311, 2.706240e-5, -3.416248e-3, 97.0, 5.008765e-4),
    "O2": (1.366212e-4, 86.0, 8.333333e-5, 0.0, 0.0, 0.0),
    "Ar": (9.434079e-5, 86.0, 8.333333e-5, 0.0, 0.0, 0.0),
    "He": (-2.457369e-4, 86.0, 6.666667e-4, 0.0, 0.0, 0.0),
}
HYDROGEN_FLUX = 7.2e11  # 1/(m2 s), eq. 39
STEP = 0.01  # km, of the integration
COLLISION_DIAMETER = 3.65e-10  # m, effective, of the standard's mean free path


def us76(altitude):
    """Density (kg/m3), kinetic temperature (K) and speed of sound (m/s) at geometric altitudes (...,) in m.

    NaN outside -5 to 1000 km. The standard defines the speed of sound below 86 km; above, the same formula
    with the kinetic temperature and the sea-level molar mass continues it (a jump of 0.02 % at 86 km).
    """
    z = np.asarray(altitude, dtype=float) / 1e3
    low, high = _lower(np.minimum(z, 86.0)), _upper(np.clip(z, 86.0, 1000.0))
    density, temperature, molecular = (np.where(z < 86.0, a, b) for a, b in zip(low, high, strict=True))
    outside = (z < BOTTOM / 1e3) | (z > TOP / 1e3)
    density, temperature, molecular = (
        np.where(outside, np.nan, v) for v in (density, temperature, molecular)
    )
    return density, temperature, sound_speed(molecular)


def mean_free_path(altitude):
    """Mean free path, m, at geometric altitudes in m, held outside -5 to 1000 km: 1/(sqrt 2 pi sigma^2 N), as in the standard.

    The molar mass is that of sea level: 10 % too long at 120 km, 36 % at 200 km.
    """
    density = us76(np.clip(altitude, BOTTOM, TOP))[0]
    number = density * constants.AVOGADRO / constants.AIR_MOLAR_MASS
    return 1.0 / (np.sqrt(2.0) * np.pi * COLLISION_DIAMETER**2 * number)


def sound_speed(molecular_scale_temperature):
    """Speed of sound (m/s) of air, gamma 1.4, at a molecular-scale temperature T M0/M (K); eq. 50."""
    specific = constants.GAS_CONSTANT / constants.AIR_MOLAR_MASS
    return np.sqrt(constants.AIR_HEAT_CAPACITY_RATIO * specific * molecular_scale_temperature)


def _gravity(z):
    """m/s2, eq. 17."""
    radius = constants.GEOPOTENTIAL_RADIUS / 1e3
    return constants.STANDARD_GRAVITY * (radius / (radius + z)) ** 2


def _layer_bases():
    """Molecular-scale temperature (K) and pressure (Pa) at the base of each layer; eqs. 23, 33a, 33b."""
    temperature, pressure = [constants.SEA_LEVEL_TEMPERATURE], [constants.SEA_LEVEL_PRESSURE]
    for i in range(len(LAYER_BASE) - 1):
        top, gradient = LAYER_BASE[i + 1], LAYER_GRADIENT[i]
        temperature.append(temperature[i] + gradient * (top - LAYER_BASE[i]))
        pressure.append(pressure[i] * _pressure_ratio(top - LAYER_BASE[i], temperature[i], gradient))
    return np.array(temperature), np.array(pressure)


def _pressure_ratio(rise, base_temperature, gradient):
    """Pressure over that at the base, `rise` km geopotential above it; eqs. 33a and 33b."""
    weight = constants.STANDARD_GRAVITY * constants.AIR_MOLAR_MASS / constants.GAS_CONSTANT * 1e3  # K/km
    steady = np.exp(-weight * rise / base_temperature)
    slope = np.where(gradient == 0.0, 1.0, gradient)
    sloping = (base_temperature / (base_temperature + slope * rise)) ** (weight / slope)
    return np.where(gradient == 0.0, steady, sloping)


def _lower(z):
    """Density, kinetic and molecular-scale temperature up to 86 km."""
    radius = constants.GEOPOTENTIAL_RADIUS / 1e3
    geopotential = radius * z / (radius + z)
    layer = np.clip(np.searchsorted(LAYER_BASE, geopotential, side="right") - 1, 0, len(LAYER_BASE) - 1)
    base_temperature, base_pressure = _layer_bases()
    rise = geopotential - LAYER_BASE[layer]
    molecular = base_temperature[layer] + LAYER_GRADIENT[layer] * rise
    pressure = base_pressure[layer] * _pressure_ratio(rise, base_temperature[layer], LAYER_GRADIENT[layer])
    density = pressure * constants.AIR_MOLAR_MASS / (constants.GAS_CONSTANT * molecular)
    ratio = np.interp(z, 80.0 + 0.5 * np.arange(len(MASS_RATIO)), MASS_RATIO)
    return density, molecular * ratio, molecular


def _upper_temperature(z):
    """Kinetic temperature (K) and its gradient (K/km) from 86 km; eqs. 25-31."""
    radius = constants.GEOPOTENTIAL_RADIUS / 1e3
    arc = np.sqrt(np.clip(1.0 - ((z - 91.0) / 19.9429) ** 2, 1e-12, None))
    fall = np.exp(-(12.0 / 640.0) * (z - 120.0) * (radius + 120.0) / (radius + z))
    parts = [z < 91.0, z < 110.0, z < 120.0]
    temperature = np.select(
        parts,
        [186.8673 + 0.0 * z, 263.1905 - 76.3232 * arc, 240.0 + 12.0 * (z - 110.0)],
        1000.0 - 640.0 * fall,
    )
    gradient = np.select(
        parts,
        [0.0 * z, 76.3232 * (z - 91.0) / (19.9429**2 * arc), 12.0 + 0.0 * z],
        12.0 * ((radius + 120.0) / (radius + z)) ** 2 * fall,
    )
    return temperature, gradient


@lru_cache(maxsize=1)
def _number_densities():
    """Grid of altitudes (km) and number densities (1/m3) of the species on it, by the trapezoidal rule."""
    z = np.linspace(86.0, 1000.0, round(914.0 / STEP) + 1)
    temperature, gradient = _upper_temperature(z)
    gravity = _gravity(z)
    per_kelvin = gravity / (constants.GAS_CONSTANT * temperature) * 1e3  # kmol/(kg km)

    def integral(values):
        return np.concatenate([[0.0], np.cumsum(0.5 * (values[1:] + values[:-1]) * STEP)])

    below_100 = z <= 100.0
    mixed = np.where(below_100, constants.AIR_MOLAR_MASS, SPECIES["N2"][1])
    densities = {
        "N2": SPECIES["N2"][0] * temperature[0] / temperature * np.exp(-integral(mixed * per_kelvin))
    }

    # eddy diffusion, m2/s; eq. 7
    falling = (z > 95.0) & (z < 115.0)
    eddy = np.where(z <= 95.0, 120.0, 0.0)
    eddy[falling] = 120.0 * np.exp(1.0 - 400.0 / (400.0 - (z[falling] - 95.0) ** 2))

    for name in ("O", "O2", "Ar", "He"):
        start, mass, thermal, a, b = SPECIES[name]
        background = ["N2"] if name in ("O", "O2") else ["N2", "O", "O2"]
        total = sum(densities[other] for other in background)
        mean = sum(densities[other] * SPECIES[other][1] for other in background) / total
        mean = np.where(below_100, constants.AIR_MOLAR_MASS, mean)
        molecular = a / total * (temperature / 273.15) ** b  # eq. 8
        share = molecular / (molecular + eddy)
        drift = share * (
            per_kelvin * (mass + mean * eddy / molecular) + thermal * gradient / temperature
        )  # eq. 36, the first term
        big_q, big_u, big_w, small_q, small_u, small_w = FLOW[name]
        flow = big_q * (z - big_u) ** 2 * np.exp(-big_w * (z - big_u) ** 3)
        flow += np.where(
            z <= small_u, small_q * (small_u - z) ** 2 * np.exp(-small_w * np.abs(small_u - z) ** 3), 0.0
        )
        densities[name] = start * temperature[0] / temperature * np.exp(-integral(drift + flow))

    # hydrogen flows upward from 150 km; its density is given at 500 km; eqs. 39-41
    start, mass, thermal, a, b = SPECIES["H"]
    at_500 = round((500.0 - 86.0) / STEP)
    total = sum(densities.values())
    molecular = a / total * (temperature / 273.15) ** b
    depth = integral(mass * per_kelvin)
    depth -= depth[at_500]
    ratio = (temperature / temperature[at_500]) ** (1.0 + thermal)
    with np.errstate(over="ignore", invalid="ignore"):
        risen = integral(HYDROGEN_FLUX / molecular * ratio * np.exp(depth) * 1e3)
        hydrogen = (start - np.minimum(risen - risen[at_500], 0.0)) / ratio * np.exp(-depth)
    densities["H"] = np.where(z < 150.0, 0.0, hydrogen)
    return z, densities


@lru_cache(maxsize=1)
def _upper_log_density():
    z, densities = _number_densities()
    mass = sum(densities[name] * SPECIES[name][1] for name in densities)
    return z, np.log(mass / constants.AVOGADRO)


def _upper(z):
    """Density, kinetic temperature and, for the speed of sound, kinetic temperature again, from 86 km."""
    temperature, _ = _upper_temperature(z)
    return np.exp(np.interp(z, *_upper_log_density())), temperature, temperature
