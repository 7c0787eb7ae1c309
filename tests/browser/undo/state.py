"""What an act may have changed: in the rows, in the thread, and on the cards."""

from __future__ import annotations

import json
import urllib.request
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Page
from sqlalchemy import func, select

from moderation.demo import address
from moderation.enums import Status
from moderation.schema import (
    accounts,
    authors,
    comments,
    review,
    search,
    sites,
    webhooks,
)
from tests.browser.conftest import News
from tests.factories import ARTICLE

State = dict[str, Any]


def is_idle(news: News) -> bool:
    """Whether all that arrived is decided and described: that would change its card."""
    with news.database.read() as conn:
        waits = comments.comment.c.status == Status.PENDING
        pending = select(func.count()).select_from(comments.comment).where(waits)
        left = select(func.count()).select_from(search.index_queue)
        return not conn.execute(pending).scalar_one() + conn.execute(left).scalar_one()


def state_of(news: News) -> State:
    """All that an act may have changed, without what only says that it happened."""
    ban, note = authors.ban, authors.note
    invitation, webhook = accounts.invitation, webhooks.webhook
    site = sites.site
    asked = {
        "comments": select(comments.comment.c.public_id, comments.comment.c.status),
        "authors": select(
            *(
                comments.author.c[name]
                for name in ("id", "trusted", "banned", "banned_until")
            ),
            *(comments.author.c[name] for name in ("approved", "rejected")),
        ),
        "bans": select(ban.c.kind, ban.c.value).where(ban.c.lifted_at.is_(None)),
        "notes": select(note.c.text).where(note.c.removed_at.is_(None)),
        "webhooks": select(webhook.c.url).where(webhook.c.ended_at.is_(None)),
        "links": select(invitation.c.id).where(invitation.c.withdrawn_at.is_(None)),
        "members": select(accounts.membership),
        "threads": select(comments.thread.c.id, comments.thread.c.is_open),
        "counts": select(review.lane_count.c.kind, review.lane_count.c.waiting),
        "site": select(site.c.settings, site.c.key_generation),
    }
    with news.database.read() as conn:
        found: State = {
            name: sorted(map(repr, conn.execute(each))) for name, each in asked.items()
        }
    url = f"{news.service.url}/api/v1/sites/{address.SITE_KEY}/comments"
    with urllib.request.urlopen(f"{url}?thread={quote(ARTICLE)}", timeout=20) as answer:
        found["published"] = [each["id"] for each in json.load(answer)["comments"]]
    return found


def cards_of(page: Page, news: News) -> list[str]:
    """What stands on the cards, without how long ago that was."""
    page.goto(f"{news.service.url}/review")
    page.locator("[data-cards][data-scripted]").wait_for()
    page.locator(".age").evaluate_all("all => all.forEach((it) => it.remove())")
    return page.locator("[data-card]").all_inner_texts()
