"""Sun, reflected light and the Earth's own glow on a surface in an orbit, near a circle, whose plane turns.

Solar constant 1361 W/m2 (Kopp & Lean 2011, Geophysical Research Letters 38, L01706), albedo 0.30 and 237 W/m2 of infrared
as means of the Earth (Gilmore, Spacecraft Thermal Control Handbook, 2002, chapter 2). The albedo falls with the cosine of
the Sun's angle below the ship and is 0 on the night side; the shadow is a cylinder. Means over the surface and no terminator:
good to some 10 % of the infrared and reflected parts.
"""

from __future__ import annotations

import numpy as np

from trajectory.constants import EQUATORIAL_RADIUS, GRAVITATIONAL_PARAMETER, J2

SOLAR, ALBEDO, INFRARED = 1361.0, 0.30, 237.0


def orbit(position, velocity, elapsed):
    """(n, 3), (n, 3) unit vectors outward and along, (n, 3) normal, m of radius: the state carried round its circle, `elapsed`
    s from it, its plane turning with the Earth's oblateness (Vallado 2013, eq. (9-38), of a circle)."""
    radius = float(np.linalg.norm(position))
    out = np.asarray(position) / radius
    normal = np.cross(out, velocity)
    normal = normal / np.linalg.norm(normal)
    along = np.cross(normal, out)
    t = np.asarray(elapsed)
    # mean semi-major axis: the osculating one without its short-period part (Kozai 1959, Astronomical Journal 64, 367)
    axis = 1.0 / (2.0 / radius - np.dot(velocity, velocity) / GRAVITATIONAL_PARAMETER)
    tilt = 1.0 - normal[2] ** 2
    rising = 1.0 - 2.0 * out[2] ** 2 / max(tilt, 1e-12)  # cosine of twice the argument of latitude
    axis = axis - 1.5 * J2 * EQUATORIAL_RADIUS**2 / axis * tilt * rising
    rate = np.sqrt(GRAVITATIONAL_PARAMETER / axis**3)
    squeeze = 1.5 * J2 * (EQUATORIAL_RADIUS / axis) ** 2 * rate
    node, turn = -squeeze * normal[2], rate + squeeze * (3.0 - 4.0 * (1.0 - normal[2] ** 2))
    angle = (turn * t)[:, None]
    outward, forward = np.cos(angle) * out + np.sin(angle) * along, np.cos(angle) * along - np.sin(angle) * out
    c, s = np.cos(node * t), np.sin(node * t)

    def turned(x):
        return np.stack([c * x[:, 0] - s * x[:, 1], s * x[:, 0] + c * x[:, 1], x[:, 2]], axis=1)

    return turned(outward), turned(forward), turned(np.tile(normal, (len(t), 1))), radius


def beta_angle(position, velocity, sun) -> float:
    """rad from the orbit's plane to the Sun."""
    normal = np.cross(position, velocity)
    return float(np.arcsin(np.dot(normal / np.linalg.norm(normal), sun / np.linalg.norm(sun))))


def lit(outward, radius, sun):
    """(n,) whether the Sun is seen: outside the cylinder of the Earth's shadow."""
    toward = np.sum(outward * sun, axis=-1)
    return (toward > 0.0) | (radius * np.sqrt(np.maximum(1.0 - toward**2, 0.0)) > EQUATORIAL_RADIUS)


def view_of_earth(cosine, radius):
    """View factor of a plate to the Earth, `cosine` of its normal to the nadir. Howell, A Catalog of Radiation Heat Transfer
    Configuration Factors, B-43: exact where the plate sees all of the Earth, or cut by its own horizon."""
    h = radius / EQUATORIAL_RADIUS
    edge = np.sqrt(h * h - 1.0)
    angle = np.arccos(np.clip(cosine, -1.0, 1.0))
    whole = np.maximum(cosine, 0.0) / h**2
    safe = np.clip(angle, 1e-6, np.pi - 1e-6)
    inner = np.clip(edge / np.tan(safe), -1.0, 1.0)  # of the horizon, where it cuts the plate's plane
    cut = (np.cos(safe) * np.arccos(-inner) / np.pi / h**2
           - edge * np.sqrt(np.maximum(1.0 - (h * np.cos(safe)) ** 2, 0.0)) / np.pi / h**2
           + np.arcsin(np.clip(np.sqrt(np.maximum(1.0 - (h * np.cos(safe)) ** 2, 0.0)) / (h * np.sin(safe)), -1.0,
           1.0)) / np.pi)  # fmt: skip
    limit = np.arcsin(1.0 / h)  # of the Earth's disc, seen from the ship
    return np.where(angle <= np.pi / 2.0 - limit, whole * 1.0 + 0.0 * cut,
                    np.where(angle >= np.pi / 2.0 + limit, 0.0, np.maximum(cut, 0.0)))  # fmt: skip


def falling(outward, along, normal, radius, sun, shape="cylinder", axis="sun"):
    """(n,) W/m2 of light (direct and reflected), and of the Earth's infrared, on the mean of a surface: a sphere, or the side
    of a cylinder along an axis. sun: unit vectors (n, 3) or (3,)."""
    sun = np.broadcast_to(sun, outward.shape)
    toward = np.sum(outward * sun, axis=1)
    if shape == "sphere":
        direct, view = 0.25, 0.5 * (1.0 - np.sqrt(1.0 - (EQUATORIAL_RADIUS / radius) ** 2))
    else:
        way = {"velocity": along, "nadir": -outward, "sun": sun, "normal": normal}[axis]
        direct = np.sqrt(np.maximum(1.0 - np.sum(way * sun, axis=1) ** 2, 0.0)) / np.pi
        first = np.cross(way, np.roll(way, 1, axis=1) + [0.3, 0.1, 0.2])
        first = first / np.linalg.norm(first, axis=1, keepdims=True)
        second = np.cross(way, first)
        turn = 2.0 * np.pi * np.arange(24) / 24
        normals = np.cos(turn)[:, None, None] * first + np.sin(turn)[:, None, None] * second
        view = view_of_earth(-np.sum(normals * outward, axis=2), radius).mean(axis=0)
    light = SOLAR * direct * lit(outward, radius, sun) + ALBEDO * SOLAR * view * np.maximum(toward, 0.0)
    return light, INFRARED * view * np.ones(len(outward))
