"""The loop over the steps: rows are put on lanes, steps are tried and judged, legs are ended."""

from libc.string cimport memset

from trajectory._forces cimport N_STATE
from trajectory._guidance cimport guide
from trajectory._job cimport Job, Lanes, MAX_WATCH, N_PEAK
from trajectory._landing cimport NEARLY, aim, close_in, crossed, dips, reach
from trajectory._lanes cimport (
    LANES, any_lane, clear, for_each_processor, lane, lane_set, larger, nowhere, opposite, put, raised, root, smaller, splat,
    vd, vm, where,
)
from trajectory._notes cimport note_history, note_peaks, note_watched
from trajectory._rows cimport BELOW_AIR, END_OF_TIME, STEP_COLLAPSED, TOO_MANY_STEPS, hand_back, rest, take_rows
from trajectory._stepper cimport (
    ALTITUDE, RADAU, THIN_AIR, dense_output, longest_fall, order_root, quantity, remember, stages, step_error,
)

ctypedef struct Tried:                   # what is found of a step that was tried
    vm stands
    vm thin                              # it began in thin air, at a tolerance of its own
    vd error                             # over the tolerance
    vd size                              # its root, by which it grows with the step
    vd scale                             # of the next step by that
    vd shortened                         # or, below 1, the fraction of this one at which it is to end
    vd altitude                          # at its end
    vd h                                 # the next step
    int met[8]                           # of each lane: MET or NEARLY where it ends on a stop
    int any_met


cdef inline for_each_processor fly_all(const Job* job) noexcept nogil:
    """All rows, each lane with its own step; a lane that is done takes the next row."""
    cdef Lanes a
    cdef int n
    memset(&a, 0, sizeof(a))
    a.least_root = order_root(&job.leg, splat(1e-4))
    for n in range(LANES):
        rest(job, &a, n)
    while not raised(job.cancel):
        while a.flying < LANES and a.next_row < job.n_rows:
            take_rows(job, &a)                           # again where some were no flights
        if a.flying == 0:
            return
        if job.guidance.law:
            guide(job, &a)
        a.until = smaller(a.t_end, a.next_cycle)         # no step beyond its end of time, or of the cycle
        a.last = a.t + a.h >= a.until
        a.trial = where(a.last, a.until - a.t, a.h)
        if job.guidance.law:
            a.trial = where(a.waits, splat(0.0), a.trial)
        a.whole = a.trial
        stages(&job.leg, &a)
        job.vector_steps[0] += 1
        finish_step(job, &a)


cdef inline for_each_processor finish_step(const Job* job, Lanes* a) noexcept nogil:
    """Whether the step that was tried stands in each lane, what happened along it, and how long the next one is."""
    cdef Tried b
    judge(job, a, &b)
    meet_stops(job, a, &b)
    take_notes(job, a, &b)
    choose_next(job, a, &b)
    keep(job, a, &b)
    let_go(job, a, &b)


cdef inline void judge(const Job* job, Lanes* a, Tried* b) noexcept nogil:
    """By its error: whether the step stands, and how long another may be."""
    cdef vd sum_, shorter, trend
    cdef int c
    b.thin = nowhere()
    b.error = step_error(&job.leg, a, job.position_scale, job.velocity_scale)
    if job.coast_factor != 1.0:
        b.thin = a.altitude > 1.0*THIN_AIR
        b.error = where(b.thin, job.coast_factor*b.error, b.error)
    sum_ = splat(0.0)
    for c in range(N_STATE):             # infinite or no number: such a step never stands
        sum_ = sum_ + 0.0*a.k[12*N_STATE + c]
    b.stands = (b.error <= 1.0) & (sum_ == 0.0)
    if job.guidance.law:
        b.stands = b.stands & opposite(a.waits)
    b.error = where(b.stands | (b.error > 1.0), b.error, splat(1e30))
    b.size = order_root(&job.leg, larger(b.error, splat(1e-8)))
    shorter = 1/(b.size*a.step_before)
    b.scale = (0.85 if job.leg.method == RADAU else 0.9)*(shorter*a.step_before)    # of a 16th root: its errors swing by ten
    # where the error grew over the last step it will go on growing (Gustafsson 1994, section 4), half as fast
    trend = root(a.trial*a.root_before*shorter)
    b.scale = where(b.stands & opposite(b.thin), b.scale*smaller(trend, splat(1.0)), b.scale)
    b.scale = smaller(larger(b.scale, splat(0.2)), a.most_growth)


