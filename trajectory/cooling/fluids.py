"""Coolants: properties of the saturated liquid as tables over the temperature. The only importer of CoolProp.

Built in is isooctane (2,2,4-trimethylpentane), by the NSRDS fits that OpenFOAM 6 holds (IC8H18): which coolant the Soyuz has
is not published; isooctane is named for the loops that serve it on the ground. CoolProp does not hold isooctane; any of its
pure fluids, and its incompressible heat carriers ("INCOMP::PMS1"), may stand in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

STEPS = 400  # of a table: 0.3 K, linear between: better than 1e-5 of every property
KEYS = ("density", "vapour_pressure", "evaporation", "specific_heat", "viscosity")


@dataclass(frozen=True, eq=False)
class Fluid:
    """kg/m3, Pa, J/kg, J/(kg K), Pa s at temperatures, K; NaN what the source does not hold. molar_mass kg/mol."""

    name: str
    temperature: np.ndarray
    tables: dict
    molar_mass: float
    source: str

    def within(self, t) -> None:
        """ValueError where a temperature, K, is outside the range of the tables."""
        low, high = float(np.min(t)), float(np.max(t))
        if not (low >= self.temperature[0] and high <= self.temperature[-1]):
            ends = self.temperature[[0, -1]] - 273.15
            raise ValueError(f"{self.name} at {low - 273.15:.1f} C to {high - 273.15:.1f} C: its properties are known from "
                             f"{ends[0]:.0f} to {ends[1]:.0f} C")  # fmt: skip

    def at(self, t) -> dict:
        """All properties at t K. ValueError outside the range."""
        self.within(t)
        return {k: np.interp(t, self.temperature, x) for k, x in self.tables.items()}


def isooctane(t) -> dict:
    """Density kg/m3, vapour pressure Pa, heat of evaporation J/kg, specific heat J/(kg K), viscosity Pa s at t K;
    from its freezing at 166 K, used from 200 to 400 K."""
    x = np.clip(t / 543.96, 0.0, 0.999)
    return {
        "density": 67.2363666 / 0.27373 ** (1.0 + (1.0 - x) ** 0.2846),
        "vapour_pressure": np.exp(120.81 - 7550.0 / t - 16.111 * np.log(t) + 0.017099 * t),
        "evaporation": 375379.7 * (1.0 - x) ** (0.1549 + 0.138 * x + 0.0666 * x * x),
        "specific_heat": 1219.8965 + 1.67205 * t + 4.14073e-3 * t * t,
        "viscosity": np.exp(-15.811 + 1282.5 / t + 0.67791 * np.log(t)),
    }


@lru_cache(maxsize=8)
def named(name: str) -> Fluid:
    """The fluid of a name. ValueError for one that is not known, or where CoolProp is not installed."""
    if name == "isooctane":
        t = np.linspace(200.0, 400.0, STEPS + 1)
        return Fluid(name, t, isooctane(t), 0.114231, "NSRDS fits, OpenFOAM 6, IC8H18")
    try:
        import CoolProp.CoolProp as library
    except ImportError:
        raise ValueError(f"{name!r} is not built in (isooctane is); CoolProp would know more: "
                         "install trajectory[cooling]") from None  # fmt: skip
    mixed = name.startswith("INCOMP::")
    known = library.get_global_param_string("incompressible_list_pure" if mixed else "FluidsList").split(",")
    if name.removeprefix("INCOMP::") not in known:
        from difflib import get_close_matches

        near = get_close_matches(name.removeprefix("INCOMP::"), known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"no fluid {name!r}: isooctane is built in, others are those of CoolProp{hint}")
    low, high = library.PropsSI("TMIN", name), min(library.PropsSI("TMAX" if mixed else "TCRIT", name) - 1.0, 450.0)
    t = np.linspace(low + 0.01, high, STEPS + 1)
    if mixed:
        at = ("T", t, "P", 101325.0)
        tables = {"density": library.PropsSI("D", *at, name), "specific_heat": library.PropsSI("C", *at, name),
                  "viscosity": library.PropsSI("V", *at, name), "vapour_pressure": 0.0 * t,
                  "evaporation": np.full_like(t, np.nan)}  # fmt: skip
        return Fluid(name, t, tables, np.nan, f"CoolProp {name}, Bell et al. 2014; its vapour is neglected")
    at = ("T", t, "Q", 0.0)
    tables = {"density": library.PropsSI("D", *at, name), "specific_heat": library.PropsSI("C", *at, name),
              "viscosity": library.PropsSI("V", *at, name), "vapour_pressure": library.PropsSI("P", *at, name),
              "evaporation": library.PropsSI("H", "T", t, "Q", 1.0, name) - library.PropsSI("H", *at, name)}  # fmt: skip
    return Fluid(name, t, tables, library.PropsSI("M", name), f"CoolProp {name}, Bell et al. 2014")
