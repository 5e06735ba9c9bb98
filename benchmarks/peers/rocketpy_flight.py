"""RocketPy, for scale: a sounding rocket from the rail to the ground under a parachute, each with its own inclination and mass.

Another vehicle with another flight: 150 s of it, from a rail to 3 km and down, with six degrees of freedom. What its Monte
Carlo does is one such flight after another.
"""

from __future__ import annotations

import warnings
from functools import lru_cache

import numpy as np

BURN, THRUST = 3.9, 2000.0  # s, N


@lru_cache(maxsize=1)
def world():
    from rocketpy import Environment

    place = Environment(latitude=32.99, longitude=-106.97, elevation=1400)
    place.set_atmospheric_model(type="standard_atmosphere")
    return place


def rocket(mass: float):
    from rocketpy import Rocket, SolidMotor

    motor = SolidMotor(
        thrust_source=lambda t: THRUST if t < BURN else 0.0, burn_time=BURN, dry_mass=1.815, dry_inertia=(0.125, 0.125, 0.002),
        nozzle_radius=0.033, throat_radius=0.011, grain_number=5, grain_density=1815, grain_outer_radius=0.033,
        grain_initial_inner_radius=0.015, grain_initial_height=0.12, grain_separation=0.005,
        grains_center_of_mass_position=0.397, center_of_dry_mass_position=0.317,
    )  # fmt: skip
    out = Rocket(radius=0.0635, mass=mass, inertia=(6.321, 6.321, 0.034), power_off_drag=0.5, power_on_drag=0.5,
                 center_of_mass_without_motor=0.0)  # fmt: skip
    out.add_motor(motor, position=-1.255)
    out.add_nose(length=0.558, kind="von karman", position=1.278)
    out.add_trapezoidal_fins(n=4, root_chord=0.12, tip_chord=0.06, span=0.11, position=-1.05)
    out.set_rail_buttons(0.082, -0.618, 45)
    out.add_parachute("main", cd_s=10.0, trigger=800, sampling_rate=105, lag=1.5)
    return out


def fly(n: int) -> np.ndarray:
    """(n, 2) m, where they come down."""
    from rocketpy import Flight

    draw = np.random.default_rng(1)
    out = np.empty((n, 2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for i in range(n):
            flown = Flight(rocket=rocket(14.4 + 0.1 * draw.standard_normal()), environment=world(), rail_length=5.2,
                           inclination=85.0 + draw.standard_normal(), heading=0.0)  # fmt: skip
            out[i] = flown.x_impact, flown.y_impact
    return out
