"""What is known about comments besides what they say: who complained, what is alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from sqlalchemy import Connection

from moderation.accounts.members import Member
from moderation.authors import networks, notes
from moderation.authors.notes import Note
from moderation.clusters import precedents as precedents_of_clusters
from moderation.clusters.precedents import ClusterSummary, Precedent
from moderation.feedback import appeals, reports
from moderation.feedback.appeals import Appeal
from moderation.feedback.reports import Report
from moderation.review.cards import Card
from moderation.web.language import locale, translate


@dataclass(frozen=True)
class Evidence:
    """All of it for one comment, in the words of the person who asks."""

    language: str = ""
    # The author is known, and not on this network.
    network_is_new: bool = False
    # "spam (2), abuse"
    complaints: str = ""
    # What readers wrote with their reports.
    quotes: tuple[str, ...] = ()
    appeal: Appeal | None = None
    # What says the same, and what people decided about it.
    stack: ClusterSummary | None = None
    alike: tuple[str, ...] = ()
    # What other moderators wrote on the card.
    notes: Sequence[Note] = ()


PRECEDENTS_SHOWN = 2


def of(conn: Connection, cards: Sequence[Card], member: Member) -> dict[int, Evidence]:
    """The evidence about the comments of cards, by their row keys."""
    reported = [card.row_id for card in cards if card.has_reports]
    complaints = reports.of(conn, reported) if reported else {}
    appealed = [card.row_id for card in cards if card.has_appeal]
    contested = appeals.of(conn, appealed) if appealed else {}
    annotated = [card.row_id for card in cards if card.has_notes]
    noted = notes.of_comments(conn, annotated) if annotated else {}
    described = [card.described for card in cards]
    known_ones = [card.row_id for card in cards if card.author_approved and card.email]
    elsewhere = networks.new_among(conn, known_ones)
    stacks = precedents_of_clusters.cluster_summaries(conn, described, member.site_ids)
    precedents = precedents_of_clusters.decided_alike(
        conn, described, member.site_ids, member.moderator.actor
    )
    return {
        each.comment_id: Evidence(
            language=_language(each.language, locale()),
            network_is_new=each.comment_id in elsewhere,
            complaints=_in_words(complaints.get(each.comment_id, ())),
            quotes=tuple(
                it.text for it in complaints.get(each.comment_id, ()) if it.text
            ),
            appeal=contested.get(each.comment_id),
            stack=stacks.get(each.comment_id),
            notes=noted.get(each.comment_id, ()),
            alike=tuple(
                _precedent(it)
                for it in precedents.get(each.comment_id, ())[:PRECEDENTS_SHOWN]
            ),
        )
        for each in described
    }


@lru_cache(maxsize=512)
def _language(code: str, language: str) -> str:
    return str(Locale.parse(language).languages.get(code, code))


def _in_words(found: Sequence[Report]) -> str:
    counted = Counter(each.complaint for each in found)
    return ", ".join(
        translate(
            "card.complaint", what=translate(f"reason_short.{complaint}"), n=number
        )
        for complaint, number in counted.most_common()
    )


def _precedent(it: Precedent) -> str:
    whose = "_mine" if it.mine else ""
    reason = translate(f"reason_short.{it.reason}") if it.reason else ""
    return translate(f"card.alike_{it.to_status}{whose}", n=it.times, reason=reason)
