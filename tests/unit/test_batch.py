"""Many flights at once: the same bytes in any chunks, threads and order; broken rows; interruption; memory."""

import copy
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trajectory import batch, flight, leg
from trajectory.case import build
from trajectory.scenario import load

N = 150
EVENTS = ("entry_interface", "main_deploy", "touchdown", "early", "late")
FIXED = {"guidance.reversal": "2000 m/s", "guidance.first_side": "right", "atmosphere.model": "us76"}


@pytest.fixture(scope="module")
def dispersed():
    """A flight from orbit to the ground with its own state, density and length of burn in each row."""
    one = build(load("ms11-nominal", FIXED))
    draw = np.random.default_rng(4)
    y = np.repeat(one.start, N, axis=0)
    y[:, :3] += draw.normal(0, 100.0, (N, 3))
    y[:, 3:6] += draw.normal(0, 0.1, (N, 3))
    factor, mass = draw.normal(1, 0.1, N), 1.0 + draw.normal(0, 1e-4, N)
    legs = [leg.variant(on, density_factor=factor) for on in one.legs]
    legs = [
        replace(on, stops=tuple(replace(s, value=s.value * mass) if s.quantity == "mass" else s for s in on.stops))
        for on in legs
    ]
    times = one.start_time + draw.uniform(0, 1, N)
    return replace(one, start=y, start_time=times, legs=tuple(legs), timed=(("early", 100.0), ("late", 2300.5)))


@pytest.fixture(scope="module")
def landed(dispersed):
    return flight.fly_many(dispersed, events=EVENTS, threads=1, chunk=N)


def same(a, b, rows=slice(None)):
    """Landed a is b's rows, to the last bit."""
    for name in ("code", "t", "y", "peaks"):
        assert getattr(a, name).tobytes() == getattr(b, name)[rows].tobytes(), name
    assert set(a.events) == set(b.events)
    for name, found in a.events.items():
        assert found.tobytes() == b.events[name][rows].tobytes(), name


# --- the same bytes


def test_the_rows_are_flown_and_differ(landed):
    assert landed.counts() == {"landed": N} and set(landed.outcome) == {"landed"}
    assert np.isfinite(landed.y).all() and len(np.unique(landed.y[:, 0])) == N
    assert all(np.isfinite(found).all() for found in landed.events.values())
    np.testing.assert_array_equal(landed.events["late"][:, 0], 2300.5)
    np.testing.assert_array_equal(landed.events["touchdown"][:, 0], landed.t)


@pytest.mark.parametrize(("threads", "chunk"), [(1, 7), (2, 7), (1, 64), (2, 64), (2, N), (2, None), (3, 1)])
def test_chunks_and_threads_change_no_bit(dispersed, landed, threads, chunk):
    same(flight.fly_many(dispersed, events=EVENTS, threads=threads, chunk=chunk), landed)


def test_order_changes_no_bit(dispersed, landed):
    order = np.random.default_rng(5).permutation(N)
    same(flight.fly_many(dispersed.rows(order), events=EVENTS, threads=2, chunk=32), landed, order)


def test_each_row_is_the_flight_alone(dispersed, landed):
    for i in (0, 17, N - 1):
        alone = flight.fly(dispersed.rows(slice(i, i + 1)))
        assert alone.outcome[0] == landed.outcome[i]
        np.testing.assert_array_equal(alone.y[0], landed.y[i])
        assert alone.t[0] == landed.t[i]
        np.testing.assert_array_equal(alone.peaks[0, :, :2], landed.peaks[i])
        for name in EVENTS:
            mark = next(m for m in alone.marks[0] if m.name == name)
            np.testing.assert_array_equal([mark.t, *mark.y], landed.events[name][i])


def test_a_flight_with_history_and_without_is_the_same(dispersed):
    one = dispersed.rows(slice(3, 4))
    plain, kept = flight.fly(one), flight.fly(one, history=True)
    np.testing.assert_array_equal(plain.y, kept.y)
    assert [(m.name, m.t) for m in plain.marks[0]] == [(m.name, m.t) for m in kept.marks[0]]


def test_marks_of_a_batch_are_those_of_each_flight(dispersed):
    few = dispersed.rows(slice(0, 5))
    many = flight.fly(few)
    for i in range(5):
        alone = flight.fly(few.rows(slice(i, i + 1))).marks[0]
        assert [m.name for m in alone] == [m.name for m in many.marks[i]]
        for ours, theirs in zip(many.marks[i], alone, strict=True):
            assert ours.t == theirs.t and ours.leg.name == theirs.leg.name
            np.testing.assert_array_equal(ours.y, theirs.y)
            np.testing.assert_array_equal(ours.row, theirs.row)


