"""Radau, 15th order, for accelerations, written out. Made by data/make_pairs.py from its nodes (Everhart 1985).

`k[N_STATE*i + c]` is the rate of component c at stage i; stage 12 is the rate at the end of the step.
"""

from trajectory._forces cimport N_STATE
from trajectory._lanes cimport vd


cdef inline double radau_time(int i) noexcept nogil:
    if i == 1:
        return 0.05626256053692215
    if i == 2:
        return 0.18024069173689236
    if i == 3:
        return 0.3526247171131696
    if i == 4:
        return 0.5471536263305554
    if i == 5:
        return 0.7342101772154105
    if i == 6:
        return 0.8853209468390958
    if i == 7:
        return 0.9775206135612875
    return 0.0


cdef inline void radau_stage(int i, vd* w, const vd* y, vd h, const vd* k) noexcept nogil:
    """Position and velocity at stage i from the accelerations at all stages."""
    cdef int c
    if i == 1:
        for c in range(3, 6):
            w[c - 3] = y[c - 3] + h*(0.05626256053692215*y[c] + h*(0.0008735365016976088*k[c]
                            + 0.0008428108701389098*k[N_STATE*1 + c]
                            - 0.00019337353802831658*k[N_STATE*2 + c]
                            + 9.156861852510059e-05*k[N_STATE*3 + c]
                            - 4.921143641927818e-05*k[N_STATE*4 + c]
                            + 2.618240636487738e-05*k[N_STATE*5 + c]
                            - 1.2036991259588213e-05*k[N_STATE*6 + c]
                            + 3.2614280661010953e-06*k[N_STATE*7 + c]))
            w[c] = y[c] + h*(0.021857535779335354*k[c]
                            + 0.038966589954939526*k[N_STATE*1 + c]
                            - 0.006555977150504076*k[N_STATE*2 + c]
                            + 0.003047987997701841*k[N_STATE*3 + c]
                            - 0.0016283524134904988*k[N_STATE*4 + c]
                            + 0.000864084629182702*k[N_STATE*5 + c]
                            - 0.000396744073137272*k[N_STATE*6 + c]
                            + 0.0001074358128945722*k[N_STATE*7 + c])
    elif i == 2:
        for c in range(3, 6):
            w[c - 3] = y[c - 3] + h*(0.18024069173689236*y[c] + h*(0.002829234705131909*k[c]
                            + 0.01135120972861137*k[N_STATE*1 + c]
                            + 0.0023453013456999827*k[N_STATE*2 + c]
                            - 0.0003885986436582532*k[N_STATE*3 + c]
                            + 0.00015572234983542466*k[N_STATE*4 + c]
                            - 7.250247776732358e-05*k[N_STATE*5 + c]
                            + 3.117899412080817e-05*k[N_STATE*6 + c]
                            - 8.192523077188382e-06*k[N_STATE*7 + c]))
            w[c] = y[c] + h*(0.01109019996716397*k[c]
                            + 0.10740387315951029*k[N_STATE*1 + c]
                            + 0.06962828556589075*k[N_STATE*2 + c]
                            - 0.011198116248637603*k[N_STATE*3 + c]
                            + 0.004966269979023949*k[N_STATE*4 + c]
                            - 0.002444154466489499*k[N_STATE*5 + c]
                            + 0.0010829584255450102*k[N_STATE*6 + c]
                            - 0.00028862464511451353*k[N_STATE*7 + c])
    elif i == 3:
        for c in range(3, 6):
            w[c - 3] = y[c - 3] + h*(0.3526247171131696*y[c] + h*(0.0054894889207087435*k[c]
                            + 0.02755196071664003*k[N_STATE*1 + c]
                            + 0.02587174915011434*k[N_STATE*2 + c]
                            + 0.003623500412603599*k[N_STATE*3 + c]
                            - 0.00048074103031652313*k[N_STATE*4 + c]
                            + 0.000161130463437998*k[N_STATE*5 + c]
                            - 5.9669083439954925e-05*k[N_STATE*6 + c]
                            + 1.4676009823223408e-05*k[N_STATE*7 + c]))
            w[c] = y[c] + h*(0.019246850204038952*k[c]
                            + 0.0826094308963246*k[N_STATE*1 + c]
                            + 0.17134061913393614*k[N_STATE*2 + c]
                            + 0.08907176694972628*k[N_STATE*3 + c]
                            - 0.0134161650375913*k[N_STATE*4 + c]
                            + 0.0054190273978849055*k[N_STATE*5 + c]
                            - 0.002219210818477691*k[N_STATE*6 + c]
                            + 0.0005723983873277629*k[N_STATE*7 + c])
    elif i == 4:
        for c in range(3, 6):
            w[c - 3] = y[c - 3] + h*(0.5471536263305554*y[c] + h*(0.008575073249280009*k[c]
                            + 0.04541727563967785*k[N_STATE*1 + c]
                            + 0.0559645410060269*k[N_STATE*2 + c]
                            + 0.03613389997625836*k[N_STATE*3 + c]
                            + 0.003932960881331402*k[N_STATE*4 + c]
                            - 0.00042217353782967074*k[N_STATE*5 + c]
                            + 0.00011054428293927697*k[N_STATE*6 + c]
                            - 2.3576094345616632e-05*k[N_STATE*7 + c]))
            w[c] = y[c] + h*(0.01265460246028186*k[c]
                            + 0.10047771517939044*k[N_STATE*1 + c]
                            + 0.13981803602799556*k[N_STATE*2 + c]
                            + 0.20945496909311434*k[N_STATE*3 + c]
                            + 0.09435517956883087*k[N_STATE*4 + c]
                            - 0.012906886501240751*k[N_STATE*5 + c]
                            + 0.004346289187593837*k[N_STATE*6 + c]
                            - 0.0010462786854107612*k[N_STATE*7 + c])
    elif i == 5:
        for c in range(3, 6):
            w[c - 3] = y[c - 3] + h*(0.7342101772154105*y[c] + h*(0.011443861864242944*k[c]
                            + 0.06290709132815149*k[N_STATE*1 + c]
                            + 0.08411596007407492*k[N_STATE*2 + c]
                            + 0.07205253185001262*k[N_STATE*3 + c]
                            + 0.03612959074030642*k[N_STATE*4 + c]
                            + 0.003097549093471841*k[N_STATE*5 + c]
                            - 0.000252724301032199*k[N_STATE*6 + c]
                            + 3.8431514114236275e-05*k[N_STATE*7 + c]))
            w[c] = y[c] + h*(0.0180423537825989*k[c]
                            + 0.0864981764844821*k[N_STATE*1 + c]
                            + 0.16103533607743514*k[N_STATE*2 + c]
                            + 0.17562775047413556*k[N_STATE*3 + c]
                            + 0.21610856956325583*k[N_STATE*4 + c]
                            + 0.08467721591812072*k[N_STATE*5 + c]
                            - 0.009748069189511674*k[N_STATE*6 + c]
                            + 0.0019688441048939446*k[N_STATE*7 + c])
    elif i == 6:
        for c in range(3, 6):
            w[c - 3] = y[c - 3] + h*(0.8853209468390958*y[c] + h*(0.013859447520773144*k[c]
                            + 0.07676914182447951*k[N_STATE*1 + c]
                            + 0.1073154104763949*k[N_STATE*2 + c]
                            + 0.10015053714352104*k[N_STATE*3 + c]
                            + 0.06640578082997767*k[N_STATE*4 + c]
                            + 0.025859831083015792*k[N_STATE*5 + c]
                            + 0.0016115518718575036*k[N_STATE*6 + c]
                            - 7.51112939830395e-05*k[N_STATE*7 + c]))
            w[c] = y[c] + h*(0.013752925505557454*k[c]
                            + 0.09740289477548153*k[N_STATE*1 + c]
                            + 0.14545825342496957*k[N_STATE*2 + c]
                            + 0.19683417354264254*k[N_STATE*3 + c]
                            + 0.18450950776306674*k[N_STATE*4 + c]
                            + 0.1902735654385526*k[N_STATE*5 + c]
                            + 0.061516045229646675*k[N_STATE*6 + c]
                            - 0.004426418840821345*k[N_STATE*7 + c])
    elif i == 7:
        for c in range(3, 6):
            w[c - 3] = y[c - 3] + h*(0.9775206135612875*y[c] + h*(0.015254770539488652*k[c]
                            + 0.08542896713192023*k[N_STATE*1 + c]
                            + 0.12117311393235516*k[N_STATE*2 + c]
                            + 0.11772429326840345*k[N_STATE*3 + c]
                            + 0.08415933198660747*k[N_STATE*4 + c]
                            + 0.04234074597927019*k[N_STATE*5 + c]
                            + 0.011343257469873599*k[N_STATE*6 + c]
                            + 0.0003487946606992306*k[N_STATE*7 + c]))
            w[c] = y[c] + h*(0.016848820725630455*k[c]
                            + 0.08960966405234871*k[N_STATE*1 + c]
                            + 0.1562886199734024*k[N_STATE*2 + c]
                            + 0.18295873167726415*k[N_STATE*3 + c]
                            + 0.20227915732278254*k[N_STATE*4 + c]
                            + 0.16543838761339927*k[N_STATE*5 + c]
                            + 0.13564564871694812*k[N_STATE*6 + c]
                            + 0.02845158347951186*k[N_STATE*7 + c])


