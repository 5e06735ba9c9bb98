"""SGP4: the 33 element sets of Vallado, Crawford, Hujsak & Kelso, AIAA 2006-6753.

The largest difference of each set. The output has eight decimals of a km and nine of a km/s: 1 mm, 1e-6 m/s.
"""

from __future__ import annotations

import numpy as np

from trajectory import frames, orbit
from trajectory.checks import truth

CASE = "sgp4"
SOURCE = "Vallado, Crawford, Hujsak & Kelso, AIAA 2006-6753"
ENDS_AT_ITS_EPOCH = "33334"  # an error of SGP4 at once; the output repeats an earlier state


def element_sets() -> list[tuple[str, str]]:
    lines = [x for x in truth.text("sgp4/vallado2006_SGP4-VER.TLE").splitlines() if x[:2] in ("1 ", "2 ")]
    return list(zip(lines[0::2], lines[1::2], strict=True))


def published() -> list[np.ndarray]:
    """Of each set in its order: rows of minutes, position km, velocity km/s (n, 7)."""
    found: list[list] = []
    for line in truth.text("sgp4/vallado2006_tcppver.out").splitlines():
        words = line.split()
        if words[1:2] == ["xx"]:
            found.append([])
        elif words:
            found[-1].append([float(w) for w in words[:7]])
    return [np.array(rows) for rows in found]


def rows() -> list[truth.Figure]:
    figures = []
    for (first, second), theirs in zip(element_sets(), published(), strict=True):
        name = first[2:7].lstrip("0")
        if name == ENDS_AT_ITS_EPOCH:
            continue
        lines = first[:69], second[:69]
        start = orbit.from_tle(lines, verify_checksum=False)
        states = [orbit.from_tle(lines, at, verify_checksum=False) for at in instants(start.epoch_iso, theirs[:, 0])]
        away = np.abs(np.array([s.position for s in states]) - 1e3 * theirs[:, 1:4]).max()
        slip = np.abs(np.array([s.velocity for s in states]) - 1e3 * theirs[:, 4:7]).max()
        figures.append(truth.Figure(f"{name}: largest difference of {len(states)} positions", float(away), 0.0, 1e-3, "m"))
        figures.append(truth.Figure(f"{name}: of velocities", float(slip), 0.0, 1e-6, "m/s"))
    return figures


def instants(epoch_iso: str, minutes) -> list[str]:
    """UTC dates to the nanosecond, in days of 1440 min: SGP4 knows no leap second (there is one in set 20413)."""
    from astropy.time import Time

    epoch = frames.parse_epoch(epoch_iso)
    return list(Time(epoch.jd1, epoch.jd2 + minutes / 1440.0, format="jd", scale="utc", precision=9).isot)
