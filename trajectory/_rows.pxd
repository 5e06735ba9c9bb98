"""Rows come onto free lanes, and go back when they are done."""

from libc.math cimport isfinite

from trajectory._forces cimport N_ROW, N_STATE, Row, hold, rates
from trajectory._guidance cimport BANK, BANK_RATE, LAST_T, LAST_W
from trajectory._job cimport Job, Lanes, N_MEMORY, N_PEAK
from trajectory._lanes cimport LANES, for_each_processor, lane, larger, put, root, smaller, splat, vd
from trajectory._stepper cimport ALTITUDE, RADAU, RADAU_STAGES, longest_fall, quantity

cdef enum:
    END_OF_TIME = -1                     # status of a row that no stop condition ended; see status.py
    STEP_COLLAPSED = -2
    BAD_START = -3
    TOO_MANY_STEPS = -4
    BELOW_AIR = -5


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
    put(&a.next_cycle, n, 1e300)
    put(&a.h, n, 0.0)
    put(&a.step_before, n, 1.0)
    put(&a.root_before, n, 1.0)
    for c in range(N_ROW):
        put(own + c, n, 1.0)
    put(&a.row.own_air, n, 0.0)


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


cdef inline void take_memory(const Job* job, Lanes* a, int n) noexcept nogil:
    """What the flight's computer remembers from the legs before, and the bank it had; its first cycle is due at once."""
    cdef const double* kept = job.memory + a.running[n]*N_MEMORY
    cdef int c
    for c in range(N_MEMORY):
        put(&a.memory[c], n, kept[c])
    put(&a.memory[LAST_T], n, lane(a.t, n))
    put(&a.memory[LAST_W], n, lane(a.y[7], n))
    put(&a.next_cycle, n, lane(a.t, n))
    put(&a.row.cycle_start, n, lane(a.t, n))
    put(&a.row.turn_0, n, kept[BANK])
    put(&a.row.turn_1, n, kept[BANK_RATE])
    put(&a.row.turn_2, n, 0.0)
    put(&a.row.turn_3, n, 0.0)


cdef inline void hand_back_memory(const Job* job, const Lanes* a, int n) noexcept nogil:
    """The bank is that of now, within its cycle."""
    cdef double* kept = job.memory + a.running[n]*N_MEMORY
    cdef double x = lane(a.t, n) - lane(a.row.cycle_start, n)
    cdef double b1 = lane(a.row.turn_1, n)
    cdef double b2 = lane(a.row.turn_2, n)
    cdef double b3 = lane(a.row.turn_3, n)
    cdef int c
    for c in range(N_MEMORY):
        kept[c] = lane(a.memory[c], n)
    kept[BANK] = lane(a.row.turn_0, n) + x*(b1 + x*(b2 + x*b3))
    kept[BANK_RATE] = b1 + x*(2.0*b2 + 3.0*x*b3)


cdef inline void hand_back(const Job* job, Lanes* a, int n, long long status, double residual) noexcept nogil:
    """A row is done: write what became of it, free its lane."""
    cdef long long i = a.running[n]
    cdef double* out
    cdef int s, c
    job.status[i] = status
    job.residual[i] = residual
    job.t1[i] = lane(a.t, n)
    job.counters[2*i] = <long long> lane(a.steps, n)
    job.counters[2*i + 1] = <long long> lane(a.in_vain, n)
    for c in range(N_STATE):
        job.y1[i*N_STATE + c] = lane(a.y[c], n)
    if job.peaks != NULL:
        for s in range(N_PEAK):          # what still rose at the end of the leg
            if lane(a.k[7 + s], n) > lane(a.peak[s], n):
                put(a.peak + s, n, lane(a.k[7 + s], n))
                put(a.peak_t + s, n, lane(a.t, n))
                for c in range(N_STATE):
                    put(a.peak_y + N_STATE*s + c, n, lane(a.y[c], n))
            out = job.peaks + (i*N_PEAK + s)*(N_STATE + 2)
            out[0] = lane(a.peak[s], n)
            out[1] = lane(a.peak_t[s], n)
            for c in range(N_STATE):
                out[2 + c] = lane(a.peak_y[N_STATE*s + c], n)
    if job.memory != NULL:
        hand_back_memory(job, a, n)
    if job.history != NULL:
        job.history_count[i] = a.kept[n]
    leave(job, a, n)


