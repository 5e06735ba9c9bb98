"""Writes the coefficients of the Dormand-Prince 8(5,3) pair as Cython, stage by stage, with the zeros left out.

Hairer, Norsett & Wanner, Solving Ordinary Differential Equations I (1993), section II.10; the figures
are read from SciPy.
Run: python trajectory/data/make_dop853.py > trajectory/_dop853.pxd
"""

from scipy.integrate._ivp import dop853_coefficients as pair

HEAD = '''"""Dormand-Prince 8(5,3), written out. Made by data/make_dop853.py from Hairer, Norsett & Wanner (1993), II.10.

`k[N_STATE*i + c]` is the rate of component c at stage i; stage 12 is the rate at the end of the step.
"""

from trajectory._forces cimport N_STATE
from trajectory._lanes cimport vd
'''


def combination(row, pad=24):
    """The sum over the stages that count, a line each."""
    lines = ""
    for i, a in enumerate(map(float, row)):
        if a == 0:
            continue
        stage = f"k[N_STATE*{i} + c]" if i else "k[c]"
        sign = "" if not lines and a > 0 else "-" if a < 0 else "+"
        lines += ("\n" + " " * pad if lines else "") + f"{sign} {abs(a)!r}*{stage}".lstrip()
    return lines


def main():
    print(HEAD)
    print("\ncdef inline double stage_time(int i) noexcept nogil:")
    for i, c in enumerate(pair.C):
        if i:
            print(f"    if i == {i}:\n        return {float(c)!r}")
    print("    return 0.0\n")
    for i in list(range(1, 12)) + [13, 14, 15]:
        print(f"\ncdef inline void stage_{i}(vd* w, const vd* y, vd h, const vd* k, int n) noexcept nogil:")
        print("    cdef int c")
        print("    for c in range(n):")
        print(f"        w[c] = y[c] + h*({combination(pair.A[i])})\n")
    print("\ncdef inline vd step_sum(const vd* k, int c) noexcept nogil:")
    print(f"    return ({combination(pair.B, pad=12)})\n")
    for name, row in (("error_5", pair.E5), ("error_3", pair.E3)):
        print(f"\ncdef inline vd {name}(const vd* k, int c) noexcept nogil:")
        print(f"    return ({combination(row, pad=12)})\n")
    for i, row in enumerate(pair.D):
        print(f"\ncdef inline vd dense_{i}(const vd* k, int c) noexcept nogil:")
        print(f"    return ({combination(row, pad=12)})" + ("\n" if i < 3 else ""))


main()
