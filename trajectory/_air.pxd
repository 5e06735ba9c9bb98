"""The air: density, speed of sound and wind, from tables smooth to the second derivative."""

from trajectory._gravity cimport Earth, vertical
from trajectory._lanes cimport exponential, gather, integer, larger, nearest, root, smaller, splat, vd, vec3, vector, vm, where

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


cdef inline vd knot(const Air* air, vd altitude, vm* index) noexcept nogil:
    """Interval of the table and the place in it, 0...1."""
    cdef vd h = smaller(larger(altitude, splat(air.bottom)), splat(air.top))
    cdef vd s = (h/(h + air.scale) - air.s_bottom)*air.per_step
    cdef vd whole = smaller(larger(nearest(s - 0.5), splat(0.0)), splat(air.intervals - 1.0))
    index[0] = integer(whole)
    return s - whole


cdef inline vd cubic(const double* table, vm index, long long stride, long long offset, vd u) noexcept nogil:
    cdef vd c0 = gather(table, index, stride, offset)
    cdef vd c1 = gather(table, index, stride, offset + 1)
    cdef vd c2 = gather(table, index, stride, offset + 2)
    cdef vd c3 = gather(table, index, stride, offset + 3)
    return (c0 + u*c1) + u*u*(c2 + u*c3)


cdef inline vd root_density(const Air* air, vd altitude, vec3 r) noexcept nogil:
    """Square root of the density in kg/m3, a cubic spline of s = h/(h + scale); where the air varies along a track, a spline
    of its logarithm with a Fourier series. The heat flux needs the root, the forces its square."""
    cdef vm index
    cdef vd u = knot(air, altitude, &index)
    cdef vd root_rho
    if air.track_harmonics > 0:
        root_rho = exponential(0.5*log_density_along(air, index, u, r))
    else:
        root_rho = cubic(air.table, index, 8, 4, u)
    return where(altitude > splat(air.top), splat(0.0), root_rho)


cdef inline vd log_density_along(const Air* air, vm index, vd u, vec3 r) noexcept nogil:
    cdef long long stride = 4*(2 + 2*air.track_harmonics)
    cdef vd log_rho = cubic(air.table, index, stride, 4, u)
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
        log_rho = log_rho + ck*cubic(air.table, index, stride, 8 + 8*k, u)
        log_rho = log_rho + sk*cubic(air.table, index, stride, 12 + 8*k, u)
        swap = ck*c - sk*s
        sk = sk*c + ck*s
        ck = swap
    return log_rho


cdef inline vd sound_speed(const Air* air, vd altitude) noexcept nogil:
    cdef vm index
    cdef vd u = knot(air, altitude, &index)
    return cubic(air.table, index, 4*(2 + 2*air.track_harmonics), 0, u)


cdef inline vec3 air_velocity(const Earth* earth, const Air* air, vec3 r, vd inverse, vd sine, vd altitude,
                              vd wind_factor) noexcept nogil:
    """The air turns with the Earth; the wind blows along the ellipsoid. Inertial, m/s."""
    cdef vec3 up
    cdef vec3 v = vector(-earth.rotation*r.y, earth.rotation*r.x, splat(0.0))
    cdef vd p, east_x, east_y, east, north, at, whole, u
    cdef vm index
    if air.winds == 0:
        return v
    at = (altitude - air.wind_bottom)*air.wind_per_step
    at = smaller(larger(at, splat(0.0)), splat(air.wind_intervals*1.0))
    whole = smaller(larger(nearest(at - 0.5), splat(0.0)), splat(air.wind_intervals - 1.0))
    index = integer(whole)
    u = at - whole
    east = wind_factor*cubic(air.wind, index, 8, 0, u)
    north = wind_factor*cubic(air.wind, index, 8, 4, u)
    p = r.x*r.x + r.y*r.y
    p = 1/root(where(p > splat(0.0), p, splat(1.0)))
    east_x = -r.y*p
    east_y = r.x*p
    up = vertical(earth, r, inverse, sine)
    # north = up x east
    return vector(v.x + east*east_x - north*up.z*east_y,
                  v.y + east*east_y + north*up.z*east_x,
                  v.z + north*(up.x*east_y - up.y*east_x))