cdef inline void leave(const Job* job, Lanes* a, int n) noexcept nogil:
    """The lane is free: for the next row, if there is one."""
    a.flying -= 1
    a.running[n] = -1
    if a.next_row == job.n_rows:
        rest(job, a, n)


cdef inline for_each_processor take_rows(const Job* job, Lanes* a) noexcept nogil:
    """Every free lane takes the next row; its rates and thresholds at the start, no neighbour touched."""
    cdef vd rate[N_STATE]
    cdef vd altitude, begin, g, sink
    cdef double g_start
    cdef int n, c, s
    for n in range(LANES):
        if a.running[n] < 0 and a.next_row == job.n_rows:
            rest(job, a, n)
        elif a.running[n] < 0:
            load_row(job, a.next_row, n, &a.t, &a.t_end, a.y, &a.row, a.stop_value, a.watch_value)
            a.running[n] = a.next_row
            put(&a.next_cycle, n, 1e300)
            if job.memory != NULL:
                take_memory(job, a, n)
            a.next_row += 1
            a.fresh[n] = 1
            a.landing[n] = -1
            put(&a.steps, n, 0.0)
            put(&a.in_vain, n, 0.0)
            a.kept[n] = 0
            a.flying += 1
            put(&a.h, n, 0.0)
            put(&a.step_before, n, 1e-9)
            put(&a.root_before, n, 1.0)
            put(&a.most_growth, n, 6.0)
    hold(&job.leg, &a.row, a.y[6])
    rates(&job.leg, &a.row, &a.t, a.y, rate)
    quantity(ALTITUDE, &job.leg, &a.row, &a.t, a.y, &altitude)
    begin = splat(job.first_step)
    if job.first_step <= 0.0:            # a part of the time in which the velocity turns
        begin = -job.first_step*root((a.y[3]*a.y[3] + a.y[4]*a.y[4] + a.y[5]*a.y[5])/
                                     larger(rate[3]*rate[3] + rate[4]*rate[4] + rate[5]*rate[5], splat(1e-20)))
        if job.leg.air.present:
            sink = -(a.y[0]*a.y[3] + a.y[1]*a.y[4] + a.y[2]*a.y[5])/root(a.y[0]*a.y[0] + a.y[1]*a.y[1] + a.y[2]*a.y[2])
            begin = smaller(begin, longest_fall(altitude, sink))
        begin = smaller(larger(begin, splat(0.001)), splat(job.longest_step))
    for n in range(LANES):
        if a.fresh[n]:
            put(&a.altitude, n, lane(altitude, n))
            put(&a.h, n, lane(begin, n))
            for c in range(N_STATE):
                put(a.k + c, n, lane(rate[c], n))
            for s in range(RADAU_STAGES if job.leg.method == RADAU else 0):      # nothing is known but the start
                for c in range(3, 6):
                    put(a.before + N_STATE*s + c, n, lane(rate[c], n))
            for s in range(N_PEAK if job.peaks != NULL else 0):
                put(a.peak + s, n, lane(rate[7 + s], n))
                put(a.peak_t + s, n, lane(a.t, n))
                for c in range(N_STATE):
                    put(a.peak_y + N_STATE*s + c, n, lane(a.y[c], n))
    for s in range(job.n_stop):
        g = altitude
        if job.stop_kind[s] != ALTITUDE:
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
            leave(job, a, n)
        elif a.fresh[n]:
            for s in range(job.n_stop):  # of direction 2 or -2: the leg ends at once where it holds from the start
                g_start = lane(a.stop_before[s], n)
                if (job.stop_direction[s] == -2 and g_start < -1e-6) or (job.stop_direction[s] == 2 and g_start > 1e-6):
                    hand_back(job, a, n, s, g_start)
                    break
        a.fresh[n] = 0
