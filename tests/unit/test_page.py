"""The page of a comparison in a browser: it runs, draws, and asks the network for nothing. The globe's document is CZML."""

import importlib.util
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import trajectory as tj
from trajectory import compare
from trajectory.report import cells, contents, czml, numbers, page

spec = importlib.util.spec_from_file_location("chromium", Path(__file__).with_name("chromium.py"))
chromium = importlib.util.module_from_spec(spec)
spec.loader.exec_module(chromium)
browser = pytest.mark.skipif(chromium.PROGRAM is None, reason="no browser is found: chromium or google-chrome in PATH")


@pytest.fixture(scope="module")
def comparison():
    short = tj.load("ms11-bank-schedule").replace(deorbit__delta_v="127.5 m/s", title="Weaker </script> & <b>")
    options = [compare.option(s, 60, seed=1) for s in (tj.load("ms11-bank-schedule"), short)]
    return compare.together(options, 60, 1)


@pytest.fixture(scope="module")
def content(comparison):
    return json.loads(contents.text_of(comparison.content()))


@pytest.fixture(scope="module")
def window(tmp_path_factory):
    """A browser with a profile of its own."""
    held = chromium.Chromium(tmp_path_factory.mktemp("profile"))
    yield held
    held.close()


@pytest.fixture(scope="module")
def file(content, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page.compared(content), encoding="utf-8")
    return path


@pytest.fixture
def opened(window, file):
    window.open(file)
    return window


@browser
def test_the_page_draws_its_map_and_charts_without_a_word_in_the_console(opened):
    assert not opened.said and not opened.asked
    assert opened.run("document.body.dataset.ready") == "map 2, charts 3"
    assert opened.run("document.querySelectorAll('canvas').length") == 4
    assert opened.run("document.querySelectorAll('input[type=checkbox]').length") == 2 + 5
    assert opened.run("[...document.querySelectorAll('canvas')].every(c => { const d = c.getContext('2d').getImageData(0, 0, "
                      "c.width, c.height).data; return new Set(d).size > 20; })")  # fmt: skip


@browser
@pytest.mark.parametrize("broken", ["a request", "a script"])
def test_what_goes_wrong_is_seen(window, content, tmp_path, broken):
    """The page forbids requests to itself, and the browser complains: so silence above means that there was none."""
    html = page.compared(content)
    html = html.replace("</h1>", '</h1><img src="https://example.org/a.png">') if broken == "a request" else \
        html.replace('"use strict";', '"use strict"; nothing();', 1)  # fmt: skip
    (tmp_path / "report.html").write_text(html, encoding="utf-8")
    window.open(tmp_path / "report.html")
    words = "Content Security Policy" if broken == "a request" else "nothing is not defined"
    assert any(words in line for line in window.said)


# --- by hand


def view(window) -> np.ndarray:
    """Middle of the map (turns) and pixels a turn."""
    return np.array(window.run("document.getElementById('map-canvas').dataset.view").split(), float)


def under(window, x, y) -> np.ndarray:
    """What lies under a point of the window, in turns."""
    left, top, wide, high = window.box("#map-canvas")
    middle_x, middle_y, scale = view(window)
    return np.array([middle_x + (x - left - wide / 2) / scale, middle_y + (y - top - high / 2) / scale])


def spot(window, longitude, latitude) -> tuple[float, float]:
    """Where a place lies in the window: Mercator."""
    left, top, wide, high = window.box("#map-canvas")
    x, y, scale = view(window)
    s = np.sin(np.radians(latitude))
    return (left + wide / 2 + (longitude / 360 - x) * scale,
            top + high / 2 + (-np.log((1 + s) / (1 - s)) / (4 * np.pi) - y) * scale)  # fmt: skip


@browser
def test_the_wheel_zooms_about_the_pointer_and_a_drag_moves_the_map(opened):
    left, top, wide, high = opened.box("#map-canvas")
    x, y, scale = left + 0.3 * wide, top + 0.6 * high, view(opened)[2]
    before = under(opened, x, y)
    opened.wheel(x, y, -240)
    assert view(opened)[2] > 1.3 * scale
    assert under(opened, x, y) == pytest.approx(before, abs=0.5 / scale)
    opened.drag((x, y), (x + 80, y - 50))
    assert under(opened, x + 80, y - 50) == pytest.approx(before, abs=0.5 / scale)
    for place, what in ((0, 1.6), (1, 1 / 1.6)):
        scale, box = view(opened)[2], opened.box("#map .buttons button", place)
        opened.click(box[0] + box[2] / 2, box[1] + box[3] / 2)
        assert view(opened)[2] == pytest.approx(what * scale, rel=1e-6)


