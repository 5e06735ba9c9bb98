/* Problem P1 by a plain scalar Dormand-Prince 5(4): the floor that the other codes are measured against.

   One flight at a time, one thread. State: position, velocity (inertial, aligned with the Earth-fixed frame at t = 0),
   heat load. Point mass and J2, air that turns with the Earth, drag and lift at a constant bank, ln(density) linear
   between the nodes of a table of equal spacing. No call to the maths library but sqrt and exp.

   Coefficients: Dormand & Prince 1980, J. Comp. Appl. Math. 6, 19, table 2. Altitude: Bowring 1985, Survey Review 28, 202. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#define N 7 /* x y z (m), vx vy vz (m/s), heat load (J/m2) */

static const double MU = 3.986004418e14, A = 6378137.0, J2 = 1.08262668e-3, RATE = 7.292115e-5;
static const double FLAT = 1.0 / 298.257223563;
static const double SPEED = 7905.0; /* m/s: velocity tolerance over position tolerance, as A is for positions */

typedef struct {
    double drag;    /* density factor * cd * area / (2 mass), m2/kg */
    double up, right; /* lift / drag along n and along w */
    double heat;    /* Sutton-Graves factor over sqrt(nose radius) times sqrt(density factor) */
    const double *log_density;
    int nodes;
    double bottom, per_step;
} Flight;

static inline double altitude(const double *r)
{
    const double b = A * (1 - FLAT), e2 = FLAT * (2 - FLAT), ep2 = e2 / (1 - e2);
    double p = sqrt(r[0] * r[0] + r[1] * r[1]), distance = sqrt(p * p + r[2] * r[2]);
    double s = b * r[2] * (1 + ep2 * b / distance), c = A * p; /* of the parametric latitude, not yet normalised */
    double norm = 1 / sqrt(s * s + c * c);
    s *= norm, c *= norm;
    double up = r[2] + ep2 * b * s * s * s, out = p - e2 * A * c * c * c;
    norm = 1 / sqrt(up * up + out * out);
    up *= norm, out *= norm;
    return p * out + r[2] * up - A * sqrt(1 - e2 * up * up);
}

static inline void slope(const Flight *f, const double *y, double *dy)
{
    double x = y[0], yy = y[1], z = y[2];
    double r2 = x * x + yy * yy + z * z, inverse = 1 / sqrt(r2), i2 = inverse * inverse;
    double g = -MU * inverse * i2, j = 1.5 * J2 * A * A * i2, z2 = z * z * i2;
    double gxy = g * (1 + j * (1 - 5 * z2)), gz = g * (1 + j * (3 - 5 * z2));

    double place = (altitude(y) - f->bottom) * f->per_step;
    int i = place < 0 ? 0 : place > f->nodes - 2 ? f->nodes - 2 : (int)place;
    double rho = exp(f->log_density[i] + (place - i) * (f->log_density[i + 1] - f->log_density[i]));

    double vx = y[3] + RATE * yy, vy = y[4] - RATE * x, vz = y[5]; /* relative to the air */
    double v2 = vx * vx + vy * vy + vz * vz, v = sqrt(v2);
    double wx = yy * vz - z * vy, wy = z * vx - x * vz, wz = x * vy - yy * vx;
    double w = 1 / sqrt(wx * wx + wy * wy + wz * wz);
    wx *= w, wy *= w, wz *= w;
    double k = f->drag * rho * v, up = k * f->up, right = -k * v * f->right;
    dy[0] = y[3], dy[1] = y[4], dy[2] = y[5];
    dy[3] = gxy * x - k * vx + up * (vy * wz - vz * wy) + right * wx;
    dy[4] = gxy * yy - k * vy + up * (vz * wx - vx * wz) + right * wy;
    dy[5] = gz * z - k * vz + up * (vx * wy - vy * wx) + right * wz;
    dy[6] = f->heat * sqrt(rho) * v2 * v;
}

