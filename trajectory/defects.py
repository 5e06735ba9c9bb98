"""What is wrong with a scenario, in plain sentences: file, key, value seen, what is allowed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import get_args, get_origin

from pydantic import BaseModel

from trajectory.catalogue import nearest


@dataclass(frozen=True)
class Defect:
    """One thing wrong with a file: the key, the value seen ("" if none) and what is allowed."""

    file: str
    key: str
    value: str
    message: str

    def __str__(self) -> str:
        seen = f" = {self.value}" if self.value else ""
        return (
            f"{self.file}: {self.key}{seen}: {self.message}" if self.key else f"{self.file}: {self.message}"
        )


class ScenarioError(Exception):
    """What is wrong with a scenario: `defects`, all that were found, each printed on a line of its own with file, key, value,
    what is allowed and the nearest known word. `file` is the one that was asked for."""

    def __init__(self, file, defects):
        self.file, self.defects = str(file), list(defects)
        super().__init__(self.file, self.defects)

    def __str__(self) -> str:
        return "\n".join(
            str(d) + ("" if d.file == self.file else f" (read for {self.file})") for d in self.defects
        )


class Distributed(dict):
    """A value to which another section gave its distribution; shown as it was written."""


def seen(value) -> str:
    """A value as the file shows it, short enough for a line."""
    if isinstance(value, Distributed):
        return seen(value["value"])
    if value is None:
        return ""
    if isinstance(value, str):
        text = json.dumps(str(value), ensure_ascii=False)
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{k} = {seen(v)}" for k, v in list(value.items())[:4]) + "}"
    elif isinstance(value, (list, tuple)):
        text = "[" + ", ".join(seen(v) for v in value[:4]) + (", ...]" if len(value) > 4 else "]")
    else:
        text = repr(float(value)) if isinstance(value, float) else str(value)
    text = "".join(c if c.isprintable() else "?" for c in text)
    return text if len(text) <= 80 else text[:77] + "..."


def defect(where: dict, file: Path, path: tuple, value, message: str) -> Defect:
    """A defect at a key path, in the file that wrote it."""
    keys, key = tuple(p for p in path if isinstance(p, str)), ""
    origin = next((where[keys[:n]] for n in range(len(keys), 0, -1) if keys[:n] in where), file)
    for part in path:
        key += f"[{part}]" if isinstance(part, int) else f".{part}" if key else part
    key = "".join(c if c.isprintable() else "?" for c in key)[:120]
    if not isinstance(origin, Path):
        origin, message = file, f"{message} (given {origin})"
    return Defect(str(origin), key, seen(value), message)


def _sections(annotation) -> list[type[BaseModel]]:
    """The sections that an annotation speaks of."""
    if get_origin(annotation) is None and isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _sections(part)]


def _placed(loc: tuple, scenario: type[BaseModel]) -> tuple[tuple, list[type[BaseModel]]]:
    """The path in the file of a pydantic location, and the sections that could stand at its last table."""
    path, models = [], [scenario]
    for part in loc:
        if isinstance(part, str) and len(models) > 1 and path == ["start"]:
            tagged = [m for m in models if part in get_args(m.model_fields["type"].annotation)]
            if tagged:
                models = tagged  # the tag of the union is no key of the file
                continue
        path.append(part)
        models = _inner(models, part)
    return tuple(path), models


def _inner(models, part) -> list[type[BaseModel]]:
    if isinstance(part, int):
        return models
    for model in models:
        for name, field in model.model_fields.items():
            if part in (name, field.alias):
                return _sections(field.annotation)
    return models


def sentence(error: dict, scenario: type[BaseModel], where: dict, file: Path) -> Defect:
    """The defect of one error that pydantic found while it read a file into `scenario`."""
    kind, context, value = error["type"], error.get("ctx") or {}, error["input"]
    loc = error["loc"]
    path, _ = _placed(loc, scenario)
    if loc and loc[-1] == "[key]":
        path, value = path[:-1], loc[-2]
        return defect(where, file, path, None, "a name is lower case letters, digits and underscores")
    if kind == "extra_forbidden":
        _, models = _placed(loc[:-1], scenario)
        keys = sorted({f.alias or n for m in models for n, f in m.model_fields.items()})
        message = f"unknown key{nearest(loc[-1], keys)}; allowed: {', '.join(keys)}"
    elif kind == "missing":
        message, value = "is missing and has no default", None
    elif kind == "literal_error":
        words = [str(w) for w in _words(context.get("expected", ""))]
        message = f"allowed: {', '.join(words)}{nearest(value, words) if isinstance(value, str) else ''}"
    elif kind in ("union_tag_invalid", "union_tag_not_found"):
        tags = _words(context.get("expected_tags", "tle, omm, oem, opm, elements, cartesian, geodetic"))
        seen = value.get("type") if isinstance(value, dict) else value
        path, value = (*path, "type"), seen
        message = f"allowed: {', '.join(tags)}{nearest(seen, tags) if isinstance(seen, str) else ''}"
    elif kind in ("model_type", "dict_type", "model_attributes_type"):
        message = "a table is due"
    elif kind in ("tuple_type", "list_type"):
        message = "a list is due"
    elif kind == "too_short":
        message = f"{context.get('min_length')} items are due, {context.get('actual_length')} are given"
    elif kind == "too_long":
        message = f"{context.get('max_length')} items at most, {context.get('actual_length')} are given"
    elif kind == "string_type":
        message = "a text in quotes is due"
    elif kind == "string_too_short":
        message = "a text that is not empty is due"
    elif kind == "string_pattern_mismatch":
        message = "a name is letters, digits, '-', '_' and '.', or for keys lower case, digits and '_'"
    elif kind in ("int_type", "int_parsing", "int_from_float"):
        message = "a whole number is due"
    elif kind == "bool_type":
        message = "true or false is due"
    elif kind in ("less_than_equal", "greater_than_equal") and path == ("schema",):
        message = "this version reads files of schema 1 alone: write schema = 1 and see docs/scenario.md for its keys"
    elif kind == "less_than_equal":
        message = f"allowed is {context['le']} at most"
    elif kind == "greater_than_equal":
        message = f"allowed is {context['ge']} or more"
    elif kind == "finite_number":
        message = "a finite number is due"
    else:
        message = error["msg"]
    return defect(where, file, path, value, message)


def _words(listed: str) -> list[str]:
    return [w.strip().strip("'") for w in listed.replace(" or ", ", ").split(",") if w.strip()]
