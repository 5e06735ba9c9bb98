"""What moves a landing, how far it can go, how rare it is: reach, why, tail, changes, update, weather, verify."""

from __future__ import annotations

import math
import sys
from pathlib import Path

from trajectory.commands.common import BAD_INPUT, GOOD, busy


def reach(given) -> int:
    import json

    from trajectory import frames, reach, scenario, targeting

    loaded = scenario.load(given.scenario, given.overrides)
    with busy("aiming and flying"):
        aimed = targeting.aimed(loaded)
        found = reach.reachable(loaded, aimed.case.epoch, aimed.commands)
    if given.json:
        answer = {"scenario": loaded.name, "ignition_utc": frames.utc(aimed.case.epoch, 0.0), **found.to_dict()}
        print(json.dumps(answer, indent=1, allow_nan=False))
        return GOOD
    from trajectory.report import maps, plots

    print(f"{loaded.name}, ignition {frames.utc(aimed.case.epoch, 0.0)}: {found.sentence()}")
    if found.ballistic is not None:
        print(f"ballistic: {found.ballistic[0]:.3f} N {found.ballistic[1]:.3f} E")
    out = Path(given.out) if given.out else Path.cwd() / f"{loaded.name}-reach.png"
    plots.save(maps.reachable(loaded, aimed.case, found), out)
    print(f"map in {out}")
    return GOOD


def why(given) -> int:
    import json

    from trajectory import ensemble, scenario, sensitivity

    if given.metric not in ensemble.DISTRIBUTED:
        print(f"error: --metric {given.metric}; allowed: {', '.join(ensemble.DISTRIBUTED)}", file=sys.stderr)
        return BAD_INPUT
    loaded = scenario.load(given.scenario, given.overrides)
    try:
        with busy("moving one number at a time"):
            one = sensitivity.one_by_one(loaded)
        with busy("moving all of them"):
            parts = sensitivity.by_variance(loaded, given.metric, given.samples, given.seed)
    except ValueError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return BAD_INPUT
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
