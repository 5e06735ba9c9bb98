"""The folder of an ensemble: killed, resumed, raised, refused; nothing lost, nothing half-written."""

import json
from dataclasses import replace

import numpy as np
import pytest

import trajectory as tj
from trajectory import cli, ensemble, store
from trajectory.report.folder import FolderError


@pytest.fixture(scope="module")
def plan():
    return replace(ensemble.plan(tj.load("ms11-bank-schedule"), 70, seed=4), chunk=20)


def fill(out, plan, resume=False, stop_after=99):
    with store.opened(out, store.manifest(plan, "ms11-bank-schedule"), resume) as place:
        todo = store.missing(place, plan)
        for k in todo[:stop_after]:
            store.write_chunk(place, plan, k, plan.fly(k))
        if stop_after < len(todo):
            raise KeyboardInterrupt
        return store.read(place, plan), todo


def test_an_interrupted_ensemble_goes_on_where_it_was_and_gives_the_same_bytes(tmp_path, plan):
    whole, todo = fill(tmp_path / "whole", plan)
    assert todo == [0, 1, 2, 3]
    with pytest.raises(KeyboardInterrupt):
        fill(tmp_path / "cut", plan, stop_after=2)
    with pytest.raises(FolderError, match="--resume"):
        fill(tmp_path / "cut", plan)
    torn = store.chunk_file(tmp_path / "cut", 1)
    torn.write_bytes(torn.read_bytes()[:500])  # as a disk that lost its power would leave it
    resumed, todo = fill(tmp_path / "cut", plan, resume=True)
    assert todo == [1, 2, 3]
    assert all(x.tobytes() == resumed.columns[c].tobytes() for c, x in whole.columns.items())
    more = replace(plan, design=replace(plan.design, samples=90))
    raised, todo = fill(tmp_path / "cut", more, resume=True)
    assert todo == [3, 4]  # the last chunk was not full
    assert all(x.tobytes() == raised.columns[c][:70].tobytes() for c, x in whole.columns.items())
    with pytest.raises(FolderError, match="holds 90 samples"):
        fill(tmp_path / "cut", plan, resume=True)


def test_a_chunk_that_lacks_a_column_is_flown_again(tmp_path, plan):
    """As one that was written before the column was there."""
    import netCDF4

    whole, _ = fill(tmp_path / "a", plan)
    with netCDF4.Dataset(store.chunk_file(tmp_path / "a", 1), "a") as file:
        file.renameVariable("jet_propellant_kg", "something_else")
    resumed, todo = fill(tmp_path / "a", plan, resume=True)
    assert todo == [1] and all(x.tobytes() == resumed.columns[c].tobytes() for c, x in whole.columns.items())


def test_rows_of_another_run_are_refused_by_name(tmp_path, plan):
    fill(tmp_path / "a", plan)
    for changed, says in (
        (replace(plan, design=replace(plan.design, seed=5)), "seed was 4 and is now 5"),
        (replace(plan, design=replace(plan.design, sampling="sobol")), "sampling"),
        (replace(plan, scenario=plan.scenario.replace(deorbit__delta_v="127 m/s")), "the scenario has changed"),
    ):
        with pytest.raises(FolderError, match=says):
            fill(tmp_path / "a", changed, resume=True)
    held = json.loads((tmp_path / "a" / "manifest.json").read_text())
    assert held["finished"] and held["seed"] == 4 and len(held["scenario_sha256"]) == 64


def test_one_writer_at_a_time(tmp_path, plan):
    wanted = store.manifest(plan, "ms11-bank-schedule")
    with pytest.raises(KeyboardInterrupt), store.opened(tmp_path / "a", wanted, False):
        with pytest.raises(FolderError, match="another run"), store.opened(tmp_path / "a", wanted, True):
            pass
        raise KeyboardInterrupt


def test_the_command_writes_a_folder_and_takes_a_table(tmp_path, capsys):
    out = tmp_path / "a"
    table = tmp_path / "own.csv"
    table.write_text("deorbit.delta_v [m/s]\n128\n127\n129\n20\nnan\n128.5\n")
    arguments = ["run", "ms11-bank-schedule", "--samples", str(table), "--out", str(out)]
    assert cli.main(arguments) == 0
    found = json.loads((out / "summary.json").read_text())["ensemble"]
    assert found["samples"] == 6 and found["outcomes"] == {"landed": 4, "in_orbit": 1, "bad_start": 1} and found["failed"] == 1
    assert "6 flights" in capsys.readouterr().out
    assert cli.main([*arguments[:-1], str(out), "--json"]) == 0  # a finished folder is replaced whole
    assert json.loads(capsys.readouterr().out)["ensemble"] == found
    assert not list(tmp_path.glob(".a*"))
    absent = "there is no such file"
    for wrong, says in (("0", "1 or more"), (str(tmp_path / "none.csv"), absent), ("many", absent)):
        assert cli.main(["run", "ms11-bank-schedule", "--samples", wrong, "--json"]) == 2
        assert says in capsys.readouterr().err
    table.write_text("deorbit.delta_v [kg]\n128\n")
    assert cli.main(arguments) == 2
    assert "deorbit.delta_v [kg]" in capsys.readouterr().err


def test_the_summary_of_an_ensemble_has_the_keys_that_others_rely_on():
    block = tj.disperse(tj.load("ms11-bank-schedule"), 40).summary()
    assert {"samples", "failed", "outcomes", "footprint", "percentiles"} <= set(block)
    keys = ("center", "containment", "semi_major_m", "semi_minor_m", "azimuth_deg", "cep_m", "radius_p99_m", "radius_about",
            "target", "miss_mean_m")  # fmt: skip
    assert set(keys) <= set(block["footprint"]) and block["footprint"]["radius_about"] == "target"
    assert {"p50", "p95", "p99"} <= set(block["percentiles"]["load_factor_g"])
    json.dumps(block, allow_nan=False)
    assert np.isfinite(block["footprint"]["cep_m"])
