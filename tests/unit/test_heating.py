"""Heat at the nose: the cap, the wall, and the block of the summary."""

import numpy as np
import pytest

from trajectory import heating, result
from trajectory.checks.heating import POINTS, chapman, detra_kemp_riddell
from trajectory.defects import ScenarioError
from trajectory.scenario import load


def test_worked_by_hand():
    slow, fast = POINTS["slow"], POINTS["fast"]
    assert chapman(*slow) == pytest.approx(53.31e4, rel=1e-2)
    assert detra_kemp_riddell(*slow) == pytest.approx(63.64e4, rel=1e-2)
    assert detra_kemp_riddell(*fast) == pytest.approx(1012.6e4, rel=1e-2)


def test_brandis_johnston_has_no_step_where_its_fits_meet():
    below, above = heating.brandis_johnston(3e-4, np.array([9499.999, 9500.001]), 1.0)
    assert above / below == pytest.approx(1.0, abs=0.04)


def test_lees_over_a_sphere():
    """1 and flat at the nose, falling to the shoulder; Lees's own 0.6 at 45 deg, nothing left at 90 in a vacuum ahead."""
    angle = np.radians(np.linspace(0.0, 90.0, 181))
    ratio = heating.sphere(angle)
    assert ratio[0] == pytest.approx(1.0, abs=1e-6) and np.all(np.diff(ratio) <= 0.0)
    assert heating.sphere(np.radians(45.0)) == pytest.approx(0.60, abs=0.01) and ratio[-1] < 1e-9
    assert heating.sphere(np.radians(2.0)) == pytest.approx(1.0 - 0.726 * np.radians(2.0) ** 2, abs=1e-4)


def test_load_and_peak_of_a_known_pulse():
    t = np.arange(0.0, 100.5, 1.3)
    flux = 1e5 * np.exp(-(((t - 50.2) / 12.0) ** 2))
    greatest, when = heating.peak(flux, t)
    assert greatest == pytest.approx(1e5, rel=1e-3) and when == pytest.approx(50.2, abs=0.05)
    assert heating.load(flux, t)[-1] == pytest.approx(1e5 * 12.0 * np.sqrt(np.pi), rel=1e-3)


def test_ranges_left_are_said():
    speed, density = np.array([8000.0, 12000.0]), np.full(2, 3e-4)
    flux = heating.tauber_sutton(density, speed, 4.7)
    assert any("nose radius 4.7" in s for s in heating.outside("tauber-sutton", flux, density, speed, 4.7))
    assert heating.outside("tauber-sutton", heating.tauber_sutton(density, speed, 1.0), density, speed, 1.0) == []
    assert heating.outside("sutton-graves", flux, density, speed, 4.7) == []


@pytest.fixture(scope="module")
def stardust():
    return load("stardust-entry")


def test_the_history_gives_what_the_kernel_integrates(flights):
    flight = flights("stardust-entry")
    block = flight.exposure.blocks["heating"]
    assert block["peak_convective_w_m2"] == pytest.approx(flight.peak["heat_flux_w_m2"], rel=1e-3)
    assert block["convective_load_j_m2"] == pytest.approx(flight.heat_load_j_m2, rel=1e-3)


def test_another_model_takes_the_place_of_the_kernel_s(stardust):
    """Stardust: the radiation of so small a nose is out of the range of Tauber-Sutton, and the notes say so."""
    plain = result.fly(stardust)
    flight = result.fly(stardust.replace(heating={"model": "brandis-johnston", "radiation": "tauber-sutton"}))
    block, summary = flight.exposure.blocks["heating"], flight.summary()
    assert summary["peak"]["heat_flux_w_m2"] == block["peak_convective_w_m2"]
    assert summary["heat_load_j_m2"] == block["convective_load_j_m2"] and summary["heating"] is block
    assert block["peak_convective_w_m2"] != pytest.approx(plain.peak["heat_flux_w_m2"], rel=0.01)
    assert flight.event("peak_heating")["elapsed_s"] == pytest.approx(block["peak_elapsed_s"], abs=1e-3)
    assert block["peak_radiative_w_m2"] > 0.0 and any("nose radius 0.229" in note for note in flight.notes)


def test_places_on_the_cap(stardust):
    flight = result.fly(stardust.replace(heating={"angles": ["0 deg", "20 deg", "40 deg"]}))
    places = flight.exposure.blocks["heating"]["distribution"]
    fluxes = [p["peak_convective_w_m2"] for p in places]
    assert fluxes == sorted(fluxes, reverse=True) and fluxes[0] == pytest.approx(flight.peak["heat_flux_w_m2"], rel=1e-3)


def test_a_model_without_a_nose_is_refused(stardust, tmp_path):
    text = stardust.file.read_text().replace('vehicle = "stardust"\n', "").split("[expected]")[0]
    body = 'mass = "41.5 kg"\nballistic_coefficient = "52.6 kg/m2"\n[vehicle.descent.aerodynamics]\nmodel = "constant"\n'
    file = tmp_path / "blunt.toml"
    file.write_text(f"{text}\n[vehicle.descent]\n{body}")
    assert "heating" not in result.fly(load(file)).summary()
    with pytest.raises(ScenarioError, match="nose_radius"):
        load(file, {"heating.model": "brandis-johnston"})
