# distutils: language = c
"""The compiled heart: flies one leg for many rows. The contract:

- float64, SI, radians, kg, seconds since the case epoch. One frame: the axes of the Earth (TIRS) as they stood at the
  epoch, not turning; the Earth turns in it about z at a constant rate (docs/decisions/0001).
- Arrays are C-contiguous, run first, component last. The caller allocates the outputs and passes them in.
- Inside the loop: no allocation, no Python object, no callback, no string, no global, no random number, no libm but sqrt.
- A row that cannot be flown gets a status, NaN in its outputs, and changes no bit of its neighbours.
- Physics is in _forces.pxd, _gravity.pxd and _air.pxd, the integrator in _stepper.pxd; here rows are put on lanes, steps
  are accepted, and legs are ended.
"""

from libc.math cimport isfinite, sqrt

from trajectory._forces cimport Felt, Leg, N_ROW, N_STATE, Row, descent_velocity, feel, hold, rates
from trajectory._gravity cimport MAX_DEGREE
from trajectory._lanes cimport (
    LANES, any_lane, clear, exponential, for_each_processor, kernel_name, lane, lane_set, larger, opposite, put, raised, root,
    sine_cosine, smaller, splat, vd, vec3, vector, vm, where,
)
from trajectory._stepper cimport (
    ALTITUDE, APPARENT_VELOCITY, MASS, dense_output, interpolate, quantity, slope, stages, step_error,
)

cdef enum:
    MAX_WATCH = 16                       # stops, and watches, of one leg
    N_PEAK = 3                           # sensed acceleration, heat flux, dynamic pressure
    END_OF_TIME = -1                     # status of a row that no stop condition ended; see status.py
    STEP_COLLAPSED = -2
    BAD_START = -3
    TOO_MANY_STEPS = -4
    BELOW_AIR = -5
    NOT_FINITE = -6

NUMBERS = (
    "mu", "field_radius", "equatorial_radius", "polar_ratio", "rotation", "j2", "j3", "j4", "j5", "j6",
    "sun_mu", "moon_mu", "body_origin", "body_interval",
    "air_scale", "air_s_bottom", "air_per_step", "air_bottom", "air_top",
    "track_px", "track_py", "track_pz", "track_qx", "track_qy", "track_qz", "wind_bottom", "wind_per_step",
    "aero_mach_scale", "aero_height_scale",
    "position_scale", "velocity_scale", "first_step", "shortest_step", "longest_step", "history_step",
)
SWITCHES = (
    "zonal_degree", "degree", "order", "bodies", "air", "track_harmonics", "winds", "lift", "roll", "aero_table", "parachute",
    "thrust", "attitude", "quasi_steady", "most_steps", "below_air_ends",
)
ROW_WIDTH = N_ROW
STATE_WIDTH = N_STATE
HIGHEST_DEGREE = MAX_DEGREE
LANE_COUNT = LANES

ctypedef struct Job:                     # everything one call works on
    Leg leg
    double position_scale
    double velocity_scale
    double first_step
    double shortest_step
    double longest_step
    double history_step
    long long most_steps
    int below_air_ends
    Py_ssize_t n_rows
    const double* y0
    const double* t0
    const double* t_end
    const double* rows
    int n_stop
    const long long* stop_kind
    const long long* stop_direction
    const double* stop_value
    int n_watch
    const long long* watch_kind
    const long long* watch_direction
    const double* watch_value
    double* y1
    double* t1
    long long* status
    double* residual
    double* watched
    double* peaks
    double* history
    Py_ssize_t history_room
    long long* history_count
    long long* counters                  # of each row: steps tried, steps of them that did not stand
    const int* cancel                    # raised by another thread: give up what is not done


