"""Aerodynamics of a capsule from a few dimensions: modified Newtonian panels, bridged to free-molecular flow.

    dense    C_p = C_p,max sin^2 theta on what faces the flow, 0 behind            (Lees 1955; Anderson 2006, section 3.3)
    C_p,max  from the pitot pressure behind a normal shock                         (NACA Report 1135, 1953, eqs. 44 and 100)
    thin     pressure and shear of molecules that hit one by one                 (Schaaf & Chambre 1961, Flow of Rarefied Gases)
    between  C = C_dense + f (C_thin - C_dense), f = sin^2(pi/8 (3 + lg Kn)), 0.001 < Kn < 10   (Wilmoth et al. 1999)

Kn is the mean free path of U.S. Standard Atmosphere 1976 over the diameter. The wall is as warm as the air.

How good: at a given angle of attack drag and lift come within 10 % of the tabulated Soyuz; the offset of the mass centre that
trims it comes 25 to 30 % too small, so the trim angle and the lift of a given offset too large by about as much. Valid from
Mach 3; below it the pressure behind the body, which is not modelled, matters as much as that before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import erf

from trajectory.standard_atmosphere import mean_free_path
from trajectory.trim import Body

GAMMA = 1.4  # of air, perfect
FROM_MACH = 3.0
TRIM_ERROR = (0.25, 0.30)  # of the offset that trims, against the tables of the Soyuz
CONTINUUM, FREE = 1e-3, 10.0  # Knudsen numbers where the bridge begins and ends
STRIPS, WEDGES = 40, 48  # panels along each piece of the outline, and around half of it
STEP = np.radians(2.5)  # between angles of attack
SPEED_RATIOS = np.geomspace(0.5, 60.0, 25)  # at which the thin flow is worked out


@dataclass(frozen=True)
class Capsule:
    """An outline turned about its axis, m and rad: sphere, cone if there is one, round corner, back cone, sphere or disc."""

    diameter: float
    nose_radius: float  # of the sphere in front
    corner_radius: float
    back_angle: float  # half angle of the back cone
    length: float
    front_angle: float | None = None  # half angle of a cone between sphere and corner
    round_top: bool = False  # a sphere that touches the back cone ends the body, in place of a disc


@dataclass(frozen=True, eq=False)
class Panels:
    """(k,) strips of the outline: place, outward normal and the area of the whole ring."""

    x: np.ndarray
    r: np.ndarray
    along: np.ndarray  # of the normal, along x
    outward: np.ndarray  # of the normal, away from the axis
    area: np.ndarray


def outline(capsule: Capsule, strips: int = STRIPS) -> np.ndarray:
    """Points (k, 2) of x, r from the middle of the shield to the middle of the back. ValueError for what has no such shape.

    phi is the angle of the outward normal from the axis ahead: 0 at the middle of the shield, 90 deg at the greatest diameter.
    """
    c, half = capsule, 0.5 * capsule.diameter
    if c.corner_radius >= min(half, c.nose_radius):
        raise ValueError(f"corner radius {c.corner_radius:g} m; allowed: less than half the diameter and than the nose radius")
    centre = half - c.corner_radius  # distance of the corner's centre from the axis
    if c.front_angle is None:
        sine = centre / (c.nose_radius - c.corner_radius)
        if sine >= 1.0:
            raise ValueError(f"a shield of radius {c.nose_radius:g} m on a diameter of {c.diameter:g} m; allowed: a larger one")
        join = np.arcsin(sine)
        back = c.nose_radius - (c.nose_radius - c.corner_radius) * np.cos(join)  # x of the corner's centre
        pieces = [_arc(c.nose_radius, 0.0, c.nose_radius, 0.0, join, strips)]
    else:
        join = np.pi / 2 - c.front_angle
        x, r = c.nose_radius * (1 - np.cos(join)), c.nose_radius * np.sin(join)  # end of the sphere
        end = centre + c.corner_radius * np.sin(join)  # r at the end of the cone
        if end <= r:
            raise ValueError(f"a nose of {c.nose_radius:g} m leaves no cone; allowed: less than {end / np.sin(join):g} m")
        tip = x + (end - r) / np.tan(c.front_angle)
        back = tip + c.corner_radius * np.cos(join)
        pieces = [_arc(c.nose_radius, 0.0, c.nose_radius, 0.0, join, strips), _line((x, r), (tip, end), strips)]
    turn = np.pi / 2 + c.back_angle
    pieces.append(_arc(back, centre, c.corner_radius, join, turn, strips))
    start = pieces[-1][-1]
    if c.round_top:  # a sphere about (length - R, 0) that touches the cone
        cos, sin = np.cos(c.back_angle), np.sin(c.back_angle)
        radius = (start[1] * cos - (c.length - start[0]) * sin) / (1.0 - sin)
        touch = (c.length - radius + radius * sin, radius * cos)
        if not (radius > 0.0 and touch[0] >= start[0]):
            raise ValueError(f"length {c.length:g} m leaves no room for a rounded top; allowed: a longer one")
        pieces += [_line(start, touch, strips), _arc(c.length - radius, 0.0, radius, turn, np.pi, strips)]
    else:
        end = start[1] - (c.length - start[0]) * np.tan(c.back_angle)
        if c.length <= start[0] or end < 0.0:
            room = start[0] + start[1] / max(np.tan(c.back_angle), 1e-12)
            raise ValueError(f"length {c.length:g} m; allowed: {start[0]:.4g} to {room:.4g} m with these radii and angles")
        pieces += [_line(start, (c.length, end), strips), _line((c.length, end), (c.length, 0.0), strips)]
    return np.concatenate([pieces[0], *(p[1:] for p in pieces[1:])])


def _arc(x, r, radius, first, last, n):
    phi = np.linspace(first, last, n + 1)
    return np.stack([x - radius * np.cos(phi), r + radius * np.sin(phi)], axis=1)


def _line(start, end, n):
    return np.linspace(start, end, n + 1)


def panels(points: np.ndarray) -> Panels:
    """The body of an outline (k, 2), in conical strips."""
    (dx, dr), middle = np.diff(points, axis=0).T, 0.5 * (points[1:] + points[:-1])
    slant = np.hypot(dx, dr)
    keep = slant > 0.0
    x, r, dx, dr, slant = (v[keep] for v in (*middle.T, dx, dr, slant))
    return Panels(x, r, -dr / slant, dx / slant, 2 * np.pi * r * slant)


def stagnation_pressure(mach):
    """C_p at the stagnation point: behind a normal shock (NACA 1135, eq. 100), below Mach 1 without one (eq. 44)."""
    m2, g = np.maximum(np.asarray(mach, float), 1e-3) ** 2, GAMMA
    fast = np.maximum(m2, 1.0)
    pitot = ((g + 1) ** 2 * fast / (4 * g * fast - 2 * (g - 1))) ** (g / (g - 1)) * (1 - g + 2 * g * fast) / (g + 1)
    slow = (1 + 0.5 * (g - 1) * m2) ** (g / (g - 1))
    return 2.0 / (g * m2) * (np.where(m2 > 1.0, pitot, slow) - 1.0)


def newtonian(sine):
    """C_p over C_p,max, and the shear, of a panel whose inward normal has this component along the flow."""
    return np.where(sine > 0.0, sine, 0.0) ** 2, 0.0


def free_molecular(sine, ratio: float, accommodation: float = 1.0, wall: float = 1.0):
    """C_p and C_tau/cos theta of a panel in free-molecular flow. Schaaf & Chambre 1961, forces on an element of area.

    ratio: speed over the most probable speed of the molecules; accommodation: of both momenta, 1 for diffuse reflection; wall:
    temperature of the wall over that of the air.
    """
    s, a = ratio * sine, accommodation
    bell, both = np.exp(-(s**2)), 1.0 + erf(s)
    pressure = ((2 - a) / np.sqrt(np.pi) * s + 0.5 * a * np.sqrt(wall)) * bell
    pressure = pressure + ((2 - a) * (0.5 + s**2) + 0.5 * a * np.sqrt(np.pi * wall) * s) * both
    shear = a / (np.sqrt(np.pi) * ratio) * (bell + np.sqrt(np.pi) * s * both)
    return pressure / ratio**2, shear


def integrate(body: Panels, angles, law, length: float, area: float):
    """C_A, C_N and C_m about the middle of the shield, (n,) each, at angles of attack. law(sine) -> C_p, C_tau/cos theta."""
    wedge = (np.arange(WEDGES) + 0.5) * np.pi / WEDGES  # half of the body; the other is its mirror
    share = body.area[:, None] / WEDGES / area
    normal = body.along[:, None] + 0 * wedge, body.outward[:, None] * np.cos(wedge)
    x, z = body.x[:, None], body.r[:, None] * np.cos(wedge)
    out = []
    for alpha in np.atleast_1d(angles):
        flow = np.cos(alpha), np.sin(alpha)
        sine = -(normal[0] * flow[0] + normal[1] * flow[1])
        pressure, shear = law(sine)
        force = [(-pressure * n + shear * (f + sine * n)) * share for n, f in zip(normal, flow, strict=True)]
        out.append((force[0].sum(), force[1].sum(), (z * force[0] - x * force[1]).sum() / length))
    return np.array(out).T


def sphere_drag(ratio: float, wall: float = 1.0) -> float:
    """C_D of a sphere in free-molecular flow, diffuse reflection; closed form of Schaaf & Chambre 1961."""
    s = ratio
    attached = (2 * s**2 + 1) / (np.sqrt(np.pi) * s**3) * np.exp(-(s**2)) + (4 * s**4 + 4 * s**2 - 1) / (2 * s**4) * erf(s)
    return float(attached + 2 * np.sqrt(np.pi * wall) / (3 * s))


def bridge(knudsen):
    """Share of free-molecular flow. Wilmoth, Mitcheltree & Moss 1999, J. Spacecraft 36, 436: 0 below Kn 0.001, 1 above 10."""
    knudsen = np.clip(knudsen, CONTINUUM, FREE)
    return np.sin(np.pi / 8 * (3.0 + np.log10(knudsen))) ** 2


@lru_cache(maxsize=16)
def body_of(capsule: Capsule, length: float, area: float, accommodation: float = 1.0, name: str = "newtonian") -> Body:
    """The capsule's coefficients over an area, m2, and a length, m, at angles of attack from 0 to 180 deg."""
    shape, angles = panels(outline(capsule)), np.linspace(0.0, np.pi, round(np.pi / STEP) + 1)
    shield = integrate(shape, angles, newtonian, length, area)
    thin = np.array([
        integrate(shape, angles, lambda sine, s=s: free_molecular(sine, s, accommodation), length, area) for s in SPEED_RATIOS
    ])  # fmt: skip

    def dense(mach):
        top = stagnation_pressure(mach)
        return tuple(top[..., None] * c for c in shield)

    def coefficients(mach, height):
        mach, height = np.broadcast_arrays(np.asarray(mach, float), np.asarray(height, float))
        ratio = np.clip(mach * np.sqrt(GAMMA / 2), SPEED_RATIOS[0], SPEED_RATIOS[-1])
        at = np.interp(np.log(ratio), np.log(SPEED_RATIOS), np.arange(len(SPEED_RATIOS)))
        low = np.minimum(at.astype(int), len(SPEED_RATIOS) - 2)
        share, f = (at - low)[..., None], bridge(mean_free_path(height) / capsule.diameter)[..., None]
        rare = [thin[low, k] + share * (thin[low + 1, k] - thin[low, k]) for k in range(3)]
        return tuple(c + f * (r - c) for c, r in zip(dense(mach), rare, strict=True))

    return Body(name, angles, length, dense, coefficients)
