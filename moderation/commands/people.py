"""``add-site``, ``add-moderator`` and ``keys``: who uses the service."""

from __future__ import annotations

import json
import secrets
import sys
from dataclasses import asdict
from datetime import UTC, datetime

import click
from sqlalchemy.exc import IntegrityError

from moderation.accounts import moderators
from moderation.commands import store
from moderation.enums import Role
from moderation.settings import Settings
from moderation.signing import Keyring
from moderation.sites import keys as site_keys
from moderation.sites import site as sites


@click.command()
@click.argument("key")
@click.argument("name")
@click.option(
    "--origin",
    "origins",
    multiple=True,
    required=True,
    help="Where the form may be sent from, such as https://www.example.org.",
)
def add_site(key: str, name: str, origins: tuple[str, ...]) -> None:
    """Add the site NAME under the public KEY that its pages will use."""
    now = datetime.now(UTC)
    with store.current(Settings.read()) as database:
        try:
            with database.write() as conn:
                sites.add(conn, key=key, name=name, origins=origins, now=now)
        except ValueError as error:
            raise click.ClickException(str(error)) from None
        except IntegrityError:
            raise click.ClickException(f"there is a site {key!r} already") from None
    click.echo(f"Added. Its keys: moderation keys {key}")


@click.command()
@click.argument("email")
@click.option("--name", required=True, help="How others see this moderator.")
@click.option("--site", "keys", multiple=True, required=True, help="A site's key.")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    default=Role.MODERATOR.value,
    show_default=True,
)
@click.option("--random", is_flag=True, help="Make a password and print it once.")
def add_moderator(
    email: str, *, name: str, keys: tuple[str, ...], role: str, random: bool
) -> None:
    """Let a person with this EMAIL moderate one site or several.

    The password is asked for on a terminal, else read from standard input.
    """
    password = secrets.token_urlsafe(15) if random else _ask_for_password()
    now = datetime.now(UTC)
    with store.current(Settings.read()) as database:
        try:
            with database.write() as conn:
                added = moderators.add(
                    conn, email=email, name=name, password=password, now=now
                )
                for key in keys:
                    site = sites.find(conn, key)
                    if site is None:
                        raise click.ClickException(f"there is no site {key!r}")
                    moderators.join(conn, added.id, site.id, Role(role))
        except ValueError as error:
            raise click.ClickException(str(error)) from None
        except IntegrityError:
            message = f"there is a moderator {email} already"
            raise click.ClickException(message) from None
    click.echo("Added." + (f" Password: {password}" if random else ""))


@click.command("keys")
@click.argument("site")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def print_keys(site: str, as_json: bool) -> None:
    """Print the keys of SITE: public, secret and for Akismet's clients."""
    settings = Settings.read().with_secret_key()
    with store.current(settings) as database, database.read() as conn:
        found = sites.find(conn, site)
    if found is None:
        raise click.ClickException(f"there is no site {site!r}")
    keys = asdict(site_keys.of(found, Keyring(settings.secret_key)))
    if as_json:
        click.echo(json.dumps(keys))
    else:
        for name, value in keys.items():
            click.echo(f"{name:8}{value}")


def _ask_for_password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")