ctypedef struct Lanes:                   # eight flights in the air
    vd t
    vd t_end
    vd h                                 # the step to try next
    vd trial                             # the step that is tried
    vd y[10]
    vd after[10]                         # the state at the end of that step
    vd k[160]                            # rates at its stages
    vd f[70]                             # its interpolant, where one was made
    Row row
    vd stop_value[16]
    vd stop_before[16]
    vd stop_after[16]
    vd watch_value[16]
    vd watch_before[16]
    vd watch_after[16]
    vd peak[3]                           # greatest so far, and where
    vd peak_t[3]
    vd peak_y[30]
    long long running[8]                 # the row on each lane, or -1
    long long steps[8]
    long long in_vain[8]
    long long kept[8]                    # states of the history written
    int fresh[8]
    int landing[8]                       # the stop that a lane is closing in on, or -1
    int tries[8]
    double low[8]                        # the step is too short there, too long at high
    double high[8]
    double last_h[8]
    double last_g[8]
    int flying
    Py_ssize_t next_row


cdef inline vm crossed(long long direction, vd before, vd after) noexcept nogil:
    """Lanes in which a threshold was passed: falling (below 0), rising (above 0), or either way (0)."""
    cdef vd zero = splat(0.0)
    cdef vm falling = (before > zero) & (after <= zero)
    cdef vm rising = (before < zero) & (after >= zero)
    if direction < 0:
        return falling
    if direction > 0:
        return rising
    return falling | rising


cdef for_each_processor find_root(int kind, const Job* job, const Lanes* a, const vd* threshold, const vd* before,
                                  const vd* after, vd* fraction) noexcept nogil:
    """Where along the step a quantity meets its threshold: regula falsi with the Illinois halving on the interpolant."""
    cdef vd low = splat(0.0)
    cdef vd high = splat(1.0)
    cdef vd g_low = before[0]
    cdef vd g_high = after[0]
    cdef vd zero = splat(0.0)
    cdef vd w[N_STATE]
    cdef vd x, g, span, at
    cdef vm same
    cdef int _i, c
    x = high
    for _i in range(14):
        span = g_high - g_low
        x = high - g_high*(high - low)/where((span > zero) | (span < zero), span, splat(1.0))
        x = smaller(larger(x, smaller(low, high)), larger(low, high))
        for c in range(N_STATE):
            w[c] = interpolate(a.y, a.f, c, x)
        at = a.t + x*a.trial
        quantity(kind, &job.leg, &a.row, &at, w, &g)
        g = g - threshold[0]
        same = g*g_high > zero
        g_low = where(same, 0.5*g_low, g_high)
        low = where(same, low, high)
        high = x
        g_high = g
    fraction[0] = x


cdef inline void load_row(const Job* job, Py_ssize_t i, int n, vd* t, vd* t_end, vd* y, Row* row, vd* stop_value,
                          vd* watch_value) noexcept nogil:
    """Row i onto lane n."""
    cdef vd* own = <vd*> row
    cdef int c
    put(t, n, job.t0[i])
    put(t_end, n, job.t_end[i])
    for c in range(N_STATE):
        put(y + c, n, job.y0[i*N_STATE + c])
    for c in range(N_ROW):
        put(own + c, n, job.rows[i*N_ROW + c])
    for c in range(job.n_stop):
        put(stop_value + c, n, job.stop_value[i*job.n_stop + c])
    for c in range(job.n_watch):
        put(watch_value + c, n, job.watch_value[i*job.n_watch + c])


cdef inline void rest(const Job* job, Lanes* a, int n) noexcept nogil:
    """A lane without a row waits where nothing divides by zero and takes steps of no length."""
    cdef vd* own = <vd*> &a.row
    cdef int c
    a.running[n] = -1
    a.landing[n] = -1
    a.fresh[n] = 0
    for c in range(N_STATE):
        put(a.y + c, n, 0.0)
        put(a.k + c, n, 0.0)
    put(a.y, n, job.leg.earth.equatorial_radius*1.1)
    put(a.y + 4, n, 7000.0)
    put(a.y + 6, n, 1.0)
    put(&a.t, n, 0.0)
    put(&a.t_end, n, 0.0)
    put(&a.h, n, 0.0)
    for c in range(N_ROW):
        put(own + c, n, 1.0)


cdef inline int fit_to_fly(const Lanes* a, int n) noexcept nogil:
    cdef const vd* own = <const vd*> &a.row
    cdef int c
    for c in range(N_STATE):
        if not isfinite(lane(a.y[c], n)) or not isfinite(lane(a.k[c], n)):
            return 0
    for c in range(N_ROW):
        if not isfinite(lane(own[c], n)):
            return 0
    return isfinite(lane(a.t, n)) and isfinite(lane(a.t_end, n)) and lane(a.y[6], n) > 0.0


