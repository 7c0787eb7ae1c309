"""Which words of a comment are marked, and how strongly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.review.highlights import Part, parts, phrases


@dataclass(frozen=True)
class Span:
    begin: int
    end: int
    contribution: float


@dataclass(frozen=True)
class Why:
    spans: tuple[Span, ...]
    probability: float = 0.9


def why(text: str, **moved: float) -> Why:
    return Why(
        tuple(
            Span(text.index(word), text.index(word) + len(word), value)
            for word, value in moved.items()
        )
    )


def strengths(cut: Sequence[Part]) -> dict[str, int]:
    return {part.text: part.strength for part in cut if part.strength}


def test_the_strongest_word_is_marked_most() -> None:
    text = "you are a stupid silly person"

    cut = parts(text, [why(text, stupid=3.0, silly=1.5, person=0.7, you=0.1)])

    assert strengths(cut) == {"stupid": 3, "silly": 2, "person": 1}


def test_a_word_is_marked_as_a_whole() -> None:
    text = "absolutely unbelievable"

    cut = parts(text, [why(text, believ=2.0)])

    assert strengths(cut) == {"unbelievable": 3}


def test_a_span_over_two_words_is_shared_between_them() -> None:
    text = "go mouthing calm"

    cut = parts(text, [Why((Span(0, 11, 4.0),))])

    assert strengths(cut) == {"go": 1, "mouthing": 3}


@pytest.mark.parametrize("value", [0.1, 0.0, -3.0])
def test_what_moved_nothing_upwards_is_not_marked(value: float) -> None:
    text = "kind words"

    assert strengths(parts(text, [why(text, kind=value)])) == {}


def test_of_several_attributes_the_one_a_word_moved_most_counts() -> None:
    text = "cheap idiot"

    cut = parts(text, [why(text, cheap=2.0), why(text, idiot=2.0, cheap=-1.0)])

    assert strengths(cut) == {"cheap": 3, "idiot": 3}


def test_phrases_join_neighbours_and_drop_outer_punctuation() -> None:
    text = "Shut your mouth! I like trees, you (idiot)."
    moved = {"Shut": 2.0, "your": 1.9, "mouth": 2.0, "idiot": 2.1}

    assert phrases(parts(text, [why(text, **moved)])) == ["Shut your mouth", "idiot"]


def test_a_phrase_does_not_cross_a_line() -> None:
    text = "stupid\n\nidiot"

    found = phrases(parts(text, [why(text, stupid=2.0, idiot=2.0)]))

    assert sorted(found) == ["idiot", "stupid"]


@given(
    text=st.text(max_size=80),
    spans=st.lists(
        st.tuples(st.integers(0, 80), st.integers(0, 80), st.floats(-5, 5)), max_size=8
    ),
)
def test_the_parts_join_to_the_text(
    text: str, spans: list[tuple[int, int, float]]
) -> None:
    made = [Span(min(a, b), max(a, b), value) for a, b, value in spans]

    assert "".join(part.text for part in parts(text, [Why(tuple(made))])) == text
