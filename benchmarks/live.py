"""What 200 open desks cost that ask every 1.3 seconds whether anything changed."""

from __future__ import annotations

import http.client
import re
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.held import a_moderator, hold, signed_in
from benchmarks.load import Answers, Load, get
from benchmarks.report import Table
from benchmarks.subjects import Ours

DESKS = 200
MODERATORS = 20
EVERY_SECONDS = 1.3
SECONDS = 20
WAITING = 500
GOAL_MILLISECONDS = 50.0
_CARD = re.compile(r'data-card="(\w+)"')


def measure() -> Table:
    """Desks where nothing happens, then desks where everything always does."""
    rate = DESKS / EVERY_SECONDS
    table = Table(
        f"{DESKS} open desks of {MODERATORS} moderators, {rate:.0f} requests a second for {SECONDS} s",
        ("", "answers", "CPU of one core", "CPU ms each", "p50 ms", "p99 ms"),
    )
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        ours = Ours(Path(name), rate_limit_login="off")
        hold(ours, WAITING)
        people = [a_moderator(ours, number) for number in range(MODERATORS)]
        with ours.wake_up(), ours.web() as web:
            cookies = [signed_in(ours, who) for who in people]
            shown = _shown(ours, cookies[0])
            path = f"/review/live?shown={','.join(shown)}&since=2026-01-01T00:00:00Z"
            tag = _tag(ours, cookies[0], path)
            count = int(rate * SECONDS)
            for what, headers in (
                ("nothing changed", {"If_None_Match": tag}),
                ("always something new", {}),
            ):
                requests = [
                    get(
                        ours.address,
                        path,
                        Cookie=cookies[number % MODERATORS],
                        **headers,
                    )
                    for number in range(count)
                ]
                # Each web process loads what it needs with the first request.
                Load(ours.address, requests[:64]).send()
                before = _cpu(web)
                load = Load(ours.address, requests, connections=64, rate=rate)
                started = time.monotonic()
                answers = load.send()
                spent = _cpu(web) - before
                _add(table, what, answers, spent, time.monotonic() - started)
    return table


def _add(
    table: Table, what: str, answers: Answers, spent: float, seconds: float
) -> None:
    number = len(answers.latencies)
    p99 = answers.percentile(0.99)
    table.add(
        what,
        ", ".join(f"{each} × {status}" for status, each in answers.statuses.items()),
        f"{100 * spent / seconds:.0f} %",
        f"{1000 * spent / number:.2f}",
        f"{answers.percentile(0.5):.1f}",
        f"{p99:.1f}",
    )
    table.at_most(f"{what}, p99", p99, GOAL_MILLISECONDS, "ms")


def _shown(ours: Ours, cookie: str) -> list[str]:
    return _CARD.findall(_ask(ours, cookie, "/review")[1])


def _tag(ours: Ours, cookie: str, path: str) -> str:
    return _ask(ours, cookie, path)[0]


def _ask(ours: Ours, cookie: str, path: str) -> tuple[str, str]:
    connection = http.client.HTTPConnection(ours.address, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    body = answer.read().decode()
    assert answer.status == 200, f"{path} answered {answer.status}"
    connection.close()
    return answer.getheader("ETag") or "", body


def _cpu(web: int) -> float:
    """Seconds of processor time that the web server and its processes have used."""
    root = psutil.Process(web)
    times = [each.cpu_times() for each in (root, *root.children(recursive=True))]
    return float(sum(each.user + each.system for each in times))
