"""Writes the coefficients of a Runge-Kutta method as Cython, stage by stage, with the zeros left out.

Dormand-Prince 8(5,3): Hairer, Norsett & Wanner, Solving Ordinary Differential Equations I (1993), section II.10.
Dormand-Prince 5(4): ibid., table II.5.2 and section II.6. The figures of both are read from SciPy.
Radau, 15th order: Everhart, An efficient integrator that uses Gauss-Radau spacings (1985); worked out here from its nodes.
Run: python trajectory/data/make_pairs.py 853 > trajectory/_dop853.pxd
     python trajectory/data/make_pairs.py 54 > trajectory/_dp54.pxd
     python trajectory/data/make_pairs.py radau > trajectory/_radau.pxd
"""

import sys
from fractions import Fraction

import numpy as np
from numpy.polynomial import Polynomial
from scipy.integrate import RK45
from scipy.integrate._ivp import dop853_coefficients as eighth

HEAD = '''"""{name}, written out. Made by data/make_pairs.py from {source}.

`k[N_STATE*i + c]` is the rate of component c at stage i; stage 12 is the rate at the end of the step.
"""

from trajectory._forces cimport N_STATE
from trajectory._lanes cimport vd
'''
END = 12  # where the rate at the end of the step is kept
CURVE = {0: Fraction(0), 6: Fraction(1, 4), 5: Fraction(1, 3), 9: Fraction(3, 5), 10: Fraction(6, 7), END: Fraction(1)}


def combination(row, pad=12):
    """The sum over the stages {index: factor} that count, a line each."""
    lines = ""
    for i, a in row.items():
        a = float(a)
        if a == 0:
            continue
        stage = f"k[N_STATE*{i} + c]" if i else "k[c]"
        sign = "" if not lines and a > 0 else "-" if a < 0 else "+"
        lines += ("\n" + " " * pad if lines else "") + f"{sign} {abs(a)!r}*{stage}".lstrip()
    return lines


def stage_times(times, name):
    print(f"\ncdef inline double {name}(int i) noexcept nogil:")
    for i, c in enumerate(times):
        if i:
            print(f"    if i == {i}:\n        return {float(c)!r}")
    print("    return 0.0\n")


def stages(name, rows):
    """The state w at which stage i takes its rate, from the rates of those before; {i: row}."""
    print(f"\ncdef inline void {name}(int i, vd* w, const vd* y, vd h, const vd* k, int n) noexcept nogil:")
    print("    cdef int c")
    for number, (i, row) in enumerate(rows.items()):
        print(f"    {'el' if number else ''}if i == {i}:\n        for c in range(n):")
        print(f"            w[c] = y[c] + h*({combination(dict(enumerate(row)), pad=28)})")
    print()


def sum_of(name, row, last=False):
    print(f"\ncdef inline vd {name}(const vd* k, int c) noexcept nogil:")
    print(f"    return ({combination(row)})" + ("" if last else "\n"))


def series(name, about, rows):
    """Rate of component c along the step as a polynomial of the fraction of it."""
    print(f"\ncdef inline void {name}(const vd* k, int c, vd* p) noexcept nogil:")
    print(f'    """{about}"""')
    for j, row in enumerate(rows):
        print(f"    p[{j}] = ({combination(row)})")


def curve(name, about, rows, last=False):
    """The same, and its first and second derivative at the end of the step."""
    series(name, about, rows)
    for which, times in (("slope", lambda j: j), ("bend", lambda j: j * (j - 1))):
        print(f"\n\ncdef inline vd {name}_end_{which}(const vd* k, int c) noexcept nogil:")
        row = {i: sum(float(times(j) * row.get(i, 0)) for j, row in enumerate(rows)) for i in rows[-1]}
        print(f"    return ({combination(row)})" + ("" if last or which == "slope" else "\n"))


def lagrange(nodes):
    """Monomial coefficients of the polynomial through values at the nodes: a row each power, {stage: factor}."""
    rows = [{} for _ in nodes]
    for i, x in nodes.items():
        basis = [Fraction(1)]
        for j, z in nodes.items():
            if j != i:  # times (u - z)/(x - z)
                basis = [((basis[m - 1] if m else 0) - z * (basis[m] if m < len(basis) else 0)) / (x - z)
                         for m in range(len(basis) + 1)]  # fmt: skip
        for power, factor in enumerate(basis):
            rows[power][i] = factor
    return rows


def eighth_order():
    print(HEAD.format(name="Dormand-Prince 8(5,3)", source="Hairer, Norsett & Wanner (1993), II.10"))
    stage_times(eighth.C, "stage_time")
    stages("stage", {i: eighth.A[i] for i in (*range(1, 12), 13, 14, 15)})
    sum_of("step_sum", dict(enumerate(eighth.B)))
    sum_of("error_5", dict(enumerate(eighth.E5)))
    sum_of("error_3", dict(enumerate(eighth.E3)))
    for i, row in enumerate(eighth.D):
        sum_of(f"dense_{i}", dict(enumerate(row)))
    curve("rate_curve", "Rate of component c along the step: fifth degree in x = 0...1, through its ends and four stages.",
          lagrange(CURVE), last=True)  # fmt: skip


