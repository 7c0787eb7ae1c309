"""What a recipe is worth on comments that the model had not seen, and whose source neither."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from classifiers import metrics
from classifiers.attributes import ATTRIBUTES, Attribute
from classifiers.data.examples import Examples
from classifiers.training.calibration import (
    Aim,
    Curve,
    Unseen,
    at_prior,
    fit_curve,
    held_out_error,
    thresholds,
)
from classifiers.training.heads import HeadGroup
from classifiers.training.network import Network
from classifiers.training.sample_weights import (
    CALIBRATION,
    FOLDS,
    TOXICITY_SOURCES,
    weigh,
)

Rows = NDArray[np.bool_]

BY_SOURCE = frozenset({Attribute.SPAM, Attribute.TOXICITY, Attribute.IDENTITY_ATTACK})
"""Attributes with sources enough to leave some out. The others leave out one row in six."""

AIMS: Mapping[Attribute, Aim] = {
    # A form that anybody can post to gets four promotions for every comment. A new site
    # may be worse than the left-out ones: less than the five in a thousand promised.
    Attribute.SPAM: Aim(bad_share=0.8, false_rejections=0.004, lowest_hold=0),
    # Finds what to hold; its kinds hold only what is more likely than not.
    Attribute.TOXICITY: Aim(lowest_hold=0),
}

_ONE_IN = 6


@dataclass(frozen=True)
class Part:
    """Rows that a model does not see, and the attributes it is then asked about."""

    rows: Rows
    attributes: tuple[Attribute, ...]


@dataclass(frozen=True)
class CalibrationResult:
    """What left-out comments say about an attribute."""

    attribute: Attribute
    curve: Curve
    thresholds: dict[str, float]
    calibration_error: float
    """On other rows than the curve was fitted on."""
    transfer_error: float | None
    """On other sources than the curve was fitted on; None where none was left out."""
    auc_by_source: dict[str, float]
    """AUC on each source by a model that had not seen it."""


def parts(choir: HeadGroup, examples: Examples) -> list[Part]:
    """Return what is left out in turn: thirds of the sources, and one row in six."""
    by_source = tuple(a for a in choir.attributes if a in BY_SOURCE)
    by_row = tuple(a for a in choir.attributes if a not in BY_SOURCE)
    found = [Part(np.isin(examples.sources, sorted(f)), by_source) for f in FOLDS]
    if by_row:
        found.append(Part(np.arange(len(examples)) % _ONE_IN == 0, by_row))
    return found


def look(
    choir: HeadGroup,
    examples: Examples,
    X: csr_array,
    fitted: Callable[[Rows], Network],
) -> list[CalibrationResult]:
    """Return one finding per attribute of the choir; `fitted` fits it on some rows."""
    heard: dict[Attribute, list[Unseen]] = {a: [] for a in choir.attributes}
    for number, part in enumerate(parts(choir, examples)):
        network = fitted(~part.rows)
        logits = network.log_odds(csr_array(X[part.rows]))
        for attribute in part.attributes:
            column = choir.attributes.index(attribute)
            heard[attribute].append(
                _unseen(attribute, examples, part.rows, logits[:, column], number)
            )
    return [_find(a, some, choir.knee_of(a)) for a, some in heard.items()]


def _unseen(
    attribute: Attribute,
    examples: Examples,
    rows: Rows,
    logits: metrics.Floats,
    model: int,
) -> Unseen:
    """Keep what is known of the attribute and counts in its calibration."""
    shares = CALIBRATION.get(attribute, TOXICITY_SOURCES)
    weights = weigh(examples, attribute, shares)[rows]
    truth = examples.labels[rows, ATTRIBUTES.index(attribute)] > 0
    sources = examples.sources[rows]
    kept = weights > 0
    models = np.full(int(kept.sum()), model)
    return Unseen(logits[kept], truth[kept], weights[kept], sources[kept], models)


def _find(
    attribute: Attribute, heard: Sequence[Unseen], knee: float | None
) -> CalibrationResult:
    unseen = Unseen(*map(np.concatenate, zip(*map(astuple, heard), strict=True)))
    weights = at_prior(unseen)
    curve = fit_curve(unseen.logits, unseen.truth, weights, knee)
    said = curve.probability(unseen.logits)
    halves = np.arange(len(said)) % 2
    transfer = (
        round(held_out_error(unseen, weights, unseen.models, knee), 4)
        if attribute in BY_SOURCE
        else None
    )
    return CalibrationResult(
        attribute,
        curve,
        thresholds(said, unseen.truth, weights, AIMS.get(attribute, Aim())),
        round(held_out_error(unseen, weights, halves, knee), 4),
        transfer,
        _auc_by_source(unseen),
    )


def _auc_by_source(unseen: Unseen) -> dict[str, float]:
    found = {}
    for source in np.unique(unseen.sources):
        rows = unseen.sources == source
        truth = unseen.truth[rows]
        if truth.any() and not truth.all():
            found[str(source)] = round(metrics.auc(truth, unseen.logits[rows]), 4)
    return found