cdef inline void hand_back(const Job* job, Lanes* a, int n, long long status, double residual) noexcept nogil:
    """A row is done: write what became of it, free its lane."""
    cdef long long i = a.running[n]
    cdef double* out
    cdef int s, c
    job.status[i] = status
    job.residual[i] = residual
    job.t1[i] = lane(a.t, n)
    job.counters[2*i] = a.steps[n]
    job.counters[2*i + 1] = a.in_vain[n]
    for c in range(N_STATE):
        job.y1[i*N_STATE + c] = lane(a.y[c], n)
    if job.peaks != NULL:
        for s in range(N_PEAK):
            out = job.peaks + (i*N_PEAK + s)*(N_STATE + 2)
            out[0] = lane(a.peak[s], n)
            out[1] = lane(a.peak_t[s], n)
            for c in range(N_STATE):
                out[2 + c] = lane(a.peak_y[N_STATE*s + c], n)
    if job.history != NULL:
        job.history_count[i] = a.kept[n]
    a.flying -= 1
    rest(job, a, n)


cdef for_each_processor take_rows(const Job* job, Lanes* a) noexcept nogil:
    """Every free lane takes the next row; its rates and thresholds at the start, no neighbour touched."""
    cdef vd rate[N_STATE]
    cdef vd g
    cdef double g_start
    cdef int n, c, s
    for n in range(LANES):
        if a.running[n] < 0 and a.next_row < job.n_rows:
            load_row(job, a.next_row, n, &a.t, &a.t_end, a.y, &a.row, a.stop_value, a.watch_value)
            a.running[n] = a.next_row
            a.next_row += 1
            a.fresh[n] = 1
            a.landing[n] = -1
            a.steps[n] = 0
            a.in_vain[n] = 0
            a.kept[n] = 0
            a.flying += 1
            put(&a.h, n, job.first_step)
    hold(&job.leg, &a.row, a.y[6])
    rates(&job.leg, &a.row, &a.t, a.y, rate)
    for n in range(LANES):
        if a.fresh[n]:
            for c in range(N_STATE):
                put(a.k + c, n, lane(rate[c], n))
            for s in range(N_PEAK):
                put(a.peak + s, n, lane(rate[7 + s], n))
                put(a.peak_t + s, n, lane(a.t, n))
                for c in range(N_STATE):
                    put(a.peak_y + N_STATE*s + c, n, lane(a.y[c], n))
    for s in range(job.n_stop):
        quantity(<int> job.stop_kind[s], &job.leg, &a.row, &a.t, a.y, &g)
        g = g - a.stop_value[s]
        for n in range(LANES):
            if a.fresh[n]:
                put(a.stop_before + s, n, lane(g, n))
    for s in range(job.n_watch):
        quantity(<int> job.watch_kind[s], &job.leg, &a.row, &a.t, a.y, &g)
        g = g - a.watch_value[s]
        for n in range(LANES):
            if a.fresh[n]:
                put(a.watch_before + s, n, lane(g, n))
    for n in range(LANES):
        if a.fresh[n] and not fit_to_fly(a, n):
            job.status[a.running[n]] = BAD_START
            a.flying -= 1
            rest(job, a, n)
        elif a.fresh[n]:
            for s in range(job.n_stop):  # of direction 2 or -2: the leg ends at once where it holds from the start
                g_start = lane(a.stop_before[s], n)
                if (job.stop_direction[s] == -2 and g_start < -1e-6) or (job.stop_direction[s] == 2 and g_start > 1e-6):
                    hand_back(job, a, n, s, g_start)
                    break
        a.fresh[n] = 0


cdef inline double known_slope(const Lanes* a, int kind, int n, int at_end) noexcept nogil:
    """Rate of a quantity where the state or the stages hold it, else 0."""
    cdef const vd* y = &a.y[0]
    cdef const vd* k = &a.k[0]
    cdef double r2
    if at_end:
        y = &a.after[0]
        k = &a.k[12*N_STATE]
    if kind == ALTITUDE:
        r2 = lane(y[0]*y[0] + y[1]*y[1] + y[2]*y[2], n)
        return lane(y[0]*k[0] + y[1]*k[1] + y[2]*k[2], n)/sqrt(r2)
    if kind == MASS:
        return lane(k[6], n)
    if kind == APPARENT_VELOCITY:
        return lane(k[7], n)
    return 0.0


