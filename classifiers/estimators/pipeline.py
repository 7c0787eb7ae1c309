"""The whole recipe of a model on one screen."""

from sklearn.pipeline import Pipeline

from classifiers.estimators.classifier import AttributeHeads
from classifiers.estimators.transformer import SubmissionFeatures


def build(features: SubmissionFeatures | None = None) -> Pipeline:
    """Return an unfitted pipeline: submissions in, one score per attribute out."""
    return Pipeline(
        [("features", features or SubmissionFeatures()), ("heads", AttributeHeads())]
    )