cdef inline double radau_weight(int i) noexcept nogil:
    if i == 1:
        return 0.09267907740148965
    if i == 2:
        return 0.15206531032339257
    if i == 3:
        return 0.1882587726945593
    if i == 4:
        return 0.19578608372624678
    if i == 5:
        return 0.17350739781725064
    if i == 6:
        return 0.12482395066493249
    if i == 7:
        return 0.0572544073721286
    return 0.0


cdef inline vd radau_sum(const vd* k, int c) noexcept nogil:
    return (0.015625*k[c]
            + 0.09267907740148965*k[N_STATE*1 + c]
            + 0.15206531032339257*k[N_STATE*2 + c]
            + 0.1882587726945593*k[N_STATE*3 + c]
            + 0.19578608372624678*k[N_STATE*4 + c]
            + 0.17350739781725064*k[N_STATE*5 + c]
            + 0.12482395066493249*k[N_STATE*6 + c]
            + 0.0572544073721286*k[N_STATE*7 + c])


cdef inline vd radau_double_sum(const vd* k, int c) noexcept nogil:
    return (0.015625*k[c]
            + 0.08746471519868224*k[N_STATE*1 + c]
            + 0.12465695360151909*k[N_STATE*2 + c]
            + 0.1218740762290678*k[N_STATE*3 + c]
            + 0.08866101803037313*k[N_STATE*4 + c]
            + 0.046116500517662314*k[N_STATE*5 + c]
            + 0.014314692474057878*k[N_STATE*6 + c]
            + 0.0012870439486375486*k[N_STATE*7 + c])


