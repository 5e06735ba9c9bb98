"""What a scenario file may hold: its sections, their keys, units, ranges and defaults.

The classes are the schema: `trajectory.scenario` reads files into them, and the reference of the scenario
file is generated from them. Attribute names are the keys of the file (`schema` is `schema_version`, `from` is
`from_`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from trajectory import outline
from trajectory.constants import GRAVITATIONAL_PARAMETER as MU
from trajectory.constants import ROTATION_RATE
from trajectory.cooling.section import Cooling
from trajectory.expected import Expected
from trajectory.section import Described, Epoch, File, Flag, Key, Name, Number, Section, Text, needs, whole
from trajectory.uncertainty import Branch, Dispersion, whole_of
from trajectory.units import (
    Altitude,
    Angle,
    By,
    Default,
    Density,
    Duration,
    FlightPathAngle,
    Frequency,
    GravitationalParameter,
    Inclination,
    Instant,
    Latitude,
    Length,
    Longitude,
    Mass,
    PositiveLength,
    PositiveRatio,
    Quantity,
    RollRate,
    RotationRate,
    SignedSpeed,
    Speed,
    Terrain,
    Time,
    Value,
    refuse,
)
from trajectory.vehicle import Vehicle
from trajectory.way_home import Option

GROUND = 6356752.0  # polar radius of WGS84, m: no orbit has its perigee below it


# --- where the flight starts


def tle_defect(line: str, number: int) -> str | None:
    """What is wrong with one line of a two-line element set, in a sentence; None if nothing."""
    if len(line) != 69:
        return f"line {number} has {len(line)} characters; an element set line has 69"
    if not line.isascii() or line[:2] != f"{number} ":
        return f"line {number} must be ASCII and begin with '{number} '"
    if not line[68].isdigit():
        return f"line {number} does not end in a checksum digit"
    total = sum(int(c) if c.isdigit() else c == "-" for c in line[:68]) % 10
    if total != int(line[68]):
        return f"line {number}: the checksum is {line[68]} but the line adds up to {total}"
    return None


def _tle(lines: tuple[str, str]) -> tuple[str, str]:
    defects = [d for n, line in enumerate(lines, 1) if (d := tle_defect(line, n))]
    if defects:
        refuse("; ".join(defects))
    first, second = lines
    if first[2:7] != second[2:7]:
        refuse(f"the lines are of two satellites, {first[2:7].strip()} and {second[2:7].strip()}")
    try:
        day, motion = float(first[20:32]), float(second[52:63])
        inclination, eccentricity = float(second[8:16]), float("0." + second[26:33].replace(" ", "0"))
        for a, b in ((17, 25), (34, 42), (43, 51)):
            float(second[a:b])
        int(first[18:20])
    except ValueError:
        refuse("a field that must be a number is none")
    if not (1 <= day < 367 and 0 <= inclination <= 180 and 0 < motion < 18):
        refuse("out of range: day of year 1 to 366, inclination 0 to 180 deg, below 18 revolutions a day")
    mean_motion = motion * 6.283185307179586 / 86400
    perigee = (MU / mean_motion**2) ** (1 / 3) * (1 - eccentricity)
    if perigee < GROUND:
        refuse(f"the perigee is {(GROUND - perigee) / 1e3:.0f} km below ground; allowed is above ground")
    return lines


class StartOf(Section):
    phase: Literal["orbit", "entry", "parachute"] = "orbit"


class TleStart(StartOf):
    """A NORAD two-line element set, flown with SGP4."""

    type: Literal["tle"]
    lines: Annotated[tuple[Text, Text], AfterValidator(_tle)]


class FileStart(StartOf):
    """An orbit message of CCSDS 502.0-B in a file; its path is relative to the scenario."""

    type: Literal["omm", "oem", "opm"]
    file: File


class ElementsStart(StartOf):
    """Osculating Keplerian elements."""

    type: Literal["elements"]
    epoch: Epoch
    frame: Literal["GCRS", "EME2000", "TEME", "earth-fixed-at-epoch"] = "GCRS"
    semi_major_axis: PositiveLength
    eccentricity: Annotated[Value, Quantity("ratio", low=0, below=1)]
    inclination: Inclination
    raan: Angle
    argument_of_perigee: Angle | None = None
    true_anomaly: Angle | None = None
    argument_of_latitude: Angle | None = None

    @model_validator(mode="after")
    def _whole(self):
        if self.argument_of_latitude is None:
            needs(
                self,
                "a start from elements without argument_of_latitude",
                "argument_of_perigee",
                "true_anomaly",
            )
        elif self.true_anomaly is not None:
            refuse("true_anomaly and argument_of_latitude exclude each other")
        perigee = self.semi_major_axis.si * (1 - self.eccentricity.si)
        if self.phase == "orbit" and perigee < GROUND:
            refuse(f"the perigee is {(GROUND - perigee) / 1e3:.0f} km below ground; allowed is above ground")
        return self


class CartesianStart(StartOf):
    """Position and velocity. earth-fixed-at-epoch: inertial axes that at the epoch are the Earth's."""

    type: Literal["cartesian"]
    epoch: Epoch
    frame: Literal["GCRS", "EME2000", "TEME", "ITRS", "earth-fixed-at-epoch"]
    position: tuple[Length, Length, Length]
    velocity: tuple[SignedSpeed, SignedSpeed, SignedSpeed]

    @model_validator(mode="after")
    def _above_ground(self):
        x, y, z = (c.si for c in self.position)
        u, v, w = (c.si for c in self.velocity)
        if self.frame == "ITRS":
            u, v = u - ROTATION_RATE * y, v + ROTATION_RATE * x
        r = (x * x + y * y + z * z) ** 0.5
        if r < GROUND - 1000:
            refuse(f"the position is {r / 1e3:.0f} km from the Earth's centre: below ground")
        h2 = (y * w - z * v) ** 2 + (z * u - x * w) ** 2 + (x * v - y * u) ** 2
        energy = (u * u + v * v + w * w) / 2 - MU / r
        eccentricity = max(0.0, 1 + 2 * energy * h2 / MU**2) ** 0.5
        perigee = h2 / MU / (1 + eccentricity)
        if self.phase == "orbit" and perigee < GROUND:
            refuse(f"the perigee is {(GROUND - perigee) / 1e3:.0f} km below ground; allowed is above ground")
        return self


