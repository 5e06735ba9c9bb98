"""The sample table, the flights made of it, and what must not change the answer."""

import numpy as np
import pytest

import trajectory as tj
from trajectory import dispersion, ensemble, flight, spread, targeting
from trajectory.defects import ScenarioError


@pytest.fixture(scope="module")
def ms11():
    return tj.load("ms11-bank-schedule", {"dispersion": "soyuz-descent"})


@pytest.fixture(scope="module")
def nominal(ms11):
    names = [p.name for p in dispersion.parameters(ms11)]
    return spread.nominal(ms11, targeting.aimed(ms11), names)


def test_a_stream_belongs_to_its_seed_and_name_alone(ms11):
    for sampling in ("random", "latin-hypercube", "sobol"):
        whole = dispersion.design(ms11, 3000, 5, sampling).columns(slice(0, 3000))
        part = dispersion.design(ms11, 9000, 5, sampling).columns(slice(1003, 2222))
        for name, x in part.items():
            assert np.array_equal(whole[name][1003:2222], x), (sampling, name)
    fewer = tj.load("ms11-bank-schedule", {"dispersion": "soyuz-descent", "deorbit.pitch": '{value = "0 deg"}'})
    for sampling in ("random", "latin-hypercube"):
        a = dispersion.design(ms11, 100, 5, sampling).columns(slice(0, 100))
        b = dispersion.design(fewer, 100, 5, sampling).columns(slice(0, 100))
        assert all(np.array_equal(a[name], x) for name, x in b.items())
    other = dispersion.design(ms11, 3000, 6, "sobol").columns(slice(0, 3000))
    assert not np.array_equal(whole["deorbit.pitch"], other["deorbit.pitch"])


@pytest.mark.parametrize(
    "written, mean, sigma",
    [
        ('{type = "normal", sigma = "2 m/s"}', 128.0, 2.0),
        ('{type = "normal", mean = "120 m/s", sigma_fraction = 0.01}', 120.0, 1.2),
        ('{type = "uniform", low = "126 m/s", high = "132 m/s"}', 129.0, 6 / np.sqrt(12)),
        ('{type = "triangular", low = "126 m/s", high = "132 m/s"}', 386 / 3, np.sqrt((36 - 12 + 4 + 0) / 18)),
        ('{type = "lognormal", sigma = 0.01}', 128 * np.exp(0.5e-4), 1.28),
        ('{type = "discrete", values = ["127 m/s", "130 m/s"], weights = [2, 1]}', 128.0, np.sqrt(2)),
        ('{type = "truncated_normal", low = "127 m/s", high = "129 m/s", sigma = "50 m/s"}', 128.0, 2 / np.sqrt(12)),
    ],
)
def test_distributions_have_the_moments_of_their_definition(written, mean, sigma):
    s = tj.load("ms11-bank-schedule", {"deorbit.delta_v": f'{{value = "128 m/s", distribution = {written}}}'})
    x = dispersion.design(s, 40_000, 1, "latin-hypercube").columns(slice(0, 40_000))["deorbit.delta_v"]
    assert x.mean() == pytest.approx(mean, abs=4 * sigma / 200)
    assert x.std() == pytest.approx(sigma, rel=0.02)


def test_correlated_numbers_have_the_correlation_asked_for():
    pair = '[{between = ["deorbit.pitch", "deorbit.yaw"], coefficient = -0.6}]'
    s = tj.load("ms11-bank-schedule", {"dispersion": "soyuz-descent", "dispersion.correlation": pair})
    c = dispersion.design(s, 20_000).columns(slice(0, 20_000))
    assert np.corrcoef(c["deorbit.pitch"], c["deorbit.yaw"])[0, 1] == pytest.approx(-0.6, abs=0.02)


