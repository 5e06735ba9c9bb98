"""Gravity fields: zonal coefficients and spherical harmonics, prepared for the kernel. SI, no files beyond the field's own."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial, sqrt
from pathlib import Path

import numpy as np

from trajectory import constants

WIDTH = 37  # columns of the kernel's coefficient tables: its highest degree + 1
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
            if n < WIDTH:
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


def unnormalised(field: Field, degree: int, order: int) -> tuple[np.ndarray, np.ndarray]:
    """(degree + 1, WIDTH) tables for the kernel: C, S times sqrt((2 - d0m)(2n + 1)(n - m)!/(n + m)!)."""
    if degree > field.degree or degree >= WIDTH:
        raise ValueError(
            f"degree {degree}; {field.name} holds {field.degree} here, and the kernel goes to {WIDTH - 1}"
        )
    cosine, sine = np.zeros((degree + 1, WIDTH)), np.zeros((degree + 1, WIDTH))
    for n in range(degree + 1):
        for m in range(min(n, order) + 1):
            factor = sqrt((1 if m == 0 else 2) * (2 * n + 1) * factorial(n - m) / factorial(n + m))
            cosine[n, m], sine[n, m] = factor * field.cosine[n, m], factor * field.sine[n, m]
    return cosine, sine
