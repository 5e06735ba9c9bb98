"""Gravity fields: zonal coefficients and spherical harmonics, prepared for the kernel. SI, no files beyond the field's own."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import factorial, sqrt
from pathlib import Path

import numpy as np

from trajectory import constants

HIGHEST = 36  # degree that the kernel sums
SHIPPED = Path(__file__).parent / "data" / "gravity"
ZONAL = (constants.J2, constants.J3, constants.J4, constants.J5, constants.J6)


@dataclass(frozen=True, eq=False)
class Field:
    """A gravity field with fully normalised coefficients C[n, m], S[n, m]."""

    name: str
    mu: float  # m3/s2
    radius: float  # m
    tide: str  # tide system of C20
    cosine: np.ndarray  # (degree + 1, degree + 1)
    sine: np.ndarray

    @property
    def degree(self) -> int:
        return len(self.cosine) - 1


def read_field(path) -> Field:
    """A field in the ICGEM format (Ince et al. 2019, ESSD 11, 647): header keys, then lines gfc n m C S.

    Raises ValueError naming file and line.
    """
    path = Path(path)
    head, rows = {}, []
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        words = line.split()
        if not words:
            continue
        if words[0] in ("gfc", "gfct"):
            try:
                n, m, c, s = (
                    int(words[1]),
                    int(words[2]),
                    *(float(w.replace("D", "E").replace("d", "e")) for w in words[3:5]),
                )
            except (IndexError, ValueError):
                raise ValueError(
                    f"{path}, line {number}: {line.strip()[:60]!r}; due is: gfc n m C S"
                ) from None
            if not 0 <= m <= n or not np.isfinite([c, s]).all():
                raise ValueError(
                    f"{path}, line {number}: degree {n}, order {m}; allowed is 0 <= order <= degree"
                )
            if n <= HIGHEST:
                rows.append((n, m, c, s))
        elif len(words) > 1 and not rows:
            head.setdefault(words[0], words[1])
    if not rows:
        raise ValueError(f"{path}: no line gfc n m C S in it")
    try:
        mu, radius = (
            float(head[k].replace("D", "E").replace("d", "e")) for k in ("earth_gravity_constant", "radius")
        )
    except (KeyError, ValueError):
        raise ValueError(
            f"{path}: the header must give earth_gravity_constant and radius as numbers"
        ) from None
    if head.get("norm", "fully_normalized") != "fully_normalized":
        raise ValueError(f"{path}: norm is {head['norm']!r}; allowed: fully_normalized")
    size = max(r[0] for r in rows) + 1
    cosine, sine = np.zeros((size, size)), np.zeros((size, size))
    for n, m, c, s in rows:
        cosine[n, m], sine[n, m] = c, s
    cosine[0, 0] = 1.0
    return Field(
        head.get("modelname", path.stem), mu, radius, head.get("tide_system", "unknown"), cosine, sine
    )


@lru_cache(maxsize=16)
def columns(field: Field, degree: int, order: int) -> np.ndarray:
    """(terms, 7) coefficients of the harmonics as the kernel sums them: for m = 0 ... order + 1 and n = m ... degree a row

        m k C[n, m], m k S[n, m], k C[n, m - 1], k S[n, m - 1], (n + m + 1) k C[n, m], (n + m + 1) k S[n, m], beta[n + 1, m]

    with C, S unnormalised and k = (2n)!/(2^n n! (n - m)!) the leading coefficient of d^m P_n/du^m. Its rest Q[n] follows
    from Q[n + 1] = u Q[n] - beta[n + 1] Q[n - 1], beta[n + 1, m] = (n + m) (n - m)/((2n + 1) (2n - 1)).

    Pines (1973, AIAA J. 11, 1508-1511), the polynomials with leading coefficient 1.
    """
    if degree > field.degree or degree > HIGHEST:
        raise ValueError(f"degree {degree}; {field.name} holds {field.degree} here, and the kernel goes to {HIGHEST}")

    def coefficients(n, m):
        """Unnormalised C, S."""
        if not 0 <= m <= order:
            return np.zeros(2)
        factor = sqrt((1 if m == 0 else 2) * (2 * n + 1) * Fraction(factorial(n - m), factorial(n + m)))
        return factor * np.array([field.cosine[n, m], field.sine[n, m]])

    rows = []
    for m in range(min(order + 1, degree) + 1):
        for n in range(m, degree + 1):
            lead = float(Fraction(factorial(2 * n), 2**n * factorial(n) * factorial(n - m)))
            own, before = lead * coefficients(n, m), lead * coefficients(n, m - 1)
            beta = (n + m) * (n - m) / ((2 * n + 1) * (2 * n - 1))
            rows.append([*(m * own), *before, *((n + m + 1) * own), beta])
    return np.array(rows)


@lru_cache(maxsize=16)
def altitude_series(equatorial_radius: float, flattening: float) -> np.ndarray:
    """(16,) coefficients c (m) of geodetic altitude = r - a + sum over i = 1...4, j = 0...3 of c[4 (i - 1) + j] sin^2i (a/r)^j.

    sin: of the geocentric latitude. The series of the altitude in the flattening, summed; found by least squares over
    a/r of 0.02 to 1.02 and all latitudes from altitudes computed by Bowring's iteration (1985, Survey Review 28). Within
    1e-6 m on WGS84. ValueError for an ellipsoid so flat that 1 mm is not met.
    """
    if flattening == 0.0:
        return np.zeros(16)  # a sphere of any size: r - a is exact
    nodes = np.cos(np.pi * (np.arange(40) + 0.5) / 40)
    x, u = (m.ravel() for m in np.meshgrid(0.52 + 0.5 * nodes, 0.5 + 0.5 * nodes))
    powers = np.stack([u**i * x**j for i in range(1, 5) for j in range(4)], axis=1)
    beyond = _altitude(1 / x, np.sqrt(u), flattening) - (1 / x - 1)
    series = np.linalg.lstsq(powers, beyond, rcond=None)[0]
    error = equatorial_radius * np.abs(powers @ series - beyond).max()
    if error > 1e-3:
        raise ValueError(f"flattening {flattening}: altitudes would be wrong by {error:.3f} m; allowed is up to about 0.01")
    return equatorial_radius * series


def _altitude(r, s, flattening):
    """Altitude over an ellipsoid of unit radius; r distance, s sine of the geocentric latitude."""
    b = 1 - flattening
    e2 = flattening * (2 - flattening)
    p, z = r * np.sqrt(1 - s * s), r * s
    sine, cosine = b * z * (1 + e2 / b / r), p
    for _ in range(4):
        norm = np.hypot(sine, cosine)
        up, out = z + e2 / b * (sine / norm) ** 3, p - e2 * (cosine / norm) ** 3
        norm = np.hypot(up, out)
        up, out = up / norm, out / norm
        sine, cosine = b * up, out
    return p * out + z * up - np.sqrt(1 - e2 * up * up)
