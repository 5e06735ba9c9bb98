"""Gravity: point mass and zonal terms, spherical harmonics, Sun and Moon as points. Inertial accelerations, m/s2."""

from trajectory._lanes cimport (
    dot, for_each_processor, larger, length, minus, place_in, plus, read_four, root, sine_cosine, smaller, splat, times,
    vd, vec3, vector, vm,
)

cdef enum:
    MAX_DEGREE = 36
    COLUMN = 7                           # numbers of a term of the harmonics
    BODY_ORDER = 12                      # Chebyshev coefficients a component, a multiple of four

ctypedef struct Earth:
    double mu                            # m3/s2
    double field_radius                  # m, of the harmonics
    double equatorial_radius             # m, of the ellipsoid
    double polar_ratio                   # b/a
    double altitude_series[16]           # of gravity.altitude_series: [4*(i - 1) + j] for sin^2i (a/r)^j
    double rotation                      # rad/s, about z
    double zonal[7]                      # J2 ... J6 in zonal[2:]
    int zonal_degree                     # 0: point mass
    int degree                           # of the spherical harmonics; 0: none, and the zonal terms hold
    int order
    const double* harmonics              # (terms, COLUMN) of gravity.columns
    int bodies                           # 0, or 2: Sun and Moon
    double body_mu[2]
    const double* body_table             # (interval, body, component, BODY_ORDER)
    int body_intervals
    double body_origin                   # s
    double body_interval                 # s


cdef inline vd altitude_over(const Earth* earth, vd r2, vd inverse, vd s) noexcept nogil:
    """Geodetic altitude from the distance, its inverse and the sine of the geocentric latitude: r - a and a double power
    series in sin^2 and a/r, no root (gravity.altitude_series; 1e-6 m on WGS84)."""
    cdef const double* c = &earth.altitude_series[0]
    cdef vd x = earth.equatorial_radius*inverse
    cdef vd x2 = x*x
    cdef vd u = s*s
    cdef vd u2 = u*u
    cdef vd sum_1 = (c[0] + x*c[1]) + x2*(c[2] + x*c[3])
    cdef vd sum_2 = (c[4] + x*c[5]) + x2*(c[6] + x*c[7])
    cdef vd sum_3 = (c[8] + x*c[9]) + x2*(c[10] + x*c[11])
    cdef vd sum_4 = (c[12] + x*c[13]) + x2*(c[14] + x*c[15])
    return ((r2*inverse - earth.equatorial_radius + u*sum_1) + (u2*sum_2 + u2*u*sum_3)) + u2*u2*sum_4


cdef inline vec3 vertical(const Earth* earth, vec3 r, vd inverse, vd s) noexcept nogil:
    """Normal of the ellipsoid, upwards: the gradient of that altitude (1e-12 rad from the normal on WGS84)."""
    cdef const double* c = &earth.altitude_series[0]
    cdef vd x = earth.equatorial_radius*inverse
    cdef vd x2 = x*x
    cdef vd u = s*s
    cdef vd u2 = u*u
    cdef vd sum_1 = (c[0] + x*c[1]) + x2*(c[2] + x*c[3])
    cdef vd sum_2 = (c[4] + x*c[5]) + x2*(c[6] + x*c[7])
    cdef vd sum_3 = (c[8] + x*c[9]) + x2*(c[10] + x*c[11])
    cdef vd sum_4 = (c[12] + x*c[13]) + x2*(c[14] + x*c[15])
    cdef vd slope_1 = c[1] + x*((2.0*c[2]) + x*(3.0*c[3]))
    cdef vd slope_2 = c[5] + x*((2.0*c[6]) + x*(3.0*c[7]))
    cdef vd slope_3 = c[9] + x*((2.0*c[10]) + x*(3.0*c[11]))
    cdef vd slope_4 = c[13] + x*((2.0*c[14]) + x*(3.0*c[15]))
    cdef vd by_u = (sum_1 + 2.0*u*sum_2) + u2*(3.0*sum_3 + 4.0*u*sum_4)
    cdef vd by_x = u*slope_1 + u2*((slope_2 + u*slope_3) + u2*slope_4)
    cdef vd axial = 2.0*s*by_u*inverse
    cdef vd along_r = inverse - inverse*inverse*(x*by_x) - axial*s*inverse
    return vector(along_r*r.x, along_r*r.y, along_r*r.z + axial)


