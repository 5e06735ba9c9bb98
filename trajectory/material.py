"""Materials of heat shields: constant properties, each with its source and grade, read from `data/materials.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).resolve().parent / "data" / "materials.toml"
NEEDED = ("density", "conductivity", "specific_heat")
ABLATING = ("ablation_temperature", "heat_of_ablation", "emissivity")
UNITS = {"density": "kg/m3", "conductivity": "W/(m K)", "specific_heat": "J/(kg K)", "ablation_temperature": "K",
         "heat_of_ablation": "J/kg", "emissivity": "1", "blowing": "1", "melting_point": "K"}  # fmt: skip


@dataclass(frozen=True)
class Material:
    """Properties in SI (UNITS); those of ablation None where it does not ablate."""

    name: str
    density: float
    conductivity: float
    specific_heat: float
    emissivity: float = 0.85
    ablation_temperature: float | None = None
    heat_of_ablation: float | None = None  # to remove 1 kg that is at the ablation temperature
    blowing: float = 0.0  # coefficient of the film's blocking; 0 where the heat of ablation counts it already
    melting_point: float | None = None
    sources: tuple[tuple[str, str, str], ...] = ()  # (property, source, grade)

    @property
    def ablates(self) -> bool:
        return self.heat_of_ablation is not None

    @property
    def diffusivity(self) -> float:
        """m2/s"""
        return self.conductivity / (self.density * self.specific_heat)


@lru_cache(maxsize=1)
def known() -> dict[str, Material]:
    """Name -> Material of all that are shipped."""
    from trajectory.catalogue import tomllib

    with open(FILE, "rb") as file:
        return {name: _read(name, table) for name, table in tomllib.load(file).items()}


def _read(name: str, table: dict) -> Material:
    values = {key: float(held["value"]) for key, held in table.items()}
    lacking = [key for key in NEEDED if key not in values]
    if lacking:
        raise ValueError(f"{FILE.name}: {name} lacks {', '.join(lacking)}")
    sources = tuple((key, held["source"], held["grade"]) for key, held in table.items())
    return Material(name, **values, sources=sources)
