"""Apply verdicts and choices: the one writer of ``comment.status``.

Everything that hangs on a status moves with it, in the same transaction: the
append-only decisions and their journal entry, the review queue and its counts,
the author's record, and the version of each thread whose visible part changed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, null, update

from moderation.audit import journal
from moderation.audit.journal import Entry, EntryRef
from moderation.decisions import consequences
from moderation.decisions.choice import Applied, Choice
from moderation.enums import Act, Kind, Status
from moderation.ids import new_key
from moderation.review import reviewables
from moderation.review.lane_counts import lock_lanes
from moderation.review.reviewables import Waiting
from moderation.schema.audit import decision
from moderation.schema.comments import author, comment, thread
from moderation.schema.search import index_queue
from moderation.storage import site_locks
from moderation.storage.bulk import add_to_rows, insert_rows, lock_rows, one_of
from moderation.webhooks import deliveries


def apply(
    conn: Connection,
    entry: Entry,
    choices: Sequence[Choice],
    opened: EntryRef | None = None,
) -> Applied:
    """Apply `choices` as one journal entry in the caller's transaction.

    A choice counts only if its comment still has the status and the revision that
    it was made for; what changed meanwhile is left alone and returned as missed.
    `opened` is an entry that is in the journal already, and gets these decisions too;
    without one an entry is made, unless nothing was done.
    """
    if entry.act is not Act.SCORE:
        site_locks.lock_sites(conn, {choice.site_id for choice in choices})
    changed = _change_status(conn, choices)
    done = [choice for choice in choices if choice.comment_id in changed]
    missed = [choice for choice in choices if choice.comment_id not in changed]
    if done:
        opened = opened or journal.write(conn, entry)
        _append_decisions(conn, entry, opened.id, done)
        # In this order, see `turns`; the counts of the lanes, which all share, are last.
        _count_authors(conn, done)
        _touch_threads(conn, done, changed)
        if entry.act is not Act.SCORE:
            lock_lanes(conn, {choice.site_id for choice in done})
        _move_reviewables(conn, entry, opened.id, done)
        _await_description(conn, done)
        deliveries.note(conn, _news(done), entry.at)
        if entry.act is not Act.UNDO:
            consequences.apply_consequences(conn, entry, opened.id, done)
    return Applied(opened, tuple(done), tuple(missed))


def _change_status(conn: Connection, choices: Sequence[Choice]) -> dict[int, int]:
    """Write the statuses, a statement per kind of change; the threads of what changed."""
    groups: dict[tuple[Status, Status, int], list[int]] = defaultdict(list)
    for choice in choices:
        key = (choice.from_status, choice.to_status, choice.revision)
        groups[key].append(choice.comment_id)
    changed: dict[int, int] = {}
    for (before, after, revision), ids in groups.items():
        rows = conn.execute(
            update(comment)
            .where(
                one_of(conn, comment.c.id, ids),
                comment.c.status == before.value,
                comment.c.revision == revision,
            )
            .values(status=after.value, claimed_until=null())
            .returning(comment.c.id, comment.c.thread_id)
        )
        changed.update((row[0], row[1]) for row in rows)
    return changed


def _append_decisions(
    conn: Connection, entry: Entry, journal_id: int, done: Sequence[Choice]
) -> None:
    insert_rows(
        conn,
        decision,
        [
            {
                "id": new_key(),
                "journal_id": journal_id,
                "site_id": choice.site_id,
                "comment_id": choice.comment_id,
                "revision": choice.revision,
                "actor": entry.actor,
                "from_status": choice.from_status.value,
                "to_status": choice.to_status.value,
                "reason": choice.reason.value if choice.reason else None,
                "rule": choice.rule,
                "facts": {"hits": choice.hits} if choice.hits else {},
                "model_version": choice.model_version,
                "undoes": choice.undoes,
                "created_at": entry.at,
            }
            for choice in done
        ],
    )


def _move_reviewables(
    conn: Connection, entry: Entry, journal_id: int, done: Sequence[Choice]
) -> None:
    """Open a reviewable for what is held now; resolve those of what no longer is."""
    if entry.act is Act.UNDO:
        # The decision that was to be looked at a second time stands no longer.
        held = [each.comment_id for each in done if each.to_status is Status.HELD]
        second = (Kind.SPOT_CHECK,)
        reviewables.resolve(conn, held, entry.at, journal_id, kinds=second)
    leaving = [
        choice
        for choice in done
        if choice.to_status is not Status.HELD
        # The machine's first decision finds nothing to resolve.
        and choice.from_status is not Status.PENDING
    ]
    for to_pending in (False, True):
        ids = [
            each.comment_id
            for each in leaving
            if (each.to_status is Status.PENDING) is to_pending
        ]
        kinds = _resolved_kinds(entry, to_pending=to_pending)
        reviewables.resolve(conn, ids, entry.at, journal_id, kinds=kinds)
    opening = [
        (kind, choice)
        for choice in done
        for kind, opens in (
            (Kind.HELD, choice.to_status is Status.HELD),
            (Kind.SPOT_CHECK, choice.spot_check),
        )
        if opens
    ]
    reviewables.open_for(
        conn,
        [
            Waiting(each.comment_id, each.site_id, kind, each.risk, each.doubt)
            for kind, each in opening
        ],
        entry.at,
        # An undo gives the old place in the lane back; a new hold queues anew.
        keep_place=entry.act is Act.UNDO,
        may_be_open=entry.act is not Act.SCORE,
    )


def _resolved_kinds(entry: Entry, *, to_pending: bool) -> tuple[Kind, ...]:
    """What is done with when a comment is no longer held."""
    if entry.act is Act.UNDO:
        # What else the act resolved is turned back by itself; what came after it is
        # still to be looked at.
        return (Kind.HELD,)
    if to_pending:
        # An edit is no answer to readers who complained.
        return (Kind.HELD, Kind.SPOT_CHECK)
    return tuple(Kind)


def _await_description(conn: Connection, done: Sequence[Choice]) -> None:
    """What the machine decided just now is to be indexed, later and by others."""
    rows = [
        {"comment_id": choice.comment_id}
        for choice in done
        if choice.from_status is Status.PENDING
    ]
    if rows:
        insert_rows(
            conn, index_queue, rows, conflict=lambda new: new.on_conflict_do_nothing()
        )


def _news(done: Sequence[Choice]) -> list[int]:
    """What publishers are told of: not that the machine has yet to decide."""
    return [
        choice.comment_id
        for choice in done
        if choice.to_status is not choice.from_status
        and choice.to_status is not Status.PENDING
    ]


def _count_authors(conn: Connection, done: Iterable[Choice]) -> None:
    """Keep each author's record: how many of theirs stand approved and rejected."""
    approved: Counter[int] = Counter()
    rejected: Counter[int] = Counter()
    for choice in done:
        for counter, status in (
            (approved, Status.APPROVED),
            (rejected, Status.REJECTED),
        ):
            counter[choice.author_id] += (choice.to_status is status) - (
                choice.from_status is status
            )
    rows = [
        {"id": each, "approved": approved[each], "rejected": rejected[each]}
        for each in sorted(approved)
        if approved[each] or rejected[each]
    ]
    if rows:
        add_to_rows(conn, author, ("approved", "rejected"), rows)


def _touch_threads(
    conn: Connection, done: Iterable[Choice], threads: Mapping[int, int]
) -> None:
    """A new version for each thread in which something appeared or disappeared.

    The thread that a comment is in now: it may have been merged since it was read.
    """
    ids = sorted(
        {
            threads[choice.comment_id]
            for choice in done
            if Status.APPROVED in (choice.from_status, choice.to_status)
        }
    )
    if not ids:
        return
    if len(ids) > 1:
        lock_rows(conn, thread, ids)
    conn.execute(
        update(thread)
        .where(one_of(conn, thread.c.id, ids))
        .values(version=thread.c.version + 1)
    )
