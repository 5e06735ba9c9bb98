"""The rules of the house: lint, who may import whom, what the front door pulls in, what the package carries."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distributions, version
from pathlib import Path

import pytest

import trajectory
from trajectory import catalogue

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "trajectory"
BIN = Path(sys.executable).parent


def run(*command, cwd=ROOT):
    """A command with this Python's programs first in PATH."""
    here = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(command, cwd=cwd, env=here, capture_output=True, text=True, timeout=300)


# --- lint


@pytest.mark.parametrize("command", ["ruff", "cython-lint"])
def test_lint(command):
    if shutil.which(command, path=f"{BIN}{os.pathsep}{os.environ['PATH']}") is None:
        pytest.skip(f"{command} is not installed")
    if command == "ruff":
        done = run("ruff", "check", "--no-cache", ".")
    else:
        done = run("cython-lint", *(str(p) for p in sorted(SOURCE.glob("_*.p[yx][xd]"))))
    assert done.returncode == 0, done.stdout + done.stderr


# --- who may import whom


def module_name(path):
    """trajectory/report/maps.py -> report.maps"""
    return ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_name(p): p for p in sorted(SOURCE.rglob("*.py")) if "data" not in p.relative_to(SOURCE).parts}


def imports_of(path):
    """(modules of ours, top-level packages of others) that a file imports, at its top or inside its functions."""
    ours, others = set(), set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports are not used here"
            names = [f"{node.module}.{a.name}" for a in node.names]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "import_module":
            names = [a.value for a in node.args[:1] if isinstance(a, ast.Constant)]
        else:
            continue
        for name in names:
            first, _, rest = name.partition(".")
            if first != "trajectory":
                others.add(first)
                others.add(".".join(name.split(".")[:2]))
            else:
                parts = rest.split(".")
                deep = ".".join(parts[:2])
                ours.add(deep if deep in MODULES else parts[0])
    return ours - {""}, others


IMPORTS = {name: imports_of(path) for name, path in MODULES.items()}

# From the ground up: a file may import those of lower floors, and of its own.
FLOORS = [
    {"constants", "status", "columns"},
    {"_kernels"},
    {"processor"},
    {"gravity", "atmosphere", "standard_atmosphere", "wind", "trim", "aero", "newtonian", "rotation", "leg", "heating",
     "blackout", "crew", "cooling", "cooling.cabin", "cooling.environment", "cooling.equipment", "cooling.leak",
     "cooling.follow", "cooling.fluids", "cooling.impact", "cooling.limits", "cooling.model", "cooling.network",
     "cooling.particle", "cooling.strain"},
    {"departure", "weather"},
    {"geodesy", "frames", "orbit", "phases", "burn", "entry", "canopy", "catalogue", "section", "units", "defects",
     "expected", "vehicle", "schema",
     "way_home", "outline", "reference", "scenario", "material", "heat_shield", "aero_tables", "airframe",
     "cooling.section", "cooling.assembly", "uncertainty", "dispersion", "own_samples", "confidence", "density", "footprint"},
    {"case", "propagator", "batch"},
    {"flight"},
    {"guidance"},
    {"targeting", "reach", "zones", "calendar", "passes", "land"},
    {"windows"},
    {"soonest"},
    {"opportunities", "decay"},
    {"faults"},
    {"spread"},
    {"exposure", "cooling.coupling", "cooling.block", "cooling.update", "cooling.history"},
    {"six_degrees"},
    {"result"},
    {"ensemble", "own_law"},
    {"margins"},
    {"subset", "importance"},
    {"sensitivity", "tails", "metrics", "paired", "verdict", "availability", "compare", "changes", "hazard"},
    {"verify", "checks"},
    {"report"},
    {"store"},
    {"commands"},
    {"cli"},
    {"__init__", "__main__"},
]  # fmt: skip
FLOOR = {name: i for i, floor in enumerate(FLOORS) for name in floor}
PHYSICS = ("gravity", "atmosphere", "standard_atmosphere", "wind", "aero", "phases", "burn", "entry", "canopy", "leg", "flight",
           "guidance", "constants", "columns", "status", "heating", "heat_shield", "material", "blackout", "crew", "trim",
           "newtonian", "aero_tables", "rotation", "departure", "cooling.cabin", "cooling.environment",
           "cooling.equipment", "cooling.follow", "cooling.fluids", "cooling.impact", "cooling.leak", "cooling.limits",
           "cooling.model", "cooling.network", "cooling.particle",
           "cooling.strain")  # fmt: skip
