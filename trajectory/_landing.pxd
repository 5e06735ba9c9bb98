"""Ends a leg on its stop: a step is aimed at it, one that passed it is shortened, and the last bit of the way is a series."""

from trajectory._forces cimport N_STATE
from trajectory._job cimport Job, Lanes, N_PEAK
from trajectory._lanes cimport (
    LANES, any_lane, clear, for_each_processor, lane, lane_set, magnitude, put, root, smaller, splat, vd, vm, where,
)
from trajectory._stepper cimport ALTITUDE, APPARENT_VELOCITY, MASS, end_bend, end_slope, quantity

cdef enum:
    MET = 1
    NEARLY = 2


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


cdef inline vd known_slope(const Job* job, const vd* y, const vd* k, int kind) noexcept nogil:
    """Rate of a quantity where the state y and its rates k hold it, else 0."""
    cdef double b = job.leg.earth.polar_ratio
    cdef vd flat, up_z
    if kind == ALTITUDE:                 # along the normal of the ellipsoid, (x, y, z/(1 - e2 a/r)) but for 1e-5
        flat = y[0]*y[0] + y[1]*y[1]
        up_z = y[2]/(1.0 - (1.0 - b*b)*job.leg.earth.equatorial_radius*(1/root(flat + y[2]*y[2])))
        return (y[0]*k[0] + y[1]*k[1] + up_z*k[2])/root(flat + up_z*up_z)
    if kind == MASS:
        return k[6]
    if kind == APPARENT_VELOCITY:
        return k[7]
    return splat(0.0)


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


cdef inline vm dips(const Job* job, const Lanes* a, int s, vm among, vd* lowest) noexcept nogil:
    """Lanes that are above an altitude at both ends of the step, fall at its start and climb at its end, and in between come
    below it, or down to a tenth of what they are above it at the ends, by the cubic through the ends; `lowest`: at which
    fraction of the step that is. One that only comes near it, and is at its lowest near an end of the step, is left: the next
    step, or the last, has seen it."""
    cdef vd zero = splat(0.0)
    cdef vd before = a.stop_before[s]
    cdef vd after = a.stop_after[s]
    cdef const vd* rate = &a.k[0]
    cdef const vd* rate_after = &a.k[12*N_STATE]
    cdef vd falls = a.y[0]*rate[0] + a.y[1]*rate[1] + a.y[2]*rate[2]
    cdef vd climbs = a.after[0]*rate_after[0] + a.after[1]*rate_after[1] + a.after[2]*rate_after[2]
    cdef vm turns = among & (before > zero) & (after > zero) & (falls < zero) & (climbs > zero)
    cdef vd b0, b1, c2, c3, value, x
    cdef int n
    lowest[0] = splat(1.0)
    if not any_lane(turns):
        return turns
    for n in range(LANES):               # one that closes in on a stop goes its own way
        if a.landing[n] >= 0:
            clear(&turns, n)
    b0 = a.trial*known_slope(job, &a.y[0], rate, ALTITUDE)
    b1 = a.trial*known_slope(job, &a.after[0], rate_after, ALTITUDE)
    c2 = 3.0*(after - before) - 2.0*b0 - b1
    c3 = b0 + b1 - 2.0*(after - before)
    turns = turns & (b0 < zero) & (b1 > zero)            # so that the root is real, and the fraction between 0 and 1
    x = where(turns, c2*c2 - 3.0*c3*b0, splat(1.0))
    x = where(turns, -b0/(c2 + root(x)), splat(0.5))
    lowest[0] = x
    value = before + x*(b0 + x*(c2 + x*c3))
    return turns & ((value < zero) | ((value < 0.1*smaller(before, after)) & (x > 0.02) & (x < 0.98)))


cdef inline void aim(const Job* job, const Lanes* a, vm stands, vd* h) noexcept nogil:
    """The step after one that stands is cut to end just beyond a stop that it would pass, where `reach` takes it back, as the
    cubic through the ends of this one foretells, drawn on. Where that is wrong nothing is lost: the stop is passed later,
    or `close_in` shortens the step."""
    cdef vd zero = splat(0.0)
    cdef vd before, after, change, b0, b1, c2, c3, z
    cdef vm near
    cdef int s, kind, _i
    for s in range(job.n_stop):
        kind = <int> job.stop_kind[s]
        before = a.stop_before[s]
        after = a.stop_after[s]
        change = after - before
        near = stands & (after*change < zero) & (magnitude(after)*a.trial < 1.5*magnitude(change)*h[0])
        if job.stop_direction[s] != 0:
            near = near & (after*(-1.0*job.stop_direction[s]) > zero)
        if not any_lane(near):
            continue
        b0 = a.trial*known_slope(job, &a.y[0], &a.k[0], kind)
        b1 = a.trial*known_slope(job, &a.after[0], &a.k[12*N_STATE], kind)
        near = near & (after*b1 < zero)
        b1 = where(near, b1, splat(1.0))
        c3 = b0 + b1 - 2.0*change
        c2 = b0 + 2.0*b1 - 3.0*change    # of the powers of what is beyond the end
        z = -after/b1
        for _i in range(3):
            z = z - (after + z*(b1 + z*(c2 + z*c3)))/(b1 + z*(2.0*c2 + 3.0*z*c3))
        z = z*a.trial
        z = z + smaller(0.012*z, splat(1.0))
        h[0] = where(near & (z > 0.01*h[0]) & (z < 1.1*h[0]), z, h[0])


