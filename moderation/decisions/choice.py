"""A choice: what should become of one revision of one comment, and what was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from moderation.audit.journal import EntryRef
from moderation.enums import Reason, Status
from moderation.schema.comments import comment

# What a query selects of a comment, for `Choice.of`.
COLUMNS = (
    comment.c.id.label("comment_id"),
    comment.c.site_id,
    comment.c.thread_id,
    comment.c.author_id,
    comment.c.revision,
    comment.c.status,
)


class Grounds(TypedDict, total=False):
    """Why something is chosen: the fields of a choice that not every one has."""

    rule: str | None
    reason: Reason | None
    hits: tuple[Mapping[str, object], ...]
    model_version: str | None
    risk: float
    doubt: float
    undoes: int | None
    spot_check: bool


@dataclass(frozen=True)
class Choice:
    """What should become of one revision of one comment, and why."""

    comment_id: int
    site_id: int
    thread_id: int
    author_id: int
    revision: int
    from_status: Status
    to_status: Status
    rule: str | None = None
    reason: Reason | None = None
    hits: tuple[Mapping[str, object], ...] = ()
    model_version: str | None = None
    risk: float = 0.0
    doubt: float = 0.0
    undoes: int | None = None
    # Drawn for a person, or for another one, to look at all the same.
    spot_check: bool = False

    @classmethod
    def of(
        cls,
        row: Any,
        to: Status,
        *,
        seen: Status | None = None,
        revision: int | None = None,
        **grounds: Unpack[Grounds],
    ) -> Choice:
        """The choice about the comment of a row, which has the fields of `COLUMNS`.

        `seen` and `revision` are given where the choice was made for others than the
        row's own.
        """
        return cls(
            comment_id=row.comment_id,
            site_id=row.site_id,
            thread_id=row.thread_id,
            author_id=row.author_id,
            revision=row.revision if revision is None else revision,
            from_status=Status(row.status) if seen is None else seen,
            to_status=to,
            **grounds,
        )


@dataclass(frozen=True)
class Applied:
    """What was done, and what was not because somebody else was first."""

    # None when nothing was done: no entry was made for it.
    opened: EntryRef | None
    done: tuple[Choice, ...]
    missed: tuple[Choice, ...]