cdef inline vd radau_last(const vd* k, int c) noexcept nogil:
    return (- 804.375*k[c]
            + 1903.114833955942*k[N_STATE*1 + c]
            - 2271.9920421295196*k[N_STATE*2 + c]
            + 2246.488603184227*k[N_STATE*3 + c]
            - 1916.0856046504753*k[N_STATE*4 + c]
            + 1381.9003387178452*k[N_STATE*5 + c]
            - 769.9092943094462*k[N_STATE*6 + c]
            + 230.85816523142665*k[N_STATE*7 + c])


cdef inline void radau_series(const vd* k, int c, vd* p) noexcept nogil:
    """Rate of component c along the step through all stages: seventh degree in x, p[0] ... p[7]."""
    p[0] = (1.0*k[c])
    p[1] = (- 31.5*k[c]
            + 42.052027226455564*k[N_STATE*1 + c]
            - 15.670952569588987*k[N_STATE*2 + c]
            + 7.92014084316085*k[N_STATE*3 + c]
            - 4.353585339014779*k[N_STATE*4 + c]
            + 2.339902486219834*k[N_STATE*5 + c]
            - 1.0811358245335345*k[N_STATE*6 + c]
            + 0.2936031773010518*k[N_STATE*7 + c])
    p[2] = (315.0*k[c]
            - 577.2141612607236*k[N_STATE*1 + c]
            + 406.6904185762613*k[N_STATE*2 + c]
            - 227.02389860295213*k[N_STATE*3 + c]
            + 129.18115030530788*k[N_STATE*4 + c]
            - 70.51996284086935*k[N_STATE*5 + c]
            + 32.83459893515554*k[N_STATE*6 + c]
            - 8.948145112179642*k[N_STATE*7 + c])
    p[3] = (- 1443.75*k[c]
            + 2987.0943715855974*k[N_STATE*1 + c]
            - 2679.976015040306*k[N_STATE*2 + c]
            + 1851.0327222669553*k[N_STATE*3 + c]
            - 1135.2827096874314*k[N_STATE*4 + c]
            + 641.0205425815489*k[N_STATE*5 + c]
            - 303.4699929477079*k[N_STATE*6 + c]
            + 83.33108124134357*k[N_STATE*7 + c])
    p[4] = (3465.0*k[c]
            - 7620.569739314906*k[N_STATE*1 + c]
            + 7756.064438499933*k[N_STATE*2 + c]
            - 6185.403924448524*k[N_STATE*3 + c]
            + 4210.600437961347*k[N_STATE*4 + c]
            - 2505.159225227211*k[N_STATE*5 + c]
            + 1218.1102094876376*k[N_STATE*6 + c]
            - 338.64219695827626*k[N_STATE*7 + c])
    p[5] = (- 4504.5*k[c]
            + 10263.723976680187*k[N_STATE*1 + c]
            - 11268.144751043623*k[N_STATE*2 + c]
            + 9902.248995455344*k[N_STATE*3 + c]
            - 7389.710288840819*k[N_STATE*4 + c]
            + 4695.7156695112635*k[N_STATE*5 + c]
            - 2370.238886498817*k[N_STATE*6 + c]
            + 670.9052847364655*k[N_STATE*7 + c])
    p[6] = (3003.0*k[c]
            - 6997.887933214689*k[N_STATE*1 + c]
            + 8072.598206656066*k[N_STATE*2 + c]
            - 7594.723377025317*k[N_STATE*3 + c]
            + 6104.993070417492*k[N_STATE*4 + c]
            - 4144.4893052958905*k[N_STATE*5 + c]
            + 2192.7112066703403*k[N_STATE*6 + c]
            - 636.2018682080022*k[N_STATE*7 + c])
    p[7] = (- 804.375*k[c]
            + 1903.114833955942*k[N_STATE*1 + c]
            - 2271.9920421295196*k[N_STATE*2 + c]
            + 2246.488603184227*k[N_STATE*3 + c]
            - 1916.0856046504753*k[N_STATE*4 + c]
            + 1381.9003387178452*k[N_STATE*5 + c]
            - 769.9092943094462*k[N_STATE*6 + c]
            + 230.85816523142665*k[N_STATE*7 + c])


