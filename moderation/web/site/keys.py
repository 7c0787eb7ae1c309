"""The keys of a site: shown on demand, and replaced when they have leaked."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from moderation.sites import key_rotation
from moderation.sites import keys as site_keys
from moderation.web.desk import page
from moderation.web.language import translate
from moderation.web.services import current_services
from moderation.web.site import access

blueprint = page.guard(
    Blueprint("site_keys", __name__, url_prefix="/settings/<site_key>/keys")
)


@blueprint.get("")
def show(site_key: str) -> ResponseReturnValue:
    """The public key; the secret ones only when an owner asks for them."""
    site, is_owner = access.of_member(site_key)
    return page.page("site/keys.html", site=site, is_owner=is_owner, keys=None)


@blueprint.post("")
def reveal(site_key: str) -> ResponseReturnValue:
    """The secret keys, for as long as this page is open."""
    site = access.owned(site_key)
    keys = site_keys.of(site, current_services().keyring)
    return page.page("site/keys.html", site=site, is_owner=True, keys=keys)


@blueprint.post("/rotate")
def rotate(site_key: str) -> ResponseReturnValue:
    """Other keys; what uses the old ones is refused within seconds."""
    site, who = access.owned(site_key), page.member().moderator
    with current_services().database.write() as conn:
        opened = key_rotation.rotate(conn, site, actor=who.actor, now=page.now())
    undo = url_for("undo.one", journal_id=opened.public_id)
    flash({"said": translate("site_keys.did_rotate"), "undo": undo}, "done")  # type: ignore[arg-type]
    return redirect(url_for("site_keys.show", site_key=site_key), 303)
