"""One equation of motion for every leg: gravity + aerodynamic force + thrust.

State, inertial frame of the case: position, velocity, mass, then three running integrals of what the flight feels:
apparent velocity (sensed acceleration), heat load (stagnation heat flux) and the impulse of dynamic pressure.
"""

from trajectory._air cimport Air, Departure, air_velocity, basis, departure, root_density, sound_speed
from trajectory._gravity cimport Earth, altitude_over, body_gravity, earth_gravity
from trajectory._lanes cimport (
    choose, cross, dot, for_each_processor, integer, larger, length, minus, place_in, plus, read_four, root, sine_cosine,
    smaller, splat, times, vd, vec3, vector, vm, weigh_four,
)

cdef enum:
    N_STATE = 10                         # x y z vx vy vz mass | apparent velocity, heat load, impulse of dynamic pressure
    N_MOVING = 7                         # those that the rates depend on
    N_ROW = 46                           # numbers that each flight has of its own, see Row
    OWN_AIR = 45                         # where a row says which departures are its own
    INERTIAL = 0                         # attitudes of the thrust
    LOCAL = 1
    ALONG_VELOCITY = 2

ctypedef struct Leg:                     # what a leg switches on: the same in every lane
    Earth earth
    Air air
    int lift
    int aero_table                       # 0: the row's CD and CL as they are; 1: factors on the table's
    const double* aero                   # (aero_heights + 3, aero_machs + 3, 2): B-spline coefficients of CD, CL
    int aero_machs
    int aero_heights
    double aero_mach_scale               # uniform in M/(M + scale) from 0 to 1
    double aero_height_scale             # uniform in h/(h + scale) from 0 to 1
    int aero_slope                       # 1: the row's shift of the trim changes CD and CL
    const double* slope                  # as aero: derivatives of CD and CL by the shift
    int aero_regions                     # 0: none; else intervals of the flight's own factors of CD and CL over M/(M + scale),
    int aero_region_at                   # that stand there among its departures
    int roll                             # the bank angle turns at the row's rate
    int guided                           # the bank angle is the cubic of the cycle, see _guidance
    int held_plane                       # bank is measured from the plane across the row's normal, not from the vertical
    int parachute
    int thrust
    int attitude
    int quasi_steady                     # under a canopy: speed from the balance of forces
    int method                           # of integration

ctypedef struct Row:                     # one flight's own numbers, a lane each; the order of leg.ROW
    vd cd
    vd cl
    vd area                              # m2
    vd density_factor
    vd wind_factor
    vd bank                              # rad at the start of the leg
    vd bank_rate                         # rad/s
    vd thrust                            # N at the start of the leg
    vd thrust_rate                       # N/s
    vd exhaust_speed                     # m/s
    vd direction_x                       # of the thrust: case frame, or along (velocity-wise horizontal, normal, up)
    vd direction_y
    vd direction_z
    vd heat_factor                       # Sutton-Graves k/sqrt(nose radius), kg^0.5/m
    vd drag_area_from                    # parachute, m2
    vd drag_area_to
    vd fill_time                         # s
    vd start                             # s, when the leg began
    vd normal_x                          # of the plane that bank is measured from, case frame, unit length
    vd normal_y
    vd normal_z
    vd reference_cosine                  # of the bank that the plan holds
    vd reversal                          # m/s of apparent velocity
    vd side                              # of the first bank: +1 right, -1 left
    vd clock                             # s since the epoch that the computer takes for the planned ignition
    vd accelerometer_scale               # errors of the sensors: part of the apparent velocity
    vd accelerometer_bias                # m/s2
    vd along_error                       # m of range to go, and m/s
    vd along_drift
    vd across_error                      # m
    vd across_drift
    vd rise_error                        # m/s of the rate of climb
    vd drag_error                        # of the logarithm of the drag
    vd bank_error                        # rad
    vd latency                           # s from measurement to command
    vd jet_factor                        # acceleration of the jets over that of the vehicle's file
    vd jet_propellant                    # kg
    vd jets_fail_at                      # s
    vd planned_density                   # factors that the computer reckons with
    vd planned_cd
    vd planned_cl
    vd goal_x                            # the target as a unit vector normal to the ellipsoid, case frame at the epoch
    vd goal_y
    vd goal_z
    vd trim_shift                        # m, or what the table of slopes is the derivative by
    vd own_air                           # which of the departures is this flight's
    # held for the leg by `hold`, not loaded
    vd inverse_mass
    vd resultant                         # root(cd^2 + cl^2)
    vd root_factor                       # of the density
    vd sine                              # of the bank angle
    vd cosine
    # of the cycle, set by _guidance
    vd cycle_start
    vd turn_0                            # bank along it: rad, rad/s ...
    vd turn_1
    vd turn_2
    vd turn_3