cdef inline void meet_stops(const Job* job, Lanes* a, Tried* b) noexcept nogil:
    """A stop inside the step: it ends there, or another is tried that does."""
    cdef vm passed[MAX_WATCH]
    cdef vd at = a.t + a.trial
    cdef vd g, lowest
    cdef vm passes = nowhere()
    cdef vm dipped
    cdef int n, s
    b.shortened = splat(1.0)
    b.any_met = 0
    quantity(ALTITUDE, &job.leg, &a.row, &at, a.after, &b.altitude)
    for s in range(job.n_stop):
        g = b.altitude
        if job.stop_kind[s] != ALTITUDE:
            quantity(<int> job.stop_kind[s], &job.leg, &a.row, &at, a.after, &g)
        a.stop_after[s] = g - a.stop_value[s]
        passed[s] = b.stands & crossed(job.stop_direction[s], a.stop_before[s], a.stop_after[s])
        passes = passes | passed[s]
        if job.stop_kind[s] == ALTITUDE and job.stop_direction[s] <= 0:
            dipped = dips(job, a, s, b.stands, &lowest)  # such a step does not stand; the next ends at the lowest point
            b.stands = b.stands & opposite(dipped)
            b.shortened = where(dipped, smaller(b.shortened, lowest), b.shortened)
    for n in range(LANES):
        b.met[n] = 0
    if any_lane(passes) or closing(a):
        for n in range(LANES):
            if a.running[n] >= 0 and lane_set(b.stands, n) and (a.landing[n] >= 0 or lane_set(passes, n)):
                b.met[n] = close_in(job, a, n, passed)
                b.any_met |= b.met[n]
                if b.met[n] == 0:
                    clear(&b.stands, n)
        if b.any_met & NEARLY:
            reach(job, a, b.met)


cdef inline void take_notes(const Job* job, Lanes* a, const Tried* b) noexcept nogil:
    """What is read from the steps that stand."""
    cdef vm passed[MAX_WATCH]
    cdef vd at = a.t + a.trial
    cdef vd g
    cdef vm watched = nowhere()
    cdef const vd* whole_end = &a.far[0] if b.any_met & NEARLY else &a.after[0]
    cdef int s
    for s in range(job.n_watch):
        quantity(<int> job.watch_kind[s], &job.leg, &a.row, &at, a.after, &g)
        a.watch_after[s] = g - a.watch_value[s]
        passed[s] = b.stands & crossed(job.watch_direction[s], a.watch_before[s], a.watch_after[s])
        watched = watched | passed[s]
    if any_lane(watched) or job.history != NULL:
        dense_output(&job.leg, &a.row, &a.t, &a.whole, a.y, whole_end, a.k, a.f)
        if any_lane(watched):
            note_watched(job, a, b.stands, passed)
        if job.history != NULL:
            note_history(job, a, b.stands)
    if job.peaks != NULL:
        note_peaks(job, a, &b.stands)


cdef inline void choose_next(const Job* job, const Lanes* a, Tried* b) noexcept nogil:
    """The next step: by the error, by the air below, and by the stop to come."""
    cdef vd sink
    b.h = a.trial*where(b.shortened < 1.0, b.shortened, b.scale)
    if job.leg.air.present:
        sink = (a.altitude - b.altitude)/larger(a.trial, splat(1e-9))
        b.h = where(b.stands, smaller(b.h, longest_fall(b.altitude, sink)), b.h)
    aim(job, a, b.stands, &b.h)


