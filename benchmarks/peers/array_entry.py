"""P1 with NumPy and SciPy: all flights together by the classical Runge-Kutta method at fixed steps, and one flight at a time
by SciPy's adaptive methods with a right-hand side in plain Python."""

from __future__ import annotations

from math import exp, sqrt

import numpy as np

from benchmarks import p1_inputs as p1

MU, A, J2, RATE, FLAT = p1.MU, p1.RADIUS, p1.J2, p1.RATE, p1.FLATTENING
E2 = FLAT * (2 - FLAT)
EP2, B = E2 / (1 - E2), A * (1 - FLAT)
COAST_STEP, ENTRY_STEP, ENTRY_ALTITUDE = 15.0, 2.0, 140e3  # s, s, m: found by trial, the longest below 1 m at the end


def altitude(x, y, z, root=np.sqrt):
    """Geodetic altitude, m (Bowring 1985), of numbers or arrays."""
    p = root(x * x + y * y)
    s, c = B * z * (1 + EP2 * B / root(p * p + z * z)), A * p
    norm = 1 / root(s * s + c * c)
    up, out = z + EP2 * B * (s * norm) ** 3, p - E2 * A * (c * norm) ** 3
    norm = 1 / root(up * up + out * out)
    up, out = up * norm, out * norm
    return p * out + z * up - A * root(1 - E2 * up * up)


def acceleration(x, y, z, vx, vy, vz, rho, drag, up, right, root=np.sqrt):
    """Gravity (point mass and J2), drag and lift, m/s2, and the speed through the air; numbers or arrays."""
    i2 = 1 / (x * x + y * y + z * z)
    g, j, z2 = -MU * i2 * root(i2), 1.5 * J2 * A * A * i2, z * z * i2
    gxy, gz = g * (1 + j * (1 - 5 * z2)), g * (1 + j * (3 - 5 * z2))
    vx, vy = vx + RATE * y, vy - RATE * x
    v = root(vx * vx + vy * vy + vz * vz)
    wx, wy, wz = y * vz - z * vy, z * vx - x * vz, x * vy - y * vx
    w = 1 / root(wx * wx + wy * wy + wz * wz)
    wx, wy, wz = wx * w, wy * w, wz * w
    k = drag * rho * v
    u, s = k * up, k * v * right
    return (
        gxy * x - k * vx + u * (vy * wz - vz * wy) - s * wx,
        gxy * y - k * vy + u * (vz * wx - vx * wz) - s * wy,
        gz * z - k * vz + u * (vx * wy - vy * wx) - s * wz,
        v,
    )


def numbers(inputs: p1.Inputs):
    """(drag per density, lift up, lift right, heat factor) of each flight."""
    return (
        inputs.density_factor * inputs.cd * p1.AREA / (2 * p1.MASS), p1.LIFT_TO_DRAG * np.cos(inputs.bank),
        p1.LIFT_TO_DRAG * np.sin(inputs.bank), p1.HEAT * np.sqrt(inputs.density_factor),
    )  # fmt: skip


def fly_runge_kutta(inputs: p1.Inputs, coast_step: float = COAST_STEP, entry_step: float = ENTRY_STEP) -> p1.Ends:
    """Classical Runge-Kutta, all flights at once on the table; long steps in orbit, short ones in the air, s."""
    bottom, spacing, table = p1.density_table()
    rows = np.stack(numbers(inputs))
    rise = np.append(np.diff(table), 0.0)

    def slope(q, rows):
        h = (altitude(q[0], q[1], q[2]) - bottom) / spacing
        i = np.clip(h.astype(np.int64), 0, len(table) - 2)
        rho = np.exp(table[i] + (h - i) * rise[i])
        ax, ay, az, v = acceleration(*q[:6], rho, rows[0], rows[1], rows[2])
        return np.stack([q[3], q[4], q[5], ax, ay, az, rows[3] * np.sqrt(rho) * v**3])

    def step(q, h, rows):
        a = slope(q, rows)
        b = slope(q + h / 2 * a, rows)
        c = slope(q + h / 2 * b, rows)
        d = slope(q + h * c, rows)
        return q + h / 6 * (a + 2 * b + 2 * c + d)

    n = len(inputs)
    q = np.vstack([p1.starts(inputs).T, np.zeros(n)])
    t, alive = np.zeros(n), np.arange(n)
    ends, times = np.full((7, n), np.nan), np.full(n, np.nan)
    for _ in range(5000):
        h = np.where(altitude(*q[:3]) > ENTRY_ALTITUDE, coast_step, entry_step)
        q, t = step(q, h, rows), t + h
        down = altitude(*q[:3]) < p1.END
        if down.any():
            ends[:, alive[down]], times[alive[down]] = q[:, down], t[down]
            alive, q, t, rows = alive[~down], q[:, ~down], t[~down], rows[:, ~down]
            if not len(alive):
                break
    rows = np.stack(numbers(inputs))
    for _ in range(3):
        here = altitude(*ends[:3])
        rate = sum((altitude(*(ends[:3] + np.eye(3)[:, [j]])) - here) * ends[3 + j] for j in range(3))
        h = (p1.END - here) / rate
        ends, times = step(ends, h, rows), times + h
    return p1.Ends(times, ends[:3].T)


def fly_scipy(inputs: p1.Inputs, method: str, density: str, tolerance: float) -> p1.Ends:
    """solve_ivp, one flight after another; the end by its own event finder."""
    from scipy.integrate import solve_ivp

    bottom, spacing, table = p1.density_table()
    table = table.tolist()
    half, lower, upper, coefficients = p1.density_polynomial()
    falling = coefficients[::-1].tolist()

    def linear(h):
        place = (h - bottom) / spacing
        i = min(max(int(place), 0), len(table) - 2)
        return exp(table[i] + (place - i) * (table[i + 1] - table[i]))

    def smooth(h):
        h = min(max(h, 8e3), 430e3)  # where the polynomial holds
        x = (2 * h / (h + half) - lower - upper) / (upper - lower)
        total = 0.0
        for c in falling:
            total = total * x + c
        return exp(total)

    rho_of = linear if density == "table" else smooth

    def down(t, q):
        return altitude(q[0], q[1], q[2], sqrt) - p1.END

    down.terminal = True
    scale = tolerance * np.array([A] * 3 + [p1.SPEED] * 3 + [1e9])
    ends, times = np.full((len(inputs), 3), np.nan), np.full(len(inputs), np.nan)
    for i, (y0, row) in enumerate(zip(p1.starts(inputs), np.stack(numbers(inputs), axis=1).tolist(), strict=True)):
        drag, up, right, heat = row

        def slope(t, q, drag=drag, up=up, right=right, heat=heat):
            x, y, z, vx, vy, vz, _ = q.tolist()
            rho = rho_of(altitude(x, y, z, sqrt))
            ax, ay, az, v = acceleration(x, y, z, vx, vy, vz, rho, drag, up, right, sqrt)
            return (vx, vy, vz, ax, ay, az, heat * sqrt(rho) * v * v * v)

        done = solve_ivp(slope, (0.0, 1e4), np.append(y0, 0.0), method=method, rtol=1e-13, atol=scale, events=down)
        if len(done.t_events[0]):
            times[i], ends[i] = done.t_events[0][0], done.y_events[0][0][:3]
    return p1.Ends(times, ends)
