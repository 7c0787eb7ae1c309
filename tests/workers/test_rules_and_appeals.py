"""Whoever runs the rules decides no appeal by it that is not theirs to decide."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from moderation.actions import rerun_policy
from moderation.enums import Kind, Mode, Status
from moderation.feedback import appeals
from moderation.sites.settings import SiteSettings
from moderation.storage.database import Database
from tests.factories import a_site
from tests.moderation.settled import Desk
from workers.runtime import Runtime
from workers.score import drain


@pytest.fixture
def desk(database: Database) -> Desk:
    with database.write() as conn:
        site = a_site(conn, settings=SiteSettings(mode=Mode.HOLD_ALL))
    return Desk(database, site)


def test_the_rules_leave_a_contested_rejection_of_ones_own_alone(
    desk: Desk, runtime: Runtime
) -> None:
    public_id = desk.comment(None)
    drain(runtime)
    rejection = desk.rule(public_id, Status.REJECTED)
    with desk.database.write() as conn:
        appeals.submit(conn, public_id, "Why?", datetime.now(UTC))
    desk.undo(rejection)
    loose = SiteSettings(mode=Mode.PUBLISH_UNLESS_FLAGGED)
    site = replace(desk.site, settings=loose)

    done = []
    for number in (0, 1):
        with desk.database.write() as conn:
            now = datetime.now(UTC)
            done.append(rerun_policy.apply(conn, desk.acting(number), site, {}, now)[1])

    assert done == [0, 1]
    assert desk.lane(Kind.APPEALED) == []
