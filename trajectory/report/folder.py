"""The folder of a run: written aside, put in place by rename when whole, one writer at a time."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILES = (
    "summary.json",
    "history.nc",
    "events.csv",
    "track.geojson",
    "track.kml",
    "orbit.oem",
    "ground-track.png",
    "timeline.png",
    "entry.png",
    "heat-shield.png",
    "crew.png",
)
FOOTPRINT = ("footprint.png", "distributions.png", "convergence.png", "footprint.geojson", "footprint.kml")  # of many flights
CABIN = ("cabin.png",)  # of a scenario with a cabin
ROTATION = ("rotation.png", "rotation.csv")  # of a scenario that asks for it


class FolderError(OSError):
    """A folder that cannot be written, or must not be replaced; the message says which and why."""


def write(out_dir, flight, summary: dict) -> Path:
    """Write the folder of one flight, whole or not at all. Returns where it is. Raises FolderError."""
    with reserved(out_dir) as new:
        fill(new, flight, summary)
    return Path(out_dir)


def fill(folder: Path, flight, summary: dict, ensemble=None) -> None:
    """Every file of a run, into an empty folder; pictures of entry, shield and crew only where there is something to show."""
    from trajectory.report import cabin, export, maps, plots, wear

    export.write_history(flight, folder / "history.nc")
    export.write_events(flight, folder / "events.csv")
    export.write_track_geojson(flight, folder / "track.geojson")
    export.write_track_kml(flight, folder / "track.kml")
    export.write_oem(flight, folder / "orbit.oem")
    plots.save(maps.ground_track(flight), folder / "ground-track.png")
    plots.save(plots.timeline(flight), folder / "timeline.png")
    if plots.has_entry(flight):
        plots.save(plots.entry(flight), folder / "entry.png")
    for name, draw in (("heat_shield", wear.heat_shield), ("crew", wear.crew)):
        if name in flight.exposure.series:
            plots.save(draw(flight), folder / f"{name.replace('_', '-')}.png")
    if flight.cooled is not None:
        plots.save(cabin.picture(flight), folder / CABIN[0])
    if flight.rotation is not None:
        plots.save(wear.rotation(flight), folder / ROTATION[0])
        export.write_rotation(flight, folder / ROTATION[1])
    if ensemble is not None and summary["ensemble"]["footprint"] is not None:
        from trajectory.report import footprints

        footprints.fill(folder, ensemble, summary["ensemble"].get("linear"))
    (folder / "summary.json").write_text(export.json_text(summary), encoding="utf-8")


@contextmanager
def reserved(out_dir) -> Iterator[Path]:
    """An empty folder to write to, which becomes `out_dir` when the block ends well, else vanishes.

    Locked against a second run for as long as the block lasts. Raises FolderError where the folder holds what
    no run wrote, is being written by another run, or cannot be written.
    """
    out = Path(out_dir).resolve()
    new, old = out.with_name(f".{out.name}.new"), out.with_name(f".{out.name}.old")
    check(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with locked(out):
            _restore(out, old)
            check(out)
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir()
            try:
                yield new
                check(out)
                put(new, out, old)
            finally:
                shutil.rmtree(new, ignore_errors=True)
    except FolderError:
        raise
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise FolderError(
            f"cannot write the folder {out}: {reason}; nothing of this run is kept"
        ) from problem


def check(out: Path) -> None:
    """FolderError if `out` is there and is neither empty nor the folder of a finished run."""
    out = Path(out).resolve()
    if not out.exists():
        return
    if not out.is_dir():
        raise FolderError(f"{out} is a file; name a folder, new, empty or of an earlier run")
    try:
        held = sorted(out.iterdir())
    except OSError as problem:
        raise FolderError(f"cannot read the folder {out}: {problem.strerror}") from None
    if out == Path.cwd() or out in Path.cwd().parents:
        raise FolderError(
            f"{out} would be replaced, and you are in it; name another folder, or one inside it"
        )
    if not held:
        return
    manifest = out / "manifest.json"
    if manifest.is_file() and '"finished": false' in manifest.read_text(encoding="utf-8", errors="replace"):
        raise FolderError(f"{out} holds an ensemble that is not finished; go on with --resume, or name another folder")
    if not _finished(out):
        names = ", ".join(p.name for p in held[:3]) + (", ..." if len(held) > 3 else "")
        raise FolderError(f"{out} is not empty and holds no finished run ({names}); name another folder")
    folders = [p.name for p in held if p.is_dir() and not p.is_symlink() and p.name != "rows"]
    if folders:
        raise FolderError(
            f"{out} holds folders that no run wrote ({', '.join(folders)}); name another folder"
        )


def _finished(out: Path) -> bool:
    try:
        summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(summary, dict) and {"schema", "scenario"} <= set(summary)


def _restore(out: Path, old: Path) -> None:
    """Clear what a killed run left: the folder it was about to replace goes back, or goes."""
    if not old.exists():
        return
    if out.exists():
        shutil.rmtree(old)
    else:
        old.rename(out)


def put(new: Path, out: Path, old: Path) -> None:
    if not out.exists():
        new.rename(out)
        return
    out.rename(old)
    try:
        new.rename(out)
    except BaseException:
        old.rename(out)
        raise
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def locked(out: Path) -> Iterator[None]:
    """A lock file beside the folder; the system drops the lock of a process that dies."""
    path = out.with_name(f".{out.name}.lock")
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise FolderError(f"another run is writing {out}; wait for it, or name another folder") from None
        try:
            if os.stat(path).st_ino == os.fstat(handle).st_ino:
                break
        except FileNotFoundError:
            pass
        os.close(handle)  # the one who held it took the file away: again
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)
