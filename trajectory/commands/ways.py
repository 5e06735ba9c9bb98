"""Every way home: compare, opportunities, burns, calendar, hazard."""

from __future__ import annotations

import sys
from pathlib import Path

from trajectory.commands.common import BAD_INPUT, GOOD, busy, status_of


def compare(given) -> int:
    """Options that can be flown are compared; those that cannot are named, and the status says so."""
    import difflib
    import json

    from trajectory import availability, metrics, scenario
    from trajectory import compare as side
    from trajectory.catalogue import NotInCatalogue
    from trajectory.defects import ScenarioError

    for name in given.weights:
        if name not in metrics.METRICS:
            near = difflib.get_close_matches(name, metrics.METRICS, 1, 0.5)
            said = f"did you mean {near[0]}? " if near else ""
            print(f"error: --weights {name}: {said}allowed: {', '.join(metrics.METRICS)}", file=sys.stderr)
            return BAD_INPUT
    ways = availability.ways(given.calendar)
    loaded = []
    for name in given.scenarios:
        try:
            loaded.append((name, scenario.load(name)))
        except (ScenarioError, NotInCatalogue) as problem:
            loaded.append((name, problem))
    flyable = [s for _, s in loaded if not isinstance(s, Exception)]
    with busy(f"flying {len(flyable)} options"):
        flown = iter(side.options_of(flyable, given.samples, given.seed, given.workers, ways))
    found = [(name, one if isinstance(one, Exception) else next(flown)) for name, one in loaded]
    options, left_out, worst = [], [], GOOD
    for name, one in found:
        if isinstance(one, Exception):
            print(f"{one}\n{name} is left out", file=sys.stderr)
            left_out.append({"scenario": name, "reason": str(one)})
            worst = max(worst, status_of(one))
        else:
            options.append(one)
    if not options:
        return worst
    found = side.together(options, given.samples, given.seed, left_out, given.weights)
    for one in found.left_out[len(left_out):]:
        print(f"{one['scenario']} is left out: {one['reason']}", file=sys.stderr)
        worst = BAD_INPUT
    if not found.options:
        return BAD_INPUT
    if given.out is not None or not given.json:
        from trajectory.report import folder, side_by_side

        out = Path(given.out) if given.out else Path.cwd() / "comparison"
        with folder.reserved(out) as place, busy("drawing and writing"):
            side_by_side.fill(place, found.content())
    if given.json:
        print(json.dumps(found.to_dict(), indent=1, allow_nan=False))
    else:
        from trajectory.report import tables

        console = tables.console(width=tables.width_of(len(found.options)))
        console.print(tables.comparison(found, console.width))
        print(f"report in {out / 'report.html'}")
    return worst


def opportunities(given) -> int:
    from trajectory import opportunities as search
    from trajectory import scenario

    loaded = scenario.load(given.scenario, given.overrides)
    with busy("looking for windows"):
        found = search.opportunities(loaded, given.days, given.site, given.order, given.soonest)
    return told(given, found, f"{loaded.name}-opportunities.png", "windows", 200)


def burns(given) -> int:
    from trajectory import faults, scenario

    loaded = scenario.load(given.scenario, given.overrides)
    with busy("aiming, and flying what may go wrong"):
        found = faults.burns(loaded)
    return told(given, found, f"{loaded.name}-burns.png", "burns", 190)


def told(given, found, picture: str, table: str, width: int) -> int:
    """What was found, as JSON or as a table of report.tables, and drawn."""
    import json

    if given.json:
        print(json.dumps(found.to_dict(), indent=1, allow_nan=False))
    else:
        from trajectory.report import tables

        tables.console(width=width).print(getattr(tables, table)(found))
    drawn(given, found, picture)
    return GOOD


def drawn(given, found, picture: str) -> None:
    """What was found as a picture: where `--out` says, else beside the table."""
    if given.out is None and given.json:
        return
    from trajectory.report import plots

    out = Path(given.out) if given.out else Path.cwd() / picture
    with busy("drawing"):
        plots.save(found.plot(), out)
    if not given.json:
        print(f"picture in {out}")


def calendar(given) -> int:
    import json

    from trajectory import calendar as station

    found = station.calendar(given.name)
    day = None if given.on is None else found.on(given.on)
    if given.json:
        print(json.dumps(found.to_dict() if day is None else day.to_dict(), indent=1, allow_nan=False))
    else:
        from trajectory.report import tables

        tables.console(width=170).print(tables.calendar(found) if day is None else tables.station(day))
    if given.out is not None or day is None:
        drawn(given, found, f"{found.name}.png")
    return GOOD


def hazard(given) -> int:
    import json

    from trajectory import hazard as below
    from trajectory import scenario

    loaded = scenario.load(given.scenario, given.overrides)
    with busy("following every body"):
        found = below.hazard(loaded, given.samples, given.seed, given.population)
    if given.json:
        print(json.dumps(found.to_dict(), indent=1, allow_nan=False))
    if given.out is not None or not given.json:
        from trajectory.report import areas_below, folder

        out = Path(given.out) if given.out else Path.cwd() / f"{loaded.name}-hazard"
        with folder.reserved(out) as place:
            areas_below.fill(place, found)
    if not given.json:
        from trajectory.report import tables

        tables.console(width=150).print(tables.hazard(found))
        print(f"results in {out}")
    return GOOD
