"""Which particles may have made a hole, and how likely each was: an account for the report.

Meteoroids of Gruen et al. 1985 with the Earth's shadow and pull; debris from the table in data/cooling, marked with its grade.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import numpy as np

from trajectory.cooling import particle

TABLE = Path(__file__).resolve().parent.parent / "data" / "cooling" / "debris-flux.csv"
ALTITUDE = 420e3  # m, that of the table
HARDNESS = 95.0  # Brinell, 6061-T6: assumed of the wall
YEAR = particle.YEAR


@lru_cache(maxsize=1)
def debris():
    """(diameters m, flux 1/(m2 yr) of at least that size, grade) of the table."""
    with open(TABLE, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    return (np.array([float(r["diameter_mm"]) for r in rows]) / 1e3, np.array([float(r["flux_per_m2_yr"]) for r in rows]),
            rows[0]["grade"])  # fmt: skip


def debris_flux(diameter):
    """1/(m2 yr) of debris of at least a diameter, m: straight in logarithms between the rows; NaN outside the table."""
    sizes, flux, _ = debris()
    found = np.exp(np.interp(np.log(diameter), np.log(sizes), np.log(flux)))
    return np.where((np.asarray(diameter) >= sizes[0]) & (np.asarray(diameter) <= sizes[-1]), found, np.nan)


def meteoroid_flux(diameter, density, speed):
    """1/(m2 yr) of meteoroids of at least a diameter, m, of a density, kg/m3, at ALTITUDE, m/s."""
    mass = np.pi / 6.0 * density * np.asarray(diameter) ** 3 * 1e3
    return particle.grun(mass) * particle.near_earth(ALTITUDE, speed / 1e3)


def maker(hole, wall, density, speed) -> dict:
    """The particle that makes a hole, m, in a wall, m, square on. kg/m3, m/s.

    A wall thinner than the particle: Maiden & McMillan, turned round. A thicker one: the crater of twice the depth is as wide
    as the hole, which is the least that could, provided that it perforates. A wall that such a particle does not perforate
    needs one that just does: its hole lies between nothing and the crater."""
    d, t, rho, v = 100.0 * hole, 100.0 * wall, density / 1e3, speed / 1e3
    sizes = np.geomspace(1e-3 * d, 2.0 * d, 4000)
    thin = particle.thin_hole(sizes, t, min(v, 8.0))
    good = np.isfinite(thin)
    if good.any() and thin[good].min() <= d <= thin[good].max():
        return {"diameter": float(np.interp(d, thin[good], sizes[good])) / 100.0, "law": "Maiden-McMillan: thin sheet"}
    crater = float(particle.crater_particle(d, rho, v, hardness=HARDNESS))
    through = float(particle.critical_diameter(t, rho, v, hardness=HARDNESS))
    if crater >= through:
        return {"diameter": crater / 100.0, "law": "Cour-Palais: crater as wide"}
    return {"diameter": through / 100.0, "law": "Cour-Palais: just perforates"}


def account(section) -> list[dict]:
    """A row for each wall and kind of particle. section: cooling.impact of a scenario."""
    out = []
    years = section.exposed.si / YEAR
    for wall in section.walls:
        for kind in ("meteoroid", "debris"):
            density, speed = (getattr(section, f"{kind}_{k}").si for k in ("density", "speed"))
            found = maker(section.hole.si, wall.si, density, speed)
            size = found["diameter"]
            flux = meteoroid_flux(size, density, speed) if kind == "meteoroid" else debris_flux(size)
            flux = float(flux)
            chance = float(particle.chance(flux, section.exposed_area.si, years)) if np.isfinite(flux) else None
            out.append({
                "kind": kind, "wall_mm": rounded(1e3 * wall.si), "speed_km_s": speed / 1e3, "particle_mm": rounded(1e3 * size),
                "particle_mg": rounded(np.pi / 6.0 * density * size**3 * 1e6), "law": found["law"],
                "flux_m2_yr": float(f"{flux:.3e}") if np.isfinite(flux) else None,
                "probability": None if chance is None else float(f"{chance:.3e}"),
                "grade": "derived" if kind == "meteoroid" else debris()[2],
                "tested": bool(speed < 8e3),
            })  # fmt: skip
    return out


def rounded(value) -> float:
    return float(f"{value:.4g}")
