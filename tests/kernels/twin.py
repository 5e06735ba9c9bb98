"""A slow, plain twin of the kernel's right-hand side, one state at a time, written from the textbooks and not from the
kernel: other formulas where there are any.

SI, case frame. Gravity in spherical coordinates (Heiskanen & Moritz 1967, section 2-5), altitude by iteration, splines by
scipy, forces as vectors.
"""

import numpy as np
from numpy.polynomial import chebyshev, legendre, polynomial
from scipy.interpolate import BSpline


def turn(angle, vector):
    """Components of a vector in axes turned by `angle` about z."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([c * vector[0] + s * vector[1], -s * vector[0] + c * vector[1], vector[2]])


def spherical(r):
    """(radius, sine of latitude, longitude, and the unit vectors outward, north, east)."""
    radius = np.linalg.norm(r)
    outward = r / radius
    longitude = np.arctan2(r[1], r[0])
    east = np.array([-np.sin(longitude), np.cos(longitude), 0.0])
    return radius, outward[2], longitude, outward, np.cross(outward, east), east


def zonal_gravity(r, mu, radius, zonal):
    size, sine, _, outward, north, _ = spherical(r)
    cosine = np.hypot(r[0], r[1]) / size
    along, across = -mu / size**2, 0.0
    for n, j in enumerate(zonal, 2):
        p = legendre.Legendre.basis(n)
        along += mu / size**2 * (n + 1) * j * (radius / size) ** n * p(sine)
        across -= mu / size**2 * j * (radius / size) ** n * p.deriv()(sine) * cosine
    return along * outward + across * north


def normalised_legendre(degree, sine):
    """Fully normalised P[n, m] of sin(latitude) and its derivative by latitude (Holmes & Featherstone 2002, eq. 11-12, 15)."""
    cosine = np.sqrt(1.0 - sine * sine)
    p, slope = np.zeros((2, degree + 1, degree + 1))
    p[0, 0] = 1.0
    for m in range(1, degree + 1):
        p[m, m] = cosine * p[m - 1, m - 1] * np.sqrt(3.0 if m == 1 else (2 * m + 1) / (2 * m))
    for m in range(degree + 1):
        for n in range(m + 1, degree + 1):
            a = np.sqrt((2 * n - 1) * (2 * n + 1) / ((n - m) * (n + m)))
            p[n, m] = a * sine * p[n - 1, m]
            if n >= m + 2:
                b = np.sqrt((2 * n + 1) * (n + m - 1) * (n - m - 1) / ((n - m) * (n + m) * (2 * n - 3)))
                p[n, m] -= b * p[n - 2, m]
    for m in range(degree + 1):
        for n in range(m, degree + 1):
            f = np.sqrt((n * n - m * m) * (2 * n + 1) / (2 * n - 1)) if n > m else 0.0
            before = p[n - 1, m] if n > m else 0.0
            slope[n, m] = (f * before - n * sine * p[n, m]) / cosine
    return p, slope


def harmonic_potential(fixed, field, degree, order):
    size, sine, longitude, *_ = spherical(fixed)
    p, _ = normalised_legendre(degree, sine)
    total = 0.0
    for n in range(degree + 1):
        for m in range(min(n, order) + 1):
            wave = field.cosine[n, m] * np.cos(m * longitude) + field.sine[n, m] * np.sin(m * longitude)
            total += (field.radius / size) ** n * p[n, m] * wave
    return field.mu / size * total


def harmonic_gravity(fixed, field, degree, order):
    """Gradient of the potential, Earth-fixed."""
    size, sine, longitude, outward, north, east = spherical(fixed)
    cosine = np.hypot(fixed[0], fixed[1]) / size
    p, slope = normalised_legendre(degree, sine)
    up = to_north = to_east = 0.0
    for n in range(degree + 1):
        ratio = (field.radius / size) ** n
        for m in range(min(n, order) + 1):
            c, s = np.cos(m * longitude), np.sin(m * longitude)
            wave = field.cosine[n, m] * c + field.sine[n, m] * s
            turned = m * (field.sine[n, m] * c - field.cosine[n, m] * s)
            up -= (n + 1) * ratio * p[n, m] * wave
            to_north += ratio * slope[n, m] * wave
            to_east += ratio * p[n, m] * turned / cosine
    return field.mu / size**2 * (up * outward + to_north * north + to_east * east)


def body_gravity(r, t, bodies, mus):
    table, origin, interval = bodies
    place = (t - origin) / interval
    i = int(np.clip(np.floor(place), 0, len(table) - 1))
    total = np.zeros(3)
    for body, mu in enumerate(mus):
        at = chebyshev.chebval(2.0 * (place - i) - 1.0, table[i, body].T)
        away = at - r
        total += mu * (away / np.linalg.norm(away) ** 3 - at / np.linalg.norm(at) ** 3)
    return total


def geodetic(r, a, flattening):
    """(altitude, unit normal of the ellipsoid) by fixed-point iteration on the latitude."""
    e2 = flattening * (2.0 - flattening)
    p, longitude = np.hypot(r[0], r[1]), np.arctan2(r[1], r[0])
    latitude = np.arctan2(r[2], p * (1.0 - e2))
    for _ in range(30):
        normal = a / np.sqrt(1.0 - e2 * np.sin(latitude) ** 2)
        latitude = np.arctan2(r[2] + e2 * normal * np.sin(latitude), p)
    altitude = p * np.cos(latitude) + r[2] * np.sin(latitude) - a * np.sqrt(1.0 - e2 * np.sin(latitude) ** 2)
    up = np.array([np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)])
    return altitude, up


def vertical(r, series, a):
    """The normal of the ellipsoid that turns the wind: the gradient of `table_altitude`, along r and along its meridian."""
    size = np.linalg.norm(r)
    sine, ratio = r[2] / size, a / size
    c = np.zeros((5, 4))
    c[1:] = np.reshape(series, (4, 4))
    along_r = 1.0 - ratio / size * polynomial.polyval2d(sine**2, ratio, polynomial.polyder(c, axis=1))
    by_sine = 2.0 * sine * polynomial.polyval2d(sine**2, ratio, polynomial.polyder(c, axis=0))
    outward = r / size
    meridian = np.array([0.0, 0.0, 1.0]) - sine * outward  # of length cos(latitude): the sine's gradient times r
    return along_r * outward + by_sine / size * meridian


def table_altitude(r, series, a):
    """Altitude as the air's tables read it: r - a + sum of c[i, j] sin^2i (a/r)^j, i from 1 (gravity.altitude_series)."""
    size = np.linalg.norm(r)
    sine2, ratio = (r[2] / size) ** 2, a / size
    return size - a + sine2 * polynomial.polyval2d(sine2, ratio, np.reshape(series, (4, 4)))