ctypedef struct Felt:                    # what acts on the vehicle now
    vd altitude
    vd rho
    vd speed                             # relative to the air, m/s
    vd dynamic_pressure
    vd mach
    vd cd
    vd cl
    vd heat_flux
    vd load                              # length of what is sensed
    vec3 sensed                          # non-gravitational acceleration
    vec3 acceleration


cdef inline void aerodynamics(const Leg* leg, const Row* row, vd mach, vd altitude, vd* cd, vd* cl) noexcept nogil:
    """Bicubic B-spline over M/(M + scale) and h/(h + scale), and how this flight differs from it."""
    cdef vd x = mach/(mach + leg.aero_mach_scale)*(leg.aero_machs*1.0)
    cdef vd h = larger(altitude, splat(0.0))
    cdef vd y = h/(h + leg.aero_height_scale)*(leg.aero_heights*1.0)
    cdef vm column, line
    cdef vd u = place_in(x, leg.aero_machs, &column)
    cdef vd v = place_in(y, leg.aero_heights, &line)
    cdef long long stride = 2*(leg.aero_machs + 3)
    cdef vm at = line*stride + column*2
    cdef vd wx[4]
    cdef vd wy[4]
    cdef vd c[8]                         # CD and CL in turn, summed over the heights
    basis(u, wx)
    basis(v, wy)
    weigh_four(leg.aero, at, stride, wy, c)
    weigh_four(leg.aero, at + 4, stride, wy, c + 4)
    cd[0] = (wx[0]*c[0] + wx[1]*c[2]) + (wx[2]*c[4] + wx[3]*c[6])
    cl[0] = (wx[0]*c[1] + wx[1]*c[3]) + (wx[2]*c[5] + wx[3]*c[7])
    if leg.aero_slope:
        weigh_four(leg.slope, at, stride, wy, c)
        weigh_four(leg.slope, at + 4, stride, wy, c + 4)
        cd[0] = cd[0] + row.trim_shift*((wx[0]*c[0] + wx[1]*c[2]) + (wx[2]*c[4] + wx[3]*c[6]))
        cl[0] = cl[0] + row.trim_shift*((wx[0]*c[1] + wx[1]*c[3]) + (wx[2]*c[5] + wx[3]*c[7]))
    if leg.aero_regions:
        by_region(leg, row, mach, cd, cl)


cdef inline void by_region(const Leg* leg, const Row* row, vd mach, vd* cd, vd* cl) noexcept nogil:
    """The flight's own factors of CD and CL, cubic B-splines over M/(M + scale), side by side."""
    cdef vd x = mach/(mach + leg.aero_mach_scale)*(leg.aero_regions*1.0)
    cdef vm index
    cdef vd u = place_in(x, leg.aero_regions, &index)
    cdef vm at = integer(row.own_air)*leg.air.departure_width + index*2 + leg.aero_region_at
    cdef vd w[4]
    cdef vd c[8]
    basis(u, w)
    read_four(leg.air.departure, at, c)
    read_four(leg.air.departure, at + 4, c + 4)
    cd[0] = cd[0]*((w[0]*c[0] + w[1]*c[2]) + (w[2]*c[4] + w[3]*c[6]))
    cl[0] = cl[0]*((w[0]*c[1] + w[1]*c[3]) + (w[2]*c[5] + w[3]*c[7]))