class GeodeticStart(StartOf):
    """A point over WGS84, with speed, flight-path angle and azimuth (from north, clockwise)."""

    type: Literal["geodetic"]
    phase: Literal["orbit", "entry", "parachute"] = "entry"
    epoch: Epoch
    latitude: Latitude
    longitude: Longitude
    altitude: Altitude
    speed: Speed
    flight_path_angle: FlightPathAngle
    azimuth: Angle
    speed_is: Literal["relative", "inertial"] = "relative"
    horizon: Literal["geodetic", "geocentric"] = "geodetic"


Start = Annotated[
    TleStart | FileStart | ElementsStart | CartesianStart | GeodeticStart, Field(discriminator="type")
]

# --- what the flight does


class Undocking(Section):
    at: Epoch


class Deorbit(Section):
    """The deorbit burn."""

    ignition: Annotated[Instant | str, Time(words=("solve",))]
    near: Epoch | None = None
    delta_v: Speed | None = None
    solve: Literal["ignition", "delta_v", "bank"] = "ignition"
    kind: Literal["finite", "impulse"] = "finite"
    attitude: Literal["inertial", "lvlh", "velocity", "table"] = "inertial"
    attitude_table: tuple[tuple[Duration, Angle, Angle], ...] | None = None
    engine: Key = "main"
    cutoff: Literal["delta_v", "time", "perigee", "propellant"] = "delta_v"
    duration: Duration | None = None
    perigee: Altitude | None = None
    engine_fails_after: Duration | None = None
    backup_engine: Key | None = None
    pitch: Angle = Default("0 deg")
    yaw: Angle = Default("0 deg")
    mass: Mass | None = None

    @model_validator(mode="after")
    def _whole(self):
        if self.ignition == "solve":
            needs(self, 'ignition = "solve"', "near")
        if self.solve == "delta_v" and self.ignition == "solve":
            refuse('solve = "delta_v" needs ignition as a time')
        if self.cutoff == "time":
            needs(self, 'cutoff = "time"', "duration")
        if self.cutoff == "perigee":
            needs(self, 'cutoff = "perigee"', "perigee")
        if self.cutoff == "delta_v" or self.kind == "impulse":
            needs(self, "a burn cut off by delta_v", "delta_v")
        if self.attitude == "table":
            needs(self, 'attitude = "table"', "attitude_table")
            times = [row[0].si for row in self.attitude_table]
            if not times or any(b <= a for a, b in zip(times, times[1:], strict=False)):
                refuse("attitude_table: the times must increase")
        return self


