"""The flight computer and the roll jets, once a cycle: what bank is commanded, and how the vehicle turns until the next.

A law works on what the flight would know: its clock, its accelerometers, its navigation, each with the errors of the row.
Between two cycles the bank is the cubic through the angles and rates that the roll autopilot reaches, so that a step of the
integrator, which ends with the cycle, meets no corner.
"""

from trajectory._forces cimport Felt, N_STATE, Row, feel, hold
from trajectory._gravity cimport vertical
from trajectory._job cimport Job, Lanes, N_LOG, N_MEMORY
from trajectory._predictor cimport Foreseen, arc, predict
from trajectory._lanes cimport (
    LANES, any_lane, cross, dot, exponential, for_each_processor, lane, lane_set, larger, length, minus, opposite, put,
    root, sine_cosine, smaller, splat, times, vd, vec3, vector, vm, where,
)

cdef enum:
    # laws; the order of leg.LAWS
    SPIN = 1                             # turn at a steady rate
    CLOCK = 2                            # times of passing apparent velocities against those planned
    PREDICTOR = 4                        # the flight to come, flown ahead
    RANGE = 3                            # range to go against that planned, with drag and rate of descent
    # what the computer remembers from cycle to cycle; the order of leg.MEMORY
    BANK = 0                             # rad, as flown
    BANK_RATE = 1                        # rad/s
    SIZE = 2                             # rad, of the bank commanded
    PENDING = 3                          # rad, the size that is computed already ...
    PENDING_AT = 4                       # s, ... and holds from then on
    SIDE = 5                             # +1 to the right, -1 to the left
    NODE = 6                             # of the profile, the next to be passed
    LATE = 7                             # s behind the plan at the last node
    AHEAD = 8                            # m beyond the plan by then
    MISS = 9                             # m, predicted, beyond the target
    LAST_T = 10                          # s, time and measured apparent velocity at the last cycle
    LAST_W = 11
    PROPELLANT = 12                      # kg, that the jets have used
    JETS_LOST = 13                       # s, when they failed or ran dry; 0 before
    SLOPE = 14                           # m of range for a unit of cos(bank), as last predicted
    DRAG_RATIO = 15                      # of the day, over what is planned; 0: not measured yet
    LIFT_RATIO = 16
    LOAD_SLOPE = 17                      # m/s2 of the greatest load for a unit of cos(bank)
    # columns of a profile; the order of guidance.COLUMNS
    AT = 0                               # apparent velocity (or speed) of the node, m/s
    TIME = 1                             # s after the planned ignition
    SPEED_THERE = 2                      # m/s
    REACH = 3                            # m of range for a unit of cos(bank), held from here on
    BY_AHEAD = 4                         # m of miss for a metre that the flight is beyond the plan
    BY_LATER = 5                         # m of miss for a second lost since the node before
    TO_GO = 6                            # m along the ground to the target
    DRAG = 7                         # drag acceleration in m/s2, or its ln where the profile runs along the apparent velocity
    RISE = 8                             # m/s, rate of climb
    BY_DRAG = 9                      # m of miss
    BY_RISE = 10                         # m of miss for a m/s
    BEYOND = 11                          # m that the reference itself ends beyond the target
    N_PROFILE = 12


cdef inline double arc_cosine(double c) noexcept nogil:
    """Within 7e-5 rad (Abramowitz & Stegun 1964, eq. 4.4.45)."""
    cdef double x = c if c >= 0.0 else -c
    cdef double angle = lane(root(splat(1.0 - x)), 0)*(1.5707288 + x*(-0.2121144 + x*(0.0742610 - 0.0187293*x)))
    return angle if c >= 0.0 else 3.141592653589793 - angle


cdef inline double bank_for(const Job* job, double reference, double miss, double reach) noexcept nogil:
    """Size of the bank that takes away a predicted miss, within the limits of the law."""
    cdef double c = reference - job.guidance.gain*miss/reach
    if c > job.guidance.most_cosine:
        c = job.guidance.most_cosine
    if c < job.guidance.least_cosine:
        c = job.guidance.least_cosine
    return arc_cosine(c)