KEYS = {
    "deorbit.ignition": -2.0, "deorbit.delta_v": 127.0, "deorbit.pitch": 0.01, "deorbit.yaw": -0.01,
    "vehicle.orbit.mass": 6600.0, "vehicle.orbit.area": 9.0, "vehicle.engine.main.thrust": 2900.0,
    "vehicle.engine.main.specific_impulse": 300.0, "vehicle.descent.mass": 2950.0, "vehicle.descent.area": 3.7,
    "vehicle.descent.nose_radius": 2.0, "vehicle.descent.aerodynamics.drag_factor": 1.03,
    "vehicle.descent.aerodynamics.lift_to_drag_factor": 0.97, "vehicle.parachute.command_altitude": 10.6e3,
    "vehicle.parachute.pilot.delay": 0.7, "vehicle.parachute.main.drag_area": 690.0, "vehicle.parachute.main.fill_time": 3.0,
    "vehicle.parachute.main.reefed_fraction": 0.12, "vehicle.parachute.main.reefed_time": 4.0,
    "vehicle.heat_shield.mass": 300.0, "atmosphere.density_factor": 1.08, "density.1": 1.0, "wind.east.2": -1.5,
}  # fmt: skip


def test_flights_together_are_the_flights_one_by_one(ms11, nominal, monkeypatch):
    """Every key that may be one for each flight of a call flies as a scenario that says so."""
    names = list(KEYS)
    together = {}
    for name in names:
        columns = {name: np.array([KEYS[name], KEYS[name]])}
        assert spread.apart(nominal, columns) == [], name
        case = spread.case_of(nominal, columns, 2)
        together[name] = flight.fly_rows(case, case.ready, flight.KEPT, ())
    monkeypatch.setattr(spread, "apart", lambda nominal, columns: list(columns))
    seen = set()
    for name in names:
        case = spread.case_of(nominal, {name: np.array([KEYS[name]])}, 1)
        alone = flight.fly_rows(case, case.ready, flight.KEPT, ())
        a, b = together[name], alone
        tolerance = 2.0 if name == "deorbit.ignition" else 0.02  # m: the orbit model is not the kernel's coast
        assert np.abs(a.y[0, :3] - b.y[0, :3]).max() <= tolerance and np.array_equal(a.y[0], a.y[1]), name
        seen.add(b.y[0].tobytes())
    assert len(seen) >= len(names) - 1  # each does something; the drag of the whole vehicle in orbit may do nothing


def test_the_offset_of_the_mass_centre_by_its_slope_is_that_of_its_tables(monkeypatch):
    s = tj.load("ms11-bank-schedule")
    key = "vehicle.descent.aerodynamics.offset"
    base = spread.nominal(s, targeting.aimed(s), [key])
    x = np.array([s.vehicle.descent.aerodynamics.offset.si + 2e-3])
    case = spread.case_of(base, {key: x}, 1)
    a = flight.fly_rows(case, case.ready, flight.KEPT, ())
    base = spread.nominal(s, targeting.aimed(s), [])
    case = spread.case_of(base, {key: x}, 1)
    b = flight.fly_rows(case, case.ready, flight.KEPT, ())
    whole = flight.fly_rows(base.case, base.case.ready, flight.KEPT, ())
    moved = np.linalg.norm(b.y[0, :3] - whole.y[0, :3])
    assert moved > 5e3 and np.linalg.norm(a.y[0, :3] - b.y[0, :3]) < 0.05 * moved


def test_an_undisturbed_sample_is_the_nominal_flight_bit_for_bit():
    s = tj.load("ms11-bank-schedule")
    drawn = [p.name for p in dispersion.parameters(s)]
    e = tj.disperse(s, 3, left_out=drawn)
    flown = tj.fly(s)
    assert {float(x) for x in e.columns["time_s"]} == {float(flown.flown.t[0])}
    assert e.data["latitude_deg"].values == pytest.approx(flown.touchdown["latitude_deg"], abs=1e-9)


