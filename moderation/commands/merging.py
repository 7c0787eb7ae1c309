"""``merge-threads``: make one of the threads that a page has under several names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import click

from moderation.actions import merge_threads as merges
from moderation.actions.merge_threads import Split
from moderation.audit import actors
from moderation.commands import store
from moderation.errors import StoreBusy
from moderation.settings import Settings
from moderation.sites import site as sites


@click.command("merge-threads")
@click.argument("site")
@click.option("--apply", "applies", is_flag=True, help="Do it; without, only show it.")
def merge_threads(site: str, applies: bool) -> None:
    """Show the pages of SITE with several threads, or under an earlier name; merge them."""
    with store.current(Settings.read()) as database:
        with database.read() as conn:
            found = sites.find(conn, site)
            if found is None:
                raise click.ClickException(f"there is no site {site!r}")
            splits = merges.find(conn, found)
        click.echo("\n".join(_table(splits)))
        if not applies:
            if splits:
                click.echo("Nothing was changed. To do it: add --apply.")
            return
        for split in splits:
            try:
                merges.merge(
                    database, found, split, actor=actors.OPERATOR, now=datetime.now(UTC)
                )
            except StoreBusy:
                message = f"{split.identity} is too busy now: run this again later"
                raise click.ClickException(message) from None
    click.echo("Done.")


def _table(splits: Sequence[Split]) -> list[str]:
    """A line for each thread, by page; the first of a page stays."""
    if not splits:
        return ["Every page has one thread, under the name that it has now."]
    lines = [f"{'comments':>8}  {'':6}  thread"]
    for split in splits:
        lines.append(split.identity)
        lines += [
            f"{part.comments:>8}  {'' if part.is_open else 'closed':6}  {part.identity}"
            for part in split.parts
        ]
    threads = sum(len(split.parts) for split in splits)
    return [*lines, f"{threads} threads of {len(splits)} pages."]