cdef inline void clock_law(const Job* job, Lanes* a, int n, double w) noexcept nogil:
    """Soyuz: at each apparent velocity of the profile the time is held against the plan (Kutomanov 2015 gives the scheme; the
    gains are ours, guidance.py). A flight that is late there is long."""
    cdef int i = <int> lane(a.memory[NODE], n)
    cdef double t = lane(a.t, n)
    cdef double last_t = lane(a.memory[LAST_T], n)
    cdef double last_w = lane(a.memory[LAST_W], n)
    cdef double late = lane(a.memory[LATE], n)
    cdef double ahead = lane(a.memory[AHEAD], n)
    cdef double at, now, change, miss
    cdef const double* p
    while i < job.guidance.nodes and w >= job.guidance.profile[i*N_PROFILE + AT]:
        p = job.guidance.profile + i*N_PROFILE
        at = t
        if w > last_w and p[AT] > last_w:
            at = last_t + (p[AT] - last_w)/(w - last_w)*(t - last_t)
        now = at - lane(a.row.clock, n) - p[TIME]
        change = now - late
        if i == 0:
            ahead = p[SPEED_THERE]*now
            change = 0.0
        else:
            ahead += 0.5*(p[SPEED_THERE] + p[SPEED_THERE - N_PROFILE])*change
        late = now
        miss = p[BY_AHEAD]*ahead + p[BY_LATER]*change + p[BEYOND]
        put(&a.memory[MISS], n, miss)
        put(&a.memory[PENDING], n, bank_for(job, lane(a.row.reference_cosine, n), miss, p[REACH]))
        put(&a.memory[PENDING_AT], n, t + lane(a.row.latency, n))
        i += 1
    put(&a.memory[NODE], n, i)
    put(&a.memory[LATE], n, late)
    put(&a.memory[AHEAD], n, ahead)


cdef inline void range_law(const Job* job, Lanes* a, int n, double at, double to_go, double across, double drag, double rise,
                           double speed) noexcept nogil:
    """Range to go along the ground against that of the reference, corrected for drag and rate of climb (the form of Apollo's
    final phase: Morth 1966, MIT R-532; flight program Comanche 055), with its gains for this vehicle (guidance.py)."""
    cdef double x = (at - job.guidance.first)/job.guidance.spacing
    cdef int last = job.guidance.nodes - 2
    cdef int i = 0 if x < 0.0 else last if x > last else <int> x
    cdef double u = x - i
    cdef const double* p = job.guidance.profile + i*N_PROFILE
    cdef const double* q = p + N_PROFILE
    cdef double miss, wide
    if job.guidance.corridor > 0.0:      # turn to the other side where the target is too far to this one
        wide = job.guidance.corridor*speed*speed + job.guidance.corridor_floor
        if across*lane(a.memory[SIDE], n) < -wide:
            put(&a.memory[SIDE], n, -lane(a.memory[SIDE], n))
    if job.guidance.first > 1e29:        # no reference: the bank that is planned
        return
    if job.guidance.by_speed:            # past the end of the reference the bank is held, before it the first node holds
        if x < 0.0:
            return
        u = 1.0 if u > 1.0 else u
    elif u > 1.0:
        return
    elif u < 0.0:
        u = 0.0
    miss = (p[TO_GO] + u*(q[TO_GO] - p[TO_GO])) - to_go
    miss *= p[BY_AHEAD] + u*(q[BY_AHEAD] - p[BY_AHEAD])
    miss += p[BEYOND]
    miss += (p[BY_DRAG] + u*(q[BY_DRAG] - p[BY_DRAG]))*(drag - (p[DRAG] + u*(q[DRAG] - p[DRAG])))
    miss += (p[BY_RISE] + u*(q[BY_RISE] - p[BY_RISE]))*(rise - (p[RISE] + u*(q[RISE] - p[RISE])))
    put(&a.memory[MISS], n, miss)
    put(&a.memory[PENDING], n, bank_for(job, lane(a.row.reference_cosine, n), miss, p[REACH] + u*(q[REACH] - p[REACH])))
    put(&a.memory[PENDING_AT], n, lane(a.t, n) + lane(a.row.latency, n))


