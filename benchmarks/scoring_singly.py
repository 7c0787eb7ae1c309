"""Scoring one comment at a time: ordinary ones, and the worst that a visitor can send."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from random import Random
from typing import TypeVar

import numpy as np

from benchmarks.report import Table
from benchmarks.rivals import Comment
from classifiers.scoring import Scorer

SINGLES = 2000
PAGE = 12

Input = TypeVar("Input")


def singles(table: Table, scorer: Scorer, texts: list[str]) -> None:
    """One comment at a time, as a synchronous caller sends it."""
    for what, work, goal in (
        ("one comment", lambda c: scorer.score([c]), 1.0),
        ("one comment with its explanation", scorer.explain, 5.0),
    ):
        milliseconds = [
            _milliseconds(work, {"text": text}) for text in (texts * 2)[:SINGLES]
        ]
        middle, late = np.percentile(milliseconds, [50, 99])
        table.add(f"{what}, p50 / p99", f"{middle:.2f} / {late:.2f} ms", "")
        table.at_most(f"{what}, p99", float(late), goal, "ms")
    comments: list[Comment] = [{"text": text} for text in texts[:SINGLES]]
    spent = [
        _milliseconds(scorer.explain_many, comments[i : i + PAGE])
        for i in range(0, len(comments), PAGE)
    ]
    middle = statistics.median(spent)
    table.add(f"a page of {PAGE} explained at once, p50", f"{middle:.1f} ms", "")


def _milliseconds(work: Callable[[Input], object], given: Input) -> float:
    begun = time.perf_counter()
    work(given)
    return (time.perf_counter() - begun) * 1e3


def hostile(table: Table, scorer: Scorer) -> None:
    """64 KB of what costs most, and of ordinary words; then growth with length."""
    random = Random(1)
    size = 64 * 1024
    words = " ".join("".join(random.choices("abcdeilnorst", k=5)) for _ in range(size))
    units = [
        "a",
        "a b ",
        "&lt;",
        "&",
        "я",
        "😀",
        "0",
        "sh1t ",
        "*",
        "pа ",
        "ß",
        "\u1112",
    ]
    worst = {"never the same word": words[:size]}
    worst |= {repr(unit): (unit * size)[:size] for unit in units}
    timed = {
        name: statistics.median(
            _milliseconds(lambda c: scorer.score([c]), {"text": text}) for _ in range(5)
        )
        for name, text in worst.items()
    }
    slowest = max(timed, key=lambda name: timed[name])
    table.add(
        "64 KB of words that never repeat", f"{timed['never the same word']:.1f} ms", ""
    )
    table.add(
        f"64 KB, worst of {len(timed)} kinds ({slowest})",
        f"{timed[slowest]:.1f} ms",
        "",
    )
    table.at_most("64 KB of the worst kind", timed[slowest], 20, "ms")
    growth = [
        statistics.median(
            _milliseconds(lambda c: scorer.score([c]), {"text": words[:length]})
            for _ in range(5)
        )
        for length in (size // 4, size // 2, size)
    ]
    table.notes.append(
        "16, 32 and 64 KB of words: " + ", ".join(f"{each:.1f} ms" for each in growth)
    )