def test_only_what_is_asked_for_is_kept(dispersed, landed):
    bare = flight.fly_many(dispersed, keep=())
    assert bare.t is None and bare.y is None and bare.peaks is None and bare.events == {}
    np.testing.assert_array_equal(bare.code, landed.code)
    no_peaks = flight.fly_many(dispersed, keep=("state",))
    np.testing.assert_array_equal(no_peaks.y, landed.y)


@pytest.mark.parametrize("asked", [{"keep": ("stat",)}, {"events": ("tuchdown",)}])
def test_what_cannot_be_kept_is_refused(dispersed, asked):
    with pytest.raises(ValueError, match="there are .*(state|touchdown)"):
        flight.fly_many(dispersed, **asked)


def test_chunks_come_in_order_for_whoever_stores_them(dispersed, landed):
    with closing(flight.fly_chunks(dispersed, events=EVENTS, threads=2, chunk=64)) as chunks:
        at = 0
        for part in chunks:
            same(part, landed, slice(at, at + len(part.code)))
            at += len(part.code)
    assert at == N


def test_no_rows_are_no_work(dispersed):
    none = flight.fly_many(dispersed.rows(slice(0, 0)), events=EVENTS)
    assert none.y.shape == (0, 10) and none.counts() == {}


def test_a_case_that_was_flown_can_be_copied(dispersed):
    dispersed.rows(slice(0, 1)).ready  # noqa: B018 - laid out for the kernel, and kept
    again = copy.copy(dispersed)
    assert "ready" not in vars(again) and again.start is dispersed.start


# --- broken rows


BROKEN = {
    4: ("state", np.nan, "bad_start"), 9: ("mass", 0.0, "bad_start"), 10: ("state", 0.0, "bad_start"),
    31: ("position", 0.9, "below_air"), 32: ("mass", np.nan, "bad_start"), 64: ("time", np.nan, "bad_start"),
    90: ("velocity", np.inf, "bad_start"),
}  # fmt: skip


@pytest.fixture(scope="module")
def mixed(dispersed):
    y, t = dispersed.start.copy(), dispersed.start_time.copy()
    for row, (what, value, _) in BROKEN.items():
        if what == "time":
            t[row] = value
        elif what == "position":
            y[row, :3] *= value
        else:
            y[row, {"state": slice(0, 6), "mass": 6, "velocity": slice(3, 6)}[what]] = value
    return replace(dispersed, start=y, start_time=t)


@pytest.mark.parametrize(("threads", "chunk"), [(1, N), (2, 7)])
def test_broken_rows_have_their_outcome_and_harm_no_other(mixed, landed, threads, chunk):
    out = flight.fly_many(mixed, events=EVENTS, threads=threads, chunk=chunk)
    assert {row: out.outcome[row] for row in BROKEN} == {row: outcome for row, (*_, outcome) in BROKEN.items()}
    for found in (out.t, out.y, out.peaks):
        assert np.isnan(found[list(BROKEN)]).all()
    good = np.setdiff1d(np.arange(N), list(BROKEN))
    assert out.y[good].tobytes() == landed.y[good].tobytes() and out.peaks[good].tobytes() == landed.peaks[good].tobytes()
    assert sum(out.counts().values()) == N and out.counts()["landed"] == N - len(BROKEN)


def test_a_broken_row_value_breaks_its_row_alone(dispersed, landed):
    factor = dispersed.legs[0].row["density_factor"].copy()
    factor[8] = np.nan
    legs = tuple(leg.variant(on, density_factor=factor) for on in dispersed.legs)
    out = flight.fly_many(replace(dispersed, legs=legs), threads=1)
    assert out.outcome[8] in leg.FAILED and out.counts()["landed"] == N - 1
    good = np.arange(N) != 8
    assert out.y[good].tobytes() == landed.y[good].tobytes()


# --- the pool


def rows_of(rows, cancel):
    time.sleep(0.001 * (7 - rows.start % 7))
    return list(range(rows.start, rows.stop))


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_come_in_order_and_progress_to_the_end(threads):
    seen = []
    out = list(batch.in_chunks(rows_of, 50, chunk=8, threads=threads, progress=lambda *p: seen.append(p)))
    assert [len(part) for part in out] == [8, 8, 8, 8, 8, 8, 2]
    assert sum(out, []) == list(range(50))
    assert seen == [(8, 50), (16, 50), (24, 50), (32, 50), (40, 50), (48, 50), (50, 50)]


