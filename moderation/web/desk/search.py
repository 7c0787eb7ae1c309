"""The search page: one box, every view an address."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from moderation.actions.bulk import LIMIT, SeenComment
from moderation.review import cards, queue
from moderation.search import engine, query_language, resolver, rows
from moderation.search.engine import SearchPage
from moderation.search.query import Searcher, SearchQuery
from moderation.search.query_language import Key, Unreadable
from moderation.web.cards.views import REASON_LETTERS
from moderation.web.desk import page as desk_page
from moderation.web.desk.review import blueprint
from moderation.web.language import translate
from moderation.web.services import current_services

# After so long a search shows what it has found.
PATIENCE_SECONDS = 0.025
# Counting ends here; a search that finds more says so.
COUNT_PATIENCE_SECONDS = 2.0
# What the page offers to put together a search from.
EXAMPLES = ("status:held", "lane:reported", "score:spam>0.8", "by:me", "after:7d")


@dataclass(frozen=True)
class Chosen:
    """All that a search finds, for an act on all of it."""

    seen: tuple[SeenComment, ...] = ()
    # How many more there may be than one act takes.
    is_partial: bool = False
    problem: str = ""


@blueprint.get("/search")
def search() -> ResponseReturnValue:
    """What a search finds, newest first, a page at a time."""
    query, after = request.args.get("q", "").strip(), request.args.get("after", "")
    number: int | None = None
    found, problem, next_id = SearchPage((), None), "", ""
    with current_services().database.read() as conn:
        try:
            wanted = _resolve(conn, query)
            place = queue.place_of(conn, after) if after else None
            found = engine.find(
                conn, wanted, before=place, limit=queue.PAGE, patience=PATIENCE_SECONDS
            )
            if "count" in request.args:
                number = len(_all(conn, wanted, None).ids)
        except Unreadable as mistake:
            problem = translate(mistake.code, **mistake.facts)
        shown = cards.of(conn, found.ids)
        views = desk_page.views_of(conn, shown, desk_page.now())
        if found.place is not None:
            known = {card.row_id: card.id for card in shown}
            next_id = known.get(found.place) or rows.public_id(conn, found.place)
    page = desk_page.page(
        "desk/search.html",
        query=query,
        asked_q=query,
        keys=list(Key),
        reasons=tuple(REASON_LETTERS),
        may_decide=bool(desk_page.member().deciding),
        after=after,
        views=views,
        problem=problem,
        number=number,
        most=LIMIT,
        newest=views[0].card.id if views else "",
        examples=EXAMPLES,
        is_cut_short=len(views) < queue.PAGE and bool(next_id),
        next_url=url_for("review.search", q=query, after=next_id) if next_id else "",
    )
    return page, 400 if problem else 200


@blueprint.get("/search/found")
def found() -> ResponseReturnValue:
    """All that a search finds, for a script that decides about it a part at a time."""
    chosen = asked_for(request.args.get("q", ""), request.args.get("newest", ""))
    if chosen.problem:
        return {"problem": chosen.problem}, 409
    seen = [f"{it.comment_id}:{it.revision}:{it.status}" for it in chosen.seen]
    return {
        "comments": seen,
        "left": translate("bulk.left", n=1) if chosen.is_partial else "",
    }


def asked_for(query: str, newest: str) -> Chosen:
    """All comments that a search finds, from `newest` on: what came later was not shown.

    The number that the moderator was shown comes back with the form; where there are
    more now, somebody has to look again.
    """
    shown = request.values.get("number", "")
    with current_services().database.read() as conn:
        try:
            wanted = _resolve(conn, query)
        except Unreadable as mistake:
            return Chosen(problem=translate(mistake.code, **mistake.facts))
        place = queue.place_of(conn, newest) if newest else None
        found = _all(conn, wanted, place + 1 if place else None)
        if shown.isdecimal() and len(found.ids) > int(shown):
            return Chosen(
                problem=translate("bulk.more_now", n=len(found.ids), shown=shown)
            )
        return Chosen(rows.seen(conn, found.ids), found.place is not None)


def _resolve(conn: Connection, query: str) -> SearchQuery:
    who = desk_page.member()
    terms = query_language.parse(query)
    asker = Searcher(
        actor=who.moderator.actor,
        sites={site.key: site.id for site, _ in who.sites},
        keyring=current_services().keyring,
        now=desk_page.now(),
    )
    return resolver.resolve(conn, terms, asker)


def _all(conn: Connection, wanted: SearchQuery, before: int | None) -> SearchPage:
    return engine.find(
        conn, wanted, before=before, limit=LIMIT, patience=COUNT_PATIENCE_SECONDS
    )