cdef inline double first_guess(double before, double after, double rate_before, double rate_after, double h) noexcept nogil:
    """Where the cubic through two values and two rates, or the line through the values, meets zero; fraction of h."""
    cdef double x = before/(before - after)
    cdef double b0 = rate_before*h
    cdef double b1 = rate_after*h
    cdef double d = after - before
    cdef double c2, c3, value, slope_
    cdef int _i
    if rate_before == 0.0 or rate_after == 0.0:
        return x
    c2 = 3.0*d - 2.0*b0 - b1
    c3 = b0 + b1 - 2.0*d
    for _i in range(4):
        value = before + x*(b0 + x*(c2 + x*c3))
        slope_ = b0 + x*(2.0*c2 + 3.0*x*c3)
        if slope_ == 0.0:
            break
        x -= value/slope_
        if not 0.0 < x < 1.0:
            return before/(before - after)
    return x


cdef inline int close_in(const Job* job, Lanes* a, int n, const vm* passed) noexcept nogil:
    """A lane whose step passed a stop tries a shorter one, by the secant inside a bracket, until it ends on the stop.

    1: the step stands and the stop is met; 0: another step is to be tried."""
    cdef double h = lane(a.trial, n)
    cdef double x, best, g, next_h
    cdef int s, chosen
    if a.landing[n] < 0:                 # the stop that comes first
        best = 2.0
        chosen = -1
        for s in range(job.n_stop):
            if lane_set(passed[s], n):
                x = first_guess(lane(a.stop_before[s], n), lane(a.stop_after[s], n),
                                known_slope(a, <int> job.stop_kind[s], n, 0), known_slope(a, <int> job.stop_kind[s], n, 1), h)
                if x < best:
                    best = x
                    chosen = s
        a.landing[n] = chosen
        a.tries[n] = 0
        a.low[n] = 0.0
        a.high[n] = h
        a.last_h[n] = h
        a.last_g[n] = lane(a.stop_after[chosen], n)
        put(&a.h, n, h*best)
        return 0
    for s in range(job.n_stop):          # an earlier one shows itself
        if s != a.landing[n] and lane_set(passed[s], n) and not lane_set(passed[a.landing[n]], n):
            a.landing[n] = -1
            return close_in(job, a, n, passed) if a.tries[n] < 20 else 1
    g = lane(a.stop_after[a.landing[n]], n)
    if lane_set(passed[a.landing[n]], n):
        a.high[n] = h
    else:
        a.low[n] = h
    next_h = h
    if g != a.last_g[n]:
        next_h = h - g*(h - a.last_h[n])/(g - a.last_g[n])
    a.tries[n] += 1
    if g == 0.0 or (-1e-7 < next_h - h < 1e-7) or a.high[n] - a.low[n] < 1e-9 or a.tries[n] > 40:
        return 1
    if not a.low[n] < next_h < a.high[n]:
        next_h = 0.5*(a.low[n] + a.high[n])
    a.last_h[n] = h
    a.last_g[n] = g
    put(&a.h, n, next_h)
    return 0


