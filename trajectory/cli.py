"""The command line: words in, calls of the package, tables and files out. No physics here."""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path

GOOD, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="trajectory",
        description="Deorbit, re-entry and landing of crewed spacecraft, from a scenario file to a landing point.",
        epilog="Not for flight operations. Exit status: 0 done, 1 a flight or a check failed, 2 bad input, 130 interrupted.",
    )
    top.add_argument(
        "--version", action="store_true", help="print the version and the kernel's processor version"
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND")

    def command(name, about):
        return commands.add_parser(name, help=about, description=about)

    command("list", "the named scenarios, one line each")
    show = command("show", "what a scenario or a vehicle holds: every value with unit, source, grade; the trim of the vehicle")
    show.add_argument("scenario", metavar="NAME_OR_FILE")
    show.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")
    check = command("check", "validate scenario files; flies nothing")
    check.add_argument("files", nargs="+", metavar="NAME_OR_FILE")
    run = command("run", "fly a scenario: one nominal flight, and with --samples its dispersion")
    run.add_argument(
        "scenario", metavar="NAME_OR_FILE", help="a named scenario, or the path of a scenario file"
    )
    run.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE",
                     help='override one dotted key, such as --set deorbit.delta_v="127 m/s"')  # fmt: skip
    run.add_argument("--samples", metavar="N_OR_FILE", help="fly so many draws of what is uncertain, or the rows of a table: "
                     "CSV or Parquet whose columns are dotted keys with units, such as deorbit.delta_v [m/s]")  # fmt: skip
    run.add_argument("--seed", type=whole_number(0), default=0, metavar="S", help="of the draws; 0 if not given")
    run.add_argument("--workers", type=whole_number(1), metavar="W", help="threads, or processes of a local cluster; all cores")
    run.add_argument("--scheduler", metavar="ADDRESS", help='fly on a Dask cluster: its address, or "local"')
    run.add_argument("--resume", action="store_true", help="go on with an ensemble that was interrupted, or add samples to it")
    run.add_argument("--out", metavar="DIR", help="folder of the results; without it ./NAME/")
    run.add_argument("--json", action="store_true", help="print the result as JSON and nothing else")
    compare = command("compare", "options side by side: footprints, loads, heat, cabin, limits")
    compare.add_argument("scenarios", nargs="+", metavar="NAME_OR_FILE")
    compare.add_argument("--samples", type=whole_number(3), default=2000, metavar="N", help="flights of each; 2000")
    compare.add_argument("--seed", type=whole_number(0), default=0, metavar="S")
    compare.add_argument("--workers", type=whole_number(1), metavar="W", help="threads; all cores")
    compare.add_argument("--out", metavar="DIR", help="folder of the report; without it ./comparison/")
    compare.add_argument("--json", action="store_true", help="print the result as JSON and nothing else")
    reach = command("reach", "where the flight can come down from its ignition, by its bank; and the ballistic descent")
    reach.add_argument("scenario", metavar="NAME_OR_FILE")
    reach.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")
    reach.add_argument("--out", metavar="FILE", help="picture of the map; without it ./NAME-reach.png")
    reach.add_argument("--json", action="store_true", help="print the points as JSON and nothing else")
    update = command("update", "update a cabin's uncertain values by measured temperatures and pressures, and show before and "
                     "after; cooling.posterior of a scenario takes the table that is written")  # fmt: skip
    update.add_argument("scenario", metavar="NAME_OR_FILE")
    update.add_argument("data", metavar="FILE.csv", help="columns time, quantity, value, sigma; or ms22-temperatures")
    update.add_argument("--next", metavar="NAME_OR_FILE", help="another scenario whose cabin is shown before and after")
    update.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")
    update.add_argument("--seed", type=whole_number(0), default=0, metavar="S")
    update.add_argument("--out", metavar="DIR", help="folder of the table and the picture; without it ./NAME-updated/")
    update.add_argument("--json", action="store_true", help="print the result as JSON and nothing else")
    verify = command("verify", "every shipped scenario and check case against its published truth")
    verify.add_argument("cases", nargs="*", metavar="CASE")
    verify.add_argument("--json", action="store_true", help="print the comparisons as JSON and nothing else")
    return top


def whole_number(least: int):
    def read(text: str) -> int:
        try:
            number = int(text.replace("_", ""))
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
        if number < least:
            raise argparse.ArgumentTypeError(f"{number} is too small; allowed: {least} or more")
        return number

    return read


