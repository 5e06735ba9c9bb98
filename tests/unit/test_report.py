"""Reports: files open with the libraries of their users, are the same twice, appear whole or not at all."""

import csv
import io
import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from trajectory import case, orbit, result, scenario
from trajectory.report import export, folder, maps, plots, tables, track


@pytest.fixture(scope="module")
def flight():
    flown = scenario.load("ms11-nominal")
    return result.flight_of(flown, case.build(flown, commands=case.Commands(reversal=2700.0)))


@pytest.fixture
def summary(flight):
    return {"schema": 1, "scenario": "ms11-nominal", "flight": flight.summary()}


class Shifted:
    """The same flight seen with its longitudes turned: over the antimeridian."""

    def __init__(self, flight, turn):
        self._flight = flight
        h = flight.history

        def turned(longitude):
            return (longitude + turn + 180) % 360 - 180

        def moved(e):
            return {**e, "longitude_deg": turned(e["longitude_deg"])}

        self.history = h.assign(longitude=h["longitude"].copy(data=turned(h["longitude"].values)))
        self.events = tuple(moved(e) for e in flight.events)
        self.touchdown = moved(flight.touchdown)

    def __getattr__(self, name):
        return getattr(self._flight, name)


# --- files


def test_history_opens_with_units_and_times(flight, tmp_path):
    import xarray as xr

    export.write_history(flight, tmp_path / "history.nc")
    with xr.open_dataset(tmp_path / "history.nc") as h:
        assert all("units" in v.attrs for v in h.data_vars.values())
        assert {"time", "elapsed_s"} <= set(h.coords)
        assert h.attrs["featureType"] == "trajectory"
        assert str(h["trajectory"].values) == "ms11-nominal"
        np.testing.assert_array_equal(h["time"].values, flight.history["time"].values)
        np.testing.assert_array_equal(h["altitude"].values, flight.history["altitude"].values)


