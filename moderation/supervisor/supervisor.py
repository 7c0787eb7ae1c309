"""Keeps a set of programs running until it is told to stop."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import structlog

from moderation.supervisor.child import Child, Program

# A polite stop may take as long as the slowest request or batch.
POLITE_SECONDS = 12.0
INSISTENT_SECONDS = 3.0
_TICK_SECONDS = 0.05
_log = structlog.get_logger()


class Supervisor:
    """Starts waves of programs in order and restarts whatever ends by itself.

    A wave starts when all of the wave before it are ready. The last wave stops
    first, so that nobody loses what they need on the way out.
    """

    def __init__(
        self,
        waves: Sequence[Sequence[Program]],
        *,
        when_ready: Callable[[], None],
        when_ended: Callable[[int], None],
    ) -> None:
        self._waves = [[Child(program) for program in wave] for wave in waves]
        self._when_ready = when_ready
        self._when_ended = when_ended
        self._told_to_stop = False

    def run(self) -> None:
        """Return after SIGTERM or SIGINT, when no process is left."""
        with self._signals() as wake:
            started: list[list[Child]] = []
            try:
                for wave in self._waves:
                    started.append(wave)
                    begun = time.monotonic()
                    self._tend(started, wake, ready=partial(_all_ready, wave, begun))
                if not self._told_to_stop:
                    self._when_ready()
                self._tend(started, wake)
            finally:
                _log.info("stopping")
                for wave in reversed(started):
                    self._stop(wave, wake)
                _log.info("everything stopped")

    def _tend(
        self,
        waves: list[list[Child]],
        wake: int,
        *,
        ready: Callable[[], bool] | None = None,
    ) -> None:
        """Start what is due and note what ended, until ready or told to stop."""
        while not self._told_to_stop:
            now = time.monotonic()
            children = [child for wave in waves for child in wave]
            for child in children:
                self._note_end(child, now)
                if child.due is not None and child.due <= now:
                    child.start(now)
                    name = child.program.name
                    _log.info("process started", process=name, pid=child.pid)
            if ready and ready():
                return
            dues = [child.due for child in children if child.due is not None]
            due = min(dues, default=now + 60)
            _sleep(wake, _TICK_SECONDS if ready else max(0.0, due - now))

    def _note_end(self, child: Child, now: float) -> None:
        pid = child.pid
        code = child.reap(now)
        if pid is None or code is None:
            return
        self._when_ended(pid)
        expected = self._told_to_stop or (child.program.once and code == 0)
        pause = None if child.due is None else round(child.due - now, 1)
        log = _log.info if expected else _log.warning
        log("process ended", process=child.program.name, code=code, pause=pause)

    def _stop(self, children: Sequence[Child], wake: int) -> None:
        """Ask, insist, then kill; a second SIGTERM ends a job that is running."""
        for number, patience in (
            (signal.SIGTERM, POLITE_SECONDS),
            (signal.SIGTERM, INSISTENT_SECONDS),
            (signal.SIGKILL, INSISTENT_SECONDS),
        ):
            for child in children:
                child.signal(number)
            end = time.monotonic() + patience
            while any(child.pid for child in children) and time.monotonic() < end:
                for child in children:
                    self._note_end(child, time.monotonic())
                _sleep(wake, _TICK_SECONDS)

    @contextmanager
    def _signals(self) -> Iterator[int]:
        """A descriptor that can be read when a signal has come."""

        def stop(_number: int, _frame: object) -> None:
            self._told_to_stop = True

        read, write = os.pipe()
        os.set_blocking(read, False)
        os.set_blocking(write, False)
        wakeup = signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        before = {
            number: signal.signal(number, action)
            for number, action in (
                (signal.SIGTERM, stop),
                (signal.SIGINT, stop),
                (signal.SIGCHLD, lambda number, frame: None),
            )
        }
        try:
            yield read
        finally:
            for number, action in before.items():
                signal.signal(number, action)
            signal.set_wakeup_fd(wakeup)
            os.close(read)
            os.close(write)


def _all_ready(wave: Sequence[Child], begun: float) -> bool:
    waited = time.monotonic() - begun
    return all(
        program.ready is None or waited > program.patience or program.ready()
        for program in (child.program for child in wave)
    )


def _sleep(wake: int, seconds: float) -> None:
    readable, _, _ = select.select([wake], [], [], seconds)
    if readable:
        os.read(wake, 4096)
