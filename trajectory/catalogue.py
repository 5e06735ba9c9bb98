"""Named scenarios, vehicles, sites and atmospheres, and where a name is looked up.

A name is looked up beside the file that uses it first, then among the shipped files. This module reads TOML
and nothing else, so that listing the scenarios stays fast.
"""

from __future__ import annotations

import difflib
from functools import lru_cache
from pathlib import Path

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

FOLDERS = {"scenario": ".", "vehicle": "vehicles", "site": "sites", "atmosphere": "atmospheres",
           "dispersion": "dispersions", "cooling": "cooling", "zones": "zones", "calendar": "calendars"}  # fmt: skip


class NotInCatalogue(LookupError):
    """No file of that name; the sentence says which names come near."""


@lru_cache(maxsize=1)
def shipped() -> Path:
    """The folder of the shipped scenarios: of the installed package, else of the source tree."""
    here = Path(__file__).resolve().parent
    installed = here / "scenarios"
    return installed if installed.is_dir() else here.parent / "scenarios"


def known(kind: str = "scenario") -> list[str]:
    """The names of the shipped files of one kind, sorted."""
    return sorted(path.stem for path in (shipped() / FOLDERS[kind]).glob("*.toml"))


def names() -> list[tuple[str, str]]:
    """(name, summary) of each shipped scenario, sorted by name: what `trajectory list` prints and `load` takes."""
    rows = []
    for name in known():
        with open(shipped() / f"{name}.toml", "rb") as file:
            rows.append((name, tomllib.load(file).get("summary", "")))
    return rows


def nearest(word: str, words) -> str:
    """The known words nearest to one that is not known, as the end of a sentence; empty if there is none."""
    words = [str(w) for w in words]
    near = difflib.get_close_matches(str(word)[:80], words, n=3, cutoff=0.5)
    return f"; nearest: {', '.join(near)}" if near else ""


def find(name_or_path, kind: str = "scenario", beside: Path | None = None) -> Path:
    """The file that a name or a path stands for.

    Parameters
    ----------
    name_or_path : a name without suffix (``"soyuz-ms"``) or the path of a TOML file
    kind : one of FOLDERS
    beside : folder of the file that uses the name; a relative path starts there, else in the working folder

    Raises
    ------
    NotInCatalogue : there is no such file
    """
    text = str(name_or_path)
    if not text.strip() or "\0" in text:
        raise NotInCatalogue(f"{text!r} is no name of a {kind}")
    base = Path(beside) if beside is not None else Path.cwd()
    if text.endswith(".toml") or "/" in text or "\\" in text:
        path = base / text
        if _exists(path):
            return path.resolve()
        raise NotInCatalogue(f"there is no file {text}" + nearest(Path(text).stem, known(kind)))
    folders = [base, base / FOLDERS[kind]] if beside is not None else []
    for folder in [*folders, shipped() / FOLDERS[kind]]:
        path = folder / f"{text}.toml"
        if _exists(path):
            return path.resolve()
    everything = known(kind)
    raise NotInCatalogue(
        f"there is no {kind} named {text!r}{nearest(text, everything)}; known: {', '.join(everything)}"
    )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name longer than the file system allows
        return False