cdef inline vec3 zonal_gravity(const Earth* earth, vec3 r, vd inverse, vd s) noexcept nogil:
    """-grad of the potential -(mu/r) (1 - sum J_n (R/r)^n P_n(sin phi)), phi geocentric (Vallado 2013, eq. 8-19): Legendre
    polynomials and their derivatives in full, summed from the highest degree down."""
    cdef vd ratio = earth.field_radius*inverse
    cdef vd s2 = s*s
    cdef vd radial = splat(0.0)          # sum (n + 1) J_n (R/r)^(n - 2) P_n
    cdef vd axial = splat(0.0)           # sum J_n (R/r)^(n - 2) P_n'
    cdef const double* j = &earth.zonal[0]
    if earth.zonal_degree >= 6:
        radial = (7.0/16.0*j[6])*(s2*(s2*(s2*231.0 - 315.0) + 105.0) - 5.0)*ratio
        axial = (1.0/8.0*j[6])*(s*(s2*(s2*693.0 - 630.0) + 105.0))*ratio
    if earth.zonal_degree >= 5:
        radial = (radial + (6.0/8.0*j[5])*(s*(s2*(s2*63.0 - 70.0) + 15.0)))*ratio
        axial = (axial + (1.0/8.0*j[5])*(s2*(s2*315.0 - 210.0) + 15.0))*ratio
    if earth.zonal_degree >= 4:
        radial = (radial + (5.0/8.0*j[4])*(s2*(s2*35.0 - 30.0) + 3.0))*ratio
        axial = (axial + (1.0/2.0*j[4])*(s*(s2*35.0 - 15.0)))*ratio
    if earth.zonal_degree >= 3:
        radial = (radial + (4.0/2.0*j[3])*(s*(s2*5.0 - 3.0)))*ratio
        axial = (axial + (1.0/2.0*j[3])*(s2*15.0 - 3.0))*ratio
    if earth.zonal_degree >= 2:
        radial = radial + (3.0/2.0*j[2])*(s2*3.0 - 1.0)
        axial = axial + (3.0*j[2])*s
    cdef vd ratio2 = ratio*ratio
    cdef vd g = earth.mu*(inverse*inverse)
    cdef vd along_r = -g*inverse*(1.0 - ratio2*(radial + s*axial))
    return vector(along_r*r.x, along_r*r.y, along_r*r.z - g*(ratio2*axial))