@browser
def test_two_fingers_zoom_about_what_lies_between_them(opened):
    left, top, wide, high = opened.box("#map-canvas")
    x, y, scale = left + 0.5 * wide, top + 0.5 * high, view(opened)[2]
    between = under(opened, x, y)
    opened.touch("touchStart", (x - 40, y), (x + 40, y))
    for away in (50, 65, 80):
        opened.touch("touchMove", (x - away + 20, y), (x + away + 20, y))
    opened.touch("touchEnd")
    opened.settle()
    assert view(opened)[2] == pytest.approx(2.0 * scale, rel=1e-6)  # from 80 to 160 pixels
    assert under(opened, x + 20, y) == pytest.approx(between, abs=0.5 / scale)


@browser
def test_what_lies_under_the_pointer_is_named_and_a_layer_can_be_hidden(opened, content):
    option = content["options"][1]
    tip = "document.getElementById('map-tip').textContent"
    shown = "getComputedStyle(document.getElementById('map-tip')).display"
    opened.move(*spot(opened, option["landings"]["lon"][7], option["landings"]["lat"][7]))
    assert opened.run(shown) == "block" and re.search(r"flight \d+ at .* km from the aim point", opened.run(tip), re.S)
    for place in (2, 5):  # landings and tracks away: what is left under the pointer is the footprint
        left, top, wide, high = opened.box("input[type=checkbox]", place)
        opened.click(left + wide / 2, top + high / 2)
    east, north = np.mean(option["ellipse"], axis=0)
    opened.move(*spot(opened, east + 0.02, north + 0.02))
    assert re.search(r"2\. Weaker.*: (densest .* % of its landings|in its 99.7 % ellipse)", opened.run(tip))
    before = opened.picture()
    left, top, wide, high = opened.box("input[type=checkbox]", 1)  # the second option
    opened.click(left + wide / 2, top + high / 2)
    opened.move(*spot(opened, east + 0.02, north + 0.02))
    assert "Weaker" not in opened.run(tip) and opened.picture() != before


@browser
def test_a_time_pointed_at_in_one_chart_is_read_in_all(opened, content):
    left, top, wide, high = opened.box(".chart canvas", 1)
    drawn = "[...document.querySelectorAll('.chart canvas')].map(c => c.toDataURL().length + c.toDataURL().slice(-400))"
    before = opened.run(drawn)
    opened.move(left + 0.4 * wide, top + 0.5 * high)
    assert all(a != b for a, b in zip(before, opened.run(drawn), strict=True))
    instant = float(opened.run("document.body.dataset.instant"))
    rows = opened.run("[...document.querySelectorAll('#read tbody tr')].map(r => [...r.cells].map(c => c.textContent))")
    assert len(rows) == 2
    track = content["options"][0]["track"]
    at = instant + content["options"][0]["marks"]["entry_interface"]
    assert float(rows[0][2]) == pytest.approx(np.interp(at, track["t"], track["altitude"]), abs=0.2)
    opened.move(left, top - 30)
    assert opened.run("document.body.dataset.instant") == ""


@browser
def test_on_a_phone_nothing_is_wider_than_the_screen(window, file):
    window.open(file, 390, 844)
    assert not window.said
    assert window.run("document.documentElement.scrollWidth") <= 390
    assert window.run("document.body.dataset.ready") == "map 2, charts 3"
    text = "[...document.querySelectorAll('table.text td, p, .layers label')]"
    assert window.run(f"{text}.every(e => e.getBoundingClientRect().right <= 391)")


