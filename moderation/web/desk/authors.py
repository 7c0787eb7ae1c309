"""An author's page: what they wrote, what became of it, and what to do about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from babel.dates import format_date
from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from moderation.actions import authors
from moderation.actions.authors import AuthorAction
from moderation.actions.bulk import BulkResult
from moderation.authors import notes, profiles
from moderation.authors.profiles import Author
from moderation.enums import AuthorFlagAction, BanKind, Reason
from moderation.errors import NotFound
from moderation.review import queue
from moderation.web.cards.views import REASON_LETTERS
from moderation.web.desk import page
from moderation.web.language import locale, translate
from moderation.web.services import current_services
from moderation.web.time_format import ago

blueprint = page.guard(Blueprint("authors", __name__))

SWEEPS = (1, 24, 168)


@blueprint.get("/authors/<author_id>")
def show(author_id: str) -> ResponseReturnValue:
    """All that is known about an author on one site, and all their comments."""
    return _page(author_id)


@blueprint.post("/authors/<author_id>/marks")
def mark(author_id: str) -> ResponseReturnValue:
    """Trust or ban an author, or those who write from the same place; sweep."""
    found = _find(author_id)
    who = page.member()
    if found.site_id not in who.deciding:
        abort(403, translate("review.read_only"))
    try:
        said = _marking()
    except ValueError as mistake:
        return _problem(author_id, translate(f"authors.{mistake}"), 400)
    try:
        outcome = authors.act_on_author(
            current_services().database, who.acting, author_id, said, page.now()
        )
    except NotFound as missing:
        return _problem(author_id, translate(f"authors.no_{missing}"), 409)
    return _done(author_id, _summary(outcome, said), outcome)


@blueprint.post("/authors/<author_id>/notes")
def write_note(author_id: str) -> ResponseReturnValue:
    """Leave a note for the other moderators, about the author or about one comment."""
    found = _find(author_id)
    who = page.member()
    if found.site_id not in who.deciding:
        abort(403, translate("review.read_only"))
    try:
        with current_services().database.write() as conn:
            opened = notes.write(
                conn,
                who.acting,
                author_id,
                request.form.get("text", ""),
                page.now(),
                comment_id=request.form.get("comment", ""),
            )
    except NotFound:
        abort(404)
    except ValueError:
        problem = translate("authors.bad_note", limit=notes.TEXT_MAX)
        return _problem(author_id, problem, 400)
    return _done(author_id, translate("authors.noted"), BulkResult(opened))


@blueprint.post("/notes/<note_id>/remove")
def remove_note(note_id: str) -> ResponseReturnValue:
    """Take a note off the page; back to where it stood."""
    who = page.member()
    try:
        with current_services().database.write() as conn:
            opened, author_id = notes.remove(conn, who.acting, note_id, page.now())
    except NotFound:
        abort(404)
    return _done(author_id, translate("authors.note_removed"), BulkResult(opened))


@dataclass(frozen=True)
class Button:
    """An act that the page offers, and the key that presses it."""

    value: AuthorFlagAction
    says: str
    key: str = ""


def _buttons(of: Author) -> list[Button]:
    banned = {each.kind for each in of.bans}
    found = [
        (AuthorFlagAction.UNTRUST if of.trusted else AuthorFlagAction.TRUST, "t", ""),
        (AuthorFlagAction.UNBAN if of.banned else AuthorFlagAction.BAN, "b", ""),
    ]
    if of.mail_domain:
        is_banned = BanKind.DOMAIN in banned
        mark = (
            AuthorFlagAction.UNBAN_DOMAIN if is_banned else AuthorFlagAction.BAN_DOMAIN
        )
        found.append((mark, "", of.mail_domain))
    if of.network:
        is_banned = BanKind.NETWORK in banned
        mark = (
            AuthorFlagAction.UNBAN_NETWORK
            if is_banned
            else AuthorFlagAction.BAN_NETWORK
        )
        found.append((mark, "", of.network))
    found.append((AuthorFlagAction.SWEEP, "", ""))
    return [
        Button(mark, translate(f"authors.mark_{mark}", value=value), key)
        for mark, key, value in found
    ]


def _find(author_id: str) -> Author:
    try:
        with current_services().database.read() as conn:
            return profiles.find(conn, author_id, page.member().site_ids, page.now())
    except NotFound:
        abort(404)


def _marking() -> AuthorAction:
    """What the form says; ValueError with the code of what is wrong with it."""
    form = request.form
    chosen, hours = form.get("mark", ""), form.get("sweep_hours", "").strip()
    reason = form.get("reason", "") or Reason.OTHER
    if chosen not in set(AuthorFlagAction) or reason not in set(Reason):
        abort(400)
    if hours and not (
        hours.isdecimal() and 0 < int(hours[:9]) <= authors.SWEEP_HOURS_MAX
    ):
        raise ValueError("bad_hours")
    if chosen == AuthorFlagAction.SWEEP and not hours:
        raise ValueError("bad_hours")
    return AuthorAction(
        mark=AuthorFlagAction(chosen),
        everywhere=form.get("sites") == "all",
        until=_until(form.get("until", "").strip()),
        sweep_hours=int(hours or 0),
        reason=Reason(reason),
        view=page.view(),
    )


def _until(text: str) -> datetime | None:
    """The end of a day that is still to come; None means for good."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("bad_date") from None
    end = datetime.combine(day + timedelta(days=1), time(), UTC)
    if end <= page.now():
        raise ValueError("bad_date")
    return end


