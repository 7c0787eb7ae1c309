"""The webhooks of a site: which servers are told, how that goes, and with which secret."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from moderation.errors import BadWebhook, NotFound
from moderation.web.desk import page
from moderation.web.language import translate
from moderation.web.services import current_services
from moderation.web.site import access
from moderation.web.time_format import ago
from moderation.webhooks import attempts, endpoints

blueprint = page.guard(
    Blueprint("site_webhooks", __name__, url_prefix="/settings/<site_key>/webhooks")
)


@blueprint.get("")
def show(site_key: str) -> ResponseReturnValue:
    """Every server that is told, with what came of the last attempt."""
    return _page(site_key)


@blueprint.post("")
def add(site_key: str) -> ResponseReturnValue:
    """Tell one more server; the form again where its address will not do."""
    site, who = access.owned(site_key), page.member().moderator
    url = request.form.get("url", "").strip()
    try:
        with current_services().database.write() as conn:
            opened = endpoints.add(conn, site, url, actor=who.actor, now=page.now())
    except BadWebhook as error:
        problem = translate(f"site_webhooks.bad_{error}", most=endpoints.WEBHOOKS_MAX)
        return _page(site_key, typed=url, problem=problem), 422
    return _done(site_key, "added", opened.public_id)


@blueprint.post("/<webhook_id>/secret")
def reveal(site_key: str, webhook_id: str) -> ResponseReturnValue:
    """What the server checks signatures with, for as long as this page is open."""
    access.owned(site_key)
    return _page(site_key, revealed=webhook_id)


@blueprint.post("/<webhook_id>/trial")
def try_out(site_key: str, webhook_id: str) -> ResponseReturnValue:
    """Send a message without any news; what came of it is on this page soon."""
    site = access.owned(site_key)
    try:
        with current_services().database.write() as conn:
            endpoints.try_out(conn, site, webhook_id)
    except NotFound:
        abort(404)
    return _done(site_key, "trial")


@blueprint.post("/<webhook_id>/remove")
def remove(site_key: str, webhook_id: str) -> ResponseReturnValue:
    """Tell a server nothing more."""
    site, who = access.owned(site_key), page.member().moderator
    try:
        with current_services().database.write() as conn:
            opened = endpoints.remove(
                conn, site.id, webhook_id, actor=who.actor, now=page.now()
            )
    except NotFound:
        abort(404)
    return _done(site_key, "removed", opened.public_id)


def _done(site_key: str, what: str, journal_id: str = "") -> ResponseReturnValue:
    undo = url_for("undo.one", journal_id=journal_id) if journal_id else ""
    flash({"said": translate(f"site_webhooks.did_{what}"), "undo": undo}, "done")  # type: ignore[arg-type]
    return redirect(url_for("site_webhooks.show", site_key=site_key), 303)


def _page(
    site_key: str, *, typed: str = "", problem: str = "", revealed: str = ""
) -> str:
    site, is_owner = access.of_member(site_key)
    now, keyring = page.now(), current_services().keyring
    with current_services().database.read() as conn:
        # Addresses often have a password in them: they are for owners.
        found = endpoints.of_site(conn, site.id) if is_owner else []
    return page.page(
        "site/webhooks.html",
        site=site,
        is_owner=is_owner,
        webhooks=found,
        secrets={
            each.id: endpoints.secret(keyring, each.id)
            for each in found
            if each.id == revealed
        },
        state=lambda each: _state(each, now),
        typed=typed,
        problem=problem,
    )


def _state(each: endpoints.Webhook, now: datetime) -> str:
    """How telling this server goes, in one sentence."""
    if each.last_at is None:
        return translate("site_webhooks.never")
    result = each.last_result
    if result == attempts.UNANSWERED:
        return translate("site_webhooks.unanswered", ago=ago(now, each.last_at))
    what = result if result.isdecimal() else translate(f"site_webhooks.result.{result}")
    facts = {"result": what, "ago": ago(now, each.last_at)}
    if each.failing_since is None:
        return translate("site_webhooks.well", **facts)
    return translate(
        "site_webhooks.failing", **facts, since=ago(now, each.failing_since)
    )
