"""Degraded cooling: the network closes, the crew is Gagge's, the block of the summary, and what is refused."""

import dataclasses

import numpy as np
import pytest
from scipy.integrate import trapezoid

from trajectory import cooling, result
from trajectory.checks import cooling as check
from trajectory.cooling import cabin, environment, leak, network, particle
from trajectory.cooling.model import Crew, Link, Load, Model, Node, Timeline
from trajectory.defects import ScenarioError
from trajectory.scenario import load


def degraded(crew=3):
    """A cabin without a loop, from 28 C."""
    nodes = {"air": Node(301.15, 4.8e3), "structure": Node(301.15, 0.85e6), "equipment": Node(301.15, 0.3e6),
             "outside": Node(278.15, held=True)}  # fmt: skip
    links = {"a": Link("air", "structure", 60.0, wet=True), "b": Link("air", "equipment", 25.0),
             "c": Link("equipment", "structure", 4.0), "d": Link("structure", "outside", 2.0),
             "e": Link("structure", "outside", 0.5, "radiation")}  # fmt: skip
    return Model(nodes, links, {"e": Load("equipment", 250.0)}, crew=Crew(crew, suit_flow=2.5e-3), loop="lost")


@pytest.mark.parametrize("row", check.rows(), ids=lambda f: f.quantity.replace(" ", "_"))
def test_check_values(row):
    if row.known_miss is None:
        assert abs(row.value - row.truth) <= row.tolerance
    else:
        assert abs(row.value - row.truth - row.known_miss.miss) <= row.known_miss.within


def test_energy_closes():
    found = cooling.run(degraded(), Timeline(0.0, 6 * 3600.0))
    assert found["imbalance"][0] < 1e-9


def test_each_cabin_is_its_own():
    """A sample gives the same alone and among thousands, in any block of rows."""
    values = np.linspace(95.0, 170.0, 3000)
    line = Timeline(0.0, 1800.0)
    many = cooling.run(degraded(), line, {"crew.metabolic_rate": values})
    for k in (0, 2047, 2048, 2999):
        one = cooling.run(degraded(), line, {"crew.metabolic_rate": values[k : k + 1]})
        np.testing.assert_allclose(many["node.air"][k], one["node.air"][0], rtol=1e-12)
    # 2 mK at a step of 60 s, nothing at 5 s: whether condensation begins in this step or the next
    assert np.all(np.diff(many["node.air"][:, -1]) > -3e-3)


def test_half_the_step_changes_little():
    coarse, fine = (cooling.run(degraded(), Timeline(0.0, 6 * 3600.0, step=s, keep_every=1)) for s in (60.0, 30.0))
    assert coarse["node.air"][0, -1] == pytest.approx(fine["node.air"][0, -1], abs=0.1)


def test_unknown_and_unequal_samples():
    with pytest.raises(ValueError, match="no value 'crew.rate'"):
        cooling.run(degraded(), Timeline(0.0, 600.0), {"crew.rate": [1.0]})
    with pytest.raises(ValueError, match="unequal"):
        cooling.run(degraded(), Timeline(0.0, 600.0), {"crew.mass": [70.0], "volume": [4.0, 3.5]})


def test_air_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="hold from 0 to 60 C"):
        cabin.within(np.array([20.0, 61.0]))


def test_wet_bulb_beside_psychrolib():
    psychrolib = pytest.importorskip("psychrolib")
    psychrolib.SetUnitSystem(psychrolib.SI)
    for t in (2.0, 10.0, 20.0, 35.0, 50.0):  # of ice where they are below freezing
        for rh in (0.3, 0.5, 0.9):
            ours = cabin.wet_bulb(t, rh * cabin.saturation_pressure(t))
            assert ours == pytest.approx(psychrolib.GetTWetBulbFromRelHum(t, rh, cabin.PRESSURE), abs=2e-3)