cdef inline for_each_processor harmonic_gravity(const Earth* earth, const vec3* at, vec3* result) noexcept nogil:
    """Spherical harmonics in the Earth-fixed frame by derived Legendre functions of the direction cosines, no singularity
    at the poles (Pines 1973, AIAA J. 11, 1508-1511). Column by column, order m: each function, scaled to lead with 1 and times
    (R/r)^n, follows from the two before it, and meets its six coefficients (gravity.columns)."""
    cdef vec3 r = at[0]
    cdef vd inverse = 1/length(r)
    cdef vec3 e = times(inverse, r)
    cdef vd ratio = earth.field_radius*inverse
    cdef vd ratio2 = ratio*ratio
    cdef vd step = ratio*e.z
    cdef vd sector = splat(1.0)          # the first function of the column: (R/r)^m
    cdef vd real = splat(1.0)            # (e.x + i e.y)^m, and the power before it
    cdef vd imaginary = splat(0.0)
    cdef vd real_before = splat(0.0)
    cdef vd imaginary_before = splat(0.0)
    cdef vec3 a = vector(splat(0.0), splat(0.0), splat(0.0))
    cdef vd radial = splat(0.0)
    cdef vd b, b_before, b_next, x_c, x_s, z_c, z_s, radial_c, radial_s
    cdef const double* c = earth.harmonics
    cdef int columns = earth.order + 2 if earth.order < earth.degree else earth.degree + 1
    cdef int _n, m
    for m in range(columns):
        b_before = splat(0.0)
        b = sector
        x_c = x_s = z_c = z_s = radial_c = radial_s = splat(0.0)
        for _n in range(m, earth.degree + 1):
            x_c = x_c + c[0]*b
            x_s = x_s + c[1]*b
            z_c = z_c + c[2]*b
            z_s = z_s + c[3]*b
            radial_c = radial_c + c[4]*b
            radial_s = radial_s + c[5]*b
            b_next = step*b - c[6]*(ratio2*b_before)
            b_before = b
            b = b_next
            c = c + COLUMN
        a.x = a.x + (real_before*x_c + imaginary_before*x_s)
        a.y = a.y + (real_before*x_s - imaginary_before*x_c)
        a.z = a.z + (real_before*z_c + imaginary_before*z_s)
        radial = radial + (real*radial_c + imaginary*radial_s)
        sector = sector*ratio
        real_before = real
        imaginary_before = imaginary
        real = e.x*real_before - e.y*imaginary_before
        imaginary = e.x*imaginary_before + e.y*real_before
    result[0] = times(earth.mu*inverse*inverse, minus(a, times(radial + e.z*a.z, e)))


cdef inline vec3 earth_gravity(const Earth* earth, vd t, vec3 r, vd inverse, vd sine) noexcept nogil:
    cdef vd c, s
    cdef vec3 fixed, a
    if earth.degree == 0:
        return zonal_gravity(earth, r, inverse, sine)
    sine_cosine(earth.rotation*t, &s, &c)
    fixed = vector(c*r.x + s*r.y, c*r.y - s*r.x, r.z)
    harmonic_gravity(earth, &fixed, &a)
    return vector(c*a.x - s*a.y, c*a.y + s*a.x, a.z)


cdef inline for_each_processor body_gravity(const Earth* earth, const vd* time, const vec3* position,
                                            vec3* result) noexcept nogil:
    """Sun and Moon as points; direct minus indirect term (Montenbruck & Gill 2000, eq. 3.37); positions from a
    Chebyshev table (Clenshaw's recurrence)."""
    cdef vec3 total = vector(splat(0.0), splat(0.0), splat(0.0))
    cdef vec3 body, away
    cdef vec3 r = position[0]
    cdef vd t = time[0]
    cdef vd where_ = smaller(larger((t - earth.body_origin)*(1.0/earth.body_interval), splat(0.0)),
                             splat(earth.body_intervals*1.0))
    cdef vm index
    cdef vd x = 2.0*place_in(where_, earth.body_intervals, &index) - 1.0
    cdef vm at = index*(2*3*BODY_ORDER)
    cdef vd b1, b2, b0, d, near
    cdef vd component[3]
    cdef vd chebyshev[BODY_ORDER]
    cdef int body_index, c, k
    for body_index in range(2):
        for c in range(3):
            b1 = splat(0.0)
            b2 = splat(0.0)
            for k in range(0, BODY_ORDER, 4):
                read_four(earth.body_table, at + ((body_index*3 + c)*BODY_ORDER + k), chebyshev + k)
            for k in range(BODY_ORDER - 1, 0, -1):
                b0 = chebyshev[k] + 2.0*x*b1 - b2
                b2 = b1
                b1 = b0
            component[c] = chebyshev[0] + x*b1 - b2
        body = vector(component[0], component[1], component[2])
        away = minus(body, r)
        near = 1/root(dot(away, away))
        d = 1/root(dot(body, body))
        total = plus(total, times(earth.body_mu[body_index]*near*near*near, away))
        total = minus(total, times(earth.body_mu[body_index]*d*d*d, body))
    result[0] = total
