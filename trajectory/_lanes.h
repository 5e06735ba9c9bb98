/* Flights abreast: `vd` holds a number of each of LANES flights, `vm` whether something is so in each.
 *
 * A vector of the compiler is as wide as a register of the processor, because comparisons and roots of a wider one are taken
 * one by one. Where the language is C++, `vd` is a pair of such vectors: while one waits for a root, the other goes on. The
 * answers are the same bytes either way.
 *
 * Everything inside the integration loop is arithmetic, a choice (`where`), a table look-up (`read_four`) or one of the
 * few functions below. There is no libm call but sqrt, which IEEE 754 rounds correctly: the same bytes everywhere.
 */
#ifndef TRAJECTORY_LANES_H
#define TRAJECTORY_LANES_H

#include <math.h>
#include <string.h>

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#else
#undef LANES
#define LANES 1
#define INLINE static inline
#endif

#if defined(__AVX512F__)
#define WIDTH 8
#elif defined(__AVX__)
#define WIDTH 4
#else
#define WIDTH 2
#endif
#ifndef LANES                            /* eight at most: a pair for AVX-512 is no faster on Zen 4 */
#if defined(__cplusplus) && WIDTH < 8
#define LANES (2 * WIDTH)
#else
#define LANES WIDTH
#endif
#endif

#if LANES == 1

typedef double vd;
typedef long long vm;
INLINE vd splat(double a) { return a; }
INLINE double lane(vd a, int l) { (void)l; return a; }
INLINE long long whole_lane(vm a, int l) { (void)l; return a; }
INLINE vm opposite(vm a) { return !a; }
INLINE vd where(vm c, vd a, vd b) { return c ? a : b; }
INLINE int any_lane(vm m) { return m != 0; }
INLINE vd root(vd a) { return sqrt(a); }
INLINE vm bits(vd a) { vm r; memcpy(&r, &a, sizeof r); return r; }
INLINE vd of_bits(vm a) { vd r; memcpy(&r, &a, sizeof r); return r; }

#else

typedef double part_d __attribute__((vector_size(8 * WIDTH)));
typedef long long part_m __attribute__((vector_size(8 * WIDTH)));      /* a mask: all bits of a lane set, or none */
INLINE part_d splat_part(double a) { part_d zero = {0.0}; return a - zero; }    /* one broadcast; the subtraction folds away */
#if defined(__cplusplus)
INLINE part_d where_part(part_m c, part_d a, part_d b) { return c ? a : b; }
#else
INLINE part_d where_part(part_m c, part_d a, part_d b) { return (part_d)((c & (part_m)a) | (~c & (part_m)b)); }
#endif
INLINE part_d root_part(part_d a) { part_d r; for (int l = 0; l < WIDTH; l++) r[l] = sqrt(a[l]); return r; }
INLINE int any_part(part_m m) { long long s = 0; for (int l = 0; l < WIDTH; l++) s |= m[l]; return s != 0; }

