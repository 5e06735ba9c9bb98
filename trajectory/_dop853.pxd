"""Dormand-Prince 8(5,3), written out. Made by data/make_pairs.py from Hairer, Norsett & Wanner (1993), II.10.

`k[N_STATE*i + c]` is the rate of component c at stage i; stage 12 is the rate at the end of the step.
"""

from trajectory._forces cimport N_STATE
from trajectory._lanes cimport vd


cdef inline double stage_time(int i) noexcept nogil:
    if i == 1:
        return 0.05260015195876773
    if i == 2:
        return 0.0789002279381516
    if i == 3:
        return 0.1183503419072274
    if i == 4:
        return 0.2816496580927726
    if i == 5:
        return 0.3333333333333333
    if i == 6:
        return 0.25
    if i == 7:
        return 0.3076923076923077
    if i == 8:
        return 0.6512820512820513
    if i == 9:
        return 0.6
    if i == 10:
        return 0.8571428571428571
    if i == 11:
        return 1.0
    if i == 12:
        return 1.0
    if i == 13:
        return 0.1
    if i == 14:
        return 0.2
    if i == 15:
        return 0.7777777777777778
    return 0.0


cdef inline void stage(int i, vd* w, const vd* y, vd h, const vd* k, int n) noexcept nogil:
    cdef int c
    if i == 1:
        for c in range(n):
            w[c] = y[c] + h*(0.05260015195876773*k[c])
    elif i == 2:
        for c in range(n):
            w[c] = y[c] + h*(0.0197250569845379*k[c]
                            + 0.0591751709536137*k[N_STATE*1 + c])
    elif i == 3:
        for c in range(n):
            w[c] = y[c] + h*(0.02958758547680685*k[c]
                            + 0.08876275643042054*k[N_STATE*2 + c])
    elif i == 4:
        for c in range(n):
            w[c] = y[c] + h*(0.2413651341592667*k[c]
                            - 0.8845494793282861*k[N_STATE*2 + c]
                            + 0.924834003261792*k[N_STATE*3 + c])
    elif i == 5:
        for c in range(n):
            w[c] = y[c] + h*(0.037037037037037035*k[c]
                            + 0.17082860872947386*k[N_STATE*3 + c]
                            + 0.12546768756682242*k[N_STATE*4 + c])
    elif i == 6:
        for c in range(n):
            w[c] = y[c] + h*(0.037109375*k[c]
                            + 0.17025221101954405*k[N_STATE*3 + c]
                            + 0.06021653898045596*k[N_STATE*4 + c]
                            - 0.017578125*k[N_STATE*5 + c])
    elif i == 7:
        for c in range(n):
            w[c] = y[c] + h*(0.03709200011850479*k[c]
                            + 0.17038392571223998*k[N_STATE*3 + c]
                            + 0.10726203044637328*k[N_STATE*4 + c]
                            - 0.015319437748624402*k[N_STATE*5 + c]
                            + 0.008273789163814023*k[N_STATE*6 + c])
    elif i == 8:
        for c in range(n):
            w[c] = y[c] + h*(0.6241109587160757*k[c]
                            - 3.3608926294469414*k[N_STATE*3 + c]
                            - 0.868219346841726*k[N_STATE*4 + c]
                            + 27.59209969944671*k[N_STATE*5 + c]
                            + 20.154067550477894*k[N_STATE*6 + c]
                            - 43.48988418106996*k[N_STATE*7 + c])
    elif i == 9:
        for c in range(n):
            w[c] = y[c] + h*(0.47766253643826434*k[c]
                            - 2.4881146199716677*k[N_STATE*3 + c]
                            - 0.590290826836843*k[N_STATE*4 + c]
                            + 21.230051448181193*k[N_STATE*5 + c]
                            + 15.279233632882423*k[N_STATE*6 + c]
                            - 33.28821096898486*k[N_STATE*7 + c]
                            - 0.020331201708508627*k[N_STATE*8 + c])
    elif i == 10:
        for c in range(n):
            w[c] = y[c] + h*(- 0.9371424300859873*k[c]
                            + 5.186372428844064*k[N_STATE*3 + c]
                            + 1.0914373489967295*k[N_STATE*4 + c]
                            - 8.149787010746927*k[N_STATE*5 + c]
                            - 18.52006565999696*k[N_STATE*6 + c]
                            + 22.739487099350505*k[N_STATE*7 + c]
                            + 2.4936055526796523*k[N_STATE*8 + c]
                            - 3.0467644718982196*k[N_STATE*9 + c])
    elif i == 11:
        for c in range(n):
            w[c] = y[c] + h*(2.273310147516538*k[c]
                            - 10.53449546673725*k[N_STATE*3 + c]
                            - 2.0008720582248625*k[N_STATE*4 + c]
                            - 17.9589318631188*k[N_STATE*5 + c]
                            + 27.94888452941996*k[N_STATE*6 + c]
                            - 2.8589982771350235*k[N_STATE*7 + c]
                            - 8.87285693353063*k[N_STATE*8 + c]
                            + 12.360567175794303*k[N_STATE*9 + c]
                            + 0.6433927460157636*k[N_STATE*10 + c])
    elif i == 13:
        for c in range(n):
            w[c] = y[c] + h*(0.056167502283047954*k[c]
                            + 0.25350021021662483*k[N_STATE*6 + c]
                            - 0.2462390374708025*k[N_STATE*7 + c]
                            - 0.12419142326381637*k[N_STATE*8 + c]
                            + 0.15329179827876568*k[N_STATE*9 + c]
                            + 0.00820105229563469*k[N_STATE*10 + c]
                            + 0.007567897660545699*k[N_STATE*11 + c]
                            - 0.008298*k[N_STATE*12 + c])
    elif i == 14:
        for c in range(n):
            w[c] = y[c] + h*(0.03183464816350214*k[c]
                            + 0.028300909672366776*k[N_STATE*5 + c]
                            + 0.053541988307438566*k[N_STATE*6 + c]
                            - 0.05492374857139099*k[N_STATE*7 + c]
                            - 0.00010834732869724932*k[N_STATE*10 + c]
                            + 0.0003825710908356584*k[N_STATE*11 + c]
                            - 0.00034046500868740456*k[N_STATE*12 + c]
                            + 0.1413124436746325*k[N_STATE*13 + c])
    elif i == 15:
        for c in range(n):
            w[c] = y[c] + h*(- 0.42889630158379194*k[c]
                            - 4.697621415361164*k[N_STATE*5 + c]
                            + 7.683421196062599*k[N_STATE*6 + c]
                            + 4.06898981839711*k[N_STATE*7 + c]
                            + 0.3567271874552811*k[N_STATE*8 + c]
                            - 0.0013990241651590145*k[N_STATE*12 + c]
                            + 2.9475147891527724*k[N_STATE*13 + c]
                            - 9.15095847217987*k[N_STATE*14 + c])


