"""Moderators' sessions: signing in and out, and who is asking."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import (
    Blueprint,
    Response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from moderation import moderators
from moderation.moderators import Moderator
from moderation.rates import visitor_of
from moderation.web import forgery
from moderation.web.language import say
from moderation.web.services import services

blueprint = Blueprint("login", __name__)
blueprint.before_request(forgery.check)

TOKEN = "sign_in"  # noqa: S105 – the name of a value in the session


def asking() -> Moderator | None:
    """The moderator who asks, or None for anybody else.

    The browser keeps a random token in the signed session cookie; whose it is, and
    until when, the store knows. A public page never asks, so it has no session.
    """
    token = session.get(TOKEN)
    if token is None:
        return None
    with services().database.read() as conn:
        return moderators.signed_in(conn, token, now=datetime.now(UTC))


@blueprint.get("/login")
def sign_in() -> ResponseReturnValue:
    """The form for e-mail and password."""
    if asking():
        return redirect(_next_page())
    notice = {"out": "login.out", "please": "login.please"}.get(
        request.args.get("why", "")
    )
    return _form(notice=say(notice) if notice else "")


@blueprint.post("/login")
def open_session() -> ResponseReturnValue:
    """Check e-mail and password; the answer does not tell which one was wrong."""
    if not _within_limit():
        return _form(problem=say("login.too_many")), 429
    desk = services()
    with desk.database.read() as conn:
        moderator = moderators.verify(
            conn,
            email=request.form.get("email", ""),
            password=request.form.get("password", ""),
        )
    if moderator is None:
        return _form(problem=say("login.wrong")), 401
    with desk.database.write() as conn:
        token = moderators.open_sign_in(
            conn,
            moderator.id,
            now=datetime.now(UTC),
            hours=desk.settings.session_hours,
        )
    # Nothing that was set before signing in may live on in the session.
    session.clear()
    session.permanent = True
    session[TOKEN] = token
    return redirect(_next_page(), 303)


@blueprint.post("/logout")
def sign_out() -> ResponseReturnValue:
    """End the session here and in the store."""
    token = session.get(TOKEN)
    if token is not None:
        with services().database.write() as conn:
            moderators.close_sign_in(conn, token)
    session.clear()
    return redirect(url_for("login.sign_in", why="out"), 303)


def _form(*, problem: str = "", notice: str = "") -> Response:
    page = render_template(
        "desk/login.html",
        problem=problem,
        notice=notice,
        email=request.form.get("email", ""),
        token=forgery.token,
    )
    answer = Response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _next_page() -> str:
    """Where the moderator wanted to go, as long as it is a page of the desk."""
    wanted = request.args.get("next", "")
    return wanted if wanted.startswith("/review") else url_for("review.waiting")


def _within_limit() -> bool:
    desk = services()
    visitor = desk.keyring.address(visitor_of(request.remote_addr or "")).hex()
    limit = desk.settings.rate_limit_login
    return not desk.rates.seconds_to_wait(limit, "login", visitor)
