"""Waiting for something to become true, instead of for some time to pass."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
_PAUSE_SECONDS = 0.02


def eventually(
    condition: Callable[[], Answer], *, within: float = 15.0, what: str = "it"
) -> Answer:
    """Ask until the answer is true and return it; AssertionError after `within` s."""
    end = time.monotonic() + within
    while not (answer := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not happen within {within} s")
        time.sleep(_PAUSE_SECONDS)
    return answer
