"""How many candidates of a search are asked at a time, and until when."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

_MOST = 2_000


class TimeBudget:
    """The time that a search may take, in seconds of `clock`."""

    def __init__(
        self, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._end = clock() + seconds

    def chunks(self, first: int, *, growth: int) -> Iterator[int]:
        """Sizes of chunks until the time is up, each one larger as far as time allows.

        Whoever looks at the watch between chunks alone gives up late by all that the
        last and largest of them takes. So the next one is no larger than what can be
        done in the time left at the speed of the one before.
        """
        size = first
        while True:
            began = self._clock()
            yield size
            now = self._clock()
            left = self._end - now
            if left <= 0:
                return
            affordable = int(size * left / max(now - began, 1e-6))
            size = max(1, min(size * growth, _MOST, affordable))
