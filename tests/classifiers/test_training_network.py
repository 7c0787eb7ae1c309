"""Networks learn from what weighs something, and always the same."""

from random import Random

import numpy as np
import pytest
from scipy.sparse import csr_array, vstack

from classifiers.attributes import ATTRIBUTES, Attribute
from classifiers.data.corpus import (
    OWN_INNOCENT,
    OWN_SPAM,
    OWN_TOXICITY,
    OWN_WORLD,
    SHOPS,
    own_toxicity,
)
from classifiers.data.datasets import SPAM, TOXICITY
from classifiers.data.examples import Example, Examples, gather
from classifiers.estimators.transformer import SubmissionFeatures
from classifiers.metrics import auc
from classifiers.serving.output_layer import OutputLayer
from classifiers.training.heads import CHOIRS
from classifiers.training.network import FitConfig, Network, TrainingData, fit_network
from classifiers.training.sample_weights import (
    FOLDS,
    SPAM_SOURCES,
    TOXICITY_SOURCES,
    weigh,
)
from classifiers.training.train import joined

FEATURES = SubmissionFeatures(bits=14, field_bits=10)
TAUGHT = [ATTRIBUTES.index(a) for a in (Attribute.TOXICITY, Attribute.INSULT)]


@pytest.fixture(scope="module")
def examples() -> Examples:
    said = [e for e in own_toxicity(Random(1)) if Attribute.TOXICITY in e.labels]
    return gather([("even", said[::40]), ("odd", said[20::40])])


@pytest.fixture(scope="module")
def lessons(examples: Examples) -> TrainingData:
    """Two heads that learn from the even rows only."""
    even = (examples.sources == "even").astype(np.float32)
    X = FEATURES.transform(examples.fields)
    return TrainingData(X, examples.labels[:, TAUGHT], np.stack([even, even], axis=1))


def fitted(lessons: TrainingData, seed: int = 0) -> Network:
    return fit_network(lessons, FitConfig(hidden=4, passes=4, seed=seed))


def test_a_network_tells_cruel_from_kind_where_it_did_not_look(
    examples: Examples, lessons: TrainingData
) -> None:
    scores = fitted(lessons).log_odds(lessons.X)

    odd = examples.sources == "odd"
    for head in range(2):
        assert auc(lessons.labels[odd, head] > 0, scores[odd, head]) > 0.75


def test_the_same_lessons_make_the_same_network_bit_by_bit(
    lessons: TrainingData,
) -> None:
    one, two, other = fitted(lessons), fitted(lessons), fitted(lessons, seed=1)

    assert one.coef.tobytes() == two.coef.tobytes()
    assert one.bend.out.tobytes() == two.bend.out.tobytes()
    assert one.coef.tobytes() != other.coef.tobytes()


def test_the_weights_are_the_mean_of_all_looks_in_the_last_pass() -> None:
    one = FEATURES.transform([{"text": "what a lovely day"}])

    def after(comments: int, looks: int = 1) -> Network:
        X = csr_array(vstack([one] * comments))
        ones = np.ones((comments, 1), np.float32)
        return fit_network(
            TrainingData(X, ones, ones), FitConfig(0, passes=1, looks=looks)
        )

    mean = np.mean([after(comments).coef for comments in (1, 2, 3, 4)], axis=0)

    assert mean.any()
    assert after(4, looks=4).coef == pytest.approx(mean, rel=1e-5)


def test_two_networks_say_the_mean_of_what_each_says(lessons: TrainingData) -> None:
    def said(seed: int, networks: int = 1) -> Network:
        return fit_network(lessons, FitConfig(hidden=3, seed=seed, networks=networks))

    one, other, both = said(0), said(1), said(0, networks=2)

    mean = (one.log_odds(lessons.X) + other.log_odds(lessons.X)) / 2
    assert both.log_odds(lessons.X) == pytest.approx(mean, abs=1e-4)
    assert np.abs(one.log_odds(lessons.X) - mean).max() > 0.01
    assert len(both.bend.bias) == 6


