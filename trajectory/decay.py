"""When a ship that stays in orbit comes down by itself: its orbit flown on in the kernel until the air takes it.

The air is that of the scenario, along the plane of the orbit as it stands; the plane's turning and the weather of the Sun in
the weeks ahead are not in it. What the answer rests on is the drag, so it is flown three times.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trajectory import leg as legs_
from trajectory.burn import ORBIT_METHOD
from trajectory.entry import LONG
from trajectory.leg import Leg, Stop
from trajectory.phases import orbit_row

# Of the drag, to either side. Assumed: the density at 150 to 400 km is known to some 15 % for a given Sun, the Sun of the weeks
# ahead to a factor of 1.5, the area of a ship that tumbles, panels and all, to a factor of 1.5: together a factor of 2.
DRAG_WITHIN = 2.0
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Decay:
    """Seconds from a state until the entry interface; None: later than 60 days, which is as far as is looked."""

    nominal: float | None
    soonest: float | None  # with DRAG_WITHIN times the drag
    latest: float | None
    perigee: float  # m over the equatorial radius, of the orbit as it is left
    apogee: float


def decay(scenario, case, states: np.ndarray, t: np.ndarray, span: float = LONG) -> list[Decay]:
    """How long states (n, 10) at t (n,) s stay up. case: of the same scenario, for its world and entry interface."""
    n = len(t)
    drag = np.tile([1.0, DRAG_WITHIN, 1.0 / DRAG_WITHIN], n)
    row = orbit_row(scenario, None)
    leg = Leg(
        "decay",
        row=row | {"density_factor": drag * row["density_factor"]},
        stops=(Stop("altitude", case.entry_interface, -1, "entry_interface", "entry"),),
        duration=span,
        then="in_orbit",
        tolerance=TOLERANCE,
        method=ORBIT_METHOD,
    )
    start = np.repeat(np.asarray(t, dtype=float), 3)
    result = legs_.fly_leg(leg, case.world, np.repeat(states, 3, axis=0), start, peaks=False)
    down = [float(s) if ended == 0 else None for s, ended in zip(result.t - start, result.ended, strict=True)]
    heights = [[x - case.world.equatorial_radius for x in apsides(y, case.world.mu)] for y in states]
    return [Decay(*down[3 * k : 3 * k + 3], *heights[k]) for k in range(n)]


def apsides(state: np.ndarray, mu: float) -> tuple[float, float]:
    """Distances of perigee and apogee from the Earth's centre, m, of the osculating orbit (Vallado, eqs. 2-80, 2-75)."""
    r, v = state[:3], state[3:6]
    h2 = np.sum(np.cross(r, v) ** 2)
    a = 1.0 / (2.0 / np.linalg.norm(r) - v @ v / mu)
    e = np.sqrt(max(0.0, 1.0 - h2 / (mu * a)))
    return float(a * (1.0 - e)), float(a * (1.0 + e))
