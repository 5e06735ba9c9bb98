"""Scenario -> Case: words, units and dates become SI numbers, tables and a short list of legs. Units are crossed here, once."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from trajectory import (
    aero,
    airframe,
    atmosphere,
    constants,
    entry,
    frames,
    geodesy,
    gravity,
    orbit,
    phases,
    weather,
    wind,
)
from trajectory.defects import Defect, ScenarioError, seen
from trajectory.leg import Environment, Leg, pick, prepare

SUTTON_GRAVES_EARTH = 1.7415e-4  # kg^0.5/m, Sutton & Graves 1971 (NASA TR R-376) for air, heat flux in W/m2


@dataclass(frozen=True, eq=False)
class Commands:
    """What aiming decides; numbers, or one for each run (n_run,). None: as the scenario says."""

    offset: float | np.ndarray = 0.0  # s, ignition after the case epoch
    reversal: float | np.ndarray | None = None  # m/s of apparent velocity
    side: float | np.ndarray = 1.0  # +1: the first bank is to the right
    bank: float | np.ndarray | None = None  # rad
    delta_v: float | np.ndarray | None = None  # m/s
    plan: object | None = None  # guidance.Plan, for the flight computer
    as_planned: bool = False  # nothing fails on the way: what is aimed at, and what the plan is made of


@dataclass(frozen=True, eq=False)
class Case:
    """All that a flight is a function of: SI, seconds since the epoch, the case frame."""

    name: str
    epoch: str  # ISO UTC; ignition, where there is one
    orientation: frames.Orientation
    world: Environment
    start: np.ndarray  # (n_run, 10)
    start_time: np.ndarray  # (n_run,)
    legs: tuple[Leg, ...]
    target: tuple[float, float] | None  # geodetic latitude, longitude, rad
    terrain: float  # m
    entry_interface: float  # m
    undocking: tuple[np.ndarray, float] | None = None  # state (10,) and time of the event
    parts: tuple = ()
    timed: tuple = ()  # (name, s since the epoch) of the scenario's own events that are times
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def ready(self) -> tuple:
        """Each leg laid out for the kernel, made once; good for any rows of this case."""
        return tuple(prepare(leg, self.world, roll=leg.turns) for leg in self.legs)

    def rows(self, which: slice | np.ndarray) -> Case:
        """The case of these rows alone."""
        n = len(self.start)
        return replace(self, start=self.start[which], start_time=self.start_time[which],
                       legs=tuple(pick(leg, which, n) for leg in self.legs))  # fmt: skip

    def __getstate__(self) -> dict:
        """Without what is laid out for the kernel of this process."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def refused(scenario, key: str, value, message: str) -> ScenarioError:
    """The error for what a scenario asks for and cannot have."""
    shown = value if isinstance(value, str) else seen(value)
    return ScenarioError(scenario.file, [Defect(str(scenario.file), key, shown, message)])


def begin_epoch(scenario) -> str:
    """The case epoch: ignition where it is given, the search's centre where it is solved, else the start's own."""
    if scenario.deorbit is not None:
        ignition = scenario.deorbit.ignition
        return str(scenario.deorbit.near if ignition == "solve" else ignition)
    return start_epoch(scenario)


def start_epoch(scenario) -> str:
    start = scenario.start
    if getattr(start, "epoch", None) is not None:
        return str(start.epoch)
    return _read_start(scenario, None).epoch_iso


TOO_OLD = 30.0  # days from the epoch of an element set: refused. SGP4 loses 1 to 3 km a day (Vallado 2006)


def refuse_old(scenario, epoch: str) -> None:
    """Raise ScenarioError for a burn at an epoch at which the element set says nothing of where the ship is."""
    if scenario.deorbit is None or scenario.start.type not in ("tle", "omm"):
        return
    of = np.datetime64(start_epoch(scenario)[:-1])
    days = float((np.datetime64(epoch[:-1]) - of) / np.timedelta64(1, "D"))
    if abs(days) > TOO_OLD:
        key = "deorbit.near" if scenario.deorbit.ignition == "solve" else "deorbit.ignition"
        raise refused(scenario, key, f"{epoch[:19]}Z",
                      f"{abs(days):.0f} days {'after' if days > 0 else 'before'} the element set ({str(of)[:19]}Z); more than "
                      f"{TOO_OLD:g} days say nothing of where the ship is: give an element set of those days in start.lines, "
                      "or a date near this one")  # fmt: skip


