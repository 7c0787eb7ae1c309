"""Heads learn from what weighs something, and always the same."""

from random import Random

import numpy as np
import pytest

from classifiers.attributes import ATTRIBUTES, Attribute
from classifiers.corpus import own_toxicity
from classifiers.examples import Example, Examples, gather
from classifiers.features import SubmissionFeatures
from classifiers.metrics import auc
from classifiers.shares import FOLDS, PROMOTION, TONE, weigh
from classifiers.sources import SPAM, TOXICITY
from classifiers.training import Head, fit_head, rarity

FEATURES = SubmissionFeatures(bits=14, field_bits=10)
COLUMN = ATTRIBUTES.index(Attribute.TOXICITY)


@pytest.fixture(scope="module")
def examples() -> Examples:
    said = [e for e in own_toxicity(Random(1)) if Attribute.TOXICITY in e.labels]
    return gather([("even", said[::40]), ("odd", said[20::40])])


def fitted(examples: Examples, weights: np.ndarray) -> tuple[Head, np.ndarray]:
    X = FEATURES.transform(examples.fields)
    head = fit_head(
        X,
        examples.labels[:, COLUMN],
        weights,
        rare=rarity(X, FEATURES.hashing.first_flag),
        columns=FEATURES.hashing.first_field,
    )
    return head, head.log_odds(X)


def test_a_head_tells_cruel_from_kind_where_it_did_not_look(examples: Examples) -> None:
    even = (examples.sources == "even").astype(np.float32)

    _, scores = fitted(examples, even)

    odd = examples.sources == "odd"
    assert auc(examples.labels[odd, COLUMN] > 0, scores[odd]) > 0.75


def test_the_same_examples_make_the_same_head_bit_by_bit(examples: Examples) -> None:
    weights = weigh(examples, Attribute.TOXICITY, {"even": 1.0, "odd": 0.5})

    one, _ = fitted(examples, weights)
    two, _ = fitted(examples, weights)

    assert one.coef.tobytes() == two.coef.tobytes()
    assert one.intercept == two.intercept


def test_a_row_without_weight_teaches_nothing(examples: Examples) -> None:
    weights = (examples.sources == "even").astype(np.float32)
    lied = Examples(examples.fields, examples.labels.copy(), weights, examples.sources)
    lied.labels[weights == 0] = 1 - lied.labels[weights == 0]
    rare = np.ones(FEATURES.hashing.columns, np.float32)
    X = FEATURES.transform(examples.fields)

    heads = [
        fit_head(X, labels[:, COLUMN], weights, rare=rare, columns=1 << 14)
        for labels in (examples.labels, lied.labels)
    ]

    assert np.array_equal(heads[0].coef, heads[1].coef)


def test_a_head_of_tone_has_no_weights_for_who_wrote(examples: Examples) -> None:
    head, _ = fitted(examples, np.ones(len(examples), np.float32))

    assert not head.coef[FEATURES.hashing.first_field :].any()
    assert head.coef[: FEATURES.hashing.first_field].any()


def test_the_sum_of_heads_scores_the_sum(examples: Examples) -> None:
    X = FEATURES.transform(examples.fields)
    one, scores = fitted(examples, np.ones(len(examples), np.float32))

    both = 0.5 * one + 0.25 * one

    assert np.allclose(both.log_odds(X), 0.75 * scores, atol=1e-4)


def test_a_source_counts_its_share_whatever_its_size() -> None:
    known, unknown = {Attribute.SPAM: 1.0}, {Attribute.TOXICITY: 0.0}
    examples = gather(
        [
            ("big", [Example({}, known)] * 30),
            ("small", [Example({}, known, 2.0), Example({}, known, 6.0)]),
            ("silent", [Example({}, unknown)] * 5),
        ]
    )

    weights = weigh(examples, Attribute.SPAM, {"big": 1.0, "small": 0.4, "silent": 9.0})

    assert weights[:30].sum() == pytest.approx(1.0)
    assert weights[30:32].tolist() == pytest.approx([0.1, 0.3])
    assert not weights[32:].any()


def test_no_source_is_left_out_twice_and_none_is_unknown() -> None:
    known = set(SPAM) | set(TOXICITY) | {"own_spam", "own_toxicity", "own_innocent"}
    left_out = [name for fold in FOLDS for name in fold]

    assert set(TONE) | set(PROMOTION) == known
    assert len(left_out) == len(set(left_out))
    assert set(left_out) < known
    # The only sets of their language stay in.
    assert known - set(left_out) == {
        *("told_br_pt", "korean_beep_ko", "germeval2018_de", "cold_zh"),
        "disqus_blog_zh",
    }
