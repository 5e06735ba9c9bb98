"""Opportunities: the ignitions that were flown are among the windows, and no scan at 1 s finds what they miss."""

import json
from dataclasses import asdict

import numpy as np
import pytest

import trajectory as tj
from trajectory import cli, frames, geodesy, opportunities, passes, scenario, zones
from trajectory.land import all_around
from trajectory.opportunities import Search
from trajectory.windows import CRITERIA, Window, criteria, ranked


@pytest.fixture(scope="module")
def ms11():
    return tj.opportunities(tj.load("ms11-nominal"), days=1)


# --- against the flights that were flown


@pytest.mark.parametrize(
    ("name", "from_utc", "to_utc"),
    [
        ("ms11-nominal", "2019-06-25T01:55:02.000Z", "2019-06-25T01:55:04.000Z"),  # published: 01:55:03
        ("ms21-nominal", "2022-09-29T10:03:00.000Z", "2022-09-29T10:04:00.000Z"),  # published to the minute
        ("ms22-uncrewed", "2023-03-28T10:51:00.000Z", "2023-03-28T10:52:00.000Z"),
        ("ms23-nominal", "2023-09-27T10:24:00.000Z", "2023-09-27T10:25:00.000Z"),
    ],
)
def test_the_ignition_that_was_flown_is_among_them(name, from_utc, to_utc):
    found = tj.opportunities(tj.load(name), days=0.3)
    flown = [w for w in found if from_utc <= w.ignition_utc <= to_utc]
    assert [w.site for w in flown] == ["zhezkazgan"]
    assert flown[0].landing_miss_m < 200 and flown[0].reach_used < 1


def test_it_agrees_with_aiming(ms11):
    """The same ignition as targeting finds for the scenario with its ignition left open (its site is 0.75 km to the west)."""
    from trajectory import targeting

    aimed = targeting.aim(tj.load("ms11-nominal").replace(deorbit__ignition="solve", deorbit__near="2019-06-25T02:00:00Z"))
    apart = np.datetime64(ms11[0].ignition_utc[:-1]) - np.datetime64(aimed.case.epoch[:-1])
    assert abs(apart / np.timedelta64(1, "ms")) < 300


# --- against a scan at 1 s


@pytest.fixture(scope="module")
def scanned(ms11):
    """A search over the three hours in which MS-11 came home, and every second of them flown with each bank."""
    s = ms11.scenario
    search = Search(s, ms11.begin_utc, 86400.0, ms11.track, s.guidance.mode)
    return s, search


def test_a_scan_of_every_second_finds_no_window_that_is_missing(ms11, scanned):
    """Every second of 2 h, with the middle reversal to both sides: what passes abreast of a zone of its own crossing within
    the reach is one of the windows."""
    _, search = scanned
    offset = np.arange(8400.0, 15600.0)
    turn = np.mean(search.limits)
    places = zones.places(ms11.scenario).zones
    hits = set()
    lit = np.array([frames.elapsed_seconds(w.ignition_utc, ms11.track.orientation) for w in ms11])
    for side in (1.0, -1.0):
        n = len(offset)
        t, latitude, longitude = search.landings(search.commands(offset, np.full(n, turn), np.full(n, side)))
        node = ms11.track.node_before(offset + search.lead)
        crossing = ms11.track.node_longitude[node]
        for zone in places:
            inside = np.any([(crossing - west.si) % (2 * np.pi) <= east.si - west.si for west, east in zone.crossing], axis=0)
            away = geodesy.distance(latitude, longitude, zone.latitude.si, zone.longitude.si)
            for k in np.flatnonzero(inside & (away < 40e3)):  # the reach to either side is 54 km or more
                near = [w for w, at in zip(ms11, lit, strict=True) if w.site == zone.name and abs(at - offset[k]) < 25]
                assert near, f"{zone.name} is reached from {frames.utc(ms11.begin_utc, offset[k])}"
                hits.add(zone.name)
    assert hits == {w.site for w in ms11 if 8400 <= w.wait_s <= 15600} and len(hits) == 2


def test_a_scan_of_every_second_comes_no_nearer(ms11, scanned):
    """Around the window, each second with thirty reversals to both sides: none lands nearer to the aim than it does; and its
    own second, side and reversal are where the scan is best."""
    _, search = scanned
    w = ms11[0]
    lit = frames.elapsed_seconds(w.ignition_utc, ms11.track.orientation)
    offset, turn, side = (
        x.ravel() for x in np.meshgrid(np.round(lit) + np.arange(-15.0, 16.0), np.linspace(*search.limits, 30), [1.0, -1.0])
    )
    _, latitude, longitude = search.landings(search.commands(offset, turn, side))
    zone = next(z for z in ms11.zones if z.name == w.site)
    away = geodesy.distance(latitude, longitude, zone.latitude.si, zone.longitude.si)
    assert away.min() > w.landing_miss_m
    near = np.flatnonzero(away < 8e3)
    signed = 1.0 if w.first_bank == "right" else -1.0
    assert any(abs(offset[k] - lit) <= 1 and side[k] == signed and abs(turn[k] - w.reversal_m_s) < 80 for k in near)


