"""The folder of an ensemble while it is flown: a NetCDF file a chunk, a manifest, one writer, resumable after any end.

A chunk's file appears by rename when it is whole. The rows are written where the results will stand, or, where a
finished run stands there already, beside it, to take its place when they are whole.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from trajectory import ensemble
from trajectory.report import folder
from trajectory.report.folder import FolderError

ROWS, MANIFEST = "rows", "manifest.json"
SAME = ("scenario", "scenario_sha256", "version", "seed", "sampling", "left_out", "chunk", "given")
SAY = {
    "scenario_sha256": "the scenario has changed",
    "version": "another version of trajectory wrote it",
    "given": "the table of samples has changed",
}


def manifest(plan: ensemble.Plan, name: str) -> dict:
    """What the rows are a function of."""
    import hashlib

    import trajectory

    d = plan.design
    given = None
    if d.given is not None:
        text = json.dumps({k: [float(v).hex() for v in x] for k, x in sorted(d.given.items())})
        given = hashlib.sha256(text.encode()).hexdigest()
    return {
        "schema": 1, "scenario": name, "scenario_sha256": plan.scenario.sha256, "version": trajectory.__version__,
        "seed": d.seed, "sampling": d.sampling, "left_out": sorted(d.left_out), "chunk": plan.chunk, "given": given,
        "samples": d.samples, "finished": False, "file": str(plan.scenario.file), "tree": plan.scenario.tree,
    }  # fmt: skip


@contextmanager
def opened(out_dir, wanted: dict, resume: bool) -> Iterator[Path]:
    """The folder to write to; when the block ends well it stands at `out_dir`. FolderError where that must not be."""
    out = Path(out_dir).resolve()
    aside = out.with_name(f".{out.name}.new")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with folder.locked(out):
            held = read_manifest(out)
            if held is not None and (resume or not held["finished"]):
                if not resume:
                    folder.check(out)
                fits(out, held, wanted)
                place = out
            elif out.exists() and any(out.iterdir()):
                folder.check(out)
                place = aside
                kept = read_manifest(aside)
                if not (resume and kept is not None and differs(kept, wanted) is None):
                    shutil.rmtree(aside, ignore_errors=True)
            else:
                place = out
            (place / ROWS).mkdir(parents=True, exist_ok=True)
            write_manifest(place, wanted)
            yield place
            write_manifest(place, {**wanted, "finished": True})
            if place is aside:
                folder.put(aside, out, out.with_name(f".{out.name}.old"))
    except FolderError:
        raise
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise FolderError(f"cannot write the folder {out}: {reason}; what was finished is kept: --resume goes on") from problem


def fits(out: Path, held: dict, wanted: dict) -> None:
    """Refuse to go on with rows that another run wrote."""
    key = differs(held, wanted)
    if key is not None:
        said = SAY.get(key, f"{key} was {held.get(key)!r} and is now {wanted[key]!r}")
        raise FolderError(f"{out} cannot be resumed: {said}; name another folder, or run it as it was")
    if held["samples"] > wanted["samples"]:
        raise FolderError(f"{out} holds {held['samples']} samples already; ask for as many or more")


def differs(held: dict, wanted: dict) -> str | None:
    return next((key for key in SAME if held.get(key) != wanted[key]), None)


def read_manifest(place: Path) -> dict | None:
    try:
        held = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return held if isinstance(held, dict) and {"finished", "samples"} <= set(held) else None


def write_manifest(place: Path, content: dict) -> None:
    whole(place / MANIFEST, lambda path: path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8"))


def whole(path: Path, write) -> None:
    """Write a file beside its place, and put it there when it is whole."""
    new = path.with_name(f".{path.name}.new")
    write(new)
    os.replace(new, path)


def chunk_file(place: Path, k: int) -> Path:
    return place / ROWS / f"{k:07d}.nc"


def missing(place: Path, plan: ensemble.Plan) -> list[int]:
    """Chunks that are not there in full."""
    return [k for k in range(plan.chunks) if rows_in(chunk_file(place, k)) != plan.rows(k).stop - plan.rows(k).start]


def rows_in(path: Path) -> int:
    """Rows of a chunk's file; 0 where there is none that can be read, or it lacks a column."""
    import netCDF4

    if not path.is_file():
        return 0
    try:
        with netCDF4.Dataset(path) as file:
            return len(file.dimensions["sample"]) if set(ensemble.COLUMNS) <= set(file.variables) else 0
    except (OSError, KeyError):
        return 0


def write_chunk(place: Path, plan: ensemble.Plan, k: int, columns: dict[str, np.ndarray]) -> None:
    data = ensemble.dataset(plan, columns, plan.rows(k))
    whole(chunk_file(place, k), lambda path: data.to_netcdf(path, engine="netcdf4"))


def read(place: Path, plan: ensemble.Plan) -> ensemble.Ensemble:
    """All rows of a store that is whole."""
    import netCDF4

    n = plan.design.samples
    columns = {c: np.zeros(n, dtype=np.int8 if c in ensemble.WHOLE else float) for c in ensemble.COLUMNS}
    for k in range(plan.chunks):
        with netCDF4.Dataset(chunk_file(place, k)) as file:
            file.set_auto_mask(False)
            for name, x in columns.items():
                x[plan.rows(k)] = file.variables[name][:]
    return ensemble.Ensemble(plan, columns)


def reopened(place: Path) -> ensemble.Ensemble:
    """The ensemble of a finished folder, by what its manifest holds. FolderError where that is not enough."""
    import trajectory
    from trajectory.scenario import again

    held = read_manifest(place) or {}
    if held.get("given") is not None:
        raise FolderError(f"{place} was flown from a table of samples, which it does not hold; run it again")
    if held.get("version") != trajectory.__version__ or "tree" not in held:
        raise FolderError(f"{place}: another version of trajectory ({held.get('version')}) wrote it; run it again")
    scenario = again(held["tree"], Path(held["file"]))
    if scenario.sha256 != held["scenario_sha256"]:
        raise FolderError(f"{place}: a file that the scenario {held['scenario']} names has changed; run it again")
    plan = ensemble.plan(scenario, held["samples"], held["seed"], held["sampling"], held["left_out"])
    gone = missing(place, plan)
    if gone:
        raise FolderError(f"{chunk_file(place, gone[0])} is not there in full; run it again with --resume")
    return read(place, plan)


def redraw(out_dir) -> dict:
    """Every picture and file of a finished ensemble again, from its rows. Returns the summary. FolderError."""
    from trajectory import result, sensitivity

    out = Path(out_dir).resolve()
    many = reopened(out)
    flight = result.flight_of(many.scenario, many.plan.variants[0].case, many.plan.aim)
    summary = result.summary(flight, many, sensitivity.linear(many))
    with folder.reserved(out) as new:
        shutil.copytree(out / ROWS, new / ROWS)
        shutil.copy2(out / MANIFEST, new / MANIFEST)
        folder.fill(new, flight, summary, many)
    return summary
