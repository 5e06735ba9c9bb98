"""Reads a scenario as a person wrote it, and reports every defect of its file at once.

TOML -> the tables of the file laid over those it extends -> overrides -> vehicle, site and atmosphere in
their places -> `Scenario`, validated and frozen. `trajectory.case` turns that into SI floats.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, PrivateAttr, ValidationError

from trajectory import catalogue
from trajectory.catalogue import nearest, tomllib
from trajectory.defects import Defect, Distributed, ScenarioError, defect, seen, sentence
from trajectory.expected import EVENTS, Expected
from trajectory.schema import ScenarioSections
from trajectory.section import Located
from trajectory.units import GRADES, Instant, Unsourced, UnsourcedNumber, Value
from trajectory.vehicle import Vehicle

OWN = (
    "name",
    "title",
    "summary",
    "description",
    "note",
    "option",
    "expected",
)  # not taken over from what a file extends
MOUNTED = ("vehicle", "site", "atmosphere", "dispersion", "cooling")  # sections that may be files of their own
FILES = ("file", "posterior")  # keys that name a file, beside the file that names it
COMMAND_LINE, CALL = "on the command line", "in a call of replace"
LARGEST_FILE = 4_000_000
_FIRST_OF_A_VALUE = tuple("0123456789+-.")  # words are choices: they need no source


class Row(NamedTuple):
    """One line of `describe`."""

    key: str
    text: str
    unit: str
    source: str | None
    grade: str | None
    distribution: dict | None


class Scenario(ScenarioSections):
    """A scenario as written: every value with unit, source and grade. Frozen; `replace` makes variants."""

    _tree: dict = PrivateAttr(default_factory=dict)
    _origins: dict = PrivateAttr(default_factory=dict)
    _file: Path = PrivateAttr(default=Path())
    _sha256: str = PrivateAttr(default="")

    @property
    def file(self) -> Path:
        """The file that was read."""
        return self._file

    @property
    def sha256(self) -> str:
        """Hash of the content: merged tables, vehicle, site, and the files they name."""
        return self._sha256

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from trajectory.report import notebook

        return notebook.scenario(self)

    @property
    def tree(self) -> dict:
        """The merged tables as they were written; `again` makes the scenario of them."""
        return copy.deepcopy(self._tree)

    def replace(self, **changes) -> Scenario:
        """A variant, validated anew.

        Keys are sections or, with a double underscore for the dot, values: ``deorbit__delta_v="127 m/s"``,
        ``deorbit={"delta_v": "127 m/s"}``, ``vehicle="crew-dragon"``.
        """
        tree, origins = copy.deepcopy(self._tree), dict(self._origins)
        for key, item in changes.items():
            path = tuple(key.replace("__", ".").split("."))
            if isinstance(item, dict) and "value" not in item:
                for sub, leaf in _leaves(item):
                    _set(tree, origins, path + sub, leaf, self._file, CALL)
            else:
                _set(tree, origins, path, _raw(item), self._file, CALL)
        return _build(tree, origins, self._file)

    def values(self) -> Iterator[tuple[str, Value | Instant]]:
        """(dotted key, value) of everything the flight rests on, without `expected`."""
        for key, leaf in leaves(self):
            if isinstance(leaf, (Value, Instant)) and not key.startswith(("dispersion.", "option.")):
                yield key, leaf

    def grades(self) -> dict[str, int]:
        """How many values are stated, derived, assumed."""
        counts = dict.fromkeys(GRADES, 0)
        for _, value in self.values():
            counts[value.grade] += 1
        return counts


def load(name_or_path, overrides=()) -> Scenario:
    """The scenario of a name or a path.

    Parameters
    ----------
    name_or_path : a name of the catalogue or beside the working folder's files, or the path of a TOML file
    overrides : dotted key -> text, as a dict or as ``"KEY=VALUE"`` strings, before validation

    Raises
    ------
    ScenarioError : with every defect found
    """
    try:
        file = catalogue.find(name_or_path, "scenario")
    except catalogue.NotInCatalogue as error:
        raise ScenarioError(name_or_path, [Defect(str(name_or_path)[:200], "", "", str(error))]) from None
    try:
        tree, origins = _family(file, "scenario")
        if overrides:
            tree = copy.deepcopy(tree)
            defects = [
                d for key, text in _pairs(overrides, file) if (d := _override(tree, origins, key, text, file))
            ]
            if defects:
                raise ScenarioError(file, defects)
        return _build(tree, origins, file)
    except RecursionError:
        raise ScenarioError(file, [Defect(str(file), "", "", "nested too deep")]) from None
    except ScenarioError as error:
        raise ScenarioError(file, error.defects) from None


def again(tree: dict, file: Path) -> Scenario:
    """The scenario of merged tables (Scenario.tree) of a file, which need not be there any more. Raises ScenarioError."""
    return _build(copy.deepcopy(tree), {}, file)


def load_vehicle(name_or_path) -> Vehicle:
    """A vehicle by itself, of a name of the catalogue or the path of its file. Raises ScenarioError with every defect."""
    return load_alone(name_or_path, "vehicle", Vehicle)


def load_alone(name_or_path, kind: str, model, beside: Path | None = None):
    """A file of a kind of its own (catalogue.FOLDERS), read into its model. Raises ScenarioError with every defect."""
    try:
        file = catalogue.find(name_or_path, kind, beside)
    except catalogue.NotInCatalogue as error:
        raise ScenarioError(name_or_path, [Defect(str(name_or_path)[:200], "", "", str(error))]) from None
    tree, origins = _family(file, kind)
    tree = {key: item for key, item in tree.items() if key != "extends"}
    whole = _disowned({kind: tree}, {(kind, *path): origin for path, origin in origins.items()})
    try:
        return model.model_validate(whole[kind])
    except ValidationError as error:
        found = [sentence(e, model, origins, file) for e in error.errors(include_url=False)]
        raise ScenarioError(file, dict.fromkeys(found)) from None


# --- files and what they extend


_FILES: dict[Path, tuple[tuple[int, int], dict]] = {}


def read_tables(file: Path) -> dict:
    """The tables of a TOML file as they are written, nothing of what it extends. Raises ScenarioError."""
    return dict(_read(file))


def _read(file: Path) -> dict:
    """The tables of a TOML file; `file = "..."` in them becomes Located. Kept until the file changes."""
    try:
        if file.is_dir():
            raise _one(file, "is a folder; a TOML file is due")
        stamp = (file.stat().st_mtime_ns, file.stat().st_size)
        if file in _FILES and _FILES[file][0] == stamp:
            return _FILES[file][1]
        if stamp[1] > LARGEST_FILE:
            raise _one(file, f"is larger than {LARGEST_FILE} bytes; a scenario is a short TOML file")
        text = file.read_bytes().decode("utf-8")
        tree = tomllib.loads(text.replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise _one(file, f"is not UTF-8 text (byte {error.start})") from None
    except OSError as error:
        raise _one(file, f"cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise _one(file, f"is not valid TOML: {str(error)[:200] or 'nested too deep'}") from None
    if not text.strip():
        raise _one(file, "is empty; schema, name and [start] are due")
    tree = _located(tree, file.parent)
    _FILES[file] = (stamp, tree)
    return tree


def _one(file, message, key="", value="") -> ScenarioError:
    return ScenarioError(file, [Defect(str(file), key, value, message)])


def _located(item, folder: Path, key: str = ""):
    if isinstance(item, dict):
        return {k: _located(v, folder, k) for k, v in item.items()}
    if isinstance(item, list):
        return [_located(v, folder) for v in item]
    return Located(item, folder) if key in FILES and isinstance(item, str) else item


def _family(file: Path, kind: str, chain: tuple[Path, ...] = ()) -> tuple[dict, dict]:
    """A file laid over all that it extends: (tables, key path -> the file that wrote it)."""
    own, origins = _read(file), {}
    parent = own.get("extends")
    if parent is None:
        return _over({}, own, (), origins, file), origins
    base, origins = _parent(parent, kind, file, (*chain, file), "extends")
    return _over(base, own, (), origins, file), origins


def _parent(name, kind: str, file: Path, chain: tuple[Path, ...], key: str) -> tuple[dict, dict]:
    """The tables that `extends` names, without what is the parent's own."""
    if not isinstance(name, str):
        raise _one(file, f"the name of a {kind} is due", key, seen(name))
    try:
        path = catalogue.find(name, kind, file.parent)
    except catalogue.NotInCatalogue as error:
        raise _one(file, str(error), key, seen(name)) from None
    if path in chain:
        circle = " -> ".join(p.name for p in (*chain[chain.index(path) :], path))
        raise _one(file, f"cyclic: {circle}", key, seen(name))
    base, origins = _family(path, kind, chain)
    base = {k: v for k, v in base.items() if k not in OWN and k != "extends"}
    return base, {p: f for p, f in origins.items() if p[0] in base}


