"""Heat strain of a crew member: the transient two-node model of Gagge, Stolwijk and Nishi, for any number of cabins at once.

ASHRAE Transactions 77 (1971), 247; in the form and with the constants of ASHRAE 55-2020 (its minute-by-minute scheme), to
which a ventilated, impermeable suit is added. Meant for 1 to 3 met, and for a core below 39 C.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEFAN_BOLTZMANN = 5.6697e-8  # W/(m2 K4), as rounded in the model
SKIN, CORE = 33.7, 36.8  # C, neutral
BODY = 0.1 * SKIN + 0.9 * CORE
BODY_HEAT = 3470.0  # J/(kg K), tissue: 0.97 W h/(kg K) is 3492
MINUTE = 60.0  # s, the step that the model is written for
STORAGE_LIMIT = (
    4.7e3  # J/kg, crew heat storage at entry and landing: NASA-STD-3001 volume 2, as a public study quotes it
)
TORR = 133.322  # Pa
MOST_SWEAT, MOST_BLOOD = 500.0, 90.0  # g/(h m2), l/(h m2)


@dataclass(frozen=True)
class Body:
    """A crew member. Every value a number, or one for each cabin."""

    metabolic_rate: object = 120.0  # W a head
    mass: object = 75.0  # kg
    area: object = 1.9  # m2
    clothing: object = 1.0  # clo
    air_speed: object = 0.2  # m/s
    suit_flow: object = None  # m3/s of cabin air through an impermeable suit; None: permeable clothing
    exposed: float = 0.1  # of the skin, where an impermeable suit is open: head and hands


@dataclass(eq=False)
class Strain:
    """State of a head in each cabin; stepped in place of copies by `step`."""

    core: np.ndarray
    skin: np.ndarray
    blood: np.ndarray
    share: np.ndarray  # of the mass that is skin
    evaporation: np.ndarray  # W/m2
    shivering: np.ndarray  # W/m2
    stored: np.ndarray  # J/kg since the beginning


def rested(n: int, metabolic_rate=69.84) -> Strain:
    """At rest and neutral. metabolic_rate: W/m2, which sets the first evaporation as the model has it."""
    full = np.ones(n)
    return Strain(
        CORE * full, SKIN * full, 6.3 * full, 0.1 * full, 0.1 * metabolic_rate / 58.2 * full, 0.0 * full, 0.0 * full
    )


def skin_pressure(t_c):
    """torr, saturated at the skin."""
    return np.exp(18.6686 - 4030.183 / (t_c + 235.0))


def step(s: Strain, body: Body, t_c, vapour_pressure, radiant_c=None, seconds: float = MINUTE):
    """(the state a step later, dry heat to the air in W, vapour in kg/s), a head each."""
    radiant_c = t_c if radiant_c is None else radiant_c
    area = body.area
    rate = body.metabolic_rate / area
    pressure = vapour_pressure / TORR
    air = np.maximum(body.air_speed, 0.1)
    clo = 0.155 * body.clothing
    factor = 1.0 + 0.15 * body.clothing
    met = rate / 58.2
    convection = np.maximum(3.0, 8.600001 * air**0.53)
    convection = np.maximum(convection, 5.66 * np.maximum(met - 0.85, 0.0) ** 0.39)
    wettest = 0.59 * air**-0.08
    breath_wet, breath_dry = 0.0023 * rate * (44.0 - pressure), 0.0014 * rate * (34.0 - t_c)

    radiation = 4.7
    cloth = None
    for _ in range(3):  # the model iterates to 0.01 K; three times are enough for that
        total = radiation + convection
        outside = 1.0 / (factor * total)
        felt = (radiation * radiant_c + convection * t_c) / total
        cloth = (outside * s.skin + clo * felt) / (outside + clo)
        warm = 0.5 * (cloth + radiant_c) + 273.15
        radiation = 4.0 * 0.95 * STEFAN_BOLTZMANN * 0.7 * warm * warm * warm
    total = radiation + convection
    outside = 1.0 / (factor * total)
    felt = (radiation * radiant_c + convection * t_c) / total
    dry = (s.skin - felt) / (outside + clo)
    if body.suit_flow is not None:
        dry = dry + body.suit_flow * 1.16 * 1005.0 * (s.skin - t_c) / area

    rate_now = rate + s.shivering
    inward = (s.core - s.skin) * (5.28 + 1.163 * s.blood)
    to_core = rate_now - inward - breath_wet - breath_dry
    to_skin = inward - dry - s.evaporation
    heat = 0.97 * 3600.0 * body.mass / area  # J/(m2 K)
    skin = s.skin + to_skin * seconds / (heat * s.share)
    core = s.core + to_core * seconds / (heat * (1.0 - s.share))
    stored = s.stored + (to_core + to_skin) * seconds * area / body.mass

    over_skin, over_core = skin - SKIN, core - CORE
    cold = np.maximum(-over_skin, 0.0)
    blood = np.clip((6.3 + 120.0 * np.maximum(over_core, 0.0)) / (1.0 + 0.5 * cold), 0.5, MOST_BLOOD)
    over_body = np.maximum(s.share * skin + (1.0 - s.share) * core - BODY, 0.0)
    sweat = np.minimum(170.0 * over_body * np.exp(np.maximum(over_skin, 0.0) / 10.7), MOST_SWEAT)
    wet_skin = skin_pressure(skin)
    through = (wet_skin - pressure) / (1.0 / (2.2 * factor * convection) + clo / (2.2 * 0.45))
    if body.suit_flow is None:
        most = through
    else:
        bare = (wet_skin - pressure) * 2.2 * convection
        moved = body.suit_flow * TORR * (wet_skin / (skin + 273.15) - pressure / (t_c + 273.15)) / 461.5
        most = body.exposed * bare + moved * 2.43e6 / area
    most = np.where(np.abs(most) < 1e-3, 1e-3, most)
    regulated = 0.68 * sweat
    wetness = 0.06 + 0.94 * regulated / most
    capped = wetness > wettest
    share_of_most = np.where(capped, wettest / 0.94, regulated / most)
    regulated = np.where(capped, share_of_most * most, regulated)
    diffused = np.where(capped, 0.06 * (1.0 - share_of_most) * most, wetness * most - regulated)
    evaporation = np.where(most < 0.0, 0.0, regulated + diffused)
    shivering = 19.4 * cold * np.maximum(-over_core, 0.0)
    share = 0.0417737 + 0.7451833 / (blood + 0.585417)

    then = Strain(core, skin, blood, share, evaporation, shivering, stored)
    return then, (dry + breath_dry) * area, (s.evaporation + breath_wet) * area / 2.43e6


def hold_out(body_mass: float, net_heat: float, limit: float = STORAGE_LIMIT) -> float:
    """s until the stored heat reaches its limit, for a net heat, W, that stays: limit m / Q."""
    return limit * body_mass / net_heat
