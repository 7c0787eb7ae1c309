"""The evaluation sets: where they lie, what they ask, and what we promised on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifiers.attributes import Attribute

Row = Mapping[str, object]

_FIELDS = ("author", "email", "url")


@dataclass(frozen=True)
class LabelledRows:
    """The labelled rows of a panel, and their truth."""

    rows: Sequence[Row]
    truth: NDArray[np.bool_]


@dataclass(frozen=True)
class TestSet:
    """One evaluation set, or several that are asked together.

    `only` keeps the rows whose column has that value; `spam_only` and `ham_only` name
    files of which one kind is used; `targets` are the measures promised.
    """

    name: str
    files: tuple[str, ...]
    attribute: Attribute = Attribute.TOXICITY
    targets: Mapping[str, float] | None = None
    only: tuple[str, str] | None = None
    ham_only: frozenset[str] = frozenset()
    spam_only: frozenset[str] = frozenset()
    has_form: bool = False
    compare: bool = True
    """Whether the baselines are worth their time here."""

    def gather(self, rows_of: Mapping[str, Sequence[Row]]) -> LabelledRows:
        """Return the rows that count; a row without a label does not, unless none has one."""
        kept = []
        for file in self.files:
            for row in rows_of[file]:
                label = row.get("label", 0)
                if label is None or (self.only and row[self.only[0]] != self.only[1]):
                    continue
                if (label and file in self.ham_only) or (
                    not label and file in self.spam_only
                ):
                    continue
                kept.append(row)
        truth = np.array([bool(row.get("label", 0)) for row in kept])
        return LabelledRows(kept, truth)

    def submission(self, row: Row) -> dict[str, object]:
        """Return a row as the scorer gets it: text, and the fields a form would have sent.

        Where a site has a form, a field without a value was left empty, not forgotten.
        """
        fields: dict[str, object] = {"text": row["text"]}
        for name in _FIELDS:
            value = row.get(name)
            if value or (self.has_form and row.get("email")):
                fields[name] = value or ""
        return fields


def _tone(name: str, **targets: float) -> TestSet:
    return TestSet(name, (f"toxicity/eval/{name}",), targets=targets or None)


def _language(language: str) -> TestSet:
    return TestSet(
        f"hatecheck in {language.title()}",
        ("toxicity/eval/multilingual_hatecheck",),
        only=("lang", language),
        compare=language in {"german", "french", "mandarin", "portuguese", "arabic"},
    )


_AKISMET = "spam/eval/wp_akismet_labelled"
_DEV_HAM = ("spam/eval/wp_blog_comments_dev", "spam/eval/static_blog_comments_dev")

PANELS: tuple[TestSet, ...] = (
    _tone("jigsaw_test_dev", AUC=0.972),
    _tone("ucc_news_dev", AUC=0.80),
    _tone("kaggle_insults", AUC=0.89),
    _tone("youtoxic", AUC=0.84),
    _tone("ethos", AUC=0.78),
    _tone("hatecheck", AUC=0.68),
    _tone("hatemoji_check", AUC=0.80),
    _tone("cad_reddit_test", AUC=0.76),
    _tone("olid_test", AUC=0.85),
    _tone("ruddit", AUC=0.93),
    TestSet(
        "wiki_context_toxicity",
        ("toxicity/eval/wiki_context_toxicity",),
        targets={"R@1%": 0.5},
    ),
    TestSet("bias_madlibs", ("toxicity/eval/bias_madlibs",), compare=False),
    _tone("wiki_identity_fuzz"),
    *(
        _language(language)
        for language in [
            "german",
            "french",
            "mandarin",
            "portuguese",
            "arabic",
            "spanish",
            "italian",
            "dutch",
            "polish",
            "hindi",
        ]
    ),
    _tone("kmhas"),
    _tone("germeval2021"),
    _tone("offcombr2"),
    _tone("detoxis_es"),
    _tone("victsd"),
    _tone("suomi24_fi"),
    TestSet(
        "Akismet's spam against other blogs' ham",
        (_AKISMET, *_DEV_HAM),
        Attribute.SPAM,
        {"AUC": 0.93, "R@1%": 0.5},
        spam_only=frozenset({_AKISMET}),
        ham_only=frozenset(_DEV_HAM),
        has_form=True,
    ),
    TestSet("youtube_2025", ("spam/eval/youtube_2025",), Attribute.SPAM, {"AUC": 0.88}),
    TestSet("youtube_2024", ("spam/eval/youtube_2024",), Attribute.SPAM, {"AUC": 0.75}),
    TestSet(
        "all ham",
        (
            _AKISMET,
            *_DEV_HAM,
            "spam/eval/youtube_2024",
            "spam/eval/youtube_2025",
            "toxicity/eval/socc_news_unlabelled",
        ),
        Attribute.SPAM,
        ham_only=frozenset(
            {
                _AKISMET,
                *_DEV_HAM,
                "spam/eval/youtube_2024",
                "spam/eval/youtube_2025",
                "toxicity/eval/socc_news_unlabelled",
            }
        ),
        has_form=True,
        compare=False,
    ),
)
"""In the order they are shown."""
