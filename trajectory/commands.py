"""What each command does: calls of the package, then tables, JSON and files. No physics here."""

from __future__ import annotations

import math
import re
import sys
from contextlib import contextmanager
from pathlib import Path

GOOD, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def status_of(problem: Exception) -> int | None:
    """Exit status of a problem that is the user's or the flight's; None for a defect of ours."""
    from trajectory.catalogue import NotInCatalogue
    from trajectory.defects import ScenarioError
    from trajectory.status import FlightError

    if isinstance(problem, (ScenarioError, NotInCatalogue)):
        return BAD_INPUT
    if isinstance(problem, FlightError):
        return FAILED
    if type(problem).__name__ in ("FolderError", "UnknownCase", "NoLift", "ClusterError", "UnknownKernel", "NoTail"):
        return BAD_INPUT
    return None


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
        try:
            loaded = scenario.load(file)
            case.build(loaded)
        except (ScenarioError, NotInCatalogue) as problem:
            print(problem, file=sys.stderr)
            status = BAD_INPUT
        else:
            print(f"{file}: a valid scenario, {sum(loaded.grades().values())} values")
    return status


def run(given) -> int:
    import json

    from trajectory import result, scenario

    loaded = scenario.load(given.scenario, given.overrides)
    if given.samples is not None:
        return run_many(given, loaded)
    if given.json:
        with busy("aiming and flying"):
            text = json.dumps(result.summary(result.fly(loaded)), indent=1, allow_nan=False)
        print(text)
        return GOOD
    from trajectory.report import folder, tables

    out = Path(given.out) if given.out else Path.cwd() / loaded.name
    with folder.reserved(out) as place:
        with busy("aiming and flying"):
            flight = result.fly(loaded)
        with busy("drawing and writing"):
            folder.fill(place, flight, result.summary(flight))
    console = tables.console()
    console.print(tables.flight(flight))
    console.print(f"results in {out}", soft_wrap=True, highlight=False)
    return GOOD


def run_many(given, loaded) -> int:
    """An ensemble: its nominal flight, and the samples."""
    import json

    from trajectory import ensemble, result, sensitivity

    samples = given.samples
    if re.fullmatch(r"[0-9_]+", samples):
        samples = int(samples.replace("_", ""))
        if samples < 1:
            print("error: --samples 0: allowed is 1 or more, or a file", file=sys.stderr)
            return BAD_INPUT
    with busy("aiming"):
        plan = ensemble.plan(loaded, samples, given.seed)
        loaded = plan.scenario
        nominal = result.flight_of(loaded, plan.variants[0].case, plan.aim)
    if given.json and given.out is None:
        kept = {}
        for step in plan.ladder(given.until):
            kept |= dict(flown_with_bar(step, [k for k in range(step.chunks) if k not in kept], given))
            many = ensemble.Ensemble(step, ensemble.joined(kept))
            if given.until is not None and given.until.reached(many):
                break
        print(json.dumps(result.summary(nominal, many, sensitivity.linear(many)), indent=1, allow_nan=False))
        return GOOD
    from trajectory import store
    from trajectory.report import folder, tables

    out = Path(given.out) if given.out else Path.cwd() / loaded.name
    try:
        wanted = store.manifest(plan, loaded.name)
        with store.opened(out, wanted, given.resume) as place:
            for step in plan.ladder(given.until):
                for k, columns in flown_with_bar(step, store.missing(place, step), given):
                    store.write_chunk(place, step, k, columns)
                many = store.read(place, step)
                if given.until is not None and given.until.reached(many):
                    break
            wanted["samples"] = step.design.samples
            with busy("drawing and writing"):
                summary = result.summary(nominal, many, sensitivity.linear(many))
                folder.fill(place, nominal, summary, many)
    except KeyboardInterrupt:
        print(f"interrupted; the samples that were finished are kept in {out}: --resume goes on", file=sys.stderr)
        return INTERRUPTED
    if given.json:
        print(json.dumps(summary, indent=1, allow_nan=False))
        return GOOD
    console = tables.console()
    console.print(tables.flight(nominal))
    console.print(tables.ensemble(summary["ensemble"]))
    console.print(f"results in {out}", soft_wrap=True, highlight=False)
    return GOOD


def flown_with_bar(plan, wanted, given):
    """(k, columns) of chunks as they are done, with a bar on stderr where someone watches."""
    from contextlib import closing

    from trajectory import ensemble

    wanted = list(wanted)
    with closing(ensemble.chunks_flown(plan, wanted, given.workers, given.scheduler)) as done:
        if not sys.stderr.isatty() or not wanted:
            yield from done
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(),
                   TextColumn("{task.speed:,.0f} flights/s"), TimeRemainingColumn())  # fmt: skip
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            rows = sum(plan.rows(k).stop - plan.rows(k).start for k in wanted)
            task = progress.add_task(plan.scenario.name, total=rows)
            for k, found in done:
                progress.advance(task, len(found["outcome"]))
                yield k, found


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


