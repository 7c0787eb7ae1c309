"""``invite`` and ``reset-login``: the way in for people, and the way back in."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import click

from moderation.accounts import invitations, moderators, sessions, two_factor
from moderation.commands import store
from moderation.enums import Role
from moderation.settings import Settings
from moderation.sites import site as sites


@click.command()
@click.argument("site")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def invite(site: str, role: str) -> None:
    """Print a link that gives whoever opens it first the ROLE on SITE, for 7 days."""
    settings = Settings.read()
    with store.current(settings) as database, database.write() as conn:
        found = sites.find(conn, site)
        if found is None:
            raise click.ClickException(f"there is no site {site!r}")
        token = invitations.invite(
            conn, found, Role(role), by=None, now=datetime.now(UTC)
        )
    click.echo(f"{settings.base_url}/invitations/{token}")


@click.command()
@click.argument("email")
def reset_login(email: str) -> None:
    """Print a new password for the moderator with this EMAIL who lost the way in.

    The second factor is turned off and all sessions end.
    """
    password = secrets.token_urlsafe(15)
    with store.current(Settings.read()) as database, database.write() as conn:
        found = moderators.find(conn, email)
        if found is None:
            raise click.ClickException("there is no moderator with this e-mail")
        moderators.set_password(conn, found.id, password)
        two_factor.turn_off(conn, found.id)
        sessions.end_others(conn, found.id)
    click.echo(f"Password: {password}")
