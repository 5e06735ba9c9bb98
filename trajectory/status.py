"""Every way a flight, or a leg of it, can end: a name and one sentence each."""

# What ended a leg in the kernel, for those rows that no stop condition ended.
KERNEL = {
    -1: "end_of_time",
    -2: "step_collapsed",
    -3: "bad_start",
    -4: "too_many_steps",
    -5: "below_air",
    -6: "not_finite",
}

OUTCOMES = {
    "landed": "touched down under a parachute, or as its vehicle is meant to",
    "impacted": "reached the ground without a parachute that was due",
    "in_orbit": "did not come below the entry interface within the time allowed",
    "skipped_out": "came below the entry interface and rose through it again",
    "limit_broken": "broke a limit that the scenario sets",
    "stopped": "ended where the scenario asked it to end",
    "step_collapsed": "no step was short enough for the tolerance",
    "bad_start": "the start is no state that can be flown: not finite, or no mass",
    "too_many_steps": "took more steps than allowed",
    "below_air": "came below the bottom of the table of the air",
    "not_finite": "a number in it became infinite or none",
}

# No physical answer; every other outcome is one.
FAILED = frozenset({"step_collapsed", "bad_start", "too_many_steps", "below_air", "not_finite"})


class FlightError(RuntimeError):
    """A single flight that has no physical answer: its message names the leg and the reason (status.FAILED).

    A flight that burns up, skips out or stays in orbit is none: it has an outcome.
    """
