"""A flight as users see it: events, touchdown, peaks and history, in words and the units of the doors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from trajectory import constants, exposure, frames, geodesy, leg, six_degrees
from trajectory import flight as flights
from trajectory.columns import COLUMNS
from trajectory.flight import Flown
from trajectory.status import FAILED, OUTCOMES, FlightError

G0 = constants.STANDARD_GRAVITY


@dataclass(frozen=True, eq=False)
class Flight:
    """One nominal flight of a scenario. Frozen; a notebook shows its tables.

    Units stand in the keys (`altitude_m`, `latitude_deg`, `load_factor_g`). Latitude and altitude are geodetic, over WGS84
    unless the scenario sets an ellipsoid; speed, flight-path angle and azimuth are relative to the turning Earth, `inertial_`
    ones are not; load factors are sensed accelerations over 9.80665 m/s2. `elapsed_s` counts SI seconds from the case epoch,
    the ignition where there is one. Equations and sources: docs/models.md; what the words mean: CONVENTIONS.md.

    `touchdown` is None where nothing came down; `aim` where there was nothing to find; `peak` holds the greatest load, heat
    flux and dynamic pressure of the entry.
    """

    scenario: object
    outcome: str  # of status.OUTCOMES
    events: tuple[dict, ...]  # in order of time; the keys of summary.json
    touchdown: dict | None
    peak: dict
    heat_load_j_m2: float
    parts: tuple[dict, ...]  # modules left behind: name and where they fell
    aim: dict | None  # what aiming found and by how much it missed
    notes: tuple[str, ...]
    flown: Flown
    exposure: exposure.Exposure = exposure.NOTHING
    rotation: six_degrees.SixDegrees | None = None  # the same flight with six degrees of freedom, where it is asked for
    cooled: object | None = None  # cooling.block.Cooled

    @property
    def case(self):
        return self.flown.case

    def event(self, name: str) -> dict:
        """The first event of that name; KeyError if it did not happen."""
        for e in self.events:
            if e["name"] == name:
                return e
        raise KeyError(f"no event {name!r}; there are {', '.join(e['name'] for e in self.events)}")

    @cached_property
    def history(self):
        """xarray.Dataset of n states along `time`: the columns of columns.COLUMNS (n,), with unit and meaning in their
        attributes; `position` (n, 3) in m and `velocity` (n, 3) in m/s, GCRS."""
        return history_of(self)

    def to_ephem(self):
        """The flight as a poliastro (boinor) Ephem in GCRS, of the states of `history`; with astropy units."""
        from trajectory import orbit

        h = self.history
        return orbit.to_ephem(
            h["position"].values, h["velocity"].values, self.case.epoch, h["elapsed_s"].values
        )

    def plot(self):
        """A matplotlib Figure of altitude, speed, load and heat flux against time."""
        from trajectory.report import plots

        return plots.timeline(self)

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from trajectory.report import notebook

        return notebook.flight(self)

    def summary(self) -> dict:
        """The `flight` of summary.json."""
        out = {
            "outcome": self.outcome, "meaning": OUTCOMES[self.outcome], "events": list(self.events),
            "touchdown": self.touchdown, "peak": self.peak, "heat_load_j_m2": self.heat_load_j_m2,
        }  # fmt: skip
        out |= self.exposure.blocks
        if self.rotation is not None:
            out["rotation"] = self.rotation.block
        out["legs"] = legs_of(self)
        if self.parts:
            out["parts"] = list(self.parts)
        if self.aim is not None:
            out["aim"] = self.aim
        guided = guidance_of(self.case, self.flown)
        if guided is not None:
            out["guidance"] = guided
        if self.notes:
            out["notes"] = list(self.notes)
        return out


def fly(scenario) -> Flight:
    """Aim where the scenario leaves something to be found (ignition, reversal, first side), and fly its nominal flight.

    Aiming is least squares on the landing point, without dispersion; what could not be reached is told in `Flight.aim`. The
    flight integrates the equation of motion by embedded Runge-Kutta pairs (Hairer, Norsett & Wanner 1993) in the kernel.

    Raises ScenarioError for a scenario that cannot be flown, FlightError for a flight without a physical answer.
    """
    return aimed_flight(settled(scenario))


def aimed_flight(scenario) -> Flight:
    from trajectory import targeting

    found = targeting.aimed(scenario)
    return flight_of(scenario, found.case, found.to_dict() if found.solved else None)




def settled(scenario):
    """The scenario with the undocking that its cabin's decision picks, where it asks for that; itself otherwise."""
    held = scenario.cooling
    if held is None or held.decision is None or held.decision.flies == "as_written":
        return scenario
    flown = aimed_flight(scenario)
    block = flown.cooled.block.get("decision")
    if block is None or flown.touchdown is None:
        return scenario
    lengths = {p["name"]: p["free_flight_s"] for p in block["profiles"]}
    name = block["profile"] or min(lengths, key=lengths.get)
    at = frames.utc(flown.case.epoch, flown.touchdown["elapsed_s"] - lengths[name])
    why = f"the profile {name!r}, chosen by the cabin's limits with {block['confidence']:g} confidence"
    return scenario.replace(undocking__at={"value": str(at), "source": why, "grade": "derived"},
                            cooling__decision__flies="as_written")  # fmt: skip


