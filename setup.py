"""Builds the compiled kernel; everything else is declared in pyproject.toml."""

import copy
import glob
import os
import platform
import shutil
import sys
import sysconfig

from Cython.Build import cythonize
from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

# Contraction stays off and errno is left alone: the same bytes on every processor (docs/decisions/0002).
FLAGS = ["-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math", "-Wno-psabi", "-Wno-attributes"]
VERSIONS = {"x86-64": [], "x86-64-v3": ["-march=x86-64-v3"], "x86-64-v4": ["-march=x86-64-v4"], "scalar": ["-DLANES=1"]}
# 'any' holds a version for every processor, and trajectory/processor.py chooses; the others build one alone, for tests.
wanted = os.environ.get("TRAJECTORY_BUILD", "any")
if wanted not in ("any", *VERSIONS):
    raise SystemExit(f"TRAJECTORY_BUILD is {wanted!r}; allowed: any, {', '.join(VERSIONS)}")

# C++ only for the operators of a pair of vectors (_lanes.h); where there is no compiler for it, C gives the same answers.
CXX = (os.environ.get("CXX") or sysconfig.get_config_var("CXX") or "c++").split()[0]
LANGUAGE, ENDING = ("c++", "cpp") if shutil.which(CXX) and wanted != "scalar" else ("c", "c")

kernel = Extension(
    "trajectory._kernels",
    ["trajectory/_kernels.pyx"],
    language=LANGUAGE,
    depends=["trajectory/_lanes.h", *sorted(glob.glob("trajectory/_*.pxd"))],
    extra_compile_args=FLAGS + VERSIONS.get(wanted, []),
)
DIRECTIVES = {"language_level": 3, "boundscheck": False, "wraparound": False, "cdivision": True, "initializedcheck": False}
extensions = cythonize(
    kernel, compiler_directives=DIRECTIVES, annotate=bool(os.environ.get("TRAJECTORY_ANNOTATE")), force=True
)
if wanted == "any" and platform.machine() in ("x86_64", "AMD64") and sys.platform != "win32":
    extensions += [  # the same source; a compiler that does not know the processor leaves its version out
        Extension(
            f"trajectory._kernels_{level}",
            [f"trajectory/_kernels.{ENDING}"],
            language=LANGUAGE,
            depends=kernel.depends,
            define_macros=[("PyInit__kernels", f"PyInit__kernels_{level}")],
            extra_compile_args=FLAGS + VERSIONS[f"x86-64-{level}"],
            optional=True,
        )
        for level in ("v3", "v4")
    ]


class OwnObjects(build_ext):
    """Versions are compiled side by side, each to objects of its own."""

    def build_extension(self, extension):
        own = copy.copy(self)
        own.build_temp = os.path.join(self.build_temp, extension.name)
        build_ext.build_extension(own, extension)


setup(
    ext_modules=extensions,
    cmdclass={"build_ext": OwnObjects},
    options={"build_ext": {"parallel": str(os.cpu_count() or 1)}},
)