def test_a_row_without_weight_teaches_nothing(lessons: TrainingData) -> None:
    silent = lessons.weights == 0
    lied = np.where(silent, 1 - lessons.labels, lessons.labels)
    unknown = np.where(silent, np.nan, lessons.labels).astype(np.float32)

    honest = fitted(lessons)

    for labels in (lied, unknown):
        other = fitted(TrainingData(lessons.X, labels, lessons.weights))
        assert np.array_equal(honest.coef, other.coef)


def test_rows_that_are_left_out_weigh_nothing(
    examples: Examples, lessons: TrainingData
) -> None:
    everything = TrainingData(lessons.X, lessons.labels, np.ones_like(lessons.weights))

    left = fitted(everything.only(examples.sources == "even"))

    assert np.array_equal(left.coef, fitted(lessons).coef)


def test_a_column_that_no_lesson_has_stays_at_zero(lessons: TrainingData) -> None:
    network = fitted(lessons)
    met = np.zeros(lessons.X.shape[1], bool)
    met[lessons.X[lessons.weights.any(axis=1)].indices] = True

    assert not network.coef[~met].any()
    assert network.coef[met].any(axis=1).all()


def test_mixed_heads_say_the_mixture(lessons: TrainingData) -> None:
    network = fitted(lessons)
    recipe = np.array([[0.5, 2.0, 0.0], [0.25, 0.0, 1.0]], np.float32)

    mixed = network.mixed(recipe).log_odds(lessons.X)

    said = network.log_odds(lessons.X)
    assert np.allclose(mixed, said @ recipe, atol=1e-4)


def test_a_calibrated_network_says_a_line_of_what_it_said(
    lessons: TrainingData,
) -> None:
    rise = np.array([[0, 0.5], [0, 0]], np.float32)
    network = fitted(lessons).bent(np.full(2, -1, np.float32), rise)
    slopes, shifts = np.array([0.5, 2], np.float32), np.array([1, -1], np.float32)

    scaled = network.scaled(slopes, shifts, np.zeros(2, np.float32)).log_odds(lessons.X)

    expected = network.log_odds(lessons.X) * slopes + shifts
    assert np.allclose(scaled, expected, atol=1e-4)


def test_the_hidden_layer_is_used(lessons: TrainingData) -> None:
    network = fitted(lessons)
    heights = (lessons.X @ network.coef)[:, 2:] + network.bend.bias

    assert (heights > 0).any()
    assert (heights < 0).any()
    assert np.abs(network.bend.out).max() > 0.1


def test_networks_side_by_side_say_what_each_says_alone(lessons: TrainingData) -> None:
    random = np.random.default_rng(3)
    networks, expected = [], []
    for choir in CHOIRS:
        columns, attributes = choir.columns(FEATURES.hashing), len(choir.attributes)
        shapes = (attributes, 2, (2, attributes))
        bend = OutputLayer.straight(
            *(random.normal(size=s).astype(np.float32) for s in shapes)
        )
        coef = random.normal(size=(columns, attributes + 2)).astype(np.float32)
        network = Network(coef, bend).bent(choir.knee - 1, choir.rise)
        networks.append(network)
        expected.append(network.log_odds(lessons.X[:, :columns]))

    said = joined(FEATURES, networks).named_steps["heads"].decision_function(lessons.X)

    for choir, alone in zip(CHOIRS, expected, strict=True):
        places = [ATTRIBUTES.index(attribute) for attribute in choir.attributes]
        np.testing.assert_allclose(said[:, places], alone, rtol=1e-4, atol=1e-2)


def test_choirs_score_every_attribute_once() -> None:
    scored = [attribute for choir in CHOIRS for attribute in choir.attributes]

    assert sorted(scored) == sorted(ATTRIBUTES)


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
    ours = {OWN_SPAM, OWN_TOXICITY, OWN_INNOCENT, OWN_WORLD, SHOPS}
    known = {*SPAM, *TOXICITY, *ours}
    left_out = [name for fold in FOLDS for name in fold]

    assert set(TOXICITY_SOURCES) | set(SPAM_SOURCES) == known
    assert len(left_out) == len(set(left_out))
    assert set(left_out) < known
    # The only sets of their language stay in.
    assert known - set(left_out) == {
        *("told_br_pt", "korean_beep_ko", "germeval2018_de", "cold_zh"),
        "disqus_blog_zh",
    }
