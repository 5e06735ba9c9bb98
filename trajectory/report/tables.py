"""What the terminal shows: events and outcome of a flight, the values of a scenario, the checks of verify."""

import math
import sys

import numpy as np
from rich import box
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

WIDTH = 100  # where there is no terminal to ask
COLOURS = {"landed": "green", "in_orbit": "yellow", "stopped": "cyan"}


def console(stream=None, width=WIDTH) -> Console:
    """Where tables are printed: colours on a terminal, plain text of at least WIDTH columns elsewhere."""
    stream = sys.stdout if stream is None else stream
    terminal = stream.isatty()
    return Console(
        file=stream, highlight=False, emoji=False, width=None if terminal else width, no_color=not terminal
    )


def _table(title: str | None = None, **options) -> Table:
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        show_edge=False,
        header_style="bold",
        **options,
    )


def elapsed(seconds: float) -> str:
    """mm:ss.s, with a sign if negative."""
    tenths = round(abs(seconds) * 10)
    return f"{'-' if seconds < 0 and tenths else ''}{tenths // 600}:{tenths % 600 / 10:04.1f}"


def events(flight) -> Table:
    """Events in order of time, one a row."""
    table = _table()
    table.add_column("event", no_wrap=True)
    names = "UTC elapsed/min:s altitude/km latitude/deg longitude/deg speed/m/s angle/deg load/g"
    for name in (word.replace("/", "\n", 1) for word in names.split()):
        table.add_column(name, justify="right", no_wrap=True)
    for e in flight.events:
        table.add_row(
            e["name"],
            e["time_utc"][11:23],
            elapsed(e["elapsed_s"]),
            f"{e['altitude_m'] / 1e3:.2f}",
            f"{e['latitude_deg']:.3f}",
            f"{e['longitude_deg']:.3f}",
            f"{e['speed_m_s']:.1f}",
            f"{e['flight_path_angle_deg']:.2f}",
            f"{e['load_factor_g']:.2f}",
        )
    return table


def outcome(flight) -> Table:
    """How it ended: touchdown, peaks, what aiming found, grades of the values; a name and a line each."""
    from trajectory.status import OUTCOMES

    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    word = Text(flight.outcome.replace("_", " "), style=COLOURS.get(flight.outcome, "red"))
    table.add_row("outcome", word + Text(f": {OUTCOMES[flight.outcome]}", style="default"))
    for name, text in _lines(flight):
        table.add_row(name, Text(text))
    return table


def _lines(flight):
    down, peak = flight.touchdown, flight.peak
    if down is not None:
        text = (
            f"{down['time_utc']}, {_place(down)}, sinking at "
            f"{abs(down['vertical_speed_m_s']):.1f} m/s, drifting at {down['horizontal_speed_m_s']:.1f} m/s"
        )
        yield "touchdown", text
        if "target_distance_m" in down:
            yield "from target", f"{down['target_distance_m'] / 1e3:.2f} km"
    for part in flight.parts:
        yield part["name"].replace("_", " "), f"{part['time_utc']}, {_place(part)}"
    if peak["load_factor_g"] > 0.05:
        text = (
            f"load {peak['load_factor_g']:.2f} g, heat flux {peak['heat_flux_w_m2'] / 1e4:.1f} W/cm2, "
            f"dynamic pressure {peak['dynamic_pressure_pa'] / 1e3:.1f} kPa"
        )
        if "canopy_load_factor_g" in peak:
            text += f"; canopies {peak['canopy_load_factor_g']:.2f} g"
        yield "peaks", text
        yield "heat load", f"{flight.heat_load_j_m2 / 1e6:.1f} MJ/m2"
    yield from _exposure(getattr(flight, "exposure", None))
    if getattr(flight, "rotation", None) is not None:
        yield from _rotation(flight.rotation.block)
    if flight.aim is not None:
        yield from _aim(flight.aim)
    grades = flight.scenario.grades()
    yield "values", ", ".join(f"{count} {grade}" for grade, count in grades.items())
    for note in flight.notes:
        yield "note", note


