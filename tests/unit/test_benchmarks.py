"""benchmarks/: the floor meets its reference, the output has its shape, a wrong name is answered. No speed is asserted."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
if not (ROOT / "benchmarks" / "__main__.py").is_file():
    pytest.skip("benchmarks/ is not beside the tests", allow_module_level=True)

KEYS = {
    "problem", "code", "method", "tolerance", "density", "width", "threads", "flights_per_s", "ratio_to_floor", "error_max_m",
    "flights", "note",
}  # fmt: skip


def run(*words, cwd):
    """The command from a folder that holds benchmarks/ and nothing else."""
    place = Path(cwd)
    if not (place / "benchmarks").exists():
        (place / "benchmarks").symlink_to(ROOT / "benchmarks", target_is_directory=True)
    import trajectory

    home = str(Path(trajectory.__file__).resolve().parents[1])
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))}
    return subprocess.run([sys.executable, "-m", "benchmarks", *words], cwd=place, env=env, capture_output=True, text=True,
                          timeout=300)  # fmt: skip


@pytest.fixture
def here(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))


def test_the_floor_meets_its_reference(here):
    from benchmarks import floor, p1_inputs

    if floor.compiler() is None:
        pytest.skip("no C compiler")
    inputs, _ = p1_inputs.reference("table")
    away = p1_inputs.distances(floor.fly(inputs), "table")
    assert len(away) == 200 and away.max() < 10.0
    closer = p1_inputs.distances(floor.fly(inputs, 1e-11), "table")
    assert closer.max() < 0.5


def test_our_entry_meets_its_reference(here):
    from benchmarks import ours, p1_inputs

    inputs, _ = p1_inputs.reference("smooth")
    one, two = ours.fly_entry(inputs, 1e-9), ours.fly_entry(inputs, 1e-9, threads=2)
    assert p1_inputs.distances(one, "smooth").max() < 1.0
    assert (one.position == two.position).all()


@pytest.mark.parametrize("name", ["zonal", "8x8"])
def test_our_orbits_meet_their_reference(here, name):
    from benchmarks import orbit, orbit_inputs

    assert orbit_inputs.worst(orbit.fly(orbit_inputs.starts()[:16], name, 1e-12), name) < 0.1


def test_a_peer_that_fails_is_a_row(here):
    from benchmarks.timing import Entrant, gather, measure

    def broken():
        raise ImportError("not here")

    entrants, missing = gather("x", {("peer", "method"): broken})
    assert entrants == [] and set(missing[0]) == KEYS
    assert missing[0]["flights_per_s"] is None and "not here" in missing[0]["note"]
    whole = Entrant("floor", "f", lambda: None, 1, rounds=2, floor=True)
    rows = measure("x", [whole, Entrant("peer", "p", broken, 1, rounds=2)])
    assert rows[0]["ratio_to_floor"] == 1.0 and rows[1]["flights_per_s"] is None and "failed" in rows[1]["note"]


def test_json_of_import(tmp_path):
    done = run("import", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert {"cpu", "cores", "kernel", "python", "versions", "compiler"} <= set(found["machine"])
    assert found["rows"] and all(set(row) == KEYS and row["problem"] == "import" for row in found["rows"])


def test_unknown_name(tmp_path):
    done = run("p7", cwd=tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    assert all(word in done.stderr for word in ("'p7'", "p1", "full", "orbit", "single", "import", "precision"))
