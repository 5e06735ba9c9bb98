"""Deorbit, re-entry and landing of crewed spacecraft.

>>> import trajectory as tj
>>> flight = tj.fly(tj.load("ms22-uncrewed"))
>>> flight.outcome
'landed'
"""

from importlib import import_module

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
    "verify": "verify",
    "KernelPropagator": "propagator",
}
__all__ = [*_HOME, "__version__"]


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
