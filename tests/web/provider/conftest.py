"""A provider in a process of its own, and the service that asks it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
import requests
from flask import Flask

from moderation.app import create_app
from moderation.settings import Settings
from tests.conditions import eventually
from tests.service import free_address
from tests.web.person import Person
from tests.web.provider.ways import Provider


@pytest.fixture(scope="package")
def provider() -> Iterator[Provider]:
    """The provider, running and ready."""
    port = free_address().rpartition(":")[2]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.web.checking_provider", port],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    issuer = f"http://localhost:{port}"
    eventually(lambda: _answers(issuer), what="the provider's first answer", within=30)
    yield Provider(issuer)
    process.terminate()
    process.wait(10)


def _answers(issuer: str) -> bool:
    try:
        return requests.get(issuer, timeout=5).ok
    except requests.ConnectionError:
        return False


@pytest.fixture
def app(make_settings: Callable[..., Settings], provider: Provider) -> Iterator[Flask]:
    """The application with the provider in its settings."""
    app = create_app(
        make_settings(
            oidc_issuer=provider.issuer,
            oidc_client_id="moderation",
            oidc_client_secret="a secret of the two",
            oidc_name="Example",
        )
    )
    yield app
    app.extensions["moderation"].database.close()


@pytest.fixture
def person(app: Flask) -> Person:
    """Somebody whom nobody knows."""
    return Person(app.test_client())
