"""The desk with a million comments, a hundred thousand of them waiting.

Server time of every view and act, asked through the application without a network, on
both stores; beside it the naive way to page and count. The processor time is that of
this process: PostgreSQL's own is not in it.

``--store sqlite`` or ``postgresql`` measures one store. ``--keep DIR`` leaves the
comments there, and the next run with the same folder finds them; each run decides about
5,000 of them. ``--comments N`` seeds fewer, 60,000 at least.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text

from benchmarks import desk_fill, desk_rows
from benchmarks.desk_rows import Desk
from benchmarks.report import Table
from benchmarks.review_views import Visitor, views
from benchmarks.subjects import Ours, postgresql
from benchmarks.timing import TIMES, Timing, timed
from moderation.accounts import moderators
from moderation.enums import Kind, Role, Status
from moderation.review import lanes
from moderation.schema.comments import comment
from moderation.schema.review import reviewable
from moderation.signing import Keyring
from moderation.sites import site as sites
from moderation.storage.database import Database

GOAL_VIEW, GOAL_DECISION, GOAL_BULK = 50.0, 30.0, 2_000.0
EMAIL, PASSWORD = "moderator@example.org", "correct horse battery staple"
STORES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


def measure(
    store: str = "", keep: Path | None = None, comments: int = desk_rows.COMMENTS
) -> Table:
    """Seed and measure SQLite, then PostgreSQL, or one of them."""
    stores = [store] if store else list(STORES)
    figures = ("p50", "p95", "CPU", "statements")
    columns = [f"{STORES[name]} {each}" for name in stores for each in figures]
    table = Table(
        f"Desk: {comments:,} comments, a tenth waiting; milliseconds", ("", *columns)
    )
    found = {}
    for name in stores:
        with seeded(name, keep, comments) as (ours, desk):
            found[name] = of_store(ours, desk, table)
    for what in found[stores[0]]:
        table.add(what, *(each for name in stores for each in found[name][what].cells))
    for name, timings in found.items():
        goals(table, STORES[name], timings)
    return table


def goals(table: Table, store: str, found: dict[str, Timing]) -> None:
    """The slowest of each kind against what was wanted."""
    acts = {"one decision": GOAL_DECISION, "1,000 decisions": GOAL_BULK}
    for what, goal in acts.items():
        table.at_most(f"{what} on {store}, p95", found[what].p95, goal, "ms")
    shown = [
        timing.p95
        for what, timing in found.items()
        if what not in acts and not what.startswith("naive")
    ]
    table.at_most(f"slowest view on {store}, p95", max(shown), GOAL_VIEW, "ms")


@contextmanager
def seeded(
    store: str, keep: Path | None, count: int = desk_rows.COMMENTS
) -> Iterator[tuple[Ours, Desk]]:
    """A store with three sites, one moderator who owns them all, and `count` comments."""
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = (keep or Path(name)) / store
        server = (
            postgresql(folder / "server") if store == "postgresql" else nullcontext("")
        )
        with server as url:
            ours = Ours(folder / "data", database_url=url)
            yield ours, _desk(ours, count)


def _desk(ours: Ours, count: int) -> Desk:
    """Fill the store, unless it is filled."""
    now, database = datetime.now(UTC), ours.connect()
    with database.write() as conn:
        who = moderators.find(conn, EMAIL)
        is_new = who is None
        who = who or moderators.add(
            conn, email=EMAIL, name="Mo", password=PASSWORD, now=now
        )
        found = [ours.site]
        for key in ("second", "third"):
            found.append(
                sites.find(conn, key)
                or sites.add(
                    conn, key=key, name=key, origins=["https://example.org"], now=now
                )
            )
        for each in found if is_new else ():
            moderators.join(conn, who.id, each.id, Role.OWNER)
    desk = Desk(found, who.actor, Keyring(ours.settings.secret_key))
    if is_new:
        desk_fill.fill(database, desk, count)
    database.close()
    return desk


def of_store(ours: Ours, desk: Desk, table: Table) -> dict[str, Timing]:
    """What everything takes."""
    visitor = Visitor(ours, EMAIL, PASSWORD)
    engine = visitor.database.engine
    found = {
        what: timed(cycle(paths), visitor.read, engine)
        for what, paths in views(visitor, desk).items()
    }
    rulings, bulks = visitor.rulings(TIMES + 5), visitor.bulks(5, 1_000)
    found["one decision"] = timed(iter(rulings), visitor.send, engine)
    found["1,000 decisions"] = timed(iter(bulks), visitor.send, engine, times=4, warm=1)
    database = ours.connect()
    found |= naive(database, desk)
    exact(database, desk, table)
    database.close()
    return found


def naive(database: Database, desk: Desk) -> dict[str, Timing]:
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
        what: timed(cycle([statement]), run, database.engine, times=5, warm=1)
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
