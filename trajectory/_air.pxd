"""The air: density, speed of sound and wind, from tables smooth to the second derivative."""

from trajectory._gravity cimport Earth, vertical
from trajectory._lanes cimport (
    exponential, integer, larger, place_in, read_four, root, smaller, splat, vd, vec3, vector, vm, where,
)

ctypedef struct Air:
    int present                          # 0: vacuum
    const double* table                  # (intervals, 8): sound speed and root of the density, or see AirTable.packed
    int intervals
    int track_harmonics
    double scale                         # m; knots are uniform in s = h/(h + scale)
    double s_bottom
    double per_step                      # intervals per unit of s
    double bottom                        # m
    double top                           # m; vacuum above
    double track_p[3]                    # unit vectors of the plane of the track
    double track_q[3]
    int winds                            # 0: the air turns with the Earth and is calm
    const double* wind                   # (wind_intervals, 8): east, then north, m/s; uniform in altitude, held outside
    int wind_intervals
    double wind_bottom                   # m
    double wind_per_step                 # intervals per m
    int departs                          # 1: each flight has its own departures from these tables
    const double* departure              # (flights + 1, departure_width); the first is of a flight that has none
    int departure_width
    int departure_intervals              # knots are uniform in s = h/(h + scale) from 0 to 1
    double departure_scale               # m

ctypedef struct Departure:               # of the air of one flight from the tables
    vd root_density                      # a factor
    vd east                              # m/s
    vd north


cdef inline vd knot(const Air* air, vd altitude, vm* index) noexcept nogil:
    """Interval of the table and the place in it, 0...1."""
    cdef vd s = (altitude/(altitude + air.scale) - air.s_bottom)*air.per_step
    return smaller(larger(place_in(s, air.intervals, index), splat(0.0)), splat(1.0))


cdef inline void basis(vd u, vd* w) noexcept nogil:
    """The four uniform cubic B-splines that are not zero at u in 0...1 (de Boor 1978)."""
    cdef vd m = 1.0 - u
    w[0] = m*m*m*(1.0/6.0)
    w[1] = (u*u*(u*3.0 - 6.0) + 4.0)*(1.0/6.0)
    w[3] = u*u*u*(1.0/6.0)
    w[2] = 1.0 - w[0] - w[1] - w[3]


cdef inline Departure departure(const Air* air, vd altitude, vd flight) noexcept nogil:
    """Cubic B-splines over the height, the three of a knot side by side."""
    cdef Departure own
    cdef vd w[4]
    cdef vd h = larger(altitude, splat(0.0))
    cdef vd s = h/(h + air.departure_scale)*(air.departure_intervals*1.0)
    cdef vm index
    cdef vd u = place_in(s, air.departure_intervals, &index)
    cdef vm at = integer(flight)*air.departure_width + index*3
    cdef vd c[12]
    basis(u, w)
    read_four(air.departure, at, c)
    read_four(air.departure, at + 4, c + 4)
    read_four(air.departure, at + 8, c + 8)
    own.root_density = (w[0]*c[0] + w[1]*c[3]) + (w[2]*c[6] + w[3]*c[9])
    own.east = (w[0]*c[1] + w[1]*c[4]) + (w[2]*c[7] + w[3]*c[10])
    own.north = (w[0]*c[2] + w[1]*c[5]) + (w[2]*c[8] + w[3]*c[11])
    return own


cdef inline vd cubic(const double* table, vm at, vd u) noexcept nogil:
    """The cubic of u whose four coefficients stand at `at`."""
    cdef vd c[4]
    read_four(table, at, c)
    return (c[0] + u*c[1]) + u*u*(c[2] + u*c[3])


cdef inline vd root_density(const Air* air, vd altitude, vec3 r) noexcept nogil:
    """Square root of the density in kg/m3, a cubic spline of s = h/(h + scale); where the air varies along a track, a spline
    of its logarithm with a Fourier series. The heat flux needs the root, the forces its square."""
    cdef vm index
    cdef vd u = knot(air, altitude, &index)
    cdef vd root_rho
    if air.track_harmonics > 0:
        root_rho = exponential(0.5*log_density_along(air, index, u, r))
    else:
        root_rho = cubic(air.table, index*8 + 4, u)
    return where(altitude > splat(air.top), splat(0.0), root_rho)


cdef inline vd log_density_along(const Air* air, vm index, vd u, vec3 r) noexcept nogil:
    cdef vm at = index*(4*(2 + 2*air.track_harmonics)) + 4
    cdef vd log_rho = cubic(air.table, at, u)
    cdef vd x = air.track_p[0]*r.x + air.track_p[1]*r.y + air.track_p[2]*r.z
    cdef vd y = air.track_q[0]*r.x + air.track_q[1]*r.y + air.track_q[2]*r.z
    cdef vd norm = 1/root(x*x + y*y)
    cdef vd c = x*norm
    cdef vd s = y*norm
    cdef vd ck = c
    cdef vd sk = s
    cdef vd swap
    cdef int k
    for k in range(air.track_harmonics):
        log_rho = log_rho + ck*cubic(air.table, at + (4 + 8*k), u)
        log_rho = log_rho + sk*cubic(air.table, at + (8 + 8*k), u)
        swap = ck*c - sk*s
        sk = sk*c + ck*s
        ck = swap
    return log_rho


cdef inline vd sound_speed(const Air* air, vd altitude) noexcept nogil:
    cdef vm index
    cdef vd u = knot(air, altitude, &index)
    return cubic(air.table, index*(4*(2 + 2*air.track_harmonics)), u)


cdef inline void wind_along(const Air* air, vd altitude, vd wind_factor, vd* east, vd* north) noexcept nogil:
    cdef vd at, u
    cdef vm index
    at = (altitude - air.wind_bottom)*air.wind_per_step
    at = smaller(larger(at, splat(0.0)), splat(air.wind_intervals*1.0))
    u = place_in(at, air.wind_intervals, &index)
    east[0] = wind_factor*cubic(air.wind, index*8, u)
    north[0] = wind_factor*cubic(air.wind, index*8 + 4, u)


cdef inline vec3 air_velocity(const Earth* earth, const Air* air, vec3 r, vd inverse, vd sine, vd altitude,
                              vd wind_factor, const Departure* own) noexcept nogil:
    """The air turns with the Earth; the wind blows along the ellipsoid. Inertial, m/s."""
    cdef vec3 up
    cdef vec3 v = vector(-earth.rotation*r.y, earth.rotation*r.x, splat(0.0))
    cdef vd p, east_x, east_y, east, north
    if air.winds == 0 and air.departs == 0:
        return v
    east = splat(0.0)
    north = splat(0.0)
    if air.winds:
        wind_along(air, altitude, wind_factor, &east, &north)
    if air.departs:
        east = east + own.east
        north = north + own.north
    p = r.x*r.x + r.y*r.y
    p = 1/root(where(p > splat(0.0), p, splat(1.0)))
    east_x = -r.y*p
    east_y = r.x*p
    up = vertical(earth, r, inverse, sine)
    # north = up x east
    return vector(v.x + east*east_x - north*up.z*east_y,
                  v.y + east*east_y + north*up.z*east_x,
                  v.z + north*(up.x*east_y - up.y*east_x))