def _summary(outcome: BulkResult, said: AuthorAction) -> str:
    if outcome.opened is None:
        return translate("authors.nothing_to_do")
    parts = (
        []
        if said.mark is AuthorFlagAction.SWEEP
        else [translate(f"authors.did_{said.mark}")]
    )
    if said.sweep_hours:
        parts.append(translate("authors.swept", n=outcome.done))
    return " ".join(parts)


def _done(author_id: str, said: str, outcome: BulkResult) -> ResponseReturnValue:
    opened = outcome.opened
    undo = url_for("undo.one", journal_id=opened.public_id) if opened else ""
    if page.wants_json():
        return {"said": said, "undo": undo, "lang": locale(), "done": outcome.done}
    flash({"said": said, "undo": undo}, "done")  # type: ignore[arg-type]
    return redirect(url_for("authors.show", author_id=author_id), 303)


def _problem(author_id: str, problem: str, status: int) -> ResponseReturnValue:
    if page.wants_json():
        return {"problem": problem}, status
    return _page(author_id, problem), status


def _page(author_id: str, problem: str = "") -> str:
    found, now, after = _find(author_id), page.now(), request.args.get("after", "")
    with current_services().database.read() as conn:
        ids = profiles.comment_ids(
            conn, found.row_id, before=after, limit=queue.PAGE + 1
        )
        known = {
            "judgements": profiles.judgements(conn, found.row_id),
            "received": profiles.reports_received(conn, found.row_id),
            "made": profiles.reports_made(conn, found),
            "notes": notes.of_author(conn, found.row_id),
        }
    views = page.views(ids[: queue.PAGE], now)
    more = len(ids) > queue.PAGE
    return page.page(
        "desk/author.html",
        author=found,
        views=views,
        problem=problem,
        after=after,
        may_act=found.site_id in page.member().deciding,
        owns=found.site_id in page.member().owned,
        marks=_buttons(found),
        reasons=tuple(REASON_LETTERS),
        sweeps=SWEEPS,
        hours_most=authors.SWEEP_HOURS_MAX,
        today=now.date().isoformat(),
        ago=lambda then: ago(now, then),
        on=lambda then: format_date(then, locale=locale()),
        next_url=url_for("authors.show", author_id=author_id, after=views[-1].card.id)
        if more
        else "",
        **known,
    )
