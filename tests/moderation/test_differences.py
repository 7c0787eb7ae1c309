"""What an author changed, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.review.diff import WORDS_MAX, Change, Stretch, between

KEPT, ADDED, REMOVED = Change.KEPT, Change.ADDED, Change.REMOVED


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("", "", []),
        ("the same", "the same", [Stretch(KEPT, "the same")]),
        (
            "I like it",
            "I hate it",
            [
                Stretch(KEPT, "I "),
                Stretch(REMOVED, "like"),
                Stretch(ADDED, "hate"),
                Stretch(KEPT, " it"),
            ],
        ),
        # Only added, only removed.
        ("one", "one two", [Stretch(KEPT, "one"), Stretch(ADDED, " two")]),
        ("one two", "two", [Stretch(REMOVED, "one "), Stretch(KEPT, "two")]),
    ],
)
def test_changed_words_stand_beside_those_that_stayed(
    before: str, after: str, found: list[Stretch]
) -> None:
    assert between(before, after) == found


@given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60))
def test_both_texts_can_be_read_in_it(before: str, after: str) -> None:
    found = between(before, after)

    assert "".join(each.text for each in found if each.change is not ADDED) == before
    assert "".join(each.text for each in found if each.change is not REMOVED) == after


def test_a_text_too_long_to_compare_counts_as_changed() -> None:
    before, after = "a " * WORDS_MAX, "b " * WORDS_MAX

    assert between(before, after) == [Stretch(REMOVED, before), Stretch(ADDED, after)]
