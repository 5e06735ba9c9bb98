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
STORAGE_LIMIT = 4.7e3  # J/kg, crew heat storage at entry and landing: NASA-STD-3001 volume 2, as a public study quotes it
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
    """State of a head in each cabin."""

    core: np.ndarray
    skin: np.ndarray
    blood: np.ndarray
    share: np.ndarray  # of the mass that is skin
    evaporation: np.ndarray  # W/m2
    shivering: np.ndarray | float  # W/m2
    stored: np.ndarray  # J/kg since the beginning
    radiation: np.ndarray | float = 4.7  # W/(m2 K), of the clothing


def rested(n: int, metabolic_rate=69.84) -> Strain:
    """At rest and neutral. metabolic_rate: W/m2, which sets the first evaporation as the model has it."""
    full = np.ones(n)
    return Strain(CORE * full, SKIN * full, 6.3 * full, 0.1 * full, 0.1 * metabolic_rate / 58.2 * full, 0.0, 0.0 * full)


def skin_pressure(t_c):
    """torr, saturated at the skin."""
    return np.exp(18.6686 - 4030.183 / (t_c + 235.0))


class Person:
    """What does not change of a body while its strain is followed; `step` follows it.

    The skin is at most as wet as Gagge, Fobelets & Berglund 1986 (ASHRAE Transactions 92) say. standard: as ASHRAE 55-2020
    programs it, which at that limit turns the wettedness back otherwise and jumps by 0.06: 0.04 K less of the core in an hour.
    """

    def __init__(self, body: Body, standard: bool = False):
        self.body = body
        self.rate = body.metabolic_rate / body.area
        air = np.maximum(body.air_speed, 0.1)
        self.clo = 0.155 * body.clothing
        self.factor = 1.0 + 0.15 * body.clothing
        convection = np.maximum(3.0, 8.600001 * air**0.53)
        self.convection = np.maximum(convection, 5.66 * np.maximum(self.rate / 58.2 - 0.85, 0.0) ** 0.39)
        self.wettest = 0.59 * air**-0.08
        self.soaked = self.wettest + (0.06 if standard else 0.0)
        self.heat = 0.97 * 3600.0 * body.mass / body.area  # J/(m2 K)
        self.specific = body.area / body.mass
        self.through = 1.0 / (1.0 / (2.2 * self.factor * self.convection) + self.clo / (2.2 * 0.45))
        if body.suit_flow is not None:
            self.blown = body.suit_flow * 1.16 * 1005.0 / body.area  # W/(m2 K)
            self.bare = body.exposed * 2.2 * self.convection
            self.carried = body.suit_flow * TORR / 461.5 * 2.43e6 / body.area
        self.started = False

    def step(self, s: Strain, t_c, vapour_pressure, seconds: float = MINUTE):
        """(the state a step later, dry heat to the air in W, vapour in kg/s), a head each; walls as warm as the air."""
        body, clo, factor, convection = self.body, self.clo, self.factor, self.convection
        pressure = vapour_pressure / TORR
        breath = 0.0023 * self.rate * (44.0 - pressure) + 0.0014 * self.rate * (34.0 - t_c)
        radiation = s.radiation
        worn = clo * t_c
        for _ in range(1 if self.started else 4):  # goes on from the last step's, which is near
            outside = 1.0 / (factor * (radiation + convection))
            warm = 0.5 * ((outside * s.skin + worn) / (outside + clo) + t_c) + 273.15
            radiation = (4.0 * 0.95 * STEFAN_BOLTZMANN * 0.7) * (warm * warm * warm)
        self.started = True
        ways = 1.0 / (1.0 / (factor * (radiation + convection)) + clo)
        if body.suit_flow is not None:
            ways = ways + self.blown
        dry = (s.skin - t_c) * ways

        inward = (s.core - s.skin) * (5.28 + 1.163 * s.blood)
        to_core = self.rate + s.shivering - inward - breath
        to_skin = inward - dry - s.evaporation
        step = seconds / self.heat
        skin = s.skin + to_skin * step / s.share
        core = s.core + to_core * step / (1.0 - s.share)
        stored = s.stored + (to_core + to_skin) * (seconds * self.specific)

        over_skin, over_core = skin - SKIN, core - CORE
        warmer = np.maximum(over_skin, 0.0)
        blood = 6.3 + 120.0 * np.maximum(over_core, 0.0)
        shivering = 0.0
        if (over_skin < 0.0).any():
            cold = np.maximum(-over_skin, 0.0)
            blood = blood / (1.0 + 0.5 * cold)
            shivering = 19.4 * cold * np.maximum(-over_core, 0.0)
        blood = np.minimum(np.maximum(blood, 0.5), MOST_BLOOD)
        over_body = np.maximum(core + s.share * (skin - core) - BODY, 0.0)
        regulated = 0.68 * np.minimum(170.0 * over_body * np.exp(warmer * (1.0 / 10.7)), MOST_SWEAT)
        wet_skin = skin_pressure(skin)
        if body.suit_flow is None:
            most = (wet_skin - pressure) * self.through
        else:
            most = (wet_skin - pressure) * self.bare
            most = most + self.carried * (wet_skin / (skin + 273.15) - pressure / (t_c + 273.15))
        if (np.abs(most) < 1e-3).any():
            most = np.where(np.abs(most) < 1e-3, 1e-3, most)
        wet = 0.06 + 0.94 * (regulated / most)
        wet = np.where(wet > self.wettest, self.soaked, wet)
        evaporation = wet * most
        if (most < 0.0).any():
            evaporation = np.where(most < 0.0, 0.0, evaporation)
        share = 0.0417737 + 0.7451833 / (blood + 0.585417)

        then = Strain(core, skin, blood, share, evaporation, shivering, stored, radiation)
        wet_breath = 0.0023 * self.rate * (44.0 - pressure)
        dry_breath = breath - wet_breath
        return then, (dry + dry_breath) * body.area, (s.evaporation + wet_breath) * (body.area / 2.43e6)


def hold_out(body_mass: float, net_heat: float, limit: float = STORAGE_LIMIT) -> float:
    """s until the stored heat reaches its limit, for a net heat, W, that stays: limit m / Q."""
    return limit * body_mass / net_heat
