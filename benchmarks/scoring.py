"""Scoring: batches beside other ways to do it, and where the time goes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.report import Table
from benchmarks.rivals import Comment, Score, profanity_check, spamd, vectorisers
from benchmarks.scoring_singly import hostile, singles
from benchmarks.wording import comments
from classifiers.features import submission
from classifiers.registry import promoted
from classifiers.scoring import SHIPPED, Scorer, load
from classifiers.serving.model import open_model
from classifiers.text import normalise

BATCH = 256
ROUNDS = 7
SPAMD_MESSAGES = 40
DATA = Path("../shared/data")
LONGEST = 700

Input = TypeVar("Input")


def measure() -> Table:
    """Measure on one core: pin this process and keep numerical libraries to a thread."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    scorer = load()
    texts, origin = _texts(BATCH * 8)
    mean = statistics.mean(map(len, texts))
    batches = [
        [{"text": text} for text in texts[i : i + BATCH]]
        for i in range(0, len(texts), BATCH)
    ]
    table = Table(
        f"Scoring {origin}, {mean:.0f} characters on average, one core",
        ("what", "comments/s", "beside ours"),
    )
    _batches(table, scorer, batches)
    _stages(table, batches)
    singles(table, scorer, texts)
    hostile(table, scorer)
    _start(table)
    return table


def _texts(number: int) -> tuple[list[str], str]:
    """Return real comments where the labelled data is at hand, else written ones."""
    path = DATA / "toxicity/train/jigsaw.parquet"
    if not path.exists():
        return comments(number), "written comments"
    from pyarrow.parquet import read_table

    column = read_table(path, columns=["text"])["text"]
    # Cut so that the mean is that of comments under articles, about 280 characters.
    return [text[:LONGEST] for text in column[:number].to_pylist()], "real comments"


def _batches(table: Table, scorer: Scorer, batches: list[list[Comment]]) -> None:
    rivals: dict[str, Score] = {
        "ours, seven attributes": scorer.score,
        "scikit-learn's vectorisers, same heads": vectorisers(len(scorer.attributes)),
    }
    if profanity := profanity_check():
        rivals["alt-profanity-check, one attribute"] = profanity
    seconds: dict[str, list[float]] = {name: [] for name in rivals}
    for _ in range(ROUNDS):
        # Alternating, so that a slow moment of the machine hits all alike.
        for name, score in rivals.items():
            seconds[name].append(_time_of(score, batches))
    number = sum(map(len, batches))
    rate = {name: number / statistics.median(spent) for name, spent in seconds.items()}
    rate |= spamd([str(c["text"]) for c in batches[0][:SPAMD_MESSAGES]])
    ours, naive = list(rate.values())[:2]
    for name, value in rate.items():
        table.add(name, f"{value:,.0f}", f"{ours / value:,.1f}×")
    table.at_least("batches of 256, seven attributes", ours, 15_000, "comments/s")
    table.ratio("faster than scikit-learn's vectorisers", ours / naive, 10)


def _time_of(score: Score, batches: list[list[Comment]]) -> float:
    begun = time.perf_counter()
    for batch in batches:
        score(batch)
    return time.perf_counter() - begun


def _stages(table: Table, batches: list[list[Comment]]) -> None:
    """Say where the time of a batch goes, each stage timed with its own inputs."""
    model = open_model(SHIPPED / promoted(SHIPPED)[-1])
    read = [[submission.read(comment) for comment in batch] for batch in batches]
    texts = [[comment.text for comment in batch] for batch in read]
    # The lexicon as it is in service: it has met most words before.
    for batch in read:
        model.sums(model.bag(batch))
    bags = [model.bag(batch) for batch in read]
    sums = [model.sums(bag).total for bag in bags]
    spent = {
        "read the fields": _best(
            lambda batch: [submission.read(comment) for comment in batch], batches
        ),
        "normalise": _best(normalise.normalise, texts),
        "hash": _best(model.bag, read) - _best(normalise.normalise, texts),
        "look up and add up": _best(model.sums, bags),
        "bend and calibrate": _best(model.bend.log_odds, sums),
    }
    whole = sum(spent.values())
    parts = (f"{name} {value / whole:.0%}" for name, value in spent.items())
    table.notes.append(f"where the time goes: {', '.join(parts)}")

    rows = statistics.mean(len(bag.rows.indices) for bag in bags)
    bytes_read = rows * model.table.packed.shape[1]
    floor = bytes_read / _bandwidth()
    table.notes.append(
        f"{rows / BATCH:,.0f} rows of {model.table.packed.shape[1]} bytes are looked up per "
        f"comment; memory could deliver them in {floor / BATCH * 1e6:.2f} µs, the look-ups "
        f"take {spent['look up and add up'] / BATCH * 1e6:.1f} µs and all of scoring "
        f"{whole / BATCH * 1e6:.1f} µs"
    )


def _best(stage: Callable[[Input], object], inputs: Sequence[Input]) -> float:
    """Seconds per input in the best of some rounds."""
    rounds = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        for each in inputs:
            stage(each)
        rounds.append((time.perf_counter() - begun) / len(inputs))
    return min(rounds)


def _bandwidth() -> float:
    """Bytes per second that one core reads from memory in order."""
    block = np.ones(1 << 25, np.int64)
    return block.nbytes / _best(np.sum, [block])


_START = """
import sys, time
begun = time.perf_counter()
from classifiers.scoring import load
imported = time.perf_counter()
scorer = load()
loaded = time.perf_counter()
scorer.score([{"text": "Good morning"}])
status = open("/proc/self/status").read()
resident = int(status.split("VmRSS:")[1].split()[0]) / 1024
print(imported - begun, loaded - imported, resident)
"""


def _start(table: Table) -> None:
    figures = []
    for _ in range(3):
        answer = subprocess.run(
            [sys.executable, "-c", _START], capture_output=True, text=True, check=True
        )
        figures.append([float(figure) for figure in answer.stdout.split()])
    imported, loaded, resident = np.median(figures, axis=0)
    table.at_most("import and load in a fresh process", imported + loaded, 0.5, "s")
    table.at_most("memory of that process after scoring", float(resident), 150, "MB")
    size = sum(each.stat().st_size for each in SHIPPED.rglob("*") if each.is_file())
    table.at_most("files", size / 1e6, 25, "MB")
