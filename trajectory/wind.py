"""Tables of the wind for the kernel: speed over ground toward east and north against geodetic altitude.

Cubic splines on uniform intervals of altitude, held constant outside. A positive east wind carries a
parachute to the east; a meteorologist calls it a westerly.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from trajectory import atmosphere, constants

TOP = 120.0e3  # m
INTERVALS = 480  # 250 m each over 0 to 120 km


@dataclass(frozen=True)
class WindTable:
    """Coefficients c0 + c1 u + c2 u^2 + c3 u^3 of each interval, u = 0...1 inside it; m/s."""

    east: np.ndarray  # (n, 4)
    north: np.ndarray  # (n, 4)
    height_bottom: float  # m
    height_top: float  # m
    source: str

    @property
    def packed(self):
        """(n, 8) C-contiguous, as the kernel reads it: east, then north."""
        return np.ascontiguousarray(np.hstack([self.east, self.north]))

    @property
    def interval(self):
        return (self.height_top - self.height_bottom) / len(self.east)


def table(heights, east, north, source):
    """WindTable through values (m/s) at uniform altitudes (n + 1,) in m."""
    return WindTable(
        atmosphere.cubics(east), atmosphere.cubics(north), float(heights[0]), float(heights[-1]), source
    )


def evaluate(wind, height):
    """East and north speed (m/s) at altitudes (...,) in m, as the kernel reads it."""
    place = (np.clip(height, wind.height_bottom, wind.height_top) - wind.height_bottom) / wind.interval
    index = np.clip(np.floor(place).astype(int), 0, len(wind.east) - 1)
    powers = (place - index)[..., None] ** np.arange(4)
    return np.sum(wind.east[index] * powers, axis=-1), np.sum(wind.north[index] * powers, axis=-1)


def calm():
    """No wind: the air turns with the Earth."""
    return constant(0.0, 0.0, "calm")


def constant(east, north, source="constant"):
    """The same wind (m/s) at every altitude."""
    heights = np.linspace(0.0, TOP, 5)
    return table(heights, np.full(5, float(east)), np.full(5, float(north)), source)


def from_file(path):
    """WindTable from a CSV file with the columns altitude_m, east_m_s, north_m_s; # starts a comment.

    Between rows a monotone cubic (Fritsch & Carlson 1980) without overshoot, resampled by a smooth spline;
    the first and last rows hold outside. ValueError naming file and line, if altitudes do not rise or a speed
    exceeds 200.
    """
    rows = atmosphere.read_columns(path, ("altitude_m", "east_m_s", "north_m_s"))
    for (_, before), (line, row) in zip(rows, rows[1:], strict=False):
        if row["altitude_m"] <= before["altitude_m"]:
            raise ValueError(
                f"{path}, line {line}: altitude_m is {row['altitude_m']:g} after {before['altitude_m']:g}; "
                f"allowed: rising"
            )
    for line, row in rows:
        for key in ("east_m_s", "north_m_s"):
            if abs(row[key]) > 200.0:
                raise ValueError(f"{path}, line {line}: {key} is {row[key]:g}; allowed: -200 to 200")
    if len(rows) < 2:
        raise ValueError(f"{path}: {len(rows)} rows; allowed: 2 or more")
    altitude, east, north = (
        np.array([row[key] for _, row in rows]) for key in ("altitude_m", "east_m_s", "north_m_s")
    )
    intervals = int(
        np.clip(np.ceil((altitude[-1] - altitude[0]) / (0.25 * np.diff(altitude).min())), 8, 4000)
    )
    heights = np.linspace(altitude[0], altitude[-1], intervals + 1)
    return table(
        heights,
        PchipInterpolator(altitude, east)(heights),
        PchipInterpolator(altitude, north)(heights),
        str(path),
    )


def climatology(latitude, longitude, utc, f107, f107a, ap):
    """Seasonal mean wind at one place and time: in balance with the pressure field of NRLMSIS 2.1.

    Geostrophic toward north, gradient wind toward east (Holton, An Introduction to Dynamic Meteorology,
    sections 3.2, with the curvature of the latitude circle):
        f v = (1/rho) dp/dx,   u^2 tan(latitude) / a + f u = -(1/rho) dp/dy
    at constant altitude, by central differences over 2 x 2 degrees. Valid outside the tropics and above the
    boundary layer: a mean field, without the weather of the day. Refused within 15 degrees of the equator or
    of a pole. Multiplied by 1 - exp(-(h / 1 km)^2) toward the ground and faded out from 90 to 110 km, where
    the balance fails.
    """
    if not np.radians(15.0) <= abs(latitude) <= np.radians(75.0):
        raise ValueError(
            f"wind climatology at latitude {np.degrees(latitude):.1f} deg; "
            f"allowed: 15 to 75 deg north or south"
        )
    heights = np.linspace(0.0, TOP, INTERVALS + 1)
    step = np.radians(2.0)
    offsets = np.array([[0, 0], [step, 0], [-step, 0], [0, step], [0, -step]])[:, None, :]
    values = atmosphere.msis_species(
        latitude + offsets[..., 0], longitude + offsets[..., 1], heights[None, :], utc, f107, f107a, ap
    )
    number = np.nansum(values[..., 1:8], axis=-1)
    pressure = number * values[..., 10] * 1.380649e-23  # Pa, ideal gas
    density = values[0, :, 0]
    radius = constants.EQUATORIAL_RADIUS
    to_north = (pressure[1] - pressure[2]) / (2.0 * step * radius) / density
    to_east = (pressure[3] - pressure[4]) / (2.0 * step * radius * np.cos(latitude)) / density
    coriolis = 2.0 * constants.ROTATION_RATE * np.sin(latitude)
    curvature = np.tan(latitude) / radius
    root = np.sqrt(np.maximum(coriolis**2 - 4.0 * curvature * to_north, 0.0))
    east = -2.0 * to_north / (coriolis + np.sign(latitude) * root)
    north = to_east / coriolis
    fade = (1.0 - np.exp(-((heights / 1e3) ** 2))) * 0.5 * (1.0 - np.tanh((heights - 100e3) / 4e3))
    return table(
        heights, fade * east, fade * north, f"balanced wind of NRLMSIS 2.1, F10.7 {f107:g}, Ap {ap:g}"
    )
