"""From plain fields to calibrated probabilities."""

import json
import math
import multiprocessing
from pathlib import Path

import numpy as np
import pytest

from classifiers.attributes import ATTRIBUTES
from classifiers.errors import BadModel, BadSubmission, Unscorable
from classifiers.estimators import persistence
from classifiers.features import submission
from classifiers.scoring import Scorer, load
from classifiers.serving.model import open_model
from tests.classifiers.corpus import submissions


def test_it_returns_every_attribute_in_order_as_plain_floats(scorer: Scorer) -> None:
    [scores] = scorer.score([{"text": "Good morning"}])
    assert tuple(scores) == scorer.attributes == tuple(map(str, ATTRIBUTES))
    assert all(type(value) is float and 0 <= value <= 1 for value in scores.values())


def test_it_tells_spam_and_insults_from_thanks(scorer: Scorer) -> None:
    spam, insult, thanks = scorer.score(submissions(3, seed=99))
    assert spam["SPAM"] > 0.8 > 0.4 > thanks["SPAM"]
    assert insult["INSULT"] > 0.8 > 0.4 > thanks["INSULT"]


def test_an_empty_batch_has_no_scores(scorer: Scorer) -> None:
    assert scorer.score([]) == []


def test_a_batch_scores_like_its_comments_one_by_one(shipped: Scorer) -> None:
    comments = [*submissions(300, seed=5), {"text": ""}, {"text": "\ud800 \x00 😀"}]
    together = shipped.score(comments)
    for comment, scores in zip(comments, together, strict=True):
        assert shipped.score([comment]) == [scores]


def test_many_long_texts_score_like_each_alone(scorer: Scorer) -> None:
    comments = [{"text": f"{i} is a long story. " * 4000} for i in range(5)]
    alone = [scorer.score([comment])[0] for comment in comments]
    assert scorer.score(comments) == alone


def test_the_scorer_sums_up_what_the_pipeline_multiplies(models: Path) -> None:
    [version] = [path for path in models.iterdir() if path.is_dir()]
    model, pipeline = open_model(version), persistence.open_pipeline(version)
    comments = submissions(60, seed=7)
    bag = model.bag([submission.read(comment) for comment in comments])
    expected = pipeline.decision_function(comments)
    assert np.ptp(expected) > 1
    np.testing.assert_allclose(model.log_odds(bag), expected, atol=1e-4)


@pytest.mark.parametrize(
    "unknown", [{}, {"author": None, "url": None, "honeypot": None, "lang": "en"}]
)
def test_an_unknown_field_is_no_evidence(
    shipped: Scorer, unknown: dict[str, object]
) -> None:
    text = "I disagree, but thank you."
    assert shipped.score([{"text": text, **unknown}]) == shipped.score([{"text": text}])


@pytest.mark.parametrize(
    "bad",
    [
        {},
        {"text": None},
        {"text": b"bytes"},
        {"text": "x", "author": 7},
        {"text": "x", "honeypot": "yes"},
        {"text": "x", "seconds_on_form": "soon"},
        {"text": "x", "times_seen": True},
    ],
)
def test_a_submission_of_the_wrong_shape_is_named(
    scorer: Scorer, bad: dict[str, object]
) -> None:
    with pytest.raises(BadSubmission):
        scorer.score([{"text": "fine"}, bad])


def test_a_score_that_is_no_number_is_an_error_not_a_low_score(models: Path) -> None:
    [path] = models.glob("*/card.json")
    card = json.loads(path.read_text())
    path.write_text(json.dumps({**card, "intercept": [math.nan] * 7}))
    with pytest.raises(Unscorable):
        load(models).score([{"text": "Good morning"}])


def test_weights_that_are_no_numbers_are_not_saved(models: Path) -> None:
    [version] = [path for path in models.iterdir() if path.is_dir()]
    pipeline = persistence.open_pipeline(version)
    heads = pipeline.named_steps["heads"]
    heads.coef_[3] = np.inf
    with pytest.raises(BadModel):
        persistence.save(pipeline, {}, models)


def test_default_thresholds_come_from_the_card(scorer: Scorer) -> None:
    assert scorer.default_thresholds["SPAM"] == {"hold_at": 0.5, "reject_at": 0.9}


def test_forked_processes_score_like_their_parent(scorer: Scorer) -> None:
    comments = submissions(30, seed=11)
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    children = [
        context.Process(target=lambda: answers.put(scorer.score(comments)))
        for _ in range(2)
    ]
    for child in children:
        child.start()
    expected = scorer.score(comments)
    assert [answers.get() for _ in children] == [expected] * 2
    for child in children:
        child.join()
