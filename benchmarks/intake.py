"""POST/s at the door, beside Isso."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from statistics import median

from benchmarks.load import Answers, Load, post
from benchmarks.report import Table
from benchmarks.subjects import ORIGIN, SITE, Ours, Peer, as_shipped
from benchmarks.wording import comments

ROUNDS = 5
POSTS_OURS = 2000
POSTS_PEER = 300
PAGES = 50
GOAL = 5.0


def measure() -> Table:
    """Alternate rounds of distinct comments, 16 connections, all answered 202."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        peers = [Peer(folder, moderation=True, workers=count) for count in (1, 2)]
        ours = Ours(folder / "ours")
        texts = iter(comments(ROUNDS * (POSTS_OURS + len(peers) * POSTS_PEER)))
        mine: list[Answers] = []
        theirs: dict[str, list[Answers]] = {peer.name: [] for peer in peers}
        with ExitStack() as running:
            for each in (ours.wake_up(), ours.web()):
                running.enter_context(each)
            for peer in peers:
                running.enter_context(peer.running())
            for _ in range(ROUNDS):
                for peer in peers:
                    batch = list(islice(texts, POSTS_PEER))
                    answers = _send(peer.address, to_peer(peer.address, batch))
                    theirs[peer.name].append(answers)
                batch = list(islice(texts, POSTS_OURS))
                mine.append(_send(ours.address, to_ours(ours.address, batch)))
        pragma = _synchronous(peers[0].database)
    table = Table(
        "Intake: distinct comments over 16 connections, processes × threads",
        ("", "POST/s", "p50 ms", "p99 ms", "durability"),
    )
    for name, rounds in theirs.items():
        table.add(name, *figures(rounds), f"SQLite, synchronous={pragma}")
    table.add(as_shipped(), *figures(mine), "SQLite WAL, synchronous=FULL")
    for name, rounds in theirs.items():
        times = times_better(mine, {name: rounds})
        table.ratio(f"POST/s against {name}", times, GOAL)
    return table


def times_better(mine: list[Answers], theirs: dict[str, list[Answers]]) -> float:
    """The median over the rounds, each against the peer that did best on the whole."""
    best = max(
        theirs.values(), key=lambda rounds: median(each.per_second for each in rounds)
    )
    pairs = zip(mine, best, strict=True)
    return median(us.per_second / them.per_second for us, them in pairs)


def to_ours(address: str, texts: list[str], *, pages: int = PAGES) -> list[bytes]:
    """Posts to this service over some pages, by as many authors as comments."""
    return [
        post(
            address,
            f"/api/v1/sites/{SITE}/comments",
            {
                "thread": {"url": f"{ORIGIN}/{number % pages}", "title": "News"},
                "author": {
                    "name": f"Reader {number}",
                    "email": f"reader{number}@example.org",
                },
                "text": text,
            },
        )
        for number, text in enumerate(texts)
    ]


def to_peer(address: str, texts: list[str], *, pages: int = PAGES) -> list[bytes]:
    """The same for Isso; a title spares it the look at the page."""
    return [
        post(
            address,
            f"/new?uri=%2F{number % pages}",
            {
                "author": f"Reader {number}",
                "email": f"reader{number}@example.org",
                "text": text,
                "title": "News",
            },
            Origin=ORIGIN,
        )
        for number, text in enumerate(texts)
    ]


def _send(address: str, requests: list[bytes]) -> Answers:
    answers = Load(address, requests).send()
    if answers.statuses != {202: len(requests)}:
        raise RuntimeError(f"not all were taken: {answers.statuses}")
    return answers


def figures(rounds: list[Answers]) -> tuple[str, str, str]:
    """Medians over the rounds: answers a second, p50 and p99 in milliseconds."""
    return (
        f"{median(each.per_second for each in rounds):,.0f}",
        f"{median(each.percentile(0.5) for each in rounds):.1f}",
        f"{median(each.percentile(0.99) for each in rounds):.1f}",
    )


def _synchronous(database: Path) -> str:
    """What a plain connection, as Isso makes one, has in its pragmas."""
    with sqlite3.connect(database) as conn:
        (level,) = conn.execute("PRAGMA synchronous").fetchone()
        (journal,) = conn.execute("PRAGMA journal_mode").fetchone()
    conn.close()
    return f"{('OFF', 'NORMAL', 'FULL', 'EXTRA')[level]}, journal {journal}"
