"""Alembic's entry: runs in the transaction that `upgrade` opened."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from moderation import (
    audit_schema,
    authors_schema,
    columns,
    finding_schema,
    member_schema,
    notifications_schema,
    process_schema,
    reader_schema,
    review_schema,
    schema,
    search_schema,
    sites_schema,
    webhook_schema,
)


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Our column types by the names that they have here."""
    if kind == "type":
        for name in ("Id", "Document", "Instant"):
            if item is getattr(columns, name) or type(item).__name__ == name:
                return f"columns.{name}" + ("()" if name == "Instant" else "")
    return False


# All of them, so that the metadata knows every table.
TABLES = (
    *(sites_schema, schema, audit_schema, review_schema, authors_schema),
    *(member_schema, finding_schema, search_schema, reader_schema),
    *(notifications_schema,),
    *(webhook_schema, process_schema),
)

context.configure(
    render_item=_render,
    connection=context.config.attributes["connection"],
    target_metadata=columns.metadata,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