/* One step of length h from y with slope k1 known: new state, its slope k7, and the error estimate of each component. */
static inline void step(const Flight *f, double h, const double *y, const double *k1, double *y1, double *k7, double *error)
{
    double k2[N], k3[N], k4[N], k5[N], k6[N], at[N];
    int i;
    for (i = 0; i < N; i++) at[i] = y[i] + h * (1.0 / 5) * k1[i];
    slope(f, at, k2);
    for (i = 0; i < N; i++) at[i] = y[i] + h * (3.0 / 40 * k1[i] + 9.0 / 40 * k2[i]);
    slope(f, at, k3);
    for (i = 0; i < N; i++) at[i] = y[i] + h * (44.0 / 45 * k1[i] - 56.0 / 15 * k2[i] + 32.0 / 9 * k3[i]);
    slope(f, at, k4);
    for (i = 0; i < N; i++)
        at[i] = y[i] + h * (19372.0 / 6561 * k1[i] - 25360.0 / 2187 * k2[i] + 64448.0 / 6561 * k3[i] - 212.0 / 729 * k4[i]);
    slope(f, at, k5);
    for (i = 0; i < N; i++)
        at[i] = y[i] + h * (9017.0 / 3168 * k1[i] - 355.0 / 33 * k2[i] + 46732.0 / 5247 * k3[i] + 49.0 / 176 * k4[i]
                            - 5103.0 / 18656 * k5[i]);
    slope(f, at, k6);
    for (i = 0; i < N; i++)
        y1[i] = y[i] + h * (35.0 / 384 * k1[i] + 500.0 / 1113 * k3[i] + 125.0 / 192 * k4[i] - 2187.0 / 6784 * k5[i]
                            + 11.0 / 84 * k6[i]);
    slope(f, y1, k7);
    for (i = 0; i < N; i++)
        error[i] = h * (71.0 / 57600 * k1[i] - 71.0 / 16695 * k3[i] + 71.0 / 1920 * k4[i] - 17253.0 / 339200 * k5[i]
                        + 22.0 / 525 * k6[i] - 1.0 / 40 * k7[i]);
}

/* x^(-1/10) for x > 0: a guess from the exponent, then Newton's steps. */
static inline double tenth_root_inverse(double x)
{
    int64_t bits;
    double y;
    memcpy(&bits, &x, 8);
    bits = 0x4650000000000000LL - bits / 10; /* about (1 + 1/10) * 1023 in the exponent */
    memcpy(&y, &bits, 8);
    for (int i = 0; i < 3; i++) {
        double y2 = y * y, y4 = y2 * y2;
        y *= 1.1 - 0.1 * x * y4 * y4 * y2;
    }
    return y;
}

/* Fly n flights to the altitude `end` (m). Inputs (n,); ends (n, 8): time and state. Returns the steps of all. */
long fly(long n, const double *start, const double *density_factor, const double *cd, const double *delta_v,
         const double *bank, double mass, double area, double lift_to_drag, double heat, double end, double tolerance,
         const double *log_density, int nodes, double bottom, double spacing, double *ends)
{
    const double position = 1 / (tolerance * A), velocity = 1 / (tolerance * SPEED);
    const double speed = sqrt(start[3] * start[3] + start[4] * start[4] + start[5] * start[5]);
    long steps = 0;
    for (long row = 0; row < n; row++) {
        Flight f = {density_factor[row] * cd[row] * area / (2 * mass), lift_to_drag * cos(bank[row]),
                    lift_to_drag * sin(bank[row]), heat * sqrt(density_factor[row]), log_density, nodes, bottom, 1 / spacing};
        double y[N], y1[N], k1[N], k7[N], error[N], t = 0, h = 10, now;
        for (int i = 0; i < 3; i++) y[i] = start[i], y[i + 3] = start[i + 3] * (1 - delta_v[row] / speed);
        y[6] = 0;
        slope(&f, y, k1);
        for (int tries = 0; tries < 100000; tries++) {
            step(&f, h, y, k1, y1, k7, error);
            double e = 0;
            for (int i = 0; i < 3; i++) {
                double p = error[i] * position, q = error[i + 3] * velocity;
                e += p * p + q * q;
            }
            e *= 1.0 / 6;
            if (!(e <= 1)) { /* not a number is refused as well */
                double less = e < 1e30 ? 0.9 * tenth_root_inverse(e) : 0.2;
                h *= less > 0.2 ? less : 0.2;
                continue;
            }
            t += h, steps++;
            memcpy(y, y1, sizeof y), memcpy(k1, k7, sizeof k1);
            double more = 0.9 * tenth_root_inverse(e + 1e-12);
            h *= more < 5 ? more : 5;
            now = altitude(y);
            if (now < end) break;
        }
        for (int i = 0; i < 3; i++) { /* back to the altitude itself: Newton, each a step of the same method */
            now = altitude(y);
            double d[3] = {1, 1, 1}, rate = 0; /* gradient of the altitude by differences of 1 m */
            for (int j = 0; j < 3; j++) {
                double moved[3] = {y[0], y[1], y[2]};
                moved[j] += d[j];
                rate += (altitude(moved) - now) * y[j + 3];
            }
            double back = (end - now) / rate;
            step(&f, back, y, k1, y1, k7, error);
            t += back, steps++;
            memcpy(y, y1, sizeof y), memcpy(k1, k7, sizeof k1);
        }
        ends[8 * row] = t;
        memcpy(ends + 8 * row + 1, y, sizeof y);
    }
    return steps;
}
