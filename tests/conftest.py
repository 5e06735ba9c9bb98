"""What the tests share: flights of shipped scenarios, each flown once in a process, and the order in which files are run."""

from functools import lru_cache

import pytest
from xdist.scheduler import LoadFileScheduling

from trajectory import result
from trajectory.scenario import load

# Files that fly the same scenarios: run one after another in one process, so that each is aimed and flown once. The last
# waits for compilers, which are at work in the meantime.
TOGETHER = (
    "scenarios/test_shipped", "unit/test_cooling", "kernels/test_guidance", "unit/test_cabins", "unit/test_heat_shield",
    "unit/test_crew", "unit/test_rotation", "unit/test_heating", "kernels/test_builds",
)  # fmt: skip
# Then the others that take long, the longest first: what is short fills up the end of the run on both sides.
LONG = (
    "unit/test_examples", "validation/test_guided_accuracy", "validation/test_against_thermal_comfort", "unit/test_report",
    "unit/test_compare", "unit/test_cli", "unit/test_opportunities", "unit/test_bad_input", "unit/test_house",
    "unit/test_targeting", "unit/test_benchmarks", "unit/test_batch", "unit/test_verify", "unit/test_store", "unit/test_faults",
    "unit/test_ensemble", "unit/test_changes", "unit/test_hazard", "validation/test_against_two_body", "unit/test_page",
    "unit/test_orbit", "unit/test_verdict", "unit/test_weather", "unit/test_phases",
)  # fmt: skip
ORDER = {name: place for place, name in enumerate((*TOGETHER, *LONG))}
FIRST = "test_threads_chunks_and_order_change_no_bit"  # has the compilers begin; the other tests of its file wait for them


def name_of(nodeid: str) -> str:
    """tests/unit/test_cli.py::test_a -> unit/test_cli"""
    return nodeid.split("::", 1)[0].removesuffix(".py").removeprefix("tests/")


def pytest_configure(config):
    config.option.loadscopereorder = False  # by the order below, not by the number of tests in a file


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: -1 if item.name == FIRST else ORDER.get(name_of(item.nodeid), len(ORDER)))


class Files(LoadFileScheduling):
    """A file is run by one process; TOGETHER counts as one file."""

    def _split_scope(self, nodeid: str) -> str:
        return "together" if name_of(nodeid) in TOGETHER else super()._split_scope(nodeid)


@pytest.hookimpl
def pytest_xdist_make_scheduler(config, log):
    return Files(config, log) if config.getvalue("dist") == "loadfile" else None


@lru_cache
def flown(name: str):
    return result.fly(load(name))


@pytest.fixture(scope="session")
def flights():
    """name -> the nominal flight of a shipped scenario. A Flight is not changed by those who look at it."""
    return flown
