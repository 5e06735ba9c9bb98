"""Ends a leg on its stop: the step that passed it is shortened until it ends there."""

from libc.math cimport sqrt

from trajectory._forces cimport N_STATE
from trajectory._job cimport Job, Lanes
from trajectory._lanes cimport lane, lane_set, put, splat, vd, vm
from trajectory._stepper cimport ALTITUDE, APPARENT_VELOCITY, MASS


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


cdef inline double known_slope(const Job* job, const Lanes* a, int kind, int n, int at_end) noexcept nogil:
    """Rate of a quantity where the state or the stages hold it, else 0."""
    cdef const vd* y = &a.y[0]
    cdef const vd* k = &a.k[0]
    cdef double b = job.leg.earth.polar_ratio
    cdef double x, vertical, up_z
    if at_end:
        y = &a.after[0]
        k = &a.k[12*N_STATE]
    if kind == ALTITUDE:                 # along the normal of the ellipsoid, (x, y, z/(1 - e2 a/r)) but for 1e-5
        x = sqrt(lane(y[0]*y[0] + y[1]*y[1] + y[2]*y[2], n))
        up_z = lane(y[2], n)/(1.0 - (1.0 - b*b)*job.leg.earth.equatorial_radius/x)
        vertical = lane(y[0]*k[0] + y[1]*k[1], n) + up_z*lane(k[2], n)
        return vertical/sqrt(lane(y[0]*y[0] + y[1]*y[1], n) + up_z*up_z)
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
    cdef double x, best, g, next_h, rate, before, after
    cdef int s, chosen
    if a.landing[n] < 0:                 # the stop that comes first
        best = 2.0
        chosen = -1
        for s in range(job.n_stop):
            if lane_set(passed[s], n):
                before = known_slope(job, a, <int> job.stop_kind[s], n, 0)
                after = known_slope(job, a, <int> job.stop_kind[s], n, 1)
                x = first_guess(lane(a.stop_before[s], n), lane(a.stop_after[s], n), before, after, h)
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
    rate = known_slope(job, a, <int> job.stop_kind[a.landing[n]], n, 1)
    if rate != 0.0:                      # Newton where the rate is known, else the secant
        next_h = h - g/rate
    elif g != a.last_g[n]:
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
