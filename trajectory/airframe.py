"""The aerodynamics of a vehicle as its file states them: the table that the kernel reads, its trim, and whether it agrees with
itself. Takes the section `descent` of a vehicle; gives SI. ValueError, naming file and line, for what makes no sense.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from trajectory import aero, aero_tables, newtonian, trim
from trajectory.defects import Defect, ScenarioError, seen

TRIMMED = ("axial-normal", "tables", "newtonian")
REFERENCE = 20.0, 60e3  # Mach number and height, m, at which a ballistic coefficient is understood
AREA_TOLERANCE, DRAG_TOLERANCE = 0.02, 0.05  # of the cross-checks: rounding of a diameter; the spread of published drag
PANEL_TOLERANCE = 0.15  # of the drag of Newtonian panels, and of dimensions that were not found
NEWTONIAN_NOTE = (
    "aerodynamics of Newtonian panels: drag and lift within 10 % at a given angle of attack, but the offset of the mass centre "
    "that trims is 25 to 30 % too small, so trim angle and lift are too large by about as much; valid from Mach 3"
)


class Point(NamedTuple):
    """Coefficients at one Mach number and height. None: what is not known of a vehicle that is not trimmed."""

    mach: float
    height: float  # m
    angle: float | None  # rad, of attack
    drag: float | None
    lift_to_drag: float
    ballistic_coefficient: float  # kg/m2
    stiffness: float | None  # 1/rad, of the moment about the mass centre; negative is stable
    static_margin: float | None  # lengths; None too where the normal force does not rise with the angle
    held: bool  # no moment trims in air so thin: the attitude is held

    @property
    def lift(self) -> float | None:
        return None if self.drag is None else self.drag * self.lift_to_drag

    @property
    def stable(self) -> bool | None:
        return None if self.stiffness is None or self.held else self.stiffness < 0.0


class Check(NamedTuple):
    """Two ways to one number of a vehicle."""

    what: str
    stated: float
    found: float
    unit: str
    tolerance: float  # of their ratio

    @property
    def agrees(self) -> bool:
        return abs(self.found / self.stated - 1.0) <= self.tolerance


class Report(NamedTuple):
    """What is to be said of a vehicle's aerodynamics."""

    model: str
    points: list[Point]
    checks: list[Check]
    notes: tuple[str, ...]


def table(descent) -> aero.AeroTable | None:
    """What the kernel reads; None for constant coefficients."""
    a = descent.aerodynamics
    if a.model == "constant":
        return None
    if a.model == "table":
        return aero.by_mach(*([x.si for x in c] for c in (a.mach, a.drag_coefficient, a.lift_to_drag)))
    if a.model == "file":
        columns = aero_tables.columns(a.file)
        return aero.by_mach(columns["mach"], columns["drag_coefficient"], columns["lift_to_drag"])
    return _tabulated(*_key(descent))


def trim_of(descent):
    """function(mach, height) -> trim.Trim of a vehicle that is trimmed; None for one whose lift and drag are given."""
    return _trim(*_key(descent)) if descent.aerodynamics.model in TRIMMED else None


def body_of(descent) -> trim.Body | None:
    """Coefficients at every angle of attack; None for a vehicle without tables of the moment and without a shape."""
    a = descent.aerodynamics
    if a.model == "tables":
        return _body(*_key(descent))
    if descent.shape is None:
        return None
    shape, diameter = capsule(descent), descent.shape.diameter.si
    area = np.pi / 4 * diameter**2 if descent.area is None else descent.area.si
    length = diameter if a.length is None else a.length.si
    return newtonian.body_of(shape, length, area, 1.0 if a.accommodation is None else a.accommodation.si)


def capsule(descent) -> newtonian.Capsule:
    s = descent.shape
    return newtonian.Capsule(
        s.diameter.si, s.shield_radius.si, s.corner_radius.si, s.back_angle.si, s.length.si,
        None if s.front_angle is None else s.front_angle.si, s.top == "round",
    )  # fmt: skip


@lru_cache(maxsize=16)
def notes(descent) -> tuple[str, ...]:
    """What a result that rests on these coefficients must say."""
    said = (NEWTONIAN_NOTE,) if descent.aerodynamics.model == "newtonian" else ()
    return said + tuple(f"the vehicle does not agree with itself: {sentence(c)}" for c in checks(descent) if not c.agrees)


def report(descent, file) -> Report:
    """Trim and cross-checks of a vehicle. ScenarioError, naming `file` and what is wrong, where it cannot be trimmed."""
    try:
        return Report(descent.aerodynamics.model, points(descent), checks(descent), notes(descent))
    except ValueError as problem:
        model = seen(descent.aerodynamics.model)
        raise ScenarioError(file, [Defect(str(file), "descent.aerodynamics", model, str(problem))]) from None


def points(descent, machs=trim.MACHS, heights=trim.HEIGHTS) -> list[Point]:
    """Trim and coefficients along a descent; one point if they are constant."""
    machs, heights = np.asarray(machs, float), np.asarray(heights, float)
    mass, area, trimmed = descent.mass.si, descent.area, trim_of(descent)
    if descent.aerodynamics.model == "constant":
        return [_constant(descent)]
    if trimmed is None:
        drag, lift = _by_mach(descent)(machs)
        angle = stiffness = margin = np.full(len(machs), np.nan)
        held = np.zeros(len(machs), bool)
    else:
        t = trimmed(machs, heights)
        angle, drag, lift, stiffness, margin, held = t.angle, t.drag, t.lift, t.stiffness, t.static_margin, t.held
    rows = zip(machs, heights, angle, drag, lift / drag, mass / (drag * area.si), stiffness, margin, held, strict=True)
    return [Point(*(_float(x) for x in row[:-1]), bool(row[-1])) for row in rows]