def test_events_csv_has_the_keys_of_the_summary(flight, tmp_path):
    export.write_events(flight, tmp_path / "events.csv")
    with open(tmp_path / "events.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == [e["name"] for e in flight.events]
    assert list(rows[0]) == list(flight.events[0])
    assert float(rows[3]["altitude_m"]) == flight.events[3]["altitude_m"]


def test_geojson_holds_track_events_and_target(flight, tmp_path):
    export.write_track_geojson(flight, tmp_path / "track.geojson")
    held = json.loads((tmp_path / "track.geojson").read_text())
    kinds = [f["properties"]["kind"] for f in held["features"]]
    assert held["type"] == "FeatureCollection"
    assert kinds.count("track") == kinds.count("touchdown") == kinds.count("target") == 1
    assert kinds.count("event") == len(flight.events) - 1
    line = held["features"][0]["geometry"]
    assert line["type"] == "LineString"
    assert all(len(point) == 3 for point in line["coordinates"])


def test_geojson_is_cut_at_the_antimeridian(flight, tmp_path):
    export.write_track_geojson(Shifted(flight, 150.0), tmp_path / "track.geojson")
    line = json.loads((tmp_path / "track.geojson").read_text())["features"][0]["geometry"]
    assert line["type"] == "MultiLineString"
    first, second = line["coordinates"]
    assert first[-1][0] == 180.0
    assert second[0][0] == -180.0
    assert first[-1][1:] == second[0][1:]
    for piece in line["coordinates"]:
        assert np.abs(np.diff([p[0] for p in piece])).max() < 10


def test_kml_is_xml_with_absolute_altitudes(flight, tmp_path):
    export.write_track_kml(flight, tmp_path / "track.kml")
    root = ElementTree.parse(tmp_path / "track.kml").getroot()
    space = {"k": export.KML}
    names = [e.text for e in root.findall(".//k:Placemark/k:name", space)]
    assert {"track", "touchdown", "entry interface", "target: zhezkazgan"} <= set(names)
    assert root.find(".//k:LineString/k:altitudeMode", space).text == "absolute"


def test_oem_is_read_back_where_the_flight_was(flight, tmp_path):
    path = tmp_path / "orbit.oem"
    export.write_oem(flight, path)
    text = path.read_text()
    assert text.startswith("CCSDS_OEM_VERS = 2.0\n")
    assert text.count("META_START") == 5
    from trajectory import frames

    h = flight.history
    for k in (0, 40, 300, len(h["time"]) - 1):
        elapsed = h["elapsed_s"].values[k]
        at = str(h["time"].values[k] - np.timedelta64(1, "ms"))[:23] + "Z" if k else str(h["time"].values[k])[:23] + "Z"
        state = orbit.from_oem(path, at)
        assert state.frame == "GCRS"
        late = frames.elapsed_seconds(at, flight.case.orientation) - elapsed  # the time was rounded to 1 ms
        want = h["position"].values[k] + late * h["velocity"].values[k]
        assert np.linalg.norm(state.position - want) < 0.01


def test_oem_interpolates_between_its_states(flight, tmp_path):
    """Every second state of the coast, left out, is found again to 1 m by the cubic of the file."""
    h = flight.history
    t, r, v = h["elapsed_s"].values, h["position"].values, h["velocity"].values
    coast = np.flatnonzero((t > 300) & (t < 1600))[::2]
    from scipy.interpolate import CubicHermiteSpline

    middle = coast[:-1] + 1
    assert np.abs(CubicHermiteSpline(t[coast], r[coast], v[coast])(t[middle]) - r[middle]).max() < 1.0


def test_same_flight_same_bytes(flight, summary, tmp_path):
    first = folder.write(tmp_path / "a", flight, summary)
    second = folder.write(tmp_path / "b", flight, summary)
    assert sorted(p.name for p in first.iterdir()) == sorted(folder.FILES)
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes(), path.name
    plots.save(plots.timeline(flight), tmp_path / "1.svg")
    plots.save(plots.timeline(flight), tmp_path / "2.svg")
    assert (tmp_path / "1.svg").read_bytes() == (tmp_path / "2.svg").read_bytes()


def test_json_has_no_nan():
    assert json.loads(export.json_text({"a": [float("nan"), np.float64(1.5)]})) == {"a": [None, 1.5]}


# --- maps and pictures


def test_flat_map_keeps_distance_and_comes_back():
    centre = (69.5, 47.3)
    lon, lat = np.array([73.1, 63.3, 69.5]), np.array([49.8, 45.6, 47.3])
    x, y = track.flat(lon, lat, centre)
    cosine = np.sin(np.radians(lat)) * np.sin(np.radians(47.3)) + np.cos(np.radians(lat)) * np.cos(
        np.radians(47.3)
    ) * np.cos(np.radians(lon - 69.5))
    np.testing.assert_allclose(np.hypot(x, y), track.RADIUS * np.arccos(np.clip(cosine, -1, 1)), atol=1e-3)
    np.testing.assert_allclose(track.unflat(x, y, centre), (lon, lat), atol=1e-9)


def test_outlines_are_the_world():
    held = maps.outlines()
    points = np.vstack(held["land"])
    assert np.all(np.abs(points) <= (360, 90))
    assert max(np.abs(np.diff(line[:, 0])).max() for line in held["coasts"]) < 15
    assert len(held["borders"]) > 300
    assert sum(len(line) for line in held["coasts"]) > 25_000


def test_maps_draw_over_the_antimeridian_and_without_a_landing(flight, tmp_path):
    for turned in (Shifted(flight, 130.0), replace(flight, touchdown=None, outcome="in_orbit")):
        plots.save(maps.ground_track(turned), tmp_path / "map.png")
        assert (tmp_path / "map.png").stat().st_size > 50_000


def test_labels_are_spread_apart_near_their_places():
    wanted = np.array([10.0, 12.0, 13.0, 60.0, 99.0])
    placed = plots.spread(wanted, 8.0, 0.0, 100.0)
    assert np.all(np.diff(placed) >= 8.0 - 1e-9)
    assert placed[0] >= 0.0
    assert placed[-1] <= 100.0
    assert placed[3] == pytest.approx(60.0)
    np.testing.assert_array_equal(plots.spread(np.array([5.0, 50.0]), 8.0, 0.0, 100.0), [5.0, 50.0])


def test_drawing_leaves_the_users_settings_alone(flight):
    import matplotlib

    before = dict(matplotlib.rcParams)
    plots.entry(flight)
    assert dict(matplotlib.rcParams) == before


# --- tables


def printed(item, width=tables.WIDTH):
    stream = io.StringIO()
    tables.console(stream).print(item)
    return stream.getvalue()


def test_tables_are_plain_text_of_100_columns(flight):
    text = printed(tables.flight(flight))
    assert "\x1b" not in text
    assert "…" not in text
    assert max(len(line.rstrip()) for line in text.splitlines()) <= tables.WIDTH
    for e in flight.events:
        assert e["name"] in text
    assert "outcome" in text
    assert "from target" in text


def test_elapsed_is_minutes_and_seconds():
    assert [tables.elapsed(x) for x in (0.0, 59.96, 280.99, -8970.0, -0.01)] == [
        "0:00.0",
        "1:00.0",
        "4:41.0",
        "-149:30.0",
        "0:00.0",
    ]


def test_aim_is_said_in_words(flight):
    aim = {
        "solved": {"ignition_utc": "2019-06-25T01:55:03.000Z", "first_bank": "left"},
        "miss_along_m": 512e3,
        "miss_across_m": -20.0,
        "reason": "out of reach",
    }
    text = printed(tables.outcome(replace(flight, aim=aim)))
    assert "ignition 2019-06-25T01:55:03.000Z, first to the left" in text
    assert "512 km beyond, 0 km left: out of reach" in text


def test_show_names_every_value(flight):
    text = printed(tables.show(scenario.describe(flight.scenario)))
    assert "128 m/s" in text
    assert "normal, sigma" in text


def test_checks_stand_known_misses_apart():
    row = {
        "case": "c",
        "quantity": "q",
        "value": 1.0,
        "truth": 1.1,
        "tolerance": 0.2,
        "unit": "m",
        "source": "s",
        "verdict": "pass",
        "known_miss": None,
    }
    text = printed(
        tables.checks([row, {**row, "verdict": "fail"}, {**row, "verdict": "fail", "known_miss": "why"}])
    )
    assert "1 pass, 1 fail, 1 known misses" in text
    assert text.index("known misses:") < text.index("why")


# --- the folder


def test_finished_folder_is_replaced_whole(flight, summary, tmp_path):
    out = tmp_path / "deep" / "run"
    folder.write(out, flight, summary)
    (out / "stale.txt").write_text("of an earlier version")
    folder.write(out, flight, summary)
    assert sorted(p.name for p in out.iterdir()) == sorted(folder.FILES)
    assert [p.name for p in out.parent.iterdir()] == ["run"]


def test_foreign_folder_is_left_alone(tmp_path):
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(folder.FolderError, match="thesis.tex"), folder.reserved(tmp_path):
        pass
    assert (tmp_path / "thesis.tex").read_text() == "mine"


def test_finished_folder_with_folders_of_others_is_left_alone(tmp_path):
    out = tmp_path / "run"
    (out / "mine").mkdir(parents=True)
    (out / "summary.json").write_text('{"schema": 1, "scenario": "x"}')
    with pytest.raises(folder.FolderError, match="mine"), folder.reserved(out):
        pass
    assert (out / "mine").is_dir()


def test_a_file_and_the_current_folder_are_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(folder.FolderError, match="is a file"), folder.reserved(tmp_path / "file"):
        pass
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(folder.FolderError, match="you are in it"), folder.reserved("."):
        pass


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ValueError])
def test_nothing_half_is_left(tmp_path, stop):
    out = tmp_path / "run"
    out.mkdir()
    (out / "summary.json").write_text('{"schema": 1, "scenario": "x"}')
    with pytest.raises(stop), folder.reserved(out) as new:
        (new / "history.nc").write_text("half")
        raise stop
    assert [p.name for p in tmp_path.iterdir()] == ["run"]
    assert [p.name for p in out.iterdir()] == ["summary.json"]


