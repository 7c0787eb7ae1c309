"""The stage for faults: a service under load whose every part can be killed."""

from __future__ import annotations

import http.client
import itertools
import json
import subprocess
import sys
import threading
import urllib.request
from collections import Counter
from pathlib import Path
from urllib.error import URLError

import psutil
from sqlalchemy import func, select

from moderation.enums import Status
from moderation.schema.audit import decision
from moderation.schema.comments import comment
from moderation.settings import Settings
from moderation.storage.database import Database
from tests.conditions import eventually
from tests.factories import ARTICLE, ORIGIN
from tests.fakes import Gate
from tests.service import Service
from tests.standin import GATE

# What the issue allows between the recovery and the last decision.
RECOVERY_SECONDS = 30
SITE = "news"
_number = itertools.count(1)


class Scene(Service):
    """A real web server and real workers, which score with a scorer of the tests."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        super().__init__(settings)
        self._folder = folder

    def ready(self) -> bool:
        """Whether the web answers; the rest may be missing on purpose."""
        try:
            urllib.request.urlopen(f"{self.url}/healthz", timeout=5).close()
        except (URLError, ConnectionError, TimeoutError):
            return False
        return True

    def gate(self, name: str) -> Gate:
        """The gate of the worker that is started under `name`; closed at first."""
        folder = self._folder / f"gate-{name}"
        folder.mkdir(exist_ok=True)
        return Gate(folder)

    def start_worker(self, queue: str = "score", *, name: str = "worker") -> None:
        """Start a worker with a gate in the middle of each batch."""
        self.processes[name] = subprocess.Popen(
            [sys.executable, "-m", "tests.standin", queue],
            env=self.environment() | {GATE: str(self.gate(name).folder)},
            stdin=subprocess.DEVNULL,
        )

    def start_free_worker(self, *, name: str = "worker") -> None:
        """Start a worker that nothing stops."""
        self.gate(name).open()
        self.start_worker(name=name)

    def kill_web(self) -> None:
        """End gunicorn and its children at the same moment."""
        master = psutil.Process(self.processes["web"].pid)
        family = [master, *master.children(recursive=True)]
        for process in family:
            process.kill()
        psutil.wait_procs(family, 10)
        self.processes.pop("web").wait(10)


class Visitors:
    """Readers who post one comment after the other and note what they are answered."""

    def __init__(self, address: str, *, count: int = 4) -> None:
        self.accepted: list[str] = []
        self.answers: Counter[str] = Counter()
        self._address = address
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._post) for _ in range(count)]

    def __enter__(self) -> Visitors:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join()

    def until_accepted(self, more: int, *, within: float = 30) -> None:
        """Return when `more` further comments were answered with 201 or 202."""
        wanted = len(self.accepted) + more
        eventually(
            lambda: len(self.accepted) >= wanted,
            within=within,
            what=f"acceptance of {more} more comments after {dict(self.answers)}",
        )

    def until_answered(self, code: str) -> None:
        """Return when somebody was answered with this code."""
        eventually(lambda: self.answers[code], what=f"the answer {code}")

    def _post(self) -> None:
        while not self._enough.is_set():
            try:
                status, answer = post(self._address)
            except (OSError, http.client.HTTPException) as error:
                self.answers[type(error).__name__] += 1
                self._enough.wait(0.02)
                continue
            self.answers[answer.get("code", str(status))] += 1
            if status in (201, 202):
                self.accepted.append(answer["id"])


def post(address: str, text: str = "") -> tuple[int, dict[str, str]]:
    """Post one comment of a new author: the status and the answer."""
    number = next(_number)
    body = {
        "thread": {"url": f"{ARTICLE}/{number % 7}", "title": "The new harbour"},
        "author": {"name": f"Reader {number}", "email": f"r{number}@example.org"},
        "text": text or f"What I wanted to say about the harbour, number {number}.",
    }
    connection = http.client.HTTPConnection(address, timeout=10)
    try:
        connection.request(
            "POST",
            f"/api/v1/sites/{SITE}/comments",
            json.dumps(body),
            {"Content-Type": "application/json", "Origin": ORIGIN},
        )
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def pending(database: Database) -> int:
    """How many comments have no decision yet."""
    query = select(func.count()).where(comment.c.status == Status.PENDING)
    with database.read() as conn:
        return conn.execute(query).scalar_one()


def check_nothing_lost_or_doubled(database: Database, accepted: list[str]) -> None:
    """Every accepted comment exists, and each comment has one machine decision.

    Comments whose answer never arrived count too: they may exist, but then they
    are decided like all others.
    """
    eventually(
        lambda: not pending(database), within=RECOVERY_SECONDS, what="the last decision"
    )
    with database.read() as conn:
        stored = set(conn.execute(select(comment.c.public_id)).scalars())
        decisions = conn.execute(
            select(comment.c.public_id, func.count(decision.c.id))
            .outerjoin(
                decision,
                (decision.c.comment_id == comment.c.id)
                & decision.c.actor.startswith("policy:"),
            )
            .group_by(comment.c.public_id)
        ).all()
    assert len(accepted) == len(set(accepted))
    assert set(accepted) - stored == set()
    assert [row for row in decisions if row[1] != 1] == []