class Separation(Section):
    """Where the modules part: descending through an altitude, or some time after ignition. impulse: what the push adds to the
    speed of the descending vehicle, along its velocity; pitch and yaw turn it up and toward the orbit normal."""

    altitude: Altitude | None = None
    after: Duration | None = None
    impulse: SignedSpeed | None = None
    pitch: Angle = Default("0 deg")
    yaw: Angle = Default("0 deg")
    follow_parts: Flag = False

    @model_validator(mode="after")
    def _one(self):
        if (self.altitude is None) == (self.after is None):
            refuse("either altitude or after is due, and not both")
        return self


SCHEDULED_BY = By(
    "schedule_by",
    (
        ("time", Quantity("duration", low=-1e9, high=1e9)),
        ("altitude", Quantity("length", low=-1000, high=1e9)),
        ("speed", Quantity("speed", low=0, high=1e5)),
        ("apparent_velocity", Quantity("speed", low=0, high=1e5)),
    ),
)


COMPUTED = ("automatic", "range", "apollo", "predictor")


class Navigation(Section):
    """Errors of what the flight computer works with, and its delay. Where not given there are none."""

    clock: Annotated[Value, Quantity("duration", low=-1e4, high=1e4)] | None = None
    accelerometer_scale: Annotated[Value, Quantity("ratio", low=-0.5, high=0.5)] | None = None
    accelerometer_bias: Annotated[Value, Quantity("acceleration", low=-10, high=10)] | None = None
    along: Length | None = None
    along_drift: SignedSpeed | None = None
    across: Length | None = None
    across_drift: SignedSpeed | None = None
    rise: SignedSpeed | None = None
    drag: Annotated[Value, Quantity("ratio", low=-0.9, high=0.9)] | None = None
    bank: Angle | None = None
    latency: Annotated[Value, Quantity("duration", low=0, high=60)] | None = None


class GuidanceFailure(Section):
    """When the computer or the jets fail on the way, and what goes on then."""

    after: Duration | None = None
    apparent_velocity: Speed | None = None
    load_factor: PositiveRatio | None = None
    to: Literal["ballistic", "held"] = "ballistic"
    jets_after: Duration | None = None


class Guidance(Section):
    """Bank of the lift: 0 is lift up, positive turns right. `none` flies without lift. `automatic` and `range` are computed in
    flight: by the clock as on Soyuz, or by range to go."""

    mode: Literal["automatic", "range", "apollo", "predictor", "bank", "schedule", "ballistic", "none"] = "none"
    bank: Angle | None = None
    start_altitude: Altitude | None = None
    start_apparent_velocity: Speed | None = None
    reversal: Annotated[Value | str, Quantity("speed", low=0, high=1e5, words=("solve", "corridor"))] | None = None
    reversal_limits: tuple[Speed, Speed] | None = None
    first_side: Literal["right", "left", "solve"] = "right"
    roll_rate: RollRate | None = None
    cycle: Annotated[Value, Quantity("duration", low=0.05, high=20)] | None = None
    gain: Annotated[Value, Quantity("ratio", low=0, high=20)] | None = None
    most_load_factor: PositiveRatio | None = None
    most_heat_flux: Annotated[Value, Quantity("heat flux", above=0, high=1e12)] | None = None
    navigation: Navigation | None = None
    failure: GuidanceFailure | None = None
    schedule_by: Literal["time", "altitude", "speed", "apparent_velocity"] | None = None
    schedule: tuple[tuple[Annotated[Value, SCHEDULED_BY], Angle], ...] | None = None

    @model_validator(mode="after")
    def _whole(self):
        if self.mode in (*COMPUTED, "bank"):
            needs(self, f'mode = "{self.mode}"', "bank")
        if self.reversal == "corridor" and self.mode not in ("range", "apollo"):
            refuse('reversal = "corridor" belongs to the modes range and apollo')
        if self.reversal_limits is not None and not self.reversal_limits[0].si < self.reversal_limits[1].si:
            refuse("reversal_limits: the lower and the upper apparent velocity are due")
        if self.failure is not None and self.mode not in COMPUTED:
            refuse(f"failure belongs to a mode that is computed: {', '.join(COMPUTED)}")
        if self.mode == "schedule":
            needs(self, 'mode = "schedule"', "schedule_by", "schedule")
            at = [row[0].si for row in self.schedule]
            steps = [b - a for a, b in zip(at, at[1:], strict=False)]
            if len(at) < 2 or not (all(s > 0 for s in steps) or all(s < 0 for s in steps)):
                refuse("schedule: two rows or more are due, their first column rising or falling throughout")
        if self.start_altitude is not None and self.start_apparent_velocity is not None:
            refuse("start_altitude and start_apparent_velocity exclude each other")
        return self