cdef inline vd drag_area(const Row* row, vd t) noexcept nogil:
    """A canopy fills with the square of time (Knacke 1992, section 5.4)."""
    cdef vd x = smaller(larger((t - row.start)/row.fill_time, splat(0.0)), splat(1.0))
    return row.drag_area_from + (row.drag_area_to - row.drag_area_from)*(x*x)


cdef inline vec3 thrust_direction(const Leg* leg, const Row* row, vec3 r, vec3 v) noexcept nogil:
    cdef vec3 d = vector(row.direction_x, row.direction_y, row.direction_z)
    cdef vec3 up, forward, normal
    if leg.attitude == INERTIAL:
        return d
    normal = cross(r, v)
    normal = times(1/length(normal), normal)
    if leg.attitude == LOCAL:
        up = times(1/length(r), r)
        forward = cross(normal, up)
    else:
        forward = times(1/length(v), v)
        up = cross(forward, normal)
    return plus(plus(times(d.x, forward), times(d.y, normal)), times(d.z, up))


cdef inline void hold(const Leg* leg, Row* row, vd mass) noexcept nogil:
    """What stays the same along the leg is computed once for each flight."""
    row.inverse_mass = 1/mass
    row.resultant = root(row.cd*row.cd + row.cl*row.cl) if leg.lift else row.cd
    row.root_factor = root(row.density_factor)
    sine_cosine(row.bank, &row.sine, &row.cosine)


cdef inline void face(Row* row, vd t, vd bank, vd rate) noexcept nogil:
    """The bank of a guided flight from now on, until its computer commands another."""
    row.cycle_start = t
    row.turn_0 = bank
    row.turn_1 = rate
    row.turn_2 = splat(0.0)
    row.turn_3 = splat(0.0)


