"""The angle at which a body flies by itself: where the moment about its mass centre is zero, and whether it stays there.

Body axes: x from the middle of the heat shield backward, z across it; the air flows along (cos alpha, 0, sin alpha), so the
angle of attack alpha is 0 with the shield ahead and 180 deg with the hatch ahead. C_A is the force along x, C_N along z, C_m
the moment about y, positive where it raises alpha, all over the dynamic pressure, a reference area and a reference length L.

    C_D = C_A cos alpha + C_N sin alpha,   C_L = C_A sin alpha - C_N cos alpha
    C_m about the mass centre = C_m about the shield + (x/L) C_N + (offset/L) C_A

(Etkin 1972, Dynamics of Atmospheric Flight, chapter 6, in these axes.) The mass centre lies x behind the shield and
`offset` off the axis, on the side that then leads; lift points to that side. A trim is stable where C_m falls through zero.
Between the angles and Mach numbers of a table everything is linear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

ROUNDING = 1e-12  # of a moment that is zero by symmetry
FORWARD = np.pi / 2  # rad: a trim beyond it does not fly with the shield ahead
MACHS = (0.6, 0.8, 1.1, 1.7, 2.0, 4.0, 6.0, 10.0, 20.0, 25.0, 27.0, 28.0)  # of a report, and the heights that go with them:
HEIGHTS = (10e3, 12e3, 15e3, 20e3, 22e3, 30e3, 35e3, 43e3, 60e3, 70e3, 80e3, 100e3)  # m, those of a descent from orbit

SCAN = np.linspace(0.0, 300e3, 301)  # m, where the height at which thin air takes the trim away is looked for


class NoTrim(ValueError):
    """The moment about the mass centre is nowhere zero and falling."""


@dataclass(frozen=True, eq=False)
class Body:
    """Coefficients at fixed angles of attack: coefficients(mach, height) -> C_A, C_N, C_m about the shield, each (..., n).

    dense(mach) gives those of dense air, which must have a trim; in thin air, where there is none, the last angle is held.
    """

    name: str
    angles: np.ndarray  # (n,) rad, rising
    length: float  # m
    dense: Callable
    coefficients: Callable
    machs: tuple[float, ...] = ()  # the nodes, if it is a table


@dataclass(frozen=True, eq=False)
class Trim:
    """The trim at Mach numbers and heights: arrays of one shape."""

    angle: np.ndarray  # rad
    axial: np.ndarray
    normal: np.ndarray
    stiffness: np.ndarray  # dC_m/dalpha about the mass centre, 1/rad: negative is stable
    normal_slope: np.ndarray  # dC_N/dalpha, 1/rad
    held: np.ndarray  # True where no moment trims and the angle of denser air is held

    @property
    def drag(self) -> np.ndarray:
        return self.axial * np.cos(self.angle) + self.normal * np.sin(self.angle)

    @property
    def lift(self) -> np.ndarray:
        return self.axial * np.sin(self.angle) - self.normal * np.cos(self.angle)

    @property
    def static_margin(self) -> np.ndarray:
        """How far, in lengths, the mass centre may yet go back: -C_m_alpha/C_N_alpha (Etkin 1972, chapter 6); NaN where
        the normal force does not rise with the angle."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.normal_slope > 0.0, -self.stiffness / self.normal_slope, np.nan)


def about(axial, normal, moment, station: float, offset: float):
    """C_m about the mass centre; station x/L and offset/L of it."""
    return moment + station * normal + offset * axial


def trim(body: Body, station: float, offset: float, mach, height) -> Trim:
    """The trim of a body. station: x/L of the mass centre; offset: m off the axis. Broadcasts Mach number and height, m.

    Of several stable trims that with the smallest angle, the shield ahead. NoTrim, naming the Mach number, where dense air has
    none. In thinner air that has none, jets must hold the attitude: the angle of the thinnest air that has one goes on.
    """
    mach, height = np.broadcast_arrays(np.asarray(mach, float), np.asarray(height, float))
    y, flat = offset / body.length, mach.ravel()
    _stable(body, about(*body.dense(_asked(body, flat)), station, y), _asked(body, flat))
    force = [np.reshape(c, (flat.size, -1)) for c in body.coefficients(flat, height.ravel())]
    angle, held = _roots(body.angles, about(*force, station, y))
    for one in np.unique(flat[held]):
        angle[held & (flat == one)] = _last(body, station, y, one)
    index = np.clip(np.searchsorted(body.angles, angle, side="right") - 1, 0, len(body.angles) - 2)
    width = body.angles[index + 1] - body.angles[index]
    rows, share = np.arange(flat.size), (angle - body.angles[index]) / width
    at = [c[rows, index] + share * (c[rows, index + 1] - c[rows, index]) for c in force]
    slope = [(c[rows, index + 1] - c[rows, index]) / width for c in (about(*force, station, y), force[1])]
    return Trim(*(np.reshape(x, mach.shape) for x in (angle, *at[:2], *slope, held)))


def _asked(body: Body, mach) -> np.ndarray:
    """Mach numbers at which dense air must have a trim: those asked for, and the nodes of a table between them."""
    nodes = [m for m in body.machs if mach.min() <= m <= mach.max()]
    return np.unique(np.concatenate([np.clip(mach, *_ends(body, mach)), nodes]))


def _ends(body: Body, mach):
    return (body.machs[0], body.machs[-1]) if body.machs else (mach.min(), mach.max())


def _stable(body: Body, moment, mach) -> None:
    angle, none = _roots(body.angles, np.reshape(moment, (mach.size, -1)))
    if none.any():
        i = int(np.argmax(none))
        row = np.reshape(moment, (mach.size, -1))[i][body.angles <= FORWARD]
        last = np.degrees(min(FORWARD, body.angles[-1]))
        raise NoTrim(
            f"{body.name}: no stable trim at Mach {mach[i]:g}: up to {last:.0f} deg the moment about the mass centre goes from "
            f"{row[0]:+.4f} to {row[-1]:+.4f} and nowhere falls through 0; allowed: a station and offset for which it does"
        )


def _roots(angles, moment):
    """(angle, none found) of the first fall of each row (k, n) through zero before FORWARD; rows without one give NaN."""
    a, b = moment[:, :-1], moment[:, 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        at = angles[:-1] + a / (a - b) * np.diff(angles)
    falls = (a >= -ROUNDING) & (b < -ROUNDING) & (at <= FORWARD)
    first = np.argmax(falls, axis=1)
    found = falls[np.arange(len(moment)), first]
    return np.where(found, np.maximum(at[np.arange(len(moment)), first], angles[first]), np.nan), ~found


def _last(body: Body, station: float, y: float, mach: float) -> float:
    """The angle at the height, to 1 m, where going up at this Mach number the trim is first lost."""
    low, high = SCAN[0], SCAN[-1]
    while high - low > 1.0:
        heights = np.linspace(low, high, len(SCAN)) if high - low < SCAN[-1] - SCAN[0] else SCAN
        none = _roots(body.angles, about(*body.coefficients(mach, heights), station, y))[1]
        first = max(int(np.argmax(none)), 1)
        low, high = heights[first - 1], heights[first]
    return float(_roots(body.angles, np.reshape(about(*body.coefficients(mach, low), station, y), (1, -1)))[0][0])
