"""The page of a comparison in a browser: it runs, draws, and asks the network for nothing. The globe's document is CZML."""

import json
import re
import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pytest

import trajectory as tj
from trajectory import compare
from trajectory.report import contents, czml, page

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)
browser = pytest.mark.skipif(BROWSER is None, reason="no browser is found: chromium or google-chrome in PATH")


@pytest.fixture(scope="module")
def comparison():
    short = tj.load("ms11-bank-schedule").replace(deorbit__delta_v="127.5 m/s", title="Weaker </script> & <b>")
    options = [compare.option(s, 60, seed=1) for s in (tj.load("ms11-bank-schedule"), short)]
    return compare.together(options, 60, 1)


@pytest.fixture(scope="module")
def content(comparison):
    return json.loads(contents.text_of(comparison.content()))


def opened(html: str, folder):
    """(document after it was loaded, lines of the console) of a page, by a headless browser with a profile of its own."""
    (folder / "report.html").write_text(html, encoding="utf-8")
    done = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync", f"--user-data-dir={folder / 'own'}",
         "--enable-logging=stderr", "--v=0", "--virtual-time-budget=4000", "--dump-dom", f"file://{folder / 'report.html'}"],
        capture_output=True, text=True, timeout=120)  # fmt: skip
    return done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line]


@browser
def test_the_page_draws_its_map_and_charts_without_a_word_in_the_console(content, tmp_path):
    document, said = opened(page.compared(content), tmp_path)
    assert not said
    assert 'data-ready="map 2, charts 3"' in document
    assert document.count("<canvas") == 4 and document.count('type="checkbox"') == 2 + 5


@browser
def test_a_request_that_would_leave_the_file_is_seen(content, tmp_path):
    """The page forbids it to itself, and the browser complains: so silence above means that there was none."""
    html = page.compared(content).replace("</h1>", '</h1><img src="https://example.org/a.png">')
    _, said = opened(html, tmp_path)
    assert any("Content Security Policy" in line for line in said)


@browser
def test_a_script_that_fails_is_seen(content, tmp_path):
    _, said = opened(page.compared(content).replace('"use strict";', '"use strict"; nothing();', 1), tmp_path)
    assert said


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
