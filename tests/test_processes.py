"""Children come back when they die, more slowly each time they die early."""

from __future__ import annotations

import os
import sys

from moderation.supervisor.child import (
    FIRST_PAUSE_SECONDS,
    HEALTHY_SECONDS,
    LONGEST_PAUSE_SECONDS,
    Child,
    Program,
)
from tests.conditions import eventually

FALLS_OVER = Program("falls over", (sys.executable, "-c", "raise SystemExit(3)"))


def run_to_its_end(child: Child, *, at: float, lasting: float = 0.0) -> float:
    """Start a child whose process ends by itself; the pause before the next start."""
    child.start(at)

    def code() -> list[int]:
        ended = child.reap(at + lasting)
        return [] if ended is None else [ended]

    assert eventually(code, what="the end of the process") == [3]
    assert child.due is not None
    return child.due - (at + lasting)


def test_the_pause_before_a_restart_doubles_up_to_half_a_minute() -> None:
    child = Child(FALLS_OVER)
    pauses = [run_to_its_end(child, at=100.0) for _ in range(8)]

    assert pauses[:4] == [FIRST_PAUSE_SECONDS * 2**n for n in range(4)]
    assert pauses[-1] == LONGEST_PAUSE_SECONDS


def test_a_process_that_ran_for_long_is_started_again_at_once() -> None:
    child = Child(FALLS_OVER)
    for _ in range(4):
        run_to_its_end(child, at=100.0)

    pause = run_to_its_end(child, at=100.0, lasting=HEALTHY_SECONDS)
    assert pause == FIRST_PAUSE_SECONDS


def test_a_program_that_runs_once_is_not_started_again() -> None:
    child = Child(Program("seed", (sys.executable, "-c", ""), once=True))
    child.start(0.0)

    eventually(lambda: child.reap(1.0) is not None, what="the end of the process")
    assert child.due is None
    assert child.pid is None


def test_a_descriptor_is_handed_down() -> None:
    read, write = os.pipe()
    script = f"import os; os.write({write}, b'heard')"
    child = Child(
        Program("writer", (sys.executable, "-c", script), descriptors=(write,))
    )
    child.start(0.0)

    assert os.read(read, 5) == b"heard"
    eventually(lambda: child.reap(1.0) is not None, what="the end of the process")
    os.close(read)
    os.close(write)