def test_the_reach_is_where_the_flights_land(scanned, ms11):
    """To the left and the right of the track of the orbit, as far as any reversal takes it."""
    _, search = scanned
    w = ms11[0]
    lit = frames.elapsed_seconds(w.ignition_utc, ms11.track.orientation)
    turn, side = (x.ravel() for x in np.meshgrid(np.linspace(*search.limits, 41), [1.0, -1.0]))
    _, latitude, longitude = search.landings(search.commands(np.full(82, lit), turn, side))
    across = []
    for a, b in zip(latitude, longitude, strict=True):
        t, off, _ = passes.closest(ms11.track, a, b)
        across.append(-off[np.argmin(np.abs(t - lit - search.lead))])
    assert w.reach_left_m == pytest.approx(-min(across), rel=0.05) and w.reach_right_m == pytest.approx(max(across), rel=0.05)


# --- what is told of a window


def test_light_and_hours_of_the_first_window(ms11):
    w = ms11[0]
    assert w.daylight and w.crew_day_h == pytest.approx(20.795, abs=0.01) and not w.crew_awake
    at = frames.elapsed_seconds(w.landing_utc, ms11.track.orientation)
    place = np.radians(w.landing_latitude_deg), np.radians(w.landing_longitude_deg)
    for later, up in ((w.daylight_left_s - 60, True), (w.daylight_left_s + 60, False)):
        sun = frames.sun_elevation(*(np.atleast_1d(p) for p in place), np.atleast_1d(at + later), ms11.track.orientation)
        assert (np.degrees(sun[0]) > -0.833) == up
    assert w.free_flight_s == pytest.approx(w.wait_s + 3159, abs=3)  # ignition to touchdown: 52:39


def test_revolutions_and_crossings(ms11):
    """NORAD's count: MS-11's element set has revolution 17630 at its epoch, 27 h before; 15.51 revolutions a day."""
    assert ms11[0].revolution == 17647
    assert [w.revolution for w in ms11] == sorted(w.revolution for w in ms11)
    assert 12.7 < ms11[0].equator_crossing_deg < 16.5 and ms11[0].northward
    southward = [w for w in ms11 if not w.northward]
    assert southward and all(-55 < w.equator_crossing_deg < -10 for w in southward)


def test_wind_is_held_against_the_limit_of_the_zone(tmp_path):
    site = tmp_path / "windy.toml"
    site.write_text('schema = 1\nname = "windy"\nlatitude = "47.33 deg"\nlongitude = "69.58 deg"\nterrain = "300 m"\n')
    s = tj.load("ms11-nominal").replace(wind={"model": "constant", "east": "6 m/s", "north": "0 m/s"})
    found = opportunities.opportunities(s, 0.2, str(site))
    assert found[0].wind_m_s == pytest.approx(6.0, abs=0.3) and found[0].wind_ok is None
    zone = zones.as_zone(s.site, "windy").model_copy(update={"most_wind": zones.group("dragon", s).most_wind})
    search = Search(s, found.begin_utc, 17280.0, found.track, s.guidance.mode)
    (w,), _ = search.windows((zone,))
    assert w.wind_limit_m_s == pytest.approx(15 * 0.3048) and w.wind_ok is False


def test_the_next_one_if_it_is_waved_off(ms11):
    by_time = sorted(ms11, key=lambda w: w.ignition_utc)
    for a, b in zip(by_time, by_time[1:], strict=False):
        assert a.next_utc == b.ignition_utc and a.next_wait_s == pytest.approx(b.wait_s - a.wait_s, abs=0.01)
    assert by_time[-1].next_utc is None


def test_order_is_the_users():
    base = dict.fromkeys(Window.__dataclass_fields__) | {"landing_utc": "", "site": "a", "free_flight_s": 1.0, "next_utc": None}
    one = Window(**base | {"ignition_utc": "2023-01-01T00:00:00.000Z", "daylight": False, "peak_load_factor_g": 3.0})
    two = Window(**base | {"ignition_utc": "2023-01-02T00:00:00.000Z", "daylight": True, "peak_load_factor_g": 4.0})
    assert [w.daylight for w in ranked([one, two], ("daylight",))] == [True, False]
    assert [w.daylight for w in ranked([one, two], ("load", "daylight"))] == [False, True]
    assert criteria("daylight, awake") == ("daylight", "awake") and set(criteria(",".join(CRITERIA))) == set(CRITERIA)


