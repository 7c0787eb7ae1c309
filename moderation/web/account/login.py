"""The way in: e-mail and password, then a code from those who have a second factor."""

from __future__ import annotations

import re
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

from moderation.accounts import moderators, sessions, two_factor
from moderation.accounts.moderators import Moderator
from moderation.accounts.sessions import Browser
from moderation.ip_addresses import network_of
from moderation.web import csrf
from moderation.web.account import login_limits
from moderation.web.language import translate
from moderation.web.services import current_services
from moderation.web.session import TOKEN, asking

blueprint = Blueprint("login", __name__)
blueprint.before_request(csrf.check)

# Somebody whose password was right and whose code is still to come, for so long.
HALF = "half"
HALF_SECONDS = 300
_DESK = re.compile(r"/(review|authors|audit|settings|account|invitations)([/?]|$)")


# Why somebody is here: signed out, sent from a page, or from an act that is lost.
_NOTICES = frozenset({"out", "please", "lost"})


@blueprint.get("/login")
def sign_in() -> ResponseReturnValue:
    """The form for e-mail and password."""
    if asking():
        return redirect(way_on())
    why = request.args.get("why", "")
    return form(notice=translate(f"login.{why}") if why in _NOTICES else "")


@blueprint.post("/login")
def open_session() -> ResponseReturnValue:
    """Check e-mail and password; the answer does not tell which one was wrong."""
    if not login_limits.address_may_try():
        return form(problem=translate("login.too_many")), 429
    desk, email = current_services(), request.form.get("email", "")
    seconds = login_limits.seconds_for_account(email)
    if seconds:
        return form(problem=login_limits.wait(seconds)), 429
    with desk.database.read() as conn:
        moderator = moderators.verify(
            conn, email=email, password=request.form.get("password", "")
        )
    if moderator is None:
        return form(problem=translate("login.wrong")), 401
    login_limits.forget_account(email)
    return enter(moderator, way_on())


@blueprint.get("/login/code")
def second_step() -> ResponseReturnValue:
    """The form for the code, for those whose password was right."""
    return _code_form() if _half() else redirect(url_for("login.sign_in"))


@blueprint.post("/login/code")
def take_code() -> ResponseReturnValue:
    """Let in whoever has the code as well; it is good once."""
    half, desk = _half(), current_services()
    if half is None:
        return redirect(url_for("login.sign_in", why="please"), 303)
    moderator, way = half
    seconds = login_limits.seconds_for_code(moderator)
    if seconds:
        return _code_form(login_limits.wait(seconds)), 429
    with desk.database.write() as conn:
        code, now = request.form.get("code", "")[:100], datetime.now(UTC)
        right = two_factor.take(conn, desk.keyring, moderator.id, code, now)
    if not right:
        return _code_form(translate("login.wrong_code")), 401
    login_limits.forget_code(moderator)
    return let_in(moderator, way)


@blueprint.post("/logout")
def sign_out() -> ResponseReturnValue:
    """End the session here and in the store."""
    token = session.get(TOKEN)
    if token is not None:
        with current_services().database.write() as conn:
            sessions.end(conn, token)
    session.clear()
    return redirect(url_for("login.sign_in", why="out"), 303)


def enter(moderator: Moderator, way: str) -> ResponseReturnValue:
    """Let in whoever proved to be `moderator`, or ask for the second factor first."""
    with current_services().database.read() as conn:
        standing = two_factor.state_of(conn, moderator.id)
    if not standing.is_on:
        return let_in(moderator, way)
    session.clear()
    session[HALF] = [moderator.public_id, datetime.now(UTC).timestamp(), way]
    return redirect(url_for("login.second_step"), 303)


def let_in(moderator: Moderator, way: str) -> ResponseReturnValue:
    """Open a session for `moderator` and lead on to `way`."""
    desk = current_services()
    browser = Browser(request.user_agent.string, network_of(request.remote_addr or ""))
    with desk.database.write() as conn:
        token = sessions.start(
            conn,
            moderator.id,
            now=datetime.now(UTC),
            hours=desk.settings.session_hours,
            browser=browser,
        )
    # Nothing that was set before signing in may live on in the session.
    session.clear()
    session.permanent = True
    session[TOKEN] = token
    answer = redirect(way, 303)
    login_limits.remember_browser(answer, moderator)
    return answer


def form(*, problem: str = "", notice: str = "") -> Response:
    """The page for e-mail and password."""
    settings = current_services().settings
    return _page(
        "account/login.html",
        problem=problem,
        notice=notice,
        email=request.form.get("email", ""),
        provider=settings.oidc_name if settings.oidc_issuer else "",
        way_on=request.args.get("next", ""),
    )


def way_on() -> str:
    """Where the moderator wanted to go, as long as it is a page of the desk."""
    wanted = request.args.get("next", "")
    return wanted if is_of_the_desk(wanted) else url_for("review.waiting")


def is_of_the_desk(path: str) -> bool:
    """Whether a path that came with a request leads to a page of ours."""
    return _DESK.match(path) is not None


def _half() -> tuple[Moderator, str] | None:
    """Whose password was right a moment ago, and where they want to go."""
    public_id, since, way = session.get(HALF, ("", 0.0, ""))
    if datetime.now(UTC).timestamp() - since > HALF_SECONDS:
        return None
    with current_services().database.read() as conn:
        moderator = moderators.with_id(conn, public_id)
    return (moderator, way) if moderator else None


def _code_form(problem: str = "") -> Response:
    return _page("account/second_factor.html", problem=problem)


def _page(template: str, **values: object) -> Response:
    answer = Response(render_template(template, token=csrf.token, **values))
    answer.headers["Cache-Control"] = "no-store"
    return answer
