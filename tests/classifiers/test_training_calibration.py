"""Probabilities and thresholds come from comments of unseen sources."""

import numpy as np
import pytest

from classifiers.training.calibration import (
    PRIOR,
    Aim,
    Unseen,
    at_prior,
    fit_curve,
    held_out_error,
    thresholds,
)

RANDOM = np.random.default_rng(7)


def unseen(positive_share: dict[str, float], rows: int = 4000) -> Unseen:
    """Two normal distributions per source, three apart."""
    sources = np.repeat(list(positive_share), rows)
    chance = np.repeat(list(positive_share.values()), rows)
    truth = RANDOM.random(len(sources)) < chance
    logits = RANDOM.normal(np.where(truth, 1.5, -1.5), 1.0)
    models = np.unique(sources, return_inverse=True)[1]
    return Unseen(logits, truth, np.ones(len(sources)), sources, models)


def test_a_source_full_of_positives_does_not_change_what_a_score_means() -> None:
    plain = unseen({"a": PRIOR, "b": PRIOR})
    mixed = unseen({"a": 0.9, "b": 0.05})

    weights = at_prior(mixed)

    assert (weights * mixed.truth).sum() / weights.sum() == pytest.approx(PRIOR)
    expected = fit_curve(plain.logits, plain.truth, plain.weights)
    found = fit_curve(mixed.logits, mixed.truth, weights)
    assert found.slope == pytest.approx(expected.slope, rel=0.15)
    assert found.shift == pytest.approx(expected.shift, abs=0.3)


def test_a_line_that_fits_one_source_is_honest_on_another() -> None:
    example = unseen({"a": 0.5, "b": 0.1})

    assert held_out_error(example, at_prior(example), example.models) < 0.03


def test_thresholds_do_what_they_promise() -> None:
    example = unseen({"a": PRIOR, "b": PRIOR}, rows=20000)
    weights = at_prior(example)
    curve = fit_curve(example.logits, example.truth, weights)
    said = curve.probability(example.logits)

    limits = thresholds(said, example.truth, weights, Aim(lowest_hold=0))

    rejected = said >= limits["reject_at"]
    caught, wrong = rejected[example.truth].mean(), rejected[~example.truth].mean()
    assert caught / (caught + wrong) >= 0.989
    assert wrong <= 0.0035
    assert rejected[example.truth].mean() > 0.2
    held = said >= limits["hold_at"]
    assert held[example.truth].mean() == pytest.approx(0.9, abs=0.01)


def test_not_every_good_comment_is_held_for_the_sake_of_the_last_bad_ones() -> None:
    truth = RANDOM.random(20000) < PRIOR
    said = np.where(truth & (RANDOM.random(20000) < 0.6), 0.9, RANDOM.random(20000) / 2)

    limits = thresholds(said, truth, np.ones(20000), Aim(lowest_hold=0))

    assert (said >= limits["hold_at"])[~truth].mean() == pytest.approx(0.10, abs=0.01)


def test_scores_that_know_nothing_reject_nothing() -> None:
    said = RANDOM.random(2000)

    limits = thresholds(said, RANDOM.random(2000) < PRIOR, np.ones(2000), Aim())

    assert limits["reject_at"] > 0.98


def test_a_knee_follows_what_one_line_cannot() -> None:
    sources = np.zeros(40000, int)
    logits = RANDOM.normal(0, 3, len(sources))
    chance = 1 / (1 + np.exp(2 - 0.1 * logits - 2 * np.maximum(logits - 1, 0)))
    truth = RANDOM.random(len(sources)) < chance
    same = np.ones(len(sources))
    example = Unseen(logits, truth, same, sources.astype(str), sources)
    halves = np.arange(len(sources)) % 2

    assert held_out_error(example, same, halves, knee=1.0) < 0.01
    assert held_out_error(example, same, halves) > 0.02
    curve = fit_curve(logits, truth, same, knee=1.0)
    steps = curve.probability(np.linspace(-9, 9, 50))
    assert (np.diff(steps) > 0).all()
