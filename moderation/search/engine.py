"""Look for comments, newest first, a page at a time, in bounded time.

An index names candidates in the order of their row keys; the rows are asked what the
index cannot know. Where few candidates pass, a search gives what it found when its
time is up and the place to go on from: no search keeps anybody waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, literal, select, union_all

from moderation.enums import Status
from moderation.schema.comments import comment
from moderation.search import index
from moderation.search.query import SearchQuery, Source
from moderation.search.time_budget import TimeBudget
from moderation.storage.bulk import one_of

_FIRST, _GROWTH = 100, 4
# Few are asked one by one, and it is the newest that are likely to fill a page.
_FIRST_AMONG_FEW, _GROWTH_AMONG_FEW = 50, 2
# So many are asked in the hope that what is sought is frequent.
_NEWEST = 200
# An index that names no more than this many is asked before that of the words.
_FEW = 1_000


@dataclass(frozen=True)
class SearchPage:
    """Row keys of comments, newest first."""

    ids: tuple[int, ...]
    # Where to go on; None at the end.
    place: int | None


def find(
    conn: Connection,
    wanted: SearchQuery,
    *,
    before: int | None = None,
    limit: int,
    patience: float,
) -> SearchPage:
    """The next `limit` comments below the row key `before`.

    What was found when `patience` seconds are over is given with the place to go on.
    """
    if wanted.nothing or not wanted.site_ids or not wanted.statuses:
        return SearchPage((), None)
    if wanted.end is not None:
        before = wanted.end if before is None else min(before, wanted.end)
    pace = TimeBudget(patience)
    named = _named(conn, wanted, before)
    if wanted.sources and wanted.clauses and len(named) <= _FEW:
        return _among(conn, wanted, named, limit, pace)
    newest = _among(conn, wanted, named[:_NEWEST], limit, pace)
    if newest.place is not None and len(newest.ids) == limit:
        return newest
    found: list[int] = []
    first = limit if _answers_alone(wanted) else max(limit, _FIRST)
    for chunk in pace.chunks(first, growth=_GROWTH):
        candidates, before = _candidates(conn, wanted, before, chunk)
        found += _passing(conn, wanted, candidates)
        if len(found) >= limit:
            more = len(found) > limit or before is not None
            return SearchPage(tuple(found[:limit]), found[limit - 1] if more else None)
        if before is None:
            break
    return SearchPage(tuple(found), before)


def _answers_alone(wanted: SearchQuery) -> bool:
    """Whether every candidate will pass, as far as the index can tell."""
    if wanted.clauses:
        return not wanted.conditions and wanted.statuses == frozenset(Status)
    return len(wanted.conditions) <= len(wanted.sources[:1])


def _among(
    conn: Connection,
    wanted: SearchQuery,
    few: Sequence[int],
    limit: int,
    pace: TimeBudget,
) -> SearchPage:
    """Ask the words of few candidates, the newest first and always more at a time.

    On SQLite each candidate is a look of its own into the index of the words.
    """
    found: list[int] = []
    begin = 0
    for chunk in pace.chunks(_FIRST_AMONG_FEW, growth=_GROWTH_AMONG_FEW):
        asked = few[begin : begin + chunk]
        found += index.among(conn, wanted, _passing(conn, wanted, asked))
        if len(found) > limit:
            return SearchPage(tuple(found[:limit]), found[limit - 1])
        begin += chunk
        if begin >= len(few):
            return SearchPage(tuple(found), None)
    return SearchPage(tuple(found), few[begin - 1])


def _named(conn: Connection, wanted: SearchQuery, before: int | None) -> list[int]:
    """What another index than that of the words names: all where it is few.

    Otherwise the newest: what is frequent is found among them at once; the words alone
    would name many that do not pass.
    """
    if not wanted.clauses:
        return []
    if wanted.sources:
        return _merged(conn, _sources(wanted), wanted, before, _FEW + 1)
    if wanted.statuses != frozenset(Status):
        return _merged(conn, _sources(wanted), wanted, before, _NEWEST)
    return []


def _candidates(
    conn: Connection, wanted: SearchQuery, before: int | None, limit: int
) -> tuple[list[int], int | None]:
    """The next comments to ask, newest first, and the place behind them if any."""
    if wanted.clauses:
        return index.look(conn, wanted, before, limit)
    found = _merged(conn, _sources(wanted), wanted, before, limit)
    return found, found[-1] if len(found) == limit else None


def _sources(wanted: SearchQuery) -> Sequence[Source]:
    """The index that names the fewest, besides that of the words."""
    if wanted.sources:
        return [min(wanted.sources, key=_rank)]
    return [
        Source(comment.c.id, (comment.c.status == status.value,), comment.c.site_id)
        for status in sorted(wanted.statuses)
    ]


def _rank(source: Source) -> int:
    return source.rank


def _merged(
    conn: Connection,
    sources: Sequence[Source],
    wanted: SearchQuery,
    before: int | None,
    limit: int,
) -> list[int]:
    """One look into the index per site, because no index has the order of several."""
    parts: list[Select[Any]] = []
    for source in sources:
        places: Sequence[ColumnElement[bool] | None] = [None]
        if source.site is not None:
            places = [source.site == each for each in wanted.site_ids]
        for place in places:
            part = select(source.key.label("id")).where(*source.conditions)
            if place is not None:
                part = part.where(place)
            if before is not None:
                part = part.where(source.key < before)
            if wanted.begin is not None:
                part = part.where(source.key >= wanted.begin)
            newest = part.order_by(source.key.desc()).limit(limit).subquery()
            parts.append(select(newest.c.id))
    merged = union_all(*parts).subquery()
    # A comment that was decided twice stands in the index of decisions twice.
    statement = select(merged.c.id).distinct().order_by(merged.c.id.desc()).limit(limit)
    return list(conn.execute(statement).scalars())


def _passing(
    conn: Connection, wanted: SearchQuery, candidates: Sequence[int]
) -> list[int]:
    """Those of the candidates for which everything holds, in their order.

    The site is asked of the row as well: the index alone is no guard.
    """
    if not candidates:
        return []
    rows = conn.execute(
        select(comment.c.id).where(
            one_of(conn, comment.c.id, candidates),
            comment.c.site_id.in_(wanted.site_ids),
            comment.c.status.in_([each.value for each in wanted.statuses])
            if wanted.statuses != frozenset(Status)
            else literal(True),
            *wanted.conditions,
        )
    )
    passing = set(rows.scalars())
    return [each for each in candidates if each in passing]
