"""How long something takes that is asked again and again in this process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

TIMES = 40


@dataclass(frozen=True)
class Timing:
    """Milliseconds, processor time of this process, and statements to the store."""

    p50: float
    p95: float
    cpu: float
    statements: float

    @property
    def cells(self) -> tuple[str, ...]:
        """As a table shows it."""
        times = (f"{each:.1f}" for each in (self.p50, self.p95, self.cpu))
        return (*times, f"{self.statements:.0f}")


def timed(
    asked: Iterator[Any],
    answer: Callable[[Any], None],
    engine: Engine,
    *,
    times: int = TIMES,
    warm: int = 3,
) -> Timing:
    """Ask `times` times, after some that do not count; all but p95 are medians."""
    for _ in range(warm):
        answer(next(asked))
    taken, spent, counts = [], [], []
    said = [0]

    def count(*_: object) -> None:
        said[0] += 1

    event.listen(engine, "before_cursor_execute", count)
    for _ in range(times):
        each, said[0] = next(asked), 0
        started, cpu = time.perf_counter(), time.process_time()
        answer(each)
        taken.append(1000 * (time.perf_counter() - started))
        spent.append(1000 * (time.process_time() - cpu))
        counts.append(said[0])
    event.remove(engine, "before_cursor_execute", count)
    ordered = sorted(taken)
    return Timing(
        p50=statistics.median(ordered),
        p95=ordered[round(0.95 * (len(ordered) - 1))],
        cpu=statistics.median(spent),
        statements=statistics.median(counts),
    )