cdef inline Felt feel(const Leg* leg, const Row* row, vd t, vec3 r, vec3 v, vd mass, int with_mach) noexcept nogil:
    """Forces on the vehicle. Lift stands on the plane of the air's flow, turned by the bank angle about it: 0 is up,
    positive turns right (Vinh, Busemann & Culp 1980, section 2.3)."""
    cdef Felt felt
    cdef vec3 wind, flow, side, lift_up, pull
    cdef vd x, sine, cosine, speed2, side2, push, per, root_rho, resultant
    cdef Departure own
    cdef vd r2 = dot(r, r)
    cdef vd inverse = 1/root(r2)
    cdef vd latitude_sine = r.z*inverse
    cdef vd inverse_mass = 1/mass if leg.thrust else row.inverse_mass
    felt.sensed = vector(splat(0.0), splat(0.0), splat(0.0))
    felt.load = splat(0.0)
    felt.rho = splat(0.0)
    felt.speed = splat(0.0)
    felt.dynamic_pressure = splat(0.0)
    felt.mach = splat(0.0)
    felt.cd = row.cd
    felt.cl = row.cl
    felt.heat_flux = splat(0.0)
    felt.altitude = splat(0.0)
    if leg.air.present or with_mach:
        felt.altitude = altitude_over(&leg.earth, r2, inverse, latitude_sine)
        if leg.air.departs:
            own = departure(&leg.air, felt.altitude, row.own_air)
        wind = air_velocity(&leg.earth, &leg.air, r, inverse, latitude_sine, felt.altitude, row.wind_factor, &own)
        flow = minus(v, wind)
        speed2 = dot(flow, flow)
        felt.speed = root(speed2)
    if leg.air.present:
        root_rho = row.root_factor*root_density(&leg.air, felt.altitude, r)
        if leg.air.departs:
            root_rho = root_rho*own.root_density
        felt.rho = root_rho*root_rho
        felt.dynamic_pressure = 0.5*felt.rho*speed2
        felt.heat_flux = row.heat_factor*root_rho*felt.speed*speed2
        resultant = row.resultant
        if leg.aero_table or with_mach:
            felt.mach = felt.speed/sound_speed(&leg.air, felt.altitude)
        if leg.aero_table:
            aerodynamics(leg, row, felt.mach, felt.altitude, &felt.cd, &felt.cl)
            felt.cd = felt.cd*row.cd
            felt.cl = felt.cl*row.cl
            resultant = root(felt.cd*felt.cd + felt.cl*felt.cl) if leg.lift else felt.cd
        per = 0.5*row.area*inverse_mass                    # times the density last: that is what is waited for
        push = felt.rho*(per*felt.cd*felt.speed)
        felt.load = felt.rho*(per*resultant*speed2)
        if leg.parachute:
            push = push + felt.rho*(0.5*felt.speed*drag_area(row, t)*inverse_mass)
        felt.sensed = times(-push, flow)
        if leg.lift:
            sine = row.sine
            cosine = row.cosine
            if leg.guided:
                x = t - row.cycle_start
                sine_cosine(row.turn_0 + x*(row.turn_1 + x*(row.turn_2 + x*row.turn_3)), &sine, &cosine)
            elif leg.roll:
                sine_cosine(row.bank + row.bank_rate*(t - row.start), &sine, &cosine)
            if leg.held_plane:                             # to the left, of the length that r x flow has in the vertical
                side = vector(row.normal_x, row.normal_y, row.normal_z)
                side = minus(times(speed2, side), times(dot(side, flow), flow))
                side = times(r2*inverse*(1/larger(felt.speed, splat(1e-9))), side)
            else:
                side = cross(r, flow)
            # within 1 deg of the vertical (its sine squared) a bank angle has no plane to stand on: lift fades out
            side2 = larger(dot(side, side), 3.0458649045213493e-4*r2*speed2)
            side = times(1/root(larger(side2, splat(1.0))), side)
            lift_up = cross(flow, side)                    # of length speed
            felt.sensed = plus(felt.sensed, times(felt.rho*(per*felt.cl*felt.speed),
                                                  minus(times(cosine, lift_up), times(sine*felt.speed, side))))
    if leg.thrust:
        push = (row.thrust + row.thrust_rate*(t - row.start))*inverse_mass
        felt.sensed = plus(felt.sensed, times(push, thrust_direction(leg, row, r, v)))
    if leg.thrust or leg.parachute:
        felt.load = length(felt.sensed)
    felt.acceleration = felt.sensed
    felt.acceleration = plus(felt.sensed, earth_gravity(&leg.earth, t, r, inverse, latitude_sine))
    if leg.earth.bodies:
        body_gravity(&leg.earth, &t, &r, &pull)
        felt.acceleration = plus(felt.acceleration, pull)
    return felt


ctypedef struct Medium:                  # the air about the canopy
    vec3 wind
    vd root_rho

ctypedef struct Descent:                 # balanced, under a canopy
    vec3 velocity
    vd load
    vd dynamic_pressure
    vd heat_flux


cdef inline Medium medium(const Leg* leg, const Row* row, vec3 r) noexcept nogil:
    cdef Medium air
    cdef vd r2 = dot(r, r)
    cdef vd inverse = 1/root(r2)
    cdef vd sine = r.z*inverse
    cdef vd altitude = altitude_over(&leg.earth, r2, inverse, sine)
    cdef Departure own
    air.root_rho = row.root_factor*root_density(&leg.air, altitude, r)
    if leg.air.departs:
        own = departure(&leg.air, altitude, row.own_air)
        air.root_rho = air.root_rho*own.root_density
    air.wind = air_velocity(&leg.earth, &leg.air, r, inverse, sine, altitude, row.wind_factor, &own)
    return air


