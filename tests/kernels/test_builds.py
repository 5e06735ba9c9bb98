"""Every build of the kernel gives the same bytes: lanes, processor version, language, optimisation, threads, chunks, row order.

The version that is chosen here is compared with the others that are installed and that this processor can run, and with two
that are made here from the same source: `scalar` (one lane, C) as setup.py makes it, and `x86-64` as C at -O2.
Run as a program this file flies everything with the package that it finds and prints a hash of each output.
"""

import hashlib
import json
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trajectory import processor

SOURCE = Path(__file__).parents[2]
INSTALLED = list(processor.installed())[1:]  # besides the one that is chosen
BUILDS = {"scalar": ("scalar", None), "x86-64, C, -O2": ("x86-64", "-O2")}
OUTPUTS = ("y", "t", "ended", "residual", "watched", "peaks", "history_count", "steps", "in_vain", "rows", "start")


# --- what is flown


def entry():
    """P1: 200 dispersed entries from orbit, constant coefficients, J2, smooth density."""
    from trajectory import atmosphere, catalogue
    from trajectory.checks import truth
    from trajectory.leg import Environment, Leg, Stop

    lines = truth.text("p1/p1_reference_polynomial.csv").splitlines()
    known = np.genfromtxt([line for line in lines if not line.startswith("#")], delimiter=",", names=True)
    n = len(known)
    air = catalogue.tomllib.loads((catalogue.shipped() / "atmospheres/p1.toml").read_text())
    half = 1e3 * float(air["half_height"].split()[0])
    world = Environment(zonal=(1.08262668e-3,), air=atmosphere.polynomial(air["coefficients"], half, *air["variable_range"]))
    row = {"cd": known["cd"], "cl": 0.26 * known["cd"], "area": 3.8, "density_factor": known["density_factor"],
           "bank": known["bank_deg"] * (np.pi / 180), "heat_factor": 1e-4}  # fmt: skip
    leg = Leg("entry", lift=True, row=row, stops=(Stop("altitude", 10.7e3, -1),), duration=1e5,
              watches=(Stop("altitude", 80e3, -1), Stop("sensed_acceleration", 20.0, 1)))  # fmt: skip
    return leg, world, circular(n, 420e3, slower=known["delta_v_m_s"])


def circular(n, height, slower=0.0, tilt=0.9):
    """(n, 10) states of 2900 kg on a circular orbit, slowed by some m/s; each at its own place on it."""
    r = 6378137.0 + height
    v = np.sqrt(3.986004418e14 / r) - slower
    u = 3.5 + 0.001 * np.arange(n)
    y = np.zeros((n, 10))
    y[:, 0], y[:, 1], y[:, 2] = r * np.cos(u), r * np.sin(u) * np.cos(tilt), r * np.sin(u) * np.sin(tilt)
    y[:, 3], y[:, 4], y[:, 5] = -v * np.sin(u), v * np.cos(u) * np.cos(tilt), v * np.cos(u) * np.sin(tilt)
    y[:, 6] = 2900.0 + np.arange(n)
    return y


def orbit():
    """36x36 harmonics, Sun and Moon, drag in a thin air."""
    from trajectory import atmosphere, frames, gravity
    from trajectory.leg import Environment, Leg, Stop

    field = gravity.read_field(gravity.SHIPPED / "egm2008-36.gfc")
    bodies = frames.sun_moon_table(frames.orientation("2023-03-28T10:51:00Z"), -3600.0, 90000.0)
    world = Environment(mu=field.mu, field_radius=field.radius, degree=36, order=36, harmonics=field, bodies=bodies,
                        air=atmosphere.us76())  # fmt: skip
    row = {"cd": 2.2, "area": 10.0, "density_factor": 1.0 + 0.01 * np.arange(21)}
    leg = Leg("orbit", row=row, duration=3000.0, watches=(Stop("altitude_rate", 0.0, 0), Stop("perigee_altitude", 398e3, -1)))
    return leg, world, circular(21, 400e3)


