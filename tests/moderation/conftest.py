"""A site, and a visitor at each of its doors."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from moderation.sites.site import Site
from moderation.storage.database import Database
from tests.factories import a_site
from tests.moderation.visitor import DOORS, Visitor


@pytest.fixture
def site(database: Database) -> Site:
    with database.write() as conn:
        return a_site(conn, key="news")


@pytest.fixture(params=DOORS)
def visitor(request: pytest.FixtureRequest, client: FlaskClient, site: Site) -> Visitor:
    return Visitor(client, request.param)
