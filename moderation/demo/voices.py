"""Readers and authors of the demo speak up, so that no lane of its desk is empty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from moderation.demo.remarks import Remark
from moderation.enums import ReportReason
from moderation.feedback import appeals, reports
from moderation.feedback.reports import ReportRequest
from moderation.schema.comments import IS_CURRENT, comment, revision
from moderation.sites.site import Site
from moderation.storage.database import Database

READER = "a reader of the demo"


def speak(
    database: Database, site: Site, remarks: Sequence[Remark], now: datetime
) -> None:
    """Report what is reported in the data file, contest what is contested there."""
    with database.write() as conn:
        rows = conn.execute(
            select(revision.c.text, comment.c.public_id)
            .join(comment, IS_CURRENT)
            .where(comment.c.site_id == site.id)
        )
        ids = {row.text: row.public_id for row in rows}
        for remark in remarks:
            if remark.reported:
                said = ReportRequest(ReportReason.ABUSE, remark.reported, READER)
                reports.submit(conn, ids[remark.text], said, now)
            if remark.appeal:
                appeals.submit(conn, ids[remark.text], remark.appeal, now)