cdef inline vd radau_dense_0(const vd* k, int c) noexcept nogil:
    return (- 7.302360270337081*k[c]
            + 5.441589210266268*k[N_STATE*1 + c]
            + 9.791094372101654*k[N_STATE*2 + c]
            - 14.102829790748407*k[N_STATE*3 + c]
            + 11.495447199045039*k[N_STATE*4 + c]
            - 8.511479676836693*k[N_STATE*5 + c]
            + 2.1925247484828674*k[N_STATE*6 + c]
            + 3.3616537209007302*k[N_STATE*7 + c]
            - 2.3656395128743783*k[N_STATE*12 + c])


cdef inline vd radau_dense_1(const vd* k, int c) noexcept nogil:
    return (7.452485863235136*k[c]
            - 7.403025055286461*k[N_STATE*1 + c]
            - 7.844957455637623*k[N_STATE*2 + c]
            + 15.539085410769733*k[N_STATE*3 + c]
            - 15.639012859643776*k[N_STATE*4 + c]
            + 18.80961258828327*k[N_STATE*5 + c]
            - 16.647710078370217*k[N_STATE*6 + c]
            - 4.573371079917905*k[N_STATE*7 + c]
            + 10.306892666567844*k[N_STATE*12 + c])


cdef inline vd radau_dense_2(const vd* k, int c) noexcept nogil:
    return (19.58610325038621*k[c]
            - 26.810928683971085*k[N_STATE*1 + c]
            - 10.788105371291039*k[N_STATE*2 + c]
            + 49.967724553906045*k[N_STATE*3 + c]
            - 56.638530240850486*k[N_STATE*4 + c]
            + 31.877340752140366*k[N_STATE*5 + c]
            - 2.0896550451098346*k[N_STATE*6 + c]
            - 16.563002955319615*k[N_STATE*7 + c]
            + 11.459053740109438*k[N_STATE*12 + c])


