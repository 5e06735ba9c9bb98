"""Flying one leg to given times, for checks of orbits: SI, case frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trajectory.leg import Environment, Leg, fly_leg


def start(position, velocity, mass: float = 1.0) -> np.ndarray:
    """(1, 10) state of the kernel."""
    y = np.zeros((1, 10))
    y[0, :3], y[0, 3:6], y[0, 6] = position, velocity, mass
    return y


def states_at(times, leg: Leg, world: Environment, y: np.ndarray) -> np.ndarray:
    """(n, 10) states at `times` (n,) s of a flight that starts with y (1, 10) at 0 s; each flown from there."""
    times = np.asarray(times, float)
    result = fly_leg(replace(leg, until=times), world, np.repeat(y, len(times), axis=0), np.zeros(len(times)))
    if result.failed().any():
        raise RuntimeError(f"the leg {leg.name} could not be flown")
    return result.y