def _rotation(turned: dict):
    """The flight with six degrees of freedom beside that with three."""
    settled, ahead = turned["settled_elapsed_s"], turned["shield_ahead_elapsed_s"]
    yield "rotation", (
        f"from {turned['began_altitude_m'] / 1e3:.1f} km; up to {turned['greatest_angle_of_attack_deg']:.0f} deg of attack and "
        f"{turned['greatest_rate_deg_s']:.0f} deg/s; shield ahead {'never' if ahead is None else 'from ' + elapsed(ahead)}, at "
        f"the trim {'never' if settled is None else 'from ' + elapsed(settled)}; peak {turned['peak_load_factor_g']:.2f} g, "
        f"{turned['peak_load_across_g']:.2f} g of it across"
    )
    if (three := turned.get("three_degrees")) is not None:
        late = turned["ended_elapsed_s"] - three["elapsed_s"]
        word = "earlier" if late > 0 else "later"
        yield "", (f"with three degrees {three['peak_load_factor_g']:.2f} g; at {turned['ended_altitude_m'] / 1e3:.1f} km it "
                   f"is {three['distance_m'] / 1e3:.1f} km away and {abs(late):.1f} s {word}")  # fmt: skip


def _exposure(exposure):
    """What the entry did to nose, shield, radio and crew."""
    if exposure is None:
        return
    blocks = exposure.blocks
    if (heat := blocks.get("heating")) is not None:
        text = f"{heat['model']}, wall {heat['wall_temperature_k']:.0f} K in radiative equilibrium"
        if heat["radiation"] != "none":
            text += f"; {heat['radiation']} {heat['peak_radiative_w_m2'] / 1e4:.1f} W/cm2"
        yield "heating", text
        for place in heat.get("distribution", ()):
            yield "", (f"at {place['angle_deg']:.0f} deg {place['peak_convective_w_m2'] / 1e4:.1f} W/cm2, "
                       f"{place['convective_load_j_m2'] / 1e6:.1f} MJ/m2, {place['wall_temperature_k']:.0f} K")  # fmt: skip
    if (shield := blocks.get("heat_shield")) is not None:
        gone, left = 1e3 * shield["recession_m"], 1e3 * shield["remaining_m"]
        text = f"{gone:.1f} mm gone, {left:.1f} mm left; bond line {shield['peak_bond_k']:.0f} K"
        if shield["bond_limit_k"] is not None:
            spare = shield["bond_margin_k"]
            text += f", {abs(spare):.0f} K {'below' if spare >= 0 else 'above'} its limit"
        if shield["burnt_through_elapsed_s"] is not None:
            text += f"; burnt through after {elapsed(shield['burnt_through_elapsed_s'])}"
        yield "heat shield", text
        if (hole := shield.get("hole")) is not None:
            melts = hole["melts_elapsed_s"]
            yield "", f"hole of {1e3 * hole['diameter_m']:.1f} mm: the structure " + (
                f"reaches {hole['peak_structure_k']:.0f} K" if melts is None else f"melts after {elapsed(melts)}")  # fmt: skip
    if (radio := blocks.get("blackout")) is not None:
        yield "blackout", f"{elapsed(radio['duration_s'])} at {radio['frequency_hz'] / 1e6:.2f} MHz"
    if (crew := blocks.get("crew")) is not None:
        yield "crew", (f"eyeballs in {crew['peak_eyeballs_in_g']:.2f} g, head to foot {crew['peak_head_foot_g']:.2f} g; "
                       f"{crew['margin_g']:.2f} g from the limit at {crew['duration_s']:.1f} s")  # fmt: skip


def _place(item: dict) -> str:
    latitude, longitude = item["latitude_deg"], item["longitude_deg"]
    north, east = "N" if latitude >= 0 else "S", "E" if longitude >= 0 else "W"
    return f"{abs(latitude):.4f} {north} {abs(longitude):.4f} {east}"


