"""What owners and moderators do before something can be read about it."""

from __future__ import annotations

import re

from moderation.comments.draft import Stored
from moderation.sites import site
from moderation.storage.database import Database
from moderation.web.site import settings_form
from tests.web.person import Person


def save(person: Person, database: Database, **changes: str) -> None:
    """Change settings of the site."""
    with database.read() as conn:
        found = site.find(conn, "news")
    assert found
    form = settings_form.form_of(found.settings)
    form["version"] = settings_form.version_of(found.settings)
    typed = {name: value for name, value in (form | changes).items() if value}
    assert person.send("/settings/news", "/settings/news", **typed).status_code == 303


def decide(person: Person, stored: Stored, choice: str) -> None:
    """Decide about a comment on its own page, after looking at the lane."""
    path = f"/review/{stored.public_id}"
    page = person.client.get(path).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert token
    assert seen
    form = {"csrf_token": token[1], "choice": choice, "revision": "1", "seen": seen[1]}
    referrer = {"Referer": "http://localhost/review?lane=held"}
    answer = person.client.post(path, data=form, headers=referrer)
    assert answer.status_code == 303, answer.text