def cubic(coefficients, place):
    """Value of piecewise cubics (n, 4) at a place in intervals."""
    i = int(np.clip(np.floor(place), 0, len(coefficients) - 1))
    return np.polyval(coefficients[i][::-1], place - i)


def air_at(air, altitude, r):
    """Density and speed of sound."""
    if altitude > air.height_top:
        return 0.0, cubic(air.sound_speed, len(air.sound_speed))
    h = np.clip(altitude, air.height_bottom, air.height_top)
    place = (h / (h + air.scale) - air.s_min) / air.ds
    if air.track_harmonics is None:
        return cubic(air.root_density, place * air.pieces) ** 2, cubic(air.sound_speed, place)
    log_density = cubic(air.log_density, place)
    if air.track_harmonics is not None:
        w = np.arctan2(r @ air.track_q, r @ air.track_p)
        for k in range(1, air.harmonics + 1):
            log_density += np.cos(k * w) * cubic(air.track_harmonics[:, 2 * k - 2], place)
            log_density += np.sin(k * w) * cubic(air.track_harmonics[:, 2 * k - 1], place)
    return np.exp(log_density), cubic(air.sound_speed, place)


def wind_at(wind, altitude):
    place = (np.clip(altitude, wind.height_bottom, wind.height_top) - wind.height_bottom) / wind.interval
    return cubic(wind.east, place), cubic(wind.north, place)


def coefficients_of(aero, mach, altitude):
    """CD, CL of the tensor product of uniform cubic B-splines."""
    heights, machs = (n - 3 for n in aero.coefficients.shape[:2])
    y = heights * max(altitude, 0.0) / (max(altitude, 0.0) + aero.height_scale)
    x = machs * mach / (mach + aero.mach_scale)
    along = BSpline(np.arange(-3, machs + 4), np.moveaxis(aero.coefficients, 1, 0), 3)(x)  # (heights + 3, 2)
    return BSpline(np.arange(-3, heights + 4), along, 3)(y)


