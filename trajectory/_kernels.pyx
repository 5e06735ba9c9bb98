"""The compiled heart: flies one leg for many rows. The contract:

- float64, SI, radians, kg, seconds since the case epoch. One frame: the axes of the Earth (TIRS) as they stood at the
  epoch, not turning; the Earth turns in it about z at a constant rate (docs/decisions/0001).
- Arrays are C-contiguous, run first, component last. The caller allocates the outputs and passes them in.
- Inside the loop: no allocation, no Python object, no callback, no string, no global, no random number, no libm but sqrt.
- A row that cannot be flown gets a status, NaN in its outputs, and changes no bit of its neighbours.
- Physics is in _forces.pxd, _gravity.pxd and _air.pxd, the integrator in _stepper.pxd, the loop over the steps in _flight.pxd;
  here is what Python calls.
"""

from libc.math cimport isfinite

from trajectory._flight cimport fly_all
from trajectory._forces cimport Descent, Felt, Leg, N_ROW, N_STATE, OWN_AIR, Row, descend, face, feel, hold
from trajectory._gravity cimport COLUMN, MAX_DEGREE
from trajectory._guidance cimport N_PROFILE
from trajectory._job cimport Guidance, Job, MAX_WATCH, N_LOG, N_MEMORY, N_PEAK
from trajectory._lanes cimport (
    LANES, exponential, for_each_processor, kernel_name, lane, processor_name, sine_cosine, splat, vd, vec3, vector,
)
from trajectory._rows cimport load_row

NUMBERS = (
    "mu", "field_radius", "equatorial_radius", "polar_ratio", "rotation", "j2", "j3", "j4", "j5", "j6",
    "sun_mu", "moon_mu", "body_origin", "body_interval",
    "air_scale", "air_s_bottom", "air_per_step", "air_bottom", "air_top",
    "track_px", "track_py", "track_pz", "track_qx", "track_qy", "track_qz", "wind_bottom", "wind_per_step",
    "aero_mach_scale", "aero_height_scale", "departure_scale",
    "position_scale", "velocity_scale", "coast_factor", "first_step", "shortest_step", "longest_step", "history_step",
    "cycle", "gain", "most_cosine", "least_cosine", "profile_first", "profile_spacing", "corridor", "corridor_floor",
    "jet_acceleration", "high_load", "high_factor", "dead_band", "full_band", "full_band_high", "error_limit", "rate_time",
    "jet_flow", "end_altitude", "coarse_position", "coarse_velocity", "most_load", "most_heat_flux", "settling",
)
SWITCHES = (
    "zonal_degree", "degree", "order", "bodies", "air", "track_harmonics", "winds", "lift", "roll", "aero_table", "parachute",
    "thrust", "attitude", "quasi_steady", "method", "most_steps", "below_air_ends", "held_plane",
    "law", "cycle_parts", "by_speed", "aero_slope", "aero_regions", "departs", "departure_intervals",
)
ROW_WIDTH = N_ROW
STATE_WIDTH = N_STATE
HIGHEST_DEGREE = MAX_DEGREE
MEMORY_WIDTH = N_MEMORY
LOG_WIDTH = N_LOG
PROFILE_WIDTH = N_PROFILE
LANE_COUNT = LANES


cdef for_each_processor settle_all(const Job* job) noexcept nogil:
    """Under a canopy the velocity in the state is the balanced one: put it there, rows in blocks of LANES."""
    cdef vd y[N_STATE]
    cdef vd t, t_end
    cdef Row row
    cdef vd none[MAX_WATCH]
    cdef vec3 v, r
    cdef Descent sinks
    cdef int n
    cdef Py_ssize_t at = 0
    cdef Py_ssize_t i
    t = splat(0.0)
    while at < job.n_rows:
        for n in range(LANES):
            i = at + n if at + n < job.n_rows else job.n_rows - 1
            load_row(job, i, n, &t, &t_end, y, &row, none, none)
        hold(&job.leg, &row, y[6])
        r = vector(y[0], y[1], y[2])
        descend(&job.leg, &row, &t, &r, &y[6], &sinks)
        v = sinks.velocity
        for n in range(LANES):
            if at + n < job.n_rows:
                job.y1[(at + n)*N_STATE + 3] = lane(v.x, n)
                job.y1[(at + n)*N_STATE + 4] = lane(v.y, n)
                job.y1[(at + n)*N_STATE + 5] = lane(v.z, n)
        at += LANES