def _read_start(scenario, at_iso):
    start = scenario.start
    try:
        if start.type == "tle":
            return orbit.from_tle(start.lines, at_iso)
        return {"omm": orbit.from_omm, "oem": orbit.from_oem}[start.type](start.file, at_iso) if start.type != "opm" \
            else orbit.from_opm(start.file)  # fmt: skip
    except (ValueError, RuntimeError, OSError) as problem:
        raise refused(scenario, "start", "", str(problem)) from None


@lru_cache(maxsize=8)
def oriented(
    epoch: str, radius: float, flattening: float, rotation: float | None, aligned: bool
) -> frames.Orientation:
    """The Earth at an epoch."""
    if aligned:
        rate = constants.ROTATION_RATE if rotation is None else rotation
        return frames.aligned(epoch, rate, equatorial_radius=radius, flattening=flattening)
    real = frames.orientation(epoch, equatorial_radius=radius, flattening=flattening)
    return real if rotation is None else replace(real, rotation_rate=rotation)


def orientation_of(scenario, epoch: str) -> frames.Orientation:
    earth = scenario.earth
    frame = "TEME" if scenario.start.type in ("tle", "omm") else getattr(scenario.start, "frame", None)
    if earth.orientation == "aligned" and frame in ("TEME", "EME2000"):
        raise refused(scenario, "earth.orientation", "aligned", f"a start in {frame} needs the real Earth; an aligned one "
                      "knows GCRS, ITRS and earth-fixed-at-epoch")  # fmt: skip
    return oriented(
        epoch,
        constants.EQUATORIAL_RADIUS if earth.equatorial_radius is None else earth.equatorial_radius.si,
        constants.FLATTENING if earth.flattening is None else earth.flattening.si,
        None if earth.rotation is None else earth.rotation.si,
        earth.orientation == "aligned",
    )


def state_at(scenario, orientation, elapsed: float):
    """(r, v, time) of the start in the case frame; orbits that a model carries (TLE, OMM, OEM) at the time asked for,
    others at their own epoch."""
    start = scenario.start
    if start.type in ("tle", "omm", "oem"):
        at_iso = frames.utc(orientation.epoch, elapsed)
        state = _read_start(scenario, at_iso)
        r, v = frames.state_to_case(state.position, state.velocity, state.frame, state.epoch_iso, orientation)
        return r, v, frames.elapsed_seconds(state.epoch_iso, orientation)
    if start.type == "opm":
        state = _read_start(scenario, None)
        r, v = frames.state_to_case(state.position, state.velocity, state.frame, state.epoch_iso, orientation)
        return r, v, frames.elapsed_seconds(state.epoch_iso, orientation)
    t = frames.elapsed_seconds(str(start.epoch), orientation)
    if start.type == "elements":
        mu = constants.GRAVITATIONAL_PARAMETER if scenario.gravity.mu is None else scenario.gravity.mu.si
        perigee, anomaly = start.argument_of_perigee, start.true_anomaly
        if anomaly is None:  # from the argument of latitude
            w = 0.0 if perigee is None else perigee.si
            nu = start.argument_of_latitude.si - w
        else:
            w, nu = perigee.si, anomaly.si
        state = orbit.from_elements(start.semi_major_axis.si, start.eccentricity.si, start.inclination.si, start.raan.si,
                                    w, nu, str(start.epoch), start.frame, gravitational_parameter=mu)  # fmt: skip
        r, v = frames.state_to_case(
            state.position, state.velocity, start.frame, str(start.epoch), orientation
        )
    elif start.type == "cartesian":
        r = np.array([c.si for c in start.position])
        v = np.array([c.si for c in start.velocity])
        r, v = frames.state_to_case(r, v, start.frame, str(start.epoch), orientation)
    else:
        r = frames.from_geodetic(start.latitude.si, start.longitude.si, start.altitude.si, t, orientation)
        v = frames.velocity_from_angles(
            r, start.speed.si, start.flight_path_angle.si, start.azimuth.si, t, orientation,
            horizon=start.horizon, relative=start.speed_is == "relative",
        )  # fmt: skip
    return np.asarray(r), np.asarray(v), t


def tle_states(scenario, orientation, elapsed):
    """(r, v), each (n, 3), of an element set in the case frame at `elapsed` (n,) s."""
    try:
        states = orbit.tle_states(scenario.start.lines, orientation.epoch, elapsed)
    except ValueError as problem:
        raise refused(scenario, "start", "", str(problem)) from None
    return frames.states_to_case(*states, "TEME", elapsed, orientation)


# --- the world


