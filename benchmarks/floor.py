"""The floor: floor.c, compiled where it runs and called through ctypes."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

import numpy as np

from benchmarks import p1_inputs as p1

FLAGS = ("-O3", "-march=native", "-fno-math-errno")
SOURCE = Path(__file__).with_name("floor.c")


def compiler() -> str | None:
    """The C compiler: that of CC, or cc."""
    return shutil.which(os.environ.get("CC", "cc"))


@lru_cache(maxsize=1)
def library():
    """floor.c as a shared object. RuntimeError where it cannot be compiled."""
    found = compiler()
    if found is None:
        raise RuntimeError("no C compiler (cc) is found")
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "floor.so"
        command = [found, *FLAGS, "-shared", "-fPIC", "-o", str(target), str(SOURCE), "-lm"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"floor.c does not compile: {done.stderr.strip()[:200]}")
        loaded = ctypes.CDLL(str(target))
    loaded.fly.restype = ctypes.c_long
    return loaded


def fly(inputs: p1.Inputs, tolerance: float = 5e-9) -> p1.Ends:
    """All flights, one after another, one thread."""
    n = len(inputs)
    ends = np.empty((n, 8))
    bottom, spacing, log_density = p1.density_table()
    number, pointer = ctypes.c_double, ctypes.POINTER(ctypes.c_double)
    arrays = [np.ascontiguousarray(a) for a in (p1.start(), inputs.density_factor, inputs.cd, inputs.delta_v, inputs.bank)]
    library().fly(
        ctypes.c_long(n), *(a.ctypes.data_as(pointer) for a in arrays),
        *map(number, (p1.MASS, p1.AREA, p1.LIFT_TO_DRAG, p1.HEAT, p1.END, tolerance)),
        log_density.ctypes.data_as(pointer), ctypes.c_int(len(log_density)), number(bottom), number(spacing),
        ends.ctypes.data_as(pointer),
    )  # fmt: skip
    return p1.Ends(ends[:, 0], ends[:, 1:4])
