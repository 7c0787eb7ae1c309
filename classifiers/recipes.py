"""The whole recipe of a model version: what is learnt from what, and how it is checked."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import Progress
from scipy.sparse import csr_array

from classifiers import artefacts, metrics, pipelines
from classifiers.attributes import ATTRIBUTES, Attribute
from classifiers.calibration import (
    PRIOR,
    Aim,
    Line,
    Unseen,
    at_prior,
    fit_line,
    held_out_error,
    thresholds,
)
from classifiers.corpus import read_corpus
from classifiers.examples import Examples
from classifiers.features import SubmissionFeatures
from classifiers.shares import (
    CALIBRATION,
    FOLDS,
    PROMOTION,
    RUDENESS,
    TONE,
    Shares,
    weigh,
)
from classifiers.sources import data_hash, require
from classifiers.training import Floats, Head, fit_head, rarity

SPAM, TOXICITY, SEVERE, INSULT, PROFANITY, THREAT, IDENTITY = ATTRIBUTES


@dataclass(frozen=True)
class Voice:
    """One head among those that add up to an attribute's score."""

    target: Attribute
    shares: Shares
    factor: float = 1.0


VOICES: Mapping[Attribute, tuple[Voice, ...]] = {
    SPAM: (Voice(SPAM, PROMOTION),),
    # One that knows every set's idea of toxic, one that knows discussions, and insults.
    TOXICITY: (
        Voice(TOXICITY, TONE, 0.45),
        Voice(TOXICITY, RUDENESS, 0.35),
        Voice(INSULT, TONE, 0.2),
    ),
    SEVERE: (Voice(SEVERE, TONE),),
    INSULT: (Voice(INSULT, TONE),),
    PROFANITY: (Voice(PROFANITY, TONE),),
    THREAT: (Voice(THREAT, TONE),),
    IDENTITY: (Voice(IDENTITY, TONE),),
}

BY_SOURCE = frozenset({SPAM, TOXICITY, IDENTITY})
"""Attributes with sources enough to leave some out. The others leave out one row in six."""

AIMS: Mapping[Attribute, Aim] = {
    # A form that anybody can post to gets four promotions for every comment.
    SPAM: Aim(bad_share=0.8, false_rejections=0.005, lowest_hold=0),
    # Finds what to hold; its kinds hold only what is more likely than not.
    TOXICITY: Aim(lowest_hold=0),
}

_FITS = sum(len(v) * (4 if a in BY_SOURCE else 2) for a, v in VOICES.items())
_ONE_IN = 6


@dataclass(frozen=True)
class Material:
    """The corpus and its features."""

    examples: Examples
    X: csr_array
    rare: Floats
    features: SubmissionFeatures

    def columns(self, attribute: Attribute) -> int:
        """How many of the columns an attribute looks at: tone is in the text alone."""
        hashing = self.features.hashing
        return int(hashing.columns if attribute is SPAM else hashing.first_field)

    def labels(self, attribute: Attribute) -> Floats:
        """Return the labels of one attribute, NaN where unknown."""
        labels: Floats = self.examples.labels[:, ATTRIBUTES.index(attribute)]
        return labels


def train(data: Path, out: Path, seed: int) -> Path:
    """Fit a model version on the training sets in `data`; return its folder in `out`.

    The same data, seed and library versions make the same bytes. Raises MissingData.
    """
    require(data)
    with Progress(disable=bool(os.environ.get("CI"))) as progress:
        reading = progress.add_task("reading", total=2)
        examples = read_corpus(data, seed)
        progress.advance(reading)
        features = SubmissionFeatures()
        X = features.transform(examples.fields)
        progress.advance(reading)
        rare = rarity(X, features.hashing.first_flag)
        material = Material(examples, X, rare, features)
        fitting = progress.add_task("fitting", total=_FITS)
        heads, card = {}, Card({}, {}, {})
        for attribute in ATTRIBUTES:
            heads[attribute] = _settle(
                material, attribute, card, lambda: progress.advance(fitting)
            )
    pipeline = pipelines.build(features)
    pipeline.named_steps["heads"].set_weights(
        np.stack([heads[a].coef for a in ATTRIBUTES], axis=1),
        np.array([heads[a].intercept for a in ATTRIBUTES], np.float32),
    )
    return artefacts.save(
        pipeline,
        {
            "seed": seed,
            "prior": PRIOR,
            "thresholds": card.thresholds,
            "calibration_error": card.calibration_error,
            "left_out": card.left_out,
            "data": {"hash": data_hash(data), "examples": len(examples)},
        },
        out,
    )


