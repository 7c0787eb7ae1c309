"""Sign in with the OpenID provider: off to it, and back with who one is."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import UTC, datetime

from flask import Blueprint, abort, redirect, request, session
from flask.typing import ResponseReturnValue

from moderation.accounts import oidc, oidc_login
from moderation.accounts.oidc import AuthorizationRequest
from moderation.errors import NotFound, ProviderError
from moderation.web.account import login, login_limits
from moderation.web.language import translate
from moderation.web.services import current_services

blueprint = Blueprint("provider", __name__, url_prefix="/login/provider")

JOURNEY = "journey"
BACK = "/login/provider/return"
# Where people with an invitation in their hands want to go.
_INVITED = "/invitations/"


@blueprint.get("")
def leave() -> ResponseReturnValue:
    """Go to the provider; the session remembers what must come back."""
    settings = current_services().settings
    if not settings.oidc_issuer:
        abort(404)
    if not login_limits.address_may_try():
        return login.form(problem=translate("login.too_many")), 429
    journey = AuthorizationRequest(*(secrets.token_urlsafe(32) for _ in range(3)))
    try:
        url = oidc.address(settings, settings.base_url + BACK, journey)
    except ProviderError as error:
        return login.form(problem=translate(str(error), name=settings.oidc_name)), 503
    session[JOURNEY] = asdict(journey) | {"way": login.way_on()}
    return redirect(url)


@blueprint.get("/return")
def come_back() -> ResponseReturnValue:
    """Let in whom the provider knows and a site has, or invites."""
    desk = current_services()
    settings = desk.settings
    if not settings.oidc_issuer:
        abort(404)
    kept = session.pop(JOURNEY, {"state": "", "nonce": "", "verifier": "", "way": ""})
    way = kept.pop("way")
    try:
        who = oidc.identify(
            settings,
            settings.base_url + BACK,
            AuthorizationRequest(**kept),
            request.args,
        )
        invited = way.removeprefix(_INVITED) if way.startswith(_INVITED) else ""
        with desk.database.write() as conn:
            moderator = oidc_login.link_account(
                conn, who, invitation=invited, now=datetime.now(UTC)
            )
    except ProviderError as error:
        return login.form(problem=translate(str(error), name=settings.oidc_name)), 403
    except NotFound:
        problem = translate("provider.stranger", name=settings.oidc_name)
        return login.form(problem=problem), 403
    return login.enter(moderator, way)