@browser
def test_in_print_no_table_is_wider_than_the_page(window, content, tmp_path):
    """Nine options on A4 across, less 11 mm on either side: 275 mm are 1039 pixels."""
    nine = content | {"options": [content["options"][0]] * 9, "pairs": [], "dominated": [], "weighed": None}
    (tmp_path / "report.html").write_text(page.compared(nine), encoding="utf-8")
    window.open(tmp_path / "report.html", 1039, 700)
    window.ask("Emulation.setEmulatedMedia", media="print")
    wide = window.run("[...document.querySelectorAll('table')].map(t => t.getBoundingClientRect().right)")
    window.ask("Emulation.setEmulatedMedia", media="")
    assert max(wide) <= 1039
    assert window.pdf().startswith(b"%PDF")


# --- what is in it


def test_what_users_wrote_is_text_in_the_page(content):
    html = page.compared(content)
    assert "Weaker &lt;/script&gt; &amp; &lt;b&gt;" in html and "Weaker </script>" not in html
    assert "default-src 'none'" in html and not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", html)


def test_nine_options_of_ten_thousand_flights_stay_below_ten_megabytes(comparison):
    option = comparison.options[0]
    many = {k: np.tile(x, 170) for k, x in option.ensemble.columns.items()}
    thick = replace(option, ensemble=replace(option.ensemble, columns=many))
    assert len(many["latitude_deg"]) > 10_000
    drawn = contents.landings(thick)
    assert contents.POINTS / 2 < len(drawn["lon"]) <= contents.POINTS and drawn["of"] == len(many["latitude_deg"])
    whole = comparison.content()
    nine = [whole["options"][0] | {"landings": drawn} for _ in range(9)]
    html = page.compared(whole | {"options": nine, "dominated": [{"option": i, "by": [], "better_in": []} for i in range(9)]})
    assert len(html.encode()) < 10e6


def test_the_table_has_limits_first_then_numbers_with_intervals(content):
    html = page.compared(content)
    assert html.index("Limits first") < html.index("The options in numbers") < html.index("without a score")
    metric = content["options"][0]["metrics"]["cep_m"]
    assert f"{metric['value'] / 1e3:.1f}<small>{metric['low'] / 1e3:.1f} to {metric['high'] / 1e3:.1f}" in html
    assert "not significant" in html and "by your weights" not in html
    for row in content["options"][0]["assumptions"][:5]:
        assert row[0] in html


def test_the_globes_document_is_czml(content):
    packets = json.loads(czml.text_of(content))
    assert packets[0]["id"] == "document" and packets[0]["version"] == "1.0"
    assert len({p["id"] for p in packets}) == len(packets)
    track = packets[1]["position"]["cartographicDegrees"]
    assert len(track) % 4 == 0
    t, lon, lat, height = np.array(track).reshape(-1, 4).T
    assert (np.diff(t) > 0).all() and (abs(lon) <= 180).all() and (abs(lat) <= 90).all()
    down = content["options"][0]["touchdown"]
    assert lon[-1] == pytest.approx(down["longitude_deg"], abs=1e-3)
    assert height[-1] == pytest.approx(down["altitude_m"], abs=1.0)
    ring = next(p for p in packets if p["id"] == "option-1-ellipse")["polygon"]["positions"]["cartographicDegrees"]
    assert len(ring) % 3 == 0 and len(ring) > 30


def test_bold_is_what_decides_and_what_breaks_a_limit_is_said():
    limit = {"name": "cabin_temperature_27", "limit": 27.0, "unit": "degC", "holds": False, "probability": 0.9,
             "low": 0.8, "high": 0.95}  # fmt: skip
    decides = {"fit": "refused", "confidence": 0.95, "decided_by": [limit, limit], "against": [limit]}
    for found, bold in ((decides, True), (decides | {"decided_by": [{"name": "landing"}] * 2}, False)):
        text = cells.limits([{"limits": [limit], "fit": found, "statements": []}], ["one"])
        assert ("<b><span class=no>broken</span></b>" in text) == bold
        assert ("<span class=shown><span class=no>broken</span></span>" in text) != bold
        assert "90 % break it<br>80.0 to 95.0" in text


def test_numbers_that_round_to_nothing_are_no_row_of_noughts():
    drift = "touchdown_drift_p95_m_s"
    assert numbers.said(drift, -6e-7, True) == "≈0" and numbers.said(drift, 0.0, True) == "0"
    assert [numbers.counted(n, "day") for n in (1, 2, 0.5, 1.0)] == ["1 day", "2 days", "0.5 days", "1 day"]
