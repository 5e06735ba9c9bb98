"""What a notebook shows of each object: well-formed HTML that fetches nothing, with the figures of the object."""

from html.parser import HTMLParser

import numpy as np
import pytest

import trajectory as tj
from trajectory.report import notebook

VOID = ("br", "hr", "img", "meta", "link", "input")


class Balanced(HTMLParser):
    """Every tag that opens closes, and none asks for something elsewhere."""

    def __init__(self, text):
        super().__init__()
        self.open, self.words = [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        assert not {"src", "href"} & {name for name, _ in attrs}, tag
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data):
        self.words.append(data)


def words(thing) -> str:
    return " ".join(Balanced(thing._repr_html_()).words)


@pytest.fixture(scope="module")
def ballistic():
    return tj.load("tma11-ballistic")


@pytest.fixture(scope="module")
def many(ballistic):
    return tj.disperse(ballistic, 60, seed=3)


def test_a_scenario(ballistic):
    text = words(ballistic)
    assert ballistic.title in text and ballistic.sha256[:16] in text
    assert ", ".join(f"{n} {grade}" for grade, n in ballistic.grades().items()) in text
    assert "deorbit.delta_v" in text


def test_a_scenario_with_marks_of_html_in_its_words(ballistic):
    assert "<b>&" in words(ballistic.replace(title="<b>&"))


def test_a_flight(ballistic):
    flight = tj.fly(ballistic)
    text = words(flight)
    for event in flight.events:
        assert event["name"] in text and event["time_utc"][11:23] in text
    assert f"load {flight.peak['load_factor_g']:.2f} g" in text


def test_an_ensemble_and_its_footprint(many):
    found = many.footprint()
    assert "60 flights" in words(many) and f"{found.semi_major / 1e3:.1f} x {found.semi_minor / 1e3:.1f} km" in words(many)
    text = words(found)
    assert "60 of 60 flights" in text and f"{np.degrees(found.center[0]):.4f}" in text
    assert f"{found.radii['p50'].value / 1e3:.2f} km" in text
    assert f"unknown below {found.radii['p997'].needed:,} landings" in text and "99.7 % within" in text


def test_windows(ballistic):
    windows = tj.opportunities(tj.load("ms22-uncrewed"), days=1)
    text = words(windows)
    assert len(windows) == 3 and all(w.ignition_utc[11:19] in text for w in windows)
    assert "more windows" not in text


def test_changes(ballistic):
    found = tj.changes(ballistic, ballistic.replace(deorbit__delta_v="116 m/s"))
    text = words(found)
    assert "deorbit.delta_v" in text and f"{found.whole['along_m'] / 1e3:+.2f}" in text


def test_a_comparison(ballistic):
    found = tj.compare([ballistic, ballistic.replace(deorbit__delta_v="116 m/s")], samples=40)
    text = " ".join(Balanced(notebook.comparison(found)).words)
    assert "40 flights of each option" in text and f"{found.options[0].metrics['landed']['value']:.4g}" in text
