"""Names and where they are looked up."""

import subprocess
import sys

import pytest

from trajectory import catalogue


def test_names_and_summaries():
    names = dict(catalogue.names())
    assert {"ms11-nominal", "ms22-uncrewed", "tma11-ballistic", "ms10-abort", "p1-reference"} <= set(names)
    assert all(names.values())


def test_a_name_is_looked_up_beside_the_scenario_first(tmp_path):
    shipped = catalogue.find("soyuz-ms", "vehicle", tmp_path)
    assert shipped.parent.name == "vehicles"
    (tmp_path / "vehicles").mkdir()
    (tmp_path / "vehicles" / "soyuz-ms.toml").write_text("schema = 1\n")
    assert (
        catalogue.find("soyuz-ms", "vehicle", tmp_path) == (tmp_path / "vehicles" / "soyuz-ms.toml").resolve()
    )
    (tmp_path / "soyuz-ms.toml").write_text("schema = 1\n")
    assert catalogue.find("soyuz-ms", "vehicle", tmp_path) == (tmp_path / "soyuz-ms.toml").resolve()
    assert catalogue.find("vehicles/soyuz-ms.toml", "vehicle", tmp_path).parent.name == "vehicles"


def test_an_unknown_name_brings_the_nearest():
    with pytest.raises(catalogue.NotInCatalogue, match="nearest: ms22-uncrewed"):
        catalogue.find("ms22-uncrewd")
    for odd in ("", "\0", "x" * 5000, "no/such/file.toml"):
        with pytest.raises(catalogue.NotInCatalogue):
            catalogue.find(odd)


def test_listing_imports_nothing_heavy():
    code = "import sys; from trajectory import catalogue; catalogue.names(); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"astropy", "pydantic", "numpy.linalg", "scipy"} & set(loaded) - {"numpy.linalg"}