def _aim(aim: dict):
    found = aim["solved"]
    if not found:
        return
    words = {
        "ignition_utc": "ignition {}",
        "delta_v_m_s": "speed change {:.2f} m/s",
        "bank_deg": "bank {:.2f} deg",
        "reversal_m_s": "roll reversal at {:.0f} m/s",
        "first_bank": "first to the {}",
    }
    yield "aimed", ", ".join(words.get(key, f"{key} {{}}").format(value) for key, value in found.items())
    along, across = aim["miss_along_m"], aim["miss_across_m"]
    sides = ("beyond" if along >= 0 else "short"), ("right" if across >= 0 else "left")
    if abs(along) < 100e3 and abs(across) < 100e3:
        text = f"{abs(along):.0f} m {sides[0]}, {abs(across):.0f} m {sides[1]}"
    else:
        text = f"{abs(along) / 1e3:.0f} km {sides[0]}, {abs(across) / 1e3:.0f} km {sides[1]}"
    yield "miss", text + (f": {aim['reason']}" if aim.get("reason") else "")


def flight(flown) -> Group:
    """Title, events and outcome of a flight: what `run` prints."""
    scenario = flown.scenario
    name = Text(scenario.title or scenario.name, style="bold")
    name.append(f"  {scenario.summary or ''}", style="not bold dim")
    parts = [name, Text(), events(flown), Text(), outcome(flown)]
    if flown.cooled is not None:
        from trajectory.report import cabin

        parts += [Text(), cabin.table(flown.cooled.block)]
    return Group(*parts)


