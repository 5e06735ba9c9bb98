"""Deorbit, re-entry and landing of crewed spacecraft.

>>> import trajectory as tj
>>> flight = tj.fly(tj.load("ms22-uncrewed"))
>>> flight.outcome
'landed'
"""

import sys
from importlib import import_module
from types import ModuleType

_HOME = {
    "load": "scenario",
    "load_vehicle": "scenario",
    "Scenario": "scenario",
    "ScenarioError": "defects",
    "fly": "result",
    "Flight": "result",
    "FlightError": "status",
    "names": "catalogue",
    "disperse": "ensemble",
    "Ensemble": "ensemble",
    "compare": "compare",
    "Comparison": "compare",
    "opportunities": "opportunities",
    "Windows": "windows",
    "burns": "faults",
    "changes": "changes",
    "calendar": "calendar",
    "hazard": "hazard",
    "verify": "verify",
    "KernelPropagator": "propagator",
}
__all__ = [*_HOME, "__version__"]


class _Called(ModuleType):
    """A module named after its function: called, it is that function."""

    def __call__(self, *arguments, **words):
        return getattr(self, self.__name__.rpartition(".")[2])(*arguments, **words)


class _Front(ModuleType):
    """This package: the import system sets its modules on it, over the functions of the same name."""

    def __setattr__(self, name, value):
        if name in _CALLED and isinstance(value, ModuleType):
            value.__class__ = _Called
        super().__setattr__(name, value)


_CALLED = ("compare", "changes", "opportunities", "calendar", "hazard")
sys.modules[__name__].__class__ = _Front


def __getattr__(name):
    """The front door opens lazily: what a name needs is imported when it is first used."""
    if name == "__version__":
        from importlib.metadata import version

        return version("trajectory")
    if name not in _HOME:
        raise AttributeError(f"module 'trajectory' has no attribute {name!r}")
    module = import_module(f"trajectory.{_HOME[name]}")
    return module if name == _HOME[name] else getattr(module, name)


def __dir__():
    return sorted(__all__)
