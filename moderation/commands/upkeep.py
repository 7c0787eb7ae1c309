"""``settings``, ``author`` and ``thread``: how careful a site is, and with whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click
from pydantic import ValidationError
from sqlalchemy import Connection

from moderation.audit import actors
from moderation.authors import flags
from moderation.commands import store
from moderation.comments import thread_state
from moderation.errors import NotFound
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.sites import settings_changes
from moderation.sites import site as sites
from moderation.sites.page_addresses import identities
from moderation.sites.settings import SiteSettings
from moderation.sites.site import Site

_MARKS = {
    "trust": {"trusted": True, "banned": False},
    "ban": {"trusted": False, "banned": True},
    "clear": {"trusted": False, "banned": False},
}


@click.command("settings")
@click.argument("site")
@click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="NAME=VALUE",
    help="Change one; VALUE is JSON or a plain word, such as mode=hold_all.",
)
def site_settings(site: str, changes: tuple[str, ...]) -> None:
    """Print the settings of SITE as JSON, after changing what is asked for."""
    with _writing(site) as (conn, found):
        settings = found.settings
        if changes:
            settings = _changed(settings, changes)
            now = datetime.now(UTC)
            settings_changes.change_settings(
                conn, found, settings, actor=actors.OPERATOR, now=now
            )
    click.echo(settings.model_dump_json(indent=2))


@click.command("author")
@click.argument("site")
@click.argument("email")
@click.argument("mark", type=click.Choice(sorted(_MARKS)))
def mark_author(site: str, email: str, mark: str) -> None:
    """Trust or ban the author with this EMAIL on SITE, or clear both."""
    keyring = Keyring(Settings.read().with_secret_key().secret_key)
    identity = keyring.author(email=email, name="")
    with _writing(site) as (conn, found):
        now = datetime.now(UTC)
        flags.flag_author(
            conn, found, identity, _MARKS[mark], actor=actors.OPERATOR, now=now
        )
    click.echo("Done. It counts for what they write from now on.")


@click.command("thread")
@click.argument("site")
@click.argument("url")
@click.argument("state", type=click.Choice(["open", "close"]))
def open_thread(site: str, url: str, state: str) -> None:
    """Open or close the discussion under the page URL of SITE."""
    with _writing(site) as (conn, found):
        now = datetime.now(UTC)
        try:
            page = identities(url, found.page_rules)
            thread_state.open_thread(
                conn, found, page, state == "open", actor=actors.OPERATOR, now=now
            )
        except NotFound:
            message = f"nobody has commented on {url} yet"
            raise click.ClickException(message) from None
    click.echo("Done.")


@contextmanager
def _writing(key: str) -> Iterator[tuple[Connection, Site]]:
    with store.current(Settings.read()) as database, database.write() as conn:
        found = sites.find(conn, key)
        if found is None:
            raise click.ClickException(f"there is no site {key!r}")
        yield conn, found


def _changed(settings: SiteSettings, changes: tuple[str, ...]) -> SiteSettings:
    document = settings.model_dump(mode="json")
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise click.ClickException(f"{change!r}: use NAME=VALUE")
        try:
            document[name] = json.loads(value)
        except json.JSONDecodeError:
            document[name] = value
    try:
        return SiteSettings.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        raise click.ClickException(f"{name}: {first['msg']}") from None