def summary(flight: Flight, ensemble=None, linear: dict | None = None) -> dict:
    """The content of summary.json: everything a rerun can be held against. ensemble: of the same scenario, if it was flown;
    linear: its ellipse by the linear theory."""
    import trajectory

    scenario = flight.scenario
    out = {
        "schema": 1, "scenario": scenario.name, "title": scenario.title or scenario.name, "version": trajectory.__version__,
        "scenario_sha256": scenario.sha256, "seed": 0 if ensemble is None else ensemble.plan.design.seed,
        "kernel": leg.kernel_name(), "flight": flight.summary(), "grades": scenario.grades(),
    }  # fmt: skip
    if ensemble is not None:
        out["ensemble"] = {**ensemble.summary(), "linear": linear}
    return out if flight.cooled is None else out | {"cooling": flight.cooled.block}


def flight_of(scenario, case, aim: dict | None = None) -> Flight:
    """Fly a case of one row, history and all. Raises FlightError where there is no physical answer."""
    flown = flights.fly(case, history=True)
    outcome = str(flown.outcome[0])
    if outcome in FAILED:
        at = flown.stretches[-1][0].name
        raise FlightError(f"the flight {scenario.name} failed on the leg {at!r}: {OUTCOMES[outcome]}")
    marks = list(flown.marks[0])
    events = [event_of(case, m.name, m.t, m.y, m.leg, m.row) for m in marks]
    events += peak_events(case, flown)
    if case.undocking is not None:
        y, t = case.undocking
        first = flown.stretches[0]
        events.append(event_of(case, "undocking", t, y, first[0], first[1].rows[0]))
    events += jets_lost(case, flown)
    events += edge_events(case, flown, events)
    exposed = exposure.of(scenario, flown)
    turned = six_degrees.of(scenario, flown)
    if scenario.heating.model != "sutton-graves" and "heating" in exposed.blocks:
        events = [e for e in events if e["name"] != "peak_heating"]  # the kernel's, of its own model
    events += [event_of(case, name, *exposure.state_at(flown, when)) for name, when in exposed.marks]
    events.sort(key=lambda e: (e["elapsed_s"], ORDER.get(e["name"], 0)))
    cooled = None
    if scenario.cooling is not None:
        from trajectory.cooling import block

        cooled = block.of(scenario, case, events, exposed=exposed)
    touchdown = None
    last = next((e for e in reversed(events) if e["name"] == "touchdown"), None)
    if last is not None:
        touchdown = touchdown_of(case, flown, last)
    return Flight(
        scenario=scenario, outcome=outcome, events=tuple(events), touchdown=touchdown,
        peak=peak_of(flown) | peak_chosen(scenario, exposed), heat_load_j_m2=heat_load_of(scenario, flown, exposed),
        parts=parts_of(case, flown), aim=aim, flown=flown,
        notes=(*case.notes, *cut_short(flown), *exposed.notes, *(() if turned is None else turned.notes),
               *(() if cooled is None else cooled.block["notes"])),
        exposure=exposed, rotation=turned, cooled=cooled,
    )  # fmt: skip


