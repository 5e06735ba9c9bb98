"""What measurements changed of a cabin: before and after side by side, drawn and in words."""

from trajectory.report.style import BLUE, INK, QUIET, styled


def picture(scenario, found: dict):
    """A Figure: each measurement, and each value that was updated, before and after: 5, 50 and 95 %."""
    from matplotlib.figure import Figure

    rows = found["data"]
    values = [v for v in found["values"] if v["updated"]]
    with styled():
        height = 1.5 + 0.34 * (len(rows) + len(values))
        figure = Figure(figsize=(9, height))
        top, low = figure.subplots(2, 1, gridspec_kw={
            "left": 0.36, "right": 0.97, "bottom": 0.45 / height, "top": 1.0 - 0.75 / height, "hspace": 0.32,
            "height_ratios": [max(len(rows), 2), max(len(values), 2)]})  # fmt: skip
        bars(top, [r["before"] for r in rows], [r["after"] for r in rows])
        for i, r in enumerate(rows):
            top.errorbar(r["measured"], i, xerr=2.0 * r["sigma"], fmt="o", color=INK, markersize=4, linewidth=0.9, zorder=5)
        top.set_yticks(range(len(rows)), [f"{r['quantity'].replace('_', ' ')}, {r['time_utc'][:13].replace('T', ' ')} h"
                                          for r in rows])  # fmt: skip
        top.set_xlabel(f"{rows[0]['unit']}; points: measured, ± 2 deviations", fontsize=8)
        scaled = [{k: {p: (x - v["before"]["p5"]) / max(v["before"]["p95"] - v["before"]["p5"], 1e-30)
                       for p, x in v[k].items()} for k in ("before", "after")} for v in values]  # fmt: skip
        bars(low, [s["before"] for s in scaled], [s["after"] for s in scaled])
        low.set_yticks(range(len(values)), [v["name"].removeprefix("cooling.") for v in values], fontsize=7)
        low.set_xlabel("0 and 1: the 5 and 95 % before", fontsize=8)
        figure.text(0.02, 1.0 - 0.22 / height, f"{scenario.title or scenario.name}: updated", fontsize=14, fontweight="bold",
                    va="center")  # fmt: skip
        figure.text(
            0.02, 1.0 - 0.42 / height, "grey before, blue after: 5, 50 and 95 %", fontsize=9.5, color=QUIET, va="center"
        )
    return figure


def bars(axis, before: list[dict], after: list[dict]) -> None:
    for rows, colour, up in ((before, QUIET, -0.17), (after, BLUE, 0.17)):
        for i, r in enumerate(rows):
            axis.plot([r["p5"], r["p95"]], [i + up] * 2, color=colour, linewidth=4, alpha=0.45, solid_capstyle="butt")
            axis.plot(r["p50"], i + up, "|", color=colour, markersize=9, markeredgewidth=2)
    axis.set_ylim(len(before) - 0.4, -0.6)


def table(found: dict):
    """The measurements and the values, before and after."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    seen = Table(box=None, pad_edge=False, header_style="dim", title="measured", title_justify="left")
    for name in ("quantity", "UTC", "measured", "before", "after", "grade"):
        seen.add_column(name, justify="left" if name in ("quantity", "UTC", "grade") else "right", no_wrap=True)
    for r in found["data"]:
        seen.add_row(r["quantity"], r["time_utc"][:16].replace("T", " "), f"{r['measured']:g} ± {r['sigma']:g} {r['unit']}",
                     span(r["before"]), span(r["after"]), r["grade"])  # fmt: skip
    values = Table(box=None, pad_edge=False, header_style="dim", title="values updated, SI", title_justify="left")
    for name in ("value", "before", "after"):
        values.add_column(name, justify="left" if name == "value" else "right", no_wrap=True)
    for v in found["values"]:
        if v["updated"]:
            values.add_row(v["name"].removeprefix("cooling."), span(v["before"]), span(v["after"]))
    kept = sum(not v["updated"] for v in found["values"])
    return Group(seen, Text(), values, Text(f"{kept} others move nothing that was measured and keep what they were"))


def cabins(before: dict, after: dict):
    """The percentiles of another scenario's cabin, with the values as they were and as updated."""
    from rich.table import Table

    out = Table(box=None, pad_edge=False, header_style="dim", title="the next ensemble: greatest of each", title_justify="left")
    for name in ("quantity", "before", "after"):
        out.add_column(name, justify="left" if name == "quantity" else "right", no_wrap=True)
    for key in before:
        if key in after:
            out.add_row(key.replace("_", " "), span(before[key]), span(after[key]))
    return out


def span(row: dict) -> str:
    return f"{row['p50']:.4g} ({row['p5']:.4g} to {row['p95']:.4g})"
