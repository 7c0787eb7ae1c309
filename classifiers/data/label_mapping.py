"""What the label of each toxicity set says about our attributes."""

import json
from collections.abc import Callable, Iterator, Mapping

from classifiers.attributes import Attribute
from classifiers.data.datasets import Row
from classifiers.data.examples import Example, Labels

SPAM, TOXICITY, SEVERE, INSULT, PROFANITY, THREAT, IDENTITY = Attribute

_ALL_CIVIL: Labels = dict.fromkeys(
    (TOXICITY, SEVERE, INSULT, PROFANITY, THREAT, IDENTITY), 0.0
)
# Of three annotators, two.
_MAJORITY = 2


def _number(row: Row, column: str) -> float:
    value = row[column]
    return float(value) if isinstance(value, int | float) else 0.0


def _jigsaw(row: Row) -> Iterator[Example]:
    columns = ("toxic", "severe_toxic", "insult", "obscene", "threat", "identity_hate")
    known = (TOXICITY, SEVERE, INSULT, PROFANITY, THREAT, IDENTITY)
    labels = {a: _number(row, column) for a, column in zip(known, columns, strict=True)}
    yield _example(row, labels, _number(row, "weight"))


def _civil(row: Row) -> Iterator[Example]:
    yield _example(row, {TOXICITY: 1.0}, _number(row, "explicit_frac"))


def _civil_spans(row: Row) -> Iterator[Example]:
    """The comment, what its annotators marked as toxic, and the civil rest of it."""
    yield _example(row, {TOXICITY: 1.0})
    text = str(row["text"])
    marked = frozenset(json.loads(str(row["spans"])))
    if not marked:
        return
    rest = "".join(" " if i in marked else c for i, c in enumerate(text))
    toxic = "".join(c if i in marked else " " for i, c in enumerate(text))
    yield Example({"text": rest}, _ALL_CIVIL)
    yield Example({"text": toxic}, {TOXICITY: 1.0}, 0.5)


def _paradetox(row: Row) -> Iterator[Example]:
    toxic = _number(row, "label")
    yield _example(row, {TOXICITY: 1.0} if toxic else _ALL_CIVIL)


def _davidson(row: Row) -> Iterator[Example]:
    kind = row["class"]
    hate, offensive = float(kind == 0), float(kind == 1)
    labels = {TOXICITY: hate or offensive, IDENTITY: hate}
    yield _example(row, labels if hate or offensive else _ALL_CIVIL)


def _hate(row: Row) -> Iterator[Example]:
    hate = _number(row, "label")
    yield _example(row, {TOXICITY: hate, IDENTITY: hate})


def _mlma(row: Row) -> Iterator[Example]:
    moods = str(row["sentiment"]).split("_")
    toxic = _number(row, "label")
    labels = {TOXICITY: toxic, IDENTITY: float("hateful" in moods)}
    yield _example(row, labels if toxic else _ALL_CIVIL)


def _told(row: Row) -> Iterator[Example]:
    about_people = ("homophobia", "racism", "misogyny", "xenophobia")
    votes = max(_number(row, column) for column in about_people)
    yield _example(
        row,
        {
            TOXICITY: _number(row, "label"),
            INSULT: float(_number(row, "insult") >= _MAJORITY),
            PROFANITY: float(_number(row, "obscene") >= _MAJORITY),
            IDENTITY: float(votes >= _MAJORITY),
        },
    )


def _korean(row: Row) -> Iterator[Example]:
    labels = {TOXICITY: _number(row, "label")}
    yield _example(row, labels if labels[TOXICITY] else _ALL_CIVIL)


def _germeval(row: Row) -> Iterator[Example]:
    kind = row["fine"]
    if kind == "OTHER":
        yield _example(row, _ALL_CIVIL)
        return
    labels = {
        TOXICITY: 1.0,
        PROFANITY: float(kind == "PROFANITY"),
        IDENTITY: float(kind == "ABUSE"),
    }
    yield _example(row, labels)


def _cold(row: Row) -> Iterator[Example]:
    yield _example(row, {TOXICITY: _number(row, "label")})


LABELLING: Mapping[str, Callable[[Row], Iterator[Example]]] = {
    "jigsaw": _jigsaw,
    "civil_toxic_spans": _civil,
    "civil_spans_semeval2021": _civil_spans,
    "paradetox": _paradetox,
    "davidson": _davidson,
    "stormfront": _hate,
    "hatemoji_build": _hate,
    "mlma": _mlma,
    "told_br_pt": _told,
    "korean_beep_ko": _korean,
    "germeval2018_de": _germeval,
    "cold_zh": _cold,
}
"""Set by set: a row's examples."""


def _example(row: Row, labels: Labels, weight: float = 1.0) -> Example:
    return Example({"text": row["text"]}, labels, weight)
