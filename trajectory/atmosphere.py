"""Tables of the air for the kernel: density and speed of sound as cubic splines of altitude.

A table has uniform intervals in s = h / (h + scale), h geometric (geodetic) altitude, which packs its knots
where the air is thick. The splines are continuous to the second derivative (a kink would ruin the order of
the integrator), so they round off the corners that a piecewise definition has; each builder says by how much.
"""

import csv
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from trajectory import standard_atmosphere

SCALE = 120.0e3  # m
INTERVALS = 600
FINE = 0.01  # of ln sqrt(rho) in an interval of the kernel's table: the cubic is then within 1e-10 of it


@dataclass(frozen=True)
class AirTable:
    """Coefficients c0 + c1 u + c2 u^2 + c3 u^3 of each interval, u = 0...1 inside it.

    `track_harmonics` (n, 2 K, 4), if present, adds to ln rho the terms cos(k w), sin(k w), k = 1...K (cosine,
    sine of k = 1 first), w the angle of the position in the plane of the unit vectors p, q (case frame): w =
    atan2(r.q, r.p).
    """

    log_density: np.ndarray  # (n, 4), ln of kg/m3
    sound_speed: np.ndarray  # (n, 4), m/s
    s_min: float  # 1
    ds: float  # 1, width of an interval
    height_bottom: float  # m
    height_top: float  # m; the kernel takes the air above as vacuum
    source: str
    scale: float = SCALE  # m
    track_harmonics: np.ndarray | None = None
    track_p: np.ndarray | None = None  # (3,)
    track_q: np.ndarray | None = None  # (3,)

    @property
    def harmonics(self):
        return 0 if self.track_harmonics is None else self.track_harmonics.shape[1] // 2

    @property
    def packed(self):
        """What the kernel reads, C-contiguous: speed of sound and ln rho and its harmonics (n, 4 (2 + 2 K)); or, where the
        air does not vary along a track, speed of sound and the root of the density (m n, 8) in intervals so fine that
        the cubic is within 1e-10 of the root and the kernel needs no exponential."""
        if self.track_harmonics is not None:
            waves = self.track_harmonics.reshape(len(self.log_density), -1)
            return np.ascontiguousarray(np.hstack([self.sound_speed, self.log_density, waves]))
        return np.ascontiguousarray(np.hstack([cut(self.sound_speed, self.pieces), self.root_density]))

    @property
    def pieces(self):
        """Into how many each interval is cut in `root_density`."""
        rise = np.abs(np.diff(values_at_knots(self.log_density))).max() / 2
        return max(1, int(np.ceil(rise / FINE)))

    @property
    def root_density(self):
        """(m n, 4) cubics of the root of the density, kg^0.5/m^1.5, through its values at the finer knots."""
        return cubics(np.exp(values_at_knots(cut(self.log_density, self.pieces)) / 2))


def knots(bottom, top, intervals=INTERVALS, scale=SCALE):
    """Altitudes (intervals + 1,) in m, uniform in s = h / (h + scale)."""
    s = np.linspace(bottom / (bottom + scale), top / (top + scale), intervals + 1)
    heights = scale * s / (1.0 - s)
    heights[0], heights[-1] = bottom, top
    return heights


def table(heights, log_density, sound_speed, source, scale=SCALE, harmonics=None, plane=(None, None)):
    """AirTable through values at `heights` from `knots`; harmonics (n_knot, 2 K) of ln rho."""
    s = heights / (heights + scale)
    ds = (s[-1] - s[0]) / (len(s) - 1)
    return AirTable(
        log_density=cubics(log_density),
        sound_speed=cubics(sound_speed),
        s_min=float(s[0]),
        ds=float(ds),
        height_bottom=float(heights[0]),
        height_top=float(heights[-1]),
        source=source,
        scale=scale,
        track_harmonics=None if harmonics is None else cubics(harmonics),
        track_p=plane[0],
        track_q=plane[1],
    )


def cubics(values):
    """Twice continuously differentiable spline through values (n + 1, ...) -> coefficients (n, ..., 4)."""
    values = np.asarray(values, dtype=float)
    spline = CubicSpline(np.arange(len(values)), values, axis=0)
    return np.ascontiguousarray(np.moveaxis(spline.c[::-1], 0, -1))


