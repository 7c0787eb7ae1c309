"""``python -m benchmarks [intake|drain|latency|reading|memory|scoring|review|all]``."""

from __future__ import annotations

import sys
from importlib import import_module

from benchmarks.report import Table, machine

NAMES = ("intake", "drain", "latency", "reading", "memory", "scoring", "review")


def main(arguments: list[str]) -> int:
    """Measure what was asked for, one thing after the other; the exit code."""
    wanted = arguments or ["all"]
    names = NAMES if wanted == ["all"] else tuple(wanted)
    if unknown := set(names) - set(NAMES):
        print(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
        return 2
    print(f"Measured {machine()}\n")
    for name in names:
        table: Table = import_module(f"benchmarks.{name}").measure()
        print(table, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