cdef for_each_processor feel_all(const Job* job, double* felt_out) noexcept nogil:
    """What each state feels, rows in blocks of LANES; the columns of FELT."""
    cdef vd y[N_STATE]
    cdef vd t, t_end
    cdef Row row
    cdef vd none[MAX_WATCH]
    cdef Felt felt
    cdef vec3 v, r
    cdef Descent sinks
    cdef int n
    cdef Py_ssize_t at = 0
    cdef Py_ssize_t i
    cdef double* out
    t = splat(0.0)
    t_end = splat(0.0)
    while at < job.n_rows:
        for n in range(LANES):
            i = at + n if at + n < job.n_rows else job.n_rows - 1
            load_row(job, i, n, &t, &t_end, y, &row, none, none)
        hold(&job.leg, &row, y[6])
        face(&row, row.start, row.bank, row.bank_rate)
        r = vector(y[0], y[1], y[2])
        v = vector(y[3], y[4], y[5])
        if job.leg.quasi_steady:
            descend(&job.leg, &row, &t, &r, &y[6], &sinks)
            v = sinks.velocity
        felt = feel(&job.leg, &row, t, r, v, y[6], 1)
        for n in range(LANES):
            if at + n < job.n_rows:
                out = felt_out + (at + n)*17
                out[0] = lane(felt.altitude, n)
                out[1] = lane(felt.rho, n)
                out[2] = lane(felt.speed, n)
                out[3] = lane(felt.dynamic_pressure, n)
                out[4] = lane(felt.mach, n)
                out[5] = lane(felt.cd, n)
                out[6] = lane(felt.cl, n)
                out[7] = lane(felt.heat_flux, n)
                out[8] = lane(felt.sensed.x, n)
                out[9] = lane(felt.sensed.y, n)
                out[10] = lane(felt.sensed.z, n)
                out[11] = lane(felt.acceleration.x, n)
                out[12] = lane(felt.acceleration.y, n)
                out[13] = lane(felt.acceleration.z, n)
                out[14] = lane(v.x, n)
                out[15] = lane(v.y, n)
                out[16] = lane(v.z, n)
        at += LANES


FELT = ("altitude", "density", "speed", "dynamic_pressure", "mach", "drag_coefficient", "lift_coefficient", "heat_flux",
        "sensed_x", "sensed_y", "sensed_z", "acceleration_x", "acceleration_y", "acceleration_z",
        "velocity_x", "velocity_y", "velocity_z")


cdef take_departures(Job* job, const double[:, ::1] departures, const double[:, ::1] rows):
    """Point the legs at the departures of their flights, each of which must be there."""
    cdef Py_ssize_t i
    cdef double own
    if not (job.leg.air.departs or job.leg.aero_regions):
        return
    if departures.shape[1] != job.leg.air.departure_width:
        raise ValueError(f"departures have {departures.shape[1]} columns; {job.leg.air.departure_width} are needed")
    for i in range(rows.shape[0]):
        own = rows[i, OWN_AIR]
        if not 0.0 <= own < departures.shape[0] or own != <Py_ssize_t> own:
            raise ValueError(f"own_air of row {i} is {own}; there are {departures.shape[0]} departures")
    job.leg.air.departure = &departures[0, 0]


