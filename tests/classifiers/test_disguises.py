"""Whether words are still recognised when they are disguised."""

from random import Random

import pytest

from classifiers.data.obfuscation import Disguise, disguise
from classifiers.text.normalise import normal_form

SENTENCE = (
    "every reader of this newspaper should simply ignore that stupid idiot "
    "because nobody wants another worthless lecture about golden bathtubs"
)
# What cannot be undone letter by letter, only be learnt: swapped letters stay
# swapped, spelled-out words in a row run together, some doubled letters stay double.
SEEN_THROUGH = {
    Disguise.SWAPPED: 0.4,
    Disguise.SPACED: 0.4,
    Disguise.STRETCHED: 0.7,
}


@pytest.mark.parametrize("kind", Disguise)
def test_most_words_are_read_through_the_disguise(kind: Disguise) -> None:
    words = set(SENTENCE.split())
    recognised = []
    for seed in range(30):
        disguised = disguise(SENTENCE, kind, Random(seed))
        assert disguised != SENTENCE
        recognised.append(len(words & set(normal_form(disguised).split())))
    share = sum(recognised) / len(recognised) / len(words)
    assert share >= SEEN_THROUGH.get(kind, 0.97)


@pytest.mark.parametrize("kind", Disguise)
def test_the_same_seed_gives_the_same_disguise(kind: Disguise) -> None:
    assert disguise(SENTENCE, kind, Random(4)) == disguise(SENTENCE, kind, Random(4))