cdef inline vd radau_dense_3(const vd* k, int c) noexcept nogil:
    return (- 22.944752786645694*k[c]
            + 39.55604704336591*k[N_STATE*1 + c]
            - 8.800174653545543*k[N_STATE*2 + c]
            - 42.980287133022976*k[N_STATE*3 + c]
            + 83.5628035523292*k[N_STATE*4 + c]
            - 86.47824142233898*k[N_STATE*5 + c]
            + 45.7558350456585*k[N_STATE*6 + c]
            + 24.436562112513563*k[N_STATE*7 + c]
            - 32.107791758313965*k[N_STATE*12 + c])


cdef inline void radau_curve(const vd* k, int c, vd* p) noexcept nogil:
    """Rate of component c along the step: fifth degree in x = 0...1, through its ends and four stages."""
    p[0] = (1.0*k[c])
    p[1] = (- 11.875554488580915*k[c]
            + 23.039511933159122*k[N_STATE*2 + c]
            - 14.646594637311665*k[N_STATE*3 + c]
            + 9.026814332965957*k[N_STATE*5 + c]
            - 8.098182589389113*k[N_STATE*6 + c]
            + 2.5540054491566138*k[N_STATE*12 + c])
    p[2] = (49.036934081848514*k[c]
            - 145.78061721900485*k[N_STATE*2 + c]
            + 132.40050532199763*k[N_STATE*3 + c]
            - 94.90383379379605*k[N_STATE*5 + c]
            + 87.0232370353901*k[N_STATE*6 + c]
            - 27.776225426435325*k[N_STATE*12 + c])
    p[3] = (- 90.26111858630883*k[c]
            + 320.97623270050644*k[N_STATE*2 + c]
            - 342.7526699103193*k[N_STATE*3 + c]
            + 313.3875360132933*k[N_STATE*5 + c]
            - 298.81435164571104*k[N_STATE*6 + c]
            + 97.46437142853945*k[N_STATE*12 + c])
    p[4] = (76.30519472416286*k[c]
            - 298.75209634612685*k[N_STATE*2 + c]
            + 350.013917953795*k[N_STATE*3 + c]
            - 387.93408545776833*k[N_STATE*5 + c]
            + 393.4300864138019*k[N_STATE*6 + c]
            - 133.06301728786457*k[N_STATE*12 + c])
    p[5] = (- 24.205455731121635*k[c]
            + 100.51696893146612*k[N_STATE*2 + c]
            - 125.01515872816162*k[N_STATE*3 + c]
            + 160.42356890530516*k[N_STATE*5 + c]
            - 173.54078921409186*k[N_STATE*6 + c]
            + 61.820865836603836*k[N_STATE*12 + c])


cdef inline vd radau_curve_end_slope(const vd* k, int c) noexcept nogil:
    return (- 0.3915418427670829*k[c]
            + 1.98343486949193*k[N_STATE*2 + c]
            - 3.123715549902613*k[N_STATE*3 + c]
            + 9.763257480705988*k[N_STATE*5 + c]
            - 24.478363870993576*k[N_STATE*6 + c]
            + 16.24692891346524*k[N_STATE*12 + c])
