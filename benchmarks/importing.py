"""Problem import: seconds that `import trajectory` takes over `import numpy`, each in a new process."""

from __future__ import annotations

import subprocess
import sys
from statistics import median

from benchmarks.timing import row

NAME = "import"
TITLE = "import: seconds of a new process (per second: imports)"
PROGRAM = "import time; begun = time.perf_counter(); import {}; print(time.perf_counter() - begun)"


def rows(say, rounds: int = 11) -> list[dict]:
    found: dict[str, list[float]] = {"numpy": [], "numpy, trajectory": [], "numpy, trajectory.leg": []}
    for name in found:
        seconds(name)  # the files are in the cache of the system from here on
    for number in range(rounds):
        say(f"{NAME}: round {number + 1}")
        for name, times in found.items():
            times.append(seconds(name))
    base = median(found["numpy"])
    out = [row(NAME, "numpy", "import numpy", f"{base:.3f} s", threads=1, flights=1, flights_per_s=1 / base)]
    for name in ("numpy, trajectory", "numpy, trajectory.leg"):
        over = median(b - a for a, b in zip(found["numpy"], found[name], strict=True))
        out.append(row(NAME, "trajectory", f"import {name}", f"{over:.3f} s over numpy alone", threads=1, flights=1,
                       flights_per_s=1 / median(found[name])))  # fmt: skip
    return out


def seconds(names: str) -> float:
    done = subprocess.run([sys.executable, "-c", PROGRAM.format(names)], capture_output=True, text=True, check=True)
    return float(done.stdout)
