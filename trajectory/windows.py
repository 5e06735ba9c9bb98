"""Windows: when the deorbit burn may be lit, where that leads, in what light and hour; ranked by the criteria asked for."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np

from trajectory import frames
from trajectory.catalogue import nearest
from trajectory.defects import Defect, ScenarioError

# The station lives by UTC: woken at 06:00, asleep from 21:30 (NASA's daily timelines). A day with a landing is shifted to suit;
# by how much is decided for each flight, and not known here.
WAKE, SLEEP = 6.0, 21.5  # h
SUN_RIM = np.radians(-0.833)  # elevation of the Sun's centre at sunrise and sunset: its radius and usual refraction


@dataclass(frozen=True)
class Window:
    """One ignition that brings the nominal flight down in a zone. Times UTC; degrees, metres, seconds."""

    ignition_utc: str
    site: str
    revolution: int  # in which the burn is lit, from its ascending node
    equator_crossing_deg: float  # longitude of the last ascending node before the landing
    northward: bool  # whether the landing pass runs north
    miss_across_m: float  # how far to the zone's right the ground track of the orbit passes it; left negative
    reach_left_m: float | None  # how far to the left of that track the vehicle can land with its planned bank; None: any
    reach_right_m: float | None
    reach_used: float | None  # part of the reach on that side that the zone needs
    landing_miss_m: float  # what is left of it, by the nominal flight
    first_bank: str | None  # right or left
    reversal_m_s: float | None
    landing_utc: str
    landing_latitude_deg: float
    landing_longitude_deg: float
    wait_s: float  # from undocking (or the beginning of the span) to ignition
    free_flight_s: float  # from undocking (or ignition) to the landing
    peak_load_factor_g: float
    daylight: bool  # the Sun's upper rim is over the horizon at the landing
    sun_elevation_deg: float
    daylight_left_s: float | None  # until sunset; None: it is dark
    crew_day_h: float  # since the crew was woken, at the landing
    crew_awake: bool  # the landing falls into the crew's usual day
    wind_m_s: float | None  # at the landing, where the scenario gives wind
    wind_limit_m_s: float | None  # of the zone, where one is published
    wind_ok: bool | None
    ignition_until_utc: str | None = None  # "land": up to when every ignition is as good
    next_utc: str | None = None  # the next ignition, any zone, if this one is waved off
    next_wait_s: float | None = None
    next_same_site_utc: str | None = None


# criterion: (what is sorted by, meaning)
CRITERIA = {
    "soonest": (lambda w: w.landing_utc, "the earliest landing"),
    "daylight": (lambda w: not w.daylight, "landings in daylight before those in the dark"),
    "light": (lambda w: -(w.daylight_left_s or 0.0), "the longest light after the landing"),
    "awake": (lambda w: not w.crew_awake, "landings in the crew's usual day before others"),
    "fresh": (lambda w: w.crew_day_h, "the shortest time since the crew was woken"),
    "margin": (lambda w: 0.0 if w.reach_used is None else w.reach_used, "the least part of the reach across"),
    "zone": (lambda w: ZONE_LAST if w.site in ANYWHERE else 0, "zones before any land or water"),
    "free-flight": (lambda w: w.free_flight_s, "the shortest free flight"),
    "load": (lambda w: w.peak_load_factor_g, "the smallest load on the crew"),
    "wind": (lambda w: w.wind_ok is False, "wind within the zone's limit before wind beyond it"),
}
LANDED = ("landed", "impacted", "stopped")  # outcomes of a flight that came down
ANYWHERE = ("any-land", "any-water")
ZONE_LAST = 1
ORDER = ("soonest",)


def criteria(text: str | None, scenario=None) -> tuple[str, ...]:
    """The criteria of a list with commas, in the user's order. ScenarioError for a word that is none."""
    if text is None:
        return ORDER
    words = tuple(word.strip() for word in str(text).split(",") if word.strip())
    for word in words:
        if word not in CRITERIA:
            file = "the command line" if scenario is None else str(scenario.file)
            message = f"allowed: {', '.join(CRITERIA)}{nearest(word, CRITERIA)}"
            raise ScenarioError(file, [Defect(file, "--order", f'"{word}"', message)])
    return words or ORDER


