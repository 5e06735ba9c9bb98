"""Six degrees of freedom: quaternions, moments of the air, jets, and a flight beside that with three."""

import numpy as np
import pytest

from trajectory import airframe, leg, result, rotation, six_degrees
from trajectory.defects import ScenarioError
from trajectory.report import folder
from trajectory.scenario import load, load_vehicle

RNG = np.random.default_rng(5)


def still(t, r, v):
    """Air of constant density, no gravitation."""
    return np.zeros(3), v, 1e-3, 20.0, 60e3


def test_quaternion_and_matrix_are_inverse():
    for _ in range(50):
        q = RNG.normal(size=4)
        q /= np.linalg.norm(q)
        m = rotation.matrix(q)
        assert m @ m.T == pytest.approx(np.eye(3), abs=1e-14) and np.linalg.det(m) == pytest.approx(1.0)
        back = rotation.quaternion(m)
        assert back * np.sign(back @ q) == pytest.approx(q, abs=1e-12)


def test_the_quaternion_turns_with_the_body():
    """A rate about body z turns x toward y."""
    q, omega, h = np.array([1.0, 0, 0, 0]), np.array([0.0, 0.0, 0.2]), 1e-4
    turned = rotation.matrix(q + h * rotation.quaternion_rate(q, omega))
    assert turned[:, 0] == pytest.approx([1.0, 0.2 * h, 0.0], abs=1e-8)


def test_facing_has_its_angle_and_its_lift():
    flow, lift = np.array([0.0, -1.0, 0.0]), np.array([0.0, 0.3, 1.0])
    axes = rotation.matrix(rotation.facing(flow, lift, 0.4))
    assert axes[:, 0] @ flow == pytest.approx(np.cos(0.4))
    assert axes.T @ flow == pytest.approx([np.cos(0.4), 0.0, np.sin(0.4)], abs=1e-12)
    assert -axes[:, 2] @ np.array([0.0, 0.0, 1.0]) == pytest.approx(np.cos(0.4))  # the mass centre's side, to the lift


def soyuz():
    descent = load_vehicle("soyuz-ms").descent
    coefficients, _ = six_degrees.all_round(descent)
    return descent, six_degrees.craft_of(descent, 2900.0, coefficients)


def test_the_air_gives_no_moment_at_the_trim_and_its_forces():
    descent, craft = soyuz()
    trim = airframe.trim_of(descent)(20.0, 60e3)
    angle = float(trim.angle)
    flow = np.array([np.cos(angle), 0.0, np.sin(angle)])
    alpha, force, moment = rotation.air(craft, flow, 6000.0, 1e-3, 20.0, 60e3, np.zeros(3))
    pressure = 0.5 * 1e-3 * 6000.0**2 * craft.area
    assert alpha == pytest.approx(angle)
    assert moment / (pressure * craft.length) == pytest.approx([0.0, 0.0, 0.0], abs=1e-4)
    assert force @ flow / pressure == pytest.approx(float(trim.drag), rel=1e-3)
    # beyond the trim it is turned back, short of it on
    slopes = []
    for d in (-0.05, 0.05):
        flow = np.array([np.cos(angle + d), 0.0, np.sin(angle + d)])
        slopes.append(rotation.air(craft, flow, 6000.0, 1e-3, 20.0, 60e3, np.zeros(3))[2][1])
    assert slopes[0] > 0.0 > slopes[1]


def plate(k: float, inertia: float, damp: float = 0.0):
    """So heavy that it flies straight on."""
    return rotation.Craft(1e9, inertia * np.eye(3), 4.0, 2.0, damping=(0.0, damp, damp),
                          coefficients=lambda m, h, a: (1.0, 0.0, -k * np.sin(a) * np.cos(a)))  # fmt: skip


def test_small_swings_have_the_frequency_of_the_stiffness():
    """omega^2 = -C_m_alpha q S L/I, of a plate whose moment is -k sin alpha cos alpha about its mass centre."""
    k, inertia = 0.1, 1500.0
    craft = plate(k, inertia)
    attitude = rotation.facing(np.array([-1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0]), 0.01)
    flown = rotation.fly(craft, still, [0, 0, 0, 3000.0, 0, 0], attitude, np.zeros(3), 0.0, 40.0, step=0.02)
    omega = np.sqrt(k * 0.5 * 1e-3 * 3000.0**2 * 4.0 * 2.0 / inertia)
    assert flown.alpha == pytest.approx(np.abs(0.01 * np.cos(omega * flown.t)), abs=2e-4)


def test_damping_takes_the_swing_away():
    """Amplitude falls as exp(C_mq q S L^2/(4 V I) t)."""
    k, inertia, damp = 0.1, 1500.0, -2.0
    craft = plate(k, inertia, damp)
    attitude = rotation.facing(np.array([-1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0]), 0.05)
    flown = rotation.fly(craft, still, [0, 0, 0, 3000.0, 0, 0], attitude, np.zeros(3), 0.0, 300.0, step=0.05)
    rate = damp * 0.25 * 1e-3 * 3000.0 * 4.0 * 2.0**2 / inertia / 2.0
    late = flown.alpha[flown.t > 290.0].max()
    assert late == pytest.approx(0.05 * np.exp(rate * 295.0), rel=0.05)