cdef class Prepared:
    """A leg's tables and switches, checked once; holds the arrays that the kernel points into."""
    cdef Job job
    cdef object keep

    def __init__(self, const double[::1] numbers not None, const long long[::1] switches not None,
                 const double[:, ::1] harmonics not None,
                 const double[:, :, :, ::1] bodies not None, const double[:, ::1] air not None,
                 const double[:, ::1] wind not None, const double[:, :, ::1] aero not None,
                 const double[:, :, ::1] slope not None,
                 const double[::1] altitude_series not None,
                 const double[:, ::1] profile not None):
        cdef dict n = dict(zip(NUMBERS, numbers))
        cdef dict s = dict(zip(SWITCHES, switches))
        if numbers.shape[0] != len(NUMBERS) or switches.shape[0] != len(SWITCHES):
            raise ValueError(f"numbers and switches must have {len(NUMBERS)} and {len(SWITCHES)} entries, "
                             f"not {numbers.shape[0]} and {switches.shape[0]}")
        for name, value in n.items():
            if not isfinite(value):
                raise ValueError(f"{name} is {value}; a finite number is needed")
        cdef Leg* leg = &self.job.leg
        cdef Guidance* guidance
        self.keep = (numbers, switches, harmonics, bodies, air, wind, aero, slope, profile)
        leg.earth.mu = n["mu"]
        leg.earth.field_radius = n["field_radius"]
        leg.earth.equatorial_radius = n["equatorial_radius"]
        leg.earth.polar_ratio = n["polar_ratio"]
        leg.earth.rotation = n["rotation"]
        if altitude_series.shape[0] != 16:
            raise ValueError(f"altitude_series has {altitude_series.shape[0]} entries; 16 are needed")
        for i in range(16):
            leg.earth.altitude_series[i] = altitude_series[i]
        for i in range(2, 7):
            leg.earth.zonal[i] = n[f"j{i}"]
        leg.earth.zonal_degree = s["zonal_degree"]
        leg.earth.degree = s["degree"]
        leg.earth.order = s["order"]
        if not 0 <= leg.earth.zonal_degree <= 6:
            raise ValueError(f"zonal_degree is {leg.earth.zonal_degree}; allowed: 0 to 6")
        if not (0 <= leg.earth.order <= leg.earth.degree <= MAX_DEGREE):
            raise ValueError(f"degree and order are {leg.earth.degree}, {leg.earth.order}; "
                             f"allowed: 0 <= order <= degree <= {MAX_DEGREE}")
        columns = min(leg.earth.order + 2, leg.earth.degree + 1)
        terms = columns*(leg.earth.degree + 1) - columns*(columns - 1)//2
        if leg.earth.degree and (harmonics.shape[0] != terms or harmonics.shape[1] != COLUMN):
            raise ValueError(f"harmonics of degree {leg.earth.degree} and order {leg.earth.order} must have the shape "
                             f"({terms}, {COLUMN}), not ({harmonics.shape[0]}, {harmonics.shape[1]})")
        leg.earth.harmonics = &harmonics[0, 0]
        leg.earth.bodies = s["bodies"]
        leg.earth.body_mu[0] = n["sun_mu"]
        leg.earth.body_mu[1] = n["moon_mu"]
        leg.earth.body_table = &bodies[0, 0, 0, 0]
        leg.earth.body_intervals = bodies.shape[0]
        leg.earth.body_origin = n["body_origin"]
        leg.earth.body_interval = n["body_interval"]
        if bodies.shape[1] != 2 or bodies.shape[2] != 3 or bodies.shape[3] != 12:
            raise ValueError("bodies must have the shape (intervals, 2, 3, 12)")
        leg.air.present = s["air"]
        leg.air.table = &air[0, 0]
        leg.air.intervals = air.shape[0]
        leg.air.track_harmonics = s["track_harmonics"]
        if air.shape[1] != 4*(2 + 2*leg.air.track_harmonics):
            raise ValueError(f"air has {air.shape[1]} columns; {4*(2 + 2*leg.air.track_harmonics)} are needed")
        leg.air.scale = n["air_scale"]
        leg.air.s_bottom = n["air_s_bottom"]
        leg.air.per_step = n["air_per_step"]
        leg.air.bottom = n["air_bottom"]
        leg.air.top = n["air_top"]
        for i, axis in enumerate("xyz"):
            leg.air.track_p[i] = n[f"track_p{axis}"]
            leg.air.track_q[i] = n[f"track_q{axis}"]
        leg.air.winds = s["winds"]
        leg.air.wind = &wind[0, 0]
        leg.air.wind_intervals = wind.shape[0]
        leg.air.wind_bottom = n["wind_bottom"]
        leg.air.wind_per_step = n["wind_per_step"]
        if wind.shape[1] != 8:
            raise ValueError(f"wind has {wind.shape[1]} columns; 8 are needed")
        leg.lift = s["lift"]
        leg.roll = s["roll"]
        leg.aero_table = s["aero_table"]
        leg.aero = &aero[0, 0, 0]
        leg.aero_heights = aero.shape[0] - 3
        leg.aero_machs = aero.shape[1] - 3
        if leg.aero_heights < 1 or leg.aero_machs < 1 or aero.shape[2] != 2:
            raise ValueError("aero must have the shape (heights + 3, machs + 3, 2)")
        leg.aero_slope = s["aero_slope"]
        leg.slope = &slope[0, 0, 0]
        if leg.aero_slope and (slope.shape[0] != aero.shape[0] or slope.shape[1] != aero.shape[1] or slope.shape[2] != 2):
            raise ValueError("the slopes of aero must have its shape")
        leg.air.departs = s["departs"]
        leg.air.departure_intervals = s["departure_intervals"]
        leg.air.departure_scale = n["departure_scale"]
        leg.aero_regions = s["aero_regions"]
        leg.aero_region_at = 3*(leg.air.departure_intervals + 3)
        leg.air.departure_width = leg.aero_region_at + (2*(leg.aero_regions + 3) if leg.aero_regions else 0)
        if leg.air.departure_intervals < 1 or leg.aero_regions < 0:
            raise ValueError("departures need an interval of height, and no fewer than 0 of the Mach number")
        leg.aero_mach_scale = n["aero_mach_scale"]
        leg.aero_height_scale = n["aero_height_scale"]
        leg.parachute = s["parachute"]
        leg.thrust = s["thrust"]
        leg.attitude = s["attitude"]
        leg.quasi_steady = s["quasi_steady"]
        leg.method = s["method"]
        leg.guided = s["law"] > 0
        leg.held_plane = s["held_plane"]
        guidance = &self.job.guidance
        guidance.law = s["law"]
        guidance.cycle = n["cycle"]
        guidance.parts = s["cycle_parts"]
        if guidance.law and (guidance.cycle <= 0.0 or guidance.parts < 1):
            raise ValueError(f"a guided leg needs a cycle above 0 and parts of it, not {guidance.cycle} s in {guidance.parts}")
        guidance.gain = n["gain"]
        guidance.most_cosine = n["most_cosine"]
        guidance.least_cosine = n["least_cosine"]
        guidance.profile = &profile[0, 0]
        guidance.nodes = profile.shape[0]
        if profile.shape[1] != N_PROFILE or profile.shape[0] < 2:
            raise ValueError(f"profile must have two rows or more of {N_PROFILE}, not the shape "
                             f"({profile.shape[0]}, {profile.shape[1]})")
        guidance.first = n["profile_first"]
        guidance.spacing = n["profile_spacing"]
        guidance.by_speed = s["by_speed"]
        guidance.corridor = n["corridor"]
        guidance.corridor_floor = n["corridor_floor"]
        guidance.acceleration = n["jet_acceleration"]
        guidance.high_load = n["high_load"]
        guidance.high_factor = n["high_factor"]
        guidance.dead_band = n["dead_band"]
        guidance.full_band = n["full_band"]
        guidance.full_band_high = n["full_band_high"]
        guidance.error_limit = n["error_limit"]
        guidance.rate_time = n["rate_time"]
        guidance.jet_flow = n["jet_flow"]
        guidance.end_altitude = n["end_altitude"]
        guidance.coarse_position = n["coarse_position"]
        guidance.coarse_velocity = n["coarse_velocity"]
        guidance.most_load = n["most_load"]
        guidance.most_heat_flux = n["most_heat_flux"]
        guidance.settling = n["settling"]
        self.job.position_scale = n["position_scale"]
        self.job.velocity_scale = n["velocity_scale"]
        self.job.coast_factor = n["coast_factor"]
        self.job.first_step = n["first_step"]
        self.job.shortest_step = n["shortest_step"]
        self.job.longest_step = n["longest_step"]
        self.job.history_step = n["history_step"]
        self.job.most_steps = s["most_steps"]
        self.job.below_air_ends = s["below_air_ends"]

    def fly(self, const double[:, ::1] y0 not None, const double[::1] t0 not None, const double[::1] t_end not None,
            const double[:, ::1] rows not None,
            const long long[::1] stop_kind not None, const long long[::1] stop_direction not None,
            const double[:, ::1] stop_value not None,
            const long long[::1] watch_kind not None, const long long[::1] watch_direction not None,
            const double[:, ::1] watch_value not None,
            double[:, ::1] y1 not None, double[::1] t1 not None, long long[::1] status not None,
            double[::1] residual not None, double[:, :, ::1] watched not None, double[:, :, ::1] peaks not None,
            double[:, :, ::1] history not None, long long[::1] history_count not None, long long[:, ::1] counters not None,
            long long[::1] vector_steps not None, const int[::1] cancel not None,
            double[:, ::1] memory not None, double[:, :, ::1] log not None, long long[::1] log_count not None,
            const double[:, ::1] departures not None):
        """Fly every row until a stop, the end of its time, or a failure; fills the outputs.

        Another thread may set cancel[0]: rows that are not done by then keep what the outputs held before."""
        cdef Job job = self.job
        cdef Py_ssize_t n = y0.shape[0]
        shapes = (
            ("y0", y0.shape[1], N_STATE), ("t0", t0.shape[0], n), ("t_end", t_end.shape[0], n), ("rows", rows.shape[0], n),
            ("row", rows.shape[1], N_ROW), ("y1", y1.shape[0], n), ("y1", y1.shape[1], N_STATE), ("t1", t1.shape[0], n),
            ("status", status.shape[0], n), ("residual", residual.shape[0], n), ("watched", watched.shape[0], n),
            ("watched", watched.shape[2], N_STATE + 1), ("peaks", peaks.shape[2], N_STATE + 2),
            ("peaks", peaks.shape[1], N_PEAK), ("history", history.shape[2], N_STATE + 1),
            ("history_count", history_count.shape[0], n), ("counters", counters.shape[0], n),
            ("counters", counters.shape[1], 2),
            ("stop_value", stop_value.shape[0], n), ("stop_value", stop_value.shape[1], stop_kind.shape[0]),
            ("stop_direction", stop_direction.shape[0], stop_kind.shape[0]),
            ("watch_value", watch_value.shape[0], n), ("watch_value", watch_value.shape[1], watch_kind.shape[0]),
            ("watch_direction", watch_direction.shape[0], watch_kind.shape[0]),
            ("watched", watched.shape[1], watch_kind.shape[0]), ("cancel", cancel.shape[0], 1),
            ("vector_steps", vector_steps.shape[0], 1), ("memory", memory.shape[1], N_MEMORY), ("log", log.shape[2], N_LOG),
            ("log_count", log_count.shape[0], log.shape[0]),
        )
        for name, seen, wanted in shapes:
            if seen != wanted:
                raise ValueError(f"{name} has a length of {seen}; {wanted} is needed")
        if stop_kind.shape[0] > MAX_WATCH or watch_kind.shape[0] > MAX_WATCH:
            raise ValueError(f"at most {MAX_WATCH} stops and {MAX_WATCH} watches a leg")
        if n == 0:
            return
        job.n_rows = n
        job.y0 = &y0[0, 0]
        job.t0 = &t0[0]
        job.t_end = &t_end[0]
        job.rows = &rows[0, 0]
        job.n_stop = stop_kind.shape[0]
        job.n_watch = watch_kind.shape[0]
        if job.n_stop:
            job.stop_kind = &stop_kind[0]
            job.stop_direction = &stop_direction[0]
            job.stop_value = &stop_value[0, 0]
        if job.n_watch:
            job.watch_kind = &watch_kind[0]
            job.watch_direction = &watch_direction[0]
            job.watch_value = &watch_value[0, 0]
            job.watched = &watched[0, 0, 0]
        job.y1 = &y1[0, 0]
        job.t1 = &t1[0]
        job.status = &status[0]
        job.residual = &residual[0]
        job.peaks = NULL
        if peaks.shape[0]:
            if peaks.shape[0] != n:
                raise ValueError(f"peaks has a length of {peaks.shape[0]}; {n} or 0 is needed")
            job.peaks = &peaks[0, 0, 0]
        job.history = NULL
        if history.shape[0]:
            if history.shape[0] != n or history.shape[1] == 0 or job.history_step <= 0.0:
                raise ValueError("history needs a row for each flight, room, and a step above 0")
            job.history = &history[0, 0, 0]
            job.history_room = history.shape[1]
        job.history_count = &history_count[0]
        job.counters = &counters[0, 0]
        job.memory = NULL
        if job.guidance.law:
            if memory.shape[0] != n:
                raise ValueError(f"memory has a length of {memory.shape[0]}; a guided leg needs {n}")
            job.memory = &memory[0, 0]
        job.log = NULL
        if job.guidance.law and log.shape[0]:
            if log.shape[0] != n or log.shape[1] == 0:
                raise ValueError("log needs a row for each flight, and room")
            job.log = &log[0, 0, 0]
            job.log_room = log.shape[1]
            job.log_count = &log_count[0]
        take_departures(&job, departures, rows)
        job.cancel = &cancel[0]
        job.vector_steps = &vector_steps[0]
        with nogil:
            fly_all(&job)

    def settle(self, const double[:, ::1] y0 not None, const double[::1] t0 not None, const double[:, ::1] rows not None,
               double[:, ::1] y1 not None, const double[:, ::1] departures not None):
        """Write the balanced velocity under the canopy into y1[:, 3:6]."""
        cdef Job job = self.job
        job.n_rows = y0.shape[0]
        if t0.shape[0] != job.n_rows or rows.shape[0] != job.n_rows or y1.shape[0] != job.n_rows \
                or y0.shape[1] != N_STATE or y1.shape[1] != N_STATE or rows.shape[1] != N_ROW:
            raise ValueError("shapes do not agree")
        if job.n_rows == 0:
            return
        job.n_stop = 0
        job.n_watch = 0
        job.y0 = &y0[0, 0]
        job.t0 = &t0[0]
        job.t_end = &t0[0]
        job.rows = &rows[0, 0]
        job.y1 = &y1[0, 0]
        take_departures(&job, departures, rows)
        with nogil:
            settle_all(&job)

    def feel(self, const double[:, ::1] y0 not None, const double[::1] t0 not None, const double[:, ::1] rows not None,
             double[:, ::1] felt not None, const double[:, ::1] departures not None):
        """Write what each state feels into felt, the columns of FELT."""
        cdef Job job = self.job
        job.n_rows = y0.shape[0]
        if t0.shape[0] != job.n_rows or rows.shape[0] != job.n_rows or felt.shape[0] != job.n_rows \
                or y0.shape[1] != N_STATE or felt.shape[1] != 17 or rows.shape[1] != N_ROW:
            raise ValueError("shapes do not agree")
        if job.n_rows == 0:
            return
        job.n_stop = 0
        job.n_watch = 0
        job.y0 = &y0[0, 0]
        job.t0 = &t0[0]
        job.t_end = &t0[0]
        job.rows = &rows[0, 0]
        take_departures(&job, departures, rows)
        with nogil:
            feel_all(&job, &felt[0, 0])


def kernel():
    """Name of the processor version that this was compiled for."""
    return kernel_name().decode()


def processor():
    """Name of the best version that this processor can run."""
    return processor_name().decode()


def elementary(const double[::1] x not None, double[:, ::1] out not None):
    """exp, sin and cos as the kernel computes them, for tests."""
    cdef vd a, s, c
    cdef Py_ssize_t i
    for i in range(x.shape[0]):
        a = splat(x[i])
        sine_cosine(a, &s, &c)
        out[i, 0] = lane(exponential(a), 0)
        out[i, 1] = lane(s, 0)
        out[i, 2] = lane(c, 0)