def scenarios(rows) -> Table:
    """(name, summary) pairs: what `list` prints."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column()
    for name, summary in rows:
        table.add_row(name, Text(summary))
    return table


def show(rows) -> Table:
    """Rows of `scenario.describe`: key, value with its distribution below it, grade, source."""
    table = _table()
    table.add_column("key", overflow="fold")
    table.add_column("value", max_width=24)
    table.add_column("grade", no_wrap=True)
    table.add_column("source", min_width=24)
    before = None
    for row in rows:
        section = row.key.split(".")[0] if "." in row.key else ""
        if before is not None and section != before:
            table.add_section()
        before = section
        value = Text(row.text)
        if row.distribution:
            value.append("\n" + _distribution(row.distribution), style="dim")
        table.add_row(Text(row.key), value, Text(row.grade or ""), Text(row.source or ""))
    return table


def _distribution(held: dict) -> str:
    words = [str(held.get("type", ""))]
    own = {key: value for key, value in held.items() if key != "type" and value is not None}
    words += [f"{key} {getattr(value, 'text', value)}" for key, value in own.items()]
    return ", ".join(words)


def aerodynamics(report) -> Group:
    """The trim of a vehicle along a descent, its stability, and whether its figures agree: an `airframe.Report`."""
    from trajectory.airframe import sentence

    table = _table(f"aerodynamics: {report.model}")
    for name in ("Mach", "altitude\nkm", "angle\ndeg", "C_D", "L/D", "m/(C_D A)\nkg/m2", "C_m_alpha\n1/rad", "static\nmargin"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("trim")
    for p in report.points:
        word = "held" if p.held else {None: "", True: "stable", False: "unstable"}[p.stable]
        angle = None if p.angle is None else math.degrees(p.angle)
        values = (p.mach, p.height / 1e3, angle, p.drag, p.lift_to_drag, p.ballistic_coefficient, p.stiffness, p.static_margin)
        forms = ("{:g}", "{:.0f}", "{:.2f}", "{:.3f}", "{:.3f}", "{:.1f}", "{:+.3f}", "{:.2f}")
        table.add_row(*("" if x is None else f.format(x) for f, x in zip(forms, values, strict=True)), word)
    lines = [Text(sentence(check)) for check in report.checks] + [Text(f"note: {note}") for note in report.notes]
    return Group(Text(), table, *([Text(), *lines] if lines else []))


def checks(rows) -> Group:
    """Rows of `verify`, under the name of their case: dicts with case, quantity, value, truth, tolerance,
    unit, source, verdict, known_miss. Known misses stand apart, below the rest; then a line that counts."""
    plain = [row for row in rows if not row.get("known_miss")]
    known = [row for row in rows if row.get("known_miss")]
    parts = [_checks(plain)]
    if known:
        parts += [Text(), _checks(known, "known misses: fails that are understood, held to their size")]
    count = {word: sum(row["verdict"] == word for row in plain) for word in ("pass", "fail")}
    parts += [
        Text(),
        Text(f"{count['pass']} pass, {count['fail']} fail, {len(known)} known misses", style="bold"),
    ]
    return Group(*parts)


def _checks(rows, title: str | None = None) -> Table:
    table = _table(title)
    table.add_column("quantity", overflow="fold")
    for name in ("value", "truth", "tolerance"):
        table.add_column(name, justify="right", overflow="fold", max_width=14)
    table.add_column("unit", no_wrap=True)
    table.add_column("verdict", no_wrap=True)
    table.add_column("source", min_width=20)
    case = None
    for row in rows:
        if row["case"] != case:
            case = row["case"]
            table.add_section()
            table.add_row(Text(case, style="bold"))
        verdict = Text(row["verdict"], style="green" if row["verdict"] == "pass" else "bold red")
        source = (row["source"] or "") + (f"\n{row['known_miss']}" if row.get("known_miss") else "")
        numbers = (Text(_number(row[key])) for key in ("value", "truth", "tolerance"))
        table.add_row(Text(f"  {row['quantity']}"), *numbers, Text(row["unit"] or ""), verdict, Text(source))
    return table


def _number(value) -> str:
    """Eight figures; dates without their day; other words as they are."""
    if isinstance(value, str) and value[10:11] == "T" and value.endswith("Z"):
        return value[11:]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return "" if value is None else str(value)
    return f"{value:.8g}"


def ensemble(block: dict):
    """The block `ensemble` of a summary as a table."""
    title = f"{block['samples']:,} flights, {block['uncertain']} uncertain numbers"
    table = Table(title=title, box=box.SIMPLE, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, count in block["outcomes"].items():
        table.add_row(name.replace("_", " "), f"{count:,}")
    found = block["footprint"]
    if found is not None:
        about = f"about the {found['radius_about']}"
        table.add_row("centre", f"{found['center'][0]:.3f} N {found['center'][1]:.3f} E")
        share = f"{100 * found['containment']:.4g} % ellipse"
        axes = f"{found['semi_major_m'] / 1e3:.1f} x {found['semi_minor_m'] / 1e3:.1f} km, {found['azimuth_deg']:.0f} deg"
        table.add_row(share, axes)
        table.add_row(f"half of them within, {about}", f"{found['cep_m'] / 1e3:.1f} km")
        table.add_row(f"99 % within, {about}", f"{found['radius_p99_m'] / 1e3:.1f} km")
    linear = block.get("linear")
    if linear is not None:
        axes = f"{linear['semi_major_m'] / 1e3:.1f} x {linear['semi_minor_m'] / 1e3:.1f} km, {linear['azimuth_deg']:.0f} deg"
        table.add_row("the same by linear theory", axes)
    zone = block["zone"]
    if zone is not None:
        share = f"{100 * zone['probability']:.2f} % ({100 * zone['low']:.2f} to {100 * zone['high']:.2f})"
        table.add_row("within the zone" + ("" if zone["radius_m"] is None else f" of {zone['radius_m'] / 1e3:.0f} km"), share)
    load = block["percentiles"].get("load_factor_g")
    if load:
        table.add_row("peak load, median and 99 %", f"{load['p50']:.2f}, {load['p99']:.2f} g")
    return table


def why(scenario, one, parts) -> list:
    """Tables of what moves the landing: numbers one by one, stages by variance, the linear ellipse."""
    numbers = Table(title=f"{scenario.title or scenario.name}: landing moved by one standard deviation, km", box=box.SIMPLE)
    numbers.add_column("number")
    numbers.add_column("stage")
    for name in ("along -", "along +", "across -", "across +"):
        numbers.add_column(name, justify="right")
    for name, row in one.to_dataframe().head(15).iterrows():
        moved = (row[f"{way}_{sign}_m"] / 1e3 for way in ("along", "across") for sign in ("minus", "plus"))
        numbers.add_row(str(name), row["stage"], *(f"{x:+.2f}" for x in moved))
    stages = Table(title=f"shares of the variance of {parts.metric}, {parts.flights:,} flights", box=box.SIMPLE)
    for name in ("stage", "first order", "alone", "with others"):
        stages.add_column(name, justify="left" if name == "stage" else "right")
    linear = one.shares()
    for name, row in parts.to_dataframe().iterrows():
        cells = (f"{row[k]:.2f} ± {row[k + '_half']:.2f}" for k in ("first", "total"))
        stages.add_row(str(name), f"{linear.get(name, 0.0):.2f}", *cells)
    stages.caption = "first order: of the landing point, by linear theory; alone and with others: Sobol indices"
    e = one.ellipse()
    words = f"{e['semi_major_m'] / 1e3:.1f} x {e['semi_minor_m'] / 1e3:.1f} km, longer axis to {e['azimuth_deg']:.0f} deg"
    flights = 2 * len(one.names) + 1
    return [numbers, stages, f"{100 * e['containment']:.4g} % ellipse by linear theory, {flights} flights: {words}"]


def changes(found):
    """What differs between two scenarios, a line an input, with what it does."""
    from trajectory.changes import EFFECTS

    shown = [k for k in EFFECTS if k in found.whole]
    title = f"{found.before} -> {found.after}: what changed, and what it does"
    table = Table(title=title, box=box.SIMPLE, caption="a part: the mean of what changing it first and changing it last does")
    table.add_column("input")
    table.add_column("before -> after", overflow="fold", max_width=40)
    for k in shown:
        unit, _, meaning = EFFECTS[k]
        table.add_column(f"{meaning}, {unit}", justify="right")

    def cells(effect):
        return (f"{effect[k] * EFFECTS[k][1]:+.2f}" if k in effect else "" for k in shown)

    for i in found.inputs:
        table.add_row(i.key, f"{i.before} -> {i.after}", *(cells(i.part) if i.problem is None else ["not alone"]))
    table.add_section()
    table.add_row("together", "what the parts leave", *cells(found.together()))
    table.add_row("whole", "", *cells(found.whole))
    return table


FIRST, EACH = 34, 15  # columns of a comparison: what it is, and each option


def width_of(options: int) -> int:
    """Of the tables of a comparison where there is no terminal to ask."""
    return max(WIDTH, FIRST + EACH * options)


def comparison(found, width: int = WIDTH):
    """A Comparison as tables: limits, metrics with their intervals, differences from the first option; options across, as many
    as fit beside each other."""
    from trajectory.verdict import sentence

    content = found.to_dict()
    options = content["options"]
    fits = max(1, (width - FIRST) // EACH)
    out = [Text(f"{found.samples:,} flights of each option, seed {found.seed}; 95 % intervals")]
    out += [Text(f"{i + 1:>3}  {o['scenario']}: {sentence(o['fit'])}") for i, o in enumerate(options)]
    for first in range(0, len(options), fits):
        out.append(_side_by_side(options, range(first, min(first + fits, len(options))), found.samples))
    for first in range(1, len(options), fits):
        out.append(_apart(found, range(first, min(first + fits, len(options)))))
    lines = [f"{i + 1} is dominated by {', '.join(str(j + 1) for j in x['by'])}" for i, x in enumerate(found.trade) if x["by"]]
    out.append("; ".join(lines) if lines else "no option is dominated by another")
    for i, o in enumerate(options):
        out += [Text(f"{i + 1} {o['scenario']}: {x}") for x in (o["available"] or {"differs": []})["differs"]]
        out += [Text(f"{i + 1} {o['scenario']}: the model disagrees with what was published. {x['date_utc']}: {x['says']}. "
                     f"The model: {x['model']}", style="bold") for x in o["statements"] if x["agrees"] is False]  # fmt: skip
    for score, (i, option) in zip(paired_scores(found), enumerate(found.options), strict=False):
        out.append(f"by your weights (0: best in all of them): {i + 1} {option.name} "
                   + ("lacks a metric" if score is None else f"{score:.3f}"))
    return Group(*out)


def _columns(title, which) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE, padding=(0, 1, 0, 0))
    table.add_column("", width=FIRST - 2)
    for i in which:
        table.add_column(str(i + 1), justify="right", width=EACH - 2)
    return table


def _side_by_side(options, which, samples: int) -> Table:
    from trajectory.metrics import METRICS, limit_words
    from trajectory.report.numbers import chance, ends, label, said

    table = _columns(None, which)
    for name in dict.fromkeys(x["name"] for o in options for x in o["limits"]):
        held = [next((x for x in options[i]["limits"] if x["name"] == name), None) for i in which]
        words = next((limit_words(x) for x in held if x is not None), None)
        cells = ["" if x is None else "holds" if x["holds"] else "broken" for x in held]
        cells = [c if x is None else f"{c} {chance(x)}".strip() for c, x in zip(cells, held, strict=True)]
        if words is not None:
            table.add_row(f"limit: {words}", *cells)
    table.add_section()
    for name in METRICS:
        held = [options[i]["metrics"].get(name) for i in which]
        if any(m is not None for m in held):
            cells = ["" if m is None else "\n".join(filter(None, (said(name, m["value"]), ends(name, m)))) for m in held]
            table.add_row(label(name, samples), *cells)
    return table


def _apart(found, which) -> Table:
    from trajectory.metrics import GIVEN, METRICS
    from trajectory.report.numbers import label, said

    table = _columns(f"difference from 1 {found.options[0].name}, of the same draws", which)
    against = {p["b"]: p["differences"] for p in found.pairs if p["a"] == 0}
    for name in METRICS:
        held = [against[i].get(name) for i in which]
        if not any(held):
            continue
        cells = []
        for d in held:
            mark = "" if d is None or d["significant"] or name in GIVEN else \
                "too few flights" if d["significant"] is None else "not significant"  # fmt: skip
            cells.append("" if d is None else "\n".join(filter(None, (said(name, d["value"], True), mark))))
        table.add_row(label(name, found.samples, True), *cells)
    return table


def paired_scores(found) -> list:
    return (found.to_dict()["weighed"] or {"scores": []})["scores"]


def windows(found):
    """The windows of an opportunity search, in their order; then what was left out, and why."""
    from trajectory.report.numbers import counted

    many = f"{counted(len(found), 'window')} in {counted(found.days, 'day')}"
    title = f"{found.scenario.name}: {many} from {found.begin_utc[:19]}Z"
    table = Table(title=f"{title}, by {', '.join(found.order)}", box=box.SIMPLE, pad_edge=False)
    columns = ("", "ignition", "zone", "rev", "way", "track passes, reach used", "landing", "light", "wait", "free flight",
               "load", "crew day", "if waved off")  # fmt: skip
    left = ("ignition", "zone", "way", "light", "crew day")
    for column in columns:
        table.add_column(column, justify="left" if column in left else "right", no_wrap=column in ("", "rev", "landing"))
    windy = any(w.wind_m_s is not None for w in found)
    if windy:
        table.add_column("wind", justify="right", no_wrap=True)
    day = None
    for i, w in enumerate(found, 1):
        date = w.ignition_utc[:10]
        lit = w.ignition_utc[11:19] if date == day else f"{date} {w.ignition_utc[11:19]}".rjust(19)
        day = date
        light = f"day, {w.daylight_left_s / 3600:.1f} h left" if w.daylight else f"dark, sun {w.sun_elevation_deg:.0f} deg"
        crew = f"{w.crew_day_h:.1f} h" + ("" if w.crew_awake else ", night")
        lit = lit.rjust(19) + ("" if w.ignition_until_utc is None else f" to {w.ignition_until_utc[11:19]}")
        place, across = w.site, ""
        if w.ignition_until_utc is not None:
            place += f", {_point(w.landing_latitude_deg, w.landing_longitude_deg)}"
        else:
            side = "" if abs(w.miss_across_m) < 500 else " right" if w.miss_across_m > 0 else " left"
            across = f"{abs(w.miss_across_m) / 1e3:.0f} km{side}"
            across += "" if w.reach_used is None else f", {100 * w.reach_used:.0f} %"
        cells = [str(i), lit, place, str(w.revolution), "north" if w.northward else "south", across, w.landing_utc[11:19],
                 light, _hours(w.wait_s), _hours(w.free_flight_s), f"{w.peak_load_factor_g:.1f} g", crew,
                 "" if w.next_utc is None else f"+{_hours(w.next_wait_s)}"]  # fmt: skip
        if windy:
            word = "" if w.wind_ok is None else " ok" if w.wind_ok else " above limit"
            cells.append("" if w.wind_m_s is None else f"{w.wind_m_s:.1f} m/s{word}")
        table.add_row(*cells)
    parts = [table]
    for p in found.out_of_reach:
        reach = "lands beside it" if p["reach_m"] is None else f"the reach there is {p['reach_m'] / 1e3:.0f} km"
        pass_ = f"{p['site']} on revolution {p['revolution']}, {p['passes_utc'][:16]}Z"
        parts.append(Text(f"out of reach: {pass_}: the track passes {abs(p['miss_across_m']) / 1e3:.0f} km away, {reach}"))
    if found.missing:
        parts.append(Text("not asked about, without coordinates: " + ", ".join(n for n, _ in found.missing)))
    parts += [Text(f"note: {note}") for note in found.notes]
    said = f"revolutions are counted by {found.counted_by}; orbit of {found.orbit_epoch_utc[:19]}Z"
    parts.append(Text(f"{said}; the crew's day begins at 06:00 UTC", style="dim"))
    return Group(*parts)


def _point(latitude: float, longitude: float) -> str:
    return f"{abs(latitude):.1f} {'N' if latitude >= 0 else 'S'} {abs(longitude):.1f} {'E' if longitude >= 0 else 'W'}"


def _hours(seconds: float) -> str:
    """2:29, or 26:14."""
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def burns(found):
    """What becomes of a burn that goes wrong, a row for each fault."""
    title = f"{found.scenario.name}, ignition {found.ignition_utc[:19]}Z: burns that go wrong"
    table = Table(title=title, box=box.SIMPLE, pad_edge=False)
    left = ("fault", "what is done", "where it ends")
    columns = ("fault", "what is done", "burn", "speed change", "entry", "angle", "where it ends", "along", "across", "load")
    for column in columns:
        table.add_column(column, justify="left" if column in left else "right")
    kind = None
    for r in found:
        if r.kind != kind and kind is not None:
            table.add_section()
        kind = r.kind
        ends = "in orbit" if r.outcome == "in_orbit" else r.outcome.replace("_", " ")
        if r.landing_utc is not None:
            ends = _point(r.landing_latitude_deg, r.landing_longitude_deg) + ("" if r.on_land else ", in the sea")
        elif r.perigee_m is not None:
            ends += f" {r.perigee_m / 1e3:.0f} x {r.apogee_m / 1e3:.0f} km, {_decay(r)}"
        table.add_row(
            r.fault, r.response, _or(r.burn_s, "{:.0f} s"), _or(r.delta_v_m_s, "{:.1f} m/s"), _or(r.entry_later_s, "{:+.0f} s"),
            _or(r.flight_path_angle_deg, "{:.2f} deg"), ends, _or(r.miss_along_m, "{:+.0f} km", 1e-3),
            _or(r.miss_across_m, "{:+.0f} km", 1e-3), _or(r.peak_load_factor_g, "{:.1f} g"))  # fmt: skip
    said = dict.fromkeys(f"{r.response}: {r.source}" for r in found if r.kind not in ("none", "leak thrust"))
    said |= dict.fromkeys(f"leak: {r.source}" for r in found if r.kind == "leak thrust")
    notes = [Text(line, style="dim") for line in said]
    about = "decay: the range is twice and half the drag; entry: later than planned; angle: over the horizon there"
    return Group(table, *notes, Text(f"{about}; along, across: from its landing", style="dim"))


def _or(value, form: str, factor: float = 1.0) -> str:
    return "" if value is None else form.format(value * factor)


def _decay(row) -> str:
    if row.decay_from_utc is None:
        return "stays for more than 60 days"
    if row.decay_utc is None:
        return f"comes down after {row.decay_from_utc[:10]}"
    until = "later than 60 days" if row.decay_to_utc is None else row.decay_to_utc[5:16].replace("T", " ")
    return f"comes down {row.decay_utc[5:16].replace('T', ' ')} ({row.decay_from_utc[5:16].replace('T', ' ')} to {until})"


def calendar(found):
    """A calendar: the stretches in which someone lacks a seat, the ways home, and how long the crews stayed."""
    span = f"{found.file.from_.iso[:10]} to {found.file.until.iso[:10]}"
    gaps = Table(title=f"{found.name}, {span}: when someone aboard had no seat", box=box.SIMPLE, pad_edge=False)
    for column in ("from", "until", "days", "aboard", "healthy seats", "who"):
        gaps.add_column(column, justify="right" if column in ("days", "aboard", "healthy seats") else "left")
    for g in found.gaps():
        a, b = (np.datetime64(g[k][:-1]) for k in ("from_utc", "until_utc"))
        days = (b - a) / np.timedelta64(86400, "s")
        gaps.add_row(_minute(g["from_utc"]), _minute(g["until_utc"]), f"{days:.1f}", str(g["aboard"]), str(g["healthy_seats"]),
                     ", ".join(g["who"]))  # fmt: skip
    ways = Table(title="ways home", box=box.SIMPLE, pad_edge=False)
    for column in ("scenario", "takes", "from", "until", "all who stay have a seat", "crew rotation", "cargo"):
        ways.add_column(column)
    for o in found.options():
        covered = _minute(o["covered_from_utc"]) if o["covered_from_utc"] else "never"
        span = (_minute(o["from_utc"]), _minute(o["until_utc"]))
        ways.add_row(o["scenario"], str(len(o["takes"])), *span, covered, o["rotation"], o["cargo"])
    stays = Table(title="crews", box=box.SIMPLE, pad_edge=False)
    for column in ("who", "days aboard", "planned"):
        stays.add_column(column)
    for s in found.stays():
        stays.add_row(", ".join(s["names"]), _or(s["days"], "{:.0f}"), _or(s["planned_days"], "{:.0f}"))
    grades = ", ".join(f"{n} {word}" for word, n in found.grades().items() if n)
    said = "a seat: in a healthy ship, with one's own liner; times within the calendar; assumed dates are recalled, unconfirmed"
    return Group(gaps, ways, stays, Text(f"dates: {grades}; {said}", style="dim"))


def station(day):
    """One day of a calendar: who could leave at once and in what."""
    title = f"{day.when}: {day.aboard} aboard, {day.healthy_seats} seats in healthy ships"
    table = Table(title=title, box=box.SIMPLE, pad_edge=False)
    for column in ("who", "ship", "place"):
        table.add_column(column)
    for name, (ship, what) in day.places.items():
        table.add_row(name, ship or "", Text(what, style="" if what == "seat" else "red"))
    docked = ", ".join(f"{n}{f' ({port})' if port else ''}{'' if fit else ', damaged'}" for n, port, fit in day.docked)
    return Group(table, Text(f"docked: {docked}"))


def _minute(text: str | None) -> str:
    return "" if text is None else text[:16].replace("T", " ")


def hazard(found):
    """The bodies of a re-entry, and the rules."""
    table = Table(title=f"{found.scenario.name}: {found.samples} flights, every body", box=box.SIMPLE, pad_edge=False)
    for column in ("body", "left at", "median fall", "speed", "energy", "casualty area", "area holds", "nearest again"):
        table.add_column(column, justify="left" if column in ("body", "left at", "median fall") else "right")
    for b in found.bodies:
        row = b.to_dict()
        place = "" if row["median"][0] is None else _point(*row["median"])
        near = min(b.recontact.values()) if b.recontact else None
        table.add_row(b.name.replace("_", " "), b.separation.replace("_", " "), place, _or(row["speed_m_s"], "{:.1f} m/s"),
                      _or(row["energy_j"], "{:.0f} kJ", 1e-3), f"{b.casualty_area:.1f} m2", f"{100 * b.containment:.3g} %",
                      _or(near, "{:.0f} m"))  # fmt: skip
    said = "nothing harmful is left behind"
    if found.most_population:
        said = f"casualty area of what is left behind: {found.casualty_area:.1f} m2; "
        said += f"up to {found.most_population:.2f} persons per km2 keep to 1e-4"
    lines = [Text(said)]
    for r in found.rules():
        word = {True: "holds", False: "broken", None: "cannot be said"}[r["holds"]]
        lines.append(Text(f"NASA-STD-8719.14, {r['rule']}, {r['what']}: {word} ({r['why']})"))
    return Group(table, *lines, *(Text(f"note: {note}", style="dim") for note in found.notes))
