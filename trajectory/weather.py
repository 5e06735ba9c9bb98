"""The weather of a day: winds and density over one place at one time, with the covariance of an ensemble of forecasts.

Read once from a sounding, a reanalysis or an ensemble (CSV, NetCDF, GRIB) into a small file that carries the hash of its
numbers, which a scenario names. Runs read that file and nothing else.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.interpolate import PchipInterpolator

from trajectory import atmosphere, constants, wind
from trajectory.atmosphere import read_columns

STEP = 250.0  # m, of the heights of a bundle
GAS_CONSTANT = 287.0528  # J/(kg K), of dry air: U.S. Standard Atmosphere 1976
EARTH_RADIUS = 6356766.0  # m, of geopotential heights: U.S. Standard Atmosphere 1976
KEPT, MOST_MODES = 0.99, 20  # part of the variance that the modes hold
WEIGHTS = np.array([0.01, 1.0, 1.0])  # of ln density and m/s, when the modes are found: 1 % of density is as much as 1 m/s
FADE = 8e3  # m below the top of the bundle, over which it goes over into the models above
# what a variable is called: CF standard names, then those of ECMWF and NCEP files
NAMES = {
    "east": ("eastward_wind", "u", "ugrd", "u_component_of_wind"),
    "north": ("northward_wind", "v", "vgrd", "v_component_of_wind"),
    "temperature": ("air_temperature", "t", "tmp", "temperature"),
    "height": ("geopotential_height", "gh", "hgt", "geopotential", "z"),
}
AXES = {
    "level": ("pressure_level", "isobaricInhPa", "level", "plev", "isobaric"),
    "member": ("number", "member", "realization", "ensemble"),
    "latitude": ("latitude", "lat"),
    "longitude": ("longitude", "lon"),
    "time": ("valid_time", "time"),
}


FAR, LATE = 300e3, 12 * 3600.0  # m and s, from the site and the epoch, that a bundle may be
LEAST_TOP = 12e3  # m, above the command to open the canopy
LANDING = 3000.0  # s after the epoch, about which a flight is in the lower air


class WeatherError(ValueError):
    """A weather file that cannot be used; the message names it and says what is due."""


@dataclass(frozen=True, eq=False)
class Bundle:
    """Means at heights (k,), m, geodetic; modes (m, k, 3) of ln density, east and north wind (m/s), for scores of 1."""

    height: np.ndarray
    log_density: np.ndarray | None  # (k,) of kg/m3; None where the source has winds alone
    east: np.ndarray  # (k,) m/s
    north: np.ndarray
    modes: np.ndarray
    latitude: float  # rad
    longitude: float
    time: str  # ISO 8601 UTC
    source: str
    members: int

    @property
    def sha256(self) -> str:
        """Of the numbers."""
        found = hashlib.sha256()
        for x in (self.height, self.log_density, self.east, self.north, self.modes, [self.latitude, self.longitude]):
            found.update(b"-" if x is None else np.ascontiguousarray(x, dtype="<f8").tobytes())
        found.update(self.time.encode())
        return found.hexdigest()

    def part(self, height: np.ndarray) -> np.ndarray:
        """How far the bundle holds at heights, 1 to 0: over the last FADE below its top it goes over into the model."""
        x = np.clip((self.height[-1] - np.asarray(height)) / FADE, 0.0, 1.0)
        return x * x * (3.0 - 2.0 * x)

    def at(self, height: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Values (k, ...) of the bundle at heights, held outside."""
        return PchipInterpolator(self.height, values, axis=0)(np.clip(height, self.height[0], self.height[-1]))


# --- the small file


def write(bundle: Bundle, path) -> None:
    """NetCDF with the hash of its numbers."""
    import xarray as xr

    variables = {
        "east": ("height", bundle.east, {"units": "m s-1", "standard_name": "eastward_wind"}),
        "north": ("height", bundle.north, {"units": "m s-1", "standard_name": "northward_wind"}),
        "modes": (("mode", "height", "quantity"), bundle.modes),
    }
    if bundle.log_density is not None:
        variables["log_density"] = ("height", bundle.log_density, {"long_name": "natural logarithm of the density in kg m-3"})
    attributes = {
        "Conventions": "CF-1.11", "title": "weather of one place and time", "time": bundle.time, "source": bundle.source,
        "latitude": np.degrees(bundle.latitude), "longitude": np.degrees(bundle.longitude), "members": bundle.members,
        "sha256": bundle.sha256,
    }  # fmt: skip
    coordinates = {"height": ("height", bundle.height, {"units": "m"}), "quantity": ["log_density", "east", "north"]}
    xr.Dataset(variables, coords=coordinates, attrs=attributes).to_netcdf(path, engine="netcdf4")


