"""The whole recipe of a model version: what is learnt from what, and how it is checked."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.progress import Progress
from scipy.sparse import csr_array
from sklearn.pipeline import Pipeline

from classifiers.attributes import ATTRIBUTES
from classifiers.data.corpus import read_corpus
from classifiers.data.datasets import data_hash, require
from classifiers.data.examples import Examples
from classifiers.estimators import persistence
from classifiers.estimators import pipeline as pipelines
from classifiers.estimators.transformer import SubmissionFeatures
from classifiers.serving.output_layer import OutputLayer
from classifiers.training import cross_validation
from classifiers.training.calibration import PRIOR
from classifiers.training.cross_validation import CalibrationResult
from classifiers.training.heads import CHOIRS, HeadGroup
from classifiers.training.network import Network, TrainingData, fit_network


@dataclass(frozen=True)
class Material:
    """The corpus and its features."""

    examples: Examples
    X: csr_array
    features: SubmissionFeatures

    def lessons(self, choir: HeadGroup) -> TrainingData:
        """Return what a choir learns."""
        X = csr_array(self.X[:, : choir.columns(self.features.hashing)])
        return TrainingData(
            X, choir.labels(self.examples), choir.weights(self.examples)
        )


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
        material = Material(examples, features.transform(examples.fields), features)
        progress.advance(reading)
        fits = sum(len(cross_validation.parts(choir, examples)) + 1 for choir in CHOIRS)
        fitting = progress.add_task("fitting", total=fits)
        findings: list[CalibrationResult] = []
        networks = [
            _settle(material, choir, findings, lambda: progress.advance(fitting))
            for choir in CHOIRS
        ]
    card = {
        "seed": seed,
        "prior": PRIOR,
        "thresholds": {f.attribute: f.thresholds for f in findings},
        "calibration_error": {f.attribute: f.calibration_error for f in findings},
        "transfer_error": {
            f.attribute: f.transfer_error
            for f in findings
            if f.transfer_error is not None
        },
        "left_out": {f.attribute: f.auc_by_source for f in findings},
        "data": {"hash": data_hash(data), "examples": len(examples)},
    }
    return persistence.save(joined(features, networks), card, out)


def _settle(
    material: Material,
    choir: HeadGroup,
    findings: list[CalibrationResult],
    advance: Callable[[], None],
) -> Network:
    """Fit and calibrate a choir; note what was found out about its attributes."""
    lessons = material.lessons(choir)

    def fitted(rows: cross_validation.Rows) -> Network:
        network = fit_network(lessons.only(rows), choir.pace)
        advance()
        return network.mixed(choir.recipe).bent(choir.knee, choir.rise)

    found = cross_validation.look(choir, material.examples, lessons.X, fitted)
    findings += found
    # Calibration is folded into the weights: contributions stay log-odds.
    return fitted(np.ones(len(material.examples), bool)).scaled(
        np.array([f.curve.slope for f in found], np.float32),
        np.array([f.curve.shift for f in found], np.float32),
        np.array([f.curve.rise for f in found], np.float32),
    )


def joined(features: SubmissionFeatures, networks: Sequence[Network]) -> Pipeline:
    """Put networks side by side: no hidden sum of one moves a score of another."""
    attributes, hidden = len(ATTRIBUTES), [len(n.bend.bias) for n in networks]
    coef = np.zeros((features.hashing.columns, attributes + sum(hidden)), np.float32)
    bend = OutputLayer.straight(
        np.zeros(attributes, np.float32),
        np.concatenate([network.bend.bias for network in networks]),
        np.zeros((sum(hidden), attributes), np.float32),
    )
    begin = 0
    for choir, network in zip(CHOIRS, networks, strict=True):
        places = np.array([ATTRIBUTES.index(a) for a in choir.attributes])
        units = np.arange(begin, begin + len(network.bend.bias))
        coef[: len(network.coef), [*places, *(attributes + units)]] = network.coef
        bend.intercept[places] = network.bend.intercept
        bend.out[np.ix_(units, places)] = network.bend.out
        bend.knee[places] = network.bend.knee
        bend.rise[np.ix_(places, places)] = network.bend.rise
        begin += len(units)
    pipeline = pipelines.build(features)
    pipeline.named_steps["heads"].set_weights(coef, bend)
    return pipeline
