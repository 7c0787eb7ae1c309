"""The people of a site: who they are, what they may do, and who is invited."""

from __future__ import annotations

from babel.dates import format_date
from flask import Blueprint, abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from moderation.accounts import invitations, memberships
from moderation.enums import Role
from moderation.errors import LastOwner, NotFound
from moderation.web.desk import page
from moderation.web.language import locale, translate
from moderation.web.services import current_services
from moderation.web.site import access

blueprint = page.guard(
    Blueprint("people", __name__, url_prefix="/settings/<site_key>/people")
)

# The choice that takes the role away.
NOBODY = "none"


@blueprint.get("")
def show(site_key: str) -> ResponseReturnValue:
    """Everybody with a role; the owners also see addresses and invitations."""
    return _page(site_key)


@blueprint.post("/<moderator_id>")
def change(site_key: str, moderator_id: str) -> ResponseReturnValue:
    """Give somebody another role or none; the last owner stays one."""
    site, who = access.owned(site_key), page.member().moderator
    wanted = request.form.get("role", "")
    if wanted != NOBODY and wanted not in set(Role):
        abort(400)
    role = None if wanted == NOBODY else Role(wanted)
    try:
        with current_services().database.write() as conn:
            opened = memberships.change(
                conn, site, moderator_id, role, actor=who.actor, now=page.now()
            )
    except NotFound:
        abort(404)
    except LastOwner:
        return _page(site_key, problem=translate("people.last_owner")), 409
    if opened:
        undo = url_for("undo.one", journal_id=opened.public_id)
        flash({"said": translate("people.did_change"), "undo": undo}, "done")  # type: ignore[arg-type]
    if role is None and moderator_id == who.public_id:
        # Who left does not see this page any more.
        return redirect(url_for("site_settings.list"), 303)
    return redirect(url_for("people.show", site_key=site_key), 303)


@blueprint.post("/invitations")
def invite(site_key: str) -> ResponseReturnValue:
    """Make a link; this answer is the only place where it is ever shown."""
    site, role = access.owned(site_key), request.form.get("role", "")
    if role not in set(Role):
        abort(400)
    with current_services().database.write() as conn:
        token = invitations.invite(
            conn, site, Role(role), by=page.member().moderator, now=page.now()
        )
    path = url_for("invitations.show", token=token)
    return _page(site_key, link=current_services().settings.base_url + path)


@blueprint.post("/invitations/<invitation_id>/withdraw")
def withdraw(site_key: str, invitation_id: str) -> ResponseReturnValue:
    """Make a link useless."""
    site, who = access.owned(site_key), page.member().moderator
    try:
        with current_services().database.write() as conn:
            invitations.withdraw(
                conn, site, invitation_id, actor=who.actor, now=page.now()
            )
    except NotFound:
        abort(404)
    flash({"said": translate("people.did_withdraw"), "undo": ""}, "done")  # type: ignore[arg-type]
    return redirect(url_for("people.show", site_key=site_key), 303)


def _page(site_key: str, *, link: str = "", problem: str = "") -> str:
    site, is_owner = access.of_member(site_key)
    with current_services().database.read() as conn:
        places = memberships.of_site(conn, site.id)
        invited = invitations.open_ones(conn, site.id, page.now()) if is_owner else []
    return page.page(
        "site/members.html",
        site=site,
        is_owner=is_owner,
        places=places,
        invited=[
            (each, format_date(each.expires_at, locale=locale())) for each in invited
        ],
        roles=list(Role),
        nobody=NOBODY,
        link=link,
        problem=problem,
    )
