"""The form with a site's settings, as tests fill it in, and what is stored of it."""

from __future__ import annotations

import re
from typing import Any

from moderation.sites import site
from moderation.sites.settings import SiteSettings
from moderation.storage.database import Database
from moderation.web.site import settings_form

PAGE = "/settings/news"


UNDO = re.compile(r'action="(/review/decided/\w+/undo)"')


def settings_of(database: Database) -> SiteSettings:
    """What is stored."""
    with database.read() as conn:
        found = site.find(conn, "news")
    assert found
    return found.settings


def form(database: Database, **changes: str) -> dict[str, Any]:
    """The form as it stands on the page, with some fields typed otherwise."""
    settings = settings_of(database)
    shown = settings_form.form_of(settings)
    shown = {name: value for name, value in shown.items() if value}
    shown["version"] = settings_form.version_of(settings)
    return {name: value for name, value in (shown | changes).items() if value != "-"}
