"""The desk with a million comments, a hundred thousand of them waiting.

Server time of every view and act, asked through the application without a network, on
both stores; beside it the naive way to page and count.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from benchmarks import desk_rows
from benchmarks.desk_rows import Desk
from benchmarks.report import Table
from benchmarks.review_views import Visitor, views
from benchmarks.subjects import Ours, postgresql
from moderation import lanes, moderators, sites
from moderation.db import Database
from moderation.identity import Keyring
from moderation.schema import comment, reviewable
from moderation.vocabulary import Kind, Role, Status

TIMES = 40
GOAL_VIEW, GOAL_DECISION, GOAL_BULK = 50.0, 30.0, 2_000.0
EMAIL, PASSWORD = "moderator@example.org", "correct horse battery staple"


def measure() -> Table:
    """Seed and measure SQLite, then PostgreSQL."""
    table = Table(
        f"Desk: {desk_rows.COMMENTS:,} comments, {desk_rows.WAITING:,} waiting;"
        " milliseconds",
        ("", "SQLite p50", "SQLite p95", "PostgreSQL p50", "PostgreSQL p95"),
    )
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        on_sqlite = of_store(*seeded(Ours(Path(name))), table)
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name, postgresql() as url:
        on_postgresql = of_store(*seeded(Ours(Path(name), database_url=url)), table)
    for what, times in on_sqlite.items():
        cells = [f"{each:.1f}" for each in (*times, *on_postgresql[what])]
        table.add(what, *cells)
    for store, found in (("SQLite", on_sqlite), ("PostgreSQL", on_postgresql)):
        goals(table, store, found)
    return table


def goals(table: Table, store: str, found: dict[str, tuple[float, float]]) -> None:
    """The slowest of each kind against what was wanted."""
    acts = {"one decision": GOAL_DECISION, "1,000 decisions": GOAL_BULK}
    for what, goal in acts.items():
        table.at_most(f"{what} on {store}, p95", found[what][1], goal, "ms")
    shown = [
        times[1]
        for what, times in found.items()
        if what not in acts and not what.startswith("naive")
    ]
    table.at_most(f"slowest view on {store}, p95", max(shown), GOAL_VIEW, "ms")


def seeded(ours: Ours, count: int = desk_rows.COMMENTS) -> tuple[Ours, Desk]:
    """Three sites, one moderator who owns them all, and `count` comments."""
    now, database = datetime.now(UTC), ours.connect()
    with database.write() as conn:
        found = [ours.site] + [
            sites.add(conn, key=key, name=key, origins=["https://example.org"], now=now)
            for key in ("second", "third")
        ]
        who = moderators.add(conn, email=EMAIL, name="Mo", password=PASSWORD, now=now)
        for each in found:
            moderators.join(conn, who.id, each.id, Role.OWNER)
    desk = Desk(found, who.actor, Keyring(ours.settings.secret_key))
    desk_rows.fill(database, desk, count)
    database.close()
    return ours, desk


def of_store(ours: Ours, desk: Desk, table: Table) -> dict[str, tuple[float, float]]:
    """Median and 95th percentile of everything, in milliseconds."""
    visitor = Visitor(ours, EMAIL, PASSWORD)
    found = {
        what: timed(cycle(paths), visitor.read)
        for what, paths in views(visitor, desk).items()
    }
    found["one decision"] = timed(iter(visitor.rulings(TIMES + 5)), visitor.send)
    found["1,000 decisions"] = timed(
        iter(visitor.bulks(5, 1_000)), visitor.send, times=4, warm=1
    )
    database = ours.connect()
    found |= naive(database, desk)
    exact(database, desk, table)
    database.close()
    return found


def timed(
    asked: Iterator[Any],
    answer: Callable[[Any], None],
    *,
    times: int = TIMES,
    warm: int = 3,
) -> tuple[float, float]:
    """Ask `times` times, after some that do not count."""
    for _ in range(warm):
        answer(next(asked))
    taken = []
    for _ in range(times):
        each = next(asked)
        started = time.perf_counter()
        answer(each)
        taken.append(1000 * (time.perf_counter() - started))
    ordered = sorted(taken)
    return statistics.median(ordered), ordered[round(0.95 * (len(ordered) - 1))]


def naive(database: Database, desk: Desk) -> dict[str, tuple[float, float]]:
    """What pages with OFFSET and counts with COUNT(*) cost, the database alone."""
    held = comment.c.status == Status.HELD.value
    mine = comment.c.site_id.in_([site.id for site in desk.sites])
    waits = (reviewable.c.kind == Kind.HELD.value, reviewable.c.resolved_at.is_(None))
    join = comment.join(reviewable, reviewable.c.comment_id == comment.c.id)
    page = (
        select(comment)
        .select_from(join)
        .where(mine, *waits)
        .order_by(reviewable.c.risk.desc())
        .limit(20)
    )
    like = select(func.count()).select_from(
        select(text("1"))
        .select_from(text("revision"))
        .where(text("text LIKE '%harbour%'"))
        .subquery()
    )
    statements = {
        "naive: riskiest first, page 1": page,
        "naive: riskiest first, OFFSET 50,000": page.offset(50_000),
        "naive: COUNT(*) of what waits": select(func.count()).where(mine, held),
        "naive: text LIKE '%…%'": like,
    }

    def run(statement: Any) -> None:
        with database.read() as conn:
            conn.execute(statement).all()

    return {
        what: timed(cycle([statement]), run, times=5, warm=1)
        for what, statement in statements.items()
    }


def exact(database: Database, desk: Desk, table: Table) -> None:
    """Compare the counters with the rows, after all that was measured."""
    ids = [site.id for site in desk.sites]
    with database.read() as conn:
        kept = lanes.counts(conn, ids)
        rows = conn.execute(
            select(reviewable.c.kind, func.count())
            .where(reviewable.c.site_id.in_(ids), reviewable.c.resolved_at.is_(None))
            .group_by(reviewable.c.kind)
        )
        counted = {Kind(row[0]): row[1] for row in rows}
    if {kind: counted.get(kind, 0) for kind in Kind} != kept:
        raise RuntimeError(f"counted {counted}, kept {kept}")
    table.notes.append(f"counters equal the rows: {sum(kept.values()):,} wait")
