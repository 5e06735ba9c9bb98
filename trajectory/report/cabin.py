"""The cabin of a flight: one picture on one time axis, and the tables of its limits, margins and particles."""

import numpy as np

from trajectory.metrics import limit_words
from trajectory.report.plots import head
from trajectory.report.style import BLUE, FAINT, GREEN, INK, ORANGE, QUIET, RED, label, styled

SHOWN = ("undocking", "deorbit_ignition", "module_separation", "entry_interface", "main_deploy", "touchdown", "leak",
         "switched_off")  # fmt: skip
HOUR = 3600.0


def panels(cooled) -> list[tuple]:
    """(axis label, [(quantity, words, colour, factor)], [(limit, words)]) of what there is to show."""
    block, crewed = cooled.block, cooled.block["crew"] > 0
    out = []
    if block["loop"] == "leaking":
        out.append(("loop, kPa", [("coolant_pressure", "pressure", BLUE, 1e-3)], []))
        out.append(("coolant left, %", [("coolant_left", "left", BLUE, 100.0), ("coolant_flow", "flow", GREEN, 100.0)], []))
    cabin = [("cabin", "cabin", RED, 1.0), ("wet_bulb", "wet bulb", BLUE, 1.0)]
    out.append(
        ("cabin, °C", cabin, [(27.0, "27: NASA-STD-3001"), *([(30.5, "30.5: wet bulb")] if crewed else []), (40.0, "40")])
    )
    if crewed:
        out.append(("core, °C", [("core", "crew", ORANGE, 1.0)], [(38.0, "38"), (38.5, "38.5")]))
    warm = [(k, words, colour, 1.0) for k, words, colour in (("instruments", "instruments", GREEN),
            ("unit.computer", "computer", INK)) if k in cooled.nominal]  # fmt: skip
    if warm:
        out.append(("equipment, °C", warm, [(40.0, "40: begins to fail")]))
    return out


def picture(flight):
    """A Figure: loop, cabin and wet bulb, crew, instruments with their limits and events; nominal and the 5 to 95 % band."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import NullLocator

    cooled = flight.cooled
    rows = panels(cooled)
    t = (cooled.t - cooled.line.start) / HOUR
    with styled():
        long = cooled.block["loop"] == "leaking" and t[-1] > 48.0  # the first hours are what is looked at
        figure = Figure(figsize=(9, 1.9 + 1.75 * len(rows)))
        top = 1.0 - 0.95 / figure.get_figheight()
        axes = np.atleast_1d(figure.subplots(len(rows), 1, sharex=True, gridspec_kw={
            "left": 0.09, "right": 0.86, "bottom": 0.5 / figure.get_figheight(), "top": top, "hspace": 0.16}))  # fmt: skip
        marks = {k: (x - cooled.line.start) / HOUR for k, x in cooled.line.events.items()
                 if k in SHOWN and cooled.line.start <= x <= cooled.line.end}  # fmt: skip
        for axis, (words, lines, limits) in zip(axes, rows, strict=True):
            draw(axis, cooled, t, words, lines, limits)
            for at in marks.values():
                axis.axvline(at, color=FAINT, linewidth=1.0, zorder=0)
        places = spread(list(marks.values()), t[-1] / 13.0)
        for (name, at), x in zip(marks.items(), places, strict=True):
            axes[0].annotate(label(name), (at, 1.0), (x, 1.05), xycoords=("data", "axes fraction"), fontsize=7, color=QUIET,
                             ha="left", va="bottom", rotation=18)  # fmt: skip
        axes[-1].set_xlabel("hours after the " + ("undocking" if "undocking" in marks else "start"))
        axes[-1].set_xlim(0.0, t[-1])
        if long:
            axes[-1].set_xscale("symlog", linthresh=8.0, linscale=1.6)
            axes[-1].set_xticks([x for x in (0, 2, 4, 6, 8, 24, 48, 96, 192, 384) if x <= t[-1]])
            axes[-1].xaxis.set_major_formatter(lambda x, _: f"{x:g}")
            axes[-1].xaxis.set_minor_locator(NullLocator())
        head(figure, flight, figure.get_figheight())
        if cooled.published:
            figure.text(0.98, 0.006, "points: published; filled a check, hollow used to calibrate, cross disputed", fontsize=7,
                        color=QUIET, ha="right")  # fmt: skip
    return figure


def draw(axis, cooled, t, words, lines, limits) -> None:
    values = []
    for key, name, colour, factor in lines:
        y = cooled.nominal[key][0] * factor
        band = cooled.band(key)
        if band is not None:
            low, _, high = band * factor
            axis.fill_between(t, low, high, color=colour, alpha=0.16, linewidth=0)
            values += [np.nanmin(low), np.nanmax(high)]
        axis.plot(t, y, color=colour, linewidth=1.5, label=name)
        values += [np.nanmin(y), np.nanmax(y)]
        for row in cooled.published:
            if row["quantity"] == key:
                at, value = (row["at"] - cooled.line.start) / HOUR, row["value"] * factor
                shape = {"check": "o", "calibration": "s", "disputed": "x"}[row["truth"].used]
                reach = None if shape == "x" else row["within"] * factor
                axis.errorbar(at, value, yerr=reach, fmt=shape, color=colour, markersize=5, linewidth=0.9, zorder=5,
                              markerfacecolor=colour if shape == "o" else "white", clip_on=False)  # fmt: skip
                values.append(value)
                if shape == "x":
                    axis.annotate("disputed", (at, value), (-6, 0), textcoords="offset points", fontsize=7, color=QUIET,
                                  ha="right", va="center")  # fmt: skip
    low, high = min(values), max(values)
    room = 0.08 * max(high - low, 0.5)
    low, high = low - room, high + room
    for limit, said in limits:
        if limit <= high + 0.6 * (high - low) and limit >= low:
            high = max(high, limit + room)
            axis.axhline(limit, color=QUIET, linewidth=0.8, linestyle=(0, (3, 3)))
            axis.text(1.01, limit, said, transform=axis.get_yaxis_transform(), fontsize=7, color=QUIET, va="center")
    axis.set_ylim(low, high)
    axis.set_ylabel(words)
    if len(lines) > 1:
        axis.legend(frameon=False, fontsize=7.5, loc="upper left", ncols=len(lines))


def spread(places: list[float], apart: float) -> list[float]:
    """Where words stand that would else lie over each other."""
    out: list[float] = []
    for x in sorted(places):
        out.append(max(x, out[-1] + apart) if out else x)
    by = dict(zip(sorted(places), out, strict=True))
    return [by[x] for x in places]


def table(block: dict):
    """The limits of the cabin: go or no-go, when, the margin, the probability; then what follows from them."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    out = Table(box=None, pad_edge=False, header_style="dim", title="cabin: limits", title_justify="left")
    for name in ("limit", "verdict", "reached", "margin", "of 95 %", "passed by"):
        out.add_column(name, justify="left" if name in ("limit", "verdict", "reached") else "right", no_wrap=True)
    for row in block["limits"]:
        beyond = row["beyond_horizon"]
        margin = "" if row["margin_s"] is None else (">" if beyond else "") + f"{row['margin_s'] / 60:.0f} min"
        sure = f"{row['margin_p5_s'] / 60:.0f} min" if row.get("margin_p5_s") is not None else ""
        verdict = Text("go", style="green") if row["holds"] else Text("no-go", style="red")
        reached = "" if row["reached_utc"] is None else row["reached_utc"][:19].replace("T", " ")
        out.add_row(limit_words(row), verdict, reached, margin, sure, f"{row['probability']:.1%}")
    parts = [out]
    if "margins" in block:
        parts += [Text(), crews(block["margins"], block["limits"])]
    if "decision" in block:
        parts += [Text(), Text(sentence(block["decision"]))]
    for name, unit in block.get("equipment", {}).items():
        share = f", fails in {unit['failed_samples']:.1%} of the samples" if "failed_samples" in unit else ""
        means = "" if unit["means"] == "nothing" else f": a {unit['means']} descent then"
        parts.append(Text(f"{name}: at most {unit['peak_temperature_c']:.1f} C{share}{means}"))
    if "leak" in block:
        parts.append(Text(leak_sentence(block["leak"])))
    if "impact" in block:
        parts += [Text(), particles(block["impact"])]
    return Group(*parts)


