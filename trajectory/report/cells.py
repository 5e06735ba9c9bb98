"""The tables of a comparison's page, as HTML, from its content."""

import re
from html import escape

from trajectory.availability import without_a_seat
from trajectory.margins import FLIGHTS
from trajectory.metrics import GIVEN, METRICS, limit_words
from trajectory.report.numbers import chance, ends, label, said
from trajectory.report.style import WAYS


def name_of(i: int, option: dict) -> str:
    return f'<span class=key style="background:{option["colour"]}"></span>{i + 1}. {escape(option["title"])}'


MANY = 6  # options beside each other, beyond which tables are set narrower


def table(head, rows, kind: str = "") -> str:
    """Rows of one cell span the table: the name of a part. Cells of a table of text carry their heading, for narrow screens."""
    if not kind and len(head) > MANY + 1:
        kind = "many"
    top = "".join(f"<th scope=col>{h}</th>" for h in head)
    labels = [f' data-label="{re.sub("<[^>]*>", "", h)}"' if "text" in kind and h else "" for h in head]
    body = "".join(f"<tr class=part><td colspan={len(head)}>{row[0]}</td></tr>" if len(row) == 1 < len(head) else
                   "<tr>" + "".join(f"<td{m}>{c}</td>" for m, c in zip(labels, row, strict=True)) + "</tr>"
                   for row in rows)  # fmt: skip
    return f'<div class=wide><table class="{kind}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


FIT = {"regular": ("yes", "regular return"), "emergency": ("half", "emergency alone"), "refused": ("no", "not fit")}
DECIDED = {"regular": "for a regular return", "emergency": "for an emergency alone", "refused": "refused for a regular return"}


def warm(text: str) -> str:
    """Escaped, with the degree sign of the page."""
    return escape(text).replace("degC", "°C")


def limits(options, named) -> str:
    names = list(dict.fromkeys(x["name"] for o in options for x in o["limits"]))
    rows = [["<b>fit for, by the model</b>", *(fit(o["fit"]) for o in options)]]
    if any(x["kind"] == "decision" for o in options for x in o["statements"]):
        rows.append(["as it was decided", *(decided(o) for o in options)])
    for name in names:
        held = [next((x for x in o["limits"] if x["name"] == name), None) for o in options]
        row = [warm(limit_words(next(x for x in held if x is not None)))]
        for o, found in zip(options, held, strict=True):
            if found is None:
                row.append("–")
                continue
            word = "<span class=yes>holds</span>" if found["holds"] else "<span class=no>broken</span>"
            decides = any(x["name"] == name for x in o["fit"]["decided_by"])
            share = chance(found).replace("\n", "<br>")
            shown = f"<b>{word}</b>" if decides else f"<span class=shown>{word}</span>"
            row.append(shown + (f"<small>{share}</small>" if share else ""))
        rows.append(row)
    confidence = options[0]["fit"]["confidence"]
    return (f"<p class=note>Each limit by the nominal flight; below, the probability that a dispersed one breaks it, with its "
            f"95 % interval: of all flights, for load and bond line of the first {FLIGHTS}, for a cabin of its samples. Those "
            f"in bold decide: a way home is fit for a regular return when it breaks none of them with more than "
            f"{100 * (1 - confidence):.3g} %, for an emergency when the nominal flight comes down and breaks none more often "
            "than not (outside the zone counts for a regular return alone). The others are shown, and decide nothing."
            "</p>" + table(["limit", *named], rows))  # fmt: skip


def fit(found: dict) -> str:
    kind, words = FIT[found["fit"]]
    alone = "" if len(found["decided_by"]) > 1 else "<small>nothing but the landing is looked at</small>"
    return f"<span class={kind}>{words}</span>{alone}"


