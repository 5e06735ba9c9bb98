"""python -m trajectory"""

from trajectory.cli import command_line

raise SystemExit(command_line())
