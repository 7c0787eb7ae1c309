"""From a parsed submission to a comment on disk: what both doors share."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import request

from moderation import metrics
from moderation.comments import guard
from moderation.comments.draft import Stored
from moderation.comments.guard import FormContext
from moderation.comments.submission import Channel, Submission
from moderation.comments.submit import draft as draft_submit
from moderation.errors import Refused
from moderation.ip_addresses import visitor_of
from moderation.sites import keys
from moderation.sites.site import Site
from moderation.sites.urls import origin_of
from moderation.storage import store_errors
from moderation.storage.rate_limits import OFF
from moderation.web.language import locale
from moderation.web.services import Services, current_services


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
    desk = current_services()
    visit = examine(submission, site)
    guard.check(visit)
    limit_visits(site, "" if submission.door is Channel.SERVER else submission.address)
    # Without a mail server nobody would ever be told.
    notifies = (
        submission.notify
        and site.settings.offers_notices
        and bool(desk.settings.smtp_url)
    )
    draft = draft_submit(
        submission,
        site,
        desk.keyring,
        seconds_on_form=_believable(visit.seconds_on_form),
        now=datetime.now(UTC),
        notify_in=locale() if notifies else "",
    )
    try:
        with desk.database.slot():
            stored = desk.intake.submit(draft)
    except store_errors.StoreError as error:
        if not store_errors.is_unavailable(error):
            raise
        raise Refused("store_unavailable", retry_after=5) from error
    if isinstance(stored, Refused):
        raise stored
    if not stored.is_repeat:
        metrics.ACCEPTED.inc()
    return receipt(desk, stored)


def _believable(seconds: float | None) -> float | None:
    """How long the form was open; unknown where a clock was put back meanwhile."""
    return None if seconds is not None and seconds < 0 else seconds


def receipt(desk: Services, stored: Stored) -> Receipt:
    """The links and tokens that belong to a comment."""
    token = desk.keyring.sign("status", stored.public_id)
    return Receipt(
        stored=stored,
        status_url=f"{desk.settings.base_url}/comments/{token}",
        edit_token=desk.keyring.sign("edit", stored.public_id),
    )


def examine(submission: Submission, site: Site) -> FormContext:
    """The submission with what the service knows about its form."""
    desk = current_services()
    opened = (
        desk.keyring.form_opened(site.key, submission.form_token)
        if submission.form_token
        else None
    )
    return FormContext(
        submission=submission,
        site=site,
        seconds_on_form=time.time() - opened if opened is not None else None,
        form_min_seconds=desk.settings.form_min_seconds,
        form_max_seconds=desk.settings.form_max_hours * 3600,
    )


def foreign_origin() -> str | None:
    """The Origin of the request unless it is our own, as on the form shown again.

    ``null`` is foreign too: a script's request names its page whatever the referrer
    policy, unless that page is one that nobody answers for.
    """
    origin = request.headers.get("Origin")
    if origin is None or origin_of(origin) == origin_of(request.host_url):
        return None
    return origin


def foreign_origin_of_form() -> str | None:
    """The same for the comment form, where ``null`` says no more than no Origin at all.

    Browsers send it from pages with a strict referrer policy, the page's own or a proxy's.
    """
    origin = foreign_origin()
    return None if origin == "null" else origin


def calls_with_secret(site: Site) -> bool:
    """Whether the caller proved to be the site's server; Refused for a wrong key."""
    header = request.headers.get("Authorization")
    if header is None:
        return False
    kind, _, secret = header.partition(" ")
    if kind != "Bearer" or not keys.is_secret(site, current_services().keyring, secret):
        raise Refused("unauthorized")
    return True


def limit_reader() -> str:
    """Count a report or an appeal; the keyed hash of who sends it, Refused if one too many."""
    desk = current_services()
    visitor = desk.keyring.address(visitor_of(request.remote_addr or "")).hex()
    limit = desk.settings.rate_limit_reader
    seconds = desk.rates.seconds_to_wait(limit, "reader", visitor)
    if seconds:
        raise Refused("rate_limited", seconds=seconds, retry_after=seconds)
    return visitor


def limit_visits(site: Site, address: str) -> None:
    """Count a visit for its address and then for its site; Refused when it is one too many.

    A server speaks for many visitors and gives no address: only the site's limit
    holds for it. Who is over the limit of an address uses up nothing of the site's.
    """
    desk = current_services()
    settings, rates = desk.settings, desk.rates
    if address and settings.rate_limit_address != OFF:
        digest = desk.keyring.address(visitor_of(address)).hex()
        seconds = rates.seconds_to_wait(settings.rate_limit_address, "address", digest)
        if seconds:
            raise Refused("rate_limited", seconds=seconds, retry_after=seconds)
    seconds = rates.seconds_to_wait(settings.rate_limit_site, "site", site.key)
    if seconds:
        raise Refused("site_rate_limited", seconds=seconds, retry_after=seconds)
