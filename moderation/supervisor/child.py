"""Child processes that end with their parent and come back when they die."""

from __future__ import annotations

import ctypes
import math
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
# Having run this long, a process counts as healthy: the next pause is short again.
HEALTHY_SECONDS = 20.0
_PR_SET_PDEATHSIG = 1  # prctl(2)


@dataclass(frozen=True)
class Program:
    """What to run: a name for the log, a command and what it adds to the environment.

    ``ready`` says when those that are started after it may come, which wait for it
    up to ``patience`` seconds; ``once`` means that its end is no failure;
    ``descriptors`` are handed down to it.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None
    patience: float = math.inf
    once: bool = False
    descriptors: tuple[int, ...] = ()


class Child:
    """One program and the process that currently runs it, if any.

    Times are seconds of a monotonic clock that the caller reads.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.due: float | None = 0.0
        self._pause = FIRST_PAUSE_SECONDS
        self._started = 0.0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        return self._process.pid if self._process else None

    def start(self, now: float) -> None:
        """Run the program in a process group of its own.

        Ctrl-C in a terminal goes to the whole group in front, so a group of its own
        leaves it to the parent to stop the children in order.
        """
        self._started = now
        self.due = None
        self._process = subprocess.Popen(  # noqa: S603 – our own commands only
            self.program.command,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **self.program.environment},
            pass_fds=self.program.descriptors,
            process_group=0,
            preexec_fn=_end_with(os.getpid()),
        )

    def reap(self, now: float) -> int | None:
        """The exit code if the process has ended since the last call.

        Sets when it is due again: after a pause that doubles with every early death.
        """
        code = self._process.poll() if self._process else None
        if code is None:
            return None
        self._process = None
        if not self.program.once:
            if now - self._started >= HEALTHY_SECONDS:
                self._pause = FIRST_PAUSE_SECONDS
            self.due = now + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        return code

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process, or SIGKILL to its whole group."""
        if self._process is None:
            return
        if number is signal.SIGKILL:
            os.killpg(self._process.pid, number)
        else:
            self._process.send_signal(number)


def _end_with(parent: int) -> Callable[[], None] | None:
    """What a child does before it becomes the program: ask to end with its parent.

    Only Linux can do that; it is what leaves no process behind when the parent is
    killed and has no time to stop anybody.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask
