"""One step of a Runge-Kutta method for all lanes, its dense output, and what can be watched along it."""

from trajectory._gravity cimport altitude_over, vertical
from trajectory._dop853 cimport (
    dense_0, dense_1, dense_2, dense_3, error_3, error_5, rate_curve, rate_curve_end_bend,
    rate_curve_end_slope, stage, stage_time, step_sum,
)
from trajectory._dp54 cimport (
    fifth_dense, fifth_error, fifth_rate_curve, fifth_rate_curve_end_bend, fifth_rate_curve_end_slope, fifth_stage, fifth_sum,
    fifth_time,
)
from trajectory._radau cimport (
    radau_curve, radau_curve_end_bend, radau_curve_end_slope, radau_double_sum, radau_last, radau_series, radau_stage,
    radau_sum, radau_time, radau_twice,
)
from trajectory._forces cimport Descent, Felt, Leg, N_MOVING, N_STATE, Row, descend, feel, rates
from trajectory._job cimport Lanes
from trajectory._lanes cimport (
    cross, dot, for_each_processor, larger, length, root, smaller, splat, vd, vec3, vector, vm, where,
)

cdef enum:
    N_DENSE = 8
    N_CURVE = 6
    EIGHTH_ORDER = 0                     # the order of leg.METHODS
    FIFTH_ORDER = 1
    RADAU = 2
    RADAU_STAGES = 8
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
    THIN_AIR = 120000                    # m: above, drag is slight, and a leg may have a tolerance of its own


cdef inline vd longest_fall(vd altitude, vd sink) noexcept nogil:
    """Longest step, s, of a flight that sinks so fast. The air is not felt before it is met: no step goes deeper into it than
    three of its scale heights (20 km), or from above further than to THIN_AIR."""
    return larger(splat(20e3), altitude - 1.0*THIN_AIR)/larger(sink, splat(1e-3))


cdef inline void stages(const Leg* leg, Lanes* a) noexcept nogil:
    """Tries the step of every lane: its stages k[1] ..., the state `after`, and the rates there, k[12]."""
    cdef int n = N_MOVING if leg.thrust else N_MOVING - 1
    cdef int last = 6 if leg.method == FIFTH_ORDER else 12
    cdef int i, c
    cdef vd at
    a.after[6] = a.y[6]
    if leg.method == RADAU:
        sweep(leg, a)
        return
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


cdef inline void lead_on(Lanes* a) noexcept nogil:
    """First accelerations at the stages: the polynomial of the last step, drawn on. A step that is many times as long as the
    last starts from a poor guess, which shows in its error."""
    cdef vd p[RADAU_STAGES]
    cdef vd x
    cdef vd ratio = smaller(a.trial/a.step_before, splat(8.0))
    cdef int i, c, n
    for c in range(3, 6):
        radau_series(a.before, c, p)
        for i in range(1, RADAU_STAGES):
            x = 1.0 + radau_time(i)*ratio
            a.k[N_STATE*i + c] = p[RADAU_STAGES - 1]
            for n in range(RADAU_STAGES - 2, -1, -1):
                a.k[N_STATE*i + c] = p[n] + x*a.k[N_STATE*i + c]


cdef inline void sweep(const Leg* leg, Lanes* a) noexcept nogil:
    """Radau's stages depend on each other: twice over them, each with the newest of the others (Hairer, Norsett & Wanner 1993,
    II.7; Everhart 1985). What a further sweep would change is taken to first order: see `settle`.

    The error of the velocity is the greater of two: what the second sweep changed, times the ratio of the two changes (Hairer &
    Wanner 1996, IV.8); and a thousandth of the last term of the acceleration's series, times its part of the whole, because
    the method is exact for twice the degree. That is cautious: in orbit under J2 to J4 the energy moves by 1e-5 of it."""
    cdef vd moves[80]                    # as k: what this sweep changed in the accelerations
    cdef vd places[24]                   # positions at the stages
    cdef vd old[6]
    cdef vd at, moved, moved_first, move, last, last2, whole2
    cdef int _turn, i, c
    lead_on(a)
    moved = splat(0.0)
    for c in range(3, 6):
        moves[c] = splat(0.0)            # the start is known
    for _turn in range(2):
        moved_first = moved
        for i in range(1, RADAU_STAGES):
            radau_stage(i, a.after, a.y, a.trial, a.k)
            at = a.t + radau_time(i)*a.trial
            for c in range(3):
                places[3*i + c] = a.after[c]
                old[3 + c] = a.k[N_STATE*i + 3 + c]
            rates(leg, &a.row, &at, a.after, a.k + N_STATE*i)
            for c in range(3, 6):
                moves[N_STATE*i + c] = a.k[N_STATE*i + c] - old[c]
        moved = splat(0.0)
        for c in range(3, 6):
            move = radau_sum(moves, c)
            moved = moved + move*move
        moved = root(moved)
        settle(leg.earth.mu, a.trial, places, moves, a.k)
    last2 = splat(0.0)
    whole2 = splat(1e-30)
    for c in range(3, 6):
        last = radau_last(a.k, c)
        last2 = last2 + last*last
        whole2 = whole2 + a.k[c]*a.k[c]
    a.unsettled = a.trial*larger(moved*smaller(moved/larger(moved_first, splat(1e-30)), splat(1.0)), 1e-3*last2/root(whole2))
    for c in range(3):
        a.after[c] = a.y[c] + a.trial*(a.y[c + 3] + a.trial*radau_double_sum(a.k, c + 3))
    for c in range(3, N_STATE):
        a.after[c] = a.y[c] + a.trial*radau_sum(a.k, c)
    at = a.t + a.trial
    rates(leg, &a.row, &at, a.after, a.k + N_STATE*12)


