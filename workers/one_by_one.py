"""A batch that cannot be read or written as a whole is taken one comment at a time.

So one row, or one site, keeps no other comment from being decided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import structlog

from moderation.audit.journal import Entry
from moderation.comments import pending as pending_comments
from moderation.comments.pending import Pending
from moderation.decisions.apply import apply
from moderation.decisions.choice import Applied, Choice
from moderation.enums import Act
from moderation.policy import fallback, rules, scores
from moderation.storage.key_conflicts import once_again
from moderation.storage.store_errors import is_unavailable
from workers.runtime import Runtime

log = structlog.get_logger(__name__)

# For how long a visitor who wrote is taken for one of several, and how many comments
# are decided in one transaction then: some ten milliseconds under the write lock.
VISITORS_SECONDS = 5.0
PART = 48

Scores = Mapping[str, float] | None
# A comment with its scores, and what the policy makes of it.
Judgement = tuple[tuple[Pending, Scores], Choice]


def load(
    runtime: Runtime, ids: Sequence[int], now: datetime
) -> tuple[list[Pending], list[int]]:
    """What was leased, and the keys of rows that cannot be read: one by one if need be."""
    with runtime.database.read() as conn:
        try:
            return pending_comments.load(conn, ids, now), []
        # The outermost edge: a damaged row, or a store that is away.
        except Exception as error:
            _give_way(error)
            log.warning("batch_unread", comments=len(ids), error=type(error).__name__)
        pending: list[Pending] = []
        unread = []
        for each in ids:
            try:
                pending += pending_comments.load(conn, [each], now)
            except Exception as error:
                _give_way(error)
                unread.append(each)
                log.error("row_unread", comment=each, error=type(error).__name__)
    return pending, unread


def write(
    runtime: Runtime, judged: Sequence[Judgement], unread: Sequence[int]
) -> tuple[list[Choice], int]:
    """Write a batch; what was done, and how many somebody else was faster with.

    What cannot be written alone with its scores either is held without them. While
    visitors write too it is written in parts, and they come first after each.
    """
    held = list(unread)
    applied: list[Applied] = []
    begin = 0
    while begin < len(judged):
        wanted = runtime.database.visitors_wrote(within=VISITORS_SECONDS)
        end = begin + (PART if wanted else len(judged))
        applied += _write_part(runtime, judged[begin:end], held)
        begin = end
    applied += [each for key in held if (each := _hold(runtime, key))]
    done = [choice for each in applied for choice in each.done]
    return done, sum(len(each.missed) for each in applied)


def _write_part(
    runtime: Runtime, judged: Sequence[Judgement], held: list[int]
) -> list[Applied]:
    """Write some of a batch; what cannot be written even alone is added to `held`."""
    try:
        return [_write(runtime, judged)]
    except Exception as error:
        _give_way(error)
        log.warning("batch_unwritten", comments=len(judged), error=type(error).__name__)
    applied = []
    for one in judged:
        try:
            applied.append(_write(runtime, [one]))
        except Exception as error:
            _give_way(error)
            held.append(one[1].comment_id)
    return applied


def _write(runtime: Runtime, judged: Sequence[Judgement]) -> Applied:
    now, version = datetime.now(UTC), runtime.scorer.version
    entry = Entry(Act.SCORE, rules.VERSION, now, detail={"model": version})

    def store() -> Applied:
        with runtime.database.write() as conn:
            scores.keep_scores(
                conn, [item for item, _ in judged], model_version=version, now=now
            )
            return apply(conn, entry, [choice for _, choice in judged])

    return once_again(store)


def _hold(runtime: Runtime, comment_id: int) -> Applied | None:
    """Hold one comment with nothing but its keys; None where even that fails.

    Then it stays pending under its lease, and is tried again when that has run out.
    """
    entry = Entry(Act.SCORE, rules.VERSION, datetime.now(UTC))
    log.error("comment_unjudged", comment=comment_id)
    try:
        with runtime.database.write() as conn:
            return apply(conn, entry, fallback.choices(conn, [comment_id]))
    except Exception as error:
        _give_way(error)
        log.error("comment_stuck", comment=comment_id, error=type(error).__name__)
        return None


def _give_way(error: Exception) -> None:
    """Raise again what says that the store is away or busy, and not that one row is wrong."""
    if is_unavailable(error):
        raise error