def jets_lost(case, flown: Flown) -> list[dict]:
    """`jets_lost`, where the roll jets failed or ran dry: the state at the cycle in which they did."""
    for on, found, _ in flown.stretches:
        lost = found.memory[0, leg.MEMORY.index("jets_lost")]
        if on.computer.law != "none" and lost:
            log = found.log[0, : int(found.log_count[0])]
            k = max(int(np.searchsorted(log[:, 0], lost, side="right")) - 1, 0)
            return [event_of(case, "jets_lost", log[k, 0], log[k, 1:11], on, found.rows[0])]
    return []


def peak_chosen(scenario, exposed) -> dict:
    """The greatest flux of the scenario's model where it is not the kernel's own."""
    if scenario.heating.model == "sutton-graves" or "heating" not in exposed.blocks:
        return {}
    return {"heat_flux_w_m2": exposed.blocks["heating"]["peak_convective_w_m2"]}


def heat_load_of(scenario, flown: Flown, exposed) -> float:
    """J/m2, of the scenario's model; the kernel's own is integrated with the state."""
    if scenario.heating.model == "sutton-graves" or "heating" not in exposed.blocks:
        return number(flown.y[0, 8])
    return exposed.blocks["heating"]["convective_load_j_m2"]


def cut_short(flown: Flown) -> list[str]:
    """A sentence for each leg whose history ran out of room."""
    return [
        f"the history of the leg {on.name!r} is cut after {found.history.shape[1]} states: ask for a longer output step"
        for on, found, _ in flown.stretches
        if found.history.shape[0] and found.history_count[0] >= found.history.shape[1]
    ]


def edge_events(case, flown: Flown, events: list[dict]) -> list[dict]:
    """`start` of a flight without a burn (it is the entry interface, too, where it lies there), and `end` where no event
    of its own marks it."""
    named, out = {e["name"] for e in events}, []
    on, first, _ = flown.stretches[0]
    if "deorbit_ignition" not in named:
        begin = (case.start_time[0], case.start[0], on, first.rows[0])
        out.append(event_of(case, "start", *begin))
        if "entry_interface" not in named and abs(out[0]["altitude_m"] - case.entry_interface) < 1.0:
            out.append(event_of(case, "entry_interface", *begin))
    if not any(abs(e["elapsed_s"] - flown.t[0]) < 1e-5 for e in events):
        on, last, _ = flown.stretches[-1]
        out.append(event_of(case, "end", flown.t[0], flown.y[0], on, last.rows[0]))
    return out


def legs_of(flight: Flight) -> list[dict]:
    """Each leg that was flown: when it ended, what ended it, by how much that was missed, and the steps it took."""
    out = []
    for on, found, _ in flight.flown.stretches:
        ended = int(found.ended[0])
        stop = on.stops[ended] if ended >= 0 else None
        out.append({
            "name": on.name, "ended_s": number(found.t[0]), "ended_by": "time" if stop is None else stop.quantity,
            "residual": 0.0 if stop is None else float(f"{found.residual[0]:.3e}"), "steps": int(found.steps[0]),
        })  # fmt: skip
    return out


ORDER = {"start": -3, "undocking": -2, "deorbit_ignition": -1, "end": 1}


def views(case, t, y) -> dict[str, np.ndarray]:
    """Latitude ... azimuth of states (n, 10) at times (n,), in degrees and metres."""
    r, v = y[:, :3], y[:, 3:6]
    latitude, longitude, altitude = frames.geodetic(r, t, case.orientation)
    speed, angle, azimuth = frames.velocity_angles(r, v, t, case.orientation)
    inertial_speed, inertial_angle, _ = frames.velocity_angles(r, v, t, case.orientation, relative=False)
    degrees = np.degrees
    return {
        "latitude": degrees(latitude), "longitude": (degrees(longitude) + 180) % 360 - 180, "altitude": altitude,
        "speed": speed, "inertial_speed": inertial_speed, "flight_path_angle": degrees(angle),
        "inertial_flight_path_angle": degrees(inertial_angle), "azimuth": degrees(azimuth) % 360,
    }  # fmt: skip