def report(given) -> int:
    """The folder of `run` or `compare`, drawn again from what it holds and put in its place when whole."""
    import json

    from trajectory import result, scenario, store
    from trajectory.report import contents, folder, side_by_side

    out = Path(given.folder)
    if not out.is_dir():
        raise folder.FolderError(f"{out}: there is no such folder")
    content = contents.read(out / side_by_side.CONTENT)
    with busy("drawing and writing"):
        if content is not None:
            try:
                with folder.reserved(out) as place:
                    side_by_side.fill(place, content)
            except (KeyError, TypeError, IndexError) as problem:
                raise folder.FolderError(f"{out / side_by_side.CONTENT} is not whole: {problem}; compare again") from problem
            print(f"report in {out / 'report.html'}")
            return GOOD
        held = store.read_manifest(out)
        if held is not None:
            if not held["finished"]:
                raise folder.FolderError(f"{out} holds an ensemble that is not finished; go on with run --resume")
            store.redraw(out)
        else:
            try:
                held = json.loads((out / "summary.json").read_text(encoding="utf-8"))
                name, sha = held["scenario"], held["scenario_sha256"]
                held["flight"]
            except (OSError, ValueError, KeyError, TypeError):
                raise folder.FolderError(f"{out} holds no results of run or compare (no summary.json, manifest.json or "
                                         "report.json of theirs)") from None  # fmt: skip
            loaded = scenario.load(name)
            if loaded.sha256 != sha:
                raise folder.FolderError(f"{out}: the scenario {name} is not the one that was flown there; run it again")
            flight = result.fly(loaded)
            with folder.reserved(out) as place:
                folder.fill(place, flight, result.summary(flight))
    print(f"results in {out}")
    return GOOD


def reach(given) -> int:
    import json

    from trajectory import reach, scenario, targeting

    loaded = scenario.load(given.scenario, given.overrides)
    with busy("aiming and flying"):
        aimed = targeting.aimed(loaded)
        found = reach.reachable(loaded, aimed.case.epoch, aimed.commands)
    if given.json:
        answer = {"scenario": loaded.name, "ignition_utc": aimed.case.epoch, **found.to_dict()}
        print(json.dumps(answer, indent=1, allow_nan=False))
        return GOOD
    from trajectory.report import maps, plots

    out = Path(given.out) if given.out else Path.cwd() / f"{loaded.name}-reach.png"
    plots.save(maps.reachable(loaded, aimed.case, found), out)
    print(f"{loaded.name}, ignition {aimed.case.epoch}: {found.sentence()}")
    if found.ballistic is not None:
        print(f"ballistic: {found.ballistic[0]:.3f} N {found.ballistic[1]:.3f} E")
    print(f"map in {out}")
    return GOOD


def weather(given) -> int:
    from trajectory import frames, weather

    try:
        frames.parse_epoch(given.time)
        if not -90.0 <= given.latitude <= 90.0 or not -180.0 <= given.longitude <= 360.0:
            raise ValueError(f"latitude {given.latitude:g}, longitude {given.longitude:g}: allowed: -90 to 90, -180 to 360 deg")
        found = weather.gather(given.source, math.radians(given.latitude), math.radians(given.longitude), given.time)
        weather.write(found, given.out)
    except (ValueError, OSError) as problem:
        print(f"error: {problem}", file=sys.stderr)
        return BAD_INPUT
    what = "winds and density" if found.log_density is not None else "winds alone"
    heights = f"{found.height[0]:.0f} to {found.height[-1]:.0f} m"
    print(f"{given.out}: {what}, {heights}, {found.members} member(s), {len(found.modes)} modes, sha256 {found.sha256[:12]}")
    return GOOD


def why(given) -> int:
    import json

    from trajectory import ensemble, scenario, sensitivity

    if given.metric not in ensemble.DISTRIBUTED:
        print(f"error: --metric {given.metric}; allowed: {', '.join(ensemble.DISTRIBUTED)}", file=sys.stderr)
        return BAD_INPUT
    loaded = scenario.load(given.scenario, given.overrides)
    with busy("moving one number at a time"):
        one = sensitivity.one_by_one(loaded)
    with busy("moving all of them"):
        parts = sensitivity.by_variance(loaded, given.metric, given.samples, given.seed)
    if given.json:
        answer = {"schema": 1, "scenario": loaded.name, "linear": one.ellipse(), "shares": one.shares(),
                  "numbers": json.loads(one.to_dataframe().to_json(orient="index")), "metric": parts.metric,
                  "flights": parts.flights,
                  "indices": json.loads(parts.to_dataframe().to_json(orient="index"))}  # fmt: skip
        print(json.dumps(answer, indent=1, allow_nan=False))
        return GOOD
    from trajectory.report import tables

    console = tables.console()
    for table in tables.why(loaded, one, parts):
        console.print(table)
    return GOOD


