"""One's own account: name, password, second factor, sessions. Nobody else's."""

from __future__ import annotations

from collections.abc import Mapping

import segno
from flask import Blueprint, abort, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from moderation.accounts import moderators, two_factor
from moderation.accounts import sessions as account_sessions
from moderation.accounts.moderators import PASSWORD_MIN
from moderation.errors import BadPassword
from moderation.web.account import login_limits, user_agents
from moderation.web.desk import page
from moderation.web.language import translate
from moderation.web.services import current_services
from moderation.web.session import TOKEN

blueprint = page.guard(Blueprint("account", __name__, url_prefix="/account"))

NAME_MAX = 100
# What the nonce in the form is signed for: it was made for this person, by us.
_PURPOSE = "second-factor:"


@blueprint.get("")
def show() -> ResponseReturnValue:
    """Everything about one's own account."""
    return _page()


@blueprint.post("/name")
def rename() -> ResponseReturnValue:
    """Be called otherwise."""
    name = request.form.get("name", "").strip()
    if not name or len(name) > NAME_MAX:
        code = "name_too_long" if name else "name_missing"
        return _page({"name": translate(code, limit=NAME_MAX)}), 422
    with current_services().database.write() as conn:
        moderators.rename(conn, page.member().moderator.id, name)
    return _done("account.did_name")


@blueprint.post("/password")
def change_password() -> ResponseReturnValue:
    """Set another password; whoever else is signed in as this person no longer is."""
    who = page.member().moderator
    current, wanted = request.form.get("current", ""), request.form.get("password", "")
    with current_services().database.read() as conn:
        has_one = moderators.has_password(conn, who.id)
    if has_one:
        seconds = login_limits.seconds_for_account(who.email)
        if seconds:
            return _page({"current": login_limits.wait(seconds)}), 429
        with current_services().database.read() as conn:
            right = moderators.verify(conn, email=who.email, password=current)
        if right is None:
            return _page({"current": translate("account.wrong_password")}), 422
        login_limits.forget_account(who.email)
    try:
        with current_services().database.write() as conn:
            moderators.set_password(conn, who.id, wanted)
            account_sessions.end_others(conn, who.id, token=session[TOKEN])
    except BadPassword:
        problem = translate("password.length", min=PASSWORD_MIN)
        return _page({"password": problem}), 422
    return _done("account.did_password")


@blueprint.post("/sessions/<name>/end")
def end_session(name: str) -> ResponseReturnValue:
    """End one of one's sessions; the word `others` stands for all but this one."""
    who = page.member().moderator
    with current_services().database.write() as conn:
        if name == "others":
            account_sessions.end_others(conn, who.id, token=session[TOKEN])
        elif not account_sessions.revoke(conn, who.id, name):
            abort(404)
    return _done("account.did_end")


@blueprint.get("/code")
def offer_code() -> ResponseReturnValue:
    """The picture for the app, and the field that proves that it works."""
    return _offer(two_factor.begin())


@blueprint.post("/code")
def turn_code_on() -> ResponseReturnValue:
    """Demand codes from now on, if the app makes the right ones."""
    who, keyring = page.member().moderator, current_services().keyring
    signed = request.form.get("nonce", "")
    nonce = keyring.unsign(_PURPOSE + who.public_id, signed) or abort(400)
    with current_services().database.write() as conn:
        if two_factor.state_of(conn, who.id).is_on:
            abort(409)
        codes = two_factor.turn_on(
            conn,
            keyring,
            who.id,
            nonce=nonce,
            code=request.form.get("code", "")[:20],
            now=page.now(),
        )
    if codes is None:
        return _offer(nonce, translate("login.wrong_code")), 422
    return page.page("account/recovery_codes.html", codes=codes)


@blueprint.post("/code/off")
def turn_code_off() -> ResponseReturnValue:
    """Demand no codes any more; a last one is the price."""
    who = page.member().moderator
    refusal = _prove("off")
    if refusal:
        return refusal
    with current_services().database.write() as conn:
        two_factor.turn_off(conn, who.id)
    return _done("account.did_code_off")


@blueprint.post("/code/recovery")
def renew_codes() -> ResponseReturnValue:
    """Ten new recovery codes for a code; the old ones are good no more."""
    refusal = _prove("renew")
    if refusal:
        return refusal
    with current_services().database.write() as conn:
        codes = two_factor.renew_recovery_codes(conn, page.member().moderator.id)
    return page.page("account/recovery_codes.html", codes=codes)


def _prove(field: str) -> ResponseReturnValue | None:
    """Use the code of the form up; the refusal if it is not right."""
    who, code = page.member().moderator, request.form.get("code", "")[:100]
    seconds = login_limits.seconds_for_code(who)
    if seconds:
        return _page({field: login_limits.wait(seconds)}), 429
    with current_services().database.write() as conn:
        right = two_factor.take(
            conn, current_services().keyring, who.id, code, page.now()
        )
    if not right:
        return _page({field: translate("login.wrong_code")}), 422
    login_limits.forget_code(who)
    return None


def _offer(nonce: str, problem: str = "") -> str:
    who, keyring = page.member().moderator, current_services().keyring
    secret = two_factor.secret_of(keyring, who.public_id, nonce)
    picture = segno.make(two_factor.address_of(secret, who.email), micro=False)
    svg = picture.svg_inline(scale=4, dark="#000", light="#fff", omitsize=True)
    return page.page(
        "account/second_factor_setup.html",
        nonce=keyring.sign(_PURPOSE + who.public_id, nonce),
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        picture=Markup(svg),  # noqa: S704 – made here of digits and letters
        problem=problem,
    )


def _page(errors: Mapping[str, str] | None = None) -> str:
    who, now = page.member().moderator, page.now()
    with current_services().database.read() as conn:
        sessions = account_sessions.of_moderator(
            conn, who.id, token=session[TOKEN], now=now
        )
        standing = two_factor.state_of(conn, who.id)
        has_one = moderators.has_password(conn, who.id)
    return page.page(
        "account/account.html",
        errors=errors or {},
        name=request.form.get("name", who.name),
        has_password=has_one,
        password_min=PASSWORD_MIN,
        factor=standing,
        sessions=[user_agents.line(each) for each in sessions],
    )


def _done(code: str) -> ResponseReturnValue:
    flash({"said": translate(code), "undo": ""}, "done")  # type: ignore[arg-type]
    return redirect(url_for("account.show"), 303)