cdef inline void predictor_law(const Job* job, Lanes* a, vm due) noexcept nogil:
    """The bank that, held to the end, brings the predicted flight to the target: a secant from cycle to cycle, as in the
    numerical predictor-correctors after Lu (2014, J. Guidance Control Dynamics 37, 1138-1148). The bank turns over where a
    turn now would leave a third of the cross-range that is left without it. Load and heat flux: where the predicted
    greatest is above what is allowed, more lift."""
    cdef vd least = splat(job.guidance.least_cosine)
    cdef vd most = splat(job.guidance.most_cosine)
    cdef vd side = a.memory[SIDE]
    cdef vd slope = a.memory[SLOPE]
    cdef vd load_slope = a.memory[LOAD_SLOPE]
    cdef vd since = a.t - a.row.start
    cdef vd shift = a.row.along_error + a.row.along_drift*since
    cdef vd aside = a.row.across_error + a.row.across_drift*since
    cdef vd speed2 = (a.y[3]*a.y[3] + a.y[4]*a.y[4] + a.y[5]*a.y[5])*(1.0/5.7e7)
    cdef vd c, s, was, bank, miss, missed, floor, over
    cdef vm new = slope == 0.0
    cdef vm works = due
    cdef vm told
    cdef Foreseen one, two, turned
    cdef int i
    learn(job, a, due)
    slope = where(new, 6e5*speed2, slope)
    load_slope = where(new, splat(-20.0), load_slope)
    sine_cosine(a.memory[PENDING], &s, &was)
    bank = side*a.memory[PENDING]
    predict(job, a, &bank, &a.memory[DRAG_RATIO], &a.memory[LIFT_RATIO], &one)
    miss = one.along - shift
    for i in range(4):                   # a computer that has just started looks further
        if i > 0:
            works = due & new
            if not any_lane(works):
                break
        c = smaller(larger(was - miss/slope, least), most)
        c = smaller(larger(c, was - 0.3), was + 0.3)
        bank = side*arc_cosines(c)
        predict(job, a, &bank, &a.memory[DRAG_RATIO], &a.memory[LIFT_RATIO], &two)
        missed = two.along - shift
        over = c - was
        told = works & ((over > 0.003) | (over < -0.003))
        slope = where(told, larger((missed - miss)/over, 1e4 + 2e4*speed2), slope)
        load_slope = where(told, smaller((two.load - one.load)/over, splat(-5.0)), load_slope)
        was = where(works, c, was)
        miss = where(works, missed, miss)
        one.across = where(works, two.across, one.across)
        one.load = where(works, two.load, one.load)
        one.heat_flux = where(works, two.heat_flux, one.heat_flux)
    c = smaller(larger(was - miss/slope, least), most)
    floor = 4.0*(one.heat_flux*(1.0/job.guidance.most_heat_flux) - 1.0)
    floor = larger((one.load - job.guidance.most_load)/(-load_slope), floor)
    floor = was + floor
    c = where((one.load > job.guidance.most_load) | (one.heat_flux > job.guidance.most_heat_flux), larger(c, floor), c)
    c = smaller(c, most)
    bank = -side*arc_cosines(c)
    predict(job, a, &bank, &a.memory[DRAG_RATIO], &a.memory[LIFT_RATIO], &turned)
    one.across = one.across + aside
    turned.across = turned.across + aside
    new = larger(turned.across, -turned.across) < 0.35*larger(one.across, -one.across)
    new = new & (one.across*side > job.guidance.corridor_floor)
    a.memory[SIDE] = where(due & new, -side, side)
    a.memory[SLOPE] = where(due, slope, a.memory[SLOPE])
    a.memory[LOAD_SLOPE] = where(due, load_slope, a.memory[LOAD_SLOPE])
    a.memory[MISS] = where(due, miss, a.memory[MISS])
    a.memory[PENDING] = where(due, arc_cosines(c), a.memory[PENDING])
    a.memory[PENDING_AT] = where(due, a.t + a.row.latency, a.memory[PENDING_AT])


