"""A moderator's own numbers, and the second looks that they count."""

from __future__ import annotations

import re
from collections.abc import Callable

from moderation.accounts.moderators import Moderator
from moderation.comments.draft import Stored
from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.web.acting import decide, save
from tests.web.person import Person

Hold = Callable[..., Stored]


def test_ones_own_numbers_count_decisions_and_second_looks(
    owner_of: Callable[..., Person], database: Database, site: Site, hold: Hold
) -> None:
    first, second = owner_of(site), owner_of(site)
    save(first, database, second_look_percent="100")
    three = [hold() for _ in range(3)]
    for each in three:
        decide(first, each, "approved")
    decide(second, three[0], "rejected:spam")
    taken_back = hold()
    decide(first, taken_back, "approved")
    first.undo_latest()

    mine, theirs = first.read("/audit/mine"), second.read("/audit/mine")

    assert "3 decisions; hours in which you decided at all: 1" in mine
    assert "of 1 comment that somebody else judged anew, unknowing" in mine
    assert re.search(r"second looks</dt>\s*<dd><strong>0</strong>", mine)
    assert "1 decision; hours in which you decided at all: 1" in theirs
    assert "of 0 comments" in theirs


def test_a_second_look_is_not_told_what_was_decided(
    owner_of: Callable[..., Person], database: Database, site: Site, hold: Hold
) -> None:
    first, second = owner_of(site), owner_of(site)
    save(first, database, second_look_percent="100")
    stored = hold()
    decide(first, stored, "rejected:abuse")

    lane = second.read("/review?lane=spot_check")
    alone = second.read(f"/review/{stored.public_id}")

    assert f'id="card-{stored.public_id}"' in lane
    assert "spot check" in lane
    assert "first time here" in lane
    for told in ("verdict-rejected", "1 rejected", "Decided last", "/audit?comment="):
        assert told not in lane
        assert told not in alone
    assert 'value="approved"' in lane
    assert 'value="rejected:spam"' in lane
    assert stored.public_id not in first.read("/review?lane=spot_check")


def test_nobody_asks_for_the_numbers_of_somebody_else(
    owner_of: Callable[..., Person], site: Site, hold: Hold, moderator: Moderator
) -> None:
    first, second = owner_of(site), owner_of(site)
    decide(first, hold(), "approved")

    page = second.read(f"/audit/mine?person={moderator.actor}")

    assert "0 decisions; hours in which you decided at all: 0" in page
