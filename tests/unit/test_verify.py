"""`verify` itself: it turns red when a constant moves, and a known miss is held from both sides."""

import json
from importlib import import_module

import numpy as np
import pytest

from trajectory import catalogue, checks, constants, gravity, verify
from trajectory.checks import allen_eggers, betts, jeod, nesc, orekit_zonal, ostk, p1
from trajectory.checks.truth import Figure, KnownMiss
from trajectory.leg import Environment
from trajectory.scenario import load

QUICK = ("apollo-4-entry", "p1-reference", "stardust-entry", "tma11-ballistic")  # nothing to aim
KEYS = {"case", "quantity", "value", "truth", "tolerance", "unit", "source", "verdict", "known_miss"}


def figure(value, known=None):
    return Figure("altitude", value, 100.0, 1.0, "m", None, known)


def verdicts(rows):
    return {row["verdict"] for row in rows}


# --- one comparison


def test_within_and_beyond_the_tolerance():
    assert verify.compare("case", figure(100.9), "source")["verdict"] == "pass"
    assert verify.compare("case", figure(98.9), "source")["verdict"] == "fail"


def test_what_never_happened_is_a_fail():
    row = verify.compare("case", figure(np.nan), "source")
    assert row["verdict"] == "fail" and row["value"] is None and row["known_miss"] is None
    json.dumps(row, allow_nan=False)


@pytest.mark.parametrize(("value", "stands"), [(105.0, True), (105.9, True), (106.1, False), (103.9, False), (100.2, False),
                                               (95.0, False)])  # fmt: skip
def test_known_miss_from_both_sides(value, stands):
    """5 m, to within 1: there it is a fail without consequence; if it grows, shrinks or vanishes, a plain fail."""
    row = verify.compare("case", figure(value, KnownMiss("another model", 5.0, 1.0)), "source")
    assert row["verdict"] == "fail"
    assert (row["known_miss"] is not None) == stands
    assert verify.exit_status([row]) == (0 if stands else 1)
    if stands:
        assert "another model" in row["known_miss"] and "5 m" in row["known_miss"]
    else:
        assert "known miss" in row["quantity"]


def test_exit_status():
    good, bad = (verify.compare("case", figure(v), "source") for v in (100.0, 0.0))
    assert verify.exit_status([good]) == 0
    assert verify.exit_status([good, bad]) == 1


# --- the cases


def test_unknown_case_names_the_nearest():
    with pytest.raises(ValueError, match="nearest: jeod"):
        verify.run(["jeode"])


def test_named_cases_only():
    seen = []
    rows = verify.run(["itrf-gcrf", "stardust-entry"], lambda *told: seen.append(told))
    assert {row["case"] for row in rows} == {"itrf-gcrf", "stardust-entry"}
    assert seen == [("itrf-gcrf", 1, 2), ("stardust-entry", 2, 2)]
    assert all(set(row) == KEYS and row["source"] and row["unit"] and row["tolerance"] is not None for row in rows)


def test_a_scenario_that_cannot_be_flown_gives_fails(monkeypatch):
    from trajectory import targeting

    def broken(scenario):
        raise ValueError("no such orbit")

    monkeypatch.setattr(targeting, "aimed", broken)
    rows = verify.run(["stardust-entry"])
    assert len(rows) > 3 and verdicts(rows) == {"fail"} and verify.exit_status(rows) == 1
    assert all(row["value"] is None and "no such orbit" in row["quantity"] for row in rows)


def test_longitudes_wrap():
    """360 deg more is the same place."""
    scenario = load("p1-reference")
    truth = scenario.expected.__pydantic_extra__["end_of_p1"].longitude

    class Flown:
        events = [{"name": "end_of_p1", "longitude_deg": 77.5089120825 - 360.0}]

    found = verify.figure_of("end_of_p1.longitude", truth, Flown, "")
    assert abs(found.value - found.truth) < 1e-9


