"""Many rows in one statement, on both stores.

SQLite runs a prepared statement per row at no cost worth mentioning. To PostgreSQL
every row would be a message of its own, so there a batch travels as one JSON value
that the server takes apart: three times as fast at 256 rows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    Table,
    bindparam,
    column,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.selectable import FromClause

Rows = Sequence[dict[str, Any]]


def insert_rows(
    conn: Connection,
    table: Table,
    rows: Rows,
    *,
    conflict: Callable[[Any], Any] = lambda statement: statement,
) -> None:
    """Insert `rows`, which name the same columns, none of them binary.

    `conflict` may add an ON CONFLICT clause; both stores spell it alike.
    """
    if conn.dialect.name == "sqlite":
        conn.execute(conflict(sqlite.insert(table)), rows)
        return
    names = list(rows[0])
    source = func.jsonb_populate_recordset(
        literal_column(f"NULL::{table.name}"), bindparam("rows", type_=JSONB)
    ).table_valued(*names)
    chosen = select(*(source.c[name] for name in names))
    statement = postgresql.insert(table).from_select(names, chosen)
    conn.execute(conflict(statement), {"rows": rows})


def add_to_rows(
    conn: Connection, table: Table, names: tuple[str, ...], rows: Rows
) -> None:
    """Add to the counters `names` of the rows with these ids.

    On PostgreSQL several rows are locked in the order of their ids first, so that two
    batches never wait for each other in a circle.
    """
    if conn.dialect.name == "sqlite":
        conn.execute(
            update(table)
            .where(table.c.id == bindparam("the_id"))
            .values(
                {name: table.c[name] + bindparam(f"more_{name}") for name in names}
            ),
            [
                {"the_id": row["id"]} | {f"more_{name}": row[name] for name in names}
                for row in rows
            ],
        )
        return
    if len(rows) > 1:
        lock_rows(conn, table, [row["id"] for row in rows])
    source = (
        func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
        .table_valued(
            column("id", BigInteger), *(column(name, Integer) for name in names)
        )
        .render_derived(with_types=True)
    )
    conn.execute(
        update(table)
        .where(table.c.id == source.c.id)
        .values({name: table.c[name] + source.c[name] for name in names}),
        {"rows": rows},
    )


def lock_rows(conn: Connection, table: Table, ids: Sequence[int]) -> None:
    """Lock rows in the order of their ids; SQLite has one writer and needs none."""
    if conn.dialect.name == "sqlite" or not ids:
        return
    conn.execute(
        select(table.c.id)
        .where(one_of(conn, table.c.id, ids))
        .order_by(table.c.id)
        .with_for_update(key_share=True)
    )


def among_ids(dialect: str, place: Column[int]) -> ColumnElement[bool]:
    """``place IN ids``, for a statement that is made once and given its ``ids`` later."""
    if dialect == "sqlite":
        return place.in_(bindparam("ids", expanding=True))
    return place == func.any(bindparam("ids", type_=postgresql.ARRAY(BigInteger)))


def one_of(conn: Connection, place: Column[int], values: Collection[int]) -> Any:
    """``place IN values``; the values travel as one array, to SQLite as one of JSON.

    A parameter for each would have hundreds of them made, parsed and planned anew for
    every batch.
    """
    if conn.dialect.name == "sqlite":
        document = orjson.dumps(list(values)).decode()
        return place.in_(select(func.json_each(document).table_valued("value")))
    array = bindparam(None, list(values), type_=postgresql.ARRAY(BigInteger))
    return place == func.any(array)


def listed(dialect: str, *names: str) -> FromClause:
    """Whole numbers to join with, for a statement that is made once.

    It is given its ``rows`` later, dictionaries with these names. SQLite finds no index
    for pairs of values in ``IN``, and for a join it does.
    """
    if dialect == "sqlite":
        row = func.json_each(bindparam("rows", type_=JSON)).table_valued("value")
        of = (func.json_extract(row.c.value, f"$.{each}").label(each) for each in names)
        return select(*of).subquery("listed")
    numbers = (column(each, BigInteger) for each in names)
    rows = func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
    return rows.table_valued(*numbers, name="listed").render_derived(with_types=True)
