"""Six degrees of freedom: a rigid body that falls, turns and is turned by the air and its jets. One flight at a time.

    r'' = g + F/m,   q' = 1/2 q (0, omega),   I omega' = M - omega x (I omega)

(Landau & Lifshitz 1976, Mechanics, section 36; quaternions: Shuster 1993, J. Astronautical Sciences 41, 439, scalar first here,
from body axes to the case frame.) Body axes, coefficients and lengths are those of trim.py: x from the shield backward. The
body is one of revolution, so force and moment of the air lie in the plane of x and the flow, at the total angle of attack

    alpha = arccos(x . f),  e = (f - x cos alpha)/sin alpha,  F = q S (C_A x + C_N e),  M = q S L C_m (e x x) - c x F
    damping: q S L^2/(2 V) C_mq omega across x                                  (Etkin 1972, section 5.10)

with f the direction of the flow and c the mass centre. Not in it: unsteady flow but for C_mq, jets' own plumes, sloshing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp
from scipy.special import ellipj, ellipk, ellipkinc

TOLERANCE = 1e-7
NORM_GAIN = 1.0  # 1/s, that pulls the quaternion back to length 1
PURSUIT, DAMPING = 0.5, 1.0  # rad/s and of critical: of the jets' law for the bank


@dataclass(frozen=True, eq=False)
class Craft:
    """A rigid body in the air. Without coefficients it only turns."""

    mass: float  # kg
    inertia: np.ndarray  # (3, 3) kg m2, about the mass centre, body axes
    area: float = 1.0  # m2
    length: float = 1.0  # m
    centre: tuple[float, float, float] = (0.0, 0.0, 0.0)  # m, of mass, from the middle of the shield
    coefficients: Callable | None = None  # (mach, height, alpha) -> C_A, C_N, C_m about the shield
    damping: tuple[float, float, float] = (0.0, 0.0, 0.0)  # of roll, pitch, yaw, on rate x length/(2 V)
    damping_lengths: tuple[float, float, float] | None = None  # m; where they are not `length`


@dataclass(frozen=True, eq=False)
class Jets:
    """Jets: the angular acceleration they give about each axis, and what they do. lift(t): unit vector, case frame, in which
    lift is to point, and the rate, rad/s, at which it turns about the direction of flight; without it rates are only damped."""

    acceleration: float = 0.0  # rad/s2
    lift: Callable | None = None
    rate_band: float = np.radians(1.0)  # rad/s, at which they push with full force


@dataclass(frozen=True, eq=False)
class Turned:
    """The flight, along time: (n,) and (n, 3)."""

    t: np.ndarray
    position: np.ndarray  # m, case frame
    velocity: np.ndarray
    attitude: np.ndarray  # (n, 4)
    rates: np.ndarray  # rad/s, body axes
    alpha: np.ndarray  # rad, total angle of attack
    load: np.ndarray  # (n, 3) m/s2, sensed, body axes, of the air alone
    mach: np.ndarray
    altitude: np.ndarray
    jet_work: np.ndarray  # rad/s: integral of the angular acceleration of the jets


def matrix(q) -> np.ndarray:
    """Body axes as columns in the case frame."""
    w, x, y, z = q / np.sqrt(q @ q)
    return np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ])  # fmt: skip


def quaternion(axes) -> np.ndarray:
    """The quaternion of a matrix whose columns are the body axes. Shepperd 1978, J. Guidance and Control 1, 223."""
    m = np.asarray(axes, float)
    squares = 0.25 * np.array([1 + m[0, 0] + m[1, 1] + m[2, 2], 1 + m[0, 0] - m[1, 1] - m[2, 2],
                               1 - m[0, 0] + m[1, 1] - m[2, 2], 1 - m[0, 0] - m[1, 1] + m[2, 2]])  # fmt: skip
    k = int(np.argmax(squares))
    big = np.sqrt(squares[k])
    d, s = m - m.T, m + m.T
    rows = [(4 * big * big, d[2, 1], d[0, 2], d[1, 0]), (d[2, 1], 4 * big * big, s[0, 1], s[0, 2]),
            (d[0, 2], s[0, 1], 4 * big * big, s[1, 2]), (d[1, 0], s[0, 2], s[1, 2], 4 * big * big)]  # fmt: skip
    return np.array(rows[k]) / (4 * big)


def quaternion_rate(q, omega) -> np.ndarray:
    w, x, y, z = q
    a, b, c = omega
    turn = 0.5 * np.array([-x * a - y * b - z * c, w * a + y * c - z * b, w * b + z * a - x * c, w * c + x * b - y * a])
    return turn + NORM_GAIN * (1.0 - q @ q) * q


def facing(flow, lift, alpha: float) -> np.ndarray:
    """The attitude at an angle of attack, lift to one side: unit vectors of the case frame; `lift` is made square to `flow`."""
    lift = lift - (lift @ flow) * flow
    lift = lift / np.linalg.norm(lift)
    x, z = np.cos(alpha) * flow + np.sin(alpha) * lift, np.sin(alpha) * flow - np.cos(alpha) * lift
    return quaternion(np.stack([x, np.cross(z, x), z], axis=1))


def air(craft: Craft, flow, speed: float, density: float, mach: float, height: float, rates):
    """(alpha, force, moment about the mass centre), body axes, N and N m. flow: unit, body axes."""
    cos = min(1.0, max(-1.0, float(flow[0])))
    across = np.hypot(flow[1], flow[2])
    alpha = float(np.arctan2(across, cos))
    pressure = 0.5 * density * speed**2 * craft.area
    force = moment = np.zeros(3)
    if craft.coefficients is not None:
        axial, normal, pitch = craft.coefficients(mach, height, alpha)
        e = np.array([0.0, flow[1], flow[2]]) / across if across > 1e-12 else np.zeros(3)
        force = pressure * (axial * np.array([1.0, 0.0, 0.0]) + normal * e)
        moment = pressure * craft.length * pitch * np.array([0.0, e[2], -e[1]]) - np.cross(craft.centre, force)
    if any(craft.damping):
        lengths = np.asarray(craft.damping_lengths or (craft.length,) * 3)
        moment = moment + 0.25 * density * speed * craft.area * lengths**2 * np.asarray(craft.damping) * rates
    return alpha, force, moment


def fly(craft: Craft, world: Callable, start, attitude, rates, t: float, until: float, jets: Jets | None = None,
        ends: Callable | None = None, step: float = 0.25, tolerance: float = TOLERANCE) -> Turned:  # fmt: skip
    """The flight from a state (6,) m and m/s, an attitude (4,) and body rates (3,) at time t to `until`, or where ends(height)
    falls through zero. world(t, r, v) -> gravitation (3,), velocity through the air (3,), density, Mach number, height.

    step: s, between the states that are kept. RuntimeError where the integration fails.
    """
    inertia, inverse = np.asarray(craft.inertia, float), np.linalg.inv(craft.inertia)
    ready = jets is not None and jets.acceleration > 0.0

    def seen(time, y):
        gravity, through, density, mach, height = world(time, y[:3], y[3:6])
        axes = matrix(y[6:10])
        speed = np.sqrt(through @ through)
        flow = -(through @ axes) / speed if speed > 0.0 else np.array([1.0, 0.0, 0.0])
        felt = air(craft, flow, speed, density, mach, height, y[10:13])
        return gravity, through / max(speed, 1e-12), axes, height, mach, felt

    def rate(time, y):
        gravity, forward, axes, _, _, (_, force, moment) = seen(time, y)
        omega = y[10:13]
        pushed = _push(jets, time, forward, axes, omega) if ready else np.zeros(3)
        turning = inverse @ (moment - np.cross(omega, inertia @ omega)) + pushed
        return np.concatenate([y[3:6], gravity + axes @ force / craft.mass, quaternion_rate(y[6:10], omega), turning,
                               [np.abs(pushed).sum()]])  # fmt: skip

    events = None
    if ends is not None:
        def events(time, y):
            return ends(world(time, y[:3], y[3:6])[4])

        events.terminal, events.direction = True, -1.0
    y = np.concatenate([start, attitude, rates, [0.0]])
    scale = np.concatenate([np.full(3, 1e6), np.full(3, 1e3), np.ones(7), [10.0]])
    found = solve_ivp(rate, (t, until), y, "DOP853", rtol=tolerance, atol=tolerance * scale, events=events, max_step=2.0,
                      t_eval=None, dense_output=True)  # fmt: skip
    if not found.success:
        raise RuntimeError(found.message)
    times = np.append(np.arange(t, found.t[-1], step), found.t[-1])
    states = found.sol(times).T
    states[-1] = found.y[:, -1]
    rows = [seen(time, state) for time, state in zip(times, states, strict=True)]
    return Turned(
        times, states[:, :3], states[:, 3:6], states[:, 6:10] / np.linalg.norm(states[:, 6:10], axis=1)[:, None],
        states[:, 10:13], np.array([r[5][0] for r in rows]), np.array([r[5][1] for r in rows]) / craft.mass,
        np.array([r[4] for r in rows]), np.array([r[3] for r in rows]), states[:, 13],
    )  # fmt: skip


def _push(jets: Jets, time: float, forward, axes, omega) -> np.ndarray:
    """Angular acceleration of the jets, body axes, each axis no more than they can: rates are damped; about the direction of
    flight the lift is brought to where it is to be, once the shield is ahead."""
    most = jets.acceleration
    damped = -most * np.clip(omega / jets.rate_band, -1.0, 1.0)
    if jets.lift is None or forward @ axes[:, 0] > -0.5:  # more than 60 deg from shield ahead there is no bank to speak of
        return damped
    wanted, turning = jets.lift(time)
    side = -axes[:, 2]  # of the mass centre, to which lift points
    error = np.arctan2(forward @ np.cross(side, wanted), side @ wanted - (side @ forward) * (wanted @ forward))
    roll = PURSUIT**2 * error + 2 * DAMPING * PURSUIT * (turning + omega[0])  # x points against the flight
    damped[0] = -np.clip(roll, -most, most)
    return damped


# --- what is known in closed form


def torque_free(inertia, omega, t) -> np.ndarray:
    """(n, 3) rates at times t of a free body with principal moments A < B < C and rates omega at 0.

    Landau & Lifshitz 1976, section 37, eqs. (37.8) to (37.13): Jacobi's functions of the argument k t + u0. ValueError for
    moments that do not rise, or rates on the curve that parts the two kinds of turning.
    """
    a, b, c = (float(x) for x in inertia)
    if not a < b < c:
        raise ValueError(f"moments {a:g}, {b:g}, {c:g} kg m2; allowed: rising")
    omega = np.asarray(omega, float)
    twice, square = float(np.sum(np.array([a, b, c]) * omega**2)), float(np.sum((np.array([a, b, c]) * omega) ** 2))
    order = [0, 1, 2]
    if square < twice * b:  # about the axis of least moment: the same with first and last exchanged
        a, c, order = c, a, [2, 1, 0]
    start = omega[order]
    p = np.sqrt(abs((twice * c - square) / (a * (c - a))))
    q = np.sqrt(abs((twice * c - square) / (b * (c - b))))
    r = np.sqrt(abs((square - twice * a) / (c * (c - a))))
    k = np.sqrt(abs((c - b) * (square - twice * a) / (a * b * c)))
    m = (b - a) * (twice * c - square) / ((c - b) * (square - twice * a))
    if not 0.0 <= m < 1.0:
        raise ValueError("the rates lie on the curve that parts turning about the first and the last axis")
    signs = np.where(start < 0.0, -1.0, 1.0)
    way = signs[0] * signs[2]  # the middle rate rises with the product of the others, as the moments are ordered
    phase = np.arctan2(way * start[1] / q if q > 0.0 else 0.0, abs(start[0]) / p if p > 0.0 else 1.0)
    sn, cn, dn, _ = ellipj(k * np.asarray(t, float) + ellipkinc(phase, m), m)
    out = np.empty((np.size(t), 3))
    for i, column in zip(order, (signs[0] * p * cn, way * q * sn, signs[2] * r * dn), strict=True):
        out[:, i] = column
    return out


def period(inertia, omega) -> float:
    """s, after which the rates of a free body come back: 4 K(m)/k (Landau & Lifshitz 1976, eq. 37.12)."""
    a, b, c = (float(x) for x in inertia)
    twice = float(np.sum(np.asarray(inertia) * np.asarray(omega) ** 2))
    square = float(np.sum((np.asarray(inertia) * np.asarray(omega)) ** 2))
    if square < twice * b:
        a, c = c, a
    k = np.sqrt(abs((c - b) * (square - twice * a) / (a * b * c)))
    return float(4 * ellipk((b - a) * (twice * c - square) / ((c - b) * (square - twice * a))) / k)
