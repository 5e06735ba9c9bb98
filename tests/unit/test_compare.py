"""Options side by side: what is the same is exactly the same, what is apart is apart by what it should be."""

import json
import re

import numpy as np
import pytest

import trajectory as tj
from trajectory import cli, compare, frames


@pytest.fixture(scope="module")
def options():
    flown = [compare.option(tj.load(name), 150, seed=1) for name in ("ms11-bank-schedule", "ms11-nominal")]
    short = tj.load("ms11-bank-schedule").replace(deorbit__delta_v="127.5 m/s")
    return [*flown, compare.option(short, 150, seed=1)]


def test_an_option_against_itself_is_exactly_nothing(options):
    found = compare.together([options[0], options[0]], 150, 1)
    pair = found.pairs[0]
    assert abs(pair["jaccard"] - 1.0) < 1e-12 and pair["wasserstein_m"] == 0.0
    assert pair["shift_along_m"] == 0.0 and pair["shift_across_m"] == 0.0
    assert pair["a_in_b"] == pair["b_in_a"] and pair["a_in_b"] == pytest.approx(compare.REGION, abs=0.05)


def test_a_weaker_burn_shifts_the_footprint_along_the_track_by_as_much_as_the_nominal_flight(options):
    pair = compare.together([options[0], options[2]], 150, 1).pairs[0]
    a, b = (o.flight.touchdown for o in (options[0], options[2]))
    places = np.radians([t[k] for t in (a, b) for k in ("latitude_deg", "longitude_deg")])
    moved = frames.distance(*places)
    assert pair["shift_along_m"] == pytest.approx(moved, rel=0.1)  # of the same draws: closer than the footprints are wide
    assert pair["wasserstein_m"] == pytest.approx(moved, rel=0.1)
    assert 0.0 < pair["jaccard"] < 1.0


def test_metrics_have_their_intervals_and_the_page_fetches_nothing(options):
    found = compare.together(options, 150, 1)
    content = found.to_dict()
    json.dumps(content, allow_nan=False)
    for option in content["options"]:
        for name in ("landed", "cep_m", "peak_load_factor_g"):
            metric = option["metrics"][name]
            assert metric["low"] <= metric["value"] <= metric["high"], name
    guided, held = content["options"][1]["metrics"]["cep_m"], content["options"][0]["metrics"]["cep_m"]
    assert guided["high"] < held["low"]  # guidance is worth something
    page = found.to_html()
    assert not re.search(r"(?:src|href)=[\"']https?://", page) and "<script" not in page
    assert page.count("ms11") >= 3 and len(page) < 2e6
    assert found.to_dataframe().loc["cep_m"].notna().all()


def test_the_command_leaves_a_report_and_names_what_it_left_out(tmp_path, capsys):
    out = tmp_path / "c"
    given = ["compare", "ms11-bank-schedule", "no-such-flight", "--samples", "20", "--out", str(out)]
    assert cli.main(given) == 2
    text = capsys.readouterr()
    assert "no-such-flight is left out" in text.err and "ms11-bank-schedule" in text.out
    assert (out / "report.html").is_file() and (out / "footprints.png").is_file()
    assert cli.main(["compare", "no-such-flight"]) == 2
