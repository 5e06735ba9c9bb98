"""Options side by side: what is the same is exactly the same, what is apart is apart by what it should be."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import trajectory as tj
from trajectory import cli, compare, ensemble, geodesy, margins, metrics, paired, targeting, verdict

N = 400  # enough for an interval of a 99th percentile


@pytest.fixture(scope="module")
def options():
    flown = [compare.option(tj.load(name), N, seed=1) for name in ("ms11-bank-schedule", "ms11-nominal")]
    short = tj.load("ms11-bank-schedule").replace(deorbit__delta_v="127.5 m/s")
    return [*flown, compare.option(short, N, seed=1)]


def test_an_option_against_itself_is_exactly_nothing(options):
    found = compare.together([options[0], options[0]], N, 1)
    pair = found.pairs[0]
    assert abs(pair["jaccard"] - 1.0) < 1e-12 and pair["wasserstein_m"] == 0.0
    assert pair["shift_along_m"] == 0.0 and pair["shift_across_m"] == 0.0
    assert pair["a_in_b"] == pair["b_in_a"] and pair["a_in_b"] == pytest.approx(compare.REGION, abs=0.05)


def test_a_weaker_burn_shifts_the_footprint_along_the_track_by_as_much_as_the_nominal_flight(options):
    pair = compare.together([options[0], options[2]], N, 1).pairs[0]
    a, b = (o.flight.touchdown for o in (options[0], options[2]))
    places = np.radians([t[k] for t in (a, b) for k in ("latitude_deg", "longitude_deg")])
    moved = geodesy.distance(*places)
    assert pair["shift_along_m"] == pytest.approx(moved, rel=0.1)  # of the same draws: closer than the footprints are wide
    assert pair["wasserstein_m"] == pytest.approx(moved, rel=0.1)
    assert 0.0 < pair["jaccard"] < 1.0


def test_metrics_have_their_intervals_and_the_page_fetches_nothing(options):
    found = compare.together(options, N, 1)
    content = found.to_dict()
    json.dumps(content, allow_nan=False)
    for option in content["options"]:
        for name in ("landed", "cep_m", "peak_load_factor_g"):
            metric = option["metrics"][name]
            assert metric["low"] <= metric["value"] <= metric["high"], name
    guided, held = content["options"][1]["metrics"]["cep_m"], content["options"][0]["metrics"]["cep_m"]
    assert guided["high"] < held["low"]  # guidance is worth something
    page = found.to_html()
    assert not re.search(r"(?:src|href)=[\"']https?://", page)
    assert page.count("ms11") >= 3 and len(page) < 2e6
    assert found.to_dataframe().loc["cep_m"].notna().all()


def test_every_number_of_a_flight_has_its_interval_and_every_difference_says_whether_it_is_significant(options):
    found = compare.together(options, N, 1)
    for option in found.options:
        for name, m in option.metrics.items():
            assert m["low"] <= m["value"] <= m["high"] and m["flights"] <= N, name
        assert {"load_margin_g", "load_margin_p5_g", "bond_line_margin_k", "bond_line_margin_p5_k"} <= set(option.metrics)
    assert "jet_propellant_margin_kg" in options[1].metrics and "jet_propellant_margin_kg" not in options[0].metrics
    differs = [d for pair in found.pairs for d in pair["differences"].items()]
    assert len(differs) > 50
    for name, d in differs:
        assert d["low"] <= d["high"] and d["significant"] == (d["low"] > 0.0 or d["high"] < 0.0), name
    assert {d["significant"] for _, d in differs} == {True, False} and {name for name, _ in differs} >= set(metrics.FIRST)


# --- margins of the dispersed flights


def test_the_margins_of_a_row_are_those_of_that_flight_flown_alone(options):
    option = options[1]
    for i in (0, 17, margins.FLIGHTS - 1):
        alone = option.ensemble.fly(i).summary()
        assert option.rows["load_margin_g"][i] == alone["crew"]["margin_g"]
        assert option.rows["bond_line_margin_k"][i] == alone["heat_shield"]["bond_margin_k"]
    for i in (0, 17, N - 1):
        alone = option.ensemble.fly(i)
        held = alone.scenario.vehicle.descent.attitude.propellant.si
        used = alone.summary()["guidance"]["jet_propellant_kg"]
        assert option.rows["jet_propellant_margin_kg"][i] == pytest.approx(held - used, abs=1e-6)
    assert np.ptp(option.rows["jet_propellant_margin_kg"]) > 0.1
    for name in metrics.FIRST:
        assert np.isfinite(option.rows[name]).tolist() == [i < margins.FLIGHTS for i in range(N)]
        assert option.metrics[name]["flights"] == margins.FLIGHTS


def test_margins_know_no_groups_and_no_number_of_samples(options, monkeypatch):
    many = options[1].ensemble
    few = ensemble.Ensemble(many.plan, {k: x[:37] for k, x in many.columns.items()})
    monkeypatch.setattr(margins, "TOGETHER", 5)
    for name, x in margins.rows_of(few).items():
        assert x.tobytes() == options[1].rows[name][:37].tobytes(), name


def test_a_shield_that_is_uncertain_itself_is_each_flights_own():
    wide = {"value": "293 K", "distribution": {"type": "normal", "sigma": "20 K"}}
    many = tj.disperse(tj.load("ms11-bank-schedule").replace(vehicle__heat_shield__start_temperature=wide), 4, seed=2)
    found = margins.rows_of(many)["bond_line_margin_k"]
    assert found.tolist() == [many.fly(i).summary()["heat_shield"]["bond_margin_k"] for i in range(4)]
    same = replace(many, plan=replace(many.plan, design=replace(many.plan.design, left_out=frozenset(
        {"vehicle.heat_shield.start_temperature"}))))  # fmt: skip
    assert np.abs(margins.rows_of(same)["bond_line_margin_k"] - found).min() > 0.1


def test_a_load_that_some_flights_do_not_tolerate_is_told_with_its_probability_and_decides(options):
    hard = tj.load("ms11-nominal").replace(crew={"limit": [["1 s", 5.2], ["200 s", 3.4]]})
    option = compare.option(hard, 60, seed=1)
    found = next(x for x in option.limits if x["name"] == "crew_load")
    x = option.rows["load_margin_g"]
    assert 0.05 < found["probability"] == np.mean(x < 0.0) < 1.0 and found["flights"] == 60
    assert found["low"] < found["probability"] < found["high"] and found["holds"]
    assert "crew_load" in [x["name"] for x in verdict.of(option)["against"]]
    easy = {x["name"]: x for x in options[1].limits}
    assert easy["crew_load"]["probability"] == 0.0 and 0.0 < easy["crew_load"]["high"] < 0.02
    assert easy["bond_line"]["holds"] and easy["bond_line"]["limit"] == 533.0 and easy["bond_line"]["flights"] == 200


def test_the_page_says_of_how_many_flights_a_margin_is(options):
    page = compare.together(options, N, 1).to_html()
    assert "margin of the crew against the tolerance of loads, median, first 200 flights, g" in page
    assert "one flight" not in page and "(nominal flight)" not in page


def test_the_command_leaves_a_report_and_names_what_it_left_out(tmp_path, capsys):
    out = tmp_path / "c"
    given = ["compare", "ms11-bank-schedule", "no-such-flight", "--samples", "20", "--out", str(out)]
    assert cli.main(given) == 2
    text = capsys.readouterr()
    assert "no-such-flight is left out" in text.err and "ms11-bank-schedule" in text.out
    files = ("report.html", "report.json", "options.czml", "footprints.png", "summary.json")
    assert sorted(p.name for p in out.iterdir()) == sorted(files)
    assert "no-such-flight is left out" in (out / "report.html").read_text()
    before = {name: (out / name).read_bytes() for name in files}
    (out / "report.html").write_text("lost")
    assert cli.main(["report", str(out)]) == 0
    assert {name: (out / name).read_bytes() for name in files} == before
    (out / "report.json").write_text('{"schema": 1, "kind": "comparison", "options": []}')
    assert cli.main(["report", str(out)]) == 2 and "is not whole" in capsys.readouterr().err
    assert cli.main(["compare", "no-such-flight"]) == 2


def test_a_finished_ensemble_is_drawn_again_to_the_byte(tmp_path, capsys):
    out = tmp_path / "r"
    given = ["run", "ms11-bank-schedule", "--samples", "20", "--set", "deorbit.delta_v=127.9 m/s"]
    assert cli.main([*given, "--out", str(out)]) == 0
    before = {p.name: p.read_bytes() for p in out.iterdir() if p.is_file()}
    (out / "footprint.png").unlink()
    assert cli.main(["report", str(out)]) == 0
    assert {p.name: p.read_bytes() for p in out.iterdir() if p.is_file()} == before


@pytest.mark.parametrize("content", [None, "", "[]", '{"schema": 1, "scenario": "x"}'])
def test_a_folder_of_nothing_is_refused_in_words(tmp_path, capsys, content):
    if content is not None:
        (tmp_path / "summary.json").write_text(content)
    assert cli.main(["report", str(tmp_path)]) == 2
    assert "holds no results" in capsys.readouterr().err
    assert cli.main(["report", str(tmp_path / "none")]) == 2


def test_weights_are_of_metrics_that_exist(capsys):
    assert cli.main(["compare", "ms11-nominal", "--weights", "cep=1"]) == 2
    assert "did you mean cep_m?" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        cli.main(["compare", "ms11-nominal", "--weights", "cep_m=-1"])


def test_options_aimed_alike_are_aimed_once_and_fly_the_same(monkeypatch):
    aims = targeting.Aims(most=2)
    monkeypatch.setattr(targeting, "FOUND", aims)
    one, two = tj.load("ms11-nominal"), tj.load("ms11-nominal").replace(undocking__at="2019-06-24T23:20:00Z", name="later")
    compare.option(one, 20, 1)
    shared = compare.option(two, 20, 1)
    assert len(aims) == 1
    monkeypatch.setattr(targeting, "FOUND", targeting.Aims())
    alone = compare.option(two, 20, 1)
    assert paired.same_flights(shared, alone) and shared.flight.summary() == alone.flight.summary()
    monkeypatch.setattr(targeting, "FOUND", aims)
    for name in ("ms11-bank-schedule", "ms17-nominal"):
        compare.option(tj.load(name), 20, 1)
    assert len(aims) == 2  # no more than it is to hold


def test_an_aim_that_fails_is_told_of_each_scenario_in_its_own_words(monkeypatch):
    asked = []

    def aim(scenario):
        asked.append(scenario.name)
        raise ValueError(scenario.name)

    monkeypatch.setattr(targeting, "aim", aim)
    aims, one = targeting.Aims(), tj.load("ms11-nominal")
    for scenario in (one, one.replace(name="later")):
        with pytest.raises(ValueError, match=scenario.name):
            aims.of(scenario)
    assert asked == ["ms11-nominal", "later"] and len(aims) == 1


def test_an_option_with_nothing_in_common_is_named_and_the_others_come_out(options):
    bare = replace(options[0], name="bare", metrics={"landed": options[0].metrics["landed"]})
    found = compare.together([options[0], bare, options[1]], N, 1)
    assert [o.name for o in found.options] == ["ms11-bank-schedule", "ms11-nominal"]
    assert found.left_out[0]["scenario"] == "bare" and "in common" in found.left_out[0]["reason"]


# --- differences


def test_a_difference_to_itself_is_exactly_nothing_and_not_significant(options):
    for d in paired.difference(options[0], options[0]).values():
        assert d == {"value": 0.0, "low": 0.0, "high": 0.0, "significant": False}


def test_the_same_draws_tell_more_than_two_separate_runs(options):
    d = paired.difference(options[0], options[2])["heat_load_j_m2"]
    known = [o.metrics["heat_load_j_m2"] for o in (options[0], options[2])]
    alone = np.hypot(*(m["high"] - m["low"] for m in known))
    assert d["significant"] and d["low"] < d["value"] < d["high"] and d["high"] - d["low"] < 0.5 * alone


def test_resampled_statistics_are_those_of_the_resampled_flights():
    stream = np.random.default_rng(5)
    x = stream.normal(size=60)
    x[::7] = np.nan
    drawn = paired.weights(60, 3)
    assert (drawn.sum(axis=1) == 60).all()
    for q in (0.5, 0.95):
        found = paired.quantiles(x, q, drawn)
        for k in (0, 17, 399):
            assert found[k] == pytest.approx(np.nanquantile(np.repeat(x, drawn[k]), q), rel=1e-12)


def test_the_ellipse_of_every_flight_once_is_the_footprints(options):
    once = np.ones((1, N), dtype=np.int32)
    assert paired.ellipses(options[0].found, once)[0] == pytest.approx(
        [options[0].found.semi_major, options[0].found.semi_minor], rel=1e-9)  # fmt: skip


def test_intervals_of_paired_shares_cover_the_truth():
    """Newcombe's interval of the difference of two shares that go together; 0.95 is due, 600 trials know it to 0.018."""
    stream, n, held = np.random.default_rng(11), 150, []
    for _ in range(600):
        u = stream.random(n)
        a, b = (u < 0.8).astype(float), ((u < 0.6) | (stream.random(n) < 0.25)).astype(float)
        low, high = paired.share_difference(a, b)
        held.append(low <= 0.7 - 0.8 <= high)
    assert 0.93 <= np.mean(held) <= 0.985
    nothing = paired.share_difference(np.ones(2000), np.ones(2000))
    assert nothing[0] == -nothing[1] and 0.001 < nothing[1] < 0.003


def test_dominance_wants_no_limit_broken_and_nothing_worse():
    def made(metrics, holds=True):
        return SimpleNamespace(metrics={k: {"value": v} for k, v in metrics.items()}, limits=({"name": "x", "holds": holds},))

    def between(a, b):
        return {k: {"value": b.metrics[k]["value"] - v["value"], "low": 0.0, "high": 0.0, "significant": True}
                for k, v in a.metrics.items() if k in b.metrics}  # fmt: skip

    def found(a, b):
        return [x["by"] for x in paired.dominated((a, b), [{"a": 0, "b": 1, "differences": between(a, b)}])]

    near, far = made({"cep_m": 1.0, "in_zone": 0.9}), made({"cep_m": 2.0, "in_zone": 0.8})
    assert found(far, near) == [[1], []] and found(near, far) == [[], [0]]
    assert found(far, made({"cep_m": 1.0, "in_zone": 0.7})) == [[], []]
    assert found(far, made({"cep_m": 1.0, "in_zone": 0.9}, holds=False)) == [[], []]
    assert found(far, made({"cep_m": 1.0})) == [[], []]
    assert paired.weighed((near, far), {"cep_m": 2.0, "in_zone": 1.0}) == [0.0, 3.0]
