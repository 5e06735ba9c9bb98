"""One step of a Dormand-Prince pair for all lanes, its dense output, and what can be watched along it."""

from trajectory._gravity cimport altitude_over, vertical
from trajectory._dop853 cimport (
    dense_0, dense_1, dense_2, dense_3, error_3, error_5, rate_curve, rate_curve_end_slope, stage, stage_time,
    step_sum,
)
from trajectory._dp54 cimport (
    fifth_dense, fifth_error, fifth_rate_curve, fifth_rate_curve_end_slope, fifth_stage, fifth_sum, fifth_time,
)
from trajectory._forces cimport Descent, Felt, Leg, N_MOVING, N_STATE, Row, descend, feel, rates
from trajectory._job cimport Lanes
from trajectory._lanes cimport cross, dot, for_each_processor, length, root, splat, vd, vec3, vector, vm, where

cdef enum:
    N_DENSE = 7
    N_CURVE = 6
    EIGHTH_ORDER = 0                     # the order of leg.METHODS
    FIFTH_ORDER = 1
    # quantities that end a leg or are watched; the order of leg.QUANTITIES
    ALTITUDE = 0
    MASS = 1
    APPARENT_VELOCITY = 2
    SPEED = 3
    MACH = 4
    LOAD = 5
    DYNAMIC_PRESSURE = 6
    PERIGEE_ALTITUDE = 7
    ALTITUDE_RATE = 8
    HEAT_FLUX = 9


cdef inline void stages(const Leg* leg, Lanes* a) noexcept nogil:
    """Tries the step of every lane: its stages k[1] ..., the state `after`, and the rates there, k[12]."""
    cdef int n = N_MOVING if leg.thrust else N_MOVING - 1
    cdef int last = 6 if leg.method == FIFTH_ORDER else 12
    cdef int i, c
    cdef vd at
    a.after[6] = a.y[6]
    for i in range(1, last):
        if leg.method == FIFTH_ORDER:
            fifth_stage(i, a.after, a.y, a.trial, a.k, n)
            at = a.t + fifth_time(i)*a.trial
        else:
            stage(i, a.after, a.y, a.trial, a.k, n)
            at = a.t + stage_time(i)*a.trial
        rates(leg, &a.row, &at, a.after, a.k + N_STATE*i)
    for c in range(N_STATE):
        if leg.method == FIFTH_ORDER:
            a.after[c] = a.y[c] + a.trial*fifth_sum(a.k, c)
        else:
            a.after[c] = a.y[c] + a.trial*step_sum(a.k, c)
    at = a.t + a.trial
    rates(leg, &a.row, &at, a.after, a.k + N_STATE*12)


cdef inline vd step_error(const Leg* leg, vd h, const vd* k, double position_scale, double velocity_scale) noexcept nogil:
    """Estimate over tolerance; 1 is just good enough (Hairer, Norsett & Wanner 1993, sections II.4 and II.10)."""
    cdef vd e5 = splat(0.0)
    cdef vd e3 = splat(0.0)
    cdef vd e
    cdef int c
    cdef double weight
    for c in range(6):
        weight = 1.0/position_scale if c < 3 else 1.0/velocity_scale
        if leg.method == FIFTH_ORDER:
            e = weight*fifth_error(k, c)
            e5 = e5 + e*e
        else:
            e = weight*error_5(k, c)
            e5 = e5 + e*e
            e = weight*error_3(k, c)
            e3 = e3 + e*e
    if leg.method == FIFTH_ORDER:
        return h*root(e5*(1.0/6.0))
    e = e5 + 0.01*e3
    return h*e5/root(where(e > splat(0.0), 6.0*e, splat(1.0)))


cdef inline vd order_root(const Leg* leg, vd a) noexcept nogil:
    """The root by which the error of a step grows with its length: eighth, or 3/16 for nearly the fifth."""
    cdef vd fourth = root(root(a))
    if leg.method == FIFTH_ORDER:
        return root(fourth*root(fourth))
    return root(fourth)