def _over(base: dict, own: dict, at: tuple, origins: dict, file) -> dict:
    """`own` laid over `base`, table by table; arrays, values and a table of another type or model replace."""
    merged = dict(base)
    for key, item in own.items():
        path, under = (*at, key), merged.get(key)
        if isinstance(item, dict) and isinstance(under, str) and path in ((name,) for name in MOUNTED):
            under = {"extends": under}
        another = (
            isinstance(item, dict)
            and isinstance(under, dict)
            and any(
                word in item and word in under and item[word] != under[word] for word in ("type", "model")
            )
        )
        if (
            not (isinstance(item, dict) and isinstance(under, dict))
            or "value" in item
            or "value" in under
            or another
        ):
            under = {}
            for stale in [p for p in origins if p[: len(path)] == path]:
                del origins[stale]
        if isinstance(item, dict):
            merged[key] = _over(under, item, path, origins, file)
        else:
            merged[key] = item
        origins[path] = file
    return merged


# --- overrides


def _pairs(overrides, file) -> list[tuple[str, str]]:
    if isinstance(overrides, dict):
        return list(overrides.items())
    pairs = []
    for text in overrides:
        key, equals, value = str(text).partition("=")
        if not equals or not key.strip():
            raise _one(file, "an override is KEY=VALUE", f"--set {text}")
        pairs.append((key.strip(), value.strip()))
    return pairs


