"""Letters that were disguised, shown as the classifiers read them."""

from __future__ import annotations

import pytest

from moderation.review.deobfuscation import deobfuscate
from moderation.scorer import Scorer


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("You are a 1d10t!", ("idiot",)),  # digits for letters
        ("V i a g r a now", ("viagra",)),  # spread out
        ("a сheap іdiоt", ("cheap", "idiot")),  # letters of another alphabet
        ("sooooo nice", ("soo",)),  # stretched
    ],
)
def test_disguised_words_are_named(
    scorer: Scorer, text: str, words: tuple[str, ...]
) -> None:
    found = deobfuscate(text, scorer.read(text))

    assert found
    assert found.words == words


@pytest.mark.parametrize(
    "text",
    [
        "Café déjà vu, naïve; don't O'Neil's it's",
        "Straße, Ärger, größte",
        "Köprünün açılması, rampası çok dik. Annem çıkamıyor. İstanbul",
        "Był płot, żółw i łódź; Łukasz też",
        "Rødgrød med fløde på Sjælland, ærø; þetta er íslenska",
        "Đường phố đẹp quá, cảm ơn các bạn",
        "Ħal Għaxaq; čáŋa, Ŧ; Bakı gözəl şəhərdir",
        "Привет мой мир",
        "日本語 テスト 한국어 हिन्दी يكتب",
        "It cost 1,200 in 2026, on the 3rd.",
        "rock-n-roll & co-op, e.g. U.S.A.",
        "",
    ],
)
def test_what_everybody_can_read_is_no_disguise(scorer: Scorer, text: str) -> None:
    assert deobfuscate(text, scorer.read(text)) is None