def world_of(scenario, orientation, r, v, elapsed: float, notes: list) -> Environment:
    """Gravity, air and wind of the scenario as tables. r, v: a state of the orbit at `elapsed`, for what varies along it."""
    g = scenario.gravity
    mu = constants.GRAVITATIONAL_PARAMETER if g.mu is None else g.mu.si
    radius = constants.EQUATORIAL_RADIUS if g.radius is None else g.radius.si
    zonal, degree, order, held = (), 0, 0, None
    if g.model == "none":
        mu = 0.0
    elif g.model == "zonal":
        own = [getattr(g, f"j{n}") for n in range(2, 7)]
        zonal = tuple(d if o is None else o.si for o, d in zip(own, gravity.ZONAL, strict=True))
        zonal = zonal[: (g.degree or 4) - 1]
        if g.degree is not None and g.degree > 6:
            raise refused(scenario, "gravity.degree", g.degree, "allowed is 2 to 6 with zonal terms")
    elif g.model == "harmonics":
        held = _field(scenario)
        degree, order = g.degree, g.degree if g.order is None else g.order
        try:
            gravity.columns(held, degree, order)
        except ValueError as problem:
            raise refused(scenario, "gravity.degree", degree, str(problem)) from None
        mu = held.mu if g.mu is None else mu
        radius = held.radius if g.radius is None else radius
        notes.append(
            f"gravity {held.name} {degree}x{order} (C20 {held.tide}); degree 4 below the entry interface"
        )
    bodies = None
    body_mu = [constants.GRAVITATIONAL_PARAMETER_SUN, constants.GRAVITATIONAL_PARAMETER_MOON]
    if g.sun or g.moon:
        span = 86400.0 * 30 if scenario.stop.after is None else abs(scenario.stop.after.si) + 86400.0
        bodies = frames.sun_moon_table(
            orientation, min(elapsed, 0.0) - 3600.0, max(elapsed, 0.0) + min(span, 86400.0 * 60)
        )
        body_mu = [m if on else 0.0 for m, on in zip(body_mu, (g.sun, g.moon), strict=True)]
    air, blowing = air_of(scenario, orientation, r, v, elapsed), wind_of(scenario, orientation)
    if scenario.weather is not None:
        air, blowing = weathered(scenario, orientation, air, blowing)
    return Environment(
        mu=mu, field_radius=radius, zonal=zonal, degree=degree, order=order, harmonics=held,
        equatorial_radius=orientation.equatorial_radius, flattening=orientation.flattening,
        rotation=orientation.rotation_rate, bodies=bodies, body_mu=tuple(body_mu),
        air=air, wind=blowing,
    )  # fmt: skip


def _field(scenario):
    name = scenario.gravity.field or "egm2008-36"
    for path in (Path(scenario.file).parent / name, gravity.SHIPPED / name, gravity.SHIPPED / f"{name}.gfc"):
        if path.is_file():
            try:
                return gravity.read_field(path)
            except ValueError as problem:
                raise refused(scenario, "gravity.field", name, str(problem)) from None
    known = ", ".join(sorted(p.stem for p in gravity.SHIPPED.glob("*.gfc")))
    raise refused(scenario, "gravity.field", name, f"no such file; shipped are: {known}")


def air_of(scenario, orientation, r, v, elapsed):
    a = scenario.atmosphere
    try:
        if a.model == "none":
            return None
        if a.model == "us76":
            return _us76()
        if a.model == "exponential":
            return atmosphere.exponential(a.reference_density.si, a.scale_height.si)
        if a.model == "constant":
            return atmosphere.constant(a.density.si)
        if a.model == "piecewise-exponential":
            return atmosphere.piecewise_exponential([tuple(c.si for c in row) for row in a.layers])
        if a.model == "polynomial":
            return atmosphere.polynomial(a.coefficients, a.half_height.si, *a.variable_range)
        if a.model == "table":
            if a.file is not None:
                return atmosphere.from_file(a.file)
            return atmosphere.from_rows(
                np.array([row[0].si for row in a.table]), np.array([row[1].si for row in a.table])
            )
        return _along_track(a, orientation, r, v, elapsed)
    except ValueError as problem:
        raise refused(scenario, "atmosphere", a.model, str(problem)) from None


@lru_cache(maxsize=1)
def _us76():
    return atmosphere.us76()


