"""Cabins of many flights, their decision, their update by measurements, the particle behind the hole, other coolants."""

import json

import numpy as np
import pytest

from trajectory import cli, dispersion, ensemble, flight, frames, result
from trajectory.case import build, state_at
from trajectory.cooling import environment, fluids, impact, limits, network, update
from trajectory.cooling.block import HORIZON, table
from trajectory.cooling.coupling import NEVER, cabins_of, without_computer
from trajectory.cooling.model import ZERO
from trajectory.defects import ScenarioError
from trajectory.scenario import load

# a flight with nothing left to be found, where it does not matter where it lands
COMMANDED = {"deorbit.ignition": "2023-03-28T10:51:09Z", "guidance.mode": "bank", "guidance.reversal": "2127 m/s",
             "guidance.first_side": "right"}  # fmt: skip


@pytest.fixture(scope="module")
def hot():
    """Three aboard a ship whose computer is near its end: most of the flights lose it. A held bank, to be quick."""
    scenario = load("ms22-crew3-degraded", {"cooling.node.equipment.start": "52 degC", "guidance.mode": "bank",
                                            "guidance.reversal": "2100 m/s", "guidance.first_side": "right"})  # fmt: skip
    return scenario, ensemble.disperse(scenario, 60, seed=3, workers=2)


# --- flights


def test_a_failed_computer_means_a_ballistic_descent(hot):
    _, many = hot
    names = [v.name for v in many.plan.variants]
    assert names == ["planned", "computer_fails_ballistic"]
    failed = np.isfinite(many.columns["computer_failed_s"])
    fell = many.columns["branch"] == 1
    assert 5 < fell.sum() < 55
    after = many.plan.cabins.falls_back_after(np.where(failed, many.columns["computer_failed_s"], np.inf))
    assert np.array_equal(fell, after < NEVER)
    load_g = many.columns["load_factor_g"]
    assert load_g[fell].min() > 6.0 > load_g[~fell].max()
    block = many.summary()["branches"]
    assert block[1]["probability"] is None and sum(b["samples"] for b in block) == 60


def test_the_same_flights_in_any_chunks_and_alone(hot):
    scenario, many = hot
    from dataclasses import replace

    plan = replace(many.plan, chunk=7)
    again = ensemble.joined(dict(ensemble.chunks_flown(plan, range(plan.chunks), 2)))
    for name, x in many.columns.items():
        np.testing.assert_allclose(x, again[name], rtol=1e-12, err_msg=name)
    i = int(np.flatnonzero(many.columns["branch"] == 1)[0])
    alone = many.fly(i)
    assert alone.peak["load_factor_g"] == pytest.approx(many.columns["load_factor_g"][i], rel=1e-6)
    # on its own events, not the nominal ones
    assert alone.cooled.block["peak"]["cabin_temperature_c"] == pytest.approx(many.columns["cabin_temperature_c"][i], abs=0.2)


def test_by_hand_the_planned_bank_is_flown():
    changed, how = without_computer(load("ms22-crew3-degraded", {"cooling.unit.computer.means": "manual"}))
    assert how == "manual" and changed.guidance.mode == "bank" and changed.guidance.failure is None
    changed, how = without_computer(load("ms22-crew3-degraded"))
    assert how == "ballistic" and changed.guidance.failure.to == "ballistic"
    assert without_computer(load("ms22-crew3-degraded", {"cooling.unit.computer.means": "nothing"})) is None


def test_the_threshold_is_drawn_evenly_and_by_its_name(hot):
    scenario, many = hot
    rows = many.plan.design.columns(slice(0, 4000))["cooling.unit.computer.threshold"] - ZERO
    assert 40.0 <= rows.min() and rows.max() <= 70.0 and np.mean(rows) == pytest.approx(55.0, abs=0.5)
    fewer = table(scenario, 10, 3)["cooling.unit.computer.threshold"] - ZERO
    assert np.array_equal(fewer, rows[:10])


