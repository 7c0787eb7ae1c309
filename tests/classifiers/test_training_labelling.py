"""What each set's labels mean here; rows of our own writing in each set's columns."""

import pytest

from classifiers.attributes import Attribute
from classifiers.data.datasets import TOXICITY as SETS
from classifiers.data.datasets import Row
from classifiers.data.label_mapping import LABELLING

SPAM, TOXICITY, SEVERE, INSULT, PROFANITY, THREAT, IDENTITY = Attribute


@pytest.mark.parametrize(
    ("name", "row", "labels"),
    [
        # Hate is toxic and an attack; an offensive tweet may be either kind.
        ("davidson", {"class": 0}, {TOXICITY: 1, IDENTITY: 1}),
        ("davidson", {"class": 1}, {TOXICITY: 1, IDENTITY: 0}),
        ("stormfront", {"label": 1}, {TOXICITY: 1, IDENTITY: 1}),
        # Two of three annotators decide.
        (
            "told_br_pt",
            {"label": 1, "insult": 1.0, "obscene": 2.0, "racism": 3.0}
            | {"homophobia": 0.0, "misogyny": 0.0, "xenophobia": 0.0},
            {TOXICITY: 1, INSULT: 0, PROFANITY: 1, IDENTITY: 1},
        ),
        (
            "germeval2018_de",
            {"fine": "ABUSE"},
            {TOXICITY: 1, PROFANITY: 0, IDENTITY: 1},
        ),
        ("mlma", {"label": 1, "sentiment": "offensive"}, {TOXICITY: 1, IDENTITY: 0}),
        ("cold_zh", {"label": 0}, {TOXICITY: 0}),
        # A toxic sentence says nothing about the kind of toxicity.
        ("paradetox", {"label": 1}, {TOXICITY: 1}),
    ],
)
def test_a_label_says_no_more_than_its_set_knows(
    name: str, row: Row, labels: dict[Attribute, float]
) -> None:
    [example] = LABELLING[name](row | {"text": "some words"})

    assert example.labels == labels


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("davidson", {"class": 2}),
        ("paradetox", {"label": 0}),
        ("mlma", {"label": 0, "sentiment": "normal"}),
        ("korean_beep_ko", {"label": 0}),
        ("germeval2018_de", {"fine": "OTHER"}),
    ],
)
def test_a_civil_comment_is_civil_in_every_way(name: str, row: Row) -> None:
    [example] = LABELLING[name](row | {"text": "some words"})

    assert set(example.labels) == set(Attribute) - {SPAM}
    assert not any(example.labels.values())


def test_a_marked_comment_teaches_which_words_are_toxic() -> None:
    text = "The budget is late, you fool."
    spans = str(list(range(20, 28)))

    whole, rest, marked = LABELLING["civil_spans_semeval2021"](
        {"text": text, "spans": spans}
    )

    assert whole.fields["text"] == text
    assert str(rest.fields["text"]).split() == ["The", "budget", "is", "late,", "."]
    assert str(marked.fields["text"]).strip() == "you fool"
    assert (whole.labels[TOXICITY], rest.labels[TOXICITY], marked.labels[TOXICITY]) == (
        1,
        0,
        1,
    )


def test_every_toxicity_set_has_a_labelling() -> None:
    assert set(LABELLING) == set(SETS)
