"""Landing zones: where a vehicle is let down, from files of zones and of sites; those without coordinates are listed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator

from trajectory import catalogue
from trajectory.defects import Defect, ScenarioError
from trajectory.scenario import load_alone
from trajectory.schema import Site
from trajectory.section import Described, Name, Section, Text, whole
from trajectory.units import Longitude, Speed, refuse

SAME = np.radians(0.05)  # of latitude and longitude: a site nearer to a zone is that zone


class Zone(Site):
    """A place to land. crossing: the longitudes of the equator crossing (ascending) before the landing for which it serves,
    from west to east; every pass where none are given."""

    crossing: tuple[tuple[Longitude, Longitude], ...] = ()
    most_wind: Speed | None = None

    @model_validator(mode="after")
    def _rising(self):
        if any(west.si >= east.si for west, east in self.crossing):
            refuse("crossing: the western and the eastern edge are due, rising")
        return self


class Missing(Section):
    """A zone that is known by name alone."""

    name: Name


class Zones(Described):
    """A file of zones."""

    surface: Literal["land", "water"] = "land"
    most_wind: Speed | None = None
    zone: tuple[Zone, ...] = ()
    missing: tuple[Missing, ...] = ()


class SiteFile(Site):
    """A file of a site, read alone."""

    schema_version: Annotated[whole(1, 1) | None, Field(alias="schema")] = None
    summary: Text | None = None


@dataclass(frozen=True)
class Places:
    """The zones of a question, in the order of their files, and those that cannot be asked about."""

    zones: tuple[Zone, ...]
    missing: tuple[tuple[str, str], ...]  # name, why
    surface: str  # land or water


def places(scenario, asked: str | None = None) -> Places:
    """The zones of the scenario's vehicle, or the one that is asked for: of the vehicle's, a file of zones, or a site.

    Without zones of the vehicle its scenario's site. ScenarioError for a name that is none, a zone without coordinates, and
    where there is none at all.
    """
    groups = [group(name, scenario) for name in (scenario.vehicle.zones if scenario.vehicle is not None else ())]
    surface = groups[0].surface if groups else "land"
    zones = [with_wind(zone, g) for g in groups for zone in g.zone]
    missing = [(m.name, m.note or "no coordinates are known") for g in groups for m in g.missing]
    if asked is not None:
        return Places(tuple(named(asked, zones, missing, scenario)), (), surface)
    own = scenario.site
    if own is not None and not any(same(own, zone) for zone in zones):
        zones.append(as_zone(own, own.name or "site"))
    if not zones and not missing:
        message = "is due: neither the vehicle nor the scenario names a place to land; --site NAME_OR_FILE gives one"
        raise ScenarioError(scenario.file, [Defect(str(scenario.file), "site", "", message)])
    return Places(tuple(zones), tuple(missing), surface)


def group(name: str, scenario) -> Zones:
    return load_alone(name, "zones", Zones, Path(scenario.file).parent if Path(scenario.file).is_file() else None)


def named(asked: str, zones, missing, scenario) -> list[Zone]:
    """The zone, the file of zones or the site of that name."""
    for zone in zones:
        if zone.name == asked:
            return [zone.model_copy(update={"crossing": ()})]
    for name, why in missing:
        if name == asked:
            raise ScenarioError(
                scenario.file, [Defect(str(scenario.file), "--site", f'"{asked}"', f"cannot be aimed at: {why}")]
            )
    if asked in catalogue.known("zones"):
        found = group(asked, scenario)
        if not found.zone:
            names = ", ".join(m.name for m in found.missing)
            message = f"none of these zones has published coordinates: {names}"
            raise ScenarioError(scenario.file, [Defect(str(scenario.file), "--site", f'"{asked}"', message)])
        return [with_wind(zone, found) for zone in found.zone]
    own = scenario.site
    if own is not None and own.name == asked:
        return [as_zone(own, asked)]
    try:
        catalogue.find(asked, "site")
    except catalogue.NotInCatalogue as error:
        message = str(error)
        if not (asked.endswith(".toml") or "/" in asked):
            files = [*catalogue.known("zones"), *catalogue.known("site")]
            known = dict.fromkeys([*(z.name for z in zones), *(name for name, _ in missing), *files])
            message = f"no zone, file of zones or site of that name{catalogue.nearest(asked, known)}; known: {', '.join(known)}"
        raise ScenarioError(scenario.file, [Defect(str(scenario.file), "--site", f'"{asked}"', message)]) from None
    site = load_alone(asked, "site", SiteFile)
    return [as_zone(site, site.name or Path(asked).stem)]


def as_zone(site: Site, name: str) -> Zone:
    kept = {key: getattr(site, key) for key in Site.model_fields if key != "schema_version"}
    return Zone.model_construct(**{**kept, "schema_version": None, "name": name, "crossing": (), "most_wind": None})


def with_wind(zone: Zone, of: Zones) -> Zone:
    return zone if zone.most_wind is not None else zone.model_copy(update={"most_wind": of.most_wind})


def same(site: Site, zone: Site) -> bool:
    """Whether two are one place under two roundings."""
    return abs(site.latitude.si - zone.latitude.si) < SAME and abs(site.longitude.si - zone.longitude.si) < SAME
