"""Makes data/orbit_reference.npz: python -m benchmarks.make_orbit_reference. Takes some minutes.

SciPy's DOP853 at 1e-13, all orbits together, with a right-hand side of its own: gravity by the recursion of Cunningham
(1970, Celestial Mechanics 2, 207) as in Montenbruck & Gill 2000, eqs. 3.29-3.33; altitude by Bowring's iteration.
"""

from __future__ import annotations

from math import factorial, sqrt

import numpy as np
from scipy.integrate import solve_ivp

from benchmarks import orbit_inputs as p3


def gravity(field: p3.Field, position: np.ndarray) -> np.ndarray:
    """(3, n) acceleration at Earth-fixed positions (3, n)."""
    x, y, z = position
    top = len(field.cosine) - 1
    r2 = x * x + y * y + z * z
    k = field.radius / r2
    x0, y0, z0, rho = k * x, k * y, k * z, k * field.radius
    V = np.zeros((top + 2, top + 2, len(x)))
    W = np.zeros_like(V)
    V[0, 0] = field.radius / np.sqrt(r2)
    for m in range(top + 2):
        if m:
            V[m, m] = (2 * m - 1) * (x0 * V[m - 1, m - 1] - y0 * W[m - 1, m - 1])
            W[m, m] = (2 * m - 1) * (x0 * W[m - 1, m - 1] + y0 * V[m - 1, m - 1])
        for n in range(m + 1, top + 2):
            for one in (V, W):
                one[n, m] = (2 * n - 1) / (n - m) * z0 * one[n - 1, m]
                if n > m + 1:
                    one[n, m] -= (n + m - 1) / (n - m) * rho * one[n - 2, m]
    ax, ay, az = np.zeros((3, len(x)))
    for n in range(top + 1):
        for m in range(n + 1):
            scale = sqrt((1 if m == 0 else 2) * (2 * n + 1) * factorial(n - m) / factorial(n + m))
            c, s = scale * field.cosine[n, m], scale * field.sine[n, m]
            if c == 0 and s == 0:
                continue
            if m == 0:
                ax -= c * V[n + 1, 1]
                ay -= c * W[n + 1, 1]
            else:
                f = (n - m + 2) * (n - m + 1)
                ax += 0.5 * (-c * V[n + 1, m + 1] - s * W[n + 1, m + 1] + f * (c * V[n + 1, m - 1] + s * W[n + 1, m - 1]))
                ay += 0.5 * (-c * W[n + 1, m + 1] + s * V[n + 1, m + 1] + f * (-c * W[n + 1, m - 1] + s * V[n + 1, m - 1]))
            az += (n - m + 1) * (-c * V[n + 1, m] - s * W[n + 1, m])
    return field.mu / field.radius**2 * np.stack([ax, ay, az])


def altitude(x, y, z):
    b, e2 = p3.RADIUS * (1 - p3.FLATTENING), p3.FLATTENING * (2 - p3.FLATTENING)
    p = np.hypot(x, y)
    beta = np.arctan2(z * p3.RADIUS, p * b)
    for _ in range(2):
        latitude = np.arctan2(z + e2 / (1 - e2) * b * np.sin(beta) ** 3, p - e2 * p3.RADIUS * np.cos(beta) ** 3)
        beta = np.arctan2((1 - p3.FLATTENING) * np.sin(latitude), np.cos(latitude))
    return p * np.cos(latitude) + z * np.sin(latitude) - p3.RADIUS * np.sqrt(1 - e2 * np.sin(latitude) ** 2)


def slope(t, flat, field):
    x, y, z, vx, vy, vz = q = flat.reshape(6, -1)
    c, s = np.cos(p3.RATE * t), np.sin(p3.RATE * t)
    gx, gy, gz = gravity(field, np.stack([c * x + s * y, c * y - s * x, z]))
    ux, uy = vx + p3.RATE * y, vy - p3.RATE * x
    k = 0.5 * p3.DRAG * p3.GROUND_DENSITY * np.exp(-altitude(x, y, z) / p3.SCALE_HEIGHT) * np.sqrt(ux**2 + uy**2 + vz**2)
    return np.concatenate([q[3:].ravel(), c * gx - s * gy - k * ux, s * gx + c * gy - k * uy, gz - k * vz])


def states(name: str, n: int = p3.KEPT, tolerance: float = 1e-13) -> np.ndarray:
    """(n, 6) after a day."""
    begin = p3.starts()[:n].T.ravel()
    scale = tolerance * np.repeat([p3.RADIUS, 7905.0], 3 * n)
    done = solve_ivp(slope, (0.0, p3.DAY), begin, "DOP853", t_eval=[p3.DAY], rtol=1e-13, atol=scale,
                     args=(p3.field(name),))  # fmt: skip
    return done.y[:, -1].reshape(6, n).T


if __name__ == "__main__":
    np.savez_compressed(p3.REFERENCE, **{name: states(name) for name in p3.FIELDS})