/* Four neighbours of each lane, read whole, and turned so that a vector holds the same one of every lane. */
typedef double quad __attribute__((vector_size(32)));
INLINE quad read_quad(const double *from) { quad q; memcpy(&q, from, sizeof q); return q; }
#if __has_builtin(__builtin_shufflevector) && WIDTH == 8
INLINE void turn(const quad *q, part_d *c) {
    part_d a[4], b[4];
    for (int l = 0; l < 4; l++) a[l] = __builtin_shufflevector(q[l], q[l + 4], 0, 1, 2, 3, 4, 5, 6, 7);
    for (int l = 0; l < 4; l += 2) {
        b[l] = __builtin_shufflevector(a[l], a[l + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        b[l + 1] = __builtin_shufflevector(a[l], a[l + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    c[0] = __builtin_shufflevector(b[0], b[2], 0, 1, 8, 9, 4, 5, 12, 13);
    c[1] = __builtin_shufflevector(b[1], b[3], 0, 1, 8, 9, 4, 5, 12, 13);
    c[2] = __builtin_shufflevector(b[0], b[2], 2, 3, 10, 11, 6, 7, 14, 15);
    c[3] = __builtin_shufflevector(b[1], b[3], 2, 3, 10, 11, 6, 7, 14, 15);
}
#elif __has_builtin(__builtin_shufflevector) && WIDTH == 4
INLINE void turn(const quad *q, part_d *c) {
    quad b[4];
    for (int l = 0; l < 4; l += 2) {
        b[l] = __builtin_shufflevector(q[l], q[l + 1], 0, 4, 2, 6);
        b[l + 1] = __builtin_shufflevector(q[l], q[l + 1], 1, 5, 3, 7);
    }
    c[0] = __builtin_shufflevector(b[0], b[2], 0, 1, 4, 5);
    c[1] = __builtin_shufflevector(b[1], b[3], 0, 1, 4, 5);
    c[2] = __builtin_shufflevector(b[0], b[2], 2, 3, 6, 7);
    c[3] = __builtin_shufflevector(b[1], b[3], 2, 3, 6, 7);
}
#else
INLINE void turn(const quad *q, part_d *c) { for (int j = 0; j < 4; j++) for (int l = 0; l < WIDTH; l++) c[j][l] = q[l][j]; }
#endif

#if LANES == WIDTH

typedef part_d vd;
typedef part_m vm;
INLINE vd splat(double a) { return splat_part(a); }
INLINE double lane(vd a, int l) { return a[l]; }
INLINE long long whole_lane(vm a, int l) { return a[l]; }
INLINE vm opposite(vm a) { return ~a; }
INLINE vd where(vm c, vd a, vd b) { return where_part(c, a, b); }
INLINE int any_lane(vm m) { return any_part(m); }
INLINE vd root(vd a) { return root_part(a); }
INLINE vm bits(vd a) { return (vm)a; }
INLINE vd of_bits(vm a) { return (vd)a; }

#else

struct vd { part_d one, two; };
struct vm { part_m one, two; };
#define ARITHMETIC(op) \
    INLINE vd operator op(vd a, vd b) { return {a.one op b.one, a.two op b.two}; } \
    INLINE vd operator op(double a, vd b) { return {a op b.one, a op b.two}; } \
    INLINE vd operator op(vd a, double b) { return {a.one op b, a.two op b}; }
ARITHMETIC(+) ARITHMETIC(-) ARITHMETIC(*) ARITHMETIC(/)
#define COMPARISON(op) \
    INLINE vm operator op(vd a, vd b) { return {a.one op b.one, a.two op b.two}; } \
    INLINE vm operator op(vd a, double b) { return {a.one op splat_part(b), a.two op splat_part(b)}; } \
    INLINE vm operator op(vm a, long long b) { return {a.one op b, a.two op b}; }
COMPARISON(<) COMPARISON(<=) COMPARISON(>) COMPARISON(>=) COMPARISON(==) COMPARISON(!=)
#define WHOLE(op) \
    INLINE vm operator op(vm a, vm b) { return {a.one op b.one, a.two op b.two}; } \
    INLINE vm operator op(vm a, long long b) { return {a.one op b, a.two op b}; }
WHOLE(&) WHOLE(|) WHOLE(+) WHOLE(-) WHOLE(*) WHOLE(<<)
INLINE vd operator-(vd a) { return {-a.one, -a.two}; }
INLINE vd splat(double a) { return {splat_part(a), splat_part(a)}; }
INLINE double lane(vd a, int l) { return l < WIDTH ? a.one[l] : a.two[l - WIDTH]; }
INLINE long long whole_lane(vm a, int l) { return l < WIDTH ? a.one[l] : a.two[l - WIDTH]; }
INLINE vm opposite(vm a) { return {~a.one, ~a.two}; }
INLINE vd where(vm c, vd a, vd b) { return {where_part(c.one, a.one, b.one), where_part(c.two, a.two, b.two)}; }
INLINE int any_lane(vm m) { return any_part(m.one | m.two); }
INLINE vd root(vd a) { return {root_part(a.one), root_part(a.two)}; }
INLINE vm bits(vd a) { return {(part_m)a.one, (part_m)a.two}; }
INLINE vd of_bits(vm a) { return {(part_d)a.one, (part_d)a.two}; }

#endif
INLINE void put_part(vd *a, int p, part_d x) { memcpy((char *)a + p * (int)sizeof x, &x, sizeof x); }
#endif

INLINE int lane_set(vm m, int l) { return whole_lane(m, l) != 0; }
INLINE void put(vd *a, int l, double x) { memcpy((char *)a + 8 * l, &x, 8); }
INLINE void clear(vm *m, int l) { long long none = 0; memcpy((char *)m + 8 * l, &none, 8); }
INLINE vd smaller(vd a, vd b) { return where(a < b, a, b); }
INLINE vd larger(vd a, vd b) { return where(a > b, a, b); }
INLINE vd magnitude(vd a) { return where(a < splat(0.0), -a, a); }

/* Inlines all that it calls, and stands alone itself: what is large is compiled once, not at every call. */
#if defined(__GNUC__)
#define FOR_EACH_PROCESSOR __attribute__((flatten, noinline)) void
#else
#define FOR_EACH_PROCESSOR void
#endif

static inline const char *kernel_name(void) {              /* what this was compiled for */
#if LANES == 1
    return "scalar";
#elif !defined(__x86_64__)
    return "plain";
#elif defined(__AVX512F__)
    return "x86-64-v4";
#elif defined(__AVX2__)
    return "x86-64-v3";
#else
    return "x86-64";
#endif
}

static inline const char *processor_name(void) {           /* what this processor can run */
#if !defined(__x86_64__) || !defined(__GNUC__)
    return "plain";
#else
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2")) return "x86-64";
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512cd")
        || !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl")) return "x86-64-v3";
    return "x86-64-v4";
#endif
}

static inline int raised(const int *flag) { return *(const volatile int *)flag; }     /* another thread may raise it */

#define ROUNDER 6755399441055744.0                                   /* 1.5 * 2**52: adding it rounds to an integer */
INLINE vd nearest(vd a) { return (a + ROUNDER) - ROUNDER; }
INLINE vm integer(vd a) { return bits(a + ROUNDER) - bits(splat(ROUNDER)); }                    /* of a whole number below 2**51 */
/* The interval of a uniform table that s lies in, 0 ... intervals - 1, and the place in it, 0 ... 1; beyond the table less or more. */
INLINE vd place_in(vd s, double intervals, vm *index) {
    vd shifted = smaller(larger(s - 0.5, splat(0.0)), splat(intervals - 1.0)) + ROUNDER;
    *index = bits(shifted) - bits(splat(ROUNDER));
    return s - (shifted - ROUNDER);
}
INLINE vd two_to(vm n) { return of_bits((n + 1023) << 52); }

/* c[j] = table[at + j] for j = 0 ... 3, `at` of each lane its own. */
INLINE void read_four(const double *table, vm at, vd *c) {
#if LANES > 1
    for (int p = 0; p < LANES / WIDTH; p++) {
        quad row[WIDTH];
        part_d column[4];
        for (int l = 0; l < WIDTH; l++) row[l] = read_quad(table + whole_lane(at, WIDTH * p + l));
        turn(row, column);
        for (int j = 0; j < 4; j++) put_part(c + j, p, column[j]);
    }
#else
    for (int j = 0; j < 4; j++) c[j] = table[at + j];
#endif
}

/* sum[c] = w[0] table[at + c] + w[1] table[at + stride + c] + ... of four rows, for c = 0 ... 3. */
INLINE void weigh_four(const double *table, vm at, long long stride, const vd *w, vd *sum) {
#if LANES > 1
    for (int p = 0; p < LANES / WIDTH; p++) {
        quad row[WIDTH];
        part_d column[4];
        for (int l = 0; l < WIDTH; l++) {
            int n = WIDTH * p + l;
            const double *from = table + whole_lane(at, n);
            row[l] = ((lane(w[0], n) * read_quad(from) + lane(w[1], n) * read_quad(from + stride))
                      + lane(w[2], n) * read_quad(from + 2 * stride)) + lane(w[3], n) * read_quad(from + 3 * stride);
        }
        turn(row, column);
        for (int j = 0; j < 4; j++) put_part(sum + j, p, column[j]);
    }
#else
    const double *r = table + at;
    for (int c = 0; c < 4; c++)
        sum[c] = ((w[0] * r[c] + w[1] * r[stride + c]) + w[2] * r[2 * stride + c]) + w[3] * r[3 * stride + c];
#endif
}

/* exp(a) for -700 <= a <= 700 (clamped): Cody-Waite reduction, Taylor to the 13th power on |r| <= ln2/2, summed in pairs
 * (Estrin 1960) because a chain of thirteen waits for every product; relative error below 4e-16
 * (tests/kernels/test_elementary.py). */
INLINE vd exponential(vd a) {
    a = smaller(larger(a, splat(-700.0)), splat(700.0));
    vd n = nearest(a * 1.4426950408889634);
    vd r = (a - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
    vd r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
    vd p23 = 0.5 + r * (1.0 / 6.0), p45 = 1.0 / 24.0 + r * (1.0 / 120.0), p67 = 1.0 / 720.0 + r * (1.0 / 5040.0);
    vd p89 = 1.0 / 40320.0 + r * (1.0 / 362880.0), p1011 = 1.0 / 3628800.0 + r * (1.0 / 39916800.0);
    vd p1213 = 1.0 / 479001600.0 + r * (1.0 / 6227020800.0);
    vd q = (p23 + r2 * p45) + r4 * (p67 + r2 * p89) + r8 * (p1011 + r2 * p1213);
    return (1.0 + (r + r2 * q)) * two_to(integer(n));
}

/* sine and cosine for |a| < 1e6: reduction by pi/2 in three parts, Taylor on |r| <= pi/4; absolute error below 3e-16. */
INLINE void sine_cosine(vd a, vd *sine, vd *cosine) {
    vd n = nearest(a * 0.63661977236758134308);
    vd r = ((a - n * 1.57079632673412561417e+00) - n * 6.07710050630396597660e-11) - n * 2.02226624879595063154e-21;
    vd z = r * r;
    vd s = splat(-1.0 / 1307674368000.0);
    s = s * z + 1.0 / 6227020800.0; s = s * z - 1.0 / 39916800.0; s = s * z + 1.0 / 362880.0;
    s = s * z - 1.0 / 5040.0;       s = s * z + 1.0 / 120.0;      s = s * z - 1.0 / 6.0;
    s = r + r * z * s;
    vd c = splat(1.0 / 20922789888000.0);
    c = c * z - 1.0 / 87178291200.0; c = c * z + 1.0 / 479001600.0; c = c * z - 1.0 / 3628800.0;
    c = c * z + 1.0 / 40320.0;       c = c * z - 1.0 / 720.0;       c = c * z + 1.0 / 24.0;
    c = 1.0 - 0.5 * z + z * z * c;
    vm q = integer(n);
    vm odd = (q & 1) != 0, sin_negative = (q & 2) != 0, cos_negative = ((q + 1) & 2) != 0;
    vd sq = where(odd, c, s), cq = where(odd, s, c);
    *sine = where(sin_negative, -sq, sq);
    *cosine = where(cos_negative, -cq, cq);
}

#endif
