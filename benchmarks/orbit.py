"""Problem orbit: P3, 1,000 orbits for 24 h, under J2 to J4 and under 8x8, with drag. Error over the first 100 of them."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np

from benchmarks import machine
from benchmarks import orbit_inputs as p3
from benchmarks.timing import Entrant, gather, measure

NAME = "orbit"
TITLE = "P3: orbits for 24 h, with drag"
TOLERANCES = (1e-9, 5e-10, 1e-10)
RADAU = (5e-8, 1e-8, 1e-9)


def rows(say, rounds: int = 5) -> list[dict]:
    entrants, missing = gather(NAME, {
        ("trajectory", "in the kernel"): lambda: ours(rounds),
        ("heyoka", "Taylor, batch"): lambda: heyoka(min(rounds, 5)),
        ("scipy", "DOP853"): scipy,
        ("boinor", "Cowell"): boinor,
    })  # fmt: skip
    return measure(NAME, entrants, say) + missing


def entrant(code, method, fly, name, flights, **more) -> Entrant:
    """`fly` maps (states, name of the field) to states after a day."""
    begin = p3.starts()[:flights]
    known = begin[: p3.KEPT]
    note = "; ".join(filter(None, ("J2 to J4" if name == "zonal" else "8x8", more.pop("note", ""))))
    if flights < p3.KEPT:
        note += f"; error of {flights} orbits"
    return Entrant(code, f"{method}, {name}", partial(fly, begin, name), flights, lambda: worst(fly(known, name), name),
                   density="exponential", note=note, **more)  # fmt: skip


def worst(states: np.ndarray, name: str) -> float:
    if not np.isfinite(states).all():
        raise ValueError("an orbit has no end")
    return p3.worst(states, name)


# --- ours


@lru_cache(maxsize=2)
def world(name: str):
    from trajectory import atmosphere, constants, gravity
    from trajectory.leg import Environment

    air = atmosphere.exponential(p3.GROUND_DENSITY, p3.SCALE_HEIGHT)
    if name == "zonal":
        return Environment(zonal=(constants.J2, constants.J3, constants.J4), air=air)
    held = gravity.read_field(gravity.SHIPPED / "egm2008-36.gfc")
    return Environment(mu=held.mu, field_radius=held.radius, degree=p3.DEGREE, order=p3.DEGREE, harmonics=held, air=air)


def fly(begin: np.ndarray, name: str, tolerance: float, threads: int = 1, method: str = "dop853") -> np.ndarray:
    from benchmarks import ours
    from trajectory.leg import Leg

    y = np.zeros((len(begin), 10))
    y[:, :6], y[:, 6] = begin, 1000.0
    leg = Leg("coast", row={"cd": 1.0, "area": 1000.0 * p3.DRAG}, tolerance=tolerance, duration=p3.DAY, first_step=60.0)
    return ours.fly_rows(ours.with_method(leg, method), world(name), y, np.zeros(len(y)), threads)[0]


def ours(rounds: int) -> list[Entrant]:
    from benchmarks import ours

    return [
        entrant(ours.CODE, method.upper(), partial(fly, tolerance=tolerance, threads=threads, method=method), name, p3.ORBITS,
                tolerance=tolerance, width=machine.lanes(), threads=threads, rounds=rounds)
        for name in p3.FIELDS for method in (*ours.methods(), "radau")
        for tolerance in (RADAU if method == "radau" else TOLERANCES)
        for threads in ((1, 2) if tolerance in (5e-10, 1e-8) else (1,))
    ]  # fmt: skip


# --- others


def heyoka(rounds: int) -> list[Entrant]:
    from benchmarks.peers import heyoka_entry, heyoka_orbit

    return [
        entrant("heyoka", "Taylor, batch", partial(heyoka_orbit.fly, tolerance=tolerance, lanes=lanes), name, p3.ORBITS,
                tolerance=tolerance, width=lanes, rounds=rounds)
        for name in p3.FIELDS for lanes in heyoka_entry.widths() for tolerance in (1e-9, 1e-10)
    ]  # fmt: skip


def scipy() -> list[Entrant]:
    from benchmarks.peers import cowell

    method = "DOP853, Python right-hand side"
    return [entrant("scipy", method, cowell.fly_scipy, "zonal", 3, tolerance=cowell.TOLERANCE, rounds=3)]


def boinor() -> list[Entrant]:
    from benchmarks.peers import cowell

    fly = cowell.boinor()
    return [entrant("boinor", "Cowell, compiled right-hand side", fly, "zonal", 3, tolerance=1e-11, rounds=3,
                    note="zonal terms and drag by a function of ours, compiled")]  # fmt: skip
