"""Logs say what happened, and never what somebody wrote or where they are."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from moderation import logs
from moderation.settings import Settings
from moderation.storage.database import Database
from tests.conditions import eventually
from tests.factories import ARTICLE, a_site
from tests.service import running

SECRETS = ("a private sentence", "reader@example.org", "198.51.100.23", "2001:db8::17")

# Logging is set up once for a process, so each story gets one of its own.
STORY = f"""
import logging, sys
import structlog
from moderation import logs

text, email, address, other = {SECRETS!r}
logs.configure("info")
log = structlog.get_logger()
log.info("batch decided", comments=3, text=text, email=email, address=address)
log.debug("not wanted")
try:
    try:
        raise ValueError(text)
    except ValueError as error:
        raise OSError(email, address) from error
except OSError:
    log.exception("job failed", comment=7)
    logging.getLogger("library").exception("Invalid request from %s by %s", address, email)
logging.getLogger("library").warning("peer %s left", other)
logging.getLogger("rq.worker").info("one line a job")
"""


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """What the story writes to stderr."""
    root = Path(logs.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", STORY],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
        cwd=root,
    )
    return done.stderr.splitlines()


def test_every_line_is_one_json_object_with_event_level_and_time(
    lines: list[str],
) -> None:
    records = [json.loads(line) for line in lines]

    assert [record["event"] for record in records][:2] == [
        "batch decided",
        "job failed",
    ]
    assert len(records) == 4, "debug and chatty libraries stay silent"
    assert all(record["level"] and record["timestamp"] for record in records)


def test_nothing_private_is_written_whoever_logs_it(lines: list[str]) -> None:
    written = "\n".join(lines)

    assert [secret for secret in SECRETS if secret in written] == []


def test_an_exception_is_written_by_its_types_and_its_path(lines: list[str]) -> None:
    record = json.loads(lines[1])

    assert record["error"] == ["builtins.OSError", "builtins.ValueError"]
    assert record["comment"] == 7
    assert record["at"] == ["<string>:15 <module>"]


# What libraries make of an error of the store: traceback, statement, values of a row.
QUOTED = f"""
import logging, sys, threading, warnings
from moderation import logs

text, email, address, other = {SECRETS!r}
logs.configure("info")
library = logging.getLogger("library")
try:
    raise ValueError(text)
except ValueError as error:
    import traceback
    library.error("Worker 7: job 9 failed (%s)\\n%s", "deliver", traceback.format_exc())
    library.error("gave up: %s", error)
    library.error(error)
    library.error("gave up: %(why)s", {{"why": error}})
for quoted in (
    f"DETAIL:  Key (name)=({{text}}) already exists.",
    f"[SQL: INSERT INTO author] [parameters: ({{text!r}})]",
    f"Failing row contains ({{text}}).",
    f"CONTEXT:  unnamed portal parameter $1 = '{{text}}'",
):
    library.warning("pg said no\\n%s", quoted)
warnings.warn("a plain warning of a library")
class Odd(Exception): pass
def fail(): raise Odd(text)
thread = threading.Thread(target=fail)
thread.start()
thread.join()
fail()
"""


def test_what_a_library_quotes_and_what_nobody_caught_is_cut() -> None:
    done = subprocess.run(
        [sys.executable, "-c", QUOTED], capture_output=True, text=True, timeout=30
    )
    records = [json.loads(line) for line in done.stderr.splitlines()]
    events = [record["event"] for record in records]

    assert SECRETS[0] not in done.stderr
    assert events[:4] == [
        "Worker 7: job 9 failed (deliver) [withheld]",
        "gave up: builtins.ValueError",
        "builtins.ValueError",
        "gave up: builtins.ValueError",
    ]
    assert events[4:8] == ["pg said no [withheld]"] * 4
    assert "a plain warning of a library" in events[8]
    assert [record["error"] for record in records[9:]] == [["__main__.Odd"]] * 2
    assert records[10]["at"][-1] == "<string>:25 fail"


@pytest.mark.parametrize("store", ["sqlite"])
def test_a_running_service_writes_nothing_that_a_visitor_sent(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    with database.write() as conn:
        key = a_site(conn).key
    log = tmp_path / "log"
    visitor = {
        "text": "An unrepeatable sentence about herons.",
        "name": "Philippa Quill",
        "email": "philippa.quill@example.org",
        "url": "https://quill.example",
        "agent": "Heronbrowser/7",
    }

    def post(url: str, text: str) -> int:
        author = {name: visitor[name] for name in ("name", "email", "url")}
        body = {"thread": {"url": ARTICLE}, "author": author, "text": text}
        headers = {"Content-Type": "application/json", "User-Agent": visitor["agent"]}
        address = f"{url}/api/v1/sites/{key}/comments"
        request = urllib.request.Request(address, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    with running(settings, log=log) as service:
        accepted = post(service.url, visitor["text"])
        refused = post(service.url, visitor["text"] * 500)
        eventually(lambda: "batch_decided" in log.read_text(), what="the decision")
    written = log.read_text()

    assert (accepted, refused) == (202, 422)
    assert "submission_refused" in written
    assert [each for each in visitor.values() if each in written] == []
    assert "127.0.0.1" not in written
    assert all(json.loads(line)["event"] for line in written.splitlines())
