"""What is there and what it holds: list, show, check."""

from __future__ import annotations

import sys

from trajectory.commands.common import BAD_INPUT, GOOD


def version() -> int:
    import trajectory
    from trajectory.leg import kernel_name

    print(f"trajectory {trajectory.__version__}, kernel {kernel_name()}")
    return GOOD


def list_(_) -> int:
    from trajectory import catalogue

    rows = catalogue.names()
    width = max(len(name) for name, _ in rows)
    for name, summary in rows:
        print(f"{name:<{width}}  {summary}")
    return GOOD


def show(given) -> int:
    from trajectory import airframe, scenario
    from trajectory.report import tables

    console = tables.console()
    kind = kind_of(given.scenario)
    if kind != "scenario" and not given.overrides:
        loaded = scenario.load_alone(given.scenario, kind, model_of(kind))
        vehicle = loaded if kind == "vehicle" else None
        console.print(tables.show(scenario.describe(loaded)))
    else:
        loaded = scenario.load(given.scenario, given.overrides)
        console.print(tables.show(scenario.describe(loaded)))
        grades = ", ".join(f"{n} {grade}" for grade, n in loaded.grades().items())
        console.print(f"{loaded.name}: {grades}")
        vehicle = loaded.vehicle
    if vehicle is not None:
        console.print(tables.aerodynamics(airframe.report(vehicle.descent, given.scenario)))
    return GOOD


def model_of(kind: str):
    """The model that a file of a kind of catalogue.FOLDERS is read into."""
    from trajectory import calendar, schema, zones
    from trajectory.cooling.section import Cooling
    from trajectory.uncertainty import Dispersion
    from trajectory.vehicle import Vehicle

    models = {"scenario": schema.ScenarioSections, "vehicle": Vehicle, "site": zones.SiteFile, "zones": zones.Zones,
              "atmosphere": schema.Atmosphere, "dispersion": Dispersion, "cooling": Cooling,
              "calendar": calendar.CalendarFile}  # fmt: skip
    return models[kind]


def kind_of(name_or_path: str) -> str:
    """Of which kind a name of the catalogue is, or a file: the one that knows most of its keys; a scenario in doubt."""
    from trajectory import catalogue, scenario
    from trajectory.defects import ScenarioError

    if not (name_or_path.endswith(".toml") or "/" in name_or_path):
        return next((kind for kind in catalogue.FOLDERS if name_or_path in catalogue.known(kind)), "scenario")
    try:
        keys = set(scenario.read_tables(catalogue.find(name_or_path))) - {"schema", "extends", "name", "summary"}
    except (catalogue.NotInCatalogue, ScenarioError):
        return "scenario"  # which says what is wrong

    def known(kind: str) -> int:
        return len(keys & {f.alias or name for name, f in model_of(kind).model_fields.items()})

    return max(catalogue.FOLDERS, key=known)


def check(given) -> int:
    from trajectory import case, scenario
    from trajectory.catalogue import NotInCatalogue
    from trajectory.defects import ScenarioError

    status = GOOD
    for file in given.files:
        kind = kind_of(file)
        try:
            if kind == "scenario":
                loaded = scenario.load(file)
                case.build(loaded)
                what = f"scenario, {sum(loaded.grades().values())} values"
            else:
                scenario.load_alone(file, kind, model_of(kind))
                what = f"{kind} file"
        except (ScenarioError, NotInCatalogue) as problem:
            print(problem, file=sys.stderr)
            status = BAD_INPUT
        else:
            print(f"{file}: a valid {what}")
    return status
