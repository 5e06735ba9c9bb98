"""Dormand-Prince 5(4), written out. Made by data/make_pairs.py from Hairer, Norsett & Wanner (1993), II.5, II.6.

`k[N_STATE*i + c]` is the rate of component c at stage i; stage 12 is the rate at the end of the step.
"""

from trajectory._forces cimport N_STATE
from trajectory._lanes cimport vd


cdef inline double fifth_time(int i) noexcept nogil:
    if i == 1:
        return 0.2
    if i == 2:
        return 0.3
    if i == 3:
        return 0.8
    if i == 4:
        return 0.8888888888888888
    if i == 5:
        return 1.0
    return 0.0


cdef inline void fifth_stage(int i, vd* w, const vd* y, vd h, const vd* k, int n) noexcept nogil:
    cdef int c
    if i == 1:
        for c in range(n):
            w[c] = y[c] + h*(0.2*k[c])
    elif i == 2:
        for c in range(n):
            w[c] = y[c] + h*(0.075*k[c]
                            + 0.225*k[N_STATE*1 + c])
    elif i == 3:
        for c in range(n):
            w[c] = y[c] + h*(0.9777777777777777*k[c]
                            - 3.7333333333333334*k[N_STATE*1 + c]
                            + 3.5555555555555554*k[N_STATE*2 + c])
    elif i == 4:
        for c in range(n):
            w[c] = y[c] + h*(2.9525986892242035*k[c]
                            - 11.595793324188385*k[N_STATE*1 + c]
                            + 9.822892851699436*k[N_STATE*2 + c]
                            - 0.2908093278463649*k[N_STATE*3 + c])
    elif i == 5:
        for c in range(n):
            w[c] = y[c] + h*(2.8462752525252526*k[c]
                            - 10.757575757575758*k[N_STATE*1 + c]
                            + 8.906422717743473*k[N_STATE*2 + c]
                            + 0.2784090909090909*k[N_STATE*3 + c]
                            - 0.2735313036020583*k[N_STATE*4 + c])


cdef inline vd fifth_sum(const vd* k, int c) noexcept nogil:
    return (0.09114583333333333*k[c]
            + 0.44923629829290207*k[N_STATE*2 + c]
            + 0.6510416666666666*k[N_STATE*3 + c]
            - 0.322376179245283*k[N_STATE*4 + c]
            + 0.13095238095238096*k[N_STATE*5 + c])


cdef inline vd fifth_error(const vd* k, int c) noexcept nogil:
    return (- 0.0012326388888888888*k[c]
            + 0.0042527702905061394*k[N_STATE*2 + c]
            - 0.03697916666666667*k[N_STATE*3 + c]
            + 0.05086379716981132*k[N_STATE*4 + c]
            - 0.0419047619047619*k[N_STATE*5 + c]
            + 0.025*k[N_STATE*12 + c])


cdef inline vd fifth_dense(const vd* k, int c) noexcept nogil:
    return (- 1.1270175653862835*k[c]
            + 2.675424484351598*k[N_STATE*2 + c]
            - 5.685526961588504*k[N_STATE*3 + c]
            + 3.5219323679207912*k[N_STATE*4 + c]
            - 1.7672812570757455*k[N_STATE*5 + c]
            + 2.382468931778144*k[N_STATE*12 + c])


cdef inline void fifth_rate_curve(const vd* k, int c, vd* p) noexcept nogil:
    """Rate of component c along the step: third degree in x = 0...1; fills p[0] ... p[3]."""
    p[0] = (1.0*k[c])
    p[1] = (- 5.707160130772567*k[c]
            + 8.04626675846061*k[N_STATE*2 + c]
            - 7.4648039231770085*k[N_STATE*3 + c]
            + 5.109607660369885*k[N_STATE*4 + c]
            - 2.748848228437205*k[N_STATE*5 + c]
            + 2.764937863556287*k[N_STATE*12 + c])
    p[2] = (9.215230392317702*k[c]
            - 18.747964695866997*k[N_STATE*2 + c]
            + 30.206911769531025*k[N_STATE*3 + c]
            - 19.19733713205305*k[N_STATE*4 + c]
            + 9.817973256740187*k[N_STATE*5 + c]
            - 11.294813590668861*k[N_STATE*12 + c])
    p[3] = (- 4.508070261545134*k[c]
            + 10.701697937406392*k[N_STATE*2 + c]
            - 22.742107846354017*k[N_STATE*3 + c]
            + 14.087729471683165*k[N_STATE*4 + c]
            - 7.069125028302982*k[N_STATE*5 + c]
            + 9.529875727112575*k[N_STATE*12 + c])


cdef inline vd fifth_rate_curve_end_slope(const vd* k, int c) noexcept nogil:
    return (- 0.8009101307725661*k[c]
            + 2.65543117894579*k[N_STATE*2 + c]
            - 15.277303923177008*k[N_STATE*3 + c]
            + 8.97812181131328*k[N_STATE*4 + c]
            - 4.320276799865777*k[N_STATE*5 + c]
            + 8.764937863556291*k[N_STATE*12 + c])


cdef inline vd fifth_rate_curve_end_bend(const vd* k, int c) noexcept nogil:
    return (- 8.6179607846354*k[c]
            + 26.714258232704353*k[N_STATE*2 + c]
            - 76.03882353906205*k[N_STATE*3 + c]
            + 46.131702565992896*k[N_STATE*4 + c]
            - 22.77880365633752*k[N_STATE*5 + c]
            + 34.58962718133773*k[N_STATE*12 + c])