@dataclass(frozen=True, eq=False)
class Windows:
    """The answer to `trajectory opportunities`: windows in the order of the criteria, and what is not among them."""

    scenario: object
    windows: tuple[Window, ...]
    out_of_reach: tuple[dict, ...]  # passes of a zone at which the vehicle cannot reach it
    missing: tuple[tuple[str, str], ...]  # zones without coordinates, and why
    zones: tuple  # zones that were asked about
    begin_utc: str
    days: float
    order: tuple[str, ...]
    orbit_epoch_utc: str
    counted_by: str  # whose count the revolutions are
    track: object  # passes.Track
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.windows)

    def __iter__(self):
        return iter(self.windows)

    def __getitem__(self, i):
        return self.windows[i]

    def to_dict(self) -> dict:
        """What `trajectory opportunities --json` prints."""
        return {
            "schema": 1,
            "scenario": self.scenario.name,
            "scenario_sha256": self.scenario.sha256,
            "begin_utc": self.begin_utc,
            "days": self.days,
            "order": list(self.order),
            "orbit_epoch_utc": self.orbit_epoch_utc,
            "revolutions_counted_by": self.counted_by,
            "windows": [asdict(w) for w in self.windows],
            "out_of_reach": list(self.out_of_reach),
            "missing": [{"site": name, "reason": why} for name, why in self.missing],
            "notes": list(self.notes),
        }

    def to_dataframe(self):
        """pandas.DataFrame, a row for each window; the times are timestamps."""
        import pandas as pd

        table = pd.DataFrame([asdict(w) for w in self.windows], columns=list(Window.__dataclass_fields__))
        for name in (c for c in table.columns if c.endswith("_utc")):
            table[name] = pd.to_datetime(table[name], utc=True)
        return table

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        from trajectory.report import notebook

        return notebook.windows(self)

    def plot(self):
        """A matplotlib Figure: ground tracks, zones and windows of the first day."""
        from trajectory.report import day

        return day.picture(self)


def ranked(found: list[Window], order: tuple[str, ...]) -> tuple[Window, ...]:
    """Windows by the criteria, the first deciding; among equals the earlier. Each knows the one that follows in time."""
    from dataclasses import replace

    by_time = sorted(found, key=lambda w: (w.ignition_utc, w.site))
    linked = []
    for i, w in enumerate(by_time):
        later = [x for x in by_time[i + 1 :] if x.ignition_utc > (w.ignition_until_utc or w.ignition_utc)]
        same = [x for x in later if x.site == w.site]
        after = later[0].ignition_utc if later else None
        wait = (
            None
            if after is None
            else float(
                (np.datetime64(after[:-1], "ms") - np.datetime64(w.ignition_utc[:-1], "ms")) / np.timedelta64(1000, "ms")
            )
        )
        linked.append(replace(w, next_utc=after, next_wait_s=wait, next_same_site_utc=same[0].ignition_utc if same else None))
    keys = [CRITERIA[word][0] for word in order]
    return tuple(sorted(linked, key=lambda w: (*(key(w) for key in keys), w.ignition_utc)))


def light(latitude: float, longitude: float, t: float, orientation) -> tuple[float, float | None]:
    """Elevation of the Sun, rad, and s until it sets; None where it is down. A Sun that does not set: a day."""
    later = t + np.arange(0.0, 86401.0, 120.0)
    elevation = frames.sun_elevation(np.full(later.shape, latitude), np.full(later.shape, longitude), later, orientation)
    if elevation[0] <= SUN_RIM:
        return float(elevation[0]), None
    down = np.flatnonzero(elevation <= SUN_RIM)
    if not len(down):
        return float(elevation[0]), 86400.0
    k = down[0]
    share = (elevation[k - 1] - SUN_RIM) / (elevation[k - 1] - elevation[k])
    return float(elevation[0]), float(120.0 * (k - 1 + share))


def ground_speed(state, t: float, orientation) -> float:
    """m/s over the ground, level, at a state: what the wind carries a canopy with."""
    speed, angle, _ = frames.velocity_angles(state[:3], state[3:6], t, orientation)
    return float(speed * np.cos(angle))