def fifth_order():
    print(HEAD.format(name="Dormand-Prince 5(4)", source="Hairer, Norsett & Wanner (1993), II.5, II.6"))
    stage_times(RK45.C, "fifth_time")
    stages("fifth_stage", {i: RK45.A[i, :i] for i in range(1, 6)})
    sum_of("fifth_sum", dict(enumerate(RK45.B)))
    at_end = lambda row: {END if i == 6 else i: a for i, a in enumerate(row)}  # noqa: E731
    sum_of("fifth_error", at_end(RK45.E))
    # the sum of P[i, j] k_i x^(j + 1) is also, with d the mean rate and q the sum that is looked for,
    # x d + x (1 - x) (k_0 - d) + x^2 (1 - x) (2 d - k_0 - k_6) + x^2 (1 - x)^2 q
    b = np.append(RK45.B, 0.0)
    x, one = Polynomial([0, 1]), Polynomial([1])
    q = []
    for i in range(7):
        first, end = float(i == 0), float(i == 6)
        plain = x * b[i] + x * (one - x) * (first - b[i]) + x**2 * (one - x) * (2 * b[i] - first - end)
        rest = (Polynomial([0, *RK45.P[i]]) - plain).coef
        q.append(rest[4] if len(rest) > 4 else 0.0)  # of x^4 in x^2 (1 - x)^2
    sum_of("fifth_dense", at_end(q))
    curve("fifth_rate_curve", "Rate of component c along the step: third degree in x = 0...1; fills p[0] ... p[3].",
          [at_end([(j + 1) * RK45.P[i, j] for i in range(7)]) for j in range(4)], last=True)  # fmt: skip


RADAU = 8  # stages
INNER = (2, 3, 5, 6)  # through which, and the ends of the step, a rate is drawn along it


def radau_nodes():
    """0 and the zeros of (P_7 + P_8)/(1 + x), Legendre's polynomials, moved from -1...1 to 0...1; Fractions good to 1e-30."""
    from numpy.polynomial import legendre

    series = legendre.leg2poly([0] * (RADAU - 1) + [1, 1])
    poly = [Fraction(c).limit_denominator(10**6) for c in series]  # sixteenths and the like, exactly
    nodes = [Fraction(0)]
    for x in sorted(legendre.legroots([0] * (RADAU - 1) + [1, 1]))[1:]:
        x = Fraction(x)
        for _ in range(3):
            value = sum(c * x**n for n, c in enumerate(poly))
            slope = sum(n * c * x ** (n - 1) for n, c in enumerate(poly) if n)
            x = (x - value / slope).limit_denominator(10**32)
        nodes.append((x + 1) / 2)
    return nodes


def radau():
    nodes = radau_nodes()
    powers = lagrange(dict(enumerate(nodes)))  # of the fraction of the step: [power][stage]

    def integral(x, times):
        """Of the polynomial through the rates from 0 to x, once or twice: a factor for each stage."""
        over = [Fraction(1, n + 1) if times == 1 else Fraction(1, (n + 1) * (n + 2)) for n in range(RADAU)]
        return [sum(powers[n][i] * over[n] * x ** (n + times) for n in range(RADAU)) for i in range(RADAU)]

    print(HEAD.format(name="Radau, 15th order, for accelerations", source="its nodes (Everhart 1985)"))
    stage_times(nodes, "radau_time")
    print("\ncdef inline void radau_stage(int i, vd* w, const vd* y, vd h, const vd* k) noexcept nogil:")
    print('    """Position and velocity at stage i from the accelerations at all stages."""\n    cdef int c')
    for i in range(1, RADAU):
        print(f"    {'el' if i > 1 else ''}if i == {i}:\n        for c in range(3, 6):")
        twice, once = (combination(dict(enumerate(integral(nodes[i], times))), pad=28) for times in (2, 1))
        print(f"            w[c - 3] = y[c - 3] + h*({float(nodes[i])!r}*y[c] + h*({twice}))")
        print(f"            w[c] = y[c] + h*({once})")
    print("\n\ncdef inline vd radau_twice(int i, const vd* k, int c) noexcept nogil:")
    print('    """Component c of the rates at all stages, integrated twice to stage i, where the step is 1."""')
    for i in range(1, RADAU):
        print(f"    if i == {i}:\n        return ({combination(dict(enumerate(integral(nodes[i], 2))))})")
    print("    return k[c]\n")
    weights = integral(Fraction(1), 1)
    sum_of("radau_sum", dict(enumerate(weights)))
    sum_of("radau_double_sum", dict(enumerate(integral(Fraction(1), 2))))
    sum_of("radau_last", powers[-1])
    series("radau_series", "Rate of component c along the step through all stages: seventh degree in x, p[0] ... p[7].", powers)
    print()
    drawn = {0: Fraction(0), **{i: nodes[i] for i in INNER}, END: Fraction(1)}
    curve("radau_curve", "Rate of component c along the step: fifth degree in x = 0...1, through its ends and four stages.",
          lagrange(drawn), last=True)  # fmt: skip


{"853": eighth_order, "54": fifth_order, "radau": radau}[sys.argv[1]]()