def burn(attitude):
    """A finite burn with a thrust that grows, ended by its mass."""
    from trajectory import gravity
    from trajectory.leg import Environment, Leg, Stop

    row = {"thrust": 3000.0, "thrust_rate": 2.0 + 0.1 * np.arange(21), "exhaust_speed": 2960.0}
    leg = Leg("burn", thrust=True, attitude=attitude, aim=(-0.96, 0.0, 0.28), row=row, stops=(Stop("mass", 2800.0, -1),),
              duration=900.0, tolerance=1e-11)  # fmt: skip
    return leg, Environment(zonal=gravity.ZONAL), circular(21, 400e3)


def windy(track=True):
    """Air that varies along a track, a wind of both components."""
    from trajectory import atmosphere, gravity, wind
    from trajectory.leg import Environment

    heights = atmosphere.knots(-500.0, 6e5)
    waves = 0.1 * np.sin(heights / 9e4 + 0.3)[:, None] * np.array([0.9, -0.4, 0.5, 0.2, -0.6, 0.3])
    plane = (np.array([0.36, 0.48, 0.8]), np.array([-0.8, 0.6, 0.0]))
    log_density, sound = np.log(1.2) - heights / 7.3e3, 340.0 - 1e-4 * heights
    wave = {"harmonics": waves, "plane": plane} if track else {}
    levels = np.linspace(0.0, 120e3, 41)
    blowing = wind.table(levels, 33.3 * np.sin(levels / 2.1e4) + 3.7, 21.7 * np.cos(levels / 1.7e4), "test")
    return Environment(zonal=gravity.ZONAL, air=atmosphere.table(heights, log_density, sound, "test", **wave), wind=blowing)


def capsule(method="dop853", tolerance=1e-9):
    """An entry with a table of coefficients, a bank that turns, wind, and air that varies along the track."""
    from trajectory import aero
    from trajectory.leg import Leg, Stop

    table = aero.tabulate(lambda m, h: (1.3 + 0.2 * np.tanh(m - 3) + 1e-7 * h, 0.35 - 0.1 * np.tanh(m - 5) - 2e-7 * h))
    row = {"cd": 1.0 + 0.01 * np.arange(40), "cl": 1.0, "area": 3.8, "bank": 0.9, "bank_rate": 0.01, "heat_factor": 1.2e-4}
    leg = Leg("capsule", aero=table, lift=True, row=row, stops=(Stop("altitude", 10.7e3, -1),), duration=1e5, method=method,
              tolerance=tolerance, in_air=True, watches=(Stop("mach", 5.0, -1), Stop("heat_flux", 3e5, 1),
              Stop("dynamic_pressure", 1e3, 0), Stop("speed", 3e3, -1)))  # fmt: skip
    return leg, windy(), circular(40, 120e3, slower=150.0)


def canopy(balanced):
    """Under a canopy in the wind: one that fills, by the full equation; one that carries, by the balance of forces."""
    from trajectory.leg import Leg, Stop

    y = circular(21, 8e3)
    y[:, 3:6] = -60.0 * y[:, :3] / 6.386e6 + 7.292115e-5 * np.stack([-y[:, 1], y[:, 0], 0 * y[:, 0]], axis=1)
    row = {"cd": 1.0, "area": 3.8, "drag_area_from": 500.0 if balanced else 10.0, "drag_area_to": 500.0, "fill_time": 7.0}
    duration, first_step = (2000.0, 5.0) if balanced else (20.0, 0.1)
    leg = Leg("canopy", parachute=True, quasi_steady=balanced, in_air=True, row=row, stops=(Stop("altitude", 2e3, -1),),
              duration=duration, first_step=first_step, longest_step=200.0, tolerance=1e-10)  # fmt: skip
    return leg, windy(track=False), y


PROBLEMS = {
    "p1": entry,
    "p1, dp54": lambda: (replace(entry()[0], method="dp54", tolerance=1e-8), *entry()[1:]),
    "orbit": orbit,
    "orbit, radau": lambda: (replace(orbit()[0], method="radau", duration=9000.0), *orbit()[1:]),
    "burn, inertial": lambda: burn("inertial"),
    "burn, lvlh": lambda: burn("lvlh"),
    "burn, velocity": lambda: burn("velocity"),
    "capsule": capsule,
    "capsule, dp54": lambda: capsule("dp54", 1e-7),
    "canopy": lambda: canopy(False),
    "canopy, balanced": lambda: canopy(True),
}


