"""Travel in time, and leave no traces of it in the process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import time_machine

from moderation import ids


@contextmanager
def travel(to: datetime, *, tick: bool = True) -> Iterator[time_machine.Traveller]:
    """Be at another time for a while.

    Row keys never go back, so those that are made there come from a sequence of
    their own: else all that later tests make would seem to be of that time.
    """
    here = ids._sequence
    ids._sequence = type(here)()
    try:
        with time_machine.travel(to, tick=tick) as traveller:
            yield traveller
    finally:
        ids._sequence = here
