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

from libc.math cimport NAN, isfinite

from trajectory._air cimport place
from trajectory._forces cimport Felt, Leg, N_ROW, N_STATE, Row, feel, rates, descent_velocity
from trajectory._gravity cimport Earth, MAX_DEGREE
from trajectory._lanes cimport (
    LANES, any_lane, clear, exponential, for_each_processor, kernel_name, lane, lane_set, larger, opposite, put, root,
    sine_cosine, smaller, splat, vd, vec3, vector, vm, where,
)
from trajectory._stepper cimport (
    ALTITUDE, N_DENSE, N_STAGE, dense_output, interpolate, quantity, slope, stages, step_error,
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
    "zonal_degree", "degree", "order", "bodies", "air", "track_harmonics", "winds", "lift", "aero_table", "parachute",
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
    long long* counters


cdef inline vm crossed(long long direction, vd before, vd after) noexcept nogil:
    """Lanes in which a threshold was passed: -1 falling, +1 rising, 0 either way."""
    cdef vd zero = splat(0.0)
    cdef vm falling = (before > zero) & (after <= zero)
    cdef vm rising = (before < zero) & (after >= zero)
    if direction < 0:
        return falling
    if direction > 0:
        return rising
    return falling | rising


cdef for_each_processor find_root(int kind, const Job* job, const Row* row, const vd* time, const vd* step, const vd* y,
                                  const vd* f, const vd* threshold, const vd* before, const vd* after, vd* fraction,
                                  vd* per_second) noexcept nogil:
    """Where along the step the quantity meets its threshold: regula falsi with the Illinois halving on the interpolant,
    and the slope there."""
    cdef vd h = step[0]
    cdef vd a = splat(0.0)
    cdef vd b = splat(1.0)
    cdef vd ga = before[0]
    cdef vd gb = after[0]
    cdef vd zero = splat(0.0)
    cdef vd w[N_STATE]
    cdef vd x, g, g_next, span, at
    cdef vm same_as_b
    cdef int i, c
    x = b
    g = gb
    for i in range(14):
        span = gb - ga
        x = b - gb*(b - a)/where((span > zero) | (span < zero), span, splat(1.0))
        x = smaller(larger(x, smaller(a, b)), larger(a, b))
        for c in range(N_STATE):
            w[c] = interpolate(y, f, c, x)
        at = time[0] + x*h
        quantity(kind, &job.leg, row, &at, w, &g)
        g = g - threshold[0]
        same_as_b = g*gb > zero
        ga = where(same_as_b, 0.5*ga, gb)
        a = where(same_as_b, a, b)
        b = x
        gb = g
    for c in range(N_STATE):
        w[c] = interpolate(y, f, c, x + 0.001)
    at = time[0] + (x + 0.001)*h
    quantity(kind, &job.leg, row, &at, w, &g_next)
    per_second[0] = (g_next - threshold[0] - g)/(0.001*h)
    fraction[0] = x


cdef inline void load_row(const Job* job, Py_ssize_t i, int l, vd* t, vd* t_end, vd* y, Row* row, vd* stop_value,
                          vd* watch_value) noexcept nogil:
    cdef vd* own = <vd*> row
    cdef int c
    put(t, l, job.t0[i])
    put(t_end, l, job.t_end[i])
    for c in range(N_STATE):
        put(y + c, l, job.y0[i*N_STATE + c])
    for c in range(N_ROW):
        put(own + c, l, job.rows[i*N_ROW + c])
    for c in range(job.n_stop):
        put(stop_value + c, l, job.stop_value[i*job.n_stop + c])
    for c in range(job.n_watch):
        put(watch_value + c, l, job.watch_value[i*job.n_watch + c])


cdef for_each_processor fly_all(const Job* job) noexcept nogil:
    cdef vd y[N_STATE]
    cdef vd after[N_STATE]
    cdef vd k[N_STAGE*N_STATE]
    cdef vd fresh_rates[N_STATE]
    cdef vd f[N_DENSE*N_STATE]
    cdef vd w[N_STATE]
    cdef Row row
    cdef vd stop_value[MAX_WATCH]
    cdef vd watch_value[MAX_WATCH]
    cdef vd stop_before[MAX_WATCH]
    cdef vd stop_after[MAX_WATCH]
    cdef vd watch_before[MAX_WATCH]
    cdef vd watch_after[MAX_WATCH]
    cdef vm stop_crossed[MAX_WATCH]
    cdef vm watch_crossed[MAX_WATCH]
    cdef vd t, t_end, h, trial, at, error, scale, x, g, per_second, speed, best, best_x, left, right, bend
    cdef vm accept, last, need, peak_need, improves
    cdef long long running[LANES]        # row on the lane, or -1
    cdef int fresh[LANES]
    cdef int landing[LANES]              # the stop that the lane is closing in on, or -1
    cdef int tries[LANES]
    cdef double pace[LANES]              # rate of that stop's quantity
    cdef long long steps[LANES]
    cdef long long history_at[LANES]
    cdef int done[LANES]
    cdef long long ended_as[LANES]
    cdef double off_by[LANES]
    cdef Py_ssize_t next_row = 0
    cdef int n_running = 0
    cdef int l, c, s, i, dense_ready
    cdef int any_fresh, any_near
    cdef double first, candidate, value, hl
    cdef double* out
    cdef vd* own = <vd*> &row

    t = splat(0.0)
    t_end = splat(0.0)
    h = splat(0.0)
    for c in range(N_STATE):
        y[c] = splat(0.0)
        k[c] = splat(0.0)
    for c in range(N_ROW):
        own[c] = splat(1.0)
    for s in range(MAX_WATCH):
        stop_value[s] = splat(0.0)
        watch_value[s] = splat(0.0)
        stop_before[s] = splat(0.0)
        watch_before[s] = splat(0.0)
    for l in range(LANES):
        running[l] = -1
        fresh[l] = 0
        landing[l] = -1
        tries[l] = 0
        pace[l] = 0.0
        done[l] = 0
        # a lane that has no row rests where nothing divides by zero
        put(y, l, job.leg.earth.equatorial_radius*1.1)
        put(y + 4, l, 7000.0)
        put(y + 6, l, 1.0)

    while True:
        # --- a free lane takes the next row
        any_fresh = 0
        for l in range(LANES):
            while running[l] < 0 and next_row < job.n_rows:
                load_row(job, next_row, l, &t, &t_end, y, &row, stop_value, watch_value)
                running[l] = next_row
                next_row += 1
                fresh[l] = 1
                landing[l] = -1
                tries[l] = 0
                steps[l] = 0
                history_at[l] = 0
                n_running += 1
                any_fresh = 1
                put(&h, l, job.first_step)
        if n_running == 0:
            break

        if any_fresh:
            rates(&job.leg, &row, &t, y, fresh_rates)
            for l in range(LANES):
                if fresh[l]:
                    for c in range(N_STATE):
                        put(k + c, l, lane(fresh_rates[c], l))
            for s in range(job.n_stop):
                quantity(<int> job.stop_kind[s], &job.leg, &row, &t, y, &g)
                g = g - stop_value[s]
                for l in range(LANES):
                    if fresh[l]:
                        put(stop_before + s, l, lane(g, l))
            for s in range(job.n_watch):
                quantity(<int> job.watch_kind[s], &job.leg, &row, &t, y, &g)
                g = g - watch_value[s]
                for l in range(LANES):
                    if fresh[l]:
                        put(watch_before + s, l, lane(g, l))
            for l in range(LANES):
                if fresh[l]:
                    i = 0
                    for c in range(N_STATE):
                        if not isfinite(lane(y[c], l)) or not isfinite(lane(k[c], l)):
                            i = 1
                    if not isfinite(lane(t, l)) or not isfinite(lane(t_end, l)) or not lane(y[6], l) > 0.0:
                        i = 1
                    for c in range(N_ROW):
                        if not isfinite(lane(own[c], l)):
                            i = 1
                    if i:                # it never starts; the lane rests
                        job.status[running[l]] = BAD_START
                        running[l] = -1
                        n_running -= 1
                        for c in range(N_STATE):
                            put(y + c, l, 0.0)
                            put(k + c, l, 0.0)
                        put(y, l, job.leg.earth.equatorial_radius*1.1)
                        put(y + 4, l, 7000.0)
                        put(y + 6, l, 1.0)
                        put(&t, l, 0.0)
                        put(&t_end, l, 0.0)
                        put(&h, l, 0.0)
                        for c in range(N_ROW):
                            put(own + c, l, 1.0)
                    elif job.peaks != NULL:
                        out = job.peaks + running[l]*N_PEAK*(N_STATE + 2)
                        for s in range(N_PEAK):
                            out[s*(N_STATE + 2)] = lane(k[7 + s], l)
                            out[s*(N_STATE + 2) + 1] = lane(t, l)
                            for c in range(N_STATE):
                                out[s*(N_STATE + 2) + 2 + c] = lane(y[c], l)
                    fresh[l] = 0
            if n_running == 0:
                continue

        # --- one step in every lane, none beyond its end of time
        last = t + h >= t_end
        trial = where(last, t_end - t, h)
        stages(&job.leg, &row, t, trial, y, k, after)
        error = step_error(trial, k, job.position_scale, job.velocity_scale)
        accept = error <= 1.0
        at = t + trial
        rates(&job.leg, &row, &at, after, k + 12*N_STATE)
        g = splat(0.0)
        for c in range(N_STATE):
            g = g + k[12*N_STATE + c] - k[12*N_STATE + c]
        accept = accept & (g == 0.0)     # a NaN is never accepted
        error = where(accept | (error > 1.0), error, splat(1e30))
        scale = root(root(root(larger(error, splat(1e-8)))))
        scale = smaller(larger(0.9*(1/scale), splat(0.2)), splat(6.0))

        # --- what happened along it
        need = accept & opposite(accept)
        for s in range(job.n_stop):
            quantity(<int> job.stop_kind[s], &job.leg, &row, &at, after, &g)
            stop_after[s] = g - stop_value[s]
            stop_crossed[s] = accept & crossed(job.stop_direction[s], stop_before[s], stop_after[s])
            need = need | stop_crossed[s]
        for s in range(job.n_watch):
            quantity(<int> job.watch_kind[s], &job.leg, &row, &at, after, &g)
            watch_after[s] = g - watch_value[s]
            watch_crossed[s] = accept & crossed(job.watch_direction[s], watch_before[s], watch_after[s])
            need = need | watch_crossed[s]
        peak_need = accept & opposite(accept)
        if job.peaks != NULL:
            for s in range(N_PEAK):
                left = k[7 + s]
                right = k[12*N_STATE + 7 + s]
                best = larger(k[8*N_STATE + 7 + s], k[10*N_STATE + 7 + s])
                best = larger(best, larger(k[4*N_STATE + 7 + s], k[9*N_STATE + 7 + s]))
                peak_need = peak_need | (accept & (best > right) & (best > left))
        dense_ready = 0
        if any_lane(need | peak_need) or job.history != NULL:
            dense_output(&job.leg, &row, &t, &trial, y, after, k, f)
            dense_ready = 1

        # --- a stop inside the step: shorten the step to end on it, twice if need be
        for l in range(LANES):
            done[l] = 0
        any_near = 0
        for s in range(job.n_stop):
            if any_lane(stop_crossed[s]):
                any_near = 1
        for l in range(LANES):
            if running[l] >= 0 and landing[l] >= 0 and lane_set(accept, l):
                any_near = 1
        if any_near:
            left = splat(2.0)            # earliest root of the lanes that are not closing in yet
            for s in range(job.n_stop):
                if any_lane(stop_crossed[s]):
                    find_root(<int> job.stop_kind[s], job, &row, &t, &trial, y, f, &stop_value[s], &stop_before[s],
                              &stop_after[s], &x, &per_second)
                    for l in range(LANES):
                        if running[l] >= 0 and landing[l] < 0 and lane_set(stop_crossed[s], l) \
                                and lane(x, l) < lane(left, l):
                            put(&left, l, lane(x, l))
                            tries[l] = s
                            pace[l] = lane(per_second, l)
            for l in range(LANES):
                if running[l] < 0 or not lane_set(accept, l):
                    continue
                hl = lane(trial, l)
                if landing[l] < 0:
                    if lane(left, l) <= 1.0:
                        landing[l] = tries[l]
                        tries[l] = 0
                        put(&h, l, hl*lane(left, l))
                        clear(&accept, l)
                else:
                    s = landing[l]
                    value = lane(stop_after[s], l)
                    candidate = 0.0
                    if pace[l] != 0.0:
                        candidate = -value/pace[l]
                    if tries[l] >= 3 or not (candidate > 1e-7 or candidate < -1e-7) or candidate > hl or candidate < -0.5*hl:
                        done[l] = 1
                        ended_as[l] = s
                        off_by[l] = value
                    else:
                        tries[l] += 1
                        put(&h, l, hl + candidate)
                        clear(&accept, l)

        # --- what was watched, peaks and history of the steps that stand
        if dense_ready:
            for s in range(job.n_watch):
                if any_lane(watch_crossed[s] & accept):
                    find_root(<int> job.watch_kind[s], job, &row, &t, &trial, y, f, &watch_value[s], &watch_before[s],
                              &watch_after[s], &x, &per_second)
                    for c in range(N_STATE):
                        w[c] = interpolate(y, f, c, x)
                    for l in range(LANES):
                        if running[l] >= 0 and lane_set(watch_crossed[s] & accept, l):
                            out = job.watched + (running[l]*job.n_watch + s)*(N_STATE + 1)
                            if out[0] != out[0]:
                                out[0] = lane(t + x*trial, l)
                                for c in range(N_STATE):
                                    out[1 + c] = lane(w[c], l)
        if job.peaks != NULL:
            for s in range(N_PEAK):
                best = k[12*N_STATE + 7 + s]
                best_x = splat(1.0)
                if any_lane(peak_need & accept):
                    for i in range(1, 8):
                        x = splat(i*0.125)
                        speed = slope(f, 7 + s, x)/trial
                        improves = speed > best
                        best = where(improves, speed, best)
                        best_x = where(improves, x, best_x)
                    for i in range(3):   # the vertex of the parabola through three neighbours, ever closer
                        g = splat(0.0625) if i == 0 else splat(0.0156) if i == 1 else splat(0.004)
                        left = slope(f, 7 + s, larger(best_x - g, splat(0.0)))/trial
                        right = slope(f, 7 + s, smaller(best_x + g, splat(1.0)))/trial
                        bend = left - 2.0*best + right
                        x = best_x + 0.5*g*(left - right)/where(bend < 0.0, bend, splat(-1e300))
                        x = smaller(larger(x, splat(0.0)), splat(1.0))
                        speed = slope(f, 7 + s, x)/trial
                        improves = speed > best
                        best = where(improves, speed, best)
                        best_x = where(improves, x, best_x)
                for l in range(LANES):
                    if running[l] >= 0 and lane_set(accept, l):
                        out = job.peaks + (running[l]*N_PEAK + s)*(N_STATE + 2)
                        if lane(best, l) > out[0]:
                            out[0] = lane(best, l)
                            out[1] = lane(t + best_x*trial, l)
                            for c in range(N_STATE):
                                if lane(best_x, l) == 1.0 or not dense_ready:
                                    out[2 + c] = lane(after[c], l)
                                else:
                                    out[2 + c] = lane(interpolate(y, f, c, best_x), l)
        if job.history != NULL:
            for l in range(LANES):
                if running[l] >= 0 and lane_set(accept, l):
                    while history_at[l] < job.history_room:
                        candidate = job.t0[running[l]] + history_at[l]*job.history_step
                        if candidate > lane(t + trial, l):
                            break
                        hl = lane(trial, l)
                        x = splat((candidate - lane(t, l))/hl if hl > 0.0 else 0.0)
                        out = job.history + (running[l]*job.history_room + history_at[l])*(N_STATE + 1)
                        out[0] = candidate
                        for c in range(N_STATE):
                            out[1 + c] = lane(interpolate(y, f, c, x), l)
                        history_at[l] += 1

        # --- keep the steps that stand
        for c in range(N_STATE):
            y[c] = where(accept, after[c], y[c])
            k[c] = where(accept, k[12*N_STATE + c], k[c])
        for s in range(job.n_stop):
            stop_before[s] = where(accept, stop_after[s], stop_before[s])
        for s in range(job.n_watch):
            watch_before[s] = where(accept, watch_after[s], watch_before[s])
        t = where(accept, where(last, t_end, t + trial), t)
        need = accept & opposite(accept)
        if job.leg.air.present and job.below_air_ends:
            need = accept & (place(&job.leg.earth, vector(y[0], y[1], y[2])).altitude < job.leg.air.bottom)
        for l in range(LANES):
            if running[l] < 0:
                continue
            steps[l] += 1
            if landing[l] < 0:
                hl = lane(trial, l)*lane(scale, l)
                if hl > job.longest_step:
                    hl = job.longest_step
                put(&h, l, hl)
            elif not lane_set(accept, l) and lane(error, l) > 1.0:
                put(&h, l, lane(trial, l)*lane(scale, l))
                landing[l] = -1
            if done[l] == 0 and lane_set(accept, l):
                if lane_set(last, l):
                    done[l] = 1
                    ended_as[l] = END_OF_TIME
                    off_by[l] = 0.0
                elif lane_set(need, l):
                    done[l] = 1
                    ended_as[l] = BELOW_AIR
                    off_by[l] = 0.0
            if done[l] == 0 and lane(h, l) < job.shortest_step and not lane_set(accept, l):
                done[l] = 1
                ended_as[l] = STEP_COLLAPSED
                off_by[l] = 0.0
            if done[l] == 0 and steps[l] >= job.most_steps:
                done[l] = 1
                ended_as[l] = TOO_MANY_STEPS
                off_by[l] = 0.0
            if done[l]:
                job.status[running[l]] = ended_as[l]
                job.residual[running[l]] = off_by[l]
                job.t1[running[l]] = lane(t, l)
                job.counters[running[l]*2] = steps[l]
                for c in range(N_STATE):
                    job.y1[running[l]*N_STATE + c] = lane(y[c], l)
                if job.history != NULL:
                    job.history_count[running[l]] = history_at[l]
                running[l] = -1
                n_running -= 1
                put(&h, l, 0.0)
                put(&t_end, l, lane(t, l))


cdef for_each_processor settle_all(const Job* job) noexcept nogil:
    """Under a canopy the velocity in the state is the balanced one: put it there, rows in blocks of LANES."""
    cdef vd y[N_STATE]
    cdef vd t, t_end
    cdef Row row
    cdef vd none[MAX_WATCH]
    cdef vec3 v, r
    cdef int l
    cdef Py_ssize_t at = 0
    cdef Py_ssize_t i
    t = splat(0.0)
    while at < job.n_rows:
        for l in range(LANES):
            i = at + l if at + l < job.n_rows else job.n_rows - 1
            load_row(job, i, l, &t, &t_end, y, &row, none, none)
        r = vector(y[0], y[1], y[2])
        descent_velocity(&job.leg, &row, &t, &r, &y[6], &v)
        for l in range(LANES):
            if at + l < job.n_rows:
                job.y1[(at + l)*N_STATE + 3] = lane(v.x, l)
                job.y1[(at + l)*N_STATE + 4] = lane(v.y, l)
                job.y1[(at + l)*N_STATE + 5] = lane(v.z, l)
        at += LANES


cdef for_each_processor feel_all(const Job* job, double* felt_out) noexcept nogil:
    """What each state feels, rows in blocks of LANES; the columns of FELT."""
    cdef vd y[N_STATE]
    cdef vd t, t_end
    cdef Row row
    cdef vd none[MAX_WATCH]
    cdef Felt felt
    cdef vec3 v, r
    cdef int l
    cdef Py_ssize_t at = 0
    cdef Py_ssize_t i
    cdef double* out
    t = splat(0.0)
    t_end = splat(0.0)
    while at < job.n_rows:
        for l in range(LANES):
            i = at + l if at + l < job.n_rows else job.n_rows - 1
            load_row(job, i, l, &t, &t_end, y, &row, none, none)
        r = vector(y[0], y[1], y[2])
        v = vector(y[3], y[4], y[5])
        if job.leg.quasi_steady:
            descent_velocity(&job.leg, &row, &t, &r, &y[6], &v)
        felt = feel(&job.leg, &row, t, r, v, y[6], 1)
        for l in range(LANES):
            if at + l < job.n_rows:
                out = felt_out + (at + l)*17
                out[0] = lane(felt.altitude, l)
                out[1] = lane(felt.rho, l)
                out[2] = lane(felt.speed, l)
                out[3] = lane(felt.dynamic_pressure, l)
                out[4] = lane(felt.mach, l)
                out[5] = lane(felt.cd, l)
                out[6] = lane(felt.cl, l)
                out[7] = lane(felt.heat_flux, l)
                out[8] = lane(felt.sensed.x, l)
                out[9] = lane(felt.sensed.y, l)
                out[10] = lane(felt.sensed.z, l)
                out[11] = lane(felt.acceleration.x, l)
                out[12] = lane(felt.acceleration.y, l)
                out[13] = lane(felt.acceleration.z, l)
                out[14] = lane(v.x, l)
                out[15] = lane(v.y, l)
                out[16] = lane(v.z, l)
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
                 const double[:, ::1] wind not None, const double[:, :, ::1] aero not None):
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
            double[:, :, ::1] history not None, long long[::1] history_count not None, long long[:, ::1] counters not None):
        """Fly every row until a stop, the end of its time, or a failure; fills the outputs."""
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
            ("watched", watched.shape[1], watch_kind.shape[0]),
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