def turned(vector, axis, angle):
    """A vector turned about a unit axis, right-handed (Rodrigues 1840)."""
    c, s = np.cos(angle), np.sin(angle)
    return c * vector + s * np.cross(axis, vector) + (1.0 - c) * (axis @ vector) * axis


def thrust_direction(attitude, given, r, v):
    if attitude == "inertial":
        return given
    normal = np.cross(r, v) / np.linalg.norm(np.cross(r, v))
    first = r / np.linalg.norm(r) if attitude == "lvlh" else v / np.linalg.norm(v)
    forward, up = (np.cross(normal, first), first) if attitude == "lvlh" else (first, np.cross(first, normal))
    return given[0] * forward + given[1] * normal + given[2] * up


def feel(leg, world, field, y, t, row, series):
    """What a state (10,) feels at t with the row values {name: number}: sensed and total acceleration and what they rest on.

    field: the gravity.Field behind the harmonics of `world`, or None. series: the coefficients of its altitude.
    """
    r, v, mass = y[:3], y[3:6], y[6]
    exact, exact_up = geodetic(r, world.equatorial_radius, world.flattening)
    up = vertical(r, series, world.equatorial_radius)
    altitude = table_altitude(r, series, world.equatorial_radius)
    air_velocity = np.cross([0.0, 0.0, world.rotation], r)
    if world.wind is not None:
        east = np.cross([0.0, 0.0, 1.0], up)
        east /= np.linalg.norm(east)
        speeds = wind_at(world.wind, altitude)
        air_velocity = air_velocity + row["wind_factor"] * (speeds[0] * east + speeds[1] * np.cross(up, east))
    flow = v - air_velocity
    speed = np.linalg.norm(flow)
    density, sound = air_at(world.air, altitude, r) if world.air is not None else (0.0, 1.0)
    density *= row["density_factor"]
    mach = speed / sound
    drag, lift = row["cd"], row["cl"]
    if leg.aero is not None:
        drag, lift = np.array([drag, lift]) * coefficients_of(leg.aero, mach, altitude)
    pressure = 0.5 * density * speed**2
    along = flow / speed
    sensed = -pressure * drag * row["area"] / mass * along
    if leg.parachute:
        part = np.clip((t - row["start"]) / row["fill_time"], 0.0, 1.0) ** 2
        canopy = row["drag_area_from"] + (row["drag_area_to"] - row["drag_area_from"]) * part
        sensed = sensed - pressure * canopy / mass * along
    if leg.lift:
        outward = r / np.linalg.norm(r)
        lift_up = outward - (outward @ along) * along  # in the plane of position and flow, across the flow
        lift_up /= np.linalg.norm(lift_up)
        bank = row["bank"] + row["bank_rate"] * (t - row["start"])
        sensed = sensed + pressure * lift * row["area"] / mass * turned(lift_up, along, bank)
    if leg.thrust:
        given = np.array([row[f"direction_{axis}"] for axis in "xyz"])
        push = row["thrust"] + row["thrust_rate"] * (t - row["start"])
        sensed = sensed + push / mass * thrust_direction(leg.attitude, given, r, v)
    degree = min(world.degree, world.entry_degree) if leg.in_air else world.degree
    if degree:
        angle = world.rotation * t
        pull = turn(-angle, harmonic_gravity(turn(angle, r), field, degree, min(world.order, degree)))
    else:
        pull = zonal_gravity(r, world.mu, world.field_radius, world.zonal)
    if world.bodies is not None and not leg.in_air:
        pull = pull + body_gravity(r, t, world.bodies, world.body_mu)
    return {
        "altitude": altitude, "exact_altitude": exact,
        "tilt": np.linalg.norm(up - exact_up),
        "density": density, "speed": speed, "dynamic_pressure": pressure, "mach": mach,
        "drag_coefficient": drag, "lift_coefficient": lift,
        "heat_flux": row["heat_factor"] * np.sqrt(density) * speed**3, "sensed": sensed, "acceleration": sensed + pull,
    }  # fmt: skip
