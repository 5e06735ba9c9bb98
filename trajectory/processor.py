"""Which compiled version of the kernel this processor runs: the widest that it has registers for.

All give the same bytes (docs/same-bytes.md). TRAJECTORY_KERNEL names another of those that are installed, for tests.
"""

from __future__ import annotations

import os
from importlib import import_module
from types import ModuleType

from trajectory import _kernels

VERSIONS = {"x86-64-v4": "_kernels_v4", "x86-64-v3": "_kernels_v3", "x86-64": "_kernels"}  # the widest first


def installed() -> dict[str, ModuleType]:
    """name -> module of the versions that are installed and that this processor can run, the widest first.

    A build of one version alone has that only, and it is the module _kernels whatever its name."""
    names = list(VERSIONS)
    can = names[names.index(_kernels.processor()) :] if _kernels.processor() in names else []
    found = {}
    for name in can:
        try:
            found[name] = import_module(f"trajectory.{VERSIONS[name]}")
        except ModuleNotFoundError:
            continue
    return {module.kernel(): module for module in found.values()} or {_kernels.kernel(): _kernels}


class UnknownKernel(ImportError):
    """A version that is not installed, or that this processor cannot run."""


def chosen() -> ModuleType:
    """The widest version that is installed, or that which TRAJECTORY_KERNEL names; UnknownKernel where it is not here."""
    here = installed()
    name = os.environ.get("TRAJECTORY_KERNEL") or next(iter(here))
    if name not in here:
        raise UnknownKernel(f"TRAJECTORY_KERNEL is {name!r}; installed, and for this processor: {', '.join(here)}")
    return here[name]


kernels = chosen()
