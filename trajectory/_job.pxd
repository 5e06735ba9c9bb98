"""What one call works on, and the flights that are in the air."""

from trajectory._forces cimport Leg, Row
from trajectory._lanes cimport vd, vm

cdef enum:
    MAX_WATCH = 16                       # stops, and watches, of one leg
    N_MEMORY = 18                        # numbers that a flight computer remembers, see _guidance
    N_LOG = 29                           # of a cycle: time, state, memory
    N_PEAK = 3                           # sensed acceleration, heat flux, dynamic pressure

ctypedef struct Guidance:                # what a guided leg's computer and jets are: the same in every lane
    int law                              # 0: none
    double cycle                         # s
    int parts                            # of a cycle, in which the roll autopilot works
    double gain
    double most_cosine                   # of the bank that may be commanded
    double least_cosine
    const double* profile                # (nodes, N_PROFILE)
    int nodes
    double first                         # of the profile's variable, where its nodes are uniform
    double spacing
    int by_speed                         # it is the speed, not the apparent velocity
    double corridor                      # m of cross-range for (m/s)^2; 0: one reversal at the row's apparent velocity
    double corridor_floor                # m
    double acceleration                  # rad/s2, of the jets in roll
    double high_load                     # m/s2: above it their acceleration is greater by high_factor
    double high_factor
    double dead_band                     # rad, of error and rate_time times rate
    double full_band                     # rad: beyond it the jets burn all the time
    double full_band_high
    double error_limit                   # rad; with rate_time it limits the rate
    double rate_time                     # s
    double jet_flow                      # kg/s
    double end_altitude                  # m, down to which a predictor flies
    double coarse_position               # its tolerances, as position_scale and velocity_scale below
    double coarse_velocity
    double most_load                     # m/s2 and W/m2 that it keeps to
    double most_heat_flux
    double settling                      # s in which it learns the drag and the lift of the day

ctypedef struct Job:                     # everything one call works on
    Leg leg
    double position_scale
    double velocity_scale
    double coast_factor                  # of the error above THIN_AIR
    double first_step
    double shortest_step
    double longest_step
    double history_step
    long long most_steps
    int below_air_ends
    Py_ssize_t n_rows
    const double* y0
    const double* t0
    const double* t_end
    const double* rows
    int n_stop
    const long long* stop_kind
    const long long* stop_direction
    const double* stop_value
    int n_watch
    const long long* watch_kind
    const long long* watch_direction
    const double* watch_value
    double* y1
    double* t1
    long long* status
    double* residual
    double* watched
    double* peaks
    double* history
    Py_ssize_t history_room
    long long* history_count
    long long* counters                  # of each row: steps tried, steps of them that did not stand
    long long* vector_steps              # steps of a whole vector of lanes, idle ones too: of one number
    Guidance guidance
    double* memory                       # (row, N_MEMORY) in and out, or NULL
    double* log                          # (row, log_room, N_LOG), or NULL
    Py_ssize_t log_room
    long long* log_count
    const int* cancel                    # raised by another thread: give up what is not done


ctypedef struct Lanes:                   # eight flights in the air, a lane each
    vd t
    vd t_end
    vd h                                 # the step to try next
    vd trial                             # the step that is tried; where it stands on a stop, less or more than was
    vd whole                             # integrated, and the stages and the interpolant are of
    vm last                              # it ends at the end of time
    vd altitude                          # at its start
    vd step_before                       # the last that stood, and the root of its error
    vd root_before
    vd least_root                        # taken for a smaller one
    vd steps                             # tried so far, and of them those that did not stand
    vd in_vain
    vd most_growth                       # of the step: little where the tolerance is felt, freely elsewhere
    vd y[10]
    vd after[10]                         # the state at the end of the step
    vd far[10]                           # and of the whole, where they differ,
    vd end_rate[3]                       # with the rates of the last three at its own end
    vd k[160]                            # rates at its stages
    vd f[80]                             # its interpolant, where one was made
    vd before[80]                        # Radau: as k, the accelerations at the stages of the last step that stood
    vd unsettled                         # and the error of the velocity, m/s
    Row row
    vd memory[18]
    vm waits                             # for the others, until a predictor flies all lanes together
    vd next_cycle                        # s; far away on a leg without guidance
    vd until                             # s: end of time or of the cycle, whichever comes first
    vd stop_value[16]
    vd stop_before[16]
    vd stop_after[16]
    vd watch_value[16]
    vd watch_before[16]
    vd watch_after[16]
    vd peak[3]                           # greatest so far, and where
    vd peak_t[3]
    vd peak_y[30]
    long long running[8]                 # the row on each lane, or -1
    long long kept[8]                    # states of the history written
    int fresh[8]
    int landing[8]                       # the stop that a lane is closing in on, or -1
    int tries[8]
    double low[8]                        # the step is too short there, too long at high
    double high[8]
    double last_h[8]
    double last_g[8]
    int flying
    Py_ssize_t next_row                  # that a free lane takes
