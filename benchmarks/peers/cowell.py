"""P3, J2 to J4, by SciPy with a right-hand side in Python, and by boinor's (or poliastro's) Cowell with a compiled one."""

from __future__ import annotations

from importlib import import_module
from math import exp, sqrt

import numpy as np

from benchmarks import orbit_inputs as p3
from benchmarks.peers.array_entry import altitude

TOLERANCE = 1e-10
MU, RADIUS, RATE, HEIGHT = p3.field("zonal").mu, p3.RADIUS, p3.RATE, p3.SCALE_HEIGHT
J2, J3, J4 = (float(-p3.field("zonal").cosine[n, 0] * np.sqrt(2 * n + 1)) * RADIUS**n for n in (2, 3, 4))
DENSITY = 0.5 * p3.DRAG * float(p3.GROUND_DENSITY)


def acceleration(x, y, z, vx, vy, vz, height):
    """Gravity of J2 to J4 (Vallado 2013, eqs. 8-30) and drag, m/s2; numbers."""
    i2 = 1 / (x * x + y * y + z * z)
    g, z2 = -MU * i2 * sqrt(i2), z * z * i2
    across = 1 + 1.5 * J2 * i2 * (1 - 5 * z2) + 2.5 * J3 * i2 * i2 * z * (3 - 7 * z2) \
        - 1.875 * J4 * i2 * i2 * (1 - 14 * z2 + 21 * z2 * z2)  # fmt: skip
    along = z * (1 + 1.5 * J2 * i2 * (3 - 5 * z2) - 1.875 * J4 * i2 * i2 * (5 - 70 / 3 * z2 + 21 * z2 * z2)) \
        + 2.5 * J3 * i2 * (6 * z2 - 7 * z2 * z2 - 0.6)  # fmt: skip
    ux, uy = vx + RATE * y, vy - RATE * x
    k = DENSITY * exp(-height / HEIGHT) * sqrt(ux * ux + uy * uy + vz * vz)
    return g * across * x - k * ux, g * across * y - k * uy, g * along - k * vz


def fly_scipy(begin: np.ndarray, name: str) -> np.ndarray:
    from scipy.integrate import solve_ivp

    def slope(t, q):
        x, y, z, vx, vy, vz = q.tolist()
        return (vx, vy, vz, *acceleration(x, y, z, vx, vy, vz, altitude(x, y, z, sqrt)))

    scale = TOLERANCE * np.repeat([RADIUS, 7905.0], 3)
    return np.array([
        solve_ivp(slope, (0.0, p3.DAY), q, "DOP853", t_eval=[p3.DAY], rtol=1e-13, atol=scale).y[:, -1] for q in begin
    ])  # fmt: skip


def boinor():
    """A function of (states, field) by Cowell's method of boinor, or poliastro; ImportError where neither is."""
    from numba import njit

    from benchmarks.peers.numba_entry import altitude as height

    try:
        cowell = import_module("boinor.core.propagation").cowell
    except ImportError:
        cowell = import_module("poliastro.core.propagation").cowell
    force = njit(acceleration)

    @njit
    def slope(t, q, k):
        x, y, z = q[0] * 1e3, q[1] * 1e3, q[2] * 1e3
        ax, ay, az = force(x, y, z, q[3] * 1e3, q[4] * 1e3, q[5] * 1e3, height(x, y, z))
        return np.array([q[3], q[4], q[5], ax / 1e3, ay / 1e3, az / 1e3])

    def fly(begin, name):
        out = []
        for q in begin / 1e3:  # its unit is the kilometre
            r, v = cowell(MU / 1e9, q[:3], q[3:], [p3.DAY], 1e-11, f=slope)
            out.append(1e3 * np.concatenate([r[-1], v[-1]]))
        return np.array(out)

    return fly