def crews(margins: list[dict], limits: list[dict]):
    from rich.table import Table

    out = Table(box=None, pad_edge=False, header_style="dim", title="hours in orbit until a limit", title_justify="left")
    out.add_column("limit")
    for row in margins:
        out.add_column(f"{row['crew']} aboard", justify="right")
    words = {row["name"]: limit_words(row) for row in limits}
    for name in margins[0]["time_to_s"]:
        cells = ["" if name not in r["time_to_s"] else "> 12" if r["time_to_s"][name] is None
                 else f"{r['time_to_s'][name] / HOUR:.1f}" for r in margins]  # fmt: skip
        out.add_row(words.get(name, name.replace("_", " ")), *cells)
    return out


def sentence(found: dict) -> str:
    """What may be flown, in words."""
    each = ", ".join(
        f"{p['name']} ({p['free_flight_s'] / 60:.0f} min) holds with {p['probability']:.2f}" for p in found["profiles"]
    )
    last = found.get("latest_ignition_utc")
    return (f"profiles: {each}. With {found['confidence']:.0%} confidence: {found['profile'] or 'none'}"
            + (f"; last ignition {last[:19].replace('T', ' ')}" if last else "")
            + f". The nominal cabin allows {found['profile_nominal'] or 'none'}.")  # fmt: skip


def leak_sentence(found: dict) -> str:
    def at(key):
        return "not" if found[key] is None else found[key][:16].replace("T", " ")

    return (f"leak of {found['fluid']}: flow lost {at('flow_lost_utc')}, empty {at('empty_utc')}; "
            f"thrust {found['peak_thrust_n']:.3g} N at first, impulse {found['impulse_n_s']:.3g} N s"
            + (f", torque {found['peak_torque_n_m']:.2g} N m" if "peak_torque_n_m" in found else "")
            + (f"; the orbit by {found['semi_major_axis_at_most_m']:.2g} m at most" if "semi_major_axis_at_most_m" in found
               else ""))  # fmt: skip


def particles(rows: list[dict]):
    from rich.table import Table

    out = Table(box=None, pad_edge=False, header_style="dim", title="what makes such a hole", title_justify="left")
    for name in ("wall, mm", "particle", "mm", "km/s", "per m2 and year", "probability", "grade", "law"):
        out.add_column(name, justify="left" if name in ("particle", "grade", "law") else "right")
    for r in rows:
        flux = "beyond the table" if r["flux_m2_yr"] is None else f"{r['flux_m2_yr']:.2g}"
        chance = "" if r["probability"] is None else f"{r['probability']:.2g}"
        out.add_row(f"{r['wall_mm']:g}", r["kind"], f"{r['particle_mm']:.2g}", f"{r['speed_km_s']:g}", flux, chance, r["grade"],
                    r["law"])  # fmt: skip
    return out
