"""A leg: what a stretch of flight switches on, and what ends it. The only importer of the kernel.

All numbers SI, radians, seconds since the case epoch, in the case frame (CONVENTIONS.md). Arrays: run first.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from trajectory import constants, gravity, wind
from trajectory.processor import kernels as _kernels
from trajectory.status import FAILED, KERNEL

STATE = ("x", "y", "z", "vx", "vy", "vz", "mass", "apparent_velocity", "heat_load", "dynamic_impulse")
QUANTITIES = (
    "altitude", "mass", "apparent_velocity", "speed", "mach", "sensed_acceleration", "dynamic_pressure",
    "perigee_altitude", "altitude_rate", "heat_flux",
)  # fmt: skip
ROW = (
    "cd", "cl", "area", "density_factor", "wind_factor", "bank", "bank_rate", "thrust", "thrust_rate",
    "exhaust_speed", "direction_x", "direction_y", "direction_z", "heat_factor", "drag_area_from", "drag_area_to",
    "fill_time", "start", "normal_x", "normal_y", "normal_z", "reference_cosine", "reversal", "side", "clock",
    "accelerometer_scale", "accelerometer_bias", "along_error", "along_drift", "across_error", "across_drift", "rise_error",
    "drag_error", "bank_error", "latency", "jet_factor", "jet_propellant", "jets_fail_at", "planned_density", "planned_cd",
    "planned_cl", "goal_x", "goal_y", "goal_z", "trim_shift", "own_air",
)  # fmt: skip
RESTING = {"density_factor": 1.0, "wind_factor": 1.0, "exhaust_speed": 1.0, "fill_time": 1.0, "side": 1.0,
           "jet_factor": 1.0, "jet_propellant": 1e9, "planned_density": 1.0, "jets_fail_at": 1e18}  # fmt: skip
LAWS = {"none": 0, "spin": 1, "clock": 2, "range": 3, "predictor": 4}
MEMORY = (
    "bank", "bank_rate", "size", "pending", "pending_at", "side", "node", "late", "ahead", "miss", "last_t", "last_w",
    "propellant", "jets_lost", "slope", "drag_ratio", "lift_ratio", "load_slope",
)  # fmt: skip
METHODS = {"dop853": 0, "dp54": 1, "radau": 2}  # Dormand-Prince 8(5,3) and 5(4), and Radau of 15th order
ATTITUDES = {"inertial": 0, "lvlh": 1, "velocity": 2}
SPEED_SCALE = 7905.0  # m/s, of a circular orbit at the surface: velocity tolerance over position tolerance
MOST_STEPS = 200_000
FIRST = 3.5  # of the eighth root of the tolerance; a step in orbit has 4.2
NEVER = np.zeros(1, dtype=np.int32)  # the flag of a call that no one cancels
NEVER.setflags(write=False)
# Whether the kernel's status is one without a physical answer; negative statuses count from the end.
FAILURE = np.array([False, *(KERNEL[status] in FAILED for status in sorted(KERNEL))])
NOTHING = {7: np.zeros((1, 7)), 8: np.zeros((1, 8)), 4: np.zeros((1, 2, 3, 12)), 3: np.zeros((4, 4, 2)),
           "profile": np.full((2, _kernels.PROFILE_WIDTH), 1e30)}  # fmt: skip

assert len(MEMORY) == _kernels.MEMORY_WIDTH
assert len(ROW) == _kernels.ROW_WIDTH and len(STATE) == _kernels.STATE_WIDTH


def kernel_name() -> str:
    """Processor version of the kernel that was chosen, such as x86-64-v4."""
    return _kernels.kernel()


@dataclass(frozen=True, eq=False)
class Departures:
    """How the air and the coefficients of each flight differ from the tables (departure.py makes them); the row value own_air
    says which are a flight's own. The first are of a flight that has none."""

    values: np.ndarray  # (flights + 1, 3 (intervals + 3) + 2 (regions + 3)) B-spline coefficients
    intervals: int  # of h/(h + scale) from 0 to 1: factor of the root of the density, wind to the east and to the north
    scale: float  # m
    regions: int = 0  # intervals of M/(M + 2) from 0 to 1: factors of CD and CL
    winds: bool = True  # whether the air departs at all