cdef for_each_processor note_peaks(const Job* job, Lanes* a, const vm* stands, int interior) noexcept nogil:
    """Greatest load, heat flux and dynamic pressure: at the ends of steps, and inside those that hold a maximum, where
    they are the slopes of the interpolated integrals."""
    cdef vd best, x, best_x, width, left, right, bend, here
    cdef vm better
    cdef int s, i, _i, c
    for s in range(N_PEAK):
        best = a.k[12*N_STATE + 7 + s]
        best_x = splat(1.0)
        if interior:
            for i in range(1, 4):
                x = splat(i*0.25)
                here = slope(a.f, 7 + s, x)/a.trial
                better = here > best
                best = where(better, here, best)
                best_x = where(better, x, best_x)
            width = splat(0.125)
            for _i in range(4):          # the vertex of the parabola through three neighbours, ever closer
                left = slope(a.f, 7 + s, larger(best_x - width, splat(0.0)))/a.trial
                right = slope(a.f, 7 + s, smaller(best_x + width, splat(1.0)))/a.trial
                bend = left - 2.0*best + right
                x = best_x + 0.5*width*(left - right)/where(bend < 0.0, bend, splat(-1e300))
                x = smaller(larger(x, splat(0.0)), splat(1.0))
                here = slope(a.f, 7 + s, x)/a.trial
                better = here > best
                best = where(better, here, best)
                best_x = where(better, x, best_x)
                width = 0.3*width
        better = stands[0] & (best > a.peak[s])
        if any_lane(better):
            a.peak[s] = where(better, best, a.peak[s])
            a.peak_t[s] = where(better, a.t + best_x*a.trial, a.peak_t[s])
            for c in range(N_STATE):
                here = a.after[c]
                if interior:
                    here = where(best_x == 1.0, here, interpolate(a.y, a.f, c, best_x))
                a.peak_y[N_STATE*s + c] = where(better, here, a.peak_y[N_STATE*s + c])


cdef inline void note_watched(const Job* job, Lanes* a, vm stands, const vm* passed) noexcept nogil:
    """Time and state where a watched threshold was met first."""
    cdef vd w[N_STATE]
    cdef vd x
    cdef int s, n, c
    cdef double* out
    for s in range(job.n_watch):
        if any_lane(passed[s] & stands):
            find_root(<int> job.watch_kind[s], job, a, &a.watch_value[s], &a.watch_before[s], &a.watch_after[s], &x)
            for c in range(N_STATE):
                w[c] = interpolate(a.y, a.f, c, x)
            for n in range(LANES):
                if a.running[n] >= 0 and lane_set(passed[s] & stands, n):
                    out = job.watched + (a.running[n]*job.n_watch + s)*(N_STATE + 1)
                    if out[0] != out[0]:
                        out[0] = lane(a.t + x*a.trial, n)
                        for c in range(N_STATE):
                            out[1 + c] = lane(w[c], n)


cdef inline void note_history(const Job* job, Lanes* a, vm stands) noexcept nogil:
    """States every so many seconds from the start of the leg."""
    cdef double at, h
    cdef vd x
    cdef double* out
    cdef int n, c
    for n in range(LANES):
        if a.running[n] < 0 or not lane_set(stands, n):
            continue
        h = lane(a.trial, n)
        while a.kept[n] < job.history_room:
            at = job.t0[a.running[n]] + a.kept[n]*job.history_step
            if at > lane(a.t + a.trial, n):
                break
            x = splat((at - lane(a.t, n))/h if h > 0.0 else 0.0)
            out = job.history + (a.running[n]*job.history_room + a.kept[n])*(N_STATE + 1)
            out[0] = at
            for c in range(N_STATE):
                out[1 + c] = lane(interpolate(a.y, a.f, c, x), n)
            a.kept[n] += 1


