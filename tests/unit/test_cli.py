"""The command line as a user meets it: exit status, what is on stdout, what is on stderr, what is on the disk."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trajectory import catalogue
from trajectory.cli import BAD_INPUT, GOOD, INTERRUPTED, main

FAST = "stardust-entry"  # nothing to aim at, no burn


def trajectory(*words, before=(), **options):
    """`trajectory WORDS` in a process of its own."""
    command = [*before, sys.executable, "-m", "trajectory", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def own(folder, text='extends = "stardust-entry"\nname = "mine"\n', name="mine.toml"):
    (folder / name).write_text("schema = 1\n" + text)
    return name


# --- asking


def test_without_a_command_the_help_is_printed(capsys):
    assert main([]) == BAD_INPUT
    assert "COMMAND" in capsys.readouterr().out


def test_list_names_every_scenario_in_a_line(capsys):
    assert main(["list"]) == GOOD
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == catalogue.known()
    assert all(len(line.split()) > 3 for line in lines)


def test_list_and_help_answer_well_within_a_second():
    """The best of three, as machines have other things to do."""
    for words in (["--help"], ["list"]):
        times = []
        for _ in range(3):
            begin = time.monotonic()
            assert trajectory(*words).returncode == GOOD
            times.append(time.monotonic() - begin)
        assert min(times) < 0.8, words


def test_show_gives_unit_source_and_grade(capsys):
    assert main(["show", "ms22-uncrewed"]) == GOOD
    out = capsys.readouterr().out
    assert "deorbit.delta_v" in out and "128 m/s" in out and "assumed" in out and "Canadian Space Agency" in out


def test_a_pipe_that_closes_early_is_no_error():
    done = subprocess.run(f"{sys.executable} -m trajectory list | head -1", shell=True, capture_output=True, text=True,
                          timeout=60)  # fmt: skip
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 1 and not done.stderr


# --- checking


def test_check_of_good_files(folder, capsys):
    assert main(["check", FAST, own(folder)]) == GOOD
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == 2 and not said.err
    assert os.listdir(folder) == ["mine.toml"]


def test_check_of_a_vehicle_file(folder, capsys):
    """Not as if it were a scenario."""
    own(folder, 'extends = "soyuz-ms"\n[descent]\nmass = "2900 kg"\n', "mine-vehicle.toml")
    own(folder, 'extends = "soyuz-ms"\n[descent]\nmass = "2900 K"\nmas = 1\n', "bad-vehicle.toml")
    assert main(["check", "mine-vehicle.toml", "soyuz-ms"]) == GOOD
    assert "a valid vehicle file" in capsys.readouterr().out
    assert main(["check", "bad-vehicle.toml"]) == BAD_INPUT
    said = capsys.readouterr().err
    for word in ("bad-vehicle.toml", "descent.mass", "2900 K", "descent.mas"):
        assert word in said
    assert "start" not in said


def test_check_names_file_key_value_and_what_is_allowed(folder, capsys):
    name = own(folder, 'extends = "stardust-entry"\n[strat]\n[start]\nspeed = "12 kg"\nlatitude = "95 deg"\n')
    assert main(["check", FAST, name]) == BAD_INPUT
    said = capsys.readouterr()
    for word in ("mine.toml", "strat", "start", "start.speed", "12 kg", "start.latitude", "95 deg"):
        assert word in said.err
    assert len(said.out.splitlines()) == 1  # the other file is still said to be good


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["run", "ms22-uncrewd"], ["ms22-uncrewd", "ms22-uncrewed"]),
        (["run", "nowhere/ms22.toml"], ["nowhere/ms22.toml"]),
        (["show", "ms22-uncrewd"], ["ms22-uncrewed"]),
        (["check", "ms22-uncrewd"], ["ms22-uncrewed"]),
        (["verify", "ms22-uncrewd"], ["ms22-uncrewed"]),
        (["run", FAST, "--set", "start.sped=1 m/s"], ["start.sped", "nearest: speed"]),
        (["run", FAST, "--set", "start.speed=1 kg"], ["start.speed", "1 kg"]),
        (["run", FAST, "--set", "start.speed=12456"], ["start.speed", "12456"]),
        (["run", FAST, "--set", "start.speed"], ["start.speed"]),
        (["run", "ms11-nominal", "--set", "deorbit.ignition=2019-06-23T00:00:00Z", "--set", "start.type=opm"], ["start"]),
        (["run", "ms11-nominal", "--set", "earth.orientation=aligned"], ["earth.orientation", "TEME needs the real Earth"]),
        (["run", "ms22-uncrewed", "--set", "deorbit.near=2090-01-01T00:00:00Z"], ["deorbit.near", "after the element set"]),
        (["run", "p1-reference", "--set", "guidance.mode=automatic"], ["guidance.mode", "start_altitude"]),
        (["run", FAST, "--samples", "-5"], ["--samples -5", "1 or more"]),
        (["run", FAST, "--samples", "1.5"], ["--samples 1.5", "a whole number, or a CSV"]),
        (["run", FAST, "--until", "p99=3%"], ["--until", "--samples"]),
        (["why", FAST], ["nothing in it is uncertain"]),
        (["why", "ms22-leak", "--samples", "2"], ["ms22-leak", "no target_distance_m"]),
        (["reach", "ms22-leak"], ["ms22-leak", "comes down"]),
        (["hazard", "ms22-leak", "--samples", "20"], ["ms22-leak", "comes down"]),
    ],
    ids=lambda x: " ".join(x[:4]),
)
def test_bad_words_are_exit_2_without_a_traceback(words, expected, folder, capsys):
    assert main(words) == BAD_INPUT
    said = capsys.readouterr()
    assert not said.out and "Traceback" not in said.err
    for word in expected:
        assert word in said.err
    assert not os.listdir(folder)


@pytest.mark.parametrize("words", [
    ["reach", "ms11-nominal"], ["calendar"], ["opportunities", "ms11-nominal", "--site", "zhezkazgan", "--days", "0.1"],
], ids=lambda x: x[0])  # fmt: skip
@pytest.mark.parametrize(("out", "why"), [("nowhere/x.png", "No such file"), ("x.bmp", "must end in .png, .svg, .pdf")])
def test_a_picture_that_cannot_be_written_is_said_after_the_answer(words, out, why, folder, capsys):
    assert main([*words, "--out", out]) == BAD_INPUT
    said = capsys.readouterr()
    assert len(said.out) > 100 and f"cannot write the picture {out}" in said.err and why in said.err
    assert not os.listdir(folder)


def test_a_site_of_ones_own_is_looked_for_where_the_command_is_given(folder, capsys):
    Path("here.toml").write_text('schema = 1\nname = "here"\nlatitude = "-30 deg"\nlongitude = "10 deg"\n')
    assert main(["run", FAST, "--set", "site=here.toml", "--json"]) == GOOD
    assert main(["run", FAST, "--set", "site=there.toml"]) == BAD_INPUT
    assert "there is no file there.toml" in capsys.readouterr().err


def test_a_radius_that_stays_unsure_is_said(folder, capsys):
    words = ["run", "ms11-bank-schedule", "--samples", "60", "--until", "p50=1%", "--json"]
    assert main(words) == GOOD
    said = capsys.readouterr()
    assert re.search(r"after 60 flights p50 is known to \d\d %, not to 1 %", said.err) and json.loads(said.out)
    assert main([*words[:-2], "p50=90%", "--json"]) == GOOD
    assert "p50" not in capsys.readouterr().err


def test_an_unknown_option_is_exit_2(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["run", FAST, "--jsn"])
    assert stop.value.code == BAD_INPUT


# --- running


def test_json_is_all_there_is_and_the_same_twice(folder):
    first, second = (trajectory("run", FAST, "--json") for _ in range(2))
    assert first.returncode == second.returncode == GOOD
    assert first.stdout == second.stdout and not first.stderr
    summary = json.loads(first.stdout)
    assert summary["schema"] == 1 and summary["scenario"] == FAST and summary["flight"]["outcome"] == "stopped"
    assert sum(summary["grades"].values()) > 5
    assert not os.listdir(folder)


def test_a_run_leaves_its_folder_and_a_table(folder, capsys):
    assert main(["run", FAST]) == GOOD
    said = capsys.readouterr()
    assert "entry_interface" in said.out or "peak load" in said.out.lower() or "peak_load" in said.out
    assert os.listdir(folder) == [FAST]
    held = set(os.listdir(folder / FAST))
    assert {"summary.json", "history.nc", "events.csv", "track.geojson", "track.kml", "orbit.oem"} <= held
    assert sum(name.endswith(".png") for name in held) >= 2
    summary = json.loads((folder / FAST / "summary.json").read_text())
    assert summary["scenario"] == FAST
    assert main(["run", FAST, "--json"]) == GOOD
    assert json.loads(capsys.readouterr().out) == summary


def test_out_names_the_folder_and_set_changes_the_flight(folder, capsys):
    assert main(["run", own(folder), "--out", "deep/short", "--set", "stop.altitude=60 km"]) == GOOD
    assert "results in deep/short" in capsys.readouterr().out
    summary = json.loads((folder / "deep" / "short" / "summary.json").read_text())
    assert summary["scenario"] == "mine" and summary["flight"]["touchdown"] is None
    assert sorted(os.listdir(folder)) == ["deep", "mine.toml"]


def test_a_folder_of_others_is_left_alone(folder, capsys):
    (folder / "letters").mkdir()
    (folder / "letters" / "dear.txt").write_text("dear")
    assert main(["run", FAST, "--out", "letters"]) == BAD_INPUT
    assert "letters" in capsys.readouterr().err
    assert os.listdir(folder / "letters") == ["dear.txt"]


def test_to_stay_in_orbit_is_an_answer(folder, capsys):
    words = ["--set", "deorbit.delta_v=20 m/s", "--set", "guidance.reversal=2000 m/s", "--set", "guidance.first_side=right"]
    assert main(["run", "ms11-nominal", "--json", *words]) == GOOD
    flight = json.loads(capsys.readouterr().out)["flight"]
    assert flight["outcome"] == "in_orbit" and flight["touchdown"] is None


@pytest.mark.skipif(shutil.which("unshare") is None, reason="no `unshare` to take the network away with")
def test_no_network_is_needed(folder):
    alone = ["unshare", "-rn"]
    if subprocess.run([*alone, "true"], capture_output=True).returncode:
        pytest.skip("this machine lets no one take the network away")
    done = trajectory("run", "tma11-ballistic", "--json", before=alone)
    assert done.returncode == GOOD, done.stderr
    assert json.loads(done.stdout)["flight"]["outcome"] == "landed"


def heed_interrupts():
    """A shell lets its background jobs ignore SIGINT, and their children inherit it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("pause", [0.6, 1.0, 2.5])
def test_interrupted_leaves_nothing_half(folder, pause):
    """SIGINT in the imports, and in aiming."""
    process = subprocess.Popen([sys.executable, "-m", "trajectory", "run", "ms22-uncrewed"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupts)  # fmt: skip
    time.sleep(pause)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED, err
    assert "Traceback" not in err and "interrupted" in err
    assert not out
    assert not [name for name in os.listdir(folder) if not name.endswith(".lock")]


def test_verify_one_case(folder, capsys):
    assert main(["verify", "allen-eggers", "--json"]) == GOOD
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] == 1 and said["cases"] and {r["verdict"] for r in said["cases"]} == {"pass"}
    keys = {"case", "quantity", "value", "truth", "tolerance", "unit", "source", "verdict", "known_miss"}
    assert all(keys <= set(r) for r in said["cases"])
    assert not os.listdir(folder)
