"""What is found out about a recipe comes from models that had not seen the comments."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from classifiers.attributes import Attribute
from classifiers.data.corpus import own_toxicity
from classifiers.data.examples import Examples, gather
from classifiers.estimators.transformer import SubmissionFeatures
from classifiers.training import cross_validation
from classifiers.training.heads import Head, HeadGroup, Knee
from classifiers.training.network import FitConfig, Network, TrainingData, fit_network
from classifiers.training.sample_weights import FOLDS

# One source of each fold, and one of no fold.
SOURCES = ("jigsaw", "paradetox", "own_toxicity", "cold_zh")
EVEN = dict.fromkeys(SOURCES, 1.0)
CHOIR = HeadGroup(
    (
        Head(Attribute.TOXICITY, EVEN, {Attribute.TOXICITY: 1.0}),
        Head(Attribute.INSULT, EVEN, {Attribute.INSULT: 1.0}),
        Head(
            Attribute.IDENTITY_ATTACK,
            EVEN,
            {Attribute.TOXICITY: 0.1, Attribute.IDENTITY_ATTACK: 1.0},
        ),
    ),
    FitConfig(hidden=2),
    text_only=True,
    knees=(Knee(Attribute.IDENTITY_ATTACK, -1.0, Attribute.TOXICITY, 0.5),),
)


@pytest.fixture(scope="module")
def examples() -> Examples:
    said = list(own_toxicity(Random(1)))[::9]
    parts = len(SOURCES)
    return gather([(name, said[i::parts]) for i, name in enumerate(SOURCES)])


@pytest.fixture(scope="module")
def looked(
    examples: Examples,
) -> tuple[list[np.ndarray], list[cross_validation.CalibrationResult]]:
    """The rows of every fit, and what was found."""
    X = SubmissionFeatures(bits=14, field_bits=10).transform(examples.fields)
    lessons = TrainingData(X, CHOIR.labels(examples), CHOIR.weights(examples))
    asked = []

    def fitted(rows: np.ndarray) -> Network:
        asked.append(rows)
        network = fit_network(lessons.only(rows), CHOIR.pace)
        return network.mixed(CHOIR.recipe).bent(CHOIR.knee, CHOIR.rise)

    return asked, cross_validation.look(CHOIR, examples, X, fitted)


def test_each_third_of_the_sources_is_left_out_once_and_one_row_in_six(
    examples: Examples,
    looked: tuple[list[np.ndarray], list[cross_validation.CalibrationResult]],
) -> None:
    asked, _ = looked

    *by_source, by_row = asked
    for fold, rows in zip(FOLDS, by_source, strict=True):
        assert not set(examples.sources[rows]) & fold
        assert set(examples.sources[~rows]) <= fold
        assert (~rows).any()
    assert 1 - by_row.mean() == pytest.approx(1 / 6, abs=0.01)


def test_what_is_found_says_how_honest_scores_are(
    looked: tuple[list[np.ndarray], list[cross_validation.CalibrationResult]],
) -> None:
    found = {finding.attribute: finding for finding in looked[1]}

    assert list(found) == list(CHOIR.attributes)
    for finding in found.values():
        assert 0 <= finding.calibration_error < 0.15
        limits = finding.thresholds
        assert limits["hold_at"] <= limits["reject_at"]
    assert found[Attribute.INSULT].transfer_error is None
    assert found[Attribute.TOXICITY].transfer_error is not None
    sources = found[Attribute.TOXICITY].auc_by_source
    assert set(sources) <= set(SOURCES) - {"cold_zh"}
    assert min(sources.values()) > 0.7


def test_only_what_has_a_knee_is_calibrated_with_one(
    looked: tuple[list[np.ndarray], list[cross_validation.CalibrationResult]],
) -> None:
    knees = {f.attribute: (f.curve.knee, f.curve.rise) for f in looked[1]}

    assert knees.pop(Attribute.IDENTITY_ATTACK)[0] == -1.0
    assert set(knees.values()) == {(0.0, 0.0)}


def test_a_knee_may_bend_the_calibration_alone() -> None:
    choir = replace(CHOIR, knees=(Knee(Attribute.TOXICITY, -2.0),))

    assert choir.knee_of(Attribute.TOXICITY) == -2.0
    assert not choir.rise.any()


def test_an_attack_on_a_group_raises_toxicity() -> None:
    place = CHOIR.attributes.index(Attribute.IDENTITY_ATTACK)

    assert CHOIR.knee[place] == -1.0
    assert CHOIR.rise[place, CHOIR.attributes.index(Attribute.TOXICITY)] == 0.5
    assert np.count_nonzero(CHOIR.rise) == 1
