"""The orbit over some days, as its ground track: ascending nodes, and where it passes the places on the ground.

Angles in rad, times in s since the epoch of the orientation, the case frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trajectory import frames, geodesy
from trajectory import leg as legs_
from trajectory.burn import ORBIT_METHOD
from trajectory.case import OrbitTable, begin_epoch, build, state_at
from trajectory.leg import Leg
from trajectory.phases import orbit_row

STEP = 60.0  # s between the states of the orbit; with cubic splines between them 0.3 m
FAR = np.radians(12.0)  # from the ground track: farther away no vehicle here can steer


@dataclass(frozen=True, eq=False)
class Track:
    """An orbit over a span of time and its ground track."""

    orientation: frames.Orientation
    states: object  # s (n,) -> position, velocity (n, 3), m and m/s
    t: np.ndarray  # (n,)
    position: np.ndarray  # (n, 3)
    latitude: np.ndarray  # (n,) geodetic
    longitude: np.ndarray
    node_time: np.ndarray  # (k,) of the ascending nodes
    node_longitude: np.ndarray  # (k,)

    def node_before(self, t: np.ndarray) -> np.ndarray:
        """Which ascending node was the last before each time; -1: none within the span."""
        return np.searchsorted(self.node_time, t, side="right") - 1

    def below(self, t: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Geodetic latitude and longitude under the orbit at times, and the azimuth of the ground track there."""
        r, v = self.states(t)
        latitude, longitude, _ = frames.geodetic(r, t, self.orientation)
        _, _, azimuth = frames.velocity_angles(r, v, t, self.orientation)
        return latitude, longitude, azimuth


def track(scenario, orientation, first: float, last: float) -> Track:
    """The orbit of a scenario: of its element set or ephemeris, else its start flown once in the kernel."""
    t = np.arange(first, last + STEP, STEP)
    if scenario.start.type in ("tle", "omm", "oem"):
        states = OrbitTable(scenario, orientation, first, last, STEP)
    else:
        states = Flown(scenario, orientation, first, last)
    r, _ = states(t)
    latitude, longitude, _ = frames.geodetic(r, t, orientation)
    z = r[:, 2]
    k = np.flatnonzero((z[:-1] < 0.0) & (z[1:] >= 0.0))
    a, b = t[k], t[k + 1]
    for _ in range(3):  # regula falsi; the height over the equator is nearly straight over a minute
        za, zb = states(a)[0][:, 2], states(b)[0][:, 2]
        nodes = a - za * (b - a) / np.where(zb != za, zb - za, 1.0)
        south = states(nodes)[0][:, 2] < 0.0
        a, b = np.where(south, nodes, a), np.where(south, b, nodes)
    _, node_longitude, _ = frames.geodetic(states(nodes)[0], nodes, orientation)
    return Track(orientation, states, t, r, latitude, longitude, nodes, node_longitude)


class Flown:
    """States of a start that stands at its own epoch, flown through the span in the kernel."""

    def __init__(self, scenario, orientation, first: float, last: float):
        from scipy.interpolate import CubicHermiteSpline, CubicSpline

        _, _, begun = state_at(scenario, orientation, 0.0)
        case = build(
            scenario.replace(deorbit__ignition=str(frames.utc(orientation.epoch, begun)))
            if scenario.deorbit is not None
            else scenario,
            begin_epoch(scenario),
        )
        r, v, begun = state_at(scenario, orientation, 0.0)
        start = np.concatenate([r, v, case.start[0, 6:]])[None]
        body = scenario.vehicle.orbit
        row = orbit_row(scenario, None) if body is not None else {"density_factor": scenario.atmosphere.density_factor.si}
        leg = Leg("orbit", row=row, until=last + 2 * STEP, then="in_orbit", tolerance=1e-10, method=ORBIT_METHOD)
        result = legs_.fly_leg(leg, case.world, start, np.array([begun]), history_step=STEP, peaks=False)
        held = result.history[0, : result.history_count[0]]
        held = held[np.concatenate([[True], np.diff(held[:, 0]) > 1e-6])]
        self.position = CubicHermiteSpline(held[:, 0], held[:, 1:4], held[:, 4:7])
        self.velocity = CubicSpline(held[:, 0], held[:, 4:7])

    def __call__(self, t):
        return self.position(t), self.velocity(t)


def closest(track: Track, latitude: float, longitude: float, most: float = FAR):
    """(t, across, azimuth), each (k,), of every pass of a place: when the ground track is nearest to it, how far to the
    place's right it passes (m, left negative), and which way it runs."""
    place = unit(latitude, longitude)
    angle = np.arccos(np.clip(unit(track.latitude, track.longitude) @ place, -1.0, 1.0))
    k = np.flatnonzero((angle[1:-1] < angle[:-2]) & (angle[1:-1] <= angle[2:]) & (angle[1:-1] < most)) + 1
    if not len(k):
        return np.empty(0), np.empty(0), np.empty(0)
    t = track.t[k]
    for _ in range(4):
        below = track.below(t)
        along, across = geodesy.downrange_crossrange(*below[:2], latitude, longitude, below[2])
        t = t - along / GROUND_SPEED
    return t, across, below[2]


GROUND_SPEED = 7200.0  # m/s, of the point below a low orbit: a guess that Newton's rule mends


def unit(latitude, longitude) -> np.ndarray:
    """(..., 3) on the sphere of geodetic angles: good enough to find which pass is near."""
    c = np.cos(latitude)
    return np.stack([c * np.cos(longitude), c * np.sin(longitude), np.sin(latitude)], axis=-1)


def count(track: Track, t: np.ndarray, at_first: float | None) -> np.ndarray:
    """Number of the revolution, from its ascending node, at each time. at_first: what stands at the first node of the span
    (NORAD's count); None: the revolution in which the span begins is number 1."""
    before = track.node_before(t)
    return (np.round(at_first).astype(int) if at_first is not None else 2) + before
