"""The pages say what the code does: the reference of the scenario file is current, links lead somewhere."""

import re
from pathlib import Path

import pytest

from trajectory import verify
from trajectory.scenario import schema_reference

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONVENTIONS.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_reference_of_the_scenario_file_is_current():
    """Made by: python -c "from trajectory.scenario import schema_reference as r; print(r().rstrip())" > docs/scenario.md"""
    assert (ROOT / "docs" / "scenario.md").read_text() == schema_reference().rstrip() + "\n"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_files_that_are_named_exist(page):
    """`atmosphere.py`, `_forces.pxd`, `tests/kernels/test_elementary.py`: named in a page, there in the tree."""
    for name in re.findall(r"`([\w/]+\.(?:py|pyx|pxd|h))`", page.read_text()):
        assert (ROOT / "trajectory" / name).exists() or (ROOT / name).exists(), f"{page.name} names {name}"


def test_decisions_have_their_five_parts():
    for page in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        text = page.read_text()
        for part in ("**Question.**", "**Options.**", "**Choice.**", "**Against it.**", "**What would change it.**"):
            assert part in text, f"{page.name} lacks {part}"


def test_every_case_stands_in_the_validation_page():
    text = (ROOT / "docs" / "validation.md").read_text()
    missing = [name for name in verify.cases() if f"`{name}`" not in text]
    assert not missing
