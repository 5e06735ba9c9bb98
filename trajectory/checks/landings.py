"""Landings that happened, and the footprints that are told of them: five guided ones, the ballistic shortfall, the 28 km.

The points are those of other flights to the same site, on other orbits, winds and seasons: each is one draw of what the
ensemble says. A distance in radii of the ellipse must be below 1.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from trajectory import ensemble, geodesy
from trajectory.checks import truth
from trajectory.scenario import load

CASE = "landings"
SOURCE = "spacefacts.de and spacefacts.info, landing points of the flights named"
POINTS = {  # degrees
    "TMA-11M": (47 + 21 / 60, 69 + 31 / 60),
    "MS-01": (47 + 21 / 60 + 28.98 / 3600, 69 + 40 / 60 + 43.38 / 3600),
    "MS-07": (47 + 20 / 60 + 4.8 / 3600, 69 + 40 / 60 + 21.66 / 3600),
    "MS-11": (47 + 24 / 60 + 56.70 / 3600, 69 + 35 / 60 + 6.70 / 3600),
    "MS-21": (47 + 23 / 60, 69 + 39 / 60),
}
SAMPLES = 2000


@lru_cache(maxsize=1)
def guided():
    return ensemble.disperse(load("ms11-nominal"), SAMPLES)


def rows() -> list[truth.Figure]:
    found = guided().footprint()
    c, s = np.cos(found.azimuth), np.sin(found.azimuth)
    figures = []
    for name, place in POINTS.items():
        north, east = found.plane(*(np.radians(x) for x in place))
        away = np.hypot((north * c + east * s) / found.semi_major, (east * c - north * s) / found.semi_minor)
        said = f"{name} from the centre of the footprint, in radii of the 99.7 % ellipse"
        figures.append(truth.Figure(said, float(away), 0.0, 1.0, "1"))
    site = load("ms11-nominal").site
    centre = np.mean([np.radians(p) for p in POINTS.values()], axis=0)
    offset = geodesy.distance(*centre, site.latitude.si, site.longitude.si) / 1e3
    spread = np.hypot(*(np.std(x) for x in zip(*(found.plane(*np.radians(p)) for p in POINTS.values()), strict=True)))
    figures.append(truth.Figure("mean of the five from the site", float(offset), 0.0, found.radii["p95"].value / 1e3, "km"))
    part = float(spread / np.hypot(np.std(found.north), np.std(found.east)))
    figures.append(truth.Figure("scatter of the five beside that of the ensemble", part, 1.0, 0.9, "1"))
    inside = float(np.mean(guided().columns["chute_distance_m"] <= 28e3))
    figures.append(truth.Figure("probability to come within 28 km of the site, at the command to open", inside, 0.9997,
                                0.0015, "1", "published of the automatic descent: 28 km with 0.9997"))  # fmt: skip
    short = ensemble.disperse(load("tma11-ballistic"), SAMPLES // 4)
    middle = float(np.median(short.columns["target_distance_m"])) / 1e3
    figures.append(truth.Figure("ballistic descents come short by, median", middle, 400.0, 60.0, "km",
                                "TMA-1, TMA-10 and TMA-11: 340 to 460 km short"))  # fmt: skip
    loads = float(np.median(short.columns["load_factor_g"]))
    figures.append(truth.Figure("greatest load of ballistic descents, median", loads, 8.5, 0.5, "1",
                                "TMA-1, TMA-10 and TMA-11: 8 to 9 g"))  # fmt: skip
    return figures