cdef inline vd arc_cosines(vd c) noexcept nogil:
    cdef vd x = larger(c, -c)
    cdef vd angle = root(larger(1.0 - x, splat(0.0)))*(1.5707288 + x*(-0.2121144 + x*(0.0742610 - 0.0187293*x)))
    return where(c >= 0.0, angle, 3.141592653589793 - angle)


cdef inline void learn(const Job* job, Lanes* a, vm due) noexcept nogil:
    """Drag and lift of the day over those planned, filtered; from 0.05 g on, below it the plan holds."""
    cdef vec3 r = vector(a.y[0], a.y[1], a.y[2])
    cdef vec3 v = vector(a.y[3], a.y[4], a.y[5])
    cdef Row plan = a.row
    cdef Felt felt, meant
    cdef vd drag, lift
    cdef double share = job.guidance.cycle/job.guidance.settling
    cdef vd part = splat(share if share < 1.0 else 1.0)
    plan.density_factor = a.row.planned_density
    plan.cd = a.row.planned_cd
    plan.cl = a.row.planned_cl
    plan.wind_factor = splat(0.0)
    hold(&job.leg, &plan, a.y[6])
    felt = feel(&job.leg, &a.row, a.t, r, v, a.y[6], 1)
    meant = feel(&job.leg, &plan, a.t, r, v, a.y[6], 1)
    drag = felt.dynamic_pressure*felt.cd*(1.0 + a.row.drag_error)/larger(meant.dynamic_pressure*meant.cd, splat(1e-9))
    lift = felt.dynamic_pressure*felt.cl/larger(meant.dynamic_pressure*meant.cl, splat(1e-9))
    lift = where(meant.cl > 0.0, lift, splat(1.0))
    part = where(felt.load > 0.5, part, splat(0.0))
    a.memory[DRAG_RATIO] = where(a.memory[DRAG_RATIO] == 0.0, splat(1.0), a.memory[DRAG_RATIO])
    a.memory[LIFT_RATIO] = where(a.memory[LIFT_RATIO] == 0.0, splat(1.0), a.memory[LIFT_RATIO])
    a.memory[DRAG_RATIO] = where(due, a.memory[DRAG_RATIO] + part*(drag - a.memory[DRAG_RATIO]), a.memory[DRAG_RATIO])
    a.memory[LIFT_RATIO] = where(due, a.memory[LIFT_RATIO] + part*(lift - a.memory[LIFT_RATIO]), a.memory[LIFT_RATIO])


cdef inline void measure(const Job* job, Lanes* a, vd* to_go, vd* across, vd* drag, vd* rise, vd* speed) noexcept nogil:
    """What navigation tells: range to go along and across the motion (m, to the right), drag, rate of climb, speed."""
    cdef vec3 r = vector(a.y[0], a.y[1], a.y[2])
    cdef vec3 v = vector(a.y[3], a.y[4], a.y[5])
    cdef double rate = job.leg.earth.rotation
    cdef vd size = length(r)
    cdef vd inverse = 1/size
    cdef vec3 up = vertical(&job.leg.earth, r, inverse, r.z*inverse)
    cdef vec3 moves = vector(v.x + rate*r.y, v.y - rate*r.x, v.z)
    cdef vec3 forward, right, goal
    cdef vd s, c, x, since
    cdef Felt felt
    rise[0] = dot(moves, up) + a.row.rise_error
    forward = minus(moves, times(dot(moves, up), up))
    forward = times(1/larger(length(forward), splat(1e-3)), forward)
    right = cross(forward, up)
    sine_cosine(rate*a.t, &s, &c)
    goal = vector(c*a.row.goal_x - s*a.row.goal_y, s*a.row.goal_x + c*a.row.goal_y, a.row.goal_z)
    since = a.t - a.row.start
    x = dot(goal, forward)
    to_go[0] = job.leg.earth.equatorial_radius*arc(x, dot(goal, up)) + a.row.along_error + a.row.along_drift*since
    across[0] = job.leg.earth.equatorial_radius*dot(goal, right) + a.row.across_error + a.row.across_drift*since
    speed[0] = length(moves)
    felt = feel(&job.leg, &a.row, a.t, r, v, a.y[6], 1)
    x = felt.load*felt.cd/root(felt.cd*felt.cd + felt.cl*felt.cl)
    if job.guidance.by_speed:
        drag[0] = x*(1.0 + a.row.drag_error)
    else:
        drag[0] = logarithm(larger(x, splat(1e-6))) + a.row.drag_error


