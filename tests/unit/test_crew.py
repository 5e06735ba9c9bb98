"""The crew's load: axes, how long it lasts, what is tolerated."""

import numpy as np
import pytest

from trajectory import crew, result
from trajectory.defects import ScenarioError
from trajectory.scenario import load


def test_axes():
    x, y, z = crew.along_axes(np.array([4.0]), np.array([0.0]), 0.0)
    assert (x, y, z) == (4.0, 0.0, 0.0)
    x, _, z = crew.along_axes(np.array([4.0]), np.array([0.3]), np.arctan(0.3))
    assert x == pytest.approx(4.0) and z == pytest.approx(0.0)
    x, _, z = crew.along_axes(np.array([4.0]), np.array([0.3]), np.radians(5.0))
    assert np.hypot(x, z) == pytest.approx(4.0) and z > 0.0


def test_longest_unbroken_time():
    t = np.array([0.0, 10.0, 20.0, 30.0, 40.0, 50.0])
    load_ = np.array([0.0, 4.0, 0.0, 0.0, 2.0, 2.0])
    assert crew.longest_above(t, load_, [1.0, 3.0, 5.0]) == pytest.approx([15.0, 5.0, 0.0])


def test_longest_time_above_many_levels_is_that_of_each_counted_by_hand():
    """A load that begins and ends above some levels and swings across others: by straight search, run by run."""
    stream = np.random.default_rng(4)
    t = np.cumsum(stream.uniform(0.1, 2.0, 300))
    load_ = 4.0 + 2.5 * np.sin(0.07 * t) + stream.normal(0.0, 0.8, 300)
    levels = np.linspace(0.5, 9.0, 60)
    fine = np.linspace(t[0], t[-1], 400_001)
    above = np.interp(fine, t, load_)[None, :] > levels[:, None]
    for level, found, inside in zip(levels, crew.longest_above(t, load_, levels), above, strict=True):
        longest = max((len(run) for run in "".join("x" if x else " " for x in inside).split()), default=0)
        assert found == pytest.approx(longest * (fine[1] - fine[0]), abs=3.0 * (fine[1] - fine[0])), level


def test_the_rows_of_the_standard_and_between():
    for seconds, level in crew.DECONDITIONED:
        assert crew.tolerated(seconds) == pytest.approx(level)
    assert crew.tolerated(1e4) == pytest.approx(4.0) and 8.0 < crew.tolerated(20.0) < 10.0


def test_margin_of_a_square_load():
    t = np.array([0.0, 0.001, 30.0, 30.001])
    held = crew.margin(t, np.array([0.0, 6.0, 6.0, 0.0]))
    assert held["margin_g"] == pytest.approx(2.0, abs=0.02) and held["duration_s"] == pytest.approx(30.0, abs=0.01)
    assert crew.margin(t, np.array([0.0, 9.0, 9.0, 0.0]))["margin_g"] < 0.0


def test_guided_and_ballistic(flights):
    """A guided descent stays within the limit; a ballistic one of 8.8 g turns about its axis."""
    guided, ballistic = (flights(name).summary()["crew"] for name in ("ms11-nominal", "tma11-ballistic"))
    assert guided["within"] and guided["roll_rate_deg_s"] == 0.0
    assert ballistic["roll_rate_deg_s"] == pytest.approx(12.5) and ballistic["margin_g"] < guided["margin_g"]
    assert ballistic["peak_eyeballs_in_g"] > 8.0


def test_a_limit_of_the_scenario_s_own():
    rows = [["1 s", 4.0], ["100 s", 2.0]]
    block = result.fly(load("ms11-nominal").replace(crew={"limit": rows})).summary()["crew"]
    assert not block["within"] and block["limit"] != crew.SOURCE
    with pytest.raises(ScenarioError, match="may not rise"):
        load("ms11-nominal").replace(crew={"limit": [["1 s", 2.0], ["2 s", 3.0]]})