def command_line() -> int:
    """The program: `main`, and after an interruption out at once. An interpreter that shuts down after a KeyboardInterrupt
    inside `exec` (a dataclass being made, say) would end by the signal, whatever status it was given."""
    status = main()
    if status == INTERRUPTED:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    return status


def main(arguments=None) -> int:
    """Run one command; the exit status."""
    warnings.showwarning = plain_warning
    top = parser()
    given = top.parse_args(arguments)
    if given.version:
        return version()
    if given.command is None:
        top.print_help()
        return BAD_INPUT
    try:
        known = {"list": list_, "show": show, "check": check, "run": run, "compare": compare, "reach": reach, "update": update,
                 "verify": verify}  # fmt: skip
        return known[given.command](given)
    except KeyboardInterrupt:
        print("interrupted; nothing half-written is left", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as problem:
        status = status_of(problem)
        if status is None:
            raise
        print(f"error: {problem}", file=sys.stderr)
        return status


def status_of(problem: Exception) -> int | None:
    """Exit status of a problem that is the user's or the flight's; None for a defect of ours."""
    from trajectory.catalogue import NotInCatalogue
    from trajectory.defects import ScenarioError
    from trajectory.status import FlightError

    if isinstance(problem, (ScenarioError, NotInCatalogue)):
        return BAD_INPUT
    if isinstance(problem, FlightError):
        return FAILED
    if type(problem).__name__ in ("FolderError", "UnknownCase", "NoLift", "ClusterError"):
        return BAD_INPUT
    return None


def plain_warning(message, category, filename, lineno, file=None, line=None):
    """A warning is one line for the user, not a place in our code."""
    if issubclass(category, UserWarning):
        print(f"warning: {message}", file=sys.stderr)


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
    from trajectory import airframe, catalogue, scenario
    from trajectory.report import tables

    console = tables.console()
    if given.scenario in catalogue.known("vehicle") and given.scenario not in catalogue.known():
        loaded = vehicle = scenario.load_vehicle(given.scenario)
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

    from trajectory import ensemble, result

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
        for k, columns in flown_with_bar(plan, range(plan.chunks), given):
            kept[k] = columns
        many = ensemble.Ensemble(plan, ensemble.joined(kept))
        print(json.dumps(result.summary(nominal, many), indent=1, allow_nan=False))
        return GOOD
    from trajectory import store
    from trajectory.report import folder, tables

    out = Path(given.out) if given.out else Path.cwd() / loaded.name
    try:
        with store.opened(out, store.manifest(plan, loaded.name), given.resume) as place:
            for k, columns in flown_with_bar(plan, store.missing(place, plan), given):
                store.write_chunk(place, plan, k, columns)
            with busy("drawing and writing"):
                many = store.read(place, plan)
                summary = result.summary(nominal, many)
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
    import json

    from trajectory import compare as side
    from trajectory import scenario
    from trajectory.defects import ScenarioError
    from trajectory.status import FlightError

    options, worst = [], GOOD
    for name in given.scenarios:
        try:
            with busy(f"flying {name}"):
                options.append(side.option(scenario.load(name), given.samples, given.seed, given.workers))
        except (ScenarioError, FlightError) as problem:
            print(f"{problem}\n{name} is left out", file=sys.stderr)
            worst = max(worst, status_of(problem))
    if not options:
        return worst
    found = side.together(options, given.samples, given.seed)
    content = found.to_dict()
    if given.out is not None or not given.json:
        from trajectory.report import folder, plots

        out = Path(given.out) if given.out else Path.cwd() / "comparison"
        with folder.reserved(out) as place:
            (place / "report.html").write_text(found.to_html(), encoding="utf-8")
            plots.save(found.plot(), place / "footprints.png")
            text = json.dumps({**content, "scenario": "comparison"}, indent=1, allow_nan=False) + "\n"
            (place / "summary.json").write_text(text, encoding="utf-8")
    if given.json:
        print(json.dumps(content, indent=1, allow_nan=False))
    else:
        from trajectory.report import tables

        tables.console().print(tables.comparison(found))
        print(f"report in {out / 'report.html'}")
    return worst


def reach(given) -> int:
    import json

    from trajectory import reach, scenario, targeting

    loaded = scenario.load(given.scenario, given.overrides)
    with busy("aiming and flying"):
        aimed = targeting.aim(loaded)
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