cdef inline vd logarithm(vd a) noexcept nogil:
    """ln of a > 0, by Newton's steps on the kernel's own exponential from the exponent of the number; 1e-12."""
    cdef vd x = splat(0.0)
    cdef vd e
    cdef int n, k, _i
    cdef double m
    for n in range(LANES):
        m = lane(a, n)
        k = 0
        while m > 1.5 and k < 1100:
            m *= 0.5
            k += 1
        while m < 0.75 and k > -1100:
            m *= 2.0
            k -= 1
        put(&x, n, k*0.6931471805599453 + (m - 1.0)*(2.0/(m + 1.0)))
    for _i in range(3):
        e = exponential(-x)
        x = x + (a*e - 1.0)
    return x


cdef inline vd jets(const Job* job, vd error, vd rate, vd wide) noexcept nogil:
    """What part of the time the jets push, and to which side: a phase plane of the error of the bank and its rate."""
    cdef double limit = job.guidance.error_limit
    cdef double narrow = job.guidance.dead_band
    cdef vd u = smaller(larger(error, splat(-limit)), splat(limit)) + job.guidance.rate_time*rate
    cdef vd size = larger(u, -u)
    cdef vd part = where(size < narrow, size*(0.055/narrow), 0.055 + (size - narrow)*(splat(0.745)/(wide - narrow)))
    part = where(size > wide, splat(1.0), part)
    return where(u > 0.0, -part, part)


cdef inline void turn(const Job* job, Lanes* a, vm due, vd load, vd w) noexcept nogil:
    """The roll autopilot until the next cycle, in parts: the jets against the error and its rate (Kutomanov 2015). Fills
    the cubic of the bank and what the jets used."""
    cdef double part = job.guidance.cycle/job.guidance.parts
    cdef double span = job.guidance.cycle
    cdef vd bank = a.memory[BANK]
    cdef vd rate = a.memory[BANK_RATE]
    cdef vd used = a.memory[PROPELLANT]
    cdef vd size = a.memory[SIZE]
    cdef vd begin = bank
    cdef vd begin_rate = rate
    cdef vd hard = splat(job.guidance.acceleration)*a.row.jet_factor
    cdef vm heavy = load > job.guidance.high_load
    cdef vd wide = where(heavy, splat(job.guidance.full_band_high), splat(job.guidance.full_band))
    cdef vd side = a.memory[SIDE]
    cdef vd at, push, change, alive, passed, after
    cdef vm lost
    cdef int i
    hard = where(heavy, hard*job.guidance.high_factor, hard)
    for i in range(job.guidance.parts):
        at = a.t + (i + 0.5)*part
        lost = (at >= a.row.jets_fail_at) | (used >= a.row.jet_propellant)
        alive = where(lost, splat(0.0), splat(1.0))
        a.memory[JETS_LOST] = where(due & lost & (a.memory[JETS_LOST] == 0.0), at, a.memory[JETS_LOST])
        if job.guidance.law == SPIN:
            push = (a.row.bank_rate - rate)*57.29577951308232
            push = smaller(larger(push, splat(-1.0)), splat(1.0))
        else:
            size = where(at >= a.memory[PENDING_AT], a.memory[PENDING], size)
            push = jets(job, bank - side*size - a.row.bank_error, rate, wide)
            if job.guidance.law != PREDICTOR and job.guidance.corridor <= 0.0:     # turned over as the reversal is passed
                passed = (w + load*(at + 0.5*part - a.t) - a.row.reversal)/larger(load*part, splat(1e-9))
                passed = smaller(larger(passed, splat(0.0)), splat(1.0))
                after = where(passed > 0.0, -a.row.side, a.row.side)
                if any_lane(after != side):
                    push = (1.0 - passed)*push + passed*jets(job, bank - after*size - a.row.bank_error, rate, wide)
                    side = after
        push = push*alive
        bank = bank + part*(rate + (0.5*part)*(hard*push))
        rate = rate + part*(hard*push)
        used = used + (job.guidance.jet_flow*part)*larger(push, -push)
    change = bank - begin
    a.row.cycle_start = where(due, a.t, a.row.cycle_start)
    a.row.turn_0 = where(due, begin, a.row.turn_0)
    a.row.turn_1 = where(due, begin_rate, a.row.turn_1)
    a.row.turn_2 = where(due, (3.0*change - span*(2.0*begin_rate + rate))*(1.0/(span*span)), a.row.turn_2)
    a.row.turn_3 = where(due, (span*(begin_rate + rate) - 2.0*change)*(1.0/(span*span*span)), a.row.turn_3)
    a.memory[BANK] = where(due, bank, a.memory[BANK])
    a.memory[BANK_RATE] = where(due, rate, a.memory[BANK_RATE])
    a.memory[SIZE] = where(due, size, a.memory[SIZE])
    if job.guidance.law != SPIN:
        a.memory[SIDE] = where(due, side, a.memory[SIDE])
    a.memory[PROPELLANT] = where(due, used, a.memory[PROPELLANT])


