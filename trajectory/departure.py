"""How the air and the coefficients of one flight depart from the tables: random fields as cubic B-splines for the kernel.

A normal field over the height with the correlation exp(-(h1 - h2)^2 / 2 L^2) is written as a sum of modes with
independent standard normal amplitudes (Karhunen 1947, Loeve 1978; Ghanem & Spanos 1991, section 2.3): the eigenvectors
of its covariance at the knots. The amplitudes are columns of the sample table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from trajectory.aero import MACH_SCALE
from trajectory.leg import Departures

INTERVALS, SCALE = 64, 60e3  # knots uniform in h/(h + SCALE): 0.9 km apart at the ground, 3.8 km at 60 km
TOP = 150e3  # m: the departure is held above
KEPT = 0.995  # part of the variance that the modes hold
REGION_INTERVALS = 24  # of M/(M + 2)
REGIONS = {"subsonic": (0.0, 0.8), "transonic": (0.8, 1.5), "supersonic": (1.5, 6.0), "hypersonic": (6.0, np.inf)}


def heights() -> np.ndarray:
    """(INTERVALS + 1,) m, of the knots; the last stands for all above."""
    s = np.linspace(0.0, 1.0, INTERVALS + 1)
    with np.errstate(divide="ignore"):
        return np.minimum(SCALE * s / (1.0 - s), TOP)


@dataclass(frozen=True, eq=False)
class Field:
    """A normal random field over the height, as modes at the knots."""

    modes: np.ndarray  # (INTERVALS + 1, count): amplitude 1 of each
    common: np.ndarray  # (INTERVALS + 1,): amplitude 1 of what is one factor at all heights

    @property
    def count(self) -> int:
        """Amplitudes: the common one, then those of the modes."""
        return 1 + self.modes.shape[1]

    def values(self, amplitudes: np.ndarray) -> np.ndarray:
        """(n, INTERVALS + 1) of amplitudes (n, count)."""
        out = amplitudes[:, :1] * self.common
        for k in range(self.modes.shape[1]):  # term by term: the same bytes for any number of rows
            out += amplitudes[:, k + 1 : k + 2] * self.modes[:, k]
        return out


def field(levels, sigmas, correlation_height: float, common: float = 0.0) -> Field:
    """The field of standard deviations `sigmas` at `levels` (m, rising), straight between and held outside.

    correlation_height: m, where the correlation is exp(-1/2). common: the part of the variance at all heights alike.
    """
    sigma = np.interp(heights(), levels, sigmas)
    modes = modes_of(correlation_height)
    return Field(np.sqrt(1.0 - common) * sigma[:, None] * modes, np.sqrt(common) * sigma)


@lru_cache(maxsize=32)
def modes_of(correlation_height: float) -> np.ndarray:
    """(INTERVALS + 1, k) modes of unit variance at all heights of a field of that correlation height, m; read only."""
    h = heights()
    correlation = np.exp(-0.5 * ((h[:, None] - h) / correlation_height) ** 2)
    value, vector = np.linalg.eigh(correlation)
    value, vector = value[::-1].clip(0.0), vector[:, ::-1]
    kept = int(np.searchsorted(np.cumsum(value), KEPT * value.sum())) + 1
    modes = vector[:, :kept] * np.sqrt(value[:kept])
    modes *= np.sign(modes[np.argmax(np.abs(modes), axis=0), np.arange(kept)])  # an eigenvector has no sign of its own
    modes /= np.sqrt(np.sum(modes**2, axis=1, keepdims=True))  # the variance that was cut off, given back at each height
    modes.flags.writeable = False
    return modes


def weights() -> np.ndarray:
    """(len(REGIONS), REGION_INTERVALS + 1): how far each knot of the Mach number lies in each region; they sum to 1."""
    x = np.linspace(0.0, 1.0, REGION_INTERVALS + 1)
    width = 1.0 / REGION_INTERVALS

    def beyond(mach):
        at = 1.0 if np.isinf(mach) else mach / (mach + MACH_SCALE)
        return np.clip(0.5 + (x - at) / (2 * width), 0.0, 1.0) if 0.0 < at < 1.0 else np.full(x.shape, float(at == 0.0))

    return np.array([beyond(low) - beyond(high) for low, high in REGIONS.values()])


def departures(log_density=None, east=None, north=None, drag=None, lift=None, n: int = 0) -> Departures:
    """Departures of n flights, after those of one that has none.

    log_density, east, north: (n, INTERVALS + 1) at heights(): of the logarithm of the density, and m/s of wind; drag, lift:
    (n, len(REGIONS)) factors less 1 of CD and CL. None: no departure.
    """
    air = np.zeros((n + 1, INTERVALS + 1, 3))
    air[:, :, 0] = 1.0
    if log_density is not None:
        air[1:, :, 0] = np.exp(0.5 * log_density)
    for i, wind in ((1, east), (2, north)):
        if wind is not None:
            air[1:, :, i] = wind
    parts = [splines(air, INTERVALS)]
    regions = 0
    if drag is not None or lift is not None:
        regions = REGION_INTERVALS
        factors = np.ones((n + 1, regions + 1, 2))
        for i, given in ((0, drag), (1, lift)):
            if given is not None:
                factors[1:, :, i] += given @ weights()
        parts.append(splines(factors, regions))
    winds = any(x is not None for x in (log_density, east, north))
    return Departures(np.ascontiguousarray(np.hstack(parts)), INTERVALS, SCALE, regions, winds)


def splines(values: np.ndarray, intervals: int) -> np.ndarray:
    """(n, (intervals + 3) k) B-spline coefficients through values (n, intervals + 1, k) at the knots."""
    v = np.moveaxis(values, 1, 0)
    c = np.empty((intervals + 3, *v.shape[1:]))
    c[1], c[-2] = v[0], v[-1]  # of no curvature at the ends
    ratio, c[2] = [0.25], (6.0 * v[1] - c[1]) / 4.0
    for i in range(2, intervals):  # the tridiagonal system by elimination (Thomas 1949)
        c[i + 1] = (6.0 * v[i] - c[i]) / (4.0 - ratio[-1])
        ratio.append(1.0 / (4.0 - ratio[-1]))
    for i in range(intervals - 1, 0, -1):
        c[i + 1] -= ratio[i - 1] * c[i + 2]
    c[0], c[-1] = 2.0 * c[1] - c[2], 2.0 * c[-2] - c[-3]
    return np.moveaxis(c, 0, 1).reshape(len(values), -1)