cdef for_each_processor fly_all(const Job* job) noexcept nogil:
    """All rows, LANES at a time, each lane with its own step; a lane that is done takes the next row."""
    cdef Lanes a
    cdef vm stop_passed[MAX_WATCH]
    cdef vm watch_passed[MAX_WATCH]
    cdef int met[LANES]
    cdef vd at, error, scale, g, left, right, middle
    cdef vm accept, last, passes, watched, interior, low_air
    cdef double h
    cdef int n, c, s

    a.next_row = 0
    a.flying = 0
    for n in range(LANES):
        rest(job, &a, n)
    for s in range(MAX_WATCH):
        a.stop_value[s] = splat(0.0)
        a.stop_before[s] = splat(0.0)
        a.watch_value[s] = splat(0.0)
        a.watch_before[s] = splat(0.0)

    while True:
        if a.flying < LANES and a.next_row < job.n_rows:
            take_rows(job, &a)
            if a.flying < LANES and a.next_row < job.n_rows:
                continue                 # some were no flights: take more
        if a.flying == 0 or raised(job.cancel):
            return

        # one step in every lane, none beyond its end of time
        last = a.t + a.h >= a.t_end
        a.trial = where(last, a.t_end - a.t, a.h)
        stages(&job.leg, &a.row, a.t, a.trial, a.y, a.k, a.after)
        error = step_error(a.trial, a.k, job.position_scale, job.velocity_scale)
        at = a.t + a.trial
        rates(&job.leg, &a.row, &at, a.after, a.k + 12*N_STATE)
        g = splat(0.0)
        for c in range(N_STATE):         # infinite or no number: such a step never stands
            g = g + 0.0*a.k[12*N_STATE + c]
        accept = (error <= 1.0) & (g == 0.0)
        error = where(accept | (error > 1.0), error, splat(1e30))
        scale = root(root(root(larger(error, splat(1e-8)))))
        scale = smaller(larger(0.9*(1/scale), splat(0.2)), splat(6.0))

        # what happened along it
        passes = accept & opposite(accept)
        watched = passes
        interior = passes
        for s in range(job.n_stop):
            quantity(<int> job.stop_kind[s], &job.leg, &a.row, &at, a.after, &g)
            a.stop_after[s] = g - a.stop_value[s]
            stop_passed[s] = accept & crossed(job.stop_direction[s], a.stop_before[s], a.stop_after[s])
            passes = passes | stop_passed[s]
        for s in range(job.n_watch):
            quantity(<int> job.watch_kind[s], &job.leg, &a.row, &at, a.after, &g)
            a.watch_after[s] = g - a.watch_value[s]
            watch_passed[s] = accept & crossed(job.watch_direction[s], a.watch_before[s], a.watch_after[s])
            watched = watched | watch_passed[s]

        # a stop inside the step: shorten it to end there
        for n in range(LANES):
            met[n] = 0
        if any_lane(passes) or closing(&a):
            for n in range(LANES):
                if a.running[n] >= 0 and lane_set(accept, n) and (a.landing[n] >= 0 or lane_set(passes, n)):
                    met[n] = close_in(job, &a, n, stop_passed)
                    if met[n] == 0:
                        clear(&accept, n)

        # what is read from the steps that stand
        if job.peaks != NULL:
            for s in range(N_PEAK):
                left = a.k[7 + s]
                right = a.k[12*N_STATE + 7 + s]
                middle = larger(larger(a.k[4*N_STATE + 7 + s], a.k[9*N_STATE + 7 + s]),
                                larger(a.k[8*N_STATE + 7 + s], a.k[10*N_STATE + 7 + s]))
                interior = interior | (accept & (middle > right) & (middle > left) & (middle > 0.9*a.peak[s]))
        watched = watched & accept
        if any_lane(watched | interior) or job.history != NULL:
            dense_output(&job.leg, &a.row, &a.t, &a.trial, a.y, a.after, a.k, a.f)
            if any_lane(watched):
                note_watched(job, &a, accept, watch_passed)
            if job.history != NULL:
                note_history(job, &a, accept)
        if job.peaks != NULL:
            note_peaks(job, &a, &accept, any_lane(interior))

        # keep them
        for c in range(N_STATE):
            a.y[c] = where(accept, a.after[c], a.y[c])
            a.k[c] = where(accept, a.k[12*N_STATE + c], a.k[c])
        for s in range(job.n_stop):
            a.stop_before[s] = where(accept, a.stop_after[s], a.stop_before[s])
        for s in range(job.n_watch):
            a.watch_before[s] = where(accept, a.watch_after[s], a.watch_before[s])
        a.t = where(accept, where(last, a.t_end, at), a.t)
        low_air = accept & opposite(accept)
        if job.leg.air.present and job.below_air_ends:
            quantity(ALTITUDE, &job.leg, &a.row, &a.t, a.y, &g)
            low_air = accept & (g < job.leg.air.bottom)
        for n in range(LANES):
            if a.running[n] < 0:
                continue
            a.steps[n] += 1
            a.in_vain[n] += not lane_set(accept, n)
            if met[n]:
                hand_back(job, &a, n, a.landing[n], lane(a.stop_after[a.landing[n]], n))
            elif lane_set(accept, n) and lane_set(last, n):
                hand_back(job, &a, n, END_OF_TIME, 0.0)
            elif lane_set(low_air, n):
                hand_back(job, &a, n, BELOW_AIR, 0.0)
            elif a.steps[n] >= job.most_steps:
                hand_back(job, &a, n, TOO_MANY_STEPS, 0.0)
            elif a.landing[n] < 0 or lane(error, n) > 1.0:
                a.landing[n] = -1
                h = lane(a.trial, n)*lane(scale, n)
                if h < job.shortest_step and not lane_set(accept, n):
                    hand_back(job, &a, n, STEP_COLLAPSED, 0.0)
                else:
                    put(&a.h, n, h if h < job.longest_step else job.longest_step)


