"""Alembic's entry: runs in the transaction that `upgrade` opened."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from moderation.schema import (
    accounts,
    audit,
    authors,
    clusters,
    comments,
    feedback,
    notifications,
    processes,
    review,
    search,
    sites,
    types,
    webhooks,
)


def _render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Our column types by the names that they have here."""
    if kind == "type":
        for name in ("Id", "Document", "Instant"):
            if item is getattr(types, name) or type(item).__name__ == name:
                return f"columns.{name}" + ("()" if name == "Instant" else "")
    return False


# All of them, so that the metadata knows every table.
TABLES = (
    *(sites, comments, audit, review, authors),
    *(accounts, clusters, search, feedback),
    *(notifications,),
    *(webhooks, processes),
)

context.configure(
    render_item=_render,
    connection=context.config.attributes["connection"],
    target_metadata=types.metadata,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
