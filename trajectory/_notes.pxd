"""What is read from the steps that stand: peaks, thresholds that are watched, and the history."""

from trajectory._forces cimport N_STATE
from trajectory._job cimport Job, Lanes, N_PEAK
from trajectory._lanes cimport (
    LANES, any_lane, for_each_processor, lane, lane_set, larger, smaller, splat, vd, vm, where,
)
from trajectory._stepper cimport N_CURVE, end_slope, interpolate, quantity, rate_along


cdef inline vd flown(const Lanes* a) noexcept nogil:
    """Fraction of the whole step at which it ends."""
    return a.trial/where(a.whole > 0.0, a.whole, splat(1.0))


cdef inline for_each_processor find_root(int kind, const Job* job, const Lanes* a, const vd* threshold, const vd* before,
                                  const vd* after, vd* fraction) noexcept nogil:
    """Where along the whole step a quantity meets its threshold: regula falsi with the Illinois halving on the interpolant."""
    cdef vd low = splat(0.0)
    cdef vd high = flown(a)
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
            w[c] = interpolate(&job.leg, a, c, x)
        at = a.t + x*a.whole
        quantity(kind, &job.leg, &a.row, &at, w, &g)
        g = g - threshold[0]
        same = g*g_high > zero
        g_low = where(same, 0.5*g_low, g_high)
        low = where(same, low, high)
        high = x
        g_high = g
    fraction[0] = x


cdef inline for_each_processor note_peaks(const Job* job, Lanes* a, const vm* stands) noexcept nogil:
    """Greatest load, heat flux and dynamic pressure: the rates of the last three integrals, along a step where they end to
    rise. A rate that still rises at the end of the step is left to the next, or to the end of the leg."""
    cdef vd p[N_CURVE]
    cdef vd end = flown(a)
    cdef vd left, right, best, x, best_x, value, bend, slope
    cdef vm look, better
    cdef int s, c, _i
    for s in range(N_PEAK):
        left = a.k[7 + s]
        right = a.k[12*N_STATE + 7 + s]
        look = stands[0] & (larger(left, right) > 0.5*a.peak[s])
        look = look & ((left > right) | (end_slope(&job.leg, a.k, 7 + s) < 0.0))
        if not any_lane(look):
            continue
        rate_along(&job.leg, a.k, 7 + s, p)
        best = left
        best_x = splat(0.0)
        for _i in range(1, 5):
            x = (_i*0.25)*end
            value = p[0] + x*(p[1] + x*(p[2] + x*(p[3] + x*(p[4] + x*p[5]))))
            better = value > best
            best = where(better, value, best)
            best_x = where(better, x, best_x)
        x = best_x
        for _i in range(4):              # Newton on the slope
            slope = p[1] + x*(2.0*p[2] + x*(3.0*p[3] + x*(4.0*p[4] + x*(5.0*p[5]))))
            bend = 2.0*p[2] + x*(6.0*p[3] + x*(12.0*p[4] + x*(20.0*p[5])))
            x = x - slope/where(bend < 0.0, bend, splat(-1e300))
            x = smaller(larger(x, splat(0.0)), end)
        value = p[0] + x*(p[1] + x*(p[2] + x*(p[3] + x*(p[4] + x*p[5]))))
        better = value > best
        best = where(better, value, best)
        best_x = where(better, x, best_x)
        better = look & (best > a.peak[s])
        if not any_lane(better):
            continue
        a.peak[s] = where(better, best, a.peak[s])
        a.peak_t[s] = where(better, a.t + best_x*a.whole, a.peak_t[s])
        x = best_x
        for c in range(N_STATE):
            rate_along(&job.leg, a.k, c, p)
            value = p[0] + x*(0.5*p[1] + x*((1.0/3.0)*p[2] + x*(0.25*p[3] + x*(0.2*p[4] + x*((1.0/6.0)*p[5])))))
            value = a.y[c] + a.whole*x*value
            a.peak_y[N_STATE*s + c] = where(better, value, a.peak_y[N_STATE*s + c])


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
                w[c] = interpolate(&job.leg, a, c, x)
            for n in range(LANES):
                if a.running[n] >= 0 and lane_set(passed[s] & stands, n):
                    out = job.watched + (a.running[n]*job.n_watch + s)*(N_STATE + 1)
                    if out[0] != out[0]:
                        out[0] = lane(a.t + x*a.whole, n)
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
        h = lane(a.whole, n)
        while a.kept[n] < job.history_room:
            at = job.t0[a.running[n]] + a.kept[n]*job.history_step
            if at > lane(a.t + a.trial, n):
                break
            x = splat((at - lane(a.t, n))/h if h > 0.0 else 0.0)
            out = job.history + (a.running[n]*job.history_room + a.kept[n])*(N_STATE + 1)
            out[0] = at
            for c in range(N_STATE):
                out[1 + c] = lane(interpolate(&job.leg, a, c, x), n)
            a.kept[n] += 1
