"""P3 with heyoka's Taylor integrator in batch mode; both fields, its own spherical harmonics for 8x8."""

from __future__ import annotations

from functools import cache

import numpy as np

from benchmarks import orbit_inputs as p3
from benchmarks.peers.heyoka_entry import width


@cache
def integrator(name: str, tolerance: float, lanes: int):
    import heyoka as hy

    x, y, z, vx, vy, vz = hy.make_vars("x", "y", "z", "vx", "vy", "vz")
    a, b = p3.RADIUS, p3.RADIUS * (1 - p3.FLATTENING)
    e2 = p3.FLATTENING * (2 - p3.FLATTENING)
    p = hy.sqrt(x * x + y * y)
    r2 = x * x + y * y + z * z
    r = hy.sqrt(r2)
    s, c = b * z * (1 + e2 / (1 - e2) * b / r), a * p
    norm = 1 / hy.sqrt(s * s + c * c)
    s, c = s * norm, c * norm
    high, out = z + e2 / (1 - e2) * b * (s * s * s), p - e2 * a * (c * c * c)
    norm = 1 / hy.sqrt(high * high + out * out)
    high, out = high * norm, out * norm
    altitude = p * out + z * high - a * hy.sqrt(1 - e2 * high * high)
    field = p3.field(name)
    if name == "zonal":
        i2 = 1 / r2
        g, z2 = -field.mu * i2 / r, z * z * i2
        j2, j3, j4 = (-field.cosine[n, 0] * np.sqrt(2 * n + 1) * field.radius**n for n in (2, 3, 4))
        # Vallado 2013, eqs. 8-30
        zi = z * i2
        across = 1 + 1.5 * j2 * i2 * (1 - 5 * z2) + 2.5 * j3 * i2 * zi * (3 - 7 * z2) \
            - 1.875 * j4 * i2 * i2 * (1 - 14 * z2 + 21 * z2 * z2)  # fmt: skip
        along = z * (1 + 1.5 * j2 * i2 * (3 - 5 * z2) - 1.875 * j4 * i2 * i2 * (5 - (70 / 3) * z2 + 21 * z2 * z2)) \
            + 2.5 * j3 * i2 * (6 * z2 - 7 * z2 * z2 - 0.6)  # fmt: skip
        gx, gy, gz = g * across * x, g * across * y, g * along
    else:
        turn = p3.RATE * hy.time
        cosine, sine = hy.cos(turn), hy.sin(turn)
        pairs = [[float(field.cosine[n, m]), float(field.sine[n, m])] for n in range(p3.DEGREE + 1) for m in range(n + 1)]
        fixed = [cosine * x + sine * y, cosine * y - sine * x, z]
        size = {"max_degree": p3.DEGREE, "max_order": p3.DEGREE}
        fx, fy, gz = hy.model.sh_gravity_acc(fixed, np.array(pairs), field.mu, field.radius, **size)
        gx, gy = cosine * fx - sine * fy, sine * fx + cosine * fy
    ux, uy = vx + p3.RATE * y, vy - p3.RATE * x
    k = 0.5 * p3.DRAG * p3.GROUND_DENSITY * hy.exp(-altitude / p3.SCALE_HEIGHT) * hy.sqrt(ux * ux + uy * uy + vz * vz)
    system = [(x, vx), (y, vy), (z, vz), (vx, gx - k * ux), (vy, gy - k * uy), (vz, gz - k * vz)]
    return hy.taylor_adaptive_batch(system, np.ones((6, lanes)), tol=tolerance, fast_math=True)


def fly(begin: np.ndarray, name: str, tolerance: float, lanes: int | None = None) -> np.ndarray:
    lanes = lanes or width()
    ta = integrator(name, tolerance, lanes)
    out = np.empty_like(begin)
    for first in range(0, len(begin), lanes):
        rows = np.minimum(np.arange(first, first + lanes), len(begin) - 1)
        ta.set_time(0.0)
        ta.state[:] = begin[rows].T
        ta.propagate_until(p3.DAY)
        out[rows] = ta.state.T
    return out