def test_the_answer_knows_no_workers_and_no_chunks(ms11):
    one = tj.disperse(ms11, 1100, seed=3, workers=1)
    two = tj.disperse(ms11, 1100, seed=3, workers=2)
    more = tj.disperse(ms11, 1300, seed=3)
    for name, x in one.columns.items():
        assert x.tobytes() == two.columns[name].tobytes() == more.columns[name][:1100].tobytes(), name
    again = one.fly(7)
    assert again.touchdown["latitude_deg"] == pytest.approx(one.columns["latitude_deg"][7], abs=1e-9)
    assert again.flown.t[0] == one.columns["time_s"][7]


def test_a_tree_of_one_branch_is_the_plain_run_and_failures_are_rows(ms11):
    plain = tj.disperse(ms11, 60, seed=2)
    one = tj.disperse(ms11.replace(branch=[{"name": "all", "probability": 1.0}]), 60, seed=2)
    assert all(one.columns[c].tobytes() == plain.columns[c].tobytes() for c in one.columns if c != "branch")
    fails = {"name": "reserve", "probability": 0.3, "set": {"parachute.fails": "main"}}
    lost = {"name": "ballistic", "probability": 0.2, "set": {"guidance.mode": "ballistic"}}
    mixed = tj.disperse(ms11.replace(branch=[fails, lost]), 400, seed=2)
    share = np.bincount(mixed.columns["branch"], minlength=3) / 400
    assert np.abs(share - [0.5, 0.3, 0.2]).max() < 0.07
    planned = mixed.columns["branch"][:60] == 0
    assert np.array_equal(mixed.columns["latitude_deg"][:60][planned], plain.columns["latitude_deg"][planned])
    short = mixed.columns["target_distance_m"][mixed.columns["branch"] == 2]
    assert np.median(short) > 300e3


def test_ones_own_table_of_flights(ms11):
    import pandas as pd

    table = pd.DataFrame({"deorbit.delta_v [m/s]": [128, 127, 20, np.nan, -5.0], "deorbit.ignition [s]": [0, 1, 0, 0, 0]})
    e = tj.disperse(ms11, table)
    assert list(e.outcome) == ["landed", "landed", "in_orbit", "bad_start", "bad_start"]
    assert np.isnan(e.columns["latitude_deg"][2:]).all() and e.summary()["failed"] == 2
    with pytest.raises(ScenarioError, match="delta_v"):
        tj.disperse(ms11, pd.DataFrame({"deorbit.delta_w [m/s]": [1.0]}))
    with pytest.raises(ScenarioError, match="unit is missing"):
        tj.disperse(ms11, pd.DataFrame({"deorbit.delta_v": [1.0]}))
    slow = tj.disperse(ms11, pd.DataFrame({"entry_interface [km]": [100.0, 110.0]}))  # built one by one
    assert list(slow.outcome) == ["landed", "landed"]


@pytest.mark.parametrize(
    "key, value, says",
    [
        ("dispersion.correlation", '[{between = ["deorbit.pitch", "deorbit.yow"], coefficient = 0.5}]', "deorbit.yaw"),
        ("dispersion.correlation", '[{between = ["deorbit.pitch", "deorbit.yaw"], coefficient = 0.9},'
         '{between = ["deorbit.pitch", "vehicle.descent.mass"], coefficient = 0.9},'
         '{between = ["deorbit.yaw", "vehicle.descent.mass"], coefficient = -0.9}]', "not positive"),
        ("deorbit.delta_v", '{value = "128 m/s", distribution = {type = "truncated_normal", low = "200 m/s",'
         'high = "201 m/s", sigma = "1 m/s"}}', "holds nothing"),
        ("branch", '[{name = "a", probability = 0.7}, {name = "b", probability = 0.7}]', "sum to 1.4"),
        ("branch", '[{name = "a", probability = 1.0, set = {"guidance.mood" = 1}}]', "mood"),
    ],
)  # fmt: skip
def test_uncertainty_that_cannot_be_is_named(key, value, says):
    with pytest.raises(ScenarioError, match=says):
        ensemble.plan(tj.load("ms11-bank-schedule", {"dispersion": "soyuz-descent", key: value}), 10)
