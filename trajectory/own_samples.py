"""A user's own table of flights: columns are dotted keys of the scenario with their units, rows are flights."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from trajectory.catalogue import nearest
from trajectory.defects import Defect, ScenarioError, seen
from trajectory.units import DIMENSIONS, Chosen, Instant, Value, unit_factor

HEADER = re.compile(r"\s*([a-z][a-z0-9_.]*)\s*(?:\[([^\]]*)\])?\s*")
MOST_ROWS = 100_000_000


def read(scenario, table) -> tuple[dict[str, np.ndarray], dict[str, tuple[float, float]]]:
    """({key: (n,) values in SI}, {key: allowed range in SI}) of a pandas.DataFrame, or of a CSV or Parquet file.

    A time (deorbit.ignition) is a column of seconds from the nominal one, and a value that is solved for a column of
    departures from what is found. Raises ScenarioError with the column that is wrong.
    """
    frame, where = opened(table)
    values = known(scenario)
    columns, allowed, defects = {}, {}, []
    for header in frame.columns:
        match = HEADER.fullmatch(str(header))
        if match is None or match[1] not in values:
            key = match[1] if match else str(header)
            message = "a column is headed by a key of this scenario and its unit, such as deorbit.delta_v [m/s]"
            defects.append(Defect(where, str(header), "", message + nearest(key, list(values))))
            continue
        key, unit = match[1], match[2]
        leaf = values[key]
        try:
            factor = factor_of(leaf, unit)
        except ValueError as problem:
            defects.append(Defect(where, str(header), seen(unit), str(problem)))
            continue
        if key in columns:
            defects.append(Defect(where, str(header), "", "this key heads two columns"))
        try:
            columns[key] = np.asarray(frame[header], dtype=float) * factor
        except (TypeError, ValueError):
            row = first_text(frame[header])
            defects.append(Defect(where, f"{header}, row {row[0]}", seen(row[1]), "a number is due"))
        limits = limits_of(scenario, key, leaf)
        if limits is not None:
            allowed[key] = limits
    if not len(frame.columns) or not len(frame):
        defects.append(Defect(where, "", "", "the table is empty; a header and one row or more are due"))
    if defects:
        raise ScenarioError(where, defects)
    return columns, allowed


def opened(table):
    """(pandas.DataFrame, what to call it)."""
    import pandas as pd

    if isinstance(table, pd.DataFrame):
        return table, "the table of samples"
    path = Path(table)
    try:
        if path.suffix.lower() in (".parquet", ".pq"):
            return pd.read_parquet(path), str(path)
        return pd.read_csv(path, skipinitialspace=True), str(path)
    except ImportError:
        problem = "reading Parquet needs pyarrow, which is not installed; CSV needs nothing more"
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}"
    except ValueError as error:
        problem = f"is no table: {error}"
    raise ScenarioError(path, [Defect(str(path), "", "", problem)])


def known(scenario) -> dict:
    """Dotted key -> value of everything in a scenario that a table may vary."""
    from trajectory.scenario import leaves

    return {key: leaf for key, leaf in leaves(scenario) if isinstance(leaf, (Value, Instant, Chosen))}


def factor_of(leaf, unit: str | None) -> float:
    """Factor from a column's unit to SI. ValueError with a sentence."""
    if isinstance(leaf, Value) and leaf.unit == "1":
        if unit not in (None, "", "1", "-"):
            raise ValueError("this key has no unit")
        return 1.0
    dimensions = ["duration"] if isinstance(leaf, Instant) else dimensions_of(leaf)
    if not unit:
        raise ValueError(f"the unit is missing, such as [{DIMENSIONS[dimensions[0]][1]}]")
    return unit_factor(unit, dimensions[0])


def dimensions_of(leaf) -> list[str]:
    """Dimensions that a value's unit can be of."""
    if isinstance(leaf, Chosen):
        return ["duration"]
    found = []
    for name in DIMENSIONS:
        try:
            if name != "ratio":
                unit_factor(leaf.unit, name)
                found.append(name)
        except ValueError:
            pass
    return found


def limits_of(scenario, key: str, leaf):
    """(low, high) in SI that the key allows, as its type in the schema says; None for what is a departure."""
    if not isinstance(leaf, Value):
        return None
    quantity = quantity_of(type(scenario), key)
    if quantity is None:
        return None
    factor = unit_factor(quantity.unit, quantity.dimension) if quantity.unit else 1.0
    low = quantity.low if quantity.above == -np.inf else np.nextafter(quantity.above, np.inf)
    high = quantity.high if quantity.below == np.inf else np.nextafter(quantity.below, -np.inf)
    return low * factor, high * factor


def quantity_of(model, key: str):
    """The Quantity of a dotted key in the schema, or None."""
    from typing import get_args

    from pydantic import BaseModel

    from trajectory.units import Quantity

    def inside(kind, metadata, rest):
        for item in metadata:
            if isinstance(item, Quantity) and not rest:
                return item
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if not rest:
                return None
            for name, field in kind.model_fields.items():
                if name == rest[0]:
                    return inside(field.annotation, field.metadata, rest[1:])
            return None
        for part in get_args(kind):
            own = getattr(part, "__metadata__", ())
            after = rest[1:] if getattr(kind, "__origin__", None) is dict and rest else rest
            found = inside(getattr(part, "__origin__", part) if own else part, own, after)
            if found is not None:
                return found
        return None

    return inside(model, (), key.split("."))


def first_text(column) -> tuple[int, object]:
    """(row counted from 1, what stands there) of the first that is no number."""
    for i, x in enumerate(column, start=1):
        try:
            float(x)
        except (TypeError, ValueError):
            return i, x
    return 0, ""