cdef inline int closing(const Lanes* a) noexcept nogil:
    cdef int n
    for n in range(LANES):
        if a.landing[n] >= 0:
            return 1
    return 0


cdef for_each_processor settle_all(const Job* job) noexcept nogil:
    """Under a canopy the velocity in the state is the balanced one: put it there, rows in blocks of LANES."""
    cdef vd y[N_STATE]
    cdef vd t, t_end
    cdef Row row
    cdef vd none[MAX_WATCH]
    cdef vec3 v, r
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
        descent_velocity(&job.leg, &row, &t, &r, &y[6], &v)
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
        r = vector(y[0], y[1], y[2])
        v = vector(y[3], y[4], y[5])
        if job.leg.quasi_steady:
            descent_velocity(&job.leg, &row, &t, &r, &y[6], &v)
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


cdef class Prepared:
    """A leg's tables and switches, checked once; holds the arrays that the kernel points into."""
    cdef Job job
    cdef object keep

    def __init__(self, const double[::1] numbers not None, const long long[::1] switches not None,
                 const double[:, ::1] cosine not None, const double[:, ::1] sine not None,
                 const double[:, :, :, ::1] bodies not None, const double[:, ::1] air not None,
                 const double[:, ::1] wind not None, const double[:, :, ::1] aero not None,
                 const double[::1] altitude_series not None):
        cdef dict n = dict(zip(NUMBERS, numbers))
        cdef dict s = dict(zip(SWITCHES, switches))
        if numbers.shape[0] != len(NUMBERS) or switches.shape[0] != len(SWITCHES):
            raise ValueError(f"numbers and switches must have {len(NUMBERS)} and {len(SWITCHES)} entries, "
                             f"not {numbers.shape[0]} and {switches.shape[0]}")
        for name, value in n.items():
            if not isfinite(value):
                raise ValueError(f"{name} is {value}; a finite number is needed")
        cdef Leg* leg = &self.job.leg
        self.keep = (numbers, switches, cosine, sine, bodies, air, wind, aero)
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
        if leg.earth.degree and (cosine.shape[0] <= leg.earth.degree or cosine.shape[1] != MAX_DEGREE + 1
                                 or sine.shape[0] != cosine.shape[0] or sine.shape[1] != cosine.shape[1]):
            raise ValueError(f"coefficients must be two tables of (degree + 1, {MAX_DEGREE + 1})")
        leg.earth.cosine = &cosine[0, 0]
        leg.earth.sine = &sine[0, 0]
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
        leg.aero_mach_scale = n["aero_mach_scale"]
        leg.aero_height_scale = n["aero_height_scale"]
        leg.parachute = s["parachute"]
        leg.thrust = s["thrust"]
        leg.attitude = s["attitude"]
        leg.quasi_steady = s["quasi_steady"]
        self.job.position_scale = n["position_scale"]
        self.job.velocity_scale = n["velocity_scale"]
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
            const int[::1] cancel not None):
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
        job.cancel = &cancel[0]
        with nogil:
            fly_all(&job)

    def settle(self, const double[:, ::1] y0 not None, const double[::1] t0 not None, const double[:, ::1] rows not None,
               double[:, ::1] y1 not None):
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
        with nogil:
            settle_all(&job)

    def feel(self, const double[:, ::1] y0 not None, const double[::1] t0 not None, const double[:, ::1] rows not None,
             double[:, ::1] felt not None):
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
        with nogil:
            feel_all(&job, &felt[0, 0])


def kernel():
    """Name of the processor version that the loader chose."""
    return kernel_name().decode()


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