# Views that a Flight opens on itself when asked to draw; drawn, not computed.
LOOKS_UP = {("result", "report"), ("compare", "report"), ("windows", "report"), ("faults", "report"),
            ("calendar", "report"), ("hazard", "report"), ("scenario", "report"), ("ensemble", "report"),
            ("footprint", "report"), ("changes", "report")}


def floor_of(name):
    return FLOOR[name if name in FLOOR else name.split(".")[0]]


def test_every_file_has_its_floor():
    homeless = [n for n in MODULES if n not in FLOOR and n.split(".")[0] not in FLOOR]
    assert not homeless, f"say in FLOORS where these belong: {homeless}"


@pytest.mark.parametrize("name", MODULES)
def test_nothing_looks_upward(name):
    ours, _ = IMPORTS[name]
    up = {o for o in ours if floor_of(o) > floor_of(name) and (name, o.split(".")[0]) not in LOOKS_UP}
    assert not up, f"{name} imports {up}, which stand above it"


def test_the_physics_knows_no_units_dates_and_files_of_others():
    for name in PHYSICS:
        heavy = IMPORTS[name][1] & {"astropy", "poliastro", "boinor", "pydantic", "sgp4", "xarray", "matplotlib"}
        assert not heavy, f"{name} imports {heavy}"


@pytest.mark.parametrize(
    ("packages", "home"),
    [
        ({"poliastro", "boinor", "sgp4", "ccsds_ndm"}, {"orbit"}),
        ({"astropy_iers_data", "erfa"}, {"frames"}),
        ({"pyproj"}, {"geodesy"}),
        ({"pymsis"}, {"atmosphere"}),
        ({"contourpy"}, {"density"}),
        ({"shapely"}, {"outline", "compare", "land"}),
        ({"xarray"}, {"result", "ensemble", "weather"}),
        ({"pandas"}, {"own_samples", "sensitivity", "compare", "windows", "faults", "calendar"}),
        ({"rich"}, {"report.tables", "report.cabin", "report.updated", "report.notebook", "commands.common", "commands.flying",
                    "commands.ways"}),
        ({"CoolProp"}, {"cooling.fluids"}),
        ({"emcee"}, {"cooling.update"}),
    ],
    ids=lambda x: "-".join(sorted(x)),
)
def test_a_dependency_lives_behind_one_file(packages, home):
    users = {name for name, (_, others) in IMPORTS.items() if others & packages}
    assert users <= home


def test_drawing_is_for_reports():
    users = {name for name, (_, others) in IMPORTS.items() if "matplotlib" in others}
    assert {u.split(".")[0] for u in users} <= {"report"}


def test_only_frames_knows_coordinates():
    """Dates (astropy.time) also where orbits and reports read or write them, never in the physics."""
    frames = {n for n, (_, o) in IMPORTS.items() if o & {"astropy.utils", "astropy.coordinates"}}
    assert frames <= {"frames", "orbit"}  # orbit: the representation of a poliastro Ephem, no transformation
    dates = {n for n, (_, o) in IMPORTS.items() if "astropy.time" in o}
    assert dates <= {"frames", "orbit", "report.export", "checks.sgp4"}


def test_only_the_leg_calls_the_kernel():
    assert {n for n, (ours, _) in IMPORTS.items() if "_kernels" in ours} == {"processor"}
    assert {n for n, (ours, _) in IMPORTS.items() if "processor" in ours} == {"leg"}


def test_the_kernel_stands_alone():
    """No mathematical library in the loops but the square root, which is exact on every machine; no Python package."""
    for path in [*SOURCE.glob("_*.pyx"), *SOURCE.glob("_*.pxd")]:
        text = path.read_text()
        assert not re.findall(r"^\s*(?:import|from) (?!trajectory\._|libc\.)", text, re.M), path.name
        for names in re.findall(r"from libc\.math cimport ([^\n]+)", text):
            assert set(names.replace(" ", "").split(",")) <= {"NAN", "isfinite", "sqrt"}, path.name
    code = re.sub(r"/\*.*?\*/", "", (SOURCE / "_lanes.h").read_text(), flags=re.S)
    assert not re.findall(r"\b(exp|log|pow|sin|cos|tan|atan2|fabs|fma|floor|cbrt)\(", code)


# --- the front door