def test_few_chunks_are_held_ahead():
    begun = []
    with closing(batch.in_chunks(lambda rows, _: begun.append(rows), 1000, chunk=1, threads=2)) as parts:
        next(parts)
        time.sleep(0.1)
        assert len(begun) <= 2 + batch.AHEAD


class Endless:
    """Work that runs until it is told to stop, but for its first chunk."""

    def __init__(self):
        self.begun, self.stopped = threading.Event(), []

    def __call__(self, rows, cancel):
        if rows.start == 0:
            self.begun.wait(5)
            return "first"
        self.begun.set()
        while not cancel[0]:
            time.sleep(0.001)
        self.stopped.append(rows.start)
        return "half-made"


def test_an_exception_of_progress_stops_the_running_chunks():
    work, out = Endless(), []

    def refuse(done, n):
        raise RuntimeError(f"seen {done} of {n}")

    with pytest.raises(RuntimeError, match="seen 1 of 9"):
        out.extend(batch.in_chunks(work, 9, chunk=1, threads=2, progress=refuse))
    assert out == [] and work.stopped


def test_closing_stops_the_running_chunks():
    work = Endless()
    with closing(batch.in_chunks(work, 9, chunk=1, threads=2)) as parts:
        assert next(parts) == "first"
    assert work.stopped and list(parts) == []
    assert not any(t.name.startswith("trajectory") for t in threading.enumerate())


def test_an_exception_of_a_chunk_is_raised():
    out = []
    with pytest.raises(ZeroDivisionError):
        for part in batch.in_chunks(lambda rows, _: 6 // (3 - rows.start), 9, chunk=1, threads=2):
            out.append(part)
    assert out == [2, 3, 6]  # those before it, in order


@pytest.mark.parametrize("wrong", [{"chunk": 0}, {"threads": 0}])
def test_no_threads_or_rows_are_refused(wrong):
    with pytest.raises(ValueError, match="is 0; at least 1"):
        list(batch.in_chunks(rows_of, 5, **wrong))


# --- interrupted, and flat in memory


CHILD = """
import os, resource, signal, sys, time
from dataclasses import replace
import numpy as np
from trajectory import flight
from trajectory.case import build
from trajectory.leg import Leg
from trajectory.scenario import load

def many(n, seconds):
    one = build(load("ms11-nominal", {"guidance.reversal": "2000 m/s", "guidance.first_side": "right",
                                      "atmosphere.model": "us76"}))
    return replace(one, start=np.broadcast_to(one.start, (n, 10)), start_time=np.broadcast_to(one.start_time, (n,)),
                   legs=(Leg("coast", duration=seconds, then="in_orbit"),))
"""


def child(code):
    return subprocess.Popen([sys.executable, "-c", CHILD + code], stdout=subprocess.PIPE, text=True, cwd=Path.home())


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
@pytest.mark.parametrize("threads", [1, 2])
def test_an_interrupt_is_heard_at_once(threads):
    """Ctrl-C ends 10^6 flights of a day; 0.2 s on a machine at rest, more is allowed to a busy one."""
    code = f"""
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the suite in the background has it ignored
case = many(1_000_000, 86400.0)
print("flying", flush=True)
try:
    flight.fly_many(case, keep=(), threads={threads})
except KeyboardInterrupt:
    os._exit(130)
"""
    with child(code) as running:
        assert running.stdout.readline() == "flying\n"
        time.sleep(1.0)
        assert running.poll() is None
        sent = time.perf_counter()
        running.send_signal(signal.SIGINT)
        status = running.wait(30)
        took = time.perf_counter() - sent
    assert status == 130 and took < 0.5, f"{took:.3f} s"


@pytest.mark.skipif(os.name == "nt", reason="getrusage of Unix")
def test_memory_stays_flat():
    """2 10^5 rows with their end times alone; all that the legs hand out would be some 200 MB."""
    code = """
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
flight.fly_many(many(20_000, 10.0), keep=("time",))
before = peak()
out = flight.fly_many(many(200_000, 10.0), keep=("time",))
assert out.counts() == {"in_orbit": 200_000}
print(peak() - before)
"""
    with child(code) as running:
        grown = float(running.communicate(timeout=120)[0])
    assert running.returncode == 0 and grown < 20.0, f"{grown:.1f} MB"
