/* Flights abreast: a vector of LANES doubles, as many as a register of the processor holds.
 *
 * Everything inside the integration loop is arithmetic, a choice (`where`), a table look-up (`gather`) or one of the
 * few functions below. There is no libm call but sqrt, which IEEE 754 rounds correctly: the same bytes everywhere.
 */
#ifndef TRAJECTORY_LANES_H
#define TRAJECTORY_LANES_H

#include <math.h>
#include <string.h>

#if !defined(__GNUC__)
#undef LANES
#define LANES 1
#endif
#ifndef LANES                            /* wider than a register, comparisons and roots are taken one by one */
#if defined(__AVX512F__)
#define LANES 8
#elif defined(__AVX__)
#define LANES 4
#else
#define LANES 2
#endif
#endif

#if LANES > 1
typedef double vd __attribute__((vector_size(8 * LANES)));
typedef long long vm __attribute__((vector_size(8 * LANES)));      /* a mask: all bits of a lane set, or none */
#define LANE(a, l) ((a)[l])
static inline vm opposite(vm a) { return ~a; }
static inline vd where(vm c, vd a, vd b) { return (vd)((c & (vm)a) | (~c & (vm)b)); }
#else
typedef double vd;
typedef long long vm;
#define LANE(a, l) (a)
static inline vm opposite(vm a) { return !a; }
static inline vd where(vm c, vd a, vd b) { return c ? a : b; }
#endif

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

static inline vd splat(double a) { vd zero = {0.0}; return a - zero; }          /* one broadcast; the subtraction folds away */
static inline double lane(vd a, int l) { return LANE(a, l); }
static inline int lane_set(vm m, int l) { return LANE(m, l) != 0; }
static inline void put(vd *a, int l, double x) { LANE(*a, l) = x; }
static inline void clear(vm *m, int l) { LANE(*m, l) = 0; }
static inline vd root(vd a) { vd r; for (int l = 0; l < LANES; l++) LANE(r, l) = sqrt(LANE(a, l)); return r; }
static inline int any_lane(vm m) { long long s = 0; for (int l = 0; l < LANES; l++) s |= LANE(m, l); return s != 0; }
static inline vd smaller(vd a, vd b) { return where(a < b, a, b); }
static inline vd larger(vd a, vd b) { return where(a > b, a, b); }
static inline vd magnitude(vd a) { return where(a < splat(0.0), -a, a); }

#define ROUNDER 6755399441055744.0                                   /* 1.5 * 2**52: adding it rounds to an integer */
static inline vd nearest(vd a) { vd r = splat(ROUNDER); vd s = a + r; return s - r; }
static inline vm integer(vd a) {                                       /* of a whole number below 2**51 */
    vd r = splat(ROUNDER), s = a + r; vm si, ri; memcpy(&si, &s, sizeof s); memcpy(&ri, &r, sizeof r); return si - ri; }
static inline vd two_to(vm n) { n = (n + 1023) << 52; vd r; memcpy(&r, &n, sizeof n); return r; }
static inline vd gather(const double *table, vm index, long long stride, long long offset) {
    vd r; for (int l = 0; l < LANES; l++) LANE(r, l) = table[LANE(index, l) * stride + offset]; return r; }

/* sum[c] = w[0] table[at + c] + w[1] table[at + stride + c] + ... for c = 0 ... 7: each lane reads four rows of eight
 * neighbours whole, which is a quarter of the loads of so many gathers. */
static inline void weigh_rows(const double *table, vm at, long long stride, const vd *w, vd *sum) {
#if LANES > 1
    double own[LANES][8];
    for (int l = 0; l < LANES; l++) {
        for (int part = 0; part < 8; part += LANES) {
            const double *from = table + LANE(at, l) + part;
            vd row[4], total;
            for (int j = 0; j < 4; j++) memcpy(&row[j], from + j * stride, sizeof row[j]);
            total = ((LANE(w[0], l) * row[0] + LANE(w[1], l) * row[1]) + LANE(w[2], l) * row[2]) + LANE(w[3], l) * row[3];
            memcpy(own[l] + part, &total, sizeof total);
        }
    }
    for (int c = 0; c < 8; c++) for (int l = 0; l < LANES; l++) LANE(sum[c], l) = own[l][c];
#else
    const double *r = table + at;
    for (int c = 0; c < 8; c++)
        sum[c] = ((w[0] * r[c] + w[1] * r[stride + c]) + w[2] * r[2 * stride + c]) + w[3] * r[3 * stride + c];
#endif
}

/* exp(a) for -700 <= a <= 700 (clamped): Cody-Waite reduction, Taylor to the 13th power on |r| <= ln2/2, summed in pairs
 * (Estrin 1960) because a chain of thirteen waits for every product; relative error below 4e-16
 * (tests/kernels/test_elementary.py). */
static inline vd exponential(vd a) {
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
static inline void sine_cosine(vd a, vd *sine, vd *cosine) {
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
