"""From a parsed submission to a comment on disk: what both doors share."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from flask import request
from flask_limiter import RateLimitExceeded
from sqlalchemy.exc import OperationalError

from moderation import comments, guard, metrics, sites
from moderation.comments import Stored
from moderation.errors import Refused
from moderation.guard import Visit
from moderation.sites import Site, origin_of
from moderation.submissions import Door, Submission
from moderation.web.services import Services, services

OFF = "off"


@dataclass(frozen=True)
class Receipt:
    """What the author of a stored comment gets."""

    stored: Stored
    status_url: str
    edit_token: str


def receive(submission: Submission, site: Site) -> Receipt:
    """Check, store and ring; Refused when the submission is turned away.

    Returns only when the comment is on disk. The ring comes after that and may
    fail: the sweep finds what nobody rang for.
    """
    desk = services()
    visit = examine(submission, site)
    guard.check(visit)
    _limit(desk, submission, site)
    draft = comments.draft(
        submission,
        site,
        desk.keyring,
        seconds_on_form=visit.seconds_on_form,
        now=datetime.now(UTC),
    )
    try:
        stored = desk.intake.submit(draft)
    except OperationalError as error:
        raise Refused("store_unavailable", retry_after=5) from error
    if isinstance(stored, Refused):
        raise stored
    metrics.ACCEPTED.inc()
    return receipt(desk, stored)


def receipt(desk: Services, stored: Stored) -> Receipt:
    """The links and tokens that belong to a comment."""
    token = desk.keyring.sign("status", stored.public_id)
    return Receipt(
        stored=stored,
        status_url=f"{desk.settings.base_url}/comments/{token}",
        edit_token=desk.keyring.sign("edit", stored.public_id),
    )


def examine(submission: Submission, site: Site) -> Visit:
    """The submission with what the service knows about its form."""
    desk = services()
    opened = (
        desk.keyring.form_opened(site.key, submission.form_token)
        if submission.form_token
        else None
    )
    return Visit(
        submission=submission,
        site=site,
        seconds_on_form=time.time() - opened if opened is not None else None,
        form_min_seconds=desk.settings.form_min_seconds,
        form_max_seconds=desk.settings.form_max_hours * 3600,
    )


def foreign_origin() -> str | None:
    """The Origin of the request unless it is our own, as on the form shown again."""
    origin = request.headers.get("Origin")
    if origin is None or origin_of(origin) == origin_of(request.host_url):
        return None
    return origin


def calls_with_secret(site: Site) -> bool:
    """Whether the caller proved to be the site's server; Refused for a wrong key."""
    header = request.headers.get("Authorization")
    if header is None:
        return False
    kind, _, secret = header.partition(" ")
    if kind != "Bearer" or not sites.is_secret(site, services().keyring, secret):
        raise Refused("unauthorized")
    return True


def _limit(desk: Services, submission: Submission, site: Site) -> None:
    """Count the submission against its address and its site.

    A server speaks for many visitors: only the site's limit holds for it.
    """
    limits = [("site_rate_limited", desk.settings.rate_limit_site, f"site:{site.key}")]
    if submission.door is not Door.SERVER and submission.address:
        digest = desk.keyring.address(submission.address).hex()
        address = desk.settings.rate_limit_address
        limits.append(("rate_limited", address, f"address:{digest}"))
    for code, limit, key in limits:
        if limit == OFF:
            continue
        try:
            with desk.limiter.limit(limit, key_func=partial(str, key), scope="intake"):
                pass
        except RateLimitExceeded:
            current = desk.limiter.current_limit
            reset = current.reset_at if current else time.time() + 60
            seconds = max(1, round(reset - time.time()))
            raise Refused(code, seconds=seconds, retry_after=seconds) from None
