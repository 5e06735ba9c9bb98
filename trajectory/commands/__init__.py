"""What each command does: calls of the package, then tables, JSON and files. No physics here."""

from trajectory.commands.asking import changes, reach, tail, update, verify, weather, why
from trajectory.commands.common import BAD_INPUT, GOOD, INTERRUPTED, status_of
from trajectory.commands.flying import report, run
from trajectory.commands.showing import check, list_, show, version
from trajectory.commands.ways import burns, calendar, compare, hazard, opportunities

__all__ = [
    "BAD_INPUT", "GOOD", "INTERRUPTED", "burns", "calendar", "changes", "check", "compare", "hazard", "list_", "opportunities",
    "reach", "report", "run", "show", "status_of", "tail", "update", "verify", "version", "weather", "why",
]  # fmt: skip