def _along_track(a, orientation, r, v, elapsed):
    """NRLMSIS 2.1 along one revolution of the track that begins here."""
    p = r / np.linalg.norm(r)
    normal = np.cross(r, v)
    normal /= np.linalg.norm(normal)
    q = np.cross(normal, p)
    rate = np.dot(normal, np.cross(r, v)) / np.dot(r, r)
    # over a revolution if in orbit; an entry that starts here sees only what lies ahead of it
    angle = np.linspace(0.0, 2 * np.pi, 72, endpoint=False)
    place = orientation.equatorial_radius * (np.cos(angle)[:, None] * p + np.sin(angle)[:, None] * q)
    t = elapsed + angle / rate
    latitude, longitude, _ = frames.geodetic(place, t, orientation)
    return _msis(tuple(latitude), tuple(longitude), tuple(frames.utc(orientation.epoch, t)), a.f107.si, a.f107a.si, a.ap.si,
                 tuple(p), tuple(q))  # fmt: skip


@lru_cache(maxsize=16)
def _msis(latitude, longitude, utc, f107, f107a, ap, p, q):
    return atmosphere.nrlmsis(np.array(latitude), np.array(longitude), np.array(utc), f107, f107a, ap,
                              plane=(np.array(p), np.array(q)), bottom=-500.0)  # fmt: skip


def wind_of(scenario, orientation):
    w = scenario.wind
    if w.model == "calm":
        return None
    if w.model == "constant":
        return wind.constant(w.east.si, w.north.si)
    try:
        if w.model == "table":
            return wind.from_file(w.file)
        site, a = scenario.site, scenario.atmosphere
        if site is None or a.f107 is None:
            raise ValueError("a climatology needs a site, and solar indices in the section atmosphere")
        return wind.climatology(site.latitude.si, site.longitude.si, frames.utc(orientation.epoch, 0.0),
                                a.f107.si, a.f107a.si, a.ap.si)  # fmt: skip
    except ValueError as problem:
        raise refused(scenario, "wind", w.model, str(problem)) from None


def weathered(scenario, orientation, air, blowing):
    """Air and wind with the weather over the landing area. Raises ScenarioError where it does not cover the flight."""
    try:
        bundle = weather.of(scenario.weather)
        site = scenario.site
        if site is None:
            raise ValueError("it is of one place: the scenario needs a site")
        away = geodesy.distance(bundle.latitude, bundle.longitude, site.latitude.si, site.longitude.si)
        apart = abs(frames.elapsed_seconds(bundle.time, orientation))
        if away > weather.FAR or apart > weather.LATE:
            most = f"allowed: {weather.FAR / 1e3:.0f} km, {weather.LATE / 3600:.0f} h"
            raise ValueError(f"it is of a place {away / 1e3:.0f} km from the site, {apart / 3600:.1f} h from the epoch; {most}")
        low, high = site.terrain.si + 1000.0, weather.LEAST_TOP
        if bundle.height[0] > low or bundle.height[-1] < high:
            due = f"from below {low:.0f} to above {high:.0f} m is due"
            raise ValueError(f"it reaches from {bundle.height[0]:.0f} to {bundle.height[-1]:.0f} m; {due}")
    except ValueError as problem:
        raise refused(scenario, "weather.file", scenario.weather.file, str(problem)) from None
    angle = None
    if air is not None and air.track_harmonics is not None:
        there = frames.from_geodetic(site.latitude.si, site.longitude.si, 0.0, weather.LANDING, orientation)
        angle = float(np.arctan2(there @ air.track_q, there @ air.track_p))
    return weather.over(bundle, air, angle, blowing)


# --- the vehicle


@dataclass(frozen=True, eq=False)
class Body:
    """What the kernel needs of a body: mass and the row values of its aerodynamics."""

    mass: float
    area: float
    cd: float
    cl: float
    table: aero.AeroTable | None
    heat_factor: float


def descent_body(scenario, table=None) -> Body:
    """table: of the coefficients, where it is made already."""
    d = scenario.vehicle.descent
    a = d.aerodynamics
    heat = SUTTON_GRAVES_EARTH / np.sqrt(d.nose_radius.si) if d.nose_radius is not None else 0.0
    area = d.area.si if d.area is not None else d.mass.si / d.ballistic_coefficient.si
    drag, lift = a.drag_factor.si, a.drag_factor.si * a.lift_to_drag_factor.si
    if a.model == "constant":
        cd = 1.0 if a.drag_coefficient is None else a.drag_coefficient.si
        if a.drag_coefficient is None:
            area = d.mass.si / d.ballistic_coefficient.si
        ratio = 0.0 if a.lift_to_drag is None else a.lift_to_drag.si
        return Body(d.mass.si, area, drag * cd, lift * cd * ratio, None, heat)
    if table is None:
        try:
            table = airframe.table(d)
        except ValueError as problem:
            raise refused(scenario, "vehicle.descent.aerodynamics", a.model, str(problem)) from None
    return Body(d.mass.si, area, drag, lift, table, heat)