def test_a_row_of_no_numbers_disturbs_no_other_cabin(hot):
    _, many = hot
    columns = {k: x.copy() for k, x in many.plan.design.columns(slice(0, 20)).items()}
    columns["cooling.crew.metabolic_rate"][4] = np.nan
    found = many.plan.flown(columns, 20)
    assert found["outcome"][4] == flight.NAMES.index("bad_start")
    others = np.arange(20) != 4
    assert np.array_equal(found["cabin_temperature_c"][others], many.columns["cabin_temperature_c"][:20][others])


# --- what may be flown


def test_decision_picks_the_longest_profile_that_holds():
    scenario = load("ms22-crew3-degraded")
    t = np.linspace(0.0, HORIZON, 721)
    rise = np.outer([1.0, 1.0, 1.0, 1.0], t / 3600.0)  # kJ/kg an hour: 4.7 after 4.7 h
    rise[2] *= 4.0  # one of three samples after 1.175 h
    stay = {"stored": rise, "core": np.full_like(rise, 37.0)}
    found = limits.decision(scenario.cooling, t, stay, {"heat_storage_4_7": (4.7, "stored"),
                            "core_temperature_38_5": (38.5, "core")}, 0.0, 3220.0)  # fmt: skip
    assert found["free_flight_nominal_s"] == pytest.approx(4.7 * 3600.0, abs=1.0) and found["decided_by"] == "heat_storage_4_7"
    assert found["profile_nominal"] == "full" and found["profile"] == "immediate"
    assert [p["probability"] for p in found["profiles"]] == pytest.approx([2 / 3, 2 / 3, 1.0])
    assert found["latest_ignition_after_s"] == pytest.approx(1.175 * 3600.0 - 3220.0, abs=1.0)


def test_fewer_aboard_hold_out_longer(flights):
    block = flights("ms22-crew3-degraded").cooled.block
    held = [row["time_to_s"]["core_temperature_38_5"] for row in block["margins"][:3]]
    assert held[0] < held[1] < held[2] and block["margins"][3]["crew"] == 0
    assert "core_temperature_38_5" not in block["margins"][3]["time_to_s"]
    assert block["decision"]["profile_nominal"] == "shortened"  # three cannot fly the full profile
    assert abs(block["nominal_at"]["cabin"] - 0.5) < 0.15  # the nominal cabin is in the middle of its draws
    assert block["energy_imbalance"] < 1e-9


def test_unknown_limit_of_a_decision():
    with pytest.raises(ScenarioError, match="no limit 'core_temperature_41'"):
        result.fly(load("ms22-crew3-shortened", {"cooling.decision.limits": '["core_temperature_41"]', **COMMANDED}))


# --- at the station


@pytest.fixture(scope="module")
def docked(flights):
    return flights("ms22-leak")


def test_published_days_at_the_station(docked):
    rows = docked.cooled.block["published"]
    assert {r["used"] for r in rows} == {"calibration", "check"}
    for row, truth in zip(rows, docked.scenario.expected.cooling, strict=True):
        assert abs(row["ours"] - row["published"]) <= truth.within.si


def test_the_leak_and_its_push(docked):
    leak = docked.cooled.block["leak"]
    assert leak["first_flow_kg_s"] == pytest.approx(6.7e-3, rel=0.05) and leak["peak_thrust_n"] == pytest.approx(0.2, rel=0.05)
    assert leak["impulse_n_s"] < 30.6 * 30.0  # all of the coolant at the speed of the first jet
    assert leak["peak_torque_n_m"] == pytest.approx(2.0 * leak["peak_thrust_n"], rel=1e-3)
    assert leak["flow_lost_utc"] < leak["empty_utc"] and leak["left"] == 0.0
    assert docked.cooled.nominal["coolant_pressure"][0, -1] == 0.0


