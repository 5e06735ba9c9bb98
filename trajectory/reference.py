"""The reference of the scenario file, generated from its schema, as Markdown."""

from __future__ import annotations

import types
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from trajectory.expected import Expected, Truth
from trajectory.units import By, Default, OneOrMany, Quantity, Time


def reference(scenario: type[BaseModel]) -> str:
    """Every section and key that a scenario file may hold, with what may stand there and the default."""
    parts = ["# The scenario file\n", _about(scenario)]
    _section(scenario, "", parts, set())
    return "\n".join(parts)


def _about(model) -> str:
    return " ".join((model.__doc__ or "").split()) + "\n"


def _section(model, key: str, parts: list[str], done: set) -> None:
    if model in done or issubclass(model, Truth):
        return
    done.add(model)
    if key:
        parts += [f"\n## [{key}]\n", _about(model)]
    parts += ["| key | what may stand there | default |", "|---|---|---|"]
    inner = []
    for name, field in model.model_fields.items():
        word = field.alias or name
        annotation = Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation
        parts.append(f"| `{word}` | {_what(annotation)} | {_default(field)} |")
        if model is not Expected:
            inner += [(m, f"{key}.{word}".lstrip(".")) for m in _models(field.annotation)]
    for sub, at in inner:
        _section(sub, at, parts, done)


def _models(annotation) -> list[type[BaseModel]]:
    if get_origin(annotation) is None and isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def _default(field) -> str:
    if field.is_required():
        return "must be given"
    default = field.default
    if default is PydanticUndefined or default is None or isinstance(default, (BaseModel, dict, tuple)):
        return ""
    return f"`{default}`" if isinstance(default, (Default, str)) else f"`{str(default).lower()}`"


def _what(annotation) -> str:
    """What may stand at a key, in words."""
    if get_origin(annotation) is Annotated:
        base, *metadata = get_args(annotation)
        for item in metadata:
            if isinstance(item, Quantity):
                words = "".join(f", or `{w}`" for w in item.words)
                return (item.dimension + (f" {item.allowed}" if item.allowed else "") + words).replace(
                    "|", ""
                )
            if isinstance(item, OneOrMany):
                return f"{item.quantity.dimension} {item.quantity.allowed}, or a list of them"
            if isinstance(item, By):
                return f"a value whose unit follows from `{item.key}`"
            if isinstance(item, Time):
                return "time (ISO 8601, Z)" + "".join(f", or `{w}`" for w in item.words)
        return _what(base)
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{word}`" for word in inner)
    if origin in (Union, types.UnionType):
        kinds = dict.fromkeys(_what(part) for part in inner if part is not type(None))
        return " or ".join(kinds)
    if origin is tuple:
        return "list of " + ", ".join(dict.fromkeys(_what(part) for part in inner if part is not Ellipsis))
    if origin is dict:
        return f"tables by name: {_what(inner[1])}"
    if get_origin(annotation) is None and isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "value, within, source" if issubclass(annotation, Truth) else "table"
    names = {
        "str": "text",
        "bool": "true or false",
        "int": "whole number",
        "float": "bare number",
        "Path": "file",
    }
    return names.get(getattr(annotation, "__name__", ""), "anything")
