"""A scenario with one number for each flight where it is uncertain -> the case of those flights.

The flights go from the nominal start with the nominal commands: what was aimed for, and what the flight computer was
loaded with. Only the numbers of the sample table differ.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
from pydantic import BaseModel

from trajectory import aero, airframe, departure, dispersion, phases
from trajectory.case import Case, Commands, build, descent_body, state_at
from trajectory.leg import AS_TABLED, fly_leg
from trajectory.units import Value

# Keys that can be one for each flight of a call of the kernel; any other has its flights built one by one.
TOGETHER = re.compile(
    r"deorbit\.(ignition|delta_v|pitch|yaw|mass|duration|engine_fails_after)"
    r"|vehicle\.orbit\.(mass|area|drag_coefficient)|vehicle\.engine\.\w+\.(thrust|specific_impulse|propellant)"
    r"|vehicle\.descent\.(mass|area|nose_radius|aerodynamics\.(drag_factor|lift_to_drag_factor|offset))"
    r"|vehicle\.parachute\.(command_altitude|\w+\.(delay|altitude|drag_area|fill_time|reefed_fraction|reefed_time))"
    r"|vehicle\.heat_shield\.mass|atmosphere\.density_factor|parachute\.command_altitude|separation\.(after|impulse|pitch|yaw)"
    r"|guidance\.(navigation\.\w+|failure\.(after|apparent_velocity|load_factor|jets_after))"
)
# What is no number of the flight itself.
DRAWN = re.compile(
    r"orbit\.\w+|(density|weather|wind\.east|wind\.north)\.\d+|aerodynamics\.\w+\.(drag|lift)|branch|cooling\..+"
)
EARLIEST = 120.0  # s before the nominal ignition from which flights begin whose ignition is uncertain
SLOPE_STEP = 2e-3  # m, of the offset of the mass centre


@dataclass(frozen=True, eq=False)
class Nominal:
    """What the flights of one variant of a scenario share."""

    name: str
    probability: float
    scenario: object
    case: Case
    commands: Commands
    start: np.ndarray  # (6,) position and velocity, case frame
    start_time: float
    table: aero.AeroTable | None  # of the coefficients, with its slope where the offset of the mass centre is uncertain
    fields: dict[str, departure.Field]


def nominal(scenario, aimed, names, name: str = "planned", probability: float = 1.0, ignition=0.0) -> Nominal:
    """Of a scenario that is aimed. names: of the uncertain numbers; ignition: s, the earliest that is known of."""
    case, commands = aimed.case, aimed.commands
    start, t = case.start[0, :6], float(case.start_time[0])
    if "deorbit.ignition" in names and scenario.start.type in ("tle", "omm", "oem"):
        start, t = before(scenario, case, EARLIEST - ignition)
    table = descent_body(scenario).table
    if "vehicle.descent.aerodynamics.offset" in names and table is not None:
        offset = scenario.vehicle.descent.aerodynamics.offset.si
        moved = [
            airframe.table(with_value(scenario, "vehicle.descent.aerodynamics.offset", x).vehicle.descent)
            for x in (offset - SLOPE_STEP, offset + SLOPE_STEP)
        ]
        table = replace(table, slope=(moved[1].coefficients - moved[0].coefficients) / (2 * SLOPE_STEP))
    return Nominal(name, probability, scenario, case, commands, start, t, table, dispersion.fields(scenario))


def before(scenario, case: Case, seconds: float) -> tuple[np.ndarray, float]:
    """(6,) state so many s before the nominal start, and its time: the one from which the kernel's coast meets that start.

    The orbit model's own state there misses it by metres; its error is carried back on a straight line until none is left.
    """
    r, v, t = state_at(scenario, case.orientation, float(case.start_time[0]) - seconds)
    coast = replace(case.legs[0], until=float(case.start_time[0]), stops=(), watches=())
    y = np.array(case.start)
    y[0, :6] = np.concatenate([r, v])
    for _ in range(6):
        error = case.start[0, :6] - fly_leg(coast, case.world, y, np.array([t])).y[0, :6]
        y[0, :3] += error[:3] - error[3:] * seconds
        y[0, 3:6] += error[3:]
    return y[0, :6], t


def variant(base: Nominal, scenario, name: str, probability: float) -> Nominal:
    """A branch: the same start and commands, another scenario from there on."""
    case = build(scenario, base.case.epoch, base.commands)
    return replace(base, name=name, probability=probability, scenario=scenario, case=case)


def apart(nominal: Nominal, columns) -> list[str]:
    """Those of the columns for which flights are built one by one."""
    constant = nominal.scenario.vehicle.descent.aerodynamics.model == "constant"
    offset_model = nominal.table is not None and nominal.table.slope is not None

    def together(name):
        if name.endswith("aerodynamics.offset"):
            return offset_model
        if constant and name in ("vehicle.descent.aerodynamics.drag_coefficient", "vehicle.descent.aerodynamics.lift_to_drag"):
            return True
        return TOGETHER.fullmatch(name) or DRAWN.fullmatch(name)

    return [name for name in columns if not together(name)]


def case_of(nominal: Nominal, columns: dict[str, np.ndarray], n: int) -> Case:
    """The case of n flights whose uncertain numbers are (n,) columns. Raises ScenarioError for what cannot be flown."""
    own, shift = nominal.scenario, 0.0
    offsets, delta_v, bank = np.zeros(n), None, None
    for name, x in columns.items():
        if DRAWN.fullmatch(name):
            continue
        if name == "deorbit.ignition":
            offsets = x
        elif name == "deorbit.delta_v" and nominal.commands.delta_v is not None:
            delta_v = nominal.commands.delta_v + x
        elif name == "guidance.bank" and nominal.commands.bank is not None:
            bank = nominal.commands.bank + x - own.guidance.bank.si
        elif name.endswith("aerodynamics.offset") and nominal.table is not None and nominal.table.slope is not None:
            shift = x - own.vehicle.descent.aerodynamics.offset.si
        elif has(own, name):
            own = with_value(own, name, x)
    commands = replace(nominal.commands, offset=nominal.commands.offset + offsets)
    if delta_v is not None:
        commands = replace(commands, delta_v=delta_v)
    if bank is not None:
        commands = replace(commands, bank=bank)
    alone = apart(nominal, columns)
    if alone:  # one flight whose own world may differ
        scalar = one(own)
        case = build(scalar, nominal.case.epoch, replace(commands, offset=float(offsets[0])))
        world, start, t = case.world, case.start[:, :6], case.start_time
        legs, mass = phases.legs_of(scalar, descent_body(scalar), commands)
        own, table = scalar, None
    else:
        world, start = nominal.case.world, np.repeat(nominal.start[None, :], n, axis=0)
        t, table = np.full(n, nominal.start_time), nominal.table
    body = descent_body(own, table)
    legs, mass = phases.legs_of(own, body, commands)
    there = np.zeros((n, 10))
    there[:, :6] = disturbed(start, columns)
    there[:, 6] = mass
    departures = departed(nominal, columns, n)
    personal = {"own_air": np.arange(1.0, n + 1), "trim_shift": shift} if departures is not AS_TABLED else \
        {"trim_shift": shift}  # fmt: skip
    planned = {leg.name: leg for leg in nominal.case.legs}
    return replace(
        nominal.case, start=there, start_time=t, world=replace(world, departures=departures),
        legs=tuple(carried(leg, planned.get(leg.name), personal) for leg in legs), parts=(), undocking=None,
    )  # fmt: skip


def carried(leg, planned, personal: dict):
    """The leg with what is this flight's own, and with what was loaded before the flight."""
    row = leg.row | personal
    if planned is None or leg.computer.law == "none":
        return replace(leg, row=row)
    loaded = {k: planned.row[k] for k in ("planned_density", "planned_cd", "planned_cl") if k in planned.row}
    return replace(leg, row=row | loaded, computer=planned.computer)