def _override(tree: dict, origins: dict, key: str, text, file) -> Defect | None:
    """Lay one override of the command line over the tables."""
    item = text
    if isinstance(text, str):
        try:
            parsed = tomllib.loads(f"x = {text}")
            item = parsed["x"] if list(parsed) == ["x"] else text
        except (ValueError, RecursionError):
            pass
    path = tuple(key.split("."))
    if path[-1] in FILES and isinstance(item, str):
        item = Located(item, Path.cwd())
    elif key in MOUNTED and isinstance(item, str) and item.endswith(".toml") and Path(item).is_file():
        item = str(Path(item).resolve())  # of the folder that the command is given in
    node = tree
    for part in path:
        node = node.get(part) if isinstance(node, dict) else None
    if isinstance(node, dict) and "value" in node and not isinstance(item, dict):
        item = {**node, "value": item, "source": f"given {COMMAND_LINE}", "grade": "assumed"}
    try:
        _set(tree, origins, path, item, file, COMMAND_LINE)
    except KeyError as error:
        return Defect(str(file), f"--set {key}", seen(text), error.args[0])
    return None


def _set(tree: dict, origins: dict, path: tuple, item, file, origin=None) -> None:
    """Set one value of the tables in place; a vehicle, site or atmosphere given by name becomes a table."""
    if not all(path):
        raise KeyError("a dotted key is due, such as deorbit.delta_v")
    node = tree
    for depth, part in enumerate(path[:-1], 1):
        if isinstance(node, list):
            node = node[_index(node, part)]
            continue
        under = node.get(part)
        if isinstance(under, str) and depth == 1 and part in MOUNTED:
            under = {"extends": under}
        node[part] = under if isinstance(under, (dict, list)) else {}
        node = node[part]
    for stale in [p for p in origins if p[: len(path)] == path]:
        del origins[stale]
    origins[path] = origin or file
    if isinstance(node, list):
        node[_index(node, path[-1])] = item
    else:
        node[path[-1]] = item


def _index(items: list, part: str) -> int:
    if part.isdecimal() and int(part) < len(items):
        return int(part)
    raise KeyError(f"{part!r} is no index of a list of {len(items)}")


def _leaves(item, at: tuple = ()):
    if isinstance(item, dict) and "value" not in item and item:
        for key, sub in item.items():
            yield from _leaves(sub, (*at, str(key)))
    else:
        yield at, _raw(item)


def _raw(item):
    """What a file would hold: tuples as lists, a `Value` or `Instant` as its table, a path as its name."""
    if isinstance(item, (list, tuple)):
        return [_raw(i) for i in item]
    if isinstance(item, Path):
        return str(item)
    if isinstance(item, (Value, Instant)):
        text = item.si if isinstance(item, Value) and item.unit == "1" else item.text
        return {"value": text, "grade": item.grade, **({"source": item.source} if item.source else {})}
    return item


# --- tables -> Scenario