def test_second_run_at_the_same_time_is_refused(tmp_path):
    with folder.reserved(tmp_path / "run"):
        with pytest.raises(folder.FolderError, match="another run"), folder.reserved(tmp_path / "run"):
            pass
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_killed_run_is_cleared_by_the_next(tmp_path):
    script = (
        "import sys, time; from trajectory.report import folder\n"
        f"with folder.reserved({str(tmp_path / 'run')!r}) as new:\n"
        "    (new / 'x').write_text(''); print('in', flush=True); time.sleep(60)\n"
    )
    paths = os.pathsep.join(p for p in sys.path if p)
    there = {**os.environ, "PYTHONPATH": paths}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=there) as p:
        assert p.stdout.readline() == b"in\n"
        with pytest.raises(folder.FolderError, match="another run"), folder.reserved(tmp_path / "run"):
            pass
        p.send_signal(signal.SIGKILL)
    with folder.reserved(tmp_path / "run") as new:
        assert not any(new.iterdir())
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


def test_a_run_killed_between_two_renames_gives_the_old_folder_back(tmp_path):
    (tmp_path / ".run.old").mkdir()
    (tmp_path / ".run.old" / "summary.json").write_text('{"schema": 1, "scenario": "x"}')
    with pytest.raises(KeyboardInterrupt), folder.reserved(tmp_path / "run"):
        raise KeyboardInterrupt
    assert (tmp_path / "run" / "summary.json").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_read_only_parent_is_said(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(folder.FolderError, match="Permission denied"), folder.reserved(tmp_path / "run"):
        pass


@pytest.mark.parametrize("limit", [2_000, 60_000, 200_000])
def test_full_disk_is_said_and_leaves_nothing(flight, summary, tmp_path, limit):
    """A limit on the size of files stands for the full disk: the writers see an error of the system."""
    held = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, held[1]))
    try:
        with pytest.raises(folder.FolderError, match="cannot write"):
            folder.write(tmp_path / "run", flight, summary)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, held)
        signal.signal(signal.SIGXFSZ, before)
    assert not any(tmp_path.iterdir())


def test_clock_is_not_in_the_files(flight, tmp_path):
    export.write_oem(flight, tmp_path / "orbit.oem")
    assert time.strftime("%Y-%m-%d", time.gmtime()) not in (tmp_path / "orbit.oem").read_text()
