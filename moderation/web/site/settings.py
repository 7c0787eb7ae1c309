"""How a site works: its rules as a form, and what a change would have meant."""

from __future__ import annotations

import time
from collections.abc import Mapping

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from moderation.enums import ATTRIBUTES, Mode
from moderation.sites import settings_changes, word_list_preview
from moderation.sites import site as sites
from moderation.sites.site import Site
from moderation.sites.word_list_preview import Preview
from moderation.web.desk import page
from moderation.web.language import translate
from moderation.web.services import current_services
from moderation.web.site import access, settings_form
from moderation.web.site.settings_form import FLAGS, LINES, SHARES, WORD_LISTS

blueprint = page.guard(Blueprint("site_settings", __name__, url_prefix="/settings"))

PREVIEW_SECONDS = 2.0


@blueprint.get("", endpoint="list")
def all_sites() -> ResponseReturnValue:
    """The sites of the moderator."""
    return page.page("site/list.html")


@blueprint.get("/<site_key>")
def show(site_key: str) -> ResponseReturnValue:
    """The rules of a site; its owners can change them, others read them."""
    site, is_owner = access.of_member(site_key)
    values = settings_form.form_of(site.settings)
    return _page(site, values, is_owner=is_owner)


@blueprint.post("/<site_key>")
def save(site_key: str) -> ResponseReturnValue:
    """Give the site the settings of the form, or the form back with what is wrong."""
    site, member = access.owned(site_key), page.member()
    typed = settings_form.read(request.form, site.settings)
    if typed.settings is None:
        return _page(site, typed.values, typed.errors), 422
    with current_services().database.write() as conn:
        # Read again: somebody may have saved since the form was made, or just now.
        current = sites.locked(conn, site.id)
        if request.form.get("version") != settings_form.version_of(current.settings):
            problem = {"": translate("settings.changed_meanwhile")}
            return _page(current, typed.values, problem), 409
        if typed.settings == current.settings and not current.unreadable:
            return redirect(url_for("site_settings.show", site_key=site_key), 303)
        opened = settings_changes.change_settings(
            conn,
            current,
            typed.settings,
            actor=member.moderator.actor,
            now=page.now(),
        )
    undo = url_for("undo.one", journal_id=opened.public_id)
    flash({"said": translate("settings.saved"), "undo": undo}, "done")  # type: ignore[arg-type]
    return redirect(url_for("site_settings.show", site_key=site_key), 303)


@blueprint.post("/<site_key>/preview")
def preview(site_key: str) -> ResponseReturnValue:
    """The form as it was typed, with what its word lists would have hit."""
    site = access.owned(site_key)
    typed = settings_form.read(request.form, site.settings)
    if any(name in typed.errors for name in WORD_LISTS):
        return _page(site, typed.values, typed.errors), 422
    lists = {
        name: request.form.get(name, "").splitlines() if typed.settings is None
        else getattr(typed.settings, name)
        for name in WORD_LISTS
    }  # fmt: skip
    return _page(site, typed.values, typed.errors, seen=_look(site, lists))


def _look(site: Site, lists: Mapping[str, list[str]]) -> dict[str, Preview]:
    end = time.monotonic() + PREVIEW_SECONDS
    with current_services().database.read() as conn:
        return {
            name: word_list_preview.preview(
                conn,
                site.id,
                [entry.strip() for entry in entries if entry.strip()],
                now=page.now(),
                has_time=lambda: time.monotonic() < end,
            )
            for name, entries in lists.items()
        }


def _page(
    site: Site,
    values: Mapping[str, str],
    errors: Mapping[str, str] | None = None,
    *,
    is_owner: bool = True,
    seen: Mapping[str, Preview] | None = None,
) -> str:
    measured = current_services().scorer.default_thresholds
    return page.page(
        "site/settings.html",
        site=site,
        is_owner=is_owner,
        values=values,
        errors=errors or {},
        version=settings_form.version_of(site.settings),
        modes=list(Mode),
        attributes=[(name, measured[name]) for name in ATTRIBUTES if name in measured],
        word_lists=WORD_LISTS,
        flags=FLAGS,
        lines=LINES,
        shares=SHARES,
        previews=seen or {},
    )
