"""Servers that drip a byte now and then hold nobody longer than a deadline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from sqlalchemy import select

from moderation.accounts import oidc
from moderation.accounts.oidc import AuthorizationRequest
from moderation.accounts.oidc_sessions import asking
from moderation.enums import Status
from moderation.errors import ProviderError
from moderation.ip_addresses import networks
from moderation.notifications import outbox
from moderation.outbound.http_client import NotSentError, Outside
from moderation.schema.notifications import notice
from moderation.schema.webhooks import webhook
from moderation.settings import Settings
from moderation.storage.database import Database
from moderation.storage.job_queue import JobQueue
from moderation.webhooks import endpoints
from tests.dripping import BODY, MAIL, STATUS, TLS_RECORD, Dripping
from tests.factories import a_site
from tests.fakes import FixedScorer
from tests.moderation.settled import Desk
from tests.publisher import Publisher
from tests.travelling import travel
from tests.workers.notices.office import Office
from workers import send_notices, send_webhooks
from workers.budgets import Budget
from workers.runtime import Runtime

LOOPBACK = networks("127.0.0.0/8")
# Long enough for some drops, and far below what a test may take on a busy machine.
SECONDS, MOST = 0.5, 5.0
GRACE = timedelta(seconds=11)
KINDS = {
    "headers": (STATUS, b"X-Drip: 1\r\n"),
    "status": (b"HTTP/1.1 2", b"0"),
    "nothing": (b"", b"H"),
    "tls": (TLS_RECORD, b"\x00"),
}


class Stopwatch:
    """How long a block took."""

    def __enter__(self) -> Stopwatch:
        self._start = monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = monotonic() - self._start


@pytest.mark.parametrize("kind", KINDS)
def test_one_deadline_counts_for_a_whole_exchange(kind: str) -> None:
    scheme = "https" if kind == "tls" else "http"
    outside = Outside(LOOPBACK, seconds=SECONDS)
    with Dripping(*KINDS[kind]).open() as server, Stopwatch() as watch:
        url = f"{scheme}://127.0.0.1:{server.port}/"
        with pytest.raises(NotSentError, match="timeout"):
            outside.post(url, b"{}", {})
    assert SECONDS <= watch.seconds < MOST
    assert server.connections == 1


def _runtime(database: Database, settings: Settings) -> Runtime:
    return Runtime(settings, database, JobQueue.at(settings.redis_url), FixedScorer())


def _listen(database: Database, url: str) -> None:
    with database.write() as conn:
        site = a_site(conn)
        endpoints.add(conn, site, url, actor="x", now=datetime.now(UTC))


def test_the_servers_of_other_sites_are_told_in_the_same_job(
    database: Database, make_settings: Callable[..., Settings]
) -> None:
    runtime = _runtime(database, make_settings(webhook_networks="127.0.0.0/8"))
    with Dripping().open() as slow, Publisher().open() as other:
        for _ in range(2):
            _listen(database, f"http://127.0.0.1:{slow.port}/")
        _listen(database, other.url)

        with Stopwatch() as watch:
            sent = send_webhooks.deliver(runtime, Budget(30, exchange_seconds=SECONDS))

    assert (sent, len(other.bodies), slow.connections) == (1, 1, 2)
    assert watch.seconds < 2 * MOST
    with database.read() as conn:
        rows = conn.execute(select(webhook).order_by(webhook.c.id)).all()
    assert [row.last_result for row in rows] == ["timeout", "timeout", "204"]
    assert [row.failures for row in rows] == [1, 1, 0]
    assert all(row.claimed_until is None for row in rows)


def test_a_job_begins_nothing_when_its_time_is_used_up(
    database: Database, make_settings: Callable[..., Settings]
) -> None:
    runtime = _runtime(database, make_settings(webhook_networks="127.0.0.0/8"))
    with Dripping().open() as slow:
        for _ in range(3):
            _listen(database, f"http://127.0.0.1:{slow.port}/")

        assert (
            send_webhooks.deliver(runtime, Budget(0.1, exchange_seconds=SECONDS)) == 0
        )

    assert slow.connections == 1
    assert send_webhooks.is_due(runtime), "the next job goes on"


def test_an_attempt_of_a_job_that_is_killed_counts(
    database: Database, make_settings: Callable[..., Settings]
) -> None:
    """What a process that dies in the middle of an exchange leaves in the store."""
    runtime = _runtime(database, make_settings(webhook_networks="127.0.0.0/8"))
    seen: list[tuple[int, bool, str]] = []
    with Publisher().open() as publisher:
        _listen(database, publisher.url)

        def look() -> None:
            with database.read() as conn:
                row = conn.execute(select(webhook)).one()
            assert row.paused_until > datetime.now(UTC)
            seen.append((row.failures, row.wants_trial, row.last_result))

        publisher.on_post = look
        assert send_webhooks.deliver(runtime, Budget()) == 1

    assert seen == [(1, False, "unanswered")]
    with database.read() as conn:
        row = conn.execute(select(webhook)).one()
    assert (row.failures, row.failing_since, row.paused_until) == (0, None, None)


@pytest.mark.parametrize("head", [b"220-wait\r\n", MAIL], ids=["greeting", "ehlo"])
def test_a_mail_server_that_drips_is_one_that_is_away(
    database: Database, make_settings: Callable[..., Settings], head: bytes
) -> None:
    with Dripping(head, b"-wait\r\n250").open() as slow:
        settings = make_settings(smtp_url=f"smtp://127.0.0.1:{slow.port}")
        runtime = _runtime(database, settings)
        with database.write() as conn:
            site = a_site(conn)
        desk = Desk(database, site)
        office = Office(desk, runtime, postbox=None)  # type: ignore[arg-type]
        desk.rule(office.comment(), Status.APPROVED)

        with Stopwatch() as watch, travel(datetime.now(UTC) + GRACE):
            sent = send_notices.deliver(runtime, Budget(exchange_seconds=SECONDS))

    assert sent == 0
    assert watch.seconds < MOST
    with database.read() as conn:
        row = conn.execute(select(notice)).one()
    assert (row.attempts, row.failed_at, row.handed_at) == (1, None, None)
    assert row.claimed_until is None


def test_a_notice_whose_job_is_killed_each_time_is_given_up(
    database: Database,
) -> None:
    with database.write() as conn:
        site = a_site(conn)
    desk = Desk(database, site)
    office = Office(desk, runtime=None, postbox=None)  # type: ignore[arg-type]
    desk.rule(office.comment(), Status.APPROVED)

    claims, now = 0, datetime.now(UTC) + GRACE
    for _ in range(outbox.ATTEMPTS_MAX + 2):
        with database.write() as conn:
            claims += outbox.claim(conn, grace=timedelta(0), now=now) is not None
        now += 2 * outbox.LEASE

    assert claims == outbox.ATTEMPTS_MAX
    with database.read() as conn:
        assert conn.execute(select(notice.c.failed_at)).scalar_one() is not None


@pytest.mark.parametrize("store", ["sqlite"])
@pytest.mark.parametrize(
    ("head", "drop"), [(STATUS, b"X-Drip: 1\r\n"), (BODY, b" ")], ids=["head", "body"]
)
def test_a_provider_that_drips_is_one_that_is_away(
    database: Database, make_settings: Callable[..., Settings], head: bytes, drop: bytes
) -> None:
    with Dripping(head, drop).open() as slow:
        settings = make_settings(
            oidc_issuer=f"http://localhost:{slow.port}",
            oidc_client_id="moderation",
            oidc_client_secret="secret",
        )
        journey = AuthorizationRequest("state", "nonce", "verifier")
        answer = {"state": "state", "code": "code"}
        back = "http://localhost/back"
        with Stopwatch() as watch, pytest.raises(ProviderError, match="away"):
            oidc.address(settings, back, journey, seconds=SECONDS)
        assert watch.seconds < MOST
        with Stopwatch() as watch, pytest.raises(ProviderError, match="away"):
            oidc.identify(settings, back, journey, answer, seconds=SECONDS)
        assert watch.seconds < MOST


@pytest.mark.parametrize("store", ["sqlite"])
def test_what_a_provider_names_besides_itself_must_be_public(
    database: Database, make_settings: Callable[..., Settings]
) -> None:
    settings = make_settings(
        oidc_issuer="https://id.example.org",
        oidc_client_id="moderation",
        oidc_client_secret="secret",
    )
    with asking(settings) as asked, asked.session("") as session:
        for host in ("10.0.0.1", "localhost", "[fd00::1]", "[::127.0.0.1]"):
            with pytest.raises(NotSentError, match="address_forbidden"):
                session.request("GET", f"https://{host}/token", withhold_token=True)