cdef inline vd step_sum(const vd* k, int c) noexcept nogil:
    return (0.054293734116568765*k[c]
            + 4.450312892752409*k[N_STATE*5 + c]
            + 1.8915178993145003*k[N_STATE*6 + c]
            - 5.801203960010585*k[N_STATE*7 + c]
            + 0.3111643669578199*k[N_STATE*8 + c]
            - 0.1521609496625161*k[N_STATE*9 + c]
            + 0.20136540080403034*k[N_STATE*10 + c]
            + 0.04471061572777259*k[N_STATE*11 + c])


cdef inline vd error_5(const vd* k, int c) noexcept nogil:
    return (0.01312004499419488*k[c]
            - 1.2251564463762044*k[N_STATE*5 + c]
            - 0.4957589496572502*k[N_STATE*6 + c]
            + 1.6643771824549864*k[N_STATE*7 + c]
            - 0.35032884874997366*k[N_STATE*8 + c]
            + 0.3341791187130175*k[N_STATE*9 + c]
            + 0.08192320648511571*k[N_STATE*10 + c]
            - 0.022355307863886294*k[N_STATE*11 + c])


cdef inline vd error_3(const vd* k, int c) noexcept nogil:
    return (- 0.18980075407240762*k[c]
            + 4.450312892752409*k[N_STATE*5 + c]
            + 1.8915178993145003*k[N_STATE*6 + c]
            - 5.801203960010585*k[N_STATE*7 + c]
            - 0.4226823213237919*k[N_STATE*8 + c]
            - 0.1521609496625161*k[N_STATE*9 + c]
            + 0.20136540080403034*k[N_STATE*10 + c]
            + 0.02265179219836082*k[N_STATE*11 + c])


cdef inline vd dense_0(const vd* k, int c) noexcept nogil:
    return (- 8.428938276109013*k[c]
            + 0.5667149535193777*k[N_STATE*5 + c]
            - 3.0689499459498917*k[N_STATE*6 + c]
            + 2.38466765651207*k[N_STATE*7 + c]
            + 2.117034582445028*k[N_STATE*8 + c]
            - 0.871391583777973*k[N_STATE*9 + c]
            + 2.2404374302607883*k[N_STATE*10 + c]
            + 0.6315787787694688*k[N_STATE*11 + c]
            - 0.08899033645133331*k[N_STATE*12 + c]
            + 18.148505520854727*k[N_STATE*13 + c]
            - 9.194632392478356*k[N_STATE*14 + c]
            - 4.436036387594894*k[N_STATE*15 + c])


cdef inline vd dense_1(const vd* k, int c) noexcept nogil:
    return (10.427508642579134*k[c]
            + 242.28349177525817*k[N_STATE*5 + c]
            + 165.20045171727028*k[N_STATE*6 + c]
            - 374.5467547226902*k[N_STATE*7 + c]
            - 22.113666853125306*k[N_STATE*8 + c]
            + 7.733432668472264*k[N_STATE*9 + c]
            - 30.674084731089398*k[N_STATE*10 + c]
            - 9.332130526430229*k[N_STATE*11 + c]
            + 15.697238121770845*k[N_STATE*12 + c]
            - 31.139403219565178*k[N_STATE*13 + c]
            - 9.35292435884448*k[N_STATE*14 + c]
            + 35.81684148639408*k[N_STATE*15 + c])


