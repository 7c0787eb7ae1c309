"""Tables as they are printed, with the goals and the machine they were measured on."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path


@dataclass
class Table:
    """Rows of figures in Markdown, then what they amount to."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *row: str) -> None:
        """Another row."""
        self.rows.append(row)

    def ratio(self, what: str, times: float, goal: float) -> None:
        """How many times better, beside how many times were wanted."""
        verdict = "reached" if times >= goal else "missed"
        self.notes.append(f"{what}: **{times:.1f}×** (goal ≥ {goal:g}×, {verdict})")

    def at_least(self, what: str, value: float, goal: float, unit: str) -> None:
        """A value that should not be below the goal."""
        verdict = "reached" if value >= goal else "missed"
        self.notes.append(
            f"{what}: **{value:,.0f} {unit}** (goal ≥ {goal:,g}, {verdict})"
        )

    def at_most(self, what: str, value: float, goal: float, unit: str) -> None:
        """A value that should not be above the goal."""
        verdict = "reached" if value <= goal else "missed"
        self.notes.append(
            f"{what}: **{value:,.1f} {unit}** (goal ≤ {goal:,g}, {verdict})"
        )

    def __str__(self) -> str:
        widths = [
            max(len(row[index]) for row in (self.columns, *self.rows))
            for index in range(len(self.columns))
        ]
        lines = [f"## {self.title}", ""]
        for row in (self.columns, tuple("-" * width for width in widths), *self.rows):
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            lines.append(f"| {' | '.join(cells)} |")
        lines += ["", *(f"- {note}" for note in self.notes), ""]
        return "\n".join(lines)


def machine() -> str:
    """Date and size of this machine; nothing that names it."""
    cpu = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    now = datetime.now(UTC)
    return (
        f"{now:%Y-%m-%d %H:%M} UTC, {cores} cores ({cpu}), {memory:.0f} GiB, "
        f"{platform.system()} {platform.release().split('-')[0]}, Python {platform.python_version()}"
    )