def disturbed(start: np.ndarray, columns) -> np.ndarray:
    """(n, 6) start states with the errors of the orbit along radius, track and normal."""
    r, v = start[:, :3], start[:, 3:]
    radial = r / np.linalg.norm(r, axis=1, keepdims=True)
    normal = np.cross(r, v)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    axes = (radial, np.cross(normal, radial), normal)
    out = start.copy()
    for i, name in enumerate(dispersion.AXES):
        error = columns.get(f"orbit.{name}")
        if error is not None:
            out[:, 3 * (i // 3) : 3 * (i // 3) + 3] += error[:, None] * axes[i % 3]
    return out


def departed(nominal: Nominal, columns, n: int):
    """Departures of the air and of the coefficients, of the amplitudes in the columns."""
    air = {}
    for name, field in nominal.fields.items():
        if f"{name}.0" in columns or f"{name}.1" in columns:
            zero = np.zeros(n)
            air[name] = field.values(np.stack([columns.get(f"{name}.{k}", zero) for k in range(field.count)], axis=1))
    bundle = dispersion.forecast(nominal.scenario)
    if bundle is not None and "weather.0" in columns:
        height = departure.heights()
        # (height, mode, of what)
        shapes = bundle.part(height)[:, None, None] * bundle.at(height, np.moveaxis(bundle.modes, 0, 1))
        for i, name in enumerate(("density", "wind.east", "wind.north")):
            if i == 0 and bundle.log_density is None:
                continue
            moved = np.array(air.get(name, np.zeros((n, len(height)))))
            for k in range(len(bundle.modes)):  # term by term: the same bytes for any number of rows
                moved += columns.get(f"weather.{k}", np.zeros(n))[:, None] * shapes[:, k, i]
            air[name] = moved
    factors = {}
    spread = nominal.scenario.dispersion
    for what in ("drag", "lift"):
        table = np.zeros((n, len(departure.REGIONS)))
        for region in () if spread is None else spread.aerodynamics:
            draw = columns.get(f"aerodynamics.{region.region}.{what}")
            if draw is not None:
                table[:, list(departure.REGIONS).index(region.region)] = getattr(region, what).si * draw
                factors[what] = table
    if not air and not factors:
        return AS_TABLED
    return departure.departures(air.get("density"), air.get("wind.east"), air.get("wind.north"), **factors, n=n)


# --- values of a scenario by their keys


def value_at(item, key: str):
    """The leaf of a dotted key; KeyError where there is none."""
    for part in key.split("."):
        if isinstance(item, BaseModel) and part in type(item).model_fields:
            item = getattr(item, part)
        elif isinstance(item, dict) and part in item:
            item = item[part]
        elif isinstance(item, tuple) and part.isdecimal() and int(part) < len(item):
            item = item[int(part)]
        else:
            raise KeyError(key)
    return item


def has(scenario, key: str) -> bool:
    try:
        return isinstance(value_at(scenario, key), Value)
    except KeyError:
        return False


def with_value(item, key: str, si):
    """A copy in which the value of a dotted key is `si`: a number, or one for each flight. Not validated."""
    head, _, rest = key.partition(".")
    if isinstance(item, BaseModel):
        inner = getattr(item, head)
        return item.model_copy(update={head: with_value(inner, rest, si) if rest else replace(inner, si=si)})
    if isinstance(item, dict):
        return {**item, head: with_value(item[head], rest, si) if rest else replace(item[head], si=si)}
    i = int(head)
    changed = with_value(item[i], rest, si) if rest else replace(item[i], si=si)
    return (*item[:i], changed, *item[i + 1 :])


def drawn(scenario, columns: dict[str, np.ndarray], i: int):
    """The scenario with the values of row i of a sample table. Not validated."""
    for name, x in columns.items():
        if has(scenario, name):
            scenario = with_value(scenario, name, float(x[i]))
    return scenario


def one(scenario):
    """The scenario of a single flight: columns of one row as numbers."""
    from trajectory.scenario import leaves

    for key, leaf in leaves(scenario):
        if isinstance(leaf, Value) and isinstance(leaf.si, np.ndarray):
            scenario = with_value(scenario, key, float(leaf.si[0]))
    return scenario

