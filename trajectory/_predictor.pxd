"""The flight to come, as a flight computer foresees it: all lanes together, with the equation of motion of the leg.

The computer does not know the air and the coefficients of the day: it flies the planned ones, scaled by what its
accelerometers have told of drag and lift so far, in calm air.
"""

from libc.string cimport memcpy

from trajectory._forces cimport N_MOVING, N_STATE, face, hold, rates
from trajectory._gravity cimport vertical
from trajectory._job cimport Job, Lanes
from trajectory._lanes cimport (
    any_lane, cross, dot, for_each_processor, larger, length, minus, opposite, sine_cosine, smaller, splat, times, vd,
    vec3, vector, vm, where,
)
from trajectory._stepper cimport ALTITUDE, order_root, quantity, stages, step_error

cdef enum:
    MOST_STEPS = 300                     # of a prediction

ctypedef struct Foreseen:                # the end of a predicted flight
    vd along                             # m beyond the target
    vd across                            # m to the right of the way to it
    vd load                              # greatest, m/s2
    vd heat_flux                         # greatest, W/m2


cdef inline vec3 over_ground(const Job* job, vec3 r, vd t) noexcept nogil:
    """Normal of the ellipsoid there, in axes that turn with the Earth."""
    cdef vd inverse = 1/length(r)
    cdef vec3 up = vertical(&job.leg.earth, r, inverse, r.z*inverse)
    cdef vd s, c
    sine_cosine(job.leg.earth.rotation*t, &s, &c)
    up = vector(c*up.x + s*up.y, c*up.y - s*up.x, up.z)
    return times(1/length(up), up)


cdef inline vd arc(vd sine, vd cosine) noexcept nogil:
    """Angle of a sine and a cosine, by Newton's steps; for -1.5 < angle < 1.5."""
    cdef vd x = sine
    cdef vd s, c
    cdef int _i
    for _i in range(4):
        sine_cosine(x, &s, &c)
        x = x + (sine*c - cosine*s)/(cosine*c + sine*s)
    return x


cdef inline for_each_processor predict(const Job* job, const Lanes* a, const vd* bank, const vd* drag, const vd* lift,
                                       Foreseen* end) noexcept nogil:
    """Fly on with a bank held from now to the altitude at which guidance ends. drag, lift: over those that are planned."""
    cdef Lanes b
    cdef vd h = splat(1.0)
    cdef vd error, scale, height, before, share
    cdef vm flies, accept, down
    cdef vec3 here, goal, ahead, right, there
    cdef int _step, c
    memcpy(&b, a, sizeof(b))
    b.row.density_factor = a.row.planned_density
    b.row.cd = a.row.planned_cd*drag[0]
    b.row.cl = a.row.planned_cl*lift[0]
    b.row.wind_factor = splat(0.0)
    b.row.trim_shift = splat(0.0)
    b.row.own_air = splat(0.0)           # the first departure is none
    hold(&job.leg, &b.row, b.y[6])
    face(&b.row, b.t, bank[0], splat(0.0))
    rates(&job.leg, &b.row, &b.t, b.y, b.k)
    quantity(ALTITUDE, &job.leg, &b.row, &b.t, b.y, &before)
    flies = (before > job.guidance.end_altitude) & (b.t < 1e299)
    end.load = b.k[7]
    end.heat_flux = b.k[8]
    for _step in range(MOST_STEPS):
        b.trial = where(flies, h, splat(0.0))
        stages(&job.leg, &b)
        error = step_error(&job.leg, &b, job.guidance.coarse_position, job.guidance.coarse_velocity)
        accept = flies & (error <= 1.0)
        scale = 0.9*(1/order_root(&job.leg, larger(error, splat(1e-6))))
        scale = where(error == error, smaller(larger(scale, splat(0.2)), splat(4.0)), splat(0.2))
        quantity(ALTITUDE, &job.leg, &b.row, &b.t, b.after, &height)
        down = accept & (height <= job.guidance.end_altitude)
        share = where(down, (before - job.guidance.end_altitude)/larger(before - height, splat(1e-3)), splat(1.0))
        for c in range(N_MOVING - 1):    # on the chord of the last step
            b.y[c] = where(accept, b.y[c] + share*(b.after[c] - b.y[c]), b.y[c])
        for c in range(N_STATE):
            b.k[c] = where(accept, b.k[12*N_STATE + c], b.k[c])
        b.t = where(accept, b.t + share*b.trial, b.t)
        before = where(accept, height, before)
        end.load = where(accept, larger(end.load, b.k[7]), end.load)
        end.heat_flux = where(accept, larger(end.heat_flux, b.k[8]), end.heat_flux)
        flies = flies & opposite(down)
        if not any_lane(flies):
            break
        h = where(flies, smaller(h*scale, splat(60.0)), h)
    here = over_ground(job, vector(a.y[0], a.y[1], a.y[2]), a.t)
    there = over_ground(job, vector(b.y[0], b.y[1], b.y[2]), b.t)
    goal = vector(a.row.goal_x, a.row.goal_y, a.row.goal_z)
    ahead = minus(goal, times(dot(goal, here), here))
    ahead = times(1/larger(length(ahead), splat(1e-12)), ahead)
    right = cross(ahead, here)
    end.along = arc(dot(there, ahead), dot(there, here)) - arc(dot(goal, ahead), dot(goal, here))
    end.along = job.leg.earth.equatorial_radius*end.along
    end.across = job.leg.earth.equatorial_radius*dot(there, right)
