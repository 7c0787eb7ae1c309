"""The audit as pages and files, and one's own numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from moderation.accounts import memberships
from moderation.audit import entries as audit_entries
from moderation.audit import log, statistics
from moderation.audit.export import WRITERS
from moderation.audit.log import MACHINE
from moderation.enums import Act
from moderation.web.desk import audit_filter, audit_text, page
from moderation.web.desk.audit_filter import AuditFilter
from moderation.web.services import current_services

blueprint = page.guard(Blueprint("audit", __name__, url_prefix="/audit"))

PAGE = 50
MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl"}


@blueprint.get("")
def entries() -> ResponseReturnValue:
    """Who did what, newest first, a page at a time; the filter stands in the address."""
    member, asked = page.member(), audit_filter.read(request.args, page.member())
    with current_services().database.read() as conn:
        found = log.lines(conn, asked.wanted, limit=PAGE + 1)
        sizes = audit_entries.sizes(conn, found)
        people = {
            place.moderator.actor: place.moderator.name
            for site, _ in member.sites
            for place in memberships.of_site(conn, site.id)
        }
    shown = found[:PAGE]
    after = shown[-1].id if len(found) > PAGE else ""
    return page.page(
        "desk/audit.html",
        asked=asked,
        lines=[audit_text.entry_view(line, member) for line in shown],
        sizes=sizes,
        people=sorted(people.items(), key=lambda each: each[1].casefold()),
        machine=MACHINE,
        acts=list(Act),
        next_url=_url(asked, after) if after else "",
        first_url=_url(asked) if asked.wanted.after else "",
    )


@blueprint.get("/export.<any(csv, jsonl):kind>")
def export(kind: str) -> ResponseReturnValue:
    """All lines of the filter as a file, sent while it is read."""
    wanted = audit_filter.read(request.args, page.member()).wanted
    database = current_services().database

    def body() -> Iterator[bytes]:
        with database.read() as conn:
            yield from WRITERS[kind](log.whole(conn, wanted))

    answer = Response(body(), content_type=MEDIA_TYPES[kind])
    answer.headers["Content-Disposition"] = f'attachment; filename="audit.{kind}"'
    return answer


@blueprint.get("/mine", endpoint="numbers")
def my_numbers() -> ResponseReturnValue:
    """What the moderator's own decisions came to; nobody can ask for another's."""
    member = page.member()
    with current_services().database.read() as conn:
        found = statistics.of_moderator(
            conn, member.moderator.actor, member.site_ids, page.now()
        )
    return page.page("desk/statistics.html", numbers=found)


def _url(asked: AuditFilter, after: str = "") -> str:
    values: dict[str, Any] = {**asked.values} | ({"after": after} if after else {})
    return url_for("audit.entries", **values)