def _build(tree: dict, origins: dict, file: Path) -> Scenario:
    """Validate merged tables; raises ScenarioError with every defect."""
    whole, where, defects, absent = dict(tree), dict(origins), [], set()
    for kind in MOUNTED:
        try:
            _mount(whole, where, kind, file)
        except ScenarioError as error:
            defects += error.defects
            absent.add(kind)
            whole.pop(kind, None)
    defects += _loose_ends(whole, where, file)
    _distribute(whole, where)
    whole = _disowned(whole, where)
    scenario = None
    try:
        scenario = Scenario.model_validate(whole)
    except ValidationError as error:
        defects += [sentence(e, Scenario, where, file) for e in error.errors(include_url=False)]
    if scenario is not None:
        defects += _wants(scenario, absent, file)
    if defects:
        raise ScenarioError(file, dict.fromkeys(defects))
    content = json.dumps(_canonical(whole), sort_keys=True)
    scenario._tree, scenario._origins, scenario._file = tree, origins, file
    scenario._sha256 = hashlib.sha256(content.encode()).hexdigest()
    return scenario


def _mount(whole: dict, where: dict, kind: str, file: Path) -> None:
    """Put the file that `vehicle`, `site` or `atmosphere` names in its place."""
    node = whole.get(kind)
    name = node.get("extends") if isinstance(node, dict) else node if isinstance(node, str) else None
    if name is None:
        return
    key = (kind, "extends") if isinstance(node, dict) else (kind,)
    named_in = where.get(key, where.get((kind,), file))
    user = named_in if isinstance(named_in, Path) else file
    base, origins = _parent(name, kind, user, (), ".".join(key))
    if isinstance(node, str):
        path = catalogue.find(name, kind, user.parent)
        base.update({k: v for k, v in _read(path).items() if k in OWN})
    mounted = {(kind, *p): f for p, f in origins.items()}
    own = {k: v for k, v in node.items() if k != "extends"} if isinstance(node, dict) else {}
    inner: dict = {}
    whole[kind] = _over(base, own, (), inner, file)
    for path in inner:
        mounted[(kind, *path)] = where.get((kind, *path), named_in)
    where.update({(kind,): named_in, **mounted})


def _distribute(whole: dict, where: dict) -> None:
    """Give the values that `dispersion.value` names their distributions, in place; what the section lacks is left out."""
    for k, entry in enumerate(_tables(_table(whole.get("dispersion")).get("value"))):
        path = tuple(str(entry.get("key", "")).split("."))
        above, node = None, whole
        for part in path:
            above, node = node, node.get(part) if isinstance(node, dict) else None
        if len(path) < 2 or not isinstance(whole.get(path[0]), dict) or not isinstance(entry.get("distribution"), dict):
            continue
        if node is None:
            node = entry.get("value")
        if node is None or (isinstance(node, dict) and ("value" not in node or "distribution" in node)):
            continue
        written = node if isinstance(node, dict) else Distributed({"value": node})
        if above is None:  # the section itself is not there
            above = whole
            for part in path[:-1]:
                above = above.setdefault(part, {}) if isinstance(above, dict) else None
            if above is None:
                continue
        above[path[-1]] = type(written)({**written, "distribution": entry["distribution"]})
        where.setdefault(path, where.get(("dispersion", "value", str(k)), where.get(("dispersion",))))


def _disowned(item, where: dict, at: tuple = ()):
    """Mark what another file than the section's source wrote: the source is not its own."""
    if not isinstance(item, dict):
        return item
    author = where.get((*at, "source"), where.get((*at, "grade")))
    out = type(item)()
    for key, sub in item.items():
        foreign = author is not None and "value" not in item and where.get((*at, key), author) != author
        if foreign and isinstance(sub, str) and sub[:1] in _FIRST_OF_A_VALUE and not isinstance(sub, Located):
            sub = Unsourced(sub)
        elif (
            foreign
            and isinstance(sub, (int, float))
            and not isinstance(sub, bool)
            and key not in ("degree", "order", "samples", "number")
        ):
            sub = UnsourcedNumber(sub)
        out[key] = _disowned(sub, where, (*at, key))
    return out


def _loose_ends(whole: dict, where: dict, file: Path) -> list[Defect]:
    """Names that must be those of something else in the scenario. Removes unknown tables of `expected`."""
    defects = []
    own = [e.get("name") for e in _tables(whole.get("event"))]
    own = [name for name in own if isinstance(name, str)]
    engines = list(_table(_table(whole.get("vehicle")).get("engine")))
    deorbit, stop = _table(whole.get("deorbit")), _table(whole.get("stop"))
    for key in ("engine", "backup_engine"):
        name = deorbit.get(
            key, "main" if key == "engine" and deorbit.get("kind") != "impulse" and deorbit else None
        )
        if isinstance(name, str) and isinstance(whole.get("vehicle"), dict) and name not in engines:
            allowed = ", ".join(engines) or "none"
            message = f"the vehicle has no such engine; allowed: {allowed}{nearest(name, engines)}"
            defects.append(defect(where, file, ("deorbit", key), name, message))
    names = [*EVENTS, *own]
    if isinstance(stop.get("event"), str) and stop["event"] not in names:
        message = f"unknown event; allowed: {', '.join(names)}{nearest(stop['event'], names)}"
        defects.append(defect(where, file, ("stop", "event"), stop["event"], message))
    for name in {n for n in own if n in EVENTS or own.count(n) > 1}:
        defects.append(defect(where, file, ("event",), name, "the name of an event may stand once only"))
    expected = whole.get("expected")
    if isinstance(expected, dict):
        allowed = [*(f for f in Expected.model_fields), *own]
        for key in [k for k in expected if k not in allowed]:
            message = f"unknown key{nearest(key, allowed)}; allowed: {', '.join(allowed)}"
            defects.append(defect(where, file, ("expected", key), None, message))
        whole["expected"] = {k: v for k, v in expected.items() if k in allowed}
    return defects


