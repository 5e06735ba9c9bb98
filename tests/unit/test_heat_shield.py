"""The heat shield: its books, its convergence, what a thinner one and a hole do."""

from dataclasses import replace

import numpy as np
import pytest

from trajectory import heat_shield, material, result
from trajectory.defects import ScenarioError
from trajectory.heat_shield import Heat, Layer
from trajectory.scenario import load

KNOWN = material.known()
STACK = (Layer(KNOWN["asbestos-textolite"], 0.02), Layer(KNOWN["rtv-silicone"], 5e-4), Layer(KNOWN["titanium-alloy"], 2e-3))


def pulse(peak: float, length: float = 150.0, radiative: float = 0.0) -> Heat:
    """A bell of heat with a flow that slows from 7.6 km/s."""
    t = np.linspace(0.0, 4 * length, 161)
    shape = np.exp(-(((t - 1.5 * length) / (0.5 * length)) ** 2))
    return Heat(t, peak * shape, radiative * shape, 0.5 * (7600.0 * np.clip(1.1 - t / (3 * length), 0.05, 1.0)) ** 2)


@pytest.mark.parametrize("peak", [2e5, 7e5, 3e6])
def test_the_energy_balance_closes(peak):
    """Cold, hot, ablating: to 1e-10 of what was received."""
    found = heat_shield.respond(STACK, pulse(peak, radiative=0.1 * peak))
    assert abs(found.imbalance) < 1e-10
    assert (found.recession[-1] > 0.0) == (found.surface.max() > 1999.9)


def test_no_heat_changes_nothing():
    t = np.array([0.0, 500.0])
    still = heat_shield.respond(STACK, Heat(t, 0 * t, 0 * t, 0 * t + np.inf), start=293.0, surroundings=293.0)
    assert still.bond.max() == pytest.approx(293.0, abs=1e-9) and still.recession.max() == 0.0


def test_finer_cells_and_steps_agree():
    """First order in time: bond line within 1 K, recession within 1 %, of twice the cells and a fourth of the step."""
    coarse = heat_shield.respond(STACK, pulse(3e6))
    fine = heat_shield.respond(STACK, pulse(3e6), cells=120, longest=0.25)
    print(coarse.bond.max() - fine.bond.max(), coarse.recession[-1] / fine.recession[-1] - 1.0)
    assert coarse.bond.max() == pytest.approx(fine.bond.max(), abs=1.0)
    assert coarse.recession[-1] == pytest.approx(fine.recession[-1], rel=0.01)


def test_the_error_of_time_falls_with_the_step():
    solid = replace(KNOWN["asbestos-textolite"], heat_of_ablation=None)
    t = np.array([0.0, 300.0])
    heat = Heat(t, np.full(2, 1e4), 0 * t, np.full(2, np.inf))
    exact = heat_shield.semi_infinite(1e4, solid.conductivity, solid.diffusivity, 300.0, 0.01)
    errors = []
    for step in (8.0, 4.0, 2.0):
        found = heat_shield.respond((Layer(solid, 0.15),), heat, cells=200, longest=step, radiates=False)
        errors.append(abs(np.interp(0.01, found.depth, found.temperature) - 293.0 - exact))
    assert errors[0] > 1.6 * errors[1] > 2.4 * errors[2]


def test_recession_is_smooth():
    """The front does not jump from cell to cell."""
    found = heat_shield.respond(STACK, pulse(3e6))
    rate = np.diff(found.recession)
    middle = rate[rate > 0.3 * rate.max()]
    assert len(middle) > 50 and np.abs(np.diff(middle)).max() < 0.1 * rate.max()


def test_blowing_and_a_thinner_shield():
    blown = (Layer(replace(STACK[0].material, blowing=0.5), 0.02), *STACK[1:])
    plain, blocked = heat_shield.respond(STACK, pulse(3e6)), heat_shield.respond(blown, pulse(3e6))
    assert 0.0 < blocked.recession[-1] < plain.recession[-1]
    thin = heat_shield.respond(heat_shield.thinned(STACK, by=0.01), pulse(3e6))
    assert thin.bond.max() > plain.bond.max() + 50.0
    with pytest.raises(ValueError, match="nothing is left"):
        heat_shield.thinned(STACK, by=0.02)


