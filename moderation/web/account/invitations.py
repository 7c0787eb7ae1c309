"""Where an invitation link leads: join with the login one has, or make one."""

from __future__ import annotations

from datetime import UTC, datetime

from email_validator import EmailNotValidError, validate_email
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from moderation.accounts import invitations, moderators
from moderation.accounts.invitations import Invitation
from moderation.accounts.moderators import PASSWORD_MIN, Moderator
from moderation.errors import AlreadyMember, BadPassword, NotFound
from moderation.web import csrf
from moderation.web.account import login, login_limits
from moderation.web.language import translate
from moderation.web.services import current_services
from moderation.web.session import asking

blueprint = Blueprint("invitations", __name__, url_prefix="/invitations")
blueprint.before_request(csrf.check)

NAME_MAX = 100


@blueprint.get("/<token>")
def show(token: str) -> ResponseReturnValue:
    """Who invites to what, and the two ways to say yes."""
    found = _find(token)
    return _page(token, found) if found else _gone()


@blueprint.post("/<token>")
def accept(token: str) -> ResponseReturnValue:
    """Join as whoever is signed in, or as somebody new."""
    desk, now, found = current_services(), datetime.now(UTC), _find(token)
    if found is None:
        return _gone()
    who, errors = asking(), {}
    if who is None:
        if not login_limits.address_may_try():
            return _page(token, found, {"": translate("login.too_many")}, 429)
        errors = _mistakes()
    if errors:
        return _page(token, found, errors, 422)
    try:
        with desk.database.write() as conn:
            joining = who or moderators.add(
                conn,
                email=request.form["email"],
                name=request.form["name"],
                password=request.form["password"],
                now=now,
            )
            invitations.accept(conn, token, joining, now)
    except NotFound:
        return _gone()
    except AlreadyMember:
        return _page(token, found, {"": translate("invitation.member")}, 409)
    except IntegrityError:
        return _page(token, found, {"email": translate("invitation.taken")}, 409)
    way = url_for("review.waiting")
    return redirect(way, 303) if who else login.let_in(joining, way)


def _find(token: str) -> Invitation | None:
    try:
        with current_services().database.read() as conn:
            return invitations.find(conn, token, datetime.now(UTC))
    except NotFound:
        return None


def _mistakes() -> dict[str, str]:
    """What is wrong with the login that somebody wants to make, by field."""
    form, errors = request.form, {}
    name = form.get("name", "").strip()
    if not name:
        errors["name"] = translate("name_missing")
    elif len(name) > NAME_MAX:
        errors["name"] = translate("name_too_long", limit=NAME_MAX)
    try:
        validate_email(form.get("email", ""), check_deliverability=False)
    except EmailNotValidError:
        errors["email"] = translate("email_invalid")
    try:
        moderators.check_password(form.get("password", ""))
    except BadPassword:
        errors["password"] = translate("password.length", min=PASSWORD_MIN)
    return errors


def _page(
    token: str,
    found: Invitation,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    settings = current_services().settings
    who: Moderator | None = asking()
    return _private(
        "account/invitation.html",
        status,
        invitation=found,
        who=who,
        errors=errors or {},
        values=request.form,
        password_min=PASSWORD_MIN,
        provider=settings.oidc_name if settings.oidc_issuer else "",
        here=url_for("invitations.show", token=token),
    )


def _gone() -> ResponseReturnValue:
    return _private("account/invitation_expired.html", 404)


def _private(template: str, status: int, **values: object) -> Response:
    page = render_template(template, token=csrf.token, **values)
    answer = Response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