cdef inline for_each_processor dense_output(const Leg* leg, const Row* row, const vd* time, const vd* step, const vd* y,
                                            const vd* after, vd* k, vd* f) noexcept nogil:
    """Interpolant of the step, f[7*c + i]: of seventh order with three more stages, or fourth of the fifth-order pair."""
    cdef vd w[N_STATE]
    cdef int n = N_MOVING if leg.thrust else N_MOVING - 1
    cdef int c, i
    cdef vd change, at
    cdef vd t = time[0]
    cdef vd h = step[0]
    w[6] = y[6]
    if leg.method == EIGHTH_ORDER:
        for i in range(13, 16):
            stage(i, w, y, h, k, n)
            at = t + stage_time(i)*h
            rates(leg, row, &at, w, k + N_STATE*i)
    for c in range(N_STATE):
        change = after[c] - y[c]
        f[N_DENSE*c] = change
        f[N_DENSE*c + 1] = h*k[c] - change
        f[N_DENSE*c + 2] = 2.0*change - h*(k[N_STATE*12 + c] + k[c])
        if leg.method == FIFTH_ORDER:
            f[N_DENSE*c + 3] = h*fifth_dense(k, c)
            f[N_DENSE*c + 4] = splat(0.0)
            f[N_DENSE*c + 5] = splat(0.0)
            f[N_DENSE*c + 6] = splat(0.0)
            continue
        f[N_DENSE*c + 3] = h*dense_0(k, c)
        f[N_DENSE*c + 4] = h*dense_1(k, c)
        f[N_DENSE*c + 5] = h*dense_2(k, c)
        f[N_DENSE*c + 6] = h*dense_3(k, c)


cdef inline vd interpolate(const vd* y, const vd* f, int c, vd x) noexcept nogil:
    """Component c at the fraction x of the step."""
    cdef const vd* a = f + N_DENSE*c
    cdef vd z = 1.0 - x
    return y[c] + x*(a[0] + z*(a[1] + x*(a[2] + z*(a[3] + x*(a[4] + z*(a[5] + x*a[6]))))))


cdef inline void rate_along(const Leg* leg, const vd* k, int c, vd* p) noexcept nogil:
    """Rate of component c along the step as a polynomial of its fraction, p[0] ... p[5], from the stages there are."""
    if leg.method == FIFTH_ORDER:
        fifth_rate_curve(k, c, p)
        p[4] = splat(0.0)
        p[5] = splat(0.0)
    else:
        rate_curve(k, c, p)


cdef inline vd end_slope(const Leg* leg, const vd* k, int c) noexcept nogil:
    """Slope of that polynomial at the end of the step."""
    if leg.method == FIFTH_ORDER:
        return fifth_rate_curve_end_slope(k, c)
    return rate_curve_end_slope(k, c)


cdef inline for_each_processor quantity(int kind, const Leg* leg, const Row* row, const vd* time, const vd* y,
                                        vd* value) noexcept nogil:
    """The value that a stop or a watch compares with its threshold."""
    cdef vec3 r = vector(y[0], y[1], y[2])
    cdef vec3 v = vector(y[3], y[4], y[5])
    cdef vec3 h
    cdef vd t = time[0]
    cdef vd energy, size, q, e2
    cdef Felt felt
    cdef Descent sinks
    if kind == ALTITUDE:
        q = dot(r, r)
        size = 1/root(q)
        value[0] = altitude_over(&leg.earth, q, size, r.z*size)
        return
    if kind == MASS:
        value[0] = y[6]
        return
    if kind == APPARENT_VELOCITY:
        value[0] = y[7]
        return
    if leg.quasi_steady:
        descend(leg, row, &t, &r, &y[6], &sinks)
        v = sinks.velocity
    if kind == ALTITUDE_RATE:
        size = 1/length(r)
        h = vertical(&leg.earth, r, size, r.z*size)
        value[0] = v.x*h.x + v.y*h.y + v.z*h.z
        return
    if kind == PERIGEE_ALTITUDE:
        h = cross(r, v)
        size = dot(h, h)*(1.0/leg.earth.mu)          # semi-latus rectum
        energy = 0.5*dot(v, v) - leg.earth.mu*(1/length(r))
        e2 = 1.0 + 2.0*energy*size*(1.0/leg.earth.mu)
        q = root(where(e2 > splat(0.0), e2, splat(0.0)))
        value[0] = size/(1.0 + q) - leg.earth.equatorial_radius
        return
    felt = feel(leg, row, t, r, v, y[6], 1)
    if kind == SPEED:
        value[0] = felt.speed
        return
    if kind == MACH:
        value[0] = felt.mach
        return
    if kind == LOAD:
        value[0] = felt.load
        return
    if kind == DYNAMIC_PRESSURE:
        value[0] = felt.dynamic_pressure
        return
    value[0] = felt.heat_flux
