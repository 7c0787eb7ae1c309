"""Requests a second for a thread of 200 comments, beside Isso."""

from __future__ import annotations

import tempfile
from pathlib import Path

import orjson

from benchmarks.drain import pending
from benchmarks.intake import figures, times_better, to_ours, to_peer
from benchmarks.load import Answers, Load, get
from benchmarks.report import Table
from benchmarks.subjects import OPEN, ORIGIN, SITE, Ours, Peer, as_shipped, until
from benchmarks.wording import comments

COMMENTS = 200
ROUNDS = 3
READS_OURS = 3000
READS_PEER = 16
GOAL = 80.0


def measure() -> Table:
    """Alternate rounds of readers, 16 connections; then readers who have it already."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = Path(name)
        peer = Peer(folder, moderation=False, workers=2)
        ours = Ours(folder / "ours", site=OPEN)
        mine: list[Answers] = []
        theirs: list[Answers] = []
        with ours.wake_up(), ours.web(), peer.running():
            path = _fill(ours, peer)
            asked_peer = get(peer.address, "/?uri=%2F0", Origin=ORIGIN)
            asked = get(ours.address, path, Origin=ORIGIN)
            size_peer, _ = _check(peer.address, asked_peer, "replies")
            size, etag = _check(ours.address, asked, "comments")
            for _ in range(ROUNDS):
                theirs.append(_read(peer.address, [asked_peer] * READS_PEER, 200))
                mine.append(_read(ours.address, [asked] * READS_OURS, 200))
            again = get(ours.address, path, Origin=ORIGIN, If_None_Match=etag)
            same = [
                _read(ours.address, [again] * READS_OURS, 304) for _ in range(ROUNDS)
            ]
    table = Table(
        f"Reading: a thread of {COMMENTS} comments over 16 connections, processes × threads",
        ("", "requests/s", "p50 ms", "p99 ms", "bytes"),
    )
    table.add(f"{peer.name}, GET /", *figures(theirs), f"{size_peer:,}")
    table.add(as_shipped(), *figures(mine), f"{size:,}")
    table.add("the same, 304", *figures(same), "0")
    ratio = times_better(mine, {peer.name: theirs})
    table.ratio("requests/s against Isso", ratio, GOAL)
    return table


def _fill(ours: Ours, peer: Peer) -> str:
    """The same comments in both stores, decided; the path of the thread at ours."""
    texts = comments(COMMENTS)
    posts = to_ours(ours.address, texts, pages=1)
    with ours.worker():
        Load(ours.address, posts).send()
        database = ours.connect()
        until(lambda: not pending(database), "the decisions")
        database.close()
    # One at a time: Isso's SQLite turns away who waits too long.
    Load(peer.address, to_peer(peer.address, texts, pages=1), connections=1).send()
    return f"/api/v1/sites/{SITE}/comments?thread={ORIGIN}/0"


def _check(address: str, request: bytes, name: str) -> tuple[int, str]:
    """The size and the ETag of an answer that has all the comments."""
    answers = Load(address, [request], connections=1, keep_bodies=True).send()
    found = len(orjson.loads(answers.bodies[0])[name])
    if found != COMMENTS:
        raise RuntimeError(f"{found} comments in the thread, not {COMMENTS}")
    return len(answers.bodies[0]), answers.etag


def _read(address: str, requests: list[bytes], status: int) -> Answers:
    answers = Load(address, requests).send()
    if answers.statuses != {status: len(requests)}:
        raise RuntimeError(f"not all were answered {status}: {answers.statuses}")
    return answers
