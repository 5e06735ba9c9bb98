"""Electronics in a warm compartment: their own temperature, and whether they fail by it.

That circuits begin to fail at 40 to 50 C is a statement (V. Solovyov, RSC Energia, 2023-02-23); that the chance rises
evenly from 40 to 70 C is assumed. A unit fails when it first meets its own threshold, drawn once a sample.
"""

from __future__ import annotations

import numpy as np

BEGINS, CERTAIN = 313.15, 343.15  # K


def temperature(surroundings, power, resistance):
    """K of a unit that gives off `power`, W, through `resistance`, K/W."""
    return surroundings + resistance * power


def failure_probability(hottest, begins=BEGINS, certain=CERTAIN):
    """Of having failed by a greatest temperature, K: 0 below `begins`, straight to 1 at `certain`."""
    return np.clip((hottest - begins) / (certain - begins), 0.0, 1.0)


def threshold(uniform, begins=BEGINS, certain=CERTAIN):
    """K at which a unit fails, from a number between 0 and 1: the inverse of `failure_probability`."""
    return begins + np.asarray(uniform, float) * (certain - begins)