cdef inline for_each_processor guide(const Job* job, Lanes* a) noexcept nogil:
    """One cycle of every flight that is due."""
    cdef vm due = a.t >= a.next_cycle
    cdef vd load, w, to_go, across, drag, rise, speed
    cdef int n
    a.waits = due & opposite(due)
    if not any_lane(due):
        return
    if job.guidance.law == PREDICTOR:
        for n in range(LANES):
            if a.running[n] >= 0 and not lane_set(due, n):
                a.waits = due            # until the others are there
                return
    load = a.k[7]
    w = a.y[7]*(1.0 + a.row.accelerometer_scale) + a.row.accelerometer_bias*(a.t - a.row.start)
    if job.guidance.law == PREDICTOR:
        predictor_law(job, a, due)
    if job.guidance.law == RANGE:
        measure(job, a, &to_go, &across, &drag, &rise, &speed)
    for n in range(LANES):
        if not lane_set(due, n):
            continue
        if job.guidance.law == CLOCK:
            clock_law(job, a, n, lane(w, n))
        elif job.guidance.law == RANGE:
            range_law(job, a, n, lane(speed if job.guidance.by_speed else w, n), lane(to_go, n), lane(across, n),
                      lane(drag, n), lane(rise, n), lane(speed, n))
        put(&a.memory[LAST_T], n, lane(a.t, n))
        put(&a.memory[LAST_W], n, lane(w, n))
        note_cycle(job, a, n)
    turn(job, a, due, load, w)
    a.next_cycle = where(due, a.next_cycle + job.guidance.cycle, a.next_cycle)


cdef inline void note_cycle(const Job* job, Lanes* a, int n) noexcept nogil:
    """Time, state and memory of the computer at a cycle."""
    cdef long long i = a.running[n]
    cdef double* out
    cdef int c
    if job.log == NULL or job.log_count[i] >= job.log_room:
        return
    out = job.log + (i*job.log_room + job.log_count[i])*N_LOG
    out[0] = lane(a.t, n)
    for c in range(N_STATE):
        out[1 + c] = lane(a.y[c], n)
    for c in range(N_MEMORY):
        out[1 + N_STATE + c] = lane(a.memory[c], n)
    job.log_count[i] += 1