def read(path) -> Bundle:
    """A bundle of `write`. WeatherError where it is none, or its numbers are not those that were written."""
    import xarray as xr

    try:
        with xr.open_dataset(path, engine="netcdf4") as data:
            a = data.attrs
            density = data["log_density"].values if "log_density" in data else None
            found = Bundle(data["height"].values, density, data["east"].values, data["north"].values, data["modes"].values,
                           float(np.radians(a["latitude"])), float(np.radians(a["longitude"])), a["time"], a["source"],
                           int(a["members"]))  # fmt: skip
            said = a["sha256"]
    except (OSError, KeyError, ValueError) as problem:
        why = "" if isinstance(problem, KeyError) else f" ({problem})"
        raise WeatherError(f"{path} is no weather bundle{why}; `trajectory weather` makes one") from None
    if found.sha256 != said:
        raise WeatherError(f"{path}: its numbers are not those that were written (sha256 {found.sha256[:12]}, not {said[:12]})")
    return found


@lru_cache(maxsize=8)
def _held(path, changed: int) -> Bundle:
    return read(path)


def of(section) -> Bundle:
    """The bundle that a scenario's section [weather] names. WeatherError for one that is not what it says."""
    found = _held(section.file, section.file.stat().st_mtime_ns)
    if section.sha256 is not None and not found.sha256.startswith(section.sha256):
        raise WeatherError(f"{section.file} has the sha256 {found.sha256[:12]}, the scenario asks for {section.sha256[:12]}")
    return found


# --- from the sources


def gather(path, latitude: float, longitude: float, time: str) -> Bundle:
    """The weather over a place (rad) at a time (ISO 8601) from a CSV, NetCDF or GRIB file. WeatherError for what it lacks."""
    path = Path(path)
    members = from_csv(path) if path.suffix.lower() == ".csv" else from_grid(path, latitude, longitude, time)
    bottom, top = max(h[0] for h, _ in members), min(h[-1] for h, _ in members)
    if not top - bottom > 4 * STEP:
        raise WeatherError(f"{path}: heights from {bottom:.0f} to {top:.0f} m; a profile is due")
    height = np.arange(np.ceil(bottom / STEP), np.floor(top / STEP) + 1) * STEP
    values = np.stack([along(h, v, height) for h, v in members])  # (m, k, 3)
    mean = values.mean(axis=0)
    dense = bool(np.isfinite(mean[:, 0]).all())
    off = np.where(np.isfinite(values), values - mean, 0.0) / WEIGHTS
    modes = np.zeros((0, len(height), 3))
    if len(members) > 1:
        _, size, shape = np.linalg.svd(off.reshape(len(members), -1) / np.sqrt(len(members) - 1.0), full_matrices=False)
        held = int(np.searchsorted(np.cumsum(size**2), KEPT * np.sum(size**2))) + 1
        count = min(held, MOST_MODES, len(members) - 1)
        shape *= np.sign(shape[np.arange(len(shape)), np.argmax(np.abs(shape), axis=1)])[:, None]
        modes = (size[:count, None] * shape[:count]).reshape(count, len(height), 3) * WEIGHTS
    return Bundle(height, mean[:, 0] if dense else None, mean[:, 1], mean[:, 2], modes, latitude, longitude, time, path.name,
                  len(members))  # fmt: skip


def along(h, values, height) -> np.ndarray:
    """(k, 3) of a member's columns (n, 3) at heights; NaN in a column that it does not have at every height."""
    out = np.full((len(height), values.shape[1]), np.nan)
    held = np.isfinite(values).all(axis=0)
    out[:, held] = PchipInterpolator(h, values[:, held], axis=0)(height)
    return out


def from_csv(path) -> list:
    """[(heights (n,), (n, 3) of ln density, east, north)] of each member of a CSV file: altitude_m, east_m_s, north_m_s, and
    density_kg_m3 or temperature_k with pressure_pa, and member, where it has them."""
    more = ("density_kg_m3", "temperature_k", "pressure_pa", "member")
    try:
        rows = read_columns(path, ("altitude_m", "east_m_s", "north_m_s"), more)
    except ValueError as problem:
        raise WeatherError(str(problem)) from None
    groups: dict[float, list] = {}
    for line, row in rows:
        if "density_kg_m3" in row:
            density = row["density_kg_m3"]
        elif {"temperature_k", "pressure_pa"} <= set(row):
            density = row["pressure_pa"] / (GAS_CONSTANT * row["temperature_k"]) if row["temperature_k"] > 0 else -1.0
        else:
            density = None
        if density is not None and not density > 0:
            raise WeatherError(f"{path}, line {line}: a density above 0 is due")
        if max(abs(row["east_m_s"]), abs(row["north_m_s"])) > 200.0:
            raise WeatherError(f"{path}, line {line}: a wind of {row['east_m_s']:g}, {row['north_m_s']:g} m/s; allowed: to 200")
        group = groups.setdefault(row.get("member", 0.0), [])
        if group and row["altitude_m"] <= group[-1][0]:
            before = group[-1][0]
            raise WeatherError(f"{path}, line {line}: altitude_m is {row['altitude_m']:g} after {before:g}; allowed: rising")
        group.append((row["altitude_m"], np.nan if density is None else np.log(density), row["east_m_s"], row["north_m_s"]))
    if min((len(g) for g in groups.values()), default=0) < 5:
        raise WeatherError(f"{path}: five rows or more are due for each member")
    tables = [np.array(g) for g in groups.values()]
    return [(t[:, 0], t[:, 1:]) for t in tables]


