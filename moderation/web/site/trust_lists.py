"""Whom a site trusts and whom it bans, with the buttons that end it."""

from __future__ import annotations

from babel.dates import format_date
from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from moderation.actions import authors
from moderation.actions.authors import AuthorAction
from moderation.authors import lists, profiles
from moderation.enums import AuthorFlagAction, BanKind
from moderation.errors import NotFound
from moderation.web.desk import page
from moderation.web.language import locale, translate
from moderation.web.services import current_services
from moderation.web.site import access

blueprint = page.guard(
    Blueprint("site_marks", __name__, url_prefix="/settings/<site_key>/marks")
)

# What may be ended here; marks are set where one sees what the author wrote.
ENDING = {AuthorFlagAction.UNTRUST, AuthorFlagAction.UNBAN}


@blueprint.get("")
def show(site_key: str) -> ResponseReturnValue:
    """Trusted and banned authors, and the bans of domains and networks."""
    site, is_owner = access.of_member(site_key)
    with current_services().database.read() as conn:
        people = lists.authors(conn, site.id, page.now())
        senders = lists.senders(conn, site.id, page.now())
    return page.page(
        "site/trust_lists.html",
        site=site,
        is_owner=is_owner,
        trusted=[each for each in people if each.trusted],
        banned=[each for each in people if each.banned],
        senders=senders,
        day=lambda moment: format_date(moment, locale=locale()),
    )


@blueprint.post("/authors/<author_id>")
def end(site_key: str, author_id: str) -> ResponseReturnValue:
    """Trust or ban an author no longer."""
    site, who = access.owned(site_key), page.member()
    wanted = request.form.get("mark", "")
    if wanted not in ENDING:
        abort(400)
    said = AuthorAction(AuthorFlagAction(wanted), view=page.view())
    try:
        with current_services().database.read() as conn:
            profiles.find(conn, author_id, [site.id], page.now())
        done = authors.act_on_author(
            current_services().database, who.acting, author_id, said, page.now()
        )
    except NotFound:
        abort(404)
    return _done(site_key, done.opened.public_id if done.opened else "")


@blueprint.post("/senders")
def lift(site_key: str) -> ResponseReturnValue:
    """Ban a domain or a network no longer."""
    site, who = access.owned(site_key), page.member().moderator
    kind, value = request.form.get("kind", ""), request.form.get("value", "")
    if kind not in set(BanKind):
        abort(400)
    try:
        with current_services().database.write() as conn:
            opened = lists.lift(
                conn,
                site,
                BanKind(kind),
                value.replace("\x00", ""),
                actor=who.actor,
                now=page.now(),
            )
    except NotFound:
        abort(404)
    return _done(site_key, opened.public_id)


def _done(site_key: str, journal_id: str) -> ResponseReturnValue:
    undo = url_for("undo.one", journal_id=journal_id) if journal_id else ""
    flash({"said": translate("site_marks.ended"), "undo": undo}, "done")  # type: ignore[arg-type]
    return redirect(url_for("site_marks.show", site_key=site_key), 303)