def load_of(felt) -> np.ndarray:
    return np.sqrt(sum(felt[f"sensed_{axis}"] ** 2 for axis in "xyz")) / G0


def event_of(case, name, t, y, on: leg.Leg, row) -> dict:
    """An event as summary.json holds it."""
    y, t = np.asarray(y, float)[None, :], np.array([float(t)])
    seen = views(case, t, y)
    felt = leg.feel(on, case.world, y, t, row)
    return {
        "name": name, "time_utc": str(frames.utc(case.epoch, t[0])), "elapsed_s": number(t[0]),
        "altitude_m": number(seen["altitude"]), "latitude_deg": number(seen["latitude"], 9),
        "longitude_deg": number(seen["longitude"], 9), "speed_m_s": number(seen["speed"]),
        "inertial_speed_m_s": number(seen["inertial_speed"]),
        "flight_path_angle_deg": number(seen["flight_path_angle"], 6),
        "inertial_flight_path_angle_deg": number(seen["inertial_flight_path_angle"], 6),
        "azimuth_deg": number(seen["azimuth"], 6), "mass_kg": number(y[0, 6]), "load_factor_g": number(load_of(felt), 6),
    }  # fmt: skip


def number(value, digits: int = 6) -> float:
    """A float rounded to what the flight can mean: a micrometre, a microsecond, a nanodegree."""
    value = round(float(np.ravel(value)[0]), digits)
    return 0.0 if value == 0 else value


def peak_events(case, flown: Flown) -> list[dict]:
    """peak_load and peak_heating of the entry."""
    out = []
    for name, i in (("peak_load", 0), ("peak_heating", 1)):
        value, t, y = flown.peaks[0, i, 0], flown.peaks[0, i, 1], flown.peaks[0, i, 2:]
        if value <= 0:
            continue
        for on, result, _ in flown.stretches:
            if on.feels_entry and result.peaks[0, i, 0] == value:
                out.append(event_of(case, name, t, y, on, result.rows[0]))
                break
    return out


def peak_of(flown: Flown) -> dict:
    """Greatest load, heat flux and dynamic pressure of the entry, and the load when the canopies open."""
    canopy = [r.peaks[0, 0, 0] for on, r, _ in flown.stretches if on.parachute and not on.thrust]
    load, flux, pressure = (float(x) for x in flown.peaks[0, :, 0])
    out = {
        "load_factor_g": number(load / G0),
        "heat_flux_w_m2": number(flux),
        "dynamic_pressure_pa": number(pressure),
    }
    if canopy:
        out["canopy_load_factor_g"] = number(max(canopy) / G0)
    return out


def touchdown_of(case, flown, event: dict) -> dict:
    t, y = np.array([flown.t[0]]), flown.y[:1]
    up = frames.local_horizon(y[:, :3], t, case.orientation)[2]
    relative = frames.relative_velocity(y[:, :3], y[:, 3:6], case.orientation)
    vertical = float(np.sum(relative * up, axis=-1)[0])
    horizontal = float(np.linalg.norm(relative - vertical * up, axis=-1)[0])
    out = {k: event[k] for k in ("time_utc", "elapsed_s", "latitude_deg", "longitude_deg", "altitude_m")}
    out |= {"vertical_speed_m_s": number(vertical), "horizontal_speed_m_s": number(horizontal)}
    if case.target is not None:
        out["target_distance_m"] = number(geodesy.distance(
            *case.target, np.radians(event["latitude_deg"]), np.radians(event["longitude_deg"])), 3)  # fmt: skip
    return out


def parts_of(case, flown) -> tuple[dict, ...]:
    out = []
    for name, result in flown.parts:
        seen = views(case, result.t, result.y)
        out.append({"name": name, "time_utc": str(frames.utc(case.epoch, result.t[0])), "elapsed_s": number(result.t[0]),
                    "latitude_deg": number(seen["latitude"], 9), "longitude_deg": number(seen["longitude"], 9),
                    "speed_m_s": number(seen["speed"])})  # fmt: skip
    return tuple(out)


