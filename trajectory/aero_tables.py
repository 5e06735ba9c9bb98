"""Files of aerodynamic coefficients: read, and refused with the line where they make no sense.

CSV: one row for each Mach number and angle of attack, Mach numbers rising, within each the same angles rising; units in
square brackets in the header. Lines that begin with # are comments. Increments in thin air are a file of the same form,
against Knudsen number or altitude.

    mach,angle_of_attack [deg],axial,normal,moment
    knudsen,angle_of_attack [deg],axial,normal,moment

TOML: the same as arrays, in sections `dense` and `rarefied`; rows are angles of attack, columns Mach numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trajectory import atmosphere, standard_atmosphere
from trajectory.catalogue import tomllib
from trajectory.trim import Body

FORCES = ("axial", "normal", "moment")
GAP = 30.0  # deg: no two angles of attack farther apart
# axis: (least nodes, smallest, largest)
AXES = {
    "mach": (2, 0.0, 100.0), "angle_of_attack_deg": (3, 0.0, 180.0), "knudsen": (2, 1e-9, 1e9), "height_km": (2, -1.0, 1e4),
    "station": (2, 0.0, 1.0), "offset_over_length": (2, 0.0, 1.0),
}  # fmt: skip
LARGEST = 100.0  # of a coefficient; of an angle 180
# section: (axes, tables) of a file of axial and normal force with tables of the trim, as that of the Soyuz
INCREMENTS = ("axial", "normal", "moment", "axial_slope", "normal_slope", "moment_slope")
TRIMMED = {
    "slow": (("angle_of_attack_deg", "mach"), ("axial", "normal")),
    "slow_trim": (("station", "offset_over_length", "slow.mach"), ("angle_of_attack_deg",)),
    "fast": (("mach", "height_km"), INCREMENTS),
    "rarefied": (("height_km",), INCREMENTS),
}
CONSTANTS = ("axial_0", "axial_a", "normal_0", "normal_a", "moment_0", "moment_station", "moment_a", "moment_a_station")


@dataclass(frozen=True, eq=False)
class Grid:
    """C_A, C_N and C_m (3, k, n) at k Mach numbers, Knudsen numbers or altitudes (m) and n angles of attack (rad)."""

    by: str  # mach, knudsen or height_km
    nodes: np.ndarray
    angles: np.ndarray
    values: np.ndarray


def trimmed(path: Path) -> dict:
    """The content of a file of force and trim tables (scenarios/vehicles/soyuz-aerodynamics.toml), checked."""
    text, tree = _toml(path)
    for section, (axes, tables) in TRIMMED.items():
        _check(path, text, tree, section, axes, tables)
    for name in CONSTANTS:
        if not _number(tree["fast"].get(name)):
            raise ValueError(f"{path}{_place(text, 'fast', name)}: fast.{name} is missing or no number; allowed: a number")
    return tree


def columns(path: Path) -> dict[str, list[float]]:
    """mach, drag_coefficient and lift_to_drag of a CSV file, checked."""
    rows = atmosphere.read_columns(path, ("mach", "drag_coefficient", "lift_to_drag"))
    _axis(path, "mach", [(line, row["mach"]) for line, row in rows])
    for line, row in rows:
        for name, low, high in (("drag_coefficient", 0.0, LARGEST), ("lift_to_drag", -10.0, 10.0)):
            if not low <= row[name] <= high or row[name] == 0.0 == low:
                raise ValueError(f"{path}, line {line}: {name} is {row[name]:g}; allowed: {low:g} to {high:g}")
    return {name: [row[name] for _, row in rows] for name in ("mach", "drag_coefficient", "lift_to_drag")}


def body(path: Path, thin: Path | None, length: float) -> Body:
    """A tabulated body: its file, that of its increments in thin air (CSV only; a TOML file has its own), its length, m."""
    if path.suffix.lower() == ".toml":
        if thin is not None:
            raise ValueError(f"{path}: a TOML file holds its own section rarefied; a second file goes with CSV")
        dense, rare = _grids(path)
    else:
        dense, rare = _csv(path, ("mach",)), None if thin is None else _csv(thin, ("knudsen", "altitude [km]", "altitude [m]"))
    if rare is not None and (rare.angles[0] > dense.angles[0] + 1e-12 or rare.angles[-1] < dense.angles[-1] - 1e-12):
        have, due = np.degrees([rare.angles[[0, -1]], dense.angles[[0, -1]]])
        raise ValueError(
            f"{thin or path}: increments from {have[0]:g} to {have[1]:g} deg; allowed: at least from {due[0]:g} to {due[1]:g}"
        )
    return of(path.stem, dense, rare, length)


def of(name: str, dense: Grid, rare: Grid | None, length: float) -> Body:
    """The body of a table, with increments in thin air if there are any. Linear between nodes, held outside."""
    if rare is not None:
        extra = np.array([[np.interp(dense.angles, rare.angles, row) for row in table] for table in rare.values])
        nodes = np.log(rare.nodes) if rare.by == "knudsen" else rare.nodes

    def in_dense(mach):
        return _between(dense.nodes, dense.values, mach)

    def coefficients(mach, height):
        mach, height = np.broadcast_arrays(np.asarray(mach, float), np.asarray(height, float))
        found = in_dense(mach)
        if rare is None:
            return found
        at = np.log(standard_atmosphere.mean_free_path(height) / length) if rare.by == "knudsen" else height
        return tuple(a + b for a, b in zip(found, _between(nodes, extra, at), strict=True))

    return Body(name, dense.angles, length, in_dense, coefficients, tuple(dense.nodes))


def _between(nodes, tables, at):
    """Rows (..., n) of tables (3, k, n) at places between the nodes (k,)."""
    at = np.interp(at, nodes, np.arange(len(nodes)))
    low = np.minimum(np.asarray(at).astype(int), len(nodes) - 2)
    share = (at - low)[..., None]
    return tuple(t[low] + share * (t[low + 1] - t[low]) for t in tables)


# --- CSV


def _csv(path: Path, outer: tuple[str, ...]) -> Grid:
    """The grid of a CSV file whose first column is one of `outer`."""
    name = _first_column(path, outer)
    angle = "angle_of_attack [deg]"
    rows = atmosphere.read_columns(path, (name, angle, *FORCES))
    groups: list[list[tuple[int, dict]]] = []
    for line, row in rows:
        if not groups or groups[-1][0][1][name] != row[name]:
            groups.append([])
        groups[-1].append((line, row))
    by = name.replace("altitude [km]", "height_km").replace("altitude [m]", "height_km")
    scale = 1e-3 if name == "altitude [m]" else 1.0
    _axis(path, by, [(g[0][0], scale * g[0][1][name]) for g in groups], name)
    first = [row[angle] for _, row in groups[0]] if groups else []
    _axis(path, "angle_of_attack_deg", [(line, row[angle]) for line, row in groups[0]], angle)
    for group in groups[1:]:
        for k, (line, row) in enumerate(group):
            due = first[k] if k < len(first) else None
            if row[angle] != due:
                allowed = "the next " + name if due is None else f"{due:g}, as at {name} {groups[0][0][1][name]:g}"
                raise ValueError(
                    f"{path}, line {line}: a gap: {angle} is {row[angle]:g} at {name} {row[name]:g}; allowed: {allowed}"
                )
        if len(group) < len(first):
            line, row = group[-1]
            raise ValueError(
                f"{path}, line {line}: a gap: {name} {row[name]:g} ends at {angle} {row[angle]:g}; allowed: "
                f"{len(first)} angles, to {first[-1]:g}, as at {name} {groups[0][0][1][name]:g}"
            )
    for line, row in rows:
        for force in FORCES:
            if abs(row[force]) > LARGEST:
                raise ValueError(f"{path}, line {line}: {force} is {row[force]:g}; allowed: {-LARGEST:g} to {LARGEST:g}")
    values = np.array([[[row[force] for _, row in group] for group in groups] for force in FORCES])
    nodes = np.array([g[0][1][name] for g in groups]) * (1e3 * scale if by == "height_km" else 1.0)
    return Grid(by, nodes, np.radians(first), values)


def _first_column(path: Path, outer: tuple[str, ...]) -> str:
    try:
        with open(path, encoding="utf-8-sig") as file:
            header = next((line for line in file if line.strip() and not line.startswith("#")), "")
    except (OSError, UnicodeDecodeError):
        return outer[0]
    names = [part.strip() for part in header.split(",")]
    return next((name for name in outer if name in names), outer[0])


# --- TOML


def _grids(path: Path) -> tuple[Grid, Grid | None]:
    text, tree = _toml(path)
    found = []
    for section, choices in (("dense", ("mach",)), ("rarefied", ("knudsen", "height_km"))):
        if section == "rarefied" and section not in tree:
            return found[0], None
        held = tree.get(section) if isinstance(tree.get(section), dict) else {}
        by = next((name for name in choices if name in held), choices[0])
        _check(path, text, tree, section, ("angle_of_attack_deg", by), FORCES)
        values = np.array([np.array(held[force], float).T for force in FORCES])
        nodes = np.array(held[by], float) * (1e3 if by == "height_km" else 1.0)
        found.append(Grid(by, nodes, np.radians(held["angle_of_attack_deg"]), values))
    return found[0], found[1]


def _toml(path: Path) -> tuple[str, dict]:
    try:
        text = path.read_text(encoding="utf-8")
        return text, tomllib.loads(text)
    except (OSError, UnicodeDecodeError, ValueError) as problem:
        raise ValueError(f"{path}: cannot be read: {problem}") from None


def _check(path: Path, text: str, tree: dict, section: str, axes, tables) -> None:
    """Axes that rise (or fall) throughout, tables that are full."""
    held = tree.get(section)
    if not isinstance(held, dict):
        raise ValueError(f"{path}: there is no section {section}; allowed: one with {', '.join((*axes, *tables))}")
    shape = []
    for axis in axes:
        home, _, name = axis.rpartition(".")
        values = tree[home][name] if home else held.get(name)
        if not home:
            if not isinstance(values, list):
                raise ValueError(f"{path}{_place(text, section)}: {section}.{name} is missing; allowed: a list of numbers")
            line = _line(text, section, name)
            _axis(path, name, [(line, v) for v in values], f"{section}.{name}")
        shape.append(len(values))
    for name in tables:
        limit = 180.0 if name.endswith("_deg") else LARGEST
        _full(path, text, section, name, held.get(name), shape, limit=limit)


def _full(path, text, section, name, values, shape, at=(), limit=LARGEST) -> None:
    """Refuse an array that has not as many entries as its axes have nodes, at every depth."""
    key = f"{section}.{name}" + "".join(f"[{k}]" for k in at)
    deeper = shape[len(at) :]
    if not deeper:
        if not _number(values) or abs(values) > limit:
            where = _place(text, section, name, at[:-1], shape)
            raise ValueError(f"{path}{where}: {key} is {values!r}; allowed: a number from {-limit:g} to {limit:g}")
        return
    if not isinstance(values, list) or len(values) != deeper[0]:
        where = _place(text, section, name, at, shape)
        count = f"{len(values)} entries" if isinstance(values, list) else "no list"
        raise ValueError(f"{path}{where}: a gap: {key} has {count}; allowed: {deeper[0]}, one for each node")
    for k, value in enumerate(values):
        _full(path, text, section, name, value, shape, (*at, k), limit)


def _line(text: str, section: str, name: str = "", row: int | None = None) -> int | None:
    """The line of a section, of one of its keys, or of the row of that number in its array; None if it is not found."""
    head = re.search(rf"^[ \t]*\[[ \t]*{section}[ \t]*\]", text, re.M)
    key = None if head is None else re.compile(rf"^[ \t]*{name}[ \t]*=", re.M).search(text, head.end()) if name else head
    if key is None:
        return None
    at = key.start()
    if row is not None:
        rows = [m.start() for _, m in zip(range(row + 1), re.finditer(r"\[[^\[\]]*\]", text[key.end() :]), strict=False)]
        at = key.end() + rows[-1] if rows else at
    return text.count("\n", 0, at) + 1


def _place(text: str, section: str, name: str = "", at: tuple = (), shape=()) -> str:
    row = int(np.ravel_multi_index(at, shape[:-1])) if at and len(at) == len(shape) - 1 else None
    return _at(_line(text, section, name, row))


# --- both


def _number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and np.isfinite(value)


def _axis(path: Path, kind: str, values, name: str | None = None) -> None:
    """Refuse nodes (line, value) that are too few, out of range, not rising (or falling) throughout, or too far apart."""
    name = name or kind
    least, low, high = AXES[kind]
    for line, value in values:
        if not _number(value) or not low <= value <= high:
            shown = f"{value:g}" if _number(value) else repr(value)
            raise ValueError(f"{path}{_at(line)}: {name} is {shown}; allowed: {low:g} to {high:g}")
    if len(values) < least:
        line = values[-1][0] if values else None
        raise ValueError(f"{path}{_at(line)}: too short: {len(values)} values of {name}; allowed: {least} or more")
    sign = 1.0 if values[1][1] > values[0][1] or kind != "offset_over_length" else -1.0
    for (_, before), (line, value) in zip(values, values[1:], strict=False):
        if not sign * (value - before) > 0.0:
            raise ValueError(f"{path}{_at(line)}: {name} is {value:g} after {before:g}; allowed: rising throughout")
        if kind == "angle_of_attack_deg" and value - before > GAP:
            raise ValueError(f"{path}{_at(line)}: a gap: {name} is {value:g} after {before:g}; allowed: {GAP:g} more at most")


def _at(line: int | None) -> str:
    return "" if line is None else f", line {line}"
