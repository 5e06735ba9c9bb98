"""Radio blackout: equilibrium air against published compositions, and the events of a flight."""

import numpy as np
import pytest

from trajectory import blackout, result
from trajectory.scenario import load


def test_critical_density():
    """n_e = 1.24e-2 f^2 (1/m3, Hz), as textbooks round it."""
    assert blackout.critical_density(1e9) == pytest.approx(1.24e16, rel=2e-3)
    assert blackout.plasma_frequency(blackout.critical_density(121.75e6)) == pytest.approx(121.75e6)


def test_air_in_equilibrium():
    """At 1 atm: oxygen is half dissociated near 3700 K, nitrogen near 7000 K; pressures add up; elements are kept."""
    t = np.array([300.0, 2000.0, 3700.0, 5000.0, 7000.0])
    parts, electrons, enthalpy = blackout._equilibrium(t, np.full(5, 101325.0))
    assert sum(parts.values()) == pytest.approx(np.full(5, 101325.0), rel=1e-9)
    nitrogen = 2 * parts["N2"] + parts["NO"] + parts["N"]
    oxygen = 2 * parts["O2"] + parts["NO"] + parts["O"]
    assert nitrogen / oxygen == pytest.approx(np.full(5, 0.79 / 0.21), rel=1e-9)
    bound = 2 * parts["O2"] / oxygen
    assert bound[1] > 0.97 and 0.3 < bound[2] < 0.7 and bound[3] < 0.05
    assert 0.2 < 2 * parts["N2"][4] / nitrogen[4] < 0.7
    assert np.all(np.diff(electrons) > 0.0)
    assert enthalpy[0] == pytest.approx(1004.7 * 300.0, rel=0.02)  # from 0 K
    assert parts["NO"][3] / 101325 == pytest.approx(0.018, abs=0.002)  # Anderson 2006, figure 11.11


def test_frozen_air_has_no_electrons():
    electrons, temperature, _ = blackout.stagnation([1e-2, 1.0], [500.0, 1500.0])
    assert electrons[0] == 0.0 and electrons[1] < 1e12
    assert temperature[1] == pytest.approx(250.0 + 1500.0**2 / 2 / 1100.0, rel=0.05)


def test_spans_have_their_edges_between_the_values():
    t = np.arange(6.0)
    assert blackout.spans(t, np.array([-1.0, 1.0, 1.0, -1.0, -1.0, 3.0])) == [(0.5, 2.5), (4.25, 5.0)]
    assert blackout.spans(t, -np.ones(6)) == []


def test_the_mean_free_path_of_the_standard():
    """U.S. Standard Atmosphere 1976: 6.6332e-8 m at sea level, 1.1e-2 m or so at 86 km."""
    assert blackout.mean_free_path(1.225) == pytest.approx(6.6332e-8, rel=1e-3)
    assert blackout.mean_free_path(6.958e-6) == pytest.approx(1.17e-2, rel=0.01)


def test_a_higher_frequency_is_lost_for_less_long():
    scenario = load("ms11-nominal")
    from trajectory import exposure

    flown = result.fly(scenario).flown
    entry = exposure.entry_of(flown)
    spans = []
    for frequency in ("121.75 MHz", "2.2 GHz", "32 GHz"):
        block, marks = exposure.silent(scenario.replace(blackout__frequency=frequency), entry, 2.235)
        assert [name for name, _ in marks] == ["blackout_start", "blackout_end"]
        assert block["duration_s"] == pytest.approx(marks[1][1] - marks[0][1], abs=1e-3)
        spans.append(block["duration_s"])
    assert spans[0] > spans[1] > spans[2] > 0.0
