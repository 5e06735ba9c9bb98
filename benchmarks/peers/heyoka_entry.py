"""P1 with heyoka's Taylor integrator in batch mode, smooth density; a lane that has landed takes the next flight."""

from __future__ import annotations

from functools import cache

import numpy as np

from benchmarks import p1_inputs as p1

LONG = 4000.0  # s: no flight of P2 lasts as long


@cache
def integrator(tolerance: float, width: int):
    """A compiled integrator; the first call takes seconds."""
    import heyoka as hy

    x, y, z, vx, vy, vz, heat = hy.make_vars("x", "y", "z", "vx", "vy", "vz", "heat")
    drag, up, right, warm = hy.par[0], hy.par[1], hy.par[2], hy.par[3]
    a, b = p1.RADIUS, p1.RADIUS * (1 - p1.FLATTENING)
    e2 = p1.FLATTENING * (2 - p1.FLATTENING)
    p2 = x * x + y * y
    r2 = p2 + z * z
    p, r = hy.sqrt(p2), hy.sqrt(r2)
    s, c = b * z * (1 + e2 / (1 - e2) * b / r), a * p
    norm = 1 / hy.sqrt(s * s + c * c)
    s, c = s * norm, c * norm
    high, out = z + e2 / (1 - e2) * b * (s * s * s), p - e2 * a * (c * c * c)
    norm = 1 / hy.sqrt(high * high + out * out)
    high, out = high * norm, out * norm
    altitude = p * out + z * high - a * hy.sqrt(1 - e2 * high * high)
    half, lower, upper, coefficients = p1.density_polynomial()
    place = (2 * altitude / (altitude + half) - (lower + upper)) * (1 / (upper - lower))
    log_density = hy.expression(float(coefficients[-1]))
    for value in coefficients[-2::-1]:
        log_density = log_density * place + float(value)
    root_rho = hy.exp(0.5 * log_density)
    i2 = 1 / r2
    g, j, z2 = -p1.MU * i2 / r, 1.5 * p1.J2 * a * a * i2, z * z * i2
    gxy, gz = g * (1 + j * (1 - 5 * z2)), g * (1 + j * (3 - 5 * z2))
    ux, uy, uz = vx + p1.RATE * y, vy - p1.RATE * x, vz
    u2 = ux * ux + uy * uy + uz * uz
    u = hy.sqrt(u2)
    wx, wy, wz = y * uz - z * uy, z * ux - x * uz, x * uy - y * ux
    w = 1 / hy.sqrt(wx * wx + wy * wy + wz * wz)
    wx, wy, wz = wx * w, wy * w, wz * w
    k = drag * root_rho * root_rho * u
    lift, side = k * up, k * u * right
    system = [
        (x, vx), (y, vy), (z, vz),
        (vx, gxy * x - k * ux + lift * (uy * wz - uz * wy) - side * wx),
        (vy, gxy * y - k * uy + lift * (uz * wx - ux * wz) - side * wy),
        (vz, gz * z - k * uz + lift * (ux * wy - uy * wx) - side * wz),
        (heat, warm * root_rho * u2 * u),
    ]  # fmt: skip
    end = hy.t_event_batch(altitude - p1.END, direction=hy.event_direction.negative)
    state = np.tile(np.append(p1.start(), 0.0)[:, None], (1, width))
    return hy.taylor_adaptive_batch(system, state, pars=np.zeros((4, width)), t_events=[end], tol=tolerance, fast_math=True)


def width() -> int:
    """Lanes of the batch: heyoka's own recommendation for this machine."""
    import heyoka as hy

    return int(hy.recommended_simd_size())


def widths() -> list[int]:
    """Those worth trying: the recommended one and 8; which is faster depends on the problem."""
    return sorted({width(), 8})


def fly(inputs: p1.Inputs, tolerance: float = 1e-9, lanes: int | None = None) -> p1.Ends:
    import heyoka as hy

    lanes = lanes or width()
    ta = integrator(tolerance, lanes)
    n = len(inputs)
    starts = np.hstack([p1.starts(inputs), np.zeros((n, 1))])
    rows = np.stack([
        inputs.density_factor * inputs.cd * p1.AREA / (2 * p1.MASS), p1.LIFT_TO_DRAG * np.cos(inputs.bank),
        p1.LIFT_TO_DRAG * np.sin(inputs.bank), p1.HEAT * np.sqrt(inputs.density_factor),
    ], axis=1)  # fmt: skip
    ends, times = np.full((n, 3), np.nan), np.full(n, np.nan)
    flight, until, clock = np.full(lanes, -1), np.full(lanes, LONG), np.zeros(lanes)
    waiting = 0
    ta.reset_cooldowns()
    for lane in range(lanes):
        row = min(lane, n - 1)
        ta.state[:, lane], ta.pars[:, lane] = starts[row], rows[row]
        if lane < n:
            flight[lane], waiting = lane, lane + 1
        else:
            until[lane] = 0.0
    ta.set_time(clock)
    while (flight >= 0).any():
        ta.propagate_until(until)
        for lane, (outcome, *_) in enumerate(ta.propagate_res):
            if flight[lane] < 0 or outcome == hy.taylor_outcome.cb_stop:
                continue
            clock = ta.time.copy()
            if clock[lane] >= LONG or int(outcome) == -1:
                times[flight[lane]], ends[flight[lane]] = clock[lane], ta.state[:3, lane]
            else:
                continue
            if waiting < n:
                row, waiting = waiting, waiting + 1
                flight[lane], clock[lane] = row, 0.0
                ta.state[:, lane], ta.pars[:, lane] = starts[row], rows[row]
            else:
                flight[lane], until[lane] = -1, clock[lane]
            ta.set_time(clock)
            ta.reset_cooldowns(lane)
    return p1.Ends(times, ends)
