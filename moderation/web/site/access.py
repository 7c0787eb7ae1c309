"""Which site of the moderator an address names, and whether they own it."""

from __future__ import annotations

from flask import abort

from moderation.enums import Role
from moderation.sites.site import Site
from moderation.web.desk import page
from moderation.web.language import translate


def of_member(site_key: str) -> tuple[Site, bool]:
    """The site, and whether it is theirs to change; other sites do not exist."""
    for site, role in page.member().sites:
        if site.key == site_key:
            return site, role is Role.OWNER
    abort(404)


def owned(site_key: str) -> Site:
    """The site, for those who may change how it works; 403 for its other members."""
    site, is_owner = of_member(site_key)
    if not is_owner:
        abort(403, translate("settings.owners_only"))
    return site
