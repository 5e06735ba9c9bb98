"""The examples run, and say what they should."""

import runpy
import subprocess
import sys
import warnings
from importlib.util import find_spec
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def output(capsys, monkeypatch):
    """What an example prints when it is run with these words, from another folder, as `python NAME WORDS` runs it."""

    def run(name, folder, *words):
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", [str(EXAMPLES / name), *words])
        monkeypatch.setattr(sys, "path", [str(EXAMPLES), *sys.path])
        capsys.readouterr()
        with warnings.catch_warnings():
            warnings.filterwarnings("error", category=DeprecationWarning, module="__main__")
            runpy.run_path(str(EXAMPLES / name), run_name="__main__")
        return capsys.readouterr().out.splitlines()

    return run


def output_of_process(name, folder, *words):
    done = subprocess.run([sys.executable, "-W", "error::DeprecationWarning:__main__", str(EXAMPLES / name), *words],
                          cwd=folder, capture_output=True, text=True, timeout=300)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_example_is_run_here():
    tested = {name.removeprefix("test_") + ".py" for name in globals() if name.startswith("test_")}
    assert {p.name for p in EXAMPLES.glob("*.py")} <= tested


def test_fly_and_plot(output, tmp_path):
    lines = output("fly_and_plot.py", tmp_path, "flight.png")
    assert lines[0] == "Soyuz MS-11: landed"
    assert any("touchdown" in line for line in lines)
    assert (tmp_path / "flight.png").read_bytes().startswith(b"\x89PNG")


def test_vary_delta_v(output, tmp_path):
    """Farther from the site on either side of the nominal burn, some 100 km for each m/s; a shorter burn lands later."""
    rows = [line.split() for line in output("vary_delta_v.py", tmp_path)[1:]]
    distance = [float(row[3]) for row in rows]
    assert len(rows) == 5 and min(distance) == distance[2] < 2
    assert distance[0] == pytest.approx(100, abs=15) and distance[4] == pytest.approx(100, abs=15)
    landed = [row[2] for row in rows]
    assert landed == sorted(landed, reverse=True)


def test_poliastro_orbit(output, tmp_path):
    rows = output("poliastro_orbit.py", tmp_path)
    apart = {row[:20].strip(): float(row.split()[-4]) for row in rows}
    assert apart["two-body"] < 1e-5
    assert 100 < apart["J2"] < 5000
    assert abs(apart["J2 to J6"] - apart["J2"]) > 0.01


def test_plan_a_day(output, tmp_path):
    """The ignition of MS-22 is the first window; the seats are those of the calendar."""
    lines = output("plan_a_day.py", tmp_path)
    assert lines[0].startswith("3 windows within a day")
    first = lines[2].split()
    assert first[0] == "2023-03-28" and first[1].startswith("10:51:09.797") and first[2] == "zhezkazgan"
    assert "7 aboard, 7 with a seat" in lines[-2]
    assert "2022-12-16 to 2023-03-01" in lines[-1]


def test_custom_capsule(output, tmp_path):
    """The farther the mass centre lies off the axis, the more lift, the smaller the load, the longer and warmer the flight."""
    rows = [[float(x) for x in line.split()] for line in output("custom_capsule.py", tmp_path)[1:-1]]
    offset, ratio, load, _, flux, heat, flown = zip(*rows, strict=True)
    assert offset == (0, 40, 80, 120) and abs(ratio[0]) < 1e-3
    assert all(list(x) == sorted(x) for x in (ratio, heat, flown))
    assert all(list(x) == sorted(x, reverse=True) for x in (load, flux))


def test_own_table(output, tmp_path):
    """More axial force, so less lift for its drag and air that is thinner: less load, less heat."""
    _, published, other = (line.split("peak load ")[-1] for line in output("own_table.py", tmp_path))
    load, heat = ([float(line.split()[i]) for line in (published, other)] for i in (0, 4))
    assert load[0] > load[1] and heat[0] > heat[1]
    assert load[0] == pytest.approx(7.2, abs=0.05) and heat[0] == pytest.approx(150, abs=1)


def test_dask_cluster(tmp_path):
    if find_spec("distributed") is None:
        pytest.skip("Dask is not installed: the extra `dask`")
    lines = output_of_process("dask_cluster.py", tmp_path)
    assert lines[0].split() == ["count", "400.0"]
    assert lines[-1] == "the same bytes as with threads: True"


def test_update_with_data(output, tmp_path):
    """One measurement of the instruments leaves less than a third of what was not known of them."""
    if find_spec("emcee") is None:
        pytest.skip("emcee is not installed: the extra `cooling`")
    lines = output("update_with_data.py", tmp_path)
    row = next(line for line in lines if " instruments " in line)
    before, after = (
        [float(x) for x in part.replace("(", "").replace(")", "").replace(" to ", " ").split()[-3:]]
        for part in (row.rpartition(")")[0].rpartition(") ")[0], row.rpartition(")")[0])
    )
    assert after[2] - after[1] < 0.3 * (before[2] - before[1])
    assert abs(after[0] - 40.0) < 1.0
    assert any("instruments_outside.conductance" in line for line in lines)


def test_what_changed(output, tmp_path):
    """The parts and what they leave are the whole; a longer burn lands short and early, denser air short and late."""
    lines = output("what_changed.py", tmp_path)
    rows = {line.split()[0]: [float(x) for x in line.split()[-3:]] for line in lines[1:]}
    parts = [rows[k] for k in ("deorbit.delta_v", "deorbit.pitch", "atmosphere", "together")]
    for i, rounding in enumerate((0.25, 0.25, 0.0025)):
        assert sum(p[i] for p in parts) == pytest.approx(rows["whole"][i], abs=rounding)
    assert rows["deorbit.delta_v"][0] < 0 < rows["atmosphere"][0]
    assert rows["deorbit.delta_v"][1] < 0 and rows["atmosphere"][1] < 0
