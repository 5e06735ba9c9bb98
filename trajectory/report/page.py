"""The report of a comparison as one HTML page that fetches nothing: table, limits, map, pairs, assumptions."""

import base64
import io
from html import escape

from trajectory.compare import METRICS, SINGLE

STYLE = """
:root{--ink:#1d2b36;--quiet:#66757f;--rule:#d9dfe3;--good:#1b7f4d;--bad:#b3402a}
body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);margin:0 auto;max-width:1100px;padding:1.5rem}
h1{font-size:1.6rem;margin:0 0 .2rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}
p.q{color:var(--quiet);margin:.2rem 0 1rem}.wide{overflow-x:auto}
table{border-collapse:collapse;font-size:.88rem;min-width:60%}
th,td{padding:.3rem .7rem;border-bottom:1px solid var(--rule);text-align:right;white-space:nowrap;vertical-align:top}
th:first-child,td:first-child{text-align:left;white-space:normal;min-width:12rem}
small{color:var(--quiet);display:block}.yes{color:var(--good)}.no{color:var(--bad);font-weight:600}
img{max-width:100%;height:auto;border:1px solid var(--rule)}
footer{color:var(--quiet);font-size:.8rem;margin-top:2rem;border-top:1px solid var(--rule);padding-top:.6rem}
@media print{body{max-width:none;font-size:11px}.wide{overflow:visible}h2{break-after:avoid}tr,img{break-inside:avoid}}
"""
SCALE = {"m": (1e-3, "km"), "W/m2": (1e-4, "W/cm²"), "J/m2": (1e-6, "MJ/m²"), "s": (1 / 3600, "h"), "degC": (1.0, "°C")}


def compared(comparison) -> str:
    """The page of a Comparison."""
    import trajectory
    from trajectory.leg import kernel_name

    options = comparison.options
    named = [f"{i + 1}. {escape(o.flight.scenario.title or o.name)}" for i, o in enumerate(options)]
    title = "Ways home, side by side"
    parts = [
        f"<h1>{title}</h1><p class=q>{len(options)} options, {comparison.samples:,} flights each with the same draws "
        f"(seed {comparison.seed}). Values with 95 % intervals of the sampling; what a model leaves out is not in them.</p>",
        "<h2>The options</h2>", options_table(options, named), "<h2>Limits</h2>", limits_table(options, named),
        "<h2>Where they come down</h2>", image(comparison.plot()), "<h2>How the footprints lie to each other</h2>",
        pairs_table(comparison, named), "<h2>What this rests on</h2>", grades_table(options, named),
    ]  # fmt: skip
    hashes = "; ".join(f"{escape(o.name)} {o.flight.scenario.sha256[:12]}" for o in options)
    parts.append(f"<footer>trajectory {trajectory.__version__}, kernel {kernel_name()}; scenarios {hashes}. "
                 "Not for flight operations.</footer>")  # fmt: skip
    return (f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
            f"<style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n")  # fmt: skip


def table(head, rows) -> str:
    top = "".join(f"<th>{h}</th>" for h in head)
    body = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    return f"<div class=wide><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"


def shown(metric: dict | None, unit: str) -> str:
    """A value with its interval, in the unit of the page."""
    if metric is None:
        return "–"
    factor = SCALE.get(unit, (1.0, ""))[0]
    value = f"{metric['value'] * factor:.4g}"
    if metric["low"] is None and metric["high"] is None:
        return value
    ends = " to ".join("?" if e is None else f"{e * factor:.4g}" for e in (metric["low"], metric["high"]))
    return f"{value}<small>{ends}</small>"


def options_table(options, named) -> str:
    about = {k: (unit, meaning) for k, (_, _, unit, meaning) in METRICS.items()} | SINGLE
    rows = [["outcome of the nominal flight", *(escape(o.flight.outcome.replace("_", " ")) for o in options)]]
    for name, (unit, meaning) in about.items():
        if any(name in o.metrics for o in options):
            said = SCALE.get(unit, (1.0, "" if unit == "1" else unit))[1]
            rows.append([meaning + (f", {said}" if said else ""), *(shown(o.metrics.get(name), unit) for o in options)])
    return table(["", *named], rows)


def limits_table(options, named) -> str:
    names = list(dict.fromkeys(x["name"] for o in options for x in o.limits))
    rows = []
    for name in names:
        row = [escape(name.replace("_", " "))]
        for o in options:
            found = next((x for x in o.limits if x["name"] == name), None)
            if found is None:
                row.append("–")
                continue
            word = "<span class=yes>holds</span>" if found["holds"] else "<span class=no>broken</span>"
            chance = found["probability"]
            row.append(word + ("" if chance is None else f"<small>broken with {100 * chance:.3g} %</small>"))
        rows.append(row)
    return table(["nominal flight, and probability", *named], rows)


def pairs_table(comparison, named) -> str:
    def km(x):
        return "–" if x is None else f"{x / 1e3:.1f}"

    def part(x):
        return "–" if x is None else f"{x:.3f}"

    rows = [[f"{named[p['a']]} and {named[p['b']]}", km(p["shift_along_m"]), km(p["shift_across_m"]), part(p["jaccard"]),
             km(p["wasserstein_m"]), part(p["a_in_b"]), part(p["b_in_a"])] for p in comparison.pairs]  # fmt: skip
    head = ["pair", "shift along the track, km", "to the right, km", "overlap of the 95 % regions",
            "distance of the clouds, km", "first lands in the second's region", "second in the first's"]  # fmt: skip
    return table(head, rows)


def grades_table(options, named) -> str:
    grades = [o.flight.scenario.grades() for o in options]
    rows = [[grade, *(str(g[grade]) for g in grades)] for grade in ("stated", "derived", "assumed")]
    return table(["values by grade", *named], rows)


def image(figure) -> str:
    held = io.BytesIO()
    figure.savefig(held, format="png", dpi=110)
    text = base64.b64encode(held.getvalue()).decode()
    return f'<img alt="footprints of the options on a map" src="data:image/png;base64,{text}">'
