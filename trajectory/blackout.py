"""Radio blackout: when the air at the nose holds more electrons than let a radio wave through.

A wave is cut off where the plasma frequency exceeds its own: n_e > (2 pi f)^2 eps0 m_e/e^2 (Rybak & Churchill 1971, IEEE
Trans. Aerosp. Electron. Syst. 7, 879). The electrons are those of air in equilibrium at the stagnation point
behind a normal shock (Anderson 2006, sections 11.9 and 14.4): N2, O2, NO, N, O and, as a trace, NO+ and its electrons, from
their partition functions (Vincenti & Kruger 1965, chapters IV and V; constants of Huber & Herzberg 1979).

A layer of shocked air, and so a plasma that is counted, needs a continuum: a mean free path of less than 0.01 nose radii (Bird
1994, section 1.2).

Range: flows in equilibrium, below 75 km or so on a capsule, and slower than some 9 km/s, where atoms too are ionised. Above,
air has no time to ionise: equilibrium says too many electrons, and the blackout begins too early. The antenna of a capsule
looks out of the lee side, where there are fewer: the criterion at the nose is an upper bound at both ends.
"""

from __future__ import annotations

import numpy as np

K = 1.380649e-23  # J/K, exact (SI)
PLANCK = 6.62607015e-34  # J s, exact
CHARGE = 1.602176634e-19  # C, exact
ELECTRON = 9.1093837015e-31  # kg, CODATA 2018
VACUUM = 8.8541878128e-12  # F/m, CODATA 2018
AVOGADRO = 6.02214076e23  # 1/mol, exact
NITROGEN = 0.79  # fraction of the molecules of cold air taken as N2, the rest as O2
HIGHEST = 9000.0  # m/s
CONTINUUM = 0.01  # Knudsen number, Bird 1994, section 1.2
DIAMETER = 3.65e-10  # m, of a molecule of air: U.S. Standard Atmosphere 1976
AIR_MASS = 28.9644e-3  # kg/mol, U.S. Standard Atmosphere 1976
COLD = 250.0  # K, of the air ahead: its enthalpy is 1 % of the flow's at 7 km/s

# molar mass kg/mol, rotation K, vibration K, symmetry, (degeneracy, K) of the lowest electronic states, energy of formation eV
# from N2 and O2 at 0 K
SPECIES = {
    "N2": (28.0134e-3, 2.875, 3393.0, 2, ((1, 0.0),), 0.0),
    "O2": (31.9988e-3, 2.080, 2274.0, 2, ((3, 0.0), (2, 11392.0), (1, 18985.0)), 0.0),
    "NO": (30.0061e-3, 2.453, 2739.0, 1, ((2, 0.0), (2, 174.2)), 0.931),
    "NO+": (30.0056e-3, 2.873, 3419.0, 1, ((1, 0.0),), 0.931 + 9.264),
    "N": (14.0067e-3, None, None, 1, ((4, 0.0), (10, 27665.0), (6, 41495.0)), 4.880),
    "O": (15.9994e-3, None, None, 1, ((5, 0.0), (3, 228.0), (1, 326.0), (5, 22830.0)), 2.558),
}


def critical_density(frequency):
    """Electrons, 1/m3, that cut off a wave of a frequency, Hz."""
    return (2 * np.pi * np.asarray(frequency, float)) ** 2 * VACUUM * ELECTRON / CHARGE**2


def plasma_frequency(electrons):
    """Hz, of a density of electrons, 1/m3."""
    return np.sqrt(np.asarray(electrons, float) * CHARGE**2 / (VACUUM * ELECTRON)) / (2 * np.pi)


def _partition(name: str, t):
    """(ln of the partition function per volume, 1/m3, from the ground state; internal and translational energy, K)."""
    mass, rotation, vibration, symmetry, levels, _ = SPECIES[name]
    value = 1.5 * np.log(2 * np.pi * mass / AVOGADRO * K * t / PLANCK**2)
    energy = 1.5 * t
    weights = np.array([g * np.exp(-e / t) for g, e in levels])
    value = value + np.log(weights.sum(axis=0))
    energy = energy + sum(w * e for w, (_, e) in zip(weights, levels, strict=True)) / weights.sum(axis=0)
    if rotation is not None:
        x = vibration / t
        value = value + np.log(t / (symmetry * rotation)) - np.log1p(-np.exp(-x))
        energy = energy + t + vibration / np.expm1(x)
    return value, energy


