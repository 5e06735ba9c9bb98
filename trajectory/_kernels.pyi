"""Shapes and types of the compiled module; what it does is said at the top of _kernels.pyx.

float64, SI, radians; run first, component last, C-contiguous. n: rows; s, w: stops and watches of the leg (at most 16 each).
All arrays are the caller's: inputs are only read, outputs are filled in place.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]

NUMBERS: tuple[str, ...]  # names of the entries of `numbers`
SWITCHES: tuple[str, ...]  # names of the entries of `switches`
FELT: tuple[str, ...]  # names of the columns of `felt`
ROW_WIDTH: int  # of leg.ROW
STATE_WIDTH: int  # 10, of leg.STATE
HIGHEST_DEGREE: int  # 36, of spherical harmonics
LANE_COUNT: int  # flights abreast: 8 with AVX-512 and AVX2, 4 otherwise; as C half of these without AVX-512; 1 if scalar

class Prepared:
    """A leg's tables and switches, checked once. It keeps its arrays alive; several threads may fly it at once."""

    def __init__(
        self,
        numbers: Floats,  # (len(NUMBERS),) finite
        switches: Integers,  # (len(SWITCHES),)
        harmonics: Floats,  # (terms, 7) of gravity.columns; any one row where the degree is 0
        bodies: Floats,  # (intervals, 2, 3, 12) m: Chebyshev coefficients of Sun and Moon, case frame
        air: Floats,  # (intervals, 4 (2 + 2 harmonics)) cubics: AirTable.packed
        wind: Floats,  # (intervals, 8) cubics of east and north, m/s
        aero: Floats,  # (heights + 3, machs + 3, 2) B-spline coefficients of CD, CL
        slope: Floats,  # as aero: derivatives of CD and CL by the row's trim_shift, where they are switched on
        altitude_series: Floats,  # (16,) m: gravity.altitude_series
        profile: Floats,  # (nodes, PROFILE_WIDTH) of a guided leg: guidance.COLUMNS; any two rows where there is no law
    ) -> None:
        """ValueError for shapes that do not fit, a number that is not finite, a degree that is not allowed."""

    def fly(
        self,
        y0: Floats,  # (n, 10) states, case frame
        t0: Floats,  # (n,) s since the epoch
        t_end: Floats,  # (n,) s since the epoch
        rows: Floats,  # (n, ROW_WIDTH)
        stop_kind: Integers,  # (s,) index into leg.QUANTITIES
        stop_direction: Integers,  # (s,) -1 falling, +1 rising, 0 either; -2, +2: also at once where already beyond
        stop_value: Floats,  # (n, s) SI
        watch_kind: Integers,  # (w,)
        watch_direction: Integers,  # (w,)
        watch_value: Floats,  # (n, w)
        y1: Floats,  # out (n, 10) state at the end
        t1: Floats,  # out (n,) s
        status: Integers,  # out (n,) index of the stop, or a negative status of status.KERNEL
        residual: Floats,  # out (n,) quantity less threshold at the end
        watched: Floats,  # out (n, w, 11) time and state where each was first met; others are left as they were
        peaks: Floats,  # out (n, 3, 12) value, time, state; or (0, 3, 12): not looked for
        history: Floats,  # out (n, room, 11) time and state; or (0, 0, 11): not kept
        history_count: Integers,  # out (n,) states of the history that were written
        counters: Integers,  # out (n, 2) steps tried, steps of them that did not stand
        vector_steps: Integers,  # in and out (1,): steps of a whole vector of lanes are added
        cancel: NDArray[np.int32],  # (1,) another thread may set it to 1
        memory: Floats,  # in and out (n, MEMORY_WIDTH) of the flight computers: leg.MEMORY
        log: Floats,  # out (n, room, LOG_WIDTH) time, state and memory at each cycle; or (0, 0, LOG_WIDTH): not kept
        log_count: Integers,  # out (n or 0,)
        departures: Floats,  # (flights + 1, width) B-spline coefficients, row 0 of a flight that has none: departure.py
    ) -> None:
        """Fly every row until a stop, the end of its time, or a failure, without the GIL. ValueError for wrong shapes.

        Rows that are not done when cancel is raised keep what the outputs held before."""

    def settle(self, y0: Floats, t0: Floats, rows: Floats, y1: Floats, departures: Floats) -> None:
        """Write the balanced velocity under the canopy, m/s, case frame, into y1[:, 3:6]. ValueError for wrong shapes."""

    def feel(self, y0: Floats, t0: Floats, rows: Floats, felt: Floats, departures: Floats) -> None:
        """Write what each state feels into felt (n, len(FELT)). ValueError for wrong shapes."""

def kernel() -> str:
    """Name of the version that this is: x86-64-v4, x86-64-v3, x86-64, plain or scalar."""

def processor() -> str:
    """Name of the best version that this processor can run: x86-64-v4, x86-64-v3, x86-64 or plain."""

def elementary(x: Floats, out: Floats) -> None:
    """exp, sin and cos of x (m,), as the kernel computes them, into out (m, 3); for tests."""
