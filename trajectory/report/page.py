"""The report of a comparison as one HTML page that fetches nothing: limits, table, trade, map, charts, what it rests on."""

import base64
import json
from functools import lru_cache
from html import escape
from importlib.resources import files

import numpy as np

from trajectory.metrics import METRICS
from trajectory.report import cells

HERE = files("trajectory") / "data" / "page"
# The browser sees to it.
FETCHES_NOTHING = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
DRAWN = ("title", "colour", "epoch", "touchdown", "marks", "track", "cabin", "landings", "ellipse", "regions", "site", "target",
         "zone", "bases")  # of an option, by the script
LIMITED = {"cabin": "cabin_temperature_", "core": "core_temperature_"}  # series of a chart: limits drawn in it


def compared(content: dict) -> str:
    """The page of the content of a comparison (contents.of, or read again from `report.json`)."""
    options = content["options"]
    named = [cells.name_of(i, o) for i, o in enumerate(options)]
    title = "Ways home, side by side"
    parts = [
        f"<h1>{question(options)}</h1>", lead(content, named),
        "<h2>Limits first</h2>", cells.limits(options, named),
        "<h2>What was published, and what the model says</h2>", cells.statements(options, named),
        "<h2>When each is to be had</h2>", cells.availability(options, named),
        "<h2>The options in numbers</h2>", cells.metrics(content, named),
        "<h2>Which is better, without a score</h2>", cells.trade(content, named), cells.weighed(content, named),
        "<h2>Where they come down</h2>", MAP,
        "<h2>On the way</h2>", CHARTS,
        "<h2>Differences, and whether they are real</h2>", cells.differences(content, named),
        "<h2>How the footprints lie to each other</h2>", cells.footprints(content, named),
        "<h2>What drives the landing point</h2>", cells.drivers(options, named),
        "<h2>What this rests on</h2>", cells.grades(options, named), cells.assumptions(options),
        footer(content),
    ]  # fmt: skip
    data = json.dumps(drawn(content), separators=(",", ":"), ensure_ascii=False, allow_nan=False).replace("</", "<\\/")
    style, script = ((HERE / name).read_text(encoding="utf-8") for name in ("page.css", "page.js"))
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
            f'<meta http-equiv="Content-Security-Policy" content="{FETCHES_NOTHING}">'
            f"<style>{style}</style></head><body>{''.join(parts)}"
            f'<script type="application/json" id="data">{data}</script><script>{script}</script></body></html>\n')  # fmt: skip


MAP = """
<p class="note screen">Wheel, buttons or two fingers zoom; drag moves it; point at anything for its values.</p>
<div id="map"><canvas id="map-canvas" tabindex="0" role="img" aria-label="Map: footprints and ground tracks of the options">
</canvas><div class="buttons"><button id="in" aria-label="zoom in">+</button><button id="out" aria-label="zoom out">−</button>
<button id="to-zone">zone</button><button id="to-landings">landings</button><button id="to-tracks">tracks</button></div>
<div class="tip" id="map-tip"></div></div>
<div class="layers" id="ways"></div><div class="layers screen" id="layers"></div>
<noscript><p>Map and charts need JavaScript; footprints.png beside this page shows the footprints.</p></noscript>
<p class="note">Dots: landings of dispersed flights, thinned. Lines: 99.7 % ellipses. Shades: where the density is highest,
holding 50, 95 and 99.7 % of the flights. Cross: aim point; dashes: its zone. Numbers: where the nominal flights
land. Outlines: Natural Earth 1:50m.</p>"""
CHARTS = """
<p class="screen"><label>time from <select id="mark"><option value="entry_interface">entry interface</option>
<option value="deorbit_ignition">ignition</option><option value="undocking">undocking</option>
<option value="touchdown">touchdown</option></select></label>
<label>shown <select id="span"><option value="entry">the entry</option><option value="burn">from the burn on</option>
<option value="all">the whole flight</option></select></label></p>
<div id="charts" class="charts"></div><div id="read" class="screen" aria-live="polite"></div>
<p class="note">Nominal flights. Colours are those of the map.</p>"""


def question(options) -> str:
    words = ("One way", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    count = [words[0], *(f"{word} ways" for word in words[1:])]
    if len(options) == 1:
        return f"Is this way home to be taken: {escape(options[0]['title'])}?"
    many = count[len(options) - 1] if len(options) <= len(count) else f"{len(options)} ways"
    return f"{many} home: which, and why not the others?"


def lead(content: dict, named) -> str:
    options = content["options"]

    def listed(found):
        return "".join(f"<li>{named[i]}</li>" for i in found) or "<li>none</li>"

    def fit(word):
        return listed(i for i, o in enumerate(options) if o["fit"]["fit"] == word)

    against = [i for i, o in enumerate(options) if any(x["agrees"] is False for x in o["statements"])]
    text = ("<dl class=answer>"
            f"<div><dt class=yes>fit for a regular return</dt><dd><ul>{fit('regular')}</ul></dd></div>"
            f"<div><dt class=half>for an emergency alone</dt><dd><ul>{fit('emergency')}</ul></dd></div>"
            f"<div><dt class=no>not fit</dt><dd><ul>{fit('refused')}</ul></dd></div>"
            f"<div><dt>model disagrees with what was published</dt><dd><ul>{listed(against)}</ul></dd></div>"
            "</dl>"
            f"<p class=q>{content['samples']:,} flights of each option with the same draws (seed {content['seed']}). Intervals "
            "are those of the sampling, at 95 %; what the model leaves out is not in them.</p>")  # fmt: skip
    for left in content["left_out"]:
        text += f"<p class=no>{escape(left['scenario'])} is left out: {escape(short(left['reason']))}</p>"
    return text


def short(reason: str) -> str:
    """Without the list of all that there is."""
    return reason.partition("; known:")[0].strip()


def drawn(content: dict) -> dict:
    """What the script takes."""
    lines = {key: sorted({x["limit"] for o in content["options"] for x in o["limits"] if x["name"].startswith(name)})
             for key, name in LIMITED.items()}  # fmt: skip
    return {"options": [{k: o[k] for k in DRAWN} for o in content["options"]], "limits": lines, **packed()}


@lru_cache(maxsize=1)
def packed() -> dict:
    """Land and borders as base64 of little-endian int16, hundredths of degrees, and where each line starts."""
    out = {}
    with (files("trajectory") / "data" / "natural_earth" / "outlines.npz").open("rb") as file, np.load(file) as held:
        for name in ("land", "borders"):
            out[name] = base64.b64encode(held[name].astype("<i2").tobytes()).decode()
            out[f"{name}_starts"] = held[f"{name}_starts"].tolist()
    return out


def footer(content: dict) -> str:
    hashes = "; ".join(f"{escape(o['scenario'])} {o['scenario_sha256'][:16]}" for o in content["options"])
    return (f"<footer>trajectory {escape(content['version'])}, kernel {escape(content['kernel'])}, seed {content['seed']}, "
            f"{content['samples']:,} flights of each. Scenarios (SHA-256): {hashes}. {len(METRICS)} metrics known. "
            "Not for flight operations.</footer>")  # fmt: skip
