"""``python -m benchmarks [intake|drain|…|all]``; ``--help`` lists the options."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path

from benchmarks.report import Table, machine

NAMES = (
    *("intake", "drain", "latency", "reading", "memory", "scoring"),
    *("backlog", "repeats", "forgetting", "review", "live"),
)
# Takes as long as it is told to, so nobody gets it who does not ask for it by name.
LASTING = "moderator"
STORES = ("sqlite", "postgresql")
_OPTIONS = {
    LASTING: ("minutes",),
    "review": ("store", "keep", "comments"),
    **dict.fromkeys(("backlog", "repeats", "forgetting"), ("comments",)),
}


def main(arguments: list[str]) -> int:
    """Measure what was asked for, one thing after the other; the exit code."""
    parser = ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", choices=(*NAMES, LASTING, "all"))
    parser.add_argument("--minutes", type=float, help=f"how long {LASTING} goes on")
    desk = parser.add_argument_group("review")
    desk.add_argument("--store", choices=STORES, help="only this one")
    desk.add_argument("--keep", type=Path, metavar="DIR", help="keep the seed there")
    desk.add_argument(
        "--comments",
        type=int,
        help="how many, instead of a million; for backlog, repeats and forgetting too",
    )
    asked = parser.parse_args(arguments or ["all"])
    names = NAMES if asked.names == ["all"] else tuple(asked.names)
    print(f"Measured {machine()}\n")
    for name in names:
        known = {each: getattr(asked, each) for each in _OPTIONS.get(name, ())}
        options = {each: value for each, value in known.items() if value is not None}
        table: Table = import_module(f"benchmarks.{name}").measure(**options)
        print(table, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