def decided(option: dict) -> str:
    """The last decision that was published."""
    held = [x for x in option["statements"] if x["kind"] == "decision"]
    if not held:
        return "<span class=quietly>not published</span>"
    mark = " class=no" if held[-1]["agrees"] is False else ""
    return f"<span{mark}>{DECIDED[held[-1]['decision']]}</span><small>{escape(held[-1]['date_utc'])}</small>"


VERDICTS = {True: "<span class=yes>agrees</span>", False: "<span class=no>disagrees</span>", None: "–"}


def statements(options, named) -> str:
    """What was published of each option, what the model says to it, and whether they agree."""
    held = [(i, x) for i, o in enumerate(options) for x in o["statements"]]
    figures = [(i, x) for i, o in enumerate(options) for x in o["figures"]]
    if not held and not figures:
        return "<p>Nothing is published about these options that the files hold.</p>"
    told = [x for _, x in held if x["agrees"] is not None]
    against = list(dict.fromkeys(i + 1 for i, x in held if x["agrees"] is False))
    many = sum(x["agrees"] is False for x in told)
    text = (f"<p>{len(told)} statements can be held against the model: it agrees with {len(told) - many}"
            + (f" and <b class=no>disagrees with {many}</b>, of option {', '.join(map(str, against))}." if many else ".")
            + "</p><p class=note>Statements in our own words, with date and source. The verdict is worked out from limits and "
            "probabilities, not written down. “calibrated”: values of the model were set by it, so agreement is no check."
            "</p>")  # fmt: skip
    rows = []
    for i, name in enumerate(named):
        mine = [x for j, x in held if j == i]
        if mine:
            rows.append([name])
        for x in mine:
            who = f"<b>{escape(x['by'])}</b>: " if x["by"] else ""
            used = "<small>calibrated</small>" if x["used"] == "calibration" else ""
            rows.append([escape(x["date_utc"]), f"{who}{escape(x['says'])}<small>{escape(x['source'] or 'no source')} "
                         f"({x['grade']})</small>", warm(x["model"]) or "–", VERDICTS[x["agrees"]] + used])  # fmt: skip
    text += table(["date", "what was published", "what the model says", ""], rows, "text said") if rows else ""
    return text + published_figures(options, named)


def published_figures(options, named) -> str:
    """Times, places and loads of `[expected]`: how many are met, and which are not."""
    rows = []
    for name, o in zip(named, options, strict=True):
        met = [x for x in o["figures"] if x["verdict"] == "pass"]
        missed = [x for x in o["figures"] if x["verdict"] != "pass"]
        if o["figures"]:
            words = "<br>".join(f"{escape(x['quantity'].replace('_', ' '))}: {x['value']:.5g} {escape(x['unit'])}, published "
                                f"{x['truth']:.5g} to {x['tolerance']:.3g}" if x["value"] is not None else
                                f"{escape(x['quantity'])}: not reached" for x in missed)  # fmt: skip
            mark = "no" if missed else "yes"
            rows.append([name, f"<span class={mark}>{len(met)} of {len(o['figures'])}</span>", words or "–"])
    if not rows:
        return ""
    return ("<p class=note>Times, places and loads that are published, or must hold of a flight that no one flew: how many the "
            "nominal flight meets within their tolerance.</p>" + table(["option", "met", "missed"], rows, "text"))  # fmt: skip


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
    for name in METRICS:
        if name not in GIVEN and any(name in o["metrics"] for o in options):
            rows.append([label(name, content["samples"]), *(shown(o["metrics"].get(name), name) for o in options)])
    rows.append(["Probability of each outcome and branch"])
    for name in dict.fromkeys(k for o in options for k in o["outcomes"]):
        rows.append([escape(name.replace("_", " ")), *(shown(o["outcomes"].get(name), "landed") for o in options)])
    note = (f"Under each value: its 95 % interval; ? where so few flights set no bound. The helicopter flies "
            f"{content['helicopter_m_s'] * 3.6:.0f} km/h (assumed) and leaves at touchdown. – where a number does not "
            "apply, or its data are not public.")  # fmt: skip
    return table(["", *named], rows) + f"<p class=note>{note}</p>"