def states_of(flight: Flight) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """(times (n,) s, states (n, 10), {column: (n,)}) kept along the way: one stretch after another, each ending where the next
    begins."""
    case = flight.case
    times, states, columns = [], [], []
    for on, result, _ in flight.flown.stretches:
        kept = result.history[0, : int(result.history_count[0])]
        t = np.append(kept[:, 0], result.t[0])
        y = np.vstack([kept[:, 1:], result.y[:1]])
        fresh = np.append(np.diff(t) > 1e-6, True) if len(t) > 1 else np.array([True])
        t, y = t[fresh], y[fresh]
        if len(t) < 2 and len(times):
            continue
        felt = leg.feel(on, case.world, y, t, result.rows)
        rows = dict(zip(leg.ROW, result.rows[0], strict=True))
        bank, command = leg.banks(on, result, rows, t)
        times.append(t)
        states.append(y)
        columns.append({
            "airspeed": felt["speed"], "load_factor": load_of(felt), "dynamic_pressure": felt["dynamic_pressure"],
            "heat_flux": felt["heat_flux"], "mach": felt["mach"], "density": felt["density"],
            "drag_coefficient": felt["drag_coefficient"], "lift_coefficient": felt["lift_coefficient"] * on.lift,
            "bank": (bank + 180) % 360 - 180, "bank_command": command,
        })  # fmt: skip
    t, y = np.concatenate(times), np.vstack(states)
    data = views(case, t, y) | {k: np.concatenate([c[k] for c in columns]) for k in columns[0]}
    data |= {"mass": y[:, 6], "apparent_velocity": y[:, 7], "heat_load": y[:, 8]}
    return t, y, data


def history_of(flight: Flight):
    """The states kept along the way, as a CF trajectory."""
    import xarray as xr

    case = flight.case
    t, y, data = states_of(flight)
    r, v = frames.state_from_case(y[:, :3], y[:, 3:6], "GCRS", t, case.orientation)
    time = np.array([s[:-1] for s in np.atleast_1d(frames.utc(case.epoch, t))], dtype="datetime64[ns]")
    unique = np.append(True, np.diff(t) > 0)
    variables = {k: ("time", x[unique], attributes(k)) for k, x in data.items()}
    variables["position"] = (("time", "axis"), r[unique], attributes("position"))
    variables["velocity"] = (("time", "axis"), v[unique], attributes("velocity"))
    variables["trajectory"] = ((), flight.scenario.name, {"cf_role": "trajectory_id", "units": "1"})
    along = {}
    if flight.cooled is not None:
        from trajectory.cooling import history

        more, along = history.variables(flight.cooled)
        variables |= more
    return xr.Dataset(
        variables,
        coords={
            **along,
            "time": ("time", time[unique], {"standard_name": "time", "long_name": "UTC"}),
            "elapsed_s": ("time", t[unique], {"units": "s", "long_name": "seconds since the epoch of the case"}),
            "axis": ("axis", ["x", "y", "z"]),
        },
        attrs={"Conventions": "CF-1.11", "featureType": "trajectory", "title": flight.scenario.title or flight.scenario.name,
               "epoch": case.epoch},
    )  # fmt: skip


def guidance_of(case, flown: Flown) -> dict | None:
    """What the flight computer and its jets did."""
    guided = [(on, found) for on, found, _ in flown.stretches if on.computer.law != "none"]
    if not guided:
        return None
    on = guided[0][0]
    end = dict(zip(leg.MEMORY, guided[-1][1].memory[0], strict=True))
    out = {"law": on.computer.law, "cycle_s": on.computer.cycle, "jet_propellant_kg": number(flown.jets[0]),
           "jets_lost_s": number(end["jets_lost"]) if end["jets_lost"] else None}  # fmt: skip
    log = guided[0][1].log[0, : int(guided[0][1].log_count[0])]
    if len(log):
        i = 1 + len(leg.STATE)
        size = np.degrees(log[:, i + leg.MEMORY.index("size")])
        out |= {"bank_least_deg": number(size.min(), 3), "bank_most_deg": number(size.max(), 3)}
    return out


def attributes(name: str) -> dict:
    column = COLUMNS[name]
    return {"units": column.unit, "long_name": column.meaning, "symbol": column.symbol}