@dataclass(frozen=True)
class Card:
    """What training learns about the model, attribute by attribute."""

    thresholds: dict[str, dict[str, float]]
    calibration_error: dict[str, float]
    left_out: dict[str, dict[str, float]]
    """AUC on each source by a model that had not seen it."""


def _settle(
    material: Material, attribute: Attribute, card: Card, advance: Callable[[], None]
) -> Head:
    """Fit and calibrate one attribute; write what was measured into the card."""
    unseen = _unseen(material, attribute, advance)
    weights = at_prior(unseen)
    line = fit_line(unseen.logits, unseen.truth, weights)
    said = line.probability(unseen.logits)
    name = str(attribute)
    card.thresholds[name] = thresholds(
        said,
        unseen.truth,
        weights,
        AIMS.get(attribute, Aim()),
    )
    card.calibration_error[name] = round(held_out_error(unseen, weights), 4)
    card.left_out[name] = _auc_by_source(unseen)
    everything = np.ones(len(material.examples), bool)
    return _calibrated(_fit(material, attribute, everything, advance), line)


def _fit(
    material: Material,
    attribute: Attribute,
    rows: np.ndarray[tuple[int], np.dtype[np.bool_]],
    advance: Callable[[], None],
) -> Head:
    """Return the sum of an attribute's voices, fitted on some rows."""
    total: Head | None = None
    for voice in VOICES[attribute]:
        head = voice.factor * fit_head(
            material.X,
            material.labels(voice.target),
            weigh(material.examples, voice.target, voice.shares) * rows,
            rare=material.rare,
            columns=material.columns(attribute),
        )
        total = head if total is None else total + head
        advance()
    assert total is not None
    return total


def _unseen(
    material: Material, attribute: Attribute, advance: Callable[[], None]
) -> Unseen:
    """Score known examples by models that had not seen their source (or the example)."""
    sources = material.examples.sources
    if attribute in BY_SOURCE:
        outs = [np.isin(sources, sorted(fold)) for fold in FOLDS]
    else:
        outs = [np.arange(len(sources)) % _ONE_IN == 0]
    truth = material.labels(attribute)
    shares = CALIBRATION.get(attribute, TONE)
    weights = weigh(material.examples, attribute, shares)
    logits = np.zeros(len(sources), np.float32)
    folds = np.full(len(sources), -1)
    for number, out in enumerate(outs):
        head = _fit(material, attribute, ~out, advance)
        rows = np.flatnonzero(out & (weights > 0))
        logits[rows] = head.log_odds(csr_array(material.X[rows]))
        folds[rows] = number if len(outs) > 1 else np.arange(len(rows)) % 2
    kept = np.flatnonzero(folds >= 0)
    return Unseen(
        logits[kept], truth[kept] > 0, weights[kept], sources[kept], folds[kept]
    )


def _auc_by_source(unseen: Unseen) -> dict[str, float]:
    found = {}
    for source in np.unique(unseen.sources):
        rows = unseen.sources == source
        truth = unseen.truth[rows]
        if truth.any() and not truth.all():
            found[str(source)] = round(metrics.auc(truth, unseen.logits[rows]), 4)
    return found


def _calibrated(head: Head, line: Line) -> Head:
    """Fold the calibration into the weights: contributions stay log-odds."""
    scaled = line.slope * head
    return Head(scaled.coef, scaled.intercept + line.shift)
