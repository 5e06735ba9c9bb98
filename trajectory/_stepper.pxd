"""One step of the Dormand-Prince 8(5,3) pair for all lanes, its dense output, and what can be watched along it."""

from trajectory._air cimport place
from trajectory._gravity cimport altitude_over
from trajectory._dop853 cimport (
    dense_0, dense_1, dense_2, dense_3, error_3, error_5, stage_1, stage_2, stage_3, stage_4, stage_5, stage_6, stage_7,
    stage_8, stage_9, stage_10, stage_11, stage_13, stage_14, stage_15, stage_time, step_sum,
)
from trajectory._forces cimport Felt, Leg, N_MOVING, N_STATE, Row, descent_velocity, feel, rates
from trajectory._lanes cimport cross, dot, for_each_processor, length, root, splat, vd, vec3, vector, vm, where

cdef enum:
    N_STAGE = 16
    N_DENSE = 7
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


cdef inline void stages(const Leg* leg, const Row* row, vd t, vd h, const vd* y, vd* k, vd* w) noexcept nogil:
    """k[1] ... k[11] from k[0]; at the end w is the state at the end of the step (its integrals too)."""
    cdef int n = N_MOVING if leg.thrust else N_MOVING - 1
    cdef int c
    cdef vd at
    w[6] = y[6]
    stage_1(w, y, h, k, n)
    at = t + stage_time(1)*h
    rates(leg, row, &at, w, k + N_STATE*1)
    stage_2(w, y, h, k, n)
    at = t + stage_time(2)*h
    rates(leg, row, &at, w, k + N_STATE*2)
    stage_3(w, y, h, k, n)
    at = t + stage_time(3)*h
    rates(leg, row, &at, w, k + N_STATE*3)
    stage_4(w, y, h, k, n)
    at = t + stage_time(4)*h
    rates(leg, row, &at, w, k + N_STATE*4)
    stage_5(w, y, h, k, n)
    at = t + stage_time(5)*h
    rates(leg, row, &at, w, k + N_STATE*5)
    stage_6(w, y, h, k, n)
    at = t + stage_time(6)*h
    rates(leg, row, &at, w, k + N_STATE*6)
    stage_7(w, y, h, k, n)
    at = t + stage_time(7)*h
    rates(leg, row, &at, w, k + N_STATE*7)
    stage_8(w, y, h, k, n)
    at = t + stage_time(8)*h
    rates(leg, row, &at, w, k + N_STATE*8)
    stage_9(w, y, h, k, n)
    at = t + stage_time(9)*h
    rates(leg, row, &at, w, k + N_STATE*9)
    stage_10(w, y, h, k, n)
    at = t + stage_time(10)*h
    rates(leg, row, &at, w, k + N_STATE*10)
    stage_11(w, y, h, k, n)
    at = t + h
    rates(leg, row, &at, w, k + N_STATE*11)
    for c in range(N_STATE):
        w[c] = y[c] + h*step_sum(k, c)


cdef inline vd step_error(vd h, const vd* k, double position_scale, double velocity_scale) noexcept nogil:
    """Estimate over tolerance; 1 is just good enough (Hairer, Norsett & Wanner 1993, section II.10)."""
    cdef vd e5 = splat(0.0)
    cdef vd e3 = splat(0.0)
    cdef vd e
    cdef int c
    cdef double weight
    for c in range(6):
        weight = 1.0/position_scale if c < 3 else 1.0/velocity_scale
        e = weight*error_5(k, c)
        e5 = e5 + e*e
        e = weight*error_3(k, c)
        e3 = e3 + e*e
    e = e5 + 0.01*e3
    return h*e5/root(where(e > splat(0.0), 6.0*e, splat(1.0)))


cdef inline for_each_processor dense_output(const Leg* leg, const Row* row, const vd* time, const vd* step, const vd* y,
                                            const vd* after, vd* k, vd* f) noexcept nogil:
    """Seventh-order interpolant of the step, f[7*c + i]; three more stages."""
    cdef vd w[N_STATE]
    cdef int n = N_MOVING if leg.thrust else N_MOVING - 1
    cdef int c
    cdef vd change, at
    cdef vd t = time[0]
    cdef vd h = step[0]
    w[6] = y[6]
    stage_13(w, y, h, k, n)
    at = t + stage_time(13)*h
    rates(leg, row, &at, w, k + N_STATE*13)
    stage_14(w, y, h, k, n)
    at = t + stage_time(14)*h
    rates(leg, row, &at, w, k + N_STATE*14)
    stage_15(w, y, h, k, n)
    at = t + stage_time(15)*h
    rates(leg, row, &at, w, k + N_STATE*15)
    for c in range(N_STATE):
        change = after[c] - y[c]
        f[N_DENSE*c] = change
        f[N_DENSE*c + 1] = h*k[c] - change
        f[N_DENSE*c + 2] = 2.0*change - h*(k[N_STATE*12 + c] + k[c])
        f[N_DENSE*c + 3] = h*dense_0(k, c)
        f[N_DENSE*c + 4] = h*dense_1(k, c)
        f[N_DENSE*c + 5] = h*dense_2(k, c)
        f[N_DENSE*c + 6] = h*dense_3(k, c)


cdef inline vd interpolate(const vd* y, const vd* f, int c, vd x) noexcept nogil:
    """Component c at the fraction x of the step."""
    cdef const vd* a = f + N_DENSE*c
    cdef vd z = 1.0 - x
    return y[c] + x*(a[0] + z*(a[1] + x*(a[2] + z*(a[3] + x*(a[4] + z*(a[5] + x*a[6]))))))


cdef inline vd slope(const vd* f, int c, vd x) noexcept nogil:
    """d/dx of component c at the fraction x of the step."""
    cdef const vd* a = f + N_DENSE*c
    cdef vd z = 1.0 - x
    cdef vd p = a[6]
    cdef vd d = splat(0.0)
    cdef int i
    for i in range(5, -1, -1):
        if i % 2 == 1:                   # p <- a[i] + x p
            d = d*x + p
            p = a[i] + x*p
        else:                            # p <- a[i] + (1 - x) p
            d = d*z - p
            p = a[i] + z*p
    return d*x + p


cdef inline for_each_processor quantity(int kind, const Leg* leg, const Row* row, const vd* time, const vd* y,
                                        vd* value) noexcept nogil:
    """The value that a stop or a watch compares with its threshold."""
    cdef vec3 r = vector(y[0], y[1], y[2])
    cdef vec3 v = vector(y[3], y[4], y[5])
    cdef vec3 h
    cdef vd t = time[0]
    cdef vd energy, size, q, e2
    cdef Felt felt
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
        descent_velocity(leg, row, &t, &r, &y[6], &v)
    if kind == ALTITUDE_RATE:
        h = place(&leg.earth, r).up
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