def test_the_front_door_is_light():
    """`import trajectory` and `trajectory list` leave the heavy packages alone."""
    heavy = "boinor poliastro astropy matplotlib pandas numba xarray pydantic scipy pymsis sgp4".split()
    for words in ("import trajectory", "from trajectory.cli import main; main(['list'])"):
        code = f"import sys; {words}; print('loaded:', *[m for m in {heavy!r} if m in sys.modules])"
        done = run(sys.executable, "-c", code, cwd="/")
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1].strip() == "loaded:"


def test_python_m_trajectory():
    done = run(sys.executable, "-m", "trajectory", "--help", cwd="/")
    assert done.returncode == 0 and "run" in done.stdout and not done.stderr
    done = run(sys.executable, "-m", "trajectory", "--version", cwd="/")
    assert done.returncode == 0 and done.stdout.startswith(f"trajectory {version('trajectory')}, kernel ")


def test_names_at_the_front_door_open():
    for name in trajectory.__all__:
        assert getattr(trajectory, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'flie'"):
        _ = trajectory.flie


def test_functions_named_as_their_module_are_called_however_it_was_imported():
    code = "import trajectory.{0}, trajectory as tj; assert callable(tj.{0}); from trajectory import {0}; assert callable({0})"
    for name in ("compare", "opportunities", "calendar", "hazard"):
        done = run(sys.executable, "-c", code.format(name), cwd="/")
        assert done.returncode == 0, done.stderr
        assert callable(getattr(trajectory, name))


# --- what is carried, and what is not


def test_the_package_carries_its_scenarios():
    here = {p.relative_to(ROOT / "scenarios") for p in (ROOT / "scenarios").rglob("*.toml")}
    there = {p.relative_to(catalogue.shipped()) for p in catalogue.shipped().rglob("*.toml")}
    assert here and here <= there


def test_the_package_carries_its_data():
    """The installed one is tested, so that a file left out of it is seen."""
    installed = Path(trajectory.__file__).parent
    held = [p for p in (SOURCE / "data").rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    ours = {p.relative_to(SOURCE) for p in held}
    assert ours and all((installed / p).is_file() for p in ours)
    assert (installed / "py.typed").is_file()
    compiled = sys.modules["trajectory.leg"]._kernels.__file__ if "trajectory.leg" in sys.modules else None
    assert compiled is None or Path(compiled).parent == installed


def test_the_installed_package_is_the_one_under_test():
    """An uncompiled source folder must not stand in for it; an editable installation is the source folder."""
    found = [json.loads(d.read_text("direct_url.json") or "{}") for d in distributions(name="trajectory")]
    editable = any(about.get("dir_info", {}).get("editable", False) for about in found)
    assert (Path(trajectory.__file__).resolve().parent == SOURCE) == editable


def tracked():
    """Files of the repository that are text; of the tree where there is no repository."""
    done = run("git", "ls-files", "-z") if shutil.which("git") else None
    if done is not None and done.returncode == 0 and done.stdout:
        paths = [ROOT / name for name in done.stdout.split("\0") if name]
    else:
        folders = ("trajectory", "tests", "scenarios", "docs", "examples")
        paths = [p for f in folders for p in (ROOT / f).rglob("*") if p.suffix in (".py", ".pyx", ".pxd", ".toml", ".md")]
    return [p for p in paths if p.is_file() and p.suffix not in (".npz", ".png", ".nc") and p != Path(__file__).resolve()]


def test_no_places_of_one_machine_and_no_unfinished_notes():
    banned = re.compile(r"/work/|/root/|/home/\w|/opt/|\.\./shared|\bTODO\b|\bFIXME\b|\bXXX\b")
    found = []
    for path in tracked():
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if (hit := banned.search(line)) is not None:
                found.append(f"{path.relative_to(ROOT)}:{number}: {hit.group()}")
    assert not found, "\n".join(found[:20])


def test_no_name_that_old_numpy_does_not_know():
    """Python 3.10 has NumPy 1.26, because poliastro has: what came with NumPy 2 is not there."""
    new = re.compile(
        r"\bnp\.(acosh?|asinh?|astype|atan[2h]?|bitwise_count|bitwise_invert|concat|cumulative_prod|cumulative_sum|isdtype|matvec"
        r"|matrix_transpose|permute_dims|pow|trapezoid|unique_(?:all|counts|inverse|values)|unstack|vecdot|vecmat)\b"
    )
    found = [
        f"{path.relative_to(ROOT)}: {hit.group()}"
        for path in tracked() if path.suffix == ".py" for hit in new.finditer(path.read_text(errors="replace"))
    ]  # fmt: skip
    assert not found, "\n".join(found)