# --- all of it


class OrbitTable:
    """States of an orbit model every so many seconds, with cubic splines between: aiming asks for thousands.

    At 30 s: 0.05 m and 0.2 mm/s against the model itself. The flight that is kept starts from the model.
    """

    def __init__(self, scenario, orientation, first: float, last: float, step: float = 30.0):
        from scipy.interpolate import CubicHermiteSpline, CubicSpline

        t = np.arange(first - step, last + 2 * step, step)
        if scenario.start.type == "tle":
            r, v = tle_states(scenario, orientation, t)
        else:
            states = [state_at(scenario, orientation, x) for x in t]
            r, v = np.array([s[0] for s in states]), np.array([s[1] for s in states])
        self.position, self.velocity = CubicHermiteSpline(t, r, v), CubicSpline(t, v)

    def __call__(self, t):
        return self.position(t), self.velocity(t)


def build(
    scenario,
    epoch: str | None = None,
    commands: Commands | None = None,
    world: Environment | None = None,
    states_of=None,
) -> Case:
    """The case of a scenario. `epoch`, `commands`: as aiming found them; else as the scenario says. `world`, `states_of`
    (an OrbitTable): of another case of the same epoch, to be used again.

    Raises ScenarioError where the scenario asks for what cannot be.
    """
    if scenario.vehicle is None:
        raise refused(scenario, "vehicle", "", "a flight needs a vehicle: a name or a table")
    epoch = epoch or begin_epoch(scenario)
    commands = commands or Commands()
    if states_of is None and world is None:
        refuse_old(scenario, epoch)
    orientation = orientation_of(scenario, epoch)
    notes: list[str] = []
    offsets = np.atleast_1d(np.asarray(commands.offset, float))
    if states_of is not None:
        states, times = np.hstack(states_of(offsets)), offsets
    else:
        found = [
            state_at(scenario, orientation, float(x))
            for x in (offsets if scenario.deorbit is not None else [0.0])
        ]
        states, times = np.array([np.concatenate(s[:2]) for s in found]), np.array([s[2] for s in found])
    n = max(
        len(offsets),
        *(np.size(c) for c in (commands.reversal, commands.side, commands.bank, commands.delta_v)),
    )
    if scenario.deorbit is not None and np.any(times > np.broadcast_to(offsets, times.shape) + 1e-3):
        given, allowed = frames.utc(epoch, float(offsets[0])), frames.utc(epoch, float(times[0]))
        raise refused(scenario, "deorbit.ignition", given,
                      f"the start is at {allowed}; ignition must not be before it")  # fmt: skip
    if world is None:
        world = world_of(scenario, orientation, states[0, :3], states[0, 3:], float(times[0]), notes)
    body = descent_body(scenario)
    try:
        notes += airframe.notes(scenario.vehicle.descent)
    except ValueError as problem:
        raise refused(scenario, "vehicle.descent.shape", "", str(problem)) from None
    legs, mass = phases.legs_of(scenario, body, commands)
    wanted = scenario.stop.event
    met = {s.event for leg in legs for s in (*leg.stops, *leg.watches)} | {leg.event for leg in legs}
    met |= {name for name, _ in phases.timed_of(scenario)}
    if wanted is not None and wanted not in met:
        allowed = ", ".join(sorted(name for name in met if name))
        raise refused(scenario, "stop.event", wanted, f"this flight cannot end there; allowed: {allowed}")
    start = np.zeros((n, 10))
    start[:, :6] = states
    start[:, 6] = mass
    undocking = None
    if scenario.undocking is not None and scenario.start.type in ("tle", "omm", "oem"):
        t = frames.elapsed_seconds(str(scenario.undocking.at), orientation)
        if t < times[0]:
            try:
                r, v, t = state_at(scenario, orientation, t)
                undocking = (np.concatenate([r, v, [mass, 0, 0, 0]]), t)
            except ScenarioError:
                notes.append("the orbit given does not reach back to undocking: no such event")
    site = scenario.site
    return Case(
        name=scenario.name, epoch=epoch, orientation=orientation, world=world, start=start,
        start_time=np.broadcast_to(times, (n,)).copy(), legs=legs,
        target=None if site is None else (site.latitude.si, site.longitude.si),
        terrain=entry.terrain_of(scenario), entry_interface=scenario.entry_interface.si, undocking=undocking,
        parts=phases.parts_of(scenario), timed=phases.timed_of(scenario), notes=tuple(notes),
    )  # fmt: skip
