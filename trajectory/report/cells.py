"""The tables of a comparison's page, as HTML, from its content."""

from html import escape

from trajectory.metrics import GIVEN, METRICS, NOMINAL
from trajectory.report.numbers import ends, said, unit_of
from trajectory.report.style import WAYS


def name_of(i: int, option: dict) -> str:
    return f'<span class=key style="background:{option["colour"]}"></span>{i + 1}. {escape(option["title"])}'


def table(head, rows, kind: str = "") -> str:
    """Rows of one cell span the table: the name of a part."""
    top = "".join(f"<th scope=col>{h}</th>" for h in head)
    body = "".join(f"<tr class=part><td colspan={len(head)}>{row[0]}</td></tr>" if len(row) == 1 < len(head) else
                   "<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)  # fmt: skip
    return f'<div class=wide><table class="{kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def limits(options, named) -> str:
    names = list(dict.fromkeys(x["name"] for o in options for x in o["limits"]))
    if not names:
        return "<p>No option has a limit to be held against.</p>"
    whole = ["all of its limits"]
    for o in options:
        count = sum(not x["holds"] for x in o["limits"])
        whole.append("<span class=quietly>it has none</span>" if not o["limits"] else "<span class=yes>pass</span>" if not count
                     else f"<span class=no>fail</span><small>{count} of {len(o['limits'])} broken</small>")  # fmt: skip
    rows = [whole]
    for name in names:
        row = [escape(name.replace("_", " "))]
        for o in options:
            found = next((x for x in o["limits"] if x["name"] == name), None)
            if found is None:
                row.append("–")
                continue
            word = "<span class=yes>holds</span>" if found["holds"] else "<span class=no>broken</span>"
            chance = found["probability"]
            row.append(word + ("" if chance is None else f"<small>{100 * chance:.3g} %</small>"))
        rows.append(row)
    return ("<p class=note>By the nominal flight; below, the probability that a dispersed one breaks it.</p>"
            + table(["limit", *named], rows))  # fmt: skip


def shown(metric: dict | None, name: str) -> str:
    """A value with its interval, in the unit of the page."""
    if metric is None:
        return "–"
    interval = ends(name, metric)
    return said(name, metric["value"]) + (f"<small>{interval}</small>" if interval else "")


def metrics(content: dict, named) -> str:
    options, rows = content["options"], []
    rows.append(["outcome of the nominal flight", *(escape(o["outcome"].replace("_", " ")) for o in options)])
    if any(o["available"] for o in options):
        rows.append(["to be had", *(to_be_had(o["available"]) for o in options)])
    for name, metric in METRICS.items():
        if name not in GIVEN and any(name in o["metrics"] for o in options):
            unit = unit_of(name)
            rows.append([metric.meaning + (f", {unit}" if unit else "") + (" (nominal flight)" if name in NOMINAL else ""),
                         *(shown(o["metrics"].get(name), name) for o in options)])  # fmt: skip
    rows.append(["Probability of each outcome and branch"])
    for name in dict.fromkeys(k for o in options for k in o["outcomes"]):
        rows.append([escape(name.replace("_", " ")), *(shown(o["outcomes"].get(name), "landed") for o in options)])
    note = (f"Under each value: its 95 % interval; ? where so few flights set no bound. The helicopter flies "
            f"{content['helicopter_m_s'] * 3.6:.0f} km/h (assumed) and leaves at touchdown. – where a number does not "
            "apply, or its data are not public.")  # fmt: skip
    return table(["", *named], rows) + f"<p class=note>{note}</p>"


def to_be_had(available: dict | None) -> str:
    if not available:
        return "–"

    def day(name):
        text = available[name]
        if text is None:
            return "?"
        return escape(text[:10]) + ("*" if available[f"{name}_grade"] == "assumed" else "")

    seats = "" if available["seats"] is None else f"<small>{available['seats']} seats</small>"
    return f"{day('from')}<br>to {day('until')}{seats}"


def trade(content: dict, named) -> str:
    rows = []
    for i, found in enumerate(content["dominated"]):
        if not found["by"]:
            rows.append([named[i], "not dominated", "no other option is at least as good in everything"])
            continue
        for j, better in zip(found["by"], found["better_in"], strict=True):
            rows.append([named[i], f"dominated by {j + 1}", ", ".join(METRICS[k].meaning for k in better)])
    return ("<p class=note>An option is dominated when another breaks no limit that it holds, has all of its numbers, is "
            "surely worse in none of them (the 95 % interval of the paired difference) and surely better in one at least. "
            "Seats and the first date count as numbers. What is left is a choice for people.</p>"
            + table(["option", "", "surely better in"], rows, "text"))  # fmt: skip


def weighed(content: dict, named) -> str:
    held = content["weighed"]
    if not held:
        return ""
    weights = ", ".join(f"{escape(k)} {w:g}" for k, w in held["weights"].items())
    order = sorted(range(len(named)), key=lambda i: (held["scores"][i] is None, held["scores"][i] or 0.0))
    rows = [[named[i], "lacks one of them" if held["scores"][i] is None else f"{held['scores'][i]:.3f}"] for i in order]
    return (f"<p class=note>By the weights that were given ({weights}): sum of weight × (value − best)/(worst − best); 0 is "
            "best in all. Limits are not in it.</p>" + table(["option", "sum"], rows))  # fmt: skip


def differences(content: dict, named) -> str:
    if not content["pairs"]:
        return "<p>There is one option.</p>"
    against = [p for p in content["pairs"] if p["a"] == 0]
    rest = [p for p in content["pairs"] if p["a"] != 0]
    text = ("<p class=note>Flight by flight with the same draws; 95 % interval of the difference (bootstrap of the pairs; for "
            "probabilities Newcombe 1998). “not significant” where 0 lies in it, “one flight” where only the nominal flight "
            "tells, “too few flights” where they set no bound. A difference may be real and small.</p>")  # fmt: skip
    text += _differences(content, against, named)
    if rest:
        inner = "".join(f"<p><b>{named[k]}</b></p>" + _differences(content, [p for p in rest if p["a"] == k], named)
                        for k in dict.fromkeys(p["a"] for p in rest))  # fmt: skip
        text += f"<details class=screen><summary>Pairs without option 1: {len(rest)}</summary>{inner}</details>"
    return text


def _differences(content: dict, pairs, named) -> str:
    rows = []
    for name, metric in METRICS.items():
        if not any(name in p["differences"] for p in pairs):
            continue
        unit = "days" if metric.unit == "date" else unit_of(name)
        row = [metric.meaning + (f", {unit}" if unit else "")]
        for p in pairs:
            d = p["differences"].get(name)
            row.append("–" if d is None else difference(name, d))
        rows.append(row)
    return table([f"less option {pairs[0]['a'] + 1}", *(named[p["b"]] for p in pairs)], rows)


def difference(name: str, d: dict) -> str:
    value, interval = said(name, d["value"], True), ends(name, d, True)
    if d["significant"] is None:
        why = "" if name in GIVEN else "one flight" if name in NOMINAL else "too few flights"
        return f"{value}<small>{why}</small>"
    if d["significant"]:
        return f"<b>{value}</b><small>{interval}</small>"
    return f"<span class=quietly>{value}</span><small>{interval}<br>not significant</small>"


def footprints(content: dict, named) -> str:
    def km(x):
        return "–" if x is None else f"{x / 1e3:.1f}"

    def part(x):
        return "–" if x is None else f"{x:.3f}"

    rows = [[f"{named[p['a']]}<br>{named[p['b']]}", km(p["shift_along_m"]), km(p["shift_across_m"]), part(p["jaccard"]),
             km(p["wasserstein_m"]), part(p["a_in_b"]), part(p["b_in_a"])] for p in content["pairs"]]  # fmt: skip
    head = [
        "pair", "shift along the track, km", "to the right, km", "overlap of the 95 % regions (Jaccard)",
            "distance of the clouds (Wasserstein), km", "first lands in the second's region", "second in the first's",
    ]  # fmt: skip
    return table(head, rows) if rows else "<p>There is one option.</p>"


def drivers(options, named) -> str:
    stages = sorted({s for o in options for s in o["shares"]}, key=lambda s: -max(o["shares"].get(s, 0.0) for o in options))
    stages = [s for s in stages if max(o["shares"].get(s, 0.0) for o in options) >= 0.0005]
    if not stages:
        return "<p>Not known for these flights.</p>"
    hue = dict(zip(stages, WAYS * 3, strict=False))
    rows = []
    for k, o in zip(named, options, strict=True):
        bar = "".join(f'<i style="width:{100 * v:.2f}%;background:{hue[s]}" title="{escape(s)} {100 * v:.1f} %"></i>'
                      for s, v in o["shares"].items() if s in hue)  # fmt: skip
        words = ", ".join(f'<span class=key style="background:{hue[s]}"></span>{escape(s)} {100 * v:.1f} %'
                          for s, v in o["shares"].items() if s in hue and v >= 0.0005)  # fmt: skip
        rows.append([k, f"<div class=bar>{bar}</div>{words or '–'}"])
    return ("<p class=note>Part of each stage's uncertain numbers in the variance of the landing point, to first order, each "
            "moved by one standard deviation either way; the flight as planned, without branches.</p>"
            + table(["option", "share"], rows, "text"))  # fmt: skip


def grades(options, named) -> str:
    rows = [[grade, *(str(o["grades"][grade]) for o in options)] for grade in ("stated", "derived", "assumed")]
    return table(["values by grade", *named], rows)


def assumptions(options) -> str:
    """Every value with a grade, once for all options that share it; first what is uncertain, then what is assumed."""
    found: dict[tuple, list[int]] = {}
    for i, o in enumerate(options):
        for row in o["assumptions"]:
            found.setdefault(tuple(row), []).append(i + 1)
    order = {"assumed": 0, "derived": 1, "stated": 2}
    text = ""
    parts = (("Uncertain: drawn anew for each flight", lambda r: r[4], True),
             ("Assumed and held", lambda r: not r[4] and r[3] == "assumed", False),
             ("Stated or derived, and held", lambda r: not r[4] and r[3] != "assumed", False))  # fmt: skip
    for title, belongs, opened in parts:
        rows = [[escape(k), escape(v) + (f"<small>{escape(spread)}</small>" if spread else ""), grade, escape(source) or "–",
                 "all" if len(who) == len(options) else ", ".join(map(str, who))]
                for (k, v, source, grade, spread), who in sorted(found.items(), key=lambda x: (order.get(x[0][3], 3), x[0][0]))
                if belongs((k, v, source, grade, spread))]  # fmt: skip
        if rows:
            start = "<details open>" if opened else "<details class=screen>"
            text += (f"{start}<summary>{title}: {len(rows)} values</summary>"
                     + table(["key", "value", "grade", "source", "options"], rows, "text") + "</details>")  # fmt: skip
    return text