# --- the world


class Atmosphere(Section):
    """Density of the air. A named atmosphere is a file of this section."""

    schema_version: whole(1, 1) | None = Field(None, alias="schema")
    name: Name | None = None
    summary: Text | None = None
    model: Literal[
        "us76", "nrlmsis", "exponential", "piecewise-exponential", "polynomial", "table", "constant", "none"
    ] = "us76"
    density_factor: Annotated[Value, Quantity("ratio", low=0, high=1e3)] = Default("1")
    f107: Annotated[Value, Quantity("ratio", above=0, high=1000)] | None = None
    f107a: Annotated[Value, Quantity("ratio", above=0, high=1000)] | None = None
    ap: Annotated[Value, Quantity("ratio", low=0, high=400)] | None = None
    file: File | None = None
    reference_density: Density | None = None
    scale_height: PositiveLength | None = None
    density: Density | None = None
    layers: tuple[tuple[Altitude, Density, PositiveLength], ...] | None = None
    table: tuple[tuple[Altitude, Density], ...] | None = None
    half_height: PositiveLength | None = None
    variable_range: tuple[Number, Number] | None = None
    coefficients: tuple[Number, ...] | None = None

    @model_validator(mode="after")
    def _whole(self):
        keys = {
            "nrlmsis": ("f107", "f107a", "ap"),
            "exponential": ("reference_density", "scale_height"),
            "piecewise-exponential": ("layers",),
            "polynomial": ("half_height", "variable_range", "coefficients"),
            "constant": ("density",),
        }
        needs(self, f'model = "{self.model}"', *keys.get(self.model, ()))
        if self.model == "table" and (self.file is None) == (self.table is None):
            refuse('model = "table" needs either file or table')
        for rows, name in ((self.layers, "layers"), (self.table, "table")):
            if rows is not None:
                heights = [row[0].si for row in rows]
                if len(rows) < 2 or any(b <= a for a, b in zip(heights, heights[1:], strict=False)):
                    refuse(f"{name}: two rows or more are due, their altitudes rising")
                if any(row[1].si <= 0 for row in rows):
                    refuse(f"{name}: densities above 0 are due")
        if self.variable_range is not None and not self.variable_range[1] > self.variable_range[0]:
            refuse("variable_range: the lower and the upper value of h/(h + half_height) are due, rising")
        return self


class Wind(Section):
    """Wind over ground: towards east and north."""

    model: Literal["calm", "constant", "table", "climatology"] = "calm"
    east: SignedSpeed | None = None
    north: SignedSpeed | None = None
    file: File | None = None

    @model_validator(mode="after")
    def _whole(self):
        if self.model == "constant":
            needs(self, 'model = "constant"', "east", "north")
        if self.model == "table":
            needs(self, 'model = "table"', "file")
        return self


class Weather(Section):
    """The weather of the day over the landing area: a file that `trajectory weather` has made. Below its top it stands for the
    density, the wind and, where it has members, for the random fields of both. sha256: of its numbers, to be sure of them."""

    file: File
    sha256: Annotated[str, Field(strict=True, pattern="^[0-9a-f]{8,64}$")] | None = None


class Gravity(Section):
    """Gravitation. What is not given is that of the shipped field."""

    model: Literal["none", "point", "zonal", "harmonics"] = "zonal"
    degree: whole(2, 360) | None = None
    order: whole(0, 360) | None = None
    field: Annotated[str, Field(strict=True, min_length=1, max_length=400)] | None = None
    mu: GravitationalParameter | None = None
    radius: PositiveLength | None = None
    j2: Annotated[Value, Quantity("ratio", low=-1, high=1)] | None = None
    j3: Annotated[Value, Quantity("ratio", low=-1, high=1)] | None = None
    j4: Annotated[Value, Quantity("ratio", low=-1, high=1)] | None = None
    j5: Annotated[Value, Quantity("ratio", low=-1, high=1)] | None = None
    j6: Annotated[Value, Quantity("ratio", low=-1, high=1)] | None = None
    sun: Flag = False
    moon: Flag = False

    @model_validator(mode="after")
    def _whole(self):
        if self.model == "harmonics":
            needs(self, 'model = "harmonics"', "degree")
            if self.order is not None and self.order > self.degree:
                refuse(f"order {self.order} is above degree {self.degree}")
        return self


