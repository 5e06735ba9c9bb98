"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

from benchmarks import floor

PEERS = ("boinor", "heyoka", "numba", "numpy", "poliastro", "scipy", "trajectory")


def describe() -> dict:
    from trajectory import leg

    return {
        "cpu": cpu(), "cores": cores(), "system": f"{platform.system()} {platform.machine()}", "kernel": leg.kernel_name(),
        "lanes": lanes(), "python": platform.python_version(), "compiler": compiler(), "versions": versions(),
    }  # fmt: skip


def lanes() -> int:
    """Flights abreast in the kernel."""
    from trajectory.processor import kernels

    return kernels.LANE_COUNT


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cpu() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def compiler() -> str | None:
    found = floor.compiler()
    if found is None:
        return None
    done = subprocess.run([found, "--version"], capture_output=True, text=True)
    return (done.stdout.splitlines() or [found])[0] + " " + " ".join(floor.FLAGS)


def versions() -> dict:
    out = {}
    for name in PEERS:
        try:
            out[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            out[name] = None
    return out