cdef inline void keep(const Job* job, Lanes* a, const Tried* b) noexcept nogil:
    """Where the step stands the flight is at its end now."""
    cdef int c, s
    cdef vd growth
    a.altitude = where(b.stands, b.altitude, a.altitude)
    if job.leg.method == RADAU:
        remember(a, b.stands)
    for c in range(N_STATE):
        a.y[c] = where(b.stands, a.after[c], a.y[c])
        a.k[c] = where(b.stands, a.k[12*N_STATE + c], a.k[c])
    for s in range(job.n_stop):
        a.stop_before[s] = where(b.stands, a.stop_after[s], a.stop_before[s])
    for s in range(job.n_watch):
        a.watch_before[s] = where(b.stands, a.watch_after[s], a.watch_before[s])
    a.step_before = where(b.stands, a.trial, a.step_before)
    a.root_before = where(b.stands, where(b.thin, splat(1e3), larger(b.size, a.least_root)), a.root_before)
    growth = where(b.error < 1e-4, splat(6.0), splat(1.2))
    a.most_growth = where(a.waits, a.most_growth, growth)
    a.t = where(b.stands, where(a.last, a.until, a.t + a.trial), a.t)
    a.steps = a.steps + where(a.waits, splat(0.0), splat(1.0))
    a.in_vain = a.in_vain + where(b.stands | a.waits, splat(0.0), splat(1.0))


cdef inline void let_go(const Job* job, Lanes* a, Tried* b) noexcept nogil:
    """The lanes that are done, and the next step of the others."""
    cdef vm done = opposite(b.stands | a.waits) & (b.h < job.shortest_step)
    cdef int n
    if closing(a):
        for n in range(LANES):
            if a.landing[n] >= 0 and lane(b.error, n) <= 1.0:
                put(&b.h, n, lane(a.h, n))               # of close_in
                clear(&done, n)
            else:
                a.landing[n] = -1
    a.h = where(a.waits, a.h, smaller(b.h, splat(job.longest_step)))
    done = done | (b.stands & a.last & (a.t >= a.t_end)) | (a.steps >= job.most_steps*1.0)
    if job.leg.air.present and job.below_air_ends:
        done = done | (b.stands & (b.altitude < job.leg.air.bottom))
    if b.any_met or any_lane(done):
        for n in range(LANES):
            if a.running[n] >= 0 and not lane_set(a.waits, n) and (b.met[n] or lane_set(done, n)):
                hand_back_done(job, a, n, b.met[n], lane_set(b.stands, n), lane(b.altitude, n))


cdef inline void hand_back_done(const Job* job, Lanes* a, int n, int met, int accepted, double altitude) noexcept nogil:
    """The first of the reasons why a lane is done."""
    cdef int s
    for s in range(N_PEAK if met == NEARLY else 0):
        put(a.k + 7 + s, n, lane(a.end_rate[s], n))
    if met:
        hand_back(job, a, n, a.landing[n], lane(a.stop_after[a.landing[n]], n))
    elif accepted and lane_set(a.last, n) and lane(a.t, n) >= lane(a.t_end, n):
        hand_back(job, a, n, END_OF_TIME, 0.0)
    elif accepted and job.leg.air.present and job.below_air_ends and altitude < job.leg.air.bottom:
        hand_back(job, a, n, BELOW_AIR, 0.0)
    elif lane(a.steps, n) >= job.most_steps:
        hand_back(job, a, n, TOO_MANY_STEPS, 0.0)
    else:
        hand_back(job, a, n, STEP_COLLAPSED, 0.0)


cdef inline int closing(const Lanes* a) noexcept nogil:
    cdef int n
    for n in range(LANES):
        if a.landing[n] >= 0:
            return 1
    return 0