cdef inline vd dense_2(const vd* k, int c) noexcept nogil:
    return (19.985053242002433*k[c]
            - 387.0373087493518*k[N_STATE*5 + c]
            - 189.17813819516758*k[N_STATE*6 + c]
            + 527.8081592054236*k[N_STATE*7 + c]
            - 11.57390253995963*k[N_STATE*8 + c]
            + 6.8812326946963*k[N_STATE*9 + c]
            - 1.0006050966910838*k[N_STATE*10 + c]
            + 0.7777137798053443*k[N_STATE*11 + c]
            - 2.778205752353508*k[N_STATE*12 + c]
            - 60.19669523126412*k[N_STATE*13 + c]
            + 84.32040550667716*k[N_STATE*14 + c]
            + 11.99229113618279*k[N_STATE*15 + c])


cdef inline vd dense_3(const vd* k, int c) noexcept nogil:
    return (- 25.69393346270375*k[c]
            - 154.18974869023643*k[N_STATE*5 + c]
            - 231.5293791760455*k[N_STATE*6 + c]
            + 357.6391179106141*k[N_STATE*7 + c]
            + 93.40532418362432*k[N_STATE*8 + c]
            - 37.45832313645163*k[N_STATE*9 + c]
            + 104.0996495089623*k[N_STATE*10 + c]
            + 29.8402934266605*k[N_STATE*11 + c]
            - 43.53345659001114*k[N_STATE*12 + c]
            + 96.32455395918828*k[N_STATE*13 + c]
            - 39.17726167561544*k[N_STATE*14 + c]
            - 149.72683625798564*k[N_STATE*15 + c])


cdef inline void rate_curve(const vd* k, int c, vd* p) noexcept nogil:
    """Rate of component c along the step: fifth degree in x = 0...1, through its ends and four stages."""
    p[0] = (1.0*k[c])
    p[1] = (- 10.833333333333334*k[c]
            + 51.63025210084034*k[N_STATE*6 + c]
            - 49.70454545454545*k[N_STATE*5 + c]
            + 12.40079365079365*k[N_STATE*9 + c]
            - 4.993166963755199*k[N_STATE*10 + c]
            + 1.5*k[N_STATE*12 + c])
    p[2] = (43.611111111111114*k[c]
            - 352.8067226890756*k[N_STATE*6 + c]
            + 389.35227272727275*k[N_STATE*5 + c]
            - 113.6739417989418*k[N_STATE*9 + c]
            + 48.26728064963359*k[N_STATE*10 + c]
            - 14.75*k[N_STATE*12 + c])
    p[3] = (- 81.38888888888889*k[c]
            + 840.4257703081232*k[N_STATE*6 + c]
            - 999.6136363636364*k[N_STATE*5 + c]
            + 351.3558201058201*k[N_STATE*9 + c]
            - 161.44573182808477*k[N_STATE*10 + c]
            + 50.666666666666664*k[N_STATE*12 + c])
    p[4] = (70.94444444444444*k[c]
            - 840.4257703081232*k[N_STATE*6 + c]
            + 1046.5568181818182*k[N_STATE*5 + c]
            - 423.6937830687831*k[N_STATE*9 + c]
            + 218.03495741731035*k[N_STATE*10 + c]
            - 71.41666666666667*k[N_STATE*12 + c])
    p[5] = (- 23.333333333333332*k[c]
            + 301.1764705882353*k[N_STATE*6 + c]
            - 386.59090909090907*k[N_STATE*5 + c]
            + 173.61111111111111*k[N_STATE*9 + c]
            - 99.86333927510398*k[N_STATE*10 + c]
            + 35.0*k[N_STATE*12 + c])


cdef inline vd rate_curve_end_slope(const vd* k, int c) noexcept nogil:
    return (- 0.6666666666666714*k[c]
            + 11.473389355742711*k[N_STATE*6 + c]
            - 16.56818181818153*k[N_STATE*5 + c]
            + 12.400793650793503*k[N_STATE*9 + c]
            - 19.972667855020802*k[N_STATE*10 + c]
            + 13.333333333333314*k[N_STATE*12 + c])


cdef inline vd rate_curve_end_bend(const vd* k, int c) noexcept nogil:
    return (- 16.4444444444444*k[c]
            + 275.36134453781506*k[N_STATE*6 + c]
            - 392.11363636363603*k[N_STATE*5 + c]
            + 268.6838624338625*k[N_STATE*9 + c]
            - 252.9871261635967*k[N_STATE*10 + c]
            + 117.5*k[N_STATE*12 + c])
