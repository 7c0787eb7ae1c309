"""The full-text index: FTS5 on SQLite, tsvector with GIN on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from moderation.search import postgresql, terms
from moderation.search.query import Clause, Phrase, SearchQuery
from moderation.search.terms import Field


def look(
    conn: Connection, wanted: SearchQuery, before: int | None, limit: int
) -> tuple[list[int], int | None]:
    """Row keys of comments whose words fit, newest first, and where to look on.

    The place is None when there are no more; there may be fewer than `limit` before it.
    """
    if conn.dialect.name != "sqlite":
        return postgresql.look(conn, wanted, tsquery(wanted), before, limit)
    bounds = ["comment_words MATCH :match"]
    values: dict[str, object] = {"match": fts5(wanted), "limit": limit}
    if before is not None:
        bounds.append("rowid < :before")
        values["before"] = before
    if wanted.begin is not None:
        bounds.append("rowid >= :begin")
        values["begin"] = wanted.begin
    statement = (
        f"SELECT rowid FROM comment_words WHERE {' AND '.join(bounds)}"  # noqa: S608
        " ORDER BY rowid DESC LIMIT :limit"
    )
    ids = list(conn.execute(text(statement), values).scalars())
    return ids, ids[-1] if len(ids) == limit else None


def among(
    conn: Connection, wanted: SearchQuery, comment_ids: Sequence[int]
) -> list[int]:
    """Those of a few comments of the right sites whose words fit, in the same order."""
    if not comment_ids:
        return []
    if conn.dialect.name == "sqlite":
        # One look for each: cheaper than going through all that the words are in.
        statement = (
            "SELECT each.value FROM json_each(:ids) AS each WHERE EXISTS (SELECT 1"
            " FROM comment_words WHERE comment_words MATCH :match"
            " AND rowid = each.value)"
        )
        values: dict[str, object] = {
            "ids": json.dumps(list(comment_ids)),
            "match": fts5(wanted, with_sites=False),
        }
    else:
        statement = (
            "SELECT comment_id FROM comment_words WHERE comment_id = ANY(:ids)"
            " AND words @@ CAST(:match AS tsquery)"
        )
        values = {"ids": list(comment_ids), "match": tsquery(wanted)}
    fitting = set(conn.execute(text(statement), values).scalars())
    return [each for each in comment_ids if each in fitting]


def write(conn: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Put comments into the index; `rows` have ``id``, ``site_id`` and ``words``."""
    if conn.dialect.name == "sqlite":
        conn.execute(
            text("INSERT INTO comment_words (rowid, words) VALUES (:id, :words)"),
            [{"id": row["id"], "words": terms.sqlite_text(_list(row))} for row in rows],
        )
        return
    conn.execute(
        text(
            "INSERT INTO comment_words (comment_id, site_id, words)"
            " VALUES (:id, :site_id, CAST(:words AS tsvector))"
        ),
        [
            {
                "id": row["id"],
                "site_id": row["site_id"],
                "words": terms.postgresql_vector(_list(row)),
            }
            for row in rows
        ],
    )


def remove(conn: Connection, comment_ids: Sequence[int]) -> None:
    """Take comments out of the index, those that are in it."""
    key = "rowid" if conn.dialect.name == "sqlite" else "comment_id"
    conn.execute(
        text(f"DELETE FROM comment_words WHERE {key} = :id"),  # noqa: S608
        [{"id": each} for each in comment_ids],
    )


def fts5(wanted: SearchQuery, *, with_sites: bool = True) -> str:
    """The search as an FTS5 expression.

    The words of the sites, which every comment has, are the longest lists of all; they
    stay where nothing else is there to take the negated parts away from.
    """
    positive: list[str] = []
    negative: list[str] = []
    if with_sites or all(clause.negated for clause in wanted.clauses):
        sites = [f'"{terms.number(Field.SITE, each)}"' for each in wanted.site_ids]
        positive.append(f"({' OR '.join(sites)})")
    for clause in wanted.clauses:
        either = " OR ".join(_fts5(phrase) for phrase in clause.any_of)
        (negative if clause.negated else positive).append(f"({either})")
    return " NOT ".join([" AND ".join(positive), *negative])


def tsquery(wanted: SearchQuery) -> str:
    """The search as a tsquery literal, which leaves the sites to the rows.

    Every comment has the word of its site: GIN would go through them all. Only where
    nothing else is to be there, they stand for everything.
    """
    clauses = wanted.clauses
    if all(clause.negated for clause in clauses):
        sites = [Phrase((terms.number(Field.SITE, each),)) for each in wanted.site_ids]
        clauses = [Clause(tuple(sites)), *clauses]
    return " & ".join(
        ("!" if clause.negated else "")
        + f"({' | '.join(_tsquery(phrase) for phrase in clause.any_of)})"
        for clause in clauses
    )


def _fts5(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.words)}"' + (" *" if phrase.prefix else "")


def _tsquery(phrase: Phrase) -> str:
    *first, last = (f"'{each}'" for each in phrase.words)
    return f"({' <-> '.join([*first, last + (':*' if phrase.prefix else '')])})"


def _list(row: Mapping[str, object]) -> Sequence[str]:
    found = row["words"]
    assert isinstance(found, list)
    return found
