"""Two hundred processes that make keys at once: ``python -m tests.moderation.key_makers``.

Each is a fork with a store of its own. The last hundred have the process ids of the first
modulo 1,024, as processes of long-running hosts and of containers do sooner or later, and
all of them make their keys in the same frozen millisecond.
"""

from __future__ import annotations

import os
import sys
import time
from array import array
from collections.abc import Callable

import time_machine

from moderation.ids import new_key
from moderation.storage.database import connect

PROCESSES, KEYS = 200, 2_000
_ALIKE = 1024
# So many at a time take their first steps in the store together.
_WAVE = 20


def main(url: str) -> None:
    """Write every key that was made to standard output, 64 bits each."""
    made, write_made = os.pipe()
    ready, write_ready = os.pipe()
    gate, open_gate = os.pipe()

    def child() -> None:
        os.close(open_gate)
        database = connect(url, pool_size=1)
        with database.write():
            pass
        database.close()
        os.write(write_ready, b".")
        moment = float(os.read(gate, 32))
        with time_machine.travel(moment, tick=False):
            keys = array("q", (new_key() for _ in range(KEYS)))
        with os.fdopen(write_made, "wb") as out:
            # Each in one piece, which the pipe keeps together.
            for start in range(0, KEYS, 500):
                out.write(keys[start : start + 500].tobytes())
                out.flush()

    first = os.getpid() + 1
    for number in range(PROCESSES):
        if number == PROCESSES // 2:
            _skip_to(first)
        _fork(child)
        if number % _WAVE == _WAVE - 1:
            for _ in range(_WAVE):
                assert os.read(ready, 1)
    # What is ahead of everybody's clock is still within everybody's lease.
    moment = f"{time.time() + 60:<32}".encode()
    os.close(write_made)
    for _ in range(PROCESSES):
        os.write(open_gate, moment)
    while part := os.read(made, 1 << 16):
        sys.stdout.buffer.write(part)


def _fork(work: Callable[[], None]) -> None:
    if os.fork() == 0:
        try:
            work()
        finally:
            os._exit(0)


def _skip_to(first: int) -> None:
    """Use up process ids until the next one is like the first, modulo 1,024."""
    while True:
        pid = os.posix_spawn("/bin/true", ["true"], {})
        os.waitpid(pid, 0)
        if (pid + 1 - first) % _ALIKE == 0:
            return


if __name__ == "__main__":
    main(sys.argv[1])
