"""What the commands share: how they end, and a sign of life."""

from __future__ import annotations

import sys
from contextlib import contextmanager

GOOD, FAILED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130


def status_of(problem: Exception) -> int | None:
    """Exit status of a problem that is the user's or the flight's; None for a defect of ours."""
    from trajectory.catalogue import NotInCatalogue
    from trajectory.defects import ScenarioError
    from trajectory.status import FlightError

    if isinstance(problem, (ScenarioError, NotInCatalogue)):
        return BAD_INPUT
    if isinstance(problem, FlightError):
        return FAILED
    if type(problem).__name__ in ("FolderError", "UnknownCase", "NoLift", "ClusterError", "UnknownKernel", "NoTail"):
        return BAD_INPUT
    return None


@contextmanager
def busy(what: str):
    """A sign of life on stderr for work of more than a second, where someone watches."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=Console(stderr=True),
                  transient=True) as progress:  # fmt: skip
        progress.add_task(what, total=None)
        yield
