"""The look into PostgreSQL's index, which knows no order.

A frequent word is found among the newest comments of the sites; for a rare one GIN names
all. The planner cannot tell them apart, because it knows nothing of rare words: so the
newest are asked first, and how many of them fit says which way to go on.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from moderation.search.query import SearchQuery

# So many of the newest are read to see how frequent something is, and then at a time.
_FIRST, _NEXT = 1_200, 3_000
# Of so many sites at most; whoever has more is served by GIN alone.
_SITES = 30
# Below this share of what was read GIN is faster: it gives a place in the table for
# each comment that fits, all of which have to be looked at.
_DENSE = 0.004
# Whoever asks for more has asked before.
_FEW = 100
_LAST = 2**63 - 1

_NEWEST = """
SELECT array_agg(comment_id) FILTER (WHERE words @@ CAST(:match AS tsquery)),
       min(comment_id), count(*)
FROM (
  SELECT comment_id, words FROM comment_words
  WHERE site_id = {site} AND comment_id < :before AND comment_id >= :begin
  ORDER BY comment_id DESC LIMIT :window
) AS newest_{site}
"""
# Materialized, or the planner would read backwards through everything. Sums, or it
# would mark all rows between the bounds in a map of their own: it plans before it is
# told how far apart they are.
_ALL = text(
    """
    WITH found AS MATERIALIZED (
      SELECT comment_id FROM comment_words
      WHERE words @@ CAST(:match AS tsquery) AND site_id + 0 = ANY(:sites)
        AND comment_id + 0 < :before AND comment_id + 0 >= :begin
    )
    SELECT comment_id FROM found ORDER BY comment_id DESC LIMIT :limit
    """
)


def look(
    conn: Connection, wanted: SearchQuery, match: str, before: int | None, limit: int
) -> tuple[list[int], int | None]:
    """Row keys of comments that fit, newest first, and where to look on if anywhere."""
    values = {
        "match": match,
        "before": _LAST if before is None else before,
        "begin": wanted.begin or 0,
    }
    if len(wanted.site_ids) <= _SITES:
        window = (_FIRST if limit <= _FEW else _NEXT) // len(wanted.site_ids)
        found, floor, read = _newest(conn, wanted, values, window)
        if floor is None:
            more = found[limit - 1] if len(found) > limit else None
            return found[:limit], more
        if len(found) > limit:
            return found[:limit], found[limit - 1]
        if len(found) >= _DENSE * read:
            return found, floor
    asked = values | {"sites": list(wanted.site_ids), "limit": limit}
    ids = list(conn.execute(_ALL, asked).scalars())
    return ids, ids[-1] if len(ids) == limit else None


def _newest(
    conn: Connection, wanted: SearchQuery, values: dict[str, object], window: int
) -> tuple[list[int], int | None, int]:
    """What fits among the newest of each site, down to where all of them were read.

    That place is None when there is nothing below; then the number that was read.
    """
    # Row keys of sites are our own numbers.
    parts = [_NEWEST.format(site=int(each)) for each in wanted.site_ids]
    rows = conn.execute(
        text(" UNION ALL ".join(parts)), values | {"window": window}
    ).all()
    floor = max((row[1] for row in rows if row[2] == window), default=None)
    found = [each for row in rows for each in row[0] or ()]
    return (
        sorted((each for each in found if each >= (floor or 0)), reverse=True),
        floor,
        sum(row[2] for row in rows),
    )