def cut(coefficients, pieces):
    """The same cubics (n, 4) in intervals cut into equal pieces: (n pieces, 4)."""
    start = np.arange(pieces) / pieces
    a, b, c, d = (coefficients[:, i, None] for i in range(4))
    x = start[None, :]
    moved = [a + x * (b + x * (c + x * d)), b + x * (2 * c + 3 * x * d), c + 3 * x * d, d + 0 * x]
    return np.stack([m / pieces**i for i, m in enumerate(moved)], axis=-1).reshape(-1, 4)


def values_at_knots(coefficients):
    """(n + 1,) values of cubics (n, 4) where their intervals meet."""
    return np.append(coefficients[:, 0], coefficients[-1].sum())


def evaluate(air, height, angle=None):
    """Density (kg/m3) and speed of sound (m/s) of an AirTable at altitudes (...,) in m, as the kernel reads.

    angle: w of the class, rad, if the table varies along a track. Held below the bottom; vacuum above the
    top.
    """
    height = np.asarray(height, dtype=float)
    inside = np.clip(height, air.height_bottom, air.height_top)
    place = (inside / (inside + air.scale) - air.s_min) / air.ds
    index = np.clip(np.floor(place).astype(int), 0, len(air.log_density) - 1)
    powers = (place - index)[..., None] ** np.arange(4)
    log_density = np.sum(air.log_density[index] * powers, axis=-1)
    if air.track_harmonics is not None:
        if angle is None:
            raise ValueError(
                "this air varies along a track: the angle of the position in its plane is needed"
            )
        terms = np.sum(air.track_harmonics[index] * powers[..., None, :], axis=-1)
        log_density = log_density + np.sum(terms * _waves(np.asarray(angle), air.harmonics), axis=-1)
    density = np.where(height > air.height_top, 0.0, np.exp(log_density))
    return density, np.sum(air.sound_speed[index] * powers, axis=-1)


def _waves(angle, count):
    """(..., 2 count): cos w, sin w, cos 2w, sin 2w, ..."""
    orders = np.arange(1, count + 1) * angle[..., None]
    return np.stack([np.cos(orders), np.sin(orders)], axis=-1).reshape(angle.shape + (2 * count,))


# --- models ---------------------------------------------------------------------------------------


def us76(bottom=-1.0e3, top=1.0e6, intervals=800):
    """U.S. Standard Atmosphere 1976.

    The spline is within 0.05 % of the definition in density everywhere, 0.03 % in speed of sound; the corners
    between layers are rounded over about one interval (0.15 km near the ground).
    """
    heights = knots(bottom, top, intervals)
    density, _, sound = standard_atmosphere.us76(heights)
    return table(heights, np.log(density), sound, "U.S. Standard Atmosphere 1976, NOAA-S/T 76-1562")


def exponential(reference_density, scale_height, bottom=-1.0e3, top=1.0e6, intervals=2000):
    """rho = reference_density exp(-h / scale_height); kg/m3, m. Speed of sound of the 1976 standard."""
    heights = knots(bottom, top, intervals)
    log_density = np.log(reference_density) - heights / scale_height
    source = f"exponential, {reference_density:g} kg/m3 at 0 m, scale height {scale_height:g} m"
    return table(heights, log_density, _standard_sound(heights), source)


def constant(density, bottom=-1.0e3, top=1.0e7, intervals=INTERVALS):
    """The same density (kg/m3) everywhere. Speed of sound of the 1976 standard."""
    heights = knots(bottom, top, intervals)
    log_density = np.full(heights.shape, np.log(density))
    return table(heights, log_density, _standard_sound(heights), f"constant, {density:g} kg/m3")


def piecewise_exponential(layers, bottom=0.0, top=1.0e6, intervals=8000):
    """Layers (base altitude m, density at the base kg/m3, scale height m), each exponential above its base.

    Published sets of layers jump where they meet (Vallado's by up to 0.14 %) and have kinks there. The spline
    departs by less than that jump at a base, by 2e-4 within 1 km of one and by 1e-6 beyond 4 km.
    """
    bases, densities, scale_heights = np.array(sorted(layers), dtype=float).T
    heights = knots(bottom, top, intervals)
    layer = np.clip(np.searchsorted(bases, heights, side="right") - 1, 0, len(bases) - 1)
    log_density = np.log(densities[layer]) - (heights - bases[layer]) / scale_heights[layer]
    return table(heights, log_density, _standard_sound(heights), f"{len(bases)} exponential layers")


