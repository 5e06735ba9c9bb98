"""Tails of 1e-4 and below against closed forms, in 60 dimensions, and what the command says of them."""

import json

import numpy as np
import pytest
from scipy.stats import chi2, norm

from trajectory import importance, load, subset, tails
from trajectory.cli import BAD_INPUT, GOOD, main

MANY = 60
TURNED = np.linalg.qr(np.random.default_rng(5).standard_normal((MANY, MANY)))[0]
P = 1e-4
SWITCHED, ALONG = norm.ppf(0.01), TURNED[:, 0] - TURNED[7, 0] * np.eye(MANY)[7]
ALONG = ALONG / np.linalg.norm(ALONG)
AT = 5.0  # of the switch: its probability is a closed form
OF_SWITCH = 0.01 * norm.sf((AT - 2.0) / 1.5) + 0.99 * norm.sf(AT)
# name: (values, limit, probability, directions)
CASES = {
    "one side": (lambda z: z.sum(1) / np.sqrt(MANY), norm.isf(P), P, 1),
    "both sides": (lambda z: np.abs(z @ TURNED[:, 0]), norm.isf(P / 2), P, 1),
    "distance in a plane": (lambda z: np.hypot(*(z @ TURNED[:, :2]).T), np.sqrt(chi2.isf(P, 2)), P, 2),
    "two unequal sides": (lambda z: np.maximum(z @ TURNED[:, 0], z @ TURNED[:, 1] - 0.4), 3.6,
                          1.0 - norm.cdf(3.6) * norm.cdf(4.0), 2),
    "five sides": (lambda z: (z @ TURNED[:, :5]).max(1), norm.isf(P / 5), -np.expm1(5 * np.log1p(-P / 5)), 5),
    "a switch": (lambda z: np.where(z[:, 7] < SWITCHED, 2.0 + 1.5 * (z @ ALONG), z @ ALONG), AT, OF_SWITCH, 2),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_importance_sampling_in_few_directions_of_many(name):
    """Unbiased, as scattered as it says, with less than a hundredth of the flights of plain sampling for the same scatter."""
    values, limit, truth, directions = CASES[name]
    found = [tails.estimate(values, MANY, limit, 1000, seed) for seed in range(10)]
    p, stated = np.array([t.probability for t in found]), np.array([t.variation for t in found])
    assert [t.method for t in found].count("importance") >= 9
    assert min(t.directions for t in found if t.method == "importance") >= directions - (directions == 5)
    scatter = np.sqrt(np.mean((p / truth - 1.0) ** 2))  # about the truth
    assert scatter < 0.2 and scatter < 2.0 * np.sqrt(np.mean(stated**2))
    assert p.mean() == pytest.approx(truth, rel=4.0 * scatter / np.sqrt(10))
    assert (1.0 - truth) / (truth * scatter**2) > 100 * np.mean([t.flights for t in found]) * (0.5 if name == "a switch" else 1)
    assert sum(low < truth < high for low, high in (t.interval() for t in found)) >= 7


def test_where_all_directions_matter_it_is_not_used():
    """The norm of all scores: there is no subspace. Subset sampling answers, and the note says why."""
    values, limit = lambda z: np.linalg.norm(z, axis=1), np.sqrt(chi2.isf(1e-4, MANY))
    found = [tails.estimate(values, MANY, limit, 1000, seed) for seed in range(6)]
    assert {t.method for t in found} == {"subset"} and all("importance sampling is not used" in t.note for t in found)
    assert np.mean([t.probability for t in found]) == pytest.approx(1e-4, rel=0.5)


def test_a_part_that_is_not_reached_is_seen():
    """A proposal that knows one of two sides: points of the other have ratios that tell."""
    draw = subset.Draws(3)
    values = lambda z: np.abs(z[:, 0])  # noqa: E731
    one = importance.Proposal(np.eye(MANY)[:, :1], np.array([[4.2]]), np.ones(1), 1.0)
    scores, weights = importance.weighed(values, 4.0, one, 2000, draw)
    both = np.eye(MANY)[:2] * 0.0
    both[:, 0] = 4.2, -4.2
    answer = importance.judged(weights, one.ratio(both), 0, 1)
    assert answer.probability == pytest.approx(norm.sf(4.0), rel=0.3)  # half of what it is
    assert answer.refused == "50% of the points of the region lie where it does not reach"


def test_likelihood_ratios_are_bounded_and_average_to_one():
    draw = subset.Draws(1)
    points = 2.0 * draw.normal(50, 3)
    made = importance.begun(np.eye(MANY)[:, :3], points, points[:5], draw)
    ratio = made.ratio(made.draw(20_000, draw))
    assert ratio.max() <= 1.0 / importance.OWN and ratio.mean() == pytest.approx(1.0, abs=0.03)


def test_the_same_seed_gives_the_same():
    values, limit, *_ = CASES["two unequal sides"]
    assert tails.estimate(values, MANY, limit, 400, 5) == tails.estimate(values, MANY, limit, 400, 5)


def test_no_tail_and_out_of_reach():
    plain = tails.estimate(lambda z: z[:, 0], 1, 0.5, 1000)
    assert plain.method == "plain" and plain.flights == 1000 and plain.probability == pytest.approx(norm.sf(0.5), abs=0.05)
    never = tails.estimate(lambda z: np.minimum(z[:, 0], 2.0), 3, 2.5, 100)
    assert not never.reached and never.plain == np.inf and never.sentences().startswith("probability below")
    with pytest.raises(tails.NoTail, match="20 samples; 40 or more"):
        tails.estimate(lambda z: z[:, 0], 1, 3.0, 20)


def test_limits_as_they_are_written():
    assert tails.limit_of("target_distance_m", "28 km") == 28e3 and tails.limit_of("load_factor_g", "5.5") == 5.5
    assert tails.limit_of("cabin_temperature_c", "40 degC") == pytest.approx(40.0)
    assert tails.limit_of("heat_storage_kj_kg", "3 kJ/kg") == 3.0


def test_a_flight_and_its_metric():
    """The same answer from Python and from the command; an own small number of flights."""
    s = load("stardust-entry")
    with pytest.raises(tails.NoTail, match="no metric 'height'.*allowed: time_s"):
        tails.exceeds(s, "height", 1.0)


def test_the_command(capsys):
    """Of a limit that is no tail, as that takes the fewest flights."""
    words = ["--metric", "load_factor_g", "--above", "4", "--samples", "40", "--json"]
    assert main(["tail", "ms11-bank-schedule", *words]) == GOOD
    answer = json.loads(capsys.readouterr().out)
    assert answer["metric"] == "load_factor_g" and answer["above"] == 4.0 and answer["scenario"] == "ms11-bank-schedule"
    assert {"probability", "low", "high", "variation", "directions", "reached", "plain_flights", "note"} <= set(answer)
    assert answer["flights"] == 40 and answer["method"] == "plain"


def test_what_is_said():
    found = tails.Tail(2e-4, 0.1, 6500, (1.0,), True, "importance", 3)
    assert found.sentences().splitlines() == [
        "probability 0.0002, 95 % interval 0.00016 to 0.00024",
        "6,500 flights, importance sampling in 3 directions; plain sampling takes 499,900 for the same scatter",
    ]
    assert "not used" in tails.Tail(2e-4, 0.5, 6500, (1.0,), True, note="importance sampling is not used: why").sentences()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["--metric", "target_distance", "--above", "28 km"], ["nearest: target_distance_m", "load_factor_g"]),
        (["--above", "28"], ["'28'", "target_distance_m", "unit is missing"]),
        (["--above", "28 kg"], ["28 kg", "not a unit of length"]),
        (["--metric", "load_factor_g", "--above", "5 g"], ["5 g", "bare number"]),
        (["--metric", "heat_storage_kj_kg", "--above", "3"], ["kJ/kg"]),
        (["--metric", "cabin_temperature_c", "--above", "40 degC", "--samples", "40"], ["a number for cabin_temperature_c"]),
    ],
    ids=lambda x: " ".join(x[:4]),
)
def test_what_cannot_be_asked_is_exit_2(words, expected, capsys):
    assert main(["tail", "ms11-bank-schedule", *words]) == BAD_INPUT
    said = capsys.readouterr()
    assert not said.out and "Traceback" not in said.err
    for word in expected:
        assert word in said.err
