"""A guidance law of one's own, in Python: it is asked for a bank once a cycle, and the kernel flies a leg for each.

One flight at a time; the laws that fly in ensembles are in the kernel (guidance.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from trajectory import frames, geodesy, result, targeting
from trajectory import leg as legs_
from trajectory.case import Case
from trajectory.leg import IDLE, Leg

LONGEST = 3000.0  # s under the law
RATE = np.radians(15.0)  # rad/s, where the vehicle's file gives no limit


@dataclass(frozen=True)
class Seen:
    """What a law is told at the start of a cycle: the true state, SI, radians; bank in the sense of CONVENTIONS.md."""

    time: float  # s since the epoch of the case
    latitude: float  # geodetic
    longitude: float
    altitude: float  # m
    speed: float  # m/s, relative to the Earth
    flight_path_angle: float  # of that velocity, from the geodetic horizon
    azimuth: float  # of it, from north, clockwise
    apparent_velocity: float  # m/s
    sensed_acceleration: float  # m/s2
    mass: float  # kg
    bank: float  # that is flown now
    target: tuple[float, float] | None  # geodetic latitude and longitude of the site
    distance: float  # m along the ellipsoid to it; NaN without a site


def fly(scenario, law: Callable[[Seen], float], cycle: float = 1.0) -> result.Flight:
    """Fly a scenario whose bank, from the start of guidance on, a law decides once a cycle.

    law(seen) -> the bank to turn to, rad. The vehicle turns there at a constant rate within the cycle, no faster than the
    rate limit of its attitude control; bank is measured from the vertical. Ignition and burn are those that the scenario's
    own guidance is aimed with.

    Raises ValueError for a cycle that is not above 0, a scenario without guidance, or a bank that is no number.
    """
    if not 0.0 < cycle <= LONGEST:
        raise ValueError(f"cycle is {cycle} s; allowed: above 0 to {LONGEST:g} s")
    aimed = targeting.aimed(scenario)
    places = [i for i, on in enumerate(aimed.case.legs) if on.name == "guided"]
    if not places or not aimed.case.legs[places[0]].lift:
        raise ValueError(f"the flight {scenario.name} has no guided entry with lift for a law to decide")
    case = with_law(aimed.case, places[0], law, cycle, rate_limit(scenario))
    return result.flight_of(scenario, case, aimed.to_dict() if aimed.solved else None)


def rate_limit(scenario) -> float:
    attitude = scenario.vehicle.descent.attitude
    return RATE if attitude is None else attitude.rate_limit.si


def with_law(case: Case, place: int, law, cycle: float, limit: float) -> Case:
    """The case with its guided leg cut into cycles whose bank is asked of the law as each begins."""
    base = case.legs[place]
    row = {k: v for k, v in base.row.items() if k in ("cd", "cl", "area", "density_factor", "heat_factor", "trim_shift")}
    ends = tuple(s for s in base.stops if s.then not in (None, "reversing", "fallen_back"))
    plain = replace(base, row=row, stops=ends, watches=tuple(w for w in base.watches if w.event != "bank_reversal"),
                    computer=IDLE, held_plane=False, duration=cycle, event=None)  # fmt: skip
    pilot = Pilot(case, plain, law, cycle, limit)
    count = int(np.ceil(LONGEST / cycle))
    names = ["guided", *(f"guided_{i}" for i in range(1, count))]
    turning = {"bank": pilot.bank, "bank_rate": pilot.rate}
    cycles = [replace(plain, name=name, row=row | turning, then=names[i + 1] if i + 1 < count else "stopped")
              for i, name in enumerate(names)]  # fmt: skip
    own = {name for name in names} | {"banked", "reversing", "reversed", "fallen_back"}
    rest = [on for on in case.legs[place + 1 :] if on.name not in own]
    return replace(case, legs=(*case.legs[:place], *cycles, *rest))


class Pilot:
    """Asks the law at the start of each cycle and remembers the bank."""

    def __init__(self, case: Case, on: Leg, law, cycle: float, limit: float):
        self.case, self.on, self.law, self.cycle, self.limit = case, on, law, cycle, limit
        self.asked, self.now, self.turn = -np.inf, 0.0, 0.0

    def bank(self, y: np.ndarray, t: np.ndarray) -> np.ndarray:
        self.ask(y, t)
        return np.array([self.now])

    def rate(self, y: np.ndarray, t: np.ndarray) -> np.ndarray:
        self.ask(y, t)
        return np.array([self.turn])

    def ask(self, y: np.ndarray, t: np.ndarray) -> None:
        """Once for each time."""
        if float(t[0]) == self.asked:
            return
        if np.isfinite(self.asked):
            self.now += self.turn * (float(t[0]) - self.asked)
        self.asked = float(t[0])
        wanted = float(self.law(self.seen(y, t)))
        if not np.isfinite(wanted):
            raise ValueError(f"the law gives a bank of {wanted} at {self.asked:.3f} s; a number of radians is due")
        self.turn = float(np.clip((wanted - self.now) / self.cycle, -self.limit, self.limit))

    def seen(self, y: np.ndarray, t: np.ndarray) -> Seen:
        case = self.case
        still = replace(self.on, row=self.on.row | {"bank": self.now, "bank_rate": 0.0})
        felt = legs_.feel(still, case.world, y, t, legs_.row_values(still, y, t))
        sensed = float(np.sqrt(sum(felt[f"sensed_{axis}"] ** 2 for axis in "xyz"))[0])
        latitude, longitude, altitude = (float(x[0]) for x in frames.geodetic(y[:, :3], t, case.orientation))
        speed, angle, azimuth = (float(x[0]) for x in frames.velocity_angles(y[:, :3], y[:, 3:6], t, case.orientation))
        away = np.nan if case.target is None else float(geodesy.distance(*case.target, latitude, longitude))
        return Seen(float(t[0]), latitude, longitude, altitude, speed, angle, azimuth, float(y[0, 7]), sensed, float(y[0, 6]),
                    self.now, case.target, away)  # fmt: skip