def polynomial(coefficients, half_height, lower, upper, bottom=8.0e3, top=4.3e5, intervals=4000):
    """ln rho (kg/m3) = sum c_i x^i, x = (2 s - lower - upper) / (upper - lower), s = h / (h + half_height).

    The spline is within 1e-8 of a polynomial of degree 18 fitted to 8-430 km.
    """
    heights = knots(bottom, top, intervals, half_height)
    x = (2.0 * heights / (heights + half_height) - lower - upper) / (upper - lower)
    log_density = np.polynomial.polynomial.polyval(x, coefficients)
    return table(heights, log_density, _standard_sound(heights), "polynomial of ln density", half_height)


def nrlmsis(latitude, longitude, utc, f107, f107a, ap, plane=None, harmonics=8, bottom=0.0, top=6.0e5):
    """NRLMSIS 2.1 (Emmert et al. 2022), at one place and time, or around a track.

    One place: latitude, longitude (rad, geodetic) and utc (datetime64 or ISO text) are scalars. A track:
    arrays (n,) at the track angles 2 pi i / n, periodic (see frames.track_circle), with `plane` its unit
    vectors (p, q); ln rho is then fitted by `harmonics` waves, least squares, at every knot. f107: solar flux
    of the day before, f107a: its 81-day mean (sfu); ap: daily geomagnetic index. The speed of sound is that
    of air with the sea-level molar mass at the model's temperature, mean over the track.
    """
    latitude, longitude, utc = np.atleast_1d(latitude), np.atleast_1d(longitude), np.atleast_1d(utc)
    heights = knots(bottom, top)
    density, temperature = msis(
        latitude[:, None], longitude[:, None], heights[None, :], utc[:, None], f107, f107a, ap
    )
    log_density = np.log(density)
    sound = standard_atmosphere.sound_speed(temperature.mean(axis=0))
    source = f"NRLMSIS 2.1 (Emmert et al. 2022), F10.7 {f107:g}, 81-day mean {f107a:g}, Ap {ap:g}"
    if plane is None:
        return table(heights, log_density[0], sound, source)
    if len(latitude) < 4 * harmonics:
        raise ValueError(
            f"{len(latitude)} points along the track for {harmonics} waves; allowed: {4 * harmonics} or more"
        )
    angle = 2.0 * np.pi * np.arange(len(latitude)) / len(latitude)
    waves = np.column_stack([np.ones_like(angle), _waves(angle, harmonics)])
    fitted = np.linalg.lstsq(waves, log_density, rcond=None)[0]
    plane = tuple(np.array(axis, dtype=float) for axis in plane)
    return table(heights, fitted[0], sound, source, harmonics=fitted[1:].T, plane=plane)


def msis(latitude, longitude, height, utc, f107, f107a, ap):
    """Density (kg/m3) and temperature (K) of NRLMSIS 2.1 at broadcast arrays (rad, m; utc as below)."""
    values = msis_species(latitude, longitude, height, utc, f107, f107a, ap)
    return values[..., 0], values[..., 10]


def msis_species(latitude, longitude, height, utc, f107, f107a, ap, version=2.1):
    """All 11 outputs of NRLMSIS (..., 11): density kg/m3; N2 O2 O He H Ar N, anomalous O, NO in 1/m3; T in K.

    utc: datetime64 or ISO text, with or without Z. The indices always come from the caller, so that nothing
    is looked up on the network.
    """
    import pymsis

    utc = np.asarray(utc)
    if utc.dtype.kind == "U":
        utc = np.char.rstrip(utc, "Z").astype("datetime64[ms]")
    latitude, longitude, height, utc = np.broadcast_arrays(
        np.degrees(latitude), np.degrees(longitude), np.asarray(height, dtype=float) / 1e3, utc
    )
    count = latitude.size
    indices = (np.full(count, float(f107)), np.full(count, float(f107a)), np.full((count, 7), float(ap)))
    flat = [np.ravel(v) for v in (utc.astype("datetime64[ms]"), longitude, latitude, height)]
    if count == 1:
        flat = [np.repeat(v, 2) for v in flat]  # pymsis reads single points as a grid
        indices = tuple(np.repeat(v, 2, axis=0) for v in indices)
    values = pymsis.calculate(*flat, *indices, version=version)
    return np.asarray(values, dtype=float).reshape(-1, 11)[:count].reshape(latitude.shape + (11,))


