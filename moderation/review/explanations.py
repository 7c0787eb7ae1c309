"""What the classifiers say about the texts of cards, remembered for a while.

The same cards come again and again: on every page of the lane until somebody decides,
and to every moderator. Explaining one takes longer than all else on it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moderation.classifier_input import ClassifierInput
from moderation.review import deobfuscation, highlights
from moderation.review.cards import Card
from moderation.review.deobfuscation import Deobfuscation
from moderation.review.highlights import Fact, Part
from moderation.scorer import Explanation, Scorer

# Characters of text, of all that is remembered: about twenty megabytes at the worst.
ROOM = 500_000
# A text that takes a larger share of it would push too many others out.
SHARE = 50


@dataclass(frozen=True)
class CardExplanation:
    """The text in marked parts, the words that moved most, what it says in disguise."""

    parts: tuple[Part, ...]
    phrases: tuple[str, ...]
    # What moved the scores besides the words, the strongest first: see `marks.facts`.
    facts: tuple[Fact, ...]
    unmasked: Deobfuscation | None


@dataclass(frozen=True)
class ExplanationKey:
    """All that an explanation depends on besides the models: it never goes stale."""

    input: ClassifierInput
    # The attributes to explain, which the thresholds of the site choose.
    over: tuple[str, ...]

    @classmethod
    def about(cls, card: Card, over: Sequence[str]) -> ExplanationKey:
        """What there is to ask about one card: what the worker asked about it."""
        return cls(ClassifierInput.of_revision(card, card.times_seen), tuple(over))


class Explanations:
    """Explains cards, each one once as long as there is room for it."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._taken = 0
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, ExplanationKey], CardExplanation] = (
            OrderedDict()
        )

    def of(
        self, scorer: Scorer, asked: Sequence[ExplanationKey]
    ) -> list[CardExplanation]:
        """In their order; what is new is explained in one pass."""
        version = scorer.version
        found = self._known_of(version, asked)
        new = [each for each in dict.fromkeys(asked) if each not in found]
        found |= zip(new, _explain(scorer, new), strict=True)
        # Other models may have come meanwhile: whose words these are nobody knows.
        if scorer.version == version:
            self._keep({(version, each): found[each] for each in new})
        return [found[each] for each in asked]

    def _known_of(
        self, version: str, asked: Sequence[ExplanationKey]
    ) -> dict[ExplanationKey, CardExplanation]:
        found = {}
        with self._lock:
            for each in asked:
                known = self._known.get((version, each))
                if known is not None:
                    self._known.move_to_end((version, each))
                    found[each] = known
        return found

    def _keep(self, new: Mapping[tuple[str, ExplanationKey], CardExplanation]) -> None:
        with self._lock:
            for key, explained in new.items():
                length = len(key[1].input.text)
                if key in self._known or length > self._room // SHARE:
                    continue
                self._known[key] = explained
                self._taken += length
            while self._taken > self._room:
                (_, oldest), _ = self._known.popitem(last=False)
                self._taken -= len(oldest.input.text)


def _explain(scorer: Scorer, asked: Sequence[ExplanationKey]) -> list[CardExplanation]:
    wanted = [each for each in asked if each.over]
    answers = (
        scorer.explain_many([each.input.fields for each in wanted]) if wanted else []
    )
    whys = dict(zip(wanted, answers, strict=True))
    return [_one(scorer, each, whys.get(each, {})) for each in asked]


def _one(
    scorer: Scorer, asked: ExplanationKey, why: Mapping[str, Explanation]
) -> CardExplanation:
    chosen = [why[name] for name in asked.over if name in why]
    parts = highlights.parts(asked.input.text, chosen)
    return CardExplanation(
        parts=tuple(parts),
        phrases=tuple(highlights.phrases(parts)),
        facts=tuple(highlights.facts(chosen)),
        unmasked=deobfuscation.deobfuscate(
            asked.input.text, scorer.read(asked.input.text)
        ),
    )