def test_down_as_soon_as_possible():
    """Land is reached sooner than a zone; a stretch's first and last ignition come down on land, the second before it not."""
    found = tj.opportunities(tj.load("ms22-uncrewed"), days=0.2, anywhere=True)
    soonest = found[0]
    assert soonest.site == "any-land" and soonest.landing_utc < min(w.landing_utc for w in found if w.site == "zhezkazgan")
    search = Search(found.scenario, found.begin_utc, found.days * 86400, found.track, "automatic")
    for w in [w for w in found if w.site == "any-land"][:6]:
        a, b = (frames.elapsed_seconds(x, found.track.orientation) for x in (w.ignition_utc, w.ignition_until_utc))
        offset = np.array([a - 1.0, a, b])
        _, latitude, longitude = search.landings(search.commands(offset, np.full(3, np.mean(search.limits)), np.ones(3)))
        assert all_around(latitude, longitude, 30e3).tolist() == [a < 1.0, True, True]


# --- the table


def test_it_is_a_table(ms11):
    frame = ms11.to_dataframe()
    assert len(frame) == len(ms11) >= 3 and str(frame["ignition_utc"].dtype).startswith("datetime64")
    assert json.loads(json.dumps(ms11.to_dict(), allow_nan=False))["windows"][0] == asdict(ms11[0])


def test_the_command_prints_json_alone(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["opportunities", "ms11-nominal", "--days", "0.2", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == 1 and answer["windows"][0]["site"] == "zhezkazgan"
    assert {"ignition_utc", "site", "revolution", "miss_across_m", "landing_utc", "free_flight_s", "daylight"} <= set(
        answer["windows"][0]
    )
    assert not list(tmp_path.iterdir())


def test_the_command_draws_a_picture(capsys, tmp_path):
    picture = tmp_path / "day.png"
    assert cli.main(["opportunities", "ms22-uncrewed", "--days", "0.2", "--soonest", "--out", str(picture)]) == 0
    said = capsys.readouterr().out
    assert "zhezkazgan" in said and "any-land" in said and "without coordinates" in said
    assert picture.stat().st_size > 100_000


def test_zones_without_coordinates_are_listed_not_aimed_at():
    where = zones.places(tj.load("crew4-dragon"))
    assert len(where.missing) == 7 and where.surface == "water"
    assert len(zones.places(tj.load("ms11-nominal")).zones) == 13


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ms11-nominal", "--site", "arkalik"], "nearest: arkalyk"),
        (["ms11-nominal", "--site", "europe"], "no coordinates"),
        (["ms11-nominal", "--site", "dragon"], "none of these zones has published coordinates"),
        (["ms11-nominal", "--site", "no/such.toml"], "there is no file"),
        (["ms11-nominal", "--days", "31"], "allowed: above 0, up to 30"),
        (["ms11-nominal", "--order", "fastest"], "nearest: "),
        (["ms11-nominal", "--set", "undocking.at=2019-09-24T23:25:33Z"], "give an element set of those days"),
        (["stardust-entry"], "deorbit"),
    ],
)
def test_what_cannot_be_asked_is_named(words, said, capsys):
    assert cli.main(["opportunities", *words, "--json"]) == 2
    caught = capsys.readouterr()
    assert said in caught.err and not caught.out


def test_a_site_of_ones_own_for_a_vehicle_whose_zones_have_no_coordinates(tmp_path):
    """Off Jacksonville, 35 km from where Crew-4's flight comes down: its burn began at 20:01."""
    site = tmp_path / "jacksonville.toml"
    site.write_text('schema = 1\nname = "jacksonville"\nlatitude = "30.6 deg"\nlongitude = "-80.4 deg"\n')
    found = opportunities.opportunities(tj.load("crew4-dragon"), 0.5, str(site))
    assert "2022-10-14T19:59:00.000Z" < found[0].ignition_utc < "2022-10-14T20:03:00.000Z"
    assert len(opportunities.opportunities(tj.load("crew4-dragon"), 0.5)) == 0


def test_an_old_element_set_is_warned_of():
    s = tj.load("ms11-nominal").replace(undocking__at="2019-07-03T23:25:33Z")
    found = opportunities.opportunities(s, 0.1)
    assert any("days before the last of the days asked for" in note for note in found.notes)


def test_a_start_at_its_own_epoch_is_flown_through_the_span():
    """An element set's own state, as a start from a vector, flown in the kernel: the same windows to a few seconds."""
    from trajectory import orbit

    s = tj.load("ms11-nominal")
    state = orbit.from_tle(s.start.lines, "2019-06-24T23:25:33Z").in_frame("GCRS")
    start = {
        "type": "cartesian", "epoch": "2019-06-24T23:25:33Z", "frame": "GCRS",
        "position": [f"{x} m" for x in state.position], "velocity": [f"{x} m/s" for x in state.velocity],
    }  # fmt: skip
    own = scenario.load("ms11-nominal", {"start": start})
    one, two = (opportunities.opportunities(x, 0.4) for x in (s, own))
    assert [w.site for w in one] == [w.site for w in two]
    for a, b in zip(one, two, strict=True):
        assert abs(np.datetime64(a.ignition_utc[:-1]) - np.datetime64(b.ignition_utc[:-1])) < np.timedelta64(3, "s")