def from_rows(heights, density, temperature=None, source="table", intervals=None):
    """AirTable from a user's rows (m, kg/m3, K): ln rho by a spline through the rows.

    Without temperature the speed of sound is that of the 1976 standard.
    """
    heights, density = np.asarray(heights, dtype=float), np.asarray(density, dtype=float)
    intervals = intervals or max(INTERVALS, 8 * len(heights))
    grid = knots(heights[0], heights[-1], intervals)
    log_density = CubicSpline(heights, np.log(density))(grid)
    if temperature is None:
        sound = _standard_sound(grid)
    else:
        sound = standard_atmosphere.sound_speed(
            np.interp(grid, heights, np.asarray(temperature, dtype=float))
        )
    return table(grid, log_density, sound, source)


def from_file(path):
    """AirTable from a CSV file with the columns altitude_m, density and, if known, temperature (kg/m3, K).

    Lines that start with # are comments. ValueError naming file and line: not a number, altitude that does
    not rise or is outside -5 to 2000 km, a gap above 50 km, density or temperature that is not positive.
    """
    rows = read_columns(path, ("altitude_m", "density"), ("temperature",))
    previous = None
    for line, row in rows:
        altitude = row["altitude_m"]
        if not -5.0e3 <= altitude <= 2.0e6:
            raise ValueError(f"{path}, line {line}: altitude_m is {altitude:g}; allowed: -5000 to 2000000")
        if previous is not None and not previous < altitude <= previous + 5.0e4:
            raise ValueError(
                f"{path}, line {line}: altitude_m is {altitude:g} after {previous:g}; allowed: 50000 more"
            )
        previous = altitude
        if not 0.0 < row["density"] < 1e3:
            raise ValueError(
                f"{path}, line {line}: density is {row['density']:g}; allowed: above 0, below 1000"
            )
        if not 0.0 < row.get("temperature", 1.0) < 1e4:
            raise ValueError(
                f"{path}, line {line}: temperature is {row['temperature']:g}; allowed: 0 to 10000"
            )
    if len(rows) < 4:
        raise ValueError(f"{path}: {len(rows)} rows; allowed: 4 or more")
    columns = {key: [row[key] for _, row in rows] for key in rows[0][1]}
    return from_rows(columns["altitude_m"], columns["density"], columns.get("temperature"), str(path))


def read_columns(path, needed, optional=()):
    """Rows of a CSV file of numbers -> list of (line number, {column: float}); ValueError names the line."""
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            lines = [(n, text) for n, text in enumerate(file, 1) if text.strip() and not text.startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if not lines:
        raise ValueError(f"{path}: is empty; its first line must be {','.join(needed + optional)}")
    header = [name.strip() for name in next(csv.reader([lines[0][1]]))]
    missing = [name for name in needed if name not in header]
    unknown = [name for name in header if name not in needed + optional]
    if missing or unknown or len(set(header)) < len(header):
        raise ValueError(
            f"{path}, line {lines[0][0]}: columns are {', '.join(header)}; "
            f"allowed: {', '.join(needed)}" + (f" and, optional, {', '.join(optional)}" if optional else "")
        )
    rows = []
    for line, text in lines[1:]:
        cells = next(csv.reader([text]))
        if len(cells) != len(header):
            raise ValueError(f"{path}, line {line}: {len(cells)} values; allowed: {len(header)}")
        row = {}
        for name, cell in zip(header, cells, strict=True):
            try:
                row[name] = float(cell)
            except ValueError:
                row[name] = np.nan
            if not np.isfinite(row[name]):
                raise ValueError(f"{path}, line {line}: {name} is {cell.strip()!r}; allowed: a finite number")
        rows.append((line, row))
    return rows


def _standard_sound(heights):
    """Speed of sound of the 1976 standard, held outside its range."""
    return standard_atmosphere.us76(np.clip(heights, standard_atmosphere.BOTTOM, standard_atmosphere.TOP))[2]