def sha(*arrays):
    found = hashlib.sha256()
    for a in arrays:
        found.update(np.ascontiguousarray(a).tobytes())
    return found.hexdigest()[:16]


def fly_pieces(problem, pieces, threads=1):
    """Outputs of a leg's rows flown in pieces (arrays of rows), in the order of the rows."""
    from trajectory import batch, leg

    on, world, y = problem
    n = len(y)

    def work(which, cancel):
        rows = pieces[which.start]
        found = leg.fly_leg(leg.pick(on, rows, n), world, y[rows], np.zeros(len(rows)), history_step=50.0, cancel=cancel)
        found.history[np.arange(found.history.shape[1]) >= found.history_count[:, None]] = 0.0
        return found

    parts = list(batch.in_chunks(work, len(pieces), chunk=1, threads=threads))
    back = np.argsort(np.concatenate(pieces))
    room = max(p.history.shape[1] for p in parts)
    history = [np.pad(p.history, ((0, 0), (0, room - p.history.shape[1]), (0, 0))) for p in parts]
    outputs = {name: np.concatenate([getattr(p, name) for p in parts])[back] for name in OUTPUTS}
    return {**outputs, "history": np.concatenate(history)[back]}


def ways(n):
    """How n rows may be cut, ordered and shared: name -> (pieces, threads)."""
    rows = np.arange(n)
    mixed = np.random.default_rng(7).permutation(n)
    return {"whole": ([rows], 1), "by 7, 2 threads": (np.array_split(rows, -(-n // 7)), 2),
            "one by one": (np.array_split(rows, n), 1), "mixed": ([mixed], 1),
            "mixed, by 16, 3 threads": (np.array_split(mixed, -(-n // 16)), 3)}  # fmt: skip


def flights():
    """MS-11 from orbit to the ground, each row with its own start, density and time."""
    from trajectory import leg
    from trajectory.case import build
    from trajectory.scenario import load

    fixed = {"guidance.reversal": "2000 m/s", "guidance.first_side": "right", "atmosphere.model": "us76"}
    one, n = build(load("ms11-nominal", fixed)), 48
    draw = np.random.default_rng(4)
    y = np.repeat(one.start, n, axis=0)
    y[:, :3] += draw.normal(0, 100.0, (n, 3))
    y[:, 3:6] += draw.normal(0, 0.1, (n, 3))
    factor = draw.normal(1, 0.1, n)
    legs = tuple(leg.variant(on, density_factor=factor) for on in one.legs)
    return replace(one, start=y, start_time=one.start_time + draw.uniform(0, 1, n), legs=legs)


def fly_all():
    """{what: {way: {output: hash}}} of everything."""
    from trajectory import flight
    from trajectory.processor import kernels

    out = {}
    for name, make in PROBLEMS.items():
        problem = make()
        out[name] = {
            way: {k: sha(v) for k, v in fly_pieces(problem, *how).items()} for way, how in ways(len(problem[2])).items()
        }
    case = flights()
    n = len(case.start)
    out["inputs"] = {"made": {"start": sha(case.start), "tables": sha(*case.world.packed)}}
    mixed = np.random.default_rng(7).permutation(n)
    landed = {"flights": (case, np.arange(n)), "mixed flights": (case.rows(mixed), np.argsort(mixed))}
    out["flights"] = {}
    for what, (rows, back) in landed.items():
        for threads, chunk in ((1, n), (2, 7)):
            f = flight.fly_many(rows, events=sorted(flight.events_of(case)), threads=threads, chunk=chunk)
            found = {"code": f.code, "t": f.t, "y": f.y, "peaks": f.peaks, **f.events}
            out["flights"][f"{what}, by {chunk}, {threads} threads"] = {k: sha(v[back]) for k, v in found.items()}
    x = np.concatenate([np.linspace(-745, 745, 20001), np.linspace(-7, 7, 20001)])
    into = np.zeros((len(x), 3))
    kernels.elementary(x, into)
    out["exp, sin, cos"] = {"whole": {"all": sha(into)}}
    return {"kernel": kernels.kernel(), "file": kernels.__file__, "flown": out}


# --- the builds


def run(folder=None, version="", seconds=300):
    """What another process prints that flies everything with the package in `folder`, else this version of the installed."""
    env = {**os.environ, "TRAJECTORY_KERNEL": version, **({} if folder is None else {"PYTHONPATH": str(folder)})}
    done = subprocess.run([sys.executable, __file__], env=env, cwd=folder or Path.home(), capture_output=True, text=True,
                          timeout=seconds)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def installed():
    return run()


def build(name, place):
    """A folder with the installed package in which the kernel is this build of the source."""
    import trajectory

    version, optimisation = BUILDS[name]
    source, package = place / "source", Path(trajectory.__file__).parent
    kept = shutil.ignore_patterns("*.so", "*.pyd", "*.c", "*.cpp", "*.html", "__pycache__")
    shutil.copytree(SOURCE / "trajectory", source / "trajectory", ignore=kept)
    shutil.copytree(package, place / "trajectory", ignore=kept)
    for file in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(SOURCE / file, source)
    if not (place / "trajectory" / "scenarios").is_dir():
        shutil.copytree(SOURCE / "scenarios", place / "scenarios", ignore=kept)
    env = {**os.environ, "TRAJECTORY_BUILD": version}
    if optimisation:
        env["CXX"] = str(place / "none")
        # what setup.py asks for comes after CFLAGS; only a compiler that adds to it has the last word
        compiler = os.environ.get("CC") or sysconfig.get_config_var("CC")
        env["CC"] = str(place / "compiler")
        (place / "compiler").write_text(f'#!/bin/sh\nexec {compiler} "$@" {optimisation}\n')
        (place / "compiler").chmod(0o755)
    command = [sys.executable, "setup.py", "-q", "build_ext", "-b", str(place), "-t", str(place / "objects")]
    done = subprocess.run([*shlex.split("nice -n 10"), *command], cwd=source, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return place


@pytest.fixture(scope="session")
def builds(tmp_path_factory):
    """{name: the future of its folder}; the compiler makes them side by side."""
    with ThreadPoolExecutor(2) as pool:
        yield {name: pool.submit(build, name, tmp_path_factory.mktemp("build")) for name in BUILDS}


@pytest.fixture(scope="session", params=[*INSTALLED, *BUILDS])
def other(request):
    """What another build flies."""
    if request.param in INSTALLED:
        found = run(version=request.param)
        assert found["kernel"] == request.param
        return found
    if os.name != "posix" or shutil.which(shlex.split(os.environ.get("CC") or sysconfig.get_config_var("CC"))[0]) is None:
        pytest.skip("no compiler here")
    pytest.importorskip("Cython", reason="no Cython here")
    pytest.importorskip("setuptools", reason="no setuptools here")
    if not (SOURCE / "setup.py").is_file():
        pytest.skip("the source is not beside the tests")
    folder = request.getfixturevalue("builds")[request.param].result()
    found = run(folder, BUILDS[request.param][0])
    assert Path(found["file"]).is_relative_to(folder) and found["kernel"] == BUILDS[request.param][0]
    return found


def differing(one, two):
    """'what: way: output' wherever two sets of hashes differ."""
    pairs = [(f"{what}: {way}: {k}", one[what][way][k], two[what][way][k])
             for what in one for way in one[what] for k in one[what][way]]  # fmt: skip
    return [name for name, a, b in pairs if a != b]


def test_another_build_gives_the_same_bytes(installed, other):
    assert other["kernel"] != installed["kernel"]
    assert differing(installed["flown"], other["flown"]) == []


def unequal_ways(flown):
    """'what: way: output' wherever a way of flying differs from the first."""
    out = []
    for what, by_way in flown.items():
        first = next(iter(by_way.values()))
        out += [f"{what}: {way}: {k}" for way, found in by_way.items() for k in found if found[k] != first[k]]
    return out


def test_threads_chunks_and_order_change_no_bit(builds, installed):
    """Run before all others (tests/conftest.py): with it the compilers begin, and what waits for them comes after files that
    take as long."""
    assert unequal_ways(installed["flown"]) == []


def test_threads_chunks_and_order_change_no_bit_of_another_build(other):
    assert unequal_ways(other["flown"]) == []


if __name__ == "__main__":
    print(json.dumps(fly_all()))
