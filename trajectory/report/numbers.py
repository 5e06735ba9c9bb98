"""Metrics in words: the unit in which each is shown, its value and its interval."""

import numpy as np

from trajectory.margins import FLIGHTS
from trajectory.metrics import FIRST, METRICS

SCALE = {"m": (1e-3, "km"), "W/m2": (1e-4, "W/cm²"), "J/m2": (1e-6, "MJ/m²"), "s": (1 / 60, "min"), "degC": (1.0, "°C"),
         "date": (1 / 86400, ""), "1": (1.0, "")}  # fmt: skip
PERCENT = ("landed", "in_zone", "computer_failed")


def unit_of(name: str) -> str:
    """As the page has it."""
    if name in PERCENT:
        return "%"
    if name.endswith("_g"):
        return "g"
    unit = METRICS[name].unit
    return SCALE.get(unit, (1.0, unit))[1]


def label(name: str, samples: int, difference: bool = False) -> str:
    """What a metric is, of how many flights where not of all, and its unit."""
    first = f"first {FLIGHTS} flights" if name in FIRST and samples > FLIGHTS else ""
    unit = "d" if difference and METRICS[name].unit == "date" else unit_of(name)
    return ", ".join(filter(None, (METRICS[name].meaning, first, unit)))


def chance(limit: dict) -> str:
    """How many flights break a limit and, on a line of its own, the interval; nothing where it is not known."""
    if limit["probability"] is None:
        return ""
    return f"{100 * limit['probability']:.3g} % break it\n{ends('landed', limit)}"


def said(name: str, value: float, difference: bool = False) -> str:
    """A number in the unit of the page; a date as a day, a difference of dates in days."""
    unit = METRICS[name].unit
    if unit == "date" and not difference:
        return str(np.datetime64("2000-01-01", "s") + np.timedelta64(int(value), "s"))[:10]
    factor = 100.0 if name in PERCENT else SCALE.get(unit, (1.0, ""))[0]
    x = value * factor
    if x == 0.0 or name == "seats":
        return f"{x:+.0f}" if difference and x else f"{x:.0f}"
    digits = 1 if unit in ("degC", "date") or name in PERCENT else min(4, max(0, 2 - int(np.floor(np.log10(abs(x))))))
    text = f"{x:+.{digits}f}" if difference else f"{x:.{digits}f}"
    if float(text) == 0.0:
        return "≈0"  # not nothing, but less than is worth a digit
    return text.replace("-", "−")


def ends(name: str, metric: dict, difference: bool = False) -> str:
    """The interval in words; nothing where it is not known at either end."""
    low, high = metric["low"], metric["high"]
    if low is None and high is None:
        return ""
    return " to ".join("?" if e is None else said(name, e, difference) for e in (low, high))


def counted(n: float, noun: str) -> str:
    """1 day, 2 days, 0.5 days."""
    return f"{n:g} {noun}" + ("" if n == 1 else "s")