def test_everything():
    """All check cases, and of the scenarios those that take the least; each of the others is flown, and compared by the same
    `figures_of`, in tests/scenarios. Nothing fails but known misses, and far more than forty pass."""
    checked = [import_module(f"trajectory.checks.{name}").CASE for name in checks.MODULES]
    known = list(verify.cases())
    assert known == [*(name for name in catalogue.known() if load(name).expected is not None), *checked]
    rows = verify.run([*QUICK, *checked])
    assert list(dict.fromkeys(row["case"] for row in rows)) == [*QUICK, *checked]
    plain = [r for r in rows if r["verdict"] == "fail" and r["known_miss"] is None]
    assert not plain, "; ".join(f"{r['case']}: {r['quantity']} {r['value']} against {r['truth']}" for r in plain)
    assert sum(r["verdict"] == "pass" for r in rows) >= 600
    assert verify.exit_status(rows) == 0
    json.dumps(rows, allow_nan=False)


# --- one constant changed by 1 %


def changed_world(check, monkeypatch, name, factor=1.01):
    """The check's worlds with one number of Environment changed."""

    def world(**given):
        value = given.get(name, getattr(Environment(), name))
        given[name] = tuple(factor * x for x in value) if isinstance(value, tuple) else factor * value
        return Environment(**given)

    monkeypatch.setattr(check, "Environment", world)


@pytest.mark.parametrize(
    ("check", "name"),
    [(orekit_zonal, "mu"), (orekit_zonal, "zonal"), (jeod, "mu"), (jeod, "rotation"), (ostk, "mu"), (ostk, "rotation"),
     (ostk, "body_mu"), (nesc, "mu"), (nesc, "zonal"), (nesc, "rotation"), (betts, "mu"), (p1, "zonal")],
    ids=lambda x: x if isinstance(x, str) else x.CASE,
)  # fmt: skip
def test_one_per_cent_of_the_world_turns_it_red(check, name, monkeypatch):
    assert verdicts(verify.rows_of(check)) == {"pass"}
    changed_world(check, monkeypatch, name)
    rows = verify.rows_of(check)
    assert verify.exit_status(rows) == 1, "the change went unseen"


def test_one_per_cent_of_a_zonal_term_turns_it_red(monkeypatch):
    for n in range(5):
        terms = list(orekit_zonal.ZONAL["T3"])
        terms[n] *= 1.01
        monkeypatch.setitem(orekit_zonal.ZONAL, "T3", tuple(terms))
        assert verify.exit_status(verify.rows_of(orekit_zonal)) == 1, f"J{n + 2}"


@pytest.mark.parametrize("constant", ["GRAVITATIONAL_PARAMETER_EGM96", "STANDARD_GRAVITY"])
def test_one_per_cent_of_a_constant_turns_it_red(constant, monkeypatch):
    if constant == "GRAVITATIONAL_PARAMETER_EGM96":
        monkeypatch.setattr(ostk, "MU", 1.01 * ostk.MU)
    else:
        monkeypatch.setattr(constants, constant, 1.01 * getattr(constants, constant))
    assert verify.exit_status(verify.rows_of(ostk)) == 1


def test_one_per_cent_of_the_air_turns_it_red(monkeypatch):
    from trajectory import atmosphere

    usual = atmosphere.exponential
    monkeypatch.setattr(atmosphere, "exponential", lambda rho, scale: usual(rho, 1.01 * scale))
    assert verify.exit_status(verify.rows_of(allen_eggers)) == 1
    assert verify.exit_status(verify.rows_of(betts)) == 1


def test_one_per_cent_of_a_harmonic_turns_it_red(monkeypatch):
    """Degree 2 order 2, and degree 3 order 1, alone: the field is not only its flattening."""
    usual = gravity.read_field

    def changed(path):
        field = usual(path)
        field.cosine[n, m] *= 1.01
        field.sine[n, m] *= 1.01
        return field

    monkeypatch.setattr(gravity, "read_field", changed)
    for n, m in ((2, 2), (3, 1)):
        assert verify.exit_status(verify.rows_of(jeod)) == 1, (n, m)


def test_one_per_cent_of_a_scenario_turns_it_red():
    """P1: its burn, its mass, its J2."""
    for name, key, value in (
        ("p1-reference", "deorbit__delta_v", "129.28 m/s"),
        ("p1-reference", "vehicle__descent__mass", "2929 kg"),
        ("p1-reference", "gravity__j2", 1.0934529468e-3),
    ):
        rows = [verify.compare(name, f, "") for f in verify.flown(load(name).replace(**{key: value}))]
        assert verify.exit_status(rows) == 1, key
