"""The lane type: `vd` reads as a number and holds one value per flight; `vm` is a mask. See _lanes.h."""

cdef extern from "_lanes.h" nogil:
    ctypedef double vd
    ctypedef long long vm
    ctypedef void for_each_processor "FOR_EACH_PROCESSOR"
    enum: LANES
    const char* kernel_name()
    const char* processor_name()
    int raised(const int* flag)
    vd splat(double a)
    double lane(vd a, int l)
    int lane_set(vm mask, int l)
    void put(vd* a, int l, double x)
    void clear(vm* mask, int l)
    vd where(vm condition, vd a, vd b)
    vm opposite(vm a)
    int any_lane(vm mask)
    vd root(vd a)
    vd smaller(vd a, vd b)
    vd larger(vd a, vd b)
    vd magnitude(vd a)
    vd nearest(vd a)
    vm integer(vd a)
    vd place_in(vd s, double intervals, vm* index)
    void read_four(const double* table, vm at, vd* c)
    void weigh_four(const double* table, vm at, long long stride, const vd* w, vd* sum)
    vd exponential(vd a)
    void sine_cosine(vd a, vd* sine, vd* cosine)

ctypedef struct vec3:
    vd x
    vd y
    vd z


cdef inline vec3 vector(vd x, vd y, vd z) noexcept nogil:
    cdef vec3 a
    a.x = x
    a.y = y
    a.z = z
    return a


cdef inline vm nowhere() noexcept nogil:
    return splat(0.0) > 0.0


cdef inline vec3 plus(vec3 a, vec3 b) noexcept nogil:
    return vector(a.x + b.x, a.y + b.y, a.z + b.z)


cdef inline vec3 minus(vec3 a, vec3 b) noexcept nogil:
    return vector(a.x - b.x, a.y - b.y, a.z - b.z)


cdef inline vec3 times(vd s, vec3 a) noexcept nogil:
    return vector(s*a.x, s*a.y, s*a.z)


cdef inline vd dot(vec3 a, vec3 b) noexcept nogil:
    return a.x*b.x + a.y*b.y + a.z*b.z


cdef inline vec3 cross(vec3 a, vec3 b) noexcept nogil:
    return vector(a.y*b.z - a.z*b.y, a.z*b.x - a.x*b.z, a.x*b.y - a.y*b.x)


cdef inline vd length(vec3 a) noexcept nogil:
    return root(dot(a, a))


cdef inline vec3 choose(vm condition, vec3 a, vec3 b) noexcept nogil:
    return vector(where(condition, a.x, b.x), where(condition, a.y, b.y), where(condition, a.z, b.z))