def test_the_history_holds_the_cabin(docked):
    history = docked.history
    assert history["cabin_temperature"].attrs["units"] == "degC"
    assert history["cabin_temperature_band"].dims == ("percent", "cabin_elapsed")
    assert float(history["cabin_coolant_left"][0]) == 1.0


def test_the_orbit_and_its_sun():
    """The circle with its turning plane against SGP4 two days on: its plane to 0.05 deg, its place to 3 deg."""
    scenario = load("ms22-uncrewed")
    case = build(scenario)
    out, along, normal, radius = environment.orbit(case.start[0, :3], case.start[0, 3:6], [-2 * 86400.0])
    r, v, _ = state_at(scenario, case.orientation, float(case.start_time[0]) - 2 * 86400.0)
    plane = np.cross(r, v)
    assert np.degrees(np.arccos(normal[0] @ plane / np.linalg.norm(plane))) < 0.05
    assert np.degrees(np.arccos(out[0] @ r / np.linalg.norm(r))) < 3.0
    assert radius == pytest.approx(np.linalg.norm(r), rel=3e-3)


# --- network, coolant, particle


def test_balance_and_where_there_is_none():
    t = [np.array([300.0]), np.array([3.0])]
    glow = network.balance(t, [False, True], [356.0, 0.0], [(0, 1, "radiation", 0.85)])
    assert glow[0][0] == pytest.approx(293.15, abs=0.02)
    with pytest.raises(ValueError, match="no way out"):
        network.balance(t, [False, True], [356.0, 0.0], [])


def test_coolants():
    with pytest.raises(ValueError, match="isooctane at 150.0 C .* known from -73 to 127 C"):
        fluids.named("isooctane").within(423.15)
    pytest.importorskip("CoolProp")
    hexane = fluids.named("n-Hexane").at(293.15)
    assert hexane["density"] == pytest.approx(659.0, rel=5e-3) and hexane["vapour_pressure"] == pytest.approx(16.2e3, rel=0.02)
    assert fluids.named("INCOMP::PMS1").at(273.15)["density"] > 800.0
    with pytest.raises(ValueError, match="did you mean 'n-Octane'"):
        fluids.named("n-Octan")


def test_a_coolant_outside_its_range_is_refused():
    with pytest.raises(ScenarioError, match="isooctane at 150.0 C"):
        load("ms22-leak", {"cooling.node.coolant.start": "150 degC"})
    with pytest.raises(ScenarioError, match="leak.fluid"):
        load("ms22-leak", {"cooling.leak.fluid": "isoctane"})


def test_the_particle_behind_a_hole():
    made = impact.maker(12e-3, 1e-3, 2800.0, 7000.0)
    from trajectory.cooling import particle

    assert particle.thin_hole(100 * made["diameter"], 0.1, 7.0) == pytest.approx(1.2, rel=1e-3)
    assert 4e-3 < impact.maker(12e-3, 2e-3, 2800.0, 7000.0)["diameter"] < 7e-3
    least = impact.maker(0.8e-3, 0.5e-3, 2800.0, 7000.0)
    assert 1e3 * least["diameter"] == pytest.approx(0.233, abs=0.005)
    assert np.isnan(impact.debris_flux(0.05)) and float(impact.debris_flux(0.5e-3)) == pytest.approx(1.7e-2)
    rows = impact.account(load("progress-ms21-leak").cooling.impact)
    probable = impact.account(load("ms22-leak").cooling.impact)
    assert max(r["probability"] for r in rows) < 1e-3 < 1e-2 < min(r["probability"] for r in probable)


# --- new data


@pytest.fixture
def quick(monkeypatch):
    pytest.importorskip("emcee")
    for name, value in (("FIRST", 600), ("WALKERS", 40), ("STEPS", 30), ("LAST", 20)):
        monkeypatch.setattr(update, name, value)
    return load("ms22-leak", {"stop.after": "259200 s", "cooling.step": "600 s"}).replace(
        cooling__samples=0, expected=None)