def tail(given) -> int:
    import json

    from trajectory import scenario, tails

    loaded = scenario.load(given.scenario, given.overrides)
    limit = tails.limit_of(given.metric, given.above)
    with busy("looking for the flights beyond"):
        found = tails.exceeds(loaded, given.metric, limit, given.samples, given.seed)
    if given.json:
        answer = {"schema": 1, "scenario": loaded.name, "metric": given.metric, "above": limit, "seed": given.seed,
                  **found.to_dict()}  # fmt: skip
        print(json.dumps(answer, indent=1, allow_nan=False))
    else:
        print(f"{loaded.name}: {given.metric} above {given.above}\n{found.sentences()}")
    return GOOD


def changes(given) -> int:
    import json

    from trajectory import changes as between
    from trajectory import scenario

    one, two = scenario.load(given.before), scenario.load(given.after)
    with busy("changing one input at a time"):
        found = between.changes(one, two, given.samples, given.seed)
    if given.json:
        print(json.dumps(found.to_dict(), indent=1, allow_nan=False))
        return GOOD
    from trajectory.report import tables

    tables.console(width=150).print(tables.changes(found))
    return GOOD


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
    if given.out is not None or not given.json:
        from trajectory.report import plots

        out = Path(given.out) if given.out else Path.cwd() / picture
        with busy("drawing"):
            plots.save(found.plot(), out)
    if not given.json:
        from trajectory.report import tables

        tables.console(width=width).print(getattr(tables, table)(found))
        print(f"picture in {out}")
    return GOOD


def calendar(given) -> int:
    import json

    from trajectory import calendar as station

    found = station.calendar(given.name)
    day = None if given.on is None else found.on(given.on)
    if given.json:
        print(json.dumps(found.to_dict() if day is None else day.to_dict(), indent=1, allow_nan=False))
    if given.out is not None or not (given.json or given.on):
        from trajectory.report import plots

        out = Path(given.out) if given.out else Path.cwd() / f"{found.name}.png"
        plots.save(found.plot(), out)
    if not given.json:
        from trajectory.report import tables

        tables.console(width=170).print(tables.calendar(found) if day is None else tables.station(day))
        if given.out is not None or given.on is None:
            print(f"picture in {out}")
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


def update(given) -> int:
    import json

    from trajectory import result, scenario
    from trajectory.cooling import update as updating
    from trajectory.report import folder, plots, tables, updated

    loaded = scenario.load(given.scenario, given.overrides)
    following = scenario.load(given.next) if given.next else None
    try:
        with busy("updating"):
            found = updating.update(loaded, given.data, given.seed)
    except ImportError:
        print("error: an update needs emcee: install trajectory[cooling]", file=sys.stderr)
        return BAD_INPUT
    content = found.to_dict() | {"scenario": loaded.name}
    out = Path(given.out) if given.out else Path.cwd() / f"{loaded.name}-updated"
    with folder.reserved(out) as place:
        found.write(place / "posterior.csv")
        if following is not None:
            with busy(f"flying {following.name} before and after"):
                pair = [result.fly(s) for s in (following, following.replace(cooling__posterior=str(place / "posterior.csv")))]
            content["next"] = {"scenario": following.name} | {
                k: f.cooled.block["percentiles"] for k, f in zip(("before", "after"), pair, strict=True)}  # fmt: skip
        plots.save(updated.picture(loaded, content), place / "update.png")
        text = json.dumps(content, indent=1, allow_nan=False) + "\n"
        (place / "summary.json").write_text(text, encoding="utf-8")
    if given.json:
        print(text, end="")
        return GOOD
    console = tables.console()
    console.print(updated.table(content))
    if following is not None:
        console.print(updated.cabins(content["next"]["before"], content["next"]["after"]))
    console.print(f"for the next ensemble: --set cooling.posterior={out / 'posterior.csv'}", soft_wrap=True, highlight=False)
    return GOOD


def verify(given) -> int:
    import json

    from trajectory import verify as cases

    with busy("checking against published truth"):
        rows = cases.run(given.cases or None)
    if given.json:
        print(json.dumps({"schema": 1, "cases": rows}, indent=1, allow_nan=False))
    else:
        from trajectory.report import tables

        tables.console(width=170).print(tables.checks(rows))
    return cases.exit_status(rows)


@contextmanager
def busy(what: str):
    """A sign of life on stderr for work of more than a second, where someone watches."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True),
                  transient=True) as progress:  # fmt: skip
        progress.add_task(what, total=None)
        yield