class Earth(Section):
    """Figure and rotation; WGS84 where not given. aligned: Earth-fixed are inertial axes at the epoch."""

    equatorial_radius: PositiveLength | None = None
    flattening: Annotated[Value, Quantity("ratio", low=0, below=1)] | None = None
    rotation: RotationRate | None = None
    orientation: Literal["full", "aligned"] = "full"


class ParachuteCase(Section):
    """What this flight does to the vehicle's parachute."""

    command_altitude: Altitude | None = None
    fails: Literal["none", "drogue", "main"] = "none"


class Heating(Section):
    """Heat flux at the nose. angles: places on its spherical cap, from the stagnation point, to give the heat of, too."""

    model: Literal["sutton-graves", "brandis-johnston"] = "sutton-graves"
    radiation: Literal["none", "tauber-sutton"] = "none"
    emissivity: Annotated[Value, Quantity("ratio", above=0, high=1)] = Default("0.85")
    angles: tuple[Annotated[Value, Quantity("angle", low=0, high=90)], ...] = ()


class Shield(Section):
    """What is wrong with this flight's heat shield. hole: the diameter of a spot without ablator."""

    thickness: PositiveLength | None = None
    thinned_by: Annotated[Value, Quantity("length", low=0, high=10)] | None = None
    hole: PositiveLength | None = None

    @model_validator(mode="after")
    def _one(self):
        if self.thickness is not None and self.thinned_by is not None:
            refuse("thickness and thinned_by exclude each other")
        return self


class Rotation(Section):
    """Flies the capsule with six degrees of freedom too, from an altitude (else the entry interface) until another (else the
    command to open the parachute). angle_of_attack: at the start, 180 deg with the hatch ahead; else the trim of dense air.
    jets: nothing, damping of the rates, or also the bank of the flight with three degrees.
    """

    altitude: Altitude | None = None
    until: Altitude | None = None
    angle_of_attack: Annotated[Value, Quantity("angle", low=0, high=180)] | None = None
    roll_rate: Annotated[Value, Quantity("angular rate", low=-360, high=360)] = Default("0 deg/s")
    pitch_rate: Annotated[Value, Quantity("angular rate", low=-360, high=360)] = Default("0 deg/s")
    yaw_rate: Annotated[Value, Quantity("angular rate", low=-360, high=360)] = Default("0 deg/s")
    jets: Literal["none", "damp", "follow"] = "follow"


class Blackout(Section):
    """The radio link whose loss in the plasma is looked for."""

    frequency: Frequency


class Crew(Section):
    """What the crew stands. limit: rows of duration and load factor, eyeballs in; else that of NASA-STD-3001, deconditioned."""

    limit: tuple[tuple[Duration, PositiveRatio], ...] | None = None

    @model_validator(mode="after")
    def _falling(self):
        if self.limit is not None:
            times, levels = [row[0].si for row in self.limit], [row[1].si for row in self.limit]
            if len(times) < 2 or times[0] <= 0 or any(b <= a for a, b in zip(times, times[1:], strict=False)):
                refuse("limit: two rows or more are due, their durations above 0 and rising")
            if any(b > a for a, b in zip(levels, levels[1:], strict=False)):
                refuse("limit: the load factors may not rise with the duration")
        return self


class Stop(Section):
    """What ends the flight, besides the ground."""

    altitude: Altitude | None = None
    after: Duration | None = None
    event: Key | None = None
    revolutions: PositiveRatio = Default("2")


class Numerics(Section):
    coast_tolerance: Annotated[Value, Quantity("ratio", low=1e-15, high=1e-2)] | None = None
    entry_tolerance: Annotated[Value, Quantity("ratio", low=1e-15, high=1e-2)] | None = None
    output_step: Annotated[Value, Quantity("duration", above=0, high=1e6)] | None = None


