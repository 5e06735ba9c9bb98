"""Published figures: how they are read, and how one is put beside ours."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "data" / "truth"


@dataclass(frozen=True)
class KnownMiss:
    """A miss that is understood. `miss` is value minus truth; it must stay within `within` of that."""

    reason: str
    miss: float
    within: float


@dataclass(frozen=True)
class Figure:
    """One comparison, all numbers in `unit`."""

    quantity: str
    value: float
    truth: float
    tolerance: float  # |value - truth| allowed
    unit: str
    source: str | None = None  # where it differs from that of the check case
    known_miss: KnownMiss | None = None


def text(name: str) -> str:
    return (FOLDER / name).read_text()


def table(name: str) -> list[dict[str, str]]:
    """Rows of a CSV file; lines that start with # are comments."""
    return list(csv.DictReader(line for line in text(name).splitlines() if not line.startswith("#")))


def setup(name: str) -> dict:
    return json.loads(text(name))
