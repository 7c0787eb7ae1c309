"""Put pending comments before the policy of their site, each by itself."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import structlog
from sqlalchemy import Connection

from classifiers.text.links import find_links
from moderation.comments.pending import Pending
from moderation.decisions.choice import Choice
from moderation.enums import Status
from moderation.ids import sample_fraction
from moderation.policy import fallback, rules
from moderation.sites.settings import Threshold
from moderation.sites.site import Site, by_id

# Of the processor, for the comments of one site in a batch: a batch before a long list
# takes a tenth of it.
JUDGING_NS = 2_000_000_000

# Whoever cannot read these settings cannot judge; `settings` is the whole document.
_NEEDED = frozenset(
    (
        "settings",
        "mode",
        "thresholds",
        "links_allowed",
        "blocked_words",
        "suspect_words",
    )
)

log = structlog.get_logger(__name__)


class Judged(NamedTuple):
    """The policy's verdict and what sorts the lanes."""

    verdict: rules.Verdict
    risk: float
    doubt: float
    spot_check: bool


def judge(
    pending: Pending,
    site: Site | None,
    scores: Mapping[str, float] | None,
    defaults: Mapping[str, Threshold],
) -> Judged:
    """Put one comment before the policy of its site; never raises.

    Whatever goes wrong is about this comment or the settings of its site, and a person
    looks at it: nobody else waits for that.
    """
    lacking = ["settings"] if site is None else _lacking(site)
    if site is None or lacking:
        return _held(fallback.UNREADABLE, names=", ".join(lacking))
    try:
        return _judge(pending, site, scores, defaults)
    # The outermost edge for one comment: a fault that nobody thought of.
    except Exception as error:
        log.error(
            "judging_failed", comment=pending.comment_id, error=type(error).__name__
        )
        return _held(fallback.FAULT)


def _lacking(site: Site) -> list[str]:
    """What the policy would need of the site's settings and cannot read."""
    return [each for each in site.unreadable if each in _NEEDED]


def _held(rule: str, **facts: object) -> Judged:
    verdict = fallback.verdict(rule, **facts)
    return Judged(verdict, fallback.RISK, doubt=0.0, spot_check=False)


def _judge(
    pending: Pending,
    site: Site,
    scores: Mapping[str, float] | None,
    defaults: Mapping[str, Threshold],
) -> Judged:
    seen = pending.input
    words = f"{seen.text}\n{seen.author or ''}\n{seen.url or ''}"
    settings = site.settings
    case = rules.Case(
        scores=scores,
        thresholds={**defaults, **settings.thresholds},
        mode=settings.mode,
        author_is_trusted=pending.author_is_trusted,
        author_is_banned=pending.author_is_banned,
        author_approved=pending.author_approved,
        links=len(find_links(seen.text)),
        links_allowed=settings.links_allowed,
        blocked_word=site.blocked.first_match(words),
        suspect_word=site.suspect.first_match(words),
        times_seen=seen.times_seen or 0,
        network_is_new=pending.network_is_new,
        holds_new_network=settings.holds_known_author_on_new_network,
    )
    verdict = rules.decide(case)
    drawn = (
        verdict.outcome is Status.APPROVED
        and sample_fraction(pending.comment_id) < settings.spot_check_share
    )
    return Judged(verdict, rules.risk(case), rules.uncertainty(case), drawn)


def choose(
    conn: Connection,
    batch: Sequence[tuple[Pending, Mapping[str, float] | None]],
    *,
    defaults: Mapping[str, Threshold],
    model_version: str,
    budget_ns: int = JUDGING_NS,
) -> list[Choice]:
    """The policy's choices for a scored batch, ready to be applied.

    A site whose lists take too long gets no more of a batch's time than `budget_ns`:
    what is left of its comments is for a person.
    """
    sites = by_id(conn, sorted({pending.site_id for pending, _ in batch}))
    spent: Counter[int] = Counter()
    choices = []
    last = time.thread_time_ns()
    for pending, scores in batch:
        if spent[pending.site_id] > budget_ns:
            judged = _held(fallback.FAULT)
        else:
            judged = judge(pending, sites.get(pending.site_id), scores, defaults)
        now = time.thread_time_ns()
        spent[pending.site_id] += now - last
        last = now
        verdict = judged.verdict
        choices.append(
            Choice.of(
                pending,
                verdict.outcome,
                seen=Status.PENDING,
                rule=verdict.rule,
                reason=verdict.reason,
                hits=verdict.hits,
                model_version=model_version,
                risk=judged.risk,
                doubt=judged.doubt,
                spot_check=judged.spot_check,
            )
        )
    return choices
