"""What a notebook shows of an object: the tables of the terminal as HTML, nothing to fetch, on light and dark pages."""

import html
import io

from rich.console import Console

from trajectory.report import tables

WIDTH = 140  # columns; wider tables fold their words
MOST = 30  # rows of a table; how many were left out is said
FRAME = ('<pre style="font-family:ui-monospace,Menlo,Consolas,monospace;line-height:1.25;overflow-x:auto;margin:0">'
         "<code>{code}</code></pre>")  # fmt: skip


def shown(*parts, width: int = WIDTH) -> str:
    """HTML of what the terminal would print, in the colour of the page."""
    console = Console(record=True, file=io.StringIO(), width=width, no_color=True, highlight=False, emoji=False)
    for part in parts:
        console.print(part)
    text = console.export_text(styles=False)
    lines = [line.rstrip() for line in text.strip("\n").splitlines()]
    return FRAME.format(code=html.escape("\n".join(lines)))


def pairs(rows) -> str:
    """A table of a name and a value each."""
    cells = "".join(f'<tr><th style="text-align:left">{html.escape(str(k))}</th><td style="text-align:left">'
                    f"{html.escape(str(v))}</td></tr>" for k, v in rows)  # fmt: skip
    return f"<table>{cells}</table>"


def headed(title: str, about: str, body: str) -> str:
    return f"<div><b>{html.escape(title)}</b> {html.escape(about)}{body}</div>"


def scenario(one) -> str:
    """Title, what it rests on; every value folded away beneath."""
    from trajectory.scenario import describe

    grades = ", ".join(f"{n} {grade}" for grade, n in one.grades().items())
    rows = [("file", one.file.name), ("sha256", one.sha256[:16]), ("values", grades)]
    folded = f"<details><summary>every value</summary>{shown(tables.show(describe(one)))}</details>"
    return headed(one.title or one.name, one.summary or "", pairs(rows) + folded)


def flight(one) -> str:
    """What `trajectory run` prints: events, outcome, peaks."""
    return shown(tables.flight(one))


def ensemble(one) -> str:
    """What `trajectory run --samples` prints."""
    title = one.scenario.title or one.scenario.name
    return headed(title, f"seed {one.plan.design.seed}", shown(tables.ensemble(one.summary())))


def footprint(one) -> str:
    """Centre, ellipse, radii with their intervals."""
    import numpy as np

    latitude, longitude = np.degrees(one.center)
    rows = [("landings", f"{one.points:,} of {one.flights:,} flights"), ("centre", f"{latitude:.4f}, {longitude:.4f} deg"),
            (f"{100 * one.containment:g} % ellipse", f"{one.semi_major / 1e3:.2f} x {one.semi_minor / 1e3:.2f} km, "
             f"azimuth {np.degrees(one.azimuth):.1f} deg")]  # fmt: skip
    for name, radius in one.radii.items():
        known = None not in (radius.low, radius.high)
        interval = f"unknown below {radius.needed:,} landings"
        if known:
            interval = f"{radius.low / 1e3:.2f} to {radius.high / 1e3:.2f}"
        share = f"{name[1:3]}.{name[3:]}".rstrip(".")
        rows.append((f"{share} % within, about the {one.about}", f"{radius.value / 1e3:.2f} km (95 %: {interval})"))
    return headed("Footprint", "", pairs(rows))


def comparison(one) -> str:
    """What `trajectory compare` prints."""
    return shown(tables.comparison(one))


def windows(one) -> str:
    """The first windows, what was out of reach, and the notes."""
    from dataclasses import replace

    left = len(one.windows) - MOST
    body = shown(tables.windows(replace(one, windows=one.windows[:MOST])), width=190)
    return body + (f"<p>{left} more windows: to_dataframe()</p>" if left > 0 else "")


def changes(one) -> str:
    """What `trajectory changes` prints."""
    return shown(tables.changes(one))