cdef inline void settle(double mu, vd h, const vd* places, vd* moves, vd* k) noexcept nogil:
    """The next sweep's changes of the accelerations, to first order and as those of a point mass: its gradient times the
    changes of the positions (Montenbruck & Gill 2000, eq. 7.56)."""
    cdef vec3 r, d
    cdef vd near, per, along
    cdef int i, c
    for i in range(1, RADAU_STAGES):
        r = vector(places[3*i], places[3*i + 1], places[3*i + 2])
        d = vector(radau_twice(i, moves, 3), radau_twice(i, moves, 4), radau_twice(i, moves, 5))
        near = 1/length(r)
        per = h*h*(mu*(near*near*near))
        along = 3.0*(near*near)*dot(r, d)
        moves[N_STATE*i + 3] = per*(along*r.x - d.x)
        moves[N_STATE*i + 4] = per*(along*r.y - d.y)
        moves[N_STATE*i + 5] = per*(along*r.z - d.z)
        for c in range(3, 6):
            k[N_STATE*i + c] = k[N_STATE*i + c] + moves[N_STATE*i + c]


cdef inline void remember(Lanes* a, vm accept) noexcept nogil:
    """Keep the accelerations of a step that stands: the next one's are led on from them."""
    cdef int i, c
    for i in range(RADAU_STAGES):
        for c in range(3, 6):
            a.before[N_STATE*i + c] = where(accept, a.k[N_STATE*i + c], a.before[N_STATE*i + c])


cdef inline vd step_error(const Leg* leg, const Lanes* a, double position_scale, double velocity_scale) noexcept nogil:
    """Estimate over tolerance; 1 is just good enough (Hairer, Norsett & Wanner 1993, sections II.4 and II.10)."""
    cdef const vd* k = &a.k[0]
    cdef vd h = a.trial
    cdef vd e5 = splat(0.0)
    cdef vd e3 = splat(0.0)
    cdef vd e
    cdef int c
    cdef double weight
    if leg.method == RADAU:
        return a.unsettled*(1.0/velocity_scale)
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
    """The root by which the error of a step grows with its length: eighth, or 3/16 for nearly the fifth; of Radau sixteenth."""
    cdef vd fourth = root(root(a))
    if leg.method == RADAU:
        return root(root(fourth))
    if leg.method == FIFTH_ORDER:
        return root(fourth*root(fourth))
    return root(fourth)


cdef inline for_each_processor dense_output(const Leg* leg, const Row* row, const vd* time, const vd* step, const vd* y,
                                            const vd* after, vd* k, vd* f) noexcept nogil:
    """Interpolant of the step, f[N_DENSE*c + i]: of seventh degree, with three more stages, or of fourth degree for the fifth
    order; for Radau the series of the rates, which `interpolate` integrates."""
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
        if leg.method == RADAU:
            radau_series(k, c, f + N_DENSE*c)
            continue
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


cdef inline vd interpolate(const Leg* leg, const Lanes* lanes, int c, vd x) noexcept nogil:
    """Component c at the fraction x of the whole step."""
    cdef const vd* a = &lanes.f[N_DENSE*c]
    cdef vd z = 1.0 - x
    cdef vd sum_
    cdef int n
    if leg.method != RADAU:
        return lanes.y[c] + x*(a[0] + z*(a[1] + x*(a[2] + z*(a[3] + x*(a[4] + z*(a[5] + x*a[6]))))))
    sum_ = splat(0.0)
    for n in range(N_DENSE - 1, -1, -1):
        if c < 3:                        # the acceleration's, integrated twice
            sum_ = x*sum_ + (1.0/((n + 1)*(n + 2)))*lanes.f[N_DENSE*(c + 3) + n]
        else:
            sum_ = x*sum_ + (1.0/(n + 1))*a[n]
    if c < 3:
        return lanes.y[c] + x*lanes.whole*(lanes.y[c + 3] + x*lanes.whole*sum_)
    return lanes.y[c] + x*lanes.whole*sum_


cdef inline void rate_along(const Leg* leg, const vd* k, int c, vd* p) noexcept nogil:
    """Rate of component c along the step as a polynomial of its fraction, p[0] ... p[5], from the stages there are."""
    if leg.method == FIFTH_ORDER:
        fifth_rate_curve(k, c, p)
        p[4] = splat(0.0)
        p[5] = splat(0.0)
    elif leg.method == RADAU:
        radau_curve(k, c, p)
    else:
        rate_curve(k, c, p)


cdef inline vd end_slope(const Leg* leg, const vd* k, int c) noexcept nogil:
    """Slope of that polynomial at the end of the step."""
    if leg.method == FIFTH_ORDER:
        return fifth_rate_curve_end_slope(k, c)
    if leg.method == RADAU:
        return radau_curve_end_slope(k, c)
    return rate_curve_end_slope(k, c)


cdef inline vd end_bend(const Leg* leg, const vd* k, int c) noexcept nogil:
    """Its second derivative there."""
    if leg.method == FIFTH_ORDER:
        return fifth_rate_curve_end_bend(k, c)
    if leg.method == RADAU:
        return radau_curve_end_bend(k, c)
    return rate_curve_end_bend(k, c)


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