def test_measurements_move_what_they_should(quick, tmp_path):
    """Data of a ship whose instruments take 520 W: the update finds it, and leaves alone what was not felt."""
    truth = quick.replace(cooling__load__instruments__power="520 W")
    cooled = result.fly(truth).cooled
    case = build(truth)
    lines = ["time,quantity,value,sigma"]
    for hours in (10.0, 20.0, 30.0, 40.0):
        for key, sigma in (("instruments", 0.5), ("cabin", 0.3)):
            value = np.interp(hours * 3600.0, cooled.t, cooled.nominal[key][0])
            lines.append(f"{frames.utc(case.epoch, hours * 3600.0)},{key},{value:.3f} degC,{sigma} K")
    (tmp_path / "data.csv").write_text("\n".join(lines) + "\n")
    found = update.update(quick, tmp_path / "data.csv", seed=1)
    i = found.names.index("cooling.load.instruments.power")
    before, after = (np.percentile(x[:, i], (5, 50, 95)) for x in (found.before, found.after))
    assert before[1] == pytest.approx(400.0, abs=8.0) and after[1] > 430.0
    assert after[2] - after[0] < before[2] - before[0]
    miss = np.abs(found.seen_after - found.data.value).mean()
    assert miss < 0.4 * np.abs(found.seen_before - found.data.value).mean()
    assert "cooling.leak.dissolved_gas" not in found.felt
    again = update.update(quick, tmp_path / "data.csv", seed=1)
    assert np.array_equal(found.after, again.after)
    # the next ensemble draws from it
    found.write(tmp_path / "posterior.csv")
    next_ = load("ms22-leak", {"cooling.posterior": str(tmp_path / "posterior.csv")})
    names = [p.name for p in dispersion.parameters(next_)]
    assert "cooling.posterior" in names and "cooling.node.structure.heat_capacity" not in names
    assert "cooling.load.instruments.power" in names  # of the day, not of the ship


@pytest.mark.parametrize(
    ("row", "words"),
    [("2022-12-15T12:00:00Z,cabinet,30 degC,1 K", "nearest: cabin"),
     ("2022-12-15T12:00:00Z,cabin,30,1 K", "with its unit is due"),
     ("2022-12-15T12:00:00Z,cabin,30 degC,0 K", "out of range"),
     ("noon,cabin,30 degC,1 K", "a date and time in UTC is due"),
     ("2023-12-15T12:00:00Z,cabin,30 degC,1 K", "not within the time")],
)  # fmt: skip
def test_measurements_that_cannot_be_used(quick, tmp_path, row, words):
    (tmp_path / "data.csv").write_text(f"time,quantity,value,sigma\n{row}\n")
    with pytest.raises(ScenarioError, match=words):
        update.update(quick, tmp_path / "data.csv")


def test_tables_that_are_no_posterior(tmp_path):
    (tmp_path / "p.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ScenarioError, match="no table of updated draws"):
        result.fly(load("ms22-uncrewed", {"cooling.posterior": str(tmp_path / "p.csv")}))


def test_the_command_says_what_is_wrong(tmp_path, capsys):
    assert cli.main(["update", "ms22-leak", str(tmp_path / "none.csv")]) == 2
    assert "ms22-temperatures" in capsys.readouterr().err


def test_the_command_leaves_a_table_and_a_picture(quick, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = "time,quantity,value,sigma\n2022-12-16T00:45:00Z,cabin,29 degC,1 K\n"
    (tmp_path / "data.csv").write_text(data)
    given = ["update", "ms22-leak", "data.csv", "--set", "stop.after=259200 s", "--json"]
    assert cli.main(given) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["data"][0]["after"]["p95"] - found["data"][0]["after"]["p5"] < 5.0
    assert {p.name for p in (tmp_path / "ms22-leak-updated").iterdir()} == {"posterior.csv", "update.png", "summary.json"}


def test_cabins_of_a_scenario_without_one():
    scenario = load("ms11-nominal")
    assert cabins_of(scenario, build(scenario)) is None