def test_burnt_through():
    found = heat_shield.respond(heat_shield.thinned(STACK, 2e-3), pulse(6e6))
    assert found.burnt_through is not None and found.t[-1] == found.burnt_through
    assert found.recession[-1] == pytest.approx(2e-3, rel=0.03) and abs(found.imbalance) < 1e-10


def test_many_shields_are_solved_as_each_alone():
    """Cold, ablating, burning through, and of other lengths, in one system: every number to the bit."""
    thin = heat_shield.thinned(STACK, 2e-3)
    heats = [pulse(3e5), pulse(6e6), pulse(3e6, 100.0), pulse(8e5, 37.0, radiative=1e5), pulse(6e6, 20.0)]
    together = heat_shield.respond_all(thin, heats)
    assert [found.burnt_through is None for found in together] == [True, False, False, True, False]
    for found, heat in zip(together, heats, strict=True):
        alone = heat_shield.respond(thin, heat)
        for name in vars(alone):
            assert np.array_equal(getattr(found, name), getattr(alone, name)), name
    with pytest.raises(ValueError, match="rising"):
        heat_shield.respond_all(STACK, [pulse(3e5), replace(pulse(3e5), t=np.zeros(161))])


def test_the_surface_balances_what_arrives():
    """Each step's surface by another solver of the same balance: brentq on the heat that the front takes and conducts."""
    from scipy.optimize import brentq

    grid, heat = heat_shield._grid(STACK, 60), pulse(7e5, radiative=5e4)
    old = np.linspace(900.0, 300.0, len(grid.width))[None, :]
    step = heat_shield._Step(grid, grid.width[None, :], old, np.ones(1), 293.0)
    inside = step.solve(np.zeros(1))
    for i in (10, 60, 100, 150):
        front = heat_shield._Front(STACK[0].material, *(x[i : i + 1] for x in (heat.convective, heat.radiative, heat.recovery)),
                                   0.8, 3.0)  # fmt: skip
        balance = brentq(lambda w: (front.net(w, 0.0) - inside.conducted(np.array([w])))[0], 2.0, 20000.0, xtol=1e-12)  # noqa: B023
        assert front.unworn(inside)[0] == pytest.approx(balance, abs=1e-8)


def test_materials_have_sources_and_grades():
    for held in KNOWN.values():
        assert held.sources and all(source and grade in ("stated", "derived", "assumed") for _, source, grade in held.sources)
        assert held.density > 0 and held.conductivity > 0 and held.specific_heat > 0


# --- a flight


@pytest.fixture(scope="module")
def nominal():
    return load("ms11-nominal")


@pytest.fixture(scope="module")
def whole(flights):
    return flights("ms11-nominal")


def test_the_block_of_a_flight(whole):
    block = whole.summary()["heat_shield"]
    assert block["bond_margin_k"] == pytest.approx(block["bond_limit_k"] - block["peak_bond_k"])
    assert block["remaining_m"] == pytest.approx(0.028 - block["recession_m"]) and abs(block["energy_imbalance"]) < 1e-10
    assert block["ends_elapsed_s"] == pytest.approx(whole.event("heat_shield_jettison")["elapsed_s"], abs=1e-3)


def test_thinned_and_holed(nominal, whole):
    hurt = result.flight_of(*_aimed(nominal.replace(shield={"thinned_by": "10 mm", "hole": "5 mm"}))).summary()["heat_shield"]
    sound = whole.summary()["heat_shield"]
    assert hurt["peak_bond_k"] > sound["peak_bond_k"] + 50.0 and hurt["thickness_as_built_m"] == 0.028
    assert hurt["hole"]["structure"] == "titanium-alloy" and "not modelled" in hurt["hole"]["model"]


def _aimed(scenario):
    from trajectory import targeting

    return scenario, targeting.aimed(scenario).case


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shield.thinned_by": "30 mm"}, "nothing is left"),
        ({"shield.thinned_by": "-1 mm"}, "out of range"),
        ({"shield.thickness": "10 mm", "shield.thinned_by": "1 mm"}, "exclude each other"),
    ],
)
def test_a_shield_that_cannot_be_is_refused(changes, words):
    with pytest.raises(ScenarioError, match=words):
        scenario = load("ms11-nominal", changes)
        result.flight_of(*_aimed(scenario))


def test_an_unknown_material_names_the_nearest(nominal):
    layers = [{"material": "asbestos-textolit", "thickness": "28 mm"}]
    with pytest.raises(ScenarioError, match="asbestos-textolite"):
        nominal.replace(vehicle__heat_shield__layers=layers)
