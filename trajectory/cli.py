"""The command line: what may be asked, and how it ends. What each command does is in commands/."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import warnings

from trajectory import commands
from trajectory.commands import BAD_INPUT, GOOD, INTERRUPTED

__all__ = ["BAD_INPUT", "GOOD", "INTERRUPTED", "command_line", "main"]
COMMANDS = {"list": "list_"}  # command: its function, where the name is another


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
    check = command("check", "validate scenario files, or those of vehicles, sites and the like; flies nothing")
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
    run.add_argument("--until", type=enough, metavar="RADIUS=PART", help="fly no more samples than it takes to know the radius "
                     "that holds p50, p90, p95, p99 or p997 of the landings to a part of itself, such as p99=5%%")  # fmt: skip
    run.add_argument("--out", metavar="DIR", help="folder of the results; without it ./NAME/")
    run.add_argument("--json", action="store_true", help="print the result as JSON and nothing else")
    compare = command("compare", "options side by side: footprints, loads, heat, cabin, limits")
    compare.add_argument("scenarios", nargs="+", metavar="NAME_OR_FILE")
    compare.add_argument("--samples", type=whole_number(3), default=2000, metavar="N", help="flights of each; 2000")
    compare.add_argument("--seed", type=whole_number(0), default=0, metavar="S")
    compare.add_argument("--weights", type=weights, default={}, metavar="NAME=W,...", help="weights of metrics, if you want a "
                         "sum of them, such as cep_m=1,core_temperature_c=2; none is made without")  # fmt: skip
    compare.add_argument("--calendar", default="iss-2022-2023", metavar="NAME_OR_FILE",
                         help="of the station: when each option is first possible; iss-2022-2023")  # fmt: skip
    compare.add_argument("--workers", type=whole_number(1), metavar="W", help="threads; all cores")
    compare.add_argument("--out", metavar="DIR", help="folder of the report; without it ./comparison/")
    compare.add_argument("--json", action="store_true", help="print the result as JSON and nothing else")
    again = command("report", "draw the report of finished results again, from what their folder holds")
    again.add_argument("folder", metavar="DIR", help="of run or of compare")
    reach = command("reach", "where the flight can come down from its ignition, by its bank; and the ballistic descent")
    reach.add_argument("scenario", metavar="NAME_OR_FILE")
    reach.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")
    reach.add_argument("--out", metavar="FILE", help="picture of the map; without it ./NAME-reach.png")
    reach.add_argument("--json", action="store_true", help="print the points as JSON and nothing else")
    weather = command("weather", "winds and density over a place, from CSV, NetCDF or GRIB, into the file a scenario names")
    weather.add_argument("source", metavar="FILE")
    weather.add_argument("--latitude", type=float, required=True, metavar="DEG")
    weather.add_argument("--longitude", type=float, required=True, metavar="DEG")
    weather.add_argument("--time", required=True, metavar="TIME", help="ISO 8601 UTC, such as 2023-03-28T11:00:00Z")
    weather.add_argument("--out", required=True, metavar="FILE.nc")
    why = command("why", "which uncertain number moves the landing: one by one, by stages of the flight; the linear ellipse")
    why.add_argument("scenario", metavar="NAME_OR_FILE")
    why.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")
    why.add_argument("--metric", default="target_distance_m", help="whose variance is shared; target_distance_m")
    why.add_argument("--samples", type=whole_number(2), default=512, metavar="N", help="of the Sobol indices; a power of 2")
    why.add_argument("--seed", type=whole_number(0), default=0, metavar="S")
    why.add_argument("--json", action="store_true", help="print the result as JSON and nothing else")
    tail = command("tail", "how probable it is that a metric is above a limit that few flights ever meet: 1e-3, 1e-6")
    tail.add_argument("scenario", metavar="NAME_OR_FILE")
    tail.add_argument("--metric", default="target_distance_m", help="target_distance_m, if not given")
    tail.add_argument("--above", required=True, metavar="LIMIT", help='with its unit, such as "28 km"')
    tail.add_argument("--samples", type=whole_number(40), default=1000, metavar="N", help="7 times as many are flown; 1000")
    tail.add_argument("--seed", type=whole_number(0), default=0, metavar="S")
    tail.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")
    tail.add_argument("--json", action="store_true", help="print the result as JSON and nothing else")
    moved = command("changes", "what differs between two scenarios, and what each difference does to the flight")
    moved.add_argument("before", metavar="NAME_OR_FILE")
    moved.add_argument("after", metavar="NAME_OR_FILE")
    moved.add_argument("--samples", type=whole_number(0), default=0, metavar="N", help="the footprints of so many flights too")
    moved.add_argument("--seed", type=whole_number(0), default=0, metavar="S")
    moved.add_argument("--json", action="store_true", help="print the result as JSON and nothing else")
    when = command("opportunities", "when the deorbit burn can start, for which landing zone, and what each window is like")
    when.add_argument("scenario", metavar="NAME_OR_FILE")
    when.add_argument("--site", metavar="SITE", help="a zone, a file of zones or a site, by name or path; all of the vehicle's")
    when.add_argument("--days", type=positive, default=3.0, metavar="D", help="from undocking, else from the epoch; 3")
    when.add_argument("--order", metavar="LIST", help="criteria with commas, the first deciding: soonest, daylight, light, "
                      "awake, fresh, margin, zone, free-flight, load, wind; soonest")  # fmt: skip
    when.add_argument("--soonest", action="store_true", help="down as soon as possible: any land (or water) and any zone")
    when.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")
    when.add_argument("--out", metavar="FILE", help="picture of the days; without it ./NAME-opportunities.png")
    when.add_argument("--json", action="store_true", help="print the windows as JSON and nothing else")
    wrong = command("burns", "deorbit burns that go wrong: where each lands, or that it stays in orbit and until when")
    wrong.add_argument("scenario", metavar="NAME_OR_FILE")
    wrong.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")
    wrong.add_argument("--out", metavar="FILE", help="picture; without it ./NAME-burns.png")
    wrong.add_argument("--json", action="store_true", help="print the table as JSON and nothing else")
    days = command("calendar", "which ships were docked when, who had a seat in what, and what each way home leaves behind")
    days.add_argument("name", nargs="?", default="iss-2022-2023", metavar="NAME_OR_FILE", help="iss-2022-2023 if not given")
    days.add_argument("--on", metavar="DATE", help="one day, or an instant, in full")
    days.add_argument("--out", metavar="FILE", help="picture; without it ./NAME.png")
    days.add_argument("--json", action="store_true", help="print it as JSON and nothing else")
    below = command("hazard", "where every body comes down, the areas to keep clear, casualties to be expected")
    below.add_argument("scenario", metavar="NAME_OR_FILE")
    below.add_argument("--samples", type=whole_number(20), default=1000, metavar="N", help="flights; 1000")
    below.add_argument("--seed", type=whole_number(0), default=0, metavar="S")
    below.add_argument("--population", type=float, metavar="P", help="persons per km2 in the areas")
    below.add_argument("--set", dest="overrides", action="append", default=[], metavar="KEY=VALUE")
    below.add_argument("--out", metavar="DIR", help="folder of the map, GeoJSON and messages; without it ./NAME-hazard/")
    below.add_argument("--json", action="store_true", help="print the result as JSON and nothing else")
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


def weights(text: str) -> dict[str, float]:
    out = {}
    for part in text.split(","):
        name, _, number = part.partition("=")
        try:
            out[name.strip()] = float(number)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{part!r}; allowed: NAME=NUMBER, with commas between") from None
        if not 0.0 < out[name.strip()] < 1e9:
            raise argparse.ArgumentTypeError(f"{part!r}: the number must be above 0")
    return out


def enough(text: str):
    from trajectory import ensemble

    try:
        return ensemble.until(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(str(problem)) from None


def positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no number") from None
    if not 0.0 < number < 1e6:
        raise argparse.ArgumentTypeError(f"{text}: allowed is above 0")
    return number


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
        return commands.version()
    if given.command is None:
        top.print_help()
        return BAD_INPUT
    try:
        return getattr(commands, COMMANDS.get(given.command, given.command))(given)
    except KeyboardInterrupt:
        print("interrupted; nothing half-written is left", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # the reader went away, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as problem:
        status = commands.status_of(problem)
        if status is None:
            raise
        print(f"error: {problem}", file=sys.stderr)
        return status


def plain_warning(message, category, filename, lineno, file=None, line=None):
    """A warning is one line for the user, not a place in our code."""
    if issubclass(category, UserWarning):
        print(f"warning: {message}", file=sys.stderr)
