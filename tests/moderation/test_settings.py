"""Settings: what stops the start, and what is made when it is missing."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from moderation.errors import BadSetting
from moderation.settings import Settings


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        # Not an address to listen at.
        ("BIND", "8000", "HOST:PORT"),
        ("BIND", "127.0.0.1:99999", "HOST:PORT"),
        ("BIND", "127.0.0.1:", "HOST:PORT"),
        # Stores that we do not speak to.
        ("DATABASE_URL", "mysql://db/moderation", "postgresql://"),
        ("REDIS_URL", "localhost:6379", "redis://"),
        # Numbers that make no sense.
        ("WEB_WORKERS", "0", "greater than or equal to 1"),
        ("BATCH_SIZE", "many", "integer"),
        ("LEASE_SECONDS", "1", "greater than or equal to 2"),
        ("SWEEP_SECONDS", "-1", "greater than or equal to 0.1"),
        ("FORM_MAX_HOURS", "0", "greater than 0"),
        # Limits that cannot be read; no limit is said in a word.
        ("RATE_LIMIT_SITE", "a lot", "5 per minute"),
        ("RATE_LIMIT_ADDRESS", "", None),
        ("RATE_LIMIT_ADDRESS", "off", None),
        ("LOG_LEVEL", "loud", "debug|info|warning|error"),
        # Empty means not set.
        ("BIND", "", None),
    ],
)
def test_a_bad_value_is_named_with_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str | None
) -> None:
    monkeypatch.setenv(f"MODERATION_{name}", value)
    if said is None:
        assert Settings.read()
        return

    with pytest.raises(BadSetting) as bad:
        Settings.read()

    assert f"MODERATION_{name}={value!r}" in str(bad.value)
    assert said in str(bad.value)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u:p@db/m", "postgresql+psycopg://u:p@db/m"),
        ("postgres://u:p@db/m", "postgresql+psycopg://u:p@db/m"),
        ("sqlite:////data/m.sqlite3", "sqlite:////data/m.sqlite3"),
        ("", "sqlite:////data/moderation.sqlite3"),
    ],
)
def test_the_database_gets_the_driver_that_is_shipped(given: str, used: str) -> None:
    settings = Settings(data_dir=Path("/data"), database_url=given)

    assert settings.sqlalchemy_url == used


def test_links_lead_to_where_visitors_are() -> None:
    assert Settings(bind="0.0.0.0:8000").base_url == "http://0.0.0.0:8000"
    public = Settings(public_url="https://comments.example.org/")
    assert public.base_url == "https://comments.example.org"


def test_a_secret_key_is_made_once_by_many_and_kept_to_ourselves(
    tmp_path: Path,
) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: settings.with_secret_key().secret_key, range(16)))

    (key,) = keys
    assert len(key) > 40
    (path,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_given_secret_key_is_written_nowhere(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", secret_key="given")

    assert settings.with_secret_key().secret_key == "given"
    assert not (tmp_path / "data").exists()
