"""P1 with numba: a hand-written Dormand-Prince 5(4), the same algorithm as floor.c, one flight at a time."""

from __future__ import annotations

import numpy as np
from numba import njit

from benchmarks import p1_inputs as p1

MU, A, J2, RATE, FLAT, SPEED = p1.MU, p1.RADIUS, p1.J2, p1.RATE, p1.FLATTENING, p1.SPEED
E2 = FLAT * (2 - FLAT)
EP2, B = E2 / (1 - E2), A * (1 - FLAT)
FAST = {"fastmath": True, "error_model": "numpy"}  # no division by zero is looked for


@njit(inline="always", **FAST)
def altitude(x, y, z):
    p = np.sqrt(x * x + y * y)
    s, c = B * z * (1 + EP2 * B / np.sqrt(p * p + z * z)), A * p
    norm = 1 / np.sqrt(s * s + c * c)
    s, c = s * norm, c * norm
    up, out = z + EP2 * B * s * s * s, p - E2 * A * c * c * c
    norm = 1 / np.sqrt(up * up + out * out)
    up, out = up * norm, out * norm
    return p * out + z * up - A * np.sqrt(1 - E2 * up * up)


@njit(inline="always", **FAST)
def slope(q, f, table, bottom, per_step):
    x, y, z = q[0], q[1], q[2]
    r2 = x * x + y * y + z * z
    inverse = 1 / np.sqrt(r2)
    i2 = inverse * inverse
    g, j, z2 = -MU * inverse * i2, 1.5 * J2 * A * A * i2, z * z * i2
    gxy, gz = g * (1 + j * (1 - 5 * z2)), g * (1 + j * (3 - 5 * z2))
    place = (altitude(x, y, z) - bottom) * per_step
    i = min(max(int(place), 0), len(table) - 2)
    rho = np.exp(table[i] + (place - i) * (table[i + 1] - table[i]))
    vx, vy, vz = q[3] + RATE * y, q[4] - RATE * x, q[5]
    v2 = vx * vx + vy * vy + vz * vz
    v = np.sqrt(v2)
    wx, wy, wz = y * vz - z * vy, z * vx - x * vz, x * vy - y * vx
    w = 1 / np.sqrt(wx * wx + wy * wy + wz * wz)
    wx, wy, wz = wx * w, wy * w, wz * w
    k = f[0] * rho * v
    up, right = k * f[1], -k * v * f[2]
    return (
        q[3], q[4], q[5],
        gxy * x - k * vx + up * (vy * wz - vz * wy) + right * wx,
        gxy * y - k * vy + up * (vz * wx - vx * wz) + right * wy,
        gz * z - k * vz + up * (vx * wy - vy * wx) + right * wz,
        f[3] * np.sqrt(rho) * v2 * v,
    )  # fmt: skip


def combination(count):
    """y + h (c0 k0 + c1 k1 ...) of seven components, written out: loops over tuples would not be unrolled."""
    k = [f"k{i}" for i in range(count)]
    c = [f"c{i}" for i in range(count)]
    sums = (" + ".join(f"{a} * {b}[{n}]" for a, b in zip(c, k, strict=True)) for n in range(7))
    parts = ", ".join(f"y[{n}] + h * ({one})" for n, one in enumerate(sums))
    scope: dict = {}
    exec(f"def add(y, h, {', '.join(c + k)}):\n    return ({parts})", scope)
    return njit(inline="always", **FAST)(scope["add"])


add1, add2, add3, add4, add5, add6 = (combination(n) for n in range(1, 7))


@njit(inline="always", **FAST)
def step(y, k1, h, f, table, bottom, per_step):
    k2 = slope(add1(y, h, 1 / 5, k1), f, table, bottom, per_step)
    k3 = slope(add2(y, h, 3 / 40, 9 / 40, k1, k2), f, table, bottom, per_step)
    k4 = slope(add3(y, h, 44 / 45, -56 / 15, 32 / 9, k1, k2, k3), f, table, bottom, per_step)
    k5 = slope(add4(y, h, 19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, k1, k2, k3, k4), f, table, bottom, per_step)
    k6 = slope(add5(y, h, 9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, k1, k2, k3, k4, k5), f, table, bottom,
               per_step)  # fmt: skip
    y1 = add5(y, h, 35 / 384, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84, k1, k3, k4, k5, k6)
    k7 = slope(y1, f, table, bottom, per_step)
    zero = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    error = add6(zero, h, 71 / 57600, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40, k1, k3, k4, k5, k6, k7)
    return y1, k7, error


@njit(nogil=True, **FAST)
def fly_all(starts, rows, table, bottom, per_step, end, tolerance, ends):
    position, velocity = 1 / (tolerance * A), 1 / (tolerance * SPEED)
    for n in range(len(starts)):
        s = starts[n]
        f = (rows[n, 0], rows[n, 1], rows[n, 2], rows[n, 3])
        y = (s[0], s[1], s[2], s[3], s[4], s[5], 0.0)
        k = slope(y, f, table, bottom, per_step)
        t, h = 0.0, 10.0
        for _ in range(100_000):
            y1, k7, e = step(y, k, h, f, table, bottom, per_step)
            e2 = ((e[0] ** 2 + e[1] ** 2 + e[2] ** 2) * position**2 + (e[3] ** 2 + e[4] ** 2 + e[5] ** 2) * velocity**2) / 6
            if not e2 <= 1:
                h *= max(0.2, 0.9 * e2**-0.1) if e2 < 1e30 else 0.2
                continue
            t += h
            y, k = y1, k7
            h *= min(5.0, 0.9 * (e2 + 1e-12) ** -0.1)
            if altitude(y[0], y[1], y[2]) < end:
                break
        for _ in range(3):
            now = altitude(y[0], y[1], y[2])
            rate = ((altitude(y[0] + 1, y[1], y[2]) - now) * y[3] + (altitude(y[0], y[1] + 1, y[2]) - now) * y[4]
                    + (altitude(y[0], y[1], y[2] + 1) - now) * y[5])  # fmt: skip
            back = (end - now) / rate
            y, k, e = step(y, k, back, f, table, bottom, per_step)
            t += back
        ends[n, 0] = t
        for i in range(7):
            ends[n, i + 1] = y[i]


def fly(inputs: p1.Inputs, tolerance: float = 5e-9) -> p1.Ends:
    bottom, spacing, table = p1.density_table()
    rows = np.stack([
        inputs.density_factor * inputs.cd * p1.AREA / (2 * p1.MASS), p1.LIFT_TO_DRAG * np.cos(inputs.bank),
        p1.LIFT_TO_DRAG * np.sin(inputs.bank), p1.HEAT * np.sqrt(inputs.density_factor),
    ], axis=1)  # fmt: skip
    ends = np.empty((len(inputs), 8))
    fly_all(p1.starts(inputs), rows, table, bottom, 1 / spacing, p1.END, tolerance, ends)
    return p1.Ends(ends[:, 0], ends[:, 1:4])
