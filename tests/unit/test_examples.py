"""The examples run, and say what they should."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def output(name, folder, *words):
    done = subprocess.run([sys.executable, "-W", "error::DeprecationWarning:__main__", str(EXAMPLES / name), *words],
                          cwd=folder, capture_output=True, text=True, timeout=300)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_example_is_run_here():
    assert {p.name for p in EXAMPLES.glob("*.py")} == {"fly_and_plot.py", "vary_delta_v.py", "poliastro_orbit.py"}


def test_fly_and_plot(tmp_path):
    lines = output("fly_and_plot.py", tmp_path, "flight.png")
    assert lines[0] == "Soyuz MS-11: landed"
    assert any("touchdown" in line for line in lines)
    assert (tmp_path / "flight.png").read_bytes().startswith(b"\x89PNG")


def test_vary_delta_v(tmp_path):
    """Farther from the site on either side of the nominal burn, some 100 km for each m/s; a shorter burn lands later."""
    rows = [line.split() for line in output("vary_delta_v.py", tmp_path)[1:]]
    distance = [float(row[3]) for row in rows]
    assert len(rows) == 5 and min(distance) == distance[2] < 2
    assert distance[0] == pytest.approx(100, abs=15) and distance[4] == pytest.approx(100, abs=15)
    landed = [row[2] for row in rows]
    assert landed == sorted(landed, reverse=True)


def test_poliastro_orbit(tmp_path):
    rows = output("poliastro_orbit.py", tmp_path)
    apart = {row[:20].strip(): float(row.split()[-4]) for row in rows}
    assert apart["two-body"] < 1e-5
    assert 100 < apart["J2"] < 5000
    assert abs(apart["J2 to J6"] - apart["J2"]) > 0.01