def test_plate_and_earth():
    """Facing the Earth, away from it, and the mean over all directions, which is that of a sphere."""
    radius = environment.EQUATORIAL_RADIUS + 420e3
    whole = (environment.EQUATORIAL_RADIUS / radius) ** 2
    assert environment.view_of_earth(np.array(1.0), radius) == pytest.approx(whole)
    assert environment.view_of_earth(np.array(-1.0), radius) == 0.0
    for degrees, by_quadrature in ((20, 0.82717), (60, 0.53184), (90, 0.28418), (120, 0.09171), (150, 0.00393)):
        view = environment.view_of_earth(np.cos(np.radians(degrees)), radius)
        assert view == pytest.approx(by_quadrature, abs=2e-5)
    cosine = np.linspace(-1.0, 1.0, 20001)
    mean = trapezoid(environment.view_of_earth(cosine, radius), cosine) / 2.0
    assert mean == pytest.approx(0.5 * (1.0 - np.sqrt(1.0 - whole)), rel=2e-3)


def test_leak_follows_its_closed_form():
    hole = leak.Leak(0.8e-3, 0.61, pressure=304e3, gas_volume=20e-3, accumulator=44e-3, dissolved_gas=0.0)
    state, t = leak.begin(hole, 1, {}), 0.0
    while state.left[0] > 0.5:
        state, t = leak.step(state, 20.0, 293.15), t + 20.0
    exact = leak.emptying_time(state.out[0], 0.61, np.pi / 4 * 0.8e-3**2, leak.isooctane(293.15)["density"], 304e3, 20e-3)
    assert t == pytest.approx(exact, rel=1e-3)


def test_published_particle_and_hole_do_not_fit():
    """1 mm at 7 km/s makes a hole of 4 mm in a wall of 1 mm, not of 0.8 mm; 0.23 mm makes a crater so wide."""
    assert 10 * particle.thin_hole(0.1, 0.1, 7.0) == pytest.approx(4.05, abs=0.01)
    assert 10 * particle.crater_particle(0.08, 2.7, 7.0) == pytest.approx(0.23, abs=0.01)
    assert np.isnan(particle.thin_hole(0.1, 0.2, 7.0)) and particle.hole(0.02, 2.7, 0.2, 7.0) == (0.0, 0.0)


def test_defects_of_networks():
    nodes = {"a": (False, True), "b": (False, False), "c": (False, False), "d": (False, False), "e": (False, True)}
    links = {"1": ("a", "b"), "2": ("b", "c"), "3": ("c", "d"), "4": ("d", "b"), "5": ("a", "f")}
    found = dict(network.defects(nodes, links))
    assert "connected with nothing" in found["node.e"] and "no node 'f'" in found["link.5"]
    assert any("cycle without any" in words for words in found.values())


@pytest.fixture(scope="module")
def crews(flights):
    return {name: flights(name) for name in ("ms22-crew3-degraded", "ms22-crew2-degraded", "ms22-healthy", "ms22-uncrewed")}


def test_more_crew_more_heat(crews):
    peak = {k: result.summary(f)["cooling"]["peak"] for k, f in crews.items()}
    three, two, sound, none = (peak[k]["cabin_temperature_c"] for k in crews)
    assert three > two > sound and two > none and 18.0 <= sound <= 27.0
    assert peak["ms22-uncrewed"]["core_temperature_c"] is None
    limits = {x["name"]: x for x in result.summary(crews["ms22-crew3-degraded"])["cooling"]["limits"]}
    assert limits["core_temperature_38"]["probability"] >= limits["core_temperature_38_5"]["probability"]
    assert "core_temperature_38_5" in limits


def test_the_flight_is_not_moved(crews):
    assert crews["ms22-uncrewed"].touchdown["time_utc"][:19] == "2023-03-28T11:44:57"


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [("cooling__link__air_structure__conductance", "-1 W/K", "out of range"),
     ("cooling__node__lonely", {"start": "20 degC", "heat_capacity": "1 kJ/K"}, "connected with nothing"),
     ("cooling__link__air_structure__between", ["air", "wall"], "no node 'wall'"),
     ("cooling__begins", "docking", "no event 'docking'"),
     ("cooling__load__fans__power", "20 kW", "moist air")],
)  # fmt: skip
def test_refused(key, value, words):
    with pytest.raises(ScenarioError, match=words):
        changed = load("ms22-uncrewed").replace(**{key: value})
        result.fly(changed)


def test_run_is_pure():
    model = degraded()
    before = dataclasses.asdict(model)
    a, b = (cooling.run(model, Timeline(0.0, 3600.0))["node.air"] for _ in range(2))
    assert dataclasses.asdict(model) == before and np.array_equal(a, b)