def _equilibrium(t, pressure):
    """(partial pressures of N2, O2, NO, N, O, Pa; of electrons; enthalpy J/kg of the mixture) at T (n,) K and p (n,) Pa."""
    ev = CHARGE / K
    held = {name: _partition(name, t) for name in SPECIES}

    def constant(made: str, *parts: str):
        """ln of p_made/prod(p_parts) (Pa)."""
        energy = SPECIES[made][5] - sum(SPECIES[p][5] for p in parts)
        number = held[made][0] - sum(held[p][0] for p in parts)
        return number - energy * ev / t + (1 - len(parts)) * np.log(K * t)

    n2, o2, no = constant("N2", "N", "N"), constant("O2", "O", "O"), constant("NO", "N", "O")
    low, high = np.full_like(t, -250.0), np.log(pressure)  # of ln p_O

    def nitrogen(ln_o):
        """ln p_N such that the pressures add up."""
        o = np.exp(np.minimum(ln_o, 700.0))
        rest = pressure - o - np.exp(np.minimum(2 * ln_o + o2, 700.0))
        a, b = n2, np.logaddexp(0.0, no + ln_o)  # exp(a) N^2 + exp(b) N = rest
        rest = np.maximum(rest, 1e-300)
        # N = 2 rest/(B + sqrt(B^2 + 4 A rest)), in logarithms
        root = 0.5 * np.logaddexp(2 * b, np.log(4.0) + a + np.log(rest))
        return np.log(2 * rest) - np.logaddexp(b, root)

    for _ in range(45):
        middle = 0.5 * (low + high)
        ln_n = nitrogen(middle)
        nuclei_o = np.logaddexp(np.logaddexp(middle, no + middle + ln_n), np.log(2.0) + 2 * middle + o2)
        nuclei_n = np.logaddexp(np.logaddexp(ln_n, no + middle + ln_n), np.log(2.0) + 2 * ln_n + n2)
        rich = nuclei_o - nuclei_n > np.log((1 - NITROGEN) / NITROGEN)
        high, low = np.where(rich, middle, high), np.where(rich, low, middle)
    ln_o = 0.5 * (low + high)
    ln_n = nitrogen(ln_o)
    parts = {"O": ln_o, "N": ln_n, "NO": no + ln_o + ln_n, "O2": 2 * ln_o + o2, "N2": 2 * ln_n + n2}
    parts = {name: np.exp(p) for name, p in parts.items()}
    mass = sum(p * SPECIES[name][0] for name, p in parts.items())  # times the universal RT: density
    heat = sum(p * (held[name][1] + t + SPECIES[name][5] * ev) for name, p in parts.items())
    # NO -> NO+ + e-: the electron's own sum is that of a point mass with two spins
    electron = np.log(2.0) + 1.5 * np.log(2 * np.pi * ELECTRON * K * t / PLANCK**2)
    ion = held["NO+"][0] + electron - held["NO"][0] - 9.264 * ev / t + np.log(K * t)
    return parts, np.exp(0.5 * (ion + np.log(np.maximum(parts["NO"], 1e-300)))), heat * K * AVOGADRO / mass


def stagnation(density, speed):
    """(electrons 1/m3, temperature K, pressure Pa) of air in equilibrium at the stagnation point, for the density (n,) kg/m3
    and the speed (n,) m/s of the flow ahead. Nothing is ionised below 1000 m/s: zero there."""
    density, speed = np.atleast_1d(np.asarray(density, float)), np.atleast_1d(np.asarray(speed, float))
    electrons, temperature, pressure = np.zeros_like(speed), np.full_like(speed, COLD), density * speed**2
    fast = (speed > 1000.0) & (density > 0.0)
    if not np.any(fast):
        return electrons, temperature, pressure
    rho, v = density[fast], speed[fast]
    wanted = 1004.7 * COLD + 0.5 * v**2
    ratio = np.full_like(v, 0.08)  # of densities across the shock
    for _ in range(2):
        p = rho * v**2 * (1.0 - 0.5 * ratio)  # momentum through the shock, then a flow of one density to rest
        low, high = np.full_like(v, np.log(300.0)), np.full_like(v, np.log(15000.0))
        for _ in range(32):
            middle = 0.5 * (low + high)
            hot = _equilibrium(np.exp(middle), p)[2] > wanted
            high, low = np.where(hot, middle, high), np.where(hot, low, middle)
        t = np.exp(0.5 * (low + high))
        parts, free, _ = _equilibrium(t, p)
        behind = sum(x * SPECIES[name][0] for name, x in parts.items()) / (K * AVOGADRO * t)
        ratio = rho / behind
    electrons[fast], temperature[fast], pressure[fast] = free / (K * t), t, p
    return electrons, temperature, pressure


def mean_free_path(density):
    """m, in air of a density, kg/m3. U.S. Standard Atmosphere 1976, eq. 26."""
    return AIR_MASS / AVOGADRO / (np.sqrt(2.0) * np.pi * DIAMETER**2 * np.maximum(density, 1e-30))


def excess(density, electrons, frequency: float, nose_radius: float):
    """Above 0 where a wave of a frequency, Hz, is cut off: ln of the electrons over those needed, or of the limit of the
    continuum over the Knudsen number, whichever is less. Density of the air ahead, kg/m3; electrons 1/m3; nose radius m."""
    dense = np.log(np.maximum(electrons, 1e-3) / critical_density(frequency))
    return np.minimum(dense, np.log(CONTINUUM * nose_radius / mean_free_path(density)))


def spans(t, over) -> list[tuple[float, float]]:
    """(start, end), s, of each time that `excess` (n,) at times (n,) is above 0; straight between."""
    inside = over > 0.0
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    at = [float(t[i] + (t[i + 1] - t[i]) * over[i] / (over[i] - over[i + 1])) for i in edges]
    if inside[0]:
        at.insert(0, float(t[0]))
    if inside[-1]:
        at.append(float(t[-1]))
    return list(zip(at[::2], at[1::2], strict=True))
