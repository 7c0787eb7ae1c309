"""The command ``moderation``."""

from __future__ import annotations

import sys

import click

from moderation import logs
from moderation.commands.members import invite, reset_login
from moderation.commands.merging import merge_threads
from moderation.commands.people import add_moderator, add_site, print_keys
from moderation.commands.scores import score
from moderation.commands.serve import migrate, up, web, worker
from moderation.commands.upkeep import mark_author, open_thread, site_settings
from moderation.errors import ModerationError
from moderation.storage.data_folder import is_full, private_files

COMMANDS = (
    *(up, web, worker, migrate),
    *(add_site, site_settings, add_moderator, mark_author, open_thread, print_keys),
    merge_threads,
    *(invite, reset_login),
    score,
)
CANNOT_START = 2


@click.group(
    commands=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
def moderation() -> None:
    """Comment moderation behind the "Leave a Reply" form."""


def main() -> None:
    """Run a command; what stands in its way is one line and exit code 2."""
    sys.excepthook = logs.write_crash
    try:
        with private_files():
            moderation(prog_name="moderation")
    except ModerationError as error:
        click.echo(f"moderation: {error}", err=True)
        sys.exit(CANNOT_START)
    except OSError as error:
        if not is_full(error):
            raise
        place = f" ({error.filename})" if error.filename else ""
        click.echo(f"moderation: the disk is full{place}: make room", err=True)
        sys.exit(CANNOT_START)