AS_TABLED = Departures(np.zeros((1, 1)), 1, 1.0, winds=False)


@dataclass(frozen=True, eq=False)
class Environment:
    """The world of one case: gravity, air, wind, Sun and Moon, as numbers and tables for the kernel."""

    mu: float = constants.GRAVITATIONAL_PARAMETER  # m3/s2
    field_radius: float = constants.EQUATORIAL_RADIUS  # m
    zonal: tuple = ()  # J2, J3 ... up to J6
    degree: int = 0  # of the spherical harmonics; 0: the zonal terms hold
    order: int = 0
    harmonics: gravity.Field | None = None
    entry_degree: int = 4  # degree cut on legs inside the atmosphere
    equatorial_radius: float = constants.EQUATORIAL_RADIUS
    flattening: float = constants.FLATTENING
    rotation: float = constants.ROTATION_RATE  # rad/s
    bodies: tuple | None = None  # (table, origin, interval) of frames.sun_moon_table
    body_mu: tuple = (constants.GRAVITATIONAL_PARAMETER_SUN, constants.GRAVITATIONAL_PARAMETER_MOON)
    air: object | None = None  # atmosphere.AirTable
    wind: object | None = None  # wind.WindTable
    departures: Departures = AS_TABLED

    @cached_property
    def packed(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Tables of the air, the wind and the altitude as the kernel reads them."""
        return (
            self.air.packed if self.air else NOTHING[8],
            self.wind.packed if self.wind else NOTHING[8],
            gravity.altitude_series(self.equatorial_radius, self.flattening),
        )


@dataclass(frozen=True, eq=False)
class Computer:
    """A flight computer and the roll jets that obey it, for a guided leg. Angles in rad."""

    law: str  # of LAWS
    cycle: float  # s
    acceleration: float  # rad/s2, of the jets in roll
    jet_flow: float = 0.0  # kg/s, while they burn
    profile: np.ndarray | None = None  # (nodes, PROFILE_WIDTH), guidance.COLUMNS
    gain: float = 1.0
    most_cosine: float = 1.0  # of the bank that may be commanded
    least_cosine: float = -1.0
    by_speed: bool = False  # the profile runs along the speed, not the apparent velocity; both uniform for "range"
    corridor: float = 0.0  # m of cross-range for (m/s)^2, beyond which the bank turns over; 0: once, at the row's reversal
    corridor_floor: float = 0.0  # m
    high_load: float = 1e9  # m/s2: above it the jets' acceleration is greater by high_factor
    high_factor: float = 1.0
    dead_band: float = np.radians(4.0)
    full_band: float = np.radians(6.0)
    full_band_high: float = np.radians(8.0)
    error_limit: float = np.radians(26.0)
    rate_time: float = 2.0  # s
    end_altitude: float = 10.7e3  # m, down to which a predictor flies
    coarse: float = 1e-6  # its tolerance
    most_load: float = 1e9  # m/s2, W/m2 that it keeps to
    most_heat_flux: float = 1e12
    settling: float = 20.0  # s in which it learns the drag and the lift of the day

    @property
    def parts(self) -> int:
        """Parts of a cycle, of a tenth of a second at most: the autopilot of the jets works in them."""
        return max(int(np.ceil(self.cycle / 0.1 - 1e-9)), 1)


IDLE = Computer("none", 1.0, 0.0)


@dataclass(frozen=True, eq=False)
class Stop:
    """A condition that ends a leg, or is only watched. `then` is a leg's name or an outcome."""

    quantity: str  # of QUANTITIES
    value: float | np.ndarray  # SI; a number for all rows, or (n_run,)
    direction: int  # -1 falling, +1 rising, 0 either
    event: str | None = None
    then: str | None = None
    at_once: bool = False  # ends the leg at its start where the threshold is passed already


@dataclass(frozen=True, eq=False)
class Leg:
    """One stretch of flight under the same controls.

    `row` holds what each flight may have of its own (names of ROW; a number,
    (n_run,), or a function of the states and times at its start). At its start the leg may set
    the mass, shed some, add an impulse, or begin the apparent velocity anew.
    """

    name: str
    row: dict = field(default_factory=dict)
    aero: object | None = None  # aero.AeroTable; None: cd and cl of the row as they are
    lift: bool = False
    thrust: bool = False
    attitude: str = "inertial"
    parachute: bool = False
    quasi_steady: bool = False
    computer: Computer = IDLE
    held_plane: bool = False  # bank is measured from the plane across the row's normal
    in_air: bool = False  # gravity of low degree, no Sun and Moon
    stops: tuple[Stop, ...] = ()
    watches: tuple[Stop, ...] = ()
    duration: float | np.ndarray | None = None  # s from the start of the leg
    until: float | np.ndarray | None = None  # s since the epoch
    stop_time: float | None = None  # s since the epoch: the flight ends then
    then: str | None = None  # at the end of its time
    event: str | None = None  # at the end of its time
    tolerance: float = 1e-9
    coast_tolerance: float | None = None  # above 120 km, where no drag damps an error; None: the same
    method: str = "dop853"  # of METHODS
    first_step: float | None = None  # s; None: a part of the time in which the velocity turns, by the tolerance
    longest_step: float = 3600.0  # s
    set_mass: float | np.ndarray | None = None
    shed: float | np.ndarray = 0.0  # kg
    impulse: float | np.ndarray | None = None  # m/s, along `aim`
    aim: tuple | None = None  # direction (forward, orbit normal, up) of thrust or impulse, by `attitude`
    reset_apparent_velocity: bool = False
    keeps_direction: bool = False  # an inertially held thrust goes on in the direction of the leg before
    feels_entry: bool = False  # its greatest load and heat flux are those of the entry
    history_step: float = 10.0  # s, of the history that a single flight keeps

    @cached_property
    def resting(self) -> np.ndarray:
        """(N_ROW,) row values with those that are numbers; 0 for those of each row."""
        unknown = set(self.row) - set(ROW)
        if unknown:
            raise KeyError(f"leg {self.name}: no such row value: {', '.join(sorted(unknown))}")
        values = {**RESTING, **self.row, **dict.fromkeys(self.varying, 0.0)}
        return np.array([values.get(name, 0.0) for name in ROW], dtype=float)

    @cached_property
    def varying(self) -> tuple[str, ...]:
        """Names of the row values that are one for each row."""
        return tuple(name for name, value in self.row.items() if callable(value) or np.ndim(value) > 0)

    @cached_property
    def turns(self) -> bool:
        """Whether the bank angle turns in any row."""
        rate = self.row.get("bank_rate", 0.0)
        return callable(rate) or bool(np.any(rate))


@dataclass(frozen=True, eq=False)
class LegResult:
    """What became of each row. Failed rows hold NaN in `y`."""

    y: np.ndarray  # (n_run, 10)
    t: np.ndarray  # (n_run,)
    ended: np.ndarray  # (n_run,) index of the stop, or a negative status of the kernel
    residual: np.ndarray  # (n_run,) quantity less threshold at the end
    watched: np.ndarray  # (n_run, n_watch, 11): time and state where each watch was met first, or NaN
    peaks: np.ndarray  # (n_run, 3, 12): value, time, state of the greatest load, heat flux, dynamic pressure; or (0, 3, 12)
    history: np.ndarray  # (n_run, n_time, 11)
    history_count: np.ndarray  # (n_run,) states of it that were written; nothing is beyond them
    steps: np.ndarray  # (n_run,) tried, with those below
    in_vain: np.ndarray  # (n_run,) steps that did not stand: error too large, or shortened to end on a stop
    vector_steps: int  # steps of a whole vector of lanes
    rows: np.ndarray  # (n_run, N_ROW) as flown
    start: np.ndarray  # (n_run, 10) state at the start, after what the leg did to it
    memory: np.ndarray  # (n_run, N_MEMORY) of the flight computers, at the end
    log: np.ndarray  # (n_run, n_cycle, 29): time, state and memory at each cycle, of a guided leg that keeps its history
    log_count: np.ndarray  # (n_run,)

    @property
    def occupancy(self) -> float:
        """Part of the lanes that had a flight on them, over all steps."""
        return float(self.steps.sum()) / max(self.vector_steps * _kernels.LANE_COUNT, 1)

    def failed(self) -> np.ndarray:
        return failures(self.ended)


def failures(ended: np.ndarray) -> np.ndarray:
    """(n_run,) whether the kernel's status is one without a physical answer."""
    return FAILURE[np.minimum(ended, 0)]


def first_part(leg: Leg) -> float:
    """First step as a part of the time in which the velocity turns: of the eighth order nearly what a step in orbit has at this
    tolerance. In the air, and where a method knows little of its error yet, less."""
    tolerance = leg.tolerance if leg.coast_tolerance is None else leg.coast_tolerance
    return (FIRST if leg.method == "dop853" and not leg.in_air else 1.0) * tolerance**0.125


def prepare(leg: Leg, world: Environment, history_step: float = 0.0, roll: bool = True) -> _kernels.Prepared:
    """Tables and switches of a leg, laid out for the kernel. Raises ValueError for `radau` where more than the position and the
    velocity moves the flight, or a computer cuts it into cycles."""
    if leg.method == "radau" and (leg.thrust or leg.quasi_steady or leg.computer.law != "none"):
        raise ValueError(f"leg {leg.name}: method radau is for legs without thrust, balanced descent and computer")
    zonal = tuple(world.zonal) + (0.0,) * (5 - len(world.zonal))
    degree = world.degree if not leg.in_air else min(world.degree, world.entry_degree)
    bodies = world.bodies if not leg.in_air else None
    air, wind, aero = world.air, world.wind, leg.aero
    sloped = aero is not None and aero.slope is not None
    profile = NOTHING["profile"] if leg.computer.profile is None else leg.computer.profile
    p, q = (
        ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
        if air is None or air.track_p is None
        else (air.track_p, air.track_q)
    )
    numbers = {
        "mu": world.mu, "field_radius": world.field_radius, "equatorial_radius": world.equatorial_radius,
        "polar_ratio": 1.0 - world.flattening, "rotation": world.rotation,
        **{f"j{n}": zonal[n - 2] for n in range(2, 7)},
        "sun_mu": world.body_mu[0], "moon_mu": world.body_mu[1],
        "body_origin": bodies[1] if bodies else 0.0, "body_interval": bodies[2] if bodies else 1.0,
        "air_scale": air.scale if air else 1.0, "air_s_bottom": air.s_min if air else 0.0,
        "air_per_step": len(world.packed[0]) / air.ds / len(air.log_density) if air else 1.0,
        "air_bottom": air.height_bottom if air else 0.0, "air_top": air.height_top if air else 1.0,
        "track_px": p[0], "track_py": p[1], "track_pz": p[2], "track_qx": q[0], "track_qy": q[1], "track_qz": q[2],
        "wind_bottom": wind.height_bottom if wind else 0.0, "wind_per_step": 1.0 / wind.interval if wind else 1.0,
        "aero_mach_scale": aero.mach_scale if aero else 1.0,
        "aero_height_scale": aero.height_scale if aero else 1.0, "departure_scale": world.departures.scale,
        "position_scale": leg.tolerance * constants.EQUATORIAL_RADIUS,
        "velocity_scale": leg.tolerance * SPEED_SCALE,
        "coast_factor": 1.0 if leg.coast_tolerance is None else leg.tolerance / leg.coast_tolerance,
        "first_step": -first_part(leg) if leg.first_step is None else leg.first_step,
        "shortest_step": 1e-7, "longest_step": leg.longest_step,
        "history_step": history_step,
        "cycle": leg.computer.cycle, "gain": leg.computer.gain, "most_cosine": leg.computer.most_cosine,
        "least_cosine": leg.computer.least_cosine, "profile_first": profile[0, 0],
        "profile_spacing": max(profile[1, 0] - profile[0, 0], 1e-9), "corridor": leg.computer.corridor,
        "corridor_floor": leg.computer.corridor_floor, "jet_acceleration": leg.computer.acceleration,
        "high_load": leg.computer.high_load, "high_factor": leg.computer.high_factor, "dead_band": leg.computer.dead_band,
        "full_band": leg.computer.full_band, "full_band_high": leg.computer.full_band_high,
        "error_limit": leg.computer.error_limit, "rate_time": leg.computer.rate_time, "jet_flow": leg.computer.jet_flow,
        "end_altitude": leg.computer.end_altitude, "coarse_position": leg.computer.coarse * constants.EQUATORIAL_RADIUS,
        "coarse_velocity": leg.computer.coarse * SPEED_SCALE, "most_load": leg.computer.most_load,
        "most_heat_flux": leg.computer.most_heat_flux, "settling": leg.computer.settling,
    }  # fmt: skip
    switches = {
        "zonal_degree": len(world.zonal) + 1 if world.zonal else 0, "degree": degree,
        "order": min(world.order, degree), "bodies": 2 if bodies else 0,
        "air": int(air is not None), "track_harmonics": air.harmonics if air else 0,
        "winds": int(wind is not None), "lift": int(leg.lift), "roll": int(roll), "aero_table": int(aero is not None),
        "parachute": int(leg.parachute), "thrust": int(leg.thrust), "attitude": ATTITUDES[leg.attitude],
        "quasi_steady": int(leg.quasi_steady), "method": METHODS[leg.method], "most_steps": MOST_STEPS, "below_air_ends": 1,
        "held_plane": int(leg.held_plane), "law": LAWS[leg.computer.law], "cycle_parts": leg.computer.parts,
        "by_speed": int(leg.computer.by_speed), "aero_slope": int(sloped), "departs": int(world.departures.winds),
        "aero_regions": world.departures.regions, "departure_intervals": world.departures.intervals,
    }  # fmt: skip
    return _kernels.Prepared(
        np.array([numbers[n] for n in _kernels.NUMBERS]),
        np.array([switches[n] for n in _kernels.SWITCHES], dtype=np.int64),
        gravity.columns(world.harmonics, degree, min(world.order, degree)) if degree else NOTHING[7],
        bodies[0] if bodies else NOTHING[4],
        world.packed[0],
        world.packed[1],
        aero.coefficients if aero else NOTHING[3],
        aero.slope if sloped else NOTHING[3],
        world.packed[2],
        np.ascontiguousarray(profile),
    )


def row_values(leg: Leg, y: np.ndarray, t: np.ndarray) -> np.ndarray:
    """(n_run, N_ROW) of a leg's own numbers at its start; what it does not name rests."""
    rows = np.empty((len(t), len(ROW)))
    rows[:] = leg.resting
    for name in leg.varying:
        value = leg.row[name]
        rows[:, ROW.index(name)] = value(y, t) if callable(value) else value
    rows[:, ROW.index("start")] = t
    return rows


def direction(attitude: str, aim, y: np.ndarray) -> np.ndarray:
    """(n_run, 3) unit vectors: `aim` = (forward, orbit normal, up) of the local vertical (lvlh) or of the velocity.

    For an attitude that is held inertially these are the axes of the velocity as the leg begins, in the case frame.
    """
    if attitude != "inertial":
        return rows_of(aim, len(y))
    return in_case_frame(aim, y)


def rows_of(aim, n: int) -> np.ndarray:
    """(n, 3) of three components, each a number or one for each row."""
    return np.stack([np.broadcast_to(np.asarray(part, float), n) for part in aim], axis=1)


def in_case_frame(aim, y: np.ndarray, level: bool = False) -> np.ndarray:
    """(n_run, 3) of `aim` = (forward, orbit normal, up): forward along the velocity or, if level, the horizontal."""
    aim = rows_of(aim, len(y))
    r, v = y[:, :3], y[:, 3:6]
    normal = np.cross(r, v)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    if level:
        up = r / np.linalg.norm(r, axis=1, keepdims=True)
        forward = np.cross(normal, up)
    else:
        forward = v / np.linalg.norm(v, axis=1, keepdims=True)
        up = np.cross(forward, normal)
    return aim[:, :1] * forward + aim[:, 1:2] * normal + aim[:, 2:] * up


def begin(leg: Leg, y: np.ndarray) -> np.ndarray:
    """The state after what the leg does to it at its start."""
    y = np.array(y, dtype=float)
    if leg.set_mass is not None:
        y[:, 6] = leg.set_mass
    y[:, 6] -= leg.shed
    if leg.reset_apparent_velocity:
        y[:, 7] = 0.0
    if leg.impulse is not None:
        along = in_case_frame(leg.aim, y, level=leg.attitude == "lvlh")
        y[:, 3:6] += np.asarray(leg.impulse, float).reshape(-1, 1) * along
    return y


def fly_leg(
    leg: Leg,
    world: Environment,
    y: np.ndarray,
    t: np.ndarray,
    *,
    history_step: float = 0.0,
    aim: np.ndarray | None = None,
    peaks: bool = True,
    ready: _kernels.Prepared | None = None,
    cancel: np.ndarray = NEVER,
    memory: np.ndarray | None = None,
) -> LegResult:
    """Fly one leg for many rows.

    y (n_run, 10), t (n_run,): states and times at its start. history_step > 0 keeps the states every so many seconds.
    peaks: whether they are looked for. ready: the leg as prepare() laid it out with this history step, where it is flown
    again and again. Rows that cannot be flown come back with NaN and a status. cancel (1,) of int32: another thread may set
    it to 1; rows that are not done by then come back as not flown (NaN). memory (n_run, len(MEMORY)): of the flight computers
    at the start of the leg; None: they remember nothing, and the bank is 0.
    """
    n = len(t)
    y = np.ascontiguousarray(begin(leg, y))
    t = np.ascontiguousarray(t, dtype=float)
    rows = row_values(leg, y, t)
    if leg.thrust:
        i = ROW.index("direction_x")
        rows[:, i : i + 3] = direction(leg.attitude, leg.aim, y) if aim is None else aim
    end = np.full(n, np.inf)
    if leg.duration is not None:
        end = t + leg.duration
    if leg.until is not None:
        end = np.minimum(end, np.maximum(leg.until, t))
    if leg.stop_time is not None:
        end = np.minimum(end, np.maximum(leg.stop_time, t))
    end = np.where(np.isfinite(end), end, t + 1e7)
    if ready is None:
        ready = prepare(leg, world, history_step, roll=leg.turns)
    guided = leg.computer.law != "none"
    memory = np.zeros((n, len(MEMORY))) if memory is None else np.array(memory, dtype=float, order="C")
    if leg.computer.law in ("clock", "range", "predictor"):
        start_computer(memory, rows)
    out = _outputs(n, len(leg.watches), peaks, history_step, t, end)
    out["memory"] = memory
    out |= _log(n, history_step > 0.0 and guided, leg.computer.cycle, t, end)
    ready.fly(y, t, end, rows, *_conditions(leg.stops, n), *_conditions(leg.watches, n), **out, cancel=cancel,
              departures=world.departures.values)
    if leg.quasi_steady:
        _settle(ready, rows, out, world.departures.values)
    out["y1"][failures(out["status"])] = np.nan
    return LegResult(
        y=out["y1"], t=out["t1"], ended=out["status"], residual=out["residual"], watched=out["watched"],
        peaks=out["peaks"], history=out["history"], history_count=out["history_count"], steps=out["counters"][:, 0],
        in_vain=out["counters"][:, 1], vector_steps=int(out["vector_steps"][0]),
        rows=rows, start=y, memory=out["memory"], log=out["log"], log_count=out["log_count"],
    )  # fmt: skip


def _conditions(stops, n):
    values = np.zeros((n, len(stops)))
    for i, stop in enumerate(stops):
        values[:, i] = stop.value
    kinds = np.array([QUANTITIES.index(s.quantity) for s in stops], dtype=np.int64)
    return kinds, np.array([s.direction * (1 + s.at_once) for s in stops], dtype=np.int64), values


def _outputs(n, n_watch, peaks, history_step, t, end):
    room = 0
    if history_step > 0.0:
        room = int(np.minimum(np.max(end - t) / history_step + 2, 200_000)) if n else 0
    width = len(STATE)
    return {
        "y1": np.full((n, width), np.nan), "t1": np.full(n, np.nan), "status": np.full(n, -6, dtype=np.int64),
        "residual": np.full(n, np.nan), "watched": np.full((n, n_watch, width + 1), np.nan),
        "peaks": np.zeros((n if peaks else 0, 3, width + 2)),
        "history": np.empty((n if room else 0, room, width + 1)), "history_count": np.zeros(n, dtype=np.int64),
        "counters": np.zeros((n, 2), dtype=np.int64), "vector_steps": np.zeros(1, dtype=np.int64),
    }  # fmt: skip


def start_computer(memory: np.ndarray, rows: np.ndarray) -> None:
    """Load a computer that has not run yet (its side is 0) with the bank that is planned."""
    fresh = memory[:, MEMORY.index("side")] == 0.0
    memory[fresh, MEMORY.index("side")] = rows[fresh, ROW.index("side")]
    size = np.arccos(np.clip(rows[fresh, ROW.index("reference_cosine")], -1.0, 1.0))
    memory[fresh, MEMORY.index("size")] = memory[fresh, MEMORY.index("pending")] = size


def _log(n, kept, cycle, t, end):
    room = int(min(np.max(end - t) / cycle + 2, 20_000)) if kept and n else 0
    return {"log": np.zeros((n if room else 0, room, 1 + len(STATE) + len(MEMORY))),
            "log_count": np.zeros(n if room else 0, dtype=np.int64)}  # fmt: skip


def _settle(ready, rows, out, departures):
    """Under a canopy the velocity is the balanced one; write it wherever a state is handed out."""
    good = np.isfinite(out["y1"]).all(axis=1)

    def settled(y, t, rows):
        y = np.ascontiguousarray(y)
        if len(y):
            ready.settle(y.copy(), np.ascontiguousarray(t), np.ascontiguousarray(rows), y, departures)
        return y

    out["y1"][good] = settled(out["y1"][good], out["t1"][good], rows[good])
    for j in range(out["watched"].shape[1]):
        w = out["watched"][:, j]
        met = np.isfinite(w[:, 0])
        w[met, 1:] = settled(w[met, 1:], w[met, 0], rows[met])
    for i, h in enumerate(out["history"]):
        h = h[: out["history_count"][i]]
        h[:, 1:] = settled(h[:, 1:], h[:, 0], np.repeat(rows[i : i + 1], len(h), axis=0))


def feel(
    leg: Leg, world: Environment, y: np.ndarray, t: np.ndarray, rows: np.ndarray
) -> dict[str, np.ndarray]:
    """What each state (n, 10) at its time feels on this leg: altitude, density, loads, heat flux ... (_kernels.FELT)."""
    ready = prepare(leg, world)
    felt = np.zeros((len(t), len(_kernels.FELT)))
    rows = np.ascontiguousarray(np.broadcast_to(rows, (len(t), len(ROW))))
    ready.feel(np.ascontiguousarray(y, dtype=float), np.ascontiguousarray(t, dtype=float), rows, felt, world.departures.values)
    return {name: felt[:, i] for i, name in enumerate(_kernels.FELT)}


def banks(on: Leg, result: LegResult, rows: dict, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n,), (n,) deg: the bank flown, and that commanded where a computer flies; NaN where there is none."""
    none = np.full(len(t), np.nan)
    if not on.lift:
        return none, none
    if on.computer.law == "none":
        return np.degrees(rows["bank"] + rows["bank_rate"] * (t - rows["start"])), none
    from scipy.interpolate import CubicHermiteSpline

    log = result.log[0, : int(result.log_count[0])]
    memory = {name: log[:, 1 + len(STATE) + i] for i, name in enumerate(MEMORY)}
    end = dict(zip(MEMORY, result.memory[0], strict=True))
    at, bank, rate = log[:, 0], memory["bank"], memory["bank_rate"]
    if result.t[0] - at[-1] > 1e-6:
        at, bank, rate = np.append(at, result.t[0]), np.append(bank, end["bank"]), np.append(rate, end["bank_rate"])
    flown = np.degrees(CubicHermiteSpline(at, bank, rate)(t)) if len(at) > 1 else np.full(len(t), np.degrees(bank[0]))
    if on.computer.law == "spin":
        return flown, none
    last = np.clip(np.searchsorted(log[:, 0], t, side="right") - 1, 0, len(log) - 1)
    return flown, np.degrees(memory["side"] * memory["size"])[last]


def surroundings(world: Environment, in_air: bool = True, density_factor: float = 1.0):
    """function(t, r, v) -> (gravitation (3,), velocity through the air (3,), density, Mach number, altitude) of one state, case
    frame: what the kernel sees there, for those who integrate one flight themselves."""
    bare = Leg("surroundings", in_air=in_air)
    ready, place = prepare(bare, world), {name: i for i, name in enumerate(_kernels.FELT)}
    y, when, felt = np.zeros((1, len(STATE))), np.zeros(1), np.zeros((1, len(_kernels.FELT)))
    row = np.array(bare.resting, float)[None, :].copy()
    y[0, 6], row[0, ROW.index("density_factor")] = 1.0, density_factor
    pull = [place[f"acceleration_{a}"] for a in "xyz"]
    others = [place[name] for name in ("density", "mach", "altitude")]
    spin = world.rotation

    def here(t, r, v):
        y[0, :3], y[0, 3:6], when[0] = r, v, t
        ready.feel(y, when, row, felt, world.departures.values)
        through = np.array([v[0] + spin * r[1], v[1] - spin * r[0], v[2]])
        if world.wind is not None:
            through -= _blowing(world, r, float(felt[0, others[2]]))
        return felt[0, pull], through, *(float(felt[0, i]) for i in others)

    return here


def _blowing(world: Environment, r, altitude: float) -> np.ndarray:
    """Wind, m/s, case frame, at a position: east and north of the ellipsoid's vertical."""
    squash = 1.0 / (1.0 - world.flattening) ** 2
    up = np.array([r[0], r[1], r[2] * squash])
    up /= np.linalg.norm(up)
    east = np.array([-r[1], r[0], 0.0]) / np.hypot(r[0], r[1])
    blown = [float(np.ravel(x)[0]) for x in wind.evaluate(world.wind, altitude)]
    return blown[0] * east + blown[1] * np.cross(up, east)


def pick(leg: Leg, rows: np.ndarray | slice, n: int) -> Leg:
    """The leg of these rows alone, of n: its numbers that are one for each row."""

    def own(value):
        return value[rows] if isinstance(value, np.ndarray) and value.shape == (n,) else value

    def changed(one, **fields):
        """The same object where nothing of it is one for each row."""
        changes = {k: v for k, v in fields.items() if v is not getattr(one, k)}
        return replace(one, **changes) if changes else one

    def all_of(stops):
        found = tuple(changed(s, value=own(s.value)) for s in stops)
        return stops if all(a is b for a, b in zip(found, stops, strict=True)) else found

    def aim_of(aim):
        parts = None if aim is None else tuple(own(part) for part in aim)
        return aim if parts is None or all(a is b for a, b in zip(parts, aim, strict=True)) else parts

    if n == 1:
        return leg
    row = {k: own(v) for k, v in leg.row.items()}
    return changed(
        leg, row=leg.row if all(row[k] is v for k, v in leg.row.items()) else row, stops=all_of(leg.stops),
        watches=all_of(leg.watches), duration=own(leg.duration), until=own(leg.until), set_mass=own(leg.set_mass),
        shed=own(leg.shed), impulse=own(leg.impulse), aim=aim_of(leg.aim),
    )  # fmt: skip


def variant(leg: Leg, **changes) -> Leg:
    """The leg with some of its row values or fields changed."""
    own = {k: v for k, v in changes.items() if k in ROW}
    rest = {k: v for k, v in changes.items() if k not in ROW}
    return replace(leg, row={**leg.row, **own}, **rest)
