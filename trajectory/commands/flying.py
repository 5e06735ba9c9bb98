"""One scenario and its folder: run, with its dispersion, and report."""

from __future__ import annotations

import sys
from pathlib import Path

from trajectory.commands.common import BAD_INPUT, GOOD, INTERRUPTED, busy


def run(given) -> int:
    import json

    from trajectory import result, scenario

    loaded = scenario.load(given.scenario, given.overrides)
    if given.samples is not None:
        return run_many(given, loaded)
    if given.until is not None:
        print("error: --until: give the most flights that may be flown for it, such as --samples 100000", file=sys.stderr)
        return BAD_INPUT
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
    try:
        samples = int(samples)
    except ValueError:
        if not Path(samples).exists():
            print(f"error: --samples {samples}: a whole number, or a CSV or Parquet file, is due; there is no such file",
                  file=sys.stderr)  # fmt: skip
            return BAD_INPUT
    if isinstance(samples, int) and samples < 1:
        print(f"error: --samples {samples}: allowed is 1 or more, or a file", file=sys.stderr)
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
        fell_short(given.until, many)
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
    fell_short(given.until, many)
    if given.json:
        print(json.dumps(summary, indent=1, allow_nan=False))
        return GOOD
    console = tables.console()
    console.print(tables.flight(nominal))
    console.print(tables.ensemble(summary["ensemble"]))
    console.print(f"results in {out}", soft_wrap=True, highlight=False)
    return GOOD


def fell_short(until, many) -> None:
    """Say it where all flights that were allowed did not make a radius as sure as was asked."""
    if until is not None and not until.reached(many):
        part = until.known(many)
        known = "not known" if part is None else f"known to {100 * part:.2g} %"
        print(f"warning: after {len(many.columns['latitude_deg']):,} flights {until.radius} is {known}, not to "
              f"{100 * until.within:.2g} %: more --samples and --resume make it surer", file=sys.stderr)  # fmt: skip


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
