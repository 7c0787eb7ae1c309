"""Comments that say the same, decided and described, and the clusters they are in."""

from __future__ import annotations

from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_comment
from workers.index import describe
from workers.runtime import Runtime
from workers.score import drain

WAVE = (
    "Buy the finest watches of the whole town at {host} today: cheap prices, fast"
    " delivery and only good reviews, so do not wait any longer."
)
OTHER = (
    "The harbour is far too small for the ferries that the town wants to have there."
)


def post(database: Database, runtime: Runtime, site: Site, *texts: str) -> list[str]:
    """Comments that are decided and described; their public ids."""
    with database.write() as conn:
        ids = [a_comment(conn, site, each).public_id for each in texts]
    assert drain(runtime) == len(texts)
    assert describe(runtime) == len(texts)
    return ids
