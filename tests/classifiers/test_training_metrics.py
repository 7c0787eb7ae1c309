"""Measures agree with what is worked out by hand."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from classifiers.evaluation.identity_bias import identity_bias
from classifiers.metrics import Ranking, auc, calibration_error, measure

TRUTH = np.array([True, True, True, True, False, False, False, False, False, False])
SCORES = np.array([0.9, 0.8, 0.4, 0.1, 0.85, 0.3, 0.2, 0.15, 0.05, 0.0])
RANKING = Ranking.of(TRUTH, SCORES)


def test_the_measures_are_those_of_scikit_learn_ties_included() -> None:
    random = np.random.default_rng(3)
    truth = random.random(500) < 0.3
    scores = np.round(random.normal(truth * 1.0, 1.0), 1)

    ranking = Ranking.of(truth, scores)

    assert ranking.auc() == pytest.approx(roc_auc_score(truth, scores))
    expected = average_precision_score(truth, scores)
    assert ranking.average_precision() == pytest.approx(expected)


def test_auc_counts_the_pairs_in_the_right_order() -> None:
    assert auc(TRUTH, SCORES) == pytest.approx((6 + 5 + 5 + 2) / 24)


def test_recall_at_a_false_positive_rate_lets_no_more_negatives_through() -> None:
    # One negative in six may pass: all above the second highest negative count.
    assert RANKING.recall_at(0.2) == pytest.approx(3 / 4)
    # None may pass.
    assert RANKING.recall_at(0.0) == pytest.approx(1 / 4)


def test_an_interval_holds_its_value_and_is_the_same_every_time() -> None:
    first, again = measure(TRUTH, SCORES), measure(TRUTH, SCORES)

    assert first == again
    assert all(each.low <= each.value <= each.high for each in first.values())


def test_honest_probabilities_have_no_calibration_error() -> None:
    truth = np.array([True] * 3 + [False] * 7)

    assert calibration_error(truth, np.full(10, 0.3)) == pytest.approx(0)
    assert calibration_error(truth, np.full(10, 0.9)) == pytest.approx(0.6)


def test_weights_change_what_calibration_error_looks_at() -> None:
    truth, said = np.array([True, False]), np.array([0.999, 0.999])

    assert calibration_error(truth, said, np.array([1.0, 0.0])) < 0.01


def test_a_group_whose_name_alone_raises_scores_is_found() -> None:
    kind, cruel = "a lovely {} friend", "a vile {} person"
    texts = [t.format(g) for g in ("sikh", "deaf") for t in (kind, cruel)] * 60
    truth = np.array(["vile" in text for text in texts])
    scores = truth * 1.0 + np.array([2.0 * ("deaf" in text) for text in texts])

    found = identity_bias(truth, scores, texts)

    assert {each.term for each in found} == {"sikh", "deaf"}
    # Cruel words about others rank below kind words about the deaf.
    assert all(each.worst < 0.01 for each in found)
    assert all(each.subgroup == 1 for each in found)
