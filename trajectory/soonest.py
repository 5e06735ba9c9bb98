"""Down as soon as possible: ignitions whose flight ends with land, or water, all around, wherever that is.

Nothing is said of what stands or grows there, or of who would come: only that it is land.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trajectory import batch, frames
from trajectory.case import build
from trajectory.flight import fly
from trajectory.land import all_around
from trajectory.windows import LANDED, Window

LAND_STEP, LAND_SPAN = 20.0, 4 * 5560.0  # s, of the ignitions tried for any land
LAND_MARGIN = 30e3  # m of land to all sides


def stretches(search, surface: str) -> list[Window]:
    """Stretches of ignition, in the first four revolutions, whose flight comes down with land (or water) all around."""

    if search.lead is None:
        return []
    dry = surface == "land"

    def good(offset):
        turn = np.full(len(offset), np.mean(search.limits))
        _, latitude, longitude = search.landings(search.commands(offset, turn, np.full(len(offset), search.sides[0])))
        down = np.isfinite(latitude)
        return down & all_around(np.where(down, latitude, 0.0), np.where(down, longitude, 0.0), LAND_MARGIN, dry)

    coarse = np.arange(0.0, min(LAND_SPAN, search.span), LAND_STEP)
    fits = np.concatenate([[False], good(coarse), [False]])
    starts, ends = np.flatnonzero(~fits[:-1] & fits[1:]), np.flatnonzero(fits[:-1] & ~fits[1:]) - 1
    if not len(starts):
        return []
    fine = np.arange(1.0, LAND_STEP)
    sooner = np.maximum(coarse[starts][:, None] - fine, 0.0)
    fine_good = good(sooner.ravel()).reshape(sooner.shape)
    begins = coarse[starts] - np.cumprod(fine_good, axis=1).sum(axis=1) * (coarse[starts] > 0)
    jobs = list(zip(begins, coarse[ends], strict=True))
    parts = batch.in_chunks(
        lambda rows, _: somewhere(search, *jobs[rows.start], "any-land" if dry else "any-water"), len(jobs), chunk=1
    )
    return [w for w in parts if w is not None]


def somewhere(search, begin: float, end: float, name: str) -> Window | None:
    """The first ignition of a stretch."""
    epoch = str(frames.utc(search.track.orientation.epoch, float(begin)))
    turn = float(np.mean(search.limits)) if search.steers else None
    case = build(search.scenario, epoch, search.commands(0.0, turn, search.sides[0]))
    flown = fly(case, marks=False)
    if flown.outcome[0] not in LANDED:
        return None
    node = int(search.track.node_before(np.array([begin + float(flown.t[0])]))[0])
    landed = begin + search.lead
    _, _, azimuth = search.track.below(np.array([landed]))
    answer = {
        "across": 0.0,
        "left": None,
        "right": None,
        "turn": turn,
        "side": search.sides[0],
        "miss": 0.0,
        "azimuth": float(azimuth[0]),
        "node": node,
    }
    found = search.window(answer, name, None, case, flown, 0.0)
    return (
        None
        if found is None
        else replace(found, ignition_until_utc=str(frames.utc(search.track.orientation.epoch, float(end))))
    )
