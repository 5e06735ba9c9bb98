"""Aerodynamic coefficients of the descending vehicle against Mach number and height, trimmed, as the kernel reads them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator, RegularGridInterpolator

from trajectory.trim import Trim

MACH_SCALE = 2.0  # the table is uniform in M/(M + 2) ...
HEIGHT_SCALE = 80e3  # m ... and in h/(h + 80 km)
MACHS, HEIGHTS = 160, 80  # intervals
TOP_MACH, TOP_HEIGHT = 60.0, 1e6
OFFSET_STEP = 1e-3  # m, by which the mass centre is moved to see how the trim follows


@dataclass(frozen=True, eq=False)
class AeroTable:
    """CD and CL as a bicubic B-spline over M/(M + mach_scale) and h/(h + height_scale), both from 0 to 1."""

    coefficients: np.ndarray  # (HEIGHTS + 3, MACHS + 3, 2)
    mach_scale: float = MACH_SCALE
    height_scale: float = HEIGHT_SCALE
    slope: np.ndarray | None = None  # as coefficients: their derivative by the row value trim_shift


def tabulate(function, machs: int = MACHS, heights: int = HEIGHTS) -> AeroTable:
    """The table of function(mach, height) -> (CD, CL); broadcasting arrays. Passes through the function at the nodes."""
    x, y = np.linspace(0, 1, machs + 1), np.linspace(0, 1, heights + 1)
    with np.errstate(divide="ignore"):
        mach = np.minimum(MACH_SCALE * x / (1 - x), TOP_MACH)
        height = np.minimum(HEIGHT_SCALE * y / (1 - y), TOP_HEIGHT)
    values = np.stack(np.broadcast_arrays(*function(mach[None, :], height[:, None])), axis=-1)
    values = np.broadcast_to(values, (heights + 1, machs + 1, 2))
    along = np.linalg.solve(_collocation(machs), _with_ends(np.moveaxis(values, 1, 0).reshape(machs + 1, -1)))
    along = np.moveaxis(along.reshape(machs + 3, heights + 1, 2), 0, 1)
    both = np.linalg.solve(_collocation(heights), _with_ends(along.reshape(heights + 1, -1)))
    return AeroTable(np.ascontiguousarray(both.reshape(heights + 3, machs + 3, 2)))


def _collocation(n: int) -> np.ndarray:
    """Natural cubic B-spline interpolation at n + 1 uniform nodes (de Boor 1978, chapter XIII)."""
    a = np.zeros((n + 3, n + 3))
    a[0, :3] = a[-1, -3:] = 1, -2, 1
    for i in range(n + 1):
        a[i + 1, i : i + 3] = 1 / 6, 4 / 6, 1 / 6
    return a


def _with_ends(values: np.ndarray) -> np.ndarray:
    zero = np.zeros((1, values.shape[1]))
    return np.vstack([zero, values, zero])


def by_mach(mach, drag_coefficient, lift_to_drag) -> AeroTable:
    """The table of CD and L/D given against Mach number."""
    coefficients = coefficients_by_mach(mach, drag_coefficient, lift_to_drag)
    return tabulate(lambda m, h: coefficients(m + 0 * h))


def coefficients_by_mach(mach, drag_coefficient, lift_to_drag):
    """function(mach) -> (CD, CL); monotone cubic between the Mach numbers given, held outside."""
    mach = np.asarray(mach, float)
    drag, ratio = (PchipInterpolator(mach, np.asarray(c, float)) for c in (drag_coefficient, lift_to_drag))

    def coefficients(m):
        m = np.clip(m, mach[0], mach[-1])
        return drag(m), drag(m) * ratio(m)

    return coefficients


def trimmed(tables: dict, offset: float, station: float, length: float):
    """Trim angle of attack (deg), CD and CL of a body whose axial and normal force and trim are tabulated.

    tables: the content of an axial-normal file (scenarios/vehicles/soyuz-aerodynamics.toml); offset (m) of the mass
    centre from the axis, station x/length of it. Returns function(mach, height) -> (angle, CD, CL), broadcasting.
    Slow: Mach 6 and below, bilinear in angle and Mach number; fast: increments on a straight line in the angle.
    """
    forces = _forces(tables, offset, station, length)

    def coefficients(mach, height):
        angle, ct, cn, _ = forces(mach, height)
        cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        return angle, ct * cos + cn * sin, ct * sin - cn * cos

    return coefficients


def trim_of(tables: dict, offset: float, station: float, length: float):
    """The same as function(mach, height) -> Trim, with the stiffness of the trim.

    Along a trim C_m(alpha) + y C_A(alpha) = 0 whatever the offset y, so C_m_alpha = -C_A/(d alpha/d y): the stiffness follows
    from how the tabulated angle moves with the offset.
    """
    here = _forces(tables, offset, station, length)
    sides = [_forces(tables, offset + s * OFFSET_STEP, station, length) for s in (-1.0, 1.0)]

    def trim(mach, height):
        angle, axial, normal, slope = here(mach, height)
        low, high = (side(mach, height)[0] for side in sides)
        stiffness = -axial / np.radians(high - low) * 2.0 * OFFSET_STEP / length
        return Trim(np.radians(angle), axial, normal, stiffness, np.degrees(slope), np.zeros(np.shape(angle), bool))

    return trim


def _forces(tables: dict, offset: float, station: float, length: float):
    """function(mach, height) -> (trim angle, deg; axial force; normal force; slope of the normal force, 1/deg)."""
    slow, trim, fast, thin = (tables[k] for k in ("slow", "slow_trim", "fast", "rarefied"))
    angles, machs = np.array(slow["angle_of_attack_deg"]), np.array(slow["mach"])
    axial = RegularGridInterpolator((angles, machs), np.array(slow["axial"]))
    normal = RegularGridInterpolator((angles, machs), np.array(slow["normal"]))
    offsets = np.array(trim["offset_over_length"])[::-1]
    slow_angle = RegularGridInterpolator(
        (np.array(trim["station"]), offsets, machs), np.array(trim["angle_of_attack_deg"])[:, ::-1],
        bounds_error=False, fill_value=None,
    )  # fmt: skip
    y = -offset / length
    fast_machs = np.array([machs[-1], *fast["mach"]])
    heights = np.array(fast["height_km"])

    def increment(name, mach, height_km):
        table = np.vstack([np.zeros(len(heights)), np.array(fast[name])])
        dense = RegularGridInterpolator((fast_machs, heights), table)(
            np.stack(
                np.broadcast_arrays(
                    np.clip(mach, fast_machs[0], fast_machs[-1]), np.clip(height_km, heights[0], heights[-1])
                ),
                -1,
            )
        ).reshape(np.shape(mach))
        high = np.interp(height_km, thin["height_km"], thin[name])
        return np.where(height_km > heights[-1], high, dense)

    def forces(mach, height):
        mach, km = np.broadcast_arrays(np.asarray(mach, float), np.asarray(height, float) / 1e3)
        m = np.clip(mach, machs[0], machs[-1])
        low = slow_angle(np.stack(np.broadcast_arrays(station, -y, m), -1)).reshape(m.shape)
        at = np.stack([np.clip(low, angles[0], angles[-1]), m], -1)
        ct_low, cn_low = axial(at).reshape(m.shape), normal(at).reshape(m.shape)
        t, n, mo, ts, ns, ms = (
            increment(k, mach, km)
            for k in ("axial", "normal", "moment", "axial_slope", "normal_slope", "moment_slope")
        )
        up = fast["moment_0"] + fast["moment_station"] * station + mo + y * (fast["axial_0"] + t)
        down = fast["moment_a"] + fast["moment_a_station"] * station + ms + y * (fast["axial_a"] + ts)
        a = -up / down
        ct = fast["axial_0"] + fast["axial_a"] * a + t + ts * a
        cn = fast["normal_0"] + fast["normal_a"] * a + n + ns * a
        quick = mach > machs[-1]
        angle = np.where(quick, a + 20.0, low)
        ends = [np.stack([np.clip(low + d, angles[0], angles[-1]), m], -1) for d in (-0.5, 0.5)]
        slope = (normal(ends[1]) - normal(ends[0])).reshape(m.shape)
        slope = np.where(quick, fast["normal_a"] + ns, slope)
        return angle, np.where(quick, ct, ct_low), np.where(quick, cn, cn_low), slope

    return forces