EVENT_VALUE = By(
    "quantity",
    (
        ("altitude", Quantity("length", low=-1000, high=1e9)),
        ("time", Quantity("duration", low=-1e9, high=1e9)),
        ("mach", Quantity("ratio", low=0, high=1e3)),
        ("load_factor", Quantity("ratio", low=0, high=1e4)),
        ("speed", Quantity("speed", low=0, high=1e5)),
        ("apparent_velocity", Quantity("speed", low=0, high=1e5)),
        ("mass", Quantity("mass", above=0, high=1e7)),
        ("dynamic_pressure", Quantity("pressure", low=0, high=1e10)),
    ),
)


class Event(Section):
    """An event of the scenario's own."""

    name: Key
    quantity: Literal[
        "altitude", "time", "mach", "load_factor", "speed", "apparent_velocity", "mass", "dynamic_pressure"
    ]
    value: Annotated[Value, EVENT_VALUE]
    direction: Literal["falling", "rising", "either"] = "either"


class Base(Section):
    name: Text
    latitude: Latitude
    longitude: Longitude


def _outlined(corners):
    wrong = outline.defect([(latitude.si, longitude.si) for latitude, longitude in corners]) if corners else None
    if wrong is not None:
        refuse(wrong)
    return corners


class Site(Described):
    """A landing site: a file of its own in `sites/`, or a table of the scenario. Its zone is a circle of `zone_radius` about
    it, or what `zone_outline` encloses, where that is given: corners [latitude, longitude], in order around it."""

    schema_version: whole(1, 1) | None = Field(None, alias="schema")
    name: Name | None = None
    latitude: Latitude
    longitude: Longitude
    terrain: Terrain = Default("0 m")
    zone_radius: PositiveLength | None = None
    zone_outline: Annotated[tuple[tuple[Latitude, Longitude], ...], AfterValidator(_outlined)] = ()
    base: tuple[Base, ...] = ()

    def corners(self) -> list[tuple[float, float]]:
        """Latitude and longitude of the outline's corners, rad."""
        return [(latitude.si, longitude.si) for latitude, longitude in self.zone_outline]

    def holds(self, latitude, longitude, distance):
        """(n,) whether landings, rad, so many m away lie in the zone; None where there is none. False for NaN."""
        if self.zone_outline:
            return outline.inside(outline.polygon(self.corners()), latitude, longitude)
        return None if self.zone_radius is None else distance <= self.zone_radius.si


class ScenarioSections(Described):
    """All sections of a scenario file."""

    extends: Text | None = None
    vehicle: Vehicle | None = None
    site: Site | None = None
    entry_interface: Altitude = Default("120 km")
    start: Start
    undocking: Undocking | None = None
    deorbit: Deorbit | None = None
    separation: Separation | None = None
    guidance: Guidance = Guidance()
    atmosphere: Atmosphere = Field(default_factory=dict)
    wind: Wind = Wind()
    weather: Weather | None = None
    gravity: Gravity = Gravity()
    earth: Earth = Earth()
    parachute: ParachuteCase | None = None
    heating: Heating = Heating()
    shield: Shield | None = None
    blackout: Blackout | None = None
    rotation: Rotation | None = None
    crew: Crew = Crew()
    cooling: Cooling | None = None
    stop: Stop = Field(default_factory=dict)
    numerics: Numerics = Numerics()
    dispersion: Dispersion | None = None
    branch: tuple[Branch, ...] = ()
    event: tuple[Event, ...] = ()
    option: Option | None = None
    expected: Expected | None = None

    @model_validator(mode="after")
    def _rotation(self):
        if self.rotation is not None:
            descent = None if self.vehicle is None else self.vehicle.descent
            if descent is None or descent.inertia is None:
                refuse("rotation needs the inertia of the vehicle's descent")
            if self.rotation.jets != "none" and descent.attitude is None:
                refuse('rotation needs attitude of the vehicle\'s descent, or jets = "none"')
        return self

    @model_validator(mode="after")
    def _shield_and_nose(self):
        vehicle = self.vehicle
        layers = vehicle is not None and vehicle.heat_shield is not None and bool(vehicle.heat_shield.layers)
        if self.shield is not None and not layers:
            refuse("shield needs layers of the vehicle's heat_shield")
        asked = self.heating.model != "sutton-graves" or self.heating.radiation != "none" or bool(self.heating.angles)
        if (asked or layers or self.blackout is not None) and vehicle is not None and vehicle.descent.nose_radius is None:
            refuse("heating, blackout and heat_shield.layers need nose_radius of the vehicle's descent")
        whole_of(self.branch)
        return self