def _wants(scenario: Scenario, absent: set, file: Path) -> list[Defect]:
    """Sections that a valid scenario may still lack."""
    defects, deorbit = [], scenario.deorbit
    flies_down = deorbit is not None or scenario.separation is not None or scenario.start.phase != "orbit"
    if flies_down and scenario.vehicle is None and "vehicle" not in absent:
        defects.append(
            Defect(str(file), "vehicle", "", "is missing: a burn, a separation or an entry needs a vehicle")
        )
    aims = deorbit is not None and (deorbit.ignition == "solve" or deorbit.solve != "ignition")
    aims = aims or "solve" in (scenario.guidance.reversal, scenario.guidance.first_side)
    if aims and scenario.site is None and "site" not in absent:
        defects.append(Defect(str(file), "site", "", 'is missing: "solve" needs a site to aim at'))
    if (
        deorbit is not None
        and scenario.vehicle is not None
        and deorbit.mass is None
        and scenario.vehicle.orbit is None
    ):
        defects.append(
            Defect(str(file), "deorbit.mass", "", "is missing: the vehicle has no [orbit] mass either")
        )
    if (
        scenario.start.phase == "parachute"
        and scenario.vehicle is not None
        and scenario.vehicle.parachute is None
    ):
        defects.append(Defect(str(file), "start.phase", '"parachute"', "the vehicle has no parachute"))
    return defects


def _table(item) -> dict:
    return item if isinstance(item, dict) else {}


def _tables(item) -> list[dict]:
    return [t for t in item if isinstance(t, dict)] if isinstance(item, list) else []


# --- views


def _canonical(item) -> Any:
    """Content for the hash: files by their bytes, so that it does not depend on the folder."""
    if isinstance(item, dict):
        return {k: _canonical(v) for k, v in item.items() if k != "extends"}
    if isinstance(item, list):
        return [_canonical(v) for v in item]
    if isinstance(item, Located):
        return {"file": hashlib.sha256(item.path().read_bytes()).hexdigest()}
    return item.isoformat() if isinstance(item, (datetime, date, time)) else item


def leaves(item, key: str = "") -> Iterator[tuple[str, Any]]:
    """(dotted key, leaf) of a section, in the order of the schema; without `expected`."""
    if isinstance(item, BaseModel):
        for name, field in type(item).model_fields.items():
            if name != "expected":
                yield from leaves(getattr(item, name), f"{key}.{field.alias or name}".lstrip("."))
    elif isinstance(item, dict):
        for name, sub in item.items():
            yield from leaves(sub, f"{key}.{name}")
    elif isinstance(item, tuple):
        for n, sub in enumerate(item):
            yield from leaves(sub, f"{key}.{n}")
    else:
        yield key, item


def describe(scenario: Scenario | Vehicle) -> list[Row]:
    """Every value of a scenario or a vehicle, one `Row` each: key, text, unit, source, grade, distribution."""
    rows = []
    for key, leaf in leaves(scenario):
        if isinstance(leaf, (Value, Instant)):
            rows.append(Row(key, leaf.text, leaf.unit, leaf.source, leaf.grade, leaf.distribution))
        elif leaf is not None and key.rsplit(".", 1)[-1] not in ("source", "grade", "note"):
            text = (
                str(leaf).lower()
                if isinstance(leaf, bool)
                else leaf.name
                if isinstance(leaf, Path)
                else str(leaf)
            )
            rows.append(Row(key, text, "", None, None, None))
    return rows


def schema_reference() -> str:
    """The reference of the scenario file, as Markdown, made from the schema."""
    from trajectory.reference import reference

    return reference(Scenario)


__all__ = ["Defect", "Row", "Scenario", "ScenarioError", "describe", "load", "load_vehicle", "schema_reference"]
