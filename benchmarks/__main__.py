"""python -m benchmarks [NAME...] [--json] [--out DIR]"""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module
from pathlib import Path

from benchmarks.timing import absent

# problem -> module; in this order
PROBLEMS = {
    "p1": "p1", "full": "full", "guided": "guided", "dispersed": "dispersed", "cabin": "cabin", "orbit": "orbit",
    "single": "single", "import": "importing", "precision": "precision",
}  # fmt: skip


def main(arguments=None) -> int:
    args = parser().parse_args(arguments)
    names = args.names or list(PROBLEMS)
    unknown = [n for n in names if n not in PROBLEMS]
    if unknown:
        print(f"no benchmark {unknown[0]!r}; allowed: {', '.join(PROBLEMS)}", file=sys.stderr)
        return 2
    from benchmarks import machine

    described = machine.describe()
    found: list[dict] = []
    for name in dict.fromkeys(names):
        try:
            found += import_module(f"benchmarks.{PROBLEMS[name]}").rows(say)
        except Exception as problem:  # the other problems are still worth having
            found.append(absent(name, "trajectory", "", problem))
    if args.json:
        print(json.dumps({"machine": described, "rows": found}, allow_nan=False))
        return 0
    write(described, found, Path(args.out))
    return 0


def parser() -> argparse.ArgumentParser:
    out = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Speed beside accuracy, of this toolkit and of others."
    )
    out.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(PROBLEMS)}; without one: all")
    out.add_argument("--json", action="store_true", help="one JSON object on stdout and nothing else")
    out.add_argument("--out", default="benchmarks-results", metavar="DIR", help="folder of the pictures")
    return out


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def write(described: dict, rows: list[dict], folder: Path) -> None:
    """Tables on stdout, pictures in the folder."""
    from rich.console import Console

    from benchmarks import table

    console = Console() if sys.stdout.isatty() else Console(width=200)
    console.print(", ".join(f"{k} {v}" for k, v in described.items() if k != "versions"), highlight=False)
    console.print(", ".join(f"{k} {v}" for k, v in described["versions"].items() if v), highlight=False)
    for name in dict.fromkeys(r["problem"] for r in rows):
        title = import_module(f"benchmarks.{PROBLEMS[name]}").TITLE
        own = [r for r in rows if r["problem"] == name]
        table.show(title, own, console)
        path = folder / f"{name}.png"
        if table.picture(title, own, path):
            console.print(f"picture: {path}", highlight=False)


if __name__ == "__main__":
    sys.exit(main())
