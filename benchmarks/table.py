"""Output for people: a table and a picture a problem."""

from __future__ import annotations

from pathlib import Path


def show(title: str, rows: list[dict], console) -> None:
    from rich.table import Table

    table = Table(title=title, title_justify="left")
    for name in ("code", "method"):
        table.add_column(name)
    for name in ("tolerance", "density", "lanes", "threads", "per second", "× floor", "error m", "flights"):
        table.add_column(name, justify="right")
    table.add_column("note")
    for r in rows:
        table.add_row(
            r["code"], r["method"], text(r["tolerance"], "g"), r["density"] or "", text(r["width"], "d"),
            text(r["threads"], "d"),
            text(r["flights_per_s"], ",.4g"), text(r["ratio_to_floor"], ".2f"), text(r["error_max_m"], ".3g"),
            text(r["flights"], ",d"), r["note"],
        )  # fmt: skip
    console.print(table)


def text(value, form: str) -> str:
    return "" if value is None else format(value, form)


def picture(title: str, rows: list[dict], path: Path) -> bool:
    """Bars of the speeds, or error against speed where there are errors of several tolerances. False: nothing to draw."""
    from matplotlib.figure import Figure

    drawn = [r for r in rows if r["flights_per_s"]]
    if not drawn:
        return False
    if all(r["problem"] == "precision" for r in rows):
        figure = diagram(title, drawn)
    else:
        figure = Figure(figsize=(9, 1.2 + 0.32 * len(drawn)), layout="constrained")
        axes = figure.subplots()
        names = [label(r) for r in drawn]
        axes.barh(range(len(drawn)), [r["flights_per_s"] for r in drawn],
                  color=["tab:blue" if r["code"] == "trajectory" else "0.7" for r in drawn])  # fmt: skip
        for i, r in enumerate(drawn):
            error = "" if r["error_max_m"] is None else f", {r['error_max_m']:.2g} m"
            axes.text(r["flights_per_s"], i, f" {r['flights_per_s']:,.4g}{error}", va="center", fontsize=8)
        axes.set(yticks=range(len(drawn)), xscale="log", xlabel="per second; largest error", title=title)
        axes.set_yticklabels(names, fontsize=8)
        axes.set_xlim(right=12 * max(r["flights_per_s"] for r in drawn))
        axes.invert_yaxis()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    return True


def label(r: dict) -> str:
    parts = [r["code"], r["method"]]
    if r["tolerance"] is not None:
        parts.append(f"{r['tolerance']:g}")
    if r["threads"] and r["threads"] > 1:
        parts.append(f"{r['threads']} threads")
    return " ".join(parts)


def diagram(title: str, rows: list[dict]):
    """Work and precision: largest error against flights per second, a line a method."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 5.5), layout="constrained")
    axes = figure.subplots()
    for name in dict.fromkeys((r["code"], r["method"]) for r in rows):
        line = [r for r in rows if (r["code"], r["method"]) == name and r["error_max_m"]]
        axes.plot([r["flights_per_s"] for r in line], [r["error_max_m"] for r in line], "o-", label=" ".join(name))
        for r in line:
            axes.annotate(f"{r['tolerance']:.0e}", (r["flights_per_s"], r["error_max_m"]), fontsize=7,
                          xytext=(3, 3), textcoords="offset points")  # fmt: skip
    axes.axhline(1.0, color="0.6", linewidth=0.8)
    axes.set(xscale="log", yscale="log", xlabel="flights per second, one core", ylabel="largest error of 200, m", title=title)
    axes.legend()
    axes.grid(True, which="both", alpha=0.2)
    return figure