def test_jets_stop_a_tumble_and_use_what_they_must():
    craft = rotation.Craft(2900.0, np.diag([1400.0, 1700.0, 1700.0]))
    jets = rotation.Jets(0.1)
    flown = rotation.fly(craft, lambda t, r, v: (np.zeros(3), np.array([1.0, 0, 0]), 0.0, 0.0, 1e6), np.zeros(6),
                         np.array([1.0, 0, 0, 0]), np.array([0.5, -0.3, 0.2]), 0.0, 60.0, jets)  # fmt: skip
    assert np.abs(flown.rates[-1]).max() < 1e-3 and 0.9 < flown.jet_work[-1] < 1.3


def test_torque_free_motion_refuses_what_has_no_closed_form():
    with pytest.raises(ValueError, match="allowed: rising"):
        rotation.torque_free([2.0, 1.0, 3.0], [1.0, 0.0, 0.0], [0.0])
    found = rotation.torque_free([1.0, 2.0, 3.0], [0.2, 0.1, 1.0], [0.0, rotation.period([1.0, 2.0, 3.0], [0.2, 0.1, 1.0])])
    assert found[0] == pytest.approx([0.2, 0.1, 1.0]) and found[1] == pytest.approx(found[0], abs=1e-9)


@pytest.fixture(scope="module")
def ballistic():
    return result.fly(load("tma11-ballistic").replace(rotation={"jets": "follow"}))


def test_a_trimmed_flight_is_that_with_three_degrees(ballistic):
    """Ballistic descent: within 5 km and 1 s at 10.8 km, 0.05 g of the peak."""
    block = ballistic.rotation.block
    three = block["three_degrees"]
    print(block)
    assert three["distance_m"] < 5e3 and abs(block["ended_elapsed_s"] - three["elapsed_s"]) < 1.0
    assert block["peak_load_factor_g"] == pytest.approx(three["peak_load_factor_g"], abs=0.05)
    assert block["ended_altitude_m"] == pytest.approx(10800.0, abs=0.5)
    assert ballistic.summary()["rotation"] == block and any("panels" in note for note in ballistic.notes)


def test_the_surroundings_are_those_of_the_kernel(ballistic):
    flown = ballistic.flown
    on, found, _ = next(s for s in flown.stretches if s[0].name == "guided")
    h = found.history[0, 50]
    felt = leg.feel(on, flown.case.world, h[None, 1:], h[:1], found.rows)
    gravity, through, density, mach, height = leg.surroundings(flown.case.world)(h[0], h[1:4], h[4:7])
    pull = [felt[f"acceleration_{a}"][0] - felt[f"sensed_{a}"][0] for a in "xyz"]
    assert gravity == pytest.approx(pull, abs=1e-12)
    assert np.linalg.norm(through) == pytest.approx(felt["speed"][0], rel=1e-12)
    assert (density, mach, height) == pytest.approx([felt[k][0] for k in ("density", "mach", "altitude")], rel=1e-12)


def test_wind_blows_on_the_rotating_flight_too():
    windy = result.fly(load("tma11-ballistic").replace(wind={"model": "constant", "east": "40 m/s", "north": "-25 m/s"}))
    flown = windy.flown
    on, found, _ = next(s for s in flown.stretches if s[0].name == "guided")
    h = found.history[0, 200]
    felt = leg.feel(on, flown.case.world, h[None, 1:], h[:1], found.rows)
    through = leg.surroundings(flown.case.world)(h[0], h[1:4], h[4:7])[1]
    assert np.linalg.norm(through) == pytest.approx(felt["speed"][0], rel=1e-7)


def test_hatch_first_the_module_turns_round(flights):
    flight = flights("tma11-hatch-first")
    block = flight.rotation.block
    print(block)
    assert block["greatest_angle_of_attack_deg"] > 170.0
    assert block["began_altitude_m"] == pytest.approx(85e3, abs=1.0)
    assert block["shield_ahead_elapsed_s"] < block["peak_load_elapsed_s"] and block["settled_elapsed_s"] is not None
    assert 7.0 < block["peak_load_factor_g"] < 11.0


def test_the_folder_of_a_run_holds_the_rotation(ballistic, tmp_path):
    folder.write(tmp_path / "run", ballistic, result.summary(ballistic))
    assert {p.name for p in (tmp_path / "run").iterdir()} == {*folder.FILES, *folder.ROTATION}
    rows = np.loadtxt(tmp_path / "run" / "rotation.csv", delimiter=",", skiprows=1)
    assert rows.shape == (len(ballistic.rotation.turned.t), 10) and np.isfinite(rows).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rotation": {"altitude": "900 km"}}, "rotation.altitude.*does not fall through"),
        ({"rotation": {"jets": "some"}}, "allowed: none, damp, follow"),
        ({"rotation": {"angle_of_attack": "190 deg"}}, "out of range"),
        ({"rotation": {}, "vehicle__descent__inertia__yaw": "9000 kg m2"}, "greater than the sum"),
    ],
)
def test_what_cannot_be_is_refused(change, message):
    with pytest.raises(ScenarioError, match=message):
        result.fly(load("tma11-ballistic").replace(**change))


def test_a_vehicle_without_inertia_is_refused():
    with pytest.raises(ScenarioError, match="rotation needs the inertia"):
        load("apollo-4-entry").replace(rotation={"jets": "none"})