cdef inline int within_reach(double g, double rate, double rest, double h) noexcept nogil:
    """Whether the stop is near enough to the end of a step for `reach`, and the quantity changes there at an even rate: by that
    at the end it is as far away as by a curve or a chord, `rest`."""
    cdef double near = 0.03*h if h < 100.0 else 3.0
    cdef double off
    if rate == 0.0 or not -near < rest < near:
        return 0
    off = g/rate - rest
    return off*off <= 1e-3*rest*rest


cdef inline int close_in(const Job* job, Lanes* a, int n, const vm* passed) noexcept nogil:
    """A lane whose step passed a stop tries a shorter one, by the secant inside a bracket, until it ends on the stop.

    MET: the step stands and the stop is met; NEARLY: it stands, and `reach` takes it there; 0: another is to be tried."""
    cdef double h = lane(a.trial, n)
    cdef double x, best, g, next_h, before, after
    cdef double rate = 0.0
    cdef int s, chosen
    if a.landing[n] < 0:                 # the stop that comes first
        best = 2.0
        chosen = -1
        for s in range(job.n_stop):
            if lane_set(passed[s], n):
                before = lane(known_slope(job, &a.y[0], &a.k[0], <int> job.stop_kind[s]), n)
                after = lane(known_slope(job, &a.after[0], &a.k[12*N_STATE], <int> job.stop_kind[s]), n)
                x = first_guess(lane(a.stop_before[s], n), lane(a.stop_after[s], n), before, after, h)
                if x < best:
                    best = x
                    chosen = s
                    rate = after
        a.landing[n] = chosen
        a.tries[n] = 0
        a.low[n] = 0.0
        a.high[n] = h
        a.last_h[n] = h
        a.last_g[n] = lane(a.stop_after[chosen], n)
        put(&a.h, n, h*best)
        return NEARLY if within_reach(a.last_g[n], rate, h*(1.0 - best), h) else 0
    for s in range(job.n_stop):          # an earlier one shows itself
        if s != a.landing[n] and lane_set(passed[s], n) and not lane_set(passed[a.landing[n]], n):
            a.landing[n] = -1
            return close_in(job, a, n, passed) if a.tries[n] < 20 else MET
    g = lane(a.stop_after[a.landing[n]], n)
    if lane_set(passed[a.landing[n]], n):
        a.high[n] = h
    else:
        a.low[n] = h
    next_h = h
    rate = lane(known_slope(job, &a.after[0], &a.k[12*N_STATE], <int> job.stop_kind[a.landing[n]]), n)
    if rate != 0.0:                      # Newton where the rate is known, else the secant
        next_h = h - g/rate
    elif g != a.last_g[n]:
        next_h = h - g*(h - a.last_h[n])/(g - a.last_g[n])
    a.tries[n] += 1
    before = lane(a.stop_before[a.landing[n]], n)        # beyond the lowest point the rate leads to another passage
    if rate*before < 0.0 and g != a.last_g[n] and within_reach(g, rate, g*(h - a.last_h[n])/(g - a.last_g[n]), h):
        return NEARLY
    if g == 0.0 or (-1e-7 < next_h - h < 1e-7) or a.high[n] - a.low[n] < 1e-9 or a.tries[n] > 40:
        return MET
    if not a.low[n] < next_h < a.high[n]:
        next_h = 0.5*(a.low[n] + a.high[n])
    a.last_h[n] = h
    a.last_g[n] = g
    put(&a.h, n, next_h)
    return 0


cdef inline for_each_processor reach(const Job* job, Lanes* a, const int* met) noexcept nogil:
    """The rest of a step that ends nearly on its stop: the Taylor series of third order about its end, of which the fourth
    term is left out, less than 1e-6 of that of the step; in orbit 5e-5 m for 3 s. Newton twice, then the residual."""
    cdef vd now[N_STATE]
    cdef vd slope[N_STATE]
    cdef vd bend[N_STATE]
    cdef vd on, g, more, square, so_far, at, rate
    cdef const vd* k = &a.k[12*N_STATE]
    cdef int n, s, c, kind, _turn, some
    for c in range(N_STATE):
        a.far[c] = a.after[c]
        slope[c] = end_slope(&job.leg, a.k, c)/a.trial
        bend[c] = end_bend(&job.leg, a.k, c)/(a.trial*a.trial)
    for s in range(job.n_stop):
        on = splat(0.0)
        some = 0
        for n in range(LANES):
            if met[n] == NEARLY and a.landing[n] == s:
                put(&on, n, 1.0)
                clear(&a.last, n)        # it does not end at the end of time
                some = 1
        if some == 0:
            continue
        kind = <int> job.stop_kind[s]
        so_far = splat(0.0)
        g = a.stop_after[s]
        for _turn in range(2):
            for c in range(N_STATE):
                now[c] = k[c] + so_far*(slope[c] + 0.5*so_far*bend[c])
            rate = known_slope(job, &a.after[0], now, kind)
            more = where((on > 0.0) & (rate*rate > 0.0), -g/rate, splat(0.0))
            square = 0.5*(so_far*(so_far + more)) + (1.0/6.0)*(more*more)
            for c in range(N_STATE):
                rate = k[c] + ((so_far + 0.5*more)*slope[c] + square*bend[c])        # the mean of it over this bit
                a.after[c] = where(on > 0.0, a.after[c] + more*rate, a.after[c])
            so_far = so_far + more
            a.trial = where(on > 0.0, a.trial + more, a.trial)
            at = a.t + a.trial
            quantity(kind, &job.leg, &a.row, &at, a.after, &g)
            g = g - a.stop_value[s]
        a.stop_after[s] = where(on > 0.0, g, a.stop_after[s])
        for c in range(N_PEAK):
            a.end_rate[c] = where(on > 0.0, k[7 + c] + so_far*(slope[7 + c] + 0.5*so_far*bend[7 + c]), a.end_rate[c])
