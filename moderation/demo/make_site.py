"""Make the demo's site and its moderator: ``python -m moderation.demo.make_site``.

Before the web server starts, so that whoever finds it ready can post at once. The
password is left for `seed`, which says it below all else.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from moderation.demo.seed import Login, prepare
from moderation.settings import Settings
from moderation.storage.database import connect
from moderation.supervisor.programs import DEMO_LOGIN


def keep(login: Login | None, file: Path) -> None:
    """Write a file that only our user can read, in one step."""
    words = {"email": login.email, "password": login.password} if login else {}
    draft = file.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        json.dump(words, stream)
    draft.replace(file)


def main() -> None:
    """Make what is missing; a login that nobody was told yet is kept."""
    settings = Settings.read().with_secret_key()
    database = connect(settings.sqlalchemy_url)
    try:
        login = prepare(database, settings, now=datetime.now(UTC))
    finally:
        database.close()
    file = settings.data_dir / DEMO_LOGIN
    if login or not file.exists():
        keep(login, file)


if __name__ == "__main__":
    main()