def day(text: str | None, grade: str | None) -> str:
    return "?" if text is None else escape(text[:10]) + ("*" if grade == "assumed" else "")


def to_be_had(available: dict | None) -> str:
    if not available:
        return "–"
    seats = "" if available["seats"] is None else f"<small>{available['seats']} seats</small>"
    first, until = (day(available[f"{k}_utc"], available[f"{k}_grade"]) for k in ("first", "until"))
    return f"{first}<br>to {until}{seats}"


def availability(options, named) -> str:
    """From when until when, for whom, and what it leaves behind."""
    rows = []
    for name, o in zip(named, options, strict=True):
        held = o["available"]
        if not held:
            rows.append([name, *["–"] * 4])
            continue
        way = held["calendar"]
        who = "" if way is None else ", ".join(way["takes"]) or "no one"
        behind = without_a_seat(held)
        words = () if way is None else (behind, way["rotation"], f"cargo: {way['cargo']}")
        left = "<br>".join(escape(x) for x in words if x) or "–"
        differs = "<br>".join(map(escape, held["differs"]))
        rows.append([name, f"{day(held['first_utc'], held['first_grade'])} to {day(held['until_utc'], held['until_grade'])}",
                     f"{'?' if held['seats'] is None else held['seats']}<small>{escape(who)}</small>", left,
                     held["by"] + (f"<small class=half>{differs}</small>" if differs else "")])  # fmt: skip
    if not any(o["available"] for o in options):
        return "<p>Neither a calendar nor the scenarios say.</p>"
    return ("<p class=note>First date at which the ship is docked in the state that the option needs, with the liners of those "
            "it takes, by the calendar of the station; by the scenario where the calendar does not know it. * assumed or "
            "recalled.</p>"
            + table(["option", "to be had", "seats", "what it leaves behind", "by"], rows, "text"))  # fmt: skip


def trade(content: dict, named) -> str:
    rows = []
    for i, found in enumerate(content["dominated"]):
        if not found["by"]:
            rows.append([named[i], "not dominated", "no other option is at least as good in everything"])
            continue
        for j, better in zip(found["by"], found["better_in"], strict=True):
            rows.append([named[i], f"dominated by {j + 1}",
                         "surely better in " + ", ".join(METRICS[k].meaning for k in better)])  # fmt: skip
    return ("<p class=note>An option is dominated when another breaks no limit that it holds, has all of its numbers, is "
            "surely worse in none of them (the 95 % interval of the paired difference) and surely better in one at least. "
            "Seats and the first date count as numbers. What is left is a choice for people.</p>"
            + table(["option", "", "why"], rows, "text"))  # fmt: skip


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
            "probabilities Newcombe 1998). “not significant” where 0 lies in it, “too few flights” where they set no bound. "
            "A difference may be real and small.</p>")  # fmt: skip
    text += _differences(content, against, named)
    if rest:
        inner = "".join(f"<p><b>{named[k]}</b></p>" + _differences(content, [p for p in rest if p["a"] == k], named)
                        for k in dict.fromkeys(p["a"] for p in rest))  # fmt: skip
        text += f"<details class=screen><summary>Pairs without option 1 ({len(rest)})</summary>{inner}</details>"
    return text


def _differences(content: dict, pairs, named) -> str:
    rows = []
    for name in METRICS:
        if not any(name in p["differences"] for p in pairs):
            continue
        row = [label(name, content["samples"], True)]
        for p in pairs:
            d = p["differences"].get(name)
            row.append("–" if d is None else difference(name, d))
        rows.append(row)
    return table([f"less option {pairs[0]['a'] + 1}", *(named[p["b"]] for p in pairs)], rows)


def difference(name: str, d: dict) -> str:
    value, interval = said(name, d["value"], True), ends(name, d, True)
    if d["significant"] is None:
        why = "" if name in GIVEN else "too few flights"
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

