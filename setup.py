"""Builds the one compiled module; everything else is declared in pyproject.toml."""

import os

from Cython.Build import cythonize
from setuptools import Extension, setup

# 'any' holds a version for every processor and lets the loader choose; the others build one version alone, for tests.
BUILDS = {
    "any": ["-DPROCESSOR_VERSIONS"],
    "x86-64": ['-DKERNEL_NAME="x86-64"'],
    "x86-64-v3": ["-march=x86-64-v3", '-DKERNEL_NAME="x86-64-v3"'],
    "x86-64-v4": ["-march=x86-64-v4", '-DKERNEL_NAME="x86-64-v4"'],
    "scalar": ["-DLANES=1", '-DKERNEL_NAME="scalar"'],
}
wanted = os.environ.get("TRAJECTORY_BUILD", "any")
if wanted not in BUILDS:
    raise SystemExit(f"TRAJECTORY_BUILD is {wanted!r}; allowed: {', '.join(BUILDS)}")

# Contraction stays off and errno is left alone: the same bytes on every processor (docs/decisions/0002).
FLAGS = ["-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-Wno-psabi"]

setup(
    ext_modules=cythonize(
        Extension(
            "trajectory._kernels",
            ["trajectory/_kernels.pyx"],
            depends=[
                "trajectory/_lanes.h",
                "trajectory/_lanes.pxd",
                "trajectory/_gravity.pxd",
                "trajectory/_air.pxd",
                "trajectory/_forces.pxd",
                "trajectory/_dop853.pxd",
                "trajectory/_dp54.pxd",
                "trajectory/_stepper.pxd",
                "trajectory/_job.pxd",
                "trajectory/_rows.pxd",
                "trajectory/_landing.pxd",
                "trajectory/_notes.pxd",
            ],
            extra_compile_args=FLAGS + BUILDS[wanted],
        ),
        compiler_directives={
            "language_level": 3,
            "boundscheck": False,
            "wraparound": False,
            "cdivision": True,
            "initializedcheck": False,
        },
        annotate=bool(os.environ.get("TRAJECTORY_ANNOTATE")),
        force=True,
    )
)
