"""The people below: where every body of a ship comes down, the areas to keep clear, and the casualties to be expected.

The bodies are followed from where the dispersed flights of the scenario leave them: the modules at their separation, pushed
apart in a direction that is not known, the heat shield under the canopy. Each falls as one piece that tumbles; the breaking up
of a module is not modelled, so its pieces would lie farther apart along the track, and its casualty area is a lower bound.

The casualty area of a body is (0.6 m + sqrt(A))^2 and the expectation the sum of areas times people per area, with the limit of
1e-4 and the distances of NASA-STD-8719.14 (4.7.2, requirement 4.7-1).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trajectory import confidence, ensemble, frames, geodesy, land, spread
from trajectory import leg as legs_
from trajectory.case import refused
from trajectory.entry import AIR_METHOD, ENTRY_TOLERANCE, LONG, terrain_of
from trajectory.flight import events_of, fly, fly_many
from trajectory.leg import Leg, Stop

PERSON = 0.6  # m, side of the square that a person takes (NASA-STD-8719.14, 4.7.4: sqrt of 0.36 m2)
LIMIT = 1e-4  # casualties expected of one re-entry (NASA-STD-8719.14, requirement 4.7-1a)
HARMFUL = 15.0  # J, least energy at the impact that counts (NASA-STD-8719.14, requirement 4.7-1)
FOREIGN, HOME = 370e3, 50e3  # m from foreign land; from US land and the Antarctic ice (requirement 4.7-1b)
SPEED = 0.5  # m/s of modules pushed apart, where the vehicle does not say; assumed
SPEED_SPREAD = (0.3, 2.0)  # of it, uniform; assumed
TUMBLING = 2.0  # of a body's drag, either way, uniform in its logarithm; assumed
SHIELD_DRAG = 1.17  # a disc across the flow (Hoerner 1965, Fluid-Dynamic Drag, 3-12)
CONTAINMENT = 0.99
LATER = 30.0  # s after which bodies that have parted should not come near again
DIRECTIONS = {
    "forward": (1, 0, 0),
    "back": (-1, 0, 0),
    "left": (0, 1, 0),
    "right": (0, -1, 0),
    "up": (0, 0, 1),
    "down": (0, 0, -1),
}
LANDED = ("landed", "impacted", "stopped")
LOW = 30e3  # m: a flight that is stopped below has come down


@dataclass(frozen=True, eq=False)
class Body:
    """One body, its falls and what they mean. Degrees, metres, seconds."""

    name: str
    mass: float  # kg
    area: float  # m2
    separation: str  # the event at which it is left
    latitude: np.ndarray  # (n,) rad; NaN where it was not left, or did not come down
    longitude: np.ndarray
    time: np.ndarray  # (n,) s since the epoch
    speed: np.ndarray  # (n,) m/s at the impact
    recontact: dict | None  # direction -> nearest to the descent module later than LATER s after the separation, m
    polygon: np.ndarray  # (m, 2) rad, latitude and longitude of the convex area; (0, 2) where too few came down
    containment: float  # which it holds with 95 % confidence
    inside: float  # part of the falls in it
    land_distance: float | None  # m from the area to the nearest land; 0: on land

    @property
    def casualty_area(self) -> float:
        """m2; 0 where its impact is harmless."""
        return (PERSON + np.sqrt(self.area)) ** 2 if self.harmful else 0.0

    @property
    def energy(self) -> float | None:
        """J at the impact, median."""
        seen = self.speed[np.isfinite(self.speed)]
        return float(0.5 * self.mass * np.median(seen) ** 2) if len(seen) else None

    @property
    def harmful(self) -> bool:
        return self.energy is not None and self.energy > HARMFUL

    def to_dict(self) -> dict:
        down = np.isfinite(self.latitude)
        middle = [float(np.degrees(np.median(x[down]))) if down.any() else None for x in (self.latitude, self.longitude)]
        seen = self.speed[np.isfinite(self.speed)]
        return {
            "name": self.name,
            "mass_kg": self.mass,
            "area_m2": self.area,
            "left_at": self.separation,
            "falls": int(down.sum()),
            "median": middle,
            "speed_m_s": float(np.median(seen)) if len(seen) else None,
            "energy_j": self.energy,
            "casualty_area_m2": float(self.casualty_area),
            "recontact_m": self.recontact,
            "polygon": np.degrees(self.polygon).tolist(),
            "containment": self.containment,
            "inside": self.inside,
            "land_distance_m": self.land_distance,
        }


@dataclass(frozen=True, eq=False)
class Hazard:
    """The bodies of a re-entry and what they mean for those below."""

    scenario: object
    case: object
    bodies: tuple[Body, ...]
    samples: int
    seed: int
    population: float | None  # persons per km2 that the user gave
    notes: tuple[str, ...]

    def body(self, name: str) -> Body:
        return next(b for b in self.bodies if b.name == name)

    @property
    def casualty_area(self) -> float:
        """m2, of all bodies but the one that the crew lands in."""
        return float(sum(b.casualty_area for b in self.bodies if b.name != DESCENT))

    @property
    def expectation(self) -> float | None:
        """Casualties expected, where people per km2 are given."""
        return None if self.population is None else self.casualty_area * self.population / 1e6

    @property
    def most_population(self) -> float | None:
        """Persons per km2 up to which the expectation keeps to the limit."""
        return LIMIT / self.casualty_area * 1e6 if self.casualty_area else None

    def rules(self) -> list[dict]:
        """The keep-out rules of NASA-STD-8719.14, requirement 4.7-1: name, whether it holds (None: cannot be said), why."""
        gone = [b for b in self.bodies if b.name != DESCENT and b.harmful and len(b.polygon)]
        near = min((b.land_distance for b in gone), default=None)
        where = "no harmful body" if near is None else "on land" if near == 0 else f"{near / 1e3:.0f} km from land"
        expected = self.expectation
        few, said = None, "people per km2 are not given"
        if expected is not None:
            few = False if expected >= LIMIT else None
            said = f"{expected:.1e}" + ("" if few is False else ": a lower bound, which does not show that the limit is kept")
        far = None if near is None else True if near > HOME else None
        whose = where if far or near is None else f"{where}; whose it is, is not known here"
        clear = None if near is None else near > FOREIGN
        return [
            {"rule": "4.7-1a", "what": f"casualties expected below {LIMIT:g}", "holds": few, "why": said},
            {"rule": "4.7-1b", "what": "harmful impacts 370 km or more from foreign land", "holds": clear, "why": where},
            {"rule": "4.7-1b", "what": "and 50 km or more from US land and Antarctic ice", "holds": far, "why": whose},
        ]

    def to_dict(self) -> dict:
        """What `trajectory hazard --json` prints."""
        return {
            "schema": 1,
            "scenario": self.scenario.name,
            "scenario_sha256": self.scenario.sha256,
            "samples": self.samples,
            "seed": self.seed,
            "bodies": [b.to_dict() for b in self.bodies],
            "casualty_area_m2": self.casualty_area,
            "population_per_km2": self.population,
            "casualty_expectation": self.expectation,
            "most_population_per_km2": self.most_population,
            "rules": self.rules(),
            "notes": list(self.notes),
        }

    def plot(self):
        """A matplotlib Figure: falls and areas on a map."""
        from trajectory.report import areas_below

        return areas_below.picture(self)


DESCENT = "descent_module"


def hazard(
    scenario, samples: int = 1000, seed: int = 0, population: float | None = None, containment: float = CONTAINMENT
) -> Hazard:
    """Follow every body of the dispersed flights of a scenario to the ground.

    Lengths in m, areas in m2, energies in J; polygons are rings (k, 2) of latitude and longitude in rad. The casualty area is
    that of NASA-STD-8719.14, its rules those of requirement 4.7-1 (docs/hazard.md).

    population: persons per km2 in the areas. containment: of the areas. ScenarioError for a flight without bodies, or numbers
    out of range.
    """
    for key, value, low, high in (
        ("--samples", samples, 20, 10**6),
        ("--population", population, 0, 1e5),
        ("containment", containment, 0.5, 0.9999),
    ):
        if value is not None and not low <= value <= high:
            raise refused(scenario, key, value, f"allowed: {low:g} to {high:g}")
    if scenario.vehicle is None:
        raise refused(scenario, "vehicle", "", "bodies need a vehicle")
    plan = ensemble.plan(scenario, samples, seed)
    nominal, n = plan.variants[0], plan.design.samples
    columns = plan.design.columns(slice(0, n))
    left_out = spread.apart(nominal, columns)
    columns = {name: x for name, x in columns.items() if name not in left_out and name != "branch"}
    notes = ["each body falls as one piece; what breaks up falls wider, and its casualty area is larger"]
    notes += [f"not dispersed here, as it needs an air of its own: {', '.join(left_out)}"] if left_out else []
    notes += ["flown as planned, without the branches of the scenario"] if len(plan.variants) > 1 else []
    case = spread.case_of(nominal, columns, n)
    asked = [name for name in ("module_separation", "heat_shield_jettison") if name in events_of(case)]
    flown = fly_many(case, keep=("state", "time"), events=asked)
    down = np.isin(flown.outcome, LANDED) & (frames.geodetic(flown.y[:, :3], flown.t, case.orientation)[2] < LOW)
    if not down.any():
        raise refused(scenario, "stop", "", "none of its flights comes down: hazards need one that does")
    bodies = []
    parts = scenario.vehicle.parts if scenario.separation is not None else ()
    if parts:
        states = flown.events["module_separation"]
        for part in parts:
            bodies.append(module(scenario, case, nominal.case, part, states, seed, containment))
    if "heat_shield_jettison" in asked:
        bodies.append(shield(scenario, case, flown.events["heat_shield_jettison"], seed, containment))
    if not columns:
        notes.append("the scenario disperses nothing: every flight is the same, and no area can be drawn")
    if not bodies:
        notes.append("the vehicle leaves no body behind that its file names")
    y = np.where(down[:, None], flown.y, np.nan)
    d = scenario.vehicle.descent
    area = d.area.si if d.area is not None else 0.0
    bodies.append(body(DESCENT, d.mass.si, area, "touchdown", case, y, np.where(down, flown.t, np.nan), None, containment))
    return Hazard(scenario, nominal.case, tuple(bodies), n, seed, population, tuple(notes))


def module(scenario, case, planned, part, states, seed: int, containment: float) -> Body:
    """A module pushed off at the separation, in any direction."""
    n = len(states)
    drawn = np.random.default_rng([seed, *part.name.encode()])
    axis = drawn.normal(size=(n, 3))
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    speed = SPEED if part.separation_speed is None else part.separation_speed.si
    push = axis * (speed * drawn.uniform(*SPEED_SPREAD, n))[:, None]
    factor = TUMBLING ** drawn.uniform(-1.0, 1.0, n)
    y = states[:, 1:].copy()
    y[:, 3:6] += push
    leg = falling(scenario, part.name, part.mass.si, part.area.si, part.drag_coefficient.si * factor)
    end, t = fallen(case, leg, y, states[:, 0])
    apart = recontact(scenario, planned, part, speed)
    return body(part.name, part.mass.si, part.area.si, "module_separation", case, end, t, apart, containment)


def shield(scenario, case, states, seed: int, containment: float) -> Body:
    """The heat shield, from where it is let go under the canopy."""
    drawn = np.random.default_rng([seed, *b"heat_shield"])
    h, d = scenario.vehicle.heat_shield, scenario.vehicle.descent
    factor = TUMBLING ** drawn.uniform(-1.0, 1.0, len(states))
    leg = falling(scenario, "heat_shield", h.mass.si, d.area.si, SHIELD_DRAG * factor)
    end, t = fallen(case, leg, states[:, 1:].copy(), states[:, 0])
    return body("heat_shield", h.mass.si, d.area.si, "heat_shield_jettison", case, end, t, None, containment)


def falling(scenario, name: str, mass: float, area: float, drag) -> Leg:
    """The fall of a body to the ground."""
    row = {"area": area, "cd": drag, "density_factor": scenario.atmosphere.density_factor.si}
    ground = Stop("altitude", terrain_of(scenario), -1, "parts_impact", "impacted")
    return Leg(
        name,
        row=row,
        set_mass=mass,
        in_air=True,
        method=AIR_METHOD,
        tolerance=ENTRY_TOLERANCE,
        duration=LONG,
        then="in_orbit",
        stops=(ground,),
    )


def fallen(case, leg: Leg, y: np.ndarray, t: np.ndarray):
    """(state, time) at the ground, NaN where the body was not left or did not come down; each in the air of its own flight."""
    n = len(t)
    left = np.flatnonzero(np.isfinite(t))
    end, when = np.full((n, y.shape[1]), np.nan), np.full(n, np.nan)
    if not len(left):
        return end, when
    if "own_air" in case.legs[-1].row:
        leg = replace(leg, row=leg.row | {"own_air": np.arange(1.0, n + 1)})
    result = legs_.fly_leg(legs_.pick(leg, left, n), case.world, y[left], t[left], peaks=False)
    hit = result.ended == 0
    end[left[hit]], when[left[hit]] = result.y[hit], result.t[hit]
    return end, when


def body(name, mass, area, separation, case, y, t, apart, containment: float) -> Body:
    """A body of its ends (n, 10), t (n,)."""
    n = len(t)
    latitude, longitude, speed = np.full((3, n), np.nan)
    down = np.isfinite(t)
    if down.any():
        latitude[down], longitude[down], _ = frames.geodetic(y[down, :3], t[down], case.orientation)
        speed[down] = frames.velocity_angles(y[down, :3], y[down, 3:6], t[down], case.orientation)[0]
    polygon, held, inside = area_of(latitude[down], longitude[down], containment)
    away = land.distance(polygon) if len(polygon) else None
    return Body(name, mass, area, separation, latitude, longitude, t, speed, apart, polygon, held, inside, away)


def area_of(latitude: np.ndarray, longitude: np.ndarray, containment: float):
    """(corners (m, 2), containment that holds with 95 % confidence, part of the points inside): the convex hull of the inner
    points about their middle, of as many as are needed for the share of further points to be the containment at least
    (Clopper & Pearson 1934); of all, with what they can say, where they are too few."""
    from scipy.spatial import ConvexHull, QhullError

    n = len(latitude)
    if n < 3:
        return np.empty((0, 2)), 0.0, 0.0
    middle = float(np.median(latitude)), float(np.median(longitude))
    points = np.stack(geodesy.plane_about(*middle, latitude, longitude), axis=1)
    centred = points - points.mean(axis=0)
    far = np.einsum("ij,ij->i", centred, np.linalg.solve(np.cov(centred.T) + 1e-6 * np.eye(2), centred.T).T)
    order = np.argsort(far, kind="stable")
    count = next((k for k in range(int(np.ceil(containment * n)), n + 1) if confidence.share(k, n).low >= containment), n)
    east = (longitude - middle[1] + np.pi) % (2 * np.pi) - np.pi
    flat = np.stack([east, latitude - middle[0]], axis=1)  # straight edges in longitude and latitude, as GeoJSON has them
    try:
        hull = ConvexHull(flat[order[:count]])
    except QhullError:  # all in one place or on one line: nothing is dispersed
        return np.empty((0, 2)), 0.0, 0.0
    inside = np.all(hull.equations[:, :2] @ flat.T + hull.equations[:, 2:] <= 1e-12, axis=0)
    corners = flat[order[:count]][hull.vertices][:, ::-1] + middle
    held = containment if confidence.share(count, n).low >= containment else confidence.share(count, n).low
    return corners, float(held), float(inside.mean())


def recontact(scenario, planned, part, speed: float) -> dict:
    """direction of the push -> how near the part comes to the descent module again, later than LATER s after they parted, m."""
    flown = fly(planned, history=True)
    mark = next((m for m in flown.marks[0] if m.name == "module_separation"), None)
    if mark is None:
        return {}
    kept = []
    for leg, result, _ in flown.stretches:
        if result.t[0] > mark.t and not leg.parachute:
            kept.append(result.history[0, : result.history_count[0]])
    ours = np.vstack(kept)
    ours = ours[(ours[:, 0] > mark.t + LATER) & np.concatenate([[True], np.diff(ours[:, 0]) > 1e-9])]
    r, v = mark.y[:3], mark.y[3:6]
    normal = np.cross(r, v) / np.linalg.norm(np.cross(r, v))
    up = r / np.linalg.norm(r)
    axes = np.array([np.cross(normal, up), normal, up])
    y = np.repeat(mark.y[None], len(DIRECTIONS), axis=0)
    y[:, 3:6] += speed * np.array(list(DIRECTIONS.values())) @ axes
    leg = falling(scenario, part.name, part.mass.si, part.area.si, part.drag_coefficient.si)
    result = legs_.fly_leg(leg, planned.world, y, np.full(len(y), mark.t), history_step=1.0, peaks=False)
    out = {}
    for k, name in enumerate(DIRECTIONS):
        path = result.history[k, : result.history_count[k]]
        path = path[np.concatenate([[True], np.diff(path[:, 0]) > 1e-9])]
        t = ours[ours[:, 0] <= path[-1, 0], 0]
        there = np.stack([np.interp(t, path[:, 0], path[:, i]) for i in (1, 2, 3)], axis=1)
        out[name] = float(np.min(np.linalg.norm(there - ours[: len(t), 1:4], axis=1)))
    return out
