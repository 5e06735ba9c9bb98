"""The cabin's history as variables of a NetCDF file: nominal and band, with unit and meaning."""

from __future__ import annotations

import numpy as np

MEANING = {
    "cabin": ("degC", "cabin air"), "wet_bulb": ("degC", "wet bulb of the cabin"), "core": ("degC", "core of a crew member"),
    "stored": ("kJ/kg", "heat stored in a crew member"), "instruments": ("degC", "instrument compartment"),
    "carbon_dioxide": ("Pa", "partial pressure of carbon dioxide"), "oxygen": ("Pa", "partial pressure of oxygen"),
    "dew_point": ("degC", "dew point of the cabin"), "wbgt": ("degC", "wet bulb globe temperature, indoors (ISO 7243)"),
    "relative_humidity": ("1", "relative humidity of the cabin"), "coolant_pressure": ("Pa", "pressure of the coolant loop"),
    "coolant_left": ("1", "coolant left"), "coolant_flow": ("1", "flow of the coolant, of the whole"),
    "thrust": ("N", "thrust of the leak's jet"),
}  # fmt: skip
PERCENT = (5.0, 50.0, 95.0)


def variables(cooled) -> tuple[dict, dict]:
    """({name: (dimensions, values, attributes)}, {coordinate: ...}) along cabin_elapsed, s after the epoch of the case."""
    out, t = {}, cooled.t
    for key, history in cooled.nominal.items():
        unit, meaning = MEANING.get(key, ("degC", f"{key.removeprefix('unit.')}, its own temperature"))
        name = f"cabin_{key.replace('.', '_')}" if key != "cabin" else "cabin_temperature"
        about = {"units": unit, "long_name": meaning}
        if np.isfinite(history[0]).any():
            out[name] = ("cabin_elapsed", history[0], about)
            band = cooled.band(key)
            if band is not None:
                out[f"{name}_band"] = (("percent", "cabin_elapsed"), band, {**about, "long_name": f"{meaning}, of the samples"})
    where = {"cabin_elapsed": ("cabin_elapsed", t, {"units": "s", "long_name": "seconds since the epoch of the case"})}
    if any(name.endswith("_band") for name in out):
        where["percent"] = ("percent", np.array(PERCENT), {"units": "1", "long_name": "share of the samples below, %"})
    return out, where