def _constant(descent) -> Point:
    """The coefficients of a vehicle whose are constant; C_D from the ballistic coefficient where only that is given."""
    a, mass, beta, area = descent.aerodynamics, descent.mass.si, descent.ballistic_coefficient, descent.area
    ratio = 0.0 if a.lift_to_drag is None else a.lift_to_drag.si
    drag = None if a.drag_coefficient is None else a.drag_coefficient.si
    if drag is None and area is not None:
        drag = mass / (beta.si * area.si)
    beta = beta.si if a.drag_coefficient is None else mass / (drag * area.si)
    return Point(*REFERENCE, None, drag, ratio, beta, None, None, False)


def checks(descent) -> list[Check]:
    """Mass, drag coefficient, area and ballistic coefficient against each other, and against the shape, where more is given
    than is needed."""
    found = []
    area, beta, shape = descent.area, descent.ballistic_coefficient, descent.shape
    point = points(descent, *([x] for x in REFERENCE))[0]
    if area is not None and shape is not None:
        found.append(Check("area from the diameter", area.si, np.pi / 4 * shape.diameter.si**2, "m2", AREA_TOLERANCE))
    if area is not None and beta is not None and point.drag is not None:
        made = descent.mass.si / (point.drag * area.si)
        found.append(Check("ballistic coefficient from mass, drag and area", beta.si, made, "kg/m2", DRAG_TOLERANCE))
    if shape is not None and descent.aerodynamics.model != "newtonian":
        surface = np.pi / 4 * shape.diameter.si**2
        made = descent.mass.si / (_panel_drag(capsule(descent), point.angle, point.lift_to_drag) * surface)
        found.append(Check("ballistic coefficient of the shape, Newtonian", point.ballistic_coefficient, made, "kg/m2",
                           PANEL_TOLERANCE))  # fmt: skip
    return found


@lru_cache(maxsize=16)
def _panel_drag(shape: newtonian.Capsule, angle: float | None, ratio: float) -> float:
    """C_D of a shape's panels over its greatest circle at an angle of attack; that of a lift-to-drag ratio where it is None."""
    angles, area = np.radians(np.arange(0.0, 61.0, 3.0)), np.pi / 4 * shape.diameter**2
    forces = newtonian.integrate(newtonian.panels(newtonian.outline(shape)), angles, newtonian.newtonian, shape.diameter, area)
    axial, normal, _ = newtonian.stagnation_pressure(REFERENCE[0]) * forces
    drag = axial * np.cos(angles) + normal * np.sin(angles)
    lift = axial * np.sin(angles) - normal * np.cos(angles)
    rising = slice(0, int(np.argmax(lift / drag)) + 1)
    at = np.interp(abs(ratio), (lift / drag)[rising], angles[rising]) if angle is None else angle
    return float(np.interp(at, angles, drag))


def sentence(check: Check) -> str:
    word = "agrees" if check.agrees else "differs"
    off = 100.0 * (check.found / check.stated - 1.0)
    return f"{check.what} is {check.found:.4g} {check.unit}, against {check.stated:.4g}: {word}, {off:+.1f} %"


def _float(value):
    return None if value is None or np.isnan(value) else float(value)


def _by_mach(descent):
    """function(mach) -> (C_D, C_L) of coefficients that are given against Mach number."""
    a = descent.aerodynamics
    if a.model == "table":
        return aero.coefficients_by_mach(*([x.si for x in c] for c in (a.mach, a.drag_coefficient, a.lift_to_drag)))
    held = aero_tables.columns(a.file)
    return aero.coefficients_by_mach(*(held[k] for k in ("mach", "drag_coefficient", "lift_to_drag")))


# --- what is worked out once for each set of numbers


def _key(descent) -> tuple:
    """All that the trim depends on, as plain values."""
    a = descent.aerodynamics
    own = (a.model, a.file, a.offset.si, a.station.si, a.length.si)
    if a.model == "newtonian":
        return (*own, capsule(descent), descent.area.si, 1.0 if a.accommodation is None else a.accommodation.si)
    stamp = a.file.stat().st_mtime_ns
    return (*own, None if a.rarefied is None else a.rarefied.file, stamp, None)


@lru_cache(maxsize=16)
def _body(model, file, offset, station, length, first, second, third) -> trim.Body:
    if model == "newtonian":
        return newtonian.body_of(first, length, second, third)
    return aero_tables.body(file, first, length)


@lru_cache(maxsize=16)
def _trim(model, file, offset, station, length, first, second, third):
    if model == "axial-normal":
        return aero.trim_of(aero_tables.trimmed(file), offset, station, length)
    body = _body(model, file, offset, station, length, first, second, third)
    return lambda mach, height: trim.trim(body, station, offset, mach, height)


@lru_cache(maxsize=16)
def _tabulated(model, file, offset, station, length, first, second, third) -> aero.AeroTable:
    if model == "axial-normal":
        trimmed = aero.trimmed(aero_tables.trimmed(file), offset, station, length)
        return aero.tabulate(lambda mach, height: trimmed(mach, height)[1:])
    at = _trim(model, file, offset, station, length, first, second, third)

    def coefficients(mach, height):
        found = at(mach, height)
        return found.drag, found.lift

    return aero.tabulate(coefficients)
