"""The reachable set: where a flight can come down from its ignition, by the bank it is flown with."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trajectory import frames, geodesy, guidance
from trajectory.case import Case, Commands, begin_epoch, build
from trajectory.flight import fly_many

SIZES = np.radians([10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 90, 100, 120, 150, 175])
TURNS = 14  # reversals for each size and side, the first at the start of guidance, the last never


LOW = 30e3  # m: a flight that is stopped below has come down


class NoLift(ValueError):
    """A flight that cannot choose where it lands."""


@dataclass(frozen=True, eq=False)
class Reachable:
    """Landing points of flights with a held bank and at most one reversal, and of the ballistic descent. Degrees, metres."""

    latitude: np.ndarray  # (n,)
    longitude: np.ndarray
    along: np.ndarray  # (n,) m from the site (or from the middle of all, without a site) along the track
    across: np.ndarray  # (n,) m to the right of it
    bank: np.ndarray  # (n,) deg, of the first bank: positive to the right
    reversal: np.ndarray  # (n,) m/s of apparent velocity
    load: np.ndarray  # (n,) greatest load, g
    ballistic: tuple[float, float] | None  # latitude, longitude, deg
    outline: np.ndarray  # (m,) which of the points are corners of their convex hull, in order
    outcomes: dict  # name -> how many of all flights that were tried

    def sentence(self) -> str:
        """What of it a user is told who asked for a point outside."""
        if not len(self.along):
            return "no flight from there comes down"
        a, c = self.along / 1e3, self.across / 1e3
        return (
            f"reachable are points from {abs(a.min()):.0f} km {'short' if a.min() < 0 else 'long'} to {abs(a.max()):.0f} km "
            f"{'long' if a.max() > 0 else 'short'} of the site, {abs(c.min()):.0f} km {'left' if c.min() < 0 else 'right'} to "
            f"{abs(c.max()):.0f} km {'right' if c.max() > 0 else 'left'} of the track through it"
        )

    def to_dict(self) -> dict:
        points = zip(self.latitude, self.longitude, self.bank, self.reversal, self.load, strict=True)
        return {
            "schema": 1,
            "outline": [[float(self.latitude[i]), float(self.longitude[i])] for i in self.outline],
            "ballistic": None if self.ballistic is None else list(self.ballistic),
            "points": [{"latitude_deg": float(p), "longitude_deg": float(q), "first_bank_deg": float(b),
                        "reversal_m_s": None if w > 1e8 else float(w), "load_factor_g": float(g)} for p, q, b, w, g in points],
            "outcomes": self.outcomes,
        }  # fmt: skip


def reachable(scenario, epoch: str | None = None, commands: Commands | None = None) -> Reachable:
    """The reachable set of a scenario at its ignition (epoch, commands: as aiming found them).

    Flown with the roll autopilot and the planned bank's place taken by each of SIZES, to both sides, with TURNS reversals.
    NoLift for a vehicle without lift, and where none of the flights comes down.
    """
    lifting = scenario.replace(guidance__mode="automatic", guidance__bank="60 deg", guidance__reversal="1000 m/s")
    epoch = epoch or begin_epoch(scenario)
    base = replace(commands or Commands(), plan=None, as_planned=True)
    plain = build(lifting, epoch, replace(base, bank=None, reversal=None, side=1.0))
    if not any(leg.lift for leg in plain.legs):
        raise NoLift(f"{scenario.name}: a vehicle without lift cannot choose where it lands")
    top = greatest(plain)
    turns = np.append(np.linspace(0.0, 0.97 * top, TURNS - 1), 1e9)
    size, turn, side = (x.ravel() for x in np.meshgrid(SIZES, turns, [1.0, -1.0], indexing="ij"))
    case = build(lifting, epoch, replace(base, bank=size, reversal=turn, side=side), plain.world)
    found = fly_many(case, keep=("state", "time", "peaks"))
    down = np.isin(found.outcome, ("landed", "impacted", "stopped")) & np.isfinite(found.y[:, 0])
    latitude, longitude, altitude = frames.geodetic(found.y[down, :3], found.t[down], case.orientation)
    low = altitude < LOW
    down[down] = low
    if not low.any():
        raise NoLift(f"{scenario.name}: none of its flights comes down, whatever its bank")
    latitude, longitude = latitude[low], longitude[low]
    along, across, outline = layout(case, latitude, longitude)
    rolls = lifting.replace(guidance__failure={"after": "0 s", "to": "ballistic"})  # from the start of guidance
    spin = build(rolls, epoch, replace(base, as_planned=False, bank=None, reversal=None, side=1.0), plain.world)
    alone = fly_many(spin, threads=1)
    ballistic = None
    if np.isfinite(alone.y[0, 0]) and alone.outcome[0] in ("landed", "impacted"):
        p, q, _ = frames.geodetic(alone.y[:, :3], alone.t, case.orientation)
        ballistic = (float(np.degrees(p[0])), float(np.degrees(q[0])))
    return Reachable(
        np.degrees(latitude), np.degrees(longitude), along, across, np.degrees((side * size)[down]), turn[down],
        found.peaks[down, 0, 0] / 9.80665, ballistic, outline, found.counts(),
    )  # fmt: skip


def greatest(case: Case) -> float:
    """m/s of apparent velocity at the end of the guided leg."""
    events = ("chute_command",) if any(s.event == "chute_command" for leg in case.legs for s in leg.stops) else ("touchdown",)
    ended = fly_many(case, keep=(), events=events, threads=1).events[events[0]][0]
    return float(ended[8]) if np.isfinite(ended[8]) else 7600.0


def layout(case: Case, latitude, longitude) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Along and across the track from the site, and the corners of the hull."""
    from scipy.spatial import ConvexHull, QhullError

    if not len(latitude):
        return np.empty(0), np.empty(0), np.empty(0, dtype=int)
    middle = (float(np.median(latitude)), float(np.median(longitude)))
    target = case.target or middle
    along, across = geodesy.downrange_crossrange(latitude, longitude, *target, guidance.track_azimuth(case, target[0]))
    try:
        outline = ConvexHull(np.stack([along, across], axis=1)).vertices
    except (QhullError, ValueError):
        outline = np.arange(len(along))
    return along, across, outline