def from_grid(path, latitude: float, longitude: float, time: str) -> list:
    """Members as in `from_csv`, of a NetCDF or GRIB file on pressure levels: the column over the place, linear between the
    points of the grid and in time. The air is taken to be dry: 0.5 % of density in a moist summer near the ground."""
    import xarray as xr

    try:
        data = xr.open_dataset(path, engine="cfgrib" if path.suffix.lower() in (".grib", ".grib2", ".grb", ".grb2") else None)
    except (OSError, ValueError, ImportError) as problem:
        raise WeatherError(f"{path} cannot be read ({problem}); CSV, NetCDF, or GRIB with the package cfgrib") from None
    with data:
        axis = {}
        for what, names in AXES.items():
            axis[what] = next((n for n in names if n in data.dims), None)
        for what in ("level", "latitude", "longitude"):
            if axis[what] is None:
                raise WeatherError(f"{path} has no axis for the {what}; allowed: {', '.join(AXES[what])}")
        column = data.sortby([axis["latitude"], axis["longitude"]])
        wraps = float(column[axis["longitude"]].max()) > 180.0
        at = {axis["latitude"]: np.degrees(latitude), axis["longitude"]: np.degrees(longitude) % 360.0 if wraps else
              (np.degrees(longitude) + 180.0) % 360.0 - 180.0}  # fmt: skip
        if axis["time"] is not None:
            at[axis["time"]] = np.datetime64(time.rstrip("Z"), "ns")
            column = column.sortby(axis["time"])
        for name, value in at.items():
            held = column[name].values
            if not held.min() <= value <= held.max():
                raise WeatherError(f"{path} does not hold {name} {value}; it holds {held.min()} to {held.max()}")
        column = column.interp({k: v for k, v in at.items() if column.sizes[k] > 1}).squeeze(drop=True)
        found = {what: variable(column, names, path) for what, names in NAMES.items()}
        level = column[axis["level"]]
        pressure = level.values * (1.0 if level.attrs.get("units", "hPa").lower() in ("pa", "pascal") else 100.0)
        member = axis["member"] if axis["member"] in column.dims else None
        out = []
        for m in range(column.sizes[member] if member else 1):
            one = {k: (x.isel({member: m}) if member in x.dims else x).values for k, x in found.items()}
            potential = one["height"]
            if "m**2" in found["height"].attrs.get("units", "") or "m2" in found["height"].attrs.get("units", ""):
                potential = potential / constants.STANDARD_GRAVITY
            height = EARTH_RADIUS * potential / (EARTH_RADIUS - potential)
            order = np.argsort(height)
            log_density = np.log(pressure / (GAS_CONSTANT * one["temperature"]))
            out.append((height[order], np.stack([log_density, one["east"], one["north"]], axis=1)[order]))
    return out


def variable(data, names, path):
    """A variable by its CF standard name or one of its usual names."""
    for name, x in data.data_vars.items():
        if x.attrs.get("standard_name") in names or str(name).lower() in names:
            return x
    raise WeatherError(f"{path} has no {names[0]}; variables: {', '.join(map(str, data.data_vars))}")


# --- over the models


def over(bundle: Bundle, air, angle: float | None, blowing) -> tuple:
    """(AirTable, WindTable) of a bundle below its top, of the models above. angle: of the place along the track of the air
    (atmosphere.AirTable), rad, where it has one."""
    if air is not None and bundle.log_density is not None:
        s = air.s_min + air.ds * np.arange(len(air.log_density) + 1)
        height = air.scale * s / (1.0 - s)
        along = None if angle is None else np.full(len(s), angle)
        model, _ = atmosphere.evaluate(air, np.minimum(height, air.height_top), along)
        change = bundle.part(height) * (bundle.at(height, bundle.log_density) - np.log(model))
        known = atmosphere.values_at_knots(air.log_density)
        air = replace(air, log_density=atmosphere.cubics(known + change), source=f"{bundle.source}, above it {air.source}")
    height = np.linspace(0.0, wind.TOP, wind.INTERVALS + 1)
    part = bundle.part(height)
    model = wind.evaluate(blowing, height) if blowing is not None else (0.0, 0.0)
    speeds = (part * bundle.at(height, x) + (1.0 - part) * m for x, m in zip((bundle.east, bundle.north), model, strict=True))
    return air, wind.table(height, *speeds, bundle.source)
