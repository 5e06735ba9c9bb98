"""A crewed ship whose cooling fails: particle and hole, leak, thermal network, cabin air, crew, equipment."""

from trajectory.cooling.model import Model, Timeline, run

__all__ = ["Model", "Timeline", "run"]