cdef inline vd ratio_of_balance(const Row* row, vd t, vd mass, vd size, const Medium* air) noexcept nogil:
    """Speed over the size of the acceleration that the drag is to give, s."""
    cdef vd area = row.cd*row.area + drag_area(row, t)
    return root(2.0*mass/(size*area))/air.root_rho


cdef inline vec3 balanced_velocity(const Leg* leg, const Row* row, vd t, vec3 r, vd mass, vec3 need) noexcept nogil:
    """Velocity at which the canopy's drag gives the vehicle the acceleration it needs beside gravity."""
    cdef Medium air = medium(leg, row, r)
    return minus(air.wind, times(ratio_of_balance(row, t, mass, length(need), &air), need))


cdef inline for_each_processor descend(const Leg* leg, const Row* row, const vd* time, const vec3* at, const vd* m,
                                       Descent* result) noexcept nogil:
    """Quasi-steady descent under a canopy with its first correction: the acceleration is that of the balanced
    velocity itself, by a central difference over 1 s along the path, on which gravity is taken as constant (3e-7 of it).
    The fast mode (time constant v/2g) is left out."""
    cdef double w2 = leg.earth.rotation*leg.earth.rotation
    cdef vd t = time[0]
    cdef vd mass = m[0]
    cdef vec3 r = at[0]
    cdef vd half = splat(0.5)
    cdef vd inverse = 1/length(r)
    cdef vec3 gravity = earth_gravity(&leg.earth, t, r, inverse, r.z*inverse)
    cdef vec3 need = minus(vector(-w2*r.x, -w2*r.y, splat(0.0)), gravity)
    cdef Medium air = medium(leg, row, r)
    cdef vec3 v = minus(air.wind, times(ratio_of_balance(row, t, mass, length(need), &air), need))
    cdef vec3 after = balanced_velocity(leg, row, t + half, plus(r, times(half, v)), mass, need)
    cdef vec3 before = balanced_velocity(leg, row, t - half, minus(r, times(half, v)), mass, need)
    cdef vd speed, ratio
    need = minus(minus(after, before), gravity)
    result.load = length(need)
    ratio = ratio_of_balance(row, t, mass, result.load, &air)
    speed = ratio*result.load
    result.velocity = minus(air.wind, times(ratio, need))
    result.dynamic_pressure = 0.5*air.root_rho*air.root_rho*speed*speed
    result.heat_flux = row.heat_factor*air.root_rho*speed*speed*speed


cdef inline for_each_processor rates(const Leg* leg, const Row* row, const vd* time, const vd* y, vd* dy) noexcept nogil:
    """Right-hand side of the equation of motion."""
    cdef vd t = time[0]
    cdef vec3 r = vector(y[0], y[1], y[2])
    cdef vec3 v = vector(y[3], y[4], y[5])
    cdef Felt felt
    cdef Descent sinks
    dy[6] = splat(0.0)
    if leg.quasi_steady:
        descend(leg, row, &t, &r, &y[6], &sinks)
        dy[0] = sinks.velocity.x
        dy[1] = sinks.velocity.y
        dy[2] = sinks.velocity.z
        dy[3] = splat(0.0)
        dy[4] = splat(0.0)
        dy[5] = splat(0.0)
        dy[7] = sinks.load
        dy[8] = sinks.heat_flux
        dy[9] = sinks.dynamic_pressure
        return
    felt = feel(leg, row, t, r, v, y[6], 0)
    dy[0] = v.x
    dy[1] = v.y
    dy[2] = v.z
    dy[3] = felt.acceleration.x
    dy[4] = felt.acceleration.y
    dy[5] = felt.acceleration.z
    if leg.thrust:
        dy[6] = -(row.thrust + row.thrust_rate*(t - row.start))/row.exhaust_speed
    dy[7] = felt.load
    dy[8] = felt.heat_flux
    dy[9] = felt.dynamic_pressure
