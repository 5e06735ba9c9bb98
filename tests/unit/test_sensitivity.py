"""What drives the landing point, and how probable a far one is."""

import numpy as np
import pytest
from scipy.stats import norm

import trajectory as tj
from trajectory import ensemble, sensitivity, tails


def test_subset_sampling_finds_the_tail_of_a_normal_distribution():
    """Against the closed form. Plain sampling takes some hundred times as many flights for the scatter that is seen, which 30
    runs know to a fourth; for the scatter that is stated, the upper of two, still thirty times."""
    truth = 1e-5
    found = [tails.subset(lambda z: z.sum(1) / np.sqrt(z.shape[1]), 20, norm.isf(truth), 1000, seed) for seed in range(30)]
    p = np.array([t.probability for t in found])
    assert p.mean() == pytest.approx(truth, rel=4 * p.std() / p.mean() / np.sqrt(30))
    assert p.std() / p.mean() < np.mean([t.variation for t in found]) < 1.2
    assert all(t.reached for t in found)
    plain = 1.0 / (truth * np.mean([t.variation for t in found]) ** 2)  # flights of plain sampling for the same variation
    assert np.mean([t.flights for t in found]) < plain / 30
    assert np.mean([t.flights for t in found]) < p.mean() ** 2 / p.var() / truth / 60
    covered = np.mean([low < truth < high for low, high in (t.interval() for t in found)])
    assert covered > 0.8


def test_subset_sampling_against_plain_sampling_on_a_curved_limit():
    rng = np.random.default_rng(1)
    z = rng.standard_normal((1_000_000, 2))
    plain = np.mean(z[:, 0] ** 2 + 0.5 * z[:, 1] > 9.0)
    found = np.mean([tails.subset(lambda x: x[:, 0] ** 2 + 0.5 * x[:, 1], 2, 9.0, 2000, s).probability for s in range(10)])
    assert found == pytest.approx(plain, rel=0.2)


def test_a_limit_that_is_no_tail_is_plain_sampling():
    t = tails.subset(lambda z: z[:, 0], 1, -1.0, 1000)
    assert t.flights == 1000 and t.probability == pytest.approx(norm.sf(-1.0), abs=0.04)


def test_the_linear_ellipse_stands_beside_that_of_the_flights():
    """Open loop the landing point is nearly linear in what is uncertain."""
    s = tj.load("ms11-bank-schedule")
    linear = sensitivity.one_by_one(s)
    flown = tj.disperse(s, 2000, seed=1).footprint().to_dict()
    along, across = np.sqrt(np.diag(linear.covariance))
    assert along == pytest.approx(flown["miss_along_sigma_m"], rel=0.1)
    assert across == pytest.approx(flown["miss_across_sigma_m"], rel=0.25)
    shares = linear.shares()
    assert sum(shares.values()) == pytest.approx(1.0)
    table = linear.to_dataframe()
    # a source switched off takes its variance with it
    loud = table.index[0]
    off = tj.disperse(s, 2000, seed=1, left_out=[loud]).footprint().to_dict()
    gone = 1.0 - (off["miss_along_sigma_m"] / flown["miss_along_sigma_m"]) ** 2
    part = (table.loc[loud, "along_plus_m"] - table.loc[loud, "along_minus_m"]) ** 2 / 4 / along**2
    assert gone == pytest.approx(part, abs=0.08)


def test_a_computer_that_fails_at_one_sigma_leaves_the_linear_theory_as_it_was():
    """Of the flight as planned: the threshold at which the heat takes the computer moves nothing in it."""
    heated = tj.load("ms22-crew3-degraded")
    early = heated.replace(cooling__unit__computer__fails=["40 degC", "50 degC"])
    one = sensitivity.one_by_one(early, ())
    threshold = one.names.index("cooling.unit.computer.threshold")
    assert not one.along[threshold].any() and not one.across[threshold].any()
    assert one.ellipse() == sensitivity.one_by_one(heated, ()).ellipse()


def test_shares_of_the_variance_by_stage():
    """What drives a flight to first order drives it in the whole; the shares of a nearly linear metric sum to 1."""
    s = tj.load("ms11-bank-schedule")
    found = sensitivity.by_variance(s, "heat_load_j_m2", samples=256)
    table = found.to_dataframe()
    assert found.flights == 256 * (len(found.stages) + 2) and found.lost == 0
    assert np.all(table["first"] <= table["total"] + table["first_half"] + table["total_half"])
    assert table["first"].sum() == pytest.approx(1.0, abs=0.3)
    linear = sensitivity.one_by_one(s, ("heat_load_j_m2",))
    part = np.diff(linear.others["heat_load_j_m2"])[:, 0] ** 2
    for stage in found.stages:
        share = part[[s == stage for s in linear.stages]].sum() / part.sum()
        assert table.loc[stage, "first"] == pytest.approx(share, abs=table.loc[stage, "first_half"] + 0.05)
    with pytest.raises(ValueError, match="no metric 'height'"):
        sensitivity.by_variance(s, "height")


def test_an_ensemble_stops_when_its_radius_is_known():
    s = tj.load("ms11-bank-schedule")
    want = ensemble.until("p50=6%")
    found = tj.disperse(s, 20_000, seed=3, until=want)
    n = len(found.outcome)
    assert n in (1000, 2000, 4000) and want.reached(found)
    assert found.columns["time_s"].tobytes() == tj.disperse(s, n, seed=3).columns["time_s"].tobytes()
    for wrong in ("p98=5%", "p99", "p99=0", "p99=x%", "p99=200%"):
        with pytest.raises(ValueError, match="allowed: one of p50"):
            ensemble.until(wrong)
